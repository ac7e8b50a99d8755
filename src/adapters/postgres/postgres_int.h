/* SPDX-License-Identifier: MIT */
/* The storage on PostgreSQL, from inside. It sees the public headers alone, as a host's own storage would.
 *
 * One handle is one connection, made when it is needed and again after it was lost. A statement is made from its shape, prepared once a
 * connection and run with binary values: either plain ones, for one row, or an array a column, for many. Its rows come from u(c0, c1, ..):
 *
 *     one   DELETE FROM "adsync_meta" AS t USING (SELECT $1 AS c0, $2 AS c1, 1::bigint AS n) AS u WHERE t."key" = u.c0 AND ..
 *     many  DELETE FROM "adsync_meta" AS t USING unnest($1, $2) WITH ORDINALITY AS u(c0, c1, n) WHERE t."key" = u.c0 AND ..
 *
 * The session's planner is told to walk indexes and to plan a statement once for good: keys and ranges are all that is ever asked for.
 * Behind a pooler neither statements nor settings outlive a transaction, so there the server plans each time as it likes. */
#ifndef ADSYNC_SRC_POSTGRES_INT_H
#define ADSYNC_SRC_POSTGRES_INT_H

#include "../adapters.h"

#include <adsync/postgres.h>

#include <libpq-fe.h>

/* A process that is stopped, or cut off, between its changes and its COMMIT keeps its rows: the server then hangs up on it. Whoever runs
 * the database may say how soon. */
#define ADSYNC__POSTGRES_IDLE \
    "set_config('idle_in_transaction_session_timeout', CASE current_setting('idle_in_transaction_session_timeout')" \
    " WHEN '0' THEN '5s' ELSE current_setting('idle_in_transaction_session_timeout') END, "

enum {
    ADSYNC__POSTGRES_PREFIX_MAX = 24,
    ADSYNC__POSTGRES_ROLE_MAX = 63,
    ADSYNC__POSTGRES_STATEMENTS = 256,
    ADSYNC__POSTGRES_PIECES = 2, /* tables that may be in pieces */
    ADSYNC__POSTGRES_KNOWN = 64, /* pieces of each that were looked for */
    ADSYNC__POSTGRES_OLDEST = 150000 /* views with security_invoker */
};

/* ---- memory.c: the one file that allocates. */
void *adsync__postgres_grow(void *p, size_t size);
void adsync__postgres_free(void *p);
char *adsync__postgres_copy(const char *text); /* NULL stays NULL */

/* ---- options.c */
typedef struct adsync__postgres_settings {
    uint32_t flags;
    int64_t timeout_us;
    const char *prefix, *engine, *reader, *listen; /* borrowed from the options, or for good */
} adsync__postgres_settings;
adsync_status adsync__postgres_settings_take(const adsync_postgres_options *options, adsync__postgres_settings *out, adsync_error **error);

/* ---- texts.c */
enum {
    ADSYNC__POSTGRES_BEGIN,
    ADSYNC__POSTGRES_COMMIT,
    ADSYNC__POSTGRES_ROLLBACK,
    ADSYNC__POSTGRES_NOW,
    ADSYNC__POSTGRES_NOTIFY,
    ADSYNC__POSTGRES_LOCK_TIMEOUT, /* of this transaction, milliseconds as text; and how long it may stand still */
    ADSYNC__POSTGRES_READ,         /* by key */
    ADSYNC__POSTGRES_SCAN,         /* a range */
    ADSYNC__POSTGRES_CHECK,        /* lock in the order of the keys where the version is the expected one */
    ADSYNC__POSTGRES_INSERT,       /* put where no row may be */
    ADSYNC__POSTGRES_UPSERT,       /* put over whatever is there */
    ADSYNC__POSTGRES_UPDATE,       /* put over one version */
    ADSYNC__POSTGRES_DELETE,       /* one version, or whatever is there */
    ADSYNC__POSTGRES_ERASE,        /* some rows under a prefix of the key */
    ADSYNC__POSTGRES_LEFT          /* whether there are any */
};
/* What a statement is made from. All members count: two equal shapes are one text. */
typedef struct adsync__postgres_shape {
    uint16_t what, many;
    adsync__sql_range range; /* table; columns: wanted, given, or of the prefix; the rest: scan */
} adsync__postgres_shape;
void adsync__postgres_text(adsync__sql *out, const adsync__postgres_shape *shape);

/* ---- the handle */
typedef struct adsync__postgres_statement {
    struct adsync__postgres_statement *next;
    adsync__postgres_shape shape;
    char *sql, name[12];
    bool prepared; /* on the connection that is there now */
} adsync__postgres_statement;

typedef struct adsync__postgres_run { /* changes that one statement makes */
    adsync__postgres_statement *statement, *lock;
    uint32_t first, n;
} adsync__postgres_run;

typedef struct adsync__postgres {
    PGconn *conn, *ear; /* ear: for LISTEN; NULL: not there, now */
    char *conninfo, *listen, *prefix, *engine, *reader;
    uint32_t flags;
    int64_t timeout_us;
    int epoll; /* what watch_fd answers: stays the same over connections of the ear; -1: none */
    bool power_safe;
    adsync__postgres_statement *statements;
    uint32_t n_statements;
    adsync_value *row; /* room for the widest one */
    struct {           /* the parameters of the next statement */
        char *p;
        size_t size, room;
        size_t *at;
        Oid *types;
        const char **values;
        int *sizes, *formats;
        int n;
        bool failed;
    } params;
    adsync__postgres_run *runs;
    uint8_t *held; /* per change: 1 holds */
    uint32_t n_runs, runs_room, held_room;
    struct {
        int64_t known[ADSYNC__POSTGRES_KNOWN]; /* 1 + their numbers; 0: none */
        uint32_t next;
        bool there; /* the table is in pieces */
    } pieces[ADSYNC__POSTGRES_PIECES];
    bool syncing; /* a sync point was sent whose answer has yet to come */
} adsync__postgres;

/* ---- fail.c: what the server answers, in words for people. */
/* result: NULL where the connection itself failed */
adsync_status adsync__postgres_fail(adsync__postgres *s, const PGresult *result, adsync_error **error);
adsync_status adsync__postgres_refuse(adsync_status status, const char *words, adsync_error **error);
adsync_status adsync__postgres_memory(adsync_error **error);
void adsync__postgres_forgive(adsync_error **error); /* what failed is tried again */

/* ---- connect.c */
adsync_status adsync__postgres_connect(adsync__postgres *s, adsync_error **error); /* at once where it is there */
adsync_status adsync__postgres_connect_to(const char *conninfo, PGconn **out, adsync_error **error);
void adsync__postgres_drop(adsync__postgres *s);
bool adsync__postgres_lost(const adsync__postgres *s);
bool adsync__postgres_sql(adsync__postgres *s, const char *sql); /* something without an answer */

/* ---- params.c: values of the next statement. */
void adsync__postgres_params_begin(adsync__postgres *s);
void adsync__postgres_params_value(adsync__postgres *s, uint32_t kind, const adsync_value *value);
void adsync__postgres_params_int(adsync__postgres *s, int64_t value);
enum { ADSYNC__POSTGRES_GIVEN = INT32_MAX - 1, ADSYNC__POSTGRES_EXPECTED = INT32_MAX }; /* columns that a change has besides */
/* One column of some changes: an array, or the plain value where it is one change. */
void adsync__postgres_params_column(adsync__postgres *s, const adsync_change *changes, uint32_t n, uint32_t column);
/* One key column of many keys. */
void adsync__postgres_params_key(adsync__postgres *s, uint32_t table, const adsync_value *keys, uint32_t n, uint32_t column);
bool adsync__postgres_params_end(adsync__postgres *s); /* false: no memory */

/* ---- statements.c */
adsync_status adsync__postgres_statement_get(adsync__postgres *s, const adsync__postgres_shape *shape, adsync__postgres_statement **out,
                                             adsync_error **error);
/* Prepares it with the types of the parameters that are there. */
adsync_status adsync__postgres_statement_prepare(adsync__postgres *s, adsync__postgres_statement *statement, adsync_error **error);
bool adsync__postgres_statement_send(adsync__postgres *s, adsync__postgres_statement *statement);
void adsync__postgres_statements_forget(adsync__postgres *s); /* what was prepared: the connection is gone */
void adsync__postgres_statements_free(adsync__postgres *s);
/* One statement with the parameters that are there, on its own; a lost connection is made again once. */
adsync_status adsync__postgres_run_shape(adsync__postgres *s, const adsync__postgres_shape *shape, PGresult **out, adsync_error **error);

/* ---- ddl.c, migrate.c: the tables in the database. */
void adsync__postgres_ddl(adsync__sql *out, const adsync__postgres_settings *settings, uint32_t from);
adsync_status adsync__postgres_migrate(adsync__postgres *s, adsync_error **error);
/* Row-level security of a table (without the prefix), and the engine's rights; org: others see the organisation that they name. */
void adsync__postgres_secure(adsync__sql *out, const char *table, const adsync__postgres_settings *settings, bool org);

/* ---- pieces.c: tables in partitions by time. */
const char *adsync__postgres_pieces_column(uint32_t table); /* by which it is cut; NULL: never */
adsync_status adsync__postgres_pieces_look(adsync__postgres *s, adsync_error **error); /* which are; whether that is as it was asked for */
bool adsync__postgres_pieces_any(const adsync__postgres *s);
void adsync__postgres_pieces(adsync__postgres *s, const adsync_change *changes, uint32_t n); /* makes those that the changes need */
adsync_status adsync__postgres_drop_before(void *user, uint32_t table, int64_t time_us, adsync_error **error);

/* ---- read.c, commit.c, extras.c: the slots. */
int64_t adsync__postgres_int(const PGresult *result, int row, int column);
adsync_status adsync__postgres_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys,
                                    adsync_sink *sink, adsync_error **error);
adsync_status adsync__postgres_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error);
adsync_status adsync__postgres_commit(void *user, const adsync_change *changes, uint32_t n_changes, adsync_sink *conflicts,
                                      adsync_error **error);
adsync_status adsync__postgres_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit,
                                     uint32_t *left, adsync_error **error);
adsync_status adsync__postgres_now(void *user, int64_t *time_us, adsync_error **error);
void adsync__postgres_notify(void *user);
int32_t adsync__postgres_watch_fd(void *user);
void adsync__postgres_watch_clear(void *user);

#endif
