/* SPDX-License-Identifier: MIT */
/* Between the server's loop and the bytes of one answer. */
#ifndef ADSIM_CORE_HTTP_H
#define ADSIM_CORE_HTTP_H

#include "core.h"

#include <microhttpd.h>

typedef struct http_port {
    struct MHD_Daemon *daemon;
    struct sim_world *sim;
    const char *scheme;
    bool control;
    int number, wait; /* the descriptor to wait on */
} http_port;

typedef struct http_call {
    struct http_call *next; /* of those that wait for a while */
    sim_world *sim;
    http_port *port;
    struct MHD_Connection *connection;
    sim_arena arena;
    sim_request request;
    sim_answer answer;
    sim_text body;
    int64_t resume_us;
    bool begun, served, stalled;
    size_t sent;
} http_call;

void http_wait(http_call *call, int64_t ms); /* suspends its connection for a while */
enum MHD_Result http_send(http_call *call);
void http_gzip(http_call *call);

#endif
