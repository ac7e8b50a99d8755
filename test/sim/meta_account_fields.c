/* SPDX-License-Identifier: MIT */
/* Fields of ad accounts, people and businesses. */
#include "meta_field_tools.h"

#define ACCOUNT                                                                                                                            \
    const world_account *a = object;                                                                                                       \
    (void)call;                                                                                                                            \
    (void)out;                                                                                                                             \
    (void)field;                                                                                                                           \
    (void)a
#define NUMBER                                                                                                                             \
    int64_t n = *(const int64_t *)object;                                                                                                  \
    (void)call;                                                                                                                            \
    (void)out;                                                                                                                             \
    (void)field;                                                                                                                           \
    (void)n

static int64_t account_draw(const world_account *a, int which, int64_t below)
{
    return (int64_t)(sim_hash(a->h, 0xac, (uint64_t)which, 0) % (uint64_t)below);
}

FIELD(account_id)
{
    ACCOUNT;
    sim_printf(out, "\"act_%lld\"", (long long)a->id);
    return true;
}

FIELD(account_number)
{
    ACCOUNT;
    return field_digits(out, a->id);
}

FIELD(account_name)
{
    static const char *const names[] = { "Müller & Söhne", "東京ストア", "Acme/US", "Café \"Olé\"", "Toko Baju 🛍", "Bahrain Retail" };
    char text[96];

    ACCOUNT;
    (void)snprintf(text, sizeof text, "%s %lld", names[a->g % 6], (long long)a->g);
    return field_string(out, text);
}

FIELD(account_status)
{
    ACCOUNT;
    return field_number(out, a->status);
}

FIELD(account_reason)
{
    ACCOUNT;
    return field_number(out, a->status == 2 ? 1 : 0);
}

FIELD(account_currency)
{
    ACCOUNT;
    return field_string(out, a->currency->code);
}

FIELD(account_zone_id)
{
    ACCOUNT;
    return field_number(out, a->zone->platform_id);
}

FIELD(account_zone)
{
    ACCOUNT;
    return field_string(out, a->zone->name);
}

FIELD(account_offset)
{
    int64_t minutes;

    ACCOUNT;
    minutes = sim_zone_offset(a->zone, sim_now(call->sim)) / 60;
    if (minutes % 60)
        sim_printf(out, "%.4g", (double)minutes / 60.0);
    else
        sim_int(out, minutes / 60);
    return true;
}

FIELD(account_spent)
{
    ACCOUNT;
    return field_digits(out, account_draw(a, 1, 100000000));
}

FIELD(account_balance)
{
    ACCOUNT;
    return field_digits(out, account_draw(a, 2, 100000));
}

FIELD(account_cap)
{
    ACCOUNT;
    return field_digits(out, account_draw(a, 3, 3) ? 0 : 500000000);
}

FIELD(account_least)
{
    ACCOUNT;
    return field_number(out, a->currency->offset == 1 ? 150 : 100);
}

FIELD(account_business)
{
    ACCOUNT;
    if (field && field->child) {
        meta_object_write(call, WORLD_BUSINESS, &a->user, field->child);
        return true;
    }
    sim_printf(out, "{\"id\":\"%lld\",\"name\":\"Business %lld\"}", (long long)meta_business_id(a->user), (long long)a->user);
    return true;
}

FIELD(account_owner)
{
    ACCOUNT;
    return field_digits(out, meta_business_id(a->user));
}

FIELD(account_tasks)
{
    ACCOUNT;
    sim_puts(out, a->g % 3 == 2 ? "[\"ANALYZE\"]" : "[\"DRAFT\",\"ANALYZE\",\"ADVERTISE\",\"MANAGE\"]");
    return true;
}

FIELD(account_tos)
{
    ACCOUNT;
    sim_puts(out, account_draw(a, 4, 2) ? "{\"custom_audience_tos\":1}" : "{}");
    return true;
}

FIELD(account_created)
{
    ACCOUNT;
    return field_instant(out, 1577836800 + account_draw(a, 5, 40000000), a->zone);
}

const meta_field meta_account_fields[] = {
    { "account_id", account_number, 'd' },
    { "id", account_id, 'd' },
    { "name", account_name, 0 },
    { "account_status", account_status, 0 },
    { "disable_reason", account_reason, 0 },
    { "currency", account_currency, 0 },
    { "timezone_id", account_zone_id, 0 },
    { "timezone_name", account_zone, 0 },
    { "timezone_offset_hours_utc", account_offset, 0 },
    { "amount_spent", account_spent, 0 },
    { "balance", account_balance, 0 },
    { "spend_cap", account_cap, 0 },
    { "min_campaign_group_spend_cap", account_balance, 0 },
    { "min_daily_budget", account_least, 0 },
    { "business", account_business, 'b' },
    { "owner", account_owner, 'b' },
    { "user_tasks", account_tasks, 0 },
    { "tos_accepted", account_tos, 0 },
    { "created_time", account_created, 0 },
    { "funding_source_details", NULL, 'm' },
    { "ad_account_promotable_objects", NULL, 'm' },
    { "business_name", NULL, 'x' },
    { "end_advertiser", NULL, 'x' },
    { NULL, NULL, 0 },
};

/* ---- people and businesses: named by their number */

FIELD(user_id)
{
    NUMBER;
    return field_digits(out, meta_user_id(n));
}

FIELD(user_name)
{
    char text[64];

    NUMBER;
    (void)snprintf(text, sizeof text, "Zoë Person %lld", (long long)n);
    return field_string(out, text);
}

const meta_field meta_user_fields[] = {
    { "id", user_id, 'd' }, { "name", user_name, 'd' }, { "email", NULL, 'x' }, { "client_business_id", NULL, 'x' }, { NULL, NULL, 0 }
};

FIELD(business_id)
{
    NUMBER;
    return field_digits(out, meta_business_id(n));
}

FIELD(business_name)
{
    char text[64];

    NUMBER;
    (void)snprintf(text, sizeof text, "Business %lld", (long long)n);
    return field_string(out, text);
}

const meta_field meta_business_fields[] = { { "id", business_id, 'd' }, { "name", business_name, 'd' }, { NULL, NULL, 0 } };
