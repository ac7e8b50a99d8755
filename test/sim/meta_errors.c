/* SPDX-License-Identifier: MIT */
#include "meta.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#define DOCS "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"

const char *meta_trace(sim_world *sim, sim_arena *arena)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = sim_alloc(arena, 24);
    uint64_t h = 0;

    out[0] = 'A';
    sim->trace_serial++;
    for (size_t i = 1; i < 23; i++) {
        if (i % 8 == 1) h = sim_hash((uint64_t)sim->options.seed, 0x7a, (uint64_t)sim->trace_serial, i);
        out[i] = letters[h & 63];
        h >>= 6;
    }
    return out;
}

static const char *error_challenge(const meta_error *error)
{
    return error->code == 190 || error->code == 102 ? "invalid_token" : error->status == 403 ? "insufficient_scope" : "invalid_request";
}

/* the header carries the message; whatever is not plain ASCII would not survive there */
static void error_authenticate(meta_call *call, const meta_error *error)
{
    sim_text line = { 0 };

    sim_printf(&line, "OAuth \"Facebook Platform\" \"%s\" \"", error_challenge(error));
    for (const char *c = error->message; *c; c++) sim_putc(&line, *c >= 32 && *c < 127 && *c != '"' ? *c : '?');
    sim_putc(&line, '"');
    sim_answer_header(call->answer, "WWW-Authenticate", line.p);
    sim_free(&line);
}

void meta_fail(meta_call *call, const meta_error *error)
{
    sim_text *out = &call->answer->body;

    sim_clear(out);
    out->ascii = true;
    call->answer->status = error->status ? error->status : 400;
    call->answer->type = "application/json; charset=UTF-8";
    call->answer->code = error->code;
    call->answer->subcode = error->subcode;
    call->answer->rows = 0;
    sim_puts(out, "{\"error\":{");
    sim_json_pair(out, "message", error->message);
    if (error->user && error->code == 190) sim_json_pair(out, "error_user_msg", error->user);
    sim_json_pair(out, "type", error->type ? error->type : "OAuthException");
    if (error->transient) sim_json_pair_bool(out, "is_transient", error->transient > 0);
    sim_json_pair_int(out, "code", error->code);
    if (error->data) {
        sim_json_key(out, "error_data");
        sim_puts(out, error->data);
    }
    if (error->subcode) sim_json_pair_int(out, "error_subcode", error->subcode);
    if (error->title) sim_json_pair(out, "error_user_title", error->title);
    if (error->user && error->code != 190) sim_json_pair(out, "error_user_msg", error->user);
    if (!error->no_trace) sim_json_pair(out, "fbtrace_id", meta_trace(call->sim, call->request->arena));
    sim_puts(out, "}}");
    if (call->answer->status < 500) error_authenticate(call, error);
}

bool meta_fail_param(meta_call *call, const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    meta_fail(call, &(meta_error){ .code = 100, .message = text });
    return false;
}

bool meta_fail_syntax(meta_call *call)
{
    meta_fail(call, &(meta_error){ .code = 2500, .message = "Syntax error \"Expected end of string\" at character 1: fields" });
    return false;
}

bool meta_fail_missing(meta_call *call, const char *id)
{
    char text[512];

    (void)snprintf(text, sizeof text,
                   "Unsupported %s request. Object with ID '%.100s' does not exist, cannot be loaded due to missing permissions, or does "
                   "not support this operation. " DOCS,
                   !strcmp(call->method, "GET")    ? "get"
                   : !strcmp(call->method, "POST") ? "post"
                                                   : "delete",
                   id);
    meta_fail(call, &(meta_error){ .code = 100, .subcode = 33, .type = "GraphMethodException", .message = text });
    return false;
}

static void error_time(char out[64], int64_t at)
{
    time_t t = (time_t)at - 7 * 3600;
    struct tm tm;
    char day[24];

    gmtime_r(&t, &tm);
    (void)strftime(day, sizeof day, "%A, %d-%b", &tm);
    (void)snprintf(out, 64, "%s-%02d %02d:%02d:%02d PDT", day, tm.tm_year % 100, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

bool meta_fail_token(meta_call *call, int64_t subcode)
{
    static const struct {
        int subcode;
        const char *message;
    } known[] = {
        { 459, "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions "
               "given." },
        { 460, "Error validating access token: The session has been invalidated because the user changed their password or Facebook has "
               "changed the session for security reasons." },
        { 464, "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user." },
        { 467, "Error validating access token: The session is invalid because the user logged out." },
        { 492, "Error validating access token: Session is not usable for this user." },
        { 493, "Error validating access token: The user has not been active in the app for too long; data access has expired." },
    };
    meta_error error = { .code = 190, .subcode = subcode, .message = "Invalid OAuth access token - Cannot parse access token" };
    char text[256], then[64], now[64];

    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        if (known[i].subcode == subcode) error.message = known[i].message;
    }
    if (subcode == 458) {
        (void)snprintf(text, sizeof text, "Error validating access token: The user has not authorized application %lld.",
                       (long long)call->token.app);
        error.message = text;
    }
    if (subcode == 463) {
        error_time(then, call->token.expires && call->token.expires < sim_now(call->sim) ? call->token.expires : sim_now(call->sim));
        error_time(now, sim_now(call->sim));
        (void)snprintf(text, sizeof text, "Error validating access token: Session has expired on %s. The current time is %s.", then, now);
        error.message = error.user = text;
    }
    meta_fail(call, &error);
    return false;
}

/* ---- the shapes that the fault list asks for */

static const char *refuse_message(int64_t code)
{
    static const struct {
        int64_t code;
        const char *message;
    } known[] = {
        { 1, "Please reduce the amount of data you're asking for, then retry your request" },
        { 2, "(#2) Service temporarily unavailable" },
        { 4, "(#4) Application request limit reached" },
        { 17, "(#17) User request limit reached" },
        { 32, "(#32) Page request limit reached" },
        { 341, "(#341) Application limit reached" },
        { 613, "(#613) Calls to this api have exceeded the rate limit." },
        { 368, "(#368) The action attempted has been deemed abusive or is otherwise disallowed" },
        { 200, "(#200) Permissions error" },
        { 2635, "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version." },
    };

    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        if (known[i].code == code) return known[i].message;
    }
    return code >= 80000 && code < 80100
               ? "There have been too many calls from this ad-account. Wait a bit and try again. For more info, please refer to "
                 "https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
               : "An unknown error occurred";
}

static void refuse_death(meta_call *call, const sim_fault *fault)
{
    int64_t subcode = sim_json_int(fault->spec, "subcode", 463);

    if (call->token_text && meta_token_read(call->sim, call->token_text, &call->token))
        sim_token_kill(meta_site(call->sim), call->token.serial, subcode);
    (void)meta_fail_token(call, subcode);
}

/* throttle also says in a header how long: minutes, as the real one counts */
static void refuse_headers(meta_call *call, const sim_fault *fault)
{
    int64_t minutes = sim_json_int(fault->spec, "minutes", 5), code = sim_json_int(fault->spec, "code", 80000);
    char account[32] = "0";
    sim_text value = { 0 };

    (void)sim_meta.account_of(meta_site(call->sim), call->request, account);
    sim_printf(
        &value,
        "{\"%s\":[{\"type\":\"%s\",\"call_count\":%d,\"total_cputime\":16,\"total_time\":45,\"estimated_time_to_regain_access\":%lld}]}",
        account,
        code == 80003   ? "custom_audience"
        : code == 80004 ? "ads_management"
                        : "ads_insights",
        (int)sim_json_int(fault->spec, "percent", 113), (long long)minutes);
    sim_answer_header(call->answer, "X-Business-Use-Case-Usage", value.p);
    sim_free(&value);
}

void meta_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    bool throttle = !strcmp(fault->kind, "throttle");
    int64_t code = sim_json_int(fault->spec, "code", throttle ? 80000 : 2);
    const sim_json *transient = sim_json_get(fault->spec, "is_transient"), *data = sim_json_get(fault->spec, "error_data");
    meta_call call;
    sim_text text = { 0 };
    meta_error error = { .status = (int)sim_json_int(fault->spec, "status",
                                                     code == 1                   ? 500
                                                     : code >= 200 && code < 300 ? 403
                                                                                 : 400),
                         .code = code,
                         .subcode = sim_json_int(fault->spec, "subcode", code == 80000 ? 2446079 : 0) };

    meta_begin(&call, site->sim, request, answer);
    sim_clear(&answer->headers);
    sim_answer_header(answer, "Facebook-API-Version", "v25.0");
    if (!strcmp(fault->kind, "token_death")) {
        refuse_death(&call, fault);
        return;
    }
    if (throttle) refuse_headers(&call, fault);
    error.message = sim_json_str(fault->spec, "message", refuse_message(code));
    error.type = sim_json_str(fault->spec, "type", "OAuthException");
    error.title = sim_json_str(fault->spec, "title", NULL);
    error.user = sim_json_str(fault->spec, "user_message", NULL);
    error.transient = transient ? (transient->kind == 't' ? 1 : -1) : code == 2 ? 1 : 0;
    error.no_trace = code == 1;
    if (data) sim_json_write(&text, data);
    error.data = data ? text.p : NULL;
    meta_fail(&call, &error);
    sim_free(&text);
}
