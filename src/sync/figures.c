/* SPDX-License-Identifier: MIT */
/* What a page of a report becomes: rows of figures under the pull of its slice, and what they replace where that said something else. */
#include "../base/switch.h"
#include "sync_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIGURES_SPARE = 48 };

/* How many changes of rows a unit takes, beside coverage, lane and job. */
uint32_t sync_figures_room(const sync_lane *lane)
{
    uint32_t most = adsync__storage_ops(adsync__kernel_storage(lane->sync->kernel))->max_changes - FIGURES_SPARE;

    return most < SYNC_ROWS ? most : SYNC_ROWS;
}

static const sync_slice *figures_slice(const sync_lane *lane) { return &lane->cursor.todo[lane->cursor.n_todo - 1]; }

typedef struct figures_row { /* its values lie in the unit that will carry them */
    const adsync_value *key;
    adsync_value *values;
    const adsync_value *was; /* what they replace, where that said something else; NULL: nothing */
    const adsync__out_row *from;
    uint32_t order;
} figures_row;

static int figures_by_key(const void *a, const void *b)
{
    const figures_row *x = a, *y = b;
    int32_t diff = 0;

    for (uint32_t i = 2; i < METRICS_KEY && !diff; i++) diff = adsync_value_compare(&x->key[i], &y->key[i]);
    return diff;
}

static int figures_order(const void *a, const void *b)
{
    const figures_row *x = a, *y = b;
    int diff = figures_by_key(x, y);

    return diff ? diff : (x->order > y->order) - (x->order < y->order);
}

/* Two rows of one key within a reply: their figures add up, or the later one stands. False: a sum does not fit. */
static bool figures_merge(figures_row *into, const figures_row *later)
{
    for (uint32_t i = METRICS_PULL + 1; i < adsync_table_width(ADSYNC_T_METRICS); i++) {
        bool adds =
            later->from->twice == ADSYNC_TWICE_SUM && into->values[i].kind == ADSYNC_VALUE_INT && later->values[i].kind == ADSYNC_VALUE_INT;
        uint32_t column = adsync_table_column(ADSYNC_T_METRICS, i);
        if (adds && column != ADSYNC_C_PULLED_AT && column != ADSYNC_C_FINAL) {
            if (__builtin_add_overflow(into->values[i].i, later->values[i].i, &into->values[i].i)) return false;
        } else if (later->values[i].kind != ADSYNC_VALUE_NULL || later->from->twice == ADSYNC_TWICE_REPLACE) {
            into->values[i] = later->values[i];
        }
    }
    return true;
}

/* Rows keep the currency in which they were told; that it is another one than the account's is for a person to know. */
static void figures_currency(sync_lane *lane, const adsync_value *value)
{
    const char *known = lane->connection.currency;

    if (*lane->currency || !known || value->kind != ADSYNC_VALUE_TEXT || value->size != 3 || !memcmp(value->p, known, 3)) return;
    memcpy(lane->currency, value->p, 3);
    if (!*lane->warning)
        (void)snprintf(lane->warning, sizeof lane->warning,
                       "metrics.currency: figures came in %s, and the account was in %s: the two are never added up", lane->currency,
                       known);
}

static adsync_status figures_fill(sync_lane *lane, const adsync__out_row *row, figures_row *out, adsync_error **error)
{
    const sync_slice *slice = figures_slice(lane);
    adsync_value *values = adsync__unit_values(lane->unit, adsync_table_width(ADSYNC_T_METRICS));

    if (!values) return adsync__fail_memory(error);
    out->key = out->values = values;
    out->was = NULL;
    out->from = row;
    sync_map_row(lane->sync->map.metrics, &row->row, values);
    figures_currency(lane, &values[METRICS_CURRENCY]);
    values[0] = adsync__value_int(lane->org);
    values[1] = adsync__value_int(lane->connection_id);
    values[2] = adsync__value_int(row->kind);
    if (values[5].kind == ADSYNC_VALUE_NULL) values[5] = adsync__value_text("");
    values[METRICS_PULL] = adsync__value_int(lane->cursor.pull);
    values[lane->sync->map.metrics[ADSYNC_C_PULLED_AT] - 1] = adsync__value_int(lane->turn_us);
    if (values[3].kind != ADSYNC_VALUE_TEXT || !values[3].size || values[4].kind != ADSYNC_VALUE_INT)
        return adsync__fail(error, ADSYNC_E_FORMAT, "connector.row", "%s, report %s: figures came without an id or a day",
                            lane->connection.platform, adsync_kind_name(slice->level));
    if (row->kind != slice->level || values[4].i < slice->from || values[4].i > slice->to)
        return adsync__fail(error, ADSYNC_E_FORMAT, "connector.row", "%s, report %s: figures came of a level or day that was not asked for",
                            lane->connection.platform, adsync_kind_name(slice->level));
    return ADSYNC_OK;
}

static adsync_status figures_collect(sync_lane *lane, const adsync_outcome *outcome, figures_row **out, uint32_t *n, adsync_error **error)
{
    figures_row *rows = adsync__alloc((outcome->n_rows + 1) * sizeof *rows);
    bool sorted = true;
    adsync_status rc;

    *out = rows;
    *n = 0;
    if (!rows) return adsync__fail_memory(error);
    if (outcome->n_rows > SYNC_ROWS)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "connector.rows", "the connector gave more than %d rows at once", SYNC_ROWS);
    lane->turn_us = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        if (row->table != ADSYNC_T_METRICS) continue;
        rows[*n].order = *n;
        if ((rc = figures_fill(lane, row, &rows[*n], error)) < 0) return rc;
        sorted = sorted && (!*n || figures_order(&rows[*n - 1], &rows[*n]) < 0);
        (*n)++;
    }
    if (!sorted) qsort(rows, *n, sizeof *rows, figures_order);
    return ADSYNC_OK;
}

/* Rows of one key become one. */
static adsync_status figures_join(figures_row *rows, uint32_t *n, adsync_error **error)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < *n; i++) {
        if (kept && !figures_by_key(&rows[kept - 1], &rows[i])) {
            if (!figures_merge(&rows[kept - 1], &rows[i]))
                return adsync__fail(error, ADSYNC_E_FORMAT, "metrics.overflow", "figures of one day do not fit when added up");
        } else if (kept++ != i) {
            rows[kept - 1] = rows[i];
        }
    }
    *n = kept;
    return ADSYNC_OK;
}

/* Looks up what the rows replace. */
static adsync_status figures_compare(sync_lane *lane, figures_row *rows, uint32_t n, adsync_rows **stored, adsync_error **error)
{
    adsync_value *keys = adsync__alloc((size_t)n * METRICS_KEY * sizeof *keys);
    adsync_status rc;

    if (!keys) return adsync__fail_memory(error);
    for (uint32_t i = 0; i < n; i++) memcpy(keys + (size_t)i * METRICS_KEY, rows[i].values, METRICS_KEY * sizeof *keys);
    rc = sync_revisions_stored(lane, keys, n, stored, error);
    for (size_t i = 0; rc >= 0 && i < adsync_rows_count(*stored); i++) {
        figures_row wanted = { .key = adsync__rows_values(*stored, i) };
        figures_row *row = bsearch(&wanted, rows, n, sizeof *rows, figures_by_key);
        if (row && sync_revision_is(wanted.key, row->values)) row->was = wanted.key;
        if (wanted.key[METRICS_PULL].i == lane->cursor.pull) lane->summed = false; /* a page before this one had it, too */
    }
    adsync__free(keys);
    return rc;
}

/* What one unit does not hold goes ahead in commits of its own: such rows stand under the pull under way and come again if it ends. */
static adsync_status figures_ahead(sync_lane *lane, const figures_row *rows, uint32_t n, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(lane->wish.data) };
    adsync__commit_unit *unit = adsync__unit_new(lane->sync->kernel, lane->org, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    if (ADSYNC__GUARD(LANE)) adsync__unit_check(unit, ADSYNC_T_LANES, lane->version, key);
    for (uint32_t i = 0; i < n; i++) {
        adsync__unit_put(unit, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, 0, rows[i].values, adsync_table_width(ADSYNC_T_METRICS));
        if (rows[i].was) sync_revision_put(lane, unit, rows[i].was, false);
    }
    lane->ending = true; /* so that it outlives being fenced */
    rc = adsync__unit_commit_fenced(unit, error);
    lane->ending = false;
    return rc >= 0 && lane->leaving ? ADSYNC_E_CONFLICT : rc;
}

static adsync_status figures_write(sync_lane *lane, const figures_row *rows, uint32_t n, adsync_error **error)
{
    uint32_t room = sync_figures_room(lane), left = n, lot = 0, changes = 0;
    adsync_status rc;

    for (uint32_t i = 0; i < n; i++) left += rows[i].was != NULL;
    for (uint32_t i = 0; i < n && left > room; i++) { /* left: changes of the rows from i on */
        changes += 1 + (rows[i].was != NULL);
        if (changes + 2 <= room && i + 1 < n) continue;
        if ((rc = figures_ahead(lane, rows + lot, i + 1 - lot, error)) < 0) return rc;
        lot = i + 1;
        left -= changes;
        changes = 0;
    }
    for (uint32_t i = 0; i < n; i++) sync_sums_add(lane, figures_slice(lane), rows[i].values);
    for (uint32_t i = lot; i < n; i++) {
        adsync__unit_put_values(lane->unit, ADSYNC_T_METRICS, rows[i].values, adsync_table_width(ADSYNC_T_METRICS));
        if (rows[i].was) sync_revision_put(lane, lane->unit, rows[i].was, false);
    }
    return ADSYNC_OK;
}

adsync_status sync_figures_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    adsync_rows *stored = NULL;
    figures_row *rows = NULL;
    uint32_t n = 0;
    adsync_status rc = figures_collect(lane, outcome, &rows, &n, error);

    if (rc >= 0) rc = figures_join(rows, &n, error);
    if (rc >= 0 && n && !lane->fresh) rc = figures_compare(lane, rows, n, &stored, error);
    if (rc >= 0) rc = figures_write(lane, rows, n, error);
    if (rc >= 0) lane->cursor.rows += n;
    adsync_rows_free(stored);
    adsync__free(rows);
    return rc;
}
