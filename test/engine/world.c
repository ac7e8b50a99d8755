/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char world_account[] = "{\"id\":\"act_1\",\"account_id\":\"1\",\"name\":\"One\",\"account_status\":1,\"currency\":\"EUR\","
                                    "\"timezone_name\":\"Europe/Berlin\"}";
static const char world_one[] = "{\"data\":[{\"id\":\"11\",\"account_id\":\"1\",\"name\":\"First\",\"status\":\"ACTIVE\","
                                "\"effective_status\":\"ACTIVE\",\"daily_budget\":\"1250\"}]}";
static const char world_none[] = "{\"data\":[]}";

void world_begin(world *w)
{
    const adsync_connection_options manual = { .size = sizeof manual, .flags = ADSYNC_CONNECTION_MANUAL };
    const adsync_grant_options ends = { .size = sizeof ends, .expires_us = -1 };

    script_begin_with(&w->script, 1, SCRIPT_META | SCRIPT_CLAIM);
    w->engine = w->script.engines[0].engine;
    assert_int_equal(adsync_grant_add(w->engine, "acme", "meta", "EAAplanted", &ends, &w->grant, NULL), ADSYNC_OK);
    assert_int_equal(adsync_connection_add(w->engine, "acme", w->grant, "act_1", &manual, &w->connection, NULL), ADSYNC_OK);
}

void world_answers(world *w)
{
    static const char *const paths[] = { "/act_1/adsets?",          "/act_1/ads?", "/act_1/adcreatives?",
                                         "/act_1/customaudiences?", "/me/",        "/act_1/insights?" };

    script_reply_with(&w->script, (script_reply){ .path = "/act_1?", .body = world_account, .status = 200, .always = 1, .delay_us = 1000 });
    script_reply_with(&w->script,
                      (script_reply){ .path = "/act_1/campaigns?", .body = world_one, .status = 200, .always = 1, .delay_us = 1000 });
    for (size_t i = 0; i < ADSYNC__COUNT(paths); i++)
        script_reply_with(&w->script, (script_reply){ .path = paths[i], .body = world_none, .status = 200, .always = 1, .delay_us = 1000 });
}

void world_end(world *w) { script_end(&w->script); }

int64_t world_enqueue(world *w, uint32_t data, uint32_t mode, uint32_t days)
{
    const adsync_job_options options = { .size = sizeof options, .data = data, .mode = mode, .days = days };
    adsync_error *error = NULL;
    int64_t job = 0;

    if (adsync_job_enqueue(w->engine, "acme", w->connection, &options, &job, &error) < 0) fail_msg("%s", adsync_error_message(error));
    return job;
}

adsync_status world_wait(world *w, int64_t job, char name[64])
{
    const adsync_call call = { .size = sizeof call, .wait_us = WORLD_WAIT_US };
    adsync_error *error = NULL;
    adsync_status rc = ADSYNC_PENDING;

    for (int i = 0; i < 100 && rc == ADSYNC_PENDING; i++) rc = adsync_job_wait(w->engine, "acme", job, &call, NULL, &error);
    if (name) (void)snprintf(name, 64, "%s", rc < 0 ? adsync_error_name(error) : "");
    adsync_error_free(error);
    return rc;
}

adsync_status world_sync(world *w, uint32_t data, uint32_t days, char name[64])
{
    return world_wait(w, world_enqueue(w, data, ADSYNC_SYNC_FULL, days), name);
}

adsync_rows *world_connection(world *w)
{
    adsync_rows *row = NULL;

    assert_int_equal(adsync_connection_list(w->engine, "acme", w->connection, &row, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
    return row;
}

size_t world_campaigns(world *w)
{
    adsync_rows *rows = NULL;
    size_t n;

    assert_int_equal(adsync_entity_list(w->engine, "acme", w->connection, ADSYNC_KIND_CAMPAIGN, NULL, &rows, NULL), ADSYNC_OK);
    n = adsync_rows_count(rows);
    adsync_rows_free(rows);
    return n;
}

size_t world_covered(world *w, const char *state)
{
    adsync_rows *rows = NULL;
    size_t n = 0;

    assert_int_equal(adsync_coverage_list(w->engine, "acme", w->connection, 0, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) n += adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_STATE), state);
    adsync_rows_free(rows);
    return n;
}

bool world_knows(const world *w, const char *text)
{
    return (w->script.log.p && strstr(w->script.log.p, text)) || script_stored((script *)(uintptr_t)&w->script, text);
}
