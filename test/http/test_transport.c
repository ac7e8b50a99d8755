/* SPDX-License-Identifier: MIT */
#include "http/http.h"
#include "support/faults.h"

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

static int closed;

static adsync_status scripted_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    (void)user, (void)id, (void)message, (void)error;
    return ADSYNC_OK;
}

static adsync_status scripted_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    (void)user, (void)max_wait_us, (void)ended, (void)error;
    return ADSYNC_OK;
}

static void scripted_cancel(void *user, int64_t id) { (void)user, (void)id; }
static void scripted_close(void *user) { (void)user, closed++; }
static int32_t scripted_fd(void *user) { return (void)user, -1; }

static adsync_transport_ops scripted_ops(void)
{
    return (adsync_transport_ops){ .size = sizeof(adsync_transport_ops),
                                   .start = scripted_start,
                                   .poll = scripted_poll,
                                   .cancel = scripted_cancel,
                                   .close = scripted_close };
}

static void a_missing_slot_is_refused_by_name(void **state)
{
    adsync_transport_ops ops[5];
    static const char *const names[5] = { "start", "poll", "cancel", "close", "timeout_us" };
    adsync_transport *transport;
    adsync_error *error = NULL;

    (void)state;
    for (int i = 0; i < 5; i++) ops[i] = scripted_ops();
    ops[0].start = NULL;
    ops[1].poll = NULL;
    ops[2].cancel = NULL;
    ops[3].close = NULL;
    ops[4].fd = scripted_fd;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(adsync_transport_new(&ops[i], &transport, &error), ADSYNC_E_INVALID);
        assert_null(transport);
        assert_non_null(strstr(adsync_error_message(error), names[i]));
    }
    adsync_error_free(error);
}

static void the_last_free_closes(void **state)
{
    adsync_transport_ops ops = scripted_ops();
    adsync_transport *transport = NULL;

    (void)state;
    closed = 0;
    assert_int_equal(adsync_transport_new(&ops, &transport, NULL), ADSYNC_OK);
    adsync__transport_keep(transport);
    adsync_transport_free(transport);
    assert_int_equal(closed, 0);
    adsync_transport_free(transport);
    assert_int_equal(closed, 1);
    adsync_transport_free(NULL);
}

static bool taken(void *user, adsync__ended *ended)
{
    static const char zeros[ADSYNC__BODY_PADDING];

    assert_int_equal(ended->body->size, 5);
    assert_memory_equal(ended->body->p, "hello", 5);
    assert_memory_equal(ended->body->p + 5, zeros, sizeof zeros); /* what simdjson reads past the end is ours */
    *(adsync__buffer *)user = *ended->body;
    *ended->body = (adsync__buffer){ 0 };
    return ended->id == 7;
}

static void a_body_is_copied_and_padded(void **state)
{
    adsync__buffer body = { 0 };
    adsync_exchange exchange = { taken, &body };

    (void)state;
    assert_int_equal(adsync_exchange_done(&exchange, 7, 200, "A: b\r\n", "hello", 5), ADSYNC_OK);
    adsync__buffer_free(&body);
    assert_int_equal(adsync_exchange_done(&exchange, 8, 200, NULL, "hello", 5), ADSYNC_E_INVALID);
    adsync__buffer_free(&body);
    assert_int_equal(adsync_exchange_done(&exchange, 7, 200, NULL, NULL, 5), ADSYNC_E_INVALID);
    assert_int_equal(adsync_exchange_done(NULL, 7, 200, NULL, NULL, 0), ADSYNC_E_INVALID);
}

static void bad_options_of_curl_are_refused(void **state)
{
    adsync_curl_options ca = { .size = sizeof ca, .ca_file = "/nowhere/ca.pem" };
    adsync_curl_options to = { .size = sizeof to, .connect_to = "localhost" };
    adsync_curl_options plain = { .size = sizeof plain, .flags = ADSYNC_CURL_PLAIN };
    adsync_curl_options unknown = { .size = sizeof unknown, .flags = 64 };
    adsync_transport *transport;

    (void)state;
    assert_int_equal(adsync_curl_open(&ca, &transport, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_curl_open(&to, &transport, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_curl_open(&plain, &transport, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_curl_open(&unknown, &transport, NULL), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(adsync_curl_open(NULL, NULL, NULL), ADSYNC_E_INVALID);
}

static void open_and_close(void *user)
{
    adsync_transport_ops ops = scripted_ops();
    adsync_curl_options options = { .size = sizeof options, .connect_to = "127.0.0.1:1" };
    adsync_transport *transport = NULL;
    adsync_error *error = NULL;

    (void)user;
    (void)adsync_transport_new(&ops, &transport, &error);
    adsync_transport_free(transport);
    (void)adsync_curl_open(&options, &transport, &error);
    adsync_transport_free(transport);
    adsync_error_free(error);
}

static void any_allocation_may_fail_on_opening(void **state)
{
    (void)state;
    assert_true(faults_allocations(open_and_close, NULL) > 3);
}

/* ---- files that are compressed without saying so */

/* {"data":[]} */
#define PACKED                                                                                                                             \
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x49\x2c\x49\x54\xb2\x8a\x8e\xad\x05\x00\x94\x64\xb2\x5e"                         \
    "\x0b\x00\x00\x00"
#define PACKED_ZEROS                                                                                                                       \
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0a\x3f\xa0\x00\x00\x00\x00\x80\xb7\x01\xa8" \
    "\x0e\xe5\xd8\x88\x13\x00\x00" /* 5000 of them */

static adsync_status unpack(const char *p, size_t size, size_t max, adsync__buffer *out)
{
    adsync__buffer_begin(out, 1 << 20);
    adsync__buffer_add(out, p, size);
    assert_true(adsync__body_pad(out));
    return adsync__gunzip(out, max);
}

static void a_gzip_file_is_told_by_its_first_bytes_and_unpacked(void **state)
{
    static const char twice[] = PACKED PACKED;
    adsync__buffer out;

    (void)state;
    assert_int_equal(unpack(PACKED, sizeof PACKED - 1, 1000, &out), ADSYNC_OK);
    assert_string_equal(out.p, "{\"data\":[]}");
    assert_int_equal(out.size, 11);
    adsync__buffer_free(&out);
    assert_int_equal(unpack(twice, sizeof twice - 1, 1000, &out), ADSYNC_OK);
    assert_string_equal(out.p, "{\"data\":[]}{\"data\":[]}");
    adsync__buffer_free(&out);
    assert_int_equal(unpack("{\"data\":[1,2,3,4,5]}", 20, 1000, &out), ADSYNC_OK);
    assert_string_equal(out.p, "{\"data\":[1,2,3,4,5]}");
    adsync__buffer_free(&out);
}

static void a_gzip_file_that_is_broken_or_too_large_stays_as_it_came(void **state)
{
    adsync__buffer out;

    (void)state;
    assert_int_equal(unpack(PACKED, sizeof PACKED - 4, 1000, &out), ADSYNC_E_FORMAT);
    assert_int_equal(out.size, sizeof PACKED - 4);
    adsync__buffer_free(&out);
    assert_int_equal(unpack(PACKED_ZEROS, sizeof PACKED_ZEROS - 1, 4999, &out), ADSYNC_E_TOO_BIG);
    assert_int_equal(out.size, sizeof PACKED_ZEROS - 1);
    adsync__buffer_free(&out);
    assert_int_equal(unpack(PACKED_ZEROS, sizeof PACKED_ZEROS - 1, 6000, &out), ADSYNC_OK);
    assert_int_equal(out.size, 5000);
    adsync__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_slot_is_refused_by_name),
        cmocka_unit_test(the_last_free_closes),
        cmocka_unit_test(a_body_is_copied_and_padded),
        cmocka_unit_test(bad_options_of_curl_are_refused),
        cmocka_unit_test(any_allocation_may_fail_on_opening),
        cmocka_unit_test(a_gzip_file_is_told_by_its_first_bytes_and_unpacked),
        cmocka_unit_test(a_gzip_file_that_is_broken_or_too_large_stays_as_it_came),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
