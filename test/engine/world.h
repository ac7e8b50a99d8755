/* SPDX-License-Identifier: MIT */
/* An engine with Meta on the scripted transport: one account, one campaign, two days of figures, unless a test says otherwise first. */
#ifndef ADSYNC_TEST_WORLD_H
#define ADSYNC_TEST_WORLD_H

#include "../connect/script.h"

#include <adsync/data.h>
#include <adsync/sync.h>

enum { WORLD_WAIT_US = 100000000 };

typedef struct world {
    script script;
    adsync_engine *engine;
    int64_t grant, connection;
} world;

void world_begin(world *w);   /* a grant and a connection of "acme", no request yet */
void world_answers(world *w); /* what the platform always says */
void world_end(world *w);
int64_t world_enqueue(world *w, uint32_t data, uint32_t mode, uint32_t days);
adsync_status world_wait(world *w, int64_t job, char name[64]);                  /* how it ended, over all its pauses; name of the error */
adsync_status world_sync(world *w, uint32_t data, uint32_t days, char name[64]); /* both, full */
adsync_rows *world_connection(world *w);                                         /* its row, the first one stepped to */
size_t world_campaigns(world *w);
size_t world_covered(world *w, const char *state);  /* days of any level in a state */
bool world_knows(const world *w, const char *text); /* it was logged, or is stored in any column */

#endif
