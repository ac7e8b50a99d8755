/* SPDX-License-Identifier: MIT */
/* What goes wrong around a job while nobody waits for it: each ends in a state with a name, and nothing is lost. */
#include "world.h"

#include <adsync/health.h>

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t bad_second = 1000000, bad_hour = INT64_C(3600000000);
static const adsync_job_options bad_campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
static int64_t bad_until;

static const char *bad_answer(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "after=3")) return "e c5\ne c6";
    if (strstr(url, "after=2")) return "e c3\ne c4\nnext 3";
    return "e c1\ne c2\nnext 2";
}

static const char *bad_throttles(world *w, const char *url)
{
    return w->now_us < bad_until && strstr(url, "after=") ? "throttled" : bad_answer(w, url);
}

static bool bad_is(world *w, int64_t job, const char *state) { return !strcmp(world_job(w, job, ADSYNC_C_STATE), state); }

static void bad_turn(world *w, int64_t until_us, int64_t step_us)
{
    while (w->now_us < until_us) (void)adsync_engine_step(w->engines[0].engine, step_us, NULL);
}

/* Until its second page is under way. */
static int64_t bad_begin(world *w)
{
    int64_t job = 0;

    assert_int_equal(world_ask(w, 0, bad_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 50 && w->n_asked < 2; i++) assert_true(adsync_engine_step(w->engines[0].engine, 0, NULL) >= 0);
    assert_true(bad_is(w, job, "running"));
    return job;
}

static void bad_whole(world *w, int64_t job)
{
    assert_string_equal(world_job(w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(world_count(w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 6);
    assert_int_equal(world_removed(w), 0);
    assert_int_equal(world_count(w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
}

static const char *bad_health(world *w)
{
    static char state[32];
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_health_list(w->engines[0].engine, "org", w->connection, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(state, sizeof state, "%s", adsync_rows_text(rows, ADSYNC_C_STATE));
    adsync_rows_free(rows);
    return state;
}

static void a_day_of_429_spends_no_attempt(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, bad_throttles);
    bad_until = w.now_us + 24 * bad_hour;
    assert_int_equal(world_ask(&w, 0, bad_campaigns, &job), ADSYNC_OK);
    bad_turn(&w, w.now_us + 12 * bad_hour, bad_second);
    assert_true(bad_is(&w, job, "queued") || bad_is(&w, job, "running"));
    assert_true(w.n_asked < 40); /* it does not knock each second */
    assert_string_equal(bad_health(&w), bad_is(&w, job, "queued") ? "waiting" : "syncing");
    bad_turn(&w, bad_until + 2 * bad_hour, bad_second);
    bad_whole(&w, job);
    const adsync_value key[] = { adsync__value_int(w.org), adsync__value_int(job) };
    assert_int_equal(world_number(&w, ADSYNC_T_JOBS, key, ADSYNC_C_ATTEMPT), 1);
    world_end(&w);
}

static void a_connection_that_is_ended_in_mid_sync_ends_its_job_with_words(void **state)
{
    int64_t job;
    uint32_t asked;
    world w;

    (void)state;
    world_begin(&w, bad_answer);
    (void)world_open(&w, 1);
    job = bad_begin(&w);
    assert_true(adsync_connection_disconnect(w.engines[1].engine, "org", w.connection, 0, NULL, NULL, NULL) >= 0);
    asked = w.n_asked;
    w.engines[0].frozen = true; /* in the middle of a list */
    bad_turn(&w, w.now_us + 11 * bad_second, bad_second);
    w.engines[0].frozen = false;
    for (uint32_t i = 0; i < 50 && !bad_is(&w, job, "failed"); i++) (void)adsync_engine_step(w.engines[0].engine, bad_second, NULL);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "failed");
    assert_non_null(strstr(world_job(&w, job, ADSYNC_C_MESSAGE), "add it again"));
    assert_int_equal(w.n_asked, asked);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    world_end(&w);
}

static void bad_org(world *w, const char *state)
{
    const adsync_value row[] = { adsync__value_text("org"), adsync__value_int(w->org), adsync__value_text(state) };
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ORGS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 3
    };

    assert_true(adsync_storage_commit(w->rows, 0, &put, 1, NULL, NULL) >= 0);
}

static void an_organisation_that_is_being_deleted_ends_its_jobs_and_takes_none(void **state)
{
    const adsync_job_options metrics = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 300 };
    int64_t running, queued = 0, none = 0;
    uint32_t asked;
    world w;

    (void)state;
    world_begin(&w, bad_answer);
    running = bad_begin(&w);
    w.engines[0].frozen = true;
    assert_int_equal(world_ask(&w, 0, metrics, &queued), ADSYNC_OK);
    bad_org(&w, "deleting");
    asked = w.n_asked;
    assert_int_equal(world_ask(&w, 0, bad_campaigns, &none), ADSYNC_E_NOT_FOUND);
    bad_turn(&w, w.now_us + 11 * bad_second, bad_second);
    w.engines[0].frozen = false;
    bad_turn(&w, w.now_us + 11 * bad_second, bad_second);
    assert_string_equal(world_job(&w, queued, ADSYNC_C_STATE), "failed");
    assert_string_equal(world_job(&w, queued, ADSYNC_C_ERROR), "org.deleting");
    assert_string_equal(world_job(&w, running, ADSYNC_C_STATE), "failed");
    assert_string_equal(world_job(&w, running, ADSYNC_C_ERROR), "org.deleting");
    assert_int_equal(w.n_asked, asked);
    world_end(&w);
}

/* Every write fails for ten minutes; then the disk has room again. */
static void a_full_storage_loses_nothing(void **state)
{
    int64_t job;
    world w;

    (void)state;
    world_begin(&w, bad_answer);
    job = bad_begin(&w);
    faulty_fail(&w.faults, 1, FAULTY_COMMIT, FAULTY_BEFORE, true, ADSYNC_E_STORAGE);
    for (uint32_t i = 0; i < 600; i++) {
        w.now_us += bad_second;
        (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    }
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "running");
    faulty_fail(&w.faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
    bad_turn(&w, w.now_us + 60 * bad_second, bad_second);
    bad_whole(&w, job);
    world_end(&w);
}

/* In mid-sync, and while a job waits: forward a day, back an hour. */
static void a_clock_that_jumps_delays_nothing_by_the_jump(void **state)
{
    static const int64_t jumps[] = { 24, -1 };
    int64_t job, queued = 0;
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(jumps); i++) {
        world_begin(&w, bad_answer);
        job = bad_begin(&w);
        w.jump_us = jumps[i] * bad_hour;
        bad_turn(&w, w.now_us + 60 * bad_second, bad_second);
        bad_whole(&w, job);
        w.jump_us = 0;
        assert_int_equal(world_ask(&w, 0, bad_campaigns, &queued), ADSYNC_OK);
        w.jump_us = jumps[i] * bad_hour;
        bad_turn(&w, w.now_us + 60 * bad_second, bad_second);
        bad_whole(&w, queued);
        world_end(&w);
    }
}

static const char *bad_trouble(world *w, const char *url) { return w->now_us < bad_until ? "trouble" : bad_answer(w, url); }

/* A pause that was set while the clock was a day ahead stays a pause of a minute. */
static void a_pause_that_a_wrong_clock_set_keeps_its_length(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, bad_trouble);
    bad_until = w.now_us + 10 * bad_hour;
    w.jump_us = 24 * bad_hour;
    assert_int_equal(world_ask(&w, 0, bad_campaigns, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 2000 && strcmp(world_job(&w, job, ADSYNC_C_ERROR), "toy.500"); i++)
        bad_turn(&w, w.now_us + bad_second, bad_second);
    assert_true(bad_is(&w, job, "queued"));
    bad_until = w.now_us;
    w.jump_us = 0;
    bad_turn(&w, w.now_us + 30 * bad_second, bad_second);
    assert_true(bad_is(&w, job, "queued")); /* its pause is not over */
    bad_turn(&w, w.now_us + 90 * bad_second, bad_second);
    bad_whole(&w, job);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_429_spends_no_attempt),
        cmocka_unit_test(a_connection_that_is_ended_in_mid_sync_ends_its_job_with_words),
        cmocka_unit_test(an_organisation_that_is_being_deleted_ends_its_jobs_and_takes_none),
        cmocka_unit_test(a_full_storage_loses_nothing),
        cmocka_unit_test(a_clock_that_jumps_delays_nothing_by_the_jump),
        cmocka_unit_test(a_pause_that_a_wrong_clock_set_keeps_its_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
