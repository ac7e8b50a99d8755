/* SPDX-License-Identifier: MIT */
/* Ids, money, days, and what of the world is a draft, a promoted account, a shared post. */
#include "x.h"

#include <stdlib.h>

#define WORLD_BASE 1200000000000000000  /* of decimal ids */
#define WORLD_ACCOUNTS 4503599658438113 /* 18ce54d4x5t, the first account */
#define WORLD_STEP 7919
#define WORLD_INDEXES (1ll << 24)
#define WORLD_SWITCHED 20523 /* 2026-03-11: on this day every sixth account left Los Angeles' time */

static const int world_states[] = { 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0 }; /* accepted, under review, deleted */

static int64_t world_number(x_code code, int64_t g, int64_t index)
{
    static const world_kind kinds[] = { [X_TWEET] = WORLD_CREATIVE, [X_CARD] = WORLD_PIXEL, [X_MEDIA] = WORLD_APP, [X_JOB] = WORLD_JOB };

    if (code == X_ACCOUNT) return WORLD_ACCOUNTS + g * WORLD_STEP;
    if (code > X_NUMBER_IDS) return sim_id(WORLD_BASE, kinds[code], g, index);
    return (((g + 1) * WORLD_INDEXES + index) * X_NUMBER_IDS + code) * 3 + 1;
}

const char *x_id(sim_arena *arena, x_code code, int64_t g, int64_t index)
{
    int64_t number = world_number(code, g, index);
    char *out = sim_alloc(arena, 24);

    if (code > X_NUMBER_IDS && code != X_ACCOUNT)
        (void)snprintf(out, 24, "%lld", (long long)number);
    else
        sim_base36(out, number);
    return out;
}

static bool world_account_number(int64_t number, int64_t *g)
{
    *g = (number - WORLD_ACCOUNTS) / WORLD_STEP;
    return number >= WORLD_ACCOUNTS && (number - WORLD_ACCOUNTS) % WORLD_STEP == 0;
}

bool x_id_read(x_code code, const char *text, int64_t *g, int64_t *index)
{
    sim_arena arena = { 0 };
    int64_t number;
    bool fine;

    *g = *index = 0;
    if (code > X_NUMBER_IDS && code != X_ACCOUNT) {
        (void)sim_id_read(WORLD_BASE, strtoll(text, NULL, 10), g, index);
    } else if (!sim_base36_read(text, &number)) {
        return false;
    } else if (code == X_ACCOUNT) {
        if (!world_account_number(number, g)) return false;
    } else {
        number = number / 3 / X_NUMBER_IDS;
        *g = number / WORLD_INDEXES - 1;
        *index = number % WORLD_INDEXES;
    }
    fine = *g >= 0 && !strcmp(x_id(&arena, code, *g, *index), text);
    sim_arena_free(&arena);
    return fine;
}

int64_t x_job_id(int64_t g, int64_t number) { return world_number(X_JOB, g, number); }

static int64_t world_entity_id(world_kind kind, int64_t g, int64_t index)
{
    (void)kind;
    (void)index;
    return world_number(X_ACCOUNT, g, 0);
}

const world_rules x_rules = {
    .states = world_states, .state_count = SIM_COUNT(world_states), .id = world_entity_id, .account_forms = true
};

int64_t x_user_id(int64_t user) { return 756201191646691328 + user * 4099; }

bool x_account_dead(const world_account *account) { return account->status == 2; }

/* ---- money and time */

const char *x_time(sim_arena *arena, int64_t at)
{
    sim_date d = sim_date_of(at / SIM_DAY);
    int second = (int)(at % SIM_DAY);
    char *out = sim_alloc(arena, 40);

    (void)snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, second / 3600, second / 60 % 60, second % 60);
    return out;
}

void x_json_time(sim_text *out, const char *name, int64_t at)
{
    sim_arena arena = { 0 };

    sim_json_pair(out, name, at ? x_time(&arena, at) : NULL);
    sim_arena_free(&arena);
}

void x_json_micro(sim_text *out, const char *name, int64_t amount)
{
    if (amount)
        sim_json_pair_int(out, name, amount);
    else
        sim_json_pair(out, name, NULL);
}

int64_t x_micro(const world_account *account, int64_t minor) { return minor * (1000000 / account->currency->offset); }

static const sim_zone *world_angeles(void)
{
    size_t i = 0;

    while (strcmp(sim_zone_at(i)->name, "America/Los_Angeles")) i++;
    return sim_zone_at(i);
}

int64_t x_switch_day(const world_account *account)
{
    return account->g % 6 == 1 ? WORLD_SWITCHED : 18000 + world_draw(account->h, 116, 300);
}

int64_t x_switch_at(const world_account *account) { return sim_zone_midnight(account->zone, x_switch_day(account)); }

int64_t x_midnight(const sim_site *site, const world_account *account, int64_t day)
{
    const sim_zone *zone = day < x_switch_day(account) ? world_angeles() : account->zone;

    if (strcmp(sim_setting_text(site, "dst"), "today")) return sim_zone_midnight(zone, day);
    return day * SIM_DAY - sim_zone_offset(zone, sim_now(site->sim));
}

int64_t x_day(const sim_site *site, const world_account *account, int64_t at)
{
    int64_t day = at / SIM_DAY + 2;

    while (x_midnight(site, account, day) > at) day--;
    return day;
}

/* ---- campaigns, line items, ads */

x_product x_product_of(const world_entity *campaign)
{
    int64_t draw = world_draw(campaign->h, 111, 12);

    return draw == 0 ? X_ACCOUNTS : draw == 1 ? X_VIDEOS : X_TWEETS;
}

int64_t x_funding_of(const world_entity *campaign) { return world_draw(campaign->h, 115, 3) == 0; }

bool x_campaign_draft(const world_entity *campaign) { return campaign->status != WORLD_DELETED && world_draw(campaign->h, 110, 16) == 0; }

bool x_group_draft(const world_entity *campaign, const world_entity *group)
{
    return x_campaign_draft(campaign) || (group->status != WORLD_DELETED && world_draw(group->h, 110, 20) == 0);
}

bool x_parents(const sim_site *site, int64_t g, int64_t ad, world_entity *campaign, world_entity *group)
{
    int64_t line = ad / site->sim->options.ads;

    return world_entity_at(site, WORLD_ADSET, g, line, group) &&
           world_entity_at(site, WORLD_CAMPAIGN, g, line / site->sim->options.adsets, campaign);
}

/* in some pairs of line items of a campaign the second's first ad shows the post of the first's: then both report what both did */
static bool world_shares(const sim_site *site, int64_t g, int64_t second)
{
    int64_t ads = site->sim->options.ads, line = second / ads;
    world_entity e, first;

    if (second % ads || line % site->sim->options.adsets % 2 == 0 || second >= world_count(site, WORLD_AD)) return false;
    (void)world_entity_at(site, WORLD_AD, g, second, &e);
    (void)world_entity_at(site, WORLD_AD, g, second - ads, &first);
    return first.created <= e.created && world_draw(e.h, 117, 2) == 0;
}

int64_t x_post_of(const sim_site *site, int64_t g, int64_t ad) { return world_shares(site, g, ad) ? ad - site->sim->options.ads : ad; }

int64_t x_sharer_of(const sim_site *site, int64_t g, int64_t ad)
{
    int64_t ads = site->sim->options.ads;

    if (world_shares(site, g, ad)) return ad - ads;
    return world_shares(site, g, ad + ads) ? ad + ads : -1;
}
