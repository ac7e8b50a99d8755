/* SPDX-License-Identifier: MIT */
#include "base/heap.h"
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { NAMES = 3000 };

typedef struct named {
    char name[16];
    uint32_t there;
} named;

static uint32_t drawn(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

static void a_map_finds_what_was_put_and_not_what_was_taken(void **state)
{
    static named names[NAMES];
    uint64_t seed = 7;
    uint32_t count = 0, at = 0, met = 0;
    adsync__map map;
    (void)state;

    adsync__map_begin(&map, 99);
    for (uint32_t i = 0; i < NAMES; i++)
        names[i] = (named){ .there = 0 }, (void)snprintf(names[i].name, sizeof names[i].name, "n%u", i * 7);
    for (uint32_t step = 0; step < 60000; step++) {
        named *n = &names[drawn(&seed, NAMES)];
        size_t size = strlen(n->name);
        assert_ptr_equal(adsync__map_find(&map, n->name, size), n->there ? n : NULL);
        if (drawn(&seed, 2)) {
            assert_true(adsync__map_put(&map, n->name, size, n));
            count += !n->there;
            n->there = 1;
        } else {
            assert_ptr_equal(adsync__map_take(&map, n->name, size), n->there ? n : NULL);
            count -= n->there;
            n->there = 0;
        }
        assert_int_equal(map.count, count);
    }
    for (named *n; (n = adsync__map_next(&map, &at)) != NULL; met++)
        assert_int_equal(n->there, 1);
    assert_int_equal(met, count);
    assert_true(map.room < 4 * NAMES); /* what was taken out does not pile up */
    adsync__map_free(&map);
}

static void keys_that_begin_alike_are_different_keys(void **state)
{
    adsync__map map;
    int a, b, c;
    (void)state;

    adsync__map_begin(&map, 0);
    assert_true(adsync__map_put(&map, "abcdefgh", 8, &a));
    assert_true(adsync__map_put(&map, "abcdefghi", 9, &b));
    assert_true(adsync__map_put(&map, "", 0, &c));
    assert_ptr_equal(adsync__map_find(&map, "abcdefghi", 8), &a);
    assert_ptr_equal(adsync__map_find(&map, "abcdefghi", 9), &b);
    assert_ptr_equal(adsync__map_find(&map, "x", 0), &c);
    assert_null(adsync__map_find(&map, "abcdefg", 7));
    adsync__map_free(&map);
}

static void timers_come_out_in_the_order_of_their_times(void **state)
{
    static adsync__timer timers[500];
    adsync__heap heap = { 0 };
    uint64_t seed = 3;
    int64_t before = -1;
    uint32_t out = 0;
    (void)state;

    for (uint32_t i = 0; i < 500; i++)
        assert_true(adsync__heap_set(&heap, &timers[i], drawn(&seed, 1000)));
    for (uint32_t i = 0; i < 500; i += 3)
        assert_true(adsync__heap_set(&heap, &timers[i], drawn(&seed, 1000)));
    for (uint32_t i = 0; i < 500; i += 5)
        adsync__heap_take(&heap, &timers[i]);
    for (adsync__timer *first; (first = adsync__heap_first(&heap)) != NULL; out++) {
        assert_true(first->due >= before);
        before = first->due;
        adsync__heap_take(&heap, first);
        adsync__heap_take(&heap, first); /* twice does nothing */
    }
    assert_int_equal(out, 400);
    adsync__heap_free(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_finds_what_was_put_and_not_what_was_taken),
        cmocka_unit_test(keys_that_begin_alike_are_different_keys),
        cmocka_unit_test(timers_come_out_in_the_order_of_their_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
