/* SPDX-License-Identifier: MIT */
/* The person, organizations, accounts, and what they pay with: sheet, 3.4. Keys that do not apply are absent, never null. */
#include "snapchat.h"

void snapchat_stamp(sim_text *out, const char *name, int64_t at, uint64_t h)
{
    char text[40];

    sim_time_text(text, at, NULL);
    sim_json_key(out, name);
    sim_printf(out, "\"%.19s.%03dZ\"", text, (int)(h >> 20 & 0x3ff) % 1000);
}

static void account_id(snapchat_writer *w, const char *name, int kind, int64_t g, int64_t index)
{
    sim_json_pair(w->out, name, snapchat_id(w->site, w->arena, kind, g, index));
}

/* who made it is told of most objects */
void snapchat_made(snapchat_writer *w, const snapchat_item *item)
{
    int64_t user = item->account.user;
    uint64_t later = item->updated == item->created ? item->e.h : item->e.h >> 3;

    account_id(w, "id", item->kind->kind, item->g, item->index);
    snapchat_stamp(w->out, "updated_at", item->updated, later);
    snapchat_stamp(w->out, "created_at", item->created, item->e.h);
    if (world_draw(item->e.h, 120, 4) == 0) return;
    account_id(w, "created_by_app_id", WORLD_APP, 0, world_draw(item->e.h, 121, 2));
    account_id(w, "created_by_user", WORLD_USER, user, 0);
    account_id(w, "last_updated_by_app_id", WORLD_APP, 0, 0);
    account_id(w, "last_updated_by_user", WORLD_USER, user, 0);
}

static void account_roles(sim_text *out, int64_t draw)
{
    static const char *const words[] = { "admin", "member", "reports", "creative" };

    sim_json_key(out, "roles");
    sim_puts(out, "[");
    sim_json_string(out, words[draw % 4]);
    sim_puts(out, "]");
}

static void account_facts(snapchat_writer *w, const snapchat_item *item)
{
    char name[96];

    sim_json_pair(w->out, "name", snapchat_account_name(name, sizeof name, &item->account));
    sim_json_pair(w->out, "type", item->g % 3 == 2 ? "DIRECT" : "PARTNER");
    sim_json_pair(w->out, "status", item->account.status ? "PENDING" : "ACTIVE");
}

/* as an organization shows it, without a wrapping */
void snapchat_write_account_short(snapchat_writer *w, const snapchat_item *item)
{
    account_id(w, "id", WORLD_ACCOUNT, item->g, 0);
    snapchat_stamp(w->out, "updated_at", item->updated, item->e.h >> 3);
    snapchat_stamp(w->out, "created_at", item->created, item->e.h);
    account_facts(w, item);
    sim_json_pair(w->out, "currency", item->account.currency->code);
    sim_json_pair(w->out, "timezone", item->account.zone->name);
    account_roles(w->out, item->g);
}

void snapchat_write_account(snapchat_writer *w, const snapchat_item *item)
{
    int64_t organization = snapchat_organization(w->site, item->g);
    sim_text *out = w->out;

    account_id(w, "id", WORLD_ACCOUNT, item->g, 0);
    snapchat_stamp(out, "updated_at", item->updated, item->e.h >> 3);
    snapchat_stamp(out, "created_at", item->created, item->e.h);
    account_facts(w, item);
    account_id(w, "organization_id", WORLD_BUSINESS, organization, 0);
    account_id(w, "advertiser_organization_id", WORLD_BUSINESS, organization, 0);
    sim_json_key(out, "funding_source_ids");
    sim_printf(out, "[\"%s\"]", snapchat_id(w->site, w->arena, SNAPCHAT_FUNDING, item->g, 0));
    sim_json_pair(out, "currency", item->account.currency->code);
    sim_json_pair(out, "timezone", item->account.zone->name);
    sim_json_pair(out, "billing_type", item->g % 2 ? "IO" : "REVOLVING");
    if (item->g % 2) account_id(w, "billing_center_id", SNAPCHAT_BILLING, organization, 0);
    if (item->g % 3 == 1) sim_json_pair_int(out, "lifetime_spend_cap_micro", 5000000000 + item->g * 10000);
    sim_json_pair_bool(out, "agency_representing_client", item->g % 2);
    sim_json_pair_bool(out, "client_paying_invoices", false);
    if (item->g % 2 == 0) sim_puts(out, ",\"regulations\":{\"restricted_delivery_signals\":true}");
}

static const char *account_organization_name(int64_t organization)
{
    static const char *const words[SNAPCHAT_ORGANIZATIONS] = { "Hühner & Söhne", "Agence \"Éclair\"", "Empty 空" };

    return words[organization % SNAPCHAT_ORGANIZATIONS];
}

/* accounts: a JSON list, or NULL */
void snapchat_write_organization(snapchat_writer *w, int64_t organization, const char *accounts)
{
    int64_t which = organization % SNAPCHAT_ORGANIZATIONS;
    uint64_t h = sim_hash(sim_seed(w->site), WORLD_BUSINESS, (uint64_t)organization, 0);
    sim_text *out = w->out;

    sim_json_open(out, '{');
    account_id(w, "id", WORLD_BUSINESS, organization, 0);
    snapchat_stamp(out, "updated_at", 1600000000 + world_draw(h, 1, 50000000), h);
    snapchat_stamp(out, "created_at", 1500000000 + world_draw(h, 2, 50000000), h >> 5);
    sim_json_pair(out, "name", account_organization_name(organization));
    sim_json_pair(out, "country", "DE");
    sim_json_pair(out, "postal_code", "10115");
    sim_json_pair(out, "locality", "Berlin");
    sim_json_pair(out, "contact_name", "Contact");
    sim_json_pair(out, "contact_email", "contact@example.com");
    sim_json_pair(out, "contact_phone", "+4930000000");
    sim_json_pair(out, "tax_type", "NONE");
    sim_json_pair(out, "address_line_1", "Street 1");
    sim_json_pair(out, "administrative_district_level_1", "DE-BE");
    sim_printf(out, ",\"partner_orgs\":{\"%s\":\"Partner\"}", snapchat_id(w->site, w->arena, WORLD_BUSINESS, organization + 900, 0));
    sim_json_pair(out, "accepted_term_version", "8");
    sim_json_pair_bool(out, "is_agency", which == 1);
    sim_puts(out, ",\"configuration_settings\":{\"notifications_enabled\":true}");
    sim_json_pair(out, "type", "ENTERPRISE");
    sim_json_pair(out, "state", "ACTIVE");
    account_roles(out, which);
    if (accounts) {
        sim_json_key(out, "ad_accounts");
        sim_puts(out, accounts);
    }
    sim_json_pair(out, "my_display_name", "Person");
    sim_json_pair(out, "my_invited_email", "person@example.com");
    account_id(w, "my_member_id", SNAPCHAT_MEMBER, organization, 0);
    if (which == 1) sim_json_pair(out, "createdByCaller", "false"); /* some keys are in another style */
    sim_puts(out, "}");
}

void snapchat_write_member(snapchat_writer *w, const snapchat_item *item)
{
    int64_t user = item->g / SNAPCHAT_ORGANIZATIONS;
    char text[64];

    account_id(w, "id", SNAPCHAT_MEMBER, item->g, item->index);
    snapchat_stamp(w->out, "updated_at", item->updated, item->e.h);
    snapchat_stamp(w->out, "created_at", item->created, item->e.h);
    account_id(w, "created_by_app_id", WORLD_APP, 0, 0);
    account_id(w, "created_by_user", WORLD_USER, user, 0);
    account_id(w, "last_updated_by_app_id", WORLD_APP, 0, 0);
    account_id(w, "last_updated_by_user", WORLD_USER, user, 0);
    (void)snprintf(text, sizeof text, "person%lld%s@example.com", (long long)user, item->index ? "-second" : "");
    sim_json_pair(w->out, "email", text);
    account_id(w, "organization_id", WORLD_BUSINESS, item->g, 0);
    (void)snprintf(text, sizeof text, "Person %lld", (long long)user);
    sim_json_pair(w->out, "display_name", text);
    sim_json_pair(w->out, "snapchat_username", "person");
    sim_json_pair(w->out, "member_status", "MEMBER");
}

/* numbers that are texts: last_4 and expiration_month */
void snapchat_write_funding(snapchat_writer *w, const snapchat_item *item)
{
    static const char *const types[] = { "CREDIT_CARD", "LINE_OF_CREDIT", "COUPON", "PAYPAL" };
    const char *type = types[item->g % 4];
    sim_text *out = w->out;

    account_id(w, "id", SNAPCHAT_FUNDING, item->g, 0);
    snapchat_stamp(out, "updated_at", item->updated, item->e.h);
    snapchat_stamp(out, "created_at", item->created, item->e.h);
    sim_json_pair(out, "type", type);
    account_id(w, "organization_id", WORLD_BUSINESS, snapchat_organization(w->site, item->g), 0);
    sim_json_pair(out, "currency", item->account.currency->code);
    if (item->g % 4 == 0) {
        sim_json_pair(out, "card_type", "VISA");
        sim_json_pair(out, "last_4", "4242");
        sim_json_pair(out, "expiration_month", "12");
        sim_json_pair_int(out, "daily_spend_limit_micro", 500000000);
        sim_json_pair(out, item->g % 8 ? "daily_spend_currency" : "daily_spend_limit_currency", item->account.currency->code);
        return;
    }
    sim_json_pair_int(out, "total_budget_micro", 90000000000);
    sim_json_pair_int(out, "budget_spent_micro", 1234567890);
    sim_json_pair_int(out, "available_credit_micro", 88765432110);
}

void snapchat_write_billing(snapchat_writer *w, const snapchat_item *item)
{
    account_id(w, "id", SNAPCHAT_BILLING, item->g, item->index);
    account_id(w, "organization_id", WORLD_BUSINESS, item->g, 0);
    sim_json_pair(w->out, "name", item->index ? "Other Billing Center" : "New Billing Center");
    sim_json_pair(w->out, "email_address", "billing@example.com");
}
