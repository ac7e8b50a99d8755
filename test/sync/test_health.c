/* SPDX-License-Identifier: MIT */
/* What hosts are told about their connections: where they stand, why, and what a person has to do. */
#include "world.h"

#include <adsync/health.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t minute = 60000000, hour = INT64_C(3600000000);
static const char *health_says;

static const char *health_answer(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "/refresh")) return "fresh";
    return health_says ? health_says : strstr(url, "after=2") ? "e c2" : "e c1\nnext 2";
}

static void health_begin(world *w)
{
    health_says = NULL;
    world_begin(w, health_answer);
}

/* A text of the connection's row; "" where it is null. */
static const char *health_of(world *w, uint32_t n, uint32_t column)
{
    static char text[400];
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_health_list(w->engines[n].engine, "org", w->connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(text, sizeof text, "%s", adsync_rows_text(rows, column) ? adsync_rows_text(rows, column) : "");
    adsync_rows_free(rows);
    return text;
}

static void health_is(world *w, uint32_t n, const char *state, const char *advice)
{
    assert_string_equal(health_of(w, n, ADSYNC_C_STATE), state);
    if (!strstr(health_of(w, n, ADSYNC_C_ADVICE), advice) || (!*advice && *health_of(w, n, ADSYNC_C_ADVICE)))
        fail_msg("%s does not say %s", health_of(w, n, ADSYNC_C_ADVICE), advice);
}

static int64_t health_ask(world *w)
{
    const adsync_job_options campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    int64_t job = 0;

    assert_true(world_ask(w, 0, campaigns, &job) >= 0);
    return job;
}

static void health_step(world *w, uint32_t n, const char *state)
{
    for (uint32_t i = 0; i < 2000 && strcmp(health_of(w, n, ADSYNC_C_STATE), state); i++)
        assert_true(adsync_engine_step(w->engines[n].engine, 1000000, NULL) >= 0);
}

static void a_connection_says_where_it_stands(void **state)
{
    int64_t job;
    world w;

    (void)state;
    health_begin(&w);
    health_is(&w, 0, "never", "");
    job = health_ask(&w);
    health_is(&w, 0, "pending", "");
    health_step(&w, 0, "syncing");
    health_is(&w, 0, "syncing", "");
    assert_int_equal(atoll(health_of(&w, 0, ADSYNC_C_JOB)), job);
    health_step(&w, 0, "success");
    health_is(&w, 0, "success", "");
    assert_string_equal(health_of(&w, 0, ADSYNC_C_JOB), "");
    world_end(&w);
}

static void what_failed_says_when_it_is_tried_again_and_then_what_to_do(void **state)
{
    world w;

    (void)state;
    health_begin(&w);
    health_says = "trouble";
    (void)health_ask(&w);
    health_step(&w, 0, "waiting");
    health_is(&w, 0, "waiting", "wait until 2026-");
    assert_non_null(strstr(health_of(&w, 0, ADSYNC_C_MESSAGE), "the platform is in trouble"));
    health_step(&w, 0, "failed");
    health_is(&w, 0, "failed", "see what it says");
    assert_non_null(strstr(health_of(&w, 0, ADSYNC_C_MESSAGE), "the platform is in trouble"));
    world_end(&w);
}

static void who_has_to_connect_again_is_told_so(void **state)
{
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    health_begin(&w);
    health_says = "outdated";
    (void)health_ask(&w);
    health_step(&w, 0, "reconnect");
    health_is(&w, 0, "reconnect", "reconnect");
    assert_int_equal(adsync_health_count(w.engines[0].engine, "org", &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), "reconnect");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ROWS), 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_connection_disconnect(w.engines[0].engine, "org", w.connection, 0, NULL, NULL, NULL), ADSYNC_OK);
    health_is(&w, 0, "disconnected", "");
    world_end(&w);
}

static void work_that_is_stuck_is_seen(void **state)
{
    const adsync_engine_options looks = { .flags = ADSYNC_ENGINE_NO_CLAIM };
    world w;

    (void)state;
    health_begin(&w);
    (void)health_ask(&w);
    w.now_us += 5 * minute;
    health_is(&w, 0, "pending", "");
    w.now_us += 6 * minute; /* nobody took it */
    health_is(&w, 0, "stuck", "no worker takes it: start one; it is due since 2026-");
    health_step(&w, 0, "syncing");
    (void)world_open_with(&w, 1, looks);
    world_kill(&w, 0);
    health_is(&w, 1, "syncing", ""); /* its lease is not over */
    w.now_us += 2 * minute;
    (void)world_open_with(&w, 2, looks);
    health_is(&w, 2, "stuck", "its worker is silent");
    world_end(&w);
}

static void jobs_and_calls_of_some_time_are_counted_by_their_end(void **state)
{
    static const struct {
        const char *type, *state;
        int64_t n;
    } wanted[] = { { "call", "succeeded", 4 }, { "manual-sync", "succeeded", 2 } };
    adsync_rows *rows = NULL;
    int64_t before;
    world w;

    (void)state;
    health_begin(&w);
    before = w.now_us;
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(world_wait(&w, 0, health_ask(&w), hour), ADSYNC_OK);
        w.now_us += minute;
    }
    for (int64_t connection = 0; connection <= w.connection; connection += w.connection) { /* all, and this one */
        assert_int_equal(adsync_health_statistics(w.engines[0].engine, "org", connection, before, 0, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), ADSYNC__COUNT(wanted));
        for (size_t i = 0; i < ADSYNC__COUNT(wanted); i++) {
            assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
            assert_string_equal(adsync_rows_text(rows, ADSYNC_C_TYPE), wanted[i].type);
            assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), wanted[i].state);
            assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ROWS), wanted[i].n);
            assert_true(adsync_rows_int(rows, ADSYNC_C_LONGEST_US) >= adsync_rows_int(rows, ADSYNC_C_DURATION_US));
        }
        adsync_rows_free(rows);
    }
    assert_int_equal(adsync_health_statistics(w.engines[0].engine, "org", 0, 0, before, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    assert_int_equal(adsync_health_statistics(w.engines[0].engine, "org", 0, before, before, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_health_statistics(w.engines[0].engine, "org", 0, -1, 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_health_list(w.engines[0].engine, "org", 0, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_health_count(NULL, "org", &rows, NULL), ADSYNC_E_INVALID);
    world_end(&w);
}

/* More than a page of calls. */
/* P10: people have thousands of connections; whatever counts or lists them has all. */
static void of_thousands_of_connections_none_is_left_out(void **state)
{
    enum { MANY = 2500 };
    adsync_rows *rows = NULL;
    adsync_value row[12];
    world w;

    (void)state;
    health_begin(&w);
    for (int64_t i = 1; i <= MANY; i++) {
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_CONNECTIONS, .expected = ADSYNC_EXPECT_ABSENT, .values = row, .n_values = 12
        };
        for (uint32_t k = 0; k < 12; k++) row[k] = adsync__value_null();
        row[0] = adsync__value_int(w.org);
        row[1] = adsync__value_int(i);
        row[2] = adsync__value_text("active");
        row[11] = adsync__value_text("toy");
        assert_int_equal(adsync_storage_commit(w.rows, w.org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    assert_int_equal(adsync_health_count(w.engines[0].engine, "org", &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ROWS), MANY + 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_connection_list(w.engines[0].engine, "org", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), MANY + 1);
    adsync_rows_free(rows);
    assert_int_equal(adsync_connection_list(w.engines[0].engine, "org", MANY, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    world_end(&w);
}

static void when_somebody_asked_is_shown(void **state)
{
    world w;

    (void)state;
    health_begin(&w);
    assert_string_equal(health_of(&w, 0, ADSYNC_C_REQUESTED_US), "");
    (void)health_ask(&w);
    assert_int_equal(atoll(health_of(&w, 0, ADSYNC_C_REQUESTED_US)), w.now_us);
    w.now_us += minute;
    (void)health_ask(&w); /* also where a job is there already */
    assert_int_equal(atoll(health_of(&w, 0, ADSYNC_C_REQUESTED_US)), w.now_us);
    health_step(&w, 0, "success");
    assert_int_not_equal(atoll(health_of(&w, 0, ADSYNC_C_REQUESTED_US)), 0);
    world_end(&w);
}

static void every_page_is_counted(void **state)
{
    enum { CALLS = 2500 };
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    health_begin(&w);
    for (int64_t i = 0; i < CALLS; i++) {
        const adsync_value values[] = { adsync__value_int(w.org), adsync__value_int(w.now_us + i / 7), adsync__value_int(i + 1) };
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_API_CALLS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 3
        };
        assert_int_equal(adsync_storage_commit(w.rows, w.org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    w.now_us += hour;
    assert_int_equal(adsync_health_statistics(w.engines[0].engine, "org", 0, 0, 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ROWS), CALLS);
    adsync_rows_free(rows);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_says_where_it_stands),
        cmocka_unit_test(what_failed_says_when_it_is_tried_again_and_then_what_to_do),
        cmocka_unit_test(who_has_to_connect_again_is_told_so),
        cmocka_unit_test(work_that_is_stuck_is_seen),
        cmocka_unit_test(jobs_and_calls_of_some_time_are_counted_by_their_end),
        cmocka_unit_test(every_page_is_counted),
        cmocka_unit_test(of_thousands_of_connections_none_is_left_out),
        cmocka_unit_test(when_somebody_asked_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
