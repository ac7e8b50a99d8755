/* SPDX-License-Identifier: MIT */
#include "sqlite_int.h"

/* Borrowed until the statement moves on. Asking for a text's blob spares SQLite to put a NUL behind it. */
static adsync_value read_value(sqlite3_stmt *stmt, int column)
{
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = sqlite3_column_int64(stmt, column) };
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        return (adsync_value){ .kind = ADSYNC_VALUE_BYTES,
                               .p = sqlite3_column_blob(stmt, column),
                               .size = (uint32_t)sqlite3_column_bytes(stmt, column) };
    case SQLITE_NULL:
        return (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    default:
        return (adsync_value){ .kind =
                                   UINT32_MAX }; /* a real number cannot stand in these tables: the file is damaged, the sink refuses it */
    }
}

/* Answers what the statement finds: the version first, then `n` columns. */
static adsync_status read_rows(adsync__sqlite *s, sqlite3_stmt *stmt, uint32_t n, adsync_sink *sink, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;
    int code;

    while (rc >= 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (uint32_t i = 0; i < n; i++)
            s->row[i] = read_value(stmt, (int)i + 1);
        rc = adsync_sink_values(sink, sqlite3_column_int64(stmt, 0), s->row, n);
    }
    if (rc >= 0 && code != SQLITE_DONE) rc = adsync__sqlite_fail(s, code, 0, error);
    (void)sqlite3_reset(stmt);
    return rc;
}

static adsync_status read_one(adsync__sqlite *s, sqlite3_stmt *stmt, uint32_t n, const adsync_value *key, uint32_t n_key, adsync_sink *sink,
                              adsync_error **error)
{
    int code = adsync__sqlite_bind(stmt, 1, key, n_key);

    if (code != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    return read_rows(s, stmt, n, sink, error);
}

adsync_status adsync__sqlite_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys,
                                  adsync_sink *sink, adsync_error **error)
{
    adsync__sqlite *s = user;
    const adsync__sqlite_shape shape = { .what = ADSYNC__SQLITE_READ,
                                         .range = { .table = (uint16_t)table, .columns = adsync__sql_wanted(table, columns) } };
    uint32_t n_key = adsync_index_width(table, 0);
    adsync_status rc = ADSYNC_OK;
    sqlite3_stmt *stmt;
    int code;

    s->waited_us = 0;
    if ((code = adsync__sqlite_statement_get(s, &shape, &stmt)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    /* one transaction around many keys spares a lock for each */
    if (n_keys > 1 && (code = adsync__sqlite_begin(s, false)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    for (uint32_t k = 0; k < n_keys && rc >= 0; k++)
        rc = read_one(s, stmt, shape.range.columns, keys + (size_t)k * n_key, n_key, sink, error);
    adsync__sqlite_rollback(s); /* it only read */
    return rc;
}

static int scan_bind(sqlite3_stmt *stmt, const adsync__sql_range *shape, const adsync_range *range)
{
    uint32_t at = 1;
    int code = adsync__sqlite_bind(stmt, at, range->lower, shape->equal);

    at += shape->equal;
    if (code == SQLITE_OK && shape->lower) code = adsync__sqlite_bind(stmt, at, range->lower + shape->equal, shape->lower);
    at += shape->lower;
    if (code == SQLITE_OK && shape->upper) code = adsync__sqlite_bind(stmt, at, range->upper + shape->equal, shape->upper);
    at += shape->upper;
    return code == SQLITE_OK ? sqlite3_bind_int64(stmt, (int)at, range->limit) : code;
}

adsync_status adsync__sqlite_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    adsync__sqlite *s = user;
    adsync__sqlite_shape shape = { .what = ADSYNC__SQLITE_SCAN };
    sqlite3_stmt *stmt;
    int code;

    if (!adsync__sql_range_take(range, &shape.range)) return ADSYNC_OK;
    s->waited_us = 0;
    if ((code = adsync__sqlite_statement_get(s, &shape, &stmt)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    if ((code = scan_bind(stmt, &shape.range, range)) != SQLITE_OK) return adsync__sqlite_fail(s, code, 0, error);
    return read_rows(s, stmt, shape.range.columns, sink, error);
}
