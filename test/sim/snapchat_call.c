/* SPDX-License-Identifier: MIT */
/* One call: token, scope, limits, and which list, object or figures it wants. */
#include "snapchat.h"

typedef struct call_parts { /* campaigns/<id>/stats */
    char first[40], id[64], last[40];
    size_t count;
} call_parts;

void snapchat_begin(snapchat_call *call, sim_site *site, sim_request *request, sim_answer *answer)
{
    *call = (snapchat_call){ .site = site, .request = request, .answer = answer, .path = request->path };
    call->id = snapchat_id(site, request->arena, SNAPCHAT_REQUEST, 0, request->number << 8 | request->element);
    answer->type = "application/json";
    if (strcmp(request->host, SNAPCHAT_API)) return;
    if (!strncmp(request->path, "/v1/", 4)) call->path += 4;
    sim_answer_header(answer, "X-Request-Id", call->id);
    sim_answer_header(answer, "Server", "API Gateway");
    sim_answer_header(answer, "Via", "1.1 google");
    sim_answer_header(answer, "Alt-Svc", "h3=\":443\"; ma=2592000");
}

const char *snapchat_param(const snapchat_call *call, const char *name)
{
    const char *value = sim_pairs_get(&call->request->query, name);

    return value && *value ? value : NULL;
}

bool snapchat_params_known(snapchat_call *call, const char *const *known, const char *code)
{
    for (size_t i = 0; i < call->request->query.count; i++) {
        const char *name = call->request->query.p[i].name;
        size_t k = 0;

        while (known[k] && strcmp(known[k], name)) k++;
        if (!known[k]) return snapchat_fail(call, code, "Unknown parameter: %s", name);
    }
    return true;
}

bool snapchat_opens(snapchat_call *call, int64_t g, const char *missing)
{
    if (sim_may_see(call->site, call->grant, call->token.user, g)) return true;
    return missing ? snapchat_fail_missing(call, missing) : snapchat_fail(call, "E3002", "Caller does not have permission");
}

sim_text *snapchat_open(snapchat_call *call, const char *word)
{
    sim_text *out = &call->answer->body;

    sim_puts(out, "{");
    sim_json_pair(out, "request_status", word);
    sim_json_pair(out, "request_id", call->id);
    return out;
}

/* a wrong path or method */
static bool call_no(snapchat_call *call) { return snapchat_fail(call, "E0001", "Method not allowed"); }

/* ---- who asks */

static bool call_authorize(snapchat_call *call)
{
    const char *header = sim_header(call->request, "Authorization");
    char *user = sim_alloc(call->request->arena, 24);

    if (!header || strncmp(header, "Bearer ", 7)) return snapchat_fail_token(call);
    call->answer->token = sim_digest(call->request->arena, header + 7);
    if (!sim_token_read(call->site, header + 7, &call->token) || call->token.kind != SNAPCHAT_TOKEN_ACCESS || call->token.died)
        return snapchat_fail_token(call);
    call->grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    (void)snprintf(user, 24, "%lld", (long long)call->token.user);
    call->answer->user = user;
    if (call->token.extra & call->grant->granted & sim_scope(call->site, "snapchat-marketing-api")) return true;
    return snapchat_fail(call, "E3002", "Caller does not have permission");
}

static bool call_takes_json(snapchat_call *call)
{
    const char *accept = sim_header(call->request, "Accept");

    if (!accept || strstr(accept, "json") || strstr(accept, "*/*")) return true;
    return snapchat_fail_text(call, 406, "Not Acceptable");
}

/* ---- the person */

static bool call_me(snapchat_call *call)
{
    snapchat_writer w = { call->site, call->request->arena, &call->answer->body, 0 };
    snapchat_item item;

    call->answer->action = "me";
    sim_puts(w.out, "{");
    sim_json_key(w.out, "me");
    (void)snapchat_item_at(call->site, snapchat_kind_of(SNAPCHAT_MEMBER), call->token.user * SNAPCHAT_ORGANIZATIONS, 0, &item);
    snapchat_item_write(&w, &item);
    sim_json_key(w.out, "members");
    sim_json_open(w.out, '[');
    for (int64_t o = 1; o < SNAPCHAT_ORGANIZATIONS; o++) {
        (void)snapchat_item_at(call->site, snapchat_kind_of(SNAPCHAT_MEMBER), call->token.user * SNAPCHAT_ORGANIZATIONS + o, 0, &item);
        snapchat_item_write(&w, &item);
    }
    sim_puts(w.out, "]");
    sim_json_pair(w.out, "request_status", "SUCCESS");
    sim_json_pair(w.out, "request_id", call->id);
    sim_puts(w.out, "}");
    return true;
}

/* the accounts of one organization that the person may see, without a wrapping */
static char *call_nested(snapchat_call *call, int64_t organization)
{
    const sim_options *o = &call->site->sim->options;
    int64_t first = call->token.user * o->accounts;
    sim_text out = { 0 };
    snapchat_writer w = { call->site, call->request->arena, &out, 0 };
    snapchat_item item;
    char *copy;

    sim_puts(&out, "[");
    for (int64_t g = first; g < first + o->accounts; g++) {
        if (snapchat_organization(call->site, g) != organization || !sim_may_see(call->site, call->grant, call->token.user, g)) continue;
        if (!snapchat_item_at(call->site, snapchat_kind_of(WORLD_ACCOUNT), g, 0, &item)) continue;
        sim_json_open(&out, '{');
        snapchat_write_account_short(&w, &item);
        sim_puts(&out, "}");
        call->answer->rows++;
    }
    sim_puts(&out, "]");
    copy = sim_copy(call->request->arena, out.p, out.size);
    sim_free(&out);
    return copy;
}

/* the second organization leaves its accounts out even where they were asked for */
static void call_organization(snapchat_call *call, int64_t organization, bool accounts)
{
    snapchat_writer w = { call->site, call->request->arena, &call->answer->body, 0 };
    bool nested = accounts && organization % SNAPCHAT_ORGANIZATIONS == 0;

    sim_json_open(w.out, '{');
    sim_json_pair(w.out, "sub_request_status", "SUCCESS");
    sim_json_key(w.out, "organization");
    snapchat_write_organization(&w, organization, nested ? call_nested(call, organization) : NULL);
    sim_puts(w.out, "}");
}

static bool call_organizations(snapchat_call *call)
{
    static const char *const known[] = { "with_ad_accounts", NULL };
    const char *with = snapchat_param(call, "with_ad_accounts");
    int64_t first = call->token.user * SNAPCHAT_ORGANIZATIONS;

    call->answer->action = "organizations";
    if (!snapchat_params_known(call, known, "E2002")) return false;
    sim_json_key(snapchat_open(call, "SUCCESS"), "organizations");
    sim_json_open(&call->answer->body, '[');
    for (int64_t o = first; o < first + SNAPCHAT_ORGANIZATIONS; o++) call_organization(call, o, with && !strcmp(with, "true"));
    sim_puts(&call->answer->body, "]}");
    return true;
}

/* one organization, or a list in it */
static bool call_in_organization(snapchat_call *call, const call_parts *parts)
{
    const snapchat_kind *kind = parts->count == 3 ? snapchat_kind_named(parts->last, strlen(parts->last)) : NULL;
    int64_t organization, index;

    if (snapchat_id_read(call->site, parts->id, &organization, &index) != WORLD_BUSINESS)
        return snapchat_fail(call, "E3003", "Resource can not be found");
    if (organization / SNAPCHAT_ORGANIZATIONS != call->token.user) return snapchat_fail(call, "E3002", "Caller does not have permission");
    if (parts->count == 3) {
        if (!kind || !strchr(kind->parents, 'o')) return call_no(call);
        return snapchat_list(call, kind, 'o', organization, 0);
    }
    sim_json_key(snapchat_open(call, "SUCCESS"), "organizations");
    sim_json_open(&call->answer->body, '[');
    call_organization(call, organization, false);
    sim_puts(&call->answer->body, "]}");
    return true;
}

/* ---- what is in an account */

static bool call_level(const char *name, world_kind *level, char *letter)
{
    static const struct {
        const char *name;
        world_kind level;
        char letter;
    } levels[] = { { "adaccounts", WORLD_ACCOUNT, 'a' },
                   { "campaigns", WORLD_CAMPAIGN, 'c' },
                   { "adsquads", WORLD_ADSET, 's' },
                   { "ads", WORLD_AD, 'd' } };

    for (size_t i = 0; i < SIM_COUNT(levels); i++) {
        if (strcmp(levels[i].name, name)) continue;
        *level = levels[i].level;
        *letter = levels[i].letter;
        return true;
    }
    return false;
}

/* get_campaigns_by_ids */
static const snapchat_kind *call_by_ids(const char *name)
{
    size_t size = strlen(name);

    if (size < 12 || strncmp(name, "get_", 4) || strcmp(name + size - 7, "_by_ids")) return NULL;
    return snapchat_kind_named(name + 4, size - 11);
}

/* what stands behind the id of an object: a list below it, its figures, or a report about it */
static bool call_what(snapchat_call *call, const char *what, world_kind level, char letter, int64_t g, int64_t index)
{
    const snapchat_kind *kind = snapchat_kind_named(what, strlen(what)), *by_ids = call_by_ids(what);

    if (!strcmp(call->request->method, "POST"))
        return letter == 'a' && by_ids && strchr(by_ids->parents, 'a') ? snapchat_by_ids(call, by_ids, g) : call_no(call);
    if (!strcmp(what, "stats")) return snapchat_stats(call, level, g, index);
    if (letter == 'a' && !strcmp(what, "stats_report")) return snapchat_job_look(call, g);
    return kind && strchr(kind->parents, letter) ? snapchat_list(call, kind, letter, g, index) : call_no(call);
}

static bool call_below(snapchat_call *call, const call_parts *parts, world_kind level, char letter)
{
    int64_t g, index;
    world_entity e;

    if (snapchat_id_read(call->site, parts->id, &g, &index) != (int)level ||
        (level != WORLD_ACCOUNT && !world_entity_at(call->site, level, g, index, &e)))
        return snapchat_fail(call, "E3003", "Resource can not be found");
    return snapchat_opens(call, g, NULL) && call_what(call, parts->last, level, letter, g, index);
}

static bool call_get(snapchat_call *call, const call_parts *parts)
{
    const snapchat_kind *kind = snapchat_kind_named(parts->first, strlen(parts->first));

    if (!strcmp(call->path, "me")) return call_me(call);
    if (!strcmp(call->path, "me/organizations")) return call_organizations(call);
    if (parts->count >= 2 && !strcmp(parts->first, "organizations")) return call_in_organization(call, parts);
    return parts->count == 2 && kind ? snapchat_one(call, kind, parts->id) : call_no(call);
}

static bool call_route(snapchat_call *call)
{
    call_parts parts = { .count = 0 };
    world_kind level;
    char letter, more;
    int found = sscanf(call->path, "%39[^/]/%63[^/]/%39[^/]/%c", parts.first, parts.id, parts.last, &more);
    bool get = !strcmp(call->request->method, "GET");

    parts.count = found > 0 ? (size_t)found : 0;
    if (parts.count > 3 || (!get && strcmp(call->request->method, "POST"))) return call_no(call);
    if (parts.count == 3 && call_level(parts.first, &level, &letter)) return call_below(call, &parts, level, letter);
    return get ? call_get(call, &parts) : call_no(call);
}

void snapchat_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    char *account = sim_alloc(request->arena, 40);
    snapchat_call call;

    snapchat_begin(&call, site, request, answer);
    if (!strcmp(request->host, SNAPCHAT_FILES)) {
        snapchat_file(&call);
        return;
    }
    if (!strcmp(request->host, SNAPCHAT_LOGIN)) {
        snapchat_oauth(&call);
        return;
    }
    if (snapchat_account_of(site, request->path, account)) answer->account_text = account;
    if (!call_takes_json(&call) || !call_authorize(&call) || !snapchat_limits_pass(&call)) return;
    if (call.path == request->path) {
        (void)snapchat_fail(&call, "E3003", "Resource can not be found");
        return;
    }
    if (call_route(&call)) answer->chunked = request->number % 3 == 0; /* some answers come without a length */
}
