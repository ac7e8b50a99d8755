/* SPDX-License-Identifier: MIT */
/** @file postgres.h
 * The storage on PostgreSQL (libadsync-postgres): any number of workers on any number of machines. */
#ifndef ADSYNC_POSTGRES_H
#define ADSYNC_POSTGRES_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup postgres Storage on PostgreSQL
 * Real columns in ordinary tables, PostgreSQL 15 or newer, a database in UTF8 (any locale). doc/storage.md says what a storage
 * promises; this one promises all of it, and surviving a power cut where the server has fsync and synchronous_commit on.
 *
 * - One handle is one connection to the primary, made again when it was lost, and one more for LISTEN once watch_fd is asked for.
 * - Rows are locked in the order of their keys, so writers queue and never wait in a circle. Who waits longer than the timeout gets
 *   #ADSYNC_E_RETRY.
 * - #ADSYNC_E_UNCERTAIN comes only where the connection was lost between COMMIT and its answer.
 * - A newer library's tables are used by an older one as far as it knows them: it leaves alone what it does not know.
 *
 * For people there are the views of adsync/sqlite.h, here with times as timestamptz, days as date, money and fractional counts as
 * numeric. Row-level security holds on every table and, since the views ask as their caller, in them too: but for the engine's role a
 * role that may SELECT sees the rows of the organisation whose number the setting adsync.org holds, and none where it is missing or
 * empty. A role that may run SQL may also set that setting: it guards against mistakes, not against hostile SQL.
 * @{ */

/** Flags of adsync_postgres_options. */
enum {
    ADSYNC_POSTGRES_NO_DDL = 1, /**< never create or alter tables: the host migrates with adsync_postgres_ddl's text. Partitions of tables
                                     that are in some are made all the same, where this role may */
    ADSYNC_POSTGRES_POOLED = 2, /**< a pooler of transactions stands between: no prepared statements, no settings of the session */
    ADSYNC_POSTGRES_PARTITIONS = 4 /**< where tables are made: figures in partitions by month, calls by day; where they are there and are
                                        not: #ADSYNC_E_UNSUPPORTED. Tables in partitions are used as such with or without this */
};

/** How to open a database. */
typedef struct adsync_postgres_options {
    uint32_t size;      /**< sizeof(adsync_postgres_options) */
    uint32_t flags;     /**< ADSYNC_POSTGRES_* */
    int64_t timeout_us; /**< how long to wait for another writer of a row before #ADSYNC_E_RETRY; 0: 10 s */
    const char *prefix; /**< of table and view names, 1 to 24 small letters, digits and _, a letter or _ first; NULL: "adsync_" */
    const char *engine; /**< the role that engines log in as, where another one makes the tables: DDL gives it what it needs */
    const char *reader; /**< a role of people and dashboards: DDL lets it SELECT from the views and what they show, nothing else */
    const char *listen; /**< connection string for LISTEN, past a pooler; NULL: the same, or with POOLED none, and watch_fd answers -1 */
} adsync_postgres_options;

/** Connects, creates what is missing and migrates an older schema in one transaction. A newer schema is used as far as this library
 * knows it, since columns and tables are only ever added. May be called inside the kit's `open`. [cb]
 * @param conninfo a connection string or URI of libpq; what it does not say comes from the environment (PGHOST ..)
 * @param options may be NULL
 * @param out gets the owned storage
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (conninfo, prefix), #ADSYNC_E_UNSUPPORTED (a newer store that this library must not use,
 *         NO_DDL and the tables are older, PARTITIONS and the tables are in none, a database that is not in UTF8, a server older
 *         than 15, a replica), #ADSYNC_E_FORMAT (a damaged schema), #ADSYNC_E_RETRY (busy), #ADSYNC_E_STORAGE (no connection, no
 *         rights), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_postgres_open(const char *conninfo, const adsync_postgres_options *options, adsync_storage **out,
                                   adsync_error **error);

/** The statements that bring a schema up to this library's, for hosts that migrate themselves. Run them in one transaction, as the role
 * that owns the tables. New indexes are built while writers wait.
 * @param from_schema the schema version that is there, as the table schema (with the prefix) says; 0: none
 * @param options may be NULL; prefix, engine, reader and PARTITIONS count
 * @param sql gets owned text
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a version that this library does not know), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_postgres_ddl(uint32_t from_schema, const adsync_postgres_options *options, adsync_bytes **sql, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
