/* SPDX-License-Identifier: MIT */
#include "pipeline.h"

#include "bench.h"

#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct pipeline {
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_transport *transport;
    adsync_engine *engine;
    adsync_host host;
    const pipeline_target *target;
    char org[32];
    int64_t grant, given_us, start_us;
};

static const char *pipeline_variable(const char *name)
{
    const char *text = getenv(name);

    bench_need(text && *text, "run it with: sh test/bench/run.sh pipeline");
    return text;
}

static void pipeline_keys(const pipeline_target *target)
{
    FILE *file;

    (void)umask(077);
    bench_need((file = fopen(target->keys, "w")) != NULL, "a key file");
    bench_need(fputs("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", file) >= 0 && fclose(file) == 0, "a key file");
}

void pipeline_begin(pipeline_target *target)
{
    const char *root = getenv("TMPDIR");

    *target = (pipeline_target){ .port = pipeline_variable("ADSIM_PORT"),
                                 .plain_port = pipeline_variable("ADSIM_PLAIN_PORT"),
                                 .ca_file = pipeline_variable("ADSIM_CA"),
                                 .token = pipeline_variable("ADSIM_TOKEN"),
                                 .account = pipeline_variable("ADSIM_ACCOUNT"),
                                 .now_us = strtoll(pipeline_variable("ADSIM_NOW"), NULL, 10) * 1000000 };
    (void)snprintf(target->folder, sizeof target->folder, "%.40s/adsync-bench-XXXXXX", root && *root ? root : "/tmp");
    bench_need(mkdtemp(target->folder) != NULL, "a folder");
    (void)snprintf(target->file, sizeof target->file, "%s/a.db", target->folder);
    (void)snprintf(target->keys, sizeof target->keys, "%s/keys", target->folder);
    pipeline_keys(target);
}

void pipeline_place(pipeline_target *target, const char *folder)
{
    (void)unlink(target->keys);
    (void)rmdir(target->folder);
    (void)snprintf(target->folder, sizeof target->folder, "%s", folder);
    (void)snprintf(target->file, sizeof target->file, "%s/a.db", folder);
    (void)snprintf(target->keys, sizeof target->keys, "%s/keys", folder);
    pipeline_keys(target);
}

void pipeline_clean(const pipeline_target *target)
{
    static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
    char name[128];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(name, sizeof name, "%s%s", target->file, ends[i]);
        (void)unlink(name);
    }
}

void pipeline_end(const pipeline_target *target)
{
    pipeline_clean(target);
    (void)unlink(target->keys);
    (void)rmdir(target->folder);
}

uint32_t pipeline_day(const pipeline_target *target, int ago)
{
    time_t t = (time_t)(target->now_us / 1000000) - 86400 * ago;
    struct tm day;

    bench_need(gmtime_r(&t, &day) != NULL, "a day");
    return (uint32_t)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

long pipeline_kib(const char *what)
{
    char line[128];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");

    bench_need(file != NULL, "/proc/self/status");
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, what, strlen(what))) kib = strtol(line + strlen(what), NULL, 10);
    (void)fclose(file);
    return kib;
}

double pipeline_cpu(void)
{
    struct rusage use;

    bench_need(getrusage(RUSAGE_SELF, &use) == 0, "getrusage");
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* ---- the product */

static int64_t pipeline_now(void *user)
{
    const pipeline *p = user;

    return p->given_us + (int64_t)(bench_seconds() * 1e6) - p->start_us;
}

static void pipeline_fine(adsync_status rc, adsync_error **error) { bench_need(rc >= 0, adsync_error_message(*error)); }

pipeline *pipeline_open(const pipeline_target *target, uint32_t plain, uint32_t at_once)
{
    pipeline *p = calloc(1, sizeof *p);
    adsync_curl_options curl = { .size = sizeof curl, .flags = plain ? ADSYNC_CURL_PLAIN : 0 };
    adsync_engine_options options = { .size = sizeof options, .max_claim = at_once };
    adsync_error *error = NULL;
    char place[64];

    bench_need(p != NULL, "memory");
    p->given_us = target->now_us;
    p->start_us = (int64_t)(bench_seconds() * 1e6);
    p->host = (adsync_host){ .size = sizeof p->host, .user = p, .now_us = pipeline_now };
    (void)snprintf(place, sizeof place, "127.0.0.1:%s", plain ? target->plain_port : target->port);
    curl.connect_to = place;
    if (!plain) curl.ca_file = target->ca_file;
    if (target->open) p->storage = target->open(target);
    else pipeline_fine(adsync_sqlite_open(target->file, NULL, &p->storage, &error), &error);
    pipeline_fine(adsync_keys_open_file(target->keys, &p->keys, &error), &error);
    pipeline_fine(adsync_curl_open(&curl, &p->transport, &error), &error);
    options.storage = p->storage;
    options.keys = p->keys;
    options.transport = p->transport;
    options.host = &p->host;
    pipeline_fine(adsync_engine_open(&options, &p->engine, &error), &error);
    pipeline_fine(adsync_app_add(p->engine, "meta", "123456789012345", "adsim-app-secret", NULL, &error), &error);
    p->target = target;
    (void)snprintf(p->org, sizeof p->org, "acme");
    return p;
}

void pipeline_org(pipeline *p, const char *org)
{
    (void)snprintf(p->org, sizeof p->org, "%s", org);
    p->grant = 0;
}

void pipeline_close(pipeline *p)
{
    adsync_engine_free(p->engine);
    adsync_transport_free(p->transport);
    adsync_keys_free(p->keys);
    adsync_storage_free(p->storage);
    free(p);
}

int64_t pipeline_connect(pipeline *p, const char *account)
{
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL }; /* what is asked for, no more */
    adsync_error *error = NULL;
    int64_t connection = 0;

    if (!p->grant) pipeline_fine(adsync_grant_add(p->engine, p->org, "meta", p->target->token, NULL, &p->grant, &error), &error);
    pipeline_fine(adsync_connection_add(p->engine, p->org, p->grant, account, &manual, &connection, &error), &error);
    return connection;
}

int64_t pipeline_ask(pipeline *p, int64_t connection, uint32_t from, uint32_t to)
{
    const adsync_job_options options = {
        .size = sizeof options, .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_BACKFILL, .from_day = from, .to_day = to
    };
    adsync_error *error = NULL;
    int64_t job = 0;

    pipeline_fine(adsync_job_enqueue(p->engine, p->org, connection, &options, &job, &error), &error);
    return job;
}

void pipeline_wait(pipeline *p, int64_t job)
{
    const adsync_call call = { .size = sizeof call, .wait_us = 300000000 };
    adsync_error *error = NULL;
    adsync_rows *row = NULL;
    adsync_status rc = adsync_job_wait(p->engine, p->org, job, &call, &row, &error);

    if (rc > 0 && adsync_rows_next(row, NULL) == ADSYNC_ROW) fprintf(stderr, "%s\n", adsync_rows_text(row, ADSYNC_C_MESSAGE));
    bench_need(rc == ADSYNC_OK, rc < 0 ? adsync_error_message(error) : "the job did not end well");
    adsync_rows_free(row);
}

void pipeline_drain(pipeline *p)
{
    adsync_error *error = NULL;
    adsync_status rc = adsync_engine_drain(p->engine, 300000000, &error);

    bench_need(rc == ADSYNC_IDLE, rc < 0 ? adsync_error_message(error) : "the work did not end");
}
