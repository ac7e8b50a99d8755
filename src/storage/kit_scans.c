/* SPDX-License-Identifier: MIT */
/* Promises about indexes and one scan. The rows are jobs: (org, job) is the key, by_connection is (org, connection, created_us)
 * and goes on with the job; a scan's answer is told by the jobs it gives. */
#include "kit_int.h"

enum { SCANS_JOB = 1, SCANS_CONNECTION = 11, SCANS_CREATED = 23, SCANS_WIDTH = 24, SCANS_ORG = 1 };

typedef struct scans_job {
    int64_t job, connection, created; /* 0: null */
} scans_job;

/* Nine jobs of two connections, put in no order; some share their time, and then the key decides. */
static const scans_job scans_jobs[] = {
    { 5, 1, 300 }, { 2, 1, 100 }, { 9, 2, 150 }, { 1, 1, 200 }, { 4, 1, 200 }, { 3, 1, 200 }, { 8, 2, 50 }, { 7, 1, 400 }, { 6, 1, 300 },
};

static void scans_put(kit *k, int64_t org, scans_job job)
{
    adsync_value row[SCANS_WIDTH] = { KIT_I(org), KIT_I(job.job), KIT_T("queued") };

    if (job.connection) row[SCANS_CONNECTION] = KIT_I(job.connection);
    if (job.created) row[SCANS_CREATED] = KIT_I(job.created);
    adsync__kit_put(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, row, SCANS_WIDTH);
}

static void scans_fill(kit *k)
{
    for (size_t i = 0; i < ADSYNC__COUNT(scans_jobs); i++) { /* one by one: a commit would sort them */
        scans_put(k, SCANS_ORG, scans_jobs[i]);
        adsync__kit_commits(k, k->one, "a put of a job");
    }
}

/* Bounds after the organisation; n_lower and n_upper count the organisation too. */
typedef struct scans_case {
    uint32_t flags, limit, n_lower, n_upper;
    int64_t lower[3], upper[3];
    int64_t due[10]; /* jobs; 0 ends them */
} scans_case;

static void scans_try(kit *k, uint32_t index, const scans_case *c)
{
    adsync_value lower[4] = { KIT_I(SCANS_ORG) }, upper[4] = { KIT_I(SCANS_ORG) }, due[10];
    adsync_range range = { .table = ADSYNC_T_JOBS,
                           .index = index,
                           .flags = c->flags,
                           .limit = c->limit ? c->limit : 99,
                           .n_lower = c->n_lower,
                           .n_upper = c->n_upper,
                           .lower = lower,
                           .upper = upper };
    uint32_t n = 0;

    for (int i = 0; i < 3; i++) {
        lower[i + 1] = KIT_I(c->lower[i]);
        upper[i + 1] = KIT_I(c->upper[i]);
    }
    for (; n < 10 && c->due[n]; n++)
        due[n] = KIT_I(c->due[n]);
    adsync__kit_gives(k, k->one, &range, SCANS_JOB, due, n);
}

static void scans_try_all(kit *k, const scans_case *cases, size_t n)
{
    scans_fill(k);
    for (size_t i = 0; i < n; i++)
        scans_try(k, 1, &cases[i]);
}

static void scans_order(kit *k)
{
    static const scans_case cases[] = {
        { 0, 0, 1, 1, { 0 }, { 0 }, { 2, 1, 3, 4, 5, 6, 7, 8, 9 } },
        { 0, 0, 2, 2, { 1 }, { 1 }, { 2, 1, 3, 4, 5, 6, 7 } },
        { 0, 0, 2, 2, { 2 }, { 2 }, { 8, 9 } },
    };
    static const scans_case by_key = { 0, 0, 1, 1, { 0 }, { 0 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9 } };

    scans_try_all(k, cases, ADSYNC__COUNT(cases));
    scans_try(k, 0, &by_key);
}

static void scans_descending(kit *k)
{
    static const scans_case cases[] = {
        { ADSYNC_RANGE_DESCENDING, 0, 1, 1, { 0 }, { 0 }, { 9, 8, 7, 6, 5, 4, 3, 1, 2 } },
        { ADSYNC_RANGE_DESCENDING, 0, 3, 3, { 1, 200 }, { 1, 300 }, { 6, 5, 4, 3, 1 } },
    };

    scans_try_all(k, cases, ADSYNC__COUNT(cases));
}

static void scans_bounds(kit *k)
{
    static const scans_case cases[] = {
        { 0, 0, 3, 3, { 1, 200 }, { 1, 200 }, { 1, 3, 4 } },
        { 0, 0, 3, 3, { 1, 150 }, { 1, 300 }, { 1, 3, 4, 5, 6 } },
        { 0, 0, 3, 2, { 1, 300 }, { 1 }, { 5, 6, 7 } },
        { 0, 0, 2, 3, { 1 }, { 1, 200 }, { 2, 1, 3, 4 } },
        { 0, 0, 4, 3, { 1, 200, 3 }, { 1, 300 }, { 3, 4, 5, 6 } },
        { 0, 0, 4, 4, { 1, 200, 2 }, { 1, 200, 3 }, { 3 } },
        { 0, 0, 3, 3, { 1, 401 }, { 1, 500 }, { 0 } },
        { 0, 0, 3, 3, { 1, 300 }, { 1, 200 }, { 0 } },
        { 0, 0, 2, 2, { 3 }, { 3 }, { 0 } },
    };

    scans_try_all(k, cases, ADSYNC__COUNT(cases));
}

static void scans_exclusive(kit *k)
{
    enum { X = ADSYNC_RANGE_EXCLUSIVE, XD = ADSYNC_RANGE_EXCLUSIVE | ADSYNC_RANGE_DESCENDING };
    static const scans_case cases[] = {
        { X, 0, 4, 2, { 1, 200, 3 }, { 1 }, { 4, 5, 6, 7 } }, { X, 0, 3, 2, { 1, 200 }, { 1 }, { 5, 6, 7 } },
        { X, 0, 3, 3, { 1, 100 }, { 1, 200 }, { 1, 3, 4 } },  { X, 0, 2, 1, { 1 }, { 0 }, { 8, 9 } },
        { XD, 0, 2, 4, { 1 }, { 1, 200, 3 }, { 1, 2 } },      { XD, 0, 2, 3, { 1 }, { 1, 300 }, { 4, 3, 1, 2 } },
        { XD, 0, 3, 3, { 1, 200 }, { 1, 300 }, { 4, 3, 1 } },
    };

    scans_try_all(k, cases, ADSYNC__COUNT(cases));
}

static void scans_limit(kit *k)
{
    static const scans_case cases[] = {
        { 0, 1, 2, 2, { 1 }, { 1 }, { 2 } },
        { 0, 4, 2, 2, { 1 }, { 1 }, { 2, 1, 3, 4 } },
        { ADSYNC_RANGE_DESCENDING, 2, 2, 2, { 1 }, { 1 }, { 7, 6 } },
        { 0, 7, 2, 2, { 1 }, { 1 }, { 2, 1, 3, 4, 5, 6, 7 } },
    };

    scans_try_all(k, cases, ADSYNC__COUNT(cases));
}

static void scans_nulls(kit *k)
{
    static const scans_case none = { 0, 0, 1, 1, { 0 }, { 0 }, { 3 } }, all = { 0, 0, 1, 1, { 0 }, { 0 }, { 1, 2, 3, 4 } };
    static const scans_case later = { 0, 0, 1, 1, { 0 }, { 0 }, { 3, 1 } };

    scans_put(k, SCANS_ORG, (scans_job){ 1, 1, 0 });
    scans_put(k, SCANS_ORG, (scans_job){ 2, 0, 100 });
    scans_put(k, SCANS_ORG, (scans_job){ 3, 1, 100 });
    scans_put(k, SCANS_ORG, (scans_job){ 4, 0, 0 });
    adsync__kit_commits(k, k->one, "puts of rows with null in columns of an index");
    scans_try(k, 1, &none);
    scans_try(k, 0, &all);
    scans_put(k, SCANS_ORG, (scans_job){ 1, 1, 200 });
    adsync__kit_commits(k, k->one, "a put");
    scans_try(k, 1, &later);
    scans_put(k, SCANS_ORG, (scans_job){ 1, 1, 0 });
    adsync__kit_commits(k, k->one, "a put");
    scans_try(k, 1, &none);
}

static void scans_follow(kit *k)
{
    static const scans_case moved = { 0, 0, 2, 2, { 1 }, { 1 }, { 7, 2, 3, 4, 6 } }, old = { 0, 0, 3, 3, { 1, 400 }, { 1, 400 }, { 0 } };
    static const scans_case there = { 0, 0, 2, 2, { 2 }, { 2 }, { 8, 9, 1 } };

    scans_fill(k);
    scans_put(k, SCANS_ORG, (scans_job){ 7, 1, 10 });
    scans_put(k, SCANS_ORG, (scans_job){ 1, 2, 200 });
    adsync__kit_delete(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(SCANS_ORG), KIT_I(5)));
    adsync__kit_commits(k, k->one, "puts that move rows in an index, and a delete");
    scans_try(k, 1, &moved);
    scans_try(k, 1, &old);
    scans_try(k, 1, &there);
}

/* Text columns in an index, and text among the key's columns that it goes on with. */
static void scans_texts(kit *k)
{
    static const char *const days[][3] = {
        { "a", "20260102", "x" }, { "b", "20260101", "x" }, { "a", "20260101", "y" }, { "a", "20260101", "x" }, { "ab", "20260101", "x" }
    };
    const adsync_value bound[] = { KIT_I(1), KIT_I(1), KIT_I(4), KIT_I(20260101) },
                       after[] = { bound[0], bound[1], bound[2], bound[3], KIT_T("a"), KIT_T("y") };
    const adsync_value due[] = { KIT_I(3), KIT_I(2), KIT_I(4), KIT_I(1) };
    adsync_range range = { .table = ADSYNC_T_METRICS, .index = 1, .limit = 9, .n_lower = 4, .n_upper = 4, .lower = bound, .upper = bound };

    for (int i = 0; i < 5; i++)
        adsync__kit_put(
            k, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY,
            KIT_ROW(bound[0], bound[1], bound[2], KIT_T(days[i][0]), KIT_I(days[i][1][7] - '0' + 20260100), KIT_T(days[i][2]), KIT_I(i)));
    adsync__kit_commits(k, k->one, "puts of figures");
    adsync__kit_gives(k, k->one, &range, 6, due, 4);
    range.flags = ADSYNC_RANGE_EXCLUSIVE;
    range.lower = after;
    range.n_lower = 6;
    adsync__kit_gives(k, k->one, &range, 6, &due[2], 2);
}

static void scans_open(kit *k)
{
    const adsync_value low[] = { KIT_I(2) }, high[] = { KIT_I(3) }, due[] = { KIT_I(1), KIT_I(2), KIT_I(3), KIT_I(4) };
    adsync_range range = { .table = ADSYNC_T_ORGS, .index = 1, .limit = 9 };

    for (int i = 0; i < 4; i++)
        adsync__kit_put(k, ADSYNC_T_ORGS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T(adsync__kit_text(k, "%d", 9 - i)), KIT_I(i + 1)));
    adsync__kit_commits(k, k->one, "puts of organisations");
    adsync__kit_gives(k, k->one, &range, 1, due, 4);
    range.lower = low;
    range.n_lower = 1;
    adsync__kit_gives(k, k->one, &range, 1, due + 1, 3);
    range.n_lower = 0;
    range.upper = high;
    range.n_upper = 1;
    adsync__kit_gives(k, k->one, &range, 1, due, 3);
}

/* Due work of every organisation, earliest first; of two due at once the smaller key. */
static void scans_all_orgs(kit *k)
{
    static const int64_t queue[][3] = { { 2, 1, 100 }, { 1, 1, 200 }, { 10, 1, 50 }, { 1, 2, 100 } };
    const adsync_value lower[] = { KIT_I(0) }, upper[] = { KIT_I(150) }, due[] = { KIT_I(10), KIT_I(1), KIT_I(2) };
    const adsync_range range = { .table = ADSYNC_T_QUEUE,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_ALL_ORGS,
                                 .limit = 9,
                                 .n_lower = 1,
                                 .n_upper = 1,
                                 .lower = lower,
                                 .upper = upper };

    for (int i = 0; i < 4; i++)
        adsync__kit_put(k, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY,
                        KIT_ROW(KIT_I(queue[i][0]), KIT_I(queue[i][1]), KIT_T("s"), KIT_I(queue[i][2])));
    adsync__kit_commits(k, k->one, "puts of work of three organisations");
    adsync__kit_gives(k, k->one, &range, 0, due, 3);
}

static void scans_flag(kit *k)
{
    const adsync_value lower[] = { KIT_I(0) }, upper[] = { KIT_I(150) };
    adsync_range range = { .table = ADSYNC_T_QUEUE, .index = 1, .limit = 9, .n_lower = 1, .n_upper = 1, .lower = lower, .upper = upper };
    size_t without, with;

    for (int i = 1; i < 3; i++)
        adsync__kit_put(k, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(i), KIT_I(1), KIT_T("s"), KIT_I(100)));
    adsync__kit_commits(k, k->one, "puts of work of two organisations");
    without = adsync_rows_count(adsync__kit_raw_scan(k, k->one, &range));
    range.flags = ADSYNC_RANGE_ALL_ORGS;
    with = adsync_rows_count(adsync__kit_raw_scan(k, k->one, &range));
    if (without != 2 || with != 2)
        adsync__kit_broken(k, "a scan gave %zu rows without the flag ALL_ORGS and %zu with it, 2 were due", without, with);
}

const kit_promise adsync__kit_scans_list[] = {
    { "8.1 a scan is in the order of index, then key", "order by the index' columns, then by the key's columns that it lacks", scans_order,
      0, 0 },
    { "8.2 a scan goes down as well", "reverse the whole order, the key's part too", scans_descending, 0, 0 },
    { "8.3 bounds are equality on a prefix, then one range, ends included",
      "compare a bound over its own length, like a row value cut to it", scans_bounds, 0, 0 },
    { "8.4 EXCLUSIVE leaves out what equals the bound at the start",
      "up: leave out rows equal to lower over its length; down: to upper; the far end stays in", scans_exclusive, 0, 0 },
    { "8.5 a scan gives at most its limit", "stop at range->limit", scans_limit, 0, 0 },
    { "8.6 a row with a null in an index is not in it", "leave such rows out of the index' scans; they are still in the key's", scans_nulls,
      0, 0 },
    { "8.7 an index follows puts and deletes", "move rows in each index when they change", scans_follow, 0, 0 },
    { "8.8 an index of text goes on with text of the key", "order by every column's bytes", scans_texts, 0, 0 },
    { "8.9 a bound may be open", "no bound means from the first row, or to the last", scans_open, 0, 0 },
    { "8.10 an index over all organisations gives all of them", "such an index does not start with the organisation", scans_all_orgs, 0,
      0 },
    { NULL, NULL, NULL, 0, 0 },
};

const kit_promise adsync__kit_flags_list[] = {
    { "11.1 the flag ALL_ORGS changes nothing", "ignore it; the library decides who may scan", scans_flag, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
