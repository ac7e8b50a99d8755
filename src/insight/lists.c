/* SPDX-License-Identifier: MIT */
#include "insight.h"

enum { LISTS_ENTITIES = 1000, LISTS_PAGE = 200, LISTS_COVERAGE = 100000, LISTS_AUDIT = 100 };

typedef struct lists_wish {
    adsync_storage *storage;
    int64_t org, connection;
    uint32_t kind, limit;
} lists_wish;

static adsync_status lists_scan(const lists_wish *wish, const char *id, bool after, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value lower[] = { adsync__value_int(wish->org), adsync__value_int(wish->connection), adsync__value_int(wish->kind),
                                   adsync__value_text(id) };
    const adsync_range range = { .table = ADSYNC_T_ENTITIES,
                                 .flags = after ? ADSYNC_RANGE_EXCLUSIVE : 0,
                                 .limit = limit,
                                 .lower = lower,
                                 .n_lower = 4,
                                 .upper = lower,
                                 .n_upper = after ? 3 : 4 };

    return adsync_storage_scan(wish->storage, wish->org, &range, out, error);
}

/* Takes over a page's living rows, up to the limit, and notes where the page ended. */
static adsync_status lists_take(adsync_rows *page, uint32_t limit, adsync_rows *out, char **last, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    adsync__free(*last);
    *last = NULL;
    for (size_t i = 0; rc >= 0 && adsync_rows_count(out) < limit && adsync_rows_next(page, NULL) == ADSYNC_ROW; i++)
        if (adsync_rows_kind(page, ADSYNC_C_REMOVED_AT) == ADSYNC_VALUE_NULL)
            rc = adsync__rows_add(out, adsync__rows_values(page, i), error);
    if (rc >= 0 && adsync_rows_count(page) && adsync_rows_count(out) < limit &&
        !(*last = adsync__copy_text(adsync__rows_values(page, adsync_rows_count(page) - 1)[3].p)))
        rc = adsync__fail_memory(error);
    return rc;
}

/* Removed rows do not count for the limit: pages are looked through, each of bounded size, until it is filled or nothing is left. */
static adsync_status lists_living(const lists_wish *wish, const char *after, adsync_rows **out, adsync_error **error)
{
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], n, page_most = wish->limit < LISTS_ENTITIES ? wish->limit : LISTS_ENTITIES;
    char *last = adsync__copy_text(after);
    adsync_rows *page = NULL;
    adsync_status rc = last ? ADSYNC_OK : adsync__fail_memory(error);

    if (page_most < LISTS_PAGE) page_most = LISTS_PAGE;
    while (rc >= 0 && last) {
        if ((rc = lists_scan(wish, last, true, page_most, &page, error)) < 0) break;
        n = adsync_rows_width(page);
        for (uint32_t i = 0; i < n; i++) columns[i] = adsync_rows_column(page, i);
        if (!*out) rc = adsync__rows_new(columns, n, out, error);
        if (rc >= 0) rc = lists_take(page, wish->limit, *out, &last, error);
        adsync_rows_free(page);
        page = NULL;
    }
    adsync__free(last);
    if (rc >= 0) return ADSYNC_OK;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}

adsync_status adsync__entity_list(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind,
                                  const adsync_entity_options *options, adsync_rows **out, adsync_error **error)
{
    static const adsync_entity_options none = { .size = sizeof none };
    lists_wish wish = { .storage = storage, .org = org, .connection = connection, .kind = kind };
    const char *after;
    adsync_status rc;

    *out = NULL;
    if (!options) options = &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_entity_options", error)) < 0) return rc;
    if (options->flags & ~(uint32_t)ADSYNC_ENTITY_REMOVED || options->reserved)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_entity_options: unknown flags");
    if (!adsync_kind_name(kind)) return adsync__fail(error, ADSYNC_E_INVALID, "entity.kind", "there is no such kind");
    wish.limit = options->limit ? options->limit : LISTS_ENTITIES;
    after = options->after_id ? options->after_id : "";
    if (options->id)
        rc = lists_scan(&wish, options->id, false, 1, out, error);
    else if (options->flags & ADSYNC_ENTITY_REMOVED)
        rc = lists_scan(&wish, after, true, wish.limit, out, error);
    else
        rc = lists_living(&wish, after, out, error);
    return rc < 0 ? rc : adsync__entity_shown(storage, org, connection, kind, out, error);
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
