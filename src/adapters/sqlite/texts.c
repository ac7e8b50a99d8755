/* SPDX-License-Identifier: MIT */
/* Every statement over a table, as text made from its shape. Values are numbered parameters; what follows them is said at each.
 *
 * A scan of queue.by_class from (shard 0, class 2, time 5, ...) on, up to (shard 0, class 2, time 9), is: both bounds begin with
 * 0, 2, so `shard = ?1 AND class = ?2 AND (run_after_us, org, connection, slot) > (?3, ?4, ?5, ?6) AND run_after_us <= ?7`, a single
 * search of the index. INDEXED BY makes SQLite refuse the statement rather than walk the whole table, whatever its statistics say. */
#include "sqlite_int.h"

const char *adsync__sqlite_column(uint32_t table, uint32_t column) { return adsync_column_name(adsync_table_column(table, column)); }

static void texts_name(sqlite3_str *out, const char *prefix, uint32_t table)
{
    sqlite3_str_appendf(out, "\"%w%w\"", prefix, adsync_table_name(table));
}

/* The key's index is named by SQLite, and by the same name where the table is that index. */
void adsync__sqlite_text_index(sqlite3_str *out, const char *prefix, uint32_t table, uint32_t index)
{
    if (!index) {
        sqlite3_str_appendf(out, "\"sqlite_autoindex_%w%w_1\"", prefix, adsync_table_name(table));
        return;
    }
    sqlite3_str_appendf(out, "\"%w%w_%w\"", prefix, adsync_table_name(table), adsync_index_name(table, index));
}

static void texts_columns(sqlite3_str *out, uint32_t table, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        sqlite3_str_appendf(out, "%s\"%w\"", i > from ? ", " : "", adsync__sqlite_column(table, i));
}

static void texts_where_key(sqlite3_str *out, uint32_t table, uint32_t n, uint32_t first)
{
    for (uint32_t i = 0; i < n; i++)
        sqlite3_str_appendf(out, "%s\"%w\" = ?%u", i ? " AND " : " WHERE ", adsync__sqlite_column(table, i), first + i);
}

static void texts_select(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    sqlite3_str_appendall(out, "SELECT \"" ADSYNC__SQLITE_VERSION_COLUMN "\"");
    if (shape->columns) sqlite3_str_appendall(out, ", ");
    texts_columns(out, shape->table, 0, shape->columns);
    sqlite3_str_appendall(out, " FROM ");
    texts_name(out, prefix, shape->table);
}

/* ?1.. the key */
static void texts_read(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    texts_select(out, prefix, shape);
    texts_where_key(out, shape->table, adsync_index_width(shape->table, 0), 1);
}

static const char *texts_index_column(const adsync__sqlite_shape *shape, uint32_t i)
{
    return adsync__sqlite_column(shape->table, adsync_index_column(shape->table, shape->index, i));
}

/* `n` columns of the index from the `equal`-th on, against the parameters from ?first on. */
static void texts_bound(sqlite3_str *out, const adsync__sqlite_shape *shape, uint32_t n, const char *operator, uint32_t first)
{
    if (!n) return;
    sqlite3_str_appendall(out, " AND (");
    for (uint32_t i = 0; i < n; i++)
        sqlite3_str_appendf(out, "%s\"%w\"", i ? ", " : "", texts_index_column(shape, shape->equal + i));
    sqlite3_str_appendf(out, ") %s (", operator);
    for (uint32_t i = 0; i < n; i++)
        sqlite3_str_appendf(out, "%s?%u", i ? ", " : "", first + i);
    sqlite3_str_appendall(out, ")");
}

static void texts_order(sqlite3_str *out, const adsync__sqlite_shape *shape)
{
    bool down = shape->flags & ADSYNC_RANGE_DESCENDING;

    for (uint32_t i = 0; adsync_index_column(shape->table, shape->index, i) != UINT32_MAX; i++)
        sqlite3_str_appendf(out, "%s\"%w\"%s", i ? ", " : " ORDER BY ", texts_index_column(shape, i), down ? " DESC" : "");
}

/* ?1.. what both bounds begin with, the rest of the lower one, the rest of the upper one, the limit */
static void texts_scan(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    bool down = shape->flags & ADSYNC_RANGE_DESCENDING, strictly = shape->flags & ADSYNC_RANGE_EXCLUSIVE;

    texts_select(out, prefix, shape);
    sqlite3_str_appendall(out, " INDEXED BY ");
    adsync__sqlite_text_index(out, prefix, shape->table, shape->index);
    sqlite3_str_appendall(out, " WHERE 1");
    for (uint32_t i = 0; i < shape->equal; i++)
        sqlite3_str_appendf(out, " AND \"%w\" = ?%u", texts_index_column(shape, i), i + 1);
    texts_bound(out, shape, shape->lower, strictly && !down ? ">" : ">=", shape->equal + 1u);
    texts_bound(out, shape, shape->upper, strictly && down ? "<" : "<=", shape->equal + shape->lower + 1u);
    for (uint32_t i = 0; shape->index && i < adsync_index_width(shape->table, shape->index); i++)
        sqlite3_str_appendf(out, " AND \"%w\" IS NOT NULL", texts_index_column(shape, i));
    texts_order(out, shape);
    sqlite3_str_appendf(out, " LIMIT ?%u", shape->equal + shape->lower + shape->upper + 1u);
}

/* ?1.. the values, the new version */
static void texts_insert(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->table, 0);

    sqlite3_str_appendall(out, "INSERT INTO ");
    texts_name(out, prefix, shape->table);
    sqlite3_str_appendall(out, " (");
    texts_columns(out, shape->table, 0, shape->columns);
    sqlite3_str_appendall(out, ", \"" ADSYNC__SQLITE_VERSION_COLUMN "\") VALUES (");
    for (uint32_t i = 0; i < shape->columns; i++)
        sqlite3_str_appendf(out, "?%u, ", i + 1);
    sqlite3_str_appendf(out, "?%u) ON CONFLICT (", shape->columns + 1u);
    texts_columns(out, shape->table, 0, n_key);
    sqlite3_str_appendall(out, ") DO ");
    if (shape->what == ADSYNC__SQLITE_INSERT) {
        sqlite3_str_appendall(out, "NOTHING");
        return;
    }
    sqlite3_str_appendall(out, "UPDATE SET \"" ADSYNC__SQLITE_VERSION_COLUMN "\" = excluded.\"" ADSYNC__SQLITE_VERSION_COLUMN "\"");
    for (uint32_t i = n_key; i < shape->columns; i++)
        sqlite3_str_appendf(out, ", \"%w\" = excluded.\"%w\"", adsync__sqlite_column(shape->table, i),
                            adsync__sqlite_column(shape->table, i));
}

/* ?1.. the values, the new version, the expected one */
static void texts_update(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->table, 0);

    sqlite3_str_appendall(out, "UPDATE ");
    texts_name(out, prefix, shape->table);
    sqlite3_str_appendf(out, " SET \"" ADSYNC__SQLITE_VERSION_COLUMN "\" = ?%u", shape->columns + 1u);
    for (uint32_t i = n_key; i < shape->columns; i++)
        sqlite3_str_appendf(out, ", \"%w\" = ?%u", adsync__sqlite_column(shape->table, i), i + 1);
    texts_where_key(out, shape->table, n_key, 1);
    sqlite3_str_appendf(out, " AND \"" ADSYNC__SQLITE_VERSION_COLUMN "\" = ?%u", shape->columns + 2u);
}

/* ?1.. the key, the expected version */
static void texts_delete(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->table, 0);

    sqlite3_str_appendall(out, "DELETE FROM ");
    texts_name(out, prefix, shape->table);
    texts_where_key(out, shape->table, n_key, 1);
    if (shape->what == ADSYNC__SQLITE_DELETE_AT) sqlite3_str_appendf(out, " AND \"" ADSYNC__SQLITE_VERSION_COLUMN "\" = ?%u", n_key + 1);
}

/* ?1.. the prefix, the limit */
static void texts_erase(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    uint32_t n_key = adsync_index_width(shape->table, 0);

    sqlite3_str_appendall(out, "DELETE FROM ");
    texts_name(out, prefix, shape->table);
    sqlite3_str_appendall(out, " WHERE (");
    texts_columns(out, shape->table, 0, n_key);
    sqlite3_str_appendall(out, ") IN (SELECT ");
    texts_columns(out, shape->table, 0, n_key);
    sqlite3_str_appendall(out, " FROM ");
    texts_name(out, prefix, shape->table);
    sqlite3_str_appendall(out, " INDEXED BY ");
    adsync__sqlite_text_index(out, prefix, shape->table, 0);
    texts_where_key(out, shape->table, shape->columns, 1);
    sqlite3_str_appendf(out, " LIMIT ?%u)", shape->columns + 1u);
}

/* ?1.. the prefix */
static void texts_left(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    sqlite3_str_appendall(out, "SELECT 1 FROM ");
    texts_name(out, prefix, shape->table);
    sqlite3_str_appendall(out, " INDEXED BY ");
    adsync__sqlite_text_index(out, prefix, shape->table, 0);
    texts_where_key(out, shape->table, shape->columns, 1);
    sqlite3_str_appendall(out, " LIMIT 1");
}

void adsync__sqlite_text(sqlite3_str *out, const char *prefix, const adsync__sqlite_shape *shape)
{
    static void (*const texts[])(sqlite3_str *, const char *, const adsync__sqlite_shape *) = {
        [ADSYNC__SQLITE_READ] = texts_read,     [ADSYNC__SQLITE_VERSION] = texts_read,   [ADSYNC__SQLITE_SCAN] = texts_scan,
        [ADSYNC__SQLITE_INSERT] = texts_insert, [ADSYNC__SQLITE_UPSERT] = texts_insert,  [ADSYNC__SQLITE_UPDATE] = texts_update,
        [ADSYNC__SQLITE_DELETE] = texts_delete, [ADSYNC__SQLITE_DELETE_AT] = texts_delete, [ADSYNC__SQLITE_ERASE] = texts_erase,
        [ADSYNC__SQLITE_LEFT] = texts_left,
    };

    texts[shape->what](out, prefix, shape);
}
