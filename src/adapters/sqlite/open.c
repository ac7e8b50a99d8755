/* SPDX-License-Identifier: MIT */
#include "sqlite_int.h"

static void open_close(void *user)
{
    adsync__sqlite *s = user;

    if (!s) return;
    adsync__sqlite_statements_free(s);
    (void)sqlite3_finalize(s->begin);
    (void)sqlite3_finalize(s->begin_read);
    (void)sqlite3_finalize(s->commit);
    (void)sqlite3_finalize(s->rollback);
    (void)sqlite3_close(s->db);
    sqlite3_free(s->path);
    sqlite3_free(s->prefix);
    sqlite3_free(s->row);
    sqlite3_free(s);
}

static adsync_status open_now(void *user, int64_t *time_us, adsync_error **error)
{
    adsync__sqlite *s = user;

    *time_us = adsync__sqlite_now_us(s->db);
    return *time_us ? ADSYNC_OK : adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, "its VFS has no clock", error);
}

static adsync_status open_alloc(const char *path, const adsync__sqlite_settings *settings, adsync__sqlite **out, adsync_error **error)
{
    uint32_t widest = 0;
    adsync__sqlite *s;

    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        if (adsync_table_width(t) > widest) widest = adsync_table_width(t);
    if (!(s = sqlite3_malloc64(sizeof *s))) return adsync_error_set(error, ADSYNC_E_MEMORY, NULL, 0);
    *s = (adsync__sqlite){ .flags = settings->flags, .timeout_us = settings->timeout_us };
    s->path = sqlite3_mprintf("%s", path);
    s->prefix = sqlite3_mprintf("%s", settings->prefix);
    s->row = sqlite3_malloc64(widest * sizeof *s->row);
    *out = s;
    return s->path && s->prefix && s->row ? ADSYNC_OK : adsync_error_set(error, ADSYNC_E_MEMORY, NULL, 0);
}

/* A file that this user may not write is opened by SQLite to read, without a word. */
static adsync_status open_file(adsync__sqlite *s, adsync_error **error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, code;

    if (!(s->flags & ADSYNC_SQLITE_NO_DDL)) flags |= SQLITE_OPEN_CREATE;
    if (s->flags & ADSYNC_SQLITE_READ_ONLY) flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if ((code = sqlite3_open_v2(s->path, &s->db, flags, NULL)) != SQLITE_OK)
        return adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
    if (sqlite3_db_readonly(s->db, "main") == 1 && !(s->flags & ADSYNC_SQLITE_READ_ONLY))
        return adsync__sqlite_fail(s, SQLITE_READONLY, ADSYNC__SQLITE_OPENING, error);
    return ADSYNC_OK;
}

static adsync_status open_settings(adsync__sqlite *s, adsync_error **error)
{
    static const char pragmas[] = "PRAGMA synchronous = FULL;"
                                  "PRAGMA cell_size_check = ON;"          /* damage is found before it spreads */
                                  "PRAGMA trusted_schema = OFF;"
                                  "PRAGMA cache_size = -2048;"            /* KiB */
                                  "PRAGMA journal_size_limit = 67108864"; /* a log that grew once gives its room back */
    int code = sqlite3_busy_handler(s->db, adsync__sqlite_wait, s);

    if (code == SQLITE_OK) code = sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(s->db, pragmas, NULL, NULL, NULL);
    if (code == SQLITE_OK) code = adsync__sqlite_prepare(s, "BEGIN IMMEDIATE", &s->begin);
    if (code == SQLITE_OK) code = adsync__sqlite_prepare(s, "BEGIN", &s->begin_read);
    if (code == SQLITE_OK) code = adsync__sqlite_prepare(s, "COMMIT", &s->commit);
    if (code == SQLITE_OK) code = adsync__sqlite_prepare(s, "ROLLBACK", &s->rollback);
    return code == SQLITE_OK ? ADSYNC_OK : adsync__sqlite_fail(s, code, ADSYNC__SQLITE_OPENING, error);
}

/* In a file of UTF-16 text would be ordered by 16-bit units, and "U+FFFF before U+10000" would not hold. */
static adsync_status open_encoding(adsync__sqlite *s, adsync_error **error)
{
    sqlite3_stmt *stmt = NULL;
    adsync_status rc = ADSYNC_OK;
    int code = sqlite3_prepare_v2(s->db, "PRAGMA encoding", -1, &stmt, NULL);
    const char *encoding;

    if (code == SQLITE_OK) code = sqlite3_step(stmt);
    encoding = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (!encoding) rc = adsync__sqlite_fail(s, code == SQLITE_ROW ? SQLITE_NOMEM : code, ADSYNC__SQLITE_OPENING, error);
    else if (strcmp(encoding, "UTF-8") != 0)
        rc = adsync__sqlite_refuse(s, ADSYNC_E_UNSUPPORTED, "it keeps text as UTF-16; only a database in UTF-8 orders text as it must",
                                   error);
    (void)sqlite3_finalize(stmt);
    return rc;
}

static adsync_status open_storage(adsync__sqlite *s, adsync_storage **out, adsync_error **error)
{
    const adsync_storage_ops ops = {
        .size = sizeof ops,
        .user = s,
        .read = adsync__sqlite_read,
        .scan = adsync__sqlite_scan,
        .commit = adsync__sqlite_commit,
        .close = open_close,
        .erase = adsync__sqlite_erase,
        .now = open_now,
    };

    return adsync_storage_new(&ops, out, error);
}

static adsync_status open_path(const char *path, adsync_error **error)
{
    if (!path || !*path) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_open: path is NULL or empty; name a file", 0);
    if (!strcmp(path, ":memory:") || !sqlite3_strnicmp(path, "file:", 5))
        return adsync_error_set(error, ADSYNC_E_INVALID,
                                "adsync_sqlite_open: the path names no plain file; for rows in memory there is adsync_memory_open", 0);
    return ADSYNC_OK;
}

adsync_status adsync_sqlite_open(const char *path, const adsync_sqlite_options *options, adsync_storage **out, adsync_error **error)
{
    adsync__sqlite_settings settings;
    adsync__sqlite *s = NULL;
    adsync_status rc;

    if (!out) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_open: out is NULL", 0);
    *out = NULL;
    if ((rc = open_path(path, error)) < 0) return rc;
    if ((rc = adsync__sqlite_settings_take(options, &settings, error)) < 0) return rc;
    if ((rc = open_alloc(path, &settings, &s, error)) < 0) goto done;
    if ((rc = open_file(s, error)) < 0) goto done;
    if ((rc = open_settings(s, error)) < 0) goto done;
    if ((rc = open_encoding(s, error)) < 0) goto done;
    if ((rc = adsync__sqlite_migrate(s, error)) < 0) goto done;
    if ((rc = open_storage(s, out, error)) < 0) goto done;
    s = NULL; /* the storage's now */
done:
    open_close(s);
    return rc;
}
