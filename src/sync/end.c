/* SPDX-License-Identifier: MIT */
/* How a lane's job ends, or waits to go on. Either is one unit, at the lane's and the job's version and beside the engine's own row, so
 * that whoever lost the lane or was declared dead ends nothing. What was not committed is forgotten first: the cursor goes back to where
 * it is stored, since memory may be ahead of the rows.
 *
 * Ends ride in the group commit of the turn: many jobs that end together cost one. A lane is held until its end is durable. One that
 * meets another's write is tried again at once, in a commit of its own. */
#include "sync_int.h"

#include <stdio.h>

typedef struct end_verdict { /* how a job ends, or when it is tried again */
    const char *state, *status, *message, *name;
    int64_t again_us; /* microseconds from now; 0: not again */
    bool free;        /* it spends no attempt */
} end_verdict;

struct sync_end { /* on its way */
    end_verdict v;
    adsync_status status;
    sync_parent_end parent;
    char message[1200], name[80]; /* what the verdict points to */
};

/* What trying again later does not mend: a person has to. */
static bool end_is_final(adsync_status status)
{
    static const adsync_status final[] = { ADSYNC_E_AUTH,        ADSYNC_E_PERMISSION, ADSYNC_E_REJECTED, ADSYNC_E_INVALID,
                                           ADSYNC_E_UNSUPPORTED, ADSYNC_E_NOT_FOUND,  ADSYNC_E_FORGED };

    for (size_t i = 0; i < ADSYNC__COUNT(final); i++)
        if (status == final[i]) return true;
    return false;
}

static end_verdict end_judge(sync_lane *lane, adsync_status status, const adsync_error *error)
{
    static const int64_t delays_us[SYNC_ATTEMPTS] = { 60000000, 300000000, 900000000, 0 };
    end_verdict v = { .state = "failed", .status = "error", .message = adsync_error_message(error), .name = adsync_error_name(error) };

    if (status >= 0) {
        v.state = lane->cursor.partial ? "partial" : "succeeded";
        v.status = lane->cursor.partial ? "partial" : "success";
        v.message = lane->cursor.partial ? lane->cursor.note : NULL;
        v.name = NULL;
        return v;
    }
    if (status == ADSYNC_E_LIMIT) {
        v.again_us = (lane->retry_after_us > 0 ? lane->retry_after_us : 60000000) + 1000000;
        v.free = true;
        return v;
    }
    if (end_is_final(status)) return v;
    v.again_us = lane->attempt < SYNC_ATTEMPTS ? delays_us[lane->attempt > 0 ? lane->attempt - 1 : 0] : 0;
    return v;
}

/* The lane's unit with all that an end is. `own`: it waits in the slot with its number, since a newer job has the one without. */
static adsync_status end_fill(sync_lane *lane, const end_verdict *v, adsync_status status, bool own, adsync__unit_done done,
                              sync_parent_end *parent, adsync_error **error)
{
    const sync_child_end child = { lane->job, v->state, v->message, v->name };
    adsync__effects *effects = adsync__kernel_effects(lane->sync->kernel);
    const adsync__connection_end end = {
        .how = v->status,
        .message = v->message,
        .status = status == ADSYNC_E_AUTH ? "expired" : NULL,
        .warning = *lane->warning ? lane->warning : NULL,
        .keeps = lane->compared ? NULL : SYNC_GAP,
    };
    adsync__buffer cursor;
    adsync_status rc;

    adsync__unit_drop(lane->unit);
    if (!(lane->unit = adsync__unit_new(lane->sync->kernel, lane->org, done, lane))) return adsync__fail_memory(error);
    if ((rc = sync_cursor_write(&lane->cursor, !v->again_us, &cursor, error)) < 0) return rc;
    lane->next_version = adsync__version_draw(effects);
    lane->next_job_version = adsync__version_draw(effects);
    sync_lane_put(lane, cursor.p, true);
    adsync__buffer_free(&cursor);
    sync_lane_put_job(lane, v->again_us ? "queued" : v->state, v->message, v->name, !v->again_us);
    if (v->again_us) return sync_queue_put(lane->sync, &lane->wish, lane->job, own, v->again_us, lane->unit, error);
    rc = adsync__connection_put_synced(lane->sync->kernel, lane->unit, lane->org, lane->connection_id, &end, error);
    if (rc < 0 || !lane->parent) return rc;
    return sync_parent_ride(lane->sync, lane->org, lane->parent, &child, lane->unit, parent, error);
}

static adsync_status end_try(sync_lane *lane, const end_verdict *v, adsync_status status, bool own, sync_parent_end *parent,
                             adsync_error **error)
{
    adsync_status rc = end_fill(lane, v, status, own, NULL, parent, error);
    adsync__commit_unit *unit = lane->unit;

    if (rc < 0) return rc;
    lane->unit = NULL;
    return adsync__unit_commit_fenced(unit, error);
}

/* At once; `n`: how often it was tried already. */
static adsync_status end_commit(sync_lane *lane, const end_verdict *v, adsync_status status, uint32_t n, sync_parent_end *parent)
{
    adsync_error *error = NULL;
    adsync_status rc = ADSYNC_E_CONFLICT;

    for (; n < SYNC_ENDS && rc == ADSYNC_E_CONFLICT && !lane->leaving; n++) rc = end_try(lane, v, status, n > 0, parent, &error);
    adsync_error_free(error);
    return rc;
}

static adsync_status end_restore(sync_lane *lane)
{
    sync_cursor_free(&lane->cursor);
    return sync_cursor_read(&lane->cursor, lane->durable, NULL);
}

static void end_settle(sync_lane *lane, const end_verdict *v)
{
    if (v->free && lane->attempt) lane->attempt--;
    if (!v->again_us && !strcmp(v->state, "succeeded")) lane->progress = 1;
}

/* What cannot be written stays as it is stored: running, ours, and forgotten here; whoever looks for it next takes it over. */
static void end_over(sync_lane *lane, const end_verdict *v, adsync_status rc, const sync_parent_end *parent)
{
    adsync__sync *sync = lane->sync;

    if (rc >= 0 && !v->again_us) {
        if (sync->hooks.ended) sync->hooks.ended(sync->user, lane->org, lane->job, lane->connection_id, v->state, v->message);
        sync_parent_tell(sync, lane->org, lane->parent, parent);
    }
    lane->ending = false;
    if (rc < 0 && !lane->leaving) sync->lost = true;
    sync_lane_close(lane);
}

static void end_done(void *user, adsync_status status, const adsync_error *error)
{
    sync_lane *lane = user;
    struct sync_end *end = lane->end;

    (void)error;
    lane->waiting = false;
    if (lane->leaving) { /* whoever let it go may have outlived what it belonged to */
        lane->ending = false;
        sync_lane_close(lane);
        return;
    }
    if (status == ADSYNC_E_CONFLICT) status = end_commit(lane, &end->v, end->status, 1, &end->parent);
    end_over(lane, &end->v, status, &end->parent);
}

/* Two ends of one connection write its row, and each that of their parent. */
static bool end_is_alone(const sync_lane *lane)
{
    for (const sync_lane *other = lane->sync->lanes; other; other = other->next)
        if (other != lane && other->end && other->org == lane->org && other->connection_id == lane->connection_id) return false;
    return true;
}

static void end_keep(struct sync_end *end, const end_verdict *v, adsync_status status)
{
    const char *words = v->message ? v->message : "";

    *end = (struct sync_end){ .v = *v, .status = status };
    (void)snprintf(end->message, sizeof end->message, "%.*s", (int)adsync__utf8_cut(words, strlen(words), sizeof end->message - 1), words);
    if (v->name) (void)snprintf(end->name, sizeof end->name, "%s", v->name);
    end->v.message = v->message ? end->message : NULL;
    end->v.name = v->name ? end->name : NULL;
}

/* Into the turn's commit. */
static adsync_status end_submit(sync_lane *lane, const end_verdict *v, adsync_status status)
{
    adsync_error *error = NULL;
    adsync_status rc;

    if (!(lane->end = adsync__alloc_zero(1, sizeof *lane->end))) return ADSYNC_E_MEMORY;
    end_keep(lane->end, v, status);
    rc = end_fill(lane, &lane->end->v, status, false, end_done, &lane->end->parent, &error);
    adsync_error_free(error);
    if (rc < 0) return rc;
    lane->waiting = true;
    adsync__unit_submit(lane->unit);
    lane->unit = NULL;
    return ADSYNC_OK;
}

void sync_lane_end(sync_lane *lane, adsync_status status, const adsync_error *why)
{
    sync_parent_end ended = { 0 };
    end_verdict v;
    adsync_status rc = ADSYNC_OK;

    lane->ending = true;
    if (lane->flight) adsync__flight_drop(lane->flight);
    lane->flight = NULL;
    if (status < 0) rc = end_restore(lane);
    v = end_judge(lane, status, why);
    end_settle(lane, &v);
    if (rc >= 0 && !lane->asking && !lane->sync->closing && end_is_alone(lane)) {
        if ((rc = end_submit(lane, &v, status)) >= 0) return;
    } else if (rc >= 0) {
        rc = end_commit(lane, &v, status, 0, &ended);
    }
    end_over(lane, &v, rc, &ended);
}

void sync_lane_finish(sync_lane *lane) { sync_lane_end(lane, ADSYNC_OK, NULL); }

adsync_status sync_lane_release(sync_lane *lane)
{
    const end_verdict again = { .state = "queued", .message = "handed back by its worker", .again_us = 1, .free = true };
    sync_parent_end ended = { 0 };
    adsync_status rc = end_restore(lane);

    end_settle(lane, &again);
    return rc < 0 ? rc : end_commit(lane, &again, ADSYNC_OK, 0, &ended);
}
