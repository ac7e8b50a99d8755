/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void place_make(place *p)
{
    const char *root = getenv("TMPDIR");

    /* in memory where that is possible: thousands of synced commits on a busy disk take minutes and prove no more */
    if (!root || !*root) root = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
    snprintf(p->folder, sizeof p->folder, "%.60s/adsync-sqlite-XXXXXX", root);
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/a.db", p->folder);
}

static void place_remove_folder(const char *path)
{
    DIR *folder = opendir(path);

    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char name[512];
        struct stat st;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (!lstat(name, &st) && S_ISDIR(st.st_mode)) place_remove_folder(name);
        else (void)unlink(name);
    }
    if (folder) (void)closedir(folder);
    (void)rmdir(path);
}

void place_remove(const place *p) { place_remove_folder(p->folder); }

int place_begin(void **state)
{
    place *p = calloc(1, sizeof *p);

    assert_non_null(p);
    place_make(p);
    *state = p;
    return 0;
}

int place_end(void **state)
{
    place_remove(*state);
    free(*state);
    return 0;
}

adsync_storage *place_open(const place *p, const adsync_sqlite_options *options)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;

    if (adsync_sqlite_open(p->file, options, &storage, &error) != ADSYNC_OK) fail_msg("%s", adsync_error_message(error));
    assert_null(error);
    return storage;
}

void place_refuses(const char *path, const adsync_sqlite_options *options, adsync_status status, const char *words)
{
    adsync_error *error = NULL;
    adsync_storage *storage = NULL;
    adsync_status rc = adsync_sqlite_open(path, options, &storage, &error);

    if (rc != status || !strstr(adsync_error_message(error), words))
        fail_msg("%s instead of %s, or not \"%s\": %s", adsync_status_name(rc), adsync_status_name(status), words,
                 adsync_error_message(error));
    assert_null(storage);
    assert_int_equal(adsync_error_status(error), status);
    adsync_error_free(error);
}

static sqlite3 *place_raw(const place *p)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open_v2(p->file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 20000), SQLITE_OK);
    return db;
}

void place_sql(const place *p, const char *sql)
{
    sqlite3 *db = place_raw(p);
    char *words = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK) fail_msg("%s: %s", sql, words);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void place_add(sqlite3 *db, FILE *out, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int code;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *text = (const char *)sqlite3_column_text(stmt, i);
            fprintf(out, "%s%s", i ? "|" : "", text ? text : "");
        }
        fputc('\n', out);
    }
    if (code != SQLITE_DONE) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(stmt);
}

char *place_text(const place *p, const char *sql)
{
    sqlite3 *db = place_raw(p);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    place_add(db, out, sql);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return text;
}

int64_t place_number(const place *p, const char *sql)
{
    char *text = place_text(p, sql);
    int64_t number = strtoll(text, NULL, 10);

    free(text);
    return number;
}

/* One row as text in which nothing is lost: quote() tells a number from a text and writes bytes as hex. */
static void place_add_table(sqlite3 *db, FILE *out, uint32_t table)
{
    char *columns = NULL, *sql;
    size_t size = 0;
    FILE *list = open_memstream(&columns, &size);

    assert_non_null(list);
    for (uint32_t i = 0; i < adsync_table_width(table); i++)
        fprintf(list, "quote(\"%s\"), ", adsync_column_name(adsync_table_column(table, i)));
    assert_int_equal(fclose(list), 0);
    sql = sqlite3_mprintf("SELECT '%s', %s \"_version\" FROM \"adsync_%s\" ORDER BY 1, 2, 3, 4, 5, 6, 7, 8", adsync_table_name(table),
                          columns, adsync_table_name(table));
    if (adsync_table_width(table) < 6) { /* fewer columns than the order names */
        sqlite3_free(sql);
        sql = sqlite3_mprintf("SELECT '%s', %s \"_version\" FROM \"adsync_%s\" ORDER BY 1, 2, 3", adsync_table_name(table), columns,
                              adsync_table_name(table));
    }
    place_add(db, out, sql);
    sqlite3_free(sql);
    free(columns);
}

char *place_rows(const place *p)
{
    sqlite3 *db = place_raw(p);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    place_add(db, out, "PRAGMA integrity_check");
    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        place_add_table(db, out, t);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(strncmp(text, "ok\n", 3), 0);
    return text;
}

void place_metric(adsync_value *out, int64_t connection, int64_t n)
{
    static char names[4096][16];
    char *name = names[n % 4096];

    snprintf(name, sizeof *names, "%09d", (int)(n % 4096));
    for (uint32_t i = 0; i < PLACE_METRIC; i++)
        out[i] = adsync_table_column_kind(ADSYNC_T_METRICS, i) == ADSYNC_VALUE_INT ? adsync__value_int(n * 7 + i) : adsync__value_null();
    out[0] = adsync__value_int(1);
    out[1] = adsync__value_int(connection);
    out[2] = adsync__value_int(ADSYNC_KIND_CAMPAIGN);
    out[3] = adsync__value_text(name);
    out[4] = adsync__value_int(20260101 + n / 4096);
    out[5] = adsync__value_text("base");
    out[7] = adsync__value_text("EUR");
}
