/* SPDX-License-Identifier: MIT */
/* The host's name of an organisation -> its number, which leads the keys of all its rows. Numbers are never used again. */
#include "storage_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { ORGS_ATTEMPTS = 100, ORGS_NOTE = 32 };

static adsync_status orgs_broken(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_FORMAT, "org.number", "the store holds an organisation's number that is none");
}

typedef struct orgs_row {
    int64_t number, version; /* 0: there is none */
    uint32_t state;
} orgs_row;

static uint32_t orgs_state(const char *text)
{
    if (adsync__equal_text(text, "deleting")) return ADSYNC__ORG_DELETING;
    return adsync__equal_text(text, "erased") ? ADSYNC__ORG_ERASED : ADSYNC__ORG_ACTIVE;
}

static adsync_status orgs_find(adsync_storage *storage, const adsync_value *name, orgs_row *out, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_read(storage, 0, ADSYNC_T_ORGS, 0, name, 1, &rows, error);

    *out = (orgs_row){ 0 };
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        out->number = adsync_rows_int(rows, ADSYNC_C_ORG);
        out->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
        out->state = orgs_state(adsync_rows_text(rows, ADSYNC_C_STATE));
        if (out->number < 1) rc = orgs_broken(error);
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

/* `there`: the mark that an erased one of that name left, or nothing. */
static adsync_status orgs_add(adsync_storage *storage, const adsync_value *name, const orgs_row *there, int64_t *number,
                              adsync_error **error)
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
            { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ORGS, .expected = there->version, .values = org, .n_values = 4 },
        };
        rc = adsync_storage_commit(storage, 0, changes, 2, NULL, error);
    }
    if (rc >= 0) *number = next;
    return rc;
}

static adsync_status orgs_deleting(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.deleting", "the organisation is being deleted, or is gone");
}

static adsync_status orgs_settle(adsync_storage *storage, const adsync_value *name, bool add, int64_t *number, adsync_error **error)
{
    orgs_row there;
    adsync_status rc = ADSYNC_OK;

    for (uint32_t attempt = 0; attempt < ORGS_ATTEMPTS; attempt++) {
        if ((rc = orgs_find(storage, name, &there, error)) < 0) return rc;
        if (there.state == ADSYNC__ORG_DELETING) return orgs_deleting(error);
        if (there.number && there.state == ADSYNC__ORG_ACTIVE) {
            *number = there.number;
            return ADSYNC_OK;
        }
        if (!add) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.not_found", "there is no organisation of that name");
        rc = orgs_add(storage, name, &there, number, error);
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

/* ---- by number */

/* A number that was given and is in no row was an organisation's whose name somebody else has now. */
static adsync_status orgs_was_given(adsync_storage *storage, int64_t number, uint32_t *state, adsync_error **error)
{
    const adsync_value counter = adsync__value_text("next_org");
    int64_t next, version;
    adsync_status rc = orgs_next(storage, &counter, &next, &version, error);

    if (rc >= 0) *state = number < next ? ADSYNC__ORG_ERASED : ADSYNC__ORG_UNKNOWN;
    return rc;
}

adsync_status adsync__org_row(adsync_storage *storage, int64_t number, adsync_rows **out, uint32_t *state, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(number) };
    const adsync_range range = {
        .table = ADSYNC_T_ORGS, .index = 1, .limit = 1, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1
    };
    adsync_status rc = adsync_storage_scan(storage, 0, &range, out, error);

    *state = ADSYNC__ORG_UNKNOWN;
    if (rc < 0) return rc;
    if (adsync_rows_next(*out, NULL) != ADSYNC_ROW) return orgs_was_given(storage, number, state, error);
    *state = orgs_state(adsync_rows_text(*out, ADSYNC_C_STATE));
    return ADSYNC_OK;
}

adsync_status adsync__org_stands(adsync_storage *storage, int64_t number, adsync_error **error)
{
    adsync_rows *rows = NULL;
    uint32_t state;
    adsync_status rc = adsync__org_row(storage, number, &rows, &state, error);

    adsync_rows_free(rows);
    if (rc < 0 || state == ADSYNC__ORG_ACTIVE) return rc;
    return orgs_deleting(error);
}

/* ---- away with one: its row says so, and a row in meta, by which workers find it, stands until nothing of it is left */

static void orgs_note(int64_t number, char key[ORGS_NOTE]) { (void)snprintf(key, ORGS_NOTE, "erase.%019" PRId64, number); }

static adsync_status orgs_mark(adsync_storage *storage, const adsync_value *name, const orgs_row *there, adsync_error **error)
{
    const adsync_value org[] = { *name, adsync__value_int(there->number), adsync__value_text("deleting") };
    char key[ORGS_NOTE];
    adsync_value note[] = { adsync__value_null(), adsync__value_int(0) };

    orgs_note(there->number, key);
    note[0] = adsync__value_text(key);
    const adsync_change changes[] = {
        { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = ADSYNC_EXPECT_ANY, .values = note, .n_values = 2 },
        { .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ORGS, .expected = there->version, .values = org, .n_values = 3 },
    };
    return adsync_storage_commit(storage, 0, changes, 2, NULL, error);
}

adsync_status adsync__org_delete(adsync_storage *storage, const char *org, int64_t *number, uint32_t *state, adsync_error **error)
{
    const adsync_value name = adsync__value_text(org);
    adsync_error *words = NULL;
    orgs_row there;
    adsync_status rc = ADSYNC_OK;

    if (!org || !*org) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    for (uint32_t attempt = 0; attempt < ORGS_ATTEMPTS; attempt++) {
        if ((rc = orgs_find(storage, &name, &there, &words)) < 0) break;
        *number = there.number;
        *state = there.state;
        if (!there.number) rc = adsync__fail(&words, ADSYNC_E_NOT_FOUND, "org.not_found", "there is no organisation of that name");
        if (!there.number || there.state != ADSYNC__ORG_ACTIVE) break;
        rc = orgs_mark(storage, &name, &there, &words); /* what became of it, the next look tells */
        if (rc < 0 && rc != ADSYNC_E_CONFLICT && rc != ADSYNC_E_RETRY && rc != ADSYNC_E_UNCERTAIN) break;
    }
    return adsync__fail_with(error, rc, words);
}

adsync_status adsync__org_deleting(adsync_storage *storage, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value lower = adsync__value_text("erase."), upper = adsync__value_text("erase/");
    const adsync_range range = { .table = ADSYNC_T_META, .limit = limit, .lower = &lower, .n_lower = 1, .upper = &upper, .n_upper = 1 };

    return adsync_storage_scan(storage, 0, &range, out, error);
}

int64_t adsync__org_deleting_number(adsync_rows *row)
{
    const char *key = adsync_rows_text(row, ADSYNC_C_KEY);

    return key && strlen(key) > strlen("erase.") ? strtoll(key + strlen("erase."), NULL, 10) : 0;
}

/* The mark that stays: its number is given to nobody again, its name may be. */
adsync_status adsync__org_bury(adsync_storage *storage, int64_t number, adsync_error **error)
{
    char key[ORGS_NOTE];
    adsync_rows *row = NULL;
    uint32_t state;
    adsync_status rc = adsync__org_row(storage, number, &row, &state, error);

    orgs_note(number, key);
    if (rc >= 0) {
        const adsync_value name = adsync__value_text(adsync_rows_text(row, ADSYNC_C_NAME)), note = adsync__value_text(key);
        const adsync_value org[] = { name, adsync__value_int(number), adsync__value_text("erased") };
        const adsync_change changes[] = {
            { .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_META, .expected = ADSYNC_EXPECT_ANY, .values = &note, .n_values = 1 },
            { .op = ADSYNC_CHANGE_PUT,
              .table = ADSYNC_T_ORGS,
              .expected = adsync_rows_int(row, ADSYNC_C_VERSION),
              .values = org,
              .n_values = 3 },
        };
        rc = adsync_storage_commit(storage, 0, changes, state == ADSYNC__ORG_DELETING ? 2 : 1, NULL, error);
    }
    adsync_rows_free(row);
    return rc;
}
