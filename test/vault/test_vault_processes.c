/* SPDX-License-Identifier: MIT */
/* Eight processes seal and open over one SQLite file while one of them makes new data keys and reseals, another changes the master key to
 * and fro and rewraps, and all of them are killed at any moment and started again. Not one open may fail. */
#include "place.h"
#include "support/any.h"

#include <adsync/sqlite.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 8, ORGS = 3, GRANTS = 6, RACES = 12 };
enum { OPENS = 4000, ROTATIONS = 12, RESEALS = 6, REWRAPS = 12, KILLS = 24, SECONDS = 120 }; /* so much must happen, in at most so long */

static const adsync__vault_limits small = { .lot_first = 4, .lot_most = 32, .key_uses = 300, .believe_us = 100000, .orgs = 2 };

/* What all processes see; only ever added to. */
typedef struct shared {
    uint64_t opens, seals, rotations, reseals, rewraps, kills;
    uint64_t failures;
    uint64_t ready, go;
    char words[512];                                        /* of one failure */
    char first[RACES][WORKERS][ADSYNC__VAULT_OVERHEAD + 1]; /* what each sealed when it raced */
} shared;

typedef struct town {
    place one, two; /* key files: k1 k2, and k2 k1 */
    char database[96];
    shared *seen;
} town;

typedef struct worker {
    const town *t;
    any any;
    adsync_storage *storage;
    adsync_keys *keys;
    adsync_vault *vault;
    uint32_t role;
} worker;

static void count(uint64_t *what) { __atomic_add_fetch(what, 1, __ATOMIC_SEQ_CST); }
static uint64_t counted(const uint64_t *what) { return __atomic_load_n(what, __ATOMIC_SEQ_CST); }

static bool worker_fails(const worker *w, const char *what, adsync_status rc, const adsync_error *error)
{
    if (rc >= 0 || rc == ADSYNC_E_RETRY) return false; /* a busy file is no failure: the caller asks again */
    if (!counted(&w->t->seen->failures))
        (void)snprintf(w->t->seen->words, sizeof w->t->seen->words, "worker %u, %s: %s %s: %s", w->role, what, adsync_status_name(rc),
                       adsync_error_name(error), adsync_error_message(error));
    count(&w->t->seen->failures);
    return true;
}

/* ---- what a process does */

/* Goes when the test does, however that ends. */
static void worker_born(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) _exit(1);
}

static void worker_close(worker *w)
{
    adsync_vault_free(w->vault);
    adsync_keys_free(w->keys);
    adsync_storage_free(w->storage);
    w->vault = NULL;
    w->keys = NULL;
    w->storage = NULL;
}

static bool worker_open(worker *w, const char *keys)
{
    adsync_error *error = NULL;
    adsync_status rc;

    worker_close(w);
    do rc = adsync_sqlite_open(w->t->database, NULL, &w->storage, &error);
    while (rc == ADSYNC_E_RETRY);
    if (rc >= 0) rc = adsync_keys_open_file(keys, &w->keys, &error);
    if (rc >= 0) rc = adsync_vault_open(w->storage, w->keys, NULL, &w->vault, &error);
    if (rc >= 0) adsync__vault_tune(w->vault, &small);
    (void)worker_fails(w, "open", rc, error);
    adsync_error_free(error);
    return rc >= 0;
}

static void worker_text(char *out, size_t room, int64_t org, int64_t grant, int64_t generation)
{
    (void)snprintf(out, room, "token of %" PRId64 "/%" PRId64 "/%" PRId64, org, grant, generation);
}

static void worker_seal(worker *w, int64_t org, int64_t grant)
{
    const int64_t generation = (int64_t)(any_bits(&w->any) >> 12);
    adsync_value row[8] = {
        adsync__value_int(org),        adsync__value_int(grant), adsync__value_text("access"), adsync__value_int(0), { 0 },
        adsync__value_int(generation), adsync__value_int(0),     adsync__value_int(0)
    };
    const adsync_change change = {
        .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_SECRETS, .expected = ADSYNC_EXPECT_ANY, .values = row, .n_values = 8
    };
    adsync_error *error = NULL;
    adsync__buffer blob;
    adsync_status rc;
    char text[100];

    worker_text(text, sizeof text, org, grant, generation);
    adsync__buffer_begin(&blob, 1000);
    rc = adsync__vault_seal_column(w->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, text, strlen(text), &blob, &error);
    row[4] = adsync__value_bytes(blob.p, blob.size);
    if (!worker_fails(w, "seal", rc, error) && rc >= 0) {
        rc = adsync_storage_commit(w->storage, org, &change, 1, NULL, &error);
        (void)worker_fails(w, "store", rc, error);
    }
    if (rc >= 0) count(&w->t->seen->seals);
    adsync__buffer_free(&blob);
    adsync_error_free(error);
}

static void worker_check(worker *w, const adsync_value *row)
{
    adsync__secret secret = { 0 };
    adsync_error *error = NULL;
    adsync_status rc = adsync__vault_unseal_column(w->vault, ADSYNC_T_SECRETS, ADSYNC_C_SEALED, row, 8, &secret, &error);
    char text[100];

    worker_text(text, sizeof text, row[0].i, row[1].i, row[5].i);
    if (rc >= 0 && strcmp(secret.p, text) != 0) rc = adsync_error_set(&error, ADSYNC_E_INTERNAL, "another text came out", 0);
    if (!worker_fails(w, "unseal", rc, error) && rc >= 0) count(&w->t->seen->opens);
    adsync__secret_free(&secret);
    adsync_error_free(error);
}

static void worker_unseal(worker *w, int64_t org)
{
    const adsync_value bound = adsync__value_int(org);
    const adsync_range range = { .table = ADSYNC_T_SECRETS, .limit = 100, .lower = &bound, .n_lower = 1, .upper = &bound, .n_upper = 1 };
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    adsync_status rc = adsync_storage_scan(w->storage, org, &range, &rows, &error);

    (void)worker_fails(w, "scan", rc, error);
    for (size_t i = 0; rc >= 0 && i < adsync_rows_count(rows); i++) worker_check(w, adsync__rows_values(rows, i));
    adsync_rows_free(rows);
    adsync_error_free(error);
}

static const char *org_name(int64_t org, char out[16])
{
    (void)snprintf(out, 16, "org %" PRId64, org);
    return out;
}

static void worker_rotate(worker *w, int64_t org)
{
    adsync_error *error = NULL;
    adsync_status rc = ADSYNC_OK;
    uint32_t left = 1;
    char name[16];

    if (any_below(&w->any, 2)) {
        rc = adsync_vault_rotate(w->vault, org_name(org, name), &error);
        if (!worker_fails(w, "rotate", rc, error) && rc >= 0) count(&w->t->seen->rotations);
    }
    for (int i = 0; rc >= 0 && left && i < 100; i++) {
        rc = adsync_vault_reseal(w->vault, org_name(org, name), 2, &left, &error);
        if (rc == ADSYNC_PARTIAL) rc = adsync_error_set(&error, ADSYNC_E_INTERNAL, "a secret did not open", 0);
        (void)worker_fails(w, "reseal", rc, error);
    }
    if (rc >= 0 && !left) count(&w->t->seen->reseals);
    adsync_error_free(error);
}

static void worker_rewrap(worker *w)
{
    adsync_error *error = NULL;
    adsync_status rc = ADSYNC_OK;
    uint32_t left = 1;

    if (!worker_open(w, any_below(&w->any, 2) ? w->t->one.path : w->t->two.path)) return;
    for (int i = 0; rc >= 0 && left && i < 100; i++) {
        rc = adsync_vault_rewrap(w->vault, 2, &left, &error);
        (void)worker_fails(w, "rewrap", rc, error);
    }
    if (rc >= 0 && !left) count(&w->t->seen->rewraps);
    adsync_error_free(error);
}

static void worker_live(worker *w)
{
    if (!worker_open(w, w->role % 2 ? w->t->one.path : w->t->two.path)) return;
    while (!counted(&w->t->seen->failures)) {
        int64_t org = 1 + any_below(&w->any, ORGS);
        if (w->role == 0) worker_rotate(w, org);
        if (w->role == 1) worker_rewrap(w);
        if (!w->vault) return;
        worker_seal(w, org, any_below(&w->any, GRANTS));
        worker_unseal(w, 1 + any_below(&w->any, ORGS));
    }
}

/* ---- the town */

static void town_begin(town *t)
{
    *t = (town){ 0 };
    place_make(&t->one);
    place_make(&t->two);
    place_write(&t->one, PLACE_K1 "\n" PLACE_K2);
    place_write(&t->two, PLACE_K2 "\n" PLACE_K1);
    (void)snprintf(t->database, sizeof t->database, "%s/db", t->one.folder);
    t->seen = mmap(NULL, sizeof *t->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(t->seen, MAP_FAILED);
}

static void town_end(town *t)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    char path[128];

    for (size_t i = 0; i < ADSYNC__COUNT(endings); i++) {
        (void)snprintf(path, sizeof path, "%s%s", t->database, endings[i]);
        (void)unlink(path);
    }
    (void)munmap(t->seen, sizeof *t->seen);
    place_remove(&t->one);
    place_remove(&t->two);
}

static pid_t town_start(const town *t, uint32_t role, uint64_t seed)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (!child) {
        worker w = { .t = t, .role = role, .any = { seed } };
        worker_born();
        worker_live(&w);
        worker_close(&w);
        _exit(0);
    }
    return child;
}

static void town_kill(town *t, pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    count(&t->seen->kills);
}

static bool town_seen_enough(const shared *s)
{
    return counted(&s->opens) >= OPENS && counted(&s->rotations) >= ROTATIONS && counted(&s->reseals) >= RESEALS &&
           counted(&s->rewraps) >= REWRAPS && counted(&s->kills) >= KILLS;
}

/* Every row opens, every organisation has one key that seals. */
static void town_inspect(town *t)
{
    worker w = { .t = t, .role = 99, .any = { 1 } };
    uint64_t before;
    char ring[16384], *active;

    assert_true(worker_open(&w, t->one.path));
    before = counted(&t->seen->opens);
    for (int64_t org = 1; org <= ORGS; org++) {
        worker_unseal(&w, org);
        (void)place_ring(w.storage, org, ring, sizeof ring);
        assert_non_null(active = strstr(ring, " active"));
        assert_null(strstr(active + 1, " active"));
        assert_null(memchr(ring, ',', (size_t)(active - ring))); /* the highest id */
    }
    assert_int_equal(counted(&t->seen->opens) - before, ORGS * GRANTS);
    worker_close(&w);
}

static void eight_processes_seal_and_open_through_both_rotations_and_kill_9_without_one_failed_open(void **state)
{
    pid_t workers[WORKERS];
    worker first = { .role = 98, .any = { 3 } };
    any dice = { 7 };
    time_t end = time(NULL) + SECONDS;
    char name[16];
    town t;

    (void)state;
    town_begin(&t);
    first.t = &t;
    assert_true(worker_open(&first, t.one.path));
    for (int64_t org = 1; org <= ORGS; org++) {
        assert_int_equal(place_org(first.storage, org_name(org, name)), org);
        for (int64_t grant = 0; grant < GRANTS; grant++) worker_seal(&first, org, grant);
    }
    worker_close(&first);
    for (uint32_t i = 0; i < WORKERS; i++) workers[i] = town_start(&t, i, 100 + i);
    for (uint64_t seed = 1000; !town_seen_enough(t.seen) && !counted(&t.seen->failures) && time(NULL) < end; seed++) {
        const struct timespec pause = { 0, 20000000 + any_below(&dice, 150) * 1000000L };
        uint32_t victim = any_below(&dice, WORKERS);
        (void)nanosleep(&pause, NULL);
        if (any_below(&dice, 3) == 0) victim = any_below(&dice, 2); /* those who rotate more often */
        town_kill(&t, workers[victim]);
        workers[victim] = town_start(&t, victim, seed);
    }
    for (uint32_t i = 0; i < WORKERS; i++) town_kill(&t, workers[i]);
    town_inspect(&t);
    print_message("%" PRIu64 " opens, %" PRIu64 " seals, %" PRIu64 " rotations, %" PRIu64 " reseals, %" PRIu64 " rewraps, %" PRIu64
                  " kills\n",
                  t.seen->opens, t.seen->seals, t.seen->rotations, t.seen->reseals, t.seen->rewraps, t.seen->kills);
    if (t.seen->failures) fail_msg("%" PRIu64 " failures; one: %s", t.seen->failures, t.seen->words);
    assert_true(town_seen_enough(t.seen));
    town_end(&t);
}

/* ---- the first key */

static void race_run(const town *t, uint32_t role)
{
    worker w = { .t = t, .role = role };
    adsync_error *error = NULL;
    adsync_bytes *sealed = NULL;
    adsync_status rc;
    char name[16];

    worker_born();
    if (!worker_open(&w, t->one.path)) _exit(1);
    for (int64_t race = 0; race < RACES; race++) {
        count(&t->seen->ready);
        while (counted(&t->seen->ready) < (uint64_t)(race + 1) * WORKERS && !counted(&t->seen->failures)) {} /* all at once */
        do rc = adsync_vault_seal(w.vault, org_name(race, name), "c", 1, "x", 1, &sealed, &error);
        while (rc == ADSYNC_E_RETRY);
        if (worker_fails(&w, "first seal", rc, error)) _exit(2);
        memcpy(t->seen->first[race][role], adsync_bytes_data(sealed, NULL), ADSYNC__VAULT_OVERHEAD + 1);
        adsync_bytes_free(sealed);
    }
    worker_close(&w);
    _exit(0);
}

static void race_opens(worker *w, int64_t race)
{
    char name[16];

    for (uint32_t role = 0; role < WORKERS; role++) {
        adsync_bytes *sealed = NULL;
        assert_int_equal(adsync_bytes_new(w->t->seen->first[race][role], ADSYNC__VAULT_OVERHEAD + 1, &sealed, NULL), ADSYNC_OK);
        assert_int_equal(place_opens(w->vault, org_name(race, name), "c", 1, sealed, "x"), ADSYNC_OK);
        adsync_bytes_free(sealed);
    }
}

static void of_processes_that_race_to_make_the_first_key_one_wins(void **state)
{
    pid_t workers[WORKERS];
    worker w = { .role = 99 };
    char ring[256];
    int status;
    town t;

    (void)state;
    town_begin(&t);
    w.t = &t;
    assert_true(worker_open(&w, t.one.path)); /* makes the tables */
    worker_close(&w);
    for (uint32_t i = 0; i < WORKERS; i++)
        if (!(workers[i] = fork())) race_run(&t, i);
    for (uint32_t i = 0; i < WORKERS; i++) {
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_int_equal(status, 0);
    }
    if (t.seen->failures) fail_msg("%s", t.seen->words);
    assert_true(worker_open(&w, t.one.path));
    for (int64_t org = 1; org <= RACES; org++) assert_string_equal(place_ring(w.storage, org, ring, sizeof ring), "1 active k1");
    for (int64_t race = 0; race < RACES; race++) race_opens(&w, race);
    worker_close(&w);
    town_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_processes_that_race_to_make_the_first_key_one_wins),
        cmocka_unit_test(eight_processes_seal_and_open_through_both_rotations_and_kill_9_without_one_failed_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
