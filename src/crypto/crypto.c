/* SPDX-License-Identifier: MIT */
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <limits.h>

struct adsync__crypto {
    EVP_CIPHER *aes_gcm;
    EVP_CIPHER_CTX *cipher; /* holds a key only inside a call */
    EVP_MAC *hmac;
    EVP_MD *digests[2];
    EVP_MD_CTX *digest;
};

enum { CRYPTO_MOST = INT_MAX / 2 }; /* EVP counts in int */

static const char *const crypto_digests[] = { [ADSYNC__SHA256] = "SHA256", [ADSYNC__SHA1] = "SHA1" };

static adsync_status crypto_broken(adsync_error **error, const char *what)
{
    return adsync__fail(error, ADSYNC_E_INTERNAL, "crypto.failed", "OpenSSL failed in %s", what);
}

/* A host may use OpenSSL too: what our failed calls leave in the thread's error queue is taken away again. */
adsync_status adsync__crypto_open(adsync__crypto **out, adsync_error **error)
{
    adsync__crypto *made = adsync__alloc_zero(1, sizeof *made);

    *out = NULL;
    if (!made) return adsync__fail_memory(error);
    (void)ERR_set_mark();
    made->aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    made->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    made->digests[ADSYNC__SHA256] = EVP_MD_fetch(NULL, crypto_digests[ADSYNC__SHA256], NULL);
    made->digests[ADSYNC__SHA1] = EVP_MD_fetch(NULL, crypto_digests[ADSYNC__SHA1], NULL);
    made->cipher = EVP_CIPHER_CTX_new();
    made->digest = EVP_MD_CTX_new();
    (void)ERR_pop_to_mark();
    if (!made->aes_gcm || !made->hmac || !made->digests[ADSYNC__SHA256]) {
        adsync__crypto_free(made);
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "crypto.unsupported", "this OpenSSL offers no AES-256-GCM or no HMAC-SHA256");
    }
    if (!made->cipher || !made->digest) {
        adsync__crypto_free(made);
        return adsync__fail_memory(error);
    }
    *out = made;
    return ADSYNC_OK;
}

void adsync__crypto_free(adsync__crypto *crypto)
{
    if (!crypto) return;
    EVP_CIPHER_CTX_free(crypto->cipher);
    EVP_MD_CTX_free(crypto->digest);
    EVP_CIPHER_free(crypto->aes_gcm);
    EVP_MAC_free(crypto->hmac);
    EVP_MD_free(crypto->digests[ADSYNC__SHA256]);
    EVP_MD_free(crypto->digests[ADSYNC__SHA1]);
    adsync__free(crypto);
}

/* ---- AES-256-GCM. The context is reset after each use, which clears the key schedule that OpenSSL keeps in ordinary memory; that
 * costs 0.2 us and is what "keys live in secret memory only" means. */

static adsync_status aead_check(size_t size, adsync_error **error)
{
    if (size <= CRYPTO_MOST) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_TOO_BIG, "crypto.too_big", "more than 1 GiB to encrypt at once");
}

static bool aead_aad(EVP_CIPHER_CTX *context, bool seals, const adsync__piece *aad, size_t n_aad)
{
    int n;

    for (size_t i = 0; i < n_aad; i++) {
        if (!aad[i].size) continue;
        if (aad[i].size > CRYPTO_MOST) return false;
        if (seals && EVP_EncryptUpdate(context, NULL, &n, aad[i].p, (int)aad[i].size) != 1) return false;
        if (!seals && EVP_DecryptUpdate(context, NULL, &n, aad[i].p, (int)aad[i].size) != 1) return false;
    }
    return true;
}

static bool aead_seal(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                      const void *plain, size_t size, uint8_t *out)
{
    EVP_CIPHER_CTX *context = crypto->cipher;
    int n = 0, end = 0;

    if (EVP_EncryptInit_ex2(context, crypto->aes_gcm, key, nonce, NULL) != 1) return false;
    if (!aead_aad(context, true, aad, n_aad)) return false;
    if (size && EVP_EncryptUpdate(context, out, &n, plain, (int)size) != 1) return false;
    if (EVP_EncryptFinal_ex(context, out + n, &end) != 1 || (size_t)(n + end) != size) return false;
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, ADSYNC__TAG_SIZE, out + size) == 1;
}

adsync_status adsync__aead_seal(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                                const void *plain, size_t size, uint8_t *out, adsync_error **error)
{
    adsync_status rc = aead_check(size, error);
    bool done;

    if (rc < 0) return rc;
    done = aead_seal(crypto, key, nonce, aad, n_aad, plain, size, out);
    (void)EVP_CIPHER_CTX_reset(crypto->cipher);
    if (done) return ADSYNC_OK;
    adsync__wipe(out, size + ADSYNC__TAG_SIZE); /* it may hold the plain text still */
    return crypto_broken(error, "AES-256-GCM");
}

enum { AEAD_OPENED, AEAD_FORGED, AEAD_BROKEN };

static int aead_open(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                     const uint8_t *sealed, size_t size, uint8_t *out)
{
    EVP_CIPHER_CTX *context = crypto->cipher;
    uint8_t tag[ADSYNC__TAG_SIZE];
    int n = 0, end = 0;

    memcpy(tag, sealed + size, sizeof tag);
    if (EVP_DecryptInit_ex2(context, crypto->aes_gcm, key, nonce, NULL) != 1) return AEAD_BROKEN;
    if (!aead_aad(context, false, aad, n_aad)) return AEAD_BROKEN;
    if (size && EVP_DecryptUpdate(context, out, &n, sealed, (int)size) != 1) return AEAD_BROKEN;
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) != 1) return AEAD_BROKEN;
    return EVP_DecryptFinal_ex(context, out + n, &end) == 1 ? AEAD_OPENED : AEAD_FORGED;
}

adsync_status adsync__aead_open(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                                const void *sealed, size_t size, uint8_t *out, adsync_error **error)
{
    adsync_status rc;
    int opened;

    if (size < ADSYNC__TAG_SIZE)
        return adsync__fail(error, ADSYNC_E_FORGED, "crypto.forged", "what was sealed is too short to carry its tag");
    if ((rc = aead_check(size, error)) < 0) return rc;
    opened = aead_open(crypto, key, nonce, aad, n_aad, sealed, size - ADSYNC__TAG_SIZE, out);
    (void)EVP_CIPHER_CTX_reset(crypto->cipher);
    if (opened == AEAD_OPENED) return ADSYNC_OK;
    adsync__wipe(out, size - ADSYNC__TAG_SIZE); /* GCM decrypts before it verifies: nobody may see that */
    if (opened == AEAD_BROKEN) return crypto_broken(error, "AES-256-GCM");
    return adsync__fail(error, ADSYNC_E_FORGED, "crypto.forged", "what was sealed does not verify");
}

/* ---- MACs and digests */

static bool hmac_run(EVP_MAC_CTX *context, const char *digest, const void *key, size_t key_size, const adsync__piece *pieces, size_t n,
                     uint8_t *out)
{
    char name[16] = { 0 }; /* OpenSSL asks for text that it could write to */
    OSSL_PARAM params[2];
    size_t size = 0;

    memcpy(name, digest, strnlen(digest, sizeof name - 1));
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    params[1] = OSSL_PARAM_construct_end();
    if (EVP_MAC_init(context, key_size ? key : (const void *)"", key_size, params) != 1) return false;
    for (size_t i = 0; i < n; i++)
        if (pieces[i].size && EVP_MAC_update(context, pieces[i].p, pieces[i].size) != 1) return false;
    return EVP_MAC_final(context, out, &size, ADSYNC__SHA256_SIZE) == 1;
}

adsync_status adsync__hmac(adsync__crypto *crypto, uint32_t digest, const void *key, size_t key_size, const adsync__piece *pieces, size_t n,
                           uint8_t *out, adsync_error **error)
{
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(crypto->hmac);
    uint8_t mac[ADSYNC__SHA256_SIZE];
    bool done;

    if (!context) return adsync__fail_memory(error);
    done = hmac_run(context, crypto_digests[digest], key, key_size, pieces, n, mac);
    EVP_MAC_CTX_free(context); /* clears what it knew of the key */
    if (!done) return crypto_broken(error, "HMAC");
    memcpy(out, mac, digest == ADSYNC__SHA1 ? ADSYNC__SHA1_SIZE : ADSYNC__SHA256_SIZE);
    adsync__wipe(mac, sizeof mac);
    return ADSYNC_OK;
}

adsync_status adsync__digest(adsync__crypto *crypto, uint32_t digest, const adsync__piece *pieces, size_t n, uint8_t *out,
                             adsync_error **error)
{
    EVP_MD_CTX *context = crypto->digest;
    bool done = crypto->digests[digest] && EVP_DigestInit_ex2(context, crypto->digests[digest], NULL) == 1;

    for (size_t i = 0; i < n && done; i++) done = !pieces[i].size || EVP_DigestUpdate(context, pieces[i].p, pieces[i].size) == 1;
    done = done && EVP_DigestFinal_ex(context, out, NULL) == 1;
    (void)EVP_MD_CTX_reset(context);
    return done ? ADSYNC_OK : crypto_broken(error, "a digest");
}

bool adsync__equal_bytes(const void *a, const void *b, size_t size) { return !size || CRYPTO_memcmp(a, b, size) == 0; }
