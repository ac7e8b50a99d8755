/* SPDX-License-Identifier: MIT */
/* Order and place, as a storage of one's own uses them. test_memory.c holds them against the memory storage's encoded order on
 * random rows; here stand the cases that a person would get wrong. */
#include "support/any.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

static void values_sort_null_first_then_numbers_then_bytes(void **state)
{
    static const adsync_value sorted[] = {
        NONE,           NUMBER(INT64_MIN), NUMBER(-1),           NUMBER(0),
        NUMBER(1),      NUMBER(255),       NUMBER(256),          NUMBER(INT64_MAX),
        WORD(""),       OCTETS("\0"),      OCTETS("\0\0"),       WORD("A"),
        WORD("a"),      WORD("a "),        WORD("ab"),           WORD("b"),
        WORD("\x7f"),   WORD("\xc3\xa4"),  WORD("\xef\xbf\xbf"), WORD("\xf0\x90\x80\x80"),
        OCTETS("\xff"), OCTETS("\xff\0"),
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(sorted); i++)
        for (size_t k = 0; k < ADSYNC__COUNT(sorted); k++) {
            int32_t diff = adsync_value_compare(&sorted[i], &sorted[k]);
            assert_int_equal((diff > 0) - (diff < 0), (i > k) - (i < k));
        }
}

static void text_and_bytes_of_the_same_content_are_equal(void **state)
{
    static const adsync_value text = WORD("same"), bytes = OCTETS("same"), empty = { ADSYNC_VALUE_TEXT, 0, 0, NULL }, nothing = WORD("");

    (void)state;
    assert_int_equal(adsync_value_compare(&text, &bytes), 0);
    assert_int_equal(adsync_value_compare(&empty, &nothing), 0);
}

/* limits: key, window. A row stands where its first columns stand. */
static adsync_value rows[][2] = {
    { WORD("a"), WORD("x") }, { WORD("a"), WORD("y") }, { WORD("ab"), WORD("x") }, { WORD("b"), WORD("x") }, { WORD("c"), WORD("x") },
};

static void assert_places(const adsync_range *range, const int32_t expected[5])
{
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(adsync_range_place(range, rows[i]), expected[i]);
}

static void a_bound_is_compared_over_its_own_length(void **state)
{
    adsync_value a[] = { WORD("a") }, ab[] = { WORD("ab") }, ay[] = { WORD("a"), WORD("y") }, b[] = { WORD("b"), WORD("x") };

    (void)state;
    assert_places(&(adsync_range){ .table = ADSYNC_T_LIMITS, .lower = a, .n_lower = 1, .upper = ab, .n_upper = 1 },
                  (int32_t[]){ 0, 0, 0, 1, 1 });
    assert_places(&(adsync_range){ .table = ADSYNC_T_LIMITS, .lower = a, .n_lower = 1, .upper = a, .n_upper = 1 },
                  (int32_t[]){ 0, 0, 1, 1, 1 });
    assert_places(&(adsync_range){ .table = ADSYNC_T_LIMITS, .lower = ay, .n_lower = 2, .upper = b, .n_upper = 2 },
                  (int32_t[]){ -1, 0, 0, 0, 1 });
    assert_places(&(adsync_range){ .table = ADSYNC_T_LIMITS }, (int32_t[]){ 0, 0, 0, 0, 0 });
}

static void exclusive_leaves_out_what_equals_the_bound_where_the_scan_starts(void **state)
{
    adsync_value a[] = { WORD("a") }, b[] = { WORD("b") };
    adsync_range range = { .table = ADSYNC_T_LIMITS, .lower = a, .n_lower = 1, .upper = b, .n_upper = 1, .flags = ADSYNC_RANGE_EXCLUSIVE };

    (void)state;
    assert_places(&range, (int32_t[]){ -1, -1, 0, 0, 1 });
    range.flags |= ADSYNC_RANGE_DESCENDING;
    assert_places(&range, (int32_t[]){ 0, 0, 0, -1, -1 });
    range.n_upper = 0; /* an open end leaves nothing out */
    assert_places(&range, (int32_t[]){ 0, 0, 0, 0, 0 });
    range.flags = ADSYNC_RANGE_DESCENDING;
    range.n_upper = 1;
    range.lower = b;
    assert_places(&range, (int32_t[]){ 1, 1, 1, 0, -1 });
}

static void a_row_with_a_null_in_an_index_column_is_not_in_that_index(void **state)
{
    adsync_value grant[20] = { NUMBER(1), NUMBER(2) };
    const adsync_range due = { .table = ADSYNC_T_GRANTS, .index = 2 }, key = { .table = ADSYNC_T_GRANTS };

    (void)state;
    assert_string_equal(adsync_index_name(ADSYNC_T_GRANTS, 2), "by_due");
    assert_int_equal(adsync_range_place(&due, grant), 2);
    assert_int_equal(adsync_range_place(&key, grant), 0);
    for (uint32_t i = 0; i < 20; i++)
        if (adsync_table_column(ADSYNC_T_GRANTS, i) == ADSYNC_C_DUE_US) grant[i] = adsync__value_int(INT64_MIN);
    assert_int_equal(adsync_range_place(&due, grant), 0);
}

static void equal_index_columns_fall_back_on_the_key(void **state)
{
    adsync_value a[24] = { NUMBER(1), NUMBER(5) }, b[24] = { NUMBER(1), NUMBER(9) };
    adsync_range range = { .table = ADSYNC_T_JOBS, .index = 1 };

    (void)state;
    assert_true(adsync_range_compare(&range, a, b) < 0);
    assert_true(adsync_range_compare(&range, b, a) > 0);
    assert_int_equal(adsync_range_compare(&range, a, a), 0);
    range.flags = ADSYNC_RANGE_DESCENDING;
    assert_true(adsync_range_compare(&range, a, b) > 0);
}

static void a_range_that_is_none_reads_no_wild_column(void **state)
{
    adsync_value bound[] = { WORD("a"), WORD("x"), WORD("too"), WORD("many") };
    const adsync_range longer = { .table = ADSYNC_T_LIMITS, .lower = bound, .n_lower = 4 };
    const adsync_range nowhere = { .table = 4711, .lower = bound, .n_lower = 4, .upper = bound, .n_upper = 4 };

    (void)state;
    assert_int_equal(adsync_range_place(&longer, rows[0]), 0);
    assert_int_equal(adsync_range_place(&nowhere, rows[0]), 0);
    assert_int_equal(adsync_range_compare(&nowhere, rows[0], rows[1]), 0);
}

static void the_order_is_one(void **state)
{
    any a = { 99 };

    (void)state;
    for (uint32_t round = 0; round < 100000; round++) { /* whatever three values are drawn, no circle comes out */
        adsync_value x = any_of_kind(&a, 1 + any_below(&a, 3)), y = any_of_kind(&a, 1 + any_below(&a, 3)),
                     z = any_of_kind(&a, 1 + any_below(&a, 3));
        if (adsync_value_compare(&x, &y) <= 0 && adsync_value_compare(&y, &z) <= 0) assert_true(adsync_value_compare(&x, &z) <= 0);
        assert_int_equal(adsync_value_compare(&x, &y), -adsync_value_compare(&y, &x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_sort_null_first_then_numbers_then_bytes),
        cmocka_unit_test(text_and_bytes_of_the_same_content_are_equal),
        cmocka_unit_test(a_bound_is_compared_over_its_own_length),
        cmocka_unit_test(exclusive_leaves_out_what_equals_the_bound_where_the_scan_starts),
        cmocka_unit_test(a_row_with_a_null_in_an_index_column_is_not_in_that_index),
        cmocka_unit_test(equal_index_columns_fall_back_on_the_key),
        cmocka_unit_test(a_range_that_is_none_reads_no_wild_column),
        cmocka_unit_test(the_order_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
