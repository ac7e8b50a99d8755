/* SPDX-License-Identifier: MIT */
/* Master keys: a key file or a host's callbacks, behind one wrap and one unwrap. */
#include "vault_int.h"

struct adsync_keys {
    adsync__guard guard;
    adsync__secrets *secrets; /* of the file */
    keyfile *file;            /* NULL: the callbacks */
    adsync_key_ops ops;
    adsync_sink sink; /* of the callback under way */
    char master[VAULT_MASTER + 1];
};

/* What a key file's master key seals is bound to this and the organisation's name. */
static const char keys_label[] = "adsync data key"; /* with its NUL */
enum { KEYS_FORMAT = 1, KEYS_SEALED = 1 + ADSYNC__NONCE_SIZE + ADSYNC__KEY_SIZE + ADSYNC__TAG_SIZE };

adsync_status adsync_keys_new(const adsync_key_ops *ops, const char *master, adsync_keys **out, adsync_error **error)
{
    adsync_key_ops mine = { 0 };
    adsync_keys *made;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__check_struct(ops, offsetof(adsync_key_ops, close), sizeof mine, "adsync_key_ops", error)) < 0) return rc;
    memcpy(&mine, ops, ops->size < sizeof mine ? ops->size : sizeof mine);
    if (!mine.wrap || !mine.unwrap)
        return adsync__fail(error, ADSYNC_E_INVALID, "keys.slot", "adsync_key_ops: the slot %s is not set", mine.wrap ? "unwrap" : "wrap");
    if (mine.flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_key_ops: unknown flags");
    if (!master || !adsync__keyfile_name_valid(master, strnlen(master, VAULT_MASTER + 1)))
        return adsync__fail(error, ADSYNC_E_INVALID, "keys.master", "a master key's name is 1 to 64 of A-Z a-z 0-9 . _ -");
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    made->ops = mine;
    memcpy(made->master, master, strlen(master) + 1);
    adsync__guard_begin(&made->guard);
    *out = made;
    return ADSYNC_OK;
}

adsync_status adsync_keys_open_file(const char *path, adsync_keys **out, adsync_error **error)
{
    adsync_keys *made;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!path) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "path is NULL");
    if (!(made = adsync__alloc_zero(1, sizeof *made))) return adsync__fail_memory(error);
    adsync__guard_begin(&made->guard);
    if ((rc = adsync__secrets_open(NULL, &made->secrets, error)) < 0) goto done;
    if ((rc = adsync__keyfile_read(path, made->secrets, &made->file, error)) < 0) goto done;
    memcpy(made->master, adsync__keyfile_first(made->file), strlen(adsync__keyfile_first(made->file)) + 1);
    *out = made;
    made = NULL;
done:
    adsync_keys_free(made);
    return rc;
}

static void keys_destroy(adsync_keys *keys)
{
    if (!keys->file && keys->ops.close) keys->ops.close(keys->ops.user);
    adsync__keyfile_free(keys->file);
    adsync__secrets_free(keys->secrets);
    adsync__free(keys);
}

void adsync_keys_free(adsync_keys *keys)
{
    if (keys && adsync__guard_drop(&keys->guard)) keys_destroy(keys);
}

void adsync__keys_keep(adsync_keys *keys) { adsync__guard_keep(&keys->guard); }
const char *adsync__keys_master(const adsync_keys *keys) { return keys->master; }
bool adsync__keys_locked(const adsync_keys *keys) { return !keys->secrets || adsync__secrets_locked(keys->secrets); }

/* ---- the file */

static adsync_status keys_file_missing(const char *master, adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "keys.missing",
                        "a data key is wrapped under the master key '%s', which the key file does not hold; add its line", master);
}

static adsync_status keys_file_wrap(adsync_vault *vault, const char *org, const adsync__secret *key, adsync__buffer *out,
                                    adsync_error **error)
{
    const adsync__secret *master = adsync__keyfile_find(vault->keys->file, vault->keys->master);
    const adsync__piece aad[] = { { keys_label, sizeof keys_label }, { org, strlen(org) } };
    uint8_t sealed[KEYS_SEALED] = { KEYS_FORMAT };
    adsync_status rc;

    if ((rc = adsync__vault_nonce(vault, sealed + 1, error)) < 0) return rc;
    rc = adsync__aead_seal(vault->crypto, (const uint8_t *)master->p, sealed + 1, aad, 2, key->p, key->size,
                           sealed + 1 + ADSYNC__NONCE_SIZE, error);
    if (rc >= 0) adsync__buffer_add(out, sealed, sizeof sealed);
    return rc;
}

static adsync_status keys_file_unwrap(adsync_vault *vault, const char *org, const char *name, const void *wrapped, size_t size,
                                      adsync__secret *out, adsync_error **error)
{
    const adsync__secret *master = adsync__keyfile_find(vault->keys->file, name);
    const adsync__piece aad[] = { { keys_label, sizeof keys_label }, { org, strlen(org) } };
    const uint8_t *sealed = wrapped;
    adsync_status rc;

    if (!master) return keys_file_missing(name, error);
    if (size != KEYS_SEALED || *sealed != KEYS_FORMAT)
        return adsync__fail(error, ADSYNC_E_FORGED, "keys.forged", "a stored data key is no key that the key file wrapped");
    if ((rc = adsync__secret_make(vault->secrets, NULL, ADSYNC__KEY_SIZE, out, error)) < 0) return rc;
    rc = adsync__aead_open(vault->crypto, (const uint8_t *)master->p, sealed + 1, aad, 2, sealed + 1 + ADSYNC__NONCE_SIZE,
                           size - 1 - ADSYNC__NONCE_SIZE, (uint8_t *)out->p, error);
    if (rc == ADSYNC_E_FORGED)
        (void)adsync__fail(error, rc, "keys.forged", "a stored data key does not open with the master key '%s' of the key file", name);
    return rc;
}

/* ---- the callbacks */

/* Only these reach the caller as they are: E_FORGED, say, would be taken for a verdict on what was sealed. */
static adsync_status keys_answer(adsync_status answered, const char *slot, adsync_error **error)
{
    static const adsync_status own[] = { ADSYNC_E_HOST, ADSYNC_E_TRANSIENT, ADSYNC_E_PERMISSION, ADSYNC_E_CANCELLED, ADSYNC_E_MEMORY };

    if (answered == ADSYNC_OK) return ADSYNC_OK;
    for (size_t i = 0; i < ADSYNC__COUNT(own); i++) {
        if (answered != own[i]) continue;
        if (error && adsync_error_status(*error) != answered) (void)adsync_error_set(error, answered, NULL, 0);
        return answered;
    }
    return adsync__fail(error, ADSYNC_E_HOST, "keys.answer", "adsync_key_ops.%s answered %s (%d): %s", slot, adsync_status_name(answered),
                        (int)answered, error && *error ? adsync_error_message(*error) : "no words were left");
}

static adsync_status keys_host_end(adsync_keys *keys, adsync_status rc, const char *slot, adsync_error **error)
{
    rc = adsync__sink_end(&keys->sink, keys_answer(rc, slot, error), NULL, error);
    if (rc == ADSYNC_E_TOO_BIG || rc == ADSYNC_E_INVALID || rc == ADSYNC_E_FORMAT)
        return adsync__fail(error, ADSYNC_E_HOST, "keys.answer",
                            "adsync_key_ops.%s answered more bytes than fit, or none that can be taken", slot);
    return rc;
}

static void keys_host_leave(adsync_keys *keys)
{
    adsync__wipe(keys->sink.bytes.p, keys->sink.bytes.room); /* it may be the data key */
    adsync__buffer_free(&keys->sink.bytes);
    if (adsync__guard_leave(&keys->guard)) keys_destroy(keys);
}

static adsync_status keys_host_wrap(adsync_keys *keys, const char *org, const adsync__secret *key, adsync__buffer *out,
                                    adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = adsync__guard_enter(&keys->guard, "adsync_key_ops.wrap", error);

    if (rc < 0) return rc;
    adsync__sink_bytes(&keys->sink, VAULT_WRAPPED);
    rc = keys->ops.wrap(keys->ops.user, org, key->p, (uint32_t)key->size, &keys->sink, &words);
    rc = keys_host_end(keys, rc, "wrap", &words);
    if (rc >= 0 && !keys->sink.bytes.size) rc = adsync__fail(&words, ADSYNC_E_HOST, "keys.answer", "adsync_key_ops.wrap answered nothing");
    if (rc >= 0) adsync__buffer_add(out, keys->sink.bytes.p, keys->sink.bytes.size);
    keys_host_leave(keys);
    return adsync__fail_with(error, rc, words);
}

static adsync_status keys_host_unwrap(adsync_keys *keys, adsync__secrets *secrets, const char *org, const char *master, const void *wrapped,
                                      size_t size, adsync__secret *out, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = adsync__guard_enter(&keys->guard, "adsync_key_ops.unwrap", error);

    if (rc < 0) return rc;
    adsync__sink_bytes(&keys->sink, ADSYNC__KEY_SIZE); /* so it never grows, which would leave copies behind */
    rc = keys->ops.unwrap(keys->ops.user, org, master, wrapped, (uint32_t)size, &keys->sink, &words);
    rc = keys_host_end(keys, rc, "unwrap", &words);
    if (rc >= 0 && keys->sink.bytes.size != ADSYNC__KEY_SIZE)
        rc = adsync__fail(&words, ADSYNC_E_HOST, "keys.answer", "adsync_key_ops.unwrap answered %zu bytes, a data key has 32",
                          keys->sink.bytes.size);
    if (rc >= 0) rc = adsync__secret_make(secrets, keys->sink.bytes.p, ADSYNC__KEY_SIZE, out, &words);
    keys_host_leave(keys);
    return adsync__fail_with(error, rc, words);
}

adsync_status adsync__keys_wrap(adsync_vault *vault, const char *org, const adsync__secret *key, adsync__buffer *out, adsync_error **error)
{
    if (vault->keys->file) return keys_file_wrap(vault, org, key, out, error);
    return keys_host_wrap(vault->keys, org, key, out, error);
}

adsync_status adsync__keys_unwrap(adsync_vault *vault, const char *org, const char *master, const void *wrapped, size_t size,
                                  adsync__secret *out, adsync_error **error)
{
    *out = (adsync__secret){ 0 };
    if (vault->keys->file) return keys_file_unwrap(vault, org, master, wrapped, size, out, error);
    return keys_host_unwrap(vault->keys, vault->secrets, org, master, wrapped, size, out, error);
}
