/* SPDX-License-Identifier: MIT */
/* The objects that a connector sees: what goes in comes out, what fails is kept, and nothing that is given is held on to. */
#include "platform/platform.h"
#include "storage/storage.h"
#include "support/faults.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

/* ---- manifest */

static void a_manifest_keeps_what_was_described(void **state)
{
    const adsync_window window = { .size = sizeof window, .align = ADSYNC_WINDOW_ROLL, .length_us = 1000000, .permits = 5 };
    adsync_manifest m = { 0 };
    char word[] = "graph";

    (void)state;
    adsync_manifest_host(&m, word, "graph.example.com", ADSYNC_HOST_AUTH);
    word[0] = 'X'; /* copied */
    adsync_manifest_host(&m, "www", "www.example.com", 0);
    adsync_manifest_setting(&m, "scopes", "a b");
    adsync_manifest_setting(&m, "scopes", "c");
    adsync_manifest_supports(&m, ADSYNC_TASK_LIST, ADSYNC_KIND_AD);
    adsync_manifest_window(&m, "score", ADSYNC_SCOPE_ACCOUNT, &window);
    assert_string_equal(adsync__manifest_host(&m, "graph")->name, "graph.example.com");
    assert_null(adsync__manifest_host(&m, "other"));
    assert_string_equal(adsync__manifest_host_named(&m, "GRAPH.example.com/x", 17)->id, "graph");
    assert_null(adsync__manifest_host_named(&m, "graph.example.com.evil", 22));
    assert_null(adsync__manifest_host_named(&m, "graph.example.co", 16));
    assert_string_equal(adsync__manifest_setting(&m, "scopes"), "c");
    assert_null(adsync__manifest_setting(&m, "pkce"));
    assert_true(adsync__manifest_supports(&m, ADSYNC_TASK_LIST, ADSYNC_KIND_AD));
    assert_false(adsync__manifest_supports(&m, ADSYNC_TASK_GET, ADSYNC_KIND_AD));
    assert_int_equal(m.limits[0].window.permits, 5);
    adsync__manifest_free(&m);
    assert_null(m.hosts);
}

static void a_manifest_grows(void **state)
{
    adsync_manifest m = { 0 };
    char name[16];

    (void)state;
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "s%d", i);
        adsync_manifest_setting(&m, name, name);
        adsync_manifest_supports(&m, ADSYNC_TASK_LIST, (uint32_t)i);
    }
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "s%d", i);
        assert_string_equal(adsync__manifest_setting(&m, name), name);
        assert_true(adsync__manifest_supports(&m, ADSYNC_TASK_LIST, (uint32_t)i));
    }
    adsync__manifest_free(&m);
}

/* ---- task */

static void every_task_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (uint32_t op = ADSYNC_TASK_AUTH_BEGIN; op <= ADSYNC_TASK_REPORT; op++)
        assert_int_equal(adsync__task_op_named(adsync__task_name(op)), op);
    assert_null(adsync__task_name(0));
    assert_null(adsync__task_name(ADSYNC_TASK_REPORT + 1));
    assert_int_equal(adsync__task_op_named("no such"), 0);
}

static void the_later_text_stands_and_ids_add_up(void **state)
{
    adsync_task t;

    (void)state;
    adsync__task_begin(&t, ADSYNC_TASK_GET, ADSYNC_KIND_AD);
    adsync__task_text(&t, ADSYNC__TASK_PARAM, "cursor", "one");
    adsync__task_text(&t, ADSYNC__TASK_PARAM, "cursor", "two");
    adsync__task_text(&t, ADSYNC__TASK_FACT, "cursor", "a fact of that name");
    adsync__task_text(&t, ADSYNC__TASK_PARAM, "cursor", NULL); /* nothing */
    adsync__task_text(&t, ADSYNC__TASK_ID, "id", "1");
    adsync__task_text(&t, ADSYNC__TASK_ID, "id", "2");
    adsync__task_text(&t, ADSYNC__TASK_SECRET, "page:1", "");
    adsync__task_int(&t, "from", 20260101);
    assert_string_equal(adsync_task_text(&t, "cursor"), "two");
    assert_string_equal(adsync_task_fact(&t, "cursor"), "a fact of that name");
    assert_int_equal(adsync_task_ids(&t), 2);
    assert_string_equal(adsync_task_id(&t, 1), "2");
    assert_null(adsync_task_id(&t, 2));
    assert_true(adsync_task_has_secret(&t, "page:1"));
    assert_false(adsync_task_has_secret(&t, "page:2"));
    assert_int_equal(adsync_task_int(&t, "from"), 20260101);
    assert_string_equal(adsync_task_text(&t, "from"), "2026-01-01"); /* as most platforms take it */
    assert_int_equal(adsync_task_int(&t, "to"), 0);
    adsync__task_int(&t, "to", 20260230);
    adsync__task_int(&t, "since_us", 20260101);
    assert_null(adsync_task_text(&t, "to")); /* no day */
    assert_null(adsync_task_text(&t, "since_us"));
    assert_null(adsync_task_text(&t, "no such"));
    adsync__task_free(&t);
}

/* A flight sets the same names anew for each of thousands of pages. */
static void a_text_that_is_set_again_and_again_takes_no_more_room(void **state)
{
    adsync_task t;
    const char *place;
    char text[64];

    (void)state;
    adsync__task_begin(&t, ADSYNC_TASK_LIST, ADSYNC_KIND_AD);
    adsync__task_text(&t, ADSYNC__TASK_PARAM, "cursor", "a cursor of the usual length, more or less");
    place = adsync_task_text(&t, "cursor");
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "a cursor of the usual length, but number %d", i);
        adsync__task_text(&t, ADSYNC__TASK_PARAM, "cursor", text);
        assert_string_equal(adsync_task_text(&t, "cursor"), text);
    }
    assert_ptr_equal(adsync_task_text(&t, "cursor"), place);
    adsync__task_free(&t);
}

/* ---- request */

static void a_recipe_keeps_its_pieces_in_order(void **state)
{
    adsync_request r;
    char value[] = "value";

    (void)state;
    adsync__request_begin(&r);
    adsync_request_open(&r, ADSYNC_EFFECT_SAME, "POST", "graph", "/v1/x");
    adsync_request_field(&r, ADSYNC_PLACE_QUERY, "a", value);
    value[0] = 'X';
    adsync_request_field(&r, ADSYNC_PLACE_QUERY, "left out", NULL);
    adsync_request_query_raw(&r, "b", "%20");
    adsync_request_secret(&r, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    adsync_request_proof(&r, ADSYNC_PLACE_QUERY, "proof", "access_token", "client_secret");
    adsync_request_body(&r, "application/json", "{}", 2);
    adsync_request_cost(&r, "score", 3);
    adsync_request_bounds(&r, 100, 200);
    assert_int_equal(r.n, 5);
    assert_string_equal(r.fields[0].value, "value");
    assert_int_equal(r.fields[0].raw, 0);
    assert_int_equal(r.fields[1].raw, 1);
    assert_string_equal(r.fields[2].secret, "access_token");
    assert_null(r.fields[2].key);
    assert_string_equal(r.fields[3].key, "client_secret");
    assert_int_equal(r.fields[4].place, ADSYNC_PLACE_RAW);
    assert_string_equal(r.content_type, "application/json");
    assert_int_equal(r.costs[0].units, 3);
    assert_int_equal(r.max_bytes, 100);
    assert_int_equal(r.failed, ADSYNC_OK);
    adsync__request_free(&r);
}

static void more_costs_than_there_is_room_for_fail_the_recipe(void **state)
{
    adsync_request r;

    (void)state;
    adsync__request_begin(&r);
    for (size_t i = 0; i < ADSYNC__COUNT(r.costs); i++) adsync_request_cost(&r, "a", 1);
    assert_int_equal(r.failed, ADSYNC_OK);
    adsync_request_cost(&r, "a", 1);
    assert_int_equal(r.failed, ADSYNC_E_INVALID);
    adsync__request_free(&r);
}

/* ---- response */

static void a_header_is_found_in_any_case_and_several_are_joined(void **state)
{
    adsync__arena arena = { 0 };
    const adsync_response in = {
        .status = 200, .headers = "X-One: 1\r\nx-TWO:  a b \t\r\nX-Two:c\nX-Three\r\nX-Empty:\r\n", .body = "", .arena = &arena
    };

    (void)state;
    assert_string_equal(adsync_response_header(&in, "x-one"), "1");
    assert_string_equal(adsync_response_header(&in, "X-Two"), "a b, c");
    assert_string_equal(adsync_response_header(&in, "X-Empty"), "");
    assert_null(adsync_response_header(&in, "X-Three"));
    assert_null(adsync_response_header(&in, "X-On"));
    adsync__arena_free(&arena);
}

/* ---- outcome */

static adsync_status checked(void (*say)(adsync_outcome *out))
{
    adsync_outcome out;
    adsync_status rc;

    adsync__outcome_begin(&out);
    if (say) say(&out);
    rc = adsync__outcome_check(&out, NULL);
    adsync__outcome_free(&out);
    return rc;
}

static void say_done(adsync_outcome *out) { adsync_outcome_done(out, 1, ADSYNC_EVIDENCE_WEAK); }
static void say_done_without_evidence(adsync_outcome *out) { adsync_outcome_done(out, 1, 0); }
static void say_next(adsync_outcome *out) { adsync_outcome_next(out, "c"); }
static void say_next_nowhere(adsync_outcome *out) { adsync_outcome_next(out, NULL); }
static void say_more_nowhere(adsync_outcome *out) { adsync_outcome_more(out, ""); }
static void say_wait_backwards(adsync_outcome *out) { adsync_outcome_wait(out, "c", -1); }
static void say_split(adsync_outcome *out)
{
    (void)adsync_outcome_child(out, "a");
    adsync_outcome_split(out);
}
static void say_split_of_nothing(adsync_outcome *out) { adsync_outcome_split(out); }
static void say_spawn_of_nothing(adsync_outcome *out) { adsync_outcome_spawn(out, "c"); }
static void say_need_of_nothing(adsync_outcome *out) { adsync_outcome_need(out, NULL); }
static void say_stale(adsync_outcome *out) { adsync_outcome_stale(out); }
static void say_unknown(adsync_outcome *out) { adsync_outcome_unknown(out); }
static void say_fail(adsync_outcome *out) { adsync_outcome_fail(out, ADSYNC_CLASS_UNSUPPORTED, "1", "m", 0, 0); }
static void say_fail_of_no_class(adsync_outcome *out) { adsync_outcome_fail(out, 0, "1", "m", 0, 0); }
static void say_fail_of_an_unknown_class(adsync_outcome *out) { adsync_outcome_fail(out, 99, "1", "m", 0, 0); }

static void an_outcome_must_say_how_to_go_on_and_all_that_it_takes(void **state)
{
    void (*const whole[])(adsync_outcome * out) = { say_done, say_next, say_split, say_stale, say_unknown, say_fail };
    void (*const broken[])(adsync_outcome * out) = {
        NULL,
        say_done_without_evidence,
        say_next_nowhere,
        say_more_nowhere,
        say_wait_backwards,
        say_split_of_nothing,
        say_spawn_of_nothing,
        say_need_of_nothing,
        say_fail_of_no_class,
        say_fail_of_an_unknown_class,
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(whole); i++) assert_int_equal(checked(whole[i]), ADSYNC_OK);
    for (size_t i = 0; i < ADSYNC__COUNT(broken); i++) assert_int_equal(checked(broken[i]), ADSYNC_E_INTERNAL);
}

static void say_bad_row(adsync_outcome *out)
{
    say_done(out);
    adsync_row_text(adsync_outcome_row(out, ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, 0), ADSYNC_C_NAME, "a\xff", 2);
}

static void say_nul_row(adsync_outcome *out)
{
    say_done(out);
    adsync_row_text(adsync_outcome_row(out, ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, 0), ADSYNC_C_NAME, "a\0b", 3);
}

static void say_no_column(adsync_outcome *out)
{
    say_done(out);
    adsync_row_int(adsync_outcome_row(out, ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, 0), 100000, 1);
}

static void say_bad_child(adsync_outcome *out)
{
    adsync_row_text(adsync_outcome_child(out, "k"), ADSYNC_C_CURSOR, "\xff", 1);
    adsync_outcome_split(out);
}

static void text_in_a_row_or_child_must_be_text(void **state)
{
    (void)state;
    assert_int_equal(checked(say_bad_row), ADSYNC_E_FORMAT);
    assert_int_equal(checked(say_nul_row), ADSYNC_E_FORMAT);
    assert_int_equal(checked(say_no_column), ADSYNC_E_FORMAT);
    assert_int_equal(checked(say_bad_child), ADSYNC_E_FORMAT);
}

static void a_text_that_is_not_there_leaves_the_column_null(void **state)
{
    adsync_outcome out;
    adsync_row *row;

    (void)state;
    adsync__outcome_begin(&out);
    row = adsync_outcome_row(&out, ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, 0);
    adsync_row_text(row, ADSYNC_C_NAME, NULL, SIZE_MAX);
    adsync_row_text(row, ADSYNC_C_STATUS, NULL, 0);
    adsync_row_text(row, ADSYNC_C_ID, "1", SIZE_MAX);
    adsync_outcome_done(&out, 1, ADSYNC_EVIDENCE_STRONG);
    assert_int_equal(adsync__outcome_check(&out, NULL), ADSYNC_OK);
    assert_int_equal(adsync__row_get(row, ADSYNC_C_NAME)->kind, ADSYNC_VALUE_NULL);
    assert_int_equal(adsync__row_get(row, ADSYNC_C_STATUS)->kind, ADSYNC_VALUE_NULL);
    assert_string_equal(adsync__row_get(row, ADSYNC_C_ID)->p, "1");
    adsync__outcome_free(&out);
}

static void a_column_set_twice_holds_the_later_value(void **state)
{
    adsync_outcome out;
    adsync_row *row;

    (void)state;
    adsync__outcome_begin(&out);
    row = adsync_outcome_row(&out, ADSYNC_T_ENTITIES, ADSYNC_KIND_AD, 0);
    for (uint32_t column = 1; column <= ADSYNC__C_LAST; column++) adsync_row_int(row, column, column);
    for (uint32_t column = 1; column <= ADSYNC__C_LAST; column++) adsync_row_int(row, column, -(int64_t)column);
    assert_int_equal(row->n, ADSYNC__C_LAST);
    for (uint32_t column = 1; column <= ADSYNC__C_LAST; column++) assert_int_equal(adsync__row_get(row, column)->i, -(int64_t)column);
    adsync__outcome_free(&out);
}

static void the_last_way_said_counts(void **state)
{
    adsync_outcome out;

    (void)state;
    adsync__outcome_begin(&out);
    adsync_outcome_next(&out, "c");
    adsync_outcome_fail(&out, ADSYNC_CLASS_INVALID, "7", "no", 5, ADSYNC_SCOPE_APP);
    assert_int_equal(out.way, ADSYNC__WAY_FAIL);
    assert_null(out.cursor);
    adsync__outcome_free(&out);
}

static void words_from_outside_become_one_line_of_text(void **state)
{
    adsync_outcome out;

    (void)state;
    adsync__outcome_begin(&out);
    adsync_outcome_fail(&out, ADSYNC_CLASS_INVALID, "a\nb", "first\r\nsecond", 0, 0);
    adsync_outcome_warning(&out, "w\x01", "bad \xff byte");
    assert_string_equal(out.code, "a b");
    assert_string_equal(out.message, "first  second");
    assert_string_equal(out.warnings->code, "w ");
    assert_string_equal(out.warnings->message, "bad ? byte");
    adsync__outcome_free(&out);
}

static void a_refusal_becomes_the_caller_s_error(void **state)
{
    adsync_outcome out;
    adsync_error *error = NULL;

    (void)state;
    adsync__outcome_begin(&out);
    adsync_outcome_fail(&out, ADSYNC_CLASS_AUTH_EXPIRED, "190.463", "it ended", 0, 0);
    assert_int_equal(adsync__outcome_error(&out, "meta", "meta", &error), ADSYNC_E_AUTH);
    assert_string_equal(adsync_error_name(error), "meta.190.463");
    assert_string_equal(adsync_error_message(error), "meta: it ended");
    adsync__outcome_free(&out);
    adsync_error_free(error);
}

static void every_refusal_has_a_status_and_a_name(void **state)
{
    (void)state;
    for (uint32_t refusal = ADSYNC_CLASS_AUTH_EXPIRED; refusal <= ADSYNC_CLASS_UNSUPPORTED; refusal++) {
        adsync_outcome out;
        adsync__outcome_begin(&out);
        adsync_outcome_fail(&out, refusal, NULL, NULL, 0, 0);
        assert_true(adsync__outcome_error(&out, "p", "p", NULL) < 0);
        assert_int_not_equal(adsync__outcome_error(&out, "p", "p", NULL), ADSYNC_E_INTERNAL);
        assert_string_not_equal(adsync__refusal_name(refusal), "none");
        adsync__outcome_free(&out);
    }
    assert_string_equal(adsync__refusal_name(99), "none");
    assert_string_equal(adsync__way_name(99), "none");
    assert_string_equal(adsync__way_name(ADSYNC__WAY_SPLIT), "split");
}

/* ---- without memory */

static void story(void *user)
{
    adsync__arena arena = { 0 };
    const adsync_response in = { .status = 200, .headers = "A: 1\r\nA: 2\r\n", .body = "", .arena = &arena };
    const adsync_window window = { .size = sizeof window };
    adsync_manifest m = { 0 };
    adsync_task t;
    adsync_request r;
    adsync_outcome out;

    (void)user;
    for (int i = 0; i < 20; i++) adsync_manifest_host(&m, "id", "name", 0);
    adsync_manifest_window(&m, "w", 1, &window);
    if (!m.failed) assert_int_equal(m.n_hosts, 20);
    adsync__manifest_free(&m);
    adsync__task_begin(&t, 1, 1);
    for (int i = 0; i < 40; i++) adsync__task_text(&t, ADSYNC__TASK_ID, "id", "1");
    if (!t.failed) assert_int_equal(adsync_task_ids(&t), 40);
    adsync__task_free(&t);
    adsync__request_begin(&r);
    adsync_request_url(&r, 1, "GET", "https://a/b");
    for (int i = 0; i < 20; i++) adsync_request_secret(&r, ADSYNC_PLACE_QUERY, "n", "p", "s");
    if (!r.failed) assert_int_equal(r.n, 20);
    adsync__request_free(&r);
    adsync__outcome_begin(&out);
    adsync_row_int(adsync_outcome_row(&out, 1, 1, 0), ADSYNC_C_ID, 1);
    adsync_row_text(adsync_outcome_child(&out, "k"), ADSYNC_C_ID, "1", 1);
    adsync_outcome_secret(&out, "access_token", "t", 1, 0);
    adsync_outcome_fact(&out, "a", "b");
    adsync_outcome_limit(&out, "a", 1, 1, 1, 1);
    adsync_outcome_warning(&out, "a", "b");
    adsync_outcome_next(&out, "c");
    if (adsync__outcome_check(&out, NULL) == ADSYNC_OK)
        assert_true(out.rows && out.children && out.secrets && out.facts && out.limits && out.warnings);
    else
        assert_int_equal(adsync__outcome_check(&out, NULL), ADSYNC_E_MEMORY);
    adsync__outcome_free(&out);
    (void)adsync_response_header(&in, "a");
    adsync__arena_free(&arena);
}

static void without_memory_the_failure_is_kept(void **state)
{
    (void)state;
    assert_true(faults_allocations(story, NULL) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_keeps_what_was_described),
        cmocka_unit_test(a_manifest_grows),
        cmocka_unit_test(every_task_has_a_name_that_leads_back),
        cmocka_unit_test(the_later_text_stands_and_ids_add_up),
        cmocka_unit_test(a_text_that_is_set_again_and_again_takes_no_more_room),
        cmocka_unit_test(a_recipe_keeps_its_pieces_in_order),
        cmocka_unit_test(more_costs_than_there_is_room_for_fail_the_recipe),
        cmocka_unit_test(a_header_is_found_in_any_case_and_several_are_joined),
        cmocka_unit_test(an_outcome_must_say_how_to_go_on_and_all_that_it_takes),
        cmocka_unit_test(text_in_a_row_or_child_must_be_text),
        cmocka_unit_test(a_text_that_is_not_there_leaves_the_column_null),
        cmocka_unit_test(a_column_set_twice_holds_the_later_value),
        cmocka_unit_test(the_last_way_said_counts),
        cmocka_unit_test(words_from_outside_become_one_line_of_text),
        cmocka_unit_test(a_refusal_becomes_the_caller_s_error),
        cmocka_unit_test(every_refusal_has_a_status_and_a_name),
        cmocka_unit_test(without_memory_the_failure_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
