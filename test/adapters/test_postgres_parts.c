/* SPDX-License-Identifier: MIT */
/* Tables in partitions: which rows lie where, what is dropped, who sees what. The kit runs on them too. */
#include "pg_place.h"

#include <stdio.h>
#include <time.h>

#define PARTS_DAY INT64_C(86400000000)
#define PARTS_NOON INT64_C(1795176000000000) /* 2026-11-20, noon UTC */

static const adsync_postgres_options parts = { .size = sizeof parts, .flags = ADSYNC_POSTGRES_PARTITIONS, .reader = "reader" };

static void parts_put(adsync_storage *storage, int64_t org, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n
    };
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, org, &change, 1, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static void parts_call(adsync_storage *storage, int64_t org, int64_t called_us, int64_t number)
{
    const adsync_value row[] = { { ADSYNC_VALUE_INT, 0, org, NULL },
                                 { ADSYNC_VALUE_INT, 0, called_us, NULL },
                                 { ADSYNC_VALUE_INT, 0, number, NULL } };

    parts_put(storage, org, ADSYNC_T_API_CALLS, row, 3);
}

static void parts_figure(adsync_storage *storage, int64_t org, int64_t day)
{
    const adsync_value row[] = { { ADSYNC_VALUE_INT, 0, org, NULL }, NUMBER(7), NUMBER(2), WORD("c1"),
                                 { ADSYNC_VALUE_INT, 0, day, NULL }, WORD(""),  NUMBER(1) };

    parts_put(storage, org, ADSYNC_T_METRICS, row, ADSYNC__COUNT(row));
}

static adsync_status parts_drop(adsync_storage *storage, uint32_t table, int64_t time_us)
{
    const adsync_storage_ops *ops = adsync__storage_ops(storage);

    return ops->drop_before ? ops->drop_before(ops->user, table, time_us, NULL) : ADSYNC_E_UNSUPPORTED;
}

static const char parts_where[] = "SELECT string_agg(x, ' ' ORDER BY x) FROM (SELECT tableoid::regclass::text || ':' || count(*) x FROM %s"
                                  " GROUP BY tableoid) y";

static void parts_lie(const char *table, const char *expected)
{
    char sql[300];

    (void)snprintf(sql, sizeof sql, parts_where, table);
    pg_says(pg.super, sql, expected);
}

static void rows_lie_in_the_piece_of_their_time(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, &parts);

    (void)state;
    parts_figure(storage, 1, 20261101);
    parts_figure(storage, 1, 20261130);
    parts_figure(storage, 1, 20261231);
    parts_figure(storage, 1, 20270101);
    parts_figure(storage, 1, 20240229);
    parts_figure(storage, 1, INT64_MIN); /* no day at all: kept all the same */
    parts_call(storage, 1, PARTS_NOON, 1);
    parts_call(storage, 1, PARTS_NOON + PARTS_DAY / 2 - 1, 2);
    parts_call(storage, 1, PARTS_NOON + PARTS_DAY / 2, 3);
    parts_call(storage, 1, 1709208000000000, 4); /* 2024-02-29 */
    parts_call(storage, 1, -1, 5);
    parts_lie("adsync_metrics", "adsync_metrics_202402:1 adsync_metrics_202611:2 adsync_metrics_202612:1 adsync_metrics_202701:1"
                                " adsync_metrics_rest:1");
    parts_lie("adsync_api_calls", "adsync_api_calls_20240229:1 adsync_api_calls_20261120:2 adsync_api_calls_20261121:1"
                                  " adsync_api_calls_rest:1");
    pg_says(pg.super, "SELECT to_regclass('adsync_api_calls_20261122') IS NOT NULL", "t"); /* the one that follows is ready */
    adsync_storage_free(storage);
}

static void what_is_wholly_old_is_dropped_and_nothing_else(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, &parts);

    (void)state;
    for (int64_t day = 0; day < 5; day++)
        for (int64_t org = 1; org < 3; org++) parts_call(storage, org, PARTS_NOON + day * PARTS_DAY, day);
    parts_figure(storage, 1, 20260930);
    parts_figure(storage, 1, 20261031);
    parts_figure(storage, 1, 20261119);
    parts_figure(storage, 1, 20261120);
    assert_int_equal(parts_drop(storage, ADSYNC_T_API_CALLS, PARTS_NOON + 2 * PARTS_DAY + 1), ADSYNC_OK);
    parts_lie("adsync_api_calls", "adsync_api_calls_20261123:2 adsync_api_calls_20261124:2"); /* those of the 22nd at noon went by row */
    pg_says(pg.super, "SELECT to_regclass('adsync_api_calls_20261121') IS NULL, to_regclass('adsync_api_calls_20261122') IS NULL", "t|f");
    /* a day is over when it is over everywhere: at noon of the next one, UTC */
    assert_int_equal(parts_drop(storage, ADSYNC_T_METRICS, PARTS_NOON - 1), ADSYNC_OK);
    parts_lie("adsync_metrics", "adsync_metrics_202611:2");
    assert_int_equal(parts_drop(storage, ADSYNC_T_METRICS, PARTS_NOON), ADSYNC_OK);
    pg_says(pg.super, "SELECT day FROM adsync_metrics", "20261120");
    assert_int_equal(parts_drop(storage, ADSYNC_T_JOBS, PARTS_NOON), ADSYNC_E_UNSUPPORTED);
    parts_call(storage, 1, PARTS_NOON, 9); /* what comes late to a piece that is gone is kept */
    parts_lie("adsync_api_calls", "adsync_api_calls_20261123:2 adsync_api_calls_20261124:2 adsync_api_calls_rest:1");
    adsync_storage_free(storage);
}

/* P3: neither around the policy by a piece's own name, nor by views. */
static void a_reader_sees_one_organisation_in_pieces_too(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, &parts);
    char reader[200];
    int64_t org;

    (void)state;
    assert_int_equal(adsync_storage_org(storage, "acme", 1, &org, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_org(storage, "globex", 1, &org, NULL), ADSYNC_OK);
    for (org = 1; org < 3; org++) {
        parts_figure(storage, org, 20261120);
        parts_figure(storage, org, 5);
        parts_call(storage, org, PARTS_NOON, 1);
    }
    adsync_storage_free(storage);
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync options='-c adsync.org=2'", pg.folder);
    pg_says(reader, "SELECT DISTINCT org FROM adsync_metrics", "2");
    pg_says(reader, "SELECT DISTINCT org FROM adsync_v_metrics", "globex");
    pg_says(reader, "SELECT DISTINCT org FROM adsync_v_api_calls", "globex");
    pg_says(pg.super,
            "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND has_table_privilege('reader', oid, 'SELECT')", "0");
    pg_server_sql(pg.conninfo, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    pg_says(reader, "SELECT count(*), min(org) FROM adsync_metrics_202611", "1|2");
    pg_says(reader, "SELECT count(*), min(org) FROM adsync_metrics_rest", "1|2");
    pg_says(reader, "SELECT count(*), min(org) FROM adsync_api_calls_20261120", "1|2");
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync", pg.folder);
    pg_says(reader, "SELECT count(*) FROM adsync_metrics_202611", "0");
    pg_says(pg.super,
            "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)", "0");
}

static void partitions_are_chosen_when_the_tables_are_made(void **state)
{
    const adsync_postgres_options other = { .size = sizeof other, .flags = ADSYNC_POSTGRES_PARTITIONS, .prefix = "p_" },
                                  plain = { .size = sizeof plain, .prefix = "p_" };
    adsync_storage *storage;

    (void)state;
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_refuses(pg.conninfo, &parts, ADSYNC_E_UNSUPPORTED, "not in partitions");
    storage = pg_open(pg.conninfo, NULL); /* and nothing was changed */
    assert_null(adsync__storage_ops(storage)->drop_before);
    adsync_storage_free(storage);
    adsync_storage_free(pg_open(pg.conninfo, &other));
    storage = pg_open(pg.conninfo, &plain); /* who does not ask finds them */
    assert_non_null(adsync__storage_ops(storage)->drop_before);
    parts_figure(storage, 1, 20261120);
    parts_lie("p_metrics", "p_metrics_202611:1");
    adsync_storage_free(storage);
}

/* As the documentation says how. */
static void a_store_is_moved_by_copying_its_tables(void **state)
{
    const adsync_postgres_options options = { .size = sizeof options, .flags = ADSYNC_POSTGRES_PARTITIONS, .prefix = "new_" };
    const adsync_value key[] = { NUMBER(1), NUMBER(7), NUMBER(2), WORD("c1"), NUMBER(20261120), WORD("") };
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    adsync_rows *rows = NULL;
    int64_t org;

    (void)state;
    assert_int_equal(adsync_storage_org(storage, "acme", 1, &org, NULL), ADSYNC_OK);
    parts_figure(storage, 1, 20261120);
    adsync_storage_free(storage);
    storage = pg_open(pg.conninfo, &options);
    pg_server_sql(pg.conninfo,
                  "DO $$ DECLARE t text; BEGIN FOR t IN SELECT substr(tablename, 8) FROM pg_tables WHERE tablename LIKE 'adsync\\_%'"
                  " AND tablename <> 'adsync_schema' LOOP EXECUTE format('DELETE FROM %I', 'new_' || t);"
                  " EXECUTE format('INSERT INTO %I SELECT * FROM %I', 'new_' || t, 'adsync_' || t); END LOOP; END $$");
    assert_int_equal(adsync_storage_read(storage, 1, ADSYNC_T_METRICS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_storage_org(storage, "acme", 0, &org, NULL), ADSYNC_OK);
    parts_figure(storage, 1, 20261121); /* and goes on: here beside what was copied */
    parts_lie("new_metrics", "new_metrics_rest:2");
    adsync_storage_free(storage);
}

/* A host that migrates itself asks for the text. */
static void the_text_of_the_ddl_makes_them(void **state)
{
    const adsync_postgres_options options = { .size = sizeof options,
                                              .flags = ADSYNC_POSTGRES_PARTITIONS | ADSYNC_POSTGRES_NO_DDL,
                                              .prefix = "mine_" };
    adsync_bytes *sql = NULL;
    adsync_storage *storage;

    (void)state;
    assert_int_equal(adsync_postgres_ddl(0, &options, &sql, NULL), ADSYNC_OK);
    pg_server_sql(pg.conninfo, adsync_bytes_data(sql, NULL));
    adsync_bytes_free(sql);
    storage = pg_open(pg.conninfo, &options);
    parts_figure(storage, 1, 20261120);
    parts_lie("mine_metrics", "mine_metrics_202611:1");
    adsync_storage_free(storage);
}

/* An engine's role that owns nothing makes nothing: its rows lie in the rest, and go row by row. */
static void a_role_that_may_make_no_tables_works_all_the_same(void **state)
{
    const adsync_postgres_options given = { .size = sizeof given, .flags = ADSYNC_POSTGRES_PARTITIONS, .engine = "stranger" };
    const adsync_postgres_options theirs = { .size = sizeof theirs, .flags = ADSYNC_POSTGRES_NO_DDL };
    adsync_storage *storage;
    char stranger[200];

    (void)state;
    adsync_storage_free(pg_open(pg.conninfo, &given));
    snprintf(stranger, sizeof stranger, "host=%s user=stranger dbname=adsync", pg.folder);
    storage = pg_open(stranger, &theirs);
    parts_call(storage, 1, PARTS_NOON, 1);
    parts_call(storage, 1, PARTS_NOON + 9 * PARTS_DAY, 2);
    parts_lie("adsync_api_calls", "adsync_api_calls_rest:2");
    assert_int_equal(parts_drop(storage, ADSYNC_T_API_CALLS, PARTS_NOON + PARTS_DAY), ADSYNC_OK);
    pg_says(pg.super, "SELECT call FROM adsync_api_calls", "2");
    adsync_storage_free(storage);
    storage = pg_open(pg.conninfo, &given); /* the owner's pieces are not its to drop */
    parts_call(storage, 1, PARTS_NOON + PARTS_DAY, 3);
    adsync_storage_free(storage);
    storage = pg_open(stranger, &theirs);
    assert_int_equal(parts_drop(storage, ADSYNC_T_API_CALLS, PARTS_NOON + 5 * PARTS_DAY), ADSYNC_E_UNSUPPORTED);
    adsync_storage_free(storage);
}

static void parts_quiet(void)
{
    for (int i = 0; pg_server_number(pg.super, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'engine'"); i++) {
        assert_true(i < 500);
        (void)nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    }
}

/* Many pieces, and a key that names one: the others are not looked at. */
static void a_key_is_looked_for_in_one_piece(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, &parts);
    const adsync_value key[] = { NUMBER(1), NUMBER(7), NUMBER(2), WORD("c1"), NUMBER(20250615), WORD("") };
    adsync_rows *rows = NULL;

    (void)state;
    for (int64_t month = 0; month < 24; month++) parts_figure(storage, 1, (2025 + month / 12) * 10000 + (month % 12 + 1) * 100 + 15);
    adsync_storage_free(storage);
    parts_quiet(); /* its numbers come when its connection has ended */
    pg_server_sql(pg.super, "SELECT pg_stat_reset()");
    storage = pg_open(pg.conninfo, &parts);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(adsync_storage_read(storage, 1, ADSYNC_T_METRICS, 0, key, 1, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 1);
        adsync_rows_free(rows);
    }
    adsync_storage_free(storage);
    parts_quiet();
    pg_says(pg.super, "SELECT sum(idx_scan), sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'adsync\\_metrics\\_%'", "10|0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_lie_in_the_piece_of_their_time, pg_begin),
        cmocka_unit_test_setup(what_is_wholly_old_is_dropped_and_nothing_else, pg_begin),
        cmocka_unit_test_setup(a_reader_sees_one_organisation_in_pieces_too, pg_begin),
        cmocka_unit_test_setup(partitions_are_chosen_when_the_tables_are_made, pg_begin),
        cmocka_unit_test_setup(a_store_is_moved_by_copying_its_tables, pg_begin),
        cmocka_unit_test_setup(the_text_of_the_ddl_makes_them, pg_begin),
        cmocka_unit_test_setup(a_role_that_may_make_no_tables_works_all_the_same, pg_begin),
        cmocka_unit_test_setup(a_key_is_looked_for_in_one_piece, pg_begin),
    };

    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
