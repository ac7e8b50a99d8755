/* SPDX-License-Identifier: MIT */
/* Promises about single values: what goes in comes out, bit by bit. */
#include "kit_int.h"

#include <inttypes.h>

static const int64_t values_numbers[] = {
    INT64_MIN, INT64_MIN + 1, -(INT64_C(1) << 53) - 1, -1, 0, 1, (INT64_C(1) << 31) + 1, (INT64_C(1) << 53) + 1, INT64_MAX - 1, INT64_MAX,
};

/* A value for every column of every table, however many later versions add. Numbers stay small: 6.2 looks at large ones. */
static adsync_value values_some(kit *k, uint32_t table, uint32_t column)
{
    const adsync__column *c = &adsync__table_find(table)->columns[column];
    uint32_t size = c->max && c->max < 24 ? c->max : 24;
    const char *text = c->kind == ADSYNC_VALUE_INT ? NULL : adsync__kit_long_text(k, size, table * 1000 + column);

    if (c->kind == ADSYNC_VALUE_INT) return KIT_I((int64_t)table * 1000 + column);
    return text ? (adsync_value){ .kind = c->kind, .size = size, .p = text } : KIT_N;
}

/* The row by each index, by all the index' columns. */
static void values_by_index(kit *k, uint32_t table, const adsync_value *row)
{
    adsync_value bound[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX];

    for (uint32_t index = 0; index < adsync_table_indexes(table) && adsync__kit_fine(k); index++) {
        uint32_t n = 0, column;
        adsync_range range = { .table = table,
                               .index = index,
                               .limit = 5,
                               .lower = bound,
                               .upper = bound,
                               .flags = adsync_index_all_orgs(table, index) ? ADSYNC_RANGE_ALL_ORGS : 0 };
        for (; (column = adsync_index_column(table, index, n)) != UINT32_MAX; n++)
            bound[n] = row[column];
        range.n_lower = range.n_upper = n;
        for (uint32_t i = 0; i < adsync_table_width(table); i++)
            adsync__kit_gives(k, k->other, &range, i, &row[i], 1);
    }
}

static void values_tables(kit *k)
{
    adsync_value row[ADSYNC__WIDTH_MAX];

    for (uint32_t t = 1; t <= adsync_table_count() && adsync__kit_fine(k); t++) {
        uint32_t n = adsync_table_width(t);
        for (uint32_t i = 0; i < n; i++)
            row[i] = values_some(k, t, i);
        (void)adsync__kit_store(k, t, row, n);
        adsync__kit_has(k, k->other, t, row, n);
        values_by_index(k, t, row);
    }
}

static void values_int64(kit *k)
{
    for (uint32_t i = 0; i < ADSYNC__COUNT(values_numbers); i++) {
        (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("n"), KIT_I(values_numbers[i])));
        adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("n"), KIT_I(values_numbers[i])));
    }
}

static void values_int64_keys(kit *k)
{
    const adsync_value bound[] = { KIT_I(1), KIT_I(1), KIT_I(1), KIT_I(1) };
    const adsync_range range = { .table = ADSYNC_T_SEEN, .limit = 99, .n_lower = 4, .n_upper = 4, .lower = bound, .upper = bound };
    adsync_value due[ADSYNC__COUNT(values_numbers)];

    for (uint32_t i = 0; i < ADSYNC__COUNT(values_numbers); i++) {
        uint32_t at = (i * 7 + 3) % ADSYNC__COUNT(values_numbers); /* in no order */
        adsync__kit_put(k, ADSYNC_T_SEEN, ADSYNC_EXPECT_ANY, KIT_ROW(bound[0], bound[1], bound[2], bound[3], KIT_I(values_numbers[at])));
        due[i] = KIT_I(values_numbers[i]);
    }
    adsync__kit_commits(k, k->one, "puts of rows with large numbers as keys");
    for (uint32_t i = 0; i < ADSYNC__COUNT(values_numbers); i++)
        adsync__kit_has(k, k->one, ADSYNC_T_SEEN, KIT_ROW(bound[0], bound[1], bound[2], bound[3], KIT_I(values_numbers[i])));
    adsync__kit_gives(k, k->one, &range, 4, due, ADSYNC__COUNT(due));
}

static void values_bytes(kit *k)
{
    char all[256];
    const adsync_value key[] = { KIT_I(1), KIT_I(1), KIT_T("access"), KIT_I(0) };

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    (void)adsync__kit_store(k, ADSYNC_T_SECRETS, KIT_ROW(key[0], key[1], key[2], key[3], KIT_B(all, 256), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_SECRETS, KIT_ROW(key[0], key[1], key[2], key[3], KIT_B(all, 256), KIT_I(1)));
    (void)adsync__kit_store(k, ADSYNC_T_SECRETS, KIT_ROW(key[0], key[1], key[2], key[3], KIT_B("\0", 1), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_SECRETS, KIT_ROW(key[0], key[1], key[2], key[3], KIT_B("\0", 1), KIT_I(2)));
}

static void values_empty(kit *k)
{
    const adsync_value empty = KIT_T(""), blank = KIT_B("", 0);

    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(1), empty));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(1), empty));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(2), KIT_N));
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(2)));
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(empty, empty, KIT_I(3), blank));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(empty, empty, KIT_I(3), blank));
}

static void values_sizes(kit *k)
{
    static const size_t sizes[] = { 1, 127, 128, 254, 255, 256, 65535, 65536, 65537, 1 << 20 };

    for (uint32_t i = 0; i < ADSYNC__COUNT(sizes) && adsync__kit_fine(k); i++) {
        const adsync_value row[] = { KIT_T("size"), KIT_I(i), KIT_T(adsync__kit_long_text(k, sizes[i], i)) };
        (void)adsync__kit_store(k, ADSYNC_T_META, row, 3);
        adsync__kit_has(k, k->one, ADSYNC_T_META, row, 3);
    }
    for (uint32_t i = 0; i < ADSYNC__COUNT(sizes) && adsync__kit_fine(k); i++) {
        const adsync_value row[] = { KIT_T("k"), KIT_T("w"), KIT_I(i),
                                     KIT_B(adsync__kit_long_text(k, 65536, i), sizes[i] < 65536 ? sizes[i] : 65536) };
        (void)adsync__kit_store(k, ADSYNC_T_LIMITS, row, 4);
        adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, row, 4);
    }
}

enum { VALUES_KEYS = 500, VALUES_THERE = 290 }; /* a third of the first ones have a row */

static bool values_is_there(int64_t i) { return i >= 0 && i < VALUES_THERE && i % 3 == 0; }

static void values_each_once(kit *k, adsync_rows *rows)
{
    bool seen[VALUES_THERE] = { false };

    for (size_t r = 0; r < adsync_rows_count(rows) && adsync__kit_fine(k); r++) {
        int64_t i = adsync__rows_values(rows, r)[1].i;
        if (!values_is_there(i) || seen[i])
            adsync__kit_broken(k, "a read of 500 keys gave a row twice, or one that was not asked for");
        else
            seen[i] = true;
    }
    for (int i = 0; i < VALUES_THERE && adsync__kit_fine(k); i++)
        if (values_is_there(i) && !seen[i]) adsync__kit_broken(k, "a read of 500 keys did not give each row that is there");
}

static void values_many(kit *k)
{
    adsync_value *keys = adsync__kit_take(k, VALUES_KEYS * sizeof *keys);

    for (int i = 0; keys && i < VALUES_KEYS; i++) {
        keys[i] = KIT_T(adsync__kit_text(k, "%03d", VALUES_KEYS - 1 - i));
        if (values_is_there(i)) adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(keys[i], KIT_I(i)));
    }
    adsync__kit_commits(k, k->one, "puts of many rows");
    if (keys) values_each_once(k, adsync__kit_read(k, k->one, ADSYNC_T_META, 2, keys, VALUES_KEYS));
}

const kit_promise adsync__kit_values_list[] = {
    { "6.1 every column of every table is kept", "make all tables, columns and indexes from the descriptors", values_tables, 0, 0 },
    { "6.2 numbers keep all 64 bits", "never let a number pass through a double or 32 bits", values_int64, 0, 0 },
    { "6.3 numbers in keys keep all 64 bits and their order", "compare numbers by value, with their sign", values_int64_keys, 0, 0 },
    { "6.4 bytes come back as they are", "bind bytes with their size; NUL is a byte like any other", values_bytes, 0, 0 },
    { "6.5 empty is not null", "keep '' and no bytes at all apart from null, in keys too", values_empty, 0, 0 },
    { "6.6 values of every size come back whole", "store up to what a commit takes in one value", values_sizes, 0, 0 },
    { "6.7 a read of many keys gives each row that is there, once", "answer all keys of a read; leave out those that have no row",
      values_many, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
