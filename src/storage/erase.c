/* SPDX-License-Identifier: MIT */
/* Rows that go in lots: of an organisation's table, by the storage's own means where it has some. */
#include "storage_int.h"

enum { ERASE_ROWS = 500 };

static adsync_status erase_delete(adsync_storage *storage, int64_t org, uint32_t table, adsync_rows *rows, adsync_error **error)
{
    adsync_change changes[ERASE_ROWS];
    uint32_t n = (uint32_t)adsync_rows_count(rows);

    for (uint32_t i = 0; i < n; i++)
        changes[i] = (adsync_change){ .op = ADSYNC_CHANGE_DELETE,
                                      .table = table,
                                      .expected = ADSYNC_EXPECT_ANY,
                                      .values = adsync__rows_values(rows, i),
                                      .n_values = adsync_index_width(table, 0) };
    return n ? adsync_storage_commit(storage, org, changes, n, NULL, error) : ADSYNC_OK;
}

static adsync_status erase_by_storage(adsync_storage *storage, uint32_t table, const adsync_value *org, uint32_t limit, bool *left,
                                      adsync_error **error)
{
    uint32_t more = 0;
    adsync_status rc = adsync__storage_enter(storage, "adsync__erase_lot", error);

    if (rc < 0) return rc;
    adsync__storage_ahead_end(storage);
    rc = adsync__storage_answer(storage->ops.erase(storage->ops.user, table, org, 1, limit, &more, error), false, error);
    adsync__storage_leave(storage);
    *left = more != 0;
    return rc;
}

adsync_status adsync__erase_lot(adsync_storage *storage, int64_t org, uint32_t table, uint32_t limit, bool *had, bool *left,
                                adsync_error **error)
{
    const uint32_t own = storage->ops.max_changes < ERASE_ROWS ? storage->ops.max_changes : ERASE_ROWS;
    const bool offered = storage->ops.erase != NULL;
    const adsync_value bound = adsync__value_int(org);
    adsync_range range = {
        .table = table, .limit = limit < own ? limit : own, .columns = 1, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1
    };
    adsync_rows *rows = NULL;
    adsync_status rc;

    *had = *left = false;
    if (offered) range.limit = 1; /* only to see */
    if ((rc = adsync_storage_scan(storage, org, &range, &rows, error)) < 0) return rc;
    *had = adsync_rows_count(rows) > 0;
    *left = adsync_rows_count(rows) == range.limit;
    if (*had) rc = offered ? erase_by_storage(storage, table, &bound, limit, left, error) : erase_delete(storage, org, table, rows, error);
    adsync_rows_free(rows);
    return rc;
}
