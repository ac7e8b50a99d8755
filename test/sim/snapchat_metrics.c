/* SPDX-License-Identifier: MIT */
/* What a figure is called and how it follows from what happened: sheet, 4.4. Money in micro, ratios as numbers, the rest whole. */
#include "snapchat.h"

const char *const snapchat_swipe_windows[] = { "1_DAY", "7_DAY", "28_DAY", NULL };
const char *const snapchat_view_windows[] = { "none", "1_HOUR", "3_HOUR", "6_HOUR", "1_DAY", "7_DAY", "28_DAY", NULL };

#define METRIC(name, value)                                                                                                                \
    static int64_t name(const snapchat_sum *s) { return value; }

METRIC(metric_impressions, s->n.impressions)
METRIC(metric_swipes, s->n.clicks)
METRIC(metric_spend, snapchat_money(s->account, s->n.spend, s->n.impressions))
METRIC(metric_plays, s->n.plays)
METRIC(metric_plays_15s, s->n.quartiles[1])
METRIC(metric_quartile_1, s->n.quartiles[0])
METRIC(metric_quartile_2, s->n.quartiles[1])
METRIC(metric_quartile_3, s->n.quartiles[2])
METRIC(metric_completed, s->n.quartiles[3])
METRIC(metric_screen, s->n.plays * 3417)
METRIC(metric_viewed, s->n.plays * 2210)
/* people: fewer than the sum of the days, and fewer than the sum of what is below */
METRIC(metric_uniques, s->n.reach *(s->level == WORLD_AD ? 10 : 9) / 10 * (s->days > 1 ? 4 : 5) / 5)
METRIC(metric_attached, metric_uniques(s) / 3)
METRIC(metric_coupon, metric_spend(s) / 20)

static double metric_over(int64_t a, int64_t b) { return b ? (double)a / (double)b : 0; }

static double metric_percent(const snapchat_sum *s) { return 100 * metric_over(s->n.clicks, s->n.impressions); }
static double metric_frequency(const snapchat_sum *s) { return metric_over(s->n.impressions, metric_uniques(s)); }
static double metric_attached_frequency(const snapchat_sum *s) { return metric_over(s->n.impressions, metric_attached(s)); }

static const snapchat_metric metrics[] = {
    { "impressions", 'i', 0, 0, metric_impressions, NULL, false },
    { "swipes", 'i', 0, 0, metric_swipes, NULL, false },
    { "spend", 'i', 0, 0, metric_spend, NULL, false },
    { "swipe_up_percent", 'd', 0, 0, NULL, metric_percent, false },
    { "video_views", 'i', 0, 0, metric_plays, NULL, false },
    { "video_views_15s", 'i', 0, 0, metric_plays_15s, NULL, false },
    { "quartile_1", 'i', 0, 0, metric_quartile_1, NULL, false },
    { "quartile_2", 'i', 0, 0, metric_quartile_2, NULL, false },
    { "quartile_3", 'i', 0, 0, metric_quartile_3, NULL, false },
    { "view_completion", 'i', 0, 0, metric_completed, NULL, false },
    { "screen_time_millis", 'i', 0, 0, metric_screen, NULL, false },
    { "view_time_millis", 'i', 0, 0, metric_viewed, NULL, false },
    { "coupon_used_local", 'i', 0, 0, metric_coupon, NULL, false },
    { "coupon_used_usd", 'i', 0, 0, metric_coupon, NULL, false },
    { "uniques", 'i', 0, 0, metric_uniques, NULL, true },
    { "total_reach", 'i', 0, 0, metric_uniques, NULL, true },
    { "earned_reach", 'i', 0, 0, metric_attached, NULL, true },
    { "attachment_uniques", 'i', 0, 0, metric_attached, NULL, true },
    { "frequency", 'd', 0, 0, NULL, metric_frequency, true },
    { "attachment_frequency", 'd', 0, 0, NULL, metric_attached_frequency, true },
    { "total_installs", 'c', WORLD_CUSTOM, 1, NULL, NULL, false },
    { "native_leads", 'c', WORLD_LEADS, 2, NULL, NULL, false },
    { "conversion_purchases", 'c', WORLD_PURCHASE, 1, NULL, NULL, false },
    { "conversion_purchases_value", 'v', WORLD_PURCHASE, 1, NULL, NULL, false },
    { "conversion_sign_ups", 'c', WORLD_LEADS, 1, NULL, NULL, false },
    { "conversion_add_cart", 'c', WORLD_CART, 1, NULL, NULL, false },
    { "conversion_view_content", 'c', WORLD_CART, 3, NULL, NULL, false },
    { "conversion_start_checkout", 'c', WORLD_CART, 1, NULL, NULL, false },
    { "conversion_add_billing", 'c', WORLD_PURCHASE, 1, NULL, NULL, false },
    { "conversion_page_views", 'c', WORLD_CART, 5, NULL, NULL, false },
    { "conversion_app_opens", 'c', WORLD_CUSTOM, 2, NULL, NULL, false },
    { "custom_event_1", 'c', WORLD_CUSTOM, 1, NULL, NULL, false },
    { "custom_event_2", 'c', WORLD_CUSTOM, 0, NULL, NULL, false },
    { "custom_event_3", 'c', WORLD_CUSTOM, 0, NULL, NULL, false },
    { "custom_event_4", 'c', WORLD_CUSTOM, 0, NULL, NULL, false },
    { "custom_event_5", 'c', WORLD_CUSTOM, 0, NULL, NULL, false },
};

static const struct {
    const char *ending;
    char part;
} metric_parts[] = { { "_swipe_up", 's' }, { "_view", 'v' }, { "_web", 'w' }, { "_app", 'a' } };

static const snapchat_metric *metric_named(const char *name, size_t size)
{
    for (size_t i = 0; i < SIM_COUNT(metrics); i++) {
        if (strlen(metrics[i].name) == size && !strncmp(metrics[i].name, name, size)) return &metrics[i];
    }
    return NULL;
}

bool snapchat_field_read(sim_arena *arena, const char *text, size_t size, snapchat_field *field)
{
    *field = (snapchat_field){ sim_copy(arena, text, size), metric_named(text, size), 0 };
    for (size_t i = 0; !field->metric && i < SIM_COUNT(metric_parts); i++) {
        size_t end = strlen(metric_parts[i].ending);

        if (size <= end || strncmp(text + size - end, metric_parts[i].ending, end)) continue;
        field->metric = metric_named(text, size - end);
        field->part = metric_parts[i].part;
        if (field->metric && field->metric->type != 'c' && field->metric->type != 'v') field->metric = NULL;
    }
    return field->metric;
}

/* needs a pixel; installs and leads do not */
bool snapchat_field_converts(const snapchat_field *field)
{
    return !strncmp(field->name, "conversion_", 11) || !strncmp(field->name, "custom_event_", 13);
}

const char *snapchat_all_fields(bool pixel)
{
    static char all[2][1200];
    char *out = all[pixel];
    size_t used = 0;

    for (size_t i = 0; !used || (i < SIM_COUNT(metrics) && i); i++) {
        const snapchat_field field = { metrics[i].name, &metrics[i], 0 };

        if (pixel || !snapchat_field_converts(&field))
            used += (size_t)snprintf(out + used, sizeof all[0] - used, "%s%s", used ? "," : "", metrics[i].name);
    }
    return out;
}

/* of an event's windows the ones that were asked for; the narrower views are parts of a day's */
static int64_t metric_attributed(const snapchat_query *query, const int64_t windows[WORLD_WINDOWS], char part)
{
    static const int swipes[] = { WORLD_1D_CLICK, WORLD_7D_CLICK, WORLD_28D_CLICK };
    int64_t swiped = windows[swipes[query->swipe]], viewed = windows[WORLD_1D_VIEW];

    if (query->view < 4) viewed = viewed * query->view / 4;
    if (query->view > 4) viewed += windows[WORLD_1D_EV];
    return part == 's' ? swiped : part == 'v' ? viewed : swiped + viewed;
}

static int64_t metric_value(const snapchat_query *query, const snapchat_field *field, const snapchat_sum *sum)
{
    const world_numbers *n = query->arrived ? &sum->arrived : &sum->n;
    const snapchat_metric *m = field->metric;
    int64_t all;

    if (m->get) return m->get(sum);
    if (m->type == 'v')
        all = snapchat_money(sum->account, metric_attributed(query, n->value[m->event], field->part), 0);
    else /* half a sale of the world is a whole one here: they are counted, never shared */
        all = metric_attributed(query, n->count[m->event], field->part) * m->times / 50;
    return field->part == 'w' ? all - all / 3 : field->part == 'a' ? all / 3 : all;
}

void snapchat_stats_write(sim_text *out, const snapchat_query *query, const snapchat_sum *sum)
{
    sim_json_key(out, "stats");
    sim_json_open(out, '{');
    for (size_t i = 0; i < query->count; i++) {
        const snapchat_field *field = &query->fields[i];

        sim_json_key(out, field->name);
        if (field->metric->type == 'd')
            sim_printf(out, "%.6f", field->metric->ratio(sum));
        else
            sim_int(out, metric_value(query, field, sum));
    }
    sim_puts(out, "}");
}

bool snapchat_sum_empty(const snapchat_query *query, const snapchat_sum *sum)
{
    for (size_t i = 0; i < query->count; i++) {
        if (query->fields[i].metric->type != 'd' && metric_value(query, &query->fields[i], sum)) return false;
    }
    return true;
}
