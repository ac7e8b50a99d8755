/* SPDX-License-Identifier: MIT */
/* Sealing stored secrets again under the newest data key: every sealed column of every table that the organisation has rows in.
 *
 * A pass goes through the tables in their order and through each table by its key. Where it stands is kept in the active key's row
 * (`cursor`, a place as column.c writes it): whatever lies before it has been seen by a pass for this very key, so any process may go
 * on from there, and one that stops between two commits loses nothing but its way since the last. A row is written back only if nobody
 * changed it since it was read; if somebody did, it is read again. */
#include "vault_int.h"

#include <inttypes.h>

enum { RESEAL_PAGE = 50, RESEAL_BYTES = 512 << 10, RESEAL_LOOKED = 5000 };

typedef struct reseal_pass {
    adsync_vault *vault;
    vault_org *org;
    int64_t key; /* the one to seal with */
    uint32_t max, done, looked, broken;
    uint32_t table; /* where it stands: behind this table's row `at`, or before its first */
    bool inside, ended;
    adsync_value at[ADSYNC__KEY_MAX];
    char store[ADSYNC__VAULT_CONTEXT + 1];
    char place[ADSYNC__VAULT_CONTEXT + 1]; /* the same as text */
} reseal_pass;

/* ---- going through the rows */

/* The organisation may have rows in the table, and they may hold something sealed. */
static bool reseal_concerns(const reseal_pass *pass, uint32_t table)
{
    return adsync__column_width(table) && (adsync_table_has_org(table) || !pass->org->number);
}

static adsync_status reseal_page(reseal_pass *pass, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value org = adsync__value_int(pass->org->number);
    const bool has_org = adsync_table_has_org(pass->table);
    adsync_range range = { .table = pass->table,
                           .limit = limit,
                           .columns = adsync__column_width(pass->table),
                           .lower = &org,
                           .upper = &org,
                           .n_lower = has_org,
                           .n_upper = has_org };

    if (pass->inside) {
        range.flags = ADSYNC_RANGE_EXCLUSIVE;
        range.lower = pass->at;
        range.n_lower = adsync_index_width(pass->table, 0);
    }
    return adsync_storage_scan(pass->vault->storage, pass->org->number, &range, out, error);
}

/* Moves on behind a row. Keeps the key as text, since the row's bytes go with their page. */
static void reseal_behind(reseal_pass *pass, const adsync_value *row)
{
    adsync__column_place(pass->table, row, pass->place);
    pass->inside = adsync__column_place_read(pass->place, pass->org->number, &pass->table, pass->at, pass->store);
}

static void reseal_next_table(reseal_pass *pass)
{
    pass->inside = false;
    do pass->table++;
    while (pass->table <= adsync_table_count() && !reseal_concerns(pass, pass->table));
    pass->ended = pass->table > adsync_table_count();
}

/* ---- rows */

static bool reseal_old(const reseal_pass *pass, uint32_t column, const adsync_value *row)
{
    int64_t key;

    if (!adsync_table_column_sealed(pass->table, column) || row[column].kind == ADSYNC_VALUE_NULL) return false;
    return adsync__blob_key(row[column].p, row[column].size, &key, NULL) < 0 || key != pass->key;
}

static bool reseal_row_old(const reseal_pass *pass, const adsync_value *row)
{
    for (uint32_t i = 0; i < adsync__column_width(pass->table); i++)
        if (reseal_old(pass, i, row)) return true;
    return false;
}

/* What belongs to one row and is gone for good is left alone; all else ends the call. */
static bool reseal_is_broken(adsync_status rc, const adsync_error *words)
{
    if (rc == ADSYNC_E_NOT_FOUND) return !strcmp(adsync_error_name(words), "vault.forgotten");
    return rc == ADSYNC_E_FORGED && !strncmp(adsync_error_name(words), "vault.", 6);
}

static adsync_status reseal_value(reseal_pass *pass, uint32_t column, adsync_value *row, uint32_t n, adsync__arena *arena,
                                  adsync_error **error)
{
    const uint32_t id = adsync_table_column(pass->table, column);
    const int64_t generation = adsync__column_generation(pass->table, row, n);
    char context[ADSYNC__VAULT_CONTEXT + 1];
    adsync__secret secret = { 0 };
    vault_key *key;
    int64_t old;
    uint8_t *blob;
    adsync_status rc;

    adsync__column_context(pass->table, id, row, context);
    if ((rc = adsync__blob_key(row[column].p, row[column].size, &old, error)) < 0) goto done;
    if ((rc = adsync__ring_opening(pass->vault, pass->org, old, &key, error)) < 0) goto done;
    if ((rc = adsync__blob_open(pass->vault, pass->org, key, context, generation, row[column].p, row[column].size, &secret, error)) < 0)
        goto done;
    if ((rc = adsync__ring_sealing(pass->vault, pass->org, &key, error)) < 0) goto done;
    if (!(blob = adsync__arena_take(arena, row[column].size))) {
        rc = adsync__fail_memory(error);
        goto done;
    }
    if ((rc = adsync__blob_seal(pass->vault, pass->org, key, context, generation, secret.p, secret.size, blob, error)) < 0) goto done;
    row[column].p = (const char *)blob;
done:
    adsync__secret_free(&secret);
    return rc;
}

/* Seals the old columns of a row anew, in place. *changed: how many. */
static adsync_status reseal_row(reseal_pass *pass, adsync_value *row, adsync__arena *arena, uint32_t *changed, adsync_error **error)
{
    const uint32_t n = adsync__column_width(pass->table);
    adsync_error *words = NULL;
    adsync_status rc;

    *changed = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!reseal_old(pass, i, row)) continue;
        rc = reseal_value(pass, i, row, n, arena, &words);
        if (rc < 0 && !reseal_is_broken(rc, words)) return adsync__fail_with(error, rc, words);
        *changed += rc >= 0;
        pass->broken += rc < 0;
        if (rc < 0)
            adsync__log(&pass->vault->effects, ADSYNC_LOG_WARN, "vault.broken",
                        "%s.%s: a sealed value of organisation %" PRId64 " does not open and was left as it is",
                        adsync_table_name(pass->table), adsync_column_name(adsync_table_column(pass->table, i)), pass->org->number);
    }
    adsync_error_free(words);
    return ADSYNC_OK;
}

static adsync_change reseal_change(const reseal_pass *pass, const adsync_value *row)
{
    uint32_t n = adsync__column_width(pass->table);

    return (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = pass->table, .expected = row[n].i, .values = row, .n_values = n };
}

/* One row that somebody changed meanwhile, read again until it holds still. */
static adsync_status reseal_alone(reseal_pass *pass, const adsync_value *key, adsync_error **error)
{
    const uint32_t n = adsync__column_width(pass->table);
    adsync_value row[ADSYNC__WIDTH_MAX + 1];
    adsync_status rc = ADSYNC_E_CONFLICT;
    adsync_rows *rows = NULL;
    adsync_change change;
    uint32_t changed;

    for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++) {
        adsync__arena arena = { 0 };
        if ((rc = adsync_storage_read(pass->vault->storage, pass->org->number, pass->table, n, key, 1, &rows, error)) < 0) continue;
        if (adsync_rows_count(rows)) {
            memcpy(row, adsync__rows_values(rows, 0), (n + 1) * sizeof *row);
            rc = reseal_row(pass, row, &arena, &changed, error);
            change = reseal_change(pass, row);
            if (rc >= 0 && changed) rc = adsync_storage_commit(pass->vault->storage, pass->org->number, &change, 1, NULL, error);
        }
        adsync__arena_free(&arena);
        adsync_rows_free(rows);
    }
    return rc;
}

/* ---- a page */

typedef struct reseal_batch {
    adsync__arena arena; /* rows with their new blobs */
    adsync_change changes[RESEAL_PAGE];
    uint32_t n, secrets;
    size_t bytes;
} reseal_batch;

static adsync_status reseal_collect(reseal_pass *pass, const adsync_value *values, reseal_batch *batch, adsync_error **error)
{
    const uint32_t n = adsync__column_width(pass->table);
    adsync_value *row = adsync__arena_take(&batch->arena, (n + 1) * sizeof *row);
    uint32_t changed;
    adsync_status rc;

    if (!row) return adsync__fail_memory(error);
    memcpy(row, values, (n + 1) * sizeof *row);
    if ((rc = reseal_row(pass, row, &batch->arena, &changed, error)) < 0 || !changed) return rc;
    batch->changes[batch->n++] = reseal_change(pass, row);
    batch->secrets += changed;
    for (uint32_t i = 0; i < n; i++) batch->bytes += row[i].size + 8;
    return ADSYNC_OK;
}

/* All rows in one commit; where that does not hold, each alone. */
static adsync_status reseal_flush(reseal_pass *pass, reseal_batch *batch, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_OK;

    if (batch->n) rc = adsync_storage_commit(pass->vault->storage, pass->org->number, batch->changes, batch->n, NULL, &words);
    if (adsync__vault_again(rc) || rc == ADSYNC_E_TOO_BIG) {
        rc = ADSYNC_OK;
        for (uint32_t i = 0; i < batch->n && rc >= 0; i++) rc = reseal_alone(pass, batch->changes[i].values, &words);
    }
    if (rc >= 0) pass->done += batch->secrets;
    adsync__arena_free(&batch->arena);
    batch->n = batch->secrets = 0;
    batch->bytes = 0;
    return adsync__fail_with(error, rc, words);
}

/* At most a page; ends behind the last row that was dealt with. */
static adsync_status reseal_some(reseal_pass *pass, adsync_error **error)
{
    reseal_batch batch = { .n = 0 };
    adsync_rows *rows = NULL;
    const adsync_value *row = NULL;
    adsync_status rc;
    size_t i, n;

    if ((rc = reseal_page(pass, RESEAL_PAGE, &rows, error)) < 0) return rc;
    n = adsync_rows_count(rows);
    for (i = 0; i < n && rc >= 0 && batch.bytes < RESEAL_BYTES && pass->done + batch.secrets < pass->max; i++) {
        row = adsync__rows_values(rows, i);
        rc = reseal_collect(pass, row, &batch, error);
    }
    if (rc >= 0) rc = reseal_flush(pass, &batch, error);
    adsync__arena_free(&batch.arena);
    pass->looked += (uint32_t)i;
    if (rc >= 0 && row) reseal_behind(pass, row);
    if (rc >= 0 && i == n && n < RESEAL_PAGE) reseal_next_table(pass);
    adsync_rows_free(rows);
    return rc;
}

/* ---- where it stands */

static adsync_status reseal_begin(reseal_pass *pass, adsync_error **error)
{
    ring_row top = { 0 };
    adsync_status rc = adsync__ring_top(pass->vault->storage, pass->org->number, &top, error);

    if (rc >= 0 && adsync__ring_forgotten(&top)) rc = adsync__ring_forgotten_refuse(error);
    if (rc < 0) goto done;
    pass->key = top.key;
    pass->ended = !top.there;                                      /* nothing was ever sealed */
    if (pass->org->sealing != top.key) pass->org->believed_us = 0; /* or the old would be sealed with the old */
    pass->inside =
        adsync__column_place_read(top.cursor, pass->org->number, &pass->table, pass->at, pass->store) && reseal_concerns(pass, pass->table);
    if (pass->inside) memcpy(pass->place, top.cursor, strlen(top.cursor) + 1);
    if (pass->inside || pass->ended) goto done;
    pass->table = 0;
    reseal_next_table(pass);
done:
    adsync__ring_row_free(&top);
    return rc;
}

/* An own read, so that the lots others lease from the row meanwhile are kept. */
static adsync_status reseal_keep(reseal_pass *pass, const char *place, adsync_error **error)
{
    ring_row row = { 0 };
    adsync_status rc = adsync__ring_read(pass->vault, pass->org->number, pass->key, &row, error);

    if (rc >= 0 && row.there && adsync__equal_text(row.state, "active") && !adsync__equal_text(row.cursor, place)) {
        const adsync_value values[] = { adsync__value_int(pass->org->number), adsync__value_int(row.key), adsync__value_text(row.state),
                                        adsync__value_int(row.uses), adsync__value_text(place) };
        const adsync_change change = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_KEYS, .expected = row.version, .values = values, .n_values = 5
        };
        rc = adsync_storage_commit(pass->vault->storage, pass->org->number, &change, 1, NULL, error);
    }
    adsync__ring_row_free(&row);
    return rc;
}

static adsync_status reseal_save(reseal_pass *pass, adsync_error **error)
{
    const char *place = !pass->ended && *pass->place ? pass->place : NULL;
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++) rc = reseal_keep(pass, place, &words);
    return adsync__fail_with(error, rc, words);
}

/* Looks ahead without sealing. Ends the pass where nothing is left. */
static adsync_status reseal_count(reseal_pass *pass, uint32_t *left, adsync_error **error)
{
    reseal_pass ahead = *pass;
    adsync_rows *rows = NULL;
    adsync_status rc;
    size_t n;

    *left = 0;
    for (ahead.looked = 0; !ahead.ended && ahead.looked < VAULT_COUNTED;) {
        if ((rc = reseal_page(&ahead, RESEAL_PAGE, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        for (size_t i = 0; i < n; i++) *left += reseal_row_old(&ahead, adsync__rows_values(rows, i));
        if (n) reseal_behind(&ahead, adsync__rows_values(rows, n - 1));
        if (n < RESEAL_PAGE) reseal_next_table(&ahead);
        ahead.looked += (uint32_t)n;
        adsync_rows_free(rows);
    }
    if (!*left && ahead.ended) pass->ended = true;
    if (!*left && !ahead.ended) *left = 1;
    if (*left > VAULT_COUNTED) *left = VAULT_COUNTED;
    return ADSYNC_OK;
}

static bool reseal_goes_on(const reseal_pass *pass)
{
    return !pass->ended && pass->done < pass->max && pass->looked < RESEAL_LOOKED;
}

static adsync_status reseal_run(reseal_pass *pass, uint32_t *left, adsync_error **error)
{
    adsync_status rc, saved;

    if ((rc = reseal_begin(pass, error)) < 0) return rc;
    while (rc >= 0 && reseal_goes_on(pass)) rc = reseal_some(pass, error);
    if (rc >= 0) rc = reseal_count(pass, left, error);
    if (rc >= 0 && !*left && pass->done && pass->org->sealing != pass->key) *left = 1; /* there is a newer key already */
    saved = reseal_save(pass, rc < 0 ? NULL : error); /* also what was done before a failure */
    if (rc < 0 || saved < 0) return rc < 0 ? rc : saved;
    return pass->broken ? ADSYNC_PARTIAL : ADSYNC_OK;
}

adsync_status adsync_vault_reseal(adsync_vault *vault, const char *org, uint32_t max_secrets, uint32_t *left, adsync_error **error)
{
    reseal_pass *pass = NULL;
    uint32_t ahead = 0;
    adsync_status rc;

    if (left) *left = 0;
    if (!max_secrets) return adsync__fail(error, ADSYNC_E_INVALID, "vault.max", "adsync_vault_reseal: max_secrets is 0");
    if ((rc = adsync__vault_enter(vault, "adsync_vault_reseal", error)) < 0) return rc;
    if (!(pass = adsync__alloc_zero(1, sizeof *pass))) rc = adsync__fail_memory(error);
    if (rc >= 0) {
        pass->vault = vault;
        pass->max = max_secrets;
        rc = adsync__vault_org(vault, org, false, &pass->org, error);
    }
    if (rc >= 0) rc = reseal_run(pass, &ahead, error);
    if (rc >= 0 && left) *left = ahead;
    adsync__free(pass);
    adsync__vault_leave(vault);
    return rc;
}
