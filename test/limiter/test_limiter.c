/* SPDX-License-Identifier: MIT */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    NOW = ADSYNC_PRIORITY_INTERACTIVE,
    HOOK = ADSYNC_PRIORITY_WEBHOOK,
    USUAL = ADSYNC_PRIORITY_SCHEDULED,
    HISTORY = ADSYNC_PRIORITY_BACKFILL
};

static clocked_world world;
static clocked a, b;

static int begin(void **state)
{
    (void)state;
    clocked_begin(&world);
    clocked_open(&a, &world, 3 * MINUTE, true);
    clocked_open(&b, &world, -4 * MINUTE, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(a.too_soon + b.too_soon, 0); /* at most one write per second, key and handle */
    clocked_close(&a);
    clocked_close(&b);
    clocked_end(&world);
    return 0;
}

static void both(const char *key, uint32_t align, int64_t length, uint32_t permits)
{
    clocked_window(&a, key, align, length, permits);
    clocked_window(&b, key, align, length, permits);
}

static void a_long_window_gives_its_permits_in_seconds_and_the_next_a_window_later(void **state)
{
    static const uint32_t lots[] = { 12, 12, 24, 48, 4 }; /* as many as were used, and an eighth at first */
    int64_t wait;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    for (uint32_t i = 0; i < 5; i++, world.now += SECOND) {
        assert_int_equal(clocked_drain(&a, "k", NOW, 1000), lots[i]);
        assert_int_equal(a.commits, i + 1); /* the takes cost no storage call */
        assert_int_equal(a.reads, i + 1);
    }
    wait = clocked_take(&a, "one", "k", 1, NOW, NULL); /* tells that the lot is used up */
    assert_in_range(world.now + wait, CLOCKED_START + MINUTE + SECOND, CLOCKED_START + MINUTE + 2 * SECOND);
    world.now += wait - 1;
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 1);
    world.now += 1;
    assert_int_equal(clocked_fill(&a, "k", NOW, 1000), 100);
}

/* What the stored rows count of a key's window. */
static int64_t counted(const char *key)
{
    adsync_rows *rows = NULL;
    int64_t used = -1;

    assert_int_equal(adsync_limiter_list(b.limiter, NULL, 1000, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        if (!strcmp(adsync_rows_text(rows, ADSYNC_C_KEY), key)) used = adsync_rows_int(rows, ADSYNC_C_USED);
    adsync_rows_free(rows);
    return used;
}

static void a_process_killed_after_its_first_call_leaves_most_of_the_window(void **state)
{
    static const struct {
        int64_t length;
        uint32_t align, permits;
    } windows[] = {
        { MINUTE, ADSYNC_WINDOW_ROLL, 10 },        { 5 * MINUTE, ADSYNC_WINDOW_ROLL, 100 }, { 5 * MINUTE, ADSYNC_WINDOW_ROLL, 7200 },
        { 15 * MINUTE, ADSYNC_WINDOW_FIXED, 900 }, { HOUR, ADSYNC_WINDOW_ROLL, 80000 },     { DAY, ADSYNC_WINDOW_ROLL, 1000 },
    };
    (void)state;

    for (uint32_t i = 0; i < ADSYNC__COUNT(windows); i++) {
        clocked killed;
        char key[8];
        uint32_t taken = 0;
        (void)snprintf(key, sizeof key, "k%u", i);
        clocked_open(&killed, &world, 0, true);
        clocked_window(&killed, key, windows[i].align, windows[i].length, windows[i].permits);
        assert_int_equal(clocked_take(&killed, "one", key, 1, USUAL, NULL), 0);
        killed.fail = true;
        clocked_close(&killed);
        assert_in_range(counted(key), 1, windows[i].permits / 8);
        if (windows[i].length > 5 * MINUTE) continue;
        clocked_window(&b, key, windows[i].align, windows[i].length, windows[i].permits);
        for (int k = 0; k < 25; k++, world.now += 2 * SECOND) /* within the minute */
            taken += clocked_drain(&b, key, NOW, UINT32_MAX);
        assert_true(taken * 100 >= windows[i].permits * 87);
    }
}

static void who_is_alone_uses_at_least_nine_tenths_of_a_window(void **state)
{
    static const int64_t lengths[] = { MINUTE, 5 * MINUTE, HOUR };
    (void)state;

    for (uint32_t i = 0; i < ADSYNC__COUNT(lengths); i++) {
        uint64_t taken = 0;
        char key[8];
        (void)snprintf(key, sizeof key, "k%u", i);
        clocked_window(&a, key, ADSYNC_WINDOW_ROLL, lengths[i], 600);
        for (int64_t end = world.now + 10 * lengths[i]; world.now < end; world.now += SECOND / 4)
            taken += clocked_drain(&a, key, NOW, 1000);
        assert_in_range(taken, 10 * 600 * 90 / 100, 10 * 600);
    }
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

static void a_fixed_window_starts_anew_where_the_platform_said(void **state)
{
    const char *key = "k";
    (void)state;

    clocked_window(&a, key, ADSYNC_WINDOW_FIXED, 15 * MINUTE, 160);
    assert_int_equal(clocked_drain(&a, key, NOW, 10), 10);
    assert_int_equal(adsync_limiter_learn(a.limiter, key, ADSYNC_READING_REMAINING, 150, CLOCKED_START + 5 * MINUTE, NULL), ADSYNC_OK);
    world.now += 2 * SECOND;
    (void)clocked_drain(&a, key, NOW, 1000);
    world.now += 2 * SECOND;
    (void)clocked_drain(&a, key, NOW, 1000);
    world.now = CLOCKED_START + 5 * MINUTE + 7 * SECOND; /* not a quarter of an hour later: at the reset, and a little */
    assert_true(clocked_drain(&a, key, NOW, 1000) >= 10);
    world.now += 2 * SECOND;
    assert_true(clocked_drain(&a, key, NOW, 1000) >= 10);
}

static void a_day_of_UTC_starts_anew_at_midnight(void **state)
{
    int64_t wait;
    uint32_t taken = 0;
    (void)state;

    world.now = CLOCKED_START + 20 * HOUR;
    clocked_window(&a, "k", ADSYNC_WINDOW_UTC_DAY, 0, 50);
    for (int i = 0; i < 60; i++, world.now += 2 * SECOND) taken += clocked_drain(&a, "k", NOW, 1000);
    assert_int_equal(taken, 50);
    wait = clocked_take(&a, "one", "k", 1, NOW, NULL);
    assert_in_range(world.now + wait, CLOCKED_START + DAY, CLOCKED_START + DAY + 10 * SECOND);
    world.now += wait;
    assert_true(clocked_drain(&a, "k", NOW, 1000) > 0);
}

static void held_permits_come_back_when_settled_and_not_before(void **state)
{
    int64_t tickets[3], next;
    (void)state;

    both("k", ADSYNC_WINDOW_HELD, 10 * MINUTE, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, &tickets[i]), 0);
        world.now += 2 * SECOND;
    }
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    for (int i = 0; i < 400; i++, world.now += 30 * SECOND) { /* for hours: the holder lives and says so */
        assert_int_equal(adsync_limiter_tend(a.limiter, &next, NULL), ADSYNC_OK);
        assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0);
    }
    assert_int_equal(adsync_limiter_settle(a.limiter, tickets[1], ADSYNC_SETTLE_AS_TAKEN, NULL), ADSYNC_OK);
    assert_int_equal(adsync_limiter_tend(a.limiter, NULL, NULL), ADSYNC_OK);
    world.now += 2 * SECOND;
    assert_int_equal(clocked_take(&b, "one", "k", 1, NOW, NULL), 0);
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
}

static void held_permits_of_a_dead_process_come_back_after_the_windows_length(void **state)
{
    int64_t died;
    (void)state;

    both("k", ADSYNC_WINDOW_HELD, 10 * MINUTE, 1);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
    a.fail = true; /* from here on it is silent */
    died = world.now;
    while (clocked_take(&b, "one", "k", 1, NOW, NULL)) world.now += SECOND;
    assert_in_range(world.now - died, 10 * MINUTE, 12 * MINUTE);
}

static void all_windows_of_all_keys_are_taken_from_or_none(void **state)
{
    const char *keys[2] = { "wide", "narrow" };
    const uint32_t units[2] = { 5, 1 };
    int64_t ticket, wait;
    uint32_t taken = 0;
    (void)state;

    clocked_window(&a, "wide", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    clocked_window(&a, "wide", ADSYNC_WINDOW_ROLL, SECOND, 50);
    clocked_window(&a, "narrow", ADSYNC_WINDOW_ROLL, HOUR, 2);
    for (int i = 0; i < 22; i++, world.now += 2 * SECOND) {
        assert_int_equal(adsync_limiter_take(a.limiter, "one", keys, units, 2, NOW, &ticket, &wait, NULL), ADSYNC_OK);
        assert_int_equal(ticket > 0, i < 2);
        assert_int_equal(wait > 0, i >= 2);
    }
    for (int i = 0; i < 8; i++, world.now += SECOND) {
        uint32_t now = clocked_drain(&a, "wide", NOW, 1000);
        assert_true(now <= 50); /* the short window's */
        taken += now;
    }
    assert_int_equal(taken, 90); /* what the ten that went out have left of the long one's */
}

static void a_lot_that_ends_while_another_key_leases_is_not_used(void **state)
{
    const char *keys[2] = { "first", "second" };
    int64_t ticket, wait;
    (void)state;

    clocked_window(&a, "first", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    clocked_window(&a, "second", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_take(&a, "one", "first", 1, NOW, NULL), 0);
    world.now += 7 * SECOND; /* half a second of its life is left */
    world.latency = 900000;
    assert_int_equal(adsync_limiter_take(a.limiter, "one", keys, NULL, 2, NOW, &ticket, &wait, NULL), ADSYNC_OK);
    assert_true(ticket > 0);
    assert_int_equal(a.commits, 3); /* it leased anew */
    world.latency = 0;
}

static void what_was_not_sent_comes_back_and_what_cost_more_is_owed(void **state)
{
    int64_t ticket;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_take(&a, "one", "k", 60, NOW, &ticket), 0);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, 0, NULL), ADSYNC_OK);
    assert_int_equal(clocked_take(&a, "one", "k", 60, NOW, &ticket), 0);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, 10, NULL), ADSYNC_OK);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, &ticket), 0);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, 150, NULL), ADSYNC_OK); /* more than there is */
    world.now += 2 * SECOND;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    world.now += 50 * SECOND;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    clocked_window(&b, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0); /* the others know it too */
    world.now += 13 * SECOND;
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
}

static void a_ticket_is_settled_once(void **state)
{
    int64_t ticket;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, &ticket), 0);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, 1, NULL), ADSYNC_OK);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, 1, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket + 1, 1, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_limiter_settle(a.limiter, 0, 1, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_limiter_settle(a.limiter, INT64_MIN, 1, NULL), ADSYNC_E_NOT_FOUND);
}

static void background_work_leaves_a_reserve_to_people(void **state)
{
    uint32_t taken[5] = { 0 };
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 3200);
    for (uint32_t priority = HISTORY; priority >= NOW; priority--) {
        taken[priority] += clocked_fill(&a, "k", priority, 10000);
    }
    assert_int_equal(taken[HISTORY] + taken[USUAL] + taken[HOOK] + taken[NOW], 3200);
    assert_in_range(taken[HISTORY], 3200 - 400, 3200 - 300);
    assert_true(taken[USUAL] >= 50 && taken[HOOK] >= 50 && taken[NOW] >= 50);
}

static void two_handles_share_one_window(void **state)
{
    uint32_t taken = 0;
    (void)state;

    both("k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    taken += clocked_drain(&a, "k", NOW, 30);
    for (int i = 0; i < 59; i++, world.now += SECOND) taken += clocked_drain(&b, "k", NOW, 1000);
    assert_in_range(taken, 30, 100);
    taken = 0;
    for (int i = 0; i < 300; i++, world.now += SECOND) taken += clocked_drain(&a, "k", NOW, 1000) + clocked_drain(&b, "k", NOW, 1000);
    assert_in_range(taken, 400, 600);
}

static void what_was_leased_and_not_used_is_given_back(void **state)
{
    int64_t next = 0;
    (void)state;

    both("k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_fill(&a, "k", NOW, 49), 49);        /* 1 of a lot of 48 */
    assert_true(clocked_take(&b, "one", "k", 5, NOW, NULL) > 0); /* being alone, the first may lease as many as it used */
    assert_int_equal(adsync_limiter_tend(a.limiter, &next, NULL), ADSYNC_OK);
    assert_in_range(next, SECOND, 8 * SECOND);
    world.now += next;
    assert_int_equal(adsync_limiter_tend(a.limiter, &next, NULL), ADSYNC_OK);
    world.now += 2 * SECOND;
    assert_true(clocked_fill(&b, "k", NOW, 1000) >= 45);
}

static void a_freed_handle_gives_back_and_its_use_stays_known(void **state)
{
    clocked c;
    uint32_t taken = 0;
    (void)state;

    clocked_open(&c, &world, 0, true);
    clocked_window(&c, "k", ADSYNC_WINDOW_ROLL, DAY, 1000);
    assert_int_equal(clocked_fill(&c, "k", NOW, 40), 40);
    world.now += 2 * SECOND;
    clocked_close(&c);
    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, DAY, 1000);
    for (int i = 0; i < 100; i++, world.now += 2 * SECOND) taken += clocked_drain(&a, "k", NOW, 10000);
    assert_int_equal(taken, 960);
}

static void a_lease_whose_commit_is_in_doubt_is_not_used(void **state)
{
    (void)state;

    for (uint32_t dropped = 0; dropped < 2; dropped++) {
        char key[8];
        uint32_t taken = 41;
        (void)snprintf(key, sizeof key, "k%u", dropped);
        both(key, ADSYNC_WINDOW_ROLL, MINUTE, 100);
        assert_int_equal(clocked_take(&a, "one", key, 40, NOW, NULL), 0);
        assert_true(clocked_take(&b, "one", key, 61, NOW, NULL) > 0); /* leaves a wish, so that a leases less */
        world.now += 8 * SECOND;
        assert_int_equal(clocked_take(&a, "one", key, 1, NOW, NULL), 0);
        world.now += 2 * SECOND;
        a.lose = 5; /* every answer, until the library has to give up */
        a.dropped = dropped;
        assert_true(clocked_take(&a, "one", key, 55, NOW, NULL) > 0);
        assert_int_equal(a.lose, 0);
        taken += clocked_drain(&a, key, NOW, 100);
        for (int i = 0; i < 20; i++, world.now += 2 * SECOND) taken += clocked_drain(&a, key, NOW, 100) + clocked_drain(&b, key, NOW, 100);
        assert_int_equal(taken, 100); /* none too many, and none lost */
        world.now += 2 * MINUTE;
    }
}

static void a_storage_clock_that_leaps_ahead_frees_nothing(void **state)
{
    uint32_t taken;
    (void)state;

    both("k", ADSYNC_WINDOW_ROLL, 5 * MINUTE, 100);
    taken = clocked_fill(&a, "k", NOW, 100);
    world.now += 2 * SECOND;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    assert_true(clocked_take(&b, "one", "k", 1, HISTORY, NULL) > 0); /* so that it looks again for a person at once */
    world.now += 2 * SECOND;
    world.storage_skew = HOUR; /* somebody set the clock of the machine */
    for (int i = 0; i < 140; i++, world.now += 2 * SECOND) taken += clocked_drain(&b, "k", NOW, 100);
    assert_int_equal(taken, 100);
    for (int i = 0; i < 60; i++, world.now += 2 * SECOND) taken += clocked_drain(&b, "k", NOW, 100);
    assert_true(taken > 100);
}

static void a_storage_clock_that_is_set_back_stalls_nothing_for_long(void **state)
{
    uint32_t taken = 0;
    (void)state;

    both("k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_fill(&a, "k", NOW, 100), 100);
    world.now += 2 * SECOND;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    world.storage_skew = -10 * HOUR;
    for (int i = 0; i < 90; i++, world.now += 2 * SECOND) taken += clocked_drain(&b, "k", NOW, 100);
    assert_true(taken >= 100);
}

static void a_takes_all(void)
{
    world.now += 100 * SECOND;
    assert_int_equal(clocked_fill(&a, "k", NOW, 16), 16);
}

/* P6a: b stands still while it reads the row, and a leases and uses everything meanwhile. */
static void what_was_leased_while_another_stood_still_counts_in_full(void **state)
{
    (void)state;
    both("k", ADSYNC_WINDOW_ROLL, 2 * MINUTE, 16);
    b.meanwhile = a_takes_all;
    assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0);
    for (const int64_t end = CLOCKED_START + 100 * SECOND + 2 * MINUTE; world.now < end; world.now += SECOND)
        assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0);
    world.now += MINUTE;
    assert_int_equal(clocked_take(&b, "one", "k", 1, NOW, NULL), 0);
}

static void a_is_told_to_stop(void)
{
    world.now += 50 * SECOND;
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_BLOCKED, HOUR, 0, NULL), ADSYNC_OK);
}

/* What b read before it stood still is looked up again a minute after it asked, not after it went on. */
static void what_was_read_before_standing_still_is_no_news(void **state)
{
    (void)state;
    both("k", ADSYNC_WINDOW_LEARNED, 0, 0);
    b.afterwards = a_is_told_to_stop;
    assert_int_equal(clocked_take(&b, "one", "k", 1, NOW, NULL), 0);
    world.now = CLOCKED_START + MINUTE + SECOND;
    assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0);
}

static void a_monotonic_clock_that_goes_back_gives_no_free_pass(void **state)
{
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, SECOND, 10);
    assert_int_equal(clocked_drain(&a, "k", NOW, 100), 10);
    a.frozen = HOUR;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
}

static void the_largest_numbers_work(void **state)
{
    (void)state;

    both("k", ADSYNC_WINDOW_ROLL, 366 * DAY, INT32_MAX);
    both("s", ADSYNC_WINDOW_ROLL, 1000, INT32_MAX);
    for (int i = 0; i < 5; i++, world.now += 2 * SECOND) {
        (void)clocked_take(&a, "one", "s", INT32_MAX, NOW, NULL);
        (void)clocked_take(&b, "one", "s", INT32_MAX, NOW, NULL);
        (void)clocked_take(&a, "two", "s", INT32_MAX, USUAL, NULL);
        (void)clocked_take(&a, "one", "k", INT32_MAX, NOW, NULL);
        (void)clocked_take(&b, "one", "k", INT32_MAX, NOW, NULL);
        (void)clocked_take(&b, "two", "k", INT32_MAX, HISTORY, NULL);
    }
    assert_true(clocked_take(&b, "one", "k", 1, NOW, NULL) > 0);
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
}

static void permits_can_be_changed_while_it_runs(void **state)
{
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_fill(&a, "k", NOW, 50), 50);
    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 60);
    world.now += 2 * SECOND;
    assert_int_equal(clocked_drain(&a, "k", NOW, 1000), 10);
    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 200);
    world.now += 2 * SECOND;
    assert_int_equal(clocked_fill(&a, "k", NOW, 140), 140);
    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, SECOND, 1); /* one more window */
    world.now += 2 * MINUTE;
    assert_int_equal(clocked_drain(&a, "k", NOW, 1000), 1);
}

static void the_list_shows_what_is_stored(void **state)
{
    adsync_rows *rows = NULL;
    (void)state;

    clocked_window(&a, "x", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    clocked_window(&a, "y", ADSYNC_WINDOW_LEARNED, 0, 0);
    assert_int_equal(clocked_drain(&a, "x", NOW, 7), 7);
    assert_int_equal(adsync_limiter_learn(a.limiter, "y", ADSYNC_READING_BLOCKED, 5 * SECOND, 0, NULL), ADSYNC_OK);
    assert_int_equal(adsync_limiter_list(b.limiter, NULL, 10, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 2);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_KEY), "x");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_WINDOW), "roll 60000000 us");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_PERMITS), 100);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_USED), 12); /* leased counts */
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_LEFT), 88);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_PACE), 1000);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_UNTIL_US), ADSYNC_VALUE_NULL);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_KEY), "y");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_UNTIL_US), world.now + 5 * SECOND);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_LEFT), ADSYNC_VALUE_NULL); /* nobody knows */
    adsync_rows_free(rows);
    assert_int_equal(adsync_limiter_list(b.limiter, "x", 10, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
}

static void the_list_says_when_a_limit_is_free_again(void **state)
{
    adsync_rows *rows = NULL;
    int64_t until;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_fill(&a, "k", NOW, 100), 100);
    assert_int_equal(adsync_limiter_list(b.limiter, NULL, 10, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_LEFT), 0);
    until = adsync_rows_int(rows, ADSYNC_C_UNTIL_US);
    adsync_rows_free(rows);
    assert_in_range(until, CLOCKED_START + MINUTE, CLOCKED_START + MINUTE + 3 * SECOND);
    world.now = until + 1;
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_long_window_gives_its_permits_in_seconds_and_the_next_a_window_later),
        TEST(a_process_killed_after_its_first_call_leaves_most_of_the_window),
        TEST(who_is_alone_uses_at_least_nine_tenths_of_a_window),
        TEST(a_short_window_gives_its_permits_at_once_and_the_next_a_window_later),
        TEST(a_fixed_window_starts_anew_where_the_platform_said),
        TEST(a_day_of_UTC_starts_anew_at_midnight),
        TEST(held_permits_come_back_when_settled_and_not_before),
        TEST(held_permits_of_a_dead_process_come_back_after_the_windows_length),
        TEST(all_windows_of_all_keys_are_taken_from_or_none),
        TEST(a_lot_that_ends_while_another_key_leases_is_not_used),
        TEST(what_was_not_sent_comes_back_and_what_cost_more_is_owed),
        TEST(a_ticket_is_settled_once),
        TEST(background_work_leaves_a_reserve_to_people),
        TEST(two_handles_share_one_window),
        TEST(what_was_leased_and_not_used_is_given_back),
        TEST(a_freed_handle_gives_back_and_its_use_stays_known),
        TEST(a_lease_whose_commit_is_in_doubt_is_not_used),
        TEST(a_storage_clock_that_leaps_ahead_frees_nothing),
        TEST(a_storage_clock_that_is_set_back_stalls_nothing_for_long),
        TEST(what_was_leased_while_another_stood_still_counts_in_full),
        TEST(what_was_read_before_standing_still_is_no_news),
        TEST(a_monotonic_clock_that_goes_back_gives_no_free_pass),
        TEST(the_largest_numbers_work),
        TEST(permits_can_be_changed_while_it_runs),
        TEST(the_list_shows_what_is_stored),
        TEST(the_list_says_when_a_limit_is_free_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
