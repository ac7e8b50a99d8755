/* SPDX-License-Identifier: MIT */
/* The plan of a metrics job: slices of days, newest first, each level of a slice in turn. A slice is replaced: its rows are put under a
 * new pull, then what an older pull left is dropped, then the days are covered; the cursor moves in that last commit. */
#include "../base/switch.h"
#include "sync_int.h"

#include <stdlib.h>

enum { METRICS_SETTLED_DAYS = 28 };

static const uint32_t metrics_levels[] = { ADSYNC_KIND_ACCOUNT, ADSYNC_KIND_CAMPAIGN, ADSYNC_KIND_ADSET, ADSYNC_KIND_AD,
                                           ADSYNC_KIND_KEYWORD };

static sync_slice *metrics_slice(sync_lane *lane) { return lane->cursor.n_todo ? &lane->cursor.todo[lane->cursor.n_todo - 1] : NULL; }

static int64_t metrics_today(const sync_lane *lane)
{
    return adsync__zone_day(lane->zone, adsync__now_us(adsync__kernel_effects(lane->sync->kernel)));
}

int64_t sync_setting(const adsync_manifest *manifest, const char *name, int64_t otherwise)
{
    const char *text = adsync__manifest_setting(manifest, name);
    int64_t value = 0;

    for (; text && *text >= '0' && *text <= '9' && value < 10000; text++) value = value * 10 + (*text - '0');
    return value > 0 ? value : otherwise;
}

int64_t sync_settled_days(const adsync_manifest *manifest, const adsync__connection *connection, int64_t otherwise)
{
    int64_t days = sync_setting(manifest, "settled_days", otherwise), lookback = adsync__connection_fact(connection, "lookback_days");

    return lookback > 0 && lookback + 1 < days ? lookback + 1 : days; /* the last click of the day before the window began */
}

static int64_t metrics_setting(const sync_lane *lane, const char *name, int64_t otherwise)
{
    return sync_setting(&lane->app->connector->manifest, name, otherwise);
}

/* Oldest first into the list, since the last of it is done first. */
static adsync_status metrics_plan(sync_lane *lane, adsync_error **error)
{
    int64_t to = lane->wish.to_day ? lane->wish.to_day : metrics_today(lane), step = metrics_setting(lane, "report_days", SYNC_SLICE_DAYS);
    int64_t from = lane->wish.from_day ? lane->wish.from_day : adsync__day_add(to, 1 - lane->wish.days), first;

    if (!adsync__day_valid(from) || !adsync__day_valid(to) || from > to || adsync__day_between(from, to) > SYNC_DAYS_MOST)
        return adsync__fail(error, ADSYNC_E_INVALID, "job.days", "the days to report are none, or too many");
    lane->cursor.n_todo = 0;
    first = adsync__day_between(from, to) % step; /* the newest slices are whole, the oldest takes the rest */
    for (int64_t a = from, b = adsync__day_add(from, first); a <= to; a = adsync__day_add(b, 1), b = adsync__day_add(a, step - 1))
        for (size_t i = ADSYNC__COUNT(metrics_levels); i > 0; i--) {
            if (!sync_supports(lane, ADSYNC_TASK_REPORT, metrics_levels[i - 1])) continue;
            if (!sync_cursor_todo(&lane->cursor, (sync_slice){ metrics_levels[i - 1], a, b > to ? to : b }))
                return adsync__fail_memory(error);
        }
    lane->cursor.planned = true;
    lane->cursor.page = 0;
    lane->cursor.since_us = lane->cursor.n_todo; /* for progress */
    return ADSYNC_OK;
}

/* ---- coverage */

static adsync_value metrics_coverage_key(const sync_lane *lane, uint32_t i, int64_t day)
{
    const sync_slice *slice = &lane->cursor.todo[lane->cursor.n_todo - 1];
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(slice->level),
                                 adsync__value_text(""), adsync__value_int(day) };

    return key[i];
}

static void metrics_cover(sync_lane *lane, bool whole)
{
    const sync_slice *slice = metrics_slice(lane);
    const char *zone = adsync__manifest_setting(&lane->app->connector->manifest, "day_zone");
    int64_t now = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    int64_t days = sync_settled_days(&lane->app->connector->manifest, &lane->connection, METRICS_SETTLED_DAYS);
    int64_t settled = adsync__day_add(metrics_today(lane), -days);
    adsync_value values[10];

    for (int64_t day = slice->from; day && day <= slice->to; day = adsync__day_add(day, 1)) {
        for (uint32_t i = 0; i < 5; i++) values[i] = metrics_coverage_key(lane, i, day);
        values[5] = adsync__value_text(!whole ? "partial" : day <= settled ? "settled" : "provisional");
        values[6] = adsync__value_int(lane->cursor.pull);
        values[7] = adsync__value_null();
        values[8] = adsync__value_int(now);
        values[9] = adsync__value_text(zone && strcmp(zone, "account") ? zone : lane->connection.time_zone);
        adsync__unit_put(lane->unit, ADSYNC_T_COVERAGE, ADSYNC_EXPECT_ANY, 0, values, ADSYNC__COUNT(values));
    }
}

/* ---- the end of a slice: what an older pull left goes, then the days are covered and the cursor moves */

static void metrics_pop(sync_lane *lane)
{
    lane->cursor.n_todo--;
    lane->cursor.page = 0;
    adsync__buffer_clear(&lane->cursor.at);
    lane->finished = !lane->cursor.n_todo;
}

/* Figures that came in another currency than the account was known by: its facts are asked for anew, at the end. */
static bool metrics_wants_facts(const sync_lane *lane)
{
    return *lane->currency && !lane->facts_asked && sync_supports(lane, ADSYNC_TASK_ACCOUNT_GET, 0);
}

static void metrics_on(sync_lane *lane)
{
    if (lane->finished && !metrics_wants_facts(lane))
        sync_lane_finish(lane);
    else
        sync_lane_next(lane);
}

/* The slice is covered. What still moves by the hour may differ between two reports of one minute, so it is not compared. */
static void metrics_compare(sync_lane *lane)
{
    int64_t last = adsync__day_add(metrics_today(lane), -metrics_setting(lane, "hot_days", SYNC_HOT_DAYS));
    adsync_error *error = NULL;
    uint32_t n = 0;
    adsync_status rc = lane->whole ? sync_reconcile(lane, lane->covered, last, &n, &error) : ADSYNC_OK;

    if (rc < 0)
        sync_lane_end(lane, rc, error);
    else if (n && (rc = sync_lane_commit(lane, false, metrics_on, &error)) < 0)
        sync_lane_end(lane, rc, error);
    else if (!n)
        metrics_on(lane);
    adsync_error_free(error);
}

static adsync_status metrics_finish_slice(sync_lane *lane, adsync_error **error)
{
    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    metrics_cover(lane, lane->whole);
    lane->covered = *metrics_slice(lane);
    metrics_pop(lane);
    return sync_lane_commit(lane, true, metrics_compare, error);
}

/* The rows of the slice are looked at from its first one on. */
static void metrics_rewind(sync_lane *lane)
{
    lane->sweep_day = metrics_slice(lane)->from;
    lane->sweep_id[0] = lane->sweep_part[0] = 0;
}

static adsync_status metrics_old_rows(sync_lane *lane, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const sync_slice *slice = metrics_slice(lane);
    const adsync_value lower[] = { adsync__value_int(lane->org),       adsync__value_int(lane->connection_id),
                                   adsync__value_int(slice->level),    adsync__value_int(lane->sweep_day),
                                   adsync__value_text(lane->sweep_id), adsync__value_text(lane->sweep_part) };
    const adsync_value upper[] = { lower[0], lower[1], lower[2], adsync__value_int(slice->to) };
    const adsync_range range = { .table = ADSYNC_T_METRICS,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = limit,
                                 .columns = METRICS_PULL + 1,
                                 .lower = lower,
                                 .n_lower = 6,
                                 .upper = upper,
                                 .n_upper = 4 };

    return adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, out, error);
}

/* A row that an older pull left and this one did not bring again: what it said is noted. */
static adsync_status metrics_drop(sync_lane *lane, const adsync_value *keys, uint32_t n, adsync_error **error)
{
    adsync_rows *stored = NULL;
    adsync_status rc = n ? sync_revisions_stored(lane, keys, n, &stored, error) : ADSYNC_OK;

    for (size_t i = 0; rc >= 0 && i < adsync_rows_count(stored); i++)
        sync_revision_put(lane, lane->unit, adsync__rows_values(stored, i), true);
    for (uint32_t i = 0; rc >= 0 && i < n; i++)
        adsync__unit_delete(lane->unit, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, keys + (size_t)i * METRICS_KEY);
    adsync_rows_free(stored);
    return rc;
}

/* One look at the next rows: those of an older pull are dropped. *n: how many were looked at. */
static adsync_status metrics_sweep_some(sync_lane *lane, uint32_t limit, size_t *n, uint32_t *dropped, adsync_error **error)
{
    adsync_value keys[SYNC_SWEEP * METRICS_KEY];
    adsync_rows *rows = NULL;
    uint32_t old = 0;
    adsync_status rc = metrics_old_rows(lane, limit, &rows, error);

    if (rc < 0) return rc;
    *n = adsync_rows_count(rows);
    for (size_t i = 0; i < *n; i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        if (row[METRICS_PULL].i != lane->cursor.pull) memcpy(keys + (size_t)METRICS_KEY * old++, row, METRICS_KEY * sizeof *row);
        lane->sweep_day = row[4].i;
        memcpy(lane->sweep_id, row[3].p, row[3].size + 1);
        memcpy(lane->sweep_part, row[5].p, row[5].size + 1);
    }
    rc = metrics_drop(lane, keys, old, error);
    *dropped += old;
    adsync_rows_free(rows);
    return rc;
}

static void metrics_sweep(sync_lane *lane)
{
    adsync_error *error = NULL;
    uint32_t dropped = 0, most = sync_figures_room(lane) / 2, limit = most < SYNC_SWEEP ? most : SYNC_SWEEP;
    size_t n = limit;
    adsync_status rc = ADSYNC_OK;

    if (!sync_lane_unit(lane, &error)) rc = ADSYNC_E_MEMORY;
    while (rc >= 0 && n == limit && dropped + limit <= most) rc = metrics_sweep_some(lane, limit, &n, &dropped, &error);
    if (rc >= 0) rc = n == limit ? sync_lane_commit(lane, false, metrics_sweep, &error) : metrics_finish_slice(lane, &error);
    if (rc < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

static void metrics_slice_done(sync_lane *lane)
{
    adsync_error *error = NULL;
    adsync_status rc;

    metrics_rewind(lane);
    if (!lane->fresh && lane->whole && ADSYNC__GUARD(REPLACE)) {
        metrics_sweep(lane);
        return;
    }
    if ((rc = metrics_finish_slice(lane, &error)) < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

/* Whether no row of these days can be there: then nothing has to be dropped. Where some days of a slice were covered before and others
 * were not, a job that ended in its middle left rows of days that are not covered: so the rows themselves are looked at, too. */
static adsync_status metrics_is_fresh(sync_lane *lane, adsync_error **error)
{
    const sync_slice *slice = metrics_slice(lane);
    adsync_value lower[5], upper[5];
    adsync_range range = {
        .table = ADSYNC_T_COVERAGE, .limit = 1, .columns = 5, .lower = lower, .n_lower = 5, .upper = upper, .n_upper = 5
    };
    adsync_rows *rows = NULL;
    adsync_status rc;

    for (uint32_t i = 0; i < 5; i++) {
        lower[i] = metrics_coverage_key(lane, i, slice->from);
        upper[i] = metrics_coverage_key(lane, i, slice->to);
    }
    if ((rc = adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, &rows, error)) < 0) return rc;
    lane->fresh = !adsync_rows_count(rows);
    adsync_rows_free(rows);
    if (!lane->fresh) return ADSYNC_OK;
    metrics_rewind(lane);
    if ((rc = metrics_old_rows(lane, 1, &rows, error)) < 0) return rc;
    lane->fresh = !adsync_rows_count(rows);
    adsync_rows_free(rows);
    return ADSYNC_OK;
}

/* ---- the plan */

/* Days need the account's zone; where it is not known yet, the platform is asked for it, once. */
static adsync_status metrics_ask_facts(sync_lane *lane, adsync_error **error)
{
    adsync_task *task;
    adsync_status rc;

    lane->facts_asked = true;
    lane->zone = NULL;
    if ((rc = sync_lane_task(lane, ADSYNC_TASK_ACCOUNT_GET, 0, &task, error)) >= 0) sync_lane_fly(lane);
    return rc;
}

static adsync_status metrics_have_facts(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    adsync_status rc;

    if (outcome->way != ADSYNC__WAY_DONE) return sync_lane_commit(lane, false, sync_lane_go, error); /* it takes several requests */
    rc = sync_lane_reload(lane, error);
    return rc < 0 ? rc : sync_lane_commit(lane, true, sync_lane_next, error);
}

static adsync_status metrics_next(sync_lane *lane, bool *over, adsync_error **error)
{
    adsync_error *words = NULL;
    sync_slice *slice;
    adsync_task *task;
    adsync_status rc;

    rc = sync_lane_zone(lane, &words);
    if (rc < 0 && rc != ADSYNC_E_MEMORY && !lane->facts_asked && sync_supports(lane, ADSYNC_TASK_ACCOUNT_GET, 0)) {
        adsync_error_free(words);
        return metrics_ask_facts(lane, error); /* it is not known, or it is none */
    }
    if (rc < 0) return adsync__fail_with(error, rc, words);
    if (!lane->cursor.planned && (rc = metrics_plan(lane, error)) < 0) return rc;
    if (!(slice = metrics_slice(lane))) {
        *over = !metrics_wants_facts(lane);
        return *over ? ADSYNC_OK : metrics_ask_facts(lane, error);
    }
    if (!lane->cursor.at.size) { /* the slice begins, or begins again: one pull for all of it */
        lane->cursor.pull = sync_id_draw(lane->sync);
        lane->cursor.page = 0;
        sync_sums_begin(lane, slice);
    }
    if ((rc = metrics_is_fresh(lane, error)) < 0) return rc;
    if ((rc = sync_lane_task(lane, ADSYNC_TASK_REPORT, slice->level, &task, error)) < 0) return rc;
    adsync__task_int(task, "from", slice->from);
    adsync__task_int(task, "to", slice->to);
    sync_lane_fly(lane);
    return ADSYNC_OK;
}

/* The platform refused the size: the children take the slice's place, the first of them next. */
static adsync_status metrics_split(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    sync_slice whole = *metrics_slice(lane), parts[64];
    uint32_t n = 0;

    for (const adsync__out_child *child = outcome->children; child && n < ADSYNC__COUNT(parts); child = child->next) {
        const adsync_value *from = adsync__row_get(&child->row, ADSYNC_C_FROM_DAY), *to = adsync__row_get(&child->row, ADSYNC_C_TO_DAY);
        parts[n] = (sync_slice){ whole.level, from ? from->i : whole.from, to ? to->i : whole.to };
        if (parts[n].from < whole.from || parts[n].to > whole.to || parts[n].from > parts[n].to ||
            !adsync__day_between(whole.from, whole.to))
            return adsync__fail(error, ADSYNC_E_INTERNAL, "connector.split", "the connector splits a report into what it is not");
        n++;
    }
    if (!n)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "platform.too_large",
                            "the platform refuses this report as too large, and it cannot be made smaller");
    lane->cursor.n_todo--;
    while (n)
        if (!sync_cursor_todo(&lane->cursor, parts[--n])) return adsync__fail_memory(error);
    adsync__buffer_clear(&lane->cursor.at);
    return sync_lane_commit(lane, true, sync_lane_next, error);
}

static adsync_status metrics_skip(sync_lane *lane, adsync_error **error)
{
    (void)error;
    if (lane->cursor.n_todo) metrics_pop(lane);
    return ADSYNC_OK;
}

static adsync_status metrics_outcome(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    adsync_status rc;

    if (!lane->zone) return metrics_have_facts(lane, outcome, error);
    if (outcome->way == ADSYNC__WAY_SPLIT) return metrics_split(lane, outcome, error);
    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    if ((rc = sync_figures_put(lane, outcome, error)) < 0) return rc;
    if (outcome->way == ADSYNC__WAY_DONE) {
        lane->whole = outcome->complete && (outcome->evidence == ADSYNC_EVIDENCE_STRONG || outcome->n_rows);
        if (!lane->fresh || !lane->whole || outcome->n_rows > SYNC_ROWS / 2)
            return sync_lane_commit(lane, false, metrics_slice_done, error);
        return metrics_finish_slice(lane, error); /* the usual short slice: rows, coverage and cursor in one commit */
    }
    if (lane->fresh && !lane->cursor.page++) metrics_cover(lane, false); /* from here on rows may be there */
    adsync__buffer_clear(&lane->cursor.at);
    if (outcome->cursor) adsync__buffer_text(&lane->cursor.at, outcome->cursor);
    if (lane->cursor.at.failed) return adsync__fail_memory(error);
    return sync_lane_commit(lane, true, sync_lane_go, error);
}

/* A split adds slices, so there may be more left than there were. */
static uint32_t metrics_done(const sync_lane *lane, uint32_t *of)
{
    uint32_t left = lane->cursor.n_todo;

    *of = lane->cursor.since_us > left ? (uint32_t)lane->cursor.since_us : left;
    return *of - left;
}

const sync_plan sync_metrics = { metrics_next, metrics_outcome, metrics_skip, metrics_done, "metrics", "reports" };
