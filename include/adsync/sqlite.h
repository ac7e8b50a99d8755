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
 * WAL, synchronous FULL, STRICT tables, real columns. doc/storage.md says what a storage promises; this one promises all of it, for
 * programs on one machine, on a local disk:
 *
 * - What was answered #ADSYNC_OK survives kill -9, and a power cut where the disk keeps what it says it synced.
 * - Writers take turns. Who waits draws ever longer pauses, up to the timeout, then gets #ADSYNC_E_RETRY. Readers wait for nobody.
 * - A full disk, a damaged page, a lost right to write fail a commit as a whole, with #ADSYNC_E_STORAGE. #ADSYNC_E_UNCERTAIN comes only
 *   where writing the end of a commit failed: a crash right after it may bring the commit back.
 * - A newer library's tables are used by an older one as far as it knows them: it leaves alone what it does not know.
 *
 * For people there are views, each with the host's name of the organisation, times as UTC text (2026-11-20T14:31:05.250000Z; a column
 * called_us is shown as called_at), days as 2026-11-20, money and fractional counts as exact decimal text, kinds as words, and nothing
 * that is sealed: adsync_v_connections, adsync_v_jobs, adsync_v_campaigns, adsync_v_adsets, adsync_v_ads, adsync_v_metrics,
 * adsync_v_coverage, adsync_v_api_calls. Sums are exact over the tables' own micro-units. Open the file for that with any SQLite from
 * 3.37 on, and leave the tables to the library.
 * @{ */

/** Flags of adsync_sqlite_options. */
enum {
    ADSYNC_SQLITE_NO_DDL = 1,   /**< never create or alter anything: the host migrates with adsync_sqlite_ddl's text */
    ADSYNC_SQLITE_READ_ONLY = 2 /**< commits are refused with #ADSYNC_E_UNSUPPORTED */
};

/** How to open a file. */
typedef struct adsync_sqlite_options {
    uint32_t size;      /**< sizeof(adsync_sqlite_options) */
    uint32_t flags;     /**< ADSYNC_SQLITE_* */
    int64_t timeout_us; /**< how long to wait for another writer before #ADSYNC_E_RETRY; 0: 10 s */
    const char *prefix; /**< of table and view names, 1 to 64 letters, digits and _, not beginning with sqlite_; NULL: "adsync_" */
} adsync_sqlite_options;

/** Opens a file, creates what is missing and migrates an older schema in one transaction. A newer schema is used as far as this
 * library knows it, since columns and tables are only ever added. May be called inside the kit's `open`. [cb]
 * @param path a file on a local disk; it is created if it is missing, its directory is not
 * @param options may be NULL
 * @param out gets the owned storage
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (path, prefix), #ADSYNC_E_UNSUPPORTED (a newer store that this library must not use, NO_DDL
 *         and the tables are older), #ADSYNC_E_FORMAT (not a database, or a damaged one), #ADSYNC_E_RETRY (busy), #ADSYNC_E_STORAGE,
 *         #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_sqlite_open(const char *path, const adsync_sqlite_options *options, adsync_storage **out, adsync_error **error);

/** The statements that bring a schema up to this library's, for hosts that migrate themselves. Run them in one transaction.
 * @param from_schema the schema version that is there, as the table schema (with the prefix) says; 0: none
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
