/* SPDX-License-Identifier: MIT */
/* Empty jobs through the whole engine, beside the queues that others wrote for PostgreSQL: the same server, the same durability, the same
 * role, all jobs in their table and nothing left to be written before the clock starts. An empty job of ours is a sync of a connection
 * whose consent covers nothing of what the platform lists: it is asked for, claimed, its connection and consent are read, its plan is
 * found to be done, and it ends, with all that an end is. Started by queue.py. */
#include "bench.h"
#include "server_cpu.h"
#include "support/pg_server.h"

#include <adsync/adsync.h>
#include <adsync/postgres.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORGS = 100 };

typedef struct sides {
    pg_server server;
    adsync_keys *keys;
    char key_file[96];
    const char *other, *at_once, *script;
    uint32_t jobs;
    uint32_t n_ours, n_floor; /* runs of this case */
    double ours_cpu[BENCH_PAIRS_MAX], floor_cpu[BENCH_PAIRS_MAX]; /* jobs per second of processor time, the server's included */
    double ours_server, floor_server;                             /* of the last run: the server's share, seconds */
} sides;

static void fine(adsync_status rc, adsync_error **error) { bench_need(rc >= 0, adsync_error_message(*error)); }

/* ---- processor time */

static double queue_own_cpu(void)
{
    struct rusage use;

    bench_need(getrusage(RUSAGE_SELF, &use) == 0, "getrusage");
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* ---- ours */

static adsync_status empty_describe(void *user, adsync_manifest *out, adsync_error **error)
{
    static const char *const settings[][2] = { { "api_version", "v1" }, { "revision", "1" }, { "refresh", "none" },
                                               { "scope.campaign", "campaigns" } };

    (void)user, (void)error;
    adsync_manifest_supports(out, ADSYNC_TASK_LIST, ADSYNC_KIND_CAMPAIGN);
    adsync_manifest_host(out, "api", "api.empty.example", ADSYNC_HOST_AUTH);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) adsync_manifest_setting(out, settings[i][0], settings[i][1]);
    return ADSYNC_OK;
}

static adsync_status empty_request(void *user, const adsync_task *task, adsync_request *out, adsync_error **error)
{
    (void)user, (void)task, (void)out;
    return adsync_error_set(error, ADSYNC_E_INTERNAL, "an empty job asks nothing", 0);
}

static adsync_status empty_response(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out,
                                    adsync_error **error)
{
    (void)user, (void)task, (void)in, (void)out;
    return adsync_error_set(error, ADSYNC_E_INTERNAL, "an empty job is answered nothing", 0);
}

static adsync_storage *queue_storage(const char *place)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;

    fine(adsync_postgres_open(place, NULL, &storage, &error), &error);
    return storage;
}

static adsync_engine *queue_engine(const sides *s, adsync_storage *storage, uint32_t flags)
{
    const adsync_connector_ops empty = { sizeof empty, 0, NULL, empty_describe, empty_request, empty_response };
    const adsync_engine_options options = { .size = sizeof options, .flags = flags, .storage = storage, .keys = s->keys };
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;

    fine(adsync_engine_open(&options, &engine, &error), &error);
    fine(adsync_connector_register(engine, "empty", &empty, &error), &error);
    fine(adsync_app_add(engine, "empty", "1", "secret", NULL, &error), &error);
    return engine;
}

/* A connection and a job of it in each of a hundred organisations, asked for as any host does; the others are copies of their rows under
 * other numbers, since asking twenty thousand times takes longer than all that is measured. */
static void queue_prepare(const sides *s)
{
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    const adsync_grant_options covers = { .size = sizeof covers, .scopes = "nothing" };
    const adsync_job_options wish = { .size = sizeof wish, .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_FULL };
    adsync_storage *storage = queue_storage(s->server.conninfo);
    adsync_engine *engine = queue_engine(s, storage, ADSYNC_ENGINE_NO_CLAIM);
    adsync_error *error = NULL;
    int64_t grant, connection, job;
    char org[16], sql[1000];

    for (uint32_t i = 0; i < ORGS; i++) {
        (void)snprintf(org, sizeof org, "org-%u", i);
        fine(adsync_grant_add(engine, org, "empty", "token", &covers, &grant, &error), &error);
        fine(adsync_connection_add(engine, org, grant, "1", &manual, &connection, &error), &error);
        fine(adsync_job_enqueue(engine, org, connection, &wish, &job, &error), &error);
    }
    adsync_engine_free(engine);
    adsync_storage_free(storage);
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE full_queue AS SELECT (jsonb_populate_record(q, jsonb_build_object('connection', connection + n, 'job',"
                   " job + n, 'shard', (shard + n) %% 16))).* FROM adsync_queue q, generate_series(1, %u) n;"
                   "CREATE TABLE full_jobs AS SELECT (jsonb_populate_record(j, jsonb_build_object('connection', connection + n, 'job',"
                   " job + n))).* FROM adsync_jobs j, generate_series(1, %u) n;"
                   "CREATE TABLE full_connections AS SELECT (jsonb_populate_record(c, jsonb_build_object('connection', connection + n,"
                   " 'account_id', n))).* FROM adsync_connections c, generate_series(1, %u) n",
                   s->jobs / ORGS, s->jobs / ORGS, s->jobs / ORGS);
    pg_server_sql(s->server.conninfo, sql);
}

static void queue_settle(const sides *s)
{
    pg_server_sql(s->server.super, "VACUUM ANALYZE");
    pg_server_sql(s->server.super, "CHECKPOINT");
}

static void queue_fill(const sides *s)
{
    pg_server_sql(s->server.conninfo, "TRUNCATE adsync_queue, adsync_lanes, adsync_jobs, adsync_connections, adsync_engines;"
                                      "INSERT INTO adsync_queue TABLE full_queue; INSERT INTO adsync_jobs TABLE full_jobs;"
                                      "INSERT INTO adsync_connections TABLE full_connections");
    queue_settle(s);
}

static void queue_check(const sides *s)
{
    static const char sql[] = "SELECT (SELECT count(*) FROM adsync_queue) || ' ' ||"
                              " (SELECT count(*) FROM adsync_jobs WHERE state = 'succeeded') || ' ' ||"
                              " (SELECT count(*) FROM adsync_connections WHERE last_status = 'success') || ' ' ||"
                              " (SELECT count(engine) FROM adsync_lanes)";
    char *words = pg_server_text(s->server.conninfo, sql);
    char expected[64];

    (void)snprintf(expected, sizeof expected, "0 %u %u 0\n", s->jobs, s->jobs);
    if (strcmp(words, expected) != 0) fprintf(stderr, "%s, not %s", words, expected);
    bench_need(!strcmp(words, expected), "not all jobs ended well");
    free(words);
}

static double queue_ours(const bench *b, void *user)
{
    sides *s = user;
    adsync_error *error = NULL;
    adsync_storage *storage = queue_storage(s->server.conninfo);
    adsync_engine *engine;
    adsync_status rc = ADSYNC_OK;
    double began, own, server;

    (void)b;
    queue_fill(s);
    engine = queue_engine(s, storage, 0);
    server = server_cpu(s->server.pid);
    own = queue_own_cpu();
    began = bench_seconds();
    while (rc != ADSYNC_IDLE) fine(rc = adsync_engine_step(engine, 100000, &error), &error);
    began = bench_seconds() - began;
    own = queue_own_cpu() - own;
    s->ours_server = server_cpu(s->server.pid) - server;
    s->ours_cpu[s->n_ours++] = s->jobs / (own + s->ours_server);
    adsync_engine_free(engine);
    adsync_storage_free(storage);
    queue_check(s);
    return s->jobs / began;
}

/* ---- theirs */

static double queue_floor(const bench *b, void *user)
{
    sides *s = user;
    int in[2], out[2], status;
    char jobs[16], word[16] = "";
    double seconds = 0, cpu = 0, server;
    FILE *answers;
    pid_t pid = -1;

    (void)b;
    pg_server_sql(s->server.conninfo, "DROP SCHEMA IF EXISTS graphile_worker CASCADE; DROP SCHEMA IF EXISTS pgboss CASCADE");
    (void)snprintf(jobs, sizeof jobs, "%u", s->jobs);
    bench_need(!pipe(in) && !pipe(out) && (pid = fork()) >= 0, "a process");
    if (!pid) {
        if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0) _exit(3);
        (void)close(in[1]), (void)close(out[0]);
        (void)execlp("node", "node", s->script, s->other, s->server.folder, jobs, s->at_once, (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]), (void)close(out[1]);
    bench_need((answers = fdopen(out[0], "r")) != NULL && fscanf(answers, "%15s", word) == 1 && !strcmp(word, "ready"), s->other);
    queue_settle(s);
    server = server_cpu(s->server.pid);
    bench_need(write(in[1], "go\n", 3) == 3, s->other);
    bench_need(fscanf(answers, "%15s %lf %lf", word, &seconds, &cpu) == 3 && !strcmp(word, "done"), s->other);
    s->floor_server = server_cpu(s->server.pid) - server;
    s->floor_cpu[s->n_floor++] = s->jobs / (cpu + s->floor_server);
    (void)close(in[1]), (void)fclose(answers);
    bench_need(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status), s->other);
    return s->jobs / seconds;
}

/* ---- both */

static void queue_case(bench *b, sides *s, const char *name, double least, const char *other, const char *at_once)
{
    char cpu[32];

    if (b->only && strcmp(b->only, name) != 0) return;
    s->other = other;
    s->at_once = at_once;
    s->n_ours = s->n_floor = 0;
    (void)bench_case(b, name, least, queue_ours, queue_floor, s);
    (void)snprintf(cpu, sizeof cpu, "%s-cpu", name);
    (void)bench_judge(b, cpu, 0, s->ours_cpu, s->floor_cpu);
    printf("of the last pair's processor time, microseconds a job: ours %.0f, of them the server's %.0f; theirs %.0f and %.0f\n",
           1e6 / s->ours_cpu[b->pairs - 1], s->ours_server / s->jobs * 1e6, 1e6 / s->floor_cpu[b->pairs - 1],
           s->floor_server / s->jobs * 1e6);
}

static void queue_keys(sides *s)
{
    adsync_error *error = NULL;
    FILE *file;

    (void)snprintf(s->key_file, sizeof s->key_file, "%s/keys", s->server.folder);
    (void)umask(077);
    bench_need((file = fopen(s->key_file, "w")) != NULL, "a key file");
    bench_need(fputs("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", file) >= 0 && !fclose(file), "a key file");
    fine(adsync_keys_open_file(s->key_file, &s->keys, &error), &error);
}

int main(int argc, char **argv)
{
    static const char *const durable[] = { "fsync=on", "synchronous_commit=on", "shared_buffers=128MB", "max_wal_size=4GB", NULL };
    sides s = { .script = getenv("BENCH_QUEUE_SCRIPT") };
    bench b;

    if (bench_begin(&b, "queue", argc, argv)) return 2;
    bench_need(s.script != NULL, "run it with: sh test/bench/run.sh queue");
    (void)setenv("TMPDIR", "/tmp", 0); /* on a disk */
    s.jobs = b.quick ? 300 : 10000;
    pg_server_make(&s.server);
    pg_server_end(&s.server, SIGINT);
    pg_server_run(&s.server, durable);
    printf("a server of its own in %s: fsync=on synchronous_commit=on; %u jobs a run\n", s.server.folder, s.jobs);
    fflush(stdout);
    queue_keys(&s);
    queue_prepare(&s);
    queue_case(&b, &s, "graphile-worker", 1, "graphile", "24");
    queue_case(&b, &s, "pg-boss", 1, "pgboss", "1");
    queue_case(&b, &s, "pg-boss-4", 0, "pgboss", "4");
    adsync_keys_free(s.keys);
    pg_server_remove(&s.server);
    return bench_end(&b);
}
