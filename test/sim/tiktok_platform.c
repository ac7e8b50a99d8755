/* SPDX-License-Identifier: MIT */
#include "tiktok.h"

#include <stdlib.h>

static const char *const platform_hosts[] = { TIKTOK_API, TIKTOK_SANDBOX, "ads.tiktok.com", "www.tiktok.com", NULL };

/* of ads they are numbers, of TikTok accounts names */
static const char *const platform_scopes[] = { "1",
                                               "10",
                                               "2",
                                               "20",
                                               "200",
                                               "201",
                                               "21",
                                               "210",
                                               "211",
                                               "22",
                                               "220",
                                               "221",
                                               "23",
                                               "230",
                                               "3",
                                               "30",
                                               "31",
                                               "4",
                                               "44",
                                               "6",
                                               "600",
                                               "610",
                                               "68",
                                               "680",
                                               "12000000",
                                               "12010100",
                                               "12020100",
                                               "7133464587805982722",
                                               "7133464587805999106",
                                               "user.info.basic",
                                               "video.list",
                                               "comment.list",
                                               NULL };
static const char *const platform_prefixes[] = { "5f1d", "ac9e", "act.", "rft.", "cod.", NULL };

/* deauthorized, password, logged out, checkpoint, unconfirmed, inactive, unused, expired */
static const int64_t platform_deaths[] = { 40105, 40106, 40114, 40120, 40309, 40113, 40105, 40102 };

static const sim_setting platform_settings[] = {
    { "permissions", "10,20,21,22,230,3,44,6,680,12000000,7133464587805982722,7133464587805999106", "what the app asks for without scope",
      0, 0 },
    { "level", "auto", "of the app: basic, advanced, premium, ultimate; auto: basic, with --tier full ultimate", 0, 0 },
    { "account-qps", "0", "calls of one advertiser to one path in a second (40133); 0: no such limit", 0, 1000000000 },
    { "ids-most", "2000", "accounts beyond which the exchange with return_advertiser_ids does not answer in time", 1, 1000000000 },
    { "report-ids", "20000", "objects of a report beyond which the oldest are silently left out", 1, 1000000000 },
    { "promote", "0", "1: there are boosted posts, which are listed for campaign_system_origins PROMOTE", 0, 1 },
    { "code-copy", "0", "1: the callback carries code beside auth_code", 0, 1 },
    { "rotate", "0", "1: a refresh of an account's token gives another refresh token", 0, 1 },
    { "zip-leads", "200", "leads beyond which a download is a ZIP", 0, 1000000000 },
    { "odd-values", "1", "0: figures always as text, never -, null or a number", 0, 1 },
    { NULL, NULL, NULL, 0, 0 },
};

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    int64_t id = strtoll(text, NULL, 10), base = tiktok_rules.id(WORLD_ACCOUNT, 0, 0), step = tiktok_rules.id(WORLD_ACCOUNT, 1, 0) - base;

    *g = (id - base) / step;
    return id >= base && (id - base) % step == 0 && *g < site->sim->options.users * site->sim->options.accounts;
}

/* advertiser_id, or the first of advertiser_ids */
static bool platform_account(sim_site *site, const sim_request *request, char out[32])
{
    static const char *const names[] = { "advertiser_id", "advertiser_ids" };

    (void)site;
    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        const char *text = sim_pairs_get(&request->query, names[i]);

        if (!text) text = sim_pairs_get(&request->form, names[i]);
        if (!text) continue;
        text += strcspn(text, "0123456789");
        (void)snprintf(out, 32, "%.*s", (int)(strspn(text, "0123456789") % 20), text);
        return *out != 0;
    }
    return false;
}

const sim_platform sim_tiktok = {
    .name = "tiktok",
    .hosts = platform_hosts,
    .app = "7512345678901234567:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .deaths = platform_deaths,
    .world = &tiktok_rules,
    .settings = platform_settings,
    .handle = tiktok_handle,
    .refuse = tiktok_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = tiktok_mint,
    .truth = tiktok_truth,
};
