/* SPDX-License-Identifier: MIT */
/* The handle: organisations by name, arguments, and the way from a call to a key and a blob. */
#include "vault_int.h"

#include <inttypes.h>

static const adsync__vault_limits vault_limits = {
    .lot_first = 1024, .lot_most = 1 << 20, .key_uses = 1 << 30, .believe_us = 60 * 1000000, .orgs = 1024
};

static adsync_status vault_begin(adsync_vault *vault, adsync_storage *storage, adsync_keys *keys, const adsync_host *host,
                                 adsync_error **error)
{
    adsync_status rc;

    if ((rc = adsync__effects_begin(&vault->effects, host, error)) < 0) return rc;
    if ((rc = adsync__crypto_open(&vault->crypto, error)) < 0) return rc;
    if ((rc = adsync__secrets_open(&vault->effects, &vault->secrets, error)) < 0) return rc;
    vault->limits = vault_limits;
    adsync__guard_begin(&vault->guard);
    adsync__storage_keep(vault->storage = storage);
    adsync__keys_keep(vault->keys = keys);
    return ADSYNC_OK;
}

static void vault_destroy(adsync_vault *vault)
{
    adsync__vault_cache_clear(&vault->cache);
    adsync__secrets_free(vault->secrets);
    adsync__crypto_free(vault->crypto);
    adsync_keys_free(vault->keys);
    adsync_storage_free(vault->storage);
    adsync__wipe(vault, sizeof *vault);
    adsync__free(vault);
}

adsync_status adsync_vault_open(adsync_storage *storage, adsync_keys *keys, const adsync_host *host, adsync_vault **out,
                                adsync_error **error)
{
    adsync_vault *made;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!storage || !keys)
        return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "adsync_vault_open: %s is NULL", storage ? "keys" : "storage");
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    if ((rc = vault_begin(made, storage, keys, host, error)) < 0) {
        vault_destroy(made);
        return rc;
    }
    if (!adsync__keys_locked(keys) && adsync__secrets_locked(made->secrets)) /* else the vault's own pages have said so */
        adsync__log(&made->effects, ADSYNC_LOG_WARN, "secrets.not_locked",
                    "memory for master keys cannot be locked; raise RLIMIT_MEMLOCK (ulimit -l)");
    *out = made;
    return ADSYNC_OK;
}

void adsync_vault_free(adsync_vault *vault)
{
    if (vault && adsync__guard_drop(&vault->guard)) vault_destroy(vault);
}

adsync_status adsync__vault_enter(adsync_vault *vault, const char *what, adsync_error **error)
{
    if (!vault) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s: vault is NULL", what);
    if (adsync__secrets_forked(vault->secrets)) /* its keys are all zeros here: what they sealed, anybody could open */
        return adsync__fail(error, ADSYNC_E_INVALID, "vault.forked", "%s: a vault is not used across fork; open one in the child", what);
    return adsync__guard_enter(&vault->guard, what, error);
}

void adsync__vault_leave(adsync_vault *vault)
{
    if (adsync__guard_leave(&vault->guard)) vault_destroy(vault);
}

adsync__secrets *adsync__vault_secrets(adsync_vault *vault) { return vault->secrets; }
adsync__crypto *adsync__vault_crypto(adsync_vault *vault) { return vault->crypto; }
void adsync__vault_tune(adsync_vault *vault, const adsync__vault_limits *limits) { vault->limits = *limits; }

/* Many are drawn at once: asking the system for each would cost as much as sealing does. */
adsync_status adsync__vault_nonce(adsync_vault *vault, uint8_t *out, adsync_error **error)
{
    adsync_status rc;

    if (!vault->nonces_left) {
        if ((rc = adsync__random(&vault->effects, vault->nonces, sizeof vault->nonces, error)) < 0) return rc;
        vault->nonces_left = VAULT_NONCES;
    }
    memcpy(out, vault->nonces + (size_t)--vault->nonces_left * ADSYNC__NONCE_SIZE, ADSYNC__NONCE_SIZE);
    return ADSYNC_OK;
}

/* ---- organisations. Data keys are wrapped for the host's name and blobs are bound to the number, so a row of the table orgs that was
 * changed to lead one organisation to another's number leads to keys that do not open. */

static adsync_status vault_org_add(adsync_vault *vault, int64_t number, const char *name, vault_org **out, adsync_error **error)
{
    vault_org *known = adsync__vault_cache_number(&vault->cache, number);

    *out = NULL;
    if (known && strcmp(known->name, name) != 0)
        return adsync__fail(error, ADSYNC_E_FORGED, "vault.org", "two organisations have the number %" PRId64, number);
    *out = known ? known : adsync__vault_cache_add(&vault->cache, vault->limits.orgs, number, name);
    return *out ? ADSYNC_OK : adsync__fail_memory(error);
}

/* A name whose organisation was erased may be another's by now: its number is looked up again. */
static adsync_status vault_org_again(adsync_vault *vault, const char *name, bool add, vault_org **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc;

    *out = NULL;
    if ((rc = adsync_storage_org(vault->storage, name, add, &number, error)) < 0) return rc;
    return vault_org_add(vault, number, name, out, error);
}

adsync_status adsync__vault_org(adsync_vault *vault, const char *name, bool add, vault_org **out, adsync_error **error)
{
    if (!name) return adsync__vault_org_number(vault, 0, out, error);
    *out = NULL;
    if (!*name) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    if ((*out = adsync__vault_cache_name(&vault->cache, name))) return ADSYNC_OK;
    return vault_org_again(vault, name, add, out, error);
}

static adsync_status vault_org_named(adsync_vault *vault, int64_t number, adsync_rows *rows, vault_org **out, adsync_error **error)
{
    size_t n = adsync_rows_count(rows);

    if (n > 1) return adsync__fail(error, ADSYNC_E_FORGED, "vault.org", "two organisations have the number %" PRId64, number);
    if (!n) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.not_found", "there is no organisation with the number %" PRId64, number);
    (void)adsync_rows_next(rows, NULL);
    return vault_org_add(vault, number, adsync_rows_bytes(rows, ADSYNC_C_NAME, NULL), out, error);
}

adsync_status adsync__vault_org_number(adsync_vault *vault, int64_t number, vault_org **out, adsync_error **error)
{
    const adsync_value bound = adsync__value_int(number);
    const adsync_range range = {
        .table = ADSYNC_T_ORGS, .index = 1, .limit = 2, .columns = 2, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1
    };
    adsync_rows *rows = NULL;
    adsync_status rc;

    if ((*out = adsync__vault_cache_number(&vault->cache, number))) return ADSYNC_OK;
    if (!number) return vault_org_add(vault, 0, "", out, error);
    if ((rc = adsync_storage_scan(vault->storage, 0, &range, &rows, error)) < 0) return rc;
    rc = vault_org_named(vault, number, rows, out, error);
    adsync_rows_free(rows);
    return rc;
}

/* ---- arguments */

static adsync_status vault_check(const char *context, const void *p, size_t size, size_t most, adsync_error **error)
{
    size_t n = context ? strnlen(context, ADSYNC__VAULT_CONTEXT + 1) : 0;

    if (!n || n > ADSYNC__VAULT_CONTEXT || !adsync__utf8_valid(context, n))
        return adsync__fail(error, ADSYNC_E_INVALID, "vault.context", "a context is 1 to %d bytes of UTF-8", ADSYNC__VAULT_CONTEXT);
    if (size && !p) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "the bytes are NULL, their size is not 0");
    if (size > most) return adsync__fail(error, ADSYNC_E_TOO_BIG, "vault.too_big", "more than 16 MiB to seal or open");
    return ADSYNC_OK;
}

/* ---- sealing */

static adsync_status vault_seal(adsync_vault *vault, vault_org *org, const char *context, int64_t generation, const void *p, size_t size,
                                char *out, adsync_error **error)
{
    vault_key *key;
    adsync_status rc;

    if ((rc = adsync__ring_sealing(vault, org, &key, error)) < 0) return rc;
    return adsync__blob_seal(vault, org, key, context, generation, p, size, (uint8_t *)out, error);
}

static adsync_status vault_seal_bytes(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p,
                                      size_t size, adsync_bytes **sealed, adsync_error **error)
{
    adsync_bytes *made = NULL;
    vault_org *o, *again;
    adsync_status rc;
    char *out;

    if ((rc = adsync__vault_org(vault, org, true, &o, error)) < 0) return rc;
    if ((rc = adsync__bytes_room(size + ADSYNC__VAULT_OVERHEAD, &made, &out, error)) < 0) return rc;
    rc = vault_seal(vault, o, context, generation, p, size, out, error);
    if (rc == ADSYNC_E_REJECTED && vault_org_again(vault, org, true, &again, NULL) >= 0 && again != o)
        rc = vault_seal(vault, again, context, generation, p, size, out, error);
    if (rc >= 0)
        *sealed = made;
    else
        adsync_bytes_free(made);
    return rc;
}

adsync_status adsync_vault_seal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p, size_t size,
                                adsync_bytes **sealed, adsync_error **error)
{
    adsync_status rc;

    if (!sealed) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "sealed is NULL");
    *sealed = NULL;
    if (!org) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    if ((rc = vault_check(context, p, size, ADSYNC__VAULT_MOST, error)) < 0) return rc;
    if ((rc = adsync__vault_enter(vault, "adsync_vault_seal", error)) < 0) return rc;
    rc = vault_seal_bytes(vault, org, context, generation, p, size, sealed, error);
    adsync__vault_leave(vault);
    return rc;
}

/* ---- opening */

static adsync_status vault_unseal(adsync_vault *vault, vault_org *org, const char *context, int64_t generation, const void *p, size_t size,
                                  adsync__secret *out, adsync_error **error)
{
    vault_key *key;
    int64_t id;
    adsync_status rc;

    if ((rc = adsync__blob_key(p, size, &id, error)) < 0) return rc;
    if ((rc = adsync__ring_opening(vault, org, id, &key, error)) < 0) return rc;
    return adsync__blob_open(vault, org, key, context, generation, p, size, out, error);
}

static adsync_status vault_unseal_bytes(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p,
                                        size_t size, adsync_bytes **out, adsync_error **error)
{
    adsync__secret secret = { 0 };
    vault_org *o;
    adsync_status rc = adsync__vault_org(vault, org, false, &o, error);

    if (rc == ADSYNC_E_NOT_FOUND)
        return adsync__fail(error, ADSYNC_E_FORGED, "vault.forged", "nothing was ever sealed for an organisation of that name");
    if (rc < 0) return rc;
    if ((rc = vault_unseal(vault, o, context, generation, p, size, &secret, error)) < 0) return rc;
    rc = adsync__bytes_secret(&secret, out, error);
    adsync__secret_free(&secret);
    return rc;
}

adsync_status adsync_vault_unseal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const void *p, size_t size,
                                  adsync_bytes **out, adsync_error **error)
{
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!org) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    if ((rc = vault_check(context, p, size, ADSYNC__VAULT_MOST + ADSYNC__VAULT_OVERHEAD, error)) < 0) return rc;
    if ((rc = adsync__vault_enter(vault, "adsync_vault_unseal", error)) < 0) return rc;
    rc = vault_unseal_bytes(vault, org, context, generation, p, size, out, error);
    adsync__vault_leave(vault);
    return rc;
}

/* ---- for the rooms below */

static adsync_status vault_seal_number(adsync_vault *vault, int64_t org, const char *context, int64_t generation, const void *p,
                                       size_t size, adsync__buffer *out, adsync_error **error)
{
    size_t before = out->size;
    vault_org *o;
    adsync_status rc;

    if ((rc = adsync__vault_org_number(vault, org, &o, error)) < 0) return rc;
    adsync__buffer_room(out, size + ADSYNC__VAULT_OVERHEAD);
    if (out->failed == ADSYNC_E_TOO_BIG) return adsync__fail(error, out->failed, "vault.too_big", "there is no room for a sealed secret");
    if (out->failed) return adsync__fail_memory(error);
    rc = vault_seal(vault, o, context, generation, p, size, out->p + before, error);
    if (rc >= 0) out->size = before + size + ADSYNC__VAULT_OVERHEAD;
    out->p[out->size] = 0;
    return rc;
}

adsync_status adsync__vault_seal(adsync_vault *vault, int64_t org, const char *context, int64_t generation, const void *p, size_t size,
                                 adsync__buffer *out, adsync_error **error)
{
    adsync_status rc;

    if ((rc = vault_check(context, p, size, ADSYNC__VAULT_MOST, error)) < 0) return rc;
    if ((rc = adsync__vault_enter(vault, "adsync__vault_seal", error)) < 0) return rc;
    rc = vault_seal_number(vault, org, context, generation, p, size, out, error);
    adsync__vault_leave(vault);
    return rc;
}

adsync_status adsync__vault_unseal(adsync_vault *vault, int64_t org, const char *context, int64_t generation, const void *p, size_t size,
                                   adsync__secret *out, adsync_error **error)
{
    vault_org *o;
    adsync_status rc;

    *out = (adsync__secret){ 0 };
    if ((rc = vault_check(context, p, size, ADSYNC__VAULT_MOST + ADSYNC__VAULT_OVERHEAD, error)) < 0) return rc;
    if ((rc = adsync__vault_enter(vault, "adsync__vault_unseal", error)) < 0) return rc;
    rc = adsync__vault_org_number(vault, org, &o, error);
    if (rc >= 0) rc = vault_unseal(vault, o, context, generation, p, size, out, error);
    adsync__vault_leave(vault);
    return rc;
}

adsync_status adsync__vault_seal_column(adsync_vault *vault, uint32_t table, uint32_t column, const adsync_value *row, uint32_t n,
                                        const void *p, size_t size, adsync__buffer *out, adsync_error **error)
{
    char context[ADSYNC__VAULT_CONTEXT + 1];

    adsync__column_context(table, column, row, context);
    return adsync__vault_seal(vault, adsync_table_has_org(table) ? row[0].i : 0, context, adsync__column_generation(table, row, n), p, size,
                              out, error);
}

adsync_status adsync__vault_unseal_column(adsync_vault *vault, uint32_t table, uint32_t column, const adsync_value *row, uint32_t n,
                                          adsync__secret *out, adsync_error **error)
{
    char context[ADSYNC__VAULT_CONTEXT + 1];
    const adsync_value *sealed = adsync__column_find(table, column, row, n);

    *out = (adsync__secret){ 0 };
    if (!sealed || sealed->kind == ADSYNC_VALUE_NULL)
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "vault.empty", "%s.%s: there is nothing sealed in this row",
                            adsync_table_name(table), adsync_column_name(column));
    adsync__column_context(table, column, row, context);
    return adsync__vault_unseal(vault, adsync_table_has_org(table) ? row[0].i : 0, context, adsync__column_generation(table, row, n),
                                sealed->p, sealed->size, out, error);
}

/* ---- rotating and forgetting */

adsync_status adsync_vault_rotate(adsync_vault *vault, const char *org, adsync_error **error)
{
    vault_org *o;
    adsync_status rc;

    if ((rc = adsync__vault_enter(vault, "adsync_vault_rotate", error)) < 0) return rc;
    rc = org && *org ? vault_org_again(vault, org, true, &o, error) : adsync__vault_org(vault, org, true, &o, error);
    if (rc >= 0) rc = adsync__ring_rotate(vault, o, error);
    adsync__vault_leave(vault);
    return rc;
}

adsync_status adsync_vault_forget(adsync_vault *vault, const char *org, adsync_error **error)
{
    vault_org *o;
    adsync_status rc;

    if (!org) return adsync__fail(error, ADSYNC_E_INVALID, "org.name", "an organisation needs a name");
    if ((rc = adsync__vault_enter(vault, "adsync_vault_forget", error)) < 0) return rc;
    rc = *org ? vault_org_again(vault, org, false, &o, error) : adsync__vault_org(vault, org, false, &o, error);
    if (rc >= 0) rc = adsync__ring_forget(vault, o, error);
    adsync__vault_leave(vault);
    return rc;
}
