/* SPDX-License-Identifier: MIT */
#include "kit_places.h"

#include <sys/wait.h>
#include <unistd.h>

#ifdef TEST_SQLITE
#include <adsync/sqlite.h>
#include <stdio.h>
#endif
#ifdef TEST_POSTGRES
#include "support/pg_cutter.h"

#include <adsync/postgres.h>
#include <stdio.h>
#include <stdlib.h>
#endif

#ifdef TEST_SQLITE
static void sqlite_place_begin(const char *folder, char path[KIT_PATH]) { snprintf(path, KIT_PATH, "%.120s/rows", folder); }

static adsync_status sqlite_place_open(void *path, adsync_storage **out, adsync_error **error)
{
    return adsync_sqlite_open(path, NULL, out, error);
}

static adsync_status sqlite_place_wipe(void *path, adsync_error **error)
{
    static const char *const parts[] = { "", "-wal", "-shm" };
    char name[300];

    (void)error;
    for (size_t i = 0; i < ADSYNC__COUNT(parts); i++) {
        snprintf(name, sizeof name, "%.280s%s", (const char *)path, parts[i]);
        (void)unlink(name);
    }
    return ADSYNC_OK;
}

static void sqlite_place_end(char *path) { (void)sqlite_place_wipe(path, NULL); }
#endif

#ifdef TEST_POSTGRES
static pg_server postgres_place;

static void postgres_place_begin(const char *folder, char path[KIT_PATH])
{
    (void)folder;
    pg_server_make(&postgres_place);
    memcpy(path, postgres_place.conninfo, sizeof postgres_place.conninfo);
}

static void postgres_place_end(char *path)
{
    (void)path;
    pg_server_remove(&postgres_place);
}

static adsync_status postgres_place_open(void *path, adsync_storage **out, adsync_error **error)
{
    return adsync_postgres_open(path, NULL, out, error);
}

/* A row less is quicker than a table less. The tables are made first: with them comes a row, how many shards the queue has. */
static adsync_status postgres_place_wipe(void *path, adsync_error **error)
{
    adsync_storage *made = NULL;
    adsync_status rc = adsync_postgres_open(path, NULL, &made, error);

    if (rc < 0) return rc;
    adsync_storage_free(made);
    pg_server_sql(path, "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'adsync\\_%'"
                        " AND tablename <> 'adsync_schema' LOOP EXECUTE format('DELETE FROM %I', t); END LOOP; END $$");
    return ADSYNC_OK;
}

/* The same as through a pooler, in a database of Turkish order. */
static void postgres_pooled_begin(const char *folder, char path[KIT_PATH])
{
    postgres_place_begin(folder, path);
    pg_server_sql(postgres_place.super, "CREATE DATABASE turkish OWNER engine TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'");
    (void)snprintf(path, KIT_PATH, "host=%s user=super dbname=turkish", postgres_place.folder);
    pg_server_sql(path, "ALTER SCHEMA public OWNER TO engine");
    (void)snprintf(path, KIT_PATH, "host=%s user=engine dbname=turkish", postgres_place.folder);
}

static adsync_status postgres_pooled_open(void *path, adsync_storage **out, adsync_error **error)
{
    const adsync_postgres_options options = { .size = sizeof options, .flags = ADSYNC_POSTGRES_POOLED, .listen = path };

    return adsync_postgres_open(path, &options, out, error);
}

static adsync_status postgres_parts_open(void *path, adsync_storage **out, adsync_error **error)
{
    const adsync_postgres_options options = { .size = sizeof options, .flags = ADSYNC_POSTGRES_PARTITIONS };

    return adsync_postgres_open(path, &options, out, error);
}

static void postgres_parts_begin(const char *folder, char path[KIT_PATH])
{
    adsync_storage *storage = NULL;

    postgres_place_begin(folder, path);
    if (postgres_parts_open(path, &storage, NULL) < 0) abort(); /* partitions are chosen when the tables are made */
    adsync_storage_free(storage);
}

/* The same over a wire that is cut, and with connections that the server ends. */
static pg_cutter postgres_wire;
static uint32_t postgres_ended;

static void postgres_cut_begin(const char *folder, char path[KIT_PATH])
{
    adsync_storage *storage = NULL;

    postgres_place_begin(folder, path);
    if (adsync_postgres_open(path, NULL, &storage, NULL) < 0) abort(); /* makes the tables in peace */
    adsync_storage_free(storage);
    pg_cutter_make(&postgres_wire, &postgres_place);
    memcpy(path, postgres_wire.conninfo, sizeof postgres_wire.conninfo);
    pg_cutter_order(&postgres_wire, CUT_ANY, 0);
}

static void postgres_cut_end(char *path)
{
    pg_cutter_remove(&postgres_wire);
    postgres_place_end(path);
}

static adsync_status postgres_cut_open(void *path, adsync_storage **out, adsync_error **error)
{
    adsync_status rc = ADSYNC_E_RETRY;

    for (int i = 0; i < 20 && (rc == ADSYNC_E_RETRY || rc == ADSYNC_E_STORAGE); i++) rc = adsync_postgres_open(path, NULL, out, error);
    return rc;
}

static void postgres_cut_disturb(const char *path)
{
    (void)path;
    postgres_ended += (uint32_t)pg_server_number(
        postgres_place.super, "SELECT count(pg_terminate_backend(pid)) FROM"
                              " (SELECT pid FROM pg_stat_activity WHERE usename = 'engine' ORDER BY random() LIMIT 1) x");
}

static void postgres_cut_told(const char *path)
{
    const volatile uint32_t *cuts = postgres_wire.orders->cuts;

    (void)path;
    printf("%u commits answered; connections ended by the server: %u; cut at a statement: %u, before COMMIT: %u, after it: %u\n",
           postgres_wire.orders->commits, postgres_ended, cuts[CUT_STATEMENT], cuts[CUT_BEFORE], cuts[CUT_AFTER]);
    fflush(stdout);
    pg_cutter_order(&postgres_wire, CUT_NEVER, 0); /* the judge reads in peace */
    if (!postgres_ended || !cuts[CUT_STATEMENT] || !cuts[CUT_BEFORE] || !cuts[CUT_AFTER]) abort();
}
#endif

static const kit_place places[] = {
#ifdef TEST_SQLITE
    { "sqlite", sqlite_place_begin, sqlite_place_end, sqlite_place_open, sqlite_place_wipe, NULL, NULL },
#endif
#ifdef TEST_POSTGRES
    { "postgres", postgres_place_begin, postgres_place_end, postgres_place_open, postgres_place_wipe, NULL, NULL },
    { "postgres, pooled", postgres_pooled_begin, postgres_place_end, postgres_pooled_open, postgres_place_wipe, NULL, NULL },
    { "postgres, partitions", postgres_parts_begin, postgres_place_end, postgres_parts_open, postgres_place_wipe, NULL, NULL },
    { "postgres, cut", postgres_cut_begin, postgres_cut_end, postgres_cut_open, postgres_place_wipe, postgres_cut_disturb,
      postgres_cut_told },
#endif
};

const kit_place *kit_place_find(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(places); i++)
        if (!strcmp(places[i].name, name)) return &places[i];
    return NULL;
}

int kit_places_run(char **names, int (*run)(const kit_place *place))
{
    const kit_place *place = NULL;
    bool child = false;
    int failed, status;

    for (; *names && !child; names++) {
        if (!(place = kit_place_find(*names))) return 2;
        child = names[1] && fork() == 0;
    }
    failed = place ? run(place) : 2;
    while (!child && wait(&status) > 0) failed += status != 0;
    return failed;
}
