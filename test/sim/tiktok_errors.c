/* SPDX-License-Identifier: MIT */
/* The envelope, whose keys come in any order, and the refusals: HTTP 200 with a code that is not 0. */
#include "tiktok.h"

#include <stdarg.h>

/* the time in UTC+8 and twenty hexadecimal digits */
const char *tiktok_request_id(tiktok_call *call)
{
    char *out = sim_alloc(call->request->arena, 40), text[32];
    uint64_t h = sim_hash(sim_seed(call->site), 0x71c, (uint64_t)call->request->number, (uint64_t)sim_now(call->site->sim));

    tiktok_time(text, sim_now(call->site->sim) + 8 * 3600, NULL);
    (void)snprintf(out, 40, "%.4s%.2s%.2s%.2s%.2s%.2s%016llX%04X", text, text + 5, text + 8, text + 11, text + 14, text + 17,
                   (unsigned long long)h, (unsigned)(h >> 24 & 0xffff));
    return out;
}

static bool error_backwards(const tiktok_call *call) { return call->request->number % 3 == 2; }

void tiktok_open(tiktok_call *call)
{
    sim_text *out = &call->answer->body;

    sim_puts(out, "{");
    if (!error_backwards(call)) sim_json_pair_int(out, "code", 0);
    sim_json_pair(out, "message", "OK");
    if (!error_backwards(call)) sim_json_pair(out, "request_id", tiktok_request_id(call));
    sim_json_key(out, "data");
}

void tiktok_close(tiktok_call *call)
{
    sim_text *out = &call->answer->body;

    if (error_backwards(call)) {
        sim_json_pair(out, "request_id", tiktok_request_id(call));
        sim_json_pair_int(out, "code", 0);
    }
    sim_puts(out, "}");
}

static void error_write(tiktok_call *call, int code, const char *message, bool id, bool data)
{
    sim_text *out = &call->answer->body;

    sim_clear(out);
    call->answer->status = 200;
    call->answer->type = "application/json; charset=utf-8";
    call->answer->code = code;
    call->answer->rows = 0;
    sim_puts(out, "{");
    sim_json_pair_int(out, "code", code);
    sim_json_pair(out, "message", message);
    if (id) sim_json_pair(out, "request_id", tiktok_request_id(call));
    if (data) {
        sim_json_key(out, "data");
        sim_puts(out, "{}");
    }
    sim_puts(out, "}");
}

/* a throttled call may come without an id and without data, a dead token's without data */
static void error_shape(tiktok_call *call, int code, const char *message)
{
    bool bare = code == 40100 && call->request->number % 2;

    error_write(call, code, message, !bare, !bare && code != 40105);
}

bool tiktok_fail(tiktok_call *call, int code, const char *format, ...)
{
    char message[800];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(message, sizeof message, format, list);
    va_end(list);
    error_shape(call, code, message);
    return false;
}

static const struct {
    int code;
    const char *message;
} error_messages[] = {
    { 40001, "Permission error: no permission to operate the advertiser." },
    { 40016, "Requests are made too frequently. Please try again later." },
    { 40100, "App reaches the QPS limit." },
    { 40101, "The auth_code is invalid." },
    { 40102, "The access token has expired." },
    { 40103, "The refresh token has expired." },
    { 40105, "Access token is incorrect or has been revoked." },
    { 40106, "The core user is invalid." },
    { 40107, "The refresh token is invalid." },
    { 40113, "The app is blocked, or its id or secret is wrong." },
    { 40114, "The user has logged out." },
    { 40120, "Login is required." },
    { 40132, "The field's value reaches the QPS limit." },
    { 40200, "Task error." },
    { 40201, "Task is not ready." },
    { 40202, "Write conflict: the object is being changed." },
    { 40309, "The user needs to log in." },
    { 40700, "Internal service validation failed." },
    { 50000, "System error." },
    { 51008, "Service error." },
    { 60001, "The system is under maintenance." },
};

static const char *error_message(int code)
{
    for (size_t i = 0; i < SIM_COUNT(error_messages); i++) {
        if (error_messages[i].code == code) return error_messages[i].message;
    }
    return "adsim was told to refuse this.";
}

bool tiktok_fail_token(tiktok_call *call, int64_t died) { return tiktok_fail(call, (int)died, "%s", error_message((int)died)); }

bool tiktok_fail_path(tiktok_call *call, int status)
{
    sim_clear(&call->answer->body);
    call->answer->status = status;
    call->answer->type = "text/plain; charset=utf-8";
    sim_puts(&call->answer->body, status == 404 ? "404 page not found" : "405 method not allowed");
    return false;
}

/* ---- faults: error and throttle take code and message; token_death takes code, and grant for all of the person's tokens */

static void refuse_death(tiktok_call *call, const sim_fault *fault)
{
    const char *text = sim_header(call->request, "Access-Token"), *refresh = sim_pairs_get(&call->request->form, "refresh_token");
    int code = (int)sim_json_int(fault->spec, "code", 40105);
    sim_token token;

    if (sim_token_read(call->site, text ? text : refresh, &token)) {
        sim_token_kill(call->site, token.serial, code);
        if (sim_json_bool(fault->spec, "grant", false))
            sim_grant_kill(call->site, sim_grant_get(call->site, token.user, token.app, true), SIM_DEAUTHORIZED);
    }
    (void)tiktok_fail_token(call, code);
}

void tiktok_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    int code = (int)sim_json_int(fault->spec, "code", strcmp(fault->kind, "throttle") ? 50000 : 40100);
    tiktok_call call;

    tiktok_begin(&call, site, request, answer);
    sim_clear(&answer->headers);
    if (!strcmp(fault->kind, "token_death")) {
        refuse_death(&call, fault);
        return;
    }
    error_shape(&call, code, sim_json_str(fault->spec, "message", error_message(code)));
    answer->status = (int)sim_json_int(fault->spec, "status", 200);
}
