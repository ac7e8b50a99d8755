/* SPDX-License-Identifier: MIT */
/* Lanes of an engine that is dead, or of this one where it forgot them: each is claimed again as it stands, a few at a time and from
 * somewhere in the middle, since every other engine does the same. A lane whose job is over or gone is only made free.
 *
 * Who died beside a lane says nothing about it, but twice without any progress in between does: the third worker is given nothing else
 * to do meanwhile. That is one engine of all, the one that is `elected`; it gives what it has back to the others first. If that one dies
 * too, the try is over, as if the platform had failed it: a pause, then the next try, which begins to count anew. So a lane that is
 * deadly takes at most twelve workers along, over more than 21 minutes, and bad luck that passes ends nothing. */
#include "sync_int.h"

enum { TAKEOVER_LANES = 64 };

typedef struct takeover_lane {
    int64_t org, connection, data, job, version, takeovers;
} takeover_lane;

/* Its lanes behind `last`; NULL: from the first. */
static adsync_status takeover_scan(adsync__sync *sync, int64_t engine, const takeover_lane *last, adsync_rows **out, adsync_error **error)
{
    const adsync_value lower[] = { adsync__value_int(engine), adsync__value_int(last ? last->org : 0),
                                   adsync__value_int(last ? last->connection : 0), adsync__value_int(last ? last->data : 0) };
    const adsync_range range = { .table = ADSYNC_T_LANES,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_ALL_ORGS | (last ? ADSYNC_RANGE_EXCLUSIVE : 0),
                                 .limit = TAKEOVER_LANES,
                                 .lower = lower,
                                 .n_lower = last ? 4 : 1,
                                 .upper = lower,
                                 .n_upper = 1 };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, out, error);
}

static takeover_lane takeover_read(adsync_rows *row)
{
    return (takeover_lane){
        .org = adsync_rows_int(row, ADSYNC_C_ORG),
        .connection = adsync_rows_int(row, ADSYNC_C_CONNECTION),
        .data = adsync_rows_int(row, ADSYNC_C_DATA),
        .job = adsync_rows_int(row, ADSYNC_C_JOB),
        .version = adsync_rows_int(row, ADSYNC_C_VERSION),
        .takeovers = adsync_rows_int(row, ADSYNC_C_TAKEOVERS),
    };
}

static adsync_status takeover_free(adsync__sync *sync, const takeover_lane *lane, adsync_error **error)
{
    const adsync_value row[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection), adsync__value_int(lane->data),
                                 adsync__value_null(), adsync__value_null() };
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, lane->org, NULL, NULL);

    if (!unit) return adsync__fail_memory(error);
    adsync__unit_put(unit, ADSYNC_T_LANES, lane->version, 0, row, ADSYNC__COUNT(row));
    adsync__unit_submit(unit);
    return ADSYNC_OK;
}

static adsync_status takeover_one(adsync__sync *sync, const takeover_lane *lane, uint32_t *how, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(lane->org), adsync__value_int(lane->job) };
    adsync_rows *job = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), lane->org, ADSYNC_T_JOBS, 0, key, 1, &job, error);

    *how = 0;
    if (rc < 0) return rc;
    if (adsync_rows_next(job, NULL) == ADSYNC_ROW && adsync__equal_text(adsync_rows_text(job, ADSYNC_C_STATE), "running"))
        rc = sync_claim_dead(sync, lane->org, job, how, error);
    else
        rc = takeover_free(sync, lane, error);
    adsync_rows_free(job);
    return rc;
}

/* All that can be given back; what has a commit under way goes with the next look. */
static void takeover_clear(adsync__sync *sync)
{
    sync_lane *next;

    for (sync_lane *lane = sync->lanes; lane; lane = next) {
        next = lane->next;
        if (lane->waiting || lane->asking) continue;
        lane->ending = true;
        if (sync_lane_release(lane) < 0) sync->lost = true; /* still ours in the storage: looked for again, as nobody else does */
        lane->ending = false;
        if (!sync->engine) return; /* declared dead in that commit: all lanes went */
        sync_lane_close(lane);
    }
}

/* Whether the lane may be tried now: one that must run alone needs an engine that has nothing else. */
static bool takeover_may(adsync__sync *sync, int64_t engine, const takeover_lane *lane, bool elected)
{
    if (engine == sync->engine && adsync__sync_holds(sync, lane->org, lane->job)) return false;
    if (lane->takeovers + (engine != sync->engine) != SYNC_DEATHS_ALONE || !sync->n_lanes) return true;
    if (!elected) return false;
    sync->hush = true;
    takeover_clear(sync);
    return sync->engine && !sync->n_lanes;
}

static bool takeover_held(const adsync__sync *sync, int64_t engine, const takeover_lane *lane)
{
    return engine == sync->engine && adsync__sync_holds(sync, lane->org, lane->job);
}

/* Of its own lanes some were not taken back: nobody else looks for them while this engine lives. */
static void takeover_lost(adsync__sync *sync, int64_t engine)
{
    if (engine == sync->engine) sync->lost = true;
}

typedef struct takeover_look { /* at the lanes of an engine */
    adsync__sync *sync;
    int64_t engine;
    uint32_t max, taken, held;
    bool elected;
    takeover_lane last;
} takeover_look;

static adsync_status takeover_page(takeover_look *t, adsync_rows *rows, adsync_error **error)
{
    size_t n = adsync_rows_count(rows), skip = 0;
    uint32_t how;
    adsync_status rc = ADSYNC_OK;

    if (n > t->max && t->engine != t->sync->engine)
        skip = (size_t)(adsync__version_draw(adsync__kernel_effects(t->sync->kernel)) % (int64_t)(n - t->max + 1));
    while (rc >= 0 && t->taken < t->max && !t->sync->alone && t->sync->engine && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        t->last = takeover_read(rows);
        if (skip && skip--) continue;
        t->held += takeover_held(t->sync, t->engine, &t->last);
        if (!takeover_may(t->sync, t->engine, &t->last, t->elected)) continue;
        if ((rc = takeover_one(t->sync, &t->last, &how, error)) >= 0) t->taken += how == SYNC_TAKEN;
    }
    return rc;
}

/* Of another engine some are enough: what is taken makes room for the rest. Of its own all are looked at, since it holds most of them, and
 * those that it forgot may stand behind these. */
adsync_status adsync__sync_take_over(adsync__sync *sync, int64_t engine, uint32_t max, bool elected, bool *left, adsync_error **error)
{
    takeover_look t = { .sync = sync, .engine = engine, .max = max, .elected = elected };
    bool own = engine == sync->engine;
    adsync_rows *rows = NULL;
    size_t n = 0, all = 0;
    adsync_status rc;

    *left = true;
    do {
        if ((rc = takeover_scan(sync, engine, all ? &t.last : NULL, &rows, error)) < 0) break;
        all += n = adsync_rows_count(rows);
        *left = all > 0;
        rc = takeover_page(&t, rows, error);
        adsync_rows_free(rows);
        rows = NULL;
    } while (rc >= 0 && own && n == TAKEOVER_LANES && t.taken < max && sync->engine == engine);
    if (rc < 0 || t.held + t.taken < all) takeover_lost(sync, engine);
    return rc;
}

/* The first engine behind `after` that has a lane; 0: none has. */
adsync_status adsync__sync_owner(adsync__sync *sync, int64_t after, int64_t *engine, adsync_error **error)
{
    const adsync_value lower[] = { adsync__value_int(after + 1) };
    const adsync_range range = {
        .table = ADSYNC_T_LANES, .index = 1, .flags = ADSYNC_RANGE_ALL_ORGS, .limit = 1, .lower = lower, .n_lower = 1
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, &rows, error);

    *engine = 0;
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) *engine = adsync_rows_int(rows, ADSYNC_C_ENGINE);
    adsync_rows_free(rows);
    return rc;
}

bool adsync__sync_begin_look(adsync__sync *sync)
{
    bool lost = sync->lost;

    sync->lost = sync->hush = false;
    return lost;
}

bool adsync__sync_hushed(const adsync__sync *sync) { return sync->hush; }
