/* SPDX-License-Identifier: MIT */
/* New master keys and new data keys: in lots, resumable, while others write. */
#include "place.h"
#include "support/faulty.h"

typedef struct fixture {
    place at;
    faulty faulty;
    adsync_storage *storage, *other; /* the other is another process' handle on the same rows */
    adsync_keys *keys;
    adsync_vault *vault;
    place_host host;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    adsync_storage *inner = NULL;

    place_make(&f->at);
    assert_int_equal(adsync_memory_open(NULL, &inner, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(inner, &f->other, NULL), ADSYNC_OK);
    assert_int_equal(faulty_wrap(&f->faulty, inner, &f->storage, NULL), ADSYNC_OK);
    adsync_storage_free(inner);
    f->keys = place_keys(&f->at, PLACE_K1);
    f->vault = place_vault(f->storage, f->keys, place_host_begin(&f->host));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;

    adsync_vault_free(f->vault);
    adsync_keys_free(f->keys);
    adsync_storage_free(f->storage);
    adsync_storage_free(f->other);
    place_remove(&f->at);
    free(f);
    return 0;
}

/* The process starts again with this key file. */
static void restart(fixture *f, const char *lines)
{
    adsync_vault_free(f->vault);
    adsync_keys_free(f->keys);
    f->keys = place_keys(&f->at, lines);
    f->vault = place_vault(f->storage, f->keys, &f->host.host);
}

/* ---- a new master key */

static void a_new_master_key_rewraps_in_lots_and_touches_no_secret(void **state)
{
    enum { ORGS = 250 };
    fixture *f = *state;
    adsync_bytes *sealed[ORGS];
    char org[32], ring[64];
    uint32_t left = 0, before = ORGS;

    for (int i = 0; i < ORGS; i++) {
        (void)snprintf(org, sizeof org, "org %d", i);
        sealed[i] = place_seal(f->vault, org, "c", 1, org);
    }
    restart(f, PLACE_K2 "\n" PLACE_K1);
    do {
        assert_int_equal(adsync_vault_rewrap(f->vault, 40, &left, NULL), ADSYNC_OK);
        assert_int_equal(left, before < 40 ? 0 : before - 40);
        before = left;
    } while (left);
    restart(f, PLACE_K2); /* the old line may go */
    for (int i = 0; i < ORGS; i++) {
        (void)snprintf(org, sizeof org, "org %d", i);
        assert_string_equal(place_ring(f->other, i + 1, ring, sizeof ring), "1 active k2");
        assert_int_equal(place_opens(f->vault, org, "c", 1, sealed[i], org), ADSYNC_OK);
        adsync_bytes_free(sealed[i]);
    }
}

static void masters_on_both_sides_of_the_current_name_are_rewrapped(void **state)
{
    fixture *f = *state;
    adsync_bytes *a = place_seal(f->vault, "a", "c", 1, "a"), *b, *c;
    char ring[64];
    uint32_t left = 9;

    restart(f, PLACE_K3 "\n" PLACE_K1);
    b = place_seal(f->vault, "b", "c", 1, "b");
    restart(f, PLACE_K2 "\n" PLACE_K1 "\n" PLACE_K3);
    c = place_seal(f->vault, "c", "c", 1, "c");
    assert_int_equal(adsync_vault_rewrap(f->vault, 1, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 1);
    assert_int_equal(adsync_vault_rewrap(f->vault, 1, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    assert_int_equal(adsync_vault_rewrap(f->vault, 1, NULL, NULL), ADSYNC_OK);
    for (int64_t i = 1; i <= 3; i++) assert_string_equal(place_ring(f->other, i, ring, sizeof ring), "1 active k2");
    restart(f, PLACE_K2);
    assert_int_equal(place_opens(f->vault, "a", "c", 1, a, "a"), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "b", "c", 1, b, "b"), ADSYNC_OK);
    assert_int_equal(place_opens(f->vault, "c", "c", 1, c, "c"), ADSYNC_OK);
    adsync_bytes_free(a);
    adsync_bytes_free(b);
    adsync_bytes_free(c);
}

static void a_key_that_does_not_unwrap_is_left_alone_and_the_others_are_done(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed[5];
    adsync_error *error = NULL;
    char org[8], ring[64];
    uint32_t left = 0;

    for (int i = 0; i < 5; i++) {
        (void)snprintf(org, sizeof org, "%d", i);
        if (i == 2) restart(f, PLACE_K3);
        sealed[i] = place_seal(f->vault, org, "c", 1, "x");
        if (i == 2) restart(f, PLACE_K1);
    }
    restart(f, PLACE_K2 "\n" PLACE_K1); /* k3 is missing */
    assert_int_equal(adsync_vault_rewrap(f->vault, 100, &left, &error), ADSYNC_E_NOT_FOUND);
    assert_non_null(strstr(adsync_error_message(error), "'k3'"));
    assert_int_equal(left, 1);
    for (int i = 0; i < 5; i++) assert_string_equal(place_ring(f->other, i + 1, ring, sizeof ring), i == 2 ? "1 active k3" : "1 active k2");
    restart(f, PLACE_K2 "\n" PLACE_K3);
    assert_int_equal(adsync_vault_rewrap(f->vault, 100, &left, &error), ADSYNC_OK);
    assert_int_equal(left, 0);
    for (int i = 0; i < 5; i++) {
        (void)snprintf(org, sizeof org, "%d", i);
        assert_int_equal(place_opens(f->vault, org, "c", 1, sealed[i], "x"), ADSYNC_OK);
        adsync_bytes_free(sealed[i]);
    }
    adsync_error_free(error);
}

static void more_than_a_thousand_left_are_counted_as_a_thousand(void **state)
{
    fixture *f = *state;
    char org[32];
    uint32_t left = 0;

    for (int i = 0; i < 1100; i++) {
        (void)snprintf(org, sizeof org, "org %d", i);
        adsync_bytes_free(place_seal(f->vault, org, "c", 1, "x"));
    }
    restart(f, PLACE_K2 "\n" PLACE_K1);
    assert_int_equal(adsync_vault_rewrap(f->vault, 50, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 1000);
    assert_int_equal(adsync_vault_rewrap(f->vault, 1050, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
}

/* Another process leases uses, or resealed up to somewhere, between our read of a row and our write. */
static void meanwhile_lease(faulty *f, const faulty_call *call, void *user)
{
    fixture *fix = user;
    const adsync_value values[5] = { adsync__value_int(1), adsync__value_int(1), adsync__value_text("active"), adsync__value_int(5000),
                                     adsync__value_text("secrets/1/a/0") };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_KEYS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 5
    };

    if (call->kind != FAULTY_COMMIT || call->table != ADSYNC_T_KEYS) return;
    f->before = NULL;
    assert_int_equal(adsync_storage_commit(fix->other, 1, &change, 1, NULL, NULL), ADSYNC_OK);
}

static void a_lease_between_read_and_write_is_not_lost(void **state)
{
    fixture *f = *state;
    adsync_bytes *sealed = place_seal(f->vault, "acme", "c", 1, "x");
    uint32_t left = 9;
    ring_row row;

    restart(f, PLACE_K2 "\n" PLACE_K1);
    f->faulty.before = meanwhile_lease;
    f->faulty.user = f;
    assert_int_equal(adsync_vault_rewrap(f->vault, 9, &left, NULL), ADSYNC_OK);
    assert_null(f->faulty.before); /* it did happen */
    assert_int_equal(left, 0);
    assert_int_equal(adsync__ring_top(f->vault->storage, 1, &row, NULL), ADSYNC_OK);
    assert_int_equal(row.uses, 5000);
    assert_string_equal(row.cursor, "secrets/1/a/0");
    assert_string_equal(row.master, "k2");
    adsync__ring_row_free(&row);
    assert_int_equal(place_opens(f->vault, "acme", "c", 1, sealed, "x"), ADSYNC_OK);
    adsync_bytes_free(sealed);
}

static void two_processes_that_lease_at_once_both_count(void **state)
{
    static const adsync__vault_limits small = { .lot_first = 10, .lot_most = 10, .key_uses = 1 << 20, .believe_us = 1000000, .orgs = 9 };
    fixture *f = *state;
    ring_row row;

    adsync__vault_tune(f->vault, &small);
    for (int i = 0; i < 10; i++) adsync_bytes_free(place_seal(f->vault, "acme", "c", 1, "x"));
    f->faulty.before = meanwhile_lease; /* the other brings it to 5,000 */
    f->faulty.user = f;
    adsync_bytes_free(place_seal(f->vault, "acme", "c", 1, "x"));
    assert_null(f->faulty.before);
    assert_int_equal(adsync__ring_top(f->vault->storage, 1, &row, NULL), ADSYNC_OK);
    assert_int_equal(row.uses, 5010);
    adsync__ring_row_free(&row);
}

/* ---- a new data key */

static void fill(fixture *f, int64_t org, int n)
{
    char text[32];

    for (int i = 0; i < n; i++) {
        (void)snprintf(text, sizeof text, "token %d", i);
        place_put_secret(f->storage, f->vault, org, 1 + i / 3, i % 3 == 0 ? "access" : i % 3 == 1 ? "page/1 ü" : "refresh", i, text);
    }
}

static void all_open_under(fixture *f, int64_t org, int n, int64_t key)
{
    char text[32];

    for (int i = 0; i < n; i++) {
        const char *field = i % 3 == 0 ? "access" : i % 3 == 1 ? "page/1 ü" : "refresh";
        (void)snprintf(text, sizeof text, "token %d", i);
        if (key) assert_int_equal(place_secret_key(f->other, org, 1 + i / 3, field), key);
        assert_int_equal(place_get_secret(f->other, f->vault, org, 1 + i / 3, field, text), ADSYNC_OK);
    }
}

static void a_new_data_key_reseals_in_lots_and_another_process_goes_on_where_one_stopped(void **state)
{
    enum { N = 230 };
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme"), beta = place_org(f->storage, "beta");
    uint32_t left = 0, calls = 0, before = N;

    fill(f, org, N);
    fill(f, beta, 9);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 20, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0); /* nothing is old */
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    do {
        faulty_forget(&f->faulty);
        assert_int_equal(adsync_vault_reseal(f->vault, "acme", 20, &left, NULL), ADSYNC_OK);
        assert_int_equal(left, before < 20 ? 0 : before - 20);
        assert_in_range(f->faulty.commits, 1, 4); /* rows go together; a lot and the place beside them */
        before = left;
        calls++;
        if (left) restart(f, PLACE_K1);
    } while (left);
    assert_int_equal(calls, (N + 19) / 20);
    all_open_under(f, org, N, 2);
    all_open_under(f, beta, 9, 1); /* nobody else's */
    faulty_forget(&f->faulty);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 20, &left, NULL), ADSYNC_OK); /* once more is harmless */
    assert_int_equal(left, 0);
    assert_int_equal(f->faulty.commits, 0);
}

static void one_call_may_do_all(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    uint32_t left = 9;

    fill(f, org, 160);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 100000, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    all_open_under(f, org, 160, 2);
}

/* Rows of the other tables that have something sealed. */
static adsync_status put_sealed(fixture *f, int64_t org, uint32_t table, uint32_t column, adsync_value *row, const char *text)
{
    uint32_t n = adsync_table_width(table), at = 0;
    const adsync_change change = { .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = n };
    adsync__buffer blob;
    adsync_status rc;

    while (adsync_table_column(table, at) != column) at++;
    adsync__buffer_begin(&blob, 65536);
    assert_int_equal(adsync__vault_seal_column(f->vault, table, column, row, n, text, strlen(text), &blob, NULL), ADSYNC_OK);
    row[at] = adsync__value_bytes(blob.p, blob.size);
    rc = adsync_storage_commit(f->storage, org, &change, 1, NULL, NULL);
    adsync__buffer_free(&blob);
    return rc;
}

static void expect_sealed(fixture *f, int64_t org, uint32_t table, uint32_t column, const adsync_value *key, const char *text,
                          int64_t under)
{
    adsync_rows *rows = NULL;
    adsync__secret secret = { 0 };
    const adsync_value *row, *blob;
    int64_t id = 0;

    assert_int_equal(adsync_storage_read(f->other, org, table, 0, key, 1, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1);
    row = adsync__rows_values(rows, 0);
    blob = adsync__column_find(table, column, row, adsync_table_width(table));
    assert_int_equal(adsync__blob_key(blob->p, blob->size, &id, NULL), ADSYNC_OK);
    assert_int_equal(id, under);
    assert_int_equal(adsync__vault_unseal_column(f->vault, table, column, row, adsync_table_width(table), &secret, NULL), ADSYNC_OK);
    assert_string_equal(secret.p, text);
    adsync__secret_free(&secret);
    adsync_rows_free(rows);
}

static void every_column_that_is_called_sealed_is_resealed(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    adsync_value lead[ADSYNC__WIDTH_MAX] = { adsync__value_int(org), adsync__value_int(4), adsync__value_int(ADSYNC_KIND_LEAD),
                                             adsync__value_text("l:1") };
    adsync_value plain[ADSYNC__WIDTH_MAX] = { adsync__value_int(org), adsync__value_int(4), adsync__value_int(ADSYNC_KIND_AD),
                                              adsync__value_text("ad") };
    adsync_value oauth[ADSYNC__WIDTH_MAX] = { adsync__value_text("state%/1") };
    adsync_value own[8] = { adsync__value_int(0), adsync__value_int(1), adsync__value_text("app"), adsync__value_int(0) };
    const adsync_change ad = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ENTITIES, .expected = ADSYNC_EXPECT_ANY, .values = plain, .n_values = 4
    };
    uint32_t left = 9;

    fill(f, org, 6);
    assert_int_equal(put_sealed(f, org, ADSYNC_T_ENTITIES, ADSYNC_C_ANSWERS, lead, "{\"name\":\"Ada\"}"), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(f->storage, org, &ad, 1, NULL, NULL), ADSYNC_OK); /* with nothing sealed */
    assert_int_equal(put_sealed(f, 0, ADSYNC_T_OAUTH_STATES, ADSYNC_C_VERIFIER, oauth, "pkce"), ADSYNC_OK);
    assert_int_equal(put_sealed(f, 0, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, own, "the system's"), ADSYNC_OK);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_rotate(f->vault, NULL, NULL), ADSYNC_OK);
    do assert_int_equal(adsync_vault_reseal(f->vault, "acme", 2, &left, NULL), ADSYNC_OK);
    while (left);
    all_open_under(f, org, 6, 2);
    expect_sealed(f, org, ADSYNC_T_ENTITIES, ADSYNC_C_ANSWERS, lead, "{\"name\":\"Ada\"}", 2);
    expect_sealed(f, 0, ADSYNC_T_OAUTH_STATES, ADSYNC_C_VERIFIER, oauth, "pkce", 1); /* the system's is its own */
    do assert_int_equal(adsync_vault_reseal(f->vault, NULL, 1, &left, NULL), ADSYNC_OK);
    while (left);
    expect_sealed(f, 0, ADSYNC_T_OAUTH_STATES, ADSYNC_C_VERIFIER, oauth, "pkce", 2);
    expect_sealed(f, 0, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, own, "the system's", 2);
}

static void spoil(fixture *f, int64_t org, int64_t grant, const char *field, size_t size)
{
    static const char rubbish[100] = { 1, 0, 0, 0, 0, 0, 0, 0, 1 };
    const adsync_value row[5] = { adsync__value_int(org), adsync__value_int(grant), adsync__value_text(field), adsync__value_int(0),
                                  adsync__value_bytes(rubbish, size) };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_SECRETS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 5
    };

    assert_int_equal(adsync_storage_commit(f->storage, org, &change, 1, NULL, NULL), ADSYNC_OK);
}

static void what_does_not_open_is_left_as_it_is_and_holds_nothing_up(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    adsync_status rc, worst = ADSYNC_OK;
    uint32_t left = 9, calls = 0;

    fill(f, org, 30);
    spoil(f, org, 1, "a", 100); /* before, among and after the others */
    spoil(f, org, 5, "b", 3);
    spoil(f, org, 99, "c", 0);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    do {
        rc = adsync_vault_reseal(f->vault, "acme", 7, &left, NULL);
        assert_true(rc == ADSYNC_OK || rc == ADSYNC_PARTIAL);
        if (rc) worst = rc;
        assert_true(++calls < 20);
    } while (left);
    assert_int_equal(worst, ADSYNC_PARTIAL);
    assert_int_equal(f->host.lines, 3); /* each is named in the log */
    assert_non_null(strstr(f->host.log, "secrets.sealed"));
    all_open_under(f, org, 30, 2);
    assert_int_equal(place_secret_key(f->other, org, 1, "a"), 1);
}

static void meanwhile_token(faulty *f, const faulty_call *call, void *user)
{
    fixture *fix = user;
    adsync_vault *other;

    if (call->kind != FAULTY_COMMIT || call->table != ADSYNC_T_SECRETS) return;
    f->before = NULL;
    other = place_vault(fix->other, fix->keys, NULL);
    place_put_secret(fix->other, other, 1, 2, "access", 77, "refreshed");
    adsync_vault_free(other);
}

static void a_token_that_is_refreshed_meanwhile_wins(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    uint32_t left = 9;

    fill(f, org, 9);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    f->faulty.before = meanwhile_token;
    f->faulty.user = f;
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 100, &left, NULL), ADSYNC_OK);
    assert_null(f->faulty.before);
    assert_int_equal(left, 0);
    assert_int_equal(place_get_secret(f->other, f->vault, org, 2, "access", "refreshed"), ADSYNC_OK);
    for (int i = 0; i < 9; i++)
        assert_int_equal(place_secret_key(f->other, org, 1 + i / 3, i % 3 == 0 ? "access" : i % 3 == 1 ? "page/1 ü" : "refresh"), 2);
}

static void a_process_that_still_believes_in_the_old_key_reseals_with_the_new_one(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    adsync_vault *other = place_vault(f->other, f->keys, &f->host.host);
    uint32_t left = 9;

    fill(f, org, 9); /* this handle believes in key 1 */
    assert_int_equal(adsync_vault_rotate(other, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 100, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    all_open_under(f, org, 9, 2);
    adsync_vault_free(other);
}

static void a_second_rotation_in_the_middle_begins_the_pass_again(void **state)
{
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    uint32_t left = 9;

    fill(f, org, 60);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 25, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 35);
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 25, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 35);
    do assert_int_equal(adsync_vault_reseal(f->vault, "acme", 25, &left, NULL), ADSYNC_OK);
    while (left);
    all_open_under(f, org, 60, 3);
}

static void an_organisation_without_secrets_has_nothing_left(void **state)
{
    fixture *f = *state;
    uint32_t left = 9;
    char ring[64];

    place_org(f->storage, "acme");
    assert_int_equal(adsync_vault_reseal(f->vault, "acme", 1, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    assert_string_equal(place_ring(f->other, 1, ring, sizeof ring), ""); /* and no key is made for it */
    assert_int_equal(adsync_vault_reseal(f->vault, NULL, 1, &left, NULL), ADSYNC_OK);
    assert_int_equal(left, 0);
    assert_int_equal(adsync_vault_rotate(f->vault, "new", NULL), ADSYNC_OK); /* may come first */
    assert_string_equal(place_ring(f->other, 2, ring, sizeof ring), "1 active k1");
}

static void many_rows_without_secrets_are_passed_in_bounded_calls(void **state)
{
    enum { N = 7000 };
    fixture *f = *state;
    int64_t org = place_org(f->storage, "acme");
    adsync_value lead[ADSYNC__WIDTH_MAX] = { adsync__value_int(org), adsync__value_int(4), adsync__value_int(ADSYNC_KIND_LEAD),
                                             adsync__value_text("z") };
    char id[32];
    uint32_t left = 9, calls = 0;

    assert_int_equal(put_sealed(f, org, ADSYNC_T_ENTITIES, ADSYNC_C_ANSWERS, lead, "answer"), ADSYNC_OK);
    for (int i = 0; i < N; i++) {
        adsync_value row[4] = { lead[0], lead[1], adsync__value_int(ADSYNC_KIND_CAMPAIGN), { 0 } };
        const adsync_change change = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ENTITIES, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 4
        };
        (void)snprintf(id, sizeof id, "%d", i);
        row[3] = adsync__value_text(id);
        assert_int_equal(adsync_storage_commit(f->other, org, &change, 1, NULL, NULL), ADSYNC_OK);
    }
    assert_int_equal(adsync_vault_rotate(f->vault, "acme", NULL), ADSYNC_OK);
    do {
        faulty_forget(&f->faulty);
        assert_int_equal(adsync_vault_reseal(f->vault, "acme", 10, &left, NULL), ADSYNC_OK);
        assert_true(f->faulty.scans < 200);
        restart(f, PLACE_K1); /* the place is in the storage, not in the handle */
        assert_true(++calls < 5);
    } while (left);
    assert_true(calls >= 2);
    expect_sealed(f, org, ADSYNC_T_ENTITIES, ADSYNC_C_ANSWERS, lead, "answer", 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_master_key_rewraps_in_lots_and_touches_no_secret),
        TEST(masters_on_both_sides_of_the_current_name_are_rewrapped),
        TEST(a_key_that_does_not_unwrap_is_left_alone_and_the_others_are_done),
        TEST(more_than_a_thousand_left_are_counted_as_a_thousand),
        TEST(a_lease_between_read_and_write_is_not_lost),
        TEST(two_processes_that_lease_at_once_both_count),
        TEST(a_new_data_key_reseals_in_lots_and_another_process_goes_on_where_one_stopped),
        TEST(one_call_may_do_all),
        TEST(every_column_that_is_called_sealed_is_resealed),
        TEST(what_does_not_open_is_left_as_it_is_and_holds_nothing_up),
        TEST(a_token_that_is_refreshed_meanwhile_wins),
        TEST(a_process_that_still_believes_in_the_old_key_reseals_with_the_new_one),
        TEST(a_second_rotation_in_the_middle_begins_the_pass_again),
        TEST(an_organisation_without_secrets_has_nothing_left),
        TEST(many_rows_without_secrets_are_passed_in_bounded_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
