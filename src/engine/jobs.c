/* SPDX-License-Identifier: MIT */
/* Jobs, as hosts see them. */
#include "engine_int.h"

enum { JOBS_LOOK_US = 250000, JOBS_LIST = 100 };

adsync_status adsync_job_enqueue(adsync_engine *engine, const char *org, int64_t connection, const adsync_job_options *options,
                                 int64_t *job, adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc;

    if (!job) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "job is NULL");
    *job = 0;
    if ((rc = adsync__engine_enter(engine, "adsync_job_enqueue", error)) < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, false, &number, error)) >= 0)
        rc = adsync__job_enqueue(engine->sync, number, connection, options, job, error);
    engine->poll_at_us = 0;
    adsync__engine_leave(engine);
    return rc;
}

static bool jobs_ended(const char *state)
{
    return adsync__equal_text(state, "succeeded") || adsync__equal_text(state, "partial") || adsync__equal_text(state, "failed") ||
           adsync__equal_text(state, "cancelled");
}

/* What kind of failure ended a job. The row keeps the platform's own name of it; that a person is needed stands at the connection. */
static adsync_status jobs_failure(adsync_engine *engine, int64_t org, int64_t connection, const char *name)
{
    adsync__connection about;
    adsync_status status = ADSYNC_E_REJECTED;

    if (adsync__connection_load(engine->kernel, org, connection, &about, NULL) < 0) return status;
    if (about.status && strcmp(about.status, "active") && strcmp(about.status, "error")) status = ADSYNC_E_AUTH;
    adsync__connection_unload(&about);
    return name && !strncmp(name, "storage", 7) ? ADSYNC_E_STORAGE : status;
}

/* What an ended job says to whoever waited. */
static adsync_status jobs_verdict(adsync_engine *engine, int64_t org, adsync_rows *row, adsync_error **error)
{
    const char *state = adsync_rows_text(row, ADSYNC_C_STATE), *name = adsync_rows_text(row, ADSYNC_C_ERROR), *message;

    if (adsync__equal_text(state, "succeeded")) return ADSYNC_OK;
    if (adsync__equal_text(state, "partial")) return ADSYNC_PARTIAL;
    if (adsync__equal_text(state, "cancelled")) return adsync__fail(error, ADSYNC_E_CANCELLED, "job.cancelled", "the job was called off");
    message = adsync_rows_text(row, ADSYNC_C_MESSAGE);
    return adsync__fail(error, jobs_failure(engine, org, adsync_rows_int(row, ADSYNC_C_CONNECTION), name), name ? name : "job.failed", "%s",
                        message ? message : "the job failed");
}

static adsync_status jobs_look(adsync_engine *engine, int64_t org, int64_t job, bool *ended, adsync_rows **row, adsync_error **error)
{
    bool claimed = false;
    adsync_status rc = ADSYNC_OK;

    *ended = false;
    if (engine->claims) rc = adsync__job_claim(engine->sync, org, job, &claimed, error);
    if (rc < 0 || claimed) return rc;
    adsync_rows_free(*row);
    *row = NULL;
    if ((rc = adsync__job_row(engine->sync, org, job, row, error)) < 0) return rc;
    (void)adsync_rows_next(*row, NULL);
    *ended = jobs_ended(adsync_rows_text(*row, ADSYNC_C_STATE));
    return ADSYNC_OK;
}

static adsync_status jobs_wait(adsync_engine *engine, int64_t org, int64_t job, int64_t wait_us, adsync_rows **row, adsync_error **error)
{
    adsync__effects *effects = adsync__kernel_effects(engine->kernel);
    int64_t until = adsync__monotonic_us(effects) + (wait_us > 0 ? wait_us : 0), look_at = 0, now;
    bool ended = false;
    adsync_status rc = ADSYNC_OK;

    for (;;) {
        now = adsync__monotonic_us(effects);
        if (now >= look_at || !adsync__sync_lanes(engine->sync)) {
            if ((rc = jobs_look(engine, org, job, &ended, row, error)) < 0 || ended) break;
            look_at = now + JOBS_LOOK_US;
        }
        if (now >= until) break;
        if ((rc = adsync__engine_turn(engine, until - now < JOBS_LOOK_US ? until - now : JOBS_LOOK_US, error)) < 0) break;
    }
    if (rc < 0) return rc;
    return ended ? jobs_verdict(engine, org, *row, error) : ADSYNC_PENDING;
}

adsync_status adsync_job_wait(adsync_engine *engine, const char *org, int64_t job, const adsync_call *call, adsync_rows **out,
                              adsync_error **error)
{
    adsync_rows *row = NULL;
    int64_t number = 0, wait_us;
    adsync_status rc;

    if (out) *out = NULL;
    if ((rc = adsync__call_wait(call, &wait_us, error)) < 0) return rc;
    if ((rc = adsync__engine_enter(engine, "adsync_job_wait", error)) < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, false, &number, error)) >= 0) rc = jobs_wait(engine, number, job, wait_us, &row, error);
    adsync_rows_free(row);
    row = NULL;
    if (out && number && adsync__job_row(engine->sync, number, job, &row, NULL) >= 0) *out = row; /* from its first row on */
    adsync__engine_leave(engine);
    return rc;
}

static adsync_status jobs_list(adsync_engine *engine, int64_t org, int64_t connection, uint32_t limit, adsync_rows **out,
                               adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(connection) };
    const adsync_range range = { .table = ADSYNC_T_JOBS,
                                 .index = connection ? 1 : 0,
                                 .flags = ADSYNC_RANGE_DESCENDING,
                                 .limit = limit ? limit : JOBS_LIST,
                                 .lower = bound,
                                 .n_lower = connection ? 2 : 1,
                                 .upper = bound,
                                 .n_upper = connection ? 2 : 1 };

    return adsync_storage_scan(adsync__kernel_storage(engine->kernel), org, &range, out, error);
}

adsync_status adsync_job_list(adsync_engine *engine, const char *org, int64_t connection, int64_t job, uint32_t limit, adsync_rows **out,
                              adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__engine_enter(engine, "adsync_job_list", error)) < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, false, &number, error)) >= 0)
        rc = job ? adsync__job_row(engine->sync, number, job, out, error) : jobs_list(engine, number, connection, limit, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_job_cancel(adsync_engine *engine, const char *org, int64_t job, adsync_error **error)
{
    int64_t number = 0;
    adsync_status rc = adsync__engine_enter(engine, "adsync_job_cancel", error);

    if (rc < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, false, &number, error)) >= 0) rc = adsync__job_cancel(engine->sync, number, job, error);
    adsync__engine_leave(engine);
    return rc;
}
