/* SPDX-License-Identifier: MIT */
/* This program has the library of the next schema version, pg_old the one of today. Both use one database: in turn, and at once. */
#include "pg_place.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PRIORITY = 9, NOTES = ADSYNC_T_REVISIONS + 1 };

static const char *old_program;

static pid_t old_start(const char *mark, const char *rounds)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid) return pid;
    execl(old_program, old_program, pg.conninfo, mark, rounds, (char *)NULL);
    _exit(127);
}

static void old_ends_well(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void put(adsync_storage *storage, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n
    };
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, 1, &change, 1, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static void put_urgent(adsync_storage *storage)
{
    const adsync_value slot[] = { NUMBER(1), NUMBER(3), WORD("slot"), NUMBER(5),  NUMBER(0),
                                  NUMBER(1), NUMBER(4), NONE,         NUMBER(9), NUMBER(77) };

    put(storage, ADSYNC_T_QUEUE, slot, PRIORITY + 1);
}

static void migrating_loses_nothing_and_takes_no_rights_away(void **state)
{
    static const char rows[] = "SELECT md5(string_agg(q::text, ',' ORDER BY connection)) FROM (SELECT connection, slot, run_after_us, job,"
                               " created_us, _version FROM adsync_queue) q";
    const adsync_postgres_options reading = { .size = sizeof reading, .reader = "reader" };
    const adsync_postgres_options no_ddl = { .size = sizeof no_ddl, .flags = ADSYNC_POSTGRES_NO_DDL };
    const adsync_value note[] = { NUMBER(1), WORD("n"), WORD("new") };
    adsync_storage *storage;
    char *before;

    (void)state;
    assert_int_equal(adsync_schema_version(), 2);
    old_ends_well(old_start("11", "40"));
    pg_server_sql(pg.conninfo, "GRANT SELECT ON adsync_v_connections TO stranger");
    before = pg_server_text(pg.conninfo, rows);
    pg_refuses(pg.conninfo, &no_ddl, ADSYNC_E_UNSUPPORTED, "the tables are older (version 1), this library needs version 2");
    storage = pg_open(pg.conninfo, &reading);
    before[strcspn(before, "\n")] = '\0';
    pg_says(pg.conninfo, rows, before);
    put(storage, NOTES, note, 3);
    put_urgent(storage);
    adsync_storage_free(storage);
    pg_says(pg.conninfo, "SELECT version FROM adsync_schema", "2");
    pg_says(pg.conninfo, "SELECT count(*) FROM adsync_queue", "40");
    pg_says(pg.super, "SELECT has_table_privilege('stranger', 'adsync_v_connections', 'SELECT'),"
                      " has_table_privilege('reader', 'adsync_v_metrics', 'SELECT')", "t|t");
    pg_says(pg.super, "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'adsync_notes'", "t");
    pg_says(pg.super, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'adsync_v_metrics' AND column_name = 'title'",
            "1");
    /* P3: what is sealed came to the table and not to its view */
    pg_says(pg.super, "SELECT string_agg(table_name, ',') FROM information_schema.columns WHERE column_name = 'sealed' AND table_name LIKE"
                      " 'adsync%connections'", "adsync_connections");
    free(before);
}

static void an_older_library_beside_it_wipes_nothing(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    pid_t olds[3];

    (void)state;
    put_urgent(storage);
    for (size_t i = 0; i < ADSYNC__COUNT(olds); i++)
        olds[i] = old_start("22", "120");
    for (int i = 0; i < 50; i++)
        put_urgent(storage);
    for (size_t i = 0; i < ADSYNC__COUNT(olds); i++)
        old_ends_well(olds[i]);
    adsync_storage_free(storage);
    pg_says(pg.conninfo, "SELECT priority FROM adsync_queue WHERE connection = 3", "77");
    pg_says(pg.conninfo, "SELECT count(*) FROM adsync_queue WHERE priority IS NULL", "39");
}

/* The old program is at work while the tables change under it. */
static void migrating_under_an_older_library_at_work(void **state)
{
    pid_t old;

    (void)state;
    old_ends_well(old_start("1", "1"));
    old = old_start("33", "2000");
    while (pg_server_number(pg.conninfo, "SELECT count(*) FROM adsync_queue") < 40) continue;
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    old_ends_well(old);
    pg_says(pg.conninfo, "SELECT count(*), min(run_after_us) FROM adsync_queue", "40|33");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(migrating_loses_nothing_and_takes_no_rights_away, pg_begin),
        cmocka_unit_test_setup(an_older_library_beside_it_wipes_nothing, pg_begin),
        cmocka_unit_test_setup(migrating_under_an_older_library_at_work, pg_begin),
    };

    if (argc != 2) return 2;
    old_program = argv[1];
    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
