/* SPDX-License-Identifier: MIT */
/* A million rows of figures from adsim into SQLite and into PostgreSQL: the product, with all that it promises, against the loop by hand of
 * the bench `pipeline`. What counts is the processor time of this process; for PostgreSQL that with the server's is told beside it. The
 * peak of memory is what the product added to what the process held when it was opened. Started by million.py. */
#include "bench.h"
#include "pipeline_sides.h"
#include "server_cpu.h"
#include "support/pg_server.h"

#include <adsync/adsync.h>
#include <adsync/postgres.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WEEKS = 19, MEMORY_KIB = 32 * 1024 };

typedef struct million {
    sides sides;
    pg_server server;
    uint32_t n_ours, n_floor;
    double ours_all[BENCH_PAIRS_MAX], floor_all[BENCH_PAIRS_MAX]; /* rows per second of processor time, the server's included */
    long most_kib;
} million;

static adsync_storage *million_storage(const pipeline_target *target)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;

    bench_need(adsync_postgres_open(target->postgres, NULL, &storage, &error) == ADSYNC_OK, adsync_error_message(error));
    return storage;
}

static char *million_ask(const pipeline_target *target, const char *query) { return pg_server_text(target->postgres, query); }

static void million_empty(const million *m)
{
    if (!m->sides.target.postgres) return;
    pg_server_sql(m->server.conninfo, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    pg_server_sql(m->server.super, "CHECKPOINT");
}

/* The peak is counted from here on. */
static long million_begin(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    bench_need(file && fputs("5", file) >= 0 && !fclose(file), "/proc/self/clear_refs");
    return pipeline_kib("VmRSS:");
}

static double million_ours(const bench *b, void *user)
{
    million *m = user;
    bool server = m->sides.target.postgres;
    double before, rate, all;
    long began;

    million_empty(m);
    before = server ? server_cpu(m->server.pid) : 0;
    began = million_begin();
    rate = sides_ours(b, &m->sides);
    if (pipeline_kib("VmHWM:") - began > m->most_kib) m->most_kib = pipeline_kib("VmHWM:") - began;
    all = m->sides.rows / rate + (server ? server_cpu(m->server.pid) - before : 0);
    m->ours_all[m->n_ours++] = m->sides.rows / all;
    return rate;
}

static double million_floor(const bench *b, void *user)
{
    million *m = user;
    bool server = m->sides.target.postgres;
    double before, rate, all;
    floor_store store = { NULL, floor_postgres_put, floor_postgres_commit };

    million_empty(m);
    before = server ? server_cpu(m->server.pid) : 0;
    if (server) {
        store.user = floor_postgres_open(m->server.conninfo);
        m->sides.target.store = &store;
    }
    rate = sides_floor(b, &m->sides);
    if (server) floor_postgres_close(store.user);
    m->sides.target.store = NULL;
    all = m->sides.rows / rate + (server ? server_cpu(m->server.pid) - before : 0);
    m->floor_all[m->n_floor++] = m->sides.rows / all;
    return rate;
}

static void million_server(million *m)
{
    static const char *const durable[] = { "fsync=on", "synchronous_commit=on", "shared_buffers=128MB", "max_wal_size=4GB", NULL };

    pg_server_make(&m->server);
    pg_server_end(&m->server, SIGINT);
    pg_server_run(&m->server, durable);
    m->sides.target.postgres = m->server.conninfo;
    m->sides.target.open = million_storage;
    m->sides.target.ask = million_ask;
    m->n_ours = m->n_floor = 0;
    *m->sides.truth = 0;
}

int main(int argc, char **argv)
{
    static million m = { .sides = { .plain = 1 } };
    bench b;

    if (bench_begin(&b, "million", argc, argv)) return 2;
    (void)setenv("TMPDIR", "/tmp", 0); /* on a disk */
    pipeline_begin(&m.sides.target);
    sides_days(&m.sides, b.quick ? 1 : WEEKS);
    (void)bench_case(&b, "sqlite", 1 / 1.5, million_ours, million_floor, &m);
    million_server(&m);
    (void)bench_case(&b, "postgres", 1 / 1.5, million_ours, million_floor, &m);
    if (m.n_ours) (void)bench_judge(&b, "postgres-with-server", 0, m.ours_all, m.floor_all);
    printf("%.0f metric rows a run; ours took %ld KiB more than it began with at most, %d are promised\n", m.sides.rows, m.most_kib,
           MEMORY_KIB);
    if (m.most_kib > MEMORY_KIB) b.below++;
    pg_server_remove(&m.server);
    pipeline_end(&m.sides.target);
    return bench_end(&b);
}
