/* SPDX-License-Identifier: MIT */
/* Promises about pages: scans that go on after the last row of the one before, while other handles write. */
#include "kit_int.h"

#include <inttypes.h>

enum { PAGES_STABLE = 40, PAGES_SIZE = 7, PAGES_MOST = 60, PAGES_CREATED = 23, PAGES_WIDTH = 24, PAGES_STEP = 10 };

typedef struct pages_walk {
    uint32_t index, flags;
    void (*between)(kit *k, const adsync_value *last, uint32_t page); /* what others do between two pages */
    uint32_t seen[PAGES_STABLE];                                      /* how often each row came */
    uint32_t others;
} pages_walk;

/* Rows that stay are jobs 10, 20, 30 ..; with the same time by fours, so that pages end among equals. */
static void pages_put(kit *k, int64_t job, int64_t mark)
{
    adsync_value row[PAGES_WIDTH] = { KIT_I(1), KIT_I(job), KIT_T("queued"), KIT_I(mark) };

    row[11] = KIT_I(1);
    row[PAGES_CREATED] = KIT_I(1000 + job / (4 * PAGES_STEP));
    adsync__kit_put(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, row, PAGES_WIDTH);
}

static void pages_fill(kit *k)
{
    for (int i = 1; i <= PAGES_STABLE; i++)
        pages_put(k, i * PAGES_STEP, 0);
    adsync__kit_commits(k, k->one, "puts of jobs");
}

/* The bound after which the next page begins: the last row's index and key columns. */
static uint32_t pages_bound(const adsync_range *range, const adsync_value *row, adsync_value *bound)
{
    uint32_t n = 0, column;

    for (; (column = adsync_index_column(range->table, range->index, n)) != UINT32_MAX; n++)
        bound[n] = row[column];
    return n;
}

static void pages_count(kit *k, pages_walk *walk, adsync_rows *rows)
{
    for (size_t r = 0; r < adsync_rows_count(rows); r++) {
        int64_t job = adsync__rows_values(rows, r)[1].i;
        if (job % PAGES_STEP) {
            walk->others++;
            continue;
        }
        if (job < PAGES_STEP || job > PAGES_STABLE * PAGES_STEP)
            adsync__kit_broken(k, "a page gave job %" PRId64 ", which was never put", job);
        else
            walk->seen[job / PAGES_STEP - 1]++;
    }
}

/* Walks from end to end; a storage that gives the same page for ever is stopped. */
static void pages_walk_all(kit *k, pages_walk *walk)
{
    const adsync_value org[] = { KIT_I(1) };
    adsync_value bound[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX];
    adsync_range range = { .table = ADSYNC_T_JOBS,
                           .index = walk->index,
                           .flags = walk->flags,
                           .limit = PAGES_SIZE,
                           .n_lower = 1,
                           .n_upper = 1,
                           .lower = org,
                           .upper = org };
    uint32_t page = 0, n, *n_start = walk->flags & ADSYNC_RANGE_DESCENDING ? &range.n_upper : &range.n_lower;

    for (; page < PAGES_MOST && adsync__kit_fine(k); page++) {
        adsync_rows *rows = adsync__kit_scan(k, k->one, &range);
        const adsync_value *last;
        if (!adsync_rows_count(rows)) break;
        pages_count(k, walk, rows);
        last = adsync__rows_values(rows, adsync_rows_count(rows) - 1);
        n = pages_bound(&range, last, bound);
        range.flags |= ADSYNC_RANGE_EXCLUSIVE;
        *n_start = n;
        *(walk->flags & ADSYNC_RANGE_DESCENDING ? &range.upper : &range.lower) = bound;
        if (walk->between) walk->between(k, last, page);
    }
    if (page == PAGES_MOST) adsync__kit_broken(k, "pages of %d rows did not come to an end after %d of them", PAGES_SIZE, PAGES_MOST);
    for (uint32_t i = 0; i < PAGES_STABLE && adsync__kit_fine(k); i++)
        if (walk->seen[i] != 1)
            adsync__kit_broken(k, "pages gave job %" PRIu32 " of %d %" PRIu32 " times", i + 1, PAGES_STABLE, walk->seen[i]);
}

static void pages_try(kit *k, uint32_t index, uint32_t flags, void (*between)(kit *, const adsync_value *, uint32_t))
{
    pages_walk walk = { .index = index, .flags = flags, .between = between };

    pages_walk_all(k, &walk);
    if (!between && walk.others) adsync__kit_broken(k, "pages gave rows that were never put");
}

static void pages_up(kit *k)
{
    pages_fill(k);
    for (uint32_t index = 0; index < 2; index++)
        pages_try(k, index, 0, NULL);
}

static void pages_down(kit *k)
{
    pages_fill(k);
    for (uint32_t index = 0; index < 2; index++)
        pages_try(k, index, ADSYNC_RANGE_DESCENDING, NULL);
}

/* Others put rows just before and after the place where the pages are, and take the ones of the round before away. */
static void pages_come_and_go(kit *k, const adsync_value *last, uint32_t page)
{
    int64_t at = last[1].i / PAGES_STEP * PAGES_STEP;

    pages_put(k, at - 3, page);
    pages_put(k, at + 3, page);
    if (page % 2)
        adsync__kit_delete(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(at - 4)));
    else
        pages_put(k, at + 6, page);
    adsync__kit_commits(k, k->other, "puts and a delete between two pages");
}

static void pages_moving(kit *k)
{
    pages_fill(k);
    for (uint32_t i = 0; i < 4; i++)
        pages_try(k, i & 1, i & 2 ? ADSYNC_RANGE_DESCENDING : 0, pages_come_and_go);
}

/* The row at which a page ended is deleted: the next page goes on after where it was. */
static void pages_last_goes(kit *k, const adsync_value *last, uint32_t page)
{
    (void)page;
    if (last[1].i % PAGES_STEP == 0) return; /* one that must be seen */
    adsync__kit_delete(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(last[1].i)));
    adsync__kit_commits(k, k->other, "a delete of the row at which a page ended");
}

static void pages_gap(kit *k)
{
    pages_fill(k);
    for (int j = 1; j < 9; j += 2) {
        for (int i = 1; i <= PAGES_STABLE; i++)
            pages_put(k, i * PAGES_STEP - j, 0);
        adsync__kit_commits(k, k->one, "puts of jobs");
    }
    pages_try(k, 0, 0, pages_last_goes);
    pages_try(k, 1, ADSYNC_RANGE_DESCENDING, pages_last_goes);
}

/* Rows are written again, but their index columns stay. */
static void pages_rewrite(kit *k, const adsync_value *last, uint32_t page)
{
    (void)last;
    for (int i = 1; i <= PAGES_STABLE; i += 3)
        pages_put(k, i * PAGES_STEP, page + 1);
    adsync__kit_commits(k, k->other, "puts that leave the index columns as they are");
}

static void pages_rewritten(kit *k)
{
    pages_fill(k);
    for (uint32_t i = 0; i < 4; i++)
        pages_try(k, i & 1, i & 2 ? ADSYNC_RANGE_DESCENDING : 0, pages_rewrite);
}

/* A row of many columns that all carry the same mark is never seen with two. */
static void pages_whole_rows(kit *k, adsync_rows *rows)
{
    for (size_t r = 0; r < adsync_rows_count(rows) && adsync__kit_fine(k); r++) {
        const adsync_value *row = adsync__rows_values(rows, r);
        if (row[3].kind != ADSYNC_VALUE_INT || row[3].i != row[4].i || row[3].i != row[7].i || row[3].i != row[23].i)
            adsync__kit_broken(k, "a scan gave a row with columns of two commits");
    }
}

static void pages_untorn(kit *k)
{
    const adsync_value org[] = { KIT_I(1) };
    const adsync_range range = { .table = ADSYNC_T_JOBS, .limit = 99, .n_lower = 1, .n_upper = 1, .lower = org, .upper = org };
    adsync_value row[PAGES_WIDTH] = { org[0] };

    for (int round = 1; round < 6; round++) {
        for (int job = 1; job < 9; job++) {
            row[1] = KIT_I(job);
            row[3] = row[4] = row[7] = row[23] = KIT_I(round * 10 + job);
            row[22] = KIT_T(adsync__kit_long_text(k, 3000, (uint64_t)round));
            adsync__kit_put(k, ADSYNC_T_JOBS, ADSYNC_EXPECT_ANY, row, PAGES_WIDTH);
        }
        adsync__kit_commits(k, k->other, "puts of wide rows");
        pages_whole_rows(k, adsync__kit_scan(k, k->one, &range));
    }
}

/* What a refused commit would have written is in no index. */
static void pages_committed_only(kit *k)
{
    const adsync_value org[] = { KIT_I(1) }, due[] = { KIT_I(10) };
    adsync_range range = { .table = ADSYNC_T_JOBS, .limit = 99, .n_lower = 1, .n_upper = 1, .lower = org, .upper = org };

    pages_put(k, 10, 1);
    adsync__kit_commits(k, k->one, "a put");
    pages_put(k, 10, 2);
    pages_put(k, 20, 2);
    adsync__kit_put(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("a")));
    adsync__kit_refuses(k, k->one, "001", "a commit with one change that does not hold");
    for (range.index = 0; range.index < 2; range.index++) {
        adsync__kit_gives(k, k->one, &range, 1, due, 1);
        adsync__kit_gives(k, k->other, &range, 1, due, 1);
    }
}

const kit_promise adsync__kit_pages_list[] = {
    { "8.11 pages go up: each begins strictly after the last row", "resume after (index columns, key), not by counting rows", pages_up, 0,
      0 },
    { "8.12 pages go down: each begins strictly before the last row", "going down, the bound where the scan starts is upper", pages_down, 0,
      0 },
    { "9.1 a scan gives whole rows", "answer a row from one commit only", pages_untorn, 0, 0 },
    { "9.2 a scan gives committed rows only", "what was rolled back must not stay in an index", pages_committed_only, 0, 0 },
    { "9.3 pages give a row once while others come and go", "resume after (index columns, key), not by counting rows", pages_moving, 0, 0 },
    { "9.4 pages go on where the row they ended at was deleted", "a bound is a place in the order, not a row", pages_gap, 0, 0 },
    { "9.5 pages give a row once that is rewritten in place", "keep a row's place where its index columns stay", pages_rewritten, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
