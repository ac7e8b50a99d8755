/* SPDX-License-Identifier: MIT */
/** @file error.h
 * What went wrong, as an object that a call hands out. There is no per-thread "last error". */
#ifndef ADSYNC_ERROR_H
#define ADSYNC_ERROR_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup error Errors
 * Start with `adsync_error *error = NULL` and pass `&error` to any number of calls: a failing call replaces (and frees) what is
 * there, a call that works leaves it alone. Free it once at the end. All getters accept NULL, which is "no error".
 * @{ */

/** The class of the error. [cb]
 * @param error may be NULL
 * @return its status, #ADSYNC_OK for NULL
 * @since 0.1 */
adsync_status adsync_error_status(const adsync_error *error);

/** The finer name, for instance "storage.conflict". Names are only ever added; the class is what code should branch on. [cb]
 * @param error may be NULL
 * @return borrowed until the error is freed or replaced; "" for NULL
 * @since 0.1 */
const char *adsync_error_name(const adsync_error *error);

/** One line that a person understands; it never holds a secret. [cb]
 * @param error may be NULL
 * @return borrowed until the error is freed or replaced; "" for NULL
 * @since 0.1 */
const char *adsync_error_message(const adsync_error *error);

/** The number that a failing callback left with adsync_error_set, so that a binding finds its exception again. [cb]
 * @param error may be NULL
 * @return the number, 0 where none was left
 * @since 0.1 */
int64_t adsync_error_host_code(const adsync_error *error);

/** Sets an error from inside a callback (or for a host's own use) and gives the status back, so that
 * `return adsync_error_set(error, ADSYNC_E_HOST, "the database is away", 7);` is a whole failure path. [cb]
 * @param error where to put it: replaced and freed if something is there; NULL is allowed
 * @param status a failing status
 * @param message copied; made one line of valid text, cut at 500 bytes; NULL for the status' own words
 * @param host_code kept for adsync_error_host_code
 * @return `status`; #ADSYNC_E_INTERNAL where that was no failing one
 * @since 0.1 */
adsync_status adsync_error_set(adsync_error **error, adsync_status status, const char *message, int64_t host_code);

/** Frees an error. [cb]
 * @param error may be NULL
 * @since 0.1 */
void adsync_error_free(adsync_error *error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
