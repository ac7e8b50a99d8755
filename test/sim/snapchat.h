/* SPDX-License-Identifier: MIT */
/*
 * Snapchat's Marketing API, reading: consent, tokens, organizations, lists, stats, asynchronous reports. From the sheet.
 *
 * Person u is in three organizations: the first shows its accounts in one call, the second only when it is asked for them itself, the
 * third has none. Account k = 0, 2 .. belongs to the first, k = 1, 3 .. to the second. Every fourth account has no pixel. What the
 * world calls archived or deleted is deleted here; the children of a deleted object are as well.
 */
#ifndef ADSIM_SNAPCHAT_H
#define ADSIM_SNAPCHAT_H

#include "site.h"

#define SNAPCHAT_API "adsapi.snapchat.com"
#define SNAPCHAT_LOGIN "accounts.snapchat.com"
#define SNAPCHAT_FILES "storage.googleapis.com"
#define SNAPCHAT_ORGANIZATIONS 3

enum { SNAPCHAT_TOKEN_ACCESS = 1, SNAPCHAT_TOKEN_REFRESH, SNAPCHAT_TOKEN_CODE };

/* what has an id besides the world's own kinds: g is an account's, an organization's or a person's number */
enum { SNAPCHAT_MEDIA = WORLD_POST + 1, SNAPCHAT_FUNDING, SNAPCHAT_BILLING, SNAPCHAT_MEMBER, SNAPCHAT_CURSOR, SNAPCHAT_REQUEST };

extern const sim_platform sim_snapchat;

/* ---- snapchat_world.c ---- */
extern const world_rules snapchat_rules;
const char *snapchat_id(const sim_site *site, sim_arena *arena, int kind, int64_t g, int64_t index);
int snapchat_id_read(const sim_site *site, const char *text, int64_t *g, int64_t *index); /* segments too; 0: not one of ours */
bool snapchat_account_of(const sim_site *site, const char *path, char out[40]);           /* the account that a path speaks of */
int64_t snapchat_organization(const sim_site *site, int64_t g); /* of an account: its number is person * 3 + 0..2 */
bool snapchat_pixel(const world_account *account);
int64_t snapchat_money(const world_account *account, int64_t minor, int64_t impressions); /* micro; figures are finer than a cent */
const char *snapchat_account_name(char *out, size_t room, const world_account *account);

/* ---- snapchat_call.c ---- */
typedef struct snapchat_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    const char *path; /* behind /v1/ */
    const char *id;   /* of this request */
    sim_token token;
    sim_grant *grant;
} snapchat_call;

void snapchat_begin(snapchat_call *call, sim_site *site, sim_request *request, sim_answer *answer);
void snapchat_handle(sim_site *site, sim_request *request, sim_answer *answer);
const char *snapchat_param(const snapchat_call *call, const char *name);
bool snapchat_params_known(snapchat_call *call, const char *const *known, const char *code); /* NULL at the end; false: refused */
bool snapchat_opens(snapchat_call *call, int64_t g, const char *missing);                    /* false: refused, it is not the caller's */
sim_text *snapchat_open(snapchat_call *call, const char *word);                              /* {"request_status":..,"request_id":.. */

/* ---- snapchat_errors.c ---- */
/* the flat form; its status from the code. All of these give false. */
bool snapchat_fail(snapchat_call *call, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool snapchat_fail_item(snapchat_call *call, const char *plural, const char *code, const char *message); /* in the list; HTTP 200 */
bool snapchat_fail_missing(snapchat_call *call, const char *plural);                                     /* E3004 */
bool snapchat_fail_token(snapchat_call *call);                                                           /* 401, text */
bool snapchat_fail_rate(snapchat_call *call);                                                            /* 429, text */
bool snapchat_fail_text(snapchat_call *call, int status, const char *text);
bool snapchat_fail_flat(sim_answer *answer, int status, const char *error, const char *text); /* of the token host */
void snapchat_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);

/* ---- snapchat_oauth.c ---- */
void snapchat_oauth(snapchat_call *call);
const char *snapchat_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);

/* ---- snapchat_limits.c ---- */
bool snapchat_limits_pass(snapchat_call *call);                       /* requests of a second; false: refused already */
bool snapchat_limits_bucket(snapchat_call *call, const char *bucket); /* stats of one resource, told in headers */
void snapchat_limits_headers(snapchat_call *call, int64_t limit, int64_t left);

/* ---- snapchat_kinds.c: what can be listed ---- */
typedef struct snapchat_writer { /* of an object's JSON */
    const sim_site *site;
    sim_arena *arena;
    sim_text *out;
    int64_t turn; /* sets come in another order each time */
} snapchat_writer;

typedef struct snapchat_item snapchat_item;

typedef struct snapchat_kind {
    const char *plural, *singular, *collection; /* collection: how a cursor names it */
    int kind;
    bool deletable, lower; /* lower: its answers say "success" */
    const char *parents;   /* which lists there are: o organization, a account, c campaign, s ad squad */
    bool paged;
    void (*write)(snapchat_writer *w, const snapchat_item *item);
} snapchat_kind;

struct snapchat_item {
    const snapchat_kind *kind;
    world_account account;
    world_entity e; /* of those in the world; of others account and h */
    int64_t g, index, created, updated;
    bool deleted;
};

const snapchat_kind *snapchat_kind_named(const char *plural, size_t size); /* NULL: no such list */
const snapchat_kind *snapchat_kind_of(int kind);
bool snapchat_item_at(const sim_site *site, const snapchat_kind *kind, int64_t g, int64_t index, snapchat_item *item);
int64_t snapchat_item_count(const sim_site *site, const snapchat_kind *kind); /* possible indexes below one g */
void snapchat_item_write(snapchat_writer *w, const snapchat_item *item);      /* the object itself */

/* snapchat_account_fields.c, snapchat_ad_fields.c, snapchat_creative_fields.c */
void snapchat_stamp(sim_text *out, const char *name, int64_t at, uint64_t h); /* 2025-07-29T11:53:33.136Z */
void snapchat_made(snapchat_writer *w, const snapchat_item *item);            /* id, created_at .. */
void snapchat_write_account(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_account_short(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_funding(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_billing(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_member(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_organization(snapchat_writer *w, int64_t organization, const char *accounts);
void snapchat_write_campaign(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_adsquad(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_ad(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_creative(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_media(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_segment(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_form(snapchat_writer *w, const snapchat_item *item);
void snapchat_write_pixel(snapchat_writer *w, const snapchat_item *item);
size_t snapchat_creative_type(const world_entity *creative);
extern const char *const snapchat_creative_types[], *const snapchat_ad_types[]; /* side by side */

/* ---- snapchat_list.c ---- */
bool snapchat_list(snapchat_call *call, const snapchat_kind *kind, char parent, int64_t g, int64_t index);
bool snapchat_one(snapchat_call *call, const snapchat_kind *kind, const char *id);
bool snapchat_by_ids(snapchat_call *call, const snapchat_kind *kind, int64_t g);
bool snapchat_limit(snapchat_call *call, int64_t least, int64_t most, int64_t *limit); /* 0: none was given */
/* ,"paging":{"next_link":..}; position of the next row, -1: none. odd: that page may not be an odd one again */
void snapchat_next(snapchat_call *call, const char *collection, uint64_t check, int64_t position, bool odd);
bool snapchat_cursor(snapchat_call *call, const char *collection, uint64_t check, int64_t *position, bool *odd);
uint64_t snapchat_query_hash(const snapchat_call *call); /* of everything but cursor and limit */

/* ---- snapchat_metrics.c ---- */
typedef struct snapchat_query snapchat_query;

typedef struct snapchat_sum { /* of an object in a span of time */
    const world_account *account;
    world_numbers n, arrived;
    world_kind level;
    int64_t days;
} snapchat_sum;

typedef struct snapchat_metric {
    const char *name;
    char type; /* i integer, d double, c conversions, v their value */
    int event, times;
    int64_t (*get)(const snapchat_sum *sum);
    double (*ratio)(const snapchat_sum *sum);
    bool daily; /* not by the hour */
} snapchat_metric;

typedef struct snapchat_field {
    const char *name; /* with its ending */
    const snapchat_metric *metric;
    char part; /* 0 all, s swipes, v views, w web, a app */
} snapchat_field;

bool snapchat_field_read(sim_arena *arena, const char *text, size_t size, snapchat_field *field);
bool snapchat_field_converts(const snapchat_field *field);
const char *snapchat_all_fields(bool pixel); /* everything, as a list */
void snapchat_stats_write(sim_text *out, const snapchat_query *query, const snapchat_sum *sum);
bool snapchat_sum_empty(const snapchat_query *query, const snapchat_sum *sum);

/* ---- snapchat_stats.c: a request for figures ---- */
struct snapchat_query {
    world_account account;
    world_kind level, breakdown; /* breakdown WORLD_NONE: none */
    int64_t index;
    char granularity; /* T D H L */
    int64_t start, end;
    bool ranged, omit, arrived, windows; /* windows: conversions are asked for or windows named */
    int swipe, view;                     /* windows, as below */
    snapchat_field fields[256];
    size_t count;
};

extern const char *const snapchat_swipe_windows[], *const snapchat_view_windows[];
bool snapchat_stats_read(snapchat_call *call, world_kind level, int64_t g, int64_t index, snapchat_query *query);
bool snapchat_stats(snapchat_call *call, world_kind level, int64_t g, int64_t index);

/* ---- snapchat_series.c: figures over time ---- */
void snapchat_series_sum(const sim_site *site, const snapchat_query *query, world_kind level, int64_t index, int64_t from, int64_t to,
                         snapchat_sum *sum);
void snapchat_local(char out[40], int64_t at, const sim_zone *zone);                      /* 2025-07-01T00:00:00.000+02:00 */
int64_t snapchat_series_step(const snapchat_query *query, int64_t from);                  /* where the day or hour that begins there ends */
bool snapchat_series_write(snapchat_call *call, const snapchat_query *query, bool whole); /* whole: no pages */

/* ---- snapchat_jobs.c ---- */
bool snapchat_job_start(snapchat_call *call, const snapchat_query *query, bool csv);
bool snapchat_job_look(snapchat_call *call, int64_t g);
void snapchat_file(snapchat_call *call);

const char *snapchat_truth(sim_truth *t);

#endif
