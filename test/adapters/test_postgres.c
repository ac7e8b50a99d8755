/* SPDX-License-Identifier: MIT */
/* The storage on PostgreSQL beyond the kit: connections that are lost, waiting, waking, what readers see. */
#include "pg_place.h"

#include <poll.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const adsync_value key_a[] = { WORD("a") }, key_b[] = { WORD("b") }, a[] = { WORD("a"), NUMBER(1) }, b[] = { WORD("b"), NUMBER(2) };

static void put(adsync_storage *storage, int64_t org, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n
    };
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, org, &change, 1, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static int64_t version_of(adsync_storage *storage, const adsync_value *key)
{
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    int64_t version = 0;

    if (adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 1, &rows, &error) < 0) fail_msg("%s", adsync_error_message(error));
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) version = adsync_rows_int(rows, ADSYNC_C_VERSION);
    adsync_rows_free(rows);
    return version;
}

/* The adapter's own answer, past the library, which would find out what became of the commit. */
static adsync_status commit_bare(adsync_storage *storage, const adsync_change *changes, uint32_t n, adsync_error **error)
{
    const adsync_storage_ops *ops = adsync__storage_ops(storage);
    uint8_t held[8];
    adsync_sink sink;
    adsync_status rc;

    adsync__sink_conflicts(&sink, held, n);
    rc = ops->commit(ops->user, changes, n, &sink, error);
    return adsync__sink_end(&sink, rc, NULL, error);
}

/* ---- lost connections */

static void a_COMMIT_whose_answer_is_lost_is_uncertain_and_applied_once_or_not(void **state)
{
    adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, b) };
    adsync_error *error = NULL;
    adsync_storage *storage;
    pg_cutter wire;

    (void)state;
    pg_cutter_make(&wire, &pg);
    storage = pg_open(wire.conninfo, NULL);
    changes[0].version = changes[1].version = 77;
    pg_cutter_order(&wire, CUT_BEFORE, 0);
    assert_int_equal(commit_bare(storage, changes, 2, &error), ADSYNC_E_UNCERTAIN);
    assert_non_null(strstr(adsync_error_message(error), "may or may not have been applied"));
    assert_int_equal(version_of(storage, key_a), 0); /* on a connection made again without a word */
    pg_cutter_order(&wire, CUT_AFTER, 0);
    assert_int_equal(commit_bare(storage, changes, 2, &error), ADSYNC_E_UNCERTAIN);
    assert_int_equal(version_of(storage, key_a), 77);
    assert_int_equal(commit_bare(storage, changes, 2, &error), ADSYNC_E_CONFLICT); /* 2.11 */
    assert_int_equal(wire.orders->cuts[CUT_BEFORE], 1);
    assert_int_equal(wire.orders->cuts[CUT_AFTER], 1);
    adsync_error_free(error);
    adsync_storage_free(storage);
    pg_cutter_remove(&wire);
}

static void the_library_finds_out_what_became_of_it(void **state)
{
    adsync_change put_a = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, a);
    adsync_error *error = NULL;
    adsync_storage *storage;
    pg_cutter wire;

    (void)state;
    pg_cutter_make(&wire, &pg);
    storage = pg_open(wire.conninfo, NULL);
    pg_cutter_order(&wire, CUT_AFTER, 0);
    assert_int_equal(adsync_storage_commit(storage, 0, &put_a, 1, NULL, &error), ADSYNC_OK);
    put_a.expected = version_of(storage, key_a);
    pg_cutter_order(&wire, CUT_BEFORE, 0);
    assert_int_equal(adsync_storage_commit(storage, 0, &put_a, 1, NULL, &error), ADSYNC_OK); /* submitted again */
    assert_int_not_equal(version_of(storage, key_a), put_a.expected);
    assert_null(error);
    adsync_storage_free(storage);
    pg_cutter_remove(&wire);
}

/* A delete of nothing takes two trips more. */
static void a_connection_cut_at_any_statement_before_COMMIT_is_made_again(void **state)
{
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a), DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key_b) };
    adsync_error *error = NULL;
    adsync_storage *storage;
    pg_cutter wire;
    uint32_t n = 0;

    (void)state;
    pg_cutter_make(&wire, &pg);
    storage = pg_open(wire.conninfo, NULL);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, &error), ADSYNC_OK);
    for (uint32_t cuts = 0; cuts == n; n++) {
        pg_cutter_order(&wire, CUT_STATEMENT, n);
        assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, &error), ADSYNC_OK);
        pg_cutter_order(&wire, CUT_NEVER, 0);
        assert_null(error);
        cuts = wire.orders->cuts[CUT_STATEMENT];
        if (cuts == n) break;
    }
    assert_int_equal(n, 5); /* BEGIN, a put, a delete, and the place of what was not there made and given up */
    adsync_storage_free(storage);
    pg_cutter_remove(&wire);
}

static void a_server_that_went_away_and_came_back_is_found_again(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    const adsync_change change = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);
    adsync_error *error = NULL;

    (void)state;
    put(storage, 0, ADSYNC_T_META, a, 2);
    pg_server_end(&pg, SIGQUIT);
    assert_int_equal(adsync_storage_commit(storage, 0, &change, 1, NULL, &error), ADSYNC_E_STORAGE);
    assert_non_null(strstr(adsync_error_message(error), "it cannot be reached"));
    adsync_error_free(error);
    pg_server_run(&pg, NULL);
    assert_true(version_of(storage, key_a) > 0);
    put(storage, 0, ADSYNC_T_META, b, 2);
    pg_server_sql(pg.super, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'engine'");
    put(storage, 0, ADSYNC_T_META, b, 2);
    adsync_storage_free(storage);
}

/* ---- waiting and waking */

static void who_waits_too_long_for_a_row_is_told_to_retry(void **state)
{
    static const uint32_t flags[] = { 0, ADSYNC_POSTGRES_POOLED };
    const adsync_change change = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(flags); i++) {
        const adsync_postgres_options options = { .size = sizeof options, .flags = flags[i], .timeout_us = 50000 };
        adsync_storage *storage = pg_open(pg.conninfo, &options);
        adsync_error *error = NULL;
        pg_holder *holder;

        put(storage, 0, ADSYNC_T_META, a, 2);
        holder = pg_holder_begin(pg.conninfo, "SELECT * FROM adsync_meta FOR UPDATE");
        assert_int_equal(adsync_storage_commit(storage, 0, &change, 1, NULL, &error), ADSYNC_E_RETRY);
        assert_non_null(strstr(adsync_error_message(error), "another writer kept a row"));
        pg_holder_end(holder);
        adsync_error_free(error);
        put(storage, 0, ADSYNC_T_META, a, 2);
        adsync_storage_free(storage);
    }
}

static pid_t writer_begin(uint32_t flags, const adsync_change *change)
{
    const adsync_postgres_options options = { .size = sizeof options, .flags = flags };
    adsync_storage *storage;
    pid_t pid = fork();

    if (pid) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (adsync_postgres_open(pg.conninfo, &options, &storage, NULL) >= 0)
        for (;;) (void)adsync_storage_commit(storage, 0, change, 1, NULL, NULL);
    _exit(1);
}

/* Between its changes and its COMMIT it holds the row; `inside`: how many then do. */
static void writer_stop(pid_t pid, long long inside)
{
    static const char stopped[] = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL";
    int status;

    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(kill(pid, SIGSTOP), 0);
        assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
        assert_true(WIFSTOPPED(status));
        usleep(2000); /* until the server has done what it was sent */
        if (pg_server_number(pg.super, stopped) == inside) return;
        assert_int_equal(kill(pid, SIGCONT), 0);
        usleep(500 + i % 37 * 100);
    }
    fail_msg("it was never stopped inside a commit");
}

/* P1: or nobody could declare it dead and take over. */
static void who_is_stopped_inside_a_commit_keeps_nobody_waiting_for_long(void **state)
{
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, b) };
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    pid_t pids[2];

    (void)state;
    put(storage, 0, ADSYNC_T_META, a, 2);
    for (uint32_t i = 0; i < 2; i++) writer_stop(pids[i] = writer_begin(i ? ADSYNC_POSTGRES_POOLED : 0, &changes[i]), i + 1);
    put(storage, 0, ADSYNC_T_META, a, 2);
    put(storage, 0, ADSYNC_T_META, b, 2);
    adsync_storage_free(storage);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(kill(pids[i], SIGKILL), 0);
        assert_int_equal(waitpid(pids[i], NULL, 0), pids[i]);
    }
}

/* 2.6 for a row that is not there: two deletes of nothing and puts of the same must not pass each other on different keys. */
static void a_delete_of_nothing_waits_for_who_is_making_the_row(void **state)
{
    const adsync_postgres_options options = { .size = sizeof options, .timeout_us = 50000 };
    const adsync_change change = DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, key_a);
    adsync_storage *storage = pg_open(pg.conninfo, &options);
    pg_holder *holder = pg_holder_begin(pg.conninfo, "INSERT INTO adsync_meta (key, _version) VALUES ('a', 5)");

    (void)state;
    assert_int_equal(adsync_storage_commit(storage, 0, &change, 1, NULL, NULL), ADSYNC_E_RETRY);
    pg_holder_end(holder);
    assert_int_equal(adsync_storage_commit(storage, 0, &change, 1, NULL, NULL), ADSYNC_OK);
    pg_says(pg.super, "SELECT count(*) FROM adsync_meta WHERE key = 'a'", "0");
    adsync_storage_free(storage);
}

static bool readable(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, ms) == 1;
}

static void waking_goes_on_after_the_ears_connection_was_lost(void **state)
{
    adsync_storage *one = pg_open(pg.conninfo, NULL), *other = pg_open(pg.conninfo, NULL);
    const adsync_storage_ops *x = adsync__storage_ops(one), *y = adsync__storage_ops(other);
    int fd = y->watch_fd(y->user);

    (void)state;
    assert_true(fd >= 0);
    pg_server_sql(pg.super, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
    assert_true(readable(fd, 5000)); /* it was lost */
    y->watch_clear(y->user);
    assert_int_equal(y->watch_fd(y->user), fd); /* a host's event loop knows it by this number */
    assert_false(readable(fd, 0));
    x->notify(x->user);
    assert_true(readable(fd, 5000));
    y->watch_clear(y->user);
    assert_false(readable(fd, 0));
    adsync_storage_free(one);
    adsync_storage_free(other);
}

static void behind_a_pooler_nothing_is_prepared_and_LISTEN_goes_its_own_way(void **state)
{
    adsync_postgres_options options = { .size = sizeof options, .flags = ADSYNC_POSTGRES_POOLED };
    adsync_storage *storage = pg_open(pg.conninfo, &options);
    const adsync_storage_ops *ops = adsync__storage_ops(storage);

    (void)state;
    assert_int_equal(ops->watch_fd(ops->user), -1);
    put(storage, 0, ADSYNC_T_META, a, 2);
    adsync_storage_free(storage);
    options.listen = pg.conninfo;
    storage = pg_open(pg.conninfo, &options);
    ops = adsync__storage_ops(storage);
    assert_true(ops->watch_fd(ops->user) >= 0);
    adsync_storage_free(storage);
}

/* ---- readers */

static void fill_two_organisations(adsync_storage *storage)
{
    static const char *const names[] = { "acme", "globex" };

    for (int64_t i = 0; i < 2; i++) {
        const adsync_value money[] = { { ADSYNC_VALUE_INT, 0, i + 1, NULL }, NUMBER(7), NUMBER(2), WORD("c1"), NUMBER(20261120),
                                       WORD("base"), NUMBER(1), WORD("EUR"), NUMBER(-500000), NUMBER(10), NUMBER(3), NUMBER(1),
                                       NUMBER(1500000) };
        const adsync_value call[] = { { ADSYNC_VALUE_INT, 0, i + 1, NULL }, NUMBER(1795184465250001), NUMBER(1) };
        int64_t org;
        assert_int_equal(adsync_storage_org(storage, names[i], 1, &org, NULL), ADSYNC_OK);
        assert_int_equal(org, i + 1);
        put(storage, org, ADSYNC_T_METRICS, money, ADSYNC__COUNT(money));
        put(storage, org, ADSYNC_T_API_CALLS, call, ADSYNC__COUNT(call));
    }
}

/* P3: a role without rights of its own sees what the setting names, in tables and views, and nothing where it is missing or empty. */
static void a_reader_sees_the_rows_of_one_organisation_and_else_none(void **state)
{
    const adsync_postgres_options options = { .size = sizeof options, .reader = "reader" };
    adsync_storage *storage = pg_open(pg.conninfo, &options);
    char reader[200];

    (void)state;
    fill_two_organisations(storage);
    adsync_storage_free(storage);
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync", pg.folder);
    pg_says(reader, "SELECT count(*) FROM adsync_metrics", "0");
    pg_says(reader, "SELECT count(*) FROM adsync_v_metrics", "0");
    pg_says(reader, "SELECT count(*) FROM adsync_orgs", "0");
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync options='-c adsync.org='", pg.folder);
    pg_says(reader, "SELECT count(*) FROM adsync_v_metrics", "0");
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync options='-c adsync.org=2'", pg.folder);
    pg_says(reader, "SELECT org, count(*) FROM adsync_metrics GROUP BY 1", "2|1");
    pg_says(reader, "SELECT org, count(*) FROM adsync_v_metrics GROUP BY 1", "globex|1");
    pg_says(reader, "SELECT org, count(*) FROM adsync_v_api_calls GROUP BY 1", "globex|1");
    pg_says(reader, "SELECT name FROM adsync_orgs", "globex");
    pg_says(reader, "SELECT string_agg(t, ',' ORDER BY t) FROM (SELECT table_name || ':' || privilege_type t FROM"
                    " information_schema.table_privileges WHERE grantee = 'reader' AND privilege_type <> 'SELECT') x", "");
    /* what it was not given it may not even ask */
    pg_says(pg.super, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
                      " AND has_table_privilege('reader', oid, 'SELECT')", "8");
    pg_says(pg.super, "SELECT has_table_privilege('reader', 'adsync_secrets', 'SELECT')", "f");
}

/* Somebody's GRANT on everything opens no row of other organisations, and none of the system's. */
static void a_grant_on_everything_still_shows_one_organisation(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    char reader[200];

    (void)state;
    fill_two_organisations(storage);
    put(storage, 0, ADSYNC_T_META, a, 2);
    adsync_storage_free(storage);
    pg_server_sql(pg.conninfo, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    snprintf(reader, sizeof reader, "host=%s user=reader dbname=adsync options='-c adsync.org=1'", pg.folder);
    pg_says(reader, "SELECT DISTINCT org FROM adsync_v_metrics", "acme");
    pg_says(reader, "SELECT count(*) FROM adsync_meta", "0");
    pg_says(reader, "SELECT count(*) FROM adsync_schema", "0");
    pg_says(pg.super, "SELECT count(*) FROM pg_class c JOIN pg_tables t ON c.relname = t.tablename WHERE t.schemaname = 'public'"
                      " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)", "0");
    pg_says(pg.super, "SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relname LIKE 'adsync%' AND NOT"
                      " coalesce('security_invoker=true' = ANY(reloptions), false)", "0");
}

static void views_show_times_days_and_money_as_what_they_are(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    const adsync_value odd[] = { NUMBER(1), NUMBER(7), NUMBER(99), WORD("c2"), NUMBER(INT64_MIN), WORD("base"), NUMBER(1), WORD("EUR"),
                                 NUMBER(INT64_MAX) };
    const adsync_value call[] = { NUMBER(1), NUMBER(INT64_MIN), NUMBER(9) };

    (void)state;
    fill_two_organisations(storage);
    put(storage, 1, ADSYNC_T_METRICS, odd, ADSYNC__COUNT(odd)); /* no row makes a view fail */
    put(storage, 1, ADSYNC_T_API_CALLS, call, ADSYNC__COUNT(call));
    adsync_storage_free(storage);
    pg_says(pg.super, "SELECT level, day + 1, spend, spend * 2, conversions FROM adsync_v_metrics WHERE org = 'acme' ORDER BY spend",
            "campaign|2026-11-21|-0.50|-1.00|1.5 99||9223372036854.775807|18446744073709.551614|");
    pg_says(pg.super, "SELECT to_char(called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') FROM adsync_v_api_calls WHERE org = 'acme'"
                      " ORDER BY 1", "2026-11-20 14:21:05.250001 ");
    pg_says(pg.super, "SELECT count(*) FROM information_schema.columns WHERE table_name LIKE 'adsync\\_v\\_%' AND data_type = 'bytea'",
            "0");
}

/* P10 */
static void views_of_children_know_their_parents(void **state)
{
    (void)state;
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_server_sql(pg.super, "INSERT INTO adsync_entities (org, connection, kind, id, campaign_id, adset_id, creative_id, body, switch,"
                            " status, _version) VALUES (7,1,2,'c',NULL,NULL,NULL,NULL,'PAUSED','PAUSED',1),"
                            " (7,1,3,'s','c',NULL,NULL,NULL,'ACTIVE','LIMITED',1),"
                            " (7,1,4,'a','c','s','x',NULL,'ACTIVE','ACTIVE',1), (7,1,4,'e','c','s',NULL,NULL,'ACTIVE','PENDING',1),"
                            " (7,1,5,'x',NULL,NULL,NULL,repeat('é', 99),NULL,NULL,1)");
    pg_says(pg.super, "SELECT id, status FROM adsync_v_adsets WHERE connection = 1 AND id = 's'", "s|PARENT_OFF");
    pg_says(pg.super, "SELECT id, status, name = repeat('é', 80) FROM adsync_v_ads WHERE connection = 1 AND id IN ('a', 'e') ORDER BY 1",
            "a|PARENT_OFF|t e|PENDING|");
    pg_server_sql(pg.super, "UPDATE adsync_entities SET switch = 'ACTIVE' WHERE org = 7 AND id = 'c'");
    pg_says(pg.super, "SELECT id, status FROM adsync_v_adsets WHERE connection = 1 AND id = 's'", "s|LIMITED");
    pg_says(pg.super, "SELECT id, status FROM adsync_v_ads WHERE connection = 1 AND id = 'a'", "a|ACTIVE");
}

/* ---- what a prefix of the key finds */

static void every_statement_walks_an_index(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    const adsync_value from[] = { NUMBER(1), NUMBER(7) };
    const adsync_range range = { .table = ADSYNC_T_METRICS, .index = 1, .limit = 10,
                                 .n_lower = 2, .lower = from, .n_upper = 2, .upper = from };
    adsync_rows *rows = NULL;

    (void)state;
    fill_two_organisations(storage);
    pg_server_sql(pg.super, "INSERT INTO adsync_metrics (org, connection, level, entity_id, day, part, _version)"
                            " SELECT 3, c, 2, e, 20261101, 'base', 1 FROM generate_series(1, 100) c, generate_series(1, 200) e");
    pg_server_sql(pg.super, "SELECT pg_stat_reset()");
    for (int i = 0; i < 10; i++) {
        const adsync_value row[] = { NUMBER(3), NUMBER(7), NUMBER(2), WORD("5"), NUMBER(20261101), WORD("base"), NUMBER(4) };
        assert_int_equal(adsync_storage_scan(storage, 1, &range, &rows, NULL), ADSYNC_OK);
        adsync_rows_free(rows);
        put(storage, 3, ADSYNC_T_METRICS, row, ADSYNC__COUNT(row));
        assert_int_equal(adsync_storage_read(storage, 3, ADSYNC_T_METRICS, 0, row, 1, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 1);
        adsync_rows_free(rows);
    }
    adsync_storage_free(storage);
    for (int i = 0; pg_server_number(pg.super, "SELECT idx_scan FROM pg_stat_user_tables WHERE relname = 'adsync_metrics'") < 30; i++) {
        assert_true(i < 500); /* the server counts when the connection has ended */
        (void)nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
    }
    pg_says(pg.super, "SELECT seq_tup_read, idx_tup_fetch < 100 FROM pg_stat_user_tables WHERE relname = 'adsync_metrics'", "0|t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_COMMIT_whose_answer_is_lost_is_uncertain_and_applied_once_or_not, pg_begin),
        cmocka_unit_test_setup(the_library_finds_out_what_became_of_it, pg_begin),
        cmocka_unit_test_setup(a_connection_cut_at_any_statement_before_COMMIT_is_made_again, pg_begin),
        cmocka_unit_test_setup(a_server_that_went_away_and_came_back_is_found_again, pg_begin),
        cmocka_unit_test_setup(who_waits_too_long_for_a_row_is_told_to_retry, pg_begin),
        cmocka_unit_test_setup(who_is_stopped_inside_a_commit_keeps_nobody_waiting_for_long, pg_begin),
        cmocka_unit_test_setup(a_delete_of_nothing_waits_for_who_is_making_the_row, pg_begin),
        cmocka_unit_test_setup(waking_goes_on_after_the_ears_connection_was_lost, pg_begin),
        cmocka_unit_test_setup(behind_a_pooler_nothing_is_prepared_and_LISTEN_goes_its_own_way, pg_begin),
        cmocka_unit_test_setup(a_reader_sees_the_rows_of_one_organisation_and_else_none, pg_begin),
        cmocka_unit_test_setup(a_grant_on_everything_still_shows_one_organisation, pg_begin),
        cmocka_unit_test_setup(views_show_times_days_and_money_as_what_they_are, pg_begin),
        cmocka_unit_test_setup(views_of_children_know_their_parents, pg_begin),
        cmocka_unit_test_setup(every_statement_walks_an_index, pg_begin),
    };

    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
