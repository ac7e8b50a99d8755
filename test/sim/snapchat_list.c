/* SPDX-License-Identifier: MIT */
/*
 * Lists. With a limit they come in pages by the time of creation, without one all at once and in no order. A page covers so many
 * objects, deleted ones too, and shows those that are not deleted: so it may be short or empty and still have a next one.
 */
#include "snapchat.h"

#include <stdlib.h>

typedef struct list_place {
    int64_t g, index, key, more;
} list_place;

typedef struct list_all {
    snapchat_call *call;
    const snapchat_kind *kind;
    char parent;
    int64_t g, index;
    list_place *places;
    size_t count, room;
    const char *sort; /* NULL: by creation */
    bool paged, deleted;
} list_all;

/* ---- cursors: a position in the list, as base64 of Collection/uuid */

uint64_t snapchat_query_hash(const snapchat_call *call)
{
    uint64_t h = sim_hash_bytes(0, call->request->path, strlen(call->request->path));

    for (size_t i = 0; i < call->request->query.count; i++) {
        const sim_pair *p = &call->request->query.p[i];

        if (!strcmp(p->name, "cursor") || !strcmp(p->name, "limit")) continue;
        h += sim_hash(sim_hash_bytes(1, p->name, strlen(p->name)), sim_hash_bytes(2, p->value, strlen(p->value)), 0, 0);
    }
    return h & 0xffffff;
}

void snapchat_next(snapchat_call *call, const char *collection, uint64_t check, int64_t position, bool odd)
{
    sim_text *out = &call->answer->body, name = { 0 }, cursor = { 0 }, link = { 0 };
    const char *limit = snapchat_param(call, "limit");

    sim_json_key(out, "paging");
    sim_json_open(out, '{');
    if (position >= 0) {
        sim_printf(&name, "%s/%s", collection,
                   snapchat_id(call->site, call->request->arena, SNAPCHAT_CURSOR, (int64_t)check, position * 2 + odd));
        sim_base64(&cursor, name.p, name.size);
        sim_printf(&link, "%s://%s%s?cursor=", call->request->scheme, call->request->authority, call->request->path);
        sim_percent(&link, cursor.p, cursor.size);
        if (limit) sim_printf(&link, "&limit=%s", limit);
        for (size_t i = 0; i < call->request->query.count; i++) {
            const sim_pair *p = &call->request->query.p[i];

            if (!strcmp(p->name, "cursor") || !strcmp(p->name, "limit")) continue;
            sim_printf(&link, "&%s=", p->name);
            sim_percent(&link, p->value, strlen(p->value));
        }
        sim_json_pair(out, "next_link", link.p);
    }
    sim_puts(out, "}");
    sim_free(&name);
    sim_free(&cursor);
    sim_free(&link);
}

bool snapchat_cursor(snapchat_call *call, const char *collection, uint64_t check, int64_t *position, bool *odd)
{
    const char *text = snapchat_param(call, "cursor");
    size_t size = text ? strlen(text) : 0, name = strlen(collection);
    int64_t g, index;
    char *plain;

    *position = 0;
    *odd = false;
    if (!text) return true;
    plain = sim_alloc(call->request->arena, size + 4);
    (void)sim_base64_read(plain, text, size);
    if (strncmp(plain, collection, name) || plain[name] != '/' ||
        snapchat_id_read(call->site, plain + name + 1, &g, &index) != SNAPCHAT_CURSOR || g != (int64_t)check)
        return snapchat_fail(call, "E2002", "Property value is not allowed : [cursor]");
    *position = index / 2;
    *odd = index % 2;
    return true;
}

bool snapchat_limit(snapchat_call *call, int64_t least, int64_t most, int64_t *limit)
{
    const char *text = snapchat_param(call, "limit");
    char *end = NULL;

    *limit = text ? strtoll(text, &end, 10) : 0;
    if (!text || (!*end && *limit >= least && *limit <= most)) return true;
    return snapchat_fail(call, "E2002", "Property value is not allowed : [limit must be between %lld and %lld]", (long long)least,
                         (long long)most);
}

/* ---- what is in the list */

static void list_add(list_all *l, int64_t g, int64_t index)
{
    snapchat_item item;
    list_place *place;

    if (!snapchat_item_at(l->call->site, l->kind, g, index, &item)) return;
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 256;
        l->places = sim_need(realloc(l->places, l->room * sizeof *l->places));
    }
    place = &l->places[l->count++];
    *place = (list_place){ .g = g, .index = index, .key = item.created, .more = index };
    if (l->sort && !strncmp(l->sort, "updated_at", 10)) place->key = item.updated;
    if (l->sort && strstr(l->sort, "-desc")) place->key = -place->key;
    if (!l->sort && !l->paged) place->key = (int64_t)(sim_hash(3, (uint64_t)g, (uint64_t)index, 0) >> 1);
}

static int list_order(const void *a, const void *b)
{
    const list_place *p = a, *q = b;

    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    return p->more == q->more ? 0 : p->more < q->more ? -1 : 1;
}

/* the accounts of the organization that the person may see, and what each of them has; or what the organization has itself */
static void list_organization(list_all *l)
{
    const sim_options *o = &l->call->site->sim->options;
    int64_t first = l->call->token.user * o->accounts;
    bool own = l->kind->kind == SNAPCHAT_BILLING || l->kind->kind == SNAPCHAT_MEMBER;

    for (int64_t i = 0; own && i < snapchat_item_count(l->call->site, l->kind); i++) list_add(l, l->g, i);
    for (int64_t g = first; !own && g < first + o->accounts; g++) {
        if (snapchat_organization(l->call->site, g) == l->g && sim_may_see(l->call->site, l->call->grant, l->call->token.user, g))
            list_add(l, g, 0);
    }
}

static void list_fill(list_all *l)
{
    const sim_options *o = &l->call->site->sim->options;
    int64_t count = snapchat_item_count(l->call->site, l->kind), first = 0;

    if (l->parent == 'o') list_organization(l);
    if (l->parent == 'c') count = l->kind->kind == WORLD_AD ? o->adsets * o->ads : o->adsets;
    if (l->parent == 's') count = o->ads;
    if (l->parent == 'c' || l->parent == 's') first = l->index * count;
    for (int64_t i = first; l->parent != 'o' && i < first + count; i++) list_add(l, l->g, i);
    if (l->count) qsort(l->places, l->count, sizeof *l->places, list_order);
}

/* ---- pages */

static void list_write_one(list_all *l, const snapchat_item *item)
{
    snapchat_writer w = { l->call->site, l->call->request->arena, &l->call->answer->body, l->call->request->number };

    sim_json_open(w.out, '{');
    sim_json_pair(w.out, "sub_request_status", l->kind->lower ? "success" : "SUCCESS");
    sim_json_key(w.out, l->kind->singular);
    snapchat_item_write(&w, item);
    sim_puts(w.out, "}");
    l->call->answer->rows++;
}

/* how many places this page covers: none at all, half, or as many as it may */
static int64_t list_covers(const list_all *l, int64_t position, int64_t rows, bool odd)
{
    uint64_t h = sim_hash(sim_seed(l->call->site), 0x0dd, snapchat_query_hash(l->call), (uint64_t)position);

    if (odd || (int64_t)(h % 100) >= l->call->site->sim->options.odd_pages) return rows;
    return h >> 32 & 1 ? 0 : (rows + 1) / 2;
}

static void list_write(list_all *l, int64_t position, int64_t rows)
{
    sim_text *out = &l->call->answer->body;
    snapchat_item item;

    sim_json_key(out, l->kind->plural);
    sim_json_open(out, '[');
    for (int64_t i = position; i < position + rows && i < (int64_t)l->count; i++) {
        (void)snapchat_item_at(l->call->site, l->kind, l->places[i].g, l->places[i].index, &item);
        if (!item.deleted || l->deleted) list_write_one(l, &item);
    }
    sim_puts(out, "]}");
}

static bool list_sorted(snapchat_call *call, const char *sort)
{
    static const char *const words[] = { "created_at-asc", "created_at-desc", "updated_at-asc", "updated_at-desc" };

    for (size_t i = 0; sort && i < SIM_COUNT(words); i++) {
        if (!strcmp(words[i], sort)) return true;
    }
    return sort ? snapchat_fail(call, "E2002", "Property value is not allowed : [sort]") : true;
}

static bool list_page(list_all *l, int64_t limit)
{
    int64_t most = sim_setting_int(l->call->site, "page-rows"), position, covers;
    uint64_t check = snapchat_query_hash(l->call);
    bool odd;

    if (!snapchat_cursor(l->call, l->kind->collection, check, &position, &odd)) return false;
    covers = list_covers(l, position, limit < most ? limit : most, odd);
    (void)snapchat_open(l->call, l->kind->lower ? "success" : "SUCCESS");
    snapchat_next(l->call, l->kind->collection, check, position + covers < (int64_t)l->count ? position + covers : -1, covers == 0);
    list_write(l, position, covers);
    return true;
}

bool snapchat_list(snapchat_call *call, const snapchat_kind *kind, char parent, int64_t g, int64_t index)
{
    static const char *const known[] = { "limit", "cursor", "sort", "read_deleted_entities", NULL };
    list_all l = { .call = call, .kind = kind, .parent = parent, .g = g, .index = index, .sort = snapchat_param(call, "sort") };
    const char *deleted = snapchat_param(call, "read_deleted_entities");
    int64_t limit;
    bool fine = true;

    call->answer->action = kind->plural;
    if (!snapchat_params_known(call, known, "E2002") || !list_sorted(call, l.sort)) return false;
    if (!snapchat_limit(call, 50, 1000, &limit)) return false;
    l.deleted = deleted && !strcmp(deleted, "true");
    l.paged = kind->paged && limit;
    list_fill(&l);
    if (l.paged) {
        fine = list_page(&l, limit);
    } else {
        (void)snapchat_open(call, kind->lower ? "success" : "SUCCESS");
        if (kind->paged) sim_puts(&call->answer->body, ",\"paging\":{}");
        list_write(&l, 0, (int64_t)l.count);
    }
    free(l.places);
    return fine;
}

/* ---- single objects */

bool snapchat_one(snapchat_call *call, const snapchat_kind *kind, const char *id)
{
    static const char *const known[] = { "read_deleted_entities", NULL };
    const char *deleted = snapchat_param(call, "read_deleted_entities");
    list_all l = { .call = call, .kind = kind };
    bool all = deleted && !strcmp(deleted, "true");
    snapchat_item item;
    int64_t g, index;

    call->answer->action = kind->singular;
    if (!snapchat_params_known(call, known, "E2002")) return false;
    if (strchr(kind->parents, 'o') && kind->kind != WORLD_ACCOUNT) return snapchat_fail(call, "E0001", "Method not allowed");
    if (snapchat_id_read(call->site, id, &g, &index) != kind->kind || !snapchat_item_at(call->site, kind, g, index, &item) ||
        (item.deleted && !all))
        return snapchat_fail_missing(call, kind->plural);
    if (!snapchat_opens(call, g, kind->kind == WORLD_ACCOUNT ? NULL : kind->plural)) return false;
    sim_json_key(snapchat_open(call, kind->lower ? "success" : "SUCCESS"), kind->plural);
    sim_json_open(&call->answer->body, '[');
    list_write_one(&l, &item);
    sim_puts(&call->answer->body, "]}");
    return true;
}

static bool list_named(const list_all *l, const sim_json *one, snapchat_item *item)
{
    int64_t owner, index;

    return snapchat_id_read(l->call->site, sim_json_str(one, "id", ""), &owner, &index) == l->kind->kind && owner == l->g &&
           snapchat_item_at(l->call->site, l->kind, owner, index, item) && !item->deleted;
}

/* {"entity_ids":[{"id":".."}]}; one that is not there is an item of its own, and the whole then no success */
bool snapchat_by_ids(snapchat_call *call, const snapchat_kind *kind, int64_t g)
{
    const sim_json *body = sim_json_parse(call->request->arena, call->request->body, call->request->body_size);
    const sim_json *ids = sim_json_get(body, "entity_ids");
    list_all l = { .call = call, .kind = kind, .g = g };
    sim_text *out = &call->answer->body;
    const char *word = "SUCCESS";
    snapchat_item item;

    call->answer->action = "by ids";
    if (!ids || ids->kind != 'a') return snapchat_fail(call, "E2025", "entity_ids is missing");
    for (const sim_json *one = ids->child; one; one = one->next) {
        if (!list_named(&l, one, &item)) word = "ERROR";
    }
    sim_json_key(snapchat_open(call, word), kind->plural);
    sim_json_open(out, '[');
    for (const sim_json *one = ids->child; one; one = one->next) {
        if (list_named(&l, one, &item)) {
            list_write_one(&l, &item);
            continue;
        }
        sim_json_open(out, '{');
        sim_json_pair(out, "sub_request_error_reason",
                      "Error code: E3004, message: Entity does not exist or you do not have permission to access it");
        sim_json_pair(out, "sub_request_status", "ERROR");
        sim_puts(out, "}");
    }
    sim_puts(out, "]}");
    return true;
}
