/* SPDX-License-Identifier: MIT */
/* Grants (one consent: the tokens of one external user) and connections (one ad account that a grant reaches), for the rooms below. */
#ifndef ADSYNC_SRC_CONNECT_H
#define ADSYNC_SRC_CONNECT_H

#include "../platform/kernel.h"

#include <adsync/connection.h>

/* ---- grants.c */
typedef struct adsync__grant { /* a grants row; texts are the rows' */
    adsync_rows *rows;
    int64_t org, grant, version, generation;
    const char *platform, *app, *external_user, *scopes, *state; /* state: active, refreshing, expired, revoked */
    int64_t access_expires_us;                                   /* 0: not known; -1: never */
} adsync__grant;
adsync_status adsync__grant_load(adsync__kernel *kernel, int64_t org, int64_t grant, adsync__grant *out,
                                 adsync_error **error); /* E_NOT_FOUND */
void adsync__grant_unload(adsync__grant *grant);
/* The secret in force: access_token, refresh_token, page:<id>, .. E_NOT_FOUND where there is none. */
adsync_status adsync__grant_secret(adsync__kernel *kernel, int64_t org, int64_t grant, const char *field, adsync__secret *out,
                                   adsync_error **error);
/* Stores secrets and facts that an outcome of any task of the grant brought, at once (evidence). */
adsync_status adsync__grant_store(adsync__kernel *kernel, int64_t org, int64_t grant, const adsync_outcome *outcome, adsync_error **error);

bool adsync__grant_refreshable(adsync__kernel *kernel, const char *platform);

/* Fills a task with what was learned about the consent. */
void adsync__grant_facts(const adsync__grant *grant, adsync_task *task);

/* For the files of this room and refresh: seals a secret into a unit; the vault or words. */
adsync_status adsync__grant_vault(adsync__kernel *kernel, adsync_vault **vault, adsync_error **error);
adsync_status adsync__grant_put_secret(adsync__kernel *kernel, adsync__commit_unit *unit, int64_t org, int64_t grant, const char *field,
                                       int64_t alternate, int64_t generation, const void *p, size_t size, int64_t expires_us,
                                       adsync_error **error);
adsync_status adsync__grant_list(adsync__kernel *kernel, int64_t org, int64_t grant, adsync_rows **out, adsync_error **error);
adsync_status adsync__grant_expiring(adsync__kernel *kernel, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error);
/* The same, and of each EXPIRES_US: when a person has to see to it. */
adsync_status adsync__grant_ending(adsync__kernel *kernel, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error);

/* What keeps a consent's accounts from being listed, as its message where it has no other; NULL: nothing does any more. */
adsync_status adsync__grant_unlisted(adsync__kernel *kernel, int64_t org, int64_t grant, const char *why, adsync_error **error);

/* Takes over a token that the host has; the options were checked. */
adsync_status adsync__grant_add(adsync__kernel *kernel, int64_t org, const char *platform, const char *access_token,
                                const adsync_grant_options *options, int64_t *grant, adsync_error **error);

/* ---- refresh.c: single flight, in this process and over all. `done` is called once, maybe before this returns: OK when a generation
 * above `seen` is in force; E_AUTH when a person has to connect again; E_TRANSIENT and E_LIMIT when later may work. */
typedef void (*adsync__grant_done)(void *user, adsync_status status, const adsync_error *error);
void adsync__grant_refresh(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t seen, adsync__grant_done done, void *user);
/* Refreshes, in the background, some of what is due (adsync_grant_expiring) and belongs to an app that is registered here. */
adsync_status adsync__grant_tend(adsync__kernel *kernel, adsync_error **error);

/* ---- tasks.c: one flight with the grant's secrets; `done` as above. What comes is stored: tokens and facts of the grant, or where a
 * connection is given (not 0) the facts of that. */
void adsync__grant_task(adsync__kernel *kernel, int64_t org, int64_t grant, int64_t connection, uint32_t op, uint32_t priority,
                        adsync_rows **out, adsync__grant_done done, void *user);
/* Asks the platform again for what the grant reaches: accounts (rows to `out` if it is not NULL, owned when done is called with OK)
 * and page tokens, which are stored. */
void adsync__grant_discover(adsync__kernel *kernel, int64_t org, int64_t grant, uint32_t priority, adsync_rows **out,
                            adsync__grant_done done, void *user);

/* ---- oauth.c, complete.c: consents. Texts are copied. */
typedef struct adsync__oauth_wish {
    int64_t org, renew_grant;
    const char *platform, *app, *session, *scopes;
} adsync__oauth_wish;
/* One row URL, STATE, EXPIRES_US to `out` when done is called with OK. */
void adsync__oauth_begin(adsync__kernel *kernel, const adsync__oauth_wish *wish, adsync_rows **out, adsync__grant_done done, void *user);
/* *grant is set when done is called with OK or PARTIAL (then the error holds what is missing). */
void adsync__oauth_complete(adsync__kernel *kernel, int64_t org, const char *session, const char *query, int64_t *grant,
                            adsync__grant_done done, void *user);

/* ---- disconnect.c: *out gets STATUS, MESSAGE. OK or PARTIAL: the connection is ended here. */
void adsync__connection_disconnect(adsync__kernel *kernel, int64_t org, int64_t connection, uint32_t flags, adsync_rows **out,
                                   adsync__grant_done done, void *user);

/* ---- validate.c: *out gets STATUS, MESSAGE, SCOPES, ACCESS_EXPIRES_US, also where done is called with a failure that the platform gave.
 */
void adsync__connection_validate(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out, adsync__grant_done done,
                                 void *user);

/* ---- connections.c. The same account of an organisation and platform has the same number, whoever adds it. */
adsync_status adsync__connection_add(adsync__kernel *kernel, int64_t org, int64_t grant, const char *account_id,
                                     const adsync_connection_options *options, int64_t *connection, adsync_error **error);
typedef struct adsync__connection { /* a connections row; texts are the rows' */
    adsync_rows *rows;
    int64_t org, connection, version, grant;
    const char *platform, *account_id, *name, *currency, *time_zone, *status, *facts; /* facts: JSON object of texts, or NULL */
    int64_t timeframe_days, frequency_minutes, auto_sync;
} adsync__connection;
adsync_status adsync__connection_load(adsync__kernel *kernel, int64_t org, int64_t connection, adsync__connection *out,
                                      adsync_error **error);
void adsync__connection_unload(adsync__connection *connection);
adsync_status adsync__connection_check(const adsync__connection *connection, adsync_error **error); /* E_AUTH: it was ended */
/* Puts what was learned into the row: facts of the outcome, and where given status and message. Compares and tries again. */
adsync_status adsync__connection_learn(adsync__kernel *kernel, int64_t org, int64_t connection, const adsync_outcome *outcome,
                                       const char *status, const char *message, adsync_error **error);
/* How a sync ended, into a unit: `how` (success, partial, error), the message, what that makes of the connection (`status`, may be NULL),
 * and what a person should know of one in force although it works (`warning`, "code: words", may be NULL: then one with the code `keeps`
 * stays, and any other goes). Compared, so it does not hold where somebody changed the row meanwhile. */
typedef struct adsync__connection_end {
    const char *how, *message, *status, *warning, *keeps;
} adsync__connection_end;
adsync_status adsync__connection_put_synced(adsync__kernel *kernel, adsync__commit_unit *unit, int64_t org, int64_t connection,
                                            const adsync__connection_end *end, adsync_error **error);
adsync_status adsync__connection_list(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out, adsync_error **error);
adsync_status adsync__connection_set(adsync__kernel *kernel, int64_t org, int64_t connection, const adsync_connection_settings *settings,
                                     adsync_error **error);
/* Fills a task with the account's facts, currency and time zone. */
void adsync__connection_facts(const adsync__connection *connection, adsync_task *task);
int64_t adsync__connection_fact(const adsync__connection *connection, const char *name); /* a number; 0: it is not known */

/* ---- schedule.c: what a connection's syncs go by, a row each. */
enum {
    ADSYNC__RHYTHM_METRICS,   /* the figures that still move fast */
    ADSYNC__RHYTHM_CAMPAIGNS, /* what changed */
    ADSYNC__RHYTHM_DAILY,     /* all campaigns, posts and leads, and the figures that still move */
    ADSYNC__RHYTHM_WEEKLY,    /* the figures that move for long */
    ADSYNC__RHYTHM_BACKFILL,  /* the days before, once */
    ADSYNC__RHYTHM_POSTS,     /* new posts, where the platform has some */
    ADSYNC__RHYTHM_LEADS,     /* new leads, where the platform has some and it is worth more than once a day */
    ADSYNC__RHYTHMS
};
extern const char *const adsync__rhythm_names[ADSYNC__RHYTHMS];
bool adsync__connection_runs(const char *status, int64_t auto_sync); /* whether it is synced by itself */
adsync_status adsync__schedule_list(adsync__kernel *kernel, int64_t org, int64_t connection, adsync_rows **out,
                                    adsync_error **error); /* connection 0: all */

#endif
