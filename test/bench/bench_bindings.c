/* SPDX-License-Identifier: MIT */
/* One sync by a C program, for bindings.py to hold other languages against: bench_bindings FOLDER DAYS. Prints the seconds of CPU and the
 * seconds that passed, from opening the store to the end of the sync. */
#include "bench.h"

#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const char *const org = "bench";

static void fine(adsync_status rc, const char *what, const adsync_error *error)
{
    if (rc < 0) fprintf(stderr, "%s\n", adsync_error_message(error));
    bench_need(rc >= 0 && rc != ADSYNC_PENDING, what);
}

static double cpu_seconds(void)
{
    struct rusage used;

    (void)getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void sync_days(adsync_engine *engine, uint32_t days)
{
    adsync_job_options back = { .size = sizeof back, .mode = ADSYNC_SYNC_BACKFILL, .days = days };
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    adsync_call patient = { .size = sizeof patient, .wait_us = INT64_C(300000000) };
    int64_t grant = 0, connection = 0, job = 0;
    adsync_error *error = NULL;

    fine(adsync_app_add(engine, "meta", NULL, NULL, NULL, &error), "the app", error);
    fine(adsync_grant_add(engine, org, "meta", getenv("ADSYNC_TOKEN"), NULL, &grant, &error), "the grant", error);
    fine(adsync_connection_add(engine, org, grant, getenv("ADSYNC_ACCOUNT"), &manual, &connection, &error), "the connection", error);
    fine(adsync_job_enqueue(engine, org, connection, &back, &job, &error), "the job", error);
    fine(adsync_job_wait(engine, org, job, &patient, NULL, &error), "the sync", error);
    adsync_error_free(error);
}

int main(int argc, char **argv)
{
    adsync_curl_options network = { .size = sizeof network, .flags = ADSYNC_CURL_PLAIN, .connect_to = getenv("ADSYNC_CONNECT_TO") };
    adsync_engine_options options = { .size = sizeof options };
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;
    char path[512];
    double cpu, begun;

    bench_need(argc == 3, "usage: bench_bindings FOLDER DAYS");
    cpu = cpu_seconds(), begun = bench_seconds();
    (void)snprintf(path, sizeof path, "%s/ads.db", argv[1]);
    fine(adsync_sqlite_open(path, NULL, &options.storage, &error), "the store", error);
    (void)snprintf(path, sizeof path, "%s/ads.keys", argv[1]);
    fine(adsync_keys_open_file(path, &options.keys, &error), "the keys", error);
    fine(adsync_curl_open(&network, &options.transport, &error), "the transport", error);
    fine(adsync_engine_open(&options, &engine, &error), "the engine", error);
    sync_days(engine, (uint32_t)strtoul(argv[2], NULL, 10));
    adsync_engine_free(engine);
    adsync_transport_free(options.transport);
    adsync_keys_free(options.keys);
    adsync_storage_free(options.storage);
    printf("%.6f %.6f\n", cpu_seconds() - cpu, bench_seconds() - begun);
    return 0;
}
