/* SPDX-License-Identifier: MIT */
/* Names to things, by open addressing. The map owns neither: a key lies in (or lives as long as) its item, so that a look-up touches
 * the slot and the item and nothing else. Hashes are seeded per map, so nobody outside can choose names that collide. */
#ifndef ADSYNC_SRC_MAP_H
#define ADSYNC_SRC_MAP_H

#include "base.h"

typedef struct adsync__map_slot {
    uint32_t hash, size; /* of the key */
    const char *key;     /* NULL: free */
    void *item;          /* NULL with a key: taken out, others may lie behind it */
} adsync__map_slot;

typedef struct adsync__map {
    adsync__map_slot *slots;
    uint64_t seed;
    uint32_t room;  /* a power of two, or 0 */
    uint32_t used;  /* slots with a key, taken out ones too */
    uint32_t count; /* items */
} adsync__map;

void adsync__map_begin(adsync__map *map, uint64_t seed);
void *adsync__map_find(const adsync__map *map, const void *key, size_t size); /* NULL: not there */
bool adsync__map_put(adsync__map *map, const void *key, size_t size, void *item); /* takes the place of an equal key; false: no memory */
void *adsync__map_take(adsync__map *map, const void *key, size_t size); /* takes it out; NULL: not there */
void *adsync__map_next(const adsync__map *map, uint32_t *at); /* every item once, *at from 0; NULL: no more */
void adsync__map_free(adsync__map *map);

#endif
