/* SPDX-License-Identifier: MIT */
#include "faults.h"

static uint64_t faults_seen, faults_nth; /* faults_nth 0: count only */
static bool faults_from_then_on;

static bool faults_allow(size_t size)
{
    (void)size;
    faults_seen++;
    if (!faults_nth) return true;
    return faults_from_then_on ? faults_seen < faults_nth : faults_seen != faults_nth;
}

static uint64_t faults_tell(faults_story story, void *user, uint64_t nth, bool from_then_on)
{
    faults_seen = 0;
    faults_nth = nth;
    faults_from_then_on = from_then_on;
    adsync__alloc_watch(faults_allow);
    story(user);
    adsync__alloc_watch(NULL);
    return faults_seen;
}

uint64_t faults_allocations(faults_story story, void *user)
{
    uint64_t n = faults_tell(story, user, 0, false);

    for (uint64_t nth = 1; nth <= n; nth++) {
        (void)faults_tell(story, user, nth, false);
        (void)faults_tell(story, user, nth, true);
    }
    return n;
}
