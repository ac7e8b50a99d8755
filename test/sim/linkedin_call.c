/* SPDX-License-Identifier: MIT */
/* One call: the token, the version, a long GET that came as a POST, the query, and what of all there is it wants. */
#include "linkedin.h"

#include <stdlib.h>
#include <strings.h>

#define CALL_ADS "r_ads rw_ads"
#define CALL_LIST " search pageSize pageToken sortOrder "
#define CALL_OFFSET " start count "

static const linkedin_route call_routes[] = {
    { "adAccounts", "search", CALL_LIST, CALL_ADS, linkedin_accounts },
    { "adAccounts", NULL, " ids ", CALL_ADS, linkedin_get },
    { "adAccounts/*", NULL, "", CALL_ADS, linkedin_get },
    { "adAccounts/*/adCampaignGroups", "search", CALL_LIST, CALL_ADS, linkedin_search },
    { "adAccounts/*/adCampaignGroups", NULL, " ids ", CALL_ADS, linkedin_get },
    { "adAccounts/*/adCampaignGroups/*", NULL, "", CALL_ADS, linkedin_get },
    { "adAccounts/*/adCampaigns", "search", CALL_LIST, CALL_ADS, linkedin_search },
    { "adAccounts/*/adCampaigns", NULL, " ids ", CALL_ADS, linkedin_get },
    { "adAccounts/*/adCampaigns/*", NULL, "", CALL_ADS, linkedin_get },
    { "adAccounts/*/creatives", "criteria",
      " campaigns creatives contentReferences intendedStatuses isTestAccount leadgenCreativeCallToActionDestinations sortOrder pageSize "
      "pageToken ",
      CALL_ADS, linkedin_creatives },
    { "adAccounts/*/creatives", NULL, " ids ", CALL_ADS, linkedin_get },
    { "adAccounts/*/creatives/*", NULL, "", CALL_ADS, linkedin_get },
    { "adAccountUsers", "authenticatedUser", CALL_OFFSET, CALL_ADS, linkedin_account_users },
    { "adAccountUsers", "accounts", " accounts start count ", CALL_ADS, linkedin_users_of },
    { "conversions", "account", " account start count ", "rw_conversions", linkedin_conversions },
    { "conversions/*", NULL, " account ", "rw_conversions", linkedin_get },
    { "dmpSegments", "account", " account sourcePlatform sourceSegmentId start count ", "rw_dmp_segments", linkedin_segments },
    { "dmpSegments/*", NULL, "", "rw_dmp_segments", linkedin_get },
    { "leadForms", "owner", " owner start count ", "r_marketing_leadgen_automation", linkedin_forms },
    { "leadForms/*", NULL, "", "r_marketing_leadgen_automation", linkedin_get },
    { "leadFormResponses", "owner", " owner leadType limitedToTestLeads versionedLeadGenFormUrn submittedAtTimeRange start count ",
      "r_marketing_leadgen_automation", linkedin_leads },
    { "leadFormResponses/*", NULL, "", "r_marketing_leadgen_automation", linkedin_get },
    { "posts", "dscAdAccount", " dscAdAccount dscAdTypes start count ", "r_organization_social w_organization_social", linkedin_posts },
    { "posts", NULL, " ids ", "r_organization_social w_organization_social", linkedin_get },
    { "posts/*", NULL, "", "r_organization_social w_organization_social", linkedin_get },
    { "adAnalytics", "analytics",
      " pivot timeGranularity dateRange accounts campaigns campaignGroups creatives shares companies start count ", "r_ads_reporting",
      linkedin_analytics },
    { "adAnalytics", "statistics",
      " pivots timeGranularity dateRange accounts campaigns campaignGroups creatives shares companies start count ", "r_ads_reporting",
      linkedin_analytics },
    { "adAnalytics", "attributedRevenueMetrics", " dateRange account accounts start count ", "r_ads_reporting", linkedin_analytics },
    { "me", NULL, "", "r_basicprofile", linkedin_me },
};

/* the day on which each version ends */
static const struct {
    int version;
    const char *ends;
} call_versions[] = {
    { 202503, "2026-03-16" }, { 202504, "2026-04-15" }, { 202505, "2026-05-15" }, { 202506, "2026-06-15" },
    { 202507, "2026-07-15" }, { 202508, "2026-08-17" }, { 202509, "2026-09-15" }, { 202510, "2026-10-15" },
    { 202511, "2026-11-16" }, { 202601, "2027-01-15" }, { 202602, "2027-02-15" }, { 202603, "2027-03-16" },
    { 202604, "2027-04-15" }, { 202605, "2027-05-15" }, { 202606, "2027-06-15" }, { 202607, "2027-07-15" },
};

int64_t linkedin_today(const sim_site *site) { return sim_now(site->sim) / SIM_DAY; }

bool linkedin_opens(const linkedin_call *call, int64_t g)
{
    return g >= 0 && sim_may_see(call->site, call->grant, call->token.user, g) && !sim_setting_int(call->site, "unmapped");
}

static void call_split(linkedin_call *call)
{
    const char *at = call->raw;

    while (*at && call->segments < (int)SIM_COUNT(call->segment)) {
        size_t size = strcspn(at, "/");

        call->segment[call->segments++] = linkedin_unquote(call->request->arena, at, size);
        at += size + (at[size] == '/');
    }
}

void linkedin_begin(linkedin_call *call, sim_site *site, sim_request *request, sim_answer *answer)
{
    *call = (linkedin_call){ .site = site, .request = request, .answer = answer, .raw = request->path + 1 };
    if (!strncmp(call->raw, "rest/", 5)) call->raw += 5;
    call_split(call);
}

/* ---- what every answer carries */

static void call_headers(linkedin_call *call)
{
    static const char *const names[2][4] = { { "X-RestLi-Protocol-Version", "X-Li-Fabric", "X-Li-Pop", "X-LI-UUID" },
                                             { "x-restli-protocol-version", "x-li-fabric", "x-li-pop", "x-li-uuid" } };
    const char *const *name = names[call->request->number % 2];
    bool users = call->segments && !strcmp(call->segment[0], "adAccountUsers"); /* an older resource */
    uint64_t seed = sim_seed(call->site), noise[2] = { sim_hash(seed, 0x1d, (uint64_t)call->request->number, 0), 0 };
    sim_text id = { 0 };

    noise[1] = sim_hash(noise[0], 1, 0, 0);
    sim_base64(&id, noise, sizeof noise);
    sim_answer_header(call->answer, name[0], users || call->old_protocol ? "1.0.0" : "2.0.0");
    sim_answer_header(call->answer, name[1], noise[0] % 3 ? "prod-lva1" : "prod-lor1");
    sim_answer_header(call->answer, name[2], "prod-lva1-x");
    sim_answer_header(call->answer, "X-LI-Proto", "http/1.1");
    sim_answer_header(call->answer, name[3], id.p);
    sim_free(&id);
}

/* ---- who, and in which version */

static bool call_authorize(linkedin_call *call)
{
    const char *header = sim_header(call->request, "Authorization");
    char *user = sim_alloc(call->request->arena, 24);
    int64_t young;

    if (!header || strncmp(header, "Bearer ", 7) || !header[7])
        return linkedin_fail(call, 401, "EMPTY_ACCESS_TOKEN", 0, "Empty oauth2 access token");
    call->answer->token = sim_digest(call->request->arena, header + 7);
    if (!sim_token_read(call->site, header + 7, &call->token) || call->token.kind != LINKEDIN_TOKEN_ACCESS)
        return linkedin_fail_token(call, LINKEDIN_INVALID);
    if (call->token.died) return linkedin_fail_token(call, (int)call->token.died);
    young = sim_setting_int(call->site, "lag") - (sim_now(call->site->sim) - call->token.issued);
    if (young > 0) return linkedin_fail_token(call, call->token.serial % 2 ? LINKEDIN_EXPIRED : LINKEDIN_REVOKED);
    call->grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    (void)snprintf(user, 24, "%lld", (long long)call->token.user);
    call->answer->user = user;
    return true;
}

static bool call_versioned(linkedin_call *call)
{
    const char *header = sim_header(call->request, "LinkedIn-Version"), *dot;
    size_t digits = header ? strspn(header, "0123456789") : 0;
    int64_t ends = 0;

    if (!header || !*header)
        return linkedin_fail(call, 400, "VERSION_MISSING", 0, "A version must be present in the LinkedIn-Version header");
    dot = header + digits;
    call->version = digits == 6 ? (int)strtol(header, NULL, 10) : 0;
    if (*dot && (dot[0] != '.' || strlen(dot) != 3 || strspn(dot + 1, "0123456789") != 2)) call->version = 0;
    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i].version == call->version) (void)sim_day_read(call_versions[i].ends, &ends);
    }
    if (linkedin_today(call->site) < ends) return true;
    return linkedin_fail(call, 426, "NONEXISTENT_VERSION", 0, "Requested version %.20s%s is not active", header,
                         digits == 6 && !*dot ? "01" : "");
}

/* ---- the query */

static bool call_protocol(linkedin_call *call)
{
    const char *protocol = sim_header(call->request, "X-Restli-Protocol-Version");

    call->old_protocol = !protocol || !strcmp(protocol, "1.0.0");
    if (call->old_protocol || !strcmp(protocol, "2.0.0")) return true;
    return linkedin_fail(call, 400, "ILLEGAL_ARGUMENT", 0, "Rest.li protocol version %.20s used by the client is not supported", protocol);
}

/* a POST is only played where it stands for a GET: then its body is the query; false: refused */
static bool call_post(linkedin_call *call)
{
    const sim_request *request = call->request;
    const char *over = sim_header(request, "X-HTTP-Method-Override"), *type = request->content_type ? request->content_type : "";

    if (!sim_header(request, "Content-Length") && !sim_header(request, "Transfer-Encoding"))
        return linkedin_fail(call, 411, "LENGTH_REQUIRED", 0, "Content-Length is missing");
    if (!over || strcasecmp(over, "GET")) return linkedin_fail(call, 501, "NOT_IMPLEMENTED", 0, "adsim plays only what reads");
    if (!strncasecmp(type, "application/x-www-form-urlencoded", 33) && !*request->raw_query) return true;
    return linkedin_fail(call, 400, "ILLEGAL_ARGUMENT", 0, "A tunnelled query is the form-encoded body and nothing else");
}

static bool call_verb(linkedin_call *call)
{
    const char *method = call->request->method;

    if (!strcmp(method, "POST")) return call_post(call);
    if (!strcmp(method, "PATCH")) return linkedin_fail(call, 405, "METHOD_NOT_ALLOWED", 0, "There is no method PATCH");
    if (strcmp(method, "GET")) return linkedin_fail(call, 501, "NOT_IMPLEMENTED", 0, "adsim plays only what reads");
    if ((int64_t)strlen(call->request->raw_query) <= sim_setting_int(call->site, "query-max")) return true;
    return linkedin_fail(call, 414, "URI_TOO_LONG", 0, "The query is too long");
}

static bool call_query(linkedin_call *call)
{
    const sim_request *request = call->request;

    if (!call_protocol(call) || !call_verb(call)) return false;
    linkedin_query_read(request->arena, strcmp(request->method, "GET") ? request->body : request->raw_query, !call->old_protocol,
                        &call->query);
    if (call->query.syntax)
        return linkedin_fail(call, 400, NULL, 0, "java.net.URISyntaxException: Illegal character '%s' in query", call->query.syntax);
    return call->query.bad ? linkedin_fail_param(call, call->query.bad) : true;
}

/* ---- what it wants */

static bool call_fits(const linkedin_call *call, const char *path)
{
    for (int i = 0; i < call->segments; i++) {
        size_t size = strcspn(path, "/");

        if (!size || (*path != '*' && (strlen(call->segment[i]) != size || strncmp(path, call->segment[i], size)))) return false;
        path += size + (path[size] == '/');
    }
    return !*path;
}

static const linkedin_route *call_route(const linkedin_call *call, bool *known)
{
    const linkedin_value *q = linkedin_param(&call->query, "q");

    *known = false;
    for (size_t i = 0; i < SIM_COUNT(call_routes); i++) {
        const linkedin_route *r = &call_routes[i];

        if (!call_fits(call, r->path)) continue;
        *known = true;
        if (q ? q->kind == 's' && r->finder && !strcmp(r->finder, q->text) : !r->finder) return r;
    }
    return NULL;
}

static bool call_params(linkedin_call *call, const linkedin_route *route)
{
    char name[80];

    for (const linkedin_value *v = call->query.params; v; v = v->next) {
        (void)snprintf(name, sizeof name, " %.70s ", v->name);
        if (!strcmp(v->name, "q") || strstr(route->params, name)) continue;
        return linkedin_fail_input(call, 400, "QUERY_PARAM_NOT_ALLOWED", v->name, "Query parameter is not allowed");
    }
    return true;
}

/* the method that the header names is the one that the path and the query say */
static bool call_method(linkedin_call *call, const linkedin_route *route)
{
    const char *header = sim_header(call->request, "X-RestLi-Method");
    const char *method = route->finder ? "FINDER" : linkedin_param(&call->query, "ids") ? "BATCH_GET" : "GET";

    return !header || !strcasecmp(header, method) ? true
                                                  : linkedin_fail(call, 400, "ILLEGAL_ARGUMENT", 0, "The request is no %.20s", header);
}

static bool call_scopes(linkedin_call *call, const linkedin_route *route)
{
    if (call->token.extra & call->grant->granted & sim_scopes_read(call->site, route->scopes)) return true;
    if (!strcmp(call->segment[0], "posts"))
        return linkedin_fail(call, 403, NULL, 100, "Not enough permissions to access: partnerApiPostsExternal.%s.%d01",
                             route->finder ? "FINDER-dscAdAccount" : "GET", call->version);
    return linkedin_fail_access(call);
}

/* /adAccounts/{id}/..: the person must have a role on it */
static bool call_account(linkedin_call *call)
{
    int64_t g, index;

    if (call->segments < 2 || strcmp(call->segment[0], "adAccounts")) return true;
    if (!linkedin_id_read(call->site, WORLD_ACCOUNT, call->segment[1], &g, &index)) g = -1;
    call->answer->account = strtoll(call->segment[1], NULL, 10);
    if (call->segments == 2) return true;
    if (linkedin_opens(call, g) && world_account_at(call->site, g, &call->account)) return true;
    return linkedin_fail_access(call);
}

static bool call_do(linkedin_call *call)
{
    const linkedin_route *route;
    bool known;

    if (!call_authorize(call) || !call_versioned(call) || !call_query(call)) return false;
    route = call_route(call, &known);
    if (!route) return known ? linkedin_fail_input(call, 400, "PARAM_INVALID", "q", "No such finder") : linkedin_fail_access(call);
    call->answer->action = route->path;
    return call_params(call, route) && call_method(call, route) && call_scopes(call, route) && linkedin_limits_pass(call, route->path) &&
           call_account(call) && route->act(call);
}

void linkedin_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    linkedin_call call;

    linkedin_begin(&call, site, request, answer);
    answer->type = "application/json";
    if (!strcmp(request->host, LINKEDIN_WWW)) {
        if (linkedin_oauth(&call)) return;
        sim_consent_error(answer, "LinkedIn", "This page doesn't exist");
        answer->status = 404;
        return;
    }
    if (!strcmp(request->path, "/v2/userinfo") || !strcmp(request->path, "/v2/me"))
        (void)(call_authorize(&call) && linkedin_me(&call));
    else if (!strncmp(request->path, "/rest/", 6))
        (void)call_do(&call);
    else
        (void)linkedin_fail(&call, 404, "RESOURCE_NOT_FOUND", 0, "No virtual resource found");
    call_headers(&call);
}
