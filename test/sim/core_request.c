/* SPDX-License-Identifier: MIT */
#include "core.h"

#include <stdlib.h>
#include <strings.h>

const char *sim_pairs_get(const sim_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (!strcmp(pairs->p[i].name, name)) return pairs->p[i].value;
    }
    return NULL;
}

const char *sim_header(const sim_request *request, const char *name)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        if (!strcasecmp(request->headers.p[i].name, name)) return request->headers.p[i].value;
    }
    return NULL;
}

void sim_pairs_add(sim_arena *arena, sim_pairs *pairs, const char *name, const char *value)
{
    if (pairs->count == pairs->room) {
        size_t room = pairs->room ? pairs->room * 2 : 16;
        sim_pair *p = sim_alloc(arena, room * sizeof *p);

        if (pairs->count) memcpy(p, pairs->p, pairs->count * sizeof *p);
        pairs->p = p;
        pairs->room = room;
    }
    pairs->p[pairs->count++] = (sim_pair){ sim_copy(arena, name, strlen(name)), sim_copy(arena, value, strlen(value)) };
}

static int request_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static char *request_decode(sim_arena *arena, const char *s, size_t size)
{
    char *out = sim_alloc(arena, size + 1);
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        if (s[i] == '%' && i + 2 < size && request_hex(s[i + 1]) >= 0 && request_hex(s[i + 2]) >= 0) {
            out[n++] = (char)(request_hex(s[i + 1]) << 4 | request_hex(s[i + 2]));
            i += 2;
            continue;
        }
        out[n++] = s[i];
        if (s[i] == '+') out[n - 1] = ' ';
    }
    return out;
}

void sim_query_read(sim_arena *arena, sim_pairs *pairs, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text)), *equals;

        if (!stop) stop = end;
        equals = memchr(text, '=', (size_t)(stop - text));
        if (stop > text) {
            const char *name_end = equals ? equals : stop, *value = equals ? equals + 1 : stop;

            sim_pairs_add(arena, pairs, request_decode(arena, text, (size_t)(name_end - text)),
                          request_decode(arena, value, (size_t)(stop - value)));
        }
        text = stop + 1;
    }
}

/* a JSON body: each member becomes a parameter; nested values as their own JSON text, as a form would hold them */
static void request_json_form(sim_request *request)
{
    const sim_json *body = sim_json_parse(request->arena, request->body, request->body_size);

    request->json_body_bad = !body || body->kind != 'o';
    for (const sim_json *m = request->json_body_bad ? NULL : body->child; m; m = m->next) {
        sim_text text = { 0 };

        if (m->kind == 's' || m->kind == 'n' || m->kind == 't' || m->kind == 'f')
            sim_add(&text, m->text, m->size);
        else
            sim_json_write(&text, m);
        sim_pairs_add(request->arena, &request->form, m->name, text.p);
        sim_free(&text);
    }
}

void sim_form_read(sim_request *request)
{
    const char *type = request->content_type ? request->content_type : "";

    if (!request->body_size) return;
    if (!strncasecmp(type, "application/json", 16)) request_json_form(request);
    if (!strncasecmp(type, "application/x-www-form-urlencoded", 33))
        sim_query_read(request->arena, &request->form, request->body, request->body_size);
}

void sim_answer_header(sim_answer *answer, const char *name, const char *value)
{
    sim_printf(&answer->headers, "%s: ", name);
    for (; *value; value++) {
        if (*value != '\n' && *value != '\r') sim_putc(&answer->headers, *value);
    }
    sim_putc(&answer->headers, '\n');
}

void sim_answer_free(sim_answer *answer)
{
    sim_free(&answer->body);
    sim_free(&answer->headers);
    sim_free(&answer->permits);
}
