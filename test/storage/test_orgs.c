/* SPDX-License-Identifier: MIT */
/* An organisation's number: one for each name, for good, whoever asks at the same time and whatever fails in between. */
#include "support/faulty.h"
#include "support/values.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static faulty around;
static adsync_storage *storage, *other; /* the same rows; `other` never fails */

static int begin(void **state)
{
    (void)state;
    memset(&around, 0, sizeof around);
    if (adsync_memory_open(NULL, &other, NULL) < 0 || faulty_wrap(&around, other, &storage, NULL) < 0) return -1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    adsync_storage_free(storage);
    adsync_storage_free(other);
    return 0;
}

static int64_t number_of(adsync_storage *s, const char *name)
{
    int64_t number = -1;

    assert_int_equal(adsync_storage_org(s, name, 1, &number, NULL), ADSYNC_OK);
    return number;
}

static void numbers_begin_at_1_and_stay(void **state)
{
    static const char *names[] = { "acme", "acme ", "Acme", "a", "ab", "\xc3\xa4", "1" };

    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < ADSYNC__COUNT(names); i++)
            assert_int_equal(number_of(round ? other : storage, names[i]), i + 1);
}

static void a_name_that_is_not_there_is_only_added_where_asked(void **state)
{
    adsync_error *error = NULL;
    int64_t number = 7;

    (void)state;
    assert_int_equal(adsync_storage_org(storage, "acme", 0, &number, &error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(number, 0);
    assert_int_equal(adsync_error_status(error), ADSYNC_E_NOT_FOUND);
    assert_int_equal(around.commits, 0);
    assert_int_equal(number_of(storage, "acme"), 1);
    assert_int_equal(adsync_storage_org(storage, "acme", 0, &number, NULL), ADSYNC_OK);
    assert_int_equal(number, 1);
    adsync_error_free(error);
}

static void a_name_that_is_none_is_refused(void **state)
{
    char longest[257];
    static const char *bad[] = { NULL, "", "\xff", "\xed\xa0\x80" };
    int64_t number = 7;

    (void)state;
    memset(longest, 'x', 256);
    longest[256] = 0;
    assert_int_equal(adsync_storage_org(storage, longest, 1, &number, NULL), ADSYNC_E_INVALID);
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        number = 7;
        assert_int_equal(adsync_storage_org(storage, bad[i], 1, &number, NULL), ADSYNC_E_INVALID);
        assert_int_equal(number, 0);
    }
    assert_int_equal(adsync_storage_org(storage, "a", 1, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_storage_org(NULL, "a", 1, &number, NULL), ADSYNC_E_INVALID);
    assert_int_equal(around.calls, 0);
    longest[255] = 0;
    assert_int_equal(number_of(storage, longest), 1);
}

/* ---- two at once */

static const char *their_name;
static int64_t their_number;

static void add_theirs_before_the_commit(faulty *f, const faulty_call *call, void *user)
{
    (void)user;
    if (call->kind != FAULTY_COMMIT) return;
    f->before = NULL;
    their_number = number_of(other, their_name);
}

static void two_who_add_one_name_get_one_number(void **state)
{
    adsync_error *error = NULL;
    int64_t number = 0;

    (void)state;
    their_name = "acme";
    around.before = add_theirs_before_the_commit;
    assert_int_equal(adsync_storage_org(storage, "acme", 1, &number, &error), ADSYNC_OK);
    assert_null(error); /* the conflict was made good */
    assert_int_equal(their_number, 1);
    assert_int_equal(number, 1);
    assert_int_equal(number_of(storage, "next"), 2);
}

static void two_who_add_two_names_get_two_numbers(void **state)
{
    (void)state;
    their_name = "theirs";
    around.before = add_theirs_before_the_commit;
    assert_int_equal(number_of(storage, "ours"), 2);
    assert_int_equal(their_number, 1);
}

enum { THREADS = 4, NAMES = 40 };

typedef struct adder {
    adsync_storage *storage;
    int64_t numbers[NAMES];
    int start, failed;
} adder;

static void *add_all(void *user)
{
    adder *me = user;
    char name[16];

    for (int i = 0; i < NAMES; i++) {
        int at = (i * 7 + me->start) % NAMES; /* each in another order */
        (void)snprintf(name, sizeof name, "org %d", at);
        me->failed |= adsync_storage_org(me->storage, name, 1, &me->numbers[at], NULL) < 0;
    }
    return NULL;
}

static void four_threads_agree_on_every_number(void **state)
{
    adder adders[THREADS] = { 0 };
    pthread_t threads[THREADS];
    int seen[NAMES + 1] = { 0 };

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        adders[i].start = i * 11;
        assert_int_equal(adsync_memory_open(other, &adders[i].storage, NULL), ADSYNC_OK);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_all, &adders[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(adders[i].failed, 0);
        adsync_storage_free(adders[i].storage);
    }
    for (int k = 0; k < NAMES; k++) {
        assert_in_range(adders[0].numbers[k], 1, NAMES);
        assert_int_equal(seen[adders[0].numbers[k]]++, 0);
        for (int i = 1; i < THREADS; i++)
            assert_int_equal(adders[i].numbers[k], adders[0].numbers[k]);
    }
}

/* ---- numbers are never used again */

static void the_number_of_a_name_that_is_gone_is_not_given_again(void **state)
{
    static const adsync_value key[] = { WORD("gone") };
    const adsync_change del = DELETE(ADSYNC_T_ORGS, ADSYNC_EXPECT_ANY, key);

    (void)state;
    assert_int_equal(number_of(storage, "first"), 1);
    assert_int_equal(number_of(storage, "gone"), 2);
    assert_int_equal(adsync_storage_commit(storage, 0, &del, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(number_of(storage, "gone"), 3);
    assert_int_equal(number_of(storage, "first"), 1);
}

/* ---- whatever fails */

static void assert_one_consistent_number(uint64_t n)
{
    int64_t number = number_of(storage, "acme");

    assert_int_equal(number_of(other, "acme"), number);
    assert_in_range(number, 1, 1 + n);
    assert_true(number_of(other, "another") > number);
}

/* Fails the n-th storage call, for every n until the story has no n-th one; answers how many there were. */
static uint64_t with_every_call_failing(uint32_t when, bool from_then_on, adsync_status status)
{
    for (uint64_t n = 1;; n++) {
        adsync_error *error = NULL;
        int64_t number = 7;
        adsync_status rc;
        assert_int_equal(begin(NULL), 0);
        faulty_fail(&around, n, FAULTY_ANY, when, from_then_on, status);
        rc = adsync_storage_org(storage, "acme", 1, &number, &error);
        assert_int_equal(adsync_error_status(error), rc);
        assert_true(rc == ADSYNC_OK ? number == 1 : number == 0);
        if (rc < 0) assert_true(rc == ADSYNC_E_STORAGE || rc == ADSYNC_E_RETRY || rc == ADSYNC_E_UNCERTAIN);
        adsync_error_free(error);
        faulty_fail(&around, 0, 0, 0, false, ADSYNC_OK);
        assert_one_consistent_number(n);
        if (!around.failed) {
            end(NULL);
            return n - 1;
        }
        end(NULL);
    }
}

static void after_any_failing_call_a_retry_gives_one_consistent_number(void **state)
{
    (void)state;
    assert_int_equal(with_every_call_failing(FAULTY_BEFORE, false, ADSYNC_OK), 3); /* find, next, commit */
    assert_int_equal(with_every_call_failing(FAULTY_BEFORE, true, ADSYNC_OK), 3);
    assert_int_equal(with_every_call_failing(FAULTY_AFTER, false, ADSYNC_OK), 3);
    assert_int_equal(with_every_call_failing(FAULTY_AFTER, true, ADSYNC_OK), 3);
    assert_int_equal(with_every_call_failing(FAULTY_BEFORE, false, ADSYNC_E_RETRY), 3);
    assert_int_equal(with_every_call_failing(FAULTY_BEFORE, true, ADSYNC_E_RETRY), 3);
}

static void a_commit_that_may_be_tried_again_is(void **state)
{
    adsync_error *error = NULL;
    int64_t number = 0;

    (void)state;
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, false, ADSYNC_E_RETRY);
    assert_int_equal(adsync_storage_org(storage, "acme", 1, &number, &error), ADSYNC_OK);
    assert_int_equal(number, 1);
    assert_null(error);
    faulty_fail(&around, 1, FAULTY_COMMIT, FAULTY_BEFORE, true, ADSYNC_E_RETRY);
    assert_int_equal(adsync_storage_org(storage, "never", 1, &number, &error), ADSYNC_E_RETRY); /* and comes to an end */
    assert_int_equal(number, 0);
    adsync_error_free(error);
}

static void a_store_with_a_number_that_is_none_is_a_format_error(void **state)
{
    static const int64_t bad[] = { 0, -1, INT64_MIN, INT64_MAX };
    adsync_value counter[2] = { WORD("next_org") }, org[2] = { WORD("acme") };
    const adsync_change put_counter = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ANY, counter), put_org = PUT(ADSYNC_T_ORGS, ADSYNC_EXPECT_ANY, org);
    int64_t number;

    (void)state;
    for (size_t i = 0; i <= ADSYNC__COUNT(bad); i++) {
        if (i) counter[1] = adsync__value_int(bad[i - 1]);
        assert_int_equal(adsync_storage_commit(other, 0, &put_counter, 1, NULL, NULL), ADSYNC_OK);
        number = 7;
        assert_int_equal(adsync_storage_org(storage, "acme", 1, &number, NULL), ADSYNC_E_FORMAT);
        assert_int_equal(number, 0);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        if (i) org[1] = adsync__value_int(bad[i - 1]);
        assert_int_equal(adsync_storage_commit(other, 0, &put_org, 1, NULL, NULL), ADSYNC_OK);
        number = 7;
        assert_int_equal(adsync_storage_org(storage, "acme", 1, &number, NULL), ADSYNC_E_FORMAT);
        assert_int_equal(number, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_begin_at_1_and_stay, begin, end),
        cmocka_unit_test_setup_teardown(a_name_that_is_not_there_is_only_added_where_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_name_that_is_none_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(two_who_add_one_name_get_one_number, begin, end),
        cmocka_unit_test_setup_teardown(two_who_add_two_names_get_two_numbers, begin, end),
        cmocka_unit_test_setup_teardown(four_threads_agree_on_every_number, begin, end),
        cmocka_unit_test_setup_teardown(the_number_of_a_name_that_is_gone_is_not_given_again, begin, end),
        cmocka_unit_test(after_any_failing_call_a_retry_gives_one_consistent_number),
        cmocka_unit_test_setup_teardown(a_commit_that_may_be_tried_again_is, begin, end),
        cmocka_unit_test_setup_teardown(a_store_with_a_number_that_is_none_is_a_format_error, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
