/* SPDX-License-Identifier: MIT */
/* Sealing and opening a token of 1 KiB, data key in memory, against bare EVP: contexts made once, keyed once and kept, a random nonce
 * for each seal, the same associated data, a copy for the caller of what comes out. The floor draws its nonce with getrandom, which is
 * faster than RAND_bytes. It keeps the key schedule in ordinary memory between calls; the vault clears it after each. */
#include "bench.h"

#include <adsync/adsync.h>

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN = 1024, AAD = 25, TAG = 16, NONCE = 12 };

static const char context[] = "secrets/sealed/17/access_token/0";

typedef struct sides {
    char token[TOKEN];
    adsync_vault *vault;
    EVP_CIPHER *cipher;
    EVP_CIPHER_CTX *seals, *opens;
    bool counted; /* the floor counts its nonces instead of drawing them: no program should */
    uint64_t counter;
} sides;

/* ---- ours */

static void sides_open(sides *s)
{
    char folder[] = "/tmp/adsync-bench-XXXXXX", path[64];
    adsync_storage *storage = NULL;
    adsync_keys *keys = NULL;
    FILE *file;

    bench_need(mkdtemp(folder) != NULL, "no folder");
    (void)snprintf(path, sizeof path, "%s/keys", folder);
    (void)umask(077);
    bench_need((file = fopen(path, "w")) != NULL, "no key file");
    bench_need(fputs("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", file) >= 0 && fclose(file) == 0, "no key file");
    bench_need(adsync_memory_open(NULL, &storage, NULL) == ADSYNC_OK, "no storage");
    bench_need(adsync_keys_open_file(path, &keys, NULL) == ADSYNC_OK, "no keys");
    bench_need(adsync_vault_open(storage, keys, NULL, &s->vault, NULL) == ADSYNC_OK, "no vault");
    adsync_keys_free(keys);
    adsync_storage_free(storage);
    (void)unlink(path);
    (void)rmdir(folder);
}

static void ours_once(const sides *s, int64_t generation)
{
    adsync_bytes *sealed = NULL, *out = NULL;
    const void *p;
    size_t size;

    bench_need(adsync_vault_seal(s->vault, "acme", context, generation, s->token, TOKEN, &sealed, NULL) == ADSYNC_OK, "seal");
    p = adsync_bytes_data(sealed, &size);
    bench_need(adsync_vault_unseal(s->vault, "acme", context, generation, p, size, &out, NULL) == ADSYNC_OK, "unseal");
    bench_need(!memcmp(adsync_bytes_data(out, NULL), s->token, TOKEN), "another token");
    adsync_bytes_free(sealed);
    adsync_bytes_free(out);
}

static double ours(const bench *b, void *user)
{
    const uint32_t n = bench_times(b, 300000, 2000);
    double begun;

    ours_once(user, -1); /* the data key is in memory */
    begun = bench_seconds();
    for (uint32_t i = 0; i < n; i++) ours_once(user, i);
    return n / (bench_seconds() - begun);
}

/* ---- the floor */

static void floor_open(sides *s)
{
    const uint8_t key[32] = { 7 };

    s->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    s->seals = EVP_CIPHER_CTX_new();
    s->opens = EVP_CIPHER_CTX_new();
    bench_need(s->cipher && s->seals && s->opens, "no OpenSSL");
    bench_need(EVP_EncryptInit_ex2(s->seals, s->cipher, key, NULL, NULL) == 1, "key");
    bench_need(EVP_DecryptInit_ex2(s->opens, s->cipher, key, NULL, NULL) == 1, "key");
}

static void floor_nonce(sides *s, uint8_t *nonce)
{
    if (!s->counted) {
        bench_need(getrandom(nonce, NONCE, 0) == NONCE, "nonce");
        return;
    }
    memset(nonce, 0, NONCE);
    s->counter++;
    memcpy(nonce, &s->counter, sizeof s->counter);
}

static uint8_t *floor_seal(sides *s, const uint8_t *fixed)
{
    uint8_t *blob = malloc(NONCE + TOKEN + TAG);
    int n = 0, end = 0;

    bench_need(blob != NULL, "memory");
    floor_nonce(s, blob);
    bench_need(EVP_EncryptInit_ex2(s->seals, NULL, NULL, blob, NULL) == 1 && EVP_EncryptUpdate(s->seals, NULL, &n, fixed, AAD) == 1 &&
                   EVP_EncryptUpdate(s->seals, NULL, &n, (const uint8_t *)context, sizeof context - 1) == 1 &&
                   EVP_EncryptUpdate(s->seals, blob + NONCE, &n, (const uint8_t *)s->token, TOKEN) == 1 &&
                   EVP_EncryptFinal_ex(s->seals, blob + NONCE + n, &end) == 1 &&
                   EVP_CIPHER_CTX_ctrl(s->seals, EVP_CTRL_AEAD_GET_TAG, TAG, blob + NONCE + TOKEN) == 1,
               "seal");
    return blob;
}

static uint8_t *floor_unseal(sides *s, const uint8_t *fixed, uint8_t *blob)
{
    uint8_t *token = malloc(TOKEN + 1);
    int n = 0, end = 0;

    bench_need(token != NULL, "memory");
    bench_need(EVP_DecryptInit_ex2(s->opens, NULL, NULL, blob, NULL) == 1 && EVP_DecryptUpdate(s->opens, NULL, &n, fixed, AAD) == 1 &&
                   EVP_DecryptUpdate(s->opens, NULL, &n, (const uint8_t *)context, sizeof context - 1) == 1 &&
                   EVP_DecryptUpdate(s->opens, token, &n, blob + NONCE, TOKEN) == 1 &&
                   EVP_CIPHER_CTX_ctrl(s->opens, EVP_CTRL_AEAD_SET_TAG, TAG, blob + NONCE + TOKEN) == 1 &&
                   EVP_DecryptFinal_ex(s->opens, token + n, &end) == 1,
               "unseal");
    token[TOKEN] = 0;
    return token;
}

static double floor_evp(const bench *b, void *user)
{
    const uint32_t n = bench_times(b, 300000, 2000);
    sides *s = user;
    double begun = bench_seconds();

    for (uint32_t i = 0; i < n; i++) {
        uint8_t fixed[AAD] = { 1, (uint8_t)i, (uint8_t)(i >> 8) }, *blob = floor_seal(s, fixed), *token = floor_unseal(s, fixed, blob);
        bench_need(!memcmp(token, s->token, TOKEN), "another token");
        OPENSSL_cleanse(token, TOKEN); /* as any careful program would */
        free(token);
        free(blob);
    }
    return n / (bench_seconds() - begun);
}

int main(int argc, char **argv)
{
    sides s = { .counted = false };
    bench b;

    if (bench_begin(&b, "vault", argc, argv)) return 2;
    memset(s.token, 'T', TOKEN);
    sides_open(&s);
    floor_open(&s);
    (void)bench_case(&b, "token", 1 / 1.5, ours, floor_evp, &s); /* at most 1.5 times its time */
    s.counted = true;
    (void)bench_case(&b, "token-counted-nonce", 0, ours, floor_evp, &s); /* for the record */
    EVP_CIPHER_CTX_free(s.seals);
    EVP_CIPHER_CTX_free(s.opens);
    EVP_CIPHER_free(s.cipher);
    adsync_vault_free(s.vault);
    return bench_end(&b);
}
