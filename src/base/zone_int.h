/* SPDX-License-Identifier: MIT */
/* What a zone is made of; only for the files of zones and their tests. */
#ifndef ADSYNC_SRC_ZONE_INT_H
#define ADSYNC_SRC_ZONE_INT_H

#include "zone.h"

/* RFC 9636 wants offsets above -25 and below 26 hours; all searches rely on it. */
enum { ADSYNC__ZONE_OFFSET_MIN = -89999, ADSYNC__ZONE_OFFSET_MAX = 93599 };

/* The calendar repeats every 400 years, weekdays included. */
#define ADSYNC__ZONE_CYCLE_S (INT64_C(146097) * 86400)

enum { ADSYNC__ZONE_NAME = 255 }; /* bytes of a zone's name at most */
struct adsync__zone {
    size_t count;       /* of changes; all times here are seconds since 1970 UTC */
    int64_t *at;        /* when the offset changes, ascending */
    int32_t *offset;    /* count + 1: the offset before the first change, then the one from each change on */
    int64_t cycle_from; /* from here on all repeats every 400 years, of which the first is listed; INT64_MAX: nothing does */
    struct {            /* the file it was read from; no path: of something else */
        char path[ADSYNC__ZONE_NAME + 1];
        uint64_t device, node, size;
        int64_t changed_s, changed_ns;
    } file;
};

/* ---- zone_rule.c: the text after the list of a TZif file, for instance "EST5EDT,M3.2.0,M11.1.0", says how time goes on. */
typedef struct adsync__zone_edge {
    char kind;              /* 'M' week and weekday of a month, 'J' day of a year without leap days, '0' day of the year from 0 */
    int32_t month, week, day; /* day: of the week from Sunday 0, or of the year */
    int32_t clock_s;        /* seconds after that day's local midnight, from -167 to 167 hours */
} adsync__zone_edge;

typedef struct adsync__zone_rule {
    int32_t standard_s, daylight_s; /* seconds east of UTC */
    bool has_daylight;
    adsync__zone_edge begin, end; /* of daylight time; begin in standard time, end in daylight time */
} adsync__zone_rule;

adsync_status adsync__zone_rule_parse(const char *text, size_t size, adsync__zone_rule *out); /* E_FORMAT */
/* Seconds since 1970 on the local clock at which an edge stands in a year from 0 on. */
int64_t adsync__zone_edge_local(const adsync__zone_edge *edge, int64_t year);

#endif
