/* SPDX-License-Identifier: MIT */
#include "toy_int.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

/* ---- rows */

int64_t toy_through_double(int64_t i)
{
    double d = (double)i;

    return d >= 9223372036854775808.0 ? INT64_MAX : (int64_t)d;
}

static void scan_double_quotes(adsync_value *v)
{
    char *p = test_malloc((size_t)v->size * 2 + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->size; i++) {
        p[n++] = v->p[i];
        if (v->p[i] == '\'') p[n++] = '\'';
    }
    v->p = p;
    v->size = n;
}

static adsync_value scan_own(const adsync_value *given)
{
    adsync_value v = *given;
    char *p = test_malloc(v.size + 1);

    if (v.size) memcpy(p, v.p, v.size);
    p[v.size] = 0;
    v.p = p;
    return v;
}

static adsync_value scan_keep_text(const toy *t, adsync_value v)
{
    if (t->bug == TOY_TEXT_CUT_255 && v.size > 255) v.size = 255;
    if (t->bug == TOY_NORMALISED && v.size == 3 && !memcmp(v.p, "e\xcc\x81", 3)) v = adsync__value_text("\xc3\xa9");
    if (t->bug != TOY_QUOTES_DOUBLED || !v.size) return scan_own(&v);
    scan_double_quotes(&v);
    return v;
}

/* What the toy makes of a value as it is stored; the bytes become its own. */
static adsync_value toy_keep(const toy *t, const adsync_value *given, bool key)
{
    adsync_value v = *given;

    if (v.kind == ADSYNC_VALUE_INT && t->bug == TOY_INT_AS_DOUBLE) v.i = toy_through_double(v.i);
    if (v.kind < ADSYNC_VALUE_TEXT) return v;
    if (!key && !v.size && t->bug == (v.kind == ADSYNC_VALUE_TEXT ? TOY_EMPTY_TEXT_IS_NULL : TOY_EMPTY_BYTES_ARE_NULL))
        return adsync__value_null();
    if (t->bug == TOY_VALUE_CUT_64K && v.size > 65536) v.size = 65536;
    if (v.kind == ADSYNC_VALUE_TEXT) return scan_keep_text(t, v);
    if (t->bug == TOY_BYTES_END_AT_NUL) v.size = (uint32_t)strnlen(v.p ? v.p : "", v.size);
    return scan_own(&v);
}

static toy_row *row_new(uint32_t table)
{
    uint32_t width = adsync_table_width(table);
    toy_row *row = test_calloc(1, sizeof *row + width * sizeof(adsync_value));

    row->table = table;
    row->width = width;
    return row;
}

toy_row *toy_row_copy(const toy_row *from)
{
    toy right = { .bug = TOY_RIGHT };
    toy_row *row = row_new(from->table);

    row->version = from->version;
    row->age = from->age;
    for (uint32_t i = 0; i < row->width; i++)
        row->values[i] = toy_keep(&right, &from->values[i], false);
    return row;
}

static bool row_takes(const toy *t, const adsync_change *put, uint32_t i, const toy_row *old)
{
    if (i >= put->n_values) return false;
    if (t->bug == TOY_COLUMN_MISSING && put->table == ADSYNC_T_METRICS && i == 28) return false;
    return !(t->bug == TOY_NULL_KEEPS && old && put->values[i].kind == ADSYNC_VALUE_NULL);
}

static int64_t row_version(const toy *t, const adsync_change *put, const toy_row *old)
{
    if (t->bug == TOY_COUNTS_VERSIONS) return old && !old->gone ? old->version + 1 : 1;
    return t->bug == TOY_VERSION_AS_DOUBLE ? toy_through_double(put->version) : put->version;
}

static bool row_keeps(const toy *t, const toy_row *old)
{
    return old && (!old->gone || t->bug == TOY_DELETED_COLUMNS_RETURN) && t->bug != TOY_PREFIX_WIPES;
}

toy_row *toy_row_make(const toy *t, const adsync_change *put, const toy_row *old)
{
    const toy right = { .bug = TOY_RIGHT };
    toy_row *row = row_new(put->table);

    row->version = row_version(t, put, old);
    row->age = t->bug == TOY_REWRITTEN_HIDDEN || !old ? t->age : old->age;
    for (uint32_t i = 0; i < row->width; i++) {
        if (row_takes(t, put, i, old))
            row->values[i] = toy_keep(t, &put->values[i], i < adsync_index_width(put->table, 0));
        else if (row_keeps(t, old))
            row->values[i] = toy_keep(&right, &old->values[i], false);
        else if (t->bug == TOY_NEW_IS_ZERO && put->table == ADSYNC_T_LIMITS && i == 2)
            row->values[i] = adsync__value_int(0);
    }
    if (old && t->bug == TOY_INDEX_STAYS) row->before = toy_row_copy(old->before ? old->before : old);
    if (old && t->bug == TOY_TORN_ROWS) row->before = toy_row_copy(old);
    return row;
}

void toy_row_free(toy_row *row)
{
    if (!row) return;
    toy_row_free(row->before);
    for (uint32_t i = 0; i < row->width; i++)
        if (row->values[i].kind >= ADSYNC_VALUE_TEXT) test_free((void *)(uintptr_t)row->values[i].p);
    test_free(row);
}

toy_row *toy_find(const toy *t, uint32_t table, const adsync_value *key)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->rows[i]->table == table && !t->rows[i]->ghost && toy_same_key(t, table, t->rows[i]->values, key)) return t->rows[i];
    return NULL;
}

/* ---- answers */

static adsync_status scan_failed(const toy *t, adsync_error **error)
{
    if (t->bug == TOY_FAILED_READ_IS_EMPTY) return ADSYNC_OK;
    return adsync_error_set(error, ADSYNC_E_STORAGE, "the call was made to fail", 0);
}

static adsync_status scan_give(const toy *t, adsync_sink *sink, const toy_row *row, uint32_t columns)
{
    uint32_t n = t->bug == TOY_FEWER_COLUMNS && columns > 1 ? columns - 1 : row->width;
    adsync_value values[ADSYNC__WIDTH_MAX];

    memcpy(values, row->values, row->width * sizeof *values);
    if (t->bug == TOY_NO_UTF8 && values[0].kind == ADSYNC_VALUE_TEXT) values[0] = adsync__value_text("\xff");
    if (t->bug == TOY_OTHER_ROW && values[0].kind == ADSYNC_VALUE_TEXT) values[0] = adsync__value_text("another");
    return adsync_sink_values(sink, t->bug == TOY_VERSION_ZERO ? 0 : row->version, values, n);
}

toy_row *toy_cached(const toy_handle *h, uint32_t table, const adsync_value *key)
{
    for (uint32_t i = 0; i < h->n_cached; i++)
        if (h->cached[i]->table == table && toy_same_key(h->t, table, h->cached[i]->values, key)) return h->cached[i];
    return NULL;
}

void toy_forget(toy_handle *h)
{
    for (uint32_t i = 0; i < h->n_cached; i++)
        toy_row_free(h->cached[i]);
    h->n_cached = 0;
}

static void scan_cache(toy_handle *h, uint32_t table, const adsync_value *key, const toy_row *row)
{
    const toy right = { .bug = TOY_RIGHT };
    const adsync_change absent = { .table = table, .values = key, .n_values = adsync_index_width(table, 0) };

    if (toy_cached(h, table, key) || h->n_cached == ADSYNC__COUNT(h->cached)) return;
    h->cached[h->n_cached++] = row ? toy_row_copy(row) : toy_row_make(&right, &absent, NULL);
}

adsync_status toy_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                       adsync_error **error)
{
    toy_handle *h = user;
    toy *t = h->t;
    adsync_status rc = ADSYNC_OK;

    if (toy_fails(t, 0)) return scan_failed(t, error);
    if (t->bug == TOY_UNKNOWN_STATUS) return 42;
    if (t->bug == TOY_READS_100_KEYS && n_keys > 100) n_keys = 100;
    for (uint32_t k = 0; k < n_keys && rc >= 0; k++) {
        const adsync_value *key = keys + (size_t)k * adsync_index_width(table, 0);
        const toy_row *row = toy_find(t, table, key);
        if (t->bug == TOY_STALE_READS || t->bug == TOY_COMPARES_OWN_READS) scan_cache(h, table, key, row);
        if (t->bug == TOY_STALE_READS && toy_cached(h, table, key)) row = toy_cached(h, table, key);
        if (row && row->version && !row->gone) rc = scan_give(t, sink, row, columns);
    }
    return rc;
}

static bool scan_sees(const toy_handle *h, const adsync_range *range, const toy_row *row)
{
    if (row->gone || (h->t->bug == TOY_STALE_SCANS && row->age > h->scan_age)) return false;
    if (h->t->bug == TOY_REWRITTEN_HIDDEN && h->walk_age && row->age > h->walk_age) return false;
    return toy_in_range(h->t, range, row);
}

static bool scan_is_page(const adsync_range *range)
{
    uint32_t n = range->flags & ADSYNC_RANGE_DESCENDING ? range->n_upper : range->n_lower;

    return range->flags & ADSYNC_RANGE_EXCLUSIVE && n > adsync_index_width(range->table, range->index) - (range->index ? 0 : 1);
}

/* LIMIT and OFFSET: the walk begins at its organisation and skips what it gave already. */
static adsync_range scan_by_count(toy_handle *h, const adsync_range *range, uint32_t *skip)
{
    adsync_range from = *range;

    *skip = 0;
    if (h->t->bug != TOY_PAGES_BY_COUNT || !scan_is_page(range)) {
        h->given = 0;
        return from;
    }
    from.flags &= ~(uint32_t)ADSYNC_RANGE_EXCLUSIVE;
    from.n_lower = from.n_upper = 1;
    *skip = h->given;
    return from;
}

static bool scan_row_is_gone(const toy *t, const adsync_range *range)
{
    const adsync_value *bound = range->flags & ADSYNC_RANGE_DESCENDING ? range->upper : range->lower;
    uint32_t n = 0, column;
    adsync_value key[ADSYNC__KEY_MAX];

    if (t->bug != TOY_PAGES_NEED_THEIR_ROW || !scan_is_page(range)) return false;
    for (; (column = adsync_index_column(range->table, range->index, n)) != UINT32_MAX; n++)
        if (column < adsync_index_width(range->table, 0)) key[column] = bound[n];
    return !toy_find(t, range->table, key);
}

static adsync_status scan_give_all(toy_handle *h, const adsync_range *range, toy_row **rows, uint32_t n, adsync_sink *sink)
{
    toy *t = h->t;
    adsync_status rc = ADSYNC_OK;
    uint32_t limit = t->bug == TOY_LIMIT_IGNORED ? n : range->limit;

    for (uint32_t i = 0; i < n && i < limit && rc >= 0; i++) {
        toy_row *torn = NULL;
        if (t->bug == TOY_TORN_ROWS && rows[i]->before && rows[i]->table == ADSYNC_T_JOBS && rows[i]->values[22].kind) {
            torn = toy_row_copy(rows[i]);
            torn->values[23] = rows[i]->before->values[23];
        }
        do
            rc = scan_give(t, sink, torn ? torn : rows[i], range->columns);
        while (t->bug == TOY_ENDLESS && rc >= 0);
        toy_row_free(torn);
        h->given++;
    }
    return rc;
}

adsync_status toy_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    toy_handle *h = user;
    toy *t = h->t;
    uint32_t n = 0, skip;
    adsync_range from;
    toy_row **rows;
    adsync_status rc;

    if (toy_fails(t, 0)) return scan_failed(t, error);
    if (scan_row_is_gone(t, range)) return ADSYNC_OK;
    if (!h->scan_age) h->scan_age = t->age;
    if (!scan_is_page(range)) h->walk_age = t->age;
    from = scan_by_count(h, range, &skip);
    rows = test_calloc(t->n + 1, sizeof(toy_row *));
    for (uint32_t i = 0; i < t->n; i++)
        if (scan_sees(h, &from, t->rows[i])) rows[n++] = t->rows[i];
    toy_sort(t, range, rows, n);
    rc = skip < n ? scan_give_all(h, range, rows + skip, n - skip, sink) : ADSYNC_OK;
    test_free(rows);
    return rc;
}
