/* SPDX-License-Identifier: MIT */
/* Asking for work: a queue slot and a job in one commit. A job of `all` data is a parent with a child per class; the parent's own slot
 * has no time, so nobody claims it, and goes when the last child ends. */
#include "sync_int.h"

#include <stdio.h>

enum { JOBS_ATTEMPTS = 20, JOBS_CLASSES = 2 };

static const char *const jobs_data_names[] = {
    [ADSYNC_DATA_CAMPAIGNS] = "campaigns", [ADSYNC_DATA_METRICS] = "metrics", [ADSYNC_DATA_ALL] = "all"
};

const char *sync_data_name(uint32_t data) { return data < ADSYNC__COUNT(jobs_data_names) ? jobs_data_names[data] : NULL; }

int64_t sync_id_draw(adsync__sync *sync)
{
    int64_t id;

    do id = adsync__version_draw(adsync__kernel_effects(sync->kernel)) & ((INT64_C(1) << 53) - 1);
    while (!id);
    return id;
}

typedef struct jobs_wish { /* what was asked for, with defaults filled in */
    int64_t org, connection, from_day, to_day, days;
    uint32_t data, mode, priority;
    const char *type;
} jobs_wish;

static bool jobs_days_good(const jobs_wish *wish)
{
    if (wish->from_day && !adsync__day_valid(wish->from_day)) return false;
    if (wish->to_day && !adsync__day_valid(wish->to_day)) return false;
    return !wish->from_day || !wish->to_day || wish->from_day <= wish->to_day;
}

static adsync_status jobs_judge(const jobs_wish *wish, adsync_error **error)
{
    const struct {
        bool good;
        const char *name, *words;
    } rules[] = {
        { sync_data_name(wish->data) != NULL, "job.data", "there is no such class of data" },
        { wish->mode == ADSYNC_SYNC_INCREMENTAL || wish->mode == ADSYNC_SYNC_FULL || wish->mode == ADSYNC_SYNC_BACKFILL, "job.mode",
          "there is no such mode of syncing" },
        { wish->days <= SYNC_DAYS_MOST, "job.days", "at most 1200 days back can be asked for" },
        { jobs_days_good(wish), "job.days", "the days are none, or the first is after the last" },
        { wish->priority <= ADSYNC_PRIORITY_BACKFILL, "job.priority", "there is no such priority" },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(rules); i++)
        if (!rules[i].good) return adsync__fail(error, ADSYNC_E_INVALID, rules[i].name, "%s", rules[i].words);
    return ADSYNC_OK;
}

static adsync_status jobs_check(const adsync_job_options *options, jobs_wish *wish, adsync_error **error)
{
    static const adsync_job_options none = { .size = sizeof none };
    adsync_status rc;
    bool backfill;

    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_job_options", error)) < 0) return rc;
    if (options->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_job_options: unknown flags");
    wish->data = options->data ? options->data : ADSYNC_DATA_ALL;
    wish->mode = options->mode ? options->mode : ADSYNC_SYNC_INCREMENTAL;
    wish->days = options->days;
    wish->from_day = options->from_day;
    wish->to_day = options->to_day;
    backfill = wish->mode == ADSYNC_SYNC_BACKFILL;
    wish->priority = options->priority;
    if (!wish->priority) wish->priority = backfill ? ADSYNC_PRIORITY_BACKFILL : ADSYNC_PRIORITY_SCHEDULED;
    wish->type = backfill ? "initial-backfill" : "manual-sync";
    return jobs_judge(wish, error);
}

static adsync_status jobs_slot(adsync__sync *sync, const jobs_wish *wish, uint32_t data, char slot[64], int64_t *job, adsync_error **error)
{
    adsync_value key[3] = { adsync__value_int(wish->org), adsync__value_int(wish->connection) };
    adsync_rows *rows = NULL;
    adsync_status rc;

    (void)snprintf(slot, 64, "%s:%s", wish->type, sync_data_name(data));
    key[2] = adsync__value_text(slot);
    *job = 0;
    rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), wish->org, ADSYNC_T_QUEUE, 0, key, 1, &rows, error);
    if (rc >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW) *job = adsync_rows_int(rows, ADSYNC_C_JOB);
    adsync_rows_free(rows);
    return rc;
}

/* What else was asked, as JSON. */
static const char *jobs_params(char *room, size_t size, int64_t days)
{
    (void)snprintf(room, size, "{\"days\":%lld}", (long long)days);
    return room;
}

int64_t sync_params_days(const char *params)
{
    int64_t days = 0;

    for (const char *at = params ? strpbrk(params, "0123456789") : NULL; at && *at >= '0' && *at <= '9' && days <= SYNC_DAYS_MOST; at++)
        days = days * 10 + (*at - '0');
    return days <= SYNC_DAYS_MOST ? days : 0;
}

static void jobs_put(adsync__sync *sync, const jobs_wish *wish, uint32_t data, const char *slot, int64_t job, int64_t parent,
                     uint32_t children, adsync__commit_unit *unit)
{
    char params[40];
    int64_t now = adsync__now_us(adsync__kernel_effects(sync->kernel));
    bool waits = data != ADSYNC_DATA_ALL;
    const adsync_value null = adsync__value_null();
    const adsync_value queue[] = {
        adsync__value_int(wish->org),
        adsync__value_int(wish->connection),
        adsync__value_text(slot),
        waits ? adsync__value_int(now) : null,
        waits ? adsync__value_int(0) : null,
        waits ? adsync__value_int(wish->priority) : null,
        adsync__value_int(job),
        null,
        adsync__value_int(now),
    };
    const adsync_value row[] = {
        adsync__value_int(wish->org),
        adsync__value_int(job),
        adsync__value_text(waits ? "queued" : "running"),
        adsync__value_int(0),
        adsync__value_int(0),
        null,
        null,
        adsync__value_int(now),
        null,
        null,
        children ? adsync__value_int(children) : null,
        adsync__value_int(wish->connection),
        adsync__value_text(wish->type),
        adsync__value_int(data),
        adsync__value_int(wish->mode),
        adsync__value_int(1),
        adsync__value_int(wish->priority),
        parent ? adsync__value_int(parent) : null,
        parent ? adsync__value_text(sync_data_name(data)) : null,
        null,
        wish->from_day ? adsync__value_int(wish->from_day) : null,
        wish->to_day ? adsync__value_int(wish->to_day) : null,
        wish->days ? adsync__value_text(jobs_params(params, sizeof params, wish->days)) : null,
        adsync__value_int(now),
    };

    adsync__unit_put(unit, ADSYNC_T_QUEUE, ADSYNC_EXPECT_ABSENT, 0, queue, ADSYNC__COUNT(queue));
    adsync__unit_put(unit, ADSYNC_T_JOBS, ADSYNC_EXPECT_ABSENT, 0, row, ADSYNC__COUNT(row));
}

static adsync_status jobs_put_children(adsync__sync *sync, const jobs_wish *wish, int64_t parent, adsync__commit_unit *unit, uint32_t *n,
                                       int64_t *other, adsync_error **error)
{
    static const uint32_t classes[JOBS_CLASSES] = { ADSYNC_DATA_CAMPAIGNS, ADSYNC_DATA_METRICS };
    char slot[64];
    int64_t there;
    adsync_status rc;

    *n = 0;
    for (size_t i = 0; i < JOBS_CLASSES; i++) {
        if ((rc = jobs_slot(sync, wish, classes[i], slot, &there, error)) < 0) return rc;
        if (there) { /* it waits already; doing it twice would bring nothing */
            *other = there;
            continue;
        }
        jobs_put(sync, wish, classes[i], slot, sync_id_draw(sync), parent, 0, unit);
        (*n)++;
    }
    return ADSYNC_OK;
}

/* Once: the job that is there, or a new one. E_CONFLICT: somebody else was first, look again. */
static adsync_status jobs_try(adsync__sync *sync, const jobs_wish *wish, int64_t *job, adsync_error **error)
{
    adsync__commit_unit *unit = NULL;
    char slot[64];
    int64_t drawn = sync_id_draw(sync), other = 0;
    uint32_t children = 0;
    adsync_status rc;

    if ((rc = jobs_slot(sync, wish, wish->data, slot, job, error)) < 0 || *job) return rc;
    if (!(unit = adsync__unit_new(sync->kernel, wish->org, NULL, NULL))) return adsync__fail_memory(error);
    if (wish->data == ADSYNC_DATA_ALL && (rc = jobs_put_children(sync, wish, drawn, unit, &children, &other, error)) < 0) goto done;
    if (wish->data == ADSYNC_DATA_ALL && !children) { /* all of it waits already */
        *job = other;
        goto done;
    }
    jobs_put(sync, wish, wish->data, slot, drawn, 0, children, unit);
    if ((rc = adsync__unit_commit(unit, error)) >= 0) *job = drawn;
    return rc;
done:
    adsync__unit_drop(unit);
    return rc;
}

static adsync_status jobs_connection(adsync__sync *sync, const jobs_wish *wish, adsync_error **error)
{
    adsync__connection connection;
    adsync_status rc = adsync__connection_load(sync->kernel, wish->org, wish->connection, &connection, error);

    if (rc < 0) return rc;
    rc = adsync__connection_check(&connection, error);
    if (rc >= 0 && connection.status && strcmp(connection.status, "active") && strcmp(connection.status, "error"))
        rc = adsync__fail(error, ADSYNC_E_AUTH, "connection.status",
                          "the connection is %s: it has to be connected again before it can sync", connection.status);
    adsync__connection_unload(&connection);
    return rc;
}

adsync_status adsync__job_enqueue(adsync__sync *sync, int64_t org, int64_t connection, const adsync_job_options *options, int64_t *job,
                                  adsync_error **error)
{
    jobs_wish wish = { .org = org, .connection = connection };
    adsync_status rc;

    *job = 0;
    if ((rc = jobs_check(options, &wish, error)) < 0) return rc;
    if ((rc = jobs_connection(sync, &wish, error)) < 0) return rc;
    for (uint32_t attempt = 0; attempt < JOBS_ATTEMPTS; attempt++)
        if ((rc = jobs_try(sync, &wish, job, error)) != ADSYNC_E_CONFLICT && rc != ADSYNC_E_RETRY) return rc;
    return rc;
}

adsync_status adsync__job_row(adsync__sync *sync, int64_t org, int64_t job, adsync_rows **out, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(job) };
    adsync_status rc = adsync_storage_read(adsync__kernel_storage(sync->kernel), org, ADSYNC_T_JOBS, 0, key, 1, out, error);

    if (rc < 0 || adsync_rows_count(*out)) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "job.not_found", "there is no job %lld", (long long)job);
}
