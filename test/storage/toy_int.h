/* SPDX-License-Identifier: MIT */
#ifndef ADSYNC_TEST_TOY_INT_H
#define ADSYNC_TEST_TOY_INT_H

#include "toy.h"

struct toy_row {
    uint32_t table, width;
    int64_t version, age;
    bool gone, ghost;      /* deleted, but remembered; not committed, but seen by scans */
    toy_row *before;       /* what was there, for bugs that remember */
    adsync_value values[]; /* `width` of them */
};

typedef struct toy_handle {
    toy *t;
    toy_row *cached[64]; /* what this handle read since it wrote; version 0: no row */
    uint32_t n_cached;
    int64_t scan_age; /* what was there when this handle scanned first */
    int64_t walk_age; /* what was there when the walk under way began */
    uint32_t given;   /* rows of that walk */
} toy_handle;

/* ---- toy_order.c */
int toy_compare(const toy *t, const adsync_value *a, const adsync_value *b);
int64_t toy_through_double(int64_t i);
bool toy_same_key(const toy *t, uint32_t table, const adsync_value *a, const adsync_value *b);
const adsync_value *toy_indexed(const toy *t, const adsync_range *range, const toy_row *row); /* the values that an index goes by */
bool toy_in_range(const toy *t, const adsync_range *range, const toy_row *row);
void toy_sort(const toy *t, const adsync_range *range, toy_row **rows, uint32_t n);

/* ---- toy_rows.c */
toy_row *toy_row_make(const toy *t, const adsync_change *put, const toy_row *old);
toy_row *toy_row_copy(const toy_row *row);
void toy_row_free(toy_row *row);
toy_row *toy_cached(const toy_handle *h, uint32_t table, const adsync_value *key); /* NULL: this handle did not read it */
void toy_forget(toy_handle *h);
toy_row *toy_find(const toy *t, uint32_t table, const adsync_value *key); /* also one that is gone; NULL: none */

/* ---- toy_scan.c */
adsync_status toy_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                       adsync_error **error);
adsync_status toy_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error);

/* ---- toy_commit.c */
adsync_status toy_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error);
bool toy_fails(toy *t, uint32_t after); /* whether this is the call that fails; counts on the first question only */

#endif
