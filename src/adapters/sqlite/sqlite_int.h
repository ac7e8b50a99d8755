/* SPDX-License-Identifier: MIT */
/* The storage on SQLite, from inside. It sees the public headers alone, as a host's own storage would.
 *
 * One handle is one connection to one file. Each table of the library is a STRICT table, its columns are real columns, the row's
 * version stands behind the key in a column of its own. Every index but the key is a partial one (no nulls) that goes on with the
 * key's columns it lacks, so that it orders its rows wholly and "strictly after" is one comparison.
 *
 * What a commit promises: its one transaction begins as a writer (BEGIN IMMEDIATE) and ends with the write-ahead log synced
 * (synchronous FULL), so what was answered OK survives kill -9, and a power cut too where the disk keeps what it says it synced. */
#ifndef ADSYNC_SRC_SQLITE_INT_H
#define ADSYNC_SRC_SQLITE_INT_H

#include "../adapters.h"

#include <adsync/sqlite.h>

#include <sqlite3.h>

enum {
    ADSYNC__SQLITE_PREFIX_MAX = 64,
    ADSYNC__SQLITE_BUCKETS = 64,   /* of the statement cache */
    ADSYNC__SQLITE_STATEMENTS = 256
};

/* ---- options.c */
typedef struct adsync__sqlite_settings {
    uint32_t flags;
    int64_t timeout_us;
    const char *prefix; /* borrowed from the options, or for good */
} adsync__sqlite_settings;
adsync_status adsync__sqlite_settings_take(const adsync_sqlite_options *options, adsync__sqlite_settings *out, adsync_error **error);

/* ---- texts.c: what a statement is made from. All members count: two equal shapes are one text. */
enum {
    ADSYNC__SQLITE_READ,      /* by key */
    ADSYNC__SQLITE_VERSION,   /* by key: the version alone */
    ADSYNC__SQLITE_SCAN,      /* a range */
    ADSYNC__SQLITE_INSERT,    /* put where no row may be */
    ADSYNC__SQLITE_UPSERT,    /* put over whatever is there */
    ADSYNC__SQLITE_UPDATE,    /* put over one version */
    ADSYNC__SQLITE_DELETE,    /* whatever is there */
    ADSYNC__SQLITE_DELETE_AT, /* one version */
    ADSYNC__SQLITE_ERASE,     /* some rows under a prefix of the key */
    ADSYNC__SQLITE_LEFT       /* whether there are any */
};
typedef struct adsync__sqlite_shape {
    uint16_t what;
    adsync__sql_range range; /* table; columns: wanted, given, or of the prefix; the rest: scan */
} adsync__sqlite_shape;
adsync__sql adsync__sqlite_sql(const char *prefix); /* an empty text; its p goes to sqlite3_free */
void adsync__sqlite_text(adsync__sql *out, const adsync__sqlite_shape *shape);

/* ---- the handle */
typedef struct adsync__sqlite_statement {
    struct adsync__sqlite_statement *next;
    sqlite3_stmt *stmt;
    adsync__sqlite_shape shape;
} adsync__sqlite_statement;

typedef struct adsync__sqlite {
    sqlite3 *db;
    char *path, *prefix;
    uint32_t flags;
    int64_t timeout_us, waited_us; /* waited: by the call under way */
    sqlite3_stmt *begin, *begin_read, *commit, *rollback;
    adsync__sqlite_statement *cache[ADSYNC__SQLITE_BUCKETS];
    uint32_t n_cached;
    adsync_value *row; /* room for the widest one */
} adsync__sqlite;

/* ---- fail.c: what SQLite answers, in words for people. */
enum { ADSYNC__SQLITE_OPENING = 1 };
/* Speaks about the handle's last error, so it comes before the rollback. */
adsync_status adsync__sqlite_fail(const adsync__sqlite *s, int code, uint32_t flags, adsync_error **error);
adsync_status adsync__sqlite_refuse(const adsync__sqlite *s, adsync_status status, const char *words, adsync_error **error);

/* ---- statements.c: preparing once, running often. Codes are SQLite's. */
int adsync__sqlite_prepare(adsync__sqlite *s, const char *sql, sqlite3_stmt **out);
int adsync__sqlite_statement_get(adsync__sqlite *s, const adsync__sqlite_shape *shape, sqlite3_stmt **out);
void adsync__sqlite_statements_free(adsync__sqlite *s);
int adsync__sqlite_bind(sqlite3_stmt *stmt, uint32_t first, const adsync_value *values, uint32_t n); /* borrowed until the run ends */
int adsync__sqlite_run(sqlite3_stmt *stmt); /* to its end */
int adsync__sqlite_begin(adsync__sqlite *s, bool writes);
void adsync__sqlite_rollback(adsync__sqlite *s);

/* ---- wait.c: another writer is at work; sqlite3_busy_handler's callback. */
int adsync__sqlite_wait(void *handle, int count);
int64_t adsync__sqlite_now_us(sqlite3 *db);

/* ---- ddl.c, views.c, migrate.c: the tables in the file. */
void adsync__sqlite_ddl(adsync__sql *out, uint32_t from);
void adsync__sqlite_views(adsync__sql *out);
adsync_status adsync__sqlite_migrate(adsync__sqlite *s, adsync_error **error);

/* ---- read.c, commit.c: the slots. */
adsync_status adsync__sqlite_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys,
                                  adsync_sink *sink, adsync_error **error);
adsync_status adsync__sqlite_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error);
adsync_status adsync__sqlite_commit(void *user, const adsync_change *changes, uint32_t n_changes, adsync_sink *conflicts,
                                    adsync_error **error);
adsync_status adsync__sqlite_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit,
                                   uint32_t *left, adsync_error **error);

#endif
