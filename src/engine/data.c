/* SPDX-License-Identifier: MIT */
/* Reading, as hosts see it: an unknown organisation reads as empty. */
#include "engine_int.h"

#include "../insight/insight.h"

static adsync_status data_enter(adsync_engine *engine, const char *what, const char *org, adsync_rows **out, int64_t *number,
                                adsync_error **error)
{
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if ((rc = adsync__engine_enter(engine, what, error)) < 0) return rc;
    if ((rc = adsync__engine_org(engine, org, false, number, error)) < 0) adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_entity_list(adsync_engine *engine, const char *org, int64_t connection, uint32_t kind,
                                 const adsync_entity_options *options, adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_entity_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__entity_list(adsync__kernel_storage(engine->kernel), number, connection, kind, options, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_metrics_query(adsync_engine *engine, const char *org, const adsync_metrics_options *options, adsync_rows **out,
                                   adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_metrics_query", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__metrics_query(adsync__kernel_storage(engine->kernel), number, options, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_payload_list(adsync_engine *engine, const char *org, const adsync_payload_options *options, adsync_rows **out,
                                  adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_payload_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__payload_list(adsync__kernel_storage(engine->kernel), number, options, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_coverage_list(adsync_engine *engine, const char *org, int64_t connection, uint32_t level, adsync_rows **out,
                                   adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_coverage_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__coverage_list(adsync__kernel_storage(engine->kernel), number, connection, level, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_revision_list(adsync_engine *engine, const char *org, int64_t connection, const adsync_revision_options *options,
                                   adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_revision_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__revision_list(adsync__kernel_storage(engine->kernel), number, connection, options, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_audit_list(adsync_engine *engine, const char *org, int64_t connection, int64_t since_us, uint32_t limit,
                                adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_audit_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__audit_list(adsync__kernel_storage(engine->kernel), number, connection, since_us, limit, out, error);
    adsync__engine_leave(engine);
    return rc;
}

static int64_t data_now(adsync_engine *engine) { return adsync__now_us(adsync__kernel_effects(engine->kernel)); }

adsync_status adsync_health_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_health_list", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__health_list(adsync__kernel_storage(engine->kernel), data_now(engine), number, connection, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_health_count(adsync_engine *engine, const char *org, adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc = data_enter(engine, "adsync_health_count", org, out, &number, error);

    if (rc < 0) return rc;
    rc = adsync__health_count(adsync__kernel_storage(engine->kernel), data_now(engine), number, out, error);
    adsync__engine_leave(engine);
    return rc;
}

adsync_status adsync_health_statistics(adsync_engine *engine, const char *org, int64_t connection, int64_t from_us, int64_t to_us,
                                       adsync_rows **out, adsync_error **error)
{
    int64_t number;
    adsync_status rc;

    if (out) *out = NULL;
    if (from_us < 0 || to_us < 0 || (to_us && to_us <= from_us))
        return adsync__fail(error, ADSYNC_E_INVALID, "health.times", "the time begins below 0, or ends before it begins");
    if ((rc = data_enter(engine, "adsync_health_statistics", org, out, &number, error)) < 0) return rc;
    if (!to_us) to_us = INT64_MAX; /* now; also what other clocks wrote a little ahead */
    rc = adsync__health_statistics(adsync__kernel_storage(engine->kernel), number, connection, from_us, to_us, out, error);
    adsync__engine_leave(engine);
    return rc;
}
