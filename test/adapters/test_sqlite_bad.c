/* SPDX-License-Identifier: MIT */
/* What a file, a disk or a neighbour can do to the storage: each gets a clear error, nothing is lost, nothing is half written. */
#include "place.h"
#include "support/any.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 60, NOBODY = 65534 };

/* The adapter's own connection, so that a test can set what holds for one connection only. */
static sqlite3 *bad_latest;

static int bad_notice(sqlite3 *db, char **words, const struct sqlite3_api_routines *api)
{
    (void)words;
    (void)api;
    bad_latest = db;
    return SQLITE_OK;
}

static adsync_storage *bad_open(const place *p, sqlite3 **db)
{
    adsync_storage *storage;

    assert_int_equal(sqlite3_auto_extension((void (*)(void))(uintptr_t)bad_notice), SQLITE_OK);
    storage = place_open(p, NULL);
    *db = bad_latest;
    sqlite3_reset_auto_extension();
    return storage;
}

/* Puts `n` rows of metrics in one commit; their figures and names follow from `mark`. */
static adsync_status bad_put(adsync_storage *storage, int64_t mark, uint32_t n, adsync_error **error)
{
    static adsync_value rows[2000][PLACE_METRIC];
    static adsync_change changes[2000];

    for (uint32_t i = 0; i < n; i++) {
        place_metric(rows[i], mark, i);
        changes[i] =
            (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = ADSYNC_T_METRICS, .expected = ADSYNC_EXPECT_ANY, .values = rows[i] };
        changes[i].n_values = PLACE_METRIC;
    }
    return adsync_storage_commit(storage, 1, changes, n, NULL, error);
}

static void bad_make(const place *p)
{
    adsync_storage *storage = place_open(p, NULL);

    assert_int_equal(bad_put(storage, 1, ROWS, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
}

/* The error is freed and gone afterwards. */
static void bad_says(adsync_status rc, adsync_error **error, adsync_status status, const char *words)
{
    if (rc != status || !strstr(adsync_error_message(*error), words))
        fail_msg("%s instead of %s, or not \"%s\": %s", adsync_status_name(rc), adsync_status_name(status), words,
                 adsync_error_message(*error));
    adsync_error_free(*error);
    *error = NULL;
}

static void bad_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static char *bad_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 22);

    assert_non_null(file);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 1 << 22, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void a_missing_directory_is_named(void **state)
{
    char path[160];

    snprintf(path, sizeof path, "%s/missing/a.db", ((place *)*state)->folder);
    place_refuses(path, NULL, ADSYNC_E_STORAGE, "no such file or directory");
    place_refuses(path, NULL, ADSYNC_E_STORAGE, "missing/a.db");
}

static void a_directory_is_no_file(void **state)
{
    place_refuses(((place *)*state)->folder, NULL, ADSYNC_E_STORAGE, "it is a directory");
}

/* An error keeps 500 bytes: of a long path the end, never half a character. */
static void a_long_path_leaves_room_for_what_happened(void **state)
{
    char path[700] = "/";
    size_t n = 1;

    (void)state;
    while (n < 600) n += (size_t)snprintf(path + n, sizeof path - n, "\xc3\xa4\xc3\xa4\xc3\xa4/");
    snprintf(path + n, sizeof path - n, "end.db");
    place_refuses(path, NULL, ADSYNC_E_STORAGE, "\xc3\xa4/end.db: ");
    place_refuses(path, NULL, ADSYNC_E_STORAGE, "create the directory first");
}

static void a_file_that_is_no_database_is_left_as_it_is(void **state)
{
    static const char *const texts[] = { "xyz", "This is a letter to my bank, and no database at all. It is not short either.\n" };
    const place *p = *state;

    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++) {
        char text[4096], *after;
        size_t size = 0, left;
        do size += (size_t)snprintf(text + size, sizeof text - size, "%s", texts[i]);
        while (i && size < 3000);
        bad_write(p->file, text, size);
        place_refuses(p->file, NULL, ADSYNC_E_FORMAT, "not an SQLite database");
        after = bad_read(p->file, &left);
        assert_int_equal(left, size);
        assert_memory_equal(after, text, size);
        free(after);
    }
}

/* Opens and does a little of everything. What does not work says so in words; what works is what was written. */
static uint32_t bad_use(const place *p)
{
    static const adsync_status opening[] = { ADSYNC_OK, ADSYNC_E_FORMAT, ADSYNC_E_STORAGE, ADSYNC_E_UNSUPPORTED };
    static const adsync_status working[] = { ADSYNC_OK, ADSYNC_E_FORMAT, ADSYNC_E_STORAGE };
    const adsync_value org = NUMBER(1);
    const adsync_range range = { .table = ADSYNC_T_METRICS, .limit = 1000, .n_lower = 1, .lower = &org, .n_upper = 1, .upper = &org };
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    adsync_rows *rows = NULL;
    adsync_status rc = adsync_sqlite_open(p->file, NULL, &storage, &error);
    uint32_t failed = rc < 0;
    bool known = false;

    for (size_t i = 0; i < ADSYNC__COUNT(opening); i++)
        known |= rc == opening[i];
    if (!known || (rc < 0 && !strstr(adsync_error_message(error), "a.db"))) fail_msg("%d: %s", rc, adsync_error_message(error));
    for (int step = 0; storage && step < 2; step++) {
        rc = step ? bad_put(storage, 1, ROWS, &error) : adsync_storage_scan(storage, 1, &range, &rows, &error);
        known = false;
        for (size_t i = 0; i < ADSYNC__COUNT(working); i++)
            known |= rc == working[i];
        if (!known || (rc < 0 && !*adsync_error_message(error))) fail_msg("%d: %s", rc, adsync_error_message(error));
        failed += rc < 0;
    }
    adsync_rows_free(rows);
    adsync_storage_free(storage);
    adsync_error_free(error);
    return failed;
}

static void a_truncated_file_is_refused(void **state)
{
    const place *p = *state;
    size_t size;
    char *whole;
    uint32_t failed = 0;

    bad_make(p);
    whole = bad_read(p->file, &size);
    assert_true(size > 64 * 1024);
    for (size_t keep = size - 4096; keep > 4096; keep -= keep / 3) {
        bad_write(p->file, whole, keep);
        failed += bad_use(p) > 0;
    }
    assert_true(failed > 5);
    bad_write(p->file, whole, size / 2);
    place_refuses(p->file, NULL, ADSYNC_E_FORMAT, "damaged");
    bad_write(p->file, whole, size);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), ROWS);
    free(whole);
}

static void flipped_bytes_never_crash_it(void **state)
{
    const place *p = *state;
    any a = { 99 };
    size_t size;
    char *whole, *flipped;
    uint32_t failed = 0;

    bad_make(p);
    whole = bad_read(p->file, &size);
    assert_non_null(flipped = malloc(size));
    for (uint32_t round = 0; round < 150; round++) {
        memcpy(flipped, whole, size);
        for (uint32_t n = 1 + any_below(&a, 8); n; n--) {
            size_t at =
                any_below(&a, 2) ? any_below(&a, (uint32_t)(size / 4096)) * 4096 + any_below(&a, 120) : any_below(&a, (uint32_t)size);
            flipped[at] ^= (char)(1 + any_below(&a, 255));
        }
        bad_write(p->file, flipped, size);
        failed += bad_use(p) > 0;
    }
    assert_true(failed > 20);
    free(flipped);
    free(whole);
}

/* A cut page in the middle of a table: what cannot be read is said, and a commit that meets it changes nothing. */
static void a_damaged_page_is_said_and_a_commit_over_it_is_undone(void **state)
{
    const place *p = *state;
    adsync_error *error = NULL;
    adsync_storage *storage;
    int64_t page;
    size_t size;
    char *bytes;

    bad_make(p);
    page = place_number(p, "SELECT pageno FROM dbstat WHERE name = 'adsync_metrics' AND pagetype = 'leaf' LIMIT 1 OFFSET 1");
    if (!page) page = place_number(p, "SELECT rootpage FROM sqlite_schema WHERE name = 'adsync_metrics'");
    bytes = bad_read(p->file, &size);
    memset(bytes + (page - 1) * 4096, 0xa5, 4096);
    bad_write(p->file, bytes, size);
    storage = place_open(p, NULL);
    bad_says(bad_put(storage, 1, ROWS, &error), &error, ADSYNC_E_STORAGE, "damaged");
    adsync_storage_free(storage);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_coverage"), 0);
    free(bytes);
}

/* Runs as a user who may only what the permissions say, which root is not. */
static void bad_as_nobody(const place *p, void (*what)(const place *))
{
    int status = -1;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (!pid) {
        if (geteuid() == 0 && (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))) _exit(3);
        what(p);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void bad_need(bool fine, const char *what, const adsync_error *error)
{
    if (fine) return;
    fprintf(stderr, "%s: %s\n", what, adsync_error_message(error)); /* in a child: cmocka's asserts jump into the parent's test */
    _exit(1);
}

static void bad_refused_child(const place *p)
{
    const adsync_sqlite_options read_only = { .size = sizeof read_only, .flags = ADSYNC_SQLITE_READ_ONLY };
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    adsync_status rc = adsync_sqlite_open(p->file, NULL, &storage, &error);

    bad_need(rc == ADSYNC_E_STORAGE && strstr(adsync_error_message(error), "right"), "opened", error);
    (void)adsync_sqlite_open(p->file, &read_only, &storage, &error); /* it may, or says why not */
    bad_need(storage || strstr(adsync_error_message(error), "right"), "read only", error);
    adsync_storage_free(storage);
    adsync_error_free(error);
}

static void a_read_only_file_and_directory_are_refused_and_left_alone(void **state)
{
    const place *p = *state;
    char *before, *after;

    bad_make(p);
    before = place_rows(p);
    assert_int_equal(chmod(p->folder, 0755), 0);
    assert_int_equal(chmod(p->file, 0444), 0);
    bad_as_nobody(p, bad_refused_child);
    assert_int_equal(chmod(p->file, 0666), 0);
    assert_int_equal(chmod(p->folder, 0555), 0);
    bad_as_nobody(p, bad_refused_child);
    assert_int_equal(chmod(p->file, 0000), 0);
    bad_as_nobody(p, bad_refused_child);
    assert_int_equal(chmod(p->file, 0444), 0);
    assert_int_equal(chmod(p->folder, 0777), 0); /* here SQLite would open it to read, without a word */
    bad_as_nobody(p, bad_refused_child);
    assert_int_equal(chmod(p->file, 0600), 0);
    assert_int_equal(chmod(p->folder, 0700), 0);
    after = place_rows(p);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void opened_to_read_it_refuses_to_write(void **state)
{
    const adsync_sqlite_options options = { .size = sizeof options, .flags = ADSYNC_SQLITE_READ_ONLY };
    const place *p = *state;
    const adsync_value org = NUMBER(1);
    adsync_storage *storage;
    adsync_rows *rows = NULL;
    adsync_error *error = NULL;
    uint32_t left;

    place_refuses(p->file, &options, ADSYNC_E_STORAGE, "no such file");
    bad_make(p);
    storage = place_open(p, &options);
    bad_says(bad_put(storage, 2, 1, &error), &error, ADSYNC_E_UNSUPPORTED, "READ_ONLY");
    bad_says(adsync__storage_ops(storage)->erase(adsync__storage_ops(storage)->user, ADSYNC_T_METRICS, &org, 1, 5, &left, &error), &error,
             ADSYNC_E_UNSUPPORTED, "READ_ONLY");
    {
        adsync_value key[PLACE_METRIC];
        place_metric(key, 1, 5);
        assert_int_equal(adsync_storage_read(storage, 1, ADSYNC_T_METRICS, 0, key, 1, &rows, NULL), ADSYNC_OK);
        assert_int_equal(adsync_rows_count(rows), 1);
        adsync_rows_free(rows);
    }
    adsync_storage_free(storage);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), ROWS);
}

static void a_full_database_refuses_a_commit_whole_and_works_again_with_room(void **state)
{
    const place *p = *state;
    adsync_error *error = NULL;
    adsync_storage *storage;
    char *before, *after;
    sqlite3 *db;

    bad_make(p);
    storage = bad_open(p, &db);
    before = place_rows(p);
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 60", NULL, NULL, NULL), SQLITE_OK);
    bad_says(bad_put(storage, 2, 2000, &error), &error, ADSYNC_E_STORAGE, "there is no room");
    after = place_rows(p);
    assert_string_equal(before, after);
    assert_int_equal(bad_put(storage, 1, 5, NULL), ADSYNC_OK); /* what needs no room still works */
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(bad_put(storage, 2, 2000, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), ROWS + 2000);
    free(before);
    free(after);
}

/* A disk of its own, one mebibyte, for a child in a mount namespace of its own; 0: this user may not mount. */
static bool bad_small_disk(const place *p)
{
    if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL)) return false;
    return mount("tmpfs", p->folder, "tmpfs", 0, "size=1536k") == 0;
}

static void bad_ballast(const char *path)
{
    char block[4096] = { 0 };
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    bad_need(fd >= 0, "ballast", NULL);
    while (write(fd, block, sizeof block) == (ssize_t)sizeof block) continue;
    (void)close(fd);
}

static uint32_t bad_count(adsync_storage *storage, int64_t mark)
{
    const adsync_value bound[] = { NUMBER(1), adsync__value_int(mark) };
    const adsync_range range = { .table = ADSYNC_T_METRICS, .limit = 5000, .n_lower = 2, .lower = bound, .n_upper = 2, .upper = bound };
    adsync_rows *rows = NULL;
    uint32_t n;

    bad_need(adsync_storage_scan(storage, 1, &range, &rows, NULL) == ADSYNC_OK, "scan", NULL);
    n = (uint32_t)adsync_rows_count(rows);
    adsync_rows_free(rows);
    return n;
}

static void bad_full_disk_child(const place *p)
{
    char ballast[160];
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    adsync_status rc;
    int64_t mark = 1;

    snprintf(ballast, sizeof ballast, "%s/ballast", p->folder);
    bad_need(adsync_sqlite_open(p->file, NULL, &storage, &error) == ADSYNC_OK, "open", error);
    bad_need(bad_put(storage, mark, 100, &error) == ADSYNC_OK, "put", error);
    bad_ballast(ballast);
    do rc = bad_put(storage, ++mark, 100, &error);
    while (rc == ADSYNC_OK);
    bad_need(rc == ADSYNC_E_STORAGE && strstr(adsync_error_message(error), "there is no room"), "full", error);
    for (int64_t i = 1; i < mark; i++)
        bad_need(bad_count(storage, i) == 100, "a row is gone", NULL);
    bad_need(bad_count(storage, mark) == 0, "half written", NULL);
    adsync_storage_free(storage);
    storage = NULL;
    bad_need(unlink(ballast) == 0, "unlink", NULL);
    bad_need(adsync_sqlite_open(p->file, NULL, &storage, &error) == ADSYNC_OK, "open again", error);
    bad_need(bad_count(storage, 1) == 100 && bad_count(storage, mark) == 0, "rows after", NULL);
    bad_need(bad_put(storage, mark, 100, &error) == ADSYNC_OK && bad_count(storage, mark) == 100, "put again", error);
    adsync_storage_free(storage);
    adsync_error_free(error);
}

static void a_full_disk_refuses_a_commit_whole_and_works_again_with_room(void **state)
{
    int status = -1;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (!pid) {
        if (!bad_small_disk(*state)) fprintf(stderr, "(no disk of its own: this user may not mount; the limit of pages stands for it)\n");
        else bad_full_disk_child(*state);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int64_t bad_now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static sqlite3 *bad_lock(const place *p, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void a_lock_held_past_the_timeout_says_try_again(void **state)
{
    const adsync_sqlite_options options = { .size = sizeof options, .timeout_us = 150000 };
    const place *p = *state;
    adsync_error *error = NULL;
    adsync_storage *storage;
    adsync_rows *rows = NULL;
    adsync_value key[PLACE_METRIC];
    sqlite3 *other;
    int64_t began;

    bad_make(p);
    storage = place_open(p, &options);
    other = bad_lock(p, "BEGIN IMMEDIATE; DELETE FROM adsync_metrics");
    began = bad_now_ms();
    bad_says(bad_put(storage, 2, 5, &error), &error, ADSYNC_E_RETRY, "another program");
    assert_true(bad_now_ms() - began >= 150);
    assert_true(bad_now_ms() - began < 5000);
    place_metric(key, 1, 5);
    assert_int_equal(adsync_storage_read(storage, 1, ADSYNC_T_METRICS, 0, key, 1, &rows, NULL), ADSYNC_OK); /* reading waits for nobody */
    assert_int_equal(adsync_rows_count(rows), 1);
    adsync_rows_free(rows);
    adsync_storage_free(place_open(p, &options)); /* nor does opening */
    assert_int_equal(sqlite3_close_v2(other), SQLITE_OK);
    assert_int_equal(bad_put(storage, 2, 5, NULL), ADSYNC_OK);
    adsync_storage_free(storage);
    assert_int_equal(place_number(p, "SELECT count(*) FROM adsync_metrics"), ROWS + 5);
}

static void opening_a_file_that_another_program_is_making_says_try_again(void **state)
{
    const adsync_sqlite_options options = { .size = sizeof options, .timeout_us = 150000 };
    const place *p = *state;
    sqlite3 *other = bad_lock(p, "BEGIN EXCLUSIVE; CREATE TABLE host (a INTEGER)");

    place_refuses(p->file, &options, ADSYNC_E_RETRY, "another program");
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    adsync_storage_free(place_open(p, &options));
}

static void a_table_that_somebody_dropped_is_named(void **state)
{
    const place *p = *state;
    adsync_storage *storage = place_open(p, NULL);
    adsync_error *error = NULL;

    place_sql(p, "DROP TABLE adsync_metrics");
    bad_says(bad_put(storage, 1, 3, &error), &error, ADSYNC_E_STORAGE, "adsync_metrics");
    adsync_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_missing_directory_is_named, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_directory_is_no_file, place_begin, place_end),
        cmocka_unit_test(a_long_path_leaves_room_for_what_happened),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_left_as_it_is, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_truncated_file_is_refused, place_begin, place_end),
        cmocka_unit_test_setup_teardown(flipped_bytes_never_crash_it, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_damaged_page_is_said_and_a_commit_over_it_is_undone, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_read_only_file_and_directory_are_refused_and_left_alone, place_begin, place_end),
        cmocka_unit_test_setup_teardown(opened_to_read_it_refuses_to_write, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_full_database_refuses_a_commit_whole_and_works_again_with_room, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_full_disk_refuses_a_commit_whole_and_works_again_with_room, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_lock_held_past_the_timeout_says_try_again, place_begin, place_end),
        cmocka_unit_test_setup_teardown(opening_a_file_that_another_program_is_making_says_try_again, place_begin, place_end),
        cmocka_unit_test_setup_teardown(a_table_that_somebody_dropped_is_named, place_begin, place_end),
    };

    return cmocka_run_group_tests_name("sqlite bad", tests, NULL, NULL);
}
