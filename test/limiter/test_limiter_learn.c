/* SPDX-License-Identifier: MIT */
/* Readings tighten at once, here and in the other processes; they relax by the rules of doc/limits.md. */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NOW = ADSYNC_PRIORITY_INTERACTIVE };

static clocked_world world;
static clocked a, b;
static const char *const key = "meta/app1/account:7/ads_management";

static int begin(void **state)
{
    (void)state;
    clocked_begin(&world);
    clocked_open(&a, &world, 5 * MINUTE, true);
    clocked_open(&b, &world, -5 * MINUTE, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(a.too_soon + b.too_soon, 0);
    clocked_close(&a);
    clocked_close(&b);
    clocked_end(&world);
    return 0;
}

static void window(uint32_t align, int64_t length, uint32_t permits)
{
    clocked_window(&a, key, align, length, permits);
    clocked_window(&b, key, align, length, permits);
}

static void learn(clocked *engine, uint32_t reading, int64_t value, int64_t reset)
{
    assert_int_equal(adsync_limiter_learn(engine->limiter, key, reading, value, reset, NULL), ADSYNC_OK);
}

static int64_t wait(clocked *engine) { return clocked_take(engine, "one", key, 1, NOW, NULL); }

/* How many in a while, asking about every second. */
static uint32_t flow(clocked *engine, int64_t length)
{
    uint32_t taken = 0;

    for (int64_t until = world.now + length; world.now < until; world.now += SECOND + SECOND / 10)
        taken += clocked_drain(engine, key, NOW, 100000);
    return taken;
}

static void a_block_holds_here_at_once_and_elsewhere_at_the_next_lease(void **state)
{
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(wait(&a), 0);
    world.now += 2 * SECOND;
    learn(&a, ADSYNC_READING_BLOCKED, 17 * SECOND, 0); /* "retryDelay": "17s" */
    assert_int_equal(wait(&a), 17 * SECOND);
    assert_int_equal(wait(&b), 17 * SECOND);
    learn(&b, ADSYNC_READING_BLOCKED, 0, world.now + 30 * SECOND);
    assert_int_equal(wait(&b), 30 * SECOND);
    world.now += 30 * SECOND - 1;
    assert_int_equal(wait(&b), 1);
    world.now += 1;
    assert_int_equal(wait(&a), 0);
}

static void a_block_reaches_a_process_that_has_a_lot_within_the_life_of_the_lot(void **state)
{
    int64_t learned;
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(wait(&b), 0); /* all permits are leased to b */
    learn(&a, ADSYNC_READING_BLOCKED, 10 * MINUTE, 0);
    for (learned = world.now; !wait(&b); world.now += SECOND)
        assert_true(world.now - learned <= 8 * SECOND);
    assert_in_range(wait(&b), 9 * MINUTE, 10 * MINUTE);
}

static void a_block_survives_a_restart(void **state)
{
    clocked c;
    (void)state;

    window(ADSYNC_WINDOW_LEARNED, 0, 0);
    learn(&a, ADSYNC_READING_BLOCKED, 0, world.now + 24 * HOUR);
    world.now += HOUR;
    clocked_open(&c, &world, 0, true);
    clocked_window(&c, key, ADSYNC_WINDOW_LEARNED, 0, 0);
    assert_int_equal(wait(&c), 23 * HOUR);
    clocked_close(&c);
}

static void a_limit_without_numbers_is_free_until_something_is_learned(void **state)
{
    (void)state;

    window(ADSYNC_WINDOW_LEARNED, 0, 0);
    assert_int_equal(clocked_drain(&a, key, NOW, 5000), 5000);
    assert_int_equal(a.commits, 0);
    assert_int_equal(a.reads, 1);
    learn(&b, ADSYNC_READING_BLOCKED, 10 * MINUTE, 0);
    world.now += MINUTE + SECOND;
    assert_in_range(wait(&a), 8 * MINUTE, 9 * MINUTE); /* it looks once a minute */
    learn(&a, ADSYNC_READING_USED_PERCENT, 90, 0);
    world.now += 10 * MINUTE;
    learn(&a, ADSYNC_READING_USED_PERCENT, 90, 0);
    assert_int_equal(wait(&a), 0);
    assert_in_range(wait(&a), SECOND, 3 * SECOND); /* slower now */
}

static void from_75_percent_on_it_slows_down_and_at_100_it_stops(void **state)
{
    uint32_t full, less;
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 1000);
    learn(&a, ADSYNC_READING_USED_PERCENT, 75, 0);
    full = flow(&a, MINUTE);
    assert_int_equal(full, 1000);
    world.now += 2 * MINUTE;
    learn(&a, ADSYNC_READING_USED_PERCENT, 90, 0);
    less = flow(&a, MINUTE - 5 * SECOND);
    assert_int_equal(less, 400); /* (100 - 90) / (100 - 75) */
    assert_true(flow(&b, 2 * SECOND) <= 125); /* the others too; and it heals by an eighth a minute */
    learn(&a, ADSYNC_READING_USED_PERCENT, 100, world.now + 20 * MINUTE);
    assert_int_equal(wait(&a), 20 * MINUTE);
    assert_true(wait(&b) > 0);
    world.now += 20 * MINUTE;
    learn(&a, ADSYNC_READING_USED_PERCENT, 130, 0); /* without an end: a minute */
    assert_int_equal(wait(&a), MINUTE);
}

static void the_pace_heals_by_an_eighth_a_minute(void **state)
{
    uint32_t per_minute[10];
    (void)state;

    window(ADSYNC_WINDOW_ROLL, SECOND, 800);
    learn(&a, ADSYNC_READING_USED_PERCENT, 99, 0); /* 40 of 1,000 */
    world.now += SECOND;
    assert_int_equal(clocked_drain(&a, key, NOW, 10000), 800 * 40 / 1000);
    world.now += SECOND;
    for (uint32_t i = 0; i < 10; i++)
        per_minute[i] = flow(&a, MINUTE);
    for (uint32_t i = 0; i < 7; i++)
        assert_in_range(per_minute[i], 800 * (40 + 125 * i) / 1000 * 50, 800 * (40 + 125 * (i + 1)) / 1000 * 55);
    assert_true(per_minute[9] > 800 * 50);
    learn(&a, ADSYNC_READING_USED_PERCENT, 80, 0); /* a later, milder reading tightens from where it stands */
    world.now += 2 * SECOND;
    assert_int_equal(clocked_drain(&a, key, NOW, 10000), 640);
}

static void refusals_without_a_word_are_answered_by_1_2_4_seconds_and_5_minutes(void **state)
{
    static const int64_t silence[] = { 1, 2, 4, 300, 300 };
    (void)state;

    window(ADSYNC_WINDOW_ROLL, SECOND, 10);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(wait(&a), 0);
        learn(&a, ADSYNC_READING_REFUSED, 0, 0);
        learn(&a, ADSYNC_READING_REFUSED, 0, 0); /* what was under way when it began says nothing new */
        assert_int_equal(wait(&a), silence[i] * SECOND);
        world.now += SECOND;
        if (i == 3) assert_int_equal(wait(&b), 299 * SECOND);
        world.now += (silence[i] - 1) * SECOND;
        (void)wait(&a);
        world.now += 2 * SECOND;
    }
    world.now += 2 * MINUTE; /* a run of refusals is over a minute after its last silence */
    learn(&a, ADSYNC_READING_REFUSED, 0, 0);
    assert_int_equal(wait(&a), SECOND);
}

static void refusals_are_counted_over_all_processes_and_survive_a_restart(void **state)
{
    clocked c;
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 100);
    for (uint32_t i = 0; i < 2; i++) {
        learn(i ? &b : &a, ADSYNC_READING_REFUSED, 0, 0);
        world.now += 10 * SECOND; /* leases are over: both look again */
        (void)wait(&a);
        (void)wait(&b);
    }
    clocked_open(&c, &world, 0, true);
    clocked_window(&c, key, ADSYNC_WINDOW_ROLL, MINUTE, 100);
    (void)wait(&c);
    world.now += 2 * SECOND;
    learn(&c, ADSYNC_READING_REFUSED, 0, 0); /* the third in a row */
    assert_int_equal(wait(&c), 4 * SECOND);
    clocked_close(&c);
}

static void what_remains_is_believed_where_it_is_less_than_we_thought(void **state)
{
    int64_t reset = CLOCKED_START + 10 * MINUTE;
    uint32_t taken;
    (void)state;

    window(ADSYNC_WINDOW_FIXED, 15 * MINUTE, 450);
    assert_int_equal(wait(&a), 0);
    learn(&a, ADSYNC_READING_REMAINING, 100, reset); /* somebody else uses the same token */
    taken = flow(&a, MINUTE) + flow(&b, MINUTE);
    assert_in_range(taken, 90, 100);
    learn(&a, ADSYNC_READING_REMAINING, 5000, reset); /* more than we think is no news */
    assert_int_equal(flow(&a, 10 * SECOND) + flow(&b, 10 * SECOND), 100 - taken);
    world.now = reset + 10 * SECOND;
    assert_true(flow(&a, MINUTE) >= 400);
}

static void nothing_remaining_blocks_until_the_reset(void **state)
{
    (void)state;

    window(ADSYNC_WINDOW_FIXED, 5 * SECOND, 83);
    assert_int_equal(wait(&a), 0);
    world.now += 2 * SECOND;
    learn(&a, ADSYNC_READING_REMAINING, 0, world.now + 3217 * 1000); /* milliseconds, made an instant */
    assert_int_equal(wait(&a), 3217 * 1000);
    assert_int_equal(wait(&b), 3217 * 1000);
    world.now += 3217 * 1000;
    assert_int_equal(wait(&a), 0);
    learn(&a, ADSYNC_READING_REMAINING, 3, world.now + 4 * SECOND);
    assert_int_equal(clocked_drain(&a, key, NOW, 100), 3);
    assert_int_equal(wait(&a), 4 * SECOND);
}

static void readings_beyond_reason_are_cut(void **state)
{
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 100);
    learn(&a, ADSYNC_READING_USED_PERCENT, INT64_MAX, INT64_MAX);
    assert_int_equal(wait(&a), 35 * DAY);
    learn(&a, ADSYNC_READING_BLOCKED, INT64_MAX, INT64_MAX);
    assert_int_equal(wait(&a), 35 * DAY);
    learn(&a, ADSYNC_READING_REMAINING, INT64_MAX, INT64_MAX);
    learn(&a, ADSYNC_READING_REMAINING, 7, 1); /* a reset in the past is no reset */
    learn(&a, ADSYNC_READING_REFUSED, 0, INT64_MAX);
    assert_int_equal(wait(&a), 35 * DAY);
}

static void a_reading_holds_here_where_the_storage_fails_and_is_told_later(void **state)
{
    (void)state;

    window(ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(wait(&a), 0);
    world.now += 2 * SECOND;
    a.fail = true;
    assert_int_equal(adsync_limiter_learn(a.limiter, key, ADSYNC_READING_BLOCKED, MINUTE, 0, NULL), ADSYNC_E_STORAGE);
    assert_int_equal(wait(&a), MINUTE);
    a.fail = false;
    world.now += 2 * SECOND;
    assert_int_equal(adsync_limiter_tend(a.limiter, NULL, NULL), ADSYNC_OK);
    assert_int_equal(wait(&b), MINUTE - 2 * SECOND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_block_holds_here_at_once_and_elsewhere_at_the_next_lease),
        TEST(a_block_reaches_a_process_that_has_a_lot_within_the_life_of_the_lot),
        TEST(a_block_survives_a_restart),
        TEST(a_limit_without_numbers_is_free_until_something_is_learned),
        TEST(from_75_percent_on_it_slows_down_and_at_100_it_stops),
        TEST(the_pace_heals_by_an_eighth_a_minute),
        TEST(refusals_without_a_word_are_answered_by_1_2_4_seconds_and_5_minutes),
        TEST(refusals_are_counted_over_all_processes_and_survive_a_restart),
        TEST(what_remains_is_believed_where_it_is_less_than_we_thought),
        TEST(nothing_remaining_blocks_until_the_reset),
        TEST(readings_beyond_reason_are_cut),
        TEST(a_reading_holds_here_where_the_storage_fails_and_is_told_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
