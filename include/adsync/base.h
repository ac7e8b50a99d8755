/* SPDX-License-Identifier: MIT */
/** @file base.h
 * What every other header needs: the status type, the handle names, the version.
 *
 * Rules that hold for the whole public face:
 *
 * R1 Parameters stand in the order object, org, inputs, outputs, `error`. A failed call sets its outputs to NULL or 0.
 * R2 Text is UTF-8, ends in NUL and holds none. Bytes are a pointer and a size. Times and durations are int64 microseconds
 *    (`_us`, UTC). A day is the int 20261120. Money is int64 micro-units of the main unit of its currency.
 * R3 Inputs are copied before the call returns; the library keeps no pointer of the host's but the `user` of a callback table.
 * R4 A struct that may grow begins with `size` (its sizeof), has no padding, and zero means default in every member; a longer one
 *    is taken if its unknown tail is zero, else #ADSYNC_E_UNSUPPORTED. adsync_value, adsync_change, adsync_range and
 *    adsync_json_field are frozen.
 * R5 What comes out is opaque. *Owned*: you free it. *Borrowed*: good until the next call on that object, or, for arguments of a
 *    callback, until the callback returns. *Copied*: yours to forget. Handles keep alive what they use: free them in any order,
 *    freeing NULL is allowed.
 * R6 One handle, one thread at a time (it may move between threads); different handles run in parallel; never across fork.
 * R7 Callbacks run only inside an `adsync_*` call, on its thread, and answer a status, a number or nothing. Inside one, calls on
 *    the handle that is being served answer #ADSYNC_E_BUSY; functions marked [cb] always work. No exception, panic or longjmp may
 *    leave a callback. Tables of callbacks are given once.
 */
#ifndef ADSYNC_BASE_H
#define ADSYNC_BASE_H

#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup base Status, handles, version
 * @{ */

/** The stable class of an answer: 0 and above is fine, below 0 failed. adsync_error_name is the finer, growing name. */
typedef int32_t adsync_status;

/** Every value an #adsync_status can have. New ones are only ever added. */
enum {
    ADSYNC_OK = 0,             /**< done */
    ADSYNC_ROW = 1,            /**< adsync_rows_next: a row is there */
    ADSYNC_PENDING = 2,        /**< begun and stored, not ended within the time given */
    ADSYNC_IDLE = 3,           /**< nothing was due and nothing is in flight */
    ADSYNC_PARTIAL = 4,        /**< ended, some of it failed; the rows say what */
    ADSYNC_PASSTHROUGH = 5,    /**< only from a callback: act as if this slot were not set */
    ADSYNC_E_INVALID = -1,     /**< the caller's mistake: an argument, the order of calls, a bad row */
    ADSYNC_E_MEMORY = -2,      /**< no memory */
    ADSYNC_E_BUSY = -3,        /**< called from inside a callback that does not allow it */
    ADSYNC_E_NOT_FOUND = -4,   /**< there is no such thing */
    ADSYNC_E_CONFLICT = -5,    /**< a version moved: somebody else was first */
    ADSYNC_E_STORAGE = -6,     /**< the storage failed and nothing was applied */
    ADSYNC_E_UNCERTAIN = -7,   /**< the effect may or may not have happened: read before trying again */
    ADSYNC_E_AUTH = -8,        /**< a person has to connect again */
    ADSYNC_E_PERMISSION = -9,  /**< a person has to be given more rights */
    ADSYNC_E_LIMIT = -10,      /**< throttled; adsync_error_retry_after_us says for how long */
    ADSYNC_E_TRANSIENT = -11,  /**< network or platform trouble: later is fine */
    ADSYNC_E_REJECTED = -12,   /**< understood and refused */
    ADSYNC_E_FORMAT = -13,     /**< bytes that are not what they should be */
    ADSYNC_E_FORGED = -14,     /**< a signature, state or seal that does not verify */
    ADSYNC_E_UNSUPPORTED = -15, /**< not offered here */
    ADSYNC_E_CANCELLED = -16,  /**< somebody called it off */
    ADSYNC_E_HOST = -17,       /**< a callback's own failure on its way back to its caller; see adsync_error_host_code */
    ADSYNC_E_INTERNAL = -18,   /**< a fault in the library itself */
    ADSYNC_E_RETRY = -19,      /**< nothing happened; the same call may work at once */
    ADSYNC_E_TOO_BIG = -20     /**< more than the storage or a cap takes at once */
};

/** What went wrong; see error.h. */
typedef struct adsync_error adsync_error;
/** Rows that come out; see rows.h. */
typedef struct adsync_rows adsync_rows;
/** Where a callback puts its answer; see rows.h. */
typedef struct adsync_sink adsync_sink;
/** Bytes that come out; see rows.h. */
typedef struct adsync_bytes adsync_bytes;
/** A place to keep rows; see storage.h. */
typedef struct adsync_storage adsync_storage;

/** The version of the library that is loaded, for instance 10203 for 1.2.3. [cb]
 * @return the version as one number
 * @since 0.1 */
uint32_t adsync_version(void);

/** The name of a status, for instance "E_AUTH". [cb]
 * @param status any number
 * @return borrowed for good; "UNKNOWN" for a number that is none
 * @since 0.1 */
const char *adsync_status_name(adsync_status status);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
