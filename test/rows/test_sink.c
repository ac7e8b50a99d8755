/* SPDX-License-Identifier: MIT */
/* Sinks: what a callback answers is held against the table and copied as it comes in. The sink stands alone here; test_choke.c has
 * storages that lie through one. */
#include "rows/rows.h"
#include "support/values.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

/* A table of the test's own: number and text as the key, then one of each kind. */
static const uint32_t columns[] = { ADSYNC_C_ORG, ADSYNC_C_ID, ADSYNC_C_VALUE, ADSYNC_C_TEXT, ADSYNC_C_HASH };
static const uint8_t kinds[] = { ADSYNC_VALUE_INT, ADSYNC_VALUE_TEXT, ADSYNC_VALUE_INT, ADSYNC_VALUE_TEXT, ADSYNC_VALUE_BYTES };
enum { WIDTH = 5, KEY = 2 };

static void begin(adsync_sink *sink, uint32_t wanted)
{
    assert_int_equal(adsync__sink_rows(sink, columns, kinds, WIDTH, KEY, wanted, NULL), ADSYNC_OK);
}

/* Ends the sink; the rows are stepped onto the first. */
static adsync_rows *end(adsync_sink *sink, size_t count)
{
    adsync_rows *rows = NULL;

    assert_int_equal(adsync__sink_end(sink, ADSYNC_OK, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), count);
    if (count) assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    return rows;
}

static void assert_refused(adsync_sink *sink, adsync_status status)
{
    adsync_rows *rows = (adsync_rows *)sink;
    adsync_error *error = NULL;

    assert_int_equal(adsync_sink_int(sink, 1), status); /* the first refusal stays */
    assert_int_equal(adsync__sink_end(sink, ADSYNC_OK, &rows, &error), status); /* whatever the callback answered */
    assert_null(rows);
    assert_int_equal(adsync_error_status(error), status);
    assert_string_not_equal(adsync_error_message(error), "");
    adsync_error_free(error);
}

static void a_whole_row_comes_out_as_it_went_in(void **state)
{
    static const adsync_value values[] = { NUMBER(7), WORD("id"), NUMBER(INT64_MIN), WORD("text"), OCTETS("\0\1") };
    adsync_sink sink;
    adsync_rows *rows;
    size_t size;

    (void)state;
    begin(&sink, 0);
    assert_int_equal(adsync_sink_values(&sink, INT64_MAX, values, WIDTH), ADSYNC_OK);
    rows = end(&sink, 1);
    assert_int_equal(adsync_rows_width(rows), WIDTH + 1);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ORG), 7);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ID), "id");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VALUE), INT64_MIN);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_TEXT), "text");
    assert_memory_equal(adsync_rows_bytes(rows, ADSYNC_C_HASH, &size), "\0\1", 3);
    assert_int_equal(size, 2);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VERSION), INT64_MAX);
    adsync_rows_free(rows);
}

static void a_missing_tail_is_null_and_a_longer_one_is_left_out(void **state)
{
    static const adsync_value values[] = { NUMBER(7), WORD("id"), NUMBER(5), WORD("text"), OCTETS("x"), NUMBER(1), NUMBER(2) };
    adsync_sink sink;
    adsync_rows *rows;

    (void)state;
    begin(&sink, 3);
    assert_int_equal(adsync_sink_values(&sink, 1, values, KEY), ADSYNC_OK);
    assert_int_equal(adsync_sink_values(&sink, 2, values, ADSYNC__COUNT(values)), ADSYNC_OK);
    rows = end(&sink, 2);
    assert_int_equal(adsync_rows_width(rows), 4);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_VALUE), ADSYNC_VALUE_NULL);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VERSION), 1);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VALUE), 5);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VERSION), 2);
    adsync_rows_free(rows);
}

static void fewer_columns_than_the_key_still_bring_the_key(void **state)
{
    static const adsync_value values[] = { NUMBER(7), WORD("id"), NUMBER(5) };
    adsync_sink sink;
    adsync_rows *rows;

    (void)state;
    begin(&sink, 1);
    assert_int_equal(adsync_sink_values(&sink, 1, values, 3), ADSYNC_OK);
    rows = end(&sink, 1);
    assert_int_equal(adsync_rows_width(rows), KEY + 1);
    adsync_rows_free(rows);
}

/* The host's memory is freed right after each append: only a copy can come out. */
static adsync_status append_text(adsync_sink *sink, const char *text)
{
    size_t size = strlen(text);
    char *heap = malloc(size + 1);
    adsync_status rc;

    assert_non_null(heap);
    memcpy(heap, text, size + 1);
    rc = adsync_sink_text(sink, heap, size % 2 ? size : SIZE_MAX);
    memset(heap, 'X', size);
    free(heap);
    return rc;
}

static void a_row_may_come_value_by_value_from_memory_freed_at_once(void **state)
{
    static const char *ids[] = { "one", "second", "" };
    adsync_sink sink;
    adsync_rows *rows;

    (void)state;
    begin(&sink, 0);
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(adsync_sink_row(&sink, 10 + i), ADSYNC_OK);
        assert_int_equal(adsync_sink_int(&sink, i), ADSYNC_OK);
        assert_int_equal(append_text(&sink, ids[i]), ADSYNC_OK);
        if (i == 1) continue; /* its tail is null */
        assert_int_equal(adsync_sink_null(&sink), ADSYNC_OK);
        assert_int_equal(append_text(&sink, "text of it"), ADSYNC_OK);
        assert_int_equal(adsync_sink_bytes(&sink, "\0", 1), ADSYNC_OK);
        assert_int_equal(adsync_sink_int(&sink, 99), ADSYNC_OK); /* more than asked for is fine */
    }
    rows = end(&sink, 3);
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_ORG), i);
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ID), ids[i]);
        assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_VALUE), ADSYNC_VALUE_NULL);
        assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_TEXT), i == 1 ? ADSYNC_VALUE_NULL : ADSYNC_VALUE_TEXT);
        assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_HASH), i == 1 ? ADSYNC_VALUE_NULL : ADSYNC_VALUE_BYTES);
        assert_int_equal(adsync_rows_int(rows, ADSYNC_C_VERSION), 10 + i);
        (void)adsync_rows_next(rows, NULL);
    }
    adsync_rows_free(rows);
}

static void text_may_come_as_bytes_and_bytes_as_text(void **state)
{
    static const adsync_value values[] = { NUMBER(7), OCTETS("id"), NONE, OCTETS("text"), WORD("bytes") };
    adsync_sink sink;
    adsync_rows *rows;

    (void)state;
    begin(&sink, 0);
    assert_int_equal(adsync_sink_values(&sink, 1, values, WIDTH), ADSYNC_OK);
    rows = end(&sink, 1);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_ID), ADSYNC_VALUE_TEXT);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_TEXT), ADSYNC_VALUE_TEXT);
    assert_int_equal(adsync_rows_kind(rows, ADSYNC_C_HASH), ADSYNC_VALUE_BYTES);
    adsync_rows_free(rows);
}

/* ---- what is refused */

static void a_row_that_the_table_cannot_hold_is_refused(void **state)
{
    static const struct { uint32_t n; int64_t version; adsync_value values[WIDTH]; } bad[] = {
        { WIDTH, 1, { WORD("7"), WORD("id") } },                             /* text where a number stands */
        { WIDTH, 1, { NUMBER(7), NUMBER(5) } },                              /* a number where text stands */
        { WIDTH, 1, { NUMBER(7), WORD("id"), NONE, NONE, NUMBER(5) } },      /* a number where bytes stand */
        { WIDTH, 1, { NUMBER(7), WORD("id"), OCTETS("5") } },                /* bytes where a number stands */
        { WIDTH, 1, { NUMBER(7), NONE } },                                   /* a key column is null */
        { WIDTH, 1, { NONE, WORD("id") } },
        { 1, 1, { NUMBER(7) } },                                             /* half a key */
        { 0, 1, { NONE } },
        { WIDTH, 0, { NUMBER(7), WORD("id") } },                             /* versions begin at 1 */
        { WIDTH, -1, { NUMBER(7), WORD("id") } },
        { WIDTH, INT64_MIN, { NUMBER(7), WORD("id") } },
        { WIDTH, 1, { NUMBER(7), WORD("i\0d") } },                           /* NUL in text */
        { WIDTH, 1, { NUMBER(7), WORD("\xff") } },                           /* no UTF-8 */
        { WIDTH, 1, { NUMBER(7), OCTETS("\xed\xa0\x80") } },                 /* half a pair of UTF-16, through bytes */
        { WIDTH, 1, { NUMBER(7), { 4, 1, 0, "x" } } },                       /* no known kind */
        { WIDTH, 1, { NUMBER(7), { UINT32_MAX, 1, 0, "x" } } },
        { WIDTH, 1, { NUMBER(7), { ADSYNC_VALUE_TEXT, 5, 0, NULL } } },      /* a size at no address */
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        adsync_sink sink;
        begin(&sink, 0);
        assert_int_equal(adsync_sink_values(&sink, bad[i].version, bad[i].values, bad[i].n), ADSYNC_E_FORMAT);
        assert_refused(&sink, ADSYNC_E_FORMAT);
    }
}

static void a_row_appended_wrongly_is_refused(void **state)
{
    adsync_sink sink;

    (void)state;
    begin(&sink, 0);
    assert_int_equal(adsync_sink_int(&sink, 1), ADSYNC_E_FORMAT); /* before adsync_sink_row */
    assert_refused(&sink, ADSYNC_E_FORMAT);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_text(&sink, "7", 1), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_int(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_row(&sink, 2), ADSYNC_E_FORMAT); /* the first one lacks half its key */
    assert_refused(&sink, ADSYNC_E_FORMAT);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_values(&sink, 1, NULL, 0), ADSYNC_E_FORMAT); /* inside one that was begun */
    assert_refused(&sink, ADSYNC_E_FORMAT);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_values(&sink, 1, NULL, 3), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_int(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_text(&sink, "x", (size_t)UINT32_MAX + 1), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);
}

static void a_row_begun_and_left_half_is_refused_at_the_end(void **state)
{
    adsync_rows *rows = (adsync_rows *)state;
    adsync_sink sink;

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_int(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_OK, &rows, NULL), ADSYNC_E_FORMAT);
    assert_null(rows);

    begin(&sink, 0);
    assert_int_equal(adsync_sink_row(&sink, 0), ADSYNC_OK); /* its version is looked at when it is whole */
    assert_int_equal(adsync_sink_int(&sink, 1), ADSYNC_OK);
    assert_int_equal(adsync_sink_text(&sink, "id", 2), ADSYNC_OK);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_OK, &rows, NULL), ADSYNC_E_FORMAT);
    assert_null(rows);
}

static void a_sink_takes_nothing_of_another_kind(void **state)
{
    uint8_t flags[4];
    adsync_sink sink;

    (void)state;
    begin(&sink, 0);
    assert_int_equal(adsync_sink_conflict(&sink, 0), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);
    adsync__sink_conflicts(&sink, flags, 4);
    assert_int_equal(adsync_sink_row(&sink, 1), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);
    adsync__sink_conflicts(&sink, flags, 4);
    assert_int_equal(adsync_sink_bytes(&sink, "x", 1), ADSYNC_E_FORMAT);
    assert_refused(&sink, ADSYNC_E_FORMAT);
}

static void conflicts_are_counted_once_each(void **state)
{
    uint8_t flags[4] = { 9, 9, 9, 9 };
    static const uint8_t expected[4] = { 1, 0, 0, 1 };
    adsync_sink sink;

    (void)state;
    adsync__sink_conflicts(&sink, flags, 4);
    assert_int_equal(adsync_sink_conflict(&sink, 3), ADSYNC_OK);
    assert_int_equal(adsync_sink_conflict(&sink, 0), ADSYNC_OK);
    assert_int_equal(adsync_sink_conflict(&sink, 3), ADSYNC_OK);
    assert_int_equal(sink.n_conflicts, 2);
    assert_memory_equal(flags, expected, 4);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_E_CONFLICT, NULL, NULL), ADSYNC_E_CONFLICT);
}

static void a_conflict_out_of_range_is_refused(void **state)
{
    static const uint32_t wild[] = { 4, 5, UINT32_MAX };
    uint8_t flags[4];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(wild); i++) {
        adsync_sink sink;
        adsync__sink_conflicts(&sink, flags, 4);
        assert_int_equal(adsync_sink_conflict(&sink, wild[i]), ADSYNC_E_FORMAT);
        assert_refused(&sink, ADSYNC_E_FORMAT);
    }
}

static void bytes_are_gathered_up_to_the_most(void **state)
{
    adsync_sink sink;

    (void)state;
    adsync__sink_bytes(&sink, 4);
    assert_int_equal(adsync_sink_bytes(&sink, "ab", 2), ADSYNC_OK);
    assert_int_equal(adsync_sink_bytes(&sink, NULL, 0), ADSYNC_OK);
    assert_int_equal(adsync_sink_bytes(&sink, "cd", 2), ADSYNC_OK);
    assert_int_equal(sink.bytes.size, 4);
    assert_memory_equal(sink.bytes.p, "abcd", 4);
    assert_int_equal(adsync_sink_bytes(&sink, "e", 1), ADSYNC_E_TOO_BIG);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_OK, NULL, NULL), ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&sink.bytes);
    adsync__sink_bytes(&sink, 4);
    assert_int_equal(adsync_sink_bytes(&sink, NULL, 1), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_OK, NULL, NULL), ADSYNC_E_FORMAT);
    adsync__buffer_free(&sink.bytes);
}

static void assert_closed(adsync_sink *sink)
{
    static const adsync_value key[] = { NUMBER(1), WORD("x") };

    assert_int_equal(adsync_sink_values(sink, 1, key, 2), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_row(sink, 1), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_null(sink), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_int(sink, 1), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_text(sink, "x", 1), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_text(sink, NULL, SIZE_MAX), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_text(sink, "x", SIZE_MAX - 1), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_bytes(sink, "x", 1), ADSYNC_E_INVALID);
    assert_int_equal(adsync_sink_conflict(sink, 0), ADSYNC_E_INVALID);
}

static void a_sink_used_after_its_callback_returned_refuses_everything(void **state)
{
    uint8_t flags[1];
    adsync_sink sink = { 0 };

    (void)state;
    assert_closed(&sink); /* never opened */
    assert_closed(NULL);
    begin(&sink, 0);
    adsync_rows_free(end(&sink, 0));
    assert_closed(&sink);
    adsync__sink_conflicts(&sink, flags, 1);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_OK, NULL, NULL), ADSYNC_OK);
    assert_closed(&sink);
}

static void a_failed_answer_keeps_its_own_words_and_gives_no_rows(void **state)
{
    static const adsync_value key[] = { NUMBER(1), WORD("x") };
    adsync_rows *rows = (adsync_rows *)state;
    adsync_error *error = NULL;
    adsync_sink sink;

    begin(&sink, 0);
    assert_int_equal(adsync_sink_values(&sink, 1, key, 2), ADSYNC_OK);
    (void)adsync_error_set(&error, ADSYNC_E_STORAGE, "the disk is gone", 42);
    assert_int_equal(adsync__sink_end(&sink, ADSYNC_E_STORAGE, &rows, &error), ADSYNC_E_STORAGE);
    assert_null(rows);
    assert_string_equal(adsync_error_message(error), "the disk is gone");
    assert_int_equal(adsync_error_host_code(error), 42);
    adsync_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_row_comes_out_as_it_went_in),
        cmocka_unit_test(a_missing_tail_is_null_and_a_longer_one_is_left_out),
        cmocka_unit_test(fewer_columns_than_the_key_still_bring_the_key),
        cmocka_unit_test(a_row_may_come_value_by_value_from_memory_freed_at_once),
        cmocka_unit_test(text_may_come_as_bytes_and_bytes_as_text),
        cmocka_unit_test(a_row_that_the_table_cannot_hold_is_refused),
        cmocka_unit_test(a_row_appended_wrongly_is_refused),
        cmocka_unit_test(a_row_begun_and_left_half_is_refused_at_the_end),
        cmocka_unit_test(a_sink_takes_nothing_of_another_kind),
        cmocka_unit_test(conflicts_are_counted_once_each),
        cmocka_unit_test(a_conflict_out_of_range_is_refused),
        cmocka_unit_test(bytes_are_gathered_up_to_the_most),
        cmocka_unit_test(a_sink_used_after_its_callback_returned_refuses_everything),
        cmocka_unit_test(a_failed_answer_keeps_its_own_words_and_gives_no_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
