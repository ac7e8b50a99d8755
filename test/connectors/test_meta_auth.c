/* SPDX-License-Identifier: MIT */
#include "drive.h"

#define NOW INT64_C(1767225600000000)
#define AUTH(task)                                                                                                                         \
    "{'task':'" task "','params':{'redirect_uri':'https://host/cb?a=1','state':'s t','query':'code=AQ%2Bx-y&state=s#_=_'}," DRIVE_REST

static void the_dialog_is_asked_with_commas_and_without_pkce(void **state)
{
    drive d;

    (void)state;
    drive_task(&d,
               "{'task':'auth.begin','params':{'redirect_uri':'https://host/cb?a=1','state':'s t','scopes':['ads_read','leads_retrieval'],"
               "'challenge':'c'}," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), "\"url\":\"https://www.facebook.com/v25.0/dialog/oauth?"));
    assert_string_equal(drive_field(&d, "client_id"), "99");
    assert_string_equal(drive_field(&d, "redirect_uri"), "https://host/cb?a=1");
    assert_string_equal(drive_field(&d, "state"), "s t");
    assert_string_equal(drive_field(&d, "response_type"), "code");
    assert_string_equal(drive_field(&d, "scope"), "ads_read,leads_retrieval");
    assert_string_equal(drive_field(&d, "code_challenge"), "(none)");
    assert_null(strstr(drive_request(&d), "app-secret"));
    assert_null(strstr(drive_request(&d), "user-token"));
    drive_end(&d);
}

static void a_configuration_of_the_dashboard_replaces_the_scopes(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.begin','params':{'redirect_uri':'u','state':'s','config_id':'777','scopes':'a b'}," DRIVE_REST);
    assert_string_equal(drive_field(&d, "config_id"), "777");
    assert_string_equal(drive_field(&d, "scope"), "(none)");
    drive_end(&d);
}

static void without_scopes_the_connector_s_own_are_asked_for(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.begin','params':{'redirect_uri':'u','state':'s'}," DRIVE_REST);
    assert_non_null(strstr(drive_field(&d, "scope"), "ads_read,business_management,"));
    drive_end(&d);
}

static void what_the_dialog_needs_is_asked_of_the_caller(void **state)
{
    static const char *const tasks[] = {
        "{'task':'auth.begin','params':{'redirect_uri':'u'}," DRIVE_REST,
        "{'task':'auth.begin','params':{'state':'s'}," DRIVE_REST,
        "{'task':'auth.begin','params':{'state':'s','redirect_uri':'u'},'now_us':1,'secrets':{}}",
        "{'task':'auth.complete','params':{'redirect_uri':'u','query':'state=s'}," DRIVE_REST,
        "{'task':'auth.complete','params':{'redirect_uri':'u','query':'code=&state=s'}," DRIVE_REST,
        "{'task':'auth.complete','params':{'redirect_uri':'u','query':'code=a b'}," DRIVE_REST,
        "{'task':'auth.complete','params':{'query':'code=a'}," DRIVE_REST,
        "{'task':'auth.complete'," DRIVE_REST,
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        assert_non_null(strstr(drive_request(&d), "\"class\":\"invalid\""));
        drive_end(&d);
    }
}

static void the_code_goes_back_as_it_came_and_is_never_sent_twice(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, AUTH("auth.complete"));
    assert_non_null(
        strstr(drive_request(&d), "\"effect\":\"once\",\"method\":\"GET\",\"url\":\"https://graph.facebook.com/v25.0/oauth/access_token?"));
    assert_non_null(strstr(drive_request(&d), "&code=AQ%2Bx-y\""));
    assert_string_equal(drive_field(&d, "client_id"), "99");
    assert_string_equal(drive_field(&d, "client_secret"), "app-secret");
    assert_string_equal(drive_field(&d, "redirect_uri"), "https://host/cb?a=1");
    assert_string_equal(drive_field(&d, "grant_type"), "(none)");
    drive_end(&d);
}

static void a_person_who_says_no_is_told_apart(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.complete','params':{'redirect_uri':'u','query':'error=access_denied&error_reason=user_denied&"
                   "error_description=Permissions+error&state=s'}," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), "\"code\":\"meta.denied\""));
    assert_non_null(strstr(drive_request(&d), "E_REJECTED"));
    assert_non_null(strstr(drive_request(&d), "Permissions error"));
    drive_end(&d);
}

/* code -> token -> long-lived token -> what it is -> what was granted -> who */
static void a_consent_is_completed_in_five_steps(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, AUTH("auth.complete"));
    drive_answer(&d, 200, "", "{'access_token':'EAAshort','token_type':'bearer','expires_in':3600}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_int_equal(drive_given(&d, "access_token")->expires_us, NOW + 3600000000);
    assert_false(drive_holds(&d, "EAAshort"));
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "grant_type"), "fb_exchange_token");
    assert_string_equal(drive_field(&d, "fb_exchange_token"), "user-token"); /* the newest one that there is */
    drive_file(&d, 200, "", FIXTURES "/token.json");
    assert_memory_equal(drive_given(&d, "access_token")->p, "EAAlonglivedtoken", 17);
    assert_int_equal(drive_given(&d, "access_token")->expires_us, NOW + INT64_C(5183944000000));
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/v25.0/debug_token?input_token=user-token"));
    assert_non_null(strstr(drive_request(&d), "[\"Authorization\",\"Bearer 99|app-secret\"]"));
    drive_file(&d, 200, "", FIXTURES "/debug_token.json");
    assert_string_equal(drive_said(&d, "external_user"), "10158000000000001");
    assert_string_equal(drive_said(&d, "scopes"), "ads_read pages_show_list");
    assert_string_equal(drive_said(&d, "data_expires_us"), "1775000000000000");
    assert_string_equal(drive_said(&d, "access_expires_us"), "1772409600000000");
    assert_non_null(strstr(drive_said(&d, "granular_scopes"), "\"target_ids\":[\"55\"]"));
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/v25.0/me/permissions?"));
    drive_file(&d, 200, "", FIXTURES "/permissions.json");
    assert_string_equal(drive_said(&d, "scopes"), "ads_read pages_show_list"); /* declined and expired ones are none */
    drive_go_on(&d);
    assert_string_equal(drive_field(&d, "fields"), "id,name");
    drive_answer(&d, 200, "", "{'id':'10158000000000001','name':'Jo Example'}");
    assert_string_equal(drive_said(&d, "name"), "Jo Example");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_end(&d);
}

static void a_token_whose_end_is_not_said_does_not_end_at_once(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," DRIVE_REST);
    drive_answer(&d, 200, "", "{'access_token':'EAAx','token_type':'bearer'}");
    assert_int_equal(drive_given(&d, "access_token")->expires_us, 0);
    drive_answer(&d, 200, "", "{'access_token':'EAAx','expires_in':0}");
    assert_int_equal(drive_given(&d, "access_token")->expires_us, 0);
    drive_end(&d);
}

static void an_answer_without_a_token_is_no_token(void **state)
{
    static const char *const bodies[] = {
        "{}",  "{'access_token':''}",         "{'access_token':5}", "{'access_token':'a','access_token':'b'}", "[]",
        "'x'", "{'access_token':'two words'}"
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(bodies); i++) {
        drive_task(&d, "{'task':'auth.refresh'," DRIVE_REST);
        drive_answer(&d, 200, "", bodies[i]);
        assert_int_equal(d.rc, ADSYNC_E_FORMAT);
        assert_null(d.outcome.secrets);
        drive_end(&d);
    }
}

static void a_token_that_cannot_be_made_longer_is_kept_as_it_is(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, AUTH("auth.complete"));
    drive_answer(&d, 200, "", "{'access_token':'EAAshort'}");
    drive_go_on(&d);
    drive_answer(&d, 503, "", "{'error':{'message':'m','code':2}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_TRANSIENT);
    drive_answer(&d, 400, "", "{'error':{'message':'m','code':100}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_string_equal(d.outcome.warnings->code, "long_lived");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/debug_token?"));
    drive_end(&d);
}

static void a_dead_token_is_reported_inside_of_an_answer_that_went_well(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.inspect'," DRIVE_REST);
    drive_file(&d, 200, "", FIXTURES "/debug_token_dead.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_REVOKED);
    assert_string_equal(d.outcome.code, "190.460");
    drive_answer(&d, 200, "", "{'data':{'is_valid':false}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_answer(&d, 200, "", "{'data':{'is_valid':true,'expires_at':0,'user_id':5,'type':'SYSTEM_USER'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_string_equal(drive_said(&d, "access_expires_us"), "-1");
    assert_string_equal(drive_said(&d, "external_user"), "5");
    drive_answer(&d, 200, "", "{'data':{}}");
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void a_system_user_s_token_is_exchanged_as_such(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.refresh'," DRIVE_REST);
    assert_string_equal(drive_field(&d, "set_token_expires_in_60_days"), "(none)");
    drive_fact(&d, "token_type", "SYSTEM_USER");
    assert_string_equal(drive_field(&d, "set_token_expires_in_60_days"), "true");
    assert_non_null(strstr(drive_request(&d), "\"effect\":\"same\""));
    drive_end(&d);
}

static void a_consent_is_given_back(void **state)
{
    static const char *const yes[] = { "{'success':true}", "{'success':'true'}", "true" };
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.revoke'," DRIVE_REST);
    drive_fact(&d, "external_user", "10158");
    assert_non_null(strstr(drive_request(&d),
                           "\"effect\":\"same\",\"method\":\"DELETE\",\"url\":\"https://graph.facebook.com/v25.0/10158/permissions?"));
    for (size_t i = 0; i < ADSYNC__COUNT(yes); i++) {
        drive_answer(&d, 200, "", yes[i]);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    }
    drive_answer(&d, 400, "", "{'error':{'message':'m','code':190,'error_subcode':458}}"); /* given back already */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    drive_answer(&d, 200, "", "{'success':false}");
    assert_int_equal(d.rc, ADSYNC_E_FORMAT);
    drive_end(&d);
}

static void the_app_s_own_token_is_asked_for_by_its_secret(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'auth.app_token'," DRIVE_REST);
    assert_string_equal(drive_field(&d, "grant_type"), "client_credentials");
    drive_answer(&d, 200, "", "{'access_token':'99|app-secret','token_type':'bearer'}");
    assert_non_null(drive_given(&d, "app_bearer"));
    drive_end(&d);
}

/* P3: the token goes into a header, with its proof beside it, and into no URL. */
static void every_call_with_a_token_has_its_proof_and_no_token_in_the_url(void **state)
{
    static const char *const tasks[] = {
        "{'task':'account.discover'," DRIVE_REST,
        "{'task':'account.get','account_id':'123'," DRIVE_REST,
        DRIVE_LIST("campaign"),
        DRIVE_LIST("audience"),
        DRIVE_LIST("lead"),
        "{'task':'get','kind':'ad','account_id':'123','ids':['1']," DRIVE_REST,
        "{'task':'auth.revoke'," DRIVE_REST,
        DRIVE_REPORT("ad", "20260101", "20260107"),
        DRIVE_REPORT("ad", "20260101", "20260131"),
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
        drive_task(&d, tasks[i]);
        assert_non_null(strstr(drive_request(&d), "[\"Authorization\",\"Bearer user-token\"]"));
        assert_string_equal(drive_field(&d, "appsecret_proof"), "b5a94d985eb7b68467d28ca5375162d12b9ca8fe238615acc927c8a9c08d2e95");
        assert_string_equal(drive_field(&d, "access_token"), "(none)");
        assert_null(strstr(strstr(drive_request(&d), "\"url\":"), "user-token&"));
        drive_end(&d);
    }
}

static void the_proof_is_of_the_token_of_that_call(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'list','kind':'lead_form','account_id':'123','params':{'page_id':'55'},'api_version':'v25.0',"
                   "'secrets':{'access_token':'user-token','client_secret':'app-secret','page:55':'PT'}}");
    assert_non_null(strstr(drive_request(&d), "[\"Authorization\",\"Bearer PT\"]"));
    assert_string_equal(drive_field(&d, "appsecret_proof"), "1fa7c100bc585ef08fd5205f55d1d8bcf253ade6d341cba3b441edee48a8d75c");
    drive_end(&d);
}

static void without_an_app_secret_there_is_no_proof(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'list','kind':'ad','account_id':'123','secrets':{'access_token':'user-token'}}");
    assert_string_equal(drive_field(&d, "appsecret_proof"), "(none)");
    assert_non_null(strstr(drive_request(&d), "Bearer user-token"));
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dialog_is_asked_with_commas_and_without_pkce),
        cmocka_unit_test(a_configuration_of_the_dashboard_replaces_the_scopes),
        cmocka_unit_test(without_scopes_the_connector_s_own_are_asked_for),
        cmocka_unit_test(what_the_dialog_needs_is_asked_of_the_caller),
        cmocka_unit_test(the_code_goes_back_as_it_came_and_is_never_sent_twice),
        cmocka_unit_test(a_person_who_says_no_is_told_apart),
        cmocka_unit_test(a_consent_is_completed_in_five_steps),
        cmocka_unit_test(a_token_whose_end_is_not_said_does_not_end_at_once),
        cmocka_unit_test(an_answer_without_a_token_is_no_token),
        cmocka_unit_test(a_token_that_cannot_be_made_longer_is_kept_as_it_is),
        cmocka_unit_test(a_dead_token_is_reported_inside_of_an_answer_that_went_well),
        cmocka_unit_test(a_system_user_s_token_is_exchanged_as_such),
        cmocka_unit_test(a_consent_is_given_back),
        cmocka_unit_test(the_app_s_own_token_is_asked_for_by_its_secret),
        cmocka_unit_test(every_call_with_a_token_has_its_proof_and_no_token_in_the_url),
        cmocka_unit_test(the_proof_is_of_the_token_of_that_call),
        cmocka_unit_test(without_an_app_secret_there_is_no_proof),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
