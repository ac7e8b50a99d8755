/* SPDX-License-Identifier: MIT */
/* Which days are asked for again, and how often: each platform's own manifest over weeks of a script's clock, held against the table
 * of the platforms' documents as it is typed in here. */
#include "world.h"

#include "engine/builtin.h"
#include "platform/platform.h"

#include "base/day.h"
#include "base/zone.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WEEKS = 5, HOURS = WEEKS * 7 * 24, OLDEST = 130 };
static const int64_t windows_hour = INT64_C(3600000000);
static const int64_t windows_day = INT64_C(86400000000);

/* In days: what each run brings again, what once a day does, what once a week does (0: there is no such run); when rows stop moving;
 * whether the platform minds being asked for older ones again. */
static const struct windows_platform {
    const char *name;
    int64_t hot, daily, weekly, settled;
    bool minds;
} windows_platforms[] = {
    { "meta", 3, 28, 0, 28, false },     { "google", 3, 30, 90, 90, false },    { "tiktok", 3, 29, 0, 28, false },
    { "linkedin", 2, 7, 90, 90, false }, { "x", 3, 14, 30, 30, true },          { "snapchat", 3, 28, 0, 28, false },
};

static struct windows_seen {
    adsync__zone *zone;
    int64_t began_us, oldest[HOURS]; /* by hour: how old the oldest day was that was asked for; -1: none was */
    uint32_t asked[WEEKS * 7 + OLDEST][2]; /* by day: how often while it was older than settled, and at all */
    int64_t settled;
} windows_seen;

static void windows_note(struct windows_seen *s, int64_t now_us, int64_t from, int64_t to)
{
    int64_t hour = (now_us - s->began_us) / windows_hour, today = adsync__zone_day(s->zone, now_us);
    int64_t first = adsync__zone_day(s->zone, s->began_us - OLDEST * windows_day);

    if (now_us < s->began_us || hour >= HOURS) return;
    if (adsync__day_between(from, today) > s->oldest[hour]) s->oldest[hour] = adsync__day_between(from, today);
    for (int64_t day = from; day <= to; day = adsync__day_add(day, 1)) {
        int64_t place = adsync__day_between(first, day);
        assert_in_range(place, 0, ADSYNC__COUNT(s->asked) - 1);
        s->asked[place][0] += adsync__day_between(day, today) > s->settled;
        s->asked[place][1]++;
    }
}

static const char *windows_answer(world *w, const char *url)
{
    const char *from = strstr(url, "from="), *to = strstr(url, "to=");

    if (!strstr(url, "/report")) return "e c1";
    windows_note(&windows_seen, w->now_us, strtoll(from + 5, NULL, 10), strtoll(to + 3, NULL, 10));
    return "";
}

static void windows_setting(world *w, const adsync_manifest *manifest, const char *name, uint32_t *n)
{
    const char *value = adsync__manifest_setting(manifest, name);

    if (!value) return;
    w->settings[(*n)++] = name;
    w->settings[(*n)++] = value;
}

static void windows_run(world *w, int64_t us)
{
    int64_t until = w->now_us + us, before;

    while (w->now_us < until) {
        before = w->now_us;
        assert_true(adsync_engine_step(w->engines[0].engine, until - w->now_us, NULL) >= 0);
        if (w->now_us == before) w->now_us += 1000;
    }
}

/* Weeks of a connection that was filled the day before. */
static void windows_live(const struct windows_platform *p, const adsync_manifest *manifest)
{
    static const char *const names[] = { "report_days", "hot_days", "daily_days", "weekly_days", "settled_days" };
    const adsync_connection_options options = { .size = sizeof options };
    int64_t connection = 0;
    uint32_t n = 0;
    world w;

    world_begin(&w, windows_answer);
    for (size_t i = 0; i < ADSYNC__COUNT(names); i++) windows_setting(&w, manifest, names[i], &n);
    adsync_engine_free(w.engines[0].engine);
    (void)world_open_with(&w, 0, (adsync_engine_options){ .poll_us = 30000000, .lease_us = windows_hour });
    windows_seen.began_us = INT64_MAX;
    assert_int_equal(adsync_connection_add(w.engines[0].engine, "org", w.grant, p->name, &options, &connection, NULL), ADSYNC_OK);
    windows_run(&w, windows_day);
    windows_seen.began_us = w.now_us;
    windows_seen.settled = p->settled;
    memset(windows_seen.asked, 0, sizeof windows_seen.asked);
    for (uint32_t i = 0; i < HOURS; i++) windows_seen.oldest[i] = -1;
    windows_run(&w, HOURS * windows_hour);
    world_end(&w);
}

static uint32_t windows_reached(int64_t days)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < HOURS; i++) n += windows_seen.oldest[i] + 1 >= days;
    return n;
}

/* A run of its own kind asks for its own window; a platform's longest one a little more, so that each day is looked at once after it
 * stopped moving. */
static void windows_hold(const struct windows_platform *p)
{
    int64_t longest = p->weekly ? p->weekly + 7 : p->daily + 2, other = p->weekly ? p->daily : 0;

    assert_in_range(windows_reached(p->hot), WEEKS * 7 * 24 - WEEKS * 7, HOURS);
    assert_in_range(windows_reached(p->daily), WEEKS * 7 - 1, WEEKS * 7 + 1);
    if (p->weekly) assert_in_range(windows_reached(p->weekly), WEEKS - 1, WEEKS + 1);
    for (uint32_t i = 0; i < HOURS; i++) {
        int64_t days = windows_seen.oldest[i] + 1;
        if (!days || days == p->hot || (other && days == other)) continue;
        if (days < (p->weekly ? p->weekly : p->daily) || days > longest) fail_msg("%s: %lld days were asked for", p->name, (long long)days);
    }
}

/* Each day of the middle weeks is asked for once more when it moves no more, and never again. */
static void windows_settle(const struct windows_platform *p)
{
    int64_t last = OLDEST + WEEKS * 7 - p->settled - 9;

    for (int64_t i = OLDEST - p->settled + 1; i < last; i++) {
        assert_in_range(windows_seen.asked[i][1], 1, UINT32_MAX);
        if (p->minds) assert_in_range(windows_seen.asked[i][0], 0, 1);
    }
}

static void windows_of(const struct windows_platform *p)
{
    const adsync__builtin *builtin = adsync__builtins;
    adsync_manifest manifest = { 0 };

    while (builtin->platform && strcmp(builtin->platform, p->name)) builtin++;
    assert_non_null(builtin->platform);
    assert_int_equal(builtin->ops->describe(builtin->ops->user, &manifest, NULL), ADSYNC_OK);
    assert_int_equal(adsync__zone_load(NULL, "UTC", &windows_seen.zone, NULL), ADSYNC_OK);
    windows_live(p, &manifest);
    windows_hold(p);
    windows_settle(p);
    adsync__zone_free(windows_seen.zone);
    adsync__manifest_free(&manifest);
}

static void each_platform_is_asked_for_its_windows(void **state)
{
    const adsync__builtin *builtin = adsync__builtins;
    uint32_t n = 0;

    (void)state;
    for (; builtin->platform; builtin++) n++;
    assert_int_equal(n, ADSYNC__COUNT(windows_platforms)); /* a platform more is a row more */
    for (size_t i = 0; i < ADSYNC__COUNT(windows_platforms); i++) windows_of(&windows_platforms[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_platform_is_asked_for_its_windows) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
