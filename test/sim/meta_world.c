/* SPDX-License-Identifier: MIT */
/* Who and what there is, computed from the seed and the clock. */
#include "meta.h"

#define ID_BASE 1200000000000000000
#define RUN_BASE 5000000000000000
#define EPOCH_2021 1622505600 /* 2021-06-01: the oldest campaign */
#define EPOCH_2025 1735689600

static const meta_currency world_currencies[] = {
    { "USD", 100 }, { "EUR", 100 }, { "JPY", 1 },   { "IDR", 1 }, { "BHD", 100 }, { "GBP", 100 },
    { "BRL", 100 }, { "KRW", 1 },   { "INR", 100 }, { "CLP", 1 }, { "HUF", 1 },   { "TWD", 1 },
};

/* what names hold in real accounts: accents, other scripts, emoji, quotes, slashes */
static const char *const world_words[] = {
    "Spring", "Sommer", "Été", "夏のセール", "Лето", "Brand/Core", "Retarget \"warm\"", "Black Friday 🖤", "Lookalike", "ABO & CBO"
};

int64_t meta_id(meta_kind kind, int64_t g, int64_t index) { return ID_BASE + (int64_t)kind * 10000000000000000 + g * 10000000000 + index; }

/* sixteen digits, as the real ones have: some clients read the number as a double. --run-wide gives nineteen. */
int64_t meta_run_id(const sim_world *sim, int64_t g, int64_t number)
{
    return sim->options.run_wide ? meta_id(META_RUN, g, number) : RUN_BASE + g * 1000000000 + number;
}

int64_t meta_account_id(int64_t g) { return g % 4 == 3 ? 10150000000000000 + g * 1000003 : 300000000000000 + g * 1000003; }

int64_t meta_user_id(int64_t user) { return 10223344556677000 + user; }

int64_t meta_business_id(int64_t user) { return 200000000000000 + user * 7919; }

int64_t meta_page_id(int64_t page) { return 177000000000000 + page * 7919; }

static bool world_steps(int64_t id, int64_t base, int64_t step, int64_t count, int64_t *index)
{
    *index = (id - base) / step;
    return id >= base && (id - base) % step == 0 && *index < count;
}

meta_kind meta_id_read(const sim_world *sim, int64_t id, int64_t *g, int64_t *index)
{
    const sim_options *o = &sim->options;
    int64_t accounts = o->users * o->accounts, rest = id - ID_BASE;

    *g = *index = 0;
    if ((world_steps(id, 300000000000000, 1000003, accounts, g) || world_steps(id, 10150000000000000, 1000003, accounts, g)) &&
        meta_account_id(*g) == id)
        return META_ACCOUNT;
    if (world_steps(id, 10223344556677000, 1, o->users, g)) return META_USER;
    if (world_steps(id, 200000000000000, 7919, o->users, g)) return META_BUSINESS;
    if (world_steps(id, 177000000000000, 7919, o->users * o->pages, g)) return META_PAGE;
    if (id >= RUN_BASE && id < RUN_BASE + 1000000000000000) {
        *g = (id - RUN_BASE) / 1000000000;
        *index = (id - RUN_BASE) % 1000000000;
        return META_RUN;
    }
    if (rest < 10000000000000000 || rest >= 100000000000000000) return META_NONE;
    *g = rest % 10000000000000000 / 10000000000;
    *index = rest % 10000000000;
    return (meta_kind)(rest / 10000000000000000);
}

bool meta_account_at(const sim_world *sim, int64_t g, meta_account *account)
{
    static const int statuses[] = { 1, 1, 1, 1, 1, 2, 1, 3, 1, 1, 7, 9, 1, 1, 1, 101 };

    if (g < 0 || g >= sim->options.users * sim->options.accounts) return false;
    *account = (meta_account){ .g = g, .user = g / sim->options.accounts, .id = meta_account_id(g) };
    account->h = sim_hash((uint64_t)sim->options.seed, META_ACCOUNT, (uint64_t)g, 0);
    account->currency = &world_currencies[(size_t)g % SIM_COUNT(world_currencies)];
    account->zone = sim_zone_at((size_t)g % sim_zone_count());
    account->status = statuses[(size_t)g % SIM_COUNT(statuses)];
    account->purchase = (int)(g % 5);
    return true;
}

int64_t meta_count(const sim_world *sim, meta_kind kind)
{
    const sim_options *o = &sim->options;

    switch (kind) {
    case META_CAMPAIGN:
        return o->campaigns;
    case META_ADSET:
        return o->campaigns * o->adsets;
    case META_AD:
        return o->campaigns * o->adsets * o->ads;
    case META_CREATIVE:
        return (o->campaigns * o->adsets * o->ads + 1) / 2;
    case META_AUDIENCE:
        return o->audiences;
    case META_FORM:
        return o->forms;
    default:
        return 0;
    }
}

int64_t meta_ads_under(const sim_world *sim, meta_kind level)
{
    const sim_options *o = &sim->options;

    switch (level) {
    case META_AD:
        return 1;
    case META_ADSET:
        return o->ads;
    case META_CAMPAIGN:
        return o->ads * o->adsets;
    default:
        return o->ads * o->adsets * o->campaigns;
    }
}

static uint64_t world_hash(const sim_world *sim, meta_kind kind, int64_t g, int64_t index)
{
    return sim_hash((uint64_t)sim->options.seed, (uint64_t)kind, (uint64_t)g, (uint64_t)index);
}

/* a part of a hash, 0..below-1; `which` picks independent ones */
static int64_t world_draw(uint64_t h, int which, int64_t below) { return (int64_t)(sim_hash(h, (uint64_t)which, 0, 0) % (uint64_t)below); }

static int64_t world_campaign_created(const sim_world *sim, uint64_t h)
{
    if (world_draw(h, 1, 100) < sim->options.growth) return EPOCH_2025 + world_draw(h, 2, 1095ll * META_DAY);
    return EPOCH_2021 + world_draw(h, 2, 1095ll * META_DAY);
}

static int64_t world_created(const sim_world *sim, meta_kind kind, int64_t g, int64_t index)
{
    uint64_t h = world_hash(sim, kind, g, index);
    int64_t ads = sim->options.ads, adsets = sim->options.adsets;

    switch (kind) {
    case META_CAMPAIGN:
        return world_campaign_created(sim, h);
    case META_ADSET:
        return world_created(sim, META_CAMPAIGN, g, index / adsets) + world_draw(h, 1, 5ll * META_DAY);
    case META_AD:
        return world_created(sim, META_ADSET, g, index / ads) + world_draw(h, 1, 3ll * META_DAY);
    case META_CREATIVE:
        return world_created(sim, META_AD, g, index * 2) - 60;
    default:
        return EPOCH_2021 + world_draw(h, 2, 1095ll * META_DAY);
    }
}

/* every eighth campaign waits for months before it runs */
static int64_t world_start(const sim_world *sim, int64_t g, int64_t campaign)
{
    uint64_t h = world_hash(sim, META_CAMPAIGN, g, campaign);

    return world_created(sim, META_CAMPAIGN, g, campaign) + (world_draw(h, 11, 8) ? 3600 : 200ll * META_DAY);
}

/* every fourth campaign has an end */
static int64_t world_stop(const sim_world *sim, int64_t g, int64_t campaign)
{
    uint64_t h = world_hash(sim, META_CAMPAIGN, g, campaign);

    return world_draw(h, 3, 4) ? 0 : world_created(sim, META_CAMPAIGN, g, campaign) + (400 + world_draw(h, 4, 1400)) * META_DAY;
}

static meta_status world_status(uint64_t h, int64_t version)
{
    int64_t draw = world_draw(h, 5, 100);

    if (draw >= 96) return META_DELETED;
    if (draw >= 88) return META_ARCHIVED;
    if (draw >= 66) return version % 2 ? META_ACTIVE : META_PAUSED; /* these are switched now and then */
    return draw >= 50 ? META_PAUSED : META_ACTIVE;
}

static const char *world_ad_word(uint64_t h)
{
    static const char *const words[] = {
        "DISAPPROVED", "PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO", "WITH_ISSUES", "IN_PROCESS"
    };
    int64_t draw = world_draw(h, 6, 30);

    return draw < (int64_t)SIM_COUNT(words) ? words[draw] : "ACTIVE";
}

const char *meta_status_word(meta_status status)
{
    static const char *const words[] = { "ACTIVE", "PAUSED", "ARCHIVED", "DELETED" };

    return words[status];
}

static const char *world_active_word(const meta_entity *e, const meta_entity *campaign, const meta_entity *adset)
{
    if (e->kind >= META_ADSET && campaign->status == META_PAUSED) return "CAMPAIGN_PAUSED";
    if (e->kind == META_AD && adset->status == META_PAUSED) return "ADSET_PAUSED";
    if (e->kind == META_AD) return world_ad_word(e->h);
    return world_draw(e->h, 6, 40) ? "ACTIVE" : "WITH_ISSUES";
}

/* the parents' states come down, the strongest first: deleted, archived, own pause, campaign's pause, ad set's pause */
static void world_effective(const sim_world *sim, meta_entity *e)
{
    meta_entity campaign = *e, adset = *e;
    meta_status worst = e->status;

    if (e->kind >= META_ADSET) (void)meta_entity_at(sim, META_CAMPAIGN, e->account.g, e->campaign, &campaign);
    if (e->kind == META_AD) (void)meta_entity_at(sim, META_ADSET, e->account.g, e->adset, &adset);
    if (campaign.status > worst && campaign.status >= META_ARCHIVED) worst = campaign.status;
    if (adset.status > worst && adset.status >= META_ARCHIVED) worst = adset.status;
    e->effective = worst;
    e->word = meta_status_word(worst);
    if (worst == META_ACTIVE)
        e->word = world_active_word(e, &campaign, &adset);
    else if (worst == META_PAUSED && world_draw(e->h, 6, 12) == 0)
        e->word = "WITH_ISSUES"; /* seen on real accounts: switched off, and yet this */
}

static void world_parents(const sim_world *sim, meta_entity *e)
{
    const sim_options *o = &sim->options;
    int64_t ad = e->kind == META_CREATIVE ? e->index * 2 : e->index;

    e->ad = e->kind == META_AD || e->kind == META_CREATIVE ? ad : 0;
    e->adset = e->kind == META_ADSET ? e->index : e->ad / (o->ads ? o->ads : 1);
    e->campaign = e->kind == META_CAMPAIGN ? e->index : e->adset / (o->adsets ? o->adsets : 1);
}

/* an object is edited every few weeks or months; what it says follows from how often that has happened */
static void world_versions(const sim_world *sim, meta_entity *e)
{
    int64_t period = (12 + world_draw(e->h, 7, 150)) * META_DAY + world_draw(e->h, 8, META_DAY);

    e->version = (sim_now(sim) - e->created) / period;
    e->updated = e->created + e->version * period;
}

static bool world_lead(const sim_world *sim, meta_entity *e)
{
    int64_t form, day, n, now = sim_now(sim);
    meta_entity ad;

    if (!meta_lead_parts(e->index, &form, &day, &n) || form >= sim->options.forms) return false;
    if (n >= world_draw(sim_hash(world_hash(sim, META_LEAD, e->account.g, form), (uint64_t)day, 0, 0), 1, sim->options.leads + 1))
        return false;
    e->created = e->updated = day * META_DAY + world_draw(e->h, 2, META_DAY);
    /* every fifth came without an ad; the others through one of the person's first account */
    e->ad = world_draw(e->h, 4, 5) && meta_count(sim, META_AD) ? world_draw(e->h, 3, meta_count(sim, META_AD)) : -1;
    if (e->ad >= 0 && !meta_entity_at(sim, META_AD, e->account.g / sim->options.pages * sim->options.accounts, e->ad, &ad)) e->ad = -1;
    return e->created <= now && e->created > now - 90ll * META_DAY;
}

/* whose it is: the account, or for forms and leads the page, which stands in the account's place */
static bool world_owner(const sim_world *sim, meta_entity *e, int64_t g)
{
    const sim_options *o = &sim->options;

    if (e->kind != META_FORM && e->kind != META_LEAD) return meta_account_at(sim, g, &e->account);
    if (g >= o->users * o->pages || !meta_account_at(sim, g / o->pages * o->accounts, &e->account)) return false;
    e->account.g = g;
    return true;
}

bool meta_entity_at(const sim_world *sim, meta_kind kind, int64_t g, int64_t index, meta_entity *e)
{
    *e = (meta_entity){ .kind = kind, .index = index, .id = meta_id(kind, g, index), .word = "ACTIVE" };
    if (index < 0 || kind == META_NONE || kind > META_LEAD || !world_owner(sim, e, g)) return false;
    e->h = world_hash(sim, kind, g, index);
    if (kind == META_LEAD) return world_lead(sim, e);
    if (index >= meta_count(sim, kind)) return false;
    e->created = world_created(sim, kind, g, index);
    if (e->created > sim_now(sim)) return false;
    world_versions(sim, e);
    if (kind > META_CREATIVE) return true;
    world_parents(sim, e);
    e->start = world_start(sim, g, e->campaign);
    if (e->start < e->created) e->start = e->created;
    e->stop = world_stop(sim, g, e->campaign);
    if (kind == META_CREATIVE) return true;
    e->status = world_status(e->h, e->version);
    world_effective(sim, e);
    return true;
}

int64_t meta_ad_from(const sim_world *sim, const meta_account *account, int64_t ad, int64_t *until)
{
    int64_t campaign = ad / (sim->options.ads * sim->options.adsets);
    int64_t stop = world_stop(sim, account->g, campaign), start = world_start(sim, account->g, campaign);
    int64_t created = world_created(sim, META_AD, account->g, ad);

    *until = stop ? sim_zone_day(account->zone, stop) : INT64_MAX;
    return sim_zone_day(account->zone, created > start ? created : start);
}

int64_t meta_lead_index(int64_t form, int64_t day, int64_t n) { return form * 100000000 + day * 1000 + n; }

bool meta_lead_parts(int64_t index, int64_t *form, int64_t *day, int64_t *n)
{
    *form = index / 100000000;
    *day = index / 1000 % 100000;
    *n = index % 1000;
    return *form < 100;
}

const char *meta_name(char *out, size_t room, const meta_entity *e)
{
    static const char *const nouns[] = { "", "Campaign", "Ad set", "Ad", "Creative", "Audience", "Form", "Lead" };
    const char *word = world_words[world_draw(e->h, 9, (int64_t)SIM_COUNT(world_words))];

    (void)snprintf(out, room, "%s %s %lld", word, nouns[e->kind], (long long)e->index);
    if (e->version > 0 && e->kind <= META_AD && world_draw(e->h, 10, 4) == 0) {
        size_t used = strlen(out);

        (void)snprintf(out + used, room - used, " v%lld", (long long)e->version);
    }
    return out;
}

const char *meta_delivery(const sim_world *sim, const meta_entity *e)
{
    static const char *const words[][2] = {
        { "PAUSED", "inactive" },
        { "ARCHIVED", "archived" },
        { "DELETED", "deleted" },
        { "CAMPAIGN_PAUSED", "not_delivering" },
        { "ADSET_PAUSED", "not_delivering" },
        { "DISAPPROVED", "rejected" },
        { "WITH_ISSUES", "limited" },
        { "PENDING_REVIEW", "pending_review" },
        { "PREAPPROVED", "pending_review" },
        { "IN_PROCESS", "pending_review" },
        { "PENDING_BILLING_INFO", "not_delivering" },
    };

    for (size_t i = 0; i < SIM_COUNT(words); i++) {
        if (!strcmp(words[i][0], e->word)) return words[i][1];
    }
    if (e->start > sim_now(sim)) return "scheduled";
    return e->stop && e->stop < sim_now(sim) ? "completed" : "active";
}

int64_t meta_active_ads(const sim_world *sim, int64_t g)
{
    int64_t count = meta_count(sim, META_AD), active = 0;
    meta_entity ad;

    for (int64_t i = 0; i < count && i < 1000; i++) active += meta_entity_at(sim, META_AD, g, i, &ad) && !strcmp(ad.word, "ACTIVE");
    return count > 1000 ? active * count / 1000 : active; /* of a large account a sample is enough */
}
