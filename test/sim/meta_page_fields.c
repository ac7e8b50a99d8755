/* SPDX-License-Identifier: MIT */
/* Fields of pages, forms and leads. */
#include "meta_field_tools.h"

/* a page is named by its number */
#define NUMBER                                                                                                                             \
    int64_t n = *(const int64_t *)object;                                                                                                  \
    (void)call;                                                                                                                            \
    (void)out;                                                                                                                             \
    (void)field;                                                                                                                           \
    (void)n

FIELD(page_id)
{
    NUMBER;
    return field_digits(out, meta_page_id(n));
}

FIELD(page_name)
{
    char text[64];

    NUMBER;
    (void)snprintf(text, sizeof text, "Página %lld", (long long)n);
    return field_string(out, text);
}

/* one made from a long-lived token does not expire; from a short one it dies with it */
FIELD(page_token)
{
    sim_token token;

    NUMBER;
    token = (sim_token){ .kind = META_TOKEN_PAGE,
                         .app = call->token.app,
                         .user = call->token.user,
                         .page = n,
                         .is_long = call->token.is_long,
                         .extra = call->token.extra };
    token.expires = call->token.is_long ? 0 : call->token.expires;
    return field_string(out, sim_token_make(meta_site(call->sim), call->request->arena, &token));
}

FIELD(page_tasks)
{
    NUMBER;
    sim_puts(out, "[\"ADVERTISE\",\"ANALYZE\",\"CREATE_CONTENT\",\"MANAGE\"]");
    return true;
}

FIELD(page_category)
{
    NUMBER;
    return field_string(out, "Shopping & retail");
}

const meta_field meta_page_fields[] = {
    { "access_token", page_token, 'd' }, { "category", page_category, 'd' },
    { "name", page_name, 'd' },          { "id", page_id, 'd' },
    { "tasks", page_tasks, 'd' },        { NULL, NULL, 0 },
};

/* ---- forms and leads */

FIELD(form_page)
{
    ENTITY;
    return field_digits(out, meta_page_id(e->account.g));
}

FIELD(form_status)
{
    ENTITY;
    return field_string(out, e->index % 3 == 2 ? "ARCHIVED" : "ACTIVE");
}

FIELD(form_locale)
{
    ENTITY;
    return field_string(out, "en_US");
}

FIELD(form_questions)
{
    ENTITY;
    sim_puts(out, "[{\"key\":\"full_name\",\"label\":\"Full "
                  "name\",\"type\":\"FULL_NAME\",\"id\":\"1\"},{\"key\":\"email\",\"label\":\"Email\",\"type\":\"EMAIL\",\"id\":\"2\"},"
                  "{\"key\":\"size\",\"label\":\"Gr\\u00f6\\u00dfe?\",\"type\":\"CUSTOM\",\"options\":[{\"key\":\"s\",\"value\":\"S\"},{"
                  "\"key\":\"m\",\"value\":\"M\"}],\"id\":\"3\"}]");
    return true;
}

FIELD(form_created)
{
    ENTITY;
    return field_instant(out, e->created, NULL);
}

FIELD(form_privacy)
{
    ENTITY;
    return field_string(out, "https://shop.example/privacy");
}

FIELD(form_count)
{
    int64_t count = 0, today = sim_now(call->sim) / SIM_DAY;
    world_entity lead;

    ENTITY;
    for (int64_t day = today - 90; day <= today; day++) {
        for (int64_t n = 0; n < call->sim->options.leads; n++)
            count += world_entity_at(meta_site(call->sim), WORLD_LEAD, e->account.g, world_lead_index(e->index, day, n), &lead);
    }
    return field_number(out, count);
}

const meta_field meta_form_fields[] = {
    { "id", field_id, 'd' },
    { "name", field_name, 'd' },
    { "status", form_status, 'd' },
    { "locale", form_locale, 'd' },
    { "leads_count", form_count, 0 },
    { "questions", form_questions, 0 },
    { "privacy_policy_url", form_privacy, 0 },
    { "created_time", form_created, 0 },
    { "page_id", form_page, 0 },
    { "expired_leads_count", NULL, 'x' },
    { "organic_leads_count", NULL, 'x' },
    { NULL, NULL, 0 },
};

/* a lead without an ad has no such fields */
static bool lead_parent(meta_call *call, const world_entity *e, world_kind kind, world_entity *parent)
{
    int64_t g = e->account.g / call->sim->options.pages * call->sim->options.accounts, index = e->ad;

    if (kind == WORLD_ADSET) index = e->ad / call->sim->options.ads;
    if (kind == WORLD_CAMPAIGN) index = e->ad / call->sim->options.ads / call->sim->options.adsets;
    return e->ad >= 0 && world_entity_at(meta_site(call->sim), kind, g, index, parent);
}

static bool lead_parent_id(meta_call *call, sim_text *out, const world_entity *e, world_kind kind)
{
    world_entity parent;

    return lead_parent(call, e, kind, &parent) && field_digits(out, parent.id);
}

static bool lead_parent_name(meta_call *call, sim_text *out, const world_entity *e, world_kind kind)
{
    world_entity parent;
    char text[128];

    return lead_parent(call, e, kind, &parent) && field_string(out, world_name(text, sizeof text, &parent));
}

FIELD(lead_ad_id)
{
    ENTITY;
    return lead_parent_id(call, out, e, WORLD_AD);
}

FIELD(lead_ad_name)
{
    ENTITY;
    return lead_parent_name(call, out, e, WORLD_AD);
}

FIELD(lead_adset_id)
{
    ENTITY;
    return lead_parent_id(call, out, e, WORLD_ADSET);
}

FIELD(lead_adset_name)
{
    ENTITY;
    return lead_parent_name(call, out, e, WORLD_ADSET);
}

FIELD(lead_campaign_id)
{
    ENTITY;
    return lead_parent_id(call, out, e, WORLD_CAMPAIGN);
}

FIELD(lead_campaign_name)
{
    ENTITY;
    return lead_parent_name(call, out, e, WORLD_CAMPAIGN);
}

FIELD(lead_form_id)
{
    int64_t form, day, n;

    ENTITY;
    (void)world_lead_parts(e->index, &form, &day, &n);
    return field_digits(out, meta_id(WORLD_FORM, e->account.g, form));
}

FIELD(lead_organic)
{
    ENTITY;
    sim_puts(out, e->ad >= 0 ? "false" : "true");
    return true;
}

FIELD(lead_platform)
{
    ENTITY;
    return field_string(out, field_draw(e, 2, 2) ? "fb" : "ig");
}

FIELD(lead_answers)
{
    static const char *const names[] = { "Joe Example", "Zoë Müller", "山田 花子", "O'Brien \"Bob\"" };

    ENTITY;
    sim_puts(out, "[{\"name\":\"full_name\",\"values\":[");
    sim_json_string(out, names[field_draw(e, 3, 4)]);
    sim_printf(out, "]},{\"name\":\"email\",\"values\":[\"person%lld@example.com\"]},{\"name\":\"size\",\"values\":[\"%s\"]}]",
               (long long)field_draw(e, 4, 1000000), field_draw(e, 5, 2) ? "S" : "M");
    return true;
}

const meta_field meta_lead_fields[] = {
    { "created_time", form_created, 'd' },
    { "id", field_id, 'd' },
    { "ad_id", lead_ad_id, 0 },
    { "ad_name", lead_ad_name, 0 },
    { "adset_id", lead_adset_id, 0 },
    { "adset_name", lead_adset_name, 0 },
    { "campaign_id", lead_campaign_id, 0 },
    { "campaign_name", lead_campaign_name, 0 },
    { "form_id", lead_form_id, 0 },
    { "is_organic", lead_organic, 0 },
    { "platform", lead_platform, 0 },
    { "field_data", lead_answers, 'd' },
    { "custom_disclaimer_responses", NULL, 'x' },
    { NULL, NULL, 0 },
};
