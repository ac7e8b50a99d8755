/* SPDX-License-Identifier: MIT */
/* Cursors and ids that mean something to us and nothing to a client. */
#include "site.h"

#include <stdlib.h>

#define STEP_KIND 10000000000000000
#define STEP_G 10000000000

static uint64_t page_seal(const sim_site *site, const uint8_t bytes[24]) { return sim_hash_bytes(sim_seed(site) ^ 0xc, bytes, 24); }

static void page_put(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t page_get(const uint8_t *at)
{
    uint64_t value = 0;

    for (int i = 7; i >= 0; i--) value = value << 8 | at[i];
    return value;
}

const char *sim_cursor_make(sim_site *site, sim_arena *arena, int64_t position, uint64_t check)
{
    uint8_t bytes[32];
    sim_text out = { 0 };
    const char *copy;

    page_put(bytes, (uint64_t)position);
    page_put(bytes + 8, (uint64_t)sim_now(site->sim));
    page_put(bytes + 16, check);
    page_put(bytes + 24, page_seal(site, bytes));
    for (int i = 0; i < 24; i++) bytes[i] ^= (uint8_t)(bytes[24 + i % 8] * 7 + i);
    sim_base64url(&out, bytes, sizeof bytes);
    copy = sim_copy(arena, out.p, out.size);
    sim_free(&out);
    return copy;
}

bool sim_cursor_read(sim_site *site, const char *text, uint64_t check, int64_t *position, int64_t *made)
{
    char plain[64], coded[48];
    uint8_t bytes[32];
    size_t size = strlen(text);

    if (size != 43) return false;
    for (size_t i = 0; i < size; i++) coded[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    if (sim_base64_read(plain, coded, size) != 32) return false;
    memcpy(bytes, plain, 32);
    for (int i = 0; i < 24; i++) bytes[i] ^= (uint8_t)(bytes[24 + i % 8] * 7 + i);
    *position = (int64_t)page_get(bytes);
    *made = (int64_t)page_get(bytes + 8);
    return page_get(bytes + 24) == page_seal(site, bytes) && page_get(bytes + 16) == check;
}

int64_t sim_walk(int64_t from, int64_t end, int64_t limit, bool (*there)(void *user, int64_t position), void *user, int64_t *found,
                 size_t *count)
{
    *count = 0;
    for (int64_t i = from < 0 ? 0 : from; i < end; i++) {
        if (!there(user, i)) continue;
        if ((int64_t)*count == limit) return i;
        found[(*count)++] = i;
    }
    return -1;
}

int64_t sim_id(int64_t base, world_kind kind, int64_t g, int64_t index) { return base + (int64_t)kind * STEP_KIND + g * STEP_G + index; }

world_kind sim_id_read(int64_t base, int64_t id, int64_t *g, int64_t *index)
{
    int64_t rest = id < base ? 0 : id - base;

    *g = *index = 0;
    if (rest < STEP_KIND || rest >= (WORLD_POST + 1) * STEP_KIND) return WORLD_NONE;
    *g = rest % STEP_KIND / STEP_G;
    *index = rest % STEP_G;
    return (world_kind)(rest / STEP_KIND);
}

void sim_base36(char out[16], int64_t number)
{
    char digits[16], *p = digits + sizeof digits - 1;

    *p = 0;
    do *--p = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    while (number /= 36);
    (void)snprintf(out, 16, "%s", p);
}

bool sim_base36_read(const char *text, int64_t *number)
{
    char *end;

    *number = strtoll(text, &end, 36);
    return *text && !*end && *number >= 0;
}

/* kind, g and index in eight bytes, mixed; the other eight follow from them: version 4 and variant 10 as everywhere */
static void page_uuid(uint8_t bytes[16], uint64_t seed, world_kind kind, int64_t g, int64_t index)
{
    uint64_t name = (uint64_t)kind << 58 | (uint64_t)(g & 0xffffff) << 34 | (uint64_t)(index & 0x3ffffffff), rest;

    page_put(bytes, name ^ sim_hash(seed, 0x11d, 0, 0));
    rest = sim_hash(seed, name, 0x11e, 0);
    page_put(bytes + 8, rest);
    /* the version's and variant's bits may not cost any of the name: byte 6's high half moves to byte 9 */
    bytes[9] = (uint8_t)((bytes[9] & 0x0f) | (bytes[6] & 0xf0));
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
}

void sim_uuid(char out[40], uint64_t seed, world_kind kind, int64_t g, int64_t index)
{
    uint8_t bytes[16];
    char hex[40];

    page_uuid(bytes, seed, kind, g, index);
    sim_hex(hex, bytes, 16);
    (void)snprintf(out, 40, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

world_kind sim_uuid_read(const char *text, uint64_t seed, int64_t *g, int64_t *index)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16] = { 0 };
    uint64_t name;
    world_kind kind;
    char again[40];
    size_t n = 0;

    *g = *index = 0;
    for (const char *c = text; *c && n < 32; c++) {
        const char *digit = strchr(digits, *c);

        if (*c == '-') continue;
        if (!digit) return WORLD_NONE;
        bytes[n / 2] = (uint8_t)(bytes[n / 2] << 4 | (digit - digits));
        n++;
    }
    if (n != 32) return WORLD_NONE;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | (bytes[9] & 0xf0));
    name = page_get(bytes) ^ sim_hash(seed, 0x11d, 0, 0);
    kind = (world_kind)(name >> 58);
    *g = (int64_t)(name >> 34 & 0xffffff);
    *index = (int64_t)(name & 0x3ffffffff);
    sim_uuid(again, seed, kind, *g, *index);
    return strcmp(again, text) ? WORLD_NONE : kind;
}
