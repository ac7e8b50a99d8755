/* SPDX-License-Identifier: MIT */
/* A key over 512 bytes. No table of the library has columns that could make one, so this program links a list of its own. */
#include "support/values.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

static const adsync__column columns[] = {
    { ADSYNC_C_KEY, ADSYNC_VALUE_TEXT, 0, 1, 0 },
    { ADSYNC_C_HASH, ADSYNC_VALUE_BYTES, 0, 1, 0 },
    { ADSYNC_C_VALUE, ADSYNC_VALUE_INT, 0, 1, 0 },
    { ADSYNC_C_TEXT, ADSYNC_VALUE_TEXT, 0, 1, 0 },
};
static const adsync__table tables[] = { { "wide", columns, NULL, ADSYNC__COUNT(columns), 3, 0, 1, false } };
const adsync__schema adsync__tables = { 1, ADSYNC__COUNT(tables), tables };

static char text[600];

/* Commits, reads and finds again a key of so many bytes: its text, half as many bytes, and 8 for the number. */
static void use_key(uint32_t size, adsync_status expected)
{
    const adsync_value row[] = {
        { ADSYNC_VALUE_TEXT, size - 8 - 100, 0, text }, { ADSYNC_VALUE_BYTES, 100, 0, text }, NUMBER(1), WORD("not counted")
    };
    const adsync_change put = PUT(1, ADSYNC_EXPECT_ANY, row);
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;

    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(storage, 0, &put, 1, NULL, &error), expected);
    assert_int_equal(adsync_storage_read(storage, 0, 1, 0, row, 1, &rows, &error), expected);
    assert_int_equal(adsync_rows_count(rows), expected == ADSYNC_OK);
    if (expected) assert_non_null(strstr(adsync_error_message(error), "at most 512"));
    adsync_rows_free(rows);
    adsync_error_free(error);
    adsync_storage_free(storage);
}

static void a_key_of_512_bytes_is_taken(void **state)
{
    (void)state;
    use_key(512, ADSYNC_OK);
}

static void a_key_over_512_bytes_is_refused(void **state)
{
    (void)state;
    use_key(513, ADSYNC_E_INVALID);
    use_key(700, ADSYNC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_512_bytes_is_taken),
        cmocka_unit_test(a_key_over_512_bytes_is_refused),
    };

    memset(text, 'k', sizeof text);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
