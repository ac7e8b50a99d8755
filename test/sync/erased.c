/* SPDX-License-Identifier: MIT */
#include "erased.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t erased_second = 1000000;

const char *erased_answer(world *w, const char *url)
{
    static char day[64];
    const char *from = strstr(url, "from=");

    (void)w;
    if (from) {
        (void)snprintf(day, sizeof day, "m c1 %.8s 1000000", from + 5);
        return day;
    }
    if (strstr(url, "/refresh")) return "fresh";
    if (strstr(url, "after=3")) return "e c5\ne c6";
    if (strstr(url, "after=2")) return "e c3\ne c4\nnext 3";
    return "e c1\ne c2\nnext 2";
}

static void erased_turns(world *w, uint32_t engine, int64_t us)
{
    for (int64_t until = w->now_us + us; w->now_us < until;) (void)adsync_engine_step(w->engines[engine].engine, erased_second, NULL);
}

static void erased_sync(world *w, const char *org, int64_t connection)
{
    const adsync_job_options all = { .size = sizeof all, .data = ADSYNC_DATA_ALL, .mode = ADSYNC_SYNC_FULL, .days = 3 };
    const adsync_call call = { .size = sizeof call, .wait_us = 600 * erased_second };
    adsync_error *error = NULL;
    int64_t job = 0;

    assert_true(adsync_job_enqueue(w->engines[0].engine, org, connection, &all, &job, &error) >= 0);
    if (adsync_job_wait(w->engines[0].engine, org, job, &call, NULL, &error) != ADSYNC_OK) fail_msg("%s", adsync_error_message(error));
}

void erased_begin(erased *e)
{
    int64_t connection = 0;

    world_begin(&e->w, erased_answer);
    world_connect(&e->w, "other", &connection, 1);
    assert_int_equal(adsync_storage_org(e->w.rows, "other", 0, &e->other, NULL), ADSYNC_OK);
    erased_sync(&e->w, "org", e->w.connection);
    erased_sync(&e->w, "other", connection);
    (void)world_open_with(&e->w, 1, (adsync_engine_options){ .storage = e->w.rows });
    e->untouched = erased_digest(e, e->other);
}

void erased_end(erased *e) { world_end(&e->w); }

adsync_status erased_ask(erased *e, uint32_t engine, int64_t wait_us, const char **state)
{
    const adsync_call call = { .size = sizeof call, .wait_us = wait_us };
    static char text[32];
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_org_erase(e->w.engines[engine].engine, "org", &call, &rows, NULL);

    (void)snprintf(text, sizeof text, "%s", adsync_rows_next(rows, NULL) == ADSYNC_ROW ? adsync_rows_text(rows, ADSYNC_C_STATE) : "");
    if (state) *state = text;
    adsync_rows_free(rows);
    return rc;
}

/* ---- looking */

static adsync_rows *erased_all(erased *e, int64_t org, uint32_t table)
{
    const adsync_value bound = adsync__value_int(org);
    const adsync_range range = { .table = table, .limit = 10000, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1 };
    adsync_rows *rows = NULL;

    assert_true(adsync_storage_scan(e->w.rows, org, &range, &rows, NULL) >= 0);
    return rows;
}

uint64_t erased_digest(erased *e, int64_t org)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        adsync_rows *rows = adsync_table_has_org(t) ? erased_all(e, org, t) : NULL;
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
            h = (h ^ (uint64_t)adsync_rows_int(rows, ADSYNC_C_VERSION)) * UINT64_C(1099511628211);
        adsync_rows_free(rows);
    }
    return h;
}

static void erased_system(erased *e, int64_t org)
{
    const uint32_t tables[] = { ADSYNC_T_OAUTH_STATES, ADSYNC_T_LIMITS, ADSYNC_T_META };
    char part[32];

    (void)snprintf(part, sizeof part, ":%lld.", (long long)org);
    for (size_t i = 0; i < ADSYNC__COUNT(tables); i++) {
        const adsync_range range = { .table = tables[i], .limit = 10000 };
        adsync_rows *rows = NULL;
        assert_true(adsync_storage_scan(e->w.rows, 0, &range, &rows, NULL) >= 0);
        while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
            const char *key = adsync_rows_text(rows, ADSYNC_C_KEY);
            if (tables[i] == ADSYNC_T_OAUTH_STATES ? adsync_rows_int(rows, ADSYNC_C_ORG) == org
                                                   : strstr(key, part) || !strncmp(key, "erase.", 6))
                fail_msg("P5: %s still has %s", adsync_table_name(tables[i]), key);
        }
        adsync_rows_free(rows);
    }
}

void erased_is_clean(erased *e, int64_t org)
{
    for (uint32_t t = 1; t <= adsync_table_count(); t++) {
        adsync_rows *rows = adsync_table_has_org(t) ? erased_all(e, org, t) : NULL;
        size_t n = adsync_rows_count(rows);
        if (t == ADSYNC_T_KEYS) {
            assert_int_equal(n, 1);
            assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
            assert_string_equal(adsync_rows_text(rows, ADSYNC_C_STATE), "forgotten");
            assert_null(adsync_rows_bytes(rows, ADSYNC_C_WRAPPED, NULL));
        } else if (n)
            fail_msg("P5: %s still has %zu rows of the organisation", adsync_table_name(t), n);
        adsync_rows_free(rows);
    }
    erased_system(e, org);
    assert_true(erased_digest(e, e->other) == e->untouched);
}

/* ---- whatever may add to it */

void erased_work(erased *e)
{
    const adsync_grant_options ends = { .size = sizeof ends, .expires_us = e->w.now_us + 60 * erased_second, .refresh_token = "r" };
    const adsync_connection_options by_itself = { .size = sizeof by_itself };
    const adsync_call call = { .size = sizeof call, .wait_us = 5 * erased_second };
    const adsync_job_options metrics = { .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_FULL, .days = 12 };
    adsync_engine *engine = e->w.engines[0].engine;
    int64_t grant = 0, connection = 0, job = 0;
    adsync_rows *rows = NULL;

    (void)world_ask(&e->w, 0, metrics, &job);
    (void)adsync_engine_step(engine, 0, NULL);
    (void)adsync_engine_step(engine, 0, NULL);
    (void)adsync_grant_add(engine, "org", "toy", "token-2", &ends, &grant, NULL);
    (void)adsync_grant_refresh(engine, "org", grant, &call, NULL);
    (void)adsync_connection_add(engine, "org", grant, "7", &by_itself, &connection, NULL);
    (void)adsync_oauth_begin(engine, "org", "toy", "session", NULL, &call, &rows, NULL);
    adsync_rows_free(rows);
    erased_turns(&e->w, 0, 20 * erased_second);
    (void)adsync_connection_disconnect(engine, "org", connection, 0, &call, NULL, NULL);
}

typedef struct erased_hook {
    erased *e;
    uint64_t nth, seen;
    bool done, busy;
} erased_hook;

static void erased_strikes(faulty *f, const faulty_call *call, void *user)
{
    erased_hook *h = user;

    (void)f, (void)call;
    if (h->busy || h->done || ++h->seen != h->nth) return;
    h->busy = true;
    assert_int_equal(erased_ask(h->e, 1, 600 * erased_second, NULL), ADSYNC_OK);
    h->busy = false;
    h->done = true;
}

uint64_t erased_under(uint64_t stride)
{
    bool struck = true;
    uint64_t n = 0;

    for (uint64_t nth = 1; struck; nth += stride, n++) {
        erased e;
        erased_hook hook = { .e = &e, .nth = nth };
        erased_begin(&e);
        e.w.faults.before = erased_strikes;
        e.w.faults.user = &hook;
        erased_work(&e);
        struck = hook.done;
        e.w.faults.before = NULL;
        if (!struck) assert_int_equal(erased_ask(&e, 1, 600 * erased_second, NULL), ADSYNC_OK);
        erased_turns(&e.w, 0, 60 * erased_second); /* whoever was asleep goes on, and its lease is over */
        erased_is_clean(&e, e.w.org);
        erased_end(&e);
    }
    return n;
}
