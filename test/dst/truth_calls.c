/* SPDX-License-Identifier: MIT */
/* What must hold of tokens and limits, as the platform sees them. */
#include "truth.h"

#include <stdlib.h>

enum { CALLS_PATIENCE_S = 300 }; /* how long a token that came may take to be stored once nothing goes wrong any more */

/* ---- limits */

void truth_limit(dst *w)
{
    server *s = &w->server;

    if (!w->plan.permits) return;
    if (s->n_arrivals == DST_ARRIVALS) {
        memmove(s->arrivals, s->arrivals + DST_ARRIVALS / 2, sizeof s->arrivals / 2);
        s->n_arrivals = DST_ARRIVALS / 2;
    }
    s->arrivals[s->n_arrivals++] = w->now_us;
    if (s->n_arrivals <= w->plan.permits || s->arrivals[s->n_arrivals - 1 - w->plan.permits] <= w->now_us - 2 * DST_MINUTE) return;
    truth_broken(w, "P6a: more than %u requests came within two minutes", w->plan.permits);
}

/* ---- refreshes */

void truth_refresh_begins(dst *w, actor *a, uint32_t chain, int64_t until_us)
{
    server_token *t = &w->server.tokens[chain];

    if (t->refreshing && t->refresh_until_us > w->now_us)
        truth_broken(w, "P4a: a refresh of user %u began while another one, of actor %u, was under way", t->user, t->refresh_actor);
    t->refreshing = true;
    t->refresh_until_us = until_us;
    t->refresh_actor = a->number;
}

void truth_refresh_ends(dst *w, uint32_t chain)
{
    server_token *t = &w->server.tokens[chain];

    if (t->refresh_until_us <= w->now_us) t->refreshing = false;
}

/* ---- tokens */

void truth_delivered(actor *a, uint32_t token)
{
    server_token *t = &a->w->server.tokens[token];

    t->delivered = true;
    t->lost = false;
    t->delivered_us = a->w->now_us;
    a->w->server.tokens[t->chain].bereft = false;
}

void truth_arrival(dst *w, const char *token)
{
    uint32_t n = (uint32_t)strtoul(token + 1, NULL, 10);

    if (n && n <= w->server.n_tokens && !w->server.tokens[n].committed)
        truth_broken(w, "P4b: access token a%u was used before its generation was committed", n);
}

dst_grant *truth_grant_of(dst *w, int64_t org, int64_t grant)
{
    for (uint32_t i = 0; i < w->n_grants; i++)
        if (w->grants[i].org == org && w->grants[i].grant == grant) return &w->grants[i];
    return NULL;
}

/* A grant that was not known: it is of whoever's consent its writer holds. */
void truth_grant(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;

    if (change->op == ADSYNC_CHANGE_DELETE) w->moved = truth_grant_of(w, v[0].i, v[1].i);
    if (change->op != ADSYNC_CHANGE_PUT || truth_grant_of(w, v[0].i, v[1].i) || w->n_grants == ADSYNC__COUNT(w->grants)) return;
    for (uint32_t n = w->server.n_tokens; n > 0; n--) {
        const server_token *t = &w->server.tokens[n];
        if (!t->code || !t->delivered || t->committed || t->actor != a->number || t->life != a->life) continue;
        w->grants[w->n_grants++] = (dst_grant){ v[0].i, v[1].i, t->user, t->chain, n };
        return;
    }
}

/* A refresh's answer may only take the place of the tokens that it was got with; what came later stands. */
static void truth_in_force(dst *w, dst_grant *g, uint32_t n)
{
    const server_token *t = &w->server.tokens[n];

    if (t->parent && g->token != t->parent)
        truth_broken(w, "P4c: tokens a%u, a late answer to a refresh of r%u, were put in force over r%u", n, t->parent, g->token);
    g->token = n;
    g->chain = t->chain;
}

/* Whether these tokens belong where they are put: in force over those that they were got with, or beside others. */
static bool truth_fits(const dst *w, const dst_grant *g, const server_token *t, bool in_force)
{
    for (uint32_t i = 0; i < w->n_grants && t->parent; i++)
        if (&w->grants[i] != g && w->grants[i].token == t->parent) return false; /* another grant waits for them */
    return (!t->parent || g->token == t->parent) == in_force;
}

/* Tokens that its writer holds and that were not stored yet; of the grant's own chain, or of any the person ever gave. */
static bool truth_secret_of(dst *w, const actor *a, dst_grant *g, bool own, bool fitting, bool in_force)
{
    bool any = false;

    for (uint32_t n = 1; n <= w->server.n_tokens; n++) {
        server_token *t = &w->server.tokens[n];
        if (t->user != g->user || !t->delivered || t->committed || t->lost || t->actor != a->number || t->life != a->life) continue;
        if (own && t->chain != g->chain) continue;
        if (fitting && !truth_fits(w, g, t, in_force)) continue;
        if (in_force) truth_in_force(w, g, n);
        t->committed = any = true;
    }
    return any;
}

void truth_secret(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    dst_grant *g = truth_grant_of(w, change->values[0].i, change->values[1].i);
    bool in_force = !change->values[3].i;

    if (!g || change->op != ADSYNC_CHANGE_PUT) return;
    if (w->moved && g != w->moved) {
        g->token = w->moved->token;
        g->chain = w->moved->chain;
        return;
    }
    if (g == w->stored) return; /* the other secret of the same answer */
    w->stored = g;
    /* a writer may hold two answers at once, and what is sealed cannot be told apart: those that fit come first */
    if (truth_secret_of(w, a, g, true, true, in_force) || truth_secret_of(w, a, g, false, true, in_force)) return;
    if (!truth_secret_of(w, a, g, true, false, in_force)) (void)truth_secret_of(w, a, g, false, false, in_force);
}

void truth_died(actor *a)
{
    dst *w = a->w;

    for (uint32_t n = 1; n <= w->server.n_tokens; n++) {
        server_token *t = &w->server.tokens[n];
        if (t->committed || !t->delivered || t->actor != a->number || t->life != a->life) continue;
        t->lost = true;
        w->server.tokens[t->chain].bereft = true;
    }
}

void truth_tokens_at_rest(dst *w)
{
    for (uint32_t n = 1; n <= w->server.n_tokens; n++) {
        const server_token *t = &w->server.tokens[n];
        if (t->delivered && !t->lost && !t->committed && w->now_us - t->delivered_us > CALLS_PATIENCE_S * DST_SECOND)
            truth_broken(w, "P4c: the tokens a%u came to actor %u, which did not die, and were never stored", n, t->actor);
    }
}

bool truth_bereft(const dst *w)
{
    for (uint32_t n = 1; n <= w->server.n_tokens; n++)
        if (w->server.tokens[n].bereft) return true;
    return false;
}
