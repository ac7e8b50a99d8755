/* SPDX-License-Identifier: MIT */
/* P1: whichever storage call or allocation fails in a sync, it ends as if none had. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t faults_hour = INT64_C(3600000000);
static const adsync_job_options faults_wish = { .mode = ADSYNC_SYNC_FULL, .days = 10 };

static const char *faults_answer(world *w, const char *url)
{
    (void)w;
    if (strstr(url, "https://files.example.test/f") == url) return "m c1 20261115 1000000";
    if (strstr(url, "/report")) return "carry https://files.example.test/f\nnext file"; /* lost, it is asked for again */
    return strstr(url, "after=2") ? "e c3\ne c4" : "e c1\ne c2\nnext 2";
}

/* Asks and waits, also again: what a host does. */
static void faults_sync(world *w)
{
    adsync_status rc = ADSYNC_E_STORAGE;
    int64_t job = 0;

    for (uint32_t i = 0; i < 10 && rc != ADSYNC_OK; i++) {
        if (!job && world_ask(w, 0, faults_wish, &job) < 0) continue;
        rc = world_wait(w, 0, job, faults_hour);
    }
}

static void faults_whole(world *w)
{
    assert_true(world_count(w, ADSYNC_T_JOBS, ADSYNC_C_STATE, NULL) > 0);
    assert_int_equal(world_count(w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), world_count(w, ADSYNC_T_JOBS, ADSYNC_C_STATE, NULL));
    assert_int_equal(world_count(w, ADSYNC_T_ENTITIES, ADSYNC_C_ID, NULL), 4);
    assert_int_equal(world_removed(w), 0);
    assert_int_equal(world_count(w, ADSYNC_T_METRICS, ADSYNC_C_ENTITY_ID, "c1"), 1);
    assert_int_equal(world_count(w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, "provisional"), 10);
    assert_int_equal(world_count(w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    assert_int_equal(world_count(w, ADSYNC_T_SEEN, ADSYNC_C_RUN, NULL), 0);
}

static void p1_any_storage_call_may_fail(void **state)
{
    static const struct {
        uint32_t when;
        adsync_status status;
    } ways[] = { { FAULTY_BEFORE, ADSYNC_E_STORAGE }, { FAULTY_BEFORE, ADSYNC_E_RETRY }, { FAULTY_AFTER, ADSYNC_OK } };

    (void)state;
    for (size_t way = 0; way < ADSYNC__COUNT(ways); way++) {
        bool failed = true;
        for (uint64_t nth = 1; failed; nth++) {
            world w;
            world_begin(&w, faults_answer);
            w.faults.failed = 0;
            faulty_fail(&w.faults, nth, FAULTY_ANY, ways[way].when, false, ways[way].status);
            faults_sync(&w);
            failed = w.faults.failed != 0;
            faulty_fail(&w.faults, 0, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_OK);
            faults_whole(&w);
            world_end(&w);
        }
    }
}

static uint64_t faults_seen, faults_nth;

static bool faults_allow(size_t size)
{
    (void)size;
    return ++faults_seen != faults_nth;
}

static void p1_any_allocation_may_fail(void **state)
{
    (void)state;
    for (faults_nth = 1, faults_seen = 1; faults_seen >= faults_nth; faults_nth++) {
        world w;
        world_begin(&w, faults_answer);
        faults_seen = 0;
        adsync__alloc_watch(faults_allow);
        faults_sync(&w);
        adsync__alloc_watch(NULL);
        faults_whole(&w);
        world_end(&w);
        if (faults_seen < faults_nth) break;
    }
    assert_true(faults_nth > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p1_any_storage_call_may_fail),
        cmocka_unit_test(p1_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
