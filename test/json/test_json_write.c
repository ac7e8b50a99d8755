/* SPDX-License-Identifier: MIT */
#include "json/json.h"
#include "support/faults.h"

#include <setjmp.h>
#include <cmocka.h>

static void assert_written(const char *text, size_t size, const char *wanted)
{
    adsync__buffer out;
    adsync__json json;

    adsync__buffer_begin(&out, 4096);
    adsync__json_begin(&json, &out);
    adsync__json_text(&json, text, size);
    assert_int_equal(out.failed, ADSYNC_OK);
    assert_string_equal(out.p, wanted);
    adsync__buffer_free(&out);
}

static void commas_stand_where_they_belong(void **state)
{
    adsync__buffer out;
    adsync__json json;

    (void)state;
    adsync__buffer_begin(&out, 4096);
    adsync__json_begin(&json, &out);
    adsync__json_open(&json, '{');
    adsync__json_key(&json, "a");
    adsync__json_open(&json, '[');
    adsync__json_int(&json, INT64_MIN);
    adsync__json_null(&json);
    adsync__json_open(&json, '{');
    adsync__json_close(&json, '}');
    adsync__json_close(&json, ']');
    adsync__json_key(&json, "b");
    adsync__json_raw(&json, "{\"c\":1}", 7);
    adsync__json_close(&json, '}');
    assert_string_equal(out.p, "{\"a\":[-9223372036854775808,null,{}],\"b\":{\"c\":1}}");
    adsync__buffer_free(&out);
}

static void text_is_escaped(void **state)
{
    (void)state;
    assert_written("a\"b\\c\n\t\x01\x7f", 9, "\"a\\\"b\\\\c\\n\\t\\u0001\x7f\"");
    assert_written("a\0b", 3, "\"a\\u0000b\"");
    assert_written("\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"");
}

static void bytes_that_are_no_utf8_become_the_replacement_character(void **state)
{
    (void)state;
    assert_written("a\xff\"b\xc3", 5, "\"a\xef\xbf\xbd\\\"b\xef\xbf\xbd\"");
}

static void nesting_beyond_the_bound_fails_and_does_not_overflow(void **state)
{
    adsync__buffer out;
    adsync__json json;

    (void)state;
    adsync__buffer_begin(&out, 4096);
    adsync__json_begin(&json, &out);
    for (int i = 0; i < 2 * ADSYNC__JSON_DEPTH; i++)
        adsync__json_open(&json, '[');
    assert_int_equal(out.failed, ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_where_they_belong),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_become_the_replacement_character),
        cmocka_unit_test(nesting_beyond_the_bound_fails_and_does_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
