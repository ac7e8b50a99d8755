/* SPDX-License-Identifier: MIT */
/* Part of demo.sh: the conformance kit, on the storage in memory and on SQLite. A storage of your own is proven in the same way: say
 * how it is opened and emptied. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static adsync_status kit_memory_open(void *user, adsync_storage **out, adsync_error **error)
{
    return adsync_memory_open(*(adsync_storage **)user, out, error);
}

static adsync_status kit_memory_wipe(void *user, adsync_error **error)
{
    adsync_storage **rows = user;

    adsync_storage_free(*rows);
    return adsync_memory_open(NULL, rows, error);
}

static adsync_status kit_sqlite_open(void *user, adsync_storage **out, adsync_error **error)
{
    return adsync_sqlite_open(user, NULL, out, error);
}

static adsync_status kit_sqlite_wipe(void *user, adsync_error **error)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[4096];

    (void)error;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(path, sizeof path, "%s%s", (const char *)user, ends[i]);
        (void)unlink(path);
    }
    return ADSYNC_OK;
}

/* Shows how many promises are kept, and each that is broken or was left out. */
static int kit_show(const char *name, adsync_status status, adsync_rows *report, adsync_error *error)
{
    int ok = 0, broken = 0, skipped = 0;

    while (adsync_rows_next(report, NULL) == ADSYNC_ROW) {
        const char *result = adsync_rows_text(report, ADSYNC_C_RESULT);

        if (result && !strcmp(result, "ok")) {
            ok++;
            continue;
        }
        if (result && !strcmp(result, "skipped")) skipped++;
        else broken++;
        printf("   %-8s %s", result ? adsync_rows_text(report, ADSYNC_C_RESULT) : "?", adsync_rows_text(report, ADSYNC_C_NAME));
        printf(": %s\n", adsync_rows_kind(report, ADSYNC_C_MESSAGE) ? adsync_rows_text(report, ADSYNC_C_MESSAGE) : "");
    }
    if (status < 0) printf("   %s: %s\n", adsync_status_name(status), adsync_error_message(error));
    printf("   %s: %d promises kept, %d broken, %d not promised or not asked\n", name, ok, broken, skipped);
    return status < 0 || broken || !ok;
}

static int kit_check(const char *name, adsync_storage_check_options *options)
{
    adsync_rows *report = NULL;
    adsync_error *error = NULL;
    adsync_status status;
    int failed;

    options->size = sizeof *options;
    status = adsync_storage_check(options, &report, &error);
    failed = kit_show(name, status, report, error);
    adsync_rows_free(report);
    adsync_error_free(error);
    return failed;
}

int main(int argc, char **argv)
{
    adsync_storage *rows = NULL;
    adsync_storage_check_options memory = { .user = &rows, .open = kit_memory_open, .wipe = kit_memory_wipe };
    adsync_storage_check_options sqlite = { .open = kit_sqlite_open, .wipe = kit_sqlite_wipe };
    int failed;

    if (argc != 2) return 2;
    sqlite.user = argv[1];
    failed = kit_check("memory", &memory);
    adsync_storage_free(rows);
    printf("\n");
    return kit_check("SQLite", &sqlite) || failed;
}
