/* SPDX-License-Identifier: MIT */
/* What is dropped for its age, and what is not. Used on every storage. */
#ifndef ADSYNC_TEST_KEPT_H
#define ADSYNC_TEST_KEPT_H

#include "world.h"

enum { KEPT_CALLS = 90, KEPT_JOBS = 60, KEPT_REVISIONS = 30 }; /* days, as the engines of these tests are opened */

typedef struct kept_job {
    int64_t job, connection, created, ended, parent, open; /* created, ended: days ago; ended 0: it has not */
    const char *state;
    bool stays;
} kept_job;

int64_t kept_ago(world *w, int64_t days);   /* by the clock that ages are counted by */
adsync_engine *kept_open(world *w, uint32_t n); /* a worker that drops; the one before is freed */
void kept_call(world *w, int64_t number, int64_t called_us);
void kept_put_job(world *w, const kept_job *job);
bool kept_has_job(world *w, int64_t job);
void kept_turns(world *w, uint32_t n, int64_t us);
void kept_by_age(void); /* every rule, on a world of its own */

#endif
