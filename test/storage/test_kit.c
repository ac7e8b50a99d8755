/* SPDX-License-Identifier: MIT */
/* The kit on the memory storage, and what it does with options and hosts that are no good. */
#include "kit_run.h"
#include "storage/kit_history.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void memory_keeps_every_promise_it_makes(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_error *error = NULL;
    adsync_rows *report = NULL;
    char *skipped;

    (void)state;
    (void)adsync_storage_check(&options, &report, &error);
    assert_non_null(report);
    assert_true(adsync_rows_count(report) > 60);
    skipped = report_names(report, "skipped");
    assert_string_equal(skipped,
                        "3.2 commits outlive the handles\n3.3 other processes see a commit\n3.4 commits outlive kill -9\n"
                        "3.5 commits outlive the plug\n12.2 drop_before leaves what is not old\n12.3 the storage's clock goes forward\n");
    report_is_clean(report);
    assert_null(error);
    adsync__free(skipped);
    memory_place_free(&place);
}

static void a_report_has_a_row_per_promise_in_the_order_of_the_contract(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;
    int chapter = 0, sentence = 0, c, s;

    (void)state;
    assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_column(report, 0), ADSYNC_C_NAME);
    assert_int_equal(adsync_rows_column(report, 1), ADSYNC_C_RESULT);
    assert_int_equal(adsync_rows_column(report, 2), ADSYNC_C_MESSAGE);
    while (adsync_rows_next(report, NULL) == ADSYNC_ROW) {
        assert_int_equal(sscanf(adsync_rows_text(report, ADSYNC_C_NAME), "%d.%d ", &c, &s), 2);
        assert_true(c > chapter || (c == chapter && s == sentence + 1));
        chapter = c;
        sentence = s;
    }
    adsync_rows_free(report);
    memory_place_free(&place);
}

static void without_fail_at_its_promises_are_skipped(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;
    char *skipped;

    (void)state;
    options.size = offsetof(adsync_storage_check_options, fail_at);
    assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_OK);
    skipped = report_names(report, "skipped");
    assert_non_null(strstr(skipped, "2.9 "));
    assert_non_null(strstr(skipped, "2.12 "));
    adsync__free(skipped);
    adsync_rows_free(report);
    memory_place_free(&place);
}

static void refuses(const adsync_storage_check_options *options, adsync_status status, const char *words)
{
    adsync_error *error = NULL;
    adsync_rows *report = (adsync_rows *)&error;

    assert_int_equal(adsync_storage_check(options, &report, &error), status);
    assert_null(report);
    assert_non_null(strstr(adsync_error_message(error), words));
    adsync_error_free(error);
}

static void options_that_are_no_good_are_refused_with_words(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options good = memory_place_options(&place), bad;
    struct {
        adsync_storage_check_options known;
        uint64_t tail;
    } longer = { good, 1 };

    (void)state;
    refuses(NULL, ADSYNC_E_INVALID, "adsync_storage_check_options");
    bad = good;
    bad.size = 8;
    refuses(&bad, ADSYNC_E_INVALID, "adsync_storage_check_options");
    bad = good;
    bad.flags = 1;
    refuses(&bad, ADSYNC_E_UNSUPPORTED, "flags");
    bad = good;
    bad.open = NULL;
    refuses(&bad, ADSYNC_E_INVALID, "open");
    bad = good;
    bad.wipe = NULL;
    refuses(&bad, ADSYNC_E_INVALID, "wipe");
    longer.known.size = sizeof longer;
    refuses(&longer.known, ADSYNC_E_UNSUPPORTED, "adsync_storage_check_options");
    assert_int_equal(adsync_storage_check(&good, NULL, NULL), ADSYNC_E_INVALID);
}

static adsync_status open_nothing(void *user, adsync_storage **out, adsync_error **error)
{
    (void)user, (void)out, (void)error;
    return ADSYNC_OK;
}

static adsync_status open_fails(void *user, adsync_storage **out, adsync_error **error)
{
    (void)user, (void)out;
    return adsync_error_set(error, ADSYNC_E_STORAGE, "the database is away", 0);
}

static adsync_status open_the_same(void *user, adsync_storage **out, adsync_error **error)
{
    adsync_storage **same = user;

    if (!*same) (void)adsync_memory_open(NULL, same, error);
    *out = *same;
    return ADSYNC_OK;
}

static adsync_status wipe_nothing(void *user, adsync_error **error)
{
    (void)user, (void)error;
    return ADSYNC_OK;
}

static adsync_status wipe_fails(void *user, adsync_error **error)
{
    (void)user;
    return adsync_error_set(error, ADSYNC_E_HOST, "no right to delete", 0);
}

static void a_host_that_cannot_open_or_wipe_ends_the_kit(void **state)
{
    adsync_storage_check_options options = { .size = sizeof options, .open = open_fails, .wipe = wipe_nothing };
    adsync_storage *same = NULL;

    (void)state;
    refuses(&options, ADSYNC_E_STORAGE, "the database is away");
    options.wipe = wipe_fails;
    refuses(&options, ADSYNC_E_HOST, "no right to delete");
    options.wipe = wipe_nothing;
    options.open = open_nothing;
    refuses(&options, ADSYNC_E_INVALID, "no storage");
    options.open = open_the_same;
    options.user = &same;
    refuses(&options, ADSYNC_E_INVALID, "same handle");
}

static void a_wipe_that_leaves_rows_is_told(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    const adsync_value row[] = { adsync__value_text("left") };
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_META, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 1
    };
    adsync_rows *report = NULL;
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &place.rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(place.rows, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    options.wipe = wipe_nothing;
    assert_int_equal(adsync_storage_check(&options, &report, &error), ADSYNC_E_REJECTED);
    assert_int_equal(adsync_rows_next(report, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(report, ADSYNC_C_RESULT), "broken");
    assert_non_null(strstr(adsync_rows_text(report, ADSYNC_C_MESSAGE), "meta has rows after wipe"));
    assert_non_null(strstr(adsync_error_message(error), "0.1 tables are empty after wipe"));
    adsync_error_free(error);
    adsync_rows_free(report);
    memory_place_free(&place);
}

static const char *contract; /* doc/storage.md */

static void the_contract_in_words_names(const char *words, const char *promise)
{
    char number[16];

    snprintf(number, sizeof number, "**%.*s**", (int)strcspn(promise, " "), promise);
    if (!strstr(words, number)) fail_msg("doc/storage.md does not explain %s", promise);
}

static void the_contract_in_words_has_every_promise(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;
    char *words = calloc(1, 100000);
    FILE *file = fopen(contract, "r");

    (void)state;
    assert_non_null(file);
    assert_true(fread(words, 1, 99999, file) > 1000);
    fclose(file);
    assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_OK);
    while (adsync_rows_next(report, NULL) == ADSYNC_ROW)
        the_contract_in_words_names(words, adsync_rows_text(report, ADSYNC_C_NAME));
    for (const kit_judgement *j = adsync__kit_judgements; j->name; j++)
        the_contract_in_words_names(words, j->name);
    free(words);
    adsync_rows_free(report);
    memory_place_free(&place);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_keeps_every_promise_it_makes),
        cmocka_unit_test(a_report_has_a_row_per_promise_in_the_order_of_the_contract),
        cmocka_unit_test(without_fail_at_its_promises_are_skipped),
        cmocka_unit_test(options_that_are_no_good_are_refused_with_words),
        cmocka_unit_test(a_host_that_cannot_open_or_wipe_ends_the_kit),
        cmocka_unit_test(a_wipe_that_leaves_rows_is_told),
        cmocka_unit_test(the_contract_in_words_has_every_promise),
    };

    if (argc != 2) return 2;
    contract = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
