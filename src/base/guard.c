/* SPDX-License-Identifier: MIT */
#include "base.h"

void adsync__guard_begin(adsync__guard *guard) { *guard = (adsync__guard){ .refs = 1 }; }

adsync_status adsync__guard_enter(adsync__guard *guard, const char *what, adsync_error **error)
{
    if (guard->entered) return adsync__fail(error, ADSYNC_E_BUSY, "busy", "%s was called from inside a callback of the same handle", what);
    guard->entered = 1;
    guard->refs++;
    return ADSYNC_OK;
}

bool adsync__guard_leave(adsync__guard *guard)
{
    guard->entered = 0;
    return adsync__guard_drop(guard);
}

void adsync__guard_keep(adsync__guard *guard) { guard->refs++; }
bool adsync__guard_drop(adsync__guard *guard) { return --guard->refs == 0; }
