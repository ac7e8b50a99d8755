/* SPDX-License-Identifier: MIT */
/* Flights: what is sent, what is repeated, what goes up. */
#include "script.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

static script s;

static int open_script(void **state)
{
    (void)state;
    script_open(&s);
    return 0;
}

static int close_script(void **state)
{
    (void)state;
    script_close(&s);
    return 0;
}

static void a_flight_sends_and_is_done(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 1);
    assert_string_equal(s.url, "https://api.example.test/things");
    assert_non_null(strstr(s.headers, "Authorization: Bearer planted-token-4711\r\n"));
    assert_int_equal(f.outcomes, 1);
    assert_int_equal(f.ways[0], ADSYNC__WAY_DONE);
    assert_int_equal(f.audits, 1);
    assert_int_equal(f.ended, 1);
    assert_int_equal(f.status, ADSYNC_OK);
    assert_int_equal(adsync__kernel_flights(s.kernel), 0);
}

static void a_body_that_holds_more_is_parsed_once(void **state)
{
    script_flight f = { .go = true };

    (void)state;
    script_add(&s, 200, "[1,2,3]");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 6, 1000);
    assert_int_equal(f.outcomes, 3);
    assert_int_equal(f.ways[1], ADSYNC__WAY_MORE);
    assert_int_equal(f.ended, 1);
    assert_int_equal(f.status, ADSYNC_OK);
}

/* One parsed body is kept: of two that hold more, one is parsed again and the other not, and what ends gives up what it had. */
static void of_two_bodies_that_hold_more_one_is_kept_parsed(void **state)
{
    script_flight one = { 0 }, two = { .go = true }, three = { .go = true };

    (void)state;
    script_add(&s, 200, "[ 1,2]");
    script_add(&s, 200, "[1,2]");
    script_add(&s, 200, "[1]");
    script_start(&s, &one, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(one.outcomes, 1);
    script_start(&s, &two, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 6, 1000);
    assert_int_equal(two.ended, 1); /* it took the place */
    assert_int_equal(two.status, ADSYNC_OK);
    one.go = true;
    adsync__flight_go(one.flight);
    script_turn(&s, 6, 1000);
    assert_int_equal(one.ended, 1);
    assert_string_equal(one.error, "script.parsed"); /* its bytes were spoiled meanwhile: they were looked at */
    script_start(&s, &three, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 6, 1000);
    assert_int_equal(three.status, ADSYNC_OK);
    assert_int_equal(three.outcomes, 3);
}

/* P1: a page's successor is asked for only when whoever took the page says so. */
static void a_next_page_waits_until_it_is_let_go(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_add(&s, 200, "next a b&c");
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 5, 1000000);
    assert_int_equal(s.n_sent, 1);
    assert_int_equal(f.ended, 0);
    adsync__flight_go(f.flight);
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 2);
    assert_string_equal(s.url, "https://api.example.test/things?after=a%20b%26c");
    assert_int_equal(f.ended, 1);
}

static void trouble_is_repeated_with_growing_pauses_then_goes_up(void **state)
{
    script_flight f = { 0 };

    (void)state;
    for (int i = 0; i < 12; i++) script_add(&s, 500, "trouble");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3000, 100000);
    assert_int_equal(s.n_sent, 8); /* once, and seven times again */
    for (uint32_t i = 1; i < s.n_sent; i++) assert_in_range(s.sent_at[i] - s.sent_at[i - 1], 1, (INT64_C(1000000) << (i - 1)) + 200000);
    assert_int_equal(f.audits, 8);
    assert_int_equal(f.outcomes, 1);
    assert_int_equal(f.status, ADSYNC_E_TRANSIENT);
    assert_string_equal(f.error, "script.500");
}

/* P2: what may have arrived is not sent again. */
static void a_once_request_that_may_have_arrived_is_never_repeated(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.effect = ADSYNC_EFFECT_ONCE;
    s.replies[s.n_replies++] = (script_reply){ 0, 1, "", "" };
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 1000, 1000000);
    assert_int_equal(s.n_sent, 1);
    assert_int_equal(s.n_once, 1);
    assert_int_equal(f.status, ADSYNC_E_TRANSIENT);
}

static void a_once_request_that_certainly_did_not_leave_is_repeated(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.effect = ADSYNC_EFFECT_ONCE;
    s.replies[s.n_replies++] = (script_reply){ 0, 0, "", "" };
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 100, 1000000);
    assert_int_equal(s.n_sent, 2);
    assert_int_equal(f.status, ADSYNC_OK);
}

/* Also what must not be sent twice: for its time alone a request is refused before it does anything. */
static void a_wrong_clock_is_corrected_by_the_answers_date_once(void **state)
{
    const char *date = "Date: Fri, 23 Oct 2026 06:30:00 GMT\r\n"; /* three days before the script's clock */
    script_flight f = { 0 }, again = { 0 };

    (void)state;
    s.effect = ADSYNC_EFFECT_ONCE;
    s.replies[s.n_replies++] = (script_reply){ 401, 0, date, "clock" };
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 100, 1000);
    assert_int_equal(s.n_sent, 2);
    assert_int_equal(f.status, ADSYNC_OK);
    assert_true(s.clock_us >= INT64_C(1792737000000000) && s.clock_us < INT64_C(1792737001000000));
    s.replies[s.n_replies++] = (script_reply){ 401, 0, date, "clock" };
    s.replies[s.n_replies++] = (script_reply){ 401, 0, date, "clock" };
    script_start(&s, &again, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 100, 1000);
    assert_int_equal(s.n_sent, 4); /* it does not help: no third time */
    assert_int_equal(again.status, ADSYNC_E_TRANSIENT);
}

static void a_clock_that_no_answer_tells_is_not_corrected(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_add(&s, 401, "clock");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 100, 1000);
    assert_int_equal(s.n_sent, 1);
    assert_int_equal(f.status, ADSYNC_E_TRANSIENT);
}

static void a_throttle_silences_the_key_for_as_long_as_the_platform_says(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.cost = true;
    script_add(&s, 429, "throttled");
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 200, 100000);
    assert_int_equal(s.n_sent, 2);
    assert_true(s.sent_at[1] - s.sent_at[0] >= 3000000);
    assert_int_equal(f.outcomes, 1); /* the refusal itself did not go up */
    assert_int_equal(f.status, ADSYNC_OK);
}

/* P6: two in ten seconds are allowed, so the third waits, and waiting is no failure. */
static void a_used_up_limit_makes_flights_wait(void **state)
{
    script_flight f[3] = { { 0 } };

    (void)state;
    s.cost = true;
    for (int i = 0; i < 3; i++) script_add(&s, 200, "done");
    for (int i = 0; i < 3; i++) script_start(&s, &f[i], ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 400, 100000);
    assert_int_equal(s.n_sent, 3);
    assert_true(s.sent_at[2] - s.sent_at[0] >= 10000000);
    for (int i = 0; i < 3; i++) assert_int_equal(f[i].status, ADSYNC_OK);
}

/* The limit allows two in ten seconds; of the three tries here none but the last left, so none had to wait. */
static void what_certainly_did_not_leave_costs_no_permit(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.cost = true;
    s.replies[s.n_replies++] = (script_reply){ 0, 0, "", "" };
    s.replies[s.n_replies++] = (script_reply){ 0, 0, "", "" };
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 80, 100000);
    assert_int_equal(s.n_sent, 3);
    assert_int_equal(f.status, ADSYNC_OK);
}

static void what_may_have_left_costs_its_permit(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.cost = true;
    s.replies[s.n_replies++] = (script_reply){ 0, 1, "", "" };
    s.replies[s.n_replies++] = (script_reply){ 0, 1, "", "" };
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 80, 100000);
    assert_int_equal(s.n_sent, 2);
    script_turn(&s, 100, 100000);
    assert_int_equal(s.n_sent, 3);
}

/* Flights that are held for a token, and such as never can be sent, give their permits back at once: the limit allows two. */
static void a_flight_that_sends_nothing_costs_no_permit(void **state)
{
    script_flight held[3] = { { .pending = true }, { .pending = true }, { .pending = true } }, bad[2] = { { 0 } };

    (void)state;
    s.cost = true;
    for (int i = 0; i < 3; i++) script_start(&s, &held[i], ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 3, 1000);
    s.host = "files"; /* must not have a secret */
    for (int i = 0; i < 2; i++) script_start(&s, &bad[i], ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 3, 1000);
    for (int i = 0; i < 2; i++) assert_int_equal(bad[i].ended, 1);
    s.host = NULL;
    adsync__flight_drop(held[2].flight);
    for (int i = 0; i < 2; i++) {
        script_add(&s, 200, "done");
        held[i].pending = false;
        adsync__flight_go(held[i].flight);
    }
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 2);
    for (int i = 0; i < 2; i++) assert_int_equal(held[i].status, ADSYNC_OK);
}

/* P3 */
static void a_secret_goes_to_no_host_that_must_not_have_one(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.host = "files";
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 0);
    assert_int_equal(f.status, ADSYNC_E_INTERNAL);
    assert_string_equal(f.error, "connector.host");
}

/* P3: a platform's next link is followed on the platform's own hosts only, and nothing is sent to be found out. */
static void a_url_of_another_host_is_not_followed(void **state)
{
    static const char *const urls[] = {
        "https://evil.example.test/things",      "https://api.example.test.evil.test/things", "https://xapi.example.test/things",
        "https://api.example.test@evil.test/",   "https://api.example.test:8443/things",      "http://api.example.test/things",
        "https://api.example.test\\@evil.test/", "https://evil.test#@api.example.test/",      "//api.example.test/things",
        "https://api.example.test%2eevil.test/", "https://api.example.test./things",          "",
    };

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(urls); i++) {
        script_flight f = { 0 };
        s.whole_url = urls[i];
        script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
        script_turn(&s, 3, 1000);
        if (s.n_sent || f.ended != 1 || f.status != ADSYNC_E_REJECTED) fail_msg("%s: %u sent, %s", urls[i], s.n_sent, f.error);
    }
}

/* P3: platforms write a token into their next links; none of it is kept. */
static void a_token_in_a_url_is_in_no_audit_and_no_error(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.whole_url = "https://api.example.test/things?access_token=planted-in-a-link-4712&after=z";
    script_add(&s, 404, "gone: https://api.example.test/things?access_token=planted-in-a-link-4712&after=z");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 1);
    assert_int_equal(f.status, ADSYNC_E_NOT_FOUND);
    assert_string_equal(f.endpoint, "api.example.test/things");
    assert_non_null(strstr(f.excerpt, "gone"));
    assert_null(strstr(f.excerpt, "4712"));
    assert_null(strstr(f.message, "4712"));
}

static void a_header_cannot_bring_another(void **state)
{
    script_flight f = { 0 };

    (void)state;
    s.header_value = "a\r\nX-Evil: 1";
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(s.n_sent, 0);
    assert_string_equal(f.error, "request.header");
}

/* P3: an answer that repeats the token reaches the audit without it. */
static void the_audit_of_a_refusal_holds_no_token(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_add(&s, 404, "gone: you sent planted-token-4711, access_token=planted-token-4711");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(f.status, ADSYNC_E_NOT_FOUND);
    assert_non_null(strstr(f.excerpt, "gone: you sent [redacted]"));
    assert_null(strstr(f.excerpt, "4711"));
}

static void a_flight_whose_token_is_not_there_yet_is_held(void **state)
{
    script_flight f = { .pending = true };

    (void)state;
    script_add(&s, 200, "done");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 10, 1000000);
    assert_int_equal(s.n_sent, 0);
    assert_int_equal(f.ended, 0);
    f.pending = false;
    adsync__flight_go(f.flight);
    script_turn(&s, 3, 1000);
    assert_int_equal(f.status, ADSYNC_OK);
    assert_int_equal(s.n_sent, 1);
}

static void a_connector_that_says_no_way_to_go_on_fails_its_task(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_add(&s, 200, "mute");
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 3, 1000);
    assert_int_equal(f.ended, 1);
    assert_int_equal(f.status, ADSYNC_E_INTERNAL);
}

static void a_dropped_flight_is_cancelled_and_told_nothing(void **state)
{
    script_flight f = { 0 };

    (void)state;
    script_start(&s, &f, ADSYNC_PRIORITY_SCHEDULED);
    script_turn(&s, 1, 1000);
    assert_int_equal(s.n_sent, 1);
    adsync__flight_drop(f.flight);
    assert_int_equal(s.n_cancelled, 1);
    assert_int_equal(f.ended, 0);
    assert_int_equal(adsync__kernel_flights(s.kernel), 0);
}

static void the_most_urgent_flight_goes_first(void **state)
{
    script_flight slow = { 0 }, fast = { 0 };

    (void)state;
    s.cost = true;
    script_add(&s, 200, "done");
    script_add(&s, 200, "done");
    script_start(&s, &slow, ADSYNC_PRIORITY_BACKFILL);
    script_start(&s, &fast, ADSYNC_PRIORITY_INTERACTIVE);
    script_turn(&s, 2, 1000);
    assert_int_equal(fast.ended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flight_sends_and_is_done, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_body_that_holds_more_is_parsed_once, open_script, close_script),
        cmocka_unit_test_setup_teardown(of_two_bodies_that_hold_more_one_is_kept_parsed, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_next_page_waits_until_it_is_let_go, open_script, close_script),
        cmocka_unit_test_setup_teardown(trouble_is_repeated_with_growing_pauses_then_goes_up, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_once_request_that_may_have_arrived_is_never_repeated, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_once_request_that_certainly_did_not_leave_is_repeated, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_wrong_clock_is_corrected_by_the_answers_date_once, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_clock_that_no_answer_tells_is_not_corrected, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_throttle_silences_the_key_for_as_long_as_the_platform_says, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_used_up_limit_makes_flights_wait, open_script, close_script),
        cmocka_unit_test_setup_teardown(what_certainly_did_not_leave_costs_no_permit, open_script, close_script),
        cmocka_unit_test_setup_teardown(what_may_have_left_costs_its_permit, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_flight_that_sends_nothing_costs_no_permit, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_secret_goes_to_no_host_that_must_not_have_one, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_url_of_another_host_is_not_followed, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_token_in_a_url_is_in_no_audit_and_no_error, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_header_cannot_bring_another, open_script, close_script),
        cmocka_unit_test_setup_teardown(the_audit_of_a_refusal_holds_no_token, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_flight_whose_token_is_not_there_yet_is_held, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_connector_that_says_no_way_to_go_on_fails_its_task, open_script, close_script),
        cmocka_unit_test_setup_teardown(a_dropped_flight_is_cancelled_and_told_nothing, open_script, close_script),
        cmocka_unit_test_setup_teardown(the_most_urgent_flight_goes_first, open_script, close_script),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
