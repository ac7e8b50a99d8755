/* SPDX-License-Identifier: MIT */
/* The plan of a job that brings things (campaigns, posts, leads): the account's facts where they are of the class, then each kind of it
 * that the platform lists, in the order of their numbers. A full list is walked to its end and swept, but of a class that is kept nothing
 * is; an incremental one asks what changed since the watermark of the last, where the platform can say so. */
#include "../base/switch.h"
#include "sync_int.h"

#include <stdio.h>

/* The scopes one of which a kind needs, where the consent is known to have none of them; NULL: nothing stands against it. */
static const char *campaigns_lacks(const sync_lane *lane, uint32_t kind)
{
    const char *has = lane->grant.scopes, *needs;
    char name[40];

    (void)snprintf(name, sizeof name, "scope.%s", adsync_kind_name(kind));
    needs = adsync__manifest_setting(&lane->app->connector->manifest, name);
    if (!needs || !has || !*has) return NULL;
    for (const char *at = needs; *at; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (adsync__words_have(has, at, strcspn(at, " "))) return NULL;
    }
    return needs;
}

static bool campaigns_offers(const sync_lane *lane, uint32_t kind)
{
    return sync_class_gives(&lane->app->connector->manifest, lane->wish.data, kind);
}

static bool campaigns_has(const sync_lane *lane, uint32_t kind) { return campaigns_offers(lane, kind) && !campaigns_lacks(lane, kind); }

/* What the consent does not cover is no fault of this sync: it is named, once for all, unless there is something more urgent to say. */
static void campaigns_name_left_out(sync_lane *lane)
{
    static const char words[] = "not in the consent, so left out:";
    char *out = lane->warning;
    size_t room = sizeof lane->warning, n = 0;

    for (uint32_t kind = ADSYNC_KIND_ACCOUNT; kind <= ADSYNC_KIND_POST && (n || !*out); kind++) {
        const char *lacks = campaigns_offers(lane, kind) ? campaigns_lacks(lane, kind) : NULL;
        if (!lacks || n >= room) continue;
        n += (size_t)snprintf(out + n, room - n, "%s %s (%.*s)", n ? "," : words, adsync_kind_name(kind), (int)strcspn(lacks, " "), lacks);
    }
}

/* The kind after the one in the cursor; 0: none. */
static uint32_t campaigns_after(const sync_lane *lane, uint32_t kind)
{
    while (++kind <= ADSYNC_KIND_POST)
        if (campaigns_has(lane, kind)) return kind;
    return 0;
}

static void campaigns_move(sync_lane *lane, uint32_t kind)
{
    lane->cursor.kind = kind;
    lane->cursor.second = false;
    lane->cursor.page = 0;
    lane->cursor.run = sync_id_draw(lane->sync);
    lane->cursor.since_us = adsync__now_us(adsync__kernel_effects(lane->sync->kernel));
    adsync__buffer_clear(&lane->cursor.at);
}

/* On to the next kind, or where there is none the list of kinds is done: that is in the cursor too, should the job's end be lost. */
static void campaigns_advance(sync_lane *lane)
{
    uint32_t next = campaigns_after(lane, lane->cursor.kind);

    campaigns_move(lane, next ? next : lane->cursor.kind);
    lane->cursor.planned = lane->finished = !next;
    if (!next) campaigns_name_left_out(lane);
}

static bool campaigns_incremental(const sync_lane *lane)
{
    return lane->wish.mode == ADSYNC_SYNC_INCREMENTAL && lane->cursor.water_us[lane->cursor.kind] > 0 &&
           sync_supports(lane, ADSYNC_TASK_CHANGES, lane->cursor.kind);
}

static adsync_status campaigns_next(sync_lane *lane, bool *over, adsync_error **error)
{
    uint32_t kind = lane->cursor.kind, op = ADSYNC_TASK_LIST;
    adsync_task *task;
    adsync_status rc;

    if (!kind) campaigns_move(lane, campaigns_after(lane, 0));
    if (kind && !sync_class_has(lane->wish.data, kind)) campaigns_advance(lane); /* it was of this class once */
    if (lane->cursor.planned || !lane->cursor.kind) {
        campaigns_name_left_out(lane);
        *over = true;
        return ADSYNC_OK;
    }
    kind = lane->cursor.kind;
    if (campaigns_incremental(lane)) op = ADSYNC_TASK_CHANGES;
    if (kind == ADSYNC_KIND_ACCOUNT) op = ADSYNC_TASK_ACCOUNT_GET;
    if ((rc = sync_lane_task(lane, op, kind == ADSYNC_KIND_ACCOUNT ? 0 : kind, &task, error)) < 0) return rc;
    if (op == ADSYNC_TASK_CHANGES) adsync__task_int(task, "since_us", lane->cursor.water_us[kind] - SYNC_OVERLAP_US);
    sync_lane_fly(lane);
    return ADSYNC_OK;
}

/* The kind is whole: its watermark is when its list began. */
adsync_status sync_kind_done(sync_lane *lane, adsync_error **error)
{
    lane->cursor.water_us[lane->cursor.kind] = lane->cursor.since_us;
    campaigns_advance(lane);
    return sync_lane_commit(lane, true, lane->finished ? sync_lane_finish : sync_lane_next, error);
}

static adsync_status campaigns_skip(sync_lane *lane, adsync_error **error)
{
    (void)error;
    campaigns_advance(lane);
    return ADSYNC_OK;
}

static void campaigns_sweep(sync_lane *lane)
{
    adsync_error *error = NULL;
    adsync_status rc = sync_sweep_begin(lane, &error);

    if (rc < 0) sync_lane_end(lane, rc, error);
    adsync_error_free(error);
}

static adsync_status campaigns_cursor(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    adsync__buffer_clear(&lane->cursor.at);
    if (outcome->cursor) adsync__buffer_text(&lane->cursor.at, outcome->cursor);
    return lane->cursor.at.failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

static bool campaigns_proven(const adsync_outcome *outcome)
{
    return outcome->evidence == ADSYNC_EVIDENCE_STRONG || !ADSYNC__GUARD(PROOF);
}

static adsync_status campaigns_outcome(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    bool done = outcome->way == ADSYNC__WAY_DONE, listing = lane->cursor.kind != ADSYNC_KIND_ACCOUNT;
    bool notes = listing && !campaigns_incremental(lane) && !sync_class_keeps(lane->wish.data);
    bool sweeps = notes && outcome->complete && campaigns_proven(outcome);
    adsync_status rc;

    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    if (listing && (rc = sync_entities_put(lane, outcome, error)) < 0) return rc;
    if (notes && (rc = sync_seen_put(lane, outcome, error)) < 0) return rc;
    lane->cursor.page++;
    if ((rc = campaigns_cursor(lane, outcome, error)) < 0) return rc;
    if (!done) return sync_lane_commit(lane, true, sync_lane_go, error);
    if (!listing && (rc = sync_lane_reload(lane, error)) < 0) return rc;
    return sync_lane_commit(lane, true, sweeps ? campaigns_sweep : sync_seen_forget, error);
}

static uint32_t campaigns_done(const sync_lane *lane, uint32_t *of)
{
    uint32_t done = 0;

    *of = 0;
    for (uint32_t kind = campaigns_after(lane, 0); kind; kind = campaigns_after(lane, kind)) {
        (*of)++;
        done += lane->cursor.planned || kind < lane->cursor.kind;
    }
    return done;
}

const sync_plan sync_campaigns = { campaigns_next, campaigns_outcome, campaigns_skip, campaigns_done, NULL, "kinds" };
