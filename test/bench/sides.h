/* SPDX-License-Identifier: MIT */
/* What the benches of storages have in common: rows as a program of its own would have them, and the same rows as values. */
#ifndef ADSYNC_TEST_SIDES_H
#define ADSYNC_TEST_SIDES_H

#include "bench.h"

#include <adsync/adsync.h>

enum { BATCH = 500, METRIC = 29, SLOT = 9, LANE = 8, VERSION = 1000 };

typedef struct figures { /* a day of a campaign */
    int64_t org, connection, level, day, pull, pulled_at, final;
    int64_t numbers[15]; /* spend .. reach in the table's order */
    char entity[24];
    const char *part, *currency, *attribution, *extra;
} figures;

typedef struct pulls {
    uint32_t rows;
    figures *figures;
    adsync_value *values; /* METRIC a row: the same */
    adsync_change *changes;
} pulls;
void pulls_make(pulls *p, uint32_t rows);
void pulls_free(pulls *p);
/* A day of all campaigns, then the day before it: the order in which reports are pulled. */
void pulls_fill(pulls *p, int64_t pull);
double pulls_put(pulls *p, adsync_storage *storage); /* three pulls; rows a second */

void job_values(uint32_t i, adsync_value *slot, adsync_value *lane);
void jobs_put(adsync_storage *storage, uint32_t jobs); /* a slot and a lane each, at VERSION */
/* Claims and completes them all, `lot` to a commit; jobs a second. */
double jobs_work(adsync_storage *storage, uint32_t jobs, uint32_t lot);

#endif
