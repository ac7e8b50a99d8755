/* SPDX-License-Identifier: MIT */
/* Whether a text is JSON (RFC 8259), without memory: what stands in a store may have been written by anybody, and one broken value must
 * not break the whole document it is embedded in. */
#include "json.h"

typedef struct valid_text {
    const char *p, *end;
    uint32_t depth;
    char open[ADSYNC__JSON_DEPTH]; /* '{' or '[' */
} valid_text;

static char valid_peek(const valid_text *v) { return v->p < v->end ? *v->p : 0; }

static bool valid_take(valid_text *v, char c)
{
    if (valid_peek(v) != c || v->p == v->end) return false;
    v->p++;
    return true;
}

static void valid_blanks(valid_text *v)
{
    while (v->p < v->end && strchr(" \t\n\r", *v->p) && *v->p) v->p++;
}

static bool valid_digits(valid_text *v) /* at least one */
{
    const char *from = v->p;

    while (valid_peek(v) >= '0' && valid_peek(v) <= '9') v->p++;
    return v->p > from;
}

static bool valid_number(valid_text *v)
{
    (void)valid_take(v, '-');
    if (!valid_take(v, '0') && !valid_digits(v)) return false;
    if (valid_take(v, '.') && !valid_digits(v)) return false;
    if (!valid_take(v, 'e') && !valid_take(v, 'E')) return true;
    if (!valid_take(v, '+')) (void)valid_take(v, '-');
    return valid_digits(v);
}

static bool valid_escape(valid_text *v)
{
    char c = valid_peek(v);

    if (!c || !strchr("\"\\/bfnrtu", c)) return false;
    v->p++;
    for (int i = 0; c == 'u' && i < 4; i++, v->p++)
        if (!valid_peek(v) || !strchr("0123456789abcdefABCDEF", valid_peek(v))) return false;
    return true;
}

static bool valid_string(valid_text *v)
{
    const char *from = v->p + 1;

    if (!valid_take(v, '"')) return false;
    while (v->p < v->end && *v->p != '"') {
        if ((unsigned char)*v->p < 0x20) return false;
        if (valid_take(v, '\\')) {
            if (!valid_escape(v)) return false;
            continue;
        }
        v->p++;
    }
    return adsync__utf8_valid(from, (size_t)(v->p - from)) && valid_take(v, '"');
}

static bool valid_scalar(valid_text *v)
{
    static const char *const words[] = { "true", "false", "null" };

    if (valid_peek(v) == '"') return valid_string(v);
    for (size_t i = 0; i < ADSYNC__COUNT(words); i++) {
        size_t size = strlen(words[i]);
        if ((size_t)(v->end - v->p) < size || memcmp(v->p, words[i], size)) continue;
        v->p += size;
        return true;
    }
    return valid_number(v);
}

static bool valid_close(valid_text *v)
{
    return v->depth && valid_take(v, v->open[v->depth - 1] == '{' ? '}' : ']') && v->depth--;
}

/* A scalar, or a bracket and what has to follow it: *more where a value comes next. In an object its key stands before. */
static bool valid_item(valid_text *v, bool *more)
{
    char c;

    valid_blanks(v);
    if (v->depth && v->open[v->depth - 1] == '{') {
        if (!valid_string(v)) return false;
        valid_blanks(v);
        if (!valid_take(v, ':')) return false;
        valid_blanks(v);
    }
    c = valid_peek(v);
    *more = false;
    if (c != '{' && c != '[') return valid_scalar(v);
    if (v->depth == ADSYNC__JSON_DEPTH) return false;
    v->open[v->depth++] = c;
    v->p++;
    valid_blanks(v);
    *more = !valid_close(v);
    return true;
}

bool adsync__json_valid(const char *p, size_t size)
{
    valid_text v = { .p = p, .end = p + size };
    bool more;

    do {
        if (!valid_item(&v, &more)) return false;
        while (!more) {
            valid_blanks(&v);
            if (valid_close(&v)) continue;
            if (!v.depth) return v.p == v.end;
            if (!(more = valid_take(&v, ','))) return false;
        }
    } while (more);
    return false;
}
