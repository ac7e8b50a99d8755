/* SPDX-License-Identifier: MIT */
/* Ids, who belongs where, and money: UUIDs everywhere, but digits for segments. */
#include "snapchat.h"

#include <stdlib.h>

#define SEGMENTS 5600000000000000

static const int world_states[] = { 0, 0, 0, 0, 0, 1 }; /* ACTIVE; what is not */

const world_rules snapchat_rules = { .states = world_states, .state_count = SIM_COUNT(world_states), .account_forms = true };

const char *snapchat_id(const sim_site *site, sim_arena *arena, int kind, int64_t g, int64_t index)
{
    char *out = sim_alloc(arena, 40);

    if (kind == WORLD_AUDIENCE)
        (void)snprintf(out, 40, "%lld", (long long)(SEGMENTS + g * 1000003 + index * 16));
    else
        sim_uuid(out, sim_seed(site), (world_kind)kind, g, index);
    return out;
}

static int world_segment(const char *text, int64_t *g, int64_t *index)
{
    int64_t number = strtoll(text, NULL, 10) - SEGMENTS;

    *g = number / 1000003;
    *index = number % 1000003 / 16;
    return number >= 0 && number % 1000003 % 16 == 0 ? WORLD_AUDIENCE : WORLD_NONE;
}

int snapchat_id_read(const sim_site *site, const char *text, int64_t *g, int64_t *index)
{
    *g = *index = 0;
    if (strspn(text, "0123456789") == 16 && !text[16]) return world_segment(text, g, index);
    return sim_uuid_read(text, sim_seed(site), g, index);
}

/* "/v1/campaigns/<id>/stats" through the campaign, "/v1/adaccounts/<id>" as it is */
bool snapchat_account_of(const sim_site *site, const char *path, char out[40])
{
    const char *at = strncmp(path, "/v1/", 4) ? NULL : strchr(path + 4, '/');
    int64_t g, index;
    char id[40];
    int kind;

    if (!at) return false;
    (void)snprintf(id, sizeof id, "%.*s", (int)(strcspn(at + 1, "/") % 40), at + 1);
    kind = snapchat_id_read(site, id, &g, &index);
    if (kind != WORLD_ACCOUNT && kind != WORLD_PIXEL && kind != SNAPCHAT_MEDIA && !(kind >= WORLD_CAMPAIGN && kind <= WORLD_FORM))
        return false;
    sim_uuid(out, sim_seed(site), WORLD_ACCOUNT, g, 0);
    return true;
}

int64_t snapchat_organization(const sim_site *site, int64_t g)
{
    int64_t accounts = site->sim->options.accounts;

    return g / accounts * SNAPCHAT_ORGANIZATIONS + g % accounts % 2;
}

bool snapchat_pixel(const world_account *account) { return account->g % 4 != 3; }

int64_t snapchat_money(const world_account *account, int64_t minor, int64_t impressions)
{
    return minor * (1000000 / account->currency->offset) + impressions * 37;
}

const char *snapchat_account_name(char *out, size_t room, const world_account *account)
{
    static const char *const words[] = { "Nordlicht", "Café \"Été\"", "東京 Trading", "Blue/Green 👻", "Plain" };

    (void)snprintf(out, room, "%s %lld", words[account->g % 5], (long long)account->g);
    return out;
}
