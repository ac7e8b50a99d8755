/* SPDX-License-Identifier: MIT */
/* One object by its key, several by ids=List(..), and who the person is. */
#include "linkedin.h"

#include <stdlib.h>

#define GET_BATCH_MOST 1000
#define GET_NEW 120 /* seconds during which a segment that was just made is not found */

static bool get_account(linkedin_call *call, sim_text *out, const char *key)
{
    world_account account;
    int64_t g, index;

    if (!linkedin_id_read(call->site, WORLD_ACCOUNT, key, &g, &index) || !world_account_at(call->site, g, &account)) return false;
    if (!linkedin_opens(call, g)) return false;
    linkedin_write_account(out, call->site, &account);
    return true;
}

/* of the account in the path, or, where that is not there, of any that the person may see */
static bool get_entity(linkedin_call *call, sim_text *out, const char *key, world_kind kind)
{
    bool below = call->segments > 2;
    const char *digits = key;
    world_entity e;
    int64_t g, index;

    if (kind == WORLD_AD) {
        if (strncmp(key, "urn:li:sponsoredCreative:", 25)) return false;
        digits = key + 25;
    }
    if (!linkedin_id_read(call->site, kind, digits, &g, &index) || !linkedin_opens(call, g) || (below && g != call->account.g))
        return false;
    if (!world_entity_at(call->site, kind, g, index, &e)) return false;
    if (kind == WORLD_FORM && !linkedin_page_role(&e.account)) return false;
    if (kind == WORLD_AUDIENCE && sim_now(call->site->sim) < e.created + GET_NEW) return false;
    linkedin_write_entity(out, call->site, &e);
    return true;
}

static bool get_conversion(linkedin_call *call, sim_text *out, const char *key)
{
    world_account account;
    int64_t g, index;

    if (!linkedin_id_read(call->site, WORLD_PIXEL, key, &g, &index) || index >= LINKEDIN_CONVERSIONS || !linkedin_opens(call, g))
        return false;
    if (!world_account_at(call->site, g, &account)) return false;
    linkedin_write_conversion(out, call->site, &account, index);
    return true;
}

static bool get_lead(linkedin_call *call, sim_text *out, const char *key)
{
    const char *dash = strrchr(key, '-');
    int64_t g, index;
    world_entity e;
    char id[48];

    if (!dash || sim_uuid_read(sim_copy(call->request->arena, key, (size_t)(dash - key)), sim_seed(call->site), &g, &index) != WORLD_LEAD)
        return false;
    if (!linkedin_opens(call, g) || !world_entity_at(call->site, WORLD_LEAD, g, index, &e) || !linkedin_page_role(&e.account)) return false;
    linkedin_lead_id(id, call->site, &e);
    if (strcmp(id, key)) return false;
    linkedin_write_lead(out, call->site, &e, linkedin_named(&call->query, "form"));
    return true;
}

static bool get_post(linkedin_call *call, sim_text *out, const char *key)
{
    linkedin_ref ref = linkedin_urn_read(call->site, key);
    char reference[96];
    world_entity ad;

    if (ref.kind != WORLD_CREATIVE || !linkedin_opens(call, ref.g) || !world_entity_at(call->site, WORLD_AD, ref.g, ref.index, &ad))
        return false;
    linkedin_reference(reference, call->site, &ad);
    if (strcmp(reference, key)) return false;
    linkedin_write_post(out, call->site, &ad);
    return true;
}

static bool get_one(linkedin_call *call, sim_text *out, const char *key)
{
    static const struct {
        const char *name;
        world_kind kind;
    } entities[] = { { "adCampaignGroups", WORLD_CAMPAIGN },
                     { "adCampaigns", WORLD_ADSET },
                     { "creatives", WORLD_AD },
                     { "dmpSegments", WORLD_AUDIENCE },
                     { "leadForms", WORLD_FORM } };
    const char *name = call->segment[call->segments > 2 ? 2 : 0];

    if (!strcmp(name, "adAccounts")) return get_account(call, out, key);
    if (!strcmp(name, "conversions")) return get_conversion(call, out, key);
    if (!strcmp(name, "leadFormResponses")) return get_lead(call, out, key);
    if (!strcmp(name, "posts")) return get_post(call, out, key);
    for (size_t i = 0; i < SIM_COUNT(entities); i++) {
        if (!strcmp(entities[i].name, name)) return get_entity(call, out, key, entities[i].kind);
    }
    return false;
}

/* keys come back as they are written in a URL */
static void get_key(sim_text *out, const char *key)
{
    sim_text coded = { 0 };

    sim_percent(&coded, key, strlen(key));
    sim_json_key(out, coded.p ? coded.p : "");
    sim_free(&coded);
}

static bool get_batch(linkedin_call *call, const linkedin_value *ids)
{
    sim_text *out = &call->answer->body, results = { 0 }, statuses = { 0 }, errors = { 0 };
    size_t count = 0;

    for (const linkedin_value *v = ids->kind == 'l' ? ids->child : NULL; v; v = v->next) count += v->kind == 's';
    if (!count || count > GET_BATCH_MOST) return linkedin_fail_param(call, "ids");
    for (const linkedin_value *v = ids->child; v; v = v->next) {
        sim_text one = { 0 };

        if (v->kind == 's' && get_one(call, &one, v->text)) {
            get_key(&results, v->text);
            linkedin_project(&results, call->request->arena, &one, call->query.fields);
            call->answer->rows++;
        } else if (v->kind == 's') {
            get_key(&errors, v->text);
            sim_puts(&errors, "{\"status\":404,\"code\":\"NOT_FOUND\",\"message\":\"Not Found.\"}");
            get_key(&statuses, v->text);
            sim_puts(&statuses, "404");
        }
        sim_free(&one);
    }
    sim_printf(out, "{\"errors\":{%s},\"results\":{%s},\"statuses\":{%s}}", errors.p ? errors.p : "", results.p ? results.p : "",
               statuses.p ? statuses.p : "");
    sim_free(&results);
    sim_free(&statuses);
    sim_free(&errors);
    return true;
}

bool linkedin_get(linkedin_call *call)
{
    const linkedin_value *ids = linkedin_param(&call->query, "ids");
    sim_text one = { 0 };
    bool found;

    if (call->segments % 2) return ids ? get_batch(call, ids) : linkedin_fail_param(call, "ids");
    found = get_one(call, &one, call->segment[call->segments - 1]);
    if (found) linkedin_project(&call->answer->body, call->request->arena, &one, call->query.fields);
    call->answer->rows = found;
    sim_free(&one);
    return found ? true : linkedin_fail_missing(call);
}

bool linkedin_me(linkedin_call *call)
{
    bool info = !strcmp(call->request->path, "/v2/userinfo");
    uint32_t wanted = info ? sim_scope(call->site, "openid") : sim_scope(call->site, "r_basicprofile");
    sim_text *out = &call->answer->body;
    char id[32], name[48];

    if (!(call->token.extra & wanted))
        return linkedin_fail(call, 403, NULL, 100, "Not enough permissions to access: GET /%s", info ? "userinfo" : "me");
    (void)snprintf(id, sizeof id, "p%lldxR", (long long)call->token.user);
    (void)snprintf(name, sizeof name, "Person %lld", (long long)call->token.user);
    sim_puts(out, "{");
    sim_json_pair(out, info ? "sub" : "id", id);
    if (info) sim_json_pair(out, "name", name);
    sim_json_pair(out, info ? "given_name" : "localizedFirstName", "Person");
    sim_json_pair(out, info ? "family_name" : "localizedLastName", name + 7);
    sim_puts(out, "}");
    return true;
}
