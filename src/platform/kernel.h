/* SPDX-License-Identifier: MIT */
/* The kernel: runs tasks in flight in one loop, and commits what they bring together.
 *
 * A flight is one task on its way: request -> limits -> secrets -> send -> response -> outcome, again and again until the task is
 * done. The kernel itself repeats what may be repeated (READ and SAME: 1 s doubling to 64 s, full jitter, Retry-After honoured;
 * waiting for a limit spends no attempt) and reports each call for the audit. Everything else goes up through the flight's hooks:
 * whoever started it takes the rows, commits them, and says `adsync__flight_go`. So the rows of a page are durable before its
 * successor is asked for, and a flight can be held for a refresh, a commit or a person.
 *
 * A unit is what one job, refresh or operation wants to commit. Units of a turn share a group commit (at most 2,000 changes, 4 MiB,
 * 50 ms of digesting). On a conflict the units that failed are taken out, told, and the rest is submitted again; after three rounds
 * each goes alone. Where an engine claims work, its own row rides in every group commit: heartbeat, fence and commit marker in one;
 * a conflict on that row means that the engine was declared dead, and everything it holds is dropped.
 *
 * Rooms below (connect, sync, engine) use the kernel; it knows none of them. */
#ifndef ADSYNC_SRC_KERNEL_H
#define ADSYNC_SRC_KERNEL_H

#include "../crypto/crypto.h"
#include "../storage/storage.h"
#include "../vault/vault.h"
#include "platform.h"

#include <adsync/http.h>
#include <adsync/limiter.h>

/* ---- registry.c: platforms and the host's registrations at them */
typedef struct adsync__connector {
    const char *platform;
    adsync_connector_ops ops;
    adsync_manifest manifest;
    int64_t ahead_us; /* how far its clock was found to be ahead of ours; 0: it was not looked at, or is not */
    struct adsync__connector *next;
} adsync__connector;

typedef struct adsync__app { /* secrets lie in secret memory */
    const adsync__connector *connector;
    const char *name, *client_id, *redirect_uri, *scopes, *api_version; /* client_id, redirect_uri may be NULL */
    adsync__secret client_secret, developer_token;                      /* empty where there is none */
    const char *const *settings;                                        /* name, value, .., NULL; may be NULL */
    struct adsync__app *next;
} adsync__app;

typedef struct adsync__kernel adsync__kernel;
typedef struct adsync__kernel_options {
    adsync_storage *storage; /* kept */
    adsync_vault *vault;     /* taken over, also when the call fails; may be NULL where no keys were given: secrets then fail with words */
    adsync_transport *transport; /* kept */
    const adsync_host *host;
    uint32_t max_in_flight; /* 0: 500 */
    int64_t max_turn_us;    /* 0: 50 ms */
} adsync__kernel_options;
adsync_status adsync__kernel_new(const adsync__kernel_options *options, adsync__kernel **out, adsync_error **error);
void adsync__kernel_free(adsync__kernel *kernel); /* drops every flight: their `ended` is called with E_CANCELLED */

adsync_status adsync__kernel_connector(adsync__kernel *kernel, const char *platform, const adsync_connector_ops *ops, adsync_error **error);
adsync_status adsync__kernel_app(adsync__kernel *kernel, const char *platform, const char *name, const adsync__app *app,
                                 adsync_error **error); /* copies */
const adsync__connector *adsync__kernel_connectors(const adsync__kernel *kernel); /* the first of the list */
const adsync__connector *adsync__kernel_find_connector(const adsync__kernel *kernel, const char *platform);
const adsync__app *adsync__kernel_find_app(const adsync__kernel *kernel, const char *platform, const char *name); /* name NULL: "default" */

adsync_storage *adsync__kernel_storage(adsync__kernel *kernel);
adsync_vault *adsync__kernel_vault(adsync__kernel *kernel);     /* may be NULL */
adsync_limiter *adsync__kernel_limiter(adsync__kernel *kernel); /* the engine's one */
adsync__effects *adsync__kernel_effects(adsync__kernel *kernel);
adsync__crypto *adsync__kernel_crypto(adsync__kernel *kernel);
adsync__secrets *adsync__kernel_secrets(adsync__kernel *kernel);
void **adsync__kernel_refreshes(adsync__kernel *kernel); /* where connect keeps the refreshes under way; NULL at first */

/* ---- flight.c */
typedef struct adsync__flight adsync__flight;

/* What one exchange was, for the audit (api_calls). Borrowed; redacted already. */
typedef struct adsync__audit {
    const char *endpoint, *method, *action, *code, *request_id, *excerpt;
    int64_t called_us, duration_us;
    uint32_t http_status, success;
} adsync__audit;

typedef struct adsync__flight_hooks {
    /* Fills in a secret by its name (access_token, refresh_token, page:<id>, verifier, carried ..; the app's own are the kernel's).
     * E_NOT_FOUND where there is none. PENDING: not now; the flight is held until adsync__flight_go. */
    adsync_status (*secret)(void *user, adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error);
    /* One exchange took place. Called before `outcome` of the same answer, and for every try that is repeated. */
    void (*audit)(void *user, adsync__flight *flight, const adsync__audit *audit);
    /* One outcome, any way but a failure that the kernel repeats by itself. Take rows, facts and secrets now: they end with the
     * call. For done, split, unknown, stale and fail the flight is over when the hook returns, unless it says adsync__flight_go
     * (then or later, before returning control it must have called adsync__flight_hold). For next, more, wait, spawn and need the
     * flight is held until adsync__flight_go. */
    void (*outcome)(void *user, adsync__flight *flight, const adsync_outcome *outcome);
    /* The flight is over and gone: once, last. status: OK, or the class of what ended it, with words in error. */
    void (*ended)(void *user, adsync__flight *flight, adsync_status status, const adsync_error *error);
} adsync__flight_hooks;

typedef struct adsync__flight_spec {
    const adsync__app *app;
    int64_t org, grant, connection, job; /* 0 where there is none; for limits and the audit */
    const char *account_id;              /* may be NULL; copied */
    const char *member;                  /* the grant's external user, for limits per member; may be NULL; copied */
    uint32_t priority;                   /* ADSYNC_INTERACTIVE .. */
    uint32_t op, kind;                   /* of the task */
    uint32_t once;                       /* 1: ONCE, whatever the recipe says */
    uint32_t reserved;
    const adsync__flight_hooks *hooks;   /* borrowed for the flight's life */
    void *user;
} adsync__flight_spec;

/* Prepares a flight; its task is then filled with adsync__task_int and _text on adsync__flight_task; adsync__flight_go starts it.
 * The kernel sets "now_us", "random", "nonce", "api_version", "client_id", "attempt" and, from outcomes, "cursor" by itself. */
adsync_status adsync__flight_new(adsync__kernel *kernel, const adsync__flight_spec *spec, adsync__flight **out, adsync_error **error);
adsync_task *adsync__flight_task(adsync__flight *flight);
/* What a refusal is for people: which platform, which task, its words. */
adsync_status adsync__flight_error(const adsync__flight *flight, const adsync_outcome *outcome, adsync_error **error);
const adsync__flight_spec *adsync__flight_about(const adsync__flight *flight);
/* Whether bytes of some try may have left whose answer did not come: for `outcome` and `ended`. */
bool adsync__flight_unanswered(const adsync__flight *flight);
void adsync__flight_go(adsync__flight *flight); /* starts it, or lets a held one go on */
void adsync__flight_go_at(adsync__flight *flight, int64_t monotonic_us);
/* Its bytes leave before then (monotonic), or never: looked at last of all, when permits and secrets are there. */
void adsync__flight_send_before(adsync__flight *flight, int64_t monotonic_us);
void adsync__flight_hold(adsync__flight *flight); /* from `outcome`: over is not over yet */
void adsync__flight_drop(adsync__flight *flight); /* ends it quietly: no hook is called; its exchange is cancelled */

/* ---- timer.c: called once when it is due, in a turn; `cancelled` from kernel_free. Zeroed but for due and user means not set. */
typedef struct adsync__timer {
    void (*due)(void *user, bool cancelled);
    void *user;
    int64_t at_us; /* monotonic */
    struct adsync__timer *next, **link;
} adsync__timer;
void adsync__timer_set(adsync__kernel *kernel, adsync__timer *timer, int64_t monotonic_us); /* or moves it */
void adsync__timer_clear(adsync__timer *timer);

/* ---- batch.c: units and the group commit */
typedef struct adsync__commit_unit adsync__commit_unit;
typedef void (*adsync__unit_done)(void *user, adsync_status status,
                                  const adsync_error *error); /* OK: durable. CONFLICT: this unit did not hold */
/* A unit of one organisation; values are copied. `done` is called once, after the turn's group commit (or from kernel_free with
 * E_CANCELLED). */
adsync__commit_unit *adsync__unit_new(adsync__kernel *kernel, int64_t org, adsync__unit_done done, void *user); /* NULL: no memory */
/* version 0 with a put: drawn. Keep a drawn version (adsync__version_draw) yourself where the row will be compared again. Failures are
 * kept and reported to `done`. */
void adsync__unit_put(adsync__commit_unit *unit, uint32_t table, int64_t expected, int64_t version, const adsync_value *values, uint32_t n);
/* For many rows: n values in the unit's own memory, all null, to be filled and then put as they are; only their texts are copied. */
adsync_value *adsync__unit_values(adsync__commit_unit *unit, uint32_t n); /* NULL: no memory, `done` gets it */
void adsync__unit_put_values(adsync__commit_unit *unit, uint32_t table, adsync_value *values, uint32_t n);
void adsync__unit_delete(adsync__commit_unit *unit, uint32_t table, int64_t expected, const adsync_value *key);
void adsync__unit_check(adsync__commit_unit *unit, uint32_t table, int64_t expected, const adsync_value *key);
void adsync__unit_audit(adsync__commit_unit *unit, const adsync__flight_spec *about, const adsync__audit *audit); /* an api_calls row */
char *adsync__unit_keep(adsync__commit_unit *unit, const void *p, size_t size); /* a copy that lives as long as the unit; NULL: no memory */
size_t adsync__unit_weight(const adsync__commit_unit *unit, uint32_t *changes);                                   /* bytes so far */
void adsync__unit_submit(adsync__commit_unit *unit); /* into this turn's group commit */
/* The engine was declared dead: what waits for its commit, and somebody waits for, does not hold. Records of what happened stay. */
void adsync__units_disown(adsync__kernel *kernel);
void adsync__unit_drop(adsync__commit_unit *unit);   /* nobody is told */
adsync_status adsync__unit_commit(adsync__commit_unit *unit,
                                  adsync_error **error); /* alone and at once; the unit is gone, `done` is not called */
/* The same, with the engine's own row beside it: one that was declared dead commits nothing, and is told so by the hook `fenced`. */
adsync_status adsync__unit_commit_fenced(adsync__commit_unit *unit, adsync_error **error);
/* Evidence: committed at once, outside the group; `retry` re-reads, merges and fills the unit anew after a conflict, until it is
 * stored or retry answers a failure. */
adsync_status adsync__commit_now(adsync__kernel *kernel, adsync__unit *units, uint32_t n, adsync_error **error);

/* ---- loop.c */
typedef struct adsync__kernel_hooks { /* what engine fills: the only way up */
    void (*before_commit)(void *user,
                          adsync__commit_unit *system); /* a unit of org 0 in every group commit: the engine's row; may be NULL */
    void (*committed)(void *user);                      /* that unit is durable; may be NULL */
    void (*fenced)(void *user);                         /* that unit conflicted: the engine was declared dead */
    /* An answer that went well holds something a person should know; once for each grant or connection. May be NULL. */
    void (*warned)(void *user, const adsync__flight_spec *about, const char *code, const char *message);
} adsync__kernel_hooks;
void adsync__kernel_set_hooks(adsync__kernel *kernel, const adsync__kernel_hooks *hooks, void *user);

/* One turn: poll the transport (at most max_wait_us), digest, commit, send. OK, or IDLE where nothing is in flight and no timer is set. */
adsync_status adsync__kernel_turn(adsync__kernel *kernel, int64_t max_wait_us, adsync_error **error);
int64_t adsync__kernel_timeout_us(adsync__kernel *kernel); /* until a turn has something to do; -1: nothing */
int32_t adsync__kernel_fd(adsync__kernel *kernel);         /* epoll descriptor over transport and wake; -1: none */
void adsync__kernel_wake(adsync__kernel *kernel);          /* any thread, signal handlers too */
uint32_t adsync__kernel_flights(const adsync__kernel *kernel);
/* Turns until *done or until wait_us are over: PENDING then. For calls that a person waits for. */
adsync_status adsync__kernel_settle(adsync__kernel *kernel, adsync_error **error); /* commits what was submitted, and turns nothing else */
adsync_status adsync__kernel_await(adsync__kernel *kernel, const bool *done, int64_t wait_us, adsync_error **error);

#endif
