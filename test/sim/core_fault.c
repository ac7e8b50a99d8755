/* SPDX-License-Identifier: MIT */
/*
 * Faults. Each is one JSON object: what it matches (host, path, method, account, contains), when it fires (skip the first n, at most
 * count, with a probability drawn from the seed) and what it does (kind and its arguments). At most one fault of each stage acts on a
 * request: the delay first, then one instead of the platform's answer, then one on the bytes that leave.
 */
#include "site.h"

#include <stdlib.h>

typedef void fault_fn(sim_request *request, sim_answer *answer, const sim_fault *fault);

typedef struct fault_kind {
    const char *name, *stage;
    fault_fn *act; /* NULL: the platform knows the shape */
} fault_kind;

static void fault_replace(sim_request *request, sim_answer *answer, int status, const char *type, const char *body)
{
    sim_clear(&answer->body);
    sim_puts(&answer->body, body);
    answer->status = status;
    answer->type = sim_copy(request->arena, type, strlen(type));
}

static int fault_status(const sim_fault *fault, int otherwise) { return (int)sim_json_int(fault->spec, "status", otherwise); }

static void fault_do_latency(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    (void)request;
    answer->delay_ms += sim_json_int(fault->spec, "ms", 1000);
}

static void fault_do_drop(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    (void)request;
    (void)fault;
    answer->drop = true;
}

static void fault_do_status(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_replace(request, answer, fault_status(fault, 500), sim_json_str(fault->spec, "type", "text/plain"),
                  sim_json_str(fault->spec, "body", ""));
}

static void fault_do_body(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    const char *coded = sim_json_str(fault->spec, "base64", NULL);
    char *bytes;

    fault_replace(request, answer, fault_status(fault, 200), sim_json_str(fault->spec, "type", "application/json"), "");
    if (!coded) {
        const sim_json *text = sim_json_get(fault->spec, "text");

        if (text && text->text) sim_add(&answer->body, text->text, text->size);
        return;
    }
    bytes = sim_alloc(request->arena, strlen(coded) + 1);
    sim_add(&answer->body, bytes, sim_base64_read(bytes, coded, strlen(coded)));
}

static void fault_do_html(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_replace(
        request, answer, fault_status(fault, 503), "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html lang=\"en\" id=\"facebook\"><head><title>Error</title></head><body>"
        "<h1>Sorry, something went wrong.</h1><p>We're working on it and we'll get it fixed as soon as we can.</p></body></html>\n");
}

static void fault_do_deep(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    int64_t depth = sim_json_int(fault->spec, "depth", 100000);

    fault_replace(request, answer, fault_status(fault, 200), "application/json", "{\"data\":");
    for (int64_t i = 0; i < depth; i++) sim_putc(&answer->body, '[');
    for (int64_t i = 0; i < depth; i++) sim_putc(&answer->body, ']');
    sim_putc(&answer->body, '}');
}

static void fault_do_huge(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_replace(request, answer, fault_status(fault, 200), "application/json", "{\"data\":[],\"noise\":\"");
    answer->pad = sim_json_int(fault->spec, "bytes", 100 * 1000 * 1000);
    answer->pad_end = "\"}";
}

static void fault_do_redirect(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_replace(request, answer, fault_status(fault, 302), "text/html", "");
    sim_answer_header(answer, "Location", sim_json_str(fault->spec, "location", "https://collector.example/take"));
}

static void fault_do_truncate(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    (void)request;
    answer->cut_at = sim_json_int(fault->spec, "bytes", (int64_t)answer->body.size * sim_json_int(fault->spec, "percent", 50) / 100);
}

static void fault_do_stall(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_do_truncate(request, answer, fault);
    answer->stall_ms = sim_json_int(fault->spec, "ms", 5000);
}

static void fault_do_length(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    (void)request;
    answer->length_delta = sim_json_int(fault->spec, "delta", 100);
}

static void fault_do_header(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    (void)request;
    sim_answer_header(answer, sim_json_str(fault->spec, "name", "X-Fault"), sim_json_str(fault->spec, "value", ""));
}

/* every occurrence of one text in the body becomes another: wrong types, doubled keys, foreign next links */
static void fault_swap(sim_request *request, sim_answer *answer, const char *from, const char *to)
{
    const char *at = answer->body.p ? answer->body.p : "", *found;
    char *old;

    if (!*from || !strstr(at, from)) return;
    at = old = sim_copy(request->arena, answer->body.p, answer->body.size);
    sim_clear(&answer->body);
    while ((found = strstr(at, from))) {
        sim_add(&answer->body, at, (size_t)(found - at));
        sim_puts(&answer->body, to);
        at = found + strlen(from);
    }
    sim_add(&answer->body, at, (size_t)(old + strlen(old) - at));
}

static void fault_do_replace(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    fault_swap(request, answer, sim_json_str(fault->spec, "from", ""), sim_json_str(fault->spec, "to", ""));
}

static void fault_do_next_host(sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    static const char *const slashes[] = { "\\/\\/", "//" }; /* as PHP writes them, and as others do */
    sim_text from = { 0 }, to = { 0 };

    for (size_t i = 0; i < SIM_COUNT(slashes); i++) {
        sim_clear(&from);
        sim_clear(&to);
        sim_printf(&from, "%s:%s%s", request->scheme, slashes[i], request->authority);
        sim_printf(&to, "%s:%s%s", sim_json_str(fault->spec, "scheme", request->scheme), slashes[i],
                   sim_json_str(fault->spec, "to", "collector.example"));
        fault_swap(request, answer, from.p, to.p);
        if (!i) fault_swap(request, answer, "https:\\/\\/graph.facebook.com", to.p);
    }
    sim_free(&from);
    sim_free(&to);
}

static const fault_kind fault_kinds[] = {
    { "latency", "delay", fault_do_latency },
    { "cut_before", "before", fault_do_drop },
    { "status", "before", fault_do_status },
    { "body", "before", fault_do_body },
    { "html", "before", fault_do_html },
    { "deep", "before", fault_do_deep },
    { "huge", "before", fault_do_huge },
    { "redirect", "before", fault_do_redirect },
    { "error", "before", NULL },
    { "throttle", "before", NULL },
    { "token_death", "before", NULL },
    { "cut_after", "after", fault_do_drop },
    { "truncate", "after", fault_do_truncate },
    { "stall", "after", fault_do_stall },
    { "length", "after", fault_do_length },
    { "header", "after", fault_do_header },
    { "replace", "after", fault_do_replace },
    { "next_host", "after", fault_do_next_host },
    { "run", "run", NULL },
    { "null_element", "element", NULL },
};

static const fault_kind *fault_kind_of(const char *name)
{
    for (size_t i = 0; i < SIM_COUNT(fault_kinds); i++) {
        if (!strcmp(fault_kinds[i].name, name)) return &fault_kinds[i];
    }
    return NULL;
}

const char *sim_fault_add(sim_world *sim, const sim_json *spec, int64_t *id)
{
    const char *kind = sim_json_str(spec, "kind", "");
    sim_fault **tail = &sim->faults, *fault;
    sim_text text = { 0 };

    if (!fault_kind_of(kind)) return "no such kind of fault";
    sim_json_write(&text, spec);
    fault = sim_need(calloc(1, sizeof *fault));
    fault->text = text.p;
    fault->spec = spec = sim_json_parse(&fault->arena, text.p, text.size);
    fault->kind = sim_json_str(spec, "kind", "");
    fault->host = sim_json_str(spec, "host", NULL);
    fault->path = sim_json_str(spec, "path", NULL);
    fault->method = sim_json_str(spec, "method", NULL);
    fault->account = sim_json_str(spec, "account", NULL);
    fault->contains = sim_json_str(spec, "contains", NULL);
    fault->count = sim_json_int(spec, "count", INT64_MAX);
    fault->skip = sim_json_int(spec, "skip", 0);
    fault->probability = sim_json_number(spec, "probability", 1.0);
    fault->id = *id = ++sim->fault_serial;
    while (*tail) tail = &(*tail)->next;
    *tail = fault;
    return NULL;
}

bool sim_fault_remove(sim_world *sim, int64_t id)
{
    bool any = !id;

    for (sim_fault **at = &sim->faults; *at;) {
        sim_fault *fault = *at;

        if (id && fault->id != id) {
            at = &fault->next;
            continue;
        }
        *at = fault->next;
        any = true;
        sim_arena_free(&fault->arena);
        free(fault->text);
        free(fault);
    }
    return any;
}

void sim_fault_list(sim_world *sim, sim_text *out)
{
    sim_json_open(out, '[');
    for (const sim_fault *fault = sim->faults; fault; fault = fault->next) {
        sim_json_open(out, '{');
        sim_json_pair_int(out, "id", fault->id);
        sim_json_pair_int(out, "seen", fault->seen);
        sim_json_pair_int(out, "hits", fault->hits);
        sim_json_key(out, "fault");
        sim_puts(out, fault->text);
        sim_putc(out, '}');
    }
    sim_putc(out, ']');
}

const char *sim_faults_read(sim_world *sim, const char *file)
{
    FILE *from = fopen(file, "rb");
    sim_text text = { 0 };
    sim_arena arena = { 0 };
    const sim_json *list;
    const char *wrong = NULL;
    char block[4096];
    size_t size;
    int64_t id;

    if (!from) return "cannot be read";
    while ((size = fread(block, 1, sizeof block, from))) sim_add(&text, block, size);
    fclose(from);
    if (text.size && (list = sim_json_parse(&arena, text.p, text.size)) && list->kind == 'a') {
        for (list = list->child; list && !wrong; list = list->next) wrong = sim_fault_add(sim, list, &id);
        goto done;
    }
    for (char *line = text.p; line && *line && !wrong;) {
        size_t length = strcspn(line, "\n");

        list = length ? sim_json_parse(&arena, line, length) : NULL;
        if (length) wrong = list ? sim_fault_add(sim, list, &id) : "is not JSON";
        line += length + (line[length] == '\n');
    }
done:
    sim_arena_free(&arena);
    sim_free(&text);
    return wrong;
}

static bool fault_matches(const sim_fault *fault, const sim_request *request, const char *account)
{
    if (fault->host && !sim_glob(fault->host, request->host)) return false;
    if (fault->path && !sim_glob(fault->path, request->path)) return false;
    if (fault->method && strcmp(fault->method, request->method)) return false;
    if (fault->account && strcmp(fault->account, account)) return false;
    if (!fault->contains) return true;
    return strstr(request->raw_query, fault->contains) || (request->body && strstr(request->body, fault->contains));
}

const sim_fault *sim_fault_pick(sim_world *sim, const sim_request *request, const char *stage, const char *account)
{
    for (sim_fault *fault = sim->faults; fault; fault = fault->next) {
        uint64_t draw;

        if (fault->hits >= fault->count || strcmp(fault_kind_of(fault->kind)->stage, stage)) continue;
        if (!fault_matches(fault, request, account)) continue;
        if (fault->seen++ < fault->skip) continue;
        draw = sim_hash((uint64_t)sim->options.seed, 0xfa, (uint64_t)fault->id, (uint64_t)fault->seen) >> 11;
        if ((double)draw / (double)(1ull << 53) >= fault->probability) continue;
        fault->hits++;
        sim->stats.faults++;
        return fault;
    }
    return NULL;
}

static void fault_act(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    const fault_kind *kind = fault_kind_of(fault->kind);

    if (kind->act)
        kind->act(request, answer, fault);
    else
        site->platform->refuse(site, request, answer, fault);
}

/* for the log: latency+throttle */
static void fault_names(char *out, size_t room, const sim_fault *const acted[3])
{
    for (int i = 0; i < 3; i++) {
        size_t used = strlen(out);

        if (acted[i]) (void)snprintf(out + used, room - used, "%s%s", used ? "+" : "", acted[i]->kind);
    }
}

void sim_serve(sim_world *sim, sim_request *request, sim_answer *answer)
{
    sim_site *site = sim_site_at(sim, request->host);
    const sim_fault *delay, *before, *after;
    char account[40] = "", name[96] = "";

    if (!site) {
        fault_replace(request, answer, 404, "text/plain", "adsim plays no such host\n");
        sim_log_write(sim, request, answer, NULL);
        return;
    }
    (void)site->platform->account_of(site, request, account);
    answer->delay_ms = sim->options.latency;
    if ((delay = sim_fault_pick(sim, request, "delay", account))) fault_act(site, request, answer, delay);
    before = sim_fault_pick(sim, request, "before", account);
    if (!before || sim_json_bool(before->spec, "applied", false)) {
        site->platform->handle(site, request, answer);
        answer->applied = true;
    }
    if (before) fault_act(site, request, answer, before);
    after = answer->drop ? NULL : sim_fault_pick(sim, request, "after", account);
    if (after) fault_act(site, request, answer, after);
    fault_names(name, sizeof name, (const sim_fault *const[]){ delay, before, after });
    sim_log_write(sim, request, answer, *name ? name : NULL);
}
