/* SPDX-License-Identifier: MIT */
/*
 * The query as Rest.li 2.0 writes it: the structure's own signs raw, everything inside percent-encoded, a space as %20. What is off by a
 * sign is refused, as the real one does; a structure that was encoded as a whole is a plain text where none is expected.
 */
#include "linkedin.h"

#include <stdlib.h>

typedef struct restli_reader {
    sim_arena *arena;
    const char *p, *end;
    const char *syntax; /* the sign that no URI may hold */
    int depth;
    bool structures, bad;
} restli_reader;

static int restli_hex(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;

    return at ? (int)((at - digits) % 16) : -1;
}

const char *linkedin_unquote(sim_arena *arena, const char *text, size_t size)
{
    char *out = sim_alloc(arena, size + 1);
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        bool coded = text[i] == '%' && i + 2 < size && restli_hex(text[i + 1]) >= 0 && restli_hex(text[i + 2]) >= 0;

        out[n++] = coded ? (char)(restli_hex(text[i + 1]) << 4 | restli_hex(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    return out;
}

static bool restli_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~%*", c));
}

/* a value up to the next sign of structure */
static const char *restli_text(restli_reader *r)
{
    const char *from = r->p;

    if (r->end - r->p >= 2 && r->p[0] == '\'' && r->p[1] == '\'') {
        r->p += 2;
        return "";
    }
    while (r->p < r->end && restli_plain(*r->p)) {
        bool escape = *r->p != '%' || (r->end - r->p > 2 && restli_hex(r->p[1]) >= 0 && restli_hex(r->p[2]) >= 0);

        if (!escape) r->bad = true;
        r->p++;
    }
    if (r->p == from) r->bad = true;
    if (r->p < r->end && strchr("|\"<>^`{}\\ ", *r->p)) r->syntax = sim_copy(r->arena, r->p, 1);
    return linkedin_unquote(r->arena, from, (size_t)(r->p - from));
}

static bool restli_take(restli_reader *r, const char *sign)
{
    size_t size = strlen(sign);

    if ((size_t)(r->end - r->p) < size || memcmp(r->p, sign, size)) return false;
    r->p += size;
    return true;
}

static linkedin_value *restli_value(restli_reader *r);

/* the members of a map, or of a list, up to and with the closing sign */
static void restli_members(restli_reader *r, linkedin_value *value)
{
    linkedin_value **tail = &value->child;

    if (restli_take(r, ")")) return;
    do {
        const char *name = value->kind == 'm' ? restli_text(r) : NULL;

        if (name && !restli_take(r, ":")) r->bad = true;
        if (r->bad) return;
        *tail = restli_value(r);
        (*tail)->name = name;
        tail = &(*tail)->next;
    } while (!r->bad && restli_take(r, ","));
    if (!restli_take(r, ")")) r->bad = true;
}

static linkedin_value *restli_value(restli_reader *r)
{
    linkedin_value *value = sim_alloc(r->arena, sizeof *value);

    value->kind = 's';
    if (++r->depth > 16) r->bad = true;
    if (r->structures && restli_take(r, "List("))
        value->kind = 'l';
    else if (r->structures && restli_take(r, "("))
        value->kind = 'm';
    if (r->bad) return value;
    if (value->kind == 's')
        value->text = restli_text(r);
    else
        restli_members(r, value);
    r->depth--;
    return value;
}

/* name=value, read as it came */
static void restli_param(sim_arena *arena, linkedin_query *query, linkedin_value ***tail, const char *text, size_t size, bool structures)
{
    const char *equals = memchr(text, '=', size), *name;
    size_t before = equals ? (size_t)(equals - text) : size;
    restli_reader r = { .arena = arena, .p = equals ? equals + 1 : text + size, .end = text + size, .structures = structures };
    linkedin_value *value;

    name = linkedin_unquote(arena, text, before);
    if (strcmp(name, "pageToken")) query->check += sim_hash_bytes(3, text, size); /* in any order */
    if (!strcmp(name, "fields")) {
        query->fields = linkedin_unquote(arena, r.p, (size_t)(r.end - r.p));
        if (!strncmp(query->fields, "List(", 5) || memchr(r.p, '+', (size_t)(r.end - r.p))) query->bad = name;
        return;
    }
    value = restli_value(&r);
    value->name = name;
    if (r.syntax && !query->syntax) query->syntax = r.syntax;
    if ((r.bad || r.p != r.end) && !query->bad) query->bad = name;
    **tail = value;
    *tail = &value->next;
}

void linkedin_query_read(sim_arena *arena, const char *text, bool structures, linkedin_query *query)
{
    linkedin_value **tail = &query->params;

    *query = (linkedin_query){ .check = 1 };
    while (*text) {
        size_t size = strcspn(text, "&");

        if (size) restli_param(arena, query, &tail, text, size, structures);
        text += size + (text[size] == '&');
    }
}

const linkedin_value *linkedin_member(const linkedin_value *map, const char *name)
{
    for (const linkedin_value *v = map && map->kind == 'm' ? map->child : NULL; v; v = v->next) {
        if (!strcmp(v->name, name)) return v;
    }
    return NULL;
}

const linkedin_value *linkedin_param(const linkedin_query *query, const char *name)
{
    for (const linkedin_value *v = query->params; v; v = v->next) {
        if (!strcmp(v->name, name)) return v;
    }
    return NULL;
}

bool linkedin_number(const linkedin_value *value, int64_t *number)
{
    size_t size = value && value->kind == 's' ? strlen(value->text) : 0;

    if (!size || size > 18 || strspn(value->text, "0123456789") != size || (size > 1 && value->text[0] == '0')) return false;
    *number = strtoll(value->text, NULL, 10);
    return true;
}

/* ---- fields=a,b:(c,d) */

/* where the list that stands at `at` ends */
static const char *restli_fields_end(const char *at)
{
    int depth = 0;

    while (*at && (depth || *at != ')')) {
        depth += (*at == '(') - (*at == ')');
        at++;
    }
    return at;
}

/* the sub-list of a name; NULL: not named; "": all of it */
static const char *restli_named(const char *fields, const char *name)
{
    size_t size = strlen(name);
    const char *end = restli_fields_end(fields);

    while (fields < end) {
        size_t length = strcspn(fields, ",:)");
        bool found = length == size && !strncmp(fields, name, size), nested = fields[length] == ':' && fields[length + 1] == '(';

        if (found) return nested ? fields + length + 2 : "";
        fields += length;
        if (nested) fields = restli_fields_end(fields + 2) + 1;
        fields += *fields == ',' || *fields == ')';
    }
    return NULL;
}

bool linkedin_named(const linkedin_query *query, const char *name) { return query->fields && restli_named(query->fields, name); }

static void restli_keep(sim_text *out, const sim_json *object, const char *fields)
{
    if (!*fields || object->kind != 'o') {
        sim_json_write(out, object);
        return;
    }
    sim_json_open(out, '{');
    for (const sim_json *m = object->child; m; m = m->next) {
        const char *inner = restli_named(fields, m->name);

        if (!inner) continue;
        sim_json_key(out, m->name);
        restli_keep(out, m, inner);
    }
    sim_putc(out, '}');
}

void linkedin_project(sim_text *out, sim_arena *arena, const sim_text *object, const char *fields)
{
    if (!fields || !*fields) {
        sim_comma(out);
        sim_add(out, object->p, object->size);
        return;
    }
    restli_keep(out, sim_json_parse(arena, object->p, object->size), fields);
}
