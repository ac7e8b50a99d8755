/* SPDX-License-Identifier: MIT */
#include "support/faults.h"

#include <setjmp.h>
#include <cmocka.h>

static void a_buffer_grows_and_ends_in_nul(void **state)
{
    adsync__buffer b;

    (void)state;
    adsync__buffer_begin(&b, 100000);
    assert_null(b.p); /* nothing is allocated before something is added */
    for (int i = 0; i < 10000; i++) {
        adsync__buffer_char(&b, (char)('a' + i % 26));
        assert_int_equal(b.p[b.size], 0);
    }
    assert_int_equal(b.size, 10000);
    for (size_t i = 0; i < b.size; i++) assert_int_equal(b.p[i], 'a' + i % 26);
    assert_int_equal(b.failed, ADSYNC_OK);
    adsync__buffer_free(&b);
    assert_null(b.p);
    assert_int_equal(b.size, 0);
}

static void texts_bytes_and_numbers_are_appended(void **state)
{
    adsync__buffer b;

    (void)state;
    adsync__buffer_begin(&b, 1000);
    adsync__buffer_text(&b, "a=");
    adsync__buffer_int(&b, INT64_MIN);
    adsync__buffer_char(&b, ' ');
    adsync__buffer_int(&b, INT64_MAX);
    adsync__buffer_text(&b, "");
    adsync__buffer_add(&b, NULL, 0);
    adsync__buffer_add(&b, "\0x", 2);
    assert_int_equal(b.size, 2 + 20 + 1 + 19 + 2);
    assert_memory_equal(b.p, "a=-9223372036854775808 9223372036854775807\0x", b.size + 1);
    adsync__buffer_free(&b);
}

static void more_than_the_stated_maximum_is_refused_and_remembered(void **state)
{
    adsync__buffer b;

    (void)state;
    adsync__buffer_begin(&b, 4);
    adsync__buffer_text(&b, "abc");
    adsync__buffer_text(&b, "de");
    assert_int_equal(b.failed, ADSYNC_E_TOO_BIG);
    adsync__buffer_char(&b, 'd'); /* would fit, but something is missing before it */
    assert_int_equal(b.size, 3);
    assert_string_equal(b.p, "abc");
    adsync__buffer_clear(&b);
    assert_int_equal(b.failed, ADSYNC_OK);
    assert_string_equal(b.p, "");
    adsync__buffer_text(&b, "abcd");
    assert_int_equal(b.failed, ADSYNC_OK);
    assert_string_equal(b.p, "abcd");
    adsync__buffer_char(&b, 'e');
    assert_int_equal(b.failed, ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&b);
    adsync__buffer_begin(&b, 0);
    adsync__buffer_text(&b, "");
    assert_int_equal(b.failed, ADSYNC_OK);
    adsync__buffer_char(&b, 'x');
    assert_int_equal(b.failed, ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&b);
}

static void a_size_that_no_memory_has_is_refused(void **state)
{
    adsync__buffer b;

    (void)state;
    adsync__buffer_begin(&b, SIZE_MAX / 2);
    adsync__buffer_add(&b, "abc", 3);
    adsync__buffer_add(&b, "abc", SIZE_MAX / 2);
    assert_int_equal(b.failed, ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&b);
}

static void grow_story(void *user)
{
    adsync__buffer b;
    const char *text = user;

    adsync__buffer_begin(&b, 10000);
    for (int i = 0; i < 100; i++) adsync__buffer_text(&b, text);
    assert_true(b.failed == ADSYNC_OK || b.failed == ADSYNC_E_MEMORY);
    if (!b.failed) assert_int_equal(b.size, 100 * strlen(text));
    if (b.p) assert_int_equal(strlen(b.p), b.size); /* what was added before is whole */
    adsync__buffer_free(&b);
}

static void without_memory_the_failure_is_kept_and_nothing_leaks(void **state)
{
    static char text[] = "some words that make it grow";

    (void)state;
    assert_true(faults_allocations(grow_story, text) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows_and_ends_in_nul),
        cmocka_unit_test(texts_bytes_and_numbers_are_appended),
        cmocka_unit_test(more_than_the_stated_maximum_is_refused_and_remembered),
        cmocka_unit_test(a_size_that_no_memory_has_is_refused),
        cmocka_unit_test(without_memory_the_failure_is_kept_and_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
