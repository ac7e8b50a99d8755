/* SPDX-License-Identifier: MIT */
/* Making a storage of a table of callbacks: what is refused, and with which words. */
#include "support/values.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

static uint32_t closed;

static adsync_status no_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                             adsync_error **error)
{
    (void)user, (void)table, (void)columns, (void)keys, (void)n, (void)sink, (void)error;
    return ADSYNC_OK;
}

static adsync_status no_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    (void)user, (void)range, (void)sink, (void)error;
    return ADSYNC_OK;
}

static adsync_status no_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    (void)user, (void)changes, (void)n, (void)conflicts, (void)error;
    return ADSYNC_OK;
}

static void count_close(void *user)
{
    (void)user;
    closed++;
}

static int32_t no_watch(void *user)
{
    (void)user;
    return -1;
}

static adsync_storage_ops whole(void)
{
    return (adsync_storage_ops){
        .size = sizeof(adsync_storage_ops), .read = no_read, .scan = no_scan, .commit = no_commit, .close = count_close
    };
}

static void assert_refused(const adsync_storage_ops *ops, adsync_status status, const char *word)
{
    adsync_storage *storage = (adsync_storage *)&closed;
    adsync_error *error = NULL;

    closed = 0;
    assert_int_equal(adsync_storage_new(ops, &storage, &error), status);
    assert_null(storage);
    assert_int_equal(closed, 0); /* after a failure close was not called */
    assert_int_equal(adsync_error_status(error), status);
    if (!strstr(adsync_error_message(error), word)) fail_msg("\"%s\" does not say %s", adsync_error_message(error), word);
    adsync_error_free(error);
}

static void a_missing_slot_is_refused_with_its_name(void **state)
{
    adsync_storage_ops ops;

    (void)state;
    ops = whole();
    ops.read = NULL;
    assert_refused(&ops, ADSYNC_E_INVALID, "slot read ");
    ops = whole();
    ops.scan = NULL;
    assert_refused(&ops, ADSYNC_E_INVALID, "slot scan ");
    ops = whole();
    ops.commit = NULL;
    assert_refused(&ops, ADSYNC_E_INVALID, "slot commit ");
    ops = whole();
    ops.close = NULL;
    assert_refused(&ops, ADSYNC_E_INVALID, "slot close ");
    ops = whole();
    ops.watch_fd = no_watch;
    assert_refused(&ops, ADSYNC_E_INVALID, "slot watch_clear ");
}

static void a_size_that_is_none_is_refused(void **state)
{
    static const uint32_t sizes[] = { 0, 4, offsetof(adsync_storage_ops, close), offsetof(adsync_storage_ops, notify) - 4,
                                      offsetof(adsync_storage_ops, notify) + 4 };

    (void)state;
    assert_refused(NULL, ADSYNC_E_INVALID, "NULL");
    for (size_t i = 0; i < ADSYNC__COUNT(sizes); i++) {
        adsync_storage_ops ops = whole();
        ops.size = sizes[i];
        assert_refused(&ops, ADSYNC_E_INVALID, "size");
    }
}

static void limits_below_the_least_are_refused(void **state)
{
    adsync_storage_ops ops;

    (void)state;
    ops = whole();
    ops.max_changes = 99;
    assert_refused(&ops, ADSYNC_E_INVALID, "max_changes");
    ops = whole();
    ops.max_bytes = (2 << 20) - 1;
    assert_refused(&ops, ADSYNC_E_INVALID, "max_bytes");
}

static void unknown_flags_are_refused(void **state)
{
    adsync_storage_ops ops = whole();

    (void)state;
    ops.flags = ADSYNC_STORAGE_VOLATILE | 8;
    assert_refused(&ops, ADSYNC_E_UNSUPPORTED, "flags");
    ops.flags = UINT32_C(1) << 31;
    assert_refused(&ops, ADSYNC_E_UNSUPPORTED, "flags");
}

static void the_callbacks_are_copied_and_closed_once(void **state)
{
    adsync_storage_ops ops = whole();
    adsync_storage *storage = NULL;

    (void)state;
    closed = 0;
    assert_int_equal(adsync_storage_new(&ops, &storage, NULL), ADSYNC_OK);
    memset(&ops, 0xff, sizeof ops);
    assert_int_equal(adsync__storage_ops(storage)->max_changes, 2000);
    assert_int_equal(adsync__storage_ops(storage)->max_bytes, 4 << 20);
    adsync__storage_keep(storage);
    adsync_storage_free(storage);
    assert_int_equal(closed, 0); /* somebody still uses it */
    adsync_storage_free(storage);
    assert_int_equal(closed, 1);
    adsync_storage_free(NULL);
}

static void the_least_limits_are_taken(void **state)
{
    adsync_storage_ops ops = whole();
    adsync_storage *storage = NULL;

    (void)state;
    ops.max_changes = 100;
    ops.max_bytes = 2 << 20;
    assert_int_equal(adsync_storage_new(&ops, &storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync__storage_ops(storage)->max_changes, 100);
    assert_int_equal(adsync__storage_ops(storage)->max_bytes, 2 << 20);
    adsync_storage_free(storage);
}

/* The struct of an older library ends before the optional slots; what lies behind it is not read. */
static void a_shorter_struct_leaves_the_rest_unset(void **state)
{
    adsync_storage_ops ops = whole();
    adsync_storage *storage = NULL;

    (void)state;
    memset(&ops.notify, 0xff, sizeof ops - offsetof(adsync_storage_ops, notify));
    ops.size = offsetof(adsync_storage_ops, notify);
    assert_int_equal(adsync_storage_new(&ops, &storage, NULL), ADSYNC_OK);
    assert_null(adsync__storage_ops(storage)->notify);
    assert_null(adsync__storage_ops(storage)->now);
    adsync_storage_free(storage);
}

/* The struct of a newer library: taken unless it sets something this one does not know. */
static void a_longer_struct_is_taken_if_its_tail_is_zero(void **state)
{
    struct { adsync_storage_ops ops; char tail[16]; } longer = { whole(), { 0 } };
    adsync_storage *storage = NULL;

    (void)state;
    longer.ops.size = sizeof longer;
    assert_int_equal(adsync_storage_new(&longer.ops, &storage, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
    for (size_t i = 0; i < sizeof longer.tail; i++) {
        memset(longer.tail, 0, sizeof longer.tail);
        longer.tail[i] = 1;
        assert_refused(&longer.ops, ADSYNC_E_UNSUPPORTED, "too old");
    }
}

static void an_out_of_NULL_is_refused(void **state)
{
    adsync_storage_ops ops = whole();

    (void)state;
    assert_int_equal(adsync_storage_new(&ops, NULL, NULL), ADSYNC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_slot_is_refused_with_its_name),
        cmocka_unit_test(a_size_that_is_none_is_refused),
        cmocka_unit_test(limits_below_the_least_are_refused),
        cmocka_unit_test(unknown_flags_are_refused),
        cmocka_unit_test(the_callbacks_are_copied_and_closed_once),
        cmocka_unit_test(the_least_limits_are_taken),
        cmocka_unit_test(a_shorter_struct_leaves_the_rest_unset),
        cmocka_unit_test(a_longer_struct_is_taken_if_its_tail_is_zero),
        cmocka_unit_test(an_out_of_NULL_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
