/* SPDX-License-Identifier: MIT */
/* Timers: what is due first, in a heap. An item remembers its place, so that its time can be moved or taken back. */
#ifndef ADSYNC_SRC_HEAP_H
#define ADSYNC_SRC_HEAP_H

#include "base.h"

typedef struct adsync__timer {
    int64_t due;
    uint32_t place; /* 1 + where it stands in the heap; 0: in none */
} adsync__timer;

typedef struct adsync__heap {
    adsync__timer **timers; /* each at the start of its item, or in it */
    uint32_t count, room;
} adsync__heap;

adsync__timer *adsync__heap_first(const adsync__heap *heap); /* NULL: empty */
bool adsync__heap_set(adsync__heap *heap, adsync__timer *timer, int64_t due); /* adds or moves; false: no memory (moving needs none) */
void adsync__heap_take(adsync__heap *heap, adsync__timer *timer);
void adsync__heap_free(adsync__heap *heap);

#endif
