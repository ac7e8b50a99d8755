/* SPDX-License-Identifier: MIT */
/* Lists of entities: what was removed does not count, neither for the limit nor for where the next page begins. */
#include "insight/insight.h"

#include "support/faults.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { ENTITIES = 700, TENTH = 10 };

typedef struct shelf {
    adsync_storage *storage;
    int64_t org;
} shelf;

/* Of 700 campaigns each tenth lives; the last is one of them. */
static void shelf_begin(shelf *s)
{
    char id[16];

    assert_int_equal(adsync_memory_open(NULL, &s->storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_org(s->storage, "acme", 1, &s->org, NULL), ADSYNC_OK);
    for (int i = 1; i <= ENTITIES; i++) {
        (void)snprintf(id, sizeof id, "%04d", i);
        const adsync_value values[] = { adsync__value_int(s->org),
                                        adsync__value_int(7),
                                        adsync__value_int(ADSYNC_KIND_CAMPAIGN),
                                        adsync__value_text(id),
                                        adsync__value_bytes("h", 1),
                                        adsync__value_int(1),
                                        i % TENTH ? adsync__value_int(1) : adsync__value_null() };
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_ENTITIES, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 7
        };
        assert_int_equal(adsync_storage_commit(s->storage, s->org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
}

static adsync_rows *shelf_list(const shelf *s, adsync_entity_options options)
{
    adsync_rows *rows = NULL;

    options.size = sizeof options;
    (void)adsync__entity_list(s->storage, s->org, 7, ADSYNC_KIND_CAMPAIGN, &options, &rows, NULL);
    return rows;
}

static void a_limit_is_filled_though_most_was_removed(void **state)
{
    shelf s;
    adsync_rows *rows;

    (void)state;
    shelf_begin(&s);
    rows = shelf_list(&s, (adsync_entity_options){ .limit = 50 });
    assert_int_equal(adsync_rows_count(rows), 50);
    adsync_rows_free(rows);
    rows = shelf_list(&s, (adsync_entity_options){ 0 });
    assert_int_equal(adsync_rows_count(rows), ENTITIES / TENTH);
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void pages_of_three_bring_each_living_one_once(void **state)
{
    char after[16] = "", expected[16];
    uint32_t seen = 0;
    size_t n = 3;
    shelf s;

    (void)state;
    shelf_begin(&s);
    while (n == 3) {
        adsync_rows *rows = shelf_list(&s, (adsync_entity_options){ .limit = 3, .after_id = after });
        n = adsync_rows_count(rows);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            (void)snprintf(expected, sizeof expected, "%04u", ++seen * TENTH);
            assert_string_equal(adsync_rows_text(rows, ADSYNC_C_ID), expected);
            (void)snprintf(after, sizeof after, "%s", adsync_rows_text(rows, ADSYNC_C_ID));
        }
        adsync_rows_free(rows);
    }
    assert_int_equal(seen, ENTITIES / TENTH);
    adsync_storage_free(s.storage);
}

static void one_that_was_removed_is_found_by_its_id_and_by_the_flag(void **state)
{
    shelf s;
    adsync_rows *rows;

    (void)state;
    shelf_begin(&s);
    rows = shelf_list(&s, (adsync_entity_options){ .id = "0011" });
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    rows = shelf_list(&s, (adsync_entity_options){ .flags = ADSYNC_ENTITY_REMOVED, .limit = 25 });
    assert_int_equal(adsync_rows_count(rows), 25);
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void lists_story(void *user) { adsync_rows_free(shelf_list(user, (adsync_entity_options){ .limit = 30 })); }

static void a_list_needs_memory_and_leaks_none(void **state)
{
    shelf s;

    (void)state;
    shelf_begin(&s);
    assert_true(faults_allocations(lists_story, &s) > 0);
    adsync_storage_free(s.storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_is_filled_though_most_was_removed),
        cmocka_unit_test(pages_of_three_bring_each_living_one_once),
        cmocka_unit_test(one_that_was_removed_is_found_by_its_id_and_by_the_flag),
        cmocka_unit_test(a_list_needs_memory_and_leaks_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
