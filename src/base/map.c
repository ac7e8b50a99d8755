/* SPDX-License-Identifier: MIT */
#include "map.h"

enum { MAP_LEAST = 16 };

/* Both halves of the product of two words: every bit of either reaches every bit of the result. */
static uint64_t map_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t map_word(const unsigned char *p, size_t size) /* up to 8 bytes */
{
    uint64_t word = 0;

    memcpy(&word, p, size);
    return word;
}

static uint32_t map_hash(uint64_t seed, const void *key, size_t size)
{
    const unsigned char *p = key;
    uint64_t hash = seed ^ (size * UINT64_C(0x9e3779b97f4a7c15)), word;
    size_t left = size;

    for (; left > 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        hash = map_mix(hash ^ word, UINT64_C(0xa0761d6478bd642f));
    }
    hash = map_mix(hash ^ map_word(p, left), UINT64_C(0xe7037ed1a0b428db) ^ seed);
    return (uint32_t)(hash ^ hash >> 32);
}

void adsync__map_begin(adsync__map *map, uint64_t seed) { *map = (adsync__map){ .seed = seed }; }

/* The slot of a key, or the free one where a search for it ends. */
static adsync__map_slot *map_slot(const adsync__map *map, uint32_t hash, const void *key, size_t size)
{
    adsync__map_slot *slot;

    for (uint32_t at = hash & (map->room - 1);; at = (at + 1) & (map->room - 1)) {
        slot = &map->slots[at];
        if (!slot->key) return slot;
        if (slot->hash == hash && slot->size == size && slot->item && !memcmp(slot->key, key, size)) return slot;
    }
}

void *adsync__map_find(const adsync__map *map, const void *key, size_t size)
{
    const adsync__map_slot *slot;

    if (!map->count) return NULL;
    slot = map_slot(map, map_hash(map->seed, key, size), key, size);
    return slot->key ? slot->item : NULL;
}

/* At most two thirds are used, so a search always ends. Growing leaves out what was taken out. */
static bool map_room(adsync__map *map)
{
    adsync__map grown = *map;

    if (map->room && map->used + 1 <= map->room / 3 * 2) return true;
    if (map->room > UINT32_MAX / 4) return false;
    grown.room = MAP_LEAST;
    while (grown.room / 3 < map->count + 1)
        grown.room *= 2;
    if (!(grown.slots = adsync__alloc_zero(grown.room, sizeof *grown.slots))) return false;
    for (uint32_t i = 0; i < map->room; i++) {
        const adsync__map_slot *slot = &map->slots[i];
        if (slot->key && slot->item) *map_slot(&grown, slot->hash, slot->key, slot->size) = *slot;
    }
    grown.used = map->count;
    adsync__free(map->slots);
    *map = grown;
    return true;
}

bool adsync__map_put(adsync__map *map, const void *key, size_t size, void *item)
{
    uint32_t hash = map_hash(map->seed, key, size);
    adsync__map_slot *slot;

    if (size > UINT32_MAX || !map_room(map)) return false;
    slot = map_slot(map, hash, key, size);
    if (!slot->key) {
        map->used++;
        map->count++;
    }
    *slot = (adsync__map_slot){ hash, (uint32_t)size, key, item };
    return true;
}

void *adsync__map_take(adsync__map *map, const void *key, size_t size)
{
    adsync__map_slot *slot;
    void *item;

    if (!map->count) return NULL;
    slot = map_slot(map, map_hash(map->seed, key, size), key, size);
    if (!slot->key) return NULL;
    item = slot->item;
    slot->key = ""; /* the item may be freed now */
    slot->size = 0;
    slot->item = NULL;
    map->count--;
    return item;
}

void *adsync__map_next(const adsync__map *map, uint32_t *at)
{
    while (*at < map->room) {
        const adsync__map_slot *slot = &map->slots[(*at)++];
        if (slot->key && slot->item) return slot->item;
    }
    return NULL;
}

void adsync__map_free(adsync__map *map)
{
    adsync__free(map->slots);
    *map = (adsync__map){ 0 };
}
