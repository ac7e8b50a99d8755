/* SPDX-License-Identifier: MIT */
/* The n-th allocation of the adapter fails, for every n: each call says so or works, the handle goes on, and the rows are
 * those of the last commit that was answered OK. The adapter's memory.c is replaced by what stands here. */
#include "adapters/postgres/postgres_int.h"
#include "pg_place.h"

#include <stdio.h>

static uint64_t faults_seen, faults_nth;
static bool faults_from_then_on;

static bool faults_fail(void)
{
    faults_seen++;
    return faults_nth && (faults_from_then_on ? faults_seen >= faults_nth : faults_seen == faults_nth);
}

void *adsync__postgres_grow(void *p, size_t size) { return faults_fail() ? NULL : realloc(p, size); }
void adsync__postgres_free(void *p) { free(p); }
char *adsync__postgres_copy(const char *text) { return !text || faults_fail() ? NULL : strdup(text); }

static int64_t told; /* the value that was committed last, for sure */
static uint64_t failures;

static void answered(adsync_status rc, adsync_error *error)
{
    if (rc < 0 && rc != ADSYNC_E_MEMORY) fail_msg("answered %s: %s", adsync_status_name(rc), adsync_error_message(error));
    failures += rc < 0;
    adsync_error_free(error);
}

static void tell_commit(adsync_storage *storage, int64_t value)
{
    const adsync_value one[] = { WORD("one"), { ADSYNC_VALUE_INT, 0, value, NULL } };
    const adsync_value two[] = { WORD("two"), { ADSYNC_VALUE_INT, 0, value, NULL } };
    const adsync_value none[] = { WORD("none") };
    const adsync_change changes[] = { PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, one), PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, two),
                                      DELETE(ADSYNC_T_META, ADSYNC_EXPECT_ANY, none) };
    adsync_error *error = NULL;
    adsync_status rc = adsync_storage_commit(storage, 0, changes, 3, NULL, &error);

    if (rc >= 0) told = value;
    answered(rc, error);
}

static void tell(void *user)
{
    const adsync_value from = WORD("a"), key[] = { WORD("one"), WORD("two") };
    const adsync_range range = { .table = ADSYNC_T_META, .limit = 10, .n_lower = 1, .lower = &from };
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;
    adsync_bytes *sql = NULL;
    adsync_status rc;

    (void)user;
    rc = adsync_postgres_open(pg.conninfo, NULL, &storage, &error);
    answered(rc, error);
    if (rc < 0) return;
    for (int i = 0; i < 3; i++)
        tell_commit(storage, told + 1);
    error = NULL;
    answered(adsync_storage_scan(storage, 0, &range, &rows, &error), error);
    adsync_rows_free(rows);
    error = NULL;
    answered(adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 2, &rows, &error), error);
    adsync_rows_free(rows);
    error = NULL;
    answered(adsync_postgres_ddl(0, NULL, &sql, &error), error);
    adsync_bytes_free(sql);
    adsync_storage_free(storage);
}

static void no_memory_for_the_adapter(void **state)
{
    char expected[40];
    uint64_t n, most;

    (void)state;
    told = 0;
    faults_seen = 0;
    tell(NULL);
    most = faults_seen;
    for (int ever = 0; ever < 2; ever++) {
        faults_from_then_on = ever;
        for (n = 1; n <= most; n++) {
            failures = faults_seen = 0;
            faults_nth = n;
            tell(NULL);
            faults_nth = 0;
            if (n < most / 2) assert_true(failures > 0);
            (void)snprintf(expected, sizeof expected, "%lld|%lld", (long long)told, (long long)told);
            pg_says(pg.super, "SELECT min(value), max(value) FROM adsync_meta WHERE key IN ('one', 'two')", expected);
        }
        assert_true(most > 20);
    }
}

static void no_memory_while_the_tables_are_made(void **state)
{
    uint64_t n = 1;

    (void)state;
    faults_from_then_on = false;
    for (failures = 1; failures; n++) {
        adsync_storage *storage = NULL;
        adsync_error *error = NULL;
        failures = faults_seen = 0;
        faults_nth = n;
        answered(adsync_postgres_open(pg.conninfo, NULL, &storage, &error), error);
        faults_nth = 0;
        adsync_storage_free(storage);
        if (failures) pg_says(pg.super, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "0");
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_memory_while_the_tables_are_made, pg_begin),
        cmocka_unit_test_setup(no_memory_for_the_adapter, pg_begin),
    };

    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
