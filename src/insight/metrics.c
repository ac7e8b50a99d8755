/* SPDX-License-Identifier: MIT */
/* Adding up figures: exactly, never over levels, never over currencies. Groups are kept sorted by their key, so that the answer is in
 * order and finding a group costs a binary search.
 *
 * Some platforms give of the account itself only a part of the figures (its spend alone). What an account's day lacks is taken from the
 * first level below that is covered; where that is not whole the figure is null, since the sum of a part of the days would be believed. */
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
    uint32_t torn;          /* bits of figures that some day should have and has not */
} metrics_group;

typedef struct metrics_day { /* of the account under way */
    int64_t day;
    uint32_t lacks; /* bits of figures that no row of it has */
    bool whole;     /* the level below has it */
} metrics_day;

typedef struct metrics_query {
    const adsync_metrics_options *options;
    adsync__arena arena;
    metrics_group **groups;
    size_t n, room;
    adsync__metrics_walk walk;
    metrics_day *days; /* of the account under way, in their order */
    size_t n_days, room_days;
    const char *account, *currency; /* of its rows */
    uint32_t had;                   /* figures that the level below gave */
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

static adsync_status metrics_group_of(metrics_query *q, int64_t day, int64_t connection, const char *platform, const char *entity,
                                      const char *currency, metrics_group **out, adsync_error **error)
{
    uint32_t by = q->options->group_by;
    const adsync_value null = adsync__value_null();
    const adsync_value key[METRICS_KEYS] = {
        by & ADSYNC_BY_DAY ? adsync__value_int(day) : null,
        by & ADSYNC_BY_CONNECTION ? adsync__value_int(connection) : null,
        by & ADSYNC_BY_PLATFORM ? adsync__value_text(platform) : null,
        by & ADSYNC_BY_ENTITY ? adsync__value_text(entity) : null,
        adsync__value_text(currency),
    };

    *out = metrics_find(q, key);
    if (!*out && q->n < METRICS_GROUPS) return adsync__fail_memory(error);
    if (*out && q->n <= METRICS_GROUPS) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_TOO_BIG, "metrics.groups", "that is more than %d groups: ask for fewer days, or one connection",
                        METRICS_GROUPS);
}

/* Adds the figures of a row whose bits are wanted. */
static adsync_status metrics_sum(metrics_group *group, adsync_rows *row, uint32_t wanted, uint32_t *had, adsync_error **error)
{
    for (uint32_t i = 0; i < METRICS_SUMS; i++) {
        if (!(wanted & 1u << i) || adsync_rows_kind(row, metrics_sums[i]) != ADSYNC_VALUE_INT) continue;
        *had |= 1u << i;
        group->any[i] = true;
        if (__builtin_add_overflow(group->sum[i], adsync_rows_int(row, metrics_sums[i]), &group->sum[i]))
            return adsync__fail(error, ADSYNC_E_TOO_BIG, "metrics.overflow", "the sum of %s does not fit",
                                adsync_column_name(metrics_sums[i]));
    }
    return ADSYNC_OK;
}

/* The day of a row of the account, which is the last one or a new one. */
static adsync_status metrics_note(metrics_query *q, adsync_rows *row, uint32_t had, adsync_error **error)
{
    const char *account = adsync_rows_text(row, ADSYNC_C_ENTITY_ID), *currency = adsync_rows_text(row, ADSYNC_C_CURRENCY);
    int64_t day = adsync_rows_int(row, ADSYNC_C_DAY);
    size_t room = q->room_days ? q->room_days * 2 : 128;
    metrics_day *grown;

    if (!q->n_days || q->days[q->n_days - 1].day != day) {
        if (q->n_days == q->room_days) {
            if (!(grown = adsync__realloc(q->days, room, sizeof *grown))) return adsync__fail_memory(error);
            q->days = grown;
            q->room_days = room;
        }
        q->days[q->n_days++] = (metrics_day){ .day = day, .lacks = (1u << METRICS_SUMS) - 1 };
    }
    q->days[q->n_days - 1].lacks &= ~had;
    if (q->account) return ADSYNC_OK;
    if (currency && !(q->currency = adsync__arena_copy(&q->arena, currency, strlen(currency)))) return adsync__fail_memory(error);
    q->account = adsync__arena_copy(&q->arena, account, strlen(account));
    return q->account ? ADSYNC_OK : adsync__fail_memory(error);
}

static adsync_status metrics_add(void *user, adsync_rows *row, int64_t connection, const char *platform, adsync_error **error)
{
    metrics_query *q = user;
    const char *entity = adsync_rows_text(row, ADSYNC_C_ENTITY_ID);
    uint32_t had = 0;
    metrics_group *group;
    adsync_status rc;

    if (q->options->entity_id && !adsync__equal_text(entity, q->options->entity_id)) return ADSYNC_OK;
    if ((rc = metrics_group_of(q, adsync_rows_int(row, ADSYNC_C_DAY), connection, platform, entity,
                               adsync_rows_text(row, ADSYNC_C_CURRENCY), &group, error)) < 0)
        return rc;
    group->rows++;
    rc = metrics_sum(group, row, UINT32_MAX, &had, error);
    return rc < 0 || q->walk.level != ADSYNC_KIND_ACCOUNT ? rc : metrics_note(q, row, had, error);
}

/* ---- what the account lacks */

static metrics_day *metrics_day_of(const metrics_query *q, int64_t day)
{
    for (size_t low = 0, high = q->n_days; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (q->days[mid].day == day) return &q->days[mid];
        if (q->days[mid].day < day)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* How many of the account's days that lack something are whole on a level; they are marked. */
static adsync_status metrics_cover(metrics_query *q, int64_t connection, uint32_t level, size_t *n, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync__coverage_list(q->walk.storage, q->walk.org, connection, level, &rows, error);

    *n = 0;
    for (size_t i = 0; i < q->n_days; i++) q->days[i].whole = !q->days[i].lacks;
    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        metrics_day *day = metrics_day_of(q, adsync_rows_int(rows, ADSYNC_C_DAY));
        if (!day || day->whole || adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "partial")) continue;
        day->whole = true;
        (*n)++;
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status metrics_below(void *user, adsync_rows *row, int64_t connection, const char *platform, adsync_error **error)
{
    metrics_query *q = user;
    const metrics_day *day = metrics_day_of(q, adsync_rows_int(row, ADSYNC_C_DAY));
    metrics_group *group;
    adsync_status rc;

    if (!day || !day->whole || !day->lacks) return ADSYNC_OK;
    rc = metrics_group_of(q, day->day, connection, platform, q->account, adsync_rows_text(row, ADSYNC_C_CURRENCY), &group, error);
    return rc < 0 ? rc : metrics_sum(group, row, day->lacks, &q->had, error);
}

/* The level that knows most of these days, the highest of them. */
static adsync_status metrics_level(metrics_query *q, int64_t connection, uint32_t *level, adsync_error **error)
{
    size_t n, most = 0;
    adsync_status rc = ADSYNC_OK;

    *level = 0;
    for (uint32_t at = ADSYNC_KIND_CAMPAIGN; rc >= 0 && at <= ADSYNC_KIND_AD; at++) {
        rc = metrics_cover(q, connection, at, &n, error);
        if (rc >= 0 && n > most) {
            most = n;
            *level = at;
        }
    }
    return rc < 0 || !*level ? rc : metrics_cover(q, connection, *level, &n, error);
}

static adsync_status metrics_fill(metrics_query *q, int64_t connection, const char *platform, adsync_error **error)
{
    adsync__metrics_walk walk = q->walk;
    metrics_group *group;
    uint32_t lacks = 0;
    adsync_status rc;

    for (size_t i = 0; i < q->n_days; i++) lacks |= q->days[i].lacks;
    if (!lacks) return ADSYNC_OK;
    if ((rc = metrics_level(q, connection, &walk.level, error)) < 0 || !walk.level) return rc;
    walk.connection = connection;
    walk.row = metrics_below;
    walk.ends = NULL;
    q->had = 0;
    rc = adsync__metrics_each(&walk, error);
    for (size_t i = 0; rc >= 0 && i < q->n_days; i++) {
        if (q->days[i].whole || !(q->days[i].lacks & q->had)) continue;
        rc = metrics_group_of(q, q->days[i].day, connection, platform, q->account, q->currency, &group, error);
        if (rc >= 0) group->torn |= q->days[i].lacks & q->had;
    }
    return rc;
}

/* All rows of an account are through. */
static adsync_status metrics_account(void *user, int64_t connection, const char *platform, adsync_error **error)
{
    metrics_query *q = user;
    adsync_status rc = metrics_fill(q, connection, platform, error);

    q->n_days = 0;
    q->account = q->currency = NULL;
    return rc;
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
            if (rc >= 0 && walk->ends) rc = walk->ends(walk->user, lower[1].i, adsync_rows_text(rows, ADSYNC_C_PLATFORM), error);
        }
        adsync_rows_free(rows);
        range.flags = ADSYNC_RANGE_EXCLUSIVE; /* go on after the last one */
        range.n_lower = 2;
    }
    return rc;
}

/* ---- the answer */

static adsync_value metrics_value(const metrics_group *group, uint32_t i)
{
    return group->any[i] && !(group->torn & 1u << i) ? adsync__value_int(group->sum[i]) : adsync__value_null();
}

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
        for (uint32_t i = 0; i < METRICS_SUMS; i++) values[n++] = metrics_value(group, i);
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
    adsync_status rc;

    if ((rc = metrics_check(q.options, error)) < 0) return rc;
    q.walk = (adsync__metrics_walk){ .storage = storage,
                                     .org = org,
                                     .row = metrics_add,
                                     .ends = metrics_account,
                                     .user = &q,
                                     .connection = q.options->connection,
                                     .level = q.options->level ? q.options->level : ADSYNC_KIND_ACCOUNT,
                                     .from_day = q.options->from_day,
                                     .to_day = q.options->to_day };
    if ((rc = adsync__metrics_each(&q.walk, error)) >= 0) rc = metrics_rows(&q, out, error);
    adsync__arena_free(&q.arena);
    adsync__free(q.days);
    adsync__free(q.groups);
    return rc;
}
