/* SPDX-License-Identifier: MIT */
/* What an engine that claims asks of its storage while nothing is due. The hour is one of the script's. */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

enum { HOUR_S = 3600 };

static void an_idle_engine_asks_its_storage_at_most_twice_a_second(void **state)
{
    world w = { 0 };
    faulty *calls = &w.script.faults;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_ALL, 2, NULL), ADSYNC_OK); /* there is a past: lanes, jobs, a grant, a connection */
    script_step(&w.script, w.engine, INT64_C(60000000));
    faulty_forget(calls);
    script_step(&w.script, w.engine, INT64_C(1000000) * HOUR_S);
    print_message("%.2f calls a second: %llu reads, %llu scans, %llu commits in an hour\n", (double)calls->calls / HOUR_S,
                  (unsigned long long)calls->reads, (unsigned long long)calls->scans, (unsigned long long)calls->commits);
    assert_true(calls->calls >= HOUR_S / 2); /* it does look for work */
    assert_true(calls->calls <= 2 * HOUR_S);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(an_idle_engine_asks_its_storage_at_most_twice_a_second) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
