/* SPDX-License-Identifier: MIT */
/* Calling a job off is one commit by whoever is asked: a queued one loses its slot, a running one its lane. Whoever runs it finds its
 * next commit refused, since lane and job are not at the versions that it knows, and lets go; so nothing of it is written after that.
 * A parent goes together with all of its children. */
#include "sync_int.h"

enum {
    CANCEL_ATTEMPTS = 50,
    CANCEL_WIDTH = 10,
    CANCEL_STATE_AT = 2,
    CANCEL_MESSAGE_AT = 5,
    CANCEL_ERROR_AT,
    CANCEL_UPDATED_AT,
    CANCEL_ENDED_AT = 9
};

static const char cancel_words[] = "called off";

static bool cancel_is_open(adsync_rows *job)
{
    const char *state = adsync_rows_text(job, ADSYNC_C_STATE);

    return adsync__equal_text(state, "queued") || adsync__equal_text(state, "running");
}

static void cancel_put_job(adsync__sync *sync, adsync_rows *job, const adsync_value *row, adsync__commit_unit *unit)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    adsync_value values[CANCEL_WIDTH + 1];

    memcpy(values, row, sizeof values);
    values[CANCEL_STATE_AT] = adsync__value_text("cancelled");
    values[CANCEL_MESSAGE_AT] = adsync__value_text(cancel_words);
    values[CANCEL_ERROR_AT] = adsync__value_null();
    values[CANCEL_UPDATED_AT] = values[CANCEL_ENDED_AT] = adsync__value_int(now);
    if (values[CANCEL_WIDTH].kind == ADSYNC_VALUE_INT) values[CANCEL_WIDTH] = adsync__value_int(0); /* no child is open */
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(job, ADSYNC_C_VERSION), 0, values, CANCEL_WIDTH + 1);
}

/* Its slot goes at the version it has; where it is nowhere, somebody is just claiming it. */
static adsync_status cancel_slot(adsync__sync *sync, int64_t org, adsync_rows *job, adsync__commit_unit *unit, adsync_error **error)
{
    sync_slot slot = { 0 };
    adsync_status rc = sync_claim_find(sync, org, job, &slot, error);

    if (rc < 0) return rc;
    if (!slot.version) return ADSYNC_E_CONFLICT;
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(adsync_rows_int(job, ADSYNC_C_CONNECTION)),
                                 adsync__value_text(slot.name) };
    adsync__unit_delete(unit, ADSYNC_T_QUEUE, slot.version, key);
    return ADSYNC_OK;
}

/* Of the cursor the watermarks stay: they are the lane's, not the job's. */
static adsync_status cancel_idle(const char *cursor, adsync__buffer *out, adsync_error **error)
{
    sync_cursor there;
    adsync_status rc = sync_cursor_read(&there, cursor, error);

    if (rc >= 0) rc = sync_cursor_write(&there, true, out, error);
    sync_cursor_free(&there);
    return rc;
}

static adsync_status cancel_lane(adsync__sync *sync, int64_t org, adsync_rows *job, adsync__commit_unit *unit, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(adsync_rows_int(job, ADSYNC_C_CONNECTION)),
                                 adsync__value_int(adsync_rows_int(job, ADSYNC_C_DATA)) };
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    adsync__buffer cursor = { 0 };
    adsync_rows *lane = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), org, ADSYNC_T_LANES, 0, key, 1, &lane, error);

    if (rc < 0) return rc;
    rc = ADSYNC_E_CONFLICT; /* it moved on between two looks */
    if (adsync_rows_next(lane, NULL) == ADSYNC_ROW && adsync_rows_int(lane, ADSYNC_C_JOB) == adsync_rows_int(job, ADSYNC_C_JOB))
        rc = cancel_idle(adsync_rows_text(lane, ADSYNC_C_CURSOR), &cursor, error);
    if (rc >= 0) {
        const adsync_value row[] = { key[0],
                                     key[1],
                                     key[2],
                                     adsync__value_null(),
                                     adsync__value_null(),
                                     adsync__value_text(cursor.p),
                                     adsync__value_int(0),
                                     adsync__value_int(now) };
        adsync__unit_put(unit, ADSYNC_T_LANES, adsync_rows_int(lane, ADSYNC_C_VERSION), 0, row, ADSYNC__COUNT(row));
    }
    adsync__buffer_free(&cursor);
    adsync_rows_free(lane);
    return rc;
}

static adsync_status cancel_one(adsync__sync *sync, int64_t org, adsync_rows *job, const adsync_value *row, adsync__commit_unit *unit,
                                adsync_error **error)
{
    bool queued = adsync__equal_text(adsync_rows_text(job, ADSYNC_C_STATE), "queued");
    adsync_status rc = ADSYNC_OK;

    if (adsync_rows_int(job, ADSYNC_C_DATA) != ADSYNC_DATA_ALL)
        rc = queued ? cancel_slot(sync, org, job, unit, error) : cancel_lane(sync, org, job, unit, error);
    if (rc >= 0) cancel_put_job(sync, job, row, unit);
    return rc;
}

static adsync_status cancel_children(adsync__sync *sync, int64_t org, adsync_rows *parent, adsync__commit_unit *unit, adsync_error **error)
{
    adsync_rows *children = NULL;
    sync_wish wish;
    char slot[SYNC_SLOT];
    adsync_status rc = sync_children(sync, org, adsync_rows_int(parent, ADSYNC_C_JOB), &children, error);

    for (size_t i = 0; rc >= 0 && adsync_rows_next(children, NULL) == ADSYNC_ROW; i++)
        if (cancel_is_open(children)) rc = cancel_one(sync, org, children, adsync__rows_values(children, i), unit, error);
    adsync_rows_free(children);
    sync_wish_read(&wish, parent, org);
    sync_slot_name(&wish, 0, slot);
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(wish.connection), adsync__value_text(slot) };
    adsync__unit_delete(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, key);
    return rc;
}

typedef struct cancel_told { /* what ends with it */
    int64_t connection, parent;
    sync_parent_end end;
} cancel_told;

static adsync_status cancel_fill(adsync__sync *sync, int64_t org, adsync_rows *job, adsync__commit_unit *unit, cancel_told *told,
                                 adsync_error **error)
{
    const sync_child_end child = { adsync_rows_int(job, ADSYNC_C_JOB), "cancelled", cancel_words, NULL };
    adsync_status rc = ADSYNC_OK;

    *told = (cancel_told){ .connection = adsync_rows_int(job, ADSYNC_C_CONNECTION), .parent = adsync_rows_int(job, ADSYNC_C_PARENT) };
    if (!cancel_is_open(job))
        return adsync__fail(error, ADSYNC_E_INVALID, "job.ended", "job %lld has ended: it is %s", (long long)child.job,
                            adsync_rows_text(job, ADSYNC_C_STATE));
    if (adsync_rows_int(job, ADSYNC_C_DATA) == ADSYNC_DATA_ALL) rc = cancel_children(sync, org, job, unit, error);
    if (rc >= 0) rc = cancel_one(sync, org, job, adsync__rows_values(job, 0), unit, error);
    if (rc >= 0 && told->parent) rc = sync_parent_ride(sync, org, told->parent, &child, unit, &told->end, error);
    return rc;
}

static adsync_status cancel_try(adsync__sync *sync, int64_t org, int64_t job, cancel_told *told, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, org, NULL, NULL);
    adsync_rows *row = NULL;
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    if ((rc = adsync__job_row(sync, org, job, &row, error)) >= 0) {
        (void)adsync_rows_next(row, NULL);
        rc = cancel_fill(sync, org, row, unit, told, error);
    }
    adsync_rows_free(row);
    if (rc >= 0) return adsync__unit_commit(unit, error);
    adsync__unit_drop(unit);
    return rc;
}

/* What this engine runs of it ends now; elsewhere it ends with the next commit. */
static void cancel_let_go(adsync__sync *sync, int64_t org, int64_t job)
{
    sync_lane *next;

    for (sync_lane *lane = sync->lanes; lane; lane = next) {
        next = lane->next;
        if (lane->org == org && (lane->job == job || lane->parent == job)) sync_lane_close(lane);
    }
}

adsync_status adsync__job_cancel(adsync__sync *sync, int64_t org, int64_t job, adsync_error **error)
{
    adsync_error *words = NULL;
    cancel_told told = { 0 };
    adsync_status rc = ADSYNC_E_CONFLICT;

    for (uint32_t i = 0; i < CANCEL_ATTEMPTS && (rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY); i++)
        rc = cancel_try(sync, org, job, &told, &words);
    if (rc == ADSYNC_E_CONFLICT && !words)
        rc = adsync__fail(&words, ADSYNC_E_CONFLICT, "job.moving", "job %lld moves on faster than it can be called off: try again",
                          (long long)job);
    if (rc >= 0) {
        cancel_let_go(sync, org, job);
        if (sync->hooks.ended) sync->hooks.ended(sync->user, org, job, told.connection, "cancelled", cancel_words);
        sync_parent_tell(sync, org, told.parent, &told.end);
    }
    return adsync__fail_with(error, rc, words);
}

void adsync__sync_leave(adsync__sync *sync, int64_t org)
{
    adsync_error *error = NULL;
    sync_lane *next;

    for (sync_lane *lane = sync->lanes; lane && sync->engine; lane = next) {
        next = lane->next;
        if (lane->org != org || lane->ending) continue;
        lane->stands_at_us = 0; /* looks again before its next step */
        if (lane->waiting || lane->asking) continue;
        (void)adsync__fail(&error, ADSYNC_E_NOT_FOUND, "org.deleting", "the organisation is being deleted, or is gone");
        sync_lane_end(lane, ADSYNC_E_NOT_FOUND, error);
    }
    adsync_error_free(error);
}
