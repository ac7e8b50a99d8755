/* SPDX-License-Identifier: MIT */
#include "kit_places.h"

#include <adsync/sqlite.h>
#include <stdio.h>
#include <unistd.h>

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

static const kit_place places[] = {
    { "sqlite", sqlite_place_open, sqlite_place_wipe },
};

const kit_place *kit_place_find(const char *name)
{
    for (size_t i = 0; i < ADSYNC__COUNT(places); i++)
        if (!strcmp(places[i].name, name)) return &places[i];
    return NULL;
}
