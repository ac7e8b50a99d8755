/* SPDX-License-Identifier: MIT */
/** @file storage.h
 * Where rows are kept: the table of callbacks that makes a storage, the tables it is asked to keep, the checked way to use one,
 * and the kit that proves one. doc/storage.md is the contract in words. */
#ifndef ADSYNC_STORAGE_H
#define ADSYNC_STORAGE_H

#include "base.h"
#include "rows.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup tables Tables
 * What is stored, as functions, so that there is nothing to lay out. Columns and indexes count from 0, tables from 1; index 0 is the
 * key, whose columns are the table's first ones. Tables and columns are only ever added; each says since which schema version.
 * @{ */

/** The tables. A star marks those whose key no organisation leads. */
enum {
    ADSYNC_T_META = 1,          /**< * numbers and texts of the store itself */
    ADSYNC_T_ORGS = 2,          /**< * the host's name of an organisation -> its number */
    ADSYNC_T_ENGINES = 3,       /**< * engines at work */
    ADSYNC_T_LIMITS = 4,        /**< * what is left of each limit */
    ADSYNC_T_OAUTH_STATES = 5,  /**< * consents under way */
    ADSYNC_T_GRANTS = 6,        /**< consents */
    ADSYNC_T_SECRETS = 7,       /**< sealed tokens */
    ADSYNC_T_KEYS = 8,          /**< wrapped data keys */
    ADSYNC_T_CONNECTIONS = 9,   /**< ad accounts */
    ADSYNC_T_QUEUE = 10,        /**< work that waits, one slot per connection and kind of work */
    ADSYNC_T_LANES = 11,        /**< work that is owned: engine and cursor */
    ADSYNC_T_JOBS = 12,         /**< jobs and how they ended */
    ADSYNC_T_ENTITIES = 13,     /**< campaigns, ads and the rest */
    ADSYNC_T_METRICS = 14,      /**< figures by day */
    ADSYNC_T_COVERAGE = 15,     /**< which days are here, and how final */
    ADSYNC_T_API_CALLS = 16,    /**< every call to a platform */
    ADSYNC_T_SEEN = 17,         /**< what a full list saw */
    ADSYNC_T_SCHEDULES = 18,    /**< when each connection's syncs are due */
    ADSYNC_T_REVISIONS = 19     /**< what figures said before a later pull changed them */
};

/** The version of the tables this library knows; it grows with every table or column that is added. [cb]
 * @return the version, from 1
 * @since 0.1 */
uint32_t adsync_schema_version(void);

/** How many tables there are; they are numbered 1 to that. [cb]
 * @return the number
 * @since 0.1 */
uint32_t adsync_table_count(void);

/** A table's name, for instance "metrics". [cb]
 * @param table ADSYNC_T_*
 * @return borrowed for good; NULL for a number that is no table
 * @since 0.1 */
const char *adsync_table_name(uint32_t table);

/** The schema version that brought the table. [cb]
 * @param table ADSYNC_T_*
 * @return the version; 0 for a number that is no table
 * @since 0.1 */
uint32_t adsync_table_since(uint32_t table);

/** Whether an organisation leads the table's key. [cb]
 * @param table ADSYNC_T_*
 * @return 1: column 0 is the organisation's number; 0: a system table, or none
 * @since 0.1 */
uint32_t adsync_table_has_org(uint32_t table);

/** How many columns a table has. [cb]
 * @param table ADSYNC_T_*
 * @return the number; 0 for a number that is no table
 * @since 0.1 */
uint32_t adsync_table_width(uint32_t table);

/** Which column stands where. [cb]
 * @param table ADSYNC_T_*
 * @param column position, from 0
 * @return ADSYNC_C_*, whose name is adsync_column_name's; 0 where there is none
 * @since 0.1 */
uint32_t adsync_table_column(uint32_t table, uint32_t column);

/** What a column holds, unless it is null. Key columns are never null. [cb]
 * @param table ADSYNC_T_*
 * @param column position, from 0
 * @return ADSYNC_VALUE_INT, _TEXT or _BYTES; ADSYNC_VALUE_NULL where there is none
 * @since 0.1 */
uint32_t adsync_table_column_kind(uint32_t table, uint32_t column);

/** The most bytes a column holds, for VARCHAR(n) keys. [cb]
 * @param table ADSYNC_T_*
 * @param column position, from 0
 * @return bytes; 0: no limit of its own
 * @since 0.1 */
uint32_t adsync_table_column_max(uint32_t table, uint32_t column);

/** The schema version that brought the column. [cb]
 * @param table ADSYNC_T_*
 * @param column position, from 0
 * @return the version; 0 where there is none
 * @since 0.1 */
uint32_t adsync_table_column_since(uint32_t table, uint32_t column);

/** Whether a column holds what only the vault opens. [cb]
 * @param table ADSYNC_T_*
 * @param column position, from 0
 * @return 1: sealed bytes
 * @since 0.1 */
uint32_t adsync_table_column_sealed(uint32_t table, uint32_t column);

/** How many indexes a table has; the key counts, as index 0. [cb]
 * @param table ADSYNC_T_*
 * @return the number; 0 for a number that is no table
 * @since 0.1 */
uint32_t adsync_table_indexes(uint32_t table);

/** An index' name, for instance "by_account"; "key" for index 0. [cb]
 * @param table ADSYNC_T_*
 * @param index from 0
 * @return borrowed for good; NULL where there is none
 * @since 0.1 */
const char *adsync_index_name(uint32_t table, uint32_t index);

/** How many columns an index names. It goes on with the key's columns that it lacks. [cb]
 * @param table ADSYNC_T_*
 * @param index from 0
 * @return the number; 0 where there is none
 * @since 0.1 */
uint32_t adsync_index_width(uint32_t table, uint32_t index);

/** A column of an index. [cb]
 * @param table ADSYNC_T_*
 * @param index from 0
 * @param i from 0; beyond the index' width come the key's columns that it lacks
 * @return the column's position in the table; UINT32_MAX where there is none
 * @since 0.1 */
uint32_t adsync_index_column(uint32_t table, uint32_t index, uint32_t i);

/** Whether an index goes over all organisations; only a scan flagged #ADSYNC_RANGE_ALL_ORGS may use it. [cb]
 * @param table ADSYNC_T_*
 * @param index from 0
 * @return 1 if it does
 * @since 0.1 */
uint32_t adsync_index_all_orgs(uint32_t table, uint32_t index);

/** The schema version that brought the index. [cb]
 * @param table ADSYNC_T_*
 * @param index from 0
 * @return the version; 0 where there is none
 * @since 0.1 */
uint32_t adsync_index_since(uint32_t table, uint32_t index);

/** @} */

/** @defgroup storage A storage
 * @{ */

/** What a change does. */
enum {
    ADSYNC_CHANGE_PUT = 1,    /**< write the row, or its leading columns */
    ADSYNC_CHANGE_DELETE = 2, /**< remove the row */
    ADSYNC_CHANGE_CHECK = 3   /**< only demand that the expected version stands */
};

/** Expected versions that are no version. */
enum {
    ADSYNC_EXPECT_ANY = -1,  /**< whatever is there; for puts and deletes */
    ADSYNC_EXPECT_ABSENT = 0 /**< no row may be there; for puts only */
};

/** Flags of a range. */
enum {
    ADSYNC_RANGE_DESCENDING = 1, /**< from the upper end down */
    ADSYNC_RANGE_EXCLUSIVE = 2,  /**< leave out rows equal to the bound where the scan starts */
    ADSYNC_RANGE_ALL_ORGS = 4    /**< an index over all organisations is meant; storages ignore it */
};

/** One change. Frozen. Versions are random numbers in 1 .. 2^63-1 that the library draws for each put; a storage stores and
 * compares them, it never counts. */
typedef struct adsync_change {
    uint32_t op;                /**< ADSYNC_CHANGE_* */
    uint32_t table;             /**< ADSYNC_T_* */
    int64_t expected;           /**< ADSYNC_EXPECT_*, or the version that must stand */
    int64_t version;            /**< put: the row's new version; given to adsync_storage_commit as 0 it is drawn */
    const adsync_value *values; /**< the key's columns first; put: the first n_values columns */
    uint32_t n_values;          /**< put: a row's later columns keep their value (new row: null), so that an older library never
                                     wipes what a newer one added; delete and check: the key's width */
    uint32_t reserved;          /**< 0 */
} adsync_change;

/** One stretch of an index. Frozen. */
typedef struct adsync_range {
    uint32_t table;            /**< ADSYNC_T_* */
    uint32_t index;            /**< 0: the key. A row with a null in a column of the index is not in it */
    uint32_t flags;            /**< ADSYNC_RANGE_* */
    uint32_t limit;            /**< at most so many rows; at least 1 */
    uint32_t columns;          /**< how many leading columns are wanted; 0: all. A storage is asked for the key's at least */
    uint32_t n_lower;          /**< values in lower; 0: open */
    uint32_t n_upper;          /**< values in upper; 0: open */
    uint32_t reserved;         /**< 0 */
    const adsync_value *lower; /**< a prefix of the index' columns (and of the key's that it lacks), compared over its own length:
                                    numbers by value, all else as bytes */
    const adsync_value *upper; /**< likewise */
} adsync_range;

/** What a storage cannot promise; the kit reports it as not promised instead of broken. */
enum {
    ADSYNC_STORAGE_VOLATILE = 1,      /**< does not outlive the process */
    ADSYNC_STORAGE_ONE_PROCESS = 2,   /**< other processes do not see it */
    ADSYNC_STORAGE_NOT_POWER_SAFE = 4 /**< survives kill -9, not the plug */
};

/** A storage: read, scan, commit and close MUST be set, the others MAY be NULL. Slots run on the thread of the call, may block, and
 * may call what is marked [cb]. Each may fail with #ADSYNC_E_STORAGE (nothing applied), #ADSYNC_E_HOST (an exception of a
 * binding's host; nothing applied), #ADSYNC_E_MEMORY, #ADSYNC_E_UNSUPPORTED or #ADSYNC_E_RETRY; answers not listed here or at the
 * slot count as #ADSYNC_E_STORAGE. */
typedef struct adsync_storage_ops {
    uint32_t size;        /**< sizeof(adsync_storage_ops) */
    uint32_t flags;       /**< ADSYNC_STORAGE_*: what it cannot promise */
    uint32_t max_changes; /**< of one commit; 0: 2,000; at least 100 */
    uint32_t max_bytes;   /**< of one commit, the sum of value sizes with 8 for a number; 0: 4 MiB; at least 2 MiB */
    void *user;           /**< given back to every slot */
    /** MUST. Answers into the sink the rows that exist of `n_keys` keys, in any order. `keys` holds n_keys times
     * adsync_index_width(table, 0) values. `columns`: how many leading ones are wanted (more are fine), at least the key's. */
    adsync_status (*read)(void *user, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys, adsync_sink *sink,
                          adsync_error **error);
    /** MUST. Answers the rows of a range into the sink, in order, at most range->limit: committed ones only, each untorn. */
    adsync_status (*scan)(void *user, const adsync_range *range, adsync_sink *sink, adsync_error **error);
    /** MUST. All or nothing. Changes come sorted by (table, key bytes), one per key. #ADSYNC_OK: durable and visible to every later
     * read on every handle. #ADSYNC_E_CONFLICT: adsync_sink_conflict was called for EVERY change that does not hold.
     * #ADSYNC_E_RETRY: nothing applied, try again (deadlock, busy). #ADSYNC_E_UNCERTAIN: the answer was lost; the library looks
     * for its own versions, and where it finds none submits the same commit again if that cannot hold twice. #ADSYNC_E_TOO_BIG:
     * nothing applied, more than it takes. */
    adsync_status (*commit)(void *user, const adsync_change *changes, uint32_t n_changes, adsync_sink *conflicts, adsync_error **error);
    /** MUST. The last handle is gone. */
    void (*close)(void *user);
    /** MAY. After a commit that made work due: tell the other processes. */
    void (*notify)(void *user);
    /** MAY. A descriptor that is readable when another process notified; -1: none. */
    int32_t (*watch_fd)(void *user);
    /** MAY, MUST with watch_fd. Makes the descriptor quiet again. */
    void (*watch_clear)(void *user);
    /** MAY. Deletes at most `limit` rows whose key starts with the `n_prefix` values; *left: 1 if some are left, else 0. */
    adsync_status (*erase)(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit, uint32_t *left,
                           adsync_error **error);
    /** MAY. Drops what is wholly older than a time, where rows are kept in pieces by time. */
    adsync_status (*drop_before)(void *user, uint32_t table, int64_t time_us, adsync_error **error);
    /** MAY. The storage's own clock, microseconds UTC. */
    adsync_status (*now)(void *user, int64_t *time_us, adsync_error **error);
} adsync_storage_ops;

/** Makes a storage of a table of callbacks, which is copied. Refuses an incomplete one with a message that names the slot. After a
 * failure `close` was not called. May be called inside the kit's `open`. [cb]
 * @param ops the callbacks
 * @param out gets the owned storage
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a slot is missing, a limit is too small), #ADSYNC_E_UNSUPPORTED (a longer struct with
 *         something in its tail, unknown flags), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_storage_new(const adsync_storage_ops *ops, adsync_storage **out, adsync_error **error);

/** A storage in this process' memory: the reference, for tests and trials. It declares VOLATILE, ONE_PROCESS and NOT_POWER_SAFE.
 * Handles on the same rows may be used on different threads. [cb]
 * @param same_rows one more handle on the rows of this memory storage; NULL: an empty one
 * @param out gets the owned storage
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (same_rows is no memory storage), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_memory_open(adsync_storage *same_rows, adsync_storage **out, adsync_error **error);

/** Lets go of a storage. The last user's free calls `close`; freed from inside one of its own callbacks, `close` follows when that
 * call ends. [cb]
 * @param storage may be NULL
 * @since 0.1 */
void adsync_storage_free(adsync_storage *storage);

/** The number of an organisation, which leads the keys of all its rows.
 * @param storage where
 * @param org the host's name for it, 1 to 255 bytes
 * @param add 1: add it if it is not there
 * @param number gets the number, from 1
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_storage_org(adsync_storage *storage, const char *org, uint32_t add, int64_t *number, adsync_error **error);

/** Reads rows by key, checked: no key of another organisation goes in, none of its rows comes out.
 * @param storage where
 * @param org an organisation's number; 0: the system's own tables and rows
 * @param table ADSYNC_T_*
 * @param columns how many leading ones are wanted, 0: all; the key's always come
 * @param keys n_keys times the key's width
 * @param n_keys at least 1
 * @param out gets the owned rows, in no particular order: the columns wanted, then #ADSYNC_C_VERSION
 * @param error may be NULL
 * @return #ADSYNC_OK (also where no row is there), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, #ADSYNC_E_FORMAT (the storage answered what
 *         the table cannot hold), or what the storage answered
 * @since 0.1 */
adsync_status adsync_storage_read(adsync_storage *storage, int64_t org, uint32_t table, uint32_t columns, const adsync_value *keys,
                                  uint32_t n_keys, adsync_rows **out, adsync_error **error);

/** Reads a stretch of an index, checked like adsync_storage_read: both bounds start with the organisation's number, unless the range
 * is flagged #ADSYNC_RANGE_ALL_ORGS, names an index that goes over all and `org` is 0.
 * @param storage where
 * @param org an organisation's number; 0: the system's own
 * @param range which
 * @param out gets the owned rows in order: the columns wanted, then #ADSYNC_C_VERSION
 * @param error may be NULL
 * @return as adsync_storage_read
 * @since 0.1 */
adsync_status adsync_storage_scan(adsync_storage *storage, int64_t org, const adsync_range *range, adsync_rows **out, adsync_error **error);

/** Commits changes, all or none, checked like adsync_storage_read. Sorts them, draws versions, and where the answer is lost submits
 * again and decides by its own versions.
 * @param storage where
 * @param org an organisation's number; 0: the system's own
 * @param changes in any order, one per key
 * @param n_changes at least 1
 * @param conflicts gets, with #ADSYNC_E_CONFLICT only, owned rows with #ADSYNC_C_CHANGE: the positions of the changes that do not
 *        hold; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_CONFLICT, #ADSYNC_E_INVALID (a row that the table cannot hold, a foreign organisation, two changes
 *         of one key), #ADSYNC_E_TOO_BIG, #ADSYNC_E_RETRY, #ADSYNC_E_UNCERTAIN, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_storage_commit(adsync_storage *storage, int64_t org, const adsync_change *changes, uint32_t n_changes,
                                    adsync_rows **conflicts, adsync_error **error);

/** @} */

/** @defgroup own Help for storages of your own
 * @{ */

/** Compares two values: null first, then numbers by value, then all else as bytes (a prefix comes first). [cb]
 * @param a one
 * @param b the other
 * @return below 0, 0, above 0
 * @since 0.1 */
int32_t adsync_value_compare(const adsync_value *a, const adsync_value *b);

/** Which of two rows comes first in a scan. [cb]
 * @param range its table, index and direction count
 * @param a a row's values in column order, at least to the last column of key and index
 * @param b likewise
 * @return below 0: a, above 0: b, 0: the same key
 * @since 0.1 */
int32_t adsync_range_compare(const adsync_range *range, const adsync_value *a, const adsync_value *b);

/** Where a row stands in a scan. [cb]
 * @param range which
 * @param row its values in column order, at least to the last column of key and index
 * @return -1: before the range, 0: in it, 1: after it (in the scan's direction), 2: the row is not in the index
 * @since 0.1 */
int32_t adsync_range_place(const adsync_range *range, const adsync_value *row);

/** @} */

/** @defgroup kit The conformance kit
 * One row per promise of doc/storage.md: #ADSYNC_C_NAME, #ADSYNC_C_RESULT ("ok", "broken", "skipped"), #ADSYNC_C_MESSAGE.
 * @{ */

/** How the kit reaches the storage. */
typedef struct adsync_storage_check_options {
    uint32_t size;  /**< sizeof(adsync_storage_check_options) */
    uint32_t flags; /**< 0 */
    void *user;     /**< given back to every slot */
    int64_t seed;   /**< of all that the kit draws; 0: 1 */
    /** MUST. One more handle on the same rows; the kit frees it. */
    adsync_status (*open)(void *user, adsync_storage **out, adsync_error **error);
    /** MUST for adsync_storage_check. Empties all tables; no handle is open. */
    adsync_status (*wipe)(void *user, adsync_error **error);
    /** MAY be NULL: those promises are then "skipped". The n-th storage call from now fails, 1 being the next: before it took effect
     * (answer #ADSYNC_E_STORAGE or _RETRY) or after (a commit answers #ADSYNC_E_UNCERTAIN); 0: no more. */
    adsync_status (*fail_at)(void *user, int64_t nth, uint32_t after);
} adsync_storage_check_options;

/** Checks what one process can show.
 * @param options how to reach the storage; its tables are emptied
 * @param report gets owned rows also where a promise is broken
 * @param error may be NULL
 * @return #ADSYNC_OK; #ADSYNC_E_REJECTED if a promise is broken; #ADSYNC_E_INVALID, #ADSYNC_E_MEMORY, or what `open` or `wipe`
 *         answered
 * @since 0.1 */
adsync_status adsync_storage_check(const adsync_storage_check_options *options, adsync_rows **report, adsync_error **error);

/** One of K workers that the host starts as processes on one storage, and may kill and start again at any time.
 * @param options how to reach the storage
 * @param seed different for each start
 * @param role from 0; each worker's own
 * @param log_fd where it writes what it did, one write per line: an own file for each start, named *.log
 * @param error may be NULL
 * @return #ADSYNC_OK when its work is done, or a failure
 * @since 0.1 */
adsync_status adsync_storage_check_worker(const adsync_storage_check_options *options, int64_t seed, uint32_t role, int32_t log_fd,
                                          adsync_error **error);

/** Judges what the workers left: the rows, and their logs.
 * @param options how to reach the storage
 * @param log_directory holds the workers' *.log files
 * @param report gets owned rows also where a promise is broken
 * @param error may be NULL
 * @return as adsync_storage_check
 * @since 0.1 */
adsync_status adsync_storage_check_verify(const adsync_storage_check_options *options, const char *log_directory, adsync_rows **report,
                                          adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
