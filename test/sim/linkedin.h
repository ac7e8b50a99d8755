/* SPDX-License-Identifier: MIT */
/*
 * LinkedIn's marketing API, reading: consent, tokens, accounts, groups, campaigns, creatives, dark posts, segments, conversions, lead
 * forms and their answers, adAnalytics, daily limits. From the sheet.
 *
 * The world's campaign is a campaign group, its ad set a campaign, its ad a creative. A creative shows a post; two creatives may
 * share one. Forms and leads belong to the account. Every day is a UTC day.
 */
#ifndef ADSIM_LINKEDIN_H
#define ADSIM_LINKEDIN_H

#include "site.h"

#define LINKEDIN_API "api.linkedin.com"
#define LINKEDIN_WWW "www.linkedin.com"

enum { LINKEDIN_TOKEN_ACCESS = 1, LINKEDIN_TOKEN_REFRESH, LINKEDIN_TOKEN_CODE };
enum { LINKEDIN_INVALID = 65600, LINKEDIN_REVOKED, LINKEDIN_EXPIRED, LINKEDIN_UNVERIFIED = 65604 };

extern const sim_platform sim_linkedin;

/* ---- linkedin_world.c: ids, URNs, what an object is */
extern const world_rules linkedin_rules;

#define LINKEDIN_CONVERSIONS 3 /* rules of an account */

typedef struct linkedin_ref { /* what a URN names */
    bool urn;
    world_kind kind;  /* WORLD_NONE: something that ads do not know; WORLD_PIXEL: a conversion rule; WORLD_CREATIVE: a post, by its ad */
    int64_t g, index; /* g -1: there is no such thing */
} linkedin_ref;

enum linkedin_content { LINKEDIN_SHARE, LINKEDIN_UGC, LINKEDIN_INMAIL, LINKEDIN_TEXT, LINKEDIN_SPOTLIGHT };

int64_t linkedin_id(const sim_site *site, world_kind kind, int64_t g, int64_t index);
bool linkedin_id_read(const sim_site *site, world_kind kind, const char *text, int64_t *g, int64_t *index);
void linkedin_urn(char out[96], const sim_site *site, world_kind kind, int64_t g, int64_t index);
linkedin_ref linkedin_urn_read(const sim_site *site, const char *text);
int linkedin_type(const world_entity *campaign); /* of linkedin_types */
extern const char *const linkedin_types[], *const linkedin_formats[];
enum linkedin_content linkedin_content_of(const sim_site *site, const world_entity *ad);
int64_t linkedin_post_index(const sim_site *site, const world_entity *ad);           /* the ad whose post it shows */
void linkedin_reference(char out[96], const sim_site *site, const world_entity *ad); /* "" where there is none */
const char *linkedin_status(const sim_site *site, const world_entity *e);
bool linkedin_hidden(const char *status); /* only seen by who asks for it */
const char *linkedin_account_status(const world_account *account);
const char *linkedin_account_hold(const world_account *account); /* servingStatuses */
bool linkedin_page_role(const world_account *account);           /* the person may read the account's leads */
bool linkedin_page_form(const sim_site *site, const world_entity *form); /* it is the Page's, not the account's */
int64_t linkedin_click_days(const sim_site *site, int64_t g, int64_t rule);

/* ---- linkedin_restli.c: the query as Rest.li 2.0 writes it */
typedef struct linkedin_value {
    struct linkedin_value *child, *next;
    char kind; /* s a value; l List(..); m (name:value,..) */
    const char *name, *text;
} linkedin_value;

typedef struct linkedin_query {
    linkedin_value *params;
    const char *bad, *syntax; /* a parameter that cannot be read; a character that no URI may hold */
    const char *fields;       /* as it came */
    uint64_t check;           /* of all but pageToken */
} linkedin_query;

void linkedin_query_read(sim_arena *arena, const char *text, bool structures, linkedin_query *query);
bool linkedin_named(const linkedin_query *query, const char *name); /* in fields, which there are */
const linkedin_value *linkedin_param(const linkedin_query *query, const char *name);
const linkedin_value *linkedin_member(const linkedin_value *map, const char *name);
const char *linkedin_unquote(sim_arena *arena, const char *text, size_t size);
bool linkedin_number(const linkedin_value *value, int64_t *number); /* digits without a zero before them */
/* what `fields` leaves of one JSON object: written to out */
void linkedin_project(sim_text *out, sim_arena *arena, const sim_text *object, const char *fields);

/* ---- linkedin_call.c */
typedef struct linkedin_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    int version, segments;
    bool old_protocol;
    const char *segment[6]; /* of the path behind /rest/, decoded */
    const char *raw;        /* the path behind /rest/ */
    sim_token token;
    sim_grant *grant;
    linkedin_query query;
    world_account account; /* of /adAccounts/{id}/.. */
} linkedin_call;

typedef struct linkedin_route {
    const char *path;   /* segments; * any one */
    const char *finder; /* q; NULL: by key */
    const char *params; /* " a b " that it takes beside q */
    const char *scopes; /* one of these is needed */
    bool (*act)(linkedin_call *call);
} linkedin_route;

void linkedin_begin(linkedin_call *call, sim_site *site, sim_request *request, sim_answer *answer);
void linkedin_handle(sim_site *site, sim_request *request, sim_answer *answer);
bool linkedin_opens(const linkedin_call *call, int64_t g); /* the person, with this app, may see the account */
int64_t linkedin_today(const sim_site *site);

/* ---- linkedin_errors.c: all of them write the answer and give false */
bool linkedin_fail(linkedin_call *call, int status, const char *code, int service, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
bool linkedin_fail_input(linkedin_call *call, int status, const char *code, const char *field, const char *description);
bool linkedin_fail_param(linkedin_call *call, const char *name); /* PARAM_INVALID */
bool linkedin_fail_urn(linkedin_call *call, const char *where, size_t index);
bool linkedin_fail_access(linkedin_call *call);
bool linkedin_fail_missing(linkedin_call *call);
bool linkedin_fail_token(linkedin_call *call, int service);
bool linkedin_fail_throttle(linkedin_call *call, const char *scope, const char *unit, int64_t retry_after);
bool linkedin_fail_volume(linkedin_call *call);
bool linkedin_fail_flat(sim_answer *answer, int status, const char *error, const char *description);
void linkedin_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);

/* ---- linkedin_oauth.c, linkedin_limits.c */
bool linkedin_oauth(linkedin_call *call); /* false: none of its paths */
const char *linkedin_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);
bool linkedin_limits_pass(linkedin_call *call, const char *endpoint);
bool linkedin_values_pass(linkedin_call *call); /* adAnalytics: the volume of the last five minutes */
void linkedin_values_charge(linkedin_call *call, int64_t values);

/* ---- linkedin_objects.c, linkedin_leads.c: one JSON object each */
void linkedin_write_account(sim_text *out, const sim_site *site, const world_account *account);
void linkedin_write_entity(sim_text *out, const sim_site *site, const world_entity *e); /* group, campaign, creative, segment, form, lead */
void linkedin_write_conversion(sim_text *out, const sim_site *site, const world_account *account, int64_t index);
void linkedin_write_post(sim_text *out, const sim_site *site, const world_entity *ad);
void linkedin_write_form(sim_text *out, const sim_site *site, const world_entity *e);
/* decorated: with the form as the person saw it, which comes to those alone whose fields name it */
void linkedin_write_lead(sim_text *out, const sim_site *site, const world_entity *e, bool decorated);
void linkedin_lead_id(char out[48], const sim_site *site, const world_entity *e);
int64_t linkedin_lead_version(const world_entity *form, int64_t at);
void linkedin_money(sim_text *out, const char *name, const world_account *account, int64_t minor, bool plain);
void linkedin_decimal(sim_text *out, int64_t minor, int64_t offset);
void linkedin_stamps(sim_text *out, const world_entity *e);

/* ---- linkedin_search.c (cursors), linkedin_offset.c (start and count), linkedin_get.c (by key) */
typedef struct linkedin_items { /* a list: positions, of which some are there */
    linkedin_call *call;
    int64_t count;
    bool (*there)(void *items, int64_t position);
    void (*write)(sim_text *out, const struct linkedin_items *items, int64_t position);
    world_kind kind;
    world_account account;
    const linkedin_value *search;
    int64_t from, to; /* submittedAtTimeRange */
    bool reversed;
} linkedin_items;

bool linkedin_accounts(linkedin_call *call);
bool linkedin_search(linkedin_call *call);
bool linkedin_creatives(linkedin_call *call);
void linkedin_element(sim_text *out, const linkedin_items *items, int64_t position); /* written and projected */
bool linkedin_account_users(linkedin_call *call);
bool linkedin_users_of(linkedin_call *call);
bool linkedin_conversions(linkedin_call *call);
bool linkedin_segments(linkedin_call *call);
bool linkedin_forms(linkedin_call *call);
bool linkedin_leads(linkedin_call *call);
bool linkedin_posts(linkedin_call *call);
bool linkedin_get(linkedin_call *call); /* one by its key, or by ids=List(..) */
bool linkedin_me(linkedin_call *call);

/* ---- linkedin_analytics.c, linkedin_pivots.c, linkedin_metrics.c */
typedef struct linkedin_figures { /* what the metrics are made of */
    int64_t impressions, clicks, links, engagements, landings, spend, reach, plays, quartiles[4];
    int64_t post_click, post_view, conversions, value, leads;
} linkedin_figures;

typedef struct linkedin_row {
    const sim_site *site;
    const world_account *account;
    linkedin_figures figures;
    uint64_t h; /* its own randomness */
    int64_t from, to;
    const char *pivots[3];
    size_t pivot_count;
} linkedin_row;

typedef struct linkedin_metric {
    const char *name;
    char kind;         /* i a count; m money of the account; u the same in USD; r a ratio */
    unsigned short of; /* offset in linkedin_figures */
    unsigned short times, by;
} linkedin_metric;

enum { LINKEDIN_WHOLE, LINKEDIN_FIRST, LINKEDIN_SECOND, LINKEDIN_NOTHING }; /* a row, its two pieces, and one of zeros beside it */

const linkedin_metric *linkedin_metric_named(const char *name, size_t size); /* NULL: unknown */
const linkedin_metric *linkedin_metric_at(size_t index);
bool linkedin_row_empty(const linkedin_row *row, const linkedin_metric *const *metrics, size_t count);
void linkedin_row_write(sim_text *out, const linkedin_row *row, const linkedin_metric *const *metrics, size_t count, int piece,
                        bool sparse);
void linkedin_row_dates(sim_text *out, const linkedin_row *row);
void linkedin_row_pivots(sim_text *out, const linkedin_row *row);
void linkedin_figures_of(const sim_site *site, const world_account *account, const world_numbers *n, linkedin_figures *figures);

typedef struct linkedin_pivot {
    const char *name;
    world_kind kind;     /* of an object; WORLD_NONE: parts of what was delivered */
    char way;            /* o object; p part; m part by what members are: noised, hidden where small; c conversion rule */
    int64_t parts, base; /* ids from base, or words */
    const char *format;  /* of a URN */
    const char *const *words;
} linkedin_pivot;

extern const linkedin_pivot linkedin_pivots[];
const linkedin_pivot *linkedin_pivot_named(const char *name);
bool linkedin_analytics(linkedin_call *call);

/* ---- linkedin_truth.c */
const char *linkedin_truth(sim_truth *t);

#endif
