/* SPDX-License-Identifier: MIT */
/* The platform: accounts whose campaigns and figures change now and then, lists and reports that are snapshots served in pages, reports
 * that take a while, tokens that end, refresh tokens that rotate and codes that work once.
 *
 *     POST /token  kind=code&code=1 | kind=refresh&token=r1      -> tokens 2 1200
 *     GET  /me                                                   -> user u1, then the accounts
 *     GET  /list?account=1&after=..                              -> e c1 n7 .. next dst:L5.1
 *     POST /report?account=1&from=20261101&to=20261104           -> wait dst:J6
 *     GET  /poll?run=6                                           -> wait dst:J6 | next dst:R6.0
 *     GET  /rows?run=6.1                                         -> m c1 20261101 120 .. next dst:R6.2
 */
#include "dst.h"

#include "base/day.h"

#include <stdio.h>
#include <stdlib.h>

int64_t server_day(uint32_t place) { return adsync__day_add(DST_FIRST_DAY, place); }

int server_place(int64_t day)
{
    int64_t place = day >= DST_FIRST_DAY ? adsync__day_between(DST_FIRST_DAY, day) : -1;

    return place >= 0 && place < DST_DAYS ? (int)place : -1;
}

const server_state *server_now(const dst *w, uint32_t account)
{
    const server_account *a = &w->server.accounts[account];

    return &a->states[a->n_states - 1];
}

/* ---- the truth, and how it changes */

void server_begin(dst *w)
{
    for (uint32_t i = 0; i < DST_ACCOUNTS; i++) {
        server_account *a = &w->server.accounts[i];
        uint32_t n = 3 + draw_below(&w->draw, DST_IDS - 5);
        a->n_states = 1;
        for (uint32_t c = 0; c < n; c++) {
            a->states[0].alive[c] = 1;
            a->states[0].name[c] = (uint16_t)draw_below(&w->draw, 1000);
            for (uint32_t d = 0; d < DST_DAYS; d++)
                a->states[0].spend[c][d] = draw_once_in(&w->draw, 2) ? 1 + draw_below(&w->draw, 100000) : 0;
        }
    }
    w->server.token_life_us = draw_span(&w->draw, 8 * DST_MINUTE, 40 * DST_MINUTE);
}

/* Figures are restated, campaigns are renamed, go and come. */
void server_mutate(dst *w, uint32_t account, uint64_t *draw)
{
    server_account *a = &w->server.accounts[account];
    server_state *s;

    if (a->n_states == DST_EPOCHS) return;
    s = &a->states[a->n_states];
    *s = a->states[a->n_states - 1];
    a->n_states++;
    s->since_us = w->now_us;
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t c = draw_below(draw, DST_IDS), d = draw_below(draw, DST_DAYS), what = draw_below(draw, 8);
        if (what == 0)
            s->alive[c] = 0;
        else if (what <= 2)
            s->alive[c] = 1;
        else if (what == 3)
            s->name[c] = (uint16_t)draw_below(draw, 1000);
        else
            s->spend[c][d] = draw_once_in(draw, 3) ? 0 : 1 + draw_below(draw, 100000);
    }
    dst_note(w, NULL, "account %u is another", account);
}

/* ---- reading requests */

static const char *server_field(const char *text, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = text; at && *at; at = strpbrk(at, "?&") ? strpbrk(at, "?&") + 1 : NULL)
        if (!strncmp(at, name, size) && at[size] == '=') return at + size + 1;
    return NULL;
}

static int64_t server_number(const char *text, const char *name)
{
    const char *value = server_field(text, name);

    return value ? strtoll(value, NULL, 10) : -1;
}

static void server_say(reply *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void server_say(reply *out, const char *format, ...)
{
    size_t used = strlen(out->body);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out->body + used, sizeof out->body - used, format, args);
    va_end(args);
}

static void server_refuse(reply *out, uint32_t status, const char *words)
{
    out->status = status;
    out->body[0] = 0;
    server_say(out, "%s\n", words);
}

/* ---- tokens */

uint32_t server_issue(dst *w, uint32_t user, uint32_t chain)
{
    server *s = &w->server;

    if (s->n_tokens + 1 == DST_TOKENS) {
        truth_broken(w, "Live: somebody refreshes without end");
        return s->n_tokens;
    }
    s->tokens[++s->n_tokens] =
        (server_token){ .user = user, .chain = chain ? chain : s->n_tokens, .expires_us = w->now_us + s->token_life_us };
    return s->n_tokens;
}

static void server_give(dst *w, const actor *from, uint32_t user, uint32_t parent, reply *out)
{
    uint32_t n = server_issue(w, user, w->server.tokens[parent].chain);
    server_token *t = &w->server.tokens[n];

    t->code = !parent;
    t->parent = parent;
    t->actor = from->number;
    t->life = from->life;
    t->lost = true; /* until it is delivered */
    w->server.tokens[t->chain].bereft = true;
    out->token = n;
    server_say(out, "tokens %u %lld\n", n, (long long)(w->server.token_life_us / DST_SECOND));
}

static void server_token_call(dst *w, const actor *from, const char *body, reply *out)
{
    int64_t code = server_number(body, "code");
    const char *refresh = server_field(body, "token");
    uint32_t n = refresh && *refresh == 'r' ? (uint32_t)strtoul(refresh + 1, NULL, 10) : 0;

    if (code > 0 && code <= w->server.n_codes) {
        if (w->server.codes[code].arrived++) {
            truth_broken(w, "a code that works once was sent twice (a consent's state is good once)");
            server_refuse(out, 400, "used");
            return;
        }
        server_give(w, from, w->server.codes[code].user, 0, out);
        return;
    }
    if (!n || n > w->server.n_tokens || w->server.tokens[n].used) {
        server_refuse(out, 400, "revoked");
        return;
    }
    w->server.tokens[n].used = true;
    server_give(w, from, w->server.tokens[n].user, n, out);
}

/* ---- lists and reports */

static uint32_t server_run_new(dst *w, uint32_t account, bool report, reply *out)
{
    server *s = &w->server;

    if (s->n_runs + 1 >= DST_RUNS) {
        truth_broken(w, "Live: somebody asks for lists without end");
        server_refuse(out, 500, "trouble");
        return 0;
    }
    s->runs[++s->n_runs] = (server_run){
        .account = account, .state = s->accounts[account].n_states - 1, .report = report, .end = 1, .gone_us = DST_NEVER
    };
    if (!w->ending && draw_once_in(&w->chaos, w->plan.stale)) s->runs[s->n_runs].gone_us = w->now_us + DST_SECOND;
    return s->n_runs;
}

/* The row at `place` of a run, in the platform's order; false: beyond the last. */
static bool server_row(const dst *w, const server_run *run, uint32_t place, uint32_t *id, uint32_t *day)
{
    const server_state *s = &w->server.accounts[run->account].states[run->state];

    for (uint32_t d = run->from; d < run->end; d++) {
        for (uint32_t c = 0; c < DST_IDS; c++) {
            if (run->report ? !s->spend[c][d] : !s->alive[c]) continue;
            *id = c;
            *day = d;
            if (!place--) return true;
        }
        if (!run->report) return false;
    }
    return false;
}

static void server_page(dst *w, uint32_t n, uint32_t page, reply *out)
{
    const server_run *run = &w->server.runs[n];
    const server_state *s = &w->server.accounts[run->account].states[run->state];
    uint32_t id, day;

    for (uint32_t i = page * DST_PAGE; i < (page + 1) * DST_PAGE && server_row(w, run, i, &id, &day); i++) {
        if (run->report)
            server_say(out, "m c%u %lld %u\n", id, (long long)server_day(day), s->spend[id][day]);
        else
            server_say(out, "e c%u n%u\n", id, s->name[id]);
    }
    if (server_row(w, run, (page + 1) * DST_PAGE, &id, &day)) server_say(out, "next dst:%c%u.%u\n", run->report ? 'R' : 'L', n, page + 1);
}

static server_run *server_run_of(dst *w, int64_t n, reply *out)
{
    server_run *run = n > 0 && n <= w->server.n_runs ? &w->server.runs[n] : NULL;

    if (run && run->gone_us > w->now_us) return run;
    server_refuse(out, run ? 410 : 404, run ? "gone" : "unknown");
    return NULL;
}

static void server_list(dst *w, uint32_t account, const char *url, reply *out)
{
    const char *after = server_field(url, "after");
    uint32_t n = 0, page = 0;

    if (after && sscanf(after, "dst:L%u.%u", &n, &page) == 2) {
        if (server_run_of(w, n, out)) server_page(w, n, page, out);
        return;
    }
    if (!w->ending && draw_once_in(&w->chaos, w->plan.weak)) { /* for once it shows nothing, and does not say why */
        server_say(out, "weak\n");
        return;
    }
    if ((n = server_run_new(w, account, false, out))) server_page(w, n, 0, out);
}

static void server_report(dst *w, uint32_t account, const char *url, reply *out)
{
    int64_t first = server_number(url, "from"), last = server_number(url, "to");
    uint32_t from = 0, to = DST_DAYS, n; /* of other days there are no figures */

    if (!adsync__day_valid(first) || last < first) {
        server_refuse(out, 400, "invalid");
        return;
    }
    while (from < DST_DAYS && server_day(from) < first) from++;
    while (to > from && server_day(to - 1) > last) to--;
    if (!(n = server_run_new(w, account, true, out))) return;
    w->server.runs[n].from = from;
    w->server.runs[n].end = to;
    w->server.runs[n].ready_us = w->now_us + draw_span(&w->chaos, 0, 20 * DST_SECOND);
    server_say(out, "wait dst:J%u\n", n);
}

static void server_poll(dst *w, const char *url, reply *out)
{
    int64_t n = server_number(url, "run");
    const server_run *run = server_run_of(w, n, out);

    if (!run) return;
    if (run->ready_us > w->now_us)
        server_say(out, "wait dst:J%u\n", (unsigned)n);
    else
        server_say(out, "next dst:R%u.0\n", (unsigned)n);
}

static void server_rows(dst *w, const char *url, reply *out)
{
    const char *run = server_field(url, "run");
    uint32_t n = 0, page = 0;

    if (!run || sscanf(run, "%u.%u", &n, &page) != 2) {
        server_refuse(out, 400, "invalid");
        return;
    }
    if (server_run_of(w, n, out)) server_page(w, n, page, out);
}

static void server_me(const dst *w, uint32_t user, reply *out)
{
    server_say(out, "user u%u\n", user);
    for (uint32_t i = 0; i < DST_ACCOUNTS; i++)
        if (w->server.accounts[i].user == user) server_say(out, "account %u\n", i + 1);
}

void server_handle(dst *w, const actor *from, const char *url, const char *headers, const char *body, reply *out)
{
    const char *path = strstr(url, "//") ? strchr(strstr(url, "//") + 2, '/') : NULL, *bearer = strstr(headers, "Bearer a");
    int64_t account = server_number(url, "account") - 1;
    uint32_t n = bearer ? (uint32_t)strtoul(bearer + 8, NULL, 10) : 0;

    *out = (reply){ .status = 200 };
    if (!path) path = "";
    if (!strncmp(path, "/token", 6)) {
        server_token_call(w, from, body, out);
        return;
    }
    if (bearer) truth_arrival(w, bearer + 7);
    if (!n || n > w->server.n_tokens || w->server.tokens[n].expires_us <= w->now_us) {
        server_refuse(out, 401, "outdated");
        return;
    }
    if (!strncmp(path, "/me", 3)) {
        server_me(w, w->server.tokens[n].user, out);
        return;
    }
    truth_limit(w);
    if (!strncmp(path, "/poll", 5))
        server_poll(w, url, out);
    else if (!strncmp(path, "/rows", 5))
        server_rows(w, url, out);
    else if (account < 0 || account >= DST_ACCOUNTS)
        server_refuse(out, 404, "unknown");
    else if (!strncmp(path, "/report", 7))
        server_report(w, (uint32_t)account, url, out);
    else
        server_list(w, (uint32_t)account, url, out);
}
