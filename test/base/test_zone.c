/* SPDX-License-Identifier: MIT */
#include "base/zone.h"
#include "support/faults.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

static adsync__zone *open_zone(const char *name)
{
    adsync__zone *zone = NULL;

    if (adsync__zone_load(NULL, name, &zone, NULL) < 0) fail_msg("%s was refused", name);
    return zone;
}

static int64_t instant(const char *text)
{
    int64_t us = 0;

    assert_int_equal(adsync__time_read(text, strlen(text), ADSYNC__TIME_NEEDS_OFFSET, &us), ADSYNC_OK);
    return us;
}

static void assert_instant(int64_t us, const char *text)
{
    char out[ADSYNC__TIME_ROOM];

    (void)adsync__time_write(us, 0, out);
    assert_string_equal(out, text);
}

static void days_begin_where_the_clock_reaches_them(void **state)
{
    static const struct {
        const char *zone;
        int64_t day;
        const char *from, *to;
    } cases[] = {
        { "Europe/Berlin", 20260115, "2026-01-14T23:00:00Z", "2026-01-15T23:00:00Z" },
        { "Europe/Berlin", 20250330, "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z" }, /* 23 hours */
        { "Europe/Berlin", 20251026, "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z" }, /* 25 hours */
        { "America/Sao_Paulo", 20181104, "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z" }, /* no midnight */
        { "America/Sao_Paulo", 20180217, "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z" }, /* its last hour twice */
        { "Asia/Beirut", 20250330, "2025-03-29T22:00:00Z", "2025-03-30T21:00:00Z" },       /* no midnight */
        { "Africa/Cairo", 20250425, "2025-04-24T22:00:00Z", "2025-04-25T21:00:00Z" },      /* no midnight */
        { "America/Havana", 20250309, "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z" },    /* no midnight */
        { "America/Havana", 20251102, "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z" },    /* two midnights */
        { "America/St_Johns", 20101106, "2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z" },
        /* back to the day before a minute after midnight */
        { "America/St_Johns", 20101107, "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z" },
        { "Australia/Lord_Howe", 20250406, "2025-04-05T13:00:00Z", "2025-04-06T13:30:00Z" },
        { "Europe/Dublin", 20250330, "2025-03-30T00:00:00Z", "2025-03-30T23:00:00Z" }, /* winter is its daylight time */
        { "Etc/GMT-13", 20261120, "2026-11-19T11:00:00Z", "2026-11-20T11:00:00Z" },
        { "Pacific/Apia", 20111229, "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z" },
        { "Pacific/Apia", 20111231, "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z" },
        { "Europe/Berlin", 24250701, "2425-06-30T22:00:00Z", "2425-07-01T22:00:00Z" }, /* the calendar's next cycle */
        { "Europe/Berlin", 99991231, "9999-12-30T23:00:00Z", "9999-12-31T23:00:00Z" },
        { "UTC", 10101, "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z" },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        adsync__zone *zone = open_zone(cases[i].zone);
        int64_t from, to;
        assert_true(adsync__zone_bounds(zone, cases[i].day, &from, &to));
        assert_instant(from, cases[i].from);
        assert_instant(to, cases[i].to);
        assert_int_equal(adsync__zone_day(zone, from), cases[i].day);
        assert_int_equal(adsync__zone_day(zone, to - 1), cases[i].day);
        adsync__zone_free(zone);
    }
}

static void a_day_that_a_zone_leapt_over_is_empty(void **state)
{
    adsync__zone *zone = open_zone("Pacific/Apia");
    int64_t from, to;

    (void)state;
    assert_false(adsync__zone_bounds(zone, 20111230, &from, &to));
    assert_instant(from, "2011-12-30T10:00:00Z");
    assert_true(from == to);
    assert_int_equal(adsync__zone_day(zone, from), 20111231);
    assert_int_equal(adsync__zone_day(zone, from - 1), 20111229);
    adsync__zone_free(zone);
}

static void a_day_that_is_over_does_not_come_back(void **state)
{
    adsync__zone *zone = open_zone("America/St_Johns");

    (void)state;
    assert_int_equal(adsync__zone_day(zone, instant("2010-11-07T02:29:59Z")), 20101106);
    assert_int_equal(adsync__zone_day(zone, instant("2010-11-07T02:30:00Z")), 20101107);
    assert_int_equal(adsync__zone_offset(zone, instant("2010-11-07T03:00:00Z")), -12600); /* 23:30 of the 6th on the clock */
    assert_int_equal(adsync__zone_day(zone, instant("2010-11-07T03:00:00Z")), 20101107);
    adsync__zone_free(zone);
    zone = open_zone("America/Juneau"); /* 1867: from one side of the date line to the other, a date came twice */
    for (int64_t us = instant("1867-10-16T00:00:00Z"), last = 0; us < instant("1867-10-22T00:00:00Z"); us += 600 * ADSYNC__SECOND_US) {
        assert_true(adsync__zone_day(zone, us) >= last);
        last = adsync__zone_day(zone, us);
    }
    adsync__zone_free(zone);
}

static void no_zone_is_utc(void **state)
{
    int64_t from, to, us;

    (void)state;
    assert_int_equal(adsync__zone_offset(NULL, 0), 0);
    assert_int_equal(adsync__zone_day(NULL, -1), 19691231);
    assert_true(adsync__zone_bounds(NULL, 20261120, &from, &to));
    assert_instant(from, "2026-11-20T00:00:00Z");
    assert_instant(to, "2026-11-21T00:00:00Z");
    assert_int_equal(adsync__zone_time_read(NULL, "2026-11-20T00:00:00", 19, &us), ADSYNC_OK);
    assert_true(us == from);
    adsync__zone_free(NULL);
}

static void local_times_become_instants(void **state)
{
    static const struct {
        const char *zone, *local, *instant;
    } cases[] = {
        { "Europe/Berlin", "2025-01-15 12:00:00", "2025-01-15T11:00:00Z" },
        { "Europe/Berlin", "2025-03-30 01:59:59.999999", "2025-03-30T00:59:59.999999Z" },
        { "Europe/Berlin", "2025-03-30 02:00:00", "2025-03-30T01:00:00Z" }, /* leapt over: 03:00 */
        { "Europe/Berlin", "2025-03-30 02:30:00.25", "2025-03-30T01:30:00.250Z" },
        { "Europe/Berlin", "2025-03-30 03:00:00", "2025-03-30T01:00:00Z" },
        { "Europe/Berlin", "2025-10-26 02:30:00", "2025-10-26T00:30:00Z" }, /* the first of two */
        { "Europe/Berlin", "2025-10-26 03:00:00", "2025-10-26T02:00:00Z" },
        { "Europe/Berlin", "2025-10-26 02:30:00+01:00", "2025-10-26T01:30:00Z" }, /* the text says which */
        { "Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z" },
        { "America/Havana", "2025-11-02 00:30:00", "2025-11-02T04:30:00Z" },
        { "America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04T03:00:00Z" },
        { "Asia/Kolkata", "2026-05-06T15:32", "2026-05-06T10:02:00Z" },
        { "Europe/Berlin", "2825-07-01 02:00:00", "2825-07-01T00:00:00Z" },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        adsync__zone *zone = open_zone(cases[i].zone);
        int64_t us;
        assert_int_equal(adsync__zone_time_read(zone, cases[i].local, strlen(cases[i].local), &us), ADSYNC_OK);
        assert_instant(us, cases[i].instant);
        adsync__zone_free(zone);
    }
}

static void local_times_outside_of_the_years_are_refused(void **state)
{
    adsync__zone *zone = open_zone("Europe/Berlin");
    int64_t us = 77, from, to;

    (void)state;
    assert_int_equal(adsync__zone_time_read(zone, "0001-01-01 00:00:00", 19, &us), ADSYNC_E_FORMAT);
    assert_int_equal(us, 0);
    assert_int_equal(adsync__zone_time_read(zone, "soon", 4, &us), ADSYNC_E_FORMAT);
    assert_false(adsync__zone_bounds(zone, 20250229, &from, &to));
    assert_false(adsync__zone_bounds(zone, INT64_MAX, &from, &to));
    assert_int_equal(adsync__zone_day(zone, INT64_MAX), 0);
    assert_int_equal(adsync__zone_day(zone, INT64_MIN), 0);
    (void)adsync__zone_offset(zone, INT64_MAX);
    (void)adsync__zone_offset(zone, INT64_MIN);
    adsync__zone_free(zone);
}

static void the_process_keeps_its_own_zone(void **state) /* P9 */
{
    adsync__zone *zone;

    (void)state;
    assert_int_equal(setenv("TZ", "XYZ-7", 1), 0);
    zone = open_zone("America/New_York");
    assert_int_equal(adsync__zone_offset(zone, instant("2026-01-15T00:00:00Z")), -18000);
    assert_string_equal(getenv("TZ"), "XYZ-7");
    adsync__zone_free(zone);
    assert_int_equal(unsetenv("TZ"), 0);
}

static void load_story(void *user)
{
    adsync__zone *zone = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync__zone_load(NULL, user, &zone, &error);

    assert_true(rc == ADSYNC_OK || rc == ADSYNC_E_MEMORY);
    assert_int_equal(adsync_error_status(error), rc);
    assert_true((rc == ADSYNC_OK) == (zone != NULL));
    adsync__zone_free(zone);
    adsync_error_free(error);
}

static void without_memory_a_zone_is_refused_and_nothing_leaks(void **state)
{
    static char name[] = "Europe/Berlin";

    (void)state;
    assert_true(faults_allocations(load_story, name) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_begin_where_the_clock_reaches_them),
        cmocka_unit_test(a_day_that_a_zone_leapt_over_is_empty),
        cmocka_unit_test(a_day_that_is_over_does_not_come_back),
        cmocka_unit_test(no_zone_is_utc),
        cmocka_unit_test(local_times_become_instants),
        cmocka_unit_test(local_times_outside_of_the_years_are_refused),
        cmocka_unit_test(the_process_keeps_its_own_zone),
        cmocka_unit_test(without_memory_a_zone_is_refused_and_nothing_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
