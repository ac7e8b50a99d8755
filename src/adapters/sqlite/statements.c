/* SPDX-License-Identifier: MIT */
/* Statements are prepared once per shape. A program uses a few dozen shapes; a cap keeps one that draws them at random from growing. */
#include "sqlite_int.h"

int adsync__sqlite_prepare(adsync__sqlite *s, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
}

static uint32_t statements_bucket(const adsync__sqlite_shape *shape)
{
    const adsync__sql_range *r = &shape->range;
    uint32_t h = shape->what * 31u + r->table;

    h = h * 31u + r->columns;
    h = h * 31u + r->index * 8u + r->flags;
    h = h * 31u + r->equal * 64u + r->lower * 8u + r->upper;
    return h % ADSYNC__SQLITE_BUCKETS;
}

void adsync__sqlite_statements_free(adsync__sqlite *s)
{
    for (uint32_t i = 0; i < ADSYNC__SQLITE_BUCKETS; i++) {
        adsync__sqlite_statement *next, *at = s->cache[i];
        for (; at; at = next) {
            next = at->next;
            (void)sqlite3_finalize(at->stmt);
            sqlite3_free(at);
        }
        s->cache[i] = NULL;
    }
    s->n_cached = 0;
}

static int statements_make(adsync__sqlite *s, const adsync__sqlite_shape *shape, sqlite3_stmt **out)
{
    adsync__sql text = adsync__sqlite_sql(s->prefix);
    int rc = SQLITE_NOMEM;

    adsync__sqlite_text(&text, shape);
    if (!text.failed) rc = adsync__sqlite_prepare(s, text.p, out);
    sqlite3_free(text.p);
    return rc;
}

int adsync__sqlite_statement_get(adsync__sqlite *s, const adsync__sqlite_shape *shape, sqlite3_stmt **out)
{
    adsync__sqlite_statement **bucket = &s->cache[statements_bucket(shape)], *made;
    int rc;

    *out = NULL;
    for (adsync__sqlite_statement *at = *bucket; at; at = at->next) {
        if (memcmp(&at->shape, shape, sizeof *shape) != 0) continue;
        *out = at->stmt;
        return SQLITE_OK;
    }
    if (s->n_cached == ADSYNC__SQLITE_STATEMENTS) adsync__sqlite_statements_free(s); /* none is running: each ends before the next begins */
    if (!(made = sqlite3_malloc64(sizeof *made))) return SQLITE_NOMEM;
    if ((rc = statements_make(s, shape, &made->stmt)) != SQLITE_OK) {
        sqlite3_free(made);
        return rc;
    }
    made->shape = *shape;
    made->next = *bucket;
    *bucket = made;
    s->n_cached++;
    *out = made->stmt;
    return SQLITE_OK;
}

static int statements_bind_one(sqlite3_stmt *stmt, int at, const adsync_value *value)
{
    const char *p = value->p ? value->p : ""; /* SQLite takes NULL for null, not for nothing */

    switch (value->kind) {
    case ADSYNC_VALUE_INT:
        return sqlite3_bind_int64(stmt, at, value->i);
    case ADSYNC_VALUE_TEXT:
        return sqlite3_bind_text64(stmt, at, p, value->size, SQLITE_STATIC, SQLITE_UTF8);
    case ADSYNC_VALUE_BYTES:
        return sqlite3_bind_blob64(stmt, at, p, value->size, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(stmt, at);
    }
}

int adsync__sqlite_bind(sqlite3_stmt *stmt, uint32_t first, const adsync_value *values, uint32_t n)
{
    int rc = SQLITE_OK;

    for (uint32_t i = 0; i < n && rc == SQLITE_OK; i++)
        rc = statements_bind_one(stmt, (int)(first + i), &values[i]);
    return rc;
}

int adsync__sqlite_run(sqlite3_stmt *stmt)
{
    int rc;

    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) continue;
    (void)sqlite3_reset(stmt); /* tells the same code again */
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int adsync__sqlite_begin(adsync__sqlite *s, bool writes)
{
    s->waited_us = 0;
    if (!sqlite3_get_autocommit(s->db)) adsync__sqlite_rollback(s); /* an earlier rollback failed, for want of memory */
    return adsync__sqlite_run(writes ? s->begin : s->begin_read);
}

void adsync__sqlite_rollback(adsync__sqlite *s)
{
    if (!sqlite3_get_autocommit(s->db)) (void)adsync__sqlite_run(s->rollback);
}
