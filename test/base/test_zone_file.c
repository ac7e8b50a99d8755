/* SPDX-License-Identifier: MIT */
#include "base/zone_int.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static int64_t instant(const char *text)
{
    int64_t us = 0;

    assert_int_equal(adsync__time_read(text, strlen(text), ADSYNC__TIME_NEEDS_OFFSET, &us), ADSYNC_OK);
    return us;
}

/* ---- names and files */

static void only_names_of_zones_are_looked_for(void **state)
{
    static const char *const bad[] = {
        "", "/etc/passwd", "../../etc/passwd", "Europe/../../../etc/passwd", "Europe/..", "..", ".", "Europe//Berlin", "Europe/", "/Europe",
        "europe/Berlin", "posix/Europe/Berlin", "right/Europe/Berlin", "localtime", "posixrules", "tzdata.zi", "Europe/Berlin ", " UTC",
        "Europe\\Berlin",
        "Europe/Berlin\n", "Euro\xc3\xa9", "UTC;ls", "+01:00", "<+03>-3", ":UTC", "Europe/Berlin.", "%s%s",
    };
    char name[300];
    adsync__zone *zone = NULL;
    adsync_error *error = NULL;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        if (adsync__zone_load(NULL, bad[i], &zone, &error) != ADSYNC_E_INVALID || zone) fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(adsync__zone_load(NULL, NULL, &zone, &error), ADSYNC_E_INVALID);
    memset(name, 'A', sizeof name);
    name[256] = 0;
    assert_int_equal(adsync__zone_load(NULL, name, &zone, &error), ADSYNC_E_INVALID);
    assert_string_equal(adsync_error_name(error), "zone.name");
    name[255] = 0;
    assert_int_equal(adsync__zone_load(NULL, name, &zone, &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync__zone_load(NULL, "Europe/Atlantis", &zone, &error), ADSYNC_E_NOT_FOUND);
    assert_string_equal(adsync_error_name(error), "zone.unknown");
    assert_int_equal(adsync__zone_load(NULL, "Europe", &zone, &error), ADSYNC_E_NOT_FOUND); /* a directory */
    assert_int_equal(adsync__zone_load(NULL, "UTC/Berlin", &zone, &error), ADSYNC_E_NOT_FOUND);
    adsync_error_free(error);
}

static void write_file(const char *directory, const char *name, const void *p, size_t size)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_non_null(file = fopen(path, "wb"));
    assert_int_equal(fwrite(p, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void files_that_are_none_or_too_large_are_refused(void **state)
{
    static char large[64 * 1024 + 1];
    char directory[] = "/tmp/adsync-zone-XXXXXX", path[256];
    adsync__zone *zone = NULL;

    (void)state;
    assert_non_null(mkdtemp(directory));
    write_file(directory, "Large", large, sizeof large);
    write_file(directory, "Empty", "", 0);
    write_file(directory, "Text", "not a zone", 10);
    (void)snprintf(path, sizeof path, "%s/Pipe", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(adsync__zone_load(directory, "Large", &zone, NULL), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__zone_load(directory, "Empty", &zone, NULL), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__zone_load(directory, "Text", &zone, NULL), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__zone_load(directory, "Pipe", &zone, NULL), ADSYNC_E_NOT_FOUND); /* and nobody waits for it */
    assert_int_equal(adsync__zone_load(directory, "UTC", &zone, NULL), ADSYNC_E_NOT_FOUND); /* not the system's */
    assert_null(zone);
    assert_int_equal(unlink(path), 0);
    for (const char **name = (const char *[]){ "Large", "Empty", "Text", NULL }; *name; name++) {
        (void)snprintf(path, sizeof path, "%s/%s", directory, *name);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(directory), 0);
}

/* ---- TZif, made here */

typedef struct maker {
    unsigned char p[4096];
    size_t size;
} maker;

static void put(maker *m, int64_t n, int bytes)
{
    while (bytes--) m->p[m->size++] = (unsigned char)(n >> 8 * bytes);
}

static void put_header(maker *m, char version, int64_t leaps, int64_t times, int64_t types)
{
    memcpy(m->p + m->size, "TZif", 4);
    m->size += 4;
    put(m, version, 1);
    for (int i = 0; i < 15; i++) put(m, 0, 1);
    for (int i = 0; i < 6; i++) put(m, i == 2 ? leaps : i == 3 ? times : i == 4 ? types : i == 5 ? 4 : 0, 4);
}

/* A file of version 2 whose list has n changes, each to its own type. */
static void make(maker *m, const int64_t *at, const int32_t *offsets, int n, const char *footer)
{
    m->size = 0;
    put_header(m, '2', 0, 0, 1);
    put(m, 0, 6);
    put(m, 0, 4);
    put_header(m, '2', 0, n, n + 1);
    for (int i = 0; i < n; i++) put(m, at[i], 8);
    for (int i = 0; i < n; i++) put(m, i + 1, 1);
    for (int i = 0; i <= n; i++) {
        put(m, offsets[i], 4);
        put(m, 0, 2);
    }
    put(m, 0, 4);
    memcpy(m->p + m->size, footer, strlen(footer));
    m->size += strlen(footer);
}

static adsync_status parse(const maker *m, adsync__zone **zone)
{
    unsigned char *exact = malloc(m->size ? m->size : 1); /* a read beyond is seen by the sanitizers */
    adsync_error *error = NULL;
    adsync_status rc;

    assert_non_null(exact);
    memcpy(exact, m->p, m->size);
    rc = adsync__zone_parse(exact, m->size, zone, &error);
    assert_int_equal(adsync_error_status(error), rc);
    assert_true((rc == ADSYNC_OK) == (*zone != NULL));
    adsync_error_free(error);
    free(exact);
    return rc;
}

/* The zone that was freed last serves again, as long as its file is the same. */
static void a_file_that_changed_is_read_again(void **state)
{
    static const int64_t at[] = { 1000000 };
    char directory[] = "/tmp/adsync-zone-XXXXXX", path[256];
    adsync__zone *zone = NULL, *second = NULL;
    maker m = { { 0 }, 0 };

    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/Moved", directory);
    for (int32_t hours = 1; hours <= 3; hours++) {
        make(&m, at, (const int32_t[]){ 0, hours * 3600 }, 1, "\n\n");
        write_file(directory, "Moved", m.p, m.size);
        assert_int_equal(utimensat(AT_FDCWD, path, (const struct timespec[]){ { 5, 0 }, { 5, hours } }, 0), 0);
        for (int again = 0; again < 2; again++) { /* two at a time are two */
            assert_int_equal(adsync__zone_load(directory, "Moved", &zone, NULL), ADSYNC_OK);
            assert_int_equal(adsync__zone_load(directory, "Moved", &second, NULL), ADSYNC_OK);
            assert_ptr_not_equal(zone, second);
            assert_int_equal(adsync__zone_offset(zone, INT64_C(2000000000000)), hours * 3600);
            assert_int_equal(adsync__zone_offset(second, INT64_C(2000000000000)), hours * 3600);
            adsync__zone_free(zone);
            adsync__zone_free(second);
        }
    }
    assert_int_equal(adsync__zone_load(NULL, "Asia/Tokyo", &zone, NULL), ADSYNC_OK); /* another one takes its place */
    assert_int_equal(adsync__zone_offset(zone, INT64_C(1767225600000000)), 9 * 3600);
    adsync__zone_free(zone);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

static adsync_status judge(const maker *m)
{
    adsync__zone *zone = NULL;
    adsync_status rc = parse(m, &zone);

    adsync__zone_free(zone);
    return rc;
}

static void assert_ascending(const adsync__zone *zone)
{
    for (size_t i = 1; i < zone->count; i++)
        if (zone->at[i] <= zone->at[i - 1]) fail_msg("change %zu is not after the one before it", i);
}

static void a_list_and_a_rule_make_one_zone(void **state)
{
    static const int64_t at[] = { -1000000000, 0, 1000000000 };
    static const int32_t offsets[] = { 600, 3600, 7200, 3600 };
    maker m;
    adsync__zone *zone;

    (void)state;
    make(&m, at, offsets, 3, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_ascending(zone);
    assert_int_equal(adsync__zone_offset(zone, INT64_C(-1000000001) * ADSYNC__SECOND_US), 600);
    assert_int_equal(adsync__zone_offset(zone, INT64_C(-1000000000) * ADSYNC__SECOND_US - 1), 600);
    assert_int_equal(adsync__zone_offset(zone, INT64_C(-1000000000) * ADSYNC__SECOND_US), 3600);
    assert_int_equal(adsync__zone_offset(zone, -1), 3600);
    assert_int_equal(adsync__zone_offset(zone, 0), 7200);
    assert_int_equal(adsync__zone_offset(zone, instant("2002-01-01T00:00:00Z")), 3600);
    for (int year = 2002; year < 9999; year++) {
        adsync__zone_edge march = { 'M', 3, 5, 0, 7200 };
        int64_t us = (adsync__zone_edge_local(&march, year) - 3600) * ADSYNC__SECOND_US;
        if (adsync__zone_offset(zone, us - 1) != 3600 || adsync__zone_offset(zone, us) != 7200) fail_msg("%d has no summer", year);
    }
    adsync__zone_free(zone);
}

static void a_rule_alone_holds_for_all_time(void **state)
{
    static const int32_t offsets[] = { -18000 };
    maker m;
    adsync__zone *zone;

    (void)state;
    make(&m, NULL, offsets, 0, "\nEST5EDT,M3.2.0,M11.1.0\n");
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_int_equal(adsync__zone_offset(zone, instant("0001-07-01T12:00:00Z")), -14400);
    assert_int_equal(adsync__zone_offset(zone, instant("0001-12-01T12:00:00Z")), -18000);
    assert_int_equal(adsync__zone_offset(zone, instant("0402-07-01T12:00:00Z")), -14400);
    assert_int_equal(adsync__zone_offset(zone, instant("2026-03-08T06:59:59Z")), -18000);
    assert_int_equal(adsync__zone_offset(zone, instant("2026-03-08T07:00:00Z")), -14400);
    assert_int_equal(adsync__zone_offset(zone, instant("9999-07-01T12:00:00Z")), -14400);
    adsync__zone_free(zone);
    make(&m, NULL, offsets, 0, "\nXXX3EDT4,0/0,J365/23\n"); /* RFC 9636: daylight time all year */
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_ascending(zone);
    for (int64_t us = instant("2023-01-01T00:00:00Z"); us < instant("2025-01-02T00:00:00Z"); us += 900 * ADSYNC__SECOND_US)
        assert_int_equal(adsync__zone_offset(zone, us), -14400);
    adsync__zone_free(zone);
}

static void a_rule_that_is_no_daylight_time_agrees_with_the_list(void **state)
{
    static const int64_t at[] = { 0 };
    static const int32_t offsets[] = { 3600, 7200 };
    maker m;

    (void)state;
    make(&m, at, offsets, 1, "\nEET-2\n");
    assert_int_equal(judge(&m), ADSYNC_OK);
    make(&m, at, offsets, 1, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_OK);
    make(&m, at, offsets, 1, "\nCET-1\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
}

static void a_file_over_its_limit_is_refused(void **state)
{
    static const int32_t offsets[] = { 0 };
    static unsigned char bytes[64 * 1024 + 1];
    adsync__zone *zone = NULL;
    maker m;

    (void)state;
    make(&m, NULL, offsets, 0, "\nUTC0\n"); /* what stands after the rule is for later versions */
    memcpy(bytes, m.p, m.size);
    assert_int_equal(adsync__zone_parse(bytes, sizeof bytes, &zone, NULL), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__zone_parse(bytes, sizeof bytes - 1, &zone, NULL), ADSYNC_OK);
    adsync__zone_free(zone);
}

static void the_first_version_is_read_too(void **state)
{
    maker m = { .size = 0 };
    adsync__zone *zone;

    (void)state;
    put_header(&m, 0, 0, 1, 2);
    put(&m, -100, 4);
    put(&m, 1, 1);
    put(&m, 3600, 4);
    put(&m, 0, 2);
    put(&m, -3600, 4);
    put(&m, 0, 2);
    put(&m, 0, 4);
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_int_equal(adsync__zone_offset(zone, -101 * ADSYNC__SECOND_US), 3600);
    assert_int_equal(adsync__zone_offset(zone, -100 * ADSYNC__SECOND_US), -3600);
    assert_int_equal(adsync__zone_offset(zone, INT64_MAX), -3600);
    adsync__zone_free(zone);
    for (size_t whole = m.size; m.size--;) {
        if (judge(&m) != ADSYNC_E_FORMAT) fail_msg("%zu bytes of %zu were taken", m.size, whole);
    }
}

static void files_that_are_cut_or_contradict_themselves_are_refused(void **state)
{
    static const int64_t at[] = { 0, 1000000000 }, equal[] = { 5, 5 }, falling[] = { 5, 4 };
    static const int32_t offsets[] = { 0, 3600, 7200 }, east[] = { 0, 93600, 0 }, west[] = { 0, -90000, 0 }, none[] = { INT32_MIN, 0, 0 };
    static const char *const footers[] = { "", "\n", "EET-2\n", "\nEET-2", "\nEET\n", "\nEET-2 \n", "\nEET-2EEST\n",
                                           "\nEET-2EEST,M3.5.0\n" };
    maker m;

    (void)state;
    make(&m, at, offsets, 2, "\nEET-2\n");
    assert_int_equal(judge(&m), ADSYNC_OK);
    for (size_t whole = m.size; m.size--;)
        if (judge(&m) != ADSYNC_E_FORMAT) fail_msg("%zu bytes of %zu were taken", m.size, whole);
    for (size_t i = 0; i < ADSYNC__COUNT(footers); i++) {
        make(&m, at, offsets, 2, footers[i]);
        if (judge(&m) != ADSYNC_E_FORMAT) fail_msg("the footer \"%s\" was taken", footers[i]);
    }
    make(&m, equal, offsets, 2, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, falling, offsets, 2, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, at, east, 2, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, at, west, 2, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, at, none, 2, "\n\n");
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, at, offsets, 2, "\n\n");
    m.p[54 + 44 + 16 + 1] = 3; /* the second change's type, of three */
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
    make(&m, at, offsets, 2, "\n\n");
    m.p[4] = '1';
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
}

static void counts_beyond_the_file_are_refused(void **state)
{
    static const int32_t offsets[] = { 0 };
    maker m;

    (void)state;
    for (size_t block = 0; block < 2; block++) {
        for (size_t i = 0; i < 6; i++) {
            for (size_t byte = 0; byte < 4; byte++) {
                make(&m, NULL, offsets, 0, "\nUTC0\n");
                m.p[block * 54 + 20 + 4 * i + byte] = 0xff;
                assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
            }
        }
    }
    make(&m, NULL, offsets, 0, "\nUTC0\n");
    m.p[54 + 20 + 19] = 0; /* no type at all */
    assert_int_equal(judge(&m), ADSYNC_E_FORMAT);
}

static void leap_seconds_are_refused(void **state)
{
    maker m = { .size = 0 };
    adsync__zone *zone = NULL;
    adsync_error *error = NULL;

    (void)state;
    put_header(&m, 0, 1, 0, 1);
    put(&m, 0, 6);
    put(&m, 0, 4);
    put(&m, 78796800, 4);
    put(&m, 1, 4);
    assert_int_equal(adsync__zone_parse(m.p, m.size, &zone, &error), ADSYNC_E_FORMAT);
    assert_string_equal(adsync_error_name(error), "zone.leaps");
    adsync_error_free(error);
}

static void changes_outside_of_the_years_do_no_harm(void **state)
{
    static const int64_t at[] = { INT64_MIN, -576460752303423488, 0, INT64_MAX };
    static const int32_t offsets[] = { 1, 2, 3, 4, 5 };
    maker m;
    adsync__zone *zone;

    (void)state;
    make(&m, at, offsets, 4, "\nAAA-1BBB,M3.2.0,M11.1.0\n");
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_int_equal(adsync__zone_offset(zone, ADSYNC__TIME_FIRST_US), 3);
    assert_int_equal(adsync__zone_day(zone, ADSYNC__TIME_FIRST_US), 10101);
    assert_int_equal(adsync__zone_day(zone, INT64_MAX), 0);
    assert_int_equal(adsync__zone_day(zone, INT64_MIN), 0);
    assert_int_equal(adsync__zone_offset(zone, -1), 3);
    assert_int_equal(adsync__zone_offset(zone, ADSYNC__TIME_LAST_US), 4); /* the rule begins after the last change */
    adsync__zone_free(zone);
    make(&m, at, offsets, 1, "\n\n");
    assert_int_equal(parse(&m, &zone), ADSYNC_OK);
    assert_int_equal(adsync__zone_offset(zone, 0), 2);
    assert_int_equal(adsync__zone_day(zone, ADSYNC__DAY_US), 19700102); /* as far from the change as can be */
    adsync__zone_free(zone);
}

/* ---- rules */

static void rules_are_read_as_posix_writes_them(void **state)
{
    static const struct {
        const char *text;
        int32_t standard_s, daylight_s;
    } good[] = {
        { "UTC0", 0, 0 }, { "EST5", -18000, -18000 }, { "<+03>-3", 10800, 10800 }, { "<-0330>+3:30", -12600, -12600 },
        { "ABC-24:59:59", 89999, 89999 },
        { "LMT0:01:15", -75, -75 }, { "EST5EDT,M3.2.0,M11.1.0", -18000, -14400 }, { "IST-1GMT0,M10.5.0,M3.5.0/1", 3600, 0 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, 39600 }, { "AAA0BBB,J1,J365/-167", 0, 3600 },
        { "AAA0BBB,0,365/167:59:59", 0, 3600 },
        { "IST-2IDT,M3.4.4/26,M10.5.0", 7200, 10800 }, { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, -3600 },
    };
    static const char *const bad[] = {
        "", "E", "ES5", "EST", "5", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,", "EST5EDT,M3.2.0,M11.1.0,", "EST5 ",
        " EST5", "EST25",
        "EST5:60", "EST5:0:60", "EST5::1", "EST-", "EST+-5", "<+03-3", "<+3>", "<>0", "<ab>0", "E1T5", "EST5EDT4:", "EST5ED,M3.2.0,M11.1.0",
        "EST5EDT,M0.2.0,M11.1.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,M3.2,M11.1.0", "EST5EDT,J0,J365", "EST5EDT,J366,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/,M11.1.0",
        "EST5EDT,M3.2.0/2:,M11.1.0", "EST5EDT,M3.2.0/-168,M11.1.0", "EST5EDT,M99999999999.2.0,M11.1.0", "EST00000005", ",M3.2.0,M11.1.0",
        "EST5,M3.2.0,M11.1.0",
        ":America/New_York",
    };
    adsync__zone_rule rule;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(good); i++) {
        if (adsync__zone_rule_parse(good[i].text, strlen(good[i].text), &rule) < 0) fail_msg("\"%s\" was refused", good[i].text);
        assert_int_equal(rule.standard_s, good[i].standard_s);
        assert_int_equal(rule.daylight_s, good[i].daylight_s);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++)
        if (adsync__zone_rule_parse(bad[i], strlen(bad[i]), &rule) != ADSYNC_E_FORMAT) fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(adsync__zone_rule_parse("UTC0\0", 5, &rule), ADSYNC_E_FORMAT);
    assert_int_equal(adsync__zone_rule_parse(NULL, 0, &rule), ADSYNC_E_FORMAT);
}

static void edges_stand_on_the_right_days(void **state)
{
    static const struct {
        adsync__zone_edge edge;
        int64_t year, day;
    } cases[] = {
        { { 'M', 3, 2, 0, 0 }, 2026, 20260308 }, { { 'M', 3, 5, 0, 0 }, 2026, 20260329 }, { { 'M', 2, 5, 0, 0 }, 2026, 20260222 },
        { { 'M', 2, 5, 4, 0 }, 2024, 20240229 }, { { 'M', 12, 5, 6, 0 }, 2026, 20261226 }, { { 'M', 11, 1, 0, 0 }, 2026, 20261101 },
        { { 'J', 0, 0, 1, 0 }, 2024, 20240101 }, { { 'J', 0, 0, 59, 0 }, 2024, 20240228 }, { { 'J', 0, 0, 60, 0 }, 2024, 20240301 },
        { { 'J', 0, 0, 60, 0 }, 2025, 20250301 }, { { 'J', 0, 0, 365, 0 }, 2024, 20241231 }, { { 'J', 0, 0, 365, 0 }, 2025, 20251231 },
        { { '0', 0, 0, 0, 0 }, 2025, 20250101 }, { { '0', 0, 0, 59, 0 }, 2024, 20240229 }, { { '0', 0, 0, 59, 0 }, 2025, 20250301 },
        { { '0', 0, 0, 365, 0 }, 2024, 20241231 }, { { '0', 0, 0, 365, 0 }, 2025, 20260101 },
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++)
        assert_int_equal(adsync__zone_edge_local(&cases[i].edge, cases[i].year), adsync__day_number(cases[i].day) * 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_changed_is_read_again),
        cmocka_unit_test(only_names_of_zones_are_looked_for),
        cmocka_unit_test(files_that_are_none_or_too_large_are_refused),
        cmocka_unit_test(a_list_and_a_rule_make_one_zone),
        cmocka_unit_test(a_rule_alone_holds_for_all_time),
        cmocka_unit_test(a_rule_that_is_no_daylight_time_agrees_with_the_list),
        cmocka_unit_test(a_file_over_its_limit_is_refused),
        cmocka_unit_test(the_first_version_is_read_too),
        cmocka_unit_test(files_that_are_cut_or_contradict_themselves_are_refused),
        cmocka_unit_test(counts_beyond_the_file_are_refused),
        cmocka_unit_test(leap_seconds_are_refused),
        cmocka_unit_test(changes_outside_of_the_years_do_no_harm),
        cmocka_unit_test(rules_are_read_as_posix_writes_them),
        cmocka_unit_test(edges_stand_on_the_right_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
