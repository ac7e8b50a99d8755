/* SPDX-License-Identifier: MIT */
/* Adding up figures: exactly, never over levels, never over currencies. Groups are kept sorted by their key, so that the answer is in
 * order and finding a group costs a binary search. */
#include "insight.h"

#include "../base/day.h"

enum { METRICS_PAGE = 2000, METRICS_CONNECTIONS = 1000, METRICS_GROUPS = 1000000 };
#define METRICS_LAST_PART "\xf4\x8f\xbf\xbf" /* behind every part that there can be */

static const uint32_t metrics_sums[] = { ADSYNC_C_SPEND,       ADSYNC_C_IMPRESSIONS, ADSYNC_C_CLICKS,
                                         ADSYNC_C_LINK_CLICKS, ADSYNC_C_CONVERSIONS, ADSYNC_C_REVENUE };
enum { METRICS_SUMS = ADSYNC__COUNT(metrics_sums), METRICS_KEYS = 5 };

typedef struct metrics_group {
    adsync_value key[METRICS_KEYS]; /* day, connection, platform, entity, currency; null where not grouped by */
    int64_t sum[METRICS_SUMS], rows;
    bool any[METRICS_SUMS]; /* some row had a figure: else the sum is null, not zero */
} metrics_group;

typedef struct metrics_query {
    const adsync_metrics_options *options;
    adsync__arena arena;
    metrics_group **groups;
    size_t n, room;
} metrics_query;

static int32_t metrics_compare(const metrics_group *group, const adsync_value *key)
{
    int32_t diff = 0;

    for (uint32_t i = 0; i < METRICS_KEYS && !diff; i++) diff = adsync_value_compare(&group->key[i], &key[i]);
    return diff;
}

static metrics_group *metrics_insert(metrics_query *q, size_t at, const adsync_value *key)
{
    size_t room = q->room ? q->room * 2 : 64;
    metrics_group **grown, *made;

    if (q->n == q->room) {
        if (!(grown = adsync__realloc(q->groups, room, sizeof *grown))) return NULL;
        q->groups = grown;
        q->room = room;
    }
    if (!(made = adsync__arena_take(&q->arena, sizeof *made))) return NULL;
    *made = (metrics_group){ 0 };
    for (uint32_t i = 0; i < METRICS_KEYS; i++) {
        made->key[i] = key[i];
        if (key[i].kind == ADSYNC_VALUE_TEXT && !(made->key[i].p = adsync__arena_copy(&q->arena, key[i].p, key[i].size))) return NULL;
    }
    memmove(q->groups + at + 1, q->groups + at, (q->n - at) * sizeof *q->groups);
    q->groups[at] = made;
    q->n++;
    return made;
}

static metrics_group *metrics_find(metrics_query *q, const adsync_value *key)
{
    size_t low = 0, high = q->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int32_t diff = metrics_compare(q->groups[mid], key);
        if (!diff) return q->groups[mid];
        if (diff < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return metrics_insert(q, low, key);
}

static adsync_status metrics_add(void *user, adsync_rows *row, int64_t connection, const char *platform, adsync_error **error)
{
    metrics_query *q = user;
    uint32_t by = q->options->group_by;
    const adsync_value null = adsync__value_null();
    const adsync_value key[METRICS_KEYS] = {
        by & ADSYNC_BY_DAY ? adsync__value_int(adsync_rows_int(row, ADSYNC_C_DAY)) : null,
        by & ADSYNC_BY_CONNECTION ? adsync__value_int(connection) : null,
        by & ADSYNC_BY_PLATFORM ? adsync__value_text(platform) : null,
        by & ADSYNC_BY_ENTITY ? adsync__value_text(adsync_rows_text(row, ADSYNC_C_ENTITY_ID)) : null,
        adsync__value_text(adsync_rows_text(row, ADSYNC_C_CURRENCY)),
    };
    metrics_group *group;

    if (q->options->entity_id && !adsync__equal_text(adsync_rows_text(row, ADSYNC_C_ENTITY_ID), q->options->entity_id)) return ADSYNC_OK;
    group = metrics_find(q, key);
    if (!group && q->n < METRICS_GROUPS) return adsync__fail_memory(error);
    if (!group || q->n > METRICS_GROUPS)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "metrics.groups", "that is more than %d groups: ask for fewer days, or one connection",
                            METRICS_GROUPS);
    group->rows++;
    for (uint32_t i = 0; i < METRICS_SUMS; i++) {
        if (adsync_rows_kind(row, metrics_sums[i]) != ADSYNC_VALUE_INT) continue;
        group->any[i] = true;
        if (__builtin_add_overflow(group->sum[i], adsync_rows_int(row, metrics_sums[i]), &group->sum[i]))
            return adsync__fail(error, ADSYNC_E_TOO_BIG, "metrics.overflow", "the sum of %s does not fit",
                                adsync_column_name(metrics_sums[i]));
    }
    return ADSYNC_OK;
}

/* ---- every row of a level, connection by connection, by day */

static adsync_status metrics_connection(adsync__metrics_walk *walk, int64_t connection, const char *platform, adsync_error **error)
{
    bool behind = walk->after_entity && connection == walk->after_connection;
    adsync_value lower[6] = { adsync__value_int(walk->org),
                              adsync__value_int(connection),
                              adsync__value_int(walk->level),
                              adsync__value_int(behind ? walk->after_day : walk->from_day),
                              adsync__value_text(behind ? walk->after_entity : ""),
                              adsync__value_text(behind ? METRICS_LAST_PART : "") };
    const adsync_value upper[4] = { lower[0], lower[1], lower[2], adsync__value_int(walk->to_day ? walk->to_day : 99991231) };
    const adsync_range range = { .table = ADSYNC_T_METRICS,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = METRICS_PAGE,
                                 .lower = lower,
                                 .n_lower = 6,
                                 .upper = upper,
                                 .n_upper = 4 };
    adsync_rows *rows = NULL, *before = NULL; /* the bound lies in the page before */
    adsync_status rc = ADSYNC_OK;
    size_t n = METRICS_PAGE;

    while (rc >= 0 && n == METRICS_PAGE && !walk->enough) {
        if ((rc = adsync_storage_scan(walk->storage, walk->org, &range, &rows, error)) < 0) break;
        n = adsync_rows_count(rows);
        if (n) {
            const adsync_value *last = adsync__rows_values(rows, n - 1);
            lower[3] = last[4];
            lower[4] = last[3];
            lower[5] = last[5];
        }
        while (rc >= 0 && !walk->enough && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
            rc = walk->row(walk->user, rows, connection, platform, error);
        adsync_rows_free(before);
        before = rows;
        rows = NULL;
    }
    adsync_rows_free(before);
    return rc;
}

adsync_status adsync__metrics_each(adsync__metrics_walk *walk, adsync_error **error)
{
    adsync_value lower[2] = { adsync__value_int(walk->org), adsync__value_int(walk->connection) };
    uint32_t exact = walk->connection ? 2 : 1;
    adsync_range range = {
        .table = ADSYNC_T_CONNECTIONS, .limit = METRICS_CONNECTIONS, .lower = lower, .n_lower = exact, .upper = lower, .n_upper = exact
    };
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_OK;
    size_t n = METRICS_CONNECTIONS;

    if (walk->after_entity && !walk->connection) {
        lower[1] = adsync__value_int(walk->after_connection);
        range.n_lower = 2;
    }
    while (rc >= 0 && n == METRICS_CONNECTIONS && !walk->enough) {
        if ((rc = adsync_storage_scan(walk->storage, walk->org, &range, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        while (rc >= 0 && !walk->enough && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            lower[1] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_CONNECTION));
            rc = metrics_connection(walk, lower[1].i, adsync_rows_text(rows, ADSYNC_C_PLATFORM), error);
        }
        adsync_rows_free(rows);
        range.flags = ADSYNC_RANGE_EXCLUSIVE; /* go on after the last one */
        range.n_lower = 2;
    }
    return rc;
}

/* ---- the answer */

static adsync_status metrics_rows(const metrics_query *q, adsync_rows **out, adsync_error **error)
{
    static const uint32_t keys[METRICS_KEYS] = { ADSYNC_C_DAY, ADSYNC_C_CONNECTION, ADSYNC_C_PLATFORM, ADSYNC_C_ENTITY_ID,
                                                 ADSYNC_C_CURRENCY };
    uint32_t columns[METRICS_KEYS + METRICS_SUMS + 1], n = 0, grouped[METRICS_KEYS], n_grouped = 0;
    adsync_value values[METRICS_KEYS + METRICS_SUMS + 1];
    adsync_status rc;

    for (uint32_t i = 0; i < METRICS_KEYS; i++)
        if (i + 1 == METRICS_KEYS || q->options->group_by & (1u << i)) grouped[n_grouped++] = i;
    for (uint32_t i = 0; i < n_grouped; i++) columns[n++] = keys[grouped[i]];
    for (uint32_t i = 0; i < METRICS_SUMS; i++) columns[n++] = metrics_sums[i];
    columns[n++] = ADSYNC_C_ROWS;
    if ((rc = adsync__rows_new(columns, n, out, error)) < 0) return rc;
    for (size_t g = 0; g < q->n && rc >= 0; g++) {
        const metrics_group *group = q->groups[g];
        n = 0;
        for (uint32_t i = 0; i < n_grouped; i++) values[n++] = group->key[grouped[i]];
        for (uint32_t i = 0; i < METRICS_SUMS; i++) values[n++] = group->any[i] ? adsync__value_int(group->sum[i]) : adsync__value_null();
        values[n++] = adsync__value_int(group->rows);
        rc = adsync__rows_add(*out, values, error);
    }
    if (rc >= 0) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

adsync_status adsync__metrics_days(int64_t from, int64_t to, adsync_error **error)
{
    if ((from && !adsync__day_valid(from)) || (to && !adsync__day_valid(to)) || (from && to && from > to))
        return adsync__fail(error, ADSYNC_E_INVALID, "metrics.days", "the days are none, or the first is after the last");
    return ADSYNC_OK;
}

static adsync_status metrics_check(const adsync_metrics_options *options, adsync_error **error)
{
    adsync_status rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_metrics_options", error);

    if (rc < 0) return rc;
    if (options->flags || options->group_by > 15)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_metrics_options: unknown flags or groups");
    if (options->level > ADSYNC_KIND_AD && options->level != ADSYNC_KIND_KEYWORD)
        return adsync__fail(error, ADSYNC_E_INVALID, "metrics.level", "there are no figures of that level");
    return adsync__metrics_days(options->from_day, options->to_day, error);
}

adsync_status adsync__metrics_query(adsync_storage *storage, int64_t org, const adsync_metrics_options *options, adsync_rows **out,
                                    adsync_error **error)
{
    static const adsync_metrics_options none = { .size = sizeof none };
    metrics_query q = { .options = options ? options : &none };
    adsync__metrics_walk walk = { .storage = storage, .org = org, .row = metrics_add, .user = &q };
    adsync_status rc;

    if ((rc = metrics_check(q.options, error)) < 0) return rc;
    walk.connection = q.options->connection;
    walk.level = q.options->level ? q.options->level : ADSYNC_KIND_ACCOUNT;
    walk.from_day = q.options->from_day;
    walk.to_day = q.options->to_day;
    if ((rc = adsync__metrics_each(&walk, error)) >= 0) rc = metrics_rows(&q, out, error);
    adsync__arena_free(&q.arena);
    adsync__free(q.groups);
    return rc;
}
