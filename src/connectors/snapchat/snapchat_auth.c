/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, a code for a token of an hour and a refresh token, then who it is. What a token may touch is decided
 * by the person's roles, not by scopes. A refresh token is stored where one comes, and the old one is kept where none does. */
#include "snapchat_int.h"

static const adsync__part auth_app[] = { { "client_id", ADSYNC__FROM_TASK, NULL }, { "client_secret", ADSYNC__FROM_SECRET, NULL }, { 0 } };

adsync_status snapchat_begin_ask(adsync__call *call)
{
    static const adsync__part dialog[] = {
        { "client_id", ADSYNC__FROM_TASK, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { "response_type", ADSYNC__FROM_WORDS, "code" },
        { "scope", ADSYNC__FROM_SCOPES, " " },
        { "state", ADSYNC__FROM_TASK, NULL },
        { 0 },
    };

    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "accounts", "/login/oauth2/authorize");
    adsync_request_browser(call->out);
    return adsync__parts(call, ADSYNC_PLACE_QUERY, dialog);
}

static adsync_status auth_token(adsync__call *call, uint32_t effect, const adsync__part *what)
{
    adsync_status rc;

    adsync_request_open(call->out, effect, "POST", "accounts", "/login/oauth2/access_token");
    if ((rc = adsync__parts(call, ADSYNC_PLACE_FORM, what)) < 0) return rc;
    return adsync__parts(call, ADSYNC_PLACE_FORM, auth_app);
}

adsync_status snapchat_complete_ask(adsync__call *call)
{
    static const adsync__part code[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "authorization_code" },
        { "code", ADSYNC__FROM_REDIRECT, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { 0 },
    };

    return call->at.step == SNAPCHAT_AT_ME ? snapchat_inspect_ask(call) : auth_token(call, ADSYNC_EFFECT_ONCE, code);
}

adsync_status snapchat_refresh_ask(adsync__call *call)
{
    static const adsync__part refresh[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "refresh_token" },
        { "refresh_token", ADSYNC__FROM_SECRET, NULL },
        { 0 },
    };

    return auth_token(call, ADSYNC_EFFECT_SAME, refresh);
}

adsync_status snapchat_inspect_ask(adsync__call *call) { return snapchat_open(call, "me", NULL); }

/* ---- answers */

adsync_status snapchat_refresh_digest(adsync__answer *a)
{
    adsync_status rc;

    if (snapchat_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__tokens(a, a->root, "access_token")) >= 0) adsync__done(a);
    return rc;
}

/* {"me":{"id":"..","display_name":".."},..}: not wrapped as everything else is. */
adsync_status snapchat_inspect_digest(adsync__answer *a)
{
    adsync__node me = adsync__node_get(a->root, "me");

    if (snapchat_is_refused(a)) return adsync__refuse(a);
    if (adsync__is_empty(adsync__node_get(me, "id"))) return adsync__bad_shape(a, "nobody it is about");
    adsync__fact_node(a, "external_user", adsync__node_get(me, "id"));
    adsync__fact_node(a, "name", adsync__node_get(me, "display_name"));
    return adsync__done(a);
}

adsync_status snapchat_complete_digest(adsync__answer *a)
{
    adsync_status rc;

    if (a->at.step == SNAPCHAT_AT_ME) return snapchat_inspect_digest(a);
    if (snapchat_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__tokens(a, a->root, "access_token")) >= 0) adsync__next(a, &(adsync__place){ .step = SNAPCHAT_AT_ME });
    return rc;
}
