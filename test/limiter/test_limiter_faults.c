/* SPDX-License-Identifier: MIT */
/* Every allocation and every storage call fails once. What is left is whole, and no window is ever exceeded. */
#include "clocked.h"
#include "support/faults.h"
#include "support/faulty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PERMITS = 20, NOW = ADSYNC_PRIORITY_INTERACTIVE };

static int64_t now;
static uint32_t taken;

static int64_t story_now(void *user)
{
    (void)user;
    return now;
}

static void take(adsync_limiter *limiter, const char *org, uint32_t n)
{
    const char *keys[3] = { "long", "short", "jobs" };
    adsync_error *error = NULL;
    int64_t ticket = 0, wait = 0;

    if (!limiter) return;
    for (uint32_t i = 0; i < n; i++, now += 300000) {
        adsync_status rc = adsync_limiter_take(limiter, org, keys, NULL, 3, NOW, &ticket, &wait, &error);
        assert_true(rc <= 0);
        assert_true(rc == 0 ? (ticket > 0) != (wait > 0) : !ticket && !wait);
        taken += ticket > 0;
        if (ticket) (void)adsync_limiter_settle(limiter, ticket, ADSYNC_SETTLE_AS_TAKEN, NULL);
    }
    adsync_error_free(error);
}

static adsync_limiter *open_one(adsync_storage *storage)
{
    const adsync_host host = { .size = sizeof host, .now_us = story_now, .monotonic_us = story_now };
    const adsync_window windows[3] = {
        { .size = sizeof *windows, .align = ADSYNC_WINDOW_ROLL, .length_us = HOUR, .permits = PERMITS },
        { .size = sizeof *windows, .align = ADSYNC_WINDOW_ROLL, .length_us = SECOND, .permits = 100, .burst = 10 },
        { .size = sizeof *windows, .align = ADSYNC_WINDOW_HELD, .length_us = MINUTE, .permits = 3 },
    };
    const char *keys[3] = { "long", "short", "jobs" };
    adsync_limiter *limiter = NULL;
    adsync_status rc = adsync_limiter_open(storage, &host, &limiter, NULL);

    assert_true((rc >= 0) == (limiter != NULL));
    for (int i = 0; i < 3 && limiter; i++) {
        if (adsync_limiter_window(limiter, keys[i], &windows[i], NULL) >= 0) continue;
        adsync_limiter_free(limiter);
        return NULL;
    }
    return limiter;
}

/* Two handles, three orgs, readings, a list. */
static void story(void *user)
{
    adsync_storage *storage = user;
    adsync_limiter *one = open_one(storage), *other = open_one(storage);
    adsync_rows *rows = NULL;

    taken = 0;
    take(one, "a", 4);
    take(other, "b", 8);
    take(one, "b", 8);
    if (one) (void)adsync_limiter_learn(one, "short", ADSYNC_READING_REFUSED, 0, 0, NULL);
    take(one, "c", 8);
    if (other) (void)adsync_limiter_learn(other, "long", ADSYNC_READING_REMAINING, PERMITS / 2, now + HOUR / 2, NULL);
    now += 2 * SECOND;
    if (other) (void)adsync_limiter_tend(other, NULL, NULL);
    if (one) (void)adsync_limiter_list(one, NULL, 10, &rows, NULL);
    adsync_rows_free(rows);
    now += MINUTE;
    take(other, "a", 30);
    adsync_limiter_free(one);
    take(other, "a", 30);
    adsync_limiter_free(other);
    assert_true(taken <= PERMITS);
}

static void memory_story(void *user)
{
    adsync_storage *storage = NULL;
    (void)user;

    now = CLOCKED_START;
    if (adsync_memory_open(NULL, &storage, NULL) < 0) return;
    story(storage);
    adsync_storage_free(storage);
}

static void every_allocation_fails_once_and_for_good(void **state)
{
    (void)state;
    memory_story(NULL);
    assert_true(taken > PERMITS / 2); /* undisturbed, it does something */
    assert_true(faults_allocations(memory_story, NULL) > 100);
}

static uint64_t storage_story(uint64_t nth, uint32_t when, bool from_then_on, adsync_status status)
{
    adsync_storage *rows = NULL, *storage = NULL;
    faulty f = { 0 };

    now = CLOCKED_START;
    assert_int_equal(adsync_memory_open(NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(faulty_wrap(&f, rows, &storage, NULL), ADSYNC_OK);
    adsync_storage_free(rows);
    faulty_fail(&f, nth, FAULTY_ANY, when, from_then_on, status);
    story(storage);
    adsync_storage_free(storage);
    return f.calls;
}

static void every_storage_call_fails_once_and_for_good_before_and_after(void **state)
{
    static const adsync_status answers[] = { ADSYNC_OK, ADSYNC_E_RETRY, ADSYNC_E_UNCERTAIN, ADSYNC_E_HOST };
    uint64_t calls = storage_story(0, FAULTY_BEFORE, false, ADSYNC_OK);
    (void)state;

    assert_true(calls > 40);
    for (uint64_t nth = 1; nth <= calls; nth++)
        for (uint32_t k = 0; k < 16; k++)
            (void)storage_story(nth, k & 1 ? FAULTY_AFTER : FAULTY_BEFORE, k & 2, answers[k / 4]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_fails_once_and_for_good),
        cmocka_unit_test(every_storage_call_fails_once_and_for_good_before_and_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
