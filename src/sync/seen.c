/* SPDX-License-Identifier: MIT */
/* Which ids a full list saw, and the sweep that marks what it did not see as removed.
 *
 * Ids are kept as 64-bit digests in rows of their own, a row per page, so that entities are not written for having been seen. Two ids
 * with one digest would keep a removed entity alive, never remove a living one. A sweep that would remove more than 50 entities, or
 * more than a fifth of them, is not believed at once: the list is made a second time, and only what both did not see goes. */
#include "sync_int.h"

#include <stdlib.h>

enum { SEEN_PAGE_MOST = 8000, SEEN_BRAKE = 50, SEEN_BRAKE_PART = 5 };

static uint64_t seen_digest(const adsync_value *id)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (uint32_t i = 0; i < id->size; i++) h = (h ^ (unsigned char)id->p[i]) * UINT64_C(1099511628211);
    h ^= h >> 32;
    return h * UINT64_C(0x9e3779b97f4a7c15);
}

adsync_status sync_seen_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    uint64_t *digests;
    uint32_t n = 0;

    if (!outcome->n_rows) return ADSYNC_OK;
    if (outcome->n_rows > SEEN_PAGE_MOST || !(digests = adsync__alloc(outcome->n_rows * sizeof *digests)))
        return adsync__fail_memory(error);
    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        const adsync_value *id = adsync__row_get(&row->row, ADSYNC_C_ID);
        if (row->table == ADSYNC_T_ENTITIES && row->kind == lane->cursor.kind && row->twice != ADSYNC_TWICE_ADD && id)
            digests[n++] = seen_digest(id);
    }
    const adsync_value values[] = {
        adsync__value_int(lane->org),        adsync__value_int(lane->connection_id), adsync__value_int(lane->cursor.kind),
        adsync__value_int(lane->cursor.run), adsync__value_int(lane->cursor.page),   adsync__value_bytes(digests, n * sizeof *digests),
    };
    adsync__unit_put(lane->unit, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY, 0, values, ADSYNC__COUNT(values));
    adsync__free(digests);
    return ADSYNC_OK;
}

static int seen_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool seen_has(const sync_lane *lane, const adsync_value *id)
{
    uint64_t digest = seen_digest(id);

    return lane->n_seen && bsearch(&digest, lane->seen, lane->n_seen, sizeof digest, seen_order);
}

static adsync_status seen_add(sync_lane *lane, adsync_rows *rows, adsync_error **error)
{
    size_t size;
    const void *p = adsync_rows_bytes(rows, ADSYNC_C_SEEN, &size);
    uint64_t *grown = adsync__realloc(lane->seen, lane->n_seen + size / sizeof *grown + 1, sizeof *grown);

    if (!grown) return adsync__fail_memory(error);
    lane->seen = grown;
    if (p) memcpy(grown + lane->n_seen, p, size / sizeof *grown * sizeof *grown);
    lane->n_seen += size / sizeof *grown;
    return ADSYNC_OK;
}

/* All that this run saw of the kind, sorted. */
static adsync_status seen_load(sync_lane *lane, adsync_error **error)
{
    adsync_value lower[5] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(lane->cursor.kind),
                              adsync__value_int(lane->cursor.run), adsync__value_int(-1) };
    adsync_range range = {
        .table = ADSYNC_T_SEEN, .flags = ADSYNC_RANGE_EXCLUSIVE, .limit = 64, .lower = lower, .n_lower = 5, .upper = lower, .n_upper = 4
    };
    adsync_rows *rows = NULL;
    size_t n = 1;
    adsync_status rc = ADSYNC_OK;

    lane->n_seen = 0;
    while (n && rc >= 0) {
        if ((rc = adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            lower[4].i = adsync_rows_int(rows, ADSYNC_C_PAGE);
            rc = seen_add(lane, rows, error);
        }
        adsync_rows_free(rows);
    }
    if (lane->n_seen) qsort(lane->seen, lane->n_seen, sizeof *lane->seen, seen_order);
    return rc;
}

/* The next entities of the kind after `id`, with hash and removed_at. */
static adsync_status seen_entities(sync_lane *lane, const char *id, adsync_rows **out, adsync_error **error)
{
    const adsync_value lower[4] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id),
                                    adsync__value_int(lane->cursor.kind), adsync__value_text(id) };
    const adsync_range range = { .table = ADSYNC_T_ENTITIES,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = SYNC_SWEEP,
                                 .columns = 7,
                                 .lower = lower,
                                 .n_lower = 4,
                                 .upper = lower,
                                 .n_upper = 3 };

    return adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, out, error);
}

static bool seen_is_missing(const sync_lane *lane, const adsync_value *row)
{
    return row[6].kind == ADSYNC_VALUE_NULL && !seen_has(lane, &row[3]);
}

/* Walks all entities of the kind; `each` is called for the page of each walk. */
static adsync_status seen_count(sync_lane *lane, adsync_error **error)
{
    char id[208] = "";
    adsync_rows *rows = NULL;
    size_t n = 1;
    adsync_status rc = ADSYNC_OK;

    lane->sweep_alive = lane->sweep_missing = 0;
    while (n) {
        if ((rc = seen_entities(lane, id, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        for (size_t i = 0; i < n; i++) {
            const adsync_value *row = adsync__rows_values(rows, i);
            lane->sweep_alive += row[6].kind == ADSYNC_VALUE_NULL;
            lane->sweep_missing += seen_is_missing(lane, row);
            if (i + 1 == n) memcpy(id, row[3].p, row[3].size + 1);
        }
        adsync_rows_free(rows);
    }
    return rc;
}

static void seen_remove(sync_lane *lane, const adsync_value *row, int64_t now)
{
    const adsync_value values[] = { row[0], row[1], row[2], row[3], row[4], row[5], adsync__value_int(now) };

    adsync__unit_put(lane->unit, ADSYNC_T_ENTITIES, ADSYNC_EXPECT_ANY, 0, values, ADSYNC__COUNT(values));
}

/* One lot of the sweep: marks what is missing among the next entities. */
static void seen_step(sync_lane *lane)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    size_t n = 0;
    adsync_status rc = seen_entities(lane, lane->sweep_id, &rows, &error);

    if (rc >= 0 && !sync_lane_unit(lane, &error)) rc = ADSYNC_E_MEMORY;
    if (rc < 0) goto done;
    n = adsync_rows_count(rows);
    for (size_t i = 0; i < n; i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        if (seen_is_missing(lane, row)) seen_remove(lane, row, now);
        if (i + 1 == n) memcpy(lane->sweep_id, row[3].p, row[3].size + 1);
    }
    rc = sync_lane_commit(lane, false, n ? seen_step : sync_seen_forget, &error);
done:
    adsync_rows_free(rows);
    if (rc < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

/* The rows of what was seen go, in lots; then the kind is done. */
void sync_seen_forget(sync_lane *lane)
{
    const adsync_value bound[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id),
                                   adsync__value_int(lane->cursor.kind) };
    const adsync_range range = {
        .table = ADSYNC_T_SEEN, .limit = SYNC_SWEEP, .columns = 5, .lower = bound, .n_lower = 3, .upper = bound, .n_upper = 3
    };
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    size_t n = 0;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, &rows, &error);

    if (rc >= 0 && !sync_lane_unit(lane, &error)) rc = ADSYNC_E_MEMORY;
    if (rc < 0) goto done;
    n = adsync_rows_count(rows);
    for (size_t i = 0; i < n; i++) adsync__unit_delete(lane->unit, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY, adsync__rows_values(rows, i));
    rc = n == SYNC_SWEEP ? sync_lane_commit(lane, false, sync_seen_forget, &error) : sync_kind_done(lane, &error);
done:
    adsync_rows_free(rows);
    if (rc < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

adsync_status sync_sweep_begin(sync_lane *lane, adsync_error **error)
{
    adsync_status rc;

    if ((rc = seen_load(lane, error)) < 0) return rc;
    if ((rc = seen_count(lane, error)) < 0) return rc;
    if (!lane->cursor.second && (lane->sweep_missing > SEEN_BRAKE || lane->sweep_missing * SEEN_BRAKE_PART > lane->sweep_alive)) {
        lane->cursor.second = true;
        adsync__buffer_clear(&lane->cursor.at);
        return sync_lane_commit(lane, true, sync_lane_next, error);
    }
    lane->sweep_id[0] = 0;
    seen_step(lane);
    return ADSYNC_OK;
}
