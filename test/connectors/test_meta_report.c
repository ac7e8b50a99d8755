/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "storage/storage.h"

#define GRAPH "https://graph.facebook.com/v25.0/"
#define RUN "6023920149050"
#define REDUCE "{'error':{'code':1,'message':'Please reduce the amount of data you\\'re asking for, then retry your request'}}"

static void a_small_slice_is_read_at_once_and_a_large_one_is_a_run(void **state)
{
    static const struct {
        const char *task;
        bool run;
    } cases[] = {
        { DRIVE_REPORT("ad", "20260101", "20260107"), false },       { DRIVE_REPORT("ad", "20260101", "20260108"), true },
        { DRIVE_REPORT("adset", "20260101", "20260114"), false },    { DRIVE_REPORT("adset", "20260101", "20260115"), true },
        { DRIVE_REPORT("campaign", "20260101", "20260131"), false }, { DRIVE_REPORT("campaign", "20260101", "20260201"), true },
        { DRIVE_REPORT("account", "20260101", "20260401"), false },  { DRIVE_REPORT("account", "20260101", "20260701"), true },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, cases[i].task);
        assert_non_null(
            strstr(drive_request(&d), cases[i].run ? "\"effect\":\"same\",\"method\":\"POST\"" : "\"effect\":\"read\",\"method\":\"GET\""));
        assert_non_null(strstr(drive_request(&d), GRAPH "act_123/insights"));
        drive_end(&d);
    }
}

static void days_level_and_windows_are_asked_for(void **state)
{
    static const char *const tasks[] = { DRIVE_REPORT("adset", "20260228", "20260301"), DRIVE_REPORT("adset", "20260228", "20260331") };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) { /* in the query, and in the form */
        drive_task(&d, tasks[i]);
        assert_string_equal(drive_field(&d, "level"), "adset");
        assert_string_equal(drive_field(&d, "time_range"), i ? "{\"since\":\"2026-02-28\",\"until\":\"2026-03-31\"}"
                                                             : "{\"since\":\"2026-02-28\",\"until\":\"2026-03-01\"}");
        assert_string_equal(drive_field(&d, "time_increment"), "1");
        assert_string_equal(drive_field(&d, "action_attribution_windows"), "[\"7d_click\",\"1d_view\"]");
        assert_string_equal(
            drive_field(&d, "fields"),
            "campaign_id,adset_id,account_currency,spend,impressions,clicks,inline_link_clicks,reach,actions,action_values");
        assert_non_null(
            strstr(drive_field(&d, "filtering"), "{\"field\":\"adset.effective_status\",\"operator\":\"IN\",\"value\":[\"ACTIVE\""));
        assert_non_null(strstr(drive_field(&d, "filtering"), "\"DELETED\""));
        assert_string_equal(drive_field(&d, "limit"), i ? "(none)" : "500");
        drive_end(&d);
    }
    drive_task(&d, "{'task':'report','account_id':'123','from':20260101,'to':20260101,'params':{'level':'ad','ids':['7','8']}," DRIVE_REST);
    assert_non_null(strstr(drive_field(&d, "filtering"), "{\"field\":\"ad.id\",\"operator\":\"IN\",\"value\":[\"7\",\"8\"]}"));
    drive_end(&d);
    drive_task(&d, DRIVE_REPORT("account", "20260101", "20260107"));
    assert_string_equal(drive_field(&d, "filtering"), "(none)");
    drive_end(&d);
}

static void days_that_are_none_are_refused(void **state)
{
    static const char *const tasks[] = {
        DRIVE_REPORT("ad", "20260102", "20260101"),
        DRIVE_REPORT("ad", "20260230", "20260301"),
        DRIVE_REPORT("ad", "0", "20260101"),
        "{'task':'report','level':'ad','account_id':'1'," DRIVE_REST,
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        assert_non_null(strstr(drive_request(&d), "\"class\":\"invalid\""));
        drive_end(&d);
    }
}

static void a_row_of_figures_is_exact(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_file(&d, 200, "", FIXTURES "/insights_ad.json");
    assert_int_equal(drive_row(&d, 0)->table, ADSYNC_T_METRICS);
    assert_int_equal(drive_row(&d, 0)->kind, ADSYNC_KIND_AD);
    assert_int_equal(drive_row(&d, 0)->twice, ADSYNC_TWICE_SUM);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "23854695759200548");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CAMPAIGN_ID), "23854404676180548");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_DAY), 20260101);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CURRENCY), "USD");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ATTRIBUTION), "7d_click,1d_view");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), 14350000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMPRESSIONS), 185);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_LINK_CLICKS), 9);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_REACH), 150);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_SPEND), 7348789);
    assert_null(drive_text(&d, 1, ADSYNC_C_REACH)); /* dropped, which is not zero */
    drive_end(&d);
    drive_task(&d, DRIVE_REPORT("account", "20260101", "20260107"));
    drive_file(&d, 200, "", FIXTURES "/insights_account.json");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), INT64_C(1200000000)); /* major units, whatever the currency */
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_CURRENCY), "JPY");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "123");
    drive_end(&d);
}

static void numbers_may_be_numbers_and_fractions_are_kept(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_answer(&d, 200, "",
                 "{'data':[{'ad_id':'1','date_start':'2026-01-01','spend':0.1,'impressions':5,'clicks':'7.0','actions':[{'action_type':'"
                 "purchase','value':1.5}]}]}");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), 100000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMPRESSIONS), 5);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CLICKS), 7);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 1500000);
    drive_end(&d);
}

static void a_row_that_is_not_what_it_should_be_is_refused(void **state)
{
    static const char *const rows[] = {
        "5",
        "{}",
        "{'ad_id':'1'}",
        "{'date_start':'2026-01-01'}",
        "{'ad_id':'1','date_start':'yesterday'}",
        "{'ad_id':'1','date_start':'2026-01-01','date_stop':'2026-01-02'}",
        "{'ad_id':'1','date_start':'2026-01-01','spend':'much'}",
        "{'ad_id':'1','date_start':'2026-01-01','spend':'1','spend':'2'}",
        "{'ad_id':'1','date_start':'2026-01-01','impressions':'1.5'}",
        "{'ad_id':'1','date_start':'2026-01-01','clicks':{}}",
        "{'ad_id':'1','date_start':'2026-01-01','actions':{}}",
        "{'ad_id':'1','date_start':'2026-01-01','actions':[5]}",
        "{'ad_id':'1','date_start':'2026-01-01','actions':[{'action_type':'lead','value':'x'}]}",
        "{'ad_id':'1','date_start':'2026-01-01','spend':'99999999999999999999'}",
        "{'ad_id':'1','date_start':'2026-01-01','actions':[{'action_type':'lead','value':9e12},{'action_type':'lead','value':9e12}]}",
    };
    char body[400];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(rows); i++) {
        drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
        (void)snprintf(body, sizeof body, "{'data':[%s]}", rows[i]);
        drive_answer(&d, 200, "", body);
        if (d.rc != ADSYNC_E_FORMAT) fail_msg("%s: %d", rows[i], d.rc);
        drive_end(&d);
    }
}

static int64_t child_day(const adsync__out_child *child, uint32_t column) { return adsync__row_get(&child->row, column)->i; }

static void a_slice_that_is_too_much_is_split_by_days(void **state)
{
    const adsync__out_child *child;
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260227", "20260303"));
    drive_answer(&d, 500, "", REDUCE);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    child = d.outcome.children;
    assert_int_equal(child_day(child, ADSYNC_C_FROM_DAY), 20260227);
    assert_int_equal(child_day(child, ADSYNC_C_TO_DAY), 20260301);
    assert_string_equal(child->key, "20260227-20260301");
    child = child->next;
    assert_int_equal(child_day(child, ADSYNC_C_FROM_DAY), 20260302);
    assert_int_equal(child_day(child, ADSYNC_C_TO_DAY), 20260303);
    assert_null(child->next);
    drive_answer(&d, 400, "", "{'error':{'code':100,'error_subcode':1487534}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    drive_end(&d);
}

/* The child of a split, as the tool prints it, is a task that can be run. */
static void a_child_is_a_task_of_its_own(void **state)
{
    static const char body[] = "{\"error\":{\"code\":100,\"error_subcode\":1487534}}";
    adsync__buffer out;
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260102"));
    adsync__buffer_begin(&out, 1 << 20);
    assert_int_equal(wire_response(&d.wire, 400, "", body, sizeof body - 1, &out, NULL), ADSYNC_OK);
    assert_non_null(strstr(out.p, "\"from\":20260102,\"to\":20260102,\"task\":\"report\",\"level\":\"ad\",\"account_id\":\"123\""));
    assert_null(strstr(out.p, "user-token"));
    adsync__buffer_free(&out);
    drive_end(&d);
}

static void a_day_that_is_too_much_becomes_a_run_and_then_is_too_large(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260101"));
    drive_answer(&d, 500, "", REDUCE);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"method\":\"POST\""));
    drive_answer(&d, 500, "", REDUCE);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TOO_LARGE);
    drive_end(&d);
}

static void what_takes_too_long_at_once_becomes_a_run_and_is_remembered(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_answer(&d, 400, "", "{'error':{'code':100,'error_subcode':1504018,'is_transient':true}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_string_equal(drive_said(&d, "insights_async"), "1");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"method\":\"POST\""));
    drive_end(&d);
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_fact(&d, "insights_async", "1");
    assert_non_null(strstr(drive_request(&d), "\"method\":\"POST\""));
    drive_end(&d);
}

static void to_poll(drive *d, const char *task)
{
    drive_task(d, task);
    drive_fact(d, "insights_async", "1");
    drive_file(d, 200, "", FIXTURES "/run_created.json");
    assert_int_equal(d->outcome.way, ADSYNC__WAY_WAIT);
    drive_go_on(d);
}

static void a_run_is_created_polled_and_read_page_by_page(void **state)
{
    drive d;

    (void)state;
    to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"));
    assert_non_null(strstr(drive_request(&d), "\"effect\":\"read\",\"method\":\"GET\",\"url\":\"" GRAPH RUN "?appsecret_proof="));
    drive_file(&d, 200, "", FIXTURES "/run_running.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    assert_int_equal(d.outcome.delay_us, 10000000);
    drive_go_on(&d);
    drive_file(&d, 200, "", FIXTURES "/run_completed.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH RUN "/insights?limit=500&"));
    drive_answer(&d, 200, "", "{'data':[{'ad_id':'1','date_start':'2026-01-01'}],'paging':{'next':'" GRAPH RUN "/insights?after=P2'}}");
    assert_int_equal(d.outcome.n_rows, 1);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "after"), "P2");
    assert_non_null(strstr(drive_request(&d), GRAPH RUN "/insights?"));
    drive_file(&d, 500, "", FIXTURES "/error_reduce.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "limit"), "250");
    assert_string_equal(drive_field(&d, "after"), "P2");
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
}

static void a_run_that_cannot_be_seen_yet_is_looked_for_again_but_not_for_ever(void **state)
{
    static const char unseen[] = "{'error':{'code':100,'error_subcode':33}}";
    drive d;

    (void)state;
    to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"));
    for (int i = 0; i < 5; i++) {
        drive_answer(&d, 400, "", unseen);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
        drive_go_on(&d);
    }
    drive_answer(&d, 400, "", unseen);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_NOT_FOUND);
    drive_end(&d);
}

static void a_run_that_never_ends_is_given_up(void **state)
{
    int looks = 0;
    int64_t waited = 0;
    drive d;

    (void)state;
    to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"));
    do {
        drive_file(&d, 200, "", FIXTURES "/run_running.json");
        if (d.outcome.way == ADSYNC__WAY_WAIT) {
            waited += d.outcome.delay_us;
            drive_go_on(&d);
        }
    } while (d.outcome.way == ADSYNC__WAY_WAIT && ++looks < 1000);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    assert_true(waited > INT64_C(1800000000) && waited < INT64_C(3600000000)); /* half an hour to an hour */
    drive_end(&d);
}

static void a_day_whose_run_fails_is_tried_thrice_and_then_is_too_large(void **state)
{
    drive d;

    (void)state;
    to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260101"));
    for (int i = 0; i < 2; i++) {
        drive_file(&d, 200, "", FIXTURES "/run_failed.json");
        assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
        drive_go_on(&d);
        assert_non_null(strstr(drive_request(&d), "\"method\":\"POST\""));
        drive_file(&d, 200, "", FIXTURES "/run_created.json");
        drive_go_on(&d);
    }
    drive_file(&d, 200, "", FIXTURES "/run_failed.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TOO_LARGE);
    drive_end(&d);
}

static void a_run_that_says_why_it_failed_is_believed(void **state)
{
    drive d;

    (void)state;
    to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"));
    drive_file(&d, 200, "", FIXTURES "/run_failed_permission.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    assert_string_equal(d.outcome.code, "200");
    drive_answer(&d, 200, "", "{'async_status':'Job Failed','error_code':100,'error_subcode':1487534}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    drive_answer(&d, 200, "", "{'async_status':5}");
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void a_run_without_an_id_is_none(void **state)
{
    static const char *const bodies[] = { "{}",
                                          "{'report_run_id':null}",
                                          "{'report_run_id':''}",
                                          "{'report_run_id':'../me'}",
                                          "{'report_run_id':1.5}",
                                          "{'report_run_id':'1','report_run_id':'2'}" };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260131"));
        drive_answer(&d, 200, "", bodies[i]);
        assert_int_equal(d.rc, ADSYNC_E_FORMAT);
        drive_end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_slice_is_read_at_once_and_a_large_one_is_a_run),
        cmocka_unit_test(days_level_and_windows_are_asked_for),
        cmocka_unit_test(days_that_are_none_are_refused),
        cmocka_unit_test(a_row_of_figures_is_exact),
        cmocka_unit_test(numbers_may_be_numbers_and_fractions_are_kept),
        cmocka_unit_test(a_row_that_is_not_what_it_should_be_is_refused),
        cmocka_unit_test(a_slice_that_is_too_much_is_split_by_days),
        cmocka_unit_test(a_child_is_a_task_of_its_own),
        cmocka_unit_test(a_day_that_is_too_much_becomes_a_run_and_then_is_too_large),
        cmocka_unit_test(what_takes_too_long_at_once_becomes_a_run_and_is_remembered),
        cmocka_unit_test(a_run_is_created_polled_and_read_page_by_page),
        cmocka_unit_test(a_run_that_cannot_be_seen_yet_is_looked_for_again_but_not_for_ever),
        cmocka_unit_test(a_run_that_never_ends_is_given_up),
        cmocka_unit_test(a_day_whose_run_fails_is_tried_thrice_and_then_is_too_large),
        cmocka_unit_test(a_run_that_says_why_it_failed_is_believed),
        cmocka_unit_test(a_run_without_an_id_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
