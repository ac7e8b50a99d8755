/* SPDX-License-Identifier: MIT */
/* The storage on PostgreSQL against what one would write by hand for exactly this program: same server, same role, same columns and
 * indexes, same batches, same durability, statements prepared once, binary parameters. The server is one of its own with fsync and
 * synchronous_commit on. */
#include "sides.h"
#include "support/pg_server.h"

#include <adsync/postgres.h>

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 30, ARRAY_ROOM = BATCH * 80, INT8 = 20, TEXT = 25, INT8S = 1016, TEXTS = 1009 };

typedef struct sides {
    pg_server server;
    uint32_t jobs;
    pulls pulls;
} sides;

/* ---- ours */

static adsync_storage *ours_open(const sides *s)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;

    bench_need(adsync_postgres_open(s->server.conninfo, NULL, &storage, &error) == ADSYNC_OK, adsync_error_message(error));
    return storage;
}

/* Each run begins with empty tables, and nothing of the run before is left to be written in its time. */
static void sides_clean(const sides *s, const char *tables)
{
    char words[200];

    snprintf(words, sizeof words, "TRUNCATE %s", tables);
    pg_server_sql(s->server.super, words);
    pg_server_sql(s->server.super, "CHECKPOINT");
}

static double upsert_ours(const bench *b, void *user)
{
    sides *s = user;
    adsync_storage *storage = ours_open(s);
    double rate;

    (void)b;
    sides_clean(s, "adsync_metrics");
    rate = pulls_put(&s->pulls, storage);
    adsync_storage_free(storage);
    return rate;
}

static double claim_lots(const sides *s, uint32_t lot)
{
    adsync_storage *storage = ours_open(s);
    double rate;

    sides_clean(s, "adsync_queue, adsync_lanes");
    jobs_put(storage, s->jobs);
    rate = jobs_work(storage, s->jobs, lot);
    adsync_storage_free(storage);
    return rate;
}

static double claim_ours(const bench *b, void *user) { return (void)b, claim_lots(user, 1); }
static double claim_10(const bench *b, void *user) { return (void)b, claim_lots(user, 10); }
static double claim_100(const bench *b, void *user) { return (void)b, claim_lots(user, 100); }

/* ---- by hand */

static const char floor_tables[] =
    "CREATE TABLE metrics (org bigint, connection bigint, level bigint, entity_id text COLLATE \"C\", day bigint, part text COLLATE \"C\","
    " version bigint NOT NULL, pull bigint, currency text, spend bigint, impressions bigint, clicks bigint, link_clicks bigint,"
    " conversions bigint, revenue bigint, click_conversions bigint, view_conversions bigint, conversions_by_event_day bigint,"
    " purchases bigint, leads bigint, installs bigint, engagements bigint, video_views bigint, reach bigint, attribution text,"
    " pulled_at bigint, final bigint, campaign_id text, extra text, raw_ref text,"
    " PRIMARY KEY (org, connection, level, entity_id, day, part));"
    "CREATE INDEX ON metrics (org, connection, level, day);"
    "CREATE TABLE queue (org bigint, connection bigint, slot text COLLATE \"C\", version bigint NOT NULL, run_after_us bigint,"
    " shard bigint, class bigint, job bigint, ids text, created_us bigint, PRIMARY KEY (org, connection, slot)) WITH (fillfactor = 70);"
    "CREATE INDEX ON queue (run_after_us); CREATE INDEX ON queue (shard, class, run_after_us);"
    "CREATE TABLE lanes (org bigint, connection bigint, data bigint, version bigint NOT NULL, engine bigint, job bigint, cursor text,"
    " takeovers bigint, updated_us bigint, PRIMARY KEY (org, connection, data)) WITH (fillfactor = 70);"
    "CREATE INDEX ON lanes (engine) WHERE engine IS NOT NULL";

static PGconn *floor_open(const sides *s)
{
    PGconn *conn = PQconnectdb(s->server.conninfo);

    bench_need(PQstatus(conn) == CONNECTION_OK, PQerrorMessage(conn));
    return conn;
}

static void floor_prepare(PGconn *conn, const char *name, const char *sql, int n, const Oid *types)
{
    PGresult *result = PQprepare(conn, name, sql, n, types);

    bench_need(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(conn));
    PQclear(result);
}

static void floor_run(PGconn *conn, const char *name, int n, const char *const *values, const int *sizes, const char *rows)
{
    int formats[COLUMNS];
    PGresult *result;

    for (int i = 0; i < n; i++)
        formats[i] = 1;
    result = PQexecPrepared(conn, name, n, values, sizes, formats, 1);
    bench_need(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(conn));
    bench_need(!rows || !strcmp(PQcmdTuples(result), rows), "another number of rows");
    PQclear(result);
}

static char *floor_number(char *p, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        p[i] = (char)(value & 0xff);
    return p + bytes;
}

static char *floor_array(char *p, uint32_t type)
{
    p = floor_number(p, 1, 4);
    p = floor_number(p, 1, 4);
    p = floor_number(p, type, 4);
    p = floor_number(p, BATCH, 4);
    return floor_number(p, 1, 4);
}

static char *floor_text(char *p, const char *text)
{
    size_t n = text ? strlen(text) : 0;

    p = floor_number(p, text ? n : UINT32_MAX, 4);
    if (n) memcpy(p, text, n);
    return p + n;
}

static const char *floor_text_of(const figures *f, int column)
{
    static const int texts[] = { 3, 5, 8, 24, 27, 28, 29 };
    const char *const values[] = { f->entity, f->part, f->currency, f->attribution, NULL, f->extra, NULL };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i] == column) return values[i];
    return NULL;
}

static int64_t floor_number_of(const figures *f, int column)
{
    const int64_t first[] = { f->org, f->connection, f->level, 0, f->day, 0, f->pull * 1000003, f->pull, 0 };

    if (column < 9) return first[column];
    if (column < 24) return f->numbers[column - 9];
    return column == 25 ? f->pulled_at : f->final;
}

static bool floor_is_text(int column) { return column == 3 || column == 5 || column == 8 || column == 24 || column > 26; }

/* One column of a batch as an array. */
static int floor_column(char *to, const figures *f, int column)
{
    char *p = floor_array(to, floor_is_text(column) ? TEXT : INT8);

    for (uint32_t i = 0; i < BATCH; i++) {
        if (floor_is_text(column)) p = floor_text(p, floor_text_of(&f[i], column));
        else p = floor_number(floor_number(p, 8, 4), (uint64_t)floor_number_of(&f[i], column), 8);
    }
    return (int)(p - to);
}

/* The rows of a day come sorted by campaign? They do not: whoever means to write beside others has to sort them. */
static int floor_order(const void *a, const void *b)
{
    const figures *x = a, *y = b;

    return strcmp(x->entity, y->entity);
}

static void floor_upsert_text(char *sql, size_t size)
{
    char parameters[200] = "";

    for (int i = 1; i <= COLUMNS; i++)
        snprintf(parameters + strlen(parameters), sizeof parameters - strlen(parameters), "%s$%d", i > 1 ? ", " : "", i);
    snprintf(sql, size,
             "INSERT INTO metrics SELECT * FROM unnest(%s) ON CONFLICT (org, connection, level, entity_id, day, part) DO UPDATE SET"
             " version = excluded.version, pull = excluded.pull, currency = excluded.currency, spend = excluded.spend,"
             " impressions = excluded.impressions, clicks = excluded.clicks, link_clicks = excluded.link_clicks,"
             " conversions = excluded.conversions, revenue = excluded.revenue, click_conversions = excluded.click_conversions,"
             " view_conversions = excluded.view_conversions, conversions_by_event_day = excluded.conversions_by_event_day,"
             " purchases = excluded.purchases, leads = excluded.leads, installs = excluded.installs, engagements = excluded.engagements,"
             " video_views = excluded.video_views, reach = excluded.reach, attribution = excluded.attribution,"
             " pulled_at = excluded.pulled_at, final = excluded.final, campaign_id = excluded.campaign_id, extra = excluded.extra,"
             " raw_ref = excluded.raw_ref",
             parameters);
}

static double upsert_floor(const bench *b, void *user)
{
    sides *s = user;
    PGconn *conn = floor_open(s);
    char sql[2000], *room = malloc((size_t)COLUMNS * ARRAY_ROOM);
    const char *values[COLUMNS];
    Oid types[COLUMNS];
    int sizes[COLUMNS];
    double began, took = 0;

    (void)b;
    bench_need(room != NULL, "memory");
    sides_clean(s, "metrics");
    for (int i = 0; i < COLUMNS; i++) {
        types[i] = floor_is_text(i) ? TEXTS : INT8S;
        values[i] = room + (size_t)i * ARRAY_ROOM;
    }
    floor_upsert_text(sql, sizeof sql);
    floor_prepare(conn, "upsert", sql, COLUMNS, types);
    for (int64_t pull = 1; pull <= 3; pull++) {
        pulls_fill(&s->pulls, pull);
        began = bench_seconds();
        for (uint32_t i = 0; i < s->pulls.rows; i += BATCH) {
            qsort(s->pulls.figures + i, BATCH, sizeof *s->pulls.figures, floor_order);
            for (int c = 0; c < COLUMNS; c++)
                sizes[c] = floor_column(room + (size_t)c * ARRAY_ROOM, s->pulls.figures + i, c);
            floor_run(conn, "upsert", COLUMNS, values, sizes, NULL);
        }
        took += bench_seconds() - began;
    }
    free(room);
    PQfinish(conn);
    return 3 * s->pulls.rows / took;
}

typedef struct hand { /* numbers and texts of one statement, bound in order */
    const char *values[10];
    char numbers[10][8];
    int sizes[10], n;
} hand;

static void hand_number(hand *h, int64_t value)
{
    (void)floor_number(h->numbers[h->n], (uint64_t)value, 8);
    h->values[h->n] = h->numbers[h->n];
    h->sizes[h->n++] = 8;
}

static void hand_text(hand *h, const char *text)
{
    h->values[h->n] = text;
    h->sizes[h->n++] = text ? (int)strlen(text) : 0;
}

static void hand_run(PGconn *conn, const char *name, hand *h)
{
    floor_run(conn, name, h->n, h->values, h->sizes, "1");
    h->n = 0;
}

static void hand_lane(PGconn *conn, uint32_t i, int64_t expected, int64_t version, bool owned)
{
    hand h = { .n = 0 };

    if (owned) hand_number(&h, 9);
    else hand_text(&h, NULL);
    hand_number(&h, 50000 + i);
    hand_text(&h, "{\"day\":20261120}");
    hand_number(&h, 0);
    hand_number(&h, 1800000000000000 + i);
    hand_number(&h, version);
    hand_number(&h, 1 + i / 100 % 7);
    hand_number(&h, 1000 + i);
    hand_number(&h, 2);
    hand_number(&h, expected);
    hand_run(conn, "update", &h);
}

static void hand_job(PGconn *conn, uint32_t i)
{
    hand h = { .n = 0 };

    floor_run(conn, "begin", 0, NULL, NULL, NULL);
    hand_number(&h, 1 + i / 100 % 7);
    hand_number(&h, 1000 + i);
    hand_text(&h, "scheduled-sync:metrics");
    hand_number(&h, VERSION);
    hand_run(conn, "take", &h);
    hand_lane(conn, i, VERSION, VERSION + 1, true);
    floor_run(conn, "commit", 0, NULL, NULL, NULL);
    floor_run(conn, "begin", 0, NULL, NULL, NULL);
    hand_lane(conn, i, VERSION + 1, VERSION + 2, false);
    floor_run(conn, "commit", 0, NULL, NULL, NULL);
}

static double claim_floor(const bench *b, void *user)
{
    static const Oid take[] = { INT8, INT8, TEXT, INT8 };
    static const Oid update[] = { INT8, INT8, TEXT, INT8, INT8, INT8, INT8, INT8, INT8, INT8 };
    sides *s = user;
    PGconn *conn = floor_open(s);
    char sql[700];
    double began;

    (void)b;
    sides_clean(s, "queue, lanes");
    snprintf(sql, sizeof sql,
             "WITH q AS (INSERT INTO queue SELECT 1 + i / 100 %% 7, 1000 + i, 'scheduled-sync:metrics', 1000, 1800000000000000 + i, 0,"
             " 1 + i %% 4, 50000 + i, NULL, 1800000000000000 FROM generate_series(0, %u) i)"
             "INSERT INTO lanes SELECT 1 + i / 100 %% 7, 1000 + i, 2, 1000, NULL, 50000 + i, '{}', 0, 0 FROM generate_series(0, %u) i",
             s->jobs - 1, s->jobs - 1);
    pg_server_sql(s->server.conninfo, sql);
    floor_prepare(conn, "begin", "BEGIN", 0, NULL);
    floor_prepare(conn, "commit", "COMMIT", 0, NULL);
    floor_prepare(conn, "take", "DELETE FROM queue WHERE org = $1 AND connection = $2 AND slot = $3 AND version = $4", 4, take);
    floor_prepare(conn, "update",
                  "UPDATE lanes SET engine = $1, job = $2, cursor = $3, takeovers = $4, updated_us = $5, version = $6"
                  " WHERE org = $7 AND connection = $8 AND data = $9 AND version = $10", 10, update);
    began = bench_seconds();
    for (uint32_t i = 0; i < s->jobs; i++)
        hand_job(conn, i);
    began = bench_seconds() - began;
    PQfinish(conn);
    return s->jobs / began;
}

int main(int argc, char **argv)
{
    static const char *const durable[] = { "fsync=on", "synchronous_commit=on", "shared_buffers=128MB", "max_wal_size=4GB", NULL };
    sides s = { 0 };
    bench b;

    if (bench_begin(&b, "postgres", argc, argv)) return 2;
    (void)setenv("TMPDIR", "/tmp", 0); /* on a disk */
    pulls_make(&s.pulls, b.quick ? 2 * BATCH : 20 * BATCH);
    s.jobs = b.quick ? 100 : 300;
    pg_server_make(&s.server);
    pg_server_end(&s.server, SIGINT);
    pg_server_run(&s.server, durable);
    printf("a server of its own in %s: fsync=on synchronous_commit=on\n", s.server.folder);
    adsync_storage_free(ours_open(&s));
    pg_server_sql(s.server.conninfo, floor_tables);
    (void)bench_case(&b, "upsert", 0.60, upsert_ours, upsert_floor, &s);
    (void)bench_case(&b, "claim_complete", 0.80, claim_ours, claim_floor, &s);
    (void)bench_case(&b, "claim_complete_10", 0, claim_10, claim_floor, &s);
    (void)bench_case(&b, "claim_complete_100", 0, claim_100, claim_floor, &s);
    pg_server_remove(&s.server);
    pulls_free(&s.pulls);
    return bench_end(&b);
}
