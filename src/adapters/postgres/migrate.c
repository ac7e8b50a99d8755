/* SPDX-License-Identifier: MIT */
/* Brings the database's tables up to this library's. Any number of programs may do so at once: each looks, and where the tables are
 * older looks again under a lock of its own transaction, so that one of them migrates and the others find it done. */
#include "postgres_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct migrate_state {
    int64_t version, needs; /* 0: there are no tables */
} migrate_state;

/* A query with a row of text; *out is cleared by the caller. */
static adsync_status migrate_ask(adsync__postgres *s, const char *sql, PGresult **out, adsync_error **error)
{
    *out = PQexec(s->conn, sql);
    return PQresultStatus(*out) == PGRES_TUPLES_OK ? ADSYNC_OK : adsync__postgres_fail(s, *out, error);
}

static adsync_status migrate_look(adsync__postgres *s, migrate_state *out, adsync_error **error)
{
    char sql[160];
    PGresult *result = NULL;
    adsync_status rc;
    bool there;

    *out = (migrate_state){ 0 };
    (void)snprintf(sql, sizeof sql, "SELECT to_regclass('\"%sschema\"') IS NOT NULL", s->prefix);
    rc = migrate_ask(s, sql, &result, error);
    there = rc >= 0 && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    if (!there) return rc;
    (void)snprintf(sql, sizeof sql, "SELECT \"version\", \"needs\" FROM \"%sschema\"", s->prefix);
    rc = migrate_ask(s, sql, &result, error);
    if (rc >= 0 && PQntuples(result) == 1)
        *out = (migrate_state){ strtoll(PQgetvalue(result, 0, 0), NULL, 10), strtoll(PQgetvalue(result, 0, 1), NULL, 10) };
    PQclear(result);
    if (rc >= 0 && (out->version < 1 || out->version > UINT32_MAX))
        rc = adsync__postgres_refuse(ADSYNC_E_FORMAT, "the schema table does not say which version the tables have, or this role may not"
                                                      " see it; open it as the engine's role, or bring back a backup", error);
    return rc;
}

static adsync_status migrate_judge(adsync__postgres *s, const migrate_state *state, adsync_error **error)
{
    char words[400];

    if (state->needs > adsync_schema_version()) {
        (void)snprintf(words, sizeof words,
                       "the tables (version %" PRId64 ") are for libraries that know version %" PRId64 ", this one knows %u; use a newer"
                       " library",
                       state->version, state->needs, adsync_schema_version());
        return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, words, error);
    }
    if (state->version >= adsync_schema_version() || !(s->flags & ADSYNC_POSTGRES_NO_DDL)) return ADSYNC_OK;
    (void)snprintf(words, sizeof words,
                   "%s (version %" PRId64 "), this library needs version %u; apply the text of adsync_postgres_ddl for that version,"
                   " or open it once without NO_DDL",
                   state->version ? "the tables are older" : "there are no tables yet", state->version, adsync_schema_version());
    return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, words, error);
}

static adsync_status migrate_run(adsync__postgres *s, uint32_t from, adsync_error **error)
{
    const adsync__postgres_settings settings = { .flags = s->flags, .prefix = s->prefix, .engine = s->engine, .reader = s->reader };
    adsync__sql text = { .grow = adsync__postgres_grow, .prefix = s->prefix };
    PGresult *result = NULL;
    adsync_status rc = ADSYNC_OK;

    adsync__postgres_ddl(&text, &settings, from);
    adsync__sql_add(&text, "COMMIT");
    if (text.failed) rc = adsync__postgres_memory(error);
    else if (PQresultStatus(result = PQexec(s->conn, text.p)) != PGRES_COMMAND_OK) rc = adsync__postgres_fail(s, result, error);
    PQclear(result);
    adsync__postgres_free(text.p);
    return rc;
}

static adsync_status migrate_steps(adsync__postgres *s, adsync_error **error)
{
    char sql[200];
    PGresult *result = NULL;
    migrate_state state;
    adsync_status rc;

    (void)snprintf(sql, sizeof sql,
                   "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(hashtextextended('%sschema', 0))",
                   s->prefix);
    if ((rc = migrate_ask(s, sql, &result, error)) < 0) goto done;
    if ((rc = migrate_look(s, &state, error)) < 0) goto done;
    if ((rc = migrate_judge(s, &state, error)) < 0) goto done;
    if (state.version >= adsync_schema_version()) goto done; /* another program was first */
    rc = migrate_run(s, (uint32_t)state.version, error);
done:
    PQclear(result);
    if (PQtransactionStatus(s->conn) != PQTRANS_IDLE) (void)adsync__postgres_sql(s, "ROLLBACK");
    return rc;
}

adsync_status adsync__postgres_migrate(adsync__postgres *s, adsync_error **error)
{
    migrate_state state;
    adsync_status rc;

    if ((rc = migrate_look(s, &state, error)) < 0) return rc;
    if ((rc = migrate_judge(s, &state, error)) < 0) return rc;
    return state.version < adsync_schema_version() ? migrate_steps(s, error) : ADSYNC_OK;
}
