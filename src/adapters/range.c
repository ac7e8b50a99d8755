/* SPDX-License-Identifier: MIT */
/* A scan of queue.by_class from (shard 0, class 2, time 5, ...) on, up to (shard 0, class 2, time 9), is: both bounds begin with
 * 0, 2, so `shard = ?1 AND class = ?2 AND (run_after_us, org, connection, slot) > (?3, ?4, ?5, ?6) AND run_after_us <= ?7`, a single
 * search of the index. */
#include "adapters.h"

uint16_t adsync__sql_wanted(uint32_t table, uint32_t columns)
{
    uint32_t width = adsync_table_width(table), n_key = adsync_index_width(table, 0);

    if (!columns || columns > width) return (uint16_t)width;
    return (uint16_t)(columns < n_key ? n_key : columns);
}

/* How many leading values both bounds share. */
static uint16_t range_equal(const adsync_range *range)
{
    uint32_t most = range->n_lower < range->n_upper ? range->n_lower : range->n_upper, n = 0;

    while (n < most && !adsync_value_compare(&range->lower[n], &range->upper[n])) n++;
    return (uint16_t)n;
}

bool adsync__sql_range_take(const adsync_range *range, adsync__sql_range *out)
{
    const uint32_t known = ADSYNC_RANGE_DESCENDING | ADSYNC_RANGE_EXCLUSIVE;
    uint32_t n_start = range->flags & ADSYNC_RANGE_DESCENDING ? range->n_upper : range->n_lower;

    *out = (adsync__sql_range){ .table = (uint16_t)range->table, .index = (uint16_t)range->index, .equal = range_equal(range) };
    out->columns = adsync__sql_wanted(range->table, range->columns);
    out->flags = (uint16_t)(range->flags & known);
    out->lower = (uint16_t)(range->n_lower - out->equal);
    out->upper = (uint16_t)(range->n_upper - out->equal);
    /* strictly after a bound that the other bound begins with: there is nothing */
    return !(range->flags & ADSYNC_RANGE_EXCLUSIVE) || !n_start || n_start != out->equal;
}

static const char *range_column(const adsync__sql_range *range, uint32_t i)
{
    return adsync__sql_column(range->table, adsync_index_column(range->table, range->index, i));
}

/* `n` columns of the index from the `equal`-th on, against the parameters from ?first on. */
static void range_bound(adsync__sql *out, const adsync__sql_range *range, const char *before, uint32_t n, const char *operator,
                        uint32_t first)
{
    if (!n) return;
    adsync__sql_add(out, "%s(", before);
    for (uint32_t i = 0; i < n; i++)
        adsync__sql_add(out, "%s\"%s\"", i ? ", " : "", range_column(range, range->equal + i));
    adsync__sql_add(out, ") %s (", operator);
    for (uint32_t i = 0; i < n; i++)
        adsync__sql_add(out, "%s%c%u", i ? ", " : "", out->mark, first + i);
    adsync__sql_add(out, ")");
}

static void range_order(adsync__sql *out, const adsync__sql_range *range)
{
    bool down = range->flags & ADSYNC_RANGE_DESCENDING;

    for (uint32_t i = 0; adsync_index_column(range->table, range->index, i) != UINT32_MAX; i++)
        adsync__sql_add(out, "%s\"%s\"%s", i ? ", " : " ORDER BY ", range_column(range, i), down ? " DESC" : "");
}

void adsync__sql_range_text(adsync__sql *out, const adsync__sql_range *range)
{
    bool down = range->flags & ADSYNC_RANGE_DESCENDING, strictly = range->flags & ADSYNC_RANGE_EXCLUSIVE;
    const char *before = " WHERE ";

    for (uint32_t i = 0; i < range->equal; i++, before = " AND ")
        adsync__sql_add(out, "%s\"%s\" = %c%u", before, range_column(range, i), out->mark, i + 1);
    range_bound(out, range, before, range->lower, strictly && !down ? ">" : ">=", range->equal + 1u);
    if (range->lower) before = " AND ";
    range_bound(out, range, before, range->upper, strictly && down ? "<" : "<=", range->equal + range->lower + 1u);
    if (range->upper) before = " AND ";
    for (uint32_t i = 0; range->index && i < adsync_index_width(range->table, range->index); i++, before = " AND ")
        adsync__sql_add(out, "%s\"%s\" IS NOT NULL", before, range_column(range, i));
    range_order(out, range);
    adsync__sql_add(out, " LIMIT %c%u", out->mark, range->equal + range->lower + range->upper + 1u);
}
