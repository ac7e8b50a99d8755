/* SPDX-License-Identifier: MIT */
#include "drive.h"

#define GRAPH "https://graph.facebook.com/v25.0/"
#define WITH_PAGE(task, kind, more)                                                                                                        \
    "{'task':'" task "','kind':'" kind "','account_id':'123'" more ",'params':{'page_id':'55'},'now_us':" DRIVE_NOW ","                    \
    "'secrets':{'access_token':'user-token','client_secret':'app-secret','page:55':'PT'}}"

static void assert_bearer(drive *d, const char *token)
{
    char wanted[80];

    (void)snprintf(wanted, sizeof wanted, "[\"Authorization\",\"Bearer %s\"]", token);
    if (!strstr(drive_request(d), wanted)) fail_msg("%s", drive_request(d));
}

/* pages -> forms of each page, with that page's token */
static void forms_are_listed_page_by_page(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("lead_form"));
    assert_non_null(strstr(drive_request(&d), GRAPH "me/accounts?"));
    assert_bearer(&d, "user-token");
    drive_file(&d, 200, "", FIXTURES "/pages.json");
    assert_non_null(drive_given(&d, "page:55"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_false(drive_holds(&d, "EAApage"));
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"need\":[\"page:55\"]")); /* of this test, whose vault is empty */
    drive_file(&d, 200, "", FIXTURES "/forms.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ID), "1616801872291121");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_OWNER), "55");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_STATUS), "ACTIVE");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_QUESTIONS), "[{\"key\":\"email\",\"label\":\"Email\",\"type\":\"EMAIL\"}]");
    assert_string_equal(drive_text(&d, 1, ADSYNC_C_SWITCH), "ARCHIVED");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"need\":[\"page:56\"]"));
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 1);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

static void leads_are_listed_form_by_form_since_a_time(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, WITH_PAGE("changes", "lead", ",'since_us':1700000000000000"));
    assert_non_null(strstr(drive_request(&d), GRAPH "55/leadgen_forms?fields=id&"));
    assert_bearer(&d, "PT");
    drive_answer(&d, 200, "",
                 "{'data':[{'id':'71'},{'id':'72'}],'paging':{'cursors':{'after':'F2'},'next':'" GRAPH "55/leadgen_forms?after=F2'}}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "71/leads?"));
    assert_string_equal(drive_field(&d, "filtering"), "[{\"field\":\"time_created\",\"operator\":\"GREATER_THAN\",\"value\":1700000000}]");
    drive_answer(&d, 200, "", "{'data':[],'paging':{'cursors':{'after':'L2'},'next':'" GRAPH "71/leads?after=L2'}}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "71/leads?"));
    assert_string_equal(drive_field(&d, "after"), "L2");
    drive_file(&d, 200, "", FIXTURES "/leads.json");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ID), "1459076748710713");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_FORM_ID), "1616801872291121");
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_AD_ID), "23854695759200548");
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SUBMITTED_AT), INT64_C(1767170954000000));
    assert_string_equal(
        drive_text(&d, 0, ADSYNC_C_ANSWERS),
        "[{\"name\":\"email\",\"values\":[\"jo@example.com\"]},{\"name\":\"full_name\",\"values\":[\"Jo \xc3\x84 Example\"]}]");
    assert_null(drive_text(&d, 1, ADSYNC_C_AD_ID)); /* 0: an organic lead */
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "72/leads?"));
    drive_answer(&d, 200, "", "{'data':[]}");
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), GRAPH "55/leadgen_forms?"));
    assert_string_equal(drive_field(&d, "after"), "F2");
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK); /* a lead drops out of the list by its age: nothing is removed for it */
    drive_end(&d);
}

/* Answers are personal data: in the one column that is sealed, and nowhere else. */
static void what_a_person_answered_stands_in_one_column(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'get','kind':'lead','account_id':'123','ids':['1459076748710713']," DRIVE_REST);
    drive_answer(&d, 200, "", "{'id':'1','field_data':[{'name':'email','values':['jo@example.com']}],'platform':'ig','is_organic':true}");
    for (const adsync__out_row *row = d.outcome.rows; row; row = row->next)
        for (uint32_t i = 0; i < row->row.n; i++)
            if (row->row.cells[i].column != ADSYNC_C_ANSWERS && row->row.cells[i].value.kind == ADSYNC_VALUE_TEXT)
                assert_null(strstr(row->row.cells[i].value.p, "jo@"));
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_EXTRA), "{\"is_organic\":true,\"platform\":\"ig\"}");
    drive_end(&d);
}

static void a_page_whose_token_is_not_at_hand_is_asked_for_and_then_needed(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, "{'task':'get','kind':'lead','account_id':'123','ids':['81'],'params':{'page_id':'57'}," DRIVE_REST);
    assert_non_null(strstr(drive_request(&d), GRAPH "me/accounts?"));
    drive_file(&d, 200, "", FIXTURES "/pages.json"); /* 57 is there without its token */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEED);
    assert_string_equal(d.outcome.need, "page:57");
    drive_end(&d);
    drive_task(&d, "{'task':'get','kind':'lead','account_id':'123','ids':['81'],'params':{'page_id':'55'}," DRIVE_REST);
    drive_file(&d, 200, "", FIXTURES "/pages.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_non_null(drive_given(&d, "page:55"));
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "\"need\":[\"page:55\"]"));
    drive_end(&d);
    drive_task(&d, WITH_PAGE("get", "lead", ",'ids':['81']"));
    assert_non_null(strstr(drive_request(&d), GRAPH "81?"));
    assert_bearer(&d, "PT");
    drive_end(&d);
}

static void a_dead_token_of_a_page_is_fetched_again_and_kills_no_grant(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, WITH_PAGE("list", "lead_form", ""));
    drive_answer(&d, 400, "", "{'error':{'code':190,'error_subcode':463}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEED);
    assert_string_equal(d.outcome.need, "page:55");
    drive_answer(&d, 400, "", "{'error':{'code':190,'error_subcode':2069032}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_WRONG_TOKEN_KIND);
    drive_end(&d);
    drive_task(&d, DRIVE_LIST("lead_form")); /* the person's own token, by contrast */
    drive_answer(&d, 400, "", "{'error':{'code':190,'error_subcode':463}}");
    assert_int_equal(d.outcome.refusal, ADSYNC_CLASS_AUTH_EXPIRED);
    drive_end(&d);
}

static void a_page_without_rights_hides_no_other_but_the_list_is_not_whole(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("lead_form"));
    drive_file(&d, 200, "", FIXTURES "/pages.json");
    drive_go_on(&d);
    drive_answer(&d, 403, "", "{'error':{'code':200,'message':'no rights'}}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    assert_string_equal(d.outcome.warnings->code, "200");
    drive_go_on(&d);
    drive_file(&d, 200, "", FIXTURES "/forms.json");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

static void a_person_without_pages_proves_nothing(void **state)
{
    drive d;

    (void)state;
    drive_task(&d, DRIVE_LIST("lead_form"));
    drive_answer(&d, 200, "", "{'data':[]}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    drive_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_listed_page_by_page),
        cmocka_unit_test(leads_are_listed_form_by_form_since_a_time),
        cmocka_unit_test(what_a_person_answered_stands_in_one_column),
        cmocka_unit_test(a_page_whose_token_is_not_at_hand_is_asked_for_and_then_needed),
        cmocka_unit_test(a_dead_token_of_a_page_is_fetched_again_and_kills_no_grant),
        cmocka_unit_test(a_page_without_rights_hides_no_other_but_the_list_is_not_whole),
        cmocka_unit_test(a_person_without_pages_proves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
