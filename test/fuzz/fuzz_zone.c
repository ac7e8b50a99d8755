/* SPDX-License-Identifier: MIT */
#include "base/zone.h"
#include "fuzz.h"

static void look_at_day(const adsync__zone *zone, int64_t day)
{
    int64_t from, to, next, end, shown;
    bool there = adsync__zone_bounds(zone, day, &from, &to);

    FUZZ_CHECK(there == (from < to) && from <= to && to - from < 4 * ADSYNC__DAY_US);
    if (adsync__day_add(day, 1)) {
        (void)adsync__zone_bounds(zone, adsync__day_add(day, 1), &next, &end);
        FUZZ_CHECK(next == to); /* days meet */
    }
    if (there) FUZZ_CHECK(adsync__zone_day(zone, from) == day && adsync__zone_day(zone, to - 1) == day);
    for (int64_t us = 0; us < ADSYNC__DAY_US; us += 7 * 3600 * ADSYNC__SECOND_US + 1) {
        shown = adsync__zone_instant(zone, day, us);
        shown += adsync__zone_offset(zone, shown) * ADSYNC__SECOND_US - adsync__day_number(day) * ADSYNC__DAY_US;
        FUZZ_CHECK(shown - us < 4 * ADSYNC__DAY_US && us - shown < 4 * ADSYNC__DAY_US); /* not the same only where the clock leapt */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t days[] = { 10101, 19011213, 19700101, 20261120, 20380119, 24000229, 99991231 };
    adsync__zone *zone = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync__zone_parse(data, size, &zone, &error);
    uint32_t hash = 2166136261u;

    FUZZ_CHECK((rc == ADSYNC_OK) == (zone != NULL) && adsync_error_status(error) == rc);
    adsync_error_free(error);
    if (rc != ADSYNC_OK) return 0;
    for (size_t i = 0; i < ADSYNC__COUNT(days); i++) look_at_day(zone, days[i]);
    for (size_t i = 0; i < size; i++) hash = (hash ^ data[i]) * 16777619u;
    for (int i = 0; i < 20; i++, hash = hash * 1664525u + 1013904223u)
        look_at_day(zone, adsync__day_from_number((int64_t)(hash % 3652059) - 719162));
    adsync__zone_free(zone);
    return 0;
}
