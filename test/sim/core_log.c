/* SPDX-License-Identifier: MIT */
/* The ground truth of what arrived: a JSON line per request. A secret shows as a digest, in the path's query as nothing at all. */
#include "core.h"

#include <strings.h>

/* parameters that carry a secret, on any platform */
static const char *const log_secrets[] = {
    "access_token", "client_secret", "fb_exchange_token", "input_token", "appsecret_proof", "code",  "revoke_token",   "refresh_token",
    "batch",        "state",         "code_verifier",     "auth_code",   "secret",          "token", "oauth_verifier", "app_secret",
};

static bool log_is_secret(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(log_secrets); i++) {
        if (!strcmp(log_secrets[i], name)) return true;
    }
    return false;
}

static void log_pairs(sim_text *out, const char *name, const sim_pairs *pairs)
{
    sim_json_key(out, name);
    sim_json_open(out, '{');
    for (size_t i = 0; i < pairs->count; i++)
        sim_json_pair(out, pairs->p[i].name, log_is_secret(pairs->p[i].name) ? "(secret)" : pairs->p[i].value);
    sim_putc(out, '}');
}

/* what the platform calls this exchange, as its header tells the client */
static void log_request_id(sim_text *out, const sim_answer *answer)
{
    static const char *const names[] = { "x-fb-trace-id: ", "request-id: ", "x-li-uuid: ", "x-tt-logid: ", "x-request-id: " };
    const char *at = answer->headers.p, *end;

    while (at && *at) {
        end = at + strcspn(at, "\r\n");
        for (size_t i = 0; i < SIM_COUNT(names); i++) {
            size_t size = strlen(names[i]);

            if (strncasecmp(at, names[i], size)) continue;
            sim_json_key(out, "request_id");
            sim_json_text(out, at + size, (size_t)(end - at) - size);
            return;
        }
        at = end + strspn(end, "\r\n");
    }
}

void sim_log_write(sim_world *sim, const sim_request *request, const sim_answer *answer, const char *fault)
{
    sim_text line = { 0 };

    sim->stats.rows += answer->rows;
    sim->stats.refused += answer->status >= 400;
    if (!sim->log) return;
    sim_putc(&line, '{');
    sim_json_pair_int(&line, "n", request->number);
    if (request->element) sim_json_pair_int(&line, "element", request->element);
    sim_json_pair_int(&line, "now", sim_now(sim));
    sim_json_pair_int(&line, "wall_us", sim_wall_us());
    sim_json_pair_int(&line, "peer", request->peer);
    sim_json_pair(&line, "method", request->method);
    sim_json_pair(&line, "host", request->host);
    sim_json_pair(&line, "path", request->path);
    log_pairs(&line, "query", &request->query);
    if (request->form.count) log_pairs(&line, "form", &request->form);
    if (answer->action) sim_json_pair(&line, "action", answer->action);
    if (answer->account_text) sim_json_pair(&line, "account", answer->account_text);
    if (answer->account && !answer->account_text) sim_json_id(&line, "account", answer->account);
    if (answer->user) sim_json_pair(&line, "user", answer->user);
    if (answer->token) sim_json_pair(&line, "token", answer->token);
    sim_json_pair_int(&line, "status", answer->drop ? 0 : answer->status);
    if (answer->code) sim_json_pair_int(&line, "code", answer->code);
    if (answer->subcode) sim_json_pair_int(&line, "subcode", answer->subcode);
    log_request_id(&line, answer);
    sim_json_pair_int(&line, "rows", answer->rows);
    sim_json_pair_int(&line, "bytes", (int64_t)answer->body.size);
    sim_json_pair_bool(&line, "applied", answer->applied);
    if (fault) sim_json_pair(&line, "fault", fault);
    sim_json_key(&line, "permits");
    sim_json_open(&line, '{');
    if (answer->permits.size) sim_add(&line, answer->permits.p, answer->permits.size);
    sim_puts(&line, "}}\n");
    (void)fwrite(line.p, 1, line.size, sim->log);
    (void)fflush(sim->log);
    sim_free(&line);
}
