/* SPDX-License-Identifier: MIT */
/* How the toy compares: rightly, or as real databases do where nobody told them otherwise. */
#include "toy_int.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned char order_byte(const toy *t, unsigned char c)
{
    return t->bug == TOY_CASE_FOLDED && c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static uint32_t order_size(const toy *t, const adsync_value *v)
{
    uint32_t size = v->size;

    while (t->bug == TOY_BLANKS_TRIMMED && v->kind == ADSYNC_VALUE_TEXT && size && v->p[size - 1] == ' ')
        size--;
    return size;
}

/* UTF-16 puts the surrogates of U+10000 and beyond before U+E000 to U+FFFF. */
static int order_utf16(unsigned char c)
{
    if (c >= 0xf0) return c - 3;
    return c == 0xee || c == 0xef ? c + 16 : c;
}

static int order_text(const toy *t, const adsync_value *a, const adsync_value *b)
{
    uint32_t n = order_size(t, a), m = order_size(t, b);

    for (uint32_t i = 0; i < n && i < m; i++) {
        unsigned char x = order_byte(t, (unsigned char)a->p[i]), y = order_byte(t, (unsigned char)b->p[i]);
        if (x == y) continue;
        if (t->bug == TOY_UTF16_ORDER) return order_utf16(x) < order_utf16(y) ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return (n > m) - (n < m);
}

int toy_compare(const toy *t, const adsync_value *a, const adsync_value *b)
{
    if (a->kind == ADSYNC_VALUE_TEXT && b->kind == ADSYNC_VALUE_TEXT) return order_text(t, a, b);
    if (t->bug == TOY_INT_UNSIGNED && a->kind == ADSYNC_VALUE_INT && b->kind == ADSYNC_VALUE_INT)
        return ((uint64_t)a->i > (uint64_t)b->i) - ((uint64_t)a->i < (uint64_t)b->i);
    return adsync_value_compare(a, b);
}

/* The texts of a key as one, as a host does that keys a map by a joined string. */
static void order_join(char out[1100], uint32_t n_key, const adsync_value *key)
{
    out[0] = 0;
    for (uint32_t i = 0; i < n_key; i++)
        if (key[i].kind != ADSYNC_VALUE_INT) strncat(out, key[i].size ? key[i].p : "", key[i].size < 500 ? key[i].size : 500);
}

bool toy_same_key(const toy *t, uint32_t table, const adsync_value *a, const adsync_value *b)
{
    uint32_t n_key = adsync_index_width(table, 0);
    char x[1100], y[1100];

    if (t->bug == TOY_KEY_RUN_TOGETHER && table == ADSYNC_T_LIMITS) {
        order_join(x, n_key, a);
        order_join(y, n_key, b);
        return !strcmp(x, y);
    }
    for (uint32_t i = 0; i < n_key; i++)
        if (toy_compare(t, &a[i], &b[i])) return false;
    return true;
}

const adsync_value *toy_indexed(const toy *t, const adsync_range *range, const toy_row *row)
{
    return t->bug == TOY_INDEX_STAYS && range->index && row->before ? row->before->values : row->values;
}

/* A bound's column against a row's, where LIKE stands for equality. */
static int order_like(const toy *t, const adsync_value *value, const adsync_value *bound, bool first)
{
    char x[32], y[32];

    if (t->bug == TOY_TEXT_BOUND_IS_LIKE && value->kind == ADSYNC_VALUE_TEXT && bound->size && value->size > bound->size &&
        !memcmp(value->p, bound->p, bound->size))
        return 0;
    if (t->bug == TOY_ORG_BOUND_IS_LIKE && first && value->kind == ADSYNC_VALUE_INT) {
        snprintf(x, sizeof x, "%lld", (long long)value->i);
        snprintf(y, sizeof y, "%lld", (long long)bound->i);
        if (!strncmp(x, y, strlen(y))) return 0;
    }
    return toy_compare(t, value, bound);
}

static int order_bound(const toy *t, const adsync_range *range, const adsync_value *values, const adsync_value *bound, uint32_t n)
{
    int diff = 0;

    if (t->bug == TOY_LONG_BOUND_CUT && n > adsync_index_width(range->table, range->index))
        n = adsync_index_width(range->table, range->index);
    for (uint32_t i = 0; i < n && !diff; i++)
        diff = order_like(t, &values[adsync_index_column(range->table, range->index, i)], &bound[i], i == 0);
    return diff;
}

static bool order_null(const adsync_range *range, const adsync_value *values)
{
    for (uint32_t i = 0; i < adsync_index_width(range->table, range->index); i++)
        if (values[adsync_index_column(range->table, range->index, i)].kind == ADSYNC_VALUE_NULL) return true;
    return false;
}

static bool order_at_start(const toy *t, const adsync_range *range, bool upper)
{
    bool down = range->flags & ADSYNC_RANGE_DESCENDING;
    uint32_t n = upper ? range->n_upper : range->n_lower, whole = 0;

    while (adsync_index_column(range->table, range->index, whole) != UINT32_MAX)
        whole++;
    if (t->bug == TOY_EXCLUSIVE_IGNORED || !(range->flags & ADSYNC_RANGE_EXCLUSIVE)) return false;
    if (t->bug == TOY_EXCLUSIVE_WHOLE_KEYS_ONLY && n < whole) return false;
    if (t->bug == TOY_EXCLUSIVE_AT_WRONG_END) return !upper;
    return upper == down;
}

/* Rows that the fault keeps out of a scan, or ranges that it makes empty. */
static bool order_leaves_out(const toy *t, const adsync_range *range, const adsync_value *values, int high)
{
    bool all = adsync_index_all_orgs(range->table, range->index);

    switch (t->bug) {
    case TOY_OPEN_IS_EMPTY:
        return !range->n_lower != !range->n_upper;
    case TOY_ALL_ORGS_IS_ONE:
        return all && values[0].i != 1;
    case TOY_FLAG_NEEDED:
        return all && !(range->flags & ADSYNC_RANGE_ALL_ORGS);
    case TOY_UPPER_END_OUT:
        return !high && range->n_upper > 2;
    default:
        return false;
    }
}

bool toy_in_range(const toy *t, const adsync_range *range, const toy_row *row)
{
    const adsync_value *values = toy_indexed(t, range, row);
    int low, high;

    if (row->table != range->table) return false;
    low = range->n_lower ? order_bound(t, range, values, range->lower, range->n_lower) : 1;
    high = range->n_upper ? order_bound(t, range, values, range->upper, range->n_upper) : -1;
    if (order_leaves_out(t, range, values, high)) return false;
    if (t->bug != TOY_NULLS_INDEXED && order_null(range, values)) return false;
    if (low < 0 || (!low && order_at_start(t, range, false))) return false;
    return high < 0 || (!high && !order_at_start(t, range, true));
}

/* qsort hands nothing through */
static const toy *order_toy;
static const adsync_range *order_range;

static int order_rows(const void *a, const void *b)
{
    const toy_row *x = *(toy_row *const *)a, *y = *(toy_row *const *)b;
    const adsync_value *v = toy_indexed(order_toy, order_range, x), *w = toy_indexed(order_toy, order_range, y);
    uint32_t width = adsync_index_width(order_range->table, order_range->index), column;
    bool down = order_range->flags & ADSYNC_RANGE_DESCENDING && order_toy->bug != TOY_DOWN_IGNORED;
    int diff = 0;

    for (uint32_t i = 0; !diff && (column = adsync_index_column(order_range->table, order_range->index, i)) != UINT32_MAX; i++) {
        if (i >= width && order_toy->bug == TOY_TIES_BY_AGE)
            return down ? (x->age < y->age) - (x->age > y->age) : (x->age > y->age) - (x->age < y->age);
        diff = toy_compare(order_toy, &v[column], &w[column]);
        if (diff && i >= width && order_toy->bug == TOY_DOWN_KEEPS_KEY_UP) return diff;
    }
    return down ? -diff : diff;
}

void toy_sort(const toy *t, const adsync_range *range, toy_row **rows, uint32_t n)
{
    order_toy = t;
    order_range = range;
    qsort(rows, n, sizeof(toy_row *), order_rows);
}
