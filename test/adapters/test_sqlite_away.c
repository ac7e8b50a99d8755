/* SPDX-License-Identifier: MIT */
/* On SQLite, too, an organisation that is erased under a worker that sleeps stays erased (P1b, P5), and what is old goes. */
#include "place.h"
#include "sync/erased.h"
#include "sync/kept.h"

#include <unistd.h>

static place erase_place;

static adsync_status erase_rows(adsync_storage **out)
{
    if (*erase_place.folder) place_remove(&erase_place);
    place_make(&erase_place);
    *out = place_open(&erase_place, NULL);
    return ADSYNC_OK;
}

static void p5_p1b_erased_under_a_worker_that_sleeps_nothing_comes_back(void **state)
{
    (void)state;
    world_rows = erase_rows;
    assert_true(erased_under(7) > 20);
    place_remove(&erase_place);
}

static void every_table_has_its_age(void **state)
{
    (void)state;
    *erase_place.folder = 0;
    kept_by_age();
    place_remove(&erase_place);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(p5_p1b_erased_under_a_worker_that_sleeps_nothing_comes_back),
                                       cmocka_unit_test(every_table_has_its_age) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
