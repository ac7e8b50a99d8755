/* SPDX-License-Identifier: MIT */
/* Storages that several processes can open, by name: what kit_worker runs on and what the tests judge. */
#ifndef ADSYNC_TEST_KIT_PLACES_H
#define ADSYNC_TEST_KIT_PLACES_H

#include "storage/storage.h"

typedef struct kit_place {
    const char *name;
    adsync_status (*open)(void *path, adsync_storage **out, adsync_error **error);
    adsync_status (*wipe)(void *path, adsync_error **error);
} kit_place;

const kit_place *kit_place_find(const char *name); /* NULL: not built in */

#endif
