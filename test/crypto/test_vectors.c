/* SPDX-License-Identifier: MIT */
/* The algorithms against known answers and edge cases: aes_gcm.txt, macs.txt. */
#include "crypto/crypto.h"

#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct bytes {
    uint8_t *p;
    size_t size;
} bytes;

static uint8_t vector_hex(const char *p)
{
    unsigned byte = 0;

    assert_int_equal(sscanf(p, "%2x", &byte), 1);
    return (uint8_t)byte;
}

/* "-", "50*dd" or plain hex. */
static bytes vector_bytes(const char *text)
{
    const char *star = strchr(text, '*');
    size_t size = !strcmp(text, "-") ? 0 : star ? strtoul(text, NULL, 10) : strlen(text) / 2;
    bytes b = { malloc(size + 1), size };

    assert_non_null(b.p);
    for (size_t i = 0; i < size; i++) b.p[i] = vector_hex(star ? star + 1 : text + 2 * i);
    return b;
}

typedef void (*vector_case)(adsync__crypto *crypto, char **words, int n);

static int vector_words(char *line, char **words)
{
    int n = 0;

    for (char *at = NULL, *word = strtok_r(line, " \n", &at); word && n < 8; word = strtok_r(NULL, " \n", &at)) words[n++] = word;
    return n;
}

static int vectors_run(const char *name, vector_case one)
{
    static char line[1 << 16];
    char path[4096], *words[8];
    adsync__crypto *crypto = NULL;
    int n = 0;
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", getenv("VECTORS"), name);
    assert_non_null(file = fopen(path, "r"));
    assert_int_equal(adsync__crypto_open(&crypto, NULL), ADSYNC_OK);
    while (fgets(line, sizeof line, file)) {
        if (*line == '#') continue;
        one(crypto, words, vector_words(line, words));
        n++;
    }
    adsync__crypto_free(crypto);
    (void)fclose(file);
    return n;
}

static void gcm_opens(adsync__crypto *crypto, const bytes *v, const adsync__piece *aad, size_t n_aad, bool good)
{
    uint8_t *out = malloc(v[4].size + 1);
    adsync_error *error = NULL;
    adsync_status rc;

    memset(out, 0xee, v[4].size + 1);
    rc = adsync__aead_open(crypto, v[0].p, v[1].p, aad, n_aad, v[4].p, v[4].size, out, &error);
    assert_int_equal(rc, good ? ADSYNC_OK : ADSYNC_E_FORGED);
    if (good) assert_memory_equal(out, v[3].p, v[3].size);
    for (size_t i = 0; !good && i + ADSYNC__TAG_SIZE < v[4].size; i++)
        assert_int_equal(out[i], 0); /* never garbage, never the text of a forged seal */
    adsync_error_free(error);
    free(out);
}

static void gcm_case(adsync__crypto *crypto, char **words, int n)
{
    bytes v[5];
    uint8_t *out;
    bool good;

    assert_int_equal(n, 7);
    good = !strcmp(words[6], "ok");
    for (int i = 0; i < 5; i++) v[i] = vector_bytes(words[i + 1]);
    assert_int_equal(v[0].size, ADSYNC__KEY_SIZE);
    assert_int_equal(v[1].size, ADSYNC__NONCE_SIZE);
    {
        size_t half = v[2].size / 2; /* associated data in pieces is the same as in one */
        const adsync__piece whole = { v[2].p, v[2].size },
                            pieces[] = { { v[2].p, half }, { NULL, 0 }, { v[2].p + half, v[2].size - half } };
        gcm_opens(crypto, v, &whole, 1, good);
        gcm_opens(crypto, v, pieces, 3, good);
        out = malloc(v[3].size + ADSYNC__TAG_SIZE);
        assert_int_equal(adsync__aead_seal(crypto, v[0].p, v[1].p, pieces, 3, v[3].p, v[3].size, out, NULL), ADSYNC_OK);
    }
    if (good) assert_int_equal(v[4].size, v[3].size + ADSYNC__TAG_SIZE);
    if (v[4].size == v[3].size + ADSYNC__TAG_SIZE) assert_int_equal(!memcmp(out, v[4].p, v[4].size), good);
    free(out);
    for (int i = 0; i < 5; i++) free(v[i].p);
}

static void aes_gcm_gives_the_known_answers_and_refuses_every_forgery(void **state)
{
    (void)state;
    assert_true(vectors_run("aes_gcm.txt", gcm_case) > 200);
    assert_int_equal(ERR_peek_error(), 0); /* a host's OpenSSL does not find our failures in its queue */
}

static void mac_case(adsync__crypto *crypto, char **words, int n)
{
    uint32_t digest = strstr(words[0], "sha1") ? ADSYNC__SHA1 : ADSYNC__SHA256;
    bytes key, text, answer;
    uint8_t out[ADSYNC__SHA256_SIZE];

    assert_int_equal(n, 5);
    key = vector_bytes(words[2]);
    text = vector_bytes(words[3]);
    answer = vector_bytes(words[4]);
    for (size_t cut = 0; cut <= text.size && cut <= 65; cut += 13) { /* the same in one piece and in two */
        const adsync__piece pieces[] = { { text.p, cut }, { text.p + cut, text.size - cut } };
        if (*words[0] == 'h')
            assert_int_equal(adsync__hmac(crypto, digest, key.p, key.size, pieces, 2, out, NULL), ADSYNC_OK);
        else
            assert_int_equal(adsync__digest(crypto, digest, pieces, 2, out, NULL), ADSYNC_OK);
        assert_int_equal(answer.size, digest == ADSYNC__SHA1 ? ADSYNC__SHA1_SIZE : ADSYNC__SHA256_SIZE);
        assert_memory_equal(out, answer.p, answer.size);
    }
    free(key.p);
    free(text.p);
    free(answer.p);
}

static void macs_and_digests_give_the_known_answers(void **state)
{
    (void)state;
    assert_true(vectors_run("macs.txt", mac_case) > 80);
}

static void sealing_in_place_is_the_same(void **state)
{
    const uint8_t key[ADSYNC__KEY_SIZE] = { 1 }, nonce[ADSYNC__NONCE_SIZE] = { 2 };
    uint8_t apart[100 + ADSYNC__TAG_SIZE], text[100 + ADSYNC__TAG_SIZE];
    adsync__crypto *crypto = NULL;

    (void)state;
    memset(text, 7, sizeof text);
    assert_int_equal(adsync__crypto_open(&crypto, NULL), ADSYNC_OK);
    assert_int_equal(adsync__aead_seal(crypto, key, nonce, NULL, 0, text, 100, apart, NULL), ADSYNC_OK);
    assert_int_equal(adsync__aead_seal(crypto, key, nonce, NULL, 0, text, 100, text, NULL), ADSYNC_OK);
    assert_memory_equal(apart, text, sizeof text);
    assert_int_equal(adsync__aead_open(crypto, key, nonce, NULL, 0, text, sizeof text, text, NULL), ADSYNC_OK);
    for (size_t i = 0; i < 100; i++) assert_int_equal(text[i], 7);
    adsync__crypto_free(crypto);
    adsync__crypto_free(NULL);
}

static void equal_bytes_sees_every_difference(void **state)
{
    uint8_t a[64] = { 0 }, b[64] = { 0 };

    (void)state;
    assert_true(adsync__equal_bytes(a, b, sizeof a));
    assert_true(adsync__equal_bytes(NULL, NULL, 0));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(adsync__equal_bytes(a, b, sizeof a));
        b[bit / 8] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_gcm_gives_the_known_answers_and_refuses_every_forgery),
        cmocka_unit_test(macs_and_digests_give_the_known_answers),
        cmocka_unit_test(sealing_in_place_is_the_same),
        cmocka_unit_test(equal_bytes_sees_every_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
