/* SPDX-License-Identifier: MIT */
/* The cases that Meta's reading must not get wrong, by their numbers in the list of such cases. */
#include "drive.h"

#define PAGE FIXTURES "/campaigns_page.json"
#define TARGET "https://graph.facebook.com/v25.0/act_123/campaigns"

static void d_meta_1_a_long_id_is_the_same_text_whether_it_came_as_a_number_or_as_text(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "", "{'data':[{'id':1202454526173906041},{'id':'1202454526173906041'}]}");
    assert_int_equal(d.rc, ADSYNC_OK);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ID), "1202454526173906041");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_ID), "1202454526173906041");
    drive_end(&d);
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260101"));
    drive_answer(&d, 200, "", "{'data':[{'ad_id':1202454526173906041,'date_start':'2026-01-01'}]}");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "1202454526173906041");
    drive_end(&d);
}

static void d_meta_2_a_budget_is_read_in_the_units_that_meta_defines(void **state)
{
    static const struct {
        const char *currency;
        int64_t micros;
    } cases[] = {
        { "JPY", 1000000000 }, { "USD", 10000000 }, { "IDR", 1000000000 }, { "BHD", 10000000 }, { "COP", 1000000000 }, { "EUR", 10000000 },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        drive_fact(&d, "currency", cases[i].currency);
        drive_answer(&d, 200, "", "{'data':[{'id':'1','daily_budget':'1000'}]}");
        assert_int_equal(drive_int(&d, 0, ADSYNC_C_BUDGET_DAILY), cases[i].micros);
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_CURRENCY), cases[i].currency);
        drive_end(&d);
    }
}

static void d_meta_3_a_page_with_next_and_zero_rows_goes_on(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "", "{'data':[],'paging':{'cursors':{'after':'AAA'},'next':'" TARGET "?limit=100&after=AAA'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "after"), "AAA");
    drive_end(&d);
}

static void d_meta_3_the_last_page_stops_although_it_has_cursors(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 200, "", FIXTURES "/campaigns_last.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

/* As far as the poll of a run over so many days. */
static void run_to_poll(drive *d, const char *task, const char *created)
{
    drive_task(d, task);
    assert_non_null(strstr(drive_request(d), "\"method\":\"POST\""));
    drive_answer(d, 200, "", created);
    assert_int_equal(d->outcome.way, ADSYNC__WAY_WAIT);
    assert_true(d->outcome.delay_us > 0);
    drive_go_on(d);
    assert_non_null(strstr(drive_request(d), "https://graph.facebook.com/v25.0/6023920149050"));
}

static void d_meta_4_the_id_of_a_run_is_read_as_text_and_as_number(void **state)
{
    drive d;

    (void)state;
    run_to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"), "{'report_run_id':'6023920149050'}");
    drive_end(&d);
    run_to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"), "{'report_run_id':6023920149050}");
    drive_end(&d);
}

static void d_meta_4_a_run_that_is_running_at_100_percent_is_not_ready(void **state)
{
    static const char *const states[] = {
        "{'async_status':'Job Running','async_percent_completion':100}",
        "{'async_status':'Job Not Started','async_percent_completion':0}",
        "{'async_status':'Job Completed','async_percent_completion':99}",
        "{'async_status':'Job Completed'}",
        "{'async_status':'A word of tomorrow','async_percent_completion':100}",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(states); i++) {
        run_to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"), "{'report_run_id':'6023920149050'}");
        drive_answer(&d, 200, "", states[i]);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
        drive_end(&d);
    }
}

static void d_meta_4_a_run_that_failed_at_100_percent_has_failed(void **state)
{
    drive d;

    (void)state;
    run_to_poll(&d, DRIVE_REPORT("ad", "20260101", "20260131"), "{'report_run_id':'6023920149050'}");
    drive_file(&d, 200, "", FIXTURES "/run_failed.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT); /* smaller, never the rows of the run that failed */
    drive_end(&d);
}

static void d_meta_5_three_names_of_one_purchase_count_once_and_windows_are_never_added(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_file(&d, 200, "", FIXTURES "/insights_ad.json");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 11000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_PURCHASES), 11000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CLICK_CONVERSIONS), 1000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_VIEW_CONVERSIONS), 10000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_REVENUE), 99500000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_LEADS), 2000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_ENGAGEMENTS), 30);
    drive_end(&d);
}

static void d_meta_5_the_revenue_is_of_the_name_that_was_counted(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_answer(&d, 200, "",
                 "{'data':[{'ad_id':'1','date_start':'2026-01-01','actions':[{'action_type':'purchase','value':'2'}],"
                 "'action_values':[{'action_type':'omni_purchase','value':'77'},{'action_type':'purchase','value':'20'}]}]}");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 2000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_REVENUE), 20000000);
    drive_fact(&d, "conversion_action", "lead");
    drive_file(&d, 200, "", FIXTURES "/insights_ad.json");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 2000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_PURCHASES), 11000000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_REVENUE), 0);
    drive_end(&d);
}

static void d_meta_6_a_row_without_actions_counts_zero(void **state)
{
    static const uint32_t columns[] = {
        ADSYNC_C_CONVERSIONS,       ADSYNC_C_REVENUE,          ADSYNC_C_PURCHASES, ADSYNC_C_LEADS,
        ADSYNC_C_CLICK_CONVERSIONS, ADSYNC_C_VIEW_CONVERSIONS, ADSYNC_C_CLICKS,    ADSYNC_C_LINK_CLICKS,
    };
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_file(&d, 200, "", FIXTURES "/insights_ad.json");
    for (size_t i = 0; i < ADSYNC__COUNT(columns); i++) assert_int_equal(drive_int(&d, 1, columns[i]), 0);
    drive_end(&d);
}

static void d_meta_6_days_without_rows_are_covered_and_empty(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("ad", "20260101", "20260107"));
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    assert_int_equal(d.outcome.n_rows, 0);
    drive_end(&d);
}

static void d_meta_7_an_answer_with_status_200_may_be_an_error(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "", "{'error':{'message':'x','code':190,'error_subcode':463}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    assert_string_equal(d.outcome.code, "190.463");
    drive_end(&d);
}

static void d_meta_7_a_page_of_html_is_trouble_that_passes(void **state)
{
    static const uint32_t statuses[] = { 200, 302, 500, 502, 503 };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(statuses); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        drive_file(&d, statuses[i], "", FIXTURES "/page.html");
        assert_int_equal(d.rc, ADSYNC_OK);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
        drive_end(&d);
    }
}

static void d_meta_7_error_data_is_an_object_or_the_text_of_one(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 400, "", FIXTURES "/error_object_data.json");
    assert_string_equal(d.outcome.message, "Invalid parameter (daily_budget)");
    drive_file(&d, 400, "", FIXTURES "/error_text_data.json");
    assert_string_equal(d.outcome.message, "Invalid parameter (daily_budget)");
    assert_string_equal(d.outcome.code, "100.1885272");
    drive_answer(&d, 400, "", "{'error':{'message':'m','code':100,'error_data':'{broken'}}");
    assert_string_equal(d.outcome.message, "m");
    drive_end(&d);
}

static void d_meta_8_a_throttle_that_calls_itself_transient_is_a_throttle(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 400, "", FIXTURES "/error_80004.json");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    assert_true(d.outcome.retry_after_us >= 60000000);
    drive_file(&d, 429, "", FIXTURES "/error_80004.json");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    drive_answer(&d, 400, "", "{'error':{'message':'m','type':'OAuthException','code':17,'error_subcode':2446079,'is_transient':true}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    drive_end(&d);
}

static void d_meta_8_the_type_of_an_error_never_decides(void **state)
{
    static const char *const types[] = { "OAuthException", "GraphMethodException", "FacebookApiException", "" };
    char body[200];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(types); i++) {
        drive_task(&d, DRIVE_LIST("campaign"));
        (void)snprintf(body, sizeof body, "{'error':{'message':'m','type':'%s','code':80000}}", types[i]);
        drive_answer(&d, 400, "", body);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
        drive_end(&d);
    }
}

static void d_meta_8_the_wrong_kind_of_token_does_not_kill_the_grant(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 400, "", "{'error':{'message':'m','type':'OAuthException','code':190,'error_subcode':2069032}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_WRONG_TOKEN_KIND);
    drive_file(&d, 400, "", FIXTURES "/error_190_page.json");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_WRONG_TOKEN_KIND);
    drive_end(&d);
}

static const adsync__out_limit *limit_of(const drive *d, const char *name, uint32_t reading)
{
    for (const adsync__out_limit *limit = d->outcome.limits; limit; limit = limit->next)
        if (!strcmp(limit->limit, name) && limit->reading == reading) return limit;
    fail_msg("nothing was said about %s", name);
    return NULL;
}

static void d_meta_9_regain_time_is_in_minutes_and_reset_time_in_seconds(void **state)
{
    const int64_t now = INT64_C(1767225600000000);
    const adsync__out_limit *limit;
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(
        &d, 200,
        "X-Business-Use-Case-Usage: {\"123\":[{\"type\":\"ads_insights\",\"call_count\":100,\"total_cputime\":16,\"total_time\":45,"
        "\"estimated_time_to_regain_access\":10}]}\r\n"
        "x-ad-account-usage: {\"acc_id_util_pct\":9.67,\"reset_time_duration\":100,\"ads_api_access_tier\":\"standard_access\"}\r\n",
        "{'data':[]}");
    limit = limit_of(&d, "ads_insights", ADSYNC_READING_BLOCKED);
    assert_int_equal(limit->reset_us, now + 600000000);
    assert_int_equal(limit->scope, ADSYNC_SCOPE_ACCOUNT);
    assert_int_equal(limit_of(&d, "ads_insights", ADSYNC_READING_USED_PERCENT)->value, 100);
    limit = limit_of(&d, "score", ADSYNC_READING_USED_PERCENT);
    assert_int_equal(limit->value, 10);
    assert_int_equal(limit->reset_us, now + 100000000);
    drive_end(&d);
}

static void d_meta_9_a_percentage_may_be_over_100(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_answer(&d, 200, "X-App-Usage: {\"call_count\":28,\"total_time\":125,\"total_cputime\":25}\r\n", "{'data':[]}");
    assert_int_equal(limit_of(&d, "platform", ADSYNC_READING_USED_PERCENT)->value, 125);
    assert_int_equal(limit_of(&d, "platform", ADSYNC_READING_USED_PERCENT)->scope, ADSYNC_SCOPE_APP);
    drive_end(&d);
}

static void d_meta_11_the_token_of_a_next_link_is_in_no_cursor(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("campaign"));
    drive_file(&d, 200, "", PAGE);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_false(drive_holds(&d, "EAAsecret"));
    assert_false(drive_holds(&d, "access_token"));
    drive_go_on(&d);
    assert_null(strstr(drive_request(&d), "EAAsecret"));
    assert_string_equal(drive_field(&d, "after"), "QVFIUm9");
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_meta_1_a_long_id_is_the_same_text_whether_it_came_as_a_number_or_as_text),
        cmocka_unit_test(d_meta_2_a_budget_is_read_in_the_units_that_meta_defines),
        cmocka_unit_test(d_meta_3_a_page_with_next_and_zero_rows_goes_on),
        cmocka_unit_test(d_meta_3_the_last_page_stops_although_it_has_cursors),
        cmocka_unit_test(d_meta_4_the_id_of_a_run_is_read_as_text_and_as_number),
        cmocka_unit_test(d_meta_4_a_run_that_is_running_at_100_percent_is_not_ready),
        cmocka_unit_test(d_meta_4_a_run_that_failed_at_100_percent_has_failed),
        cmocka_unit_test(d_meta_5_three_names_of_one_purchase_count_once_and_windows_are_never_added),
        cmocka_unit_test(d_meta_5_the_revenue_is_of_the_name_that_was_counted),
        cmocka_unit_test(d_meta_6_a_row_without_actions_counts_zero),
        cmocka_unit_test(d_meta_6_days_without_rows_are_covered_and_empty),
        cmocka_unit_test(d_meta_7_an_answer_with_status_200_may_be_an_error),
        cmocka_unit_test(d_meta_7_a_page_of_html_is_trouble_that_passes),
        cmocka_unit_test(d_meta_7_error_data_is_an_object_or_the_text_of_one),
        cmocka_unit_test(d_meta_8_a_throttle_that_calls_itself_transient_is_a_throttle),
        cmocka_unit_test(d_meta_8_the_type_of_an_error_never_decides),
        cmocka_unit_test(d_meta_8_the_wrong_kind_of_token_does_not_kill_the_grant),
        cmocka_unit_test(d_meta_9_regain_time_is_in_minutes_and_reset_time_in_seconds),
        cmocka_unit_test(d_meta_9_a_percentage_may_be_over_100),
        cmocka_unit_test(d_meta_11_the_token_of_a_next_link_is_in_no_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
