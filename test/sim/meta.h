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

#include "site.h"

extern const sim_platform sim_meta;

static inline sim_site *meta_site(const sim_world *sim) { return sim_site_of(sim, &sim_meta); }

/* ---- meta_world.c ---- */
extern const world_rules meta_rules;
int64_t meta_id(world_kind kind, int64_t g, int64_t index);
world_kind meta_id_read(const sim_world *sim, int64_t id, int64_t *g, int64_t *index);
int64_t meta_run_id(const sim_world *sim, int64_t g, int64_t number);
int64_t meta_account_id(int64_t g);
int64_t meta_user_id(int64_t user);
int64_t meta_business_id(int64_t user);
int64_t meta_page_id(int64_t page);
const char *meta_word(const world_entity *entity); /* effective_status as it is told */
const char *meta_delivery(const sim_world *sim, const world_entity *entity);
const char *meta_status_word(world_status status);
int64_t meta_active_ads(const sim_world *sim, int64_t g);

/* ---- meta_token.c ---- */
enum { META_TOKEN_USER = 1, META_TOKEN_PAGE, META_TOKEN_APP, META_TOKEN_CODE };

extern const int64_t meta_death_codes[SIM_DEATHS];                        /* subcode of 190 */
bool meta_token_read(sim_world *sim, const char *text, sim_token *token); /* also id|secret; died: subcode of 190 */
const char *meta_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);
const char *meta_proof_wrong(sim_world *sim, const sim_request *request, const char *token, int64_t app);

/* ---- meta_call.c: one call, whole or inside a batch ---- */
typedef struct meta_call {
    sim_world *sim;
    sim_request *request;
    sim_answer *answer;
    const char *method, *path; /* without the version */
    int version, served;       /* 25 for v25.0; as asked, and as answered */
    sim_pairs query;           /* query and body together */
    const char *token_text;
    sim_token token;
    sim_grant *grant;
    world_account account; /* the one it is about; id 0: none */
    int64_t units, heavy;  /* what it costs */
    const char *regime;    /* limit class */
    bool batched;
} meta_call;

const char *meta_param(const meta_call *call, const char *name);
void meta_handle(sim_site *site, sim_request *request, sim_answer *answer);
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
void meta_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);
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
bool meta_object_check(meta_call *call, world_kind kind,
                       const meta_fields *fields); /* every name known and allowed; false: refused already */
void meta_object_write(meta_call *call, world_kind kind, const void *object, const meta_fields *fields);
const char *meta_type_name(world_kind kind);
const char *meta_all_fields(world_kind kind);

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
    world_kind kind; /* whose field; WORLD_NONE: the listed object's own, or a metric */
} meta_filter;

bool meta_filters_read(meta_call *call, meta_filter **out);
bool meta_filter_passes(const sim_world *sim, const meta_filter *filter, const world_entity *entity);
bool meta_status_asked(const meta_filter *filters, const char *text, const world_entity *entity); /* hidden unless asked for */

/* ---- meta_edges.c ---- */
bool meta_edge(meta_call *call, world_kind kind, int64_t g, int64_t index, const char *node, const char *edge);
void meta_edge_embedded(meta_call *call, world_kind kind, const void *object, const meta_fields *field);

/* ---- meta_query.c, meta_insights.c, meta_values.c ---- */
typedef struct meta_row {
    const world_account *account;
    world_kind level;
    int64_t index, from, to; /* days */
    world_numbers n;
    uint32_t windows; /* bit per window asked for */
    world_entity campaign, adset, ad;
} meta_row;

typedef struct meta_metric {
    const char *name;
    void (*write)(sim_text *out, const char *name, const meta_row *row);
    char flag;        /* d without being asked, s on every row, x never there; else 0 */
    world_kind level; /* the lowest object it speaks of */
} meta_metric;

extern const meta_metric meta_metrics[];
const meta_metric *meta_metric_get(const char *name);

typedef struct meta_query {
    world_account account;
    world_kind node, level;
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

bool meta_query_read(meta_call *call, world_kind node, int64_t g, int64_t index, meta_query *query);
int64_t meta_query_rows(const meta_query *query);
bool meta_query_piece(const meta_query *query, int64_t piece, int64_t *from, int64_t *to);
bool meta_insights(meta_call *call, world_kind node, int64_t g, int64_t index, const char *node_text);
bool meta_insights_of(meta_call *call, meta_query *query, const char *path, bool partial);
bool meta_row_at(meta_call *call, const meta_query *query, int64_t position, meta_row *row);
void meta_row_write(sim_text *out, const meta_query *query, const meta_row *row);

/* ---- meta_runs.c ---- */
bool meta_run_start(meta_call *call, world_kind node, int64_t g, int64_t index, const char *node_text);
bool meta_run_status(meta_call *call, int64_t g, int64_t number);
bool meta_run_insights(meta_call *call, int64_t g, int64_t number);

/* ---- the rest ---- */
void meta_dialog(meta_call *call);
bool meta_oauth(meta_call *call, const char *path); /* oauth/..., debug_token, permissions; false: not its path */
bool meta_permissions(meta_call *call, int64_t user, const char *rest);
void meta_batch(meta_call *call);
const char *meta_truth(sim_truth *truth);

#endif
