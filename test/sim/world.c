/* SPDX-License-Identifier: MIT */
/* Who and what there is, computed from the seed and the clock. */
#include "world.h"

#include "site.h"

#define EPOCH_2021 1622505600 /* 2021-06-01: the oldest campaign */
#define EPOCH_2025 1735689600

static const world_currency world_currencies[] = {
    { "USD", 100 }, { "EUR", 100 }, { "JPY", 1 },   { "IDR", 100 }, { "BHD", 1000 }, { "GBP", 100 },
    { "BRL", 100 }, { "KRW", 1 },   { "INR", 100 }, { "CLP", 1 },   { "HUF", 100 },  { "TWD", 100 },
};

static const int world_states[] = { 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 3, 4, 0, 0, 0, 5 };
static const sim_zone world_utc = { .name = "UTC" };

/* what names hold in real accounts: accents, other scripts, emoji, quotes, slashes */
static const char *const world_words[] = {
    "Spring", "Sommer", "Été", "夏のセール", "Лето", "Brand/Core", "Retarget \"warm\"", "Black Friday 🖤", "Lookalike", "ABO & CBO"
};

int64_t world_draw(uint64_t h, int which, int64_t below) { return (int64_t)(sim_hash(h, (uint64_t)which, 0, 0) % (uint64_t)below); }

bool world_account_at(const sim_site *site, int64_t g, world_account *account)
{
    static const world_rules plain = { 0 };
    const sim_options *o = &site->sim->options;
    const world_rules *rules = site->platform->world ? site->platform->world : &plain;

    if (g < 0 || g >= o->users * o->accounts) return false;
    *account = (world_account){ .g = g, .user = g / o->accounts, .id = rules->id ? rules->id(WORLD_ACCOUNT, g, 0) : 0 };
    account->h = sim_hash(sim_seed(site), WORLD_ACCOUNT, (uint64_t)g, 0);
    account->currency = rules->currencies ? &rules->currencies[(size_t)g % rules->currency_count]
                                          : &world_currencies[(size_t)g % SIM_COUNT(world_currencies)];
    account->zone = rules->utc ? &world_utc : sim_zone_at((size_t)g % sim_zone_count());
    account->status = rules->states ? rules->states[(size_t)g % rules->state_count] : world_states[(size_t)g % SIM_COUNT(world_states)];
    account->purchase = (int)(g % 5);
    return true;
}

int64_t world_count(const sim_site *site, world_kind kind)
{
    const sim_options *o = &site->sim->options;

    switch (kind) {
    case WORLD_CAMPAIGN:
        return o->campaigns;
    case WORLD_ADSET:
        return o->campaigns * o->adsets;
    case WORLD_AD:
        return o->campaigns * o->adsets * o->ads;
    case WORLD_CREATIVE:
        return (o->campaigns * o->adsets * o->ads + 1) / 2;
    case WORLD_AUDIENCE:
        return o->audiences;
    case WORLD_FORM:
        return o->forms;
    case WORLD_POST:
        return o->posts;
    default:
        return 0;
    }
}

int64_t world_ads_under(const sim_site *site, world_kind level)
{
    const sim_options *o = &site->sim->options;

    switch (level) {
    case WORLD_AD:
        return 1;
    case WORLD_ADSET:
        return o->ads;
    case WORLD_CAMPAIGN:
        return o->ads * o->adsets;
    default:
        return o->ads * o->adsets * o->campaigns;
    }
}

static uint64_t world_hash(const sim_site *site, world_kind kind, int64_t g, int64_t index)
{
    return sim_hash(sim_seed(site), (uint64_t)kind, (uint64_t)g, (uint64_t)index);
}

static int64_t world_campaign_created(const sim_site *site, uint64_t h)
{
    if (world_draw(h, 1, 100) < site->sim->options.growth) return EPOCH_2025 + world_draw(h, 2, 1095ll * SIM_DAY);
    return EPOCH_2021 + world_draw(h, 2, 1095ll * SIM_DAY);
}

static int64_t world_created(const sim_site *site, world_kind kind, int64_t g, int64_t index)
{
    uint64_t h = world_hash(site, kind, g, index);
    int64_t ads = site->sim->options.ads, adsets = site->sim->options.adsets;

    switch (kind) {
    case WORLD_CAMPAIGN:
        return world_campaign_created(site, h);
    case WORLD_ADSET:
        return world_created(site, WORLD_CAMPAIGN, g, index / adsets) + world_draw(h, 1, 5ll * SIM_DAY);
    case WORLD_AD:
        return world_created(site, WORLD_ADSET, g, index / ads) + world_draw(h, 1, 3ll * SIM_DAY);
    case WORLD_CREATIVE:
        return world_created(site, WORLD_AD, g, index * 2) - 60;
    case WORLD_POST: /* some come later */
        return EPOCH_2025 + world_draw(h, 2, 730ll * SIM_DAY);
    default:
        return EPOCH_2021 + world_draw(h, 2, 1095ll * SIM_DAY);
    }
}

/* every eighth campaign waits for months before it runs */
static int64_t world_start(const sim_site *site, int64_t g, int64_t campaign)
{
    uint64_t h = world_hash(site, WORLD_CAMPAIGN, g, campaign);

    return world_created(site, WORLD_CAMPAIGN, g, campaign) + (world_draw(h, 11, 8) ? 3600 : 200ll * SIM_DAY);
}

/* every fourth campaign has an end */
static int64_t world_stop(const sim_site *site, int64_t g, int64_t campaign)
{
    uint64_t h = world_hash(site, WORLD_CAMPAIGN, g, campaign);

    return world_draw(h, 3, 4) ? 0 : world_created(site, WORLD_CAMPAIGN, g, campaign) + (400 + world_draw(h, 4, 1400)) * SIM_DAY;
}

static world_status world_status_of(uint64_t h, int64_t version)
{
    int64_t draw = world_draw(h, 5, 100);

    if (draw >= 96) return WORLD_DELETED;
    if (draw >= 88) return WORLD_ARCHIVED;
    if (draw >= 66) return version % 2 ? WORLD_ACTIVE : WORLD_PAUSED; /* these are switched now and then */
    return draw >= 50 ? WORLD_PAUSED : WORLD_ACTIVE;
}

static world_review world_review_of(const world_entity *e)
{
    int64_t draw = world_draw(e->h, 6, e->effective == WORLD_PAUSED ? 12 : e->kind == WORLD_AD ? 30 : 40);

    if (e->effective > WORLD_PAUSED) return WORLD_APPROVED;
    if (e->effective == WORLD_PAUSED || e->kind != WORLD_AD)
        return draw ? WORLD_APPROVED : WORLD_LIMITED; /* limited, and yet switched off */
    return draw < WORLD_APPROVED ? (world_review)draw : WORLD_APPROVED;
}

/* the parents' states come down, the strongest first: deleted, archived, own pause, campaign's pause, ad set's pause */
static void world_effective(const sim_site *site, world_entity *e)
{
    world_entity campaign = *e, adset = *e;

    if (e->kind >= WORLD_ADSET) (void)world_entity_at(site, WORLD_CAMPAIGN, e->account.g, e->campaign, &campaign);
    if (e->kind == WORLD_AD) (void)world_entity_at(site, WORLD_ADSET, e->account.g, e->adset, &adset);
    e->effective = e->status;
    if (campaign.status > e->effective && campaign.status >= WORLD_ARCHIVED) e->effective = campaign.status;
    if (adset.status > e->effective && adset.status >= WORLD_ARCHIVED) e->effective = adset.status;
    if (e->effective == WORLD_ACTIVE && e->kind == WORLD_AD && adset.status == WORLD_PAUSED) e->held = WORLD_ADSET;
    if (e->effective == WORLD_ACTIVE && e->kind >= WORLD_ADSET && campaign.status == WORLD_PAUSED) e->held = WORLD_CAMPAIGN;
    e->review = world_review_of(e);
}

static void world_parents(const sim_site *site, world_entity *e)
{
    const sim_options *o = &site->sim->options;
    int64_t ad = e->kind == WORLD_CREATIVE ? e->index * 2 : e->index;

    if (e->kind != WORLD_LEAD) e->ad = e->kind == WORLD_AD || e->kind == WORLD_CREATIVE ? ad : 0;
    e->adset = e->kind == WORLD_ADSET ? e->index : e->ad / (o->ads ? o->ads : 1);
    e->campaign = e->kind == WORLD_CAMPAIGN ? e->index : e->adset / (o->adsets ? o->adsets : 1);
}

/* an object is edited every few weeks or months; what it says follows from how often that has happened */
static void world_versions(const sim_site *site, world_entity *e)
{
    int64_t period = (12 + world_draw(e->h, 7, 150)) * SIM_DAY + world_draw(e->h, 8, SIM_DAY);

    e->version = (sim_now(site->sim) - e->created) / period;
    e->updated = e->created + e->version * period;
}

static bool world_account_forms(const sim_site *site) { return site->platform->world && site->platform->world->account_forms; }

/* the account for which a page advertises: its person's first */
static int64_t world_owner_of(const sim_site *site, int64_t g)
{
    return world_account_forms(site) ? g : g / site->sim->options.pages * site->sim->options.accounts;
}

static bool world_lead(const sim_site *site, world_entity *e)
{
    int64_t form, day, n, now = sim_now(site->sim);
    world_entity ad;

    if (!world_lead_parts(e->index, &form, &day, &n) || form >= site->sim->options.forms) return false;
    if (n >= world_draw(sim_hash(world_hash(site, WORLD_LEAD, e->account.g, form), (uint64_t)day, 0, 0), 1, site->sim->options.leads + 1))
        return false;
    e->created = e->updated = day * SIM_DAY + world_draw(e->h, 2, SIM_DAY);
    /* every fifth came without an ad; the others through one of the person's first account */
    e->ad = world_draw(e->h, 4, 5) && world_count(site, WORLD_AD) ? world_draw(e->h, 3, world_count(site, WORLD_AD)) : -1;
    if (e->ad >= 0 && !world_entity_at(site, WORLD_AD, world_owner_of(site, e->account.g), e->ad, &ad)) e->ad = -1;
    if (e->ad >= 0) world_parents(site, e);
    return e->created <= now && e->created > now - 90ll * SIM_DAY;
}

/* whose it is: the account, or for forms, leads and posts the page, which stands in the account's place */
static bool world_owner(const sim_site *site, world_entity *e, int64_t g)
{
    const sim_options *o = &site->sim->options;

    if (e->kind != WORLD_FORM && e->kind != WORLD_LEAD && e->kind != WORLD_POST) return world_account_at(site, g, &e->account);
    if (!world_account_forms(site) && g >= o->users * o->pages) return false;
    if (!world_account_at(site, world_owner_of(site, g), &e->account)) return false;
    e->account.g = g;
    return true;
}

static bool world_holds(world_kind kind) { return (kind > WORLD_NONE && kind <= WORLD_LEAD) || kind == WORLD_POST; }

bool world_entity_at(const sim_site *site, world_kind kind, int64_t g, int64_t index, world_entity *e)
{
    const world_rules *rules = site->platform->world;

    *e = (world_entity){ .kind = kind, .index = index, .review = WORLD_APPROVED };
    e->id = rules && rules->id ? rules->id(kind, g, index) : 0;
    if (index < 0 || g < 0 || !world_holds(kind) || !world_owner(site, e, g)) return false;
    e->h = world_hash(site, kind, g, index);
    if (kind == WORLD_LEAD) return world_lead(site, e);
    if (index >= world_count(site, kind)) return false;
    e->created = world_created(site, kind, g, index);
    if (e->created > sim_now(site->sim)) return false;
    world_versions(site, e);
    if (kind > WORLD_CREATIVE) return true;
    world_parents(site, e);
    e->start = world_start(site, g, e->campaign);
    if (e->start < e->created) e->start = e->created;
    e->stop = world_stop(site, g, e->campaign);
    if (kind == WORLD_CREATIVE) return true;
    e->status = world_status_of(e->h, e->version);
    world_effective(site, e);
    return true;
}

int64_t world_ad_from(const sim_site *site, const world_account *account, int64_t ad, int64_t *until)
{
    int64_t campaign = ad / (site->sim->options.ads * site->sim->options.adsets);
    int64_t stop = world_stop(site, account->g, campaign), start = world_start(site, account->g, campaign);
    int64_t created = world_created(site, WORLD_AD, account->g, ad);

    *until = stop ? sim_zone_day(account->zone, stop) : INT64_MAX;
    return sim_zone_day(account->zone, created > start ? created : start);
}

int64_t world_lead_index(int64_t form, int64_t day, int64_t n) { return form * 100000000 + day * 1000 + n; }

bool world_lead_parts(int64_t index, int64_t *form, int64_t *day, int64_t *n)
{
    *form = index / 100000000;
    *day = index / 1000 % 100000;
    *n = index % 1000;
    return *form < 100;
}

const char *world_name(char *out, size_t room, const world_entity *e)
{
    static const char *const nouns[WORLD_POST + 1] = { "",     "Campaign",           "Ad set", "Ad", "Creative", "Audience", "Form",
                                                       "Lead", [WORLD_POST] = "Post" };
    const char *word = world_words[world_draw(e->h, 9, (int64_t)SIM_COUNT(world_words))];

    (void)snprintf(out, room, "%s %s %lld", word, nouns[e->kind], (long long)e->index);
    if (e->version > 0 && e->kind <= WORLD_AD && world_draw(e->h, 10, 4) == 0) {
        size_t used = strlen(out);

        (void)snprintf(out + used, room - used, " v%lld", (long long)e->version);
    }
    return out;
}
