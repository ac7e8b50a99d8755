/* SPDX-License-Identifier: MIT */
/* The engine from inside: it claims and wires, and every public call of it goes through its guard. */
#ifndef ADSYNC_SRC_ENGINE_INT_H
#define ADSYNC_SRC_ENGINE_INT_H

#include "../sync/sync.h"

#include <adsync/engine.h>

enum {
    ENGINE_LEASE_US = 30000000,
    ENGINE_POLL_US = 1000000,
    ENGINE_TEND_US = 15000000,    /* between two looks for tokens that end soon */
    ENGINE_LOOK_US = 200000,      /* between two looks for the dead at least; else a third of a lease, or when somebody's is over */
    ENGINE_SCHEDULE_US = 5000000, /* at most, between two looks at the schedules: others may have changed them */
    ENGINE_CLAIM = 200,
    ENGINE_EVENTS = 1000,
    ENGINE_OTHERS = 1000, /* engines that are watched */
    ENGINE_WAIT_US = 30000000
};

typedef struct engine_other {          /* another engine's row, as it was first seen at this version */
    int64_t engine, version, since_us; /* since: monotonic */
} engine_other;

typedef struct engine_event {
    int64_t org, job, grant, connection;
    char type[16], state[16], message[200];
} engine_event;

typedef struct engine_erase { /* an organisation that this engine erases; 0: none. See erase.c */
    int64_t org, until_us;    /* until: monotonic, how long lanes are waited for; 0: not yet */
    uint32_t step;
    bool found;      /* this round had something to erase */
    char after[404]; /* where a table of the system is gone on with */
} engine_erase;

/* What is old is dropped, see keep.c. A table more is a line more there. */
enum { ADSYNC__KEEP_CALLS, ADSYNC__KEEP_JOBS, ADSYNC__KEEP_REVISIONS, ADSYNC__KEEPS };
typedef struct engine_keep {
    int64_t days[ADSYNC__KEEPS];     /* -1: for ever */
    int64_t at_us, lease_us;         /* monotonic: when to go on; when to say again that somebody is at it */
    int64_t clock_us;                /* the clock before the monotonic one, at the first look */
    int64_t org, connection, past;   /* under way; 0: look for the next one, of connections behind `past` */
    int64_t orgs[32], last_org, after[2];
    uint32_t rule, n_orgs, next_org;
    bool busy, looked, clocked, goes_on; /* goes_on: behind `after` */
} engine_keep;

struct adsync_engine {
    adsync__guard guard;
    adsync__kernel *kernel;
    adsync__sync *sync;
    bool claims, fenced;
    uint32_t stop; /* from any thread */
    uint32_t max_claim;
    int64_t number, version, next_version, fence, lease_us, poll_us;
    int32_t epoll, watch;                            /* watch.c; -1: none */
    int64_t watch_at_us;                             /* monotonic: when to see that the storage still listens */
    int64_t beat_us, poll_at_us, tend_at_us, due_us; /* monotonic; due_us: when queued work will be due, INT64_MAX: none */
    int64_t schedule_at_us;                          /* monotonic: when to look at the schedules */
    char worker[128];
    int64_t started_us;
    engine_other *others;
    uint32_t n_others, room_others;
    int64_t look_at_us, owner; /* when to look for the dead again; the last engine whose lanes were looked at */
    engine_erase erase;
    engine_keep keep;
    int64_t erase_at_us, erase_lease_us; /* monotonic */
    engine_event *events;      /* a ring */
    uint32_t n_events, first_event;
};

adsync_status adsync__engine_enter(adsync_engine *engine, const char *what, adsync_error **error);
void adsync__engine_leave(adsync_engine *engine);
/* The number of an organisation; `add`: a new one where there is none. An unknown one is 0 and OK without add: it reads as empty. */
adsync_status adsync__engine_org(adsync_engine *engine, const char *org, bool add, int64_t *number, adsync_error **error);
adsync_status adsync__call_wait(const adsync_call *call, int64_t *wait_us, adsync_error **error); /* -1 where it must not wait */

adsync_status adsync__engine_turn(adsync_engine *engine, int64_t max_wait_us, adsync_error **error); /* claims nothing */

/* ---- watch.c */
void adsync__watch_begin(adsync_engine *engine);
void adsync__watch_end(adsync_engine *engine);
void adsync__watch_tend(adsync_engine *engine);
int64_t adsync__watch_wait(adsync_engine *engine, int64_t wait_us); /* how long the transport still has to wait */

/* ---- erase.c: organisations that are being deleted, some lots of them */
void adsync__erase_tend(adsync_engine *engine);

/* ---- keep.c */
adsync_status adsync__keep_begin(adsync_engine *engine, const int32_t days[ADSYNC__KEEPS], adsync_error **error); /* 0: the default */
void adsync__keep_tend(adsync_engine *engine);
bool adsync__keep_idle(adsync_engine *engine); /* it has something to do then, in the next turn */

/* ---- presence.c: the engine's row, and the others' */
adsync_status adsync__presence_begin(adsync_engine *engine, const char *worker, adsync_error **error);
adsync_status adsync__presence_beat(adsync_engine *engine, adsync_error **error); /* where a third of the lease went by without a commit */
adsync_status adsync__presence_look(adsync_engine *engine, adsync_error **error); /* now and then: takes over from who is dead */
void adsync__presence_ride(void *user, adsync__commit_unit *unit);
void adsync__presence_rode(void *user);
void adsync__presence_fenced(void *user);
adsync_status adsync__presence_alive(void *user, int64_t engine, bool *alive, adsync_error **error);
void adsync__presence_end(adsync_engine *engine, bool clean); /* clean: no lane stands under its number */

#endif
