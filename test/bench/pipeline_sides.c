/* SPDX-License-Identifier: MIT */
#include "pipeline_sides.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


static void sides_day(const sides *s, int ago, char out[16])
{
    time_t t = (time_t)(s->target.now_us / 1000000) - 86400 * ago;
    struct tm day;

    bench_need(gmtime_r(&t, &day) && strftime(out, 16, "%Y-%m-%d", &day), "a day");
}

void sides_days(sides *s, uint32_t slices)
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

static char *sides_ask(const pipeline_target *target, const char *query)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    char *text;

    if (target->ask) return target->ask(target, query);
    bench_need(sqlite3_open_v2(target->file, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "open");
    bench_need(sqlite3_prepare_v2(db, query, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW, sqlite3_errmsg(db));
    text = strdup((const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(db);
    pipeline_clean(target);
    return text;
}

/* The figures of the run: how many rows, and sums over them that must be the same on both sides. */
static double sides_figures(sides *s, const char *table)
{
    char query[256], *text;

    (void)snprintf(query, sizeof query,
                   "SELECT count(*) || ' rows, ' || coalesce(sum(spend), 0) || ' ' || coalesce(sum(clicks), 0) || ' ' ||"
                   " coalesce(sum(click_conversions), 0) || ' ' || coalesce(sum(revenue), 0) FROM %s WHERE day > %u",
                   table, number_of(s->before.from));
    bench_need((text = sides_ask(&s->target, query)) != NULL, "the figures");
    s->rows = strtod(text, NULL);
    if (!*s->truth) (void)snprintf(s->truth, sizeof s->truth, "%s", text);
    if (strcmp(s->truth, text) != 0) fprintf(stderr, "%s\n%s\n", s->truth, text);
    bench_need(s->rows > 0 && !strcmp(s->truth, text), "the two sides hold other figures");
    free(text);
    return s->rows;
}

double sides_ours(const bench *b, void *user)
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

double sides_floor(const bench *b, void *user)
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
