/* SPDX-License-Identifier: MIT */
/* Both sides of the way from pages to rows: the product and the loop by hand over the same weeks of one account. */
#ifndef ADSYNC_TEST_PIPELINE_SIDES_H
#define ADSYNC_TEST_PIPELINE_SIDES_H

#include "bench.h"
#include "pipeline.h"

enum { SLICES = 20 };

typedef struct sides {
    pipeline_target target;
    uint32_t plain, slices;
    pipeline_days days[SLICES], before; /* newest slice first; a day of its own, to open the connection with */
    char truth[96];            /* what stands in the file after a run; both sides must agree */
    double rows;
} sides;

void sides_days(sides *s, uint32_t slices);
/* Rows per second of processor time of this process. Both begin with an empty store, and end with the same figures, or the bench ends. */
double sides_ours(const bench *b, void *user);
double sides_floor(const bench *b, void *user);

#endif
