/* SPDX-License-Identifier: MIT */
/* Whether a connection is on the schedule: its rhythms' rows follow its own row, in the same commit. Whoever is not in force or not to be
 * synced by itself is due at no time; whoever comes (back) is due at once, which means: to be looked at, and the room that knows the
 * rhythms says what of them is to run. */
#include "connect_int.h"

const char *const adsync__rhythm_names[ADSYNC__RHYTHMS] = {
    [ADSYNC__RHYTHM_METRICS] = "metrics", [ADSYNC__RHYTHM_CAMPAIGNS] = "campaigns", [ADSYNC__RHYTHM_DAILY] = "daily",
    [ADSYNC__RHYTHM_WEEKLY] = "weekly",   [ADSYNC__RHYTHM_BACKFILL] = "backfill",   [ADSYNC__RHYTHM_POSTS] = "posts",
    [ADSYNC__RHYTHM_LEADS] = "leads",
};

enum { SCHEDULE_KEY_AND_DUE = 4, SCHEDULE_AND_STARTED = 5 };

bool adsync__connection_runs(const char *status, int64_t auto_sync)
{
    return auto_sync && (!status || !strcmp(status, "active") || !strcmp(status, "error"));
}

void connect_schedule_follow(adsync__commit_unit *unit, adsync_value *connection, const connect_arm *arm, int64_t now)
{
    bool runs = adsync__connection_runs(connection[CONNECTION_AT_STATUS].p, connect_number(&connection[CONNECTION_AT_AUTO]));
    bool stands = connection[CONNECTION_AT_NEXT].kind == ADSYNC_VALUE_INT;
    uint32_t which = runs && stands ? arm->which : UINT32_MAX;

    if (runs ? !which : !stands) return;
    connection[CONNECTION_AT_NEXT] = runs ? adsync__value_int(now) : adsync__value_null();
    for (uint32_t i = 0; i < ADSYNC__RHYTHMS; i++) {
        const adsync_value row[] = { connection[0], connection[1], adsync__value_text(adsync__rhythm_names[i]),
                                     connection[CONNECTION_AT_NEXT], adsync__value_null() };
        bool anew = runs && arm->anew & 1u << i;
        if (which & 1u << i)
            adsync__unit_put(unit, ADSYNC_T_SCHEDULES, ADSYNC_EXPECT_ANY, 0, row, anew ? SCHEDULE_AND_STARTED : SCHEDULE_KEY_AND_DUE);
    }
}

adsync_status adsync__schedule_list(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out, adsync_error **error)
{
    return adsync__storage_all(adsync__kernel_storage(kernel), org, ADSYNC_T_SCHEDULES, connection, out, error);
}
