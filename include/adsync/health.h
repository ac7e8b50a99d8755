/* SPDX-License-Identifier: MIT */
/** @file health.h
 * How syncing goes: what each connection does and needs, and what became of the work of some time. Reads only; no platform is called. */
#ifndef ADSYNC_HEALTH_H
#define ADSYNC_HEALTH_H

#include "engine.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup health Health
 * @{ */

/** How connections are: CONNECTION, PLATFORM, ACCOUNT_ID, NAME, STATE, ADVICE (what a person has to do, null: nothing), MESSAGE (why),
 * JOB and PROGRESS (of what runs or waits), RUN_AFTER_US (until when that waits), LAST_SYNC_US, LAST_STATUS, NEXT_SYNC_US,
 * REQUESTED_US (when somebody last asked for a sync). STATE is the first of these that holds: "disconnected"; "reconnect", a person has to
 * give the consent again; "stuck", its worker is silent or no worker took what is due; "syncing"; "pending", due or about to be; "waiting",
 * for a limit or before another try; "failed", "partial", "success", how the last sync ended; "never".
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_health_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error);

/** How many connections of an organisation are in which state: STATE, ROWS; states that none is in are left out.
 * @param engine which
 * @param org the host's name of the organisation
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_health_count(adsync_engine *engine, const char *org, adsync_rows **out, adsync_error **error);

/** What became of the work of some time: TYPE (a job's, or "call" for calls to platforms), STATE (a job's; of calls succeeded or failed),
 * ROWS (how many), DURATION_US (of one, on average; of jobs that ended), LONGEST_US. Jobs count by when they were asked for.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param from_us the first instant
 * @param to_us the first one after it; 0: now
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_health_statistics(adsync_engine *engine, const char *org, int64_t connection, int64_t from_us, int64_t to_us,
                                       adsync_rows **out, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
