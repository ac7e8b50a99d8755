/* SPDX-License-Identifier: MIT */
/* Ad groups: about eighty fields, half of them null as in the recorded one. */
#include "tiktok.h"

#define FIELD(name) static bool name(sim_text *out, const tiktok_row *r)
#define DRAW(which, below) world_draw(r->adset.h, which, below)

static bool adgroup_word(sim_text *out, const char *word)
{
    sim_json_string(out, word);
    return true;
}

/* ---- budget, bid */

static int64_t adgroup_amount(const tiktok_row *r, int which)
{
    return (20 + DRAW(which, 200) + r->adset.version % 5) * r->account.currency->offset + DRAW(121, 2) * (r->account.currency->offset / 2);
}

/* under CBO the campaign holds the budget */
FIELD(g_budget)
{
    if (tiktok_cbo(r))
        sim_puts(out, "0");
    else
        tiktok_money(out, &r->account, adgroup_amount(r, 120));
    return true;
}

FIELD(g_budget_mode)
{
    if (tiktok_cbo(r)) return adgroup_word(out, "BUDGET_MODE_INFINITE");
    return adgroup_word(out,
                        r->family == TIKTOK_RF || r->family == TIKTOK_TOP_VIEW || !DRAW(122, 4) ? "BUDGET_MODE_TOTAL" : "BUDGET_MODE_DAY");
}

FIELD(g_scheduled)
{
    if (tiktok_cbo(r) || DRAW(123, 12))
        sim_puts(out, "0");
    else
        tiktok_money(out, &r->account, adgroup_amount(r, 124));
    return true;
}

/* by what is paid: a click, a thousand views, a view, or a thousand views bid by conversion */
static const char *adgroup_billing(const tiktok_row *r)
{
    if (r->family == TIKTOK_RF || r->family == TIKTOK_TOP_VIEW) return "CPM";
    if (!strcmp(tiktok_objective(r), "VIDEO_VIEWS")) return "CPV";
    if (!strcmp(tiktok_objective(r), "REACH")) return "CPM";
    return tiktok_leg(r) && strcmp(tiktok_objective(r), "TRAFFIC") ? "OCPM" : "CPC";
}

static bool adgroup_bids(const tiktok_row *r) { return DRAW(125, 3) > 0; }

FIELD(g_billing) { return adgroup_word(out, adgroup_billing(r)); }
FIELD(g_bid_type) { return adgroup_word(out, adgroup_bids(r) ? "BID_TYPE_CUSTOM" : "BID_TYPE_NO_BID"); }

static bool adgroup_bid(sim_text *out, const tiktok_row *r, bool conversion)
{
    bool mine = !strcmp(adgroup_billing(r), "OCPM") == conversion;

    if (mine && adgroup_bids(r))
        tiktok_money(out, &r->account, r->account.currency->offset == 1 ? 10 + DRAW(126, 900) : 1 + DRAW(126, 900));
    else
        sim_puts(out, "0");
    return true;
}

FIELD(g_bid) { return adgroup_bid(out, r, false); }
FIELD(g_conversion_bid) { return adgroup_bid(out, r, true); }
FIELD(g_pacing) { return adgroup_word(out, DRAW(127, 9) ? "PACING_MODE_SMOOTH" : "PACING_MODE_FAST"); }

FIELD(g_goal)
{
    static const struct {
        const char *billing, *goal;
    } goals[] = { { "CPC", "CLICK" }, { "CPM", "REACH" }, { "CPV", "VIDEO_VIEW" } };

    for (size_t i = 0; i < SIM_COUNT(goals); i++) {
        if (!strcmp(goals[i].billing, adgroup_billing(r))) return adgroup_word(out, goals[i].goal);
    }
    return adgroup_word(out, tiktok_leg(r) == 'a' ? "INSTALL" : tiktok_leg(r) == 'l' ? "LEAD_GENERATION" : "CONVERT");
}

FIELD(g_event) { return adgroup_word(out, tiktok_leg(r) == 'w' && !strcmp(adgroup_billing(r), "OCPM") ? "SHOPPING" : NULL); }

FIELD(g_pixel)
{
    if (tiktok_leg(r) != 'w') return adgroup_word(out, NULL);
    tiktok_put_id(out, tiktok_rules.id(WORLD_PIXEL, r->account.g, 0));
    return true;
}

FIELD(g_promotion)
{
    static const char words[] = "wals";
    static const char *const names[] = { "WEBSITE", "APP_ANDROID", "LEAD_GENERATION", "TIKTOK_SHOP" };
    const char *at = tiktok_leg(r) ? strchr(words, tiktok_leg(r)) : words;

    return adgroup_word(out, names[at - words]);
}

FIELD(g_smart)
{
    sim_puts(out, r->family == TIKTOK_OLD_SMART ? "true" : "false");
    return true;
}

/* ---- when */

static bool adgroup_time(sim_text *out, int64_t at)
{
    char text[32];

    tiktok_time(text, at, NULL);
    return adgroup_word(out, text);
}

FIELD(g_schedule_type) { return adgroup_word(out, r->adset.stop ? "SCHEDULE_START_END" : "SCHEDULE_FROM_NOW"); }
FIELD(g_start) { return adgroup_time(out, r->adset.start); }
FIELD(g_end) { return r->adset.stop ? adgroup_time(out, r->adset.stop) : adgroup_word(out, NULL); }

/* seven days of forty-eight half hours */
FIELD(g_dayparting)
{
    bool nights = DRAW(128, 4) > 0;

    sim_putc(out, '"');
    for (int i = 0; i < 336; i++) sim_putc(out, nights || (i % 48 >= 16 && i % 48 < 44) ? '1' : '0');
    sim_putc(out, '"');
    return true;
}

/* ---- to whom */

static bool adgroup_list(sim_text *out, const char *const *words, size_t count)
{
    sim_putc(out, '[');
    for (size_t i = 0; i < count; i++) sim_json_string(out, words[i]);
    sim_putc(out, ']');
    return true;
}

static bool adgroup_audience(sim_text *out, const tiktok_row *r, int which, int64_t one_in)
{
    int64_t count = world_count(r->site, WORLD_AUDIENCE);

    sim_putc(out, '[');
    if (count && !DRAW(which, one_in)) tiktok_put_id(out, tiktok_rules.id(WORLD_AUDIENCE, r->account.g, DRAW(which + 1, count)));
    sim_putc(out, ']');
    return true;
}

FIELD(g_audiences) { return adgroup_audience(out, r, 130, 2); }
FIELD(g_excluded) { return adgroup_audience(out, r, 132, 4); }

FIELD(g_ages)
{
    static const char *const ages[] = { "AGE_18_24", "AGE_25_34", "AGE_35_44" };

    return DRAW(134, 3) ? adgroup_list(out, ages, (size_t)(1 + DRAW(135, 3))) : adgroup_word(out, NULL);
}

FIELD(g_gender)
{
    static const char *const words[] = { "GENDER_UNLIMITED", "GENDER_FEMALE", "GENDER_MALE" };

    return adgroup_word(out, words[DRAW(136, 3)]);
}

FIELD(g_languages)
{
    static const char *const words[] = { "en", "de" };

    return adgroup_list(out, words, (size_t)DRAW(137, 3));
}

FIELD(g_locations)
{
    static const char *const words[] = { "6252001", "2921044", "1861060" };

    return adgroup_list(out, words, (size_t)(1 + DRAW(138, 3)));
}

FIELD(g_systems)
{
    static const char *const words[] = { "ANDROID", "IOS" };

    return adgroup_list(out, words, (size_t)DRAW(139, 3));
}

FIELD(g_interests)
{
    static const char *const words[] = { "15", "2113" };

    return adgroup_list(out, words, (size_t)DRAW(140, 3));
}

FIELD(g_placement_type) { return adgroup_word(out, DRAW(141, 2) ? "PLACEMENT_TYPE_NORMAL" : "PLACEMENT_TYPE_AUTOMATIC"); }

FIELD(g_placements)
{
    static const char *const words[] = { "PLACEMENT_TIKTOK", "PLACEMENT_PANGLE" };

    return adgroup_list(out, words, DRAW(141, 2) ? 1 : 2);
}

/* ---- attribution, fixed when it was made: what the figures go by */

FIELD(g_click_window)
{
    static const char *const words[] = { "OFF", "ONE_DAY", "SEVEN_DAYS", "FOURTEEN_DAYS", "TWENTY_EIGHT_DAYS" };

    return adgroup_word(out, words[tiktok_click_window(&r->adset)]);
}

FIELD(g_view_window)
{
    static const char *const words[] = { "OFF", "ONE_DAY", "SEVEN_DAYS" };

    return adgroup_word(out, words[tiktok_view_window(&r->adset)]);
}

FIELD(g_engaged_window) { return adgroup_word(out, DRAW(144, 2) ? "ONE_DAY" : "SEVEN_DAYS"); }
FIELD(g_event_count) { return adgroup_word(out, DRAW(145, 2) ? "EVERY" : "UNSET"); }

int tiktok_click_window(const world_entity *adset)
{
    static const int windows[] = { 2, 2, 1, 4, 3, 2, 0 };

    return windows[world_draw(adset->h, 142, (int64_t)SIM_COUNT(windows))];
}

int tiktok_view_window(const world_entity *adset) { return (int)world_draw(adset->h, 143, 3); }

/* ---- keywords, in search campaigns alone */

int64_t tiktok_keywords(const tiktok_row *r) { return tiktok_search(r) ? 1 + DRAW(146, 3) : 0; }

void tiktok_keyword_write(sim_text *out, const tiktok_row *r, int64_t i)
{
    static const char *const words[] = { "running shoes", "schuhe günstig", "スニーカー" };
    static const char *const matches[] = { "PRECISE_WORD", "PHRASE_WORD", "BROAD_WORD" };

    sim_json_open(out, '{');
    sim_json_pair(out, "keyword", words[i]);
    sim_json_pair(out, "match_type", matches[(i + DRAW(147, 3)) % 3]);
    sim_json_pair(out, "keyword_bid_type", i ? "FOLLOW_ADGROUP" : "CUSTOM");
    sim_json_key(out, "keyword_bid");
    tiktok_money(out, &r->account, i ? 0 : r->account.currency->offset + DRAW(148, 50));
    sim_putc(out, '}');
}

FIELD(g_keywords)
{
    if (!tiktok_keywords(r)) return adgroup_word(out, NULL);
    sim_putc(out, '[');
    for (int64_t i = 0; i < tiktok_keywords(r); i++) tiktok_keyword_write(out, r, i);
    sim_putc(out, ']');
    return true;
}

const tiktok_field tiktok_adgroup_fields[] = {
    { "secondary_status", NULL, tiktok_f_secondary },
    { "app_id", "null", NULL },
    { "creative_material_mode", "\"CUSTOM\"", NULL },
    { "excluded_audience_ids", NULL, g_excluded },
    { "feed_type", "null", NULL },
    { "share_disabled", "false", NULL },
    { "bid_price", NULL, g_bid },
    { "category_id", "null", NULL },
    { "pacing", NULL, g_pacing },
    { "audience_ids", NULL, g_audiences },
    { "adgroup_id", NULL, tiktok_f_adgroup },
    { "keywords", "null", NULL },
    { "location_ids", NULL, g_locations },
    { "campaign_id", NULL, tiktok_f_campaign },
    { "app_config", "null", NULL },
    { "deep_bid_type", "null", NULL },
    { "operating_systems", NULL, g_systems },
    { "rf_purchased_type", "null", NULL },
    { "rf_estimated_frequency", "null", NULL },
    { "purchased_reach", "null", NULL },
    { "inventory_filter_enabled", "false", NULL },
    { "brand_safety_type", "\"NO_BRAND_SAFETY\"", NULL },
    { "operation_status", NULL, tiktok_f_operation },
    { "dayparting", NULL, g_dayparting },
    { "pixel_id", NULL, g_pixel },
    { "secondary_optimization_event", "null", NULL },
    { "conversion_bid_price", NULL, g_conversion_bid },
    { "deep_funnel_optimization_status", "null", NULL },
    { "adgroup_app_profile_page_state", "null", NULL },
    { "deep_cpa_bid", "0", NULL },
    { "is_hfss", "false", NULL },
    { "delivery_mode", "null", NULL },
    { "bid_display_mode", "\"CPMV\"", NULL },
    { "auto_targeting_enabled", "false", NULL },
    { "schedule_infos", "null", NULL },
    { "spending_power", "\"ALL\"", NULL },
    { "actions", "[]", NULL },
    { "schedule_end_time", NULL, g_end },
    { "video_download_disabled", "false", NULL },
    { "statistic_type", "null", NULL },
    { "conversion_window", "null", NULL },
    { "ios14_quota_type", "\"UNOCCUPIED\"", NULL },
    { "adgroup_name", NULL, tiktok_f_adgroup_name },
    { "frequency_schedule", "null", NULL },
    { "frequency", "null", NULL },
    { "isp_ids", "[]", NULL },
    { "advertiser_id", NULL, tiktok_f_advertiser },
    { "interest_category_ids", NULL, g_interests },
    { "schedule_type", NULL, g_schedule_type },
    { "placements", NULL, g_placements },
    { "smart_audience_enabled", "null", NULL },
    { "schedule_start_time", NULL, g_start },
    { "optimization_event", NULL, g_event },
    { "is_lhf_compliance", "false", NULL },
    { "scheduled_budget", NULL, g_scheduled },
    { "deep_funnel_event_source_id", "null", NULL },
    { "category_exclusion_ids", "[]", NULL },
    { "deep_funnel_optimization_event", "null", NULL },
    { "smart_interest_behavior_enabled", "null", NULL },
    { "custom_conversion_id", "null", NULL },
    { "automated_keywords_enabled", "null", NULL },
    { "age_groups", NULL, g_ages },
    { "search_result_enabled", "true", NULL },
    { "app_download_url", "null", NULL },
    { "promotion_type", NULL, g_promotion },
    { "create_time", NULL, tiktok_f_created },
    { "deep_funnel_event_source", "null", NULL },
    { "languages", NULL, g_languages },
    { "is_new_structure", "true", NULL },
    { "placement_type", NULL, g_placement_type },
    { "campaign_automation_type", NULL, tiktok_f_automation },
    { "gender", NULL, g_gender },
    { "network_types", "[]", NULL },
    { "purchased_impression", "null", NULL },
    { "campaign_name", NULL, tiktok_f_campaign_name },
    { "app_type", "null", NULL },
    { "next_day_retention", "null", NULL },
    { "billing_event", NULL, g_billing },
    { "brand_safety_partner", "null", NULL },
    { "is_smart_performance_campaign", NULL, g_smart },
    { "rf_estimated_cpr", "null", NULL },
    { "device_price_ranges", "null", NULL },
    { "vbo_window", "null", NULL },
    { "skip_learning_phase", "false", NULL },
    { "modify_time", NULL, tiktok_f_modified },
    { "budget", NULL, g_budget },
    { "optimization_goal", NULL, g_goal },
    { "comment_disabled", "false", NULL },
    { "budget_mode", NULL, g_budget_mode },
    { "bid_type", NULL, g_bid_type },
    { "saved_audience_id", "null", NULL },
    { "roas_bid", "0", NULL },
    { "included_custom_actions", "[]", NULL },
    { "search_keywords", NULL, g_keywords },
    { "click_attribution_window", NULL, g_click_window },
    { "view_attribution_window", NULL, g_view_window },
    { "engaged_view_attribution_window", NULL, g_engaged_window },
    { "attribution_event_count", NULL, g_event_count },
    { NULL, NULL, NULL },
};
