/* SPDX-License-Identifier: MIT */
/* POST / with batch=[...]: up to fifty calls in one request, each answered in its place. */
#include "meta.h"

#include <stdlib.h>

#define BATCH_MOST 50

static void batch_headers(sim_text *out, const sim_answer *answer)
{
    sim_json_key(out, "headers");
    sim_json_open(out, '[');
    for (const char *line = answer->headers.p; line && *line; line += strcspn(line, "\n") + 1) {
        const char *colon = strstr(line, ": ");

        sim_json_open(out, '{');
        sim_json_key(out, "name");
        sim_json_text(out, line, (size_t)(colon - line));
        sim_json_key(out, "value");
        sim_json_text(out, colon + 2, strcspn(colon + 2, "\n"));
        sim_putc(out, '}');
    }
    sim_json_open(out, '{');
    sim_json_pair(out, "name", "Content-Type");
    sim_json_pair(out, "value", answer->type);
    sim_puts(out, "}]");
}

static void batch_parameters(meta_call *outer, const sim_json *op, sim_request *request)
{
    sim_arena *arena = outer->request->arena;
    const char *url = sim_json_str(op, "relative_url", ""), *body = sim_json_str(op, "body", ""), *mark = strchr(url, '?');
    const char *inherited[] = { "access_token", "appsecret_proof", "appsecret_time" };
    size_t size = mark ? (size_t)(mark - url) : strlen(url);
    sim_text path = { 0 };

    while (size && *url == '/') {
        url++;
        size--;
    }
    if (size > 1 && url[0] == 'v' && url[1] >= '0' && url[1] <= '9')
        sim_printf(&path, "/%.*s", (int)size, url);
    else
        sim_printf(&path, "/v%d.0/%.*s", outer->version, (int)size, url);
    request->path = sim_copy(arena, path.p, path.size);
    sim_free(&path);
    request->raw_query = mark ? mark + 1 : "";
    sim_query_read(arena, &request->query, request->raw_query, strlen(request->raw_query));
    request->body = body;
    request->body_size = strlen(body);
    sim_query_read(arena, &request->form, body, request->body_size);
    if (sim_pairs_get(&request->query, "access_token") || sim_pairs_get(&request->form, "access_token")) return;
    for (size_t i = 0; i < SIM_COUNT(inherited); i++) {
        const char *value = i ? meta_param(outer, inherited[i]) : outer->token_text;

        if (value && !sim_pairs_get(&request->query, inherited[i])) sim_pairs_add(arena, &request->query, inherited[i], value);
    }
}

static void batch_serve(meta_call *outer, sim_request *request, sim_answer *answer)
{
    sim_world *sim = outer->sim;
    char account[32] = "";
    const sim_fault *fault;
    meta_call call;

    (void)sim_meta.account_of(meta_site(sim), request, account);
    fault = sim_fault_pick(sim, request, "before", account);
    if (fault && (!strcmp(fault->kind, "error") || !strcmp(fault->kind, "throttle") || !strcmp(fault->kind, "token_death"))) {
        meta_refuse(meta_site(sim), request, answer, fault);
    } else {
        meta_begin(&call, sim, request, answer);
        call.batched = true;
        meta_do(&call);
        answer->applied = true;
    }
    sim_log_write(sim, request, answer, fault ? fault->kind : NULL);
}

static void batch_element(meta_call *outer, const sim_json *op, int64_t element, bool headers)
{
    sim_text *out = &outer->answer->body;
    sim_request request = { .arena = outer->request->arena,
                            .host = outer->request->host,
                            .authority = outer->request->authority,
                            .scheme = outer->request->scheme,
                            .number = outer->request->number,
                            .element = element,
                            .method = sim_json_str(op, "method", "GET") };
    sim_answer answer = { .status = 200, .cut_at = -1 };
    char account[32] = "";
    const sim_fault *lost;

    batch_parameters(outer, op, &request);
    (void)sim_meta.account_of(meta_site(outer->sim), &request, account);
    lost = sim_fault_pick(outer->sim, &request, "element", account);
    if (!lost || sim_json_bool(lost->spec, "applied", false)) batch_serve(outer, &request, &answer);
    if (lost) { /* time ran out for this one: nobody says whether it was done */
        sim_json_string(out, NULL);
        sim_answer_free(&answer);
        return;
    }
    sim_json_open(out, '{');
    sim_json_pair_int(out, "code", answer.status);
    if (headers) batch_headers(out, &answer);
    sim_json_key(out, "body");
    sim_json_text(out, answer.body.p ? answer.body.p : "", answer.body.size);
    sim_putc(out, '}');
    outer->answer->rows += answer.rows;
    sim_answer_free(&answer);
}

void meta_batch(meta_call *call)
{
    const char *text = meta_param(call, "batch"), *headers = meta_param(call, "include_headers");
    const sim_json *list = sim_json_parse(call->request->arena, text, strlen(text));
    int64_t count = 0;

    call->answer->action = "batch";
    for (const sim_json *op = list && list->kind == 'a' ? list->child : NULL; op; op = op->next) {
        count++;
        if (sim_json_get(op, "depends_on") || strstr(sim_json_str(op, "relative_url", ""), "{result=")) {
            (void)meta_fail_param(call, "(#100) adsim does not play dependencies between the elements of a batch");
            return;
        }
    }
    if (!count || count > BATCH_MOST) {
        (void)meta_fail_param(call, count ? "(#100) Too many requests in batch message. Maximum batch size is 50"
                                          : "(#100) batch parameter must be a JSON array");
        return;
    }
    if (!call->token_text) {
        (void)meta_authorize(call);
        return;
    }
    sim_putc(&call->answer->body, '[');
    count = 0;
    for (const sim_json *op = list->child; op; op = op->next) batch_element(call, op, ++count, !headers || strcmp(headers, "false"));
    sim_putc(&call->answer->body, ']');
}
