/* SPDX-License-Identifier: MIT */
/* What an account has beside its lists: features, the person's role, who may be promoted, its history, cards by their address. */
#include "x.h"

static bool facts_begin(x_call *call, const char *name, const char *allowed)
{
    call->answer->action = name;
    return x_limits_pass(call, X_OTHER, name) && x_params_read(call, allowed);
}

static bool facts_text(x_call *call, const char *text)
{
    sim_text data = { 0 };

    sim_puts(&data, text);
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}

static bool facts_features(x_call *call)
{
    return facts_begin(call, "features", "") && facts_text(call, "[\"VALIDATED_AGE_TARGETING\",\"REACH_AND_FREQUENCY_ANALYTICS\"]");
}

/* the role differs from account to account; everybody who has one may read */
static bool facts_access(x_call *call)
{
    static const char *const roles[] = { "[\"ACCOUNT_ADMIN\",\"TWEET_COMPOSER\"]", "[\"AD_MANAGER\"]", "[\"CAMPAIGN_ANALYST\"]",
                                         "[\"ANALYST\"]" };
    sim_text data = { 0 };

    if (!facts_begin(call, "authenticated_user_access", "")) return false;
    sim_puts(&data, "{");
    sim_json_id(&data, "user_id", x_user_id(call->token.user));
    sim_json_key(&data, "permissions");
    sim_puts(&data, roles[call->account.g % 4]);
    sim_puts(&data, "}");
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}

static bool facts_promotable(x_call *call)
{
    sim_text data = { 0 };

    if (!facts_begin(call, "promotable_users", "count cursor with_deleted")) return false;
    sim_puts(&data, "[{");
    sim_json_id(&data, "user_id", x_user_id(call->token.user));
    sim_json_pair(&data, "id", x_id(call->request->arena, X_EVENT_TAG, call->account.g, 99));
    sim_json_pair(&data, "promotable_user_type", "FULL");
    x_json_time(&data, "created_at", 1469161444);
    x_json_time(&data, "updated_at", 1469161444);
    sim_json_pair_bool(&data, "deleted", false);
    sim_puts(&data, "}]");
    x_answer(call, &data, ",\"next_cursor\":null");
    sim_free(&data);
    return true;
}

/* for those who are on a list, and nobody here is */
static bool facts_history(x_call *call)
{
    call->answer->action = "account_history";
    return x_fail(call, 400, "FEATURE_NOT_AVAILABLE", NULL, "The account does not have the feature ACCOUNT_HISTORY");
}

static bool facts_cards(x_call *call)
{
    if (!x_param(call, "card_uris")) return x_fail(call, 400, "MISSING_PARAMETER", "card_uris", "\"card_uris\" is a required parameter");
    return x_list(call, &x_cards);
}

bool x_facts(x_call *call, const char *path)
{
    static const struct {
        const char *path;
        bool (*act)(x_call *);
    } table[] = {
        { "features", facts_features },
        { "authenticated_user_access", facts_access },
        { "promotable_users", facts_promotable },
        { "account_history", facts_history },
        { "cards/all", facts_cards },
    };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcmp(table[i].path, path)) continue;
        (void)table[i].act(call);
        return true;
    }
    return false;
}
