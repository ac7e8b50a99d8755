/* SPDX-License-Identifier: MIT */
/* Eight workers as processes on one storage; one after the other is killed with kill -9 and started again. Then the kit judges their
 * history. The program of a worker comes as the first argument,
 * the storage as the second: kit_places.c. */
#include "kit_places.h"
#include "kit_run.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

enum { WORKERS = 8, KILLS = 40, TRIES = 400, PAUSE_MS = 40 };

static const char *worker_program;
static const kit_place *place;

typedef struct crew {
    char folder[100], path[KIT_PATH];
    pid_t pids[WORKERS]; /* 0: not running */
    uint32_t starts, killed, ended;
    uint64_t draw;
} crew;

static uint32_t crew_below(crew *c, uint32_t n)
{
    c->draw = c->draw * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(c->draw >> 33) % n;
}

static void crew_start(crew *c, uint32_t role)
{
    char seed[20], number[20], log[140];
    char *argv[] = { (char *)(uintptr_t)worker_program, (char *)(uintptr_t)place->name, c->path, seed, number, log, NULL };
    extern char **environ;

    snprintf(seed, sizeof seed, "%u", ++c->starts);
    snprintf(number, sizeof number, "%u", role);
    snprintf(log, sizeof log, "%s/%u-%u.log", c->folder, role, c->starts);
    assert_int_equal(posix_spawn(&c->pids[role], worker_program, NULL, NULL, argv, environ), 0);
}

/* Waits for the end of one worker, which is killed or must have ended well. */
static void crew_reap(crew *c, uint32_t role, bool kill_it)
{
    int status = 0;
    pid_t pid = c->pids[role];

    if (!pid) return;
    if (kill_it) (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    c->pids[role] = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        c->killed++;
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        c->ended++;
    else
        fail_msg("worker %u ended with status %d", role, status);
}

static void crew_run(crew *c)
{
    struct timespec pause = { 0 };
    uint32_t role = 0;

    for (uint32_t i = 0; i < WORKERS; i++)
        crew_start(c, i);
    /* When a kill falls does not matter, only that it falls anywhere; every other time on the youngest, since on a quick machine the
     * older ones have ended by themselves. */
    for (int i = 0; i < TRIES && c->killed < KILLS; i++) {
        role = i % 2 ? role : crew_below(c, WORKERS);
        pause.tv_nsec = crew_below(c, PAUSE_MS) * 1000000L;
        nanosleep(&pause, NULL);
        crew_reap(c, role, true);
        crew_start(c, role);
        if (place->disturb) place->disturb(c->path);
    }
    for (uint32_t i = 0; i < WORKERS; i++)
        crew_reap(c, i, false);
}

static int crew_begin(void **state)
{
    crew *c = calloc(1, sizeof *c);
    const char *root = getenv("TMPDIR");

    assert_non_null(c);
    snprintf(c->folder, sizeof c->folder, "%.60s/adsync-crew-XXXXXX", root && *root ? root : "/tmp");
    assert_non_null(mkdtemp(c->folder));
    place->begin(c->folder, c->path);
    c->draw = 20261120;
    *state = c;
    return 0;
}

static int crew_end(void **state)
{
    crew *c = *state;
    DIR *folder = opendir(c->folder);
    char name[400];

    for (uint32_t i = 0; i < WORKERS; i++)
        if (c->pids[i]) crew_reap(c, i, true);
    place->end(c->path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(name, sizeof name, "%s/%s", c->folder, entry->d_name);
        (void)unlink(name);
    }
    if (folder) (void)closedir(folder);
    (void)rmdir(c->folder);
    free(c);
    return 0;
}

/* P1: kill -9 anywhere, any number of workers. */
static void eight_workers_that_are_killed_leave_a_right_history(void **state)
{
    crew *c = *state;
    adsync_storage_check_options options = { .size = sizeof options, .user = c->path };
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    char *skipped;

    options.open = place->open;
    crew_run(c);
    assert_int_equal(c->killed, KILLS);
    if (place->told) place->told(c->path);
    (void)adsync_storage_check_verify(&options, c->folder, &report, &error);
    if (!report) fail_msg("%s", adsync_error_message(error));
    print_message("%u starts, %u killed, %u ended\n", c->starts, c->killed, c->ended);
    skipped = report_names(report, "skipped");
    assert_string_equal(skipped, ""); /* kills were seen: 3.7 was judged */
    adsync__free(skipped);
    report_is_clean(report);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(eight_workers_that_are_killed_leave_a_right_history, crew_begin, crew_end),
    };

    if (argc != 3 || !(place = kit_place_find(argv[2]))) return 2;
    worker_program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
