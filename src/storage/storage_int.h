/* SPDX-License-Identifier: MIT */
/* What the files of this room share and nobody else sees. */
#ifndef ADSYNC_SRC_STORAGE_INT_H
#define ADSYNC_SRC_STORAGE_INT_H

#include "storage.h"

struct adsync_storage {
    adsync__guard guard;
    adsync_storage_ops ops; /* every optional limit filled in */
    adsync__effects effects;
    adsync_sink sink; /* the one of the call under way */
};

/* Enters a public call, or refuses with words; `what` is its name. */
adsync_status adsync__storage_enter(adsync_storage *storage, const char *what, adsync_error **error);
void adsync__storage_leave(adsync_storage *storage);
/* Brings a callback's answer to what the contract allows. `commits`: the answers only a commit may give are allowed. */
adsync_status adsync__storage_answer(adsync_status answered, bool commits, adsync_error **error);
/* Read and scan for calls that are inside the guard already. */
adsync_status adsync__storage_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                   uint32_t n_keys, adsync_rows **out, adsync_error **error);
uint32_t adsync__value_weight(const adsync_value *value); /* what it counts towards max_bytes and a key's 512 */
int32_t adsync__key_compare(uint32_t n_key, const adsync_value *a, const adsync_value *b);

#endif
