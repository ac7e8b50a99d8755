/* SPDX-License-Identifier: MIT */
/* Wrapping data keys again under the current master key. What stands under another one is found by the index over the masters' names,
 * first those before the current name, then those after it; so there is nothing to remember between calls, and a key that somebody
 * wraps under an old master meanwhile is found too. */
#include "vault_int.h"

#include <inttypes.h>

typedef struct rewrap_pass {
    adsync_vault *vault;
    adsync_error *words; /* of the first key that could not be done */
    adsync_status failed;
    uint32_t left; /* how many more may be done in this call */
    uint32_t failures;
    bool ended;
} rewrap_pass;

enum { REWRAP_PAGE = 100, REWRAP_FAILURES = 100 };

/* Keys under another master: `after` those whose name comes after the current one, else before. `from` (may be NULL): go on behind
 * this row. */
static adsync_status rewrap_scan(adsync_vault *vault, bool after, const adsync_value *from, uint32_t limit, adsync_rows **out,
                                 adsync_error **error)
{
    const adsync_value current = adsync__value_text(adsync__keys_master(vault->keys));
    adsync_range range = {
        .table = ADSYNC_T_KEYS, .index = 1, .flags = ADSYNC_RANGE_ALL_ORGS | ADSYNC_RANGE_EXCLUSIVE, .limit = limit, .columns = 7
    };

    if (!after) range.flags |= ADSYNC_RANGE_DESCENDING;
    if (after) {
        range.lower = from ? from : &current;
        range.n_lower = from ? 3 : 1;
    }
    if (!after) {
        range.upper = from ? from : &current;
        range.n_upper = from ? 3 : 1;
    }
    return adsync_storage_scan(vault->storage, 0, &range, out, error);
}

static adsync_status rewrap_put(adsync_vault *vault, const ring_row *row, int64_t org, const adsync__buffer *wrapped, adsync_error **error)
{
    const adsync_value values[] = {
        adsync__value_int(org),
        adsync__value_int(row->key),
        adsync__value_text(row->state),
        adsync__value_int(row->uses),
        adsync__value_text(row->cursor),
        adsync__value_text(adsync__keys_master(vault->keys)),
        adsync__value_bytes(wrapped->p, wrapped->size),
    };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_KEYS, .expected = row->version, .values = values, .n_values = ADSYNC__COUNT(values)
    };

    return adsync_storage_commit(vault->storage, org, &change, 1, NULL, error);
}

/* One key, read fresh: others lease uses from its row all the time. */
static adsync_status rewrap_try(adsync_vault *vault, int64_t number, int64_t key, adsync_error **error)
{
    adsync__secret secret = { 0 };
    adsync__buffer wrapped = { 0 };
    ring_row row = { 0 };
    vault_org *org;
    adsync_status rc;

    if ((rc = adsync__vault_org_number(vault, number, &org, error)) < 0) return rc;
    if ((rc = adsync__ring_read(vault, org->number, key, &row, error)) < 0) goto done;
    if (!row.there || !row.master || !strcmp(row.master, adsync__keys_master(vault->keys))) goto done; /* forgotten, or done by another */
    if ((rc = adsync__ring_unwrap(vault, org, &row, &secret, error)) < 0) goto done;
    if ((rc = adsync__ring_wrap(vault, org, key, &secret, &wrapped, error)) < 0) goto done;
    rc = rewrap_put(vault, &row, org->number, &wrapped, error);
done:
    adsync__buffer_free(&wrapped);
    adsync__secret_free(&secret);
    adsync__ring_row_free(&row);
    return rc;
}

/* A key that does not unwrap is that key's trouble, and the others are done; a storage that fails ends the pass. */
static void rewrap_note(rewrap_pass *pass, adsync_status rc, adsync_error *words)
{
    bool own = rc == ADSYNC_E_NOT_FOUND || rc == ADSYNC_E_FORGED || rc == ADSYNC_E_HOST;

    if (rc >= 0) pass->left--;
    if (rc < 0) pass->failures++;
    if (rc < 0 && !pass->failed) {
        pass->failed = rc;
        pass->words = words;
        words = NULL;
    }
    adsync_error_free(words);
    pass->ended = !pass->left || pass->failures == REWRAP_FAILURES || (rc < 0 && !own);
}

static void rewrap_key(rewrap_pass *pass, int64_t number, int64_t key)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++)
        rc = rewrap_try(pass->vault, number, key, &words);
    rewrap_note(pass, rc, words);
}

/* Keys on one side of the current name. */
static adsync_status rewrap_side(rewrap_pass *pass, bool after, adsync_error **error)
{
    adsync_value from[3];
    adsync_rows *rows = NULL;
    adsync_status rc;
    size_t n = REWRAP_PAGE;
    char name[VAULT_MASTER + 1];

    for (uint32_t page = 0; n == REWRAP_PAGE && !pass->ended; page++) {
        if ((rc = rewrap_scan(pass->vault, after, page ? from : NULL, REWRAP_PAGE, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        for (size_t i = 0; i < n && !pass->ended; i++) {
            const adsync_value *row = adsync__rows_values(rows, i);
            rewrap_key(pass, row[0].i, row[1].i);
            memcpy(name, row[5].p, row[5].size);
            from[0] = (adsync_value){ .kind = ADSYNC_VALUE_TEXT, .size = row[5].size, .p = name };
            from[1] = row[0];
            from[2] = row[1];
        }
        adsync_rows_free(rows);
    }
    return ADSYNC_OK;
}

static adsync_status rewrap_count(adsync_vault *vault, uint32_t *left, adsync_error **error)
{
    adsync_rows *rows;
    size_t n = 0;
    adsync_status rc;

    for (int after = 0; after < 2 && n < VAULT_COUNTED; after++) {
        if ((rc = rewrap_scan(vault, after, NULL, VAULT_COUNTED, &rows, error)) < 0) return rc;
        n += adsync_rows_count(rows);
        adsync_rows_free(rows);
    }
    *left = n < VAULT_COUNTED ? (uint32_t)n : VAULT_COUNTED;
    return ADSYNC_OK;
}

static adsync_status rewrap_run(rewrap_pass *pass, uint32_t *left, adsync_error **error)
{
    adsync_status rc;

    if ((rc = rewrap_side(pass, false, error)) < 0) return rc;
    if ((rc = rewrap_side(pass, true, error)) < 0) return rc;
    if (left && (rc = rewrap_count(pass->vault, left, error)) < 0) return rc;
    return ADSYNC_OK;
}

adsync_status adsync_vault_rewrap(adsync_vault *vault, uint32_t max_keys, uint32_t *left, adsync_error **error)
{
    rewrap_pass pass = { .vault = vault, .left = max_keys };
    adsync_status rc;

    if (left) *left = 0;
    if (!max_keys) return adsync__fail(error, ADSYNC_E_INVALID, "vault.max", "adsync_vault_rewrap: max_keys is 0");
    if ((rc = adsync__vault_enter(vault, "adsync_vault_rewrap", error)) < 0) return rc;
    rc = rewrap_run(&pass, left, error);
    adsync__vault_leave(vault);
    if (rc < 0) adsync_error_free(pass.words);
    return rc < 0 ? rc : adsync__fail_with(error, pass.failed, pass.words);
}
