/* SPDX-License-Identifier: MIT */
/* Promises about text: it is UTF-8, and it is compared as bytes. */
#include "kit_int.h"

static const char *const texts_odd[] = {
    "'; DROP TABLE x; --",
    "\"quoted\" \\back\\slash",
    "100% _under_ *star* ?",
    "tab\tline\nreturn\r.",
    "\x01\x02\x1f\x7f",
    "\xc3\xa9\xc3\x9f\xe2\x82\xac",
    "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbe\xef\xbf\xbf",
    "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf",
    "\xef\xbb\xbf after a mark",
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
    " leading and trailing ",
    "0x10",
    "1e3",
    "007",
    "null",
    "{\"a\":[1,2]}",
};

/* Puts one row per text, keyed by it; then each must be there with its own mark. */
static void texts_apart(kit *k, const char *const *texts, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T(texts[i]), KIT_I(i)));
    for (uint32_t i = 0; i < n; i++)
        adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T(texts[i]), KIT_I(i)));
}

/* As texts_apart, for a text that is not in the key but in an index. */
static void texts_indexed_apart(kit *k, const char *const *texts, uint32_t n)
{
    adsync_value job[19] = { KIT_I(1) };

    for (uint32_t i = 0; i < n; i++) {
        job[1] = KIT_I(i);
        job[17] = KIT_I(5);
        job[18] = KIT_T(texts[i]);
        (void)adsync__kit_store(k, ADSYNC_T_JOBS, job, 19);
    }
    for (uint32_t i = 0; i < n; i++) {
        const adsync_value bound[] = { KIT_I(1), KIT_I(5), KIT_T(texts[i]) }, due = KIT_I(i);
        const adsync_range range = {
            .table = ADSYNC_T_JOBS, .index = 2, .limit = 9, .n_lower = 3, .n_upper = 3, .lower = bound, .upper = bound
        };
        adsync__kit_gives(k, k->one, &range, 1, &due, 1);
    }
}

static void texts_come_back(kit *k)
{
    for (uint32_t i = 0; i < ADSYNC__COUNT(texts_odd); i++) {
        (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(i), KIT_T(texts_odd[i])));
        adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("t"), KIT_I(i), KIT_T(texts_odd[i])));
    }
    texts_apart(k, texts_odd, ADSYNC__COUNT(texts_odd));
}

static void texts_case(kit *k)
{
    static const char *const texts[] = { "act_1a", "ACT_1A", "Act_1a", "\xc3\xa4", "\xc3\x84", "i", "I", "\xc4\xb1" };

    texts_apart(k, texts, ADSYNC__COUNT(texts));
    texts_indexed_apart(k, texts, ADSYNC__COUNT(texts));
}

static void texts_blanks(kit *k)
{
    static const char *const texts[] = { "a", "a ", "a  ", " a", "a\t", "", " ", "  " };

    texts_apart(k, texts, ADSYNC__COUNT(texts));
    texts_indexed_apart(k, texts, ADSYNC__COUNT(texts));
}

static void texts_forms(kit *k)
{
    static const char *const texts[] = { "\xc3\xa9", "e\xcc\x81",    "e", "\xef\xac\x81", "fi", "\xc3\x9f",
                                         "ss",       "\xef\xbc\x91", "1", "\xe2\x85\xa0" };

    texts_apart(k, texts, ADSYNC__COUNT(texts));
}

static void texts_order(kit *k)
{
    /* as bytes; UTF-16 would put U+10000 before U+FFFF, a collation would mix cases and skip signs */
    static const char *const sorted[] = { "",
                                          "!",
                                          "-",
                                          "0",
                                          "10",
                                          "9",
                                          "A",
                                          "Z",
                                          "_",
                                          "b",
                                          "b c",
                                          "b-",
                                          "bD",
                                          "b_",
                                          "bb",
                                          "c",
                                          "\x7f",
                                          "\xc2\x80",
                                          "\xc3\x84",
                                          "\xdf\xbf",
                                          "\xe0\xa0\x80",
                                          "\xef\xbf\xbf",
                                          "\xf0\x90\x80\x80",
                                          "\xf4\x8f\xbf\xbf" };
    enum { N = ADSYNC__COUNT(sorted) };
    const adsync_range up = { .table = ADSYNC_T_META, .limit = 99 },
                       down = { .table = ADSYNC_T_META, .limit = 99, .flags = ADSYNC_RANGE_DESCENDING };
    adsync_value due[N], back[N];

    for (uint32_t i = 0; i < N; i++) {
        uint32_t at = (i * 7 + 5) % N;
        adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T(sorted[at]), KIT_I(at)));
        due[i] = KIT_I(i);
        back[i] = KIT_I(N - 1 - i);
    }
    adsync__kit_commits(k, k->one, "puts of rows with text as keys");
    adsync__kit_gives(k, k->one, &up, 1, due, N);
    adsync__kit_gives(k, k->one, &down, 1, back, N);
}

static void texts_order_bounds(kit *k)
{
    const adsync_value lower[] = { KIT_T("\xef\xbf\xbf") }, upper[] = { KIT_T("\xf0\x90\x80\x80") }, due[] = { KIT_I(1), KIT_I(2) };
    const adsync_range range = { .table = ADSYNC_T_META, .limit = 9, .n_lower = 1, .n_upper = 1, .lower = lower, .upper = upper };

    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("\xee\x80\x80"), KIT_I(0)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(lower[0], KIT_I(1)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(upper[0], KIT_I(2)));
    adsync__kit_put(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("\xf0\x90\x80\x81"), KIT_I(3)));
    adsync__kit_commits(k, k->one, "puts");
    adsync__kit_gives(k, k->one, &range, 1, due, 2);
}

static void texts_sorted(kit *k)
{
    texts_order(k);
    if (adsync__kit_fine(k)) {
        adsync__kit_delete(k, ADSYNC_T_META, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T("\xef\xbf\xbf")));
        adsync__kit_commits(k, k->one, "a delete");
        texts_order_bounds(k);
    }
}

static void texts_joined(kit *k)
{
    const adsync_value a[] = { KIT_T("a"), KIT_T("bc"), KIT_I(1) }, b[] = { KIT_T("ab"), KIT_T("c"), KIT_I(2) },
                       c[] = { KIT_T("abc"), KIT_T(""), KIT_I(3) };
    const adsync_value d[] = { KIT_T(""), KIT_T("abc"), KIT_I(4) }, due[] = { KIT_I(4), KIT_I(1), KIT_I(2), KIT_I(3) };
    const adsync_range all = { .table = ADSYNC_T_LIMITS, .limit = 9 };
    const adsync_value *rows[] = { a, b, c, d };

    for (int i = 0; i < 4; i++) {
        adsync__kit_put(k, ADSYNC_T_LIMITS, ADSYNC_EXPECT_ABSENT, rows[i], 3);
        adsync__kit_commits(k, k->one, "a put that expects no row, where none of that very key is");
    }
    for (int i = 0; i < 4; i++)
        adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, rows[i], 3);
    adsync__kit_gives(k, k->one, &all, 2, due, 4);
}

static void texts_longest(kit *k)
{
    char *one = adsync__kit_long_text(k, 400, 1), *two = adsync__kit_long_text(k, 400, 1), *window = adsync__kit_long_text(k, 32, 2),
         *late = adsync__kit_long_text(k, 32, 2);

    if (!one || !two || !window || !late) return;
    two[399] = '0';
    late[31] = '0';
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(one), KIT_T(window), KIT_I(1)));
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(two), KIT_T(window), KIT_I(2)));
    (void)adsync__kit_store(k, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(one), KIT_T(late), KIT_I(3)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(one), KIT_T(window), KIT_I(1)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(two), KIT_T(window), KIT_I(2)));
    adsync__kit_has(k, k->one, ADSYNC_T_LIMITS, KIT_ROW(KIT_T(one), KIT_T(late), KIT_I(3)));
}

/* A bound is a prefix of columns, never of a column's text. */
static void texts_org(kit *k)
{
    static const char *const names[] = { "a", "ab", "a%", "b" };

    for (uint32_t i = 0; i < 4; i++)
        adsync__kit_put(k, ADSYNC_T_LIMITS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_T(names[i]), KIT_T("w"), KIT_I(i)));
    adsync__kit_commits(k, k->one, "puts");
    for (uint32_t i = 0; i < 4; i++) {
        const adsync_value bound[] = { KIT_T(names[i]) }, due[] = { KIT_I(i) };
        const adsync_range range = { .table = ADSYNC_T_LIMITS, .limit = 9, .n_lower = 1, .n_upper = 1, .lower = bound, .upper = bound };
        adsync__kit_gives(k, k->one, &range, 2, due, 1);
    }
}

static void texts_org_numbers(kit *k)
{
    static const int64_t orgs[] = { 1, 10, 11, 2, 257 };

    for (uint32_t i = 0; i < ADSYNC__COUNT(orgs); i++)
        adsync__kit_put(k, ADSYNC_T_KEYS, ADSYNC_EXPECT_ANY, KIT_ROW(KIT_I(orgs[i]), KIT_I(7), KIT_T("on"), KIT_I(orgs[i])));
    adsync__kit_commits(k, k->one, "puts");
    for (uint32_t i = 0; i < ADSYNC__COUNT(orgs); i++) {
        const adsync_value bound[] = { KIT_I(orgs[i]) };
        const adsync_range range = { .table = ADSYNC_T_KEYS, .limit = 9, .n_lower = 1, .n_upper = 1, .lower = bound, .upper = bound };
        adsync__kit_gives(k, k->one, &range, 3, bound, 1);
    }
}

const kit_promise adsync__kit_texts_list[] = {
    { "6.8 every text comes back as it went in", "bind text, never paste it into a statement; keep every character", texts_come_back, 0,
      0 },
    { "6.9 upper and lower case differ", "compare text as bytes: BINARY, COLLATE \"C\", utf8mb4_bin", texts_case, 0, 0 },
    { "6.10 trailing blanks count", "compare text as bytes, without padding", texts_blanks, 0, 0 },
    { "6.11 text is never normalised", "compare and keep text as bytes: no Unicode forms, no width or ligature folding", texts_forms, 0,
      0 },
    { "6.12 text is in the order of its bytes", "order by UTF-8 bytes, not by UTF-16 units or a language's rules", texts_sorted, 0, 0 },
    { "6.13 the columns of a key are not run together", "keep key columns apart: ('a', 'bc') is not ('ab', 'c')", texts_joined, 0, 0 },
    { "6.14 the longest keys are kept apart", "compare keys over their whole length, up to 512 bytes", texts_longest, 0, 0 },
    { "6.15 a text does not stand for those that begin with it", "equality of a bound's column is equality, not LIKE: 'a' never sees 'ab'",
      texts_org, 0, 0 },
    { "6.16 an organisation never sees another's rows", "compare the organisation's number as a number", texts_org_numbers, 0, 0 },
    { NULL, NULL, NULL, 0, 0 },
};
