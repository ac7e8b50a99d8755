/* SPDX-License-Identifier: MIT */
/* Envelopes: what was asked, then what there is; or a list of errors, whose codes are words from the Ads API and numbers from its gateway.
 */
#include "x.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#define JSON_TYPE "application/json;charset=utf-8"

void x_answer(x_call *call, const sim_text *data, const char *extra)
{
    sim_text *out = &call->answer->body;

    call->answer->status = 200;
    call->answer->type = JSON_TYPE;
    sim_puts(out, "{\"request\":{\"params\":{");
    if (call->echo.size) sim_add(out, call->echo.p, call->echo.size);
    if (call->account_id) sim_json_pair(out, "account_id", call->account_id);
    sim_printf(out, "}}%s,\"data\":", extra ? extra : "");
    sim_add(out, data->p, data->size);
    sim_puts(out, "}");
}

static void answer_error(sim_text *out, const x_error *error)
{
    sim_json_open(out, '{');
    sim_json_pair(out, "code", error->code);
    sim_json_pair(out, "message", error->message);
    if (error->parameter) sim_json_pair(out, "parameter", error->parameter);
    if (error->details) sim_json_pair(out, "details", error->details);
    if (error->value) sim_json_pair(out, "value", error->value);
    sim_putc(out, '}');
}

bool x_fail_with(x_call *call, int status, const x_error *errors, size_t count)
{
    sim_text *out = &call->answer->body;

    sim_clear(out);
    call->answer->status = status;
    call->answer->type = JSON_TYPE;
    sim_puts(out, "{\"errors\":[");
    for (size_t i = 0; i < count; i++) answer_error(out, &errors[i]);
    sim_puts(out, "],\"request\":{\"params\":{");
    if (call->account_id) sim_json_pair(out, "account_id", call->account_id);
    sim_puts(out, "}}}");
    return false;
}

bool x_fail(x_call *call, int status, const char *code, const char *parameter, const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return x_fail_with(call, status, &(x_error){ .code = code, .message = message, .parameter = parameter }, 1);
}

bool x_gateway(sim_answer *answer, int status, int64_t code, const char *message)
{
    sim_clear(&answer->body);
    answer->status = status;
    answer->type = JSON_TYPE;
    answer->code = code;
    sim_puts(&answer->body, "{\"errors\":[{");
    sim_json_pair_int(&answer->body, "code", code);
    sim_json_pair(&answer->body, "message", message);
    sim_puts(&answer->body, "}]}");
    return false;
}

bool x_callback_refused(sim_answer *answer)
{
    sim_clear(&answer->body);
    answer->status = 403;
    answer->type = "application/xml; charset=utf-8";
    sim_puts(&answer->body, "<?xml version='1.0' encoding='UTF-8'?><errors><error code=\"415\">Callback URL not approved for this client "
                            "application. Approved callback URLs can be adjusted in your application settings</error></errors>");
    return false;
}

/* ---- errors that a fault asks for */

static const struct {
    int status;
    const char *codes;
} answer_codes[] = {
    { 401, "UNAUTHORIZED_ACCESS,32,89,135" },
    { 403, "UNAUTHORIZED_CLIENT_APPLICATION,READONLY_CLIENT_APPLICATION,NOT_FOUND,ACCOUNT_NOT_FOUND,USER_NOT_FOUND,ACTION_NOT_ALLOWED,"
           "FUNDING_INSTRUMENT_ACCESS_NOT_ALLOWED,CURRENT_USER_SUSPENDED,ACCOUNT_LOCKED_OUT,MALWARE_STATUS,"
           "FUNDING_INSTRUMENT_EXCEEDS_AVAILABLE_CREDIT_LIMIT,GENERIC_TWEET_ERROR,TWEET_IS_SPAM,99,415" },
    { 404, "ROUTE_NOT_FOUND,CAMPAIGN_NOT_FOUND,LINE_ITEM_NOT_FOUND" },
    { 405, "METHOD_NOT_ALLOWED" },
    { 408, "CANCELLED_REQUEST" },
    { 423, "LOCK_ACQUISITION_TIMEOUT" },
    { 429, "TOO_MANY_REQUESTS,TWEET_RATE_LIMIT_EXCEEDED,88" },
    { 500, "INTERNAL_ERROR" },
    { 503, "SERVICE_UNAVAILABLE,OVER_CAPACITY" },
};

static const struct {
    const char *code, *message;
} answer_messages[] = {
    { "UNAUTHORIZED_ACCESS", "This request is not properly authenticated" },
    { "32", "Could not authenticate you." },
    { "88", "Rate limit exceeded" },
    { "89", "Invalid or expired token." },
    { "99", "Unable to verify your credentials" },
    { "135", "Timestamp out of bounds." },
    { "UNAUTHORIZED_CLIENT_APPLICATION", "The client application making this request does not have access to this API" },
    { "TOO_MANY_REQUESTS", "You have exceeded the rate limit for this endpoint" },
    { "SERVICE_UNAVAILABLE", "Service unavailable due to request timeout; please try the request again later" },
    { "OVER_CAPACITY", "The service is over capacity; please try the request again later" },
    { "TOO_MANY_JOBS", "A maximum of 100 jobs can be in processing state" },
};

static int answer_status(const char *code)
{
    for (size_t i = 0; i < SIM_COUNT(answer_codes); i++) {
        if (x_listed(answer_codes[i].codes, code)) return answer_codes[i].status;
    }
    return 400;
}

static const char *answer_message(const char *code)
{
    for (size_t i = 0; i < SIM_COUNT(answer_messages); i++) {
        if (!strcmp(answer_messages[i].code, code)) return answer_messages[i].message;
    }
    return "adsim was told to refuse this";
}

/* code: a word, or the digits of a gateway's number */
static void refuse_error(x_call *call, const sim_fault *fault, const char *code)
{
    int status = (int)sim_json_int(fault->spec, "status", answer_status(code));
    const char *message = sim_json_str(fault->spec, "message", answer_message(code)), *seconds = sim_json_str(fault->spec, "seconds", NULL);

    if (status == 503 && seconds) sim_answer_header(call->answer, "retry-after", seconds);
    if (!strcmp(code, "415"))
        (void)x_callback_refused(call->answer);
    else if (isdigit((unsigned char)*code))
        (void)x_gateway(call->answer, status, strtoll(code, NULL, 10), message);
    else
        (void)x_fail(call, status, code, sim_json_str(fault->spec, "parameter", NULL), "%s", message);
}

/* scope "account": an account's limit ran out; "none": nothing tells of it but the status */
static void refuse_throttle(x_call *call, const sim_fault *fault)
{
    const char *scope = sim_json_str(fault->spec, "scope", "token");
    int64_t reset = sim_now(call->site->sim) + sim_json_int(fault->spec, "seconds", 60);
    bool account = !strcmp(scope, "account");

    if (strcmp(scope, "none")) x_limit_headers(call->answer, account, account ? 10000 : 2000, 0, reset);
    refuse_error(call, fault, sim_json_str(fault->spec, "code", "TOO_MANY_REQUESTS"));
}

static void refuse_death(x_call *call)
{
    const char *header = sim_header(call->request, "Authorization");
    x_signed given;
    sim_token token;

    if (x_sign_read(call->request, &given) && given.token && x_token_read(call->site, given.token, &token))
        sim_token_kill(call->site, token.serial, X_DIED_TOKEN);
    else if (header && !strncmp(header, "Bearer ", 7) && sim_token_read(call->site, header + 7, &token))
        sim_token_kill(call->site, token.serial, X_DIED_TOKEN);
    (void)x_gateway(call->answer, 401, 89, "Invalid or expired token.");
}

void x_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    x_call call = { .site = site, .request = request, .answer = answer };

    sim_clear(&answer->headers);
    sim_clear(&answer->body);
    if (!strcmp(fault->kind, "token_death"))
        refuse_death(&call);
    else if (!strcmp(fault->kind, "throttle"))
        refuse_throttle(&call, fault);
    else
        refuse_error(&call, fault, sim_json_str(fault->spec, "code", "INTERNAL_ERROR"));
}
