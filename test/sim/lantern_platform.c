/* SPDX-License-Identifier: MIT */
/*
 * Lantern Ads, which does not exist: the smallest platform that has all that a host's own connector has to deal with, for
 * examples/custom_connector.c. There is no sheet and no recorded answer; this is what it says:
 *
 *     POST /v1/token        form client_id, client_secret, key  -> {"token","lives"}: a key of the person's settings page gives tokens of
 * an hour GET  /v1/accounts                                         -> accounts GET  /v1/accounts/ID -> one account GET
 * /v1/accounts/ID/campaigns                            -> campaigns; closed ones too, deleted ones not GET
 * /v1/accounts/ID/days?by=account|campaign&from&to     -> a row per object and day on which it was seen, deleted ones too
 *
 * with `Authorization: Lantern TOKEN`. Lists are {"items":[..],"next":PAGE or null}, asked for with `size` (at most 100, 25 without) and
 * `page`. Ids of campaigns are numbers above 2^53. Amounts are decimals of the main unit as text. A token may ask 120 times a minute:
 * Lantern-Left and Lantern-Reset (seconds) tell how far it is, 429 and Retry-After that it was too much. What is wrong is said as
 * {"error":{"kind":WORD,"text":..}}.
 */
#include "site.h"

#include <stdlib.h>

enum { TOKEN_ACCESS = 1, TOKEN_KEY = 2, PAGE_USUAL = 25, PAGE_MOST = 100, ACCOUNT_FIRST = 700000, DAYS_MOST = 31 };

typedef struct lantern_call {
    sim_site *site;
    sim_request *request;
    sim_answer *answer;
    sim_token token;
    world_account account;
} lantern_call;

static int64_t lantern_id(world_kind kind, int64_t g, int64_t index)
{
    return kind == WORLD_ACCOUNT ? ACCOUNT_FIRST + g : sim_id(0, kind, g, index);
}

/* ---- what is wrong */

typedef struct lantern_wrong {
    const char *kind, *text;
    int status;
} lantern_wrong;

static const lantern_wrong lantern_wrongs[] = {
    { "token_expired", "This token is older than its hour.", 401 },
    { "token_revoked", "This token, or the key it came from, was taken back.", 401 },
    { "bad_key", "There is no such key, or it belongs to another app.", 400 },
    { "no_access", "Your token may not see this account.", 403 },
    { "unknown", "There is nothing here.", 404 },
    { "bad_page", "This page does not belong to this list, or is too old.", 400 },
    { "bad_days", "Give from and to, at most 31 days.", 400 },
    { "slow_down", "You ask too often.", 429 },
    { "broken", "Something went wrong on our side.", 500 },
};

static bool lantern_refused(sim_answer *answer, const char *kind)
{
    const lantern_wrong *wrong = lantern_wrongs;

    while (wrong < lantern_wrongs + SIM_COUNT(lantern_wrongs) - 1 && strcmp(wrong->kind, kind)) wrong++;
    sim_clear(&answer->body);
    answer->status = wrong->status;
    sim_puts(&answer->body, "{\"error\":{");
    sim_json_pair(&answer->body, "kind", wrong->kind);
    sim_json_pair(&answer->body, "text", wrong->text);
    sim_puts(&answer->body, "}}");
    return false;
}

static void lantern_refuse(sim_site *site, sim_request *request, sim_answer *answer, const sim_fault *fault)
{
    const char *header = sim_header(request, "Authorization");
    sim_token token;

    sim_clear(&answer->headers);
    if (!strcmp(fault->kind, "throttle")) {
        char seconds[24];
        (void)snprintf(seconds, sizeof seconds, "%lld", (long long)sim_json_int(fault->spec, "seconds", 30));
        sim_answer_header(answer, "Retry-After", seconds);
        (void)lantern_refused(answer, "slow_down");
        return;
    }
    if (!strcmp(fault->kind, "token_death") && header && sim_token_read(site, header + 8, &token)) sim_token_kill(site, token.serial, 1);
    (void)lantern_refused(answer, strcmp(fault->kind, "token_death") ? sim_json_str(fault->spec, "error", "broken") : "token_expired");
}

/* ---- objects and figures, as an answer and as the truth */

static void lantern_amount(sim_text *out, const char *name, int64_t units, int64_t of)
{
    char text[32];
    int digits = of == 1000 ? 3 : of == 100 ? 2 : 0;

    if (digits)
        (void)snprintf(text, sizeof text, "%s%lld.%0*lld", units < 0 ? "-" : "", llabs(units / of), digits, llabs(units % of));
    else
        (void)snprintf(text, sizeof text, "%lld", (long long)units);
    sim_json_pair(out, name, text);
}

static void lantern_account(sim_text *out, const world_account *account)
{
    sim_puts(out, "{");
    sim_json_pair_int(out, "id", account->id);
    sim_json_pair(out, "title", account->g % 2 ? "Größe & Söhne" : "Corner \"Shop\"");
    sim_json_pair(out, "currency", account->currency->code);
    sim_json_pair(out, "zone", account->zone->name);
    sim_json_pair(out, "state", account->status ? "closed" : "open");
    sim_puts(out, "}");
}

static void lantern_campaign(sim_text *out, const world_entity *e)
{
    static const char *const states[] = { "live", "resting", "closed", "" };
    char name[128], time[40];

    sim_puts(out, "{");
    sim_json_pair_int(out, "id", e->id);
    sim_json_pair(out, "title", world_name(name, sizeof name, e));
    sim_json_pair(out, "state", states[e->status]);
    lantern_amount(out, "daily", (world_draw(e->h, 100, 900) + 100) * e->account.currency->offset, e->account.currency->offset);
    sim_time_text(time, e->start, e->account.zone);
    sim_json_pair(out, "starts", time);
    if (e->stop) sim_time_text(time, e->stop, e->account.zone);
    sim_json_pair(out, "ends", e->stop ? time : NULL);
    sim_json_pair_int(out, "changed", e->updated);
    sim_puts(out, "}");
}

static void lantern_day(sim_text *out, const world_account *account, int64_t id, int64_t day, const world_numbers *n)
{
    char text[16];

    sim_day_text(text, day);
    sim_puts(out, "{");
    sim_json_pair_int(out, "id", id);
    sim_json_pair(out, "day", text);
    lantern_amount(out, "spend", n->spend, account->currency->offset);
    sim_json_pair_int(out, "views", n->impressions);
    sim_json_pair_int(out, "clicks", n->clicks);
    lantern_amount(out, "sales", n->count[WORLD_PURCHASE][WORLD_7D_CLICK], 100);
    lantern_amount(out, "sales_value", n->value[WORLD_PURCHASE][WORLD_7D_CLICK], account->currency->offset);
    sim_puts(out, "}");
}

/* ---- lists: each is a run of positions, of which some are empty */

typedef struct lantern_list {
    lantern_call *call;
    int64_t end, first_day, objects;                                               /* of figures: position = day * objects + object */
    world_kind kind;                                                               /* what is listed, or whose figures */
    bool (*put)(const struct lantern_list *list, int64_t position, sim_text *out); /* out NULL: whether it is there */
} lantern_list;

static bool lantern_put_account(const lantern_list *list, int64_t position, sim_text *out)
{
    const lantern_call *call = list->call;
    const sim_grant *grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    world_account account;

    if (!world_account_at(call->site, call->token.user * call->site->sim->options.accounts + position, &account)) return false;
    if (!sim_may_see(call->site, grant, call->token.user, account.g)) return false;
    if (out) lantern_account(out, &account);
    return true;
}

static bool lantern_put_campaign(const lantern_list *list, int64_t position, sim_text *out)
{
    world_entity e;

    if (!world_entity_at(list->call->site, list->kind, list->call->account.g, position, &e) || e.status == WORLD_DELETED) return false;
    if (out) lantern_campaign(out, &e);
    return true;
}

static bool lantern_put_day(const lantern_list *list, int64_t position, sim_text *out)
{
    const world_account *account = &list->call->account;
    int64_t day = list->first_day + position / list->objects, object = position % list->objects;
    bool own = list->kind == WORLD_ACCOUNT;
    world_numbers n = { 0 };
    world_entity e;

    if (!own && !world_entity_at(list->call->site, list->kind, account->g, object, &e)) return false;
    world_sum(list->call->site, account, list->kind, object, day, day, &n);
    if (n.impressions && out) lantern_day(out, account, own ? account->id : e.id, day, &n);
    return n.impressions != 0;
}

static bool lantern_there(void *user, int64_t position)
{
    const lantern_list *list = user;

    return list->put(list, position, NULL);
}

static int64_t lantern_size(const sim_request *request)
{
    const char *size = sim_pairs_get(&request->query, "size");
    int64_t wanted = size ? strtoll(size, NULL, 10) : PAGE_USUAL;

    return wanted < 1 ? 1 : wanted > PAGE_MOST ? PAGE_MOST : wanted;
}

/* A page is bound to its list: path and parameters but itself and the size. */
static uint64_t lantern_check(const sim_request *request)
{
    static const char *const bound[] = { "by", "from", "to" };
    uint64_t check = sim_hash_bytes(1, request->path, strlen(request->path));

    for (size_t i = 0; i < SIM_COUNT(bound); i++) {
        const char *value = sim_pairs_get(&request->query, bound[i]);
        if (value) check = sim_hash_bytes(check, value, strlen(value) + 1);
    }
    return check;
}

static bool lantern_page(lantern_call *call, lantern_list *list)
{
    const char *page = sim_pairs_get(&call->request->query, "page");
    uint64_t check = lantern_check(call->request);
    int64_t found[PAGE_MOST], from = 0, made, next;
    sim_text *out = &call->answer->body;
    size_t count;

    if (page && !sim_cursor_read(call->site, page, check, &from, &made)) return lantern_refused(call->answer, "bad_page");
    list->call = call;
    next = sim_walk(from, list->end, lantern_size(call->request), lantern_there, list, found, &count);
    sim_puts(out, "{\"items\":[");
    for (size_t i = 0; i < count; i++) {
        sim_comma(out);
        (void)list->put(list, found[i], out);
    }
    sim_puts(out, "]");
    sim_json_pair(out, "next", next < 0 ? NULL : sim_cursor_make(call->site, call->request->arena, next, check));
    sim_puts(out, "}");
    call->answer->rows = (int64_t)count;
    return true;
}

static bool lantern_accounts(lantern_call *call)
{
    lantern_list list = { .end = call->site->sim->options.accounts, .put = lantern_put_account };

    return lantern_page(call, &list);
}

static bool lantern_campaigns(lantern_call *call)
{
    lantern_list list = { .end = world_count(call->site, WORLD_CAMPAIGN), .kind = WORLD_CAMPAIGN, .put = lantern_put_campaign };

    return lantern_page(call, &list);
}

static bool lantern_days(lantern_call *call)
{
    const char *by = sim_pairs_get(&call->request->query, "by"), *from = sim_pairs_get(&call->request->query, "from");
    const char *to = sim_pairs_get(&call->request->query, "to");
    lantern_list list = { .kind = by && !strcmp(by, "campaign") ? WORLD_CAMPAIGN : WORLD_ACCOUNT, .put = lantern_put_day };
    int64_t last;

    if (!from || !to || !sim_day_read(from, &list.first_day) || !sim_day_read(to, &last) || last < list.first_day ||
        last - list.first_day >= DAYS_MOST)
        return lantern_refused(call->answer, "bad_days");
    list.objects = list.kind == WORLD_ACCOUNT ? 1 : world_count(call->site, WORLD_CAMPAIGN);
    list.end = (last - list.first_day + 1) * list.objects;
    return lantern_page(call, &list);
}

static bool lantern_one(lantern_call *call)
{
    lantern_account(&call->answer->body, &call->account);
    return true;
}

/* ---- tokens, limits, who may see what */

static bool lantern_token(lantern_call *call)
{
    const char *id = sim_pairs_get(&call->request->form, "client_id"), *secret = sim_pairs_get(&call->request->form, "client_secret");
    const char *key = sim_pairs_get(&call->request->form, "key");
    const sim_app *app = id ? sim_app_named(call->site, id) : NULL;
    sim_token from, token = { .kind = TOKEN_ACCESS };

    call->answer->action = "token";
    if (!app || !secret || strcmp(app->secret, secret) || !key || !sim_token_read(call->site, key, &from) || from.kind != TOKEN_KEY ||
        from.app != app->number)
        return lantern_refused(call->answer, "bad_key");
    if (from.died) return lantern_refused(call->answer, "token_revoked");
    token.app = from.app;
    token.user = from.user;
    token.expires = sim_now(call->site->sim) + sim_setting_int(call->site, "life");
    sim_puts(&call->answer->body, "{");
    sim_json_pair(&call->answer->body, "token", sim_token_make(call->site, call->request->arena, &token));
    sim_json_pair_int(&call->answer->body, "lives", sim_setting_int(call->site, "life"));
    sim_puts(&call->answer->body, "}");
    return true;
}

static bool lantern_authorized(lantern_call *call)
{
    const char *header = sim_header(call->request, "Authorization");

    if (!header || strncmp(header, "Lantern ", 8)) return lantern_refused(call->answer, "token_revoked");
    call->answer->token = sim_digest(call->request->arena, header + 8);
    if (!sim_token_read(call->site, header + 8, &call->token) || call->token.kind != TOKEN_ACCESS)
        return lantern_refused(call->answer, "token_revoked");
    if (!call->token.died) return true;
    return lantern_refused(call->answer, call->token.died == SIM_EXPIRED + 1 ? "token_expired" : "token_revoked");
}

static bool lantern_within(lantern_call *call)
{
    int64_t now = sim_now(call->site->sim), most = sim_setting_int(call->site, "minute") * call->site->sim->options.limit_scale / 100;
    sim_window *window = sim_window_get(call->site->sim, sim_hash(0x1a, (uint64_t)call->token.user, (uint64_t)call->token.app, 0), 60);
    int64_t used = sim_window_used(window, now), left = used < most ? most - used - 1 : 0, reset = sim_window_frees_in(window, now, 1);
    bool over = used >= most && strcmp(call->site->sim->options.tier, "off") != 0;
    char text[24];

    if (!over) sim_window_charge(window, now, 1);
    (void)snprintf(text, sizeof text, "%lld", (long long)left);
    sim_answer_header(call->answer, "Lantern-Left", text);
    (void)snprintf(text, sizeof text, "%lld", (long long)(reset > 0 ? reset : 60));
    sim_answer_header(call->answer, "Lantern-Reset", text);
    if (!over) return true;
    sim_answer_header(call->answer, "Retry-After", text);
    return lantern_refused(call->answer, "slow_down");
}

/* The rest of the path after the account's id; NULL: refused. */
static const char *lantern_into(lantern_call *call, const char *path)
{
    const sim_grant *grant = sim_grant_get(call->site, call->token.user, call->token.app, true);
    char *end;
    int64_t id = strtoll(path, &end, 10);

    call->answer->account = id;
    if (!world_account_at(call->site, id - ACCOUNT_FIRST, &call->account))
        (void)lantern_refused(call->answer, "unknown");
    else if (call->account.user != call->token.user || !sim_may_see(call->site, grant, call->token.user, call->account.g))
        (void)lantern_refused(call->answer, "no_access");
    else
        return end;
    return NULL;
}

static void lantern_handle(sim_site *site, sim_request *request, sim_answer *answer)
{
    static const struct {
        const char *path;
        bool (*serve)(lantern_call *call);
    } parts[] = { { "", lantern_one }, { "/campaigns", lantern_campaigns }, { "/days", lantern_days } };
    static const char accounts[] = "/v1/accounts";
    lantern_call call = { .site = site, .request = request, .answer = answer };
    const char *path = request->path;

    answer->type = "application/json";
    if (!strcmp(path, "/v1/token") && !strcmp(request->method, "POST")) {
        (void)lantern_token(&call);
        return;
    }
    if (!lantern_authorized(&call) || !lantern_within(&call)) return;
    answer->action = "read";
    if (!strcmp(path, accounts)) {
        (void)lantern_accounts(&call);
        return;
    }
    path = strncmp(path, accounts, sizeof accounts - 1) || path[sizeof accounts - 1] != '/' ? NULL
                                                                                            : lantern_into(&call, path + sizeof accounts);
    for (size_t i = 0; path && i < SIM_COUNT(parts); i++) {
        if (strcmp(parts[i].path, path)) continue;
        (void)parts[i].serve(&call);
        return;
    }
    if (answer->status < 400) (void)lantern_refused(answer, "unknown");
}

/* ---- what it says of itself */

static bool lantern_account_read(const sim_site *site, const char *text, int64_t *g)
{
    world_account account;

    *g = strtoll(text, NULL, 10) - ACCOUNT_FIRST;
    return world_account_at(site, *g, &account);
}

static bool lantern_account_of(sim_site *site, const sim_request *request, char out[32])
{
    (void)site;
    if (strncmp(request->path, "/v1/accounts/", 13)) return false;
    (void)snprintf(out, 32, "%.*s", (int)strcspn(request->path + 13, "/"), request->path + 13);
    return true;
}

static const char *lantern_mint(sim_site *site, int64_t user, int64_t app, const sim_json *command, sim_text *out)
{
    sim_token key = { .kind = TOKEN_KEY, .app = app, .user = user }, token = { .kind = TOKEN_ACCESS, .app = app, .user = user };
    sim_arena arena = { 0 };

    token.expires = sim_now(site->sim) + sim_json_int(command, "life", sim_setting_int(site, "life"));
    sim_json_pair(out, "key", sim_token_make(site, &arena, &key));
    sim_json_pair(out, "token", sim_token_make(site, &arena, &token));
    sim_json_pair_int(out, "expires_at", token.expires);
    sim_arena_free(&arena);
    return NULL;
}

static const char *lantern_truth_id(sim_truth *t, const world_account *account)
{
    char *out = sim_alloc(&t->arena, 24);

    (void)snprintf(out, 24, "%lld", (long long)account->id);
    return out;
}

static void lantern_truth_account(sim_truth *t, const world_account *account) { lantern_account(t->out, account); }

static bool lantern_truth_entity(sim_truth *t, const world_entity *e)
{
    if (e->kind != WORLD_CAMPAIGN || e->status == WORLD_DELETED) return false;
    lantern_campaign(t->out, e);
    return true;
}

static void lantern_truth_numbers(sim_truth *t, const world_account *account, world_kind level, const world_entity *entity, int64_t day,
                                  const world_numbers *numbers)
{
    (void)level;
    lantern_day(t->out, account, entity ? entity->id : account->id, day, numbers);
}

static const char *lantern_truth(sim_truth *t)
{
    static const sim_truth_writers writers = {
        .account_id = lantern_truth_id, .account = lantern_truth_account, .entity = lantern_truth_entity, .numbers = lantern_truth_numbers
    };
    const char *level = t->what->level;

    if (sim_truth_wants(t, "insights") && strcmp(level, "account") && strcmp(level, "campaign"))
        return "the level must be account or campaign";
    sim_truth_walk(t, &writers);
    return NULL;
}

static const char *const lantern_hosts[] = { "api.lantern.example", NULL };
static const char *const lantern_scopes[] = { "read", NULL };
static const char *const lantern_prefixes[] = { "lt_", "lk_", NULL };
static const int lantern_states[] = { 0, 0, 0, 1 };
static const world_rules lantern_rules = { .states = lantern_states, .state_count = SIM_COUNT(lantern_states), .id = lantern_id };
static const sim_setting lantern_settings[] = {
    { "minute", "120", "requests of a token in a minute", 1, 1000000000 },
    { "life", "3600", "seconds a token lives", 1, 1000000000 },
    { NULL, NULL, NULL, 0, 0 },
};

const sim_platform sim_lantern = {
    .name = "lantern",
    .hosts = lantern_hosts,
    .app = "lantern-app:lantern-secret",
    .scopes = lantern_scopes,
    .token_prefixes = lantern_prefixes,
    .world = &lantern_rules,
    .settings = lantern_settings,
    .handle = lantern_handle,
    .refuse = lantern_refuse,
    .account_of = lantern_account_of,
    .account_read = lantern_account_read,
    .mint = lantern_mint,
    .truth = lantern_truth,
};
