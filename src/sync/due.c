/* SPDX-License-Identifier: MIT */
/* Whatever is due, by whom it may be taken first.
 *
 * An idle engine looks for the one slot that is due next. Where few are due they are taken as they come. Where more are due than a lot,
 * the engine takes its lot from one shard after the other, beginning with its own, and there by two rules:
 *  - each class has a share of the lot (interactive 4, webhook 3, scheduled 2, backfill 1), so history goes on however much is urgent;
 *    what a class does not use is the next ones';
 *  - within a class the organisations stand in a circle: at most DUE_ORG slots of each, oldest first, then the next organisation's turn,
 *    and the circle goes on where it stopped. So one slot of a small organisation waits for a few of each other one, never for the
 *    thousands of a large one. Only where the others have nothing does one fill the lot. */
#include "sync_int.h"

enum { DUE_ROWS = 32, DUE_ROWS_MORE = 12, DUE_SCANS = 6, DUE_ORG = 3, DUE_SHARDS = 4, DUE_WIDTH = 9, DUE_AFTER_AT = 3 };

static const uint32_t due_shares[SYNC_CLASSES] = { 4, 3, 2, 1 };

typedef struct due_list {
    sync_slot slots[SYNC_LOT_MOST];
    uint32_t n;
} due_list;

typedef struct due_class { /* of one shard: each organisation's first ones, and more of them */
    due_list first, more;
    int64_t org; /* the one that the last row was of */
    uint32_t of_org;
} due_class;

static void due_read(adsync_rows *row, sync_slot *slot)
{
    const char *name = adsync_rows_text(row, ADSYNC_C_SLOT);

    *slot = (sync_slot){
        .org = adsync_rows_int(row, ADSYNC_C_ORG),
        .connection = adsync_rows_int(row, ADSYNC_C_CONNECTION),
        .job = adsync_rows_int(row, ADSYNC_C_JOB),
        .version = adsync_rows_int(row, ADSYNC_C_VERSION),
        .run_after = adsync_rows_int(row, ADSYNC_C_RUN_AFTER_US),
    };
    if (name && strlen(name) < sizeof slot->name) memcpy(slot->name, name, strlen(name) + 1);
}

static void due_add(due_list *list, const sync_slot *slot)
{
    if (list->n < SYNC_LOT_MOST) list->slots[list->n++] = *slot;
}

/* ---- the head: what is due first, over everything */

static adsync_status due_head(adsync__sync *sync, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value upper[] = { adsync__value_int(INT64_MAX) };
    const adsync_range range = {
        .table = ADSYNC_T_QUEUE, .index = 1, .flags = ADSYNC_RANGE_ALL_ORGS, .limit = limit, .upper = upper, .n_upper = 1
    };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, out, error);
}

/* Takes what is due from the head; *due counts it, *next_us is when the first one that is not will be. */
static adsync_status due_look(adsync__sync *sync, int64_t now, uint32_t limit, due_list *list, uint32_t *due, int64_t *next_us,
                              adsync_error **error)
{
    adsync_rows *rows = NULL;
    sync_slot slot;
    adsync_status rc = due_head(sync, limit, &rows, error);

    *due = list->n = 0;
    *next_us = -1;
    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        due_read(rows, &slot);
        if (slot.run_after > now) {
            *next_us = slot.run_after - now;
            break;
        }
        (*due)++;
        due_add(list, &slot);
    }
    adsync_rows_free(rows);
    return rc;
}

/* ---- a shard's class: the circle of organisations */

static adsync_status due_scan(adsync__sync *sync, uint32_t class, int64_t from, int64_t to, uint32_t limit, adsync_rows **out,
                              adsync_error **error)
{
    const adsync_value shard = adsync__value_int(sync->shard), its = adsync__value_int(class);
    const adsync_value lower[] = { shard, its, adsync__value_int(from) }, upper[] = { shard, its, adsync__value_int(to) };
    const adsync_range range = { .table = ADSYNC_T_QUEUE,
                                 .index = 2,
                                 .flags = ADSYNC_RANGE_ALL_ORGS,
                                 .limit = limit,
                                 .lower = lower,
                                 .n_lower = 3,
                                 .upper = upper,
                                 .n_upper = 3 };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, out, error);
}

/* Takes a page. *from: the organisation to go on with; past `to` when there is none. */
static void due_page(adsync_rows *rows, uint32_t limit, int64_t now, int64_t to, uint32_t lot, due_class *c, int64_t *from)
{
    size_t n = adsync_rows_count(rows);
    sync_slot slot;

    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        due_read(rows, &slot);
        if (slot.org != c->org) c->of_org = 0;
        c->org = slot.org;
        *from = slot.org + 1; /* the rest of this one, or all of it that waits, is passed over */
        if (slot.run_after > now) continue;
        due_add(c->of_org++ < DUE_ORG ? &c->first : &c->more, &slot);
        if (c->first.n == lot) return;
    }
    if (n < limit) *from = to == INT64_MAX ? INT64_MAX : to + 1;
}

/* The first page could fill the lot with one organisation's, should it be alone; the others only look for a few of each. */
static adsync_status due_arc(adsync__sync *sync, uint32_t class, int64_t now, int64_t from, int64_t to, due_class *c, uint32_t *scans,
                             adsync_error **error)
{
    uint32_t lot = sync->lot, most = lot > SYNC_LOT ? lot / DUE_ORG + 2 : DUE_SCANS, limit = lot + DUE_ROWS - SYNC_LOT;
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_OK;

    for (; rc >= 0 && from <= to && from < INT64_MAX && c->first.n < lot && *scans < most; limit = DUE_ROWS_MORE) {
        (*scans)++;
        if ((rc = due_scan(sync, class, from, to, limit, &rows, error)) >= 0) due_page(rows, limit, now, to, lot, c, &from);
        adsync_rows_free(rows);
        rows = NULL;
    }
    return rc;
}

/* From the organisation whose turn it is once around. */
static adsync_status due_class_fill(adsync__sync *sync, uint32_t class, int64_t now, due_class *c, adsync_error **error)
{
    int64_t from = sync->circle[class - 1];
    uint32_t scans = 0;
    adsync_status rc;

    c->first.n = c->more.n = c->of_org = 0;
    c->org = -1;
    if ((rc = due_arc(sync, class, now, from, INT64_MAX, c, &scans, error)) < 0 || !from) return rc;
    return due_arc(sync, class, now, 0, from - 1, c, &scans, error);
}

/* Up to `want` of a class; the circle goes on behind the last one. */
static void due_take(adsync__sync *sync, uint32_t class, due_class *c, uint32_t want, uint32_t *at, due_list *list, uint32_t max)
{
    for (; want && list->n < max && *at < c->first.n + c->more.n; want--, (*at)++) {
        bool first = *at < c->first.n;
        const sync_slot *slot = first ? &c->first.slots[*at] : &c->more.slots[*at - c->first.n];
        due_add(list, slot);
        if (first) sync->circle[class - 1] = slot->org + 1;
    }
}

static adsync_status due_shard(adsync__sync *sync, int64_t now, uint32_t max, due_list *list, adsync_error **error)
{
    due_class classes[SYNC_CLASSES];
    uint32_t at[SYNC_CLASSES] = { 0 }, lots = sync->lot / SYNC_LOT;
    adsync_status rc = ADSYNC_OK;

    for (uint32_t i = 0; i < SYNC_CLASSES && rc >= 0; i++) rc = due_class_fill(sync, i + 1, now, &classes[i], error);
    for (uint32_t i = 0; i < SYNC_CLASSES && rc >= 0; i++) due_take(sync, i + 1, &classes[i], lots * due_shares[i], &at[i], list, max);
    for (uint32_t i = 0; i < SYNC_CLASSES && rc >= 0; i++) due_take(sync, i + 1, &classes[i], max, &at[i], list, max);
    return rc;
}

static adsync_status due_shards(adsync__sync *sync, int64_t now, uint32_t max, due_list *list, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (uint32_t n = 0; n < sync->n_shards && n < DUE_SHARDS && list->n < max && rc >= 0; n++) {
        rc = due_shard(sync, now, max, list, error);
        sync->shard = (sync->shard + 1) % sync->n_shards;
    }
    return rc;
}

/* ---- a lot */

static adsync_status due_ahead_of(adsync__sync *sync, uint32_t table, const adsync_value *keys, uint32_t n, adsync_rows **rows,
                                  adsync_error **error)
{
    return adsync__storage_ahead(adsync__kernel_storage(sync->kernel), table, keys, n, rows, error);
}

/* All that claiming and beginning these jobs reads, in one call for each table. */
static adsync_status due_ahead(adsync__sync *sync, const due_list *list, adsync_error **error)
{
    adsync_value keys[3 * SYNC_LOT_MOST];
    adsync_rows *rows;
    uint32_t n = 0;
    adsync_status rc;

    for (uint32_t i = 0; i < list->n; i++) {
        keys[n++] = adsync__value_int(list->slots[i].org);
        keys[n++] = adsync__value_int(list->slots[i].job);
    }
    if ((rc = due_ahead_of(sync, ADSYNC_T_JOBS, keys, list->n, &rows, error)) < 0) return rc;
    for (n = 0; adsync_rows_next(rows, NULL) == ADSYNC_ROW;) {
        keys[n++] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_ORG));
        keys[n++] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_CONNECTION));
        keys[n++] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_DATA));
    }
    if ((rc = due_ahead_of(sync, ADSYNC_T_LANES, keys, n / 3, &rows, error)) < 0) return rc;
    for (uint32_t i = n = 0; i < list->n; i++) {
        keys[n++] = adsync__value_int(list->slots[i].org);
        keys[n++] = adsync__value_int(list->slots[i].connection);
    }
    if ((rc = due_ahead_of(sync, ADSYNC_T_CONNECTIONS, keys, list->n, &rows, error)) < 0) return rc;
    for (n = 0; adsync_rows_next(rows, NULL) == ADSYNC_ROW;) {
        keys[n++] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_ORG));
        keys[n++] = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_GRANT));
    }
    return due_ahead_of(sync, ADSYNC_T_GRANTS, keys, n / 2, &rows, error);
}

static adsync_status due_claim(adsync__sync *sync, const due_list *list, uint32_t max, uint32_t *taken, adsync_error **error)
{
    uint32_t how;
    adsync_status rc = list->n > 1 ? due_ahead(sync, list, error) : ADSYNC_OK;

    for (uint32_t i = 0; i < list->n && *taken < max && rc >= 0; i++) {
        rc = sync_claim_slot(sync, &list->slots[i], &how, error);
        *taken += how == SYNC_TAKEN;
    }
    return rc;
}

/* Where lots are full again and again, and more than two are due, the next ones are twice as large: of a few jobs each worker takes some,
 * a long queue is taken in long pieces. */
static void due_grow(adsync__sync *sync, uint32_t due, uint32_t taken)
{
    bool full = due == 2 * sync->lot && taken == sync->lot;

    sync->full_lots = full ? sync->full_lots + 1 : 0;
    if (!sync->busy) sync->lot = SYNC_LOT;
    if (sync->full_lots < SYNC_LOTS || 2 * sync->lot > SYNC_LOT_MOST) return;
    sync->lot *= 2;
    sync->full_lots = 0;
}

adsync_status adsync__sync_claim_due(adsync__sync *sync, uint32_t max, int64_t *next_us, adsync_error **error)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    uint32_t due = 0, taken = 0;
    due_list list, fair = { .n = 0 };
    adsync_status rc;

    *next_us = -1;
    if (!sync->engine || !max || sync->alone || sync->hush) return ADSYNC_OK;
    if ((rc = sync_queue_shards(sync, error)) < 0) return rc;
    if (!sync->busy && ((rc = due_look(sync, now, 1, &list, &due, next_us, error)) < 0 || !due)) return rc;
    sync->busy = true;
    if ((rc = due_look(sync, now, 2 * sync->lot, &list, &due, next_us, error)) < 0) return rc;
    sync->busy = due > sync->lot;
    if (max > sync->lot) max = sync->lot;
    if (due > max && (rc = due_shards(sync, now, max, &fair, error)) < 0) return rc;
    if (due) *next_us = 0; /* what is taken or put off makes room for more */
    rc = due_claim(sync, fair.n ? &fair : &list, max, &taken, error);
    due_grow(sync, due, taken);
    return rc;
}

/* ---- a clock that was ahead */

static bool due_is_ahead(adsync_rows *row, int64_t now) { return adsync_rows_int(row, ADSYNC_C_CREATED_US) > now + SYNC_AHEAD_US; }

/* It waits as long as it was to wait, from now on. */
static adsync_status due_put_back(adsync__sync *sync, const adsync_value *row, int64_t version, int64_t now, adsync_error **error)
{
    adsync_value values[DUE_WIDTH];
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, row[0].i, NULL, NULL);

    if (!unit) return adsync__fail_memory(error);
    memcpy(values, row, sizeof values);
    values[DUE_AFTER_AT] = adsync__value_int(now + row[DUE_AFTER_AT].i - row[DUE_WIDTH - 1].i);
    values[DUE_WIDTH - 1] = adsync__value_int(now);
    adsync__unit_put(unit, ADSYNC_T_QUEUE, version, 0, values, DUE_WIDTH);
    adsync__unit_submit(unit);
    return ADSYNC_OK;
}

adsync_status adsync__sync_mend(adsync__sync *sync, adsync_error **error)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    const adsync_value lower[] = { adsync__value_int(now + SYNC_AHEAD_US) };
    const adsync_range range = { .table = ADSYNC_T_QUEUE,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_ALL_ORGS | ADSYNC_RANGE_DESCENDING,
                                 .limit = DUE_ROWS,
                                 .lower = lower,
                                 .n_lower = 1 };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, &rows, error);

    for (size_t i = 0; rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW; i++)
        if (due_is_ahead(rows, now))
            rc = due_put_back(sync, adsync__rows_values(rows, i), adsync_rows_int(rows, ADSYNC_C_VERSION), now, error);
    adsync_rows_free(rows);
    return rc;
}
