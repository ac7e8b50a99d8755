/* SPDX-License-Identifier: MIT */
/*
 * Figures of a day. Each ad's are computed by themselves and added, so that every level and every placement says the same. A campaign
 * that is shown widely gives a tenth of what it does to SPOTLIGHT and a twentieth to TREND. Sales have no place: they are everywhere's.
 */
#include "x.h"

#include <stdlib.h>

#define WEB_PARTS 10
#define MOBILE_PARTS 5

const char *const x_group_names[] = {
    "ENGAGEMENT", "BILLING", "VIDEO", "WEB_CONVERSION", "MOBILE_CONVERSION", "LIFE_TIME_VALUE_MOBILE_CONVERSION", NULL
};
const char *const x_placement_names[] = { "ALL_ON_TWITTER", "SPOTLIGHT", "TREND", "PUBLISHER_NETWORK", NULL };
const char *const x_entity_names[] = {
    "ACCOUNT", "FUNDING_INSTRUMENT", "CAMPAIGN", "LINE_ITEM", "PROMOTED_TWEET", "PROMOTED_ACCOUNT", NULL
};

enum {
    M_IMPRESSIONS,
    M_ENGAGEMENTS,
    M_CLICKS,
    M_URL_CLICKS,
    M_LIKES,
    M_RETWEETS,
    M_REPLIES,
    M_FOLLOWS,
    M_UNFOLLOWS,
    M_APP_CLICKS,
    M_CARD,
    M_SWIPES,
    M_QUALIFIED,
    M_SENT,
    M_POLL,
    M_CHARGE,
    M_BILLED,
    M_VIEWS,
    M_3S,
    M_6S,
    M_15S,
    M_25,
    M_50,
    M_75,
    M_100,
    M_STARTS,
    M_CTA,
    M_MRC,
    M_PURCHASES,
    M_SIGN_UPS = M_PURCHASES + WEB_PARTS,
    M_CARTS = M_SIGN_UPS + WEB_PARTS,
    M_CUSTOM = M_CARTS + WEB_PARTS,
    M_VISITS = M_CUSTOM + WEB_PARTS,
    M_NEVER = M_VISITS + WEB_PARTS, /* what never happens here */
    M_INSTALLS = M_NEVER + WEB_PARTS,
    M_MOBILE_PURCHASES = M_INSTALLS + MOBILE_PARTS,
    M_END = M_MOBILE_PURCHASES + MOBILE_PARTS
};

_Static_assert(M_END <= X_VALUES, "room for every figure");

/* of a sale on a website; and on a phone, where there are fewer */
enum {
    W_METRIC,
    W_VIEW,
    W_ENGAGEMENT,
    W_ASSISTED,
    W_QUANTITY,
    W_QUANTITY_VIEW,
    W_QUANTITY_ENGAGEMENT,
    W_AMOUNT,
    W_AMOUNT_VIEW,
    W_AMOUNT_ENGAGEMENT
};
enum { P_VIEW, P_ENGAGEMENT, P_ASSISTED, P_QUANTITY, P_AMOUNT };

static const char *const metric_web[] = { "metric",
                                          "post_view",
                                          "post_engagement",
                                          "assisted",
                                          "order_quantity",
                                          "order_quantity_view",
                                          "order_quantity_engagement",
                                          "sale_amount",
                                          "sale_amount_view",
                                          "sale_amount_engagement",
                                          NULL };
static const char *const metric_mobile[] = { "post_view", "post_engagement", "assisted", "order_quantity", "sale_amount", NULL };

static const struct metric_row {
    x_group group;
    const char *name;
    int first;
    const char *const *parts; /* NULL: a plain list of numbers */
} metric_rows[] = {
    { X_ENGAGEMENT, "impressions", M_IMPRESSIONS, NULL },
    { X_ENGAGEMENT, "engagements", M_ENGAGEMENTS, NULL },
    { X_ENGAGEMENT, "clicks", M_CLICKS, NULL },
    { X_ENGAGEMENT, "url_clicks", M_URL_CLICKS, NULL },
    { X_ENGAGEMENT, "likes", M_LIKES, NULL },
    { X_ENGAGEMENT, "retweets", M_RETWEETS, NULL },
    { X_ENGAGEMENT, "replies", M_REPLIES, NULL },
    { X_ENGAGEMENT, "follows", M_FOLLOWS, NULL },
    { X_ENGAGEMENT, "unfollows", M_UNFOLLOWS, NULL },
    { X_ENGAGEMENT, "app_clicks", M_APP_CLICKS, NULL },
    { X_ENGAGEMENT, "card_engagements", M_CARD, NULL },
    { X_ENGAGEMENT, "carousel_swipes", M_SWIPES, NULL },
    { X_ENGAGEMENT, "qualified_impressions", M_QUALIFIED, NULL },
    { X_ENGAGEMENT, "tweets_send", M_SENT, NULL },
    { X_ENGAGEMENT, "poll_card_vote", M_POLL, NULL },
    { X_BILLING, "billed_charge_local_micro", M_CHARGE, NULL },
    { X_BILLING, "billed_engagements", M_BILLED, NULL },
    { X_VIDEO, "video_total_views", M_VIEWS, NULL },
    { X_VIDEO, "video_3s100pct_views", M_3S, NULL },
    { X_VIDEO, "video_6s_views", M_6S, NULL },
    { X_VIDEO, "video_15s_views", M_15S, NULL },
    { X_VIDEO, "video_views_25", M_25, NULL },
    { X_VIDEO, "video_views_50", M_50, NULL },
    { X_VIDEO, "video_views_75", M_75, NULL },
    { X_VIDEO, "video_views_100", M_100, NULL },
    { X_VIDEO, "video_content_starts", M_STARTS, NULL },
    { X_VIDEO, "video_cta_clicks", M_CTA, NULL },
    { X_VIDEO, "video_mrc_views", M_MRC, NULL },
    { X_WEB, "conversion_purchases", M_PURCHASES, metric_web },
    { X_WEB, "conversion_sign_ups", M_SIGN_UPS, metric_web },
    { X_WEB, "conversion_add_to_carts", M_CARTS, metric_web },
    { X_WEB, "conversion_custom", M_CUSTOM, metric_web },
    { X_WEB, "conversion_site_visits", M_VISITS, metric_web },
    { X_WEB, "conversion_downloads", M_NEVER, metric_web },
    { X_WEB, "conversion_checkouts_initiated", M_NEVER, metric_web },
    { X_WEB, "conversion_content_views", M_NEVER, metric_web },
    { X_WEB, "conversion_payment_info_additions", M_NEVER, metric_web },
    { X_WEB, "conversion_add_to_wishlists", M_NEVER, metric_web },
    { X_WEB, "conversion_searches", M_NEVER, metric_web },
    { X_WEB, "conversion_landing_page_views", M_NEVER, metric_web },
    { X_WEB, "conversion_subscriptions", M_NEVER, metric_web },
    { X_MOBILE, "mobile_conversion_installs", M_INSTALLS, metric_mobile },
    { X_MOBILE, "mobile_conversion_purchases", M_MOBILE_PURCHASES, metric_mobile },
};

/* ---- of one ad on one day */

static void metric_plain(const world_account *account, const world_numbers *n, int64_t *v)
{
    const int64_t quick[] = { [M_LIKES] = 3, [M_RETWEETS] = 9, [M_REPLIES] = 11, [M_FOLLOWS] = 13, [M_UNFOLLOWS] = 50, [M_SENT] = 17 };

    for (size_t i = 0; i < SIM_COUNT(quick); i++) {
        if (quick[i]) v[i] = n->clicks / quick[i];
    }
    v[M_IMPRESSIONS] = n->impressions;
    v[M_ENGAGEMENTS] = n->engagements + n->clicks;
    v[M_CLICKS] = n->clicks + n->links;
    v[M_URL_CLICKS] = n->links;
    v[M_APP_CLICKS] = n->links / 7;
    v[M_CARD] = n->landings;
    v[M_SWIPES] = n->landings / 4;
    v[M_QUALIFIED] = n->impressions * 9 / 10;
    v[M_CHARGE] = x_micro(account, n->spend);
    v[M_BILLED] = v[M_ENGAGEMENTS] * 9 / 10;
    v[M_VIEWS] = n->plays;
    v[M_3S] = n->plays * 9 / 10;
    v[M_6S] = n->plays * 3 / 4;
    v[M_15S] = n->plays / 3;
    for (int i = 0; i < 4; i++) v[M_25 + i] = n->quartiles[i];
    v[M_STARTS] = n->plays;
    v[M_CTA] = n->links / 5;
    v[M_MRC] = n->plays / 2;
}

/* counts are whole; quantities and amounts come in millionths, two pieces to a sale */
static void metric_sale(const world_account *account, const world_numbers *n, int event, int64_t *v)
{
    v[W_VIEW] = n->count[event][WORLD_1D_VIEW] / 100;
    v[W_ENGAGEMENT] = n->count[event][WORLD_7D_CLICK] / 100;
    v[W_METRIC] = v[W_VIEW] + v[W_ENGAGEMENT];
    v[W_ASSISTED] = 0;
    v[W_AMOUNT_VIEW] = x_micro(account, n->value[event][WORLD_1D_VIEW]);
    v[W_AMOUNT_ENGAGEMENT] = x_micro(account, n->value[event][WORLD_7D_CLICK]);
    v[W_AMOUNT] = v[W_AMOUNT_VIEW] + v[W_AMOUNT_ENGAGEMENT];
    if (!n->value[event][WORLD_7D_CLICK] && !n->value[event][WORLD_1D_VIEW]) return;
    v[W_QUANTITY_VIEW] = v[W_VIEW] * 2000000;
    v[W_QUANTITY_ENGAGEMENT] = v[W_ENGAGEMENT] * 2000000;
    v[W_QUANTITY] = v[W_METRIC] * 2000000;
}

static void metric_sales(const world_account *account, const world_numbers *n, int64_t *v)
{
    metric_sale(account, n, WORLD_PURCHASE, v + M_PURCHASES);
    metric_sale(account, n, WORLD_LEADS, v + M_SIGN_UPS);
    metric_sale(account, n, WORLD_CART, v + M_CARTS);
    metric_sale(account, n, WORLD_CUSTOM, v + M_CUSTOM);
    v[M_VISITS + W_ENGAGEMENT] = v[M_VISITS + W_METRIC] = n->landings;
    v[M_INSTALLS + P_ENGAGEMENT] = n->links / 10;
    v[M_INSTALLS + P_VIEW] = n->links / 20;
    v[M_MOBILE_PURCHASES + P_ENGAGEMENT] = n->links / 30;
    v[M_MOBILE_PURCHASES + P_QUANTITY] = n->links / 30 * 1000000;
    v[M_MOBILE_PURCHASES + P_AMOUNT] = n->links / 30 * 4990000;
}

static int64_t metric_share(int64_t value, x_placement placement)
{
    const int64_t spotlight = value / 10, trend = value / 20;

    return placement == X_SPOTLIGHT ? spotlight : placement == X_TREND ? trend : value - spotlight - trend;
}

static bool metric_wide(const world_entity *campaign) { return world_draw(campaign->h, 114, 3) == 0; }

static void metric_ad(const sim_site *site, const world_account *account, int64_t ad, int64_t day, x_placement placement, x_values *sum)
{
    world_numbers n = { 0 };
    world_entity campaign, group;
    x_values one = { 0 };
    bool wide;

    world_numbers_add(site, account, ad, day, &n);
    if (!n.impressions || !x_parents(site, account->g, ad, &campaign, &group) || x_group_draft(&campaign, &group)) return;
    wide = metric_wide(&campaign);
    if (placement == X_NETWORK || (placement != X_EVERYWHERE && !wide)) return;
    metric_plain(account, &n, one.v);
    for (int i = 0; wide && i < M_PURCHASES; i++) one.v[i] = metric_share(one.v[i], placement);
    if (placement == X_EVERYWHERE) metric_sales(account, &n, one.v);
    for (int i = 0; i < M_END; i++) sum->v[i] += one.v[i];
}

/* ---- of an object */

typedef struct metric_span {  /* its ads */
    int64_t first, end, also; /* also: one more; -1: none */
    int64_t funding;          /* of campaigns that this pays for; -1: all */
} metric_span;

static metric_span metric_ads(const sim_site *site, const world_account *account, x_entity entity, int64_t index)
{
    static const world_kind levels[] = {
        [X_OF_CAMPAIGN] = WORLD_CAMPAIGN, [X_OF_LINE_ITEM] = WORLD_ADSET, [X_OF_TWEET] = WORLD_AD, [X_OF_PROMOTED_ACCOUNT] = WORLD_AD
    };
    metric_span span = { 0, world_count(site, WORLD_AD), -1, entity == X_OF_FUNDING ? index : -1 };

    if (entity <= X_OF_FUNDING) return span;
    span.first = index * world_ads_under(site, levels[entity]);
    span.end = span.first + world_ads_under(site, levels[entity]);
    /* a post that two line items show reports what both did, under each of them */
    if (entity == X_OF_TWEET) span.also = x_sharer_of(site, account->g, index);
    return span;
}

static bool metric_paid(const sim_site *site, const world_account *account, int64_t ad, int64_t funding)
{
    world_entity campaign;
    int64_t index = ad / (site->sim->options.ads * site->sim->options.adsets);

    return funding < 0 || (world_entity_at(site, WORLD_CAMPAIGN, account->g, index, &campaign) && x_funding_of(&campaign) == funding);
}

void x_values_add(const sim_site *site, const world_account *account, x_entity entity, int64_t index, int64_t day, x_placement placement,
                  x_values *sum)
{
    metric_span span = metric_ads(site, account, entity, index);

    for (int64_t ad = span.first; ad < span.end; ad++) {
        if (metric_paid(site, account, ad, span.funding)) metric_ad(site, account, ad, day, placement, sum);
    }
    if (span.also >= 0) metric_ad(site, account, span.also, day, placement, sum);
}

bool x_arrived(const sim_site *site, const world_account *account, x_entity entity, int64_t index, int64_t day)
{
    metric_span span = metric_ads(site, account, entity, index);
    world_numbers n = { 0 };

    for (int64_t ad = span.first; ad < span.end; ad++) {
        if (metric_paid(site, account, ad, span.funding)) world_arrived_add(site, account, ad, day, &n);
    }
    if (span.also >= 0) world_arrived_add(site, account, span.also, day, &n);
    for (int event = 0; event < WORLD_EVENTS; event++) {
        if (n.count[event][WORLD_28D_CLICK] || n.count[event][WORLD_1D_VIEW]) return true;
    }
    return false;
}

bool x_wide(const sim_site *site, const world_account *account, x_entity entity, int64_t index)
{
    metric_span span = metric_ads(site, account, entity, index);
    world_entity campaign, group;

    for (int64_t ad = span.first; ad < span.end; ad++) {
        if (x_parents(site, account->g, ad, &campaign, &group) && metric_wide(&campaign)) return true;
    }
    return false;
}

/* ---- as JSON */

bool x_values_any(const x_values *values, unsigned groups)
{
    for (size_t i = 0; i < SIM_COUNT(metric_rows); i++) {
        size_t parts = 1;

        while (metric_rows[i].parts && metric_rows[i].parts[parts]) parts++;
        for (size_t k = 0; groups & 1u << metric_rows[i].group && k < parts; k++) {
            if (values->v[(size_t)metric_rows[i].first + k]) return true;
        }
    }
    return false;
}

int64_t x_values_count(unsigned groups)
{
    int64_t count = 0;

    for (size_t i = 0; i < SIM_COUNT(metric_rows); i++) count += (groups >> metric_rows[i].group) & 1;
    return count;
}

static int64_t metric_share_of(int64_t value, int64_t percent) { return value * percent / 100; }

/* a list of one figure's elements; null where all are zero */
static void metric_list(sim_text *out, const x_values *elements, int64_t length, int at, int64_t percent, bool nulls)
{
    bool any = false;

    for (int64_t i = 0; i < length; i++) any |= metric_share_of(elements[i].v[at], percent) != 0;
    sim_comma(out);
    if (!any) {
        sim_puts(out, "null");
        return;
    }
    sim_putc(out, '[');
    for (int64_t i = 0; i < length; i++) {
        int64_t value = metric_share_of(elements[i].v[at], percent);

        sim_comma(out);
        if (!value && nulls)
            sim_puts(out, "null");
        else
            sim_int(out, value);
    }
    sim_putc(out, ']');
}

static bool metric_all_zero(const x_values *elements, int64_t length, int first, int parts)
{
    for (int64_t i = 0; i < length; i++) {
        for (int k = first; k < first + parts; k++) {
            if (elements[i].v[k]) return false;
        }
    }
    return true;
}

static void metric_object(sim_text *out, const x_values *elements, int64_t length, const struct metric_row *row, int64_t percent,
                          bool nulls)
{
    int parts = 0;

    while (row->parts[parts]) parts++;
    if (metric_all_zero(elements, length, row->first, parts)) {
        sim_puts(out, "null");
        return;
    }
    sim_putc(out, '{');
    for (int k = 0; k < parts; k++) {
        sim_json_key(out, row->parts[k]);
        metric_list(out, elements, length, row->first + k, percent, nulls);
    }
    sim_putc(out, '}');
}

void x_values_write(sim_text *out, const x_values *elements, int64_t length, unsigned groups, int64_t percent, uint64_t odd, bool nulls)
{
    sim_json_key(out, "metrics");
    sim_putc(out, '{');
    for (size_t i = 0; i < SIM_COUNT(metric_rows); i++) {
        const struct metric_row *row = &metric_rows[i];

        if (!(groups & 1u << row->group)) continue;
        /* odd: what is zero all along may be missing instead of null */
        if (odd && sim_hash(odd, i, 0, 0) % 8 == 0 && !row->parts && metric_all_zero(elements, length, row->first, 1)) continue;
        sim_json_key(out, row->name);
        if (row->parts)
            metric_object(out, elements, length, row, percent, nulls);
        else
            metric_list(out, elements, length, row->first, percent, nulls);
    }
    sim_putc(out, '}');
}
