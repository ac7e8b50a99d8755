/* SPDX-License-Identifier: MIT */
/* A commit is one transaction that begins as a writer. Each change is compared and written by one statement (UPDATE .. WHERE key AND
 * version) that says how many rows it met. Keys are distinct, so no write can make a later comparison hold or fail. From the first
 * change on that does not hold nothing is written any more, the rest is only compared, and all is rolled back. */
#include "sqlite_int.h"

/* Which statement makes the change. */
static adsync__sqlite_shape commit_shape(const adsync_change *c, bool compare_only)
{
    adsync__sqlite_shape shape = { .range.table = (uint16_t)c->table };

    if (compare_only || c->op == ADSYNC_CHANGE_CHECK) {
        shape.what = ADSYNC__SQLITE_VERSION;
        return shape;
    }
    if (c->op == ADSYNC_CHANGE_DELETE) {
        shape.what = c->expected == ADSYNC_EXPECT_ANY ? ADSYNC__SQLITE_DELETE : ADSYNC__SQLITE_DELETE_AT;
        return shape;
    }
    shape.what = ADSYNC__SQLITE_UPDATE;
    if (c->expected == ADSYNC_EXPECT_ANY) shape.what = ADSYNC__SQLITE_UPSERT;
    if (c->expected == ADSYNC_EXPECT_ABSENT) shape.what = ADSYNC__SQLITE_INSERT;
    shape.range.columns = (uint16_t)c->n_values;
    return shape;
}

static int commit_compare(sqlite3_stmt *stmt, const adsync_change *c, uint32_t n_key, bool *holds)
{
    int code = adsync__sqlite_bind(stmt, 1, c->values, n_key);
    int64_t version = ADSYNC_EXPECT_ABSENT;

    if (code != SQLITE_OK) return code;
    if ((code = sqlite3_step(stmt)) == SQLITE_ROW) version = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_reset(stmt);
    *holds = c->expected == ADSYNC_EXPECT_ANY || c->expected == version;
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int commit_write(sqlite3 *db, sqlite3_stmt *stmt, uint32_t what, const adsync_change *c, uint32_t n_key, bool *holds)
{
    bool puts = c->op == ADSYNC_CHANGE_PUT;
    uint32_t n = puts ? c->n_values : n_key;
    int code = adsync__sqlite_bind(stmt, 1, c->values, n);

    if (code == SQLITE_OK && puts) code = sqlite3_bind_int64(stmt, (int)++n, c->version);
    if (code == SQLITE_OK && (what == ADSYNC__SQLITE_UPDATE || what == ADSYNC__SQLITE_DELETE_AT))
        code = sqlite3_bind_int64(stmt, (int)++n, c->expected);
    if (code == SQLITE_OK) code = adsync__sqlite_run(stmt);
    *holds = what == ADSYNC__SQLITE_DELETE || sqlite3_changes(db) == 1;
    return code;
}

static int commit_change(adsync__sqlite *s, const adsync_change *c, bool compare_only, bool *holds)
{
    const adsync__sqlite_shape shape = commit_shape(c, compare_only);
    uint32_t n_key = adsync_index_width(c->table, 0);
    sqlite3_stmt *stmt;
    int code;

    *holds = true;
    if ((code = adsync__sqlite_statement_get(s, &shape, &stmt)) != SQLITE_OK) return code;
    if (shape.what == ADSYNC__SQLITE_VERSION) return commit_compare(stmt, c, n_key, holds);
    return commit_write(s->db, stmt, shape.what, c, n_key, holds);
}

/* Says of each change that does not hold; *failing: how many there are. */
static adsync_status commit_changes(adsync__sqlite *s, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, uint32_t *failing,
                                    adsync_error **error)
{
    adsync_status rc;
    bool holds;
    int code;

    *failing = 0;
    for (uint32_t i = 0; i < n; i++) {
        if ((code = commit_change(s, &changes[i], *failing > 0, &holds)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
        if (holds) continue;
        if ((rc = adsync_sink_conflict(conflicts, i)) < 0) return rc;
        ++*failing;
    }
    return ADSYNC_OK;
}

/* A COMMIT that finds the file locked or full wrote no end of the transaction into the log, and nothing of it stands. After any other
 * failure the end may lie in the log without having been synced: the next commit writes over it, but a crash before that may bring
 * it back. That is for the library to find out. */
static adsync_status commit_end(adsync__sqlite *s, adsync_error **error)
{
    int code = adsync__sqlite_run(s->commit), primary = code & 0xff;

    if (code == SQLITE_OK) return ADSYNC_OK;
    if (!sqlite3_get_autocommit(s->db) || primary == SQLITE_FULL || primary == SQLITE_BUSY) return adsync__sqlite_fail(s, code, 0, error);
    return adsync__sqlite_refuse(s, ADSYNC_E_UNCERTAIN, "writing the end of a commit failed; it may or may not have been applied", error);
}

adsync_status adsync__sqlite_commit(void *user, const adsync_change *changes, uint32_t n_changes, adsync_sink *conflicts,
                                    adsync_error **error)
{
    adsync__sqlite *s = user;
    uint32_t failing = 0;
    adsync_status rc;
    int code;

    if (s->flags & ADSYNC_SQLITE_READ_ONLY)
        return adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, "it was opened with READ_ONLY; nothing was written", error);
    if ((code = adsync__sqlite_begin(s, true)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    rc = commit_changes(s, changes, n_changes, conflicts, &failing, error);
    if (rc >= 0 && failing) rc = adsync_error_set(error, ADSYNC_E_CONFLICT, NULL, 0);
    if (rc >= 0) rc = commit_end(s, error);
    adsync__sqlite_rollback(s);
    return rc;
}

static int erase_some(adsync__sqlite *s, adsync__sqlite_shape *shape, const adsync_value *prefix, uint32_t limit, uint32_t *left)
{
    sqlite3_stmt *stmt;
    int code = adsync__sqlite_statement_get(s, shape, &stmt);

    if (code == SQLITE_OK) code = adsync__sqlite_bind(stmt, 1, prefix, shape->range.columns);
    if (code == SQLITE_OK) code = sqlite3_bind_int64(stmt, shape->range.columns + 1, limit);
    if (code == SQLITE_OK) code = adsync__sqlite_run(stmt);
    if (code != SQLITE_OK) return code;
    shape->what = ADSYNC__SQLITE_LEFT;
    if ((code = adsync__sqlite_statement_get(s, shape, &stmt)) != SQLITE_OK) return code;
    if ((code = adsync__sqlite_bind(stmt, 1, prefix, shape->range.columns)) != SQLITE_OK) return code;
    code = sqlite3_step(stmt);
    *left = code == SQLITE_ROW;
    (void)sqlite3_reset(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

adsync_status adsync__sqlite_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit,
                                   uint32_t *left, adsync_error **error)
{
    adsync__sqlite *s = user;
    adsync__sqlite_shape shape = { .what = ADSYNC__SQLITE_ERASE,
                                   .range = { .table = (uint16_t)table, .columns = (uint16_t)n_prefix } };
    adsync_status rc = ADSYNC_OK;
    int code;

    *left = 0;
    if (s->flags & ADSYNC_SQLITE_READ_ONLY)
        return adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, "it was opened with READ_ONLY; nothing was erased", error);
    if ((code = adsync__sqlite_begin(s, true)) == SQLITE_OK) code = erase_some(s, &shape, prefix, limit, left);
    if (code == SQLITE_OK) code = adsync__sqlite_run(s->commit);
    if (code != SQLITE_OK) rc = adsync__sqlite_fail(s, code, 0, error);
    if (rc < 0) *left = 0;
    adsync__sqlite_rollback(s);
    return rc;
}
