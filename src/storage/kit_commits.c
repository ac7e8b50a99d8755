/* SPDX-License-Identifier: MIT */
/* Promises about whole commits: all or nothing, every conflict named, limits. */
#include "kit_int.h"

#include <inttypes.h>

enum {
    COMMITS_CHANGES_MOST = 5000, /* a storage may declare more than is worth the time to try */
    COMMITS_BYTES_MOST = 16 << 20,
    COMMITS_PIECE = 1 << 20
};

/* Six rows in three tables and two organisations; each change alone would hold but the one that is spoilt. */
static void commits_fill(kit *k)
{
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("a"), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_KEYS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("on"), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_KEYS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(2), KIT_I(1), KIT_T("on"), KIT_I(1)));
    adsync__kit_commits(k, k->one, "puts in three tables");
}

static void commits_unchanged(kit *k)
{
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(1)));
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("c")));
    adsync__kit_has(k, k->one, ADSYNC_T_KEYS, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("on"), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_KEYS, KIT_ROW(KIT_I(2), KIT_I(1), KIT_T("on"), KIT_I(1)));
    adsync__kit_lacks(k, k->one, ADSYNC_T_SEEN, KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1)));
}

static void commits_all(kit *k)
{
    const adsync_value seen[] = { KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_B("x", 1) };

    commits_fill(k);
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("a")));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("c"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_KEYS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("on"), KIT_I(2)));
    adsync__kit_demand(k, ADSYNC_T_KEYS, adsync__kit_version_of(k, ADSYNC_T_KEYS, (const adsync_value[]){ KIT_I(2), KIT_I(1) }),
                       KIT_ROW(KIT_I(2), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY, seen, 6);
    adsync__kit_commits(k, k->one, "a commit of a delete, puts and a check in three tables and two organisations");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a")));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("c"), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_KEYS, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("on"), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_KEYS, KIT_ROW(KIT_I(2), KIT_I(1), KIT_T("on"), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_SEEN, seen, 6);
}

/* The one change that does not hold stands first, in the middle and last. */
static void commits_nothing(kit *k)
{
    const int64_t never = 5;
    static const char *const held[] = { "100000", "000100", "000001" };

    commits_fill(k);
    for (int spoilt = 0; spoilt < 3 && adsync__kit_fine(k); spoilt++) {
        adsync__kit_put(k, ADSYNC_T_META, spoilt == 0 ? never : ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("a"), KIT_I(2)));
        adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b")));
        adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("c"), KIT_I(2)));
        adsync__kit_put(k, ADSYNC_T_KEYS, spoilt == 1 ? never : ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("on"), KIT_I(2)));
        adsync__kit_delete(k, ADSYNC_T_KEYS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(2), KIT_I(1)));
        adsync__kit_put(k, ADSYNC_T_SEEN, spoilt == 2 ? never : ADSYNC_EXPECT_ANY,
                        KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_B("x", 1)));
        adsync__kit_refuses(k, k->one, held[spoilt], "a commit with one change that does not hold");
        commits_unchanged(k);
    }
}

static void commits_named(kit *k)
{
    commits_fill(k);
    adsync__kit_put(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("c"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_KEYS, 5, KIT_ROW(KIT_I(1), KIT_I(1), KIT_T("off")));
    adsync__kit_put(k, ADSYNC_T_KEYS, adsync__kit_version_of(k, ADSYNC_T_KEYS, (const adsync_value[]){ KIT_I(2), KIT_I(1) }),
                    KIT_ROW(KIT_I(2), KIT_I(1), KIT_T("off")));
    adsync__kit_put(k, ADSYNC_T_SEEN, 5, KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1)));
    adsync__kit_refuses(k, k->one, "101101", "a commit with four changes that do not hold");
}

/* As 2.3, over every kind of change: one statement per kind must not stop at the first kind that fails. */
static void commits_named_kinds(kit *k)
{
    commits_fill(k);
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("b")));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("c"), KIT_I(2)));
    adsync__kit_demand(k, ADSYNC_T_KEYS, 5, KIT_ROW(KIT_I(1), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_KEYS, 5, KIT_ROW(KIT_I(2), KIT_I(1), KIT_T("off")));
    adsync__kit_delete(k, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1)));
    adsync__kit_refuses(k, k->one, "110110", "a commit in which a put, a delete and a check do not hold");
}

/* ---- limits */

/* A connection's days of figures, as a backfill commits them. */
static void commits_day(kit *k, uint32_t i, int64_t clicks)
{
    const adsync_value row[] = { KIT_I(1), KIT_I(1), KIT_I(ADSYNC_KIND_AD), KIT_T("ad"), KIT_I(20200000 + i), KIT_T("core"),
                                 KIT_I(i), KIT_N,    KIT_I(clicks) };

    adsync__kit_put(k, ADSYNC_T_METRICS, ADSYNC_EXPECT_ANY, row, ADSYNC__COUNT(row));
}

static void commits_many(kit *k)
{
    uint32_t n = k->max_changes < COMMITS_CHANGES_MOST ? k->max_changes : COMMITS_CHANGES_MOST;
    const adsync_value bound[] = { KIT_I(1) };
    const adsync_value last[] = { KIT_I(1), KIT_I(1), KIT_I(ADSYNC_KIND_AD), KIT_T("ad"), KIT_I(20200000 + n - 1), KIT_T("core") };
    adsync_range range = {
        .table = ADSYNC_T_METRICS, .limit = n + 1, .columns = 6, .n_lower = 1, .n_upper = 1, .lower = bound, .upper = bound
    };
    adsync_rows *rows;

    for (uint32_t i = 0; i < n; i++)
        commits_day(k, i, 1);
    adsync__kit_commits(k, k->one, "a commit of max_changes changes");
    (void)adsync__kit_version_of(k, ADSYNC_T_METRICS, last);
    rows = adsync__kit_scan(k, k->one, &range);
    if (adsync__kit_fine(k) && adsync_rows_count(rows) != n)
        adsync__kit_broken(k, "%" PRIu32 " rows were committed and a scan gives %zu", n, adsync_rows_count(rows));
}

/* Exactly max_bytes, counted as the library counts: the sum of value sizes, 8 for a number. */
static void commits_large(kit *k)
{
    uint32_t bytes = k->max_bytes < COMMITS_BYTES_MOST ? k->max_bytes : COMMITS_BYTES_MOST, n = 0;
    const adsync_value *row;

    for (uint32_t left = bytes, piece; left > 12; left -= piece, n++) {
        piece = left < COMMITS_PIECE ? left : COMMITS_PIECE;
        if (left - piece <= 12) piece = left;
        adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY,
                        KIT_ROW(KIT_T(adsync__kit_text(k, "%04" PRIu32, n)), KIT_I(piece), KIT_T(adsync__kit_long_text(k, piece - 12, n))));
    }
    adsync__kit_commits(k, k->one, "a commit of max_bytes bytes");
    for (uint32_t i = 0; i < n && adsync__kit_fine(k); i++) {
        row = adsync__kit_row(k, k->one, ADSYNC_T_META, &KIT_T(adsync__kit_text(k, "%04" PRIu32, i)));
        if (!row || row[1].kind != ADSYNC_VALUE_INT || row[2].size + 12 != (uint64_t)row[1].i)
            adsync__kit_broken(k, "row %" PRIu32 " of a commit of %" PRIu32 " bytes did not come back whole", i + 1, bytes);
    }
}

const kit_promise adsync__kit_commits_list[] = {
    { "2.1 a commit applies all its changes", "apply every change, over all tables and organisations of the commit", commits_all, 0, 0 },
    { "2.2 a commit that conflicts changes nothing", "compare all before writing any, or roll back", commits_nothing, 0, 0 },
    { "2.3 every failing change is named", "call adsync_sink_conflict for each change that does not hold, not only the first",
      commits_named, 0, 0 },
    { "2.4 failing changes of every kind are named", "go on comparing after the first kind of change that fails", commits_named_kinds, 0,
      0 },
    { NULL, NULL, NULL, 0, 0 },
};

const kit_promise adsync__kit_limits_list[] = {
    { "5.1 a commit of max_changes changes is taken", "declare only what one commit takes", commits_many, 0, 0 },
    { "5.2 a commit of max_bytes bytes is taken", "declare only what one commit takes", commits_large, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
