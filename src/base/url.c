/* SPDX-License-Identifier: MIT */
/* URLs as platforms send them: taken apart without being decoded, so that what is put together again is what came. */
#include "url.h"

#include <strings.h>

static bool url_clean(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || *text == 0x7f || *text == '#' || *text == '\\') return false;
    return true;
}

static bool url_host(adsync__url *url, const char *from, const char *end)
{
    const char *colon = memchr(from, ':', (size_t)(end - from));
    uint32_t port = 0;

    url->host = from;
    url->host_size = (size_t)((colon ? colon : end) - from);
    for (const char *at = from; at < from + url->host_size; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_", *at)) return false;
    for (const char *at = colon ? colon + 1 : end; at < end; at++) {
        if (*at < '0' || *at > '9' || port > 65535) return false;
        port = port * 10 + (uint32_t)(*at - '0');
    }
    url->port = port;
    return url->host_size && port <= 65535 && (!colon || port);
}

bool adsync__url_split(const char *text, adsync__url *url)
{
    const char *host, *path, *query;

    *url = (adsync__url){ 0 };
    if (!text || !url_clean(text)) return false;
    url->https = !strncasecmp(text, "https://", 8);
    if (!url->https && strncasecmp(text, "http://", 7)) return false;
    host = text + (url->https ? 8 : 7);
    path = host + strcspn(host, "/?");
    query = strchr(path, '?');
    if (!url_host(url, host, path)) return false;
    url->path = path;
    url->path_size = query ? (size_t)(query - path) : strlen(path);
    url->query = query ? query + 1 : path + url->path_size;
    url->query_size = strlen(url->query);
    return true;
}

static bool url_plain(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void adsync__url_encode(adsync__buffer *out, const char *p, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t from = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)p[i];
        char escaped[3] = { '%', hex[c >> 4], hex[c & 15] };
        if (url_plain(c)) continue;
        adsync__buffer_add(out, p + from, i - from);
        adsync__buffer_add(out, escaped, sizeof escaped);
        from = i + 1;
    }
    adsync__buffer_add(out, p + from, size - from);
}

static int32_t url_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool adsync__url_decode(adsync__buffer *out, const char *p, size_t size, bool plus_is_blank)
{
    for (size_t i = 0; i < size; i++) {
        char c = p[i] == '+' && plus_is_blank ? ' ' : p[i];
        if (p[i] == '%') {
            if (size - i < 3 || url_digit(p[i + 1]) < 0 || url_digit(p[i + 2]) < 0) return false;
            c = (char)(url_digit(p[i + 1]) << 4 | url_digit(p[i + 2]));
            i += 2;
        }
        adsync__buffer_char(out, c);
    }
    return !out->failed;
}

bool adsync__url_next(const char **at, const char *end, adsync__url_field *field)
{
    const char *stop, *equals;

    while (*at < end && **at == '&') (*at)++;
    if (*at >= end) return false;
    if (!(stop = memchr(*at, '&', (size_t)(end - *at)))) stop = end;
    equals = memchr(*at, '=', (size_t)(stop - *at));
    field->name = *at;
    field->name_size = (size_t)((equals ? equals : stop) - *at);
    field->value = equals ? equals + 1 : stop;
    field->value_size = (size_t)(stop - field->value);
    *at = stop;
    return true;
}

bool adsync__url_raw(const char *query, size_t size, const char *name, const char **value, size_t *n)
{
    const char *at = query, *end = memchr(query, '#', size);
    adsync__url_field field;

    while (adsync__url_next(&at, end ? end : query + size, &field)) {
        if (field.name_size != strlen(name) || memcmp(field.name, name, field.name_size)) continue;
        *value = field.value;
        *n = field.value_size;
        return true;
    }
    return false;
}

bool adsync__url_find(const char *query, size_t size, const char *name, adsync__buffer *out)
{
    const char *value;
    size_t n;

    return adsync__url_raw(query, size, name, &value, &n) && adsync__url_decode(out, value, n, true);
}

static bool url_named(const adsync__url_field *field, const char *const *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (field->name_size == strlen(names[i]) && !strncasecmp(field->name, names[i], field->name_size)) return true;
    return false;
}

void adsync__url_without(adsync__buffer *out, const char *url, const char *const *names, uint32_t n)
{
    const char *query = strchr(url, '?'), *end = url + strlen(url), *at = query ? query + 1 : end;
    adsync__url_field field;
    char mark = '?';

    adsync__buffer_add(out, url, (size_t)((query ? query : end) - url));
    while (adsync__url_next(&at, end, &field)) {
        if (url_named(&field, names, n)) continue;
        adsync__buffer_char(out, mark);
        adsync__buffer_add(out, field.name, (size_t)(field.value + field.value_size - field.name));
        mark = '&';
    }
}
