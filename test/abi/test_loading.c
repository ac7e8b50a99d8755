/* SPDX-License-Identifier: MIT */
/* A library is loaded and let go by plugins of plugins, on threads that come and go (P9). The libraries' paths are the arguments:
 * the core, then the adapters. */
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adsync/adsync.h>

enum { LOADING_ROUNDS = PTHREAD_KEYS_MAX + 76 }; /* more often than there are thread keys: a leaked key would be noticed */

static const char *loading_core;
static char **loading_adapters; /* ended by NULL */

typedef struct loading_calls {
    adsync_status (*memory_open)(adsync_storage *, adsync_storage **, adsync_error **);
    adsync_status (*storage_org)(adsync_storage *, const char *, uint32_t, int64_t *, adsync_error **);
    adsync_status (*ddl)(uint32_t, const void *, adsync_bytes **, adsync_error **); /* of an adapter, with its options */
    void (*storage_free)(adsync_storage *);
    void (*bytes_free)(adsync_bytes *);
} loading_calls;

static int loading_find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);

    memcpy(function, &found, sizeof(found));
    return found != NULL;
}

static int loading_use_core(void *library)
{
    loading_calls calls = { 0 };
    adsync_storage *storage = NULL;
    int64_t org = 0;
    int good = loading_find(library, "adsync_memory_open", &calls.memory_open) &&
               loading_find(library, "adsync_storage_org", &calls.storage_org) &&
               loading_find(library, "adsync_storage_free", &calls.storage_free);

    if (!good) return 0;
    good = calls.memory_open(NULL, &storage, NULL) == ADSYNC_OK && calls.storage_org(storage, "acme", 1, &org, NULL) == ADSYNC_OK &&
           org > 0;
    calls.storage_free(storage);
    return good;
}

static int loading_use_adapter(void *library)
{
    loading_calls calls = { 0 };
    adsync_bytes *sql = NULL;
    int good = (loading_find(library, "adsync_sqlite_ddl", &calls.ddl) || loading_find(library, "adsync_postgres_ddl", &calls.ddl)) &&
               loading_find(library, "adsync_bytes_free", &calls.bytes_free);

    if (!good) return 0;
    good = calls.ddl(0, NULL, &sql, NULL) == ADSYNC_OK && sql != NULL;
    calls.bytes_free(sql);
    return good;
}

/* gives back the argument where everything worked, else NULL */
static void *loading_core_thread(void *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int good = library && loading_use_core(library);

    return good && dlclose(library) == 0 ? path : NULL;
}

static void *loading_adapter_thread(void *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int good = library && loading_use_adapter(library);

    return good && dlclose(library) == 0 ? path : NULL;
}

static void loading_rounds(void *(*thread)(void *), const char *path)
{
    for (int round = 0; round < LOADING_ROUNDS; round++) {
        pthread_t id;
        void *answer = NULL;

        assert_int_equal(pthread_create(&id, NULL, thread, (void *)(uintptr_t)path), 0);
        assert_int_equal(pthread_join(id, &answer), 0);
        assert_ptr_equal(answer, path);
    }
}

static void the_core_is_loaded_and_let_go_on_more_threads_than_there_are_keys(void **state)
{
    (void)state;
    loading_rounds(loading_core_thread, loading_core);
}

static void each_adapter_is_loaded_and_let_go_on_more_threads_than_there_are_keys(void **state)
{
    (void)state;
    for (char **adapter = loading_adapters; *adapter; adapter++)
        loading_rounds(loading_adapter_thread, *adapter);
}

static void a_library_that_was_let_go_stays_mapped(void **state)
{
    void *library;

    (void)state;
    assert_non_null(loading_core_thread((void *)(uintptr_t)loading_core));
    library = dlopen(loading_core, RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(library); /* -z nodelete: code of ours may still stand in somebody's list of functions to call at exit */
    assert_int_equal(dlclose(library), 0);
}

static void loading_and_use_change_no_signal_disposition(void **state)
{
    struct sigaction before[NSIG] = { 0 }, after;

    (void)state;
    for (int n = 1; n < NSIG; n++)
        (void)sigaction(n, NULL, &before[n]);
    assert_non_null(loading_core_thread((void *)(uintptr_t)loading_core));
    assert_non_null(loading_adapter_thread((void *)(uintptr_t)loading_adapters[0]));
    for (int n = 1; n < NSIG; n++) {
        memset(&after, 0, sizeof(after));
        (void)sigaction(n, NULL, &after);
        assert_ptr_equal(after.sa_handler, before[n].sa_handler);
        assert_int_equal(after.sa_flags, before[n].sa_flags);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { /* the first one while nothing but itself keeps the core mapped */
        cmocka_unit_test(a_library_that_was_let_go_stays_mapped),
        cmocka_unit_test(loading_and_use_change_no_signal_disposition),
        cmocka_unit_test(the_core_is_loaded_and_let_go_on_more_threads_than_there_are_keys),
        cmocka_unit_test(each_adapter_is_loaded_and_let_go_on_more_threads_than_there_are_keys),
    };

    if (argc < 3) return 2;
    loading_core = argv[1];
    loading_adapters = argv + 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
