/* SPDX-License-Identifier: MIT */
/* Master keys: the key file line by line, the callbacks and all they can do wrong. */
#include "place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void keys_refused(const place *p, const char *text, adsync_status status, const char *word)
{
    adsync_keys *keys = (adsync_keys *)&keys;
    adsync_error *error = NULL;

    place_write(p, text);
    assert_int_equal(adsync_keys_open_file(p->path, &keys, &error), status);
    assert_null(keys);
    if (!strstr(adsync_error_message(error), word)) fail_msg("'%s' lacks '%s'", adsync_error_message(error), word);
    assert_null(strstr(adsync_error_message(error), "AQEB")); /* never what stands there */
    assert_null(strstr(adsync_error_message(error), "sesame"));
    adsync_error_free(error);
}

static void a_key_file_with_comments_and_blank_lines_opens(void **state)
{
    place p;
    adsync_keys *keys;

    (void)state;
    place_make(&p);
    keys = place_keys(&p, "# master keys\n\n" PLACE_K2 "  \n\t\n" PLACE_K1 "\r\n#" PLACE_K3);
    assert_string_equal(adsync__keys_master(keys), "k2");
    adsync_keys_free(keys);
    keys = place_keys(&p, PLACE_K1); /* no end of line */
    assert_string_equal(adsync__keys_master(keys), "k1");
    adsync_keys_free(keys);
    adsync_keys_free(NULL);
    place_remove(&p);
}

static void a_bad_line_is_named_by_its_number_and_never_by_its_content(void **state)
{
    char text[2048];
    place p;

    (void)state;
    place_make(&p);
    keys_refused(&p, "", ADSYNC_E_FORMAT, "holds no key");
    keys_refused(&p, "# nothing\n\n", ADSYNC_E_FORMAT, "holds no key");
    keys_refused(&p, PLACE_K1 "\nopen sesame\n", ADSYNC_E_FORMAT, "line 2: there is no ':'");
    keys_refused(&p, "\n" PLACE_K1 "\n:AQEBAQEB\n", ADSYNC_E_FORMAT, "line 3: the name");
    keys_refused(&p, "open sesame:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", ADSYNC_E_FORMAT, "line 1: the name");
    keys_refused(&p, " k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", ADSYNC_E_FORMAT, "line 1: the name");
    keys_refused(&p, "k1: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", ADSYNC_E_FORMAT, "line 1: after the ':' stands no base64");
    keys_refused(&p, "k1:sesamesesame!", ADSYNC_E_FORMAT, "line 1: after the ':' stands no base64");
    keys_refused(&p, "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=", ADSYNC_E_FORMAT, "no base64"); /* bits that would be lost */
    keys_refused(&p, "k1:", ADSYNC_E_FORMAT, "line 1: the key has not 32 bytes");
    keys_refused(&p, "k1:AQEBAQEB", ADSYNC_E_FORMAT, "line 1: the key has not 32 bytes");
    keys_refused(&p, "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB", ADSYNC_E_FORMAT, "line 1: the key has not 32 bytes");
    keys_refused(&p, "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ADSYNC_E_FORMAT, "all zeros");
    keys_refused(&p, PLACE_K1 "\nk1:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=", ADSYNC_E_FORMAT,
                 "line 2: the name stands in the file twice");
    keys_refused(&p, PLACE_K1 "\nk2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", ADSYNC_E_FORMAT,
                 "line 2: the key stands in the file twice");
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 50, ":AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", 46);
    keys_refused(&p, text, ADSYNC_E_FORMAT, "line 1: the line is too long");
    memset(text, 'a', 65);
    memcpy(text + 65, ":AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", 46);
    keys_refused(&p, text, ADSYNC_E_FORMAT, "line 1: the name is not 1 to 64");
    place_remove(&p);
}

static void a_nul_in_the_key_file_is_no_end(void **state)
{
    static const char text[] = PLACE_K1 "\n\0:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n";
    adsync_keys *keys = NULL;
    place p;
    int fd;

    (void)state;
    place_make(&p);
    fd = open(p.path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    (void)close(fd);
    assert_int_equal(adsync_keys_open_file(p.path, &keys, NULL), ADSYNC_E_FORMAT);
    place_remove(&p);
}

static void more_than_64_kib_or_256_keys_are_refused(void **state)
{
    char *text = malloc(80000);
    size_t n = 0;
    place p;

    (void)state;
    place_make(&p);
    memset(text, '#', 65537);
    text[65537] = 0;
    keys_refused(&p, text, ADSYNC_E_FORMAT, "64 KiB");
    for (int i = 0; i < 257; i++) {
        uint8_t key[32] = { (uint8_t)i, (uint8_t)(i >> 8), 1 };
        adsync__buffer base64;
        adsync__buffer_begin(&base64, 100);
        adsync__base64_add(&base64, key, sizeof key);
        n += (size_t)sprintf(text + n, "key-%d:%s\n", i, base64.p);
        adsync__buffer_free(&base64);
    }
    keys_refused(&p, text, ADSYNC_E_FORMAT, "line 257: the file has more than 256 keys");
    free(text);
    place_remove(&p);
}

static void a_key_file_that_others_may_reach_is_refused(void **state)
{
    static const mode_t modes[] = { 0640, 0604, 0660, 0601, 0610, 0666, 0777 };
    adsync_keys *keys = NULL;
    adsync_error *error = NULL;
    place p;

    (void)state;
    place_make(&p);
    place_write(&p, PLACE_K1);
    for (size_t i = 0; i < ADSYNC__COUNT(modes); i++) {
        assert_int_equal(chmod(p.path, modes[i]), 0);
        assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_E_PERMISSION);
        assert_string_equal(adsync_error_name(error), "keys.mode");
    }
    assert_int_equal(chmod(p.path, 0400), 0);
    assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_OK);
    adsync_keys_free(keys);
    adsync_error_free(error);
    place_remove(&p);
}

static int child_owner(const place *p)
{
    adsync_keys *keys = NULL;
    adsync_error *error = NULL;
    adsync_status rc;
    int ok;

    if (seteuid(12345) < 0) return 1;
    rc = adsync_keys_open_file(p->path, &keys, &error);
    ok = rc == ADSYNC_E_PERMISSION; /* another user's: not even to be opened */
    adsync_error_free(error);
    return ok ? 0 : 2;
}

static void a_key_file_of_another_user_is_refused(void **state)
{
    adsync_keys *keys = NULL;
    adsync_error *error = NULL;
    int status = -1;
    pid_t child;
    place p;

    (void)state;
    place_make(&p);
    place_write(&p, PLACE_K1);
    if (geteuid() == 0) { /* root can make one and can read it all the same */
        assert_int_equal(chown(p.path, 12345, 12345), 0);
        assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_E_PERMISSION);
        assert_string_equal(adsync_error_name(error), "keys.owner");
        assert_int_equal(chown(p.path, 0, 0), 0);
        if (!(child = fork())) _exit(child_owner(&p));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_OK);
    adsync_keys_free(keys);
    adsync_error_free(error);
    place_remove(&p);
}

static void what_is_no_file_is_refused_and_does_not_hold_the_caller(void **state)
{
    adsync_keys *keys = NULL;
    adsync_error *error = NULL;
    place p;

    (void)state;
    place_make(&p);
    assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_keys_open_file(p.folder, &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(mkfifo(p.path, 0600), 0);
    assert_int_equal(adsync_keys_open_file(p.path, &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_open_file(NULL, &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_open_file(p.path, NULL, &error), ADSYNC_E_INVALID);
    adsync_error_free(error);
    place_remove(&p);
}

/* ---- callbacks */

static adsync_status nothing_wrap(void *user, const char *org, const void *key, uint32_t size, adsync_sink *wrapped, adsync_error **error)
{
    (void)user, (void)org, (void)key, (void)size, (void)wrapped, (void)error;
    return ADSYNC_OK;
}

static adsync_status nothing_unwrap(void *user, const char *org, const char *master, const void *wrapped, uint32_t size, adsync_sink *key,
                                    adsync_error **error)
{
    (void)user, (void)org, (void)master, (void)wrapped, (void)size, (void)key, (void)error;
    return ADSYNC_OK;
}

static void an_incomplete_table_of_callbacks_is_refused(void **state)
{
    adsync_key_ops ops = { .size = sizeof ops, .wrap = nothing_wrap };
    struct {
        adsync_key_ops ops;
        uint64_t later;
    } longer = { .ops = { .size = sizeof longer, .wrap = nothing_wrap, .unwrap = nothing_unwrap } };
    adsync_keys *keys = NULL;
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync_keys_new(NULL, "m", &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_new(&ops, "m", NULL, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_new(&ops, "m", &keys, &error), ADSYNC_E_INVALID);
    assert_non_null(strstr(adsync_error_message(error), "unwrap"));
    ops.unwrap = nothing_unwrap;
    assert_int_equal(adsync_keys_new(&ops, NULL, &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_new(&ops, "", &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_new(&ops, "with blank", &keys, &error), ADSYNC_E_INVALID);
    assert_int_equal(adsync_keys_new(&ops, "m234567890123456789012345678901234567890123456789012345678901234x", &keys, &error),
                     ADSYNC_E_INVALID);
    ops.flags = 1;
    assert_int_equal(adsync_keys_new(&ops, "m", &keys, &error), ADSYNC_E_UNSUPPORTED);
    ops.flags = 0;
    ops.size = 8;
    assert_int_equal(adsync_keys_new(&ops, "m", &keys, &error), ADSYNC_E_INVALID);
    assert_null(keys);
    assert_int_equal(adsync_keys_new(&longer.ops, "m", &keys, &error), ADSYNC_OK);
    adsync_keys_free(keys);
    longer.later = 1;
    assert_int_equal(adsync_keys_new(&longer.ops, "m", &keys, &error), ADSYNC_E_UNSUPPORTED);
    adsync_error_free(error);
}

static void a_kms_wraps_each_organisations_key_under_its_name(void **state)
{
    adsync_storage *storage = NULL;
    place_kms kms = { 0 };
    adsync_keys *keys = place_kms_keys(&kms, "arn-1");
    adsync_vault *vault;
    adsync_bytes *a, *b;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    vault = place_vault(storage, keys, NULL);
    adsync_keys_free(keys); /* any order */
    a = place_seal(vault, "Acme & Söhne", "c", 1, "token");
    assert_string_equal(kms.org, "Acme & Söhne");
    assert_int_equal(kms.wrapped, 1);
    assert_int_equal(kms.unwrapped, 1); /* proven before it was stored */
    b = place_seal(vault, "other", "c", 1, "token");
    assert_string_equal(kms.org, "other");
    assert_int_equal(place_opens(vault, "Acme & Söhne", "c", 1, a, "token"), ADSYNC_OK);
    assert_int_equal(kms.unwrapped, 2); /* what is known is not asked for again */
    assert_int_equal(kms.closed, 0);
    adsync_vault_free(vault);
    assert_int_equal(kms.closed, 1);
    keys = place_kms_keys(&kms, "arn-2");
    vault = place_vault(storage, keys, NULL);
    adsync_keys_free(keys);
    assert_int_equal(place_opens(vault, "Acme & Söhne", "c", 1, a, "token"), ADSYNC_OK);
    assert_string_equal(kms.org, "Acme & Söhne");
    assert_string_equal(kms.master, "arn-1"); /* the one it was wrapped under */
    adsync_bytes_free(a);
    adsync_bytes_free(b);
    adsync_vault_free(vault);
    adsync_storage_free(storage);
}

typedef struct expected {
    int how;
    adsync_status status;
    const char *name;
    int64_t code;
} expected;

static const expected kms_wrongs[] = {
    { KMS_FAILS, ADSYNC_E_HOST, "", 42 },          { KMS_AWAY, ADSYNC_E_TRANSIENT, "", 43 },
    { KMS_ODD, ADSYNC_E_HOST, "keys.answer", 0 },  { KMS_SHORT, ADSYNC_E_HOST, "keys.", 0 },
    { KMS_LONG, ADSYNC_E_HOST, "keys.answer", 0 }, { KMS_EMPTY, ADSYNC_E_HOST, "keys.answer", 0 },
    { KMS_RUBBISH, ADSYNC_E_HOST, "", 0 },         { KMS_OTHER_ORG, ADSYNC_E_HOST, "keys.wrong", 0 },
};

/* Each way of going wrong, on the way in: nothing is stored, and when the service works again all is well. */
static void a_kms_that_fails_to_wrap_leaves_nothing_behind(void **state)
{
    char ring[256];

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(kms_wrongs); i++) {
        const expected *e = &kms_wrongs[i];
        adsync_storage *storage = NULL;
        place_kms kms = { .wraps = e->how };
        adsync_keys *keys = place_kms_keys(&kms, "arn-1");
        adsync_bytes *sealed = NULL;
        adsync_error *error = NULL;
        adsync_vault *vault;

        if (e->how == KMS_OTHER_ORG) kms.wraps = KMS_WORKS, kms.unwraps = KMS_OTHER_ORG;
        assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
        vault = place_vault(storage, keys, NULL);
        assert_int_equal(adsync_vault_seal(vault, "acme", "c", 0, "x", 1, &sealed, &error), e->status);
        assert_null(sealed);
        assert_int_equal(adsync_error_host_code(error) == e->code || e->how == KMS_RUBBISH || e->how == KMS_SHORT, 1);
        assert_string_equal(place_ring(storage, place_org(storage, "acme"), ring, sizeof ring), "");
        kms.wraps = kms.unwraps = KMS_WORKS;
        sealed = place_seal(vault, "acme", "c", 0, "x");
        assert_int_equal(place_opens(vault, "acme", "c", 0, sealed, "x"), ADSYNC_OK);
        adsync_bytes_free(sealed);
        adsync_error_free(error);
        adsync_vault_free(vault);
        adsync_keys_free(keys);
        adsync_storage_free(storage);
    }
}

/* Each way of going wrong, on the way out: a clear answer that is no verdict on the secret, nothing overwritten, no use taken. */
static void a_kms_that_fails_to_unwrap_is_told_from_a_forgery(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(kms_wrongs); i++) {
        const expected *e = &kms_wrongs[i];
        adsync_storage *storage = NULL;
        place_kms kms = { 0 };
        adsync_keys *keys = place_kms_keys(&kms, "arn-1"), *later;
        adsync_bytes *sealed, *none = NULL;
        adsync_error *error = NULL;
        adsync_vault *vault;
        ring_row before, after;

        assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
        vault = place_vault(storage, keys, NULL);
        sealed = place_seal(vault, "acme", "c", 0, "x");
        adsync_vault_free(vault);
        vault = place_vault(storage, keys, NULL);
        assert_int_equal(adsync__ring_top(vault->storage, 1, &before, NULL), ADSYNC_OK);
        kms.unwraps = e->how;
        assert_int_equal(place_opens(vault, "acme", "c", 0, sealed, "x"), e->status);
        assert_int_equal(adsync_vault_seal(vault, "acme", "c", 0, "y", 1, &none, &error), e->status);
        assert_null(none);
        assert_int_equal(adsync_error_host_code(error), e->code);
        assert_true(strncmp(adsync_error_name(error), e->name, strlen(e->name)) == 0);
        assert_int_equal(adsync_vault_rewrap(vault, 10, NULL, &error), ADSYNC_OK); /* the master key is the current one: nothing to do */
        later = place_kms_keys(&kms, "arn-2");
        adsync_vault_free(vault);
        vault = place_vault(storage, later, NULL);
        assert_int_equal(adsync_vault_rewrap(vault, 10, NULL, &error), e->status);
        assert_int_equal(adsync__ring_top(vault->storage, 1, &after, NULL), ADSYNC_OK);
        assert_int_equal(before.version, after.version); /* nothing was written */
        kms.unwraps = KMS_WORKS;
        assert_int_equal(place_opens(vault, "acme", "c", 0, sealed, "x"), ADSYNC_OK);
        kms.wraps = e->how == KMS_OTHER_ORG ? KMS_RUBBISH : e->how; /* rewrapping into rubbish would lose the key for good */
        assert_int_equal(adsync_vault_rewrap(vault, 10, NULL, &error) < 0, 1);
        adsync__ring_row_free(&after);
        assert_int_equal(adsync__ring_top(vault->storage, 1, &after, NULL), ADSYNC_OK);
        assert_int_equal(before.version, after.version);
        adsync__ring_row_free(&before);
        adsync__ring_row_free(&after);
        adsync_bytes_free(sealed);
        adsync_error_free(error);
        adsync_vault_free(vault);
        adsync_keys_free(keys);
        adsync_keys_free(later);
        adsync_storage_free(storage);
    }
}

typedef struct race {
    adsync_storage *storage;
    place_kms other;
    adsync_bytes *sealed;
    adsync_status again;
    adsync_vault *first;
} race;

static void another_process_seals(place_kms *kms)
{
    race *r = kms->user;
    adsync_keys *keys = place_kms_keys(&r->other, "arn-1");
    adsync_vault *vault = place_vault(r->storage, keys, NULL);
    adsync_bytes *none = NULL;

    kms->meanwhile = NULL;
    r->sealed = place_seal(vault, "acme", "c", 0, "theirs");
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    r->again = adsync_vault_seal(r->first, "acme", "c", 0, "x", 1, &none, NULL); /* the handle that is being served */
    adsync_vault_free(r->first);                                                 /* goes when the call ends */
}

static void nothing_is_held_while_a_kms_is_slow(void **state)
{
    adsync_storage *mine = NULL;
    race r = { 0 };
    place_kms kms = { .meanwhile = another_process_seals, .user = &r };
    adsync_keys *keys = place_kms_keys(&kms, "arn-1");
    adsync_bytes *sealed = NULL;
    adsync_vault *vault;
    char ring[256];

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &mine, NULL), ADSYNC_OK);
    assert_int_equal(adsync_memory_open(mine, &r.storage, NULL), ADSYNC_OK);
    r.first = place_vault(mine, keys, NULL);
    sealed = place_seal(r.first, "acme", "c", 0, "ours"); /* while its wrap runs, another process makes the key */
    assert_int_equal(r.again, ADSYNC_E_BUSY);
    assert_int_equal(place_key_of(sealed), place_key_of(r.sealed));
    assert_string_equal(place_ring(mine, place_org(mine, "acme"), ring, sizeof ring), "1 active arn-1");
    vault = place_vault(mine, keys, NULL);
    assert_int_equal(place_opens(vault, "acme", "c", 0, sealed, "ours"), ADSYNC_OK);
    assert_int_equal(place_opens(vault, "acme", "c", 0, r.sealed, "theirs"), ADSYNC_OK);
    adsync_bytes_free(sealed);
    adsync_bytes_free(r.sealed);
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    adsync_storage_free(mine);
    adsync_storage_free(r.storage);
}

static void a_master_key_that_the_file_lacks_is_named(void **state)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    adsync_bytes *sealed, *none = NULL;
    adsync_keys *keys;
    adsync_vault *vault;
    char ring[256];
    size_t size;
    const void *p;
    place at;

    (void)state;
    place_make(&at);
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    keys = place_keys(&at, PLACE_K1);
    vault = place_vault(storage, keys, NULL);
    sealed = place_seal(vault, "acme", "c", 0, "x");
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    keys = place_keys(&at, PLACE_K2);
    vault = place_vault(storage, keys, NULL);
    p = adsync_bytes_data(sealed, &size);
    assert_int_equal(adsync_vault_unseal(vault, "acme", "c", 0, p, size, &none, &error), ADSYNC_E_NOT_FOUND);
    assert_string_equal(adsync_error_name(error), "keys.missing");
    assert_non_null(strstr(adsync_error_message(error), "'k1'"));
    assert_int_equal(adsync_vault_seal(vault, "acme", "c", 0, "x", 1, &none, &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_vault_rewrap(vault, 10, NULL, &error), ADSYNC_E_NOT_FOUND);
    assert_string_equal(place_ring(storage, 1, ring, sizeof ring), "1 active k1"); /* no second key was made on the quiet */
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    keys = place_keys(&at, "k1:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="); /* the name is right, the key is not */
    vault = place_vault(storage, keys, NULL);
    assert_int_equal(adsync_vault_unseal(vault, "acme", "c", 0, p, size, &none, &error), ADSYNC_E_FORGED);
    assert_string_equal(adsync_error_name(error), "keys.forged");
    adsync_vault_free(vault);
    adsync_keys_free(keys);
    adsync_bytes_free(sealed);
    adsync_error_free(error);
    adsync_storage_free(storage);
    place_remove(&at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_file_with_comments_and_blank_lines_opens),
        cmocka_unit_test(a_bad_line_is_named_by_its_number_and_never_by_its_content),
        cmocka_unit_test(a_nul_in_the_key_file_is_no_end),
        cmocka_unit_test(more_than_64_kib_or_256_keys_are_refused),
        cmocka_unit_test(a_key_file_that_others_may_reach_is_refused),
        cmocka_unit_test(a_key_file_of_another_user_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused_and_does_not_hold_the_caller),
        cmocka_unit_test(an_incomplete_table_of_callbacks_is_refused),
        cmocka_unit_test(a_kms_wraps_each_organisations_key_under_its_name),
        cmocka_unit_test(a_kms_that_fails_to_wrap_leaves_nothing_behind),
        cmocka_unit_test(a_kms_that_fails_to_unwrap_is_told_from_a_forgery),
        cmocka_unit_test(nothing_is_held_while_a_kms_is_slow),
        cmocka_unit_test(a_master_key_that_the_file_lacks_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
