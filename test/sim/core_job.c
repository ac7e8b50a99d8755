/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous reports. A job is its parameters and how often somebody looked: with a clock that stands still, looks are what moves it
 * on. --run-seconds makes it wait for the clock as well.
 */
#include "site.h"

#include <stdlib.h>

sim_job *sim_job_new(sim_site *site, int64_t g, char *query)
{
    sim_job *job;

    if (!site->jobs) site->jobs = sim_need(calloc(SIM_JOBS, sizeof *site->jobs));
    job = &site->jobs[++site->job_serial % SIM_JOBS];
    free(job->query);
    *job = (sim_job){ .number = site->job_serial, .account = g, .created = sim_now(site->sim), .query = query };
    return job;
}

sim_job *sim_job_get(sim_site *site, int64_t number, int64_t life)
{
    sim_job *job = site->jobs && number > 0 ? &site->jobs[number % SIM_JOBS] : NULL;

    return job && job->number == number && job->query && sim_now(site->sim) - job->created <= life ? job : NULL;
}

int sim_job_percent(const sim_site *site, const sim_job *job)
{
    const sim_options *o = &site->sim->options;
    int64_t waited = sim_now(site->sim) - job->created, percent = 100;

    if (job->polls < o->run_polls) percent = job->polls * 90 / o->run_polls;
    if (waited < o->run_seconds && waited * 90 / o->run_seconds < percent) percent = waited * 90 / o->run_seconds;
    return (int)percent;
}

bool sim_job_fate(sim_site *site, const sim_request *request, sim_job *job, const char *account, int64_t code, int64_t subcode)
{
    const sim_fault *fault = sim_fault_pick(site->sim, request, "run", account);

    if (!fault) return false;
    job->forced = NULL;
    if (sim_json_str(fault->spec, "status", NULL)) {
        const char *status = sim_json_str(fault->spec, "status", "");

        job->forced = sim_copy(&site->sim->texts, status, strlen(status)); /* the fault may be cleared before the job */
    }
    job->code = sim_json_int(fault->spec, "code", code);
    job->subcode = sim_json_int(fault->spec, "subcode", subcode);
    return true;
}
