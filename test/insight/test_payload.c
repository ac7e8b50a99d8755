/* SPDX-License-Identifier: MIT */
/* Records for programs: what stands in one, what belongs together, and that pages of them are the whole list. */
#include "insight/insight.h"
#include "json/json.h"

#include "support/faults.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { CONNECTION = 7, OTHER = 8 };

typedef struct shelf {
    adsync_storage *storage;
    int64_t org;
} shelf;

typedef struct cell {
    uint32_t column;
    adsync_value value;
} cell;

/* A row of which only these cells have a value. */
static void shelf_put(const shelf *s, uint32_t table, const cell *cells, size_t n)
{
    adsync_value values[ADSYNC__WIDTH_MAX];
    uint32_t width = adsync_table_width(table);
    const adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = table, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = width
    };

    for (uint32_t i = 0; i < width; i++) {
        values[i] = adsync_table_column(table, i) == ADSYNC_C_ORG ? adsync__value_int(s->org) : adsync__value_null();
        for (size_t k = 0; k < n; k++)
            if (adsync_table_column(table, i) == cells[k].column) values[i] = cells[k].value;
    }
    assert_int_equal(adsync_storage_commit(s->storage, s->org, &put, 1, NULL, NULL), ADSYNC_OK);
}
#define PUT(s, table, ...) shelf_put(s, table, (const cell[]){ __VA_ARGS__ }, sizeof((const cell[]){ __VA_ARGS__ }) / sizeof(cell))
#define INT(column, n)                                                                                                                     \
    {                                                                                                                                      \
        ADSYNC_C_##column, adsync__value_int(n)                                                                                            \
    }
#define TEXT(column, text)                                                                                                                 \
    {                                                                                                                                      \
        ADSYNC_C_##column, adsync__value_text(text)                                                                                        \
    }

static void shelf_entity(const shelf *s, uint32_t kind, const char *id, const char *campaign, const char *creative, bool removed)
{
    PUT(s, ADSYNC_T_ENTITIES, INT(CONNECTION, CONNECTION), INT(KIND, kind), TEXT(ID, id), { ADSYNC_C_HASH, adsync__value_bytes("h", 1) },
        TEXT(CAMPAIGN_ID, campaign), TEXT(CREATIVE_ID, creative), TEXT(NAME, kind == ADSYNC_KIND_AD ? NULL : id), TEXT(OBJECTIVE, "SALES"),
        TEXT(FORMAT, "video"), TEXT(LANDING_URL, "https://shop.example/\"1\""),
        { ADSYNC_C_REMOVED_AT, removed ? adsync__value_int(1) : adsync__value_null() });
}

static void shelf_figure(const shelf *s, int64_t connection, const char *campaign, int64_t day, const char *part, const char *currency,
                         int64_t spend)
{
    PUT(s, ADSYNC_T_METRICS, INT(CONNECTION, connection), INT(LEVEL, ADSYNC_KIND_CAMPAIGN), TEXT(ENTITY_ID, campaign), INT(DAY, day),
        TEXT(PART, part), INT(PULL, 1), TEXT(CURRENCY, currency), INT(SPEND, spend), INT(IMPRESSIONS, 10), INT(CONVERSIONS, 1500000));
}

static void shelf_begin(shelf *s)
{
    assert_int_equal(adsync_memory_open(NULL, &s->storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_org(s->storage, "acme", 1, &s->org, NULL), ADSYNC_OK);
    PUT(s, ADSYNC_T_CONNECTIONS, INT(CONNECTION, CONNECTION), TEXT(PLATFORM, "meta"));
    PUT(s, ADSYNC_T_CONNECTIONS, INT(CONNECTION, OTHER), TEXT(PLATFORM, "x"));
    shelf_entity(s, ADSYNC_KIND_CAMPAIGN, "c1", NULL, NULL, false);
    shelf_entity(s, ADSYNC_KIND_AD, "a1", "c1", "k1", false);
    shelf_entity(s, ADSYNC_KIND_AD, "a2", "c1", "k2", false);
    shelf_entity(s, ADSYNC_KIND_AD, "a3", "c1", "k1", false);
    shelf_entity(s, ADSYNC_KIND_AD, "a4", "c1", "k3", true);
    shelf_entity(s, ADSYNC_KIND_AD, "a5", "c2", "k3", false);
    shelf_entity(s, ADSYNC_KIND_CREATIVE, "k1", NULL, NULL, false);
    shelf_figure(s, CONNECTION, "c1", 20261119, "", "EUR", 12340000);
    shelf_figure(s, CONNECTION, "c1", 20261120, "network:a", "EUR", 1000001);
    shelf_figure(s, CONNECTION, "c1", 20261120, "network:b", "EUR", 2000000);
    shelf_figure(s, CONNECTION, "c2", 20261120, "", "EUR", 5);
    shelf_figure(s, OTHER, "c9", 20261119, "a", "JPY", 700000000);
    shelf_figure(s, OTHER, "c9", 20261119, "b", "USD", 3000000);
}

static adsync_rows *shelf_list(const shelf *s, adsync_payload_options options)
{
    adsync_rows *rows = NULL;

    options.size = sizeof options;
    assert_int_equal(adsync__payload_list(s->storage, s->org, &options, &rows, NULL), ADSYNC_OK);
    return rows;
}

static const char *next_payload(adsync_rows *rows)
{
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_true(adsync__json_valid(adsync_rows_text(rows, ADSYNC_C_PAYLOAD), strlen(adsync_rows_text(rows, ADSYNC_C_PAYLOAD))));
    return adsync_rows_text(rows, ADSYNC_C_PAYLOAD);
}

#define CREATIVES_OF_C1                                                                                                                    \
    "\"creatives\":[{\"id\":\"k1\",\"name\":\"k1\",\"type\":\"video\",\"url\":\"https://shop.example/\\\"1\\\"\"},"                        \
    "{\"id\":\"k2\",\"name\":null,\"type\":null,\"url\":null}],\"campaign\":{\"id\":\"c1\",\"name\":\"c1\",\"objective\":\"SALES\"},"

static void a_record_is_a_campaigns_day_with_exact_numbers_and_its_living_creatives_once(void **state)
{
    shelf s;
    adsync_rows *rows;

    (void)state;
    shelf_begin(&s);
    rows = shelf_list(&s, (adsync_payload_options){ .connection = CONNECTION });
    assert_int_equal(adsync_rows_count(rows), 3);
    assert_string_equal(next_payload(rows), "{\"providerId\":\"meta\",\"date\":\"2026-11-19\",\"currencyCode\":\"EUR\",\"spend\":12.34,"
                                            "\"impressions\":10,\"clicks\":null,\"conversions\":1.5,\"revenue\":null," CREATIVES_OF_C1
                                            "\"rawPayloadRef\":null}");
    assert_string_equal(next_payload(rows),
                        "{\"providerId\":\"meta\",\"date\":\"2026-11-20\",\"currencyCode\":\"EUR\",\"spend\":3.000001,"
                        "\"impressions\":20,\"clicks\":null,\"conversions\":3,\"revenue\":null," CREATIVES_OF_C1 "\"rawPayloadRef\":null}");
    assert_non_null(strstr(next_payload(rows), "\"campaign\":{\"id\":\"c2\",\"name\":null,\"objective\":null}")); /* never listed */
    assert_non_null(strstr(adsync_rows_text(rows, ADSYNC_C_PAYLOAD), "\"spend\":0.000005,"));
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void a_campaign_of_many_ads_has_all_their_creatives(void **state)
{
    enum { ADS = 2001 };
    char ad[16], creative[16];
    uint32_t n = 0;
    shelf s;
    adsync_rows *rows;

    (void)state;
    shelf_begin(&s);
    for (int i = 0; i < ADS; i++) {
        (void)snprintf(ad, sizeof ad, "b%d", i);
        (void)snprintf(creative, sizeof creative, "m%d", i / 2);
        shelf_entity(&s, ADSYNC_KIND_AD, ad, "c2", creative, false);
    }
    rows = shelf_list(&s, (adsync_payload_options){ .connection = CONNECTION, .from_day = 20261120 });
    (void)next_payload(rows);
    for (const char *at = next_payload(rows); (at = strstr(at, "{\"id\":\"m")); at++) n++;
    assert_int_equal(n, (ADS + 1) / 2);
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void currencies_are_never_added_up_in_a_record(void **state)
{
    shelf s;
    adsync_rows *rows;

    (void)state;
    shelf_begin(&s);
    rows = shelf_list(&s, (adsync_payload_options){ .connection = OTHER, .limit = 1 }); /* what has one cursor is never torn */
    assert_int_equal(adsync_rows_count(rows), 2);
    assert_non_null(strstr(next_payload(rows), "\"currencyCode\":\"JPY\",\"spend\":700,"));
    assert_non_null(strstr(next_payload(rows), "\"currencyCode\":\"USD\",\"spend\":3,"));
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void pages_of_one_are_the_whole_list(void **state)
{
    shelf s;
    adsync_rows *all, *page;
    char after[300] = "";
    uint32_t n = 0;

    (void)state;
    shelf_begin(&s);
    all = shelf_list(&s, (adsync_payload_options){ 0 });
    assert_int_equal(adsync_rows_count(all), 5);
    while ((page = shelf_list(&s, (adsync_payload_options){ .limit = 1, .after = n ? after : NULL })) && adsync_rows_count(page)) {
        for (size_t i = adsync_rows_count(page); i; i--, n++) assert_string_equal(next_payload(page), next_payload(all));
        (void)snprintf(after, sizeof after, "%s", adsync_rows_text(page, ADSYNC_C_CURSOR));
        adsync_rows_free(page);
    }
    assert_int_equal(n, 5);
    adsync_rows_free(page);
    adsync_rows_free(all);
    adsync_storage_free(s.storage);
}

static void what_cannot_be_asked_for_is_refused(void **state)
{
    static const adsync_payload_options bad[] = {
        { .size = sizeof bad[0], .flags = 1 },
        { .size = sizeof bad[0], .from_day = 20261301 },
        { .size = sizeof bad[0], .from_day = 20261120, .to_day = 20261119 },
        { .size = sizeof bad[0], .after = "x" },
        { .size = sizeof bad[0], .after = "7/20261119/" },
        { .size = sizeof bad[0], .after = "7/20261399/c1" },
        { .size = sizeof bad[0], .connection = OTHER, .after = "7/20261119/c1" },
        { .size = 4 },
    };
    adsync_rows *rows = NULL;
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(adsync__payload_list(s.storage, s.org, &bad[i], &rows, NULL) < 0);
        assert_null(rows);
    }
    adsync_storage_free(s.storage);
}

static void another_organisation_has_none(void **state)
{
    adsync_rows *rows = NULL;
    shelf s;

    (void)state;
    shelf_begin(&s);
    assert_int_equal(adsync__payload_list(s.storage, s.org + 1, NULL, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_a_campaigns_day_with_exact_numbers_and_its_living_creatives_once),
        cmocka_unit_test(a_campaign_of_many_ads_has_all_their_creatives),
        cmocka_unit_test(currencies_are_never_added_up_in_a_record),
        cmocka_unit_test(pages_of_one_are_the_whole_list),
        cmocka_unit_test(what_cannot_be_asked_for_is_refused),
        cmocka_unit_test(another_organisation_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
