/* SPDX-License-Identifier: MIT */
/* The names that adsim gives to what is in its world: whatever was made can be read again, and nothing else can. And its windows. */
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    world_kind kind;
    int64_t g, index;
} names_some[] = { { WORLD_CAMPAIGN, 0, 0 }, { WORLD_AD, 999999, 9999999999 }, { WORLD_POST, 1, 7 }, { WORLD_LEAD, 12, 9820454003 } };

static void a_number_leads_back_to_what_it_names(void **state)
{
    int64_t g, index, base = 1200000000000000000;

    (void)state;
    for (size_t i = 0; i < SIM_COUNT(names_some); i++) {
        assert_int_equal(sim_id_read(base, sim_id(base, names_some[i].kind, names_some[i].g, names_some[i].index), &g, &index),
                         names_some[i].kind);
        assert_int_equal(g, names_some[i].g);
        assert_int_equal(index, names_some[i].index);
    }
    assert_int_equal(sim_id_read(base, 17, &g, &index), WORLD_NONE);
    assert_int_equal(sim_id_read(base, INT64_MAX, &g, &index), WORLD_NONE);
}

static void a_uuid_leads_back_to_what_it_names(void **state)
{
    int64_t g, index;
    char text[40];

    (void)state;
    for (size_t i = 0; i < SIM_COUNT(names_some); i++) {
        sim_uuid(text, 7, names_some[i].kind, names_some[i].g, names_some[i].index);
        assert_int_equal(strlen(text), 36);
        assert_int_equal(text[14], '4');
        assert_non_null(strchr("89ab", text[19]));
        assert_int_equal(sim_uuid_read(text, 7, &g, &index), names_some[i].kind);
        assert_int_equal(g, names_some[i].g);
        assert_int_equal(index, names_some[i].index);
        assert_int_equal(sim_uuid_read(text, 8, &g, &index), WORLD_NONE);
        text[30] = text[30] == '0' ? '1' : '0';
        assert_int_equal(sim_uuid_read(text, 7, &g, &index), WORLD_NONE);
    }
    assert_int_equal(sim_uuid_read("", 7, &g, &index), WORLD_NONE);
}

static void base36_leads_back(void **state)
{
    static const int64_t numbers[] = { 0, 35, 36, 4815162342, 3656158440062975 };
    int64_t number;
    char text[16];

    (void)state;
    for (size_t i = 0; i < SIM_COUNT(numbers); i++) {
        sim_base36(text, numbers[i]);
        assert_true(sim_base36_read(text, &number));
        assert_int_equal(number, numbers[i]);
    }
    assert_false(sim_base36_read("", &number));
    assert_false(sim_base36_read("a_b", &number));
    assert_false(sim_base36_read("-1", &number));
}

static void a_cursor_holds_its_place_for_its_own_query_only(void **state)
{
    sim_world sim = { .options.seed = 5 };
    sim_site site = { .sim = &sim }, other = { .sim = &sim, .salt = 9 };
    sim_arena arena = { 0 };
    int64_t position, made;
    const char *text;
    char *bent;

    (void)state;
    sim_now_set(&sim, 1773578096);
    text = sim_cursor_make(&site, &arena, 12345678901, 42);
    assert_true(sim_cursor_read(&site, text, 42, &position, &made));
    assert_int_equal(position, 12345678901);
    assert_int_equal(made, 1773578096);
    assert_false(sim_cursor_read(&site, text, 43, &position, &made));
    assert_false(sim_cursor_read(&other, text, 42, &position, &made));
    assert_false(sim_cursor_read(&site, "", 42, &position, &made));
    bent = sim_copy(&arena, text, strlen(text));
    bent[3] = bent[3] == 'A' ? 'B' : 'A';
    assert_false(sim_cursor_read(&site, bent, 42, &position, &made));
    sim_arena_free(&arena);
}

/* RFC 7636, appendix B */
static void a_challenge_follows_from_its_verifier(void **state)
{
    sim_arena arena = { 0 };

    (void)state;
    assert_string_equal(sim_pkce_challenge(&arena, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
                        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    sim_arena_free(&arena);
}

/* five seconds are five, and not the sixty for which there are slots; a day leaves in sixty steps */
static void a_window_ends_when_it_says(void **state)
{
    static const int64_t spans[] = { 1, 5, 59, 60, 300, 86400 };
    sim_world sim = { 0 };

    (void)state;
    for (size_t i = 0; i < SIM_COUNT(spans); i++) {
        sim_window *window = sim_window_get(&sim, i, spans[i]);
        int64_t began = 86400 * 20000;

        sim_window_charge(window, began, 3);
        assert_int_equal(sim_window_frees_in(window, began, 3), spans[i]);
        assert_int_equal(sim_window_used(window, began + spans[i] - 1), 3);
        assert_int_equal(sim_window_used(window, began + spans[i]), 0);
    }
    sim_windows_clear(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_leads_back_to_what_it_names),
        cmocka_unit_test(a_uuid_leads_back_to_what_it_names),
        cmocka_unit_test(base36_leads_back),
        cmocka_unit_test(a_cursor_holds_its_place_for_its_own_query_only),
        cmocka_unit_test(a_challenge_follows_from_its_verifier),
        cmocka_unit_test(a_window_ends_when_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
