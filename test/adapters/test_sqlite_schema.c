/* SPDX-License-Identifier: MIT */
/* The tables in the file: as text and as made by opening, refused and accepted versions, and the views that people read. */
#include "place.h"

#include <stdio.h>

static char *ddl(uint32_t from, const adsync_sqlite_options *options)
{
    adsync_bytes *sql = NULL;
    char *text;

    assert_int_equal(adsync_sqlite_ddl(from, options, &sql, NULL), ADSYNC_OK);
    text = adsync__copy_text(adsync_bytes_data(sql, NULL));
    adsync_bytes_free(sql);
    assert_non_null(text);
    return text;
}

static void the_text_makes_what_opening_makes(void **state)
{
    static const char schema[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2";
    const adsync_sqlite_options no_ddl = { .size = sizeof no_ddl, .flags = ADSYNC_SQLITE_NO_DDL };
    place other, *p = *state;
    char *sql = ddl(0, NULL), *made, *opened;

    place_make(&other);
    adsync_storage_free(place_open(&other, NULL));
    place_sql(p, sql);
    adsync_storage_free(place_open(p, &no_ddl));
    made = place_text(p, schema);
    opened = place_text(&other, schema);
    assert_string_equal(made, opened);
    assert_true(strlen(made) > 1000);
    adsync__free(sql);
    free(made);
    free(opened);
    place_remove(&other);
}

static void there_are_no_steps_from_the_version_that_is_there(void **state)
{
    adsync_bytes *sql = NULL;
    char *text = ddl(adsync_schema_version(), NULL);

    (void)state;
    assert_string_equal(text, "");
    adsync__free(text);
    assert_int_equal(adsync_sqlite_ddl(adsync_schema_version() + 1, NULL, &sql, NULL), ADSYNC_E_INVALID);
    assert_null(sql);
    assert_int_equal(adsync_sqlite_ddl(0, NULL, NULL, NULL), ADSYNC_E_INVALID);
}

static void a_prefix_parts_two_stores_in_one_file(void **state)
{
    const adsync_value row[] = { WORD("k"), NUMBER(7) };
    const adsync_change put = PUT(ADSYNC_T_META, ADSYNC_EXPECT_ABSENT, row);
    const adsync_sqlite_options shop = { .size = sizeof shop, .prefix = "Shop_2" };
    adsync_storage *one = place_open(*state, NULL), *other = place_open(*state, &shop);

    assert_int_equal(adsync_storage_commit(one, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_commit(other, 0, &put, 1, NULL, NULL), ADSYNC_OK);
    adsync_storage_free(one);
    adsync_storage_free(other);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM Shop_2meta"), 1);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM Shop_2v_metrics"), 0);
}

static void a_bad_prefix_is_refused(void **state)
{
    static const char *const bad[] = { "", "a-b", "a b", "a\"b", "a;b", "\xc3\xa4", "sqlite_a", "SQLITE_",
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
    const place *p = *state;
    adsync_bytes *sql = NULL;

    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        const adsync_sqlite_options options = { .size = sizeof options, .prefix = bad[i] };
        place_refuses(p->file, &options, ADSYNC_E_INVALID, "a prefix is 1 to 64 letters");
        assert_int_equal(adsync_sqlite_ddl(0, &options, &sql, NULL), ADSYNC_E_INVALID);
    }
}

static void options_it_does_not_know_are_refused(void **state)
{
    struct { adsync_sqlite_options known; int64_t later; } longer = { { .size = sizeof longer }, 1 };
    const adsync_sqlite_options flags = { .size = sizeof flags, .flags = 1u << 20 },
                                negative = { .size = sizeof negative, .timeout_us = -1 };
    const adsync_sqlite_options tiny = { .size = 4 }, small = { .size = 8 };
    const place *p = *state;

    place_refuses(p->file, &longer.known, ADSYNC_E_UNSUPPORTED, "too old");
    longer.later = 0;
    adsync_storage_free(place_open(p, &longer.known));
    adsync_storage_free(place_open(p, &small));
    place_refuses(p->file, &flags, ADSYNC_E_UNSUPPORTED, "unknown flags");
    place_refuses(p->file, &negative, ADSYNC_E_INVALID, "below 0");
    place_refuses(p->file, &tiny, ADSYNC_E_INVALID, "size");
    place_refuses(NULL, NULL, ADSYNC_E_INVALID, "path");
    place_refuses("", NULL, ADSYNC_E_INVALID, "path");
    place_refuses(":memory:", NULL, ADSYNC_E_INVALID, "no plain file");
    place_refuses("file:a.db?mode=memory", NULL, ADSYNC_E_INVALID, "no plain file");
    assert_int_equal(adsync_sqlite_open(p->file, NULL, NULL, NULL), ADSYNC_E_INVALID);
}

static void without_ddl_nothing_is_made(void **state)
{
    const adsync_sqlite_options no_ddl = { .size = sizeof no_ddl, .flags = ADSYNC_SQLITE_NO_DDL };
    const place *p = *state;

    place_refuses(p->file, &no_ddl, ADSYNC_E_STORAGE, "no such file");
    place_sql(p, "CREATE TABLE host (a INTEGER)");
    place_refuses(p->file, &no_ddl, ADSYNC_E_UNSUPPORTED, "adsync_sqlite_ddl");
    assert_int_equal(place_number(p, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void a_newer_schema_is_used_unless_it_says_otherwise(void **state)
{
    const place *p = *state;
    adsync_storage_free(place_open(p, NULL));
    place_sql(p, "UPDATE adsync_schema SET version = 1000000");
    adsync_storage_free(place_open(p, NULL));
    place_sql(p, "UPDATE adsync_schema SET needs = 999999");
    place_refuses(p->file, NULL, ADSYNC_E_UNSUPPORTED, "use a newer library");
    assert_int_equal(place_number(p, "SELECT version FROM adsync_schema"), 1000000);
}

static void a_schema_table_that_says_nothing_is_refused(void **state)
{
    const place *p = *state;

    adsync_storage_free(place_open(p, NULL));
    place_sql(p, "UPDATE adsync_schema SET version = 0");
    place_refuses(p->file, NULL, ADSYNC_E_FORMAT, "which version");
    place_sql(p, "DELETE FROM adsync_schema");
    place_refuses(p->file, NULL, ADSYNC_E_FORMAT, "which version");
}

static void text_as_utf_16_is_refused(void **state)
{
    const place *p = *state;

    place_sql(p, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE host (a TEXT)");
    place_refuses(p->file, NULL, ADSYNC_E_UNSUPPORTED, "UTF-16");
    assert_int_equal(place_number(p, "SELECT count(*) FROM sqlite_schema"), 1);
}

/* A host's table of the same name is not taken over, and nothing of ours is left behind. */
static void a_table_in_the_way_is_named(void **state)
{
    const place *p = *state;

    place_sql(p, "CREATE TABLE adsync_metrics (a INTEGER)");
    place_refuses(p->file, NULL, ADSYNC_E_STORAGE, "adsync_metrics");
    assert_int_equal(place_number(p, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void commit_one(adsync_storage *storage, int64_t org, uint32_t table, const adsync_value *values, uint32_t n)
{
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = n };
    adsync_error *error = NULL;

    if (adsync_storage_commit(storage, org, &put, 1, NULL, &error) != ADSYNC_OK) fail_msg("%s", adsync_error_message(error));
}

static void set(uint32_t table, adsync_value *row, uint32_t column, adsync_value value)
{
    for (uint32_t i = 0; i < adsync_table_width(table); i++)
        if (adsync_table_column(table, i) == column) row[i] = value;
}

static void assert_shows(const place *p, const char *sql, const char *expected)
{
    char *text = place_text(p, sql);

    if (strcmp(text, expected) != 0) fail_msg("%s: %s instead of %s", sql, text, expected);
    free(text);
}

static void views_show_host_names_dates_and_money(void **state)
{
    adsync_value row[ADSYNC__WIDTH_MAX];
    adsync_storage *storage = place_open(*state, NULL);
    int64_t org;

    assert_int_equal(adsync_storage_org(storage, "acme", 1, &org, NULL), ADSYNC_OK);
    place_metric(row, 12, 3);
    set(ADSYNC_T_METRICS, row, ADSYNC_C_DAY, adsync__value_int(20261120));
    set(ADSYNC_T_METRICS, row, ADSYNC_C_SPEND, adsync__value_int(12500000));
    set(ADSYNC_T_METRICS, row, ADSYNC_C_REVENUE, adsync__value_int(-500001));
    set(ADSYNC_T_METRICS, row, ADSYNC_C_CONVERSIONS, adsync__value_int(3000000));
    set(ADSYNC_T_METRICS, row, ADSYNC_C_PURCHASES, adsync__value_int(1250000));
    set(ADSYNC_T_METRICS, row, ADSYNC_C_LEADS, adsync__value_null());
    set(ADSYNC_T_METRICS, row, ADSYNC_C_PULLED_AT, adsync__value_int(1795184105000042));
    assert_int_equal(org, 1);
    commit_one(storage, org, ADSYNC_T_METRICS, row, PLACE_METRIC);
    adsync_storage_free(storage);
    assert_shows(
        *state,
        "SELECT org, connection, level, day, spend, revenue, conversions, purchases, leads IS NULL, pulled_at FROM adsync_v_metrics",
        "acme|12|campaign|2026-11-20|12.50|-0.500001|3|1.25|1|2026-11-20T14:15:05.000042Z\n");
}

static void no_amount_is_rounded_at_either_end_of_the_numbers(void **state)
{
    static const struct { int64_t micros; const char *money, *count; } cases[] = {
        { 0, "0.00\n", "0\n" },
        { 1, "0.000001\n", "0.000001\n" },
        { -1, "-0.000001\n", "-0.000001\n" },
        { 999999, "0.999999\n", "0.999999\n" },
        { -1000000, "-1.00\n", "-1\n" },
        { 10000000, "10.00\n", "10\n" },
        { 1230000, "1.23\n", "1.23\n" },
        { 1200000, "1.20\n", "1.2\n" },
        { 1234000, "1.234\n", "1.234\n" },
        { 9007199254740993, "9007199254.740993\n", "9007199254.740993\n" },
        { INT64_MAX, "9223372036854.775807\n", "9223372036854.775807\n" },
        { INT64_MIN, "-9223372036854.775808\n", "-9223372036854.775808\n" },
    };
    adsync_storage *storage = place_open(*state, NULL);
    adsync_value row[PLACE_METRIC];

    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        place_metric(row, 1, 0);
        set(ADSYNC_T_METRICS, row, ADSYNC_C_SPEND, adsync__value_int(cases[i].micros));
        set(ADSYNC_T_METRICS, row, ADSYNC_C_CONVERSIONS, adsync__value_int(cases[i].micros));
        commit_one(storage, 1, ADSYNC_T_METRICS, row, PLACE_METRIC);
        assert_shows(*state, "SELECT spend FROM adsync_v_metrics", cases[i].money);
        assert_shows(*state, "SELECT conversions FROM adsync_v_metrics", cases[i].count);
    }
    adsync_storage_free(storage);
}

static void times_are_utc_to_the_microsecond_also_before_1970(void **state)
{
    static const struct { int64_t us; const char *shown; } cases[] = {
        { 0, "1970-01-01T00:00:00.000000Z\n" },
        { -1, "1969-12-31T23:59:59.999999Z\n" },
        { -1000000, "1969-12-31T23:59:59.000000Z\n" },
        { 1709251199999999, "2024-02-29T23:59:59.999999Z\n" },
        { 4102444800000001, "2100-01-01T00:00:00.000001Z\n" },
    };
    adsync_storage *storage = place_open(*state, NULL);

    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        const adsync_value call[] = { NUMBER(1), adsync__value_int(cases[i].us), NUMBER(1) };
        commit_one(storage, 1, ADSYNC_T_API_CALLS, call, 3);
        assert_shows(*state, "SELECT called_at FROM adsync_v_api_calls", cases[i].shown);
        place_sql(*state, "DELETE FROM adsync_api_calls");
    }
    adsync_storage_free(storage);
}

static void entities_are_parted_by_their_kind(void **state)
{
    static const uint32_t kinds[] = { ADSYNC_KIND_CAMPAIGN, ADSYNC_KIND_ADSET, ADSYNC_KIND_AD, ADSYNC_KIND_LEAD };
    adsync_storage *storage = place_open(*state, NULL);
    adsync_value row[ADSYNC__WIDTH_MAX];

    for (size_t i = 0; i < ADSYNC__COUNT(kinds); i++) {
        memset(row, 0, sizeof row);
        row[0] = row[1] = adsync__value_int(1);
        row[2] = adsync__value_int(kinds[i]);
        row[3] = adsync__value_text(adsync_kind_name(kinds[i]));
        set(ADSYNC_T_ENTITIES, row, ADSYNC_C_BUDGET_DAILY, adsync__value_int(50000000));
        commit_one(storage, 1, ADSYNC_T_ENTITIES, row, adsync_table_width(ADSYNC_T_ENTITIES));
    }
    adsync_storage_free(storage);
    assert_shows(*state, "SELECT id, kind, budget_daily, org IS NULL FROM adsync_v_campaigns", "campaign|campaign|50.00|1\n");
    assert_shows(*state, "SELECT id, kind, budget_daily FROM adsync_v_adsets", "adset|adset|50.00\n");
    assert_shows(*state, "SELECT id, kind FROM adsync_v_ads", "ad|ad\n");
}

/* P10: an ad set and an ad below what is switched off, whichever row was written last; an ad's words where it has no name. */
static void views_of_children_know_their_parents(void **state)
{
    adsync_storage *storage = place_open(*state, NULL);

    adsync_storage_free(storage);
    place_sql(*state, "INSERT INTO adsync_entities (org, connection, kind, id, campaign_id, adset_id, creative_id, name, body, switch,"
                      " status, _version) VALUES (1,1,2,'c',NULL,NULL,NULL,'C',NULL,'PAUSED','PAUSED',1),"
                      " (1,1,2,'d',NULL,NULL,NULL,'D',NULL,'ACTIVE','ACTIVE',1),"
                      " (1,1,3,'s','c',NULL,NULL,'S',NULL,'ACTIVE','LIMITED',1), (1,1,3,'t','d',NULL,NULL,'T',NULL,'ACTIVE','ACTIVE',1),"
                      " (1,1,4,'a','c','s','x',NULL,NULL,'ACTIVE','ACTIVE',1), (1,1,4,'b','d','t','x','B',NULL,'ACTIVE','ACTIVE',1),"
                      " (1,1,4,'e','c','s',NULL,NULL,NULL,'ACTIVE','PENDING',1), (1,2,4,'a','c','s','x',NULL,NULL,'ACTIVE','ACTIVE',1),"
                      " (1,1,5,'x',NULL,NULL,NULL,'a post','abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
                      "abcdefghijABCDE',NULL,NULL,1)");
    assert_shows(*state, "SELECT id, status FROM adsync_v_adsets ORDER BY 1", "s|PARENT_OFF\nt|ACTIVE\n");
    assert_shows(*state, "SELECT connection, id, status, length(name), substr(name, -1) FROM adsync_v_ads ORDER BY 1, 2",
                 "1|a|PARENT_OFF|80|j\n1|b|ACTIVE|1|B\n1|e|PENDING||\n2|a|ACTIVE||\n"); /* another account's parents are none */
    place_sql(*state, "UPDATE adsync_entities SET switch = 'ACTIVE' WHERE id = 'c';"
                      " UPDATE adsync_entities SET switch = 'PAUSED' WHERE id = 't'");
    assert_shows(*state, "SELECT id, status FROM adsync_v_adsets ORDER BY 1", "s|LIMITED\nt|ACTIVE\n");
    assert_shows(*state, "SELECT id, status FROM adsync_v_ads WHERE connection = 1 ORDER BY 1", "a|ACTIVE\nb|PARENT_OFF\ne|PENDING\n");
    place_sql(*state, "UPDATE adsync_entities SET switch = 'ACTIVE', status = 'DELETED' WHERE id IN ('t', 'c')");
    assert_shows(*state, "SELECT id, status FROM adsync_v_adsets ORDER BY 1", "s|PARENT_OFF\nt|DELETED\n");
    assert_shows(*state, "SELECT id, status FROM adsync_v_ads WHERE connection = 1 ORDER BY 1", "a|PARENT_OFF\nb|PARENT_OFF\ne|PENDING\n");
}

/* P3: every column of every table holds the planted bytes; no view shows them. */
static void no_view_shows_what_is_sealed_or_any_bytes(void **state)
{
    adsync_value row[ADSYNC__WIDTH_MAX];
    adsync_storage *storage = place_open(*state, NULL);
    uint32_t views = 0;
    char *names, *from, *name;

    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        for (uint32_t i = 0; i < adsync_table_width(t); i++) {
            row[i] = adsync__value_int(1);
            if (adsync_table_column_kind(t, i) == ADSYNC_VALUE_TEXT) row[i] = adsync__value_text("x");
            if (adsync_table_column_kind(t, i) == ADSYNC_VALUE_BYTES) row[i] = adsync__value_bytes("SEALED", 6);
            if (adsync_table_column(t, i) == ADSYNC_C_KIND) row[i] = adsync__value_int(ADSYNC_KIND_CAMPAIGN);
        }
        commit_one(storage, adsync_table_has_org(t), t, row, adsync_table_width(t));
    }
    adsync_storage_free(storage);
    from = names = place_text(*state, "SELECT name FROM sqlite_schema WHERE type = 'view'");
    while ((name = strsep(&from, "\n")) && *name) {
        char sql[200], *text;
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", name);
        text = place_text(*state, sql);
        if (strstr(text, "SEALED")) fail_msg("%s: %s", name, text);
        if (!strcmp(name, "adsync_v_connections") || !strcmp(name, "adsync_v_campaigns")) assert_true(strlen(text) > 20);
        free(text);
        views++;
    }
    free(names);
    assert_int_equal(views, 9);
    assert_int_equal(place_number(*state, "SELECT count(*) FROM adsync_secrets WHERE sealed = CAST('SEALED' AS BLOB)"), 1);
    assert_int_equal(
        place_number(*state, "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND (sql LIKE '%secrets%' OR sql LIKE '%adsync_keys%'"
                             " OR sql LIKE '%oauth_states%')"),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_text_makes_what_opening_makes, place_begin, place_end),
        cmocka_unit_test(there_are_no_steps_from_the_version_that_is_there),
        cmocka_unit_test_setup_teardown(a_prefix_parts_two_stores_in_one_file, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_bad_prefix_is_refused, place_begin, place_end),
        cmocka_unit_test_setup_teardown(options_it_does_not_know_are_refused, place_begin, place_end),
        cmocka_unit_test_setup_teardown(without_ddl_nothing_is_made, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_newer_schema_is_used_unless_it_says_otherwise, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_schema_table_that_says_nothing_is_refused, place_begin, place_end),
        cmocka_unit_test_setup_teardown(text_as_utf_16_is_refused, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_table_in_the_way_is_named, place_begin, place_end),
        cmocka_unit_test_setup_teardown(views_show_host_names_dates_and_money, place_begin, place_end),
        cmocka_unit_test_setup_teardown(no_amount_is_rounded_at_either_end_of_the_numbers, place_begin, place_end),
        cmocka_unit_test_setup_teardown(times_are_utc_to_the_microsecond_also_before_1970, place_begin, place_end),
        cmocka_unit_test_setup_teardown(entities_are_parted_by_their_kind, place_begin, place_end),
        cmocka_unit_test_setup_teardown(views_of_children_know_their_parents, place_begin, place_end),
        cmocka_unit_test_setup_teardown(no_view_shows_what_is_sealed_or_any_bytes, place_begin, place_end),
    };

    return cmocka_run_group_tests_name("sqlite schema", tests, NULL, NULL);
}
