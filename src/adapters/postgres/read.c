/* SPDX-License-Identifier: MIT */
#include "postgres_int.h"

int64_t adsync__postgres_int(const PGresult *result, int row, int column)
{
    const unsigned char *p = (const unsigned char *)PQgetvalue(result, row, column);
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value = value << 8 | p[i];
    return (int64_t)value;
}

/* Borrowed from the result. */
static adsync_value read_value(const PGresult *result, int row, int column, uint32_t kind)
{
    uint32_t size = (uint32_t)PQgetlength(result, row, column);

    if (PQgetisnull(result, row, column)) return (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    if (kind != ADSYNC_VALUE_INT)
        return (adsync_value){ .kind = ADSYNC_VALUE_BYTES, .p = PQgetvalue(result, row, column), .size = size };
    if (size != 8) return (adsync_value){ .kind = UINT32_MAX }; /* somebody changed the column's type: the sink refuses it */
    return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = adsync__postgres_int(result, row, column) };
}

/* Runs the statement with the parameters that are there and answers what it finds: the version first, then the columns. */
static adsync_status read_rows(adsync__postgres *s, const adsync__postgres_shape *shape, adsync_sink *sink, adsync_error **error)
{
    uint32_t n = shape->range.columns, table = shape->range.table;
    PGresult *result = NULL;
    adsync_status rc = adsync__postgres_run_shape(s, shape, &result, error);

    if (rc >= 0 && PQnfields(result) != (int)n + 1)
        rc = adsync__postgres_refuse(ADSYNC_E_STORAGE, "it answered other columns than were asked for", error);
    for (int r = 0; rc >= 0 && r < PQntuples(result); r++) {
        adsync_value version = read_value(result, r, 0, ADSYNC_VALUE_INT);
        for (uint32_t i = 0; i < n; i++)
            s->row[i] = read_value(result, r, (int)i + 1, adsync_table_column_kind(table, i));
        rc = adsync_sink_values(sink, version.i, s->row, n);
    }
    PQclear(result);
    return rc;
}

adsync_status adsync__postgres_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys,
                                    adsync_sink *sink, adsync_error **error)
{
    adsync__postgres *s = user;
    const adsync__postgres_shape shape = { .what = ADSYNC__POSTGRES_READ, .many = n_keys > 1,
                                           .range = { .table = (uint16_t)table, .columns = adsync__sql_wanted(table, columns) } };

    adsync__postgres_params_begin(s);
    for (uint32_t i = 0; i < adsync_index_width(table, 0); i++) {
        if (shape.many) adsync__postgres_params_key(s, table, keys, n_keys, i);
        else adsync__postgres_params_value(s, adsync_table_column_kind(table, i), &keys[i]);
    }
    return read_rows(s, &shape, sink, error);
}

static void scan_bound(adsync__postgres *s, const adsync_range *range, const adsync_value *values, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        adsync__postgres_params_value(s, adsync_table_column_kind(range->table, adsync_index_column(range->table, range->index, i)),
                                      &values[i]);
}

adsync_status adsync__postgres_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    adsync__postgres *s = user;
    adsync__postgres_shape shape = { .what = ADSYNC__POSTGRES_SCAN };

    if (!adsync__sql_range_take(range, &shape.range)) return ADSYNC_OK;
    adsync__postgres_params_begin(s);
    scan_bound(s, range, range->lower, 0, range->n_lower);
    scan_bound(s, range, range->upper, shape.range.equal, range->n_upper);
    adsync__postgres_params_int(s, range->limit);
    return read_rows(s, &shape, sink, error);
}
