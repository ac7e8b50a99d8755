/* SPDX-License-Identifier: MIT */
/* The little that is remembered of each platform: which apps there are, what people consented to, what was killed. */
#include "site.h"

#include <stdlib.h>

/* ---- which one */

static size_t site_count(void)
{
    size_t n = 0;

    while (sim_platforms()[n]) n++;
    return n;
}

uint64_t sim_seed(const sim_site *site)
{
    uint64_t seed = (uint64_t)site->sim->options.seed;

    return site->salt ? sim_hash(seed, site->salt, 0, 0) : seed;
}

sim_site *sim_site_of(const sim_world *sim, const sim_platform *platform)
{
    for (size_t i = 0; sim_platforms()[i]; i++) {
        if (sim->sites[i].platform == platform) return &sim->sites[i];
    }
    return NULL;
}

sim_site *sim_site_named(const sim_world *sim, const char *name)
{
    if (!name || !*name) return &sim->sites[0];
    for (size_t i = 0; sim_platforms()[i]; i++) {
        if (!strcmp(sim_platforms()[i]->name, name)) return &sim->sites[i];
    }
    return NULL;
}

sim_site *sim_site_at(const sim_world *sim, const char *host)
{
    for (size_t i = 0; sim_platforms()[i]; i++) {
        for (const char *const *name = sim_platforms()[i]->hosts; *name; name++) {
            if (sim_glob(*name, host)) return &sim->sites[i];
        }
    }
    return NULL;
}

/* ---- settings */

static size_t site_settings(const sim_platform *platform)
{
    size_t n = 0;

    while (platform->settings && platform->settings[n].name) n++;
    return n;
}

static size_t site_setting_at(const sim_site *site, const char *name)
{
    size_t i = 0;

    while (strcmp(site->platform->settings[i].name, name)) i++; /* asked for by the platform itself: it is there */
    return i;
}

const char *sim_setting_text(const sim_site *site, const char *name) { return site->settings[site_setting_at(site, name)]; }

int64_t sim_setting_int(const sim_site *site, const char *name) { return strtoll(sim_setting_text(site, name), NULL, 10); }

const char *sim_site_set(sim_world *sim, const char *name, const char *value)
{
    const char *dash = strchr(name, '-');
    size_t size = dash ? (size_t)(dash - name) : 0;

    for (size_t i = 0; dash && sim_platforms()[i]; i++) {
        const sim_platform *p = sim_platforms()[i];

        if (strlen(p->name) != size || strncmp(p->name, name, size)) continue;
        for (size_t k = 0; k < site_settings(p); k++) {
            const sim_setting *s = &p->settings[k];
            char *end;
            int64_t number = strtoll(value, &end, 10);

            if (strcmp(s->name, dash + 1)) continue;
            if (s->max && (!*value || *end)) return "not a number";
            if (s->max && (number < s->min || number > s->max)) return "out of range";
            sim->sites[i].settings[k] = sim_copy(&sim->texts, value, strlen(value));
            return NULL;
        }
    }
    return "no such option";
}

/* ---- applications */

static void site_app(sim_site *site, const char *text, size_t size)
{
    sim_app *app = sim_need(calloc(1, sizeof *app)), **tail = &site->apps;
    char *copy = sim_need(calloc(1, size + 1)), *colon, *end;

    memcpy(copy, text, size);
    colon = strchr(copy, ':');
    app->secret = colon ? colon + 1 : copy + size;
    if (colon) *colon = 0;
    app->id = app->text = copy;
    app->number = strtoll(copy, &end, 10);
    if (*end || !*copy) app->number = (int64_t)(sim_hash_bytes(0, copy, strlen(copy)) >> 1);
    while (*tail) tail = &(*tail)->next;
    *tail = app;
}

/* "meta=1:secret" is one platform's, "1:secret" everybody's */
static bool site_app_mine(const sim_site *site, const char **text, size_t *size)
{
    size_t name;

    for (size_t i = 0; sim_platforms()[i]; i++) {
        name = strlen(sim_platforms()[i]->name);
        if (*size <= name || strncmp(*text, sim_platforms()[i]->name, name) || (*text)[name] != '=') continue;
        *text += name + 1;
        *size -= name + 1;
        return sim_platforms()[i] == site->platform;
    }
    return true;
}

static void site_apps(sim_site *site)
{
    const char *list = site->sim->options.apps;

    while (list && *list) {
        size_t size = strcspn(list, "\n"), rest = size;
        const char *text = list;

        if (site_app_mine(site, &text, &rest)) site_app(site, text, rest);
        list += size + (list[size] == '\n');
    }
    if (!site->apps) site_app(site, site->platform->app, strlen(site->platform->app));
}

const sim_app *sim_app_get(const sim_site *site, int64_t number)
{
    for (const sim_app *app = site->apps; app; app = app->next) {
        if (app->number == number) return app;
    }
    return NULL;
}

const sim_app *sim_app_named(const sim_site *site, const char *id)
{
    for (const sim_app *app = site->apps; id && app; app = app->next) {
        if (!strcmp(app->id, id)) return app;
    }
    return NULL;
}

/* ---- scopes */

uint32_t sim_scope(const sim_site *site, const char *name)
{
    for (size_t i = 0; site->platform->scopes[i]; i++) {
        if (!strcmp(site->platform->scopes[i], name)) return 1u << i;
    }
    return 0;
}

static uint32_t site_scopes(const sim_site *site, const char *text, bool *known)
{
    uint32_t mask = 0, one;
    char name[128];

    while (*text) {
        size_t size = strcspn(text, ", ");

        (void)snprintf(name, sizeof name, "%.*s", (int)(size < 127 ? size : 127), text);
        one = sim_scope(site, name);
        if (size && !one) *known = false;
        mask |= one;
        text += size + (text[size] != 0);
    }
    return mask;
}

uint32_t sim_scopes_read(const sim_site *site, const char *text)
{
    bool known;

    return site_scopes(site, text, &known);
}

bool sim_scopes_known(const sim_site *site, const char *text)
{
    bool known = true;

    (void)site_scopes(site, text, &known);
    return known;
}

void sim_scopes_write(const sim_site *site, sim_text *out, uint32_t mask, const char *between)
{
    const char *comma = "";

    for (size_t i = 0; site->platform->scopes[i]; i++) {
        if (!(mask & 1u << i)) continue;
        sim_puts(out, comma);
        sim_puts(out, site->platform->scopes[i]);
        comma = between;
    }
}

/* ---- people */

sim_grant *sim_grant_get(sim_site *site, int64_t user, int64_t app, bool make)
{
    sim_grant *grant;

    for (grant = site->grants; grant; grant = grant->next) {
        if (grant->user == user && grant->app == app) return grant;
    }
    if (!make) return NULL;
    grant = sim_need(calloc(1, sizeof *grant));
    grant->user = user;
    grant->app = app;
    grant->next = site->grants;
    return site->grants = grant;
}

static uint64_t site_pair(int64_t user, int64_t g) { return (uint64_t)user << 32 | (uint64_t)g; }

bool sim_may_see(const sim_site *site, const sim_grant *grant, int64_t user, int64_t g)
{
    if (g / site->sim->options.accounts != user) return false;
    for (size_t i = 0; i < site->hidden_count; i++) {
        if (site->hidden[i] == site_pair(user, g)) return false;
    }
    if (!grant || !grant->only_some) return true;
    for (size_t i = 0; i < grant->chosen_count; i++) {
        if (grant->chosen[i] == g) return true;
    }
    return false;
}

/* ---- control */

static int64_t site_command_app(const sim_site *site, const sim_json *command)
{
    const sim_app *app = sim_app_named(site, sim_json_str(command, "app", NULL));

    return app ? app->number : sim_json_int(command, "app", site->apps->number);
}

static const char *site_kill(sim_site *site, const sim_json *command, sim_text *out)
{
    static const char *const names[SIM_DEATHS] = { "deauthorized", "password", "logged_out", "checkpoint",
                                                   "unconfirmed",  "inactive", "unused",     "expired" };
    const char *reason = sim_json_str(command, "reason", "expired"), *text = sim_json_str(command, "token", NULL);
    sim_grant *grant = sim_grant_get(site, sim_json_int(command, "user", 0), site_command_app(site, command), true);
    sim_token token;

    (void)out;
    for (int i = 0; i < SIM_DEATHS; i++) {
        if (strcmp(names[i], reason)) continue;
        if (!text)
            sim_grant_kill(site, grant, (sim_death)i);
        else if (sim_token_read(site, text, &token))
            sim_token_kill(site, token.serial, site->platform->deaths ? site->platform->deaths[i] : i + 1);
        else
            return "no such token";
        return NULL;
    }
    return "reason must be deauthorized, password, logged_out, checkpoint, unconfirmed, inactive, unused or expired";
}

static const char *site_access(sim_site *site, const sim_json *command, sim_text *out)
{
    int64_t g, user = sim_json_int(command, "user", 0);
    uint64_t pair;

    (void)out;
    if (!site->platform->account_read(site, sim_json_str(command, "account", ""), &g)) return "no such account";
    pair = site_pair(user, g);
    for (size_t i = 0; i < site->hidden_count; i++) {
        if (site->hidden[i] == pair) site->hidden[i--] = site->hidden[--site->hidden_count];
    }
    if (sim_json_bool(command, "allow", false)) return NULL;
    if (site->hidden_count == SIM_COUNT(site->hidden)) return "too many accounts are hidden";
    site->hidden[site->hidden_count++] = pair;
    return NULL;
}

static const char *site_change_scopes(sim_site *site, const sim_json *command, sim_text *out)
{
    sim_grant *grant = sim_grant_get(site, sim_json_int(command, "user", 0), site_command_app(site, command), true);
    uint32_t off = sim_scopes_read(site, sim_json_str(command, "decline", ""));
    uint32_t on = sim_scopes_read(site, sim_json_str(command, "grant", ""));

    (void)out;
    grant->granted = (grant->granted | on) & ~off;
    grant->declined = (grant->declined | off) & ~on;
    return NULL;
}

/* a token without the dialog, for tests that are about something else */
static const char *site_mint(sim_site *site, const sim_json *command, sim_text *out)
{
    int64_t user = sim_json_int(command, "user", 0), app = site_command_app(site, command);

    if (!sim_app_get(site, app)) return "no such app";
    if (user < 0 || user >= site->sim->options.users) return "no such user";
    return site->platform->mint(site, user, app, command, out);
}

const char *sim_site_control(sim_world *sim, const sim_json *command, sim_text *out)
{
    static const struct {
        const char *op, *(*act)(sim_site *, const sim_json *, sim_text *);
    } table[] = { { "token.kill", site_kill }, { "access", site_access }, { "scopes", site_change_scopes }, { "token.mint", site_mint } };
    const char *op = sim_json_str(command, "op", "");
    sim_site *site = sim_site_named(sim, sim_json_str(command, "platform", ""));

    if (!site) return "no such platform";
    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (!strcmp(table[i].op, op)) return table[i].act(site, command, out);
    }
    return site->platform->control ? site->platform->control(site, command, out) : "";
}

/* ---- from the beginning to the end */

void sim_sites_make(sim_world *sim)
{
    sim->sites = sim_need(calloc(site_count() + 1, sizeof *sim->sites));
    for (size_t i = 0; sim_platforms()[i]; i++) {
        sim_site *site = &sim->sites[i];
        size_t count = site_settings(sim_platforms()[i]);

        site->sim = sim;
        site->platform = sim_platforms()[i];
        site->salt = i ? sim_hash_bytes(0, site->platform->name, strlen(site->platform->name)) : 0;
        site->settings = sim_need(calloc(count + 1, sizeof *site->settings));
        for (size_t k = 0; k < count; k++) site->settings[k] = site->platform->settings[k].otherwise;
    }
}

void sim_sites_open(sim_world *sim)
{
    for (sim_site *site = sim->sites; site->sim; site++) {
        site_apps(site);
        if (site->platform->open) site->platform->open(site);
    }
}

void sim_sites_close(sim_world *sim)
{
    for (sim_site *site = sim->sites; site->sim; site++) {
        if (site->platform->close && site->apps) site->platform->close(site);
        while (site->apps) {
            sim_app *next = site->apps->next;

            free(site->apps->text);
            free(site->apps);
            site->apps = next;
        }
        while (site->grants) {
            sim_grant *next = site->grants->next;

            free(site->grants);
            site->grants = next;
        }
        for (size_t i = 0; site->jobs && i < SIM_JOBS; i++) free(site->jobs[i].query);
        free(site->jobs);
        free(site->settings);
    }
    free(sim->sites);
}
