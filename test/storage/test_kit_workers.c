/* SPDX-License-Identifier: MIT */
/* Workers as threads: on the memory storage, whose history has to be found right, and on one that goes wrong under them in one way,
 * which has to be found out. Processes are test_kit_processes.c's. */
#include "kit_run.h"
#include "storage/kit_history.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { WORKERS = 4 };

typedef enum fault { RIGHT, DROPS, HALVES, BLIND, APPLIES_AND_REFUSES, REFUSES_BATCHES } fault;

/* A handle around a memory handle; `place` is shared. */
typedef struct spoilt {
    adsync_storage *inner;
    fault fault;
    uint32_t calls;
} spoilt;

typedef struct place {
    adsync_storage *rows;
    fault fault;
    char folder[100];
} place;

typedef struct thread {
    pthread_t id;
    const adsync_storage_check_options *options;
    const char *folder;
    uint32_t role;
    adsync_status rc;
} thread;

/* ---- the storage */

static adsync_status spoilt_read(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                                 adsync_error **error)
{
    const adsync_storage_ops *ops = adsync__storage_ops(((spoilt *)user)->inner);

    sched_yield();
    return ops->read(ops->user, table, columns, keys, n_keys, sink, error);
}

static adsync_status spoilt_scan(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error)
{
    const adsync_storage_ops *ops = adsync__storage_ops(((spoilt *)user)->inner);

    return ops->scan(ops->user, range, sink, error);
}

/* Expects nothing of anything: what came first is written over. */
static adsync_status spoilt_blind(const adsync_storage_ops *ops, const adsync_change *changes, uint32_t n, adsync_sink *conflicts,
                                  adsync_error **error)
{
    adsync_change blind[KIT_TRY_MOST];
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (changes[i].op == ADSYNC_CHANGE_CHECK) continue;
        blind[kept] = changes[i];
        blind[kept++].expected = ADSYNC_EXPECT_ANY;
    }
    return ops->commit(ops->user, blind, kept, conflicts, error);
}

static adsync_status spoilt_commit(void *user, const adsync_change *changes, uint32_t n, adsync_sink *conflicts, adsync_error **error)
{
    spoilt *s = user;
    const adsync_storage_ops *ops = adsync__storage_ops(s->inner);
    bool now = ++s->calls % 8 == 0 && n < KIT_TRY_MOST;
    adsync_status rc;

    sched_yield();
    if (now && s->fault == DROPS) return ADSYNC_OK;
    if (now && s->fault == HALVES && n > 1) n /= 2;
    if (s->fault == BLIND && n < KIT_TRY_MOST) return spoilt_blind(ops, changes, n, conflicts, error);
    if (s->fault == REFUSES_BATCHES && n == KIT_BATCH) return ADSYNC_E_RETRY;
    rc = ops->commit(ops->user, changes, n, conflicts, error);
    if (rc != ADSYNC_OK || !now || s->fault != APPLIES_AND_REFUSES) return rc;
    (void)adsync_sink_conflict(conflicts, 0);
    return ADSYNC_E_CONFLICT;
}

static void spoilt_close(void *user)
{
    adsync_storage_free(((spoilt *)user)->inner);
    free(user);
}

static adsync_status place_open(void *user, adsync_storage **out, adsync_error **error)
{
    place *p = user;
    spoilt *s = calloc(1, sizeof *s);
    adsync_storage_ops ops = { .size = sizeof ops,
                               .flags = ADSYNC_STORAGE_ONE_PROCESS,
                               .user = s,
                               .read = spoilt_read,
                               .scan = spoilt_scan,
                               .commit = spoilt_commit,
                               .close = spoilt_close };
    adsync_status rc;

    s->fault = p->fault;
    if ((rc = adsync_memory_open(p->rows, &s->inner, error)) < 0) return rc;
    return adsync_storage_new(&ops, out, error);
}

/* ---- running */

static void *work(void *user)
{
    thread *t = user;
    char name[160];
    int fd;

    snprintf(name, sizeof name, "%s/%u.log", t->folder, t->role);
    fd = open(name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    t->rc = adsync_storage_check_worker(t->options, t->role + 1, t->role, fd, NULL);
    close(fd);
    return NULL;
}

static void place_begin(place *p, fault f)
{
    const char *root = getenv("TMPDIR");

    *p = (place){ .fault = f };
    snprintf(p->folder, sizeof p->folder, "%.60s/adsync-kit-XXXXXX", root && *root ? root : "/tmp");
    assert_non_null(mkdtemp(p->folder));
    assert_int_equal(adsync_memory_open(NULL, &p->rows, NULL), ADSYNC_OK);
}

static void place_end(place *p)
{
    DIR *folder = opendir(p->folder);
    char name[400];

    for (struct dirent *entry; (entry = readdir(folder));) {
        snprintf(name, sizeof name, "%s/%s", p->folder, entry->d_name);
        (void)unlink(name);
    }
    closedir(folder);
    rmdir(p->folder);
    adsync_storage_free(p->rows);
}

static void run_workers(const place *p, const adsync_storage_check_options *options)
{
    thread threads[WORKERS];

    for (uint32_t i = 0; i < WORKERS; i++) {
        threads[i] = (thread){ .options = options, .folder = p->folder, .role = i };
        assert_int_equal(pthread_create(&threads[i].id, NULL, work, &threads[i]), 0);
    }
    for (uint32_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_join(threads[i].id, NULL), 0);
    for (uint32_t i = 0; i < WORKERS; i++)
        if (p->fault == RIGHT) assert_int_equal(threads[i].rc, ADSYNC_OK);
}

static void the_history_of_workers_on_memory_is_found_right(void **state)
{
    place p;
    adsync_storage_check_options options = { .size = sizeof options, .user = &p, .open = place_open };
    adsync_rows *report = NULL;
    adsync_error *error = NULL;

    (void)state;
    place_begin(&p, RIGHT);
    run_workers(&p, &options);
    (void)adsync_storage_check_verify(&options, p.folder, &report, &error);
    if (error) print_error("%s\n", adsync_error_message(error));
    assert_non_null(report);
    report_is_clean(report);
    place_end(&p);
}

/* The first promise must be among those found broken. */
static void finds(fault f, const char *promise)
{
    place p;
    adsync_storage_check_options options = { .size = sizeof options, .user = &p, .open = place_open };
    adsync_rows *report = NULL;
    char *names;

    place_begin(&p, f);
    run_workers(&p, &options);
    assert_int_equal(adsync_storage_check_verify(&options, p.folder, &report, NULL), ADSYNC_E_REJECTED);
    names = report_names(report, "broken");
    if (!strstr(names, promise)) fail_msg("%s is not among what was found broken: %s", promise, names);
    adsync__free(names);
    adsync_rows_free(report);
    place_end(&p);
}

static void a_storage_that_drops_commits_is_found_out(void **state)
{
    (void)state;
    finds(DROPS, "3.6 ");
}

static void a_storage_that_applies_half_is_found_out(void **state)
{
    (void)state;
    finds(HALVES, "2.16 ");
}

static void a_storage_that_compares_nothing_is_found_out(void **state)
{
    (void)state;
    finds(BLIND, "2.13 ");
}

static void a_storage_that_applies_what_it_refuses_is_found_out(void **state)
{
    (void)state;
    finds(APPLIES_AND_REFUSES, "2.18 ");
}

static void a_storage_whose_batches_block_one_another_is_found_out(void **state)
{
    (void)state;
    finds(REFUSES_BATCHES, "2.17 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_history_of_workers_on_memory_is_found_right),
        cmocka_unit_test(a_storage_that_drops_commits_is_found_out),
        cmocka_unit_test(a_storage_that_applies_half_is_found_out),
        cmocka_unit_test(a_storage_that_compares_nothing_is_found_out),
        cmocka_unit_test(a_storage_that_applies_what_it_refuses_is_found_out),
        cmocka_unit_test(a_storage_whose_batches_block_one_another_is_found_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
