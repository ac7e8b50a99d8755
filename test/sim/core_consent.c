/* SPDX-License-Identifier: MIT */
/* The page on which a person consents; the same on every platform but for its parameters' names. */
#include "site.h"

#include <stdlib.h>

#define HTML "text/html; charset=utf-8"

void sim_html(sim_text *out, const char *s)
{
    for (; *s; s++) {
        if (strchr("<>&\"'", *s))
            sim_printf(out, "&#%d;", *s);
        else
            sim_putc(out, *s);
    }
}

void sim_consent_error(sim_answer *answer, const char *title, const char *text)
{
    answer->status = 400;
    answer->type = HTML;
    sim_puts(&answer->body, "<!DOCTYPE html>\n<html><head><title>");
    sim_html(&answer->body, title);
    sim_puts(&answer->body, "</title></head><body><h1>");
    sim_html(&answer->body, text);
    sim_puts(&answer->body, "</h1></body></html>\n");
}

void sim_oauth_fail(sim_answer *answer, int status, const char *error, const char *text)
{
    sim_clear(&answer->body);
    answer->status = status;
    answer->code = status;
    answer->action = error;
    answer->type = "application/json; charset=utf-8";
    sim_puts(&answer->body, "{");
    sim_json_pair(&answer->body, "error", error);
    if (text) sim_json_pair(&answer->body, "error_description", text);
    sim_puts(&answer->body, "}");
}

static bool consent_loopback(const char *uri)
{
    return !strncmp(uri, "http://127.0.0.1", 16) || !strncmp(uri, "http://localhost", 16) || !strncmp(uri, "http://[::1]", 12);
}

bool sim_redirect_known(const sim_world *sim, const char *uri)
{
    const char *list = sim->options.redirects;
    size_t size = strlen(uri);

    if (!list) return !strncmp(uri, "https://", 8) || consent_loopback(uri);
    while (*list) {
        size_t length = strcspn(list, "\n");

        if (length == size && !strncmp(list, uri, size)) return true;
        list += length + (list[length] == '\n');
    }
    return false;
}

void sim_redirect(sim_answer *answer, const char *uri, const char *query, const char *state, const char *tail)
{
    sim_text to = { 0 };

    sim_printf(&to, "%s%c%s", uri, strchr(uri, '?') ? '&' : '?', query);
    if (state) {
        sim_puts(&to, "&state=");
        sim_percent(&to, state, strlen(state));
    }
    if (tail) sim_puts(&to, tail);
    answer->status = 302;
    answer->type = HTML;
    sim_answer_header(answer, "Location", to.p);
    sim_free(&to);
}

static const char *consent_param(const sim_consent *c, const char *name)
{
    const char *value = sim_pairs_get(c->params, name);

    return value && *value ? value : NULL;
}

static void consent_choose(const sim_consent *c)
{
    const char *list = consent_param(c, "accounts");
    sim_grant *grant = c->grant;
    char id[128];

    grant->only_some = list;
    grant->chosen_count = 0;
    while (list && *list && grant->chosen_count < SIM_COUNT(grant->chosen)) {
        size_t size = strcspn(list, ",");

        (void)snprintf(id, sizeof id, "%.*s", (int)(size < 127 ? size : 127), list);
        if (c->site->platform->account_read(c->site, id, &grant->chosen[grant->chosen_count])) grant->chosen_count++;
        list += size + (list[size] == ',');
    }
}

/* a box that came back unticked: the form sends scope_<name>=1 for those that stayed */
static uint32_t consent_ticked(const sim_consent *c)
{
    const char *untick = consent_param(c, "untick");
    uint32_t ticked = c->asked;
    char name[160];

    if (untick) ticked &= ~sim_scopes_read(c->site, untick);
    for (size_t i = 0; consent_param(c, "form") && c->site->platform->scopes[i]; i++) {
        (void)snprintf(name, sizeof name, "scope_%s", c->site->platform->scopes[i]);
        if (!consent_param(c, name)) ticked &= ~(1u << i);
    }
    return ticked | c->always;
}

static sim_consented consent_agree(sim_consent *c)
{
    const char *user = consent_param(c, "user");
    sim_grant *grant;

    c->user = user ? strtoll(user, NULL, 10) : 0;
    if (c->user < 0 || c->user >= c->site->sim->options.users) {
        sim_consent_error(c->answer, c->title, "There is no such person here.");
        return SIM_SHOWN;
    }
    c->ticked = consent_ticked(c);
    c->grant = grant = sim_grant_get(c->site, c->user, c->app, true);
    grant->granted |= c->ticked;
    grant->declined = (grant->declined | (c->asked & ~c->ticked)) & ~c->ticked;
    grant->granted &= ~grant->declined;
    grant->consented = sim_now(c->site->sim);
    consent_choose(c);
    return SIM_AGREED;
}

static void consent_hidden(const sim_consent *c, const char *name)
{
    sim_text *out = &c->answer->body;
    const char *value = consent_param(c, name);

    if (!value) return;
    sim_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    sim_html(out, value);
    sim_puts(out, "\">\n");
}

static void consent_page(const sim_consent *c)
{
    sim_text *out = &c->answer->body;
    const char *const *scopes = c->site->platform->scopes;

    c->answer->type = HTML;
    sim_puts(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    sim_html(out, c->title);
    sim_puts(out, "</title></head><body>\n<h1>adsim asks to connect your ads</h1>\n"
                  "<form method=\"post\">\n<input type=\"hidden\" name=\"form\" value=\"1\">\n");
    for (const char *const *name = c->kept; *name; name++) consent_hidden(c, *name);
    sim_puts(out, "<p><label>Continue as <select name=\"user\">");
    for (int64_t i = 0; i < c->site->sim->options.users && i < 50; i++)
        sim_printf(out, "<option value=\"%lld\">Person %lld</option>", (long long)i, (long long)i);
    sim_puts(out, "</select></label></p>\n");
    for (size_t i = 0; scopes[i]; i++) {
        if (c->asked & ~c->always & 1u << i)
            sim_printf(out, "<p><label><input type=\"checkbox\" name=\"scope_%s\" value=\"1\" checked> %s</label></p>\n", scopes[i],
                       scopes[i]);
    }
    sim_puts(out, "<button name=\"auto\" value=\"1\">Continue</button>\n<button name=\"deny\" value=\"1\">Cancel</button>\n"
                  "</form></body></html>\n");
}

sim_consented sim_consent_step(sim_consent *c)
{
    if (consent_param(c, "deny")) return SIM_DENIED;
    if (consent_param(c, "auto")) return consent_agree(c);
    consent_page(c);
    return SIM_SHOWN;
}
