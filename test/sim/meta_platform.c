/* SPDX-License-Identifier: MIT */
#include "meta.h"

#include <stdlib.h>

static const char *const platform_scopes[] = { "public_profile",
                                               "ads_read",
                                               "ads_management",
                                               "business_management",
                                               "pages_show_list",
                                               "pages_read_engagement",
                                               "pages_manage_ads",
                                               "pages_manage_metadata",
                                               "leads_retrieval",
                                               "read_insights",
                                               "email",
                                               "catalog_management",
                                               NULL };
static const char *const platform_prefixes[] = { "EAA", "EAA", "EAA", "AQD", NULL };

static bool platform_account_read(const sim_site *site, const char *text, int64_t *g)
{
    int64_t index;

    return meta_id_read(site->sim, strtoll(!strncmp(text, "act_", 4) ? text + 4 : text, NULL, 10), g, &index) == WORLD_ACCOUNT;
}

/* the account that a path speaks of, directly or through something in it */
static bool platform_account(sim_site *site, const sim_request *request, char out[32])
{
    const char *path = request->path;
    int64_t g, index, id;
    world_kind kind;

    while (*path == '/') path++;
    if (*path == 'v' && path[1] >= '0' && path[1] <= '9') path += strcspn(path, "/");
    while (*path == '/') path++;
    id = strtoll(!strncmp(path, "act_", 4) ? path + 4 : path, NULL, 10);
    kind = meta_id_read(site->sim, id, &g, &index);
    if (kind != WORLD_ACCOUNT && !(kind >= WORLD_CAMPAIGN && kind <= WORLD_AUDIENCE) && kind != WORLD_JOB) return false;
    (void)snprintf(out, 32, "%lld", (long long)meta_account_id(g));
    return true;
}

static const char *const platform_hosts[] = { "graph.facebook.com", "www.facebook.com", "graph-video.facebook.com", NULL };

const sim_platform sim_meta = {
    .name = "meta",
    .hosts = platform_hosts,
    .app = "123456789012345:adsim-app-secret",
    .scopes = platform_scopes,
    .token_prefixes = platform_prefixes,
    .deaths = meta_death_codes,
    .world = &meta_rules,
    .handle = meta_handle,
    .refuse = meta_refuse,
    .account_of = platform_account,
    .account_read = platform_account_read,
    .mint = meta_mint,
    .truth = meta_truth,
};
