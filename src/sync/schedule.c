/* SPDX-License-Identifier: MIT */
/* Schedules become jobs. Whoever comes first looks at a connection that is due: all its rhythms together, since what is due at once is
 * one job a class of data. The rhythms' rows, the jobs, and the connection's row at the version that was read are one commit: of two
 * workers that look at once one makes them, and one that dies before it made none.
 *
 * When a rhythm is due again follows from when it last ran (`started_us`) and the connection alone, so looking twice changes nothing, and
 * a standstill is made up for by one run. Hours are cut from the connection's number, days are the account's own, so DST moves the day's
 * run but leaves one a day. A time of last run that lies ahead is a clock that went back: it counts as now. */
#include "sync_int.h"

#include <stdio.h>

enum {
    SCHEDULE_LOOK = 64, /* rows looked at in one go */
    SCHEDULE_ROWS = 16, /* of a connection */
    SCHEDULE_METRICS_MINUTES = 60,
    SCHEDULE_LIST_MINUTES = 240,
    SCHEDULE_LEAD_MINUTES = 60,
    SCHEDULE_DAILY_HOUR = 2,
    SCHEDULE_DAILY_SPREAD_S = 3 * 3600,
    SCHEDULE_DAILY_DAYS = 28,
    SCHEDULE_DAY_MINUTES = 1440,
    SCHEDULE_WEEK = 7,
    SCHEDULE_STATE = 17
};

static const int64_t schedule_minute_us = INT64_C(60000000), schedule_stagger_us = 2000000, schedule_stagger_most_us = INT64_C(600000000),
                     schedule_back_us = INT64_C(600000000);

typedef struct schedule_row {
    struct {
        int64_t due_us, started_us, job; /* 0: none */
    } is, was;
    bool fires, refused; /* refused: its last job ended without some of what it was for */
} schedule_row;

typedef struct schedule_turn {
    adsync__sync *sync;
    adsync__commit_unit *unit;
    adsync__connection connection;
    const adsync__zone *zone;
    const adsync_manifest *manifest; /* NULL: its platform is not registered here */
    int64_t now_us, after_us;
    uint64_t mark; /* the connection's own number, well mixed */
    schedule_row rows[ADSYNC__RHYTHMS];
} schedule_turn;

/* ---- when */

static uint64_t schedule_mix(int64_t number)
{
    uint64_t x = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static int64_t schedule_setting(const schedule_turn *t, const char *name, int64_t otherwise)
{
    return t->manifest ? sync_setting(t->manifest, name, otherwise) : otherwise;
}

static int64_t schedule_settled(const schedule_turn *t) { return t->manifest ? sync_settled_days(t->manifest, &t->connection, 0) : 0; }

/* Every so many minutes, at the connection's own place among them, and not sooner than after half of them. */
static int64_t schedule_by_minutes(const schedule_turn *t, int64_t started_us, int64_t minutes)
{
    int64_t period = minutes * schedule_minute_us, phase = (int64_t)(t->mark % (uint64_t)period), least = started_us + period / 2;

    return least + (((phase - least) % period + period) % period);
}

static int64_t schedule_time_of_day(const schedule_turn *t, int64_t day)
{
    return adsync__zone_instant(t->zone, day,
                                (SCHEDULE_DAILY_HOUR * 3600 + (int64_t)(t->mark >> 20) % SCHEDULE_DAILY_SPREAD_S) * ADSYNC__SECOND_US);
}

static int64_t schedule_metrics(const schedule_turn *t, const schedule_row *row)
{
    return schedule_by_minutes(t, row->is.started_us,
                               t->connection.frequency_minutes ? t->connection.frequency_minutes : SCHEDULE_METRICS_MINUTES);
}

static int64_t schedule_lists(const schedule_turn *t, const schedule_row *row)
{
    return schedule_by_minutes(t, row->is.started_us,
                               t->connection.frequency_minutes ? t->connection.frequency_minutes : SCHEDULE_LIST_MINUTES);
}

/* As often as the platform takes it well, but not more often than the connection wants to be called at all. */
static int64_t schedule_lead_minutes(const schedule_turn *t)
{
    int64_t minutes = schedule_setting(t, "lead_minutes", SCHEDULE_LEAD_MINUTES);

    return minutes > t->connection.frequency_minutes ? minutes : t->connection.frequency_minutes;
}

static int64_t schedule_leads(const schedule_turn *t, const schedule_row *row)
{
    return schedule_by_minutes(t, row->is.started_us, schedule_lead_minutes(t));
}

/* The day after it last ran, or as many days as the connection wants to be left alone. */
static int64_t schedule_daily(const schedule_turn *t, const schedule_row *row)
{
    int64_t days = t->connection.frequency_minutes / SCHEDULE_DAY_MINUTES;

    return schedule_time_of_day(t, adsync__day_add(adsync__zone_day(t->zone, row->is.started_us), days > 1 ? days : 1));
}

/* The next of the connection's own weekday, at the time of the daily run, so that the two are one. */
static int64_t schedule_weekly(const schedule_turn *t, const schedule_row *row)
{
    int64_t day = adsync__zone_day(t->zone, row->is.started_us), own = 1 + (int64_t)(t->mark >> 40) % SCHEDULE_WEEK;
    int64_t ahead = (own - adsync__day_weekday(day) + SCHEDULE_WEEK) % SCHEDULE_WEEK;

    return schedule_time_of_day(t, adsync__day_add(day, ahead ? ahead : SCHEDULE_WEEK));
}

/* A backfill that went wrong is begun again a day later; one that went well never. */
static int64_t schedule_backfill(const schedule_turn *t, const schedule_row *row)
{
    (void)t;
    return row->is.job ? row->is.started_us + ADSYNC__DAY_US : 0;
}

static int64_t (*const schedule_next[ADSYNC__RHYTHMS])(const schedule_turn *t, const schedule_row *row) = {
    [ADSYNC__RHYTHM_METRICS] = schedule_metrics, [ADSYNC__RHYTHM_CAMPAIGNS] = schedule_lists,    [ADSYNC__RHYTHM_DAILY] = schedule_daily,
    [ADSYNC__RHYTHM_WEEKLY] = schedule_weekly,   [ADSYNC__RHYTHM_BACKFILL] = schedule_backfill, [ADSYNC__RHYTHM_POSTS] = schedule_lists,
    [ADSYNC__RHYTHM_LEADS] = schedule_leads,
};

/* ---- how far back. The longest window reaches the day that the platform moves no more, so that it is looked at once more then. */

static int64_t schedule_weekly_days(const schedule_turn *t)
{
    int64_t days = schedule_setting(t, "weekly_days", 0), settled = schedule_settled(t);

    return !days ? 0 : days > settled + SCHEDULE_WEEK ? days : settled + SCHEDULE_WEEK;
}

static int64_t schedule_daily_days(const schedule_turn *t)
{
    int64_t days = schedule_setting(t, "daily_days", SCHEDULE_DAILY_DAYS), settled = schedule_settled(t);

    return schedule_weekly_days(t) || days > settled + 1 ? days : settled + 1;
}

static int64_t schedule_days(const schedule_turn *t)
{
    int64_t most = t->connection.timeframe_days, days = schedule_setting(t, "hot_days", SYNC_HOT_DAYS);
    const int64_t more[][2] = { { t->rows[ADSYNC__RHYTHM_DAILY].fires, schedule_daily_days(t) },
                                { t->rows[ADSYNC__RHYTHM_WEEKLY].fires, schedule_weekly_days(t) } };

    if (most <= 0) most = SYNC_BACKFILL_DAYS;
    for (size_t i = 0; i < ADSYNC__COUNT(more); i++)
        if (more[i][0] && more[i][1] > days) days = more[i][1];
    most += SCHEDULE_WEEK; /* a day that was fetched is looked at until it is settled */
    return days < most ? days : most;
}

/* ---- what is read */

static void schedule_read_row(schedule_row *row, adsync_rows *from)
{
    row->is.due_us = adsync_rows_int(from, ADSYNC_C_DUE_US);
    row->is.started_us = adsync_rows_int(from, ADSYNC_C_STARTED_US);
    row->is.job = adsync_rows_int(from, ADSYNC_C_JOB);
    row->was = row->is;
}

static adsync_status schedule_read_rows(schedule_turn *t, adsync_error **error)
{
    const adsync__connection *c = &t->connection;
    const adsync_value bound[] = { adsync__value_int(c->org), adsync__value_int(c->connection) };
    const adsync_range range = {
        .table = ADSYNC_T_SCHEDULES, .limit = SCHEDULE_ROWS, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_storage_scan(adsync__kernel_storage(t->sync->kernel), c->org, &range, &rows, error);

    while (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++)
            if (adsync__equal_text(adsync_rows_text(rows, ADSYNC_C_NAME), adsync__rhythm_names[i])) schedule_read_row(&t->rows[i], rows);
    adsync_rows_free(rows);
    return rc;
}

/* Days are the account's; until it is known, UTC's. */
static adsync_status schedule_zone(schedule_turn *t, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = t->connection.time_zone ? sync_zone_of(t->sync, t->connection.time_zone, &t->zone, &words) : ADSYNC_OK;

    if (rc == ADSYNC_E_MEMORY) return adsync__fail_with(error, rc, words);
    adsync_error_free(words);
    return ADSYNC_OK;
}

/* How the rhythm's last job stands; '' where there is none. */
static adsync_status schedule_job_state(const schedule_turn *t, const schedule_row *row, char state[SCHEDULE_STATE], adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_rows *job = NULL;
    adsync_status rc;

    *state = 0;
    rc = adsync__job_row(t->sync, t->connection.org, row->is.job, &job, &words);
    if (rc < 0 && rc != ADSYNC_E_NOT_FOUND) return adsync__fail_with(error, rc, words);
    adsync_error_free(words);
    if (rc >= 0 && adsync_rows_next(job, NULL) == ADSYNC_ROW)
        (void)snprintf(state, SCHEDULE_STATE, "%s", adsync_rows_text(job, ADSYNC_C_STATE));
    adsync_rows_free(job);
    return ADSYNC_OK;
}

/* How the backfill that was begun went. */
static adsync_status schedule_backfill_state(schedule_turn *t, schedule_row *row, adsync_error **error)
{
    char state[SCHEDULE_STATE];
    adsync_status rc;

    if (!row->is.started_us || !row->is.job) return ADSYNC_OK;
    if ((rc = schedule_job_state(t, row, state, error)) < 0) return rc;
    if (!strcmp(state, "queued") || !strcmp(state, "running"))
        row->is.started_us = t->now_us; /* to be seen in a day */
    else if (strcmp(state, "failed") != 0)
        row->is.job = 0; /* well, called off by a person, or long ago */
    return ADSYNC_OK;
}

/* Whether what the rhythm is for was refused the last time: a right that is missing will not be there a quarter of an hour later. */
static adsync_status schedule_refusal(schedule_turn *t, uint32_t rhythm, adsync_error **error)
{
    schedule_row *row = &t->rows[rhythm];
    char state[SCHEDULE_STATE];
    adsync_status rc;

    if (!row->is.job || schedule_next[rhythm](t, row) > t->now_us) return ADSYNC_OK;
    if ((rc = schedule_job_state(t, row, state, error)) >= 0) row->refused = !strcmp(state, "partial");
    return rc;
}

/* ---- what becomes of it */

/* What is asked of lists; campaigns last, so that the daily row keeps their job. */
static const struct schedule_list {
    uint32_t data, rhythm;
} schedule_listed[] = { { ADSYNC_DATA_POSTS, ADSYNC__RHYTHM_POSTS },
                        { ADSYNC_DATA_LEADS, ADSYNC__RHYTHM_LEADS },
                        { ADSYNC_DATA_CAMPAIGNS, ADSYNC__RHYTHM_CAMPAIGNS } };

/* A class that the platform has not; where the platform is not known here, somebody who knows it says so. */
static bool schedule_given(const schedule_turn *t, uint32_t data)
{
    if (t->manifest) return sync_class_given(t->manifest, data);
    return data == ADSYNC_DATA_CAMPAIGNS || data == ADSYNC_DATA_METRICS;
}

/* What the rhythm would bring is not there, or comes with the daily run anyway. */
static bool schedule_rests(const schedule_turn *t, uint32_t rhythm)
{
    if (rhythm == ADSYNC__RHYTHM_WEEKLY) return !schedule_weekly_days(t);
    if (rhythm == ADSYNC__RHYTHM_POSTS) return !schedule_given(t, ADSYNC_DATA_POSTS);
    if (rhythm != ADSYNC__RHYTHM_LEADS) return false;
    return !schedule_given(t, ADSYNC_DATA_LEADS) || schedule_lead_minutes(t) >= SCHEDULE_DAY_MINUTES;
}

static void schedule_judge(schedule_turn *t)
{
    for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++) {
        schedule_row *row = &t->rows[i];
        int64_t next;
        if (schedule_rests(t, i)) {
            row->is.due_us = 0;
            continue;
        }
        if (row->is.started_us > t->now_us) row->is.started_us = t->now_us;
        next = !row->is.started_us ? t->now_us : row->refused ? row->is.started_us + ADSYNC__DAY_US : schedule_next[i](t, row);
        row->fires = next && next <= t->now_us;
        if (row->fires) row->is.started_us = t->now_us;
        if (row->fires && i == ADSYNC__RHYTHM_BACKFILL) row->is.job = 1; /* the one that is about to be made */
        row->is.due_us = row->fires ? schedule_next[i](t, row) : next;
    }
}

static adsync_status schedule_ask(schedule_turn *t, sync_wish wish, schedule_row *const rows[], uint32_t n, adsync_error **error)
{
    sync_answer answer;
    adsync_status rc;
    bool fires = false;

    for (uint32_t i = 0; i < n; i++) fires |= rows[i]->fires;
    if (!fires || !schedule_given(t, wish.data)) return ADSYNC_OK;
    wish.org = t->connection.org;
    wish.connection = t->connection.connection;
    wish.after_us = t->after_us;
    wish.type = SYNC_TYPE_SCHEDULED;
    sync_wish_settle(&wish);
    if ((rc = sync_job_want(t->sync, &wish, 0, t->unit, &answer, error)) < 0) return rc;
    for (uint32_t i = 0; i < n; i++)
        if (rows[i]->fires) rows[i]->is.job = answer.job;
    return ADSYNC_OK;
}

static adsync_status schedule_ask_all(schedule_turn *t, adsync_error **error)
{
    schedule_row *rows = t->rows;
    schedule_row *const metrics[] = { &rows[ADSYNC__RHYTHM_BACKFILL], &rows[ADSYNC__RHYTHM_METRICS], &rows[ADSYNC__RHYTHM_WEEKLY],
                                      &rows[ADSYNC__RHYTHM_DAILY] };
    const sync_wish figures = {
        .data = ADSYNC_DATA_METRICS, .mode = ADSYNC_SYNC_INCREMENTAL, .priority = ADSYNC_PRIORITY_SCHEDULED, .days = schedule_days(t)
    };
    sync_wish things = { .mode = rows[ADSYNC__RHYTHM_DAILY].fires ? ADSYNC_SYNC_FULL : ADSYNC_SYNC_INCREMENTAL,
                         .priority = ADSYNC_PRIORITY_SCHEDULED };
    const sync_wish past = { .data = ADSYNC_DATA_METRICS,
                             .mode = ADSYNC_SYNC_BACKFILL,
                             .priority = ADSYNC_PRIORITY_BACKFILL,
                             .days = t->connection.timeframe_days };
    adsync_status rc;

    /* a backfill begins with the newest days, so it brings the others' too */
    rc = schedule_ask(t, rows[ADSYNC__RHYTHM_BACKFILL].fires ? past : figures, metrics, ADSYNC__COUNT(metrics), error);
    for (size_t i = 0; i < ADSYNC__COUNT(schedule_listed) && rc >= 0; i++) {
        schedule_row *const listed[] = { &rows[schedule_listed[i].rhythm], &rows[ADSYNC__RHYTHM_DAILY] };
        things.data = schedule_listed[i].data;
        rc = schedule_ask(t, things, listed, ADSYNC__COUNT(listed), error);
    }
    return rc;
}

static adsync_value schedule_value(int64_t number) { return number ? adsync__value_int(number) : adsync__value_null(); }

static bool schedule_changed(const schedule_row *row)
{
    return row->is.due_us != row->was.due_us || row->is.started_us != row->was.started_us || row->is.job != row->was.job;
}

/* The connection's row at the version that was read fences all of it: whoever looked meanwhile, or changed the connection, has written
 * that, and makes this look void. */
static void schedule_put(schedule_turn *t)
{
    const adsync__connection *c = &t->connection;
    const adsync_value org = adsync__value_int(c->org), number = adsync__value_int(c->connection);
    const adsync_value *there = adsync__rows_values(c->rows, 0);
    adsync_value values[5];
    int64_t next = 0;

    for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++) {
        const schedule_row *row = &t->rows[i];
        const adsync_value put[] = { org,
                                     number,
                                     adsync__value_text(adsync__rhythm_names[i]),
                                     schedule_value(row->is.due_us),
                                     schedule_value(row->is.started_us),
                                     schedule_value(row->is.job) };
        if (schedule_changed(row)) adsync__unit_put(t->unit, ADSYNC_T_SCHEDULES, ADSYNC_EXPECT_ANY, 0, put, ADSYNC__COUNT(put));
        if (row->is.due_us && (!next || row->is.due_us < next) && i != ADSYNC__RHYTHM_BACKFILL) next = row->is.due_us;
    }
    memcpy(values, there, sizeof values);
    values[4] = schedule_value(next);
    adsync__unit_put(t->unit, ADSYNC_T_CONNECTIONS, c->version, 0, values, ADSYNC__COUNT(values));
}

static adsync_status schedule_fill(schedule_turn *t, adsync_error **error)
{
    const adsync__connector *connector = adsync__kernel_find_connector(t->sync->kernel, t->connection.platform);
    adsync_status rc;

    t->manifest = connector ? &connector->manifest : NULL;
    t->mark = schedule_mix(t->connection.connection);
    if ((rc = schedule_read_rows(t, error)) < 0) return rc;
    if (!adsync__connection_runs(t->connection.status, t->connection.auto_sync)) {
        for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++) t->rows[i].is.due_us = 0;
        schedule_put(t);
        return ADSYNC_OK;
    }
    if ((rc = schedule_zone(t, error)) < 0) return rc;
    if ((rc = schedule_backfill_state(t, &t->rows[ADSYNC__RHYTHM_BACKFILL], error)) < 0) return rc;
    if ((rc = schedule_refusal(t, ADSYNC__RHYTHM_POSTS, error)) < 0) return rc;
    if ((rc = schedule_refusal(t, ADSYNC__RHYTHM_LEADS, error)) < 0) return rc;
    schedule_judge(t);
    if ((rc = schedule_ask_all(t, error)) < 0) return rc;
    schedule_put(t);
    return ADSYNC_OK;
}

/* ---- looking */

typedef struct schedule_due {
    int64_t org, connection;
} schedule_due;

/* A connection that is gone takes its rows along. */
static adsync_status schedule_drop(adsync__sync *sync, const schedule_due *due, adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(sync->kernel, due->org, NULL, NULL);

    if (!unit) return adsync__fail_memory(error);
    for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++) {
        const adsync_value key[] = { adsync__value_int(due->org), adsync__value_int(due->connection),
                                     adsync__value_text(adsync__rhythm_names[i]) };
        adsync__unit_delete(unit, ADSYNC_T_SCHEDULES, ADSYNC_EXPECT_ANY, key);
    }
    adsync__unit_submit(unit);
    return ADSYNC_OK;
}

static adsync_status schedule_one(adsync__sync *sync, const schedule_due *due, uint32_t of_org, adsync_error **error)
{
    schedule_turn t = { .sync = sync, .now_us = adsync__now_us(adsync__kernel_effects(sync->kernel)) };
    int64_t spread = of_org * schedule_stagger_us < schedule_stagger_most_us ? of_org * schedule_stagger_us : schedule_stagger_most_us;
    adsync_error *words = NULL;
    adsync_status rc = adsync__connection_load(sync->kernel, due->org, due->connection, &t.connection, &words);

    if (rc == ADSYNC_E_NOT_FOUND) {
        adsync_error_free(words);
        return schedule_drop(sync, due, error);
    }
    if (rc < 0) return adsync__fail_with(error, rc, words);
    if (of_org > 1) t.after_us = t.now_us + (int64_t)(schedule_mix(due->connection ^ 1) % (uint64_t)spread);
    if (!(t.unit = adsync__unit_new(sync->kernel, due->org, NULL, NULL)))
        rc = adsync__fail_memory(error);
    else if ((rc = schedule_fill(&t, error)) < 0)
        adsync__unit_drop(t.unit);
    else
        adsync__unit_submit(t.unit);
    adsync__connection_unload(&t.connection);
    return rc;
}

static adsync_status schedule_scan(adsync__sync *sync, const adsync_value *from, uint32_t n_from, adsync_rows **out, adsync_error **error)
{
    const adsync_range range = { .table = ADSYNC_T_SCHEDULES,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_ALL_ORGS | ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = SCHEDULE_LOOK,
                                 .lower = from,
                                 .n_lower = n_from };

    return adsync_storage_scan(adsync__kernel_storage(sync->kernel), 0, &range, out, error);
}

static uint32_t schedule_note(schedule_due *list, uint32_t n, adsync_rows *row)
{
    const schedule_due due = { adsync_rows_int(row, ADSYNC_C_ORG), adsync_rows_int(row, ADSYNC_C_CONNECTION) };

    for (uint32_t i = 0; i < n; i++)
        if (list[i].org == due.org && list[i].connection == due.connection) return n;
    list[n] = due;
    return n + 1;
}

static uint32_t schedule_of_org(const schedule_due *list, uint32_t n, int64_t org)
{
    uint32_t same = 0;

    for (uint32_t i = 0; i < n; i++) same += list[i].org == org;
    return same;
}

/* ---- a clock that went back: times were written that are too far ahead, so connections whose next one may be are looked at again, a
 * page a look */

static void schedule_mend_row(adsync__sync *sync, adsync_rows *row, int64_t now)
{
    const adsync_value put[] = { adsync__value_int(adsync_rows_int(row, ADSYNC_C_ORG)),
                                 adsync__value_int(adsync_rows_int(row, ADSYNC_C_CONNECTION)),
                                 adsync__value_text(adsync__rhythm_names[ADSYNC__RHYTHM_METRICS]), adsync__value_int(now) };
    adsync__commit_unit *unit;

    if (!adsync__equal_text(adsync_rows_text(row, ADSYNC_C_NAME), put[2].p)) return; /* one row makes the whole connection looked at */
    if (!(unit = adsync__unit_new(sync->kernel, put[0].i, NULL, NULL))) return;
    adsync__unit_put(unit, ADSYNC_T_SCHEDULES, adsync_rows_int(row, ADSYNC_C_VERSION), 0, put, ADSYNC__COUNT(put));
    adsync__unit_submit(unit);
}

static adsync_status schedule_mend(adsync__sync *sync, int64_t now, adsync_error **error)
{
    const adsync_value from[] = { adsync__value_int(sync->mend_from[0]), adsync__value_int(sync->mend_from[1]),
                                  adsync__value_int(sync->mend_from[2]), adsync__value_text(adsync__rhythm_names[ADSYNC__RHYTHM_METRICS]) };
    adsync_rows *rows = NULL;
    adsync_status rc = schedule_scan(sync, from, ADSYNC__COUNT(from), &rows, error);

    if (rc < 0) return rc;
    sync->mends = adsync_rows_count(rows) == SCHEDULE_LOOK;
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        sync->mend_from[0] = adsync_rows_int(rows, ADSYNC_C_DUE_US);
        sync->mend_from[1] = adsync_rows_int(rows, ADSYNC_C_ORG);
        sync->mend_from[2] = adsync_rows_int(rows, ADSYNC_C_CONNECTION);
        schedule_mend_row(sync, rows, now);
    }
    adsync_rows_free(rows);
    return ADSYNC_OK;
}

static void schedule_watch_clock(adsync__sync *sync, int64_t now)
{
    int64_t ahead = now - adsync__monotonic_us(adsync__kernel_effects(sync->kernel));

    if (sync->clock_known && sync->clock_ahead_us - ahead > schedule_back_us) {
        sync->mends = true;
        sync->mend_from[0] = now + SCHEDULE_METRICS_MINUTES * schedule_minute_us;
        sync->mend_from[1] = sync->mend_from[2] = 0;
    }
    sync->clock_known = true;
    sync->clock_ahead_us = ahead;
}

adsync_status adsync__sync_schedule(adsync__sync *sync, int64_t *next_us, adsync_error **error)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel)), when;
    schedule_due list[SCHEDULE_LOOK];
    adsync_rows *rows = NULL;
    uint32_t n = 0;
    adsync_status rc;

    *next_us = -1;
    if (!sync->engine) return ADSYNC_OK;
    schedule_watch_clock(sync, now);
    if (sync->mends && (rc = schedule_mend(sync, now, error)) < 0) return rc;
    if ((rc = schedule_scan(sync, NULL, 0, &rows, error)) < 0) return rc;
    while (*next_us < 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        if ((when = adsync_rows_int(rows, ADSYNC_C_DUE_US)) > now)
            *next_us = when - now;
        else
            n = schedule_note(list, n, rows);
    }
    adsync_rows_free(rows);
    for (uint32_t i = 0; i < n && rc >= 0; i++) rc = schedule_one(sync, &list[i], schedule_of_org(list, n, list[i].org), error);
    if (n || sync->mends) *next_us = 0;
    return rc;
}
