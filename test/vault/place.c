/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

void place_make(place *p)
{
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/adsync-vault-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->path, sizeof p->path, "%s/keys", p->folder);
}

void place_write(const place *p, const char *text)
{
    int fd = open(p->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t size = strlen(text);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    assert_int_equal(close(fd), 0);
}

void place_remove(place *p)
{
    (void)unlink(p->path);
    assert_int_equal(rmdir(p->folder), 0);
}

adsync_keys *place_keys(const place *p, const char *text)
{
    adsync_keys *keys = NULL;

    place_write(p, text);
    assert_int_equal(adsync_keys_open_file(p->path, &keys, NULL), ADSYNC_OK);
    return keys;
}

static int64_t host_clock(void *user) { return ((place_host *)user)->clock_us; }

static void host_log(void *user, uint32_t level, const char *json)
{
    place_host *h = user;

    if (level > ADSYNC_LOG_WARN) return;
    h->lines++;
    (void)strncat(h->log, json, sizeof h->log - strlen(h->log) - 1);
}

const adsync_host *place_host_begin(place_host *h)
{
    *h = (place_host){ .clock_us = 1000000 };
    h->host = (adsync_host){ .size = sizeof h->host, .user = h, .now_us = host_clock, .monotonic_us = host_clock, .log = host_log };
    return &h->host;
}

/* ---- a key management service: XOR with a byte made of the master's name, and the organisation's name before it */

static adsync_status kms_bad(int how, adsync_sink *sink, adsync_error **error)
{
    uint8_t rubbish[5000];

    memset(rubbish, 0x5a, sizeof rubbish);
    if (how == KMS_FAILS) return adsync_error_set(error, ADSYNC_E_HOST, "the service said no", 42);
    if (how == KMS_AWAY) return adsync_error_set(error, ADSYNC_E_TRANSIENT, "the service is away", 43);
    if (how == KMS_ODD) return ADSYNC_E_FORGED;
    if (how == KMS_SHORT) return adsync_sink_bytes(sink, rubbish, 31);
    if (how == KMS_LONG) return adsync_sink_bytes(sink, rubbish, sizeof rubbish);
    if (how == KMS_RUBBISH) return adsync_sink_bytes(sink, rubbish, 32);
    return ADSYNC_OK;
}

static adsync_status kms_wrap(void *user, const char *org, const void *key, uint32_t size, adsync_sink *wrapped, adsync_error **error)
{
    place_kms *kms = user;
    uint8_t out[32];

    kms->wrapped++;
    (void)snprintf(kms->org, sizeof kms->org, "%s", org);
    if (kms->meanwhile) kms->meanwhile(kms);
    if (kms->wraps != KMS_WORKS) return kms_bad(kms->wraps, wrapped, error);
    assert_int_equal(size, sizeof out);
    for (size_t i = 0; i < sizeof out; i++) out[i] = ((const uint8_t *)key)[i] ^ 0xa5;
    (void)adsync_sink_bytes(wrapped, org, strlen(org));
    return adsync_sink_bytes(wrapped, out, sizeof out);
}

static adsync_status kms_unwrap(void *user, const char *org, const char *master, const void *wrapped, uint32_t size, adsync_sink *key,
                                adsync_error **error)
{
    place_kms *kms = user;
    uint8_t out[32];
    size_t name = strlen(org);
    adsync_status rc;

    kms->unwrapped++;
    (void)snprintf(kms->org, sizeof kms->org, "%s", org);
    (void)snprintf(kms->master, sizeof kms->master, "%s", master);
    if (kms->unwraps == KMS_OTHER_ORG) {
        memset(out, 0x77, sizeof out); /* a whole key, but another one */
        return adsync_sink_bytes(key, out, sizeof out);
    }
    if (kms->unwraps != KMS_WORKS) return kms_bad(kms->unwraps, key, error);
    if (size != name + sizeof out || memcmp(wrapped, org, name) != 0)
        return adsync_error_set(error, ADSYNC_E_HOST, "wrapped for another organisation", 44);
    for (size_t i = 0; i < sizeof out; i++) out[i] = ((const uint8_t *)wrapped)[name + i] ^ 0xa5;
    rc = adsync_sink_bytes(key, out, sizeof out);
    adsync__wipe(out, sizeof out);
    return rc;
}

static void kms_close(void *user) { ((place_kms *)user)->closed++; }

adsync_key_ops place_kms_ops(place_kms *kms)
{
    return (adsync_key_ops){ .size = sizeof(adsync_key_ops), .user = kms, .wrap = kms_wrap, .unwrap = kms_unwrap, .close = kms_close };
}

adsync_keys *place_kms_keys(place_kms *kms, const char *master)
{
    const adsync_key_ops ops = place_kms_ops(kms);
    adsync_keys *keys = NULL;

    assert_int_equal(adsync_keys_new(&ops, master, &keys, NULL), ADSYNC_OK);
    return keys;
}

/* ---- the vault */

adsync_vault *place_vault(adsync_storage *storage, adsync_keys *keys, const adsync_host *host)
{
    adsync_vault *vault = NULL;

    assert_int_equal(adsync_vault_open(storage, keys, host, &vault, NULL), ADSYNC_OK);
    return vault;
}

adsync_bytes *place_seal(adsync_vault *vault, const char *org, const char *context, int64_t generation, const char *text)
{
    adsync_bytes *sealed = NULL;
    adsync_error *error = NULL;

    if (adsync_vault_seal(vault, org, context, generation, text, strlen(text), &sealed, &error) < 0)
        fail_msg("seal: %s %s", adsync_status_name(adsync_error_status(error)), adsync_error_message(error));
    return sealed;
}

adsync_status place_opens(adsync_vault *vault, const char *org, const char *context, int64_t generation, const adsync_bytes *sealed,
                          const char *text)
{
    adsync_bytes *out = NULL;
    size_t size, got;
    const void *p = adsync_bytes_data(sealed, &size);
    adsync_status rc = adsync_vault_unseal(vault, org, context, generation, p, size, &out, NULL);

    if (rc < 0) assert_null(out);
    if (rc >= 0) {
        p = adsync_bytes_data(out, &got);
        assert_int_equal(got, strlen(text));
        assert_memory_equal(p, text, got + 1); /* and a NUL after it */
    }
    adsync_bytes_free(out);
    return rc;
}

int64_t place_key_of(const adsync_bytes *sealed)
{
    int64_t key = 0;
    size_t size;
    const void *p = adsync_bytes_data(sealed, &size);

    assert_int_equal(adsync__blob_key(p, size, &key, NULL), ADSYNC_OK);
    return key;
}

int64_t place_org(adsync_storage *storage, const char *name)
{
    int64_t number = 0;

    assert_int_equal(adsync_storage_org(storage, name, 1, &number, NULL), ADSYNC_OK);
    return number;
}

const char *place_ring(adsync_storage *storage, int64_t org, char *out, size_t room)
{
    const adsync_value bound = adsync__value_int(org);
    const adsync_range range = { .table = ADSYNC_T_KEYS,
                                 .flags = ADSYNC_RANGE_DESCENDING,
                                 .limit = 1000,
                                 .lower = &bound,
                                 .n_lower = 1,
                                 .upper = &bound,
                                 .n_upper = 1 };
    adsync_rows *rows = NULL;
    size_t n = 0;

    assert_int_equal(adsync_storage_scan(storage, org, &range, &rows, NULL), ADSYNC_OK);
    *out = 0;
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        const char *state = adsync_rows_bytes(rows, ADSYNC_C_STATE, NULL), *master = adsync_rows_bytes(rows, ADSYNC_C_MASTER, NULL);
        n += (size_t)snprintf(out + n, room - n, "%s%" PRId64 " %s %s", n ? ", " : "", adsync_rows_int(rows, ADSYNC_C_KEY), state,
                              master ? master : "-");
        assert_true(n < room);
    }
    adsync_rows_free(rows);
    return out;
}

/* ---- rows of secrets */

void place_put_secret(adsync_storage *storage, adsync_vault *vault, int64_t org, int64_t grant, const char *field, int64_t generation,
                      const char *text)
{
    adsync_value row[8] = { adsync__value_int(org),        adsync__value_int(grant), adsync__value_text(field), adsync__value_int(0), { 0 },
                            adsync__value_int(generation), adsync__value_int(1),     adsync__value_int(2) };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_SECRETS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 8
    };
    adsync__buffer blob;

    adsync__buffer_begin(&blob, 65536);
    assert_int_equal(adsync__vault_seal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, text, strlen(text), &blob, NULL),
                     ADSYNC_OK);
    row[4] = adsync__value_bytes(blob.p, blob.size);
    assert_int_equal(adsync_storage_commit(storage, org, &change, 1, NULL, NULL), ADSYNC_OK);
    adsync__buffer_free(&blob);
}

static adsync_rows *place_secret_row(adsync_storage *storage, int64_t org, int64_t grant, const char *field)
{
    const adsync_value key[4] = { adsync__value_int(org), adsync__value_int(grant), adsync__value_text(field), adsync__value_int(0) };
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_storage_read(storage, org, ADSYNC_T_SECRETS, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    return rows;
}

int64_t place_secret_key(adsync_storage *storage, int64_t org, int64_t grant, const char *field)
{
    adsync_rows *rows = place_secret_row(storage, org, grant, field);
    const adsync_value *row = adsync__rows_values(rows, 0);
    int64_t key = 0;

    assert_int_equal(adsync__blob_key(row[4].p, row[4].size, &key, NULL), ADSYNC_OK);
    adsync_rows_free(rows);
    return key;
}

adsync_status place_get_secret(adsync_storage *storage, adsync_vault *vault, int64_t org, int64_t grant, const char *field,
                               const char *text)
{
    adsync_rows *rows = place_secret_row(storage, org, grant, field);
    adsync__secret secret = { 0 };
    adsync_status rc =
        adsync__vault_unseal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, adsync__rows_values(rows, 0), 8, &secret, NULL);

    if (rc >= 0) assert_string_equal(secret.p, text);
    adsync__secret_free(&secret);
    adsync_rows_free(rows);
    return rc;
}
