/* SPDX-License-Identifier: MIT */
/* The civil calendar and times as text. A day is the int 20261120, from year 1 to 9999; 0 is no day. An instant is microseconds since
 * 1970 UTC, in the same years. Time zones are in zone.h. */
#ifndef ADSYNC_SRC_DAY_H
#define ADSYNC_SRC_DAY_H

#include "base.h"

#define ADSYNC__SECOND_US INT64_C(1000000)
#define ADSYNC__DAY_US (86400 * ADSYNC__SECOND_US)
#define ADSYNC__TIME_FIRST_US (INT64_C(-62135596800) * ADSYNC__SECOND_US)      /* 0001-01-01T00:00:00Z */
#define ADSYNC__TIME_LAST_US (INT64_C(253402300800) * ADSYNC__SECOND_US - 1) /* 9999-12-31T23:59:59.999999Z */

enum {
    ADSYNC__DAY_ROOM = 11,  /* 2026-11-20 and its NUL */
    ADSYNC__TIME_ROOM = 33, /* 2026-11-20T10:00:00.000000+05:45 and its NUL */
    ADSYNC__TIME_NEEDS_OFFSET = INT32_MIN
};

/* ---- day.c. Anything may be asked about; nothing but a valid day gives a sensible number. */
bool adsync__day_valid(int64_t day);
int64_t adsync__day_number(int64_t day);                   /* days since 1970-01-01, which is 0 */
int64_t adsync__day_from_number(int64_t number);           /* 0 outside of the years 1 to 9999 */
int64_t adsync__day_add(int64_t day, int64_t days);        /* 0 where that is no day */
int64_t adsync__day_between(int64_t from, int64_t to);     /* how many days later `to` is */
uint32_t adsync__day_weekday(int64_t day);                 /* 1 Monday .. 7 Sunday */
adsync_status adsync__day_read(const char *text, size_t size, int64_t *day);    /* 2026-11-20 or 20261120; E_FORMAT */
size_t adsync__day_write(int64_t day, char out[ADSYNC__DAY_ROOM]); /* 2026-11-20; "" where it is no day */
int64_t adsync__floor_div(int64_t a, int64_t b);           /* towards minus infinity; b is above 0 */

/* ---- time.c. ISO 8601 as platforms write it: 2026-05-06T15:32:58+0200, a blank for the T, Z, +02:00, +02, or no offset; seconds and
 * their fraction may be left out. What a fraction has beyond microseconds is dropped. A leap second (:60) is the second after it. */
typedef struct adsync__time {
    int64_t day, us;   /* as written: the day, and the microseconds since its midnight */
    int32_t offset_s;  /* seconds east of UTC, where has_offset */
    bool has_offset;
} adsync__time;
adsync_status adsync__time_parse(const char *text, size_t size, adsync__time *out); /* E_FORMAT */
/* The instant. `offset_s` holds where the text names none; ADSYNC__TIME_NEEDS_OFFSET: the text must name one. For a zone's clock there
 * is adsync__zone_time_read. */
adsync_status adsync__time_read(const char *text, size_t size, int32_t offset_s, int64_t *us); /* E_FORMAT */
/* RFC 3339, with a fraction of 3 or 6 digits where there is one. An offset of no whole minutes (or one that leaves the years) cannot
 * be written: the instant is written in UTC then. Answers the length; 0 and "" outside of the years. */
size_t adsync__time_write(int64_t us, int32_t offset_s, char out[ADSYNC__TIME_ROOM]);
bool adsync__date_read(const char *text, int64_t *us); /* as HTTP writes it: Tue, 29 Jul 2025 11:53:32 GMT */

#endif
