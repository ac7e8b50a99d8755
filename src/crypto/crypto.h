/* SPDX-License-Identifier: MIT */
/* The only room that includes OpenSSL: authenticated encryption, MACs, digests, comparing, and memory for secrets. */
#ifndef ADSYNC_SRC_CRYPTO_H
#define ADSYNC_SRC_CRYPTO_H

#include "../base/base.h"

enum {
    ADSYNC__KEY_SIZE = 32,   /* AES-256 */
    ADSYNC__NONCE_SIZE = 12, /* GCM's own 96 bits; other lengths are not offered */
    ADSYNC__TAG_SIZE = 16,   /* never truncated */
    ADSYNC__SHA1_SIZE = 20,
    ADSYNC__SHA256_SIZE = 32
};

/* Bytes that are read one after the other as if they stood together. */
typedef struct adsync__piece {
    const void *p;
    size_t size;
} adsync__piece;

/* ---- crypto.c: the algorithms, fetched once, for one thread at a time. Nothing here keeps a key after a call: what OpenSSL made of
 * it in its own memory is cleared before the call returns. */
typedef struct adsync__crypto adsync__crypto;
adsync_status adsync__crypto_open(adsync__crypto **out, adsync_error **error); /* E_UNSUPPORTED: this OpenSSL lacks an algorithm */
void adsync__crypto_free(adsync__crypto *crypto);

/* AES-256-GCM. `out` takes the text and ADSYNC__TAG_SIZE bytes of tag after it; it may be where `plain` is. */
adsync_status adsync__aead_seal(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                                const void *plain, size_t size, uint8_t *out, adsync_error **error);
/* `sealed` is text and tag, at least a tag. E_FORGED, and `out` wiped, unless every bit is as it was sealed. */
adsync_status adsync__aead_open(adsync__crypto *crypto, const uint8_t *key, const uint8_t *nonce, const adsync__piece *aad, size_t n_aad,
                                const void *sealed, size_t size, uint8_t *out, adsync_error **error);

enum { ADSYNC__SHA256 = 0, ADSYNC__SHA1 = 1 /* for OAuth 1.0a only */ };
/* `out` takes ADSYNC__SHA256_SIZE or ADSYNC__SHA1_SIZE bytes. */
adsync_status adsync__hmac(adsync__crypto *crypto, uint32_t digest, const void *key, size_t key_size, const adsync__piece *pieces, size_t n,
                           uint8_t *out, adsync_error **error);
adsync_status adsync__digest(adsync__crypto *crypto, uint32_t digest, const adsync__piece *pieces, size_t n, uint8_t *out,
                             adsync_error **error);

/* Takes as long wherever the first difference is. */
bool adsync__equal_bytes(const void *a, const void *b, size_t size);

/* ---- secret.c: memory for secrets. Own pages: locked where the system allows it, left out of core dumps, with guard pages around,
 * empty in a forked child; small secrets share a page; all is wiped when freed, cut or grown out of. */
typedef struct adsync__secrets adsync__secrets;
/* `effects` (may be NULL) hears once if pages cannot be locked. */
adsync_status adsync__secrets_open(const adsync__effects *effects, adsync__secrets **out, adsync_error **error);
void adsync__secrets_free(adsync__secrets *secrets);         /* what was made of them stays good until it is freed itself */
bool adsync__secrets_forked(const adsync__secrets *secrets); /* true in a child: the secrets are gone, nothing may be sealed */
bool adsync__secrets_locked(const adsync__secrets *secrets); /* false: some page may be swapped */

/* One secret. Zeroed means empty. May be freed on another thread than the one that made it. */
typedef struct adsync__secret {
    char *p; /* a NUL stands after the content; NULL only where nothing was made */
    size_t size;
    size_t room; /* bytes at p that may be written, the NUL not counted */
    adsync__secrets *home;
    void *chunk;
} adsync__secret;
/* Room for `size` bytes, copied from `p` where that is not NULL, else zero. */
adsync_status adsync__secret_make(adsync__secrets *secrets, const void *p, size_t size, adsync__secret *out, adsync_error **error);
adsync_status adsync__secret_add(adsync__secret *secret, const void *p, size_t size, adsync_error **error); /* to one that was made */
void adsync__secret_cut(adsync__secret *secret, size_t size); /* no longer than that; the rest is wiped */
void adsync__secret_free(adsync__secret *secret);

#endif
