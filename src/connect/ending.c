/* SPDX-License-Identifier: MIT */
/* Whose consent ends: what is due by the table's index, and to each row when a person has to see to it. What renews a token is its refresh
 * token, or where there is none the token itself while it lives. */
#include "connect_int.h"

static adsync_status ending_has_refresh(adsync__kernel *kernel, int64_t org, int64_t grant, bool *has, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(grant), adsync__value_text("refresh_token"),
                                 adsync__value_int(0) };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(kernel), org, ADSYNC_T_SECRETS, ADSYNC__COUNT(key), key, 1, &rows, error);

    *has = rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW;
    adsync_rows_free(rows);
    return rc;
}

/* 0: never, as far as anybody knows. */
static adsync_status ending_of(adsync__kernel *kernel, adsync_rows *row, int64_t *ends, adsync_error **error)
{
    static const uint32_t stamps[] = { ADSYNC_C_REFRESH_EXPIRES_US, ADSYNC_C_DATA_EXPIRES_US, ADSYNC_C_ACCESS_EXPIRES_US };
    const char *state = adsync_rows_text(row, ADSYNC_C_STATE);
    bool over = adsync__equal_text(state, "expired") || adsync__equal_text(state, "revoked"), renews = false;
    adsync_status rc = ADSYNC_OK;

    *ends = over ? adsync_rows_int(row, ADSYNC_C_DUE_US) : 0;
    if (over) return ADSYNC_OK;
    if (adsync__grant_refreshable(kernel, adsync_rows_text(row, ADSYNC_C_PLATFORM)))
        rc = ending_has_refresh(kernel, adsync_rows_int(row, ADSYNC_C_ORG), adsync_rows_int(row, ADSYNC_C_GRANT), &renews, error);
    for (size_t i = 0; i < ADSYNC__COUNT(stamps) - renews; i++) { /* the last one does not count where it is renewed */
        int64_t us = adsync_rows_int(row, stamps[i]);
        if (us > 0 && (!*ends || us < *ends)) *ends = us;
    }
    return rc;
}

adsync_status adsync__grant_ending(adsync__kernel *kernel, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], n;
    adsync_value values[ADSYNC__WIDTH_MAX + 1];
    adsync_rows *rows = NULL;
    int64_t ends;
    adsync_status rc = adsync__grant_expiring(kernel, until_us, limit, &rows, error);

    if (rc < 0) return rc;
    n = adsync_rows_width(rows);
    for (uint32_t i = 0; i < n; i++) columns[i] = adsync_rows_column(rows, i);
    columns[n] = ADSYNC_C_EXPIRES_US;
    rc = adsync__rows_new(columns, n + 1, out, error);
    for (size_t at = 0; rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW; at++) {
        if ((rc = ending_of(kernel, rows, &ends, error)) < 0) break;
        memcpy(values, adsync__rows_values(rows, at), n * sizeof *values);
        values[n] = ends ? adsync__value_int(ends) : adsync__value_null();
        rc = adsync__rows_add(*out, values, error);
    }
    adsync_rows_free(rows);
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}
