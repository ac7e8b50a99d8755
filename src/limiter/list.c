/* SPDX-License-Identifier: MIT */
#include "limiter_int.h"

#include <inttypes.h>
#include <stdio.h>

enum { LIST_KEYS = 1000 };

static void list_window(char *out, size_t room, const adsync__limit_row_window *part)
{
    static const char *const names[] = { "", "roll", "fixed", "utc_day", "held", "learned" };

    (void)snprintf(out, room, "%s %" PRId64 " us", part->burst ? "burst" : names[part->align], part->length);
}

/* When the first of what counts ends. */
static int64_t list_free(const adsync__limit_plan *plan, const adsync__limit_row_window *part)
{
    int64_t first = LIMITER_NEVER, end;

    for (uint32_t i = 0; i < part->n; i++)
        if (part->leases[i].units && (end = adsync__limit_end(plan, part, &part->leases[i])) < first) first = end;
    return first;
}

static adsync_status list_part(const adsync__limit_plan *plan, const adsync_value *key, const adsync__limit_row_window *part,
                               adsync_rows *out, adsync_error **error)
{
    int64_t until = plan->row->learned.blocked, used = adsync__limit_counted(plan, part);
    int64_t limit = (int64_t)part->permits * plan->pace / LIMITER_PACE, left = limit > used ? limit - used : 0;
    bool free = part->align == ADSYNC_WINDOW_LEARNED;
    char window[48];
    adsync_value row[] = { *key, adsync__value_null(), adsync__value_int(part->permits), adsync__value_int(used),
                           free ? adsync__value_null() : adsync__value_int(left), adsync__value_int(plan->pace), adsync__value_null(),
                           adsync__value_int(plan->row->updated) };

    if (until <= plan->clock.t && !left && part->align != ADSYNC_WINDOW_HELD) until = list_free(plan, part);
    if (until > plan->clock.t && until < LIMITER_NEVER) row[6] = adsync__value_int(until);
    list_window(window, sizeof window, part);
    row[1] = adsync__value_text(window);
    return adsync__rows_add(out, row, error);
}

static adsync_status list_row(adsync_limiter *limiter, const adsync_value *values, adsync_rows *out, adsync_error **error)
{
    static const adsync__limit_row_window none = { .align = ADSYNC_WINDOW_LEARNED };
    adsync__limit_row row = { 0 };
    adsync__limit_plan plan = { .clock = limiter->clock, .row = &row, .holder = -1, .blind = limiter->blind };
    adsync_status rc = adsync__limit_row_read(&row, values[3].p ? values[3].p : "", values[3].size, error);

    plan.error = limiter->blind ? LIMITER_BLIND : LIMITER_ERROR;
    plan.pace = adsync__limit_pace(&row.learned, plan.clock.t);
    if (rc >= 0) adsync__limit_clean(&plan);
    for (uint32_t i = 0; i < row.n_windows && rc >= 0; i++)
        rc = list_part(&plan, &values[0], &row.windows[i], out, error);
    if (rc >= 0 && !row.n_windows) rc = list_part(&plan, &values[0], &none, out, error);
    adsync__limit_row_free(&row);
    return rc;
}

static adsync_status list_locked(adsync_limiter *limiter, const char *after, uint32_t max, adsync_rows *out, adsync_error **error)
{
    const adsync_value lower = adsync__value_text(after ? after : "");
    const adsync_range range = { .table = ADSYNC_T_LIMITS, .limit = max, .flags = ADSYNC_RANGE_EXCLUSIVE, .n_lower = 1, .lower = &lower };
    adsync_rows *rows = NULL;
    adsync_status rc;

    if ((rc = adsync__limit_look(limiter, error)) < 0) return rc;
    if ((rc = adsync_storage_scan(limiter->storage, 0, &range, &rows, error)) < 0) return rc;
    for (size_t i = 0; i < adsync_rows_count(rows) && rc >= 0; i++)
        rc = list_row(limiter, adsync__rows_values(rows, i), out, error);
    adsync_rows_free(rows);
    return rc;
}

adsync_status adsync_limiter_list(adsync_limiter *limiter, const char *after, uint32_t max, adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_KEY,  ADSYNC_C_WINDOW, ADSYNC_C_PERMITS,  ADSYNC_C_USED,
                                        ADSYNC_C_LEFT, ADSYNC_C_PACE,   ADSYNC_C_UNTIL_US, ADSYNC_C_UPDATED_US };
    adsync_rows *rows = NULL;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!max || max > LIST_KEYS)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.max", "adsync_limiter_list: 1 to %d keys at once", LIST_KEYS);
    if (after && strlen(after) > LIMITER_KEY_BYTES)
        return adsync__fail(error, ADSYNC_E_INVALID, "limit.key", "a limit's key has 1 to %d bytes", LIMITER_KEY_BYTES);
    if ((rc = adsync__limit_enter(limiter, "adsync_limiter_list", error)) < 0) return rc;
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &rows, error)) >= 0) rc = list_locked(limiter, after, max, rows, error);
    if (rc >= 0) {
        *out = rows;
        rows = NULL;
    }
    adsync_rows_free(rows);
    adsync__limit_leave(limiter);
    return rc;
}
