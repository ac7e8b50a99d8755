/* SPDX-License-Identifier: MIT */
/* Bad input, a storage that fails, rows that are damaged: a clear answer, never a stall, never a free pass. */
#include "clocked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { NOW = ADSYNC_PRIORITY_INTERACTIVE };

static clocked_world world;
static clocked a;
static adsync_error *error;

static int begin(void **state)
{
    (void)state;
    clocked_begin(&world);
    clocked_open(&a, &world, 0, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    adsync_error_free(error);
    error = NULL;
    clocked_close(&a);
    clocked_end(&world);
    return 0;
}

static void refused_window(adsync_window window, const char *name)
{
    window.size = sizeof window;
    assert_int_equal(adsync_limiter_window(a.limiter, "k", &window, &error), ADSYNC_E_INVALID);
    assert_string_equal(adsync_error_name(error), name);
}

static void windows_that_cannot_be_are_refused(void **state)
{
    adsync_window w = { .size = sizeof w, .align = ADSYNC_WINDOW_ROLL, .length_us = SECOND, .permits = 1 };
    char key[402];
    (void)state;

    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = SECOND, .permits = 0 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = SECOND, .permits = (uint32_t)-1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = 0, .permits = 1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = -1, .permits = 1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = INT64_MAX, .permits = 1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_HELD, .length_us = INT64_MIN, .permits = 1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_HELD, .length_us = SECOND, .permits = 2, .burst = 1 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_ROLL, .length_us = SECOND, .permits = 2, .burst = 3 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_UTC_DAY, .length_us = SECOND, .permits = 2 }, "limit.window");
    refused_window((adsync_window){ .align = ADSYNC_WINDOW_LEARNED, .length_us = SECOND, .permits = 2 }, "limit.window");
    refused_window((adsync_window){ .align = 0, .length_us = SECOND, .permits = 1 }, "limit.window");
    refused_window((adsync_window){ .align = 6, .length_us = SECOND, .permits = 1 }, "limit.window");
    memset(key, 'k', sizeof key);
    key[401] = 0;
    assert_int_equal(adsync_limiter_window(a.limiter, key, &w, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_window(a.limiter, "", &w, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_window(a.limiter, "\xff", &w, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_window(a.limiter, NULL, &w, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_window(a.limiter, "k", NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_window(NULL, "k", &w, NULL), ADSYNC_E_INVALID);
    w.size = 8;
    assert_int_equal(adsync_limiter_window(a.limiter, "k", &w, NULL), ADSYNC_E_INVALID);
    key[400] = 0;
    clocked_window(&a, key, ADSYNC_WINDOW_ROLL, SECOND, 1);
    assert_int_equal(clocked_drain(&a, key, NOW, 5), 1); /* 400 bytes are fine */
}

static void a_ninth_window_and_a_learned_one_beside_others_are_refused(void **state)
{
    adsync_window w = { .size = sizeof w, .align = ADSYNC_WINDOW_ROLL, .permits = 9, .burst = 3 };
    (void)state;

    for (int64_t i = 1; i <= 4; i++) {
        w.length_us = i * MINUTE;
        assert_int_equal(adsync_limiter_window(a.limiter, "k", &w, NULL), ADSYNC_OK); /* two each */
    }
    w.length_us = HOUR;
    assert_int_equal(adsync_limiter_window(a.limiter, "k", &w, NULL), ADSYNC_E_TOO_BIG);
    w = (adsync_window){ .size = sizeof w, .align = ADSYNC_WINDOW_LEARNED };
    assert_int_equal(adsync_limiter_window(a.limiter, "k", &w, NULL), ADSYNC_E_INVALID);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
}

static adsync_status take(const char *org, const char *key, uint32_t units, uint32_t n, uint32_t priority)
{
    const char *keys[9] = { key, key, key, key, key, key, key, key, key };
    int64_t ticket = 5, wait = 5;
    adsync_status rc = adsync_limiter_take(a.limiter, org, keys, &units, n, priority, &ticket, &wait, &error);

    if (rc < 0) assert_true(ticket == 0 && wait == 0);
    return rc;
}

static void takes_that_make_no_sense_are_refused(void **state)
{
    const char *key = "k", *two[2] = { "k", "k" };
    char org[257];
    int64_t ticket, wait;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(take("one", "none", 1, 1, NOW), ADSYNC_E_NOT_FOUND); /* a key without a window is no free pass */
    assert_int_equal(take("one", NULL, 1, 1, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take(NULL, "k", 1, 1, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take("", "k", 1, 1, NOW), ADSYNC_E_INVALID);
    memset(org, 'o', 256);
    org[256] = 0;
    assert_int_equal(take(org, "k", 1, 1, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take("one", "k", 101, 1, NOW), ADSYNC_E_INVALID); /* it would wait for ever */
    assert_int_equal(take("one", "k", (uint32_t)-1, 1, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take("one", "k", 1, 0, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take("one", "k", 1, 9, NOW), ADSYNC_E_INVALID);
    assert_int_equal(take("one", "k", 1, 1, 0), ADSYNC_E_INVALID);
    assert_int_equal(take("one", "k", 1, 1, 5), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_take(a.limiter, "one", two, NULL, 2, NOW, &ticket, &wait, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_take(a.limiter, "one", NULL, NULL, 1, NOW, &ticket, &wait, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_take(a.limiter, "one", &key, NULL, 1, NOW, NULL, &wait, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_take(a.limiter, "one", &key, NULL, 1, NOW, &ticket, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_take(NULL, "one", &key, NULL, 1, NOW, &ticket, &wait, NULL), ADSYNC_E_INVALID);
    assert_int_equal(clocked_fill(&a, "k", NOW, 1000), 100);   /* none of it took anything */
    assert_int_equal(take("one", "k", 0, 1, NOW), ADSYNC_OK);  /* nothing is always there */
}

static void readings_and_settlements_that_make_no_sense_are_refused(void **state)
{
    adsync_limiter *none = (adsync_limiter *)&world;
    int64_t ticket;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", 0, 0, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", 5, 0, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_USED_PERCENT, -1, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_REMAINING, INT64_MIN, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_BLOCKED, 0, -1, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_BLOCKED, 0, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "k", ADSYNC_READING_REFUSED, 1, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(a.limiter, "none", ADSYNC_READING_REFUSED, 0, 0, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_limiter_learn(a.limiter, NULL, ADSYNC_READING_REFUSED, 0, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_learn(NULL, "k", ADSYNC_READING_REFUSED, 0, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, &ticket), 0);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, -2, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, INT64_MAX, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_settle(NULL, ticket, 1, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_settle(a.limiter, ticket, INT32_MAX, NULL), ADSYNC_OK);
    for (int i = 0; i < 5; i++) { /* sums stay where they cannot run over */
        world.now += 2 * SECOND;
        assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    }
    assert_int_equal(adsync_limiter_tend(NULL, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_open(NULL, NULL, &none, NULL), ADSYNC_E_INVALID);
    assert_null(none);
    assert_int_equal(adsync_limiter_open(a.storage, NULL, NULL, NULL), ADSYNC_E_INVALID);
    adsync_limiter_free(NULL);
}

static void a_list_needs_a_size_and_a_place(void **state)
{
    adsync_rows *rows = (adsync_rows *)&world;
    (void)state;

    assert_int_equal(adsync_limiter_list(a.limiter, NULL, 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_null(rows);
    assert_int_equal(adsync_limiter_list(a.limiter, NULL, 1001, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_list(a.limiter, NULL, 1, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_list(NULL, NULL, 1, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_limiter_list(a.limiter, NULL, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
}

static void a_storage_that_fails_is_an_error_then_a_wait_and_never_a_permit(void **state)
{
    uint64_t calls;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, SECOND, 10);
    a.fail = true;
    assert_int_equal(take("one", "k", 1, 1, NOW), ADSYNC_E_STORAGE);
    calls = a.calls;
    assert_in_range(clocked_take(&a, "one", "k", 1, NOW, NULL), 1, SECOND); /* it is not asked for every request */
    assert_int_equal(a.calls, calls);
    world.now += SECOND;
    assert_int_equal(take("one", "k", 1, 1, NOW), ADSYNC_E_STORAGE);
    a.fail = false;
    world.now += SECOND;
    assert_int_equal(clocked_drain(&a, "k", NOW, 100), 10);
    a.fail = true; /* what is leased can be used without it */
    world.now += 2 * SECOND;
    assert_int_equal(clocked_drain(&a, "k", NOW, 10), 10);
    world.now += 10 * SECOND;
    assert_int_equal(take("one", "k", 1, 1, NOW), ADSYNC_E_STORAGE); /* until the lease is over */
}

static void a_storage_that_is_slower_than_a_second_grants_nothing(void **state)
{
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 10);
    world.latency = 2 * SECOND;
    assert_true(clocked_take(&a, "one", "k", 1, NOW, NULL) > 0);
    world.latency = 0;
    world.now += SECOND;
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
}

/* Writes a row's state as somebody else might leave it. */
static void put_state(const char *key, const void *p, size_t size)
{
    const adsync_value values[4] = { { ADSYNC_VALUE_TEXT, (uint32_t)strlen(key), 0, key },
                                     { ADSYNC_VALUE_TEXT, 0, 0, "" },
                                     { ADSYNC_VALUE_INT, 0, 1, NULL },
                                     { ADSYNC_VALUE_BYTES, (uint32_t)size, 0, p } };
    const adsync_change change = { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_LIMITS, .expected = ADSYNC_EXPECT_ANY, .values = values,
                                   .n_values = 4 };

    assert_int_equal(adsync_storage_commit(world.rows, 0, &change, 1, NULL, NULL), ADSYNC_OK);
}

static void a_damaged_row_is_an_error_and_no_free_pass(void **state)
{
    uint8_t good[4096];
    const void *p;
    size_t size;
    adsync_rows *rows = NULL;
    const adsync_value key[2] = { { ADSYNC_VALUE_TEXT, 1, 0, "k" }, { ADSYNC_VALUE_TEXT, 0, 0, "" } };
    uint64_t draw = 5;
    (void)state;

    clocked_window(&a, "k", ADSYNC_WINDOW_ROLL, MINUTE, 100);
    assert_int_equal(clocked_take(&a, "one", "k", 1, NOW, NULL), 0);
    assert_int_equal(adsync_storage_read(world.rows, 0, ADSYNC_T_LIMITS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    p = adsync_rows_bytes(rows, ADSYNC_C_STATE, &size);
    assert_in_range(size, 10, sizeof good);
    memcpy(good, p, size);
    adsync_rows_free(rows);
    for (size_t cut = 0; cut < size; cut++) { /* cut short */
        world.now += 20 * SECOND;
        put_state("k", good, cut);
        assert_int_equal(take("one", "k", 100, 1, NOW), ADSYNC_E_FORMAT);
        assert_string_equal(adsync_error_name(error), "limit.row");
    }
    for (uint32_t i = 0; i < 3000; i++) { /* any byte changed: an error, a wait or a grant, but no crash */
        uint8_t bad[sizeof good];
        memcpy(bad, good, size);
        bad[clocked_drawn(&draw, (uint32_t)size)] = (uint8_t)clocked_drawn(&draw, 256);
        put_state("k", bad, size);
        world.now += 20 * SECOND;
        (void)take("one", "k", 1, 1, NOW);
    }
    good[0] = 2; /* a later library's */
    put_state("k", good, size);
    world.now += HOUR;
    assert_int_equal(take("one", "k", 100, 1, NOW), ADSYNC_E_UNSUPPORTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(windows_that_cannot_be_are_refused),
        TEST(a_ninth_window_and_a_learned_one_beside_others_are_refused),
        TEST(takes_that_make_no_sense_are_refused),
        TEST(readings_and_settlements_that_make_no_sense_are_refused),
        TEST(a_list_needs_a_size_and_a_place),
        TEST(a_storage_that_fails_is_an_error_then_a_wait_and_never_a_permit),
        TEST(a_storage_that_is_slower_than_a_second_grants_nothing),
        TEST(a_damaged_row_is_an_error_and_no_free_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
