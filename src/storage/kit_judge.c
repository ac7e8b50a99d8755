/* SPDX-License-Identifier: MIT */
/* Judges a history. A commit counts as applied if its answer was OK, or if no answer was logged and one of its versions was met: in the
 * rows that are left, in what a worker saw, or as what an applied commit expected. From there:
 *
 *     account 3:  v1 --(commit 7)--> v2 --(commit 9)--> v3 = what is left        a chain: each version has one successor
 *
 * Two successors are a lost update; a version with neither successor nor row is a lost commit. Strict serialisability: an order of
 * commits follows from who expected whose versions; each must find a moment between its begin and its end in that order. */
#include "kit_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const judge_kinds[] = { "account", "counter", "pair", "ticket", "claim", "batch" };
static const uint32_t judge_starts[] = { KIT_AT_ACCOUNTS, KIT_AT_COUNTERS, KIT_AT_PAIRS, KIT_AT_TICKETS,
                                         KIT_AT_CLAIMS,   KIT_AT_BATCHES,  KIT_SPOTS };

static uint32_t judge_kind(uint32_t spot)
{
    uint32_t kind = 0;

    while (spot >= judge_starts[kind + 1])
        kind++;
    return kind;
}

static void judge_say(char *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void judge_say(char *words, const char *format, ...)
{
    va_list args;

    if (words[0]) return; /* the first thing seen is told */
    va_start(args, format);
    (void)vsnprintf(words, KIT_WORDS, format, args);
    va_end(args);
}

static void judge_say_spot(char *words, uint32_t spot, const char *what)
{
    uint32_t kind = judge_kind(spot);

    judge_say(words, "%s %" PRIu32 ": %s", judge_kinds[kind], spot - judge_starts[kind] + 1, what);
}

static bool judge_writes(const kit_change *c) { return c->op != ADSYNC_CHANGE_CHECK; }

/* ---- who was applied */

/* A version was met: the commit that put it was applied, if nobody said otherwise. */
static bool judge_met(kit_history *h, int64_t version)
{
    const kit_version *put = version > 0 ? adsync__kit_history_put(h, version) : NULL;
    kit_try *try = put ? &h->tries[put->attempt] : NULL;

    if (!try || try->answered || try->applied) return false;
    try->applied = 1;
    return true;
}

void adsync__kit_history_settle(kit_history *h)
{
    bool more = true;

    for (uint32_t t = 0; t < h->n_tries; t++)
        h->tries[t].applied = h->tries[t].answered && h->tries[t].answer == ADSYNC_OK;
    for (uint32_t s = 0; s < KIT_SPOTS; s++)
        (void)judge_met(h, h->left[s].version);
    for (uint32_t i = 0; i < h->n_saws; i++)
        (void)judge_met(h, h->saws[i].version);
    while (more) { /* ends: each round but the last settles one */
        more = false;
        for (uint32_t t = 0; t < h->n_tries; t++)
            for (uint32_t c = h->tries[t].first; c < h->tries[t].first + h->tries[t].n && h->tries[t].applied; c++)
                more |= judge_met(h, h->changes[c].expected);
    }
}

/* ---- single promises */

static void judge_refused_version(const kit_history *h, int64_t version, uint32_t spot, char *words)
{
    const kit_version *put = version > 0 ? adsync__kit_history_put(h, version) : NULL;

    if (version > 0 && !put)
        judge_say_spot(words, spot, "a row carries a version that no worker put");
    else if (put && !h->tries[put->attempt].applied)
        judge_say_spot(words, spot, "a row carries the version of a commit that was refused");
}

static adsync_status judge_refused(kit_history *h, char *words)
{
    for (uint32_t s = 0; s < KIT_SPOTS; s++)
        judge_refused_version(h, h->left[s].version, s, words);
    for (uint32_t i = 0; i < h->n_saws; i++)
        judge_refused_version(h, h->saws[i].version, h->saws[i].spot, words);
    return ADSYNC_OK;
}

/* How many applied commits wrote over each version, and, for batches, who may have done so without saying over what. */
typedef struct judge_chain {
    uint32_t *successors; /* by place in h->versions */
    uint32_t absent[KIT_SPOTS], deleted[KIT_SPOTS];
    const kit_try *last[KIT_SPOTS], *last_but_one[KIT_SPOTS]; /* to end, of the applied puts of whatever is there */
} judge_chain;

static void judge_last(judge_chain *chain, uint32_t spot, const kit_try *try)
{
    const kit_try **last = &chain->last[spot], **before = &chain->last_but_one[spot];

    if (!*last || try->ended > (*last)->ended) {
        *before = *last;
        *last = try;
    } else if (!*before || try->ended > (*before)->ended)
        *before = try;
}

/* Another commit may have written over the spot without saying over what. */
static bool judge_may_be_over(const judge_chain *chain, uint32_t spot, const kit_try *try)
{
    const kit_try *later = chain->last[spot] == try ? chain->last_but_one[spot] : chain->last[spot];

    return later && later->ended >= try->begun;
}

static adsync_status judge_chain_make(const kit_history *h, judge_chain *chain)
{
    *chain = (judge_chain){ .successors = adsync__alloc_zero(h->n_versions, sizeof *chain->successors) };
    if (!chain->successors) return ADSYNC_E_MEMORY;
    for (uint32_t t = 0; t < h->n_tries; t++) {
        for (uint32_t i = h->tries[t].first; i < h->tries[t].first + h->tries[t].n && h->tries[t].applied; i++) {
            const kit_change *c = &h->changes[i];
            const kit_version *over = c->expected > 0 ? adsync__kit_history_put(h, c->expected) : NULL;
            if (over && judge_writes(c)) chain->successors[over - h->versions]++;
            if (c->expected == ADSYNC_EXPECT_ABSENT && judge_writes(c)) chain->absent[c->spot]++;
            if (c->op == ADSYNC_CHANGE_DELETE) chain->deleted[c->spot]++;
            if (c->expected == ADSYNC_EXPECT_ANY) judge_last(chain, c->spot, &h->tries[t]);
        }
    }
    return ADSYNC_OK;
}

/* Each put of the commits that `answered` selects is there, or was written over. */
static adsync_status judge_there(kit_history *h, bool answered, char *words)
{
    judge_chain chain;
    adsync_status rc = judge_chain_make(h, &chain);

    for (uint32_t v = 0; v < h->n_versions && rc >= 0; v++) {
        const kit_try *try = &h->tries[h->versions[v].attempt];
        const kit_change *c = &h->changes[h->versions[v].change];
        if (!try->applied || !try->answered == answered) continue;
        if (h->left[c->spot].version == c->version || chain.successors[v] || judge_may_be_over(&chain, c->spot, try)) continue;
        judge_say_spot(words, c->spot, "a commit was applied, and its row is neither there nor written over");
    }
    adsync__free(chain.successors);
    return rc;
}

static adsync_status judge_durable(kit_history *h, char *words) { return judge_there(h, true, words); }
static adsync_status judge_killed(kit_history *h, char *words) { return judge_there(h, false, words); }

static adsync_status judge_updates(kit_history *h, char *words)
{
    judge_chain chain;
    adsync_status rc = judge_chain_make(h, &chain);

    for (uint32_t v = 0; v < h->n_versions && rc >= 0; v++)
        if (chain.successors[v] > 1)
            judge_say_spot(words, h->changes[h->versions[v].change].spot, "two commits wrote over the same version");
    for (uint32_t s = 0; s < KIT_AT_BATCHES && rc >= 0; s++)
        if (chain.absent[s] - chain.deleted[s] != (h->left[s].version != 0))
            judge_say_spot(words, s, "it was put where no row was more often, or less, than it was taken away");
    adsync__free(chain.successors);
    return rc;
}

/* Commits that put this spot, without the one that made it. */
static int64_t judge_written(const kit_history *h, uint32_t spot)
{
    int64_t n = 0;

    for (uint32_t v = 0; v < h->n_versions; v++) {
        const kit_change *c = &h->changes[h->versions[v].change];
        n += c->spot == spot && c->expected > 0 && h->tries[h->versions[v].attempt].applied;
    }
    return n;
}

static adsync_status judge_sums(kit_history *h, char *words)
{
    int64_t sum = 0;

    for (uint32_t s = 0; s < KIT_ACCOUNTS; s++)
        sum += h->left[s].value;
    if (h->left[0].version && sum != KIT_ACCOUNTS * KIT_BALANCE)
        judge_say(words, "the accounts hold %" PRId64 ", put in were %d", sum, KIT_ACCOUNTS * KIT_BALANCE);
    for (uint32_t s = KIT_AT_COUNTERS; s < KIT_AT_CLAIMS; s++) {
        if (s >= KIT_AT_PAIRS && s < KIT_AT_TICKETS) continue;
        if (h->left[s].value != judge_written(h, s)) judge_say_spot(words, s, "its number is not the number of commits that counted it up");
    }
    return ADSYNC_OK;
}

static adsync_status judge_pairs(kit_history *h, char *words)
{
    for (uint32_t s = KIT_AT_PAIRS; s < KIT_AT_TICKETS; s += 2)
        if (h->left[s].version && !h->left[s].value && !h->left[s + 1].value)
            judge_say_spot(words, s, "both are off, and each was taken off while the other was on");
    return ADSYNC_OK;
}

/* Which commit a batch row is of; n_tries: none, or nobody's. */
static uint32_t judge_author(const kit_history *h, int64_t version)
{
    const kit_version *put = version > 0 ? adsync__kit_history_put(h, version) : NULL;

    return put ? put->attempt : h->n_tries;
}

static adsync_status judge_batches(kit_history *h, char *words)
{
    for (uint32_t s = KIT_AT_BATCHES; s < KIT_SPOTS; s++) {
        uint32_t first = s - (s - KIT_AT_BATCHES) % KIT_BATCH;
        if (judge_author(h, h->left[s].version) != judge_author(h, h->left[first].version))
            judge_say_spot(words, s, "its rows are of two commits");
    }
    for (uint32_t t = 0; t < h->n_tries; t++) {
        const kit_change *c = &h->changes[h->tries[t].first];
        for (uint32_t i = 1; i < h->tries[t].n && h->tries[t].applied && c->spot >= KIT_AT_BATCHES; i++)
            if (c->expected >= 0 && judge_author(h, c[i].expected) != judge_author(h, c->expected))
                judge_say_spot(words, c->spot, "a commit met rows of two others");
    }
    return ADSYNC_OK;
}

/* Batches that write over whatever is there have no reason to be refused. */
static adsync_status judge_progress(kit_history *h, char *words)
{
    uint32_t tried = 0, done = 0;

    for (uint32_t t = 0; t < h->n_tries; t++) {
        if (h->changes[h->tries[t].first].expected != ADSYNC_EXPECT_ANY || !h->tries[t].answered) continue;
        tried++;
        done += h->tries[t].answer == ADSYNC_OK;
    }
    if (done * 2 < tried) judge_say(words, "of %" PRIu32 " batches only %" PRIu32 " were committed", tried, done);
    return ADSYNC_OK;
}

static adsync_status judge_rows(kit_history *h, char *words)
{
    if (h->n_torn) judge_say(words, "workers saw %" PRIu32 " rows with columns of two commits", h->n_torn);
    for (uint32_t s = 0; s < KIT_SPOTS; s++)
        if (!h->left[s].whole) judge_say_spot(words, s, "its row has columns of two commits");
    for (uint32_t i = 0; i < h->n_saws; i++) {
        const kit_version *put = adsync__kit_history_put(h, h->saws[i].version);
        if (put && h->changes[put->change].value != h->saws[i].value)
            judge_say_spot(words, h->saws[i].spot, "a worker saw another number than its commit wrote");
    }
    return ADSYNC_OK;
}

const kit_judgement adsync__kit_judgements[] = {
    { "2.13 no update is lost", "compare and write in one step that no other writer can enter", judge_updates, 0 },
    { "2.14 sums are kept and commits are counted once", "compare and write in one step that no other writer can enter", judge_sums, 0 },
    { "2.15 write skew does not get through", "hold what a check names until the commit is done", judge_pairs, 0 },
    { "2.16 a batch is there as a whole", "apply all changes of a commit at once", judge_batches, 0 },
    { "2.17 batches in opposite orders make progress", "take locks in the order in which the changes come", judge_progress, 0 },
    { "2.18 a commit that was refused left nothing", "roll back what did not go through", judge_refused, 0 },
    { "2.19 commits are in one order that fits their times", "serialise strictly over the keys that a commit names",
      adsync__kit_judge_order, 0 },
    { "3.6 every commit that was answered OK is there", "write it down, and flush it, before OK is answered", judge_durable, 0 },
    { "3.7 what a killed writer left is whole", "make the commit one atomic step on the disk", judge_killed, ADSYNC_STORAGE_VOLATILE },
    { "3.8 a read sees every commit that ended before it", "read committed rows from where they are written, not from a copy",
      adsync__kit_judge_reads, 0 },
    { "9.6 workers see whole rows", "answer a row from one commit only", judge_rows, 0 },
    { NULL, NULL, NULL, 0 },
};
