/* SPDX-License-Identifier: MIT */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NOW = ADSYNC_PRIORITY_INTERACTIVE, USUAL = ADSYNC_PRIORITY_SCHEDULED, HISTORY = ADSYNC_PRIORITY_BACKFILL };

static clocked_world world;
static clocked a, b;

static int begin(void **state)
{
    (void)state;
    clocked_begin(&world);
    clocked_open(&a, &world, 0, true);
    clocked_open(&b, &world, 0, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(a.too_soon + b.too_soon, 0); /* at most one write per second, key and engine */
    clocked_close(&a);
    clocked_close(&b);
    clocked_end(&world);
    return 0;
}

static void a_long_window_gives_its_permits_at_once_and_the_next_a_window_later(void **state)
{
    int64_t wait;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_drain(&a, "k", NOW, 1000), 100);
    assert_int_equal(a.commits, 1); /* the takes cost no storage call */
    wait = clocked_take(&a, "one", "k", 1, NOW, NULL);
    assert_true(wait <= SECOND); /* first it tells that the lot is used up */
    world.now += wait;
    wait = clocked_take(&a, "one", "k", 1, NOW, NULL);
    assert_in_range(wait, MINUTE - SECOND, MINUTE + 2 * SECOND);
    world.now += wait - 1;
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 1);
    world.now += 1;
    assert_int_equal(clocked_drain(&a, "k", NOW, 1000), 100);
}

static void a_short_window_gives_its_permits_at_once_and_the_next_a_window_later(void **state)
{
    int64_t wait;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, SECOND, 10);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(clocked_drain(&a, "k", NOW, 1000), 10);
        wait = clocked_take(&a, "one", "k", 1, NOW, NULL);
        assert_in_range(wait, SECOND, SECOND + SECOND / 8);
        world.now += wait;
    }
    assert_true(a.commits <= 100 / 7);
}

static void two_handles_share_one_window(void **state)
{
    uint32_t taken = 0;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    clocked_window(&b, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    taken += clocked_drain(&a, "k", NOW, 30);
    for (int i = 0; i < 59; i++) {
        taken += clocked_drain(&b, "k", NOW, 1000);
        world.now += SECOND;
    }
    assert_true(taken <= 100);
    assert_true(taken >= 30);
    taken = 0;
    for (int i = 0; i < 300; i++) {
        taken += clocked_drain(&a, "k", NOW, 1000) + clocked_drain(&b, "k", NOW, 1000);
        world.now += SECOND;
    }
    assert_in_range(taken, 400, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_window_gives_its_permits_at_once_and_the_next_a_window_later, begin, end),
        cmocka_unit_test_setup_teardown(a_short_window_gives_its_permits_at_once_and_the_next_a_window_later, begin, end),
        cmocka_unit_test_setup_teardown(two_handles_share_one_window, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
