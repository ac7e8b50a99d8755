/* SPDX-License-Identifier: MIT */
/*
 * Meta, reading: login dialog, tokens, ad accounts and what is in them, pages and leads, reports, limits. From the fact sheet.
 *
 * The world: people 0.., each with a business, ad accounts and pages. An ad account is named by its global number g = person *
 * accounts + k. Whatever it holds is named by (kind, g, index) and the id is those three in digits, so that an id from anywhere can
 * be resolved without a table: 12 K GGGGGG IIIIIIIIII, nineteen digits, beyond what a double holds.
 */
#ifndef ADSIM_META_H
#define ADSIM_META_H

#include "core.h"

#define META_DAY 86400

typedef enum meta_kind {
    META_NONE,
    META_CAMPAIGN,
    META_ADSET,
    META_AD,
    META_CREATIVE,
    META_AUDIENCE,
    META_FORM,
    META_LEAD,
    META_RUN,
    META_PIXEL,
    META_ACCOUNT,
    META_USER,
    META_BUSINESS,
    META_PAGE,
    META_APP
} meta_kind;

typedef enum meta_status { META_ACTIVE, META_PAUSED, META_ARCHIVED, META_DELETED } meta_status;

typedef struct meta_currency {
    const char *code;
    int offset; /* minor units of the main unit, as Meta counts them */
} meta_currency;

typedef struct meta_account {
    int64_t g, user, id;
    uint64_t h;
    const meta_currency *currency;
    const sim_zone *zone;
    int status, purchase; /* purchase: under which names a sale shows */
} meta_account;

/* campaign, ad set, ad, creative, audience, form, lead alike */
typedef struct meta_entity {
    meta_kind kind;
    meta_account account; /* forms, leads: g is the page's number */
    int64_t index, id, created, updated, version, start, stop;
    int64_t campaign, adset, ad; /* indexes of the parents */
    uint64_t h;
    meta_status status, effective; /* effective: with the parents' */
    const char *word;              /* effective_status as it is told */
} meta_entity;

/* ---- meta_world.c ---- */
int64_t meta_id(meta_kind kind, int64_t g, int64_t index);
meta_kind meta_id_read(const sim_world *sim, int64_t id, int64_t *g, int64_t *index);
int64_t meta_run_id(const sim_world *sim, int64_t g, int64_t number);
int64_t meta_account_id(int64_t g);
int64_t meta_user_id(int64_t user);
int64_t meta_business_id(int64_t user);
int64_t meta_page_id(int64_t page);
bool meta_account_at(const sim_world *sim, int64_t g, meta_account *account);
int64_t meta_count(const sim_world *sim, meta_kind kind);                                                 /* of an account, or of a page */
bool meta_entity_at(const sim_world *sim, meta_kind kind, int64_t g, int64_t index, meta_entity *entity); /* false: not (yet) there */
int64_t meta_ad_from(const sim_world *sim, const meta_account *account, int64_t ad, int64_t *until); /* first and last day of delivery */
int64_t meta_lead_index(int64_t form, int64_t day, int64_t n);
bool meta_lead_parts(int64_t index, int64_t *form, int64_t *day, int64_t *n);
const char *meta_name(char *out, size_t room, const meta_entity *entity);
const char *meta_delivery(const sim_world *sim, const meta_entity *entity);
const char *meta_status_word(meta_status status);
int64_t meta_ads_under(const sim_world *sim, meta_kind level); /* how many ads one object of that level has */
int64_t meta_active_ads(const sim_world *sim, int64_t g);

/* ---- meta_state.c: the little that is remembered ---- */
typedef struct meta_grant { /* what one person said to one app */
    struct meta_grant *next;
    int64_t user, app;
    uint32_t granted, declined;
    bool only_some; /* chose accounts in the dialog */
    int64_t chosen[64];
    size_t chosen_count;
    int64_t consented;      /* when the person last said yes */
    int64_t dead_before[8]; /* tokens up to this serial are dead, by reason */
} meta_grant;

typedef struct meta_app {
    struct meta_app *next;
    int64_t id;
    const char *secret;
    char *text; /* holds the secret */
} meta_app;

typedef struct meta_run {
    int64_t number, account, created, polls;
    char *query;        /* its parameters, form-encoded */
    const char *forced; /* a fate from the fault list */
    int64_t code, subcode, index;
    meta_kind node;
    bool raced, told; /* was asked for too early once; was said to be complete */
} meta_run;

#define META_RUNS 16384
#define META_SPENT 4096

typedef struct meta_state {
    meta_app *apps;
    meta_grant *grants;
    meta_run runs[META_RUNS];
    int64_t run_serial, token_serial, code_serial, trace_serial;
    int64_t codes_spent[META_SPENT], tokens_dead[META_SPENT]; /* serials, the oldest forgotten first */
    int64_t tokens_reason[META_SPENT];
    size_t codes_at, tokens_at;
    uint64_t hidden[256]; /* user and account that may no longer meet */
    size_t hidden_count;
} meta_state;

static inline meta_state *meta_of(const sim_world *sim) { return sim->meta; }

const meta_app *meta_app_get(const sim_world *sim, int64_t id);
meta_grant *meta_grant_get(sim_world *sim, int64_t user, int64_t app, bool make);
bool meta_may_see(const sim_world *sim, const meta_grant *grant, int64_t user, int64_t g);
const char *meta_control(sim_world *sim, const sim_json *command, sim_text *out);

/* ---- meta_token.c ---- */
typedef enum meta_token_kind { META_TOKEN_USER = 1, META_TOKEN_PAGE, META_TOKEN_APP, META_TOKEN_CODE } meta_token_kind;

typedef struct meta_token {
    meta_token_kind kind;
    bool is_long;
    int64_t app, user, page, issued, expires; /* expires 0: never */
    int64_t serial;
    uint64_t extra; /* extra: scopes; of a code also its redirect address, hashed */
    int64_t died;   /* subcode of 190; 0 alive; -1 garbage */
} meta_token;

/* reasons in meta_grant.dead_before, and the subcode each gives */
typedef enum meta_death {
    META_DEAUTHORIZED,
    META_PASSWORD,
    META_LOGGED_OUT,
    META_CHECKPOINT,
    META_UNCONFIRMED,
    META_INACTIVE,
    META_UNUSED,
    META_EXPIRED,
    META_DEATHS
} meta_death;
extern const int meta_death_codes[META_DEATHS];

const char *meta_token_make(sim_world *sim, sim_arena *arena, meta_token *token);
bool meta_token_read(sim_world *sim, const char *text, meta_token *token); /* false: not one of ours; else died says whether it lives */
void meta_token_kill(sim_world *sim, int64_t serial, int64_t subcode);
bool meta_code_spend(sim_world *sim, int64_t serial); /* false: it was */
const char *meta_proof_wrong(sim_world *sim, const sim_request *request, const char *token, int64_t app);

/* ---- scopes ---- */
#define META_SCOPES 12
extern const char *const meta_scopes[META_SCOPES];
uint32_t meta_scopes_read(const char *text);
uint32_t meta_scope(const char *name);

/* ---- meta_call.c: one call, whole or inside a batch ---- */
typedef struct meta_call {
    sim_world *sim;
    sim_request *request;
    sim_answer *answer;
    const char *method, *path; /* without the version */
    int version, served;       /* 25 for v25.0; as asked, and as answered */
    sim_pairs query;           /* query and body together */
    const char *token_text;
    meta_token token;
    meta_grant *grant;
    meta_account account; /* the one it is about; id 0: none */
    int64_t units, heavy; /* what it costs */
    const char *regime;   /* limit class */
    bool batched;
} meta_call;

const char *meta_param(const meta_call *call, const char *name);
void meta_handle(sim_world *sim, sim_request *request, sim_answer *answer);
void meta_do(meta_call *call); /* with method, path, parameters set */
void meta_begin(meta_call *call, sim_world *sim, sim_request *request, sim_answer *answer);
bool meta_authorize(meta_call *call);                 /* token and proof; false: refused already */
bool meta_needs(meta_call *call, const char *scopes); /* one of them, comma list; false: refused already */
bool meta_reach(meta_call *call, int64_t g);          /* the account: seen with this token? counted; false: refused already */
bool meta_reach_page(meta_call *call, int64_t page, bool lead);

/* ---- meta_errors.c ---- */
typedef struct meta_error {
    int status;
    int64_t code, subcode;
    const char *type, *message, *title, *user;
    int transient; /* 0 absent, 1 true, -1 false */
    const char *data;
    bool no_trace;
} meta_error;

void meta_fail(meta_call *call, const meta_error *error);
void meta_refuse(sim_world *sim, sim_request *request, sim_answer *answer, const sim_fault *fault);
bool meta_fail_param(meta_call *call, const char *format, ...) __attribute__((format(printf, 2, 3))); /* 100; always false */
bool meta_fail_syntax(meta_call *call);                                                               /* 2500; always false */
bool meta_fail_missing(meta_call *call, const char *id);                                              /* 100/33; always false */
bool meta_fail_token(meta_call *call, int64_t subcode);
const char *meta_trace(sim_world *sim, sim_arena *arena);

/* ---- meta_limits.c ---- */
bool meta_limits_pass(meta_call *call); /* counts the call and sets the headers; false: refused already */

/* ---- meta_fields.c ---- */
typedef struct meta_fields { /* fields=a,b{c,d},e.limit(3){f} */
    const char *name;
    int64_t limit;
    struct meta_fields *child, *next;
} meta_fields;

meta_fields *meta_fields_read(sim_arena *arena, const char *text); /* NULL: unreadable */
size_t meta_fields_count(const meta_fields *fields);

/* ---- meta_objects.c ---- */
bool meta_object_check(meta_call *call, meta_kind kind,
                       const meta_fields *fields); /* every name known and allowed; false: refused already */
void meta_object_write(meta_call *call, meta_kind kind, const void *object, const meta_fields *fields);
const char *meta_type_name(meta_kind kind);
const char *meta_all_fields(meta_kind kind);

typedef bool meta_field_fn(meta_call *call, sim_text *out, const void *object, const meta_fields *field); /* false: absent */

typedef struct meta_field {
    const char *name;
    meta_field_fn *write;
    char flag; /* d also without being asked, b needs business_management, m refused as missing permission, x never there */
} meta_field;

extern const meta_field meta_account_fields[], meta_campaign_fields[], meta_adset_fields[], meta_ad_fields[], meta_creative_fields[],
    meta_audience_fields[], meta_form_fields[], meta_lead_fields[], meta_user_fields[], meta_business_fields[], meta_page_fields[];

/* ---- meta_list.c ---- */
typedef struct meta_list {
    meta_call *call;
    int64_t first, last; /* positions */
    void *user;
    bool (*at)(struct meta_list *list, int64_t position); /* is there an item? loads it */
    void (*write)(struct meta_list *list);                /* the loaded item */
    const char *path;                                     /* of the next link */
    size_t field_count;
    bool opaque;            /* cursors of objects; else bare numbers, as reports have */
    bool partial;           /* only the first half: a run that is not complete */
    int64_t embedded_limit; /* inside another object */
} meta_list;

bool meta_list_write(meta_list *list); /* data and paging; false: refused already */
void meta_cursor_write(sim_text *out, int64_t position, bool empty, bool opaque);
bool meta_cursor_read(const char *text, int64_t *position, bool *empty);

/* ---- meta_filter.c ---- */
typedef struct meta_filter {
    struct meta_filter *next;
    const char *field, *operator;
    const sim_json *value;
    meta_kind kind; /* whose field; META_NONE: the listed object's own, or a metric */
} meta_filter;

bool meta_filters_read(meta_call *call, meta_filter **out);
bool meta_filter_passes(const sim_world *sim, const meta_filter *filter, const meta_entity *entity);
bool meta_status_asked(const meta_filter *filters, const char *text, const meta_entity *entity); /* hidden unless asked for */

/* ---- meta_edges.c ---- */
bool meta_edge(meta_call *call, meta_kind kind, int64_t g, int64_t index, const char *node, const char *edge);
void meta_edge_embedded(meta_call *call, meta_kind kind, const void *object, const meta_fields *field);

/* ---- meta_metrics.c ---- */
enum { META_PURCHASE, META_LEADS, META_CART, META_CUSTOM, META_EVENTS };
enum { META_1D_CLICK, META_7D_CLICK, META_28D_CLICK, META_1D_VIEW, META_1D_EV, META_WINDOWS };

typedef struct meta_numbers { /* one day of one ad, or a sum of such */
    int64_t impressions, clicks, links, engagements, landings, spend, reach;
    int64_t count[META_EVENTS][META_WINDOWS]; /* hundredths */
    int64_t value[META_EVENTS][META_WINDOWS]; /* minor units */
} meta_numbers;

void meta_numbers_add(const sim_world *sim, const meta_account *account, int64_t ad, int64_t day, meta_numbers *sum);
int64_t meta_by_default(const int64_t windows[META_WINDOWS]); /* 7d_click + 1d_view */

typedef struct meta_row {
    const meta_account *account;
    meta_kind level;
    int64_t index, from, to; /* days */
    meta_numbers n;
    uint32_t windows; /* bit per window asked for */
    meta_entity campaign, adset, ad;
} meta_row;

typedef struct meta_metric {
    const char *name;
    void (*write)(sim_text *out, const char *name, const meta_row *row);
    char flag;       /* d without being asked, s on every row, x never there; else 0 */
    meta_kind level; /* the lowest object it speaks of */
} meta_metric;

extern const meta_metric meta_metrics[];
const meta_metric *meta_metric_get(const char *name);

/* ---- meta_query.c, meta_insights.c ---- */
typedef struct meta_query {
    meta_account account;
    meta_kind node, level;
    int64_t node_index, first, last; /* objects of that level under the node */
    int64_t from[32], to[32];        /* time ranges, in days */
    size_t ranges;
    int64_t increment; /* days; 0 all_days; -1 monthly */
    uint32_t windows;
    const meta_metric *fields[128];
    size_t field_count;
    meta_filter *filters;
    bool deleted_too;
} meta_query;

bool meta_query_read(meta_call *call, meta_kind node, int64_t g, int64_t index, meta_query *query);
int64_t meta_query_rows(const meta_query *query);
bool meta_query_piece(const meta_query *query, int64_t piece, int64_t *from, int64_t *to);
bool meta_insights(meta_call *call, meta_kind node, int64_t g, int64_t index, const char *node_text);
bool meta_insights_of(meta_call *call, meta_query *query, const char *path, bool partial);
bool meta_row_at(meta_call *call, const meta_query *query, int64_t position, meta_row *row);
void meta_row_write(sim_text *out, const meta_query *query, const meta_row *row);

/* ---- meta_runs.c ---- */
bool meta_run_start(meta_call *call, meta_kind node, int64_t g, int64_t index, const char *node_text);
bool meta_run_status(meta_call *call, int64_t g, int64_t number);
bool meta_run_insights(meta_call *call, int64_t g, int64_t number);

/* ---- the rest ---- */
void meta_dialog(meta_call *call);
bool meta_oauth(meta_call *call, const char *path); /* oauth/..., debug_token, permissions; false: not its path */
bool meta_permissions(meta_call *call, int64_t user, const char *rest);
void meta_batch(meta_call *call);
const char *meta_truth(sim_world *sim, const sim_options *what, sim_text *out, bool (*flush)(sim_text *, void *), void *user);

#endif
