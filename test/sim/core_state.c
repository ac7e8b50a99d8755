/* SPDX-License-Identifier: MIT */
/*
 * An outage is over for everybody at once: connections are cut, then refused, and what comes back is the same world. --state FILE is
 * written when the simulator is told to stop and read when it starts: ports and certificates, the clock, tokens that died, people's
 * consents, report jobs, what was counted. Faults are not part of the world. One walk over it reads and writes.
 */
#include "site.h"

#include <stdlib.h>

#define STATE_TEXT_MAX (16u << 20)

typedef struct state_file {
    FILE *f;
    bool writes, broken;
} state_file;

static void state_bytes(state_file *s, void *p, size_t size)
{
    if (!s->broken && size) s->broken = (s->writes ? fwrite(p, 1, size, s->f) : fread(p, 1, size, s->f)) != size;
    if (s->broken && !s->writes) memset(p, 0, size);
}

#define STATE_FIELD(s, field) state_bytes(s, &(field), sizeof(field))

/* malloc'ed when read */
static void state_text(state_file *s, char **text)
{
    uint64_t size = s->writes && *text ? strlen(*text) + 1 : 0;

    STATE_FIELD(s, size);
    if (size > STATE_TEXT_MAX) s->broken = true;
    if (!s->writes) *text = size && !s->broken ? sim_need(calloc(1, size)) : NULL;
    if (!s->broken) state_bytes(s, *text, size);
    if (!s->writes && *text) (*text)[size - 1] = 0;
}

/* a list is its items, each behind a 1, and a 0: whether there is one more */
static bool state_item(state_file *s, bool there)
{
    uint8_t mark = there;

    STATE_FIELD(s, mark);
    return !s->broken && mark;
}

static void state_grants(state_file *s, sim_site *site)
{
    sim_grant **at = &site->grants, *next;

    while (state_item(s, s->writes && *at)) {
        if (!s->writes) *at = sim_need(calloc(1, sizeof **at));
        next = (*at)->next;
        STATE_FIELD(s, **at);
        (*at)->next = next;
        at = &(*at)->next;
    }
}

static void state_job(state_file *s, sim_site *site, sim_job *job)
{
    char *query = job->query, *forced = s->writes && job->forced ? (char *)(uintptr_t)job->forced : NULL;

    STATE_FIELD(s, *job);
    job->query = query;
    state_text(s, &job->query);
    state_text(s, &forced);
    if (s->writes) return;
    job->forced = forced ? sim_copy(&site->sim->texts, forced, strlen(forced)) : NULL;
    free(forced);
}

static void state_jobs(state_file *s, sim_site *site)
{
    uint64_t n = 0;

    STATE_FIELD(s, site->job_serial);
    if (!s->writes) {
        site->jobs = sim_need(calloc(SIM_JOBS, sizeof *site->jobs));
        for (STATE_FIELD(s, n); !s->broken && n < SIM_JOBS; STATE_FIELD(s, n)) state_job(s, site, &site->jobs[n]);
        return;
    }
    for (; site->jobs && n < SIM_JOBS; n++) {
        if (!site->jobs[n].query) continue;
        STATE_FIELD(s, n);
        state_job(s, site, &site->jobs[n]);
    }
    n = SIM_JOBS;
    STATE_FIELD(s, n);
}

static void state_windows(state_file *s, sim_world *sim)
{
    sim_window one;

    for (size_t i = 0; s->writes && i < SIM_COUNT(sim->windows); i++)
        for (sim_window *w = sim->windows[i]; w; w = w->next) {
            (void)state_item(s, true);
            STATE_FIELD(s, *w);
        }
    while (state_item(s, false)) {
        sim_window *w, *next;

        STATE_FIELD(s, one);
        if (s->broken || one.window <= 0) break;
        w = sim_window_get(sim, one.key, one.window);
        next = w->next;
        *w = one;
        w->next = next;
    }
}

static void state_site(state_file *s, sim_site *site)
{
    STATE_FIELD(s, site->token_serial);
    STATE_FIELD(s, site->codes_spent);
    STATE_FIELD(s, site->tokens_dead);
    STATE_FIELD(s, site->tokens_reason);
    STATE_FIELD(s, site->codes_at);
    STATE_FIELD(s, site->tokens_at);
    STATE_FIELD(s, site->hidden);
    STATE_FIELD(s, site->hidden_count);
    state_grants(s, site);
    state_jobs(s, site);
}

/* whose state: another seed's world or another build's memory is none of ours */
static bool state_mark(state_file *s, const sim_world *sim)
{
    const uint64_t mine = sim_hash((uint64_t)sim->options.seed, sizeof(sim_grant), sizeof(sim_job), sizeof(sim_window) << 32 | 1);
    uint64_t mark = mine;

    STATE_FIELD(s, mark);
    return !s->broken && mark == mine;
}

static void state_walk(state_file *s, sim_world *sim)
{
    STATE_FIELD(s, sim->clock_base);
    STATE_FIELD(s, sim->tick_base);
    STATE_FIELD(s, sim->serial);
    STATE_FIELD(s, sim->trace_serial);
    STATE_FIELD(s, sim->tls_port);
    STATE_FIELD(s, sim->plain_port);
    STATE_FIELD(s, sim->control_port);
    state_text(s, &sim->cert);
    state_text(s, &sim->key);
    state_text(s, &sim->ca);
    state_windows(s, sim);
    for (sim_site *site = sim->sites; site->sim; site++) state_site(s, site);
}

const char *sim_state_read(sim_world *sim)
{
    state_file s = { .f = *sim->options.state ? fopen(sim->options.state, "rb") : NULL };
    bool fine;

    if (!s.f) return NULL; /* the first start */
    if ((fine = state_mark(&s, sim))) state_walk(&s, sim);
    (void)fclose(s.f);
    return fine && !s.broken ? NULL : "--state is not of this world";
}

const char *sim_state_write(sim_world *sim)
{
    state_file s = { .writes = true };
    char part[4096];

    if (!*sim->options.state) return NULL;
    (void)snprintf(part, sizeof part, "%s.part", sim->options.state);
    if (!(s.f = fopen(part, "wb"))) return "--state cannot be written";
    (void)state_mark(&s, sim);
    state_walk(&s, sim);
    return fclose(s.f) || s.broken || rename(part, sim->options.state) ? "--state cannot be written" : NULL;
}
