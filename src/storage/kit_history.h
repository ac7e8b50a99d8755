/* SPDX-License-Identifier: MIT */
/* The kit over several processes. Workers fight over a few rows and log each commit before they send it and each answer; whoever reads
 * the logs and the rows that are left can tell what a right storage could have answered.
 *
 * The rows are "spots". Each holds a number and a check that follows from its number and its version, so that a row with columns of
 * two commits gives itself away:
 *
 *     accounts   transfers between two: their sum stays
 *     counters   read, add one, write: their value is the number of commits
 *     pairs      one of two may be taken off while the other is on: never both off
 *     claims     put where nobody has, taken away again together with one more on their ticket
 *     tickets    how often a claim was taken away
 *     batches    eight rows at once, in opposite orders: all of one commit */
#ifndef ADSYNC_SRC_KIT_HISTORY_H
#define ADSYNC_SRC_KIT_HISTORY_H

#include "kit_int.h"

enum { KIT_ACCOUNTS = 8, KIT_COUNTERS = 3, KIT_PAIRS = 2, KIT_CLAIMS = 3, KIT_BATCHES = 3, KIT_BATCH = 8, KIT_BALANCE = 100 };
enum { /* the first spot of each kind */
       KIT_AT_ACCOUNTS = 0,
       KIT_AT_COUNTERS = KIT_AT_ACCOUNTS + KIT_ACCOUNTS,
       KIT_AT_PAIRS = KIT_AT_COUNTERS + KIT_COUNTERS,
       KIT_AT_TICKETS = KIT_AT_PAIRS + 2 * KIT_PAIRS,
       KIT_AT_CLAIMS = KIT_AT_TICKETS + KIT_CLAIMS, /* what stands before is made in one commit */
       KIT_AT_BATCHES = KIT_AT_CLAIMS + KIT_CLAIMS,
       KIT_SPOTS = KIT_AT_BATCHES + KIT_BATCHES * KIT_BATCH
};
enum { KIT_TRY_MOST = KIT_AT_CLAIMS }; /* changes of one commit */

typedef struct kit_spot_row {
    adsync_value values[28];
    uint32_t n;
    char name[24], check[24], filler[400];
} kit_spot_row;

/* ---- kit_spots.c */
uint32_t adsync__kit_spot_table(uint32_t spot);
void adsync__kit_spot_row(uint32_t spot, int64_t value, int64_t version, kit_spot_row *out);           /* points into itself */
bool adsync__kit_spot_whole(uint32_t spot, const adsync_value *row, int64_t *value, int64_t *version); /* false: torn */
uint32_t adsync__kit_spot_of(uint32_t table, const adsync_value *row);                                 /* KIT_SPOTS: none */
/* *version 0: no row; *whole false: torn. */
adsync_status adsync__kit_spot_read(adsync_storage *on, uint32_t spot, int64_t *value, int64_t *version, bool *whole, adsync_error **error);

typedef struct kit_change { /* of a spot */
    int64_t expected, version, value;
    uint32_t op, spot;
} kit_change;

typedef struct kit_try {
    int64_t begun, ended; /* on the machine's monotonic clock; ended INT64_MAX: no answer was logged */
    uint32_t first, n;    /* changes */
    uint32_t answered;    /* 1: the answer is known */
    uint32_t applied;     /* 1: it was, by its answer or by what is left of it */
    adsync_status answer;
} kit_try;

typedef struct kit_saw {
    int64_t begun, ended, version, value;
    uint32_t spot, reserved;
} kit_saw;

typedef struct kit_version { /* put by change `change` of try `try` */
    int64_t version;
    uint32_t attempt, change;
} kit_version;

typedef struct kit_history {
    kit_try *tries;
    kit_change *changes;
    kit_saw *saws;
    kit_version *versions; /* of all puts, sorted */
    uint32_t n_tries, n_changes, n_saws, n_versions, room_tries, room_changes, room_saws, reserved;
    uint32_t n_logs, n_torn; /* rows that a worker saw torn */
    struct {
        int64_t version, value;
        bool whole;
    } left[KIT_SPOTS]; /* version 0: no row */
} kit_history;

/* ---- kit_logs.c */
adsync_status adsync__kit_history_read(kit_history *history, const char *directory, adsync_error **error);
const kit_version *adsync__kit_history_put(const kit_history *history, int64_t version); /* NULL: nobody's */
void adsync__kit_history_free(kit_history *history);

/* ---- kit_judge.c, kit_order.c */
void adsync__kit_history_settle(kit_history *history); /* which commits were applied */
enum { KIT_WORDS = 300 };
typedef struct kit_judgement {
    const char *name, *advice;
    adsync_status (*judge)(kit_history *history, char *words); /* E_MEMORY, or ADSYNC_OK with words[0] set where it is broken */
    uint32_t unless;                                           /* as in kit_promise */
} kit_judgement;
adsync_status adsync__kit_judge_order(kit_history *history, char *words);
adsync_status adsync__kit_judge_reads(kit_history *history, char *words);
extern const kit_judgement adsync__kit_judgements[]; /* a nameless one ends them */

#endif
