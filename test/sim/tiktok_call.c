/* SPDX-License-Identifier: MIT */
/* One call: its version, its path with the slash at the end, token, permission, limits, and whose account it is. */
#include "tiktok.h"

#include <stdlib.h>

/* how a call is let in: t a token, s a token and its scope, a these and one advertiser; n nothing */
typedef struct call_route {
    const char *path, *method, *scope;
    char needs;
    bool sandbox;
    bool (*act)(tiktok_call *call);
} call_route;

static const call_route call_routes[] = {
    { "oauth2/access_token/", "POST", NULL, 'n', false, tiktok_exchange },
    { "oauth2/revoke_token/", "POST", NULL, 'n', false, tiktok_revoke },
    { "oauth2/refresh_token/", "POST", NULL, 'n', false, tiktok_no_refresh },
    { "tt_user/oauth2/token/", "POST", NULL, 'n', false, tiktok_account_token },
    { "tt_user/oauth2/refresh_token/", "POST", NULL, 'n', false, tiktok_account_refresh },
    { "tt_user/oauth2/revoke/", "POST", NULL, 'n', false, tiktok_account_revoke },
    { "tt_user/token_info/get/", "POST", NULL, 'n', false, tiktok_account_inspect },
    { "oauth2/advertiser/get/", "GET", NULL, 't', false, tiktok_account_list },
    { "user/info/", "GET", NULL, 't', true, tiktok_user_info },
    { "advertiser/info/", "GET", "10", 's', true, tiktok_account_info },
    { "campaign/get/", "GET", "200", 'a', true, tiktok_list },
    { "gmv_max/campaign/get/", "GET", "200", 'a', false, tiktok_list },
    { "adgroup/get/", "GET", "210", 'a', true, tiktok_list },
    { "ad/get/", "GET", "220", 'a', true, tiktok_list },
    { "smart_plus/campaign/get/", "GET", "200", 'a', false, tiktok_list },
    { "smart_plus/adgroup/get/", "GET", "210", 'a', false, tiktok_list },
    { "smart_plus/ad/get/", "GET", "220", 'a', false, tiktok_list },
    { "dmp/custom_audience/list/", "GET", "30", 'a', true, tiktok_audience_list },
    { "dmp/custom_audience/get/", "GET", "30", 'a', true, tiktok_audience_get },
    { "search_ad/negative_keyword/get/", "GET", "7133464587805999106", 'a', false, tiktok_negative_keywords },
    { "page/get/", "GET", "680", 's', false, tiktok_forms },
    { "page/field/get/", "GET", "680", 'a', false, tiktok_form_fields },
    { "page/library/get/", "GET", "680", 's', false, tiktok_libraries },
    { "page/lead/task/", "POST", "12020100", 's', false, tiktok_lead_task },
    { "page/lead/task/download/", "GET", "12020100", 's', false, tiktok_lead_download },
    { "lead/get/", "GET", "12010100", 's', false, tiktok_lead_get },
    { "page/lead/get/", "GET", "12010100", 's', false, tiktok_lead_get },
    { "lead/field/get/", "GET", "12010100", 's', false, tiktok_lead_fields },
    { "report/integrated/get/", "GET", "44", 's', true, tiktok_report_get },
    { "gmv_max/report/get/", "GET", "44", 'a', false, tiktok_gmv_report },
    { "report/task/create/", "POST", "44", 's', false, tiktok_task_create },
    { "report/task/check/", "GET", "44", 's', false, tiktok_task_check },
    { "report/task/download/", "GET", "44", 's', false, tiktok_task_download },
    { "report/task/cancel/", "POST", "44", 's', false, tiktok_task_cancel },
};

void tiktok_begin(tiktok_call *call, sim_site *site, sim_request *request, sim_answer *answer)
{
    const char *slash = strncmp(request->path, "/open_api/", 10) ? NULL : strchr(request->path + 10, '/');

    *call = (tiktok_call){ .site = site, .request = request, .answer = answer, .path = slash ? slash + 1 : "" };
    call->sandbox = !strcmp(request->host, TIKTOK_SANDBOX);
}

bool tiktok_may_see(tiktok_call *call, int64_t g)
{
    const sim_grant *grant = sim_grant_get(call->site, call->token.user, call->token.app, true);

    if (!sim_may_see(call->site, grant, call->token.user, g)) return false;
    return !call->sandbox || g % call->site->sim->options.accounts == 0; /* an app has one account there */
}

bool tiktok_account_find(tiktok_call *call, const char *text, world_account *account)
{
    int64_t g;

    if (!*text || strspn(text, "0123456789") != strlen(text)) return tiktok_fail(call, 40002, "advertiser_id: Not a valid string.");
    if (!sim_tiktok.account_read(call->site, text, &g))
        return tiktok_fail(call, 40002, "Advertiser %s doesn't exist or has been deleted.", text);
    (void)world_account_at(call->site, g, account);
    call->answer->account = account->id;
    return tiktok_may_see(call, g) ? true : tiktok_fail(call, 40001, "Permission error: no permission to operate advertiser %s.", text);
}

/* advertiser_id of the query or the body; there a number is no id */
static bool call_account(tiktok_call *call)
{
    const char *text = tiktok_param(call, "advertiser_id");
    const sim_json *member = call->body ? sim_json_get(call->body, "advertiser_id") : NULL;

    if (!text) return tiktok_fail(call, 40002, "advertiser_id: Missing data for required field.");
    if (member && member->kind != 's') return tiktok_fail(call, 40002, "advertiser_id: Not a valid string.");
    if (!tiktok_account_find(call, text, &call->account)) return false;
    return tiktok_readable(&call->account) ? true : tiktok_fail(call, 40001, "Permission error: advertiser %s is closed.", text);
}

static bool call_token(tiktok_call *call)
{
    const char *text = sim_header(call->request, "Access-Token");
    char *user = sim_alloc(call->request->arena, 24);

    if (!text || !*text) return tiktok_fail(call, 40104, "Access token is null, you should set it in http header with key Access-Token.");
    call->answer->token = sim_digest(call->request->arena, text);
    if (!sim_token_read(call->site, text, &call->token) || call->token.kind != TIKTOK_TOKEN_ADS) return tiktok_fail_token(call, 40105);
    if (call->token.died) return tiktok_fail_token(call, call->token.died);
    call->app = sim_app_get(call->site, call->token.app);
    (void)snprintf(user, 24, "%lld", (long long)call->token.user);
    call->answer->user = user;
    return true;
}

static bool call_scope(tiktok_call *call, const call_route *route)
{
    const sim_grant *grant = sim_grant_get(call->site, call->token.user, call->token.app, true);

    if (!route->scope || tiktok_permits(call->site, (uint32_t)call->token.extra & grant->granted, route->scope)) return true;
    return tiktok_fail(call, 40001,
                       "Permission error: The access token lacks the required scope for endpoint '/%s(method=%s)'. Please first check if "
                       "the request method is correct then ask the user to generate a new access token and reauthorize your API App with "
                       "the necessary API scopes.",
                       route->path, route->method);
}

static bool call_body(tiktok_call *call)
{
    const char *type = call->request->content_type;

    if (!type || strncmp(type, "application/json", 16)) return tiktok_fail(call, 40002, "Content-Type must be application/json.");
    call->body = sim_json_parse(call->request->arena, call->request->body, call->request->body_size);
    return call->body && call->body->kind == 'o' ? true : tiktok_fail(call, 40002, "The body is not a valid JSON object.");
}

static bool call_route_do(tiktok_call *call, const call_route *route)
{
    call->answer->action = route->path;
    if (strcmp(call->request->method, route->method)) return tiktok_fail_path(call, 405);
    if (call->sandbox && !route->sandbox) return tiktok_fail(call, 40008, "This endpoint is not supported in the sandbox.");
    if (route->needs != 'n' && !call_token(call)) return false;
    if (!tiktok_limits_pass(call) || !call_scope(call, route)) return false;
    if (!strcmp(route->method, "POST") && !call_body(call)) return false;
    return (route->needs != 'a' || call_account(call)) && route->act(call);
}

static bool call_api(tiktok_call *call)
{
    const char *path = call->request->path;

    if (strncmp(path, "/open_api/v", 11)) return tiktok_fail_path(call, 404);
    if (strncmp(path, "/open_api/v1.3/", 15)) return tiktok_fail(call, 40051, "The API version is not supported.");
    for (size_t i = 0; i < SIM_COUNT(call_routes); i++) {
        if (!strcmp(call_routes[i].path, call->path)) return call_route_do(call, &call_routes[i]);
    }
    return tiktok_fail_path(call, 404); /* without the slash at its end as well */
}

void tiktok_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    char text[40];
    tiktok_call call;

    tiktok_begin(&call, site, request, answer);
    answer->type = "application/json; charset=utf-8";
    (void)snprintf(text, sizeof text, "%s", tiktok_request_id(&call));
    sim_answer_header(answer, "X-TT-LOGID", text);
    if (tiktok_oauth(&call) || tiktok_task_file(&call)) return;
    if (strcmp(request->host, TIKTOK_API) && !call.sandbox) {
        (void)tiktok_fail_path(&call, 404);
        return;
    }
    (void)call_api(&call);
}
