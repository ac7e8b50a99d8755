/* SPDX-License-Identifier: MIT */
/* Every statement over a table, as text made from its shape. Values are numbered parameters; what follows them is said at each.
 * INDEXED BY makes SQLite refuse a statement rather than walk the whole table, whatever its statistics say. */
#include "sqlite_int.h"

static void *texts_grow(void *p, size_t size) { return sqlite3_realloc64(p, size); }

adsync__sql adsync__sqlite_sql(const char *prefix) { return (adsync__sql){ .grow = texts_grow, .prefix = prefix, .mark = '?' }; }

/* The key's index is named by SQLite, and by the same name where the table is that index. */
static void texts_indexed(adsync__sql *out, uint32_t table, uint32_t index)
{
    const char *name = adsync_table_name(table);

    if (!index) adsync__sql_add(out, " INDEXED BY \"sqlite_autoindex_%s%s_1\"", out->prefix, name);
    else adsync__sql_add(out, " INDEXED BY \"%s%s_%s\"", out->prefix, name, adsync_index_name(table, index));
}

static void texts_where_key(adsync__sql *out, uint32_t table, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        adsync__sql_add(out, "%s\"%s\" = ?%u", i ? " AND " : " WHERE ", adsync__sql_column(table, i), i + 1);
}

static void texts_select(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    adsync__sql_add(out, "SELECT " ADSYNC__SQL_VERSION "%s", shape->range.columns ? ", " : "");
    adsync__sql_columns(out, "", shape->range.table, 0, shape->range.columns);
    adsync__sql_add(out, " FROM ");
    adsync__sql_table(out, shape->range.table);
}

/* ?1.. the key */
static void texts_read(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    texts_select(out, shape);
    texts_where_key(out, shape->range.table, adsync_index_width(shape->range.table, 0));
}

static void texts_scan(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    texts_select(out, shape);
    texts_indexed(out, shape->range.table, shape->range.index);
    adsync__sql_range_text(out, &shape->range);
}

/* ?1.. the values, the new version */
static void texts_insert(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->range.table, 0);

    adsync__sql_add(out, "INSERT INTO ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " (");
    adsync__sql_columns(out, "", shape->range.table, 0, shape->range.columns);
    adsync__sql_add(out, ", " ADSYNC__SQL_VERSION ") VALUES (");
    for (uint32_t i = 0; i < shape->range.columns; i++)
        adsync__sql_add(out, "?%u, ", i + 1);
    adsync__sql_add(out, "?%u) ON CONFLICT (", shape->range.columns + 1u);
    adsync__sql_columns(out, "", shape->range.table, 0, n_key);
    adsync__sql_add(out, ") DO ");
    if (shape->what == ADSYNC__SQLITE_INSERT) {
        adsync__sql_add(out, "NOTHING");
        return;
    }
    adsync__sql_add(out, "UPDATE SET " ADSYNC__SQL_VERSION " = excluded." ADSYNC__SQL_VERSION);
    for (uint32_t i = n_key; i < shape->range.columns; i++)
        adsync__sql_add(out, ", \"%s\" = excluded.\"%s\"", adsync__sql_column(shape->range.table, i),
                        adsync__sql_column(shape->range.table, i));
}

/* ?1.. the values, the new version, the expected one */
static void texts_update(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->range.table, 0);

    adsync__sql_add(out, "UPDATE ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " SET " ADSYNC__SQL_VERSION " = ?%u", shape->range.columns + 1u);
    for (uint32_t i = n_key; i < shape->range.columns; i++)
        adsync__sql_add(out, ", \"%s\" = ?%u", adsync__sql_column(shape->range.table, i), i + 1);
    texts_where_key(out, shape->range.table, n_key);
    adsync__sql_add(out, " AND " ADSYNC__SQL_VERSION " = ?%u", shape->range.columns + 2u);
}

/* ?1.. the key, the expected version */
static void texts_delete(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->range.table, 0);

    adsync__sql_add(out, "DELETE FROM ");
    adsync__sql_table(out, shape->range.table);
    texts_where_key(out, shape->range.table, n_key);
    if (shape->what == ADSYNC__SQLITE_DELETE_AT) adsync__sql_add(out, " AND " ADSYNC__SQL_VERSION " = ?%u", n_key + 1);
}

/* ?1.. the prefix, the limit */
static void texts_erase(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->range.table, 0);

    adsync__sql_add(out, "DELETE FROM ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " WHERE (");
    adsync__sql_columns(out, "", shape->range.table, 0, n_key);
    adsync__sql_add(out, ") IN (SELECT ");
    adsync__sql_columns(out, "", shape->range.table, 0, n_key);
    adsync__sql_add(out, " FROM ");
    adsync__sql_table(out, shape->range.table);
    texts_indexed(out, shape->range.table, 0);
    texts_where_key(out, shape->range.table, shape->range.columns);
    adsync__sql_add(out, " LIMIT ?%u)", shape->range.columns + 1u);
}

/* ?1.. the prefix */
static void texts_left(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    adsync__sql_add(out, "SELECT 1 FROM ");
    adsync__sql_table(out, shape->range.table);
    texts_indexed(out, shape->range.table, 0);
    texts_where_key(out, shape->range.table, shape->range.columns);
    adsync__sql_add(out, " LIMIT 1");
}

void adsync__sqlite_text(adsync__sql *out, const adsync__sqlite_shape *shape)
{
    static void (*const texts[])(adsync__sql *, const adsync__sqlite_shape *) = {
        [ADSYNC__SQLITE_READ] = texts_read,     [ADSYNC__SQLITE_VERSION] = texts_read,   [ADSYNC__SQLITE_SCAN] = texts_scan,
        [ADSYNC__SQLITE_INSERT] = texts_insert, [ADSYNC__SQLITE_UPSERT] = texts_insert,  [ADSYNC__SQLITE_UPDATE] = texts_update,
        [ADSYNC__SQLITE_DELETE] = texts_delete, [ADSYNC__SQLITE_DELETE_AT] = texts_delete, [ADSYNC__SQLITE_ERASE] = texts_erase,
        [ADSYNC__SQLITE_LEFT] = texts_left,
    };

    texts[shape->what](out, shape);
}
