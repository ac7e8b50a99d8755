/* SPDX-License-Identifier: MIT */
/* A world with a scripted clock: one set of rows, any number of limiters on it, each with a host clock of its own. Nothing sleeps. */
#ifndef ADSYNC_TEST_CLOCKED_H
#define ADSYNC_TEST_CLOCKED_H

#include "storage/storage.h"

#include <adsync/limiter.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define CLOCKED_START INT64_C(1795132800000000) /* 2026-11-20 00:00:00 UTC */

typedef struct clocked_world {
    int64_t now; /* the true time; tests set it */
    int64_t storage_skew;
    int64_t latency; /* every storage call takes so long */
    adsync_storage *rows;
} clocked_world;

enum { CLOCKED_KEYS = 64 };

typedef struct clocked {
    clocked_world *world;
    int64_t skew;   /* of the wall clock */
    int64_t frozen; /* subtracted from the monotonic clock */
    adsync_storage *storage;
    adsync_limiter *limiter;
    uint64_t calls, reads, commits, looks;
    uint64_t too_soon; /* commits within a second of the one before, of one key */
    bool fail;         /* every call answers E_STORAGE */
    uint32_t lose; /* the next commit answers E_UNCERTAIN, and so many calls in all that would find out fail; 5: the library gives up */
    void (*meanwhile)(void);  /* happens before the next row is read */
    void (*afterwards)(void); /* happens once it was read, before the caller has it */
    bool dropped;  /* it was not even made */
    bool losing;
    char keys[CLOCKED_KEYS][64];
    int64_t written[CLOCKED_KEYS];
} clocked;

void clocked_begin(clocked_world *world);
void clocked_end(clocked_world *world);
/* `clock`: the storage has one. */
void clocked_open(clocked *engine, clocked_world *world, int64_t skew, bool clock);
void clocked_close(clocked *engine);
adsync_host clocked_host(clocked *engine);
void clocked_window(clocked *engine, const char *key, uint32_t align, int64_t length, uint32_t permits);
/* One permit of one key; the wait, 0: taken. Asserts that the call works. */
int64_t clocked_take(clocked *engine, const char *org, const char *key, uint32_t units, uint32_t priority, int64_t *ticket);
/* Takes until told to wait; how many. */
uint32_t clocked_drain(clocked *engine, const char *key, uint32_t priority, uint32_t most);
uint32_t clocked_fill(clocked *engine, const char *key, uint32_t priority, uint32_t most); /* the same, for up to 8 seconds */
uint32_t clocked_drawn(uint64_t *state, uint32_t below);

#endif
