/* SPDX-License-Identifier: MIT */
/* Lanes of workers that died, while nobody asks: whoever lives takes them over. The lease is 30 s of the world's clock. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t over_second = 1000000;
static const adsync_job_options over_campaigns = { .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };

static const char *over_answer(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "after=2")) return "e c3\ne c4";
    return "e c1\ne c2\nnext 2";
}

static bool over_is(world *w, int64_t job, const char *state) { return !strcmp(world_job(w, job, ADSYNC_C_STATE), state); }

/* Turns an engine until the job is in a state; how long that took. */
static int64_t over_turn(world *w, uint32_t n, int64_t job, const char *state)
{
    int64_t from = w->now_us;

    for (uint32_t i = 0; i < 1000 && !over_is(w, job, state); i++)
        assert_true(adsync_engine_step(w->engines[n].engine, over_second / 2, NULL) >= 0);
    assert_string_equal(world_job(w, job, ADSYNC_C_STATE), state);
    return w->now_us - from;
}

/* Claims it and dies; nothing came of it. */
static void over_die(world *w, uint32_t n, int64_t job)
{
    (void)world_open(w, n);
    w->engines[n].frozen = true;
    (void)over_turn(w, n, job, "running");
    for (uint32_t i = 0; i < 200 && !w->engines[n].n_flying; i++)
        assert_true(adsync_engine_step(w->engines[n].engine, over_second / 2, NULL) >= 0);
    assert_true(w->engines[n].n_flying);
    world_kill(w, n);
}

static int64_t over_takeovers(world *w, int64_t connection)
{
    const adsync_value lane[] = { adsync__value_int(w->org), adsync__value_int(connection), adsync__value_int(ADSYNC_DATA_CAMPAIGNS) };

    return world_number(w, ADSYNC_T_LANES, lane, ADSYNC_C_TAKEOVERS);
}

static uint32_t over_engines(world *w)
{
    const adsync_range all = { .table = ADSYNC_T_ENGINES, .limit = 100 };
    adsync_rows *rows = NULL;
    uint32_t n;

    assert_true(adsync_storage_scan(w->rows, 0, &all, &rows, NULL) >= 0);
    n = (uint32_t)adsync_rows_count(rows);
    adsync_rows_free(rows);
    return n;
}

static void p1_lanes_of_a_killed_worker_work_again_within_a_minute(void **state)
{
    int64_t job = 0, last_beat;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    world_kill(&w, 0);
    (void)world_open(&w, 2); /* it saw the other one alive */
    over_die(&w, 1, job);
    last_beat = w.now_us;
    for (uint32_t i = 0; i < 200 && !over_takeovers(&w, w.connection) && !over_is(&w, job, "succeeded"); i++)
        assert_true(adsync_engine_step(w.engines[2].engine, over_second / 2, NULL) >= 0);
    print_message("taken over after %.1f s\n", (double)(w.now_us - last_beat) / 1e6);
    assert_in_range(w.now_us - last_beat, 30 * over_second, 60 * over_second);
    (void)over_turn(&w, 2, job, "succeeded");
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 4);
    for (uint32_t i = 0; i < 100; i++) assert_true(adsync_engine_step(w.engines[2].engine, over_second, NULL) >= 0);
    assert_int_equal(over_engines(&w), 1); /* rows of the dead are gone once their lanes are free */
    world_end(&w);
}

static void progress_forgives_the_lane_that_workers_died_on(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    over_die(&w, 1, job);
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < 200 && !over_takeovers(&w, w.connection); i++)
        assert_true(adsync_engine_step(w.engines[0].engine, over_second / 2, NULL) >= 0);
    assert_int_equal(over_takeovers(&w, w.connection), 1);
    w.engines[0].frozen = false;
    for (uint32_t i = 0; i < 200 && w.n_asked < 3; i++) assert_true(adsync_engine_step(w.engines[0].engine, 1000, NULL) >= 0);
    assert_int_equal(over_takeovers(&w, w.connection), 0);
    world_end(&w);
}

/* Engine n takes over what another one died on, gets no answer and dies. */
static void over_take_and_die(world *w, uint32_t n, int64_t takeovers)
{
    (void)world_open(w, n);
    w->engines[n].frozen = true;
    for (uint32_t i = 0; i < 400 && over_takeovers(w, w->connection) != takeovers; i++)
        assert_true(adsync_engine_step(w->engines[n].engine, over_second / 2, NULL) >= 0);
    assert_int_equal(over_takeovers(w, w->connection), takeovers);
    world_kill(w, n);
}

/* Two workers died on it: the third gives everything else back and has it alone; it dies too, and then this try is over, with words. */
static void p1_a_lane_whose_workers_die_runs_alone_and_then_waits(void **state)
{
    int64_t deadly = 0, good = 0, other = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    world_connect(&w, "org", &other, 1);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &deadly), ADSYNC_OK);
    w.engines[0].frozen = true;
    over_die(&w, 1, deadly);
    for (uint32_t n = 2; n < 4; n++) { /* engine 2 takes over and dies, engine 3 meets it at its second death */
        (void)world_open(&w, n);
        w.engines[n].frozen = true;
        if (n == 3) {
            assert_int_equal(adsync_job_enqueue(w.engines[3].engine, "org", other, &over_campaigns, &good, NULL), ADSYNC_E_INVALID);
            adsync_job_options wish = over_campaigns;
            wish.size = sizeof wish;
            assert_int_equal(adsync_job_enqueue(w.engines[3].engine, "org", other, &wish, &good, NULL), ADSYNC_OK);
            (void)over_turn(&w, 3, good, "running");
        }
        for (uint32_t i = 0; i < 400 && over_takeovers(&w, w.connection) != n - 1; i++)
            assert_true(adsync_engine_step(w.engines[n].engine, over_second / 2, NULL) >= 0);
        assert_int_equal(over_takeovers(&w, w.connection), n - 1);
        for (uint32_t i = 0; i < 20; i++) assert_true(adsync_engine_step(w.engines[n].engine, over_second / 2, NULL) >= 0);
        if (n == 3) {
            assert_true(over_is(&w, good, "queued")); /* nothing beside the lane that is suspected */
            assert_int_equal(w.engines[3].n_flying, 1);
        }
        world_kill(&w, n);
    }
    w.engines[0].frozen = false;
    (void)over_turn(&w, 0, deadly, "queued");
    assert_non_null(strstr(world_job(&w, deadly, ADSYNC_C_MESSAGE), "worker died 3 times"));
    assert_string_equal(world_job(&w, deadly, ADSYNC_C_ERROR), "job.deadly");
    (void)over_turn(&w, 0, good, "succeeded");
    assert_true(over_is(&w, deadly, "queued"));
    (void)over_turn(&w, 0, deadly, "succeeded"); /* it was only bad luck, and nobody had to ask again */
    assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 4 * 2);
    world_end(&w);
}

/* Nobody else looks for a lane of an engine that lives: what could not be given back for the one that runs alone is found again. */
static void p1_nothing_is_forgotten_where_giving_back_fails(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        adsync_job_options wish = over_campaigns;
        int64_t deadly = 0, good = 0, other = 0;
        world w;
        world_begin(&w, over_answer);
        world_connect(&w, "org", &other, 1);
        assert_int_equal(world_ask(&w, 0, over_campaigns, &deadly), ADSYNC_OK);
        wish.size = sizeof wish;
        world_kill(&w, 0);
        over_die(&w, 1, deadly);
        over_take_and_die(&w, 2, 1);
        (void)world_open(&w, 3);
        w.engines[3].frozen = true;
        assert_int_equal(adsync_job_enqueue(w.engines[3].engine, "org", other, &wish, &good, NULL), ADSYNC_OK);
        (void)over_turn(&w, 3, good, "running");
        faulty_fail(&w.faults, nth, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_OK);
        for (uint32_t i = 0; i < 400 && over_takeovers(&w, w.connection) != 2; i++)
            (void)adsync_engine_step(w.engines[3].engine, over_second / 2, NULL);
        w.engines[3].frozen = false;
        for (uint32_t i = 0; i < 2000 && !(over_is(&w, good, "succeeded") && over_is(&w, deadly, "succeeded")); i++)
            (void)adsync_engine_step(w.engines[3].engine, over_second / 2, NULL);
        assert_string_equal(world_job(&w, good, ADSYNC_C_STATE), "succeeded");
        assert_string_equal(world_job(&w, deadly, ADSYNC_C_STATE), "succeeded");
        world_end(&w);
    }
}

/* Whatever pauses there are, whoever works on it dies: after twelve workers nobody is given to it any more. */
static void a_job_that_kills_all_its_workers_ends_after_its_fourth_try(void **state)
{
    static const int64_t pauses[] = { 60 * over_second, 300 * over_second, 900 * over_second };
    int64_t job = 0, since = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    for (size_t n = 0; n <= ADSYNC__COUNT(pauses); n++) {
        over_die(&w, 1, job);
        if (n) assert_in_range(w.now_us - since, pauses[n - 1] - over_second, pauses[n - 1] + 20 * over_second);
        over_take_and_die(&w, 2, 1);
        over_take_and_die(&w, 3, 2);
        (void)over_turn(&w, 0, job, n < ADSYNC__COUNT(pauses) ? "queued" : "failed");
        assert_string_equal(world_job(&w, job, ADSYNC_C_ERROR), "job.deadly");
        since = w.now_us;
        if (n < ADSYNC__COUNT(pauses)) w.now_us += pauses[n] - 20 * over_second;
    }
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK); /* asked for again it begins anew */
    (void)over_turn(&w, 0, job, "succeeded");
    world_end(&w);
}

/* A commit failed, and what it did is not known: the engine finds what stands under its own number. */
static void an_engine_takes_itself_over_where_a_commit_was_lost(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    for (uint64_t nth = 1; nth < 16; nth++) {
        world_begin(&w, over_answer);
        assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
        faulty_fail(&w.faults, nth / 2 + 1, FAULTY_COMMIT, nth % 2 ? FAULTY_AFTER : FAULTY_BEFORE, false, ADSYNC_E_STORAGE);
        for (uint32_t i = 0; i < 2000 && !over_is(&w, job, "succeeded"); i++)
            (void)adsync_engine_step(w.engines[0].engine, over_second / 2, NULL);
        assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
        assert_int_equal(world_count(&w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 4);
        world_end(&w);
    }
}

/* The first thing that it brings proves that it is not deadly: its worker takes other work again. */
static int over_by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* An engine holds more lanes than a page has, and forgot the last one. */
static void a_forgotten_lane_is_found_behind_all_that_are_held(void **state)
{
    enum { LANES = 90 };
    const adsync_job_options campaigns = { .size = sizeof campaigns, .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    int64_t connections[LANES], job = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    world_connect(&w, "org", connections, LANES);
    qsort(connections, LANES, sizeof *connections, over_by_number);
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < LANES - 1; i++)
        assert_int_equal(adsync_job_enqueue(w.engines[0].engine, "org", connections[i], &campaigns, &job, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < 100 && w.engines[0].n_flying < LANES - 1; i++)
        assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
    assert_int_equal(w.engines[0].n_flying, LANES - 1);
    assert_int_equal(adsync_job_enqueue(w.engines[0].engine, "org", connections[LANES - 1], &campaigns, &job, NULL), ADSYNC_OK);
    { /* its consent ends meanwhile, so it ends once it is claimed; and that end, the second commit, is not written */
        const adsync_value row[] = { adsync__value_int(w.org), adsync__value_int(connections[LANES - 1]), adsync__value_text("expired") };
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_CONNECTIONS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 3
        };
        assert_int_equal(adsync_storage_commit(w.rows, w.org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    faulty_fail(&w.faults, 2, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_STORAGE);
    for (uint32_t i = 0; i < 10 && !w.faults.failed; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_int_equal(w.faults.failed, 1);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "running");
    for (uint32_t i = 0; i < 100 && over_is(&w, job, "running"); i++)
        assert_true(adsync_engine_step(w.engines[0].engine, 1000000, NULL) >= 0);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "failed");
    assert_int_equal(w.engines[0].n_flying, LANES - 1);
    world_end(&w);
}

static void a_lane_that_ran_alone_and_moved_runs_beside_others_again(void **state)
{
    int64_t job = 0, good = 0, other = 0;
    adsync_job_options wish = over_campaigns;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    world_connect(&w, "org", &other, 1);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    over_die(&w, 1, job);
    (void)world_open(&w, 2);
    w.engines[2].frozen = true;
    for (uint32_t i = 0; i < 400 && !w.engines[2].n_flying; i++) (void)adsync_engine_step(w.engines[2].engine, over_second / 2, NULL);
    world_kill(&w, 2);
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < 400 && !w.engines[0].n_flying; i++) (void)adsync_engine_step(w.engines[0].engine, over_second / 2, NULL);
    wish.size = sizeof wish;
    assert_int_equal(adsync_job_enqueue(w.engines[0].engine, "org", other, &wish, &good, NULL), ADSYNC_OK);
    for (uint32_t i = 0; i < 20; i++) (void)adsync_engine_step(w.engines[0].engine, over_second / 2, NULL);
    assert_true(over_is(&w, good, "queued"));
    w.engines[0].frozen = false;
    for (uint32_t i = 0; i < 20 && w.n_asked < 4; i++) (void)adsync_engine_step(w.engines[0].engine, 1000, NULL);
    w.engines[0].frozen = true; /* its second page is under way */
    (void)over_turn(&w, 0, good, "running");
    assert_true(over_is(&w, job, "running"));
    world_end(&w);
}

/* Its row was taken away, by hand or by an older release: its lanes are found all the same. */
static void a_lane_under_a_number_that_no_engine_has_is_found(void **state)
{
    const adsync_range all = { .table = ADSYNC_T_ENGINES, .limit = 100 };
    adsync_rows *rows = NULL;
    adsync_value key;
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    over_die(&w, 1, job);
    assert_true(adsync_storage_scan(w.rows, 0, &all, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const adsync_change gone = {
            .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_ENGINES, .expected = ADSYNC_EXPECT_ANY, .values = &key, .n_values = 1
        };
        key = adsync__value_int(adsync_rows_int(rows, ADSYNC_C_ENGINE));
        assert_true(adsync_storage_commit(w.rows, 0, &gone, 1, NULL, NULL) >= 0);
    }
    adsync_rows_free(rows);
    (void)world_open(&w, 2);
    assert_in_range(over_turn(&w, 2, job, "succeeded"), 0, 30 * over_second);
    world_end(&w);
}

/* An engine that is freed while its lane has a commit on its way leaves its row, marked dead: nobody waits for its lease. */
static void what_a_freed_engine_could_not_give_back_is_taken_at_once(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    world_begin(&w, over_answer);
    assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
    (void)world_open(&w, 1);
    w.engines[1].frozen = true;
    (void)over_turn(&w, 1, job, "running");
    faulty_fail(&w.faults, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_STORAGE); /* giving it back */
    adsync_engine_free(w.engines[1].engine);
    w.engines[1].engine = NULL;
    assert_true(over_is(&w, job, "running"));
    assert_int_equal(over_engines(&w), 2);
    assert_in_range(over_turn(&w, 0, job, "succeeded"), 0, 15 * over_second);
    world_end(&w);
}

/* Wherever in its work it is stopped, also with a commit on its way: everything is queued again and nobody waits for a lease. */
static void an_engine_that_is_freed_gives_everything_back(void **state)
{
    int64_t job = 0;
    world w;

    (void)state;
    for (uint32_t turns = 1; turns < 8; turns++) {
        world_begin(&w, over_answer);
        assert_int_equal(world_ask(&w, 0, over_campaigns, &job), ADSYNC_OK);
        for (uint32_t i = 0; i < turns; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        adsync_engine_free(w.engines[0].engine);
        w.engines[0].engine = NULL;
        assert_int_equal(over_engines(&w), 0);
        assert_true(over_is(&w, job, "queued") || over_is(&w, job, "succeeded"));
        (void)world_open(&w, 1);
        assert_in_range(over_turn(&w, 1, job, "succeeded"), 0, 2 * over_second);
        world_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p1_lanes_of_a_killed_worker_work_again_within_a_minute),
        cmocka_unit_test(progress_forgives_the_lane_that_workers_died_on),
        cmocka_unit_test(p1_a_lane_whose_workers_die_runs_alone_and_then_waits),
        cmocka_unit_test(p1_nothing_is_forgotten_where_giving_back_fails),
        cmocka_unit_test(a_job_that_kills_all_its_workers_ends_after_its_fourth_try),
        cmocka_unit_test(a_lane_that_ran_alone_and_moved_runs_beside_others_again),
        cmocka_unit_test(an_engine_takes_itself_over_where_a_commit_was_lost),
        cmocka_unit_test(a_forgotten_lane_is_found_behind_all_that_are_held),
        cmocka_unit_test(a_lane_under_a_number_that_no_engine_has_is_found),
        cmocka_unit_test(an_engine_that_is_freed_gives_everything_back),
        cmocka_unit_test(what_a_freed_engine_could_not_give_back_is_taken_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
