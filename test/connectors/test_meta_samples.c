/* SPDX-License-Identifier: MIT */
/* Recorded answers of the real platform, where their folder stands beside the checkout: what each of them must give. One that the list
 * here does not know yet must at least be digested. */
#include "drive.h"

#include "storage/storage.h"

enum { SAMPLE_ROWS = 0, SAMPLE_FAIL, SAMPLE_SECRET, SAMPLE_FACTS, SAMPLE_OTHER };

#define LEAD "{'task':'get','kind':'lead','account_id':'123','ids':['1']," DRIVE_REST
#define AUDIENCES "{'task':'list','kind':'audience','account_id':'542676646349772'," DRIVE_REST

static const struct {
    const char *file, *task;
    uint32_t status, what, way; /* way: ADSYNC__WAY_* */
    uint32_t number;            /* of rows or secrets; or the class */
} samples[] = {
    { "token_exchange_long_lived.json", "{'task':'auth.refresh'," DRIVE_REST, 200, SAMPLE_SECRET, ADSYNC__WAY_DONE, 1 },
    { "debug_token_granular.json", "{'task':'auth.inspect'," DRIVE_REST, 200, SAMPLE_FACTS, ADSYNC__WAY_DONE, 0 },
    { "me_accounts_page_tokens.json", DRIVE_LIST("lead_form"), 200, SAMPLE_SECRET, ADSYNC__WAY_NEXT, 2 },
    { "paging_time_based_previous_next.json", DRIVE_LIST("campaign"), 200, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_INVALID },
    { "customaudiences_list.json", AUDIENCES, 200, SAMPLE_ROWS, ADSYNC__WAY_DONE, 2 },
    { "insights_rows_ad_daily.json", DRIVE_REPORT("ad", "20230601", "20230601"), 200, SAMPLE_ROWS, ADSYNC__WAY_DONE, 2 },
    { "report_run_create.json", DRIVE_REPORT("ad", "20260101", "20260131"), 200, SAMPLE_OTHER, ADSYNC__WAY_WAIT, 0 },
    { "error_190_463_expired.json", DRIVE_LIST("ad"), 400, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_AUTH_EXPIRED },
    { "error_190_458_deauthorized.json", DRIVE_LIST("ad"), 400, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_AUTH_REVOKED },
    { "error_100_33_missing_or_no_access.json", DRIVE_LIST("ad"), 400, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_NOT_FOUND },
    { "error_200_permission_403.json", DRIVE_LIST("ad"), 403, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_PERMISSION },
    { "error_80000_throttled.json", DRIVE_REPORT("ad", "20260101", "20260101"), 400, SAMPLE_FAIL, ADSYNC__WAY_FAIL,
      ADSYNC_CLASS_THROTTLED },
    { "error_2_transient.json", DRIVE_LIST("ad"), 400, SAMPLE_FAIL, ADSYNC__WAY_FAIL, ADSYNC_CLASS_TRANSIENT },
    { "error_1_reduce_data_500.json", "{'task':'account.get','account_id':'1'," DRIVE_REST, 500, SAMPLE_FAIL, ADSYNC__WAY_FAIL,
      ADSYNC_CLASS_TOO_LARGE },
    { "lead.json", LEAD, 200, SAMPLE_ROWS, ADSYNC__WAY_DONE, 1 },
    /* what belongs to writing and to webhooks: no list, and no row either */
    { "customaudience_create.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "customaudience_users_add.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "customaudience_users_invalid_entry.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "customaudience_delete.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "batch_partial_failure.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "rate_limit_headers.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "webhook_leadgen_numbers.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "webhook_leadgen_strings_multi_entry.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "webhook_ad_account_subscriptions_value.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
    { "report_run_status_completed.json", AUDIENCES, 200, SAMPLE_OTHER, ADSYNC__WAY_NONE, 0 },
};

static const char *sample_path(const char *name)
{
    static char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", SAMPLES, name);
    return path;
}

static bool samples_are_here(void)
{
    adsync__buffer index;
    bool here = drive_read(sample_path("INDEX.md"), &index);

    adsync__buffer_free(&index);
    if (!here) print_message("no recorded answers stand beside this checkout\n");
    return here;
}

static uint32_t secrets_of(const drive *d)
{
    uint32_t n = 0;

    for (const adsync__out_secret *secret = d->outcome.secrets; secret; secret = secret->next) n++;
    return n;
}

static void each_sample_gives_what_it_must(void **state)
{
    drive d;

    (void)state;
    if (!samples_are_here()) return;
    for (size_t i = 0; i < ADSYNC__COUNT(samples); i++) {
        drive_task(&d, samples[i].task);
        drive_file(&d, samples[i].status, "", sample_path(samples[i].file));
        if (d.outcome.way != samples[i].way) fail_msg("%s gave %s", samples[i].file, adsync__way_name(d.outcome.way));
        if (samples[i].way == ADSYNC__WAY_NONE)
            assert_int_equal(d.rc, ADSYNC_E_FORMAT);
        else if (d.rc != ADSYNC_OK)
            fail_msg("%s: %s", samples[i].file, adsync_error_message(d.error));
        if (samples[i].what == SAMPLE_ROWS)
            assert_int_equal(d.outcome.n_rows, samples[i].number);
        else
            assert_int_equal(d.outcome.n_rows, 0);
        if (samples[i].what == SAMPLE_FAIL) assert_int_equal(d.outcome.refusal, samples[i].number);
        if (samples[i].what == SAMPLE_SECRET) assert_int_equal(secrets_of(&d), samples[i].number);
        if (samples[i].what == SAMPLE_FACTS)
            assert_string_equal(drive_said(&d, "scopes"), "pages_show_list instagram_basic public_profile");
        assert_false(drive_holds(&d, "access_token="));
        drive_end(&d);
    }
}

static void a_recorded_run_that_is_completed_is_read(void **state)
{
    drive d;

    (void)state;
    if (!samples_are_here()) return;
    drive_task(&d, DRIVE_REPORT("ad", "20210224", "20210324"));
    drive_file(&d, 200, "", sample_path("report_run_create.json"));
    drive_go_on(&d);
    drive_file(&d, 200, "", sample_path("report_run_status_completed.json"));
    assert_int_equal(d.outcome.way, ADSYNC__WAY_NEXT);
    drive_go_on(&d);
    assert_non_null(strstr(drive_request(&d), "/6023920149050/insights?"));
    drive_end(&d);
}

static void recorded_figures_are_exact(void **state)
{
    drive d;

    (void)state;
    if (!samples_are_here()) return;
    drive_task(&d, DRIVE_REPORT("ad", "20230601", "20230601"));
    drive_file(&d, 200, "", sample_path("insights_rows_ad_daily.json"));
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_SPEND), 14350000);
    assert_int_equal(drive_int(&d, 1, ADSYNC_C_SPEND), 8530000);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_ENGAGEMENTS), 10);
    assert_int_equal(drive_int(&d, 0, ADSYNC_C_CONVERSIONS), 0);
    assert_string_equal(drive_text(&d, 0, ADSYNC_C_ENTITY_ID), "23854695759200548");
    assert_int_equal(drive_row(&d, 0)->twice, ADSYNC_TWICE_SUM); /* one ad, broken down by product: the parts add up */
    drive_end(&d);
}

/* [{"header":..,"value":..},..] */
static void recorded_headers_are_readings(void **state)
{
    adsync__reader *reader;
    adsync__buffer file;
    adsync__items items;
    adsync__node root, item;
    char headers[2048];
    uint32_t n = 0;
    size_t size;
    drive d;

    (void)state;
    if (!samples_are_here()) return;
    assert_true(drive_read(sample_path("rate_limit_headers.json"), &file));
    size = file.size;
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&file, 0);
    assert_int_equal(adsync__reader_new(1 << 20, &reader, NULL), ADSYNC_OK);
    assert_int_equal(adsync__reader_parse(reader, file.p, size, &root, NULL), ADSYNC_OK);
    items = adsync__node_items(root);
    while (adsync__items_next(&items, &item)) {
        (void)snprintf(headers, sizeof headers, "%s: %s\r\n", adsync__node_text(adsync__node_get(item, "header"), NULL),
                       adsync__node_text(adsync__node_get(item, "value"), NULL));
        drive_task(&d, DRIVE_LIST("ad"));
        drive_answer(&d, 200, headers, "{'data':[]}");
        assert_int_equal(d.outcome.way, ADSYNC__WAY_DONE);
        if (!d.outcome.limits) fail_msg("%s was not read", headers);
        drive_end(&d);
        n++;
    }
    assert_true(n >= 7);
    adsync__reader_free(reader);
    adsync__buffer_free(&file);
}

static bool sample_is_known(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(samples); i++)
        if (!strcmp(samples[i].file, name)) return true;
    return false;
}

/* Lines "- name.json: .." of the index. */
static void every_file_of_the_index_is_digested(void **state)
{
    static const char *const tasks[] = { DRIVE_LIST("campaign"),
                                         DRIVE_LIST("lead"),
                                         DRIVE_REPORT("ad", "20260101", "20260101"),
                                         LEAD,
                                         "{'task':'auth.inspect'," DRIVE_REST,
                                         "{'task':'account.discover'," DRIVE_REST };
    adsync__buffer index;
    uint32_t known = 0;
    drive d;

    (void)state;
    if (!samples_are_here()) return;
    assert_true(drive_read(sample_path("INDEX.md"), &index));
    for (char *line = strtok(index.p, "\n"); line; line = strtok(NULL, "\n")) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "- ", 2) || !colon || strncmp(colon - 5, ".json", 5)) continue;
        *colon = 0;
        known += sample_is_known(line + 2);
        for (size_t i = 0; i < ADSYNC__COUNT(tasks); i++) {
            drive_task(&d, tasks[i]);
            drive_file(&d, 200, "", sample_path(line + 2));
            assert_true(d.rc == ADSYNC_OK || d.rc == ADSYNC_E_FORMAT);
            drive_end(&d);
        }
    }
    assert_int_equal(known, ADSYNC__COUNT(samples));
    adsync__buffer_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_gives_what_it_must),      cmocka_unit_test(a_recorded_run_that_is_completed_is_read),
        cmocka_unit_test(recorded_figures_are_exact),          cmocka_unit_test(recorded_headers_are_readings),
        cmocka_unit_test(every_file_of_the_index_is_digested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
