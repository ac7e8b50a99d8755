/* SPDX-License-Identifier: MIT */
#include "json/json.h"
#include "support/faults.h"

#include <setjmp.h>
#include <cmocka.h>

enum { MAX = 1 << 20 };

/* Reads a text and writes it again; the status of the writing. */
static adsync_status again(const char *text, adsync__buffer *out)
{
    adsync__reader *reader = NULL;
    adsync__buffer padded;
    adsync__node root;
    adsync__json json;
    adsync_status rc;

    adsync__buffer_begin(out, MAX);
    adsync__buffer_begin(&padded, MAX);
    adsync__buffer_text(&padded, text);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&padded, 0);
    rc = padded.failed ? padded.failed : adsync__reader_new(MAX, &reader, NULL);
    if (rc >= 0 && (rc = adsync__reader_parse(reader, padded.p, strlen(text), &root, NULL)) >= 0) {
        adsync__json_begin(&json, out);
        rc = adsync__json_node(&json, root);
    }
    adsync__reader_free(reader);
    adsync__buffer_free(&padded);
    return rc;
}

static void assert_again(const char *text, const char *wanted)
{
    adsync__buffer out;

    assert_int_equal(again(text, &out), ADSYNC_OK);
    assert_string_equal(out.p, wanted);
    adsync__buffer_free(&out);
}

static void assert_refused(const char *text, adsync_status status)
{
    adsync__buffer out;

    assert_int_equal(again(text, &out), status);
    adsync__buffer_free(&out);
}

static void members_are_sorted_by_the_bytes_of_their_keys(void **state)
{
    (void)state;
    assert_again("{ \"b\" : 1, \"a\" : { \"z\":[], \"Z\":{} }, \"ab\":2, \"\":3 }", "{\"\":3,\"a\":{\"Z\":{},\"z\":[]},\"ab\":2,\"b\":1}");
}

static void equal_values_give_equal_bytes_however_they_were_written(void **state)
{
    (void)state;
    assert_again("[1.50,15e-1,\"\\u00e4\\/\",true,false,null]", "[1.5,1.5,\"\xc3\xa4/\",true,false,null]");
    assert_again("[18446744073709551615,-9223372036854775808]", "[18446744073709551615,-9223372036854775808]");
    assert_again("\"a\\u0000b\"", "\"a\\u0000b\"");
}

static void a_key_that_stands_twice_or_holds_nul_is_refused(void **state)
{
    (void)state;
    assert_refused("{\"a\":1,\"b\":{\"c\":1,\"c\":1}}", ADSYNC_E_FORMAT);
    assert_refused("{\"a\\u0000b\":1}", ADSYNC_E_FORMAT);
}

static void a_fraction_of_more_digits_than_can_be_told_is_refused(void **state)
{
    (void)state;
    assert_refused("[1234567890.1234567]", ADSYNC_E_FORMAT);
    assert_again("[0.30000000000000004]", "[0.30000000000000004]");
}

static void what_is_deeper_than_the_writer_is_refused(void **state)
{
    char text[101] = { 0 };

    (void)state;
    for (int i = 0; i < 50; i++) {
        text[i] = '[';
        text[99 - i] = ']';
    }
    assert_refused(text, ADSYNC_E_TOO_BIG);
}

static void story(void *user)
{
    adsync__buffer out;
    adsync_status rc = again("{\"b\":[{\"d\":1,\"c\":\"text\"}],\"a\":{}}", &out);

    (void)user;
    assert_true(rc == ADSYNC_OK || rc == ADSYNC_E_MEMORY);
    if (rc == ADSYNC_OK) assert_string_equal(out.p, "{\"a\":{},\"b\":[{\"c\":\"text\",\"d\":1}]}");
    adsync__buffer_free(&out);
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    assert_true(faults_allocations(story, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_sorted_by_the_bytes_of_their_keys),
        cmocka_unit_test(equal_values_give_equal_bytes_however_they_were_written),
        cmocka_unit_test(a_key_that_stands_twice_or_holds_nul_is_refused),
        cmocka_unit_test(a_fraction_of_more_digits_than_can_be_told_is_refused),
        cmocka_unit_test(what_is_deeper_than_the_writer_is_refused),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
