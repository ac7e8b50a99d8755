/* SPDX-License-Identifier: MIT */
/* Fields that several kinds have, and how a row is written from a table of them. */
#include "tiktok.h"

const tiktok_field *tiktok_field_named(const tiktok_field *fields, const char *name)
{
    for (; fields->name; fields++) {
        if (!strcmp(fields->name, name)) return fields;
    }
    return NULL;
}

bool tiktok_shape_read(tiktok_call *call, const tiktok_field *fields, tiktok_shape *shape)
{
    const sim_json *odd;

    *shape = (tiktok_shape){ 0 };
    if (!tiktok_param_list(call, "fields", 0, &shape->wanted)) return false;
    if (!tiktok_param_list(call, "exclude_field_types_in_response", 0, &odd)) return false;
    for (const sim_json *one = shape->wanted ? shape->wanted->child : NULL; one; one = one->next) {
        if (!tiktok_field_named(fields, one->text)) return tiktok_fail(call, 40002, "fields: Invalid field: '%s'.", one->text);
    }
    shape->no_nulls = tiktok_listed(odd, "NULL_FIELD");
    return true;
}

static void field_cut(sim_text *out, size_t size)
{
    out->size = size;
    out->p[size] = 0;
}

void tiktok_row_write(sim_text *out, const tiktok_field *fields, const tiktok_row *row, const tiktok_shape *shape)
{
    sim_json_open(out, '{');
    for (const tiktok_field *f = fields; f->name; f++) {
        size_t before = out->size;
        bool there = true;

        if (shape && shape->wanted && !tiktok_listed(shape->wanted, f->name)) continue;
        sim_json_key(out, f->name);
        if (f->literal)
            sim_puts(out, f->literal);
        else
            there = f->write(out, row);
        if (!there || (shape && shape->no_nulls && !strcmp(out->p + out->size - 4, "null"))) field_cut(out, before);
    }
    sim_putc(out, '}');
}

/* ---- what they have in common */

void tiktok_put_id(sim_text *out, int64_t id) { sim_printf(out, "\"%lld\"", (long long)id); }

bool tiktok_f_advertiser(sim_text *out, const tiktok_row *row)
{
    tiktok_put_id(out, row->account.id);
    return true;
}

bool tiktok_f_campaign(sim_text *out, const tiktok_row *row)
{
    tiktok_put_id(out, row->campaign.id);
    return true;
}

bool tiktok_f_adgroup(sim_text *out, const tiktok_row *row)
{
    tiktok_put_id(out, row->adset.id);
    return true;
}

static bool field_name(sim_text *out, const world_entity *e)
{
    char name[128];

    sim_json_string(out, world_name(name, sizeof name, e));
    return true;
}

bool tiktok_f_campaign_name(sim_text *out, const tiktok_row *row) { return field_name(out, &row->campaign); }
bool tiktok_f_adgroup_name(sim_text *out, const tiktok_row *row) { return field_name(out, &row->adset); }
bool tiktok_f_name(sim_text *out, const tiktok_row *row) { return field_name(out, &row->item); }

/* what was set: what is deleted with its parent still says what it was before, and its delivery state alone tells */
bool tiktok_f_operation(sim_text *out, const tiktok_row *row)
{
    world_status status = row->item.status;

    sim_json_string(out, status >= WORLD_ARCHIVED ? "DELETE" : status == WORLD_ACTIVE ? "ENABLE" : "DISABLE");
    return true;
}

bool tiktok_f_secondary(sim_text *out, const tiktok_row *row)
{
    if (row->sandbox) return false;
    sim_json_string(out, tiktok_secondary(row));
    return true;
}

static bool field_time(sim_text *out, int64_t at)
{
    char text[32];

    tiktok_time(text, at, NULL);
    sim_json_string(out, text);
    return true;
}

bool tiktok_f_created(sim_text *out, const tiktok_row *row) { return field_time(out, row->item.created); }
bool tiktok_f_modified(sim_text *out, const tiktok_row *row) { return field_time(out, row->item.updated); }

bool tiktok_f_automation(sim_text *out, const tiktok_row *row)
{
    sim_json_string(out, row->family == TIKTOK_SMART ? "UPGRADED_SMART_PLUS" : row->family == TIKTOK_OLD_SMART ? "SMART_PLUS" : "MANUAL");
    return true;
}
