/* SPDX-License-Identifier: MIT */
/* Classes of data: what one job brings. Each has a lane of its own, and with it a slot, a cursor and rhythms, so what is looked for every
 * few minutes never waits behind what takes an hour. Which kinds belong to which class stands here and nowhere else. */
#include "sync_int.h"

#define KIND(kind) (1u << ADSYNC_KIND_##kind)

static const struct classes_class {
    const char *name;
    uint32_t kinds; /* of figures: their levels */
    bool keeps;     /* platforms forget what is old: what a list no longer holds stays here */
} classes_known[] = {
    [ADSYNC_DATA_CAMPAIGNS] = { "campaigns", KIND(ACCOUNT) | KIND(CAMPAIGN) | KIND(ADSET) | KIND(AD) | KIND(CREATIVE) | KIND(AUDIENCE) |
                                                 KIND(KEYWORD) | KIND(LEAD_FORM), false },
    [ADSYNC_DATA_METRICS] = { "metrics", KIND(ACCOUNT) | KIND(CAMPAIGN) | KIND(ADSET) | KIND(AD) | KIND(KEYWORD), false },
    [ADSYNC_DATA_ALL] = { "all", 0, false },
    [ADSYNC_DATA_POSTS] = { "posts", KIND(POST), false },
    [ADSYNC_DATA_LEADS] = { "leads", KIND(LEAD), true },
};

const uint32_t sync_classes[SYNC_DATAS] = { ADSYNC_DATA_CAMPAIGNS, ADSYNC_DATA_METRICS, ADSYNC_DATA_POSTS, ADSYNC_DATA_LEADS };

const char *adsync_data_name(uint32_t data) { return data < ADSYNC__COUNT(classes_known) ? classes_known[data].name : NULL; }

bool sync_class_lists(uint32_t data) { return data != ADSYNC_DATA_METRICS && data != ADSYNC_DATA_ALL; }

bool sync_class_keeps(uint32_t data) { return classes_known[data].keeps; }

bool sync_class_has(uint32_t data, uint32_t kind) { return kind <= ADSYNC_KIND_POST && classes_known[data].kinds & 1u << kind; }

uint32_t sync_class_of(uint32_t kind)
{
    for (uint32_t i = 0; i < SYNC_DATAS; i++)
        if (sync_class_lists(sync_classes[i]) && sync_class_has(sync_classes[i], kind)) return sync_classes[i];
    return 0;
}

bool sync_class_gives(const adsync_manifest *manifest, uint32_t data, uint32_t kind)
{
    if (!sync_class_has(data, kind)) return false;
    if (!sync_class_lists(data)) return adsync__manifest_supports(manifest, ADSYNC_TASK_REPORT, kind);
    if (kind == ADSYNC_KIND_ACCOUNT) return adsync__manifest_supports(manifest, ADSYNC_TASK_ACCOUNT_GET, 0);
    return adsync__manifest_supports(manifest, ADSYNC_TASK_LIST, kind);
}

bool sync_class_given(const adsync_manifest *manifest, uint32_t data)
{
    for (uint32_t i = 0; data == ADSYNC_DATA_ALL && i < SYNC_DATAS; i++)
        if (sync_class_given(manifest, sync_classes[i])) return true;
    for (uint32_t kind = ADSYNC_KIND_ACCOUNT; kind <= ADSYNC_KIND_POST; kind++)
        if (sync_class_gives(manifest, data, kind)) return true;
    return false;
}

adsync_status sync_class_check(const adsync__connector *connector, uint32_t data, adsync_error **error)
{
    if (!connector || sync_class_given(&connector->manifest, data)) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "job.data", "%s has no %s to sync", connector->platform, adsync_data_name(data));
}
