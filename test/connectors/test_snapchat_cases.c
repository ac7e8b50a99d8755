/* SPDX-License-Identifier: MIT */
/* The cases that Snapchat's reading must not get wrong, by their numbers in the list of such cases. */
#include "drive.h"

#define ACCOUNT "dbb95f66-4e45-46f0-9760-14ea841db3b4"
#define REST(zone)                                                                                                                         \
    "'account_id':'" ACCOUNT "','now_us':" DRIVE_NOW                                                                                       \
    ",'api_version':'v1','secrets':{'access_token':'T','client_secret':'S','client_id':'9',"                                               \
    "'refresh_token':'R'},'facts':{'currency':'EUR','time_zone':'" zone "'}}"
#define LIST(kind) "{'task':'list','kind':'" kind "'," REST("Europe/Berlin")
#define REPORT(level, from, to, zone) "{'task':'report','level':'" level "','from':" from ",'to':" to "," REST(zone)
#define ITEM(word, members) "{'sub_request_status':'" word "','campaign':{" members "}}"
#define REFUSED(code) "{'sub_request_status':'ERROR','sub_request_error_reason':'Error code: " code ", message: no'}"

static void d_snapchat_2_an_answer_of_200_that_says_error_is_an_error(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", "{'request_status':'ERROR','campaigns':[" REFUSED("E2002") "]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_INVALID);
    drive_answer(&d, 200, "", "{'campaigns':[]}"); /* no word of success at all */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

static void d_snapchat_2_words_of_success_in_any_case_and_a_refused_item_among_others_makes_no_evidence(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", "{'request_status':'success','campaigns':[" ITEM("success", "'id':'1'") "," ITEM("SUCCESS", "'id':'2'") "]}");
    assert_int_equal(d.outcome.n_rows, 2);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_answer(&d, 200, "", "{'request_status':'SUCCESS','campaigns':[" REFUSED("E3004") "," ITEM("SUCCESS", "'id':'2'") "]}");
    assert_int_equal(d.outcome.n_rows, 1);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ID), "2");
    assert_int_equal(d.outcome.complete, 0);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

static void d_snapchat_3_a_day_begins_at_its_own_midnight_over_both_changes_of_the_clock(void **state)
{
    static const struct {
        const char *task, *start, *end;
    } cases[] = {
        { REPORT("ad", "20260329", "20260329", "Europe/Berlin"), "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00" },
        { REPORT("ad", "20261025", "20261025", "Europe/Berlin"), "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00" },
        { REPORT("ad", "20260301", "20260330", "America/New_York"), "2026-03-01T00:00:00-05:00", "2026-03-31T00:00:00-04:00" },
        /* no midnight: the clock went from 23:59:59 to 01:00 */
        { REPORT("ad", "20181104", "20181104", "America/Sao_Paulo"), "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00" },
        { REPORT("ad", "20260301", "20260301", "Asia/Kathmandu"), "2026-03-01T00:00:00+05:45", "2026-03-02T00:00:00+05:45" },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, cases[i].task);
        assert_string_equal(drive_field(&d, "start_time"), cases[i].start);
        assert_string_equal(drive_field(&d, "end_time"), cases[i].end);
        assert_null(strstr(drive_request(&d), "+0")); /* %2B */
        drive_end(&d);
    }
}

static adsync_status asked(const char *task)
{
    adsync_request request;
    adsync_error *error = NULL;
    adsync_status rc;
    drive d;

    drive_task(&d, task);
    adsync__request_begin(&request);
    rc = d.wire.ops->request(d.wire.ops->user, &d.wire.task, &request, &error);
    adsync__request_free(&request);
    adsync_error_free(error);
    drive_end(&d);
    return rc;
}

static void d_snapchat_3_and_4_never_33_days_and_never_a_start_that_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(asked(REPORT("ad", "20260101", "20260130", "UTC")), ADSYNC_OK);
    assert_int_equal(asked(REPORT("ad", "20260101", "20260131", "UTC")), ADSYNC_E_INVALID);
    assert_int_equal(asked(REPORT("ad", "20260102", "20260101", "UTC")), ADSYNC_E_INVALID);
    assert_int_equal(asked(REPORT("ad", "20111230", "20111230", "Pacific/Apia")), ADSYNC_E_INVALID); /* a day that never was */
    assert_int_equal(asked(REPORT("ad", "20260101", "20260101", "")), ADSYNC_E_INVALID);             /* days of no zone */
}

static void d_snapchat_5_an_empty_page_with_a_next_link_goes_on(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "",
                 "{'request_status':'SUCCESS','campaigns':[],'paging':{'next_link':'https://adsapi.snapchat.com/v1/adaccounts/" ACCOUNT
                 "/campaigns?cursor=QQ%3D%3D&limit=1000'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/campaigns?cursor=QQ%3D%3D&limit=1000\"")); /* byte for byte as it came */
    drive_end(&d);
}

static void d_snapchat_5_a_next_link_that_leads_elsewhere_is_refused_before_a_token_is_attached(void **state)
{
    static const char *const links[] = {
        "https://adsapi.snapchat.com.evil.example/v1/adaccounts/" ACCOUNT "/campaigns?cursor=a",
        "http://adsapi.snapchat.com/v1/adaccounts/" ACCOUNT "/campaigns?cursor=a",
        "https://adsapi.snapchat.com/v1/adaccounts/another-account/campaigns?cursor=a",
        "https://adsapi.snapchat.com@evil.example/v1/adaccounts/" ACCOUNT "/campaigns?cursor=a",
        "https://adsapi.snapchat.com/v1/adaccounts/" ACCOUNT "/campaigns?cursor=a&access_token=T",
        "//evil.example/",
    };
    char body[600];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(links); i++) {
        drive_task(&d, LIST("campaign"));
        (void)snprintf(body, sizeof body, "{'request_status':'SUCCESS','campaigns':[],'paging':{'next_link':'%s'}}", links[i]);
        drive_answer(&d, 200, "", body);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
        assert_null(d.outcome.cursor);
        drive_end(&d);
    }
}

static void d_snapchat_6_the_reset_is_in_milliseconds_and_nobody_waits_longer_than_a_minute(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102", "UTC"));
    drive_answer(&d, 429, "X-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Reset: 1767225608000\r\n", "slow down");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    assert_int_equal(d.outcome.retry_after_us, 8000000);
    drive_answer(&d, 429, "X-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Reset: 1767229200000\r\n", "slow down");
    assert_int_equal(d.outcome.retry_after_us, 60000000);
    drive_answer(&d, 429, "", "slow down");
    assert_int_equal(d.outcome.retry_after_us, 5000000);
    drive_end(&d);
}

static void d_snapchat_7_reasons_in_another_order_are_the_same_row(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "",
                 "{'request_status':'SUCCESS','campaigns':[" ITEM("SUCCESS", "'id':'1','delivery_status':['B','A']") "," ITEM(
                     "SUCCESS", "'id':'2','delivery_status':['A','B','A']") "]}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_STATUS), "A,B");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_PLATFORM_STATUS), "A,B");
    drive_end(&d);
}

static void d_snapchat_8_a_403_is_about_rights_and_a_plain_401_is_a_token_that_ended(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("ad"));
    drive_answer(&d, 403, "", "{'request_status':'ERROR','error_code':'E3002','debug_message':'Caller does not have permission'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    drive_answer(&d, 403, "", "None of the requested actions [READ_AD] can be authorized");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    assert_true(drive_holds(&d, "(HTTP 403): None of the requested actions [READ_AD] can be authorized")); /* for a person */
    drive_answer(&d, 403, "", "<html>one line</html>");
    assert_false(drive_holds(&d, "one line"));
    drive_answer(&d, 403, "", "two\nlines");
    assert_false(drive_holds(&d, "two"));
    drive_answer(&d, 401, "", "unauthorized");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_answer(&d, 401, "", "{'request_status':'ERROR','error_code':'E3002'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_end(&d);
}

#define DAY(d, stats) "{'start_time':'2026-01-0" d "T00:00:00.000+01:00','end_time':'2026-01-0" d "T23:00:00.000Z','stats':{" stats "}}"
#define STATS(rest) "{'request_status':'SUCCESS','timeseries_stats':[{'sub_request_status':'SUCCESS','timeseries_stat':{" rest "}}]}"

static void d_snapchat_9_the_account_alone_is_asked_for_its_spend_only(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("account", "20260101", "20260102", "Europe/Berlin"));
    assert_string_equal(drive_field(&d, "fields"), "spend");
    assert_string_equal(drive_field(&d, "breakdown"), "(none)");
    drive_end(&d);
}

static void d_snapchat_9_parent_and_breakdown_are_never_both_stored(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102", "Europe/Berlin"));
    drive_answer(&d, 200, "",
                 STATS("'id':'acc','type':'AD_ACCOUNT','granularity':'DAY','timeseries':[" DAY(
                     "1", "'spend':12") "],"
                                        "'breakdown_stats':{'ad':[{'id':'a','type':'AD','timeseries':[" DAY("1", "'spend':12") "]}]}"));
    assert_int_equal(d.outcome.n_rows, 1);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "a");
    drive_answer(&d, 200, "", STATS("'id':'acc','type':'AD_ACCOUNT','granularity':'DAY','timeseries':[" DAY("1", "'spend':12") "]"));
    assert_int_equal(d.outcome.n_rows, 0);
    drive_end(&d);
}

static void d_snapchat_10_a_throttled_token_host_does_not_kill_the_grant(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," REST("UTC"));
    drive_answer(&d, 429, "", "Too Many Requests");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    drive_answer(&d, 503, "", "<html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 400, "", "{'error':'invalid_grant','error_description':'revoked'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_answer(&d, 401, "", "{'error':'invalid_client'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CONFIG);
    drive_end(&d);
}

static void d_snapchat_10_an_empty_refresh_token_does_not_overwrite_one(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," REST("UTC"));
    drive_answer(&d, 200, "", "{'access_token':'a.b','expires_in':1800,'refresh_token':''}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_non_null(drive_given(&d, "access_token"));
    assert_int_equal(drive_given(&d, "access_token")->expires_us, INT64_C(1767225600000000) + 1800 * INT64_C(1000000));
    assert_null(drive_given(&d, "refresh_token"));
    drive_answer(&d, 200, "", "{'access_token':'a.b','expires_in':3600,'refresh_token':'r2'}");
    assert_non_null(drive_given(&d, "refresh_token"));
    drive_end(&d);
}

static void empty_figures_are_believed_only_when_the_account_spent_nothing_either(void **state)
{
    static const char spent[] = STATS("'id':'acc','type':'AD_ACCOUNT','granularity':'DAY','timeseries':[" DAY("1", "'spend':1") "]");
    static const char quiet[] = STATS("'id':'acc','type':'AD_ACCOUNT','granularity':'DAY','timeseries':[" DAY("1", "'spend':0") "]");
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102", "Europe/Berlin"));
    drive_answer(&d, 200, "", STATS("'id':'acc','type':'AD_ACCOUNT','granularity':'DAY','breakdown_stats':{}"));
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "fields"), "spend");
    drive_answer(&d, 200, "", spent);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT); /* P10: never covered as a day without delivery */
    drive_answer(&d, 200, "", quiet);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "conversion_purchases"));
    drive_end(&d);
}

static void a_report_of_more_rows_than_an_outcome_carries_comes_in_pieces_without_loss(void **state)
{
    adsync__buffer body;
    uint32_t rows = 0, pieces = 0;
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 4 << 20);
    adsync__buffer_text(&body,
                        "{'request_status':'SUCCESS','timeseries_stats':[{'sub_request_status':'SUCCESS','timeseries_stat':{'id':'acc',"
                        "'type':'AD_ACCOUNT','granularity':'DAY','breakdown_stats':{'ad':[");
    for (int i = 0; i < 1700; i++) {
        char ad[400];
        (void)snprintf(ad, sizeof ad, "%s{'id':'a%d','timeseries':[" DAY("1", "'spend':1") "," DAY("2", "'spend':1") "]}", i ? "," : "", i);
        adsync__buffer_text(&body, ad);
    }
    adsync__buffer_text(&body, "]}}}]}");
    drive_task(&d, REPORT("ad", "20260101", "20260102", "Europe/Berlin"));
    for (;;) {
        drive_answer(&d, 200, "", body.p);
        assert_int_equal(d.rc, ADSYNC_OK);
        rows += d.outcome.n_rows;
        pieces++;
        if (d.outcome.way != ADSYNC__WAY_MORE) break;
        drive_go_on(&d);
    }
    assert_int_equal(rows, 3400);
    assert_int_equal(pieces, 3);
    assert_true(drive_holds(&d, "conv"));
    drive_end(&d);
    adsync__buffer_free(&body);
}

/* what has no column of its own is kept as it came: a story is nothing without the creatives that it is made of */
static void what_has_no_column_is_kept_beside(void **state)
{
    static const struct {
        const char *task, *list, *item, *members, *extra;
    } cases[] = {
        { LIST("creative"), "creatives", "creative",
          "'composite_properties':{'creative_ids':['a','b']},'preview_creative_id':'p','preview_properties':{'preview_headline':'h'}",
          "{\"composite_properties\":{\"creative_ids\":[\"a\",\"b\"]},\"preview_creative_id\":\"p\",\"preview_properties\":"
          "{\"preview_headline\":\"h\"}}" },
        { LIST("ad"), "ads", "ad", "'third_party_swipe_tracking_urls':['u'],'third_party_paid_impression_tracking_urls':['v']",
          "{\"third_party_paid_impression_tracking_urls\":[\"v\"],\"third_party_swipe_tracking_urls\":[\"u\"]}" },
        { LIST("adset"), "adsquads", "adsquad",
          "'skadnetwork_properties':{'status':'s'},'forced_view_setting':'FULL_DURATION','brand_safety_config':{'a':1}",
          "{\"brand_safety_config\":{\"a\":1},\"forced_view_setting\":\"FULL_DURATION\",\"skadnetwork_properties\":{\"status\":\"s\"}}" },
        { LIST("lead_form"), "lead_generation_forms", "lead_generation_form",
          "'legal_disclosures':[],'banner_media_id':'m','default_end_page':{'headline':'h'}",
          "{\"banner_media_id\":\"m\",\"default_end_page\":{\"headline\":\"h\"},\"legal_disclosures\":[]}" },
    };
    char body[600];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, cases[i].task);
        (void)snprintf(body, sizeof body, "{'request_status':'SUCCESS','%s':[{'sub_request_status':'SUCCESS','%s':{'id':'1',%s}}]}",
                       cases[i].list, cases[i].item, cases[i].members);
        drive_answer(&d, 200, "", body);
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_EXTRA), cases[i].extra);
        drive_end(&d);
    }
}

/* 34560000 of what: of what the account counts in. Where nothing is an amount, nothing is said. */
static void amounts_are_in_the_accounts_currency(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "",
                 "{'request_status':'SUCCESS','campaigns':[" ITEM("SUCCESS", "'id':'1','lifetime_spend_cap_micro':34560000") "," ITEM(
                     "SUCCESS", "'id':'2'") "]}");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND_CAP), 34560000);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CURRENCY), "EUR");
    assert_null(drive_text(&d, 1, ADSYNC_C_CURRENCY));
    drive_end(&d);
}

enum { ORGANISATIONS = 400 };

/* All of them, each time in another order; each tenth names an account. */
static void organisations(adsync__buffer *body, uint32_t turn)
{
    char one[300];

    adsync__buffer_begin(body, 1 << 20);
    adsync__buffer_text(body, "{'request_status':'SUCCESS','organizations':[");
    for (uint32_t i = 0; i < ORGANISATIONS; i++) {
        uint32_t n = (i * 37 + turn * 111) % ORGANISATIONS;
        (void)snprintf(one, sizeof one, "%s{'sub_request_status':'SUCCESS','organization':{'id':'dbb95f66-4e45-46f0-9760-%012u'%s%03u'}]}}",
                       i ? "," : "", n, n % 10 ? ",'roles':[{'x':'" : ",'ad_accounts':[{'name':'n','status':'ACTIVE','id':'named-", n);
        adsync__buffer_text(body, one);
    }
    adsync__buffer_text(body, "]}");
}

/* P10: however many they are, the account of each is found, once. */
static void organisations_beyond_what_a_cursor_holds_are_asked_for_their_accounts_as_well(void **state)
{
    uint32_t asked[ORGANISATIONS] = { 0 }, lists = 0, named = 0, calls = 0, n;
    adsync__buffer body;
    const char *at;
    char one[200];
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.discover'," REST("UTC"));
    do {
        assert_true(calls++ < 2 * ORGANISATIONS);
        if ((at = strstr(drive_request(&d), "/me/organizations"))) {
            organisations(&body, lists++);
            drive_answer(&d, 200, "", body.p);
            named += d.outcome.n_rows;
            adsync__buffer_free(&body);
        } else {
            assert_non_null(at = strstr(drive_request(&d), "/v1/organizations/dbb95f66-4e45-46f0-9760-"));
            assert_int_equal(sscanf(at, "/v1/organizations/dbb95f66-4e45-46f0-9760-%12u/adaccounts", &n), 1);
            assert_true(n < ORGANISATIONS && n % 10);
            asked[n]++;
            (void)snprintf(one, sizeof one,
                           "{'request_status':'SUCCESS','paging':{},'adaccounts':[{'sub_request_status':'SUCCESS','adaccount':{'id':'a%u',"
                           "'name':'n','status':'ACTIVE'}}]}",
                           n);
            drive_answer(&d, 200, "", one);
            assert_int_equal(d.outcome.n_rows, 1);
        }
        assert_true(d.outcome.way == ADSYNC__WAY_NEXT || d.outcome.way == ADSYNC__WAY_DONE);
        if (d.outcome.way == ADSYNC__WAY_NEXT) drive_go_on(&d);
    } while (d.outcome.way == ADSYNC__WAY_NEXT);
    for (uint32_t i = 0; i < ORGANISATIONS; i++) assert_int_equal(asked[i], i % 10 ? 1 : 0);
    assert_int_equal(named, ORGANISATIONS / 10);
    assert_int_equal(lists, 3); /* 360 that name none, 150 at once */
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_snapchat_2_an_answer_of_200_that_says_error_is_an_error),
        cmocka_unit_test(d_snapchat_2_words_of_success_in_any_case_and_a_refused_item_among_others_makes_no_evidence),
        cmocka_unit_test(d_snapchat_3_a_day_begins_at_its_own_midnight_over_both_changes_of_the_clock),
        cmocka_unit_test(d_snapchat_3_and_4_never_33_days_and_never_a_start_that_is_the_end),
        cmocka_unit_test(d_snapchat_5_an_empty_page_with_a_next_link_goes_on),
        cmocka_unit_test(d_snapchat_5_a_next_link_that_leads_elsewhere_is_refused_before_a_token_is_attached),
        cmocka_unit_test(d_snapchat_6_the_reset_is_in_milliseconds_and_nobody_waits_longer_than_a_minute),
        cmocka_unit_test(d_snapchat_7_reasons_in_another_order_are_the_same_row),
        cmocka_unit_test(d_snapchat_8_a_403_is_about_rights_and_a_plain_401_is_a_token_that_ended),
        cmocka_unit_test(d_snapchat_9_the_account_alone_is_asked_for_its_spend_only),
        cmocka_unit_test(d_snapchat_9_parent_and_breakdown_are_never_both_stored),
        cmocka_unit_test(d_snapchat_10_a_throttled_token_host_does_not_kill_the_grant),
        cmocka_unit_test(d_snapchat_10_an_empty_refresh_token_does_not_overwrite_one),
        cmocka_unit_test(empty_figures_are_believed_only_when_the_account_spent_nothing_either),
        cmocka_unit_test(a_report_of_more_rows_than_an_outcome_carries_comes_in_pieces_without_loss),
        cmocka_unit_test(what_has_no_column_is_kept_beside),
        cmocka_unit_test(amounts_are_in_the_accounts_currency),
        cmocka_unit_test(organisations_beyond_what_a_cursor_holds_are_asked_for_their_accounts_as_well),
    };

    drive_platform = "snapchat";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
