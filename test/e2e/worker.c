/* SPDX-License-Identifier: MIT */
/* A worker that is made to be killed: one call of the public interface over SQLite and a simulator, with a clock that runs fast, so that
 * a lease is over in an instant, and that can end the process at an exact place.
 *
 *     worker STORE KEYS PORT CA NOW KILL add ACCOUNT < TOKEN      prints the connection and the grant
 *     worker .. KILL sync CONNECTION FROM TO
 *     worker .. KILL refresh GRANT                                prints the failure's name where there is one
 *
 * KILL: die at that look at a clock or draw of random bytes, as kill -9 does; below 0: stop there, outside of any transaction, until
 * somebody lets it go on; 0: live. What a command says ends with how many there were. Exit status: 0 fine, 1 failed. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>
#ifdef TEST_POSTGRES
#include <adsync/postgres.h>
#endif

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { WORKER_SPEED = 30 };

static struct {
    int64_t base_us, began_us, effects, kill_at;
} worker;

static void worker_effect(void)
{
    worker.effects++;
    if (worker.effects == worker.kill_at) (void)raise(SIGKILL);
    if (worker.effects == -worker.kill_at) (void)raise(SIGSTOP);
}

static int64_t worker_monotonic(void *user)
{
    struct timespec t;

    (void)user;
    worker_effect();
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return ((int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000) * WORKER_SPEED;
}

static int64_t worker_now(void *user) { return worker.base_us + worker_monotonic(user) - worker.began_us; }

static adsync_status worker_random(void *user, void *out, uint32_t size)
{
    (void)user;
    worker_effect();
    return getrandom(out, size, 0) == (ssize_t)size ? ADSYNC_OK : ADSYNC_E_INTERNAL;
}

static int worker_say(adsync_status rc, const adsync_error *error)
{
    printf("{\"status\":%d,\"error\":\"%s\",\"effects\":%" PRId64 "}\n", (int)rc, rc < 0 ? adsync_error_name(error) : "", worker.effects);
    if (rc < 0) fprintf(stderr, "%s\n", adsync_error_message(error));
    return rc < 0;
}

static adsync_status worker_add(adsync_engine *engine, const char *account, adsync_error **error)
{
    adsync_grant_options options = { .size = sizeof options, .expires_us = worker.base_us + INT64_C(5000000000000) };
    char token[4096] = "";
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    int64_t grant = 0, connection = 0;
    adsync_status rc;

    if (!fgets(token, sizeof token, stdin)) return ADSYNC_E_INVALID;
    token[strcspn(token, "\n")] = 0;
    if ((rc = adsync_grant_add(engine, "org", "meta", token, &options, &grant, error)) < 0) return rc;
    rc = adsync_connection_add(engine, "org", grant, account, &manual, &connection, error);
    printf("{\"connection\":%" PRId64 ",\"grant\":%" PRId64 "}\n", connection, grant);
    return rc;
}

static adsync_status worker_sync(adsync_engine *engine, char **args, adsync_error **error)
{
    const adsync_job_options options = {
        .size = sizeof options, .mode = ADSYNC_SYNC_FULL, .from_day = (uint32_t)atol(args[1]), .to_day = (uint32_t)atol(args[2])
    };
    const adsync_call call = { .size = sizeof call, .wait_us = INT64_C(36000000000) };
    int64_t job = 0;
    adsync_status rc = adsync_job_enqueue(engine, "org", atoll(args[0]), &options, &job, error);

    if (rc >= 0) rc = adsync_job_wait(engine, "org", job, &call, NULL, error);
    return rc == ADSYNC_PENDING ? ADSYNC_E_TRANSIENT : rc;
}

static adsync_status worker_do(adsync_engine *engine, char **args, adsync_error **error)
{
    const adsync_call call = { .size = sizeof call, .wait_us = INT64_C(3600000000) };

    if (!strcmp(args[0], "add")) return worker_add(engine, args[1], error);
    if (!strcmp(args[0], "sync")) return worker_sync(engine, args + 1, error);
    return adsync_grant_refresh(engine, "org", atoll(args[1]), &call, error);
}

static adsync_status open_store(const char *store, adsync_storage **out, adsync_error **error)
{
#ifdef TEST_POSTGRES
    if (!strncmp(store, "host=", 5)) return adsync_postgres_open(store, NULL, out, error);
#endif
    return adsync_sqlite_open(store, NULL, out, error);
}

int main(int argc, char **argv)
{
    const adsync_host host = {
        .size = sizeof host, .now_us = worker_now, .monotonic_us = worker_monotonic, .random = worker_random
    };
    adsync_engine_options options = { .size = sizeof options, .host = &host, .lease_us = 1000000 };
    adsync_curl_options curl = { .size = sizeof curl };
    adsync_storage *storage = NULL;
    adsync_keys *keys = NULL;
    adsync_transport *transport = NULL;
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;
    adsync_status rc;
    int code;

    if (argc < 9) return 2;
    worker.began_us = worker_monotonic(NULL);
    worker.base_us = atoll(argv[5]) * 1000000;
    worker.effects = 0;
    worker.kill_at = atoll(argv[6]);
    curl.connect_to = argv[3];
    curl.ca_file = argv[4];
    if ((rc = open_store(argv[1], &storage, &error)) < 0) goto done;
    if ((rc = adsync_keys_open_file(argv[2], &keys, &error)) < 0) goto done;
    if ((rc = adsync_curl_open(&curl, &transport, &error)) < 0) goto done;
    options.storage = storage;
    options.keys = keys;
    options.transport = transport;
    if ((rc = adsync_engine_open(&options, &engine, &error)) < 0) goto done;
    if ((rc = adsync_app_add(engine, "meta", "123456789012345", "adsim-app-secret", NULL, &error)) < 0) goto done;
    rc = worker_do(engine, argv + 7, &error);
done:
    code = worker_say(rc, error);
    adsync_engine_free(engine);
    adsync_transport_free(transport);
    adsync_keys_free(keys);
    adsync_storage_free(storage);
    adsync_error_free(error);
    return code;
}
