/* SPDX-License-Identifier: MIT */
/* Order, once for everybody: null, then numbers by value, then all else as bytes. */
#include "storage_int.h"

static int32_t compare_bytes(const adsync_value *a, const adsync_value *b)
{
    uint32_t n = a->size < b->size ? a->size : b->size;
    int diff = n ? memcmp(a->p, b->p, n) : 0;

    if (diff) return diff < 0 ? -1 : 1;
    return (a->size > b->size) - (a->size < b->size);
}

static uint32_t compare_rank(const adsync_value *v)
{
    if (v->kind == ADSYNC_VALUE_NULL) return 0;
    return v->kind == ADSYNC_VALUE_INT ? 1 : 2;
}

int32_t adsync_value_compare(const adsync_value *a, const adsync_value *b)
{
    uint32_t rank = compare_rank(a), other = compare_rank(b);

    if (rank != other) return rank < other ? -1 : 1;
    if (rank == 2) return compare_bytes(a, b);
    return rank ? (a->i > b->i) - (a->i < b->i) : 0;
}

int32_t adsync__key_compare(uint32_t n_key, const adsync_value *a, const adsync_value *b)
{
    int32_t diff = 0;

    for (uint32_t i = 0; i < n_key && !diff; i++)
        diff = adsync_value_compare(&a[i], &b[i]);
    return diff;
}

uint32_t adsync__value_weight(const adsync_value *value)
{
    if (value->kind == ADSYNC_VALUE_NULL) return 0;
    return value->kind == ADSYNC_VALUE_INT ? 8 : value->size;
}

int32_t adsync_range_compare(const adsync_range *range, const adsync_value *a, const adsync_value *b)
{
    int32_t diff = 0;
    uint32_t column;

    for (uint32_t i = 0; !diff && (column = adsync_index_column(range->table, range->index, i)) != UINT32_MAX; i++)
        diff = adsync_value_compare(&a[column], &b[column]);
    return range->flags & ADSYNC_RANGE_DESCENDING ? -diff : diff;
}

static int32_t compare_bound(const adsync_range *range, const adsync_value *row, const adsync_value *bound, uint32_t n)
{
    int32_t diff = 0;
    uint32_t column;

    for (uint32_t i = 0; i < n && !diff && (column = adsync_index_column(range->table, range->index, i)) != UINT32_MAX; i++)
        diff = adsync_value_compare(&row[column], &bound[i]);
    return diff;
}

int32_t adsync_range_place(const adsync_range *range, const adsync_value *row)
{
    uint32_t width = adsync_index_width(range->table, range->index);
    bool down = range->flags & ADSYNC_RANGE_DESCENDING, exclusive = range->flags & ADSYNC_RANGE_EXCLUSIVE;
    int32_t low, high;

    for (uint32_t i = 0; i < width; i++)
        if (row[adsync_index_column(range->table, range->index, i)].kind == ADSYNC_VALUE_NULL) return 2;
    low = range->n_lower ? compare_bound(range, row, range->lower, range->n_lower) : 1;
    high = range->n_upper ? compare_bound(range, row, range->upper, range->n_upper) : -1;
    if (low < 0 || (low == 0 && exclusive && !down)) return down ? 1 : -1;
    if (high > 0 || (high == 0 && exclusive && down)) return down ? -1 : 1;
    return 0;
}
