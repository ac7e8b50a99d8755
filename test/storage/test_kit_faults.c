/* SPDX-License-Identifier: MIT */
/* The kit without memory, and on a storage that fails now and then. Promises are run one by one, so that each allocation of each can
 * fail in turn; where there are many, ever larger steps are taken. */
#include "kit_run.h"
#include "storage/kit_history.h"
#include "support/faults.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { EACH = 60 }; /* so many are tried one by one */

static uint64_t allocations, failing;
static bool ever_after;

static bool allow(size_t size)
{
    (void)size;
    allocations++;
    if (!failing) return true;
    return ever_after ? allocations < failing : allocations != failing;
}

typedef adsync_status (*story)(void *user);

static adsync_status tell(story s, void *user, uint64_t nth, bool from_then_on)
{
    adsync_status rc;

    allocations = 0;
    failing = nth;
    ever_after = from_then_on;
    adsync__alloc_watch(allow);
    rc = s(user);
    adsync__alloc_watch(NULL);
    return rc;
}

static uint64_t tell_with_each_failing(story s, void *user)
{
    uint64_t n, tried = 0;

    assert_int_equal(tell(s, user, 0, false), ADSYNC_OK);
    n = allocations;
    for (uint64_t nth = 1; nth <= n; nth += 1 + (nth > EACH ? nth / 12 : 0), tried++) {
        adsync_status once = tell(s, user, nth, false), ever = tell(s, user, nth, true);
        if (once != ADSYNC_OK && once != ADSYNC_E_MEMORY)
            fail_msg("allocation %u of %u failed, and the answer was %s", (unsigned)nth, (unsigned)n, adsync_status_name(once));
        if (ever != ADSYNC_OK && ever != ADSYNC_E_MEMORY)
            fail_msg("no allocation from %u on, and the answer was %s", (unsigned)nth, adsync_status_name(ever));
    }
    assert_true(n > 0);
    return tried;
}

/* ---- adsync_storage_check */

static adsync_status check_one(void *user)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync__kit_check(&options, user, &report, &error);

    if (rc == ADSYNC_E_REJECTED && (!strncmp(user, "2.10 ", 5) || !strncmp(user, "2.11 ", 5)))
        rc = ADSYNC_OK; /* its answer was to be lost, and it had none */
    if (rc == ADSYNC_E_REJECTED) print_error("%s: %s\n", (const char *)user, adsync__rows_values(report, 0)[2].p);
    assert_int_equal(rc == ADSYNC_E_MEMORY, report == NULL);
    adsync_error_free(error);
    adsync_rows_free(report);
    memory_place_free(&place);
    return rc;
}

static void without_memory_the_kit_says_so_at_every_promise(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;

    (void)state;
    assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_OK);
    for (size_t i = 0; i < adsync_rows_count(report); i++) {
        const char *name = adsync__rows_values(report, i)[0].p;
        if (!strncmp(name, "5.2 ", 4) || !strncmp(name, "6.6 ", 4)) continue; /* megabytes, made by the same steps */
        (void)tell_with_each_failing(check_one, (void *)(uintptr_t)name);
    }
    adsync_rows_free(report);
    memory_place_free(&place);
}

/* A storage may refuse any one call for now; that breaks no promise. */
static void a_call_that_is_to_be_tried_again_breaks_nothing(void **state)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    uint64_t calls = 1;

    (void)state;
    options.fail_at = NULL;
    for (uint64_t nth = 1; nth <= calls; nth += 1 + nth / 6) {
        adsync_rows *report = NULL;
        faulty_forget(&place.faults);
        faulty_fail(&place.faults, nth, FAULTY_ANY, FAULTY_BEFORE, false, ADSYNC_E_RETRY);
        (void)adsync_storage_check(&options, &report, NULL);
        calls = place.faults.calls;
        assert_non_null(report);
        report_is_clean(report);
        memory_place_free(&place);
    }
}

/* Whatever a storage answers, for how long ever: the kit comes to its end and calls it broken. */
static void a_storage_that_fails_from_some_call_on_does_not_stop_the_kit(void **state)
{
    static const adsync_status answers[] = { ADSYNC_E_STORAGE,     ADSYNC_E_RETRY,     ADSYNC_E_HOST,
                                             ADSYNC_E_UNSUPPORTED, ADSYNC_E_UNCERTAIN, ADSYNC_E_CONFLICT };
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);

    (void)state;
    options.fail_at = NULL;
    for (size_t i = 0; i < ADSYNC__COUNT(answers); i++) {
        for (uint64_t nth = 1; nth < 400; nth *= 3) {
            adsync_rows *report = NULL;
            faulty_fail(&place.faults, nth, FAULTY_ANY, nth & 1 ? FAULTY_BEFORE : FAULTY_AFTER, true, answers[i]);
            assert_int_equal(adsync_storage_check(&options, &report, NULL), ADSYNC_E_REJECTED);
            assert_true(adsync_rows_count(report) > 60);
            adsync_rows_free(report);
            memory_place_free(&place);
        }
    }
}

/* ---- the workers' entries */

typedef struct desk {
    char folder[100], log[120];
} desk;

static adsync_status work_once(void *user)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_error *error = NULL;
    int fd = open(user, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    adsync_status rc;

    rc = adsync_storage_check_worker(&options, 3, 1, fd, &error);
    close(fd);
    assert_int_equal(adsync_error_status(error), rc);
    adsync_error_free(error);
    memory_place_free(&place);
    return rc;
}

/* The rows are not those of the log: what is judged broken does not matter here. */
static adsync_status verify_once(void *user)
{
    memory_place place = { 0 };
    adsync_storage_check_options options = memory_place_options(&place);
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync_storage_check_verify(&options, user, &report, &error);

    assert_int_equal(rc == ADSYNC_E_MEMORY, report == NULL);
    adsync_error_free(error);
    adsync_rows_free(report);
    memory_place_free(&place);
    return rc == ADSYNC_E_REJECTED ? ADSYNC_OK : rc;
}

static void without_memory_a_worker_and_the_judge_say_so(void **state)
{
    desk d;
    const char *root = getenv("TMPDIR");

    (void)state;
    snprintf(d.folder, sizeof d.folder, "%.60s/adsync-kit-XXXXXX", root && *root ? root : "/tmp");
    assert_non_null(mkdtemp(d.folder));
    snprintf(d.log, sizeof d.log, "%s/1.log", d.folder);
    (void)tell_with_each_failing(work_once, d.log);
    assert_int_equal(work_once(d.log), ADSYNC_OK);
    (void)tell_with_each_failing(verify_once, d.folder);
    (void)unlink(d.log);
    (void)rmdir(d.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_the_kit_says_so_at_every_promise),
        cmocka_unit_test(a_call_that_is_to_be_tried_again_breaks_nothing),
        cmocka_unit_test(a_storage_that_fails_from_some_call_on_does_not_stop_the_kit),
        cmocka_unit_test(without_memory_a_worker_and_the_judge_say_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
