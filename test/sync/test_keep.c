/* SPDX-License-Identifier: MIT */
/* What is old is dropped: by age, in lots, by one worker at a time, behind all other work, and never because a clock is wrong. */
#include "kept.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t keep_second = 1000000, keep_hour = INT64_C(3600000000), keep_day = INT64_C(86400000000);

static const char *keep_answer(world *w, const char *url) { return (void)w, (void)url, "e c1"; }

static uint32_t keep_calls(world *w) { return world_count(w, ADSYNC_T_API_CALLS, ADSYNC_C_PLATFORM, NULL); }

static void every_table_has_its_age(void **state)
{
    (void)state;
    kept_by_age();
}

static void what_is_kept_for_ever_is_kept(void **state)
{
    const adsync_engine_options never = { .keep_calls_days = -1, .keep_jobs_days = -1, .keep_revisions_days = -1 };
    const kept_job job = { 101, 5, 3000, 2999, 0, 0, "succeeded", true };
    world w;

    (void)state;
    world_begin(&w, keep_answer);
    kept_call(&w, 1, kept_ago(&w, 3000));
    kept_put_job(&w, &job);
    adsync_engine_free(w.engines[0].engine);
    (void)world_open_with(&w, 0, never);
    kept_turns(&w, 0, keep_hour);
    assert_int_equal(keep_calls(&w), 1);
    assert_true(kept_has_job(&w, 101));
    world_end(&w);
}

static void unless_it_says_otherwise_calls_and_jobs_are_kept_for_90_days(void **state)
{
    const kept_job old = { 101, 5, 95, 91, 0, 0, "succeeded", false }, young = { 102, 5, 95, 89, 0, 0, "succeeded", true };
    adsync_engine_options wrong = { .keep_jobs_days = -2 };
    adsync_engine *engine = NULL;
    world w;

    (void)state;
    world_begin(&w, keep_answer); /* its engine was opened with zeros */
    kept_call(&w, 1, kept_ago(&w, 91));
    kept_call(&w, 2, kept_ago(&w, 89));
    kept_put_job(&w, &old);
    kept_put_job(&w, &young);
    kept_turns(&w, 0, 120 * keep_second);
    assert_int_equal(keep_calls(&w), 1);
    assert_false(kept_has_job(&w, 101));
    assert_true(kept_has_job(&w, 102));
    wrong.size = sizeof wrong;
    wrong.storage = w.rows;
    assert_int_equal(adsync_engine_open(&wrong, &engine, NULL), ADSYNC_E_INVALID);
    world_end(&w);
}

/* A thousand old rows: no commit takes more than 200 of them, and no turn more than one commit. */
typedef struct keep_watch {
    uint32_t in_turn, commits, most, meta;
} keep_watch;

static void keep_sees(faulty *f, const faulty_call *call, void *user)
{
    keep_watch *seen = user;

    (void)f;
    if (call->kind != FAULTY_COMMIT || call->answered < 0) return;
    if (call->table == ADSYNC_T_META && !strcmp(call->changes[0].values[0].p, "retention")) seen->meta++;
    if (call->table != ADSYNC_T_API_CALLS || call->changes[0].op != ADSYNC_CHANGE_DELETE) return;
    seen->commits++;
    seen->in_turn++;
    if (call->n > seen->most) seen->most = call->n;
}

static void it_goes_in_lots_behind_other_work(void **state)
{
    keep_watch seen = { 0 };
    int64_t job = 0;
    uint32_t most_in_turn = 0;
    world w;

    (void)state;
    world_begin(&w, keep_answer);
    for (int64_t i = 0; i < 1000; i++) kept_call(&w, i, kept_ago(&w, 200) + i);
    (void)kept_open(&w, 0);
    w.faults.after = keep_sees;
    w.faults.user = &seen;
    assert_int_equal(world_ask(&w, 0, (adsync_job_options){ .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL }, &job), ADSYNC_OK);
    for (uint32_t i = 0; i < 20 && strcmp(world_job(&w, job, ADSYNC_C_STATE), "succeeded"); i++)
        (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_string_equal(world_job(&w, job, ADSYNC_C_STATE), "succeeded");
    assert_int_equal(seen.commits, 0); /* the job came first */
    w.now_us += 61 * keep_second;
    for (uint32_t i = 0; i < 400; i++) {
        seen.in_turn = 0;
        (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        if (seen.in_turn > most_in_turn) most_in_turn = seen.in_turn;
    }
    assert_int_equal(most_in_turn, 1);
    assert_int_equal(seen.commits, 5);
    assert_int_equal(seen.most, 200);
    w.faults.after = NULL;
    assert_int_equal(keep_calls(&w), 1); /* of the job */
    world_end(&w);
}

static void one_worker_at_a_time_four_times_a_day(void **state)
{
    keep_watch seen = { 0 };
    world w;

    (void)state;
    world_begin(&w, keep_answer);
    for (int64_t i = 0; i < 600; i++) kept_call(&w, i, kept_ago(&w, 200) + i);
    for (uint32_t n = 0; n < 3; n++) (void)kept_open(&w, n);
    w.faults.after = keep_sees;
    w.faults.user = &seen;
    for (int64_t until = w.now_us + keep_hour; w.now_us < until;)
        for (uint32_t n = 0; n < 3; n++) (void)adsync_engine_step(w.engines[n].engine, keep_second, NULL);
    assert_int_equal(seen.meta, 2); /* taken, and done */
    assert_int_equal(seen.commits, 3);
    assert_int_equal(keep_calls(&w), 0);
    kept_call(&w, 1, kept_ago(&w, 200));
    for (int64_t until = w.now_us + 6 * keep_hour; w.now_us < until;)
        for (uint32_t n = 0; n < 3; n++) (void)adsync_engine_step(w.engines[n].engine, 10 * keep_second, NULL);
    assert_int_equal(seen.meta, 4);
    assert_int_equal(keep_calls(&w), 0);
    world_end(&w);
}

/* kill -9 in the middle: after ten minutes another one begins anew. */
static void a_pass_that_nobody_ends_is_begun_again(void **state)
{
    world w;

    (void)state;
    world_begin(&w, keep_answer);
    for (int64_t i = 0; i < 1000; i++) kept_call(&w, i, kept_ago(&w, 200) + i);
    (void)kept_open(&w, 0);
    w.now_us += 61 * keep_second;
    for (uint32_t i = 0; i < 100 && keep_calls(&w) > 700; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_in_range(keep_calls(&w), 100, 900);
    world_kill(&w, 0);
    (void)kept_open(&w, 1);
    kept_turns(&w, 1, 5 * 60 * keep_second);
    assert_in_range(keep_calls(&w), 100, 900); /* somebody may be at it */
    kept_turns(&w, 1, 15 * 60 * keep_second);
    assert_int_equal(keep_calls(&w), 0);
    world_end(&w);
}

/* Forward a day, back an hour, while the engine runs: what is younger than its age by less than that stays. */
static void a_clock_that_jumps_drops_nothing_early(void **state)
{
    static const int64_t jumps[] = { 24, -1 };
    world w;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(jumps); i++) {
        world_begin(&w, keep_answer);
        (void)kept_open(&w, 0);
        kept_turns(&w, 0, 120 * keep_second);
        kept_call(&w, 1, w.now_us - KEPT_CALLS * keep_day + 8 * keep_hour); /* old in eight hours */
        kept_call(&w, 2, w.now_us - KEPT_CALLS * keep_day - 2 * keep_hour);
        w.jump_us = jumps[i] * keep_hour;
        kept_turns(&w, 0, 7 * keep_hour);
        assert_int_equal(keep_calls(&w), 1);
        w.jump_us = 0;
        kept_turns(&w, 0, 14 * keep_hour);
        assert_int_equal(keep_calls(&w), 0);
        world_end(&w);
    }
}

/* What a job was judged by may change until it goes. */
static void keep_wakes(faulty *f, const faulty_call *call, void *user)
{
    const kept_job again = { 101, 5, 100, 0, 0, 0, "running", true };

    if (call->kind != FAULTY_COMMIT || call->table != ADSYNC_T_JOBS || call->changes[0].op != ADSYNC_CHANGE_DELETE) return;
    f->before = NULL;
    kept_put_job(user, &again);
}

static void a_job_that_is_written_meanwhile_stays(void **state)
{
    const kept_job job = { 101, 5, 100, 99, 0, 0, "succeeded", true };
    world w;

    (void)state;
    world_begin(&w, keep_answer);
    kept_put_job(&w, &job);
    (void)kept_open(&w, 0);
    w.faults.before = keep_wakes;
    w.faults.user = &w;
    kept_turns(&w, 0, 120 * keep_second);
    assert_null(w.faults.before);
    assert_true(kept_has_job(&w, 101));
    world_end(&w);
}

static void any_storage_call_of_a_pass_may_fail_and_work_goes_on(void **state)
{
    bool failed = true;

    (void)state;
    for (uint64_t nth = 1; failed && nth < 200; nth++) {
        const kept_job job = { 101, 5, 100, 99, 0, 0, "succeeded", false };
        world w;
        world_begin(&w, keep_answer);
        kept_call(&w, 1, kept_ago(&w, 200));
        kept_put_job(&w, &job);
        (void)kept_open(&w, 0);
        w.faults.failed = 0;
        faulty_fail(&w.faults, nth, FAULTY_ANY, nth % 2 ? FAULTY_BEFORE : FAULTY_AFTER, false, ADSYNC_OK);
        for (uint32_t i = 0; i < 60; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        failed = w.faults.failed != 0;
        faulty_fail(&w.faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
        kept_turns(&w, 0, 7 * keep_hour);
        assert_int_equal(keep_calls(&w), 0);
        assert_false(kept_has_job(&w, 101));
        world_end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_has_its_age),
        cmocka_unit_test(what_is_kept_for_ever_is_kept),
        cmocka_unit_test(unless_it_says_otherwise_calls_and_jobs_are_kept_for_90_days),
        cmocka_unit_test(it_goes_in_lots_behind_other_work),
        cmocka_unit_test(one_worker_at_a_time_four_times_a_day),
        cmocka_unit_test(a_pass_that_nobody_ends_is_begun_again),
        cmocka_unit_test(a_clock_that_jumps_drops_nothing_early),
        cmocka_unit_test(a_job_that_is_written_meanwhile_stays),
        cmocka_unit_test(any_storage_call_of_a_pass_may_fail_and_work_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
