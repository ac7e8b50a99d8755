/* SPDX-License-Identifier: MIT */
/** @file host.h
 * The effects that a host may own: both clocks, randomness, the log. */
#ifndef ADSYNC_HOST_H
#define ADSYNC_HOST_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup host Clocks, randomness, log
 * @{ */

/** How bad a log line is. */
enum {
    ADSYNC_LOG_ERROR = 0, /**< something failed that a person should see to */
    ADSYNC_LOG_WARN = 1,  /**< something is odd or about to fail */
    ADSYNC_LOG_INFO = 2,  /**< what happens, in few lines */
    ADSYNC_LOG_DEBUG = 3, /**< what happens, in many */
    ADSYNC_LOG_TRACE = 4  /**< every step */
};

/** The callbacks a host may set; a zeroed struct with `size` is the system's clocks and randomness and no log. Every slot runs on
 * the thread of the call that needs it, must not block, and must not call back into the handle it serves. */
typedef struct adsync_host {
    uint32_t size;  /**< sizeof(adsync_host) */
    uint32_t flags; /**< 0 */
    void *user;     /**< given back to every slot; must stay valid as long as the handles opened with it */
    /** Wall clock, microseconds UTC. MAY be NULL: the system's. */
    int64_t (*now_us)(void *user);
    /** A clock that never goes back, microseconds from any start. MAY be NULL: the system's. */
    int64_t (*monotonic_us)(void *user);
    /** Fills `out` with unpredictable bytes. MAY be NULL: the system's. A failing answer fails the call that needed it. */
    adsync_status (*random)(void *user, void *out, uint32_t size);
    /** One JSON object on one line; secrets never appear in it. MAY be NULL: no log. */
    void (*log)(void *user, uint32_t level, const char *json);
} adsync_host;

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
