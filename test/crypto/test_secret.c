/* SPDX-License-Identifier: MIT */
/* Memory for secrets: what it promises about pages is read back from the system. */
#include "crypto/crypto.h"
#include "rows/rows.h"
#include "support/faults.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The address sanitizer swallows mlock: it answers 0 and does nothing. */
#if defined __SANITIZE_ADDRESS__
enum { LOCKS = 0 };
#else
enum { LOCKS = 1 };
#endif

static adsync__secrets *pool_new(void)
{
    adsync__secrets *pool = NULL;

    assert_int_equal(adsync__secrets_open(NULL, &pool, NULL), ADSYNC_OK);
    return pool;
}

static adsync__secret secret_new(adsync__secrets *pool, const char *text)
{
    adsync__secret secret;

    assert_int_equal(adsync__secret_make(pool, text, strlen(text), &secret, NULL), ADSYNC_OK);
    return secret;
}

/* The flags that the kernel keeps for the mapping at p. */
static void pages_flags(const void *p, char *out, size_t room)
{
    char line[512];
    bool here = false;
    unsigned long from, to;
    FILE *maps = fopen("/proc/self/smaps", "r");

    assert_non_null(maps);
    *out = 0;
    while (!*out && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) here = (uintptr_t)p >= from && (uintptr_t)p < to;
        if (here && !strncmp(line, "VmFlags:", 8)) (void)snprintf(out, room, "%s", line + 8);
    }
    (void)fclose(maps);
}

static void pages_are_left_out_of_core_dumps_and_locked_and_emptied_on_fork(void **state)
{
    adsync__secrets *pool = pool_new();
    adsync__secret small = secret_new(pool, "small"), large = { 0 };
    const char *both[2];
    char flags[512];

    (void)state;
    assert_int_equal(adsync__secret_make(pool, NULL, 100000, &large, NULL), ADSYNC_OK);
    both[0] = small.p;
    both[1] = large.p;
    for (int i = 0; i < 2; i++) {
        pages_flags(both[i], flags, sizeof flags);
        assert_non_null(strstr(flags, " dd"));                                                   /* don't dump */
        assert_non_null(strstr(flags, " wf"));                                                   /* wipe on fork */
        if (LOCKS) assert_int_equal(strstr(flags, " lo") != NULL, adsync__secrets_locked(pool)); /* locked */
    }
    adsync__secret_free(&large);
    adsync__secret_free(&small);
    adsync__secrets_free(pool);
}

static void what_is_freed_or_cut_or_grown_out_of_is_wiped(void **state)
{
    adsync__secrets *pool = pool_new();
    adsync__secret keeper = secret_new(pool, "keeps the page"), secret = secret_new(pool, "a token of some length");
    const char *was = secret.p;
    static const char zero[256];

    (void)state;
    adsync__secret_cut(&secret, 7);
    assert_string_equal(secret.p, "a token");
    assert_memory_equal(was + 7, zero, 15);
    adsync__secret_cut(&secret, 100); /* not shorter: nothing */
    assert_int_equal(secret.size, 7);
    assert_int_equal(adsync__secret_add(&secret, " and much more than the slot has room for, so that it moves", 59, NULL), ADSYNC_OK);
    assert_ptr_not_equal(secret.p, was);
    assert_memory_equal(was, zero, 48);
    assert_string_equal(secret.p, "a token and much more than the slot has room for, so that it moves");
    was = secret.p;
    adsync__secret_free(&secret);
    assert_null(secret.p);
    assert_memory_equal(was, zero, 67);
    adsync__secret_free(&keeper);
    adsync__secrets_free(pool);
}

static size_t pages_mapped(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    (void)fclose(file);
    return pages;
}

static void thousands_of_secrets_share_pages(void **state)
{
    enum { N = 4000 };
    adsync__secrets *pool = pool_new();
    adsync__secret *secrets = calloc(N, sizeof *secrets);
    size_t before = pages_mapped(), most;
    char key[ADSYNC__KEY_SIZE];

    (void)state;
    for (int i = 0; i < N; i++) {
        memset(key, i & 0xff, sizeof key);
        assert_int_equal(adsync__secret_make(pool, key, sizeof key, &secrets[i], NULL), ADSYNC_OK);
    }
    most = pages_mapped() - before;
    assert_true(most < N * 32 / 4096 * 3); /* the slots take half as much again as the keys, bookkeeping aside */
    for (int i = 0; i < N; i++) {
        assert_int_equal((uint8_t)secrets[i].p[31], i & 0xff); /* no slot was given twice */
        assert_int_equal(secrets[i].p[32], 0);
    }
    for (int i = 0; i < N; i += 2) /* holes are used again */
        adsync__secret_free(&secrets[i]);
    for (int i = 0; i < N; i += 2) assert_int_equal(adsync__secret_make(pool, "again", 5, &secrets[i], NULL), ADSYNC_OK);
    assert_true(pages_mapped() - before <= most + 64);
    for (int i = 0; i < N; i++) {
        if (i % 2)
            assert_int_equal((uint8_t)secrets[i].p[31], i & 0xff);
        else
            assert_string_equal(secrets[i].p, "again");
        adsync__secret_free(&secrets[i]);
    }
    assert_true(pages_mapped() <= before + 64);
    free(secrets);
    adsync__secrets_free(pool);
}

static void every_size_is_kept_whole(void **state)
{
    enum { STEP = 97, N = 130 };
    adsync__secrets *pool = pool_new();
    adsync__secret secrets[N];
    char *text = malloc(STEP * N);

    (void)state;
    for (int i = 0; i < N; i++) {
        memset(text, 'a' + i % 26, STEP * N);
        assert_int_equal(adsync__secret_make(pool, text, (size_t)(STEP * i), &secrets[i], NULL), ADSYNC_OK);
        assert_true(secrets[i].room >= secrets[i].size);
        memset(secrets[i].p + secrets[i].size, 'a' + i % 26, secrets[i].room - secrets[i].size); /* the room is ours to write */
    }
    for (int i = 0; i < N; i++) {
        for (size_t k = 0; k < secrets[i].room; k++) assert_int_equal(secrets[i].p[k], 'a' + i % 26);
        adsync__secret_free(&secrets[i]);
    }
    free(text);
    adsync__secrets_free(pool);
}

static void *thread_free(void *user)
{
    adsync__secret_free(user);
    return NULL;
}

static void a_secret_outlives_its_pool_and_may_be_freed_on_another_thread(void **state)
{
    adsync__secrets *pool = pool_new();
    adsync__secret secrets[64];
    pthread_t threads[64];

    (void)state;
    for (int i = 0; i < 64; i++) secrets[i] = secret_new(pool, "token");
    for (int i = 0; i < 32; i++) assert_int_equal(pthread_create(&threads[i], NULL, thread_free, &secrets[i]), 0);
    for (int i = 0; i < 200; i++) {
        adsync__secret mine = secret_new(pool, "meanwhile");
        assert_string_equal(mine.p, "meanwhile");
        adsync__secret_free(&mine);
    }
    adsync__secrets_free(pool);
    for (int i = 32; i < 64; i++) assert_int_equal(pthread_create(&threads[i], NULL, thread_free, &secrets[i]), 0);
    for (int i = 0; i < 64; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
}

typedef struct crowd {
    adsync__secrets *pool;
    pthread_barrier_t *start;
    char letter;
    int wrong;
} crowd;

static void *crowd_work(void *user)
{
    crowd *c = user;
    adsync__secret mine[8] = { { 0 } };
    char text[64];

    memset(text, c->letter, sizeof text);
    (void)pthread_barrier_wait(c->start);
    for (int i = 0; i < 100000; i++) {
        adsync__secret *one = &mine[i % 8];
        for (size_t k = 0; k < one->size; k++) c->wrong += one->p[k] != c->letter;
        adsync__secret_free(one);
        if (adsync__secret_make(c->pool, text, (size_t)(i % 60), one, NULL) < 0) c->wrong++;
    }
    for (int i = 0; i < 8; i++) adsync__secret_free(&mine[i]);
    return NULL;
}

static void threads_that_make_and_free_at_once_never_share_a_slot(void **state)
{
    enum { THREADS = 4 };
    adsync__secrets *pool = pool_new();
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    crowd crowds[THREADS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (crowd){ pool, &start, (char)('a' + i), 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_work, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(crowds[i].wrong, 0);
    }
    (void)pthread_barrier_destroy(&start);
    adsync__secrets_free(pool);
}

static int child_looks(adsync__secrets *pool, adsync__secret *secret)
{
    bool empty = true;

    for (size_t i = 0; i < secret->size; i++) empty = empty && !secret->p[i];
    if (!empty) return 1;
    if (!adsync__secrets_forked(pool)) return 2;
    adsync__secret_free(secret);
    adsync__secrets_free(pool);
    return 0;
}

static void a_child_inherits_nothing_knows_it_and_can_free(void **state)
{
    adsync__secrets *pool = pool_new();
    adsync__secret secret = secret_new(pool, "the parent's");
    int status = -1;
    pid_t child;

    (void)state;
    assert_false(adsync__secrets_forked(pool));
    if (!(child = fork())) _exit(child_looks(pool, &secret));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_string_equal(secret.p, "the parent's");
    assert_false(adsync__secrets_forked(pool));
    adsync__secret_free(&secret);
    adsync__secrets_free(pool);
}

static int child_overruns(adsync__secrets *pool, size_t before)
{
    adsync__secret large;

    if (adsync__secret_make(pool, NULL, 8191, &large, NULL) < 0) return 3;
    *(volatile char *)(before ? large.p - 1 : large.p + large.room + 1) = 'x';
    return 4; /* still alive: no guard */
}

static void running_over_the_end_of_the_pages_is_stopped(void **state)
{
    adsync__secrets *pool = pool_new();

    (void)state;
    for (size_t before = 0; before < 2; before++) {
        struct rlimit none = { 0, 0 };
        int status = 0;
        pid_t child = fork();
        if (!child) {
            (void)setrlimit(RLIMIT_CORE, &none);
            (void)fclose(stderr); /* a sanitizer's report of what is meant to happen */
            (void)signal(SIGSEGV, SIG_DFL);
            _exit(child_overruns(pool, before));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_false(WIFEXITED(status) && (WEXITSTATUS(status) == 3 || WEXITSTATUS(status) == 4));
    }
    adsync__secrets_free(pool);
}

typedef struct heard {
    int lines;
    char last[1200];
} heard;

static void hear(void *user, uint32_t level, const char *json)
{
    heard *h = user;

    assert_int_equal(level, ADSYNC_LOG_WARN);
    h->lines++;
    (void)snprintf(h->last, sizeof h->last, "%s", json);
}

static int child_unlocked(void)
{
    struct rlimit none = { 0, 0 };
    heard h = { 0 };
    adsync_host host = { .size = sizeof host, .user = &h, .log = hear };
    adsync__effects effects;
    adsync__secrets *pool = NULL;
    adsync__secret secret;

    if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (getuid() == 0 && setuid(65534) < 0)) return 10;
    if (adsync__effects_begin(&effects, &host, NULL) < 0) return 11;
    if (adsync__secrets_open(&effects, &pool, NULL) < 0) return 12;
    if (adsync__secrets_locked(pool) == LOCKS || h.lines != LOCKS) return 13;
    if (LOCKS && !strstr(h.last, "RLIMIT_MEMLOCK")) return 14;
    if (adsync__secret_make(pool, NULL, 1 << 20, &secret, NULL) < 0) return 15;
    if (h.lines != LOCKS) return 16; /* once, not for each page */
    adsync__secret_free(&secret);
    adsync__secrets_free(pool);
    return 0;
}

static void where_pages_cannot_be_locked_one_line_says_so(void **state)
{
    int status = -1;
    pid_t child = fork();

    (void)state;
    if (!child) _exit(child_unlocked());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void no_memory_is_an_answer(void **state)
{
    adsync__secrets *pool = pool_new();
    adsync__secret secret = secret_new(pool, "kept"), huge;
    adsync_error *error = NULL;

    (void)state;
    assert_int_equal(adsync__secret_make(pool, NULL, SIZE_MAX / 8, &huge, &error), ADSYNC_E_MEMORY);
    assert_null(huge.p);
    assert_int_equal(adsync__secret_make(pool, NULL, SIZE_MAX, &huge, &error), ADSYNC_E_MEMORY);
    assert_int_equal(adsync__secret_add(&secret, "x", SIZE_MAX, &error), ADSYNC_E_MEMORY);
    assert_string_equal(secret.p, "kept");
    adsync_error_free(error);
    adsync__secret_free(&secret);
    adsync__secrets_free(pool);
    adsync__secrets_free(NULL);
}

static void story(void *user)
{
    adsync__secrets *pool = NULL;
    adsync__crypto *crypto = NULL;
    adsync__secret secret = { 0 }, large = { 0 };
    adsync_bytes *bytes = NULL;
    size_t size;

    (void)user;
    if (adsync__crypto_open(&crypto, NULL) < 0) assert_null(crypto);
    if (adsync__secrets_open(NULL, &pool, NULL) < 0) assert_null(pool);
    if (pool && adsync__secret_make(pool, "token", 5, &secret, NULL) >= 0) {
        if (adsync__secret_add(&secret, "and a chunk of its own.", 23, NULL) < 0) assert_string_equal(secret.p, "token");
        if (adsync__bytes_secret(&secret, &bytes, NULL) >= 0) {
            assert_int_equal(((const char *)adsync_bytes_data(bytes, &size))[0], 't');
            assert_null(secret.p);
        }
    }
    if (pool && adsync__secret_make(pool, NULL, 100000, &large, NULL) < 0) assert_null(large.p);
    adsync_bytes_free(bytes);
    adsync__secret_free(&secret);
    adsync__secret_free(&large);
    adsync__secrets_free(pool);
    adsync__crypto_free(crypto);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(faults_allocations(story, NULL) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_left_out_of_core_dumps_and_locked_and_emptied_on_fork),
        cmocka_unit_test(what_is_freed_or_cut_or_grown_out_of_is_wiped),
        cmocka_unit_test(thousands_of_secrets_share_pages),
        cmocka_unit_test(every_size_is_kept_whole),
        cmocka_unit_test(a_secret_outlives_its_pool_and_may_be_freed_on_another_thread),
        cmocka_unit_test(threads_that_make_and_free_at_once_never_share_a_slot),
        cmocka_unit_test(a_child_inherits_nothing_knows_it_and_can_free),
        cmocka_unit_test(running_over_the_end_of_the_pages_is_stopped),
        cmocka_unit_test(where_pages_cannot_be_locked_one_line_says_so),
        cmocka_unit_test(no_memory_is_an_answer),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
