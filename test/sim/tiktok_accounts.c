/* SPDX-License-Identifier: MIT */
/* Advertisers, and the person behind a token. The list names accounts that may no longer be read; one of them spoils a whole batch. */
#include "tiktok.h"

#define FIELD(name) static bool name(sim_text *out, const tiktok_row *r)

FIELD(v_name)
{
    char name[64];

    sim_json_string(out, tiktok_account_name(name, sizeof name, &r->account));
    return true;
}

/* POSIX turns the sign around: Etc/GMT-13 is UTC+13. Halves of an hour have no such name */
FIELD(v_timezone)
{
    int minutes = r->account.zone->offset;

    if (minutes % 60)
        sim_json_string(out, r->account.zone->name);
    else
        sim_printf(out, "\"Etc/GMT%s%d\"", minutes > 0 ? "-" : "+", (minutes > 0 ? minutes : -minutes) / 60);
    return true;
}

FIELD(v_display)
{
    sim_json_string(out, r->account.zone->name);
    return true;
}

FIELD(v_currency)
{
    sim_json_string(out, r->account.currency->code);
    return true;
}

FIELD(v_country)
{
    sim_json_string(out, tiktok_country(&r->account));
    return true;
}

FIELD(v_status)
{
    sim_json_string(out, tiktok_account_status(&r->account));
    return true;
}

FIELD(v_balance)
{
    tiktok_money(out, &r->account, world_draw(r->account.h, 160, 2) ? world_draw(r->account.h, 161, 1000000) : 0);
    return true;
}

FIELD(v_created)
{
    sim_int(out, 1600000000 + world_draw(r->account.h, 162, 30000000));
    return true;
}

FIELD(v_owner)
{
    tiktok_put_id(out, tiktok_rules.id(WORLD_BUSINESS, r->account.user, 0));
    return true;
}

FIELD(v_company)
{
    sim_json_string(out, r->account.g % 2 ? "Example GmbH" : NULL);
    return true;
}

FIELD(v_email)
{
    sim_json_string(out, r->account.g % 3 ? "a***@example.com" : NULL);
    return true;
}

const tiktok_field tiktok_account_fields[] = {
    { "advertiser_id", NULL, tiktok_f_advertiser },
    { "name", NULL, v_name },
    { "currency", NULL, v_currency },
    { "timezone", NULL, v_timezone },
    { "display_timezone", NULL, v_display },
    { "balance", NULL, v_balance },
    { "status", NULL, v_status },
    { "country", NULL, v_country },
    { "create_time", NULL, v_created },
    { "owner_bc_id", NULL, v_owner },
    { "company", NULL, v_company },
    { "email", NULL, v_email },
    { "advertiser_account_type", "\"AUCTION\"", NULL },
    { "promotion_area", "\"0\"", NULL },
    { "language", "\"\"", NULL },
    { "industry", "null", NULL },
    { "role", "null", NULL },
    { "cellphone_number", "null", NULL },
    { "telephone_number", "null", NULL },
    { "address", "null", NULL },
    { "brand", "null", NULL },
    { "contacter", "null", NULL },
    { "description", "null", NULL },
    { "license_no", "null", NULL },
    { "license_url", "null", NULL },
    { "license_city", "null", NULL },
    { "license_province", "null", NULL },
    { "promotion_center_city", "null", NULL },
    { "promotion_center_province", "null", NULL },
    { "rejection_reason", "null", NULL },
    { NULL, NULL, NULL },
};

bool tiktok_account_info(tiktok_call *call)
{
    sim_text *out = &call->answer->body;
    const sim_json *ids;
    tiktok_shape shape;
    tiktok_row row = { .site = call->site };

    if (!tiktok_param_list(call, "advertiser_ids", TIKTOK_IDS_MOST, &ids)) return false;
    if (!ids || !ids->child) return tiktok_fail(call, 40002, "advertiser_ids: Missing data for required field.");
    if (!tiktok_shape_read(call, tiktok_account_fields, &shape)) return false;
    for (const sim_json *one = ids->child; one; one = one->next) {
        if (!tiktok_account_find(call, one->text, &row.account)) return false;
    }
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (const sim_json *one = ids->child; one; one = one->next) {
        (void)tiktok_account_find(call, one->text, &row.account);
        tiktok_row_write(out, tiktok_account_fields, &row, &shape);
        call->answer->rows++;
    }
    sim_puts(out, "]}");
    tiktok_close(call);
    return true;
}

/* the accounts that were ticked, whatever has become of them */
static bool account_ticked(tiktok_call *call, int64_t user, int64_t g)
{
    const sim_grant *grant = sim_grant_get(call->site, user, call->token.app, true);

    for (size_t i = 0; grant->only_some && i < grant->chosen_count; i++) {
        if (grant->chosen[i] == g) return true;
    }
    return !grant->only_some;
}

void tiktok_account_ids(sim_text *out, tiktok_call *call, int64_t user)
{
    int64_t each = call->site->sim->options.accounts;

    sim_json_key(out, "advertiser_ids");
    sim_json_open(out, '[');
    for (int64_t g = user * each; g < (user + 1) * each; g++) {
        if (!account_ticked(call, user, g)) continue;
        sim_comma(out);
        tiktok_put_id(out, tiktok_rules.id(WORLD_ACCOUNT, g, 0));
    }
    sim_putc(out, ']');
}

/* not paged */
bool tiktok_account_list(tiktok_call *call)
{
    int64_t each = call->site->sim->options.accounts, user = call->token.user;
    sim_text *out = &call->answer->body;
    world_account account;
    char name[64];

    if (!tiktok_app_read(call, "app_id", "secret")) return false;
    if (call->app->number != call->token.app) return tiktok_fail_token(call, 40105);
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (int64_t g = user * each; g < (user + 1) * each; g++) {
        if (!account_ticked(call, user, g) || !world_account_at(call->site, g, &account)) continue;
        sim_json_open(out, '{');
        sim_json_id(out, "advertiser_id", account.id);
        sim_json_pair(out, "advertiser_name", tiktok_account_name(name, sizeof name, &account));
        sim_putc(out, '}');
        call->answer->rows++;
    }
    sim_puts(out, "]}");
    tiktok_close(call);
    return true;
}

bool tiktok_user_info(tiktok_call *call)
{
    sim_text *out = &call->answer->body;
    char name[32];

    (void)snprintf(name, sizeof name, "Person %lld", (long long)call->token.user);
    tiktok_open(call);
    sim_puts(out, "{");
    sim_json_id(out, "core_user_id", tiktok_rules.id(WORLD_USER, call->token.user, 0));
    sim_json_pair(out, "display_name", name);
    sim_json_pair(out, "email", "p***@example.com");
    sim_json_pair_int(out, "create_time", 1590000000 + call->token.user);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}
