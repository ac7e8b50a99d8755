/* SPDX-License-Identifier: MIT */
/* Whether the figures of a level add up to what the platform says of the account itself. A slice's rows are summed as they are written;
 * once its days are covered, those that the same job read at both levels are compared, but for days that still move by the hour. Where they
 * differ the stored rows are summed to be sure, and the day's coverage says both numbers until they agree. Figures are never touched. */
#include "../base/decimal.h"
#include "sync_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { SUMS_PAGE = 2000, SUMS_COLUMNS = METRICS_SPEND + SYNC_FIGURES, SUMS_GAP = 11 /* in a row of coverage */ };

typedef struct sums_check {
    sync_lane *lane;
    sync_slice slice; /* the days that are compared */
    sync_sum account[SYNC_SUM_DAYS];
    bool read[SYNC_SUM_DAYS];  /* by this job, as a whole, at the account's level */
    bool known[SYNC_FIGURES]; /* the account has that figure */
    int64_t rounding;
} sums_check;

static const char *sums_setting(const sync_lane *lane, const char *name)
{
    return adsync__manifest_setting(&lane->app->connector->manifest, name);
}

/* ---- sums */

void sync_sums_begin(sync_lane *lane, const sync_slice *slice)
{
    memset(lane->sums, 0, sizeof lane->sums);
    lane->summed = adsync__day_between(slice->from, slice->to) < SYNC_SUM_DAYS;
}

/* False: a sum does not fit. */
static bool sums_add(sync_sum *sum, const adsync_value *row)
{
    const adsync_value *currency = &row[METRICS_CURRENCY];

    sum->rows++;
    if (currency->kind == ADSYNC_VALUE_TEXT && currency->size == 3) {
        sum->mixed |= *sum->currency && memcmp(sum->currency, currency->p, 3);
        memcpy(sum->currency, currency->p, 3);
    }
    for (uint32_t i = 0; i < SYNC_FIGURES; i++) {
        const adsync_value *figure = &row[METRICS_SPEND + i];
        if (figure->kind != ADSYNC_VALUE_INT) continue;
        sum->any[i] = true;
        if (__builtin_add_overflow(sum->figures[i], figure->i, &sum->figures[i])) return false;
    }
    return true;
}

void sync_sums_add(sync_lane *lane, const sync_slice *slice, const adsync_value *row)
{
    if (lane->summed) lane->summed = sums_add(&lane->sums[adsync__day_between(slice->from, row[4].i)], row);
}

/* What is stored of a level's days. */
static adsync_status sums_read(const sums_check *check, uint32_t level, sync_sum *sums, bool *fit, adsync_error **error)
{
    const sync_lane *lane = check->lane;
    adsync_value lower[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(level),
                             adsync__value_int(check->slice.from), adsync__value_text(""), adsync__value_text("") };
    const adsync_value upper[] = { lower[0], lower[1], lower[2], adsync__value_int(check->slice.to) };
    const adsync_range range = { .table = ADSYNC_T_METRICS,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = SUMS_PAGE,
                                 .columns = SUMS_COLUMNS,
                                 .lower = lower,
                                 .n_lower = 6,
                                 .upper = upper,
                                 .n_upper = 4 };
    adsync_rows *rows = NULL, *before = NULL; /* the bound lies in the page before */
    size_t n = SUMS_PAGE;
    adsync_status rc = ADSYNC_OK;

    *fit = true;
    memset(sums, 0, SYNC_SUM_DAYS * sizeof *sums);
    while (n == SUMS_PAGE && (rc = adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, &rows, error)) >= 0) {
        n = adsync_rows_count(rows);
        for (size_t i = 0; i < n; i++) {
            const adsync_value *row = adsync__rows_values(rows, i);
            *fit = *fit && sums_add(&sums[adsync__day_between(check->slice.from, row[4].i)], row);
            lower[3] = row[4];
            lower[4] = row[3];
            lower[5] = row[5];
        }
        adsync_rows_free(before);
        before = rows;
    }
    adsync_rows_free(before);
    return rc;
}

/* ---- what is compared */

static adsync_status sums_coverage(const sums_check *check, uint32_t level, adsync_rows **out, adsync_error **error)
{
    const sync_lane *lane = check->lane;
    const adsync_value lower[] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(level),
                                   adsync__value_text(""), adsync__value_int(check->slice.from) };
    const adsync_value upper[] = { lower[0], lower[1], lower[2], lower[3], adsync__value_int(check->slice.to) };
    const adsync_range range = {
        .table = ADSYNC_T_COVERAGE, .limit = SYNC_SUM_DAYS, .lower = lower, .n_lower = 5, .upper = upper, .n_upper = 5
    };

    return adsync_storage_scan(adsync__kernel_storage(lane->sync->kernel), lane->org, &range, out, error);
}

/* The account's own figures, and of which days this job read them. */
static adsync_status sums_account(sums_check *check, bool *fit, adsync_error **error)
{
    adsync_rows *rows = NULL;
    bool any = false;
    adsync_status rc = sums_coverage(check, ADSYNC_KIND_ACCOUNT, &rows, error);

    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        check->read[adsync__day_between(check->slice.from, adsync_rows_int(rows, ADSYNC_C_DAY))] =
            adsync_rows_int(rows, ADSYNC_C_PULLED_AT) >= check->lane->started_us &&
            !adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), "partial");
    adsync_rows_free(rows);
    if (rc >= 0) rc = sums_read(check, ADSYNC_KIND_ACCOUNT, check->account, fit, error);
    for (uint32_t d = 0; d < SYNC_SUM_DAYS; d++)
        for (uint32_t i = 0; i < SYNC_FIGURES; i++) any |= check->known[i] |= check->account[d].any[i];
    if (!any) check->known[0] = true; /* an account without a row spent nothing */
    return rc;
}

static int64_t sums_unit(const sync_lane *lane, const char *currency)
{
    const char *said = sums_setting(lane, "sum_rounding");
    int64_t unit = 1;

    if (!said) return 0;
    if (strcmp(said, "minor")) return strtoll(said, NULL, 10);
    for (uint32_t i = adsync__currency_decimals(currency); i < 6; i++) unit *= 10;
    return unit;
}

static bool sums_comparable(const sums_check *check, const sync_sum *sum, const sync_sum *account, uint32_t figure)
{
    bool both = sum->rows && account->rows;

    if (!check->known[figure] || (sum->rows && !sum->any[figure]) || (account->rows && !account->any[figure])) return false;
    return figure || !(sum->mixed || account->mixed || (both && memcmp(sum->currency, account->currency, sizeof sum->currency)));
}

/* Every amount may be off by half of what it is rounded to; counts are exact. */
static bool sums_differ(const sums_check *check, const sync_sum *sum, const sync_sum *account, uint32_t figure)
{
    const char *currency = *account->currency ? account->currency : sum->currency;
    int64_t diff, most = figure ? 0 : ((sum->rows + 1) * sums_unit(check->lane, currency) + 1) / 2;

    return sums_comparable(check, sum, account, figure) &&
           (__builtin_sub_overflow(sum->figures[figure], account->figures[figure], &diff) || diff > most || diff < -most);
}

static bool sums_off(const sums_check *check, const sync_sum *sums, uint32_t day)
{
    bool off = false;

    for (uint32_t i = 0; i < SYNC_FIGURES && check->read[day]; i++) off |= sums_differ(check, &sums[day], &check->account[day], i);
    return off;
}

static bool sums_any_off(const sums_check *check, const sync_sum *sums)
{
    bool off = false;

    for (uint32_t d = 0; d < SYNC_SUM_DAYS; d++) off |= sums_off(check, sums, d);
    return off;
}

/* ---- what is said of it */

static void sums_write(const sums_check *check, const sync_sum *sum, const sync_sum *account, adsync__buffer *out)
{
    adsync__json json;

    adsync__buffer_clear(out);
    adsync__json_begin(&json, out);
    adsync__json_open(&json, '{');
    for (uint32_t i = 0; i < SYNC_FIGURES; i++) {
        if (!sums_differ(check, sum, account, i)) continue;
        adsync__json_key(&json, adsync_column_name(adsync_table_column(ADSYNC_T_METRICS, METRICS_SPEND + i)));
        adsync__json_open(&json, '{');
        adsync__json_key(&json, "sum");
        adsync__json_int(&json, sum->figures[i]);
        adsync__json_key(&json, "account");
        adsync__json_int(&json, account->figures[i]);
        adsync__json_close(&json, '}');
    }
    adsync__json_close(&json, '}');
}

static void sums_warn(const sums_check *check, uint32_t days, int64_t first)
{
    sync_lane *lane = check->lane;

    if (!*lane->warning)
        (void)snprintf(lane->warning, sizeof lane->warning,
                       SYNC_GAP ": the figures of level %s do not add up to the account's on %u day%s from %lld on: see its coverage",
                       adsync_kind_name(check->slice.level), days, days == 1 ? "" : "s", (long long)first);
}

/* Puts the coverage of the days whose word changes; *n: how many. */
static adsync_status sums_tell(const sums_check *check, const sync_sum *sums, uint32_t *n, adsync_error **error)
{
    adsync_rows *rows = NULL;
    adsync__buffer gap;
    uint32_t days = 0;
    int64_t first = 0;
    adsync_status rc = sums_coverage(check, check->slice.level, &rows, error);

    *n = 0;
    adsync__buffer_begin(&gap, 4096);
    for (size_t i = 0; rc >= 0 && i < adsync_rows_count(rows); i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        adsync_value values[ADSYNC__WIDTH_MAX];
        uint32_t day = (uint32_t)adsync__day_between(check->slice.from, row[4].i);
        bool off = sums_off(check, sums, day);
        if (!check->read[day]) continue;
        check->lane->compared = true;
        if (off) sums_write(check, &sums[day], &check->account[day], &gap);
        if (gap.failed) rc = adsync__fail_memory(error);
        if (off && !days++) first = row[4].i;
        if (off ? adsync__equal_text(row[SUMS_GAP].p, gap.p) : row[SUMS_GAP].kind == ADSYNC_VALUE_NULL) continue;
        memcpy(values, row, adsync_table_width(ADSYNC_T_COVERAGE) * sizeof *values);
        values[SUMS_GAP] = adsync__value_text(off ? gap.p : NULL);
        adsync__unit_put(check->lane->unit, ADSYNC_T_COVERAGE, ADSYNC_EXPECT_ANY, 0, values, adsync_table_width(ADSYNC_T_COVERAGE));
        ++*n;
        if (off)
            adsync__log(adsync__kernel_effects(check->lane->sync->kernel), ADSYNC_LOG_WARN, SYNC_GAP, "connection %lld, %s, day %lld: %s",
                        (long long)check->lane->connection_id, adsync_kind_name(check->slice.level), (long long)row[4].i, gap.p);
    }
    if (days) sums_warn(check, days, first);
    adsync__buffer_free(&gap);
    adsync_rows_free(rows);
    return rc;
}

static adsync_status sums_compare(sums_check *check, uint32_t *n, adsync_error **error)
{
    sync_lane *lane = check->lane;
    sync_sum stored[SYNC_SUM_DAYS], *sums = lane->sums;
    bool fit = true;
    adsync_status rc = sums_account(check, &fit, error);

    if (rc >= 0 && fit && (!lane->summed || sums_any_off(check, sums))) {
        rc = sums_read(check, check->slice.level, stored, &fit, error);
        sums = stored;
    }
    return rc >= 0 && fit ? sums_tell(check, sums, n, error) : rc;
}

/* Whether the manifest names the level, as a word of its own. */
static bool sums_wanted(const sync_lane *lane, uint32_t level)
{
    const char *said = sums_setting(lane, "sum_levels"), *name = adsync_kind_name(level);
    size_t n = strlen(name);

    for (; said && *said; said += strcspn(said, " "), said += strspn(said, " "))
        if (!strncmp(said, name, n) && (!said[n] || said[n] == ' ')) return true;
    return false;
}

adsync_status sync_reconcile(sync_lane *lane, sync_slice slice, int64_t last_day, uint32_t *n, adsync_error **error)
{
    sums_check *check;
    adsync_status rc;

    *n = 0;
    if (slice.level == ADSYNC_KIND_ACCOUNT || !sums_wanted(lane, slice.level) || adsync__day_between(slice.from, slice.to) >= SYNC_SUM_DAYS)
        return ADSYNC_OK;
    if (slice.to > last_day) slice.to = last_day;
    if (slice.to < slice.from) return ADSYNC_OK;
    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    if (!(check = adsync__alloc_zero(1, sizeof *check))) return adsync__fail_memory(error);
    check->lane = lane;
    check->slice = slice;
    rc = sums_compare(check, n, error);
    adsync__free(check);
    return rc;
}
