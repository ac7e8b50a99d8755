/* SPDX-License-Identifier: MIT */
/* One call: version, who signed it, whose account it is, and what it wants. */
#include "x.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

/* the versions that live; older ones are told that they ended */
static const int call_versions[] = { 11, 12 };

/* ---- who is it */

static bool call_unknown(x_call *call)
{
    return x_fail(call, 401, "UNAUTHORIZED_ACCESS", NULL, "This request is not properly authenticated");
}

static bool call_lives(x_call *call)
{
    if (call->token.died == X_DIED_SUSPENDED) return x_fail(call, 403, "CURRENT_USER_SUSPENDED", NULL, "The current user is suspended");
    if (call->token.died == X_DIED_LOCKED) return x_fail(call, 403, "ACCOUNT_LOCKED_OUT", NULL, "The current user's account is locked");
    return call->token.died ? x_gateway(call->answer, 401, 89, "Invalid or expired token.") : true;
}

static bool call_bearer(x_call *call, const char *text)
{
    call->answer->token = sim_digest(call->request->arena, text);
    if (!sim_setting_int(call->site, "bearer") || !sim_token_read(call->site, text, &call->token) || call->token.kind != X_TOKEN_BEARER ||
        call->token.died || !(call->token.extra & sim_scope(call->site, "ads.read")))
        return call_unknown(call);
    return true;
}

static bool call_signed(x_call *call)
{
    x_signature signature;
    x_signed given;

    if (!x_sign_read(call->request, &given) || !given.token) return call_unknown(call);
    call->answer->token = sim_digest(call->request->arena, given.token);
    if (!x_token_read(call->site, given.token, &call->token) || call->token.kind != X_TOKEN_ACCESS) return call_unknown(call);
    signature = x_sign_check(call->site, call->request, &given, sim_token_secret(call->site, call->request->arena, given.token));
    if (signature == X_SIGN_CLOCK) return x_gateway(call->answer, 401, 135, "Timestamp out of bounds.");
    if (signature == X_SIGN_BAD || call->token.app != given.app->number) return call_unknown(call);
    return call_lives(call);
}

static bool call_authorize(x_call *call)
{
    const char *header = sim_header(call->request, "Authorization"), *access = sim_setting_text(call->site, "access");
    char *user = sim_alloc(call->request->arena, 24);

    if (!(header && !strncmp(header, "Bearer ", 7) ? call_bearer(call, header + 7) : call_signed(call))) return false;
    call->grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    (void)snprintf(user, 24, "%lld", (long long)call->token.user);
    call->answer->user = user;
    if (!strcmp(access, "none"))
        return x_fail(call, 403, "UNAUTHORIZED_CLIENT_APPLICATION", NULL,
                      "The client application making this request does not have access to this API");
    sim_answer_header(call->answer, "x-access-level", call->token.is_long || !strcmp(access, "read") ? "read" : "read-write");
    return true;
}

/* ---- whose is it */

bool x_account_open(x_call *call, const char *id)
{
    int64_t g, index;

    if (!x_id_read(X_ACCOUNT, id, &g, &index) || !world_account_at(call->site, g, &call->account) ||
        !sim_may_see(call->site, call->grant, call->token.user, g))
        return x_fail(call, 403, "NOT_FOUND", NULL, "Account %s was not found", id);
    call->account_id = sim_copy(call->request->arena, id, strlen(id));
    call->answer->account = call->account.id;
    return true;
}

/* inside a deleted account there is nothing */
static bool call_enter(x_call *call, const char *id)
{
    if (!x_account_open(call, id)) return false;
    return x_account_dead(&call->account) ? x_fail(call, 404, "ACCOUNT_NOT_FOUND", NULL, "Account %s was not found", id) : true;
}

/* ---- what does it want */

static bool call_no_route(x_call *call)
{
    return x_fail(call, 404, "ROUTE_NOT_FOUND", NULL, "%s %s is not a known route", call->request->method, call->request->path);
}

static bool call_only(x_call *call, const char *methods)
{
    return x_listed(methods, call->request->method)
               ? true
               : x_fail(call, 405, "METHOD_NOT_ALLOWED", NULL, "%s is not allowed here", call->request->method);
}

/* "accounts/ID/kind/ID" in pieces; NULL: no more */
static const char *call_piece(x_call *call, const char **at)
{
    size_t size = strcspn(*at, "/");
    const char *piece = size ? sim_copy(call->request->arena, *at, size) : NULL;

    *at += size + ((*at)[size] == '/');
    return piece;
}

static bool call_accounts(x_call *call, const char *at)
{
    const char *id = call_piece(call, &at), *name, *one;
    const x_kind *kind;

    if (!call_only(call, "GET")) return false;
    if (!id) return x_list(call, &x_accounts);
    if (!*at) return x_account_open(call, id) && x_get(call, &x_accounts, id);
    if (!call_enter(call, id)) return false;
    if (x_facts(call, at)) return true;
    name = call_piece(call, &at);
    one = call_piece(call, &at);
    if (!name || *at || !(kind = x_kind_named(name, strlen(name)))) return call_no_route(call);
    return one ? x_get(call, kind, one) : x_list(call, kind);
}

static bool call_stats(x_call *call, const char *at)
{
    const char *id = call_piece(call, &at);

    if (!id) return call_no_route(call);
    if (!call_only(call, "GET") || !call_enter(call, id)) return false;
    if (!*at) return x_stats(call);
    if (!strcmp(at, "active_entities")) return x_active(call);
    if (!strcmp(at, "reach/campaigns")) return x_reach(call, true);
    if (!strcmp(at, "reach/funding_instruments")) return x_reach(call, false);
    return call_no_route(call);
}

static bool call_jobs(x_call *call, const char *at)
{
    const char *id = call_piece(call, &at), *job = call_piece(call, &at);

    if (!id || *at) return call_no_route(call);
    if (!call_only(call, job ? "GET,DELETE" : "GET,POST") || !call_enter(call, id)) return false;
    return x_jobs(call, job);
}

static bool call_route(x_call *call)
{
    static const struct {
        const char *before;
        bool (*act)(x_call *, const char *);
    } table[] = { { "stats/jobs/accounts/", call_jobs }, { "stats/accounts/", call_stats }, { "accounts/", call_accounts } };

    if (!strcmp(call->path, "accounts")) return call_accounts(call, "");
    for (size_t i = 0; i < SIM_COUNT(table); i++) {
        size_t size = strlen(table[i].before);

        if (!strncmp(call->path, table[i].before, size)) return table[i].act(call, call->path + size);
    }
    return call_no_route(call);
}

/* "/12/accounts" -> 12 and "accounts"; without a number there is no route */
static bool call_version(x_call *call)
{
    const char *path = call->request->path;
    char *end;

    call->version = isdigit((unsigned char)path[1]) ? (int)strtol(path + 1, &end, 10) : 0;
    if (!call->version || *end != '/') return call_no_route(call);
    call->path = end + 1;
    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i] == call->version) return true;
    }
    return x_fail(call, 400, "INVALID", NULL, "Version %d.0 is not available.", call->version);
}

static bool call_ads(x_call *call)
{
    sim_answer_header(call->answer, "x-current-api-version", "12");
    if (!strncmp(call->request->path, X_FILE_PATH, strlen(X_FILE_PATH))) return call_authorize(call) && x_file(call);
    if (!call_version(call) || !call_authorize(call)) return false;
    return call_route(call);
}

/* pairs of the query, and of a body that is a form; JSON holds no parameters */
static void call_params(x_call *call)
{
    const char *type = call->request->content_type ? call->request->content_type : "";
    const sim_pairs *form = strncasecmp(type, "application/x-www-form-urlencoded", 33) ? NULL : &call->request->form;

    for (size_t i = 0; i < call->request->query.count; i++)
        sim_pairs_add(call->request->arena, &call->params, call->request->query.p[i].name, call->request->query.p[i].value);
    for (size_t i = 0; form && i < form->count; i++) sim_pairs_add(call->request->arena, &call->params, form->p[i].name, form->p[i].value);
}

void x_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    x_call call = { .site = site, .request = request, .answer = answer };

    call_params(&call);
    if (!strcmp(request->host, X_FILES))
        (void)x_file(&call);
    else if (sim_glob("ads-api*", request->host))
        (void)call_ads(&call);
    else if (!x_oauth(&call) && !x_oauth2(&call))
        (void)x_gateway(answer, 404, 34, "Sorry, that page does not exist.");
    sim_free(&call.echo);
}
