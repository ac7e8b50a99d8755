/* SPDX-License-Identifier: MIT */
/* Lists with a cursor: accounts, groups and campaigns by search, creatives by criteria. Pages come short, and yet go on. */
#include "linkedin.h"

#include <stdlib.h>

#define SEARCH_DEFAULT 100
#define SEARCH_UNPAGED 1000 /* beyond so many a page size must be named */

/* ---- what may be asked for */

static const char *const search_states[WORLD_ACCOUNT + 1] = {
    [WORLD_ACCOUNT] = " ACTIVE CANCELED DRAFT PENDING_DELETION REMOVED ",
    [WORLD_CAMPAIGN] = " ACTIVE ARCHIVED CANCELED DRAFT PAUSED PENDING_DELETION REMOVED ",
    [WORLD_ADSET] = " ACTIVE PAUSED ARCHIVED COMPLETED CANCELED DRAFT PENDING_DELETION REMOVED ",
    [WORLD_AD] = " ACTIVE PAUSED DRAFT ARCHIVED CANCELED PENDING_DELETION REMOVED ",
};

static const struct {
    const char *name;
    unsigned kinds; /* 1 << world_kind */
    char type;      /* w word of a state; n number or URN; u URN; s text; b bool without values */
} search_criteria[] = {
    { "status", 1u << WORLD_ACCOUNT | 1u << WORLD_CAMPAIGN | 1u << WORLD_ADSET, 'w' },
    { "id", 1u << WORLD_ACCOUNT | 1u << WORLD_CAMPAIGN | 1u << WORLD_ADSET, 'n' },
    { "name", 1u << WORLD_ACCOUNT | 1u << WORLD_CAMPAIGN | 1u << WORLD_ADSET, 's' },
    { "test", 1u << WORLD_ACCOUNT | 1u << WORLD_CAMPAIGN | 1u << WORLD_ADSET, 'b' },
    { "type", 1u << WORLD_ACCOUNT | 1u << WORLD_ADSET, 's' },
    { "reference", 1u << WORLD_ACCOUNT, 'u' },
    { "campaignGroup", 1u << WORLD_ADSET, 'u' },
    { "associatedEntity", 1u << WORLD_ADSET, 'u' },
};

static bool search_word(const char *words, const char *word)
{
    char spaced[64];

    (void)snprintf(spaced, sizeof spaced, " %.60s ", word);
    return strstr(words, spaced) != NULL;
}

static bool search_values(linkedin_call *call, const linkedin_items *items, const linkedin_value *criterion, char type)
{
    const linkedin_value *values = linkedin_member(criterion, "values");
    size_t index = 0;

    if (type == 'b') return criterion->kind == 's' && (!strcmp(criterion->text, "true") || !strcmp(criterion->text, "false"));
    if (!values || values->kind != 'l' || !values->child) return false;
    for (const linkedin_value *v = values->child; v; v = v->next, index++) {
        if (v->kind != 's') return false;
        if (type == 'w' && !search_word(search_states[items->kind], v->text)) return false;
        if (type == 'u' && !linkedin_urn_read(call->site, v->text).urn) return linkedin_fail_urn(call, criterion->name, index);
    }
    return true;
}

/* an empty search is an error; no search at all is not */
static bool search_valid(linkedin_call *call, linkedin_items *items)
{
    const linkedin_value *search = linkedin_param(&call->query, "search");
    size_t i;

    if (!search) return true;
    items->search = search;
    if (search->kind != 'm' || !search->child) return linkedin_fail_param(call, "search");
    for (const linkedin_value *c = search->child; c; c = c->next) {
        for (i = 0; i < SIM_COUNT(search_criteria); i++) {
            if (!strcmp(search_criteria[i].name, c->name) && search_criteria[i].kinds & 1u << items->kind) break;
        }
        if (i == SIM_COUNT(search_criteria)) return linkedin_fail_param(call, "search");
        if (search_values(call, items, c, search_criteria[i].type)) continue;
        return call->answer->body.size ? false : linkedin_fail_param(call, "search");
    }
    return true;
}

/* ---- does it fit */

/* the criterion's text is a member of what is written; an id may be asked for as a URN */
static bool search_found(const linkedin_value *criterion, const sim_json *object)
{
    const char *have = sim_json_str(object, criterion->name, "");
    bool id = !strcmp(criterion->name, "id");

    if (criterion->kind == 's') return !strcmp(criterion->text, have);
    if (!strcmp(have, "CANCELLED")) have = "CANCELED";
    for (const linkedin_value *v = linkedin_member(criterion, "values")->child; v; v = v->next) {
        const char *colon = id ? strrchr(v->text, ':') : NULL;

        if (!strcmp(colon ? colon + 1 : v->text, have)) return true;
    }
    return false;
}

static bool search_fits(const linkedin_items *items, const sim_json *object)
{
    if (!linkedin_member(items->search, "status") && linkedin_hidden(sim_json_str(object, "status", ""))) return false;
    for (const linkedin_value *c = items->search ? items->search->child : NULL; c; c = c->next) {
        if (!search_found(c, object)) return false;
    }
    return true;
}

static bool search_load(const linkedin_items *items, int64_t position, world_account *account, world_entity *entity)
{
    const sim_options *o = &items->call->site->sim->options;

    if (items->kind != WORLD_ACCOUNT) return world_entity_at(items->call->site, items->kind, items->account.g, position, entity);
    position += items->call->token.user * o->accounts;
    return linkedin_opens(items->call, position) && world_account_at(items->call->site, position, account);
}

static void search_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    world_account account;
    world_entity entity;

    if (!search_load(items, position, &account, &entity)) return;
    if (items->kind == WORLD_ACCOUNT)
        linkedin_write_account(out, items->call->site, &account);
    else
        linkedin_write_entity(out, items->call->site, &entity);
}

static int64_t search_place(const linkedin_items *items, int64_t position)
{
    return items->reversed ? items->count - 1 - position : position;
}

static bool search_there(void *user, int64_t position)
{
    linkedin_items *items = user;
    sim_text text = { 0 };
    sim_arena arena = { 0 };
    bool fits = false;

    search_write(&text, items, search_place(items, position));
    if (text.size) fits = items->there ? items->there(items, search_place(items, position)) : true;
    if (fits && !items->there) fits = search_fits(items, sim_json_parse(&arena, text.p, text.size));
    sim_free(&text);
    sim_arena_free(&arena);
    return fits;
}

void linkedin_element(sim_text *out, const linkedin_items *items, int64_t position)
{
    sim_text text = { 0 };

    items->write(&text, items, position);
    linkedin_project(out, items->call->request->arena, &text, items->call->query.fields);
    sim_free(&text);
}

/* ---- pages */

/* the last page has no token, an empty one, or null */
static void search_metadata(sim_text *out, const char *token, int64_t number)
{
    sim_puts(out, "\"metadata\":{");
    if (token)
        sim_json_pair(out, "nextPageToken", token);
    else if (number % 3)
        sim_puts(out, number % 3 == 1 ? "\"nextPageToken\":\"\"" : "\"nextPageToken\":null");
    sim_puts(out, "}");
}

/* how many rows this page shall have; -1: refused */
static int64_t search_limit(linkedin_call *call, const linkedin_items *items)
{
    int64_t most = items->kind == WORLD_AD ? 100 : 1000, rows = sim_setting_int(call->site, "page-rows"), size = SEARCH_DEFAULT;
    const linkedin_value *asked = linkedin_param(&call->query, "pageSize");

    if (asked && (!linkedin_number(asked, &size) || size < 1 || size > most)) {
        (void)linkedin_fail_param(call, "pageSize");
        return -1;
    }
    return size < rows ? size : rows;
}

static bool search_page(linkedin_call *call, linkedin_items *items)
{
    const linkedin_value *token = linkedin_param(&call->query, "pageToken"), *order = linkedin_param(&call->query, "sortOrder");
    int64_t limit = search_limit(call, items), from = 0, made, next, *found;
    uint64_t check = sim_hash(call->query.check, (uint64_t)items->kind, (uint64_t)items->account.g, (uint64_t)call->token.user);
    sim_text *out = &call->answer->body;
    size_t count;

    if (limit < 0) return false;
    if (token && (token->kind != 's' || !sim_cursor_read(call->site, token->text, check, &from, &made)))
        return linkedin_fail_param(call, "pageToken");
    if (order && (order->kind != 's' || !search_word(" ASCENDING DESCENDING ", order->text))) return linkedin_fail_param(call, "sortOrder");
    items->reversed = order && *order->text == 'D';
    items->write = search_write;
    if (!linkedin_param(&call->query, "pageSize") && items->count > SEARCH_UNPAGED)
        return linkedin_fail(call, 400, NULL, 0, "Request would return too many entities. ");
    if (limit > 3 && (int64_t)(sim_hash(sim_seed(call->site), 0x5e, check, (uint64_t)from) % 100) < call->site->sim->options.odd_pages)
        limit -= 1 + limit / 25;
    found = sim_alloc(call->request->arena, (size_t)limit * sizeof *found);
    next = sim_walk(from, items->count, limit, search_there, items, found, &count);
    sim_puts(out, "{");
    search_metadata(out, next < 0 ? NULL : sim_cursor_make(call->site, call->request->arena, next, check), call->request->number);
    sim_puts(out, ",\"elements\":[");
    for (size_t i = 0; i < count; i++) linkedin_element(out, items, search_place(items, found[i]));
    sim_puts(out, "]}");
    call->answer->rows = (int64_t)count;
    return true;
}

bool linkedin_accounts(linkedin_call *call)
{
    linkedin_items items = { .call = call, .kind = WORLD_ACCOUNT, .count = call->site->sim->options.accounts };

    return search_valid(call, &items) && search_page(call, &items);
}

bool linkedin_search(linkedin_call *call)
{
    linkedin_items items = { .call = call, .account = call->account };

    items.kind = strcmp(call->segment[2], "adCampaigns") ? WORLD_CAMPAIGN : WORLD_ADSET;
    items.count = world_count(call->site, items.kind);
    return search_valid(call, &items) && search_page(call, &items);
}

/* ---- creatives: lists instead of a search */

static const char *const creative_lists[] = { "campaigns", "creatives", "contentReferences", "intendedStatuses",
                                              "leadgenCreativeCallToActionDestinations" };

static bool creative_in(const linkedin_value *list, const char *text)
{
    for (const linkedin_value *v = list ? list->child : NULL; v; v = v->next) {
        if (!strcmp(v->text, text)) return true;
    }
    return !list;
}

static bool creative_there(void *user, int64_t position)
{
    const linkedin_items *items = user;
    const linkedin_query *query = &items->call->query;
    const linkedin_value *states = linkedin_param(query, "intendedStatuses"), *test = linkedin_param(query, "isTestAccount");
    const sim_site *site = items->call->site;
    char campaign[96], creative[96], reference[96];
    sim_text text = { 0 };
    const sim_json *object;
    const char *status;
    world_entity e;
    bool fits;

    if (test && !strcmp(test->text, "true")) return false;
    (void)world_entity_at(site, WORLD_AD, items->account.g, position, &e);
    linkedin_urn(campaign, site, WORLD_ADSET, e.account.g, e.adset);
    linkedin_urn(creative, site, WORLD_AD, e.account.g, e.index);
    linkedin_reference(reference, site, &e);
    status = linkedin_status(site, &e);
    linkedin_write_entity(&text, site, &e);
    object = sim_json_get(sim_json_parse(items->call->request->arena, text.p, text.size), "leadgenCallToAction");
    fits = (states ? creative_in(states, status) : !linkedin_hidden(status)) && creative_in(linkedin_param(query, "campaigns"), campaign) &&
           creative_in(linkedin_param(query, "creatives"), creative) &&
           creative_in(linkedin_param(query, "contentReferences"), reference) &&
           creative_in(linkedin_param(query, "leadgenCreativeCallToActionDestinations"), sim_json_str(object, "destination", ""));
    sim_free(&text);
    return fits;
}

static bool creative_valid(linkedin_call *call)
{
    const linkedin_value *test = linkedin_param(&call->query, "isTestAccount");

    if (test && (test->kind != 's' || !search_word(" true false ", test->text))) return linkedin_fail_param(call, "isTestAccount");
    for (size_t i = 0; i < SIM_COUNT(creative_lists); i++) {
        const linkedin_value *list = linkedin_param(&call->query, creative_lists[i]);
        size_t index = 0;

        if (list && (list->kind != 'l' || !list->child)) return linkedin_fail_param(call, creative_lists[i]);
        for (const linkedin_value *v = list ? list->child : NULL; v; v = v->next, index++) {
            if (v->kind != 's') return linkedin_fail_param(call, creative_lists[i]);
            if (i == 3 && !search_word(search_states[WORLD_AD], v->text)) return linkedin_fail_param(call, creative_lists[i]);
            if (i != 3 && !linkedin_urn_read(call->site, v->text).urn) return linkedin_fail_urn(call, creative_lists[i], index);
        }
    }
    return true;
}

bool linkedin_creatives(linkedin_call *call)
{
    linkedin_items items = { .call = call, .kind = WORLD_AD, .account = call->account, .there = creative_there };

    items.count = world_count(call->site, WORLD_AD);
    return creative_valid(call) && search_page(call, &items);
}
