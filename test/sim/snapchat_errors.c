/* SPDX-License-Identifier: MIT */
/* Refusals: flat ones, ones inside a list that came with 200, plain texts, those of the token host, and what a fault asks for. */
#include "snapchat.h"

#include <stdarg.h>
#include <stdlib.h>

#define ERROR_DISPLAY "We're sorry, but the requested resource is not available at this time"

/* what is not here is a bad request */
static const struct {
    const char *code, *message;
    int status;
} error_codes[] = {
    { "E0001", "Method not allowed", 405 },
    { "E3002", "Caller does not have permission", 403 },
    { "E3003", "Resource can not be found", 404 },
    { "E3004", "Entity does not exist or you do not have permission to access it", 200 },
    { "E1004", "Unsupported breakdown value", 400 },
    { "E1008", "Unsupported Stats Query", 400 },
    { "E2002", "Property value is not allowed", 400 },
    { "E2025", "Validation failed", 400 },
    { "E9999", "Internal error", 500 }, /* a code that no list of codes has */
};

static int error_status(const char *code)
{
    for (size_t i = 0; i < SIM_COUNT(error_codes); i++) {
        if (!strcmp(error_codes[i].code, code)) return error_codes[i].status;
    }
    return 400;
}

static const char *error_message(const char *code)
{
    for (size_t i = 0; i < SIM_COUNT(error_codes); i++) {
        if (!strcmp(error_codes[i].code, code)) return error_codes[i].message;
    }
    return "adsim was told to refuse this";
}

static void error_note(snapchat_call *call, int status, const char *code)
{
    sim_clear(&call->answer->body);
    call->answer->status = status;
    call->answer->chunked = false;
    call->answer->action = sim_copy(call->request->arena, code, strlen(code));
    call->answer->code = *code == 'E' ? strtoll(code + 1, NULL, 10) : status;
}

static void error_flat(snapchat_call *call, int status, const char *code, const char *message)
{
    sim_text *out;

    error_note(call, status, code);
    call->answer->type = "application/json";
    out = snapchat_open(call, "ERROR");
    sim_json_pair(out, "debug_message", message);
    sim_json_pair(out, "display_message", ERROR_DISPLAY);
    sim_json_pair(out, "error_code", code);
    sim_puts(out, "}");
}

bool snapchat_fail(snapchat_call *call, const char *code, const char *format, ...)
{
    char message[400];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(message, sizeof message, format, list);
    va_end(list);
    error_flat(call, error_status(code), code, message);
    return false;
}

bool snapchat_fail_item(snapchat_call *call, const char *plural, const char *code, const char *message)
{
    char reason[400];
    sim_text *out;

    (void)snprintf(reason, sizeof reason, "Error code: %s, message: %s", code, message);
    error_note(call, 200, code);
    call->answer->type = "application/json";
    out = snapchat_open(call, "ERROR");
    sim_json_key(out, plural);
    sim_puts(out, "[{");
    sim_json_pair(out, "sub_request_error_reason", reason);
    sim_json_pair(out, "sub_request_status", "ERROR");
    sim_puts(out, "}]}");
    return false;
}

bool snapchat_fail_missing(snapchat_call *call, const char *plural)
{
    return snapchat_fail_item(call, plural, "E3004", error_message("E3004"));
}

bool snapchat_fail_text(snapchat_call *call, int status, const char *text)
{
    error_note(call, status, "text");
    call->answer->type = "text/plain";
    sim_puts(&call->answer->body, text);
    return false;
}

bool snapchat_fail_token(snapchat_call *call)
{
    sim_answer_header(call->answer, "WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"The access token expired\"");
    return snapchat_fail_text(call, 401, "unauthorized");
}

bool snapchat_fail_rate(snapchat_call *call) { return snapchat_fail_text(call, 429, "Too Many Requests"); }

bool snapchat_fail_flat(sim_answer *answer, int status, const char *error, const char *text)
{
    sim_oauth_fail(answer, status, error, text);
    return false;
}

/* ---- faults */

static void refuse_login(snapchat_call *call, const sim_fault *fault)
{
    const char *error = sim_json_str(fault->spec, "error", "server_error"), *text = sim_pairs_get(&call->request->form, "refresh_token");
    bool throttle = !strcmp(fault->kind, "throttle");
    sim_token token;

    if (!strcmp(fault->kind, "token_death")) {
        if (sim_token_read(call->site, text, &token))
            sim_grant_kill(call->site, sim_grant_get(call->site, token.user, token.app, true), SIM_DEAUTHORIZED);
        (void)snapchat_fail_flat(call->answer, 400, "invalid_grant", "The refresh token is invalid or was revoked.");
        return;
    }
    if (throttle) {
        (void)snapchat_fail_text(call, (int)sim_json_int(fault->spec, "status", 429), "Too Many Requests");
        return;
    }
    (void)snapchat_fail_flat(call->answer, (int)sim_json_int(fault->spec, "status", 500), error,
                             sim_json_str(fault->spec, "message", NULL));
}

static void refuse_death(snapchat_call *call, const sim_fault *fault)
{
    sim_bearer_kill(call->site, call->request, sim_json_bool(fault->spec, "grant", false));
    (void)snapchat_fail_token(call);
}

/* seconds: headers tell of a window that ends so much later; in ms: that many milliseconds after 1970, as it stands */
static void refuse_throttle(snapchat_call *call, const sim_fault *fault)
{
    char text[32];

    if (sim_json_get(fault->spec, "seconds")) snapchat_limits_headers(call, sim_json_int(fault->spec, "limit", 1666), 0);
    if (sim_json_get(fault->spec, "ms")) {
        (void)snprintf(text, sizeof text, "%lld", (long long)sim_json_int(fault->spec, "ms", 0));
        sim_answer_header(call->answer, "X-Rate-Limit-Remaining", "0");
        sim_answer_header(call->answer, "X-Rate-Limit-Reset", text);
    }
    (void)snapchat_fail_rate(call);
}

/* error: a code; item: the list in which it stands; text: instead of JSON */
static void refuse_error(snapchat_call *call, const sim_fault *fault)
{
    const char *code = sim_json_str(fault->spec, "error", "E9999"), *item = sim_json_str(fault->spec, "item", NULL);
    const char *message = sim_json_str(fault->spec, "message", error_message(code)), *text = sim_json_str(fault->spec, "text", NULL);
    int status = (int)sim_json_int(fault->spec, "status", error_status(code));

    if (text)
        (void)snapchat_fail_text(call, status, text);
    else if (item)
        (void)snapchat_fail_item(call, item, code, message);
    else
        error_flat(call, status, code, message);
}

void snapchat_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    snapchat_call call;

    sim_clear(&answer->headers);
    snapchat_begin(&call, site, request, answer);
    if (strcmp(request->host, SNAPCHAT_API))
        refuse_login(&call, fault);
    else if (!strcmp(fault->kind, "token_death"))
        refuse_death(&call, fault);
    else if (!strcmp(fault->kind, "throttle"))
        refuse_throttle(&call, fault);
    else
        refuse_error(&call, fault);
}
