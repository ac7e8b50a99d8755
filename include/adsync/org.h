/* SPDX-License-Identifier: MIT */
/** @file org.h
 * Organisations: they begin with their first consent, and end with adsync_org_erase. */
#ifndef ADSYNC_ORG_H
#define ADSYNC_ORG_H

#include "engine.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup org Organisations
 * @{ */

/** Erases an organisation: everything that is stored of it, for good. Nothing is said to the platforms: give consents back before
 * (adsync_connection_disconnect with #ADSYNC_DISCONNECT_REVOKE) where that is wanted.
 *
 * From the moment it is marked, every call that names the organisation answers #ADSYNC_E_NOT_FOUND ("org.deleting"), no job is made or
 * taken, and what runs ends with the job's error "org.deleting". Then its data keys are forgotten, so that no secret can be read any
 * more, and its rows go in lots of a few hundred. Whoever was asleep meanwhile, on any machine, brings nothing back. At last a mark
 * stays: the name with its number and the state "erased", and beside it, in the table keys, the mark that the keys were forgotten.
 * The number is given to nobody again. The name may be used again, and is then another organisation's, with another number.
 *
 * It may be asked for any number of times, and also after a crash: each goes on where the rows say that it stands. Workers finish what
 * nobody waits for.
 * @param engine which; it needs no keys
 * @param org the host's name of the organisation
 * @param call may be NULL
 * @param out gets one owned row: STATE ("deleting", "erased"), NAME (the table under way), PROGRESS; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK (erased, now or before), #ADSYNC_PENDING (the wait ended first; workers go on), #ADSYNC_E_NOT_FOUND (there never was
 *         one of that name), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered: ask again
 * @since 0.1 */
adsync_status adsync_org_erase(adsync_engine *engine, const char *org, const adsync_call *call, adsync_rows **out, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
