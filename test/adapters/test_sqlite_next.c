/* SPDX-License-Identifier: MIT */
/* This program has the library of the next schema version, sqlite_old the one of today. Both use one file: in turn, and at once. */
#include "place.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TITLE = PLACE_METRIC, PRIORITY = 9, NOTES = ADSYNC_T_REVISIONS + 1, OLDS = 3 };

static const char *old_program;

static const char old_columns[] =
    "SELECT connection, entity_id, day, part, pull, currency, spend, reach, _version FROM adsync_metrics ORDER BY 1, 2, 3";

static pid_t old_start(const place *p, const char *mark, const char *rounds)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid) return pid;
    execl(old_program, old_program, p->file, mark, rounds, (char *)NULL);
    _exit(127);
}

static void old_ends_well(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void old_runs(const place *p, const char *mark, const char *rounds) { old_ends_well(old_start(p, mark, rounds)); }

static void put(adsync_storage *storage, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n
    };
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, 1, &change, 1, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static void put_new_metric(adsync_storage *storage, int64_t n, const char *title)
{
    adsync_value row[PLACE_METRIC + 1];

    place_metric(row, 1, n);
    row[TITLE] = adsync__value_text(title);
    put(storage, ADSYNC_T_METRICS, row, PLACE_METRIC + 1);
}

static void migrating_loses_nothing(void **state)
{
    const place *p = *state;
    const adsync_value note[] = { NUMBER(1), WORD("n"), WORD("new") };
    char *before, *after;

    assert_int_equal(adsync_schema_version(), 2);
    old_runs(p, "11", "40");
    before = place_text(p, old_columns);
    assert_true(strlen(before) > 1000);
    {
        adsync_storage *storage = place_open(p, NULL);
        after = place_text(p, old_columns);
        assert_string_equal(before, after);
        put(storage, NOTES, note, 3);
        put_new_metric(storage, 1, "a title");
        adsync_storage_free(storage);
    }
    assert_int_equal(place_number(p, "SELECT version FROM adsync_schema"), 2);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), 40);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_v_metrics WHERE title = 'a title'"), 1);
    /* P3: what is sealed came to the table and not to its view */
    assert_int_equal(place_number(p, "SELECT count(*) FROM pragma_table_info('adsync_connections') WHERE name = 'sealed'"), 1);
    assert_int_equal(place_number(p, "SELECT count(*) FROM pragma_table_info('adsync_v_connections') WHERE name = 'sealed'"), 0);
    free(before);
    free(after);
}

static void what_a_newer_library_added_survives_an_older_one_putting_the_row(void **state)
{
    const place *p = *state;
    adsync_storage *storage = place_open(p, NULL);
    const adsync_value note[] = { NUMBER(1), WORD("n"), WORD("new") };
    const adsync_value slot[] = { NUMBER(1), NUMBER(3), WORD("slot"), NUMBER(5), NUMBER(0),
                                  NUMBER(1), NUMBER(4), NONE,         NUMBER(9), NUMBER(77) };

    for (int64_t n = 0; n < 20; n++)
        put_new_metric(storage, n, "kept");
    put(storage, ADSYNC_T_QUEUE, slot, PRIORITY + 1);
    put(storage, NOTES, note, 3);
    adsync_storage_free(storage);
    old_runs(p, "12", "80");
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE pull = 12"), 40);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE pull = 12 AND title = 'kept'"), 20);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE title IS NULL"), 20);
    assert_int_equal(place_number(p, "SELECT priority FROM adsync_queue WHERE connection = 3 AND run_after_us = 12"), 77);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_notes WHERE text = 'new'"), 1);
    assert_int_equal(place_number(p, "SELECT version FROM adsync_schema"), 2);
}

static void a_migrated_file_has_what_a_new_one_has(void **state)
{
    static const char columns[] =
        "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk, t.strict, t.wr FROM pragma_table_list t, pragma_table_info(t.name) c"
        " WHERE t.name LIKE 'adsync%' ORDER BY 1, 2";
    static const char indexes[] = "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'view') ORDER BY 1";
    const place *p = *state;
    char *migrated, *made;
    place other;

    old_runs(p, "1", "1");
    adsync_storage_free(place_open(p, NULL));
    place_make(&other);
    adsync_storage_free(place_open(&other, NULL));
    for (int i = 0; i < 2; i++) {
        migrated = place_text(p, i ? columns : indexes);
        made = place_text(&other, i ? columns : indexes);
        assert_string_equal(migrated, made);
        assert_true(strlen(made) > 1000);
        free(migrated);
        free(made);
    }
    place_remove(&other);
}

static void hosts_that_migrate_themselves_get_the_steps_as_text(void **state)
{
    const adsync_sqlite_options no_ddl = { .size = sizeof no_ddl, .flags = ADSYNC_SQLITE_NO_DDL };
    const adsync_sqlite_options read_only = { .size = sizeof read_only, .flags = ADSYNC_SQLITE_READ_ONLY };
    const place *p = *state;
    adsync_bytes *sql = NULL;

    old_runs(p, "1", "40");
    place_refuses(p->file, &no_ddl, ADSYNC_E_UNSUPPORTED, "version 1, this library needs 2; apply the text of adsync_sqlite_ddl");
    place_refuses(p->file, &read_only, ADSYNC_E_UNSUPPORTED, "open it once without READ_ONLY");
    assert_int_equal(place_number(p, "SELECT version FROM adsync_schema"), 1);
    assert_int_equal(adsync_sqlite_ddl(1, NULL, &sql, NULL), ADSYNC_OK);
    place_sql(p, adsync_bytes_data(sql, NULL));
    adsync_bytes_free(sql);
    adsync_storage_free(place_open(p, &no_ddl));
    adsync_storage_free(place_open(p, &read_only));
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), 40);
}

static void a_half_done_migration_is_undone(void **state)
{
    const place *p = *state;
    char *before, *after;

    old_runs(p, "1", "40");
    place_sql(p, "CREATE TABLE adsync_notes (host INTEGER)"); /* the last table of the migration stands in the way */
    before = place_text(p, "SELECT * FROM sqlite_schema ORDER BY name");
    place_refuses(p->file, NULL, ADSYNC_E_STORAGE, "adsync_notes");
    after = place_text(p, "SELECT * FROM sqlite_schema ORDER BY name");
    assert_string_equal(before, after);
    free(before);
    free(after);
    old_runs(p, "2", "40");
    place_sql(p, "DROP TABLE adsync_notes");
    adsync_storage_free(place_open(p, NULL));
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE pull = 2"), 40);
}

/* While old programs open, write and close, this one migrates under them and puts rows with what it added. */
static void old_and_new_programs_use_one_file_at_once(void **state)
{
    static const char *const marks[OLDS] = { "21", "22", "23" };
    const place *p = *state;
    pid_t pids[OLDS];
    adsync_storage *storage;

    old_runs(p, "20", "40");
    for (int i = 0; i < OLDS; i++)
        pids[i] = old_start(p, marks[i], "400");
    storage = place_open(p, NULL);
    for (int64_t n = 0; n < 120; n++)
        put_new_metric(storage, n % 40, "kept");
    for (int i = 0; i < OLDS; i++)
        old_ends_well(pids[i]);
    adsync_storage_free(storage);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), 40);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE title = 'kept'"), 40);
    assert_int_equal(place_number(p, "SELECT version FROM adsync_schema"), 2);
    free(place_rows(p));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(migrating_loses_nothing, place_begin, place_end),
        cmocka_unit_test_setup_teardown(what_a_newer_library_added_survives_an_older_one_putting_the_row, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_migrated_file_has_what_a_new_one_has, place_begin, place_end),
        cmocka_unit_test_setup_teardown(hosts_that_migrate_themselves_get_the_steps_as_text, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_half_done_migration_is_undone, place_begin, place_end),
        cmocka_unit_test_setup_teardown(old_and_new_programs_use_one_file_at_once, place_begin, place_end),
    };

    if (argc != 2) return 2;
    old_program = argv[1];
    return cmocka_run_group_tests_name("sqlite next", tests, NULL, NULL);
}
