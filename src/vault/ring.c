/* SPDX-License-Identifier: MIT */
/* The data keys of one organisation, as rows of the table keys: ids count from 1, and the highest one decides.
 *
 *   active      it seals; there is one at most, for every change of the highest row compares the version it was read with
 *   retired     it opens what it sealed
 *   forgotten   the mark that adsync_vault_forget leaves in place of the highest; all below are gone
 *
 * A new key is put as "highest + 1, absent" together with "the highest so far is retired, if nobody changed it": of any number of
 * processes that race, one wins and the others read again. A key is stored before anything is sealed under it, and a row is never
 * written over with what was not proven to open, so a process may die anywhere.
 *
 * A key may be used 2^30 times: with random nonces of 96 bits, the chance that two are equal is then below 2^-37. Uses are counted in
 * lots: a process adds a lot to the row's `uses` first and then seals that often without looking. What a process that died had left of
 * its lot is lost, which wastes uses and never repeats them. */
#include "vault_int.h"

#include <inttypes.h>

bool adsync__vault_again(adsync_status status)
{
    return status == ADSYNC_E_CONFLICT || status == ADSYNC_E_RETRY || status == ADSYNC_E_UNCERTAIN;
}

static adsync_status ring_commit(adsync_vault *vault, const vault_org *org, const adsync_change *changes, uint32_t n, adsync_error **error)
{
    return adsync_storage_commit(vault->storage, org->number, changes, n, NULL, error);
}

static void ring_seals(adsync_vault *vault, vault_org *org, vault_key *key)
{
    org->sealing = key->id;
    org->believed_us = key->believed_us = adsync__monotonic_us(&vault->effects) + vault->limits.believe_us;
}

static void ring_leased(const adsync_vault *vault, vault_org *org, int64_t lot)
{
    org->lot = lot;
    org->lot_next = lot > vault->limits.lot_most / 4 ? vault->limits.lot_most : lot * 4;
}

/* ---- making a key */

static adsync_status ring_draw(adsync_vault *vault, adsync__secret *out, adsync_error **error)
{
    adsync_status rc = adsync__secret_make(vault->secrets, NULL, ADSYNC__KEY_SIZE, out, error);

    if (rc < 0) return rc;
    return adsync__random(&vault->effects, out->p, ADSYNC__KEY_SIZE, error);
}

/* Puts key `id` in place of `old`, the active one so far; NULL: there is none. */
static adsync_status ring_put(adsync_vault *vault, const vault_org *org, int64_t id, const adsync__buffer *wrapped, int64_t uses,
                              const ring_row *old, adsync_error **error)
{
    const int64_t now = adsync__now_us(&vault->effects);
    const adsync_value retired[] = { adsync__value_int(org->number), adsync__value_int(old ? old->key : 0), adsync__value_text("retired") };
    const adsync_value made[] = {
        adsync__value_int(org->number),
        adsync__value_int(id),
        adsync__value_text("active"),
        adsync__value_int(uses),
        adsync__value_null(),
        adsync__value_text(adsync__keys_master(vault->keys)),
        adsync__value_bytes(wrapped->p, wrapped->size),
        adsync__value_int(now),
        adsync__value_int(now),
    };
    const adsync_change changes[] = {
        { .op = ADSYNC_CHANGE_PUT,
          .table = ADSYNC_T_KEYS,
          .expected = ADSYNC_EXPECT_ABSENT,
          .values = made,
          .n_values = ADSYNC__COUNT(made) },
        { .op = ADSYNC_CHANGE_PUT,
          .table = ADSYNC_T_KEYS,
          .expected = old ? old->version : 0,
          .values = retired,
          .n_values = ADSYNC__COUNT(retired) },
    };

    return ring_commit(vault, org, changes, old ? 2 : 1, error);
}

static adsync_status ring_make(adsync_vault *vault, vault_org *org, int64_t id, const ring_row *old, adsync_error **error)
{
    const int64_t lot = vault->limits.lot_first;
    adsync__secret secret = { 0 };
    adsync__buffer wrapped = { 0 };
    adsync_status rc;

    if ((rc = ring_draw(vault, &secret, error)) < 0) goto done;
    if ((rc = adsync__ring_wrap(vault, org, id, &secret, &wrapped, error)) < 0) goto done;
    if ((rc = ring_put(vault, org, id, &wrapped, lot, old, error)) < 0) goto done;
    ring_seals(vault, org, adsync__vault_cache_keep(org, id, &secret));
    ring_leased(vault, org, lot);
done:
    adsync__buffer_free(&wrapped);
    adsync__secret_free(&secret);
    return rc;
}

/* ---- sealing */

static adsync_status ring_key(adsync_vault *vault, vault_org *org, const ring_row *row, vault_key **out, adsync_error **error)
{
    adsync__secret secret = { 0 };
    adsync_status rc;

    if (!(*out = adsync__vault_cache_key(org, row->key))) {
        if ((rc = adsync__ring_unwrap(vault, org, row, &secret, error)) < 0) return rc;
        *out = adsync__vault_cache_keep(org, row->key, &secret);
    }
    (*out)->believed_us = adsync__monotonic_us(&vault->effects) + vault->limits.believe_us;
    return ADSYNC_OK;
}

static adsync_status ring_lease(adsync_vault *vault, vault_org *org, const ring_row *row, adsync_error **error)
{
    const int64_t lot = org->lot_next ? org->lot_next : vault->limits.lot_first;
    const adsync_value values[] = { adsync__value_int(org->number), adsync__value_int(row->key), adsync__value_text(row->state),
                                    adsync__value_int(row->uses + lot) };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_KEYS, .expected = row->version, .values = values, .n_values = 4
    };
    adsync_status rc;

    if (row->uses > vault->limits.key_uses - lot) return ring_make(vault, org, row->key + 1, row, error);
    if ((rc = ring_commit(vault, org, &change, 1, error)) >= 0) ring_leased(vault, org, lot);
    return rc;
}

/* The highest row is an active key: it seals from now on. Unwrapped before a lot is taken from it, so that a key management service
 * that is away costs no uses. */
static adsync_status ring_use(adsync_vault *vault, vault_org *org, const ring_row *row, adsync_error **error)
{
    vault_key *key;
    adsync_status rc;

    if ((rc = ring_key(vault, org, row, &key, error)) < 0) return rc;
    if (org->sealing != row->key) org->lot = org->lot_next = 0; /* what is left was another key's */
    ring_seals(vault, org, key);
    return org->lot > 0 ? ADSYNC_OK : ring_lease(vault, org, row, error);
}

static adsync_status ring_decide(adsync_vault *vault, vault_org *org, const ring_row *top, adsync_error **error)
{
    if (!top->there) return ring_make(vault, org, 1, NULL, error);
    if (!adsync__ring_forgotten(top)) return ring_use(vault, org, top, error);
    adsync__vault_cache_forget(org);
    return adsync__ring_forgotten_refuse(error);
}

static adsync_status ring_find(adsync_vault *vault, vault_org *org, adsync_error **error)
{
    ring_row top = { 0 };
    adsync_status rc = adsync__ring_top(vault->storage, org->number, &top, error);

    if (rc >= 0) rc = ring_decide(vault, org, &top, error);
    adsync__ring_row_free(&top);
    return rc;
}

adsync_status adsync__ring_sealing(adsync_vault *vault, vault_org *org, vault_key **out, adsync_error **error)
{
    vault_key *key = org->lot > 0 ? adsync__vault_cache_key(org, org->sealing) : NULL;
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    *out = NULL;
    if (!key || adsync__monotonic_us(&vault->effects) >= org->believed_us) {
        for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++) rc = ring_find(vault, org, &words);
        if (adsync__fail_with(error, rc, words) < 0) return rc;
        key = adsync__vault_cache_key(org, org->sealing);
    }
    org->lot--;
    *out = key;
    return ADSYNC_OK;
}

/* ---- opening */

/* No row of that id: either it never was, or it went when the organisation was forgotten. The mark stands above what it replaced. */
static adsync_status ring_absent(adsync_vault *vault, const vault_org *org, int64_t id, adsync_error **error)
{
    ring_row above = { 0 };
    adsync_status rc = adsync__ring_above(vault, org->number, id, &above, error);
    bool forgotten = adsync__ring_forgotten(&above);

    adsync__ring_row_free(&above);
    if (rc < 0) return rc;
    if (forgotten) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "vault.forgotten", "the secrets of this organisation were forgotten");
    return adsync__fail(error, ADSYNC_E_FORGED, "vault.forged", "a sealed secret names a data key that this organisation never had");
}

/* The key is not to be used any more, whatever is still in memory. */
static adsync_status ring_gone(adsync_vault *vault, vault_org *org, int64_t id, bool marked, adsync_error **error)
{
    vault_key *stale = adsync__vault_cache_key(org, id);

    if (stale) adsync__vault_cache_drop(stale);
    if (!marked) return ring_absent(vault, org, id, error);
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "vault.forgotten", "the secrets of this organisation were forgotten");
}

static adsync_status ring_look(adsync_vault *vault, vault_org *org, int64_t id, vault_key **out, adsync_error **error)
{
    ring_row row = { 0 };
    adsync_status rc = adsync__ring_read(vault, org->number, id, &row, error);
    bool good = row.there && !adsync__ring_forgotten(&row);

    if (rc < 0) return rc;
    rc = good ? ring_key(vault, org, &row, out, error) : ring_gone(vault, org, id, row.there, error);
    adsync__ring_row_free(&row);
    return rc;
}

adsync_status adsync__ring_opening(adsync_vault *vault, vault_org *org, int64_t id, vault_key **out, adsync_error **error)
{
    *out = adsync__vault_cache_key(org, id);
    if (*out && adsync__monotonic_us(&vault->effects) < (*out)->believed_us) return ADSYNC_OK;
    *out = NULL;
    if (id < 1) return adsync__fail(error, ADSYNC_E_FORGED, "vault.forged", "a sealed secret names a data key that no organisation has");
    return ring_look(vault, org, id, out, error);
}

/* ---- forgetting and rotating */

enum { RING_SWEEP = 90 };

/* Deletes what stands below the mark. */
static adsync_status ring_sweep(adsync_storage *storage, int64_t org, int64_t mark, adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(mark) };
    const adsync_range range = { .table = ADSYNC_T_KEYS,
                                 .flags = ADSYNC_RANGE_DESCENDING | ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = RING_SWEEP,
                                 .columns = 2,
                                 .lower = bound,
                                 .n_lower = 1,
                                 .upper = bound,
                                 .n_upper = 2 };
    adsync_change changes[RING_SWEEP];
    adsync_rows *rows = NULL;
    adsync_status rc;
    size_t n = 0;

    do {
        if ((rc = adsync_storage_scan(storage, org, &range, &rows, error)) < 0) return rc;
        n = adsync_rows_count(rows);
        for (size_t i = 0; i < n; i++)
            changes[i] = (adsync_change){ .op = ADSYNC_CHANGE_DELETE,
                                          .table = ADSYNC_T_KEYS,
                                          .expected = ADSYNC_EXPECT_ANY,
                                          .values = adsync__rows_values(rows, i),
                                          .n_values = 2 };
        if (n) rc = adsync_storage_commit(storage, org, changes, (uint32_t)n, NULL, error);
        adsync_rows_free(rows);
    } while (rc >= 0 && n == RING_SWEEP);
    return rc;
}

/* The mark comes first: from then on nothing is sealed and no key is made, whatever happens to this process. */
static adsync_status ring_mark(adsync_storage *storage, int64_t org, const ring_row *top, int64_t now, adsync_error **error)
{
    const adsync_value values[] = {
        adsync__value_int(org),
        adsync__value_int(top->there ? top->key : 1),
        adsync__value_text("forgotten"),
        adsync__value_int(0),
        adsync__value_null(),
        adsync__value_null(),
        adsync__value_null(),
        adsync__value_int(now),
        adsync__value_int(now),
    };
    const adsync_change change = { .op = ADSYNC_CHANGE_PUT,
                                   .table = ADSYNC_T_KEYS,
                                   .expected = top->there ? top->version : ADSYNC_EXPECT_ABSENT,
                                   .values = values,
                                   .n_values = ADSYNC__COUNT(values) };

    return adsync_storage_commit(storage, org, &change, 1, NULL, error);
}

static adsync_status ring_forget(adsync_storage *storage, int64_t org, int64_t now, adsync_error **error)
{
    ring_row top = { 0 };
    adsync_status rc = adsync__ring_top(storage, org, &top, error);

    if (rc >= 0 && !adsync__ring_forgotten(&top)) rc = ring_mark(storage, org, &top, now, error);
    if (rc >= 0) rc = ring_sweep(storage, org, top.there ? top.key : 1, error);
    adsync__ring_row_free(&top);
    return rc;
}

adsync_status adsync__vault_erase(adsync_storage *storage, int64_t org, int64_t now_us, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++)
        rc = ring_forget(storage, org, now_us, &words);
    return adsync__fail_with(error, rc, words);
}

adsync_status adsync__ring_forget(adsync_vault *vault, vault_org *org, adsync_error **error)
{
    adsync__vault_cache_forget(org);
    return adsync__vault_erase(vault->storage, org->number, adsync__now_us(&vault->effects), error);
}

/* `first` is the highest id of the first try: if a later try finds a higher one that is active, somebody else rotated meanwhile. */
static adsync_status ring_rotate(adsync_vault *vault, vault_org *org, int64_t *first, adsync_error **error)
{
    ring_row top = { 0 };
    adsync_status rc = adsync__ring_top(vault->storage, org->number, &top, error);
    bool forgotten = adsync__ring_forgotten(&top);

    if (rc < 0) goto done;
    if (*first < 0) *first = top.key;
    if (forgotten && (rc = ring_sweep(vault->storage, org->number, top.key, error)) < 0) goto done;
    if (forgotten || top.key <= *first) rc = ring_make(vault, org, top.key + 1, top.there && !forgotten ? &top : NULL, error);
done:
    adsync__ring_row_free(&top);
    return rc;
}

adsync_status adsync__ring_rotate(adsync_vault *vault, vault_org *org, adsync_error **error)
{
    adsync_error *words = NULL;
    int64_t first = -1;
    adsync_status rc = ADSYNC_E_RETRY;

    for (uint32_t attempt = 0; attempt < VAULT_ATTEMPTS && adsync__vault_again(rc); attempt++) rc = ring_rotate(vault, org, &first, &words);
    if (rc >= 0) org->believed_us = 0; /* another process' key, if that was it, is looked up when it is needed */
    return adsync__fail_with(error, rc, words);
}
