/* SPDX-License-Identifier: MIT */
/* Campaigns, ad squads and ads: sheet, 3.6 to 3.8 and 3.10. */
#include "snapchat.h"

static int64_t ad_draw(const snapchat_item *item, int which, int64_t below) { return world_draw(item->e.h, which, below); }

static void ad_parent(snapchat_writer *w, const char *name, const snapchat_item *item, int kind, int64_t index)
{
    sim_json_pair(w->out, name, snapchat_id(w->site, w->arena, kind, item->g, index));
}

static void ad_name(snapchat_writer *w, const snapchat_item *item)
{
    char name[128];

    sim_json_pair(w->out, "name", world_name(name, sizeof name, &item->e));
}

/* what a deleted object says of itself is what it said before */
static bool ad_active(const snapchat_item *item)
{
    return item->e.status == WORLD_ACTIVE || (item->e.status >= WORLD_ARCHIVED && ad_draw(item, 110, 2));
}

static void ad_switch(snapchat_writer *w, const snapchat_item *item)
{
    sim_json_pair(w->out, "status", ad_active(item) ? "ACTIVE" : "PAUSED");
    if (item->deleted) sim_json_pair_bool(w->out, "deleted", true);
}

/* a set: in another order each time */
static void ad_set(snapchat_writer *w, const char *name, const char *const *words, size_t count)
{
    sim_json_key(w->out, name);
    sim_puts(w->out, "[");
    for (size_t i = 0; i < count; i++) sim_json_string(w->out, words[(i + (size_t)w->turn) % count]);
    sim_puts(w->out, "]");
}

static void ad_delivery(snapchat_writer *w, const snapchat_item *item)
{
    int64_t now = sim_now(w->site->sim);
    const char *words[8];
    size_t n = 0;

    if (!ad_active(item)) words[n++] = "INVALID_NOT_ACTIVE";
    if (item->e.start > now) words[n++] = "INVALID_START_TIME";
    if (item->kind->kind == WORLD_AD && item->e.review >= WORLD_PENDING && item->e.review <= WORLD_BILLING)
        words[n++] = "INVALID_PENDING_REVIEW_STATUS";
    if (item->e.review == WORLD_DISAPPROVED) words[n++] = "INVALID_EFFECTIVE_INVALID";
    if (n || item->e.held || (item->e.stop && item->e.stop <= now)) words[n++] = "INVALID_NOT_EFFECTIVE_ACTIVE";
    if (item->e.review == WORLD_LIMITED) words[n++] = "NOT_DELIVERING_AD_CONTAINS_INVALID_AUDIENCE";
    if (!n) words[n++] = "VALID";
    ad_set(w, "delivery_status", words, n);
}

static void ad_times(snapchat_writer *w, const snapchat_item *item)
{
    snapchat_stamp(w->out, "start_time", item->e.start, item->e.h >> 7);
    if (item->e.stop) snapchat_stamp(w->out, "end_time", item->e.stop, item->e.h >> 9);
}

/* ---- campaigns */

/* the older objective, and the newer type where there is one */
static const char *const ad_objectives[][2] = {
    { "BRAND_AWARENESS", "AWARENESS_AND_ENGAGEMENT" }, { "WEB_VIEW", "TRAFFIC" }, { "LEAD_GENERATION", "LEAD_GENERATION" },
    { "VIDEO_VIEW", "AWARENESS_AND_ENGAGEMENT" },      { "APP_INSTALL", NULL },   { "CATALOG_SALES", NULL }
};

void snapchat_write_campaign(snapchat_writer *w, const snapchat_item *item)
{
    const char *const *objective = ad_objectives[ad_draw(item, 101, SIM_COUNT(ad_objectives))];
    sim_text *out = w->out;

    snapchat_made(w, item);
    ad_name(w, item);
    ad_parent(w, "ad_account_id", item, WORLD_ACCOUNT, 0);
    if (ad_draw(item, 102, 3)) sim_json_pair_int(out, "daily_budget_micro", 20000000 + 560000 * ad_draw(item, 103, 3000));
    ad_switch(w, item);
    sim_json_pair(out, "objective", objective[0]);
    ad_times(w, item);
    if (ad_draw(item, 104, 2)) sim_json_pair_int(out, "lifetime_spend_cap_micro", 20000000 + 1000000 * ad_draw(item, 105, 9000));
    if (ad_draw(item, 106, 3) == 0) sim_json_pair(out, "buy_model", "AUCTION");
    ad_delivery(w, item);
    sim_json_pair(out, "creation_state", "PUBLISHED");
    if (objective[1]) {
        sim_json_key(out, "objective_v2_properties");
        sim_json_open(out, '{');
        sim_json_pair(out, "objective_v2_type", objective[1]);
        sim_json_pair_bool(out, "is_auto_generated", ad_draw(item, 107, 2));
        sim_puts(out, "}");
    }
    sim_json_pair_int(out, "pacing_properties_version", 0);
    if (ad_draw(item, 108, 4) == 0) sim_puts(out, ",\"regulations\":{\"restricted_delivery_signals\":true}");
}

/* ---- ad squads */

/* ages come as texts here */
static void ad_targeting(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const countries[] = { "us", "de", "jp", "br" };
    sim_text *out = w->out;

    sim_puts(out, ",\"targeting\":{");
    sim_json_pair_bool(out, "regulated_content", ad_draw(item, 130, 9) == 0);
    sim_printf(out, ",\"geos\":[{\"country_code\":\"%s\"", countries[ad_draw(item, 131, 4)]);
    if (ad_draw(item, 132, 3) == 0) sim_puts(out, ",\"operation\":\"INCLUDE\"");
    sim_puts(out, "}]");
    if (ad_draw(item, 133, 2))
        sim_printf(out, ",\"demographics\":[{\"min_age\":\"%lld\",\"max_age\":\"35+\",\"gender\":\"FEMALE\",\"operation\":\"INCLUDE\"}]",
                   (long long)(18 + ad_draw(item, 134, 10)));
    if (ad_draw(item, 135, 4) == 0) sim_puts(out, ",\"interests\":[{\"category_id\":[\"SLC_1\",\"SLC_12\"]}]");
    if (ad_draw(item, 136, 3) == 0 && world_count(w->site, WORLD_AUDIENCE))
        sim_printf(out, ",\"segments\":[{\"segment_id\":[\"%s\"],\"operation\":\"INCLUDE\"}]",
                   snapchat_id(w->site, w->arena, WORLD_AUDIENCE, item->g, 0));
    sim_json_pair_bool(out, "enable_targeting_expansion", true);
    sim_puts(out, ",\"auto_expansion_options\":{\"interest_expansion_option\":{\"enabled\":true},\"custom_audience_expansion_option\":"
                  "{\"enabled\":true}}}");
}

static void ad_bidding(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const strategies[] = { "AUTO_BID", "LOWEST_COST_WITH_MAX_BID", "MIN_ROAS", "TARGET_COST" };
    int64_t strategy = ad_draw(item, 140, 4);
    bool lifetime = item->e.stop && ad_draw(item, 141, 2);
    sim_text *out = w->out;

    sim_json_pair(out, "billing_event", "IMPRESSION");
    if (strategy) sim_json_pair_int(out, "bid_micro", 100000 + 10000 * ad_draw(item, 142, 900));
    sim_json_pair_bool(out, "auto_bid", strategy == 0);
    sim_json_pair_bool(out, "target_bid", strategy == 3);
    sim_json_pair(out, "bid_strategy", strategies[strategy]);
    sim_json_pair_int(out, lifetime ? "lifetime_budget_micro" : "daily_budget_micro", 5000000 + 10000 * ad_draw(item, 143, 90000));
    ad_times(w, item);
}

static void ad_goal(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const goals[] = { "IMPRESSIONS", "SWIPES", "LANDING_PAGE_VIEW", "VIDEO_VIEWS", "PIXEL_PURCHASE", "PIXEL_SIGNUP" };
    int64_t goal = ad_draw(item, 144, snapchat_pixel(&item->account) ? 6 : 4);
    sim_text *out = w->out;

    sim_json_pair(out, "optimization_goal", goals[goal]);
    if (goal > 3) ad_parent(w, "pixel_id", item, WORLD_PIXEL, 0);
    if (goal > 1) sim_json_pair(out, "conversion_window", "SWIPE_7DAY");
    sim_json_pair(out, "delivery_constraint", item->e.stop && ad_draw(item, 141, 2) ? "LIFETIME_BUDGET" : "DAILY_BUDGET");
    sim_json_pair(out, "pacing_type", ad_draw(item, 145, 5) ? "STANDARD" : "ACCELERATED");
}

void snapchat_write_adsquad(snapchat_writer *w, const snapchat_item *item)
{
    sim_text *out = w->out;

    snapchat_made(w, item);
    ad_name(w, item);
    ad_switch(w, item);
    ad_parent(w, "campaign_id", item, WORLD_CAMPAIGN, item->e.campaign);
    sim_json_pair(out, "type", "SNAP_ADS");
    ad_targeting(w, item);
    sim_json_pair(out, "targeting_reach_status", "VALID");
    sim_json_pair(out, "placement", "UNSUPPORTED");
    if (ad_draw(item, 146, 2))
        sim_puts(out, ",\"placement_v2\":{\"config\":\"AUTOMATIC\"}");
    else
        sim_puts(out,
                 ",\"placement_v2\":{\"config\":\"CUSTOM\",\"platforms\":[\"SNAPCHAT\"],\"snapchat_positions\":[\"INTERSTITIAL_USER\"]}");
    ad_bidding(w, item);
    ad_goal(w, item);
    if (ad_draw(item, 147, 3) == 0) sim_json_pair(out, "child_ad_type", "SNAP_AD");
    sim_json_pair(out, "creation_state", "PUBLISHED");
    ad_delivery(w, item);
    sim_json_pair_int(out, "delivery_properties_version", item->updated * 1000 + 7);
    sim_puts(out, ",\"skadnetwork_properties\":{\"status\":\"NEVER_ENROLLED\"}");
}

/* ---- ads */

static const char *ad_review(const snapchat_item *item)
{
    if (item->e.review == WORLD_DISAPPROVED) return "REJECTED";
    return item->e.review >= WORLD_PENDING && item->e.review <= WORLD_BILLING ? "PENDING" : "APPROVED";
}

void snapchat_write_ad(snapchat_writer *w, const snapchat_item *item)
{
    world_entity creative;
    sim_text *out = w->out;

    (void)world_entity_at(w->site, WORLD_CREATIVE, item->g, item->index / 2, &creative);
    snapchat_made(w, item);
    ad_name(w, item);
    ad_parent(w, "ad_squad_id", item, WORLD_ADSET, item->e.adset);
    ad_parent(w, "creative_id", item, WORLD_CREATIVE, item->index / 2);
    ad_switch(w, item);
    sim_json_pair(out, "type", snapchat_ad_types[snapchat_creative_type(&creative)]);
    sim_json_pair(out, "render_type", ad_draw(item, 150, 2) ? "STATIC" : "DYNAMIC");
    sim_json_pair(out, "review_status", ad_review(item));
    sim_puts(out, ",\"review_status_reasons\":[");
    if (item->e.review == WORLD_DISAPPROVED) sim_json_string(out, "The \"landing page\" does not match the ad");
    sim_puts(out, "]");
    if (ad_draw(item, 151, 6) == 0) sim_json_pair(out, "paying_advertiser_name", "Example & Söhne");
    if (ad_draw(item, 152, 6) == 0) sim_puts(out, ",\"third_party_paid_impression_tracking_urls\":[\"https://track.example/i?a=1&b=2\"]");
    ad_delivery(w, item);
}
