/* SPDX-License-Identifier: MIT */
/* Writes the fields that were asked for, from one table per kind of object. An unknown name fails the whole read. */
#include "meta.h"

typedef struct object_type {
    world_kind kind;
    const char *name;
    const meta_field *fields;
    const char *edges; /* those that may stand among the fields, with braces */
} object_type;

static const object_type object_types[] = {
    { WORLD_ACCOUNT, "AdAccount", meta_account_fields, ",campaigns,adsets,ads,adcreatives,customaudiences," },
    { WORLD_CAMPAIGN, "Campaign", meta_campaign_fields, ",adsets,ads," },
    { WORLD_ADSET, "AdSet", meta_adset_fields, ",ads," },
    { WORLD_AD, "Ad", meta_ad_fields, "," },
    { WORLD_CREATIVE, "AdCreative", meta_creative_fields, "," },
    { WORLD_AUDIENCE, "CustomAudience", meta_audience_fields, "," },
    { WORLD_FORM, "LeadGenData", meta_form_fields, "," },
    { WORLD_LEAD, "UserLeadGenInfo", meta_lead_fields, "," },
    { WORLD_USER, "User", meta_user_fields, "," },
    { WORLD_BUSINESS, "Business", meta_business_fields, "," },
    { WORLD_PAGE, "Page", meta_page_fields, "," },
};

static const object_type *object_type_of(world_kind kind)
{
    for (size_t i = 0; i < SIM_COUNT(object_types); i++) {
        if (object_types[i].kind == kind) return &object_types[i];
    }
    return NULL;
}

const char *meta_type_name(world_kind kind) { return object_type_of(kind) ? object_type_of(kind)->name : "GraphObject"; }

static const meta_field *object_field(const object_type *type, const char *name)
{
    for (const meta_field *f = type->fields; f->name; f++) {
        if (!strcmp(f->name, name)) return f;
    }
    return NULL;
}

static bool object_edge(const object_type *type, const char *name)
{
    char text[64];

    (void)snprintf(text, sizeof text, ",%.60s,", name);
    return strstr(type->edges, text) != NULL;
}

static bool object_refused(meta_call *call, const object_type *type, const meta_fields *asked)
{
    const meta_field *field = object_field(type, asked->name);

    if (!field && object_edge(type, asked->name)) return false;
    if (!field) {
        (void)meta_fail_param(call, "(#100) Tried accessing nonexisting field (%.100s) on node type (%s)", asked->name, type->name);
        return true;
    }
    if (field->flag == 'm') {
        (void)meta_fail_param(call, "(#100) Missing permissions");
        return true;
    }
    return field->flag == 'b' && !meta_needs(call, "business_management");
}

/* what stands in braces is a list of fields of another kind */
static world_kind object_inner(const char *name)
{
    static const struct {
        const char *name;
        world_kind kind;
    } inner[] = {
        { "creative", WORLD_CREATIVE },       { "campaign", WORLD_CAMPAIGN }, { "adset", WORLD_ADSET }, { "business", WORLD_BUSINESS },
        { "campaigns", WORLD_CAMPAIGN },      { "adsets", WORLD_ADSET },      { "ads", WORLD_AD },      { "adcreatives", WORLD_CREATIVE },
        { "customaudiences", WORLD_AUDIENCE }
    };

    for (size_t i = 0; i < SIM_COUNT(inner); i++) {
        if (!strcmp(inner[i].name, name)) return inner[i].kind;
    }
    return WORLD_NONE;
}

/* everything is refused here or not at all: writing cannot fail half-way */
bool meta_object_check(meta_call *call, world_kind kind, const meta_fields *fields)
{
    const object_type *type = object_type_of(kind);

    for (; fields; fields = fields->next) {
        world_kind inner = object_inner(fields->name);

        if (object_refused(call, type, fields)) return false;
        if (fields->child && !inner) return meta_fail_param(call, "(#100) Subfields are not supported by %.80s", fields->name);
        if (fields->child && !meta_object_check(call, inner, fields->child)) return false;
    }
    return true;
}

static void object_field_write(meta_call *call, const object_type *type, const void *object, const meta_field *field,
                               const meta_fields *asked)
{
    sim_text *out = &call->answer->body;
    const char *name = field ? field->name : asked->name;
    size_t before = out->size;

    if (field && field->flag == 'x') return;
    sim_json_key(out, name);
    if (!field) {
        meta_edge_embedded(call, type->kind, object, asked);
        return;
    }
    if (field->write(call, out, object, asked)) return;
    out->size = before;
    out->p[before] = 0;
}

void meta_object_write(meta_call *call, world_kind kind, const void *object, const meta_fields *fields)
{
    const object_type *type = object_type_of(kind);
    bool id = false;

    sim_json_open(&call->answer->body, '{');
    for (const meta_field *f = type->fields; !fields && f->name; f++) {
        if (f->flag == 'd') object_field_write(call, type, object, f, NULL);
    }
    for (; fields; fields = fields->next) {
        object_field_write(call, type, object, object_field(type, fields->name), fields);
        id |= !strcmp(fields->name, "id");
        if (!fields->next && !id) object_field_write(call, type, object, object_field(type, "id"), NULL);
    }
    sim_putc(&call->answer->body, '}');
}

/* every field that may come, for the truth */
const char *meta_all_fields(world_kind kind)
{
    static char text[2048];
    const object_type *type = object_type_of(kind);
    size_t used = 0;

    *text = 0;
    for (const meta_field *f = type->fields; f->name; f++) {
        if (f->flag == 'x' || f->flag == 'm') continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? "," : "", f->name);
    }
    return text;
}
