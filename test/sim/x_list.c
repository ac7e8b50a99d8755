/* SPDX-License-Identifier: MIT */
/* Lists: filters, states that show only when they are asked for, order, pages that may come short; and one object by its id. */
#include "x.h"

#include <stdlib.h>
#include <strings.h>

#define LIST_COMMON "count cursor with_total_count with_deleted with_draft sort_by q "

static const x_kind *const list_kinds[] = { &x_fundings,        &x_campaigns, &x_line_items, &x_promoted_tweets, &x_promoted_accounts,
                                            &x_media_creatives, &x_tweets,    &x_cards,      &x_media,           &x_targeting,
                                            &x_audiences,       &x_event_tags };

const x_kind *x_kind_at(size_t i) { return i < SIM_COUNT(list_kinds) ? list_kinds[i] : NULL; }

const x_kind *x_kind_named(const char *path, size_t size)
{
    for (size_t i = 0; i < SIM_COUNT(list_kinds); i++) {
        if (strlen(list_kinds[i]->path) == size && !strncmp(list_kinds[i]->path, path, size)) return list_kinds[i];
    }
    return NULL;
}

bool x_load(const x_kind *kind, x_item *item, int64_t position)
{
    item->position = position;
    item->name = item->campaign_id = item->group_id = item->funding_id = item->type = NULL;
    item->deleted = item->hidden = item->draft = item->organic = false;
    item->id = x_id(item->arena, kind->code, item->account.g, position);
    return kind->load(item);
}

void x_item_times(sim_text *out, const x_item *item)
{
    x_json_time(out, "created_at", item->created);
    x_json_time(out, "updated_at", item->updated);
    sim_json_pair_bool(out, "deleted", item->deleted);
}

/* ---- which of them */

typedef struct list_walk {
    x_call *call;
    const x_kind *kind;
    x_item item;
} list_walk;

static bool list_in(const x_call *call, const char *param, const char *id)
{
    const char *list = x_param(call, param);

    return !list || x_listed(list, id);
}

static bool list_named(const x_call *call, const x_item *item)
{
    const char *q = x_param(call, "q");

    return !q || (item->name && !strncasecmp(item->name, q, strlen(q)));
}

/* by its own id, and by those of what it belongs to */
static bool list_below(const list_walk *walk, const x_item *item)
{
    const sim_pair given[] = { { walk->kind->param, item->id },
                               { "campaign_ids", item->campaign_id },
                               { "line_item_ids", item->group_id },
                               { "funding_instrument_ids", item->funding_id } };

    for (size_t i = 0; i < SIM_COUNT(given); i++) {
        if (given[i].value && !list_in(walk->call, given[i].name, given[i].value)) return false;
    }
    return true;
}

static bool list_there(void *user, int64_t position)
{
    list_walk *walk = user;
    x_item *item = &walk->item;

    if (!x_load(walk->kind, item, position)) return false;
    if ((item->deleted || item->hidden) && !x_flag(walk->call, "with_deleted")) return false;
    if (item->draft && !x_flag(walk->call, "with_draft")) return false;
    return list_below(walk, item) && list_named(walk->call, item) && (!walk->kind->shows || walk->kind->shows(walk->call, item));
}

/* ---- in which order */

typedef struct list_key {
    int64_t position, created, updated, deleted;
    const char *name;
} list_key;

static const char *list_sorting; /* what qsort's comparison has to know; one thread */

static int list_compare(const list_key *a, const list_key *b, const char *field)
{
    if (!strncmp(field, "name-", 5)) return strcmp(a->name ? a->name : "", b->name ? b->name : "");
    if (!strncmp(field, "deleted-", 8)) return (a->deleted > b->deleted) - (a->deleted < b->deleted);
    if (!strncmp(field, "created_at-", 11)) return (a->created > b->created) - (a->created < b->created);
    return (a->updated > b->updated) - (a->updated < b->updated);
}

static int list_order(const void *a, const void *b)
{
    const list_key *left = a, *right = b;

    for (const char *field = list_sorting; *field;) {
        size_t size = strcspn(field, ",");
        int order = list_compare(left, right, field);

        if (order) return field[size - 1] == 'c' && field[size - 2] == 's' && field[size - 3] == 'e' ? -order : order;
        field += size + (field[size] == ',');
    }
    return (left->position > right->position) - (left->position < right->position);
}

static bool list_sort_known(x_call *call)
{
    static const char known[] = "created_at-asc,created_at-desc,updated_at-asc,updated_at-desc,deleted-asc,deleted-desc,name-asc,name-desc";
    const char *words[10], *sort = x_param(call, "sort_by");
    size_t count = sort ? x_split(call->request->arena, sort, words, SIM_COUNT(words)) : 0;

    for (size_t i = 0; i < count; i++) {
        if (!x_listed(known, words[i]))
            return x_fail(call, 400, "INVALID_PARAMETER", "sort_by", "\"%.60s\" is not a valid sort_by value", words[i]);
    }
    return true;
}

/* positions of everything that shows, sorted; how many there are */
static int64_t list_sorted(list_walk *walk, int64_t **positions)
{
    int64_t total = walk->kind->count(walk->call->site), count = 0;
    list_key *keys = sim_need(calloc((size_t)total + 1, sizeof *keys));

    for (int64_t i = 0; i < total; i++) {
        if (!list_there(walk, i)) continue;
        keys[count++] = (list_key){ i, walk->item.created, walk->item.updated, walk->item.deleted, walk->item.name };
    }
    list_sorting = x_param(walk->call, "sort_by") ? x_param(walk->call, "sort_by") : "";
    qsort(keys, (size_t)count, sizeof *keys, list_order);
    *positions = sim_alloc(walk->call->request->arena, ((size_t)count + 1) * sizeof **positions);
    for (int64_t i = 0; i < count; i++) (*positions)[i] = keys[i].position;
    free(keys);
    return count;
}

/* ---- pages */

/* some pages come short; only the end says that it is the end */
static int64_t list_room(x_call *call, int64_t from, int64_t count)
{
    uint64_t h =
        sim_hash(sim_seed(call->site), 0x5a9e, sim_hash_bytes(4, call->request->path, strlen(call->request->path)), (uint64_t)from);

    if (count < 2 || (int64_t)(h % 100) >= call->site->sim->options.odd_pages) return count;
    return 1 + (int64_t)(h / 100 % (uint64_t)(count - 1));
}

static uint64_t list_check(const x_call *call)
{
    uint64_t check = sim_hash_bytes((uint64_t)call->token.user, call->request->path, strlen(call->request->path));

    for (size_t i = 0; i < call->params.count; i++) {
        const sim_pair *p = &call->params.p[i];

        if (!strcmp(p->name, "cursor")) continue;
        check ^= sim_hash_bytes(sim_hash_bytes(5, p->name, strlen(p->name)), p->value, strlen(p->value));
    }
    return check;
}

static bool list_start(x_call *call, int64_t *from)
{
    const char *cursor = x_param(call, "cursor");
    int64_t made;

    *from = 0;
    if (!cursor) return true;
    if (x_flag(call, "with_total_count"))
        return x_fail(call, 400, "EXCLUSIVE_PARAMETERS", "cursor", "cursor and with_total_count are mutually exclusive");
    return sim_cursor_read(call->site, cursor, list_check(call), from, &made)
               ? true
               : x_fail(call, 400, "INVALID_PARAMETER", "cursor", "\"%.60s\" is not a valid cursor", cursor);
}

static bool list_count(x_call *call, const x_kind *kind, int64_t *count)
{
    *count = x_number(call, "count", kind->page);
    return *count >= 1 && *count <= kind->page_max ? true
                                                   : x_fail(call, 400, "INVALID_PARAMETER", "count",
                                                            "Expected an integer between 1 and %lld for count", (long long)kind->page_max);
}

static void list_write(const x_call *call, const x_kind *kind, sim_text *data, const x_item *item)
{
    if (kind->write_trimmed && x_flag(call, "trim_user"))
        kind->write_trimmed(data, item);
    else
        kind->write(data, item);
}

/* without an order a page begins at a position of the world; with one, at a place in what is sorted */
static void list_page(list_walk *walk, int64_t from, int64_t count, sim_text *data, int64_t *next)
{
    int64_t room = list_room(walk->call, from, count), total = walk->kind->count(walk->call->site), *positions;
    size_t found = 0;

    if (x_param(walk->call, "sort_by")) {
        total = list_sorted(walk, &positions);
        for (int64_t i = from; i < total && i < from + room; i++) positions[found++] = positions[i];
        *next = from + room < total ? from + room : -1;
    } else {
        positions = sim_alloc(walk->call->request->arena, ((size_t)room + 1) * sizeof *positions);
        *next = sim_walk(from, total, room, list_there, walk, positions, &found);
    }
    for (size_t i = 0; i < found; i++) {
        (void)x_load(walk->kind, &walk->item, positions[i]);
        sim_comma(data);
        list_write(walk->call, walk->kind, data, &walk->item);
    }
    walk->call->answer->rows = (int64_t)found;
}

static void list_total(list_walk *walk, sim_text *extra)
{
    int64_t *positions;

    if (x_flag(walk->call, "with_total_count")) sim_printf(extra, ",\"total_count\":%lld", (long long)list_sorted(walk, &positions));
}

/* an item that knows whose it is; lists of accounts go by the person */
static x_item list_item(x_call *call, const x_kind *kind)
{
    x_item item = { .site = call->site, .arena = call->request->arena, .account = call->account };

    if (kind == &x_accounts) (void)world_account_at(call->site, call->token.user * call->site->sim->options.accounts, &item.account);
    return item;
}

bool x_list(x_call *call, const x_kind *kind)
{
    list_walk walk = { .call = call, .kind = kind };
    sim_text data = { 0 }, extra = { 0 };
    int64_t from, count, next;
    char allowed[512];

    call->answer->action = kind->path;
    (void)snprintf(allowed, sizeof allowed, LIST_COMMON "%s %s", kind->param, kind->params);
    if (!x_limits_pass(call, kind->limit, kind->path) || !x_params_read(call, allowed)) return false;
    if (!list_count(call, kind, &count) || !list_start(call, &from) || !list_sort_known(call)) return false;
    if (kind->asks && !kind->asks(call)) return false;
    if (x_flag(call, "with_total_count") && !x_limits_pass(call, X_COUNTED, "")) return false;
    walk.item = list_item(call, kind);
    sim_puts(&data, "[");
    list_page(&walk, from, count, &data, &next);
    sim_puts(&data, "]");
    sim_puts(&extra, ",\"next_cursor\":");
    sim_json_string(&extra, next < 0 ? NULL : sim_cursor_make(call->site, call->request->arena, next, list_check(call)));
    list_total(&walk, &extra);
    x_answer(call, &data, extra.p);
    sim_free(&data);
    sim_free(&extra);
    return true;
}

/* ---- one object */

bool x_index_of(const x_call *call, const x_kind *kind, const char *id, int64_t *index)
{
    const char *dash = kind == &x_media ? strchr(id, '_') : NULL;
    int64_t g;

    if (dash) id = dash + 1;
    return x_id_read(kind->code, id, &g, index) && (kind == &x_accounts || g == call->account.g);
}

bool x_get(x_call *call, const x_kind *kind, const char *id)
{
    x_item item = list_item(call, kind);
    sim_text data = { 0 };
    int64_t index = 0;
    bool there;

    call->answer->action = kind->path;
    if (!x_limits_pass(call, kind->limit, kind->path) || !x_params_read(call, "with_deleted with_draft trim_user")) return false;
    there = x_index_of(call, kind, id, &index);
    if (kind == &x_accounts) index = call->account.g - item.account.g;
    there = there && index < kind->count(call->site) && x_load(kind, &item, index);
    if (!there || ((item.deleted || item.hidden) && !x_flag(call, "with_deleted")) || (item.draft && !x_flag(call, "with_draft")))
        return x_fail(call, 404, "NOT_FOUND", NULL, "%s %s was not found", kind->path, id);
    if (kind != &x_accounts) sim_json_pair(&call->echo, "id", id);
    if (kind->one_is_list) sim_puts(&data, "[");
    list_write(call, kind, &data, &item);
    if (kind->one_is_list) sim_puts(&data, "]");
    call->answer->rows = 1;
    x_answer(call, &data, NULL);
    sim_free(&data);
    return true;
}
