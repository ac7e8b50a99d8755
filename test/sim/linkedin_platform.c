/* SPDX-License-Identifier: MIT */
#include "linkedin.h"

#include <stdlib.h>

static const char *const platform_hosts[] = { LINKEDIN_API, LINKEDIN_WWW, NULL };
static const char *const platform_scopes[] = { "r_ads",
                                               "rw_ads",
                                               "r_ads_reporting",
                                               "rw_dmp_segments",
                                               "r_marketing_leadgen_automation",
                                               "rw_conversions",
                                               "r_basicprofile",
                                               "r_organization_social",
                                               "w_organization_social",
                                               "r_organization_admin",
                                               "rw_organization_admin",
                                               "r_events",
                                               "openid",
                                               "profile",
                                               "email",
                                               NULL };
static const char *const platform_prefixes[] = { "AQV", "AQW", "AQT", NULL };
static const int64_t platform_deaths[SIM_DEATHS] = {
    [SIM_DEAUTHORIZED] = LINKEDIN_REVOKED, [SIM_PASSWORD] = LINKEDIN_REVOKED,    [SIM_LOGGED_OUT] = LINKEDIN_REVOKED,
    [SIM_CHECKPOINT] = LINKEDIN_REVOKED,   [SIM_UNCONFIRMED] = LINKEDIN_REVOKED, [SIM_INACTIVE] = LINKEDIN_REVOKED,
    [SIM_UNUSED] = LINKEDIN_REVOKED,       [SIM_EXPIRED] = LINKEDIN_EXPIRED,
};

static const sim_setting platform_settings[] = {
    { "page-rows", "1000", "most rows of a page of a search (creatives 100 at most), whatever is asked for", 1, 1000 },
    { "row-cap", "15000", "rows beyond which adAnalytics is cut without a word", 1, 15000 },
    { "values", "45000000", "metric values of five minutes", 1, 1000000000 },
    { "member-day", "5000", "calls of an endpoint that a person in the app may make until midnight UTC (--tier limited: a tenth)", 1,
      1000000000 },
    { "app-day", "100000", "calls of an endpoint that the app may make until midnight UTC", 1, 1000000000 },
    { "minute", "0", "calls of an endpoint that a person may make in a minute; 0: no such limit", 0, 1000000000 },
    { "query-max", "4096", "length of a query beyond which a GET is refused", 100, 1000000 },
    { "access-life", "5184000", "seconds an access token lives", 1, 1000000000 },
    { "refresh-life", "31536000", "seconds from the consent that a refresh token lives", 1, 1000000000 },
    { "code-life", "1800", "seconds a code lives", 1, 1000000000 },
    { "partner", "1", "0: the app gets no refresh tokens", 0, 1 },
    { "lag", "0", "seconds during which a new access token is still refused", 0, 3600 },
    { "page-forms", "0", "1: half of the lead forms are the Page's", 0, 1 },
    { "unmapped", "0", "1: the app may open no account, and lists are empty", 0, 1 },
    { "wide-ids", "0", "1: ids that no double holds", 0, 1 },
    { "app-scopes", "", "scopes that the app has; none: all", 0, 0 },
    { "mint-scopes",
      "r_ads,r_ads_reporting,rw_dmp_segments,r_marketing_leadgen_automation,rw_conversions,r_basicprofile,r_organization_social",
      "scopes of token.mint", 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    world_account account;
    int64_t index;

    return linkedin_id_read(site, WORLD_ACCOUNT, text, g, &index) && world_account_at(site, *g, &account);
}

/* in the path, or as a URN anywhere in the query */
static bool platform_account(sim_site *site, const sim_request *request, char out[40])
{
    static const char *const before[] = { "/adAccounts/", "sponsoredAccount%3A", "sponsoredAccount:" };

    (void)site;
    for (size_t i = 0; i < SIM_COUNT(before); i++) {
        const char *at = strstr(i ? request->raw_query : request->path, before[i]);

        if (!at && i && request->body) at = strstr(request->body, before[i]);
        if (!at) continue;
        at += strlen(before[i]);
        (void)snprintf(out, 40, "%.*s", (int)(strspn(at, "0123456789") % 20), at);
        return *out != 0;
    }
    return false;
}

const sim_platform sim_linkedin = {
    .name = "linkedin",
    .hosts = platform_hosts,
    .app = "adsim-linkedin:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .token_more = 300,
    .deaths = platform_deaths,
    .world = &linkedin_rules,
    .settings = platform_settings,
    .handle = linkedin_handle,
    .refuse = linkedin_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = linkedin_mint,
    .truth = linkedin_truth,
};
