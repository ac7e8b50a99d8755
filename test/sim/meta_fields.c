/* SPDX-License-Identifier: MIT */
/* fields=id,name,creative{id,name},ads.limit(50){id}; also as a JSON list of such texts. */
#include "meta.h"

#include <stdlib.h>

#define FIELDS_DEPTH 6

typedef struct fields_reader {
    sim_arena *arena;
    const char *p;
    int depth;
} fields_reader;

static void fields_space(fields_reader *r)
{
    while (*r->p == ' ' || *r->p == '\n' || *r->p == '\t') r->p++;
}

/* .limit(50).filtering(...): only the limit matters here */
static bool fields_modifiers(fields_reader *r, meta_fields *field)
{
    while (*r->p == '.') {
        const char *name = ++r->p;
        size_t size = strcspn(name, "(");
        int depth = 1;

        if (!name[size]) return false;
        r->p = name + size + 1;
        if (size == 5 && !strncmp(name, "limit", 5)) field->limit = strtoll(r->p, NULL, 10);
        for (; *r->p && depth; r->p++) depth += (*r->p == '(') - (*r->p == ')');
        if (depth) return false;
    }
    return true;
}

static bool fields_list(fields_reader *r, meta_fields **out); /* braces nest: the one recursion of this file */

static bool fields_one(fields_reader *r, meta_fields *field)
{
    size_t size;

    fields_space(r);
    size = strspn(r->p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");
    if (!size) return false;
    field->name = sim_copy(r->arena, r->p, size);
    r->p += size;
    if (!fields_modifiers(r, field)) return false;
    fields_space(r);
    if (*r->p != '{') return true;
    r->p++;
    if (++r->depth > FIELDS_DEPTH || !fields_list(r, &field->child) || *r->p != '}') return false;
    r->depth--;
    r->p++;
    fields_space(r);
    return true;
}

static bool fields_list(fields_reader *r, meta_fields **out)
{
    for (;;) {
        meta_fields *field = sim_alloc(r->arena, sizeof *field);

        if (!fields_one(r, field)) return false;
        *out = field;
        out = &field->next;
        if (*r->p != ',') return true;
        r->p++;
    }
}

meta_fields *meta_fields_read(sim_arena *arena, const char *text)
{
    fields_reader r = { .arena = arena };
    const sim_json *list = *text == '[' ? sim_json_parse(arena, text, strlen(text)) : NULL;
    sim_text joined = { 0 };
    meta_fields *fields = NULL;
    bool fine;

    for (const sim_json *m = list ? list->child : NULL; m; m = m->next) {
        if (joined.size) sim_putc(&joined, ',');
        sim_puts(&joined, m->text ? m->text : "");
    }
    r.p = list ? (joined.p ? joined.p : "") : text;
    fine = fields_list(&r, &fields) && !*r.p;
    sim_free(&joined);
    return fine ? fields : NULL;
}

size_t meta_fields_count(const meta_fields *fields)
{
    size_t count = 0;

    for (; fields; fields = fields->next) count += 1 + meta_fields_count(fields->child) * (fields->limit > 0 ? (size_t)fields->limit : 1);
    return count;
}
