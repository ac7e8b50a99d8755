/* SPDX-License-Identifier: MIT */
/* Ids that look like LinkedIn's, URNs, and what an object is. */
#include "linkedin.h"

#include <stdlib.h>

#define WORLD_STEP 10000000
#define WORLD_ACCOUNT_STEP 1013
#define WORLD_WIDE 9007199254740993 /* 2^53 + 1: no double holds what comes */

/* 0 serves, 1 no money, 2 canceled, 3 a draft, 4 to be deleted, 5 removed */
static const int world_states[] = { 0, 0, 1, 0, 2, 0, 3, 0, 0, 4, 0, 5 };

const world_rules linkedin_rules = { .states = world_states, .state_count = SIM_COUNT(world_states), .utc = true, .account_forms = true };

static const int64_t world_bases[WORLD_POST + 1] = {
    [WORLD_ACCOUNT] = 500000000, [WORLD_CAMPAIGN] = 600000000, [WORLD_ADSET] = 360000000, [WORLD_AD] = 119000000,
    [WORLD_AUDIENCE] = 10000000, [WORLD_FORM] = 7000000,       [WORLD_PIXEL] = 14000000,  [WORLD_CREATIVE] = 7000000000000000000,
    [WORLD_BUSINESS] = 2400000,
};

static const struct {
    const char *prefix;
    world_kind kind;
} world_urns[] = {
    { "urn:li:sponsoredAccount:", WORLD_ACCOUNT }, { "urn:li:sponsoredCampaignGroup:", WORLD_CAMPAIGN },
    { "urn:li:sponsoredCampaign:", WORLD_ADSET },  { "urn:li:sponsoredCreative:", WORLD_AD },
    { "urn:li:leadGenForm:", WORLD_FORM },         { "urn:lla:llaPartnerConversion:", WORLD_PIXEL },
    { "urn:li:adSegment:", WORLD_AUDIENCE },       { "urn:li:organization:", WORLD_BUSINESS },
    { "urn:li:share:", WORLD_CREATIVE },           { "urn:li:ugcPost:", WORLD_CREATIVE },
};

static int64_t world_base(const sim_site *site, world_kind kind)
{
    bool wide = kind != WORLD_CREATIVE && kind != WORLD_BUSINESS && sim_setting_int(site, "wide-ids");

    return world_bases[kind] + (wide ? WORLD_WIDE : 0);
}

int64_t linkedin_id(const sim_site *site, world_kind kind, int64_t g, int64_t index)
{
    if (kind == WORLD_ACCOUNT) return world_base(site, kind) + g * WORLD_ACCOUNT_STEP;
    return world_base(site, kind) + (kind == WORLD_BUSINESS ? g : g * WORLD_STEP + index);
}

bool linkedin_id_read(const sim_site *site, world_kind kind, const char *text, int64_t *g, int64_t *index)
{
    int64_t id, rest;
    char *end;

    *g = -1;
    *index = 0;
    if (*text < '1' || *text > '9') return false;
    id = strtoll(text, &end, 10);
    rest = id - world_base(site, kind);
    if (*end || rest < 0 || (kind == WORLD_ACCOUNT && rest % WORLD_ACCOUNT_STEP)) return false;
    *g = kind == WORLD_BUSINESS ? rest : rest / (kind == WORLD_ACCOUNT ? WORLD_ACCOUNT_STEP : WORLD_STEP);
    if (kind != WORLD_ACCOUNT && kind != WORLD_BUSINESS) *index = rest % WORLD_STEP;
    return true;
}

void linkedin_urn(char out[96], const sim_site *site, world_kind kind, int64_t g, int64_t index)
{
    size_t i = 0;

    while (world_urns[i].kind != kind) i++;
    (void)snprintf(out, 96, "%s%lld", world_urns[i].prefix, (long long)linkedin_id(site, kind, g, index));
}

static bool world_is_urn(const char *text)
{
    const char *third = strncmp(text, "urn:", 4) ? NULL : strchr(text + 4, ':');

    return third && strchr(third + 1, ':');
}

linkedin_ref linkedin_urn_read(const sim_site *site, const char *text)
{
    linkedin_ref ref = { .urn = world_is_urn(text), .g = -1 };

    for (size_t i = 0; i < SIM_COUNT(world_urns); i++) {
        size_t size = strlen(world_urns[i].prefix);

        if (strncmp(text, world_urns[i].prefix, size)) continue;
        ref.kind = world_urns[i].kind;
        (void)linkedin_id_read(site, ref.kind, text + size, &ref.g, &ref.index);
        return ref;
    }
    return ref;
}

/* ---- what it is */

const char *const linkedin_types[] = { "TEXT_AD", "SPONSORED_INMAILS", "DYNAMIC", "SPONSORED_UPDATES" };
const char *const linkedin_formats[] = { "TEXT_AD", "SPONSORED_INMAIL", "SPOTLIGHT", "STANDARD_UPDATE" };

int linkedin_type(const world_entity *campaign)
{
    int64_t draw = world_draw(campaign->h, 101, 9);

    return draw < 3 ? (int)draw : 3;
}

enum linkedin_content linkedin_content_of(const sim_site *site, const world_entity *ad)
{
    static const enum linkedin_content by_type[] = { LINKEDIN_TEXT, LINKEDIN_INMAIL, LINKEDIN_SPOTLIGHT };
    world_entity campaign;
    int type;

    (void)world_entity_at(site, WORLD_ADSET, ad->account.g, ad->adset, &campaign);
    type = linkedin_type(&campaign);
    if (type < 3) return by_type[type];
    return linkedin_post_index(site, ad) % 3 == 2 ? LINKEDIN_UGC : LINKEDIN_SHARE;
}

/* the second of two shows the post of the first, unless it is the older one */
int64_t linkedin_post_index(const sim_site *site, const world_entity *ad)
{
    world_entity first;

    if (ad->index % 2 == 0 || !world_entity_at(site, WORLD_AD, ad->account.g, ad->index - 1, &first)) return ad->index;
    return first.created <= ad->created && first.adset == ad->adset ? first.index : ad->index;
}

void linkedin_reference(char out[96], const sim_site *site, const world_entity *ad)
{
    enum linkedin_content content = linkedin_content_of(site, ad);
    int64_t index = linkedin_post_index(site, ad), number = linkedin_id(site, WORLD_CREATIVE, ad->account.g, index);

    *out = 0;
    if (content <= LINKEDIN_UGC)
        (void)snprintf(out, 96, "urn:li:%s:%lld", content == LINKEDIN_UGC ? "ugcPost" : "share", (long long)number);
    if (content == LINKEDIN_INMAIL)
        (void)snprintf(out, 96, "urn:li:adInMailContent:%lld", (long long)(5000000 + ad->account.g * WORLD_STEP + index));
}

const char *linkedin_status(const sim_site *site, const world_entity *e)
{
    static const char *const gone[] = { "PENDING_DELETION", "REMOVED", "CANCELED" };

    if (e->status == WORLD_DELETED) { /* groups alone are spelled in another way than filters are */
        int64_t draw = world_draw(e->h, 102, 3);

        return draw == 2 && e->kind == WORLD_CAMPAIGN ? "CANCELLED" : gone[draw];
    }
    if (e->status == WORLD_ARCHIVED) return "ARCHIVED";
    if (e->status == WORLD_PAUSED) return world_draw(e->h, 103, 6) ? "PAUSED" : "DRAFT";
    return e->kind == WORLD_ADSET && e->stop && e->stop <= sim_now(site->sim) ? "COMPLETED" : "ACTIVE";
}

bool linkedin_hidden(const char *status) { return strstr("ARCHIVED PENDING_DELETION REMOVED", status) != NULL; }

const char *linkedin_account_status(const world_account *account)
{
    static const char *const words[] = { "ACTIVE", "ACTIVE", "CANCELED", "DRAFT", "PENDING_DELETION", "REMOVED" };

    return words[account->status];
}

const char *linkedin_account_hold(const world_account *account)
{
    static const char *const words[] = { "RUNNABLE", "BILLING_HOLD", "STOPPED", "STOPPED", "STOPPED", "STOPPED" };

    return words[account->status];
}

bool linkedin_page_form(const sim_site *site, const world_entity *form)
{
    return sim_setting_int(site, "page-forms") && !world_draw(form->h, 144, 2);
}

bool linkedin_page_role(const world_account *account) { return account->g % 7 != 3; }

int64_t linkedin_click_days(const sim_site *site, int64_t g, int64_t rule)
{
    static const int64_t days[] = { 30, 7, 1, 90 };

    (void)site;
    return days[(g + rule) % 4];
}
