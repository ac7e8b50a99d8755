/* SPDX-License-Identifier: MIT */
/* The engine as a host meets it: opened, turned, woken, stopped, waited for, freed; and one organisation beside another (P5). */
#include "support/any.h"
#include "world.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char rows_of_account[] =
    "{\"data\":[{\"account_id\":\"1\",\"spend\":\"1.00\",\"impressions\":\"5\",\"date_start\":\"2026-11-18\","
    "\"date_stop\":\"2026-11-18\"}]";

/* ---- opening */

static void an_engine_is_opened_with_what_makes_sense_only(void **state)
{
    adsync_engine_options o = { .size = sizeof o };
    adsync_storage *storage = NULL;
    adsync_engine *engine = NULL;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_E_INVALID); /* no storage */
    o.storage = storage;
    assert_int_equal(adsync_engine_open(&o, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_engine_open(NULL, &engine, NULL), ADSYNC_E_INVALID);
    o.lease_us = 999999;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_E_INVALID);
    o.lease_us = 0;
    o.poll_us = -1;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_E_INVALID);
    o.poll_us = 0;
    o.flags = 1u << 20;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_E_UNSUPPORTED);
    o.flags = 0;
    o.size = 4;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_E_INVALID);
    assert_null(engine);
    o.size = sizeof o;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_OK);
    adsync_storage_free(storage); /* a handle keeps alive what it uses */
    assert_int_equal(adsync_engine_step(engine, 0, NULL), ADSYNC_IDLE);
    adsync_engine_free(engine);
    adsync_engine_free(NULL);
    assert_int_equal(adsync_engine_step(NULL, 0, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_engine_fd(NULL), -1);
    adsync_engine_wake(NULL);
    adsync_engine_stop(NULL);
}

static void what_an_engine_cannot_seal_it_refuses_with_words(void **state)
{
    adsync_engine_options o = { .size = sizeof o, .flags = ADSYNC_ENGINE_NO_CLAIM };
    adsync_storage *storage = NULL;
    adsync_engine *engine = NULL;
    adsync_error *error = NULL;
    int64_t grant = 0;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    o.storage = storage;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(engine, "meta", "1", "s", NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_app_add(engine, "meta", "1", "s", NULL, NULL), ADSYNC_E_CONFLICT);
    assert_int_equal(adsync_app_add(engine, "nowhere", "1", "s", NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_grant_add(engine, "acme", "meta", "EAAx", NULL, &grant, &error), ADSYNC_E_INVALID);
    assert_string_equal(adsync_error_name(error), "engine.keys");
    adsync_error_free(error);
    adsync_engine_free(engine);
    adsync_storage_free(storage);
}

/* ---- turning */

static void a_step_that_must_not_wait_takes_no_time(void **state)
{
    int64_t before, job;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    before = w.script.now_us;
    assert_int_equal(adsync_engine_step(w.engine, 0, NULL), ADSYNC_IDLE);
    job = world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_int_equal(adsync_engine_timeout_us(w.engine), 0); /* there is work: at once */
    assert_int_equal(adsync_engine_step(w.engine, 0, NULL), ADSYNC_OK);
    for (int i = 0; i < 50; i++) (void)adsync_engine_step(w.engine, 0, NULL);
    assert_int_equal(w.script.now_us, before); /* the answer takes a millisecond, and nobody waited for it */
    assert_int_equal(w.script.sent, 1);
    assert_int_equal(world_wait(&w, job, NULL), ADSYNC_OK);
    world_end(&w);
}

static void a_step_waits_no_longer_than_it_may_and_a_drain_until_nothing_is_due(void **state)
{
    int64_t before;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    before = w.script.now_us;
    (void)adsync_engine_step(w.engine, 200000, NULL);
    assert_in_range(w.script.now_us - before, 0, 200000);
    (void)world_enqueue(&w, ADSYNC_DATA_ALL, ADSYNC_SYNC_FULL, 3);
    assert_int_equal(adsync_engine_drain(w.engine, 1500, NULL), ADSYNC_PENDING); /* one answer and a half */
    assert_int_equal(adsync_engine_drain(w.engine, INT64_C(60000000), NULL), ADSYNC_IDLE);
    assert_int_equal(world_campaigns(&w), 1);
    assert_in_range(adsync_engine_timeout_us(w.engine), 0, 1000000); /* looks for work each second */
    world_end(&w);
}

static void an_engine_that_does_not_claim_leaves_jobs_alone(void **state)
{
    const adsync_call brief = { .size = sizeof brief, .wait_us = 1000000 };
    adsync_engine_options o = { .size = sizeof o, .flags = ADSYNC_ENGINE_NO_CLAIM };
    adsync_engine *web = NULL;
    int64_t job;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    o.storage = w.script.storage;
    assert_int_equal(adsync_engine_open(&o, &web, NULL), ADSYNC_OK);
    job = world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_int_equal(adsync_engine_step(web, 0, NULL), ADSYNC_IDLE);
    assert_int_equal(adsync_job_wait(web, "acme", job, &brief, NULL, NULL), ADSYNC_PENDING);
    assert_int_equal(w.script.sent, 0);
    assert_int_equal(world_wait(&w, job, NULL), ADSYNC_OK);
    assert_int_equal(adsync_job_wait(web, "acme", job, &brief, NULL, NULL), ADSYNC_OK);
    adsync_engine_free(web);
    world_end(&w);
}

/* ---- from inside, and from elsewhere */

static adsync_engine *inside_engine;
static uint32_t inside_busy;

static void inside_calls(script *s, const char *url, const char *headers, const char *body)
{
    adsync_rows *rows = NULL;
    int64_t n;

    (void)s, (void)url, (void)headers, (void)body;
    inside_busy += adsync_engine_step(inside_engine, 0, NULL) == ADSYNC_E_BUSY;
    inside_busy += adsync_grant_list(inside_engine, "acme", 0, &rows, NULL) == ADSYNC_E_BUSY;
    inside_busy += adsync_job_enqueue(inside_engine, "acme", 1, NULL, &n, NULL) == ADSYNC_E_BUSY;
    inside_busy += adsync_metrics_query(inside_engine, "acme", NULL, &rows, NULL) == ADSYNC_E_BUSY;
    adsync_engine_wake(inside_engine); /* [cb] */
}

static void calls_from_inside_a_callback_are_refused(void **state)
{
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    inside_engine = w.engine;
    inside_busy = 0;
    w.script.on_send = inside_calls;
    assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(inside_busy, 4 * w.script.sent);
    world_end(&w);
}

static void inside_stop(script *s, const char *url, const char *headers, const char *body)
{
    (void)s, (void)headers, (void)body;
    if (strstr(url, "/act_1/ads?")) adsync_engine_stop(inside_engine);
}

static void a_run_ends_after_the_turn_in_which_it_was_stopped(void **state)
{
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    inside_engine = w.engine;
    w.script.on_send = inside_stop;
    (void)world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_int_equal(adsync_engine_run(w.engine, NULL), ADSYNC_OK);
    assert_int_equal(script_sent(&w.script, "/act_1/ads?"), 1);
    assert_int_equal(script_sent(&w.script, "/act_1/adcreatives?"), 0);
    adsync_engine_stop(w.engine); /* before it runs: it does not begin */
    assert_int_equal(adsync_engine_run(w.engine, NULL), ADSYNC_OK);
    assert_int_equal(script_sent(&w.script, "/act_1/adcreatives?"), 0);
    world_end(&w);
}

static void *elsewhere(void *user)
{
    adsync_engine_stop(user);
    return NULL;
}

/* With libcurl: the descriptor is silent, a wake makes it readable, a step takes that away, and another thread ends a run. */
static void a_foreign_loop_sees_when_to_step(void **state)
{
    adsync_engine_options o = { .size = sizeof o, .poll_us = INT64_C(3600000000), .lease_us = INT64_C(7200000000) };
    adsync_storage *storage = NULL;
    adsync_engine *engine = NULL;
    struct pollfd p = { .events = POLLIN };
    pthread_t thread;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &storage, NULL), ADSYNC_OK);
    o.storage = storage;
    assert_int_equal(adsync_engine_open(&o, &engine, NULL), ADSYNC_OK);
    assert_int_equal(adsync_engine_step(engine, 0, NULL), ADSYNC_IDLE);
    assert_true((p.fd = adsync_engine_fd(engine)) >= 0);
    assert_int_equal(poll(&p, 1, 0), 0);
    adsync_engine_wake(engine);
    assert_int_equal(adsync_engine_timeout_us(engine), 0);
    assert_int_equal(poll(&p, 1, 5000), 1);
    (void)adsync_engine_step(engine, 0, NULL);
    assert_int_equal(poll(&p, 1, 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, elsewhere, engine), 0);
    assert_int_equal(adsync_engine_run(engine, NULL), ADSYNC_OK); /* would wait for an hour */
    assert_int_equal(pthread_join(thread, NULL), 0);
    adsync_engine_free(engine);
    adsync_storage_free(storage);
}

/* ---- waiting */

static void a_wait_that_ends_first_is_pending_and_what_comes_is_kept(void **state)
{
    const adsync_call never = { .size = sizeof never, .wait_us = -1 }, wrong = { .size = sizeof wrong, .wait_us = -2 },
                      odd = { .size = sizeof odd, .flags = 1 };
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, &wrong, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, &odd, &rows, NULL), ADSYNC_E_UNSUPPORTED);
    script_say(&w.script, "/me/accounts", 200, "{\"data\":[{\"id\":\"77\",\"name\":\"Page\",\"access_token\":\"EAAplantedpage\"}]}");
    assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, &never, &rows, NULL), ADSYNC_PENDING);
    assert_null(rows);
    script_step(&w.script, w.engine, 1000000);
    {
        const adsync_value key[] = { adsync__value_int(1), adsync__value_int(w.grant), adsync__value_text("page:77"),
                                     adsync__value_int(0) };
        assert_int_equal(adsync_storage_read(w.script.rows, 1, ADSYNC_T_SECRETS, 0, key, 1, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 1); /* the page's token, sealed */
        adsync_rows_free(rows);
    }
    assert_false(world_knows(&w, "planted"));
    assert_int_equal(adsync_grant_accounts(w.engine, "acme", w.grant, &never, &rows, NULL), ADSYNC_PENDING);
    world_end(&w); /* freed with a call under way */
}

static void a_job_that_is_waited_for_too_briefly_goes_on_by_its_number(void **state)
{
    const adsync_call never = { .size = sizeof never, .wait_us = -1 };
    adsync_rows *row = NULL;
    int64_t job;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    job = world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_int_equal(world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0), job); /* one slot, one job */
    assert_int_equal(adsync_job_wait(w.engine, "acme", job, &never, &row, NULL), ADSYNC_PENDING);
    assert_int_equal(adsync_rows_next(row, NULL), ADSYNC_ROW);
    assert_int_equal(adsync_rows_int(row, ADSYNC_C_JOB), job);
    adsync_rows_free(row);
    script_step(&w.script, w.engine, 1000000);
    assert_int_equal(adsync_job_wait(w.engine, "acme", job, &never, NULL, NULL), ADSYNC_OK);
    assert_int_equal(adsync_job_wait(w.engine, "acme", job + 1, &never, NULL, NULL), ADSYNC_E_NOT_FOUND);
    world_end(&w);
}

static void of_events_the_newest_thousand_are_kept(void **state)
{
    const uint32_t syncs = any_rounds(1010);
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    for (uint32_t i = 0; i < syncs; i++) assert_int_equal(world_sync(&w, ADSYNC_DATA_CAMPAIGNS, 0, NULL), ADSYNC_OK);
    assert_int_equal(adsync_engine_events(w.engine, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), syncs < 1000 ? syncs : 1000);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_TYPE), "job");
    assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATUS), "succeeded");
    assert_int_equal(adsync_rows_int(rows, ADSYNC_C_CONNECTION), w.connection);
    adsync_rows_free(rows);
    assert_int_equal(adsync_engine_events(w.engine, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0); /* told once */
    adsync_rows_free(rows);
    world_end(&w);
}

/* ---- which days are here (P10) */

static void a_day_is_absent_partial_provisional_or_settled(void **state)
{
    static const char denied[] = "{\"error\":{\"message\":\"(#200) no rights\",\"code\":200}}";
    char page[400];
    world w;

    (void)state;
    world_begin(&w);
    world_answers(&w);
    assert_int_equal(world_covered(&w, "settled") + world_covered(&w, "provisional") + world_covered(&w, "partial"), 0);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_METRICS, 40, NULL), ADSYNC_OK);
    assert_int_equal(world_covered(&w, "provisional"), 4 * 28); /* four levels; four weeks can still change */
    assert_int_equal(world_covered(&w, "settled"), 4 * 12);
    world_end(&w);
    world_begin(&w);
    (void)snprintf(page, sizeof page, "%s,\"paging\":{\"next\":\"https://graph.facebook.com/v25.0/act_1/insights?after=QVFI\"}}",
                   rows_of_account);
    script_reply_with(&w.script, (script_reply){ .path = "after=QVFI", .body = denied, .status = 400, .always = 1 });
    script_reply_with(&w.script, (script_reply){ .path = "level=account", .body = page, .status = 200, .always = 1 });
    world_answers(&w);
    assert_int_equal(world_sync(&w, ADSYNC_DATA_METRICS, 3, NULL), ADSYNC_PARTIAL);
    assert_int_equal(world_covered(&w, "partial"), 3);
    assert_int_equal(world_covered(&w, "provisional"), 9); /* the other levels */
    world_end(&w);
}

/* ---- P5 */

typedef struct other { /* another organisation, which knows every number of the first */
    world *w;
    const char *org;
    int64_t job;
} other;

static void reads_nothing(adsync_status rc, adsync_rows **rows)
{
    assert_int_equal(rc, ADSYNC_OK);
    assert_int_equal(adsync_rows_count(*rows), 0);
    adsync_rows_free(*rows);
    *rows = NULL;
}

static void other_reads(const other *o)
{
    const adsync_metrics_options figures = { .size = sizeof figures, .connection = o->w->connection };
    const adsync_entity_options by_id = { .size = sizeof by_id, .id = "11", .flags = ADSYNC_ENTITY_REMOVED };
    adsync_engine *e = o->w->engine;
    adsync_rows *rows = NULL;

    reads_nothing(adsync_grant_list(e, o->org, o->w->grant, &rows, NULL), &rows);
    reads_nothing(adsync_connection_list(e, o->org, o->w->connection, &rows, NULL), &rows);
    reads_nothing(adsync_job_list(e, o->org, o->w->connection, 0, 0, &rows, NULL), &rows);
    assert_int_equal(adsync_job_list(e, o->org, 0, o->job, 0, &rows, NULL), ADSYNC_E_NOT_FOUND);
    reads_nothing(adsync_entity_list(e, o->org, o->w->connection, ADSYNC_KIND_CAMPAIGN, &by_id, &rows, NULL), &rows);
    reads_nothing(adsync_metrics_query(e, o->org, &figures, &rows, NULL), &rows);
    reads_nothing(adsync_metrics_query(e, o->org, NULL, &rows, NULL), &rows);
    reads_nothing(adsync_coverage_list(e, o->org, o->w->connection, 0, &rows, NULL), &rows);
    reads_nothing(adsync_audit_list(e, o->org, o->w->connection, 0, 0, &rows, NULL), &rows);
    reads_nothing(adsync_audit_list(e, o->org, 0, 0, 0, &rows, NULL), &rows);
}

static void other_acts(const other *o)
{
    const adsync_oauth_options renew = { .size = sizeof renew, .renew_grant = o->w->grant };
    adsync_engine *e = o->w->engine;
    adsync_rows *rows = NULL;
    int64_t n = 0;

    assert_int_equal(adsync_grant_accounts(e, o->org, o->w->grant, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_grant_refresh(e, o->org, o->w->grant, NULL, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_add(e, o->org, o->w->grant, "1", NULL, &n, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_validate(e, o->org, o->w->connection, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_connection_disconnect(e, o->org, o->w->connection, 0, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_job_enqueue(e, o->org, o->w->connection, NULL, &n, NULL), ADSYNC_E_NOT_FOUND);
    assert_int_equal(adsync_job_wait(e, o->org, o->job, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    if (!strcmp(o->org, "other")) /* begins a consent, so that it would be added */
        assert_int_equal(adsync_oauth_begin(e, o->org, "meta", "s", &renew, NULL, &rows, NULL), ADSYNC_E_NOT_FOUND);
    assert_null(rows);
    assert_int_equal(n, 0);
}

static void p5_an_organisation_reaches_nothing_of_another_through_any_call(void **state)
{
    static const char *const names[] = { "other", "nobody", "acme ", "ACME", "1" };
    char query[512], figures[400];
    adsync_rows *row = NULL;
    int64_t n = 0;
    uint32_t sent;
    world w;

    (void)state;
    world_begin(&w);
    (void)snprintf(figures, sizeof figures, "%s}", rows_of_account);
    script_reply_with(&w.script, (script_reply){ .path = "level=account", .body = figures, .status = 200, .always = 1 });
    world_answers(&w);
    other o = { .w = &w, .job = world_enqueue(&w, ADSYNC_DATA_ALL, ADSYNC_SYNC_FULL, 3) };
    assert_int_equal(world_wait(&w, o.job, NULL), ADSYNC_OK);
    assert_int_equal(adsync_grant_add(w.engine, "other", "meta", "EAAother", NULL, &n, NULL), ADSYNC_OK);
    sent = w.script.sent;
    for (size_t i = 0; i < ADSYNC__COUNT(names); i++) {
        o.org = names[i];
        other_reads(&o);
        other_acts(&o);
    }
    assert_int_equal(adsync_oauth_begin(w.engine, "acme", "meta", "s", NULL, NULL, &row, NULL), ADSYNC_OK);
    (void)adsync_rows_next(row, NULL);
    (void)snprintf(query, sizeof query, "code=x&state=%s", adsync_rows_text(row, ADSYNC_C_STATE));
    adsync_rows_free(row);
    assert_int_equal(adsync_oauth_complete(w.engine, "other", "s", query, NULL, &n, NULL, NULL), ADSYNC_E_FORGED);
    assert_int_equal(w.script.sent, sent); /* nobody was called for it */
    assert_int_equal(world_campaigns(&w), 1);
    row = world_connection(&w);
    assert_string_equal(adsync_rows_text(row, ADSYNC_C_STATUS), "active");
    adsync_rows_free(row);
    world_end(&w);
}

static bool readable(int32_t fd)
{
    struct pollfd look = { .fd = fd, .events = POLLIN };

    return poll(&look, 1, 0) == 1;
}

static void work_that_somebody_else_made_wakes_an_engine_that_waits(void **state)
{
    adsync_engine_options o = { .size = sizeof o, .poll_us = INT64_C(3600000000) };
    adsync_engine *worker = NULL;
    world w;

    (void)state;
    world_begin(&w);
    assert_int_equal(adsync_memory_open(w.script.rows, &o.storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_engine_open(&o, &worker, NULL), ADSYNC_OK); /* over libcurl: a descriptor of its own */
    assert_int_equal(adsync_engine_step(worker, 0, NULL), ADSYNC_IDLE);
    assert_false(readable(adsync_engine_fd(worker)));
    assert_true(adsync_engine_timeout_us(worker) > 1000000);
    (void)world_enqueue(&w, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0);
    assert_true(readable(adsync_engine_fd(worker)));
    assert_int_equal(adsync_engine_step(worker, 20000000, NULL), ADSYNC_IDLE); /* woken, not waited out */
    assert_false(readable(adsync_engine_fd(worker)));
    assert_int_equal(adsync_engine_timeout_us(worker), 0); /* it looks for the work at once */
    adsync_engine_wake(worker);
    assert_true(readable(adsync_engine_fd(worker)));
    adsync_engine_free(worker);
    adsync_storage_free(o.storage);
    world_end(&w);
}

static const adsync_storage_ops *watched_ops;
static uint32_t watched_asked;
static int64_t watched_now = 1;

static int32_t watched_fd(void *user)
{
    watched_asked++;
    return watched_ops->watch_fd(user);
}

static void watched_close(void *user) { (void)user; }
static int64_t watched_clock(void *user) { return (void)user, watched_now; }

/* A server that was restarted has forgotten who listens: who is asked for the descriptor again listens again. */
static void a_storage_is_asked_again_whether_it_still_listens(void **state)
{
    const adsync_host host = { .size = sizeof host, .monotonic_us = watched_clock };
    adsync_engine_options o = { .size = sizeof o, .host = &host };
    adsync_storage *rows = NULL;
    adsync_storage_ops ops;
    adsync_engine *worker = NULL;

    (void)state;
    assert_int_equal(adsync_memory_open(NULL, &rows, NULL), ADSYNC_OK);
    watched_ops = adsync__storage_ops(rows);
    ops = *watched_ops;
    ops.watch_fd = watched_fd;
    ops.close = watched_close;
    assert_int_equal(adsync_storage_new(&ops, &o.storage, NULL), ADSYNC_OK);
    assert_int_equal(adsync_engine_open(&o, &worker, NULL), ADSYNC_OK);
    (void)adsync_engine_step(worker, 0, NULL);
    watched_asked = 0;
    (void)adsync_engine_step(worker, 0, NULL);
    assert_int_equal(watched_asked, 0); /* not each turn */
    watched_now += 16000000;
    (void)adsync_engine_step(worker, 0, NULL);
    assert_int_equal(watched_asked, 1);
    adsync_engine_free(worker);
    adsync_storage_free(o.storage);
    adsync_storage_free(rows);
}

static void a_name_that_is_none_is_no_organisation(void **state)
{
    adsync_rows *rows = NULL;
    char large[400];
    world w;

    (void)state;
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = 0;
    world_begin(&w);
    assert_int_equal(adsync_grant_list(w.engine, NULL, 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_list(w.engine, "", 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_list(w.engine, large, 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_grant_list(w.engine, "\xff", 0, &rows, NULL), ADSYNC_E_INVALID);
    assert_null(rows);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_engine_is_opened_with_what_makes_sense_only),
        cmocka_unit_test(what_an_engine_cannot_seal_it_refuses_with_words),
        cmocka_unit_test(a_step_that_must_not_wait_takes_no_time),
        cmocka_unit_test(a_step_waits_no_longer_than_it_may_and_a_drain_until_nothing_is_due),
        cmocka_unit_test(an_engine_that_does_not_claim_leaves_jobs_alone),
        cmocka_unit_test(calls_from_inside_a_callback_are_refused),
        cmocka_unit_test(a_run_ends_after_the_turn_in_which_it_was_stopped),
        cmocka_unit_test(a_foreign_loop_sees_when_to_step),
        cmocka_unit_test(a_wait_that_ends_first_is_pending_and_what_comes_is_kept),
        cmocka_unit_test(a_job_that_is_waited_for_too_briefly_goes_on_by_its_number),
        cmocka_unit_test(of_events_the_newest_thousand_are_kept),
        cmocka_unit_test(a_day_is_absent_partial_provisional_or_settled),
        cmocka_unit_test(p5_an_organisation_reaches_nothing_of_another_through_any_call),
        cmocka_unit_test(work_that_somebody_else_made_wakes_an_engine_that_waits),
        cmocka_unit_test(a_storage_is_asked_again_whether_it_still_listens),
        cmocka_unit_test(a_name_that_is_none_is_no_organisation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
