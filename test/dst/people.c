/* SPDX-License-Identifier: MIT */
/* What actors do: workers turn, hosts ask for syncs, refresh and connect again. When nothing goes wrong any more the first host sees to
 * it that everything comes right. */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE_HOURS = 8 }; /* of true time, for all that is still to be done */

static const adsync_call people_call = { .size = sizeof people_call, .wait_us = 90000000 };

bool people_open(actor *a)
{
    while (!a->w->over) {
        if (dst_open_engine(a)) return true;
        if (!people_dead(a)) dst_sleep(a, DST_SECOND);
    }
    return false;
}

/* The next process of the same machine: another life, other clocks but for the wall's. */
bool people_dead(actor *a)
{
    if (!a->dead) return false;
    dst_close_engine(a);
    if (a->w->over) return true;
    a->dead = false;
    a->life++;
    a->mono_us = draw_span(&a->draw, 0, 1000 * DST_MINUTE);
    dst_sleep(a, draw_span(&a->draw, DST_SECOND, 40 * DST_SECOND));
    return true;
}

/* ---- workers */

/* A job that has not ended, and its organisation. */
static const dst_job *people_open_job(actor *a, const char **org)
{
    dst *w = a->w;
    uint32_t from = draw_below(&a->draw, w->n_jobs);

    for (uint32_t i = 0; i < w->n_jobs; i++) {
        const dst_job *job = &w->jobs[(from + i) % w->n_jobs];
        if (job->ended) continue;
        for (uint32_t c = 0; c < w->n_connections; c++)
            if (w->connections[c].org == job->org) *org = w->connections[c].org_name;
        return job;
    }
    return NULL;
}

void people_turn(actor *a)
{
    const char *org = "";
    bool waits = !a->w->calm && !a->w->matrix.scene && draw_once_in(&a->draw, 40); /* else they must find everything by themselves */
    const dst_job *job = waits ? people_open_job(a, &org) : NULL;
    adsync_status rc =
        job ? adsync_job_wait(a->engine, org, job->job, &people_call, NULL, NULL) : adsync_engine_step(a->engine, 10 * DST_SECOND, NULL);

    if (rc < 0) dst_sleep(a, DST_SECOND);
}

void people_worker(void *arg)
{
    actor *a = arg;
    dst *w = a->w;

    while (w->setup && !w->over) dst_sleep(a, DST_SECOND);
    while (people_open(a)) {
        while (!a->dead && !w->over) people_turn(a);
        if (!people_dead(a)) dst_close_engine(a);
    }
}

/* ---- asking */

int64_t people_ask(actor *a, uint32_t connection, uint32_t data, uint32_t mode, uint32_t from, uint32_t to)
{
    const dst_connection *c = &a->w->connections[connection];
    const adsync_job_options options = {
        .size = sizeof options, .data = data, .mode = mode, .from_day = (uint32_t)server_day(from), .to_day = (uint32_t)server_day(to)
    };
    int64_t job = 0;

    return adsync_job_enqueue(a->engine, c->org_name, c->connection, &options, &job, NULL) >= 0 ? job : 0;
}

static bool people_complete(actor *a, const char *org, const char *query)
{
    adsync_error *error = NULL;
    int64_t grant = 0;
    adsync_status rc = adsync_oauth_complete(a->engine, org, "session", query, &people_call, &grant, NULL, &error);

    dst_note(a->w, a, "a consent ends: %s %s", adsync_status_name(rc), rc < 0 ? adsync_error_message(error) : "");
    adsync_error_free(error);
    return rc >= 0;
}

bool people_consent(actor *a, uint32_t connection, bool shared)
{
    dst *w = a->w;
    const dst_connection *c = &w->connections[connection];
    const adsync_oauth_options options = { .size = sizeof options, .renew_grant = c->grant };
    adsync_rows *rows = NULL;
    const char *state;
    char query[400];

    if (w->server.n_codes + 1 >= DST_CODES) return false;
    if (adsync_oauth_begin(a->engine, c->org_name, "toy", "session", &options, &people_call, &rows, NULL) < 0 ||
        adsync_rows_next(rows, NULL) != ADSYNC_ROW || !(state = strstr(adsync_rows_text(rows, ADSYNC_C_URL), "state="))) {
        adsync_rows_free(rows);
        return false;
    }
    w->server.codes[++w->server.n_codes] = (server_code){ .user = w->server.accounts[c->account].user };
    (void)snprintf(query, sizeof query, "%s&code=%u", state, w->server.n_codes);
    adsync_rows_free(rows);
    if (shared) {
        (void)snprintf(w->redirect, sizeof w->redirect, "%s", query);
        w->redirect_connection = connection;
    }
    dst_sleep(a, 2 * DST_SECOND);
    return people_complete(a, c->org_name, query);
}

static const char *people_state(actor *a, const dst_connection *c, char state[24])
{
    adsync_rows *rows = NULL;

    *state = 0;
    if (adsync_grant_list(a->engine, c->org_name, c->grant, &rows, NULL) >= 0 && adsync_rows_next(rows, NULL) == ADSYNC_ROW)
        (void)snprintf(state, 24, "%s", adsync_rows_text(rows, ADSYNC_C_STATE) ? adsync_rows_text(rows, ADSYNC_C_STATE) : "");
    adsync_rows_free(rows);
    return state;
}

static bool people_is_expired(actor *a, const dst_connection *c)
{
    char state[24];

    return !strcmp(people_state(a, c, state), "expired");
}

/* Of what has not ended, anything, whoever is at it. Once that was answered, nobody goes on with it. */
static void people_cancel(actor *a)
{
    const char *org = "";
    const dst_job *job = people_open_job(a, &org);
    adsync_status rc;

    if (!job) return;
    rc = adsync_job_cancel(a->engine, org, job->job, NULL);
    dst_note(a->w, a, "calls off job %lld: %s", (long long)job->job, adsync_status_name(rc));
    if (rc >= 0 && !job->ended) truth_broken(a->w, "P1: job %lld was called off, and its row says %s", (long long)job->job, job->state);
}

static void people_act(actor *a)
{
    static const uint32_t datas[] = { ADSYNC_DATA_CAMPAIGNS, ADSYNC_DATA_METRICS, ADSYNC_DATA_ALL };
    static const uint32_t modes[] = { ADSYNC_SYNC_FULL, ADSYNC_SYNC_INCREMENTAL, ADSYNC_SYNC_BACKFILL };
    dst *w = a->w;
    uint32_t n = draw_below(&a->draw, w->n_connections), from = draw_below(&a->draw, DST_DAYS), what = draw_below(&a->draw, 9);
    const dst_connection *c = &w->connections[n];

    if (*w->redirect && w->redirect_connection < w->n_connections && draw_once_in(&a->draw, 2)) { /* a browser that reloads */
        char query[sizeof w->redirect];
        memcpy(query, w->redirect, sizeof query);
        *w->redirect = 0;
        (void)people_complete(a, w->connections[w->redirect_connection].org_name, query);
    } else if (what <= 5) {
        (void)people_ask(a, n, datas[draw_below(&a->draw, 3)], modes[draw_below(&a->draw, 3)], from,
                         from + draw_below(&a->draw, DST_DAYS - from));
    } else if (what == 8) {
        people_cancel(a);
    } else if (what == 6) {
        (void)adsync_grant_refresh(a->engine, c->org_name, c->grant, &people_call, NULL);
    } else if (people_is_expired(a, c) || draw_once_in(&a->draw, 4)) {
        (void)people_consent(a, n, draw_once_in(&a->draw, 2));
    }
}

/* A host that waits turns its engine: what a call that was given up left there is brought to its end. */
static void people_idle(actor *a, int64_t us)
{
    dst *w = a->w;
    int64_t until = w->now_us + us;

    while (w->now_us < until && !w->over)
        if (adsync_engine_step(a->engine, until - w->now_us, NULL) < 0) dst_sleep(a, DST_SECOND);
}

void people_host(void *arg)
{
    actor *a = arg;
    dst *w = a->w;

    if (!a->number) people_setup(w);
    while (w->setup && !w->over) dst_sleep(a, DST_SECOND);
    while (people_open(a)) {
        while (!a->dead && !w->over && !w->calm) {
            people_act(a);
            dst_sleep(a, draw_span(&a->draw, DST_SECOND, w->plan.haste_us));
        }
        while (!a->dead && !w->over && w->calm) {
            if (a->number)
                people_idle(a, DST_MINUTE);
            else
                people_end(a);
        }
        if (!people_dead(a)) dst_close_engine(a);
    }
}

/* ---- before and after */

/* Without schedules nothing is synced but what somebody asks for. */
static void people_unschedule(dst *w, const dst_connection *c)
{
    const adsync_value bound[] = { adsync__value_int(c->org), adsync__value_int(c->connection) };
    const adsync_range range = { .table = ADSYNC_T_SCHEDULES, .limit = 50, .lower = bound, .n_lower = 2, .upper = bound, .n_upper = 2 };
    adsync_rows *rows = NULL;

    if (adsync_storage_scan(w->rows, c->org, &range, &rows, NULL) < 0) truth_broken(w, "the rows cannot be scanned");
    for (size_t i = 0; rows && i < adsync_rows_count(rows); i++) {
        const adsync_change gone = { .op = ADSYNC_CHANGE_DELETE,
                                     .table = ADSYNC_T_SCHEDULES,
                                     .expected = ADSYNC_EXPECT_ANY,
                                     .values = adsync__rows_values(rows, i),
                                     .n_values = adsync_index_width(ADSYNC_T_SCHEDULES, 0) };
        if (adsync_storage_commit(w->rows, c->org, &gone, 1, NULL, NULL) < 0) truth_broken(w, "no schedule could be taken away");
    }
    adsync_rows_free(rows);
}

static void people_connect(dst *w, actor *a, uint32_t account)
{
    static const char *const orgs[] = { "one", "two" };
    dst_connection *c = &w->connections[account];
    uint32_t user = account / 2, token = 0;
    char access[24], refresh[24], id[24];
    adsync_grant_options options = { .size = sizeof options, .refresh_token = refresh };

    *c = (dst_connection){ .account = account, .org_name = orgs[user % 2] };
    w->server.accounts[account].user = user;
    if (account % 2) { /* the same person's consent */
        c->grant = w->connections[account - 1].grant;
    } else {
        token = server_issue(w, user, 0);
        w->server.tokens[token].delivered = w->server.tokens[token].committed = true;
        (void)snprintf(access, sizeof access, "a%u", token);
        (void)snprintf(refresh, sizeof refresh, "r%u", token);
        options.expires_us = DST_START + w->server.tokens[token].expires_us;
        if (adsync_grant_add(a->engine, c->org_name, "toy", access, &options, &c->grant, NULL) < 0)
            truth_broken(w, "no grant could be added");
    }
    (void)snprintf(id, sizeof id, "%u", account + 1);
    if (adsync_connection_add(a->engine, c->org_name, c->grant, id, NULL, &c->connection, NULL) < 0 ||
        adsync_storage_org(w->rows, c->org_name, 0, &c->org, NULL) < 0)
        truth_broken(w, "no connection could be added");
    if (!w->plan.schedules) people_unschedule(w, c);
    if (token) w->grants[w->n_grants++] = (dst_grant){ c->org, c->grant, user, token, token };
    w->n_connections++;
}

void people_setup(dst *w)
{
    actor *a = &w->actors[0];

    if (!people_open(a)) return;
    for (uint32_t i = 0; i < w->plan.accounts; i++) people_connect(w, a, i);
    dst_close_engine(a);
    w->setup = false;
}

static bool people_until_ended(actor *a)
{
    dst *w = a->w;
    int64_t until = w->now_us + PEOPLE_HOURS * 60 * DST_MINUTE;

    while (!truth_all_ended(w) && !w->over && w->now_us < until) people_idle(a, 5 * DST_SECOND);
    if (!truth_all_ended(w)) truth_broken(w, "Live: a job has not ended %d hours after the last fault", PEOPLE_HOURS);
    return !w->over;
}

static void people_mend(actor *a, uint32_t n)
{
    for (uint32_t i = 0; i < 5 && !a->w->over && people_is_expired(a, &a->w->connections[n]); i++)
        if (!people_consent(a, n, false)) dst_sleep(a, DST_MINUTE);
}

/* A grant whose answers were all stored must be good still. */
static void people_refresh(actor *a, uint32_t n)
{
    dst *w = a->w;
    const dst_connection *c = &w->connections[n];
    const dst_grant *g = truth_grant_of(w, c->org, c->grant);
    const adsync_call call = { .size = sizeof call, .wait_us = 10 * DST_MINUTE };
    adsync_error *error = NULL;
    bool bereft = g && w->server.tokens[g->chain].bereft;
    adsync_status rc = ADSYNC_E_TRANSIENT;

    for (uint32_t i = 0; i < 5 && rc < 0 && rc != ADSYNC_E_AUTH && !w->over; i++) { /* the rest of an older try may come first */
        adsync_error_free(error);
        error = NULL;
        rc = adsync_grant_refresh(a->engine, c->org_name, c->grant, &call, &error);
    }

    dst_note(w, a, "the last refresh of user %u: %s %s", w->server.accounts[c->account].user, adsync_status_name(rc),
             rc < 0 ? adsync_error_message(error) : "");
    if (rc == ADSYNC_E_AUTH && !bereft)
        truth_broken(w, "P4d: grant of account %u cannot be refreshed, and no answer to a refresh was lost: %s", n + 1,
                     adsync_error_message(error));
    if (rc == ADSYNC_E_AUTH && !w->over && !people_is_expired(a, c))
        truth_broken(w, "P4d: grant of account %u is lost, and its row does not say so", n + 1);
    adsync_error_free(error);
}

void people_end(actor *a)
{
    dst *w = a->w;
    uint32_t before;

    people_idle(a, 6 * DST_MINUTE); /* whoever was paused goes on by now */
    if (!people_until_ended(a)) return;
    truth_at_rest(w);
    for (uint32_t i = 0; i < w->n_connections && !w->over; i++)
        if (!people_is_expired(a, &w->connections[i])) people_refresh(a, i);
    for (uint32_t i = 0; i < w->n_connections && !w->over; i++) people_mend(a, i);
    w->ending = true;
    before = w->n_jobs;
    for (uint32_t i = 0; i < w->n_connections && !w->over; i++)
        if (!people_ask(a, i, ADSYNC_DATA_CAMPAIGNS, ADSYNC_SYNC_FULL, 0, 0) ||
            !people_ask(a, i, ADSYNC_DATA_METRICS, ADSYNC_SYNC_FULL, 0, DST_DAYS - 1))
            truth_broken(w, "Live: nothing is wrong any more, and account %u cannot be synced", i + 1);
    if (w->over || !people_until_ended(a)) return;
    if (truth_any_failed(w, before)) truth_broken(w, "Live: nothing is wrong any more, and a job does not succeed");
    truth_equal(w);
    truth_at_rest(w);
    w->over = true;
}
