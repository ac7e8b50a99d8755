/* SPDX-License-Identifier: MIT */
/* Every zone that this machine has, against the C library, which is asked in this process of its own: it needs TZ and tzset. */
#include "base/zone.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

enum { ZONES_MAX = 2000, FIRST_DAY = 20250101, LAST_DAY = 20271231 };

static char *zone_names[ZONES_MAX];
static size_t zone_count, zone_seen;
static struct file {
    dev_t device;
    ino_t inode;
} zone_files[ZONES_MAX];

/* Names of zones begin with a capital. Several names may be one file: all are opened, but its days are walked once. */
static int zone_found(const char *path, const struct stat *link, int kind, struct FTW *where)
{
    const char *name = path + strlen(ADSYNC__ZONE_DIRECTORY) + 1;
    struct stat info;
    adsync__zone *zone = NULL;

    (void)link;
    (void)where;
    if (kind == FTW_D || *name < 'A' || *name > 'Z' || stat(path, &info) || !S_ISREG(info.st_mode)) return 0;
    zone_seen++;
    if (adsync__zone_load(NULL, name, &zone, NULL) < 0) return -1;
    adsync__zone_free(zone);
    for (size_t i = 0; i < zone_count; i++)
        if (zone_files[i].device == info.st_dev && zone_files[i].inode == info.st_ino) return 0;
    if (zone_count == ZONES_MAX) return -1;
    zone_files[zone_count] = (struct file){ info.st_dev, info.st_ino };
    zone_names[zone_count++] = strdup(name);
    return 0;
}

static int find_zones(void **state)
{
    (void)state;
    return nftw(ADSYNC__ZONE_DIRECTORY, zone_found, 16, FTW_PHYS);
}

static int forget_zones(void **state)
{
    (void)state;
    while (zone_count) free(zone_names[--zone_count]);
    return 0;
}

static adsync__zone *open_zone(const char *name)
{
    adsync__zone *zone = NULL;

    if (adsync__zone_load(NULL, name, &zone, NULL) < 0) fail_msg("%s was refused", name);
    return zone;
}

static void local_clock(int64_t us, struct tm *out)
{
    time_t second = (time_t)adsync__floor_div(us, ADSYNC__SECOND_US);

    if (!localtime_r(&second, out)) fail_msg("the C library has no time for %" PRId64, us);
}

static void use_zone(const char *name)
{
    char setting[300];

    (void)snprintf(setting, sizeof setting, ":%s", name);
    assert_int_equal(setenv("TZ", setting, 1), 0);
    tzset();
}

static int64_t clock_day(const struct tm *tm) { return (tm->tm_year + 1900) * INT64_C(10000) + (tm->tm_mon + 1) * 100 + tm->tm_mday; }

static void the_machine_has_the_zones_of_the_world(void **state)
{
    (void)state;
    assert_true(zone_seen > 400);
    assert_true(zone_count > 300);
    for (size_t i = 0; i < zone_count; i++) adsync__zone_free(open_zone(zone_names[i]));
}

/* Every six hours of a day, and the microseconds around it, as the C library sees them. */
static void walk_hours(const adsync__zone *zone, const char *name, int64_t day, int64_t from, int64_t to)
{
    struct tm tm;

    for (int64_t us = from; us < to; us += 6 * 3600 * ADSYNC__SECOND_US) {
        local_clock(us, &tm);
        if (adsync__zone_offset(zone, us) != tm.tm_gmtoff || clock_day(&tm) != day)
            fail_msg("%s: %" PRId64 " is not what the C library says", name, us);
    }
    local_clock(to - 1, &tm);
    if (clock_day(&tm) != day) fail_msg("%s: %" PRId64 " ends too late", name, day);
    local_clock(from - 1, &tm);
    if (clock_day(&tm) == day) fail_msg("%s: %" PRId64 " begins too late", name, day);
}

/* One zone, three years: bounds meet, and an instant at a bound or a microsecond beside it belongs to the right day. */
static void walk_days(const adsync__zone *zone, const char *name)
{
    int64_t from, to, before = 0, first;

    assert_true(adsync__zone_bounds(zone, FIRST_DAY, &first, &to));
    before = first;
    for (int64_t day = FIRST_DAY; day <= LAST_DAY; day = adsync__day_add(day, 1)) {
        bool there = adsync__zone_bounds(zone, day, &from, &to);
        if (from != before) fail_msg("%s: %" PRId64 " does not begin where the day before it ends", name, day);
        if (!there || to - from < 20 * 3600 * ADSYNC__SECOND_US || to - from > 28 * 3600 * ADSYNC__SECOND_US)
            fail_msg("%s: %" PRId64 " is not a day", name, day);
        if (adsync__zone_day(zone, from) != day || adsync__zone_day(zone, from + 1) != day || adsync__zone_day(zone, to - 1) != day ||
            adsync__zone_day(zone, to) != adsync__day_add(day, 1) || adsync__zone_day(zone, from - 1) != adsync__day_add(day, -1))
            fail_msg("%s: the bounds of %" PRId64 " are not its own", name, day);
        walk_hours(zone, name, day, from, to);
        before = to;
    }
}

static void each_local_day_of_three_years_is_there_exactly_once_in_every_zone(void **state)
{
    (void)state;
    for (size_t i = 0; i < zone_count; i++) {
        adsync__zone *zone = open_zone(zone_names[i]);
        use_zone(zone_names[i]);
        walk_days(zone, zone_names[i]);
        adsync__zone_free(zone);
    }
}

/* Far beyond the listed changes too, where only the rule at the end of the file speaks. */
static void six_centuries_agree_with_the_c_library_in_every_zone(void **state)
{
    int64_t step = 41 * ADSYNC__DAY_US + 12345678901, from = -70 * 365 * ADSYNC__DAY_US, to = 530 * 365 * ADSYNC__DAY_US;
    struct tm tm;

    (void)state;
    for (size_t i = 0; i < zone_count; i++) {
        adsync__zone *zone = open_zone(zone_names[i]);
        use_zone(zone_names[i]);
        for (int64_t us = from; us < to; us += step) {
            local_clock(us, &tm);
            if (adsync__zone_offset(zone, us) != tm.tm_gmtoff)
                fail_msg("%s: %" PRId64 " has %" PRId32 " here and %ld there", zone_names[i], us, adsync__zone_offset(zone, us),
                         tm.tm_gmtoff);
        }
        adsync__zone_free(zone);
    }
}

/* All that was ever recorded: days still meet, days that were leapt over are empty, and no instant is lost. */
static void all_days_of_two_centuries_meet_in_every_zone(void **state)
{
    int64_t from, to, before;
    uint32_t missing = 0;

    (void)state;
    for (size_t i = 0; i < zone_count; i++) {
        adsync__zone *zone = open_zone(zone_names[i]);
        assert_true(adsync__zone_bounds(zone, 18400101, &from, &before));
        for (int64_t day = 18400102; day <= 20391231; day = adsync__day_add(day, 1)) {
            bool there = adsync__zone_bounds(zone, day, &from, &to);
            if (from != before || there != (from < to))
                fail_msg("%s: %" PRId64 " does not begin where the day before it ends", zone_names[i], day);
            missing += !there;
            before = to;
            if (there && (adsync__zone_day(zone, from) != day || adsync__zone_day(zone, to - 1) != day))
                fail_msg("%s: the bounds of %" PRId64 " are not its own", zone_names[i], day);
        }
        adsync__zone_free(zone);
    }
    assert_true(missing >= 4); /* Apia, Fakaofo, Kwajalein, Kiritimati .. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_has_the_zones_of_the_world),
        cmocka_unit_test(each_local_day_of_three_years_is_there_exactly_once_in_every_zone),
        cmocka_unit_test(six_centuries_agree_with_the_c_library_in_every_zone),
        cmocka_unit_test(all_days_of_two_centuries_meet_in_every_zone),
    };

    return cmocka_run_group_tests(tests, find_zones, forget_zones);
}
