/* SPDX-License-Identifier: MIT */
/*
 * Tokens carry what they mean, sealed with the seed, so none has to be stored and a restarted simulator still knows them: the
 * platform's prefix and about 200 letters and digits. A code is the same thing under another kind.
 */
#include "site.h"

#define PAYLOAD 48
#define LETTERS 77 /* of the payload, five bits each */

static const char token_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";

static const char token_noise[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static const char *token_prefix(const sim_site *site, int kind)
{
    int i = 1;

    while (i < kind && site->platform->token_prefixes[i]) i++;
    return site->platform->token_prefixes[i - 1];
}

static void token_put(uint8_t **at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) *(*at)++ = (uint8_t)(value >> (8 * i));
}

static uint64_t token_get(const uint8_t **at, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++) value = value << 8 | *(*at)++;
    return value;
}

/* everything behind the serial is mixed with what follows from the serial */
static void token_mix(const sim_site *site, uint8_t bytes[PAYLOAD])
{
    uint64_t serial = sim_hash_bytes(0, bytes, 8), block = 0;

    for (int i = 8; i < PAYLOAD; i++) {
        if (i % 8 == 0) block = sim_hash(sim_seed(site), 0x70, serial, (uint64_t)i);
        bytes[i] ^= (uint8_t)(block >> (8 * (i % 8)));
    }
}

static const char *token_text(const sim_site *site, sim_arena *arena, const sim_token *token)
{
    uint8_t bytes[PAYLOAD + 1] = { 0 }, *at = bytes;
    size_t length = LETTERS + 100 + (size_t)(token->serial % 61) + site->platform->token_more;
    const char *prefix = token_prefix(site, token->kind);
    size_t before = strlen(prefix);
    char *out = sim_alloc(arena, before + length + 1), *p = out + before;

    token_put(&at, (uint64_t)token->serial, 8);
    token_put(&at, (uint64_t)token->kind << 4 | token->is_long, 1);
    token_put(&at, (uint64_t)token->app, 8);
    token_put(&at, (uint64_t)token->user, 4);
    token_put(&at, (uint64_t)token->page, 4);
    token_put(&at, (uint64_t)token->issued, 5);
    token_put(&at, (uint64_t)token->expires, 5);
    token_put(&at, token->extra, 8);
    token_put(&at, sim_hash_bytes(sim_seed(site), bytes, 43), 5);
    token_mix(site, bytes);
    memcpy(out, prefix, before);
    for (size_t i = 0; i < LETTERS; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

        *p++ = token_letters[pair >> (11 - bit % 8) & 31];
    }
    for (size_t i = LETTERS; i < length; i++) *p++ = token_noise[sim_hash(sim_seed(site), (uint64_t)token->serial, i, 7) % 62];
    return out;
}

const char *sim_token_make(sim_site *site, sim_arena *arena, sim_token *token)
{
    token->serial = ++site->token_serial;
    token->issued = sim_now(site->sim);
    return token_text(site, arena, token);
}

/* text: behind the prefix */
static bool token_decode(const sim_site *site, const char *text, sim_token *token)
{
    uint8_t bytes[PAYLOAD + 1] = { 0 };
    const uint8_t *at = bytes;
    uint64_t head;

    if (strlen(text) < LETTERS) return false;
    for (size_t i = 0; i < LETTERS; i++) {
        const char *letter = strchr(token_letters, text[i]);
        size_t bit = i * 5;
        unsigned five;

        if (!letter) return false;
        five = (unsigned)(letter - token_letters) << (11 - bit % 8);
        bytes[bit / 8] |= (uint8_t)(five >> 8);
        bytes[bit / 8 + 1] |= (uint8_t)five;
    }
    token_mix(site, bytes);
    token->serial = (int64_t)token_get(&at, 8);
    head = token_get(&at, 1);
    token->kind = (int)(head >> 4);
    token->is_long = head & 1;
    token->app = (int64_t)token_get(&at, 8);
    token->user = (int64_t)token_get(&at, 4);
    token->page = (int64_t)token_get(&at, 4);
    token->issued = (int64_t)token_get(&at, 5);
    token->expires = (int64_t)token_get(&at, 5);
    token->extra = token_get(&at, 8);
    return true;
}

static int64_t token_death(const sim_site *site, int reason)
{
    return site->platform->deaths ? site->platform->deaths[reason] : reason + 1;
}

static int64_t token_died(sim_site *site, const sim_token *token)
{
    sim_grant *grant = sim_grant_get(site, token->user, token->app, true);

    if (!grant->consented) { /* from before a restart */
        grant->consented = token->issued;
        grant->granted |= (uint32_t)token->extra;
    }
    for (size_t i = 0; i < SIM_SPENT; i++) {
        if (site->tokens_dead[i] == token->serial) return site->tokens_reason[i];
    }
    for (int i = 0; i < SIM_DEATHS; i++) {
        if (grant->dead_before[i] >= token->serial) return token_death(site, i);
    }
    return token->expires && sim_now(site->sim) >= token->expires ? token_death(site, SIM_EXPIRED) : 0;
}

static bool token_is(const sim_site *site, const char *text, const char *prefix, sim_token *token)
{
    sim_arena arena = { 0 };
    size_t size = strlen(prefix);
    bool fine = !strncmp(text, prefix, size) && token_decode(site, text + size, token);

    fine = fine && !strcmp(token_text(site, &arena, token), text) && sim_app_get(site, token->app);
    sim_arena_free(&arena);
    return fine;
}

bool sim_token_read(sim_site *site, const char *text, sim_token *token)
{
    bool fine = false;

    *token = (sim_token){ 0 };
    for (const char *const *prefix = site->platform->token_prefixes; text && !fine && *prefix; prefix++)
        fine = token_is(site, text, *prefix, token);
    /* a serial from before a restart must not be given out again */
    if (fine && token->serial > site->token_serial) site->token_serial = token->serial;
    if (fine) token->died = token_died(site, token);
    return fine;
}

void sim_token_kill(sim_site *site, int64_t serial, int64_t code)
{
    size_t at = site->tokens_at++ % SIM_SPENT;

    site->tokens_dead[at] = serial;
    site->tokens_reason[at] = code;
}

void sim_grant_kill(sim_site *site, sim_grant *grant, sim_death reason) { grant->dead_before[reason] = site->token_serial; }

void sim_bearer_kill(sim_site *site, const sim_request *request, bool grant)
{
    const char *header = sim_header(request, "Authorization");
    sim_token token;

    if (!header || strncmp(header, "Bearer ", 7) || !sim_token_read(site, header + 7, &token)) return;
    sim_token_kill(site, token.serial, token_death(site, SIM_DEAUTHORIZED));
    if (grant) sim_grant_kill(site, sim_grant_get(site, token.user, token.app, true), SIM_DEAUTHORIZED);
}

void sim_mint_pair(sim_site *site, int64_t user, int64_t app, const sim_json *command, const char *scopes, int64_t life, sim_text *out)
{
    sim_grant *grant = sim_grant_get(site, user, app, true);
    sim_token access = { .kind = 1, .app = app, .user = user }, refresh;
    sim_arena arena = { 0 };

    grant->granted |= sim_scopes_read(site, sim_json_str(command, "scopes", scopes));
    grant->consented = sim_now(site->sim);
    access.extra = grant->granted;
    refresh = access;
    refresh.kind = 2;
    access.expires = sim_now(site->sim) + sim_json_int(command, "life", life);
    sim_json_pair(out, "access_token", sim_token_make(site, &arena, &access));
    sim_json_pair(out, "refresh_token", sim_token_make(site, &arena, &refresh));
    sim_json_pair_int(out, "expires_at", access.expires);
    sim_arena_free(&arena);
}

bool sim_code_spend(sim_site *site, int64_t serial)
{
    for (size_t i = 0; i < SIM_SPENT; i++) {
        if (site->codes_spent[i] == serial) return false;
    }
    site->codes_spent[site->codes_at++ % SIM_SPENT] = serial;
    return true;
}

const char *sim_token_secret(sim_site *site, sim_arena *arena, const char *token)
{
    uint64_t h = sim_hash_bytes(sim_seed(site) ^ 0x5ec, token, strlen(token));
    char *out = sim_alloc(arena, 46);

    for (uint64_t i = 0; i < 45; i++) out[i] = token_noise[sim_hash(h, i, 0, 0) % 62];
    return out;
}

uint64_t sim_redirect_hash(const char *uri) { return sim_hash_bytes(0, uri, strlen(uri)) & 0xffffffff; }

const char *sim_pkce_challenge(sim_arena *arena, const char *verifier)
{
    uint8_t digest[32];
    sim_text out = { 0 };
    const char *copy;

    sim_sha256(digest, verifier, strlen(verifier));
    sim_base64url(&out, digest, sizeof digest);
    copy = sim_copy(arena, out.p, out.size);
    sim_free(&out);
    return copy;
}
