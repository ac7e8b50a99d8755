/* SPDX-License-Identifier: MIT */
/* Jobs and lanes: what is asked for, who works on it, where it goes on.
 *
 * A job waits in a queue slot (org, connection, kind of work), so a queued one is unique. Claiming it takes the slot away, writes the
 * lane (org, connection, data class: owner and cursor) and the job in one commit. From then on the lane's rows have one writer: every
 * unit of the lane puts or checks the lane's row at the version it knows, so the unit of somebody who lost the lane does not hold (P1).
 * The cursor moves only in the unit that completes what lies before it; everything else may be written any number of times.
 *
 * One engine in this process owns a sync; other engines meet it in the storage only. */
#ifndef ADSYNC_SRC_SYNC_H
#define ADSYNC_SRC_SYNC_H

#include "../connect/connect.h"

#include <adsync/sync.h>

typedef struct adsync__sync adsync__sync;

typedef struct adsync__sync_hooks { /* what engine fills */
    /* Whether the engine that holds a lane is alive. A dead one is declared so for good before this answers false. */
    adsync_status (*alive)(void *user, int64_t engine, bool *alive, adsync_error **error);
    void (*ended)(void *user, int64_t org, int64_t job, int64_t connection, const char *state, const char *message); /* for events */
} adsync__sync_hooks;

/* `engine`: the number that lanes are owned under; 0: this one claims nothing. */
adsync_status adsync__sync_new(adsync__kernel *kernel, int64_t engine, const adsync__sync_hooks *hooks, void *user, adsync__sync **out,
                               adsync_error **error);
void adsync__sync_close(
    adsync__sync *sync); /* before it is freed: what is on its way is the last of each lane, so that it can be given back */
bool adsync__sync_free(adsync__sync *sync); /* gives its lanes back; false: some stand as they did, for others to take over */

/* ---- jobs.c */
/* PENDING: the job is one that was asked for before. */
adsync_status adsync__job_enqueue(adsync__sync *sync, int64_t org, int64_t connection, const adsync_job_options *options, int64_t *job,
                                  adsync_error **error);
adsync_status adsync__job_row(adsync__sync *sync, int64_t org, int64_t job, adsync_rows **out, adsync_error **error); /* E_NOT_FOUND */

/* ---- cancel.c: E_NOT_FOUND; E_INVALID: it has ended */
adsync_status adsync__job_cancel(adsync__sync *sync, int64_t org, int64_t job, adsync_error **error);

/* What this engine runs of an organisation ends, now or with the next step. */
void adsync__sync_leave(adsync__sync *sync, int64_t org);

/* ---- claim.c */
/* Claims a job that is queued, or running in a lane whose engine is dead. *claimed: it is ours now, or was already. */
adsync_status adsync__job_claim(adsync__sync *sync, int64_t org, int64_t job, bool *claimed, adsync_error **error);
/* Claims some of what is due (due.c says which), at most `max`. *next_us: when something will be due, microseconds from now; 0: there may
 * be more at once; -1: nothing is queued, or nothing that could be taken. */
adsync_status adsync__sync_claim_due(adsync__sync *sync, uint32_t max, int64_t *next_us, adsync_error **error);
/* Monotonic: what will be due until then may be what this engine put off, since its lane is busy. */
int64_t adsync__sync_put_off(const adsync__sync *sync);
/* Slots that a clock which was ahead made for later than it meant. */
adsync_status adsync__sync_mend(adsync__sync *sync, adsync_error **error);

/* ---- takeover.c */
bool adsync__sync_begin_look(adsync__sync *sync); /* whether lanes of this engine were forgotten: it has to take itself over */
/* Claims lanes of an engine that is declared dead for good, or of this one. elected: the engine, of those that live, that takes what must
 * run alone. *left: it had some. */
adsync_status adsync__sync_take_over(adsync__sync *sync, int64_t engine, uint32_t max, bool elected, bool *left, adsync_error **error);
adsync_status adsync__sync_owner(adsync__sync *sync, int64_t after, int64_t *engine, adsync_error **error);
bool adsync__sync_hushed(const adsync__sync *sync); /* takes nothing, to be alone with a lane soon: look again soon */

/* ---- schedule.c: what is due by the schedules becomes jobs, in units of this turn. *next_us: when to look again, microseconds from now;
 * -1: nothing is on any schedule. */
adsync_status adsync__sync_schedule(adsync__sync *sync, int64_t *next_us, adsync_error **error);

void adsync__sync_turned(adsync__sync *sync); /* what was read for the work of one turn is not good for the next */
uint32_t adsync__sync_lanes(const adsync__sync *sync);
bool adsync__sync_holds(const adsync__sync *sync, int64_t org, int64_t job);
void adsync__sync_drop(adsync__sync *sync); /* the engine was declared dead: forgets its lanes, writes nothing */

#endif
