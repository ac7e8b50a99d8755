/* SPDX-License-Identifier: MIT */
/* What the files of this room share and nobody else sees. */
#ifndef ADSYNC_SRC_STORAGE_INT_H
#define ADSYNC_SRC_STORAGE_INT_H

#include "storage.h"

enum { ADSYNC__AHEAD = 4 };

typedef struct adsync__ahead { /* ahead.c: rows of one table that were fetched for later reads */
    uint32_t table, n_key, n;
    adsync_rows *rows;
    struct adsync__ahead_key *keys; /* in order, each once */
} adsync__ahead;

struct adsync_storage {
    adsync__guard guard;
    adsync_storage_ops ops; /* every optional limit filled in */
    adsync__effects effects;
    adsync_sink sink; /* the one of the call under way */
    adsync__ahead ahead[ADSYNC__AHEAD];
    uint32_t n_ahead;
};

/* Enters a public call, or refuses with words; `what` is its name. */
adsync_status adsync__storage_enter(adsync_storage *storage, const char *what, adsync_error **error);
void adsync__storage_leave(adsync_storage *storage);
/* Brings a callback's answer to what the contract allows. `commits`: the answers only a commit may give are allowed. */
adsync_status adsync__storage_answer(adsync_status answered, bool commits, adsync_error **error);
/* Read for calls that are inside the guard already. */
adsync_status adsync__storage_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                   uint32_t n_keys, adsync_rows **out, adsync_error **error);
/* The same past the choke point's look at the keys; org -1: at the answer's organisations, too. For what later reads ask for. */
adsync_status adsync__storage_fetch(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                    uint32_t n_keys, adsync_rows **out, adsync_error **error);
/* ---- ahead.c: whether a single read is answered by what was fetched; what a commit wrote, or did not, is forgotten. */
bool adsync__ahead_has(adsync_storage *storage, uint32_t table, uint32_t columns, const adsync_value *key, adsync_rows **out,
                       adsync_status *rc, adsync_error **error);
void adsync__ahead_written(adsync_storage *storage, const adsync_change *changes, uint32_t n, adsync_status rc);
uint32_t adsync__value_weight(const adsync_value *value); /* what it counts towards max_bytes and a key's 512 */
int32_t adsync__key_compare(uint32_t n_key, const adsync_value *a, const adsync_value *b);

#endif
