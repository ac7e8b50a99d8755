/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, a code for an access token of an hour and a refresh token that stays. The refresh token comes once,
 * and only where offline access and the consent page are asked for; a refresh brings none, and the old one is kept. */
#include "google_int.h"

adsync_status google_begin_ask(adsync__call *call)
{
    static const adsync__part dialog[] = {
        { "client_id", ADSYNC__FROM_TASK, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { "response_type", ADSYNC__FROM_WORDS, "code" },
        { "scope", ADSYNC__FROM_SCOPES, " " },
        { "access_type", ADSYNC__FROM_WORDS, "offline" },
        { "prompt", ADSYNC__FROM_WORDS, "consent" },
        { "state", ADSYNC__FROM_TASK, NULL },
        { "login_hint", ADSYNC__FROM_MAYBE, NULL },
        { 0 },
    };
    static const adsync__part proof[] = {
        { "code_challenge", ADSYNC__FROM_TASK, "challenge" },
        { "code_challenge_method", ADSYNC__FROM_WORDS, "S256" },
        { 0 },
    };
    const char *challenge = adsync_task_text(call->task, "challenge");
    adsync_status rc;

    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "accounts", "/o/oauth2/v2/auth");
    adsync_request_browser(call->out);
    if ((rc = adsync__parts(call, ADSYNC_PLACE_QUERY, dialog)) < 0 || !challenge || !*challenge) return rc;
    return adsync__parts(call, ADSYNC_PLACE_QUERY, proof);
}

static adsync_status auth_token(adsync__call *call, uint32_t effect, const adsync__part *what)
{
    static const adsync__part app[] = { { "client_id", ADSYNC__FROM_TASK, NULL }, { "client_secret", ADSYNC__FROM_AT_HAND, NULL }, { 0 } };
    adsync_status rc;

    adsync_request_open(call->out, effect, "POST", "oauth", "/token");
    if ((rc = adsync__parts(call, ADSYNC_PLACE_FORM, what)) < 0) return rc;
    return adsync__parts(call, ADSYNC_PLACE_FORM, app);
}

adsync_status google_complete_ask(adsync__call *call)
{
    static const adsync__part code[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "authorization_code" },
        { "code", ADSYNC__FROM_REDIRECT, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { "code_verifier", ADSYNC__FROM_AT_HAND, "verifier" },
        { 0 },
    };

    return auth_token(call, ADSYNC_EFFECT_ONCE, code);
}

adsync_status google_refresh_ask(adsync__call *call)
{
    static const adsync__part refresh[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "refresh_token" },
        { "refresh_token", ADSYNC__FROM_SECRET, NULL },
        { 0 },
    };

    return auth_token(call, ADSYNC_EFFECT_SAME, refresh);
}

adsync_status google_token_digest(adsync__answer *a)
{
    adsync_status rc;

    if (google_is_refused(a)) return google_refuse(a);
    if ((rc = adsync__tokens(a, a->root, "access_token")) >= 0) adsync__done(a);
    return rc;
}

/* ---- what a token is. It is sent in a header: addresses end up in logs */

adsync_status google_inspect_ask(adsync__call *call)
{
    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "POST", "oauth", "/tokeninfo");
    adsync_request_secret(call->out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", "access_token");
    return ADSYNC_OK;
}

/* Who it is, is said only where the app asked for that scope as well. */
adsync_status google_inspect_digest(adsync__answer *a)
{
    static const char *const names[] = { "sub", "user_id", "email", "scope", "expires_in" };
    adsync__node f[ADSYNC__COUNT(names)];
    int64_t seconds;

    if (google_is_refused(a)) return google_refuse(a);
    if (!adsync__node_fields(a->root, names, ADSYNC__COUNT(names), f) || (adsync__is_empty(f[3]) && adsync__is_empty(f[4])))
        return adsync__bad_shape(a, "nothing about a token");
    adsync__fact_node(a, "external_user", adsync__is_empty(f[0]) ? f[1] : f[0]);
    adsync__fact_node(a, "name", f[2]);
    adsync__fact_scopes(a, f[3]);
    if (adsync__node_int(f[4], &seconds) && seconds > 0 && seconds < 366 * 86400)
        adsync__fact_us(a, "access_expires_us", a->now_us + seconds * ADSYNC__SECOND_US);
    return adsync__done(a);
}

/* ---- giving it back: either token ends the whole consent */

adsync_status google_revoke_ask(adsync__call *call)
{
    const char *token = adsync_task_has_secret(call->task, "refresh_token") ? "refresh_token" : "access_token";

    adsync_request_open(call->out, ADSYNC_EFFECT_SAME, "POST", "oauth", "/revoke");
    adsync_request_secret(call->out, ADSYNC_PLACE_FORM, "token", NULL, token);
    return ADSYNC_OK;
}

/* Nobody says what the body of a success is. A token that is dead already is what was wanted. */
adsync_status google_revoke_digest(adsync__answer *a)
{
    uint32_t status = adsync_response_status(a->in);

    if (status >= 200 && status < 300) return adsync__done(a);
    if (!google_is_refused(a)) return adsync__bad_shape(a, "neither yes nor no");
    if (strcmp(a->refused.name, "invalid_token")) return google_refuse(a);
    return adsync__done(a);
}
