/* SPDX-License-Identifier: MIT */
/* Eight processes on one file, some of them killed with kill -9 at moments they did not choose. Each commit carries its own witness:
 * what is counted together changes together, so a commit that is torn, lost or applied twice breaks a sum. */
#include "place.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 8, ROUNDS = 60, KILLS = 12, BATCH = 20, RACES = 40 };

typedef struct worker {
    const place *p;
    adsync_storage *storage;
    int32_t id, pipe;
    pid_t parent;
} worker;

/* A child must not use cmocka's asserts, which jump into the parent's test. */
static void need(bool fine, const char *what, const adsync_error *error)
{
    if (fine) return;
    fprintf(stderr, "%s: %s\n", what, adsync_error_message(error));
    _exit(1);
}

typedef struct counter {
    char name[24];
    int64_t value, version; /* version: what a put must expect */
} counter;

static void counter_read(const worker *w, counter *c, const char *name, int number)
{
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;
    adsync_value key;

    *c = (counter){ .version = ADSYNC_EXPECT_ABSENT };
    snprintf(c->name, sizeof c->name, "%s%d", name, number);
    key = adsync__value_text(c->name);
    need(adsync_storage_read(w->storage, 0, ADSYNC_T_META, 0, &key, 1, &rows, &error) == ADSYNC_OK, "read", error);
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        c->value = adsync_rows_int(rows, ADSYNC_C_VALUE);
        c->version = adsync_rows_int(rows, ADSYNC_C_VERSION);
    }
    adsync_rows_free(rows);
}

static adsync_change counter_put(const counter *c, adsync_value *room, int64_t value)
{
    room[0] = adsync__value_text(c->name);
    room[1] = adsync__value_int(value);
    return (adsync_change){ ADSYNC_CHANGE_PUT, ADSYNC_T_META, c->version, 0, room, 2, 0 };
}

/* OK or CONFLICT; busy is tried again. */
static adsync_status submit(const worker *w, int64_t org, const adsync_change *changes, uint32_t n)
{
    adsync_error *error = NULL;
    adsync_status rc;

    do rc = adsync_storage_commit(w->storage, org, changes, n, NULL, &error);
    while (rc == ADSYNC_E_RETRY);
    need(rc == ADSYNC_OK || rc == ADSYNC_E_CONFLICT, "commit", error);
    adsync_error_free(error);
    return rc;
}

/* The shared counter and the worker's own grow together. */
static void count_both(const worker *w)
{
    adsync_value room[2][2];
    counter all, own;
    adsync_change changes[2];

    do {
        counter_read(w, &all, "count-all-", 0);
        counter_read(w, &own, "count-own-", w->id);
        changes[0] = counter_put(&all, room[0], all.value + 1);
        changes[1] = counter_put(&own, room[1], own.value + 1);
    } while (submit(w, 0, changes, 2) == ADSYNC_E_CONFLICT);
}

/* Who puts the row that nobody may have put before also counts a win. */
static void race_for_absence(const worker *w, int race)
{
    adsync_value room[2][2];
    counter prize = { .version = ADSYNC_EXPECT_ABSENT }, wins;
    adsync_change changes[2];

    snprintf(prize.name, sizeof prize.name, "prize-%d", race);
    counter_read(w, &wins, "wins-", w->id);
    changes[0] = counter_put(&prize, room[0], w->id);
    changes[1] = counter_put(&wins, room[1], wins.value + 1);
    (void)submit(w, 0, changes, 2);
}

/* A batch nobody else touches: all of its rows are of one round. */
static void put_batch(const worker *w, int64_t round)
{
    static adsync_value rows[BATCH][PLACE_METRIC];
    adsync_change changes[BATCH];

    for (uint32_t i = 0; i < BATCH; i++) {
        place_metric(rows[i], w->id, i);
        rows[i][6] = adsync__value_int(round);
        changes[i] = (adsync_change){ ADSYNC_CHANGE_PUT, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, 0, rows[i], PLACE_METRIC, 0 };
    }
    need(submit(w, 1, changes, BATCH) == ADSYNC_OK, "a batch met a conflict", NULL);
}

static void work(worker *w)
{
    adsync_error *error = NULL;

    for (int round = 0; round < ROUNDS; round++) {
        if (round % 20 == 0) {
            adsync_storage_free(w->storage);
            need(adsync_sqlite_open(w->p->file, NULL, &w->storage, &error) == ADSYNC_OK, "open", error);
        }
        count_both(w);
        if (round < RACES) race_for_absence(w, round);
        put_batch(w, round);
        need(write(w->pipe, "", 1) == 1, "the parent is gone", NULL);
    }
    adsync_storage_free(w->storage);
}

static void put_batches_for_ever(worker *w)
{
    adsync_error *error = NULL;

    need(adsync_sqlite_open(w->p->file, NULL, &w->storage, &error) == ADSYNC_OK, "open", error);
    for (int64_t round = 1; getppid() == w->parent; round++)
        put_batch(w, round);
}

static void open_when_told(worker *w)
{
    adsync_error *error = NULL;
    char byte;

    need(read(w->pipe, &byte, 1) == 0, "told too early", NULL);
    need(adsync_sqlite_open(w->p->file, NULL, &w->storage, &error) == ADSYNC_OK, "open", error);
    count_both(w);
    adsync_storage_free(w->storage);
}

static pid_t start(const place *p, int32_t id, int32_t fd, void (*what)(worker *))
{
    worker w = { .p = p, .id = id, .pipe = fd, .parent = getpid() };
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid) return pid;
    what(&w);
    _exit(0);
}

/* Kills one after the other while they work, and starts each again: after every few rounds that somebody ended. */
static void kill_some(const place *p, pid_t *pids, const int32_t *pipes)
{
    uint32_t killed = 0;
    char ended[7];

    for (uint32_t k = 0; k < KILLS; k++) {
        int32_t id = (int32_t)(k * 3 % WORKERS);
        int status = 0;
        assert_true(read(pipes[0], ended, sizeof ended) > 0);
        assert_int_equal(kill(pids[id], SIGKILL), 0);
        assert_int_equal(waitpid(pids[id], &status, 0), pids[id]);
        assert_true(WIFSIGNALED(status) || status == 0); /* it may have been done just before */
        killed += WIFSIGNALED(status);
        pids[id] = start(p, id, pipes[1], work);
    }
    assert_true(killed > KILLS / 2);
}

static void eight_processes_and_kill_9_leave_every_sum_right(void **state)
{
    const place *p = *state;
    int32_t pipes[2];
    pid_t pids[WORKERS];
    char byte[64];

    assert_int_equal(pipe(pipes), 0);
    for (int32_t i = 0; i < WORKERS; i++)
        pids[i] = start(p, i, pipes[1], work); /* all of them at once make the file and its tables */
    kill_some(p, pids, pipes);
    assert_int_equal(close(pipes[1]), 0);
    while (read(pipes[0], byte, sizeof byte) > 0) continue; /* until the last one has ended */
    assert_int_equal(close(pipes[0]), 0);
    for (int32_t i = 0; i < WORKERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(place_number(p, "SELECT sum(value) FROM adsync_meta WHERE key LIKE 'count-own-%'"),
                     place_number(p, "SELECT value FROM adsync_meta WHERE key = 'count-all-0'"));
    assert_true(place_number(p, "SELECT value FROM adsync_meta WHERE key = 'count-all-0'") >= WORKERS * ROUNDS);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_meta WHERE key LIKE 'prize-%'"), RACES);
    assert_int_equal(place_number(p, "SELECT sum(value) FROM adsync_meta WHERE key LIKE 'wins-%'"), RACES);
    assert_int_equal(
        place_number(p, "SELECT count(*) FROM adsync_meta p, adsync_meta w WHERE p.key LIKE 'prize-%' AND w.key = 'wins-' || p.value"),
        RACES);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics WHERE pull = 59"), WORKERS * BATCH);
    free(place_rows(p));
}

/* They stand at the line until the pipe closes; several see that there are no tables, one may make them. */
static void all_of_them_may_make_the_tables_at_once(void **state)
{
    const place *p = *state;
    int32_t pipes[2];
    pid_t pids[WORKERS];

    for (int round = 0; round < 5; round++) {
        assert_int_equal(pipe(pipes), 0);
        for (int32_t i = 0; i < WORKERS; i++) {
            worker w = { .p = p, .id = i, .pipe = pipes[0] };
            if ((pids[i] = fork()) != 0) continue;
            (void)close(pipes[1]);
            open_when_told(&w);
            _exit(0);
        }
        assert_int_equal(close(pipes[0]), 0);
        assert_int_equal(close(pipes[1]), 0);
        for (int32_t i = 0; i < WORKERS; i++) {
            int status = -1;
            assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
            assert_int_equal(status, 0);
        }
        assert_int_equal(place_number(p, "SELECT value FROM adsync_meta WHERE key = 'count-all-0'"), WORKERS);
        assert_int_equal(unlink(p->file), 0); /* the last one to close left nothing beside it */
    }
}

/* While one process puts a batch again and again, no page that another reads mixes two rounds. */
static void a_scan_never_sees_half_a_commit(void **state)
{
    const adsync_value bound[] = { NUMBER(1), NUMBER(0) };
    const adsync_range range = { .table = ADSYNC_T_METRICS, .limit = 1000, .n_lower = 2, .lower = bound, .n_upper = 2, .upper = bound };
    const place *p = *state;
    adsync_storage *storage = place_open(p, NULL);
    int64_t seen = 0;
    uint32_t rounds = 0;
    int status = -1;
    pid_t pid;

    adsync_storage_free(storage); /* a handle is never used across a fork */
    pid = start(p, 0, -1, put_batches_for_ever);
    storage = place_open(p, NULL);
    while (rounds < ROUNDS && waitpid(pid, &status, WNOHANG) == 0) {
        adsync_rows *rows = NULL;
        int64_t first = 0;
        assert_int_equal(adsync_storage_scan(storage, 1, &range, &rows, NULL), ADSYNC_OK);
        assert_true(adsync_rows_count(rows) == 0 || adsync_rows_count(rows) == BATCH);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            if (!first) first = adsync_rows_int(rows, ADSYNC_C_PULL);
            assert_int_equal(adsync_rows_int(rows, ADSYNC_C_PULL), first);
        }
        assert_true(first >= seen);
        rounds += first > seen;
        seen = first;
        adsync_rows_free(rows);
    }
    assert_int_equal(rounds, ROUNDS);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    adsync_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(eight_processes_and_kill_9_leave_every_sum_right, place_begin, place_end),
        cmocka_unit_test_setup_teardown(all_of_them_may_make_the_tables_at_once, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_scan_never_sees_half_a_commit, place_begin, place_end),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("sqlite processes", tests, NULL, NULL);
}
