/* SPDX-License-Identifier: MIT */
/* Grants: their rows, and the secrets that belong to them. What an answer brought exists once, so it is stored at once, outside of any
 * group commit, conditional on the grant's own row only, and tried again until it is stored (evidence). */
#include "connect_int.h"

enum { GRANTS_CONNECTIONS = 10000 };

adsync_status adsync__grant_load(adsync__kernel *kernel, int64_t org, int64_t grant, adsync__grant *out, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(grant) };
    adsync_status rc;

    *out = (adsync__grant){ .org = org, .grant = grant };
    if ((rc = adsync_storage_read(adsync__kernel_storage(kernel), org, ADSYNC_T_GRANTS, 0, key, 1, &out->rows, error)) < 0) return rc;
    if (adsync_rows_next(out->rows, NULL) != ADSYNC_ROW) {
        adsync__grant_unload(out);
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "grant.not_found", "there is no grant %lld", (long long)grant);
    }
    out->version = adsync_rows_int(out->rows, ADSYNC_C_VERSION);
    out->generation = adsync_rows_int(out->rows, ADSYNC_C_GENERATION);
    out->platform = adsync_rows_text(out->rows, ADSYNC_C_PLATFORM);
    out->app = adsync_rows_text(out->rows, ADSYNC_C_APP);
    out->external_user = adsync_rows_text(out->rows, ADSYNC_C_EXTERNAL_USER);
    out->scopes = adsync_rows_text(out->rows, ADSYNC_C_SCOPES);
    out->state = adsync_rows_text(out->rows, ADSYNC_C_STATE);
    out->access_expires_us = adsync_rows_int(out->rows, ADSYNC_C_ACCESS_EXPIRES_US);
    return ADSYNC_OK;
}

void adsync__grant_unload(adsync__grant *grant)
{
    adsync_rows_free(grant->rows);
    *grant = (adsync__grant){ 0 };
}

adsync_status adsync__grant_vault(adsync__kernel *kernel, adsync_vault **vault, adsync_error **error)
{
    if ((*vault = adsync__kernel_vault(kernel))) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_INVALID, "engine.keys", "the engine was opened without keys, so it cannot seal or open a secret");
}

adsync_status adsync__grant_secret(adsync__kernel *kernel, int64_t org, int64_t grant, const char *field, adsync__secret *out,
                                   adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(grant), adsync__value_text(field), adsync__value_int(0) };
    adsync_rows *rows = NULL;
    adsync_vault *vault;
    adsync_status rc;

    if ((rc = adsync__grant_vault(kernel, &vault, error)) < 0) return rc;
    if ((rc = adsync_storage_read(adsync__kernel_storage(kernel), org, ADSYNC_T_SECRETS, 0, key, 1, &rows, error)) < 0) return rc;
    if (!adsync_rows_count(rows))
        rc = adsync__fail(error, ADSYNC_E_NOT_FOUND, "secret.not_found", "the grant has no %s", field);
    else
        rc = adsync__vault_unseal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, adsync__rows_values(rows, 0), 8, out, error);
    adsync_rows_free(rows);
    return rc;
}

adsync_status adsync__grant_put_secret(adsync__kernel *kernel, adsync__commit_unit *unit, int64_t org, int64_t grant, const char *field,
                                       int64_t alternate, int64_t generation, const void *p, size_t size, int64_t expires_us,
                                       adsync_error **error)
{
    adsync_value row[8] = {
        adsync__value_int(org),
        adsync__value_int(grant),
        adsync__value_text(field),
        adsync__value_int(alternate),
        adsync__value_null(),
        adsync__value_int(generation),
        expires_us ? adsync__value_int(expires_us) : adsync__value_null(),
        adsync__value_int(adsync__now_us(adsync__kernel_effects(kernel))),
    };
    adsync__buffer sealed;
    adsync_vault *vault;
    adsync_status rc;

    if ((rc = adsync__grant_vault(kernel, &vault, error)) < 0) return rc;
    adsync__buffer_begin(&sealed, 65536);
    if ((rc = adsync__vault_seal_column(vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, p, size, &sealed, error)) >= 0) {
        row[4] = adsync__value_bytes(sealed.p, sealed.size);
        adsync__unit_put(unit, ADSYNC_T_SECRETS, ADSYNC_EXPECT_ANY, 0, row, 8);
    }
    adsync__buffer_free(&sealed);
    return rc;
}

/* ---- small things that this room shares */

int64_t connect_number(const adsync_value *value) { return value->kind == ADSYNC_VALUE_INT ? value->i : 0; }

int64_t connect_shared_now(adsync__kernel *kernel)
{
    int64_t now;

    return adsync__storage_now(adsync__kernel_storage(kernel), &now, NULL) >= 0 ? now : adsync__now_us(adsync__kernel_effects(kernel));
}

int64_t connect_draw(adsync__kernel *kernel)
{
    int64_t number = adsync__version_draw(adsync__kernel_effects(kernel)) & ((INT64_C(1) << 53) - 1);

    return number ? number : 1;
}

adsync_value connect_line(const char *text)
{
    adsync_value value = adsync__value_text(text);

    if (text) value.size = (uint32_t)adsync__utf8_cut(text, value.size, CONNECT_LINE);
    return value;
}

adsync_status connect_app(adsync__kernel *kernel, const char *platform, const char *name, const adsync__app **app, adsync_error **error)
{
    if (!platform || !adsync__kernel_find_connector(kernel, platform))
        return adsync__fail(error, ADSYNC_E_NOT_FOUND, "platform.unknown", "there is no platform %s",
                            platform ? platform : "without a name");
    if ((*app = adsync__kernel_find_app(kernel, platform, name))) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "app.unknown", "no app named %s is registered for %s here", name ? name : "default",
                        platform);
}

bool connect_missing(const char *asked, const char *given, char *out, size_t room)
{
    adsync__buffer words;

    if (!given || !asked || !room) return false;
    *out = 0;
    adsync__buffer_begin(&words, room - 1);
    for (const char *at = asked; *at; at += strcspn(at, " ,")) {
        at += strspn(at, " ,");
        if (!*at || adsync__words_have(given, at, strcspn(at, " ,"))) continue;
        adsync__buffer_text(&words, words.size ? ", " : "not granted: ");
        adsync__buffer_add(&words, at, strcspn(at, " ,"));
    }
    if (words.size) memcpy(out, words.p, words.size + 1);
    adsync__buffer_free(&words);
    return *out != 0;
}

void connect_audit(adsync__kernel *kernel, adsync__flight *flight, const adsync__audit *audit)
{
    adsync__commit_unit *unit = adsync__unit_new(kernel, adsync__flight_about(flight)->org, NULL, NULL);

    if (!unit) return; /* without memory the next storage call fails loudly enough */
    adsync__unit_audit(unit, adsync__flight_about(flight), audit);
    adsync__unit_submit(unit);
}

bool adsync__grant_refreshable(adsync__kernel *kernel, const char *platform)
{
    const adsync__connector *connector = platform ? adsync__kernel_find_connector(kernel, platform) : NULL;

    return connector && adsync__manifest_supports(&connector->manifest, ADSYNC_TASK_AUTH_REFRESH, 0) &&
           !adsync__equal_text(adsync__manifest_setting(&connector->manifest, "refresh"), "none");
}

/* ---- rows */

static int64_t grants_number(const char *text)
{
    int64_t value = 0;
    bool minus = text && *text == '-';

    for (const char *at = text ? text + minus : ""; *at >= '0' && *at <= '9' && value < INT64_MAX / 10 - 1; at++)
        value = value * 10 + (*at - '0');
    return minus ? -value : value;
}

void connect_grant_new(adsync_value *values, const adsync__app *app, int64_t now)
{
    const char *reuse = adsync__manifest_setting(&app->connector->manifest, "refresh");

    for (uint32_t i = 2; i < GRANT_WIDTH; i++) values[i] = adsync__value_null();
    values[GRANT_AT_PLATFORM] = adsync__value_text(app->connector->platform);
    values[GRANT_AT_APP] = adsync__value_text(app->name);
    values[GRANT_AT_REUSE] = adsync__value_text(reuse ? reuse : "same");
    values[GRANT_AT_CREATED] = values[GRANT_AT_UPDATED] = adsync__value_int(now);
}

static const struct {
    const char *name;
    uint32_t position, number;
} grants_known[] = {
    { "external_user", GRANT_AT_EXTERNAL_USER, 0 },
    { "name", GRANT_AT_NAME, 0 },
    { "scopes", GRANT_AT_SCOPES, 0 },
    { "access_expires_us", GRANT_AT_ACCESS_EXPIRES, 1 },
    { "refresh_expires_us", GRANT_AT_REFRESH_EXPIRES, 1 },
    { "data_expires_us", GRANT_AT_DATA_EXPIRES, 1 },
};

static bool grants_has_column(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(grants_known); i++)
        if (!strcmp(name, grants_known[i].name)) return true;
    return false;
}

static void grants_take(const adsync__out_fact *fact, adsync_value *values)
{
    for (size_t i = 0; i < ADSYNC__COUNT(grants_known); i++) {
        uint32_t at = grants_known[i].position, most = adsync_table_column_max(ADSYNC_T_GRANTS, at);
        if (strcmp(fact->name, grants_known[i].name) || !fact->value) continue;
        if (!grants_known[i].number && most && strlen(fact->value) > most && at != GRANT_AT_NAME) continue; /* must not stop the tokens */
        values[at] = grants_known[i].number ? adsync__value_int(grants_number(fact->value)) : adsync__value_text(fact->value);
        if (at == GRANT_AT_NAME) values[at] = connect_line(fact->value);
    }
}

/* What an outcome of any task of the grant says about the consent. */
adsync_status connect_grant_learn(adsync__commit_unit *unit, const adsync__out_fact *facts, adsync_value *values, adsync_error **error)
{
    adsync__buffer text;
    const char *before = values[GRANT_AT_FACTS].kind == ADSYNC_VALUE_TEXT ? values[GRANT_AT_FACTS].p : NULL;
    char *kept;
    bool others = false;
    adsync_status rc;

    for (const adsync__out_fact *fact = facts; fact; fact = fact->next) {
        grants_take(fact, values);
        others |= !grants_has_column(fact->name);
    }
    if (!others) return ADSYNC_OK;
    rc = connect_facts_merge(before, facts, grants_has_column, &text, error);
    if (rc >= 0 && !(kept = adsync__unit_keep(unit, text.p, text.size))) rc = adsync__fail_memory(error);
    if (rc >= 0) values[GRANT_AT_FACTS] = adsync__value_text(kept);
    adsync__buffer_free(&text);
    return rc;
}

void adsync__grant_facts(const adsync__grant *grant, adsync_task *task)
{
    adsync__task_text(task, ADSYNC__TASK_FACT, "external_user", grant->external_user);
    connect_facts_give(adsync_rows_text(grant->rows, ADSYNC_C_FACTS), task);
}

/* 50 to 80 % of what is left of the access token's life, drawn anew each time, so that grants made together do not come back together.
 * Where nothing refreshes by itself a person has to: at 80 %. */
adsync_value connect_grant_due(adsync__kernel *kernel, const adsync_value *values, bool refreshable)
{
    static const uint32_t others[] = { GRANT_AT_REFRESH_EXPIRES, GRANT_AT_DATA_EXPIRES };
    adsync__effects *effects = adsync__kernel_effects(kernel);
    int64_t now = adsync__now_us(effects), ends = connect_number(&values[GRANT_AT_ACCESS_EXPIRES]), left = ends > now ? ends - now : 0,
            due = INT64_MAX;

    if (ends > 0 && refreshable) due = now + left / 2 + adsync__version_draw(effects) % (left / 10 * 3 + 1);
    if (ends > 0 && !refreshable) due = now + left / 5 * 4;
    for (size_t i = 0; i < ADSYNC__COUNT(others); i++) {
        if ((ends = connect_number(&values[others[i]])) <= 0) continue;
        left = ends > now ? ends - now : 0;
        if (now + left / 5 * 4 < due) due = now + left / 5 * 4;
    }
    return due == INT64_MAX ? adsync__value_null() : adsync__value_int(due);
}

static adsync_status grants_change_once(adsync__kernel *kernel, const adsync__grant *there, connect_edit edit, void *user,
                                        adsync_error **error)
{
    adsync__commit_unit *unit = adsync__unit_new(kernel, there->org, NULL, NULL);
    adsync_value values[GRANT_WIDTH];
    adsync_status rc;

    if (!unit) return adsync__fail_memory(error);
    memcpy(values, adsync__rows_values(there->rows, 0), sizeof values);
    if ((rc = edit(user, there, values, unit, error)) != ADSYNC_ROW) {
        adsync__unit_drop(unit);
        return rc;
    }
    values[GRANT_AT_UPDATED] = adsync__value_int(adsync__now_us(adsync__kernel_effects(kernel)));
    adsync__unit_put(unit, ADSYNC_T_GRANTS, there->version, 0, values, GRANT_WIDTH);
    rc = adsync__unit_commit(unit, error);
    return rc < 0 ? rc : ADSYNC_ROW;
}

adsync_status connect_grant_change(adsync__kernel *kernel, int64_t org, int64_t grant, connect_edit edit, void *user, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync__grant there;
    adsync_status rc = ADSYNC_E_CONFLICT;

    for (uint32_t n = 0; n < CONNECT_ATTEMPTS && (rc == ADSYNC_E_CONFLICT || rc == ADSYNC_E_RETRY); n++) {
        adsync_error_free(words);
        words = NULL;
        if ((rc = adsync__grant_load(kernel, org, grant, &there, &words)) < 0) break;
        rc = grants_change_once(kernel, &there, edit, user, &words);
        adsync__grant_unload(&there);
    }
    return adsync__fail_with(error, rc, words);
}

/* ---- evidence */

adsync_status connect_grant_seal(adsync__kernel *kernel, adsync__commit_unit *unit, const connect_pocket *pocket, int64_t org,
                                 int64_t grant, int64_t alternate, int64_t generation, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (const connect_item *item = pocket->items; item && rc >= 0; item = item->next) {
        if (!strcmp(item->name, "carried") || !strcmp(item->name, "verifier")) continue; /* of this exchange only */
        rc = adsync__grant_put_secret(kernel, unit, org, grant, item->name, alternate, generation, item->secret.p, item->secret.size,
                                      item->expires_us, error);
    }
    return rc;
}

adsync_status connect_grant_fill(adsync__kernel *kernel, adsync__commit_unit *unit, const connect_pocket *pocket, int64_t generation,
                                 adsync_value *values, adsync_error **error)
{
    const connect_item *access = connect_pocket_find(pocket, "access_token"), *refresh = connect_pocket_find(pocket, "refresh_token");
    adsync_status rc = connect_grant_seal(kernel, unit, pocket, values[0].i, values[1].i, 0, generation, error);

    if (rc < 0) return rc;
    if (access) values[GRANT_AT_ACCESS_EXPIRES] = access->expires_us ? adsync__value_int(access->expires_us) : adsync__value_null();
    if (refresh && refresh->expires_us) values[GRANT_AT_REFRESH_EXPIRES] = adsync__value_int(refresh->expires_us);
    if ((rc = connect_grant_learn(unit, pocket->facts, values, error)) < 0) return rc;
    values[GRANT_AT_GENERATION] = adsync__value_int(generation);
    values[GRANT_AT_STATE] = adsync__value_text("active");
    values[GRANT_AT_ATTEMPT] = adsync__value_int(0);
    values[GRANT_AT_DEADLINE] = adsync__value_null();
    values[GRANT_AT_MESSAGE] = adsync__value_null();
    return ADSYNC_OK;
}

typedef struct grants_storing {
    adsync__kernel *kernel;
    const adsync_outcome *outcome;
} grants_storing;

/* Tokens of the grant itself only come from a consent or a refresh, which count a generation. */
static bool grants_is_own(const char *name)
{
    return !strcmp(name, "access_token") || !strcmp(name, "refresh_token") || !strcmp(name, "token_secret");
}

static adsync_status grants_edit_store(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                       adsync_error **error)
{
    const grants_storing *storing = user;
    adsync_status rc = ADSYNC_OK;

    for (const adsync__out_secret *secret = storing->outcome->secrets; secret && rc >= 0; secret = secret->next) {
        if (grants_is_own(secret->name) || adsync__equal_text(secret->name, "carried") || !secret->size) continue;
        rc = adsync__grant_put_secret(storing->kernel, unit, there->org, there->grant, secret->name, 0, there->generation, secret->p,
                                      secret->size, secret->expires_us, error);
    }
    if (rc >= 0) rc = connect_grant_learn(unit, storing->outcome->facts, values, error);
    return rc < 0 ? rc : ADSYNC_ROW;
}

adsync_status adsync__grant_store(adsync__kernel *kernel, int64_t org, int64_t grant, const adsync_outcome *outcome, adsync_error **error)
{
    grants_storing storing = { kernel, outcome };
    adsync_status rc = connect_grant_change(kernel, org, grant, grants_edit_store, &storing, error);

    return rc < 0 ? rc : ADSYNC_OK;
}

static adsync_status grants_edit_unlisted(void *user, const adsync__grant *there, adsync_value *values, adsync__commit_unit *unit,
                                          adsync_error **error)
{
    static const char words[] = "its accounts could not be listed";
    const char *why = user, *before = adsync_rows_text(there->rows, ADSYNC_C_MESSAGE);
    adsync__buffer text;
    char *kept = NULL;

    if (before && strncmp(before, words, sizeof words - 1)) return ADSYNC_OK;
    if (!before && !why) return ADSYNC_OK;
    values[GRANT_AT_MESSAGE] = adsync__value_null();
    if (!why) return ADSYNC_ROW;
    adsync__buffer_begin(&text, 2 * CONNECT_LINE);
    adsync__buffer_text(&text, words);
    adsync__buffer_text(&text, ": ");
    adsync__buffer_text(&text, why);
    if (!text.failed) kept = adsync__unit_keep(unit, text.p, text.size);
    adsync__buffer_free(&text);
    if (!kept) return adsync__fail_memory(error);
    values[GRANT_AT_MESSAGE] = connect_line(kept);
    return ADSYNC_ROW;
}

adsync_status adsync__grant_unlisted(adsync__kernel *kernel, int64_t org, int64_t grant, const char *why, adsync_error **error)
{
    adsync_status rc = connect_grant_change(kernel, org, grant, grants_edit_unlisted, (void *)(uintptr_t)why, error);

    return rc < 0 ? rc : ADSYNC_OK;
}

/* ---- a token that the host has */

static adsync_status grants_add_pocket(adsync__kernel *kernel, const char *access_token, const adsync_grant_options *options,
                                       connect_pocket *pocket, adsync_error **error)
{
    adsync__secrets *secrets = adsync__kernel_secrets(kernel);
    const struct {
        const char *name, *text;
        int64_t expires_us;
    } given[] = {
        { "access_token", access_token, options->expires_us },
        { "refresh_token", options->refresh_token, options->refresh_expires_us },
        { "token_secret", options->token_secret, 0 },
    };
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; i < ADSYNC__COUNT(given) && rc >= 0; i++)
        if (given[i].text)
            rc = connect_pocket_add(pocket, secrets, given[i].name, given[i].text, strlen(given[i].text), given[i].expires_us, error);
    return rc;
}

adsync_status adsync__grant_add(adsync__kernel *kernel, int64_t org, const char *platform, const char *access_token,
                                const adsync_grant_options *options, int64_t *grant, adsync_error **error)
{
    int64_t now = adsync__now_us(adsync__kernel_effects(kernel)), number = connect_draw(kernel);
    adsync_value values[GRANT_WIDTH] = { adsync__value_int(org), adsync__value_int(number) };
    connect_pocket pocket = { 0 };
    adsync__commit_unit *unit = NULL;
    const adsync__app *app = NULL;
    adsync_status rc;

    if ((rc = connect_app(kernel, platform, options->app, &app, error)) < 0) return rc;
    if ((rc = grants_add_pocket(kernel, access_token, options, &pocket, error)) < 0) goto done;
    if (!(unit = adsync__unit_new(kernel, org, NULL, NULL))) {
        rc = adsync__fail_memory(error);
        goto done;
    }
    connect_grant_new(values, app, now);
    values[GRANT_AT_SCOPES] = adsync__value_text(options->scopes);
    if ((rc = connect_grant_fill(kernel, unit, &pocket, 1, values, error)) < 0) goto done;
    values[GRANT_AT_DUE] = connect_grant_due(kernel, values, adsync__grant_refreshable(kernel, platform));
    adsync__unit_put(unit, ADSYNC_T_GRANTS, ADSYNC_EXPECT_ABSENT, 0, values, GRANT_WIDTH);
    rc = adsync__unit_commit(unit, error);
    unit = NULL;
    if (rc >= 0) *grant = number;
done:
    adsync__unit_drop(unit);
    connect_pocket_free(&pocket);
    return rc;
}

/* ---- its connections */

static bool grants_is_one_of(const char *state, const char *const *states)
{
    for (; *states; states++)
        if (adsync__equal_text(state, *states)) return true;
    return false;
}

void connect_grant_spread(adsync__kernel *kernel, int64_t org, int64_t grant, const char *const *from, const char *to, const char *message)
{
    const adsync_value bound[] = { adsync__value_int(org), adsync__value_int(grant) };
    const adsync_range range = {
        .table = ADSYNC_T_CONNECTIONS, .index = 2, .limit = GRANTS_CONNECTIONS, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2
    };
    adsync_rows *rows = NULL;

    if (adsync_storage_scan(adsync__kernel_storage(kernel), org, &range, &rows, NULL) < 0) return; /* the next sync says it too */
    while (adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        if (grants_is_one_of(adsync_rows_text(rows, ADSYNC_C_STATUS), from))
            (void)adsync__connection_learn(kernel, org, adsync_rows_int(rows, ADSYNC_C_CONNECTION), NULL, to, message, NULL);
    adsync_rows_free(rows);
}

/* ---- lists */

adsync_status adsync__grant_list(adsync__kernel *kernel, int64_t org, int64_t grant, adsync_rows **out, adsync_error **error)
{
    return adsync__storage_all(adsync__kernel_storage(kernel), org, ADSYNC_T_GRANTS, grant, out, error);
}

adsync_status adsync__grant_expiring(adsync__kernel *kernel, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error)
{
    const adsync_value upper = adsync__value_int(until_us);
    const adsync_range range = {
        .table = ADSYNC_T_GRANTS, .index = 2, .flags = ADSYNC_RANGE_ALL_ORGS, .limit = limit ? limit : 100, .upper = &upper, .n_upper = 1
    };

    return adsync_storage_scan(adsync__kernel_storage(kernel), 0, &range, out, error);
}
