/* SPDX-License-Identifier: MIT */
/* P4 against a certified OpenID provider, through the real transport, over TLS, with real processes. The engines' clock runs ten times as
 * fast, so that the deadline of a lost refresh passes within the test. The storage is one of test/storage/kit_places.c.
 *
 *   test_provider NODE OP.MJS NPM-FOLDER STORAGE ..
 *   test_provider worker FOLDER PORT START READY-FD GO-FD NUMBER        a process of the tests */
#include "oidc_connector.h"
#include "connect/connect.h"
#include "engine/engine_int.h"
#include "storage/kit_places.h"

#include <adsync/connection.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SPEED = 10, WORKERS = 32, LOSERS = 8, GRANTS = 60, LOSE_EVERY = 20, TEXT = 4096, PATIENCE_US = 300000000 /* of the fast clock */ };

/* ---- one engine on the storage */

static const kit_place *store;
static char store_path[KIT_PATH]; /* workers inherit it in the environment, and the storage's name */

typedef struct place {
    char folder[64], port[16];
    int64_t start_us;
    adsync_storage *plain, *storage;
    adsync_keys *keys;
    adsync_transport *transport;
    adsync_engine *engine;
} place;

static int64_t fast_start;

static int64_t real_us(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static int64_t fast_now(void *user) { return (void)user, fast_start + (real_us(CLOCK_REALTIME) - fast_start) * SPEED; }
static int64_t fast_monotonic(void *user) { return (void)user, real_us(CLOCK_MONOTONIC) * SPEED; }

static adsync_status fast_storage_now(void *user, int64_t *time_us, adsync_error **error)
{
    (void)error;
    *time_us = fast_now(user);
    return ADSYNC_OK;
}

static void keep_open(void *user) { (void)user; }

static char *in_folder(const place *p, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", p->folder, name);
    return path;
}

static void check(const char *what, adsync_status rc, adsync_error *error)
{
    if (rc >= 0) return;
    (void)fprintf(stderr, "%s: %s (%s)\n", what, adsync_error_message(error), adsync_error_name(error));
    exit(3);
}

static void place_open(place *p)
{
    const adsync_host host = { .size = sizeof host, .now_us = fast_now, .monotonic_us = fast_monotonic };
    const adsync_app_options app = { .size = sizeof app, .redirect_uri = "https://host.example.test/back" };
    adsync_curl_options curl = { .size = sizeof curl };
    adsync_engine_options options = { .size = sizeof options, .flags = ADSYNC_ENGINE_NO_PLATFORMS | ADSYNC_ENGINE_NO_CLAIM, .host = &host };
    adsync_storage_ops ops;
    char path[128], address[32];
    adsync_error *error = NULL;

    fast_start = p->start_us;
    check("open", store->open(store_path, &p->plain, &error), error);
    ops = *adsync__storage_ops(p->plain);
    ops.now = fast_storage_now;
    ops.close = keep_open;
    check("storage", adsync_storage_new(&ops, &p->storage, &error), error);
    check("keys", adsync_keys_open_file(in_folder(p, "keys", path), &p->keys, &error), error);
    (void)snprintf(address, sizeof address, "127.0.0.1:%s", p->port);
    curl.connect_to = address;
    curl.ca_file = in_folder(p, "ca.crt", path);
    check("curl", adsync_curl_open(&curl, &p->transport, &error), error);
    options.storage = p->storage;
    options.keys = p->keys;
    options.transport = p->transport;
    check("engine", adsync_engine_open(&options, &p->engine, &error), error);
    check("connector", adsync_connector_register(p->engine, "op", &oidc_connector, &error), error);
    check("app", adsync_app_add(p->engine, "op", "client-1", "client-secret-planted", &app, &error), error);
}

static void place_close(place *p)
{
    adsync_engine_free(p->engine);
    adsync_transport_free(p->transport);
    adsync_keys_free(p->keys);
    adsync_storage_free(p->storage);
    adsync_storage_free(p->plain);
    p->engine = NULL;
    p->storage = p->plain = NULL;
}

/* ---- a worker: all that it sees listed it wants refreshed, from the generation that it saw */

typedef struct wish {
    int64_t org, grant, generation;
    bool done;
    char name[64]; /* how it failed */
} wish;

static uint32_t open_wishes;

static void wish_done(void *user, adsync_status status, const adsync_error *error)
{
    wish *w = user;

    w->done = true;
    open_wishes--;
    if (status < 0) (void)snprintf(w->name, sizeof w->name, "%s", error ? adsync_error_name(error) : "none");
}

static void worker_wish(place *p, wish *wishes, uint32_t n)
{
    int64_t until = fast_monotonic(NULL) + PATIENCE_US;
    adsync_error *error = NULL;

    check("enter", adsync__engine_enter(p->engine, "test", &error), error);
    open_wishes = n;
    for (uint32_t i = 0; i < n; i++)
        adsync__grant_refresh(p->engine->kernel, wishes[i].org, wishes[i].grant, wishes[i].generation, wish_done, &wishes[i]);
    while (open_wishes && fast_monotonic(NULL) < until) {
        (void)adsync__engine_turn(p->engine, 100000, &error);
        adsync_error_free(error);
        error = NULL;
    }
    adsync__engine_leave(p->engine);
}

static int worker(char **argv)
{
    static wish wishes[GRANTS + 8];
    place p = { .start_us = strtoll(argv[4], NULL, 10) };
    int ready = atoi(argv[5]), go = atoi(argv[6]);
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    char path[128], file[32], byte = 1;
    uint32_t n = 0;
    FILE *out;

    store = kit_place_find(getenv("ADSYNC_STORE"));
    (void)snprintf(store_path, sizeof store_path, "%s", getenv("ADSYNC_STORE_PATH"));
    (void)snprintf(p.folder, sizeof p.folder, "%s", argv[2]);
    (void)snprintf(p.port, sizeof p.port, "%s", argv[3]);
    place_open(&p);
    check("list", adsync_grant_list(p.engine, "acme", 0, &rows, &error), error);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW && n < ADSYNC__COUNT(wishes))
        wishes[n++] = (wish){ .org = adsync_rows_int(rows, ADSYNC_C_ORG),
                              .grant = adsync_rows_int(rows, ADSYNC_C_GRANT),
                              .generation = adsync_rows_int(rows, ADSYNC_C_GENERATION) };
    adsync_rows_free(rows);
    if (write(ready, &byte, 1) != 1) return 4;
    if (read(go, &byte, 1) != 0) return 5; /* the parent closes it: all at once */
    worker_wish(&p, wishes, n);
    (void)snprintf(file, sizeof file, "result.%s", argv[7]);
    if (!(out = fopen(in_folder(&p, file, path), "w"))) return 6;
    for (uint32_t i = 0; i < n; i++)
        (void)fprintf(out, "%lld %s\n", (long long)wishes[i].grant, !wishes[i].done ? "waits" : *wishes[i].name ? wishes[i].name : "ok");
    (void)fclose(out);
    place_close(&p);
    return 0;
}

/* ---- the provider */

typedef struct provider {
    pid_t pid;
    FILE *in, *out;
} provider;

static char **arguments;

static void ask(provider *op, const char *line, char answer[TEXT])
{
    (void)fprintf(op->in, "%s\n", line);
    (void)fflush(op->in);
    assert_non_null(fgets(answer, TEXT, op->out));
    answer[strcspn(answer, "\n")] = 0;
    if (!strncmp(answer, "error", 5)) fail_msg("%s", answer);
}

static void provider_begin(provider *op, place *p)
{
    int to[2], from[2];
    char answer[TEXT];

    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    if (!(op->pid = fork())) {
        (void)dup2(to[0], 0);
        (void)dup2(from[1], 1);
        (void)execlp(arguments[1], arguments[1], arguments[2], p->folder, arguments[3], (char *)NULL);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    op->in = fdopen(to[1], "w");
    op->out = fdopen(from[0], "r");
    assert_non_null(fgets(answer, sizeof answer, op->out));
    assert_int_equal(sscanf(answer, "PORT %15s", p->port), 1);
}

static void provider_end(provider *op)
{
    (void)fclose(op->in);
    (void)fclose(op->out);
    (void)waitpid(op->pid, NULL, 0);
}

static void certificates(const place *p)
{
    static const char script[] =
        "set -e; cd \"$0\"; exec 2>openssl.log; key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'; "
        "openssl req -x509 $key -keyout ca.key -out ca.crt -days 2 -subj '/CN=test CA' -addext basicConstraints=critical,CA:TRUE; "
        "openssl req $key -keyout op.key -out op.csr -subj /CN=op.example.test; printf 'subjectAltName=DNS:op.example.test\\n' >op.ext; "
        "openssl x509 -req -in op.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile op.ext -out op.crt; "
        "umask 077; printf 'k1:%s\\n' \"$(openssl rand -base64 32)\" >keys";
    int status = -1;
    pid_t pid = fork();

    if (!pid) {
        (void)execl("/bin/sh", "sh", "-c", script, p->folder, (char *)NULL);
        _exit(127);
    }
    (void)waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void remove_folder(const place *p)
{
    pid_t pid = fork();

    if (!pid) {
        (void)execlp("rm", "rm", "-rf", p->folder, (char *)NULL);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

static void consent(place *p, provider *op, uint32_t person)
{
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    char line[TEXT], query[TEXT];
    int64_t grant = 0;

    check("begin", adsync_oauth_begin(p->engine, "acme", "op", "session", NULL, NULL, &rows, &error), error);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    (void)snprintf(line, sizeof line, "browse person-%u %s", person, adsync_rows_text(rows, ADSYNC_C_URL));
    adsync_rows_free(rows);
    ask(op, line, query);
    check("complete", adsync_oauth_complete(p->engine, "acme", "session", query, NULL, &grant, NULL, &error), error);
    assert_true(grant > 0);
}

static void story_begin(place *p, provider *op, uint32_t people)
{
    *p = (place){ .start_us = real_us(CLOCK_REALTIME) };
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/adsync-provider-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    store->begin(p->folder, store_path);
    assert_int_equal(setenv("ADSYNC_STORE_PATH", store_path, 1), 0);
    certificates(p);
    provider_begin(op, p);
    place_open(p);
    for (uint32_t i = 0; i < people; i++) consent(p, op, i);
    place_close(p);
}

static void story_end(place *p, provider *op)
{
    if (p->engine) place_close(p);
    provider_end(op);
    store->end(store_path);
    remove_folder(p);
}

/* All workers look, then all begin at once. */
static void work(const place *p, uint32_t workers)
{
    int ready[2], go[2], status;
    pid_t pids[WORKERS];
    char byte, words[5][32];

    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    (void)fcntl(go[1], F_SETFD, FD_CLOEXEC);
    (void)snprintf(words[0], 32, "%lld", (long long)p->start_us);
    (void)snprintf(words[1], 32, "%d", ready[1]);
    (void)snprintf(words[2], 32, "%d", go[0]);
    for (uint32_t i = 0; i < workers; i++) {
        (void)snprintf(words[3], 32, "%u", i);
        if (!(pids[i] = fork())) {
            (void)execl(arguments[0], arguments[0], "worker", p->folder, p->port, words[0], words[1], words[2], words[3], (char *)NULL);
            _exit(127);
        }
    }
    for (uint32_t i = 0; i < workers; i++) assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)close(go[1]);
    for (uint32_t i = 0; i < workers; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    (void)close(go[0]);
    (void)close(ready[0]);
    (void)close(ready[1]);
}

static uint32_t count_results(const place *p, uint32_t workers, const char *name, int64_t grant /* 0: any */)
{
    char file[32], path[128], word[64];
    long long number;
    uint32_t n = 0;

    for (uint32_t i = 0; i < workers; i++) {
        FILE *in;
        (void)snprintf(file, sizeof file, "result.%u", i);
        assert_non_null(in = fopen(in_folder(p, file, path), "r"));
        while (fscanf(in, "%lld %63s", &number, word) == 2) n += (!grant || number == grant) && !strcmp(word, name);
        (void)fclose(in);
    }
    return n;
}

static int64_t number_in(const char *json, const char *name)
{
    char key[64];
    const char *at;

    (void)snprintf(key, sizeof key, "\"%s\":", name);
    assert_non_null(at = strstr(json, key));
    return strtoll(at + strlen(key), NULL, 10);
}

static void p4a_32_processes_refresh_one_grant_with_one_call(void **state)
{
    place p;
    provider op;
    char stats[TEXT];
    adsync_rows *rows = NULL;

    (void)state;
    story_begin(&p, &op, 1);
    work(&p, WORKERS);
    ask(&op, "stats", stats);
    assert_int_equal(number_in(stats, "calls"), 1);
    assert_int_equal(number_in(stats, "rotated"), 1);
    assert_int_equal(count_results(&p, WORKERS, "ok", 0), WORKERS);
    place_open(&p);
    assert_int_equal(adsync_grant_list(p.engine, "acme", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_GENERATION), 2);
    adsync_rows_free(rows);
    story_end(&p, &op);
}

static void p4d_each_lost_rotation_is_named_and_none_is_silent(void **state)
{
    place p;
    provider op;
    char stats[TEXT], who[64];
    adsync_rows *rows = NULL;
    uint32_t lost = 0;

    (void)state;
    story_begin(&p, &op, GRANTS);
    (void)snprintf(stats, sizeof stats, "lose %d", LOSE_EVERY);
    ask(&op, stats, stats);
    work(&p, LOSERS);
    ask(&op, "stats", stats);
    assert_int_equal(number_in(stats, "rotated"), GRANTS);
    assert_int_equal(number_in(stats, "refused"), GRANTS / LOSE_EVERY); /* the one try after each loss */
    assert_int_equal(count_results(&p, LOSERS, "waits", 0), 0);
    place_open(&p);
    assert_int_equal(adsync_grant_list(p.engine, "acme", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), GRANTS);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        bool is_lost = adsync_rows_int(rows, ADSYNC_C_GENERATION) == 1;
        int64_t grant = adsync_rows_int(rows, ADSYNC_C_GRANT);
        (void)snprintf(who, sizeof who, "\"%s\"", adsync_rows_text(rows, ADSYNC_C_EXTERNAL_USER));
        assert_int_equal(strstr(stats, who) != NULL, is_lost); /* the provider's own list of what it cut off */
        assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), is_lost ? "expired" : "active");
        assert_int_equal(count_results(&p, LOSERS, "ok", grant), is_lost ? 0 : LOSERS);
        if (!is_lost) continue;
        lost++;
        assert_non_null(strstr(adsync_rows_text(rows, ADSYNC_C_MESSAGE), "lost"));
        assert_int_equal(count_results(&p, LOSERS, "grant.refresh_uncertain", grant), 1); /* whose call it was */
        assert_true(count_results(&p, LOSERS, "grant.refresh_lost", grant) >= 1);
    }
    assert_int_equal(lost, GRANTS / LOSE_EVERY);
    adsync_rows_free(rows);
    story_end(&p, &op);
}

static int run(const kit_place *on)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p4a_32_processes_refresh_one_grant_with_one_call),
        cmocka_unit_test(p4d_each_lost_rotation_is_named_and_none_is_silent),
    };

    store = on;
    if (setenv("ADSYNC_STORE", on->name, 1)) return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "worker")) return argc == 8 ? worker(argv) : 2;
    if (argc < 5) return 2;
    arguments = argv;
    (void)signal(SIGPIPE, SIG_IGN);
    return kit_places_run(argv + 4, run);
}
