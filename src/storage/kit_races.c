/* SPDX-License-Identifier: MIT */
/* Promises about two handles on the same rows, interleaved by hand, and about what outlives a handle. Real overlap is what
 * kit_worker.c is for: one process without threads cannot show it. */
#include "kit_int.h"

#include <inttypes.h>

static void races_absent(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };

    adsync__kit_lacks(k, k->one, ADSYNC_T_META, key, 1);
    adsync__kit_lacks(k, k->other, ADSYNC_T_META, key, 1);
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_I(1)));
    adsync__kit_commits(k, k->other, "the first of two puts that expect no row");
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_refuses(k, k->one, "1", "the second of two puts that expect no row, on another handle");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
}

/* Each writer checks the row that the other one writes. */
static void races_skew_once(kit *k, adsync_storage *first, adsync_storage *second)
{
    const adsync_value x[] = { KIT_T("x"), KIT_I(0) }, y[] = { KIT_T("y"), KIT_I(0) };
    int64_t at_x, at_y;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("x"), KIT_I(1)));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("y"), KIT_I(1)));
    at_x = adsync__kit_version_of(k, ADSYNC_T_META, x);
    at_y = adsync__kit_version_of(k, ADSYNC_T_META, y);
    adsync__kit_demand(k, ADSYNC_T_META, at_x, x, 1);
    adsync__kit_put(k, ADSYNC_T_META, at_y, y, 2);
    adsync__kit_commits(k, first, "a check of one row with a put of another");
    adsync__kit_put(k, ADSYNC_T_META, at_x, x, 2);
    adsync__kit_demand(k, ADSYNC_T_META, at_y, y, 1);
    adsync__kit_refuses(k, second, "01", "a check of the row that the other writer changed");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("x"), KIT_I(1)));
}

static void races_skew(kit *k)
{
    races_skew_once(k, k->one, k->other);
    races_skew_once(k, k->other, k->one);
}

static void races_delete_first(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    adsync__kit_delete(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_commits(k, k->other, "a delete");
    adsync__kit_demand(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_I(1)));
    adsync__kit_refuses(k, k->one, "10", "a check of a row that another handle deleted");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b")));
}

static void races_delete(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    races_delete_first(k);
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    adsync__kit_demand(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_I(1)));
    adsync__kit_commits(k, k->one, "a check of a row that is there");
    adsync__kit_delete(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_commits(k, k->other, "a delete of a row that was only checked");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, key, 1);
}

/* The library sorts, so both arrive in the same order. */
static void races_opposite(kit *k)
{
    enum { ROWS = 50, ROUNDS = 4 };

    for (int round = 0; round < ROUNDS && adsync__kit_fine(k); round++) {
        for (int i = 0; i < ROWS; i++)
            adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY,
                            KIT_ROW(KIT_T(adsync__kit_text(k, "%02d", round & 1 ? ROWS - 1 - i : i)), KIT_I(round)));
        adsync__kit_commits(k, round & 1 ? k->other : k->one, "one of two batches over the same rows in opposite orders");
    }
    for (int i = 0; i < ROWS; i++)
        adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T(adsync__kit_text(k, "%02d", i)), KIT_I(ROUNDS - 1)));
}

/* ---- what every handle sees, and what stays */

static void races_seen_by(kit *k, adsync_storage *writer, adsync_storage *reader, int64_t mark)
{
    const adsync_value first[] = { KIT_T("a") }, added[] = { KIT_T(adsync__kit_text(k, "b%d", (int)mark)), KIT_I(mark + 1) };
    const adsync_range a = { .table = ADSYNC_T_META, .limit = 9, .n_upper = 1, .upper = first };
    const adsync_range b = { .table = ADSYNC_T_META, .limit = 9, .n_lower = 1, .n_upper = 1, .lower = added, .upper = added };

    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(first[0], KIT_I(mark)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, added, 2);
    adsync__kit_commits(k, writer, "a put");
    adsync__kit_has(k, reader, ADSYNC_T_META, KIT_ROW(first[0], KIT_I(mark)));
    adsync__kit_has(k, reader, ADSYNC_T_META, added, 2);
    adsync__kit_gives(k, reader, &a, 1, &KIT_I(mark), 1);
    adsync__kit_gives(k, reader, &b, 1, &added[1], 1);
}

static void races_visible(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    const adsync_range all = { .table = ADSYNC_T_META, .limit = 10 };

    adsync__kit_lacks(k, k->other, ADSYNC_T_META, key, 1); /* what a handle saw before must not stick */
    adsync__kit_gives(k, k->other, &all, 0, NULL, 0);
    adsync__kit_gives(k, k->one, &all, 0, NULL, 0);
    for (int64_t mark = 1; mark < 9; mark += 2)
        races_seen_by(k, mark & 2 ? k->other : k->one, mark & 2 ? k->one : k->other, mark);
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, key, 1);
    adsync__kit_commits(k, k->one, "a delete");
    adsync__kit_lacks(k, k->other, ADSYNC_T_META, key, 1);
    adsync__kit_gives(k, k->other, &(adsync_range){ .table = ADSYNC_T_META, .limit = 9, .n_upper = 1, .upper = key }, 0, NULL, 0);
}

static void races_reopened(kit *k)
{
    adsync_error *words = NULL;
    const adsync_value bound[] = { KIT_I(1), KIT_I(1) }, ids[] = { KIT_I(3), KIT_I(2) };
    const adsync_range by_parent = {
        .table = ADSYNC_T_JOBS, .index = 2, .limit = 9, .n_lower = 2, .n_upper = 2, .lower = bound, .upper = bound
    };
    adsync_value job[19] = { KIT_I(1) };
    const int64_t jobs[] = { 2, 3, 4 };

    for (size_t i = 0; i < ADSYNC__COUNT(jobs); i++) { /* 4 has another parent */
        job[1] = KIT_I(jobs[i]);
        job[17] = KIT_I(jobs[i] == 4 ? 2 : 1);
        job[18] = KIT_T(jobs[i] == 2 ? "z" : "y");
        (void)adsync__kit_store(k, ADSYNC_T_JOBS, job, 19);
    }
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1), KIT_T("one")));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b")));
    adsync__kit_commits(k, k->other, "a delete");
    adsync__kit_shut(k);
    (void)adsync__kit_failed(k, "opening again", adsync__kit_open(k, &words), words);
    adsync_error_free(words);
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1), KIT_T("one")));
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b")));
    adsync__kit_gives(k, k->other, &by_parent, 1, ids, 2);
}

static void races_processes(kit *k)
{
    adsync__kit_skip(k, "promised, not shown here: run adsync_storage_check_worker in several processes");
}
static void races_killed(kit *k) { adsync__kit_skip(k, "promised, not shown here: kill processes that run adsync_storage_check_worker"); }
static void races_plug(kit *k) { adsync__kit_skip(k, "promised, not shown here: no program can pull the plug"); }

const kit_promise adsync__kit_races_list[] = {
    { "2.5 of two that saw no row one may put it", "compare inside the commit, over all handles", races_absent, 0, 0 },
    { "2.6 write skew is refused, both ways", "a check must hold until the commit is done, also against writers on other handles",
      races_skew, 0, 0 },
    { "2.7 a delete is refused or seen by a check", "a check of a row that is gone does not hold", races_delete, 0, 0 },
    { "2.8 batches given in opposite orders get through", "take the changes in the order they come: it is sorted", races_opposite, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};

const kit_promise adsync__kit_lasting_list[] = {
    { "3.1 every handle sees a commit at once", "keep no copy of rows in a handle, and read from no replica", races_visible, 0, 0 },
    { "3.2 commits outlive the handles", "write it down before OK is answered", races_reopened, ADSYNC_STORAGE_VOLATILE, 0 },
    { "3.3 other processes see a commit", "", races_processes, ADSYNC_STORAGE_ONE_PROCESS, 0 },
    { "3.4 commits outlive kill -9", "", races_killed, ADSYNC_STORAGE_VOLATILE, 0 },
    { "3.5 commits outlive the plug", "", races_plug, ADSYNC_STORAGE_VOLATILE | ADSYNC_STORAGE_NOT_POWER_SAFE, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
