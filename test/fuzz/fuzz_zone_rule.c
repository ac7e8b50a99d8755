/* SPDX-License-Identifier: MIT */
#include "base/zone_int.h"
#include "fuzz.h"

static void look_at_edge(const adsync__zone_edge *edge)
{
    for (int64_t year = 1; year <= 9999; year += 101) {
        int64_t first = adsync__day_number(year * 10000 + 101) * 86400, at = adsync__zone_edge_local(edge, year);
        FUZZ_CHECK(at >= first - 168 * 3600 && at <= first + 366 * 86400 + 168 * 3600);
    }
}

static uint8_t *put_header(uint8_t *p)
{
    memset(p, 0, 44);
    memcpy(p, "TZif2", 5);
    p[20 + 4 * 4 + 3] = 1; /* one type */
    p[20 + 5 * 4 + 3] = 1; /* a name of one character */
    return p + 44;
}

/* A file of one offset and this rule. */
static void look_at_file(const adsync__zone_rule *rule, const uint8_t *text, size_t size)
{
    uint8_t *file = malloc(200 + size), *p = file;
    uint32_t offset = (uint32_t)rule->standard_s;
    adsync__zone *zone = NULL;
    int64_t from, to, before;

    if (!file) return;
    p = put_header(p);
    memset(p, 0, 7);
    p = put_header(p + 7);
    memset(p, 0, 7);
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(offset >> (24 - 8 * i));
    p[7] = '\n';
    memcpy(p + 8, text, size);
    p[8 + size] = '\n';
    FUZZ_CHECK(adsync__zone_parse(file, (size_t)(p + 9 + size - file), &zone, NULL) == ADSYNC_OK);
    (void)adsync__zone_bounds(zone, 20251231, &from, &before);
    for (int64_t day = 20260101; day <= 20261231; day = adsync__day_add(day, 1), before = to) {
        bool there = adsync__zone_bounds(zone, day, &from, &to);
        FUZZ_CHECK(from == before && there == (from < to));
        if (there) FUZZ_CHECK(adsync__zone_day(zone, from) == day && adsync__zone_day(zone, to - 1) == day);
    }
    adsync__zone_free(zone);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    adsync__zone_rule rule;

    if (adsync__zone_rule_parse((const char *)data, size, &rule) < 0) return 0;
    FUZZ_CHECK(rule.standard_s >= ADSYNC__ZONE_OFFSET_MIN && rule.standard_s <= ADSYNC__ZONE_OFFSET_MAX);
    FUZZ_CHECK(rule.daylight_s >= ADSYNC__ZONE_OFFSET_MIN && rule.daylight_s <= ADSYNC__ZONE_OFFSET_MAX);
    if (rule.has_daylight) {
        look_at_edge(&rule.begin);
        look_at_edge(&rule.end);
    }
    if (size < 1000) look_at_file(&rule, data, size);
    return 0;
}
