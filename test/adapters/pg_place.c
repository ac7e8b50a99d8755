/* SPDX-License-Identifier: MIT */
#include "pg_place.h"

pg_server pg;

int pg_group_begin(void **state)
{
    (void)state;
    pg_server_make(&pg);
    pg_server_sql(pg.super, "CREATE ROLE reader LOGIN; CREATE ROLE stranger LOGIN");
    return 0;
}

int pg_group_end(void **state)
{
    (void)state;
    pg_server_remove(&pg);
    return 0;
}

int pg_begin(void **state)
{
    (void)state;
    if (!pg.pid) pg_server_run(&pg, NULL);
    /* what a test that failed left open would be waited for */
    pg_server_sql(pg.super, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'adsync' AND pid <> pg_backend_pid()");
    pg_server_sql(pg.super, "ALTER ROLE engine RESET ALL; DROP OWNED BY reader, stranger; DROP SCHEMA public CASCADE;"
                            "CREATE SCHEMA public AUTHORIZATION engine; GRANT USAGE ON SCHEMA public TO PUBLIC");
    return 0;
}

adsync_storage *pg_open(const char *conninfo, const adsync_postgres_options *options)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;

    if (adsync_postgres_open(conninfo, options, &storage, &error) != ADSYNC_OK) fail_msg("%s", adsync_error_message(error));
    assert_null(error);
    return storage;
}

void pg_refuses(const char *conninfo, const adsync_postgres_options *options, adsync_status status, const char *words)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    adsync_status rc = adsync_postgres_open(conninfo, options, &storage, &error);

    if (rc != status || !strstr(adsync_error_message(error), words))
        fail_msg("%s instead of %s, or not \"%s\": %s", adsync_status_name(rc), adsync_status_name(status), words,
                 adsync_error_message(error));
    assert_null(storage);
    assert_null(strchr(adsync_error_message(error), '\n'));
    adsync_error_free(error);
}

void pg_says(const char *conninfo, const char *sql, const char *expected)
{
    char *text = pg_server_text(conninfo, sql);

    for (char *p = text; *p; p++)
        if (*p == '\n') *p = p[1] ? ' ' : '\0';
    assert_string_equal(text, expected);
    free(text);
}
