/* SPDX-License-Identifier: MIT */
#include "day.h"

#include <stdio.h>

typedef struct time_scan {
    const char *p, *end;
} time_scan;

static bool time_inside(int64_t us) { return us >= ADSYNC__TIME_FIRST_US && us <= ADSYNC__TIME_LAST_US; }

/* Exactly two digits, from 0 to `last`. */
static bool time_two(time_scan *scan, int64_t last, int64_t *out)
{
    const char *p = scan->p;

    if (scan->end - p < 2 || p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    scan->p += 2;
    return *out <= last;
}

static bool time_one_of(time_scan *scan, const char *letters)
{
    if (scan->p == scan->end || !*scan->p || !strchr(letters, *scan->p)) return false;
    scan->p++;
    return true;
}

static bool time_fraction(time_scan *scan, int64_t *us)
{
    const char *first = scan->p;

    for (int64_t unit = 100000; scan->p < scan->end && *scan->p >= '0' && *scan->p <= '9'; scan->p++, unit /= 10)
        *us += unit * (*scan->p - '0');
    return scan->p > first;
}

static bool time_clock(time_scan *scan, int64_t *us)
{
    int64_t hour, minute, second = 0;

    *us = 0;
    if (!time_two(scan, 23, &hour) || !time_one_of(scan, ":") || !time_two(scan, 59, &minute)) return false;
    if (time_one_of(scan, ":")) {
        if (!time_two(scan, 60, &second)) return false;
        if (time_one_of(scan, ".,") && !time_fraction(scan, us)) return false;
    }
    *us += (hour * 3600 + minute * 60 + second) * ADSYNC__SECOND_US;
    return true;
}

static bool time_offset(time_scan *scan, adsync__time *out)
{
    int64_t hour, minute = 0;
    bool west;

    if (scan->p == scan->end) return true;
    out->has_offset = true;
    if (time_one_of(scan, "Zz")) return true;
    west = *scan->p == '-';
    if (!time_one_of(scan, "+-") || !time_two(scan, 23, &hour)) return false;
    if (scan->p < scan->end) {
        (void)time_one_of(scan, ":");
        if (!time_two(scan, 59, &minute)) return false;
    }
    out->offset_s = (int32_t)(hour * 3600 + minute * 60) * (west ? -1 : 1);
    return true;
}

adsync_status adsync__time_parse(const char *text, size_t size, adsync__time *out)
{
    time_scan scan;

    *out = (adsync__time){ 0 };
    if (size < 16 || adsync__day_read(text, 10, &out->day) < 0) return ADSYNC_E_FORMAT;
    scan = (time_scan){ text + 10, text + size };
    if (time_one_of(&scan, "Tt ") && time_clock(&scan, &out->us) && time_offset(&scan, out) && scan.p == scan.end) return ADSYNC_OK;
    *out = (adsync__time){ 0 };
    return ADSYNC_E_FORMAT;
}

adsync_status adsync__time_read(const char *text, size_t size, int32_t offset_s, int64_t *us)
{
    adsync__time t;
    adsync_status rc;

    *us = 0;
    if ((rc = adsync__time_parse(text, size, &t)) < 0) return rc;
    if (t.has_offset) offset_s = t.offset_s;
    if (offset_s == ADSYNC__TIME_NEEDS_OFFSET) return ADSYNC_E_FORMAT;
    t.us += adsync__day_number(t.day) * ADSYNC__DAY_US - offset_s * ADSYNC__SECOND_US;
    if (!time_inside(t.us)) return ADSYNC_E_FORMAT;
    *us = t.us;
    return ADSYNC_OK;
}

size_t adsync__time_write(int64_t us, int32_t offset_s, char out[ADSYNC__TIME_ROOM])
{
    char day[ADSYNC__DAY_ROOM];
    int64_t number, rest;
    uint32_t second, fraction, minutes;
    int size;

    out[0] = 0;
    if (!time_inside(us)) return 0;
    if (offset_s % 60 || offset_s <= -86400 || offset_s >= 86400 || !time_inside(us + offset_s * ADSYNC__SECOND_US)) offset_s = 0;
    us += offset_s * ADSYNC__SECOND_US;
    number = adsync__floor_div(us, ADSYNC__DAY_US);
    rest = us - number * ADSYNC__DAY_US;
    second = (uint32_t)(rest / ADSYNC__SECOND_US);
    fraction = (uint32_t)(rest % ADSYNC__SECOND_US);
    (void)adsync__day_write(adsync__day_from_number(number), day);
    size = snprintf(out, ADSYNC__TIME_ROOM, "%sT%02u:%02u:%02u", day, second / 3600 % 24, second / 60 % 60, second % 60);
    if (fraction % 1000) size += snprintf(out + size, ADSYNC__TIME_ROOM - (size_t)size, ".%06u", fraction % 1000000);
    else if (fraction) size += snprintf(out + size, ADSYNC__TIME_ROOM - (size_t)size, ".%03u", fraction / 1000 % 1000);
    minutes = (uint32_t)(offset_s < 0 ? -offset_s : offset_s) / 60;
    if (!minutes) size += snprintf(out + size, ADSYNC__TIME_ROOM - (size_t)size, "Z");
    else
        size += snprintf(out + size, ADSYNC__TIME_ROOM - (size_t)size, "%c%02u:%02u", offset_s < 0 ? '-' : '+', minutes / 60 % 24,
                         minutes % 60);
    return (size_t)size;
}

bool adsync__date_read(const char *text, int64_t *us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *comma = strchr(text, ','), *month;
    char iso[32];

    /* Tue, 29 Jul 2025 11:53:32 GMT */
    if (!comma || strlen(comma) != 26 || memcmp(comma + 22, " GMT", 4)) return false;
    for (month = months; *month && strncmp(month, comma + 5, 3); month += 3) {}
    if (!*month) return false;
    (void)snprintf(iso, sizeof iso, "%.4s-%02u-%.2sT%.8sZ", comma + 9, (unsigned)((month - months) / 3 + 1), comma + 2, comma + 14);
    return adsync__time_read(iso, strlen(iso), 0, us) >= 0;
}
