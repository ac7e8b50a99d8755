/* SPDX-License-Identifier: MIT */
#include "vault_int.h"

static uint32_t cache_hash(const char *name) /* FNV-1a; the number of entries is bounded, so is what bad luck can do */
{
    uint32_t hash = 2166136261u;

    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

static uint32_t cache_bucket(int64_t number) { return (uint32_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32) % VAULT_BUCKETS; }

static void cache_unlink(vault_cache *cache, vault_org *org)
{
    if (org->newer)
        org->newer->older = org->older;
    else
        cache->newest = org->older;
    if (org->older)
        org->older->newer = org->newer;
    else
        cache->oldest = org->newer;
}

static void cache_front(vault_cache *cache, vault_org *org)
{
    org->newer = NULL;
    org->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = org;
    else
        cache->oldest = org;
    cache->newest = org;
}

static vault_org *cache_touch(vault_cache *cache, vault_org *org)
{
    if (!org || cache->newest == org) return org;
    cache_unlink(cache, org);
    cache_front(cache, org);
    return org;
}

vault_org *adsync__vault_cache_number(vault_cache *cache, int64_t number)
{
    vault_org *org = cache->by_number[cache_bucket(number)];

    while (org && org->number != number) org = org->next_number;
    return cache_touch(cache, org);
}

vault_org *adsync__vault_cache_name(vault_cache *cache, const char *name)
{
    uint32_t hash = cache_hash(name);
    vault_org *org = cache->by_name[hash % VAULT_BUCKETS];

    while (org && (org->hash != hash || strcmp(org->name, name) != 0)) org = org->next_name;
    return cache_touch(cache, org);
}

static void cache_remove(vault_cache *cache, vault_org *org)
{
    vault_org **number = &cache->by_number[cache_bucket(org->number)], **name = &cache->by_name[org->hash % VAULT_BUCKETS];

    while (*number != org) number = &(*number)->next_number;
    while (*name != org) name = &(*name)->next_name;
    *number = org->next_number;
    *name = org->next_name;
    cache_unlink(cache, org);
    cache->count--;
    adsync__vault_cache_forget(org);
    adsync__free(org);
}

vault_org *adsync__vault_cache_add(vault_cache *cache, uint32_t most, int64_t number, const char *name)
{
    vault_org *org = adsync__alloc_zero(1, sizeof *org + strlen(name) + 1);

    if (!org) return NULL;
    while (cache->oldest && cache->count >= most) cache_remove(cache, cache->oldest);
    memcpy(org->name, name, strlen(name) + 1);
    org->number = number;
    org->hash = cache_hash(name);
    org->next_number = cache->by_number[cache_bucket(number)];
    cache->by_number[cache_bucket(number)] = org;
    org->next_name = cache->by_name[org->hash % VAULT_BUCKETS];
    cache->by_name[org->hash % VAULT_BUCKETS] = org;
    cache_front(cache, org);
    cache->count++;
    return org;
}

vault_key *adsync__vault_cache_key(vault_org *org, int64_t id)
{
    for (size_t i = 0; i < VAULT_ORG_KEYS; i++) {
        if (org->keys[i].id != id || !id) continue;
        org->keys[i].used = ++org->uses;
        return &org->keys[i];
    }
    return NULL;
}

vault_key *adsync__vault_cache_keep(vault_org *org, int64_t id, adsync__secret *key)
{
    vault_key *place = NULL;

    for (size_t i = 0; i < VAULT_ORG_KEYS; i++) {
        vault_key *k = &org->keys[i];
        if (k->id && k->id == org->sealing) continue; /* the one that seals is not pushed out by old ones */
        if (!place || k->used < place->used) place = k;
    }
    adsync__vault_cache_drop(place);
    *place = (vault_key){ .id = id, .used = ++org->uses, .key = *key };
    *key = (adsync__secret){ 0 };
    return place;
}

void adsync__vault_cache_drop(vault_key *key)
{
    adsync__secret_free(&key->key);
    *key = (vault_key){ 0 };
}

void adsync__vault_cache_forget(vault_org *org)
{
    for (size_t i = 0; i < VAULT_ORG_KEYS; i++) adsync__vault_cache_drop(&org->keys[i]);
    org->sealing = 0;
    org->lot = 0;
}

void adsync__vault_cache_clear(vault_cache *cache)
{
    while (cache->oldest) cache_remove(cache, cache->oldest);
}
