/* SPDX-License-Identifier: MIT */
/* The kit is tested itself: a storage with exactly one fault must be called broken on the promise that the fault breaks, and on no
 * promise that has nothing to do with it. */
#include "kit_run.h"
#include "toy.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

typedef struct broken_case {
    toy_bug bug;
    const char *fault;
    const char *promises; /* the numbers of all that it breaks */
} broken_case;

static const broken_case cases[] = {
    { TOY_NULL_KEEPS, "a null that is put leaves the old value", "1.1 6.5 7.1 8.6" },
    { TOY_COUNTS_VERSIONS, "versions are counted by the storage", "1.2 1.8 2.11" },
    { TOY_VERSION_AS_DOUBLE, "versions pass through a double", "1.2 2.11" },
    { TOY_DELETE_OF_NOTHING_CONFLICTS, "a delete of whatever is there conflicts where nothing is", "1.3 2.4 9.3" },
    { TOY_DELETE_IS_NULLS, "a delete removes nothing", "1.3 2.1 2.7 3.1 3.2 7.3 8.7" },
    { TOY_CHECK_WRITES, "a check changes the version", "1.4 2.6 2.7" },
    { TOY_CHECK_IGNORED, "checks always hold", "1.4 2.4 2.6 2.7" },
    { TOY_ABSENT_IGNORED, "puts that expect no row write over one", "1.5 2.4 2.5" },
    { TOY_EXACT_PUT_IGNORED, "puts that expect a version write over any", "1.6 1.8 2.2 2.3 2.4 2.11" },
    { TOY_EXACT_PUT_CREATES, "puts that expect a version make a row where none is", "1.6 2.2 2.3 9.2" },
    { TOY_EXACT_DELETE_IGNORED, "deletes ignore the version they expect", "1.7 2.4" },
    { TOY_PREFIX_WIPES, "a put of leading columns wipes the later ones", "7.1" },
    { TOY_NEW_IS_ZERO, "columns that a put did not bring become 0", "7.2" },
    { TOY_DELETED_COLUMNS_RETURN, "a row made again gets the deleted one's columns", "7.3" },
    { TOY_FEWER_COLUMNS, "one column fewer than wanted is answered",
      "1.1 1.4 2.1 3.2 5.1 5.2 6.1 6.5 6.6 6.7 6.8 7.1 7.4 8.11 8.12 9.1 9.3 9.4 9.5" },
    { TOY_ONE_TABLE_A_COMMIT, "only the first table's changes are applied", "2.1 2.2 2.3" },
    { TOY_PARTIAL, "a commit that conflicts applies the changes that hold", "2.2 2.6 2.7 9.2" },
    { TOY_FIRST_CONFLICT, "only the first conflict is named", "2.3 2.4 2.11" },
    { TOY_ONE_KIND_OF_CONFLICT, "conflicts of one kind of change only are named", "2.4" },
    { TOY_RETRY_FOR_EVER, "batches of two writers block one another", "2.8" },
    { TOY_FEWER_CHANGES, "max_changes changes are too many", "5.1" },
    { TOY_FEWER_BYTES, "max_bytes bytes are too many", "5.2" },
    { TOY_FAILED_BUT_APPLIED, "a commit that is said to have failed was applied", "2.9" },
    { TOY_APPLIED_SAYS_FAILED, "a commit whose answer was lost is said to have failed", "2.10 2.11" },
    { TOY_NOT_APPLIED_SAYS_OK, "a commit that was not applied is said to be", "2.10 2.11" },
    { TOY_AGAIN_SAYS_OK, "a commit submitted again is taken as new", "2.11" },
    { TOY_FAILED_READ_IS_EMPTY, "a read that failed answers no rows", "2.12" },
    { TOY_STALE_READS, "a handle keeps the rows it read", "2.5 2.9 2.11 3.1" },
    { TOY_COMPARES_OWN_READS, "a commit compares with what its handle read", "1.8 2.5 2.6 2.7 2.11" },
    { TOY_STALE_SCANS, "a handle does not see rows that are newer than its first scan", "3.1 6.1 6.12" },
    { TOY_LOST_AT_CLOSE, "commits are lost with the last handle", "3.2" },
    { TOY_COLUMN_MISSING, "the last column of one table is not kept", "6.1" },
    { TOY_INT_AS_DOUBLE, "numbers pass through a double", "6.2 6.3" },
    { TOY_INT_UNSIGNED, "negative numbers are sorted last", "6.3" },
    { TOY_BYTES_END_AT_NUL, "bytes end at the first NUL", "6.4" },
    { TOY_EMPTY_TEXT_IS_NULL, "'' becomes null", "6.5 6.10" },
    { TOY_EMPTY_BYTES_ARE_NULL, "no bytes become null", "6.5" },
    { TOY_TEXT_CUT_255, "text is cut at 255 bytes", "5.2 6.6 6.14" },
    { TOY_VALUE_CUT_64K, "values are cut at 64 KiB", "5.2 6.6" },
    { TOY_READS_100_KEYS, "a read answers the first 100 keys", "6.7" },
    { TOY_QUOTES_DOUBLED, "quotes come back doubled", "6.8" },
    { TOY_CASE_FOLDED, "upper and lower case are equal", "6.9 6.12" },
    { TOY_BLANKS_TRIMMED, "trailing blanks are ignored", "6.10" },
    { TOY_NORMALISED, "text is normalised", "6.11" },
    { TOY_UTF16_ORDER, "text is ordered by UTF-16 units", "6.12" },
    { TOY_KEY_RUN_TOGETHER, "the columns of a key are run together", "6.13" },
    { TOY_TEXT_BOUND_IS_LIKE, "a bound's text stands for all that begin with it", "6.10 6.15 8.8" },
    { TOY_ORG_BOUND_IS_LIKE, "an organisation sees those whose number begins with its own", "6.16" },
    { TOY_TIES_BY_AGE, "rows that are equal in an index come in order of age", "8.1 8.2 8.3 8.4 8.5 8.7 9.3 9.4" },
    { TOY_DOWN_KEEPS_KEY_UP, "going down, the key's part still goes up", "8.2 8.4 8.5 8.12 9.3 9.4 9.5" },
    { TOY_DOWN_IGNORED, "scans only go up", "6.12 8.2 8.4 8.5 8.12 9.3 9.4 9.5" },
    { TOY_UPPER_END_OUT, "the upper bound is left out", "6.1 6.3 6.9 6.10 8.2 8.3 8.4 8.8" },
    { TOY_LONG_BOUND_CUT, "a bound is cut to the index' own columns", "8.3 8.4 8.8 8.11 8.12 9.3 9.4 9.5" },
    { TOY_EXCLUSIVE_IGNORED, "EXCLUSIVE is ignored", "8.4 8.8 8.11 8.12 9.3 9.4 9.5" },
    { TOY_EXCLUSIVE_WHOLE_KEYS_ONLY, "EXCLUSIVE works with whole keys only", "8.4" },
    { TOY_EXCLUSIVE_AT_WRONG_END, "going down, EXCLUSIVE leaves out the lower bound", "8.4 8.12 9.3 9.4 9.5" },
    { TOY_LIMIT_IGNORED, "the limit is ignored", "8.5 8.11 8.12 9.3 9.4 9.5" },
    { TOY_NULLS_INDEXED, "rows with nulls are in the index", "8.6" },
    { TOY_INDEX_STAYS, "an index goes by what the row held first", "8.6 8.7" },
    { TOY_OPEN_IS_EMPTY, "a range with one open end is empty", "3.1 8.9" },
    { TOY_ALL_ORGS_IS_ONE, "an index over all organisations holds those of one", "6.1 8.10 11.1" },
    { TOY_FLAG_NEEDED, "an index over all organisations is empty without the flag", "11.1" },
    { TOY_TORN_ROWS, "a scan mixes columns of two commits", "9.1" },
    { TOY_GHOST_ROWS, "a scan gives rows that were rolled back", "9.2" },
    { TOY_PAGES_BY_COUNT, "pages skip as many rows as were given", "8.4 8.8 9.3 9.4" },
    { TOY_PAGES_NEED_THEIR_ROW, "pages end where the row they resume at was deleted", "9.4" },
    { TOY_REWRITTEN_HIDDEN, "rows that are rewritten during a walk are hidden from it", "9.5" },
    { TOY_ERASE_NO_LIMIT, "erase ignores its limit", "12.1" },
    { TOY_ERASE_TOO_MUCH, "erase takes all of the organisation", "12.1" },
    { TOY_ERASE_STOPS_EARLY, "erase says that nothing is left too early", "12.1" },
    { TOY_DROPS_ALL, "drop_before drops everything", "12.2" },
    { TOY_NOW_IN_SECONDS, "the clock counts seconds", "12.3" },
    { TOY_NOW_BACK, "the clock goes back", "12.3" },
    { TOY_NEVER_WAKES, "a notification is lost", "12.4" },
    { TOY_STAYS_AWAKE, "the descriptor stays readable", "12.4" },
    { TOY_DELETE_HIDES_PUT, "of figures, a put after a delete is lost where there are more than two changes", "13.1" },
};

/* The numbers of the broken rows, parted by blanks. */
static void broken_numbers(adsync_rows *report, char out[1000])
{
    char *names = report_names(report, "broken");
    size_t n = 0;

    for (char *line = names; *line; line = strchr(line, '\n') + 1) {
        size_t digits = strcspn(line, " ");
        assert_true(n + digits + 2 < 1000);
        if (n) out[n++] = ' ';
        memcpy(out + n, line, digits);
        n += digits;
    }
    out[n] = 0;
    adsync__free(names);
}

static void a_fault_breaks_its_own_promises_and_no_others(void **state)
{
    const broken_case *c = *state;
    toy t = { .bug = c->bug };
    adsync_storage_check_options options = toy_options(&t);
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    char numbers[1000];
    adsync_status rc = adsync_storage_check(&options, &report, &error);

    assert_non_null(report);
    broken_numbers(report, numbers);
    assert_string_equal(numbers, c->promises);
    assert_int_equal(rc, ADSYNC_E_REJECTED);
    assert_non_null(strstr(adsync_error_message(error), "the storage breaks"));
    adsync_error_free(error);
    adsync_rows_free(report);
    toy_free(&t);
}

static void the_same_storage_without_a_fault_is_found_right(void **state)
{
    toy t = { .bug = TOY_RIGHT };
    adsync_storage_check_options options = toy_options(&t);
    adsync_rows *report = NULL;

    (void)state;
    (void)adsync_storage_check(&options, &report, NULL);
    report_is_clean(report);
    toy_free(&t);
}

/* A storage that lies about anything may break everything, but the kit comes to its end and says so. */
static void a_storage_that_lies_neither_crashes_nor_stops_the_kit(void **state)
{
    (void)state;
    for (int bug = TOY_NO_UTF8; bug < TOY_BUGS; bug++) {
        toy t = { .bug = (toy_bug)bug };
        adsync_storage_check_options options = toy_options(&t);
        adsync_rows *report = NULL;
        assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_E_REJECTED);
        assert_true(adsync_rows_count(report) > 60);
        adsync_rows_free(report);
        toy_free(&t);
    }
}

int main(void)
{
    enum { CASES = ADSYNC__COUNT(cases) };
    _Static_assert(CASES == TOY_NO_UTF8 - 1, "every fault is here");
    struct CMUnitTest tests[CASES + 2] = {
        cmocka_unit_test(the_same_storage_without_a_fault_is_found_right),
        cmocka_unit_test(a_storage_that_lies_neither_crashes_nor_stops_the_kit),
    };

    for (int i = 0; i < CASES; i++)
        tests[i + 2] = (struct CMUnitTest){ .name = cases[i].fault,
                                            .test_func = a_fault_breaks_its_own_promises_and_no_others,
                                            .initial_state = (void *)(uintptr_t)&cases[i] };
    return cmocka_run_group_tests_name("kit_broken", tests, NULL, NULL);
}
