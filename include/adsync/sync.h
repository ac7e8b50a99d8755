/* SPDX-License-Identifier: MIT */
/** @file sync.h
 * Jobs: asking for a sync, waiting for it, looking at it. */
#ifndef ADSYNC_SYNC_H
#define ADSYNC_SYNC_H

#include "engine.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup sync Jobs
 * @{ */

/** Which data. */
enum {
    ADSYNC_DATA_CAMPAIGNS = 1, /**< the account, campaigns, ad sets, ads, creatives, audiences, keywords, lead forms */
    ADSYNC_DATA_METRICS = 2,   /**< figures by day */
    ADSYNC_DATA_ALL = 3,       /**< each class that the platform has */
    ADSYNC_DATA_POSTS = 4,     /**< posts */
    ADSYNC_DATA_LEADS = 5      /**< what people told in lead forms: looked for more often than all else, and never marked as removed */
};

/** The word for a class of data, for instance "posts". [cb]
 * @param data ADSYNC_DATA_*
 * @return borrowed for good; NULL for a number that is no class
 * @since 0.1 */
const char *adsync_data_name(uint32_t data);

/** How much. */
enum {
    ADSYNC_SYNC_INCREMENTAL = 1, /**< what changed; of figures the days that still move */
    ADSYNC_SYNC_FULL = 2,        /**< everything; what a complete list no longer holds is marked removed */
    ADSYNC_SYNC_ENTITY = 3,      /**< the named ones and their children */
    ADSYNC_SYNC_BACKFILL = 4     /**< the days before, newest first */
};

/** Flags of adsync_job_options. */
enum {
    ADSYNC_JOB_WEBHOOK = 1 /**< the host received a webhook and asks for what it told: kind "webhook-sync", by the priority of webhooks */
};

/** What to sync; zero: a manual incremental import of everything, now. */
typedef struct adsync_job_options {
    uint32_t size;     /**< sizeof(adsync_job_options) */
    uint32_t flags;    /**< ADSYNC_JOB_* */
    uint32_t data;     /**< ADSYNC_DATA_*; 0: all */
    uint32_t mode;     /**< ADSYNC_SYNC_*; 0: incremental */
    uint32_t days;     /**< how many days back; 0: by mode */
    uint32_t from_day; /**< or from this day, 20261120 */
    uint32_t to_day;   /**< to this one, both inclusive; 0: today */
    uint32_t priority; /**< ADSYNC_PRIORITY_*; 0: scheduled, backfill for a backfill, webhook for what a webhook told */
    uint32_t kind;     /**< mode entity: ADSYNC_KIND_* of the ids */
    uint32_t n_ids;    /**< mode entity: how many; above 200 they are asked for as an incremental sync */
    const char *const *ids; /**< mode entity: the platform's ids */
} adsync_job_options;

/** Asks for a sync. Whatever has not ended and brings all of that is the answer, instead of a second job: one that runs and was asked for
 * the same (data, mode, days), also where its engine died in the middle: adsync_job_wait then takes it over and goes on where it stood;
 * or one that is still queued, which is widened where it was asked for less. A job that runs and brings something else is left alone,
 * and a new one queued behind it. Named entities (#ADSYNC_SYNC_ENTITY) become one set with those of a job that waits, up to 200 of them;
 * above that it becomes an incremental sync. They are read by their ids, with the ad sets and ads below them: those that are known here by
 * their ids, and what is new by a list of what changed (of all, where the platform does not say or nothing was listed before); where a
 * platform gives no single one of that kind, what changed is listed instead and the connection says so. Days that are named (from_day,
 * to_day) are a wish of their own.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection what to sync
 * @param options may be NULL
 * @param job gets the job's number
 * @param error may be NULL
 * @return #ADSYNC_OK (a new job), #ADSYNC_PENDING (one that was asked for before), #ADSYNC_E_NOT_FOUND, #ADSYNC_E_INVALID,
 *         #ADSYNC_E_AUTH (the connection has to be connected again), #ADSYNC_E_BUSY,
 *         #ADSYNC_E_UNSUPPORTED (the platform has nothing of this class), or what the storage answered
 * @since 0.1 */
adsync_status adsync_job_enqueue(adsync_engine *engine, const char *org, int64_t connection, const adsync_job_options *options,
                                 int64_t *job, adsync_error **error);

/** Waits for a job: turns the engine, and claims exactly that job and its children if no living engine holds them. On an engine that
 * does not claim it only looks.
 * @param engine which
 * @param org the host's name of the organisation
 * @param job which
 * @param call may be NULL
 * @param out gets the job's owned row, as adsync_job_list; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PARTIAL, #ADSYNC_PENDING, #ADSYNC_E_NOT_FOUND, or the failure the job ended with
 * @since 0.1 */
adsync_status adsync_job_wait(adsync_engine *engine, const char *org, int64_t job, const adsync_call *call, adsync_rows **out,
                              adsync_error **error);

/** Jobs, newest first: JOB, CONNECTION, TYPE, DATA, MODE, STATE (queued, running, succeeded, partial, failed, cancelled), ATTEMPT,
 * PROGRESS, MESSAGE, ERROR, PARENT, the times.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param job 0: all
 * @param limit 0: 100
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND (the job that was named), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_job_list(adsync_engine *engine, const char *org, int64_t connection, int64_t job, uint32_t limit, adsync_rows **out,
                              adsync_error **error);

/** Calls a job off. One that waits is gone at once; one that runs ends with its next commit, by whoever runs it, on any machine, and
 * writes nothing after that: what it brought before stays. A job of all data takes its children along. It is not tried again.
 * @param engine which
 * @param org the host's name of the organisation
 * @param job which
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_INVALID (it has ended), #ADSYNC_E_CONFLICT (it moves too fast: try again),
 *         #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_job_cancel(adsync_engine *engine, const char *org, int64_t job, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
