/* SPDX-License-Identifier: MIT */
/* What a host calls, told again with each allocation failing: nothing leaks, nothing wrong is stored, and afterwards all of it works. */
#include "world.h"

#include "support/faults.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static world w;

static void an_engine_opens(void *user)
{
    static const char *const settings[] = { "config_id", "7", NULL };
    const adsync_engine_options o = { .size = sizeof o, .storage = w.script.storage, .keys = w.script.keys };
    const adsync_app_options app = { .size = sizeof app, .redirect_uri = "https://h.example.test/", .settings = settings };
    adsync_engine *engine = NULL;

    (void)user;
    if (adsync_engine_open(&o, &engine, NULL) >= 0) {
        (void)adsync_app_add(engine, "meta", "1", "s", &app, NULL);
        (void)adsync_engine_step(engine, 0, NULL);
    }
    adsync_engine_free(engine);
}

static void a_host_reads(void *user)
{
    const adsync_metrics_options by = { .size = sizeof by, .group_by = ADSYNC_BY_DAY };
    adsync_rows *rows[9] = { NULL };

    (void)user;
    (void)adsync_grant_list(w.engine, "acme", 0, &rows[0], NULL);
    (void)adsync_grant_expiring(w.engine, INT64_MAX, 0, &rows[1], NULL);
    (void)adsync_connection_list(w.engine, "acme", 0, &rows[2], NULL);
    (void)adsync_job_list(w.engine, "acme", 0, 0, 0, &rows[3], NULL);
    (void)adsync_entity_list(w.engine, "acme", w.connection, ADSYNC_KIND_CAMPAIGN, NULL, &rows[4], NULL);
    (void)adsync_metrics_query(w.engine, "acme", &by, &rows[5], NULL);
    (void)adsync_coverage_list(w.engine, "acme", w.connection, 0, &rows[6], NULL);
    (void)adsync_audit_list(w.engine, "acme", 0, 0, 0, &rows[7], NULL);
    (void)adsync_engine_events(w.engine, &rows[8], NULL);
    for (size_t i = 0; i < ADSYNC__COUNT(rows); i++) adsync_rows_free(rows[i]);
}

static void a_host_connects(void *user)
{
    const adsync_connection_options more = { .size = sizeof more, .flags = ADSYNC_CONNECTION_MANUAL, .metadata = "{\"a\":1}" };
    adsync_rows *rows = NULL;
    int64_t grant = 0, connection = 0;

    (void)user;
    if (adsync_grant_add(w.engine, "globex", "meta", "EAAplanted2", NULL, &grant, NULL) < 0) return;
    (void)adsync_connection_add(w.engine, "globex", grant, "2", &more, &connection, NULL);
    (void)adsync_grant_accounts(w.engine, "globex", grant, NULL, &rows, NULL);
    adsync_rows_free(rows);
}

static void a_host_syncs(void *user)
{
    const adsync_call call = { .size = sizeof call, .wait_us = 2000000 };
    const adsync_job_options options = { .size = sizeof options, .data = ADSYNC_DATA_CAMPAIGNS, .mode = ADSYNC_SYNC_INCREMENTAL };
    adsync_rows *row = NULL;
    int64_t job = 0;

    (void)user;
    if (adsync_job_enqueue(w.engine, "acme", w.connection, &options, &job, NULL) < 0) return;
    (void)adsync_job_wait(w.engine, "acme", job, &call, &row, NULL);
    adsync_rows_free(row);
}

static void set_up(void)
{
    world_begin(&w);
    script_reply_with(&w.script, (script_reply){ .path = "/act_1/campaigns?",
                                                 .status = 200,
                                                 .always = 1,
                                                 .delay_us = 1000,
                                                 .headers = "X-Ad-Api-Version-Warning: it ends\r\n",
                                                 .body = "{\"data\":[{\"id\":\"11\",\"account_id\":\"1\",\"daily_budget\":\"1250\"}]}" });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_ALL, 3, NULL), ADSYNC_OK);
}

static void told(faults_story story)
{
    set_up();
    assert_true(faults_allocations(story, NULL) > 10);
    assert_false(world_knows(&w, "planted"));
    assert_int_equal(world_campaigns(&w), 1);
    script_step(&w.script, w.engine, INT64_C(3600000000)); /* whatever was put off is done */
    assert_int_equal(world_sync(&w, ADSYNC_DATA_ALL, 3, NULL), ADSYNC_OK);
    world_end(&w);
}

static void opening_may_find_no_memory(void **state)
{
    (void)state;
    told(an_engine_opens);
}

static void reading_may_find_no_memory(void **state)
{
    (void)state;
    told(a_host_reads);
}

static void connecting_may_find_no_memory(void **state)
{
    (void)state;
    told(a_host_connects);
}

static void syncing_may_find_no_memory(void **state)
{
    (void)state;
    told(a_host_syncs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_may_find_no_memory),
        cmocka_unit_test(reading_may_find_no_memory),
        cmocka_unit_test(connecting_may_find_no_memory),
        cmocka_unit_test(syncing_may_find_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
