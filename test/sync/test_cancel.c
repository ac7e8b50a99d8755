/* SPDX-License-Identifier: MIT */
/* Jobs that are called off, what people are told of one at work, and tokens that end before it begins. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t cancel_second = 1000000, cancel_hour = INT64_C(3600000000);
static const adsync_job_options cancel_campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
static const adsync_job_options cancel_all = { .mode = ADSYNC_SYNC_FULL, .days = 30 };

static const char *cancel_answer(world *w, const char *url)
{
    static char figures[80];
    const char *from = strstr(url, "from=");

    (void)w;
    if (strstr(url, "/refresh")) return "fresh";
    if (from) (void)snprintf(figures, sizeof figures, "m c1 %.8s 5\nm c2 %.8s 7", from + 5, from + 5);
    if (from) return figures;
    return strstr(url, "after=2") ? "e c3\ne c4" : "e c1\ne c2\nnext 2";
}

static adsync_status cancel(world *w, uint32_t n, int64_t job) { return adsync_job_cancel(w->engines[n].engine, "org", job, NULL); }

static bool cancel_is(world *w, int64_t job, const char *state) { return !strcmp(world_job(w, job, ADSYNC_C_STATE), state); }

static void cancel_turn(world *w, uint32_t n, uint32_t turns)
{
    for (uint32_t i = 0; i < turns; i++) assert_true(adsync_engine_step(w->engines[n].engine, 1000, NULL) >= 0);
}

static void a_queued_job_is_gone_at_once(void **state)
{
    int64_t job = 0, again = 0;
    adsync_error *error = NULL;
    world w;

    (void)state;
    world_begin(&w, cancel_answer);
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &job), ADSYNC_OK);
    assert_int_equal(cancel(&w, 0, job), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "cancelled");
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    assert_int_equal(world_wait(&w, 0, job, cancel_hour), ADSYNC_E_CANCELLED);
    assert_int_equal(w.n_asked, 0);
    assert_int_equal(adsync_job_cancel(w.engines[0].engine, "org", job, &error), ADSYNC_E_INVALID);
    assert_non_null(strstr(adsync_error_message(error), "it is cancelled"));
    adsync_error_free(error);
    assert_int_equal(cancel(&w, 0, job + 1), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_job_cancel(w.engines[0].engine, "other", job, NULL), ADSYNC_E_NOT_FOUND); /* P5 */
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &again), ADSYNC_OK);
    assert_true(again != job);
    assert_int_equal(world_wait(&w, 0, again, cancel_hour), ADSYNC_OK);
    world_end(&w);
}

/* Its worker is another engine, with a page on its way: that page is never written, and the lane is free at once. */
static void a_running_job_ends_at_its_next_commit_wherever_it_runs(void **state)
{
    int64_t job = 0, again = 0;
    world w;

    (void)state;
    world_begin(&w, cancel_answer);
    (void)world_open(&w, 1);
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 20 && w.n_asked < 2; i++) cancel_turn(&w, 1, 1);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 2); /* the first page */
    w.engines[1].frozen = true;
    assert_int_equal(cancel(&w, 0, job), ADSYNC_OK);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "cancelled");
    w.engines[1].frozen = false;
    cancel_turn(&w, 1, 20);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 2);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "cancelled");
    assert_int_equal(w.engines[1].n_flying, 0);
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &again), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, again, 5 * cancel_second), ADSYNC_OK); /* its worker lives: nobody waits for a lease */
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 4);
    world_end(&w);
}

static void a_parent_takes_its_children_along(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, cancel_answer);
    assert_int_equal(world_ask(&w, 0, cancel_all, &job), ADSYNC_OK);
    (void)world_open_with(&w, 1, (adsync_engine_options){ .max_claim = 1 }); /* one child runs, the other waits */
    w.engines[1].frozen = true;
    cancel_turn(&w, 1, 3);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "running"), 2);
    assert_int_equal(cancel(&w, 0, job), ADSYNC_OK);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "cancelled"), 3);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    w.engines[1].frozen = false;
    cancel_turn(&w, 1, 20);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "cancelled"), 3);
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL) + world_count(&w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, NULL),
                     0);
    world_end(&w);
}

/* What the others did counts; only where all were called off so is the parent. */
static void a_child_that_is_called_off_makes_its_parent_partial(void **state)
{
    const adsync_job_options campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    const adsync_job_options metrics = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 30 };
    int64_t job = 0, child = 0, other = 0;
    world w;

    (void)state;
    for (uint32_t both = 0; both < 2; both++) {
        world_begin(&w, cancel_answer);
        assert_int_equal(world_ask(&w, 0, cancel_all, &job), ADSYNC_OK);
        assert_int_equal(world_ask(&w, 0, campaigns, &child), ADSYNC_PENDING);
        assert_int_equal(world_ask(&w, 0, metrics, &other), ADSYNC_PENDING);
        assert_int_equal(cancel(&w, 0, child), ADSYNC_OK);
        assert_true(cancel_is(&w, job, "running"));
        if (both) assert_int_equal(cancel(&w, 0, other), ADSYNC_OK);
        assert_true(cancel_is(&w, job, both ? "cancelled" : "running"));
        assert_int_equal(world_wait(&w, 0, job, cancel_hour), both ? ADSYNC_E_CANCELLED : ADSYNC_PARTIAL);
        assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), both ? 0 : 30);
        world_end(&w);
    }
}

/* Whatever call to the storage fails, the job is either called off for good or as it was. */
static void a_cancel_holds_or_does_nothing(void **state)
{
    bool failed = true;

    (void)state;
    for (uint64_t nth = 1; failed; nth++) {
        int64_t job = 0;
        adsync_status rc;
        world w;
        world_begin(&w, cancel_answer);
        assert_int_equal(world_ask(&w, 0, cancel_all, &job), ADSYNC_OK);
        w.engines[0].frozen = true;
        cancel_turn(&w, 0, 2);
        faulty_fail(&w.faults, nth, FAULTY_ANY, nth % 2 ? FAULTY_BEFORE : FAULTY_AFTER, false, ADSYNC_OK);
        rc = cancel(&w, 0, job);
        failed = w.faults.failed != 0;
        faulty_fail(&w.faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
        w.engines[0].frozen = false;
        assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "cancelled"), rc >= 0 ? 3 : 0);
        if (rc < 0) assert_int_equal(world_wait(&w, 0, job, cancel_hour), ADSYNC_OK);
        world_end(&w);
        assert_in_range(nth, 1, 30);
    }
}

/* ---- what people are told */

static void progress_is_a_fraction_and_a_line(void **state)
{
    const adsync_job_options metrics = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 30 };
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, cancel_answer);
    assert_int_equal(world_ask(&w, 0, metrics, &job), ADSYNC_OK);
    const adsync_value key[] = { adsync__value_int(w.org), adsync__value_int(job) };
    for (uint32_t i = 0; i < 20 && w.n_asked < 3; i++) cancel_turn(&w, 0, 1);
    assert_true(cancel_is(&w, job, "running"));
    assert_string_equal(world_job(&w, job, ADSYNC_C_MESSAGE), "metrics: 2 of 3 reports, 4 rows");
    assert_in_range(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_PROGRESS), 666666, 666667);
    world_kill(&w, 0); /* and who takes over goes on counting */
    (void)world_open(&w, 1);
    assert_int_equal(world_wait(&w, 1, job, cancel_hour), ADSYNC_OK);
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_PROGRESS), 1000000);
    assert_int_equal(world_ask(&w, 1, cancel_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 20 && strcmp(world_job(&w, job, ADSYNC_C_MESSAGE), "campaigns: 0 of 1 kinds, 2 rows"); i++)
        cancel_turn(&w, 1, 1);
    assert_true(cancel_is(&w, job, "running"));
    world_end(&w);
}

/* ---- tokens */

static void cancel_token(world *w, int64_t ends_us, const char *state)
{
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(w->grant) };
    adsync_value values[32];
    adsync_rows *rows = NULL;
    uint32_t width = adsync_table_width(ADSYNC_T_GRANTS);

    assert_true(adsync_storage_read(w->rows, w->org, ADSYNC_T_GRANTS, 0, key, 1, &rows, NULL) >= 0);
    memcpy(values, adsync__rows_values(rows, 0), width * sizeof *values);
    for (uint32_t i = 0; i < width; i++) {
        if (adsync_table_column(ADSYNC_T_GRANTS, i) == ADSYNC_C_ACCESS_EXPIRES_US) values[i] = adsync__value_int(ends_us);
        if (adsync_table_column(ADSYNC_T_GRANTS, i) == ADSYNC_C_STATE) values[i] = adsync__value_text(state);
    }
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_GRANTS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = width
    };
    assert_true(adsync_storage_commit(w->rows, w->org, &put, 1, NULL, NULL) >= 0);
    adsync_rows_free(rows);
}

static void a_token_that_ends_soon_is_refreshed_before_the_first_call(void **state)
{
    static const int64_t left[] = { -3600, 60, 3600 };
    int64_t job = 0;
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(left); i++) {
        world_begin(&w, cancel_answer);
        cancel_token(&w, w.now_us + left[i] * cancel_second, "active");
        assert_int_equal(world_ask(&w, 0, cancel_campaigns, &job), ADSYNC_OK);
        assert_int_equal(world_wait(&w, 0, job, 60 * cancel_second), ADSYNC_OK);
        assert_int_equal(!!strstr(w.asked[0], "/refresh"), left[i] < 300);
        assert_int_equal(w.n_asked, left[i] < 300 ? 3 : 2);
        world_end(&w);
    }
}

static const char *cancel_no_refresh(world *w, const char *url)
{
    return strstr(url, "/refresh") ? (w->n_asked > 100 ? "fresh" : "trouble") : cancel_answer(w, url);
}

/* The platform cannot refresh now: while the token lasts the job does, too. */
static void a_refresh_that_fails_ahead_of_time_stops_nothing(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, cancel_no_refresh);
    cancel_token(&w, w.now_us + 290 * cancel_second, "active");
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &job), ADSYNC_OK);
    assert_int_equal(world_wait(&w, 0, job, 280 * cancel_second), ADSYNC_OK);
    assert_non_null(strstr(w.asked[0], "/refresh"));
    world_end(&w);
}

static void a_dead_consent_ends_its_jobs_without_a_call(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, cancel_answer);
    assert_int_equal(world_ask(&w, 0, cancel_campaigns, &job), ADSYNC_OK);
    cancel_token(&w, -1, "expired");
    assert_int_equal(world_wait(&w, 0, job, cancel_hour), ADSYNC_E_AUTH);
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_MESSAGE), "connect toy again"));
    assert_int_equal(w.n_asked, 0);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queued_job_is_gone_at_once),
        cmocka_unit_test(a_running_job_ends_at_its_next_commit_wherever_it_runs),
        cmocka_unit_test(a_parent_takes_its_children_along),
        cmocka_unit_test(a_child_that_is_called_off_makes_its_parent_partial),
        cmocka_unit_test(a_cancel_holds_or_does_nothing),
        cmocka_unit_test(progress_is_a_fraction_and_a_line),
        cmocka_unit_test(a_token_that_ends_soon_is_refreshed_before_the_first_call),
        cmocka_unit_test(a_refresh_that_fails_ahead_of_time_stops_nothing),
        cmocka_unit_test(a_dead_consent_ends_its_jobs_without_a_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
