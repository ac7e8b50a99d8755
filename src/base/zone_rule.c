/* SPDX-License-Identifier: MIT */
#include "zone_int.h"

typedef struct rule_scan {
    const char *p, *end;
} rule_scan;

static bool rule_char(rule_scan *scan, char c)
{
    if (scan->p == scan->end || *scan->p != c) return false;
    scan->p++;
    return true;
}

/* One to three digits, from `least` to `most`. */
static bool rule_number(rule_scan *scan, int32_t least, int32_t most, int32_t *out)
{
    const char *first = scan->p;

    for (*out = 0; scan->p < scan->end && *scan->p >= '0' && *scan->p <= '9' && scan->p - first < 4; scan->p++)
        *out = *out * 10 + (*scan->p - '0');
    return scan->p > first && *out >= least && *out <= most;
}

static bool rule_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* EST, or <+03>; at least three characters. */
static bool rule_name(rule_scan *scan)
{
    bool quoted = rule_char(scan, '<');
    const char *first = scan->p;

    while (scan->p < scan->end) {
        char c = *scan->p;
        if (!rule_letter(c) && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'))) break;
        scan->p++;
    }
    return scan->p - first >= 3 && (!quoted || rule_char(scan, '>'));
}

static bool rule_clock(rule_scan *scan, int32_t most_hours, int32_t *out)
{
    bool negative = rule_char(scan, '-');
    int32_t hour, minute = 0, second = 0;

    if (!negative) (void)rule_char(scan, '+');
    if (!rule_number(scan, 0, most_hours, &hour)) return false;
    if (rule_char(scan, ':')) {
        if (!rule_number(scan, 0, 59, &minute)) return false;
        if (rule_char(scan, ':') && !rule_number(scan, 0, 59, &second)) return false;
    }
    *out = hour * 3600 + minute * 60 + second;
    if (negative) *out = -*out;
    return true;
}

static bool rule_edge(rule_scan *scan, adsync__zone_edge *edge)
{
    bool good;

    *edge = (adsync__zone_edge){ .kind = '0', .clock_s = 7200 };
    if (!rule_char(scan, ',')) return false;
    if (rule_char(scan, 'M')) {
        edge->kind = 'M';
        good = rule_number(scan, 1, 12, &edge->month) && rule_char(scan, '.') && rule_number(scan, 1, 5, &edge->week) &&
               rule_char(scan, '.') && rule_number(scan, 0, 6, &edge->day);
    } else if (rule_char(scan, 'J')) {
        edge->kind = 'J';
        good = rule_number(scan, 1, 365, &edge->day);
    } else {
        good = rule_number(scan, 0, 365, &edge->day);
    }
    return good && (!rule_char(scan, '/') || rule_clock(scan, 167, &edge->clock_s));
}

/* The signs are POSIX's: hours west of Greenwich are positive. */
static bool rule_whole(rule_scan *scan, adsync__zone_rule *out)
{
    if (!rule_name(scan) || !rule_clock(scan, 24, &out->standard_s)) return false;
    out->standard_s = -out->standard_s;
    out->daylight_s = out->standard_s;
    if (scan->p == scan->end) return true;
    out->has_daylight = true;
    out->daylight_s += 3600;
    if (!rule_name(scan) || scan->p == scan->end) return false;
    if (*scan->p != ',') {
        if (!rule_clock(scan, 24, &out->daylight_s)) return false;
        out->daylight_s = -out->daylight_s;
    }
    return rule_edge(scan, &out->begin) && rule_edge(scan, &out->end) && scan->p == scan->end;
}

adsync_status adsync__zone_rule_parse(const char *text, size_t size, adsync__zone_rule *out)
{
    rule_scan scan = { text, size ? text + size : text };

    *out = (adsync__zone_rule){ 0 };
    if (size && rule_whole(&scan, out)) return ADSYNC_OK;
    *out = (adsync__zone_rule){ 0 };
    return ADSYNC_E_FORMAT;
}

static int64_t rule_month_day(const adsync__zone_edge *edge, int64_t year)
{
    int64_t first = year * 10000 + edge->month * 100 + 1;
    int64_t next = edge->month == 12 ? (year + 1) * 10000 + 101 : first + 100;
    int64_t days = adsync__day_between(first, next);
    int64_t date = (edge->day - (int64_t)adsync__day_weekday(first) % 7 + 7) % 7 + (edge->week - 1) * 7;

    if (date >= days) date -= 7; /* the fifth is the last */
    return adsync__day_number(first) + date;
}

int64_t adsync__zone_edge_local(const adsync__zone_edge *edge, int64_t year)
{
    int64_t first = year * 10000 + 101, number = adsync__day_number(first) + edge->day;

    if (edge->kind == 'M') return rule_month_day(edge, year) * 86400 + edge->clock_s;
    if (edge->kind == 'J' && (edge->day < 60 || adsync__day_between(first, first + 10000) == 365)) number--;
    return number * 86400 + edge->clock_s;
}
