/* SPDX-License-Identifier: MIT */
/* What can be listed, and how one of it is found. */
#include "snapchat.h"

static const snapchat_kind kinds[] = {
    { "adaccounts", "adaccount", "AdAccounts", WORLD_ACCOUNT, false, false, "o", true, snapchat_write_account },
    { "fundingsources", "fundingsource", "FundingSources", SNAPCHAT_FUNDING, false, false, "o", false, snapchat_write_funding },
    { "billingcenters", "billingcenter", "BillingCenters", SNAPCHAT_BILLING, false, false, "o", true, snapchat_write_billing },
    { "members", "member", "Members", SNAPCHAT_MEMBER, false, false, "o", false, snapchat_write_member },
    { "campaigns", "campaign", "Campaigns", WORLD_CAMPAIGN, true, false, "a", true, snapchat_write_campaign },
    { "adsquads", "adsquad", "AdSquads", WORLD_ADSET, true, false, "ac", true, snapchat_write_adsquad },
    { "ads", "ad", "Ads", WORLD_AD, true, false, "acs", true, snapchat_write_ad },
    { "creatives", "creative", "Creatives", WORLD_CREATIVE, false, false, "a", true, snapchat_write_creative },
    { "media", "media", "Media", SNAPCHAT_MEDIA, false, false, "a", true, snapchat_write_media },
    { "segments", "segment", "Segments", WORLD_AUDIENCE, false, true, "a", true, snapchat_write_segment },
    { "lead_generation_forms", "lead_generation_form", "LeadGenerationForms", WORLD_FORM, false, false, "a", false, snapchat_write_form },
    { "pixels", "pixel", "Pixels", WORLD_PIXEL, false, false, "a", true, snapchat_write_pixel },
};

const snapchat_kind *snapchat_kind_named(const char *plural, size_t size)
{
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (strlen(kinds[i].plural) == size && !strncmp(kinds[i].plural, plural, size)) return &kinds[i];
    }
    return NULL;
}

const snapchat_kind *snapchat_kind_of(int kind)
{
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        if (kinds[i].kind == kind) return &kinds[i];
    }
    return NULL;
}

int64_t snapchat_item_count(const sim_site *site, const snapchat_kind *kind)
{
    switch (kind->kind) {
    case SNAPCHAT_MEDIA:
        return world_count(site, WORLD_CREATIVE);
    case WORLD_PIXEL:
    case WORLD_ACCOUNT:
    case SNAPCHAT_FUNDING:
        return 1;
    case SNAPCHAT_BILLING:
    case SNAPCHAT_MEMBER:
        return 2;
    default:
        return world_count(site, (world_kind)kind->kind);
    }
}

/* an organization's: g is its number */
static bool kinds_of_organization(const sim_site *site, snapchat_item *item)
{
    int64_t user = item->g / SNAPCHAT_ORGANIZATIONS;

    item->e.h = sim_hash(sim_seed(site), (uint64_t)item->kind->kind, (uint64_t)item->g, (uint64_t)item->index);
    item->created = item->updated = 1600000000 + world_draw(item->e.h, 1, 100000000);
    return user < site->sim->options.users && item->index < 2;
}

/* an account's own things, of which there is one each; the account itself too */
static bool kinds_of_account(snapchat_item *item)
{
    item->e.account = item->account;
    item->e.h = sim_hash(item->account.h, (uint64_t)item->kind->kind, (uint64_t)item->index, 0);
    item->created = 1590000000 + world_draw(item->account.h, 100, 10000000) + item->kind->kind;
    item->updated = item->created + world_draw(item->account.h, 101, 50000000);
    return item->index == 0 && (item->kind->kind != WORLD_PIXEL || snapchat_pixel(&item->account));
}

bool snapchat_item_at(const sim_site *site, const snapchat_kind *kind, int64_t g, int64_t index, snapchat_item *item)
{
    world_kind of = kind->kind == SNAPCHAT_MEDIA ? WORLD_CREATIVE : (world_kind)kind->kind;

    *item = (snapchat_item){ .kind = kind, .g = g, .index = index };
    if (kind->kind == SNAPCHAT_BILLING || kind->kind == SNAPCHAT_MEMBER) return kinds_of_organization(site, item);
    if (!world_account_at(site, g, &item->account)) return false;
    if (kind->kind == WORLD_ACCOUNT || kind->kind == WORLD_PIXEL || kind->kind == SNAPCHAT_FUNDING) return kinds_of_account(item);
    if (!world_entity_at(site, of, g, index, &item->e)) return false;
    item->created = item->e.created - (kind->kind == SNAPCHAT_MEDIA ? 90 : 0);
    item->updated = kind->kind == SNAPCHAT_MEDIA || kind->kind == WORLD_FORM ? item->created : item->e.updated;
    item->deleted = kind->deletable && item->e.effective >= WORLD_ARCHIVED;
    return true;
}

void snapchat_item_write(snapchat_writer *w, const snapchat_item *item)
{
    sim_json_open(w->out, '{');
    item->kind->write(w, item);
    sim_puts(w->out, "}");
}
