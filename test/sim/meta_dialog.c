/* SPDX-License-Identifier: MIT */
/*
 * www.facebook.com/{v}/dialog/oauth: the page on which a person consents. A script adds auto=1 (yes to everything) or deny=1;
 * user=N says who, untick=a,b which permissions are declined, accounts=1,2 which ad accounts are chosen.
 */
#include "meta.h"

#include <stdlib.h>

static void dialog_html(sim_text *out, const char *s)
{
    for (; *s; s++) {
        if (strchr("<>&\"'", *s))
            sim_printf(out, "&#%d;", *s);
        else
            sim_putc(out, *s);
    }
}

static void dialog_error(meta_call *call, const char *text)
{
    call->answer->status = 400;
    call->answer->type = "text/html; charset=utf-8";
    sim_puts(&call->answer->body, "<!DOCTYPE html>\n<html><head><title>Facebook</title></head><body><h1>");
    dialog_html(&call->answer->body, text);
    sim_puts(&call->answer->body, "</h1></body></html>\n");
}

static bool dialog_loopback(const char *uri)
{
    return !strncmp(uri, "http://127.0.0.1", 16) || !strncmp(uri, "http://localhost", 16) || !strncmp(uri, "http://[::1]", 12);
}

static bool dialog_registered(const sim_world *sim, const char *uri)
{
    const char *list = sim->options.redirects;
    size_t size = strlen(uri);

    if (!list) return !strncmp(uri, "https://", 8) || dialog_loopback(uri);
    while (*list) {
        size_t length = strcspn(list, "\n");

        if (length == size && !strncmp(list, uri, size)) return true;
        list += length + (list[length] == '\n');
    }
    return false;
}

static void dialog_redirect(meta_call *call, const char *query)
{
    const char *uri = meta_param(call, "redirect_uri"), *state = meta_param(call, "state");
    sim_text to = { 0 };

    sim_printf(&to, "%s%c%s", uri, strchr(uri, '?') ? '&' : '?', query);
    if (state) {
        sim_puts(&to, "&state=");
        sim_percent(&to, state, strlen(state));
    }
    sim_puts(&to, "#_=_");
    call->answer->status = 302;
    call->answer->type = "text/html; charset=utf-8";
    sim_answer_header(call->answer, "Location", to.p);
    sim_free(&to);
}

static void dialog_scope_names(sim_text *out, uint32_t mask)
{
    const char *comma = "";

    for (size_t i = 0; i < META_SCOPES; i++) {
        if (!(mask & 1u << i)) continue;
        sim_puts(out, comma);
        sim_puts(out, meta_scopes[i]);
        comma = ",";
    }
}

static void dialog_choose(meta_call *call, meta_grant *grant)
{
    const char *list = meta_param(call, "accounts");
    int64_t index;

    grant->only_some = list;
    grant->chosen_count = 0;
    while (list && *list && grant->chosen_count < SIM_COUNT(grant->chosen)) {
        const char *text = !strncmp(list, "act_", 4) ? list + 4 : list;

        if (meta_id_read(call->sim, strtoll(text, NULL, 10), &grant->chosen[grant->chosen_count], &index) == META_ACCOUNT)
            grant->chosen_count++;
        list += strcspn(list, ",");
        list += *list == ',';
    }
}

/* a permission box that came back unticked: the form sends scope_<name>=1 for those that stayed */
static uint32_t dialog_ticked(const meta_call *call, uint32_t asked)
{
    const char *untick = meta_param(call, "untick");
    uint32_t ticked = asked;
    char name[64];

    if (untick) ticked &= ~meta_scopes_read(untick);
    for (size_t i = 1; meta_param(call, "form") && i < META_SCOPES; i++) {
        (void)snprintf(name, sizeof name, "scope_%s", meta_scopes[i]);
        if (!meta_param(call, name)) ticked &= ~(1u << i);
    }
    return ticked | 1u;
}

static void dialog_consent(meta_call *call, int64_t app, uint32_t asked)
{
    const char *user = meta_param(call, "user"), *uri = meta_param(call, "redirect_uri"), *shows = meta_param(call, "return_scopes");
    meta_token code = { .kind = META_TOKEN_CODE, .app = app, .user = user ? strtoll(user, NULL, 10) : 0 };
    uint32_t ticked = dialog_ticked(call, asked);
    meta_grant *grant;
    sim_text query = { 0 };

    if (code.user < 0 || code.user >= call->sim->options.users) {
        dialog_error(call, "There is no such person here.");
        return;
    }
    grant = meta_grant_get(call->sim, code.user, app, true);
    grant->granted |= ticked;
    grant->declined = (grant->declined | (asked & ~ticked)) & ~ticked;
    grant->granted &= ~grant->declined;
    grant->consented = sim_now(call->sim);
    dialog_choose(call, grant);
    code.expires = sim_now(call->sim) + call->sim->options.code_life;
    code.extra = ticked | (sim_hash_bytes(0, uri, strlen(uri)) & 0xffffffff) << 32;
    sim_printf(&query, "code=%s", meta_token_make(call->sim, call->request->arena, &code));
    if (shows && !strcmp(shows, "true")) {
        sim_puts(&query, "&granted_scopes=");
        dialog_scope_names(&query, ticked);
        sim_puts(&query, "&denied_scopes=");
        dialog_scope_names(&query, grant->declined);
    }
    dialog_redirect(call, query.p);
    sim_free(&query);
}

static void dialog_hidden(meta_call *call, const char *name)
{
    sim_text *out = &call->answer->body;
    const char *value = meta_param(call, name);

    if (!value) return;
    sim_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    dialog_html(out, value);
    sim_puts(out, "\">\n");
}

static void dialog_page(meta_call *call, uint32_t asked)
{
    static const char *const kept[] = { "client_id", "redirect_uri",  "state",     "scope",
                                        "config_id", "response_type", "auth_type", "return_scopes" };
    sim_text *out = &call->answer->body;

    call->answer->type = "text/html; charset=utf-8";
    sim_puts(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Log in with Facebook</title></head><body>\n<h1>adsim asks "
                  "to connect your ads</h1>\n"
                  "<form method=\"post\">\n<input type=\"hidden\" name=\"form\" value=\"1\">\n");
    for (size_t i = 0; i < SIM_COUNT(kept); i++) dialog_hidden(call, kept[i]);
    sim_puts(out, "<p><label>Continue as <select name=\"user\">");
    for (int64_t i = 0; i < call->sim->options.users && i < 50; i++)
        sim_printf(out, "<option value=\"%lld\">Person %lld</option>", (long long)i, (long long)i);
    sim_puts(out, "</select></label></p>\n");
    for (size_t i = 1; i < META_SCOPES; i++) {
        if (asked & 1u << i)
            sim_printf(out, "<p><label><input type=\"checkbox\" name=\"scope_%s\" value=\"1\" checked> %s</label></p>\n", meta_scopes[i],
                       meta_scopes[i]);
    }
    sim_puts(
        out,
        "<button name=\"auto\" value=\"1\">Continue</button>\n<button name=\"deny\" value=\"1\">Cancel</button>\n</form></body></html>\n");
}

/* words of scope= that no app can ask for are refused as a whole */
static bool dialog_scopes_known(const char *text)
{
    char name[64];

    while (*text) {
        size_t size = strcspn(text, ", ");

        (void)snprintf(name, sizeof name, "%.*s", (int)(size < 63 ? size : 63), text);
        if (size && !meta_scope(name)) return false;
        text += size + (text[size] != 0);
    }
    return true;
}

void meta_dialog(meta_call *call)
{
    const char *id = meta_param(call, "client_id"), *uri = meta_param(call, "redirect_uri"), *scope = meta_param(call, "scope");
    const char *type = meta_param(call, "response_type");
    uint32_t asked = 1u;

    call->answer->action = "dialog";
    if (strcmp(call->path, "dialog/oauth")) {
        dialog_error(call, "This page isn't available");
        call->answer->status = 404;
        return;
    }
    if (!id || !meta_app_get(call->sim, strtoll(id, NULL, 10))) {
        dialog_error(call, "Invalid App ID: The provided app ID does not look like a valid app ID.");
        return;
    }
    if (!uri || !dialog_registered(call->sim, uri)) {
        dialog_error(call,
                     "URL blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.");
        return;
    }
    if (!scope) scope = meta_param(call, "config_id") ? "ads_read,business_management,pages_show_list,leads_retrieval" : "";
    if (!dialog_scopes_known(scope)) {
        dialog_error(call, "Invalid Scopes. This message is only shown to developers.");
        return;
    }
    asked |= meta_scopes_read(scope);
    if (type && strcmp(type, "code"))
        dialog_redirect(call, "error=unsupported_response_type&error_description=adsim+plays+the+code+flow+only");
    else if (meta_param(call, "deny"))
        dialog_redirect(call, "error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied");
    else if (meta_param(call, "auto"))
        dialog_consent(call, strtoll(id, NULL, 10), asked);
    else
        dialog_page(call, asked);
}
