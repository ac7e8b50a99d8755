/* SPDX-License-Identifier: MIT */
/* What no function has to say: hosts, scopes, endpoints, fields and their columns, states, errors, limits. */
#include "linkedin_int.h"

/* ---- the platform */

static const adsync__said_host tables_hosts[] = {
    { "api", "api.linkedin.com", ADSYNC_HOST_AUTH },
    { "oauth", "www.linkedin.com", ADSYNC_HOST_AUTH }, /* the dialog and the token */
    { 0 },
};

/* The version is a month and lives for a year or so. The refresh token comes again with each refresh. Conversions move for as long as the
 * window of the longest rule. */
static const adsync__said_setting tables_settings[] = {
    { "api_version", "202607" },
    { "refresh", "same" },
    { "report_days", "30" },
    { "hot_days", "2" },
    { "daily_days", "7" },
    { "weekly_days", "30" },
    { "settled_days", "90" },
    { "lead_minutes", "15" },
    { "sum_levels", "campaign adset" }, /* whether deleted creatives stay in the sums is not told */
    { "sum_rounding", "1" }, /* costs have more places than six */
    { "day_zone", "UTC" },
    { "state_parameter", "state" },
    { "account_prefix", "urn:li:sponsoredAccount:" },
    { "scope.audience", "rw_dmp_segments" },
    { "scope.lead_form", "r_marketing_leadgen_automation" },
    { "scope.lead", "r_marketing_leadgen_automation" },
    { "scope.post", "r_organization_social w_organization_social" },
    { "revoke_help", "https://www.linkedin.com/psettings/permitted-services" },
    { 0 },
};

/* Each endpoint has a daily number for the app and one for a member in the app, until midnight UTC; both are unpublished and learned from
 * the first refusal. Of figures a good citizen asks 6 times in 10 s. */
#define LEARNED(name)                                                                                                                      \
    { name, ADSYNC_SCOPE_APP, ADSYNC_WINDOW_LEARNED, 0, 0 }, { name, ADSYNC_SCOPE_MEMBER, ADSYNC_WINDOW_LEARNED, 0, 0 }
static const adsync__said_window tables_windows[] = {
    { "pace", ADSYNC_SCOPE_APP, ADSYNC_WINDOW_ROLL, 5, 10 },
    LEARNED("analytics"),
    LEARNED("accounts"),
    LEARNED("groups"),
    LEARNED("campaigns"),
    LEARNED("creatives"),
    LEARNED("segments"),
    LEARNED("forms"),
    LEARNED("leads"),
    LEARNED("posts"),
    { 0 },
};

/* ---- kinds. Money is an object of a decimal text in main units and a currency; times are unix milliseconds */

#define MONEY(name, column) ADSYNC__INSIDE(name, "amount", column, DECIMAL), ADSYNC__INSIDE(name, "currencyCode", CURRENCY, TEXT)
#define STAMPS                                                                                                                             \
    ADSYNC__INSIDE("changeAuditStamps.created", "time", CREATED_AT, MILLIS),                                                               \
        ADSYNC__INSIDE("changeAuditStamps.lastModified", "time", UPDATED_AT, MILLIS),                                                      \
        ADSYNC__INSIDE("runSchedule", "start", START_AT, MILLIS), ADSYNC__INSIDE("runSchedule", "end", END_AT, MILLIS)

static const adsync__field campaign_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("account", ACCOUNT_ID, TAIL),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__FIELD("servingStatuses", PLATFORM_STATUS, LIST),
    ADSYNC__FIELD("objectiveType", OBJECTIVE, TEXT),
    ADSYNC__PART("allowedCampaignTypes", EXTRA),
    ADSYNC__PART("backfilled", EXTRA), /* the account's own group, which nobody can change */
    ADSYNC__PART("test", EXTRA),
    STAMPS,
    ADSYNC__INSIDE("budgetOptimization", "bidStrategy", BID_STRATEGY, TEXT),
    MONEY("dailyBudget", BUDGET_DAILY),
    MONEY("totalBudget", BUDGET_LIFETIME),
};

static const adsync__field adset_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("account", ACCOUNT_ID, TAIL),
    ADSYNC__FIELD("campaignGroup", CAMPAIGN_ID, TAIL),
    ADSYNC__PART("status", SWITCH),
    ADSYNC__FIELD("servingStatuses", PLATFORM_STATUS, LIST),
    ADSYNC__FIELD("objectiveType", OBJECTIVE, TEXT),
    ADSYNC__FIELD("costType", BILLING_EVENT, TEXT),
    ADSYNC__FIELD("optimizationTargetType", OPTIMIZATION_GOAL, TEXT),
    ADSYNC__FIELD("targetingCriteria", TARGETING, JSON),
    ADSYNC__PART("politicalIntent", DECLARED),
    ADSYNC__PART("type", EXTRA),
    ADSYNC__PART("format", EXTRA),
    ADSYNC__PART("locale", EXTRA),
    ADSYNC__PART("associatedEntity", EXTRA),
    ADSYNC__PART("creativeSelection", EXTRA),
    ADSYNC__PART("pacingStrategy", EXTRA),
    ADSYNC__PART("audienceExpansionEnabled", EXTRA),
    ADSYNC__PART("offsiteDeliveryEnabled", EXTRA),
    ADSYNC__PART("storyDeliveryEnabled", EXTRA),
    ADSYNC__PART("connectedTelevisionOnly", EXTRA),
    ADSYNC__PART("test", EXTRA),
    STAMPS,
    MONEY("dailyBudget", BUDGET_DAILY),
    MONEY("totalBudget", BUDGET_LIFETIME),
    MONEY("unitCost", BID),
};

static const adsync__word tables_reviews[] = {
    { "PENDING", "pending" }, { "NEEDS_REVIEW", "pending" }, { "APPROVED", "approved" }, { "REJECTED", "rejected" }, { 0 },
};
#define REVIEW(in_, status_, reasons)                                                                                                      \
    { .name = (status_), .in = (in_), .column = ADSYNC_C_REVIEW, .as = ADSYNC__AS_WORD, .words = tables_reviews },                         \
        ADSYNC__INSIDE(in_, reasons, REVIEW_REASON, LIST)

static const adsync__field ad_fields[] = {
    ADSYNC__FIELD("id", ID, TEXT), /* a URN, and so it stays */
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("account", ACCOUNT_ID, TAIL),
    ADSYNC__FIELD("campaign", ADSET_ID, TAIL),
    ADSYNC__OWN("content"),
    ADSYNC__PART("intendedStatus", SWITCH),
    ADSYNC__OWN("isServing"),
    ADSYNC__FIELD("servingHoldReasons", PLATFORM_STATUS, LIST),
    ADSYNC__OWN("review"),
    ADSYNC__PART("isTest", EXTRA),
    ADSYNC__FIELD("createdAt", CREATED_AT, MILLIS),
    ADSYNC__FIELD("lastModifiedAt", UPDATED_AT, MILLIS),
    REVIEW("review", "status", "rejectionReasons"),
    ADSYNC__INSIDE("leadgenCallToAction", "destination", LEAD_FORM_ID, TAIL),
};

static const adsync__field creative_fields[] = {
    ADSYNC__FIELD("id", ID, TEXT),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("account", ACCOUNT_ID, TAIL),
    ADSYNC__OWN("content"),
    ADSYNC__FIELD("createdAt", CREATED_AT, MILLIS),
    ADSYNC__FIELD("lastModifiedAt", UPDATED_AT, MILLIS),
    ADSYNC__INSIDE("leadgenCallToAction", "destination", LEAD_FORM_ID, TAIL),
    ADSYNC__INSIDE("leadgenCallToAction", "label", CTA, TEXT),
    ADSYNC__INSIDE("content.textAd", "headline", TITLE, TEXT),
    ADSYNC__INSIDE("content.textAd", "description", BODY, TEXT),
    ADSYNC__INSIDE("content.textAd", "landingPage", LANDING_URL, TEXT),
};

/* How many are in it stands nowhere; inputCount is how many were brought. */
static const adsync__word audience_types[] = {
    { "USER", "list" }, { "COMPANY", "list" }, { "USER_LIST_UPLOAD", "list" }, { "COMPANY_LIST_UPLOAD", "list" }, { NULL, "other" },
};
static const adsync__field audience_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__FIELD("account", ACCOUNT_ID, TAIL),
    { .name = "type", .column = ADSYNC_C_TYPE, .as = ADSYNC__AS_WORD, .words = audience_types },
    ADSYNC__OWN("destinations"),
    ADSYNC__PART("inputCount", EXTRA),
    ADSYNC__PART("sourcePlatform", EXTRA),
    ADSYNC__PART("sourceSegmentId", EXTRA),
};

static const adsync__field lead_form_fields[] = {
    ADSYNC__FIELD("id", ID, ID),
    ADSYNC__FIELD("name", NAME, TEXT),
    ADSYNC__PART("state", STATE),
    ADSYNC__PART("versionId", EXTRA),
    ADSYNC__PART("creationLocale", EXTRA),
    ADSYNC__FIELD("created", CREATED_AT, MILLIS),
    ADSYNC__FIELD("lastModified", UPDATED_AT, MILLIS),
    REVIEW("reviewInfo", "reviewStatus", "rejectionReasons"),
    ADSYNC__INSIDE("owner", "sponsoredAccount", OWNER, TEXT),
    ADSYNC__INSIDE("owner", "organization", OWNER, TEXT),
    ADSYNC__INSIDE("content", "questions", QUESTIONS, JSON),
};

/* Never `submitter`: who a lead is stands in its answers only, which are sealed. */
#define LEAD_FIELDS "id,submittedAt,leadType,versionedLeadGenFormUrn,associatedEntity,leadMetadata,testLead,formResponse,form:(id,content)"
static const adsync__field lead_fields[] = {
    ADSYNC__FIELD("id", ID, TAIL),
    ADSYNC__FIELD("submittedAt", SUBMITTED_AT, MILLIS),
    ADSYNC__PART("leadType", EXTRA),
    ADSYNC__PART("versionedLeadGenFormUrn", EXTRA),
    ADSYNC__FIELD("testLead", IS_TEST, BOOL),
    ADSYNC__OWN("formResponse"),
    ADSYNC__OWN("form"),
    ADSYNC__INSIDE("associatedEntity", "associatedCreative", AD_ID, TEXT),
    ADSYNC__INSIDE("leadMetadata.sponsoredLeadMetadata", "campaign", ADSET_ID, TAIL),
};

static const adsync__field post_fields[] = {
    ADSYNC__FIELD("id", ID, TEXT),
    ADSYNC__FIELD("author", OWNER, TEXT),
    ADSYNC__FIELD("commentary", BODY, TEXT),
    ADSYNC__PART("lifecycleState", STATE),
    ADSYNC__PART("visibility", EXTRA),
    ADSYNC__FIELD("publishedAt", PUBLISHED_AT, MILLIS),
    ADSYNC__FIELD("createdAt", CREATED_AT, MILLIS),
    ADSYNC__FIELD("lastModifiedAt", UPDATED_AT, MILLIS),
    ADSYNC__OWN("distribution"),
    { .name = "feedDistribution", .in = "distribution", .as = ADSYNC__AS_EXTRA },
    ADSYNC__INSIDE("content.article", "source", URL, TEXT),
    ADSYNC__INSIDE("content.article", "title", TITLE, TEXT),
    ADSYNC__INSIDE("content.media", "id", MEDIA, TEXT),
};

/* What an owner can set. COMPLETED and CANCELED are the platform's. */
static const adsync__word tables_switches[] = {
    { "ACTIVE", "ACTIVE" },
    { "PAUSED", "PAUSED" },
    { "ARCHIVED", "ARCHIVED" },
    { "DRAFT", "DRAFT" },
    { "PENDING_DELETION", "DELETED" },
    { "REMOVED", "DELETED" },
    { 0 },
};
static const adsync__word tables_states[] = {
    { "COMPLETED", "ENDED" },
    { "CANCELED", "DELETED" },
    { "CANCELLED", "DELETED" },
    { NULL, "UNKNOWN" },
};
static const adsync__word audience_states[] = {
    { "READY", "ACTIVE" },  { "UPDATING", "ACTIVE" }, { "BUILDING", "PENDING" }, { "ARCHIVED", "ARCHIVED" },
    { "EXPIRED", "ENDED" }, { "FAILED", "LIMITED" },  { "ERROR", "LIMITED" },    { NULL, "UNKNOWN" },
};
static const adsync__word form_states[] = {
    { "PUBLISHED", "ACTIVE" },
    { "DRAFT", "DRAFT" },
    { "ARCHIVED", "ARCHIVED" },
    { NULL, "UNKNOWN" },
};

/* path and filter: @ is the account's number. An empty filter of states would hide what ended, so each names them all. */
#define URN "urn%3Ali%3AsponsoredAccount%3A@"
#define BELOW(name) "/rest/adAccounts/@/" name
#define KIND(k, w, p, f, l, table)                                                                                                         \
    .kind = ADSYNC_KIND_##k, .word = (w), .path = (p), .filter = (f), .limit = (l), ADSYNC__FIELDS(table),                                 \
    .can = ADSYNC__CAN_LIST | ADSYNC__CAN_GET
#define CREATIVES "q=criteria&intendedStatuses=List(ACTIVE,PAUSED,DRAFT,ARCHIVED,CANCELED,PENDING_DELETION,REMOVED)&sortOrder=ASCENDING"
static const adsync__kind tables_kinds[] = {
    { KIND(CAMPAIGN, "adCampaignGroup", BELOW("adCampaignGroups"),
           "q=search&search=(status:(values:List(ACTIVE,ARCHIVED,CANCELED,DRAFT,PAUSED,PENDING_DELETION,REMOVED)))&sortOrder=ASCENDING",
           "groups", campaign_fields),
      .switches = tables_switches, .states = tables_states, .own = linkedin_own_campaign },
    { KIND(ADSET, "adCampaign", BELOW("adCampaigns"),
           "q=search&search=(status:(values:List(ACTIVE,PAUSED,ARCHIVED,COMPLETED,CANCELED,DRAFT,PENDING_DELETION,REMOVED)))"
           "&sortOrder=ASCENDING",
           "campaigns", adset_fields),
      .switches = tables_switches, .states = tables_states, .own = linkedin_own_adset },
    { KIND(AD, "creative", BELOW("creatives"), CREATIVES, "creatives", ad_fields), .switches = tables_switches, .states = tables_states,
      .own = linkedin_own_ad },
    { .kind = ADSYNC_KIND_CREATIVE,
      .word = "content",
      .path = BELOW("creatives"),
      .filter = CREATIVES,
      .limit = "creatives",
      ADSYNC__FIELDS(creative_fields),
      .can = ADSYNC__CAN_LIST,
      .own = linkedin_own_creative },
    { KIND(AUDIENCE, "dmpSegment", "/rest/dmpSegments", "q=account&account=" URN, "segments", audience_fields), .states = audience_states,
      .own = linkedin_own_audience },
    { KIND(LEAD_FORM, "leadForm", "/rest/leadForms", "q=owner&owner=(sponsoredAccount:" URN ")", "forms", lead_form_fields),
      .states = form_states },
    { .kind = ADSYNC_KIND_LEAD,
      .word = "leadFormResponse",
      .path = "/rest/leadFormResponses",
      .filter = "q=owner&owner=(sponsoredAccount:" URN ")&leadType=(leadType:SPONSORED)&limitedToTestLeads=false&fields=" LEAD_FIELDS,
      .limit = "leads",
      ADSYNC__FIELDS(lead_fields),
      .can = ADSYNC__CAN_LIST | ADSYNC__CAN_GET | ADSYNC__CAN_CHANGES,
      .since = "submittedAtTimeRange",
      .own = linkedin_own_lead },
    { .kind = ADSYNC_KIND_POST,
      .word = "post",
      .path = "/rest/posts",
      .filter = "q=dscAdAccount&dscAdAccount=" URN,
      .limit = "posts",
      ADSYNC__FIELDS(post_fields),
      .can = ADSYNC__CAN_LIST,
      .states = form_states,
      .own = linkedin_own_post },
    { 0 },
};

/* ---- figures. word: the pivot; id: what an entity's URN begins with; filter: that stays in front of its id */
static const adsync__level tables_levels[] = {
    { ADSYNC_KIND_ACCOUNT, "urn:li:sponsoredAccount:", 0, "ACCOUNT", NULL },
    { ADSYNC_KIND_CAMPAIGN, "urn:li:sponsoredCampaignGroup:", 0, "CAMPAIGN_GROUP", NULL },
    { ADSYNC_KIND_ADSET, "urn:li:sponsoredCampaign:", 0, "CAMPAIGN", NULL },
    { ADSYNC_KIND_AD, "urn:li:sponsoredCreative:", 0, "CREATIVE", "urn" },
    { 0 },
};

/* ---- errors: by word, since numbers come with the wrong words; then by number, then by HTTP status */
#define SLOW(t, who) .status = 429, .text = (t), .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_##who
static const adsync__rule tables_rules[] = {
    { .status = 429, .word = "SEGMENT_LIMIT_EXCEEDED", .refusal = ADSYNC_CLASS_INVALID }, /* no waiting cures it */
    { SLOW("application_and_member day", MEMBER), .hint = LINKEDIN_HINT_DAY },
    { SLOW("application day", APP), .hint = LINKEDIN_HINT_DAY },
    { SLOW(" day ", MEMBER), .hint = LINKEDIN_HINT_DAY },
    { SLOW("daily", MEMBER), .hint = LINKEDIN_HINT_DAY },
    { SLOW("million metric values", APP), .wait_us = 330 * ADSYNC__SECOND_US },
    { SLOW("data request limit", APP), .wait_us = 330 * ADSYNC__SECOND_US },
    { SLOW("application minute", APP), .wait_us = ADSYNC__MINUTE_US },
    { SLOW(" minute", MEMBER), .wait_us = ADSYNC__MINUTE_US },
    { SLOW("application second", APP) },
    { SLOW(NULL, MEMBER) },
    { .word = "QUOTA_EXCEEDED", .refusal = ADSYNC_CLASS_THROTTLED, .scope = ADSYNC_SCOPE_MEMBER },
    ADSYNC__NAMED("EXPIRED_ACCESS_TOKEN", AUTH_EXPIRED),
    ADSYNC__NAMED("INVALID_ACCESS_TOKEN", AUTH_EXPIRED), /* revoked where there is nothing to refresh it with */
    ADSYNC__NAMED("REVOKED_ACCESS_TOKEN", AUTH_REVOKED),
    ADSYNC__NAMED("EMPTY_ACCESS_TOKEN", INVALID),
    ADSYNC__CODE(65600, AUTH_EXPIRED),
    ADSYNC__CODE(65601, AUTH_REVOKED),
    ADSYNC__CODE(65602, AUTH_EXPIRED),
    ADSYNC__CODE(65604, AUTH_EXPIRED),
    ADSYNC__NAMED("NONEXISTENT_VERSION", CONFIG),
    ADSYNC__HTTP(426, CONFIG),
    ADSYNC__NAMED("ACCESS_DENIED", PERMISSION),
    ADSYNC__NAMED("NO_PERMISSION_*", PERMISSION),
    ADSYNC__NAMED("ENTITY_WITH_SAME_KEY_ALREADY_EXISTS", CONFLICT),
    ADSYNC__NAMED("INVALID_VALUE_DUPLICATE_EXIST", CONFLICT),
    ADSYNC__NAMED("DUPLICATE_POST", CONFLICT),
    ADSYNC__HTTP(409, CONFLICT),
    ADSYNC__HTTP(412, CONFLICT),
    { .status = 400, .text = "too many entities", .refusal = ADSYNC_CLASS_TOO_LARGE, .hint = ADSYNC__HINT_SHRINK },
    ADSYNC__NAMED("invalid_client", CONFIG), /* the token's host */
    ADSYNC__NAMED("unauthorized_client", CONFIG),
    ADSYNC__NAMED("invalid_grant", AUTH_REVOKED),
    ADSYNC__HTTP(501, INVALID),
    { 0 },
};

/* ---- steps and tasks */

#define IN_LISTS (ADSYNC__IN(LIST) | ADSYNC__IN(CHANGES) | ADSYNC__IN(ACCOUNT_DISCOVER))
static const adsync__step tables_steps[] = {
    [LINKEDIN_AT_WHO] = { "who", ADSYNC__IN(AUTH_COMPLETE) }, [LINKEDIN_AT_LIST] = { "list", IN_LISTS },
    [LINKEDIN_AT_PAGE] = { "page", ADSYNC__IN(LIST) },
    [LINKEDIN_AT_GET] = { "get", ADSYNC__IN(GET) },           [LINKEDIN_AT_CORE] = { "core", ADSYNC__IN(REPORT) },
    [LINKEDIN_AT_CHECK] = { "check", ADSYNC__IN(REPORT) },    [LINKEDIN_AT_CAMPAIGNS] = { "campaigns", ADSYNC__IN(REPORT) },
    [LINKEDIN_AT_PIECES] = { "pieces", ADSYNC__IN(REPORT) },
};

static const adsync__flow tables_flows[] = {
    { ADSYNC_TASK_AUTH_BEGIN, 0, linkedin_begin_ask, NULL },
    { ADSYNC_TASK_AUTH_COMPLETE, 0, linkedin_complete_ask, linkedin_complete_digest },
    { ADSYNC_TASK_AUTH_REFRESH, 0, linkedin_refresh_ask, linkedin_refresh_digest },
    { ADSYNC_TASK_AUTH_INSPECT, 0, linkedin_inspect_ask, linkedin_inspect_digest },
    { ADSYNC_TASK_ACCOUNT_DISCOVER, 0, linkedin_discover_ask, linkedin_list_digest },
    { ADSYNC_TASK_ACCOUNT_GET, 0, linkedin_account_ask, linkedin_account_digest },
    { ADSYNC_TASK_LIST, 0, linkedin_list_ask, linkedin_list_digest },
    { ADSYNC_TASK_GET, 0, linkedin_get_ask, linkedin_get_digest },
    { ADSYNC_TASK_CHANGES, ADSYNC_KIND_LEAD, linkedin_list_ask, linkedin_list_digest },
    { ADSYNC_TASK_REPORT, 0, linkedin_report_ask, linkedin_report_digest },
    { 0 },
};

const adsync__platform linkedin_platform = {
    .name = "linkedin",
    .title = "LinkedIn",
    .revision = "1",
    .id_prefix = "urn:li:sponsoredAccount:",
    .scopes = "r_ads r_ads_reporting", /* all are granted or none: what an app may lack is asked for by the host */
    .hosts = tables_hosts,
    .settings = tables_settings,
    .windows = tables_windows,
    .flows = tables_flows,
    .kinds = tables_kinds,
    .levels = tables_levels,
    .steps = tables_steps,
    .n_steps = ADSYNC__COUNT(tables_steps),
    .rules = tables_rules,
    .patience_us = 2 * ADSYNC__SECOND_US,
    .headers = linkedin_headers,
};
