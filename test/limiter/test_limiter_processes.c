/* SPDX-License-Identifier: MIT */
/* P6a and P6b with real processes on a real storage: eight workers take all they can get, each with a wall clock up to 5 minutes off and a
 * monotonic clock of its own start; they are killed with kill -9 and started again, and paused for longer than a lot lives. Time runs SPEED
 * times as fast, for all clocks alike, so that windows of a minute pass. The arguments name the
 * storages: test/storage/kit_places.c.
 *
 * A worker stamps each permit with the true time before and after the take and tells the counter through a pipe. As the documentation
 * of adsync_limiter_take says, what could not be sent within a second is not sent but settled with 0. */
#include "storage/kit_places.h"

#include <adsync/limiter.h>

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

enum { WORKERS = 8, SPEED = 8, WINDOWS = 6, MESSAGES = 100000, LOTS = 600, RATES = 40, RATE_WINDOW = 5 };
enum { TOOK_LOTS = 0, TOOK_RATE = 1, WROTE_TOO_SOON = 2, WROTE = 3, BROKEN = 4, KINDS };

typedef struct message {
    int64_t before, after; /* true time */
    int64_t kind, worker;
} message;

static const kit_place *place;
static char folder[] = "/tmp/adsync-limiter-XXXXXX", path[KIT_PATH];
static int64_t start_us;
static message messages[MESSAGES];
static size_t n_messages;

static int64_t true_time(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return INT64_C(1795132800000000) + ((int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 - start_us) * SPEED;
}

static void pause_us(int64_t us)
{
    struct timespec t = { us / 1000000, us % 1000000 * 1000 };

    (void)nanosleep(&t, NULL);
}

/* ---- a worker */

typedef struct worker {
    adsync_storage *inner;
    const adsync_storage_ops *ops;
    int64_t skew, index;
    int64_t wrote[2]; /* when the last write of each key ended */
    int out;
} worker;

static void tell(const worker *w, int64_t kind, int64_t before, int64_t after)
{
    const message m = { before, after, kind, w->index };

    if (write(w->out, &m, sizeof m) != sizeof m) _exit(1); /* the counter is gone */
}

static int64_t worker_now(void *user) { return true_time() + ((worker *)user)->skew; }
static int64_t worker_monotonic(void *user) { return true_time() - ((worker *)user)->skew * 7; }

static adsync_status worker_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n, adsync_sink *sink,
                                 adsync_error **error)
{
    const worker *w = user;

    return w->ops->read(w->ops->user, table, columns, keys, n, sink, error);
}

static adsync_status worker_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    const worker *w = user;

    return w->ops->scan(w->ops->user, range, sink, error);
}

/* At most one write per second, key and engine: between the end of one and the start of the next lies a second. */
static adsync_status worker_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *sink, adsync_error **error)
{
    worker *w = user;
    int64_t *wrote = &w->wrote[changes[0].values[0].p[0] == 'r'], begun = true_time();
    adsync_status rc = w->ops->commit(w->ops->user, changes, n, sink, error);

    if (rc < 0) return rc;
    if (*wrote && begun - *wrote < SECOND) tell(w, WROTE_TOO_SOON, *wrote, begun);
    *wrote = true_time();
    tell(w, WROTE, begun, *wrote);
    return rc;
}

static void worker_close(void *user) { adsync_storage_free(((worker *)user)->inner); }

static adsync_status worker_clock(void *user, int64_t *time_us, adsync_error **error)
{
    (void)user, (void)error;
    *time_us = true_time(); /* one clock for all, as a database has */
    return ADSYNC_OK;
}

/* One permit if there is one; else how long to wait, in true time. */
static int64_t worker_take(worker *w, adsync_limiter *limiter, const char *key, int64_t kind)
{
    adsync_error *error = NULL;
    int64_t ticket, wait, before = true_time(), after;
    const char *org = w->index % 2 ? "odd" : "even";
    adsync_status rc = adsync_limiter_take(limiter, org, &key, NULL, 1, ADSYNC_PRIORITY_SCHEDULED, &ticket, &wait, &error);

    after = true_time();
    if (rc < 0) fprintf(stderr, "worker %d: %s\n", (int)w->index, adsync_error_message(error));
    adsync_error_free(error);
    if (rc < 0) tell(w, BROKEN, before, after);
    if (!ticket) return wait ? wait : SECOND;
    if (after - before > SECOND) (void)adsync_limiter_settle(limiter, ticket, 0, NULL);
    else tell(w, kind, before, after);
    return 0;
}

static void work(int64_t index, int64_t seed, int out)
{
    static const adsync_window lots = { .size = sizeof lots, .align = ADSYNC_WINDOW_ROLL, .length_us = MINUTE, .permits = LOTS };
    static const adsync_window rate = { .size = sizeof rate, .align = ADSYNC_WINDOW_ROLL, .length_us = RATE_WINDOW * SECOND,
                                        .permits = RATES };
    worker w = { .skew = seed * 7919 % 600 * SECOND - 5 * MINUTE, .index = index, .out = out };
    adsync_storage_ops ops = { .size = sizeof ops, .user = &w, .read = worker_read, .scan = worker_scan, .commit = worker_commit,
                               .close = worker_close, .now = worker_clock };
    const adsync_host host = { .size = sizeof host, .user = &w, .now_us = worker_now, .monotonic_us = worker_monotonic };
    adsync_storage *storage = NULL;
    adsync_limiter *limiter = NULL;

    if (place->open(path, &w.inner, NULL) < 0) _exit(2);
    w.ops = adsync__storage_ops(w.inner);
    if (adsync_storage_new(&ops, &storage, NULL) < 0 || adsync_limiter_open(storage, &host, &limiter, NULL) < 0) _exit(3);
    if (adsync_limiter_window(limiter, "lots", &lots, NULL) < 0 || adsync_limiter_window(limiter, "rate", &rate, NULL) < 0) _exit(4);
    for (;;) {
        int64_t one = worker_take(&w, limiter, "lots", TOOK_LOTS), other = worker_take(&w, limiter, "rate", TOOK_RATE);
        int64_t wait = one < other ? one : other;
        if (wait) pause_us(wait / SPEED < 20000 ? wait / SPEED : 20000);
    }
}

/* ---- the counter */

static void count(int in, int64_t until_us)
{
    struct pollfd fd = { .fd = in, .events = POLLIN };

    for (int64_t now; (now = true_time()) < until_us && poll(&fd, 1, (int)((until_us - now) / SPEED / 1000 + 1)) > 0;) {
        ssize_t n = read(in, &messages[n_messages], sizeof *messages);
        assert_int_equal(n, sizeof *messages);
        assert_true(++n_messages < MESSAGES);
    }
}

static int by_time(const void *a, const void *b)
{
    const message *x = a, *y = b;

    return x->after < y->after ? -1 : x->after > y->after;
}

/* Not more than `most` in a window; `strict`: by the stamps after the takes, else however the moments lie between their two stamps (a
 * take from a lot may be a second late, one from a rate may not, and the stamps themselves take time). */
static uint64_t judge(int64_t kind, int64_t length, uint32_t most, bool strict)
{
    static message taken[MESSAGES];
    size_t n = 0, first = 0;

    for (size_t i = 0; i < n_messages; i++)
        if (messages[i].kind == kind) taken[n++] = messages[i];
    qsort(taken, n, sizeof *taken, by_time);
    for (size_t last = 0; last < n; last++) {
        while ((strict ? taken[first].after : taken[first].before) <= taken[last].after - length)
            first++;
        if (last - first + 1 > most)
            print_error("%zu of %u in %lld us\n", last - first + 1, most, (long long)(taken[last].after - taken[first].after));
        assert_true(last - first + 1 <= most);
    }
    return n;
}

static uint64_t told(int64_t kind)
{
    uint64_t n = 0;

    for (size_t i = 0; i < n_messages; i++)
        n += messages[i].kind == kind;
    return n;
}

/* ---- the disturbance */

static pid_t start(int64_t index, int64_t seed, const int pipes[2])
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid) return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing stays behind where the test fails */
    (void)close(pipes[0]);
    work(index, seed, pipes[1]);
    _exit(0);
}

static void finish(pid_t pid)
{
    int status;

    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* it did not give up by itself */
}

static uint32_t drawn(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static void eight_processes_stay_within_their_limits_and_use_them(void **state)
{
    pid_t pids[WORKERS];
    int pipes[2];
    uint64_t draw = 42, taken, rates;
    int64_t seed = 0, end;
    uint32_t kills = 0, stops = 0;
    (void)state;

    assert_int_equal(pipe(pipes), 0);
    end = true_time() + WINDOWS * MINUTE;
    for (int64_t i = 0; i < WORKERS; i++)
        pids[i] = start(i, ++seed, pipes);
    while (true_time() < end) {
        uint32_t victim = drawn(&draw, WORKERS);
        count(pipes[0], true_time() + (2 + drawn(&draw, 8)) * SECOND);
        if (drawn(&draw, 3) == 0) {
            finish(pids[victim]);
            pids[victim] = start(victim, ++seed, pipes);
            kills++;
            continue;
        }
        assert_int_equal(kill(pids[victim], SIGSTOP), 0);
        count(pipes[0], true_time() + drawn(&draw, 12) * SECOND); /* a lot lives 7.5 s */
        assert_int_equal(kill(pids[victim], SIGCONT), 0);
        stops++;
    }
    for (int64_t i = 0; i < WORKERS; i++)
        finish(pids[i]);
    (void)close(pipes[1]);
    count(pipes[0], true_time());
    (void)close(pipes[0]);
    taken = judge(TOOK_LOTS, MINUTE, LOTS, true);
    rates = judge(TOOK_RATE, RATE_WINDOW * SECOND, RATES, false);
    print_message("%u killed, %u paused; %llu of %d permits of a minute, %llu of %d of %d s; %llu writes\n", kills, stops,
                  (unsigned long long)taken, LOTS * WINDOWS, (unsigned long long)rates, RATES * WINDOWS * 60 / RATE_WINDOW, RATE_WINDOW,
                  (unsigned long long)told(WROTE));
    assert_int_equal(told(WROTE_TOO_SOON), 0);
    assert_true(kills >= 5 && stops >= 10);
    assert_true(taken * 100 >= (uint64_t)LOTS * WINDOWS * 80); /* P6b */
}

static int begin(void **state)
{
    adsync_storage *storage = NULL;
    struct timespec t;
    (void)state;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    start_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
    assert_non_null(mkdtemp(folder));
    place->begin(folder, path);
    assert_int_equal(place->open(path, &storage, NULL), ADSYNC_OK); /* so that the workers need not race for the tables */
    adsync_storage_free(storage);
    return 0;
}

static int end(void **state)
{
    (void)state;
    place->end(path);
    assert_int_equal(rmdir(folder), 0);
    return 0;
}

static int run(const kit_place *on)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(eight_processes_stay_within_their_limits_and_use_them, begin, end),
    };

    place = on;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv) { return (void)argc, kit_places_run(argv + 1, run); }
