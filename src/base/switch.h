/* SPDX-License-Identifier: MIT */
/* Guards that the deterministic simulation (test/dst) switches off one at a time, to see that it would notice. It builds the files that
 * name a switch once more for itself; anywhere else ADSYNC__GUARD is the constant true, and costs nothing. */
#ifndef ADSYNC_SRC_SWITCH_H
#define ADSYNC_SRC_SWITCH_H

#ifdef ADSYNC_DST_SWITCHES

#include <stdint.h>

enum {
    ADSYNC__SWITCH_FENCE = 1,           /* the engine's row in each group commit */
    ADSYNC__SWITCH_LANE = 1 << 1,       /* commits of a lane hold only at the versions its owner knows */
    ADSYNC__SWITCH_SORTED = 1 << 2,     /* changes are sent sorted */
    ADSYNC__SWITCH_EVIDENCE = 1 << 3,   /* tokens wait in memory until they are stored */
    ADSYNC__SWITCH_TAIL = 1 << 4,       /* a lot counts for a window after its last use */
    ADSYNC__SWITCH_GENERATION = 1 << 5, /* a refresh's answer is put in force only over its parent */
    ADSYNC__SWITCH_CURSOR = 1 << 6,     /* the cursor moves in the commit of the rows before it */
    ADSYNC__SWITCH_DEADLINE = 1 << 7,   /* no second refresh before the deadline of the first */
    ADSYNC__SWITCH_STATE = 1 << 8,      /* a consent's state is deleted before its code is exchanged */
    ADSYNC__SWITCH_PROOF = 1 << 9,      /* only a proven end of a list removes what it did not hold */
    ADSYNC__SWITCH_STORED = 1 << 10,    /* tokens are used once they are stored */
    ADSYNC__SWITCH_REPLACE = 1 << 11,   /* rows that an older pull left are dropped before the days are covered */
    ADSYNC__SWITCH_PERMIT = 1 << 12,    /* permits that waited for secrets are asked for again */
    ADSYNC__SWITCH_CATCH_UP = 1 << 13,  /* a consent is joined with the tokens that are in force by then */
    ADSYNC__SWITCH_REVISION = 1 << 14,  /* what a figure said is noted in the commit that changes it */
    ADSYNC__SWITCH_ORG = 1 << 15,       /* nothing new is committed for an organisation that is being deleted */
    ADSYNC__SWITCH_SHARE = 1 << 16      /* what other processes leased of a limit is not there to be leased */
};
extern uint32_t adsync__switched_off;

#define ADSYNC__GUARD(name) (!(adsync__switched_off & ADSYNC__SWITCH_##name))

#else

#define ADSYNC__GUARD(name) 1

#endif

#endif
