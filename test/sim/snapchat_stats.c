/* SPDX-License-Identifier: MIT */
/* A request for figures: what it may ask and how it is refused. Sheet, 4.1, 4.2 and 4.6. */
#include "snapchat.h"

#include <stdlib.h>

#define STATS_DAYS 32
#define STATS_HOUR_DAYS 7

/* "+02:00" or "+0200": seconds east */
static bool stats_offset(const char *text, int64_t *seconds)
{
    int hours, minutes, used = 0;

    if ((*text != '+' && *text != '-') || ((sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 || used != 5) &&
                                           (sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &used) != 2 || used != 4)))
        return false;
    *seconds = (*text == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    return !text[1 + used];
}

/* "2025-07-01T00:00:00.000+02:00", with Z, or without an offset in the account's own time */
static bool stats_time(const char *text, const sim_zone *zone, int64_t *at)
{
    char local[20];
    int64_t offset = 0;
    const char *rest;

    (void)snprintf(local, sizeof local, "%s", text);
    if (strlen(local) != 19 || !sim_time_read(local, at)) return false;
    rest = text + 19;
    if (*rest == '.') rest += 1 + strspn(rest + 1, "0123456789");
    if (!*rest)
        offset = sim_zone_offset(zone, *at - sim_zone_offset(zone, *at));
    else if (strcmp(rest, "Z") != 0 && !stats_offset(rest, &offset))
        return false;
    *at -= offset;
    return true;
}

static bool stats_instant(snapchat_call *call, const snapchat_query *q, const char *name, const char *word, int64_t *at)
{
    const char *text = snapchat_param(call, name);
    const sim_zone *zone = q->account.zone;

    if (!text || !stats_time(text, zone, at))
        return snapchat_fail(call, "E1008", "Unsupported Stats Query: %s is missing or cannot be read", name);
    if ((*at + sim_zone_offset(zone, *at)) % 3600)
        return snapchat_fail(call, "E1008", "Unsupported Stats Query: %s time should %s at the beginning of an hour", word,
                             *word == 'S' ? "start" : "end");
    if (q->granularity == 'D' && sim_zone_midnight(zone, sim_zone_day(zone, *at)) != *at)
        return snapchat_fail(call, "E1008",
                             "Unsupported Stats Query: Timeseries queries with DAY granularity must have %s time that is the start of day "
                             "(00:00:00) for the account's timezone",
                             *word == 'S' ? "a start" : "an end");
    return true;
}

static bool stats_range(snapchat_call *call, snapchat_query *q)
{
    int64_t days = q->granularity == 'D' ? STATS_DAYS : STATS_HOUR_DAYS;

    q->ranged = q->granularity == 'D' || q->granularity == 'H' ||
                (q->granularity == 'T' && (snapchat_param(call, "start_time") || snapchat_param(call, "end_time")));
    q->start = 1577836800;
    q->end = (sim_now(call->site->sim) / 3600 + 1) * 3600;
    if (!q->ranged) return true;
    if (!stats_instant(call, q, "start_time", "Start", &q->start) || !stats_instant(call, q, "end_time", "End", &q->end)) return false;
    if (q->end <= q->start) return snapchat_fail(call, "E1008", "Unsupported Stats Query: End time should be after start time");
    if (q->granularity != 'T' && q->end - q->start > days * SIM_DAY)
        return snapchat_fail(call, "E1008",
                             "Unsupported Stats Query: Timeseries queries with %s granularity cannot query time intervals of more than "
                             "%lld days",
                             q->granularity == 'D' ? "DAY" : "HOUR", (long long)days);
    return true;
}

/* a word of a list; its place, or -1 */
static int stats_word(const char *const *words, const char *text)
{
    for (int i = 0; words[i]; i++) {
        if (!strcmp(words[i], text)) return i;
    }
    return -1;
}

static bool stats_choice(snapchat_call *call, const char *name, const char *const *words, const char *otherwise, int *out)
{
    const char *text = snapchat_param(call, name);

    *out = stats_word(words, text ? text : otherwise);
    return *out >= 0 ? true : snapchat_fail(call, "E1008", "Unsupported Stats Query: %s is not one of its values: %s", name, text);
}

static bool stats_windows(snapchat_call *call, snapchat_query *q)
{
    static const char *const times[] = { "conversion", "impression", NULL };
    int when;

    q->windows = snapchat_param(call, "swipe_up_attribution_window") || snapchat_param(call, "view_attribution_window");
    if (!stats_choice(call, "swipe_up_attribution_window", snapchat_swipe_windows, "28_DAY", &q->swipe)) return false;
    if (!stats_choice(call, "view_attribution_window", snapchat_view_windows, "1_DAY", &q->view)) return false;
    if (!stats_choice(call, "action_report_time", times, "conversion", &when)) return false;
    q->arrived = when == 0;
    return true;
}

/* campaign, adsquad, ad: finer than what the path names */
static bool stats_breakdown(snapchat_call *call, snapchat_query *q)
{
    static const char *const words[] = { "campaign", "adsquad", "ad", NULL };
    const char *text = snapchat_param(call, "breakdown");
    int place = text ? stats_word(words, text) : -1;
    int depth = q->level == WORLD_ACCOUNT ? 0 : (int)q->level;

    if (!text) return true;
    q->breakdown = (world_kind)(WORLD_CAMPAIGN + place);
    if (place >= 0 && (int)q->breakdown > depth) return true;
    return snapchat_fail(call, "E1004", "Unsupported breakdown value: %s", text);
}

/* ---- fields */

static bool stats_add(snapchat_call *call, snapchat_query *q, const char *name, size_t size)
{
    snapchat_field *field = &q->fields[q->count];

    if (q->count == SIM_COUNT(q->fields)) return snapchat_fail(call, "E1008", "Unsupported Stats Query: too many fields");
    if (!snapchat_field_read(call->request->arena, name, size, field))
        return snapchat_fail(call, "E1008", "Unsupported Stats Query: unknown field %.*s", (int)size, name);
    for (size_t i = 0; i < q->count; i++) {
        if (!strcmp(q->fields[i].name, field->name)) return true; /* twice is once */
    }
    q->count++;
    return true;
}

/* conversion_source_types=web,app,total: the same conversions once more by where they came from */
static bool stats_sources(snapchat_call *call, snapchat_query *q)
{
    static const char *const sources[] = { "web", "app", NULL };
    const char *list = snapchat_param(call, "conversion_source_types");
    size_t asked = q->count;
    char name[96];

    for (const char *at = list; at && *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',')) {
        char word[16];
        int source;

        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
        if (!strcmp(word, "total")) continue;
        if ((source = stats_word(sources, word)) < 0)
            return snapchat_fail(call, "E1008", "Unsupported Stats Query: conversion_source_types: %s", word);
        for (size_t i = 0; i < asked; i++) {
            if (!snapchat_field_converts(&q->fields[i]) || q->fields[i].part) continue;
            (void)snprintf(name, sizeof name, "%s_%s", q->fields[i].name, sources[source]);
            if (!stats_add(call, q, name, strlen(name))) return false;
        }
    }
    return true;
}

static bool stats_fields_fit(snapchat_call *call, snapchat_query *q)
{
    for (size_t i = 0; i < q->count; i++) {
        const snapchat_field *field = &q->fields[i];

        if (q->level == WORLD_ACCOUNT && !q->breakdown && strcmp(field->name, "spend") != 0)
            return snapchat_fail(call, "E1008", "Only field 'spend' should be used when querying AdAccount stats");
        if (q->granularity == 'H' && field->metric->daily)
            return snapchat_fail(call, "E1008", "Unsupported Stats Query: %s cannot be queried with HOUR granularity", field->name);
        if (snapchat_field_converts(field) && !snapchat_pixel(&q->account)) return snapchat_fail(call, "E1008", "Unsupported Stats Query");
        if (field->metric->type == 'c' || field->metric->type == 'v') q->windows = true;
    }
    return true;
}

static bool stats_fields(snapchat_call *call, snapchat_query *q)
{
    const char *list = snapchat_param(call, "fields");

    if (!list) list = q->level == WORLD_ACCOUNT && !q->breakdown ? "spend" : "impressions,spend";
    for (const char *at = list; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',')) {
        if (!stats_add(call, q, at, strcspn(at, ","))) return false;
    }
    return stats_sources(call, q) && stats_fields_fit(call, q);
}

/* ---- all of it */

/* how these answers look has never been seen, so they are not made up */
static bool stats_unplayed(snapchat_call *call)
{
    static const char *const names[] = { "report_dimension", "position_stats", "platform_stats", "test" };

    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        if (snapchat_param(call, names[i])) return !snapchat_fail(call, "E1008", "Unsupported Stats Query: adsim plays no %s", names[i]);
    }
    return false;
}

bool snapchat_stats_read(snapchat_call *call, world_kind level, int64_t g, int64_t index, snapchat_query *q)
{
    static const char *const known[] = { "granularity",
                                         "start_time",
                                         "end_time",
                                         "fields",
                                         "breakdown",
                                         "conversion_source_types",
                                         "swipe_up_attribution_window",
                                         "view_attribution_window",
                                         "action_report_time",
                                         "omit_empty",
                                         "async",
                                         "async_format",
                                         "limit",
                                         "cursor",
                                         "report_dimension",
                                         "position_stats",
                                         "platform_stats",
                                         "test",
                                         NULL };
    static const char *const granularities[] = { "TOTAL", "DAY", "HOUR", "LIFETIME", NULL };
    const char *omit = snapchat_param(call, "omit_empty");
    int granularity;

    *q = (snapchat_query){ .level = level, .index = index, .omit = omit && !strcmp(omit, "true") };
    (void)world_account_at(call->site, g, &q->account);
    if (!snapchat_params_known(call, known, "E1008") || stats_unplayed(call)) return false;
    if (!stats_choice(call, "granularity", granularities, "", &granularity)) return false;
    q->granularity = "TDHL"[granularity];
    return stats_range(call, q) && stats_windows(call, q) && stats_breakdown(call, q) && stats_fields(call, q);
}

bool snapchat_stats(snapchat_call *call, world_kind level, int64_t g, int64_t index)
{
    static const char *const formats[] = { "csv", "json", NULL };
    const char *async = snapchat_param(call, "async");
    snapchat_query *q = sim_alloc(call->request->arena, sizeof *q);
    char bucket[48];
    int format = 0;

    call->answer->action = "stats";
    (void)snprintf(bucket, sizeof bucket, "%.20s", call->path);
    bucket[strcspn(bucket, "/")] = 0;
    if (!snapchat_limits_bucket(call, bucket) || !snapchat_stats_read(call, level, g, index, q)) return false;
    if (!async || strcmp(async, "true")) return snapchat_series_write(call, q, false);
    if (!stats_choice(call, "async_format", formats, "csv", &format)) return false;
    return snapchat_job_start(call, q, format == 0);
}
