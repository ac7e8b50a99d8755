/* SPDX-License-Identifier: MIT */
/* Fields of campaigns, ad sets and ads. Budgets are text in minor units, bids numbers in the same. */
#include "meta_field_tools.h"

FIELD(field_campaign_id)
{
    ENTITY;
    return field_digits(out, meta_id(WORLD_CAMPAIGN, e->account.g, e->campaign));
}

FIELD(field_adset_id)
{
    ENTITY;
    return field_digits(out, meta_id(WORLD_ADSET, e->account.g, e->adset));
}

FIELD(field_status)
{
    ENTITY;
    return field_string(out, meta_status_word(e->status));
}

FIELD(field_created)
{
    ENTITY;
    return field_instant(out, e->created, e->account.zone);
}

FIELD(field_updated)
{
    ENTITY;
    return field_instant(out, e->updated, e->account.zone);
}

FIELD(field_start)
{
    ENTITY;
    return field_instant(out, e->start, e->account.zone);
}

FIELD(field_stop)
{
    ENTITY;
    return e->stop && field_instant(out, e->stop, e->account.zone);
}

FIELD(field_objective)
{
    static const char *const words[] = { "OUTCOME_AWARENESS",     "OUTCOME_TRAFFIC", "OUTCOME_ENGAGEMENT",   "OUTCOME_LEADS",
                                         "OUTCOME_APP_PROMOTION", "OUTCOME_SALES",   "PRODUCT_CATALOG_SALES" };

    ENTITY;
    return field_pick(out, e, 1, words, 7);
}

FIELD(field_buying_type)
{
    ENTITY;
    return field_string(out, "AUCTION");
}

FIELD(field_bid_strategy)
{
    static const char *const words[] = { "LOWEST_COST_WITHOUT_CAP", "LOWEST_COST_WITH_BID_CAP", "COST_CAP", "LOWEST_COST_WITH_MIN_ROAS" };

    ENTITY;
    return field_pick(out, e, 2, words, 4);
}

/* a budget lives on the campaign or on its ad sets, never on both; daily or lifetime, never both */
static bool field_holds_budget(const world_entity *e)
{
    uint64_t h = sim_hash(0xb0, (uint64_t)e->account.g, (uint64_t)e->campaign, e->account.h);

    return (e->kind == WORLD_CAMPAIGN) == (h % 3 == 0);
}

static int64_t field_budget(const world_entity *e)
{
    int64_t base = (5 + field_draw(e, 3, 200)) * (10 + e->version % 5);

    return e->account.currency->offset == 1 ? base * 1000 : base * 10;
}

FIELD(field_daily_budget)
{
    ENTITY;
    return field_holds_budget(e) && field_draw(e, 4, 4) && field_digits(out, field_budget(e));
}

FIELD(field_lifetime_budget)
{
    ENTITY;
    if (!field_holds_budget(e)) return field_draw(e, 5, 2) && field_string(out, "0"); /* "not set" is said in both ways */
    return !field_draw(e, 4, 4) && field_digits(out, field_budget(e) * 30);
}

FIELD(field_budget_remaining)
{
    ENTITY;
    return field_digits(out, field_holds_budget(e) ? field_budget(e) / 2 : 0);
}

FIELD(field_spend_cap)
{
    ENTITY;
    return field_draw(e, 6, 5) == 0 && field_digits(out, field_budget(e) * 100);
}

FIELD(field_special)
{
    ENTITY;
    sim_puts(out, field_draw(e, 7, 10) ? "[]" : "[\"HOUSING\"]");
    return true;
}

FIELD(field_sharing)
{
    ENTITY;
    sim_puts(out, "false");
    return true;
}

FIELD(field_issues)
{
    ENTITY;
    if (strcmp(meta_word(e), "WITH_ISSUES")) return false;
    sim_puts(out, "[{\"level\":\"AD\",\"error_code\":1815869,\"error_summary\":\"Ad limited\",\"error_message\":\"The landing page cannot "
                  "be reached\",\"error_type\":\"SOFT_ERROR\"}]");
    return true;
}

FIELD(field_bid_amount)
{
    ENTITY;
    return field_draw(e, 8, 3) == 0 && field_number(out, field_budget(e) / 10 + 1);
}

FIELD(field_billing_event)
{
    static const char *const words[] = { "IMPRESSIONS", "LINK_CLICKS", "THRUPLAY" };

    ENTITY;
    return field_pick(out, e, 9, words, 3);
}

FIELD(field_goal)
{
    static const char *const words[] = { "OFFSITE_CONVERSIONS", "LINK_CLICKS", "LANDING_PAGE_VIEWS", "REACH", "LEAD_GENERATION", "VALUE" };

    ENTITY;
    return field_pick(out, e, 10, words, 6);
}

FIELD(field_targeting)
{
    static const char *const countries[] = { "US", "DE", "JP", "BR" };

    ENTITY;
    sim_printf(out, "{\"age_max\":65,\"age_min\":%d,\"geo_locations\":{\"countries\":[\"%s\"],\"location_types\":[\"home\",\"recent\"]},",
               (int)(18 + field_draw(e, 11, 20)), countries[field_draw(e, 12, 4)]);
    if (world_count(meta_site(call->sim), WORLD_AUDIENCE)) {
        sim_printf(out, "\"custom_audiences\":[{\"id\":\"%lld\"}],",
                   (long long)meta_id(WORLD_AUDIENCE, e->account.g, field_draw(e, 13, world_count(meta_site(call->sim), WORLD_AUDIENCE))));
    }
    sim_puts(out, "\"targeting_automation\":{\"advantage_audience\":0}}");
    return true;
}

FIELD(field_promoted)
{
    ENTITY;
    sim_printf(out, "{\"pixel_id\":\"%lld\",\"custom_event_type\":\"PURCHASE\"}", (long long)meta_id(WORLD_PIXEL, e->account.g, 0));
    return true;
}

FIELD(field_attribution)
{
    ENTITY;
    sim_puts(out, "[{\"event_type\":\"CLICK_THROUGH\",\"window_days\":7},{\"event_type\":\"VIEW_THROUGH\",\"window_days\":1}]");
    return true;
}

FIELD(field_learning)
{
    ENTITY;
    sim_printf(out, "{\"status\":\"%s\",\"conversions\":%lld,\"last_sig_edit_ts\":%lld}", field_draw(e, 14, 3) ? "SUCCESS" : "LEARNING",
               (long long)field_draw(e, 15, 60), (long long)e->updated);
    return true;
}

FIELD(field_dsa)
{
    ENTITY;
    return e->account.currency->offset == 100 && field_string(out, "Example Advertiser B.V.");
}

/* an object inside another one: only its id, unless braces ask for more */
static bool field_inside(meta_call *call, world_kind kind, const world_entity *e, int64_t index, const meta_fields *field)
{
    static const meta_fields id = { .name = "id" };
    world_entity inner;

    if (!world_entity_at(meta_site(call->sim), kind, e->account.g, index, &inner)) return false;
    meta_object_write(call, kind, &inner, field && field->child ? field->child : &id);
    return true;
}

FIELD(field_creative)
{
    ENTITY;
    return field_inside(call, WORLD_CREATIVE, e, e->index / 2, field);
}

FIELD(field_campaign)
{
    ENTITY;
    return field_inside(call, WORLD_CAMPAIGN, e, e->campaign, field);
}

FIELD(field_adset)
{
    ENTITY;
    return field_inside(call, WORLD_ADSET, e, e->adset, field);
}

FIELD(field_feedback)
{
    ENTITY;
    if (strcmp(meta_word(e), "DISAPPROVED")) return false;
    sim_puts(out, "{\"global\":{\"PERSONAL_ATTRIBUTES\":\"Ads must not assert personal attributes\"}}");
    return true;
}

FIELD(field_tracking)
{
    ENTITY;
    sim_printf(out, "[{\"action.type\":[\"offsite_conversion\"],\"fb_pixel\":[\"%lld\"]}]",
               (long long)meta_id(WORLD_PIXEL, e->account.g, 0));
    return true;
}

FIELD(field_preview)
{
    ENTITY;
    sim_printf(out, "\"https:\\/\\/fb.me\\/%llx\"", (unsigned long long)e->h & 0xffffffffffull);
    return true;
}

FIELD(field_bid_type)
{
    ENTITY;
    return field_string(out, "ABSOLUTE_OCPM");
}

#define COMMON_FIELDS                                                                                                                      \
    { "id", field_id, 'd' }, { "account_id", field_account_id, 0 }, { "name", field_name, 0 }, { "status", field_status, 0 },              \
        { "configured_status", field_status, 0 }, { "effective_status", field_effective, 0 }, { "created_time", field_created, 0 },        \
        { "updated_time", field_updated, 0 }, { "issues_info", field_issues, 0 }, { "adlabels", NULL, 'x' },                               \
    {                                                                                                                                      \
        "recommendations", NULL, 'x'                                                                                                       \
    }

const meta_field meta_campaign_fields[] = {
    COMMON_FIELDS,
    { "objective", field_objective, 0 },
    { "buying_type", field_buying_type, 0 },
    { "bid_strategy", field_bid_strategy, 0 },
    { "daily_budget", field_daily_budget, 0 },
    { "lifetime_budget", field_lifetime_budget, 0 },
    { "budget_remaining", field_budget_remaining, 0 },
    { "spend_cap", field_spend_cap, 0 },
    { "special_ad_categories", field_special, 0 },
    { "special_ad_category", NULL, 'x' },
    { "special_ad_category_country", NULL, 'x' },
    { "is_adset_budget_sharing_enabled", field_sharing, 0 },
    { "start_time", field_start, 0 },
    { "stop_time", field_stop, 0 },
    { "promoted_object", NULL, 'x' },
    { "smart_promotion_type", NULL, 'x' },
    { "advantage_state_info", NULL, 'x' },
    { "pacing_type", NULL, 'x' },
    { "source_campaign_id", NULL, 'x' },
    { NULL, NULL, 0 },
};

const meta_field meta_adset_fields[] = {
    COMMON_FIELDS,
    { "campaign_id", field_campaign_id, 0 },
    { "campaign", field_campaign, 0 },
    { "bid_strategy", field_bid_strategy, 0 },
    { "bid_amount", field_bid_amount, 0 },
    { "billing_event", field_billing_event, 0 },
    { "optimization_goal", field_goal, 0 },
    { "daily_budget", field_daily_budget, 0 },
    { "lifetime_budget", field_lifetime_budget, 0 },
    { "budget_remaining", field_budget_remaining, 0 },
    { "targeting", field_targeting, 0 },
    { "promoted_object", field_promoted, 0 },
    { "attribution_spec", field_attribution, 0 },
    { "learning_stage_info", field_learning, 0 },
    { "start_time", field_start, 0 },
    { "end_time", field_stop, 0 },
    { "dsa_beneficiary", field_dsa, 0 },
    { "dsa_payor", field_dsa, 0 },
    { "destination_type", NULL, 'x' },
    { "bid_info", NULL, 'x' },
    { "is_dynamic_creative", NULL, 'x' },
    { "frequency_control_specs", NULL, 'x' },
    { "pacing_type", NULL, 'x' },
    { "daily_spend_cap", NULL, 'x' },
    { "daily_min_spend_target", NULL, 'x' },
    { "lifetime_spend_cap", NULL, 'x' },
    { "lifetime_min_spend_target", NULL, 'x' },
    { NULL, NULL, 0 },
};

const meta_field meta_ad_fields[] = {
    COMMON_FIELDS,
    { "campaign_id", field_campaign_id, 0 },
    { "adset_id", field_adset_id, 0 },
    { "campaign", field_campaign, 0 },
    { "adset", field_adset, 0 },
    { "creative", field_creative, 0 },
    { "ad_review_feedback", field_feedback, 0 },
    { "bid_type", field_bid_type, 0 },
    { "bid_amount", NULL, 'x' },
    { "tracking_specs", field_tracking, 0 },
    { "preview_shareable_link", field_preview, 0 },
    { "conversion_domain", NULL, 'x' },
    { "source_ad_id", NULL, 'x' },
    { NULL, NULL, 0 },
};
