/* SPDX-License-Identifier: MIT */
#include "heap.h"

static void heap_put(adsync__heap *heap, uint32_t at, adsync__timer *timer)
{
    heap->timers[at] = timer;
    timer->place = at + 1;
}

static void heap_up(adsync__heap *heap, uint32_t at)
{
    adsync__timer *timer = heap->timers[at];

    for (uint32_t above; at && heap->timers[above = (at - 1) / 2]->due > timer->due; at = above)
        heap_put(heap, at, heap->timers[above]);
    heap_put(heap, at, timer);
}

static void heap_down(adsync__heap *heap, uint32_t at)
{
    adsync__timer *timer = heap->timers[at];

    for (uint32_t below; (below = 2 * at + 1) < heap->count; at = below) {
        if (below + 1 < heap->count && heap->timers[below + 1]->due < heap->timers[below]->due) below++;
        if (heap->timers[below]->due >= timer->due) break;
        heap_put(heap, at, heap->timers[below]);
    }
    heap_put(heap, at, timer);
}

static bool heap_room(adsync__heap *heap)
{
    uint32_t room = heap->room ? heap->room * 2 : 16;
    adsync__timer **grown;

    if (heap->count < heap->room) return true;
    if (heap->room > UINT32_MAX / 4 || !(grown = adsync__realloc(heap->timers, room, sizeof(adsync__timer *)))) return false;
    heap->timers = grown;
    heap->room = room;
    return true;
}

adsync__timer *adsync__heap_first(const adsync__heap *heap) { return heap->count ? heap->timers[0] : NULL; }

bool adsync__heap_set(adsync__heap *heap, adsync__timer *timer, int64_t due)
{
    if (!timer->place) {
        if (!heap_room(heap)) return false;
        heap_put(heap, heap->count++, timer);
    }
    timer->due = due;
    heap_up(heap, timer->place - 1);
    heap_down(heap, timer->place - 1);
    return true;
}

void adsync__heap_take(adsync__heap *heap, adsync__timer *timer)
{
    uint32_t at = timer->place - 1;
    adsync__timer *last;

    if (!timer->place) return;
    timer->place = 0;
    last = heap->timers[--heap->count];
    if (last == timer) return;
    heap_put(heap, at, last);
    heap_up(heap, at);
    heap_down(heap, last->place - 1);
}

void adsync__heap_free(adsync__heap *heap)
{
    adsync__free(heap->timers);
    *heap = (adsync__heap){ 0 };
}
