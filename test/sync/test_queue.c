/* SPDX-License-Identifier: MIT */
/* Which of the work that is due is taken first, and by how many at once. */
#include "support/any.h"
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { QUEUE_MANY = 10000 };
static const int64_t queue_second = 1000000;

static const char *queue_answer(world *w, const char *url) { return (void)w, (void)url, "e c1"; }

static int64_t queue_ask(world *w, const char *org, int64_t connection, uint32_t priority)
{
    const adsync_job_options wish = { .size = sizeof wish, .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL, .priority = priority };
    int64_t job = 0;

    assert_int_equal(adsync_job_enqueue(w->engines[0].engine, org, connection, &wish, &job, NULL), ADSYNC_OK);
    return job;
}

static void queue_shards(world *w, int64_t n)
{
    const adsync_value row[] = { adsync__value_text("queue_shards"), adsync__value_int(n) };
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 2
    };

    assert_true(adsync_storage_commit(w->rows, 0, &put, 1, NULL, NULL) >= 0);
}

/* Jobs of an organisation that were taken up: each has asked its one page. By their priority; 0: all. */
static uint32_t queue_begun(world *w, const char *org, int64_t priority)
{
    int64_t number = 0;
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_true(adsync_storage_org(w->rows, org, 0, &number, NULL) >= 0);
    const adsync_value bound[] = { adsync__value_int(number) };
    const adsync_range all = { .table = ADSYNC_T_JOBS, .limit = QUEUE_MANY, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1 };
    assert_true(adsync_storage_scan(w->rows, number, &all, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        n += !adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "queued") &&
             (!priority || adsync_rows_int(rows, ADSYNC_C_PRIORITY) == priority);
    adsync_rows_free(rows);
    return n;
}

/* The work of ten thousand stands before the one of another, by hours. */
static void a_large_organisation_does_not_starve_a_small_one(void **state)
{
    const uint32_t many = any_rounds(QUEUE_MANY);
    int64_t *connections = adsync__alloc_zero(many, sizeof *connections), small;
    uint32_t before;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    world_connect(&w, "large", connections, many);
    world_connect(&w, "small", &small, 1);
    for (uint32_t i = 0; i < many; i++) (void)queue_ask(&w, "large", connections[i], 0);
    w.now_us += 3600 * queue_second;
    (void)queue_ask(&w, "small", small, 0);
    (void)world_open_with(&w, 1, (adsync_engine_options){ .max_claim = 20 });
    for (uint32_t i = 0; i < 100 && !queue_begun(&w, "small", 0); i++) assert_true(adsync_engine_step(w.engines[1].engine, 0, NULL) >= 0);
    before = queue_begun(&w, "large", 0);
    print_message("%u of %u were taken before the one\n", before, many);
    assert_int_equal(before, 9);
    adsync__free(connections);
    world_end(&w);
}

/* Twelve organisations in a circle: a lot takes three of each until it is full, and the next one goes on behind. */
static void the_circle_goes_on_where_the_last_lot_stopped(void **state)
{
    enum { ORGS = 12, EACH = 20 };
    int64_t connections[EACH];
    char org[16];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    for (uint32_t i = 0; i < ORGS; i++) {
        (void)snprintf(org, sizeof org, "org-%u", i);
        world_connect(&w, org, connections, EACH);
        for (uint32_t n = 0; n < EACH; n++) (void)queue_ask(&w, org, connections[n], 0);
    }
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < 5; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    for (uint32_t i = 0; i < ORGS; i++) {
        (void)snprintf(org, sizeof org, "org-%u", i);
        assert_in_range(queue_begun(&w, org, 0), 1, 6);
    }
    world_end(&w);
}

/* Hours of history wait, then a person asks, and something happened: each class has its share of every lot. */
static void each_class_has_its_share(void **state)
{
    static const uint32_t shares[] = { 4, 3, 2, 1 };
    int64_t connections[200];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    world_connect(&w, "org", connections, 200);
    for (uint32_t i = 0; i < 200; i++) {
        (void)queue_ask(&w, "org", connections[i], ADSYNC_PRIORITY_BACKFILL - i / 50);
        w.now_us += queue_second;
    }
    w.engines[0].frozen = true;
    (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    for (uint32_t lots = 2; lots < 5; lots++) {
        (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        for (uint32_t i = 0; i < 4; i++) assert_int_equal(queue_begun(&w, "org", i + 1), lots * shares[i]);
    }
    world_end(&w);
}

/* What one class does not use is the others'. */
static void a_share_that_nobody_wants_is_used_by_others(void **state)
{
    int64_t connections[40];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    world_connect(&w, "org", connections, 40);
    for (uint32_t i = 0; i < 40; i++)
        (void)queue_ask(&w, "org", connections[i], i < 38 ? ADSYNC_PRIORITY_BACKFILL : ADSYNC_PRIORITY_INTERACTIVE);
    w.engines[0].frozen = true;
    (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_int_equal(queue_begun(&w, "org", ADSYNC_PRIORITY_INTERACTIVE), 2);
    assert_int_equal(queue_begun(&w, "org", ADSYNC_PRIORITY_BACKFILL), 8);
    world_end(&w);
}

/* A lot is claimed in one commit; work over 16 shards is all found, by engines that begin in different ones. */
static void a_lot_is_one_commit_and_no_shard_is_forgotten(void **state)
{
    enum { JOBS = 320 };
    int64_t connections[JOBS];
    uint64_t commits;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    adsync_engine_free(w.engines[0].engine);
    queue_shards(&w, 16);
    (void)world_open(&w, 0);
    world_connect(&w, "org", connections, JOBS);
    for (uint32_t i = 0; i < JOBS; i++) (void)queue_ask(&w, "org", connections[i], 0);
    (void)adsync_engine_step(w.engines[0].engine, 0, NULL); /* its heartbeat is behind it */
    commits = w.faults.commits;
    (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    assert_int_equal(queue_begun(&w, "org", 0), 20);
    assert_int_equal(w.faults.commits - commits, 1);
    for (uint32_t n = 1; n < 5; n++) (void)world_open(&w, n);
    for (uint32_t i = 0; i < 400 && queue_begun(&w, "org", 0) < JOBS; i++)
        assert_true(adsync_engine_step(w.engines[i % 5].engine, 0, NULL) >= 0);
    for (uint32_t i = 0; i < 4000 && world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded") < JOBS; i++)
        assert_true(adsync_engine_step(w.engines[i % 5].engine, 0, NULL) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), JOBS);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    world_end(&w);
}

/* Where there is more and more, lots become larger, up to eighty; and what claiming and beginning them reads is a call for each table. */
static void a_long_queue_is_taken_in_long_pieces(void **state)
{
    enum { JOBS = 700 };
    uint32_t lots[16] = { 0 }, before;
    int64_t connections[JOBS];
    uint64_t reads[16];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    world_connect(&w, "org", connections, JOBS);
    for (uint32_t i = 0; i < JOBS; i++) (void)queue_ask(&w, "org", connections[i], 0);
    (void)world_open_with(&w, 1, (adsync_engine_options){ .max_claim = JOBS, .max_in_flight = 100 });
    w.engines[1].frozen = true;
    for (uint32_t i = 0; i < 16; i++) {
        before = queue_begun(&w, "org", 0);
        reads[i] = w.faults.reads;
        assert_true(adsync_engine_step(w.engines[1].engine, 0, NULL) >= 0);
        reads[i] = w.faults.reads - reads[i];
        lots[i] = queue_begun(&w, "org", 0) - before;
    }
    for (uint32_t i = 0; i < 16; i++) assert_int_equal(lots[i], 10 << i / 4);
    assert_in_range(reads[12], 4, 10); /* of rows by their keys, and what a look at the other engines reads; eighty of each before */
    world_end(&w);
}

/* An end is part of its turn's commit: no turn makes two, however many jobs begin, go on and end in it. */
static void jobs_end_in_the_commit_of_their_turn(void **state)
{
    enum { JOBS = 20 };
    int64_t connections[JOBS];
    uint64_t commits;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    world_connect(&w, "org", connections, JOBS);
    for (uint32_t i = 0; i < JOBS; i++) (void)queue_ask(&w, "org", connections[i], 0);
    for (uint32_t i = 0; i < 400 && world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded") < JOBS; i++) {
        commits = w.faults.commits;
        assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
        assert_in_range(w.faults.commits - commits, 0, 1);
    }
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), JOBS);
    assert_int_equal(world_count(&w, ADSYNC_T_CONNECTIONS, ADSYNC_C_LAST_STATUS, "success"), JOBS);
    world_end(&w);
}

static uint32_t queue_in_shard(world *w, int64_t shard)
{
    const adsync_value bound[] = { adsync__value_int(w->org) };
    const adsync_range all = { .table = ADSYNC_T_QUEUE, .limit = QUEUE_MANY, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1 };
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_true(adsync_storage_scan(w->rows, w->org, &all, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n += adsync_rows_int(rows, ADSYNC_C_SHARD) == shard;
    adsync_rows_free(rows);
    return n;
}

/* However full its own shard is, an engine serves the others as well: there may be fewer engines than shards. */
static void an_engine_goes_from_shard_to_shard(void **state)
{
    int64_t connections[100];
    uint32_t before[2];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    adsync_engine_free(w.engines[0].engine);
    queue_shards(&w, 2);
    (void)world_open(&w, 0);
    world_connect(&w, "org", connections, 100);
    for (uint32_t i = 0; i < 100; i++) (void)queue_ask(&w, "org", connections[i], 0);
    for (uint32_t i = 0; i < 2; i++) assert_in_range(before[i] = queue_in_shard(&w, i), 30, 70);
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < 2; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    for (uint32_t i = 0; i < 2; i++) assert_int_equal(before[i] - queue_in_shard(&w, i), 10);
    world_end(&w);
}

/* A slot in a shard that there is no longer (their number was lowered) is found by its time. */
static void a_shard_that_is_no_more_loses_nothing(void **state)
{
    int64_t connections[60];
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    adsync_engine_free(w.engines[0].engine);
    queue_shards(&w, 16);
    (void)world_open(&w, 0);
    world_connect(&w, "org", connections, 60);
    for (uint32_t i = 0; i < 60; i++) (void)queue_ask(&w, "org", connections[i], 0);
    adsync_engine_free(w.engines[0].engine);
    queue_shards(&w, 1);
    (void)world_open(&w, 0);
    for (uint32_t i = 0; i < 300; i++) assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 60);
    world_end(&w);
}

/* A second wish of a lane at work waits, without being looked at in every turn, and runs when the lane is free. */
static void what_waits_for_its_lane_is_not_in_the_way(void **state)
{
    adsync_job_options days = { .size = sizeof days, .data = ADSYNC_DATA_METRICS, .from_day = 20260101, .to_day = 20260101 };
    int64_t jobs[30], free;
    uint64_t reads;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    for (uint32_t i = 0; i < 30; i++) {
        days.to_day = 20260101 + i;
        assert_int_equal(adsync_job_enqueue(w.engines[0].engine, "org", w.connection, &days, &jobs[i], NULL), ADSYNC_OK);
    }
    world_connect(&w, "org", &free, 1);
    w.engines[0].frozen = true;
    for (uint32_t i = 0; i < 8; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
    (void)queue_ask(&w, "org", free, 0);
    for (uint32_t i = 0; i < 4; i++) (void)adsync_engine_step(w.engines[0].engine, queue_second / 4, NULL);
    assert_int_equal(w.engines[0].n_flying, 2); /* thirty wait before it, and it runs */
    reads = w.faults.reads;
    for (uint32_t i = 0; i < 100; i++) (void)adsync_engine_step(w.engines[0].engine, queue_second / 100, NULL);
    assert_in_range(w.faults.reads - reads, 0, 60); /* a second */
    w.engines[0].frozen = false;
    for (uint32_t i = 0; i < 3000 && world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded") < 31; i++)
        (void)adsync_engine_step(w.engines[0].engine, queue_second / 4, NULL);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 31);
    world_end(&w);
}

/* Its job was dropped: the slot goes, and everything else goes on. */
/* One lane, two slots: the second is put off while the first is at work. Whoever works until nothing is left waits for it. */
static void what_was_put_off_for_its_lane_is_waited_for(void **state)
{
    adsync_job_options wish = { .data = ADSYNC_DATA_METRICS, .from_day = 20260101, .to_day = 20260101 };
    int64_t first = 0, second = 0;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    assert_int_equal(world_ask(&w, 0, wish, &first), ADSYNC_OK);
    wish.from_day = wish.to_day = 20260102;
    assert_int_equal(world_ask(&w, 0, wish, &second), ADSYNC_OK);
    for (uint32_t i = 0; i < 1000 && adsync_engine_step(w.engines[0].engine, 1000000, NULL) != ADSYNC_IDLE; i++) {}
    assert_string_equal(world_job(&w, first, ADSYNC_C_STATE), "succeeded");
    assert_string_equal(world_job(&w, second, ADSYNC_C_STATE), "succeeded");
    world_end(&w);
}

static void a_slot_without_a_job_is_dropped(void **state)
{
    int64_t job;
    world w;

    (void)state;
    world_begin(&w, queue_answer);
    job = queue_ask(&w, "org", w.connection, 0);
    const adsync_value key[] = { adsync__value_int(w.org), adsync__value_int(job) };
    const adsync_change gone = {
        .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_JOBS, .expected = ADSYNC_EXPECT_ANY, .values = key, .n_values = 2
    };
    assert_true(adsync_storage_commit(w.rows, w.org, &gone, 1, NULL, NULL) >= 0);
    for (uint32_t i = 0; i < 3; i++) assert_true(adsync_engine_step(w.engines[0].engine, 0, NULL) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
    (void)queue_ask(&w, "org", w.connection, 0);
    for (uint32_t i = 0; i < 20; i++) assert_true(adsync_engine_step(w.engines[0].engine, queue_second, NULL) >= 0);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 1);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_organisation_does_not_starve_a_small_one),
        cmocka_unit_test(the_circle_goes_on_where_the_last_lot_stopped),
        cmocka_unit_test(each_class_has_its_share),
        cmocka_unit_test(a_share_that_nobody_wants_is_used_by_others),
        cmocka_unit_test(a_lot_is_one_commit_and_no_shard_is_forgotten),
        cmocka_unit_test(a_long_queue_is_taken_in_long_pieces),
        cmocka_unit_test(jobs_end_in_the_commit_of_their_turn),
        cmocka_unit_test(an_engine_goes_from_shard_to_shard),
        cmocka_unit_test(a_shard_that_is_no_more_loses_nothing),
        cmocka_unit_test(what_waits_for_its_lane_is_not_in_the_way),
        cmocka_unit_test(what_was_put_off_for_its_lane_is_waited_for),
        cmocka_unit_test(a_slot_without_a_job_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
