/* SPDX-License-Identifier: MIT */
/*
 * OAuth 1.0a in three steps: a request token with the address to come back to, the page on which a person agrees, the access token for
 * the verifier. There is no state and no expiry; a token dies when somebody ends it. What waits for step two or three is kept here.
 */
#include "x.h"

#include <stdlib.h>

#define OAUTH_WAITING 256
#define OAUTH_NONCES 4096

typedef struct oauth_waiting {
    int64_t serial, app, user; /* user -1: nobody agreed yet */
    char *callback;
    bool read_only;
} oauth_waiting;

typedef struct oauth_state {
    oauth_waiting waiting[OAUTH_WAITING];
    size_t at, nonce_at;
    uint64_t nonces[OAUTH_NONCES];
} oauth_state;

void x_open(sim_site *site) { site->own = sim_need(calloc(1, sizeof(oauth_state))); }

void x_close(sim_site *site)
{
    oauth_state *state = site->own;

    for (size_t i = 0; i < OAUTH_WAITING; i++) free(state->waiting[i].callback);
    free(state);
}

bool x_nonce_fresh(sim_site *site, uint64_t nonce)
{
    oauth_state *state = site->own;

    for (size_t i = 0; i < OAUTH_NONCES; i++) {
        if (state->nonces[i] == nonce) return false;
    }
    state->nonces[state->nonce_at++ % OAUTH_NONCES] = nonce;
    return true;
}

static bool oauth_fail(x_call *call) { return x_gateway(call->answer, 401, 32, "Could not authenticate you."); }

static bool oauth_fail_token(x_call *call) { return x_gateway(call->answer, 401, 89, "Invalid or expired token."); }

/* false: refused already */
static bool oauth_verify(x_call *call, x_signed *given, const char *secret)
{
    x_signature signature = x_sign_check(call->site, call->request, given, secret);

    if (signature == X_SIGN_CLOCK) return x_gateway(call->answer, 401, 135, "Timestamp out of bounds.");
    return signature == X_SIGN_GOOD ? true : oauth_fail(call);
}

/* ---- step one */

static bool oauth_callback_known(const x_call *call, const char *callback)
{
    size_t size = strcspn(callback, "?"); /* what a client keeps in its query is its own affair */

    return !strcmp(callback, "oob") || sim_redirect_known(call->site->sim, sim_copy(call->request->arena, callback, size));
}

static void oauth_wait(x_call *call, const x_signed *given, const sim_token *token)
{
    oauth_state *state = call->site->own;
    oauth_waiting *waiting = &state->waiting[state->at++ % OAUTH_WAITING];
    size_t size = strlen(given->callback) + 1;

    free(waiting->callback);
    *waiting = (oauth_waiting){ .serial = token->serial, .app = token->app, .user = -1, .read_only = token->is_long };
    waiting->callback = sim_need(malloc(size));
    memcpy(waiting->callback, given->callback, size);
}

static bool oauth_request_token(x_call *call)
{
    const char *access = x_param(call, "x_auth_access_type"), *text;
    sim_token token = { .kind = X_TOKEN_REQUEST, .expires = sim_now(call->site->sim) + call->site->sim->options.code_life };
    x_signed given;

    call->answer->action = "request_token";
    if (!x_sign_read(call->request, &given)) return oauth_fail(call);
    if (!oauth_verify(call, &given, "")) return false;
    if (!given.callback || !*given.callback || !oauth_callback_known(call, given.callback)) return x_callback_refused(call->answer);
    token.app = given.app->number;
    token.is_long = access && !strcmp(access, "read");
    text = x_token_text(call->site, call->request->arena, &token);
    oauth_wait(call, &given, &token);
    call->answer->type = "text/html; charset=utf-8";
    sim_printf(&call->answer->body, "oauth_token=%s&oauth_token_secret=%s&oauth_callback_confirmed=true", text,
               sim_token_secret(call->site, call->request->arena, text));
    return true;
}

/* ---- step two */

/* NULL: unknown, too old, or used */
static oauth_waiting *oauth_waiting_of(x_call *call, const char *text)
{
    oauth_state *state = call->site->own;
    sim_token token;

    if (!text || !x_token_read(call->site, text, &token) || token.kind != X_TOKEN_REQUEST || token.died) return NULL;
    for (size_t i = 0; i < OAUTH_WAITING; i++) {
        if (state->waiting[i].callback && state->waiting[i].serial == token.serial) return &state->waiting[i];
    }
    return NULL;
}

/* seven digits to be typed where there is no address to come back to */
static const char *oauth_verifier(x_call *call, const oauth_waiting *waiting, const char *text)
{
    char *digits = sim_alloc(call->request->arena, 24);
    uint64_t h = sim_hash(sim_seed(call->site), 0x7e1, (uint64_t)waiting->serial, 0);

    if (strcmp(waiting->callback, "oob")) return sim_token_secret(call->site, call->request->arena, text + 1);
    (void)snprintf(digits, 24, "%lld", (long long)(1000000 + h % 9000000));
    return digits;
}

static void oauth_page(x_call *call, const char *title, const char *text)
{
    call->answer->type = "text/html; charset=utf-8";
    sim_printf(&call->answer->body, "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><kbd><code>%s</code></kbd></body></html>\n",
               title, text);
}

static void oauth_agreed(x_call *call, oauth_waiting *waiting, const char *text, int64_t user)
{
    const char *verifier = oauth_verifier(call, waiting, text);
    sim_text query = { 0 };

    waiting->user = user;
    if (!strcmp(waiting->callback, "oob")) {
        oauth_page(call, "X / Authorize an application", verifier);
        return;
    }
    sim_printf(&query, "oauth_token=%s&oauth_verifier=%s", text, verifier);
    sim_redirect(call->answer, waiting->callback, query.p, NULL, NULL);
    sim_free(&query);
}

static void oauth_denied(x_call *call, oauth_waiting *waiting, const char *text)
{
    sim_text query = { 0 };

    if (!strcmp(waiting->callback, "oob")) {
        oauth_page(call, "X / Authorize an application", "You have denied the application access to your account.");
    } else {
        sim_printf(&query, "denied=%s", text);
        sim_redirect(call->answer, waiting->callback, query.p, NULL, NULL);
    }
    sim_free(&query);
    waiting->serial = 0;
}

static bool oauth_authorize(x_call *call)
{
    static const char *const kept[] = { "oauth_token", "force_login", "screen_name", NULL };
    const char *text = x_param(call, "oauth_token"), *user = x_param(call, "user");
    oauth_waiting *waiting = oauth_waiting_of(call, text);
    sim_consent consent = { .site = call->site, .request = call->request, .answer = call->answer, .params = &call->params, .kept = kept };
    sim_consented said;

    call->answer->action = "consent";
    consent.title = "X / Authorize an application";
    if (!waiting) {
        sim_consent_error(call->answer, consent.title,
                          "Whoa there! The request token for this page is invalid. It may have already been "
                          "used, or expired because it is too old.");
        return false;
    }
    consent.app = waiting->app;
    consent.asked = consent.always = 1;
    consent.user = user ? strtoll(user, NULL, 10) : 0;
    consent.grant = sim_grant_get(call->site, consent.user, waiting->app, false);
    if (!strcmp(call->request->path, "/oauth/authenticate") && consent.grant && consent.grant->granted && !x_flag(call, "force_login"))
        said = SIM_AGREED; /* who agreed before is not asked again */
    else
        said = sim_consent_step(&consent);
    if (said == SIM_AGREED) oauth_agreed(call, waiting, text, consent.user);
    if (said == SIM_DENIED) oauth_denied(call, waiting, text);
    return true;
}

/* ---- step three, and the end */

static bool oauth_access_token(x_call *call)
{
    sim_token token = { .kind = X_TOKEN_ACCESS, .extra = 1 };
    const char *verifier = x_param(call, "oauth_verifier"), *text;
    sim_arena *arena = call->request->arena;
    oauth_waiting *waiting;
    x_signed given;

    call->answer->action = "access_token";
    if (!x_sign_read(call->request, &given) || !given.token) return oauth_fail(call);
    if (!oauth_verify(call, &given, sim_token_secret(call->site, arena, given.token))) return false;
    waiting = oauth_waiting_of(call, given.token);
    if (!verifier) verifier = given.verifier;
    if (!waiting || waiting->user < 0 || waiting->app != given.app->number || !verifier) return oauth_fail_token(call);
    if (strcmp(verifier, oauth_verifier(call, waiting, given.token))) return oauth_fail_token(call);
    token.app = waiting->app;
    token.user = waiting->user;
    token.is_long = waiting->read_only;
    waiting->serial = 0;
    text = x_token_text(call->site, arena, &token);
    call->answer->type = "text/html; charset=utf-8";
    sim_printf(&call->answer->body, "oauth_token=%s&oauth_token_secret=%s&user_id=%lld&screen_name=person%lld", text,
               sim_token_secret(call->site, arena, text), (long long)x_user_id(token.user), (long long)token.user);
    return true;
}

static bool oauth_invalidate(x_call *call)
{
    sim_arena *arena = call->request->arena;
    sim_token token;
    x_signed given;

    call->answer->action = "invalidate_token";
    if (!x_sign_read(call->request, &given) || !given.token || !x_token_read(call->site, given.token, &token)) return oauth_fail(call);
    if (!oauth_verify(call, &given, sim_token_secret(call->site, arena, given.token))) return false;
    if (token.died || token.kind != X_TOKEN_ACCESS || token.app != given.app->number) return oauth_fail_token(call);
    sim_token_kill(call->site, token.serial, X_DIED_TOKEN);
    call->answer->type = "application/json; charset=utf-8";
    sim_puts(&call->answer->body, "{");
    sim_json_pair(&call->answer->body, "access_token", given.token);
    sim_puts(&call->answer->body, "}");
    return true;
}

bool x_oauth(x_call *call)
{
    static const struct {
        const char *path, *method; /* method NULL: any */
        bool (*act)(x_call *);
    } table[] = {
        { "/oauth/request_token", "POST", oauth_request_token },
        { "/oauth/authorize", NULL, oauth_authorize },
        { "/oauth/authenticate", NULL, oauth_authorize },
        { "/oauth/access_token", "POST", oauth_access_token },
        { "/1.1/oauth/invalidate_token.json", "POST", oauth_invalidate },
    };

    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        if (strcmp(table[i].path, call->request->path)) continue;
        if (table[i].method && strcmp(table[i].method, call->request->method)) continue;
        (void)table[i].act(call);
        return true;
    }
    return false;
}

const char *x_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_grant *grant = sim_grant_get(site, user, app, true);
    sim_token token = { .kind = X_TOKEN_ACCESS, .app = app, .user = user, .is_long = sim_json_bool(command, "read_only", false) };
    sim_arena arena = { 0 };
    const char *text;

    grant->granted |= sim_scopes_read(site, sim_json_str(command, "scopes", "ads.read ads.write offline.access"));
    grant->consented = sim_now(site->sim);
    token.extra = grant->granted;
    text = x_token_text(site, &arena, &token);
    sim_json_pair(out, "access_token", text);
    sim_json_pair(out, "access_token_secret", sim_token_secret(site, &arena, text));
    sim_json_id(out, "user_id", x_user_id(user));
    token.kind = X_TOKEN_BEARER;
    token.expires = sim_now(site->sim) + sim_json_int(command, "life", 7200);
    sim_json_pair(out, "bearer", sim_token_make(site, &arena, &token));
    sim_arena_free(&arena);
    return NULL;
}
