/* SPDX-License-Identifier: MIT */
/* The tables, from the descriptors: all of them, or the steps from an older schema version. Nothing is ever dropped but views, which
 * hold no rows and are made anew. The table <prefix>schema has one row: the schema version that is there, and the oldest library's
 * that may still use it. */
#include "sqlite_int.h"

enum { DDL_SMALL_COLUMNS = 12, DDL_SMALL_BYTES = 4096 };

static const char *ddl_type(uint32_t table, uint32_t column)
{
    static const char *const types[] = { [ADSYNC_VALUE_INT] = "INTEGER", [ADSYNC_VALUE_TEXT] = "TEXT", [ADSYNC_VALUE_BYTES] = "BLOB" };

    return types[adsync_table_column_kind(table, column)];
}

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

static void ddl_create(sqlite3_str *out, const char *prefix, uint32_t table)
{
    uint32_t n_key = adsync_index_width(table, 0), n = adsync_table_width(table);

    sqlite3_str_appendf(out, "CREATE TABLE \"%w%w\" (\n", prefix, adsync_table_name(table));
    for (uint32_t i = 0; i < n; i++) {
        sqlite3_str_appendf(out, "  \"%w\" %s%s,\n", adsync__sqlite_column(table, i), ddl_type(table, i), i < n_key ? " NOT NULL" : "");
        if (i + 1 == n_key) sqlite3_str_appendall(out, "  \"" ADSYNC__SQLITE_VERSION_COLUMN "\" INTEGER NOT NULL,\n");
    }
    sqlite3_str_appendall(out, "  PRIMARY KEY (");
    for (uint32_t i = 0; i < n_key; i++)
        sqlite3_str_appendf(out, "%s\"%w\"", i ? ", " : "", adsync__sqlite_column(table, i));
    sqlite3_str_appendall(out, ddl_is_tree(table) ? ")\n) STRICT, WITHOUT ROWID;\n" : ")\n) STRICT;\n");
}

static void ddl_add_columns(sqlite3_str *out, const char *prefix, uint32_t table, uint32_t from)
{
    for (uint32_t i = 0; i < adsync_table_width(table); i++)
        if (adsync_table_column_since(table, i) > from)
            sqlite3_str_appendf(out, "ALTER TABLE \"%w%w\" ADD COLUMN \"%w\" %s;\n", prefix, adsync_table_name(table),
                                adsync__sqlite_column(table, i), ddl_type(table, i));
}

/* A row with a null in an index column is not in the index; the key's columns, which end it, are never null. */
static void ddl_index(sqlite3_str *out, const char *prefix, uint32_t table, uint32_t index)
{
    uint32_t n_key = adsync_index_width(table, 0), width = adsync_index_width(table, index), column;
    const char *before = " WHERE ";

    sqlite3_str_appendall(out, "CREATE INDEX ");
    adsync__sqlite_text_index(out, prefix, table, index);
    sqlite3_str_appendf(out, " ON \"%w%w\" (", prefix, adsync_table_name(table));
    for (uint32_t i = 0; (column = adsync_index_column(table, index, i)) != UINT32_MAX; i++)
        sqlite3_str_appendf(out, "%s\"%w\"", i ? ", " : "", adsync__sqlite_column(table, column));
    sqlite3_str_appendall(out, ")");
    for (uint32_t i = 0; i < width; i++) {
        if ((column = adsync_index_column(table, index, i)) < n_key) continue;
        sqlite3_str_appendf(out, "%s\"%w\" IS NOT NULL", before, adsync__sqlite_column(table, column));
        before = " AND ";
    }
    sqlite3_str_appendall(out, ";\n");
}

static void ddl_version(sqlite3_str *out, const char *prefix, uint32_t from)
{
    if (!from) {
        sqlite3_str_appendf(out, "CREATE TABLE \"%wschema\" (\n  \"one\" INTEGER NOT NULL PRIMARY KEY CHECK (\"one\" = 1),\n"
                                 "  \"version\" INTEGER NOT NULL,\n  \"needs\" INTEGER NOT NULL\n) STRICT;\n", prefix);
        sqlite3_str_appendf(out, "INSERT INTO \"%wschema\" VALUES (1, %u, %d);\n", prefix, adsync_schema_version(), ADSYNC__SQLITE_NEEDS);
        return;
    }
    sqlite3_str_appendf(out, "UPDATE \"%wschema\" SET \"version\" = %u, \"needs\" = max(\"needs\", %d);\n", prefix, adsync_schema_version(),
                        ADSYNC__SQLITE_NEEDS);
}

void adsync__sqlite_ddl(sqlite3_str *out, const char *prefix, uint32_t from)
{
    if (from == adsync_schema_version()) return;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        if (adsync_table_since(t) > from) ddl_create(out, prefix, t);
        else ddl_add_columns(out, prefix, t, from);
        for (uint32_t i = 1; i < adsync_table_indexes(t); i++)
            if (adsync_index_since(t, i) > from) ddl_index(out, prefix, t, i);
    }
    adsync__sqlite_views(out, prefix);
    ddl_version(out, prefix, from);
}

adsync_status adsync_sqlite_ddl(uint32_t from_schema, const adsync_sqlite_options *options, adsync_bytes **sql, adsync_error **error)
{
    adsync__sqlite_settings settings;
    sqlite3_str *text;
    char *finished;
    adsync_status rc;
    int code, size;

    if (!sql) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_ddl: sql is NULL", 0);
    *sql = NULL;
    if ((rc = adsync__sqlite_settings_take(options, &settings, error)) < 0) return rc;
    if (from_schema > adsync_schema_version())
        return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_sqlite_ddl: from_schema is a version that this library does not know", 0);
    text = sqlite3_str_new(NULL);
    adsync__sqlite_ddl(text, settings.prefix, from_schema);
    code = sqlite3_str_errcode(text);
    size = sqlite3_str_length(text);
    finished = sqlite3_str_finish(text); /* NULL where the text is empty */
    rc = code == SQLITE_OK ? adsync_bytes_new(finished, (size_t)size, sql, error) : adsync_error_set(error, ADSYNC_E_MEMORY, NULL, 0);
    sqlite3_free(finished);
    return rc;
}
