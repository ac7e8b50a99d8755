/* SPDX-License-Identifier: MIT */
#include "postgres_int.h"

#include <stdio.h>

/* libpq would print what the server remarks on to the host's terminal. */
static void connect_hush(void *user, const PGresult *result)
{
    (void)user;
    (void)result;
}

/* What a connection string does not say; what it says comes later and wins. */
adsync_status adsync__postgres_connect_to(const char *conninfo, PGconn **out, adsync_error **error)
{
    static const char *const names[] = { "connect_timeout", "fallback_application_name", "keepalives_idle", "tcp_user_timeout",
                                         "dbname",          "client_encoding",           NULL };
    const char *const values[] = { "10", "libadsync", "30", "30000", conninfo, "UTF8", NULL };
    const char *said;
    char words[700];
    adsync_status rc;

    *out = PQconnectdbParams(names, values, 1);
    if (*out) (void)PQsetNoticeReceiver(*out, connect_hush, NULL);
    if (PQstatus(*out) == CONNECTION_OK) return ADSYNC_OK;
    said = *out ? PQerrorMessage(*out) : "out of memory";
    (void)snprintf(words, sizeof words, "it cannot be reached: %.*s", (int)strcspn(said, "\n"), said);
    if (strstr(said, "out of memory")) rc = adsync__postgres_memory(error);
    else rc = adsync__postgres_refuse(ADSYNC_E_STORAGE, words, error);
    PQfinish(*out);
    *out = NULL;
    return rc;
}

static adsync_status connect_judge(const PGconn *conn, adsync_error **error)
{
    const char *encoding = PQparameterStatus(conn, "server_encoding"), *standby = PQparameterStatus(conn, "in_hot_standby");
    char words[200];

    if (PQserverVersion(conn) < ADSYNC__POSTGRES_OLDEST) {
        (void)snprintf(words, sizeof words, "the server is of version %d; 15 or newer is needed", PQserverVersion(conn) / 10000);
        return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, words, error);
    }
    if (!encoding || strcmp(encoding, "UTF8") != 0) {
        (void)snprintf(words, sizeof words, "the database is in %.40s; only one in UTF8 keeps every text, create it with ENCODING 'UTF8'",
                       encoding ? encoding : "an unknown encoding");
        return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, words, error);
    }
    if (standby && !strcmp(standby, "on"))
        return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED,
                                       "the server is a replica; name the primary, or several hosts and target_session_attrs=read-write",
                                       error);
    return ADSYNC_OK;
}

/* Settings of the session, and whether a power cut is survived. Planning costs more than running what is asked here. */
static adsync_status connect_settings(adsync__postgres *s, adsync_error **error)
{
    static const char safe[] = "SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
                               " AND current_setting('synchronous_commit') <> 'off'";
    char sql[1000];
    PGresult *result;
    adsync_status rc = ADSYNC_OK;

    (void)snprintf(sql, sizeof sql,
                   "%s, set_config('lock_timeout', '%lld', false), set_config('plan_cache_mode', 'force_generic_plan', false),"
                   " set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false),"
                   " set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false),"
                   " set_config('jit', 'off', false), " ADSYNC__POSTGRES_IDLE "false)",
                   safe, (long long)((s->timeout_us + 999) / 1000));
    result = PQexec(s->conn, s->flags & ADSYNC_POSTGRES_POOLED ? safe : sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) rc = adsync__postgres_fail(s, result, error);
    else s->power_safe = PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return rc;
}

bool adsync__postgres_lost(const adsync__postgres *s) { return PQstatus(s->conn) != CONNECTION_OK; }

void adsync__postgres_drop(adsync__postgres *s)
{
    PQfinish(s->conn);
    s->conn = NULL;
    adsync__postgres_statements_forget(s);
}

bool adsync__postgres_sql(adsync__postgres *s, const char *sql)
{
    PGresult *result = PQexec(s->conn, sql);
    bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;

    PQclear(result);
    return fine;
}

/* Every call begins here, so no statement is in use and no transaction should be open. */
static void connect_tidy(adsync__postgres *s)
{
    if (PQtransactionStatus(s->conn) != PQTRANS_IDLE || PQpipelineStatus(s->conn) != PQ_PIPELINE_OFF) adsync__postgres_drop(s);
    if (!s->conn || s->n_statements <= ADSYNC__POSTGRES_STATEMENTS) return;
    if (!(s->flags & ADSYNC_POSTGRES_POOLED) && !adsync__postgres_sql(s, "DEALLOCATE ALL")) adsync__postgres_drop(s);
    adsync__postgres_statements_free(s);
}

adsync_status adsync__postgres_connect(adsync__postgres *s, adsync_error **error)
{
    adsync_status rc;

    if (s->conn && !adsync__postgres_lost(s)) connect_tidy(s);
    if (s->conn && !adsync__postgres_lost(s)) return ADSYNC_OK;
    adsync__postgres_drop(s);
    if ((rc = adsync__postgres_connect_to(s->conninfo, &s->conn, error)) < 0) return rc;
    if ((rc = connect_judge(s->conn, error)) >= 0) rc = connect_settings(s, error);
    if (rc < 0) adsync__postgres_drop(s);
    return rc;
}
