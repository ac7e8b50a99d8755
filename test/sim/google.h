/* SPDX-License-Identifier: MIT */
/*
 * Google Ads, reading, over REST: consent, tokens, the tree of managers, GAQL through search and searchStream, quotas. From the sheet.
 *
 * Person u has a manager R(u), below it a manager S(u). Of the person's accounts k = 0, 3, 6 .. are open to the person directly and
 * stand below R as well; k = 1, 4 .. stand below R, k = 2, 5 .. below S; k = 1 stands below S too. A canceled or closed account is
 * listed but cannot be read.
 */
#ifndef ADSIM_GOOGLE_H
#define ADSIM_GOOGLE_H

#include "site.h"

#define GOOGLE_ADS "googleads.googleapis.com"

enum { GOOGLE_TOKEN_ACCESS = 1, GOOGLE_TOKEN_REFRESH, GOOGLE_TOKEN_CODE };

extern const sim_platform sim_google;

/* ---- google_world.c ---- */
typedef struct google_customer {
    int64_t cid, user;
    int manager; /* 0 an account, 1 the person's own manager, 2 the one below it */
    world_account account;
} google_customer;

extern const world_rules google_rules;
bool google_customer_at(const sim_site *site, int64_t cid, google_customer *customer);
void google_customer_of(const sim_site *site, int64_t g, google_customer *customer);
bool google_direct(const google_customer *customer, const sim_site *site); /* the person was added to it */
bool google_below(const sim_site *site, const google_customer *manager, const google_customer *customer, int64_t *level);
int64_t google_manager_id(int64_t user, int which);
const char *google_customer_status(const google_customer *customer);
bool google_readable(const google_customer *customer);
int64_t google_id(world_kind kind, int64_t g, int64_t index);
const char *google_customer_name(char *out, size_t room, const google_customer *customer);

/* ---- google_call.c ---- */
typedef struct google_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    const char *path; /* behind the version */
    int version;
    bool stream; /* errors come in a list */
    sim_token token;
    sim_grant *grant;
    google_customer customer;
    const sim_json *body;
} google_call;

void google_handle(sim_site *site, sim_request *request, sim_answer *answer);
void google_begin(google_call *call, sim_site *site, sim_request *request, sim_answer *answer);
const char *google_request_id(google_call *call);

/* ---- google_errors.c ---- */
/* "queryError", "UNRECOGNIZED_FIELD", a message: the envelope with GoogleAdsFailure, its status from the category; always false */
bool google_fail(google_call *call, const char *category, const char *name, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool google_fail_quota(google_call *call, const char *name, const char *scope, const char *rate, int64_t seconds);
bool google_fail_token(google_call *call); /* the plain 401 */
bool google_fail_html(google_call *call, int status);
bool google_fail_key(google_call *call, const char *key); /* an unknown member of the body: google.rpc.BadRequest */
bool google_fail_flat(sim_answer *answer, int status, const char *error, const char *text); /* of the token endpoint */
void google_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);

/* ---- google_oauth.c ---- */
bool google_oauth(google_call *call); /* false: none of its paths */
const char *google_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);

/* ---- google_limits.c ---- */
bool google_limits_pass(google_call *call, bool counts); /* false: refused already */

/* ---- google_gaql.c, google_plan.c ---- */
typedef struct google_value {
    char kind; /* 0 absent; i int64, n int32, d double, s text (dates, enums and names too), b bool, j a list as JSON */
    int64_t i;
    double d;
    const char *s;
} google_value;

typedef struct google_row google_row;

typedef struct google_field {
    const char *name;
    char type; /* as google_value.kind; e enum, t date */
    google_value (*get)(const google_row *row);
    int since, until; /* versions; 0: open */
} google_field;

typedef struct google_resource {
    const char *name;
    world_kind level;      /* whose numbers; WORLD_NONE: no metrics here */
    const char *companion; /* other resources whose fields may stand beside it */
    int64_t (*count)(const google_row *row);
    bool (*load)(google_row *row, int64_t position);
} google_resource;

typedef enum google_operator {
    GOOGLE_EQ,
    GOOGLE_NE,
    GOOGLE_LT,
    GOOGLE_LE,
    GOOGLE_GT,
    GOOGLE_GE,
    GOOGLE_BETWEEN,
    GOOGLE_DURING,
    GOOGLE_IN,
    GOOGLE_NOT_IN,
    GOOGLE_ANY,
    GOOGLE_ALL,
    GOOGLE_NONE,
    GOOGLE_LIKE,
    GOOGLE_NOT_LIKE,
    GOOGLE_MATCH,
    GOOGLE_NOT_MATCH,
    GOOGLE_NULL,
    GOOGLE_NOT_NULL,
    GOOGLE_OPERATORS
} google_operator;

typedef struct google_condition {
    struct google_condition *next;
    const google_field *field;
    google_operator op;
    const char *values[256];
    size_t count;
} google_condition;

typedef struct google_order {
    const google_field *field;
    bool descending;
} google_order;

typedef struct google_query {
    const google_resource *from;
    const google_field *select[256];
    size_t selected;
    google_condition *where;
    const google_field *written[300]; /* what a row shows: these and the names of their resources, sorted */
    size_t written_count;
    google_order order[8];
    size_t orders;
    int64_t limit; /* -1: none */
    bool omit_names;
    /* what follows from these */
    bool metrics, segments, dated, arrived; /* dated: a finite range; arrived: figures by the day on which a sale came */
    int64_t from_day, to_day;
    char piece;                            /* of time: d w m q y; 0 all together */
    int hours, devices, networks, actions; /* 1: not split by it */
} google_query;

bool google_query_read(google_call *call, const char *text, google_query *query);
bool google_query_plan(google_call *call, google_query *query);
bool google_during(const char *word, int64_t today, int64_t *from, int64_t *to);

/* ---- google_fields*.c: what there is ---- */
struct google_row {
    const sim_site *site;
    sim_arena *arena;
    int version;
    google_customer owner;  /* whose query it is */
    google_customer client; /* FROM customer_client */
    int64_t client_level;
    world_entity campaign, adset, ad, item;
    int64_t position, criterion;
    int64_t from, to;                  /* days */
    int hour, device, network, action; /* -1: not split */
    const google_query *query;
    world_numbers n, arrived;
    const char *change_name, *change_type;
    const google_field *field; /* of the field catalogue */
};

extern const google_resource google_resources[];
extern const google_field google_account_fields[], google_campaign_fields[], google_group_fields[], google_other_fields[],
    google_metric_fields[], google_segment_fields[];

const google_resource *google_resource_named(const char *name, size_t size);
const google_field *google_field_named(const char *name, int version); /* NULL: unrecognized */
const google_field *google_field_at(size_t index);                     /* all of them; NULL at the end */
bool google_of(const char *field, const char *resource);               /* is the field one of the resource's? */
google_value google_text(const google_row *row, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t google_micros(const google_row *row, int64_t minor);
bool google_pmax(const world_entity *campaign);
const char *google_status(const world_entity *entity);
const char *google_criterion_name(const google_row *row);

/* ---- google_metrics.c ---- */
void google_row_numbers(google_row *row);
bool google_row_zero(const google_row *row); /* every selected metric is zero */
int64_t google_lookback(int action);

/* ---- google_rows.c ---- */
typedef struct google_rows {
    google_call *call;
    google_query *query;
    google_row row;
    int64_t positions, pieces, splits; /* of the walk */
    int64_t at;                        /* the next place to look at */
} google_rows;

void google_rows_begin(google_rows *rows, google_call *call, google_query *query);
bool google_rows_next(google_rows *rows, int64_t *place); /* loads the next row; its place */
bool google_rows_load(google_rows *rows, int64_t place);
void google_row_write(sim_text *out, const google_row *row);
void google_query_write(google_query *query, int version); /* fills written */
void google_mask_write(sim_text *out, const google_query *query);
void google_camel(sim_text *out, const char *name);

/* ---- google_search.c, google_truth.c ---- */
bool google_search(google_call *call);
bool google_catalogue(google_call *call, const char *name); /* NULL: by query */
const char *google_truth(sim_truth *t);

#endif
