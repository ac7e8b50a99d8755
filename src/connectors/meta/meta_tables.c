/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, scopes, endpoints, fields and their columns, states, errors, limits. */
#include "meta_int.h"

/* ---- the platform */

const char meta_scopes[] = "ads_read business_management pages_show_list pages_read_engagement pages_manage_ads leads_retrieval";

static const struct {
    uint32_t task, kind;
} tables_supports[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0 },
    { ADSYNC_TASK_AUTH_COMPLETE, 0 },
    { ADSYNC_TASK_AUTH_REFRESH, 0 },
    { ADSYNC_TASK_AUTH_INSPECT, 0 },
    { ADSYNC_TASK_AUTH_REVOKE, 0 },
    { ADSYNC_TASK_AUTH_APP_TOKEN, 0 },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0 },
    { ADSYNC_TASK_ACCOUNT_GET, 0 },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_ACCOUNT },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_CAMPAIGN },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_ADSET },
    { ADSYNC_TASK_REPORT, ADSYNC_KIND_AD },
};

/* The permissions and settings of the revision belong together: raise it whenever a cursor's shape changes. */
static const struct {
    const char *name, *value;
} tables_settings[] = {
    { "api_version", "v25.0" },
    { "revision", "1" },
    { "scopes", meta_scopes },
    { "refresh", "same" },
    { "account_prefix", "act_" },
    { "report_days", "7" },
    { "settled_days", "28" },
    { "day_zone", "account" },
    { "state_parameter", "state" },
    { "app_settings", "config_id auth_type conversion_action insights_async" },
    { "revoke_help", "https://www.facebook.com/settings/?tab=business_tools" },
};

/* The ceilings of full access; an app with limited access is held back by the percentages that every answer brings. Where Meta's
 * number depends on what only Meta knows (daily users, leads), it is learned. Four fifths of each are used. */
static const struct {
    const char *limit;
    uint32_t scope, align, permits;
    int64_t seconds;
} tables_windows[] = {
    { "score", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 7200, 300 },
    { "ads_management", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 80000, 3600 },
    { "ads_insights", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 152000, 3600 },
    { "ads_insights", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "custom_audience", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_ROLL, 152000, 3600 },
    { "leadgen", ADSYNC_SCOPE_ACCOUNT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "page", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "user", ADSYNC_SCOPE_GRANT, ADSYNC_WINDOW_LEARNED, 0, 0 },
    { "platform", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 },
};

/* ---- kinds */

static const meta_field campaign_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "account_id", NULL, ADSYNC_C_ACCOUNT_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "status", NULL, 0, META_AS_OTHER },
    { "effective_status", NULL, 0, META_AS_OTHER },
    { "objective", NULL, ADSYNC_C_OBJECTIVE, META_AS_TEXT },
    { "buying_type", NULL, 0, META_AS_OTHER },
    { "bid_strategy", NULL, ADSYNC_C_BID_STRATEGY, META_AS_TEXT },
    { "daily_budget", NULL, ADSYNC_C_BUDGET_DAILY, META_AS_MONEY },
    { "lifetime_budget", NULL, ADSYNC_C_BUDGET_LIFETIME, META_AS_MONEY },
    { "spend_cap", NULL, ADSYNC_C_SPEND_CAP, META_AS_MONEY },
    { "special_ad_categories", NULL, 0, META_AS_OTHER },
    { "is_adset_budget_sharing_enabled", NULL, 0, META_AS_OTHER },
    { "start_time", NULL, ADSYNC_C_START_AT, META_AS_BOUND },
    { "stop_time", NULL, ADSYNC_C_END_AT, META_AS_BOUND },
    { "created_time", NULL, ADSYNC_C_CREATED_AT, META_AS_TIME },
    { "updated_time", NULL, ADSYNC_C_UPDATED_AT, META_AS_TIME },
    { "issues_info", NULL, 0, META_AS_OTHER },
};

static const meta_field adset_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "account_id", NULL, ADSYNC_C_ACCOUNT_ID, META_AS_ID },
    { "campaign_id", NULL, ADSYNC_C_CAMPAIGN_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "status", NULL, 0, META_AS_OTHER },
    { "effective_status", NULL, 0, META_AS_OTHER },
    { "daily_budget", NULL, ADSYNC_C_BUDGET_DAILY, META_AS_MONEY },
    { "lifetime_budget", NULL, ADSYNC_C_BUDGET_LIFETIME, META_AS_MONEY },
    { "bid_strategy", NULL, ADSYNC_C_BID_STRATEGY, META_AS_TEXT },
    { "bid_amount", NULL, ADSYNC_C_BID, META_AS_MONEY },
    { "billing_event", NULL, ADSYNC_C_BILLING_EVENT, META_AS_TEXT },
    { "optimization_goal", NULL, ADSYNC_C_OPTIMIZATION_GOAL, META_AS_TEXT },
    { "start_time", NULL, ADSYNC_C_START_AT, META_AS_BOUND },
    { "end_time", NULL, ADSYNC_C_END_AT, META_AS_BOUND },
    { "targeting", NULL, ADSYNC_C_TARGETING, META_AS_JSON },
    { "attribution_spec", NULL, ADSYNC_C_ATTRIBUTION, META_AS_JSON },
    { "promoted_object", NULL, 0, META_AS_OTHER },
    { "destination_type", NULL, 0, META_AS_OTHER },
    { "dsa_beneficiary", NULL, 0, META_AS_OTHER },
    { "dsa_payor", NULL, 0, META_AS_OTHER },
    { "created_time", NULL, ADSYNC_C_CREATED_AT, META_AS_TIME },
    { "updated_time", NULL, ADSYNC_C_UPDATED_AT, META_AS_TIME },
    { "issues_info", NULL, 0, META_AS_OTHER },
};

static const meta_field ad_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "account_id", NULL, ADSYNC_C_ACCOUNT_ID, META_AS_ID },
    { "campaign_id", NULL, ADSYNC_C_CAMPAIGN_ID, META_AS_ID },
    { "adset_id", NULL, ADSYNC_C_ADSET_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "status", NULL, 0, META_AS_OTHER },
    { "effective_status", NULL, 0, META_AS_OTHER },
    { "creative", "creative{id}", 0, META_AS_OTHER },
    { "ad_review_feedback", NULL, ADSYNC_C_REVIEW_REASON, META_AS_JSON },
    { "created_time", NULL, ADSYNC_C_CREATED_AT, META_AS_TIME },
    { "updated_time", NULL, ADSYNC_C_UPDATED_AT, META_AS_TIME },
    { "issues_info", NULL, 0, META_AS_OTHER },
};

/* Never thumbnail_url and image_url: they are signed and differ every time. */
static const meta_field creative_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "status", NULL, 0, META_AS_OTHER },
    { "object_story_spec", NULL, 0, META_AS_OTHER },
    { "object_story_id", NULL, ADSYNC_C_POST_ID, META_AS_ID },
    { "url_tags", NULL, 0, META_AS_OTHER },
};

static const meta_field audience_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "subtype", NULL, 0, META_AS_OTHER },
    { "description", NULL, 0, META_AS_OTHER },
    { "approximate_count_lower_bound", NULL, ADSYNC_C_SIZE_LOW, META_AS_COUNT },
    { "approximate_count_upper_bound", NULL, ADSYNC_C_SIZE_HIGH, META_AS_COUNT },
    { "delivery_status", NULL, 0, META_AS_OTHER },
    { "operation_status", NULL, 0, META_AS_OTHER },
    { "retention_days", NULL, ADSYNC_C_RETENTION_DAYS, META_AS_COUNT },
    { "lookalike_spec", NULL, 0, META_AS_OTHER },
    { "time_created", NULL, ADSYNC_C_CREATED_AT, META_AS_UNIX },
    { "time_updated", NULL, ADSYNC_C_UPDATED_AT, META_AS_UNIX },
};

static const meta_field lead_form_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "name", NULL, ADSYNC_C_NAME, META_AS_TEXT },
    { "status", NULL, 0, META_AS_OTHER },
    { "locale", NULL, 0, META_AS_OTHER },
    { "questions", NULL, ADSYNC_C_QUESTIONS, META_AS_JSON },
    { "privacy_policy_url", NULL, 0, META_AS_OTHER },
    { "page_id", NULL, ADSYNC_C_OWNER, META_AS_ID },
    { "created_time", NULL, ADSYNC_C_CREATED_AT, META_AS_TIME },
};

static const meta_field lead_fields[] = {
    { "id", NULL, ADSYNC_C_ID, META_AS_ID },
    { "created_time", NULL, ADSYNC_C_SUBMITTED_AT, META_AS_TIME },
    { "ad_id", NULL, ADSYNC_C_AD_ID, META_AS_ID },
    { "adset_id", NULL, ADSYNC_C_ADSET_ID, META_AS_ID },
    { "campaign_id", NULL, ADSYNC_C_CAMPAIGN_ID, META_AS_ID },
    { "form_id", NULL, ADSYNC_C_FORM_ID, META_AS_ID },
    { "is_organic", NULL, 0, META_AS_OTHER },
    { "platform", NULL, 0, META_AS_OTHER },
    { "field_data", NULL, ADSYNC_C_ANSWERS, META_AS_JSON },
};

/* Lists hide what is archived or deleted unless its state is named. */
#define CAMPAIGN_STATES "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\"]"
#define ADSET_STATES "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\",\"CAMPAIGN_PAUSED\"]"
#define AD_STATES                                                                                                                          \
    "[\"ACTIVE\",\"PAUSED\",\"ARCHIVED\",\"DELETED\",\"IN_PROCESS\",\"WITH_ISSUES\",\"CAMPAIGN_PAUSED\",\"ADSET_PAUSED\",\"DISAPPROVED\"," \
    "\"PENDING_BILLING_INFO\",\"PENDING_REVIEW\",\"PREAPPROVED\"]"

static const meta_kind tables_kinds[] = {
    { ADSYNC_KIND_CAMPAIGN, "campaigns", "campaign.updated_time", CAMPAIGN_STATES, "campaign", "ads_management", campaign_fields,
      ADSYNC__COUNT(campaign_fields) },
    { ADSYNC_KIND_ADSET, "adsets", "adset.updated_time", ADSET_STATES, "adset", "ads_management", adset_fields,
      ADSYNC__COUNT(adset_fields) },
    { ADSYNC_KIND_AD, "ads", "ad.updated_time", AD_STATES, "ad", "ads_management", ad_fields, ADSYNC__COUNT(ad_fields) },
    { ADSYNC_KIND_CREATIVE, "adcreatives", NULL, NULL, "adcreative", "ads_management", creative_fields, ADSYNC__COUNT(creative_fields) },
    { ADSYNC_KIND_AUDIENCE, "customaudiences", NULL, NULL, "customaudience", "custom_audience", audience_fields,
      ADSYNC__COUNT(audience_fields) },
    { ADSYNC_KIND_LEAD_FORM, "leadgen_forms", NULL, NULL, "leadgen_form", "page", lead_form_fields, ADSYNC__COUNT(lead_form_fields) },
    { ADSYNC_KIND_LEAD, "leads", "time_created", NULL, "lead", "leadgen", lead_fields, ADSYNC__COUNT(lead_fields) },
};

const meta_kind *meta_kind_of(uint32_t kind)
{
    for (size_t i = 0; i < ADSYNC__COUNT(tables_kinds); i++)
        if (tables_kinds[i].kind == kind) return &tables_kinds[i];
    return NULL;
}

/* ---- figures: up to how many days are asked for at once is a guess at what comes back within a request's time */

const char meta_attribution[] = "7d_click,1d_view";

static const meta_level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "account_id", NULL, 92 },
    { ADSYNC_KIND_CAMPAIGN, "campaign_id", CAMPAIGN_STATES, 31 },
    { ADSYNC_KIND_ADSET, "adset_id", ADSET_STATES, 14 },
    { ADSYNC_KIND_AD, "ad_id", AD_STATES, 7 },
};

const meta_level *meta_level_of(uint32_t level)
{
    for (size_t i = 0; i < ADSYNC__COUNT(tables_levels); i++)
        if (tables_levels[i].level == level) return &tables_levels[i];
    return NULL;
}

/* Meta's own list: it differs from ISO 4217 in both directions (COP, HUF, TWD; BHD, JOD). */
uint32_t meta_offset(const char *currency)
{
    static const char whole[][4] = { "CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND" };

    for (size_t i = 0; i < ADSYNC__COUNT(whole); i++)
        if (!strcmp(currency, whole[i])) return 1;
    return 100;
}

const char *meta_status_word(const char *word, size_t size)
{
    static const struct {
        const char *word, *status;
    } words[] = {
        { "DELETED", "DELETED" },
        { "ARCHIVED", "ARCHIVED" },
        { "DRAFT", "DRAFT" },
        { "DISAPPROVED", "REJECTED" },
        { "PAUSED", "PAUSED" },
        { "PENDING_REVIEW", "PENDING" },
        { "PREAPPROVED", "PENDING" },
        { "IN_PROCESS", "PENDING" },
        { "PENDING_BILLING_INFO", "PENDING" },
        { "CAMPAIGN_PAUSED", "PARENT_OFF" },
        { "ADSET_PAUSED", "PARENT_OFF" },
        { "WITH_ISSUES", "LIMITED" },
        { "ACTIVE", "ACTIVE" },
    };

    for (size_t i = 0; i < ADSYNC__COUNT(words); i++)
        if (strlen(words[i].word) == size && !memcmp(words[i].word, word, size)) return words[i].status;
    return NULL;
}

/* ---- errors: the first row that fits counts. subcode 0: any. text: in the message, where codes alone do not tell. */

#define ANY_CODE INT64_MIN, INT64_MAX
static const meta_error tables_errors[] = {
    { 190, 190, 458, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 459, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 460, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 464, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 492, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 493, NULL, ADSYNC_CLASS_AUTH_REVOKED, 0, 0 },
    { 190, 190, 2069032, NULL, ADSYNC_CLASS_WRONG_TOKEN_KIND, 0, 0 },
    { 190, 190, 0, "page access token", ADSYNC_CLASS_WRONG_TOKEN_KIND, 0, 0 },
    { 190, 190, 0, NULL, ADSYNC_CLASS_AUTH_EXPIRED, 0, 0 },
    { 102, 102, 0, NULL, ADSYNC_CLASS_AUTH_EXPIRED, 0, 0 },
    /* throttles before everything that is said to pass by itself: 17 and 80004 come with is_transient */
    { 4, 4, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_APP },
    { 17, 17, 2446079, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_ACCOUNT },
    { 17, 17, 1885172, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_ACCOUNT },
    { 17, 17, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_GRANT },
    { 32, 32, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_GRANT },
    { 341, 341, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_APP },
    { 368, 368, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_GRANT },
    { 613, 613, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_ACCOUNT },
    { 80000, 80014, 0, NULL, ADSYNC_CLASS_THROTTLED, 0, ADSYNC_SCOPE_ACCOUNT },
    { 100, 100, 33, NULL, ADSYNC_CLASS_NOT_FOUND, 0, 0 },
    { 803, 803, 0, NULL, ADSYNC_CLASS_NOT_FOUND, 0, 0 },
    { 1487366, 1487366, 0, NULL, ADSYNC_CLASS_NOT_FOUND, 0, 0 },
    { ANY_CODE, 1487366, NULL, ADSYNC_CLASS_NOT_FOUND, 0, 0 },
    { 100, 100, 3191001, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 1, 1, 2853001, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 100, 100, 0, "missing permission", ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 3, 3, 0, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 10, 10, 0, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 200, 299, 0, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 2655, 2655, 0, NULL, ADSYNC_CLASS_PERMISSION, 0, 0 },
    { 506, 506, 0, NULL, ADSYNC_CLASS_CONFLICT, 0, 0 },
    { 2654, 2654, 0, NULL, ADSYNC_CLASS_CONFLICT, 0, 0 },
    { 3979, 3980, 0, NULL, ADSYNC_CLASS_CONFLICT, 0, 0 },
    { 1487809, 1487809, 0, NULL, ADSYNC_CLASS_CONFLICT, 0, 0 },
    { ANY_CODE, 1487809, NULL, ADSYNC_CLASS_CONFLICT, 0, 0 },
    { 2635, 2635, 0, NULL, ADSYNC_CLASS_CONFIG, 0, 0 },
    { 100, 100, 1487534, NULL, ADSYNC_CLASS_TOO_LARGE, META_HINT_SHRINK, 0 },
    { -3, -3, 1504045, NULL, ADSYNC_CLASS_TOO_LARGE, META_HINT_SHRINK, 0 },
    { 1, 1, 0, "reduce the amount of data", ADSYNC_CLASS_TOO_LARGE, META_HINT_SHRINK, 0 },
    { 100, 100, 1504018, NULL, ADSYNC_CLASS_TRANSIENT, META_HINT_ASYNC, 0 },
    { 2, 2, 1504041, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 2, 2, 1504042, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 1, 2, 0, NULL, ADSYNC_CLASS_TRANSIENT, 0, 0 },
    { -3, -1, 0, NULL, ADSYNC_CLASS_TRANSIENT, 0, 0 },
    { 960, 960, 0, NULL, ADSYNC_CLASS_TRANSIENT, 0, 0 },
    { 2601, 2601, 1815107, NULL, ADSYNC_CLASS_TRANSIENT, 0, 0 },
    { 12, 12, 0, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 104, 105, 0, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 2500, 2500, 0, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 2650, 2650, 0, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
    { 3018, 3018, 0, NULL, ADSYNC_CLASS_INVALID, 0, 0 },
};

/* Within a lower-case needle, letters of any case. */
static bool tables_holds(const char *text, size_t size, const char *needle)
{
    size_t n = strlen(needle), i;

    for (size_t at = 0; at + n <= size; at++) {
        for (i = 0; i < n && (text[at + i] | (text[at + i] >= 'A' && text[at + i] <= 'Z' ? 0x20 : 0)) == needle[i]; i++) {}
        if (i == n) return true;
    }
    return false;
}

const meta_error *meta_error_of(int64_t code, int64_t subcode, const char *text, size_t size)
{
    for (size_t i = 0; i < ADSYNC__COUNT(tables_errors); i++) {
        const meta_error *e = &tables_errors[i];
        if (code < e->first || code > e->last || (e->subcode && e->subcode != subcode)) continue;
        if (!e->text || tables_holds(text, size, e->text)) return e;
    }
    return NULL;
}

/* ---- described */

void meta_describe_tables(adsync_manifest *out)
{
    adsync_manifest_host(out, "graph", "graph.facebook.com", ADSYNC_HOST_AUTH);
    adsync_manifest_host(out, "www", "www.facebook.com", 0); /* the dialog, in a person's browser */
    for (size_t i = 0; i < ADSYNC__COUNT(tables_settings); i++)
        adsync_manifest_setting(out, tables_settings[i].name, tables_settings[i].value);
    for (size_t i = 0; i < ADSYNC__COUNT(tables_supports); i++)
        adsync_manifest_supports(out, tables_supports[i].task, tables_supports[i].kind);
    for (size_t i = 0; i < ADSYNC__COUNT(tables_kinds); i++) {
        adsync_manifest_supports(out, ADSYNC_TASK_LIST, tables_kinds[i].kind);
        adsync_manifest_supports(out, ADSYNC_TASK_GET, tables_kinds[i].kind);
        if (tables_kinds[i].filter) adsync_manifest_supports(out, ADSYNC_TASK_CHANGES, tables_kinds[i].kind);
    }
    for (size_t i = 0; i < ADSYNC__COUNT(tables_windows); i++) {
        const adsync_window window = { .size = sizeof window,
                                       .align = tables_windows[i].align,
                                       .permits = tables_windows[i].permits,
                                       .length_us = tables_windows[i].seconds * ADSYNC__SECOND_US };
        adsync_manifest_window(out, tables_windows[i].limit, tables_windows[i].scope, &window);
    }
}
