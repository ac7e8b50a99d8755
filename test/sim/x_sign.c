/* SPDX-License-Identifier: MIT */
/*
 * OAuth 1.0a, HMAC-SHA1: signed are the method, the address as the client sees it, the pairs of the query and of a form, and what the
 * header says. What was sent must be what was signed, byte for byte: a comma, a colon or a plus that is not encoded breaks it.
 */
#include "x.h"

#include <stdlib.h>
#include <strings.h>

#define SIGN_PAIRS 256

typedef struct sign_pair {
    const char *name, *value; /* encoded */
} sign_pair;

typedef struct sign_pairs {
    sim_arena *arena;
    sign_pair p[SIGN_PAIRS];
    size_t count;
    bool bad;
} sign_pairs;

static char *sign_encode(sim_arena *arena, const char *text)
{
    sim_text out = { 0 };
    char *copy;

    sim_percent(&out, text, strlen(text));
    copy = sim_copy(arena, out.p ? out.p : "", out.size);
    sim_free(&out);
    return copy;
}

/* ---- the header */

static const char **sign_member(x_signed *given, const char *name, size_t size)
{
    const struct {
        const char *name, **at;
    } members[] = {
        { "oauth_consumer_key", &given->consumer },   { "oauth_nonce", &given->nonce },         { "oauth_signature", &given->signature },
        { "oauth_signature_method", &given->method }, { "oauth_timestamp", &given->timestamp }, { "oauth_token", &given->token },
        { "oauth_version", &given->version },         { "oauth_callback", &given->callback },   { "oauth_verifier", &given->verifier },
    };

    for (size_t i = 0; i < SIM_COUNT(members); i++) {
        if (strlen(members[i].name) == size && !strncmp(members[i].name, name, size)) return members[i].at;
    }
    return NULL;
}

/* of one value: its pair of a query holds the decoded text */
static const char *sign_decoded(sim_arena *arena, const char *value, size_t size)
{
    sim_pairs pairs = { 0 };
    sim_text text = { 0 };

    sim_puts(&text, "v=");
    sim_add(&text, value, size);
    sim_query_read(arena, &pairs, text.p, text.size);
    sim_free(&text);
    return pairs.count == 1 ? pairs.p[0].value : "";
}

bool x_sign_read(const sim_request *request, x_signed *given)
{
    const char *at = sim_header(request, "Authorization");

    *given = (x_signed){ 0 };
    if (!at || strncmp(at, "OAuth ", 6)) return false;
    for (at += 6; *(at += strspn(at, ", "));) {
        size_t name = strcspn(at, "=,"), value;
        const char **member = sign_member(given, at, name);

        if (at[name] != '=' || at[name + 1] != '"') return false;
        value = strcspn(at + name + 2, "\"");
        if (at[name + 2 + value] != '"' || (member && *member)) return false;
        if (member) *member = sign_decoded(request->arena, at + name + 2, value);
        at += name + 3 + value;
    }
    return given->consumer && given->nonce && given->signature && given->method && given->timestamp;
}

/* ---- what is signed */

static void sign_add(sign_pairs *pairs, const char *name, const char *value)
{
    if (pairs->count == SIGN_PAIRS) {
        pairs->bad = true;
        return;
    }
    pairs->p[pairs->count++] = (sign_pair){ name, value };
}

/* pairs as they were sent; those that are not encoded as they are signed make it bad */
static void sign_sent(sign_pairs *pairs, const char *text, size_t size)
{
    for (const char *end = text + size; text < end;) {
        const char *stop = memchr(text, '&', (size_t)(end - text)), *equals;

        if (!stop) stop = end;
        equals = memchr(text, '=', (size_t)(stop - text));
        if (!equals) equals = stop;
        if (stop > text) {
            char *name = sim_copy(pairs->arena, text, (size_t)(equals - text));
            char *value = sim_copy(pairs->arena, equals + (equals < stop), (size_t)(stop - equals - (equals < stop)));

            pairs->bad |= strcmp(name, sign_encode(pairs->arena, sign_decoded(pairs->arena, name, strlen(name)))) != 0;
            pairs->bad |= strcmp(value, sign_encode(pairs->arena, sign_decoded(pairs->arena, value, strlen(value)))) != 0;
            sign_add(pairs, name, value);
        }
        text = stop + 1;
    }
}

static void sign_header(sign_pairs *pairs, const x_signed *given)
{
    const char *const names[] = { "oauth_consumer_key", "oauth_nonce",   "oauth_signature_method", "oauth_timestamp",
                                  "oauth_token",        "oauth_version", "oauth_callback",         "oauth_verifier" };
    x_signed copy = *given;

    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        const char *value = *sign_member(&copy, names[i], strlen(names[i]));

        if (value) sign_add(pairs, names[i], sign_encode(pairs->arena, value));
    }
}

static int sign_order(const void *a, const void *b)
{
    const sign_pair *left = a, *right = b;
    int by_name = strcmp(left->name, right->name);

    return by_name ? by_name : strcmp(left->value, right->value);
}

static void sign_base(sim_text *out, const sim_request *request, const sign_pairs *pairs)
{
    sim_text url = { 0 }, params = { 0 };
    const char *standard = strcmp(request->scheme, "https") ? ":80" : ":443";
    size_t size = strlen(request->authority), port = strlen(standard);

    if (size > port && !strcmp(request->authority + size - port, standard)) size -= port;
    sim_printf(&url, "%s://", request->scheme);
    for (size_t i = 0; i < size; i++) {
        char c = request->authority[i];

        sim_putc(&url, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
    sim_puts(&url, request->path);
    for (size_t i = 0; i < pairs->count; i++) sim_printf(&params, "%s%s=%s", i ? "&" : "", pairs->p[i].name, pairs->p[i].value);
    sim_printf(out, "%s&", request->method);
    sim_percent(out, url.p, url.size);
    sim_putc(out, '&');
    sim_percent(out, params.p, params.size);
    sim_free(&url);
    sim_free(&params);
}

static bool sign_fits(const sim_request *request, const x_signed *given, const sign_pairs *pairs, const char *secret)
{
    sim_text base = { 0 }, key = { 0 }, text = { 0 };
    uint8_t digest[20];
    bool fits;

    sign_base(&base, request, pairs);
    sim_percent(&key, given->app->secret, strlen(given->app->secret));
    sim_putc(&key, '&');
    sim_percent(&key, secret, strlen(secret));
    sim_hmac_sha1(digest, key.p, base.p, base.size);
    sim_base64(&text, digest, sizeof digest);
    fits = !strcmp(text.p, given->signature);
    sim_free(&base);
    sim_free(&key);
    sim_free(&text);
    return fits;
}

static bool sign_repeats(const sign_pairs *pairs)
{
    for (size_t i = 1; i < pairs->count; i++) {
        if (!strcmp(pairs->p[i].name, pairs->p[i - 1].name)) return true;
    }
    return false;
}

static bool sign_known(const x_signed *given)
{
    return given->app && !strcmp(given->method, "HMAC-SHA1") && (!given->version || !strcmp(given->version, "1.0"));
}

static void sign_gather(const sim_request *request, const x_signed *given, sign_pairs *pairs)
{
    const char *type = request->content_type ? request->content_type : "";

    pairs->arena = request->arena;
    sign_sent(pairs, request->raw_query, strlen(request->raw_query));
    if (request->body && !strncasecmp(type, "application/x-www-form-urlencoded", 33)) sign_sent(pairs, request->body, request->body_size);
    sign_header(pairs, given);
    qsort(pairs->p, pairs->count, sizeof *pairs->p, sign_order);
}

static uint64_t sign_nonce(const x_signed *given, int64_t at)
{
    const char *token = given->token ? given->token : "";

    return sim_hash(sim_hash_bytes(1, given->nonce, strlen(given->nonce)), (uint64_t)at, sim_hash_bytes(2, token, strlen(token)), 0);
}

x_signature x_sign_check(sim_site *site, const sim_request *request, x_signed *given, const char *secret)
{
    int64_t skew = sim_setting_int(site, "skew"), at = strtoll(given->timestamp, NULL, 10), now = sim_now(site->sim);
    sign_pairs *pairs = sim_alloc(request->arena, sizeof *pairs);

    given->app = sim_app_named(site, given->consumer);
    if (!sign_known(given)) return X_SIGN_BAD;
    sign_gather(request, given, pairs);
    if (pairs->bad || sign_repeats(pairs) || !sign_fits(request, given, pairs, secret)) return X_SIGN_BAD;
    if (skew && (at < now - skew || at > now + skew)) return X_SIGN_CLOCK;
    return x_nonce_fresh(site, sign_nonce(given, at)) ? X_SIGN_GOOD : X_SIGN_BAD;
}

/* ---- tokens: those of a person begin with the person's number */

bool x_token_read(sim_site *site, const char *text, sim_token *token)
{
    const char *dash = strchr(text, '-');
    char user[24];

    if (!dash) return sim_token_read(site, text, token) && token->kind == X_TOKEN_REQUEST;
    if (!sim_token_read(site, dash + 1, token) || token->kind != X_TOKEN_ACCESS) return false;
    (void)snprintf(user, sizeof user, "%lld-", (long long)x_user_id(token->user));
    return !strncmp(text, user, strlen(user)) && (size_t)(dash - text + 1) == strlen(user);
}

const char *x_token_text(sim_site *site, sim_arena *arena, sim_token *token)
{
    const char *text = sim_token_make(site, arena, token);
    char *out;

    if (token->kind != X_TOKEN_ACCESS) return text;
    out = sim_alloc(arena, strlen(text) + 24);
    (void)snprintf(out, strlen(text) + 24, "%lld-%s", (long long)x_user_id(token->user), text);
    return out;
}

bool x_basic(sim_site *site, const sim_request *request, const sim_app **app)
{
    const char *header = sim_header(request, "Authorization");
    char *plain, *colon;

    *app = NULL;
    if (!header || strncmp(header, "Basic ", 6)) return false;
    plain = sim_alloc(request->arena, strlen(header) + 1);
    plain[sim_base64_read(plain, header + 6, strlen(header + 6))] = 0;
    if (!(colon = strchr(plain, ':'))) return true;
    *colon = 0;
    *app = sim_app_named(site, plain);
    if (*app && strcmp((*app)->secret, colon + 1)) *app = NULL;
    return true;
}
