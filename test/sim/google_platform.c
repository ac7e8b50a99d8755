/* SPDX-License-Identifier: MIT */
#include "google.h"

#include <stdlib.h>

static const char *const platform_hosts[] = { GOOGLE_ADS, "accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com", NULL };
static const char *const platform_scopes[] = {
    "https://www.googleapis.com/auth/adwords", "https://www.googleapis.com/auth/datamanager", "openid", "email", "profile", NULL
};
static const char *const platform_prefixes[] = { "ya29.a0", "1//0", "4/0A", NULL };

static const sim_setting platform_settings[] = {
    { "page-rows", "10000", "rows of a page of search, and of a batch of searchStream", 1, 10000 },
    { "access", "auto", "of the Cloud project: test, explorer, basic, standard; auto: standard, with --tier limited explorer", 0, 0 },
    { "minute", "6000", "requests of a customer in a minute; ten times as many of the project", 1, 1000000000 },
    { "access-life", "3600", "seconds an access token lives", 1, 1000000000 },
    { "testing", "0", "1: the app is in testing, refresh tokens live seven days", 0, 1 },
    { "approved", "1", "0: the project may open test accounts only", 0, 1 },
    { "developer-token", "", "the only developer-token that is taken; without it any of 22 letters", 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    google_customer customer;

    if (!google_customer_at(site, strtoll(text, NULL, 10), &customer) || customer.manager) return false;
    *g = customer.account.g;
    return true;
}

static bool platform_account(sim_site *site, const sim_request *request, char out[32])
{
    const char *at = strstr(request->path, "/customers/");

    (void)site;
    if (!at) return false;
    (void)snprintf(out, 32, "%.*s", (int)(strspn(at + 11, "0123456789") % 20), at + 11);
    return true;
}

const sim_platform sim_google = {
    .name = "google",
    .hosts = platform_hosts,
    .app = "adsim-client.apps.googleusercontent.com:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .world = &google_rules,
    .settings = platform_settings,
    .handle = google_handle,
    .refuse = google_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = google_mint,
    .truth = google_truth,
};
