/* SPDX-License-Identifier: MIT */
/*
 * Tokens carry what they mean, sealed with the seed, so none has to be stored and a restarted simulator still knows them:
 * "EAA" and about 200 letters and digits. A code is the same thing under another kind.
 */
#include "meta.h"

#include <stdlib.h>
#include <strings.h>

#define PAYLOAD 48
#define LETTERS 77 /* of the payload, five bits each */

static const char token_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";

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
static void token_mix(const sim_world *sim, uint8_t bytes[PAYLOAD])
{
    uint64_t serial = sim_hash_bytes(0, bytes, 8), block = 0;

    for (int i = 8; i < PAYLOAD; i++) {
        if (i % 8 == 0) block = sim_hash((uint64_t)sim->options.seed, 0x70, serial, (uint64_t)i);
        bytes[i] ^= (uint8_t)(block >> (8 * (i % 8)));
    }
}

static const char *token_text(const sim_world *sim, sim_arena *arena, const meta_token *token)
{
    uint8_t bytes[PAYLOAD + 1] = { 0 }, *at = bytes;
    size_t length = LETTERS + 100 + (size_t)(token->serial % 61);
    char *out = sim_alloc(arena, 3 + length + 1), *p = out;

    token_put(&at, (uint64_t)token->serial, 8);
    token_put(&at, (uint64_t)token->kind << 4 | token->is_long, 1);
    token_put(&at, (uint64_t)token->app, 8);
    token_put(&at, (uint64_t)token->user, 4);
    token_put(&at, (uint64_t)token->page, 4);
    token_put(&at, (uint64_t)token->issued, 5);
    token_put(&at, (uint64_t)token->expires, 5);
    token_put(&at, token->extra, 8);
    token_put(&at, sim_hash_bytes((uint64_t)sim->options.seed, bytes, 43), 5);
    token_mix(sim, bytes);
    memcpy(p, token->kind == META_TOKEN_CODE ? "AQD" : "EAA", 3);
    p += 3;
    for (size_t i = 0; i < LETTERS; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];

        *p++ = token_letters[pair >> (11 - bit % 8) & 31];
    }
    for (size_t i = LETTERS; i < length; i++)
        *p++ = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[sim_hash((uint64_t)sim->options.seed,
                                                                                         (uint64_t)token->serial, i, 7) %
                                                                                62];
    return out;
}

const char *meta_token_make(sim_world *sim, sim_arena *arena, meta_token *token)
{
    token->serial = ++meta_of(sim)->token_serial;
    token->issued = sim_now(sim);
    return token_text(sim, arena, token);
}

static bool token_decode(const sim_world *sim, const char *text, meta_token *token)
{
    uint8_t bytes[PAYLOAD + 1] = { 0 };
    const uint8_t *at = bytes;
    uint64_t head;

    if (strlen(text) < 3 + LETTERS || (strncmp(text, "EAA", 3) && strncmp(text, "AQD", 3))) return false;
    for (size_t i = 0; i < LETTERS; i++) {
        const char *letter = strchr(token_letters, text[3 + i]);
        size_t bit = i * 5;
        unsigned five;

        if (!letter) return false;
        five = (unsigned)(letter - token_letters) << (11 - bit % 8);
        bytes[bit / 8] |= (uint8_t)(five >> 8);
        bytes[bit / 8 + 1] |= (uint8_t)five;
    }
    token_mix(sim, bytes);
    token->serial = (int64_t)token_get(&at, 8);
    head = token_get(&at, 1);
    token->kind = (meta_token_kind)(head >> 4);
    token->is_long = head & 1;
    token->app = (int64_t)token_get(&at, 8);
    token->user = (int64_t)token_get(&at, 4);
    token->page = (int64_t)token_get(&at, 4);
    token->issued = (int64_t)token_get(&at, 5);
    token->expires = (int64_t)token_get(&at, 5);
    token->extra = token_get(&at, 8);
    return true;
}

/* id|secret: the app's own token */
static bool token_app(const sim_world *sim, const char *text, meta_token *token)
{
    char *bar;
    int64_t id = strtoll(text, &bar, 10);
    const meta_app *app = meta_app_get(sim, id);

    if (*bar != '|' || !app || strcmp(bar + 1, app->secret)) return false;
    *token = (meta_token){ .kind = META_TOKEN_APP, .app = id };
    return true;
}

static int64_t token_died(sim_world *sim, const meta_token *token)
{
    const meta_state *state = meta_of(sim);
    meta_grant *grant = meta_grant_get(sim, token->user, token->app, true);

    if (!grant->consented) { /* from before a restart */
        grant->consented = token->issued;
        grant->granted |= (uint32_t)token->extra;
    }
    for (size_t i = 0; i < META_SPENT; i++) {
        if (state->tokens_dead[i] == token->serial) return state->tokens_reason[i];
    }
    for (int i = 0; i < META_DEATHS; i++) {
        if (grant->dead_before[i] >= token->serial) return meta_death_codes[i];
    }
    if (token->expires && sim_now(sim) >= token->expires) return 463;
    return sim_now(sim) > grant->consented + sim->options.data_life ? 493 : 0;
}

bool meta_token_read(sim_world *sim, const char *text, meta_token *token)
{
    sim_arena arena = { 0 };
    bool fine;

    *token = (meta_token){ 0 };
    if (strchr(text, '|')) return token_app(sim, text, token);
    fine = token_decode(sim, text, token) && !strcmp(token_text(sim, &arena, token), text) && meta_app_get(sim, token->app);
    sim_arena_free(&arena);
    /* a serial from before a restart must not be given out again */
    if (fine && token->serial > meta_of(sim)->token_serial) meta_of(sim)->token_serial = token->serial;
    if (fine && token->kind != META_TOKEN_CODE) token->died = token_died(sim, token);
    return fine;
}

void meta_token_kill(sim_world *sim, int64_t serial, int64_t subcode)
{
    meta_state *state = meta_of(sim);
    size_t at = state->tokens_at++ % META_SPENT;

    state->tokens_dead[at] = serial;
    state->tokens_reason[at] = subcode;
}

bool meta_code_spend(sim_world *sim, int64_t serial)
{
    meta_state *state = meta_of(sim);

    for (size_t i = 0; i < META_SPENT; i++) {
        if (state->codes_spent[i] == serial) return false;
    }
    state->codes_spent[state->codes_at++ % META_SPENT] = serial;
    return true;
}

/* HMAC-SHA256 of the token under the app's secret; with appsecret_time, of token|time */
const char *meta_proof_wrong(sim_world *sim, const sim_request *request, const char *token, int64_t app_id)
{
    const char *given = sim_pairs_get(&request->query, "appsecret_proof"), *at = sim_pairs_get(&request->query, "appsecret_time");
    const meta_app *app = meta_app_get(sim, app_id);
    sim_text message = { 0 };
    uint8_t mac[32];
    char hex[65];

    if (!given) given = sim_pairs_get(&request->form, "appsecret_proof");
    if (!at) at = sim_pairs_get(&request->form, "appsecret_time");
    if (!app) return "no app";
    if (!given) return sim->options.proof ? "missing" : NULL;
    sim_puts(&message, token);
    if (at) sim_printf(&message, "|%s", at);
    sim_hmac_sha256(mac, app->secret, message.p, message.size);
    sim_free(&message);
    sim_hex(hex, mac, sizeof mac);
    return strcmp(hex, given) ? "wrong" : NULL;
}
