/* SPDX-License-Identifier: MIT */
/* Jobs and calls of some time, counted by type and end. They are read in pages, so any number of them is counted. */
#include "insight.h"

enum { STATS_PAGE = 1000, STATS_KINDS = 64 };

typedef struct stats_kind {
    char type[32], state[16];
    int64_t n, timed, sum_us, longest_us;
} stats_kind;

typedef struct stats {
    adsync_storage *storage;
    int64_t org, connection, from_us, to_us;
    stats_kind kinds[STATS_KINDS];
    uint32_t n_kinds;
} stats;

static void stats_add(stats *s, const char *type, const char *state, int64_t took_us)
{
    stats_kind *k = s->kinds;

    for (; k < s->kinds + s->n_kinds; k++)
        if (adsync__equal_text(k->type, type) && adsync__equal_text(k->state, state)) break;
    if (k == s->kinds + s->n_kinds) {
        if (s->n_kinds == STATS_KINDS || !type || !state || strlen(type) >= sizeof k->type || strlen(state) >= sizeof k->state) return;
        *k = (stats_kind){ 0 };
        memcpy(k->type, type, strlen(type) + 1);
        memcpy(k->state, state, strlen(state) + 1);
        s->n_kinds++;
    }
    k->n++;
    if (took_us < 0) return;
    k->timed++;
    k->sum_us += took_us;
    if (took_us > k->longest_us) k->longest_us = took_us;
}

static void stats_job(stats *s, adsync_rows *row)
{
    int64_t began = adsync_rows_int(row, ADSYNC_C_STARTED_US), ended = adsync_rows_int(row, ADSYNC_C_ENDED_US);

    stats_add(s, adsync_rows_text(row, ADSYNC_C_TYPE), adsync_rows_text(row, ADSYNC_C_STATE), began && ended >= began ? ended - began : -1);
}

static void stats_call(stats *s, adsync_rows *row)
{
    stats_add(s, "call", adsync_rows_int(row, ADSYNC_C_SUCCESS) ? "succeeded" : "failed", adsync_rows_int(row, ADSYNC_C_DURATION_US));
}

/* All rows of an index between two bounds whose last value is a time; `n`: how many values a bound has, `id`: what follows in the index. */
static adsync_status stats_each(stats *s, adsync_range range, const adsync_value *prefix, uint32_t n, uint32_t time, uint32_t id,
                                void (*take)(stats *s, adsync_rows *row), adsync_error **error)
{
    adsync_value lower[4], upper[4];
    adsync_rows *rows = NULL;
    size_t came = STATS_PAGE;
    adsync_status rc = ADSYNC_OK;

    memcpy(lower, prefix, n * sizeof *lower);
    memcpy(upper, prefix, n * sizeof *upper);
    lower[n] = adsync__value_int(s->from_us);
    upper[n] = adsync__value_int(s->to_us - 1);
    range.lower = lower, range.n_lower = n + 1;
    range.upper = upper, range.n_upper = n + 1;
    range.limit = STATS_PAGE;
    while (came == STATS_PAGE && (rc = adsync_storage_scan(s->storage, s->org, &range, &rows, error)) >= 0) {
        came = adsync_rows_count(rows);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            lower[n] = adsync__value_int(adsync_rows_int(rows, time));
            lower[n + 1] = adsync__value_int(adsync_rows_int(rows, id));
            take(s, rows);
        }
        adsync_rows_free(rows);
        rows = NULL;
        range.flags = ADSYNC_RANGE_EXCLUSIVE;
        range.n_lower = n + 2;
    }
    return rc;
}

static adsync_status stats_jobs(stats *s, int64_t connection, adsync_error **error)
{
    const adsync_value prefix[] = { adsync__value_int(s->org), adsync__value_int(connection) };

    return stats_each(s, (adsync_range){ .table = ADSYNC_T_JOBS, .index = 1 }, prefix, 2, ADSYNC_C_CREATED_US, ADSYNC_C_JOB, stats_job,
                      error);
}

static adsync_status stats_calls(stats *s, adsync_error **error)
{
    const adsync_value prefix[] = { adsync__value_int(s->org), adsync__value_int(s->connection) };

    return stats_each(s, (adsync_range){ .table = ADSYNC_T_API_CALLS, .index = s->connection ? 1 : 0 }, prefix, s->connection ? 2 : 1,
                      ADSYNC_C_CALLED_US, ADSYNC_C_CALL, stats_call, error);
}

static adsync_status stats_read(stats *s, adsync_error **error)
{
    adsync_rows *connections = NULL;
    adsync_status rc;

    if ((rc = stats_calls(s, error)) < 0) return rc;
    if (s->connection) return stats_jobs(s, s->connection, error);
    rc = adsync__storage_all(s->storage, s->org, ADSYNC_T_CONNECTIONS, 0, &connections, error);
    while (rc >= 0 && adsync_rows_next(connections, NULL) == ADSYNC_ROW)
        rc = stats_jobs(s, adsync_rows_int(connections, ADSYNC_C_CONNECTION), error);
    adsync_rows_free(connections);
    return rc;
}

adsync_status adsync__health_statistics(adsync_storage *storage, int64_t org, int64_t connection, int64_t from_us, int64_t to_us,
                                        adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_TYPE, ADSYNC_C_STATE, ADSYNC_C_ROWS, ADSYNC_C_DURATION_US, ADSYNC_C_LONGEST_US };
    stats *s = adsync__alloc_zero(1, sizeof *s);
    adsync_status rc;

    if (!s) return adsync__fail_memory(error);
    *s = (stats){ .storage = storage, .org = org, .connection = connection, .from_us = from_us, .to_us = to_us };
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error)) >= 0) rc = stats_read(s, error);
    for (const stats_kind *k = s->kinds; k < s->kinds + s->n_kinds && rc >= 0; k++) {
        const adsync_value values[] = { adsync__value_text(k->type), adsync__value_text(k->state), adsync__value_int(k->n),
                                        k->timed ? adsync__value_int(k->sum_us / k->timed) : adsync__value_null(),
                                        k->timed ? adsync__value_int(k->longest_us) : adsync__value_null() };
        rc = adsync__rows_add(*out, values, error);
    }
    adsync__free(s);
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}
