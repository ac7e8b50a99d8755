/* SPDX-License-Identifier: MIT */
/* What Go cannot say to C itself: tables of callbacks whose slots lead to exported Go functions, and rows that travel as one piece
 * of flat memory. Go hands over an integer handle; it is a `void *user` only on this side. */
#ifndef ADSYNC_GO_BRIDGE_H
#define ADSYNC_GO_BRIDGE_H

#include <adsync/adsync.h>

/* which slots that MAY be set are */
enum { BRIDGE_NOTIFY = 1, BRIDGE_WATCH = 2, BRIDGE_ERASE = 4, BRIDGE_DROP = 8, BRIDGE_NOW = 16 };
enum { BRIDGE_CLOCK = 1, BRIDGE_RANDOM = 2, BRIDGE_LOG = 4 };

adsync_status bridge_storage_new(uintptr_t handle, uint32_t slots, adsync_storage_ops *limits, adsync_storage **out, adsync_error **error);
/* in C's memory, for bridge_free: Go's may not hold a handle where a pointer stands */
adsync_host *bridge_host(uintptr_t handle, uint32_t slots);
adsync_status bridge_keys_new(uintptr_t handle, const char *master, adsync_keys **out, adsync_error **error);
adsync_status bridge_connector(uintptr_t handle, adsync_engine *engine, const char *platform, adsync_error **error);
adsync_status bridge_check(uintptr_t handle, adsync_storage_check_options *options, uint32_t faults, adsync_rows **report,
                           adsync_error **error);

/* Rows, one after the other: int64 version, uint32 n, then n times uint32 kind, uint32 size and the bytes (8 of a number). */
adsync_status bridge_answer(adsync_sink *sink, const void *flat, size_t size);
/* n values in that form, in memory that bridge_free frees; NULL: no memory. */
adsync_value *bridge_values(const void *flat, size_t size, uint32_t n);
void bridge_free(void *p);

#endif
