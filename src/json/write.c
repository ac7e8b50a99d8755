/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdio.h>

void adsync__json_begin(adsync__json *json, adsync__buffer *out) { *json = (adsync__json){ .out = out }; }

static void write_comma(adsync__json *json)
{
    if (!json->keyed && json->any[json->depth]) adsync__buffer_char(json->out, ',');
    json->any[json->depth] = true;
    json->keyed = false;
}

void adsync__json_open(adsync__json *json, char bracket)
{
    write_comma(json);
    adsync__buffer_char(json->out, bracket);
    if (json->depth + 1 == ADSYNC__JSON_DEPTH) {
        json->out->failed = ADSYNC_E_TOO_BIG;
        return;
    }
    json->any[++json->depth] = false;
}

void adsync__json_close(adsync__json *json, char bracket)
{
    adsync__buffer_char(json->out, bracket);
    if (json->depth) json->depth--;
}

static void write_escaped(adsync__buffer *out, unsigned char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the character, its letter */
    char code[8];

    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if ((unsigned char)shorts[i] != c) continue;
        adsync__buffer_char(out, '\\');
        adsync__buffer_char(out, shorts[i + 1]);
        return;
    }
    (void)snprintf(code, sizeof code, "\\u%04x", c);
    adsync__buffer_text(out, code);
}

static bool write_plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

static void write_text(adsync__buffer *out, const char *p, size_t size)
{
    size_t from = 0;

    for (size_t i = 0; i < size; i++) {
        if (write_plain((unsigned char)p[i])) continue;
        adsync__buffer_add(out, p + from, i - from);
        write_escaped(out, (unsigned char)p[i]);
        from = i + 1;
    }
    adsync__buffer_add(out, p + from, size - from);
}

/* The slow path, for text that somebody damaged: what is a character goes through, each other byte becomes U+FFFD. */
static void write_damaged(adsync__buffer *out, const char *p, size_t size)
{
    for (size_t i = 0, n; i < size; i += n) {
        for (n = 1; n <= 4 && i + n <= size && !adsync__utf8_valid(p + i, n); n++) {}
        if (n > 4 || i + n > size) {
            n = 1;
            if (p[i]) adsync__buffer_text(out, "\xef\xbf\xbd");
            else write_escaped(out, 0);
            continue;
        }
        write_text(out, p + i, n);
    }
}

static void write_quoted(adsync__buffer *out, const char *p, size_t size)
{
    adsync__buffer_char(out, '"');
    if (adsync__utf8_valid(p, size)) write_text(out, p, size);
    else write_damaged(out, p, size);
    adsync__buffer_char(out, '"');
}

void adsync__json_key(adsync__json *json, const char *key)
{
    write_comma(json);
    write_quoted(json->out, key, strlen(key));
    adsync__buffer_char(json->out, ':');
    json->keyed = true;
}

void adsync__json_text(adsync__json *json, const char *p, size_t size)
{
    write_comma(json);
    write_quoted(json->out, p, size);
}

void adsync__json_int(adsync__json *json, int64_t value)
{
    write_comma(json);
    adsync__buffer_int(json->out, value);
}

void adsync__json_raw(adsync__json *json, const char *p, size_t size)
{
    write_comma(json);
    adsync__buffer_add(json->out, p, size);
}

void adsync__json_null(adsync__json *json) { adsync__json_raw(json, "null", 4); }
