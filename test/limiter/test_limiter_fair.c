/* SPDX-License-Identifier: MIT */
/* Who gets what under load: between organisations, between priorities, between processes. */
#include "clocked.h"

#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ORGS = 50, ACCOUNTS = 40, CALLS = ORGS * ACCOUNTS, WAITS = 400000 };
enum { NOW = ADSYNC_PRIORITY_INTERACTIVE, USUAL = ADSYNC_PRIORITY_SCHEDULED };

/* An account asks, comes back exactly when told, and asks again some time after it was let through. */
typedef struct account {
    adsync__timer timer; /* when it asks next */
    uint32_t org;
    int64_t since; /* when it first asked for this permit */
    int64_t pause; /* on average between two permits; 0: at once */
} account;

static clocked_world world;
static clocked engine;
static account accounts[CALLS];
static int64_t waits[WAITS];
static size_t n_waits;
static uint64_t taken[ORGS];

static int waits_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t percentile(uint32_t percent)
{
    qsort(waits, n_waits, sizeof *waits, waits_order);
    return waits[n_waits * percent / 100];
}

static void ask(account *acc, adsync__heap *heap, uint64_t *draw)
{
    char org[8], own[32];
    const char *keys[2] = { "app", own };
    int64_t ticket = 0, wait = 0;

    (void)snprintf(org, sizeof org, "o%u", acc->org);
    (void)snprintf(own, sizeof own, "account:%u", (uint32_t)(acc - accounts));
    if (!acc->since) acc->since = world.now;
    assert_int_equal(adsync_limiter_take(engine.limiter, org, keys, NULL, 2, USUAL, &ticket, &wait, NULL), ADSYNC_OK);
    if (ticket) {
        taken[acc->org]++;
        if (acc->org && n_waits < WAITS) waits[n_waits++] = world.now - acc->since;
        acc->since = 0;
        wait = acc->pause ? acc->pause * 3 / 4 + clocked_drawn(draw, (uint32_t)(acc->pause / 2)) : 1000;
    }
    assert_true(adsync__heap_set(heap, &acc->timer, world.now + wait));
}

/* Everybody but org 0 asks for `percent` of a fair share of the app's quota; org 0 for all it can get. */
static void run(int64_t length, uint32_t permits, uint32_t percent, int64_t windows)
{
    adsync__heap heap = { 0 };
    uint64_t draw = 11;
    char own[32];

    clocked_begin(&world);
    clocked_open(&engine, &world, 0, true);
    n_waits = 0;
    memset(taken, 0, sizeof taken);
    clocked_window(&engine, "app", ADSYNC_WINDOW_ROLL, length, permits);
    for (uint32_t i = 0; i < CALLS; i++) {
        int64_t fair = length * CALLS / permits * 100 / percent; /* between two permits of one account */
        accounts[i] = (account){ .org = i % ORGS, .pause = i % ORGS ? fair : 0 };
        (void)snprintf(own, sizeof own, "account:%u", i);
        clocked_window(&engine, own, ADSYNC_WINDOW_ROLL, SECOND, 100);
        assert_true(adsync__heap_set(&heap, &accounts[i].timer, world.now + 1 + clocked_drawn(&draw, (uint32_t)fair)));
    }
    for (int64_t end = world.now + windows * length; world.now < end;) {
        account *acc = (account *)adsync__heap_first(&heap);
        if (acc->timer.due > world.now) world.now = acc->timer.due;
        ask(acc, &heap, &draw);
    }
    clocked_close(&engine);
    clocked_end(&world);
    adsync__heap_free(&heap);
}

/* A fair share of N in W for 50 orgs is one permit in 50 W / N: so long may one that is due wait, and twice that is allowed. */
static void judge(int64_t length, uint32_t permits, uint32_t percent, int64_t windows, int64_t total)
{
    int64_t fair = length * ORGS / permits;
    uint64_t all = 0;

    run(length, permits, percent, windows);
    for (uint32_t i = 0; i < ORGS; i++) all += taken[i];
    print_message("%u in %lld s at %u %%: p50 %lld p95 %lld p99 %lld us, fair share every %lld us, greedy %llu of %llu of %lld\n", permits,
                  (long long)(length / SECOND), percent, (long long)percentile(50), (long long)percentile(95), (long long)percentile(99),
                  (long long)fair, (unsigned long long)taken[0], (unsigned long long)all, (long long)(permits * windows));
    assert_true(percentile(95) <= 2 * fair);
    assert_true((int64_t)all >= total);
}

static void a_greedy_org_does_not_make_the_others_wait(void **state)
{
    (void)state;
    judge(300 * SECOND, 9000, 80, 12, 9000 * 12 * 8 / 10);
    judge(300 * SECOND, 9000, 30, 12, 9000 * 12 * 8 / 10);
    judge(MINUTE, 600, 80, 60, 600 * 60 * 8 / 10);
    judge(SECOND, 20, 80, 1200, 20 * 1200 * 8 / 10);
}

/* All orgs want everything; the first `rude` of them do not wait to be told when, but ask every 20 ms. The least and the most an org got,
 * in percent of an equal share of what was taken. */
static void shares(int64_t length, uint32_t permits, uint32_t n, uint32_t rude, int64_t windows, uint64_t *least, uint64_t *most)
{
    int64_t next[ORGS] = { 0 };
    uint64_t all = 0;
    char org[8];

    clocked_begin(&world);
    clocked_open(&engine, &world, 0, true);
    clocked_window(&engine, "app", ADSYNC_WINDOW_ROLL, length, permits);
    memset(taken, 0, sizeof taken);
    for (int64_t until = world.now + windows * length; world.now < until; world.now += 1000) {
        for (uint32_t i = 0; i < n; i++) {
            int64_t wait;
            if (next[i] > world.now) continue;
            (void)snprintf(org, sizeof org, "o%u", i);
            wait = clocked_take(&engine, org, "app", 1, USUAL, NULL);
            taken[i] += !wait;
            next[i] = world.now + (i < rude ? 20000 : wait);
        }
    }
    *least = UINT64_MAX;
    *most = 0;
    for (uint32_t i = 0; i < n; i++) {
        all += taken[i];
        if (taken[i] < *least) *least = taken[i];
        if (taken[i] > *most) *most = taken[i];
    }
    *least = *least * 100 * n / all;
    *most = *most * 100 * n / all;
    print_message("%u orgs, %u of them rude: %llu to %llu %% of an equal share of %llu permits\n", n, rude, (unsigned long long)*least,
                  (unsigned long long)*most, (unsigned long long)all);
    clocked_close(&engine);
    clocked_end(&world);
}

static void orgs_that_all_want_everything_get_the_same(void **state)
{
    uint64_t least, most;
    (void)state;

    shares(MINUTE, 600, 5, 0, 20, &least, &most);
    assert_true(least >= 75 && most <= 130);
    shares(SECOND, 50, 10, 0, 120, &least, &most);
    assert_true(least >= 75 && most <= 130);
}

static void an_org_that_asks_more_often_gets_no_more(void **state)
{
    uint64_t least, most;
    (void)state;

    shares(MINUTE, 600, 5, 1, 20, &least, &most);
    assert_true(least >= 70 && most <= 140);
    shares(SECOND, 50, 10, 3, 120, &least, &most);
    assert_true(least >= 70 && most <= 140);
}

static void who_was_told_to_come_first_comes_first(void **state)
{
    static const char *const orgs[] = { "b", "c", "d" };
    int64_t next[3];
    uint32_t order[3] = { 9, 9, 9 }, n = 0;
    (void)state;

    clocked_begin(&world);
    clocked_open(&engine, &world, 0, true);
    clocked_window(&engine, "app", ADSYNC_WINDOW_ROLL, MINUTE, 10);
    for (int i = 0; i < 10; i++, world.now += SECOND) /* so that permits come back one by one */
        assert_int_equal(clocked_take(&engine, "a", "app", 1, USUAL, NULL), 0);
    for (int i = 0; i < 3; i++) next[i] = world.now + i * SECOND;
    for (int64_t until = world.now + 5 * MINUTE; world.now < until && n < 3; world.now += 1000) {
        for (int i = 2; i >= 0; i--) {
            int64_t wait;
            if (next[i] > world.now) continue;
            wait = clocked_take(&engine, orgs[i], "app", 1, USUAL, NULL);
            if (!wait) order[n++] = (uint32_t)i;
            next[i] = wait ? world.now + (i == 2 ? 1000 : wait) : INT64_MAX; /* the last one asks all the time */
        }
    }
    assert_int_equal(n, 3);
    assert_int_equal(order[0], 0);
    assert_int_equal(order[1], 1);
    clocked_close(&engine);
    clocked_end(&world);
}

/* ---- between processes */

enum { ENGINES = 8 };
static clocked engines[ENGINES];

/* All engines take whatever there is, all the time; how much of N per W they got, in percent. */
static uint32_t saturate(int64_t length, uint32_t permits, uint32_t priority, bool tend)
{
    uint64_t got = 0, least = UINT64_MAX, most = 0, mine[ENGINES] = { 0 };
    int64_t windows = 20, next[ENGINES] = { 0 }, wait = 0;
    uint64_t too_soon = 0;

    clocked_begin(&world);
    for (uint32_t i = 0; i < ENGINES; i++) {
        clocked_open(&engines[i], &world, (int64_t)i * MINUTE - 4 * MINUTE, true);
        clocked_window(&engines[i], "k", ADSYNC_WINDOW_ROLL, length, permits);
    }
    for (int64_t end = world.now + windows * length; world.now < end; world.now += 10000) {
        for (uint32_t i = 0; i < ENGINES; i++) {
            while (next[i] <= world.now && !(wait = clocked_take(&engines[i], "one", "k", 1, priority, NULL))) mine[i]++;
            if (next[i] <= world.now) next[i] = world.now + wait;
            if (tend) assert_int_equal(adsync_limiter_tend(engines[i].limiter, NULL, NULL), ADSYNC_OK);
        }
    }
    for (uint32_t i = 0; i < ENGINES; i++) {
        got += mine[i];
        if (mine[i] < least) least = mine[i];
        if (mine[i] > most) most = mine[i];
        too_soon += engines[i].too_soon;
        clocked_close(&engines[i]);
    }
    clocked_end(&world);
    print_message("%u in %lld s: %llu %% used; an engine got %llu to %llu\n", permits, (long long)(length / SECOND),
                  (unsigned long long)(got * 100 / (permits * (uint64_t)windows)), (unsigned long long)least, (unsigned long long)most);
    assert_int_equal(too_soon, 0);
    assert_true(least > 0); /* nobody starves */
    return (uint32_t)(got * 100 / (permits * (uint64_t)windows));
}

/* Behind a key with few permits and many processes an org's turn may be further away than the stretch in which orgs are remembered. All
 * others end once engine 0 has seen them. */
static void who_waits_for_longer_than_a_window_keeps_its_turn(void **state)
{
    static const char *const orgs[] = { "one", "two", "three" };
    int64_t due[3] = { 0 }, wait;
    uint32_t got[3] = { 0 };
    (void)state;

    clocked_begin(&world);
    for (uint32_t i = 0; i < ENGINES; i++) {
        clocked_open(&engines[i], &world, 0, true);
        clocked_window(&engines[i], "k", ADSYNC_WINDOW_ROLL, 2 * MINUTE, 4);
        (void)clocked_fill(&engines[i], "k", NOW, 4); /* from the second one on: a wish */
    }
    world.now += 2 * MINUTE - 8 * SECOND * ENGINES;
    for (const int64_t end = world.now + 60 * MINUTE; world.now < end; world.now += SECOND) {
        for (uint32_t i = 0; i < 3; i++) {
            if (world.now < due[i]) continue;
            wait = clocked_take(&engines[0], orgs[i], "k", 1, USUAL, NULL);
            due[i] = i == 2 && wait ? INT64_MAX : world.now + wait; /* the third one does not come */
            got[i] += !wait;
        }
    }
    for (uint32_t i = 0; i < ENGINES; i++) clocked_close(&engines[i]);
    clocked_end(&world);
    print_message("4 in 120 s, for an hour: %u, %u and %u\n", got[0], got[1], got[2]);
    assert_true(got[0] >= 20 && got[1] >= 20);
    assert_in_range(got[0] + 2, got[1], got[1] + 4); /* they take turns */
}

static void P6b_under_load_four_fifths_are_used(void **state)
{
    (void)state;
    assert_true(saturate(MINUTE, 80, NOW, false) >= 80);
    assert_true(saturate(MINUTE, 80, USUAL, true) >= 80);
    assert_true(saturate(MINUTE, 600, USUAL, false) >= 80);
    assert_true(saturate(MINUTE, 9000, ADSYNC_PRIORITY_BACKFILL, false) >= 80);
    assert_true(saturate(300 * SECOND, 9000, USUAL, false) >= 80);
}

static void short_windows_are_shared_too(void **state)
{
    (void)state;
    assert_true(saturate(SECOND, 100, NOW, false) >= 70);
    assert_true(saturate(5 * SECOND, 80, NOW, false) >= 70);
    (void)saturate(10 * SECOND, 6, NOW, false); /* fewer permits than engines: they take turns */
}

/* A command that runs for a moment leaves its rate when it ends, not when its lease would have ended. */
static void who_ends_leaves_a_short_window_to_the_next(void **state)
{
    (void)state;
    clocked_begin(&world);
    for (uint32_t run = 0; run < 3; run++) {
        clocked_open(&engine, &world, 0, true);
        clocked_window(&engine, "k", ADSYNC_WINDOW_ROLL, SECOND, 5);
        assert_int_equal(clocked_drain(&engine, "k", USUAL, 6), 5);
        clocked_close(&engine);
        world.now += 5 * SECOND / 2; /* the window, and a second for clocks */
    }
    clocked_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P6b_under_load_four_fifths_are_used),
        cmocka_unit_test(short_windows_are_shared_too),
        cmocka_unit_test(who_ends_leaves_a_short_window_to_the_next),
        cmocka_unit_test(who_was_told_to_come_first_comes_first),
        cmocka_unit_test(orgs_that_all_want_everything_get_the_same),
        cmocka_unit_test(an_org_that_asks_more_often_gets_no_more),
        cmocka_unit_test(who_waits_for_longer_than_a_window_keeps_its_turn),
        cmocka_unit_test(a_greedy_org_does_not_make_the_others_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
