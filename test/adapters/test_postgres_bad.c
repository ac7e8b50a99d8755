/* SPDX-License-Identifier: MIT */
/* What goes wrong around the storage on PostgreSQL: strings, rights, schemas, encodings, time-outs, a full disk. Each with words that
 * help, and nothing lost. */
#include "pg_place.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const adsync_value key_a[] = { WORD("a") }, a[] = { WORD("a"), NUMBER(1) };

static char *as(const char *role, const char *database)
{
    static char conninfo[160];

    snprintf(conninfo, sizeof conninfo, "host=%s user=%s dbname=%s", pg.folder, role, database);
    return conninfo;
}

/* A put of row `a` fails like this. */
static void put_fails(adsync_storage *storage, adsync_status status, const char *words)
{
    const adsync_change change = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);
    adsync_error *error = NULL;
    adsync_status rc = adsync_storage_commit(storage, 0, &change, 1, NULL, &error);

    if (rc != status || !strstr(adsync_error_message(error), words))
        fail_msg("%s or not \"%s\": %s", adsync_status_name(rc), words, adsync_error_message(error));
    assert_null(strchr(adsync_error_message(error), '\n'));
    adsync_error_free(error);
}

static void put_works(adsync_storage *storage)
{
    const adsync_change change = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a);
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, 0, &change, 1, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static void a_connection_string_that_cannot_be_read_is_not_repeated(void **state)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;

    (void)state;
    pg_refuses(NULL, NULL, ADSYNC_E_INVALID, "conninfo is no connection string");
    pg_refuses("nonsense=1 host=x", NULL, ADSYNC_E_INVALID, "conninfo is no connection string");
    assert_int_equal(adsync_postgres_open("password=x hunter2", NULL, &storage, &error), ADSYNC_E_INVALID);
    assert_null(strstr(adsync_error_message(error), "hunter2")); /* P3 */
    adsync_error_free(error);
    assert_int_equal(adsync_postgres_open(pg.conninfo, NULL, NULL, NULL), ADSYNC_E_INVALID);
}

static void nobody_there_no_database_no_role(void **state)
{
    (void)state;
    pg_refuses("host=/nonexistent dbname=x", NULL, ADSYNC_E_STORAGE, "it cannot be reached");
    pg_refuses(as("engine", "none"), NULL, ADSYNC_E_STORAGE, "\"none\" does not exist");
    pg_refuses(as("nobody_at_all", "adsync"), NULL, ADSYNC_E_STORAGE, "nobody_at_all");
}

static void options_are_checked(void **state)
{
    static const char *const prefixes[] = { "", "1a", "A", "a b", "a\"b", "abcdefghijklmnopqrstuvwxy" };
    struct {
        adsync_postgres_options known;
        int64_t tail;
    } longer = { .known = { .size = sizeof longer }, .tail = 1 };
    adsync_postgres_options o = { .size = 4 };

    (void)state;
    pg_refuses(pg.conninfo, &o, ADSYNC_E_INVALID, "set size to");
    pg_refuses(pg.conninfo, &longer.known, ADSYNC_E_UNSUPPORTED, "too old for");
    o = (adsync_postgres_options){ .size = sizeof o, .flags = 64 };
    pg_refuses(pg.conninfo, &o, ADSYNC_E_UNSUPPORTED, "unknown flags");
    o = (adsync_postgres_options){ .size = sizeof o, .timeout_us = -1 };
    pg_refuses(pg.conninfo, &o, ADSYNC_E_INVALID, "timeout_us");
    o = (adsync_postgres_options){ .size = sizeof o, .reader = "a\"; DROP TABLE x; --" };
    pg_refuses(pg.conninfo, &o, ADSYNC_E_INVALID, "a role is");
    o = (adsync_postgres_options){ .size = sizeof o, .listen = "hunter2" };
    pg_refuses(pg.conninfo, &o, ADSYNC_E_INVALID, "listen is no connection string");
    for (size_t i = 0; i < ADSYNC__COUNT(prefixes); i++) {
        o = (adsync_postgres_options){ .size = sizeof o, .prefix = prefixes[i] };
        pg_refuses(pg.conninfo, &o, ADSYNC_E_INVALID, "a prefix is");
    }
    o.prefix = "abcdefghijklmnopqrstuvwx";
    adsync_storage_free(pg_open(pg.conninfo, &o));
    adsync_storage_free(pg_open(pg.conninfo, NULL)); /* two stores side by side */
}

static void a_role_without_rights_is_told_so(void **state)
{
    (void)state;
    pg_refuses(as("stranger", "adsync"), NULL, ADSYNC_E_STORAGE, "this role may not do that");
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_refuses(as("stranger", "adsync"), NULL, ADSYNC_E_STORAGE, "permission denied for table adsync_schema");
    pg_server_sql(pg.conninfo, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO stranger");
    pg_refuses(as("stranger", "adsync"), NULL, ADSYNC_E_FORMAT, "this role may not see it");
}

static void a_right_that_is_taken_away_fails_the_commit_as_a_whole(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);

    (void)state;
    pg_server_sql(pg.super, "REVOKE INSERT ON adsync_meta FROM engine");
    put_fails(storage, ADSYNC_E_STORAGE, "permission denied");
    pg_server_sql(pg.super, "GRANT INSERT ON adsync_meta TO engine");
    put_works(storage);
    adsync_storage_free(storage);
}

static void a_schema_for_newer_libraries_is_refused_and_one_that_is_only_newer_is_used(void **state)
{
    (void)state;
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_server_sql(pg.conninfo, "UPDATE adsync_schema SET version = 99");
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_says(pg.conninfo, "SELECT version, needs FROM adsync_schema", "99|1");
    pg_server_sql(pg.conninfo, "UPDATE adsync_schema SET needs = 99");
    pg_refuses(pg.conninfo, NULL, ADSYNC_E_UNSUPPORTED, "use a newer library");
    pg_server_sql(pg.conninfo, "DELETE FROM adsync_schema");
    pg_refuses(pg.conninfo, NULL, ADSYNC_E_FORMAT, "does not say which version");
}

static void a_host_migrates_itself_with_the_text_as_one_role_and_works_as_another(void **state)
{
    const adsync_postgres_options options = { .size = sizeof options, .flags = ADSYNC_POSTGRES_NO_DDL, .engine = "stranger" };
    adsync_bytes *sql = NULL;
    adsync_storage *storage;
    size_t size = 1;

    (void)state;
    pg_refuses(pg.conninfo, &options, ADSYNC_E_UNSUPPORTED, "there are no tables yet");
    pg_says(pg.conninfo, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "0");
    assert_int_equal(adsync_postgres_ddl(0, &options, &sql, NULL), ADSYNC_OK);
    pg_server_sql(pg.conninfo, adsync_bytes_data(sql, NULL));
    adsync_bytes_free(sql);
    storage = pg_open(as("stranger", "adsync"), &options);
    put_works(storage);
    adsync_storage_free(storage);
    storage = pg_open(pg.conninfo, &options);
    put_works(storage);
    adsync_storage_free(storage);
    assert_int_equal(adsync_postgres_ddl(adsync_schema_version(), NULL, &sql, NULL), ADSYNC_OK);
    (void)adsync_bytes_data(sql, &size);
    assert_int_equal(size, 0);
    adsync_bytes_free(sql);
    assert_int_equal(adsync_postgres_ddl(99, NULL, &sql, NULL), ADSYNC_E_INVALID);
}

static void many_that_open_an_empty_database_at_once_make_the_tables_once(void **state)
{
    pid_t pids[8];
    int status;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(pids); i++) {
        if ((pids[i] = fork())) continue;
        adsync_storage *storage = NULL;
        adsync_status rc = adsync_postgres_open(pg.conninfo, NULL, &storage, NULL);
        adsync_storage_free(storage);
        _exit(rc < 0);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(pids); i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    pg_says(pg.conninfo, "SELECT count(*) FROM adsync_schema", "1");
}

static void a_database_that_cannot_keep_every_text_is_refused(void **state)
{
    static const char *const encodings[] = { "SQL_ASCII", "LATIN1" };
    char sql[200];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(encodings); i++) {
        snprintf(sql, sizeof sql, "CREATE DATABASE other OWNER engine TEMPLATE template0 LOCALE 'C' ENCODING '%s'", encodings[i]);
        pg_server_sql(pg.super, sql);
        pg_refuses(as("engine", "other"), NULL, ADSYNC_E_UNSUPPORTED, encodings[i]);
        pg_server_sql(pg.super, "DROP DATABASE other WITH (FORCE)");
    }
}

static void a_statement_time_out_fails_the_commit_as_a_whole(void **state)
{
    adsync_storage *storage;
    pg_holder *holder;

    (void)state;
    adsync_storage_free(pg_open(pg.conninfo, NULL));
    pg_server_sql(pg.super, "INSERT INTO adsync_meta (key, _version) VALUES ('a', 5); ALTER ROLE engine SET statement_timeout = '100ms'");
    storage = pg_open(pg.conninfo, NULL);
    holder = pg_holder_begin(pg.super, "SELECT * FROM adsync_meta FOR UPDATE");
    put_fails(storage, ADSYNC_E_STORAGE, "statement_timeout");
    pg_holder_end(holder);
    pg_says(pg.conninfo, "SELECT _version FROM adsync_meta WHERE key = 'a'", "5");
    put_works(storage);
    adsync_storage_free(storage);
}

static void tables_that_were_changed_by_hand_are_told_of(void **state)
{
    adsync_storage *storage = pg_open(pg.conninfo, NULL);
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;

    (void)state;
    put_works(storage);
    pg_server_sql(pg.conninfo, "ALTER TABLE adsync_meta ALTER COLUMN value TYPE int");
    assert_int_equal(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key_a, 1, &rows, &error), ADSYNC_E_FORMAT);
    pg_server_sql(pg.conninfo, "ALTER TABLE adsync_meta DROP COLUMN value CASCADE");
    put_fails(storage, ADSYNC_E_STORAGE, "a column is not there");
    pg_server_sql(pg.conninfo, "DROP TABLE adsync_meta CASCADE");
    put_fails(storage, ADSYNC_E_STORAGE, "a table is not there");
    adsync_error_free(error);
    adsync_storage_free(storage);
}

/* The server runs as somebody who may not be able to read where the build lies. */
static void copy_to_the_server(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    char piece[65536];
    size_t n;

    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(piece, 1, sizeof piece, in)) > 0) assert_int_equal(fwrite(piece, 1, n, out), n);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, 0755), 0);
}

/* The server's own writes fail as on a full disk while the file `full` is there: pg_full.c. */
static void a_full_disk_fails_the_commit_as_a_whole(void **state)
{
    static char big[1 << 20];
    const adsync_value row[] = { WORD("b"), NUMBER(1), { ADSYNC_VALUE_TEXT, sizeof big, 0, big } };
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, a), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, row) };
    adsync_error *error = NULL;
    adsync_storage *storage;
    char full[80], shim[80];

    (void)state;
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)('a' + (i * i + i / 251) % 26); /* not to be compressed away */
    pg_server_end(&pg, SIGINT);
    snprintf(shim, sizeof shim, "%s/pg_full.so", pg.folder);
    copy_to_the_server(getenv("PG_FULL"), shim);
    assert_int_equal(setenv("LD_PRELOAD", shim, 1), 0);
    pg_server_run(&pg, NULL);
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    storage = pg_open(pg.conninfo, NULL);
    put_works(storage);
    snprintf(full, sizeof full, "%s/data/full", pg.folder);
    assert_int_equal(fclose(fopen(full, "w")), 0);
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, &error), ADSYNC_E_STORAGE);
    assert_non_null(strstr(adsync_error_message(error), "the server's disk is full"));
    assert_int_equal(unlink(full), 0);
    pg_says(pg.conninfo, "SELECT key FROM adsync_meta WHERE key <> 'queue_shards'", "a");
    assert_int_equal(adsync_storage_commit(storage, 0, changes, 2, NULL, NULL), ADSYNC_OK);
    pg_says(pg.conninfo, "SELECT key FROM adsync_meta WHERE key <> 'queue_shards' ORDER BY 1", "a b");
    adsync_error_free(error);
    adsync_storage_free(storage);
    pg_server_end(&pg, SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_connection_string_that_cannot_be_read_is_not_repeated, pg_begin),
        cmocka_unit_test_setup(nobody_there_no_database_no_role, pg_begin),
        cmocka_unit_test_setup(options_are_checked, pg_begin),
        cmocka_unit_test_setup(a_role_without_rights_is_told_so, pg_begin),
        cmocka_unit_test_setup(a_right_that_is_taken_away_fails_the_commit_as_a_whole, pg_begin),
        cmocka_unit_test_setup(a_schema_for_newer_libraries_is_refused_and_one_that_is_only_newer_is_used, pg_begin),
        cmocka_unit_test_setup(a_host_migrates_itself_with_the_text_as_one_role_and_works_as_another, pg_begin),
        cmocka_unit_test_setup(many_that_open_an_empty_database_at_once_make_the_tables_once, pg_begin),
        cmocka_unit_test_setup(a_database_that_cannot_keep_every_text_is_refused, pg_begin),
        cmocka_unit_test_setup(a_statement_time_out_fails_the_commit_as_a_whole, pg_begin),
        cmocka_unit_test_setup(tables_that_were_changed_by_hand_are_told_of, pg_begin),
        cmocka_unit_test_setup(a_full_disk_fails_the_commit_as_a_whole, pg_begin),
    };

    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
