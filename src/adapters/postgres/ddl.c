/* SPDX-License-Identifier: MIT */
/* The tables, from the descriptors: all of them, or the steps from an older schema version. Nothing is ever dropped. The table
 * <prefix>schema has one row: the schema version that is there, and the oldest library's that may still use it.
 *
 * Every table has row-level security that binds its owner too: the engine's role has a policy of its own, everybody else who was given
 * SELECT sees the organisation that the setting adsync.org names. Tables of the system have no policy for others and show nothing. */
#include "postgres_int.h"

#include <stdio.h>

enum { DDL_SHARDS = 16 }; /* of the queue, so that many workers do not all take its head */

static const char *const ddl_types[] = {
    [ADSYNC_VALUE_INT] = "bigint", [ADSYNC_VALUE_TEXT] = "text COLLATE \"C\"", [ADSYNC_VALUE_BYTES] = "bytea"
};

/* Rows that are written over again and again leave room beside them for the next version. */
static bool ddl_is_hot(uint32_t table)
{
    static const uint32_t hot[] = { ADSYNC_T_META,  ADSYNC_T_ENGINES, ADSYNC_T_LIMITS, ADSYNC_T_GRANTS, ADSYNC_T_CONNECTIONS,
                                    ADSYNC_T_QUEUE, ADSYNC_T_LANES,   ADSYNC_T_JOBS };

    for (size_t i = 0; i < sizeof hot / sizeof *hot; i++)
        if (hot[i] == table) return true;
    return false;
}

static bool ddl_is_read(uint32_t table) /* by a view */
{
    uint32_t shown;

    for (size_t i = 0; adsync__sql_view(i, &shown); i++)
        if (shown == table) return true;
    return table == ADSYNC_T_ORGS;
}

static void ddl_engine(adsync__sql *out, const char *table, const adsync__postgres_settings *settings)
{
    adsync__sql_add(out, "ALTER TABLE \"%s%s\" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n", out->prefix, table);
    adsync__sql_add(out, "CREATE POLICY \"engine\" ON \"%s%s\" TO CURRENT_USER", out->prefix, table);
    if (settings->engine) adsync__sql_add(out, ", \"%s\"", settings->engine);
    adsync__sql_add(out, " USING (true) WITH CHECK (true);\n");
    if (settings->engine)
        adsync__sql_add(out, "GRANT SELECT, INSERT, UPDATE, DELETE ON \"%s%s\" TO \"%s\";\n", out->prefix, table, settings->engine);
}

void adsync__postgres_secure(adsync__sql *out, const char *table, const adsync__postgres_settings *settings, bool org)
{
    ddl_engine(out, table, settings);
    if (org)
        adsync__sql_add(out, "CREATE POLICY \"reader\" ON \"%s%s\" FOR SELECT"
                             " USING (\"org\" = nullif(current_setting('adsync.org', true), '')::bigint);\n", out->prefix, table);
}

/* What no piece is there for; the others are made when they are needed. */
static void ddl_rest(adsync__sql *out, const char *name, const adsync__postgres_settings *settings)
{
    char rest[64];

    (void)snprintf(rest, sizeof rest, "%s_rest", name);
    adsync__sql_add(out, "CREATE TABLE \"%s%s\" PARTITION OF \"%s%s\" DEFAULT;\n", out->prefix, rest, out->prefix, name);
    adsync__postgres_secure(out, rest, settings, true);
}

static void ddl_create(adsync__sql *out, uint32_t table, const adsync__postgres_settings *settings)
{
    const char *name = adsync_table_name(table);
    const char *cut = settings->flags & ADSYNC_POSTGRES_PARTITIONS ? adsync__postgres_pieces_column(table) : NULL;

    adsync__sql_add(out, "CREATE TABLE ");
    adsync__sql_table(out, table);
    adsync__sql_add(out, " (\n");
    adsync__sql_define(out, table, ddl_types);
    if (cut) adsync__sql_add(out, ") PARTITION BY RANGE (\"%s\");\n", cut);
    else adsync__sql_add(out, ddl_is_hot(table) ? ") WITH (fillfactor = 70);\n" : ");\n");
    adsync__postgres_secure(out, name, settings, adsync_table_has_org(table) || table == ADSYNC_T_ORGS);
    if (cut) ddl_rest(out, name, settings);
    if (settings->reader && ddl_is_read(table))
        adsync__sql_add(out, "GRANT SELECT ON \"%s%s\" TO \"%s\";\n", out->prefix, name, settings->reader);
}

static void ddl_version(adsync__sql *out, const adsync__postgres_settings *settings, uint32_t from)
{
    if (from) {
        adsync__sql_add(out, "UPDATE \"%sschema\" SET \"version\" = %u, \"needs\" = greatest(\"needs\", %d);\n", out->prefix,
                        adsync_schema_version(), ADSYNC__SQL_NEEDS);
        return;
    }
    adsync__sql_add(out, "CREATE TABLE \"%sschema\" (\n  \"one\" bigint PRIMARY KEY CHECK (\"one\" = 1),\n"
                         "  \"version\" bigint NOT NULL,\n  \"needs\" bigint NOT NULL\n);\n", out->prefix);
    ddl_engine(out, "schema", settings);
    adsync__sql_add(out, "INSERT INTO \"%sschema\" VALUES (1, %u, %d);\n", out->prefix, adsync_schema_version(), ADSYNC__SQL_NEEDS);
    adsync__sql_add(out, "INSERT INTO \"%smeta\" (\"key\", \"value\", \"_version\") VALUES ('queue_shards', %d, 1);\n", out->prefix,
                    DDL_SHARDS);
}

/* ---- what people see */

/* Whole numbers all the way, so nothing is rounded; a time before the calendar begins is null instead of an error in every query. */
static void ddl_time(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "CASE WHEN t.\"%s\" >= -210866803200000000 THEN timestamptz 'epoch' + t.\"%s\" / 1000000 * interval '1 second'"
                         " + t.\"%s\" %% 1000000 * interval '1 microsecond' END", c, c, c);
}

static void ddl_day(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "CASE WHEN t.\"%s\" BETWEEN 10101 AND 99991231 AND t.\"%s\" / 100 %% 100 BETWEEN 1 AND 12 THEN"
                         " make_date((t.\"%s\" / 10000)::int, (t.\"%s\" / 100 %% 100)::int, 1) + (t.\"%s\" %% 100 - 1)::int END",
                    c, c, c, c, c);
}

/* At least two decimals, more where the amount has them. */
static void ddl_money(adsync__sql *out, const char *c)
{
    adsync__sql_add(out, "round(t.\"%s\" * 0.000001, greatest(2, min_scale(t.\"%s\" * 0.000001)))", c, c);
}

static void ddl_micro(adsync__sql *out, const char *c) { adsync__sql_add(out, "trim_scale(t.\"%s\" * 0.000001)", c); }

static adsync__sql_shape *const ddl_shapes[] = {
    [ADSYNC_SHAPE_TIME] = ddl_time,   [ADSYNC_SHAPE_DAY] = ddl_day,           [ADSYNC_SHAPE_MONEY] = ddl_money,
    [ADSYNC_SHAPE_MICRO] = ddl_micro, [ADSYNC_SHAPE_KIND] = adsync__sql_kind,
};

void adsync__postgres_ddl(adsync__sql *out, const adsync__postgres_settings *settings, uint32_t from)
{
    const char *view;
    uint32_t shown;

    if (from == adsync_schema_version()) return;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        if (adsync_table_since(t) > from) ddl_create(out, t, settings);
        else adsync__sql_add_columns(out, t, from, ddl_types);
        for (uint32_t i = 1; i < adsync_table_indexes(t); i++)
            if (adsync_index_since(t, i) > from) adsync__sql_index(out, t, i);
    }
    adsync__sql_views(out, ddl_shapes, sizeof ddl_shapes / sizeof *ddl_shapes, " WITH (security_invoker = true)");
    for (size_t i = 0; settings->reader && (view = adsync__sql_view(i, &shown)); i++)
        adsync__sql_add(out, "GRANT SELECT ON \"%sv_%s\" TO \"%s\";\n", out->prefix, view, settings->reader);
    ddl_version(out, settings, from);
}

adsync_status adsync_postgres_ddl(uint32_t from_schema, const adsync_postgres_options *options, adsync_bytes **sql, adsync_error **error)
{
    adsync__postgres_settings settings;
    adsync__sql text = { .grow = adsync__postgres_grow };
    adsync_status rc;

    if (!sql) return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_postgres_ddl: sql is NULL", 0);
    *sql = NULL;
    if ((rc = adsync__postgres_settings_take(options, &settings, error)) < 0) return rc;
    if (from_schema > adsync_schema_version())
        return adsync_error_set(error, ADSYNC_E_INVALID, "adsync_postgres_ddl: from_schema is a version that this library does not know",
                                0);
    text.prefix = settings.prefix;
    adsync__postgres_ddl(&text, &settings, from_schema);
    rc = text.failed ? adsync__postgres_memory(error) : adsync_bytes_new(text.p, text.size, sql, error);
    adsync__postgres_free(text.p);
    return rc;
}
