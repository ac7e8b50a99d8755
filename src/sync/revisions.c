/* SPDX-License-Identifier: MIT */
/* What a stored day said before a later pull changed it. A revision is put with the row that replaces its figures, or with the end of the
 * row that is gone, in one commit, and what was replaced is read from what is stored: so a page that comes again notes nothing twice. A
 * figure that was null said nothing, so what takes its place is no revision; nor is it one that a day went on which was not over yet. */
#include "../base/switch.h"
#include "sync_int.h"

adsync_status sync_revisions_stored(sync_lane *lane, const adsync_value *keys, uint32_t n, adsync_rows **out, adsync_error **error)
{
    return adsync_storage_read(adsync__kernel_storage(lane->sync->kernel), lane->org, ADSYNC_T_METRICS, 0, keys, n, out, error);
}

bool sync_revision_is(const adsync_value *was, const adsync_value *is)
{
    for (uint32_t i = METRICS_CURRENCY; i <= METRICS_REACH; i++)
        if (was[i].kind != ADSYNC_VALUE_NULL && adsync_value_compare(&was[i], &is[i])) return true;
    return false;
}

static adsync_value revision_value(const sync_lane *lane, uint32_t column, const adsync_value *was, bool gone)
{
    uint32_t at = lane->sync->map.metrics[column];

    if (column == ADSYNC_C_FOUND_US) return adsync__value_int(adsync__now_us(adsync__kernel_effects(lane->sync->kernel)));
    if (column == ADSYNC_C_PULL) return adsync__value_int(lane->cursor.pull);
    if (column == ADSYNC_C_JOB) return adsync__value_int(lane->job);
    if (column == ADSYNC_C_STATE) return adsync__value_text(gone ? "gone" : "changed");
    return at ? was[at - 1] : adsync__value_null();
}

/* Figures of a day that was not over grow by the hour: nobody relied on them, and a revision an hour would bury those that matter. */
static bool revision_day_was_over(const sync_lane *lane, const adsync_value *was)
{
    int64_t from_us, to_us;

    return !adsync__zone_bounds(lane->zone, was[METRICS_DAY].i, &from_us, &to_us) || was[METRICS_PULLED_AT].i >= to_us;
}

void sync_revision_put(const sync_lane *lane, adsync__commit_unit *unit, const adsync_value *was, bool gone)
{
    adsync_value values[ADSYNC__WIDTH_MAX];
    uint32_t width = adsync_table_width(ADSYNC_T_REVISIONS);

    if (!ADSYNC__GUARD(REVISION) || !revision_day_was_over(lane, was)) return;
    for (uint32_t i = 0; i < width; i++) values[i] = revision_value(lane, adsync_table_column(ADSYNC_T_REVISIONS, i), was, gone);
    adsync__unit_put(unit, ADSYNC_T_REVISIONS, ADSYNC_EXPECT_ANY, 0, values, width);
}
