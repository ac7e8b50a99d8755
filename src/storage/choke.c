/* SPDX-License-Identifier: MIT */
/* P5: the one place where every key, bound, change and answer is held against its table and its organisation. */
#include "storage_int.h"

#include <inttypes.h>

static adsync_status choke_refuse(adsync_error **error, const adsync__table *t, uint32_t column, const char *what)
{
    return adsync__fail(error, ADSYNC_E_INVALID, "storage.row", "%s.%s: %s", t->name, adsync_column_name(t->columns[column].id), what);
}

static adsync_status choke_table(uint32_t table, const adsync__table **out, adsync_error **error)
{
    if ((*out = adsync__table_find(table))) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_INVALID, "storage.table", "there is no table %" PRIu32, table);
}

/* A value that a column can hold. */
static adsync_status choke_value(const adsync__table *t, uint32_t column, const adsync_value *value, adsync_error **error)
{
    const adsync__column *c = &t->columns[column];

    if (value->kind == ADSYNC_VALUE_NULL) return column < t->n_key ? choke_refuse(error, t, column, "a key column is null") : ADSYNC_OK;
    if (value->kind != c->kind) return choke_refuse(error, t, column, "the value is of another kind");
    if (c->kind == ADSYNC_VALUE_INT) return ADSYNC_OK;
    if (value->size && !value->p) return choke_refuse(error, t, column, "the value has a size and no address");
    if (c->max && value->size > c->max) return choke_refuse(error, t, column, "the value is longer than the column");
    if (c->kind != ADSYNC_VALUE_TEXT) return ADSYNC_OK;
    if (adsync__utf8_valid(value->p, value->size)) return ADSYNC_OK;
    return choke_refuse(error, t, column, memchr(value->p, 0, value->size) ? "the text holds a NUL" : "the text is not UTF-8");
}

static adsync_status choke_org(int64_t org, const adsync__table *t, const adsync_value *first, adsync_error **error)
{
    if (org < 0) return adsync__fail(error, ADSYNC_E_INVALID, "storage.org", "an organisation's number is 0 or above");
    if (!t->has_org && org)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.org", "%s is a system table, not an organisation's", t->name);
    if (t->has_org && first->i != org) return choke_refuse(error, t, 0, "the row is of another organisation");
    return ADSYNC_OK;
}

static adsync_status choke_key(int64_t org, const adsync__table *t, const adsync_value *key, adsync_error **error)
{
    uint64_t bytes = 0;
    adsync_status rc;

    for (uint32_t i = 0; i < t->n_key; i++) {
        if ((rc = choke_value(t, i, &key[i], error)) < 0) return rc;
        bytes += adsync__value_weight(&key[i]);
    }
    if (bytes > ADSYNC__KEY_BYTES)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.key", "%s: the key has %" PRIu64 " bytes, at most %d fit", t->name, bytes,
                            ADSYNC__KEY_BYTES);
    return choke_org(org, t, key, error);
}

static adsync_status choke_expected(const adsync__table *t, const adsync_change *c, adsync_error **error)
{
    bool put = c->op == ADSYNC_CHANGE_PUT;

    if (c->op < ADSYNC_CHANGE_PUT || c->op > ADSYNC_CHANGE_CHECK || c->reserved)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: the change is of no known kind", t->name);
    if (c->expected < ADSYNC_EXPECT_ANY || (c->expected == ADSYNC_EXPECT_ABSENT && !put) ||
        (c->expected == ADSYNC_EXPECT_ANY && c->op == ADSYNC_CHANGE_CHECK))
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: the change cannot expect %" PRId64, t->name, c->expected);
    if (c->version < 0 || (!put && c->version))
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: the change cannot bring version %" PRId64, t->name, c->version);
    return ADSYNC_OK;
}

adsync_status adsync__choke_change(int64_t org, const adsync_change *change, adsync_error **error)
{
    const adsync__table *t;
    adsync_status rc;
    uint32_t most;

    if ((rc = choke_table(change->table, &t, error)) < 0) return rc;
    if ((rc = choke_expected(t, change, error)) < 0) return rc;
    most = change->op == ADSYNC_CHANGE_PUT ? t->n_columns : t->n_key;
    if (!change->values || change->n_values < t->n_key || change->n_values > most)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.change", "%s: a change of %" PRIu32 " values, %d to %" PRIu32 " fit", t->name,
                            change->n_values, t->n_key, most);
    if ((rc = choke_key(org, t, change->values, error)) < 0) return rc;
    for (uint32_t i = t->n_key; i < change->n_values; i++)
        if ((rc = choke_value(t, i, &change->values[i], error)) < 0) return rc;
    return ADSYNC_OK;
}

adsync_status adsync__choke_keys(int64_t org, uint32_t table, const adsync_value *keys, uint32_t n_keys, adsync_error **error)
{
    const adsync__table *t;
    adsync_status rc;

    if ((rc = choke_table(table, &t, error)) < 0) return rc;
    if (!keys || !n_keys) return adsync__fail(error, ADSYNC_E_INVALID, "storage.key", "%s: no keys to read", t->name);
    for (uint32_t k = 0; k < n_keys; k++)
        if ((rc = choke_key(org, t, keys + (size_t)k * t->n_key, error)) < 0) return rc;
    return ADSYNC_OK;
}

static adsync_status choke_bound(const adsync__table *t, const adsync_range *range, const adsync_value *bound, uint32_t n,
                                 adsync_error **error)
{
    uint32_t column;
    adsync_status rc;

    if (n && !bound) return adsync__fail(error, ADSYNC_E_INVALID, "storage.range", "%s: a bound has values and no address", t->name);
    for (uint32_t i = 0; i < n; i++) {
        column = adsync_index_column(range->table, range->index, i);
        if (column == UINT32_MAX)
            return adsync__fail(error, ADSYNC_E_INVALID, "storage.range", "%s: a bound is longer than its index", t->name);
        if (bound[i].kind == ADSYNC_VALUE_NULL) return choke_refuse(error, t, column, "a bound is null");
        if ((rc = choke_value(t, column, &bound[i], error)) < 0) return rc;
    }
    return ADSYNC_OK;
}

/* Both ends of a range lie in the organisation, or the index is one of the listed ones and the system asks. */
static adsync_status choke_reach(int64_t org, const adsync__table *t, const adsync_range *range, adsync_error **error)
{
    bool all = adsync_index_all_orgs(range->table, range->index);
    adsync_status rc;

    if (all != !!(range->flags & ADSYNC_RANGE_ALL_ORGS))
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.org", "%s.%s: %s", t->name, adsync_index_name(range->table, range->index),
                            all ? "only a scan flagged ALL_ORGS may use it" : "it does not go over all organisations");
    if (all && org) return adsync__fail(error, ADSYNC_E_INVALID, "storage.org", "%s: only the system scans all organisations", t->name);
    if (all || !t->has_org) return all ? ADSYNC_OK : choke_org(org, t, NULL, error);
    if (!range->n_lower || !range->n_upper)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.org", "%s: both bounds must start with the organisation", t->name);
    if ((rc = choke_org(org, t, range->lower, error)) < 0) return rc;
    return choke_org(org, t, range->upper, error);
}

adsync_status adsync__choke_range(int64_t org, const adsync_range *range, adsync_error **error)
{
    const uint32_t known = ADSYNC_RANGE_DESCENDING | ADSYNC_RANGE_EXCLUSIVE | ADSYNC_RANGE_ALL_ORGS;
    const adsync__table *t;
    adsync_status rc;

    if (!range) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "range is NULL");
    if ((rc = choke_table(range->table, &t, error)) < 0) return rc;
    if (range->index >= adsync_table_indexes(range->table))
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.range", "%s: there is no index %" PRIu32, t->name, range->index);
    if (!range->limit || range->flags & ~known || range->reserved)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.range", "%s: a range needs a limit, and flags that are known", t->name);
    if ((rc = choke_bound(t, range, range->lower, range->n_lower, error)) < 0) return rc;
    if ((rc = choke_bound(t, range, range->upper, range->n_upper, error)) < 0) return rc;
    return choke_reach(org, t, range, error);
}

/* ---- reading through the choke point */

static adsync_status choke_sink(adsync_storage *storage, uint32_t table, uint32_t columns, uint32_t most, uint8_t *kinds,
                                adsync_error **error)
{
    const adsync__table *t = adsync__table_find(table);
    uint32_t ids[ADSYNC__WIDTH_MAX];
    adsync_status rc;

    for (uint32_t i = 0; i < t->n_columns; i++) {
        ids[i] = t->columns[i].id;
        kinds[i] = (uint8_t)t->columns[i].kind;
    }
    if ((rc = adsync__sink_rows(&storage->sink, ids, kinds, t->n_columns, t->n_key, columns, error)) < 0) return rc;
    storage->sink.most = most;
    return ADSYNC_OK;
}

/* How many columns a storage is asked for: the key always, never more than there are, never 0. */
static uint32_t choke_columns(uint32_t table, uint32_t columns)
{
    const adsync__table *t = adsync__table_find(table);

    if (!columns || columns > t->n_columns) return t->n_columns;
    return columns < t->n_key ? t->n_key : columns;
}

/* What came out is of the organisation that asked: a storage with a hole in its index must not leak through us. */
static adsync_status choke_rows(int64_t org, uint32_t table, adsync_rows **rows, adsync_error **error)
{
    bool has_org = adsync_table_has_org(table) && org >= 0;
    size_t n = adsync_rows_count(*rows), foreign = 0;

    for (size_t i = 0; has_org && i < n; i++)
        foreign += adsync__rows_values(*rows, i)[0].i != org;
    if (!foreign) return ADSYNC_OK;
    adsync_rows_free(*rows);
    *rows = NULL;
    return adsync__fail(error, ADSYNC_E_FORMAT, "storage.answer", "the storage answered rows of another organisation of %s",
                        adsync_table_name(table));
}

adsync_status adsync__storage_fetch(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                    uint32_t n_keys, adsync_rows **out, adsync_error **error)
{
    const adsync_storage_ops *ops = &storage->ops;
    uint8_t kinds[ADSYNC__WIDTH_MAX];
    adsync_status rc;

    columns = choke_columns(table, columns);
    if ((rc = choke_sink(storage, table, columns, n_keys, kinds, error)) < 0) return rc;
    rc = adsync__storage_answer(ops->read(ops->user, table, columns, keys, n_keys, &storage->sink, error), false, error);
    if ((rc = adsync__sink_end(&storage->sink, rc, out, error)) < 0) return rc;
    return choke_rows(org, table, out, error);
}

adsync_status adsync__storage_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                   uint32_t n_keys, adsync_rows **out, adsync_error **error)
{
    adsync_status rc = adsync__choke_keys(org, table, keys, n_keys, error);

    return rc < 0 ? rc : adsync__storage_fetch(storage, org, table, columns, keys, n_keys, out, error);
}

static adsync_status choke_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                uint32_t n_keys, adsync_rows **out, adsync_error **error)
{
    adsync_status rc = adsync__choke_keys(org, table, keys, n_keys, error);

    if (rc < 0 || (n_keys == 1 && adsync__ahead_has(storage, table, columns, keys, out, &rc, error))) return rc;
    return adsync__storage_fetch(storage, org, table, columns, keys, n_keys, out, error);
}

adsync_status adsync_storage_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                  uint32_t n_keys, adsync_rows **out, adsync_error **error)
{
    adsync_error *words = NULL; /* apart from the caller's, which may hold an old one */
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__storage_enter(storage, "adsync_storage_read", error)) < 0) return rc;
    rc = choke_read(storage, org, table, columns, keys, n_keys, out, &words);
    adsync__storage_leave(storage);
    return adsync__fail_with(error, rc, words);
}

static adsync_status choke_scan(adsync_storage *storage, int64_t org, const adsync_range *range, adsync_rows **out, adsync_error **error)
{
    const adsync_storage_ops *ops = &storage->ops;
    uint8_t kinds[ADSYNC__WIDTH_MAX];
    adsync_range asked;
    adsync_status rc;

    if ((rc = adsync__choke_range(org, range, error)) < 0) return rc;
    asked = *range;
    asked.columns = choke_columns(range->table, range->columns);
    if ((rc = choke_sink(storage, range->table, asked.columns, range->limit, kinds, error)) < 0) return rc;
    rc = adsync__storage_answer(ops->scan(ops->user, &asked, &storage->sink, error), false, error);
    if ((rc = adsync__sink_end(&storage->sink, rc, out, error)) < 0) return rc;
    return choke_rows(range->flags & ADSYNC_RANGE_ALL_ORGS ? -1 : org, range->table, out, error);
}

adsync_status adsync_storage_scan(adsync_storage *storage, int64_t org, const adsync_range *range, adsync_rows **out, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__storage_enter(storage, "adsync_storage_scan", error)) < 0) return rc;
    rc = choke_scan(storage, org, range, out, &words);
    adsync__storage_leave(storage);
    return adsync__fail_with(error, rc, words);
}
