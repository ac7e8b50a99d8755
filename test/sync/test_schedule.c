/* SPDX-License-Identifier: MIT */
/* Schedules: what becomes a job, when, and once. Weeks of a script's clock run in moments. */
#include "world.h"

#include "base/zone.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t minute = 60000000, hour = INT64_C(3600000000), day = INT64_C(86400000000);

enum { JOBS = 2000 };
typedef struct sched_job {
    int64_t created_us, after_us, connection, data, mode, days;
    char type[32], state[16];
} sched_job;
static sched_job jobs[JOBS];
static bool sched_trouble, sched_outdated;
static adsync_engine_options sched_engine;

static const char *sched_answer(world *w, const char *url)
{
    static char figure[64];
    long long from = 0;

    (void)w;
    if (strstr(url, "/refresh")) return "fresh";
    if (sched_outdated) return "outdated";
    if (sched_trouble) return "trouble";
    if (!strstr(url, "/report")) return "e c1";
    (void)sscanf(strstr(url, "from="), "from=%lld", &from);
    (void)snprintf(figure, sizeof figure, "m c1 %lld 1000000", from);
    return figure;
}

static void sched_begin_with(world *w, int64_t lease_us)
{
    sched_trouble = sched_outdated = false;
    world_begin(w, sched_answer);
    adsync_engine_free(w->engines[0].engine);
    sched_engine = (adsync_engine_options){ .poll_us = 30000000, .lease_us = lease_us };
    (void)world_open_with(w, 0, sched_engine);
}

static void sched_begin(world *w) { sched_begin_with(w, hour); }

static int64_t sched_connect(world *w, const char *account, uint32_t flags)
{
    const adsync_connection_options options = { .size = sizeof options, .flags = flags };
    int64_t connection = 0;

    assert_int_equal(adsync_connection_add(w->engines[0].engine, "org", w->grant, account, &options, &connection, NULL), ADSYNC_OK);
    return connection;
}

static void sched_set(world *w, int64_t connection, adsync_connection_settings settings)
{
    settings.size = sizeof settings;
    assert_int_equal(adsync_connection_set(w->engines[0].engine, "org", connection, &settings, NULL), ADSYNC_OK);
}

static void sched_run(world *w, uint32_t n, int64_t us)
{
    int64_t until = w->now_us + us, before;

    while (w->now_us < until) {
        w->n_asked = 0;
        before = w->now_us;
        assert_true(adsync_engine_step(w->engines[n].engine, until - w->now_us, NULL) >= 0);
        if (w->now_us == before) w->now_us += 1000; /* what a turn takes */
    }
}

/* Jobs of a connection (0: all), oldest first as they are found; how many. */
static uint32_t sched_jobs(world *w, int64_t connection)
{
    const adsync_value bound[] = { adsync__value_int(w->org) };
    const adsync_range range = {
        .table = ADSYNC_T_JOBS, .index = 1, .limit = 10000, .lower = bound, .n_lower = 1, .upper = bound, .n_upper = 1
    };
    adsync_rows *rows = NULL;
    uint32_t n = 0;

    assert_true(adsync_storage_scan(w->rows, w->org, &range, &rows, NULL) >= 0);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        sched_job *j = &jobs[n];
        const char *params = adsync_rows_text(rows, ADSYNC_C_PARAMS);
        if (connection && adsync_rows_int(rows, ADSYNC_C_CONNECTION) != connection) continue;
        assert_true(++n < JOBS);
        *j = (sched_job){ .created_us = adsync_rows_int(rows, ADSYNC_C_CREATED_US),
                          .after_us = adsync_rows_int(rows, ADSYNC_C_STARTED_US),
                          .connection = adsync_rows_int(rows, ADSYNC_C_CONNECTION),
                          .data = adsync_rows_int(rows, ADSYNC_C_DATA),
                          .mode = adsync_rows_int(rows, ADSYNC_C_MODE),
                          .days = params ? atoi(params + strlen("{\"days\":")) : 0 };
        (void)snprintf(j->type, sizeof j->type, "%s", adsync_rows_text(rows, ADSYNC_C_TYPE));
        (void)snprintf(j->state, sizeof j->state, "%s", adsync_rows_text(rows, ADSYNC_C_STATE));
    }
    adsync_rows_free(rows);
    return n;
}

static uint32_t sched_count(uint32_t n, const char *type, int64_t data, int64_t mode, int64_t since_us)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < n; i++)
        found += !strcmp(jobs[i].type, type) && jobs[i].data == data && (!mode || jobs[i].mode == mode) && jobs[i].created_us >= since_us;
    return found;
}

static int64_t sched_number(world *w, int64_t connection, uint32_t column)
{
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(connection) };

    return world_number(w, ADSYNC_T_CONNECTIONS, key, column);
}

static int64_t sched_due(world *w, int64_t connection, const char *name)
{
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(connection), adsync__value_text(name) };

    return world_number(w, ADSYNC_T_SCHEDULES, key, ADSYNC_C_DUE_US);
}

/* What stands in a connection's row, changed as the engine would have. */
static void sched_write(world *w, int64_t connection, uint32_t at, const char *text)
{
    const adsync_value key[] = { adsync__value_int(w->org), adsync__value_int(connection) };
    adsync_value values[23];
    adsync_rows *rows = NULL;

    assert_true(adsync_storage_read(w->rows, w->org, ADSYNC_T_CONNECTIONS, 0, key, 1, &rows, NULL) >= 0);
    assert_int_equal(adsync_rows_next(rows, NULL), ADSYNC_ROW);
    memcpy(values, adsync__rows_values(rows, 0), sizeof values);
    values[at] = adsync__value_text(text);
    {
        const adsync_change put = {
            .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_CONNECTIONS, .expected = ADSYNC_EXPECT_ANY, .values = values, .n_values = 23
        };
        assert_int_equal(adsync_storage_commit(w->rows, w->org, &put, 1, NULL, NULL), ADSYNC_OK);
    }
    adsync_rows_free(rows);
}

enum { AT_STATUS = 2, AT_TIME_ZONE = 15 };

static void a_new_connection_is_filled_and_kept_fresh(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n, hourly;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    assert_int_equal(sched_number(&w, c, ADSYNC_C_NEXT_SYNC_US), w.now_us);
    sched_run(&w, 0, 5 * minute);
    n = sched_jobs(&w, c);
    assert_int_equal(n, 2); /* the days before begin with today, so the figures of now are in them */
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, ADSYNC_SYNC_BACKFILL, 0), 1);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 90);
    assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_STATE, "succeeded"), 2);
    assert_true(sched_number(&w, c, ADSYNC_C_NEXT_SYNC_US) > w.now_us);
    sched_run(&w, 0, day);
    since = w.now_us + w.jump_us;
    sched_run(&w, 0, 7 * day);
    n = sched_jobs(&w, c);
    hourly = sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since);
    assert_in_range(hourly, 7 * 24, 7 * 24 + 7 + 1); /* where the day's run is at another minute it is one more */
    assert_in_range(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_INCREMENTAL, since), 7 * 6 - 7, 7 * 6 + 1);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, since), 7);
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 1);
    for (uint32_t i = 0, full = 0; i < n; i++) {
        if (jobs[i].data != ADSYNC_DATA_METRICS || jobs[i].created_us < since) continue;
        full += jobs[i].days == 28; /* the platform settles nothing by itself: 28 days, as for all that say nothing */
        assert_true(jobs[i].days == 28 || jobs[i].days == 3);
        if (i == n - 1) assert_int_equal(full, 7);
    }
    world_end(&w);
}

/* Once a local day, between 2 and 5 by the account's clock, over both changes of a year. */
static void the_daily_run_is_once_a_day_by_the_accounts_clock(void **state)
{
    static const struct {
        const char *zone;
        int64_t from_us;
    } cases[] = { { "Europe/Berlin", INT64_C(1774569600000000) },    /* 2026-03-27, the clock goes on at 2 on the 29th */
                  { "Europe/Berlin", INT64_C(1792713600000000) },    /* 2026-10-23, back on the 25th */
                  { "America/New_York", INT64_C(1772668800000000) }, /* 2026-03-05, on the 8th at 2 */
                  { "Australia/Lord_Howe", INT64_C(1775001600000000) } /* 2026-04-01, half an hour back on the 5th at 2 */ };

    (void)state;
    for (size_t k = 0; k < ADSYNC__COUNT(cases); k++) {
        adsync__zone *zone = NULL;
        int64_t last = 0, c;
        uint32_t n, days = 0;
        char account[24];
        world w;

        sched_begin(&w);
        assert_int_equal(adsync__zone_load(NULL, cases[k].zone, &zone, NULL), ADSYNC_OK);
        w.jump_us = cases[k].from_us - w.now_us;
        (void)snprintf(account, sizeof account, "%zu", k * 7);
        c = sched_connect(&w, account, 0);
        sched_write(&w, c, AT_TIME_ZONE, cases[k].zone);
        sched_run(&w, 0, 6 * day);
        n = sched_jobs(&w, c);
        for (uint32_t i = 0; i < n; i++) {
            int64_t at = jobs[i].created_us, today = adsync__zone_day(zone, at), two = adsync__zone_instant(zone, today, 2 * hour);
            if (jobs[i].mode != ADSYNC_SYNC_FULL || jobs[i].data != ADSYNC_DATA_CAMPAIGNS) continue;
            if (days++) {
                assert_int_equal(today, adsync__day_add(last, 1));
                assert_in_range(at, two, adsync__zone_instant(zone, today, 5 * hour) + minute);
            }
            last = today;
        }
        assert_in_range(days, 6, 7);
        adsync__zone_free(zone);
        world_end(&w);
    }
}

static void a_standstill_is_made_up_for_by_one_run(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_run(&w, 0, 2 * hour);
    w.now_us += 3 * day;
    since = w.now_us;
    sched_run(&w, 0, 10 * minute);
    n = sched_jobs(&w, c);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 1);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, 0, since), 1);
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 1);
    world_end(&w);
}

/* Two look at the same rows in the same moment; and each look is cut short at each of its storage calls. */
static void a_due_sync_becomes_one_job_whoever_looks_and_dies(void **state)
{
    world w;
    int64_t c;

    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        sched_begin_with(&w, 1000000);
        c = sched_connect(&w, "7", 0);
        (void)world_open_with(&w, 1, sched_engine);
        faulty_fail(&w.faults, nth, FAULTY_ANY, nth % 2 ? FAULTY_AFTER : FAULTY_BEFORE, true, ADSYNC_OK);
        for (uint32_t i = 0; i < 3; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        world_kill(&w, 0);
        for (uint32_t i = 0; i < 3; i++) (void)adsync_engine_step(w.engines[1].engine, 0, NULL);
        assert_int_equal(sched_jobs(&w, c), 2);
        for (uint32_t i = 0; i < 15 && world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL) < 90; i++) sched_run(&w, 1, hour / 30);
        assert_true(sched_jobs(&w, c) >= 2);
        assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 90);
        assert_int_equal(world_count(&w, ADSYNC_T_JOBS, ADSYNC_C_TYPE, "initial-backfill"), 1);
        world_end(&w);
    }
}

static void sched_other_first(faulty *f, const faulty_call *call, void *user)
{
    world *w = user;

    bool mine = false;

    for (uint32_t i = 0; call->kind == FAULTY_COMMIT && i < call->n; i++) mine |= call->changes[i].table == ADSYNC_T_SCHEDULES;
    if (!mine) return;
    f->before = NULL;
    for (uint32_t i = 0; i < 2; i++) assert_true(adsync_engine_step(w->engines[1].engine, 0, NULL) >= 0);
}

/* P1: both have read what is due; the other commits first. */
static void of_two_that_look_at_once_one_makes_the_jobs(void **state)
{
    adsync_storage *shared;
    world w;
    int64_t c;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    shared = w.storage;
    w.storage = w.rows; /* a handle of its own */
    (void)world_open_with(&w, 1, sched_engine);
    w.storage = shared;
    for (uint32_t round = 0; round < 5; round++) {
        int64_t since = w.now_us;
        w.faults.user = &w;
        w.faults.before = sched_other_first;
        (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        assert_null(w.faults.before);
        for (uint32_t i = 0; i < 3; i++) (void)adsync_engine_step(w.engines[0].engine, 0, NULL);
        n = sched_jobs(&w, c);
        assert_int_equal(sched_count(n, round ? "scheduled-sync" : "initial-backfill", ADSYNC_DATA_METRICS, 0, since), 1);
        for (uint32_t i = 0; i < 10; i++) sched_run(&w, i % 2, 10000000);
        assert_int_equal(world_count(&w, ADSYNC_T_QUEUE, ADSYNC_C_SLOT, NULL), 0);
        w.now_us += 2 * hour;
    }
    world_end(&w);
}

static void two_workers_make_one_job_of_one_time(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    (void)world_open_with(&w, 1, sched_engine);
    sched_run(&w, 0, 3 * hour);
    since = w.now_us;
    while (w.now_us < since + 4 * day) {
        sched_run(&w, 0, minute);
        sched_run(&w, 1, minute);
    }
    n = sched_jobs(&w, c);
    assert_in_range(sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 96, 101);
    assert_in_range(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, since), 3, 4);
    world_end(&w);
}

static void who_needs_a_person_is_not_scheduled_and_is_again_once_mended(void **state)
{
    world w;
    int64_t c, since;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_run(&w, 0, 2 * hour);
    sched_outdated = true;
    for (uint32_t i = 0; i < 120 && !world_count(&w, ADSYNC_T_CONNECTIONS, ADSYNC_C_STATUS, "expired"); i++) sched_run(&w, 0, minute);
    sched_outdated = false;
    assert_int_equal(sched_due(&w, c, "metrics"), 0);
    assert_int_equal(sched_number(&w, c, ADSYNC_C_NEXT_SYNC_US), 0);
    since = w.now_us;
    sched_run(&w, 0, 2 * day);
    assert_int_equal(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 0);
    (void)sched_connect(&w, "7", 0); /* connected again */
    since = w.now_us;
    sched_run(&w, 0, 10 * minute);
    assert_int_equal(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 1);
    assert_true(sched_due(&w, c, "metrics") > w.now_us);
    sched_write(&w, c, AT_STATUS, "revoked"); /* by somebody who knows of no schedule */
    since = w.now_us;
    sched_run(&w, 0, 2 * hour);
    assert_int_equal(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 0);
    assert_int_equal(sched_due(&w, c, "metrics"), 0);
    world_end(&w);
}

static void a_manual_connection_is_left_alone_until_it_is_not(void **state)
{
    world w;
    int64_t c;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", ADSYNC_CONNECTION_MANUAL);
    sched_run(&w, 0, 2 * day);
    assert_int_equal(sched_jobs(&w, c), 0);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_NOW });
    sched_run(&w, 0, hour);
    assert_int_equal(sched_jobs(&w, c), 0);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_AUTO });
    sched_run(&w, 0, 5 * minute);
    assert_int_equal(sched_jobs(&w, c), 2);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_MANUAL });
    sched_run(&w, 0, 2 * day);
    assert_int_equal(sched_jobs(&w, c), 2);
    assert_int_equal(sched_number(&w, c, ADSYNC_C_NEXT_SYNC_US), 0);
    world_end(&w);
}

static void a_connection_has_its_own_frequency_and_days(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_run(&w, 0, 3 * hour);
    sched_set(&w, c, (adsync_connection_settings){ .frequency_minutes = 15 });
    sched_run(&w, 0, hour);
    since = w.now_us;
    sched_run(&w, 0, 10 * hour);
    n = sched_jobs(&w, c);
    assert_in_range(sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 40, 42);
    assert_in_range(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, 0, since), 40, 42);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_BY_KIND, .timeframe_days = 120 });
    sched_run(&w, 0, hour);
    n = sched_jobs(&w, c);
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 2);
    assert_in_range(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 120, 121);
    sched_set(&w, c, (adsync_connection_settings){ .timeframe_days = 5 }); /* fewer fetch nothing */
    since = w.now_us;
    sched_run(&w, 0, 2 * day);
    n = sched_jobs(&w, c);
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 2);
    for (uint32_t i = 0; i < n; i++) assert_true(jobs[i].created_us < since || jobs[i].days <= 5 + 7);
    world_end(&w);
}

static void what_is_due_now_is_due_now(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_run(&w, 0, 20 * minute);
    since = w.now_us;
    sched_set(&w, c, (adsync_connection_settings){ .metadata = "{}" }); /* is looked at, and nothing is due */
    sched_run(&w, 0, minute);
    assert_int_equal(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 0);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_NOW });
    sched_run(&w, 0, minute);
    n = sched_jobs(&w, c);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 1);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, since), 1);
    assert_int_equal(sched_count(n, "initial-backfill", ADSYNC_DATA_METRICS, 0, since), 0);
    sched_set(&w, c, (adsync_connection_settings){ .flags = ADSYNC_CONNECTION_BACKFILL });
    sched_run(&w, 0, 5 * minute);
    assert_int_equal(sched_count(sched_jobs(&w, c), "initial-backfill", ADSYNC_DATA_METRICS, 0, since), 1);
    world_end(&w);
}

static void connections_of_one_organisation_do_not_all_start_at_once(void **state)
{
    int64_t first = INT64_MAX, last = 0;
    adsync_rows *rows = NULL;
    uint64_t minutes = 0;
    char account[16];
    uint32_t n;
    world w;

    (void)state;
    sched_begin(&w);
    for (uint32_t i = 0; i < 20; i++) {
        (void)snprintf(account, sizeof account, "%u", 100 + i);
        (void)sched_connect(&w, account, 0);
    }
    sched_run(&w, 0, 20 * minute);
    n = sched_jobs(&w, 0);
    assert_int_equal(n, 40);
    for (uint32_t i = 0; i < n; i++) {
        if (jobs[i].data != ADSYNC_DATA_CAMPAIGNS) continue;
        if (jobs[i].after_us < first) first = jobs[i].after_us;
        if (jobs[i].after_us > last) last = jobs[i].after_us;
    }
    assert_in_range(last - first, 10000000, 20 * minute);
    assert_int_equal(adsync_schedule_list(w.engines[0].engine, "org", 0, &rows, NULL), ADSYNC_OK);
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) /* and by the hour each has a minute of its own */
        if (!strcmp(adsync_rows_text(rows, ADSYNC_C_NAME), "metrics"))
            minutes |= UINT64_C(1) << adsync_rows_int(rows, ADSYNC_C_DUE_US) / minute % 60;
    adsync_rows_free(rows);
    n = (uint32_t)__builtin_popcountll(minutes);
    assert_in_range(n, 10, 20);
    world_end(&w);
}

static void a_clock_that_jumps_ends_sane(void **state)
{
    world w;
    int64_t c, since;
    uint32_t n;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_run(&w, 0, 3 * hour);
    w.jump_us = day; /* forward: one run */
    since = w.now_us + w.jump_us;
    sched_run(&w, 0, 20 * minute);
    n = sched_jobs(&w, c);
    assert_int_equal(sched_count(n, "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 1);
    w.jump_us = 0; /* back again: it goes on by the hour, and not a day later */
    sched_run(&w, 0, minute);
    assert_in_range(sched_due(&w, c, "metrics"), w.now_us, w.now_us + 2 * hour);
    assert_in_range(sched_due(&w, c, "daily"), w.now_us, w.now_us + 2 * day);
    assert_int_equal(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 1);
    w.jump_us = -hour;
    sched_run(&w, 0, minute);
    assert_in_range(sched_due(&w, c, "metrics"), w.now_us + w.jump_us, w.now_us + w.jump_us + 2 * hour);
    since = w.now_us + w.jump_us;
    sched_run(&w, 0, day);
    assert_in_range(sched_count(sched_jobs(&w, c), "scheduled-sync", ADSYNC_DATA_METRICS, 0, since), 22, 28);
    world_end(&w);
}

static void a_backfill_that_failed_is_begun_again_a_day_later(void **state)
{
    world w;
    int64_t c;

    (void)state;
    sched_begin(&w);
    c = sched_connect(&w, "7", 0);
    sched_trouble = true;
    sched_run(&w, 0, 20 * hour);
    assert_int_equal(sched_count(sched_jobs(&w, c), "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 1);
    assert_int_equal(world_count(&w, ADSYNC_T_COVERAGE, ADSYNC_C_STATE, NULL), 0);
    sched_trouble = false;
    sched_run(&w, 0, 6 * hour);
    assert_int_equal(sched_count(sched_jobs(&w, c), "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 2);
    sched_run(&w, 0, 3 * day);
    assert_int_equal(sched_count(sched_jobs(&w, c), "initial-backfill", ADSYNC_DATA_METRICS, 0, 0), 2);
    assert_int_equal(sched_due(&w, c, "backfill"), 0);
    world_end(&w);
}

static void settings_that_make_no_sense_are_refused(void **state)
{
    const struct {
        adsync_connection_settings settings;
        adsync_status status;
    } bad[] = {
        { { .frequency_minutes = 4 }, ADSYNC_E_INVALID },
        { { .frequency_minutes = 43201 }, ADSYNC_E_INVALID },
        { { .timeframe_days = 1201 }, ADSYNC_E_INVALID },
        { { .metadata = "[]" }, ADSYNC_E_INVALID },
        { { .flags = ADSYNC_CONNECTION_AUTO | ADSYNC_CONNECTION_MANUAL }, ADSYNC_E_INVALID },
        { { .flags = 32 }, ADSYNC_E_UNSUPPORTED },
    };
    adsync_rows *rows = NULL;
    world w;

    (void)state;
    sched_begin(&w);
    for (size_t i = 0; i < ADSYNC__COUNT(bad); i++) {
        adsync_connection_settings settings = bad[i].settings;
        settings.size = sizeof settings;
        assert_int_equal(adsync_connection_set(w.engines[0].engine, "org", w.connection, &settings, NULL), bad[i].status);
        settings.size = 4;
        assert_true(adsync_connection_set(w.engines[0].engine, "org", w.connection, &settings, NULL) < 0);
    }
    {
        const adsync_connection_settings good = { .size = sizeof good };
        const adsync_connection_options both = { .size = sizeof both, .flags = ADSYNC_CONNECTION_AUTO | ADSYNC_CONNECTION_MANUAL };
        int64_t connection = 0;
        assert_int_equal(adsync_connection_set(w.engines[0].engine, "org", 1, &good, NULL), ADSYNC_E_NOT_FOUND);
        assert_int_equal(adsync_connection_set(w.engines[0].engine, "nobody", w.connection, &good, NULL), ADSYNC_E_NOT_FOUND);
        assert_int_equal(adsync_connection_set(NULL, "org", w.connection, &good, NULL), ADSYNC_E_INVALID);
        assert_int_equal(adsync_connection_add(w.engines[0].engine, "org", w.grant, "9", &both, &connection, NULL), ADSYNC_E_INVALID);
    }
    assert_int_equal(adsync_schedule_list(w.engines[0].engine, "org", 0, NULL, NULL), ADSYNC_E_INVALID);
    assert_int_equal(adsync_schedule_list(w.engines[0].engine, "nobody", 0, &rows, NULL), ADSYNC_OK);
    assert_int_equal(adsync_rows_count(rows), 0);
    adsync_rows_free(rows);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_connection_is_filled_and_kept_fresh),
        cmocka_unit_test(the_daily_run_is_once_a_day_by_the_accounts_clock),
        cmocka_unit_test(a_standstill_is_made_up_for_by_one_run),
        cmocka_unit_test(a_due_sync_becomes_one_job_whoever_looks_and_dies),
        cmocka_unit_test(of_two_that_look_at_once_one_makes_the_jobs),
        cmocka_unit_test(two_workers_make_one_job_of_one_time),
        cmocka_unit_test(who_needs_a_person_is_not_scheduled_and_is_again_once_mended),
        cmocka_unit_test(a_manual_connection_is_left_alone_until_it_is_not),
        cmocka_unit_test(a_connection_has_its_own_frequency_and_days),
        cmocka_unit_test(what_is_due_now_is_due_now),
        cmocka_unit_test(connections_of_one_organisation_do_not_all_start_at_once),
        cmocka_unit_test(a_clock_that_jumps_ends_sane),
        cmocka_unit_test(a_backfill_that_failed_is_begun_again_a_day_later),
        cmocka_unit_test(settings_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
