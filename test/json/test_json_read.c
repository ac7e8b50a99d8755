/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"
#include "json/json.h"
#include "support/faults.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { MAX = 1 << 20 };

static adsync__reader *reader;
static char body[MAX + ADSYNC__READER_PADDING + 64];

static int setup(void **state)
{
    (void)state;
    return adsync__reader_new(MAX, &reader, NULL) < 0;
}

static int teardown(void **state)
{
    (void)state;
    adsync__reader_free(reader);
    return 0;
}

static adsync_status parse(const char *text, size_t size, adsync__node *root)
{
    memset(body, 0, sizeof body);
    memcpy(body, text, size);
    return adsync__reader_parse(reader, body, size, root, NULL);
}

static adsync__node parsed(const char *text)
{
    adsync__node root;

    assert_int_equal(parse(text, strlen(text), &root), ADSYNC_OK);
    return root;
}

static void assert_decimal(const char *json, const char *wanted)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_decimal(adsync__node_get(parsed(json), "v"), &room, &size);

    if (!wanted) {
        assert_null(text);
        return;
    }
    assert_non_null(text);
    assert_string_equal(text, wanted);
    assert_int_equal(size, strlen(wanted));
}

static void an_integer_of_64_bits_is_exact(void **state)
{
    (void)state;
    assert_decimal("{\"v\":120245452617390604}", "120245452617390604");
    assert_decimal("{\"v\":9223372036854775807}", "9223372036854775807");
    assert_decimal("{\"v\":-9223372036854775808}", "-9223372036854775808");
    assert_decimal("{\"v\":18446744073709551615}", "18446744073709551615");
}

static void a_number_beyond_64_bits_is_refused(void **state)
{
    adsync__node root;

    (void)state;
    assert_int_equal(parse("{\"v\":18446744073709551616}", 26, &root), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__node_kind(root), ADSYNC__NODE_MISSING);
}

static void a_fraction_comes_back_as_it_was_written(void **state)
{
    (void)state;
    assert_decimal("{\"v\":14.35}", "14.35");
    assert_decimal("{\"v\":100.0}", "100");
    assert_decimal("{\"v\":0.000001}", "1e-06");
    assert_decimal("{\"v\":4.143961}", "4.143961");
    assert_decimal("{\"v\":-2E-18}", "-2e-18");
    assert_decimal("{\"v\":123456789.012345}", "123456789.012345");
    assert_decimal("{\"v\":\"12.3456789012345678901\"}", "12.3456789012345678901");
    assert_decimal("{\"v\":-0.0}", "0");
}

static void a_fraction_of_16_or_17_digits_comes_back_while_its_micro_units_are_exact(void **state)
{
    (void)state;
    assert_decimal("{\"v\":0.30000000000000004}", "0.30000000000000004");
    assert_decimal("{\"v\":-4.1439610000000005}", "-4.143961000000001"); /* the same double */
    assert_decimal("{\"v\":12345678.123456789}", "12345678.12345679");
    assert_decimal("{\"v\":1234567890.1234567}", NULL);
    assert_decimal("{\"v\":-1234567890.1234567}", NULL);
    assert_decimal("{\"v\":1234567890.12345}", "1234567890.12345");
}

static void what_is_no_number_has_no_decimal(void **state)
{
    (void)state;
    assert_decimal("{\"v\":null}", NULL);
    assert_decimal("{\"v\":true}", NULL);
    assert_decimal("{\"v\":[1]}", NULL);
    assert_decimal("{}", NULL);
}

static void a_missing_node_may_be_asked_for_anything(void **state)
{
    adsync__node none = adsync__node_get(adsync__node_get(parsed("{\"a\":{}}"), "b"), "c"), item;
    adsync__items items = adsync__node_items(none);
    adsync__digits room;
    size_t size = 7;
    int64_t number = 7;

    (void)state;
    assert_int_equal(adsync__node_kind(none), ADSYNC__NODE_MISSING);
    assert_null(adsync__node_text(none, &size));
    assert_int_equal(size, 0);
    assert_false(adsync__node_int(none, &number));
    assert_int_equal(number, 0);
    assert_false(adsync__node_true(none));
    assert_false(adsync__node_is(none, ""));
    assert_null(adsync__node_digits(none, &room, &size));
    assert_int_equal(adsync__node_count(none), 0);
    assert_false(adsync__items_next(&items, &item));
}

static void items_come_in_their_order_with_their_keys(void **state)
{
    adsync__node root = parsed("{\"a\":[1,[2],{\"x\":3},\"four\"],\"b\":{},\"\":false}"), item;
    adsync__items items = adsync__node_items(root);
    static const char *const keys[] = { "a", "b", "" };
    static const uint32_t kinds[] = { ADSYNC__NODE_INT, ADSYNC__NODE_ARRAY, ADSYNC__NODE_OBJECT, ADSYNC__NODE_TEXT };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(keys); i++) {
        assert_true(adsync__items_next(&items, &item));
        assert_int_equal(items.key_size, strlen(keys[i]));
        assert_memory_equal(items.key, keys[i], items.key_size);
    }
    assert_false(adsync__items_next(&items, &item));
    assert_false(adsync__items_next(&items, &item));
    items = adsync__node_items(adsync__node_get(root, "a"));
    for (size_t i = 0; i < ADSYNC__COUNT(kinds); i++) {
        assert_true(adsync__items_next(&items, &item));
        assert_int_equal(adsync__node_kind(item), kinds[i]);
        assert_null(items.key);
    }
    assert_false(adsync__items_next(&items, &item));
    assert_int_equal(adsync__node_count(root), 3);
}

static void fields_are_found_in_one_pass_in_any_order(void **state)
{
    static const char *const names[] = { "id", "spend", "clicks" };
    adsync__node fields[3];

    (void)state;
    assert_true(adsync__node_fields(parsed("{\"clicks\":3,\"x\":{},\"id\":\"1\"}"), names, 3, fields));
    assert_true(adsync__node_is(fields[0], "1"));
    assert_int_equal(adsync__node_kind(fields[1]), ADSYNC__NODE_MISSING);
    assert_int_equal(adsync__node_kind(fields[2]), ADSYNC__NODE_INT);
    assert_false(adsync__node_fields(parsed("[]"), names, 3, fields));
}

static void a_field_that_stands_twice_is_refused(void **state)
{
    static const char *const names[] = { "spend" };
    adsync__node fields[1];

    (void)state;
    assert_false(adsync__node_fields(parsed("{\"spend\":\"1\",\"spend\":\"2\"}"), names, 1, fields));
    assert_true(adsync__node_fields(parsed("{\"other\":1,\"other\":2}"), names, 1, fields));
}

static void an_integer_may_stand_in_text(void **state)
{
    int64_t number;

    (void)state;
    assert_true(adsync__node_int(adsync__node_get(parsed("{\"v\":\"-42\"}"), "v"), &number));
    assert_int_equal(number, -42);
    assert_false(adsync__node_int(adsync__node_get(parsed("{\"v\":\"42x\"}"), "v"), &number));
    assert_false(adsync__node_int(adsync__node_get(parsed("{\"v\":\"9223372036854775808\"}"), "v"), &number));
    assert_false(adsync__node_int(adsync__node_get(parsed("{\"v\":1.0}"), "v"), &number));
}

static void success_is_true_in_all_its_spellings(void **state)
{
    static const char *const yes[] = { "{\"v\":true}", "{\"v\":\"true\"}", "{\"v\":1}", "{\"v\":\"1\"}" };
    static const char *const no[] = { "{\"v\":false}", "{\"v\":\"false\"}", "{\"v\":0}", "{\"v\":2}", "{\"v\":null}", "{}" };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(yes); i++) assert_true(adsync__node_true(adsync__node_get(parsed(yes[i]), "v")));
    for (size_t i = 0; i < ADSYNC__COUNT(no); i++) assert_false(adsync__node_true(adsync__node_get(parsed(no[i]), "v")));
}

static void text_keeps_a_nul_and_surrogate_pairs(void **state)
{
    adsync__node root = parsed("{\"v\":\"a\\u0000b\",\"e\":\"\\ud83d\\ude00\"}");
    size_t size;
    const char *text = adsync__node_text(adsync__node_get(root, "v"), &size);

    (void)state;
    assert_int_equal(size, 3);
    assert_memory_equal(text, "a\0b", 3);
    assert_true(adsync__node_is(adsync__node_get(root, "e"), "\xf0\x9f\x98\x80"));
}

static void hostile_bodies_are_refused_with_words(void **state)
{
    static const char *const bad[] = { "",           " ",        "<html>",        "{", "{\"a\":1", "[1,]", "\"\\ud800\"", "nul",
                                       "{\"a\":01}", "\xff\xfe", "[\"\xc3\x28\"]" };
    adsync_error *error = NULL;
    adsync__node root;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        memset(body, 0, sizeof body);
        memcpy(body, bad[i], strlen(bad[i]));
        assert_int_equal(adsync__reader_parse(reader, body, strlen(bad[i]), &root, &error), ADSYNC_E_FORMAT);
        assert_non_null(strstr(adsync_error_message(error), "no JSON"));
    }
    adsync_error_free(error);
}

static void nesting_is_bounded(void **state)
{
    char deep[4 * ADSYNC__READER_DEPTH];
    adsync__node root;

    (void)state;
    memset(deep, '[', ADSYNC__READER_DEPTH - 1);
    memset(deep + ADSYNC__READER_DEPTH - 1, ']', ADSYNC__READER_DEPTH - 1);
    assert_int_equal(parse(deep, 2 * (ADSYNC__READER_DEPTH - 1), &root), ADSYNC_OK);
    memset(deep, '[', ADSYNC__READER_DEPTH + 1);
    memset(deep + ADSYNC__READER_DEPTH + 1, ']', ADSYNC__READER_DEPTH + 1);
    assert_int_equal(parse(deep, 2 * (ADSYNC__READER_DEPTH + 1), &root), ADSYNC_E_FORMAT);
}

static void a_body_larger_than_the_reader_takes_is_refused(void **state)
{
    adsync__node root;

    (void)state;
    memset(body, ' ', MAX + 1);
    body[0] = '1';
    assert_int_equal(adsync__reader_parse(reader, body, MAX, &root, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_parse(reader, body, MAX + 1, &root, NULL), ADSYNC_E_TOO_BIG);
}

/* A freed reader's buffers serve the next: nothing of the one is seen in the other, and bounds are the new one's. */
static void the_next_reader_knows_nothing_of_the_last(void **state)
{
    static const char one[] = "{\"access_token\":\"a secret of the first\"}", other[] = "[1]";
    adsync__reader *first = NULL, *second = NULL, *third = NULL;
    adsync__node root;

    (void)state;
    memset(body, 0, sizeof body);
    memcpy(body, one, sizeof one);
    assert_int_equal(adsync__reader_new(1000, &first, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_parse(first, body, sizeof one - 1, &root, NULL), ADSYNC_OK);
    adsync__reader_free(first);
    assert_int_equal(adsync__reader_new(10, &second, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_new(1000, &third, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_parse(second, body, sizeof one - 1, &root, NULL), ADSYNC_E_TOO_BIG);
    assert_int_equal(adsync__reader_parse(third, body, sizeof one - 1, &root, NULL), ADSYNC_OK);
    memcpy(body, other, sizeof other);
    assert_int_equal(adsync__reader_parse(second, body, sizeof other - 1, &root, NULL), ADSYNC_OK);
    assert_int_equal(adsync__node_count(root), 1);
    adsync__reader_free(second);
    adsync__reader_free(third);
    adsync__reader_free(NULL);
}

/* Many texts as short as can be take the most room for their source; behind them stands what must not stay. */
static void no_text_stays_in_memory_once_its_reader_is_freed(void **state)
{
    static const char end[] = "\"a secret at the end\"]";
    adsync__reader *mine = NULL;
    adsync__node root, item;
    adsync__items items;
    const char *last = NULL;
    size_t at = 1;

    (void)state;
    memset(body, 0, sizeof body);
    for (body[0] = '['; at + 3 + sizeof end < MAX; at += 3) memcpy(body + at, "\"\",", 3);
    memcpy(body + at, end, sizeof end);
    assert_int_equal(adsync__reader_new(MAX, &mine, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_parse(mine, body, at + sizeof end - 1, &root, NULL), ADSYNC_OK);
    items = adsync__node_items(root);
    while (adsync__items_next(&items, &item)) last = adsync__node_text(item, NULL);
    assert_non_null(last);
    assert_string_equal(last, "a secret at the end");
    adsync__reader_free(mine); /* its buffers lie ready for the next one */
    assert_string_equal(last, "");
    assert_int_equal(last[18], 0);
}

static void a_key_is_itself_and_nothing_that_differs_in_a_byte(void **state)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    char text[64], name[32];
    adsync__node f[1];

    (void)state;
    for (int n = 0; n <= 24; n++) {
        adsync__key key = { name, (size_t)n };
        memcpy(name, letters, sizeof letters);
        name[n] = 0;
        (void)snprintf(text, sizeof text, "{\"%.*s\":1}", n, letters);
        assert_true(adsync__node_keys(parsed(text), &key, 1, f) && adsync__node_kind(f[0]) == ADSYNC__NODE_INT);
        for (int i = 0; i < n; i++) {
            name[i] ^= 1;
            assert_true(adsync__node_keys(parsed(text), &key, 1, f) && adsync__node_kind(f[0]) == ADSYNC__NODE_MISSING);
            name[i] ^= 1;
        }
        key.size++;
        assert_true(adsync__node_keys(parsed(text), &key, 1, f) && adsync__node_kind(f[0]) == ADSYNC__NODE_MISSING);
    }
}

/* ---- many at a time */

static void assert_micros_as_decimal(adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    int64_t quick = 1, wanted = 0;
    const char *text;

    if (!adsync__node_micros(node, &quick)) return; /* it says so: nothing is guessed */
    assert_non_null(text = adsync__node_decimal(node, &room, &size));
    assert_int_equal(adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, &wanted), ADSYNC_OK);
    if (quick != wanted) fail_msg("%s is %" PRId64 ", not %" PRId64, text, wanted, quick);
}

/* Of all sizes; a third of them beside the middle between two micro-units. */
static size_t write_fraction(uint64_t *draw, int i, char *out, size_t room)
{
    uint64_t whole, part, bits;

    *draw = *draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    bits = *draw >> 59;
    whole = (*draw >> 12) % (UINT64_C(1) << bits);
    part = i % 3 ? *draw >> 20 : (*draw >> 44) * 1000 + (uint64_t)(i % 2 ? 500 : 499 + i % 5);
    if (i % 7 == 0) return (size_t)snprintf(out, room, "%.17g", (double)(*draw >> 11) / 9007199254740992.0 * (double)(UINT64_C(1) << bits));
    return (size_t)snprintf(out, room, "%s%" PRIu64 ".%09" PRIu64, *draw >> 33 & 1 ? "-" : "", whole, part % 1000000000);
}

/* P10: whatever is quick must be right: numbers of all sizes, those beside the middle between two micro-units most of all. */
static void micro_units_that_are_told_quickly_are_those_of_the_decimal(void **state)
{
    static char text[64 * 1024];
    uint64_t draw = 1;

    (void)state;
    for (int lot = 0; lot < 200; lot++) {
        adsync__items items;
        adsync__node item;
        size_t size = 1;
        text[0] = '[';
        for (int i = 0; i < 1000; i++) {
            size += (size_t)snprintf(text + size, sizeof text - size, i ? "," : "");
            size += write_fraction(&draw, i, text + size, sizeof text - size);
        }
        text[size++] = ']';
        text[size] = 0;
        items = adsync__node_items(parsed(text));
        while (adsync__items_next(&items, &item)) assert_micros_as_decimal(item);
    }
    for (const char **at = (const char *[]){ "0.0000005", "0.0000015", "1.0000005", "99999999.9999995", "100000000.5", "-0.0", "1e-20", "7",
                                             "-7", "9223372036854", "9223372036855", "\"12.3456785\"", "\"-0.0000005\"", NULL };
         *at; at++)
        assert_micros_as_decimal(parsed(*at));
}

static void assert_short_text(adsync__node node)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);
    int64_t micros = 0, number = 0, wanted = 0;
    bool whole = size > 0, told = adsync__node_micros(node, &micros);

    if (told != (adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, &wanted) >= 0) || micros != wanted)
        fail_msg("\"%s\" is %" PRId64 " micro-units, not %" PRId64, text, wanted, micros);
    for (size_t i = *text == '-'; i < size; i++) whole &= text[i] >= '0' && text[i] <= '9';
    whole &= strcmp(text, "-") != 0;
    if (adsync__node_int(node, &number) != whole || number != (whole ? strtoll(text, NULL, 10) : 0))
        fail_msg("\"%s\" is not %" PRId64, text, number);
}

/* P10: up to eight characters are read in one step: all that may stand beside digits, at each place. */
static void short_texts_of_numbers_mean_what_long_ones_do(void **state)
{
    static const char letters[] = "0123456789012345678955500.-/:+ e";
    static char text[64 * 1024];
    uint64_t draw = 7;

    (void)state;
    for (int lot = 0; lot < 60; lot++) {
        adsync__items items;
        adsync__node item;
        size_t size = 1;
        text[0] = '[';
        for (int i = 0; i < 2000; i++) {
            if (i) text[size++] = ',';
            text[size++] = '"';
            for (int n = i % 11; n; n--, draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407))
                text[size++] = letters[(draw >> 33) % (i % 4 ? 27 : 32)]; /* most are numbers */
            text[size++] = '"';
        }
        text[size++] = ']';
        text[size] = 0;
        items = adsync__node_items(parsed(text));
        while (adsync__items_next(&items, &item)) assert_short_text(item);
    }
}

static void numbers_of_a_row_are_told_apart_from_what_is_none(void **state)
{
    static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i" };
    static const uint8_t how[] = { ADSYNC__NUMBER_WHOLE,
                                   ADSYNC__NUMBER_MICROS,
                                   ADSYNC__NUMBER_MICROS | ADSYNC__NUMBER_DASH,
                                   ADSYNC__NUMBER_WHOLE | ADSYNC__NUMBER_DASH,
                                   ADSYNC__NUMBER_WHOLE,
                                   ADSYNC__NUMBER_WHOLE,
                                   0,
                                   ADSYNC__NUMBER_WHOLE,
                                   ADSYNC__NUMBER_WHOLE };
    adsync__node f[9];
    adsync__numbers numbers;

    (void)state;
    assert_true(adsync__node_fields(parsed("{\"a\":7,\"b\":\"1.25\",\"c\":\"-\",\"d\":\"\",\"e\":null,\"g\":1,\"h\":\"-\",\"i\":{}}"),
                                    names, 9, f));
    adsync__node_row(f, how, 9, &numbers);
    assert_int_equal(numbers.told, 0x3);
    assert_int_equal(numbers.none, 0x3c); /* a dash where none may be, and an object, are neither */
    assert_int_equal(numbers.values[0], 7);
    assert_int_equal(numbers.values[1], 1250000);
}

static void what_micro_units_do_not_tell_is_not_guessed(void **state)
{
    int64_t micros;

    (void)state;
    for (const char **at = (const char *[]){ "null", "true", "\"\"", "\"x\"", "[1]", "9223372036855", "1e300", "18446744073709551615",
                                             "0.0000005", NULL };
         *at; at++)
        assert_false(adsync__node_micros(parsed(*at), &micros));
    assert_true(adsync__node_micros(parsed("12.5"), &micros));
    assert_int_equal(micros, 12500000);
}

static void numbers_of_a_list_are_read_at_once(void **state)
{
    int64_t out[4] = { -1, -1, -1, -1 };

    (void)state;
    assert_true(adsync__node_numbers(parsed("[1,null,\"3\"]"), false, out, 4));
    assert_true(out[0] == 1 && out[1] == 0 && out[2] == 3 && out[3] == -1);
    assert_true(adsync__node_numbers(parsed("[1,2.5,null,4,5]"), true, out, 4));
    assert_true(out[0] == 1000000 && out[1] == 2500000 && out[2] == 0 && out[3] == 4000000);
    assert_false(adsync__node_numbers(parsed("[1,2.5]"), false, out, 4));
    assert_false(adsync__node_numbers(parsed("[1,{}]"), true, out, 4));
    assert_true(adsync__node_numbers((adsync__node){ 0 }, true, out, 4));
}

static void a_walk_goes_on_where_it_stopped(void **state)
{
    adsync__node list = adsync__node_get(parsed("{\"a\":[0,[1,1],{\"k\":2},\"3\",4,5],\"b\":[7,8]}"), "a"), other = list, item;
    adsync__stop stop = { 0 };
    uint32_t n = 0;

    (void)state;
    for (uint32_t pieces = 0; pieces < 3; pieces++) {
        adsync__items items = adsync__node_items(list);
        adsync__items_resume(&items, n, &stop);
        for (uint32_t i = 0; i < 2 && adsync__items_next(&items, &item); i++, n++) {}
        adsync__items_stop(&items, n, &stop);
    }
    assert_int_equal(n, 6);
    assert_true(adsync__node_int(item, &(int64_t){ 0 }));
    for (uint32_t at = 0; at < 8; at++) { /* another number, or none, is looked for */
        adsync__items with = adsync__node_items(list), without = with;
        adsync__items_resume(&with, at, &stop);
        adsync__items_resume(&without, at, NULL);
        assert_int_equal(with.next.at, without.next.at);
    }
    other.at += 3; /* another list */
    adsync__items items = adsync__node_items(list);
    stop = (adsync__stop){ .first = other.at, .at = list.at + 1, .n = 2 };
    adsync__items_resume(&items, 2, &stop);
    assert_true(adsync__items_next(&items, &item) && adsync__node_kind(item) == ADSYNC__NODE_OBJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_stays_in_memory_once_its_reader_is_freed),
        cmocka_unit_test(a_key_is_itself_and_nothing_that_differs_in_a_byte),
        cmocka_unit_test(micro_units_that_are_told_quickly_are_those_of_the_decimal),
        cmocka_unit_test(short_texts_of_numbers_mean_what_long_ones_do),
        cmocka_unit_test(numbers_of_a_row_are_told_apart_from_what_is_none),
        cmocka_unit_test(what_micro_units_do_not_tell_is_not_guessed),
        cmocka_unit_test(numbers_of_a_list_are_read_at_once),
        cmocka_unit_test(a_walk_goes_on_where_it_stopped),
        cmocka_unit_test(an_integer_of_64_bits_is_exact),
        cmocka_unit_test(a_number_beyond_64_bits_is_refused),
        cmocka_unit_test(a_fraction_comes_back_as_it_was_written),
        cmocka_unit_test(a_fraction_of_16_or_17_digits_comes_back_while_its_micro_units_are_exact),
        cmocka_unit_test(what_is_no_number_has_no_decimal),
        cmocka_unit_test(a_missing_node_may_be_asked_for_anything),
        cmocka_unit_test(items_come_in_their_order_with_their_keys),
        cmocka_unit_test(fields_are_found_in_one_pass_in_any_order),
        cmocka_unit_test(a_field_that_stands_twice_is_refused),
        cmocka_unit_test(an_integer_may_stand_in_text),
        cmocka_unit_test(success_is_true_in_all_its_spellings),
        cmocka_unit_test(text_keeps_a_nul_and_surrogate_pairs),
        cmocka_unit_test(hostile_bodies_are_refused_with_words),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(a_body_larger_than_the_reader_takes_is_refused),
        cmocka_unit_test(the_next_reader_knows_nothing_of_the_last),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
