/* SPDX-License-Identifier: MIT */
#include "drive.h"

/* Every line of the sheet's table of errors. */
static const struct {
    int64_t code, subcode;
    uint32_t status;
    const char *more; /* members beside code and subcode */
    uint32_t refusal;
} classes[] = {
    { 190, 463, 400, "", ADSYNC_CLASS_AUTH_EXPIRED },
    { 190, 467, 400, "", ADSYNC_CLASS_AUTH_EXPIRED },
    { 190, 0, 401, "", ADSYNC_CLASS_AUTH_EXPIRED },
    { 102, 0, 401, "", ADSYNC_CLASS_AUTH_EXPIRED },
    { 190, 458, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 459, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 460, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 464, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 492, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 493, 400, "", ADSYNC_CLASS_AUTH_REVOKED },
    { 190, 2069032, 400, "", ADSYNC_CLASS_WRONG_TOKEN_KIND },
    { 3, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 10, 0, 403, "", ADSYNC_CLASS_PERMISSION },
    { 200, 0, 403, "", ADSYNC_CLASS_PERMISSION },
    { 200, 1870034, 400, "", ADSYNC_CLASS_PERMISSION },
    { 270, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 272, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 294, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 299, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 2655, 0, 400, "", ADSYNC_CLASS_PERMISSION },
    { 100, 3191001, 400, "", ADSYNC_CLASS_PERMISSION },
    { 1, 2853001, 400, "", ADSYNC_CLASS_PERMISSION },
    { 100, 0, 400, ",'message':'(#100) Missing permissions'", ADSYNC_CLASS_PERMISSION },
    { 4, 0, 400, "", ADSYNC_CLASS_THROTTLED },
    { 4, 1504022, 403, ",'is_transient':true", ADSYNC_CLASS_THROTTLED },
    { 17, 2446079, 400, ",'is_transient':true", ADSYNC_CLASS_THROTTLED },
    { 32, 0, 400, "", ADSYNC_CLASS_THROTTLED },
    { 341, 0, 400, "", ADSYNC_CLASS_THROTTLED },
    { 613, 1487742, 400, "", ADSYNC_CLASS_THROTTLED },
    { 368, 1390008, 400, "", ADSYNC_CLASS_THROTTLED },
    { 80000, 0, 400, "", ADSYNC_CLASS_THROTTLED },
    { 80004, 2446079, 500, ",'is_transient':true", ADSYNC_CLASS_THROTTLED },
    { 80014, 0, 429, "", ADSYNC_CLASS_THROTTLED },
    { 800008, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 1, 0, 500, "", ADSYNC_CLASS_TRANSIENT },
    { 1, 99, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 2, 0, 503, ",'is_transient':true", ADSYNC_CLASS_TRANSIENT },
    { 2, 0, 400, ",'is_transient':false", ADSYNC_CLASS_TRANSIENT },
    { 2, 0, 400, ",'is_transient':false,'error_user_title':'Not so'", ADSYNC_CLASS_INVALID },
    { 1, 0, 400, ",'is_transient':false,'error_user_title':'Not so'", ADSYNC_CLASS_INVALID },
    { 999, 0, 400, ",'is_transient':true", ADSYNC_CLASS_TRANSIENT },
    { -2, 2490547, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 2, 1504038, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 2, 1504043, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 2, 1504044, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 100, 1504018, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 960, 0, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 2601, 1815107, 400, "", ADSYNC_CLASS_TRANSIENT },
    { 777, 0, 502, "", ADSYNC_CLASS_TRANSIENT },
    { 100, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 100, 1487999, 400, "", ADSYNC_CLASS_INVALID },
    { 2500, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 12, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 3018, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 104, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 105, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 100, 1815573, 400, "", ADSYNC_CLASS_INVALID },
    { 100, 3858355, 400, "", ADSYNC_CLASS_INVALID },
    { 2, 1504041, 400, ",'is_transient':true", ADSYNC_CLASS_INVALID },
    { 2, 1504042, 400, "", ADSYNC_CLASS_INVALID },
    { 100, 4834011, 400, "", ADSYNC_CLASS_INVALID },
    { 2650, 0, 400, "", ADSYNC_CLASS_INVALID },
    { 2635, 0, 400, "", ADSYNC_CLASS_CONFIG },
    { 100, 33, 400, "", ADSYNC_CLASS_NOT_FOUND },
    { 803, 0, 404, "", ADSYNC_CLASS_NOT_FOUND },
    { 2650, 1487366, 400, "", ADSYNC_CLASS_NOT_FOUND },
    { 506, 0, 400, "", ADSYNC_CLASS_CONFLICT },
    { 2654, 0, 400, "", ADSYNC_CLASS_CONFLICT },
    { 100, 1487809, 400, "", ADSYNC_CLASS_CONFLICT },
    { 3979, 0, 400, "", ADSYNC_CLASS_CONFLICT },
    { 3980, 0, 400, "", ADSYNC_CLASS_CONFLICT },
};

static void every_code_of_the_sheet_has_its_class(void **state)
{
    char body[400], name[60];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(classes); i++) {
        drive_task(&d, "{'task':'account.get','account_id':'123'," DRIVE_REST);
        (void)snprintf(body, sizeof body, "{'error':{'type':'OAuthException','code':%lld,'error_subcode':%lld%s}}",
                       (long long)classes[i].code, (long long)classes[i].subcode, classes[i].more);
        drive_answer(&d, classes[i].status, "", body);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
        if (d.outcome.refusal != classes[i].refusal) fail_msg("%s is %s", body, adsync__refusal_name(d.outcome.refusal));
        (void)snprintf(name, sizeof name, classes[i].subcode ? "%lld.%lld" : "%lld", (long long)classes[i].code,
                       (long long)classes[i].subcode);
        assert_string_equal(d.outcome.code, name);
        drive_end(&d);
    }
}

static void codes_may_be_text(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_answer(&d, 400, "", "{'error':{'code':'190','error_subcode':'458','message':'m'}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_end(&d);
}

static void an_answer_without_an_error_is_judged_by_its_status(void **state)
{
    static const struct {
        uint32_t status, refusal;
    } cases[] = {
        { 400, ADSYNC_CLASS_INVALID },   { 401, ADSYNC_CLASS_AUTH_EXPIRED }, { 403, ADSYNC_CLASS_PERMISSION },
        { 404, ADSYNC_CLASS_NOT_FOUND }, { 408, ADSYNC_CLASS_TRANSIENT },    { 429, ADSYNC_CLASS_THROTTLED },
        { 500, ADSYNC_CLASS_TRANSIENT }, { 504, ADSYNC_CLASS_TRANSIENT },    { 302, ADSYNC_CLASS_TRANSIENT },
        { 0, ADSYNC_CLASS_TRANSIENT },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, DRIVE_LIST("ad"));
        drive_answer(&d, cases[i].status, "", "{}");
        assert_int_equal(d.outcome.refusal, cases[i].refusal);
        drive_raw(&d, cases[i].status, "", "", 0);
        assert_int_equal(d.outcome.refusal, cases[i].refusal);
        drive_end(&d);
    }
}

static void a_body_cut_short_is_trouble_that_passes_and_gives_no_row(void **state)
{
    adsync__buffer file;
    drive d;

    (void)state;
    assert_true(drive_read(FIXTURES "/campaigns_page.json", &file));
    drive_task(&d, DRIVE_LIST("campaign"));
    for (size_t size = 0; size + 2 < file.size; size += 97) {
        drive_raw(&d, 200, "", file.p, size);
        assert_int_equal(d.rc, ADSYNC_OK);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
        assert_null(d.outcome.rows);
    }
    drive_end(&d);
    adsync__buffer_free(&file);
}

static void no_token_stands_in_the_words_of_an_error(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_answer(
        &d, 400, "",
        "{'error':{'message':'Malformed access token EAABsbCS1234ZDZD and a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0a1b2','code':190}}");
    assert_string_equal(d.outcome.message, "Malformed access token *** and ***");
    drive_answer(&d, 200, "", "{'error':'words alone'}");
    assert_string_equal(d.outcome.message, "words alone");
    drive_answer(&d, 400, "", "{'error':{'code':1,'error_user_msg':'for people'}}");
    assert_string_equal(d.outcome.message, "for people");
    drive_end(&d);
}

static void a_throttle_lasts_as_long_as_the_longest_header_says(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_file(&d, 400, "", FIXTURES "/error_80004.json");
    assert_int_equal(d.outcome.retry_after_us, 60000000); /* never less than a minute: calling while blocked prolongs the block */
    drive_file(&d, 400,
               "X-Ad-Account-Usage: {\"acc_id_util_pct\":100,\"reset_time_duration\":120}\r\n"
               "X-Business-Use-Case-Usage: "
               "{\"1\":[{\"type\":\"ads_management\",\"call_count\":100,\"estimated_time_to_regain_access\":5}],\"2\":[]}\r\n",
               FIXTURES "/error_80004.json");
    assert_int_equal(d.outcome.retry_after_us, 300000000);
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_ACCOUNT);
    drive_answer(&d, 400, "", "{'error':{'code':4}}");
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_APP);
    drive_answer(&d, 400, "", "{'error':{'code':368,'error_subcode':1404082}}");
    assert_true(d.outcome.retry_after_us >= INT64_C(3600000000));
    drive_end(&d);
}

static void a_header_that_is_not_what_it_should_be_is_no_reading(void **state)
{
    static const char *const headers[] = {
        "X-App-Usage: \r\n",
        "X-App-Usage: {\r\n",
        "X-App-Usage: []\r\n",
        "X-App-Usage: {\"call_count\":-5}\r\n",
        "X-App-Usage: {\"call_count\":\"much\"}\r\n",
        "X-Ad-Account-Usage: {\"percent_used\":50}\r\n",
        "X-Business-Use-Case-Usage: {\"1\":{\"type\":\"ads_insights\"}}\r\n",
        "X-Business-Use-Case-Usage: {\"1\":[{\"type\":\"a new one\",\"call_count\":5}]}\r\n",
        "X-FB-Ads-Insights-Throttle: null\r\n",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(headers); i++) {
        drive_task(&d, DRIVE_LIST("ad"));
        drive_answer(&d, 200, headers[i], "{'data':[]}");
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
        assert_null(d.outcome.limits);
        drive_end(&d);
    }
}

static void the_throttle_of_insights_counts_for_app_and_account(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_REPORT("account", "20260101", "20260107"));
    drive_answer(&d, 200, "X-FB-Ads-Insights-Throttle: {\"app_id_util_pct\":100,\"acc_id_util_pct\":10,\"ads_api_access_tier\":\"x\"}\r\n",
                 "{'data':[]}");
    assert_int_equal(d.outcome.limits->scope, ADSYNC_SCOPE_APP);
    assert_int_equal(d.outcome.limits->value, 100);
    assert_int_equal(d.outcome.limits->next->scope, ADSYNC_SCOPE_ACCOUNT);
    assert_int_equal(d.outcome.limits->next->value, 10);
    drive_end(&d);
}

static void the_limits_that_are_read_are_limits_that_were_described(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_answer(
        &d, 200,
        "X-App-Usage: {\"call_count\":1}\r\nX-Page-Usage: {\"call_count\":1}\r\nX-Ad-Account-Usage: {\"acc_id_util_pct\":1}\r\n"
        "X-FB-Ads-Insights-Throttle: {\"app_id_util_pct\":1,\"acc_id_util_pct\":1}\r\n"
        "X-Business-Use-Case-Usage: {\"1\":[{\"type\":\"ads_insights\",\"call_count\":1},{\"type\":\"ads_management\",\"call_count\":1},"
        "{\"type\":\"custom_audience\",\"call_count\":1},{\"type\":\"leadgen\",\"call_count\":1},{\"type\":\"pages\",\"call_count\":1}]}"
        "\r\n",
        "{'data':[]}");
    for (const adsync__out_limit *limit = d.outcome.limits; limit; limit = limit->next) {
        bool described = false;
        for (uint32_t i = 0; i < d.wire.manifest.n_limits; i++)
            described =
                described || (d.wire.manifest.limits[i].scope == limit->scope && !strcmp(d.wire.manifest.limits[i].name, limit->limit));
        if (!described) fail_msg("%s of scope %u was not described", limit->limit, limit->scope);
    }
    drive_end(&d);
}

static void a_version_that_ends_is_told(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("ad"));
    drive_answer(&d, 200, "X-Ad-Api-Version-Warning: The call has been auto-upgraded to v26.0\r\n", "{'data':[]}");
    assert_string_equal(d.outcome.warnings->code, "version");
    assert_string_equal(d.outcome.warnings->message, "The call has been auto-upgraded to v26.0");
    drive_answer(&d, 200, "facebook-api-version: v25.0\r\n", "{'data':[]}");
    assert_null(d.outcome.warnings);
    drive_answer(&d, 200, "facebook-api-version: v26.0\r\n", "{'data':[]}");
    assert_non_null(strstr(d.outcome.warnings->message, "v26.0"));
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_the_sheet_has_its_class),
        cmocka_unit_test(codes_may_be_text),
        cmocka_unit_test(an_answer_without_an_error_is_judged_by_its_status),
        cmocka_unit_test(a_body_cut_short_is_trouble_that_passes_and_gives_no_row),
        cmocka_unit_test(no_token_stands_in_the_words_of_an_error),
        cmocka_unit_test(a_throttle_lasts_as_long_as_the_longest_header_says),
        cmocka_unit_test(a_header_that_is_not_what_it_should_be_is_no_reading),
        cmocka_unit_test(the_throttle_of_insights_counts_for_app_and_account),
        cmocka_unit_test(the_limits_that_are_read_are_limits_that_were_described),
        cmocka_unit_test(a_version_that_ends_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
