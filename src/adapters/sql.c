/* SPDX-License-Identifier: MIT */
#include "adapters.h"

#include <stdarg.h>
#include <stdio.h>

static bool sql_room(adsync__sql *out, size_t more)
{
    size_t room = out->room ? out->room : 512;
    char *p;

    while (room < out->size + more + 1) room *= 2;
    if (room == out->room) return true;
    if (!(p = out->grow(out->p, room))) return false;
    out->p = p;
    out->room = room;
    return true;
}

void adsync__sql_add(adsync__sql *out, const char *format, ...)
{
    va_list values;
    int n;

    if (out->failed) return;
    va_start(values, format);
    n = vsnprintf(NULL, 0, format, values);
    va_end(values);
    if ((out->failed = n < 0 || !sql_room(out, (size_t)n))) return;
    va_start(values, format);
    (void)vsnprintf(out->p + out->size, (size_t)n + 1, format, values);
    va_end(values);
    out->size += (size_t)n;
}

const char *adsync__sql_column(uint32_t table, uint32_t column) { return adsync_column_name(adsync_table_column(table, column)); }

void adsync__sql_table(adsync__sql *out, uint32_t table) { adsync__sql_add(out, "\"%s%s\"", out->prefix, adsync_table_name(table)); }

void adsync__sql_columns(adsync__sql *out, const char *before, uint32_t table, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        adsync__sql_add(out, "%s%s\"%s\"", i > from ? ", " : "", before, adsync__sql_column(table, i));
}

void adsync__sql_define(adsync__sql *out, uint32_t table, const char *const *types)
{
    uint32_t n_key = adsync_index_width(table, 0);

    for (uint32_t i = 0; i < adsync_table_width(table); i++) {
        adsync__sql_add(out, "  \"%s\" %s%s,\n", adsync__sql_column(table, i), types[adsync_table_column_kind(table, i)],
                        i < n_key ? " NOT NULL" : "");
        if (i + 1 == n_key) adsync__sql_add(out, "  " ADSYNC__SQL_VERSION " %s NOT NULL,\n", types[ADSYNC_VALUE_INT]);
    }
    adsync__sql_add(out, "  PRIMARY KEY (");
    adsync__sql_columns(out, "", table, 0, n_key);
    adsync__sql_add(out, ")\n");
}

void adsync__sql_add_columns(adsync__sql *out, uint32_t table, uint32_t from, const char *const *types)
{
    for (uint32_t i = 0; i < adsync_table_width(table); i++)
        if (adsync_table_column_since(table, i) > from)
            adsync__sql_add(out, "ALTER TABLE \"%s%s\" ADD COLUMN \"%s\" %s;\n", out->prefix, adsync_table_name(table),
                            adsync__sql_column(table, i), types[adsync_table_column_kind(table, i)]);
}

/* The key's columns, which end it, are never null. */
void adsync__sql_index(adsync__sql *out, uint32_t table, uint32_t index)
{
    uint32_t n_key = adsync_index_width(table, 0), column;
    const char *before = " WHERE ";

    adsync__sql_add(out, "CREATE INDEX \"%s%s_%s\" ON ", out->prefix, adsync_table_name(table), adsync_index_name(table, index));
    adsync__sql_table(out, table);
    adsync__sql_add(out, " (");
    for (uint32_t i = 0; (column = adsync_index_column(table, index, i)) != UINT32_MAX; i++)
        adsync__sql_add(out, "%s\"%s\"", i ? ", " : "", adsync__sql_column(table, column));
    adsync__sql_add(out, ")");
    for (uint32_t i = 0; i < adsync_index_width(table, index); i++) {
        if ((column = adsync_index_column(table, index, i)) < n_key) continue;
        adsync__sql_add(out, "%s\"%s\" IS NOT NULL", before, adsync__sql_column(table, column));
        before = " AND ";
    }
    adsync__sql_add(out, ";\n");
}
