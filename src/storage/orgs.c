/* SPDX-License-Identifier: MIT */
/* The host's name of an organisation -> its number, which leads the keys of all its rows. Numbers are never used again. */
#include "storage_int.h"

enum { ORGS_ATTEMPTS = 100 };

static adsync_status orgs_broken(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "org.number", "the store holds an organisation's number that is none");
}

static adsync_status orgs_find(adsync_storage *storage, const adsync_value *name, int64_t *number, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_read(storage, 0, ADSYNC_T_ORGS, 0, name, 1, &rows, error);

    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        *number = adsync_rows_int(rows, ADSYNC_C_ORG);
        if (*number < 1) rc = orgs_broken(error);
    }
    adsync_rows_free(rows);
    return rc;
}

/* The row in meta that says which number comes next; both rows change in one commit, so no number is given twice. */
static adsync_status orgs_next(adsync_storage *storage, const adsync_value *key, int64_t *next, int64_t *version, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_read(storage, 0, ADSYNC_T_META, 0, key, 1, &rows, error);

    *next = 1;
    *version = ADSYNC_EXPECT_ABSENT;
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        *next = adsync_rows_int(rows, ADSYNC_C_VALUE);
        *version = adsync_rows_int(rows, ADSYNC_C_VERSION);
        if (*next < 1 || *next == INT64_MAX) rc = orgs_broken(error);
    }
    adsync_rows_free(rows);
    return rc;
}

static adsync_status orgs_add(adsync_storage *storage, const adsync_value *name, int64_t *number, adsync_error **error)
{
    adsync_value counter[2] = { adsync__value_text("next_org") }, org[4] = { *name };
    int64_t next, version;
    adsync_status rc;

    if ((rc = orgs_next(storage, counter, &next, &version, error)) < 0) return rc;
    counter[1] = adsync__value_int(next + 1);
    org[1] = adsync__value_int(next);
    org[2] = adsync__value_text("active");
    org[3] = adsync__value_int(adsync__now_us(adsync__storage_effects(storage)));
    {
        const adsync_change changes[] = {
            { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = version, .values = counter, .n_values = 2 },
            { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ORGS, .expected = ADSYNC_EXPECT_ABSENT, .values = org, .n_values = 4 },
        };
        rc = adsync_storage_commit(storage, 0, changes, 2, NULL, error);
    }
    if (rc >= 0) *number = next;
    return rc;
}

static adsync_status orgs_settle(adsync_storage *storage, const adsync_value *name, bool add, int64_t *number, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (uint32_t attempt = 0; attempt < ORGS_ATTEMPTS; attempt++) {
        if ((rc = orgs_find(storage, name, number, error)) < 0 || *number) return rc;
        if (!add) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.not_found", "there is no organisation of that name");
        rc = orgs_add(storage, name, number, error);
        /* conflict: another process took the number, or added this very name; uncertain: the next look tells */
        if (rc != ADSYNC_E_CONFLICT && rc != ADSYNC_E_RETRY && rc != ADSYNC_E_UNCERTAIN) return rc;
    }
    return rc;
}

adsync_status adsync_storage_org(adsync_storage *storage, const char *org, uint32_t add, int64_t *number, adsync_error **error)
{
    adsync_error *words = NULL; /* a conflict that a later try made good must not reach the caller */
    adsync_value name;
    adsync_status rc;

    if (!number) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "number is NULL");
    *number = 0;
    if (!storage) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "adsync_storage_org: storage is NULL");
    if (!org || !*org) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    name = adsync__value_text(org);
    adsync__storage_keep(storage); /* over several calls: a callback of one may free the handle */
    rc = orgs_settle(storage, &name, add != 0, number, &words);
    adsync_storage_free(storage);
    if (rc < 0) *number = 0;
    return adsync__fail_with(error, rc, words);
}

adsync_status adsync__org_stands(adsync_storage *storage, int64_t number, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(number) };
    const adsync_range range = {
        .table = ADSYNC_T_ORGS, .index = 1, .limit = 1, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1
    };
    adsync_rows *rows = NULL;
    bool stands;
    adsync_status rc = adsync_storage_scan(storage, 0, &range, &rows, error);

    if (rc < 0) return rc;
    stands = adsync_rows_next(rows, NULL) == ADSYNC_ROW && adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "active");
    adsync_rows_free(rows);
    return stands ? ADSYNC_OK : adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.deleting", "the organisation is being deleted, or is gone");
}
