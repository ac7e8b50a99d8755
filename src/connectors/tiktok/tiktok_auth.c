/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, then a code for a token that has no timer and no refresh token: it ends when somebody revokes it, and
 * codes of later answers say so. What it may do is a list of numbers; one that stands for a group holds those in it. */
#include "tiktok_int.h"

const adsync__part tiktok_app[] = { { "app_id", ADSYNC__FROM_TASK, "client_id" },
                                    { "secret", ADSYNC__FROM_SECRET, "client_secret" },
                                    { 0 } };

adsync_status tiktok_begin_ask(adsync__call *call)
{
    static const adsync__part dialog[] = {
        { "app_id", ADSYNC__FROM_TASK, "client_id" },
        { "state", ADSYNC__FROM_TASK, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { "scope", ADSYNC__FROM_SCOPES, "," }, /* without it, all that the app may have */
        { 0 },
    };

    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "api", "/portal/auth");
    adsync_request_browser(call->out);
    return adsync__parts(call, ADSYNC_PLACE_QUERY, dialog);
}

adsync_status tiktok_complete_ask(adsync__call *call)
{
    /* the list of accounts is asked for apart: of people with thousands of them this call would not end in time */
    const adsync__part code[] = {
        tiktok_app[0],
        tiktok_app[1],
        { "auth_code", ADSYNC__FROM_REDIRECT, "auth_code|code" },
        { "return_advertiser_ids", ADSYNC__FROM_JSON, "false" },
        { 0 },
    };
    adsync_status rc;

    if (call->at.step == TIKTOK_AT_USER) return tiktok_inspect_ask(call);
    rc = tiktok_open(call, ADSYNC_EFFECT_ONCE, "POST", "oauth2/access_token", false);
    return rc < 0 ? rc : adsync__parts(call, ADSYNC_PLACE_JSON, code);
}

adsync_status tiktok_inspect_ask(adsync__call *call) { return tiktok_open(call, ADSYNC_EFFECT_READ, "GET", "user/info", true); }

adsync_status tiktok_revoke_ask(adsync__call *call)
{
    const adsync__part token[] = { tiktok_app[0], tiktok_app[1], { "access_token", ADSYNC__FROM_SECRET, NULL }, { 0 } };
    adsync_status rc = tiktok_open(call, ADSYNC_EFFECT_SAME, "POST", "oauth2/revoke_token", false);

    return rc < 0 ? rc : adsync__parts(call, ADSYNC_PLACE_JSON, token);
}

/* ---- answers */

/* What was granted, and what lies in it: asked for are single rights, and what comes back may be the group. */
static void auth_scopes(adsync__answer *a, adsync__node scope)
{
    static const struct {
        const char *group, *holds;
    } groups[] = {
        { "1", "10" },
        { "2", "20 21 22 23 200 201 210 211 220 221 230 7133464587805982722" },
        { "20", "200 201" },
        { "21", "210 211" },
        { "22", "220 221" },
        { "23", "230" },
        { "3", "30 31 32" },
        { "4", "44" },
        { "6", "600 601 610 611" },
        { "68", "680" },
        { "12000000", "12010100 12020100" },
    };
    adsync__items items = adsync__node_items(scope);
    adsync__buffer words;
    adsync__digits room;
    adsync__node item;
    const char *id;
    size_t size;

    adsync__buffer_begin(&words, 64 * 1024);
    while (adsync__items_next(&items, &item)) {
        adsync__words_add(&words, item);
        if (!(id = adsync__node_digits(item, &room, &size))) continue;
        for (size_t i = 0; i < ADSYNC__COUNT(groups); i++) {
            if (strcmp(groups[i].group, id)) continue;
            adsync__buffer_char(&words, ' ');
            adsync__buffer_text(&words, groups[i].holds);
        }
    }
    adsync__fact_words(a, "scopes", &words);
}

static adsync_status auth_user(adsync__answer *a)
{
    adsync__node data = adsync__node_get(a->root, "data"), id = adsync__node_get(data, "core_user_id");

    if (adsync__is_empty(id)) return adsync__bad_shape(a, "nobody it is about");
    adsync__fact_node(a, "external_user", id);
    adsync__fact_node(a, "name", adsync__node_get(data, "display_name"));
    return adsync__done(a);
}

adsync_status tiktok_inspect_digest(adsync__answer *a) { return tiktok_is_refused(a) ? adsync__refuse(a) : auth_user(a); }

adsync_status tiktok_complete_digest(adsync__answer *a)
{
    adsync__node data = adsync__node_get(a->root, "data"), token = adsync__node_get(data, "access_token");
    size_t size = 0;
    const char *text = adsync__node_text(token, &size);

    if (a->at.step == TIKTOK_AT_USER) return tiktok_inspect_digest(a);
    if (tiktok_is_refused(a)) return adsync__refuse(a);
    if (!text || !adsync__is_token(text, size, ADSYNC__TOKEN_MOST)) return adsync__bad_shape(a, "no token");
    adsync__secret_node(a, "access_token", token, -1);
    auth_scopes(a, adsync__node_get(data, "scope"));
    return adsync__next(a, &(adsync__place){ .step = TIKTOK_AT_USER });
}

/* A token that is dead already is as good as revoked. */
adsync_status tiktok_revoke_digest(adsync__answer *a)
{
    if (tiktok_is_refused(a) && a->refused.refusal != ADSYNC_CLASS_AUTH_REVOKED && a->refused.refusal != ADSYNC_CLASS_AUTH_EXPIRED)
        return adsync__refuse(a);
    return adsync__done(a);
}
