/* SPDX-License-Identifier: MIT */
/* Statements are prepared once per shape and connection. A program uses a few dozen shapes; a cap keeps one that draws them at random
 * from growing. */
#include "postgres_int.h"

#include <stdio.h>

static void statements_release(adsync__postgres_statement *statement)
{
    adsync__postgres_free(statement->sql);
    adsync__postgres_free(statement);
}

void adsync__postgres_statements_free(adsync__postgres *s)
{
    for (adsync__postgres_statement *next, *at = s->statements; at; at = next) {
        next = at->next;
        statements_release(at);
    }
    s->statements = NULL;
    s->n_statements = 0;
}

void adsync__postgres_statements_forget(adsync__postgres *s)
{
    for (adsync__postgres_statement *at = s->statements; at; at = at->next)
        at->prepared = false;
}

static adsync__postgres_statement *statements_make(adsync__postgres *s, const adsync__postgres_shape *shape)
{
    adsync__sql text = { .grow = adsync__postgres_grow, .prefix = s->prefix, .mark = '$' };
    adsync__postgres_statement *made;

    adsync__postgres_text(&text, shape);
    made = text.failed ? NULL : adsync__postgres_grow(NULL, sizeof *made);
    if (!made) {
        adsync__postgres_free(text.p);
        return NULL;
    }
    *made = (adsync__postgres_statement){ .next = s->statements, .shape = *shape, .sql = text.p };
    (void)snprintf(made->name, sizeof made->name, "adsync%u", ++s->n_statements);
    return s->statements = made;
}

adsync_status adsync__postgres_statement_get(adsync__postgres *s, const adsync__postgres_shape *shape, adsync__postgres_statement **out,
                                             adsync_error **error)
{
    for (adsync__postgres_statement **link = &s->statements; *link; link = &(*link)->next) {
        adsync__postgres_statement *at = *link;
        if (memcmp(&at->shape, shape, sizeof *shape) != 0) continue;
        *link = at->next; /* the latest one first: what is asked for comes in turns */
        at->next = s->statements;
        s->statements = *out = at;
        return ADSYNC_OK;
    }
    return (*out = statements_make(s, shape)) ? ADSYNC_OK : adsync__postgres_memory(error);
}

adsync_status adsync__postgres_statement_prepare(adsync__postgres *s, adsync__postgres_statement *statement, adsync_error **error)
{
    PGresult *result;
    adsync_status rc = ADSYNC_OK;

    if (statement->prepared || s->flags & ADSYNC_POSTGRES_POOLED) return ADSYNC_OK;
    result = PQprepare(s->conn, statement->name, statement->sql, s->params.n, s->params.types);
    statement->prepared = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!statement->prepared) rc = adsync__postgres_fail(s, result, error);
    PQclear(result);
    return rc;
}

bool adsync__postgres_statement_send(adsync__postgres *s, adsync__postgres_statement *statement)
{
    const char *const *values = s->params.values;
    int n = s->params.n;

    if (s->flags & ADSYNC_POSTGRES_POOLED)
        return PQsendQueryParams(s->conn, statement->sql, n, s->params.types, values, s->params.sizes, s->params.formats, 1);
    return PQsendQueryPrepared(s->conn, statement->name, n, values, s->params.sizes, s->params.formats, 1);
}

static adsync_status statements_run(adsync__postgres *s, const adsync__postgres_shape *shape, PGresult **out, adsync_error **error)
{
    adsync__postgres_statement *statement;
    PGresult *more;
    adsync_status rc;

    if ((rc = adsync__postgres_connect(s, error)) < 0) return rc;
    if ((rc = adsync__postgres_statement_get(s, shape, &statement, error)) < 0) return rc;
    if ((rc = adsync__postgres_statement_prepare(s, statement, error)) < 0) return rc;
    if (!adsync__postgres_statement_send(s, statement)) return adsync__postgres_fail(s, NULL, error);
    *out = PQgetResult(s->conn);
    while ((more = PQgetResult(s->conn))) {
        PQclear(*out);
        *out = more;
    }
    if (PQresultStatus(*out) == PGRES_TUPLES_OK || PQresultStatus(*out) == PGRES_COMMAND_OK) return ADSYNC_OK;
    rc = adsync__postgres_fail(s, *out, error);
    PQclear(*out);
    *out = NULL;
    return rc;
}

adsync_status adsync__postgres_run_shape(adsync__postgres *s, const adsync__postgres_shape *shape, PGresult **out, adsync_error **error)
{
    adsync_status rc;

    *out = NULL;
    if (!adsync__postgres_params_end(s)) return adsync__postgres_memory(error);
    rc = statements_run(s, shape, out, error);
    if (rc >= 0 || !adsync__postgres_lost(s)) return rc;
    adsync__postgres_forgive(error); /* idle connections are cut by servers that start anew, and by what stands between */
    return statements_run(s, shape, out, error);
}
