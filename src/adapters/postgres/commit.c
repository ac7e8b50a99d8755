/* SPDX-License-Identifier: MIT */
/* A commit is one transaction at READ COMMITTED in two trips: all statements in one pipeline, then COMMIT or ROLLBACK.
 *
 * Changes come sorted by table and key. Neighbours of one kind are a run, and a run is one statement (many rows that have to be compared
 * are locked by a statement before it, in the order of their keys). So every commit takes its locks in one order, whatever it mixes. Each
 * statement says which of its rows held, keys are distinct, and all runs are tried even after one failed: every conflict is known.
 *
 * A row that is not there cannot be locked. A put that expects none inserts, and who is slower finds the row (the unique key makes it
 * wait for the faster one's end). A delete of whatever is there inserts and deletes once more where it found nothing: otherwise it would
 * not wait for somebody who is just making the row, and pass him on one key while being passed on another.
 *
 * Nothing is applied before COMMIT was sent, so whatever fails until then may be done again. Afterwards only the server knows. */
#include "postgres_int.h"

#include <stdio.h>

static uint16_t commit_what(const adsync_change *c)
{
    if (c->op == ADSYNC_CHANGE_CHECK) return ADSYNC__POSTGRES_CHECK;
    if (c->op == ADSYNC_CHANGE_DELETE) return ADSYNC__POSTGRES_DELETE;
    if (c->expected == ADSYNC_EXPECT_ANY) return ADSYNC__POSTGRES_UPSERT;
    return c->expected == ADSYNC_EXPECT_ABSENT ? ADSYNC__POSTGRES_INSERT : ADSYNC__POSTGRES_UPDATE;
}

static bool commit_alike(const adsync_change *a, const adsync_change *b)
{
    return a->table == b->table && a->n_values == b->n_values && commit_what(a) == commit_what(b);
}

static bool commit_finds_nothing(const adsync_change *c) { return c->op == ADSYNC_CHANGE_DELETE && c->expected == ADSYNC_EXPECT_ANY; }

/* What stands in for a row that is not there. */
static adsync_change commit_stand_in(const adsync_change *c)
{
    return (adsync_change){ ADSYNC_CHANGE_PUT, c->table, ADSYNC_EXPECT_ABSENT, 1, c->values, c->n_values, 0 };
}

static void commit_params(adsync__postgres *s, uint16_t what, const adsync_change *changes, uint32_t n)
{
    bool puts = what == ADSYNC__POSTGRES_INSERT || what == ADSYNC__POSTGRES_UPSERT || what == ADSYNC__POSTGRES_UPDATE;
    uint32_t columns = puts ? changes->n_values : adsync_index_width(changes->table, 0);

    adsync__postgres_params_begin(s);
    for (uint32_t i = 0; i < columns; i++)
        adsync__postgres_params_column(s, changes, n, i);
    if (puts) adsync__postgres_params_column(s, changes, n, ADSYNC__POSTGRES_GIVEN);
    if (what != ADSYNC__POSTGRES_INSERT && what != ADSYNC__POSTGRES_UPSERT)
        adsync__postgres_params_column(s, changes, n, ADSYNC__POSTGRES_EXPECTED);
}

/* The statement for these changes, prepared. */
static adsync_status commit_statement(adsync__postgres *s, uint16_t what, const adsync_change *changes, uint32_t n,
                                      adsync__postgres_statement **out, adsync_error **error)
{
    adsync__postgres_shape shape = { .what = what, .many = n > 1, .range = { .table = (uint16_t)changes->table } };
    adsync_status rc;

    if (what != ADSYNC__POSTGRES_CHECK && what != ADSYNC__POSTGRES_DELETE) shape.range.columns = (uint16_t)changes->n_values;
    if ((rc = adsync__postgres_statement_get(s, &shape, out, error)) < 0) return rc;
    if ((*out)->prepared || s->flags & ADSYNC_POSTGRES_POOLED) return ADSYNC_OK;
    commit_params(s, what, changes, n);
    return s->params.failed ? adsync__postgres_memory(error) : adsync__postgres_statement_prepare(s, *out, error);
}

static adsync_status commit_plain(adsync__postgres *s, uint16_t what, adsync__postgres_statement **out, adsync_error **error)
{
    const adsync__postgres_shape shape = { .what = what };
    adsync_status rc = adsync__postgres_statement_get(s, &shape, out, error);

    adsync__postgres_params_begin(s);
    return rc < 0 ? rc : adsync__postgres_statement_prepare(s, *out, error);
}

static adsync_status commit_run_plan(adsync__postgres *s, const adsync_change *c, adsync__postgres_run *run, adsync_error **error)
{
    const adsync_change stand_in = commit_stand_in(c);
    const uint16_t what = commit_what(c);
    adsync__postgres_statement *statement;
    adsync_status rc;

    run->lock = NULL;
    if ((rc = commit_statement(s, what, c, run->n, &run->statement, error)) < 0) return rc;
    if (run->n > 1 && (what == ADSYNC__POSTGRES_UPDATE || what == ADSYNC__POSTGRES_DELETE) &&
        (rc = commit_statement(s, ADSYNC__POSTGRES_CHECK, c, run->n, &run->lock, error)) < 0)
        return rc;
    if (what != ADSYNC__POSTGRES_DELETE) return ADSYNC_OK;
    if ((rc = commit_statement(s, ADSYNC__POSTGRES_INSERT, &stand_in, 1, &statement, error)) < 0) return rc;
    return commit_statement(s, what, c, 1, &statement, error);
}

static adsync_status commit_room(adsync__postgres *s, uint32_t n, adsync_error **error)
{
    adsync__postgres_run *runs;
    uint8_t *held;

    if (n > s->runs_room) {
        if (!(runs = adsync__postgres_grow(s->runs, n * sizeof *runs))) return adsync__postgres_memory(error);
        s->runs = runs;
        s->runs_room = n;
    }
    if (n > s->held_room) {
        if (!(held = adsync__postgres_grow(s->held, n))) return adsync__postgres_memory(error);
        s->held = held;
        s->held_room = n;
    }
    memset(s->held, 0, n);
    return ADSYNC_OK;
}

/* Cuts the changes into runs and prepares what they need, which cannot be done in a pipeline. */
static adsync_status commit_plan(adsync__postgres *s, const adsync_change *changes, uint32_t n, adsync_error **error)
{
    static const uint16_t plain[] = { ADSYNC__POSTGRES_BEGIN, ADSYNC__POSTGRES_COMMIT, ADSYNC__POSTGRES_ROLLBACK };
    adsync__postgres_statement *statement;
    adsync_status rc;

    if ((rc = adsync__postgres_connect(s, error)) < 0) return rc;
    if ((rc = commit_room(s, n, error)) < 0) return rc;
    adsync__postgres_pieces(s, changes, n);
    if (adsync__postgres_lost(s)) return adsync__postgres_fail(s, NULL, error);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if ((rc = commit_plain(s, plain[i], &statement, error)) < 0) return rc;
    s->n_runs = 0;
    for (uint32_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && commit_alike(&changes[from], &changes[to]);) to++;
        s->runs[s->n_runs] = (adsync__postgres_run){ .first = from, .n = to - from };
        if ((rc = commit_run_plan(s, &changes[from], &s->runs[s->n_runs++], error)) < 0) return rc;
    }
    return ADSYNC_OK;
}

/* ---- into the pipeline */

static adsync_status commit_send(adsync__postgres *s, adsync__postgres_statement *statement, adsync_error **error)
{
    if (!adsync__postgres_params_end(s)) return adsync__postgres_memory(error);
    return adsync__postgres_statement_send(s, statement) ? ADSYNC_OK : adsync__postgres_fail(s, NULL, error);
}

static adsync_status commit_send_plain(adsync__postgres *s, uint16_t what, adsync_error **error)
{
    adsync__postgres_statement *statement;
    adsync_status rc = commit_plain(s, what, &statement, error); /* prepared before: it is only found here */

    return rc < 0 ? rc : commit_send(s, statement, error);
}

static adsync_status commit_send_changes(adsync__postgres *s, adsync__postgres_statement *statement, const adsync_change *changes,
                                         uint32_t n, adsync_error **error)
{
    commit_params(s, statement->shape.what, changes, n);
    return commit_send(s, statement, error);
}

/* How long to wait for a row is a setting of the session, but behind a pooler. */
static adsync_status commit_send_begin(adsync__postgres *s, adsync_error **error)
{
    const adsync__postgres_shape shape = { .what = ADSYNC__POSTGRES_LOCK_TIMEOUT };
    adsync__postgres_statement *statement;
    char ms[24];
    adsync_value value = { .kind = ADSYNC_VALUE_TEXT, .p = ms };
    adsync_status rc = commit_send_plain(s, ADSYNC__POSTGRES_BEGIN, error);

    if (rc < 0 || !(s->flags & ADSYNC_POSTGRES_POOLED)) return rc;
    value.size = (uint32_t)snprintf(ms, sizeof ms, "%lld", (long long)((s->timeout_us + 999) / 1000));
    if ((rc = adsync__postgres_statement_get(s, &shape, &statement, error)) < 0) return rc;
    adsync__postgres_params_begin(s);
    adsync__postgres_params_value(s, ADSYNC_VALUE_TEXT, &value);
    return commit_send(s, statement, error);
}

/* A sync point, and no mere flush: only from there on the server counts how long a transaction stands still. */
static adsync_status commit_flush(adsync__postgres *s, adsync_error **error)
{
    if (!PQpipelineSync(s->conn) || PQflush(s->conn) != 0) return adsync__postgres_fail(s, NULL, error);
    s->syncing = true;
    return ADSYNC_OK;
}

static adsync_status commit_send_runs(adsync__postgres *s, const adsync_change *changes, adsync_error **error)
{
    adsync_status rc = commit_send_begin(s, error);

    for (uint32_t i = 0; rc >= 0 && i < s->n_runs; i++) {
        const adsync__postgres_run *run = &s->runs[i];
        if (run->lock) rc = commit_send_changes(s, run->lock, changes + run->first, run->n, error);
        if (rc >= 0) rc = commit_send_changes(s, run->statement, changes + run->first, run->n, error);
    }
    return rc < 0 ? rc : commit_flush(s, error);
}

/* ---- out of it */

/* The answer of the next statement; the caller clears it. */
static adsync_status commit_answer(adsync__postgres *s, PGresult **out, adsync_error **error)
{
    ExecStatusType status;
    adsync_status rc;

    *out = PQgetResult(s->conn);
    status = PQresultStatus(*out);
    PQclear(*out ? PQgetResult(s->conn) : NULL); /* the end of this statement's answer */
    if (*out && (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)) return ADSYNC_OK;
    rc = adsync__postgres_fail(s, *out, error);
    PQclear(*out);
    *out = NULL;
    return rc;
}

static adsync_status commit_skip(adsync__postgres *s, adsync_error **error)
{
    PGresult *result;
    adsync_status rc = commit_answer(s, &result, error);

    PQclear(result);
    return rc;
}

static adsync_status commit_flushed(adsync__postgres *s, adsync_error **error)
{
    PGresult *result = PQgetResult(s->conn);
    adsync_status rc = ADSYNC_OK;

    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) s->syncing = false;
    else rc = adsync__postgres_fail(s, result, error);
    PQclear(result);
    return rc;
}

static bool commit_same_key(const adsync_change *c, const PGresult *result, int row)
{
    for (int i = 0; i < PQnfields(result); i++) {
        const adsync_value *value = &c->values[i];
        if (value->kind == ADSYNC_VALUE_INT ? value->i != adsync__postgres_int(result, row, i)
                                            : (int)value->size != PQgetlength(result, row, i) ||
                                                  (value->size && memcmp(value->p, PQgetvalue(result, row, i), value->size) != 0))
            return false;
    }
    return true;
}

/* Which changes of a run held. An insert answers the keys that it made, in their order; the others the places, from 1. */
static void commit_judge(adsync__postgres *s, const adsync__postgres_run *run, const adsync_change *changes, const PGresult *result)
{
    uint16_t what = run->statement->shape.what;
    uint8_t *held = s->held + run->first;
    uint32_t at = 0;

    if (what == ADSYNC__POSTGRES_UPSERT) memset(held, 1, run->n);
    for (int r = 0; r < PQntuples(result); r++, at++) {
        if (what == ADSYNC__POSTGRES_INSERT)
            while (at < run->n && !commit_same_key(&changes[run->first + at], result, r)) at++;
        else at = (uint32_t)adsync__postgres_int(result, r, 0) - 1;
        if (at < run->n) held[at] = 1;
    }
}

static adsync_status commit_answers(adsync__postgres *s, const adsync_change *changes, adsync_error **error)
{
    adsync_status rc = commit_skip(s, error); /* BEGIN */
    PGresult *result;

    if (rc >= 0 && s->flags & ADSYNC_POSTGRES_POOLED) rc = commit_skip(s, error); /* lock_timeout */
    for (uint32_t i = 0; rc >= 0 && i < s->n_runs; i++) {
        const adsync__postgres_run *run = &s->runs[i];
        if (run->lock && (rc = commit_skip(s, error)) < 0) break;
        if ((rc = commit_answer(s, &result, error)) < 0) break;
        commit_judge(s, run, changes, result);
        PQclear(result);
    }
    return rc < 0 ? rc : commit_flushed(s, error);
}

/* Deletes of whatever is there that found nothing: holds the place, then gives it up. */
static adsync_status commit_gaps(adsync__postgres *s, const adsync_change *changes, uint32_t n, adsync_error **error)
{
    adsync__postgres_statement *insert, *delete;
    adsync_status rc = ADSYNC_OK;
    uint32_t gaps = 0;

    for (uint32_t i = 0; rc >= 0 && i < n; i++) {
        const adsync_change stand_in = commit_stand_in(&changes[i]);
        if (s->held[i] || !commit_finds_nothing(&changes[i])) continue;
        s->held[i] = 1;
        gaps++;
        if ((rc = commit_statement(s, ADSYNC__POSTGRES_INSERT, &stand_in, 1, &insert, error)) < 0) return rc;
        if ((rc = commit_statement(s, ADSYNC__POSTGRES_DELETE, &changes[i], 1, &delete, error)) < 0) return rc;
        if ((rc = commit_send_changes(s, insert, &stand_in, 1, error)) < 0) return rc;
        rc = commit_send_changes(s, delete, &changes[i], 1, error);
    }
    if (rc >= 0 && gaps) rc = commit_flush(s, error);
    for (uint32_t i = 0; rc >= 0 && i < 2 * gaps; i++)
        rc = commit_skip(s, error);
    return rc >= 0 && gaps ? commit_flushed(s, error) : rc;
}

/* ---- the end */

/* Whether the pipeline came to its end; nothing is left in it then. One NULL ends an answer; after a second nothing will come. */
static bool commit_sync(adsync__postgres *s)
{
    bool synced = false;

    for (int ends = 0; !synced && ends < 2 && !adsync__postgres_lost(s);) {
        PGresult *result = PQgetResult(s->conn);
        synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        ends = result ? 0 : ends + 1;
        PQclear(result);
    }
    return synced && PQexitPipelineMode(s->conn);
}

/* Whatever happened, the connection is idle afterwards, or gone, and with it the transaction. */
static void commit_abandon(adsync__postgres *s)
{
    bool idle = !adsync__postgres_lost(s) && (s->syncing || PQpipelineSync(s->conn)) && commit_sync(s);

    if (!idle || !adsync__postgres_sql(s, "ROLLBACK")) adsync__postgres_drop(s);
}

/* A COMMIT that answers ROLLBACK, or that the transaction stood in the way of another or broke a rule, left nothing. */
static bool commit_left_nothing(const PGresult *result)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

    if (PQresultStatus(result) == PGRES_COMMAND_OK) return !strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "ROLLBACK");
    return state && strcmp(state, "40003") != 0 && (!strncmp(state, "40", 2) || !strncmp(state, "23", 2));
}

static adsync_status commit_end(adsync__postgres *s, adsync_error **error)
{
    adsync_status rc = ADSYNC_E_UNCERTAIN, sent = commit_send_plain(s, ADSYNC__POSTGRES_COMMIT, error);
    PGresult *result = NULL;
    bool synced;

    if (sent >= 0 && PQpipelineSync(s->conn)) result = PQgetResult(s->conn);
    if (PQresultStatus(result) == PGRES_COMMAND_OK && !strcmp(PQcmdStatus(result), "COMMIT")) rc = ADSYNC_OK;
    else if (result && commit_left_nothing(result)) rc = adsync__postgres_fail(s, result, error);
    PQclear(result);
    synced = result && commit_sync(s);
    if (!synced || PQtransactionStatus(s->conn) != PQTRANS_IDLE) adsync__postgres_drop(s);
    if (rc == ADSYNC_E_UNCERTAIN)
        return adsync__postgres_refuse(rc, "the connection was lost while a commit ended; it may or may not have been applied", error);
    return rc;
}

/* *commits: COMMIT may have left this process, so this must not be done again. */
static adsync_status commit_try(adsync__postgres *s, const adsync_change *changes, uint32_t n, bool *commits, adsync_error **error)
{
    adsync_status rc;

    if ((rc = commit_plan(s, changes, n, error)) < 0) return rc;
    s->syncing = false;
    if (!PQenterPipelineMode(s->conn)) return adsync__postgres_fail(s, NULL, error);
    rc = commit_send_runs(s, changes, error);
    if (rc >= 0) rc = commit_answers(s, changes, error);
    if (rc >= 0) rc = commit_gaps(s, changes, n, error);
    *commits = rc >= 0 && !memchr(s->held, 0, n);
    if (*commits) return commit_end(s, error);
    if (rc >= 0) rc = ADSYNC_E_CONFLICT;
    commit_abandon(s);
    return rc;
}

adsync_status adsync__postgres_commit(void *user, const adsync_change *changes, uint32_t n_changes, adsync_sink *conflicts,
                                      adsync_error **error)
{
    adsync__postgres *s = user;
    bool commits = false;
    adsync_status rc = commit_try(s, changes, n_changes, &commits, error), named = ADSYNC_OK;

    if (rc < 0 && rc != ADSYNC_E_CONFLICT && !commits && adsync__postgres_lost(s)) {
        adsync__postgres_forgive(error);
        rc = commit_try(s, changes, n_changes, &commits, error);
    }
    if (rc != ADSYNC_E_CONFLICT) return rc;
    for (uint32_t i = 0; named >= 0 && i < n_changes; i++)
        if (!s->held[i]) named = adsync_sink_conflict(conflicts, i);
    return named < 0 ? named : adsync_error_set(error, ADSYNC_E_CONFLICT, NULL, 0);
}
