/* SPDX-License-Identifier: MIT */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

static void a_call_inside_a_call_is_refused(void **state) /* R7 */
{
    adsync__guard guard;
    adsync_error *error = NULL;

    (void)state;
    adsync__guard_begin(&guard);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(adsync__guard_enter(&guard, "adsync_outer", &error), ADSYNC_OK);
        assert_null(error);
        assert_int_equal(adsync__guard_enter(&guard, "adsync_inner", &error), ADSYNC_E_BUSY);
        assert_non_null(strstr(adsync_error_message(error), "adsync_inner"));
        assert_int_equal(adsync__guard_enter(&guard, "adsync_inner", NULL), ADSYNC_E_BUSY);
        assert_false(adsync__guard_leave(&guard));
        adsync_error_free(error);
        error = NULL;
    }
    assert_true(adsync__guard_drop(&guard));
}

static void a_handle_freed_inside_its_own_call_lives_until_the_call_ends(void **state)
{
    adsync__guard guard;

    (void)state;
    adsync__guard_begin(&guard);
    assert_int_equal(adsync__guard_enter(&guard, "adsync_outer", NULL), ADSYNC_OK);
    assert_false(adsync__guard_drop(&guard)); /* its only owner frees it from a callback */
    assert_true(adsync__guard_leave(&guard));
}

static void the_last_owner_frees(void **state) /* R5 */
{
    adsync__guard guard;

    (void)state;
    adsync__guard_begin(&guard);
    adsync__guard_keep(&guard);
    adsync__guard_keep(&guard);
    assert_false(adsync__guard_drop(&guard));
    assert_int_equal(adsync__guard_enter(&guard, "adsync_call", NULL), ADSYNC_OK);
    assert_false(adsync__guard_leave(&guard));
    assert_false(adsync__guard_drop(&guard));
    assert_true(adsync__guard_drop(&guard));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_inside_a_call_is_refused),
        cmocka_unit_test(a_handle_freed_inside_its_own_call_lives_until_the_call_ends),
        cmocka_unit_test(the_last_owner_frees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
