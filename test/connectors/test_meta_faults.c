/* SPDX-License-Identifier: MIT */
/* Every allocation of a request and of a response fails once, and from then on: the slots say so, or what they say is whole. */
#include "drive.h"

#include "support/faults.h"

typedef struct told {
    const char *task, *body;
    uint32_t status;
} told;

static const told stories[] = {
    { DRIVE_LIST("campaign"), FIXTURES "/campaigns_page.json", 200 },
    { DRIVE_LIST("adset"), FIXTURES "/adsets.json", 200 },
    { DRIVE_LIST("creative"), FIXTURES "/creatives.json", 200 },
    { DRIVE_LIST("audience"), FIXTURES "/audiences.json", 200 },
    { DRIVE_LIST("lead"), FIXTURES "/pages.json", 200 },
    { "{'task':'get','kind':'lead_form','account_id':'1','ids':['1']," DRIVE_REST, FIXTURES "/campaigns_last.json", 400 },
    { "{'task':'account.discover'," DRIVE_REST, FIXTURES "/adaccounts.json", 200 },
    { "{'task':'auth.begin','params':{'redirect_uri':'u','state':'s'}," DRIVE_REST, FIXTURES "/token.json", 200 },
    { "{'task':'auth.complete','params':{'redirect_uri':'u','query':'code=c'}," DRIVE_REST, FIXTURES "/token.json", 200 },
    { "{'task':'auth.inspect'," DRIVE_REST, FIXTURES "/debug_token.json", 200 },
    { DRIVE_REPORT("ad", "20260101", "20260107"), FIXTURES "/insights_ad.json", 200 },
    { DRIVE_REPORT("ad", "20260101", "20260131"), FIXTURES "/run_created.json", 200 },
    { DRIVE_REPORT("ad", "20260101", "20260107"), FIXTURES "/error_reduce.json", 500 },
    { DRIVE_LIST("ad"), FIXTURES "/error_text_data.json", 400 },
    { DRIVE_LIST("ad"), FIXTURES "/error_80004.json", 400 },
};

static wire_task wire;
static adsync__buffer body;
static const told *telling;
static uint32_t whole_way, whole_rows;

static void story(void *user)
{
    static const char headers[] =
        "X-App-Usage: {\"call_count\":28}\r\nX-Business-Use-Case-Usage: {\"1\":[{\"type\":\"ads_insights\",\"call_count\":100}]}\r\n"
        "X-Ad-Api-Version-Warning: soon\r\n";
    adsync_outcome outcome;
    adsync_request request;
    adsync__arena answer = { 0 };
    adsync_error *error = NULL;
    bool *undisturbed = user;
    adsync_status rc;

    adsync__request_begin(&request);
    rc = wire.ops->request(wire.ops->user, &wire.task, &request, &error);
    assert_true(rc == ADSYNC_OK || rc == ADSYNC_E_MEMORY);
    if (rc == ADSYNC_OK && !request.failed) assert_non_null(request.method);
    adsync__request_free(&request);
    adsync_error_free(error);
    error = NULL;
    rc = wire_digest(&wire, telling->status, headers, body.p, body.size, &outcome, &answer, &error);
    if (*undisturbed) {
        whole_way = outcome.way;
        whole_rows = outcome.n_rows;
        *undisturbed = false;
    }
    if (rc == ADSYNC_OK) { /* a lost header costs a reading, never a row or the way */
        assert_int_equal(outcome.way, whole_way);
        assert_int_equal(outcome.n_rows, whole_rows);
    } else {
        assert_int_equal(rc, ADSYNC_E_MEMORY);
    }
    adsync__outcome_free(&outcome);
    adsync__arena_free(&answer);
    adsync_error_free(error);
}

static void without_memory_a_slot_says_so_or_what_it_says_is_whole(void **state)
{
    drive d;
    bool undisturbed;

    (void)state;
    for (size_t i = 0; i < ADSYNC__COUNT(stories); i++) {
        drive_task(&d, stories[i].task);
        assert_true(drive_read(stories[i].body, &body));
        wire = d.wire;
        telling = &stories[i];
        undisturbed = true;
        assert_true(faults_allocations(story, &undisturbed) > 2);
        adsync__buffer_free(&body);
        drive_end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_a_slot_says_so_or_what_it_says_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
