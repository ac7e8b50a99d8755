/* SPDX-License-Identifier: MIT */
/* Refusals: the envelope with GoogleAdsFailure, the plain ones, the flat ones of the token endpoint, and what a fault asks for. */
#include "google.h"

#include <stdarg.h>

typedef struct error_class {
    const char *category, *name; /* name NULL: all others of the category */
    int status;
} error_class;

/* the first line that fits; what is not here is an invalid argument */
static const error_class error_classes[] = {
    { "authenticationError", "CLIENT_CUSTOMER_ID_IS_REQUIRED", 400 },
    { "authenticationError", NULL, 401 },
    { "authorizationError", NULL, 403 },
    { "notAllowlistedError", NULL, 403 },
    { "operationAccessDeniedError", NULL, 403 },
    { "mutateError", "RESOURCE_NOT_FOUND", 404 },
    { "mutateError", "MUTATE_NOT_ALLOWED", 403 },
    { "requestError", "RESOURCE_NOT_FOUND", 404 },
    { "quotaError", "ACCESS_PROHIBITED", 403 },
    { "quotaError", NULL, 429 },
    { "internalError", "DEADLINE_EXCEEDED", 504 },
    { "internalError", "TRANSIENT_ERROR", 503 },
    { "internalError", NULL, 500 },
};

static const struct {
    int status;
    const char *word, *message;
} error_words[] = {
    { 400, "INVALID_ARGUMENT", "Request contains an invalid argument." },
    { 401, "UNAUTHENTICATED",
      "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication "
      "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project." },
    { 403, "PERMISSION_DENIED", "The caller does not have permission" },
    { 404, "NOT_FOUND", "Requested entity was not found." },
    { 429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)." },
    { 500, "INTERNAL", "Internal error encountered." },
    { 503, "UNAVAILABLE", "The service is currently unavailable." },
    { 504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete." },
};

static int error_status(const char *category, const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(error_classes); i++) {
        const error_class *c = &error_classes[i];

        if (!strcmp(c->category, category) && (!c->name || !strcmp(c->name, name))) return c->status;
    }
    return 400;
}

static size_t error_word(int status)
{
    for (size_t i = 0; i < SIM_COUNT(error_words); i++) {
        if (error_words[i].status == status) return i;
    }
    return 0;
}

/* everything up to the details, or all of it when there are none */
static sim_text *error_open(google_call *call, int status, const char *message)
{
    sim_text *out = &call->answer->body;

    sim_clear(out);
    call->answer->status = status;
    call->answer->type = "application/json; charset=UTF-8";
    call->answer->chunked = false;
    call->answer->code = status;
    if (call->stream) sim_puts(out, "[");
    sim_puts(out, "{\"error\":{");
    sim_json_pair_int(out, "code", status);
    sim_json_pair(out, "message", message ? message : error_words[error_word(status)].message);
    sim_json_pair(out, "status", error_words[error_word(status)].word);
    return out;
}

static void error_close(google_call *call) { sim_puts(&call->answer->body, call->stream ? "}}]" : "}}"); }

/* one GoogleAdsFailure with one error; details: JSON members of the error, or NULL */
static void error_failure(google_call *call, int status, const char *category, const char *name, const char *message, const char *details)
{
    sim_text *out = error_open(call, status, NULL);
    const char *id = google_request_id(call);
    char type[96];

    (void)snprintf(type, sizeof type, "type.googleapis.com/google.ads.googleads.v%d.errors.GoogleAdsFailure",
                   call->version ? call->version : 25);
    call->answer->action = sim_copy(call->request->arena, name, strlen(name));
    sim_answer_header(call->answer, "request-id", id);
    sim_json_key(out, "details");
    sim_puts(out, "[{");
    sim_json_pair(out, "@type", type);
    sim_json_key(out, "errors");
    sim_puts(out, "[{");
    sim_json_key(out, "errorCode");
    sim_json_open(out, '{');
    sim_json_pair(out, category, name);
    sim_puts(out, "}");
    sim_json_pair(out, "message", message);
    if (details) {
        sim_json_key(out, "details");
        sim_puts(out, details);
    }
    sim_puts(out, "}]");
    sim_json_pair(out, "requestId", id);
    sim_puts(out, "}]");
    error_close(call);
}

bool google_fail(google_call *call, const char *category, const char *name, const char *format, ...)
{
    char message[600];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(message, sizeof message, format, list);
    va_end(list);
    error_failure(call, error_status(category, name), category, name, message, NULL);
    return false;
}

bool google_fail_quota(google_call *call, const char *name, const char *scope, const char *rate, int64_t seconds)
{
    char message[128];
    sim_text details = { 0 };

    (void)snprintf(message, sizeof message, "Too many requests. Retry in %lld seconds.", (long long)seconds);
    sim_puts(&details, "{\"quotaErrorDetails\":{");
    sim_json_pair(&details, "rateScope", scope);
    sim_json_pair(&details, "rateName", rate);
    sim_json_key(&details, "retryDelay");
    sim_printf(&details, "\"%llds\"}}", (long long)seconds);
    error_failure(call, 429, "quotaError", name, message, details.p);
    sim_free(&details);
    return false;
}

bool google_fail_token(google_call *call)
{
    (void)error_open(
        call, 401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication "
        "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.");
    error_close(call);
    return false;
}

bool google_fail_html(google_call *call, int status)
{
    sim_clear(&call->answer->body);
    call->answer->status = status;
    call->answer->type = "text/html; charset=UTF-8";
    sim_printf(&call->answer->body,
               "<!DOCTYPE html>\n<html lang=en>\n  <title>Error %d (Not Found)!!1</title>\n  <p><b>%d.</b> <ins>That's an error.</ins>\n"
               "  <p>The requested URL was not found on this server.  <ins>That's all we know.</ins>\n",
               status, status);
    return false;
}

bool google_fail_key(google_call *call, const char *key)
{
    char text[256];
    sim_text *out;

    (void)snprintf(text, sizeof text, "Invalid JSON payload received. Unknown name \"%s\": Cannot find field.", key);
    out = error_open(call, 400, text);
    sim_puts(out, ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.BadRequest\",\"fieldViolations\":[{");
    sim_json_pair(out, "description", text);
    sim_puts(out, "}]}]");
    error_close(call);
    return false;
}

bool google_fail_flat(sim_answer *answer, int status, const char *error, const char *text)
{
    sim_oauth_fail(answer, status, error, text);
    return false;
}

/* ---- faults */

static void refuse_flat(google_call *call, const sim_fault *fault)
{
    const char *error = sim_json_str(fault->spec, "error", "internal_failure"), *subtype = sim_json_str(fault->spec, "error_subtype", NULL);
    int status = (int)sim_json_int(fault->spec, "status", !strcmp(fault->kind, "throttle") ? 429 : 500);
    sim_text *out = &call->answer->body;

    if (!strcmp(fault->kind, "token_death")) {
        sim_token token;
        const char *text = sim_pairs_get(&call->request->form, "refresh_token");

        if (sim_token_read(call->site, text, &token))
            sim_grant_kill(call->site, sim_grant_get(call->site, token.user, token.app, true), SIM_DEAUTHORIZED);
        (void)google_fail_flat(call->answer, 400, "invalid_grant", "Token has been expired or revoked.");
        return;
    }
    (void)google_fail_flat(call->answer, status, error, sim_json_str(fault->spec, "message", NULL));
    if (!subtype) return;
    out->size--;
    sim_json_pair(out, "error_subtype", subtype);
    sim_puts(out, "}");
}

static void refuse_disabled(google_call *call)
{
    sim_text *out =
        error_open(call, 403,
                   "Google Ads API has not been used in project 1234567890 before or it is disabled. Enable it by visiting "
                   "https://console.developers.google.com/apis/api/googleads.googleapis.com/overview?project=1234567890 then retry.");

    sim_puts(out,
             ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.Help\",\"links\":[{\"description\":\"Google developers console API "
             "activation\",\"url\":\"https://console.developers.google.com/apis/api/googleads.googleapis.com/"
             "overview?project=1234567890\"}]}]");
    error_close(call);
}

static void refuse_death(google_call *call, const sim_fault *fault)
{
    sim_bearer_kill(call->site, call->request, sim_json_bool(fault->spec, "grant", false));
    (void)google_fail_token(call);
}

/* error: "category.NAME", or "api_disabled", or "plain" for the 401 without details */
static void refuse_error(google_call *call, const sim_fault *fault)
{
    const char *error = sim_json_str(fault->spec, "error", "internalError.TRANSIENT_ERROR"), *dot = strchr(error, '.');
    const char *details = NULL;
    sim_text text = { 0 };
    char category[64];
    int status;

    if (!strcmp(error, "api_disabled")) {
        refuse_disabled(call);
        return;
    }
    if (!dot) {
        (void)google_fail_token(call);
        return;
    }
    (void)snprintf(category, sizeof category, "%.*s", (int)(dot - error < 63 ? dot - error : 63), error);
    if (sim_json_get(fault->spec, "details")) {
        sim_json_write(&text, sim_json_get(fault->spec, "details"));
        details = text.p;
    }
    status = (int)sim_json_int(fault->spec, "status", error_status(category, dot + 1));
    error_failure(call, status, category, dot + 1, sim_json_str(fault->spec, "message", "adsim was told to refuse this."), details);
    sim_free(&text);
}

void google_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    google_call call;

    google_begin(&call, site, request, answer);
    sim_clear(&answer->headers);
    if (strcmp(request->host, GOOGLE_ADS))
        refuse_flat(&call, fault);
    else if (!strcmp(fault->kind, "token_death"))
        refuse_death(&call, fault);
    else if (!strcmp(fault->kind, "throttle"))
        (void)google_fail_quota(
            &call, sim_json_str(fault->spec, "name", "RESOURCE_EXHAUSTED"), sim_json_str(fault->spec, "scope", "DEVELOPER"),
            sim_json_str(fault->spec, "rate", "Number of operations for basic access"), sim_json_int(fault->spec, "seconds", 40591));
    else
        refuse_error(&call, fault);
}
