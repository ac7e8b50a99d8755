/* SPDX-License-Identifier: MIT */
/* On PostgreSQL, too, an organisation that is erased under a worker that sleeps stays erased (P1b, P5), and what is old goes. */
#include "pg_place.h"
#include "sync/erased.h"
#include "sync/kept.h"

#include <stdio.h>

static uint32_t erase_flags;

static adsync_status erase_rows(adsync_storage **out)
{
    static uint32_t places;
    char prefix[16];
    const adsync_postgres_options options = { .size = sizeof options, .prefix = prefix, .flags = erase_flags };

    (void)snprintf(prefix, sizeof prefix, "w%u_", places++);
    *out = pg_open(pg.conninfo, &options);
    return ADSYNC_OK;
}

static void p5_p1b_erased_under_a_worker_that_sleeps_nothing_comes_back(void **state)
{
    (void)state;
    world_rows = erase_rows;
    assert_true(erased_under(17) > 8);
}

static void every_table_has_its_age(void **state)
{
    (void)state;
    world_rows = erase_rows;
    kept_by_age();
}

static void so_it_has_in_partitions(void **state)
{
    (void)state;
    world_rows = erase_rows;
    erase_flags = ADSYNC_POSTGRES_PARTITIONS;
    kept_by_age();
    erase_flags = 0;
    pg_says(pg.super, "SELECT count(*) FROM pg_class WHERE relispartition AND relname ~ 'api_calls_[0-9]+$'", "5"); /* of the 89th and the
                                                      last day, with those that follow, and what is left of the 90th */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(p5_p1b_erased_under_a_worker_that_sleeps_nothing_comes_back, pg_begin),
        cmocka_unit_test_setup(every_table_has_its_age, pg_begin),
        cmocka_unit_test_setup(so_it_has_in_partitions, pg_begin),
    };

    return cmocka_run_group_tests(tests, pg_group_begin, pg_group_end);
}
