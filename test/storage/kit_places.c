/* SPDX-License-Identifier: MIT */
#include "kit_places.h"

#ifdef TEST_SQLITE
#include <adsync/sqlite.h>
#include <stdio.h>
#include <unistd.h>
#endif
#ifdef TEST_POSTGRES
#include "support/pg_server.h"

#include <adsync/postgres.h>
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

/* A row less is quicker than a table less. */
static adsync_status postgres_place_wipe(void *path, adsync_error **error)
{
    (void)error;
    pg_server_sql(path, "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'adsync\\_%'"
                        " AND tablename <> 'adsync_schema' LOOP EXECUTE format('DELETE FROM %I', t); END LOOP; END $$");
    return ADSYNC_OK;
}
#endif

static const kit_place places[] = {
#ifdef TEST_SQLITE
    { "sqlite", sqlite_place_begin, sqlite_place_end, sqlite_place_open, sqlite_place_wipe },
#endif
#ifdef TEST_POSTGRES
    { "postgres", postgres_place_begin, postgres_place_end, postgres_place_open, postgres_place_wipe },
#endif
};

const kit_place *kit_place_find(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(places); i++)
        if (!strcmp(places[i].name, name)) return &places[i];
    return NULL;
}
