/* SPDX-License-Identifier: MIT */
#include "x.h"

static const char *const platform_hosts[] = { X_ADS,
                                              "ads-api.twitter.com",
                                              "ads-api-sandbox.x.com",
                                              "ads-api-sandbox.twitter.com",
                                              X_FILES,
                                              "api.x.com",
                                              "api.twitter.com",
                                              "x.com",
                                              "twitter.com",
                                              NULL };
static const char *const platform_scopes[] = { "ads.read", "ads.write", "offline.access", "tweet.read", "users.read", NULL };
static const char *const platform_prefixes[] = { "NPc", "eW", "AAAAAAAA", "VGNib", "a0Rk", "bWRW", NULL };
static const int64_t platform_deaths[SIM_DEATHS] = { X_DIED_TOKEN,  X_DIED_TOKEN, X_DIED_TOKEN, X_DIED_SUSPENDED,
                                                     X_DIED_LOCKED, X_DIED_TOKEN, X_DIED_TOKEN, X_DIED_TOKEN };

static const sim_setting platform_settings[] = {
    { "dst", "each", "with which offset a day's midnight is reckoned: each day's own, or today's", 0, 0 },
    { "skew", "300", "seconds by which a signature's time may be off; 0: any", 0, 1000000000 },
    { "access", "standard", "of the application: standard, read, none", 0, 0 },
    { "bearer", "0", "1: the Ads API takes a person's OAuth 2.0 token too", 0, 1 },
    { "cells", "100000", "objects times elements times metrics beyond which statistics are refused as too complex", 1, 1000000000 },
    { "absent", "12", "objects in a hundred without figures that have no row; with 0 every figure is named too", 0, 100 },
    { "null-elements", "0", "1: a zero among other figures is null", 0, 1 },
    { "reset-lag", "2", "seconds by which a limit ends later than its header says", 0, 600 },
    { NULL, NULL, NULL, 0, 0 },
};

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    world_account account;
    int64_t index;

    return x_id_read(X_ACCOUNT, text, g, &index) && world_account_at(site, *g, &account);
}

static bool platform_account(sim_site *site, const sim_request *request, char out[32])
{
    const char *at = strstr(request->path, "/accounts/");

    (void)site;
    if (!at) return false;
    (void)snprintf(out, 32, "%.*s", (int)(strcspn(at + 10, "/") % 31), at + 10);
    return true;
}

const sim_platform sim_x = {
    .name = "x",
    .hosts = platform_hosts,
    .app = "adsim-consumer-key:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .deaths = platform_deaths,
    .world = &x_rules,
    .settings = platform_settings,
    .open = x_open,
    .close = x_close,
    .handle = x_handle,
    .refuse = x_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = x_mint,
    .truth = x_truth,
};
