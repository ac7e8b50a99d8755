/* SPDX-License-Identifier: MIT */
/* What each kind has of its own, beside its fields. */
#include "meta_int.h"

static adsync_status own_campaign(meta_row *job)
{
    static const char *const declared[] = { "is_adset_budget_sharing_enabled", "special_ad_categories" };
    static const char *const extra[] = { "buying_type" };
    adsync_status rc = meta_put_object(job, ADSYNC_C_DECLARATIONS, declared, ADSYNC__COUNT(declared));

    return rc < 0 ? rc : meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status own_adset(meta_row *job)
{
    static const char *const declared[] = { "dsa_beneficiary", "dsa_payor" };
    static const char *const extra[] = { "destination_type", "promoted_object" };
    adsync_status rc = meta_put_object(job, ADSYNC_C_DECLARATIONS, declared, ADSYNC__COUNT(declared));

    return rc < 0 ? rc : meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

/* Only some states say what the review found; a paused parent hides it. */
static adsync_status own_ad(meta_row *job)
{
    static const struct {
        const char *state, *review;
    } reviews[] = {
        { "PENDING_REVIEW", "pending" }, { "IN_PROCESS", "pending" },   { "PREAPPROVED", "approved" },
        { "ACTIVE", "approved" },        { "DISAPPROVED", "rejected" }, { "WITH_ISSUES", "limited" },
    };

    meta_put_node(job->row, ADSYNC_C_CREATIVE_ID, adsync__node_get(meta_row_node(job, "creative"), "id"));
    for (size_t i = 0; i < ADSYNC__COUNT(reviews); i++)
        if (adsync__node_is(meta_row_node(job, "effective_status"), reviews[i].state))
            adsync_row_text(job->row, ADSYNC_C_REVIEW, reviews[i].review, SIZE_MAX);
    return ADSYNC_OK;
}

static void own_creative_data(meta_row *job, adsync__node data)
{
    adsync__node action = adsync__node_get(data, "call_to_action"), title = adsync__node_get(data, "title"),
                 link = adsync__node_get(data, "link");
    adsync__digits room;
    size_t size = 0, hash_size = 0;
    const char *hash = adsync__node_text(adsync__node_get(data, "image_hash"), &hash_size);
    const char *video = adsync__node_digits(adsync__node_get(data, "video_id"), &room, &size);

    meta_put_node(job->row, ADSYNC_C_TITLE, meta_is_empty(title) ? adsync__node_get(data, "name") : title);
    meta_put_node(job->row, ADSYNC_C_BODY, adsync__node_get(data, "message"));
    meta_put_node(job->row, ADSYNC_C_LANDING_URL, meta_is_empty(link) ? adsync__node_get(adsync__node_get(action, "value"), "link") : link);
    meta_put_node(job->row, ADSYNC_C_CTA, adsync__node_get(action, "type"));
    adsync__buffer_clear(&job->scratch);
    if (hash) adsync__buffer_add(&job->scratch, hash, hash_size);
    if (hash_size && size) adsync__buffer_char(&job->scratch, ',');
    if (video) adsync__buffer_add(&job->scratch, video, size);
    meta_put(job->row, ADSYNC_C_MEDIA, job->scratch.p, job->scratch.size);
}

static adsync_status own_creative(meta_row *job)
{
    static const struct {
        const char *name, *format;
    } parts[] = {
        { "link_data", "link" },
        { "video_data", "video" },
        { "photo_data", "photo" },
        { "template_data", "template" },
    };
    static const char *const extra[] = { "url_tags" };
    adsync__node spec = meta_row_node(job, "object_story_spec"), owner = adsync__node_get(spec, "page_id");

    adsync_row_int(job->row, ADSYNC_C_IMMUTABLE, 1);
    meta_put_node(job->row, ADSYNC_C_OWNER, meta_is_empty(owner) ? adsync__node_get(spec, "instagram_user_id") : owner);
    for (size_t i = 0; i < ADSYNC__COUNT(parts); i++) {
        adsync__node data = adsync__node_get(spec, parts[i].name);
        if (adsync__node_kind(data) != ADSYNC__NODE_OBJECT) continue;
        adsync_row_text(job->row, ADSYNC_C_FORMAT, parts[i].format, SIZE_MAX);
        own_creative_data(job, data);
        break;
    }
    return meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

/* delivery_status: 200 can be used, 300 is too small; operation_status: 200 and 4xx go on, 47x is stopped. */
static const char *own_ready(const meta_row *job)
{
    int64_t delivery, operation;

    (void)adsync__node_int(adsync__node_get(meta_row_node(job, "operation_status"), "code"), &operation);
    if (operation >= 470 && operation < 480) return "error";
    if (!adsync__node_int(adsync__node_get(meta_row_node(job, "delivery_status"), "code"), &delivery)) return NULL;
    return delivery == 200 ? "ready" : delivery == 300 ? "small" : "building";
}

static adsync_status own_audience(meta_row *job)
{
    static const struct {
        const char *subtype, *type;
    } types[] = {
        { "CUSTOM", "list" },
        { "LOOKALIKE", "lookalike" },
        { "WEBSITE", "rule" },
        { "APP", "rule" },
        { "OFFLINE_CONVERSION", "rule" },
        { "ENGAGEMENT", "engagement" },
        { "IG_BUSINESS", "engagement" },
        { "VIDEO", "engagement" },
    };
    static const char *const extra[] = { "description", "subtype" };
    adsync__node subtype = meta_row_node(job, "subtype"), origin;
    adsync__items origins = adsync__node_items(adsync__node_get(meta_row_node(job, "lookalike_spec"), "origin"));
    const char *type = "other";

    for (size_t i = 0; i < ADSYNC__COUNT(types); i++)
        if (adsync__node_is(subtype, types[i].subtype)) type = types[i].type;
    if (!meta_is_empty(subtype)) adsync_row_text(job->row, ADSYNC_C_TYPE, type, SIZE_MAX);
    adsync_row_text(job->row, ADSYNC_C_READY, own_ready(job), SIZE_MAX);
    meta_put_node(job->row, ADSYNC_C_TARGET_ID, meta_row_node(job, "id"));
    if (adsync__items_next(&origins, &origin)) meta_put_node(job->row, ADSYNC_C_SEED_ID, adsync__node_get(origin, "id"));
    return meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status own_lead_form(meta_row *job)
{
    static const char *const extra[] = { "locale", "privacy_policy_url" };

    return meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

static adsync_status own_lead(meta_row *job)
{
    static const char *const extra[] = { "is_organic", "platform" };

    return meta_put_object(job, ADSYNC_C_EXTRA, extra, ADSYNC__COUNT(extra));
}

adsync_status meta_row_own(meta_row *job)
{
    static adsync_status (*const own[])(meta_row * job) = {
        [ADSYNC_KIND_CAMPAIGN] = own_campaign, [ADSYNC_KIND_ADSET] = own_adset,       [ADSYNC_KIND_AD] = own_ad,
        [ADSYNC_KIND_CREATIVE] = own_creative, [ADSYNC_KIND_AUDIENCE] = own_audience, [ADSYNC_KIND_LEAD_FORM] = own_lead_form,
        [ADSYNC_KIND_LEAD] = own_lead,
    };

    return own[job->kind->kind](job);
}

/* ---- ad accounts */

const char meta_account_fields[] = "account_id,name,account_status,disable_reason,currency,timezone_name";
enum { ACCOUNT_ID = 0, ACCOUNT_NODE, ACCOUNT_NAME, ACCOUNT_STATUS, ACCOUNT_REASON, ACCOUNT_CURRENCY, ACCOUNT_ZONE, ACCOUNT_N };

static const char *account_state(adsync__node node)
{
    static const int64_t held[] = { 2, 3, 7, 8, 9 };
    int64_t status;

    if (!adsync__node_int(node, &status)) return NULL;
    if (status == 1) return "active";
    if (status == 100 || status == 101) return "closed";
    for (size_t i = 0; i < ADSYNC__COUNT(held); i++)
        if (status == held[i]) return "restricted";
    return "unknown";
}

static void account_fact(meta_answer *a, const char *name, const char *text)
{
    if (text && *text) adsync_outcome_fact(a->out, name, text);
}

adsync_status meta_ad_account(meta_answer *a, adsync__node node, bool facts)
{
    static const char *const names[ACCOUNT_N] = { "account_id",     "id",       "name",         "account_status",
                                                  "disable_reason", "currency", "timezone_name" };
    adsync__node f[ACCOUNT_N];
    adsync__digits room;
    adsync_row *row;
    size_t size = 0;
    const char *id, *reason;

    if (!adsync__node_fields(node, names, ACCOUNT_N, f)) return meta_bad_shape(a, "an account that is none, or that has a field twice");
    id = adsync__node_digits(meta_is_empty(f[ACCOUNT_ID]) ? f[ACCOUNT_NODE] : f[ACCOUNT_ID], &room, &size);
    if (id && !strncmp(id, "act_", 4)) {
        id += 4;
        size -= 4;
    }
    if (!id || !size || size > META_ID) return meta_bad_shape(a, "an account without an id");
    row = adsync_outcome_row(a->out, ADSYNC_T_CONNECTIONS, ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
    adsync_row_text(row, ADSYNC_C_ID, id, size);
    adsync_row_text(row, ADSYNC_C_ACCOUNT_ID, id, size);
    meta_put_node(row, ADSYNC_C_NAME, f[ACCOUNT_NAME]);
    meta_put_node(row, ADSYNC_C_CURRENCY, f[ACCOUNT_CURRENCY]);
    meta_put_node(row, ADSYNC_C_TIME_ZONE, f[ACCOUNT_ZONE]);
    adsync_row_text(row, ADSYNC_C_STATUS, account_state(f[ACCOUNT_STATUS]), SIZE_MAX);
    if (!facts) return ADSYNC_OK;
    account_fact(a, "currency", adsync__node_text(f[ACCOUNT_CURRENCY], NULL));
    account_fact(a, "time_zone", adsync__node_text(f[ACCOUNT_ZONE], NULL));
    account_fact(a, "name", adsync__node_text(f[ACCOUNT_NAME], NULL));
    account_fact(a, "account_status", account_state(f[ACCOUNT_STATUS]));
    reason = adsync__node_digits(f[ACCOUNT_REASON], &room, &size);
    account_fact(a, "disable_reason", reason && strcmp(reason, "0") ? reason : NULL);
    return ADSYNC_OK;
}
