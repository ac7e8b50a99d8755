/* SPDX-License-Identifier: MIT */
/* A zone is a list of pieces of time, each with one offset. To find the first instant at which a local clock shows some time or a later
 * one, only pieces within about a day of it matter, since no offset is larger: the search begins there and takes the first piece in
 * which the time comes before the piece ends. If it came before the piece began, the clock leapt over it. */
#include "zone_int.h"

static int32_t zone_utc_offset; /* 0, and nobody writes it */
static const adsync__zone zone_utc = { .offset = &zone_utc_offset, .cycle_from = INT64_MAX };

static int64_t zone_seconds(int64_t us) { return adsync__floor_div(us, ADSYNC__SECOND_US); }

/* Brings a time into the listed part; the answer is what was taken away. Two days of the list are left before it, for the searches. */
static int64_t zone_fold(const adsync__zone *zone, int64_t *second)
{
    int64_t shift, from = zone->cycle_from;

    if (from == INT64_MAX || *second < from + 2 * 86400 + ADSYNC__ZONE_CYCLE_S) return 0;
    shift = (*second - from - 2 * 86400) / ADSYNC__ZONE_CYCLE_S * ADSYNC__ZONE_CYCLE_S;
    *second -= shift;
    return shift;
}

/* The piece that a (folded) instant lies in: how many changes there are up to it. */
static size_t zone_piece(const adsync__zone *zone, int64_t second)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= second) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The first instant at which the local clock shows `local` or a later time; *leapt is what it leapt over to get there. */
static int64_t zone_reach(const adsync__zone *zone, int64_t local, int64_t *leapt)
{
    int64_t shift = zone_fold(zone, &local), t;
    size_t i = zone_piece(zone, local - ADSYNC__ZONE_OFFSET_MAX);

    *leapt = 0;
    while ((t = local - zone->offset[i]), i < zone->count && t >= zone->at[i]) i++;
    if (i && t < zone->at[i - 1]) {
        *leapt = local - zone->offset[i - 1] - zone->at[i - 1];
        t = zone->at[i - 1];
    }
    return t + shift;
}

static int64_t zone_midnight(const adsync__zone *zone, int64_t number)
{
    int64_t leapt;

    return zone_reach(zone, number * 86400, &leapt);
}

int32_t adsync__zone_offset(const adsync__zone *zone, int64_t us)
{
    int64_t second = zone_seconds(us);

    if (!zone) return 0;
    (void)zone_fold(zone, &second);
    return zone->offset[zone_piece(zone, second)];
}

/* The day on the clock, unless a later one has begun already: clocks that were put back over midnight show a day again that is over.
 * That can only be where the piece began a short while ago. */
int64_t adsync__zone_day(const adsync__zone *zone, int64_t us)
{
    int64_t second = zone_seconds(us), folded = second, number;
    size_t piece;

    if (!zone) zone = &zone_utc;
    (void)zone_fold(zone, &folded);
    piece = zone_piece(zone, folded);
    number = adsync__floor_div(second + zone->offset[piece], 86400);
    if (piece && folded - zone->at[piece - 1] <= ADSYNC__ZONE_OFFSET_MAX - ADSYNC__ZONE_OFFSET_MIN)
        while (zone_midnight(zone, number + 1) <= second) number++;
    return adsync__day_from_number(number);
}

bool adsync__zone_bounds(const adsync__zone *zone, int64_t day, int64_t *from_us, int64_t *to_us)
{
    int64_t number = adsync__day_number(day);

    *from_us = *to_us = 0;
    if (!adsync__day_valid(day)) return false;
    if (!zone) zone = &zone_utc;
    *from_us = zone_midnight(zone, number) * ADSYNC__SECOND_US;
    *to_us = zone_midnight(zone, number + 1) * ADSYNC__SECOND_US;
    return *from_us < *to_us;
}

int64_t adsync__zone_instant(const adsync__zone *zone, int64_t day, int64_t us)
{
    int64_t second = zone_seconds(us), leapt, reached;

    reached = zone_reach(zone ? zone : &zone_utc, adsync__day_number(day) * 86400 + second, &leapt);
    return (reached + leapt) * ADSYNC__SECOND_US + (us - second * ADSYNC__SECOND_US);
}

adsync_status adsync__zone_time_read(const adsync__zone *zone, const char *text, size_t size, int64_t *us)
{
    adsync__time t;
    adsync_status rc;
    int64_t instant;

    *us = 0;
    if ((rc = adsync__time_parse(text, size, &t)) < 0) return rc;
    if (t.has_offset) return adsync__time_read(text, size, 0, us);
    instant = adsync__zone_instant(zone, t.day, t.us);
    if (instant < ADSYNC__TIME_FIRST_US || instant > ADSYNC__TIME_LAST_US) return ADSYNC_E_FORMAT;
    *us = instant;
    return ADSYNC_OK;
}
