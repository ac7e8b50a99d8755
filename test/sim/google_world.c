/* SPDX-License-Identifier: MIT */
/* Customers and their managers; numbers that look like Google's. */
#include "google.h"

static const int world_states[] = { 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 3, 0 }; /* enabled, canceled, suspended, closed */

static int64_t world_cid(int64_t g) { return (g % 2 ? 7100000000 : 3100000000) + g * 100003; }

int64_t google_id(world_kind kind, int64_t g, int64_t index)
{
    static const int64_t bases[WORLD_POST + 1] = {
        [WORLD_CAMPAIGN] = 24000000000, [WORLD_ADSET] = 197000000000, [WORLD_AD] = 816000000000,      [WORLD_CREATIVE] = 300000000000,
        [WORLD_AUDIENCE] = 9000000000,  [WORLD_FORM] = 150000000000,  [WORLD_BUSINESS] = 15000000000, [WORLD_PIXEL] = 6500000000,
        [WORLD_PAGE] = 6400000000,      [WORLD_JOB] = 2493640000000
    };

    if (kind == WORLD_ACCOUNT) return world_cid(g);
    return bases[kind] + g * 10000000 + index;
}

const world_rules google_rules = { .states = world_states, .state_count = SIM_COUNT(world_states), .id = google_id, .account_forms = true };

int64_t google_manager_id(int64_t user, int which) { return (which == 1 ? 5200000000 : 1780000000) + user * 7919; }

void google_customer_of(const sim_site *site, int64_t g, google_customer *customer)
{
    *customer = (google_customer){ .cid = world_cid(g) };
    (void)world_account_at(site, g, &customer->account);
    customer->user = customer->account.user;
}

static bool world_steps(int64_t cid, int64_t base, int64_t step, int64_t *index)
{
    *index = (cid - base) / step;
    return cid >= base && (cid - base) % step == 0;
}

bool google_customer_at(const sim_site *site, int64_t cid, google_customer *customer)
{
    int64_t index;

    for (int which = 1; which <= 2; which++) {
        if (!world_steps(cid, google_manager_id(0, which), 7919, &index) || index >= site->sim->options.users) continue;
        *customer = (google_customer){ .cid = cid, .user = index, .manager = which };
        (void)world_account_at(site, index * site->sim->options.accounts, &customer->account);
        customer->account.status = 0;
        return true;
    }
    if (!world_steps(cid, 3100000000, 100003, &index) && !world_steps(cid, 7100000000, 100003, &index)) return false;
    if (world_cid(index) != cid || index >= site->sim->options.users * site->sim->options.accounts) return false;
    google_customer_of(site, index, customer);
    return true;
}

bool google_direct(const google_customer *customer, const sim_site *site)
{
    return customer->manager ? customer->manager == 1 : customer->account.g % site->sim->options.accounts % 3 == 0;
}

bool google_below(const sim_site *site, const google_customer *manager, const google_customer *customer, int64_t *level)
{
    int64_t k = site->sim->options.accounts ? customer->account.g % site->sim->options.accounts : 0;

    *level = 0;
    if (manager->cid == customer->cid) return true;
    if (!manager->manager || manager->user != customer->user || customer->manager == 1) return false;
    *level = 1;
    if (customer->manager) return manager->manager == 1;
    if (manager->manager == 2) return k % 3 == 2 || k == 1;
    *level = k % 3 == 2 ? 2 : 1;
    return true;
}

const char *google_customer_status(const google_customer *customer)
{
    static const char *const words[] = { "ENABLED", "CANCELED", "SUSPENDED", "CLOSED" };

    return words[customer->account.status];
}

bool google_readable(const google_customer *customer) { return customer->account.status != 1 && customer->account.status != 3; }

const char *google_customer_name(char *out, size_t room, const google_customer *customer)
{
    static const char *const words[] = { "Nordlicht", "Ébène & Fils", "東京 Trading", "\"Quoted\" Co", "Blue/Green", "Plain" };

    if (customer->manager)
        (void)snprintf(out, room, "Manager %lld%s", (long long)customer->user, customer->manager == 2 ? " Agency" : "");
    else
        (void)snprintf(out, room, "%s %lld", words[customer->account.g % 6], (long long)customer->account.g);
    return out;
}
