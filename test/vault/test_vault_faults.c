/* SPDX-License-Identifier: MIT */
/* The vault's whole life, told again with every allocation failing and with every storage call failing, before and after it took
 * effect: whatever was sealed opens, no key is lost, no organisation has two that seal. */
#include "place.h"
#include "support/faults.h"
#include "support/faulty.h"

enum { BLOBS = 12, ROWS = 4 };

typedef struct life {
    place at, moved; /* key files: k1; and k2 before k1 */
    faulty faulty;
    bool faulted; /* storage calls fail */
    uint64_t nth;
    uint32_t when;
    bool from_then_on;
    adsync_status status;
    uint64_t calls;
    /* of one telling */
    adsync_storage *inner;
    adsync_bytes *blobs[BLOBS];
    const char *orgs[BLOBS]; /* whose they are */
    uint32_t n_blobs;
    uint32_t failed;
} life;

static void life_failed(life *l, adsync_status rc, adsync_error *const *error)
{
    l->failed += rc < 0;
    if (rc >= 0) return;
    assert_int_not_equal(rc, ADSYNC_E_INTERNAL);
    assert_int_not_equal(rc, ADSYNC_E_FORGED); /* trouble is never taken for a forgery */
    assert_true(adsync_error_status(*error) == rc || adsync_error_status(*error) == ADSYNC_E_MEMORY);
}

static void life_seal(life *l, adsync_vault *vault, const char *org)
{
    adsync_error *error = NULL;
    adsync_bytes *sealed = (adsync_bytes *)&error;
    adsync_status rc = adsync_vault_seal(vault, org, "c", 1, org, strlen(org), &sealed, &error);

    if (rc < 0) assert_null(sealed);
    life_failed(l, rc, &error);
    if (rc >= 0) l->orgs[l->n_blobs] = org;
    if (rc >= 0) l->blobs[l->n_blobs++] = sealed;
    adsync_error_free(error);
}

static void life_opens(life *l, adsync_vault *vault, uint32_t i)
{
    adsync_error *error = NULL;
    adsync_bytes *out = (adsync_bytes *)&error;
    size_t size;
    const void *p = adsync_bytes_data(l->blobs[i], &size);
    adsync_status rc = adsync_vault_unseal(vault, l->orgs[i], "c", 1, p, size, &out, &error);

    if (rc < 0)
        assert_null(out);
    else
        assert_string_equal(adsync_bytes_data(out, NULL), l->orgs[i]);
    life_failed(l, rc, &error);
    adsync_bytes_free(out);
    adsync_error_free(error);
}

static void life_row(life *l, adsync_storage *storage, adsync_vault *vault, int64_t grant)
{
    adsync_value row[8] = { adsync__value_int(1), adsync__value_int(grant), adsync__value_text("access"), adsync__value_int(0), { 0 },
                            adsync__value_int(3) };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_SECRETS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 8
    };
    adsync_error *error = NULL;
    adsync__buffer blob;
    adsync_status rc;

    adsync__buffer_begin(&blob, 1000);
    rc = adsync__vault_seal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, "token", 5, &blob, &error);
    row[4] = adsync__value_bytes(blob.p, blob.size);
    if (rc >= 0) rc = adsync_storage_commit(storage, 1, &change, 1, NULL, &error);
    life_failed(l, rc, &error);
    adsync__buffer_free(&blob);
    adsync_error_free(error);
}

/* Everything that a vault does; `left` is bounded because a failure may repeat for good. */
static void life_lead(life *l, adsync_storage *storage, adsync_keys *first, adsync_keys *second)
{
    static const adsync__vault_limits small = { .lot_first = 2, .lot_most = 4, .key_uses = 9, .believe_us = 60000000, .orgs = 1 };
    adsync_vault *vault = NULL, *later = NULL;
    adsync_error *error = NULL;
    uint32_t left = 1;

    life_failed(l, adsync_vault_open(storage, first, NULL, &vault, &error), &error);
    life_failed(l, adsync_vault_open(storage, second, NULL, &later, &error), &error);
    if (!vault || !later) goto done;
    adsync__vault_tune(vault, &small);
    life_seal(l, vault, "acme");
    life_seal(l, vault, "beta"); /* pushes the other out of memory */
    for (int i = 0; i < 4; i++) life_seal(l, vault, "acme");
    for (int64_t i = 0; i < ROWS; i++) life_row(l, storage, vault, i);
    for (uint32_t i = 0; i < l->n_blobs; i += 3) life_opens(l, later, i);
    life_failed(l, adsync_vault_rotate(later, "acme", &error), &error);
    for (int i = 0; i < 4 && left; i++) life_failed(l, adsync_vault_reseal(later, "acme", 3, &left, &error), &error);
    left = 1;
    for (int i = 0; i < 4 && left; i++) life_failed(l, adsync_vault_rewrap(later, 2, &left, &error), &error);
    life_seal(l, later, "acme");
    life_failed(l, adsync_vault_forget(later, "beta", &error), &error);
done:
    adsync_error_free(error);
    adsync_vault_free(vault);
    adsync_vault_free(later);
}

/* One active key at most, and every key that is not forgotten unwraps. */
static void whole_ring(adsync_storage *storage, adsync_vault *vault, const char *name)
{
    char ring[512];
    const char *active;
    ring_row row;
    vault_org *org;

    if (adsync__vault_org(vault, name, false, &org, NULL) < 0) return;
    active = strstr(place_ring(storage, org->number, ring, sizeof ring), "active");
    if (active) assert_null(strstr(active + 1, "active"));
    if (active) assert_true(active - ring <= 3); /* the highest */
    assert_int_equal(adsync__ring_top(vault->storage, org->number, &row, NULL), ADSYNC_OK);
    for (int64_t id = row.key; id; id--) {
        adsync__secret secret;
        adsync__ring_row_free(&row);
        assert_int_equal(adsync__ring_read(vault, org->number, id, &row, NULL), ADSYNC_OK);
        if (!row.there || adsync__ring_forgotten(&row)) continue;
        assert_int_equal(adsync__ring_unwrap(vault, org, &row, &secret, NULL), ADSYNC_OK);
        adsync__secret_free(&secret);
    }
    adsync__ring_row_free(&row);
}

static void whole(life *l)
{
    adsync_keys *keys = NULL;
    adsync_vault *vault = NULL;
    adsync_rows *rows = NULL;
    const adsync_value bound = adsync__value_int(1);
    const adsync_range range = { .table = ADSYNC_T_SECRETS, .limit = 100, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1 };
    size_t size;

    assert_int_equal(adsync_keys_open_file(l->moved.path, &keys, NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_open(l->inner, keys, NULL, &vault, NULL), ADSYNC_OK);
    whole_ring(l->inner, vault, "acme");
    whole_ring(l->inner, vault, "beta");
    for (uint32_t i = 0; i < l->n_blobs; i++) {
        const char *p = adsync_bytes_data(l->blobs[i], &size);
        adsync_bytes *out = NULL;
        adsync_status rc = adsync_vault_unseal(vault, l->orgs[i], "c", 1, p, size, &out, NULL);
        assert_true(rc >= 0 || (rc == ADSYNC_E_NOT_FOUND && !strcmp(l->orgs[i], "beta"))); /* which is forgotten in the end */
        adsync_bytes_free(out);
    }
    assert_int_equal(adsync_storage_scan(l->inner, 1, &range, &rows, NULL), ADSYNC_OK);
    for (size_t i = 0; i < adsync_rows_count(rows); i++) {
        adsync__secret secret;
        assert_int_equal(
            adsync__vault_unseal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, adsync__rows_values(rows, i), 8, &secret, NULL),
            ADSYNC_OK);
        assert_string_equal(secret.p, "token");
        adsync__secret_free(&secret);
    }
    adsync_rows_free(rows);
    adsync_vault_free(vault);
    adsync_keys_free(keys);
}

static void story(void *user)
{
    life *l = user;
    adsync_storage *storage = NULL;
    adsync_keys *first = NULL, *second = NULL;
    int64_t acme = 0;

    l->inner = NULL;
    l->n_blobs = l->failed = 0;
    if (adsync_memory_open(NULL, &l->inner, NULL) < 0) return;
    if (adsync_storage_org(l->inner, "acme", 1, &acme, NULL) < 0 || acme != 1) goto done; /* whose rows are put by number */
    faulty_forget(&l->faulty);
    if (adsync_keys_open_file(l->at.path, &first, NULL) >= 0 && adsync_keys_open_file(l->moved.path, &second, NULL) >= 0 &&
        faulty_wrap(&l->faulty, l->inner, &storage, NULL) >= 0) {
        if (l->faulted) faulty_fail(&l->faulty, l->nth, FAULTY_ANY, l->when, l->from_then_on, l->status);
        life_lead(l, storage, first, second);
        faulty_fail(&l->faulty, 0, 0, 0, false, ADSYNC_OK);
        l->calls = l->faulty.calls;
    }
done:
    adsync_keys_free(first);
    adsync_keys_free(second);
    adsync_storage_free(storage);
    adsync__alloc_watch(NULL); /* the inspection is not part of the story */
    whole(l);
    for (uint32_t i = 0; i < l->n_blobs; i++) adsync_bytes_free(l->blobs[i]);
    adsync_storage_free(l->inner);
}

static void life_begin(life *l)
{
    *l = (life){ 0 };
    place_make(&l->at);
    place_make(&l->moved);
    place_write(&l->at, PLACE_K1);
    place_write(&l->moved, PLACE_K2 "\n" PLACE_K1);
}

static void life_end(life *l)
{
    place_remove(&l->at);
    place_remove(&l->moved);
    free(l);
}

static void every_allocation_may_fail(void **state)
{
    life *l = malloc(sizeof *l);

    (void)state;
    life_begin(l);
    story(l);
    assert_int_equal(l->failed, 0);
    assert_true(faults_allocations(story, l) > 200);
    life_end(l);
}

static void story_kms(void *user)
{
    life *l = user;
    place_kms kms = { .wrapped = 0 };
    const adsync_key_ops ops = place_kms_ops(&kms);
    adsync_storage *storage = NULL;
    adsync_keys *first = NULL, *second = NULL;
    adsync_vault *vault = NULL, *later = NULL;
    adsync_error *error = NULL;
    uint32_t left, closed = 0;

    l->n_blobs = l->failed = 0;
    if (adsync_memory_open(NULL, &storage, &error) < 0) goto done;
    life_failed(l, adsync_keys_new(&ops, "arn-1", &first, &error), &error);
    life_failed(l, adsync_keys_new(&ops, "arn-2", &second, &error), &error);
    if (!first || !second) goto done;
    life_failed(l, adsync_vault_open(storage, first, NULL, &vault, &error), &error);
    life_failed(l, adsync_vault_open(storage, second, NULL, &later, &error), &error);
    if (!vault || !later) goto done;
    life_seal(l, vault, "acme");
    if (l->n_blobs) life_opens(l, later, 0);
    life_failed(l, adsync_vault_rewrap(later, 9, &left, &error), &error);
    adsync__alloc_watch(NULL);
    if (l->n_blobs) assert_int_equal(place_opens(later, "acme", "c", 1, l->blobs[0], "acme"), ADSYNC_OK);
done:
    closed = (first != NULL) + (second != NULL);
    for (uint32_t i = 0; i < l->n_blobs; i++) adsync_bytes_free(l->blobs[i]);
    adsync_error_free(error);
    adsync_vault_free(vault);
    adsync_vault_free(later);
    adsync_keys_free(first);
    adsync_keys_free(second);
    adsync_storage_free(storage);
    assert_int_equal(kms.closed, closed); /* once for each that was made, never for one that was not */
}

static void every_allocation_may_fail_with_a_kms(void **state)
{
    life *l = calloc(1, sizeof *l);

    (void)state;
    story_kms(l);
    assert_int_equal(l->failed, 0);
    assert_true(faults_allocations(story_kms, l) > 40);
    free(l);
}

static void every_storage_call_may_fail_before_and_after_it_took_effect(void **state)
{
    static const adsync_status answers[] = { ADSYNC_OK, ADSYNC_E_RETRY, ADSYNC_E_HOST }; /* OK: the usual one */
    life *l = malloc(sizeof *l);
    uint64_t n;

    (void)state;
    life_begin(l);
    story(l);
    n = l->calls;
    assert_true(n > 40);
    l->faulted = true;
    for (l->nth = 1; l->nth <= n; l->nth++) {
        for (int how = 0; how < 7; how++) {
            l->when = how < 4 ? FAULTY_BEFORE : FAULTY_AFTER;
            l->from_then_on = how == 3 || how == 6;
            l->status = how < 3 ? answers[how] : how == 5 ? ADSYNC_E_HOST : ADSYNC_OK;
            story(l);
            if (l->from_then_on) assert_true(l->failed > 0);
        }
    }
    life_end(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_with_a_kms),
        cmocka_unit_test(every_storage_call_may_fail_before_and_after_it_took_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
