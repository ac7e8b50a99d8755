/* SPDX-License-Identifier: MIT */
#include "core.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

void *sim_need(void *p)
{
    if (p) return p;
    fputs("adsim: no memory left\n", stderr);
    abort();
}

void sim_free(sim_text *text)
{
    free(text->p);
    *text = (sim_text){ 0 };
}

void sim_clear(sim_text *text)
{
    text->size = 0;
    if (text->p) text->p[0] = 0;
}

static void text_grow(sim_text *text, size_t more)
{
    size_t need = text->size + more + 1;

    if (need <= text->room) return;
    text->room = text->room < 256 ? 512 : text->room * 2;
    if (text->room < need) text->room = need;
    text->p = sim_need(realloc(text->p, text->room));
}

void sim_add(sim_text *text, const void *p, size_t size)
{
    text_grow(text, size);
    if (size) memcpy(text->p + text->size, p, size);
    text->size += size;
    text->p[text->size] = 0;
}

void sim_puts(sim_text *text, const char *s) { sim_add(text, s, strlen(s)); }

void sim_putc(sim_text *text, char c) { sim_add(text, &c, 1); }

void sim_printf(sim_text *text, const char *format, ...)
{
    va_list list;
    int size;

    va_start(list, format);
    size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size < 0) return;
    text_grow(text, (size_t)size);
    va_start(list, format);
    (void)vsnprintf(text->p + text->size, (size_t)size + 1, format, list);
    va_end(list);
    text->size += (size_t)size;
}

void sim_int(sim_text *text, int64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--p = '-';
    sim_add(text, p, (size_t)(digits + sizeof digits - p));
}

void sim_comma(sim_text *out)
{
    char last = out->size ? out->p[out->size - 1] : '{';

    if (last != '{' && last != '[' && last != ':' && last != '\n') sim_putc(out, ',');
}

static uint32_t text_code_point(const unsigned char *s, size_t size, size_t *used)
{
    static const unsigned char lead[] = { 0x7f, 0, 0x1f, 0x0f, 0x07 };
    size_t more = s[0] < 0x80 ? 0 : s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : 1;
    uint32_t c;

    *used = 1;
    if (s[0] >= 0x80 && (s[0] < 0xc0 || more >= size)) return 0xfffd;
    c = more ? s[0] & lead[more + 1] : s[0];
    for (size_t i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0xfffd;
        c = c << 6 | (s[i] & 0x3f);
    }
    *used = more + 1;
    return c;
}

static void text_escape(sim_text *out, uint32_t c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if ((unsigned char)shorts[i] != c) continue;
        sim_putc(out, '\\');
        sim_putc(out, shorts[i + 1]);
        return;
    }
    if (c >= 0x10000) {
        sim_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)), (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
        return;
    }
    sim_printf(out, "\\u%04x", (unsigned)c);
}

static bool text_plain(const sim_text *out, unsigned char c)
{
    if (c < 0x20 || c == '"' || c == '\\') return false;
    return !out->ascii || (c < 0x7f && c != '/');
}

void sim_json_text(sim_text *out, const char *s, size_t size)
{
    size_t used;

    sim_comma(out);
    sim_putc(out, '"');
    for (size_t i = 0; i < size; i += used) {
        size_t from = i;
        uint32_t c;

        while (i < size && text_plain(out, (unsigned char)s[i])) i++;
        sim_add(out, s + from, i - from);
        if (i == size) break;
        c = text_code_point((const unsigned char *)s + i, size - i, &used);
        if (c == '/') sim_puts(out, "\\/");
        if (c != '/') text_escape(out, c);
    }
    sim_putc(out, '"');
}

void sim_json_string(sim_text *out, const char *s)
{
    if (s) {
        sim_json_text(out, s, strlen(s));
        return;
    }
    sim_comma(out);
    sim_puts(out, "null");
}

void sim_json_key(sim_text *out, const char *name)
{
    sim_comma(out);
    sim_putc(out, '"');
    sim_puts(out, name);
    sim_puts(out, "\":");
}

void sim_json_open(sim_text *out, char bracket)
{
    sim_comma(out);
    sim_putc(out, bracket);
}

void sim_json_pair(sim_text *out, const char *name, const char *s)
{
    sim_json_key(out, name);
    sim_json_string(out, s);
}

void sim_json_pair_int(sim_text *out, const char *name, int64_t value)
{
    sim_json_key(out, name);
    sim_int(out, value);
}

void sim_json_pair_bool(sim_text *out, const char *name, bool value)
{
    sim_json_key(out, name);
    sim_puts(out, value ? "true" : "false");
}

void sim_json_id(sim_text *out, const char *name, int64_t id)
{
    sim_json_key(out, name);
    sim_putc(out, '"');
    sim_int(out, id);
    sim_putc(out, '"');
}

static uint64_t text_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t sim_hash(uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return text_mix(text_mix(text_mix(text_mix(a) ^ b) ^ c) ^ d); }

uint64_t sim_hash_bytes(uint64_t seed, const void *p, size_t size)
{
    const unsigned char *s = p;
    uint64_t h = text_mix(seed ^ size);

    for (size_t i = 0; i < size; i++) h = text_mix(h ^ s[i]);
    return h;
}

void sim_hex(char *out, const uint8_t *p, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * size] = 0;
}

static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sim_base64(sim_text *out, const void *p, size_t size)
{
    const unsigned char *s = p;

    for (size_t i = 0; i < size; i += 3) {
        uint32_t v = (uint32_t)s[i] << 16 | (i + 1 < size ? (uint32_t)s[i + 1] << 8 : 0) | (i + 2 < size ? s[i + 2] : 0);

        sim_putc(out, base64_letters[v >> 18]);
        sim_putc(out, base64_letters[v >> 12 & 63]);
        sim_putc(out, i + 1 < size ? base64_letters[v >> 6 & 63] : '=');
        sim_putc(out, i + 2 < size ? base64_letters[v & 63] : '=');
    }
}

void sim_base64url(sim_text *out, const void *p, size_t size)
{
    size_t from = out->size;

    sim_base64(out, p, size);
    while (out->size > from && out->p[out->size - 1] == '=') out->p[--out->size] = 0;
    for (char *c = out->p + from; size && *c; c++) *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
}

size_t sim_base64_read(char *out, const char *s, size_t size)
{
    uint32_t v = 0;
    unsigned bits = 0;
    size_t n = 0;

    for (size_t i = 0; i < size && s[i] && s[i] != '='; i++) {
        const char *at = strchr(base64_letters, s[i]);

        if (!at) return 0;
        v = v << 6 | (uint32_t)(at - base64_letters);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out[n++] = (char)(v >> bits & 0xff);
    }
    return n;
}

void sim_percent(sim_text *out, const char *s, size_t size)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (size_t i = 0; i < size; i++) {
        if (s[i] && strchr(safe, s[i]))
            sim_putc(out, s[i]);
        else
            sim_printf(out, "%%%02X", (unsigned char)s[i]);
    }
}

bool sim_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
            continue;
        }
        if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
            continue;
        }
        if (!star) return false;
        pattern = star + 1;
        text = ++again;
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}
