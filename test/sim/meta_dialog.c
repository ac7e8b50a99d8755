/* SPDX-License-Identifier: MIT */
/*
 * www.facebook.com/{v}/dialog/oauth: the page on which a person consents. A script adds auto=1 (yes to everything) or deny=1;
 * user=N says who, untick=a,b which permissions are declined, accounts=1,2 which ad accounts are chosen.
 */
#include "meta.h"

#include <stdlib.h>

static void dialog_error(meta_call *call, const char *text) { sim_consent_error(call->answer, "Facebook", text); }

static void dialog_redirect(meta_call *call, const char *query)
{
    sim_redirect(call->answer, meta_param(call, "redirect_uri"), query, meta_param(call, "state"), "#_=_");
}

static void dialog_agreed(meta_call *call, const sim_consent *consent)
{
    const char *uri = meta_param(call, "redirect_uri"), *shows = meta_param(call, "return_scopes");
    sim_token code = { .kind = META_TOKEN_CODE, .app = consent->app, .user = consent->user };
    sim_text query = { 0 };

    code.expires = sim_now(call->sim) + call->sim->options.code_life;
    code.extra = consent->ticked | sim_redirect_hash(uri) << 32;
    sim_printf(&query, "code=%s", sim_token_make(consent->site, call->request->arena, &code));
    if (shows && !strcmp(shows, "true")) {
        sim_puts(&query, "&granted_scopes=");
        sim_scopes_write(consent->site, &query, consent->ticked, ",");
        sim_puts(&query, "&denied_scopes=");
        sim_scopes_write(consent->site, &query, consent->grant->declined, ",");
    }
    dialog_redirect(call, query.p);
    sim_free(&query);
}

static void dialog_ask(meta_call *call, int64_t app, const char *scopes)
{
    static const char *const kept[] = { "client_id",     "redirect_uri", "state",         "scope", "config_id",
                                        "response_type", "auth_type",    "return_scopes", NULL };
    const char *type = meta_param(call, "response_type");
    sim_consent consent = { .site = meta_site(call->sim), .request = call->request, .answer = call->answer, .params = &call->query };
    sim_consented said;

    if (type && strcmp(type, "code")) {
        dialog_redirect(call, "error=unsupported_response_type&error_description=adsim+plays+the+code+flow+only");
        return;
    }
    consent.app = app;
    consent.title = "Log in with Facebook";
    consent.kept = kept;
    consent.always = 1;
    consent.asked = 1u | sim_scopes_read(consent.site, scopes);
    said = sim_consent_step(&consent);
    if (said == SIM_AGREED) dialog_agreed(call, &consent);
    if (said == SIM_DENIED)
        dialog_redirect(call, "error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied");
}

void meta_dialog(meta_call *call)
{
    const char *id = meta_param(call, "client_id"), *uri = meta_param(call, "redirect_uri"), *scope = meta_param(call, "scope");

    call->answer->action = "dialog";
    if (strcmp(call->path, "dialog/oauth")) {
        dialog_error(call, "This page isn't available");
        call->answer->status = 404;
        return;
    }
    if (!id || !sim_app_get(meta_site(call->sim), strtoll(id, NULL, 10))) {
        dialog_error(call, "Invalid App ID: The provided app ID does not look like a valid app ID.");
        return;
    }
    if (!uri || !sim_redirect_known(call->sim, uri)) {
        dialog_error(call,
                     "URL blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.");
        return;
    }
    if (!scope) scope = meta_param(call, "config_id") ? "ads_read,business_management,pages_show_list,leads_retrieval" : "";
    if (!sim_scopes_known(meta_site(call->sim), scope)) {
        dialog_error(call, "Invalid Scopes. This message is only shown to developers.");
        return;
    }
    dialog_ask(call, strtoll(id, NULL, 10), scope);
}
