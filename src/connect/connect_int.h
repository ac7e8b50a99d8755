/* SPDX-License-Identifier: MIT */
/* What the files of this room share and nobody else sees. */
#ifndef ADSYNC_SRC_CONNECT_INT_H
#define ADSYNC_SRC_CONNECT_INT_H

#include "connect.h"

/* Positions in the grants table. */
enum {
    GRANT_AT_GENERATION = 2,
    GRANT_AT_STATE,
    GRANT_AT_ATTEMPT,
    GRANT_AT_DEADLINE,
    GRANT_AT_DUE,
    GRANT_AT_ACCESS_EXPIRES,
    GRANT_AT_REFRESH_EXPIRES,
    GRANT_AT_DATA_EXPIRES,
    GRANT_AT_MESSAGE,
    GRANT_AT_UPDATED,
    GRANT_AT_PLATFORM,
    GRANT_AT_APP,
    GRANT_AT_EXTERNAL_USER,
    GRANT_AT_NAME,
    GRANT_AT_SCOPES,
    GRANT_AT_REUSE,
    GRANT_AT_FACTS,
    GRANT_AT_CREATED,
    GRANT_WIDTH
};

int64_t connect_shared_now(adsync__kernel *kernel); /* the storage's clock, where it has one: for times that other machines read */
enum { CONNECT_ATTEMPTS = 50, CONNECT_LINE = 1000, CONNECT_AGAIN_US = 1000000 };

/* ---- pocket.c: what the answers of one task brought, newest by name, kept until it is stored: secrets in memory of their own. */
typedef struct connect_item {
    const char *name;
    adsync__secret secret;
    int64_t expires_us;
    struct connect_item *next;
} connect_item;
typedef struct connect_pocket {
    adsync__arena arena;
    connect_item *items;
    adsync__out_fact *facts; /* in the order they came */
} connect_pocket;
adsync_status connect_pocket_take(connect_pocket *pocket, adsync__secrets *secrets, const adsync_outcome *outcome, adsync_error **error);
adsync_status connect_pocket_add(connect_pocket *pocket, adsync__secrets *secrets, const char *name, const void *p, size_t size,
                                 int64_t expires_us, adsync_error **error); /* an empty one never overwrites */
const connect_item *connect_pocket_find(const connect_pocket *pocket, const char *name);
adsync_status connect_pocket_give(const connect_pocket *pocket, adsync__secrets *secrets, const char *name, adsync__secret *out,
                                  adsync_error **error);                         /* a copy; E_NOT_FOUND without words */
const char *connect_pocket_fact(const connect_pocket *pocket, const char *name); /* NULL: not said */
void connect_pocket_free(connect_pocket *pocket);

/* ---- facts.c: a JSON object of texts; what has a column of its own stays out of it */
void connect_facts_give(const char *text, adsync_task *task);
int64_t connect_facts_number(const char *text, const char *name); /* 0: none */
adsync_status connect_facts_merge(const char *before, const adsync__out_fact *facts, bool (*has_column)(const char *name),
                                  adsync__buffer *out, adsync_error **error);

/* ---- connections.c: positions in its table, for the columns that change */
enum {
    CONNECTION_AT_STATUS = 2,
    CONNECTION_AT_MESSAGE = 3,
    CONNECTION_AT_NEXT = 4,
    CONNECTION_AT_LAST_SYNC = 5,
    CONNECTION_AT_LAST_STATUS = 6,
    CONNECTION_AT_LAST_MESSAGE = 7,
    CONNECTION_AT_UPDATED = 9,
    CONNECTION_AT_GRANT = 10,
    CONNECTION_AT_NAME = 13,
    CONNECTION_AT_CURRENCY = 14,
    CONNECTION_AT_TIME_ZONE = 15,
    CONNECTION_AT_AUTO = 16,
    CONNECTION_AT_FREQUENCY = 17,
    CONNECTION_AT_TIMEFRAME = 18,
    CONNECTION_AT_FACTS = 20,
    CONNECTION_AT_METADATA = 21
};

/* ---- schedule.c: a connection's row is about to be put: the rows of its rhythms go along, and its NEXT is set. */
typedef struct connect_arm { /* a bit per rhythm: which are looked at now, and which of them as if they had never run */
    uint32_t which, anew;
} connect_arm;
void connect_schedule_follow(adsync__commit_unit *unit, adsync_value *connection, const connect_arm *arm, int64_t now);

/* ---- grants.c: changing a grant's row by comparing, again and again until it holds. `edit` changes values and may add to the unit; ROW:
 * commit it; anything else is the answer and nothing is committed. */
typedef adsync_status (*connect_edit)(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                      adsync_error **error);
adsync_status connect_grant_change(adsync__kernel *kernel, int64_t org, int64_t grant, connect_edit edit, void *user, adsync_error **error);
/* All that the pocket holds goes into the unit and the row, as tokens of this generation. */
adsync_status connect_grant_fill(adsync__kernel *kernel, adsync__commit_unit *unit, const connect_pocket *pocket, int64_t generation,
                                 adsync_value *values, adsync_error **error);
adsync_status connect_grant_learn(adsync__commit_unit *unit, const adsync__out_fact *facts, adsync_value *values, adsync_error **error);
adsync_status connect_grant_seal(adsync__kernel *kernel, adsync__commit_unit *unit, const connect_pocket *pocket, int64_t org,
                                 int64_t grant, int64_t alternate, int64_t generation, adsync_error **error);
void connect_grant_new(adsync_value *values, const adsync__app *app, int64_t now); /* all but the key: a row with no tokens yet */
adsync_value connect_grant_due(adsync__kernel *kernel, const adsync_value *values, bool refreshable);
/* Its connections follow: those in a state of `from` go to `to` with these words. */
void connect_grant_spread(adsync__kernel *kernel, int64_t org, int64_t grant, const char *const *from, const char *to, const char *message);
void connect_audit(adsync__kernel *kernel, adsync__flight *flight, const adsync__audit *audit);
int64_t connect_number(const adsync_value *value);                                  /* 0 where it is none */
int64_t connect_draw(adsync__kernel *kernel);                                       /* a new number, 1 .. 2^53-1 */
adsync_value connect_line(const char *text);                                        /* cut to what a message column takes */
bool connect_missing(const char *asked, const char *given, char *out, size_t room); /* "not granted: a, b"; false: none, or nobody said */
adsync_status connect_app(adsync__kernel *kernel, const char *platform, const char *name, const adsync__app **app, adsync_error **error);

#endif
