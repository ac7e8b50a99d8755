/* SPDX-License-Identifier: MIT */
#include "base.h"

/* How many bytes a character has by its first byte, and the least code point that may take so many (a smaller one is overlong). */
static size_t utf8_length(unsigned char first, uint32_t *least)
{
    if (first < 0x80) return *least = 1, 1; /* 1: NUL is refused */
    if (first >= 0xc2 && first < 0xe0) return *least = 0x80, 2;
    if (first >= 0xe0 && first < 0xf0) return *least = 0x800, 3;
    if (first >= 0xf0 && first < 0xf5) return *least = 0x10000, 4;
    return 0;
}

static size_t utf8_character(const unsigned char *p, size_t size) /* its length, 0: not one */
{
    uint32_t least = 0, point;
    size_t length = utf8_length(p[0], &least);

    if (!length || length > size) return 0;
    point = length == 1 ? p[0] : p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        point = point << 6 | (p[i] & 0x3f);
    }
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return 0;
    return length;
}

/* Eight characters of ASCII, none of them NUL: most texts are nothing else. */
static bool utf8_plain(const unsigned char *p, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t word;

    if (size < sizeof word) return false;
    memcpy(&word, p, sizeof word);
    return !((word | (word - ones)) & tops);
}

bool adsync__utf8_valid(const char *p, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)p;

    for (size_t i = 0, n; i < size; i += n) {
        if (utf8_plain(bytes + i, size - i))
            n = 8;
        else if (!(n = utf8_character(bytes + i, size - i)))
            return false;
    }
    return true;
}

size_t adsync__utf8_cut(const char *p, size_t size, size_t max)
{
    if (size <= max) return size;
    while (max && ((unsigned char)p[max] & 0xc0) == 0x80) max--;
    return max;
}

void adsync__text_line(char *text)
{
    size_t size = strlen(text);
    bool valid = adsync__utf8_valid(text, size);

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f) text[i] = ' ';
        if (c >= 0x80 && !valid) text[i] = '?';
    }
}

static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void adsync__base64_add(adsync__buffer *out, const void *p, size_t size)
{
    const unsigned char *b = p;

    for (size_t i = 0; i < size; i += 3) {
        size_t n = size - i < 3 ? size - i : 3;
        uint32_t bits = (uint32_t)b[i] << 16 | (n > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);
        char four[4] = { base64_letters[bits >> 18], base64_letters[bits >> 12 & 63], n > 1 ? base64_letters[bits >> 6 & 63] : '=',
                         n > 2 ? base64_letters[bits & 63] : '=' };
        adsync__buffer_add(out, four, sizeof four);
    }
}

static int32_t base64_digit(char c)
{
    const char *at = c ? strchr(base64_letters, c) : NULL;

    return at ? (int32_t)(at - base64_letters) : -1;
}

/* Canonical only: whole groups of four, padding at the end, no bits lost. */
adsync_status adsync__base64_read(const char *text, size_t size, uint8_t *out, size_t room, size_t *used)
{
    size_t pad, n = 0;
    uint32_t bits;

    *used = 0;
    if (size % 4) return ADSYNC_E_FORMAT;
    for (size_t i = 0; i < size; i += 4) {
        pad = i + 4 == size ? (text[i + 3] == '=') + (text[i + 3] == '=' && text[i + 2] == '=') : 0;
        bits = 0;
        for (size_t k = 0; k < 4; k++) {
            int32_t digit = k >= 4 - pad ? 0 : base64_digit(text[i + k]);
            if (digit < 0) return ADSYNC_E_FORMAT;
            bits = bits << 6 | (uint32_t)digit;
        }
        if (pad && bits & ((1u << 8 * pad) - 1)) return ADSYNC_E_FORMAT;
        for (size_t k = 0; k < 3 - pad; k++) {
            if (n == room) return ADSYNC_E_TOO_BIG;
            out[n++] = (uint8_t)(bits >> (16 - 8 * k));
        }
    }
    *used = n;
    return ADSYNC_OK;
}

bool adsync__equal_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

bool adsync__words_have(const char *words, const char *word, size_t size)
{
    for (const char *at = words; *at; at += strcspn(at, " ,")) {
        at += strspn(at, " ,");
        if (size && strcspn(at, " ,") == size && !strncmp(at, word, size)) return true;
    }
    return false;
}
