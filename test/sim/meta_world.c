/* SPDX-License-Identifier: MIT */
/* How Meta names what is in the world, and in which words it tells of its state. */
#include "meta.h"

#define ID_BASE 1200000000000000000
#define RUN_BASE 5000000000000000

static const world_currency meta_currencies[] = {
    { "USD", 100 }, { "EUR", 100 }, { "JPY", 1 },   { "IDR", 1 }, { "BHD", 100 }, { "GBP", 100 },
    { "BRL", 100 }, { "KRW", 1 },   { "INR", 100 }, { "CLP", 1 }, { "HUF", 1 },   { "TWD", 1 },
};

static const int meta_states[] = { 1, 1, 1, 1, 1, 2, 1, 3, 1, 1, 7, 9, 1, 1, 1, 101 };

int64_t meta_id(world_kind kind, int64_t g, int64_t index) { return ID_BASE + (int64_t)kind * 10000000000000000 + g * 10000000000 + index; }

/* sixteen digits, as the real ones have: some clients read the number as a double. --run-wide gives nineteen. */
int64_t meta_run_id(const sim_world *sim, int64_t g, int64_t number)
{
    return sim->options.run_wide ? meta_id(WORLD_JOB, g, number) : RUN_BASE + g * 1000000000 + number;
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

world_kind meta_id_read(const sim_world *sim, int64_t id, int64_t *g, int64_t *index)
{
    const sim_options *o = &sim->options;
    int64_t accounts = o->users * o->accounts, rest = id - ID_BASE;

    *g = *index = 0;
    if ((world_steps(id, 300000000000000, 1000003, accounts, g) || world_steps(id, 10150000000000000, 1000003, accounts, g)) &&
        meta_account_id(*g) == id)
        return WORLD_ACCOUNT;
    if (world_steps(id, 10223344556677000, 1, o->users, g)) return WORLD_USER;
    if (world_steps(id, 200000000000000, 7919, o->users, g)) return WORLD_BUSINESS;
    if (world_steps(id, 177000000000000, 7919, o->users * o->pages, g)) return WORLD_PAGE;
    if (id >= RUN_BASE && id < RUN_BASE + 1000000000000000) {
        *g = (id - RUN_BASE) / 1000000000;
        *index = (id - RUN_BASE) % 1000000000;
        return WORLD_JOB;
    }
    if (rest < 10000000000000000 || rest >= 100000000000000000) return WORLD_NONE;
    *g = rest % 10000000000000000 / 10000000000;
    *index = rest % 10000000000;
    return (world_kind)(rest / 10000000000000000);
}

static int64_t meta_any_id(world_kind kind, int64_t g, int64_t index)
{
    return kind == WORLD_ACCOUNT ? meta_account_id(g) : meta_id(kind, g, index);
}

const world_rules meta_rules = {
    .currencies = meta_currencies,
    .currency_count = SIM_COUNT(meta_currencies),
    .states = meta_states,
    .state_count = SIM_COUNT(meta_states),
    .id = meta_any_id,
};

const char *meta_status_word(world_status status)
{
    static const char *const words[] = { "ACTIVE", "PAUSED", "ARCHIVED", "DELETED" };

    return words[status];
}

const char *meta_word(const world_entity *e)
{
    static const char *const words[] = {
        "DISAPPROVED", "PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO", "WITH_ISSUES", "IN_PROCESS"
    };

    if (e->kind > WORLD_AD) return "ACTIVE";
    if (e->held) return e->held == WORLD_CAMPAIGN ? "CAMPAIGN_PAUSED" : "ADSET_PAUSED";
    return e->review == WORLD_APPROVED ? meta_status_word(e->effective)
                                       : words[e->review]; /* switched off and WITH_ISSUES: seen on real ones */
}

const char *meta_delivery(const sim_world *sim, const world_entity *e)
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
        if (!strcmp(words[i][0], meta_word(e))) return words[i][1];
    }
    if (e->start > sim_now(sim)) return "scheduled";
    return e->stop && e->stop < sim_now(sim) ? "completed" : "active";
}

int64_t meta_active_ads(const sim_world *sim, int64_t g)
{
    int64_t count = world_count(meta_site(sim), WORLD_AD), active = 0;
    world_entity ad;

    for (int64_t i = 0; i < count && i < 1000; i++)
        active += world_entity_at(meta_site(sim), WORLD_AD, g, i, &ad) && !strcmp(meta_word(&ad), "ACTIVE");
    return count > 1000 ? active * count / 1000 : active; /* of a large account a sample is enough */
}
