/* SPDX-License-Identifier: MIT */
#include "served.h"

#include <setjmp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

adsync_transport *served;
answer answers[EXCHANGES];
int64_t n_exchanges;

static char folder[] = "/tmp/adsync-http-XXXXXX", connect_to[32], connect_to_old[32];
static pid_t server;
static int server_in;
static adsync_message messages[EXCHANGES];

void served_run(const char *command)
{
    char line[1024];

    (void)snprintf(line, sizeof line, "cd %s && %s", folder, command);
    assert_int_equal(system(line), 0);
}

static void start_server(void)
{
    char key[64], cert[64], port[16] = "", *after;
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
    (void)snprintf(connect_to, sizeof connect_to, "127.0.0.1:%ld", strtol(port, &after, 10));
    (void)snprintf(connect_to_old, sizeof connect_to_old, "127.0.0.1:%ld", strtol(after, NULL, 10));
}

int served_begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    served_run("openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca 2>/dev/null");
    served_run("openssl req -newkey rsa:2048 -nodes -keyout key.pem -out req.pem -subj /CN=api.example.test 2>/dev/null");
    served_run("printf 'subjectAltName=DNS:api.example.test,DNS:evil.example.test' >ext && "
               "openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile ext 2>/dev/null");
    start_server();
    return 0;
}

int served_end(void **state)
{
    char line[64];

    (void)state;
    close(server_in);
    (void)waitpid(server, NULL, 0);
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    return system(line);
}

static int open_to(const char *ca_file, const char *to)
{
    adsync_curl_options options = { .size = sizeof options, .ca_file = ca_file, .connect_to = to };

    memset(answers, 0, sizeof answers);
    n_exchanges = 0;
    return adsync_curl_open(&options, &served, NULL) < 0;
}

int served_open_with(const char *ca_file) { return open_to(ca_file, connect_to); }

const char *served_path(const char *name, char *room, size_t size)
{
    (void)snprintf(room, size, "%s/%s", folder, name);
    return room;
}

int served_open(void **state)
{
    char ca[64];

    (void)state;
    return served_open_with(served_path("ca.pem", ca, sizeof ca));
}

int served_open_old(void **state)
{
    char ca[64];

    (void)state;
    return open_to(served_path("ca.pem", ca, sizeof ca), connect_to_old);
}

int served_close(void **state)
{
    (void)state;
    adsync_transport_free(served);
    for (int i = 0; i < EXCHANGES; i++) adsync__buffer_free(&answers[i].kept);
    return 0;
}

answer *begin(const char *method, const char *url, const char *body, uint32_t once)
{
    adsync_message *m = &messages[n_exchanges];
    bool large = strstr(url, "/big?") || strstr(url, "/stall");

    *m = (adsync_message){ .method = method,
                           .url = url,
                           .headers = "X-Extra: 7\r\nAccept: */*\r\n",
                           .body = body,
                           .body_size = body ? strlen(body) : 0,
                           .max_bytes = large ? 2 << 20 : 300000,
                           .timeout_us = strstr(url, "/never") || strstr(url, "?brief") ? 1000000 : 20000000,
                           .once = once };
    assert_int_equal(adsync__transport_start(served, n_exchanges, m, NULL), ADSYNC_OK);
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
    a->kept = *ended->body;
    *ended->body = (adsync__buffer){ 0 };
    return true;
}

void turn(int64_t wait_us)
{
    adsync_exchange exchange = { take, NULL };

    assert_int_equal(adsync__transport_poll(served, wait_us, &exchange, NULL), ADSYNC_OK);
}

bool ends(const answer *a)
{
    struct timespec now;
    time_t until;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    for (until = now.tv_sec + 30; !a->ended && now.tv_sec < until; (void)clock_gettime(CLOCK_MONOTONIC, &now)) turn(50000);
    return a->ended;
}

const answer *finish(answer *a)
{
    assert_true(ends(a));
    return a;
}

void counts(int *applied, int *sessions, int *sockets)
{
    const answer *a = finish(begin("GET", URL("/counts"), NULL, 0));

    assert_int_equal(a->status, 200);
    assert_int_equal(sscanf(a->body, "%d %d %d", applied, sessions, sockets), 3);
}
