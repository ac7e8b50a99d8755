/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

typedef struct reading {
    const char *text;
    int64_t micros;
} reading;

static int64_t micros(const char *text)
{
    int64_t n = 77;

    if (adsync__decimal_read(text, strlen(text), ADSYNC__DECIMAL_MICRO, &n) < 0) fail_msg("\"%s\" was refused", text);
    return n;
}

static adsync_status refusal(const char *text, size_t size, uint32_t scale)
{
    int64_t n = 77;
    adsync_status rc = adsync__decimal_read(text, size, scale, &n);

    if (rc < 0) assert_int_equal(n, 0); /* a failed call leaves 0 */
    return rc;
}

static void what_platforms_send_is_read_exactly(void **state)
{
    static const reading readings[] = {
        { "0", 0 }, { "-0", 0 }, { "+1", 1000000 }, { "100", 100000000 }, { "007", 7000000 },
        { "24.4573", 24457300 }, { "-24.4573", -24457300 }, { "4.143961", 4143961 }, { "0.1", 100000 }, { "0.000001", 1 },
        { "-2E-18", 0 }, { "2e-18", 0 }, { "1E3", 1000000000 }, { "1.5e+3", 1500000000 }, { "125e-1", 12500000 },
        { "0.0125e3", 12500000 }, { "0e999999999999999999999", 0 }, { "0.000e-5", 0 }, { "1e-999999999999999999999999", 0 },
        { "12.345678901234567890123456789", 12345679 }, /* 20 digits and more */
        { "0.3000000000000000444089209850062616169452667236328125", 300000 },
        { "00000000000000000000000000000000000001.5", 1500000 },
        { "1000000000000000000000000000000e-30", 1000000 },
        { "0.000000000000000000000000000001e30", 1000000 },
        { "9223372036854.775807", INT64_MAX }, { "-9223372036854.775808", INT64_MIN },
        { "9223372036854.7758074999", INT64_MAX }, { "-9223372036854.7758085", INT64_MIN },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(readings); i++)
        if (micros(readings[i].text) != readings[i].micros)
            fail_msg("\"%s\" was read as %" PRId64, readings[i].text, micros(readings[i].text));
}

static void the_seventh_place_rounds_half_to_even(void **state)
{
    static const reading readings[] = {
        { "0.0000005", 0 }, { "0.0000015", 2 }, { "0.0000025", 2 }, { "0.0000035", 4 }, { "-0.0000005", 0 }, { "-0.0000015", -2 },
        { "0.00000050000000000000000000000000001", 1 }, { "0.0000004999999999999999999999999999", 0 }, { "0.00000005", 0 },
        { "0.00000099999999", 1 }, { "5e-7", 0 }, { "5.0e-7", 0 }, { "5.01e-7", 1 }, { "15e-7", 2 }, { "0.9999995", 1000000 },
        { "2.50000050", 2500000 }, { "2.5000015", 2500002 }, { "2.50000050000001", 2500001 },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(readings); i++)
        if (micros(readings[i].text) != readings[i].micros)
            fail_msg("\"%s\" was read as %" PRId64, readings[i].text, micros(readings[i].text));
}

/* Every number of hundred-millionths around zero, in four spellings, against whole-number arithmetic. */
static void rounding_agrees_with_whole_numbers(void **state)
{
    char text[4][48];

    (void)state;
    for (int64_t n = -30050; n <= 30050; n++) {
        int64_t size = n < 0 ? -n : n, expected = size / 100, rest = size % 100;
        if (rest > 50 || (rest == 50 && expected % 2)) expected++;
        if (n < 0) expected = -expected;
        (void)snprintf(text[0], sizeof *text, "%s0.%08" PRId64, n < 0 ? "-" : "", size);
        (void)snprintf(text[1], sizeof *text, "%" PRId64 "e-8", n);
        (void)snprintf(text[2], sizeof *text, "%" PRId64 ".000E-8", n);
        (void)snprintf(text[3], sizeof *text, "%s%" PRId64 ".%02" PRId64 "e-6", n < 0 ? "-" : "", size / 100, size % 100);
        for (int i = 0; i < 4; i++)
            if (micros(text[i]) != expected) fail_msg("\"%s\" was read as %" PRId64, text[i], micros(text[i]));
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "-", "+", ".", "e", "E5", "-e5", ".5", "5.", "5.e3", "1e", "1e+", "1e-", "1e5.0", "--1", "+-1", "1-", "1 ", " 1", "\t1", "1\n",
        "1,5", "1.000,5", "1'000", "1_000", "0x10", "0b1", "1.2.3", "NaN", "nan", "inf", "-Infinity", "null", "1f", "12EUR", "\xd9\xa1",
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++)
        if (refusal(texts[i], strlen(texts[i]), 6) != ADSYNC_E_FORMAT) fail_msg("\"%s\" was taken", texts[i]);
    assert_int_equal(refusal("1\0", 2, 6), ADSYNC_E_FORMAT);
    assert_int_equal(refusal("1\0002", 3, 6), ADSYNC_E_FORMAT);
    assert_int_equal(refusal(NULL, 0, 6), ADSYNC_E_FORMAT);
}

static void what_does_not_fit_is_an_error(void **state)
{
    static const char *const texts[] = {
        "9223372036854.775808", "-9223372036854.775809", "9223372036854.7758075", "-9223372036854.7758086", "9999999999999.999999",
        "99999999999999", "1e14", "1e999999999999999999999999999", "-1e18446744073709551617", "123456789012345678901234567890",
        "0.00001e100",
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++)
        if (refusal(texts[i], strlen(texts[i]), 6) != ADSYNC_E_TOO_BIG) fail_msg("\"%s\" was taken", texts[i]);
    assert_int_equal(refusal("1", 1, ADSYNC__DECIMAL_SCALES + 1), ADSYNC_E_INVALID);
}

static void only_the_given_bytes_are_read(void **state)
{
    char *exact = malloc(3);
    int64_t n;

    (void)state;
    assert_non_null(exact);
    memcpy(exact, "1.2", 3); /* a read beyond is seen by the sanitizers */
    assert_int_equal(adsync__decimal_read(exact, 3, 6, &n), ADSYNC_OK);
    assert_int_equal(n, 1200000);
    assert_int_equal(adsync__decimal_read(exact, 2, 6, &n), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__decimal_read(exact, 1, 6, &n), ADSYNC_OK);
    assert_int_equal(n, 1000000);
    free(exact);
}

static void a_million_digits_are_one_number(void **state)
{
    size_t size = 1000000;
    char *text = malloc(size);

    (void)state;
    assert_non_null(text);
    memset(text, '0', size);
    memcpy(text, "0.", 2);
    text[size - 1] = '1';
    assert_int_equal(refusal(text, size, 6), ADSYNC_OK);
    text[8] = '5'; /* a half, and a little more a million places later */
    {
        int64_t n;
        assert_int_equal(adsync__decimal_read(text, size, 6, &n), ADSYNC_OK);
        assert_int_equal(n, 1);
    }
    memset(text, '9', size);
    assert_int_equal(refusal(text, size, 6), ADSYNC_E_TOO_BIG);
    free(text);
}

static void the_exact_reading_refuses_to_round(void **state)
{
    int64_t n = 77;

    (void)state;
    assert_int_equal(adsync__decimal_exact("0.000001", 8, 6, &n), ADSYNC_OK);
    assert_int_equal(n, 1);
    assert_int_equal(adsync__decimal_exact("0.00000100000", 13, 6, &n), ADSYNC_OK);
    assert_int_equal(n, 1);
    assert_int_equal(adsync__decimal_exact("0.0000011", 9, 6, &n), ADSYNC_E_INVALID);
    assert_int_equal(n, 0);
    assert_int_equal(adsync__decimal_exact("0.0000010000000000000000001", 27, 6, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__decimal_exact("1e-7", 4, 6, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__decimal_exact("-2E-18", 6, 6, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__decimal_exact("10.0", 4, 0, &n), ADSYNC_OK);
    assert_int_equal(n, 10);
    assert_int_equal(adsync__decimal_exact("10.5", 4, 0, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__decimal_exact("x", 1, 0, &n), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__decimal_exact("1e30", 4, 0, &n), ADSYNC_E_TOO_BIG);
}

static void units_become_micros_by_the_offset(void **state)
{
    int64_t n = 77;

    (void)state;
    assert_int_equal(adsync__micros_from_units("1000", 4, 100, &n), ADSYNC_OK); /* USD */
    assert_int_equal(n, 10000000);
    assert_int_equal(adsync__micros_from_units("1000", 4, 1, &n), ADSYNC_OK); /* JPY */
    assert_int_equal(n, 1000000000);
    assert_int_equal(adsync__micros_from_units("-7", 2, 1000000, &n), ADSYNC_OK);
    assert_int_equal(n, -7);
    assert_int_equal(adsync__micros_from_units("10.5", 4, 100, &n), ADSYNC_E_INVALID);
    assert_int_equal(n, 0);
    assert_int_equal(adsync__micros_from_units("9223372036855", 13, 1, &n), ADSYNC_E_TOO_BIG);
    assert_int_equal(n, 0);
    assert_int_equal(adsync__micros_from_units("", 0, 100, &n), ADSYNC_E_FORMAT);
    for (uint32_t offset = 0; offset < 1000; offset++)
        if (offset != 1 && offset != 10 && offset != 100)
            assert_int_equal(adsync__micros_from_units("1", 1, offset, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__micros_from_units("1", 1, 10000000, &n), ADSYNC_E_INVALID);
}

static void a_write_that_the_unit_cannot_hold_is_refused(void **state)
{
    int64_t n = 77;

    (void)state;
    assert_int_equal(adsync__micros_to_units(12340000, 100, &n), ADSYNC_OK);
    assert_int_equal(n, 1234);
    assert_int_equal(adsync__micros_to_units(-1000000, 1, &n), ADSYNC_OK);
    assert_int_equal(n, -1);
    assert_int_equal(adsync__micros_to_units(12345000, 100, &n), ADSYNC_E_INVALID);
    assert_int_equal(n, 0);
    assert_int_equal(adsync__micros_to_units(1500000, 1, &n), ADSYNC_E_INVALID);
    assert_int_equal(adsync__micros_to_units(INT64_MIN, 1000000, &n), ADSYNC_OK);
    assert_true(n == INT64_MIN);
    assert_int_equal(adsync__micros_to_units(1, 3, &n), ADSYNC_E_INVALID);
}

static void numbers_are_written_short_and_exact(void **state)
{
    static const struct {
        int64_t n;
        uint32_t scale;
        const char *text;
    } cases[] = {
        { 0, 6, "0" }, { 0, 0, "0" }, { 1, 6, "0.000001" }, { -1, 6, "-0.000001" }, { 12500000, 6, "12.5" }, { 1000000, 6, "1" },
        { 10000000, 6, "10" }, { 1234567, 6, "1.234567" }, { 7, 0, "7" }, { -70, 1, "-7" }, { 100, 0, "100" },
        { 5, 18, "0.000000000000000005" },
        { INT64_MAX, 6, "9223372036854.775807" }, { INT64_MIN, 6, "-9223372036854.775808" }, { INT64_MIN, 0, "-9223372036854775808" },
        { INT64_MIN, 18, "-9.223372036854775808" },
    };
    char out[ADSYNC__DECIMAL_ROOM];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        assert_int_equal(adsync__decimal_write(cases[i].n, cases[i].scale, out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

static void what_was_written_reads_back_the_same(void **state)
{
    uint64_t seed = 20261120;
    char out[ADSYNC__DECIMAL_ROOM];
    int64_t n, back;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint32_t scale = (uint32_t)i % (ADSYNC__DECIMAL_SCALES + 1);
        size_t size;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        n = (int64_t)seed >> (seed >> 58 & 63) % 64;
        size = adsync__decimal_write(n, scale, out);
        assert_int_equal(adsync__decimal_exact(out, size, scale, &back), ADSYNC_OK);
        if (back != n) fail_msg("%" PRId64 " at scale %" PRIu32 " came back as %" PRId64 " from %s", n, scale, back, out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_platforms_send_is_read_exactly),
        cmocka_unit_test(the_seventh_place_rounds_half_to_even),
        cmocka_unit_test(rounding_agrees_with_whole_numbers),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(what_does_not_fit_is_an_error),
        cmocka_unit_test(only_the_given_bytes_are_read),
        cmocka_unit_test(a_million_digits_are_one_number),
        cmocka_unit_test(the_exact_reading_refuses_to_round),
        cmocka_unit_test(units_become_micros_by_the_offset),
        cmocka_unit_test(a_write_that_the_unit_cannot_hold_is_refused),
        cmocka_unit_test(numbers_are_written_short_and_exact),
        cmocka_unit_test(what_was_written_reads_back_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
