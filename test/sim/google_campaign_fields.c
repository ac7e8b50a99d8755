/* SPDX-License-Identifier: MIT */
/* campaign, asset_group, campaign_criterion: sheet, 3.3. */
#include "google_fields.h"

static int64_t campaign_draw(const google_row *r, int which, int64_t below) { return world_draw(r->campaign.h, which, below); }

FIELD(campaign_id) { return value_int(value_id(WORLD_CAMPAIGN, &r->campaign)); }
NAMED(campaign_rn, "customers/%lld/campaigns/%lld", row_cid(r), value_id(WORLD_CAMPAIGN, &r->campaign))
FIELD(campaign_name) { return google_entity_name(r, &r->campaign); }
FIELD(campaign_status) { return value_word(google_status(&r->campaign)); }

FIELD(campaign_primary)
{
    const world_entity *c = &r->campaign;
    int64_t now = sim_now(r->site->sim);

    if (c->status >= WORLD_ARCHIVED) return value_word("REMOVED");
    if (c->stop && c->stop < now) return value_word("ENDED");
    if (c->status == WORLD_PAUSED) return value_word("PAUSED");
    if (c->start > now) return value_word("PENDING");
    if (c->review == WORLD_LIMITED) return value_word("LIMITED");
    return value_word(campaign_draw(r, 103, 9) == 0 ? "LEARNING" : campaign_draw(r, 103, 9) == 1 ? "MISCONFIGURED" : "ELIGIBLE");
}

FIELD(campaign_serving)
{
    const char *primary = campaign_primary(r).s;

    if (r->owner.account.status == 2) return value_word("SUSPENDED");
    if (!strcmp(primary, "ENDED") || !strcmp(primary, "PENDING")) return value_word(primary);
    return value_word(!strcmp(primary, "REMOVED") || !strcmp(primary, "PAUSED") ? "NONE" : "SERVING");
}

FIELD(campaign_channel)
{
    static const char *const words[] = { "SEARCH", "SEARCH", "SEARCH", "DISPLAY", "VIDEO", "PERFORMANCE_MAX", "DEMAND_GEN", "SHOPPING" };

    return value_word(words[campaign_draw(r, 101, 8)]);
}

NAMED(campaign_budget, "customers/%lld/campaignBudgets/%lld", row_cid(r),
      (long long)google_id(WORLD_BUSINESS, r->owner.account.g, r->campaign.index % 5 == 4 ? r->campaign.index - 1 : r->campaign.index))

/* one of these: manual, two that maximize, spend, a portfolio */
static int64_t campaign_bidding(const google_row *r) { return campaign_draw(r, 102, 5); }

FIELD(campaign_strategy)
{
    return campaign_bidding(r) == 4
               ? google_text(r, "customers/%lld/biddingStrategies/%lld", row_cid(r), 7000000000 + (long long)r->owner.account.g)
               : value_none();
}

FIELD(campaign_strategy_type)
{
    static const char *const words[] = { "MANUAL_CPC", "MAXIMIZE_CONVERSIONS", "MAXIMIZE_CONVERSION_VALUE", "TARGET_SPEND", "TARGET_CPA" };

    return value_word(words[campaign_bidding(r)]);
}

FIELD(campaign_manual) { return campaign_bidding(r) == 0 ? value_bool(false) : value_none(); }
FIELD(campaign_target_cpa)
{
    return campaign_bidding(r) == 1 ? value_int(google_micros(r, 100 * campaign_draw(r, 104, 40))) : value_none();
}
FIELD(campaign_target_roas)
{
    return campaign_bidding(r) == 2 ? value_number(1.5 + (double)campaign_draw(r, 104, 40) / 10.0) : value_none();
}
FIELD(campaign_ceiling) { return campaign_bidding(r) == 3 ? value_int(google_micros(r, 100 + campaign_draw(r, 104, 400))) : value_none(); }

FIELD(campaign_start_day) { return google_time(r, r->campaign.start, 'd'); }
NAMED(campaign_start_time, "%s 00:00:00", google_time(r, r->campaign.start, 'd').s)

/* without an end it is absent, or stands in 2037 */
FIELD(campaign_end_day)
{
    if (r->campaign.stop) return google_time(r, r->campaign.stop, 'd');
    return campaign_draw(r, 105, 2) ? value_word("2037-12-30") : value_none();
}

FIELD(campaign_end_time)
{
    google_value day = campaign_end_day(r);

    return day.kind ? google_text(r, "%s 23:59:59", day.s) : day;
}

FIELD(campaign_political)
{
    return value_word(campaign_draw(r, 106, 15) ? "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING" : "CONTAINS_EU_POLITICAL_ADVERTISING");
}

FIELD(campaign_google)
{
    (void)r;
    return value_bool(true);
}
FIELD(campaign_network) { return value_bool(campaign_draw(r, 107, 2)); }
FIELD(campaign_partner)
{
    (void)r;
    return value_bool(false);
}
FIELD(campaign_score) { return value_number((double)campaign_draw(r, 108, 1000) / 1000.0); }

/* ---- Performance Max: one asset group a campaign */

static long long group_id(const google_row *r) { return (long long)google_id(WORLD_PAGE, r->owner.account.g, r->campaign.index); }

FIELD(asset_group_id) { return value_int(group_id(r)); }
NAMED(asset_group_rn, "customers/%lld/assetGroups/%lld", row_cid(r), group_id(r))
NAMED(asset_group_name, "Asset group %lld", (long long)r->campaign.index)
FIELD(asset_group_urls)
{
    static const char *const urls[] = { "https://example.com/pmax?a=1&b=ü" };

    return google_list(r, 's', NULL, urls, 1);
}

/* ---- where and what not */

static bool criterion_place(const google_row *r) { return r->criterion == 0; }

FIELD(criterion_id)
{
    return value_int(criterion_place(r) ? 2276 + campaign_draw(r, 109, 500) : google_id(WORLD_JOB, r->owner.account.g, r->campaign.index));
}
NAMED(criterion_rn, "customers/%lld/campaignCriteria/%lld~%lld", row_cid(r), value_id(WORLD_CAMPAIGN, &r->campaign),
      (long long)criterion_id(r).i)
FIELD(criterion_type) { return value_word(criterion_place(r) ? "LOCATION" : "KEYWORD"); }
FIELD(criterion_negative) { return value_bool(!criterion_place(r)); }
FIELD(criterion_status)
{
    (void)r;
    return value_word("ENABLED");
}
FIELD(criterion_geo) { return criterion_place(r) ? google_text(r, "geoTargetConstants/%lld", (long long)criterion_id(r).i) : value_none(); }
FIELD(criterion_text) { return criterion_place(r) ? value_none() : google_text(r, "free %lld", (long long)r->campaign.index); }
FIELD(criterion_match) { return criterion_place(r) ? value_none() : value_word("BROAD"); }

const google_field google_campaign_fields[] = {
    { "campaign.resource_name", 's', campaign_rn, 0, 0 },
    { "campaign.id", 'i', campaign_id, 0, 0 },
    { "campaign.name", 's', campaign_name, 0, 0 },
    { "campaign.status", 'e', campaign_status, 0, 0 },
    { "campaign.primary_status", 'e', campaign_primary, 0, 0 },
    { "campaign.serving_status", 'e', campaign_serving, 0, 0 },
    { "campaign.advertising_channel_type", 'e', campaign_channel, 0, 0 },
    { "campaign.campaign_budget", 's', campaign_budget, 0, 0 },
    { "campaign.bidding_strategy", 's', campaign_strategy, 0, 0 },
    { "campaign.bidding_strategy_type", 'e', campaign_strategy_type, 0, 0 },
    { "campaign.manual_cpc.enhanced_cpc_enabled", 'b', campaign_manual, 0, 0 },
    { "campaign.maximize_conversions.target_cpa_micros", 'i', campaign_target_cpa, 0, 0 },
    { "campaign.maximize_conversion_value.target_roas", 'd', campaign_target_roas, 0, 0 },
    { "campaign.target_spend.cpc_bid_ceiling_micros", 'i', campaign_ceiling, 0, 0 },
    { "campaign.start_date", 't', campaign_start_day, 0, 22 },
    { "campaign.end_date", 't', campaign_end_day, 0, 22 },
    { "campaign.start_date_time", 't', campaign_start_time, 23, 0 },
    { "campaign.end_date_time", 't', campaign_end_time, 23, 0 },
    { "campaign.contains_eu_political_advertising", 'e', campaign_political, 0, 0 },
    { "campaign.network_settings.target_google_search", 'b', campaign_google, 0, 0 },
    { "campaign.network_settings.target_search_network", 'b', campaign_network, 0, 0 },
    { "campaign.network_settings.target_content_network", 'b', campaign_network, 0, 0 },
    { "campaign.network_settings.target_partner_search_network", 'b', campaign_partner, 0, 0 },
    { "campaign.optimization_score", 'd', campaign_score, 0, 0 },
    { "asset_group.resource_name", 's', asset_group_rn, 0, 0 },
    { "asset_group.id", 'i', asset_group_id, 0, 0 },
    { "asset_group.name", 's', asset_group_name, 0, 0 },
    { "asset_group.campaign", 's', campaign_rn, 0, 0 },
    { "asset_group.status", 'e', campaign_status, 0, 0 },
    { "asset_group.primary_status", 'e', campaign_primary, 0, 0 },
    { "asset_group.final_urls", 'j', asset_group_urls, 0, 0 },
    { "campaign_criterion.resource_name", 's', criterion_rn, 0, 0 },
    { "campaign_criterion.criterion_id", 'i', criterion_id, 0, 0 },
    { "campaign_criterion.campaign", 's', campaign_rn, 0, 0 },
    { "campaign_criterion.type", 'e', criterion_type, 0, 0 },
    { "campaign_criterion.negative", 'b', criterion_negative, 0, 0 },
    { "campaign_criterion.status", 'e', criterion_status, 0, 0 },
    { "campaign_criterion.location.geo_target_constant", 's', criterion_geo, 0, 0 },
    { "campaign_criterion.keyword.text", 's', criterion_text, 0, 0 },
    { "campaign_criterion.keyword.match_type", 'e', criterion_match, 0, 0 },
    { NULL, 0, NULL, 0, 0 },
};
