/* SPDX-License-Identifier: MIT */
/* Sealing and opening, and what must never open. */
#include "place.h"

#include <sys/wait.h>
#include <unistd.h>

typedef struct fixture {
    place at;
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_vault *vault;
    place_host host;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    place_make(&f->at);
    assert_int_equal(adsync_memory_open(NULL, &f->storage, NULL), ADSYNC_OK);
    f->keys = place_keys(&f->at, PLACE_K1 "\n" PLACE_K2);
    f->vault = place_vault(f->storage, f->keys, place_host_begin(&f->host));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;

    adsync_storage_free(f->storage); /* any order */
    adsync_keys_free(f->keys);
    adsync_vault_free(f->vault);
    place_remove(&f->at);
    free(f);
    return 0;
}

/* Small numbers: lots of 4, then 16; a new key after 64 uses; two organisations in memory. */
static void small(adsync_vault *vault)
{
    const adsync__vault_limits limits = { .lot_first = 4, .lot_most = 16, .key_uses = 64, .believe_us = 60000000, .orgs = 2 };

    adsync__vault_tune(vault, &limits);
}

static void what_is_sealed_opens_with_the_same_three_and_nothing_else(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed = place_seal(f->vault, "acme", "grant:1/access", 7, "token"), *other;
    adsync_bytes *empty = place_seal(f->vault, "acme", "grant:1/access", 7, "");

    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access", 7, sealed, "token"), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access", 7, empty, ""), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access", 8, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access", -7, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/acces", 7, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access2", 7, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/Access", 7, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "nobody", "grant:1/access", 7, sealed, ""), ADSYNC_E_FORGED); /* never heard of */
    place_org(f->storage, "empty");
    assert_int_equal(place_opens(f->vault, "empty", "grant:1/access", 7, sealed, ""), ADSYNC_E_FORGED); /* known, without a key */
    other = place_seal(f->vault, "acme2", "grant:1/access", 7, "theirs");
    assert_int_equal(place_opens(f->vault, "acme2", "grant:1/access", 7, sealed, ""), ADSYNC_E_FORGED); /* with a key of the same id */
    assert_int_equal(place_opens(f->vault, "Acme", "grant:1/access", 7, sealed, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(f->vault, "acme", "grant:1/access", 7, sealed, "token"), ADSYNC_OK);
    adsync_bytes_free(sealed);
    adsync_bytes_free(empty);
    adsync_bytes_free(other);
}

static void every_generation_and_every_size_opens(void **state)
{
    static const int64_t generations[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 1000, 4095, 4096, 65535, 1 << 20, ADSYNC__VAULT_MOST };
    fixture *f = *state;
    char *text = malloc(ADSYNC__VAULT_MOST + 1);
    adsync_bytes *sealed = NULL, *out = NULL;
    size_t size;
    const void *p;

    memset(text, 's', ADSYNC__VAULT_MOST + 1);
    for (size_t i = 0; i < ADSYNC__COUNT(sizes); i++) {
        int64_t generation = generations[i % ADSYNC__COUNT(generations)];
        assert_int_equal(adsync_vault_seal(f->vault, "acme", "c", generation, text, sizes[i], &sealed, NULL), ADSYNC_OK);
        p = adsync_bytes_data(sealed, &size);
        assert_int_equal(size, sizes[i] + ADSYNC__VAULT_OVERHEAD);
        assert_int_equal(adsync_vault_unseal(f->vault, "acme", "c", generation, p, size, &out, NULL), ADSYNC_OK);
        p = adsync_bytes_data(out, &size);
        assert_int_equal(size, sizes[i]);
        assert_memory_equal(p, text, size);
        adsync_bytes_free(sealed);
        adsync_bytes_free(out);
    }
    assert_int_equal(adsync_vault_seal(f->vault, "acme", "c", 0, text, ADSYNC__VAULT_MOST + 1, &sealed, NULL), ADSYNC_E_TOO_BIG);
    assert_null(sealed);
    free(text);
}

static void a_flipped_bit_or_a_cut_anywhere_is_a_forgery_and_never_garbage(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed = place_seal(f->vault, "acme", "c", 1, "a token of some length"), *out;
    size_t size;
    const uint8_t *p = adsync_bytes_data(sealed, &size);
    uint8_t bad[256] = { 0 };

    for (size_t bit = 0; bit < 8 * size; bit++) {
        memcpy(bad, p, size);
        bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(adsync_vault_unseal(f->vault, "acme", "c", 1, bad, size, &out, NULL), ADSYNC_E_FORGED);
        assert_null(out);
    }
    memcpy(bad, p, size);
    for (size_t n = 0; n < sizeof bad; n++) { /* every truncation, and longer ones */
        if (n == size) continue;
        assert_int_equal(adsync_vault_unseal(f->vault, "acme", "c", 1, bad, n, &out, NULL), ADSYNC_E_FORGED);
        assert_null(out);
    }
    for (size_t n = 1; n < size; n++) { /* and from the front */
        assert_int_equal(adsync_vault_unseal(f->vault, "acme", "c", 1, p + n, size - n, &out, NULL), ADSYNC_E_FORGED);
        assert_null(out);
    }
    adsync_bytes_free(sealed);
}

static void no_blob_is_like_another(void **state)
{
    enum { N = 3000 };
    fixture *f = *state;
    uint8_t *nonces = malloc(N * ADSYNC__NONCE_SIZE);

    for (int i = 0; i < N; i++) {
        adsync_bytes *sealed = place_seal(f->vault, "acme", "c", 1, "same");
        memcpy(nonces + (size_t)i * ADSYNC__NONCE_SIZE, (const char *)adsync_bytes_data(sealed, NULL) + 9, ADSYNC__NONCE_SIZE);
        for (int k = 0; k < i; k += 1 + i / 100)
            assert_memory_not_equal(nonces + (size_t)i * ADSYNC__NONCE_SIZE, nonces + (size_t)k * ADSYNC__NONCE_SIZE, ADSYNC__NONCE_SIZE);
        adsync_bytes_free(sealed);
    }
    free(nonces);
}

static void bad_arguments_are_refused_with_words(void **state)
{
    fixture *f = *state;
    adsync_bytes *out = NULL;
    adsync_error *error = NULL;
    char context[ADSYNC__VAULT_CONTEXT + 2];

    memset(context, 'c', sizeof context);
    context[sizeof context - 1] = 0;
    assert_int_equal(adsync_vault_seal(NULL, "a", "c", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, NULL, "c", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "", "c", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", NULL, 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", "", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", "\xff", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", context, 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", "c", 0, NULL, 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_seal(f->vault, "a", "c", 0, "x", 1, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_unseal(f->vault, "a", "c", 0, NULL, 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_unseal(f->vault, NULL, "c", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_unseal(f->vault, "a", "c", 0, "x", 1, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_unseal(NULL, "a", "c", 0, "x", 1, &out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_rewrap(f->vault, 0, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_rewrap(NULL, 1, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_reseal(f->vault, "a", 0, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_reseal(f->vault, "unknown", 1, NULL, &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_vault_reseal(NULL, "a", 1, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_rotate(NULL, "a", &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_forget(f->vault, NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_forget(f->vault, "unknown", &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_vault_open(NULL, f->keys, NULL, (adsync_vault **)&out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_open(f->storage, NULL, NULL, (adsync_vault **)&out, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_vault_open(f->storage, f->keys, NULL, NULL, &error), ADSYNC_E_INVALID);
    assert_null(out);
    context[ADSYNC__VAULT_CONTEXT] = 0;
    assert_int_equal(adsync_vault_seal(f->vault, "a", context, 0, "x", 1, &out, &error), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "a", context, 0, out, "x"), ADSYNC_OK);
    adsync_bytes_free(out);
    adsync_error_free(error);
    adsync_vault_free(NULL);
}

static void a_secret_outlives_its_vault(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed = place_seal(f->vault, "acme", "c", 1, "token"), *out = NULL;
    size_t size;
    const void *p = adsync_bytes_data(sealed, &size);

    assert_int_equal(adsync_vault_unseal(f->vault, "acme", "c", 1, p, size, &out, NULL), ADSYNC_OK);
    adsync_vault_free(f->vault);
    f->vault = NULL;
    assert_string_equal(adsync_bytes_data(out, NULL), "token");
    adsync_bytes_free(out);
    adsync_bytes_free(sealed);
}

static int child_uses(fixture *f, adsync_bytes *sealed)
{
    adsync_bytes *out = NULL;
    adsync_error *error = NULL;
    size_t size;
    const void *p = adsync_bytes_data(sealed, &size);

    if (adsync_vault_seal(f->vault, "acme", "c", 1, "x", 1, &out, &error) != ADSYNC_E_INVALID || out) return 1;
    if (strcmp(adsync_error_name(error), "vault.forked") != 0) return 2;
    if (adsync_vault_unseal(f->vault, "acme", "c", 1, p, size, &out, &error) != ADSYNC_E_INVALID || out) return 3;
    if (adsync_vault_rotate(f->vault, "acme", &error) != ADSYNC_E_INVALID) return 4;
    adsync_error_free(error);
    adsync_vault_free(f->vault); /* what destructors in the child would do */
    adsync_bytes_free(sealed);
    return 0;
}

static void a_vault_is_refused_in_a_forked_child(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed = place_seal(f->vault, "acme", "c", 1, "token");
    int status = -1;
    pid_t child = fork();

    if (!child) _exit(child_uses(f, sealed));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, sealed, "token"), ADSYNC_OK);
    adsync_bytes_free(sealed);
}

/* ---- data keys */

static void uses_are_leased_in_growing_lots_and_a_key_is_replaced_when_they_are_up(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed[100];
    char ring[256];
    int64_t org = place_org(f->storage, "acme"), last = 0;
    ring_row top;

    small(f->vault);
    for (int i = 0; i < 100; i++) {
        sealed[i] = place_seal(f->vault, "acme", "c", i, "token");
        assert_true(place_key_of(sealed[i]) >= last);
        last = place_key_of(sealed[i]);
        assert_int_equal(adsync__ring_top(f->vault->storage, org, &top, NULL), ADSYNC_OK);
        if (i == 0) assert_int_equal(top.uses, 4);
        if (i == 3) assert_int_equal(top.uses, 4); /* four seals, one look at the row */
        if (i == 4) assert_int_equal(top.uses, 4 + 16);
        if (i == 19) assert_int_equal(top.uses, 4 + 16);
        if (i == 20) assert_int_equal(top.uses, 4 + 16 + 16);
        assert_true(top.uses <= 64);
        adsync__ring_row_free(&top);
    }
    assert_int_equal(last, 2); /* 4 + 3 * 16 of the first 64: the next lot would be more than 64 */
    assert_string_equal(place_ring(f->storage, org, ring, sizeof ring), "2 active k1, 1 retired k1");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(place_opens(f->vault, "acme", "c", i, sealed[i], "token"), ADSYNC_OK);
        adsync_bytes_free(sealed[i]);
    }
}

static void the_numbers_are_the_promised_ones(void **state)
{
    fixture *f = *state;

    assert_int_equal(f->vault->limits.lot_most, 1 << 20);
    assert_int_equal(f->vault->limits.key_uses, 1 << 30);
    assert_int_equal(f->vault->limits.lot_first, 1024);
    assert_int_equal(f->vault->limits.believe_us, 60 * 1000000);
}

static void another_process_notices_a_rotation(void **state)
{
    fixture *f = *state;
    adsync_storage *storage = NULL;
    adsync_vault *other;
    adsync_bytes *old = place_seal(f->vault, "acme", "c", 1, "old"), *fresh, *stale;
    char ring[256];

    assert_int_equal(adsync_memory_open(f->storage, &storage, NULL), ADSYNC_OK);
    other = place_vault(storage, f->keys, &f->host.host);
    assert_int_equal(place_opens(other, "acme", "c", 1, old, "old"), ADSYNC_OK);
    stale = place_seal(other, "acme", "c", 1, "x"); /* from here on it believes in key 1 */
    adsync_bytes_free(stale);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    fresh = place_seal(f->vault, "acme", "c", 1, "fresh");
    assert_int_equal(place_key_of(fresh), 2);                                        /* whoever rotated seals with the new key at once */
    assert_int_equal(place_opens(other, "acme", "c", 1, fresh, "fresh"), ADSYNC_OK); /* an id it has not seen: it looks */
    stale = place_seal(other, "acme", "c", 1, "stale");
    assert_int_equal(place_key_of(stale), 1); /* still believed .. */
    f->host.clock_us += 60 * 1000000;
    adsync_bytes_free(fresh);
    fresh = place_seal(other, "acme", "c", 1, "fresh");
    assert_int_equal(place_key_of(fresh), 2); /* .. for a minute */
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, stale, "stale"), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, old, "old"), ADSYNC_OK);
    assert_string_equal(place_ring(storage, 1, ring, sizeof ring), "2 active k1, 1 retired k1");
    adsync_bytes_free(old);
    adsync_bytes_free(fresh);
    adsync_bytes_free(stale);
    adsync_vault_free(other);
    adsync_storage_free(storage);
}

static void what_is_kept_in_memory_is_bounded_and_nothing_is_lost_by_it(void **state)
{
    enum { ORGS = 30 };
    fixture *f = *state;
    adsync_bytes *sealed[ORGS][6];
    char org[32];

    small(f->vault);
    for (int k = 0; k < 6; k++) {
        for (int i = 0; i < ORGS; i++) {
            (void)snprintf(org, sizeof org, "org %d", i);
            if (k) assert_int_equal(adsync_vault_rotate(f->vault, org, NULL), ADSYNC_OK); /* more keys than are kept for one */
            sealed[i][k] = place_seal(f->vault, org, "c", k, org);
            assert_true(f->vault->cache.count <= 2);
        }
    }
    for (int k = 0; k < 6; k++) {
        for (int i = 0; i < ORGS; i++) {
            (void)snprintf(org, sizeof org, "org %d", i);
            assert_int_equal(place_key_of(sealed[i][k]), k + 1);
            assert_int_equal(place_opens(f->vault, org, "c", k, sealed[i][k], org), ADSYNC_OK);
            adsync_bytes_free(sealed[i][k]);
        }
    }
}

static void a_forgotten_organisation_is_unreadable_and_seals_nothing_until_it_begins_anew(void **state)
{
    fixture *f = *state;
    adsync_storage *storage = NULL;
    adsync_vault *other;
    adsync_error *error = NULL;
    adsync_bytes *old = place_seal(f->vault, "acme", "c", 1, "old"), *none = NULL, *fresh, *lost,
                 *kept = place_seal(f->vault, "beta", "c", 1, "kept");
    char ring[256];
    uint32_t left = 9;

    assert_int_equal(adsync_memory_open(f->storage, &storage, NULL), ADSYNC_OK);
    other = place_vault(storage, f->keys, &f->host.host);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    lost = place_seal(other, "acme", "c", 1, "lost");
    assert_int_equal(adsync_vault_forget(f->vault, "acme", NULL), ADSYNC_OK);
    assert_string_equal(place_ring(storage, 1, ring, sizeof ring), "2 forgotten -");
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, old, ""), ADSYNC_E_NOT_FOUND);
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, lost, ""), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_vault_seal(f->vault, "acme", "c", 1, "x", 1, &none, &error), ADSYNC_E_REJECTED);
    assert_string_equal(adsync_error_name(error), "vault.forgotten");
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 1, &left, &error), ADSYNC_E_REJECTED);
    assert_int_equal(left, 0);
    assert_int_equal(adsync_vault_rewrap(f->vault, 10, &left, &error), ADSYNC_OK);
    assert_int_equal(adsync_vault_forget(f->vault, "acme", NULL), ADSYNC_OK);         /* again is fine */
    assert_int_equal(place_opens(f->vault, "beta", "c", 1, kept, "kept"), ADSYNC_OK); /* nobody else's */
    f->host.clock_us += 60 * 1000000; /* the other process had the keys in memory; after a minute it does not */
    assert_int_equal(place_opens(other, "acme", "c", 1, lost, ""), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_vault_seal(other, "acme", "c", 1, "x", 1, &none, &error), ADSYNC_E_REJECTED);
    assert_null(none);
    assert_int_equal(adsync_vault_rotate(other, "acme", NULL), ADSYNC_OK);
    assert_string_equal(place_ring(storage, 1, ring, sizeof ring), "3 active k1, 2 forgotten -");
    fresh = place_seal(f->vault, "acme", "c", 1, "fresh");
    assert_int_equal(place_key_of(fresh), 3);
    assert_int_equal(place_opens(other, "acme", "c", 1, fresh, "fresh"), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, old, ""), ADSYNC_E_NOT_FOUND); /* for good */
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, lost, ""), ADSYNC_E_NOT_FOUND);
    adsync_bytes_free(old);
    adsync_bytes_free(lost);
    adsync_bytes_free(kept);
    adsync_bytes_free(fresh);
    adsync_error_free(error);
    adsync_vault_free(other);
    adsync_storage_free(storage);
}

static void forgetting_one_that_never_sealed_keeps_it_from_sealing(void **state)
{
    fixture *f = *state;
    adsync_bytes *none = NULL;
    char ring[256];

    place_org(f->storage, "acme");
    assert_int_equal(adsync_vault_forget(f->vault, "acme", NULL), ADSYNC_OK);
    assert_string_equal(place_ring(f->storage, 1, ring, sizeof ring), "1 forgotten -");
    assert_int_equal(adsync_vault_seal(f->vault, "acme", "c", 1, "x", 1, &none, NULL), ADSYNC_E_REJECTED);
}

static void hundreds_of_keys_are_forgotten_too(void **state)
{
    fixture *f = *state;
    adsync_bytes *first = place_seal(f->vault, "acme", "c", 1, "x");
    char ring[64];

    for (int i = 0; i < 300; i++) assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_forget(f->vault, "acme", NULL), ADSYNC_OK);
    assert_string_equal(place_ring(f->storage, 1, ring, sizeof ring), "301 forgotten -");
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, first, ""), ADSYNC_E_NOT_FOUND);
    adsync_bytes_free(first);
}

/* ---- rows that somebody changed */

static void swap_keys(adsync_storage *storage, int64_t a, int64_t b)
{
    const adsync_value keys[2][2] = { { adsync__value_int(a), adsync__value_int(1) }, { adsync__value_int(b), adsync__value_int(1) } };
    adsync_rows *rows[2] = { NULL, NULL };
    adsync_value row[9];

    assert_int_equal(adsync_storage_read(storage, a, ADSYNC_T_KEYS, 0, keys[0], 1, &rows[0], NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_read(storage, b, ADSYNC_T_KEYS, 0, keys[1], 1, &rows[1], NULL), ADSYNC_OK);
    for (int i = 0; i < 2; i++) {
        adsync_change change = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_KEYS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 9
        };
        memcpy(row, adsync__rows_values(rows[1 - i], 0), sizeof row);
        row[0] = keys[i][0];
        assert_int_equal(adsync_storage_commit(storage, i ? b : a, &change, 1, NULL, NULL), ADSYNC_OK);
    }
    adsync_rows_free(rows[0]);
    adsync_rows_free(rows[1]);
}

static void a_data_key_moved_to_another_organisation_does_not_open(void **state)
{
    fixture *f = *state;
    adsync_bytes *a = place_seal(f->vault, "acme", "c", 1, "a"), *b = place_seal(f->vault, "beta", "c", 1, "b"), *none = NULL;
    adsync_error *error = NULL;
    adsync_vault *other;

    swap_keys(f->storage, 1, 2);
    other = place_vault(f->storage, f->keys, NULL);
    assert_int_equal(place_opens(other, "acme", "c", 1, a, ""), ADSYNC_E_FORGED);
    assert_int_equal(place_opens(other, "acme", "c", 1, b, ""), ADSYNC_E_FORGED);
    assert_int_equal(adsync_vault_seal(other, "acme", "c", 1, "x", 1, &none, &error), ADSYNC_E_FORGED);
    assert_string_equal(adsync_error_name(error), "keys.forged");
    swap_keys(f->storage, 1, 2);
    assert_int_equal(place_opens(other, "acme", "c", 1, a, "a"), ADSYNC_OK);
    adsync_vault_free(other);
    adsync_bytes_free(a);
    adsync_bytes_free(b);
    adsync_error_free(error);
}

static void an_organisation_led_to_anothers_number_reads_nothing_of_it(void **state)
{
    fixture *f = *state;
    adsync_bytes *a = place_seal(f->vault, "acme", "c", 1, "a"), *none = NULL;
    const adsync_value row[2] = { adsync__value_text("evil"), adsync__value_int(1) };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ORGS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 2
    };
    adsync__secret secret = { 0 };
    adsync_vault *other;
    size_t size;
    const void *p = adsync_bytes_data(a, &size);

    assert_int_equal(adsync_storage_commit(f->storage, 0, &change, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "evil", "c", 1, a, ""), ADSYNC_E_FORGED); /* the key is in memory, for another name */
    other = place_vault(f->storage, f->keys, NULL);
    assert_int_equal(place_opens(other, "evil", "c", 1, a, ""), ADSYNC_E_FORGED); /* it is not: it was wrapped for another name */
    assert_int_equal(adsync_vault_seal(other, "evil", "c", 1, "x", 1, &none, NULL), ADSYNC_E_FORGED);
    adsync_vault_free(other);
    other = place_vault(f->storage, f->keys, NULL);
    assert_int_equal(adsync__vault_unseal(other, 1, "c", 1, p, size, &secret, NULL), ADSYNC_E_FORGED); /* by number: two names */
    adsync_vault_free(other);
    adsync_bytes_free(a);
}

/* ---- for the rooms below */

static void numbers_and_names_are_the_same_organisation_and_the_system_has_its_own_key(void **state)
{
    fixture *f = *state;
    adsync_bytes *named = place_seal(f->vault, "acme", "c", 1, "token");
    adsync_vault *other = place_vault(f->storage, f->keys, NULL);
    adsync__secret secret = { 0 };
    adsync__buffer blob;
    char ring[64];
    size_t size;
    const void *p = adsync_bytes_data(named, &size);

    assert_int_equal(adsync__vault_unseal(other, 1, "c", 1, p, size, &secret, NULL), ADSYNC_OK);
    assert_string_equal(secret.p, "token");
    adsync__secret_free(&secret);
    assert_int_equal(adsync__vault_unseal(other, 0, "c", 1, p, size, &secret, NULL), ADSYNC_E_FORGED);
    assert_int_equal(adsync__vault_unseal(other, 77, "c", 1, p, size, &secret, NULL), ADSYNC_E_NOT_FOUND);
    adsync__buffer_begin(&blob, 300);
    adsync__buffer_text(&blob, "before:");
    assert_int_equal(adsync__vault_seal(other, 0, "verifier", 0, "pkce", 4, &blob, NULL), ADSYNC_OK);
    assert_int_equal(blob.size, 7 + 4 + ADSYNC__VAULT_OVERHEAD);
    assert_memory_equal(blob.p, "before:", 7);
    assert_int_equal(adsync__vault_unseal(f->vault, 0, "verifier", 0, blob.p + 7, blob.size - 7, &secret, NULL), ADSYNC_OK);
    assert_string_equal(secret.p, "pkce");
    assert_string_equal(place_ring(f->storage, 0, ring, sizeof ring), "1 active k1");
    adsync__secret_free(&secret);
    assert_int_equal(adsync__vault_seal(other, 0, "verifier", 0, ring, 250, &blob, NULL), ADSYNC_E_TOO_BIG);
    adsync__buffer_free(&blob);
    adsync_bytes_free(named);
    adsync_vault_free(other);
}

static void a_column_is_bound_to_its_row(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    adsync_value row[8] = { adsync__value_int(org), adsync__value_int(17), adsync__value_text("page/1 ü%"), adsync__value_int(0), { 0 },
                            adsync__value_int(3) };
    char context[ADSYNC__VAULT_CONTEXT + 1];
    adsync__secret secret = { 0 };
    adsync__buffer blob;

    adsync__column_context(ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, context);
    assert_string_equal(context, "secrets/sealed/17/page%2F1%20%C3%BC%25/0");
    adsync__buffer_begin(&blob, 1000);
    assert_int_equal(adsync__vault_unseal_column(f->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, &secret, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync__vault_seal_column(f->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, "token", 5, &blob, NULL), ADSYNC_OK);
    row[4] = adsync__value_bytes(blob.p, blob.size);
    assert_int_equal(adsync__vault_unseal_column(f->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, &secret, NULL), ADSYNC_OK);
    assert_string_equal(secret.p, "token");
    adsync__secret_free(&secret);
    assert_int_equal(adsync__vault_unseal(f->vault, org, context, 3, blob.p, blob.size, &secret, NULL),
                     ADSYNC_OK); /* the documented rule */
    adsync__secret_free(&secret);
    for (int i = 0; i < 6; i++) { /* moved to any other row, column by column */
        adsync_value moved[8];
        memcpy(moved, row, sizeof moved);
        if (i == 4) continue;
        moved[i] = i == 2 ? adsync__value_text("page/1") : adsync__value_int(row[i].i + 1);
        if (i == 0) moved[0] = adsync__value_int(place_org(f->storage, "beta"));
        assert_int_equal(adsync__vault_unseal_column(f->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, moved, 8, &secret, NULL),
                         ADSYNC_E_FORGED);
    }
    adsync__buffer_free(&blob);
}

static void the_longest_key_of_any_table_makes_a_context_that_fits_and_a_place_that_reads_back(void **state)
{
    char odd[600], context[ADSYNC__VAULT_CONTEXT + 1], store[ADSYNC__VAULT_CONTEXT + 1];
    adsync_value row[ADSYNC__KEY_MAX], key[ADSYNC__KEY_MAX];
    uint32_t table;

    (void)state;
    memset(odd, 0xc3, sizeof odd);
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        uint32_t left = ADSYNC__KEY_BYTES;
        for (uint32_t i = 0; i < adsync_index_width(t, 0); i++) {
            uint32_t max = adsync_table_column_max(t, i), kind = adsync_table_column_kind(t, i);
            if (!max || max > left) max = left;
            row[i] = kind == ADSYNC_VALUE_INT ? adsync__value_int(INT64_MIN) : (adsync_value){ .kind = kind, .size = max, .p = odd };
            if (kind != ADSYNC_VALUE_INT) left -= max;
        }
        for (uint32_t c = 0; c < adsync_table_width(t); c++) {
            adsync__column_context(t, adsync_table_column(t, c), row, context);
            assert_true(strlen(context) < ADSYNC__VAULT_CONTEXT);
        }
        adsync__column_place(t, row, context);
        assert_true(adsync__column_place_read(context, INT64_MIN, &table, key, store));
        assert_int_equal(table, t);
        for (uint32_t i = 0; i < adsync_index_width(t, 0); i++) assert_int_equal(adsync_value_compare(&key[i], &row[i]), 0);
        context[strlen(context) - 1] = '%'; /* damaged: no place at all */
        assert_false(adsync__column_place_read(context, INT64_MIN, &table, key, store));
    }
    assert_false(adsync__column_place_read(NULL, 1, &table, key, store));
    assert_false(adsync__column_place_read("", 1, &table, key, store));
    assert_false(adsync__column_place_read("nonsense/1", 1, &table, key, store));
    assert_false(adsync__column_place_read("secrets/1/a", 1, &table, key, store));
    assert_false(adsync__column_place_read("secrets/1/a/0/9", 1, &table, key, store));
    assert_false(adsync__column_place_read("secrets/x/a/0", 1, &table, key, store));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_sealed_opens_with_the_same_three_and_nothing_else),
        TEST(every_generation_and_every_size_opens),
        TEST(a_flipped_bit_or_a_cut_anywhere_is_a_forgery_and_never_garbage),
        TEST(no_blob_is_like_another),
        TEST(bad_arguments_are_refused_with_words),
        TEST(a_secret_outlives_its_vault),
        TEST(a_vault_is_refused_in_a_forked_child),
        TEST(uses_are_leased_in_growing_lots_and_a_key_is_replaced_when_they_are_up),
        TEST(the_numbers_are_the_promised_ones),
        TEST(another_process_notices_a_rotation),
        TEST(what_is_kept_in_memory_is_bounded_and_nothing_is_lost_by_it),
        TEST(a_forgotten_organisation_is_unreadable_and_seals_nothing_until_it_begins_anew),
        TEST(forgetting_one_that_never_sealed_keeps_it_from_sealing),
        TEST(hundreds_of_keys_are_forgotten_too),
        TEST(a_data_key_moved_to_another_organisation_does_not_open),
        TEST(an_organisation_led_to_anothers_number_reads_nothing_of_it),
        TEST(numbers_and_names_are_the_same_organisation_and_the_system_has_its_own_key),
        TEST(a_column_is_bound_to_its_row),
        TEST(the_longest_key_of_any_table_makes_a_context_that_fits_and_a_place_that_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
