/* SPDX-License-Identifier: MIT */
/*
 * The world that every platform shows: people 0.., each with ad accounts and pages; in an account campaigns, ad sets, ads, creatives,
 * audiences; on a page (or in an account) forms, leads and posts; and what each ad did on each day. All of it is computed from (the
 * platform's seed, day, now) whenever somebody asks, so nothing is stored and a million rows cost no memory.
 *
 * An account is named by its global number g = person * accounts + k, whatever is in it by (kind, g, index). An ad set's index is
 * campaign * adsets + k, an ad's is adset * ads + k. Pages are numbered in the same way. How such a name looks as an id is the
 * platform's business.
 */
#ifndef ADSIM_WORLD_H
#define ADSIM_WORLD_H

#include "core.h"

#define SIM_DAY 86400

typedef enum world_kind {
    WORLD_NONE,
    WORLD_CAMPAIGN,
    WORLD_ADSET,
    WORLD_AD,
    WORLD_CREATIVE, /* one for two ads */
    WORLD_AUDIENCE,
    WORLD_FORM,
    WORLD_LEAD,
    WORLD_JOB,
    WORLD_PIXEL,
    WORLD_ACCOUNT,
    WORLD_USER,
    WORLD_BUSINESS,
    WORLD_PAGE,
    WORLD_APP,
    WORLD_POST
} world_kind;

typedef enum world_status { WORLD_ACTIVE, WORLD_PAUSED, WORLD_ARCHIVED, WORLD_DELETED } world_status;

/* what the platform's reviewers say; an ad can be any of them, others only limited */
typedef enum world_review {
    WORLD_DISAPPROVED,
    WORLD_PENDING,
    WORLD_PREAPPROVED,
    WORLD_BILLING,
    WORLD_LIMITED,
    WORLD_IN_PROCESS,
    WORLD_APPROVED
} world_review;

typedef struct world_currency {
    const char *code;
    int offset; /* minor units of the main unit, as the platform counts them */
} world_currency;

/* what a platform may say about its world; every member may be left out */
typedef struct world_rules {
    const world_currency *currencies; /* else ISO 4217's minor units */
    size_t currency_count;
    const int *states; /* of accounts, the platform's own numbers in turn; else 0, of which one in a few is 1 to 5 */
    size_t state_count;
    int64_t (*id)(world_kind kind, int64_t g, int64_t index); /* fills world_account.id and world_entity.id */
    bool utc;                                                 /* accounts have no zone of their own */
    bool account_forms;                                       /* forms, leads and posts belong to accounts: their g is an account's */
} world_rules;

typedef struct world_account {
    int64_t g, user, id;
    uint64_t h;
    const world_currency *currency;
    const sim_zone *zone;
    int status, purchase; /* purchase 0..4: under which names a sale shows; 4 shares a sale between two ads */
} world_account;

/* campaign, ad set, ad, creative, audience, form, lead, post alike */
typedef struct world_entity {
    world_kind kind;
    world_account account; /* forms, leads, posts: g is the page's number unless the rules say account_forms */
    int64_t index, id, created, updated, version, start, stop; /* stop 0: open */
    int64_t campaign, adset, ad;                               /* indexes of the parents; ad of a lead -1: came without one */
    uint64_t h;                                                /* its own randomness: world_draw(e->h, any number of yours, below) */
    world_status status, effective;                            /* effective: with the parents' ends; a parent's pause is in held */
    world_kind held;                                           /* own status active, but this parent is paused; else WORLD_NONE */
    world_review review;
} world_entity;

int64_t world_draw(uint64_t h, int which, int64_t below); /* 0..below-1; `which` picks independent ones, platforms take 100 and more */
bool world_account_at(const sim_site *site, int64_t g, world_account *account); /* false: there is none */
int64_t world_count(const sim_site *site, world_kind kind);                     /* possible indexes in an account, or on a page */
bool world_entity_at(const sim_site *site, world_kind kind, int64_t g, int64_t index, world_entity *entity); /* false: not (yet) there */
int64_t world_ad_from(const sim_site *site, const world_account *account, int64_t ad, int64_t *until); /* first and last day of delivery */
int64_t world_ads_under(const sim_site *site, world_kind level); /* how many ads one object of that level has */
int64_t world_lead_index(int64_t form, int64_t day, int64_t n);  /* day: UTC, n < --leads; leads live 90 days */
bool world_lead_parts(int64_t index, int64_t *form, int64_t *day, int64_t *n);
const char *world_name(char *out, size_t room, const world_entity *entity); /* 128 bytes are enough; changes now and then */

/* ---- world_numbers.c: what an ad did on a day of its account's calendar ---- */
enum { WORLD_PURCHASE, WORLD_LEADS, WORLD_CART, WORLD_CUSTOM, WORLD_EVENTS };
enum { WORLD_1D_CLICK, WORLD_7D_CLICK, WORLD_28D_CLICK, WORLD_1D_VIEW, WORLD_1D_EV, WORLD_WINDOWS }; /* clicks contain the narrower */

typedef struct world_numbers {                                               /* one day of one ad, or a sum of such */
    int64_t impressions, clicks, links, engagements, landings, spend, reach; /* spend: minor units */
    int64_t plays, quartiles[4];                                             /* of a video: 25, 50, 75, 100 % */
    int64_t count[WORLD_EVENTS][WORLD_WINDOWS];                              /* hundredths */
    int64_t value[WORLD_EVENTS][WORLD_WINDOWS];                              /* minor units */
} world_numbers;

void world_numbers_add(const sim_site *site, const world_account *account, int64_t ad, int64_t day, world_numbers *sum);
/* the i-th of `of` nearly equal parts; the parts add up to the whole */
void world_numbers_part(world_numbers *n, int64_t i, int64_t of);
/* the sales that arrived on a day, whatever day the ad was seen: what was told of a day once does not change */
void world_arrived_add(const sim_site *site, const world_account *account, int64_t ad, int64_t day, world_numbers *sum);
/* world_numbers_add over everything under an object and over days, both ends included; impressions 0: nothing was delivered */
void world_sum(const sim_site *site, const world_account *account, world_kind level, int64_t index, int64_t from, int64_t to,
               world_numbers *sum);

#endif
