/* SPDX-License-Identifier: MIT */
/* What adAnalytics can be split by. */
#include "linkedin.h"

static const char *const pivot_sizes[] = { "SIZE_11_TO_50",      "SIZE_201_TO_500",   "SIZE_51_TO_200",   "SIZE_2_TO_10",
                                           "SIZE_10001_OR_MORE", "SIZE_1001_TO_5000", "SIZE_501_TO_1000", "SIZE_1" };
static const char *const pivot_devices[] = { "DESKTOP_WEB", "MOBILE_APP", "MOBILE_WEB" };
static const char *const pivot_cards[] = { "0", "1", "2" };
static const char *const pivot_servings[] = { "ON_NETWORK", "OFF_NETWORK" };
static const char *const pivot_placements[] = { "FEED", "RIGHT_RAIL", "MESSAGING" };

const linkedin_pivot linkedin_pivots[] = {
    { "ACCOUNT", WORLD_ACCOUNT, 'o', 1, 0, NULL, NULL },
    { "COMPANY", WORLD_ACCOUNT, 'o', 1, 0, NULL, NULL },
    { "CAMPAIGN_GROUP", WORLD_CAMPAIGN, 'o', 1, 0, NULL, NULL },
    { "CAMPAIGN", WORLD_ADSET, 'o', 1, 0, NULL, NULL },
    { "CREATIVE", WORLD_AD, 'o', 1, 0, NULL, NULL },
    { "SHARE", WORLD_CREATIVE, 'o', 1, 0, NULL, NULL },
    { "CONVERSION", WORLD_NONE, 'c', LINKEDIN_CONVERSIONS, 0, NULL, NULL },
    { "CARD_INDEX", WORLD_NONE, 'p', 3, 0, NULL, pivot_cards },
    { "SERVING_LOCATION", WORLD_NONE, 'p', 2, 0, NULL, pivot_servings },
    { "PLACEMENT_NAME", WORLD_NONE, 'p', 3, 0, NULL, pivot_placements },
    { "IMPRESSION_DEVICE_TYPE", WORLD_NONE, 'p', 3, 0, NULL, pivot_devices },
    { "MEMBER_COMPANY", WORLD_NONE, 'm', 12, 1035, "urn:li:organization:%lld", NULL },
    { "MEMBER_COMPANY_SIZE", WORLD_NONE, 'm', 8, 0, NULL, pivot_sizes },
    { "MEMBER_INDUSTRY", WORLD_NONE, 'm', 9, 4, "urn:li:industry:%lld", NULL },
    { "MEMBER_SENIORITY", WORLD_NONE, 'm', 10, 1, "urn:li:seniority:%lld", NULL },
    { "MEMBER_JOB_TITLE", WORLD_NONE, 'm', 14, 20, "urn:li:title:%lld", NULL },
    { "MEMBER_JOB_FUNCTION", WORLD_NONE, 'm', 11, 1, "urn:li:function:%lld", NULL },
    { "MEMBER_COUNTRY_V2", WORLD_NONE, 'm', 5, 103644278, "urn:li:geo:%lld", NULL },
    { "MEMBER_REGION_V2", WORLD_NONE, 'm', 8, 90000084, "urn:li:geo:%lld", NULL },
};

const linkedin_pivot *linkedin_pivot_named(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(linkedin_pivots); i++) {
        if (!strcmp(linkedin_pivots[i].name, name)) return &linkedin_pivots[i];
    }
    return NULL;
}
