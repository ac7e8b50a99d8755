/* SPDX-License-Identifier: MIT */
/* Rows that somebody is about to ask for one by one, fetched by one call. They answer single reads until the turn ends; a commit takes
 * away what it writes, and one that does not hold takes away all, so nobody meets the same stale row twice. Whoever changes a row
 * compares its version, so what was read a moment too early costs a conflict and nothing else. Each single read goes through the choke
 * point as ever: whose row it may be is judged there. */
#include "storage_int.h"

#include <stdlib.h>

enum { AHEAD_KEY = 3 };

typedef struct adsync__ahead_key { /* of numbers only */
    int64_t part[AHEAD_KEY];
    uint32_t row; /* 1 + its place; 0: there is none */
    bool gone;
} ahead_key;

static int ahead_order(const void *a, const void *b)
{
    const ahead_key *x = a, *y = b;

    for (size_t i = 0; i < AHEAD_KEY; i++)
        if (x->part[i] != y->part[i]) return x->part[i] < y->part[i] ? -1 : 1;
    return 0;
}

static ahead_key ahead_make(uint32_t n_key, const adsync_value *values)
{
    ahead_key key = { .row = 0 };

    for (uint32_t i = 0; i < n_key; i++) key.part[i] = values[i].i;
    return key;
}

static ahead_key *ahead_find(const adsync__ahead *ahead, const adsync_value *values)
{
    const ahead_key key = ahead_make(ahead->n_key, values);

    return ahead->n ? bsearch(&key, ahead->keys, ahead->n, sizeof key, ahead_order) : NULL;
}

static void ahead_free(adsync__ahead *ahead)
{
    adsync_rows_free(ahead->rows);
    adsync__free(ahead->keys);
    *ahead = (adsync__ahead){ 0 };
}

void adsync__storage_ahead_end(adsync_storage *storage)
{
    for (uint32_t i = 0; i < storage->n_ahead; i++) ahead_free(&storage->ahead[i]);
    storage->n_ahead = 0;
}

/* The keys in order and once each; `values` gets them as they are asked for. */
static void ahead_sort(adsync__ahead *ahead, adsync_value *values)
{
    uint32_t n = 0;

    qsort(ahead->keys, ahead->n, sizeof *ahead->keys, ahead_order);
    for (uint32_t i = 0; i < ahead->n; i++)
        if (!n || ahead_order(&ahead->keys[n - 1], &ahead->keys[i])) ahead->keys[n++] = ahead->keys[i];
    ahead->n = n;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < ahead->n_key; k++) values[i * ahead->n_key + k] = adsync__value_int(ahead->keys[i].part[k]);
}

static adsync_status ahead_read(adsync_storage *storage, adsync__ahead *ahead, adsync_error **error)
{
    adsync_value *values = adsync__alloc((size_t)ahead->n * ahead->n_key * sizeof *values);
    ahead_key *key;
    adsync_status rc;

    if (!values) return adsync__fail_memory(error);
    ahead_sort(ahead, values);
    if ((rc = adsync__storage_enter(storage, "adsync__storage_ahead", error)) >= 0) {
        rc = adsync__storage_fetch(storage, -1, ahead->table, 0, values, ahead->n, &ahead->rows, error);
        adsync__storage_leave(storage);
    }
    adsync__free(values);
    for (size_t i = 0; rc >= 0 && i < adsync_rows_count(ahead->rows); i++)
        if ((key = ahead_find(ahead, adsync__rows_values(ahead->rows, i)))) key->row = (uint32_t)i + 1;
    return rc;
}

adsync_status adsync__storage_ahead(adsync_storage *storage, uint32_t table, const adsync_value *keys, uint32_t n_keys, adsync_rows **out,
                                    adsync_error **error)
{
    adsync__ahead *ahead = &storage->ahead[storage->n_ahead];
    adsync_status rc;

    *out = NULL;
    if (!n_keys || storage->n_ahead == ADSYNC__AHEAD) return ADSYNC_OK;
    *ahead = (adsync__ahead){ .table = table, .n_key = adsync_index_width(table, 0), .n = n_keys };
    if (!(ahead->keys = adsync__alloc((size_t)n_keys * sizeof *ahead->keys))) return adsync__fail_memory(error);
    for (uint32_t i = 0; i < n_keys; i++) ahead->keys[i] = ahead_make(ahead->n_key, keys + (size_t)i * ahead->n_key);
    if ((rc = ahead_read(storage, ahead, error)) < 0) {
        ahead_free(ahead);
        return rc;
    }
    storage->n_ahead++;
    *out = ahead->rows;
    return ADSYNC_OK;
}

static adsync_status ahead_answer(const adsync__ahead *ahead, const ahead_key *key, adsync_rows **out, adsync_error **error)
{
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], n = adsync_rows_width(ahead->rows);
    adsync_status rc;

    for (uint32_t i = 0; i < n; i++) columns[i] = adsync_rows_column(ahead->rows, i);
    if ((rc = adsync__rows_new(columns, n, out, error)) < 0 || !key->row) return rc;
    if ((rc = adsync__rows_add(*out, adsync__rows_values(ahead->rows, key->row - 1), error)) >= 0) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

bool adsync__ahead_has(adsync_storage *storage, uint32_t table, uint32_t columns, const adsync_value *key, adsync_rows **out,
                       adsync_status *rc, adsync_error **error)
{
    for (uint32_t i = 0; !columns && i < storage->n_ahead; i++) {
        const ahead_key *there = storage->ahead[i].table == table ? ahead_find(&storage->ahead[i], key) : NULL;
        if (!there || there->gone) continue;
        *rc = ahead_answer(&storage->ahead[i], there, out, error);
        return true;
    }
    return false;
}

void adsync__ahead_written(adsync_storage *storage, const adsync_change *changes, uint32_t n, adsync_status rc)
{
    ahead_key *key;

    if (rc < 0) adsync__storage_ahead_end(storage);
    for (uint32_t a = 0; a < storage->n_ahead; a++)
        for (uint32_t i = 0; i < n; i++)
            if (changes[i].table == storage->ahead[a].table && changes[i].op != ADSYNC_CHANGE_CHECK &&
                (key = ahead_find(&storage->ahead[a], changes[i].values)))
                key->gone = true;
}
