/* SPDX-License-Identifier: MIT */
/** @file sqlite.h
 * The storage on SQLite (libadsync-sqlite): one file, one machine, a few writers. */
#ifndef ADSYNC_SQLITE_H
#define ADSYNC_SQLITE_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup sqlite Storage on SQLite
 * WAL, synchronous FULL, STRICT tables, real columns, readable views (adsync_v_*). doc/storage.md says what it promises.
 * @{ */

/** Flags of adsync_sqlite_options. */
enum {
    ADSYNC_SQLITE_NO_DDL = 1,   /**< never create or alter anything: the host migrates with adsync_sqlite_ddl's text */
    ADSYNC_SQLITE_READ_ONLY = 2 /**< commits are refused */
};

/** How to open a file. */
typedef struct adsync_sqlite_options {
    uint32_t size;      /**< sizeof(adsync_sqlite_options) */
    uint32_t flags;     /**< ADSYNC_SQLITE_* */
    int64_t timeout_us; /**< how long to wait for another writer before #ADSYNC_E_RETRY; 0: 10 s */
    const char *prefix; /**< of table and view names, letters, digits and _; NULL: "adsync_" */
} adsync_sqlite_options;

/** Opens a file, creates what is missing and migrates an older schema in one transaction. A newer schema is used as far as this
 * library knows it, since columns and tables are only ever added. May be called inside the kit's `open`. [cb]
 * @param path a file; it is created if it is missing
 * @param options may be NULL
 * @param out gets the owned storage
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (path, prefix), #ADSYNC_E_UNSUPPORTED (a newer store that this library must not use, NO_DDL
 *         and the tables are older), #ADSYNC_E_FORMAT (not a database, or a damaged one), #ADSYNC_E_RETRY (busy), #ADSYNC_E_STORAGE,
 *         #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_sqlite_open(const char *path, const adsync_sqlite_options *options, adsync_storage **out, adsync_error **error);

/** The statements that bring a schema up to this library's, for hosts that migrate themselves.
 * @param from_schema the schema version that is there; 0: none
 * @param options may be NULL; its prefix counts
 * @param sql gets owned text
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a version that this library does not know), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_sqlite_ddl(uint32_t from_schema, const adsync_sqlite_options *options, adsync_bytes **sql, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
