/* SPDX-License-Identifier: MIT */
/* What the files of this room share. The model, once:
 *
 * A key has windows; each says "at most N permits in a length W". Many processes use one key. They meet in one row of storage per key,
 * and they do so seldom: a process *leases* permits, then hands them out from memory.
 *
 * LOT (W of 60 s and more). A lot is k permits, usable once, until `e` = now + min(W/8, 60 s). It counts in full, used or not, from the
 * moment it is leased until e + error + W: so nobody has to know when its permits really went out. A living holder may say more: at its
 * next write it closes the lot, and then only what was used counts, until its use (known by eighths of the lot's life) + error + W.
 * The first lot is small, so that a process killed early takes little with it; who is alone then leases as many as were used in the
 * window. Example, N = 80 in W = 80 s, error 1 s, two processes:
 *
 *     t = 0    A leases 10, usable until 10.                        row: A 10, open until 10 (counts until 91)
 *     t = 1    A has used them: it closes the lot, leases 10        row: 10 until 82, A 10 open until 11
 *     t = 2, 3 the same: 20, then 40                                row: 10, 10, 20 until 82 .. 85, A 40 open until 13
 *     t = 4    A has used 10. B asks, finds nothing, leaves a wish  row: the same, B 0 and a wish
 *     t = 14   A asks again: it closes the lot (10, the last one used at t = 4) and leases a little more than it used
 *                                                                   row: 10, 10, 20, 10, A 13 open until 24 (counts until 105)
 *     t = 15   B leases its share of the 17 that are free. A dies at t = 16.
 *     t = 105  A's 13 are free again; nobody ever asked whether A used them.
 *
 *   P6a: an arrival at time x came out of a lot with x <= e that counted at every moment until x + W. All lots that count at the moment of
 *   a lease sum to at most N, so no (t - W, t] holds more than N.
 * RATE (W under 60 s). The same with k permits *in every W* until e; the holder keeps its own sliding count (a ring of W/16) and renews.
 * HELD. The same with k permits *at once*: the holder knows how many are out. W is how long a dead holder's jobs may go on.
 * Windows with boundaries (FIXED with a known reset, UTC_DAY) are LOTs that count until the boundary instead of e + W, and are not
 * usable within EDGE of it on either side.
 *
 * Time. `t` is storage time: the storage's `now`, which all processes share. `m` is this handle's monotonic time, from about 0. A look at
 * the clock gives (m0, t, m1): at m the storage's time is between t + (m - m1) and t + (m - m0). What we may use is judged by the later,
 * what others may no longer use by the earlier end, so the round trip never counts against safety. All that lies in memory is in m.
 * Without `now` t is the host's wall clock as it was when the limiter was opened, carried on by m, and other processes' wall clocks may
 * be 5 minutes off either way: the error is 10 minutes, for what others hold; what this handle holds itself it knows exactly.
 *
 * What is learned (blocks, pace, refusals) lies in the same row and only ever merges to the stricter side, so order does not matter. */
#ifndef ADSYNC_SRC_LIMITER_INT_H
#define ADSYNC_SRC_LIMITER_INT_H

#include "../base/base.h"
#include "../base/heap.h"
#include "../base/map.h"
#include "../rows/rows.h"
#include "../storage/storage.h"

#include <adsync/limiter.h>

#define LIMITER_SECOND INT64_C(1000000)
#define LIMITER_DAY (86400 * LIMITER_SECOND)
#define LIMITER_NEVER INT64_C(0x3fffffffffffffff)
#define LIMITER_LENGTH (366 * LIMITER_DAY)   /* of a window, at most */
#define LIMITER_LONG (60 * LIMITER_SECOND)   /* windows from here on go by lots */
#define LIMITER_GATE LIMITER_SECOND          /* between two writes of a key */
#define LIMITER_ERROR LIMITER_SECOND         /* of storage time, and for what is on its way */
#define LIMITER_BLIND (600 * LIMITER_SECOND) /* the same where the storage has no clock */
#define LIMITER_RATE_LIFE (8 * LIMITER_SECOND)
#define LIMITER_LIFE (60 * LIMITER_SECOND)
#define LIMITER_HORIZON (35 * LIMITER_DAY) /* readings beyond are cut */

enum {
    LIMITER_KEY_BYTES = 400,
    LIMITER_ORG_BYTES = 255,
    LIMITER_WINDOWS = 8,
    LIMITER_KEYS = 8,
    LIMITER_RING = 17,
    LIMITER_PARTS = 8,
    LIMITER_PACE = 1000,
    LIMITER_ROW_BYTES = 65536
};
enum { LIMITER_LOT = 1, LIMITER_RATE, LIMITER_HELD, LIMITER_FREE }; /* how a window is shared */

/* Permits handed out in the last W, in 17 buckets of W/16: whole buckets leave, so the count is never too small. */
typedef struct adsync__limit_ring {
    int64_t at; /* the number of the newest bucket */
    uint32_t sum;
    uint32_t count[LIMITER_RING];
} adsync__limit_ring;

typedef struct adsync__limit_fair adsync__limit_fair;

typedef struct adsync__limit_window {
    int64_t until; /* the lease is usable up to here */
    int64_t since; /* when it was leased */
    int64_t last;  /* when it was last used */
    int64_t retry; /* before this the row has nothing for `retry_units` at `retry_priority` or less urgent */
    int64_t turn;  /* LOT: when the part under way ends */
    uint32_t units; /* leased; RATE: in every W, HELD: at once */
    uint32_t used;  /* LOT: of these; HELD: out now */
    uint32_t parts[LIMITER_PARTS]; /* LOT: `used` by when, so that early use counts no longer than it must */
    uint32_t keep;  /* of these kept for interactive work */
    uint32_t seq;   /* of the lease */
    uint32_t retry_units;
    uint8_t retry_priority;
    uint8_t how;     /* LIMITER_LOT .. */
    uint8_t align;   /* ADSYNC_WINDOW_* */
    uint8_t burst;   /* 1: made of another window's burst */
    uint8_t doubt;   /* 1: the last commit's outcome is not known; nothing is usable until the row tells */
    uint8_t shut;    /* 1: what is leased is not to be used any more, the terms have changed */
    uint8_t starved; /* a take was refused since the lease */
    uint8_t part;    /* LOT: the part under way */
    uint16_t holders; /* processes that were behind the key at the lease, this one too */
    uint32_t permits;
    uint32_t room; /* LOT: what nobody had leased, at the last look */
    uint32_t debt; /* used beyond what was leased; to be told */
    int64_t length;
    adsync__limit_ring *ring; /* RATE, once used */
    adsync__limit_fair *fair; /* once a second org came */
} adsync__limit_window;

typedef struct adsync__limit_learned { /* storage time; 0: none */
    int64_t blocked;       /* until */
    int64_t pace_since;    /* when the pace last fell */
    int64_t refused_until; /* the end of the silence after the last refusal */
    uint32_t pace;         /* parts of 1,000 of the permits at pace_since; it heals with time */
    uint32_t refused;      /* refusals in a row */
} adsync__limit_learned;

typedef struct adsync__limit_key {
    adsync__timer timer; /* first; when tend has to see to it */
    int64_t blocked;     /* nothing up to here: learned.blocked in m */
    int64_t gate;        /* no storage call before */
    int64_t looked;      /* what is learned is known to be so up to here */
    int64_t cap_until;   /* up to here at most cap_left more */
    uint32_t cap_left;
    uint32_t org;        /* 1 + the only org so far */
    adsync__limit_learned learned;
    int64_t reset;  /* storage time of the last reset instant read; 0: none */
    int64_t left;   /* what a REMAINING reading left until `reset`, not told yet; -1: none */
    uint32_t index; /* in the limiter's list */
    uint16_t size;  /* of the name */
    uint8_t n_windows;
    uint8_t dirty;  /* something was learned that is not told yet */
    adsync__limit_window windows[]; /* then the name */
} adsync__limit_key;

typedef struct adsync__limit_part {
    uint32_t key, units;
} adsync__limit_part;

typedef struct adsync__limit_ticket {
    int64_t id; /* 0: free */
    int64_t taken;
    uint32_t n;
    uint32_t held; /* 1: lies in the map of held ones */
    adsync__limit_part parts[LIMITER_KEYS];
} adsync__limit_ticket;

/* A look at the storage's clock. */
typedef struct adsync__limit_clock {
    int64_t m0, m1, t;
    int64_t leap_before, leap_by; /* a storage clock that leapt forward: rows written before are shifted by so much */
} adsync__limit_clock;

struct adsync_limiter {
    adsync__guard guard;
    adsync_storage *storage;
    adsync__effects effects;
    adsync__map names; /* -> adsync__limit_key */
    adsync__limit_key **keys;
    uint32_t n_keys, keys_room;
    adsync__map orgs; /* -> limiter_org, see limiter.c */
    uint32_t n_orgs;
    adsync__heap due;
    adsync__limit_ticket *tickets; /* a ring */
    uint32_t tickets_room;
    int64_t next_ticket;
    adsync__map held; /* -> adsync__limit_ticket */
    int64_t holder;   /* this handle's number in the rows */
    int64_t mono_start, mono_last, wall_start;
    adsync__limit_clock clock; /* the last look */
    bool blind, looked;
};

/* ---- row.c: what a row holds */
typedef struct adsync__limit_lease {
    int64_t holder; /* 0: closed lots of anybody */
    int64_t until;  /* open: usable until; closed: counts until. Storage time */
    uint32_t seq;   /* 0: closed */
    uint32_t units;
    uint32_t want;  /* open: units it would like */
} adsync__limit_lease;

typedef struct adsync__limit_row_window {
    uint32_t align, burst, permits; /* permits: of the last writer, for people */
    int64_t length;
    adsync__limit_lease *leases;
    uint32_t n, room;
} adsync__limit_row_window;

typedef struct adsync__limit_row {
    adsync__arena arena;
    int64_t version; /* ADSYNC_EXPECT_ABSENT: no row yet */
    int64_t updated;
    adsync__limit_learned learned;
    int64_t reset; /* see adsync__limit_key */
    adsync__limit_row_window windows[2 * LIMITER_WINDOWS];
    uint32_t n_windows;
} adsync__limit_row;

adsync_status adsync__limit_row_read(adsync__limit_row *row, const void *p, size_t size, adsync_error **error);
adsync_status adsync__limit_row_write(const adsync__limit_row *row, adsync__buffer *out, adsync_error **error);
/* false: no memory */
bool adsync__limit_row_add(adsync__limit_row *row, adsync__limit_row_window *window, const adsync__limit_lease *lease);
void adsync__limit_row_free(adsync__limit_row *row);

/* ---- count.c, plan.c: what counts, and what to write. Pure: rows and numbers in, rows and numbers out. */
typedef struct adsync__limit_plan {
    adsync__limit_key *key;
    adsync__limit_clock clock;
    adsync__limit_row *row;
    int64_t holder, error;
    int64_t asked; /* m, before the row was read */
    uint32_t units, priority; /* units 0: only tell */
    uint32_t pace;
    bool blind;
    bool release; /* give back whatever is not used */
    bool changed; /* out: worth a write */
    bool granted; /* out: every window has the units */
    adsync__limit_window next[LIMITER_WINDOWS]; /* out: the windows as they are once the commit is done */
} adsync__limit_plan;
adsync_status adsync__limit_plan_make(adsync__limit_plan *plan, adsync_error **error);
void adsync__limit_clean(const adsync__limit_plan *plan); /* takes out of the row what counts no more */
/* The row's part of a window; made if it is not there. NULL: no room. */
adsync__limit_row_window *adsync__limit_part_of(adsync__limit_row *row, const adsync__limit_window *window);
adsync__limit_lease *adsync__limit_mine(const adsync__limit_plan *plan, const adsync__limit_row_window *part); /* my open one, or NULL */
void adsync__limit_remove(adsync__limit_row_window *part, adsync__limit_lease *lease);
int64_t adsync__limit_counted(const adsync__limit_plan *plan, const adsync__limit_row_window *part); /* my open lease not counted */
int64_t adsync__limit_end(const adsync__limit_plan *plan, const adsync__limit_row_window *part, const adsync__limit_lease *lease);
bool adsync__limit_close(adsync__limit_plan *plan, adsync__limit_row_window *part, uint32_t units, int64_t last); /* false: no memory */
const adsync__limit_window *adsync__limit_subject(const adsync__limit_key *key); /* the window that REMAINING is about; NULL: none */
bool adsync__limit_remaining(adsync__limit_plan *plan); /* a REMAINING reading into the row; false: no memory */
/* Windows with boundaries: the stretch in which leases may be used now. False: not at all before *from. */
bool adsync__limit_open_between(const adsync__limit_plan *plan, const adsync__limit_row_window *part, int64_t *from, int64_t *to);
uint32_t adsync__limit_how(uint32_t align, int64_t length);

/* ---- lease.c: the exchange with the storage */
adsync_status adsync__limit_acquire(adsync_limiter *limiter, adsync__limit_key *key, uint32_t units, uint32_t priority,
                                    adsync_error **error);
adsync_status adsync__limit_tell(adsync_limiter *limiter, adsync__limit_key *key, bool release, adsync_error **error);
adsync_status adsync__limit_look(adsync_limiter *limiter, adsync_error **error); /* at the storage's clock */
int64_t adsync__limit_time(const adsync_limiter *limiter, int64_t m); /* storage time, from the last look on */
void adsync__limit_due(adsync_limiter *limiter, adsync__limit_key *key); /* sets its timer */

/* ---- local.c: what one window of this handle has */
enum { LIMITER_GO = 0, LIMITER_LEASE = -1 }; /* or above 0: wait so long */
int64_t adsync__limit_window_ask(const adsync__limit_window *window, uint32_t units, uint32_t priority, int64_t m);
bool adsync__limit_window_ready(adsync__limit_window *window); /* makes what a take needs; false: no memory */
void adsync__limit_window_spend(adsync__limit_window *window, uint32_t units, int64_t m);
void adsync__limit_window_settle(adsync__limit_window *window, uint32_t taken, uint32_t used, int64_t when, int64_t m);
uint32_t adsync__limit_ring_used(const adsync__limit_window *window, int64_t m);

/* ---- fair.c: who may, of those behind one window */
adsync__limit_fair *adsync__limit_fair_new(uint32_t first_org, const adsync__limit_window *window, int64_t m); /* NULL: no memory */
adsync_status adsync__limit_fair_meet(adsync__limit_window *window, uint32_t org, int64_t m, adsync_error **error);
/* `more` is what the window itself says: LIMITER_GO, LIMITER_LEASE or a wait. */
int64_t adsync__limit_fair_ask(adsync__limit_window *window, uint32_t org, uint32_t units, uint32_t priority, int64_t more, int64_t m);
void adsync__limit_fair_spend(adsync__limit_window *window, uint32_t org, uint32_t units, int64_t m);
void adsync__limit_fair_free(adsync__limit_fair *fair);

/* ---- learn.c */
uint32_t adsync__limit_pace(const adsync__limit_learned *learned, int64_t now); /* 0 .. 1,000, healed up to now */
void adsync__limit_merge(adsync__limit_learned *into, const adsync__limit_learned *other, int64_t now); /* the stricter of each */
void adsync__limit_follow(adsync_limiter *limiter, adsync__limit_key *key, int64_t m); /* what was learned, into what a take looks at */

/* ---- ticket.c */
adsync__limit_ticket *adsync__limit_ticket_new(adsync_limiter *limiter, bool held); /* NULL: no memory; give it up or fill it in */
void adsync__limit_ticket_drop(adsync_limiter *limiter, adsync__limit_ticket *ticket);

/* ---- limiter.c */
int64_t adsync__limit_now(adsync_limiter *limiter); /* m */
adsync_status adsync__limit_enter(adsync_limiter *limiter, const char *what, adsync_error **error);
void adsync__limit_leave(adsync_limiter *limiter);
adsync_status adsync__limit_find(adsync_limiter *limiter, const char *key, adsync__limit_key **out, adsync_error **error);
adsync_status adsync__limit_org(adsync_limiter *limiter, const char *name, uint32_t *number, adsync_error **error);
static inline const char *adsync__limit_name(const adsync__limit_key *key) { return (const char *)(key->windows + key->n_windows); }

#endif
