/* SPDX-License-Identifier: MIT */
#include "base/day.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void only_days_of_the_calendar_are_valid(void **state)
{
    static const int64_t good[] = { 10101, 20261120, 20240229, 20000229, 99991231, 20250228, 20251231 };
    static const int64_t bad[] = { 0, -1, 10100, 101, 20250229, 19000229, 21000229, 20250431, 20251301, 20250001, 20250100, 20250132,
                                   100000101, -20250101, INT64_MAX, INT64_MIN };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(good); i++) assert_true(adsync__day_valid(good[i]));
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        assert_false(adsync__day_valid(bad[i]));
        assert_int_equal(adsync__day_add(bad[i], 1), 0);
        (void)adsync__day_number(bad[i]); /* no sense, and no harm */
        (void)adsync__day_weekday(bad[i]);
    }
}

/* All 3,652,059 days, counted by hand beside the functions. */
static void every_day_of_ten_thousand_years_follows_the_one_before(void **state)
{
    static const int64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t number = -719162;
    uint32_t weekday = 1; /* 0001-01-01 was a Monday */

    (void)state;
    for (int64_t year = 1; year <= 9999; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int64_t month = 1; month <= 12; month++) {
            for (int64_t date = 1; date <= lengths[month - 1] + (leap && month == 2); date++, number++) {
                int64_t day = year * 10000 + month * 100 + date;
                if (adsync__day_number(day) != number || adsync__day_from_number(number) != day || !adsync__day_valid(day) ||
                    adsync__day_weekday(day) != weekday)
                    fail_msg("%" PRId64 " is not right", day);
                weekday = weekday % 7 + 1;
            }
        }
    }
    assert_int_equal(number, 2932897);
    assert_int_equal(adsync__day_from_number(number), 0);
    assert_int_equal(adsync__day_from_number(-719163), 0);
    assert_int_equal(adsync__day_from_number(INT64_MAX), 0);
    assert_int_equal(adsync__day_from_number(INT64_MIN), 0);
}

static void days_are_added_and_counted(void **state)
{
    (void)state;
    assert_int_equal(adsync__day_number(19700101), 0);
    assert_int_equal(adsync__day_add(20240228, 1), 20240229);
    assert_int_equal(adsync__day_add(20240228, 2), 20240301);
    assert_int_equal(adsync__day_add(20250101, -1), 20241231);
    assert_int_equal(adsync__day_add(20250101, 0), 20250101);
    assert_int_equal(adsync__day_add(99991231, 1), 0);
    assert_int_equal(adsync__day_add(10101, -1), 0);
    assert_int_equal(adsync__day_add(20250101, INT64_MAX), 0);
    assert_int_equal(adsync__day_add(20250101, INT64_MIN), 0);
    assert_int_equal(adsync__day_between(20240228, 20240301), 2);
    assert_int_equal(adsync__day_between(20240301, 20240228), -2);
    assert_int_equal(adsync__day_between(10101, 99991231), 3652058);
    assert_int_equal(adsync__day_weekday(20261120), 5);
    assert_int_equal(adsync__day_weekday(19691231), 3);
    assert_int_equal(adsync__floor_div(-1, 7), -1);
    assert_int_equal(adsync__floor_div(-7, 7), -1);
    assert_int_equal(adsync__floor_div(13, 7), 1);
}

static void days_are_read_and_written(void **state)
{
    static const char *const bad[] = { "", "2026-11-2", "2026-11-201", "2026/11/20", "2026-1120", "20261120 ", " 20261120", "2026-02-30",
                                       "0000-01-01",
                                       "00000101", "2026-11-2x", "-026-11-20", "+2026112", "2026112\n", "20-11-2026", "2026.11.20" };
    char out[ADSYNC__DAY_ROOM];
    int64_t day;

    (void)state;
    assert_int_equal(adsync__day_read("2026-11-20", 10, &day), ADSYNC_OK);
    assert_int_equal(day, 20261120);
    assert_int_equal(adsync__day_read("20261120", 8, &day), ADSYNC_OK);
    assert_int_equal(day, 20261120);
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        day = 7;
        if (adsync__day_read(bad[i], strlen(bad[i]), &day) != ADSYNC_E_FORMAT || day) fail_msg("\"%s\" was taken", bad[i]);
    }
    assert_int_equal(adsync__day_write(20261120, out), 10);
    assert_string_equal(out, "2026-11-20");
    assert_int_equal(adsync__day_write(10101, out), 10);
    assert_string_equal(out, "0001-01-01");
    assert_int_equal(adsync__day_write(20250229, out), 0);
    assert_string_equal(out, "");
}

static int64_t read_time(const char *text, int32_t offset_s)
{
    int64_t us = 77;

    if (adsync__time_read(text, strlen(text), offset_s, &us) < 0) fail_msg("\"%s\" was refused", text);
    return us;
}

static void times_are_read_as_platforms_write_them(void **state)
{
    static const struct {
        const char *text;
        int32_t offset_s;
        int64_t us;
    } cases[] = {
        { "2026-05-06T15:32:58+0200", ADSYNC__TIME_NEEDS_OFFSET, 1778074378000000 }, /* Meta */
        { "2026-05-06T15:32:58+02:00", ADSYNC__TIME_NEEDS_OFFSET, 1778074378000000 },
        { "2026-05-06T15:32:58+02", ADSYNC__TIME_NEEDS_OFFSET, 1778074378000000 },
        { "2026-05-06t13:32:58z", ADSYNC__TIME_NEEDS_OFFSET, 1778074378000000 },
        { "2025-07-29T11:53:33.136Z", ADSYNC__TIME_NEEDS_OFFSET, 1753790013136000 }, /* Snapchat */
        { "2026-05-06 13:32:58", 0, 1778074378000000 },     /* TikTok */
        { "2026-05-06 15:32:58", 7200, 1778074378000000 },  /* Google, the account's clock */
        { "2026-05-06 15:32:58Z", 7200, 1778081578000000 }, /* what the text says goes first */
        { "2026-05-06T13:32", 0, 1778074320000000 },
        { "2026-05-06T13:32+00:00", 7200, 1778074320000000 },
        { "1970-01-01T00:00:00.000001Z", 0, 1 },
        { "1969-12-31T23:59:59.999999Z", 0, -1 },
        { "1970-01-01T00:00:00,5Z", 0, 500000 },
        { "1970-01-01T00:00:00.0000019999999999999999Z", 0, 1 },
        { "1970-01-01T00:00:00-00:00", 7200, 0 },
        { "1970-01-01T05:45:00+0545", 0, 0 },
        { "1969-12-31T14:30:00-09:30", 0, 0 },
        { "2016-12-31T23:59:60Z", 0, 1483228800000000 }, /* a leap second is the second after it */
        { "0001-01-01T00:00:00Z", 0, ADSYNC__TIME_FIRST_US },
        { "9999-12-31T23:59:59.999999Z", 0, ADSYNC__TIME_LAST_US },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++)
        if (read_time(cases[i].text, cases[i].offset_s) != cases[i].us)
            fail_msg("\"%s\" was read as %" PRId64, cases[i].text, read_time(cases[i].text, cases[i].offset_s));
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "2026-05-06", "2026-05-06T", "2026-05-06T15", "2026-05-06T1532Z", "2026-05-06T15:3", "2026-05-06T15:32:5",
        "2026-05-06T24:00:00Z",
        "2026-05-06T15:60:00Z", "2026-05-06T15:32:61Z", "2026-05-06T15:32:58.Z", "2026-05-06T15:32:58.", "2026-05-06T15:32:58+",
        "2026-05-06T15:32:58+2", "2026-05-06T15:32:58+2:00", "2026-05-06T15:32:58+24:00", "2026-05-06T15:32:58+02:60",
        "2026-05-06T15:32:58+02:", "2026-05-06T15:32:58+02:0", "2026-05-06T15:32:58+02:000", "2026-05-06T15:32:58ZZ",
        "2026-05-06T15:32:58 Z",
        "2026-05-06_15:32:58Z", "2026-02-30T15:32:58Z", "2026-05-06T-1:32:58Z", "2026-05-06T15:32:58Z\n", "20260506T153258Z....",
        " 2026-05-06T15:32:58Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "1778074378000000",
        "0000-12-31T23:59:59Z",
    };
    int64_t us = 77;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        us = 77;
        if (adsync__time_read(bad[i], strlen(bad[i]), 0, &us) != ADSYNC_E_FORMAT || us) fail_msg("\"%s\" was taken", bad[i]);
    }
    assert_int_equal(adsync__time_read("2026-05-06T15:32:58", 19, ADSYNC__TIME_NEEDS_OFFSET, &us), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__time_read("2026-05-06T15:32:58\0", 20, 0, &us), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__time_read("2026-05-06\0" "15:32:58", 19, 0, &us), ADSYNC_E_FORMAT);
}

static void every_prefix_of_a_time_is_read_within_its_bytes(void **state)
{
    static const char whole[] = "2026-05-06T15:32:58.123456+02:00";
    int64_t us;

    (void)state;
    for (size_t size = 0; size < sizeof whole; size++) {
        char *exact = malloc(size ? size : 1); /* a read beyond is seen by the sanitizers */
        assert_non_null(exact);
        memcpy(exact, whole, size);
        (void)adsync__time_read(exact, size, 0, &us);
        free(exact);
    }
}

static void times_are_written_by_rfc_3339(void **state)
{
    static const struct {
        int64_t us;
        int32_t offset_s;
        const char *text;
    } cases[] = {
        { 0, 0, "1970-01-01T00:00:00Z" },
        { -1, 0, "1969-12-31T23:59:59.999999Z" },
        { 1778074378000000, 7200, "2026-05-06T15:32:58+02:00" },
        { 1778074378136000, -34200, "2026-05-06T04:02:58.136-09:30" },
        { 1778074378000001, 20700, "2026-05-06T19:17:58.000001+05:45" },
        { 0, 1172, "1970-01-01T00:00:00Z" }, /* no whole minutes */
        { 0, 86400, "1970-01-01T00:00:00Z" },
        { 0, INT32_MIN, "1970-01-01T00:00:00Z" },
        { ADSYNC__TIME_FIRST_US, 0, "0001-01-01T00:00:00Z" },
        { ADSYNC__TIME_FIRST_US, -60, "0001-01-01T00:00:00Z" }, /* would leave the years */
        { ADSYNC__TIME_LAST_US, -86340, "9999-12-31T00:00:59.999999-23:59" },
        { ADSYNC__TIME_LAST_US, 60, "9999-12-31T23:59:59.999999Z" },
        { ADSYNC__TIME_FIRST_US - 1, 0, "" }, { ADSYNC__TIME_LAST_US + 1, 0, "" }, { INT64_MIN, 60, "" }, { INT64_MAX, -60, "" },
    };
    char out[ADSYNC__TIME_ROOM];
    int64_t back;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        assert_int_equal(adsync__time_write(cases[i].us, cases[i].offset_s, out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
        if (!*out) continue;
        assert_int_equal(adsync__time_read(out, strlen(out), ADSYNC__TIME_NEEDS_OFFSET, &back), ADSYNC_OK);
        assert_int_equal(back, cases[i].us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_days_of_the_calendar_are_valid),
        cmocka_unit_test(every_day_of_ten_thousand_years_follows_the_one_before),
        cmocka_unit_test(days_are_added_and_counted),
        cmocka_unit_test(days_are_read_and_written),
        cmocka_unit_test(times_are_read_as_platforms_write_them),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(every_prefix_of_a_time_is_read_within_its_bytes),
        cmocka_unit_test(times_are_written_by_rfc_3339),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
