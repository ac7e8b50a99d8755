/* SPDX-License-Identifier: MIT */
/* A small reader of JSON. Numbers keep their text, so that 19 digits stay 19 digits. */
#include "core.h"

#include <stdlib.h>

#define JSON_DEPTH 64

typedef struct json_reader {
    sim_arena *arena;
    const char *p, *end;
    int depth;
} json_reader;

static void json_space(json_reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) r->p++;
}

static bool json_take(json_reader *r, char c)
{
    json_space(r);
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static int json_hex4(const char *p)
{
    int v = 0;

    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *at = p[i] ? strchr(digits, p[i]) : NULL;

        if (!at) return -1;
        v = v << 4 | ((at - digits) & 15);
    }
    return v;
}

static size_t json_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* after "\u": how many bytes were written, 0 for nonsense */
static size_t json_unicode(json_reader *r, char *out)
{
    int high, low;

    if (r->end - r->p < 4 || (high = json_hex4(r->p)) < 0) return 0;
    r->p += 4;
    if (high < 0xd800 || high > 0xdbff) return json_utf8(out, (uint32_t)high);
    if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u' || (low = json_hex4(r->p + 2)) < 0xdc00 || low > 0xdfff) return 0;
    r->p += 6;
    return json_utf8(out, 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
}

static char *json_quoted(json_reader *r, size_t *size)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *stop = r->p;
    char *out;
    size_t n = 0, more;

    while (stop < r->end && *stop != '"') stop += *stop == '\\' && stop + 1 < r->end ? 2 : 1;
    if (stop >= r->end) return NULL;
    out = sim_alloc(r->arena, (size_t)(stop - r->p) + 1);
    while (*r->p != '"') {
        const char *known;

        if (*r->p != '\\') {
            out[n++] = *r->p++;
            continue;
        }
        r->p++;
        if (*r->p == 'u') {
            r->p++;
            if (!(more = json_unicode(r, out + n))) return NULL;
            n += more;
            continue;
        }
        if (!*r->p || !(known = strchr(from, *r->p))) return NULL;
        out[n++] = to[known - from];
        r->p++;
    }
    r->p++;
    *size = n;
    return out;
}

static sim_json *json_value(json_reader *r); /* nested values: the one recursion of this file */

static bool json_members(json_reader *r, sim_json *value, char close)
{
    sim_json **tail = &value->child;

    if (json_take(r, close)) return true;
    do {
        char *name = NULL;
        size_t size;

        if (close == '}') {
            if (!json_take(r, '"') || !(name = json_quoted(r, &size)) || !json_take(r, ':')) return false;
        }
        if (!(*tail = json_value(r))) return false;
        (*tail)->name = name;
        tail = &(*tail)->next;
    } while (json_take(r, ','));
    return json_take(r, close);
}

static bool json_word(json_reader *r, sim_json *value)
{
    static const char *const words[] = { "true", "false", "null" };
    const char *from = r->p;

    for (size_t i = 0; i < SIM_COUNT(words); i++) {
        size_t size = strlen(words[i]);

        if ((size_t)(r->end - r->p) < size || memcmp(r->p, words[i], size)) continue;
        *value = (sim_json){ .kind = "tf0"[i], .text = words[i], .size = size };
        r->p += size;
        return true;
    }
    while (r->p < r->end && *r->p && strchr("+-.eE0123456789", *r->p)) r->p++;
    if (r->p == from) return false;
    *value = (sim_json){ .kind = 'n', .text = sim_copy(r->arena, from, (size_t)(r->p - from)), .size = (size_t)(r->p - from) };
    return true;
}

static sim_json *json_value(json_reader *r)
{
    sim_json *value = sim_alloc(r->arena, sizeof *value);
    bool fine;

    if (++r->depth > JSON_DEPTH) return NULL;
    json_space(r);
    if (json_take(r, '{')) {
        value->kind = 'o';
        fine = json_members(r, value, '}');
    } else if (json_take(r, '[')) {
        value->kind = 'a';
        fine = json_members(r, value, ']');
    } else if (json_take(r, '"')) {
        value->kind = 's';
        fine = (value->text = json_quoted(r, &value->size)) != NULL;
    } else {
        fine = json_word(r, value);
    }
    r->depth--;
    return fine ? value : NULL;
}

sim_json *sim_json_parse(sim_arena *arena, const char *text, size_t size)
{
    json_reader r = { .arena = arena, .p = text, .end = text + size };
    sim_json *value = json_value(&r);

    json_space(&r);
    return value && r.p == r.end ? value : NULL;
}

const sim_json *sim_json_get(const sim_json *object, const char *name)
{
    if (!object || object->kind != 'o') return NULL;
    for (const sim_json *m = object->child; m; m = m->next) {
        if (!strcmp(m->name, name)) return m;
    }
    return NULL;
}

const char *sim_json_str(const sim_json *object, const char *name, const char *otherwise)
{
    const sim_json *m = sim_json_get(object, name);

    return m && m->text && m->kind != '0' ? m->text : otherwise;
}

int64_t sim_json_int(const sim_json *object, const char *name, int64_t otherwise)
{
    const sim_json *m = sim_json_get(object, name);

    return m && m->text && (m->kind == 'n' || m->kind == 's') ? strtoll(m->text, NULL, 10) : otherwise;
}

double sim_json_number(const sim_json *object, const char *name, double otherwise)
{
    const sim_json *m = sim_json_get(object, name);

    return m && m->kind == 'n' ? strtod(m->text, NULL) : otherwise;
}

bool sim_json_bool(const sim_json *object, const char *name, bool otherwise)
{
    const sim_json *m = sim_json_get(object, name);

    return m && (m->kind == 't' || m->kind == 'f') ? m->kind == 't' : otherwise;
}

void sim_json_write(sim_text *out, const sim_json *value)
{
    if (value->kind == 's') {
        sim_json_text(out, value->text, value->size);
        return;
    }
    sim_comma(out);
    if (value->kind != 'o' && value->kind != 'a') {
        sim_add(out, value->text, value->size);
        return;
    }
    sim_putc(out, value->kind == 'o' ? '{' : '[');
    for (const sim_json *m = value->child; m; m = m->next) {
        if (m->name) {
            sim_json_string(out, m->name);
            sim_putc(out, ':');
        }
        sim_json_write(out, m);
    }
    sim_putc(out, value->kind == 'o' ? '}' : ']');
}
