/* SPDX-License-Identifier: MIT */
/* customer, customer_client, campaign_budget, conversion_action: sheet, 2 "Finding accounts", 3.1, 3.2, 4.3. */
#include "google_fields.h"

static google_value account_name(const google_row *r, const google_customer *c)
{
    char text[80];

    return google_text(r, "%s", google_customer_name(text, sizeof text, c));
}

NAMED(customer_rn, "customers/%lld", row_cid(r))
FIELD(customer_id) { return value_int(r->owner.cid); }
FIELD(customer_name) { return account_name(r, &r->owner); }
FIELD(customer_currency) { return value_word(r->owner.account.currency->code); }
FIELD(customer_zone) { return value_word(r->owner.account.zone->name); }
FIELD(customer_manager) { return value_bool(r->owner.manager); }
FIELD(customer_test)
{
    (void)r;
    return value_bool(false);
}
FIELD(customer_status) { return value_word(google_customer_status(&r->owner)); }
FIELD(customer_tagging) { return value_bool(r->owner.account.g % 2); }
FIELD(customer_tracking)
{
    (void)r;
    return value_word("CONVERSION_TRACKING_MANAGED_BY_SELF");
}
FIELD(customer_score) { return r->owner.manager ? value_none() : value_number((double)(r->owner.account.h % 1000) / 1000.0); }

NAMED(client_rn, "customers/%lld/customerClients/%lld", row_cid(r), (long long)r->client.cid)
NAMED(client_customer, "customers/%lld", (long long)r->client.cid)
FIELD(client_id) { return value_int(r->client.cid); }
FIELD(client_level) { return value_int(r->client_level); }
FIELD(client_manager) { return value_bool(r->client.manager); }
FIELD(client_hidden) { return value_bool(!r->client.manager && r->client.account.g % 11 == 10); }
FIELD(client_status) { return value_word(google_customer_status(&r->client)); }
FIELD(client_name) { return account_name(r, &r->client); }
FIELD(client_currency) { return value_word(r->client.account.currency->code); }
FIELD(client_zone) { return value_word(r->client.account.zone->name); }

/* ---- budgets: the fifth campaign of five shares the one before */

static int64_t budget_index(const google_row *r) { return r->campaign.index % 5 == 4 ? r->campaign.index - 1 : r->campaign.index; }

static bool budget_shared(const google_row *r) { return budget_index(r) % 5 == 3 && budget_index(r) + 1 < r->site->sim->options.campaigns; }

static uint64_t budget_hash(const google_row *r) { return sim_hash(r->owner.account.h, 0xb9d, (uint64_t)budget_index(r), 0); }

static bool budget_total(const google_row *r) { return world_draw(budget_hash(r), 2, 6) == 0; }

FIELD(budget_id) { return value_int(google_id(WORLD_BUSINESS, r->owner.account.g, budget_index(r))); }
NAMED(budget_rn, "customers/%lld/campaignBudgets/%lld", row_cid(r), (long long)budget_id(r).i)
NAMED(budget_name, "Budget %lld%s", (long long)budget_index(r), budget_shared(r) ? " shared" : "")
static int64_t budget_money(const google_row *r) { return google_micros(r, 500 + world_draw(budget_hash(r), 1, 20000)); }
FIELD(budget_amount) { return budget_total(r) ? value_none() : value_int(budget_money(r)); }
FIELD(budget_lifetime) { return budget_total(r) ? value_int(budget_money(r) * 30) : value_none(); }
FIELD(budget_delivery)
{
    (void)r;
    return value_word("STANDARD");
}
FIELD(budget_explicit) { return value_bool(budget_shared(r)); }
FIELD(budget_status) { return value_word(r->campaign.status >= WORLD_ARCHIVED && !budget_shared(r) ? "REMOVED" : "ENABLED"); }
FIELD(budget_references) { return value_int(budget_shared(r) ? 2 : 1); }
FIELD(budget_period) { return value_word(budget_total(r) ? "CUSTOM_PERIOD" : "DAILY"); }

/* ---- conversion actions: what was bought, left, put into the basket, and a fourth one */

static const struct {
    const char *name, *category, *type;
    bool primary;
    int lookback;
} account_actions[] = { { "Purchase", "PURCHASE", "WEBPAGE", true, 30 },
                        { "Lead", "SUBMIT_LEAD_FORM", "WEBPAGE", true, 30 },
                        { "Basket", "ADD_TO_CART", "WEBPAGE", false, 14 },
                        { "Newsletter \"monthly\"", "SIGNUP", "UPLOAD_CLICKS", false, 60 } };

int64_t google_lookback(int action) { return account_actions[action].lookback; }

static int account_action(const google_row *r) { return (int)(r->action >= 0 ? r->action : r->criterion); }

static long long action_id(const google_row *r) { return (long long)google_id(WORLD_PIXEL, r->owner.account.g, account_action(r)); }

FIELD(action_number) { return value_int(action_id(r)); }
NAMED(action_rn, "customers/%lld/conversionActions/%lld", row_cid(r), action_id(r))
FIELD(action_name) { return value_word(account_actions[account_action(r)].name); }
FIELD(action_category) { return value_word(account_actions[account_action(r)].category); }
FIELD(action_type) { return value_word(account_actions[account_action(r)].type); }
FIELD(action_primary) { return value_bool(account_actions[account_action(r)].primary); }
FIELD(action_clicks) { return value_int(account_actions[account_action(r)].lookback); }
FIELD(action_status)
{
    (void)r;
    return value_word("ENABLED");
}
FIELD(action_views)
{
    (void)r;
    return value_int(1);
}
FIELD(action_counting) { return value_word(account_action(r) ? "ONE_PER_CLICK" : "MANY_PER_CLICK"); }
FIELD(action_model)
{
    return value_word(r->owner.account.purchase == 3 ? "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN" : "GOOGLE_ADS_LAST_CLICK");
}

const google_field google_account_fields[] = {
    { "customer.resource_name", 's', customer_rn, 0, 0 },
    { "customer.id", 'i', customer_id, 0, 0 },
    { "customer.descriptive_name", 's', customer_name, 0, 0 },
    { "customer.currency_code", 's', customer_currency, 0, 0 },
    { "customer.time_zone", 's', customer_zone, 0, 0 },
    { "customer.manager", 'b', customer_manager, 0, 0 },
    { "customer.test_account", 'b', customer_test, 0, 0 },
    { "customer.status", 'e', customer_status, 0, 0 },
    { "customer.auto_tagging_enabled", 'b', customer_tagging, 0, 0 },
    { "customer.conversion_tracking_setting.conversion_tracking_status", 'e', customer_tracking, 0, 0 },
    { "customer.conversion_tracking_setting.google_ads_conversion_customer", 's', customer_rn, 0, 0 },
    { "customer.optimization_score", 'd', customer_score, 0, 0 },
    { "customer_client.resource_name", 's', client_rn, 0, 0 },
    { "customer_client.client_customer", 's', client_customer, 0, 0 },
    { "customer_client.id", 'i', client_id, 0, 0 },
    { "customer_client.level", 'i', client_level, 0, 0 },
    { "customer_client.manager", 'b', client_manager, 0, 0 },
    { "customer_client.hidden", 'b', client_hidden, 0, 0 },
    { "customer_client.status", 'e', client_status, 0, 0 },
    { "customer_client.descriptive_name", 's', client_name, 0, 0 },
    { "customer_client.currency_code", 's', client_currency, 0, 0 },
    { "customer_client.time_zone", 's', client_zone, 0, 0 },
    { "customer_client.test_account", 'b', customer_test, 0, 0 },
    { "campaign_budget.resource_name", 's', budget_rn, 0, 0 },
    { "campaign_budget.id", 'i', budget_id, 0, 0 },
    { "campaign_budget.name", 's', budget_name, 0, 0 },
    { "campaign_budget.amount_micros", 'i', budget_amount, 0, 0 },
    { "campaign_budget.total_amount_micros", 'i', budget_lifetime, 0, 0 },
    { "campaign_budget.delivery_method", 'e', budget_delivery, 0, 0 },
    { "campaign_budget.explicitly_shared", 'b', budget_explicit, 0, 0 },
    { "campaign_budget.status", 'e', budget_status, 0, 0 },
    { "campaign_budget.reference_count", 'i', budget_references, 0, 0 },
    { "campaign_budget.period", 'e', budget_period, 0, 0 },
    { "conversion_action.resource_name", 's', action_rn, 0, 0 },
    { "conversion_action.id", 'i', action_number, 0, 0 },
    { "conversion_action.name", 's', action_name, 0, 0 },
    { "conversion_action.category", 'e', action_category, 0, 0 },
    { "conversion_action.type", 'e', action_type, 0, 0 },
    { "conversion_action.status", 'e', action_status, 0, 0 },
    { "conversion_action.primary_for_goal", 'b', action_primary, 0, 0 },
    { "conversion_action.include_in_conversions_metric", 'b', action_primary, 0, 0 },
    { "conversion_action.click_through_lookback_window_days", 'i', action_clicks, 0, 0 },
    { "conversion_action.view_through_lookback_window_days", 'i', action_views, 0, 0 },
    { "conversion_action.counting_type", 'e', action_counting, 0, 0 },
    { "conversion_action.attribution_model_settings.attribution_model", 'e', action_model, 0, 0 },
    { "segments.conversion_action", 's', action_rn, 0, 0 },
    { "segments.conversion_action_name", 's', action_name, 0, 0 },
    { "segments.conversion_action_category", 'e', action_category, 0, 0 },
    { NULL, 0, NULL, 0, 0 },
};
