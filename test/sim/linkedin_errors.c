/* SPDX-License-Identifier: MIT */
/* Refusals: the old envelope, the newer one with a word, the one that says what was wrong with the input, the flat one of OAuth. */
#include "linkedin.h"

#include <stdarg.h>

/* words that a fault may ask for, with what comes beside them; what is not here is a 400 about the input */
static const struct {
    const char *code;
    int status, service;
    const char *message;
} error_words[] = {
    { "EXPIRED_ACCESS_TOKEN", 401, LINKEDIN_EXPIRED, "The token used in the request has expired" },
    { "INVALID_ACCESS_TOKEN", 401, LINKEDIN_INVALID, "Invalid access token" },
    { "REVOKED_ACCESS_TOKEN", 401, LINKEDIN_REVOKED, "The token used in the request has been revoked by the user" },
    { "EMPTY_ACCESS_TOKEN", 401, 0, "Empty oauth2 access token" },
    { "ACCESS_DENIED", 403, 100, "Not enough permissions to access: " },
    { "NO_PERMISSION_ON_ENTITY", 403, 0, "The member has no role that allows this" },
    { "NO_PERMISSION_ON_FIELD", 403, 0, "The member has no role that allows this field" },
    { "NOT_FOUND", 404, 0, "Not Found." },
    { "RESOURCE_NOT_FOUND", 404, 0, "No such resource" },
    { "METHOD_NOT_ALLOWED", 405, 0, "The method is not allowed here" },
    { "TIMEOUT", 408, 0, "The request took too long" },
    { "CONFLICT", 409, 0, "The entity was changed at the same time" },
    { "LENGTH_REQUIRED", 411, 0, "Content-Length is missing" },
    { "PRECONDITION_FAILED", 412, 0, "A precondition failed" },
    { "URI_TOO_LONG", 414, 0, "The query is too long" },
    { "NONEXISTENT_VERSION", 426, 0, "Requested version 20250101 is not active" },
    { "TOO_MANY_REQUESTS", 429, 101, "Resource level throttle limit for calls to this resource is reached." },
    { "QUOTA_EXCEEDED", 429, 0, "The quota is used up" },
    { "SEGMENT_LIMIT_EXCEEDED", 429, 0, "The account has as many segments as it may have" },
    { "INTERNAL_ERROR", 500, 0, "Internal server error" },
    { "FAILED_TO_RETRIEVE_ENTITIES", 500, 0, "The entities cannot be read" },
    { "FAILED_TO_SETUP_ACCOUNT_REPORTING", 500, 0, "Reporting cannot be set up" },
    { "NOT_IMPLEMENTED", 501, 0, "adsim plays only what reads" },
    { "UNDER_MAINTENANCE", 503, 0, "Under maintenance" },
};

static sim_text *error_open(linkedin_call *call, int status)
{
    sim_text *out = &call->answer->body;

    sim_clear(out);
    call->answer->status = status;
    call->answer->code = status;
    call->answer->type = "application/json";
    sim_answer_header(call->answer, "x-restli-error-response", "true");
    sim_puts(out, "{");
    return out;
}

static void error_plain(linkedin_call *call, int status, const char *code, int service, const char *message)
{
    sim_text *out = error_open(call, status);

    call->answer->subcode = service;
    if (code) call->answer->action = sim_copy(call->request->arena, code, strlen(code));
    if (code) sim_json_pair_int(out, "status", status);
    if (service) sim_json_pair_int(out, "serviceErrorCode", service);
    if (code) sim_json_pair(out, "code", code);
    sim_json_pair(out, "message", message);
    if (!code) sim_json_pair_int(out, "status", status);
    sim_puts(out, "}");
}

bool linkedin_fail(linkedin_call *call, int status, const char *code, int service, const char *format, ...)
{
    char message[512];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(message, sizeof message, format, list);
    va_end(list);
    error_plain(call, status, code, service, message);
    return false;
}

/* field NULL: `input` is empty. The status is sometimes left out of the body. */
static void error_input(linkedin_call *call, int status, const char *code, const char *field, const char *description, const char *message)
{
    sim_text *out = error_open(call, status);

    call->answer->action = sim_copy(call->request->arena, code, strlen(code));
    sim_json_pair(out, "errorDetailType", "com.linkedin.common.error.BadRequest");
    sim_json_pair(out, "message", message);
    sim_puts(out, ",\"errorDetails\":{\"inputErrors\":[{");
    sim_json_pair(out, "description", description);
    sim_puts(out, ",\"input\":{");
    if (field) {
        sim_puts(out, "\"inputPath\":{");
        sim_json_pair(out, "fieldPath", field);
        sim_puts(out, "}");
    }
    sim_puts(out, "}");
    sim_json_pair(out, "code", code);
    sim_puts(out, "}]}");
    if (call->request->number % 2) sim_json_pair_int(out, "status", status);
    sim_puts(out, "}");
}

bool linkedin_fail_input(linkedin_call *call, int status, const char *code, const char *field, const char *description)
{
    error_input(call, status, code, field, description, "Invalid param. Please see errorDetails for more information.");
    return false;
}

bool linkedin_fail_param(linkedin_call *call, const char *name)
{
    return linkedin_fail_input(call, 400, "PARAM_INVALID", name, "Invalid value for param; wrong type or other syntax error");
}

/* here the code is no word but a sentence */
bool linkedin_fail_urn(linkedin_call *call, const char *where, size_t index)
{
    char text[160];

    (void)snprintf(text, sizeof text, "ERROR :: /%s/values/%zu :: Invalid Urn Format", where, index);
    return linkedin_fail_input(call, 400, text, NULL, text);
}

bool linkedin_fail_access(linkedin_call *call)
{
    return linkedin_fail(call, 403, call->request->number % 2 ? NULL : "ACCESS_DENIED", 100, "Not enough permissions to access: %s /%.200s",
                         "GET", call->raw);
}

bool linkedin_fail_missing(linkedin_call *call)
{
    sim_text *out = error_open(call, 404);

    call->answer->action = "NOT_FOUND";
    sim_puts(out, "\"code\":\"NOT_FOUND\",\"message\":\"Not Found.\",\"status\":404}");
    return false;
}

bool linkedin_fail_token(linkedin_call *call, int service)
{
    for (size_t i = 0; i < SIM_COUNT(error_words); i++) {
        if (error_words[i].service != service) continue;
        error_plain(call, 401, error_words[i].code, service, error_words[i].message);
        return false;
    }
    error_plain(call, 401, NULL, LINKEDIN_UNVERIFIED, "Unable to verify access token");
    return false;
}

bool linkedin_fail_throttle(linkedin_call *call, const char *scope, const char *unit, int64_t retry_after)
{
    char seconds[24];

    if (retry_after) {
        (void)snprintf(seconds, sizeof seconds, "%lld", (long long)retry_after);
        sim_answer_header(call->answer, "Retry-After", seconds);
    }
    return linkedin_fail(call, 429, "TOO_MANY_REQUESTS", 101,
                         "Resource level throttle %s%s%s%slimit for calls to this resource is reached.", scope, *scope ? " " : "", unit,
                         *unit ? " " : "");
}

bool linkedin_fail_volume(linkedin_call *call)
{
    sim_text *out = error_open(call, 429);

    call->answer->action = "volume";
    sim_json_pair(out, "message",
                  "The data request limit has been exceeded. More than 45 million metric values were requested in a 5-minute window.");
    sim_puts(out, "}");
    return false;
}

bool linkedin_fail_flat(sim_answer *answer, int status, const char *error, const char *description)
{
    sim_oauth_fail(answer, status, error, description);
    answer->type = "application/json";
    return false;
}

/* ---- faults */

/* error: one of the words above, or any other as the code of an input error; "unverified": 401 without a word */
static void refuse_error(linkedin_call *call, const sim_fault *fault)
{
    const char *error = sim_json_str(fault->spec, "error", "INTERNAL_ERROR"), *message = sim_json_str(fault->spec, "message", NULL);

    for (size_t i = 0; i < SIM_COUNT(error_words); i++) {
        if (strcmp(error_words[i].code, error)) continue;
        error_plain(call, (int)sim_json_int(fault->spec, "status", error_words[i].status), error,
                    (int)sim_json_int(fault->spec, "service", error_words[i].service), message ? message : error_words[i].message);
        return;
    }
    if (!strcmp(error, "unverified"))
        (void)linkedin_fail_token(call, LINKEDIN_UNVERIFIED);
    else
        error_input(call, (int)sim_json_int(fault->spec, "status", 400), error, sim_json_str(fault->spec, "field", NULL),
                    "adsim was told to refuse this", message ? message : "Invalid param. Please see errorDetails for more information.");
}

static void refuse_flat(linkedin_call *call, const sim_fault *fault)
{
    const char *text = sim_pairs_get(&call->request->form, "refresh_token");
    bool throttle = !strcmp(fault->kind, "throttle");
    sim_token token;

    if (strcmp(fault->kind, "token_death")) {
        (void)linkedin_fail_flat(call->answer, (int)sim_json_int(fault->spec, "status", throttle ? 429 : 500),
                                 sim_json_str(fault->spec, "error", throttle ? "too_many_requests" : "server_error"),
                                 sim_json_str(fault->spec, "message", "adsim was told to refuse this"));
        return;
    }
    if (sim_token_read(call->site, text, &token))
        sim_grant_kill(call->site, sim_grant_get(call->site, token.user, token.app, true), SIM_DEAUTHORIZED);
    (void)linkedin_fail_flat(call->answer, 400, sim_json_str(fault->spec, "error", "invalid_request"),
                             "The provided authorization grant or refresh token is invalid, expired or revoked.");
}

static void refuse_death(linkedin_call *call, const sim_fault *fault)
{
    sim_bearer_kill(call->site, call->request, sim_json_bool(fault->spec, "grant", false));
    (void)linkedin_fail_token(call, LINKEDIN_REVOKED);
}

/* throttle: scope (APPLICATION_AND_MEMBER), unit (DAY, MINUTE, SECOND, "" or volume), seconds for Retry-After */
void linkedin_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    const char *unit = sim_json_str(fault->spec, "unit", "DAY");
    linkedin_call call;

    linkedin_begin(&call, site, request, answer);
    sim_clear(&answer->headers);
    if (strcmp(request->host, LINKEDIN_API))
        refuse_flat(&call, fault);
    else if (!strcmp(fault->kind, "token_death"))
        refuse_death(&call, fault);
    else if (strcmp(fault->kind, "throttle"))
        refuse_error(&call, fault);
    else if (!strcmp(unit, "volume"))
        (void)linkedin_fail_volume(&call);
    else
        (void)linkedin_fail_throttle(&call, sim_json_str(fault->spec, "scope", "APPLICATION_AND_MEMBER"), unit,
                                     sim_json_int(fault->spec, "seconds", 0));
}
