/* SPDX-License-Identifier: MIT */
/* Figures added up: by each group, over parts and pages, never over levels, currencies or organisations, and never wrongly. */
#include "insight/insight.h"

#include "support/faults.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct figures {
    int64_t org, connection, level, day;
    const char *id, *part, *currency;
    int64_t spend, clicks; /* INT64_MIN: not said */
} figures;

typedef struct shelf {
    adsync_storage *storage;
    int64_t acme, globex;
} shelf;

enum { SHELF_PUTS = 500 };
static const int64_t unsaid = INT64_MIN;

static void shelf_commit(shelf *s, int64_t org, const adsync_change *changes, uint32_t n)
{
    adsync_error *error = NULL;

    if (adsync_storage_commit(s->storage, org, changes, n, NULL, &error) < 0) fail_msg("%s", adsync_error_message(error));
}

static void shelf_connection(shelf *s, int64_t org, int64_t connection, const char *platform)
{
    adsync_value values[23];
    adsync_change put = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_CONNECTIONS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 23
    };

    for (uint32_t i = 0; i < 23; i++) values[i] = adsync__value_null();
    values[0] = adsync__value_int(org);
    values[1] = adsync__value_int(connection);
    values[2] = adsync__value_text("active");
    values[10] = adsync__value_int(1);
    values[11] = adsync__value_text(platform);
    values[12] = adsync__value_text("1");
    shelf_commit(s, org, &put, 1);
}

static adsync_value shelf_count(int64_t n) { return n == unsaid ? adsync__value_null() : adsync__value_int(n); }

static void shelf_put(shelf *s, const figures *f)
{
    const adsync_value values[] = {
        adsync__value_int(f->org),
        adsync__value_int(f->connection),
        adsync__value_int(f->level ? f->level : ADSYNC_KIND_ACCOUNT),
        adsync__value_text(f->id ? f->id : "1"),
        adsync__value_int(f->day),
        adsync__value_text(f->part ? f->part : ""),
        adsync__value_int(1),
        adsync__value_text(f->currency ? f->currency : "EUR"),
        shelf_count(f->spend),
        adsync__value_null(),
        shelf_count(f->clicks),
    };
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT,
                                .table = ADSYNC_T_METRICS,
                                .expected = ADSYNC_EXPECT_ANY,
                                .values = values,
                                .n_values = ADSYNC__COUNT(values) };

    shelf_commit(s, f->org, &put, 1);
}

static void shelf_begin(shelf *s)
{
    assert_int_equal(adsync_memory_open(NULL, &s->storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_org(s->storage, "acme", 1, &s->acme, NULL), ADSYNC_OK);
    assert_int_equal(adsync_storage_org(s->storage, "globex", 1, &s->globex, NULL), ADSYNC_OK);
    shelf_connection(s, s->acme, 1, "meta");
    shelf_connection(s, s->acme, 2, "meta");
    shelf_connection(s, s->acme, 3, "google");
    shelf_connection(s, s->globex, 1, "meta");
}

/* The answer as text, a group a line: "day connection platform id currency spend clicks rows", what is not there left out or "-". */
static void shelf_says(shelf *s, const adsync_metrics_options *options, const char *wanted)
{
    static const uint32_t columns[] = { ADSYNC_C_DAY,      ADSYNC_C_CONNECTION, ADSYNC_C_PLATFORM, ADSYNC_C_ENTITY_ID,
                                        ADSYNC_C_CURRENCY, ADSYNC_C_SPEND,      ADSYNC_C_CLICKS,   ADSYNC_C_ROWS };
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    adsync__buffer text;

    adsync__buffer_begin(&text, 1 << 20);
    if (adsync__metrics_query(s->storage, s->acme, options, &rows, &error) < 0) fail_msg("%s", adsync_error_message(error));
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        for (size_t i = 0; i < ADSYNC__COUNT(columns); i++) {
            bool there = false;
            for (uint32_t c = 0; c < adsync_rows_width(rows); c++) there |= adsync_rows_column(rows, c) == columns[i];
            if (!there) continue;
            adsync__buffer_text(&text, text.size && text.p[text.size - 1] != '\n' ? " " : "");
            if (adsync_rows_kind(rows, columns[i]) == ADSYNC_VALUE_NULL)
                adsync__buffer_char(&text, '-');
            else if (adsync_rows_kind(rows, columns[i]) == ADSYNC_VALUE_INT)
                adsync__buffer_int(&text, adsync_rows_int(rows, columns[i]));
            else
                adsync__buffer_text(&text, adsync_rows_text(rows, columns[i]));
        }
        adsync__buffer_char(&text, '\n');
    }
    assert_string_equal(text.p ? text.p : "", wanted);
    adsync__buffer_free(&text);
    adsync_rows_free(rows);
}

static void shelf_fill(shelf *s)
{
    const figures all[] = {
        { s->acme, 1, 0, 20261101, "1", "", "EUR", 100, 1 },   { s->acme, 1, 0, 20261102, "1", "", "EUR", 200, 2 },
        { s->acme, 2, 0, 20261101, "2", "", "USD", 1000, 10 }, { s->acme, 3, 0, 20261102, "3", "", "EUR", 5000, unsaid },
        { s->acme, 1, 2, 20261101, "11", "", "EUR", 60, 1 },   { s->acme, 1, 2, 20261101, "12", "", "EUR", 40, 0 },
        { s->acme, 1, 2, 20261102, "11", "a", "EUR", 150, 2 }, { s->acme, 1, 2, 20261102, "11", "b", "EUR", 50, unsaid },
        { s->globex, 1, 0, 20261101, "9", "", "EUR", 7, 7 },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(all); i++) shelf_put(s, &all[i]);
}

#define BY(groups) (&(adsync_metrics_options){ .size = sizeof(adsync_metrics_options), .group_by = (groups) })
#define WITH(...) (&(adsync_metrics_options){ .size = sizeof(adsync_metrics_options), __VA_ARGS__ })

static void figures_are_added_up_by_each_group(void **state)
{
    shelf s;

    (void)state;
    shelf_begin(&s);
    shelf_says(&s, NULL, ""); /* nothing is no row, not a zero */
    shelf_fill(&s);
    shelf_says(&s, NULL, "EUR 5300 3 3\nUSD 1000 10 1\n"); /* currencies are never added up */
    shelf_says(&s, BY(ADSYNC_BY_DAY), "20261101 EUR 100 1 1\n20261101 USD 1000 10 1\n20261102 EUR 5200 2 2\n");
    shelf_says(&s, BY(ADSYNC_BY_CONNECTION), "1 EUR 300 3 2\n2 USD 1000 10 1\n3 EUR 5000 - 1\n"); /* not said is not zero */
    shelf_says(&s, BY(ADSYNC_BY_PLATFORM), "google EUR 5000 - 1\nmeta EUR 300 3 2\nmeta USD 1000 10 1\n");
    shelf_says(&s, BY(ADSYNC_BY_ENTITY), "1 EUR 300 3 2\n2 USD 1000 10 1\n3 EUR 5000 - 1\n");
    shelf_says(&s, BY(ADSYNC_BY_DAY | ADSYNC_BY_CONNECTION | ADSYNC_BY_PLATFORM | ADSYNC_BY_ENTITY),
               "20261101 1 meta 1 EUR 100 1 1\n20261101 2 meta 2 USD 1000 10 1\n20261102 1 meta 1 EUR 200 2 1\n20261102 3 google 3 EUR "
               "5000 - 1\n");
    adsync_storage_free(s.storage);
}

static void levels_are_apart_and_parts_belong_together(void **state)
{
    shelf s;

    (void)state;
    shelf_begin(&s);
    shelf_fill(&s);
    shelf_says(&s, WITH(.level = ADSYNC_KIND_CAMPAIGN, .group_by = ADSYNC_BY_ENTITY), "11 EUR 260 3 3\n12 EUR 40 0 1\n");
    shelf_says(&s, WITH(.level = ADSYNC_KIND_CAMPAIGN, .group_by = ADSYNC_BY_DAY), "20261101 EUR 100 1 2\n20261102 EUR 200 2 2\n");
    shelf_says(&s, WITH(.level = ADSYNC_KIND_AD), "");
    shelf_says(&s, WITH(.level = ADSYNC_KIND_CAMPAIGN, .entity_id = "12"), "EUR 40 0 1\n");
    shelf_says(&s, WITH(.level = ADSYNC_KIND_CAMPAIGN, .entity_id = "1"), "");
    adsync_storage_free(s.storage);
}

static void days_are_inclusive_at_both_ends(void **state)
{
    shelf s;

    (void)state;
    shelf_begin(&s);
    shelf_fill(&s);
    shelf_says(&s, WITH(.connection = 1, .from_day = 20261101, .to_day = 20261101), "EUR 100 1 1\n");
    shelf_says(&s, WITH(.connection = 1, .from_day = 20261102), "EUR 200 2 1\n");
    shelf_says(&s, WITH(.connection = 1, .to_day = 20261101), "EUR 100 1 1\n");
    shelf_says(&s, WITH(.connection = 1, .from_day = 20261101, .to_day = 20261102), "EUR 300 3 2\n");
    shelf_says(&s, WITH(.connection = 1, .from_day = 20261103), "");
    shelf_says(&s, WITH(.connection = 4), "");
    adsync_storage_free(s.storage);
}

static adsync_status shelf_refuses(shelf *s, const adsync_metrics_options *options, char name[64])
{
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync__metrics_query(s->storage, s->acme, options, &rows, &error);

    assert_null(rows);
    (void)snprintf(name, 64, "%s", adsync_error_name(error));
    adsync_error_free(error);
    return rc;
}

static void a_sum_that_does_not_fit_is_an_error_and_no_number(void **state)
{
    char name[64];
    shelf s;

    (void)state;
    shelf_begin(&s);
    shelf_put(&s, &(figures){ s.acme, 1, 0, 20261101, "1", "", "EUR", INT64_MAX, 1 });
    shelf_says(&s, NULL, "EUR 9223372036854775807 1 1\n"); /* it just fits */
    shelf_put(&s, &(figures){ s.acme, 2, 0, 20261101, "2", "", "USD", INT64_MAX, 1 });
    shelf_says(&s, NULL, "EUR 9223372036854775807 1 1\nUSD 9223372036854775807 1 1\n"); /* each for itself */
    shelf_put(&s, &(figures){ s.acme, 1, 0, 20261102, "1", "", "EUR", 1, 1 });
    assert_int_equal(shelf_refuses(&s, NULL, name), ADSYNC_E_TOO_BIG);
    assert_string_equal(name, "metrics.overflow");
    shelf_says(&s, BY(ADSYNC_BY_DAY), "20261101 EUR 9223372036854775807 1 1\n20261101 USD 9223372036854775807 1 1\n20261102 EUR 1 1 1\n");
    shelf_put(&s, &(figures){ s.acme, 1, 0, 20261102, "1", "", "EUR", -1, 1 });
    shelf_says(&s, WITH(.connection = 1), "EUR 9223372036854775806 2 2\n"); /* spend is taken back */
    shelf_put(&s, &(figures){ s.acme, 3, 0, 20261101, "3", "", "JPY", INT64_MIN + 1, 1 });
    shelf_put(&s, &(figures){ s.acme, 3, 0, 20261102, "3", "", "JPY", -2, 1 });
    assert_int_equal(shelf_refuses(&s, WITH(.connection = 3), name), ADSYNC_E_TOO_BIG);
    adsync_storage_free(s.storage);
}

static void what_makes_no_sense_is_refused(void **state)
{
    char name[64];
    shelf s;

    (void)state;
    shelf_begin(&s);
    assert_int_equal(shelf_refuses(&s, WITH(.flags = 1), name), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(shelf_refuses(&s, BY(16), name), ADSYNC_E_UNSUPPORTED);
    assert_int_equal(shelf_refuses(&s, WITH(.level = ADSYNC_KIND_CREATIVE), name), ADSYNC_E_INVALID);
    assert_int_equal(shelf_refuses(&s, WITH(.from_day = 20261131), name), ADSYNC_E_INVALID);
    assert_string_equal(name, "metrics.days");
    assert_int_equal(shelf_refuses(&s, WITH(.to_day = 7), name), ADSYNC_E_INVALID);
    assert_int_equal(shelf_refuses(&s, WITH(.from_day = 20261102, .to_day = 20261101), name), ADSYNC_E_INVALID);
    assert_int_equal(shelf_refuses(&s, &(adsync_metrics_options){ .size = 4 }, name), ADSYNC_E_INVALID);
    adsync_storage_free(s.storage);
}

/* More rows than a page of the scan and more groups than the first room, in an order that is not the groups'. */
static void long_lists_are_added_up_whole(void **state)
{
    adsync_rows *rows = NULL;
    char id[16];
    shelf s;

    (void)state;
    shelf_begin(&s);
    for (int i = 0; i < 2500; i++) {
        (void)snprintf(id, sizeof id, "%d", 5000 - i / 2);
        shelf_put(&s, &(figures){ s.acme, 1, ADSYNC_KIND_AD, i % 2 ? 20261102 : 20261101, id, "", "EUR", 1, 1 });
    }
    shelf_says(&s, WITH(.level = ADSYNC_KIND_AD), "EUR 2500 2500 2500\n");
    assert_int_equal(adsync__metrics_query(s.storage, s.acme, WITH(.level = ADSYNC_KIND_AD, .group_by = ADSYNC_BY_ENTITY), &rows, NULL),
                     ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 1250);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) assert_int_equal(adsync_rows_int(rows, ADSYNC_C_SPEND), 2);
    adsync_rows_free(rows);
    adsync_storage_free(s.storage);
}

static void a_summary(void *user)
{
    const shelf *s = user;
    adsync_rows *rows = NULL;

    (void)adsync__metrics_query(s->storage, s->acme, BY(ADSYNC_BY_DAY | ADSYNC_BY_PLATFORM), &rows, NULL);
    adsync_rows_free(rows);
}

static void shelf_cover(shelf *s, int64_t connection, int64_t level, int64_t day, const char *state)
{
    const adsync_value values[] = {
        adsync__value_int(s->acme), adsync__value_int(connection), adsync__value_int(level),
        adsync__value_text(""),     adsync__value_int(day),        adsync__value_text(state),
    };
    const adsync_change put = { .op = ADSYNC_CHANGE_PUT,
                                .table = ADSYNC_T_COVERAGE,
                                .expected = ADSYNC_EXPECT_ANY,
                                .values = values,
                                .n_values = ADSYNC__COUNT(values) };

    shelf_commit(s, s->acme, &put, 1);
}

/* P10: of the account its spend alone is said; clicks are those of its campaigns, on each day that is whole, or nobody's. */
static void what_the_account_lacks_is_its_campaigns_or_null_and_never_less(void **state)
{
    enum { CAMPAIGN = ADSYNC_KIND_CAMPAIGN };
    shelf s;

    (void)state;
    shelf_begin(&s);
    const figures all[] = {
        { s.acme, 1, 0, 20261101, "1", "", "EUR", 100, unsaid },     { s.acme, 1, 0, 20261102, "1", "", "EUR", 200, unsaid },
        { s.acme, 1, 0, 20261103, "1", "", "EUR", 0, unsaid },       { s.acme, 1, CAMPAIGN, 20261101, "11", "", "EUR", 60, 1 },
        { s.acme, 1, CAMPAIGN, 20261101, "12", "", "EUR", 40, 2 },   { s.acme, 1, CAMPAIGN, 20261101, "12", "conv", "EUR", unsaid, unsaid },
        { s.acme, 1, CAMPAIGN, 20261102, "11", "", "EUR", 200, 4 },  { s.acme, 1, ADSYNC_KIND_AD, 20261101, "111", "", "EUR", 100, 7 },
        { s.acme, 1, CAMPAIGN, 20261104, "11", "", "EUR", 9, 1000 }, /* the account has no such day */
        { s.acme, 2, 0, 20261101, "2", "", "EUR", 1000, 10 },        { s.acme, 2, CAMPAIGN, 20261101, "21", "", "EUR", 1000, 99 },
    };
    for (size_t i = 0; i < ADSYNC__COUNT(all); i++) shelf_put(&s, &all[i]);
    shelf_says(&s, BY(ADSYNC_BY_CONNECTION), "1 EUR 300 - 3\n2 EUR 1000 10 1\n"); /* no day below is known to be whole */
    shelf_cover(&s, 1, CAMPAIGN, 20261101, "settled");
    shelf_cover(&s, 1, CAMPAIGN, 20261102, "partial");
    shelf_cover(&s, 1, CAMPAIGN, 20261103, "provisional");
    shelf_says(&s, BY(ADSYNC_BY_DAY), "20261101 EUR 1100 13 2\n20261102 EUR 200 - 1\n20261103 EUR 0 - 1\n");
    shelf_says(&s, BY(ADSYNC_BY_PLATFORM), "meta EUR 1300 - 4\n"); /* 13 of some days would be believed */
    shelf_cover(&s, 1, CAMPAIGN, 20261102, "provisional");
    shelf_cover(&s, 2, CAMPAIGN, 20261101, "settled");
    shelf_says(&s, BY(ADSYNC_BY_PLATFORM), "meta EUR 1300 17 4\n"); /* and what the account says itself stands */
    shelf_says(&s, BY(ADSYNC_BY_DAY), "20261101 EUR 1100 13 2\n20261102 EUR 200 4 1\n20261103 EUR 0 - 1\n");
    shelf_says(&s, BY(ADSYNC_BY_ENTITY), "1 EUR 300 7 3\n2 EUR 1000 10 1\n");
    shelf_says(&s, WITH(.from_day = 20261102, .connection = 1, .level = ADSYNC_KIND_ACCOUNT), "EUR 200 4 2\n");
    shelf_says(&s, WITH(.level = CAMPAIGN, .connection = 1), "EUR 309 1007 5\n");
    assert_true(faults_allocations(a_summary, &s) > 5);
    adsync_storage_free(s.storage);
}

static shelf story_shelf;

static void a_story(void *user)
{
    adsync_rows *rows = NULL;

    (void)user;
    (void)adsync__metrics_query(story_shelf.storage, story_shelf.acme, BY(ADSYNC_BY_DAY | ADSYNC_BY_ENTITY | ADSYNC_BY_PLATFORM), &rows,
                                NULL);
    adsync_rows_free(rows);
    rows = NULL;
    (void)adsync__entity_list(story_shelf.storage, story_shelf.acme, 1, ADSYNC_KIND_CAMPAIGN, NULL, &rows, NULL);
    adsync_rows_free(rows);
    rows = NULL;
    (void)adsync__coverage_list(story_shelf.storage, story_shelf.acme, 1, 0, &rows, NULL);
    adsync_rows_free(rows);
    rows = NULL;
    (void)adsync__audit_list(story_shelf.storage, story_shelf.acme, 1, 0, 0, &rows, NULL);
    adsync_rows_free(rows);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    shelf_begin(&story_shelf);
    shelf_fill(&story_shelf);
    assert_true(faults_allocations(a_story, NULL) > 10);
    shelf_says(&story_shelf, NULL, "EUR 5300 3 3\nUSD 1000 10 1\n");
    adsync_storage_free(story_shelf.storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_added_up_by_each_group),
        cmocka_unit_test(levels_are_apart_and_parts_belong_together),
        cmocka_unit_test(days_are_inclusive_at_both_ends),
        cmocka_unit_test(a_sum_that_does_not_fit_is_an_error_and_no_number),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(long_lists_are_added_up_whole),
        cmocka_unit_test(what_the_account_lacks_is_its_campaigns_or_null_and_never_less),
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
