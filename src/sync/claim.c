/* SPDX-License-Identifier: MIT */
/* Taking work: slot away, lane and job ours, in one commit. And ending parents. */
#include "sync_int.h"

#include <stdio.h>

enum { CLAIM_CHILDREN = 100 };

adsync_status adsync__sync_new(adsync__kernel *kernel, int64_t engine, const adsync__sync_hooks *hooks, void *user, adsync__sync **out,
                               adsync_error **error)
{
    adsync__sync *sync = adsync__alloc_zero(1, sizeof *sync);

    *out = NULL;
    if (!sync) return adsync__fail_memory(error);
    sync->kernel = kernel;
    sync->engine = engine;
    sync->hooks = *hooks;
    sync->user = user;
    sync_map_begin(&sync->map);
    *out = sync;
    return ADSYNC_OK;
}

/* Lanes are given back as they are: the next engine goes on from their cursors. */
void adsync__sync_free(adsync__sync *sync)
{
    sync_lane *next;

    if (!sync) return;
    for (sync_lane *lane = sync->lanes; lane; lane = next) {
        next = lane->next;
        if (!lane->waiting) sync_lane_release(lane);
        sync_lane_close(lane);
    }
    adsync__free(sync);
}

void adsync__sync_drop(adsync__sync *sync)
{
    while (sync->lanes) sync_lane_close(sync->lanes);
}

uint32_t adsync__sync_lanes(const adsync__sync *sync) { return sync->n_lanes; }

bool adsync__sync_holds(const adsync__sync *sync, int64_t org, int64_t job)
{
    for (const sync_lane *lane = sync->lanes; lane; lane = lane->next)
        if (lane->org == org && lane->job == job) return true;
    return false;
}

typedef struct claim_lane { /* the lane's row as it stands */
    int64_t version, engine, job, takeovers;
    char *cursor;
} claim_lane;

static adsync_status claim_look(adsync__sync *sync, const sync_lane *lane, claim_lane *there, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(lane->data) };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), lane->org, ADSYNC_T_LANES, 0, key, 1, &rows, error);

    *there = (claim_lane){ .version = ADSYNC_EXPECT_ABSENT };
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        there->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
        there->engine = adsync_rows_int(rows, ADSYNC_C_ENGINE);
        there->job = adsync_rows_int(rows, ADSYNC_C_JOB);
        there->takeovers = adsync_rows_int(rows, ADSYNC_C_TAKEOVERS);
        if (adsync_rows_text(rows, ADSYNC_C_CURSOR) && !(there->cursor = adsync__copy_text(adsync_rows_text(rows, ADSYNC_C_CURSOR))))
            rc = adsync__fail_memory(error);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status claim_slot(adsync__sync *sync, const sync_lane *lane, char slot[64], int64_t *version, int64_t *run_after,
                                adsync_error **error)
{
    adsync_value key[3] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id) };
    adsync_rows *rows = NULL;
    adsync_status rc;

    (void)snprintf(slot, 64, "%s:%s", lane->mode == ADSYNC_SYNC_BACKFILL ? "initial-backfill" : "manual-sync", sync_data_name(lane->data));
    key[2] = adsync__value_text(slot);
    *version = *run_after = 0;
    rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), lane->org, ADSYNC_T_QUEUE, 0, key, 1, &rows, error);
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync_rows_int(rows, ADSYNC_C_JOB) == lane->job) {
        *version = adsync_rows_int(rows, ADSYNC_C_VERSION);
        *run_after = adsync_rows_int(rows, ADSYNC_C_RUN_AFTER_US);
    }
    adsync_rows_free(rows);
    return rc;
}

static void claim_put(sync_lane *lane, const claim_lane *there, const char *slot, int64_t slot_version, adsync__commit_unit *unit)
{
    adsync__effects *effects = adsync__kernel_effects(lane->sync->kernel);
    int64_t now = adsync__now_us(effects);
    bool over = there->engine && there->job == lane->job; /* taken over from a dead engine */
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_text(slot) };
    const adsync_value row[] = {
        key[0],
        key[1],
        adsync__value_int(lane->data),
        adsync__value_int(lane->sync->engine),
        adsync__value_int(lane->job),
        adsync__value_text(there->cursor),
        adsync__value_int(over ? there->takeovers + 1 : 0),
        adsync__value_int(now),
    };
    const adsync_value job[] = {
        key[0],
        adsync__value_int(lane->job),
        adsync__value_text("running"),
        adsync__value_int(lane->attempt),
        adsync__value_int(0),
        adsync__value_null(),
        adsync__value_null(),
        adsync__value_int(now),
        adsync__value_int(now),
        adsync__value_null(),
    };

    lane->started_us = now;
    lane->next_version = adsync__version_draw(effects);
    lane->next_job_version = adsync__version_draw(effects);
    if (slot_version) adsync__unit_delete(unit, ADSYNC_T_QUEUE, slot_version, key);
    adsync__unit_put(unit, ADSYNC_T_LANES, there->version, lane->next_version, row, ADSYNC__COUNT(row));
    adsync__unit_put(unit, ADSYNC_T_JOBS, lane->job_version, lane->next_job_version, job, ADSYNC__COUNT(job));
}

static void claim_enter(sync_lane *lane)
{
    adsync__sync *sync = lane->sync;

    lane->version = lane->next_version;
    lane->job_version = lane->next_job_version;
    lane->next = sync->lanes;
    lane->link = &sync->lanes;
    if (lane->next) lane->next->link = &lane->next;
    sync->lanes = lane;
    sync->n_lanes++;
}

/* Whether the lane may be taken: nobody has it, or somebody who is dead. */
static adsync_status claim_free(adsync__sync *sync, const claim_lane *there, bool *yes, adsync_error **error)
{
    bool alive = false;
    adsync_status rc = ADSYNC_OK;

    if (there->engine) rc = sync->hooks.alive(sync->user, there->engine, &alive, error);
    *yes = !alive;
    return rc;
}

/* Whether a queued job's time has come. Who waits for one is served at once, but a pause after a failure holds for everybody. */
static bool claim_is_due(const sync_lane *lane, int64_t slot_version, int64_t run_after, bool now)
{
    if (!slot_version) return false;
    return (now && !lane->attempt) || run_after <= adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
}

static adsync_status claim_commit(sync_lane *lane, const claim_lane *there, const char *slot, int64_t slot_version, bool *claimed,
                                  adsync_error **error)
{
    adsync__commit_unit *unit;
    adsync_status rc = sync_cursor_read(&lane->cursor, there->cursor, error);

    if (rc < 0) return rc;
    sync_cursor_own(&lane->cursor, lane->job);
    if (!(unit = adsync__unit_new(lane->sync->kernel, lane->org, NULL, NULL))) return adsync__fail_memory(error);
    if (slot_version) lane->attempt++;
    claim_put(lane, there, slot, slot_version, unit);
    rc = adsync__unit_commit(unit, error);
    *claimed = rc >= 0;
    return rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY ? ADSYNC_OK : rc; /* somebody else was first */
}

static adsync_status claim_try(adsync__sync *sync, sync_lane *lane, bool queued, bool now, bool *claimed, adsync_error **error)
{
    claim_lane there = { 0 };
    int64_t slot_version, run_after;
    char slot[64];
    bool may = false;
    adsync_status rc;

    if ((rc = claim_slot(sync, lane, slot, &slot_version, &run_after, error)) < 0) return rc;
    if (queued && !claim_is_due(lane, slot_version, run_after, now)) return ADSYNC_OK;
    if ((rc = claim_look(sync, lane, &there, error)) < 0) goto done;
    if (!queued && there.job != lane->job) goto done; /* it is between two states: look again later */
    if ((rc = claim_free(sync, &there, &may, error)) < 0 || !may) goto done;
    rc = claim_commit(lane, &there, slot, queued ? slot_version : 0, claimed, error);
done:
    adsync__free(there.cursor);
    return rc;
}

static adsync_status claim_row(adsync__sync *sync, int64_t org, adsync_rows *job, bool now, bool *claimed, adsync_error **error)
{
    const char *state = adsync_rows_text(job, ADSYNC_C_STATE);
    bool queued = adsync__equal_text(state, "queued");
    sync_lane *lane = NULL;
    adsync_status rc;

    *claimed = adsync__sync_holds(sync, org, adsync_rows_int(job, ADSYNC_C_JOB));
    if (*claimed || !sync->engine || adsync_rows_int(job, ADSYNC_C_DATA) == ADSYNC_DATA_ALL) return ADSYNC_OK;
    if (!queued && !adsync__equal_text(state, "running")) return ADSYNC_OK;
    if ((rc = sync_lane_open(sync, job, org, &lane, error)) < 0) return rc;
    lane->job_version = adsync_rows_int(job, ADSYNC_C_VERSION);
    rc = claim_try(sync, lane, queued, now, claimed, error);
    if (rc < 0 || !*claimed) {
        sync_lane_close(lane);
        return rc;
    }
    claim_enter(lane);
    sync_lane_next(lane);
    return ADSYNC_OK;
}

static adsync_status claim_children_scan(adsync__sync *sync, int64_t org, int64_t parent, adsync_rows **out, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(parent) };
    const adsync_range range = {
        .table = ADSYNC_T_JOBS, .index = 2, .limit = CLAIM_CHILDREN, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), org, &range, out, error);
}

static adsync_status claim_children(adsync__sync *sync, int64_t org, int64_t parent, bool *claimed, adsync_error **error)
{
    adsync_rows *rows = NULL;
    bool one = false;
    adsync_status rc = claim_children_scan(sync, org, parent, &rows, error);

    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        rc = claim_row(sync, org, rows, true, &one, error);
        *claimed |= one;
    }
    adsync_rows_free(rows);
    if (rc >= 0) rc = sync_parent_settle(sync, org, parent, error);
    return rc;
}

adsync_status adsync__job_claim(adsync__sync *sync, int64_t org, int64_t job, bool *claimed, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc;

    *claimed = false;
    if ((rc = adsync__job_row(sync, org, job, &rows, error)) < 0) return rc;
    (void)adsync_rows_next(rows, NULL);
    if (adsync_rows_int(rows, ADSYNC_C_DATA) != ADSYNC_DATA_ALL)
        rc = claim_row(sync, org, rows, true, claimed, error);
    else if (adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running"))
        rc = claim_children(sync, org, job, claimed, error);
    adsync_rows_free(rows);
    return rc;
}

/* ---- whatever is due */

static adsync_status claim_due_scan(adsync__sync *sync, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value upper[] = { adsync__value_int(until_us) };
    const adsync_range range = {
        .table = ADSYNC_T_QUEUE, .index = 1, .flags = ADSYNC_RANGE_ALL_ORGS, .limit = limit, .upper = upper, .n_upper = 1
    };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, out, error);
}

adsync_status adsync__sync_claim_due(adsync__sync *sync, uint32_t max, int64_t *next_us, adsync_error **error)
{
    adsync_rows *slots = NULL, *job = NULL;
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel)), when;
    bool claimed;
    adsync_status rc;

    *next_us = -1;
    if (!sync->engine || !max) return ADSYNC_OK;
    if ((rc = claim_due_scan(sync, INT64_MAX, max, &slots, error)) < 0) return rc;
    while (rc >= 0 && adsync_rows_next(slots, NULL) == ADSYNC_ROW) {
        if ((when = adsync_rows_int(slots, ADSYNC_C_RUN_AFTER_US)) > now) {
            *next_us = when - now;
            break;
        }
        *next_us = 0;
        rc = adsync__job_row(sync, adsync_rows_int(slots, ADSYNC_C_ORG), adsync_rows_int(slots, ADSYNC_C_JOB), &job, error);
        if (rc >= 0 && adsync_rows_next(job, NULL) == ADSYNC_ROW)
            rc = claim_row(sync, adsync_rows_int(slots, ADSYNC_C_ORG), job, false, &claimed, error);
        adsync_rows_free(job);
        job = NULL;
    }
    adsync_rows_free(slots);
    return rc;
}

/* ---- parents */

typedef struct claim_sum {
    uint32_t open, good, partial, bad;
    char message[200], name[64]; /* of the first that went wrong */
} claim_sum;

static void claim_count(adsync_rows *child, claim_sum *sum)
{
    const char *state = adsync_rows_text(child, ADSYNC_C_STATE), *message = adsync_rows_text(child, ADSYNC_C_MESSAGE);
    const char *name = adsync_rows_text(child, ADSYNC_C_ERROR);
    bool bad = adsync__equal_text(state, "failed") || adsync__equal_text(state, "cancelled"),
         partial = adsync__equal_text(state, "partial");

    sum->open += adsync__equal_text(state, "queued") || adsync__equal_text(state, "running");
    sum->good += adsync__equal_text(state, "succeeded");
    sum->partial += partial;
    sum->bad += bad;
    if (!(bad || partial) || !message || *sum->message) return;
    (void)snprintf(sum->message, sizeof sum->message, "%.*s", (int)adsync__utf8_cut(message, strlen(message), sizeof sum->message - 1),
                   message);
    (void)snprintf(sum->name, sizeof sum->name, "%s", name ? name : "");
}

static adsync_status claim_end_parent(adsync__sync *sync, int64_t org, adsync_rows *parent, const claim_sum *sum, adsync_error **error)
{
    const char *state = sum->bad ? sum->good || sum->partial ? "partial" : "failed" : sum->partial ? "partial" : "succeeded";
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel)), job = adsync_rows_int(parent, ADSYNC_C_JOB);
    int64_t connection = adsync_rows_int(parent, ADSYNC_C_CONNECTION), started = adsync_rows_int(parent, ADSYNC_C_CREATED_US);
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, org, NULL, NULL);
    char slot[64];
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    (void)snprintf(slot, sizeof slot, "%s:%s", adsync_rows_text(parent, ADSYNC_C_TYPE), sync_data_name(ADSYNC_DATA_ALL));
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(connection), adsync__value_text(slot) };
    const adsync_value row[] = {
        key[0],
        adsync__value_int(job),
        adsync__value_text(state),
        adsync__value_int(1),
        adsync__value_int(sum->bad ? 0 : 1000000),
        *sum->message ? adsync__value_text(sum->message) : adsync__value_null(),
        *sum->name ? adsync__value_text(sum->name) : adsync__value_null(),
        adsync__value_int(now),
        adsync__value_int(started),
        adsync__value_int(now),
        adsync__value_int(0),
    };
    adsync__unit_delete(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, key);
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(parent, ADSYNC_C_VERSION), 0, row, ADSYNC__COUNT(row));
    rc = adsync__unit_commit(unit, error);
    if (rc >= 0 && sync->hooks.ended) sync->hooks.ended(sync->user, org, job, connection, state, sum->message);
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc; /* somebody else ended it */
}

adsync_status sync_parent_settle(adsync__sync *sync, int64_t org, int64_t parent, adsync_error **error)
{
    adsync_rows *rows = NULL, *children = NULL;
    claim_sum sum = { 0 };
    adsync_status rc;

    if ((rc = adsync__job_row(sync, org, parent, &rows, error)) < 0) return rc;
    (void)adsync_rows_next(rows, NULL);
    if (!adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running")) goto done;
    if ((rc = claim_children_scan(sync, org, parent, &children, error)) < 0) goto done;
    while (adsync_rows_next(children, NULL) == ADSYNC_ROW) claim_count(children, &sum);
    if (!sum.open) rc = claim_end_parent(sync, org, rows, &sum, error);
done:
    adsync_rows_free(children);
    adsync_rows_free(rows);
    return rc;
}
