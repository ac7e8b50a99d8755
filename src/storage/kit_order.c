/* SPDX-License-Identifier: MIT */
/* Whether there is one order of all commits that explains what each expected, and in which each has its moment between its begin and its
 * end. An edge leads from who must come before to who must come after:
 *
 *     who put a version        ->  who expected it
 *     who only checked it      ->  who wrote over it
 *
 * Walked in that order, the earliest moment of a commit is the latest begin of all before it and its own. */
#include "kit_history.h"

#include <inttypes.h>
#include <stdio.h>

static const uint32_t ORDER_NOBODY = UINT32_MAX;

typedef struct order_graph {
    const kit_history *h;
    uint32_t *writer; /* by place in h->versions: who wrote over it */
    uint32_t *from, *to;
    uint32_t n_edges;
    uint32_t *first, *next; /* edges by `from`, linked; 0 ends, else edge + 1 */
    uint32_t *waits;        /* edges into a try */
    uint32_t *queue;
    int64_t *moment;
} order_graph;

static void order_free(order_graph *g)
{
    adsync__free(g->writer);
    adsync__free(g->from);
    adsync__free(g->to);
    adsync__free(g->first);
    adsync__free(g->next);
    adsync__free(g->waits);
    adsync__free(g->queue);
    adsync__free(g->moment);
}

static bool order_alloc(order_graph *g, const kit_history *h)
{
    size_t edges = (size_t)h->n_changes * 2;

    g->h = h;
    g->writer = adsync__alloc_zero(h->n_versions, sizeof *g->writer);
    g->from = adsync__alloc_zero(edges, sizeof *g->from);
    g->to = adsync__alloc_zero(edges, sizeof *g->to);
    g->next = adsync__alloc_zero(edges, sizeof *g->next);
    g->first = adsync__alloc_zero(h->n_tries, sizeof *g->first);
    g->waits = adsync__alloc_zero(h->n_tries, sizeof *g->waits);
    g->queue = adsync__alloc_zero(h->n_tries, sizeof *g->queue);
    g->moment = adsync__alloc_zero(h->n_tries, sizeof *g->moment);
    return g->writer && g->from && g->to && g->next && g->first && g->waits && g->queue && g->moment;
}

static const kit_version *order_over(const kit_history *h, const kit_change *c)
{
    return c->expected > 0 ? adsync__kit_history_put(h, c->expected) : NULL;
}

static void order_edge(order_graph *g, uint32_t from, uint32_t to)
{
    if (from == to) return;
    g->from[g->n_edges] = from;
    g->to[g->n_edges] = to;
    g->next[g->n_edges] = g->first[from];
    g->first[from] = ++g->n_edges;
    g->waits[to]++;
}

static void order_writers(order_graph *g)
{
    const kit_history *h = g->h;

    for (uint32_t v = 0; v < h->n_versions; v++)
        g->writer[v] = ORDER_NOBODY;
    for (uint32_t t = 0; t < h->n_tries; t++) {
        for (uint32_t i = h->tries[t].first; i < h->tries[t].first + h->tries[t].n && h->tries[t].applied; i++) {
            const kit_version *over = order_over(h, &h->changes[i]);
            if (over && h->changes[i].op != ADSYNC_CHANGE_CHECK) g->writer[over - h->versions] = t;
        }
    }
}

static void order_edges(order_graph *g)
{
    const kit_history *h = g->h;

    for (uint32_t t = 0; t < h->n_tries; t++) {
        for (uint32_t i = h->tries[t].first; i < h->tries[t].first + h->tries[t].n && h->tries[t].applied; i++) {
            const kit_version *over = order_over(h, &h->changes[i]);
            if (!over) continue;
            order_edge(g, over->attempt, t);
            if (h->changes[i].op == ADSYNC_CHANGE_CHECK && g->writer[over - h->versions] != ORDER_NOBODY)
                order_edge(g, t, g->writer[over - h->versions]);
        }
    }
}

/* Takes one try after another of which all before it were taken; how many could be. */
static uint32_t order_walk(order_graph *g, char *words)
{
    const kit_history *h = g->h;
    uint32_t taken = 0, ready = 0;

    for (uint32_t t = 0; t < h->n_tries; t++) {
        g->moment[t] = h->tries[t].begun;
        if (!g->waits[t]) g->queue[ready++] = t;
    }
    for (; taken < ready; taken++) {
        uint32_t t = g->queue[taken];
        if (h->tries[t].applied && g->moment[t] > h->tries[t].ended && !words[0])
            (void)snprintf(words, KIT_WORDS, "a commit ended %" PRId64 " us before one began that must come before it",
                           g->moment[t] - h->tries[t].ended);
        for (uint32_t e = g->first[t]; e; e = g->next[e - 1]) {
            uint32_t after = g->to[e - 1];
            if (g->moment[t] > g->moment[after]) g->moment[after] = g->moment[t];
            if (!--g->waits[after]) g->queue[ready++] = after;
        }
    }
    return taken;
}

adsync_status adsync__kit_judge_order(kit_history *history, char *words)
{
    order_graph g = { 0 };
    uint32_t taken;
    adsync_status rc = order_alloc(&g, history) ? ADSYNC_OK : ADSYNC_E_MEMORY;

    if (rc < 0) goto done;
    order_writers(&g);
    order_edges(&g);
    taken = order_walk(&g, words);
    if (taken < history->n_tries && !words[0])
        (void)snprintf(words, KIT_WORDS, "%" PRIu32 " commits each come before themselves", history->n_tries - taken);
done:
    order_free(&g);
    return rc;
}

/* What was seen had been put, and had not been written over by a commit that ended before the look began. */
static const char *order_stale(const kit_history *h, const order_graph *g, const kit_saw *saw)
{
    const kit_version *put = adsync__kit_history_put(h, saw->version);
    uint32_t writer = put ? g->writer[put - h->versions] : ORDER_NOBODY;

    if (put && h->tries[put->attempt].begun > saw->ended) return "it was seen before it was put";
    if (writer != ORDER_NOBODY && h->tries[writer].ended < saw->begun) return "it was seen after a commit that wrote over it had ended";
    return NULL;
}

/* When the commit ended that made the accounts and all that stays from then on; INT64_MAX: never. */
static int64_t order_made(const kit_history *h)
{
    int64_t made = INT64_MAX;

    for (uint32_t t = 0; t < h->n_tries; t++)
        if (h->tries[t].n == KIT_AT_CLAIMS && h->tries[t].applied && h->tries[t].ended < made) made = h->tries[t].ended;
    return made;
}

adsync_status adsync__kit_judge_reads(kit_history *history, char *words)
{
    order_graph g = { 0 };
    int64_t made = order_made(history);
    const char *what;
    adsync_status rc = order_alloc(&g, history) ? ADSYNC_OK : ADSYNC_E_MEMORY;

    if (rc >= 0) order_writers(&g);
    for (uint32_t i = 0; i < history->n_saws && rc >= 0 && !words[0]; i++) {
        const kit_saw *saw = &history->saws[i];
        what = saw->version ? order_stale(history, &g, saw) : NULL;
        if (!saw->version && saw->spot < KIT_AT_CLAIMS && saw->begun > made) what = "it was not seen after it was put";
        if (what) (void)snprintf(words, KIT_WORDS, "row %" PRIu32 ": %s", saw->spot + 1, what);
    }
    order_free(&g);
    return rc;
}
