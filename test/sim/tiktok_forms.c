/* SPDX-License-Identifier: MIT */
/* Instant Forms: of an advertiser, or of a library after its forms moved into a Business Center (every fourth account). */
#include "tiktok.h"

#define FORM_PAGE 100

static bool form_moved(const world_account *account) { return account->g % 4 == 3; }

static int64_t form_library(const world_account *account) { return tiktok_rules.id(WORLD_BUSINESS, account->g, 1); }

void tiktok_form_write(sim_text *out, const world_entity *e)
{
    char text[32], name[128];

    sim_json_open(out, '{');
    sim_json_id(out, "page_id", e->id);
    sim_json_pair(out, "title", world_name(name, sizeof name, e));
    sim_json_pair(out, "status", e->index % 3 == 2 ? "EDITED" : "PUBLISHED");
    tiktok_time(text, e->created, NULL);
    sim_json_pair(out, "create_time", text);
    tiktok_time(text, e->updated, NULL);
    sim_json_pair(out, "update_time", text);
    tiktok_time(text, e->created + 60, NULL);
    sim_json_pair(out, "publish_time", e->index % 3 == 2 ? NULL : text);
    sim_json_pair(out, "preview_url", "https://ads.tiktok.com/preview?sign=expires");
    sim_json_pair(out, "thumbnail", NULL);
    sim_json_key(out, "supported_objectives");
    sim_puts(out, "[\"LEAD_GENERATION\"]}");
}

/* advertiser_id or library_id */
bool tiktok_form_owner(tiktok_call *call)
{
    const char *advertiser = tiktok_param(call, "advertiser_id"), *library = tiktok_param(call, "library_id");
    int64_t each = call->site->sim->options.accounts;
    char id[24];

    if (advertiser) {
        if (!tiktok_account_find(call, advertiser, &call->account)) return false;
        if (!tiktok_readable(&call->account)) return tiktok_fail(call, 40001, "Permission error: advertiser %s is closed.", advertiser);
        return form_moved(&call->account) ? tiktok_fail(call, 40002, "The forms moved to a Business Center: library_id is required.")
                                          : true;
    }
    if (!library) return tiktok_fail(call, 40002, "advertiser_id: Missing data for required field.");
    for (int64_t g = call->token.user * each; g < (call->token.user + 1) * each; g++) {
        if (!world_account_at(call->site, g, &call->account) || !form_moved(&call->account)) continue;
        (void)snprintf(id, sizeof id, "%lld", (long long)form_library(&call->account));
        if (!strcmp(id, library) && tiktok_may_see(call, g)) return true;
    }
    return tiktok_fail(call, 40001, "Permission error: no permission to operate library %s.", library);
}

typedef struct form_filter {
    const char *status, *title;
    int64_t from, to;
    bool other; /* of another business: none of these */
} form_filter;

static bool form_range(tiktok_call *call, form_filter *filter)
{
    const char *text = tiktok_param(call, "update_time_range");
    const sim_json *range = text ? sim_json_parse(call->request->arena, text, strlen(text)) : NULL;

    *filter = (form_filter){ .to = INT64_MAX };
    if (!text) return true;
    if (!range || range->kind != 'o' || !tiktok_time_read(sim_json_str(range, "start", ""), &filter->from) ||
        !tiktok_time_read(sim_json_str(range, "end", ""), &filter->to))
        return tiktok_fail(call, 40002, "update_time_range: Not a valid range.");
    return true;
}

static bool form_filter_read(tiktok_call *call, form_filter *filter)
{
    const char *type = tiktok_param(call, "business_type");
    const sim_json *types;

    if (!form_range(call, filter) || !tiktok_param_list(call, "business_types", 0, &types)) return false;
    filter->status = tiktok_param(call, "page_status");
    filter->title = tiktok_param(call, "title");
    filter->other = types ? !tiktok_listed(types, "LEAD_GEN") : type && strcmp(type, "LEAD_GEN");
    if (filter->status && strcmp(filter->status, "EDITED") && strcmp(filter->status, "PUBLISHED"))
        return tiktok_fail(call, 40002, "page_status: Invalid value '%s'.", filter->status);
    return true;
}

static bool form_takes(const form_filter *filter, const world_entity *e)
{
    char name[128];

    if (filter->other || (filter->title && !strstr(world_name(name, sizeof name, e), filter->title))) return false;
    if (filter->status && strcmp(filter->status, e->index % 3 == 2 ? "EDITED" : "PUBLISHED")) return false;
    return e->updated >= filter->from && e->updated <= filter->to;
}

bool tiktok_forms(tiktok_call *call)
{
    sim_text *out = &call->answer->body;
    int64_t page, size, total = 0;
    form_filter filter;
    world_entity e;

    if (!tiktok_form_owner(call) || !form_filter_read(call, &filter) || !tiktok_page(call, FORM_PAGE, &page, &size)) return false;
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (int64_t i = 0; i < world_count(call->site, WORLD_FORM); i++) {
        if (!world_entity_at(call->site, WORLD_FORM, call->account.g, i, &e) || !form_takes(&filter, &e)) continue;
        if (total >= (page - 1) * size && total < page * size) {
            tiktok_form_write(out, &e);
            call->answer->rows++;
        }
        total++;
    }
    sim_putc(out, ']');
    tiktok_page_info(out, page, size, total);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}

/* the sheet names no members: these are the names that a lead's answers have */
static void form_questions(tiktok_call *call)
{
    tiktok_open(call);
    sim_puts(&call->answer->body, "{\"meta_fields\":[\"lead_id\",\"page_id\",\"campaign_id\",\"adgroup_id\",\"ad_id\",\"create_time\"],"
                                  "\"question_fields\":[\"Name\",\"Email\",\"Phone number\",\"Was noch?\"]}");
    tiktok_close(call);
}

bool tiktok_form_fields(tiktok_call *call)
{
    const char *id = tiktok_param(call, "page_id");

    for (int64_t i = 0; id && i < world_count(call->site, WORLD_FORM); i++) {
        char mine[24];

        (void)snprintf(mine, sizeof mine, "%lld", (long long)tiktok_rules.id(WORLD_FORM, call->account.g, i));
        if (strcmp(mine, id)) continue;
        form_questions(call);
        return true;
    }
    return tiktok_fail(call, id ? 40007 : 40002, id ? "page_id: the page does not exist." : "page_id: Missing data for required field.");
}

bool tiktok_lead_fields(tiktok_call *call)
{
    form_questions(call);
    return true;
}

bool tiktok_libraries(tiktok_call *call)
{
    int64_t each = call->site->sim->options.accounts, total = 0;
    sim_text *out = &call->answer->body;
    world_account account;

    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (int64_t g = call->token.user * each; g < (call->token.user + 1) * each; g++) {
        if (!world_account_at(call->site, g, &account) || !form_moved(&account) || !tiktok_may_see(call, g)) continue;
        sim_json_open(out, '{');
        sim_json_id(out, "library_id", form_library(&account));
        sim_putc(out, '}');
        total++;
    }
    call->answer->rows = total;
    sim_putc(out, ']');
    tiktok_page_info(out, 1, 10, total);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}
