/* SPDX-License-Identifier: MIT */
/* Rows of an organisation without an end to their number: whoever counts them, or shows them to a person, has to see all. They are read in
 * pages, so no answer of a storage grows with them. */
#include "storage_int.h"

enum { PAGES_ROWS = 1000, PAGES_KEY = 8 };

static adsync_status pages_add(adsync_rows *page, adsync_rows *out, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; i < adsync_rows_count(page) && rc >= 0; i++) rc = adsync__rows_add(out, adsync__rows_values(page, i), error);
    return rc;
}

adsync_status adsync__storage_all(adsync_storage *storage, int64_t org, uint32_t table, int64_t number, adsync_rows **out,
                                  adsync_error **error)
{
    adsync_value lower[PAGES_KEY] = { adsync__value_int(org), adsync__value_int(number) };
    const adsync_value upper[] = { lower[0], lower[1] };
    adsync_range range = { .table = table,
                           .limit = PAGES_ROWS,
                           .lower = lower,
                           .n_lower = number ? 2 : 1,
                           .upper = upper,
                           .n_upper = number ? 2 : 1 };
    adsync_rows *page = NULL;
    size_t n;
    adsync_status rc;

    if ((rc = adsync_storage_scan(storage, org, &range, out, error)) < 0) return rc;
    range.flags = ADSYNC_RANGE_EXCLUSIVE;
    range.n_lower = adsync__table_find(table)->n_key;
    for (n = adsync_rows_count(*out); n == PAGES_ROWS && rc >= 0; n = adsync_rows_count(page), adsync_rows_free(page)) {
        memcpy(lower, adsync__rows_values(*out, adsync_rows_count(*out) - 1), range.n_lower * sizeof *lower);
        page = NULL;
        if ((rc = adsync_storage_scan(storage, org, &range, &page, error)) >= 0) rc = pages_add(page, *out, error);
    }
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}
