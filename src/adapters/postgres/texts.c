/* SPDX-License-Identifier: MIT */
/* Every statement as text made from its shape. Parameters are typed when it is prepared; what stands in which is said at each. */
#include "postgres_int.h"

/* u(c0 .., n) with `n` columns */
static void texts_source(adsync__sql *out, const adsync__postgres_shape *shape, uint32_t n)
{
    adsync__sql_add(out, shape->many ? "unnest(" : "(SELECT ");
    for (uint32_t i = 0; i < n; i++)
        adsync__sql_add(out, shape->many ? "%s$%u" : "%s$%u AS c%u", i ? ", " : "", i + 1, i);
    if (!shape->many) {
        adsync__sql_add(out, ", 1::bigint AS n) AS u");
        return;
    }
    adsync__sql_add(out, ") WITH ORDINALITY AS u(");
    for (uint32_t i = 0; i < n; i++)
        adsync__sql_add(out, "c%u, ", i);
    adsync__sql_add(out, "n)");
}

static uint32_t texts_key(const adsync__postgres_shape *shape) { return adsync_index_width(shape->range.table, 0); }

static void texts_match(adsync__sql *out, const adsync__postgres_shape *shape)
{
    for (uint32_t i = 0; i < texts_key(shape); i++)
        adsync__sql_add(out, "%st.\"%s\" = u.c%u", i ? " AND " : " WHERE ", adsync__sql_column(shape->range.table, i), i);
}

static void texts_select(adsync__sql *out, const adsync__postgres_shape *shape)
{
    adsync__sql_add(out, "SELECT t." ADSYNC__SQL_VERSION ", ");
    adsync__sql_columns(out, "t.", shape->range.table, 0, shape->range.columns);
    adsync__sql_add(out, " FROM ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " AS t");
}

/* the key */
static void texts_read(adsync__sql *out, const adsync__postgres_shape *shape)
{
    texts_select(out, shape);
    adsync__sql_add(out, ", ");
    texts_source(out, shape, texts_key(shape));
    texts_match(out, shape);
}

static void texts_scan(adsync__sql *out, const adsync__postgres_shape *shape)
{
    texts_select(out, shape);
    adsync__sql_range_text(out, &shape->range);
}

static void texts_expected(adsync__sql *out, const adsync__postgres_shape *shape)
{
    uint32_t n = texts_key(shape);

    texts_match(out, shape);
    adsync__sql_add(out, " AND (t." ADSYNC__SQL_VERSION " = u.c%u OR u.c%u = %d)", n, n, ADSYNC_EXPECT_ANY);
}

/* the key, the expected version */
static void texts_check(adsync__sql *out, const adsync__postgres_shape *shape)
{
    adsync__sql_add(out, "SELECT u.n FROM ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " AS t, ");
    texts_source(out, shape, texts_key(shape) + 1);
    texts_expected(out, shape);
    if (shape->many) {
        adsync__sql_add(out, " ORDER BY ");
        adsync__sql_columns(out, "t.", shape->range.table, 0, texts_key(shape));
    }
    adsync__sql_add(out, " FOR UPDATE OF t");
}

/* the key, the expected version */
static void texts_delete(adsync__sql *out, const adsync__postgres_shape *shape)
{
    adsync__sql_add(out, "DELETE FROM ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " AS t USING ");
    texts_source(out, shape, texts_key(shape) + 1);
    texts_expected(out, shape);
    adsync__sql_add(out, " RETURNING u.n");
}

/* the values, the new version, the expected one */
static void texts_update(adsync__sql *out, const adsync__postgres_shape *shape)
{
    uint32_t n = shape->range.columns;

    adsync__sql_add(out, "UPDATE ");
    adsync__sql_table(out, shape->range.table);
    adsync__sql_add(out, " AS t SET " ADSYNC__SQL_VERSION " = u.c%u", n);
    for (uint32_t i = texts_key(shape); i < n; i++)
        adsync__sql_add(out, ", \"%s\" = u.c%u", adsync__sql_column(shape->range.table, i), i);
    adsync__sql_add(out, " FROM ");
    texts_source(out, shape, n + 2);
    texts_match(out, shape);
    adsync__sql_add(out, " AND t." ADSYNC__SQL_VERSION " = u.c%u RETURNING u.n", n + 1);
}

/* the values, the new version */
static void texts_insert(adsync__sql *out, const adsync__postgres_shape *shape)
{
    uint32_t n = shape->range.columns, table = shape->range.table;

    adsync__sql_add(out, "INSERT INTO ");
    adsync__sql_table(out, table);
    adsync__sql_add(out, " AS t (");
    adsync__sql_columns(out, "", table, 0, n);
    adsync__sql_add(out, ", " ADSYNC__SQL_VERSION ") SELECT ");
    for (uint32_t i = 0; i <= n; i++)
        adsync__sql_add(out, "%su.c%u", i ? ", " : "", i);
    adsync__sql_add(out, " FROM ");
    texts_source(out, shape, n + 1);
    adsync__sql_add(out, " ON CONFLICT (");
    adsync__sql_columns(out, "", table, 0, texts_key(shape));
    if (shape->what == ADSYNC__POSTGRES_INSERT) {
        adsync__sql_add(out, ") DO NOTHING RETURNING ");
        adsync__sql_columns(out, "t.", table, 0, texts_key(shape));
        return;
    }
    adsync__sql_add(out, ") DO UPDATE SET " ADSYNC__SQL_VERSION " = EXCLUDED." ADSYNC__SQL_VERSION);
    for (uint32_t i = texts_key(shape); i < n; i++)
        adsync__sql_add(out, ", \"%s\" = EXCLUDED.\"%s\"", adsync__sql_column(table, i), adsync__sql_column(table, i));
}

static void texts_prefix(adsync__sql *out, const adsync__postgres_shape *shape)
{
    adsync__sql_add(out, " FROM ");
    adsync__sql_table(out, shape->range.table);
    for (uint32_t i = 0; i < shape->range.columns; i++)
        adsync__sql_add(out, "%s\"%s\" = $%u", i ? " AND " : " WHERE ", adsync__sql_column(shape->range.table, i), i + 1);
}

/* the prefix, the limit */
static void texts_erase(adsync__sql *out, const adsync__postgres_shape *shape)
{
    uint32_t table = shape->range.table;

    adsync__sql_add(out, "DELETE FROM ");
    adsync__sql_table(out, table);
    adsync__sql_add(out, " WHERE (");
    adsync__sql_columns(out, "", table, 0, texts_key(shape));
    adsync__sql_add(out, ") IN (SELECT ");
    adsync__sql_columns(out, "", table, 0, texts_key(shape));
    texts_prefix(out, shape);
    adsync__sql_add(out, " ORDER BY ");
    adsync__sql_columns(out, "", table, 0, texts_key(shape));
    adsync__sql_add(out, " LIMIT $%u FOR UPDATE)", shape->range.columns + 1u);
}

/* the prefix */
static void texts_left(adsync__sql *out, const adsync__postgres_shape *shape)
{
    adsync__sql_add(out, "SELECT 1");
    texts_prefix(out, shape);
    adsync__sql_add(out, " LIMIT 1");
}

void adsync__postgres_text(adsync__sql *out, const adsync__postgres_shape *shape)
{
    static const char waits[] = "SELECT set_config('lock_timeout', $1::text, true), " ADSYNC__POSTGRES_IDLE "true)";
    static const char *const plain[] = {
        [ADSYNC__POSTGRES_BEGIN] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        [ADSYNC__POSTGRES_COMMIT] = "COMMIT",
        [ADSYNC__POSTGRES_ROLLBACK] = "ROLLBACK",
        [ADSYNC__POSTGRES_NOW] = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
        [ADSYNC__POSTGRES_LOCK_TIMEOUT] = waits,
    };
    static void (*const texts[])(adsync__sql *, const adsync__postgres_shape *) = {
        [ADSYNC__POSTGRES_READ] = texts_read,     [ADSYNC__POSTGRES_SCAN] = texts_scan,     [ADSYNC__POSTGRES_CHECK] = texts_check,
        [ADSYNC__POSTGRES_INSERT] = texts_insert, [ADSYNC__POSTGRES_UPSERT] = texts_insert, [ADSYNC__POSTGRES_UPDATE] = texts_update,
        [ADSYNC__POSTGRES_DELETE] = texts_delete, [ADSYNC__POSTGRES_ERASE] = texts_erase,   [ADSYNC__POSTGRES_LEFT] = texts_left,
    };

    if (shape->what == ADSYNC__POSTGRES_NOTIFY) adsync__sql_add(out, "SELECT pg_notify('%swake', '')", out->prefix);
    else if (texts[shape->what]) texts[shape->what](out, shape);
    else adsync__sql_add(out, "%s", plain[shape->what]);
}
