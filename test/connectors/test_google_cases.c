/* SPDX-License-Identifier: MIT */
/* The cases that Google's reading must not get wrong, by their numbers in the list of such cases; and what no file can say. */
#include "drive.h"

#include "connectors/common/common.h"

#include <stdlib.h>

#define ACCOUNT "1234567890"
#define SECRETS "'secrets':{'access_token':'ya29.T','client_secret':'S','client_id':'9','refresh_token':'1//R'}"
#define REST(facts)                                                                                                                        \
    "'account_id':'" ACCOUNT "','now_us':" DRIVE_NOW ",'api_version':'v25'," SECRETS ",'facts':{" facts                                    \
    "'currency':'EUR','time_zone':'Europe/Berlin'}}"
#define LIST(kind) "{'task':'list','kind':'" kind "'," REST("")
#define LIST_VIA(kind, manager) "{'task':'list','kind':'" kind "'," REST("'login_customer_id':'" manager "',")
#define SINCE "1767139200000000" /* a day before now */
#define CHANGES(kind) "{'task':'changes','kind':'" kind "','params':{'since_us':" SINCE "}," REST("")
#define REPORT(level) "{'task':'report','level':'" level "','from':20260101,'to':20260107," REST("")
#define ROWS(rows) "{'results':[" rows "],'fieldMask':'x'}"
#define CAMPAIGN(members) "{'campaign':{" members "}}"
#define FIGURES(id, day, metrics) "{'campaign':{'id':" id "},'metrics':{" metrics "},'segments':{'date':'" day "'}}"
#define ERROR(category, word)                                                                                                              \
    "{'error':{'code':400,'message':'generic','status':'INVALID_ARGUMENT','details':[{'@type':'type.googleapis.com/"                       \
    "google.ads.googleads.v26.errors.GoogleAdsFailure','errors':[{'errorCode':{'" category "':'" word "'},'message':'no'}]}]}}"

static void d_google_1_whole_numbers_come_as_text_and_as_numbers_and_fractions_are_exact_to_the_millionth(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("campaign"));
    drive_answer(
        &d, 200, "",
        ROWS(
            FIGURES("'9007199254740993'", "2026-01-01",
                    "'clicks':'486','costMicros':'9007199254740993','conversions':4.143961") "," FIGURES("9007199254740993", "2026-01-02",
                                                                                                         "'clicks':486,'costMicros':"
                                                                                                         "312690000,'conversionsValue':180."
                                                                                                         "70756678") "," FIGURES("'1'",
                                                                                                                                 "2026-01-"
                                                                                                                                 "03",
                                                                                                                                 "'conversi"
                                                                                                                                 "ons':0."
                                                                                                                                 "300000000"
                                                                                                                                 "00000004,"
                                                                                                                                 "'conversi"
                                                                                                                                 "onsValue'"
                                                                                                                                 ":1e-"
                                                                                                                                 "07")));
    assert_int_equal(d.rc, ADSYNC_OK);
    assert_int_equal(d.outcome.n_rows, 3);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "9007199254740993");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_ENTITY_ID), "9007199254740993");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), INT64_C(9007199254740993));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 4143961);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_CLICKS), 486);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_REVENUE), 180707567); /* whole units, not micro-units */
    assert_int_equal(drive_int(&d, 2, ADSYNC_C_CONVERSIONS), 300000);
    assert_int_equal(drive_int(&d, 2, ADSYNC_C_REVENUE), 0);
    assert_int_equal(drive_int(&d, 2, ADSYNC_C_SPEND), 0); /* it was asked for */
    drive_end(&d);
}

static void d_google_2_no_list_of_results_is_an_empty_one_and_what_says_nothing_proves_nothing(void **state)
{
    static const struct {
        const char *body;
        uint32_t evidence;
    } cases[] = {
        { "{'fieldMask':'campaign.id','queryResourceConsumption':'142'}", ADSYNC_EVIDENCE_STRONG },
        { "[{'fieldMask':'campaign.id','requestId':'r'}]", ADSYNC_EVIDENCE_STRONG },
        { "{'results':[]}", ADSYNC_EVIDENCE_STRONG },
        { "[]", ADSYNC_EVIDENCE_WEAK },
        { "{}", ADSYNC_EVIDENCE_WEAK },
    };
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_answer(&d, 200, "", cases[i].body);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
        assert_int_equal(d.outcome.n_rows, 0);
        assert_int_equal(d.outcome.evidence, cases[i].evidence);
    }
    drive_end(&d);
}

/* P10: what is no answer is never taken for an empty one, whatever JSON it is. */
static void d_google_2_json_that_means_nothing_is_trouble_and_no_empty_list(void **state)
{
    static const char *const bodies[] = { "5",
                                          "null",
                                          "'text'",
                                          "true",
                                          "[1]",
                                          "[{'results':[]},{'results':[]}]",
                                          "[[]]",
                                          "",
                                          "{'results':{}}",
                                          "{'results':[{'campaign':{'id':'1'}}" };
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_answer(&d, 200, "", bodies[i]);
        assert_true(d.rc < 0 || d.outcome.way == ADSYNC__WAY_FAIL);
        assert_int_equal(d.outcome.n_rows, 0);
    }
    drive_end(&d);
}

/* What was unproven in an earlier pass is not made true by a later one. */
static void d_google_2_a_list_in_two_places_is_as_sure_as_the_less_sure_of_them(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("adset"));
    drive_answer(&d, 200, "", "{}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "FROM asset_group"));
    drive_answer(&d, 200, "", ROWS(""));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

static void d_google_2_errors_are_read_bare_and_in_an_array(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 403, "", ERROR("authorizationError", "CUSTOMER_NOT_ENABLED"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    assert_string_equal(d.outcome.code, "authorizationError.CUSTOMER_NOT_ENABLED");
    drive_answer(&d, 403, "", "[" ERROR("authorizationError", "CUSTOMER_NOT_ENABLED") "]");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    assert_string_equal(d.outcome.message, "no");
    drive_answer(&d, 200, "", ERROR("authorizationError", "CUSTOMER_NOT_ENABLED")); /* whatever the status */
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_PERMISSION);
    drive_end(&d);
}

#define LINE(n, stamp)                                                                                                                     \
    "{'changeStatus':{'resourceType':'CAMPAIGN','lastChangeDateTime':'" stamp "','campaign':'customers/1/campaigns/" n "'}}"

/* A log of n lines, one a second from `first` on; which objects: 1000, 1001 .. */
static void log_of(adsync__buffer *body, int n, int first)
{
    char text[300];

    adsync__buffer_begin(body, 8 << 20);
    adsync__buffer_text(body, "{'fieldMask':'x','results':[");
    for (int i = 0; i < n; i++) {
        (void)snprintf(text, sizeof text,
                       "%s{'changeStatus':{'resourceType':'CAMPAIGN','lastChangeDateTime':'2025-12-31 %02d:%02d:%02d.5','campaign':"
                       "'customers/1/campaigns/%d'}}",
                       i ? "," : "", (first + i) / 3600, (first + i) / 60 % 60, (first + i) % 60, 1000 + first + i);
        adsync__buffer_text(body, text);
    }
    adsync__buffer_text(body, "]}");
}

static void d_google_6_ten_thousand_changes_are_not_all_and_none_of_them_is_lost(void **state)
{
    static bool fetched[20000];
    adsync__buffer body;
    int first = 0, rounds = 0;
    drive d;

    (void)state;
    memset(fetched, 0, sizeof fetched);
    drive_task(&d, CHANGES("campaign"));
    for (;; rounds++) {
        const char *query = drive_request(&d), *at;
        assert_true(rounds < 100);
        if (strstr(query, "change_status.last_change_date_time >= '2025-12-31 ")) { /* from the last instant on, that one included */
            int h, m, s, n = (at = strstr(query, ">= '2025-12-31 ")) ? sscanf(at, ">= '2025-12-31 %d:%d:%d.5'", &h, &m, &s) : 0;
            assert_int_equal(n, 3);
            first = rounds ? h * 3600 + m * 60 + s : 0;
            log_of(&body, 12000 - first < 10000 ? 12000 - first : 10000, first);
            drive_answer(&d, 200, "", body.p);
            adsync__buffer_free(&body);
        } else {
            assert_non_null(at = strstr(query, "campaign.id IN ("));
            for (at += strlen("campaign.id IN ("); *at != ')'; at += strspn(at, ", ")) {
                fetched[strtol(at, NULL, 10) - 1000] = true;
                at += strspn(at, "0123456789");
            }
            drive_answer(&d, 200, "", ROWS(""));
        }
        assert_int_equal(d.rc, ADSYNC_OK);
        if (d.outcome.way == ADSYNC__WAY_DONE) break;
        drive_go_on(&d);
    }
    for (int i = 0; i < 12000; i++) assert_true(fetched[i]);
    assert_true(rounds > 10);
    drive_end(&d);
}

static void d_google_6_exactly_ten_thousand_lines_that_name_few_objects_are_read_on_from_the_last(void **state)
{
    adsync__buffer body;
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 8 << 20);
    adsync__buffer_text(&body, "{'results':[");
    for (int i = 0; i < 10000; i++) adsync__buffer_text(&body, i ? "," LINE("7", "2025-12-31 11:00:00") : LINE("7", "2025-12-31 10:00:00"));
    adsync__buffer_text(&body, "]}");
    drive_task(&d, CHANGES("campaign"));
    drive_answer(&d, 200, "", body.p);
    assert_string_equal(d.outcome.cursor, "1 v25 ids 0 0 0 - 2025-12-31T11:00:00 7"); /* once */
    drive_go_on(&d);
    drive_answer(&d, 200, "", ROWS(CAMPAIGN("'id':'7'")));
    assert_string_equal(d.outcome.cursor, "1 v25 log 0 0 0 - 2025-12-31T11:00:00");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), ">= '2025-12-31 11:00:00'"));
    /* all of one instant: reading on from there would never end. A list says it all */
    drive_answer(&d, 200, "", body.p);
    assert_string_equal(d.outcome.cursor, "1 v25 list 0 0 0");
    drive_end(&d);
    adsync__buffer_free(&body);
}

static void d_google_6_what_the_log_cannot_say_is_read_as_a_list(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, CHANGES("campaign"));
    drive_answer(
        &d, 200, "",
        ROWS(LINE(
            "1", "2025-12-31 10:00:00") ",{'changeStatus':{'resourceType':'CAMPAIGN_BUDGET','lastChangeDateTime':'2025-12-31 10:00:01'}}"));
    assert_string_equal(d.outcome.cursor, "1 v25 list 0 0 0");
    drive_answer(&d, 400, "", ERROR("changeStatusError", "START_DATE_TOO_OLD"));
    assert_string_equal(d.outcome.cursor, "1 v25 list 0 0 0");
    drive_answer(&d, 200, "", ROWS("{'changeStatus':{'lastChangeDateTime':'yesterday','campaign':'customers/1/campaigns/1'}}"));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_answer(&d, 200, "",
                 ROWS("{'changeStatus':{'lastChangeDateTime':'2025-12-31 10:00:00','campaign':'customers/1/campaigns/1) OR (1'}}"));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void d_google_7_the_manager_is_named_by_its_digits_or_not_at_all(void **state)
{
    static const char *const none[] = { "", "null", "-", "customers/", "12a", "123456789012345678901234567890" };
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    assert_null(strstr(drive_request(&d), "login-customer-id"));
    for (size_t i = 0; i < ADSYNC__COUNT(none); i++) {
        drive_fact(&d, "login_customer_id", none[i]);
        assert_null(strstr(drive_request(&d), "login-customer-id"));
    }
    drive_end(&d);
    drive_task(&d, LIST_VIA("campaign", "987-654-3210"));
    assert_non_null(strstr(drive_request(&d), "[\"login-customer-id\",\"9876543210\"]"));
    drive_end(&d);
}

static void d_google_7_one_customer_that_refuses_does_not_stop_the_rest(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.discover','now_us':" DRIVE_NOW ",'api_version':'v25'," SECRETS "}");
    drive_answer(&d, 200, "", "{'resourceNames':['customers/1','customers/2','customers/3']}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "[\"login-customer-id\",\"1\"]"));
    drive_answer(&d, 403, "", "[" ERROR("authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED") "]");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_non_null(d.outcome.warnings);
    drive_go_on(&d);
    drive_answer(&d, 200, "",
                 ROWS("{'customerClient':{'id':'20','manager':false,'status':'ENABLED'}},{'customerClient':{'id':'2','manager':true}}"));
    assert_int_equal(d.outcome.n_rows, 1);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "customers/3/"));
    drive_answer(&d, 401, "", "{'error':{'code':401,'status':'UNAUTHENTICATED','message':'no'}}"); /* that one does */
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_answer(&d, 200, "", ROWS(""));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

#define SELF ROWS("{'customer':{'id':'" ACCOUNT "','currencyCode':'EUR','timeZone':'Europe/Berlin','status':'ENABLED','manager':false}}")

static void d_google_7_an_account_is_tried_directly_and_then_through_each_manager(void **state)
{
    static const char denied[] = ERROR("authorizationError", "USER_PERMISSION_DENIED");
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.get'," REST("'login_customer_id':'77',"));
    drive_answer(&d, 403, "", denied);
    drive_go_on(&d);
    assert_null(strstr(drive_request(&d), "login-customer-id"));
    drive_answer(&d, 403, "", denied);
    drive_go_on(&d);
    drive_answer(&d, 200, "", "{'resourceNames':['customers/1','customers/2']}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "[\"login-customer-id\",\"1\"]"));
    drive_answer(&d, 403, "", denied);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "[\"login-customer-id\",\"2\"]"));
    drive_answer(&d, 200, "", SELF);
    assert_string_equal(drive_said(&d, "login_customer_id"), "2");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "[\"login-customer-id\",\"2\"]"));
    drive_end(&d);
    /* without one that was learned there is one way less, and what was learned and is not so any more is forgotten */
    drive_task(&d, "{'task':'account.get'," REST(""));
    drive_answer(&d, 403, "", denied);
    assert_true(drive_holds(&d, "roots"));
    drive_answer(&d, 200, "", SELF);
    assert_null(drive_said(&d, "login_customer_id"));
    drive_end(&d);
}

#define QUOTA(details)                                                                                                                     \
    "{'error':{'code':429,'message':'generic','status':'RESOURCE_EXHAUSTED','details':[{'@type':'type.googleapis.com/"                     \
    "google.ads.googleads.v21.errors.GoogleAdsFailure','errors':[{'errorCode':{'quotaError':'RESOURCE_EXHAUSTED'},'message':'"             \
    "slow'" details "}]}]}}"
#define DELAY(scope, delay) ",'details':{'quotaErrorDetails':{'rateScope':'" scope "','retryDelay':'" delay "'}}"

static void d_google_8_the_wait_and_who_waits_stand_in_the_body(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("campaign"));
    drive_answer(&d, 429, "", QUOTA(DELAY("DEVELOPER", "40591s")));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    assert_int_equal(d.outcome.retry_after_us, INT64_C(40591000000));
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_APP);
    drive_answer(&d, 429, "", QUOTA(DELAY("ACCOUNT", "55.5s")));
    assert_int_equal(d.outcome.retry_after_us, 55500000);
    assert_int_equal(d.outcome.scope, ADSYNC_SCOPE_ACCOUNT);
    drive_answer(&d, 429, "", QUOTA(DELAY("ACCOUNT", "-5s")));
    assert_true(d.outcome.retry_after_us >= 10000000);
    drive_answer(&d, 429, "", QUOTA(""));
    assert_int_equal(d.outcome.retry_after_us, INT64_C(600000000));
    drive_answer(&d, 429, "", ERROR("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED"));
    assert_int_equal(d.outcome.retry_after_us, 10000000);
    drive_answer(&d, 429, "", "<html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
    drive_end(&d);
}

static void d_google_9_a_page_whose_place_is_too_old_begins_the_slice_again(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("campaign"));
    drive_answer(&d, 400, "", ERROR("requestError", "EXPIRED_PAGE_TOKEN")); /* no place was sent: then it is wrong */
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_INVALID);
    drive_answer(&d, 200, "", "{'results':[" FIGURES("'1'", "2026-01-01", "'clicks':'1'") "],'nextPageToken':'two'}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\\\"pageToken\\\":\\\"two\\\""));
    drive_answer(&d, 400, "", ERROR("requestError", "EXPIRED_PAGE_TOKEN"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    drive_answer(&d, 400, "", ERROR("requestError", "INVALID_PAGE_TOKEN"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
    drive_answer(&d, 200, "", "{'results':[],'nextPageToken':'two'}"); /* the same page for ever */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

static void d_google_10_what_ends_a_consent_and_what_passes(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," REST(""));
    drive_answer(&d, 400, "", "{'error':'invalid_grant','error_description':'Token has been expired or revoked.'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_answer(&d, 400, "", "{'error':'temporarily_unavailable'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 400, "", "{'error':'x','error_description':'internal_failure'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 503, "", "<html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 401, "", "{'error':'invalid_client'}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_CONFIG);
    drive_answer(&d, 200, "", "{'access_token':'ya29.2','expires_in':3599,'token_type':'Bearer'}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(drive_given(&d, "access_token")->expires_us, INT64_C(1767225600000000) + INT64_C(3599000000));
    assert_null(drive_given(&d, "refresh_token")); /* so the old one stays */
    drive_end(&d);
}

static void d_google_11_a_change_that_met_another_is_tried_again_although_it_is_a_400(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 400, "", ERROR("databaseError", "CONCURRENT_MODIFICATION"));
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_end(&d);
}

static void d_google_12_figures_of_a_manager_are_not_asked_for(void **state)
{
    adsync_request request;
    adsync_error *error = NULL;
    drive d;

    (void)state;
    drive_task(&d, REPORT("account"));
    drive_fact(&d, "manager", "1");
    adsync__request_begin(&request);
    assert_int_equal(d.wire.ops->request(d.wire.ops->user, &d.wire.task, &request, &error), ADSYNC_E_UNSUPPORTED);
    adsync__request_free(&request);
    adsync_error_free(error);
    drive_end(&d);
}

/* P10: a day whose rows went is proven empty, so that they are removed. */
static void d_google_12_a_slice_that_ended_is_complete_with_whatever_rows_it_has(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("campaign"));
    drive_answer(&d, 200, "", ROWS(FIGURES("'1'", "2026-01-01", "'clicks':'1'")));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT); /* the actions */
    drive_go_on(&d);
    drive_answer(&d, 200, "", "{'fieldMask':'campaign.id'}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

static void no_end_is_none_and_an_end_is_on_the_accounts_clock(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "",
                 ROWS(CAMPAIGN("'id':'1','status':'ENABLED','endDateTime':'2037-12-30 23:59:59'") "," CAMPAIGN(
                     "'id':'2','status':'ENABLED','startDateTime':'2025-06-01 00:00:00','endDateTime':'2025-12-31 23:59:59'")));
    assert_null(adsync__row_get(&drive_row(&d, 0)->row, ADSYNC_C_END_AT));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "ACTIVE");
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_START_AT), INT64_C(1748728800000000));
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_END_AT), INT64_C(1767221999000000));
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_STATUS), "ENDED");
    drive_answer(&d, 200, "", ROWS(CAMPAIGN("'id':'2','endDateTime':'some day'")));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void rows_of_the_wrong_shape_give_no_row(void **state)
{
    static const char *const campaigns[] = {
        ROWS("{}"),
        ROWS("5"),
        ROWS(CAMPAIGN("'name':'without an id'")),
        ROWS(CAMPAIGN("'id':'1','id':'2'")),
        ROWS("{'campaign':{'id':'1'},'campaignBudget':{'amountMicros':'much'}}"),
        ROWS(CAMPAIGN("'id':'1','name':{}")),
    };
    static const char *const figures[] = {
        ROWS(FIGURES("'1'", "2026-01-08", "'clicks':'1'")),
        ROWS(FIGURES("'1'", "soon", "'clicks':'1'")),
        ROWS("{'campaign':{'id':'1'},'metrics':{'clicks':'1'}}"),
        ROWS("{'metrics':{'clicks':'1'},'segments':{'date':'2026-01-01'}}"),
        ROWS(FIGURES("'1'", "2026-01-01", "'clicks':'1.5'")),
        ROWS(FIGURES("'1'", "2026-01-01", "'clicks':'99999999999999999999'")),
        ROWS(FIGURES("'1'", "2026-01-01", "'clicks':'1','clicks':'2'")),
        ROWS(FIGURES("{}", "2026-01-01", "'clicks':'1'")),
    };
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    for (size_t i = 0; i < ADSYNC__COUNT(campaigns); i++) {
        drive_answer(&d, 200, "", campaigns[i]);
        assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    }
    drive_end(&d);
    drive_task(&d, REPORT("campaign"));
    for (size_t i = 0; i < ADSYNC__COUNT(figures); i++) {
        drive_answer(&d, 200, "", figures[i]);
        assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    }
    drive_end(&d);
}

static void requested_of_no_account(const char *task, const char *part)
{
    adsync_request request;
    adsync_error *error = NULL;
    drive d;

    drive_task(&d, task);
    adsync__request_begin(&request);
    assert_int_equal(d.wire.ops->request(d.wire.ops->user, &d.wire.task, &request, &error), ADSYNC_E_INVALID);
    assert_non_null(strstr(adsync_error_name(error), part));
    adsync__request_free(&request);
    adsync_error_free(error);
    drive_end(&d);
}

/* Nothing that comes from outside can say something else in a path or a query. */
static void ids_that_google_cannot_have_given_are_not_sent(void **state)
{
    (void)state;
#define TASK_OF(rest, account)                                                                                                             \
    "{'account_id':'" account "','now_us':" DRIVE_NOW ",'api_version':'v25'," SECRETS ",'facts':{'time_zone':'UTC'}," rest "}"
    requested_of_no_account(TASK_OF("'task':'list','kind':'campaign'", "1/../2"), "account_id");
    requested_of_no_account(TASK_OF("'task':'list','kind':'campaign'", "abc"), "account_id");
    requested_of_no_account(TASK_OF("'task':'get','kind':'campaign','params':{'ids':['1) OR (1']}", "1"), "id");
    requested_of_no_account(TASK_OF("'task':'get','kind':'ad','params':{'ids':['~1']}", "1"), "id");
    requested_of_no_account(TASK_OF("'task':'get','kind':'lead','params':{'ids':['a\\\\u0027b']}", "1"), "id");
    requested_of_no_account(TASK_OF("'task':'get','kind':'campaign'", "1"), "id");
    requested_of_no_account(TASK_OF("'task':'report','level':'ad','from':20260101,'to':20260131", "1"), "days");
    requested_of_no_account("{'account_id':'1','now_us':" DRIVE_NOW ",'api_version':'v25/x'," SECRETS ",'task':'list','kind':'ad'}",
                            "api_version");
}

static void a_report_of_more_rows_than_an_outcome_carries_comes_in_pieces_without_loss(void **state)
{
    adsync__buffer body;
    uint32_t rows = 0, pieces = 0;
    char row[200];
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 4 << 20);
    adsync__buffer_text(&body, "{'fieldMask':'x','results':[");
    for (int i = 0; i < 3400; i++) {
        (void)snprintf(row, sizeof row, "%s" FIGURES("'%d'", "2026-01-01", "'clicks':'1'"), i ? "," : "", i + 1);
        adsync__buffer_text(&body, row);
    }
    adsync__buffer_text(&body, "]}");
    drive_task(&d, REPORT("campaign"));
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
    assert_string_equal(d.outcome.cursor, "1 v25 rows 0 0 1");
    drive_end(&d);
    adsync__buffer_free(&body);
}

/* Cost and actions cannot be asked together, and what is in the core is in no part. */
static void actions_are_parts_of_their_own_each_with_its_own_key(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("campaign"));
    drive_answer(&d, 200, "", ROWS(""));
    drive_go_on(&d);
    assert_null(strstr(drive_request(&d), "cost_micros"));
    drive_answer(
        &d, 200, "",
        ROWS("{'campaign':{'id':'1'},'metrics':{'conversions':2.5},'segments':{'date':'2026-01-01','conversionActionCategory':'PURCHASE'}},"
             "{'campaign':{'id':'1'},'metrics':{'conversions':1},'segments':{'date':'2026-01-01','conversionActionCategory':'DOWNLOAD'}}"));
    assert_int_equal(d.outcome.n_rows, 2);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_PART), "by_action:PURCHASE");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_PART), "by_action:DOWNLOAD");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_PURCHASES), 2500000);
    assert_null(adsync__row_get(&drive_row(&d, 0)->row, ADSYNC_C_CONVERSIONS));
    drive_end(&d);
}

static void days_older_than_the_longest_window_of_the_account_move_no_more(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'report','level':'campaign','from':20251125,'to':20251210," REST("'lookback_days':'30',"));
    drive_answer(&d, 200, "", ROWS(FIGURES("'1'", "2025-12-01", "'clicks':'1'") "," FIGURES("'1'", "2025-12-02", "'clicks':'1'")));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_FINAL), 1);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_FINAL), 0);
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_google_1_whole_numbers_come_as_text_and_as_numbers_and_fractions_are_exact_to_the_millionth),
        cmocka_unit_test(d_google_2_no_list_of_results_is_an_empty_one_and_what_says_nothing_proves_nothing),
        cmocka_unit_test(d_google_2_json_that_means_nothing_is_trouble_and_no_empty_list),
        cmocka_unit_test(d_google_2_a_list_in_two_places_is_as_sure_as_the_less_sure_of_them),
        cmocka_unit_test(d_google_2_errors_are_read_bare_and_in_an_array),
        cmocka_unit_test(d_google_6_ten_thousand_changes_are_not_all_and_none_of_them_is_lost),
        cmocka_unit_test(d_google_6_exactly_ten_thousand_lines_that_name_few_objects_are_read_on_from_the_last),
        cmocka_unit_test(d_google_6_what_the_log_cannot_say_is_read_as_a_list),
        cmocka_unit_test(d_google_7_the_manager_is_named_by_its_digits_or_not_at_all),
        cmocka_unit_test(d_google_7_one_customer_that_refuses_does_not_stop_the_rest),
        cmocka_unit_test(d_google_7_an_account_is_tried_directly_and_then_through_each_manager),
        cmocka_unit_test(d_google_8_the_wait_and_who_waits_stand_in_the_body),
        cmocka_unit_test(d_google_9_a_page_whose_place_is_too_old_begins_the_slice_again),
        cmocka_unit_test(d_google_10_what_ends_a_consent_and_what_passes),
        cmocka_unit_test(d_google_11_a_change_that_met_another_is_tried_again_although_it_is_a_400),
        cmocka_unit_test(d_google_12_figures_of_a_manager_are_not_asked_for),
        cmocka_unit_test(d_google_12_a_slice_that_ended_is_complete_with_whatever_rows_it_has),
        cmocka_unit_test(no_end_is_none_and_an_end_is_on_the_accounts_clock),
        cmocka_unit_test(rows_of_the_wrong_shape_give_no_row),
        cmocka_unit_test(ids_that_google_cannot_have_given_are_not_sent),
        cmocka_unit_test(a_report_of_more_rows_than_an_outcome_carries_comes_in_pieces_without_loss),
        cmocka_unit_test(actions_are_parts_of_their_own_each_with_its_own_key),
        cmocka_unit_test(days_older_than_the_longest_window_of_the_account_move_no_more),
    };

    drive_platform = "google";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
