/* SPDX-License-Identifier: MIT */
/* Promises about single changes: put, delete, check, and what they expect. Versions that are expected are read back first, so that
 * a storage which spoils versions is told so once. */
#include "kit_int.h"

static const int64_t changes_versions[] = { INT64_MAX, 1, 2, (INT64_C(1) << 53) + 1, INT64_MAX - 1, 1000 };

static void changes_wiped(kit *k)
{
    for (uint32_t t = 1; t <= adsync_table_count() && adsync__kit_fine(k); t++) {
        const adsync_range range = { .table = t, .limit = 1 };
        if (adsync_rows_count(adsync__kit_raw_scan(k, k->one, &range)))
            adsync__kit_broken(k, "%s has rows after wipe", adsync_table_name(t));
    }
}

static void changes_put(kit *k)
{
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a")));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(7), KIT_T("seven")));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(7), KIT_T("seven")));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(8), KIT_T("eight")));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(8), KIT_T("eight")));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_N, KIT_N));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a")));
}

static void changes_versions_kept(kit *k)
{
    const adsync_value row[] = { KIT_T("a"), KIT_I(1) };
    char seen[64], due[64];

    for (size_t i = 0; i < ADSYNC__COUNT(changes_versions) && adsync__kit_fine(k); i++) {
        adsync_value version = KIT_I(changes_versions[i]), got;
        adsync__kit_change(k, &(adsync_change){ .op = ADSYNC_CHANGE_PUT,
                                                .table = ADSYNC_T_META,
                                                .expected = ADSYNC_EXPECT_ANY,
                                                .version = version.i,
                                                .values = row,
                                                .n_values = 2 });
        adsync__kit_commits(k, k->one, "a put");
        got = KIT_I(adsync__kit_version_of(k, ADSYNC_T_META, row));
        adsync__kit_show(seen, &got);
        adsync__kit_show(due, &version);
        if (got.i != version.i) adsync__kit_broken(k, "a row put with version %s came back with version %s", due, seen);
    }
}

static void changes_delete(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, key, 1);
    adsync__kit_commits(k, k->one, "a delete of a row that is there");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, key, 1);
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, key, 1);
    adsync__kit_commits(k, k->one, "a delete of whatever is there, where nothing is");
    adsync__kit_delete(k, ADSYNC_T_META, adsync__kit_version_of(k, ADSYNC_T_META, &KIT_T("b")), KIT_ROW(KIT_T("b")));
    adsync__kit_commits(k, k->one, "a delete of the version that stands");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b")));
}

static void changes_check(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1), KIT_T("one")));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    adsync__kit_demand(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_commits(k, k->one, "a check of the version that stands");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1), KIT_T("one")));
    if (adsync__kit_version_of(k, ADSYNC_T_META, key) != version) adsync__kit_broken(k, "a check changed the row's version");
    adsync__kit_demand(k, ADSYNC_T_META, version > 4 ? version / 2 : version + 7, key, 1);
    adsync__kit_refuses(k, k->one, "1", "a check of a version that does not stand");
    adsync__kit_demand(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("b")));
    adsync__kit_refuses(k, k->one, "1", "a check of a row that is not there");
}

static void changes_absent(kit *k)
{
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_I(1)));
    adsync__kit_commits(k, k->one, "a put that expects no row, where none is");
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_refuses(k, k->one, "1", "a put that expects no row, where one is");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
}

static void changes_exact_put(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    adsync__kit_put(k, ADSYNC_T_META, version, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_commits(k, k->one, "a put that expects the version that stands");
    adsync__kit_put(k, ADSYNC_T_META, version, KIT_ROW(KIT_T("a"), KIT_I(3)));
    adsync__kit_refuses(k, k->one, "1", "a put that expects a version that was written over");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_META, version, KIT_ROW(KIT_T("b"), KIT_I(3)));
    adsync__kit_refuses(k, k->one, "1", "a put that expects a version, where no row is");
    adsync__kit_lacks(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("b")));
}

static void changes_exact_delete(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, version, key, 1);
    adsync__kit_refuses(k, k->one, "1", "a delete of a version that was written over");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(2)));
    adsync__kit_delete(k, ADSYNC_T_META, 5, KIT_ROW(KIT_T("b")));
    adsync__kit_refuses(k, k->one, "1", "a delete that expects a version, where no row is");
}

/* A version given by a storage that counts per row starts again after a delete: the old holder's change would hold. */
static void changes_again(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    int64_t version;

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    version = adsync__kit_version_of(k, ADSYNC_T_META, key);
    adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, key, 1);
    adsync__kit_commits(k, k->other, "a delete");
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("a"), KIT_I(1)));
    adsync__kit_commits(k, k->other, "a put");
    adsync__kit_put(k, ADSYNC_T_META, version, KIT_ROW(KIT_T("a"), KIT_I(9)));
    adsync__kit_refuses(k, k->one, "1", "a put that expects the version of a row that was deleted and made again");
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
}

/* ---- puts of leading columns */

static void changes_prefix(kit *k)
{
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(1), KIT_B("state", 5)));
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(2), KIT_B("state", 5)));
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w")));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(2), KIT_B("state", 5)));
    adsync__kit_put(k, ADSYNC_T_LIMITS, adsync__kit_version_of(k, ADSYNC_T_LIMITS, (const adsync_value[]){ KIT_T("a"), KIT_T("w") }),
                    KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_N));
    adsync__kit_commits(k, k->one, "a put of leading columns that expects the version that stands");
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_N, KIT_B("state", 5)));
}

static void changes_prefix_new(kit *k)
{
    adsync__kit_put(k, ADSYNC_T_LIMITS, ADSYNC_EXPECT_ABSENT, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_LIMITS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("b"), KIT_T("w")));
    adsync__kit_commits(k, k->one, "puts of leading columns");
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("b"), KIT_T("w")));
}

static void changes_prefix_again(kit *k)
{
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(1), KIT_B("old", 3)));
    adsync__kit_delete(k, ADSYNC_T_LIMITS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("a"), KIT_T("w")));
    adsync__kit_commits(k, k->one, "a delete");
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T("a"), KIT_T("w"), KIT_I(2)));
}

/* What is not wanted may come or not; what is wanted must. */
static void changes_wanted(kit *k)
{
    const adsync_value key[] = { KIT_T("a") };
    const adsync_value due[] = { KIT_T("a"), KIT_I(1), KIT_T("one") };

    (void)adsync__kit_store(k, ADSYNC_T_META, due, 3);
    for (uint32_t wanted = 0; wanted <= 3 && adsync__kit_fine(k); wanted++) {
        const adsync_range range = { .table = ADSYNC_T_META, .limit = 10, .columns = wanted };
        adsync_rows *rows[] = { adsync__kit_read(k, k->one, ADSYNC_T_META, wanted, key, 1), adsync__kit_scan(k, k->one, &range) };
        uint32_t n = wanted ? wanted : 3;
        for (uint32_t i = 0; i < 2 * n && adsync__kit_fine(k); i++)
            if (adsync_rows_count(rows[i / n]) != 1 || adsync_value_compare(&adsync__rows_values(rows[i / n], 0)[i % n], &due[i % n]))
                adsync__kit_broken(k, "a %s that wanted %u leading columns did not give column %u", i < n ? "read" : "scan", wanted,
                                   i % n + 1);
    }
}

const kit_promise adsync__kit_changes_list[] = {
    { "0.1 tables are empty after wipe", "the wipe given to the kit must empty every table, and a table that is empty gives no rows",
      changes_wiped, 0, 0 },
    { "1.1 a put writes the row", "store every value that a put brings, and answer it to reads of that key", changes_put, 0, 0 },
    { "1.2 versions are kept as they are given", "store the put's version as a 64-bit number and never count yourself",
      changes_versions_kept, 0, 0 },
    { "1.3 a delete removes the row", "remove exactly the row of that key; where none is, a delete of whatever is there holds",
      changes_delete, 0, 0 },
    { "1.4 a check holds where its version stands", "compare the version, write nothing, name the change where it does not hold",
      changes_check, 0, 0 },
    { "1.5 a put that expects no row is refused where one is", "treat ADSYNC_EXPECT_ABSENT as an insert that must not meet a row",
      changes_absent, 0, 0 },
    { "1.6 a put that expects a version is refused where it does not stand", "write only where the row's version equals `expected`",
      changes_exact_put, 0, 0 },
    { "1.7 a delete that expects a version is refused where it does not stand", "delete only where the row's version equals `expected`",
      changes_exact_delete, 0, 0 },
    { "1.8 a row deleted and made again is another row", "keep the versions that puts bring: counted ones start again", changes_again, 0,
      0 },
    { NULL, NULL, NULL, 0, 0 },
};

const kit_promise adsync__kit_prefix_list[] = {
    { "7.1 a put of leading columns keeps the later ones", "update only the columns that the put brings", changes_prefix, 0, 0 },
    { "7.2 a new row's further columns are null", "fill what a put does not bring with null", changes_prefix_new, 0, 0 },
    { "7.3 a row made again does not get back what the old one held", "a delete forgets every column", changes_prefix_again, 0, 0 },
    { "7.4 read and scan give the columns that are wanted", "answer at least the leading columns asked for; 0 means all", changes_wanted, 0,
      0 },
    { NULL, NULL, NULL, 0, 0 },
};
