/* SPDX-License-Identifier: MIT */
/* Every allocation of SQLite's and of ours, every write to the disk fails once, and fails from then on. A story opens a file and puts
 * the same rows in generation after generation; whatever happened, the file then holds all rows of one generation, and it is one
 * that the answers allow. P1: nothing lost, nothing half. */
#include "place.h"
#include "shim.h"
#include "support/faults.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 24, GENERATIONS = 2 };

typedef struct story {
    place p, cut;          /* cut: what a power cut right after the first failure would leave */
    char *base;            /* the file as it is before each telling: generation 100 */
    size_t size;
    bool existing;         /* the telling begins with that file; else with none */
    bool opened;           /* the telling came beyond opening */
    int64_t sure;          /* the generation that was answered OK last */
    bool maybe[GENERATIONS + 1]; /* answered E_UNCERTAIN */
    int64_t cut_sure;      /* of the moment of the cut; -1: there was none */
    bool cut_maybe[GENERATIONS + 1];
    uint64_t failed, uncertain;
    uint64_t step;         /* each call whose number it divides is made to fail; 0: every one */
    const adsync_status *allowed; /* what may be answered; ended by ADSYNC_OK */
} story;

static const adsync_status faults_no_memory[] = { ADSYNC_E_MEMORY, ADSYNC_E_UNCERTAIN, ADSYNC_OK };
static const adsync_status faults_no_disk[] = { ADSYNC_E_STORAGE, ADSYNC_E_UNCERTAIN, ADSYNC_OK };
static const adsync_status faults_full_disk[] = { ADSYNC_E_STORAGE, ADSYNC_E_UNCERTAIN, ADSYNC_OK };

/* Of a file; none where there is no file. The caller frees them. */
static char *faults_file(const char *path, const char *end, size_t *size)
{
    char name[160], *bytes;
    struct stat about;
    FILE *file;

    snprintf(name, sizeof name, "%s%s", path, end);
    *size = 0;
    if (!(file = fopen(name, "rb"))) return calloc(1, 1);
    assert_int_equal(fstat(fileno(file), &about), 0);
    assert_non_null(bytes = malloc((size_t)about.st_size + 1));
    *size = fread(bytes, 1, (size_t)about.st_size, file);
    (void)fclose(file);
    return bytes;
}

static void faults_write(const char *path, const char *end, const char *bytes, size_t size)
{
    char name[160];
    FILE *file;

    snprintf(name, sizeof name, "%s%s", path, end);
    (void)unlink(name);
    if (!bytes) return;
    assert_non_null(file = fopen(name, "wb"));
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* What lies on the disk, without the memory that living processes share. */
static void faults_cut(story *s)
{
    size_t db_size, log_size;
    char *db = faults_file(s->p.file, "", &db_size), *log = faults_file(s->p.file, "-wal", &log_size);

    faults_write(s->cut.file, "", db, db_size);
    faults_write(s->cut.file, "-wal", log, log_size);
    faults_write(s->cut.file, "-shm", NULL, 0);
    s->cut_sure = s->sure;
    memcpy(s->cut_maybe, s->maybe, sizeof s->cut_maybe);
    free(db);
    free(log);
}

static void faults_answer(story *s, adsync_status rc, const adsync_error *error)
{
    if (rc >= 0) return;
    s->failed++;
    for (const adsync_status *a = s->allowed; *a; a++)
        if (*a == rc) return;
    shim_stop();
    fail_msg("answered %s: %s", adsync_status_name(rc), adsync_error_message(error));
}

static void faults_put(story *s, adsync_storage *storage, int64_t generation)
{
    static char names[ROWS][8], text[600];
    adsync_value rows[ROWS][3];
    adsync_change changes[ROWS];
    adsync_error *error = NULL;
    adsync_status rc;

    memset(text, 'x', sizeof text);
    for (uint32_t i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[i], "r%u", i);
        rows[i][0] = adsync__value_text(names[i]);
        rows[i][1] = adsync__value_int(generation);
        rows[i][2] = (adsync_value){ ADSYNC_VALUE_TEXT, sizeof text, 0, text };
        changes[i] = (adsync_change){ ADSYNC_CHANGE_PUT, ADSYNC_T_META, ADSYNC_EXPECT_ANY, 0, rows[i], 3, 0 };
    }
    rc = adsync_storage_commit(storage, 0, changes, ROWS, NULL, &error);
    if (rc == ADSYNC_OK) {
        s->sure = generation;
        memset(s->maybe, 0, sizeof s->maybe);
    }
    if (rc == ADSYNC_E_UNCERTAIN) {
        s->maybe[generation] = true;
        s->uncertain++;
    }
    if (rc < 0 && s->cut_sure < 0) faults_cut(s);
    faults_answer(s, rc, error);
    adsync_error_free(error);
}

static void faults_look(story *s, adsync_storage *storage)
{
    const adsync_value from = WORD("r"), to = WORD("s");
    const adsync_range range = { .table = ADSYNC_T_META, .limit = 100, .n_lower = 1, .lower = &from, .n_upper = 1, .upper = &to };
    const adsync_value keys[] = { WORD("r1"), WORD("r2"), WORD("none") };
    const adsync_storage_ops *ops = adsync__storage_ops(storage);
    adsync_error *error = NULL;
    adsync_rows *rows = NULL;
    adsync_bytes *sql = NULL;
    uint32_t left;

    faults_answer(s, adsync_sqlite_ddl(0, NULL, &sql, &error), error);
    adsync_bytes_free(sql);
    faults_answer(s, adsync_storage_scan(storage, 0, &range, &rows, &error), error);
    adsync_rows_free(rows);
    faults_answer(s, adsync_storage_read(storage, 0, ADSYNC_T_META, 0, keys, 3, &rows, &error), error);
    adsync_rows_free(rows);
    faults_answer(s, ops->erase(ops->user, ADSYNC_T_LIMITS, keys, 1, 5, &left, &error), error);
    adsync_error_free(error);
}

static void faults_tell(void *user)
{
    story *s = user;
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    adsync_status rc;

    s->sure = 0;
    s->cut_sure = -1;
    memset(s->maybe, 0, sizeof s->maybe);
    rc = adsync_sqlite_open(s->p.file, NULL, &storage, &error);
    s->opened = storage != NULL;
    faults_answer(s, rc, error);
    adsync_error_free(error);
    if (!storage) return;
    for (int64_t g = 1; g <= GENERATIONS; g++)
        faults_put(s, storage, g);
    faults_look(s, storage);
    adsync_storage_free(storage);
}

static void faults_reset(story *s)
{
    static const char *const ends[] = { "-wal", "-shm", "-journal" };

    for (size_t i = 0; i < ADSYNC__COUNT(ends); i++)
        faults_write(s->p.file, ends[i], NULL, 0);
    faults_write(s->p.file, "", s->existing ? s->base : NULL, s->size);
}

/* Opens it again, undisturbed: one generation, and one that was promised or left open. */
static void faults_check(const place *p, int64_t sure, const bool *maybe)
{
    long long rows = -1, least = -1, most = -1;
    char *found;

    found = place_text(
        p, "SELECT count(*), coalesce(min(value), 0), coalesce(max(value), 0), (SELECT * FROM pragma_integrity_check) FROM adsync_meta"
           " WHERE key LIKE 'r%'");
    assert_non_null(strstr(found, "|ok\n"));
    assert_int_equal(sscanf(found, "%lld|%lld|%lld|", &rows, &least, &most), 3);
    free(found);
    assert_int_equal(least, most);
    assert_int_equal(rows, least ? ROWS : 0);
    if (least != sure && !(least > 0 && least <= GENERATIONS && maybe[least]))
        fail_msg("generation %d is there, %d was answered", (int)least, (int)sure);
}

/* Opening failed and wrote nothing at all: that is cheap to see. */
static bool faults_untouched(const story *s)
{
    size_t size, log_size;
    char *bytes, *log;
    bool same;

    if (s->opened || !s->existing) return false;
    bytes = faults_file(s->p.file, "", &size);
    log = faults_file(s->p.file, "-wal", &log_size);
    same = size == s->size && !log_size && !memcmp(bytes, s->base, size);
    free(bytes);
    free(log);
    return same;
}

static void faults_all(story *s, uint32_t kind, uint64_t least)
{
    bool same = false; /* as faults_reset leaves it */
    int64_t held;
    uint64_t n;

    s->failed = s->uncertain = 0;
    faults_reset(s);
    held = sqlite3_memory_used();
    shim_fail(kind, 0, false);
    faults_tell(s);
    n = shim_stop();
    assert_true(n >= least);
    assert_int_equal(s->failed, 0);
    assert_int_equal(s->sure, GENERATIONS);
    for (uint64_t i = 1; i <= 2 * n; i++) {
        bool from_then_on = i % 2 == 0;
        if (s->step && (i + 1) / 2 % s->step) continue;
        /* without memory from then on is over soon and much like the next one: every fifth will do, and the last ones */
        if (from_then_on && kind == SHIM_MEMORY && i / 2 % 5 && i / 2 < n - 200) continue;
        if (!same) faults_reset(s);
        shim_fail(kind, (i + 1) / 2, from_then_on);
        faults_tell(s);
        shim_stop();
        assert_int_equal(sqlite3_memory_used(), held);
        if ((same = faults_untouched(s))) continue;
        if (s->existing || s->opened) faults_check(&s->p, s->sure, s->maybe);
        else adsync_storage_free(place_open(&s->p, NULL)); /* tables that were half made are no hindrance */
        if (s->cut_sure >= 0) faults_check(&s->cut, s->cut_sure, s->cut_maybe);
    }
    assert_true(s->failed > n / (2 * (s->step ? s->step : 1)));

}

static int faults_begin(void **state)
{
    story *s = calloc(1, sizeof *s);

    assert_non_null(s);
    place_make(&s->p);
    place_make(&s->cut);
    adsync_storage_free(place_open(&s->p, NULL));
    /* SQLite reads their text at each opening, which is two thirds of all allocations and none of our affair */
    place_sql(&s->p,
              "DROP VIEW adsync_v_connections; DROP VIEW adsync_v_jobs; DROP VIEW adsync_v_campaigns; DROP VIEW adsync_v_adsets;"
              "DROP VIEW adsync_v_ads; DROP VIEW adsync_v_metrics; DROP VIEW adsync_v_coverage; DROP VIEW adsync_v_api_calls; VACUUM");
    s->base = faults_file(s->p.file, "", &s->size);
    assert_true(s->size > 4096);
    *state = s;
    return 0;
}

static int faults_end(void **state)
{
    story *s = *state;

    place_remove(&s->p);
    place_remove(&s->cut);
    free(s->base);
    free(s);
    return 0;
}

static void no_memory_for_sqlite_on_a_file_that_is_there(void **state)
{
    story *s = *state;

    s->existing = true;
    s->allowed = faults_no_memory;
    faults_all(s, SHIM_MEMORY, 500);
}

/* Making the tables asks some ten thousand times, mostly for the same: every 41st, then. */
static void no_memory_for_sqlite_while_the_tables_are_made(void **state)
{
    story *s = *state;

    s->step = 41;
    s->allowed = faults_no_memory;
    faults_all(s, SHIM_MEMORY, 5000);
}

static void no_memory_for_us(void **state)
{
    story *s = *state;

    s->existing = true;
    s->allowed = faults_no_memory;
    faults_reset(s);
    assert_true(faults_allocations(faults_tell, s) > 10);
    assert_true(s->failed > 10);
    faults_check(&s->p, s->sure, s->maybe);
}

static void a_disk_that_refuses(void **state)
{
    story *s = *state;

    s->existing = true;
    s->allowed = faults_no_disk;
    faults_all(s, SHIM_DISK_BEFORE, 30);
    assert_true(s->uncertain > 0); /* a sync that fails leaves it open */
}

static void a_disk_that_does_it_and_then_refuses(void **state)
{
    story *s = *state;

    s->existing = true;
    s->allowed = faults_no_disk;
    faults_all(s, SHIM_DISK_AFTER, 30);
}

static void a_disk_that_is_full(void **state)
{
    story *s = *state;

    s->existing = true;
    s->allowed = faults_full_disk;
    faults_all(s, SHIM_DISK_FULL, 30);
}

static void a_disk_that_refuses_while_the_tables_are_made(void **state)
{
    story *s = *state;

    s->allowed = faults_no_disk;
    faults_all(s, SHIM_DISK_BEFORE, 60);
    faults_all(s, SHIM_DISK_AFTER, 60);
}

/* What is answered OK lies on the disk, not in what the system means to write some time. */
static void every_commit_syncs_the_log(void **state)
{
    story *s = *state;
    adsync_storage *storage = place_open(&s->p, NULL);

    s->allowed = faults_no_disk;
    faults_put(s, storage, 1);
    for (int64_t g = 1; g <= GENERATIONS; g++) {
        uint64_t before = shim_syncs();
        faults_put(s, storage, g);
        assert_true(shim_syncs() > before);
    }
    adsync_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_memory_for_sqlite_on_a_file_that_is_there, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(no_memory_for_sqlite_while_the_tables_are_made, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(no_memory_for_us, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(a_disk_that_refuses, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(a_disk_that_does_it_and_then_refuses, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(a_disk_that_is_full, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(a_disk_that_refuses_while_the_tables_are_made, faults_begin, faults_end),
        cmocka_unit_test_setup_teardown(every_commit_syncs_the_log, faults_begin, faults_end),
    };

    shim_begin();
    return cmocka_run_group_tests_name("sqlite faults", tests, NULL, NULL);
}
