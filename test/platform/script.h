/* SPDX-License-Identifier: MIT */
/* A platform that is a script: a connector of a few lines, a transport that answers from a queue, clocks that are numbers. */
#ifndef ADSYNC_TEST_SCRIPT_H
#define ADSYNC_TEST_SCRIPT_H

#include "support/faulty.h"
#include "platform/kernel.h"

enum { SCRIPT_REPLIES = 64, SCRIPT_SENT = 256 };

typedef struct script_reply { /* http_status 0: the connection is cut, `sent` says when */
    uint32_t http_status, sent;
    const char *headers, *body;
} script_reply;

typedef struct script {
    int64_t now_us, mono_us;
    script_reply replies[SCRIPT_REPLIES];
    uint32_t n_replies, next_reply;
    struct {
        int64_t id;
        bool live;
    } waiting[SCRIPT_SENT];
    uint32_t n_waiting;
    uint32_t n_sent, n_once, n_cancelled;
    char url[2048], headers[2048], body[2048]; /* of the last one sent */
    int64_t sent_at[SCRIPT_SENT];              /* monotonic */
    int64_t clock_us;                          /* what the last recipe was told */
    uint32_t effect;                           /* of the recipe */
    bool cost;                                 /* the recipe counts against the limit "calls" */
    const char *host, *header_value;           /* of the recipe; NULL: "api", none */
    const char *whole_url;                     /* of the recipe instead of host and path, as platforms send it for the next page */
    faulty faulty; /* around the storage */
    adsync_storage *storage;
    adsync_transport *transport;
    adsync__kernel *kernel;
} script;

void script_open(script *s);
void script_close(script *s);
void script_add(script *s, uint32_t http_status, const char *body);
void script_turn(script *s, uint32_t turns, int64_t step_us); /* the clocks go on by step_us before each turn */
const adsync__app *script_app(script *s);

/* A flight that notes what it is told. */
typedef struct script_flight {
    adsync__kernel *kernel;
    adsync__flight *flight;
    bool pending; /* the token is not there yet */
    uint32_t outcomes, audits, ended, ways[32];
    adsync_status status;
    char error[64], message[300], excerpt[1200], endpoint[256];
    bool go; /* lets every held outcome go on */
} script_flight;
void script_start(script *s, script_flight *f, uint32_t priority);

#endif
