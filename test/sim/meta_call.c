/* SPDX-License-Identifier: MIT */
/* One call: version, parameters, token, then who it is for. A batch makes a call of each of its elements. */
#include "meta.h"

#include <stdlib.h>
#include <strings.h>

typedef struct call_version {
    int version;
    int64_t graph_ends, ads_end; /* 0: not announced */
} call_version;

#define ADS_UPGRADES 1785283200 /* 2026-07-29: from then on ended versions are upgraded in silence */
#define IDS_END 1793059200      /* 2026-10-27: the root read of several ids is gone from every version */

static const call_version call_versions[] = {
    { 18, 1769385600, 1780963200 }, { 19, 1779321600, 1780963200 }, { 20, 1790208000, 1780963200 },
    { 21, 1800489600, 1780963200 }, { 22, 1810771200, 1780963200 }, { 23, 1822953600, 1780963200 },
    { 24, 1834444800, 1791244800 }, { 25, 1848441600, 0 },          { 26, 0, 0 },
};

const char *meta_param(const meta_call *call, const char *name)
{
    const char *value = sim_pairs_get(&call->query, name);

    return value && *value ? value : NULL;
}

/* "/v25.0/act_1/campaigns" -> 25 and "act_1/campaigns"; -1: no such version */
static int call_version_of(const meta_call *call, const char **path)
{
    const char *text = call->sim->options.default_version, *p = *path;
    int version = 0, used = 0;

    while (*p == '/') p++;
    if (*p == 'v' && p[1] >= '0' && p[1] <= '9') {
        text = p;
        p += strcspn(p, "/");
        while (*p == '/') p++;
    }
    *path = p;
    if (sscanf(text, "v%d.0%n", &version, &used) != 1 || !used || (text[used] && text[used] != '/')) return -1;
    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i].version == version) return version;
    }
    return -1;
}

static void call_token(meta_call *call)
{
    const char *header = sim_header(call->request, "Authorization");

    call->token_text = meta_param(call, "access_token");
    if (!call->token_text && header && !strncasecmp(header, "Bearer ", 7)) call->token_text = header + 7;
    if (!call->token_text && header && !strncasecmp(header, "OAuth ", 6)) call->token_text = header + 6;
    if (call->token_text) call->answer->token = sim_digest(call->request->arena, call->token_text);
}

void meta_begin(meta_call *call, sim_world *sim, sim_request *request, sim_answer *answer)
{
    const char *override;
    size_t size;
    char *path;

    *call = (meta_call){
        .sim = sim, .request = request, .answer = answer, .method = request->method, .path = request->path, .units = 1, .regime = "platform"
    };
    answer->body.ascii = true;
    call->version = call->served = call_version_of(call, &call->path);
    size = strlen(call->path);
    path = sim_copy(request->arena, call->path, size);
    while (size && path[size - 1] == '/') path[--size] = 0;
    call->path = path;
    for (size_t i = 0; i < request->query.count; i++)
        sim_pairs_add(request->arena, &call->query, request->query.p[i].name, request->query.p[i].value);
    for (size_t i = 0; i < request->form.count; i++)
        sim_pairs_add(request->arena, &call->query, request->form.p[i].name, request->form.p[i].value);
    override = !strcmp(request->method, "POST") ? meta_param(call, "method") : NULL;
    if (override && !strcasecmp(override, "get")) call->method = "GET";
    if (override && !strcasecmp(override, "delete")) call->method = "DELETE";
    call_token(call);
}

bool meta_authorize(meta_call *call)
{
    const char *wrong;

    if (!call->token_text || !*call->token_text) {
        meta_fail(call, &(meta_error){ .code = 2500,
                                       .message = "An active access token must be used to query information about the current user." });
        return false;
    }
    if (!meta_token_read(call->sim, call->token_text, &call->token) || call->token.kind == META_TOKEN_CODE) {
        meta_fail(call, &(meta_error){ .code = 190, .message = "Invalid OAuth access token - Cannot parse access token" });
        return false;
    }
    if (call->token.died) return meta_fail_token(call, call->token.died);
    wrong = meta_proof_wrong(call->sim, call->request, call->token_text, call->token.app);
    if (wrong && !strcmp(wrong, "missing")) {
        meta_fail(call, &(meta_error){ .code = 100,
                                       .type = "GraphMethodException",
                                       .message = "API calls from the server require an appsecret_proof argument" });
        return false;
    }
    if (wrong) {
        meta_fail(call, &(meta_error){ .code = 104, .message = "Incorrect signature" });
        return false;
    }
    if (call->token.kind != META_TOKEN_APP) {
        char *user = sim_alloc(call->request->arena, 24);

        call->grant = sim_grant_get(meta_site(call->sim), call->token.user, call->token.app, true);
        (void)snprintf(user, 24, "%lld", (long long)meta_user_id(call->token.user));
        call->answer->user = user;
    }
    return true;
}

bool meta_needs(meta_call *call, const char *scopes)
{
    char text[256];

    if (call->grant && call->grant->granted & sim_scopes_read(meta_site(call->sim), scopes)) return true;
    (void)snprintf(text, sizeof text, "(#200) Requires %s permission to manage the object", scopes);
    meta_fail(call, &(meta_error){ .status = 403,
                                   .code = 200,
                                   .message = strstr(scopes, "ads_read")
                                                  ? "(#200) Ad account owner has NOT grant ads_management or ads_read permission"
                                                  : text });
    return false;
}

bool meta_reach(meta_call *call, int64_t g)
{
    char id[32];

    if (!world_account_at(meta_site(call->sim), g, &call->account)) call->account.id = 0;
    if (!call->account.id || call->token.kind != META_TOKEN_USER || !sim_may_see(meta_site(call->sim), call->grant, call->token.user, g)) {
        (void)snprintf(id, sizeof id, "%lld", (long long)call->account.id);
        call->account.id = 0;
        return meta_fail_missing(call, id);
    }
    call->answer->account = call->account.id;
    return meta_needs(call, "ads_read,ads_management");
}

/* forms and leads take the page's own token, and say so in two ways */
bool meta_reach_page(meta_call *call, int64_t page, bool lead)
{
    char id[32];

    (void)snprintf(id, sizeof id, "%lld", (long long)meta_page_id(page));
    if (page / call->sim->options.pages != call->token.user) return meta_fail_missing(call, id);
    if (call->token.kind == META_TOKEN_PAGE && call->token.page == page)
        return meta_needs(call, lead ? "leads_retrieval" : "pages_manage_ads,leads_retrieval");
    if (call->token.kind == META_TOKEN_PAGE) return meta_fail_missing(call, id);
    meta_fail(call, lead ? &(meta_error){ .code = 190, .message = "(#190) This method must be called with a Page Access Token" }
                         : &(meta_error){ .code = 190,
                                          .subcode = 2069032,
                                          .message = "User Access Token Is Not Supported",
                                          .title = "User Access Token Is Not Supported",
                                          .user = "A page access token is required for this call for the new pages experience." });
    return false;
}

/* the calendar of ads calls is shorter than that of the rest */
static bool call_still_served(meta_call *call, bool ads)
{
    int64_t now = sim_now(call->sim);
    const call_version *v = NULL;
    char text[96];

    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i].version == call->version) v = &call_versions[i];
    }
    if (!v) {
        (void)snprintf(text, sizeof text, "Unknown path components: %.60s", call->request->path);
        meta_fail(call, &(meta_error){ .code = 2500, .message = text });
        return false;
    }
    if (!ads || !v->ads_end || now < v->ads_end) {
        while (v->graph_ends && now >= v->graph_ends) v++; /* the oldest that lives */
        call->served = v->version;
        return true;
    }
    if (call->sim->options.expired_refuse || now < ADS_UPGRADES) {
        meta_fail(
            call,
            &(meta_error){
                .code = 2635,
                .message = "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v25.0." });
        return false;
    }
    while (v->ads_end && now >= v->ads_end) v++;
    call->served = v->version;
    (void)snprintf(text, sizeof text, "The call has been auto-upgraded to v%d.0", v->version);
    sim_answer_header(call->answer, "X-Ad-Api-Version-Warning", text);
    return true;
}

static void call_headers(meta_call *call)
{
    char version[16];

    (void)snprintf(version, sizeof version, "v%d.0", call->served > 0 ? call->served : 25);
    sim_answer_header(call->answer, "facebook-api-version", version);
    sim_answer_header(call->answer, "x-fb-request-id", meta_trace(call->sim, call->request->arena));
    sim_answer_header(call->answer, "x-fb-trace-id", meta_trace(call->sim, call->request->arena) + 11);
    sim_answer_header(call->answer, "x-fb-rev", "1004781196");
    sim_answer_header(call->answer, "Cache-Control",
                      call->answer->status < 400 ? "private, no-cache, no-store, must-revalidate" : "no-store");
    sim_answer_header(call->answer, "Expires", "Sat, 01 Jan 2000 00:00:00 GMT");
    sim_answer_header(call->answer, "Pragma", "no-cache");
    sim_answer_header(call->answer, "Access-Control-Allow-Origin", "*");
    /* the old content type still turns up */
    if (!call->answer->type)
        call->answer->type = call->request->number % 8 == 5 ? "text/javascript; charset=UTF-8" : "application/json; charset=UTF-8";
}

static const char *call_regime(world_kind kind, const char *edge)
{
    static const char *const edges[][2] = {
        { "insights", "ads_insights" }, { "customaudiences", "custom_audience" }, { "leadgen_forms", "leadgen" }, { "leads", "leadgen" }
    };

    for (size_t i = 0; i < SIM_COUNT(edges); i++) {
        if (!strcmp(edges[i][0], edge)) return edges[i][1];
    }
    if (kind == WORLD_JOB) return "ads_insights";
    if (kind == WORLD_AUDIENCE) return "custom_audience";
    if (kind == WORLD_FORM || kind == WORLD_LEAD) return "leadgen";
    return kind == WORLD_ACCOUNT || (kind >= WORLD_CAMPAIGN && kind <= WORLD_CREATIVE) ? "ads_management" : "platform";
}

static world_kind call_node(const meta_call *call, const char *node, int64_t *g, int64_t *index)
{
    char *end;
    int64_t id;

    *g = *index = 0;
    if (!strcmp(node, "me")) {
        *g = call->token.kind == META_TOKEN_PAGE ? call->token.page : call->token.user;
        return call->token.kind == META_TOKEN_PAGE ? WORLD_PAGE : call->token.kind == META_TOKEN_USER ? WORLD_USER : WORLD_APP;
    }
    id = strtoll(!strncmp(node, "act_", 4) ? node + 4 : node, &end, 10);
    if (*end || end == node) return WORLD_NONE;
    if (meta_id_read(call->sim, id, g, index) == WORLD_ACCOUNT) return strncmp(node, "act_", 4) ? WORLD_NONE : WORLD_ACCOUNT;
    return strncmp(node, "act_", 4) ? meta_id_read(call->sim, id, g, index) : WORLD_NONE;
}

/* may this token see the node at all? */
static bool call_sees(meta_call *call, world_kind kind, int64_t g, int64_t index, const char *node, const char *edge)
{
    world_entity entity;

    if (kind == WORLD_USER || kind == WORLD_BUSINESS)
        return (call->token.kind != META_TOKEN_APP && g == call->token.user) || meta_fail_missing(call, node);
    if (kind == WORLD_ACCOUNT) return meta_reach(call, g);
    if (kind == WORLD_JOB) return meta_reach(call, g);
    if (kind == WORLD_PAGE) return strcmp(edge, "leadgen_forms") || meta_reach_page(call, g, false);
    if (kind == WORLD_NONE || kind == WORLD_APP || !world_entity_at(meta_site(call->sim), kind, g, index, &entity))
        return meta_fail_missing(call, node);
    if (kind == WORLD_FORM || kind == WORLD_LEAD) return meta_reach_page(call, g, kind == WORLD_LEAD || !strcmp(edge, "leads"));
    return meta_reach(call, g);
}

static bool call_object(meta_call *call, world_kind kind, int64_t g, int64_t index, const char *node)
{
    const char *text = meta_param(call, "fields");
    const meta_fields *fields = text ? meta_fields_read(call->request->arena, text) : NULL;
    world_entity entity;
    const void *object = &entity;

    if (text && !fields) return meta_fail_syntax(call);
    if (!meta_object_check(call, kind, fields)) return false;
    if (kind == WORLD_ACCOUNT)
        object = &call->account;
    else if (kind == WORLD_USER || kind == WORLD_BUSINESS || kind == WORLD_PAGE)
        object = &g;
    else if (!world_entity_at(meta_site(call->sim), kind, g, index, &entity))
        return meta_fail_missing(call, node);
    meta_object_write(call, kind, object, fields);
    call->answer->rows = 1;
    return true;
}

static void call_dispatch(meta_call *call, world_kind kind, int64_t g, int64_t index, const char *node, const char *edge)
{
    bool insights = !strcmp(edge, "insights");

    if (kind == WORLD_JOB && insights)
        (void)meta_run_insights(call, g, index);
    else if (kind == WORLD_JOB)
        (void)meta_run_status(call, g, index);
    else if (insights && !strcmp(call->method, "POST"))
        (void)meta_run_start(call, kind, g, index, node);
    else if (strcmp(call->method, "GET"))
        (void)meta_fail_missing(call, node); /* "Unsupported post request": nothing else can be changed yet */
    else
        (void)(*edge ? meta_edge(call, kind, g, index, node, edge) : call_object(call, kind, g, index, node));
}

/* {node} or {node}/{edge} */
static void call_graph(meta_call *call)
{
    size_t size = strcspn(call->path, "/");
    char *node = sim_copy(call->request->arena, call->path, size);
    const char *edge = call->path[size] ? call->path + size + 1 : "";
    int64_t g, index;
    world_kind kind = call_node(call, node, &g, &index);

    call->answer->action = *edge ? sim_copy(call->request->arena, edge, strlen(edge)) : "node";
    if (!call_still_served(call, kind == WORLD_ACCOUNT || (kind >= WORLD_CAMPAIGN && kind <= WORLD_JOB))) return;
    if ((kind == WORLD_USER || kind == WORLD_APP) && !strncmp(edge, "permissions", 11)) {
        (void)meta_permissions(call, g, edge + 11);
        return;
    }
    call->regime = call_regime(kind, edge);
    if (!call_sees(call, kind, g, index, node, edge) || !meta_limits_pass(call)) return;
    call_dispatch(call, kind, g, index, node, edge);
}

/* GET /?ids=a,b: one object per id. Each id counts as a call. */
static void call_ids(meta_call *call, const char *ids)
{
    sim_text all = { .ascii = true };
    char node[64];

    if (call->version >= 26 || sim_now(call->sim) >= IDS_END) {
        meta_fail(call, &(meta_error){ .code = 12, .message = "(#12) Reading several ids at the root is deprecated" });
        return;
    }
    sim_putc(&all, '{');
    while (*ids) {
        size_t size = strcspn(ids, ",");

        (void)snprintf(node, sizeof node, "%.*s", (int)(size < 63 ? size : 63), ids);
        ids += size + (ids[size] == ',');
        call->path = node;
        sim_clear(&call->answer->body);
        call_graph(call);
        if (call->answer->code) break; /* one that cannot be read fails them all */
        sim_json_key(&all, node);
        sim_add(&all, call->answer->body.p, call->answer->body.size);
    }
    if (!call->answer->code) {
        sim_putc(&all, '}');
        sim_clear(&call->answer->body);
        sim_add(&call->answer->body, all.p, all.size);
    }
    sim_free(&all);
}

void meta_do(meta_call *call)
{
    const char *ids = meta_param(call, "ids");

    if (call->request->json_body_bad) {
        (void)meta_fail_param(call, "(#100) The body is not a JSON object");
    } else if (!*call->path && meta_param(call, "batch") && !strcmp(call->method, "POST") && !call->batched) {
        meta_batch(call);
    } else if (meta_oauth(call, call->path)) {
        ;
    } else if (!meta_authorize(call)) {
        ;
    } else if (!*call->path && ids) {
        call_ids(call, ids);
    } else {
        call_graph(call);
    }
    call_headers(call);
}

void meta_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    meta_call call;

    meta_begin(&call, site->sim, request, answer);
    if (!strcmp(request->host, "www.facebook.com"))
        meta_dialog(&call);
    else
        meta_do(&call);
}
