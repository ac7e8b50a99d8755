/* SPDX-License-Identifier: MIT */
/* The storage on SQLite against what one would write by hand for exactly this program: same columns, same kind of file in the same
 * folder, same settings, same batches, same durability, statements prepared once, values bound from a plain struct. */
#include "sides.h"

#include <adsync/sqlite.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct sides {
    char folder[64], file[96];
    uint32_t jobs;
    pulls pulls;
} sides;

/* ---- what both do */

static void sides_clean(const sides *s)
{
    char name[128];
    static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", s->file, ends[i]);
        (void)unlink(name);
    }
}

static void sql(sqlite3 *db, const char *text_)
{
    if (sqlite3_exec(db, text_, NULL, NULL, NULL) != SQLITE_OK) bench_need(false, sqlite3_errmsg(db));
}

/* ---- upsert */

static double upsert_ours(const bench *b, void *user)
{
    sides *s = user;
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    double rate;

    (void)b;
    bench_need(adsync_sqlite_open(s->file, NULL, &storage, &error) == ADSYNC_OK, adsync_error_message(error));
    rate = pulls_put(&s->pulls, storage);
    adsync_storage_free(storage);
    sides_clean(s);
    return rate;
}

static sqlite3 *floor_open(const sides *s, const char *schema)
{
    sqlite3 *db = NULL;

    bench_need(sqlite3_open_v2(s->file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK, "open");
    sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2048; PRAGMA cell_size_check = ON;"
            "PRAGMA journal_size_limit = 67108864");
    sql(db, schema);
    return db;
}

static sqlite3_stmt *floor_prepare(sqlite3 *db, const char *text_)
{
    sqlite3_stmt *stmt = NULL;

    bench_need(sqlite3_prepare_v3(db, text_, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    return stmt;
}

static void floor_run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);

    bench_need(rc == SQLITE_DONE, sqlite3_errmsg(sqlite3_db_handle(stmt)));
    (void)sqlite3_reset(stmt);
}

#define METRIC_COLUMNS                                                                                                                     \
    "org INTEGER NOT NULL, connection INTEGER NOT NULL, level INTEGER NOT NULL, entity_id TEXT NOT NULL, day INTEGER NOT NULL,"            \
    "part TEXT NOT NULL, version INTEGER NOT NULL, pull INTEGER, currency TEXT, spend INTEGER, impressions INTEGER, clicks INTEGER,"       \
    "link_clicks INTEGER, conversions INTEGER, revenue INTEGER, click_conversions INTEGER, view_conversions INTEGER,"                      \
    "conversions_by_event_day INTEGER, purchases INTEGER, leads INTEGER, installs INTEGER, engagements INTEGER, video_views INTEGER,"      \
    "reach INTEGER, attribution TEXT, pulled_at INTEGER, final INTEGER, campaign_id TEXT, extra TEXT, raw_ref TEXT,"                       \
    "PRIMARY KEY (org, connection, level, entity_id, day, part)"

/* With a rowid: what a measurement tells one to take for this order of rows. */
static const char metric_tables[] = "CREATE TABLE metrics (" METRIC_COLUMNS ") STRICT;"
                                    "CREATE INDEX by_day ON metrics (org, connection, level, day)";
static const char metric_upsert[] =
    "INSERT INTO metrics (org, connection, level, entity_id, day, part, version, pull, currency, spend, impressions, clicks, link_clicks,"
    "conversions, revenue, click_conversions, view_conversions, conversions_by_event_day, purchases, leads, installs, engagements,"
    "video_views, reach, attribution, pulled_at, final, campaign_id, extra, raw_ref) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
    "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)"
    "ON CONFLICT (org, connection, level, entity_id, day, part) DO UPDATE SET version = excluded.version, pull = excluded.pull,"
    "currency = excluded.currency, spend = excluded.spend, impressions = excluded.impressions, clicks = excluded.clicks,"
    "link_clicks = excluded.link_clicks, conversions = excluded.conversions, revenue = excluded.revenue,"
    "click_conversions = excluded.click_conversions, view_conversions = excluded.view_conversions,"
    "conversions_by_event_day = excluded.conversions_by_event_day, purchases = excluded.purchases, leads = excluded.leads,"
    "installs = excluded.installs, engagements = excluded.engagements, video_views = excluded.video_views, reach = excluded.reach,"
    "attribution = excluded.attribution, pulled_at = excluded.pulled_at, final = excluded.final, campaign_id = excluded.campaign_id,"
    "extra = excluded.extra, raw_ref = excluded.raw_ref";

static void floor_bind(sqlite3_stmt *stmt, const figures *f, int64_t version)
{
    int at = 10;

    sqlite3_bind_int64(stmt, 1, f->org);
    sqlite3_bind_int64(stmt, 2, f->connection);
    sqlite3_bind_int64(stmt, 3, f->level);
    sqlite3_bind_text(stmt, 4, f->entity, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 5, f->day);
    sqlite3_bind_text(stmt, 6, f->part, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 7, version);
    sqlite3_bind_int64(stmt, 8, f->pull);
    sqlite3_bind_text(stmt, 9, f->currency, -1, SQLITE_STATIC);
    for (int i = 0; i < 15; i++)
        sqlite3_bind_int64(stmt, at++, f->numbers[i]);
    sqlite3_bind_text(stmt, at++, f->attribution, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, at++, f->pulled_at);
    sqlite3_bind_int64(stmt, at++, f->final);
    sqlite3_bind_null(stmt, at++);
    sqlite3_bind_text(stmt, at++, f->extra, -1, SQLITE_STATIC);
    sqlite3_bind_null(stmt, at);
}

static double upsert_floor(const bench *b, void *user)
{
    sides *s = user;
    sqlite3 *db = floor_open(s, metric_tables);
    sqlite3_stmt *begin = floor_prepare(db, "BEGIN IMMEDIATE"), *commit = floor_prepare(db, "COMMIT");
    sqlite3_stmt *upsert = floor_prepare(db, metric_upsert);
    double began, took = 0;
    int64_t version = 1;

    (void)b;
    for (int64_t pull = 1; pull <= 3; pull++) {
        pulls_fill(&s->pulls, pull);
        began = bench_seconds();
        for (uint32_t i = 0; i < s->pulls.rows; i++) {
            if (i % BATCH == 0) floor_run(begin);
            floor_bind(upsert, &s->pulls.figures[i], version++ * 0x9e3779b9);
            floor_run(upsert);
            if (i % BATCH == BATCH - 1) floor_run(commit);
        }
        took += bench_seconds() - began;
    }
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    sqlite3_finalize(upsert);
    bench_need(sqlite3_close(db) == SQLITE_OK, "close");
    sides_clean(s);
    return 3 * s->pulls.rows / took;
}

/* ---- claim and complete, one job at a time: two commits each */

static const char job_tables[] =
    "CREATE TABLE queue (org INTEGER NOT NULL, connection INTEGER NOT NULL, slot TEXT NOT NULL, version INTEGER NOT NULL,"
    "run_after_us INTEGER, shard INTEGER, class INTEGER, job INTEGER, ids TEXT, created_us INTEGER,"
    "PRIMARY KEY (org, connection, slot)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX queue_due ON queue (run_after_us, org, connection, slot) WHERE run_after_us IS NOT NULL;"
    "CREATE INDEX queue_class ON queue (shard, class, run_after_us, org, connection, slot)"
    " WHERE shard IS NOT NULL AND class IS NOT NULL AND run_after_us IS NOT NULL;"
    "CREATE TABLE lanes (org INTEGER NOT NULL, connection INTEGER NOT NULL, data INTEGER NOT NULL, version INTEGER NOT NULL,"
    "engine INTEGER, job INTEGER, cursor TEXT, takeovers INTEGER, updated_us INTEGER,"
    "PRIMARY KEY (org, connection, data)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX lanes_engine ON lanes (engine, org, connection, data) WHERE engine IS NOT NULL";

static double claim_ours(const bench *b, void *user)
{
    sides *s = user;
    adsync_storage *storage = NULL;
    double rate;

    (void)b;
    bench_need(adsync_sqlite_open(s->file, NULL, &storage, NULL) == ADSYNC_OK, "open");
    jobs_put(storage, s->jobs);
    rate = jobs_work(storage, s->jobs, 1);
    adsync_storage_free(storage);
    sides_clean(s);
    return rate;
}

typedef struct hand { /* the hand-written program's statements */
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *slot, *lane, *take, *update;
} hand;

static void hand_lane(const hand *h, uint32_t i, int64_t expected, int64_t version, bool owned)
{
    sqlite3_stmt *u = h->update;

    if (owned) sqlite3_bind_int64(u, 1, 9);
    else sqlite3_bind_null(u, 1);
    sqlite3_bind_int64(u, 2, 50000 + i);
    sqlite3_bind_text(u, 3, "{\"day\":20261120}", -1, SQLITE_STATIC);
    sqlite3_bind_int64(u, 4, 0);
    sqlite3_bind_int64(u, 5, 1800000000000000 + i);
    sqlite3_bind_int64(u, 6, version);
    sqlite3_bind_int64(u, 7, 1 + i / 100 % 7);
    sqlite3_bind_int64(u, 8, 1000 + i);
    sqlite3_bind_int64(u, 9, 2);
    sqlite3_bind_int64(u, 10, expected);
    floor_run(u);
    bench_need(sqlite3_changes(h->db) == 1, "update");
}

static void hand_claim(const hand *h, uint32_t i)
{
    floor_run(h->begin);
    sqlite3_bind_int64(h->take, 1, 1 + i / 100 % 7);
    sqlite3_bind_int64(h->take, 2, 1000 + i);
    sqlite3_bind_text(h->take, 3, "scheduled-sync:metrics", -1, SQLITE_STATIC);
    sqlite3_bind_int64(h->take, 4, VERSION);
    floor_run(h->take);
    bench_need(sqlite3_changes(h->db) == 1, "delete");
    hand_lane(h, i, VERSION, VERSION + 1, true);
    floor_run(h->commit);
}

static void hand_complete(const hand *h, uint32_t i)
{
    floor_run(h->begin);
    hand_lane(h, i, VERSION + 1, VERSION + 2, false);
    floor_run(h->commit);
}

static void hand_job(const hand *h, uint32_t i)
{
    floor_run(h->begin);
    sqlite3_bind_int64(h->slot, 1, 1 + i / 100 % 7);
    sqlite3_bind_int64(h->slot, 2, 1000 + i);
    sqlite3_bind_int64(h->slot, 3, i);
    sqlite3_bind_int64(h->lane, 1, 1 + i / 100 % 7);
    sqlite3_bind_int64(h->lane, 2, 1000 + i);
    floor_run(h->slot);
    floor_run(h->lane);
    floor_run(h->commit);
}

static double claim_floor(const bench *b, void *user)
{
    sides *s = user;
    hand h = { .db = floor_open(s, job_tables) };
    double began;

    (void)b;
    h.begin = floor_prepare(h.db, "BEGIN IMMEDIATE");
    h.commit = floor_prepare(h.db, "COMMIT");
    h.slot = floor_prepare(h.db, "INSERT INTO queue VALUES (?1, ?2, 'scheduled-sync:metrics', 1000, 1800000000000000 + ?3, 0, 1 + ?3 % 4,"
                                 "50000 + ?3, NULL, 1800000000000000)");
    h.lane = floor_prepare(h.db, "INSERT INTO lanes VALUES (?1, ?2, 2, 1000, NULL, 50000, '{\"day\":20261120}', 0, 1800000000000000)");
    h.take = floor_prepare(h.db, "DELETE FROM queue WHERE org = ?1 AND connection = ?2 AND slot = ?3 AND version = ?4");
    h.update = floor_prepare(h.db, "UPDATE lanes SET engine = ?1, job = ?2, cursor = ?3, takeovers = ?4, updated_us = ?5, version = ?6"
                                   " WHERE org = ?7 AND connection = ?8 AND data = ?9 AND version = ?10");
    for (uint32_t i = 0; i < s->jobs; i++)
        hand_job(&h, i);
    began = bench_seconds();
    for (uint32_t i = 0; i < s->jobs; i++) {
        hand_claim(&h, i);
        hand_complete(&h, i);
    }
    began = bench_seconds() - began;
    sqlite3_finalize(h.begin);
    sqlite3_finalize(h.commit);
    sqlite3_finalize(h.slot);
    sqlite3_finalize(h.lane);
    sqlite3_finalize(h.take);
    sqlite3_finalize(h.update);
    bench_need(sqlite3_close(h.db) == SQLITE_OK, "close");
    sides_clean(s);
    return s->jobs / began;
}

int main(int argc, char **argv)
{
    const char *root = getenv("TMPDIR");
    sides s = { 0 };
    bench b;

    if (bench_begin(&b, "sqlite", argc, argv)) return 2;
    pulls_make(&s.pulls, b.quick ? 2 * BATCH : 20 * BATCH);
    s.jobs = b.quick ? 50 : 300;
    snprintf(s.folder, sizeof s.folder, "%.40s/adsync-bench-XXXXXX", root && *root ? root : "/tmp");
    bench_need(mkdtemp(s.folder) != NULL, "a folder");
    snprintf(s.file, sizeof s.file, "%s/a.db", s.folder);
    (void)bench_case(&b, "upsert", 0.70, upsert_ours, upsert_floor, &s);
    (void)bench_case(&b, "claim_complete", 0.80, claim_ours, claim_floor, &s);
    (void)rmdir(s.folder);
    pulls_free(&s.pulls);
    return bench_end(&b);
}
