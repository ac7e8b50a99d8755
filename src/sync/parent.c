/* SPDX-License-Identifier: MIT */
/* Parents: jobs that are nothing but their children. A child's end and what it means for the parent are one commit, so no worker can die
 * between them; each such commit writes the parent's row, so of two children that end at once one looks again. */
#include "sync_int.h"

#include <stdio.h>

enum { PARENT_CHILDREN = 100 };

typedef struct parent_sum {
    uint32_t open, good, partial, bad, cancelled; /* a cancelled one is bad, too */
    char message[200], name[64];                  /* of the first that went wrong */
} parent_sum;

adsync_status sync_children(adsync__sync *sync, int64_t org, int64_t parent, adsync_rows **out, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(parent) };
    const adsync_range range = {
        .table = ADSYNC_T_JOBS, .index = 2, .limit = PARENT_CHILDREN, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), org, &range, out, error);
}

static void parent_count(const sync_child_end *child, parent_sum *sum)
{
    const char *state = child->state, *message = child->message;
    bool bad = adsync__equal_text(state, "failed") || adsync__equal_text(state, "cancelled"),
         partial = adsync__equal_text(state, "partial");

    sum->open += adsync__equal_text(state, "queued") || adsync__equal_text(state, "running");
    sum->good += adsync__equal_text(state, "succeeded");
    sum->partial += partial;
    sum->bad += bad;
    sum->cancelled += adsync__equal_text(state, "cancelled");
    if (!(bad || partial) || !message || *sum->message) return;
    (void)snprintf(sum->message, sizeof sum->message, "%.*s", (int)adsync__utf8_cut(message, strlen(message), sizeof sum->message - 1),
                   message);
    (void)snprintf(sum->name, sizeof sum->name, "%s", child->name ? child->name : "");
}

static const char *parent_ended(const parent_sum *sum)
{
    if (!sum->bad) return sum->partial ? "partial" : "succeeded";
    if (sum->good || sum->partial) return "partial";
    return sum->cancelled == sum->bad ? "cancelled" : "failed";
}

static void parent_put(adsync__sync *sync, int64_t org, adsync_rows *parent, const parent_sum *sum, sync_parent_end *end,
                       adsync__commit_unit *unit)
{
    const char *ended = parent_ended(sum);
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel)), all = sum->open + sum->good + sum->partial + sum->bad;
    char slot[SYNC_SLOT];
    sync_wish wish;

    sync_wish_read(&wish, parent, org);
    sync_slot_name(&wish, 0, slot);
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(wish.connection), adsync__value_text(slot) };
    const adsync_value row[] = {
        key[0],
        adsync__value_int(adsync_rows_int(parent, ADSYNC_C_JOB)),
        adsync__value_text(sum->open ? "running" : ended),
        adsync__value_int(1),
        adsync__value_int(all ? 1000000 * (sum->good + sum->partial) / all : 0),
        *sum->message ? adsync__value_text(sum->message) : adsync__value_null(),
        *sum->name ? adsync__value_text(sum->name) : adsync__value_null(),
        adsync__value_int(now),
        adsync__value_int(adsync_rows_int(parent, ADSYNC_C_CREATED_US)),
        sum->open ? adsync__value_null() : adsync__value_int(now),
        adsync__value_int(sum->open),
    };

    if (!sum->open) {
        adsync__unit_delete(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, key);
        *end = (sync_parent_end){ .ends = true, .connection = wish.connection };
        (void)snprintf(end->state, sizeof end->state, "%s", ended);
        memcpy(end->message, sum->message, sizeof end->message);
    }
    adsync__unit_put(unit, ADSYNC_T_JOBS, adsync_rows_int(parent, ADSYNC_C_VERSION), 0, row, ADSYNC__COUNT(row));
}

adsync_status sync_parent_ride(adsync__sync *sync, int64_t org, int64_t parent, const sync_child_end *child, adsync__commit_unit *unit,
                               sync_parent_end *end, adsync_error **error)
{
    adsync_rows *rows = NULL, *children = NULL;
    parent_sum sum = { 0 };
    adsync_status rc;

    *end = (sync_parent_end){ 0 };
    if ((rc = adsync__job_row(sync, org, parent, &rows, error)) < 0) return rc;
    (void)adsync_rows_next(rows, NULL);
    if (!adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "running")) goto done;
    if ((rc = sync_children(sync, org, parent, &children, error)) < 0) goto done;
    while (adsync_rows_next(children, NULL) == ADSYNC_ROW) {
        const sync_child_end its = { adsync_rows_int(children, ADSYNC_C_JOB), adsync_rows_text(children, ADSYNC_C_STATE),
                                     adsync_rows_text(children, ADSYNC_C_MESSAGE), adsync_rows_text(children, ADSYNC_C_ERROR) };
        parent_count(its.job == child->job ? child : &its, &sum);
    }
    if (child->job || !sum.open) parent_put(sync, org, rows, &sum, end, unit);
done:
    adsync_rows_free(children);
    adsync_rows_free(rows);
    return rc;
}

void sync_parent_tell(adsync__sync *sync, int64_t org, int64_t parent, const sync_parent_end *end)
{
    if (end->ends && sync->hooks.ended) sync->hooks.ended(sync->user, org, parent, end->connection, end->state, end->message);
}

adsync_status sync_parent_settle(adsync__sync *sync, int64_t org, int64_t parent, adsync_error **error)
{
    const sync_child_end nobody = { 0 };
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, org, NULL, NULL);
    sync_parent_end end;
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    if ((rc = sync_parent_ride(sync, org, parent, &nobody, unit, &end, error)) < 0) {
        adsync__unit_drop(unit);
        return rc;
    }
    if ((rc = adsync__unit_commit(unit, error)) >= 0) sync_parent_tell(sync, org, parent, &end);
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc; /* somebody else ended it */
}
