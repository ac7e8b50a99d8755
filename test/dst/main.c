/* SPDX-License-Identifier: MIT */
#include "dst.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct options options;
struct options {
    uint64_t seeds, from, trace;
    const char *guard, *cell, *program;
    int (*what)(dst *w, const options *o);
};

static int main_runs(dst *w, const options *o, bool (*run)(dst *w, uint64_t seed, bool trace), const char *how)
{
    uint64_t points = 0, failed = 0;

    for (uint64_t seed = o->from; seed < o->from + o->seeds; seed++) {
        bool good = run(w, seed, o->trace);
        points += w->points;
        if (good) continue;
        failed++;
        (void)printf("seed %llu: %s\n    %s%s --seeds 1 --from %llu%s%s --trace\n", (unsigned long long)seed, w->broken, o->program, how,
                     (unsigned long long)seed, o->guard ? " --guard " : "", o->guard ? o->guard : "");
        if (failed == 10) break;
    }
    (void)printf("%llu seeds, %llu points, %llu failed\n", (unsigned long long)o->seeds, (unsigned long long)points,
                 (unsigned long long)failed);
    return failed ? 1 : 0;
}

static int main_seeds(dst *w, const options *o) { return main_runs(w, o, seed_run, ""); }

static int main_saturated(dst *w, const options *o) { return main_runs(w, o, saturated_run, " --saturated"); }

/* ---- the matrix */

static const char *const main_whens[] = { "", "before", "lost", "after" };
static const char *const main_thens[] = { "", "restart", "another", "zombie" };

static uint32_t main_word(const char *const *words, const char *word)
{
    for (uint32_t i = 1; i < 4; i++)
        if (!strcmp(words[i], word)) return i;
    return 0;
}

static bool main_cell(dst *w, uint32_t scene, uint32_t point, uint32_t when, uint32_t then, uint64_t rows, const options *o)
{
    bool good = matrix_run(w, scene, point, when, then, o->trace);

    if (good && point && w->matrix.rows && rows != w->matrix.rows) {
        (void)snprintf(w->broken, sizeof w->broken, "P1c: its rows are not those of the undisturbed run");
        good = false;
    }
    if (good && point && !w->matrix.struck) {
        (void)snprintf(w->broken, sizeof w->broken, "the victim did not get that far");
        good = when != MATRIX_BEFORE; /* that was its last call, or it had been told to stop meanwhile */
    }
    if (!good)
        (void)printf("%s, call %u, %s, %s: %s\n    %s --cell %s/%u/%s/%s --trace\n", matrix_scene(scene), point, main_whens[when],
                     main_thens[then], w->broken, o->program, matrix_scene(scene), point, main_whens[when], main_thens[then]);
    return good;
}

static uint32_t main_scene(dst *w, uint32_t scene, const options *o, uint64_t *cells)
{
    uint32_t failed = !main_cell(w, scene, 0, 0, 0, 0, o), calls = w->matrix.seen;
    uint64_t rows = w->matrix.rows;

    for (uint32_t point = 1; point <= calls && failed < 10; point++)
        for (uint32_t when = MATRIX_BEFORE; when <= MATRIX_AFTER; when++)
            for (uint32_t then = MATRIX_RESTART; then <= MATRIX_ZOMBIE; then++, (*cells)++)
                failed += !main_cell(w, scene, point, when, then, rows, o);
    (void)printf("%s: %u calls\n", matrix_scene(scene), calls);
    return failed;
}

static int main_matrix(dst *w, const options *o)
{
    uint64_t cells = 0;
    uint32_t failed = 0;

    for (uint32_t i = 0; matrix_scene(i); i++) failed += main_scene(w, i, o, &cells);
    (void)printf("%llu cells of the crash matrix, %u failed\n", (unsigned long long)cells, failed);
    return failed ? 1 : 0;
}

static int main_one_cell(dst *w, const options *o)
{
    char scene[16] = "", when[16] = "", then[16] = "";
    uint32_t point = 0, n = 0;

    if (sscanf(o->cell, "%15[^/]/%u/%15[^/]/%15s", scene, &point, when, then) < 2) return 2;
    while (matrix_scene(n) && strcmp(matrix_scene(n), scene)) n++;
    if (!matrix_scene(n) || (point && (!main_word(main_whens, when) || !main_word(main_thens, then)))) return 2;
    if (!main_cell(w, n, 0, 0, 0, 0, &(options){ .program = o->program })) return 1;
    return main_cell(w, n, point, main_word(main_whens, when), main_word(main_thens, then), w->matrix.rows, o) ? 0 : 1;
}

/* ---- the guards: with any one off, some seed must fail */

static bool main_scene_sees(dst *w, const char *name, const options *o)
{
    uint32_t n = 0;

    while (strcmp(matrix_scene(n), name)) n++;
    (void)main_cell(w, n, 0, 0, 0, 0, &(options){ .program = o->program });
    for (uint32_t point = 1, calls = w->matrix.seen; point <= calls; point++)
        for (uint32_t then = MATRIX_RESTART; then <= MATRIX_ZOMBIE; then++)
            if (!matrix_run(w, n, point, MATRIX_BEFORE, then, false)) return true;
    return false;
}

static int main_guards(dst *w, const options *o)
{
    uint32_t blind = 0;

    for (uint32_t i = 0; guards_name(i); i++) {
        const char *scene = guards_scene(guards_name(i));
        uint64_t seed = o->from;
        (void)guards_set(guards_name(i));
        if (scene) {
            bool sees = main_scene_sees(w, scene, o);
            (void)printf("without %s: %s: %s\n", guards_name(i), scene, sees ? w->broken : "no cell sees anything");
            blind += !sees;
            continue;
        }
        while (seed < o->from + o->seeds && seed_run(w, seed, false)) seed++;
        if (seed < o->from + o->seeds)
            (void)printf("without %s: seed %llu: %s\n", guards_name(i), (unsigned long long)seed, w->broken);
        else
            (void)printf("without %s: %llu seeds see nothing\n", guards_name(i), (unsigned long long)o->seeds);
        blind += seed == o->from + o->seeds;
        (void)fflush(stdout);
    }
    return blind ? 1 : 0;
}

/* ---- the same seed, the same run */

static int main_twice(dst *w, const options *o)
{
    for (uint64_t seed = o->from; seed < o->from + o->seeds; seed++) {
        uint64_t first, points;
        (void)seed_run(w, seed, false);
        first = w->digest;
        points = w->points;
        (void)seed_run(w, seed, false);
        if (first == w->digest) continue;
        (void)printf("seed %llu goes two ways: %llu points, then %llu\n", (unsigned long long)seed, (unsigned long long)points,
                     (unsigned long long)w->points);
        return 1;
    }
    return 0;
}

static const char main_usage[] = "usage: run [--seeds N] [--from SEED] [--guard NAME] [--trace]   seeds, with a guard of the library off\n"
                                 "       run --matrix | --cell SCENE/CALL/before|lost|after/restart|another|zombie [--trace]\n"
                                 "       run --saturated [--seeds N] [--from SEED] [--trace]   more to ask than a limit lets through\n"
                                 "       run --guards [--seeds N]   each guard off in turn: N seeds must see it\n"
                                 "       run --twice [--seeds N]    the same seed is the same run\n";

static bool main_options(options *o, int argc, char **argv)
{
    const struct {
        const char *name;
        uint64_t *number;
        const char **text;
        int (*what)(dst *w, const options *o);
    } known[] = {
        { "--seeds", &o->seeds, NULL, NULL },        { "--from", &o->from, NULL, NULL },      { "--guard", NULL, &o->guard, NULL },
        { "--cell", NULL, &o->cell, main_one_cell }, { "--matrix", NULL, NULL, main_matrix }, { "--guards", NULL, NULL, main_guards },
        { "--twice", NULL, NULL, main_twice },       { "--trace", &o->trace, NULL, NULL },
        { "--saturated", NULL, NULL, main_saturated },
    };

    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        bool takes;
        while (k < sizeof known / sizeof *known && strcmp(known[k].name, argv[i])) k++;
        if (k == sizeof known / sizeof *known) return false;
        takes = known[k].text || (known[k].number && known[k].number != &o->trace);
        if (takes && i + 1 == argc) return false;
        if (known[k].what) o->what = known[k].what;
        if (known[k].number) *known[k].number = takes ? strtoull(argv[++i], NULL, 10) : 1;
        if (known[k].text) *known[k].text = argv[++i];
    }
    return guards_set(o->guard);
}

int main(int argc, char **argv)
{
    options o = { .seeds = 1000, .program = argv[0], .what = main_seeds };
    dst *w = calloc(1, sizeof *w);
    int rc = 2;

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (w && main_options(&o, argc, argv)) rc = o.what(w, &o);
    if (rc == 2) (void)fputs(main_usage, stderr);
    for (uint32_t i = 0; w && i < DST_ACTORS; i++) fiber_free(&w->actors[i].fiber);
    free(w);
    return rc;
}
