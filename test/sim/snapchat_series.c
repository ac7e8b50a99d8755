/* SPDX-License-Identifier: MIT */
/*
 * Figures over time: sheet, 4.3. Rows carry ids, no names and no currency. Of what stands below, an object that had nothing in the whole
 * span is left out, a day without anything is a row of zeros. An hour has its share of what the day has so far.
 */
#include "snapchat.h"

void snapchat_local(char out[40], int64_t at, const sim_zone *zone)
{
    char text[40];

    sim_time_text(text, at, zone);
    (void)snprintf(out, 40, "%.19s.000%.3s:%.2s", text, text + 19, text + 22);
}

/* every number of a day between two of its hours, in steps of the smallest there is: a sale is never parted */
static void series_share(int64_t *to, const int64_t *whole, size_t count, int64_t unit, const int64_t hours[3])
{
    for (size_t i = 0; i < count; i++) {
        int64_t units = whole[i] / unit;

        to[i] += (units * hours[1] / hours[2] - units * hours[0] / hours[2]) * unit;
    }
}

static void series_add(world_numbers *to, const world_numbers *day, int64_t first, int64_t last, int64_t all)
{
    const int64_t hours[3] = { first, last, all };
    size_t events = (size_t)WORLD_EVENTS * WORLD_WINDOWS;

    _Static_assert(offsetof(world_numbers, value) + sizeof day->value == sizeof *day, "nothing but numbers");
    series_share((int64_t *)to, (const int64_t *)day, offsetof(world_numbers, count) / sizeof(int64_t), 1, hours);
    series_share(to->count[0], day->count[0], events, 50, hours);
    series_share(to->value[0], day->value[0], events, 1, hours);
}

static void series_day(const sim_site *site, const snapchat_query *q, world_kind level, int64_t index, int64_t day, world_numbers *n,
                       world_numbers *arrived)
{
    int64_t ads = world_ads_under(site, level), first = level == WORLD_ACCOUNT ? 0 : index * ads;

    world_sum(site, &q->account, level, index, day, day, n);
    for (int64_t ad = first; q->arrived && q->windows && ad < first + ads; ad++) world_arrived_add(site, &q->account, ad, day, arrived);
}

void snapchat_series_sum(const sim_site *site, const snapchat_query *q, world_kind level, int64_t index, int64_t from, int64_t to,
                         snapchat_sum *sum)
{
    const sim_zone *zone = q->account.zone;
    int64_t now = sim_now(site->sim), last_day = sim_zone_day(zone, to - 1);

    *sum = (snapchat_sum){ .account = &q->account, .level = level };
    for (int64_t day = sim_zone_day(zone, from); day <= last_day; day++) {
        int64_t begins = sim_zone_midnight(zone, day), ends = sim_zone_midnight(zone, day + 1), hours = (ends - begins) / 3600;
        int64_t first = from > begins ? (from - begins) / 3600 : 0, last = to < ends ? (to - begins) / 3600 : hours;
        world_numbers n = { 0 }, arrived = { 0 };

        sum->days++;
        if (begins > now) continue;
        if (ends > now) hours = (now - begins) / 3600 + 1;
        if (first >= hours) continue;
        if (last > hours) last = hours;
        series_day(site, q, level, index, day, &n, &arrived);
        series_add(&sum->n, &n, first, last, hours);
        series_add(&sum->arrived, &arrived, first, last, hours);
    }
}

/* ---- rows */

int64_t snapchat_series_step(const snapchat_query *q, int64_t from)
{
    const sim_zone *zone = q->account.zone;

    return q->granularity == 'H' ? from + 3600 : sim_zone_midnight(zone, sim_zone_day(zone, from) + 1);
}

static void series_bounds(sim_text *out, const snapchat_query *q, int64_t from, int64_t to)
{
    char text[40];

    snapchat_local(text, from, q->account.zone);
    sim_json_pair(out, "start_time", text);
    snapchat_local(text, to, q->account.zone);
    sim_json_pair(out, "end_time", text);
}

/* the key and its rows; false: nothing in them but zeros */
static bool series_rows(snapchat_call *call, const snapchat_query *q, world_kind level, int64_t index, sim_text *out)
{
    snapchat_sum sum;
    bool any = false;

    if (q->granularity == 'T' || q->granularity == 'L') {
        snapchat_series_sum(call->site, q, level, index, q->start, q->end, &sum);
        snapchat_stats_write(out, q, &sum);
        return !snapchat_sum_empty(q, &sum);
    }
    sim_json_key(out, "timeseries");
    sim_json_open(out, '[');
    for (int64_t at = q->start, next; at < q->end; at = next) {
        bool empty;

        next = snapchat_series_step(q, at);
        snapchat_series_sum(call->site, q, level, index, at, next, &sum);
        empty = snapchat_sum_empty(q, &sum);
        any = any || !empty;
        if (empty && q->omit) continue;
        sim_json_open(out, '{');
        series_bounds(out, q, at, next);
        snapchat_stats_write(out, q, &sum);
        sim_puts(out, "}");
        call->answer->rows++;
    }
    sim_puts(out, "]");
    return any;
}

static const char *series_type(world_kind level)
{
    return level == WORLD_ACCOUNT ? "AD_ACCOUNT" : level == WORLD_CAMPAIGN ? "CAMPAIGN" : level == WORLD_ADSET ? "AD_SQUAD" : "AD";
}

static const char *series_granularity(const snapchat_query *q)
{
    return q->granularity == 'T' ? "TOTAL" : q->granularity == 'D' ? "DAY" : q->granularity == 'H' ? "HOUR" : "LIFETIME";
}

static void series_child(snapchat_call *call, const snapchat_query *q, int64_t index)
{
    sim_text *out = &call->answer->body;
    size_t before = out->size;
    int64_t rows = call->answer->rows;

    sim_json_open(out, '{');
    sim_json_pair(out, "id", snapchat_id(call->site, call->request->arena, q->breakdown, q->account.g, index));
    if (q->granularity == 'D' || q->granularity == 'H') {
        sim_json_pair(out, "type", series_type(q->breakdown));
        sim_json_pair(out, "granularity", series_granularity(q));
    }
    if (series_rows(call, q, q->breakdown, index, out)) {
        sim_puts(out, "}");
        return;
    }
    out->size = before; /* had nothing: not listed */
    out->p[before] = 0;
    call->answer->rows = rows;
}

/* ---- the answer */

typedef struct series_page {
    int64_t first, count; /* of the children, deleted ones among them */
    int64_t from, until;  /* of those what this page covers */
    bool odd, covers_none;
} series_page;

static bool series_children(snapchat_call *call, const snapchat_query *q, bool whole, series_page *page)
{
    int64_t most = sim_setting_int(call->site, "stats-rows"), limit, covers;
    uint64_t check = snapchat_query_hash(call), h;

    page->count = world_ads_under(call->site, q->level) / world_ads_under(call->site, q->breakdown);
    page->first = q->level == WORLD_ACCOUNT ? 0 : q->index * page->count;
    page->until = page->count;
    if (whole) return true;
    if (!snapchat_limit(call, 1, 1000, &limit) || !snapchat_cursor(call, "Stats", check, &page->from, &page->odd)) return false;
    covers = limit && limit < most ? limit : most;
    h = sim_hash(sim_seed(call->site), 0x0de, check, (uint64_t)page->from);
    if (!page->odd && (int64_t)(h % 100) < call->site->sim->options.odd_pages) covers = h >> 32 & 1 ? 0 : (covers + 1) / 2;
    page->covers_none = covers == 0;
    if (page->from + covers < page->until) page->until = page->from + covers;
    return true;
}

/* so much that a synchronous answer is a success with nothing in it */
static bool series_too_much(const snapchat_call *call, const snapchat_query *q, const series_page *page)
{
    int64_t spans = q->granularity == 'D' ? (q->end - q->start) / SIM_DAY : q->granularity == 'H' ? (q->end - q->start) / 3600 : 1;

    return page->count * spans > sim_setting_int(call->site, "huge-rows");
}

static void series_below(snapchat_call *call, const snapchat_query *q, const series_page *page)
{
    static const char *const names[] = { "campaign", "adsquad", "ad" };
    sim_text *out = &call->answer->body;
    world_entity e;

    sim_json_key(out, "breakdown_stats");
    sim_json_open(out, '{');
    sim_json_key(out, names[q->breakdown - WORLD_CAMPAIGN]);
    sim_json_open(out, '[');
    for (int64_t i = page->first + page->from; i < page->first + page->until; i++) {
        if (world_entity_at(call->site, q->breakdown, q->account.g, i, &e)) series_child(call, q, i);
    }
    sim_puts(out, "]}");
}

/* what was told of delivery before this does not change any more: two days */
static void series_final(snapchat_call *call, const snapchat_query *q)
{
    const sim_zone *zone = q->account.zone;
    int64_t now = sim_now(call->site->sim);
    sim_text *out = &call->answer->body;

    snapchat_stamp(out, "finalized_data_end_time", sim_zone_midnight(zone, sim_zone_day(zone, now) - 1), 0);
    if (!q->windows) return;
    snapchat_stamp(out, "conversion_data_processed_end_time", now / 3600 * 3600, 0);
    sim_json_pair(out, "swipe_up_attribution_window", snapchat_swipe_windows[q->swipe]);
    sim_json_pair(out, "view_attribution_window", snapchat_view_windows[q->view]);
}

static void series_stat(snapchat_call *call, const snapchat_query *q, const char *name, const series_page *page)
{
    sim_text *out = &call->answer->body;

    sim_json_open(out, '{');
    sim_json_pair(out, "sub_request_status", "SUCCESS");
    sim_json_key(out, name);
    sim_json_open(out, '{');
    sim_json_pair(out, "id", snapchat_id(call->site, call->request->arena, q->level, q->account.g, q->index));
    sim_json_pair(out, "type", series_type(q->level));
    sim_json_pair(out, "granularity", series_granularity(q));
    if (q->ranged) series_bounds(out, q, q->start, q->end);
    series_final(call, q);
    if (!q->breakdown || (q->granularity == 'T' && q->level != WORLD_ACCOUNT)) (void)series_rows(call, q, q->level, q->index, out);
    if (q->breakdown) series_below(call, q, page);
    if (q->granularity == 'D' || q->granularity == 'H') sim_json_pair(out, "attributing_party", "SNAPCHAT");
    sim_puts(out, "}}");
}

bool snapchat_series_write(snapchat_call *call, const snapchat_query *q, bool whole)
{
    static const char *const names[][2] = { { "total_stats", "total_stat" },
                                            { "lifetime_stats", "lifetime_stat" },
                                            { "timeseries_stats", "timeseries_stat" } };
    const char *const *name = names[q->granularity == 'T' ? 0 : q->granularity == 'L' ? 1 : 2];
    series_page page = { 0 };

    if (q->breakdown && !series_children(call, q, whole, &page)) return false;
    if (q->breakdown && !whole && series_too_much(call, q, &page)) page.count = page.until = page.from = 0;
    (void)snapchat_open(call, "SUCCESS");
    if (q->breakdown && !whole)
        snapchat_next(call, "Stats", snapchat_query_hash(call), page.until < page.count ? page.until : -1, page.covers_none);
    sim_json_key(&call->answer->body, name[0]);
    sim_json_open(&call->answer->body, '[');
    series_stat(call, q, name[1], &page);
    sim_puts(&call->answer->body, "]}");
    return true;
}
