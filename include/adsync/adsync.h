/* SPDX-License-Identifier: MIT */
/** @file adsync.h
 * All of libadsync. The adapters have their own: adsync/sqlite.h. */
#ifndef ADSYNC_H
#define ADSYNC_H

#include "base.h"
#include "connector.h"
#include "error.h"
#include "host.h"
#include "http.h"
#include "limiter.h"
#include "rows.h"
#include "storage.h"
#include "vault.h"

#endif
