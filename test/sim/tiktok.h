/* SPDX-License-Identifier: MIT */
/*
 * TikTok Marketing API v1.3, reading: both kinds of tokens, advertisers, campaigns with their families, reports, tasks, forms and
 * leads. From the sheet. HTTP 200 with a code in the body is how it refuses; a path that it does not know is the text of a 404.
 *
 * Of twelve campaigns one is Upgraded Smart+, one the older Smart+, one Reach & Frequency, one TopView (its own pass), one GMV Max (its
 * own endpoint, neither ad groups nor ads, no part of the other reports) and, where --tiktok-promote is 1, one a boosted post. What the
 * world calls archived is deleted here: TikTok has no archive.
 */
#ifndef ADSIM_TIKTOK_H
#define ADSIM_TIKTOK_H

#include "site.h"

#define TIKTOK_API "business-api.tiktok.com"
#define TIKTOK_SANDBOX "sandbox-ads.tiktok.com"
#define TIKTOK_IDS_MOST 100 /* of a list of ids */

enum { TIKTOK_TOKEN_ADS = 1, TIKTOK_TOKEN_CODE, TIKTOK_TOKEN_ACCOUNT, TIKTOK_TOKEN_REFRESH, TIKTOK_TOKEN_ACCOUNT_CODE };

extern const sim_platform sim_tiktok;
extern const world_rules tiktok_rules;

/* ---- tiktok_world.c ---- */
typedef enum tiktok_family {
    TIKTOK_AUCTION,
    TIKTOK_SMART,     /* upgraded: its ads are those of smart_plus/ad/get, what ad/get shows are their creatives */
    TIKTOK_OLD_SMART, /* is_smart_performance_campaign */
    TIKTOK_RF,
    TIKTOK_TOP_VIEW,
    TIKTOK_GMV,
    TIKTOK_PROMOTE
} tiktok_family;

typedef struct tiktok_row { /* one object with its parents */
    sim_site *site;
    bool sandbox;
    world_account account;
    world_entity campaign, adset, ad, item; /* item: the object itself */
    tiktok_family family;
    bool smart_ad; /* item is the ad group of an ad of Upgraded Smart+ */
} tiktok_row;

tiktok_family tiktok_family_at(const sim_site *site, int64_t g, int64_t campaign);
bool tiktok_row_at(sim_site *site, world_kind kind, int64_t g, int64_t index, tiktok_row *row);
bool tiktok_gone(const world_entity *e);
const char *tiktok_secondary(const tiktok_row *row);
const char *tiktok_account_status(const world_account *account);
bool tiktok_readable(const world_account *account);
const char *tiktok_account_name(char *out, size_t room, const world_account *account);
void tiktok_time(char out[32], int64_t at, const sim_zone *zone); /* 2026-03-15 12:34:56; zone NULL: UTC */
bool tiktok_time_read(const char *text, int64_t *at);
void tiktok_money(sim_text *out, const world_account *account, int64_t minor); /* a JSON number of whole units */
int64_t tiktok_smart_id(const tiktok_row *row);
const char *tiktok_country(const world_account *account);
bool tiktok_europe(const world_account *account);

/* ---- tiktok_call.c ---- */
typedef struct tiktok_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    const char *path; /* behind the version */
    bool sandbox;
    sim_token token;
    const sim_app *app;
    world_account account;
    const sim_json *body; /* of a POST */
} tiktok_call;

void tiktok_begin(tiktok_call *call, sim_site *site, sim_request *request, sim_answer *answer);
void tiktok_handle(sim_site *site, sim_request *request, sim_answer *answer);
bool tiktok_may_see(tiktok_call *call, int64_t g);
bool tiktok_account_find(tiktok_call *call, const char *text, world_account *account); /* false: refused */

/* ---- tiktok_errors.c ---- */
const char *tiktok_request_id(tiktok_call *call);
void tiktok_open(tiktok_call *call);  /* everything up to the value of data */
void tiktok_close(tiktok_call *call); /* everything behind it */
bool tiktok_fail(tiktok_call *call, int code, const char *format, ...) __attribute__((format(printf, 3, 4))); /* always false */
bool tiktok_fail_token(tiktok_call *call, int64_t died);
bool tiktok_fail_path(tiktok_call *call, int status);
void tiktok_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault);

/* ---- tiktok_params.c ---- */
const char *tiktok_param(const tiktok_call *call, const char *name); /* of the query or of a POST's body; NULL: not there, or empty */
/* a list in JSON; *list NULL: not there. most: of its elements, 0: any */
bool tiktok_param_list(tiktok_call *call, const char *name, int64_t most, const sim_json **list);
bool tiktok_page(tiktok_call *call, int64_t most, int64_t *page, int64_t *size);
void tiktok_page_info(sim_text *out, int64_t page, int64_t size, int64_t total);
bool tiktok_listed(const sim_json *list, const char *text);
bool tiktok_listed_id(const sim_json *list, int64_t id);
bool tiktok_ids(tiktok_call *call, const char *name, const sim_json *list); /* texts of digits, not too many */

/* ---- tiktok_fields.c and those of the kinds ---- */
typedef struct tiktok_field {
    const char *name, *literal;                          /* literal: JSON that is the same for all; else write */
    bool (*write)(sim_text *out, const tiktok_row *row); /* false: this one has none */
} tiktok_field;

typedef struct tiktok_shape { /* which of the fields a call asked for */
    const sim_json *wanted;
    bool no_nulls;
} tiktok_shape;

extern const tiktok_field tiktok_campaign_fields[], tiktok_promote_fields[], tiktok_gmv_fields[], tiktok_adgroup_fields[],
    tiktok_ad_fields[], tiktok_smart_ad_fields[], tiktok_account_fields[];

bool tiktok_shape_read(tiktok_call *call, const tiktok_field *fields, tiktok_shape *shape);
void tiktok_row_write(sim_text *out, const tiktok_field *fields, const tiktok_row *row, const tiktok_shape *shape);
const tiktok_field *tiktok_field_named(const tiktok_field *fields, const char *name);
void tiktok_put_id(sim_text *out, int64_t id);
bool tiktok_f_advertiser(sim_text *out, const tiktok_row *row);
bool tiktok_f_campaign(sim_text *out, const tiktok_row *row);
bool tiktok_f_campaign_name(sim_text *out, const tiktok_row *row);
bool tiktok_f_adgroup(sim_text *out, const tiktok_row *row);
bool tiktok_f_adgroup_name(sim_text *out, const tiktok_row *row);
bool tiktok_f_operation(sim_text *out, const tiktok_row *row);
bool tiktok_f_secondary(sim_text *out, const tiktok_row *row);
bool tiktok_f_created(sim_text *out, const tiktok_row *row);
bool tiktok_f_modified(sim_text *out, const tiktok_row *row);
bool tiktok_f_automation(sim_text *out, const tiktok_row *row);
bool tiktok_f_name(sim_text *out, const tiktok_row *row);
const char *tiktok_objective(const tiktok_row *row);
bool tiktok_cbo(const tiktok_row *row);
bool tiktok_search(const tiktok_row *row);
char tiktok_leg(const tiktok_row *row);             /* what a sale counts as: w website, a app, s shop, l lead, 0 nothing */
int tiktok_click_window(const world_entity *adset); /* 0 off; 1, 7, 14, 28 days */
int tiktok_view_window(const world_entity *adset);  /* 0 off; 1, 7 days */
int64_t tiktok_keywords(const tiktok_row *row);
void tiktok_keyword_write(sim_text *out, const tiktok_row *row, int64_t i);

/* ---- tiktok_list.c, tiktok_filter.c ---- */
typedef struct tiktok_listing {
    const char *path;
    world_kind kind;
    const tiktok_field *fields;
    uint32_t families; /* bits; 0: what buying_types and campaign_system_origins say */
    bool smart_ads;
} tiktok_listing;

typedef struct tiktok_filter {
    const tiktok_listing *listing;
    uint32_t families;
    char status; /* n not deleted, a all, d deleted, p the delivery state of primary */
    const char *primary, *secondary, *name, *objective;
    const sim_json *campaigns, *adgroups, *ads, *rest; /* rest: compared with what the field says */
    int64_t from, to, modified;
} tiktok_filter;

extern const tiktok_listing tiktok_listings[];
bool tiktok_filter_read(tiktok_call *call, const tiktok_listing *listing, tiktok_filter *filter);
bool tiktok_filter_takes(const tiktok_filter *filter, const tiktok_row *row);
void tiktok_filter_all(const tiktok_listing *listing, tiktok_filter *filter);
bool tiktok_list(tiktok_call *call);
/* every object of a listing in an account, the newest first; free it */
int64_t *tiktok_list_indexes(sim_site *site, const tiktok_filter *filter, int64_t g, size_t *count);

/* ---- tiktok_accounts.c, tiktok_audiences.c, tiktok_leads.c ---- */
bool tiktok_account_info(tiktok_call *call);
bool tiktok_account_list(tiktok_call *call);
bool tiktok_user_info(tiktok_call *call);
void tiktok_account_ids(sim_text *out, tiktok_call *call, int64_t user);
bool tiktok_audience_list(tiktok_call *call);
bool tiktok_audience_get(tiktok_call *call);
void tiktok_audience_write(sim_text *out, const world_entity *e, bool details);
bool tiktok_negative_keywords(tiktok_call *call);
int64_t tiktok_negatives(const tiktok_row *row);
void tiktok_negative_write(sim_text *out, const tiktok_row *row, int64_t i);
bool tiktok_forms(tiktok_call *call);
bool tiktok_form_fields(tiktok_call *call);
bool tiktok_form_owner(tiktok_call *call); /* advertiser_id or library_id; false: refused */
bool tiktok_libraries(tiktok_call *call);
void tiktok_form_write(sim_text *out, const world_entity *e);
void tiktok_lead_write(sim_text *out, sim_site *site, const world_entity *e);
void tiktok_csv_cell(sim_text *out, const char *text);
bool tiktok_lead_task(tiktok_call *call);
bool tiktok_lead_download(tiktok_call *call);
bool tiktok_lead_get(tiktok_call *call);
bool tiktok_lead_fields(tiktok_call *call);

/* ---- tiktok_report.c, tiktok_metrics.c, tiktok_tasks.c ---- */
typedef struct tiktok_object { /* what a row of a report is about: the ads from first on */
    int64_t g, index, first, count, created;
    world_kind kind;
    bool smart; /* kind AD, index an ad group's: an ad of Upgraded Smart+ */
} tiktok_object;

typedef struct tiktok_cell {
    size_t object;
    int64_t from, to;
    int hour, part[2]; /* -1: not split by it */
} tiktok_cell;

typedef struct tiktok_sums {
    world_numbers n;
    int64_t clicked, viewed, engaged, arrived;                                            /* conversions, hundredths */
    int64_t web, web_value, web_viewed, app, app_value, shop, shop_value, forms, instant; /* value: minor units */
    bool late;                                                                            /* what takes 16 hours is not there yet */
} tiktok_sums;

typedef struct tiktok_metric tiktok_metric;

#define TIKTOK_METRICS_MOST 128

typedef struct tiktok_report {
    tiktok_call *call;
    sim_site *site;
    bool gmv, many, ids, v2, days, hours, titles, totals,
        arrived; /* many: advertiser_ids; arrived: asks for figures of the day of a sale */
    char type;   /* b BASIC, a AUDIENCE, e one that has nothing here */
    world_kind level;
    world_account accounts[5];
    size_t account_count, metric_count, part_count, object_count, cell_count;
    int parts[2]; /* audience dimensions */
    const tiktok_metric *metrics[TIKTOK_METRICS_MOST];
    const sim_json *dimensions, *campaigns, *adgroups, *ads;
    char status[WORLD_AD + 1]; /* by level: n, a, d */
    int64_t from, to, moved;   /* moved: days between what is asked and what is shown, in the sandbox */
    const char *order;
    bool ascending, dropped;
    tiktok_object *objects;
    tiktok_cell *cells;
} tiktok_report;

bool tiktok_report_read(tiktok_call *call, tiktok_report *report, bool task);
bool tiktok_report_filter(tiktok_call *call, tiktok_report *report, bool task);
bool tiktok_report_gmv(tiktok_call *call, tiktok_report *report);
void tiktok_report_make(tiktok_report *report); /* objects and cells */
void tiktok_report_add(tiktok_sums *sums, const tiktok_sums *more);
void tiktok_report_free(tiktok_report *report);
void tiktok_report_sums(const tiktok_report *report, const tiktok_cell *cell, tiktok_sums *sums);
void tiktok_report_row(sim_text *out, const tiktok_report *report, const tiktok_cell *cell);
void tiktok_report_cells(sim_text *out, const tiktok_report *report,
                         bool csv); /* a line each; csv false: \x1f between them, nothing quoted */
bool tiktok_report_get(tiktok_call *call);
bool tiktok_gmv_report(tiktok_call *call);
const char *tiktok_part_name(int part, int value); /* NULL: no such value */
int tiktok_part_count(int part);
int tiktok_part_named(const char *name);
void tiktok_dimension(sim_text *out, const tiktok_report *report, const tiktok_cell *cell, const char *name); /* as text */
void tiktok_object_row(const tiktok_report *report, const tiktok_object *object, tiktok_row *row);            /* its names and parents */

const tiktok_metric *tiktok_metric_named(const tiktok_report *report, const char *name); /* NULL: none here */
const char *tiktok_metric_name(const tiktok_metric *metric, bool title);
bool tiktok_metrics_read(tiktok_call *call, tiktok_report *report);
double tiktok_metric_number(const tiktok_report *report, const tiktok_cell *cell, const tiktok_metric *metric, const tiktok_sums *sums);
/* the value as it stands in a row, in JSON; plain: without what is odd about some of them */
void tiktok_metric_write(sim_text *out, const tiktok_report *report, const tiktok_cell *cell, const tiktok_metric *metric,
                         const tiktok_sums *sums, bool plain);

bool tiktok_task_create(tiktok_call *call);
bool tiktok_task_check(tiktok_call *call);
bool tiktok_task_download(tiktok_call *call);
bool tiktok_task_cancel(tiktok_call *call);
bool tiktok_task_file(tiktok_call *call); /* what a download_url leads to */

/* ---- tiktok_zip.c: stored, so that nothing has to be packed ---- */
typedef struct tiktok_zip_file {
    const char *name;
    sim_text text;
} tiktok_zip_file;

void tiktok_zip(sim_text *out, const tiktok_zip_file *files, size_t count);
void tiktok_xlsx(sim_text *out, const char *cells); /* \x1f between cells, a line for a row */

/* ---- tiktok_limits.c, tiktok_oauth.c, tiktok_account_tokens.c, tiktok_truth.c ---- */
bool tiktok_limits_pass(tiktok_call *call);
bool tiktok_oauth(tiktok_call *call); /* false: none of its paths */
bool tiktok_exchange(tiktok_call *call);
bool tiktok_revoke(tiktok_call *call);
bool tiktok_no_refresh(tiktok_call *call);
bool tiktok_app_read(tiktok_call *call, const char *id, const char *secret); /* names of the parameters; false: refused */
uint32_t tiktok_permissions(const sim_site *site);
bool tiktok_permits(const sim_site *site, uint32_t held, const char *scope);
void tiktok_scopes_write(sim_text *out, const sim_site *site, uint32_t scopes);
const char *tiktok_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out);
bool tiktok_account_authorize(tiktok_call *call);
bool tiktok_account_token(tiktok_call *call);
bool tiktok_account_refresh(tiktok_call *call);
bool tiktok_account_revoke(tiktok_call *call);
bool tiktok_account_inspect(tiktok_call *call);
const char *tiktok_truth(sim_truth *t);

#endif
