/* SPDX-License-Identifier: MIT */
/* The cases that X's reading must not get wrong, by their numbers in the list of such cases; then the table of errors, each state. */
#include "drive.h"

#define REST(zone)                                                                                                                         \
    "'account_id':'18ce54d4x5t','now_us':" DRIVE_NOW                                                                                       \
    ",'api_version':'12','nonce':'n1','secrets':{'access_token':'7-T','token_secret':'TS','client_secret':'S','client_id':'9'},"           \
    "'facts':{'currency':'USD','time_zone':'" zone "'}}"
#define LIST(kind) "{'task':'list','kind':'" kind "'," REST("America/New_York")
#define REPORT(level, from, to, zone) "{'task':'report','level':'" level "','from':" from ",'to':" to "," REST(zone)
#define AT(cursor, from, to, zone) "{'task':'report','level':'adset','cursor':'" cursor "','from':" from ",'to':" to "," REST(zone)
#define STATS(from, to, zone) AT("1 12 stats 0 0 0 ~ A:a", from, to, zone)
#define FIGURES(start, metrics)                                                                                                            \
    "{'data':[{'id':'a','id_data':[{'segment':null,'metrics':{" metrics "}}]}],'request':{'params':{'start_time':'" start "'}}}"
#define DATA(rows) "{'data':[" rows "],'next_cursor':null}"
#define REFUSED(code) "{'errors':[{'code':" code ",'message':'no'}],'request':{'params':{}}}"

static void d_x_1_a_request_is_signed_with_all_of_its_query_and_form(void **state)
{
    char one[200];
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    assert_non_null(strstr(drive_request(&d), "OAuth oauth_consumer_key=\\\"9\\\""));
    (void)snprintf(one, sizeof one, "%.60s", strstr(drive_request(&d), "oauth_signature="));
    drive_end(&d);
    drive_task(&d, LIST("adset"));
    assert_null(strstr(drive_request(&d), one)); /* another path, another signature */
    drive_end(&d);
}

static void d_x_2_a_request_that_is_repeated_has_another_nonce_and_signature(void **state)
{
    char first[4096];
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    (void)snprintf(first, sizeof first, "%s", drive_request(&d));
    adsync__task_text(&d.wire.task, ADSYNC__TASK_PARAM, "nonce", "n2");
    assert_non_null(strstr(drive_request(&d), "oauth_nonce=\\\"n2\\\""));
    assert_string_not_equal(strstr(drive_request(&d), "oauth_signature="), strstr(first, "oauth_signature="));
    adsync__task_int(&d.wire.task, "clock_us", INT64_C(1767226200000000));
    assert_non_null(strstr(drive_request(&d), "oauth_timestamp=\\\"1767226200\\\"")); /* the platform's clock, where it is known */
    drive_end(&d);
}

static void d_x_3_a_401_with_another_clock_is_the_clock_then_the_consent_is_over(void **state)
{
    static const char *const codes[] = { "32", "'UNAUTHORIZED_ACCESS'" };
    char body[200];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(codes); i++) {
        drive_task(&d, LIST("campaign"));
        (void)snprintf(body, sizeof body, REFUSED("%s"), codes[i]);
        drive_answer(&d, 401, "Date: Thu, 01 Jan 2026 00:10:00 GMT\r\n", body);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CLOCK_SKEW);
        adsync__task_int(&d.wire.task, "clock_us", INT64_C(1767226200000000));
        adsync__task_int(&d.wire.task, "attempt", 1);
        drive_answer(&d, 401, "Date: Thu, 01 Jan 2026 00:10:01 GMT\r\n", body);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
        drive_end(&d);
    }
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 401, "Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n", REFUSED("32"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT); /* signed anew once */
    drive_answer(&d, 401, "", REFUSED("135"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CLOCK_SKEW);
    drive_answer(&d, 401, "Date: Thu, 01 Jan 2026 00:10:00 GMT\r\n", REFUSED("89"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_answer(&d, 401, "", "{}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_end(&d);
}

static void d_x_4_element_i_is_day_i_of_the_calendar_over_both_changes_of_the_clock(void **state)
{
    static const struct {
        const char *task, *body;
        int64_t days[3];
    } cases[] = {
        { STATS("20260307", "20260309", "America/New_York"),
          FIGURES("2026-03-07T05:00:00Z", "'impressions':[1,2,3]"),
          { 20260307, 20260308, 20260309 } },
        { STATS("20251101", "20251103", "America/New_York"),
          FIGURES("2025-11-01T04:00:00Z", "'impressions':[1,2,3]"),
          { 20251101, 20251102, 20251103 } },
        { STATS("20260301", "20260303", "America/New_York"),
          FIGURES("2026-03-01T04:00:00Z", "'impressions':[1,2,3]"),
          { 20260301, 20260302, 20260303 } }, /* asked in summer, by summer's offset */
        { STATS("20260228", "20260302", "Asia/Kolkata"),
          FIGURES("2026-02-27T18:30:00Z", "'impressions':[1,2,3]"),
          { 20260228, 20260301, 20260302 } },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, cases[i].task);
        drive_answer(&d, 200, "", cases[i].body);
        assert_int_equal(d.outcome.n_rows, 3);
        for (uint32_t k = 0; k < 3; k++) {
            assert_int_equal(drive_int(&d, k, ADSYNC_C_DAY), cases[i].days[k]);
            assert_int_equal(drive_int(&d, k, ADSYNC_C_IMPRESSIONS), k + 1);
        }
        drive_end(&d);
    }
}

static void d_x_4_days_before_the_zone_was_switched_are_another_zones_and_asked_for_apart(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("adset", "20260110", "20260120", "Asia/Tokyo"));
    drive_fact(&d, "timezone_switch_at", "2026-01-14T15:00:00Z"); /* the 15th in Tokyo */
    drive_answer(&d, 200, "", DATA("{'entity_id':'a','placements':['ALL_ON_TWITTER']}"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_SPLIT);
    assert_int_equal(adsync__row_get(&d.outcome.children->row, ADSYNC_C_TO_DAY)->i, 20260114);
    assert_int_equal(adsync__row_get(&d.outcome.children->next->row, ADSYNC_C_FROM_DAY)->i, 20260115);
    drive_end(&d);
    drive_task(&d, STATS("20260113", "20260114", "Asia/Tokyo"));
    drive_fact(&d, "timezone_switch_at", "2026-01-14T15:00:00Z");
    drive_answer(&d, 200, "", FIGURES("2026-01-13T08:00:00Z", "'impressions':[1,2]")); /* midnight in Los Angeles */
    assert_int_equal(d.outcome.n_rows, 2);
    drive_answer(&d, 200, "", FIGURES("2026-01-12T15:00:00Z", "'impressions':[1,2]")); /* in Tokyo: another day in Los Angeles */
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void d_x_4_a_list_of_another_length_or_days_that_begin_elsewhere_give_no_row(void **state)
{
    static const char *const bodies[] = {
        FIGURES("2025-12-28T05:00:00Z", "'impressions':[1]"),
        FIGURES("2025-12-28T05:00:00Z", "'impressions':[1,2,3]"),
        FIGURES("2025-12-28T05:00:00Z", "'impressions':7"),
        FIGURES("2025-12-28T05:00:00Z", "'impressions':[1,'x']"),
        FIGURES("2025-12-28T05:00:00Z", "'impressions':[1,2],'impressions':[1,2]"),
        FIGURES("2025-12-28T03:00:00Z", "'impressions':[1,2]"),
        FIGURES("2025-12-29T05:00:00Z", "'impressions':[1,2]"),
        "{'time_series_length':48,'data':[]}",
        "{'data':[],'request':{'params':{'granularity':'HOUR'}}}",
        "{'data':[],'request':{'params':{'placement':'TREND'}}}",
        "{'data':[{'id':'other','id_data':[]}]}",
        "{'data':[{'id':'a','id_data':[{'segment':{'segment_name':'AGE'},'metrics':{}}]}]}",
        "{'data':[{'id':'a','id_data':[{}]}]}",
        "{'data':{}}",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, STATS("20251228", "20251229", "America/New_York"));
        drive_answer(&d, 200, "", bodies[i]);
        if (d.rc != ADSYNC_E_FORMAT) fail_msg("%s was taken", bodies[i]);
        drive_end(&d);
    }
}

static void d_x_5_null_is_nothing_in_a_list_and_instead_of_one_and_no_rows_are_none(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, STATS("20251228", "20251229", "America/New_York"));
    drive_answer(&d, 200, "",
                 FIGURES("2025-12-28T05:00:00Z", "'impressions':null,'clicks':[null,4],'conversion_purchases':null,"
                                                 "'billed_charge_local_micro':[9000000000,null]"));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMPRESSIONS), 0);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CLICKS), 0);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_CLICKS), 4);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), INT64_C(9000000000));
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_REVENUE), 0);
    drive_answer(&d, 200, "", "{'data':[]}"); /* also ids of another kind */
    assert_int_equal(d.outcome.n_rows, 0);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
}

static void d_x_6_placements_are_parts_and_no_level_is_made_of_promoted_tweets(void **state)
{
    static const struct {
        const char *level, *entity;
    } levels[] = { { "account", "LINE_ITEM" }, { "campaign", "CAMPAIGN" }, { "adset", "LINE_ITEM" }, { "ad", "PROMOTED_TWEET" } };
    char task[700];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(levels); i++) {
        (void)snprintf(task, sizeof task, "{'task':'report','level':'%s','from':20251228,'to':20251229," REST("America/New_York"),
                       levels[i].level);
        drive_task(&d, task);
        assert_string_equal(drive_field(&d, "entity"), levels[i].entity);
        drive_answer(&d, 200, "", DATA("{'entity_id':'a','placements':['TREND','ALL_ON_TWITTER','NEW_ONE']}"));
        drive_go_on(&d);
        assert_string_equal(drive_field(&d, "placement"), "ALL_ON_TWITTER");
        drive_answer(&d, 200, "", "{'data':[{'id':'a','id_data':[{'metrics':{'impressions':[1,2]}}]}]}");
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_PART), i ? "ALL_ON_TWITTER" : "ALL_ON_TWITTER:a");
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), i ? "a" : "18ce54d4x5t");
        drive_go_on(&d);
        assert_string_equal(drive_field(&d, "metric_groups"), "MOBILE_CONVERSION"); /* alone, as X wants it */
        drive_answer(&d, 200, "", "{'data':[]}");
        drive_go_on(&d);
        assert_string_equal(drive_field(&d, "placement"), "TREND");
        drive_end(&d);
    }
}

#define LOOK AT("1 12 look 0 0 0 ~ A:a 5", "20251101", "20251130", "America/New_York")
#define READY(url) "{'data':[{'id_str':'5','status':'SUCCESS','url':'" url "'}]}"

static void d_x_7_a_file_is_fetched_without_a_signature_unless_it_is_on_xs_own_host_and_never_from_elsewhere(void **state)
{
    static const struct {
        const char *body, *url;
        bool signed_;
    } cases[] = {
        { READY("https://ton.twimg.com/a/1.json.gz"), "https://ton.twimg.com/a/1.json.gz", false },
        { READY("https://ton.twimg.comhttps://ton.twimg.com/a/1.json.gz"), "https://ton.twimg.com/a/1.json.gz", false },
        { READY("https://ads-api.x.com/12/f/1"), "https://ads-api.x.com/12/f/1", true },
    };
    static const char *const elsewhere[] = { READY("https://evil.example/1.json.gz"),       READY("https://ton.twimg.com.evil.example/1"),
                                             READY("https://ton.twimg.com@evil.example/1"), READY("http://ton.twimg.com/1.json.gz"),
                                             READY("https://ton.twimg.com:444/1.json.gz"),  READY("ton.twimg.com/1.json.gz") };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, LOOK);
        drive_answer(&d, 200, "", cases[i].body);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
        assert_int_equal(drive_given(&d, "carried")->size, strlen(cases[i].url));
        assert_memory_equal(drive_given(&d, "carried")->p, cases[i].url, strlen(cases[i].url));
        assert_null(strstr(d.outcome.cursor, "https")); /* it is a secret: never written down */
        assert_string_equal(d.outcome.cursor, cases[i].signed_ ? "1 12 signed 0 0 0 ~ A:a 5" : "1 12 file 0 0 0 ~ A:a 5");
        drive_end(&d);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(elsewhere); i++) {
        drive_task(&d, LOOK);
        drive_answer(&d, 200, "", elsewhere[i]);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
        assert_null(drive_given(&d, "carried"));
        drive_end(&d);
    }
}

#define CREATE AT("1 12 create 0 0 0 ~ A:a", "20251101", "20251130", "America/New_York")

static void d_x_8_too_many_jobs_is_a_throttle_and_after_a_503_the_job_is_looked_for_first(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, CREATE);
    drive_answer(&d, 400, "", REFUSED("'TOO_MANY_JOBS'"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    assert_true(d.outcome.retry_after_us >= INT64_C(60000000));
    drive_answer(&d, 503, "Retry-After: 7\r\n", REFUSED("'SERVICE_UNAVAILABLE'"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    assert_int_equal(d.outcome.delay_us, 7000000);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "count"), "1000"); /* a list, not a new one */
    drive_answer(
        &d, 200, "",
        "{'data':[{'id':7,'status':'PROCESSING','entity':'LINE_ITEM','granularity':'DAY','placement':'ALL_ON_TWITTER','entity_ids':"
        "['a'],'start_time':'2025-11-01T04:00:00Z','end_time':'2025-12-01T05:00:00Z','metric_groups':['BILLING']}]}");
    assert_string_equal(d.outcome.cursor, "1 12 look 0 0 0 ~ A:a 7");
    drive_end(&d);
}

static void d_x_9_a_job_that_succeeded_without_an_address_is_looked_at_again_and_the_task_is_not_done_before_each_is_read(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LOOK);
    drive_answer(&d, 200, "", "{'data':[{'id_str':'5','status':'SUCCESS','url':null}],'next_cursor':'noise'}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    drive_end(&d);
    drive_task(&d, AT("1 12 file 0 0 0 z A:a;A:b 5,6", "20251228", "20251229", "America/New_York"));
    drive_secret(&d, "carried");
    drive_answer(&d, 200, "", FIGURES("2025-12-28T05:00:00Z", "'impressions':[1,2]"));
    assert_string_equal(d.outcome.cursor, "1 12 look 0 0 0 z A:b 6"); /* the second one */
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "job_ids"), "6");
    drive_end(&d);
    drive_task(&d, AT("1 12 file 0 0 0 z A:a 5", "20251228", "20251229", "America/New_York"));
    drive_secret(&d, "carried");
    drive_answer(&d, 200, "", FIGURES("2025-12-28T05:00:00Z", "'impressions':[1,2]"));
    assert_string_equal(d.outcome.cursor, "1 12 active 0 0 0 z"); /* more ids may come after z */
    drive_end(&d);
}

static void d_x_12_errors_of_operations_come_in_three_shapes_and_nothing_was_applied(void **state)
{
    static const char *const bodies[] = {
        "{'data':[{'id':'1'}],'operation_errors':[null,{'code':'INVALID_PARAMETER','message':'no'}]}",
        "{'data':[],'operation_errors':[[],[{'code':'INVALID_PARAMETER','message':'no'}]]}",
        "{'operation_errors':[{'code':'INVALID_PARAMETER','message':'no'}]}",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, LIST("campaign"));
        drive_answer(&d, 400, "", bodies[i]);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_INVALID);
        assert_int_equal(d.outcome.n_rows, 0);
        drive_end(&d);
    }
}

static void every_error_has_its_class_by_code_and_status_together(void **state)
{
    static const struct {
        uint32_t status;
        const char *code;
        uint32_t refusal;
    } cases[] = {
        { 403, "'ACCOUNT_NOT_FOUND'", ADSYNC_CLASS_PERMISSION }, /* D 12 */
        { 404, "'ACCOUNT_NOT_FOUND'", ADSYNC_CLASS_NOT_FOUND },
        { 403, "'NOT_FOUND'", ADSYNC_CLASS_PERMISSION },
        { 404, "'NOT_FOUND'", ADSYNC_CLASS_NOT_FOUND },
        { 403, "'UNAUTHORIZED_CLIENT_APPLICATION'", ADSYNC_CLASS_PERMISSION },
        { 403, "'READONLY_CLIENT_APPLICATION'", ADSYNC_CLASS_PERMISSION },
        { 403, "'ACTION_NOT_ALLOWED'", ADSYNC_CLASS_PERMISSION },
        { 403, "'CURRENT_USER_SUSPENDED'", ADSYNC_CLASS_PERMISSION },
        { 403, "'FUNDING_INSTRUMENT_EXCEEDS_AVAILABLE_CREDIT_LIMIT'", ADSYNC_CLASS_INVALID },
        { 403, "'GENERIC_TWEET_ERROR'", ADSYNC_CLASS_INVALID },
        { 403, "'TWEET_IS_SPAM'", ADSYNC_CLASS_INVALID },
        { 403, "99", ADSYNC_CLASS_THROTTLED },
        { 403, "415", ADSYNC_CLASS_CONFIG },
        { 404, "'ROUTE_NOT_FOUND'", ADSYNC_CLASS_CONFIG },
        { 405, "'METHOD_NOT_ALLOWED'", ADSYNC_CLASS_INVALID },
        { 400, "'INVALID_PARAMETER'", ADSYNC_CLASS_INVALID },
        { 400, "'MISSING_PARAMETER'", ADSYNC_CLASS_INVALID },
        { 400, "'UNKNOWN_X'", ADSYNC_CLASS_INVALID },
        { 400, "'SPEND_EXCEEDS_BUDGET'", ADSYNC_CLASS_INVALID },
        { 400, "'DUPLICATE_TWEET'", ADSYNC_CLASS_CONFLICT },
        { 400, "'DUPLICATE_PROMOTABLE_ENTITY'", ADSYNC_CLASS_CONFLICT },
        { 400, "'FEATURE_NOT_AVAILABLE'", ADSYNC_CLASS_PERMISSION },
        { 400, "'INVALID_ACCOUNT_SERVICE_LEVEL'", ADSYNC_CLASS_PERMISSION },
        { 400, "'TOO_MANY_JOBS'", ADSYNC_CLASS_THROTTLED },
        { 408, "'CANCELLED_REQUEST'", ADSYNC_CLASS_TRANSIENT },
        { 423, "'LOCK_ACQUISITION_TIMEOUT'", ADSYNC_CLASS_TRANSIENT },
        { 429, "'TOO_MANY_REQUESTS'", ADSYNC_CLASS_THROTTLED },
        { 429, "'TWEET_RATE_LIMIT_EXCEEDED'", ADSYNC_CLASS_THROTTLED },
        { 429, "88", ADSYNC_CLASS_THROTTLED },
        { 429, "'NEW'", ADSYNC_CLASS_THROTTLED },
        { 500, "'INTERNAL_ERROR'", ADSYNC_CLASS_TRANSIENT },
        { 503, "'SERVICE_UNAVAILABLE'", ADSYNC_CLASS_TRANSIENT },
        { 503, "'OVER_CAPACITY'", ADSYNC_CLASS_TRANSIENT },
        { 401, "89", ADSYNC_CLASS_AUTH_REVOKED },
        { 401, "'UNAUTHORIZED_ACCESS'", ADSYNC_CLASS_AUTH_REVOKED },
    };
    char body[200];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, LIST("campaign"));
        (void)snprintf(body, sizeof body, REFUSED("%s"), cases[i].code);
        drive_answer(&d, cases[i].status, "", body);
        if (d.outcome.refusal != cases[i].refusal)
            fail_msg("%u %s is of class %u, not %u", cases[i].status, cases[i].code, d.outcome.refusal, cases[i].refusal);
        drive_end(&d);
    }
}

static void of_several_errors_the_most_severe_counts_and_a_version_that_ended_is_the_hosts_set_up(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 403, "",
                 "{'errors':[{'code':'INVALID_PARAMETER','message':'a'},{'code':88,'message':'b'},{'code':89,'message':'c'},"
                 "{'code':'X','message':'d'}]}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_answer(&d, 400, "", "{'errors':[{'code':'INVALID','message':'Version 5.0 is not available.'}]}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CONFIG);
    drive_answer(&d, 502, "", "<html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 503, "Retry-After: 9\r\n", REFUSED("'OVER_CAPACITY'"));
    assert_int_equal(d.outcome.retry_after_us, 9000000);
    drive_end(&d);
}

static void a_throttle_is_the_accounts_where_the_headers_say_so_else_the_tokens(void **state)
{
    static const char account[] = "x-account-rate-limit-remaining: 0\r\nx-account-rate-limit-reset: 1767226000\r\n"
                                  "x-rate-limit-remaining: 9\r\nDate: Thu, 01 Jan 2026 00:00:10 GMT\r\n";
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 429, account, REFUSED("88"));
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_ACCOUNT);
    assert_int_equal(d.outcome.retry_after_us, 395000000); /* 390 s by the platform's clock, and 5 more */
    assert_int_equal(d.outcome.limits->scope, ADSYNC_SCOPE_ACCOUNT);
    assert_null(d.outcome.limits->next);
    drive_answer(&d, 429, "x-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1767225590\r\n", REFUSED("'TOO_MANY_REQUESTS'"));
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_GRANT);
    assert_int_equal(d.outcome.retry_after_us, 60000000); /* a reset that has passed: never a negative wait */
    drive_answer(&d, 429, "x-rate-limit-remaining: soon\r\n", "");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    drive_end(&d);
}

static void every_state_is_told_and_what_is_not_known_is_unknown(void **state)
{
#define CAMPAIGN(members) "{'id':'1'," members "}"
    static const struct {
        const char *kind, *row, *status;
    } cases[] = {
        { "campaign", CAMPAIGN("'entity_status':'ACTIVE','servable':true,'effective_status':'RUNNING'"), "ACTIVE" },
        { "campaign", CAMPAIGN("'entity_status':'ACTIVE','servable':null"), "ACTIVE" },
        { "campaign", CAMPAIGN("'entity_status':'ACTIVE','servable':false,'reasons_not_servable':['INCOMPLETE']"), "LIMITED" },
        { "campaign", CAMPAIGN("'entity_status':'ACTIVE','servable':false,'reasons_not_servable':['EXPIRED']"), "ENDED" },
        { "campaign", CAMPAIGN("'entity_status':'ACTIVE','servable':false,'reasons_not_servable':['EXPIRED','FUNDING_PROBLEM']"),
          "LIMITED" },
        { "campaign", CAMPAIGN("'entity_status':'PAUSED','servable':false,'reasons_not_servable':['PAUSED_BY_ADVERTISER']"), "PAUSED" },
        { "campaign", CAMPAIGN("'entity_status':'PAUSED','servable':false,'reasons_not_servable':['EXPIRED']"), "ENDED" },
        { "campaign", CAMPAIGN("'entity_status':'DRAFT'"), "DRAFT" },
        { "campaign", CAMPAIGN("'entity_status':'PAUSED','deleted':true"), "DELETED" },
        { "campaign", CAMPAIGN("'entity_status':'BRAND_NEW'"), "UNKNOWN" },
        { "adset", CAMPAIGN("'entity_status':'ACTIVE','servable':false,'reasons_not_servable':['PAUSED_BY_ADVERTISER']"), "PARENT_OFF" },
        { "adset", CAMPAIGN("'entity_status':'ACTIVE','start_time':'2026-02-01T00:00:00Z'"), "SCHEDULED" },
        { "adset", CAMPAIGN("'entity_status':'PAUSED','start_time':'2026-02-01T00:00:00Z'"), "PAUSED" },
        { "adset", CAMPAIGN("'entity_status':'ACTIVE','end_time':'2025-12-31T00:00:00Z'"), "ENDED" },
        { "ad", CAMPAIGN("'entity_status':'ACTIVE','approval_status':'ACCEPTED'"), "ACTIVE" },
        { "ad", CAMPAIGN("'entity_status':'ACTIVE','approval_status':'REJECTED'"), "REJECTED" },
        { "ad", CAMPAIGN("'entity_status':'ACTIVE','approval_status':'PENDING_REVIEW'"), "PENDING" },
        { "ad", CAMPAIGN("'entity_status':'ACTIVE','approval_status':'ACCEPTED','deleted':true"), "DELETED" },
        { "creative", "{'tweet_id':'1','tweet_type':'PUBLISHED'}", "ACTIVE" },
        { "creative", "{'tweet_id':'1','tweet_type':'DRAFT'}", "DRAFT" },
        { "creative", "{'id_str':'1','tweet_type':'SCHEDULED'}", "SCHEDULED" },
        { "audience", CAMPAIGN("'targetable':true"), "ACTIVE" },
        { "audience", CAMPAIGN("'targetable':false,'reasons_not_targetable':['PROCESSING']"), "PENDING" },
        { "audience", CAMPAIGN("'targetable':false,'reasons_not_targetable':['TOO_SMALL']"), "LIMITED" },
    };
    char task[700], body[400];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        (void)snprintf(task, sizeof task, "{'task':'list','kind':'%s'," REST("UTC"), cases[i].kind);
        (void)snprintf(body, sizeof body, DATA("%s"), cases[i].row);
        drive_task(&d, task);
        drive_answer(&d, 200, "", body);
        if (d.outcome.n_rows != 1 || strcmp(drive_text(&d, 0, ADSYNC_C_STATUS), cases[i].status))
            fail_msg("%s is %s, not %s", cases[i].row, d.outcome.n_rows ? drive_text(&d, 0, ADSYNC_C_STATUS) : "no row", cases[i].status);
        drive_end(&d);
    }
}

static uint32_t ids_of(const char *list)
{
    uint32_t n = 1;

    for (; *list; list++) n += *list == ',';
    return n;
}

static void what_is_active_is_worked_through_in_the_order_of_ids_however_it_comes(void **state)
{
    adsync__buffer body;
    char one[90];
    uint32_t seen = 0, calls = 0;
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, "{'data':[");
    for (uint32_t i = 0; i < 1000; i++) {
        (void)snprintf(one, sizeof one, "%s{'entity_id':'%04u','placements':['ALL_ON_TWITTER']}", i ? "," : "", i * 377 % 1000);
        adsync__buffer_text(&body, one);
    }
    adsync__buffer_text(&body, "]}");
    drive_task(&d, REPORT("adset", "20251228", "20251229", "UTC"));
    for (;; calls++) {
        assert_true(calls < 200);
        if (!strstr(drive_request(&d), "active_entities")) {
            if (!strcmp(drive_field(&d, "metric_groups"), "MOBILE_CONVERSION")) seen += ids_of(drive_field(&d, "entity_ids"));
            drive_answer(&d, 200, "", "{'data':[]}");
        } else {
            drive_answer(&d, 200, "", body.p);
        }
        if (d.outcome.way != ADSYNC__WAY_NEXT) break;
        drive_go_on(&d);
    }
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(seen, 1000);
    assert_true(calls > 100 && calls < 110); /* 2 for 20 ids, and few looks at what is active */
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void ninety_days_of_twenty_ids_come_in_two_helpings_and_none_is_lost(void **state)
{
    adsync__buffer body;
    char one[60];
    uint32_t rows = 0;
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, "{'data':[");
    for (uint32_t i = 0; i < 20; i++) {
        (void)snprintf(one, sizeof one, "%s{'id':'%c','id_data':[{'metrics':{'clicks':[1", i ? "," : "", 'a' + (char)i);
        adsync__buffer_text(&body, one);
        for (uint32_t k = 1; k < 90; k++) adsync__buffer_text(&body, ",1");
        adsync__buffer_text(&body, "]}}]}");
    }
    adsync__buffer_text(&body, "]}");
    drive_task(&d, AT("1 12 file 0 0 0 ~ A:a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t 5", "20250901", "20251129", "UTC"));
    drive_secret(&d, "carried");
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_MORE);
    rows += d.outcome.n_rows;
    drive_go_on(&d);
    drive_answer(&d, 200, "", body.p);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(rows + d.outcome.n_rows, 1800);
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void a_cursor_of_somebody_else_is_stale(void **state)
{
    static const char *const cursors[] = { "2 12 list 0 0 0", "1 11 list 0 0 0", "1 12 stats 0 0 0", "1 12 list 0 0", "x" };
    char task[700];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cursors); i++) {
        (void)snprintf(task, sizeof task, "{'task':'list','kind':'campaign','cursor':'%s'," REST("UTC"), cursors[i]);
        drive_task(&d, task);
        drive_answer(&d, 200, "", DATA(""));
        assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
        drive_end(&d);
    }
    drive_task(&d, AT("1 12 stats 0 0 0", "20251228", "20251229", "UTC"));
    drive_answer(&d, 200, "", "{'data':[]}"); /* a queue of nothing */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    drive_end(&d);
}

static void leads_and_forms_are_not_there_to_be_had(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("lead"));
    drive_answer(&d, 200, "", DATA(""));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_UNSUPPORTED);
    drive_end(&d);
    drive_task(&d, LIST("lead_form"));
    drive_answer(&d, 200, "", DATA(""));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_UNSUPPORTED);
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_x_1_a_request_is_signed_with_all_of_its_query_and_form),
        cmocka_unit_test(d_x_2_a_request_that_is_repeated_has_another_nonce_and_signature),
        cmocka_unit_test(d_x_3_a_401_with_another_clock_is_the_clock_then_the_consent_is_over),
        cmocka_unit_test(d_x_4_element_i_is_day_i_of_the_calendar_over_both_changes_of_the_clock),
        cmocka_unit_test(d_x_4_days_before_the_zone_was_switched_are_another_zones_and_asked_for_apart),
        cmocka_unit_test(d_x_4_a_list_of_another_length_or_days_that_begin_elsewhere_give_no_row),
        cmocka_unit_test(d_x_5_null_is_nothing_in_a_list_and_instead_of_one_and_no_rows_are_none),
        cmocka_unit_test(d_x_6_placements_are_parts_and_no_level_is_made_of_promoted_tweets),
        cmocka_unit_test(d_x_7_a_file_is_fetched_without_a_signature_unless_it_is_on_xs_own_host_and_never_from_elsewhere),
        cmocka_unit_test(d_x_8_too_many_jobs_is_a_throttle_and_after_a_503_the_job_is_looked_for_first),
        cmocka_unit_test(d_x_9_a_job_that_succeeded_without_an_address_is_looked_at_again_and_the_task_is_not_done_before_each_is_read),
        cmocka_unit_test(d_x_12_errors_of_operations_come_in_three_shapes_and_nothing_was_applied),
        cmocka_unit_test(every_error_has_its_class_by_code_and_status_together),
        cmocka_unit_test(of_several_errors_the_most_severe_counts_and_a_version_that_ended_is_the_hosts_set_up),
        cmocka_unit_test(a_throttle_is_the_accounts_where_the_headers_say_so_else_the_tokens),
        cmocka_unit_test(every_state_is_told_and_what_is_not_known_is_unknown),
        cmocka_unit_test(what_is_active_is_worked_through_in_the_order_of_ids_however_it_comes),
        cmocka_unit_test(ninety_days_of_twenty_ids_come_in_two_helpings_and_none_is_lost),
        cmocka_unit_test(a_cursor_of_somebody_else_is_stale),
        cmocka_unit_test(leads_and_forms_are_not_there_to_be_had),
    };

    drive_platform = "x";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
