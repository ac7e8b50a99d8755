/* SPDX-License-Identifier: MIT */
/* What is TikTok's own about the world: numbers beyond what a double holds, families of campaigns, words for states, times, money. */
#include "tiktok.h"

#include <stdlib.h>

#define WORLD_BASE 1600000000000000000
#define WORLD_ACCOUNTS 7644143197000000000
#define WORLD_STEP 104729

static const int world_states[] = { 0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5 };

static const char *const world_state_words[] = { "STATUS_ENABLE",           "STATUS_LIMIT",
                                                 "STATUS_DISABLE",          "STATUS_PENDING_CONFIRM",
                                                 "STATUS_CONTRACT_PENDING", "STATUS_CONFIRM_FAIL" };

static int64_t world_id(world_kind kind, int64_t g, int64_t index)
{
    if (kind == WORLD_ACCOUNT) return WORLD_ACCOUNTS + g * WORLD_STEP;
    return kind == WORLD_AUDIENCE ? 195000000 + g * 10000 + index : sim_id(WORLD_BASE, kind, g, index);
}

const world_rules tiktok_rules = { .states = world_states, .state_count = SIM_COUNT(world_states), .id = world_id, .account_forms = true };

tiktok_family tiktok_family_at(const sim_site *site, int64_t g, int64_t campaign)
{
    static const tiktok_family families[] = { TIKTOK_AUCTION,   TIKTOK_AUCTION, TIKTOK_SMART,   TIKTOK_AUCTION,
                                              TIKTOK_OLD_SMART, TIKTOK_RF,      TIKTOK_AUCTION, TIKTOK_TOP_VIEW,
                                              TIKTOK_AUCTION,   TIKTOK_GMV,     TIKTOK_AUCTION, TIKTOK_PROMOTE };
    tiktok_family family = families[(size_t)(campaign + g * 5) % SIM_COUNT(families)];

    return family == TIKTOK_PROMOTE && !sim_setting_int(site, "promote") ? TIKTOK_AUCTION : family;
}

bool tiktok_row_at(sim_site *site, world_kind kind, int64_t g, int64_t index, tiktok_row *row)
{
    *row = (tiktok_row){ .site = site };
    if (!world_entity_at(site, kind, g, index, &row->item)) return false;
    row->account = row->item.account;
    row->family = tiktok_family_at(site, g, row->item.campaign);
    if (kind == WORLD_AD) {
        row->ad = row->item;
        (void)world_entity_at(site, WORLD_ADSET, g, row->item.adset, &row->adset);
    }
    if (kind == WORLD_ADSET) row->adset = row->item;
    return world_entity_at(site, WORLD_CAMPAIGN, g, row->item.campaign, &row->campaign);
}

bool tiktok_gone(const world_entity *e) { return e->effective >= WORLD_ARCHIVED; }

bool tiktok_readable(const world_account *account) { return account->status != 2; }

const char *tiktok_account_status(const world_account *account) { return world_state_words[account->status]; }

/* ---- the delivery state: the first that applies */

enum {
    WORD_DELETE,
    WORD_DISABLE,
    WORD_CAMPAIGN,
    WORD_ADGROUP,
    WORD_DENY,
    WORD_AUDIT,
    WORD_REAUDIT,
    WORD_DONE,
    WORD_WAIT,
    WORD_BUDGET,
    WORD_OK
};

static const char *const world_words[][WORD_OK + 1] = {
    { "CAMPAIGN_STATUS_DELETE", "CAMPAIGN_STATUS_DISABLE", "", "", "CAMPAIGN_STATUS_ADVERTISER_AUDIT_DENY",
      "CAMPAIGN_STATUS_ADVERTISER_AUDIT", "CAMPAIGN_STATUS_ADVERTISER_AUDIT", "CAMPAIGN_STATUS_ENABLE", "CAMPAIGN_STATUS_ENABLE",
      "CAMPAIGN_STATUS_BUDGET_EXCEED", "CAMPAIGN_STATUS_ENABLE" },
    { "ADGROUP_STATUS_DELETE", "ADGROUP_STATUS_DISABLE", "ADGROUP_STATUS_CAMPAIGN_DISABLE", "", "ADGROUP_STATUS_AUDIT_DENY",
      "ADGROUP_STATUS_AUDIT", "ADGROUP_STATUS_REAUDIT", "ADGROUP_STATUS_TIME_DONE", "ADGROUP_STATUS_NOT_START",
      "ADGROUP_STATUS_BUDGET_EXCEED", "ADGROUP_STATUS_DELIVERY_OK" },
    { "AD_STATUS_DELETE", "AD_STATUS_DISABLE", "AD_STATUS_CAMPAIGN_DISABLE", "AD_STATUS_ADGROUP_DISABLE", "AD_STATUS_AUDIT_DENY",
      "AD_STATUS_AUDIT", "AD_STATUS_REAUDIT", "AD_STATUS_DONE", "AD_STATUS_NOT_START", "ADGROUP_STATUS_FROZEN", "AD_STATUS_DELIVERY_OK" },
};

/* what the state of the account does to all that could deliver */
static const char *world_account_word(const world_account *account)
{
    static const char *const words[] = {
        NULL, "ADVERTISER_ACCOUNT_PUNISH", NULL, "ADVERTISER_ACCOUNT_INVALID", "ADVERTISER_CONTRACT_PENDING", "ADVERTISER_ACCOUNT_INVALID"
    };

    return words[account->status];
}

static int world_review_word(const world_entity *e)
{
    static const int of_ads[] = { WORD_DENY, WORD_AUDIT, WORD_REAUDIT, WORD_OK, WORD_BUDGET, WORD_AUDIT, WORD_OK };

    if (e->kind == WORLD_ADSET && world_draw(e->h, 101, 25) < 3) return WORD_DENY + (int)world_draw(e->h, 101, 25);
    return of_ads[e->review];
}

static int world_word(const tiktok_row *row)
{
    const world_entity *e = &row->item;
    int64_t now = sim_now(row->site->sim);
    int review;

    if (tiktok_gone(e)) return WORD_DELETE;
    if (e->status != WORLD_ACTIVE) return WORD_DISABLE;
    if (e->held == WORLD_CAMPAIGN) return WORD_CAMPAIGN;
    if (e->held == WORLD_ADSET) return WORD_ADGROUP;
    if (world_account_word(&row->account)) return -1;
    review = world_review_word(e);
    if (review != WORD_OK && review != WORD_BUDGET) return review;
    if (e->stop && e->stop <= now) return WORD_DONE;
    return e->start > now ? WORD_WAIT : review;
}

const char *tiktok_secondary(const tiktok_row *row)
{
    int word = world_word(row);

    if (word < 0) return world_account_word(&row->account);
    if (word == WORD_BUDGET && row->item.kind != WORLD_AD && !row->smart_ad && row->item.h % 3 == 0)
        return "ADVERTISER_ACCOUNT_BALANCE_EXCEED";
    return world_words[row->item.kind == WORLD_CAMPAIGN ? 0 : row->item.kind == WORLD_ADSET && !row->smart_ad ? 1 : 2][word];
}

/* ---- names, times, money */

const char *tiktok_account_name(char *out, size_t room, const world_account *account)
{
    static const char *const words[] = { "Nordlicht", "Ébène & Fils", "東京 Trading", "\"Quoted\" Co", "Blue/Green", "Plain" };

    (void)snprintf(out, room, "%s %lld", words[account->g % 6], (long long)account->g);
    return out;
}

void tiktok_time(char out[32], int64_t at, const sim_zone *zone)
{
    char text[40];

    sim_time_text(text, at, zone);
    (void)snprintf(out, 32, "%.10s %.8s", text, text + 11);
}

bool tiktok_time_read(const char *text, int64_t *at)
{
    char iso[32];

    if (strlen(text) != 19 || text[10] != ' ') return false;
    (void)snprintf(iso, sizeof iso, "%.10sT%.8s", text, text + 11);
    return sim_time_read(iso, at);
}

void tiktok_money(sim_text *out, const world_account *account, int64_t minor)
{
    int offset = account->currency->offset, rest = (int)(minor % offset);

    sim_int(out, minor / offset);
    if (!rest) return;
    sim_printf(out, offset == 1000 ? ".%03d" : ".%02d", rest);
    while (out->p[out->size - 1] == '0') out->p[--out->size] = 0;
}

int64_t tiktok_smart_id(const tiktok_row *row) { return sim_id(WORLD_BASE, WORLD_APP, row->account.g, row->adset.index); }

const char *tiktok_country(const world_account *account)
{
    static const struct {
        const char *zone, *country;
    } countries[] = { { "America/New_York", "US" },    { "Europe/Berlin", "DE" },    { "Asia/Tokyo", "JP" },
                      { "America/Los_Angeles", "US" }, { "Asia/Jakarta", "ID" },     { "Asia/Bahrain", "BH" },
                      { "Europe/London", "GB" },       { "Australia/Sydney", "AU" }, { "Asia/Kolkata", "IN" },
                      { "America/Santiago", "CL" },    { "Pacific/Auckland", "NZ" }, { "America/Sao_Paulo", "BR" },
                      { "Asia/Kathmandu", "NP" } };

    for (size_t i = 0; i < SIM_COUNT(countries); i++) {
        if (!strcmp(countries[i].zone, account->zone->name)) return countries[i].country;
    }
    return "CA";
}

bool tiktok_europe(const world_account *account)
{
    const char *country = tiktok_country(account);

    return !strcmp(country, "DE") || !strcmp(country, "GB");
}
