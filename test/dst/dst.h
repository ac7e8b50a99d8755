/* SPDX-License-Identifier: MIT */
/* The deterministic simulation: several engines, one storage, one platform, a network and clocks in one thread, everything from one seed.
 *
 *     seed ->  who is there (2 to 5 actors: workers and hosts, each with an engine and a clock of its own)
 *              what can go wrong in this run (some of: kills, pauses past the lease, storage and network faults, locks, limits)
 *              when each of it happens
 *
 * An actor is a process: a fiber that turns its engine. Whenever its engine touches the world (a storage call, a request, an answer) the
 * fiber comes to a *point*: others may run before it goes on, it may be paused, and it may be killed there. A killed one gets nothing
 * out any more: each later call of its engine is refused, so that what was in its memory is gone and can be freed all the same.
 *
 * Time is true time `now_us`; it moves only when nobody is due. Each actor sees it through clocks of its own: a monotonic one with
 * another start, a wall clock that is wrong by some minutes and may jump.
 *
 * truth.c looks at every applied commit, every request that arrives and every answer that is delivered, and ends the run with the number
 * of the promise that is broken. The same seed gives the same run: `run --seeds 1 --from SEED --trace` prints it. */
#ifndef ADSYNC_TEST_DST_H
#define ADSYNC_TEST_DST_H

#include "storage/storage.h"

#include <adsync/connection.h>
#include <adsync/sync.h>

#include <ucontext.h>

enum {
    DST_ACTORS = 6, /* at most; hosts stand first */
    DST_HOSTS = 2,
    DST_ACCOUNTS = 4,
    DST_IDS = 14, /* of an account's campaigns, at most */
    DST_DAYS = 8,
    DST_EPOCHS = 6, /* states of an account, one after the other */
    DST_PAGE = 4,   /* rows of a page */
    DST_RUNS = 4000,
    DST_TOKENS = 1000,
    DST_CODES = 200,
    DST_FLYING = 256,
    DST_JOBS = 600,
    DST_ARRIVALS = 8000,
    DST_LOCKS = 4096,
    DST_POINTS = 3000000, /* of a run, at most */
    DST_BODY = 1600
};

#define DST_SECOND INT64_C(1000000)
#define DST_MINUTE (60 * DST_SECOND)
#define DST_NEVER INT64_MAX
#define DST_START INT64_C(1795132800000000) /* 2026-11-20, noon UTC */
#define DST_FIRST_DAY 20261101

typedef struct dst dst;
typedef struct actor actor;

/* ---- fiber.c */
typedef struct fiber {
    ucontext_t context;
    void *stack;
    void (*body)(void *arg);
    void *arg;
    bool over;
    void *fake; /* for the address sanitizer */
} fiber;
void fiber_start(fiber *f, void (*body)(void *arg), void *arg);
void fiber_resume(fiber *f); /* from outside of any, until it yields or is over */
void fiber_yield(void);      /* from inside of one */
void fiber_free(fiber *f);

/* ---- random numbers: each part of a run draws from its own, so that one draw more here moves nothing there */
uint64_t draw_next(uint64_t *state);
uint32_t draw_below(uint64_t *state, uint32_t n);
int64_t draw_span(uint64_t *state, int64_t from, int64_t to);
bool draw_once_in(uint64_t *state, uint32_t n); /* n 0: never */

/* ---- server.c: the platform. Its state, in the order of true time, is what rows must equal. */
typedef struct server_state { /* an account from `since_us` on */
    int64_t since_us;
    uint8_t alive[DST_IDS];
    uint16_t name[DST_IDS];
    uint32_t spend[DST_IDS][DST_DAYS]; /* 0: no row */
} server_state;

typedef struct server_account {
    uint32_t user;
    uint32_t n_states;
    server_state states[DST_EPOCHS]; /* the first one from the beginning of time */
} server_account;

typedef struct server_run {  /* a list or report: a snapshot, paged */
    uint32_t account, state; /* which of its states */
    bool report;
    uint32_t from, end; /* days, as places: the first, and one past the last */
    int64_t ready_us;
    int64_t gone_us; /* from then on its cursors are refused as stale */
} server_run;

typedef struct server_token { /* what one answer of the token endpoint brought; its number is in both tokens' text */
    uint32_t parent;          /* whose refresh token it was got with */
    uint32_t user, chain;     /* chain: the first of those that were refreshed one from the other */
    bool code;                /* exchanged for a code, not refreshed */
    bool used;                /* its refresh token was */
    bool bereft;              /* of a chain's first: an answer with tokens was lost, so nobody can refresh it any more */
    bool refreshing;          /* likewise: a refresh is under way, at the latest until .. */
    int64_t refresh_until_us;
    uint32_t refresh_actor;
    int64_t expires_us, delivered_us;
    bool delivered, committed, lost; /* lost: whom it was delivered to died with it, or nobody was there */
    uint32_t actor, life;            /* whom it was sent to */
} server_token;

typedef struct server_code {
    uint32_t user;
    uint32_t arrived; /* how often */
} server_code;

typedef struct server {
    server_account accounts[DST_ACCOUNTS];
    server_run runs[DST_RUNS];
    server_token tokens[DST_TOKENS]; /* from 1 */
    server_code codes[DST_CODES];    /* from 1 */
    uint32_t n_runs, n_tokens, n_codes;
    int64_t token_life_us;
    int64_t arrivals[DST_ARRIVALS]; /* of requests that count against the limit */
    uint32_t n_arrivals;
} server;

typedef struct reply {
    uint32_t status;
    uint32_t token; /* the tokens it brings; 0: none */
    char body[DST_BODY];
} reply;
void server_begin(dst *w);
void server_handle(dst *w, const actor *from, const char *url, const char *headers, const char *body, reply *out);
uint32_t server_issue(dst *w, uint32_t user, uint32_t chain); /* chain 0: a new one */
const server_state *server_now(const dst *w, uint32_t account);
void server_mutate(dst *w, uint32_t account, uint64_t *draw);
int64_t server_day(uint32_t place);
int server_place(int64_t day); /* -1: none */

/* ---- connector.c: that platform, through the public interface. Pure: all its state is in the task. */
extern const adsync_connector_ops dst_connector;

/* ---- wire.c: the network */
enum { WIRE_FREE = 0, WIRE_GOING, WIRE_COMING };
typedef struct flying {
    uint32_t state, actor, life;
    bool cancelled; /* nobody waits for it; it arrives all the same */
    bool cut;       /* the answer will be lost */
    bool unsent;    /* it never arrives */
    bool refresh;
    int64_t id;
    int64_t arrives_us, answers_us, until_us; /* until: the exchange's own time is over */
    uint32_t chain;
    char url[200], headers[120], body[400];
    reply answer;
} flying;
adsync_status wire_open(actor *a, adsync_transport **out);
void wire_arrive(dst *w);   /* those that are due do */
void wire_forget(actor *a); /* its process died */

/* ---- store.c: an actor's own handle on the storage */
adsync_status store_open(actor *a, adsync_storage **out);
void store_unlock(actor *a);

/* ---- world.c */
enum { POINT_STORE_BEFORE = 1, POINT_STORE_AFTER, POINT_SEND_BEFORE, POINT_SEND_AFTER, POINT_RECEIVE_BEFORE, POINT_RECEIVE_AFTER };
enum { FAULT_NONE = 0, FAULT_BEFORE, FAULT_RETRY, FAULT_LOST, FAULT_LOST_BEFORE };
enum { SEND_FINE = 0, SEND_REFUSED, SEND_UNSENT, SEND_CUT, SEND_LOST_BEFORE, SEND_SLOW, SEND_500, SEND_429 };

struct actor {
    dst *w;
    uint32_t number;
    bool host;          /* asks, claims nothing */
    bool dead, locking; /* locking: holds rows that others wait for, so it is not stopped */
    bool idle;          /* asleep between two turns: nothing is under way */
    uint32_t life;      /* which process it is by now */
    int64_t wake_us, born_us;
    int64_t mono_us, skew_us; /* its clocks, beside true time */
    uint64_t draw;
    fiber fiber;
    adsync_storage *storage;
    adsync_transport *transport;
    adsync_engine *engine;
    int64_t engine_number; /* in the engines table, as it last wrote it */
    uint32_t waits_for;    /* 1 + whose lock */
    uint32_t points;
};

typedef struct dst_plan { /* what a run may have; 1 in n, 0: never */
    uint32_t kill, pause, store, send, lose, locks, jump, mutate, stale, weak;
    uint32_t accounts, workers, hosts;
    bool schedules; /* connections are synced by the clock, too */
    bool clock;     /* the storage has a clock */
    int64_t skew_us;
    uint32_t permits;          /* per two minutes */
    uint32_t max_changes;      /* of a commit */
    int64_t lease_us, calm_us; /* calm: when faults stop */
    int64_t haste_us;          /* how long hosts wait at most between two wishes */
} dst_plan;

typedef struct dst_job {
    int64_t org, job, connection, data, created_us;
    uint32_t mode;
    bool ended;
    char state[16];
} dst_job;

typedef struct dst_cover { /* of one day of an account, as it was last covered whole */
    bool whole, touched;
    int64_t since_us, until_us, pull;
} dst_cover;

typedef struct dst_figure { /* as it is stored; pull 0: it is not */
    int64_t pull, spend;
} dst_figure;

typedef struct dst_connection {
    int64_t org, grant, connection;
    uint32_t account;
    const char *org_name;
    dst_cover covers[DST_DAYS];
    dst_figure figures[DST_IDS][DST_DAYS];
} dst_connection;

typedef struct dst_grant {
    int64_t org, grant;
    uint32_t user, chain, token; /* token: whose refresh token is in force, chain: its */
} dst_grant;

typedef struct dst_lock {
    uint64_t key;
    uint32_t holder; /* 1 + actor; 0: free */
} dst_lock;

/* The crash matrix: what happens at which point of actor 0's first worker. */
enum { MATRIX_BEFORE = 1, MATRIX_LOST, MATRIX_AFTER };
enum { MATRIX_RESTART = 1, MATRIX_ANOTHER, MATRIX_ZOMBIE };
typedef struct dst_matrix {
    const char *scene; /* NULL: this is no matrix run */
    uint32_t point;    /* the how-manieth call to the world; 0: none, the run is only counted */
    uint32_t when, then;
    uint32_t seen; /* calls so far */
    bool armed;    /* counting */
    bool prepared, ready, struck, lost, released,
        consented; /* ready: the victim may come; lost: its answer was; released: the zombie goes on */
    uint64_t rows; /* what it left */
} dst_matrix;

struct dst {
    uint64_t seed, draw, faults, chaos; /* the generators */
    dst_plan plan;
    dst_matrix matrix;
    int64_t now_us;
    bool erases; /* an organisation is erased: rows may go whose owner nobody is */
    bool trace, over, calm, setup, ending; /* ending: the platform, too, behaves from now on */
    char broken[400];     /* the promise, and what was seen */
    uint64_t digest;      /* of all that happened */
    adsync_storage *rows; /* past all faults */
    adsync_keys *keys;
    server server;
    actor actors[DST_ACTORS];
    uint32_t n_actors;
    flying flying[DST_FLYING];
    dst_lock locks[DST_LOCKS]; /* that are held */
    uint32_t n_locks;
    dst_job jobs[DST_JOBS];
    uint32_t n_jobs;
    dst_connection connections[DST_ACCOUNTS];
    uint32_t n_connections;
    dst_grant grants[64];
    uint32_t n_grants;
    const dst_grant *moved;  /* that the commit under way deletes: what it held goes where secrets are put */
    const dst_grant *stored; /* whose tokens the commit under way has stored */
    int64_t dead_engines[400];
    uint32_t n_dead;
    char redirect[500]; /* of the consent under way, for whoever ends it too */
    uint32_t redirect_connection;
    uint64_t points;
    int64_t wire_us, until_us;       /* when the next request arrives at the platform; where time ends for now */
    int64_t chaos_us, calm_since_us; /* when the world changes next; since when nothing goes wrong any more */
    uint32_t victim;                 /* of the matrix */
};

/* Where the world is touched: true if the process is dead from here on. */
bool dst_point(actor *a, uint32_t kind);
uint32_t dst_store_fault(actor *a, bool commit);
uint32_t dst_send_fault(actor *a);
bool dst_loses(actor *a); /* the answer that is here, in the matrix */
void dst_sleep(actor *a, int64_t us);
void dst_kill(actor *a);
void dst_note(dst *w, const actor *a, const char *format, ...) __attribute__((format(printf, 3, 4)));
void dst_mix(dst *w, uint64_t value); /* into the digest */
int64_t dst_wall(const actor *a);
bool dst_open_engine(actor *a);
void dst_close_engine(actor *a);
/* Runs whoever is due until the run is over; false: true time `until_us` has come first. */
bool dst_run_until(dst *w, int64_t until_us);

/* ---- people.c: what hosts do */
void people_host(void *arg);   /* the body of a host */
void people_worker(void *arg); /* the body of a worker */
void people_setup(dst *w);     /* orgs, grants, connections, by the first host, before anything goes wrong */
int64_t people_ask(actor *a, uint32_t connection, uint32_t data, uint32_t mode, uint32_t from, uint32_t to); /* 0: refused */
bool people_consent(actor *a, uint32_t connection, bool shared); /* shared: another host ends it, too */
void people_end(actor *a);                                       /* nothing goes wrong any more: everything must come right */
void people_turn(actor *a);                                      /* of a worker */
bool people_open(actor *a);                                      /* an engine, however often it takes; false: the run is over */
bool people_dead(actor *a);                                      /* the process ended: away with it */

/* ---- truth.c: what must hold */
void truth_broken(dst *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void truth_commit(actor *a, const adsync_change *changes, uint32_t n);   /* it was applied just now */
void truth_removals(actor *a, const adsync_change *changes, uint32_t n); /* before it is */
void truth_arrival(dst *w, const char *token);                           /* an access token came along */
void truth_limit(dst *w);
void truth_refresh_begins(dst *w, actor *a, uint32_t chain, int64_t until_us);
void truth_refresh_ends(dst *w, uint32_t chain);
void truth_delivered(actor *a, uint32_t token);
void truth_died(actor *a);                                     /* what only its memory held is gone */
dst_grant *truth_grant_of(dst *w, int64_t org, int64_t grant); /* NULL: not known */
void truth_at_rest(dst *w);
bool truth_all_ended(dst *w);
bool truth_any_failed(const dst *w, uint32_t from); /* of the jobs from there on */
void truth_equal(dst *w);                           /* rows are what the platform says now */
uint64_t truth_rows_digest(dst *w);
bool truth_bereft(const dst *w); /* an answer with tokens was lost */

/* ---- guards.c */
bool guards_set(const char *name);   /* NULL: all on. false: no such guard */
const char *guards_name(uint32_t i); /* NULL: beyond the last */
const char *guards_scene(const char *name); /* whose cells of the matrix have to see it; NULL: seeds */

/* ---- seeds.c, matrix.c, saturated.c: one run; false: a promise was broken, w->broken says which */
bool seed_run(dst *w, uint64_t seed, bool trace);
bool saturated_run(dst *w, uint64_t seed, bool trace);
bool matrix_run(dst *w, uint32_t scene, uint32_t point, uint32_t when, uint32_t then, bool trace);
const char *matrix_scene(uint32_t scene); /* NULL: beyond the last */
void dst_begin(dst *w, uint64_t seed);
void dst_actor(dst *w, bool host, void (*body)(void *arg));
void dst_end(dst *w);

#endif
