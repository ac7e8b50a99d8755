/* SPDX-License-Identifier: MIT */
/* The transport over libcurl against a real server, over real TLS. */
#include "http/http.h"

#include <setjmp.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { EXCHANGES = 64 };

typedef struct answer {
    bool ended, failed, sent;
    uint32_t status;
    char words[256], headers[4096], *body;
    size_t size;
} answer;

static char folder[] = "/tmp/adsync-http-XXXXXX", connect_to[32];
static pid_t server;
static int server_in;
static adsync_transport *transport;
static answer answers[EXCHANGES];
static adsync_message messages[EXCHANGES];
static int64_t n_exchanges;

static void run(const char *command)
{
    char line[1024];

    (void)snprintf(line, sizeof line, "cd %s && %s", folder, command);
    assert_int_equal(system(line), 0);
}

static void start_server(void)
{
    char key[64], cert[64], port[16] = "";
    static char node[] = "node";
    char *argv[] = { node, getenv("HTTP_SERVER"), key, cert, NULL };
    int in[2], out[2];
    posix_spawn_file_actions_t actions;
    extern char **environ;

    (void)snprintf(key, sizeof key, "%s/key.pem", folder);
    (void)snprintf(cert, sizeof cert, "%s/cert.pem", folder);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, in[1]);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    assert_int_equal(posix_spawnp(&server, "node", &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    server_in = in[1];
    assert_true(read(out[0], port, sizeof port - 1) > 0);
    close(out[0]);
    (void)snprintf(connect_to, sizeof connect_to, "127.0.0.1:%d", atoi(port));
}

static int open_all(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    run("openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca 2>/dev/null");
    run("openssl req -newkey rsa:2048 -nodes -keyout key.pem -out req.pem -subj /CN=api.example.test 2>/dev/null");
    run("printf 'subjectAltName=DNS:api.example.test' >ext && openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial "
        "-out cert.pem -days 2 -extfile ext 2>/dev/null");
    start_server();
    return 0;
}

static int close_all(void **state)
{
    char line[64];

    (void)state;
    close(server_in);
    (void)waitpid(server, NULL, 0);
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    return system(line);
}

static int open_transport(void **state)
{
    char ca[64];
    adsync_curl_options options = { .size = sizeof options, .ca_file = ca, .connect_to = connect_to };

    (void)state;
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    memset(answers, 0, sizeof answers);
    n_exchanges = 0;
    return adsync_curl_open(&options, &transport, NULL) < 0;
}

static int close_transport(void **state)
{
    (void)state;
    adsync_transport_free(transport);
    for (int i = 0; i < EXCHANGES; i++) adsync__free(answers[i].body);
    return 0;
}

static answer *begin(const char *method, const char *url, const char *body, uint32_t once)
{
    adsync_message *m = &messages[n_exchanges];
    bool large = strstr(url, "?whole");

    *m = (adsync_message){ .method = method,
                           .url = url,
                           .headers = "X-Extra: 7\r\nAccept: */*\r\n",
                           .body = body,
                           .body_size = body ? strlen(body) : 0,
                           .max_bytes = large ? 2 << 20 : 300000,
                           .timeout_us = strstr(url, "/never") ? 1000000 : 20000000,
                           .once = once };
    assert_int_equal(adsync__transport_start(transport, n_exchanges, m, NULL), ADSYNC_OK);
    return &answers[n_exchanges++];
}

static bool take(void *user, adsync__ended *ended)
{
    answer *a = &answers[ended->id];

    (void)user;
    assert_false(a->ended);
    a->ended = true;
    a->failed = ended->failed;
    a->sent = ended->sent;
    a->status = ended->http_status;
    (void)snprintf(a->words, sizeof a->words, "%s", ended->words ? ended->words : "");
    (void)snprintf(a->headers, sizeof a->headers, "%s", ended->headers);
    if (!ended->body) return true;
    a->size = ended->body->size;
    a->body = ended->body->p;
    *ended->body = (adsync__buffer){ 0 };
    return true;
}

static void turn(int64_t wait_us)
{
    adsync_exchange exchange = { take, NULL };

    assert_int_equal(adsync__transport_poll(transport, wait_us, &exchange, NULL), ADSYNC_OK);
}

static const answer *finish(answer *a)
{
    for (int i = 0; i < 400 && !a->ended; i++) turn(50000);
    assert_true(a->ended);
    return a;
}

#define URL(path) "https://api.example.test" path

static void counts(int *applied, int *sessions, int *sockets)
{
    const answer *a = finish(begin("GET", URL("/counts"), NULL, 0));

    assert_int_equal(a->status, 200);
    assert_int_equal(sscanf(a->body, "%d %d %d", applied, sessions, sockets), 3);
}

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
    adsync_curl_options options = { .size = sizeof options, .connect_to = connect_to };
    const answer *a;

    (void)state;
    adsync_transport_free(transport);
    assert_int_equal(adsync_curl_open(&options, &transport, NULL), ADSYNC_OK);
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
    adsync__transport_cancel(transport, 0);
    for (int i = 0; i < 10; i++) turn(50000);
    assert_false(a->ended);
}

/* A foreign loop needs nothing but the descriptor. */
static void one_descriptor_tells_when_to_poll(void **state)
{
    answer *a = begin("GET", URL("/slow"), NULL, 0);
    struct pollfd ready = { .fd = adsync__transport_fd(transport), .events = POLLIN };
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

static void many_large_answers_wait_for_each_other_and_all_come(void **state)
{
    answer *a[40];

    (void)state;
    for (int i = 0; i < 40; i++) /* a MiB each: all together are far over what may be buffered */
        a[i] = begin("GET", URL("/big?whole"), NULL, 0);
    for (int i = 0; i < 40; i++)
        if (finish(a[i])->size != 1 << 20) fail_msg("answer %d: %s (%zu bytes)", i, a[i]->words, a[i]->size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_comes_over_verified_tls_and_http_2, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(body_method_and_headers_arrive_as_they_are, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_server_that_no_trusted_ca_knows_gets_nothing, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_certificate_of_another_name_is_refused, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(plain_http_is_not_spoken, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(gzip_is_unpacked_and_bounded, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(an_answer_over_its_bound_ends_as_failed, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_redirect_is_not_followed, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(an_answer_that_never_comes_times_out, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_once_request_is_applied_once_although_its_connection_dies, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_once_request_takes_a_connection_of_its_own, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(many_requests_share_a_connection, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_reset_stream_and_a_truncated_body_are_failures, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(goaway_in_flight_ends_the_exchange_and_the_next_works, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(a_cancelled_exchange_is_not_reported, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(one_descriptor_tells_when_to_poll, open_transport, close_transport),
        cmocka_unit_test_setup_teardown(many_large_answers_wait_for_each_other_and_all_come, open_transport, close_transport),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
