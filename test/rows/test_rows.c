/* SPDX-License-Identifier: MIT */
/* Rows as they come out: stepping, reading by column, text and JSON for people; bytes. */
#include "json/json.h"
#include "rows/rows.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint32_t columns[] = { ADSYNC_C_NAME, ADSYNC_C_DAY, ADSYNC_C_KIND, ADSYNC_C_HASH, ADSYNC_C_FACTS, ADSYNC_C_SPEND };

static adsync_rows *made(const adsync_value *values, size_t n) /* n times one per column */
{
    adsync_rows *rows = NULL;

    assert_int_equal(adsync__rows_new(columns, ADSYNC__COUNT(columns), &rows, NULL), ADSYNC_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(adsync__rows_add(rows, values + i * ADSYNC__COUNT(columns), NULL), ADSYNC_OK);
    return rows;
}

static adsync_rows *one(const adsync_value *values)
{
    adsync_rows *rows = made(values, 1);

    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    return rows;
}

static void rows_are_stepped_once_and_end_for_good(void **state)
{
    static const adsync_value values[2][6] = { { WORD("first") }, { WORD("second") } };
    adsync_rows *rows = made(values[0], 2);

    (void)state;
    assert_int_equal(adsync_rows_count(rows), 2);
    assert_null(adsync_rows_text(rows, ADSYNC_C_NAME)); /* no row is current yet */
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "first");
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "second");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_OK);
        assert_null(adsync_rows_text(rows, ADSYNC_C_NAME));
        assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_NAME), ADSYNC_VALUE_NULL);
    }
    assert_int_equal(adsync_rows_count(rows), 2);
    adsync_rows_free(rows);
}

static void every_getter_takes_NULL(void **state)
{
    adsync_error *error = NULL;
    size_t size = 7;

    (void)state;
    assert_int_equal(adsync_rows_next(NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_rows_int(NULL, ADSYNC_C_NAME), 0);
    assert_null(adsync_rows_text(NULL, ADSYNC_C_NAME));
    assert_null(adsync_rows_bytes(NULL, ADSYNC_C_NAME, &size));
    assert_int_equal(size, 0);
    assert_int_equal(adsync_rows_kind(NULL, ADSYNC_C_NAME), ADSYNC_VALUE_NULL);
    assert_int_equal(adsync_rows_width(NULL), 0);
    assert_int_equal(adsync_rows_column(NULL, 0), 0);
    assert_int_equal(adsync_rows_count(NULL), 0);
    assert_null(adsync_rows_json(NULL, &error));
    assert_int_equal(adsync_error_status(error), ADSYNC_E_INVALID);
    adsync_rows_free(NULL);
    adsync_error_free(error);
}

static void a_column_that_is_not_there_reads_as_nothing(void **state)
{
    static const adsync_value values[6] = { WORD("x") };
    static const uint32_t strange[] = { 0, ADSYNC_C_CLICKS, ADSYNC__C_LAST, ADSYNC__C_LAST + 1, 70000, UINT32_MAX };
    adsync_rows *rows = one(values);

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(strange); i++) {
        size_t size = 7;
        assert_int_equal(adsync_rows_int(rows, strange[i]), 0);
        assert_null(adsync_rows_text(rows, strange[i]));
        assert_null(adsync_rows_bytes(rows, strange[i], &size));
        assert_int_equal(size, 0);
        assert_int_equal(adsync_rows_kind(rows, strange[i]), ADSYNC_VALUE_NULL);
    }
    adsync_rows_free(rows);
}

static void columns_can_be_walked_by_position(void **state)
{
    static const adsync_value values[6] = { NONE };
    adsync_rows *rows = one(values);

    (void)state;
    assert_int_equal(adsync_rows_width(rows), 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(adsync_rows_column(rows, i), columns[i]);
    assert_int_equal(adsync_rows_column(rows, 6), 0);
    assert_int_equal(adsync_rows_column(rows, UINT32_MAX), 0);
    adsync_rows_free(rows);
}

static void a_null_is_not_zero_and_not_empty(void **state)
{
    static const adsync_value nulls[6] = { NONE }, empty[6] = { WORD(""), NUMBER(0), NUMBER(0), OCTETS("") };
    adsync_rows *rows = one(nulls);
    size_t size = 7;

    (void)state;
    assert_null(adsync_rows_text(rows, ADSYNC_C_NAME));
    assert_null(adsync_rows_bytes(rows, ADSYNC_C_HASH, &size));
    assert_int_equal(size, 0);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_DAY), ADSYNC_VALUE_NULL);
    adsync_rows_free(rows);

    rows = one(empty);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "");
    assert_non_null(adsync_rows_bytes(rows, ADSYNC_C_NAME, &size));
    assert_non_null(adsync_rows_bytes(rows, ADSYNC_C_HASH, NULL));
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_HASH), "");
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_DAY), ADSYNC_VALUE_INT);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_DAY), "0");
    adsync_rows_free(rows);
}

static void text_is_for_people_days_kinds_and_bytes_included(void **state)
{
    static const struct { int64_t day; const char *text; } days[] = {
        { 20261120, "2026-11-20" }, { 10101, "0001-01-01" }, { 99991231, "9999-12-31" }, { 10100, "10100" }, { 99991232, "99991232" },
        { -20261120, "-20261120" }, { INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
    };
    static const struct {
        int64_t kind;
        const char *text;
    } kinds[] = {
        { ADSYNC_KIND_ACCOUNT, "account" },
        { ADSYNC_KIND_LEAD_FORM, "lead_form" },
        { ADSYNC_KIND_POST, "post" },
        { 0, "0" },
        { 11, "11" },
        { -1, "-1" },
        { (INT64_C(1) << 32) + 1, "4294967297" },
    };
    adsync_value values[6] = { WORD("Winter \xe2\x98\x83"), NUMBER(0), NUMBER(0), OCTETS("\0\1\xff"), NONE, NUMBER(12500000) };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(days); i++) {
        adsync_rows *rows;
        values[1].i = days[i].day;
        values[2].i = kinds[i % ADSYNC__COUNT(kinds)].kind;
        rows = one(values);
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_DAY), days[i].text);
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_KIND), kinds[i % ADSYNC__COUNT(kinds)].text);
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_HASH), "AAH/");
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "Winter \xe2\x98\x83");
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_SPEND), "12500000"); /* money stays a number */
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_DAY), days[i].day);
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_NAME), 0);
        adsync_rows_free(rows);
    }
}

static void bytes_come_whole_with_a_NUL_after_them(void **state)
{
    static const adsync_value values[6] = { WORD("abc"), NUMBER(7), NONE, OCTETS("a\0b") };
    adsync_rows *rows = one(values);
    size_t size;
    const char *p;

    (void)state;
    p = adsync_rows_bytes(rows, ADSYNC_C_HASH, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(p, "a\0b", 4);
    p = adsync_rows_bytes(rows, ADSYNC_C_NAME, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(p, "abc", 4);
    assert_null(adsync_rows_bytes(rows, ADSYNC_C_DAY, &size)); /* a number has none */
    assert_int_equal(size, 0);
    adsync_rows_free(rows);
}

static void rows_keep_copies_of_what_they_were_given(void **state)
{
    char name[] = "before";
    adsync_value values[6] = { { ADSYNC_VALUE_TEXT, sizeof name - 1, 0, name } };
    adsync_rows *rows = one(values);

    (void)state;
    memcpy(name, "after!", sizeof name);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_NAME), "before");
    adsync_rows_free(rows);
}

static void json_leaves_out_nulls_and_embeds_json(void **state)
{
    static const adsync_value values[3][6] = {
        { WORD("a \"quoted\"\n\\ name\x01"), NUMBER(20261120), NUMBER(ADSYNC_KIND_AD), OCTETS("\0\1\xff"), WORD("{\"a\":[1,2]}"),
          NUMBER(-5) },
        { NONE, NONE, NONE, NONE, NONE, NONE },
        { WORD(""), NUMBER(7), NUMBER(99), OCTETS(""), WORD(""), NUMBER(INT64_MIN) },
    };
    adsync_rows *rows = made(values[0], 3);
    const char *rest = "{},{\"name\":\"\",\"day\":7,\"kind\":99,\"hash\":\"\",\"facts\":\"\",\"spend\":-9223372036854775808}]";
    char whole[400];

    (void)state;
    (void)snprintf(whole, sizeof whole, "%s%s",
                   "[{\"name\":\"a \\\"quoted\\\"\\n\\\\ name\\u0001\",\"day\":\"2026-11-20\",\"kind\":\"ad\",\"hash\":\"AAH/\","
                   "\"facts\":{\"a\":[1,2]},\"spend\":-5},", rest);
    assert_string_equal(adsync_rows_json(rows, NULL), whole);
    assert_string_equal(adsync_rows_json(rows, NULL), whole); /* it does not step */
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(whole, sizeof whole, "[%s", rest);
    assert_string_equal(adsync_rows_json(rows, NULL), whole); /* what was stepped over is not in it */
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_SPEND), -5);
    for (int i = 0; i < 3; i++)
        (void)adsync_rows_next(rows, NULL);
    assert_string_equal(adsync_rows_json(rows, NULL), "[]");
    adsync_rows_free(rows);
}

/* What is in the store may be anybody's: one broken value does not break the document. */
static void a_JSON_column_that_holds_no_JSON_is_written_as_text(void **state)
{
    static const char *const json[] = {
        "0",
        "-0",
        "1.5e+3",
        "-12E-7",
        "true",
        "false",
        "null",
        "\"\"",
        "\"\\u00e4\\n\\\\\\\"\"",
        "[]",
        "{}",
        "[[],{}]",
        " {\"a\" : [1 , 2]} ",
        "{\"a\":{\"b\":null},\"c\":[true,\"]\"]}",
        "[\n\t1\r]",
    };
    static const char *const broken[] = {
        " ",
        "[",
        "]",
        "{",
        "[1",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{1:2}",
        "{\"a\":1]",
        "[1}",
        "1 2",
        "[]]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "tru",
        "nulll",
        "'a'",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12",
        "\"\n\"",
        "NaN",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    adsync_value values[6] = { NONE };
    char whole[400];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(json); i++) {
        adsync_rows *rows;
        values[4] = adsync__value_text(json[i]);
        rows = made(values, 1);
        (void)snprintf(whole, sizeof whole, "[{\"facts\":%s}]", json[i]);
        assert_string_equal(adsync_rows_json(rows, NULL), whole);
        adsync_rows_free(rows);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(broken); i++) {
        adsync_rows *rows;
        const char *text;
        values[4] = adsync__value_text(broken[i]);
        rows = made(values, 1);
        text = adsync_rows_json(rows, NULL);
        assert_true(adsync__json_valid(text, strlen(text)));
        if (adsync__json_valid(broken[i], strlen(broken[i]))) fail_msg("%s is no JSON", broken[i]);
        adsync_rows_free(rows);
    }
}

static void rows_without_rows_and_columns_are_fine(void **state)
{
    adsync_rows *rows = NULL;

    (void)state;
    assert_int_equal(adsync__rows_new(NULL, 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_width(rows), 0);
    assert_string_equal(adsync_rows_json(rows, NULL), "[]");
    adsync_rows_free(rows);
}

static void ten_thousand_rows_keep_their_order_and_place(void **state)
{
    adsync_value values[6] = { WORD("0") };
    const adsync_value *first;
    adsync_rows *rows = NULL;

    (void)state;
    assert_int_equal(adsync__rows_new(columns, 6, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync__rows_add(rows, values, NULL), ADSYNC_OK);
    first = adsync__rows_values(rows, 0);
    for (int64_t i = 1; i < 10000; i++) {
        values[1] = adsync__value_int(i);
        assert_int_equal(adsync__rows_add(rows, values, NULL), ADSYNC_OK);
    }
    assert_ptr_equal(adsync__rows_values(rows, 0), first);
    for (int64_t i = 0; i < 10000; i++) {
        assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_DAY), i);
    }
    adsync_rows_free(rows);
}

static void every_column_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_null(adsync_column_name(0));
    assert_null(adsync_column_name(ADSYNC__C_LAST + 1));
    assert_null(adsync_column_name(UINT32_MAX));
    assert_int_equal(adsync_column_shape(UINT32_MAX), ADSYNC_SHAPE_PLAIN);
    for (uint32_t i = 1; i <= ADSYNC__C_LAST; i++) {
        assert_non_null(adsync_column_name(i));
        assert_true(adsync_column_shape(i) <= ADSYNC_SHAPE_KIND);
        for (uint32_t k = 1; k < i; k++)
            assert_string_not_equal(adsync_column_name(i), adsync_column_name(k));
    }
    assert_null(adsync_kind_name(0));
    assert_null(adsync_kind_name(ADSYNC_KIND_POST + 1));
    for (uint32_t i = 1; i <= ADSYNC_KIND_POST; i++)
        assert_non_null(adsync_kind_name(i));
}

/* ---- bytes */

static void bytes_are_an_owned_copy(void **state)
{
    char from[] = "a\0b";
    adsync_bytes *bytes = NULL;
    size_t size = 0;

    (void)state;
    assert_int_equal(adsync_bytes_new(from, 3, &bytes, NULL), ADSYNC_OK);
    from[0] = 'x';
    assert_memory_equal(adsync_bytes_data(bytes, &size), "a\0b", 4);
    assert_int_equal(size, 3);
    adsync_bytes_free(bytes);
    assert_int_equal(adsync_bytes_new(NULL, 0, &bytes, NULL), ADSYNC_OK);
    assert_string_equal(adsync_bytes_data(bytes, &size), "");
    assert_int_equal(size, 0);
    adsync_bytes_free(bytes);
}

static void bad_bytes_are_refused(void **state)
{
    adsync_bytes *bytes = (adsync_bytes *)state;
    adsync_error *error = NULL;
    size_t size = 7;

    assert_int_equal(adsync_bytes_new("a", 1, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_bytes_new(NULL, 1, &bytes, &error), ADSYNC_E_INVALID);
    assert_null(bytes);
    assert_int_equal(adsync_bytes_new("a", SIZE_MAX, &bytes, &error), ADSYNC_E_MEMORY);
    assert_null(bytes);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_MEMORY);
    assert_null(adsync_bytes_data(NULL, &size));
    assert_int_equal(size, 0);
    adsync_bytes_free(NULL);
    adsync_error_free(error);
}

/* ---- rows going in */

static void a_text_as_in_the_row_before_is_the_same_bytes(void **state)
{
    adsync__arena arena = { 0 };
    adsync_row a, b, c;
    adsync_value last = { 0 };

    (void)state;
    adsync__row_begin(&a, &arena);
    adsync__row_begin(&b, &arena);
    adsync__row_begin(&c, &arena);
    adsync__row_int(&a, ADSYNC_C_DAY, 1);
    adsync__row_again(&a, ADSYNC_C_ENTITY_ID, "123", 3, &last);
    adsync__row_int(&b, ADSYNC_C_DAY, 2);
    adsync__row_again(&b, ADSYNC_C_ENTITY_ID, "123", 3, &last);
    adsync__row_again(&c, ADSYNC_C_ENTITY_ID, "124", 3, &last);
    assert_ptr_equal(adsync__row_get(&a, ADSYNC_C_ENTITY_ID)->p, adsync__row_get(&b, ADSYNC_C_ENTITY_ID)->p);
    assert_string_equal(adsync__row_get(&b, ADSYNC_C_ENTITY_ID)->p, "123");
    assert_string_equal(adsync__row_get(&c, ADSYNC_C_ENTITY_ID)->p, "124");
    adsync__row_again(&c, ADSYNC_C_DAY, "\xff", 1, &last); /* no text: the row says so, and nobody repeats it */
    assert_int_equal(c.failed, ADSYNC_E_INVALID);
    assert_string_equal(last.p, "124");
    adsync__arena_free(&arena);
}

static void a_number_set_twice_is_the_later_one_and_one_added_is_the_sum(void **state)
{
    adsync__arena arena = { 0 };
    adsync_row row;

    (void)state;
    adsync__row_begin(&row, &arena);
    for (int64_t i = 1; i <= 100; i++) { /* more columns than a row begins with */
        adsync__row_int(&row, (uint32_t)i, i);
        adsync__row_int(&row, (uint32_t)i, -i);
        assert_true(adsync__row_add(&row, (uint32_t)i, 10));
    }
    assert_true(adsync__row_add(&row, 101, 5));
    assert_int_equal(row.n, 101);
    for (int64_t i = 1; i <= 100; i++) assert_int_equal(adsync__row_get(&row, (uint32_t)i)->i, 10 - i);
    assert_int_equal(adsync__row_get(&row, 101)->i, 5);
    assert_false(adsync__row_add(&row, 101, INT64_MAX));
    adsync__row_int(&row, ADSYNC__C_LAST + 1, 1);
    assert_int_equal(row.failed, ADSYNC_E_INVALID);
    adsync__arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_as_in_the_row_before_is_the_same_bytes),
        cmocka_unit_test(a_number_set_twice_is_the_later_one_and_one_added_is_the_sum),
        cmocka_unit_test(rows_are_stepped_once_and_end_for_good),
        cmocka_unit_test(every_getter_takes_NULL),
        cmocka_unit_test(a_column_that_is_not_there_reads_as_nothing),
        cmocka_unit_test(columns_can_be_walked_by_position),
        cmocka_unit_test(a_null_is_not_zero_and_not_empty),
        cmocka_unit_test(text_is_for_people_days_kinds_and_bytes_included),
        cmocka_unit_test(bytes_come_whole_with_a_NUL_after_them),
        cmocka_unit_test(rows_keep_copies_of_what_they_were_given),
        cmocka_unit_test(json_leaves_out_nulls_and_embeds_json),
        cmocka_unit_test(a_JSON_column_that_holds_no_JSON_is_written_as_text),
        cmocka_unit_test(rows_without_rows_and_columns_are_fine),
        cmocka_unit_test(ten_thousand_rows_keep_their_order_and_place),
        cmocka_unit_test(every_column_has_a_name_of_its_own),
        cmocka_unit_test(bytes_are_an_owned_copy),
        cmocka_unit_test(bad_bytes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
