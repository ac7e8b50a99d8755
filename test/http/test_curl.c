/* SPDX-License-Identifier: MIT */
#include "served.h"

#include <setjmp.h>
#include <poll.h>
#include <cmocka.h>

static void an_answer_comes_over_verified_tls_and_http_2(void **state)
{
    const answer *a = finish(begin("GET", URL("/ok"), NULL, 0));

    (void)state;
    assert_false(a->failed);
    assert_int_equal(a->status, 200);
    assert_int_equal(a->size, 5);
    assert_memory_equal(a->body, "hello", 5);
    assert_non_null(strstr(a->headers, "x-version: 2.0"));
}

static void body_method_and_headers_arrive_as_they_are(void **state)
{
    (void)state;
    assert_string_equal(finish(begin("POST", URL("/echo"), "a=b&c", 0))->body, "POST 7 a=b&c");
    assert_string_equal(finish(begin("DELETE", URL("/echo"), NULL, 0))->body, "DELETE 7 ");
    assert_string_equal(finish(begin("POST", URL("/echo"), NULL, 1))->body, "POST 7 ");
}

static void a_server_that_no_trusted_ca_knows_gets_nothing(void **state)
{
    const answer *a;

    (void)state;
    adsync_transport_free(served);
    assert_int_equal(served_open_with(NULL), 0);
    a = finish(begin("POST", URL("/echo"), "secret", 0));
    assert_true(a->failed);
    assert_false(a->sent);
}

static void a_certificate_of_another_name_is_refused(void **state)
{
    const answer *a = finish(begin("GET", "https://other.example.test/ok", NULL, 0));

    (void)state;
    assert_true(a->failed);
    assert_false(a->sent);
}

static void plain_http_is_not_spoken(void **state)
{
    (void)state;
    assert_true(finish(begin("GET", "http://api.example.test/ok", NULL, 0))->failed);
}

static void gzip_is_unpacked_and_bounded(void **state)
{
    (void)state;
    assert_int_equal(finish(begin("GET", URL("/gzip"), NULL, 0))->size, 100000);
}

static void an_answer_over_its_bound_ends_as_failed(void **state)
{
    const answer *a = finish(begin("GET", URL("/big"), NULL, 0));

    (void)state;
    assert_true(a->failed);
    assert_non_null(strstr(a->words, "larger than 300000 bytes"));
}

static void a_redirect_is_not_followed(void **state)
{
    (void)state;
    assert_int_equal(finish(begin("GET", URL("/redirect"), NULL, 0))->status, 302);
}

static void an_answer_that_never_comes_times_out(void **state)
{
    answer *a;

    (void)state;
    a = begin("GET", URL("/never"), NULL, 0);
    assert_false(a->ended);
    finish(a);
    assert_true(a->failed);
    assert_true(a->sent);
}

/* P2: the one that libcurl would have repeated by itself. */
static void a_once_request_is_applied_once_although_its_connection_dies(void **state)
{
    int before, after, ignored;
    const answer *a;

    (void)state;
    counts(&before, &ignored, &ignored); /* a connection lies ready for reuse now */
    a = finish(begin("POST", URL("/apply-then-cut"), "budget=1", 1));
    assert_true(a->failed);
    assert_true(a->sent); /* perhaps: nobody may send it again without proof */
    counts(&after, &ignored, &ignored);
    assert_int_equal(after - before, 1);
}

/* X takes a nonce once: a signature that came and was not answered must not come again. */
static void a_signed_request_is_not_repeated_although_it_shares_connections(void **state)
{
    int before, after, ignored, first, last;
    const answer *a;

    (void)state;
    counts(&ignored, &ignored, &first);
    for (int i = 0; i < 3; i++) assert_int_equal(finish(begin("GET", URL("/echo"), NULL, 2))->status, 200);
    counts(&before, &ignored, &last);
    assert_true(last - first <= 1);
    a = finish(begin("POST", URL("/apply-then-cut"), "budget=1", 2));
    assert_true(a->failed && a->sent);
    counts(&after, &ignored, &ignored);
    assert_int_equal(after - before, 1);
    assert_int_equal(finish(begin("GET", URL("/echo"), NULL, 2))->status, 200);
}

static void a_once_request_takes_a_connection_of_its_own(void **state)
{
    int before, after, ignored;

    (void)state;
    counts(&ignored, &ignored, &before);
    finish(begin("POST", URL("/echo"), "x", 1));
    finish(begin("POST", URL("/echo"), "x", 1));
    counts(&ignored, &ignored, &after);
    assert_int_equal(after - before, 2);
}

static void many_requests_share_a_connection(void **state)
{
    int before, after, ignored;
    answer *a[30];

    (void)state;
    counts(&ignored, &ignored, &before);
    for (int i = 0; i < 30; i++) a[i] = begin("GET", URL("/slow"), NULL, 0);
    for (int i = 0; i < 30; i++) assert_string_equal(finish(a[i])->body, "late");
    counts(&ignored, &ignored, &after);
    assert_true(after - before <= 1);
}

static void a_reset_stream_and_a_truncated_body_are_failures(void **state)
{
    (void)state;
    assert_true(finish(begin("GET", URL("/reset"), NULL, 0))->failed);
    assert_true(finish(begin("GET", URL("/truncated"), NULL, 0))->failed);
    assert_int_equal(finish(begin("GET", URL("/ok"), NULL, 0))->status, 200);
}

static void goaway_in_flight_ends_the_exchange_and_the_next_works(void **state)
{
    (void)state;
    finish(begin("GET", URL("/goaway"), NULL, 0));
    assert_int_equal(finish(begin("GET", URL("/ok"), NULL, 0))->status, 200);
}

static void a_cancelled_exchange_is_not_reported(void **state)
{
    answer *a = begin("GET", URL("/slow"), NULL, 0);

    (void)state;
    for (int i = 0; i < 4; i++) turn(20000);
    adsync__transport_cancel(served, 0);
    for (int i = 0; i < 10; i++) turn(50000);
    assert_false(a->ended);
}

/* A foreign loop needs nothing but the descriptor. */
static void one_descriptor_tells_when_to_poll(void **state)
{
    answer *a = begin("GET", URL("/slow"), NULL, 0);
    struct pollfd ready = { .fd = adsync__transport_fd(served), .events = POLLIN };
    int rounds = 0;

    (void)state;
    turn(0);
    while (!a->ended && rounds++ < 500) {
        assert_int_equal(poll(&ready, 1, 4000), 1);
        turn(0);
    }
    assert_string_equal(a->body, "late");
    assert_true(rounds < 200); /* and it does not spin */
}

static void forty_large_answers(uint32_t once)
{
    answer *a[40];

    for (int i = 0; i < 40; i++) /* a MiB each: all together are far over what may be buffered */
        a[i] = begin("GET", URL("/big?whole"), NULL, once);
    for (int i = 0; i < 40; i++)
        if (finish(a[i])->size != 1 << 20) fail_msg("answer %d: %s (%zu bytes)", i, a[i]->words, a[i]->size);
}

static void many_large_answers_wait_for_each_other_and_all_come(void **state)
{
    (void)state;
    forty_large_answers(1); /* a connection each */
}

static void large_answers_of_one_connection_do_not_stop_each_other(void **state)
{
    (void)state;
    forty_large_answers(0);
}

static void time_in_which_we_do_not_read_is_not_the_servers(void **state)
{
    answer *holders[2] = { begin("GET", URL("/stall"), NULL, 1), begin("GET", URL("/stall"), NULL, 1) }, *others[4];

    (void)state;
    while (!adsync__transport_timeout_us(served)) turn(1000);
    for (int i = 0; i < 20; i++) turn(20000); /* one has the room of all bodies, one may grow beyond it */
    for (int i = 0; i < 4; i++) others[i] = begin("GET", URL("/big?brief"), NULL, 1);
    for (int i = 0; i < 4; i++)
        if (finish(others[i])->size != 1 << 20) fail_msg("answer %d: %s (%zu bytes)", i, others[i]->words, others[i]->size);
    for (int i = 0; i < 2; i++) assert_int_equal(finish(holders[i])->size, 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes_over_verified_tls_and_http_2, served_open, served_close),
        cmocka_unit_test_setup_teardown(body_method_and_headers_arrive_as_they_are, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_server_that_no_trusted_ca_knows_gets_nothing, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_certificate_of_another_name_is_refused, served_open, served_close),
        cmocka_unit_test_setup_teardown(plain_http_is_not_spoken, served_open, served_close),
        cmocka_unit_test_setup_teardown(gzip_is_unpacked_and_bounded, served_open, served_close),
        cmocka_unit_test_setup_teardown(an_answer_over_its_bound_ends_as_failed, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_redirect_is_not_followed, served_open, served_close),
        cmocka_unit_test_setup_teardown(an_answer_that_never_comes_times_out, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_once_request_is_applied_once_although_its_connection_dies, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_signed_request_is_not_repeated_although_it_shares_connections, served_open_old, served_close),
        cmocka_unit_test_setup_teardown(a_once_request_takes_a_connection_of_its_own, served_open, served_close),
        cmocka_unit_test_setup_teardown(many_requests_share_a_connection, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_reset_stream_and_a_truncated_body_are_failures, served_open, served_close),
        cmocka_unit_test_setup_teardown(goaway_in_flight_ends_the_exchange_and_the_next_works, served_open, served_close),
        cmocka_unit_test_setup_teardown(a_cancelled_exchange_is_not_reported, served_open, served_close),
        cmocka_unit_test_setup_teardown(one_descriptor_tells_when_to_poll, served_open, served_close),
        cmocka_unit_test_setup_teardown(many_large_answers_wait_for_each_other_and_all_come, served_open, served_close),
        cmocka_unit_test_setup_teardown(large_answers_of_one_connection_do_not_stop_each_other, served_open, served_close),
        cmocka_unit_test_setup_teardown(time_in_which_we_do_not_read_is_not_the_servers, served_open, served_close),
    };

    return cmocka_run_group_tests(tests, served_begin, served_end);
}
