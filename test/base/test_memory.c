/* SPDX-License-Identifier: MIT */
#include "support/faults.h"

#include <setjmp.h>
#include <cmocka.h>

static void sizes_that_overflow_get_no_memory(void **state)
{
    void *p = adsync__alloc(16);

    (void)state;
    assert_null(adsync__alloc_zero(SIZE_MAX / 2 + 2, 2));
    assert_null(adsync__alloc_zero(2, SIZE_MAX / 2 + 2));
    assert_null(adsync__realloc(NULL, SIZE_MAX / 8 + 2, 8));
    assert_null(adsync__realloc(p, SIZE_MAX / 8 + 2, 8)); /* and p is still there to be freed */
    assert_null(adsync__copy("", SIZE_MAX));
    adsync__free(p);
}

static void nothing_asked_for_is_still_memory(void **state)
{
    void *p[4] = { adsync__alloc(0), adsync__alloc_zero(0, 8), adsync__alloc_zero(8, 0), adsync__realloc(NULL, 0, 8) };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(p[i]);
        adsync__free(p[i]);
    }
    adsync__free(NULL);
}

static void copies_are_whole_and_end_in_nul(void **state)
{
    char *bytes = adsync__copy("a\0b", 3), *text = adsync__copy_text("text"), *empty = adsync__copy(NULL, 0);
    unsigned char *zeros = adsync__alloc_zero(10, 100);

    (void)state;
    assert_memory_equal(bytes, "a\0b\0", 4);
    assert_string_equal(text, "text");
    assert_string_equal(empty, "");
    assert_null(adsync__copy_text(NULL));
    for (size_t i = 0; i < 1000; i++) assert_int_equal(zeros[i], 0);
    adsync__free(bytes);
    adsync__free(text);
    adsync__free(empty);
    adsync__free(zeros);
}

static void wiped_memory_holds_nothing_and_its_neighbours_stay(void **state)
{
    char p[64];

    (void)state;
    memset(p, 's', sizeof p);
    adsync__wipe(p + 8, 48);
    adsync__wipe(p, 0);
    adsync__wipe(NULL, 0);
    for (size_t i = 0; i < sizeof p; i++) assert_int_equal(p[i], i < 8 || i >= 56 ? 's' : 0);
}

static bool refuse_all(size_t size)
{
    (void)size;
    return false;
}

static void the_watch_sees_every_way_to_memory(void **state)
{
    adsync__arena arena = { 0 };

    (void)state;
    adsync__alloc_watch(refuse_all);
    assert_null(adsync__alloc(1));
    assert_null(adsync__alloc_zero(1, 1));
    assert_null(adsync__realloc(NULL, 1, 1));
    assert_null(adsync__copy("a", 1));
    assert_null(adsync__copy_text("a"));
    assert_null(adsync__arena_take(&arena, 1));
    assert_null(adsync__arena_copy(&arena, "a", 1));
    adsync__alloc_watch(NULL);
    adsync__arena_free(&arena);
}

static void arena_pieces_are_aligned_apart_and_stay_where_they_are(void **state)
{
    enum { PIECES = 3000 };
    static unsigned char *pieces[PIECES];
    adsync__arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < PIECES; i++) {
        size_t size = i * 37 % 500;
        pieces[i] = adsync__arena_take(&arena, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), size);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < i * 37 % 500; k++)
            if (pieces[i][k] != i % 251) fail_msg("piece %zu was written over", i);
    adsync__arena_free(&arena);
    assert_null(arena.blocks);
    adsync__arena_free(&arena); /* empty again */
}

static void an_arena_takes_large_pieces_and_refuses_impossible_ones(void **state)
{
    adsync__arena arena = { 0 };
    char *small = adsync__arena_copy(&arena, "small", 5), *large = adsync__arena_take(&arena, 5000000);
    char *after = adsync__arena_copy(&arena, NULL, 0);

    (void)state;
    assert_non_null(large);
    memset(large, 'l', 5000000);
    assert_string_equal(small, "small");
    assert_string_equal(after, "");
    assert_null(adsync__arena_take(&arena, SIZE_MAX));
    assert_null(adsync__arena_take(&arena, SIZE_MAX / 2 + 1));
    assert_null(adsync__arena_copy(&arena, "", SIZE_MAX));
    assert_string_equal(small, "small");
    adsync__arena_free(&arena);
}

static void arena_story(void *user)
{
    adsync__arena arena = { 0 };
    char *first = adsync__arena_copy(&arena, user, 5);

    for (int i = 0; i < 40; i++) (void)adsync__arena_take(&arena, 1000);
    if (first) assert_memory_equal(first, user, 5);
    adsync__arena_free(&arena);
}

static void without_memory_an_arena_keeps_what_it_has(void **state)
{
    static char text[] = "first";

    (void)state;
    assert_true(faults_allocations(arena_story, text) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_overflow_get_no_memory),
        cmocka_unit_test(nothing_asked_for_is_still_memory),
        cmocka_unit_test(copies_are_whole_and_end_in_nul),
        cmocka_unit_test(wiped_memory_holds_nothing_and_its_neighbours_stay),
        cmocka_unit_test(the_watch_sees_every_way_to_memory),
        cmocka_unit_test(arena_pieces_are_aligned_apart_and_stay_where_they_are),
        cmocka_unit_test(an_arena_takes_large_pieces_and_refuses_impossible_ones),
        cmocka_unit_test(without_memory_an_arena_keeps_what_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
