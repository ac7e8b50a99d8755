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

/* ---- what a row does not say by itself */

typedef struct thing {
    uint32_t kind;
    const char *id, *campaign, *adset, *name, *set, *status, *creative, *body;
} thing;

static adsync_value shelf_text(const char *text) { return text ? adsync__value_text(text) : adsync__value_null(); }

static void shelf_thing(const shelf *s, const thing *t)
{
    static const uint32_t columns[] = { ADSYNC_C_CAMPAIGN_ID, ADSYNC_C_ADSET_ID,    ADSYNC_C_NAME, ADSYNC_C_SWITCH,
                                        ADSYNC_C_STATUS,      ADSYNC_C_CREATIVE_ID, ADSYNC_C_BODY };
    const char *const texts[] = { t->campaign, t->adset, t->name, t->set, t->status, t->creative, t->body };
    adsync_value values[ADSYNC__WIDTH_MAX];
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT,
                                .table = ADSYNC_T_ENTITIES,
                                .expected = ADSYNC_EXPECT_ANY,
                                .values = values,
                                .n_values = (uint16_t)adsync_table_width(ADSYNC_T_ENTITIES) };

    for (uint32_t i = 0; i < adsync_table_width(ADSYNC_T_ENTITIES); i++) {
        values[i] = adsync__value_null();
        for (size_t c = 0; c < ADSYNC__COUNT(columns); c++)
            if (adsync_table_column(ADSYNC_T_ENTITIES, i) == columns[c]) values[i] = shelf_text(texts[c]);
    }
    values[0] = adsync__value_int(s->org);
    values[1] = adsync__value_int(7);
    values[2] = adsync__value_int(t->kind);
    values[3] = adsync__value_text(t->id);
    values[4] = adsync__value_bytes("h", 1);
    values[5] = adsync__value_int(1);
    assert_int_equal(adsync_storage_commit(s->storage, s->org, &put, 1, NULL, NULL), ADSYNC_OK);
}

static void shelf_shows(const shelf *s, uint32_t kind, const char *id, uint32_t column, const char *wanted)
{
    const adsync_entity_options options = { .size = sizeof options, .id = id };
    adsync_rows *rows = NULL;

    assert_int_equal(adsync__entity_list(s->storage, s->org, 7, kind, &options, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    if (wanted)
        assert_string_equal(adsync_rows_text(rows, column), wanted);
    else
        assert_int_equal(adsync_rows_kind(rows, column), ADSYNC_VALUE_NULL);
    adsync_rows_free(rows);
}

/* P10: the child's row is never written again; what its parents are now decides. */
static void what_is_below_something_switched_off_is_off_as_long_as_that_is(void **state)
{
    enum { CAMPAIGN = ADSYNC_KIND_CAMPAIGN, ADSET, AD, KEYWORD = ADSYNC_KIND_KEYWORD };
    const thing things[] = {
        { CAMPAIGN, "c", NULL, NULL, "C", "ACTIVE", "ACTIVE", NULL, NULL }, { ADSET, "s", "c", NULL, "S", "ACTIVE", "LIMITED", NULL, NULL },
        { AD, "a", "c", "s", "A", "ACTIVE", "ACTIVE", NULL, NULL },         { AD, "b", "c", "s", "B", "PAUSED", "PAUSED", NULL, NULL },
        { AD, "d", "c", "s", "D", "ACTIVE", "PENDING", NULL, NULL },        { AD, "e", "c", "s", "E", "DELETED", "DELETED", NULL, NULL },
        { AD, "f", "nobody", "none", "F", "ACTIVE", "ACTIVE", NULL, NULL }, { KEYWORD, "k", "c", "s", "K", NULL, "ACTIVE", NULL, NULL },
        { AD, "z", "c", "s", "Z", "ACTIVE", "SCHEDULED", NULL, NULL },
    };
    thing off = things[0];
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (size_t i = 0; i < ADSYNC__COUNT(things); i++) shelf_thing(&s, &things[i]);
    for (size_t i = 0; i < ADSYNC__COUNT(things); i++) shelf_shows(&s, things[i].kind, things[i].id, ADSYNC_C_STATUS, things[i].status);
    off.set = off.status = "PAUSED";
    shelf_thing(&s, &off);
    shelf_shows(&s, CAMPAIGN, "c", ADSYNC_C_STATUS, "PAUSED");
    shelf_shows(&s, ADSET, "s", ADSYNC_C_STATUS, "PARENT_OFF");
    shelf_shows(&s, AD, "a", ADSYNC_C_STATUS, "PARENT_OFF");
    shelf_shows(&s, AD, "z", ADSYNC_C_STATUS, "PARENT_OFF");
    shelf_shows(&s, KEYWORD, "k", ADSYNC_C_STATUS, "PARENT_OFF");
    shelf_shows(&s, AD, "b", ADSYNC_C_STATUS, "PAUSED"); /* what stands before PARENT_OFF in the order of states stands */
    shelf_shows(&s, AD, "d", ADSYNC_C_STATUS, "PENDING");
    shelf_shows(&s, AD, "e", ADSYNC_C_STATUS, "DELETED");
    shelf_shows(&s, AD, "f", ADSYNC_C_STATUS, "ACTIVE"); /* parents that are not here say nothing */
    shelf_thing(&s, &things[0]);
    off = things[1];
    off.set = off.status = "DELETED";
    shelf_thing(&s, &off);
    shelf_shows(&s, AD, "a", ADSYNC_C_STATUS, "PARENT_OFF");
    off.set = "ACTIVE"; /* some platforms leave the switch as it was */
    shelf_thing(&s, &off);
    shelf_shows(&s, AD, "a", ADSYNC_C_STATUS, "PARENT_OFF");
    shelf_thing(&s, &things[1]);
    for (size_t i = 0; i < ADSYNC__COUNT(things); i++) shelf_shows(&s, things[i].kind, things[i].id, ADSYNC_C_STATUS, things[i].status);
    adsync_storage_free(s.storage);
}

static void an_ad_without_a_name_shows_what_its_creative_begins_with(void **state)
{
    enum { ADSET = ADSYNC_KIND_ADSET, AD, CREATIVE };
    const thing things[] = {
        { AD, "a", NULL, NULL, NULL, NULL, NULL, "x", NULL },
        { AD, "b", NULL, NULL, "own", NULL, NULL, "x", NULL },
        { AD, "d", NULL, NULL, NULL, NULL, NULL, "y", NULL },
        { AD, "e", NULL, NULL, NULL, NULL, NULL, "none", NULL },
        { CREATIVE, "x", NULL, NULL, "post", NULL, NULL, NULL,
          "Été: tout est fait à la main, expédié en un jour, et repris pendant un an sans question" },
        { CREATIVE, "y", NULL, NULL, "a name is better than none", NULL, NULL, NULL, NULL },
        { ADSET, "s", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
    };
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (size_t i = 0; i < ADSYNC__COUNT(things); i++) shelf_thing(&s, &things[i]);
    shelf_shows(&s, AD, "a", ADSYNC_C_NAME, /* 80 characters, not bytes */
                "Été: tout est fait à la main, expédié en un jour, et repris pendant un an sans q");
    shelf_shows(&s, AD, "b", ADSYNC_C_NAME, "own");
    shelf_shows(&s, AD, "d", ADSYNC_C_NAME, "a name is better than none");
    shelf_shows(&s, AD, "e", ADSYNC_C_NAME, NULL);
    shelf_shows(&s, ADSET, "s", ADSYNC_C_NAME, NULL);
    adsync_storage_free(s.storage);
}

static void a_long_list_below_many_parents_is_told_whole(void **state)
{
    enum { ADS = 1234 };
    const adsync_entity_options options = { .size = sizeof options, .limit = ADS };
    char id[16], parent[16];
    adsync_rows *rows = NULL;
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (int i = 0; i < ADS; i++) {
        (void)snprintf(id, sizeof id, "%05d", i);
        (void)snprintf(parent, sizeof parent, "s%d", i / 3);
        shelf_thing(&s, &(thing){ ADSYNC_KIND_AD, id, NULL, parent, "n", "ACTIVE", "ACTIVE", NULL, NULL });
        if (i % 3 == 0)
            shelf_thing(&s, &(thing){ ADSYNC_KIND_ADSET, parent, NULL, NULL, "n", i / 3 % 2 ? "PAUSED" : "ACTIVE", "ACTIVE", NULL, NULL });
    }
    assert_int_equal(adsync__entity_list(s.storage, s.org, 7, ADSYNC_KIND_AD, &options, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), ADS);
    for (int i = 0; adsync_rows_next(rows, NULL) == ADSYNC_ROW; i++)
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), i / 3 % 2 ? "PARENT_OFF" : "ACTIVE");
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void ads_story(void *user)
{
    const shelf *s = user;
    adsync_rows *rows = NULL;

    (void)adsync__entity_list(s->storage, s->org, 7, ADSYNC_KIND_AD, NULL, &rows, NULL);
    adsync_rows_free(rows);
}

static void telling_needs_memory_and_leaks_none(void **state)
{
    const thing things[] = { { ADSYNC_KIND_AD, "a", "c", "s", NULL, "ACTIVE", "ACTIVE", "x", NULL },
                             { ADSYNC_KIND_ADSET, "s", "c", NULL, "S", "PAUSED", "PAUSED", NULL, NULL },
                             { ADSYNC_KIND_CREATIVE, "x", NULL, NULL, "X", NULL, NULL, NULL, "words" } };
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (size_t i = 0; i < ADSYNC__COUNT(things); i++) shelf_thing(&s, &things[i]);
    assert_true(faults_allocations(ads_story, &s) > 10);
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
        cmocka_unit_test(what_is_below_something_switched_off_is_off_as_long_as_that_is),
        cmocka_unit_test(an_ad_without_a_name_shows_what_its_creative_begins_with),
        cmocka_unit_test(a_long_list_below_many_parents_is_told_whole),
        cmocka_unit_test(telling_needs_memory_and_leaks_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
