/* SPDX-License-Identifier: MIT */
/* Taking work: slot away, lane and job ours, in one commit. A lane whose engine is dead is taken as it stands, and a job that was running
 * in it, if it is not the one that is claimed, goes back into the queue with its cursor: nothing is left that nobody looks for. */
#include "sync_int.h"

#include <stdio.h>

enum { CLAIM_JOB_WIDTH = 24, CLAIM_STATE_AT = 2, CLAIM_MESSAGE_AT = 5 };

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
    sync_zone *zone;
    sync_lane *lane;

    if (!sync) return;
    while ((lane = sync->lanes)) { /* a release may find that this engine was declared dead, and then all are gone at once */
        lane->ending = true;
        if (!lane->waiting) sync_lane_release(lane);
        lane->ending = false;
        sync_lane_close(lane);
    }
    while ((zone = sync->zones)) {
        sync->zones = zone->next;
        adsync__zone_free(zone->zone);
        adsync__free(zone);
    }
    adsync__free(sync);
}

void adsync__sync_drop(adsync__sync *sync)
{
    sync->engine = 0; /* and claims nothing under that number any more */
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
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(lane->wish.data) };
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

typedef struct claim_slot { /* where the job waits; version 0: nowhere */
    char name[SYNC_SLOT];
    int64_t version, run_after;
} claim_slot;

static adsync_status claim_find_slot(adsync__sync *sync, const sync_lane *lane, claim_slot *slot, adsync_error **error)
{
    const int64_t names[] = { 0, lane->job }; /* the slot of its kind, or the one with its number */
    adsync_value key[3] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id) };
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_OK;

    *slot = (claim_slot){ 0 };
    for (size_t i = 0; i < ADSYNC__COUNT(names) && rc >= 0 && !slot->version; i++) {
        sync_slot_name(&lane->wish, names[i], slot->name);
        key[2] = adsync__value_text(slot->name);
        rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), lane->org, ADSYNC_T_QUEUE, 0, key, 1, &rows, error);
        if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync_rows_int(rows, ADSYNC_C_JOB) == lane->job) {
            slot->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
            slot->run_after = adsync_rows_int(rows, ADSYNC_C_RUN_AFTER_US);
        }
        adsync_rows_free(rows);
        rows = NULL;
    }
    return rc;
}

/* ---- the cursor */

static void claim_queue_again(sync_lane *lane, const sync_wish *wish, int64_t job, adsync__commit_unit *unit)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    char slot[SYNC_SLOT];

    sync_slot_name(wish, job, slot);
    const adsync_value queue[] = {
        adsync__value_int(lane->org), adsync__value_int(lane->connection_id),
        adsync__value_text(slot),     adsync__value_int(now),
        adsync__value_int(0),         adsync__value_int(wish->priority),
        adsync__value_int(job),       adsync__value_null(),
        adsync__value_int(now),
    };
    adsync__unit_put(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ABSENT, 0, queue, ADSYNC__COUNT(queue));
}

/* The job whose cursor stands in the lane takes it along; one that was running for an engine that died waits again. */
static adsync_status claim_set_aside(sync_lane *lane, int64_t job, const char *cursor, adsync__commit_unit *unit, adsync_error **error)
{
    adsync_value values[CLAIM_JOB_WIDTH];
    adsync_rows *rows = NULL;
    adsync__buffer params = { 0 };
    sync_wish wish;
    bool running;
    adsync_status rc = adsync__job_row(lane->sync, lane->org, job, &rows, error);

    if (rc < 0) return rc;
    (void)adsync_rows_next(rows, NULL);
    running = adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running");
    if (!running && !adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "queued")) goto done;
    sync_wish_read(&wish, rows, lane->org);
    if ((rc = sync_params_write(wish.days, cursor, &params, error)) < 0) goto done;
    memcpy(values, adsync__rows_values(rows, 0), sizeof values);
    sync_wish_values(&wish, &params, values);
    if (running) {
        values[CLAIM_STATE_AT] = adsync__value_text("queued");
        values[CLAIM_MESSAGE_AT] = adsync__value_text("its worker died; it goes on where that stood");
        claim_queue_again(lane, &wish, job, unit);
    }
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(rows, ADSYNC_C_VERSION), 0, values, CLAIM_JOB_WIDTH);
done:
    adsync__buffer_free(&params);
    adsync_rows_free(rows);
    return rc;
}

/* Where the job stood when it had to leave the lane; watermarks are the lane's. The list or slice under way begins again: what was noted
 * of it may be gone, and the other job may have replaced its rows. */
static adsync_status claim_take_kept(sync_lane *lane, adsync_error **error)
{
    sync_cursor kept;
    adsync_status rc = sync_cursor_read(&kept, lane->kept, error);

    if (rc >= 0 && kept.job == lane->job) {
        memcpy(kept.water_us, lane->cursor.water_us, sizeof kept.water_us);
        adsync__buffer_clear(&kept.at);
        kept.run = sync_id_draw(lane->sync);
        kept.page = 0;
        kept.second = false;
        sync_cursor_free(&lane->cursor);
        lane->cursor = kept;
        return ADSYNC_OK;
    }
    sync_cursor_free(&kept);
    return rc;
}

static adsync_status claim_cursor(sync_lane *lane, const claim_lane *there, adsync__commit_unit *unit, adsync_error **error)
{
    int64_t other = there->engine && there->job ? there->job : 0; /* of a dead engine */
    adsync__buffer text;
    adsync_status rc = sync_cursor_read(&lane->cursor, there->cursor, error);

    if (rc < 0) return rc;
    if (lane->cursor.job) other = lane->cursor.job;
    if (other && other != lane->job && (rc = claim_set_aside(lane, other, there->cursor, unit, error)) < 0) return rc;
    if (other != lane->job && lane->kept && (rc = claim_take_kept(lane, error)) < 0) return rc;
    sync_cursor_own(&lane->cursor, lane->job, sync_wish_digest(&lane->wish));
    if ((rc = sync_cursor_write(&lane->cursor, false, &text, error)) < 0) return rc;
    lane->durable = text.p;
    return ADSYNC_OK;
}

static void claim_put(sync_lane *lane, const claim_lane *there, const claim_slot *slot, adsync__commit_unit *unit)
{
    adsync__effects *effects = adsync__kernel_effects(lane->sync->kernel);
    int64_t now = adsync__now_us(effects);
    bool over = there->engine && there->job == lane->job; /* taken over from a dead engine */
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_text(slot->name) };
    const adsync_value row[] = {
        key[0],
        key[1],
        adsync__value_int(lane->wish.data),
        adsync__value_int(lane->sync->engine),
        adsync__value_int(lane->job),
        adsync__value_text(lane->durable),
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
    if (slot->version) adsync__unit_delete(unit, ADSYNC_T_QUEUE, slot->version, key);
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

/* Whether the lane may be taken: nobody has it, or somebody who is dead, or this engine, which forgot it when a commit failed. */
static adsync_status claim_free(adsync__sync *sync, const sync_lane *lane, const claim_lane *there, bool *yes, adsync_error **error)
{
    bool alive = false;
    adsync_status rc = ADSYNC_OK;

    if (there->engine == sync->engine)
        alive = adsync__sync_holds(sync, lane->org, there->job);
    else if (there->engine)
        rc = sync->hooks.alive(sync->user, there->engine, &alive, error);
    *yes = !alive;
    return rc;
}

/* Whether a queued job's time has come. Who waits for one is served at once, but a pause after a try, for whatever reason, holds for
 * everybody. */
static bool claim_is_due(const sync_lane *lane, const claim_slot *slot, bool now)
{
    if (!slot->version) return false;
    return (now && !lane->started_us) || slot->run_after <= adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
}

static adsync_status claim_commit(sync_lane *lane, const claim_lane *there, const claim_slot *slot, bool *claimed, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(lane->sync->kernel, lane->org, NULL, NULL);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    if ((rc = claim_cursor(lane, there, unit, error)) < 0) {
        adsync__unit_drop(unit);
        return rc;
    }
    if (slot->version) lane->attempt++;
    claim_put(lane, there, slot, unit);
    rc = adsync__unit_commit_fenced(unit, error);
    *claimed = rc >= 0;
    return rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY ? ADSYNC_OK : rc; /* somebody else was first */
}

static adsync_status claim_try(adsync__sync *sync, sync_lane *lane, bool queued, bool now, bool *claimed, adsync_error **error)
{
    claim_lane there = { 0 };
    claim_slot slot = { 0 };
    bool may = false;
    adsync_status rc;

    if (queued && (rc = claim_find_slot(sync, lane, &slot, error)) < 0) return rc;
    if (queued && !claim_is_due(lane, &slot, now)) return ADSYNC_OK;
    if ((rc = claim_look(sync, lane, &there, error)) < 0) goto done;
    if (!queued && there.job != lane->job) goto done; /* it is between two states: look again later */
    if ((rc = claim_free(sync, lane, &there, &may, error)) < 0 || !may) goto done;
    rc = claim_commit(lane, &there, &slot, claimed, error);
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

static adsync_status claim_children(adsync__sync *sync, int64_t org, int64_t parent, bool *claimed, adsync_error **error)
{
    adsync_rows *rows = NULL;
    bool one = false;
    adsync_status rc = sync_children(sync, org, parent, &rows, error);

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
