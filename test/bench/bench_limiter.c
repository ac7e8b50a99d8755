/* SPDX-License-Identifier: MIT */
/* Taking one permit at 100,000 live keys, in random order, against a bare token bucket in C behind the same hash look-up (the
 * library's own map, same names), which reads the same clock once per take. Each key has one window of an hour with room for
 * everything. A lease lasts a minute and comes from a storage in memory: every key is taken from once before the clock starts. */
#include "bench.h"

#include "base/map.h"

#include <adsync/adsync.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEYS = 100000, TAKES = 400000, QUICK = 20000, NAME = 48, PERMITS = 1000000 };

typedef struct bucket { /* the name where the limiter has it too: in the item */
    int64_t tokens, filled; /* micro-permits; when */
    char name[NAME];
} bucket;

typedef struct sides {
    char (*names)[NAME];
    uint32_t *order;
    adsync_limiter *limiter;
    adsync__map map;
    bucket *buckets;
    size_t bytes; /* of the limiter's keys */
} sides;

static int64_t clock_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- ours */

static void ours_take(const sides *s, uint32_t i)
{
    const char *key = s->names[i];
    int64_t ticket, wait;

    bench_need(adsync_limiter_take(s->limiter, "org", &key, NULL, 1, ADSYNC_PRIORITY_SCHEDULED, &ticket, &wait, NULL) == ADSYNC_OK, "take");
    bench_need(ticket > 0, "no permit");
}

static double ours(const bench *b, void *user)
{
    const sides *s = user;
    uint32_t takes = bench_times(b, TAKES, QUICK);
    double begun;

    for (uint32_t i = 0; i < KEYS; i++)
        ours_take(s, i);
    begun = bench_seconds();
    for (uint32_t i = 0; i < takes; i++)
        ours_take(s, s->order[i]);
    return takes / (bench_seconds() - begun);
}

static void ours_open(sides *s)
{
    const adsync_window window = { .size = sizeof window, .align = ADSYNC_WINDOW_ROLL, .length_us = 3600000000, .permits = PERMITS };
    adsync_storage *storage = NULL;
    struct mallinfo2 before;

    bench_need(adsync_memory_open(NULL, &storage, NULL) == ADSYNC_OK, "storage");
    bench_need(adsync_limiter_open(storage, NULL, &s->limiter, NULL) == ADSYNC_OK, "limiter");
    before = mallinfo2(); /* what is large lies outside the heap */
    for (uint32_t i = 0; i < KEYS; i++)
        bench_need(adsync_limiter_window(s->limiter, s->names[i], &window, NULL) == ADSYNC_OK, "window");
    s->bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before.uordblks - before.hblkhd;
    adsync_storage_free(storage);
}

/* ---- the floor */

static bool floor_take(bucket *b, int64_t cost, int64_t now)
{
    int64_t tokens = b->tokens + (now - b->filled) * (PERMITS / 60);

    if (tokens > (int64_t)PERMITS * 1000000) tokens = (int64_t)PERMITS * 1000000;
    if (tokens < cost) return false;
    b->tokens = tokens - cost;
    b->filled = now;
    return true;
}

static double floor_run(const bench *b, void *user)
{
    const sides *s = user;
    uint32_t takes = bench_times(b, TAKES, QUICK);
    double begun = bench_seconds();

    for (uint32_t i = 0; i < takes; i++) {
        const char *name = s->names[s->order[i]];
        bucket *found = adsync__map_find(&s->map, name, strlen(name));
        bench_need(found && floor_take(found, 1000000, clock_us()), "no token");
    }
    return takes / (bench_seconds() - begun);
}

static void floor_open(sides *s)
{
    s->buckets = calloc(KEYS, sizeof *s->buckets);
    bench_need(s->buckets != NULL, "memory");
    adsync__map_begin(&s->map, 1);
    for (uint32_t i = 0; i < KEYS; i++) {
        s->buckets[i] = (bucket){ .tokens = (int64_t)PERMITS * 1000000, .filled = clock_us() };
        (void)snprintf(s->buckets[i].name, NAME, "%s", s->names[i]);
        bench_need(adsync__map_put(&s->map, s->buckets[i].name, strlen(s->buckets[i].name), &s->buckets[i]), "memory");
    }
}

int main(int argc, char **argv)
{
    sides s = { 0 };
    uint64_t draw = 1;
    bench b;

    if (bench_begin(&b, "limiter", argc, argv)) return 2;
    s.names = calloc(KEYS, sizeof *s.names);
    s.order = calloc(TAKES, sizeof *s.order);
    bench_need(s.names && s.order, "memory");
    for (uint32_t i = 0; i < KEYS; i++)
        (void)snprintf(s.names[i], NAME, "meta/app1/account:%u/ads_management", 1000000 + i * 7);
    for (uint32_t i = 0; i < TAKES; i++) {
        draw = draw * UINT64_C(6364136223846793005) + 1442695040888963407u;
        s.order[i] = (uint32_t)(draw >> 33) % KEYS;
    }
    ours_open(&s);
    floor_open(&s);
    printf("%d keys with a window each: %zu bytes a key\n", KEYS, s.bytes / KEYS);
    (void)bench_case(&b, "take", 0.5, ours, floor_run, &s);
    adsync_limiter_free(s.limiter);
    adsync__map_free(&s.map);
    free(s.buckets);
    free(s.order);
    free(s.names);
    return bench_end(&b);
}
