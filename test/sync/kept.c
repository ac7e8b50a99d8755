/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define KEPT_DAY INT64_C(86400000000)

int64_t kept_ago(world *w, int64_t days)
{
    int64_t now;

    if (adsync__storage_now(w->rows, &now, NULL) < 0 || now > w->now_us) now = w->now_us;
    return now - days * KEPT_DAY;
}

adsync_engine *kept_open(world *w, uint32_t n)
{
    adsync_engine_options options = { .keep_calls_days = KEPT_CALLS, .keep_jobs_days = KEPT_JOBS, .keep_revisions_days = KEPT_REVISIONS };

    adsync_engine_free(w->engines[n].engine);
    return world_open_with(w, n, options);
}

static void kept_put(world *w, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n };

    assert_int_equal(adsync_storage_commit(w->rows, w->org, &put, 1, NULL, NULL), ADSYNC_OK);
}

void kept_call(world *w, int64_t number, int64_t called_us)
{
    const adsync_value row[] = { adsync__value_int(w->org), adsync__value_int(called_us), adsync__value_int(number) };

    kept_put(w, ADSYNC_T_API_CALLS, row, ADSYNC__COUNT(row));
}

static void kept_revision(world *w, int64_t connection, int64_t days)
{
    const adsync_value row[] = { adsync__value_int(w->org),
                                 adsync__value_int(connection),
                                 adsync__value_int(2),
                                 adsync__value_int(20260101),
                                 adsync__value_text("c1"),
                                 adsync__value_text(""),
                                 adsync__value_int(kept_ago(w, days)),
                                 adsync__value_int(days) };

    kept_put(w, ADSYNC_T_REVISIONS, row, ADSYNC__COUNT(row));
}

void kept_put_job(world *w, const kept_job *job)
{
    adsync_value row[24];

    for (size_t i = 0; i < ADSYNC__COUNT(row); i++) row[i] = adsync__value_null();
    row[0] = adsync__value_int(w->org);
    row[1] = adsync__value_int(job->job);
    row[2] = adsync__value_text(job->state);
    if (job->ended) row[9] = adsync__value_int(kept_ago(w, job->ended));
    if (job->open) row[10] = adsync__value_int(job->open);
    row[11] = adsync__value_int(job->connection);
    row[13] = adsync__value_int(job->open || job->parent < 0 ? ADSYNC_DATA_ALL : ADSYNC_DATA_METRICS);
    if (job->parent > 0) row[17] = adsync__value_int(job->parent);
    row[23] = adsync__value_int(kept_ago(w, job->created));
    kept_put(w, ADSYNC_T_JOBS, row, ADSYNC__COUNT(row));
}

bool kept_has_job(world *w, int64_t job)
{
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(job) };
    adsync_rows *rows = NULL;
    bool has;

    assert_true(adsync_storage_read(w->rows, w->org, ADSYNC_T_JOBS, 0, key, 1, &rows, NULL) >= 0);
    has = adsync_rows_count(rows) > 0;
    adsync_rows_free(rows);
    return has;
}

void kept_turns(world *w, uint32_t n, int64_t us)
{
    for (int64_t until = w->now_us + us; w->now_us < until;) (void)adsync_engine_step(w->engines[n].engine, 1000000, NULL);
}

static const char *kept_answer(world *w, const char *url) { return (void)w, (void)url, "e c1"; }

/* Two connections, so that it goes from one to the next; of jobs some in between stay. */
static const kept_job kept_jobs[] = {
    { 101, 5, 100, 99, 0, 0, "succeeded", false },
    { 102, 5, 100, 99, 0, 0, "failed", false },
    { 103, 5, 100, 0, 0, 0, "running", true }, /* however long it takes */
    { 104, 5, 99, 0, 0, 0, "queued", true },
    { 105, 5, 99, 59, 0, 0, "cancelled", true }, /* asked for long ago, ended since */
    { 106, 5, 98, 61, 0, 0, "partial", false },
    { 107, 5, 61, 59, 0, 0, "succeeded", true },
    { 110, 6, 90, 0, 0, 1, "running", true },      /* a parent that is open .. */
    { 111, 6, 90, 89, 110, 0, "succeeded", true }, /* .. and counts this one */
    { 120, 6, 90, 88, -1, 0, "succeeded", false },
    { 121, 6, 90, 89, 120, 0, "succeeded", false },
    { 122, 6, 90, 88, 120, 0, "succeeded", false },
    { 130, 7, 90, 59, -1, 0, "succeeded", true }, /* a parent that is not old yet keeps its children */
    { 131, 7, 90, 80, 130, 0, "succeeded", true },
    { 140, 7, 90, 80, 999, 0, "succeeded", false }, /* its parent is gone */
    { 150, 7, 90, 80, -1, 2, "succeeded", true },   /* it says that children are open */
};

void kept_by_age(void)
{
    static const int64_t calls[] = { 91, 400, 89, 1, 120 };
    world w;

    world_begin(&w, kept_answer);
    for (size_t i = 0; i < ADSYNC__COUNT(calls); i++) kept_call(&w, (int64_t)i + 1, kept_ago(&w, calls[i]));
    for (size_t i = 0; i < ADSYNC__COUNT(kept_jobs); i++) kept_put_job(&w, &kept_jobs[i]);
    for (int64_t i = 0; i < 6; i++) kept_revision(&w, 5 + i % 2, 28 + i);
    (void)kept_open(&w, 0);
    kept_turns(&w, 0, 120000000);
    assert_int_equal(world_count(&w, ADSYNC_T_API_CALLS, ADSYNC_C_PLATFORM, NULL), 2);
    for (size_t i = 0; i < ADSYNC__COUNT(kept_jobs); i++)
        if (kept_has_job(&w, kept_jobs[i].job) != kept_jobs[i].stays) fail_msg("job %d", (int)kept_jobs[i].job);
    assert_int_equal(world_count(&w, ADSYNC_T_REVISIONS, ADSYNC_C_PART, NULL), 2); /* of 28 and 29 days */
    world_end(&w);
}
