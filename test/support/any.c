/* SPDX-License-Identifier: MIT */
#include "any.h"
#include "values.h"

#include <stdlib.h>

static const adsync_value any_numbers[] = {
    NUMBER(INT64_MIN), NUMBER(INT64_MIN + 1), NUMBER(-256), NUMBER(-1), NUMBER(0), NUMBER(1), NUMBER(2), NUMBER(255), NUMBER(256),
    NUMBER(INT64_C(1) << 32),
    NUMBER(INT64_C(1) << 53), NUMBER(INT64_MAX - 1), NUMBER(INT64_MAX),
};

/* U+FFFF comes before U+10000 as bytes and after it as UTF-16; case, blanks and prefixes count. */
static const adsync_value any_texts[] = {
    WORD(""), WORD("a"), WORD("ab"), WORD("abc"), WORD("b"), WORD("bc"), WORD("c"), WORD("A"), WORD("a "), WORD(" a"), WORD("\x01"),
    WORD("a\x01"), WORD("\x7f"),
    WORD("\xc3\xa4"), WORD("\xef\xbf\xbf"), WORD("\xf0\x90\x80\x80"), WORD("\xf4\x8f\xbf\xbd"),
};

static const adsync_value any_octets[] = {
    OCTETS(""), OCTETS("\0"), OCTETS("\0\0"), OCTETS("\0\1"), OCTETS("\0\xff"), OCTETS("a"), OCTETS("a\0"), OCTETS("a\0b"), OCTETS("a\1"),
    OCTETS("a\xff"),
    OCTETS("\xff"), OCTETS("\xff\0"), OCTETS("\xff\xff"),
};

uint64_t any_bits(any *a)
{
    uint64_t z = a->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t any_below(any *a, uint32_t n) { return (uint32_t)(any_bits(a) % n); }

adsync_value any_of_kind(any *a, uint32_t kind)
{
    if (kind == ADSYNC_VALUE_INT) return any_numbers[any_below(a, ADSYNC__COUNT(any_numbers))];
    if (kind == ADSYNC_VALUE_TEXT) return any_texts[any_below(a, ADSYNC__COUNT(any_texts))];
    return any_octets[any_below(a, ADSYNC__COUNT(any_octets))];
}

adsync_value any_value(any *a, uint32_t table, uint32_t column, int64_t org)
{
    uint32_t kind = adsync_table_column_kind(table, column), max = adsync_table_column_max(table, column);
    adsync_value value;

    if (column == 0 && adsync_table_has_org(table)) return adsync__value_int(org);
    if (column >= adsync_index_width(table, 0) && !any_below(a, 4)) return adsync__value_null();
    do {
        value = any_of_kind(a, kind);
    } while (max && value.size > max);
    return value;
}

uint32_t any_rounds(uint32_t n) { return getenv("ADSYNC_TEST_SLOW") ? (n + 9) / 10 : n; }
