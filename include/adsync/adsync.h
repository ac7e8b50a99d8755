/* SPDX-License-Identifier: MIT */
/** @file adsync.h
 * All of libadsync. The adapters have their own: adsync/sqlite.h. */
#ifndef ADSYNC_H
#define ADSYNC_H

#include "base.h"
#include "connection.h"
#include "connector.h"
#include "data.h"
#include "engine.h"
#include "error.h"
#include "health.h"
#include "host.h"
#include "http.h"
#include "json.h"
#include "limiter.h"
#include "org.h"
#include "rows.h"
#include "storage.h"
#include "sync.h"
#include "vault.h"

#endif
