/* SPDX-License-Identifier: MIT */
/* What is old goes: one line a table, with the age that it is kept to.
 *
 * A pass over all organisations, four times a day, by whichever worker finds it due: the row "retention" in meta says when that is, and
 * who takes it puts it off for a while, so there is one at a time. It has the lowest rank: it begins a minute after the
 * engine was opened, or where that is drained when nothing else is due, and takes a page or two a turn. A pass that nobody ends is begun
 * again; it remembers nothing.
 *
 * Ages are counted by the host's clock or the storage's, whichever is behind, and never by one that ran ahead of this engine's monotonic
 * clock since its first look: a clock that is ahead, or jumps forward, drops nothing early; one that is behind, later. */
#include "engine_int.h"

enum {
    KEEP_LOT = 200,           /* rows of a commit */
    KEEP_STEPS = 6,           /* scans of a turn, at most; the first commit ends them */
    KEEP_FIRST_US = 60000000, /* at the latest so long after the engine was opened, */
    KEEP_LOOK_US = 60000000,  /* and between two looks whether a pass is due */
    KEEP_PAUSE_US = 200000,   /* between two lots, where there is other work */
    KEEP_AHEAD_US = 60000000, /* how far a clock may run ahead of the monotonic one */
    KEEP_JOB_COLUMNS = 24     /* to CREATED_US, by which the index goes */
};
static const int64_t keep_every_us = INT64_C(21600000000), keep_lease_us = INT64_C(600000000);

/* Which of a page may go; `rows` holds it whole. */
typedef adsync_status keep_judge(adsync_engine *engine, adsync_rows *rows, int64_t before_us, bool *goes, adsync_error **error);

typedef struct keep_rule {
    uint32_t table, index; /* the index goes on with the time that counts, behind the organisation and, where it hops, the connection */
    uint32_t columns;
    bool hops;
    keep_judge *judge; /* NULL: all of it */
} keep_rule;

static keep_judge keep_jobs;
static const keep_rule keep_rules[ADSYNC__KEEPS] = {
    [ADSYNC__KEEP_CALLS] = { ADSYNC_T_API_CALLS, 0, 3, false, NULL },
    [ADSYNC__KEEP_JOBS] = { ADSYNC_T_JOBS, 1, KEEP_JOB_COLUMNS, true, keep_jobs },
    [ADSYNC__KEEP_REVISIONS] = { ADSYNC_T_REVISIONS, 1, 8, true, NULL },
};
static const int64_t keep_days[ADSYNC__KEEPS] = { [ADSYNC__KEEP_CALLS] = 90, [ADSYNC__KEEP_JOBS] = 90, [ADSYNC__KEEP_REVISIONS] = 400 };

adsync_status adsync__keep_begin(adsync_engine *engine, const int32_t days[ADSYNC__KEEPS], adsync_error **error)
{
    for (uint32_t i = 0; i < ADSYNC__KEEPS; i++) {
        if (days[i] < -1) return adsync__fail(error, ADSYNC_E_INVALID, "engine.keep", "adsync_engine_options: days to keep are below -1");
        engine->keep.days[i] = days[i] ? days[i] : keep_days[i];
    }
    engine->keep.at_us = adsync__monotonic_us(adsync__kernel_effects(engine->kernel)) + KEEP_FIRST_US;
    return ADSYNC_OK;
}

/* ---- what time it is */

static int64_t keep_now(adsync_engine *engine, int64_t monotonic_us)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(engine->kernel)), shared;

    if (adsync__storage_now(adsync__kernel_storage(engine->kernel), &shared, NULL) >= 0 && shared < now) now = shared;
    if (!engine->keep.clocked) engine->keep.clock_us = now - monotonic_us;
    engine->keep.clocked = true;
    return now - monotonic_us > engine->keep.clock_us + KEEP_AHEAD_US ? engine->keep.clock_us + monotonic_us : now;
}

static int64_t keep_before(const engine_keep *keep, uint32_t rule, int64_t now)
{
    return now - keep->days[rule] * 24 * INT64_C(3600000000);
}

/* ---- jobs */

static bool keep_job_is_over(adsync_rows *job, int64_t before_us)
{
    static const char *const ended[] = { "succeeded", "partial", "failed", "cancelled" };
    int64_t ended_us = adsync_rows_int(job, ADSYNC_C_ENDED_US);

    for (size_t i = 0; i < ADSYNC__COUNT(ended); i++)
        if (adsync__equal_text(adsync_rows_text(job, ADSYNC_C_STATE), ended[i]))
            return ended_us > 0 && ended_us < before_us && adsync_rows_int(job, ADSYNC_C_OPEN_CHILDREN) <= 0;
    return false;
}

/* A child counts for its parent as long as that is open, and is listed with it for as long as it is kept. */
static adsync_status keep_parent_is_over(adsync_engine *engine, int64_t org, int64_t parent, int64_t before_us, bool *over,
                                         adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(parent) };
    adsync_rows *row = NULL;
    adsync_status rc = ADSYNC_OK;

    if (parent) rc = adsync_storage_read(adsync__kernel_storage(engine->kernel), org, ADSYNC_T_JOBS, KEEP_JOB_COLUMNS, key, 1, &row, error);
    *over = rc >= 0 && (adsync_rows_next(row, NULL) != ADSYNC_ROW || keep_job_is_over(row, before_us));
    adsync_rows_free(row);
    return rc;
}

static adsync_status keep_jobs(adsync_engine *engine, adsync_rows *rows, int64_t before_us, bool *goes, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW; i++) {
        goes[i] = keep_job_is_over(rows, before_us);
        if (goes[i])
            rc = keep_parent_is_over(engine, adsync_rows_int(rows, ADSYNC_C_ORG), adsync_rows_int(rows, ADSYNC_C_PARENT), before_us,
                                     &goes[i], error);
    }
    return rc;
}

/* ---- a page */

static adsync_status keep_drop(adsync_engine *engine, const keep_rule *rule, int64_t org, adsync_rows *rows, const bool *goes, bool *wrote,
                               adsync_error **error)
{
    const uint32_t n_key = adsync_index_width(rule->table, 0),
                   most = adsync__storage_ops(adsync__kernel_storage(engine->kernel))->max_changes;
    adsync_change changes[KEEP_LOT];
    uint32_t n = 0;
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; i < adsync_rows_count(rows); i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        if (!goes[i]) continue;
        changes[n++] = (adsync_change){ .op = ADSYNC_CHANGE_DELETE,
                                        .table = rule->table,
                                        .expected = rule->judge ? row[rule->columns].i : ADSYNC_EXPECT_ANY, /* as it was judged */
                                        .values = row,
                                        .n_values = n_key };
    }
    for (uint32_t done = 0, lot; done < n && rc >= 0; done += lot) {
        lot = n - done < most ? n - done : most;
        rc = adsync_storage_commit(adsync__kernel_storage(engine->kernel), org, changes + done, lot, NULL, error);
        *wrote = true;
    }
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc; /* somebody wrote one of them: the next pass looks again */
}

/* Behind what was judged and stays; what goes without a judge is gone. */
static void keep_remember(engine_keep *keep, const keep_rule *rule, adsync_rows *rows)
{
    const adsync_value *last;

    if (!rule->judge) return;
    last = adsync__rows_values(rows, adsync_rows_count(rows) - 1);
    for (uint32_t i = 0; i < 2; i++) keep->after[i] = last[adsync_index_column(rule->table, rule->index, 2 + i)].i;
    keep->goes_on = true;
}

static adsync_status keep_page(adsync_engine *engine, engine_keep *keep, const keep_rule *rule, int64_t before_us, bool *wrote,
                               adsync_error **error)
{
    const adsync_value org = adsync__value_int(keep->org), connection = adsync__value_int(keep->connection),
                       before = adsync__value_int(before_us);
    const adsync_value lower[] = { org, connection, adsync__value_int(keep->after[0]), adsync__value_int(keep->after[1]) };
    const adsync_value upper[] = { org, rule->hops ? connection : before, before };
    const adsync_range range = { .table = rule->table,
                                 .index = rule->index,
                                 .flags = keep->goes_on ? ADSYNC_RANGE_EXCLUSIVE : 0,
                                 .limit = KEEP_LOT,
                                 .columns = rule->columns,
                                 .lower = lower,
                                 .n_lower = !rule->hops     ? 1
                                            : keep->goes_on ? 4
                                                            : 2,
                                 .upper = upper,
                                 .n_upper = rule->hops ? 3 : 2 };
    adsync_rows *rows = NULL;
    bool goes[KEEP_LOT];
    size_t n;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(engine->kernel), keep->org, &range, &rows, error);

    if (rc < 0) return rc;
    n = adsync_rows_count(rows);
    memset(goes, 1, sizeof goes);
    if (rule->judge) rc = rule->judge(engine, rows, before_us, goes, error);
    if (rc >= 0) rc = keep_drop(engine, rule, keep->org, rows, goes, wrote, error);
    if (rc >= 0 && n) keep_remember(keep, rule, rows);
    if (rc >= 0 && n < KEEP_LOT) { /* on with the next connection, or organisation */
        if (!rule->hops) keep->org = 0;
        keep->past = keep->connection;
        keep->connection = 0;
        keep->goes_on = false;
    }
    adsync_rows_free(rows);
    return rc;
}

/* ---- from one connection, and one organisation, to the next */

static adsync_status keep_next_connection(adsync_engine *engine, engine_keep *keep, const keep_rule *rule, adsync_error **error)
{
    const adsync_value lower[] = { adsync__value_int(keep->org), adsync__value_int(keep->past) };
    const adsync_range range = { .table = rule->table,
                                 .index = rule->index,
                                 .flags = keep->past ? ADSYNC_RANGE_EXCLUSIVE : 0,
                                 .limit = 1,
                                 .columns = rule->columns,
                                 .lower = lower,
                                 .n_lower = keep->past ? 2 : 1,
                                 .upper = lower,
                                 .n_upper = 1 };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(engine->kernel), keep->org, &range, &rows, error);

    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        keep->connection = adsync_rows_int(rows, ADSYNC_C_CONNECTION);
    else if (rc >= 0)
        keep->org = 0;
    adsync_rows_free(rows);
    return rc;
}

static adsync_status keep_more_orgs(adsync_engine *engine, engine_keep *keep, adsync_error **error)
{
    const adsync_value lower = adsync__value_int(keep->last_org);
    const adsync_range range = { .table = ADSYNC_T_ORGS,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = ADSYNC__COUNT(keep->orgs),
                                 .columns = 2,
                                 .lower = &lower,
                                 .n_lower = 1 };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(engine->kernel), 0, &range, &rows, error);

    keep->n_orgs = keep->next_org = 0;
    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) keep->orgs[keep->n_orgs++] = adsync_rows_int(rows, ADSYNC_C_ORG);
    adsync_rows_free(rows);
    return rc;
}

static void keep_next_rule(engine_keep *keep)
{
    keep->rule++;
    keep->last_org = 0;
    keep->n_orgs = keep->next_org = 0;
}

/* Pieces that are wholly old go at once, where the storage keeps any; before any organisation is looked at. */
static adsync_status keep_pieces(adsync_engine *engine, const keep_rule *rule, int64_t before_us, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = adsync__storage_drop_before(adsync__kernel_storage(engine->kernel), rule->table, before_us, &words);

    return adsync__fail_with(error, rc == ADSYNC_E_UNSUPPORTED || rc == ADSYNC_E_RETRY ? ADSYNC_OK : rc, words);
}

static adsync_status keep_next_org(adsync_engine *engine, engine_keep *keep, int64_t before_us, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    if (!keep->last_org && !keep->n_orgs) rc = keep_pieces(engine, &keep_rules[keep->rule], before_us, error);
    if (rc >= 0 && keep->next_org == keep->n_orgs) rc = keep_more_orgs(engine, keep, error);
    if (rc < 0) return rc;
    if (!keep->n_orgs) {
        keep_next_rule(keep);
        return ADSYNC_OK;
    }
    keep->org = keep->last_org = keep->orgs[keep->next_org++];
    keep->past = keep->connection = 0;
    keep->goes_on = false;
    return ADSYNC_OK;
}

static adsync_status keep_step(adsync_engine *engine, engine_keep *keep, int64_t now, bool *wrote, adsync_error **error)
{
    const keep_rule *rule = &keep_rules[keep->rule];
    int64_t before_us = keep_before(keep, keep->rule, now);

    if (keep->days[keep->rule] < 0) {
        keep_next_rule(keep);
        return ADSYNC_OK;
    }
    if (!keep->org) return keep_next_org(engine, keep, before_us, error);
    if (rule->hops && !keep->connection) return keep_next_connection(engine, keep, rule, error);
    return keep_page(engine, keep, rule, before_us, wrote, error);
}

/* ---- a pass */

/* The row in meta: when a pass is due. */
static adsync_status keep_put(adsync_engine *engine, int64_t expected, int64_t due_us, adsync_error **error)
{
    const adsync_value row[] = { adsync__value_text("retention"), adsync__value_int(due_us) };
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = expected, .values = row, .n_values = 2 };

    return adsync_storage_commit(adsync__kernel_storage(engine->kernel), 0, &put, 1, NULL, error);
}

/* Whether it is due, and ours from here on. A row that a clock far ahead has written counts as due. */
static adsync_status keep_take(adsync_engine *engine, int64_t now, bool *ours, adsync_error **error)
{
    const adsync_value key = adsync__value_text("retention");
    int64_t due = 0, version = ADSYNC_EXPECT_ABSENT;
    adsync_rows *row = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(engine->kernel), 0, ADSYNC_T_META, 0, &key, 1, &row, error);

    *ours = false;
    if (rc < 0) return rc;
    if (adsync_rows_next(row, NULL) == ADSYNC_ROW) {
        due = adsync_rows_int(row, ADSYNC_C_VALUE);
        version = adsync_rows_int(row, ADSYNC_C_VERSION);
    }
    adsync_rows_free(row);
    if (due > now && due <= now + 2 * keep_every_us) return ADSYNC_OK;
    rc = keep_put(engine, version, now + keep_lease_us, error);
    *ours = rc >= 0;
    return rc == ADSYNC_E_CONFLICT ? ADSYNC_OK : rc;
}

static adsync_status keep_go_on(adsync_engine *engine, engine_keep *keep, int64_t now, int64_t monotonic_us, adsync_error **error)
{
    bool wrote = false;
    adsync_status rc = ADSYNC_OK;

    if (monotonic_us >= keep->lease_us) {
        rc = keep_put(engine, ADSYNC_EXPECT_ANY, now + keep_lease_us, error);
        keep->lease_us = monotonic_us + keep_lease_us / 2;
    }
    for (uint32_t i = 0; i < KEEP_STEPS && rc >= 0 && !wrote && keep->rule < ADSYNC__KEEPS; i++)
        rc = keep_step(engine, keep, now, &wrote, error);
    if (rc < 0) return rc;
    keep->at_us = monotonic_us + (adsync__sync_lanes(engine->sync) ? KEEP_PAUSE_US : 0);
    if (keep->rule < ADSYNC__KEEPS) return ADSYNC_OK;
    keep->busy = false;
    keep->at_us = monotonic_us + KEEP_LOOK_US;
    return keep_put(engine, ADSYNC_EXPECT_ANY, now + keep_every_us, error);
}

static adsync_status keep_tend(adsync_engine *engine, engine_keep *keep, int64_t monotonic_us, adsync_error **error)
{
    int64_t now = keep_now(engine, monotonic_us);
    adsync_status rc;

    keep->at_us = monotonic_us + KEEP_LOOK_US;
    if (keep->busy) return keep_go_on(engine, keep, now, monotonic_us, error);
    if ((rc = keep_take(engine, now, &keep->busy, error)) < 0 || !keep->busy) return rc;
    keep->rule = 0;
    keep->org = keep->last_org = 0;
    keep->n_orgs = keep->next_org = 0;
    keep->lease_us = monotonic_us + keep_lease_us / 2;
    keep->at_us = monotonic_us;
    return ADSYNC_OK;
}

void adsync__keep_tend(adsync_engine *engine)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    int64_t now = adsync__monotonic_us(effects);
    adsync_error *words = NULL;

    if (!engine->claims || engine->fenced || now < engine->keep.at_us) return;
    engine->keep.looked = true;
    if (keep_tend(engine, &engine->keep, now, &words) < 0) {
        adsync__log(effects, ADSYNC_LOG_WARN, "retention", "what is old is dropped later: %s", adsync_error_message(words));
        engine->keep.busy = false;
    }
    adsync_error_free(words);
}

/* Nothing is due: time for what has the lowest rank. */
bool adsync__keep_idle(adsync_engine *engine)
{
    if (!engine->claims || engine->fenced || (engine->keep.looked && !engine->keep.busy)) return false;
    engine->keep.at_us = 0;
    return true;
}
