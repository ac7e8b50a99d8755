/* SPDX-License-Identifier: MIT */
/* Campaigns: what a recorded one shows, and what hangs on the family. */
#include "tiktok.h"

#define FIELD(name) static bool name(sim_text *out, const tiktok_row *r)
#define OLD_CONVERSIONS 1660521600 /* 2022-08-15: what was made before may still be called CONVERSIONS */

static const char *const campaign_objectives[] = { "TRAFFIC",       "WEB_CONVERSIONS", "APP_PROMOTION", "LEAD_GENERATION",
                                                   "PRODUCT_SALES", "WEB_CONVERSIONS", "REACH",         "VIDEO_VIEWS",
                                                   "ENGAGEMENT",    "WEB_CONVERSIONS" };

const char *tiktok_objective(const tiktok_row *row)
{
    const char *word = campaign_objectives[world_draw(row->campaign.h, 110, (int64_t)SIM_COUNT(campaign_objectives))];

    if (row->family == TIKTOK_RF || row->family == TIKTOK_TOP_VIEW) return "RF_REACH";
    if (row->family == TIKTOK_GMV) return "PRODUCT_SALES";
    if (row->family == TIKTOK_PROMOTE) return "ENGAGEMENT";
    return !strcmp(word, "WEB_CONVERSIONS") && row->campaign.created < OLD_CONVERSIONS && row->campaign.h % 2 ? "CONVERSIONS" : word;
}

char tiktok_leg(const tiktok_row *row)
{
    static const struct {
        const char *objective;
        char leg;
    } legs[] = { { "WEB_CONVERSIONS", 'w' }, { "CONVERSIONS", 'w' },   { "TRAFFIC", 'w' },
                 { "APP_PROMOTION", 'a' },   { "PRODUCT_SALES", 's' }, { "LEAD_GENERATION", 'l' } };

    for (size_t i = 0; i < SIM_COUNT(legs); i++) {
        if (!strcmp(legs[i].objective, tiktok_objective(row))) return legs[i].leg;
    }
    return 0;
}

bool tiktok_cbo(const tiktok_row *row)
{
    return row->family <= TIKTOK_OLD_SMART && (row->family != TIKTOK_AUCTION || !world_draw(row->campaign.h, 111, 3));
}

bool tiktok_search(const tiktok_row *row) { return row->family == TIKTOK_AUCTION && !world_draw(row->campaign.h, 112, 3); }

/* without CBO: none, of a day, of its whole life; with it: of its whole life or the moving one of a day */
static int campaign_mode(const tiktok_row *r)
{
    if (r->family == TIKTOK_RF || r->family == TIKTOK_TOP_VIEW) return 2;
    return tiktok_cbo(r) ? 2 + (int)world_draw(r->campaign.h, 113, 2) : (int)world_draw(r->campaign.h, 113, 3);
}

/* whole and broken amounts; a version of the object has another */
static int64_t campaign_budget(const world_entity *e, const world_currency *currency)
{
    return (50 + world_draw(e->h, 114, 400) + e->version % 7) * currency->offset + world_draw(e->h, 115, 2) * (currency->offset / 4);
}

FIELD(c_budget)
{
    if (!campaign_mode(r))
        sim_puts(out, "0");
    else
        tiktok_money(out, &r->account, campaign_budget(&r->campaign, r->account.currency));
    return true;
}

FIELD(c_budget_mode)
{
    static const char *const modes[] = { "BUDGET_MODE_INFINITE", "BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL",
                                         "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" };

    sim_json_string(out, modes[campaign_mode(r)]);
    return true;
}

FIELD(c_optimize)
{
    if (!tiktok_cbo(r)) return false;
    sim_puts(out, "true");
    return true;
}

FIELD(c_objective_type)
{
    sim_json_string(out, tiktok_objective(r));
    return true;
}

FIELD(c_objective)
{
    sim_json_string(out, tiktok_leg(r) == 'a' ? "APP" : "LANDING_PAGE");
    return true;
}

FIELD(c_virtual)
{
    sim_json_string(out, tiktok_leg(r) == 's' ? "SALES" : NULL);
    return true;
}

FIELD(c_search)
{
    sim_puts(out, tiktok_search(r) ? "true" : "false");
    return true;
}

FIELD(c_smart)
{
    sim_puts(out, r->family == TIKTOK_OLD_SMART ? "true" : "false");
    return true;
}

FIELD(c_type)
{
    sim_json_string(out, tiktok_leg(r) == 'a' && r->campaign.h % 2 ? "IOS14_CAMPAIGN" : "REGULAR_CAMPAIGN");
    return true;
}

FIELD(c_app)
{
    if (tiktok_leg(r) != 'a') return false;
    sim_puts(out, "\"APP_INSTALL\"");
    return true;
}

FIELD(c_industries)
{
    if (world_draw(r->campaign.h, 116, 2)) return false; /* the key is not always there */
    sim_puts(out, world_draw(r->campaign.h, 117, 4) ? "[]" : "[\"HOUSING\"]");
    return true;
}

FIELD(c_destination)
{
    if (r->campaign.h % 3) return false;
    sim_puts(out, "null");
    return true;
}

FIELD(c_catalog)
{
    if (r->campaign.h % 5) return false;
    sim_puts(out, "false");
    return true;
}

FIELD(c_rf)
{
    sim_json_string(out, r->family == TIKTOK_RF || r->family == TIKTOK_TOP_VIEW ? "STANDARD" : NULL);
    return true;
}

const tiktok_field tiktok_campaign_fields[] = {
    { "campaign_id", NULL, tiktok_f_campaign },
    { "campaign_name", NULL, tiktok_f_campaign_name },
    { "advertiser_id", NULL, tiktok_f_advertiser },
    { "operation_status", NULL, tiktok_f_operation },
    { "secondary_status", NULL, tiktok_f_secondary },
    { "objective_type", NULL, c_objective_type },
    { "objective", NULL, c_objective },
    { "virtual_objective_type", NULL, c_virtual },
    { "app_promotion_type", NULL, c_app },
    { "campaign_type", NULL, c_type },
    { "budget", NULL, c_budget },
    { "budget_mode", NULL, c_budget_mode },
    { "budget_optimize_on", NULL, c_optimize },
    { "campaign_automation_type", NULL, tiktok_f_automation },
    { "is_smart_performance_campaign", NULL, c_smart },
    { "is_search_campaign", NULL, c_search },
    { "is_advanced_dedicated_campaign", "false", NULL },
    { "is_new_structure", "true", NULL },
    { "rta_product_selection_enabled", "false", NULL },
    { "rta_bid_enabled", "false", NULL },
    { "rta_id", "null", NULL },
    { "deep_bid_type", "null", NULL },
    { "disable_skan_campaign", "null", NULL },
    { "roas_bid", "0", NULL },
    { "special_industries", NULL, c_industries },
    { "sales_destination", NULL, c_destination },
    { "catalog_enabled", NULL, c_catalog },
    { "rf_campaign_type", NULL, c_rf },
    { "create_time", NULL, tiktok_f_created },
    { "modify_time", NULL, tiktok_f_modified },
    { NULL, NULL, NULL },
};

#define CAMPAIGN_SIX                                                                                                                       \
    { "campaign_id", NULL, tiktok_f_campaign }, { "campaign_name", NULL, tiktok_f_campaign_name },                                         \
        { "advertiser_id", NULL, tiktok_f_advertiser }, { "operation_status", NULL, tiktok_f_operation },                                  \
        { "secondary_status", NULL, tiktok_f_secondary },                                                                                  \
    {                                                                                                                                      \
        "create_time", NULL, tiktok_f_created                                                                                              \
    }

/* a boosted post has six fields alone */
const tiktok_field tiktok_promote_fields[] = { CAMPAIGN_SIX, { NULL, NULL, NULL } };

const tiktok_field tiktok_gmv_fields[] = {
    CAMPAIGN_SIX,
    { "objective_type", NULL, c_objective_type },
    { "modify_time", NULL, tiktok_f_modified },
    { NULL, NULL, NULL },
};
