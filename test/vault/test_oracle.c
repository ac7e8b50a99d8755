/* SPDX-License-Identifier: MIT */
/* Another implementation of the documented format (test/crypto/gcm.py over the openssl command line) opens what the vault sealed, and the
 * vault opens what it sealed. */
#include "place.h"

#include <inttypes.h>
#include <sys/wait.h>

static void hex(char *out, const void *p, size_t size)
{
    for (size_t i = 0; i < size; i++) (void)sprintf(out + 2 * i, "%02x", ((const uint8_t *)p)[i]);
    out[2 * size] = 0;
}

static size_t unhex(const char *text, uint8_t *out)
{
    size_t n = 0;
    unsigned byte;

    while (sscanf(text + 2 * n, "%2x", &byte) == 1) out[n++] = (uint8_t)byte;
    return n;
}

/* What the script answers to `input` (hex); its exit status. */
static int oracle(const char *input, char *out, size_t room, const char *format, ...)
{
    char arguments[4096], command[16384];
    va_list args;
    FILE *pipe;
    size_t n;

    va_start(args, format);
    (void)vsnprintf(arguments, sizeof arguments, format, args);
    va_end(args);
    (void)snprintf(command, sizeof command, "echo %s | python3 %s/gcm.py %s 2>&1", input, getenv("VECTORS"), arguments);
    assert_non_null(pipe = popen(command, "r"));
    n = fread(out, 1, room - 1, pipe);
    out[n] = 0;
    return WEXITSTATUS(pclose(pipe));
}

static const char master[] = "0101010101010101010101010101010101010101010101010101010101010101"; /* k1 of place.h */

/* The data key, unwrapped by the script from the row as it is stored. */
static void learn_key(adsync_vault *vault, int64_t org, const char *name, char *out, size_t room)
{
    char wrapped[512];
    ring_row row;

    assert_int_equal(adsync__ring_top(vault->storage, org, &row, NULL), ADSYNC_OK);
    hex(wrapped, row.wrapped, row.wrapped_size);
    adsync__ring_row_free(&row);
    assert_int_equal(oracle(wrapped, out, room, "unwrap %s '%s'", master, name), 0);
    out[strcspn(out, "\n")] = 0;
    assert_int_equal(strlen(out), 2 * ADSYNC__KEY_SIZE);
}

typedef struct sample {
    const char *context;
    int64_t generation;
    const char *text;
} sample;

static const sample samples[] = {
    { "c", 0, "token" },
    { "secrets/sealed/17/access_token/0", 3, "EAAB sixteen byte" },
    { "Zugangsschlüssel für Ömer", INT64_MAX, "" },
    { "negative", INT64_MIN, "a longer one that takes some blocks of the cipher, and then a little more than that" },
};

static void openssls_command_line_opens_a_blob_by_the_documented_format(void **state)
{
    adsync_storage *storage = NULL;
    adsync_keys *keys;
    adsync_vault *vault;
    char key[128], blob[4096], out[4096];
    place at;

    (void)state;
    place_make(&at);
    keys = place_keys(&at, PLACE_K1);
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    vault = place_vault(storage, keys, NULL);
    (void)place_org(storage, "first");
    for (size_t i = 0; i < ADSYNC__COUNT(samples); i++) {
        const sample *s = &samples[i];
        adsync_bytes *sealed = place_seal(vault, "Acme & Söhne", s->context, s->generation, s->text);
        size_t size;
        const void *p = adsync_bytes_data(sealed, &size);
        if (!i) learn_key(vault, 2, "Acme & Söhne", key, sizeof key);
        hex(blob, p, size);
        assert_int_equal(oracle(blob, out, sizeof out, "open %s 2 '%s' %" PRId64, key, s->context, s->generation), 0);
        assert_string_equal(out, s->text);
        assert_int_not_equal(oracle(blob, out, sizeof out, "open %s 3 '%s' %" PRId64, key, s->context, s->generation), 0);
        assert_string_equal(out, "forged\n");
        assert_int_not_equal(oracle(blob, out, sizeof out, "open %s 2 '%sx' %" PRId64, key, s->context, s->generation), 0);
        blob[2 * size - 1] = blob[2 * size - 1] == '0' ? '1' : '0';
        assert_int_not_equal(oracle(blob, out, sizeof out, "open %s 2 '%s' %" PRId64, key, s->context, s->generation), 0);
        adsync_bytes_free(sealed);
    }
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    adsync_storage_free(storage);
    place_remove(&at);
}

static void the_vault_opens_what_another_implementation_sealed(void **state)
{
    adsync_storage *storage = NULL;
    adsync_keys *keys;
    adsync_vault *vault;
    adsync_bytes *sealed, *out;
    char key[128], text[4096], answer[4096];
    uint8_t blob[2048];
    size_t size;
    place at;

    (void)state;
    place_make(&at);
    keys = place_keys(&at, PLACE_K1);
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    vault = place_vault(storage, keys, NULL);
    sealed = place_seal(vault, "acme", "c", 0, "makes the key");
    learn_key(vault, 1, "acme", key, sizeof key);
    for (size_t i = 0; i < ADSYNC__COUNT(samples); i++) {
        const sample *s = &samples[i];
        hex(text, s->text, strlen(s->text));
        assert_int_equal(
            oracle(text, answer, sizeof answer, "seal %s 1 1 '%s' %" PRId64 " 000102030405060708090a0b", key, s->context, s->generation),
            0);
        size = unhex(answer, blob);
        assert_int_equal(size, strlen(s->text) + ADSYNC__VAULT_OVERHEAD);
        assert_int_equal(adsync_vault_unseal(vault, "acme", s->context, s->generation, blob, size, &out, NULL), ADSYNC_OK);
        assert_string_equal(adsync_bytes_data(out, NULL), s->text);
        adsync_bytes_free(out);
    }
    adsync_bytes_free(sealed);
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    adsync_storage_free(storage);
    place_remove(&at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssls_command_line_opens_a_blob_by_the_documented_format),
        cmocka_unit_test(the_vault_opens_what_another_implementation_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
