/* SPDX-License-Identifier: MIT */
/* The cases that TikTok's reading must not get wrong, by their numbers in the list of such cases; the table of errors; every state. */
#include "drive.h"

#include "base/zone.h"

#include <stdlib.h>

#define FACTS "'facts':{'currency':'EUR','time_zone':'Europe/Berlin'}"
#define REST                                                                                                                               \
    "'account_id':'123','now_us':" DRIVE_NOW ",'api_version':'v1.3','secrets':{'access_token':'T','client_secret':'S','client_id':'9'}"
#define LIST(kind) "{'task':'list','kind':'" kind "'," FACTS "," REST "}"
#define LIST_AT(kind, cursor) "{'task':'list','kind':'" kind "','cursor':'" cursor "'," FACTS "," REST "}"
#define REPORT(level, from, to) "{'task':'report','level':'" level "','from':" from ",'to':" to "," FACTS "," REST "}"
#define REPORT_AT(level, from, to, cursor)                                                                                                 \
    "{'task':'report','level':'" level "','cursor':'" cursor "','from':" from ",'to':" to "," FACTS "," REST "}"
#define PAGE(rows)                                                                                                                         \
    "{'code':0,'message':'ok','data':{'list':[" rows "],'page_info':{'page':1,'page_size':1000,'total_page':1,'total_number':1}}}"
#define DAY(id, day, metrics) "{'metrics':{" metrics "},'dimensions':{'ad_id':'" id "','stat_time_day':'" day "'}}"

/* ---- 1, 2: answers */

static void d_tiktok_1_the_code_decides_and_not_the_http_status(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", "{'code':40105,'message':'gone'}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    drive_answer(&d, 200, "", PAGE("")); /* the message is never compared */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_answer(&d, 500, "", "<html>");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 200, "", "404 page not found");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 200, "", "{'message':'OK','data':{'list':[]}}"); /* no code at all */
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_end(&d);
}

static void d_tiktok_1_data_that_is_missing_or_an_array_gives_no_row(void **state)
{
    static const char *const bodies[] = { "{'code':0,'message':'OK'}", "{'code':0,'data':{}}", "{'code':0,'data':[{'list':[]}]}",
                                          "{'code':0,'data':{'list':[]}}" /* which page of how many? */ };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, LIST("campaign"));
        drive_answer(&d, 200, "", bodies[i]);
        assert_int_equal(d.rc, ADSYNC_E_FORMAT);
        drive_end(&d);
    }
}

static void d_tiktok_2_a_throttle_names_no_time_so_that_the_limiter_waits_longer_each_time(void **state)
{
    static const struct {
        const char *body;
        uint32_t scope;
    } cases[] = {
        { "{'code':40100,'message':'App reaches the QPS limit.'}", ADSYNC_SCOPE_APP },
        { "{'code':40016,'message':''}", ADSYNC_SCOPE_APP },
        { "{'code':61000}", ADSYNC_SCOPE_APP },
        { "{'code':40132}", ADSYNC_SCOPE_ACCOUNT },
        { "{'code':40133}", ADSYNC_SCOPE_ACCOUNT },
    };
    adsync_manifest manifest = { 0 };
    bool app = false, account = false;
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        drive_task(&d, LIST("campaign"));
        drive_answer(&d, 200, "", cases[i].body);
        assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_THROTTLED);
        assert_int_equal(d.outcome.scope, cases[i].scope);
        assert_int_equal(d.outcome.retry_after_us, 0); /* 1, 2, 4 s, then 5 minutes: what a refusal without a time does */
        if (!i) assert_int_equal(d.wire.ops->describe(d.wire.ops->user, &manifest, NULL), ADSYNC_OK);
        drive_end(&d);
    }
    for (uint32_t i = 0; i < manifest.n_limits; i++) { /* there is something to silence in both scopes */
        app |= !strcmp(manifest.limits[i].name, "all") && manifest.limits[i].scope == ADSYNC_SCOPE_APP;
        account |= !strcmp(manifest.limits[i].name, "all") && manifest.limits[i].scope == ADSYNC_SCOPE_ACCOUNT;
    }
    assert_true(app && account);
    adsync__manifest_free(&manifest);
}

/* ---- 3, 4, 5, 10: figures */

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

static void d_tiktok_3_thirty_days_are_asked_for_and_31_never(void **state)
{
    (void)state;
    assert_int_equal(asked(REPORT("ad", "20260101", "20260130")), ADSYNC_OK);
    assert_int_equal(asked(REPORT("ad", "20260101", "20260131")), ADSYNC_E_INVALID);
    assert_int_equal(asked(REPORT("ad", "20260102", "20260101")), ADSYNC_E_INVALID);
}

static void d_tiktok_4_a_dash_null_a_number_and_a_text_are_figures_and_other_words_are_none(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    drive_answer(
        &d, 200, "",
        PAGE(DAY(
            "1", "2026-01-01 00:00:00",
            "'spend':'-','impressions':null,'clicks':'','form':'-','total_complete_payment_rate':'-'") "," DAY("2", "2026-01-02 00:00:00",
                                                                                                               "'spend':20.000,'"
                                                                                                               "impressions':7,'conversion'"
                                                                                                               ":'2','form':1,'onsite_form'"
                                                                                                               ":'2'")));
    assert_int_equal(d.outcome.n_rows, 2);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), 0);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_IMPRESSIONS), 0);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CLICKS), 0);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_REVENUE), 0);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_SPEND), 20000000);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_IMPRESSIONS), 7);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_CONVERSIONS), 2000000);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_LEADS), 3000000);
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-01 00:00:00", "'spend':'much'")));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-01 00:00:00", "'spend':'1','spend':'2'")));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-01 00:00:00", "'form':'x'")));
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void d_tiktok_5_what_is_deleted_by_now_is_asked_for_at_every_level(void **state)
{
    static const char *const tasks[][2] = {
        { REPORT("campaign", "20260101", "20260102"), "campaign_status" },
        { REPORT("adset", "20260101", "20260102"), "adgroup_status" },
        { REPORT("ad", "20260101", "20260102"), "ad_status" },
    };
    char wanted[120];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i][0]);
        (void)snprintf(wanted, sizeof wanted, "[{\"field_name\":\"%s\",\"filter_type\":\"IN\",\"filter_value\":\"[\\\"STATUS_ALL\\\"]\"}]",
                       tasks[i][1]);
        assert_string_equal(drive_field(&d, "filtering"), wanted);
        drive_end(&d);
    }
    drive_task(&d, LIST("ad"));
    assert_string_equal(drive_field(&d, "filtering"), "{\"primary_status\":\"STATUS_ALL\"}");
    drive_end(&d);
}

static void d_tiktok_9_every_path_ends_with_a_slash_and_arrays_are_json_that_is_encoded(void **state)
{
    static const char *const tasks[] = {
        LIST("campaign"),
        LIST("adset"),
        LIST("ad"),
        LIST("creative"),
        LIST("audience"),
        LIST("lead_form"),
        LIST("lead"),
        REPORT("ad", "20260101", "20260102"),
        "{'task':'account.discover'," REST "}",
        "{'task':'account.get'," REST "}",
        "{'task':'auth.inspect'," REST "}",
        "{'task':'auth.revoke'," REST "}",
        "{'task':'auth.complete','params':{'query':'auth_code=c'}," REST "}",
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        const char *url;
        drive_task(&d, tasks[i]);
        assert_non_null(url = strstr(drive_request(&d), "/open_api/v1.3/"));
        assert_int_equal(url[strcspn(url, "?\"") - 1], '/');
        assert_null(memchr(url, '[', strcspn(url, "\"")));
        drive_end(&d);
    }
    drive_task(&d, LIST("campaign"));
    assert_non_null(strstr(drive_request(&d), "fields=%5B%22campaign_id%22%2C"));
    drive_end(&d);
}

static void d_tiktok_10_days_are_the_accounts_and_times_of_objects_are_utc(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-02 00:00:00", "'spend':'1'")));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_DAY), 20260102);
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-03 00:00:00", "'spend':'1'"))); /* was not asked for */
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
    drive_task(&d, LIST("campaign"));
    drive_answer(&d, 200, "", PAGE("{'campaign_id':'1','modify_time':'2026-01-01 00:00:00'}"));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_UPDATED_AT), INT64_C(1767225600000000));
    drive_end(&d);
}

static void d_tiktok_10_etc_gmt_minus_13_is_thirteen_hours_ahead(void **state)
{
    adsync__zone *zone = NULL;
    drive d;

    (void)state;
    drive_task(&d, "{'task':'account.get'," REST "}");
    drive_answer(&d, 200, "", "{'code':0,'data':{'list':[{'advertiser_id':'123','timezone':'Etc/GMT-13','display_timezone':''}]}}");
    assert_string_equal(drive_said(&d, "time_zone"), "Etc/GMT-13");
    assert_int_equal(adsync__zone_load(NULL, drive_said(&d, "time_zone"), &zone, NULL), ADSYNC_OK);
    assert_int_equal(adsync__zone_offset(zone, 0), 13 * 3600);
    adsync__zone_free(zone);
    drive_answer(&d, 200, "",
                 "{'code':0,'data':{'list':[{'advertiser_id':'123','timezone':'Etc/GMT-13','display_timezone':'Pacific/Apia'}]}}");
    assert_string_equal(drive_said(&d, "time_zone"), "Pacific/Apia");
    drive_end(&d);
}

static void d_tiktok_11_a_task_of_leads_is_done_at_succeed_and_not_at_success(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST_AT("lead", "1 v1.3 poll 0 0 1 - 81 T"));
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'SUCCEED'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_true(drive_holds(&d, "file"));
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'SUCCESS'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    assert_true(drive_holds(&d, "poll"));
    drive_end(&d);
    drive_task(&d, LIST_AT("lead", "1 v1.3 poll 0 0 60 - 81 T")); /* not for ever */
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'RUNNING'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    drive_end(&d);
}

/* Leads of Europe are kept apart: an app that serves both sides walks the forms once with the header and once without. */
static void leads_of_both_sides_are_walked_one_after_the_other(void **state)
{
#define BOTH(cursor)                                                                                                                       \
    "{'task':'list','kind':'lead','cursor':'" cursor "','facts':{'time_zone':'Europe/Berlin','lead_region':'both'}," REST "}"
    static const char form[] = "{'code':0,'data':{'status':'FAILED','task_id':'T'}}";
    drive d;

    (void)state;
    drive_task(&d, BOTH("1 v1.3 task 0 0 0 - 81"));
    assert_null(strstr(drive_request(&d), "x-lead-region"));
    drive_answer(&d, 200, "", form); /* the last form of the first side, and it is left out */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "page/get"));
    drive_answer(&d, 200, "", PAGE("{'page_id':'81'}"));
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"x-lead-region\",\"eu\""));
    drive_end(&d);
    drive_task(&d, BOTH("1 v1.3 file 0 0 0 - 81 T eu"));
    drive_raw(&d, 200, "", "lead_id,Email\n7,x\n", 18);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    drive_end(&d);
    drive_task(&d, BOTH("1 v1.3 file 0 0 0 - 81 T left,eu")); /* what the first side left out is not forgotten */
    drive_raw(&d, 200, "", "lead_id,Email\n7,x\n", 18);
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    drive_end(&d);
#undef BOTH
}

static void d_tiktok_11_a_task_of_figures_is_done_at_success_and_not_at_succeed(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, REPORT_AT("ad", "20260101", "20260102", "1 v1.3 made 0 0 1 T"));
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'SUCCESS'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_true(drive_holds(&d, "read"));
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'SUCCEED'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_WAIT);
    drive_end(&d);
    drive_task(&d, REPORT_AT("ad", "20260101", "20260102", "1 v1.3 made 0 0 100 T")); /* not for ever: then in pages */
    drive_answer(&d, 200, "", "{'code':0,'data':{'status':'PROCESSING'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_true(drive_holds(&d, "rows"));
    drive_end(&d);
}

static void d_tiktok_12_a_token_has_no_timer_and_no_refresh(void **state)
{
    adsync_manifest manifest = { 0 };
    drive d;

    (void)state;
    assert_int_equal(asked("{'task':'auth.refresh'," REST "}"), ADSYNC_E_UNSUPPORTED);
    drive_task(&d, "{'task':'auth.complete','params':{'query':'auth_code=c'}," REST "}");
    drive_answer(&d, 200, "", "{'code':0,'data':{'access_token':'t0ken','scope':[7133464587805982722,4]}}");
    assert_int_equal(drive_given(&d, "access_token")->expires_us, -1);
    assert_null(drive_given(&d, "refresh_token"));
    assert_string_equal(drive_said(&d, "scopes"), "7133464587805982722 4 44");
    assert_int_equal(d.wire.ops->describe(d.wire.ops->user, &manifest, NULL), ADSYNC_OK);
    assert_false(adsync__manifest_supports(&manifest, ADSYNC_TASK_AUTH_REFRESH, 0));
    assert_string_equal(adsync__manifest_setting(&manifest, "refresh"), "none");
    adsync__manifest_free(&manifest);
    drive_end(&d);
}

/* ---- errors and states */

static void every_code_of_the_table_has_its_class(void **state)
{
    static const struct {
        uint32_t refusal;
        const char *codes;
    } table[] = {
        { ADSYNC_CLASS_AUTH_EXPIRED, "40102" },
        { ADSYNC_CLASS_AUTH_REVOKED, "40103 40105 40106 40107 40113 40114 40120 40309" },
        { ADSYNC_CLASS_CONFIG, "40104 40006 40051" },
        { ADSYNC_CLASS_INVALID, "40101 40110 40115 40108 40109 40112 40116 40117 40000 40002 40010 40011 40012 40053 40061 40065 40900 "
                                "40904 40910 40914 40915 41002 40502 49999" },
        { ADSYNC_CLASS_PERMISSION, "40001 40003 40118 40119 40121 40122 40124 40125 40126 40131 41000" },
        { ADSYNC_CLASS_THROTTLED, "40100 40016 40132 40133 61000" },
        { ADSYNC_CLASS_TRANSIENT, "40200 40201 40700 40901 40902 40903 40913 50000 50002 51000 51008 51999 52000 52999 60001" },
        { ADSYNC_CLASS_CONFLICT, "40202 40050 40052 40911" },
        { ADSYNC_CLASS_NOT_FOUND, "40007 40300 40301 40302 40400" },
        { ADSYNC_CLASS_UNSUPPORTED, "40008 40009 40013 40014 41001" },
    };
    char body[100];
    uint32_t n = 0;
    drive d;

    (void)state;
    drive_task(&d, LIST("campaign"));
    for (size_t i = 0; i < ADSYNC__COUNT(table); i++)
        for (const char *code = table[i].codes; *code; code += strcspn(code, " "), code += *code == ' ') {
            (void)snprintf(body, sizeof body, "{'code':%d,'message':'words'}", atoi(code));
            drive_answer(&d, 200, "", body);
            if (d.outcome.way != ADSYNC__WAY_FAIL || d.outcome.refusal != table[i].refusal)
                fail_msg("%.5s is %s", code, adsync__refusal_name(d.outcome.refusal));
            n++;
        }
    assert_int_equal(n, 81);
    drive_end(&d);
}

static void every_state_becomes_its_word(void **state)
{
    static const struct {
        const char *set, *made, *status;
    } table[] = {
        { "ENABLE", "AD_STATUS_DELIVERY_OK", "ACTIVE" },
        { "ENABLE", "CAMPAIGN_STATUS_ENABLE", "ACTIVE" },
        { "DISABLE", "AD_STATUS_DISABLE", "PAUSED" },
        { "DISABLE", "AD_STATUS_CAMPAIGN_DISABLE", "PAUSED" }, /* its own switch first */
        { "ENABLE", "AD_STATUS_CAMPAIGN_DISABLE", "PARENT_OFF" },
        { "ENABLE", "AD_STATUS_ADGROUP_DISABLE", "PARENT_OFF" },
        { "DELETE", "AD_STATUS_DELETE", "DELETED" },
        { "ENABLE", "AD_STATUS_CAMPAIGN_DELETE", "DELETED" },
        { "ENABLE", "AD_STATUS_AUDIT_DENY", "REJECTED" },
        { "DISABLE", "AD_STATUS_AUDIT_DENY", "REJECTED" },
        { "ENABLE", "CAMPAIGN_STATUS_ADVERTISER_AUDIT_DENY", "LIMITED" },
        { "ENABLE", "CAMPAIGN_STATUS_ADVERTISER_AUDIT", "LIMITED" },
        { "ENABLE", "ADVERTISER_ACCOUNT_PUNISH", "LIMITED" },
        { "ENABLE", "AD_STATUS_AUDIT", "PENDING" },
        { "ENABLE", "AD_STATUS_REAUDIT", "PENDING" },
        { "ENABLE", "ADGROUP_STATUS_TIME_DONE", "ENDED" },
        { "ENABLE", "AD_STATUS_DONE", "ENDED" },
        { "ENABLE", "AD_STATUS_NOT_START", "SCHEDULED" },
        { "DISABLE", "AD_STATUS_NOT_START", "PAUSED" },
        { "ENABLE", "CAMPAIGN_STATUS_BUDGET_EXCEED", "LIMITED" },
        { "ENABLE", "ADGROUP_STATUS_BALANCE_EXCEED", "LIMITED" },
        { "ENABLE", "ADGROUP_STATUS_FROZEN", "LIMITED" },
        { "ENABLE", "AD_STATUS_SOMETHING_NEW", "UNKNOWN" },
    };
    char body[300];
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(table); i++) {
        drive_task(&d, LIST("ad"));
        (void)snprintf(body, sizeof body, PAGE("{'ad_id':'1','operation_status':'%s','secondary_status':'%s'}"), table[i].set,
                       table[i].made);
        drive_answer(&d, 200, "", body);
        if (strcmp(drive_text(&d, 0, ADSYNC_C_STATUS), table[i].status))
            fail_msg("%s and %s is %s", table[i].set, table[i].made, drive_text(&d, 0, ADSYNC_C_STATUS));
        assert_string_equal(drive_text(&d, 0, ADSYNC_C_PLATFORM_STATUS), table[i].made);
        drive_end(&d);
    }
}

static void a_redirect_without_a_code_says_that_nobody_agreed(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.complete','params':{'query':'state=s','redirect_uri':'https://x.example/'}," REST "}");
    assert_non_null(strstr(drive_request(&d), "the redirect brought no auth_code: the consent was not given"));
    drive_end(&d);
}

/* An image's name may hold a slash; an address is signed, and no name. */
static void images_are_kept_by_their_names_and_not_by_their_addresses(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST("creative"));
    drive_answer(
        &d, 200, "",
        PAGE("{'ad_id':'1','image_ids':['ad-site-i18n-sg/2026aa','https://p16.example/x~tplv?sign=1','//p16.example/y','v0201/bb']}"));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_MEDIA), "ad-site-i18n-sg/2026aa,v0201/bb");
    drive_end(&d);
}

/* What is deleted is in no list unless it is asked for: in each list of a kind. */
static void every_list_of_objects_is_asked_for_what_is_deleted(void **state)
{
    static const char *const kinds[] = { LIST("campaign"), LIST("adset"), LIST("ad"), LIST("creative") };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(kinds); i++) {
        drive_task(&d, kinds[i]);
        do {
            assert_non_null(strstr(drive_field(&d, "filtering"), "\"primary_status\":\"STATUS_ALL\""));
            drive_answer(&d, 200, "", PAGE(""));
            if (d.outcome.way == ADSYNC__WAY_NEXT) drive_go_on(&d);
        } while (d.outcome.way == ADSYNC__WAY_NEXT);
        drive_end(&d);
    }
}

/* ---- walks */

static void an_account_that_may_not_be_seen_hides_no_other(void **state)
{
    char list[4000] = "", one[60];
    uint32_t rows = 0, steps = 0, refusals = 0;
    drive d;

    (void)state;
    for (int i = 0; i < 9; i++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s{'advertiser_id':'70%d'}", i ? "," : "", i);
    drive_task(&d, "{'task':'account.discover'," REST "}");
    (void)snprintf(one, sizeof one, "%s", "{'code':0,'data':{'list':[");
    {
        char body[4100];
        (void)snprintf(body, sizeof body, "%s%s]}}", one, list);
        drive_answer(&d, 200, "", body);
    }
    while (d.outcome.way == ADSYNC__WAY_NEXT && steps++ < 40) {
        char body[4000] = "{'code':0,'data':{'list':[";
        const char *ids;
        drive_go_on(&d);
        ids = drive_field(&d, "advertiser_ids");
        if (strstr(ids, "704")) {
            refusals++;
            drive_answer(&d, 200, "", "{'code':40001,'message':'no right'}");
            continue;
        }
        for (const char *at = ids; (at = strstr(at, "70")); at += 3)
            (void)snprintf(body + strlen(body), sizeof body - strlen(body), "%s{'advertiser_id':'%.3s'}",
                           body[strlen(body) - 1] == '[' ? "" : ",", at);
        (void)snprintf(body + strlen(body), sizeof body - strlen(body), "]}}");
        drive_answer(&d, 200, "", body);
        rows += d.outcome.n_rows;
    }
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(rows, 8);
    assert_true(refusals <= 4);
    drive_end(&d);
}

static void a_report_that_sees_too_many_ids_is_asked_for_by_campaigns(void **state)
{
    static const char cut[] = "X-Tt-Ads-Throttle: 1\r\n";
    drive d;

    (void)state;
    drive_task(&d, REPORT("ad", "20260101", "20260102"));
    drive_answer(&d, 200, cut, PAGE(DAY("1", "2026-01-01 00:00:00", "'spend':'1'")));
    assert_int_equal(d.outcome.n_rows, 0);
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "data_level"), "AUCTION_CAMPAIGN");
    assert_string_equal(drive_field(&d, "dimensions"), "[\"campaign_id\"]");
    drive_answer(&d, 200, "",
                 PAGE("{'metrics':{'spend':'1'},'dimensions':{'campaign_id':'11'}},{'metrics':{},'dimensions':{'campaign_id':'12'}}"));
    drive_go_on(&d);
    assert_non_null(
        strstr(drive_field(&d, "filtering"), "\"campaign_ids\",\"filter_type\":\"IN\",\"filter_value\":\"[\\\"11\\\",\\\"12\\\"]\""));
    drive_answer(&d, 200, cut, PAGE("")); /* both together are still too much */
    drive_go_on(&d);
    assert_non_null(strstr(drive_field(&d, "filtering"), "[\\\"11\\\"]"));
    drive_answer(&d, 200, "", PAGE(DAY("1", "2026-01-01 00:00:00", "'spend':'1'")));
    assert_int_equal(d.outcome.n_rows, 1);
    drive_go_on(&d);
    assert_non_null(strstr(drive_field(&d, "filtering"), "[\\\"12\\\"]"));
    drive_answer(&d, 200, "", PAGE(DAY("2", "2026-01-01 00:00:00", "'spend':'1'")));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

static void a_cursor_of_another_task_or_release_is_stale(void **state)
{
    static const char *const tasks[] = { LIST_AT("campaign", "2 v1.3 list 1000 0 0 2"),
                                         LIST_AT("campaign", "1 v1.2 list 1000 0 0 2"),
                                         LIST_AT("campaign", "1 v1.3 rows 1000 0 0 2"),
                                         LIST_AT("campaign", "1 v1.3 list 1000 0 9"),
                                         REPORT_AT("ad", "20260101", "20260102", "1 v1.3 list 0 0 0"),
                                         LIST_AT("keyword", "1 v1.3 poll 0 0 0 - 81 T"),
                                         LIST_AT("lead", "1 v1.3 negative 0 0 0 - 81"),
                                         LIST_AT("campaign", "1 v1.3 forms 0 0 0"),
                                         LIST_AT("keyword", "1 v1.3 negative 0 0 0 - 8;1") };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        drive_answer(&d, 200, "", PAGE(""));
        assert_int_equal(d.outcome.way, ADSYNC__WAY_STALE);
        drive_end(&d);
    }
}

static void a_page_that_follows_itself_is_refused(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, LIST_AT("campaign", "1 v1.3 list 1000 0 0 2"));
    drive_answer(&d, 200, "", "{'code':0,'data':{'list':[],'page_info':{'page':1,'page_size':1000,'total_page':9,'total_number':9}}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

static void a_file_of_many_leads_comes_in_pieces_without_loss(void **state)
{
    adsync__buffer body;
    uint32_t rows = 0, pieces = 0;
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, "lead_id,create_time,Email\n");
    for (int i = 0; i < 3400; i++) {
        char line[60];
        (void)snprintf(line, sizeof line, "%d,1767225600,a%d@example.com\n", i + 1, i);
        adsync__buffer_text(&body, line);
    }
    drive_task(&d, LIST_AT("lead", "1 v1.3 file 0 0 0 - 81 T"));
    for (;;) {
        drive_raw(&d, 200, "", body.p, body.size);
        assert_int_equal(d.rc, ADSYNC_OK);
        rows += d.outcome.n_rows;
        pieces++;
        if (d.outcome.way != ADSYNC__WAY_MORE) break;
        drive_go_on(&d);
    }
    assert_int_equal(rows, 3400);
    assert_int_equal(pieces, 3);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
    drive_task(&d, LIST_AT("lead", "1 v1.3 file 0 0 0 - 81 T"));
    drive_raw(&d, 200, "", "lead_id,Email\n\"broken,x\n", 24);
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_raw(&d, 200, "", "name,Email\nx,y\n", 15); /* leads without ids */
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
    adsync__buffer_free(&body);
}

#define FILE_HEAD                                                                                                                          \
    "ad_id,stat_time_day,spend,impressions,clicks,conversion,reach,cta_conversion,vta_conversion,real_time_conversion,form,onsite_form,"   \
    "complete_payment,total_complete_payment_rate,campaign_id\n"
#define FILE_AT(cursor) REPORT_AT("ad", "20260101", "20260130", cursor)

/* Rows from `from` on, each once and in their order, until there are no more; how many outcomes that took. */
static uint32_t file_rows(drive *d, const adsync__buffer *body, uint32_t from, uint32_t to)
{
    uint32_t n = from, outcomes = 0;
    char id[16];

    do {
        if (outcomes++) drive_go_on(d);
        drive_raw(d, 200, "", body->p, body->size);
        assert_int_equal(d->rc, ADSYNC_OK);
        for (uint32_t i = 0; i < d->outcome.n_rows; i++, n++) {
            (void)snprintf(id, sizeof id, "%u", 7000 + n);
            assert_string_equal(drive_text(d, i, ADSYNC_C_ENTITY_ID), id);
            assert_int_equal(drive_int(d, i, ADSYNC_C_IMPRESSIONS), n);
        }
    } while (d->outcome.way == ADSYNC__WAY_MORE && outcomes < 10);
    assert_int_equal(n, to);
    return outcomes;
}

static void a_file_of_many_figures_comes_in_pieces_without_loss(void **state)
{
    adsync__buffer body;
    char line[160];
    drive d;

    (void)state;
    adsync__buffer_begin(&body, 1 << 20);
    adsync__buffer_text(&body, FILE_HEAD);
    for (int i = 0; i < 3400; i++) {
        (void)snprintf(line, sizeof line, "%d,2026-01-%02d,1.5,%d,\"2\",3,4,5,6,7,8,9,10,11.5,9%s", 7000 + i, 1 + i % 30, i,
                       i % 2 ? "\n" : "\r\n");
        adsync__buffer_text(&body, line);
    }
    drive_task(&d, FILE_AT("1 v1.3 read 1000 0 0 7001"));
    assert_int_equal(file_rows(&d, &body, 0, 3400), 3);
    drive_end(&d);
    for (const char *const *at =
             (const char *const[]){ FILE_AT("1 v1.3 read 1000 1500 0 7001"), FILE_AT("1 v1.3 read 1000 1500 0 7001 900_7"),
                                    FILE_AT("1 v1.3 read 1000 1500 0 7001 77_0"), NULL };
         *at; at++) { /* a place that is none, or another file's: lines are counted */
        drive_task(&d, *at);
        (void)file_rows(&d, &body, 1500, 3400);
        drive_end(&d);
    }
    drive_task(&d, FILE_AT("1 v1.3 read 1000 0 0 7001"));
    (void)snprintf(line, sizeof line, "1 v1.3 read 1000 1500 0 7001 300_%zu", body.size); /* in the middle of a line */
    adsync__task_text(&d.wire.task, ADSYNC__TASK_PARAM, "cursor", line);
    (void)file_rows(&d, &body, 1500, 3400);
    drive_end(&d);
    drive_task(&d, FILE_AT("1 v1.3 read 1000 0 0 7001")); /* another file than the one whose place is known: one line less before it */
    drive_raw(&d, 200, "", body.p, body.size);
    drive_go_on(&d);
    memset(strchr(strchr(body.p, '\n') + 1, '\r'), '0', 2);
    adsync__buffer_text(&body, "1,2026-01-01,1,1,1,1,1,1,1,1,1,1,1,1,1\n");
    drive_raw(&d, 200, "", body.p, body.size);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "8501");
    drive_end(&d);
    drive_task(&d, FILE_AT("1 v1.3 read 1000 0 0 7001"));
    drive_raw(&d, 200, "", "ad_id,ad_id,spend\n1,2,3\n", 24);
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
    adsync__buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d_tiktok_1_the_code_decides_and_not_the_http_status),
        cmocka_unit_test(d_tiktok_1_data_that_is_missing_or_an_array_gives_no_row),
        cmocka_unit_test(d_tiktok_2_a_throttle_names_no_time_so_that_the_limiter_waits_longer_each_time),
        cmocka_unit_test(d_tiktok_3_thirty_days_are_asked_for_and_31_never),
        cmocka_unit_test(d_tiktok_4_a_dash_null_a_number_and_a_text_are_figures_and_other_words_are_none),
        cmocka_unit_test(d_tiktok_5_what_is_deleted_by_now_is_asked_for_at_every_level),
        cmocka_unit_test(d_tiktok_9_every_path_ends_with_a_slash_and_arrays_are_json_that_is_encoded),
        cmocka_unit_test(d_tiktok_10_days_are_the_accounts_and_times_of_objects_are_utc),
        cmocka_unit_test(d_tiktok_10_etc_gmt_minus_13_is_thirteen_hours_ahead),
        cmocka_unit_test(d_tiktok_11_a_task_of_leads_is_done_at_succeed_and_not_at_success),
        cmocka_unit_test(leads_of_both_sides_are_walked_one_after_the_other),
        cmocka_unit_test(d_tiktok_11_a_task_of_figures_is_done_at_success_and_not_at_succeed),
        cmocka_unit_test(d_tiktok_12_a_token_has_no_timer_and_no_refresh),
        cmocka_unit_test(every_code_of_the_table_has_its_class),
        cmocka_unit_test(every_state_becomes_its_word),
        cmocka_unit_test(a_redirect_without_a_code_says_that_nobody_agreed),
        cmocka_unit_test(images_are_kept_by_their_names_and_not_by_their_addresses),
        cmocka_unit_test(every_list_of_objects_is_asked_for_what_is_deleted),
        cmocka_unit_test(an_account_that_may_not_be_seen_hides_no_other),
        cmocka_unit_test(a_report_that_sees_too_many_ids_is_asked_for_by_campaigns),
        cmocka_unit_test(a_cursor_of_another_task_or_release_is_stale),
        cmocka_unit_test(a_page_that_follows_itself_is_refused),
        cmocka_unit_test(a_file_of_many_leads_comes_in_pieces_without_loss),
        cmocka_unit_test(a_file_of_many_figures_comes_in_pieces_without_loss),
    };

    drive_platform = "tiktok";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
