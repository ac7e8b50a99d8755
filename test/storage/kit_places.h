/* SPDX-License-Identifier: MIT */
/* Storages that several processes can open, by name: what kit_worker and the tests of several processes run on. */
#ifndef ADSYNC_TEST_KIT_PLACES_H
#define ADSYNC_TEST_KIT_PLACES_H

#include "storage/storage.h"

enum { KIT_PATH = 160 };

typedef struct kit_place {
    const char *name;
    /* Makes the place, once a process; a file in `folder` or a server of its own. `path` is what the others take, in any process. */
    void (*begin)(const char *folder, char path[KIT_PATH]);
    void (*end)(char *path); /* leaves nothing */
    adsync_status (*open)(void *path, adsync_storage **out, adsync_error **error);
    adsync_status (*wipe)(void *path, adsync_error **error);
    void (*disturb)(const char *path); /* does something to it that whoever works on it has to live with; NULL: nothing */
    void (*told)(const char *path);    /* what was done to it, as words; fails the test where that was too little; NULL: nothing */
} kit_place;

const kit_place *kit_place_find(const char *name); /* NULL: not built in */
/* For tests that mostly wait: runs on all the places named, ended by NULL, side by side, each in a process. What main returns. */
int kit_places_run(char **names, int (*run)(const kit_place *place));

#endif
