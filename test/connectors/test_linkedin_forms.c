/* SPDX-License-Identifier: MIT */
/* Lead forms are the account's, then the Page's that stands behind it. What both lists say together is what is proven. */
#include "drive.h"

#define FORMS                                                                                                                              \
    "{'task':'list','kind':'lead_form','account_id':'512','now_us':" DRIVE_NOW ",'api_version':'202607','random':'8000',"                  \
    "'secrets':{'access_token':'T'},'facts':{'currency':'EUR','time_zone':'UTC','organization':'%s'}}"
#define PAGE_URN "urn:li:organization:77"
#define ONE "{'id':8,'name':'a','state':'PUBLISHED'}"
#define LISTED(rows, total) "{'paging':{'start':0,'count':100,'links':[],'total':" total "},'elements':[" rows "]}"

static void forms_begin(drive *d, const char *organization)
{
    char task[1000];

    (void)snprintf(task, sizeof task, FORMS, organization);
    drive_task(d, task);
}

/* P10: nothing is removed on the word of one of two lists. */
static void the_page_s_forms_follow_the_account_s_own(void **state)
{
    static const struct {
        const char *own, *shared;
        uint32_t complete, evidence;
    } cases[] = {
        { LISTED(ONE, "1"), LISTED(ONE, "1"), 1, ADSYNC_EVIDENCE_STRONG },
        { LISTED("", "0"), LISTED(ONE, "1"), 1, ADSYNC_EVIDENCE_STRONG },
        { LISTED(ONE, "1"), LISTED("", "0"), 1, ADSYNC_EVIDENCE_STRONG },
        { LISTED("", "0"), LISTED("", "0"), 1, ADSYNC_EVIDENCE_WEAK },
        { "{'elements':[" ONE "]}", LISTED(ONE, "1"), 0, ADSYNC_EVIDENCE_WEAK },
        { LISTED(ONE, "1"), "{'elements':[" ONE "]}", 0, ADSYNC_EVIDENCE_WEAK },
    };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(cases); i++) {
        forms_begin(&d, PAGE_URN);
        assert_non_null(strstr(drive_request(&d), "owner=(sponsoredAccount:urn%3Ali%3AsponsoredAccount%3A512)"));
        drive_answer(&d, 200, "", cases[i].own);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
        drive_go_on(&d);
        assert_non_null(strstr(drive_request(&d), "/rest/leadForms?q=owner&owner=(organization:urn%3Ali%3Aorganization%3A77)&start=0"));
        drive_answer(&d, 200, "", cases[i].shared);
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
        assert_int_equal(d.outcome.complete, cases[i].complete);
        assert_int_equal(d.outcome.evidence, cases[i].evidence);
        drive_end(&d);
    }
}

static void the_page_s_second_page_is_still_the_page_s(void **state)
{
    drive d;

    (void)state;
    forms_begin(&d, PAGE_URN);
    drive_answer(&d, 200, "", LISTED("", "0"));
    drive_go_on(&d);
    drive_answer(&d, 200, "", LISTED(ONE, "101"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "organization%3A77)&start=100"));
    drive_answer(&d, 200, "", LISTED("", "101"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
    drive_end(&d);
}

static void who_has_no_role_on_the_page_has_the_account_s_forms(void **state)
{
    drive d;

    (void)state;
    forms_begin(&d, PAGE_URN);
    drive_answer(&d, 200, "", LISTED(ONE, "1"));
    drive_go_on(&d);
    drive_answer(&d, 403, "", "{'serviceErrorCode':100,'code':'ACCESS_DENIED','message':'no role','status':403}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
    assert_int_equal(d.outcome.complete, 0);
    assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_WEAK);
    assert_non_null(d.outcome.warnings);
    drive_answer(&d, 429, "", "{'message':'Resource level throttle MEMBER DAY limit is reached','status':429}"); /* this is no such thing */
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
    forms_begin(&d, PAGE_URN);
    drive_answer(&d, 403, "", "{'code':'ACCESS_DENIED','message':'no role','status':403}");
    assert_int_equal(d.outcome.way, ADSYNC__WAY_FAIL);
    drive_end(&d);
}

static void without_a_page_there_is_one_list(void **state)
{
    static const char *const none[] = { "", "urn:li:person:x", "urn:li:organization:", "urn:li:organization:7)&q=x" };
    drive d;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(none); i++) {
        forms_begin(&d, none[i]);
        drive_answer(&d, 200, "", LISTED(ONE, "1"));
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
        assert_int_equal(d.outcome.evidence, ADSYNC_EVIDENCE_STRONG);
        drive_end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_s_forms_follow_the_account_s_own),
        cmocka_unit_test(the_page_s_second_page_is_still_the_page_s),
        cmocka_unit_test(who_has_no_role_on_the_page_has_the_account_s_forms),
        cmocka_unit_test(without_a_page_there_is_one_list),
    };

    drive_platform = "linkedin";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
