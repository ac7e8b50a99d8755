/* SPDX-License-Identifier: MIT */
/* The rules that every table of the one list keeps, walked through the public descriptors. */
#include "storage/storage.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { INDEX_BYTES = 1024 }; /* what every SQL server takes as a key */

static uint32_t weight(uint32_t table, uint32_t column)
{
    return adsync_table_column_kind(table, column) == ADSYNC_VALUE_INT ? 8 : adsync_table_column_max(table, column);
}

static void a_key_has_at_most_8_columns_and_512_bytes(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        uint32_t width = adsync_index_width(t, 0), bytes = 0;
        assert_in_range(width, 1, 8);
        for (uint32_t c = 0; c < width; c++) {
            assert_int_equal(adsync_index_column(t, 0, c), c); /* the key's columns come first */
            assert_true(weight(t, c) > 0);
            bytes += weight(t, c);
        }
        assert_int_equal(adsync_index_column(t, 0, width), UINT32_MAX);
        assert_in_range(bytes, 1, 512);
    }
}

static void an_index_is_bounded_and_ends_in_the_whole_key(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        for (uint32_t x = 1; x < adsync_table_indexes(t); x++) {
            uint32_t n = 0, bytes = 0, keys = 0;
            assert_in_range(adsync_index_width(t, x), 1, ADSYNC__INDEX_MAX);
            for (uint32_t c; (c = adsync_index_column(t, x, n)) != UINT32_MAX; n++) {
                assert_true(c < adsync_table_width(t));
                assert_true(weight(t, c) > 0);
                bytes += weight(t, c);
                keys += c < adsync_index_width(t, 0);
                for (uint32_t k = 0; k < n; k++)
                    assert_int_not_equal(adsync_index_column(t, x, k), c);
            }
            assert_int_equal(keys, adsync_index_width(t, 0));
            assert_in_range(bytes, 1, INDEX_BYTES);
        }
}

static void P5_the_organisation_leads_every_key_and_every_index_of_its_tables(void **state)
{
    static const struct { uint32_t table; const char *index; } over_all[] = { /* the listed ones */
        { ADSYNC_T_GRANTS, "by_due" }, { ADSYNC_T_KEYS, "by_master" }, { ADSYNC_T_QUEUE, "by_due" },
        { ADSYNC_T_QUEUE, "by_class" }, { ADSYNC_T_LANES, "by_engine" }, { ADSYNC_T_SCHEDULES, "by_due" },
    };
    static const uint32_t systems[] = { ADSYNC_T_META, ADSYNC_T_ORGS, ADSYNC_T_ENGINES, ADSYNC_T_LIMITS, ADSYNC_T_OAUTH_STATES };
    size_t all = 0, without = 0;

    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        bool org = adsync_table_has_org(t);
        if (org) assert_int_equal(adsync_table_column(t, 0), ADSYNC_C_ORG);
        if (org) assert_int_equal(adsync_table_column_kind(t, 0), ADSYNC_VALUE_INT);
        if (!org) assert_true(without < ADSYNC__COUNT(systems) && systems[without++] == t);
        assert_int_equal(adsync_index_all_orgs(t, 0), 0);
        for (uint32_t x = 1; x < adsync_table_indexes(t); x++) {
            if (!adsync_index_all_orgs(t, x)) {
                if (org) assert_int_equal(adsync_index_column(t, x, 0), 0);
                continue;
            }
            assert_true(org);
            assert_true(all < ADSYNC__COUNT(over_all));
            assert_int_equal(over_all[all].table, t);
            assert_string_equal(over_all[all++].index, adsync_index_name(t, x));
        }
    }
    assert_int_equal(all, ADSYNC__COUNT(over_all));
    assert_int_equal(without, ADSYNC__COUNT(systems));
}

static void columns_are_known_and_stand_once_in_their_table(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        assert_in_range(adsync_table_width(t), 1, ADSYNC__WIDTH_MAX);
        for (uint32_t c = 0; c < adsync_table_width(t); c++) {
            assert_non_null(adsync_column_name(adsync_table_column(t, c)));
            assert_int_not_equal(adsync_table_column(t, c), ADSYNC_C_VERSION); /* each row has one anyway */
            assert_in_range(adsync_table_column_kind(t, c), ADSYNC_VALUE_INT, ADSYNC_VALUE_BYTES);
            if (adsync_table_column_kind(t, c) == ADSYNC_VALUE_INT) assert_int_equal(adsync_table_column_max(t, c), 0);
            for (uint32_t k = 0; k < c; k++)
                assert_int_not_equal(adsync_table_column(t, k), adsync_table_column(t, c));
        }
    }
}

static void sealed_columns_are_bytes_and_never_in_an_index(void **state)
{
    uint32_t sealed = 0;

    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        for (uint32_t c = 0; c < adsync_table_width(t); c++) {
            if (!adsync_table_column_sealed(t, c)) continue;
            sealed++;
            assert_int_equal(adsync_table_column_kind(t, c), ADSYNC_VALUE_BYTES);
            for (uint32_t x = 0; x < adsync_table_indexes(t); x++)
                for (uint32_t i = 0, at; (at = adsync_index_column(t, x, i)) != UINT32_MAX; i++)
                    assert_int_not_equal(at, c);
        }
    assert_true(sealed >= 3);
}

static void names_are_unique_and_plain(void **state)
{
    (void)state;
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        const char *name = adsync_table_name(t);
        for (const char *p = name; *p; p++)
            assert_true(islower((unsigned char)*p) || *p == '_');
        for (uint32_t k = 1; k < t; k++)
            assert_string_not_equal(adsync_table_name(k), name);
        assert_string_equal(adsync_index_name(t, 0), "key");
        for (uint32_t x = 1; x < adsync_table_indexes(t); x++)
            for (uint32_t k = 0; k < x; k++)
                assert_string_not_equal(adsync_index_name(t, k), adsync_index_name(t, x));
    }
}

static void everything_says_since_when_it_is_there(void **state)
{
    uint32_t now = adsync_schema_version();

    (void)state;
    assert_true(now >= 1);
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        uint32_t since = adsync_table_since(t), last = 1;
        assert_in_range(since, 1, now);
        for (uint32_t c = 0; c < adsync_table_width(t); c++) {
            assert_in_range(adsync_table_column_since(t, c), since, now);
            assert_true(adsync_table_column_since(t, c) >= last); /* later ones stand at the end */
            last = adsync_table_column_since(t, c);
        }
        assert_int_equal(adsync_index_since(t, 0), since);
        for (uint32_t x = 1; x < adsync_table_indexes(t); x++) {
            assert_in_range(adsync_index_since(t, x), since, now);
            for (uint32_t i = 0; i < adsync_index_width(t, x); i++)
                assert_true(adsync_table_column_since(t, adsync_index_column(t, x, i)) <= adsync_index_since(t, x));
        }
    }
}

static void what_is_not_there_answers_nothing(void **state)
{
    static const uint32_t no_table[] = { 0, ADSYNC_T_REVISIONS + 1, UINT32_MAX };
    uint32_t width = adsync_table_width(ADSYNC_T_METRICS), indexes = adsync_table_indexes(ADSYNC_T_METRICS);

    (void)state;
    assert_int_equal(adsync_table_count(), ADSYNC_T_REVISIONS);
    for (size_t i = 0; i < ADSYNC__COUNT(no_table); i++) {
        uint32_t t = no_table[i];
        assert_null(adsync_table_name(t));
        assert_null(adsync_index_name(t, 0));
        assert_int_equal(adsync_table_since(t) | adsync_table_has_org(t) | adsync_table_width(t) | adsync_table_column(t, 0), 0);
        assert_int_equal(adsync_table_column_kind(t, 0) | adsync_table_column_max(t, 0) | adsync_table_column_since(t, 0), 0);
        assert_int_equal(adsync_table_column_sealed(t, 0) | adsync_table_indexes(t) | adsync_index_width(t, 0), 0);
        assert_int_equal(adsync_index_all_orgs(t, 0) | adsync_index_since(t, 0), 0);
        assert_int_equal(adsync_index_column(t, 0, 0), UINT32_MAX);
    }
    assert_int_equal(adsync_table_column(ADSYNC_T_METRICS, width), 0);
    assert_int_equal(adsync_table_column_kind(ADSYNC_T_METRICS, width), ADSYNC_VALUE_NULL);
    assert_int_equal(adsync_table_column_max(ADSYNC_T_METRICS, UINT32_MAX), 0);
    assert_int_equal(adsync_table_column_since(ADSYNC_T_METRICS, width), 0);
    assert_int_equal(adsync_table_column_sealed(ADSYNC_T_METRICS, width), 0);
    assert_null(adsync_index_name(ADSYNC_T_METRICS, indexes));
    assert_int_equal(adsync_index_width(ADSYNC_T_METRICS, indexes), 0);
    assert_int_equal(adsync_index_column(ADSYNC_T_METRICS, indexes, 0), UINT32_MAX);
    assert_int_equal(adsync_index_column(ADSYNC_T_METRICS, 0, UINT32_MAX), UINT32_MAX);
    assert_int_equal(adsync_index_all_orgs(ADSYNC_T_METRICS, UINT32_MAX), 0);
    assert_int_equal(adsync_index_since(ADSYNC_T_METRICS, UINT32_MAX), 0);
}

/* Walks the `PREFIX_NAME = number` lines of a public header; answers how many there were. */
static uint32_t constants_of(const char *header, const char *prefix, const char *(*name_of)(uint32_t))
{
    char line[512], name[80], lower[80];
    uint32_t seen = 0, number;
    FILE *file = fopen(header, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        const char *at = line + strspn(line, " ");
        if (strncmp(at, prefix, strlen(prefix)) || sscanf(at, "%79[A-Z0-9_] = %u", name, &number) != 2) continue;
        for (size_t i = 0; i <= strlen(name); i++)
            lower[i] = (char)tolower((unsigned char)name[i]);
        assert_non_null(name_of(number));
        assert_string_equal(name_of(number), lower + strlen(prefix));
        assert_int_equal(number, ++seen); /* in order, without gaps */
    }
    assert_int_equal(fclose(file), 0);
    return seen;
}

static void every_constant_of_the_headers_has_its_own_name_in_lower_case(void **state)
{
    (void)state;
    assert_int_equal(constants_of(TEST_HEADERS "/rows.h", "ADSYNC_C_", adsync_column_name), ADSYNC__C_LAST);
    assert_int_equal(constants_of(TEST_HEADERS "/rows.h", "ADSYNC_KIND_", adsync_kind_name), ADSYNC_KIND_POST);
    assert_int_equal(constants_of(TEST_HEADERS "/storage.h", "ADSYNC_T_", adsync_table_name), adsync_table_count());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_at_most_8_columns_and_512_bytes),
        cmocka_unit_test(an_index_is_bounded_and_ends_in_the_whole_key),
        cmocka_unit_test(P5_the_organisation_leads_every_key_and_every_index_of_its_tables),
        cmocka_unit_test(columns_are_known_and_stand_once_in_their_table),
        cmocka_unit_test(sealed_columns_are_bytes_and_never_in_an_index),
        cmocka_unit_test(names_are_unique_and_plain),
        cmocka_unit_test(everything_says_since_when_it_is_there),
        cmocka_unit_test(what_is_not_there_answers_nothing),
        cmocka_unit_test(every_constant_of_the_headers_has_its_own_name_in_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
