/* SPDX-License-Identifier: MIT */
#include "sides.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOT_MAX = 100 };

void pulls_make(pulls *p, uint32_t rows)
{
    *p = (pulls){ .rows = rows, .figures = calloc(rows, sizeof *p->figures) };
    p->values = calloc((size_t)rows * METRIC, sizeof *p->values);
    p->changes = calloc(rows, sizeof *p->changes);
    bench_need(p->figures && p->values && p->changes, "memory");
}

void pulls_free(pulls *p)
{
    free(p->figures);
    free(p->values);
    free(p->changes);
}

static void pulls_figures(figures *f, uint32_t i, int64_t pull)
{
    *f = (figures){ .org = 1, .connection = 12345, .level = ADSYNC_KIND_CAMPAIGN, .pull = pull };
    f->day = 20260328 - i / BATCH % 28 - i / BATCH / 28 * 100;
    f->pulled_at = 1800000000000000 + pull;
    snprintf(f->entity, sizeof f->entity, "12020%010u", i % BATCH * 7919u % 1000003u);
    f->part = "base";
    f->currency = "EUR";
    f->attribution = "7d_click,1d_view";
    f->extra = "{\"video_p25\":120,\"video_p50\":80}";
    for (uint32_t n = 0; n < 15; n++)
        f->numbers[n] = (int64_t)(i % 1000) * (n + 1) * 10000 + pull;
}

static adsync_value number(int64_t i) { return (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = i }; }
static adsync_value text(const char *p) { return (adsync_value){ .kind = ADSYNC_VALUE_TEXT, .p = p, .size = (uint32_t)strlen(p) }; }

static void pulls_values(const figures *f, adsync_value *v)
{
    uint32_t n = 0, k = 0;

    v[n++] = number(f->org);
    v[n++] = number(f->connection);
    v[n++] = number(f->level);
    v[n++] = text(f->entity);
    v[n++] = number(f->day);
    v[n++] = text(f->part);
    v[n++] = number(f->pull);
    v[n++] = text(f->currency);
    while (k < 15) v[n++] = number(f->numbers[k++]);
    v[n++] = text(f->attribution);
    v[n++] = number(f->pulled_at);
    v[n++] = number(f->final);
    v[n++] = (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    v[n++] = text(f->extra);
    v[n++] = (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    bench_need(n == METRIC && n == adsync_table_width(ADSYNC_T_METRICS), "the metrics table has other columns now");
}

void pulls_fill(pulls *p, int64_t pull)
{
    for (uint32_t i = 0; i < p->rows; i++) {
        pulls_figures(&p->figures[i], i, pull);
        pulls_values(&p->figures[i], p->values + (size_t)i * METRIC);
        p->changes[i] = (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_METRICS, .expected = ADSYNC_EXPECT_ANY,
                                         .values = p->values + (size_t)i * METRIC, .n_values = METRIC };
    }
}

static void sides_commit(adsync_storage *storage, int64_t org, const adsync_change *changes, uint32_t n)
{
    adsync_error *error = NULL;

    bench_need(adsync_storage_commit(storage, org, changes, n, NULL, &error) == ADSYNC_OK, adsync_error_message(error));
}

double pulls_put(pulls *p, adsync_storage *storage)
{
    double began, took = 0;

    for (int64_t pull = 1; pull <= 3; pull++) {
        pulls_fill(p, pull);
        began = bench_seconds();
        for (uint32_t i = 0; i < p->rows; i += BATCH)
            sides_commit(storage, 1, p->changes + i, BATCH);
        took += bench_seconds() - began;
    }
    return 3 * p->rows / took;
}

void job_values(uint32_t i, adsync_value *slot, adsync_value *lane)
{
    slot[0] = lane[0] = number(1 + i / LOT_MAX % 7);
    slot[1] = lane[1] = number(1000 + i);
    slot[2] = text("scheduled-sync:metrics");
    slot[3] = number(1800000000000000 + i);
    slot[4] = number(0);
    slot[5] = number(1 + i % 4);
    slot[6] = number(50000 + i);
    slot[7] = (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    slot[8] = number(1800000000000000);
    lane[2] = number(2);
    lane[3] = (adsync_value){ .kind = ADSYNC_VALUE_NULL };
    lane[4] = number(50000 + i);
    lane[5] = text("{\"day\":20261120}");
    lane[6] = number(0);
    lane[7] = number(1800000000000000 + i);
}

static adsync_change put(uint32_t table, int64_t expected, int64_t version, const adsync_value *values, uint32_t n)
{
    return (adsync_change){ ADSYNC_CHANGE_PUT, table, expected, version, values, n, 0 };
}

void jobs_put(adsync_storage *storage, uint32_t jobs)
{
    for (uint32_t i = 0; i < jobs; i++) {
        adsync_value slot[SLOT], lane[LANE];
        const adsync_change changes[] = {
            put(ADSYNC_T_QUEUE, ADSYNC_EXPECT_ABSENT, VERSION, slot, SLOT),
            put(ADSYNC_T_LANES, ADSYNC_EXPECT_ABSENT, VERSION, lane, LANE),
        };
        job_values(i, slot, lane);
        sides_commit(storage, slot[0].i, changes, 2);
    }
}

double jobs_work(adsync_storage *storage, uint32_t jobs, uint32_t lot)
{
    adsync_value slots[LOT_MAX][SLOT], lanes[LOT_MAX][LANE];
    adsync_change claim[2 * LOT_MAX], complete[LOT_MAX];
    double began = bench_seconds();

    bench_need(lot <= LOT_MAX && LOT_MAX % lot == 0 && jobs % lot == 0, "a lot of another size");
    for (uint32_t i = 0; i < jobs; i += lot) {
        for (uint32_t k = 0; k < lot; k++) {
            job_values(i + k, slots[k], lanes[k]);
            lanes[k][3] = number(9);
            claim[k] = (adsync_change){ .op = ADSYNC_CHANGE_DELETE, .table = ADSYNC_T_QUEUE, .expected = VERSION, .values = slots[k],
                                        .n_values = 3 };
            claim[lot + k] = put(ADSYNC_T_LANES, VERSION, VERSION + 1, lanes[k], LANE);
            complete[k] = put(ADSYNC_T_LANES, VERSION + 1, 0, lanes[k], LANE);
        }
        sides_commit(storage, slots[0][0].i, claim, 2 * lot);
        for (uint32_t k = 0; k < lot; k++)
            lanes[k][3] = (adsync_value){ .kind = ADSYNC_VALUE_NULL };
        sides_commit(storage, slots[0][0].i, complete, lot);
    }
    return jobs / (bench_seconds() - began);
}
