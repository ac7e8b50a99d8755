/* SPDX-License-Identifier: MIT */
/* A world on one thread: a clock that moves only when somebody waits, a transport whose answers are written down before, engines on one
 * memory storage, a log that is kept. */
#ifndef ADSYNC_TEST_SCRIPT_H
#define ADSYNC_TEST_SCRIPT_H

#include "storage/storage.h"
#include "support/faulty.h"

#include <adsync/connection.h>

enum { SCRIPT_CLAIM = 1, SCRIPT_META = 2 }; /* of `engine_flags` */
enum { SCRIPT_REPLIES = 64, SCRIPT_FLYING = 64, SCRIPT_ENGINES = 40 };

typedef struct script_reply {          /* to the next request whose URL holds `path` */
    const char *path, *body, *headers; /* headers NULL: JSON */
    size_t size;                       /* of body; 0: up to its NUL */
    uint32_t status;                   /* 0: the answer is lost */
    uint32_t unsent;                   /* with 0: nothing left; 2: the answer is too large */
    uint32_t always;                   /* 1: to every such request that no other reply is for */
    int64_t delay_us;                  /* on the script's clock */
    bool used;
} script_reply;

typedef struct script_flying {
    int64_t id, at_us;
    const script_reply *reply;
    struct script_engine *engine;
} script_flying;

typedef struct script script;
typedef struct script_engine {
    script *world;
    adsync_engine *engine;
    adsync_transport *transport;
} script_engine;

struct script {
    int64_t now_us;
    uint64_t seed;
    uint32_t engine_flags; /* of script_open; SCRIPT_CLAIM: it takes jobs; SCRIPT_META: with Meta and its app */
    char folder[64], keys_file[96];
    adsync_storage *rows, *storage; /* storage: rows, through `faults` */
    faulty faults;
    adsync_keys *keys;
    script_reply replies[SCRIPT_REPLIES];
    uint32_t n_replies, sent;
    script_flying flying[SCRIPT_FLYING];
    uint32_t n_flying;
    adsync__buffer log, traffic; /* every log line; every request's method, path, headers and body */
    void (*on_send)(script *world, const char *url, const char *headers, const char *body);
    script_engine engines[SCRIPT_ENGINES];
};

void script_begin(script *world, uint32_t engines);
void script_begin_with(script *world, uint32_t engines, uint32_t flags); /* SCRIPT_* */
void script_end(script *world);
adsync_engine *script_open(script *world, script_engine *engine); /* anew, after its engine was freed */
void script_say(script *world, const char *path, uint32_t status, const char *body);
void script_lose(script *world, const char *path, uint32_t unsent);
void script_reply_with(script *world, script_reply reply);
void script_step(script *world, adsync_engine *engine, int64_t us); /* turns for so long on the script's clock */
uint32_t script_sent(const script *world, const char *what);        /* how often `what` stands in the traffic */
bool script_stored(script *world, const char *planted);             /* in any column of any row of any table */

#endif
