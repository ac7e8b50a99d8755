/* SPDX-License-Identifier: MIT */
/* Figures. A row has no date: element i of each list is the i-th day, counted on the calendar of the account's zone. The echo of what was
 * asked says where day 0 begins; where that is another day, or a list has another length, nothing is taken. null is 0. */
#include "x_int.h"

#include "../../rows/rows.h"

#include <stdio.h>

static const adsync__field stats_core[] = {
    ADSYNC__FIELD("impressions", IMPRESSIONS, INT),
    ADSYNC__FIELD("clicks", CLICKS, INT),
    ADSYNC__FIELD("url_clicks", LINK_CLICKS, INT),
    ADSYNC__FIELD("engagements", ENGAGEMENTS, INT),
    ADSYNC__FIELD("billed_charge_local_micro", SPEND, MICROS),
    ADSYNC__FIELD("video_total_views", VIDEO_VIEWS, INT),
};
/* Of the conversion that was chosen; an amount is micro-units (which X does not state, and its published figures show). */
static const adsync__field stats_conversion[] = {
    ADSYNC__FIELD("metric", CONVERSIONS, DECIMAL),
    ADSYNC__FIELD("sale_amount", REVENUE, MICROS),
    ADSYNC__FIELD("post_engagement", CLICK_CONVERSIONS, DECIMAL),
    ADSYNC__FIELD("post_view", VIEW_CONVERSIONS, DECIMAL),
};
static const adsync__field stats_purchase[] = { ADSYNC__FIELD("metric", PURCHASES, DECIMAL) };
static const adsync__field stats_install[] = { ADSYNC__FIELD("post_view", INSTALLS, DECIMAL),
                                               ADSYNC__FIELD("post_engagement", INSTALLS, DECIMAL) };

typedef struct stats_list { /* the days of one figure */
    adsync__node node;
    const adsync__field *field;
} stats_list;
enum { STATS_LISTS = 12, STATS_DAYS = 92 };

typedef struct stats_walk {
    adsync__answer *a;
    const adsync__slice *slice;
    const x_chunk *chunk;
    uint32_t level, n, rows;
    char part[41];
    bool more;
    int64_t days[STATS_DAYS];
} stats_walk;

/* ---- zones */

adsync_status x_stats_switch(const adsync_task *task, int64_t *day, adsync_error **error)
{
    const char *name = adsync_task_fact(task, "time_zone"), *since = adsync_task_fact(task, "timezone_switch_at");
    adsync__zone *zone = NULL;
    int64_t us;
    adsync_status rc;

    *day = 0;
    if (!name || !*name)
        return adsync__invalid(&x_platform, "time_zone", "days are the account's: read the account before its figures", error);
    if (!since || !strcmp(name, "America/Los_Angeles") || adsync__time_read(since, strlen(since), ADSYNC__TIME_NEEDS_OFFSET, &us) < 0)
        return ADSYNC_OK;
    if ((rc = adsync__zone_load(NULL, name, &zone, error)) < 0) return rc;
    *day = adsync__zone_day(zone, us);
    adsync__zone_free(zone);
    return ADSYNC_OK;
}

/* What lies before the switch is X's own zone for ever. */
adsync_status x_stats_zone(const adsync_task *task, const adsync__slice *slice, adsync__zone **out, adsync_error **error)
{
    int64_t day;
    adsync_status rc = x_stats_switch(task, &day, error);

    if (rc < 0) return rc;
    return adsync__zone_load(NULL, slice->to < day ? "America/Los_Angeles" : adsync_task_fact(task, "time_zone"), out, error);
}

/* X's pages differ on which offset a day begins with, its own or that of the day it is asked on: an hour lies between them. */
bool x_stats_begins(const adsync__zone *zone, int64_t day, adsync__node node)
{
    int64_t us, midnight, unused, most = 60 * ADSYNC__MINUTE_US;

    if (!adsync__instant(node, ADSYNC__SECOND_US, ADSYNC__TIME_NEEDS_OFFSET, &us)) return false;
    (void)adsync__zone_bounds(zone, day, &midnight, &unused);
    return us >= midnight - most && us <= midnight + most;
}

/* ---- chunks: P:id,id,id; where P is a placement's letter, small for conversions in apps */

bool x_chunk_read(const char *queue, x_chunk *chunk)
{
    char letter = *queue >= 'a' && *queue <= 'z' ? (char)(*queue - 0x20) : *queue;

    *chunk = (x_chunk){ .mobile = letter != *queue };
    for (const adsync__word *word = x_placements; word->from; word++)
        if (*word->to == letter) chunk->placement = word->from;
    if (!chunk->placement || queue[1] != ':') return false;
    chunk->ids = queue + 2;
    chunk->size = strcspn(chunk->ids, ";");
    chunk->rest = chunk->ids + chunk->size;
    if (*chunk->rest) chunk->rest++;
    for (const char *at = chunk->ids; at < chunk->rest; at++) chunk->n += at == chunk->ids || *at == ',';
    return chunk->size > 0;
}

bool x_chunk_nth(const char *queue, uint32_t n, x_chunk *chunk)
{
    while (x_chunk_read(queue, chunk) && n--) queue = chunk->rest;
    return chunk->size > 0;
}

uint32_t x_count(const char *ids) { return adsync__ids_count(ids, strlen(ids)); }

/* ---- the frame */

static adsync_status stats_echo(stats_walk *walk)
{
    adsync__node params = adsync__node_path(walk->a->root, "request.params"), start = adsync__node_get(params, "start_time"),
                 placement = adsync__node_get(params, "placement"), granularity = adsync__node_get(params, "granularity"),
                 length = adsync__node_get(walk->a->root, "time_series_length");
    adsync__zone *zone = NULL;
    int64_t n;
    adsync_status rc;

    if (!adsync__is_empty(length) && (!adsync__node_int(length, &n) || n != walk->slice->days))
        return adsync__bad_shape(walk->a, "figures of another number of days");
    if (!adsync__is_empty(granularity) && !adsync__node_is(granularity, "DAY")) return adsync__bad_shape(walk->a, "figures of no days");
    if (!adsync__is_empty(placement) && !adsync__node_is(placement, walk->chunk->placement))
        return adsync__bad_shape(walk->a, "figures of another placement");
    if (adsync__is_empty(start)) return ADSYNC_OK;
    if ((rc = x_stats_zone(walk->a->task, walk->slice, &zone, walk->a->error)) < 0) return rc;
    if (!x_stats_begins(zone, walk->slice->from, start))
        rc = adsync__bad_shape(walk->a, "figures that begin on another day than was asked for");
    adsync__zone_free(zone);
    return rc;
}

/* The days, and what the rows are a part of: of the account's own rows each part is a chunk of its line items, and parts add up. */
static void stats_part(stats_walk *walk)
{
    size_t n = strcspn(walk->chunk->ids, ",;"), most = 13;
    const char *ids = walk->chunk->ids + (n > most ? n - most : 0);

    for (int64_t i = 0; i < walk->slice->days && i < STATS_DAYS; i++) walk->days[i] = adsync__day_add(walk->slice->from, i);

    (void)snprintf(walk->part, sizeof walk->part, "%s%s", walk->chunk->placement, walk->chunk->mobile ? ".MOBILE" : "");
    if (walk->level != ADSYNC_KIND_ACCOUNT) return;
    n = strlen(walk->part);
    (void)snprintf(walk->part + n, sizeof walk->part - n, ":%.*s", (int)strcspn(ids, ",;"), ids);
}

/* ---- one entity */

static adsync_status stats_find(stats_walk *walk, adsync__node object, const adsync__field *fields, size_t n, stats_list *lists,
                                uint32_t *count)
{
    adsync__key keys[STATS_LISTS];
    adsync__node f[STATS_LISTS];

    for (size_t i = 0; i < n; i++) keys[i] = (adsync__key){ fields[i].name, strlen(fields[i].name) };
    if (adsync__is_empty(object)) {
        memset(f, 0, sizeof f);
    } else if (!adsync__node_keys(object, keys, (uint32_t)n, f)) {
        return adsync__bad_shape(walk->a, "figures that are none, or stand twice");
    }
    for (size_t i = 0; i < n; i++) {
        if (!adsync__is_empty(f[i]) &&
            (adsync__node_kind(f[i]) != ADSYNC__NODE_ARRAY || (int64_t)adsync__node_count(f[i]) != walk->slice->days))
            return adsync__bad_shape(walk->a, "a list of figures with another number of days");
        lists[(*count)++] = (stats_list){ f[i], &fields[i] };
    }
    return ADSYNC_OK;
}

static adsync_status stats_lists(stats_walk *walk, adsync__node metrics, stats_list *lists, uint32_t *count)
{
    const char *chosen = adsync_task_fact(walk->a->task, "conversion_metric");
    adsync_status rc;

    if (!chosen || !*chosen) chosen = "conversion_purchases";
    if (walk->chunk->mobile)
        return stats_find(walk, adsync__node_get(metrics, "mobile_conversion_installs"), stats_install, ADSYNC__COUNT(stats_install), lists,
                          count);
    if ((rc = stats_find(walk, metrics, stats_core, ADSYNC__COUNT(stats_core), lists, count)) < 0) return rc;
    if ((rc = stats_find(walk, adsync__node_get(metrics, chosen), stats_conversion, ADSYNC__COUNT(stats_conversion), lists, count)) < 0)
        return rc;
    return stats_find(walk, adsync__node_get(metrics, "conversion_purchases"), stats_purchase, 1, lists, count);
}

/* One day's figures. */
static void stats_day(stats_walk *walk, const char *id, size_t size, const stats_list *lists, int64_t (*values)[STATS_DAYS], uint32_t count,
                      int64_t i)
{
    adsync__object *object = adsync__figures_object(walk->a, NULL, 0);
    bool any = !walk->chunk->mobile; /* most have no app: a row of nothing says nothing there */

    for (uint32_t k = 0; k < count; k++) any |= values[k][i] != 0;
    if (!any) return;
    adsync__figures_begin(object, walk->level, id, size, walk->days[i]);
    adsync__figures_words(object, ADSYNC_C_PART, walk->part);
    for (uint32_t k = 0; k < count; k++)
        if (lists[k].field) adsync__row_int(object->row, lists[k].field->column, values[k][i]);
    walk->rows++;
}

/* Lists of one column add up, into the first of them. */
static bool stats_merge(stats_list *lists, int64_t (*values)[STATS_DAYS], uint32_t count, int64_t days)
{
    for (uint32_t k = 1; k < count; k++)
        for (uint32_t into = 0; into < k && lists[k].field; into++) {
            if (!lists[into].field || lists[into].field->column != lists[k].field->column) continue;
            for (int64_t i = 0; i < days; i++)
                if (__builtin_add_overflow(values[into][i], values[k][i], &values[into][i])) return false;
            lists[k].field = NULL;
        }
    return true;
}

static adsync_status stats_values(stats_walk *walk, const stats_list *lists, uint32_t count, int64_t (*values)[STATS_DAYS])
{
    adsync__node item;

    for (uint32_t k = 0; k < count; k++) {
        memset(values[k], 0, (size_t)walk->slice->days * sizeof values[k][0]);
        bool decimal = lists[k].field->as == ADSYNC__AS_DECIMAL;
        adsync__items items = adsync__node_items(lists[k].node);
        if (adsync__node_numbers(lists[k].node, decimal, values[k], (uint32_t)walk->slice->days)) continue;
        for (int64_t i = 0; i < walk->slice->days && adsync__items_next(&items, &item); i++)
            if (!adsync__figure(item, decimal, &values[k][i])) return adsync__bad_shape(walk->a, "something else where a number should be");
    }
    return ADSYNC_OK;
}

/* The days of one id. A day counts whether or not it gives a row: skip counts days. */
static adsync_status stats_entity(stats_walk *walk, const char *id, size_t size, adsync__node metrics)
{
    const char *account = adsync_task_text(walk->a->task, "account_id");
    int64_t values[STATS_LISTS][STATS_DAYS];
    stats_list lists[STATS_LISTS];
    uint32_t count = 0;
    adsync_status rc;

    if (adsync__node_kind(metrics) != ADSYNC__NODE_OBJECT) return adsync__bad_shape(walk->a, "no figures");
    if ((rc = stats_lists(walk, metrics, lists, &count)) < 0 || (rc = stats_values(walk, lists, count, values)) < 0) return rc;
    if (!stats_merge(lists, values, count, walk->slice->days)) return adsync__bad_shape(walk->a, "figures that do not fit");
    if (walk->level == ADSYNC_KIND_ACCOUNT) {
        id = account;
        size = strlen(account);
    }
    for (int64_t i = 0; i < walk->slice->days; i++) {
        if (walk->n++ < walk->a->at.skip) continue;
        if (walk->rows == ADSYNC__ROWS_MOST) {
            walk->n--;
            walk->more = true;
            return ADSYNC_OK;
        }
        stats_day(walk, id, size, lists, values, count, i);
    }
    return rc;
}

adsync_status x_stats_read(adsync__answer *a, const adsync__slice *slice, const x_chunk *chunk, bool *more, uint32_t *skip)
{
    stats_walk walk = { .a = a, .slice = slice, .chunk = chunk, .level = adsync_task_kind(a->task) };
    adsync__node list = adsync__node_get(a->root, "data"), item, part;
    adsync__items items = adsync__node_items(list);
    size_t size = 0;
    adsync_status rc;

    *more = false;
    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(a, "no figures");
    if ((rc = stats_echo(&walk)) < 0) return rc;
    if (adsync__node_count(list) && !adsync_task_fact(a->task, "currency")) a->needs_currency = true;
    stats_part(&walk);
    while (rc >= 0 && !walk.more && adsync__items_next(&items, &item)) {
        adsync__items parts = adsync__node_items(adsync__node_get(item, "id_data"));
        const char *id = adsync__node_text(adsync__node_get(item, "id"), &size);
        if (!id || !adsync__ids_has(chunk->ids, chunk->size, id, size))
            return adsync__bad_shape(a, "figures of an id that was not asked for");
        while (rc >= 0 && !walk.more && adsync__items_next(&parts, &part)) {
            if (!adsync__is_empty(adsync__node_get(part, "segment"))) return adsync__bad_shape(a, "figures in segments");
            rc = stats_entity(&walk, id, size, adsync__node_get(part, "metrics"));
        }
    }
    *more = walk.more;
    *skip = walk.n;
    return rc;
}
