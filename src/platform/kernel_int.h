/* SPDX-License-Identifier: MIT */
/* What the kernel's files share and nobody else sees. */
#ifndef ADSYNC_SRC_KERNEL_INT_H
#define ADSYNC_SRC_KERNEL_INT_H

#include "../http/http.h"
#include "../json/json.h"
#include "kernel.h"

enum {
    KERNEL_IN_FLIGHT = 500,
    KERNEL_TURN_US = 50000,
    KERNEL_ATTEMPTS = 7,    /* 1 + 2 + .. + 64 s: about two minutes */
    KERNEL_BODY = 16 << 20, /* the largest answer unless the recipe says otherwise */
    KERNEL_TIMEOUT_US = 60000000,
    KERNEL_EXCERPT = 1000,
    KERNEL_UNREAD = 256 << 10, /* bytes of answers that wait to be digested; with more of them no further ones are fetched */
    KERNEL_PERMIT_US = 500000, /* how long after its permits a request may leave; a limiter counts on a second */
    KERNEL_PATIENCE_US = 60000000, /* a longer wait for a limit goes up, so that the flight's place is free meanwhile */
    KERNEL_COSTS = 8,
    KERNEL_FENCES = 128, /* organisations that one commit may be the first word of, and that are known to stand */
    KERNEL_WARNED = 64
};

/* ---- finish.c: a recipe becomes a message */
typedef adsync_status (*adsync__secret_hook)(void *user, const char *name, adsync__secret *out, adsync_error **error);
typedef struct adsync__finished {
    adsync_message message;
    adsync__secret url, headers, body; /* what the message points to */
    adsync__secret placed[8];          /* the secrets in it, for redaction */
    uint32_t n_placed;
    char endpoint[256]; /* path only, for the audit */
} adsync__finished;
typedef struct adsync__finisher {
    const adsync_manifest *manifest;
    adsync__crypto *crypto;
    adsync__secrets *secrets;
    adsync__secret_hook find;
    void *user;
} adsync__finisher;
/* PENDING where a secret is not there yet. */
adsync_status adsync__finish(const adsync__finisher *finisher, const adsync_request *request, adsync__finished *out, adsync_error **error);
void adsync__finished_free(adsync__finished *finished);
/* A field's value; PENDING likewise. It ends with adsync__finish_keep: secrets stay, for redaction. */
adsync_status adsync__finish_value(const adsync__finisher *finisher, const adsync__recipe_field *field, adsync__secret *out,
                                   adsync_error **error);
void adsync__finish_keep(adsync__finished *out, const adsync__recipe_field *field, adsync__secret *value);
/* sign.c: OAuth 1.0a over everything that was placed; adds the header. */
adsync_status adsync__sign(const adsync__finisher *finisher, const adsync_request *request, adsync__finished *out, adsync_error **error);

/* ---- flights */
enum { FLIGHT_HELD = 0, FLIGHT_READY, FLIGHT_WAITING, FLIGHT_FLYING, FLIGHT_ARRIVED };

struct adsync__flight {
    adsync__kernel *kernel;
    struct adsync__flight *next, **link; /* of all */
    adsync__flight_spec spec;            /* its texts lie in the arena */
    adsync__arena arena;
    adsync_task task;
    uint32_t state, attempt, effect;
    bool keep, ending, in_hook, dropped; /* keep: hold was said within `outcome` */
    uint32_t unanswered;                 /* tries that left and got no whole answer */
    bool more;                           /* the same body again, from another cursor */
    bool clocked;                        /* the platform's clock was taken for it */
    int64_t id;                          /* of the exchange */
    int64_t wake_us;                     /* monotonic; WAITING */
    int64_t before_us;                   /* monotonic: sent before then or never; 0: whenever */
    int64_t sent_us, sent_mono_us;
    adsync_request request;
    adsync__finished finished;
    adsync__ended ended; /* ARRIVED: words and headers copied into `answer` */
    adsync__buffer body;
    adsync__arena answer;
    int64_t ticket, taken_us; /* of the limiter; 0: none; taken: monotonic */
    bool sent;      /* the ticket's request may have left */
};

typedef struct adsync__fence_org adsync__fence_org;

struct adsync__kernel {
    adsync__effects effects;
    adsync_storage *storage;
    adsync_vault *vault;
    adsync_transport *transport;
    adsync_limiter *limiter;
    adsync__crypto *crypto;
    adsync__secrets *secrets;
    adsync__connector *connectors;
    adsync__app *apps;
    adsync__kernel_hooks hooks;
    void *hooks_user;
    adsync__flight *flights;
    adsync__timer *timers;
    void *refreshes;
    uint32_t n_flights, n_flying, max_in_flight;
    int64_t max_turn_us, next_id;
    size_t n_unread; /* bytes of answers in flights */
    const adsync__flight *parsed_of; /* whose body is parsed and holds more; NULL: none */
    adsync__parsed parsed;
    /* the turn's group commit */
    adsync__commit_unit *units, **units_end;
    struct adsync__commit_unit *lasting; /* what outlived a storage that did not answer: goes with the next commit */
    uint32_t n_lasting;
    uint32_t n_changes;
    size_t n_bytes;
    adsync__fence_org *fences; /* fence.c: organisations that stood when they were looked at */
    uint32_t n_fences, next_fence;
    uint32_t wakes; /* set by wake, from any thread */
    uint32_t n_warned;
    uint64_t warned[KERNEL_WARNED]; /* which warnings were told, the oldest forgotten first */
};

/* flight.c, send.c, digest.c */
void adsync__flight_end(adsync__flight *flight, adsync_status status, const adsync_error *error); /* tells and frees */
void adsync__flight_send(adsync__flight *flight);   /* READY -> FLYING, WAITING, HELD or over */
void adsync__flight_digest(adsync__flight *flight); /* ARRIVED -> whatever the outcome says */
void adsync__flight_wait(adsync__flight *flight, int64_t delay_us);
void adsync__flight_forget(adsync__flight *flight); /* the answer: its bytes may hold tokens */
adsync_status adsync__flight_secret(adsync__flight *flight, const char *name, adsync__secret *out, adsync_error **error);
adsync_status adsync__flight_take(adsync__flight *flight, int64_t *wait_us, adsync_error **error); /* permits, limits.c */
void adsync__flight_settle(adsync__flight *flight);
void adsync__flight_learn(adsync__flight *flight, const adsync_outcome *outcome);

int64_t adsync__timers_next(const adsync__kernel *kernel); /* INT64_MAX: none */
void adsync__timers_due(adsync__kernel *kernel, int64_t monotonic_us);
void adsync__timers_cancel(adsync__kernel *kernel);

void adsync__registry_free(adsync__kernel *kernel);

/* batch.c */
adsync_status adsync__batch_commit(adsync__kernel *kernel, adsync_error **error);
void adsync__batch_cancel(adsync__kernel *kernel);
bool adsync__batch_full(const adsync__kernel *kernel);

/* fence.c: adsync__storage_commit, but nothing new comes in for an organisation that is being deleted or is gone. NOT_FOUND: it would;
 * the units that are at fault have `conflicts` set. */
adsync_status adsync__fence_commit(adsync__kernel *kernel, adsync__unit *units, uint32_t n, adsync_error **error);
void adsync__fence_free(adsync__kernel *kernel);

#endif
