/* SPDX-License-Identifier: MIT */
/* Consent: a dialog in the browser, a code for a token of 60 days, then who it is. Apps that LinkedIn approved for it get a refresh token
 * as well: it comes again with each refresh, and nothing extends the year it has. There is no call that gives a consent back. */
#include "linkedin_int.h"

#include <stdio.h>

static const int64_t auth_warn_us = 75 * ADSYNC__DAY_US; /* a token lasts 60 days: this is the last refresh but one, or the last */

static const adsync__part auth_app[] = { { "client_id", ADSYNC__FROM_TASK, NULL }, { "client_secret", ADSYNC__FROM_SECRET, NULL }, { 0 } };

adsync_status linkedin_begin_ask(adsync__call *call)
{
    static const adsync__part dialog[] = {
        { "response_type", ADSYNC__FROM_WORDS, "code" }, { "client_id", ADSYNC__FROM_TASK, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },     { "state", ADSYNC__FROM_TASK, NULL },
        { "scope", ADSYNC__FROM_SCOPES, " " },           { 0 },
    };

    adsync_request_open(call->out, ADSYNC_EFFECT_READ, "GET", "oauth", "/oauth/v2/authorization");
    adsync_request_browser(call->out);
    return adsync__parts(call, ADSYNC_PLACE_QUERY, dialog);
}

static adsync_status auth_post(adsync__call *call, uint32_t effect, const char *path, const adsync__part *what)
{
    adsync_status rc;

    adsync_request_open(call->out, effect, "POST", "oauth", path);
    if ((rc = adsync__parts(call, ADSYNC_PLACE_FORM, what)) < 0) return rc;
    return adsync__parts(call, ADSYNC_PLACE_FORM, auth_app);
}

/* ---- who it is: by the profile where the consent has it, else as what the person's roles on accounts name them */

static const struct auth_who {
    const char *word, *scope, *path, *query, *id, *name;
} auth_whos[] = {
    { "profile", "openid", "/v2/userinfo", "", "sub", "name" },
    { "basic", "r_basicprofile", "/rest/me", "", "id", NULL },
    { "roles", "", "/rest/adAccountUsers", "q=authenticatedUser&start=0&count=10", "user", NULL },
};

static const struct auth_who *auth_who_of(const char *word)
{
    const struct auth_who *who = auth_whos;

    while (*who->scope && strcmp(who->word, word)) who++;
    return who;
}

static const char *auth_who_by(const char *scopes, size_t size)
{
    const struct auth_who *who = auth_whos;

    while (*who->scope && !memmem(scopes, size, who->scope, strlen(who->scope))) who++;
    return who->word;
}

adsync_status linkedin_complete_ask(adsync__call *call)
{
    static const adsync__part code[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "authorization_code" },
        { "code", ADSYNC__FROM_REDIRECT, NULL },
        { "redirect_uri", ADSYNC__FROM_TASK, NULL },
        { 0 },
    };
    const struct auth_who *who = auth_who_of(call->at.arg[0]);

    if (call->at.step != LINKEDIN_AT_WHO) return auth_post(call, ADSYNC_EFFECT_ONCE, "/oauth/v2/accessToken", code);
    adsync__buffer_text(&call->text, who->query);
    return linkedin_send(call, who->path, NULL, "accounts");
}

adsync_status linkedin_refresh_ask(adsync__call *call)
{
    static const adsync__part refresh[] = {
        { "grant_type", ADSYNC__FROM_WORDS, "refresh_token" },
        { "refresh_token", ADSYNC__FROM_SECRET, NULL },
        { 0 },
    };

    return auth_post(call, ADSYNC_EFFECT_SAME, "/oauth/v2/accessToken", refresh);
}

adsync_status linkedin_inspect_ask(adsync__call *call)
{
    static const adsync__part token[] = { { "token", ADSYNC__FROM_SECRET, "access_token" }, { 0 } };

    return auth_post(call, ADSYNC_EFFECT_READ, "/oauth/v2/introspectToken", token);
}

/* ---- answers */

/* The person should hear of the year's end in time: after it only a new consent helps. */
static void auth_warn(adsync__answer *a)
{
    int64_t seconds;
    char words[120];

    if (!adsync__node_int(adsync__node_get(a->root, "refresh_token_expires_in"), &seconds) || seconds <= 0) return;
    if (seconds >= auth_warn_us / ADSYNC__SECOND_US) return;
    (void)snprintf(words, sizeof words, "LinkedIn's consent ends in %d days and cannot be extended: connect again before",
                   (int)(seconds / 86400));
    adsync_outcome_warning(a->out, "consent_ends", words);
}

adsync_status linkedin_refresh_digest(adsync__answer *a)
{
    adsync_status rc;

    if (linkedin_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__tokens(a, a->root, "access_token")) < 0) return rc;
    auth_warn(a);
    return adsync__done(a);
}

adsync_status linkedin_inspect_digest(adsync__answer *a)
{
    adsync__node active = adsync__node_get(a->root, "active"), status = adsync__node_get(a->root, "status");
    bool expired = adsync__node_is(status, "expired");

    if (linkedin_is_refused(a)) return adsync__refuse(a);
    if (adsync__node_kind(active) != ADSYNC__NODE_BOOL) return adsync__bad_shape(a, "it does not say whether the token is active");
    if (!adsync__node_true(active)) {
        adsync_outcome_fail(a->out, expired ? ADSYNC_CLASS_AUTH_EXPIRED : ADSYNC_CLASS_AUTH_REVOKED, expired ? "expired" : "revoked",
                            "LinkedIn says that the token is not active any more", 0, 0);
        return ADSYNC_OK;
    }
    if (!adsync__is_empty(adsync__node_get(a->root, "scope"))) adsync__fact_scopes(a, adsync__node_get(a->root, "scope"));
    return adsync__done(a);
}

static void auth_who_is(adsync__answer *a, const struct auth_who *who)
{
    adsync__items items = adsync__node_items(adsync__node_get(a->root, "elements"));
    adsync__node node = a->root;
    char room[ADSYNC__ID_MOST + 1];
    const char *id, *tail;
    size_t size = 0;

    if (!*who->scope && !adsync__items_next(&items, &node)) return; /* no account yet, which is healthy */
    id = adsync__node_text(adsync__node_get(node, who->id), &size);
    if (id && size && size < sizeof room && adsync__is_token(id, size, ADSYNC__ID_MOST)) {
        (void)snprintf(room, sizeof room, "%s", id);
        tail = strrchr(room, ':'); /* urn:li:person:abc */
        adsync__fact_text(a, "external_user", tail ? tail + 1 : room);
    }
    if (who->name) adsync__fact_node(a, "name", adsync__node_get(node, who->name));
}

/* The consent stands already: not to know whose it is does not undo it. */
static adsync_status auth_who_digest(adsync__answer *a)
{
    bool refused = linkedin_is_refused(a);

    if (refused && a->refused.refusal != ADSYNC_CLASS_PERMISSION && a->refused.refusal != ADSYNC_CLASS_NOT_FOUND) return adsync__refuse(a);
    if (!refused) auth_who_is(a, auth_who_of(a->at.arg[0]));
    return adsync__done(a);
}

adsync_status linkedin_complete_digest(adsync__answer *a)
{
    const char *scopes, *asked = adsync_task_text(a->task, "scopes");
    size_t size = 0;
    adsync_status rc;

    if (a->at.step == LINKEDIN_AT_WHO) return auth_who_digest(a);
    if (linkedin_is_refused(a)) return adsync__refuse(a);
    if ((rc = adsync__tokens(a, a->root, "access_token")) < 0) return rc;
    if (!(scopes = adsync__node_text(adsync__node_get(a->root, "scope"), &size))) {
        scopes = asked ? asked : "";
        size = strlen(scopes);
    }
    adsync__next(a, &(adsync__place){ .step = LINKEDIN_AT_WHO, .arg = { auth_who_by(scopes, size) } });
    return ADSYNC_OK;
}
