/* SPDX-License-Identifier: MIT */
/* The tables, from the descriptors: all of them, or the steps from an older schema version. Nothing is ever dropped but views, which
 * hold no rows and are made anew. The table <prefix>schema has one row: the schema version that is there, and the oldest library's
 * that may still use it. */
#include "sqlite_int.h"

enum { DDL_SMALL_COLUMNS = 12, DDL_SMALL_BYTES = 4096 };

static const char *const ddl_types[] = {
    [ADSYNC_VALUE_INT] = "INTEGER", [ADSYNC_VALUE_TEXT] = "TEXT", [ADSYNC_VALUE_BYTES] = "BLOB"
};

/* Whether the rows lie in the key's own tree. Measured: for small rows that spares an eighth of a commit (queue, lanes); for wide ones
 * it halves the speed of a pull or worse (metrics), since a day's rows lie scattered over the key instead of one after the other.
 * Asked of the columns a table was born with: both layouts answer the same statements, but one table keeps to one. */
static bool ddl_is_tree(uint32_t table)
{
    uint32_t born = 0;

    for (uint32_t i = 0; i < adsync_table_width(table); i++) {
        if (adsync_table_column_since(table, i) > adsync_table_since(table)) continue;
        born++;
        if (adsync_table_column_kind(table, i) == ADSYNC_VALUE_BYTES && adsync_table_column_max(table, i) > DDL_SMALL_BYTES) return false;
    }
    return born <= DDL_SMALL_COLUMNS;
}

static void ddl_create(adsync__sql *out, uint32_t table)
{
    adsync__sql_add(out, "CREATE TABLE ");
    adsync__sql_table(out, table);
    adsync__sql_add(out, " (\n");
    adsync__sql_define(out, table, ddl_types);
    adsync__sql_add(out, ddl_is_tree(table) ? ") STRICT, WITHOUT ROWID;\n" : ") STRICT;\n");
}

static void ddl_version(adsync__sql *out, uint32_t from)
{
    if (!from) {
        adsync__sql_add(out, "CREATE TABLE \"%sschema\" (\n  \"one\" INTEGER NOT NULL PRIMARY KEY CHECK (\"one\" = 1),\n"
                             "  \"version\" INTEGER NOT NULL,\n  \"needs\" INTEGER NOT NULL\n) STRICT;\n", out->prefix);
        adsync__sql_add(out, "INSERT INTO \"%sschema\" VALUES (1, %u, %d);\n", out->prefix, adsync_schema_version(), ADSYNC__SQL_NEEDS);
        return;
    }
    adsync__sql_add(out, "UPDATE \"%sschema\" SET \"version\" = %u, \"needs\" = max(\"needs\", %d);\n", out->prefix,
                    adsync_schema_version(), ADSYNC__SQL_NEEDS);
}

void adsync__sqlite_ddl(adsync__sql *out, uint32_t from)
{
    if (from == adsync_schema_version()) return;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        if (adsync_table_since(t) > from) ddl_create(out, t);
        else adsync__sql_add_columns(out, t, from, ddl_types);
        for (uint32_t i = 1; i < adsync_table_indexes(t); i++)
            if (adsync_index_since(t, i) > from) adsync__sql_index(out, t, i);
    }
    adsync__sqlite_views(out);
    ddl_version(out, from);
}

adsync_status adsync_sqlite_ddl(uint32_t from_schema, const adsync_sqlite_options *options, adsync_bytes **sql, adsync_error **error)
{
    adsync__sqlite_settings settings;
    adsync__sql text;
    adsync_status rc;

    if (!sql) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_ddl: sql is NULL", 0);
    *sql = NULL;
    if ((rc = adsync__sqlite_settings_take(options, &settings, error)) < 0) return rc;
    if (from_schema > adsync_schema_version())
        return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_ddl: from_schema is a version that this library does not know", 0);
    text = adsync__sqlite_sql(settings.prefix);
    adsync__sqlite_ddl(&text, from_schema);
    rc = text.failed ? adsync_error_set(error, ADSYNC_E_MEMORY, NULL, 0) : adsync_bytes_new(text.p, text.size, sql, error);
    sqlite3_free(text.p);
    return rc;
}
