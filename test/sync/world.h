/* SPDX-License-Identifier: MIT */
/* A platform whose answers are a few words, engines over one memory storage, a clock that moves only when somebody waits.
 *
 * An answer's lines: "e ID" an entity of the kind that was asked for · "child ID CAMPAIGN" one of a campaign ·
 * "m ID DAY SPEND [CURRENCY [IMPRESSIONS]]" a figure · "next CURSOR" · "weak" the end, without proof · "zone NAME", "lookback DAYS",
 * "currency CODE" of the account · "stale" · "throttled" · "trouble" · "refused". Without any of the last six (and no "next") it is the end
 * of a whole list. */
#ifndef ADSYNC_TEST_WORLD_H
#define ADSYNC_TEST_WORLD_H

#include "storage/storage.h"
#include "support/faulty.h"

#include <adsync/connection.h>
#include <adsync/sync.h>

enum { WORLD_ENGINES = 8, WORLD_ASKED = 128, WORLD_FLYING = 256 };

typedef struct world world;
typedef struct world_engine {
    world *world;
    adsync_engine *engine;
    int64_t flying[WORLD_FLYING];
    char urls[WORLD_FLYING][200];
    uint32_t n_flying;
    bool frozen; /* its answers do not come */
} world_engine;

struct world {
    int64_t now_us, jump_us; /* jump: how far the wall clock is off */
    uint64_t seed;
    bool scoped;            /* audiences, lead forms and leads are there too, for a consent that has "people" */
    bool below; /* it lists ad sets, too, and says which changed */
    const char *lead_minutes; /* the platform has posts and leads, too, and says when leads have changed: /changes?kind=lead&since=.. */
    const char *settings[12]; /* of the platform: name, value ..; without any reports are cut into 10 days */
    bool account_figures; /* reports of the account itself, too */
    bool account_zone; /* days are the account's, and /account tells its zone; else UTC's. */
    char folder[64], keys_file[96];
    adsync_keys *keys;
    adsync_storage *rows, *storage; /* storage: rows, through `faults` */
    faulty faults;
    int64_t org, grant, connection;
    const char *(*answer)(world *w, const char *url); /* of /list?kind=..&after=.. and /report?level=..&from=..&to=.. */
    char asked[WORLD_ASKED][200];                     /* the URLs, in order; the first ones */
    uint32_t n_asked;
    world_engine engines[WORLD_ENGINES];
};

void world_begin(world *w, const char *(*answer)(world *w, const char *url));
/* lead_minutes: with posts and leads; below: with lists of ad sets, too */
void world_begin_as(world *w, const char *(*answer)(world *w, const char *url), const char *lead_minutes, bool below);
extern adsync_status (*world_rows)(adsync_storage **out); /* where worlds have their rows; NULL: in memory */
void world_end(world *w);
adsync_engine *world_open(world *w, uint32_t n); /* a worker, claiming */
adsync_engine *world_open_with(world *w, uint32_t n, adsync_engine_options options); /* storage NULL: the world's, with its faults */
void world_connect(world *w, const char *org, int64_t *connections, uint32_t n); /* ad accounts of an organisation, by engine 0 */
void world_kill(world *w, uint32_t n); /* as kill -9: it writes nothing any more, in the eyes of the others */
adsync_status world_ask(world *w, uint32_t n, adsync_job_options options, int64_t *job);
adsync_status world_wait(world *w, uint32_t n, int64_t job, int64_t us);
int64_t world_number(world *w, uint32_t table, const adsync_value *key, uint32_t column); /* 0 where there is none */
const char *world_job(world *w, int64_t job, uint32_t column);                            /* a text of its row; until the next call */
uint32_t world_count(world *w, uint32_t table, uint32_t column, const char *text);        /* rows whose column says so; NULL: all */
uint32_t world_removed(world *w);                                                         /* entities that are marked so */

#endif
