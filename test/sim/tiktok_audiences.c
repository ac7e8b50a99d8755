/* SPDX-License-Identifier: MIT */
/* Audiences, which say other things in the list and one by one, and negative keywords. */
#include "tiktok.h"

#define AUDIENCE_PAGE 100
#define NEGATIVE_PAGE 50

static const char *const audience_types[] = { "Customer File Audience", "Website Audience", "Lookalike Audience", "Engagement Audience" };

/* the list: UTC and audience_type; one by one: the account's own clock and type */
void tiktok_audience_write(sim_text *out, const world_entity *e, bool details)
{
    int type = (int)world_draw(e->h, 170, 4);
    int64_t covered = world_draw(e->h, 171, 3) ? 1000 + world_draw(e->h, 172, 5000000) : world_draw(e->h, 172, 1000);
    const sim_zone *zone = details ? e->account.zone : NULL;
    char text[32], name[128];

    sim_json_open(out, '{');
    sim_json_id(out, "audience_id", e->id);
    sim_json_pair(out, "name", world_name(name, sizeof name, e));
    sim_json_pair(out, details ? "type" : "audience_type", audience_types[type]);
    sim_json_pair(out, "calculate_type", type ? NULL : "EMAIL_SHA256");
    sim_json_pair_int(out, "cover_num", covered);
    sim_json_pair_bool(out, "is_valid", covered >= 1000);
    sim_json_pair_bool(out, "is_expiring", world_draw(e->h, 173, 10) == 0);
    sim_json_pair_bool(out, "shared", world_draw(e->h, 174, 5) == 0);
    sim_json_pair_bool(out, "is_creator", world_draw(e->h, 174, 5) != 0);
    tiktok_time(text, e->created, zone);
    sim_json_pair(out, "create_time", text);
    tiktok_time(text, world_draw(e->h, 175, 3) ? 2145916800 : e->created + 400ll * SIM_DAY, zone);
    sim_json_pair(out, "expired_time", text);
    if (details) {
        sim_json_id(out, "owner_id", e->account.id);
        sim_json_pair(out, "audience_sub_type", "NORMAL");
        sim_json_pair(out, "enhancement_status", "OFF");
        sim_json_pair_bool(out, "audience_enhancement", false);
        sim_json_pair_bool(out, "is_auto_refresh", true);
        sim_json_pair(out, "error_msg", NULL);
        sim_json_pair(out, "msg", NULL);
        sim_json_pair(out, "lookalike_spec", NULL);
        sim_json_pair(out, "rule", type == 1 ? "{\"inclusions\": [], \"exclusions\": null}" : NULL);
    }
    sim_putc(out, '}');
}

static bool audience_wanted(tiktok_call *call, const sim_json *ids, int64_t i, world_entity *e)
{
    return world_entity_at(call->site, WORLD_AUDIENCE, call->account.g, i, e) && (!ids || tiktok_listed_id(ids, e->id));
}

bool tiktok_audience_list(tiktok_call *call)
{
    int64_t page, size, total = 0, count = world_count(call->site, WORLD_AUDIENCE);
    sim_text *out = &call->answer->body;
    const sim_json *ids;
    world_entity e;

    if (!tiktok_param_list(call, "custom_audience_ids", TIKTOK_IDS_MOST, &ids)) return false;
    if (!tiktok_page(call, AUDIENCE_PAGE, &page, &size)) return false;
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (int64_t i = 0; i < count; i++) {
        if (!audience_wanted(call, ids, i, &e)) continue;
        if (total >= (page - 1) * size && total < page * size) {
            tiktok_audience_write(out, &e, false);
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

static void audience_history(sim_text *out, const world_entity *e)
{
    char text[32];

    tiktok_time(text, e->created, e->account.zone);
    sim_json_key(out, "audience_history");
    sim_puts(out, "[{");
    sim_json_pair(out, "msg", NULL);
    sim_json_pair(out, "action_detail", "");
    sim_json_pair(out, "editor", "open_api");
    sim_json_pair(out, "opt_time", text);
    sim_json_pair(out, "action", "create");
    sim_puts(out, "}]");
}

bool tiktok_audience_get(tiktok_call *call)
{
    sim_text *out = &call->answer->body;
    const sim_json *ids;
    world_entity e;

    if (!tiktok_param_list(call, "custom_audience_ids", TIKTOK_IDS_MOST, &ids)) return false;
    if (!ids || !ids->child) return tiktok_fail(call, 40002, "custom_audience_ids: Missing data for required field.");
    tiktok_open(call);
    sim_puts(out, "{\"list\":[");
    for (int64_t i = 0; i < world_count(call->site, WORLD_AUDIENCE); i++) {
        if (!audience_wanted(call, ids, i, &e)) continue;
        sim_json_open(out, '{');
        audience_history(out, &e);
        sim_json_key(out, "audience_details");
        tiktok_audience_write(out, &e, true);
        sim_putc(out, '}');
        call->answer->rows++;
    }
    sim_puts(out, "]}");
    tiktok_close(call);
    return true;
}

/* ---- negative keywords: of search campaigns and of their ad groups */

int64_t tiktok_negatives(const tiktok_row *row)
{
    if (!tiktok_search(row) || tiktok_gone(&row->item)) return 0;
    return row->item.kind == WORLD_CAMPAIGN ? 60 : world_draw(row->item.h, 180, 3);
}

void tiktok_negative_write(sim_text *out, const tiktok_row *row, int64_t i)
{
    static const char *const matches[] = { "PRECISE_WORD", "PHRASE_WORD", "BROAD_WORD" };
    char name[40];

    (void)snprintf(name, sizeof name, "gratis %lld-%lld", (long long)row->item.index, (long long)i);
    sim_json_open(out, '{');
    sim_json_id(out, "keyword_id", sim_id(1700000000000000000, row->item.kind, row->account.g, row->item.index * 100 + i));
    sim_json_pair(out, "name", name);
    sim_json_pair(out, "match_type", matches[i % 3]);
    sim_putc(out, '}');
}

static bool negative_object(tiktok_call *call, tiktok_row *row)
{
    const char *type = tiktok_param(call, "object_type"), *id = tiktok_param(call, "object_id");
    world_kind kind = type && !strcmp(type, "CAMPAIGN") ? WORLD_CAMPAIGN : type && !strcmp(type, "ADGROUP") ? WORLD_ADSET : WORLD_NONE;

    if (!kind) return tiktok_fail(call, 40002, "object_type: must be CAMPAIGN or ADGROUP.");
    if (!id) return tiktok_fail(call, 40002, "object_id: Missing data for required field.");
    for (int64_t i = 0; i < world_count(call->site, kind); i++) {
        char mine[24];

        if (!tiktok_row_at(call->site, kind, call->account.g, i, row)) continue;
        (void)snprintf(mine, sizeof mine, "%lld", (long long)row->item.id);
        if (!strcmp(mine, id)) return true;
    }
    return tiktok_fail(call, 40007, "object_id: %s does not exist.", id);
}

bool tiktok_negative_keywords(tiktok_call *call)
{
    sim_text *out = &call->answer->body;
    int64_t page, size, total;
    tiktok_row row;

    if (!tiktok_page(call, NEGATIVE_PAGE, &page, &size) || !negative_object(call, &row)) return false;
    total = tiktok_negatives(&row);
    tiktok_open(call);
    sim_puts(out, "{\"keywords\":[");
    for (int64_t i = (page - 1) * size; i < total && i < page * size; i++) {
        tiktok_negative_write(out, &row, i);
        call->answer->rows++;
    }
    sim_putc(out, ']');
    tiktok_page_info(out, page, size, total);
    sim_puts(out, "}");
    tiktok_close(call);
    return true;
}
