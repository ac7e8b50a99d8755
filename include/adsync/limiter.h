/* SPDX-License-Identifier: MIT */
/** @file limiter.h
 * Staying within what a platform allows, with all processes together. Works alone: a storage is all it needs. doc/limits.md is the
 * chapter to it. */
#ifndef ADSYNC_LIMITER_H
#define ADSYNC_LIMITER_H

#include "base.h"
#include "host.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup limiter Limits
 * A key names what a platform counts together, for instance "x/app1/grant:7/writes". It has one or more windows: so many permits in so
 * long. Before a request, take; if told to wait, come back then; after it, settle; what the answer said about limits, learn.
 * @snippet limiter.c limiter
 * @{ */

/** A limiter: one per engine, process or thread; they meet in the storage. */
typedef struct adsync_limiter adsync_limiter;

/** How a window lies in time. */
enum {
    ADSYNC_WINDOW_ROLL = 1,    /**< sliding: no stretch of `length_us` holds more than `permits` */
    ADSYNC_WINDOW_FIXED = 2,   /**< one after the other, the boundaries as the platform's reset times say (learned; until then as ROLL,
                                    and always as ROLL where `length_us` is under 60 s) */
    ADSYNC_WINDOW_UTC_DAY = 3, /**< from midnight to midnight UTC; `length_us` is 0 or a day */
    ADSYNC_WINDOW_HELD = 4,    /**< at most `permits` at once, given back by adsync_limiter_settle. `length_us` is how long a job may
                                    go on after its process died: so long its permit stays taken */
    ADSYNC_WINDOW_LEARNED = 5  /**< no number is known: free, until readings say otherwise. permits, length_us and burst are 0 */
};

/** How urgent. The later ones leave a reserve to the earlier ones. */
enum {
    ADSYNC_PRIORITY_INTERACTIVE = 1, /**< a person waits */
    ADSYNC_PRIORITY_WEBHOOK = 2,     /**< something just happened */
    ADSYNC_PRIORITY_SCHEDULED = 3,   /**< the usual round */
    ADSYNC_PRIORITY_BACKFILL = 4     /**< history */
};

/** What a platform's answer says about a limit. */
enum {
    ADSYNC_READING_USED_PERCENT = 1, /**< value: percent used, as the platform sees it; from 75 it slows down, from 100 it stops until
                                          reset_us (0: for 60 s) */
    ADSYNC_READING_REMAINING = 2,    /**< value: permits left until reset_us */
    ADSYNC_READING_BLOCKED = 3,      /**< nothing until reset_us, or for `value` microseconds from now; the later of both */
    ADSYNC_READING_REFUSED = 4       /**< refused without a word on how long; value is 0. Silence for 1, 2, 4 s, then 5 minutes */
};

/** For adsync_limiter_settle. */
enum {
    ADSYNC_SETTLE_AS_TAKEN = -1 /**< the cost was what was taken */
};

/** One window of a key. */
typedef struct adsync_window {
    uint32_t size;     /**< sizeof(adsync_window) */
    uint32_t align;    /**< ADSYNC_WINDOW_* */
    int64_t length_us; /**< 1 ms to 366 days */
    uint32_t permits;  /**< 1 to 2^31-1 */
    uint32_t burst;    /**< at most so many in a row, then evenly: no more than `burst` in any length_us x burst / permits;
                            0: all at once is fine. Not for HELD and LEARNED */
} adsync_window;

/** Opens a limiter.
 * @param storage where limits are shared; kept alive
 * @param host clocks and log; NULL: the system's and none
 * @param out gets the owned limiter
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_HOST (no randomness), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_limiter_open(adsync_storage *storage, const adsync_host *host, adsync_limiter **out, adsync_error **error);

/** Adds a window to a key, or replaces it: a window is known by its align and length_us, and the same pair again brings new permits
 * and burst. Every process says it for itself at its start; nothing is stored. At most 8 windows per key, a burst counts as one.
 * @param limiter which
 * @param key 1 to 400 bytes of UTF-8
 * @param window copied
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a key or number out of range, LEARNED beside other windows), #ADSYNC_E_TOO_BIG (more than 8
 *         windows), #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_limiter_window(adsync_limiter *limiter, const char *key, const adsync_window *window, adsync_error **error);

/** Takes permits from all windows of all keys, or none. The permits are good for the request that follows at once: one that was not
 * sent within a second is settled with 0 and taken again.
 * @param limiter which
 * @param org for whom; orgs behind one key get their share each
 * @param keys n of them, no two equal; each was given a window
 * @param units of each key, 0 (only blocks count) to 2^31-1; NULL: 1 each
 * @param n 1 to 8
 * @param priority ADSYNC_PRIORITY_*
 * @param ticket gets the ticket to settle, above 0 and below 2^53; 0: nothing was taken
 * @param wait_us gets 0: go; else nothing was taken: ask again after so long. The answer is this org's turn: who comes back when told
 *        is not overtaken by one that asks more often
 * @param error may be NULL
 * @return #ADSYNC_OK also where it says to wait; #ADSYNC_E_INVALID (also units that no window can ever give), #ADSYNC_E_NOT_FOUND (a
 *         key without windows), #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY; #ADSYNC_E_FORMAT or #ADSYNC_E_UNSUPPORTED (a row that cannot be
 *         read, or only by a newer library); or what the storage answered. A failure is never a permit
 * @since 0.1 */
adsync_status adsync_limiter_take(adsync_limiter *limiter, const char *org, const char *const *keys, const uint32_t *units, uint32_t n,
                                  uint32_t priority, int64_t *ticket, int64_t *wait_us, adsync_error **error);

/** Ends a ticket: tells the true cost, gives held permits back. Tickets with held permits stay until this; of the others the last
 * 32,768 are remembered, a forgotten one counts as taken.
 * @param limiter which
 * @param ticket of adsync_limiter_take
 * @param units_used what the request cost on the last of its keys, 0 to 2^31-1; #ADSYNC_SETTLE_AS_TAKEN: what was taken; 0: it was
 *        not sent, all keys get back what they can
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_NOT_FOUND (settled already, forgotten, or none), #ADSYNC_E_BUSY
 * @since 0.1 */
adsync_status adsync_limiter_settle(adsync_limiter *limiter, int64_t ticket, int64_t units_used, adsync_error **error);

/** Learns what an answer said. It tightens at once, in this handle and, through the storage, in the others at their next lease; it
 * relaxes by the rules of doc/limits.md.
 * @param limiter which
 * @param key was given a window
 * @param reading ADSYNC_READING_*
 * @param value see there; 0 or more
 * @param reset_us when it is over, microseconds UTC; 0: not said. Beyond 35 days it counts as 35 days, in the past as not said
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_BUSY, or what the storage answered: the reading holds in this
 *         handle in any case, and is told to the others by a later call
 * @since 0.1 */
adsync_status adsync_limiter_learn(adsync_limiter *limiter, const char *key, uint32_t reading, int64_t value, int64_t reset_us,
                                   adsync_error **error);

/** Sees to what is due: gives back permits that were leased and not used, keeps held ones alive, tells what was learned. Without it
 * all stays safe, only less is used; a process that holds permits for long calls it at least every 30 s.
 * @param limiter which
 * @param next_us gets how long there is nothing to do, at most 60 s; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered (it is tried again later)
 * @since 0.1 */
adsync_status adsync_limiter_tend(adsync_limiter *limiter, int64_t *next_us, adsync_error **error);

/** What is stored about limits, by all processes: a row per window of a key, #ADSYNC_C_KEY, #ADSYNC_C_WINDOW ("roll 60000000 us"),
 * #ADSYNC_C_PERMITS, #ADSYNC_C_USED (spent or leased in the window that ends now), #ADSYNC_C_LEFT (of those that the pace allows;
 * null: nobody knows), #ADSYNC_C_PACE (parts of 1,000 of the permits in use), #ADSYNC_C_UNTIL_US (blocked, or used up, until then;
 * null: something is to be had now, or whenever a held permit comes back), #ADSYNC_C_UPDATED_US.
 * @param limiter which
 * @param after the last key of the page before; NULL: from the start
 * @param max how many keys, 1 to 1,000
 * @param out gets the owned rows, ordered by key
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, #ADSYNC_E_MEMORY, #ADSYNC_E_FORMAT, or what the storage answered
 * @since 0.1 */
adsync_status adsync_limiter_list(adsync_limiter *limiter, const char *after, uint32_t max, adsync_rows **out, adsync_error **error);

/** Gives back what was leased and not used, and frees the limiter. Held permits count as those of a dead process: until their window's
 * length has passed.
 * @param limiter may be NULL
 * @since 0.1 */
void adsync_limiter_free(adsync_limiter *limiter);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
