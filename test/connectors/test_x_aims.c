/* SPDX-License-Identifier: MIT */
/* X beside posts and keywords: what line items are aimed by, and accounts that are promoted. */
#include "drive.h"

#define REST(zone)                                                                                                                         \
    "'account_id':'18ce54d4x5t','now_us':" DRIVE_NOW                                                                                       \
    ",'api_version':'12','nonce':'n1','secrets':{'access_token':'7-T','token_secret':'TS','client_secret':'S','client_id':'9'},"           \
    "'facts':{'currency':'USD','time_zone':'" zone "'}}"
#define REPORT(level, from, to, zone) "{'task':'report','level':'" level "','from':" from ",'to':" to "," REST(zone)
#define REFUSED(code) "{'errors':[{'code':" code ",'message':'no'}],'request':{'params':{}}}"

/* ---- criteria */

#define CRITERIA(ids, tries) "{'task':'list','kind':'keyword','cursor':'1 12 criteria 0 0 " tries " - " ids " n2'," REST("UTC")
#define CRITERION(id, line, type, value)                                                                                                   \
    "{'id':'" id "','line_item_id':'" line "','targeting_type':'" type "','targeting_value':'" value "'}"

static const char *targeting_of(const drive *d, const char *line)
{
    for (uint32_t i = 0; i < d->outcome.n_rows; i++)
        if (drive_row(d, i)->kind == ADSYNC_KIND_ADSET && !strcmp(drive_text(d, i, ADSYNC_C_ID), line)) {
            assert_int_equal(drive_row(d, i)->twice, ADSYNC_TWICE_ADD); /* the rest of the ad set is not touched */
            return drive_text(d, i, ADSYNC_C_TARGETING);
        }
    return NULL;
}

/* P10: in whatever order criteria come, the text is one; those that were deleted aim at nobody. */
static void criteria_of_a_line_item_are_its_targeting(void **state)
{
    static const char wanted[] = "[{\"operator_type\":\"EQ\",\"targeting_type\":\"AGE\",\"targeting_value\":\"AGE_25_TO_49\"},"
                                 "{\"operator_type\":\"NE\",\"targeting_type\":\"BROAD_KEYWORD\",\"targeting_value\":\"shoes\"}]";
    drive d;

    (void)state;
    drive_task(&d, CRITERIA("a,b", "0"));
    drive_answer(
        &d, 200, "",
        "{'next_cursor':null,'data':[" CRITERION(
            "1", "a", "AGE",
            "AGE_25_TO_49") ","
                            "{'id':'2','line_item_id':'a','targeting_type':'BROAD_KEYWORD','targeting_value':'shoes','operator_type':'NE'},"
                            "{'id':'3','line_item_id':'b','targeting_type':'AGE','targeting_value':'AGE_13_TO_24','deleted':true}]}");
    assert_string_equal(targeting_of(&d, "a"), wanted);
    assert_string_equal(targeting_of(&d, "b"), "[]"); /* everybody everywhere */
    assert_int_equal(d.outcome.n_rows, 3);            /* and the keyword */
    drive_answer(&d, 200, "",
                 "{'next_cursor':null,'data':[{'id':'2','line_item_id':'a','targeting_type':'BROAD_KEYWORD','targeting_value':'shoes',"
                 "'operator_type':'NE'}," CRITERION("1", "a", "AGE", "AGE_25_TO_49") "]}");
    assert_string_equal(targeting_of(&d, "a"), wanted);
    drive_end(&d);
}

static void criteria_that_do_not_fit_an_answer_are_asked_for_by_fewer_line_items(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, CRITERIA("a,b,c", "0"));
    assert_string_equal(drive_field(&d, "line_item_ids"), "a,b,c");
    drive_answer(&d, 200, "", "{'next_cursor':'more','data':[" CRITERION("1", "a", "AGE", "x") "]}");
    assert_int_equal(d.outcome.n_rows, 0);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "line_item_ids"), "a");
    assert_string_equal(drive_field(&d, "cursor"), "(none)");
    drive_answer(&d, 200, "", "{'next_cursor':null,'data':[" CRITERION("1", "a", "AGE", "x") "]}");
    assert_non_null(targeting_of(&d, "a"));
    assert_null(targeting_of(&d, "b"));
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "line_item_ids"), "b");
    drive_answer(&d, 200, "", "{'next_cursor':'p2','data':[" CRITERION("2", "b", "BROAD_KEYWORD", "x") "]}");
    assert_null(targeting_of(&d, "b")); /* a part would be taken for the whole */
    assert_int_equal(d.outcome.n_rows, 1);
    assert_non_null(d.outcome.warnings);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "cursor"), "p2");
    drive_answer(&d, 200, "", "{'next_cursor':null,'data':[" CRITERION("3", "b", "BROAD_KEYWORD", "y") "]}");
    assert_null(targeting_of(&d, "b"));
    assert_int_equal(d.outcome.n_rows, 1);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "line_item_ids"), "c");
    drive_answer(&d, 400, "", REFUSED("'REQUEST_TOO_COMPLEX'"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL); /* one is not made smaller */
    drive_answer(&d, 200, "", "{'next_cursor':null,'data':[]}");
    assert_string_equal(targeting_of(&d, "c"), "[]");
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "cursor"), "n2"); /* the next line items */
    drive_end(&d);
    drive_task(&d, CRITERIA("a,b", "0"));
    drive_answer(&d, 400, "", REFUSED("'REQUEST_TOO_COMPLEX'"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "line_item_ids"), "a");
    drive_end(&d);
}

/* ---- what line items show beside posts */

static void accounts_that_are_promoted_have_figures_of_their_own_and_the_rest_stands_without(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20251228", "20251229", "UTC"));
    assert_string_equal(drive_field(&d, "entity"), "PROMOTED_TWEET");
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "active_entities"));
    assert_string_equal(drive_field(&d, "entity"), "PROMOTED_ACCOUNT");
    drive_answer(&d, 400, "", REFUSED("'INVALID_PARAMETER'"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_non_null(d.outcome.warnings);
    drive_answer(&d, 200, "", "{'data':[{'entity_id':'9z','placements':['ALL_ON_TWITTER']}]}");
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "entity"), "PROMOTED_ACCOUNT");
    assert_string_equal(drive_field(&d, "entity_ids"), "9z");
    drive_answer(&d, 200, "", "{'data':[{'id':'9z','id_data':[{'segment':null,'metrics':{'impressions':[3,4]}}]}]}");
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_IMPRESSIONS), 4);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "9z");
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "metric_groups"), "MOBILE_CONVERSION");
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
    drive_task(&d, REPORT("adset", "20251228", "20251229", "UTC"));
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE); /* only ads have such others */
    drive_end(&d);
}

/* Lists of promoted accounts have the newest change first; that of media creatives has no order, so an old row ends nothing. */
static void what_changed_ends_where_it_is_older_only_in_a_list_that_is_sorted(void **state)
{
    static const char page[] = "{'next_cursor':'more','data':[{'id':'1','line_item_id':'a','entity_status':'ACTIVE',"
                               "'updated_at':'2020-01-01T00:00:00Z'}]}";
    drive d;

    (void)state;
    drive_task(&d, "{'task':'changes','kind':'ad','since_us':1700000000000000,'cursor':'1 12 list 0 0 1'," REST("UTC"));
    drive_answer(&d, 200, "", page);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/media_creatives?"));
    assert_string_equal(drive_field(&d, "cursor"), "(none)");
    drive_answer(&d, 200, "", page);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "cursor"), "more");
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(criteria_of_a_line_item_are_its_targeting),
        cmocka_unit_test(criteria_that_do_not_fit_an_answer_are_asked_for_by_fewer_line_items),
        cmocka_unit_test(what_changed_ends_where_it_is_older_only_in_a_list_that_is_sorted),
        cmocka_unit_test(accounts_that_are_promoted_have_figures_of_their_own_and_the_rest_stands_without),
    };

    drive_platform = "x";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
