/* SPDX-License-Identifier: MIT */
/* P3: nothing that opens an account is left in what people or logs see. Names are matched wherever they end a word, so that
 * `fb_exchange_token` and `"client_secret" : ".."` go as `token` and `secret` do. More is taken out rather than less. */
#include "http.h"
#include "../crypto/crypto.h"

#include <strings.h>

static const char *const redact_names[] = {
    "token", "secret", "proof", "code", "verifier", "password", "signature", "authorization", "assertion", "api_key", "apikey", "nonce",
    "sig", "jwt",
};

static const char redact_mark[] = "[redacted]";

static bool redact_word_end(char c)
{
    return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
}

/* Whether a name that carries a secret ends just before `at`. */
static bool redact_name_before(const char *text, size_t at)
{
    for (size_t i = 0; i < ADSYNC__COUNT(redact_names); i++) {
        size_t n = strlen(redact_names[i]);
        if (at >= n && !strncasecmp(text + at - n, redact_names[i], n)) return true;
    }
    return false;
}

static size_t redact_blanks(const char *text, size_t size, size_t at)
{
    while (at < size && (text[at] == ' ' || text[at] == '\t')) at++;
    return at;
}

/* Where the value of a quoted text ends: at its quote, which is not escaped. */
static size_t redact_quoted(const char *text, size_t size, size_t at)
{
    while (at < size && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at < size ? at : size;
}

static size_t redact_bare(const char *text, size_t size, size_t at)
{
    while (at < size && !strchr("&\r\n\"'<>,;)}\\ ", text[at])) at++;
    return at;
}

static size_t redact_line(const char *text, size_t size, size_t at)
{
    while (at < size && text[at] != '\r' && text[at] != '\n') at++;
    return at;
}

static bool redact_is(const char *text, size_t size, size_t at, char c) { return at < size && text[at] == c; }

/* A quote as it stands in JSON within a JSON text. */
static bool redact_escaped(const char *text, size_t size, size_t at)
{
    return redact_is(text, size, at, '\\') && redact_is(text, size, at + 1, '"');
}

/* A name ends at `at`: finds the value that belongs to it, if any. */
static bool redact_value(const char *text, size_t size, size_t at, size_t *from, size_t *end)
{
    bool escaped_name = redact_escaped(text, size, at);
    size_t next = redact_blanks(text, size, at + (escaped_name ? 2 : redact_is(text, size, at, '"')));
    bool header = at >= 13 && !strncasecmp(text + at - 13, "authorization", 13), equals = redact_is(text, size, next, '=');

    if (!equals && !redact_is(text, size, next, ':')) return false;
    next = redact_blanks(text, size, next + 1);
    if (redact_escaped(text, size, next)) next++;
    if (redact_is(text, size, next, '"')) {
        *from = next + 1;
        *end = escaped_name ? redact_bare(text, size, *from) : redact_quoted(text, size, *from);
        return *end > *from;
    }
    *from = next;
    *end = header ? redact_line(text, size, next) : redact_bare(text, size, next);
    return *end > *from && (header || equals); /* `"code": 190` is a number for people, not a secret */
}

static bool redact_bearer(const char *text, size_t size, size_t at, size_t *from, size_t *end)
{
    if (size - at < 8 || strncasecmp(text + at, "bearer ", 7)) return false;
    *from = redact_blanks(text, size, at + 7);
    *end = redact_bare(text, size, *from);
    return *end > *from;
}

static bool redact_secret(const char *text, size_t size, size_t at, const adsync__redact_word *secrets, uint32_t n, size_t *end)
{
    for (uint32_t i = 0; i < n; i++) {
        if (secrets[i].size < 4 || size - at < secrets[i].size || !adsync__equal_bytes(text + at, secrets[i].p, secrets[i].size))
            continue;
        *end = at + secrets[i].size;
        return true;
    }
    return false;
}

void adsync__redact(adsync__buffer *out, const char *text, size_t size, const adsync__redact_word *secrets, uint32_t n)
{
    size_t from, end, kept = 0;

    for (size_t at = 0; at < size;) {
        from = at;
        if (!redact_secret(text, size, at, secrets, n, &end) && !redact_bearer(text, size, at, &from, &end) &&
            !(at && redact_word_end(text[at]) && redact_name_before(text, at) && redact_value(text, size, at, &from, &end))) {
            at++;
            continue;
        }
        if (from < at) from = at;
        adsync__buffer_add(out, text + kept, from - kept);
        adsync__buffer_text(out, redact_mark);
        kept = at = end;
    }
    adsync__buffer_add(out, text + kept, size - kept);
}
