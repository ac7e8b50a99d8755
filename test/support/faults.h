/* SPDX-License-Identifier: MIT */
/* Failure, rehearsed: a story is told once with everything working, then again with each single allocation failing, once and from
 * then on. A story must free what it made whatever happens, and may not assert that calls work, only that what they left is whole. */
#ifndef ADSYNC_TEST_FAULTS_H
#define ADSYNC_TEST_FAULTS_H

#include "base/base.h"

typedef void (*faults_story)(void *user);

/* The number of allocations that the undisturbed story made: a test asserts that it is above 0. */
uint64_t faults_allocations(faults_story story, void *user);

#endif
