/* SPDX-License-Identifier: MIT */
/* From the platform's pages to rows in SQLite: the product, with all that it promises, against a loop by hand over the same pages of
 * adsim. Both start with an empty file and an open connection. What counts is the processor time of this process, the kernel's for it
 * included; adsim is another process. Started by pipeline.py. */
#include "bench.h"
#include "pipeline.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICES = 13 };

typedef struct sides {
    pipeline_target target;
    uint32_t plain, slices;
    pipeline_days days[SLICES], before; /* newest slice first; a day of its own, to open the connection with */
    char truth[96];            /* what stands in the file after a run; both sides must agree */
    double rows;
} sides;

static void sides_day(const sides *s, int ago, char out[16])
{
    time_t t = (time_t)(s->target.now_us / 1000000) - 86400 * ago;
    struct tm day;

    bench_need(gmtime_r(&t, &day) && strftime(out, 16, "%Y-%m-%d", &day), "a day");
}

static void sides_days(sides *s, uint32_t slices)
{
    s->slices = slices;
    for (int i = 0; i < (int)slices; i++) {
        sides_day(s, 2 + i * PIPELINE_SLICE, s->days[i].to);
        sides_day(s, 1 + (i + 1) * PIPELINE_SLICE, s->days[i].from);
    }
    sides_day(s, 200, s->before.from);
    sides_day(s, 200, s->before.to);
}

static uint32_t number_of(const char *day)
{
    return (uint32_t)(strtoul(day, NULL, 10) * 10000 + strtoul(day + 5, NULL, 10) * 100 + strtoul(day + 8, NULL, 10));
}

/* The figures of the run: how many rows, and sums over them that must be the same on both sides. */
static double sides_figures(sides *s, const char *table)
{
    char query[256], text[96];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    double rows;

    (void)snprintf(query, sizeof query,
                   "SELECT count(*), count(*) || ' rows, ' || sum(spend) || ' ' || sum(clicks) || ' ' || sum(click_conversions) || ' ' ||"
                   "sum(revenue) FROM %s WHERE day > %u",
                   table, number_of(s->before.from));
    bench_need(sqlite3_open_v2(s->target.file, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "open");
    bench_need(sqlite3_prepare_v2(db, query, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW, sqlite3_errmsg(db));
    rows = sqlite3_column_double(stmt, 0);
    (void)snprintf(text, sizeof text, "%s", rows > 0 ? (const char *)sqlite3_column_text(stmt, 1) : "no rows");
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    if (!*s->truth) (void)snprintf(s->truth, sizeof s->truth, "%s", text);
    if (strcmp(s->truth, text) != 0) fprintf(stderr, "%s\n%s\n", s->truth, text);
    bench_need(rows > 0 && !strcmp(s->truth, text), "the two sides hold other figures");
    pipeline_clean(&s->target);
    s->rows = rows;
    return rows;
}

static double pipeline_ours(const bench *b, void *user)
{
    sides *s = user;
    pipeline *p = pipeline_open(&s->target, s->plain, 0);
    int64_t connection = pipeline_connect(p, s->target.account);
    uint32_t day = number_of(s->before.from);
    double began;

    (void)b;
    pipeline_wait(p, pipeline_ask(p, connection, day, day));
    began = pipeline_cpu();
    pipeline_wait(p, pipeline_ask(p, connection, number_of(s->days[s->slices - 1].from), number_of(s->days[0].to)));
    began = pipeline_cpu() - began;
    pipeline_close(p);
    return sides_figures(s, "adsync_metrics") / began;
}

static double pipeline_floor(const bench *b, void *user)
{
    sides *s = user;
    floor_side *f = floor_open(&s->target, s->plain);
    double began;

    (void)b;
    floor_sync(f, &s->before, 1);
    began = pipeline_cpu();
    floor_sync(f, s->days, s->slices);
    began = pipeline_cpu() - began;
    floor_close(f);
    return sides_figures(s, "metrics") / began;
}

int main(int argc, char **argv)
{
    sides s = { .plain = 1 };
    bench b;

    if (bench_begin(&b, "pipeline", argc, argv)) return 2;
    pipeline_begin(&s.target);
    sides_days(&s, b.quick ? 1 : 8);
    (void)bench_case(&b, "plain", 1 / 1.5, pipeline_ours, pipeline_floor, &s);
    s.plain = 0;
    (void)bench_case(&b, "tls", 1 / 1.5, pipeline_ours, pipeline_floor, &s);
    printf("%.0f metric rows a run; microseconds of processor time a row are 1,000,000 by the numbers above\n", s.rows);
    pipeline_end(&s.target);
    return bench_end(&b);
}
