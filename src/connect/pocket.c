/* SPDX-License-Identifier: MIT */
#include "connect_int.h"

static connect_item *pocket_find(const connect_pocket *pocket, const char *name)
{
    for (connect_item *item = pocket->items; item; item = item->next)
        if (!strcmp(item->name, name)) return item;
    return NULL;
}

const connect_item *connect_pocket_find(const connect_pocket *pocket, const char *name) { return pocket_find(pocket, name); }

adsync_status connect_pocket_add(connect_pocket *pocket, adsync__secrets *secrets, const char *name, const void *p, size_t size,
                                 int64_t expires_us, adsync_error **error)
{
    adsync__secret made = { 0 };
    connect_item *item = pocket_find(pocket, name);
    adsync_status rc;

    if (!size) return ADSYNC_OK;
    if ((rc = adsync__secret_make(secrets, p, size, &made, error)) < 0) return rc;
    if (!item) {
        if (!(item = adsync__arena_take(&pocket->arena, sizeof *item))) goto failed;
        *item = (connect_item){ .name = adsync__arena_copy(&pocket->arena, name, strlen(name)) };
        if (!item->name) goto failed;
        item->next = pocket->items;
        pocket->items = item;
    }
    adsync__secret_free(&item->secret);
    item->secret = made;
    item->expires_us = expires_us;
    return ADSYNC_OK;
failed:
    adsync__secret_free(&made);
    return adsync__fail_memory(error);
}

static adsync_status pocket_add_fact(connect_pocket *pocket, const adsync__out_fact *fact, adsync_error **error)
{
    adsync__out_fact **end = &pocket->facts, *made = adsync__arena_take(&pocket->arena, sizeof *made);

    if (!made) return adsync__fail_memory(error);
    *made = (adsync__out_fact){ .name = adsync__arena_copy(&pocket->arena, fact->name, strlen(fact->name)) };
    if (fact->value) made->value = adsync__arena_copy(&pocket->arena, fact->value, strlen(fact->value));
    if (!made->name || (fact->value && !made->value)) return adsync__fail_memory(error);
    while (*end) end = &(*end)->next;
    *end = made;
    return ADSYNC_OK;
}

adsync_status connect_pocket_take(connect_pocket *pocket, adsync__secrets *secrets, const adsync_outcome *outcome, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (const adsync__out_secret *secret = outcome->secrets; secret && rc >= 0; secret = secret->next)
        rc = connect_pocket_add(pocket, secrets, secret->name, secret->p, secret->size, secret->expires_us, error);
    for (const adsync__out_fact *fact = outcome->facts; fact && rc >= 0; fact = fact->next) rc = pocket_add_fact(pocket, fact, error);
    return rc;
}

adsync_status connect_pocket_give(const connect_pocket *pocket, adsync__secrets *secrets, const char *name, adsync__secret *out,
                                  adsync_error **error)
{
    const connect_item *item = pocket_find(pocket, name);

    return item ? adsync__secret_make(secrets, item->secret.p, item->secret.size, out, error) : ADSYNC_E_NOT_FOUND;
}

const char *connect_pocket_fact(const connect_pocket *pocket, const char *name)
{
    const char *found = NULL;

    for (const adsync__out_fact *fact = pocket->facts; fact; fact = fact->next)
        if (!strcmp(fact->name, name)) found = fact->value;
    return found;
}

void connect_pocket_free(connect_pocket *pocket)
{
    for (connect_item *item = pocket->items; item; item = item->next) adsync__secret_free(&item->secret);
    adsync__arena_free(&pocket->arena);
    *pocket = (connect_pocket){ 0 };
}
