/* SPDX-License-Identifier: MIT */
#include "insight.h"

enum { LISTS_ENTITIES = 1000, LISTS_COVERAGE = 100000, LISTS_AUDIT = 100 };

/* Rows of a scan without those a condition leaves out. */
static adsync_status lists_without_removed(adsync_rows *all, adsync_rows **out, adsync_error **error)
{
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], n = adsync_rows_width(all);
    adsync_status rc;

    for (uint32_t i = 0; i < n; i++) columns[i] = adsync_rows_column(all, i);
    if ((rc = adsync__rows_new(columns, n, out, error)) < 0) return rc;
    for (size_t i = 0; rc >= 0 && adsync_rows_next(all, NULL) == ADSYNC_ROW; i++)
        if (adsync_rows_kind(all, ADSYNC_C_REMOVED_AT) == ADSYNC_VALUE_NULL)
            rc = adsync__rows_add(*out, adsync__rows_values(all, i), error);
    if (rc >= 0) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

adsync_status adsync__entity_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind,
                                  const adsync_entity_options *options, adsync_rows **out, adsync_error **error)
{
    static const adsync_entity_options none = { .size = sizeof none };
    adsync_rows *all = NULL;
    adsync_status rc;

    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_entity_options", error)) < 0) return rc;
    if (options->flags & ~(uint32_t)ADSYNC_ENTITY_REMOVED || options->reserved)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_entity_options: unknown flags");
    if (!adsync_kind_name(kind)) return adsync__fail(error, ADSYNC_E_INVALID, "entity.kind", "there is no such kind");
    {
        const adsync_value lower[] = { adsync__value_int(org), adsync__value_int(connection), adsync__value_int(kind),
                                       adsync__value_text(options->id         ? options->id
                                                          : options->after_id ? options->after_id
                                                                              : "") };
        const adsync_range range = { .table = ADSYNC_T_ENTITIES,
                                     .flags = options->id ? 0 : ADSYNC_RANGE_EXCLUSIVE,
                                     .limit = options->limit ? options->limit : LISTS_ENTITIES,
                                     .lower = lower,
                                     .n_lower = 4,
                                     .upper = lower,
                                     .n_upper = options->id ? 4 : 3 };
        if ((rc = adsync_storage_scan(storage, org, &range, &all, error)) < 0) return rc;
    }
    if (options->flags & ADSYNC_ENTITY_REMOVED || options->id) {
        *out = all;
        return ADSYNC_OK;
    }
    rc = lists_without_removed(all, out, error);
    adsync_rows_free(all);
    return rc;
}

adsync_status adsync__coverage_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t level, adsync_rows **out,
                                    adsync_error **error)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(connection), adsync__value_int(level) };
    const adsync_range range = { .table = ADSYNC_T_COVERAGE,
                                 .limit = LISTS_COVERAGE,
                                 .lower = bound,
                                 .n_lower = level ? 3 : 2,
                                 .upper = bound,
                                 .n_upper = level ? 3 : 2 };

    return adsync_storage_scan(storage, org, &range, out, error);
}

adsync_status adsync__audit_list(adsync_storage *storage, int64_t org, int64_t connection, int64_t since_us, uint32_t limit,
                                 adsync_rows **out, adsync_error **error)
{
    const adsync_value by_connection[] = { adsync__value_int(org), adsync__value_int(connection), adsync__value_int(since_us) };
    const adsync_value by_time[] = { adsync__value_int(org), adsync__value_int(since_us) };
    const adsync_range range = { .table = ADSYNC_T_API_CALLS,
                                 .index = connection ? 1 : 0,
                                 .flags = ADSYNC_RANGE_DESCENDING,
                                 .limit = limit ? limit : LISTS_AUDIT,
                                 .lower = connection ? by_connection : by_time,
                                 .n_lower = connection ? 3 : 2,
                                 .upper = by_connection,
                                 .n_upper = connection ? 2 : 1 };

    return adsync_storage_scan(storage, org, &range, out, error);
}
