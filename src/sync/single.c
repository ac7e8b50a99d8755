/* SPDX-License-Identifier: MIT */
/* The plan of an entity job: the named ones in one flight by id, then each kind below them. Which children there are only the platform
 * knows: what changed of their kind since the last list is asked for, which brings those that are new here (where a platform does not
 * say what changed, all of that kind is listed), and those that are known here by their ids, since what changed at their parent may
 * not count as a change of theirs. What a platform cannot give by id is not guessed: where that is the kind that was asked for, an
 * incremental list is made instead and said so. Nothing is removed for not having come. */
#include "sync_int.h"

#include <stdio.h>

enum { SINGLE_CAMPAIGN_AT = 10, SINGLE_ADSET_AT = 11, SINGLE_REMOVED_AT = 6, SINGLE_COLUMNS = 12, SINGLE_PAGE = 500 };

static const uint32_t single_below[] = { ADSYNC_KIND_ADSET, ADSYNC_KIND_AD };

/* How the children that are new here are found; 0: the platform lists none of this kind. */
static uint32_t single_lists(const sync_lane *lane, uint32_t kind)
{
    if (lane->cursor.water_us[kind] > 0 && sync_supports(lane, ADSYNC_TASK_CHANGES, kind)) return ADSYNC_TASK_CHANGES;
    return sync_supports(lane, ADSYNC_TASK_LIST, kind) ? ADSYNC_TASK_LIST : 0;
}

/* Children of campaigns are ad sets and ads, of ad sets ads; 0: no other kind follows. */
static uint32_t single_after(const sync_lane *lane, uint32_t kind)
{
    if (lane->wish.kind != ADSYNC_KIND_CAMPAIGN && lane->wish.kind != ADSYNC_KIND_ADSET) return 0;
    for (size_t i = 0; i < ADSYNC__COUNT(single_below); i++)
        if (single_below[i] > kind && (single_lists(lane, single_below[i]) || sync_supports(lane, ADSYNC_TASK_GET, single_below[i])))
            return single_below[i];
    return 0;
}

static void single_move(sync_lane *lane, uint32_t kind)
{
    lane->cursor.kind = kind;
    lane->cursor.second = false;
    lane->cursor.run = sync_id_draw(lane->sync);
    adsync__buffer_clear(&lane->cursor.at);
}

static void single_advance(sync_lane *lane)
{
    uint32_t next = single_after(lane, lane->cursor.kind);

    single_move(lane, next ? next : lane->cursor.kind);
    lane->cursor.planned = lane->finished = !next;
}

/* ---- which ids */

static bool single_is_child(const sync_lane *lane, const adsync_value *row)
{
    const adsync_value *parent = &row[lane->wish.kind == ADSYNC_KIND_CAMPAIGN ? SINGLE_CAMPAIGN_AT : SINGLE_ADSET_AT];

    return row[SINGLE_REMOVED_AT].kind == ADSYNC_VALUE_NULL && parent->kind == ADSYNC_VALUE_TEXT &&
           sync_ids_has(lane->wish.ids, (const char *)parent->p);
}

/* Walks the entities of a kind that stand here; `ids` gets the children, up to one more than a set holds. */
static adsync_status single_children(sync_lane *lane, uint32_t kind, adsync_task *task, uint32_t *n, adsync_error **error)
{
    char id[SYNC_ID] = "";
    adsync_value lower[4] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(kind) };
    adsync_range range = { .table = ADSYNC_T_ENTITIES,
                           .flags = ADSYNC_RANGE_EXCLUSIVE,
                           .limit = SINGLE_PAGE,
                           .columns = SINGLE_COLUMNS,
                           .lower = lower,
                           .n_lower = 4,
                           .upper = lower,
                           .n_upper = 3 };
    adsync_rows *rows = NULL;
    size_t count = SINGLE_PAGE;
    adsync_status rc = ADSYNC_OK;

    for (*n = 0; count == SINGLE_PAGE && *n <= SYNC_IDS;) {
        lower[3] = adsync__value_text(id);
        if ((rc = adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, &rows, error)) < 0) return rc;
        count = adsync_rows_count(rows);
        for (size_t i = 0; i < count; i++) {
            const adsync_value *row = adsync__rows_values(rows, i);
            (void)snprintf(id, sizeof id, "%.*s", (int)row[3].size, (const char *)row[3].p);
            if (!single_is_child(lane, row)) continue;
            if (++*n <= SYNC_IDS && task) adsync__task_text(task, ADSYNC__TASK_ID, "ids", id);
        }
        adsync_rows_free(rows);
    }
    return rc;
}

/* ---- the plan */

static adsync_status single_own(sync_lane *lane, adsync_error **error)
{
    const char *at = lane->wish.ids;
    char id[SYNC_ID];
    adsync_task *task;
    adsync_status rc;

    if ((rc = sync_lane_task(lane, ADSYNC_TASK_GET, lane->cursor.kind, &task, error)) < 0) return rc;
    while (sync_ids_next(&at, id)) adsync__task_text(task, ADSYNC__TASK_ID, "ids", id);
    sync_lane_fly(lane);
    return ADSYNC_OK;
}

/* Those that changed are listed; whether those that are known here are asked for by their ids as well. */
static bool single_is_first(const sync_lane *lane) { return !lane->cursor.second && single_lists(lane, lane->cursor.kind); }

static adsync_status single_list(sync_lane *lane, adsync_error **error)
{
    uint32_t kind = lane->cursor.kind, op = single_lists(lane, kind);
    adsync_task *task;
    adsync_status rc = sync_lane_task(lane, op, kind, &task, error);

    if (rc < 0) return rc;
    if (op == ADSYNC_TASK_CHANGES) adsync__task_int(task, "since_us", lane->cursor.water_us[kind] - SYNC_OVERLAP_US);
    sync_lane_fly(lane);
    return ADSYNC_OK;
}

static adsync_status single_known(sync_lane *lane, adsync_error **error)
{
    uint32_t kind = lane->cursor.kind, n = 0;
    adsync_task *task;
    adsync_status rc = ADSYNC_OK;

    if (sync_supports(lane, ADSYNC_TASK_GET, kind) && (rc = single_children(lane, kind, NULL, &n, error)) < 0) return rc;
    if (!n) {
        single_advance(lane);
        return sync_lane_commit(lane, true, lane->finished ? sync_lane_finish : sync_lane_next, error);
    }
    if ((rc = sync_lane_task(lane, n > SYNC_IDS ? ADSYNC_TASK_LIST : ADSYNC_TASK_GET, kind, &task, error)) < 0) return rc;
    if (n <= SYNC_IDS && (rc = single_children(lane, kind, task, &n, error)) < 0) return rc;
    sync_lane_fly(lane);
    return ADSYNC_OK;
}

static adsync_status single_instead(sync_lane *lane, bool *over, adsync_error **error)
{
    (void)snprintf(lane->warning, sizeof lane->warning, "%s gives no single %s: what changed since the last sync was listed instead",
                   lane->connection.platform, adsync_kind_name(lane->wish.kind));
    lane->wish.mode = ADSYNC_SYNC_INCREMENTAL;
    lane->plan = &sync_campaigns;
    return lane->plan->next(lane, over, error);
}

static adsync_status single_next(sync_lane *lane, bool *over, adsync_error **error)
{
    if (!lane->wish.ids || !sync_supports(lane, ADSYNC_TASK_GET, lane->wish.kind)) return single_instead(lane, over, error);
    if (!lane->cursor.kind) single_move(lane, lane->wish.kind);
    if (lane->cursor.planned) {
        *over = true;
        return ADSYNC_OK;
    }
    if (lane->cursor.kind == lane->wish.kind) return single_own(lane, error);
    return single_is_first(lane) ? single_list(lane, error) : single_known(lane, error);
}

static adsync_status single_outcome(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    bool done = outcome->way == ADSYNC__WAY_DONE, below = lane->cursor.kind != lane->wish.kind;
    adsync_status rc;

    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    if ((rc = sync_entities_put(lane, outcome, error)) < 0) return rc;
    adsync__buffer_clear(&lane->cursor.at);
    if (!done && outcome->cursor) adsync__buffer_text(&lane->cursor.at, outcome->cursor);
    if (lane->cursor.at.failed) return adsync__fail_memory(error);
    if (!done) return sync_lane_commit(lane, true, sync_lane_go, error);
    if (below && single_is_first(lane) && single_lists(lane, lane->cursor.kind) == ADSYNC_TASK_CHANGES)
        lane->cursor.second = true; /* a whole list brought them all; of one of changes the rest is fetched */
    else
        single_advance(lane);
    return sync_lane_commit(lane, true, lane->finished ? sync_lane_finish : sync_lane_next, error);
}

static adsync_status single_skip(sync_lane *lane, adsync_error **error)
{
    (void)error;
    single_advance(lane);
    return ADSYNC_OK;
}

static uint32_t single_done(const sync_lane *lane, uint32_t *of)
{
    uint32_t done = 0;

    *of = 1;
    for (uint32_t kind = single_after(lane, lane->wish.kind); kind; kind = single_after(lane, kind)) (*of)++;
    for (uint32_t kind = lane->wish.kind; kind && kind < lane->cursor.kind; kind = single_after(lane, kind)) done++;
    return lane->cursor.planned ? *of : done;
}

const sync_plan sync_single = { single_next, single_outcome, single_skip, single_done, "entities", "kinds" };
