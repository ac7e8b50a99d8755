/* SPDX-License-Identifier: MIT */
#include "snapchat.h"

static const char *const platform_hosts[] = { SNAPCHAT_API, SNAPCHAT_LOGIN, SNAPCHAT_FILES, NULL };
static const char *const platform_scopes[] = { "snapchat-marketing-api", "snapchat-offline-conversions-api", "snapchat-profile-api", NULL };

/* an access token has about a thousand letters and dots among them */
#define NOISE "hCgwKCjE3NTM3OTAwMTUSpAFsAZ9Qm4yX0tLc2FkX3Rva2VuX25vaXNlX2Zvcl90aGVfbGVuZ3RoX29mX2l0X29ubHk"
#define PREFIX "eyJpc3MiOiJhZHNpbSIsInR5cCI6IkpXVCJ9." NOISE NOISE NOISE NOISE "." NOISE NOISE NOISE NOISE "."
static const char *const platform_prefixes[] = { PREFIX, "hCgwKCjE2Rt", "cOdE", NULL };

static const sim_setting platform_settings[] = {
    { "page-rows", "1000", "objects that a page of a list covers at most, whatever its limit says", 1, 1000 },
    { "stats-rows", "200", "objects that a page of a breakdown covers at most", 1, 1000 },
    { "huge-rows", "200000", "rows of a breakdown beyond which a synchronous answer is a success with nothing in it", 1, 1000000000 },
    { "second", "10", "requests of a second for each token, twice as many for the application", 1, 1000000 },
    { "average", "5", "seconds over which these are averaged", 1, 3600 },
    { "access-life", "3600", "seconds an access token lives", 1, 1000000000 },
    { "refresh", "same", "the refresh token in the answer to a refresh: same, new (the old one is dead), empty, absent", 0, 0 },
    { "truth-time", "impression", "with --truth insights: sales by the day of the impression, or of the conversion", 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    int64_t index;

    return snapchat_id_read(site, text, g, &index) == WORLD_ACCOUNT;
}

static bool platform_account(sim_site *site, const sim_request *request, char out[40])
{
    return snapchat_account_of(site, request->path, out);
}

const sim_platform sim_snapchat = {
    .name = "snapchat",
    .hosts = platform_hosts,
    .app = "adsim-snapchat-client:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .world = &snapchat_rules,
    .settings = platform_settings,
    .handle = snapchat_handle,
    .refuse = snapchat_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = snapchat_mint,
    .truth = snapchat_truth,
};
