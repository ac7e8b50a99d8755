/* SPDX-License-Identifier: MIT */
/*
 * X Ads, reading: requests signed as OAuth 1.0a, the three steps of consent, OAuth 2.0 beside it, lists, statistics at once and by
 * job, limits. From the sheet.
 *
 * Ids are base-36 but for posts, cards and jobs, which are numbers that no double holds. A campaign in twelve promotes the account
 * and one in twelve a video before others' videos: its ads are promoted accounts or media creatives. A draft never delivers.
 */
#ifndef ADSIM_X_H
#define ADSIM_X_H

#include "site.h"

#define X_ADS "ads-api.x.com"
#define X_FILES "ton.twimg.com"
#define X_FILE_PATH "/advertiser-api-async-analytics/stats_job_"
#define X_QUARTER_HOUR 900
#define X_LIST_MAX 200

/* kinds of token; the first two are of OAuth 1.0a and have a secret */
enum { X_TOKEN_REQUEST = 1, X_TOKEN_ACCESS, X_TOKEN_APP, X_TOKEN_CODE, X_TOKEN_BEARER, X_TOKEN_REFRESH };

/* what sim_token.died says */
enum { X_DIED_TOKEN = 89, X_DIED_SUSPENDED = 64, X_DIED_LOCKED = 326 };

extern const sim_platform sim_x;

/* ---- x_world.c: names */
typedef enum x_code { /* the last digit of what base-36 text stands for */
                      X_CAMPAIGN,
                      X_LINE_ITEM,
                      X_PROMOTED_TWEET,
                      X_PROMOTED_ACCOUNT,
                      X_MEDIA_CREATIVE,
                      X_FUNDING,
                      X_TARGETING,
                      X_AUDIENCE,
                      X_EVENT_TAG,
                      X_NUMBER_IDS, /* from here on ids are decimal numbers */
                      X_TWEET,
                      X_CARD,
                      X_MEDIA,
                      X_JOB,
                      X_ACCOUNT
} x_code;

typedef enum x_product { X_TWEETS, X_ACCOUNTS, X_VIDEOS } x_product;

extern const world_rules x_rules;
const char *x_id(sim_arena *arena, x_code code, int64_t g, int64_t index);
bool x_id_read(x_code code, const char *text, int64_t *g, int64_t *index);
int64_t x_job_id(int64_t g, int64_t number);
int64_t x_user_id(int64_t user);
const char *x_time(sim_arena *arena, int64_t at);                                    /* 2026-01-31T10:00:00Z */
void x_json_time(sim_text *out, const char *name, int64_t at);                       /* 0: null */
void x_json_micro(sim_text *out, const char *name, int64_t amount);                  /* 0: null */
int64_t x_micro(const world_account *account, int64_t minor);                        /* of money in minor units */
int64_t x_midnight(const sim_site *site, const world_account *account, int64_t day); /* as the platform reckons it */
int64_t x_day(const sim_site *site, const world_account *account, int64_t at);
int64_t x_switch_day(const world_account *account); /* before this day the account's days were Los Angeles' */
int64_t x_switch_at(const world_account *account);
bool x_account_dead(const world_account *account);
x_product x_product_of(const world_entity *campaign);
int64_t x_funding_of(const world_entity *campaign);
bool x_campaign_draft(const world_entity *campaign);
bool x_group_draft(const world_entity *campaign, const world_entity *group);
bool x_parents(const sim_site *site, int64_t g, int64_t ad, world_entity *campaign, world_entity *group);
int64_t x_post_of(const sim_site *site, int64_t g, int64_t ad);   /* index of the post that the ad shows */
int64_t x_sharer_of(const sim_site *site, int64_t g, int64_t ad); /* the other ad that shows it; -1: none */

/* ---- x_call.c */
typedef struct x_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    const char *path; /* behind the version */
    int version;
    sim_token token;
    sim_grant *grant;
    world_account account;
    const char *account_id; /* NULL: the path names none */
    sim_pairs params;       /* of the query and of a form */
    sim_text echo;          /* members of request.params */
} x_call;

void x_handle(sim_site *site, sim_request *request, sim_answer *answer);
const char *x_param(const x_call *call, const char *name); /* NULL: absent; "" stays */
bool x_account_open(x_call *call, const char *id);

/* ---- x_params.c: reads and echoes what a call says; anything else is refused */
bool x_params_read(x_call *call, const char *allowed);
bool x_flag(const x_call *call, const char *name);
int64_t x_number(const x_call *call, const char *name, int64_t otherwise);
bool x_listed(const char *list, const char *word);                                   /* is it one of those between commas? */
size_t x_split(sim_arena *arena, const char *list, const char **words, size_t most); /* how many there are, also beyond `most` */
bool x_time_read(const char *text, int64_t *at, bool *date_only);

/* ---- x_answer.c: envelopes, errors */
typedef struct x_error {
    const char *code, *message;
    const char *parameter, *details, *value; /* NULL: left out */
} x_error;

void x_answer(x_call *call, const sim_text *data, const char *extra); /* extra: members between request and data */
bool x_fail(x_call *call, int status, const char *code, const char *parameter, const char *format, ...)
    __attribute__((format(printf, 5, 6)));                                         /* always false */
bool x_fail_with(x_call *call, int status, const x_error *errors, size_t count);   /* always false */
bool x_gateway(sim_answer *answer, int status, int64_t code, const char *message); /* a number for a code, no request; always false */
bool x_callback_refused(sim_answer *answer);                                       /* XML; always false */
void x_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);

/* ---- x_sign.c: OAuth 1.0a */
typedef struct x_signed {
    const char *consumer, *nonce, *signature, *method, *timestamp, *token, *version, *callback, *verifier;
    const sim_app *app;
} x_signed;

typedef enum x_signature { X_SIGN_GOOD, X_SIGN_BAD, X_SIGN_CLOCK } x_signature;

bool x_sign_read(const sim_request *request, x_signed *given); /* false: not an OAuth header that can be read */
/* secret: of the token, "" without one */
x_signature x_sign_check(sim_site *site, const sim_request *request, x_signed *given, const char *secret);
bool x_token_read(sim_site *site, const char *text, sim_token *token);
const char *x_token_text(sim_site *site, sim_arena *arena, sim_token *token);
bool x_basic(sim_site *site, const sim_request *request, const sim_app **app); /* false: no such header; app NULL: not one of ours */

/* ---- x_oauth.c, x_oauth2.c */
bool x_oauth(x_call *call);  /* false: none of its paths */
bool x_oauth2(x_call *call); /* likewise */
const char *x_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);
void x_open(sim_site *site);
void x_close(sim_site *site);
bool x_nonce_fresh(sim_site *site, uint64_t nonce);

/* ---- x_limits.c */
typedef enum x_limit { X_GLOBAL, X_CORE, X_OTHER, X_TARGETS, X_AUDIENCES, X_STATS, X_JOBS, X_COUNTED } x_limit;

bool x_limits_pass(x_call *call, x_limit limit, const char *endpoint);
void x_limit_headers(sim_answer *answer, bool account, int64_t limit, int64_t remaining, int64_t reset);

/* ---- x_list.c */
typedef struct x_item { /* one object of a list */
    const sim_site *site;
    sim_arena *arena;
    world_account account;
    int64_t position;
    world_entity e, campaign, group;
    const char *id, *name, *campaign_id, *group_id, *funding_id; /* NULL: it has none */
    int64_t created, updated;
    bool deleted, hidden, draft; /* hidden: shows with_deleted only, deleted itself or not */
    const char *type;            /* of posts and audiences: by what a parameter tells them apart */
    bool organic;
} x_item;

typedef struct x_kind {
    const char *path, *param; /* param: of the ids; without its s, of one id */
    x_code code;
    int64_t (*count)(const sim_site *site);
    bool (*load)(x_item *item); /* position is set; false: nothing there */
    void (*write)(sim_text *out, const x_item *item);
    void (*write_trimmed)(sim_text *out, const x_item *item); /* with trim_user; NULL: as always */
    const char *params;                                       /* beside count, cursor and the ids */
    bool (*shows)(const x_call *call, const x_item *item);    /* NULL: everything */
    bool (*asks)(x_call *call);                               /* what must be there; NULL: nothing */
    int64_t page, page_max;
    x_limit limit;
    bool one_is_list;
    const char *truth; /* of which --truth it is a row, and under which kind: "ads ad" */
} x_kind;

extern const x_kind x_accounts, x_fundings, x_campaigns, x_line_items, x_promoted_tweets, x_promoted_accounts, x_media_creatives, x_tweets,
    x_cards, x_media, x_targeting, x_audiences, x_event_tags;

const x_kind *x_kind_at(size_t i); /* of the lists within an account; NULL at the end */
const x_kind *x_kind_named(const char *path, size_t size);
bool x_load(const x_kind *kind, x_item *item, int64_t position);
void x_item_times(sim_text *out, const x_item *item); /* created, updated, deleted */
bool x_list(x_call *call, const x_kind *kind);
bool x_get(x_call *call, const x_kind *kind, const char *id);
bool x_index_of(const x_call *call, const x_kind *kind, const char *id, int64_t *index); /* of an id in this account */

/* ---- x_facts.c: what is no list */
bool x_facts(x_call *call, const char *path); /* false: none of its paths */

/* ---- x_metrics.c */
#define X_VALUES 200

typedef enum x_group { X_ENGAGEMENT, X_BILLING, X_VIDEO, X_WEB, X_MOBILE, X_LIFETIME, X_GROUPS } x_group;
typedef enum x_placement { X_EVERYWHERE, X_SPOTLIGHT, X_TREND, X_NETWORK, X_PLACEMENTS } x_placement;
typedef enum x_entity { X_OF_ACCOUNT, X_OF_FUNDING, X_OF_CAMPAIGN, X_OF_LINE_ITEM, X_OF_TWEET, X_OF_PROMOTED_ACCOUNT, X_ENTITIES } x_entity;

typedef struct x_values {
    int64_t v[X_VALUES];
} x_values;

extern const char *const x_group_names[X_GROUPS + 1], *const x_placement_names[X_PLACEMENTS + 1], *const x_entity_names[X_ENTITIES + 1];
const x_kind *x_entity_kind(x_entity entity); /* NULL: of the account */
/* a day of an object, added */
void x_values_add(const sim_site *site, const world_account *account, x_entity entity, int64_t index, int64_t day, x_placement placement,
                  x_values *sum);
bool x_values_any(const x_values *values, unsigned groups);
/* "metrics": of `length` elements; odd decides what is left out, nulls that a 0 among others may be null */
void x_values_write(sim_text *out, const x_values *elements, int64_t length, unsigned groups, int64_t percent, uint64_t odd, bool nulls);
int64_t x_values_count(unsigned groups);
bool x_arrived(const sim_site *site, const world_account *account, x_entity entity, int64_t index, int64_t day);
bool x_wide(const sim_site *site, const world_account *account, x_entity entity, int64_t index); /* shown in every placement */

/* ---- x_stats.c, x_jobs.c, x_active.c */
typedef struct x_query {
    x_entity entity;
    const char *ids[20];
    size_t count;
    int64_t from, to, first, length; /* instants; the first day, how many elements */
    char grain;                      /* d, h, t */
    x_placement placement;
    unsigned groups;
    const char *segment, *country, *platform; /* NULL: none */
} x_query;

bool x_query_read(x_call *call, x_query *query, bool job);
void x_query_echo(const x_query *query, sim_arena *arena, sim_text *out);   /* members */
void x_query_rows(const x_call *call, const x_query *query, sim_text *out); /* what stands between the brackets of data */
bool x_stats(x_call *call);
bool x_jobs(x_call *call, const char *id); /* id NULL: the list */
bool x_file(x_call *call);                 /* on the host of files, or signed on the other */
bool x_active(x_call *call);
bool x_reach(x_call *call, bool campaigns);
bool x_bounds(x_call *call, int64_t *from, int64_t *to, int64_t most_days);

/* ---- x_truth.c */
const char *x_truth(sim_truth *t);

#endif
