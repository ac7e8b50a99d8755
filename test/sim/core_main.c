/* SPDX-License-Identifier: MIT */
#include "core.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static const sim_platform *const main_platforms[] = { &sim_meta, NULL };

const sim_platform *const *sim_platforms(void) { return main_platforms; }

const sim_platform *sim_platform_of(const char *host)
{
    for (const sim_platform *const *p = main_platforms; *p; p++) {
        for (const char *const *name = (*p)->hosts; *name; name++) {
            if (!strcmp(*name, host)) return *p;
        }
    }
    return NULL;
}

/* ---- the truth: printed as it is computed, so its length is no matter */

static bool main_flush(sim_text *out, void *user)
{
    FILE *to = user;
    bool fine;

    if (!to) return out->size < 64u * 1024 * 1024; /* kept in memory: a bound */
    fine = fwrite(out->p, 1, out->size, to) == out->size;
    sim_clear(out);
    return fine;
}

int sim_truth(sim_world *sim, FILE *to)
{
    sim_text out = { 0 };
    const char *wrong = NULL;

    for (const sim_platform *const *p = main_platforms; *p && !wrong; p++) wrong = (*p)->truth(sim, &sim->options, &out, main_flush, to);
    if (!wrong && out.size && !main_flush(&out, to)) wrong = "the output cannot be written";
    sim_free(&out);
    if (wrong) fprintf(stderr, "adsim: %s\n", wrong);
    return wrong ? 2 : 0;
}

bool sim_truth_text(sim_world *sim, const sim_json *what, sim_text *out, const char **wrong)
{
    sim_options options = sim->options;
    sim_text lines = { 0 };

    options.truth = sim_json_str(what, "kind", "");
    options.account = sim_json_str(what, "account", "");
    options.level = sim_json_str(what, "level", "");
    options.fields = sim_json_str(what, "fields", "");
    options.from = sim_json_str(what, "from", "");
    options.to = sim_json_str(what, "to", "");
    for (const sim_platform *const *p = main_platforms; *p && !*wrong; p++) *wrong = (*p)->truth(sim, &options, &lines, main_flush, NULL);
    sim_json_key(out, "rows");
    sim_json_open(out, '[');
    for (size_t i = 0; i + 1 < lines.size; i++) {
        if (lines.p[i] == '\n') lines.p[i] = ',';
    }
    if (lines.size) sim_add(out, lines.p, lines.size - 1);
    sim_putc(out, ']');
    sim_free(&lines);
    return !*wrong;
}

int main(int argc, char **argv)
{
    static sim_world sim;
    pid_t parent = getppid();
    const char *wrong = NULL;
    int rc = sim_options_read(&sim, argc, argv);

    if (rc >= 0) return rc;
    if (!sim.options.stay && !*sim.options.truth) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) return 0; /* it died before we asked */
    }
    if (*sim.options.faults && (wrong = sim_faults_read(&sim, sim.options.faults))) {
        fprintf(stderr, "adsim: --faults %s: %s\n", sim.options.faults, wrong);
        return 2;
    }
    if (*sim.options.log && !(sim.log = fopen(sim.options.log, "ab"))) {
        fprintf(stderr, "adsim: --log %s cannot be written\n", sim.options.log);
        return 2;
    }
    for (const sim_platform *const *p = main_platforms; *p; p++) (*p)->open(&sim);
    rc = *sim.options.truth ? sim_truth(&sim, stdout) : sim_run(&sim);
    for (const sim_platform *const *p = main_platforms; *p; p++) (*p)->close(&sim);
    (void)sim_fault_remove(&sim, 0);
    sim_windows_clear(&sim);
    if (sim.log) (void)fclose(sim.log);
    sim_arena_free(&sim.texts);
    free(sim.cert);
    free(sim.key);
    free(sim.ca);
    return rc;
}
