/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static int main_serve(sim_world *sim)
{
    const char *wrong = sim_state_read(sim);
    int rc = wrong ? 2 : sim_run(sim);

    if (!rc && (wrong = sim_state_write(sim))) rc = 1;
    if (wrong) fprintf(stderr, "adsim: %s\n", wrong);
    return rc;
}

int main(int argc, char **argv)
{
    static sim_world sim;
    pid_t parent = getppid();
    const char *wrong = NULL;
    int rc;

    sim_sites_make(&sim);
    if ((rc = sim_options_read(&sim, argc, argv)) >= 0) goto done;
    if (!sim.options.stay && !*sim.options.truth) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) goto done; /* it died before we asked */
    }
    if (*sim.options.faults && (wrong = sim_faults_read(&sim, sim.options.faults))) {
        fprintf(stderr, "adsim: --faults %s: %s\n", sim.options.faults, wrong);
        rc = 2;
        goto done;
    }
    if (*sim.options.log && !(sim.log = fopen(sim.options.log, "ab"))) {
        fprintf(stderr, "adsim: --log %s cannot be written\n", sim.options.log);
        rc = 2;
        goto done;
    }
    sim_sites_open(&sim);
    rc = *sim.options.truth ? sim_truth_print(&sim, stdout) : main_serve(&sim);
done:
    sim_sites_close(&sim);
    (void)sim_fault_remove(&sim, 0);
    sim_windows_clear(&sim);
    if (sim.log) (void)fclose(sim.log);
    sim_arena_free(&sim.texts);
    free(sim.cert);
    free(sim.key);
    free(sim.ca);
    return rc;
}
