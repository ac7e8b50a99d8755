/* SPDX-License-Identifier: MIT */
/* Brings the file's tables up to this library's. Any number of programs may do so at once: each looks, and where the tables are older
 * looks again inside its own write transaction, so that one of them migrates and the others find it done. */
#include "sqlite_int.h"

typedef struct migrate_state {
    int64_t version, needs; /* 0: there are no tables */
} migrate_state;

/* Runs a statement to its first row; *out must be finalized where it is not NULL. Owns `sql`. */
static int migrate_first(adsync__sqlite *s, char *sql, sqlite3_stmt **out)
{
    int code = SQLITE_NOMEM;

    *out = NULL;
    if (sql && (code = sqlite3_prepare_v2(s->db, sql, -1, out, NULL)) == SQLITE_OK) code = sqlite3_step(*out);
    sqlite3_free(sql);
    return code;
}

static adsync_status migrate_there(adsync__sqlite *s, bool *there, adsync_error **error)
{
    sqlite3_stmt *stmt;
    int code =
        migrate_first(s, sqlite3_mprintf("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '%qschema'", s->prefix), &stmt);
    adsync_status rc = ADSYNC_OK;

    *there = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE) rc = adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
    (void)sqlite3_finalize(stmt);
    return rc;
}

static adsync_status migrate_look(adsync__sqlite *s, migrate_state *out, adsync_error **error)
{
    sqlite3_stmt *stmt;
    adsync_status rc;
    bool there;
    int code;

    *out = (migrate_state){ 0 };
    if ((rc = migrate_there(s, &there, error)) < 0 || !there) return rc;
    code = migrate_first(s, sqlite3_mprintf("SELECT \"version\", \"needs\" FROM \"%wschema\"", s->prefix), &stmt);
    if (code == SQLITE_ROW) *out = (migrate_state){ sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1) };
    else if (code != SQLITE_DONE) rc = adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
    (void)sqlite3_finalize(stmt);
    if (rc >= 0 && (out->version < 1 || out->version > UINT32_MAX))
        rc = adsync__sqlite_refuse(s, ADSYNC_E_FORMAT, "its schema table does not say which version the tables have; bring back a backup",
                                   error);
    return rc;
}

static adsync_status migrate_judge(adsync__sqlite *s, const migrate_state *state, adsync_error **error)
{
    const bool older = state->version < adsync_schema_version();
    const char *help;
    char words[400];

    if (state->needs > adsync_schema_version()) {
        sqlite3_snprintf(sizeof words, words,
                         "its tables (version %lld) are for libraries that know version %lld, this one knows %u; use a newer library",
                         state->version, state->needs, adsync_schema_version());
        return adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, words, error);
    }
    if (!older || !(s->flags & (ADSYNC_SQLITE_NO_DDL | ADSYNC_SQLITE_READ_ONLY))) return ADSYNC_OK;
    help = "open it once without READ_ONLY";
    if (s->flags & ADSYNC_SQLITE_NO_DDL) help = "apply the text of adsync_sqlite_ddl for that version, or open it once without NO_DDL";
    sqlite3_snprintf(sizeof words, words, state->version ? "its tables are of version %lld, this library needs %u; %s"
                                                         : "it has no tables yet (version %lld), this library needs version %u; %s",
                     state->version, adsync_schema_version(), help);
    return adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, words, error);
}

/* The switch to the write-ahead log needs the file alone for a moment and does not always ask the busy handler. */
static int migrate_journal(adsync__sqlite *s, bool *wal)
{
    sqlite3_stmt *stmt = NULL;
    int code;

    *wal = false;
    for (int count = 0;; count++) {
        code = migrate_first(s, sqlite3_mprintf("PRAGMA journal_mode = WAL"), &stmt);
        if (code == SQLITE_ROW) *wal = !sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal");
        (void)sqlite3_finalize(stmt);
        if ((code & 0xff) != SQLITE_BUSY || !adsync__sqlite_wait(s, count)) return code == SQLITE_ROW ? SQLITE_OK : code;
    }
}

static int migrate_run(adsync__sqlite *s, uint32_t from)
{
    adsync__sql text = adsync__sqlite_sql(s->prefix);
    int code = SQLITE_NOMEM;

    adsync__sqlite_ddl(&text, from);
    if (!text.failed) code = text.p ? sqlite3_exec(s->db, text.p, NULL, NULL, NULL) : SQLITE_OK;
    sqlite3_free(text.p);
    return code;
}

static adsync_status migrate_steps(adsync__sqlite *s, adsync_error **error)
{
    migrate_state state;
    adsync_status rc;
    int code;

    if ((code = adsync__sqlite_begin(s, true)) != SQLITE_OK) return adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
    if ((rc = migrate_look(s, &state, error)) < 0) goto done;
    if ((rc = migrate_judge(s, &state, error)) < 0) goto done;
    if (state.version >= adsync_schema_version()) goto done; /* another program was first */
    if ((code = migrate_run(s, (uint32_t)state.version)) == SQLITE_OK) code = adsync__sqlite_run(s->commit);
    if (code != SQLITE_OK) rc = adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
done:
    adsync__sqlite_rollback(s);
    return rc;
}

adsync_status adsync__sqlite_migrate(adsync__sqlite *s, adsync_error **error)
{
    migrate_state state;
    adsync_status rc;
    bool wal;
    int code;

    if ((rc = migrate_look(s, &state, error)) < 0) return rc;
    if ((rc = migrate_judge(s, &state, error)) < 0) return rc;
    if (s->flags & ADSYNC_SQLITE_READ_ONLY) return ADSYNC_OK;
    if ((code = migrate_journal(s, &wal)) != SQLITE_OK) return adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
    if (!wal)
        return adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED,
                                     "it cannot keep a write-ahead log there (a network drive?); put it on a local disk", error);
    return state.version < adsync_schema_version() ? migrate_steps(s, error) : ADSYNC_OK;
}
