/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "storage/storage.h"

#include <stdlib.h>

#define GRAPH "https://graph.facebook.com/v25.0/"

/* ---- rows */

static void a_campaign_becomes_a_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 200, "", FIXTURES "/campaigns_page.json");
    assert_int_equal(d.outcome.n_rows, 3);
    assert_int_equal(drive_row(&d, 0)->table, ADSYNC_T_ENTITIES);
    assert_int_equal(drive_row(&d, 0)->kind, ADSYNC_KIND_CAMPAIGN);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ID), "120245452617390604");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ACCOUNT_ID), "123");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_KIND), "campaign");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_NAME), "Spring \xe2\x98\x80 sale");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_SWITCH), "PAUSED");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "PAUSED"); /* its start lies ahead, but its owner paused it */
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_STATUS), "PAUSED");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_OBJECTIVE), "OUTCOME_SALES");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_BUDGET_DAILY), 10000000);
    assert_null(drive_text(&d, 0, ADSYNC_C_BUDGET_LIFETIME)); /* "0" is not set */
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_DECLARATIONS),
                        "{\"is_adset_budget_sharing_enabled\":false,\"special_ad_categories\":[]}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_EXTRA), "{\"buying_type\":\"AUCTION\"}");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_START_AT), INT64_C(1769922000000000));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CREATED_AT), INT64_C(1764601200000000));
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_STATUS), "LIMITED");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_STATUS_REASON), "1815869 Budget too low; 2446149 Not delivering");
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_BUDGET_LIFETIME), INT64_C(5000000000));
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_SPEND_CAP), INT64_C(9000000000));
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_STATUS), "ENDED");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_SWITCH), "ACTIVE");
    drive_end(&d);
}

/* The first that fits, as it is written down: what the owner set stands before what Meta makes of it. */
static void a_status_is_the_first_that_fits(void **state)
{
    static const struct {
        const char *own, *made, *start, *stop, *status;
    } cases[] = {
        { "ACTIVE", "ACTIVE", "", "", "ACTIVE" },
        { "PAUSED", "WITH_ISSUES", "", "", "PAUSED" },
        { "PAUSED", "PAUSED", "2027-01-01T00:00:00+0000", "", "PAUSED" },
        { "PAUSED", "PAUSED", "", "2025-01-01T00:00:00+0000", "ENDED" },
        { "ACTIVE", "ACTIVE", "2027-01-01T00:00:00+0000", "", "SCHEDULED" },
        { "ACTIVE", "WITH_ISSUES", "2027-01-01T00:00:00+0000", "", "SCHEDULED" },
        { "ACTIVE", "WITH_ISSUES", "", "", "LIMITED" },
        { "ACTIVE", "CAMPAIGN_PAUSED", "2027-01-01T00:00:00+0000", "", "PARENT_OFF" },
        { "ACTIVE", "ADSET_PAUSED", "", "", "PARENT_OFF" },
        { "ACTIVE", "PENDING_REVIEW", "", "", "PENDING" },
        { "ACTIVE", "IN_PROCESS", "", "", "PENDING" },
        { "ACTIVE", "PENDING_BILLING_INFO", "", "", "PENDING" },
        { "ACTIVE", "PREAPPROVED", "", "", "PENDING" },
        { "PAUSED", "DISAPPROVED", "", "", "REJECTED" },
        { "ACTIVE", "DISAPPROVED", "", "2025-01-01T00:00:00+0000", "REJECTED" },
        { "DELETED", "DELETED", "", "", "DELETED" },
        { "ARCHIVED", "ARCHIVED", "", "2025-01-01T00:00:00+0000", "ARCHIVED" },
        { "ACTIVE", "DELETED", "", "", "DELETED" },
        { "PAUSED", "A_NEW_WORD", "", "", "PAUSED" },
        { "ACTIVE", "A_NEW_WORD", "2027-01-01T00:00:00+0000", "", "UNKNOWN" },
        { "ACTIVE", "", "", "", "ACTIVE" },
    };
    char body[400];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        int n = snprintf(body, sizeof body, "{'data':[{'id':'1','status':'%s'", cases[i].own);
        if (*cases[i].made) n += snprintf(body + n, sizeof body - (size_t)n, ",'effective_status':'%s'", cases[i].made);
        if (*cases[i].start) n += snprintf(body + n, sizeof body - (size_t)n, ",'start_time':'%s'", cases[i].start);
        if (*cases[i].stop) n += snprintf(body + n, sizeof body - (size_t)n, ",'end_time':'%s'", cases[i].stop);
        (void)snprintf(body + n, sizeof body - (size_t)n, "}]}");
        drive_task(&d, DRIVE_LIST("adset"));
        drive_answer(&d, 200, "", body);
        if (strcmp(drive_text(&d, 0, ADSYNC_C_STATUS), cases[i].status)) fail_msg("%s: %s", body, drive_text(&d, 0, ADSYNC_C_STATUS));
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_SWITCH), cases[i].own);
        drive_end(&d);
    }
}

static void a_word_that_is_no_switch_leaves_the_switch_null(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("creative"));
    drive_answer(&d, 200, "", "{'data':[{'id':'1','status':'IN_PROCESS'},{'id':'2'}]}");
    assert_null(drive_text(&d, 0, ADSYNC_C_SWITCH));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "PENDING");
    assert_null(drive_text(&d, 1, ADSYNC_C_STATUS));
    drive_end(&d);
}

static void an_ad_set_becomes_a_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("adset"));
    drive_file(&d, 200, "", FIXTURES "/adsets.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CAMPAIGN_ID), "23854404676180548");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_BUDGET_DAILY), 25500000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_BID), 1500000);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "PARENT_OFF");
    assert_null(drive_text(&d, 0, ADSYNC_C_END_AT)); /* 1970: without end */
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_TARGETING),
                        "{\"age_min\":18,\"genders\":[1],\"geo_locations\":{\"countries\":[\"DE\",\"AT\"]},"
                        "\"targeting_automation\":{\"advantage_audience\":0}}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ATTRIBUTION), "[{\"event_type\":\"CLICK_THROUGH\",\"window_days\":7}]");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_DECLARATIONS), "{\"dsa_beneficiary\":\"Shop\",\"dsa_payor\":\"Shop\"}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_BILLING_EVENT), "IMPRESSIONS");
    drive_end(&d);
}

static void an_ad_becomes_a_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_file(&d, 200, "", FIXTURES "/ads.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CREATIVE_ID), "777");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ADSET_ID), "23854404706320548");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_REVIEW), "rejected");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_REVIEW_REASON), "{\"global\":{\"Text\":\"Too much of it\"}}");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_REVIEW), "pending");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_STATUS), "UNKNOWN");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_PLATFORM_STATUS), "A_NEW_WORD");
    assert_null(drive_text(&d, 2, ADSYNC_C_REVIEW));
    drive_end(&d);
}

static void a_creative_becomes_a_row_without_addresses_that_change(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("creative"));
    assert_null(strstr(drive_request(&d), "thumbnail_url"));
    assert_null(strstr(drive_request(&d), "image_url"));
    drive_file(&d, 200, "", FIXTURES "/creatives.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_FORMAT), "link");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_TITLE), "Title");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_BODY), "Buy");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_LANDING_URL), "https://shop.example/a");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CTA), "SHOP_NOW");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_MEDIA), "abcdef");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_OWNER), "55");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMMUTABLE), 1);
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_FORMAT), "video");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_TITLE), "See");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_LANDING_URL), "https://shop.example/c");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_MEDIA), "9001");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_POST_ID), "55_1234");
    assert_false(drive_holds(&d, "scontent"));
    drive_end(&d);
}

static void an_audience_becomes_a_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("audience"));
    drive_file(&d, 200, "", FIXTURES "/audiences.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_TYPE), "list");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SIZE_LOW), 1000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SIZE_HIGH), 1200);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_READY), "ready");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_RETENTION_DAYS), 30);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CREATED_AT), INT64_C(1700000000000000));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_TARGET_ID), "23849182049640582");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_TYPE), "lookalike");
    assert_null(drive_text(&d, 1, ADSYNC_C_SIZE_LOW)); /* -1: not available */
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_SEED_ID), "23849182049640582");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_READY), "small");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_READY), "error");
    drive_end(&d);
}

static void without_a_currency_no_amount_is_guessed(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'list','kind':'campaign','account_id':'123','now_us':1,'secrets':{}}");
    drive_answer(&d, 200, "", "{'data':[{'id':'1','daily_budget':'1000'}]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEED);
    assert_string_equal(d.outcome.need, "currency");
    drive_answer(&d, 200, "", "{'data':[{'id':'1'}]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
}

static void what_is_not_what_it_should_be_gives_no_row(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{'data':{}}",
        "{'data':null}",
        "'text'",
        "{'data':[],'data':[]}",
        "{'data':[5]}",
        "{'data':[null]}",
        "{'data':[{}]}",
        "{'data':[{'id':null}]}",
        "{'data':[{'id':''}]}",
        "{'data':[{'id':0}]}",
        "{'data':[{'id':1.5}]}",
        "{'data':[{'id':{}}]}",
        "{'data':[{'id':'1','id':'2'}]}",
        "{'data':[{'id':'1','name':'a','name':'b'}]}",
        "{'data':[{'id':'1','name':{}}]}",
        "{'data':[{'id':'1','daily_budget':'ten'}]}",
        "{'data':[{'id':'1','daily_budget':'10.5'}]}",
        "{'data':[{'id':'1','daily_budget':'99999999999999999999'}]}",
        "{'data':[{'id':'1','start_time':'soon'}]}",
        "{'data':[{'id':'1','start_time':true}]}",
        "{'data':[{'id':'1','created_time':'2025-12-01T10:00:00'}]}", /* whose clock? */
        "{'data':[{'id':'1','special_ad_categories':{'a':1,'a':2}}]}",
        "{'data':[{'id':'1','name':'a\\u0000b'}]}",
        "{'data':[],'paging':{'next':5}}",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        drive_answer(&d, 200, "", bodies[i]);
        if (d.rc != ADSYNC_E_FORMAT) fail_msg("%s: %d", bodies[i], d.rc);
        drive_end(&d);
    }
}

/* ---- pages */

static void a_next_link_that_leads_elsewhere_is_refused(void **state)
{
    static const char *const links[] = {
        "https://evil.example/v25.0/act_123/campaigns?after=AAA",
        "http://graph.facebook.com/v25.0/act_123/campaigns?after=AAA",
        "https://graph.facebook.com.evil.example/v25.0/act_123/campaigns?after=AAA",
        "https://graph.facebook.com:8443/v25.0/act_123/campaigns?after=AAA",
        "https://user@graph.facebook.com/v25.0/act_123/campaigns?after=AAA",
        GRAPH "act_124/campaigns?after=AAA",
        GRAPH "act_123/adsets?after=AAA",
        GRAPH "act_123/campaigns/x?after=AAA",
        GRAPH "act_123/campaigns",
        GRAPH "act_123/campaigns?limit=5",
        GRAPH "act_123/campaigns?after=",
        GRAPH "act_123/campaigns?after=a%20b",
        GRAPH "act_123/campaigns?after=a%0",
        "https://graph.facebooc.com/v25.0/act_123/campaigns?after=AAA",
        GRAPH "act_123/campaigns?after=access_token%3DEAAx",
        GRAPH "act_123/campaigns?after=%C3%A4",
        "",
        "x",
        "https://graph.facebook.com/?after=AAA",
    };
    char body[400];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(links); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        (void)snprintf(body, sizeof body, "{'data':[{'id':'1'}],'paging':{'next':'%s'}}", links[i]);
        drive_answer(&d, 200, "", body);
        assert_int_equal(d.rc, ADSYNC_OK);
        if (d.outcome.way != ADSYNC__WAY_FAIL) fail_msg("%s was followed", links[i]);
        assert_string_equal(d.outcome.code, "next");
        assert_null(d.outcome.rows);
        drive_end(&d);
    }
}

static void a_next_link_may_be_spelt_in_other_ways(void **state)
{
    static const char *const links[] = {
        "https:\\/\\/graph.facebook.com\\/v25.0\\/act_123\\/campaigns?access_token=EAAx&limit=100&after=A%3D%3D", /* escaped in the raw
                                                                                                                     bytes */
        "https://GRAPH.facebook.com/v26.0/act_123/campaigns?after=A%3D%3D&x=1#y",                                 /* raised by Meta */
    };
    char body[400];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(links); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        (void)snprintf(body, sizeof body, "{'data':[],'paging':{'next':'%s'}}", links[i]);
        drive_answer(&d, 200, "", body);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
        drive_go_on(&d);
        assert_string_equal(drive_field(&d, "after"), "A==");
        drive_end(&d);
    }
    drive_task(&d, "{'task':'account.discover'," DRIVE_REST);
    drive_answer(&d, 200, "", "{'data':[],'paging':{'next':'" GRAPH "10158000/adaccounts?after=AAA'}}"); /* the person's number for "me" */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_end(&d);
}

static void where_the_link_says_nothing_the_cursors_do(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "", "{'data':[],'paging':{'cursors':{'after':'CCC'},'next':'" GRAPH "act_123/campaigns?limit=100'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "after"), "CCC");
    drive_end(&d);
}

static void a_page_that_follows_itself_ends_the_walk(void **state)
{
    static const char body[] = "{'data':[],'paging':{'next':'" GRAPH "act_123/campaigns?after=AAA'}}";
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "", body);
    drive_go_on(&d);
    drive_answer(&d, 200, "", body);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

static void a_page_that_is_too_much_is_asked_for_in_halves(void **state)
{
    drive d;
    int limit = 100;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 200, "", FIXTURES "/campaigns_page.json");
    drive_go_on(&d);
    while (limit > 1) {
        drive_file(&d, 500, "", FIXTURES "/error_reduce.json");
        assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
        drive_go_on(&d);
        limit /= 2;
        assert_int_equal(atoi(drive_field(&d, "limit")), limit);
        assert_string_equal(drive_field(&d, "after"), "QVFIUm9"); /* the same page */
    }
    drive_file(&d, 500, "", FIXTURES "/error_reduce.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TOO_LARGE);
    drive_end(&d);
}

static void a_body_with_more_rows_than_an_outcome_carries_is_digested_in_parts(void **state)
{
    adsync__buffer body;
    drive d;
    uint32_t rows = 0;

    (void)state;
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, "{\"data\":[");
    for (int i = 0; i < 3200; i++) {
        adsync__buffer_text(&body, i ? ",{\"id\":\"" : "{\"id\":\"");
        adsync__buffer_int(&body, i + 1);
        adsync__buffer_text(&body, "\"}");
    }
    adsync__buffer_text(&body, "]}");
    drive_task(&d, DRIVE_LIST("ad"));
    for (uint32_t part = 0; part < 3; part++) {
        drive_raw(&d, 200, "", body.p, body.size);
        assert_int_equal(atoi(drive_text(&d, 0, ADSYNC_C_ID)), (int)rows + 1); /* no row twice, none left out */
        rows += d.outcome.n_rows;
        assert_true(d.outcome.n_rows <= 1500);
        assert_int_equal(d.outcome.way, part < 2 ? ADSYNC__WAY_MORE : ADSYNC__WAY_DONE);
        if (part < 2) drive_go_on(&d);
    }
    assert_int_equal(rows, 3200);
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void a_cursor_that_is_not_ours_is_stale(void **state)
{
    static const char *const cursors[] = {
        "2 v25.0 list 100 0 0 AAA",
        "1 v24.0 list 100 0 0 AAA",
        "1 v25.0 sync 100 0 0 AAA",
        "1 v25.0 nothing 100 0 0",
        "1 v25.0 list",
        "1 v25.0 list 100 0",
        "1 v25.0 list x 0 0 A",
        "1 v25.0 list -1 0 0 A",
        "1 v25.0 list 99999999999 0 0 A",
        "1 v25.0 list 100 0 0  A",
        "1 v25.0 list 100 0 0 A B C D E F",
        "{}",
        " ",
        "1",
        "1 v25.0 long 0 0 0",
        "1 v25.0 list 100 0 0 a\tb",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cursors); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        adsync__task_text(&d.wire.task, ADSYNC__TASK_PARAM, "cursor", cursors[i]);
        drive_file(&d, 200, "", FIXTURES "/campaigns_page.json");
        if (d.outcome.way != ADSYNC__WAY_STALE) fail_msg("\"%s\" was taken", cursors[i]);
        assert_null(d.outcome.rows);
        assert_string_equal(drive_field(&d, "after"), "(none)");
        drive_end(&d);
    }
}

/* ---- requests */

static void every_state_is_listed_and_what_changed_is_filtered(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'changes','kind':'adset','account_id':'act_123','params':{'since_us':1700000000999999}," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), GRAPH "act_123/adsets?"));
    assert_non_null(strstr(drive_field(&d, "effective_status"), "\"DELETED\""));
    assert_string_equal(drive_field(&d, "filtering"),
                        "[{\"field\":\"adset.updated_time\",\"operator\":\"GREATER_THAN\",\"value\":1700000000}]");
    assert_string_equal(drive_field(&d, "limit"), "100");
    drive_end(&d);
    drive_task(&d, DRIVE_LIST("creative"));
    assert_string_equal(drive_field(&d, "effective_status"), "(none)");
    assert_string_equal(drive_field(&d, "filtering"), "(none)");
    drive_end(&d);
    drive_task(&d, "{'task':'list','kind':'ad','account_id':'123','params':{'page_size':25}," DRIVE_REST);
    assert_string_equal(drive_field(&d, "limit"), "25");
    drive_end(&d);
}

static void what_meta_lacks_is_unsupported(void **state)
{
    static const char *const tasks[] = { DRIVE_LIST("keyword"), DRIVE_LIST("post"), DRIVE_REPORT("keyword", "20260101", "20260102"),
                                         "{'task':'get','kind':'keyword','account_id':'1','ids':['1']," DRIVE_REST };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        assert_non_null(strstr(drive_request(&d), "\"class\":\"unsupported\""));
        assert_false(adsync__manifest_supports(&d.wire.manifest, d.wire.task.op, d.wire.task.kind));
        drive_answer(&d, 200, "", "{'data':[]}");
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_UNSUPPORTED);
        drive_end(&d);
    }
}

static void an_account_that_is_no_number_and_a_version_that_is_none_are_refused(void **state)
{
    static const char *const tasks[] = {
        "{'task':'list','kind':'ad','account_id':'act_'," DRIVE_REST,
        "{'task':'list','kind':'ad','account_id':'12/34'," DRIVE_REST,
        "{'task':'list','kind':'ad'," DRIVE_REST,
        "{'task':'list','kind':'ad','account_id':'1','api_version':'25.0','now_us':1}",
        "{'task':'list','kind':'ad','account_id':'1','api_version':'v25.0/../x','now_us':1}",
        "{'task':'get','kind':'ad','account_id':'1','ids':['1/../2']," DRIVE_REST,
        "{'task':'get','kind':'ad','account_id':'1'," DRIVE_REST,
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        if (!strstr(drive_request(&d), "\"class\":\"invalid\"")) fail_msg("%s: %s", tasks[i], drive_request(&d));
        drive_end(&d);
    }
}

/* ---- accounts */

static void accounts_are_discovered_and_then_the_pages_with_their_tokens(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.discover'," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), GRAPH "me/adaccounts?"));
    drive_file(&d, 200, "", FIXTURES "/adaccounts.json");
    assert_int_equal(drive_row(&d, 0)->table, ADSYNC_T_CONNECTIONS);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ACCOUNT_ID), "123");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_NAME), "Shop");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CURRENCY), "USD");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_TIME_ZONE), "America/New_York");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "active");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_ACCOUNT_ID), "124");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_STATUS), "closed");
    assert_string_equal(drive_text(&d, 2, ADSYNC_C_STATUS), "restricted");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "me/accounts?"));
    drive_file(&d, 200, "", FIXTURES "/pages.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_memory_equal(drive_given(&d, "page:55")->p, "EAApagetoken55", 14);
    assert_non_null(drive_given(&d, "page:56"));
    assert_null(drive_given(&d, "page:57")); /* its token is not shown to this person */
    assert_false(drive_holds(&d, "EAApage"));
    drive_answer(&d, 403, "", "{'error':{'code':200,'message':'(#200) no pages'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE); /* the ad accounts stand all the same */
    assert_string_equal(d.outcome.warnings->code, "pages");
    drive_end(&d);
}

static void an_account_tells_its_facts(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.get','account_id':'act_125'," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), GRAPH "act_125?"));
    drive_answer(&d, 200, "",
                 "{'id':'act_125','account_id':'125','name':'Held','account_status':9,'disable_reason':2,'currency':'JPY','timezone_name':'"
                 "Asia/Tokyo'}");
    assert_string_equal(drive_said(&d, "currency"), "JPY");
    assert_string_equal(drive_said(&d, "time_zone"), "Asia/Tokyo");
    assert_string_equal(drive_said(&d, "account_status"), "restricted");
    assert_string_equal(drive_said(&d, "disable_reason"), "2");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
}

/* ---- single objects */

static void objects_are_read_one_after_the_other_and_one_that_is_gone_hides_no_other(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'get','kind':'ad','account_id':'123','params':{'ids':['11','12','13']}," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), GRAPH "11?fields=id%2C"));
    drive_answer(&d, 200, "", "{'id':'11','name':'A'}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_NAME), "A");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "12?"));
    drive_answer(&d, 400, "", "{'error':{'code':100,'error_subcode':33}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_string_equal(d.outcome.warnings->message, "12");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "13?"));
    drive_answer(&d, 200, "", "{'id':'13'}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
    drive_task(&d, "{'task':'get','kind':'ad','account_id':'123','ids':['12']," DRIVE_REST);
    drive_answer(&d, 400, "", "{'error':{'code':100,'error_subcode':33}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_NOT_FOUND);
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_campaign_becomes_a_row),
        cmocka_unit_test(a_status_is_the_first_that_fits),
        cmocka_unit_test(a_word_that_is_no_switch_leaves_the_switch_null),
        cmocka_unit_test(an_ad_set_becomes_a_row),
        cmocka_unit_test(an_ad_becomes_a_row),
        cmocka_unit_test(a_creative_becomes_a_row_without_addresses_that_change),
        cmocka_unit_test(an_audience_becomes_a_row),
        cmocka_unit_test(without_a_currency_no_amount_is_guessed),
        cmocka_unit_test(what_is_not_what_it_should_be_gives_no_row),
        cmocka_unit_test(a_next_link_that_leads_elsewhere_is_refused),
        cmocka_unit_test(a_next_link_may_be_spelt_in_other_ways),
        cmocka_unit_test(where_the_link_says_nothing_the_cursors_do),
        cmocka_unit_test(a_page_that_follows_itself_ends_the_walk),
        cmocka_unit_test(a_page_that_is_too_much_is_asked_for_in_halves),
        cmocka_unit_test(a_body_with_more_rows_than_an_outcome_carries_is_digested_in_parts),
        cmocka_unit_test(a_cursor_that_is_not_ours_is_stale),
        cmocka_unit_test(every_state_is_listed_and_what_changed_is_filtered),
        cmocka_unit_test(what_meta_lacks_is_unsupported),
        cmocka_unit_test(an_account_that_is_no_number_and_a_version_that_is_none_are_refused),
        cmocka_unit_test(accounts_are_discovered_and_then_the_pages_with_their_tokens),
        cmocka_unit_test(an_account_tells_its_facts),
        cmocka_unit_test(objects_are_read_one_after_the_other_and_one_that_is_gone_hides_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
