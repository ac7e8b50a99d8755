/* SPDX-License-Identifier: MIT */
/* What must hold after each commit, held against the platform's own state. (Tokens and limits: truth_calls.c.) */
#include "truth.h"

#include <stdio.h>
#include <stdlib.h>

void truth_broken(dst *w, const char *format, ...)
{
    va_list args;

    if (*w->broken) return;
    va_start(args, format);
    (void)vsnprintf(w->broken, sizeof w->broken, format, args);
    va_end(args);
    dst_note(w, NULL, "BROKEN: %s", w->broken);
    w->over = true;
}

/* ---- looking */

adsync_rows *truth_read(dst *w, uint32_t table, int64_t org, const adsync_value *key)
{
    adsync_rows *rows = NULL;

    if (adsync_storage_read(w->rows, org, table, 0, key, 1, &rows, NULL) < 0) truth_broken(w, "the rows cannot be read");
    if (rows && adsync_rows_next(rows, NULL) == ADSYNC_ROW) return rows;
    adsync_rows_free(rows);
    return NULL;
}

adsync_rows *truth_scan(dst *w, uint32_t table, uint32_t index, int64_t org, const adsync_value *bound, uint32_t n)
{
    const adsync_range range = {
        .table = table, .index = index, .limit = 5000, .lower = bound, .n_lower = n, .upper = bound, .n_upper = n
    };
    adsync_rows *rows = NULL;

    if (adsync_storage_scan(w->rows, org, &range, &rows, NULL) < 0) truth_broken(w, "the rows cannot be scanned");
    return rows;
}

dst_connection *truth_connection(dst *w, int64_t org, int64_t connection)
{
    for (uint32_t i = 0; i < w->n_connections; i++)
        if (w->connections[i].org == org && w->connections[i].connection == connection) return &w->connections[i];
    return NULL;
}

static dst_job *truth_job(dst *w, int64_t org, int64_t job)
{
    for (uint32_t i = w->n_jobs; i > 0; i--)
        if (w->jobs[i - 1].org == org && w->jobs[i - 1].job == job) return &w->jobs[i - 1];
    return NULL;
}

int truth_id(const adsync_value *value)
{
    int id = value && value->kind == ADSYNC_VALUE_TEXT && value->size > 1 && *value->p == 'c' ? atoi(value->p + 1) : -1;

    return id < DST_IDS ? id : -1;
}

/* The states of an account that held at some time between the two, as places: first and one past the last. */
static void truth_states(const dst *w, uint32_t account, int64_t since_us, int64_t until_us, uint32_t *first, uint32_t *end)
{
    const server_account *a = &w->server.accounts[account];

    for (*first = a->n_states - 1; *first && a->states[*first].since_us > since_us;) --*first;
    for (*end = *first + 1; *end < a->n_states && a->states[*end].since_us <= until_us;) ++*end;
}

/* The job whose lane it is; NULL: nobody's. */
static dst_job *truth_lane_job(dst *w, int64_t org, int64_t connection, int64_t data)
{
    const adsync_value key[] = { adsync__value_int(org), adsync__value_int(connection), adsync__value_int(data) };
    adsync_rows *lane = truth_read(w, ADSYNC_T_LANES, org, key);
    dst_job *job = lane ? truth_job(w, org, adsync_rows_int(lane, ADSYNC_C_JOB)) : NULL;

    adsync_rows_free(lane);
    return job;
}

/* ---- days */

static bool day_equals(adsync_rows *rows, const server_state *s, uint32_t place)
{
    uint32_t stored = 0, due = 0;

    for (size_t i = 0; i < adsync_rows_count(rows); i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        int id = truth_id(&row[METRICS_AT_ID]);
        if (id < 0 || row[METRICS_AT_SPEND].kind != ADSYNC_VALUE_INT || row[METRICS_AT_SPEND].i != s->spend[id][place]) return false;
        stored++;
    }
    for (uint32_t id = 0; id < DST_IDS; id++) due += s->spend[id][place] != 0;
    return stored == due;
}

/* Whether a day's rows are what the platform said at one time between the two. */
static bool day_holds(dst *w, const dst_connection *c, uint32_t place, int64_t since_us, int64_t until_us)
{
    const adsync_value bound[] = { adsync__value_int(c->org), adsync__value_int(c->connection), adsync__value_int(ADSYNC_KIND_CAMPAIGN),
                                   adsync__value_int(server_day(place)) };
    adsync_rows *rows = truth_scan(w, ADSYNC_T_METRICS, 1, c->org, bound, 4);
    uint32_t first, end;
    bool holds = false;

    truth_states(w, c->account, since_us, until_us, &first, &end);
    for (uint32_t i = first; rows && i < end && !holds; i++) holds = day_equals(rows, &w->server.accounts[c->account].states[i], place);
    adsync_rows_free(rows);
    return holds;
}

static void truth_coverage(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;
    dst_connection *c = truth_connection(w, v[0].i, v[1].i);
    const dst_job *job = truth_lane_job(w, v[0].i, v[1].i, ADSYNC_DATA_METRICS);
    int place = server_place(v[4].i);
    dst_cover *cover;

    if (change->op != ADSYNC_CHANGE_PUT || !c || place < 0 || change->n_values < 7) return;
    cover = &c->covers[place];
    *cover = (dst_cover){ .whole = !adsync__equal_text(v[5].p, "partial"), .until_us = w->now_us, .pull = v[6].i };
    cover->since_us = job ? job->created_us : 0;
    if (cover->whole && !day_holds(w, c, (uint32_t)place, cover->since_us, w->now_us))
        truth_broken(w, "P1a: day %lld of account %u was covered, and its rows are not what any answer to its job said", (long long)v[4].i,
                     c->account + 1);
}

/* A figure that the platform never said is invented. */
static void truth_figure(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;
    dst_connection *c = truth_connection(w, v[0].i, v[1].i);
    int place = server_place(v[METRICS_AT_DAY].i), id = truth_id(&v[METRICS_AT_ID]);
    const server_account *account;
    bool said = false;

    if (!c) return;
    if (place >= 0) c->covers[place].touched = true;
    if (change->op != ADSYNC_CHANGE_PUT || change->n_values <= METRICS_AT_SPEND) return;
    account = &w->server.accounts[c->account];
    for (uint32_t i = 0; place >= 0 && id >= 0 && i < account->n_states && !said; i++)
        said = account->states[i].spend[id][place] == v[METRICS_AT_SPEND].i;
    if (!said) truth_broken(w, "P1: a figure was stored that the platform never gave");
}

/* ---- pages: what lies before a cursor is stored */

static bool page_has_entity(dst *w, const dst_connection *c, uint32_t id, uint16_t name)
{
    char text[16];
    adsync_value key[] = { adsync__value_int(c->org), adsync__value_int(c->connection), adsync__value_int(ADSYNC_KIND_CAMPAIGN), { 0 } };
    adsync_rows *row;
    bool has;

    (void)snprintf(text, sizeof text, "c%u", id);
    key[3] = adsync__value_text(text);
    if (!(row = truth_read(w, ADSYNC_T_ENTITIES, c->org, key))) return false;
    (void)snprintf(text, sizeof text, "n%u", name);
    has = adsync__equal_text(adsync_rows_text(row, ADSYNC_C_NAME), text) && !adsync_rows_int(row, ADSYNC_C_REMOVED_AT);
    adsync_rows_free(row);
    return has;
}

static bool page_has_figure(dst *w, const dst_connection *c, uint32_t id, uint32_t place, uint32_t spend)
{
    char text[16];
    adsync_value key[] = { adsync__value_int(c->org),
                           adsync__value_int(c->connection),
                           adsync__value_int(ADSYNC_KIND_CAMPAIGN),
                           { 0 },
                           adsync__value_int(server_day(place)),
                           adsync__value_text("") };
    adsync_rows *row;
    bool has;

    (void)snprintf(text, sizeof text, "c%u", id);
    key[3] = adsync__value_text(text);
    if (!(row = truth_read(w, ADSYNC_T_METRICS, c->org, key))) return false;
    has = adsync_rows_int(row, ADSYNC_C_SPEND) == spend;
    adsync_rows_free(row);
    return has;
}

static void truth_pages(dst *w, const dst_connection *c, uint32_t n, uint32_t page)
{
    const server_run *run = &w->server.runs[n];
    const server_state *s = &w->server.accounts[run->account].states[run->state];
    uint32_t left = page * DST_PAGE;

    for (uint32_t d = run->from; d < run->end && left; d++) {
        for (uint32_t id = 0; id < DST_IDS && left; id++) {
            if (run->report ? !s->spend[id][d] : !s->alive[id]) continue;
            left--;
            if (run->report ? page_has_figure(w, c, id, d, s->spend[id][d]) : page_has_entity(w, c, id, s->name[id])) continue;
            truth_broken(w, "P1a: the cursor of account %u stands at page %u of run %u, and c%u of the pages before is not stored",
                         c->account + 1, page, n, id);
            return;
        }
        if (!run->report) return;
    }
}

static void truth_lane(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;
    const dst_connection *c = truth_connection(w, v[0].i, v[1].i);
    const char *at = change->n_values > 5 && v[5].kind == ADSYNC_VALUE_TEXT ? strstr(v[5].p, "dst:") : NULL;
    uint32_t n = 0, page = 0;
    char kind = 0;

    if (change->op != ADSYNC_CHANGE_PUT || !c || !at || sscanf(at, "dst:%c%u.%u", &kind, &n, &page) != 3) return;
    if (n && n <= w->server.n_runs && kind == (w->server.runs[n].report ? 'R' : 'L')) truth_pages(w, c, n, page);
}

/* ---- entities */

/* Alive all along, whatever a list showed: the platform proved nothing else. */
static bool entity_lives(const dst *w, const dst_connection *c, uint32_t id, int64_t since_us)
{
    uint32_t first, end;

    truth_states(w, c->account, since_us, w->now_us, &first, &end);
    for (uint32_t i = first; i < end; i++)
        if (!w->server.accounts[c->account].states[i].alive[id]) return false;
    return true;
}

void truth_removals(actor *a, const adsync_change *changes, uint32_t n)
{
    dst *w = a->w;

    for (uint32_t i = 0; i < n; i++) {
        const adsync_value *v = changes[i].values;
        const dst_connection *c;
        const dst_job *job;
        int id;
        if (changes[i].table != ADSYNC_T_ENTITIES || changes[i].op != ADSYNC_CHANGE_PUT || changes[i].n_values < 7) continue;
        if (v[6].kind != ADSYNC_VALUE_INT || !(c = truth_connection(w, v[0].i, v[1].i)) || (id = truth_id(&v[3])) < 0) continue;
        job = truth_lane_job(w, v[0].i, v[1].i, ADSYNC_DATA_CAMPAIGNS);
        if (job && a->engine_number && entity_lives(w, c, (uint32_t)id, job->created_us))
            truth_broken(w, "P10: c%d of account %u is marked as removed, and the platform has it", id, c->account + 1);
    }
}

static void entity_stored(dst *w, const dst_connection *c, uint8_t stored[DST_IDS])
{
    const adsync_value bound[] = { adsync__value_int(c->org), adsync__value_int(c->connection) };
    adsync_rows *rows = truth_scan(w, ADSYNC_T_ENTITIES, 0, c->org, bound, 2);

    for (size_t i = 0; rows && i < adsync_rows_count(rows); i++) {
        const adsync_value *row = adsync__rows_values(rows, i);
        int id = truth_id(&row[3]);
        if (id >= 0) stored[id] = row[6].kind == ADSYNC_VALUE_NULL;
    }
    adsync_rows_free(rows);
}

/* A list that succeeded: what was there all along is stored, what was gone all along is not. */
static void truth_campaigns(dst *w, const dst_job *job)
{
    const dst_connection *c = truth_connection(w, job->org, job->connection);
    uint8_t stored[DST_IDS] = { 0 };
    uint32_t first, end;

    if (!c || w->plan.weak) return;
    entity_stored(w, c, stored);
    truth_states(w, c->account, job->created_us, w->now_us, &first, &end);
    for (uint32_t id = 0; id < DST_IDS; id++) {
        uint32_t alive = 0;
        for (uint32_t i = first; i < end; i++) alive += w->server.accounts[c->account].states[i].alive[id];
        if (alive == end - first && !stored[id])
            truth_broken(w, "P1: a list of account %u succeeded, and c%u is missing", c->account + 1, id);
        if (!alive && stored[id] && job->mode == ADSYNC_SYNC_FULL && !w->plan.stale)
            truth_broken(w, "P1: a full list of account %u succeeded, and c%u, long gone, still stands", c->account + 1, id);
    }
}

/* ---- jobs */

static bool job_ended(const char *state)
{
    return adsync__equal_text(state, "succeeded") || adsync__equal_text(state, "partial") || adsync__equal_text(state, "failed") ||
           adsync__equal_text(state, "cancelled");
}

static void truth_job_put(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;
    dst_job *job = truth_job(w, v[0].i, v[1].i);
    const char *state = change->op == ADSYNC_CHANGE_PUT && v[2].kind == ADSYNC_VALUE_TEXT ? v[2].p : NULL;

    if (!state) return;
    if (!job && change->n_values > 14 && w->n_jobs < DST_JOBS) {
        job = &w->jobs[w->n_jobs++];
        *job = (dst_job){ .org = v[0].i, .job = v[1].i, .connection = v[11].i, .data = v[13].i, .created_us = w->now_us };
        job->mode = (uint32_t)v[14].i;
    }
    if (!job) return;
    dst_note(w, a, "job %lld of connection %lld, data %lld: %s %s", (long long)job->job, (long long)job->connection, (long long)job->data,
             state, change->n_values > 5 && v[5].p ? v[5].p : "");
    if (job->ended && strcmp(job->state, state))
        truth_broken(w, "P1: a job that had ended as %s was written again as %s", job->state, state);
    if (!job->ended && !strcmp(state, "succeeded") && job->data == ADSYNC_DATA_CAMPAIGNS) truth_campaigns(w, job);
    job->ended = job_ended(state);
    (void)snprintf(job->state, sizeof job->state, "%s", state);
}

bool truth_all_ended(dst *w)
{
    for (uint32_t i = 0; i < w->n_jobs; i++)
        if (!w->jobs[i].ended) return false;
    return true;
}

bool truth_any_failed(const dst *w, uint32_t from)
{
    for (uint32_t i = from; i < w->n_jobs; i++)
        if (strcmp(w->jobs[i].state, "succeeded")) return true;
    return false;
}

/* ---- who may write */

static bool engine_is_dead(const dst *w, int64_t engine)
{
    for (uint32_t i = 0; i < w->n_dead; i++)
        if (w->dead_engines[i] == engine) return true;
    return false;
}

static void truth_engine(actor *a, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value *v = change->values;

    if (change->op != ADSYNC_CHANGE_PUT || change->n_values < 6) return;
    if (!adsync__equal_text(v[5].p, "dead")) {
        if (engine_is_dead(w, v[0].i)) truth_broken(w, "P1b: an engine that was declared dead wrote its row again");
        a->engine_number = v[0].i;
        return;
    }
    dst_note(w, a, "declares engine %lld dead", (long long)v[0].i);
    if (w->n_dead < ADSYNC__COUNT(w->dead_engines)) w->dead_engines[w->n_dead++] = v[0].i;
}

static int64_t truth_class(uint32_t table)
{
    if (table == ADSYNC_T_METRICS || table == ADSYNC_T_COVERAGE || table == ADSYNC_T_REVISIONS) return ADSYNC_DATA_METRICS;
    return table == ADSYNC_T_ENTITIES || table == ADSYNC_T_SEEN ? ADSYNC_DATA_CAMPAIGNS : 0;
}

static bool truth_has_lane(const adsync_change *changes, uint32_t n, const adsync_value *key, int64_t data)
{
    for (uint32_t i = 0; i < n; i++)
        if (changes[i].table == ADSYNC_T_LANES && changes[i].values[0].i == key[0].i && changes[i].values[1].i == key[1].i &&
            changes[i].values[2].i == data)
            return true;
    return false;
}

/* The rows of a lane have one writer: whom the lane's row names. */
static void truth_owner(actor *a, const adsync_change *changes, uint32_t n, const adsync_change *change)
{
    dst *w = a->w;
    const adsync_value key[] = { change->values[0], change->values[1], adsync__value_int(truth_class(change->table)) };
    adsync_rows *lane = truth_read(w, ADSYNC_T_LANES, key[0].i, key);
    int64_t owner = lane ? adsync_rows_int(lane, ADSYNC_C_ENGINE) : 0;

    if (owner != a->engine_number && !(owner == 0 && truth_has_lane(changes, n, key, key[2].i)))
        truth_broken(w, "P1: rows of a lane (%s) were written by another engine than its owner", adsync_table_name(change->table));
    adsync_rows_free(lane);
}

static const struct {
    uint32_t table;
    bool work; /* of lanes: not for the dead */
    void (*look)(actor *a, const adsync_change *change);
} truth_tables[] = {
    { ADSYNC_T_ENGINES, false, truth_engine }, { ADSYNC_T_GRANTS, false, truth_grant },     { ADSYNC_T_SECRETS, false, truth_secret },
    { ADSYNC_T_LANES, true, truth_lane },      { ADSYNC_T_JOBS, false, truth_job_put },     { ADSYNC_T_ENTITIES, true, NULL },
    { ADSYNC_T_METRICS, true, truth_figure },  { ADSYNC_T_COVERAGE, true, truth_coverage }, { ADSYNC_T_SEEN, true, NULL },
    { ADSYNC_T_REVISIONS, true, NULL },
};

static void truth_change(actor *a, const adsync_change *change)
{
    for (uint32_t i = 0; i < ADSYNC__COUNT(truth_tables); i++) {
        if (truth_tables[i].table != change->table) continue;
        if (truth_tables[i].work && change->op != ADSYNC_CHANGE_CHECK && engine_is_dead(a->w, a->engine_number))
            truth_broken(a->w, "P1b: an engine that had been declared dead committed %s", adsync_table_name(change->table));
        if (truth_tables[i].look) truth_tables[i].look(a, change);
    }
}

void truth_commit(actor *a, const adsync_change *changes, uint32_t n)
{
    int64_t org = 0, connection = 0, data = 0;

    a->w->moved = a->w->stored = NULL;
    truth_revisions(a->w, changes, n);
    for (uint32_t i = 0; i < n && !*a->w->broken; i++) {
        const adsync_change *c = &changes[i];
        int64_t is = c->op == ADSYNC_CHANGE_CHECK ? 0 : truth_class(c->table);
        dst_mix(a->w, (uint64_t)c->table << 32 | c->op);
        if (a->w->erases && c->op == ADSYNC_CHANGE_DELETE) continue;
        truth_change(a, c);
        if (!is || (is == data && c->values[0].i == org && c->values[1].i == connection)) continue;
        truth_owner(a, changes, n, c); /* once for each lane */
        org = c->values[0].i;
        connection = c->values[1].i;
        data = is;
    }
}

/* ---- at rest */

static void rest_account(dst *w, const dst_connection *c)
{
    for (uint32_t d = 0; d < DST_DAYS; d++) {
        const dst_cover *cover = &c->covers[d];
        if (cover->whole && !cover->touched && !day_holds(w, c, d, cover->since_us, cover->until_us))
            truth_broken(w, "P1c: day %lld of account %u is not any more what it was covered with", (long long)server_day(d),
                         c->account + 1);
    }
}

void truth_at_rest(dst *w)
{
    for (uint32_t i = 0; i < w->n_connections; i++) rest_account(w, &w->connections[i]);
    truth_tokens_at_rest(w);
}

void truth_equal(dst *w)
{
    for (uint32_t i = 0; i < w->n_connections; i++) {
        const dst_connection *c = &w->connections[i];
        const server_state *s = server_now(w, c->account);
        for (uint32_t d = 0; d < DST_DAYS; d++)
            if (!day_holds(w, c, d, w->now_us, w->now_us))
                truth_broken(w, "P1c: at rest day %lld of account %u is not what the platform says", (long long)server_day(d),
                             c->account + 1);
        for (uint32_t id = 0; id < DST_IDS; id++)
            if (page_has_entity(w, c, id, s->name[id]) != s->alive[id])
                truth_broken(w, "P1c: at rest c%u of account %u is not as the platform has it", id, c->account + 1);
    }
}

/* Of what a run leaves, without versions, times and pulls: two runs of the same scene must agree. */
uint64_t truth_rows_digest(dst *w)
{
    uint64_t h = 1;

    for (uint32_t i = 0; i < w->n_connections; i++) {
        const dst_connection *c = &w->connections[i];
        const adsync_value bound[] = { adsync__value_int(c->org), adsync__value_int(c->connection) };
        adsync_rows *metrics = truth_scan(w, ADSYNC_T_METRICS, 0, c->org, bound, 2),
                    *entities = truth_scan(w, ADSYNC_T_ENTITIES, 0, c->org, bound, 2);
        for (size_t r = 0; metrics && r < adsync_rows_count(metrics); r++) {
            const adsync_value *v = adsync__rows_values(metrics, r);
            h = (h ^ (uint64_t)(truth_id(&v[METRICS_AT_ID]) + 1) ^ (uint64_t)v[METRICS_AT_DAY].i << 8 ^
                 (uint64_t)v[METRICS_AT_SPEND].i << 40) *
                UINT64_C(1099511628211);
        }
        for (size_t r = 0; entities && r < adsync_rows_count(entities); r++) {
            const adsync_value *v = adsync__rows_values(entities, r);
            h = (h ^ (uint64_t)(truth_id(&v[3]) + 1) ^ (uint64_t)(v[6].kind == ADSYNC_VALUE_NULL) << 20) * UINT64_C(1099511628211);
        }
        adsync_rows_free(metrics);
        adsync_rows_free(entities);
    }
    return h;
}
