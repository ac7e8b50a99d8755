/* SPDX-License-Identifier: MIT */
/* What a sealed secret is made of, byte for byte (doc/security.md says it for other languages):
 *
 *   at  0  1 byte    the format: 1
 *       1  8 bytes   the data key's id, big end first
 *       9  12 bytes  the nonce, random
 *      21  n bytes   the secret, AES-256-GCM under the data key
 *    21+n  16 bytes  the tag
 *
 * and the associated data: the blob's first 9 bytes, the organisation's number and the generation (8 bytes each, big end first), then
 * the context. All but the context have one length, so no two ways of cutting it give the same bytes. */
#include "vault_int.h"

enum { BLOB_FORMAT = 1, BLOB_NONCE = 9, BLOB_TEXT = BLOB_NONCE + ADSYNC__NONCE_SIZE };

static void blob_int(uint8_t *out, int64_t value)
{
    for (size_t i = 0; i < 8; i++) out[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
}

static void blob_aad(adsync__piece pieces[2], uint8_t fixed[25], const uint8_t *blob, int64_t org, int64_t generation, const char *context)
{
    memcpy(fixed, blob, BLOB_NONCE);
    blob_int(fixed + 9, org);
    blob_int(fixed + 17, generation);
    pieces[0] = (adsync__piece){ fixed, 25 };
    pieces[1] = (adsync__piece){ context, strlen(context) };
}

adsync_status adsync__blob_seal(adsync_vault *vault, const vault_org *org, const vault_key *key, const char *context, int64_t generation,
                                const void *p, size_t size, uint8_t *out, adsync_error **error)
{
    adsync__piece aad[2];
    uint8_t fixed[25];
    adsync_status rc;

    out[0] = BLOB_FORMAT;
    blob_int(out + 1, key->id);
    if ((rc = adsync__vault_nonce(vault, out + BLOB_NONCE, error)) < 0) return rc;
    blob_aad(aad, fixed, out, org->number, generation, context);
    return adsync__aead_seal(vault->crypto, (const uint8_t *)key->key.p, out + BLOB_NONCE, aad, 2, p, size, out + BLOB_TEXT, error);
}

adsync_status adsync__blob_key(const void *blob, size_t size, int64_t *key, adsync_error **error)
{
    const uint8_t *p = blob;
    uint64_t id = 0;

    *key = 0;
    if (size < ADSYNC__VAULT_OVERHEAD || *p != BLOB_FORMAT)
        return adsync__fail(error, ADSYNC_E_FORGED, "vault.forged", "this is nothing that a vault sealed");
    for (size_t i = 1; i < BLOB_NONCE; i++) id = id << 8 | p[i];
    *key = (int64_t)id;
    return ADSYNC_OK;
}

adsync_status adsync__blob_open(adsync_vault *vault, const vault_org *org, const vault_key *key, const char *context, int64_t generation,
                                const void *blob, size_t size, adsync__secret *out, adsync_error **error)
{
    const uint8_t *p = blob;
    adsync__piece aad[2];
    uint8_t fixed[25];
    adsync_status rc;

    if ((rc = adsync__secret_make(vault->secrets, NULL, size - ADSYNC__VAULT_OVERHEAD, out, error)) < 0) return rc;
    blob_aad(aad, fixed, p, org->number, generation, context);
    rc = adsync__aead_open(vault->crypto, (const uint8_t *)key->key.p, p + BLOB_NONCE, aad, 2, p + BLOB_TEXT, size - BLOB_TEXT,
                           (uint8_t *)out->p, error);
    if (rc >= 0) return rc;
    adsync__secret_free(out);
    if (rc != ADSYNC_E_FORGED) return rc;
    return adsync__fail(error, rc, "vault.forged", "a sealed secret does not verify for this organisation, context and generation");
}
