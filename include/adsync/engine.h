/* SPDX-License-Identifier: MIT */
/** @file engine.h
 * The loop that a host turns, and what belongs to it: options, the host's registrations at platforms, events, numbers. */
#ifndef ADSYNC_ENGINE_H
#define ADSYNC_ENGINE_H

#include "base.h"
#include "connector.h"
#include "host.h"
#include "http.h"
#include "vault.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup engine Engine
 * An engine claims work, sends what limits allow, digests what comes and commits it. One engine is used by one thread at a time; more
 * threads, processes and machines are more engines, which meet only in the storage.
 * @{ */

/** An engine. */
typedef struct adsync_engine adsync_engine;

/** Flags of adsync_engine_options. */
enum {
    ADSYNC_ENGINE_NO_PLATFORMS = 1, /**< the built-in platforms are not registered */
    ADSYNC_ENGINE_NO_CLAIM = 2      /**< serves calls, takes no jobs: a web process */
};

/** How an engine is opened. */
typedef struct adsync_engine_options {
    uint32_t size;               /**< sizeof(adsync_engine_options) */
    uint32_t flags;              /**< ADSYNC_ENGINE_* */
    uint32_t max_in_flight;      /**< exchanges at once; 0: 500 */
    uint32_t max_claim;          /**< jobs at once; 0: 200 */
    int64_t lease_us;            /**< how long it may be silent before others take over its work; 0: 30 s */
    int64_t poll_us;             /**< how often an idle engine looks for work; 0: 1 s */
    int64_t max_turn_us;         /**< a turn stops digesting after this, and the next goes on; 0: 50 ms */
    adsync_storage *storage;     /**< MUST; stays yours to free, at any time */
    adsync_keys *keys;           /**< stays yours to free; NULL: nothing can be sealed, so nothing can be connected */
    adsync_transport *transport; /**< stays yours to free; NULL: libcurl */
    const adsync_host *host;     /**< NULL: the system's clocks and randomness, no log */
    const char *worker;          /**< its name in leases and logs; NULL: made up */
    int32_t keep_calls_days;     /**< calls to platforms (the audit) are dropped after so many days; 0: 90, -1: never */
    int32_t keep_jobs_days;      /**< jobs are, so long after their end; 0: 90, -1: never. One that has not ended never is */
    int32_t keep_revisions_days; /**< what figures said before they changed is, so long after that was found; 0: 400, -1: never */
    uint32_t reserved;           /**< 0 */
} adsync_engine_options;

/** Opens an engine. Nothing is started: it works while it is called.
 * @param options how
 * @param out gets the owned engine
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_MEMORY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_engine_open(const adsync_engine_options *options, adsync_engine **out, adsync_error **error);

/** One turn: claims due work, sends what limits allow, digests what came, commits it.
 * @param engine which
 * @param max_wait_us how long it may wait for something to happen; 0: it never waits for the network
 * @param error may be NULL
 * @return #ADSYNC_OK; #ADSYNC_IDLE: nothing is due and nothing is in flight; #ADSYNC_E_BUSY, #ADSYNC_E_STORAGE: the turn's work is
 *         kept and tried again in the next
 * @since 0.1 */
adsync_status adsync_engine_step(adsync_engine *engine, int64_t max_wait_us, adsync_error **error);

/** Turns until adsync_engine_stop.
 * @param engine which
 * @param error may be NULL
 * @return #ADSYNC_OK, or the failure that ended it
 * @since 0.1 */
adsync_status adsync_engine_run(adsync_engine *engine, adsync_error **error);

/** Turns until nothing is due.
 * @param engine which
 * @param max_us at most so long
 * @param error may be NULL
 * @return #ADSYNC_IDLE: nothing is left that is due; #ADSYNC_PENDING: the time is over; or a failure
 * @since 0.1 */
adsync_status adsync_engine_drain(adsync_engine *engine, int64_t max_us, adsync_error **error);

/** One descriptor for a foreign event loop: call step when it is readable. Where the storage can tell of work that others made
 * (PostgreSQL, memory), that makes it readable as well.
 * @param engine which
 * @return the descriptor; -1: the transport has none
 * @since 0.1 */
int32_t adsync_engine_fd(adsync_engine *engine);

/** When a foreign event loop has to call step at the latest.
 * @param engine which
 * @return microseconds from now, 0: at once, -1: not before the descriptor is readable
 * @since 0.1 */
int64_t adsync_engine_timeout_us(adsync_engine *engine);

/** Makes the running or next step return soon. From any thread, and from signal handlers. [cb]
 * @param engine which
 * @since 0.1 */
void adsync_engine_wake(adsync_engine *engine);

/** Makes adsync_engine_run return after its turn. From any thread, and from signal handlers. [cb]
 * @param engine which
 * @since 0.1 */
void adsync_engine_stop(adsync_engine *engine);

/** What happened in this engine since it was last asked: rows of #ADSYNC_C_TYPE, #ADSYNC_C_ORG, the ids, #ADSYNC_C_STATUS,
 * #ADSYNC_C_MESSAGE. TYPE "job": one ended. TYPE "warning": an answer that went well says what a person should know, STATUS is its code
 * ("version": the API's version is about to end); once for each connection; it is also the MESSAGE of the connection after its next
 * sync. At most 1,000 are kept; older ones are dropped.
 * @param engine which
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_engine_events(adsync_engine *engine, adsync_rows **out, adsync_error **error);

/** Gives back what it holds, if the storage lets it, and frees it; else its leases run out.
 * @param engine may be NULL
 * @since 0.1 */
void adsync_engine_free(adsync_engine *engine);

/** The host's registration at a platform, besides id and secret. */
typedef struct adsync_app_options {
    uint32_t size;               /**< sizeof(adsync_app_options) */
    uint32_t flags;              /**< 0 */
    const char *name;            /**< several apps per platform; NULL: "default" */
    const char *redirect_uri;    /**< where the platform sends the browser back to */
    const char *scopes;          /**< separated by blanks; NULL: the connector's */
    const char *api_version;     /**< NULL: the connector's */
    const char *developer_token; /**< Google Ads */
    const char *const *settings; /**< what the platform has besides: name, value, name, value, .., NULL; may be NULL. Not for secrets.
                                  * Meta: "config_id" (a login configuration that says what is asked for, instead of scopes), "auth_type"
                                  * ("rerequest"), "conversion_action" (the action type that counts as a conversion), "insights_async"
                                  * ("1": reports always run in the background) */
} adsync_app_options;

/** Registers the host's app at a platform. Secrets are kept in locked memory and never stored.
 * @param engine which
 * @param platform "meta", ..
 * @param client_id the app's id; may be NULL where a ready token is all there is
 * @param client_secret the app's secret; may be NULL likewise
 * @param options may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND (no such platform), #ADSYNC_E_CONFLICT (there is one of that name), #ADSYNC_E_INVALID,
 *         #ADSYNC_E_UNSUPPORTED (also a setting that the platform does not have), #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_app_add(adsync_engine *engine, const char *platform, const char *client_id, const char *client_secret,
                             const adsync_app_options *options, adsync_error **error);

/** Registers a connector of the host's own.
 * @param engine which
 * @param platform its name, at most 32 bytes
 * @param ops copied
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_CONFLICT (there is one of that name), #ADSYNC_E_INVALID, #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_BUSY,
 *         #ADSYNC_E_MEMORY, or what `describe` answered
 * @since 0.1 */
adsync_status adsync_connector_register(adsync_engine *engine, const char *platform, const adsync_connector_ops *ops, adsync_error **error);

/** Options of every call that a person waits for. It turns the engine and claims no jobs; callbacks may run. */
typedef struct adsync_call {
    uint32_t size;     /**< sizeof(adsync_call) */
    uint32_t flags;    /**< 0 */
    int64_t wait_us;   /**< 0: 30 s; -1: return #ADSYNC_PENDING at once */
    const char *actor; /**< who asks, for the audit; may be NULL */
} adsync_call;

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
