/* SPDX-License-Identifier: MIT */
/* A storage that can be broken on purpose: a right one as long as `bug` is 0. Rows are a list, looked through from end to end. */
#ifndef ADSYNC_TEST_TOY_H
#define ADSYNC_TEST_TOY_H

#include "storage/storage.h"

/* What may be wrong; test_kit_broken.c says it in words and says which promises the kit must find broken. */
typedef enum toy_bug {
    TOY_RIGHT,
    /* changes */
    TOY_NULL_KEEPS,
    TOY_COUNTS_VERSIONS,
    TOY_VERSION_AS_DOUBLE,
    TOY_DELETE_OF_NOTHING_CONFLICTS,
    TOY_DELETE_IS_NULLS,
    TOY_CHECK_WRITES,
    TOY_CHECK_IGNORED,
    TOY_ABSENT_IGNORED,
    TOY_EXACT_PUT_IGNORED,
    TOY_EXACT_PUT_CREATES,
    TOY_EXACT_DELETE_IGNORED,
    TOY_PREFIX_WIPES,
    TOY_NEW_IS_ZERO,
    TOY_DELETED_COLUMNS_RETURN,
    TOY_FEWER_COLUMNS,
    /* commits */
    TOY_ONE_TABLE_A_COMMIT,
    TOY_PARTIAL,
    TOY_FIRST_CONFLICT,
    TOY_ONE_KIND_OF_CONFLICT,
    TOY_RETRY_FOR_EVER,
    TOY_FEWER_CHANGES,
    TOY_FEWER_BYTES,
    /* lost answers */
    TOY_FAILED_BUT_APPLIED,
    TOY_APPLIED_SAYS_FAILED,
    TOY_NOT_APPLIED_SAYS_OK,
    TOY_AGAIN_SAYS_OK,
    TOY_FAILED_READ_IS_EMPTY,
    /* handles */
    TOY_STALE_READS,
    TOY_COMPARES_OWN_READS,
    TOY_STALE_SCANS,
    TOY_LOST_AT_CLOSE,
    /* values */
    TOY_COLUMN_MISSING,
    TOY_INT_AS_DOUBLE,
    TOY_INT_UNSIGNED,
    TOY_BYTES_END_AT_NUL,
    TOY_EMPTY_TEXT_IS_NULL,
    TOY_EMPTY_BYTES_ARE_NULL,
    TOY_TEXT_CUT_255,
    TOY_VALUE_CUT_64K,
    TOY_READS_100_KEYS,
    TOY_QUOTES_DOUBLED,
    TOY_CASE_FOLDED,
    TOY_BLANKS_TRIMMED,
    TOY_NORMALISED,
    TOY_UTF16_ORDER,
    TOY_KEY_RUN_TOGETHER,
    TOY_TEXT_BOUND_IS_LIKE,
    TOY_ORG_BOUND_IS_LIKE,
    /* scans */
    TOY_TIES_BY_AGE,
    TOY_DOWN_KEEPS_KEY_UP,
    TOY_DOWN_IGNORED,
    TOY_UPPER_END_OUT,
    TOY_LONG_BOUND_CUT,
    TOY_EXCLUSIVE_IGNORED,
    TOY_EXCLUSIVE_WHOLE_KEYS_ONLY,
    TOY_EXCLUSIVE_AT_WRONG_END,
    TOY_LIMIT_IGNORED,
    TOY_NULLS_INDEXED,
    TOY_INDEX_STAYS,
    TOY_OPEN_IS_EMPTY,
    TOY_ALL_ORGS_IS_ONE,
    TOY_FLAG_NEEDED,
    TOY_TORN_ROWS,
    TOY_GHOST_ROWS,
    TOY_PAGES_BY_COUNT,
    TOY_PAGES_NEED_THEIR_ROW,
    TOY_REWRITTEN_HIDDEN,
    /* extras */
    TOY_ERASE_NO_LIMIT,
    TOY_ERASE_TOO_MUCH,
    TOY_ERASE_STOPS_EARLY,
    TOY_DROPS_ALL,
    TOY_NOW_IN_SECONDS,
    TOY_NOW_BACK,
    TOY_NEVER_WAKES,
    TOY_STAYS_AWAKE,
    TOY_DELETE_HIDES_PUT,
    /* lies */
    TOY_NO_UTF8,
    TOY_UNKNOWN_STATUS,
    TOY_STRANGE_CONFLICT,
    TOY_CONFLICT_OF_NOTHING,
    TOY_OK_WITH_CONFLICTS,
    TOY_VERSION_ZERO,
    TOY_OTHER_ROW,
    TOY_ENDLESS,
    TOY_BUGS
} toy_bug;

typedef struct toy_row toy_row;

typedef struct toy {
    toy_bug bug;
    toy_row **rows;
    uint32_t n, handles;
    int64_t age;     /* of the next row that is written */
    int64_t fail_in; /* the call that fails; 0: none */
    uint32_t fail_after;
    const void *last_writer; /* a handle */
    int32_t pipe[2];         /* of watch_fd; 0: none yet */
    int64_t now;
} toy;

adsync_storage_check_options toy_options(toy *t);
void toy_free(toy *t);

#endif
