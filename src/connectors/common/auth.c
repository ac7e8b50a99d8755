/* SPDX-License-Identifier: MIT */
/* Tokens and what is learned with them. Tokens go straight to the vault. */
#include "common.h"

#include <stdio.h>

enum { AUTH_WORDS = 64 * 1024 };

void adsync__fact_text(adsync__answer *a, const char *name, const char *text)
{
    if (text && *text) adsync_outcome_fact(a->out, name, text);
}

void adsync__fact_node(adsync__answer *a, const char *name, adsync__node node)
{
    adsync__digits room;
    size_t size;

    adsync__fact_text(a, name, adsync__node_digits(node, &room, &size));
}

void adsync__fact_us(adsync__answer *a, const char *name, int64_t us)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)us);
    adsync_outcome_fact(a->out, name, text);
}

void adsync__words_add(adsync__buffer *words, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text || !adsync__is_token(text, size, 200)) return;
    if (words->size) adsync__buffer_char(words, ' ');
    adsync__buffer_add(words, text, size);
}

void adsync__fact_words(adsync__answer *a, const char *name, adsync__buffer *words)
{
    if (words->failed == ADSYNC_E_MEMORY)
        a->failed = words->failed;
    else if (words->size)
        adsync_outcome_fact(a->out, name, words->p);
    adsync__buffer_free(words);
}

void adsync__fact_scopes(adsync__answer *a, adsync__node node)
{
    adsync__items items = adsync__node_items(node);
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);
    adsync__node item;
    adsync__buffer words;

    adsync__buffer_begin(&words, AUTH_WORDS);
    while (adsync__items_next(&items, &item)) adsync__words_add(&words, item);
    for (size_t i = 0; text && i < size; i++) {
        bool gap = text[i] == ' ' || text[i] == ',';
        if (gap ? words.size && words.p && words.p[words.size - 1] != ' ' : text[i] > ' ' && text[i] <= '~')
            adsync__buffer_char(&words, gap ? ' ' : text[i]);
    }
    adsync__fact_words(a, "scopes", &words);
}

void adsync__secret_node(adsync__answer *a, const char *name, adsync__node node, int64_t expires_us)
{
    size_t size = 0;
    const char *token = adsync__node_text(node, &size);

    if (token && adsync__is_token(token, size, ADSYNC__TOKEN_MOST)) adsync_outcome_secret(a->out, name, token, size, expires_us);
}

/* Without a span its end is not known, which is not "at once". */
static int64_t auth_ends(const adsync__answer *a, adsync__node node)
{
    int64_t seconds;

    return adsync__node_int(node, &seconds) && seconds > 0 && seconds < INT64_C(10000000000) ? a->now_us + seconds * ADSYNC__SECOND_US : 0;
}

adsync_status adsync__tokens(adsync__answer *a, adsync__node node, const char *name)
{
    static const char *const names[] = { "access_token", "expires_in", "refresh_token", "refresh_token_expires_in", "scope" };
    adsync__node f[ADSYNC__COUNT(names)];
    int64_t ends;
    size_t size = 0;
    const char *token;

    if (!adsync__node_fields(node, names, ADSYNC__COUNT(names), f) || !(token = adsync__node_text(f[0], &size)) ||
        !adsync__is_token(token, size, ADSYNC__TOKEN_MOST))
        return adsync__bad_shape(a, "no token");
    adsync__secret_node(a, name, f[0], auth_ends(a, f[1]));
    adsync__secret_node(a, "refresh_token", f[2], auth_ends(a, f[3]));
    if ((ends = auth_ends(a, f[3]))) adsync__fact_us(a, "refresh_expires_us", ends);
    if (!adsync__is_empty(f[4])) adsync__fact_scopes(a, f[4]);
    return ADSYNC_OK;
}
