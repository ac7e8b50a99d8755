/* SPDX-License-Identifier: MIT */
/* A row's numbers as they are told: every metric is text, money in main units, and what is zero is not there. */
#include "meta.h"

static void metric_text(sim_text *out, const char *name, const char *s) { sim_json_pair(out, name, s); }

/* zero is absence, most of the time: now and then it is written out */
static void metric_count(sim_text *out, const char *name, const meta_row *row, int64_t n)
{
    if (n || (row->index + row->from) % 7 == 0) sim_json_id(out, name, n);
}

/* a / b with six places, and no zeros at the end */
static void metric_ratio_text(char text[40], int64_t a, int64_t b, int64_t scale)
{
    size_t size;

    (void)snprintf(text, 40, "%.6f", (double)a * (double)scale / (double)b);
    for (size = strlen(text); text[size - 1] == '0'; size--) text[size - 1] = 0;
    if (text[size - 1] == '.') text[size - 1] = 0;
}

static void metric_ratio(sim_text *out, const char *name, int64_t a, int64_t b, int64_t scale)
{
    char text[40];

    if (!a || !b) return;
    metric_ratio_text(text, a, b, scale);
    sim_json_pair(out, name, text);
}

/* hundredths, or minor units: "14.35", "1.5", "10" */
static void metric_hundredths(char text[40], int64_t value)
{
    if (value % 100 == 0)
        (void)snprintf(text, 40, "%lld", (long long)(value / 100));
    else
        (void)snprintf(text, 40, value % 10 ? "%lld.%02lld" : "%lld.%lld", (long long)(value / 100),
                       (long long)(value % 10 ? value % 100 : value % 100 / 10));
}

static void metric_money(char text[40], const meta_row *row, int64_t value)
{
    if (row->account->currency->offset == 100)
        metric_hundredths(text, value);
    else
        (void)snprintf(text, 40, "%lld", (long long)value);
}

/* ---- lists of actions */

typedef struct metric_action {
    const char *type;
    char source; /* l links, e engagements, v landing pages; else an event */
    int event;
    unsigned purchases; /* for which account.purchase it shows, a bit each */
} metric_action;

/* the same event under several names: all, no omni, pixel only, on-Meta, all and halves */
static const metric_action metric_actions[] = {
    { "page_engagement", 'e', 0, 31 },
    { "post_engagement", 'e', 0, 31 },
    { "link_click", 'l', 0, 31 },
    { "landing_page_view", 'v', 0, 31 },
    { "omni_purchase", 0, WORLD_PURCHASE, 1 << 0 | 1 << 3 | 1 << 4 },
    { "purchase", 0, WORLD_PURCHASE, 1 << 0 | 1 << 1 | 1 << 4 },
    { "offsite_conversion.fb_pixel_purchase", 0, WORLD_PURCHASE, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 },
    { "onsite_web_purchase", 0, WORLD_PURCHASE, 1 << 0 | 1 << 3 },
    { "web_in_store_purchase", 0, WORLD_PURCHASE, 1 << 0 },
    { "lead", 0, WORLD_LEADS, 31 },
    { "offsite_conversion.fb_pixel_lead", 0, WORLD_LEADS, 1 << 0 | 1 << 1 | 1 << 2 },
    { "onsite_conversion.lead_grouped", 0, WORLD_LEADS, 1 << 3 | 1 << 4 },
    { "omni_add_to_cart", 0, WORLD_CART, 1 << 0 | 1 << 1 },
    { "add_to_cart", 0, WORLD_CART, 31 },
    { "offsite_conversion.fb_pixel_add_to_cart", 0, WORLD_CART, 31 },
    { "offsite_conversion.custom.1234567890123456", 0, WORLD_CUSTOM, 1 << 0 },
};

static const char *const metric_window_names[WORLD_WINDOWS] = { "1d_click", "7d_click", "28d_click", "1d_view", "1d_ev" };

static void metric_amounts(const meta_row *row, const metric_action *action, bool values, int64_t out[WORLD_WINDOWS])
{
    int64_t plain = action->source == 'l' ? row->n.links : action->source == 'e' ? row->n.engagements : row->n.landings;

    for (int w = 0; w < WORLD_WINDOWS; w++) {
        out[w] = values ? row->n.value[action->event][w] : row->n.count[action->event][w];
        if (action->source) out[w] = values || w > WORLD_28D_CLICK ? 0 : plain * 100;
    }
}

typedef void metric_format(char text[40], const meta_row *row, int64_t amount);

static void metric_as_count(char text[40], const meta_row *row, int64_t amount)
{
    (void)row;
    metric_hundredths(text, amount);
}

static void metric_as_cost(char text[40], const meta_row *row, int64_t amount)
{
    metric_ratio_text(text, row->n.spend, amount, row->account->currency->offset == 1 ? 100 : 1);
}

static void metric_as_return(char text[40], const meta_row *row, int64_t amount) { metric_ratio_text(text, amount, row->n.spend, 1); }

static void metric_one_action(sim_text *out, const meta_row *row, const metric_action *action, bool values, metric_format *format)
{
    int64_t amounts[WORLD_WINDOWS], value;
    bool any = false;
    char text[40];

    metric_amounts(row, action, values, amounts);
    value = amounts[WORLD_7D_CLICK] + amounts[WORLD_1D_VIEW]; /* what Meta counts without being asked for more */
    for (int w = 0; w < WORLD_WINDOWS; w++) any |= row->windows & 1u << w && amounts[w];
    if (!value && !any) return;
    sim_json_open(out, '{');
    sim_json_pair(out, "action_type", action->type);
    (void)snprintf(text, sizeof text, "0");
    if (value) format(text, row, value);
    sim_json_pair(out, "value", text);
    for (int w = 0; w < WORLD_WINDOWS; w++) {
        if (!(row->windows & 1u << w) || !amounts[w]) continue; /* zero is absence */
        format(text, row, amounts[w]);
        sim_json_pair(out, metric_window_names[w], text);
    }
    sim_putc(out, '}');
}

static void metric_action_list(sim_text *out, const char *name, const meta_row *row, bool values, metric_format *format, const char *only)
{
    size_t before = out->size, from;

    sim_json_key(out, name);
    sim_putc(out, '[');
    from = out->size;
    for (size_t i = 0; i < SIM_COUNT(metric_actions); i++) {
        const metric_action *action = &metric_actions[i];

        if (!(action->purchases & 1u << row->account->purchase) || (only && !strstr(action->type, only))) continue;
        metric_one_action(out, row, action, values, format);
    }
    sim_putc(out, ']');
    if (out->size > from + 1) return;
    out->size = before; /* an empty list is not there at all */
    out->p[before] = 0;
}

static void metric_actions_of(sim_text *out, const char *name, const meta_row *row)
{
    metric_action_list(out, name, row, false, metric_as_count, NULL);
}

static void metric_values_of(sim_text *out, const char *name, const meta_row *row)
{
    metric_action_list(out, name, row, true, metric_money, NULL);
}

static void metric_costs_of(sim_text *out, const char *name, const meta_row *row)
{
    if (row->n.spend) metric_action_list(out, name, row, false, metric_as_cost, NULL);
}

static void metric_roas(sim_text *out, const char *name, const meta_row *row)
{
    if (row->n.spend)
        metric_action_list(out, name, row, true, metric_as_return, strncmp(name, "website", 7) ? "omni_purchase" : "fb_pixel_purchase");
}

static void metric_single(sim_text *out, const char *name, const char *type, int64_t a, int64_t b, int64_t scale)
{
    char text[40];

    if (!a || !b) return;
    metric_ratio_text(text, a, b, scale);
    sim_json_key(out, name);
    sim_puts(out, "[{");
    sim_json_pair(out, "action_type", type);
    sim_json_pair(out, "value", text);
    sim_puts(out, "}]");
}

/* ---- the table */

#define METRIC(name) static void name(sim_text *out, const char *key, const meta_row *row)

METRIC(m_account_currency) { metric_text(out, key, row->account->currency->code); }
METRIC(m_account_id) { sim_json_id(out, key, row->account->id); }
METRIC(m_campaign_id) { sim_json_id(out, key, row->campaign.id); }
METRIC(m_adset_id) { sim_json_id(out, key, row->adset.id); }
METRIC(m_ad_id) { sim_json_id(out, key, row->ad.id); }
METRIC(m_impressions) { metric_count(out, key, row, row->n.impressions); }
METRIC(m_clicks) { metric_count(out, key, row, row->n.clicks); }
METRIC(m_links) { metric_count(out, key, row, row->n.links); }
METRIC(m_engagement) { metric_count(out, key, row, row->n.engagements); }
METRIC(m_ctr) { metric_ratio(out, key, row->n.clicks, row->n.impressions, 100); }
METRIC(m_link_ctr) { metric_ratio(out, key, row->n.links, row->n.impressions, 100); }
METRIC(m_outbound) { metric_single(out, key, "outbound_click", row->n.links, 1, 1); }
METRIC(m_outbound_ctr) { metric_single(out, key, "outbound_click", row->n.links, row->n.impressions, 100); }
METRIC(m_website_ctr) { metric_single(out, key, "link_click", row->n.links, row->n.impressions, 100); }
METRIC(m_auction)
{
    (void)row;
    metric_text(out, key, "AUCTION");
}
METRIC(m_attribution)
{
    (void)row;
    metric_text(out, key, "7d_click_1d_view_delivery");
}

static int64_t metric_reach(const meta_row *row)
{
    int64_t reach = row->n.reach *
                    (row->level == WORLD_AD         ? 100
                     : row->level == WORLD_ADSET    ? 96
                     : row->level == WORLD_CAMPAIGN ? 91
                                                    : 83) /
                    100;

    return row->to > row->from ? reach * 4 / 5 : reach; /* people seen on two days are one person */
}

METRIC(m_reach) { metric_count(out, key, row, metric_reach(row)); }
METRIC(m_frequency) { metric_ratio(out, key, row->n.impressions, metric_reach(row), 1); }

/* per something, in main units */
static void metric_per(sim_text *out, const char *key, const meta_row *row, int64_t n, int64_t scale)
{
    if (row->account->currency->offset == 1)
        metric_ratio(out, key, row->n.spend, n, scale);
    else
        metric_ratio(out, key, row->n.spend * scale, n * 100, 1);
}

METRIC(m_cpc) { metric_per(out, key, row, row->n.clicks, 1); }
METRIC(m_cpm) { metric_per(out, key, row, row->n.impressions, 1000); }
METRIC(m_cpp) { metric_per(out, key, row, metric_reach(row), 1000); }
METRIC(m_cost_link) { metric_per(out, key, row, row->n.links, 1); }
METRIC(m_cost_engagement) { metric_per(out, key, row, row->n.engagements, 1); }

METRIC(m_cost_outbound)
{
    metric_single(out, key, "outbound_click", row->n.links ? row->n.spend : 0, row->n.links * row->account->currency->offset, 1);
}

METRIC(m_spend)
{
    char text[40];

    metric_money(text, row, row->n.spend);
    metric_text(out, key, text);
}

static void metric_name(sim_text *out, const char *key, const world_entity *entity)
{
    char text[128];

    metric_text(out, key, world_name(text, sizeof text, entity));
}

METRIC(m_campaign_name) { metric_name(out, key, &row->campaign); }
METRIC(m_adset_name) { metric_name(out, key, &row->adset); }
METRIC(m_ad_name) { metric_name(out, key, &row->ad); }

METRIC(m_account_name)
{
    sim_json_key(out, key);
    (void)meta_account_fields[2].write(NULL, out, row->account, NULL);
}

METRIC(m_objective)
{
    for (const meta_field *f = meta_campaign_fields; f->name; f++) {
        if (strcmp(f->name, "objective")) continue;
        sim_json_key(out, key);
        (void)f->write(NULL, out, &row->campaign, NULL);
    }
}

METRIC(m_goal)
{
    for (const meta_field *f = meta_adset_fields; f->name; f++) {
        if (strcmp(f->name, "optimization_goal")) continue;
        sim_json_key(out, key);
        (void)f->write(NULL, out, &row->adset, NULL);
    }
}

static void metric_day(sim_text *out, const char *key, int64_t day)
{
    char text[16];

    sim_day_text(text, day);
    metric_text(out, key, text);
}

static const world_entity *metric_subject(const meta_row *row)
{
    return row->level == WORLD_AD ? &row->ad : row->level == WORLD_ADSET ? &row->adset : &row->campaign;
}

/* dates only, inside reports */
METRIC(m_created) { metric_day(out, key, sim_zone_day(row->account->zone, metric_subject(row)->created)); }
METRIC(m_updated) { metric_day(out, key, sim_zone_day(row->account->zone, metric_subject(row)->updated)); }
METRIC(m_start) { metric_day(out, key, row->from); }
METRIC(m_stop) { metric_day(out, key, row->to); }

const meta_metric meta_metrics[] = {
    { "account_currency", m_account_currency, 0, WORLD_ACCOUNT },
    { "account_id", m_account_id, 'd', WORLD_ACCOUNT },
    { "account_name", m_account_name, 0, WORLD_ACCOUNT },
    { "actions", metric_actions_of, 0, WORLD_ACCOUNT },
    { "action_values", metric_values_of, 0, WORLD_ACCOUNT },
    { "ad_id", m_ad_id, 'd', WORLD_AD },
    { "ad_name", m_ad_name, 0, WORLD_AD },
    { "adset_id", m_adset_id, 'd', WORLD_ADSET },
    { "adset_name", m_adset_name, 0, WORLD_ADSET },
    { "attribution_setting", m_attribution, 0, WORLD_ADSET },
    { "buying_type", m_auction, 0, WORLD_CAMPAIGN },
    { "campaign_id", m_campaign_id, 'd', WORLD_CAMPAIGN },
    { "campaign_name", m_campaign_name, 0, WORLD_CAMPAIGN },
    { "clicks", m_clicks, 0, WORLD_ACCOUNT },
    { "cost_per_action_type", metric_costs_of, 0, WORLD_ACCOUNT },
    { "cost_per_inline_link_click", m_cost_link, 0, WORLD_ACCOUNT },
    { "cost_per_inline_post_engagement", m_cost_engagement, 0, WORLD_ACCOUNT },
    { "cost_per_outbound_click", m_cost_outbound, 0, WORLD_ACCOUNT },
    { "cpc", m_cpc, 0, WORLD_ACCOUNT },
    { "cpm", m_cpm, 0, WORLD_ACCOUNT },
    { "cpp", m_cpp, 0, WORLD_ACCOUNT },
    { "created_time", m_created, 0, WORLD_CAMPAIGN },
    { "ctr", m_ctr, 0, WORLD_ACCOUNT },
    { "frequency", m_frequency, 0, WORLD_ACCOUNT },
    { "impressions", m_impressions, 'd', WORLD_ACCOUNT },
    { "inline_link_click_ctr", m_link_ctr, 0, WORLD_ACCOUNT },
    { "inline_link_clicks", m_links, 0, WORLD_ACCOUNT },
    { "inline_post_engagement", m_engagement, 0, WORLD_ACCOUNT },
    { "objective", m_objective, 0, WORLD_CAMPAIGN },
    { "optimization_goal", m_goal, 0, WORLD_ADSET },
    { "outbound_clicks", m_outbound, 0, WORLD_ACCOUNT },
    { "outbound_clicks_ctr", m_outbound_ctr, 0, WORLD_ACCOUNT },
    { "purchase_roas", metric_roas, 0, WORLD_ACCOUNT },
    { "website_purchase_roas", metric_roas, 0, WORLD_ACCOUNT },
    { "reach", m_reach, 0, WORLD_ACCOUNT },
    { "spend", m_spend, 'd', WORLD_ACCOUNT },
    { "updated_time", m_updated, 0, WORLD_CAMPAIGN },
    { "website_ctr", m_website_ctr, 0, WORLD_ACCOUNT },
    { "conversions", NULL, 'x', WORLD_ACCOUNT },
    { "conversion_values", NULL, 'x', WORLD_ACCOUNT },
    { "social_spend", NULL, 'x', WORLD_ACCOUNT },
    { "unique_clicks", NULL, 'x', WORLD_ACCOUNT },
    { "quality_ranking", NULL, 'x', WORLD_ACCOUNT },
    { "engagement_rate_ranking", NULL, 'x', WORLD_ACCOUNT },
    { "conversion_rate_ranking", NULL, 'x', WORLD_ACCOUNT },
    { "video_play_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_30_sec_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_thruplay_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_p25_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_p50_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_p75_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_p100_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "video_avg_time_watched_actions", NULL, 'x', WORLD_ACCOUNT },
    { "cost_per_unique_click", NULL, 'x', WORLD_ACCOUNT },
    { "cost_per_thruplay", NULL, 'x', WORLD_ACCOUNT },
    { "cost_per_conversion", NULL, 'x', WORLD_ACCOUNT },
    { "date_start", m_start, 's', WORLD_ACCOUNT },
    { "date_stop", m_stop, 's', WORLD_ACCOUNT },
    { NULL, NULL, 0, WORLD_NONE },
};

const meta_metric *meta_metric_get(const char *name)
{
    for (const meta_metric *m = meta_metrics; m->name; m++) {
        if (!strcmp(m->name, name)) return m;
    }
    return NULL;
}
