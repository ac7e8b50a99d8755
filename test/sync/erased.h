/* SPDX-License-Identifier: MIT */
/* What erasing an organisation must leave, whoever did what meanwhile. Used on every storage. */
#ifndef ADSYNC_TEST_ERASED_H
#define ADSYNC_TEST_ERASED_H

#include "world.h"

#include <adsync/org.h>

const char *erased_answer(world *w, const char *url); /* of the platform: a list of three pages, a figure a day */

typedef struct erased {
    world w;
    int64_t other;     /* another organisation's number, with work of its own */
    uint64_t untouched; /* all that is stored of it */
} erased;
void erased_begin(erased *e); /* "org" and "other", each connected and synced; engine 1 stands on the rows past all faults */
void erased_end(erased *e);
void erased_work(erased *e); /* whatever may add rows to "org", by engine 0; each step may be refused */
adsync_status erased_ask(erased *e, uint32_t engine, int64_t wait_us, const char **state); /* adsync_org_erase */
uint64_t erased_digest(erased *e, int64_t org);
void erased_is_clean(erased *e, int64_t org); /* nothing of it is left but its marks, and "other" is as it was */

/* For every n-th storage call of `work`: before it, another engine erases the organisation, and then the call goes on. Every `stride`-th
 * one. How many there were. */
uint64_t erased_under(uint64_t stride);

#endif
