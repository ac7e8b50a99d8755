/* SPDX-License-Identifier: MIT */
/* One call: version, token, headers, whose customer it is, and what it wants. */
#include "google.h"

#include <stdlib.h>

#define TOKEN_OPTIONAL 1788912000 /* 2026-09-09: from then on developer-token is optional and ignored */

/* when each version ends */
static const struct {
    int version;
    int64_t ends;
} call_versions[] = {
    { 20, 1781049600 }, { 21, 1785888000 }, { 22, 1791331200 }, { 23, 1802649600 },
    { 24, 1810339200 }, { 25, 1818288000 }, { 26, 1826236800 },
};

/* "/v25/customers/..." -> 25 and "customers/..."; 0: no such version */
static int call_version(const char **path)
{
    char *end;
    long version;

    if (strncmp(*path, "/v", 2)) return 0;
    version = strtol(*path + 2, &end, 10);
    if (*end != '/') return 0;
    *path = end + 1;
    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i].version == version) return (int)version;
    }
    return 0;
}

void google_begin(google_call *call, sim_site *site, sim_request *request, sim_answer *answer)
{
    size_t size = strlen(request->path);

    *call = (google_call){ .site = site, .request = request, .answer = answer, .path = request->path };
    call->version = call_version(&call->path);
    call->stream = size > 12 && !strcmp(request->path + size - 13, ":searchStream");
}

/* 22 letters that follow from the seed and the request's number */
const char *google_request_id(google_call *call)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = sim_alloc(call->request->arena, 23);

    for (uint64_t i = 0; i < 22; i++) out[i] = letters[sim_hash(sim_seed(call->site), 0x4e9, (uint64_t)call->request->number, i) & 63];
    return out;
}

static bool call_version_lives(google_call *call)
{
    for (size_t i = 0; i < SIM_COUNT(call_versions); i++) {
        if (call_versions[i].version != call->version) continue;
        if (sim_now(call->site->sim) < call_versions[i].ends) return true;
        return google_fail(call, "requestError", "UNSUPPORTED_VERSION",
                           "Version v%d of the API is no longer supported. Please upgrade to a newer version.", call->version);
    }
    return google_fail_html(call, 404);
}

static bool call_scope_missing(google_call *call)
{
    sim_text *out = &call->answer->body;

    call->answer->status = 403;
    call->answer->type = "application/json; charset=UTF-8";
    sim_printf(
        out,
        "%s{\"error\":{\"code\":403,\"message\":\"Request had insufficient authentication scopes.\",\"status\":\"PERMISSION_DENIED\","
        "\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"ACCESS_TOKEN_SCOPE_INSUFFICIENT\","
        "\"domain\":\"googleapis.com\"}]}}%s",
        call->stream ? "[" : "", call->stream ? "]" : "");
    return false;
}

static bool call_authorize(google_call *call)
{
    const char *header = sim_header(call->request, "Authorization");
    char *user = sim_alloc(call->request->arena, 24);

    if (!header || strncmp(header, "Bearer ", 7)) return google_fail_token(call);
    call->answer->token = sim_digest(call->request->arena, header + 7);
    if (!sim_token_read(call->site, header + 7, &call->token) || call->token.kind != GOOGLE_TOKEN_ACCESS || call->token.died)
        return google_fail_token(call);
    call->grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    (void)snprintf(user, 24, "%lld", (long long)call->token.user);
    call->answer->user = user;
    return call->token.extra & call->grant->granted & sim_scope(call->site, "https://www.googleapis.com/auth/adwords")
               ? true
               : call_scope_missing(call);
}

static bool call_developer(google_call *call)
{
    const char *header = sim_header(call->request, "developer-token"), *wanted = sim_setting_text(call->site, "developer-token");

    if (sim_now(call->site->sim) >= TOKEN_OPTIONAL) return true;
    if (!header || !*header)
        return google_fail(call, "requestError", "DEVELOPER_TOKEN_PARAMETER_MISSING",
                           "Developer token is missing. Provide a valid developer token in the header of the request.");
    if (*wanted ? !strcmp(header, wanted) : strlen(header) == 22) return true;
    return google_fail(call, "authenticationError", "DEVELOPER_TOKEN_INVALID", "The developer token is not valid.");
}

static bool call_may_open(const google_call *call, const google_customer *customer)
{
    if (customer->user != call->token.user) return false;
    return customer->manager || sim_may_see(call->site, call->grant, call->token.user, customer->account.g);
}

/* without the header: an account that the person was added to; with it: something at or below that manager, which the person reaches */
/* one the person reaches without anybody in between, or a manager below such a one */
static bool call_login_opens(const google_call *call, const char *header, google_customer *login)
{
    return google_customer_at(call->site, strtoll(header, NULL, 10), login) && call_may_open(call, login) &&
           (login->manager || google_direct(login, call->site));
}

static bool call_login(google_call *call)
{
    const char *header = sim_header(call->request, "login-customer-id");
    bool opens = call_may_open(call, &call->customer);
    google_customer login;
    int64_t level;

    if (header && (strlen(header) != 10 || strspn(header, "0123456789") != 10))
        return google_fail(call, "headerError", "INVALID_LOGIN_CUSTOMER_ID",
                           "The login customer ID could not be validated: '%s'. It must be a 10-digit number without dashes.", header);
    if (!header && opens && google_direct(&call->customer, call->site)) return true;
    if (header && opens && call_login_opens(call, header, &login)) {
        if (google_below(call->site, &login, &call->customer, &level)) return true;
        if (login.manager)
            return google_fail(call, "authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION",
                               "The login customer ID is not a manager of the serving customer.");
    }
    return google_fail(
        call, "authorizationError", "USER_PERMISSION_DENIED",
        "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's customer id "
        "must be set in the 'login-customer-id' header.");
}

static bool call_customer(google_call *call, const char *text)
{
    char *end;
    int64_t cid = strtoll(text, &end, 10);

    if (end == text || *end != '/')
        return google_fail(call, "requestError", "INVALID_CUSTOMER_ID", "Invalid customer ID '%.*s'.", (int)strcspn(text, "/"), text);
    if (!google_customer_at(call->site, cid, &call->customer))
        return google_fail(call, "authenticationError", "CUSTOMER_NOT_FOUND", "No customer found for the provided customer id.");
    call->answer->account = cid;
    if (!call_login(call)) return false;
    if (!google_readable(&call->customer))
        return google_fail(call, "authorizationError", "CUSTOMER_NOT_ENABLED",
                           "The customer account can't be accessed because it is not yet enabled or has been deactivated.");
    if (sim_setting_int(call->site, "approved")) return true;
    return call->version >= 25
               ? google_fail(call, "authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION",
                             "The Cloud project is only approved for use with test accounts.")
               : google_fail(call, "authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED",
                             "The developer token is only approved for use with test accounts. To access non-test accounts, "
                             "apply for Basic or Standard access.");
}

static bool call_body(google_call *call)
{
    static const char *const known[] = { "query", "pageToken", "searchSettings", "validateOnly", "pageSize", "summaryRowSetting" };
    const char *type = call->request->content_type;

    if (type && !strncmp(type, "application/json", 16))
        call->body = sim_json_parse(call->request->arena, call->request->body, call->request->body_size);
    if (!call->body || call->body->kind != 'o') return google_fail_key(call, "");
    for (const sim_json *m = call->body->child; m; m = m->next) {
        size_t i = 0;

        while (i < SIM_COUNT(known) && strcmp(known[i], m->name)) i++;
        if (i == SIM_COUNT(known) || (call->stream && i != 0 && i != 5)) return google_fail_key(call, m->name);
    }
    return true;
}

/* what the person was added to: the manager and the direct accounts, dead ones too */
static bool call_accessible(google_call *call)
{
    const sim_options *o = &call->site->sim->options;
    sim_text *out = &call->answer->body;
    google_customer customer;

    call->answer->action = "listAccessibleCustomers";
    if (!google_limits_pass(call, true)) return false;
    sim_answer_header(call->answer, "request-id", google_request_id(call));
    sim_puts(out, "{\"resourceNames\":[");
    sim_comma(out);
    sim_printf(out, "\"customers/%lld\"", (long long)google_manager_id(call->token.user, 1));
    for (int64_t g = call->token.user * o->accounts; g < (call->token.user + 1) * o->accounts; g++) {
        google_customer_of(call->site, g, &customer);
        if (!google_direct(&customer, call->site) || !call_may_open(call, &customer)) continue;
        sim_comma(out);
        sim_printf(out, "\"customers/%lld\"", (long long)customer.cid);
    }
    sim_puts(out, "]}");
    return true;
}

static bool call_get(google_call *call)
{
    if (!strcmp(call->path, "customers:listAccessibleCustomers")) return call_accessible(call);
    return strncmp(call->path, "googleAdsFields/", 16) ? google_fail_html(call, 404) : google_catalogue(call, call->path + 16);
}

static bool call_post(google_call *call)
{
    const char *slash = strncmp(call->path, "customers/", 10) ? NULL : strchr(call->path + 10, '/');

    if (!strcmp(call->path, "googleAdsFields:search")) return call_body(call) && google_catalogue(call, NULL);
    if (!slash || (strcmp(slash, "/googleAds:search") && strcmp(slash, "/googleAds:searchStream"))) return google_fail_html(call, 404);
    call->answer->action = call->stream ? "searchStream" : "search";
    return call_customer(call, call->path + 10) && call_body(call) && google_search(call);
}

static bool call_do(google_call *call)
{
    if (!call_version_lives(call) || !call_authorize(call) || !call_developer(call)) return false;
    if (!strcmp(call->request->method, "GET")) return call_get(call);
    return strcmp(call->request->method, "POST") ? google_fail_html(call, 404) : call_post(call);
}

void google_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    google_call call;

    google_begin(&call, site, request, answer);
    answer->type = "application/json; charset=UTF-8";
    if (strcmp(request->host, GOOGLE_ADS)) {
        if (!google_oauth(&call)) (void)google_fail_html(&call, 404);
        return;
    }
    (void)call_do(&call);
    sim_answer_header(answer, "server", "ESF");
}
