/* SPDX-License-Identifier: MIT */
/* Taking work: slot away, lane and job ours, in one commit. A lane whose engine is dead is taken as it stands, and a job that was running
 * in it, if it is not the one that is claimed, goes back into the queue with its cursor: nothing is left that nobody looks for. */
#include "../base/switch.h"
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
    sync->lot = SYNC_LOT;
    sync->turn = 1;
    sync->hooks = *hooks;
    sync->user = user;
    sync_map_begin(&sync->map);
    *out = sync;
    return ADSYNC_OK;
}

void adsync__sync_close(adsync__sync *sync)
{
    sync->closing = true;
    (void)adsync__kernel_settle(sync->kernel, NULL);
}

/* Lanes are given back as they are: the next engine goes on from their cursors. */
bool adsync__sync_free(adsync__sync *sync)
{
    bool clean = true;
    sync_zone *zone;
    sync_lane *lane;

    if (!sync) return true;
    clean = !sync->lost;
    while ((lane = sync->lanes)) { /* a release may find that this engine was declared dead, and then all are gone at once */
        lane->ending = true;
        if (lane->waiting || sync_lane_release(lane) < 0) clean = false;
        lane->ending = false;
        sync_lane_close(lane);
    }
    while ((zone = sync->zones)) {
        sync->zones = zone->next;
        adsync__zone_free(zone->zone);
        adsync__free(zone);
    }
    adsync__free(sync);
    return clean;
}

void adsync__sync_drop(adsync__sync *sync)
{
    sync->engine = 0; /* and claims nothing under that number any more */
    while (sync->lanes) sync_lane_close(sync->lanes);
}

void adsync__sync_turned(adsync__sync *sync)
{
    if (!sync) return;
    sync->turn++;
    adsync__storage_ahead_end(adsync__kernel_storage(sync->kernel));
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

adsync_status sync_claim_find(adsync__sync *sync, int64_t org, adsync_rows *job, sync_slot *slot, adsync_error **error)
{
    const int64_t number = adsync_rows_int(job, ADSYNC_C_JOB), names[] = { 0, number }; /* its kind's slot, or the one with its number */
    adsync_value key[3] = { adsync__value_int(org), adsync__value_int(adsync_rows_int(job, ADSYNC_C_CONNECTION)) };
    adsync_rows *rows = NULL;
    sync_wish wish;
    adsync_status rc = ADSYNC_OK;

    sync_wish_read(&wish, job, org);
    for (size_t i = 0; i < ADSYNC__COUNT(names) && rc >= 0 && !slot->version; i++) {
        sync_slot_name(&wish, names[i], slot->name);
        key[2] = adsync__value_text(slot->name);
        rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), org, ADSYNC_T_QUEUE, 0, key, 1, &rows, error);
        if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync_rows_int(rows, ADSYNC_C_JOB) == number) {
            slot->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
            slot->run_after = adsync_rows_int(rows, ADSYNC_C_RUN_AFTER_US);
        }
        adsync_rows_free(rows);
        rows = NULL;
    }
    return rc;
}

/* ---- the cursor */

/* The job whose cursor stands in the lane takes it along; one that was running for an engine that died waits again. */
static adsync_status claim_set_aside(sync_lane *lane, int64_t job, const char *cursor, adsync__commit_unit *unit, adsync_error **error)
{
    adsync_value values[CLAIM_JOB_WIDTH];
    adsync_rows *rows = NULL;
    adsync__buffer params = { 0 };
    char *ids = NULL;
    sync_wish wish;
    bool running;
    adsync_status rc = adsync__job_row(lane->sync, lane->org, job, &rows, error);

    if (rc < 0) return rc;
    (void)adsync_rows_next(rows, NULL);
    running = adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running");
    if (!running && !adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "queued")) goto done;
    sync_wish_read(&wish, rows, lane->org);
    if ((rc = sync_params_ids(adsync_rows_text(rows, ADSYNC_C_PARAMS), &ids, error)) < 0) goto done;
    wish.ids = ids;
    if ((rc = sync_params_write(&wish, cursor, &params, error)) < 0) goto done;
    memcpy(values, adsync__rows_values(rows, 0), sizeof values);
    sync_wish_values(&wish, &params, values);
    if (running) {
        values[CLAIM_STATE_AT] = adsync__value_text("queued");
        values[CLAIM_MESSAGE_AT] = adsync__value_text("its worker died; it goes on where that stood");
        if ((rc = sync_queue_put(lane->sync, &wish, job, true, 0, unit, error)) < 0) goto done;
    }
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(rows, ADSYNC_C_VERSION), 0, values, CLAIM_JOB_WIDTH);
done:
    adsync__buffer_free(&params);
    adsync__free(ids);
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

static void claim_put(sync_lane *lane, const claim_lane *there, const sync_slot *slot, adsync__commit_unit *unit)
{
    adsync__effects *effects = adsync__kernel_effects(lane->sync->kernel);
    int64_t now = adsync__now_us(effects);
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_text(slot->name) };
    const adsync_value row[] = {
        key[0],
        key[1],
        adsync__value_int(lane->wish.data),
        adsync__value_int(lane->sync->engine),
        adsync__value_int(lane->job),
        adsync__value_text(lane->durable),
        adsync__value_int(lane->deaths),
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
    adsync__unit_put(unit, ADSYNC_T_LANES, ADSYNC__GUARD(LANE) ? there->version : ADSYNC_EXPECT_ANY, lane->next_version, row,
                     ADSYNC__COUNT(row));
    adsync__unit_put(unit, ADSYNC_T_JOBS, ADSYNC__GUARD(LANE) ? lane->job_version : ADSYNC_EXPECT_ANY, lane->next_job_version, job,
                     ADSYNC__COUNT(job));
}

/* The lane is held from here on, so that nothing else of this engine takes it while the commit is on its way. */
static void claim_enter(sync_lane *lane)
{
    adsync__sync *sync = lane->sync;

    lane->next = sync->lanes;
    lane->link = &sync->lanes;
    if (lane->next) lane->next->link = &lane->next;
    sync->lanes = lane;
    sync->n_lanes++;
    if (lane->deaths == SYNC_DEATHS_ALONE) sync->alone = lane;
}

/* Whoever worked on it ended without a word, each time. Was it the lane? A machine that is switched off and on or a host that is killed
 * while it starts looks the same, so only this try is over: the next one comes after the pause that any failed try brings. */
static void claim_give_up(sync_lane *lane)
{
    adsync_error *error = NULL;

    (void)adsync__fail(
        &error, ADSYNC_E_INTERNAL, "job.deadly",
        "its worker died %lld times in a row while it ran and brought nothing, the last time with nothing beside it: see how the "
        "worker ended (memory, a crash)",
        (long long)lane->deaths);
    sync_lane_end(lane, ADSYNC_E_INTERNAL, error);
    adsync_error_free(error);
}

static void claim_done(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;

    (void)error; /* of a storage that fails the turn tells */
    lane->waiting = false;
    if (lane->leaving || status < 0) {
        if (!lane->leaving && status != ADSYNC_E_CONFLICT) lane->sync->lost = true; /* it may have held after all */
        sync_lane_close(lane);
        return;
    }
    lane->version = lane->next_version;
    lane->job_version = lane->next_job_version;
    if (lane->sync->closing) return;
    if (lane->deaths > SYNC_DEATHS_ALONE)
        claim_give_up(lane);
    else
        sync_lane_next(lane);
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

static const sync_lane *claim_holder(const adsync__sync *sync, const sync_lane *lane)
{
    for (const sync_lane *other = sync->lanes; other; other = other->next)
        if (other->org == lane->org && other->connection_id == lane->connection_id && other->wish.data == lane->wish.data) return other;
    return NULL;
}

static adsync_status claim_submit(sync_lane *lane, const claim_lane *there, const sync_slot *slot, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(lane->sync->kernel, lane->org, claim_done, lane);
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    if ((rc = claim_cursor(lane, there, unit, error)) < 0) {
        adsync__unit_drop(unit);
        return rc;
    }
    if (slot->version) lane->attempt++;
    claim_put(lane, there, slot, unit);
    claim_enter(lane);
    lane->waiting = true;
    adsync__unit_submit(unit);
    return ADSYNC_OK;
}

/* A lane that took its worker along twice gets one to itself. */
static bool claim_has_room(const adsync__sync *sync, const sync_lane *lane)
{
    return !sync->alone && (lane->deaths != SYNC_DEATHS_ALONE || !sync->n_lanes);
}

/* slot->version 0: the job runs in a lane whose engine may be dead. */
static adsync_status claim_try(adsync__sync *sync, sync_lane *lane, const sync_slot *slot, uint32_t *how, adsync_error **error)
{
    const sync_lane *holder;
    claim_lane there = { 0 };
    bool may = false;
    adsync_status rc;

    *how = SYNC_BLOCKED;
    if ((holder = claim_holder(sync, lane))) {
        if (holder->end) *how = SYNC_SOON;
        return ADSYNC_OK;
    }
    if ((rc = claim_look(sync, lane, &there, error)) < 0) goto done;
    if (!slot->version && there.job != lane->job) goto done; /* it is between two states: look again later */
    if ((rc = claim_free(sync, lane, &there, &may, error)) < 0 || !may) goto done;
    if (there.engine && there.job == lane->job) lane->deaths = there.takeovers + (there.engine != sync->engine);
    if (!claim_has_room(sync, lane)) goto done;
    if ((rc = claim_submit(lane, &there, slot, error)) >= 0) *how = SYNC_TAKEN;
done:
    adsync__free(there.cursor);
    return rc;
}

static adsync_status claim_job(adsync__sync *sync, int64_t org, adsync_rows *job, const sync_slot *slot, uint32_t *how,
                               adsync_error **error)
{
    sync_lane *lane = NULL;
    adsync_status rc;

    if ((rc = sync_lane_open(sync, job, org, &lane, error)) < 0) return rc;
    lane->job_version = adsync_rows_int(job, ADSYNC_C_VERSION);
    rc = claim_try(sync, lane, slot, how, error);
    if (rc < 0 || *how != SYNC_TAKEN) sync_lane_close(lane);
    return rc;
}

adsync_status sync_claim_dead(adsync__sync *sync, int64_t org, adsync_rows *job, uint32_t *how, adsync_error **error)
{
    const sync_slot none = { 0 };

    return claim_job(sync, org, job, &none, how, error);
}

/* A slot whose job is not there, or waits no longer, is nobody's. */
static adsync_status claim_tidy(adsync__sync *sync, const sync_slot *slot, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(slot->org), adsync__value_int(slot->connection), adsync__value_text(slot->name) };
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, slot->org, NULL, NULL);

    if (!unit) return adsync__fail_memory(error);
    adsync__unit_delete(unit, ADSYNC_T_QUEUE, slot->version, key);
    adsync__unit_submit(unit);
    return ADSYNC_OK;
}

/* Its lane is at work: looked at again in a while, and not in the way of others until then. */
static adsync_status claim_defer(adsync__sync *sync, const sync_slot *slot, adsync_error **error)
{
    const adsync_value row[] = { adsync__value_int(slot->org), adsync__value_int(slot->connection), adsync__value_text(slot->name),
                                 adsync__value_int(adsync__now_us(adsync__kernel_effects(sync->kernel)) + SYNC_DEFER_US) };
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, slot->org, NULL, NULL);

    if (!unit) return adsync__fail_memory(error);
    adsync__unit_put(unit, ADSYNC_T_QUEUE, slot->version, 0, row, ADSYNC__COUNT(row));
    adsync__unit_submit(unit);
    sync->put_off_us = adsync__monotonic_us(adsync__kernel_effects(sync->kernel)) + SYNC_DEFER_US + ADSYNC__SECOND_US;
    return ADSYNC_OK;
}

int64_t adsync__sync_put_off(const adsync__sync *sync) { return sync->put_off_us; }

adsync_status sync_claim_slot(adsync__sync *sync, const sync_slot *slot, uint32_t *how, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(slot->org), adsync__value_int(slot->job) };
    adsync_rows *job = NULL;
    adsync_status rc;

    *how = 0;
    if ((rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), slot->org, ADSYNC_T_JOBS, 0, key, 1, &job, error)) < 0) return rc;
    if (adsync_rows_next(job, NULL) == ADSYNC_ROW && adsync__equal_text(adsync_rows_text(job, ADSYNC_C_STATE), "queued"))
        rc = claim_job(sync, slot->org, job, slot, how, error);
    else
        rc = claim_tidy(sync, slot, error);
    if (rc >= 0 && *how == SYNC_BLOCKED && !sync->alone) rc = claim_defer(sync, slot, error);
    adsync_rows_free(job);
    return rc;
}

/* ---- a job that somebody waits for */

/* He is served at once, but a pause after a try, for whatever reason, holds for everybody. */
static adsync_status claim_waited(adsync__sync *sync, int64_t org, adsync_rows *job, bool *claimed, adsync_error **error)
{
    const char *state = adsync_rows_text(job, ADSYNC_C_STATE);
    bool queued = adsync__equal_text(state, "queued"), again = adsync_rows_int(job, ADSYNC_C_STARTED_US) != 0;
    sync_slot slot = { 0 };
    uint32_t how = 0;
    adsync_status rc = ADSYNC_OK;

    *claimed = adsync__sync_holds(sync, org, adsync_rows_int(job, ADSYNC_C_JOB));
    if (*claimed || !sync->engine || adsync_rows_int(job, ADSYNC_C_DATA) == ADSYNC_DATA_ALL) return ADSYNC_OK;
    if (!queued && !adsync__equal_text(state, "running")) return ADSYNC_OK;
    if (queued && (rc = sync_claim_find(sync, org, job, &slot, error)) < 0) return rc;
    if (queued && !slot.version) return ADSYNC_OK;
    if (queued && again && slot.run_after > adsync__now_us(adsync__kernel_effects(sync->kernel))) return ADSYNC_OK;
    rc = claim_job(sync, org, job, &slot, &how, error);
    *claimed = how == SYNC_TAKEN;
    return rc;
}

static adsync_status claim_children(adsync__sync *sync, int64_t org, int64_t parent, bool *claimed, adsync_error **error)
{
    adsync_rows *rows = NULL;
    bool one = false;
    adsync_status rc = sync_children(sync, org, parent, &rows, error);

    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        rc = claim_waited(sync, org, rows, &one, error);
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
        rc = claim_waited(sync, org, rows, claimed, error);
    else if (adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running"))
        rc = claim_children(sync, org, job, claimed, error);
    adsync_rows_free(rows);
    return rc;
}
