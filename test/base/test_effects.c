/* SPDX-License-Identifier: MIT */
#include "base/base.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

typedef struct fake {
    int64_t now, monotonic;
    int fill;             /* what randomness gives */
    adsync_status answer; /* and what it answers */
    uint32_t level;
    int lines;
    char line[2048];
} fake;

static int64_t fake_now(void *user) { return ((fake *)user)->now; }
static int64_t fake_monotonic(void *user) { return ((fake *)user)->monotonic; }

static adsync_status fake_random(void *user, void *out, uint32_t size)
{
    fake *f = user;

    if (f->answer == ADSYNC_OK) memset(out, f->fill, size);
    return f->answer;
}

static void fake_log(void *user, uint32_t level, const char *json)
{
    fake *f = user;

    f->level = level;
    f->lines++;
    (void)snprintf(f->line, sizeof f->line, "%s", json);
}

static adsync_host fake_host(fake *f)
{
    return (adsync_host){ .size = sizeof(adsync_host), .user = f, .now_us = fake_now, .monotonic_us = fake_monotonic,
                          .random = fake_random, .log = fake_log };
}

static void clocks_and_randomness_are_the_host_s(void **state) /* P7 */
{
    fake f = { .now = 5, .monotonic = -7, .fill = 0xab };
    adsync_host host = fake_host(&f);
    adsync__effects effects;
    unsigned char bytes[33];

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    host = (adsync_host){ 0 }; /* the table was copied */
    assert_int_equal(adsync__now_us(&effects), 5);
    assert_int_equal(adsync__monotonic_us(&effects), -7);
    f.now = 6; /* asked again each time */
    assert_int_equal(adsync__now_us(&effects), 6);
    assert_int_equal(adsync__random(&effects, bytes, sizeof bytes, NULL), ADSYNC_OK);
    for (size_t i = 0; i < sizeof bytes; i++) assert_int_equal(bytes[i], 0xab);
}

static void without_a_host_they_are_the_system_s(void **state)
{
    adsync_host host = { .size = sizeof host };
    adsync__effects effects;
    unsigned char one[64] = { 0 }, two[64] = { 0 };
    int64_t before;

    (void)state;
    for (int way = 0; way < 2; way++) {
        assert_int_equal(adsync__effects_begin(&effects, way ? &host : NULL, NULL), ADSYNC_OK);
        assert_true(adsync__now_us(&effects) > INT64_C(1700000000000000)); /* after 2023 */
        before = adsync__monotonic_us(&effects);
        assert_true(adsync__monotonic_us(&effects) >= before);
        assert_int_equal(adsync__random(&effects, one, sizeof one, NULL), ADSYNC_OK);
        assert_int_equal(adsync__random(&effects, two, sizeof two, NULL), ADSYNC_OK);
        assert_memory_not_equal(one, two, sizeof one);
        assert_int_equal(adsync__random(&effects, NULL, 0, NULL), ADSYNC_OK);
        adsync__log(&effects, ADSYNC_LOG_ERROR, "event", "nobody listens to %d", 1);
    }
}

static void failing_randomness_fails_the_call_that_needs_it(void **state)
{
    static const adsync_status answers[] = { ADSYNC_E_HOST, ADSYNC_E_INTERNAL, ADSYNC_E_BUSY, ADSYNC_ROW, ADSYNC_PENDING, ADSYNC_PARTIAL };
    fake f = { .fill = 1 };
    adsync_host host = fake_host(&f);
    adsync__effects effects;
    adsync_error *error = NULL;
    unsigned char bytes[8];

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    for (size_t i = 0; i < ADSYNC__COUNT(answers); i++) { /* an answer that says neither yes nor no is no yes */
        f.answer = answers[i];
        assert_int_equal(adsync__random(&effects, bytes, sizeof bytes, &error), ADSYNC_E_HOST);
        assert_string_equal(adsync_error_name(error), "host.random");
        assert_int_equal(adsync__effects_begin(&effects, &host, &error), ADSYNC_E_HOST);
        f.answer = ADSYNC_OK;
        assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    }
    adsync_error_free(error);
}

static void randomness_that_passes_through_is_the_system_s(void **state)
{
    fake f = { .answer = ADSYNC_PASSTHROUGH };
    adsync_host host = fake_host(&f);
    adsync__effects effects;
    unsigned char bytes[64] = { 0 }, zeros[64] = { 0 };

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    assert_int_equal(adsync__random(&effects, bytes, sizeof bytes, NULL), ADSYNC_OK);
    assert_memory_not_equal(bytes, zeros, sizeof bytes);
}

static void versions_are_positive_and_do_not_repeat(void **state)
{
    adsync__effects effects;
    int64_t drawn[1000];

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, NULL, NULL), ADSYNC_OK);
    for (size_t i = 0; i < ADSYNC__COUNT(drawn); i++) {
        drawn[i] = adsync__version_draw(&effects);
        assert_true(drawn[i] > 0);
        for (size_t k = 0; k < i; k++) assert_true(drawn[k] != drawn[i]);
    }
}

static void a_host_s_randomness_of_one_value_still_gives_versions(void **state)
{
    for (int fill = 0; fill < 256; fill += 51) {
        fake f = { .fill = fill };
        adsync_host host = fake_host(&f);
        adsync__effects effects;
        int64_t last = 0, drawn;
        (void)state;
        assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
        for (int i = 0; i < 10000; i++) {
            drawn = adsync__version_draw(&effects);
            assert_true(drawn > 0 && drawn != last);
            last = drawn;
        }
    }
}

static void a_version_is_never_0(void **state)
{
    adsync__effects zeros = { .draw = { 0 } }, one = { .draw = { 1, 0, 0, 0 } }; /* whose next number would be 0 */

    (void)state;
    assert_true(adsync__version_draw(&zeros) > 0);
    assert_true(adsync__version_draw(&one) > 0);
}

static void a_log_line_is_one_json_object(void **state)
{
    fake f = { .fill = 1 };
    adsync_host host = fake_host(&f);
    adsync__effects effects;

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    adsync__log(&effects, ADSYNC_LOG_WARN, "test.quotes", "say \"%s\" \\ and\nmore\t\x01\x7f", "it");
    assert_string_equal(f.line, "{\"event\":\"test.quotes\",\"message\":\"say \\\"it\\\" \\\\ and more   \"}");
    assert_int_equal(f.level, ADSYNC_LOG_WARN);
    assert_int_equal(f.lines, 1);
    adsync__log(&effects, ADSYNC_LOG_DEBUG, "test.text", "%s", "gr\xc3\xbc\xc3\x9f" "e");
    assert_string_equal(f.line, "{\"event\":\"test.text\",\"message\":\"gr\xc3\xbc\xc3\x9f" "e\"}");
    adsync__log(&effects, ADSYNC_LOG_DEBUG, "test.text", "%s", "gr\xfc\xdf" "e \"x\""); /* not UTF-8 */
    assert_string_equal(f.line, "{\"event\":\"test.text\",\"message\":\"gr??e \\\"x\\\"\"}");
}

static void a_long_log_line_is_cut_and_still_json(void **state)
{
    fake f = { .fill = 1 };
    adsync_host host = fake_host(&f);
    adsync__effects effects;
    char text[2001];

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_OK);
    memset(text, '"', sizeof text - 1); /* each takes two places */
    text[sizeof text - 1] = 0;
    adsync__log(&effects, ADSYNC_LOG_INFO, "test.long", "%s", text);
    assert_true(strlen(f.line) > 1000);
    assert_string_equal(f.line + strlen(f.line) - 4, "\\\"\"}");
    for (size_t at = 0; at + 3 < sizeof text; at += 3) memcpy(text + at, "\xe2\x82\xac", 3);
    for (size_t shift = 0; shift < 3; shift++) {
        adsync__log(&effects, ADSYNC_LOG_INFO, "test.long", "%.*s%s", (int)shift, "aa", text);
        assert_true(adsync__utf8_valid(f.line, strlen(f.line)));
        assert_string_equal(f.line + strlen(f.line) - 2, "\"}");
        assert_null(strchr(f.line, '?')); /* cut between characters, so that none had to be replaced */
    }
}

static void a_host_that_is_no_host_is_refused(void **state)
{
    adsync_host host = { 0 };
    adsync__effects effects;

    (void)state;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_E_INVALID);
    host.size = sizeof host - 1;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_E_INVALID);
    host.size = sizeof host;
    host.flags = 1;
    assert_int_equal(adsync__effects_begin(&effects, &host, NULL), ADSYNC_E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_and_randomness_are_the_host_s),
        cmocka_unit_test(without_a_host_they_are_the_system_s),
        cmocka_unit_test(failing_randomness_fails_the_call_that_needs_it),
        cmocka_unit_test(randomness_that_passes_through_is_the_system_s),
        cmocka_unit_test(versions_are_positive_and_do_not_repeat),
        cmocka_unit_test(a_host_s_randomness_of_one_value_still_gives_versions),
        cmocka_unit_test(a_version_is_never_0),
        cmocka_unit_test(a_log_line_is_one_json_object),
        cmocka_unit_test(a_long_log_line_is_cut_and_still_json),
        cmocka_unit_test(a_host_that_is_no_host_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
