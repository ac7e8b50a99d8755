/* SPDX-License-Identifier: MIT */
/* Lists with start and count. Some places of a list are empty, so that a page comes short; totals and links are told as it pleases. */
#include "linkedin.h"

#include <stdlib.h>

#define OFFSET_HOLE 25 /* one place in so many shows nothing */
#define OFFSET_MOST 1000

enum { OFFSET_TOTAL, OFFSET_UNKNOWN, OFFSET_SILENT }; /* total: as it is, -1, not there */

static int64_t offset_param(linkedin_call *call, const char *name, int64_t least, int64_t otherwise)
{
    const linkedin_value *value = linkedin_param(&call->query, name);
    int64_t number = otherwise;

    if (value && (!linkedin_number(value, &number) || number < least || number > INT32_MAX)) {
        (void)linkedin_fail_param(call, name);
        return -1;
    }
    return number;
}

/* the next page, relative to the host, everything else as it came */
static void offset_link(sim_text *out, const linkedin_call *call, int64_t start, int64_t count)
{
    sim_text href = { 0 };
    const char *at = call->request->raw_query;

    sim_printf(&href, "%s?", call->request->path);
    while (*at) {
        size_t size = strcspn(at, "&");

        if (strncmp(at, "start=", 6) && strncmp(at, "count=", 6)) sim_printf(&href, "%.*s&", (int)size, at);
        at += size + (at[size] == '&');
    }
    sim_printf(&href, "start=%lld&count=%lld", (long long)start, (long long)count);
    sim_puts(out, "{\"type\":\"application/json\",\"rel\":\"next\"");
    sim_json_pair(out, "href", href.p);
    sim_putc(out, '}');
    sim_free(&href);
}

static void offset_paging(linkedin_call *call, int64_t start, int64_t count, int64_t total, int told)
{
    sim_text *out = &call->answer->body;
    uint64_t draw = sim_hash(call->query.check, (uint64_t)start, (uint64_t)total, 1) % 4;
    bool more = start + count < total;

    sim_puts(out, "\"paging\":{");
    sim_json_pair_int(out, "start", start);
    sim_json_pair_int(out, "count", count);
    sim_puts(out, ",\"links\":[");
    if ((more && draw) || (!more && !draw)) offset_link(out, call, start + count, count); /* on a last page, too */
    sim_puts(out, "]");
    if (told != OFFSET_SILENT) sim_json_pair_int(out, "total", told == OFFSET_UNKNOWN ? -1 : total);
    sim_puts(out, "}");
}

/* positions of what is there, with places between that show nothing */
static int64_t *offset_places(linkedin_call *call, linkedin_items *items, int64_t *total)
{
    int64_t *places = sim_alloc(call->request->arena, (size_t)(items->count * 2 + 2) * sizeof *places);

    *total = 0;
    for (int64_t i = 0; i < items->count; i++) {
        if (!items->there(items, i)) continue;
        if (call->site->sim->options.odd_pages && *total % OFFSET_HOLE == OFFSET_HOLE - 1) places[(*total)++] = -1;
        places[(*total)++] = i;
    }
    return places;
}

static bool offset_page(linkedin_call *call, linkedin_items *items, int told, int64_t most)
{
    int64_t start = offset_param(call, "start", 0, 0), count = start < 0 ? -1 : offset_param(call, "count", 1, most), total;
    sim_text *out = &call->answer->body;
    const int64_t *places;

    if (start < 0 || count < 0) return false;
    if (count > most) return linkedin_fail_param(call, "count");
    places = offset_places(call, items, &total);
    sim_puts(out, "{");
    offset_paging(call, start, count, total, told);
    sim_puts(out, ",\"elements\":[");
    for (int64_t i = start; i < total && i < start + count; i++) {
        if (places[i] < 0) continue;
        linkedin_element(out, items, places[i]);
        call->answer->rows++;
    }
    sim_puts(out, "]}");
    return true;
}

/* ---- whose: a URN of an account that the person may see; false: refused, or an empty list was written */

static bool offset_account(linkedin_call *call, const linkedin_value *value, const char *name, world_account *account)
{
    linkedin_ref ref;

    if (!value || value->kind != 's') return linkedin_fail_param(call, name);
    ref = linkedin_urn_read(call->site, value->text);
    if (!ref.urn) return linkedin_fail_urn(call, name, 0);
    if (ref.kind != WORLD_ACCOUNT) return linkedin_fail_input(call, 400, "INVALID_URN_TYPE", name, "The URN is of another type");
    call->answer->account = strtoll(strrchr(value->text, ':') + 1, NULL, 10);
    if (linkedin_opens(call, ref.g) && world_account_at(call->site, ref.g, account)) return true;
    return linkedin_fail_access(call);
}

static bool offset_entity(const linkedin_items *items, int64_t position, world_entity *e)
{
    return world_entity_at(items->call->site, items->kind, items->account.g, position, e);
}

static void offset_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    world_entity e;

    if (offset_entity(items, position, &e)) linkedin_write_entity(out, items->call->site, &e);
}

/* ---- who may do what */

static bool users_there(void *user, int64_t position)
{
    const linkedin_items *items = user;

    return linkedin_opens(items->call, items->from + position);
}

static void users_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    static const char *const roles[] = { "ACCOUNT_BILLING_ADMIN", "VIEWER", "CAMPAIGN_MANAGER", "ACCOUNT_MANAGER", "CREATIVE_MANAGER" };
    char urn[96], person[48];

    linkedin_urn(urn, items->call->site, WORLD_ACCOUNT, items->from + position, 0);
    (void)snprintf(person, sizeof person, "urn:li:person:p%lldxR", (long long)items->call->token.user);
    sim_json_open(out, '{');
    sim_json_pair(out, "user", person);
    sim_json_pair(out, "account", urn);
    sim_json_pair(out, "role", roles[(items->from + position) % 5]);
    sim_putc(out, '}');
}

bool linkedin_account_users(linkedin_call *call)
{
    int64_t accounts = call->site->sim->options.accounts;
    linkedin_items items = {
        .call = call, .there = users_there, .write = users_write, .count = accounts, .from = call->token.user * accounts
    };

    return offset_page(call, &items, OFFSET_TOTAL, INT32_MAX);
}

/* of several accounts only the first counts */
bool linkedin_users_of(linkedin_call *call)
{
    const linkedin_value *accounts = linkedin_param(&call->query, "accounts");
    linkedin_items items = { .call = call, .there = users_there, .write = users_write, .count = 1 };

    if (accounts && accounts->kind == 'l') accounts = accounts->child;
    if (!offset_account(call, accounts, "accounts", &items.account)) return false;
    items.from = items.account.g;
    return offset_page(call, &items, OFFSET_TOTAL, INT32_MAX);
}

/* ---- conversion rules, segments, forms */

static bool conversions_there(void *user, int64_t position)
{
    (void)user;
    return position < LINKEDIN_CONVERSIONS;
}

static void conversions_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    linkedin_write_conversion(out, items->call->site, &items->account, position);
}

bool linkedin_conversions(linkedin_call *call)
{
    linkedin_items items = { .call = call, .there = conversions_there, .write = conversions_write, .count = LINKEDIN_CONVERSIONS };

    if (!linkedin_param(&call->query, "account")) return linkedin_fail(call, 400, NULL, 0, "Parameter 'account' is required");
    return offset_account(call, linkedin_param(&call->query, "account"), "account", &items.account) &&
           offset_page(call, &items, OFFSET_UNKNOWN, OFFSET_MOST);
}

static bool segments_there(void *user, int64_t position)
{
    const linkedin_items *items = user;
    static const char *const names[] = { "sourcePlatform", "sourceSegmentId" };
    sim_text text = { 0 };
    const sim_json *object;

    offset_write(&text, items, position);
    if (!text.size) return false;
    object = sim_json_parse(items->call->request->arena, text.p, text.size);
    sim_free(&text);
    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        const linkedin_value *asked = linkedin_param(&items->call->query, names[i]);

        if (asked && strcmp(sim_json_str(object, names[i], ""), asked->text ? asked->text : "")) return false;
    }
    return true;
}

bool linkedin_segments(linkedin_call *call)
{
    linkedin_items items = { .call = call, .kind = WORLD_AUDIENCE, .there = segments_there, .write = offset_write };

    items.count = world_count(call->site, WORLD_AUDIENCE);
    return offset_account(call, linkedin_param(&call->query, "account"), "account", &items.account) &&
           offset_page(call, &items, OFFSET_TOTAL, OFFSET_MOST);
}

/* owner=(sponsoredAccount:urn) or (organization:urn); the second has no forms of its own here */
static bool offset_owner(linkedin_call *call, linkedin_items *items)
{
    const linkedin_value *owner = linkedin_param(&call->query, "owner"), *page = linkedin_member(owner, "organization");

    if (page && page->kind == 's' && linkedin_urn_read(call->site, page->text).kind == WORLD_BUSINESS) {
        items->count = 0;
        return true;
    }
    if (!linkedin_member(owner, "sponsoredAccount")) return linkedin_fail_param(call, "owner");
    if (!offset_account(call, linkedin_member(owner, "sponsoredAccount"), "owner", &items->account)) return false;
    if (linkedin_page_role(&items->account)) return true;
    return linkedin_fail(call, 403, "NO_PERMISSION_ON_ENTITY", 0, "The member has no role on the Page that allows this");
}

static bool forms_there(void *user, int64_t position)
{
    const linkedin_items *items = user;
    world_entity e;

    return offset_entity(items, position, &e) && !linkedin_page_form(items->call->site, &e);
}

/* a Page is the person's, and so of all the accounts: their forms one after the other, from the account `from` on */
static bool page_form_at(const linkedin_items *items, int64_t position, world_entity *e)
{
    int64_t most = world_count(items->call->site, WORLD_FORM), g = items->from + position / most;
    world_account account;

    return linkedin_opens(items->call, g) && world_account_at(items->call->site, g, &account) && linkedin_page_role(&account) &&
           world_entity_at(items->call->site, WORLD_FORM, g, position % most, e) && linkedin_page_form(items->call->site, e);
}

static bool page_form_there(void *user, int64_t position)
{
    world_entity e;

    return page_form_at(user, position, &e);
}

static void page_form_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    world_entity e;

    if (page_form_at(items, position, &e)) linkedin_write_entity(out, items->call->site, &e);
}

bool linkedin_forms(linkedin_call *call)
{
    linkedin_items items = { .call = call, .kind = WORLD_FORM, .there = forms_there, .write = offset_write };
    const linkedin_value *page = linkedin_member(linkedin_param(&call->query, "owner"), "organization");
    int64_t accounts = call->site->sim->options.accounts;
    linkedin_ref ref = { 0 };

    items.count = world_count(call->site, WORLD_FORM);
    if (page && page->kind == 's') ref = linkedin_urn_read(call->site, page->text);
    if (ref.urn && ref.kind == WORLD_BUSINESS && ref.g == call->token.user) {
        items.there = page_form_there;
        items.write = page_form_write;
        items.from = ref.g * accounts;
        items.count *= accounts;
        return offset_page(call, &items, OFFSET_TOTAL, OFFSET_MOST);
    }
    return offset_owner(call, &items) && offset_page(call, &items, OFFSET_TOTAL, OFFSET_MOST);
}

/* ---- leads: newest days first */

#define LEADS_DAYS 92

static bool leads_load(const linkedin_items *items, int64_t position, world_entity *e)
{
    int64_t most = items->call->site->sim->options.leads, days = position / most, today = linkedin_today(items->call->site);
    int64_t index = world_lead_index(days / LEADS_DAYS, today - days % LEADS_DAYS, position % most);

    return world_entity_at(items->call->site, WORLD_LEAD, items->account.g, index, e);
}

static void leads_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    world_entity e;

    if (leads_load(items, position, &e)) linkedin_write_lead(out, items->call->site, &e, linkedin_named(&items->call->query, "form"));
}

static bool leads_there(void *user, int64_t position)
{
    const linkedin_items *items = user;
    const linkedin_query *query = &items->call->query;
    const linkedin_value *form = linkedin_param(query, "versionedLeadGenFormUrn"), *tests = linkedin_param(query, "limitedToTestLeads");
    sim_text text = { 0 };
    const sim_json *object;
    world_entity e;

    if (!leads_load(items, position, &e)) return false;
    if (e.created * 1000 + 288 < items->from || e.created * 1000 + 288 >= items->to) return false;
    if (tests && !strcmp(tests->text, "true") && e.ad >= 0) return false;
    if (!form) return true;
    linkedin_write_lead(&text, items->call->site, &e, false);
    object = sim_json_parse(items->call->request->arena, text.p, text.size);
    sim_free(&text);
    return !strcmp(sim_json_str(object, "versionedLeadGenFormUrn", ""), form->text);
}

static bool leads_range(linkedin_items *items, const linkedin_value *range)
{
    const linkedin_value *end = linkedin_member(range, "end");

    items->to = INT64_MAX;
    return !range || (linkedin_number(linkedin_member(range, "start"), &items->from) && (!end || linkedin_number(end, &items->to)));
}

static bool leads_valid(linkedin_call *call, linkedin_items *items)
{
    const linkedin_query *query = &call->query;
    const linkedin_value *type = linkedin_member(linkedin_param(query, "leadType"), "leadType");
    const linkedin_value *form = linkedin_param(query, "versionedLeadGenFormUrn"), *tests = linkedin_param(query, "limitedToTestLeads");

    if (!type || type->kind != 's' || !strstr("SPONSORED EVENT COMPANY ORGANIZATION_PRODUCT", type->text))
        return linkedin_fail_param(call, "leadType");
    if (strcmp(type->text, "SPONSORED")) items->count = 0;
    if (tests && (tests->kind != 's' || (strcmp(tests->text, "true") && strcmp(tests->text, "false"))))
        return linkedin_fail_param(call, "limitedToTestLeads");
    if (form && (form->kind != 's' || strncmp(form->text, "urn:li:versionedLeadGenForm:(", 29)))
        return linkedin_fail_param(call, "versionedLeadGenFormUrn");
    return leads_range(items, linkedin_param(query, "submittedAtTimeRange")) ? true : linkedin_fail_param(call, "submittedAtTimeRange");
}

bool linkedin_leads(linkedin_call *call)
{
    const sim_options *o = &call->site->sim->options;
    linkedin_items items = {
        .call = call, .kind = WORLD_LEAD, .there = leads_there, .write = leads_write, .count = o->forms * LEADS_DAYS * o->leads
    };

    return leads_valid(call, &items) && offset_owner(call, &items) && offset_page(call, &items, OFFSET_SILENT, OFFSET_MOST);
}

/* ---- dark posts: of each creative that shows one, once */

static bool posts_there(void *user, int64_t position)
{
    const linkedin_items *items = user;
    const linkedin_value *types = linkedin_param(&items->call->query, "dscAdTypes");
    world_entity ad;

    if (!world_entity_at(items->call->site, WORLD_AD, items->account.g, position, &ad)) return false;
    if (linkedin_content_of(items->call->site, &ad) > LINKEDIN_UGC || linkedin_post_index(items->call->site, &ad) != position) return false;
    for (const linkedin_value *v = types ? types->child : NULL; v; v = v->next) {
        if (!strcmp(v->text, position % 4 ? "STANDARD" : "VIDEO")) return true;
    }
    return !types;
}

static void posts_write(sim_text *out, const linkedin_items *items, int64_t position)
{
    world_entity ad;

    if (world_entity_at(items->call->site, WORLD_AD, items->account.g, position, &ad)) linkedin_write_post(out, items->call->site, &ad);
}

bool linkedin_posts(linkedin_call *call)
{
    const linkedin_value *types = linkedin_param(&call->query, "dscAdTypes");
    linkedin_items items = { .call = call, .there = posts_there, .write = posts_write };

    items.count = world_count(call->site, WORLD_AD);
    if (types && (types->kind != 'l' || !types->child || types->child->kind != 's')) return linkedin_fail_param(call, "dscAdTypes");
    return offset_account(call, linkedin_param(&call->query, "dscAdAccount"), "dscAdAccount", &items.account) &&
           offset_page(call, &items, OFFSET_TOTAL, 100);
}
