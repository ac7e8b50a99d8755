/* SPDX-License-Identifier: MIT */
/* SQLite's memory and files, made to fail at the n-th call. Begin before SQLite is used for the first time in the process. */
#ifndef ADSYNC_TEST_SHIM_H
#define ADSYNC_TEST_SHIM_H

#include <stdbool.h>
#include <stdint.h>

void shim_begin(void); /* takes the place of SQLite's allocator and of its default VFS */

enum {
    SHIM_MEMORY = 1,     /* an allocation */
    SHIM_DISK_BEFORE,    /* opening, writing, syncing, cutting, removing a file, making shared memory: refused */
    SHIM_DISK_AFTER,     /* done, and then refused */
    SHIM_DISK_FULL       /* as BEFORE, with "the disk is full" where that can be said */
};

/* The nth call of this kind from now fails, 1 being the next, 0: none, only count; then once, or from then on. */
void shim_fail(uint32_t kind, uint64_t nth, bool from_then_on);
uint64_t shim_stop(void); /* no more; how many such calls there were since shim_fail */

uint64_t shim_syncs(void); /* since the process began */

#endif
