/* SPDX-License-Identifier: MIT */
/* The one list of what is stored. Rules: columns and tables are only ever added, at the end, with the schema version that brings
 * them; key columns come first; what differs most between two writes of a row stands early, since a put may carry a prefix. */
#include "storage.h"

#define INT(column) { ADSYNC_C_##column, ADSYNC_VALUE_INT, 0, 1, 0 }
#define TEXT(column, max) { ADSYNC_C_##column, ADSYNC_VALUE_TEXT, max, 1, 0 }
#define BYTES(column, max) { ADSYNC_C_##column, ADSYNC_VALUE_BYTES, max, 1, 0 }
#define SEALED(column, max) { ADSYNC_C_##column, ADSYNC_VALUE_BYTES, max, 1, ADSYNC__COLUMN_SEALED }

enum { ID = 200, LINE = 1000, ANY = 0 }; /* bytes: a platform's id, a line for people, whatever a commit takes */

static const adsync__column meta_columns[] = { TEXT(KEY, 64), INT(VALUE), TEXT(TEXT, ANY) };

static const adsync__column orgs_columns[] = { TEXT(NAME, 255), INT(ORG), TEXT(STATE, 16), INT(CREATED_US) };
static const adsync__index orgs_indexes[] = { { "by_org", { ADSYNC_C_ORG }, 1, 0 } };

static const adsync__column engines_columns[] = {
    INT(ENGINE), INT(HEARTBEAT_US), INT(FENCE), INT(LEASE_US), INT(STARTED_US), TEXT(STATE, 16), TEXT(WORKER, 255),
};

/* one row per key with all its windows, so that they change together: `window` is '' */
static const adsync__column limits_columns[] = { TEXT(KEY, 400), TEXT(WINDOW, 32), INT(UPDATED_US), BYTES(STATE, 65536) };

static const adsync__column oauth_states_columns[] = {
    TEXT(KEY, 128), INT(ORG), INT(EXPIRES_US), TEXT(PLATFORM, 32), TEXT(APP, 64), BYTES(SESSION, 64), TEXT(REDIRECT_URI, 2000),
    TEXT(SCOPES, 4000), INT(GRANT), SEALED(VERIFIER, 8192), INT(CREATED_US),
};
static const adsync__index oauth_states_indexes[] = { { "by_expiry", { ADSYNC_C_EXPIRES_US }, 1, 0 } };

static const adsync__column grants_columns[] = {
    INT(ORG), INT(GRANT), INT(GENERATION), TEXT(STATE, 16), INT(ATTEMPT), INT(DEADLINE_US), INT(DUE_US), INT(ACCESS_EXPIRES_US),
    INT(REFRESH_EXPIRES_US), INT(DATA_EXPIRES_US), TEXT(MESSAGE, LINE), INT(UPDATED_US), TEXT(PLATFORM, 32), TEXT(APP, 64),
    TEXT(EXTERNAL_USER, ID), TEXT(NAME, LINE), TEXT(SCOPES, 4000), TEXT(REUSE, 16), TEXT(FACTS, ANY), INT(CREATED_US),
};
static const adsync__index grants_indexes[] = {
    { "by_user", { ADSYNC_C_ORG, ADSYNC_C_PLATFORM, ADSYNC_C_APP, ADSYNC_C_EXTERNAL_USER }, 1, 0 },
    { "by_due", { ADSYNC_C_DUE_US }, 1, 1 },
};

static const adsync__column secrets_columns[] = {
    INT(ORG), INT(GRANT), TEXT(FIELD, 200), INT(ALTERNATE), SEALED(SEALED, 65536), INT(GENERATION), INT(EXPIRES_US), INT(UPDATED_US),
};

static const adsync__column keys_columns[] = {
    INT(ORG), INT(KEY), TEXT(STATE, 16), INT(USES), TEXT(CURSOR, 2000), TEXT(MASTER, 64), BYTES(WRAPPED, 4096), INT(CREATED_US),
    INT(UPDATED_US),
};
static const adsync__index keys_indexes[] = { { "by_master", { ADSYNC_C_MASTER }, 1, 1 } };

static const adsync__column connections_columns[] = {
    INT(ORG), INT(CONNECTION), TEXT(STATUS, 16), TEXT(MESSAGE, LINE), INT(NEXT_SYNC_US), INT(LAST_SYNC_US), TEXT(LAST_STATUS, 16),
    TEXT(LAST_MESSAGE, LINE), INT(REQUESTED_US), INT(UPDATED_US), INT(GRANT), TEXT(PLATFORM, 32), TEXT(ACCOUNT_ID, ID), TEXT(NAME, LINE),
    TEXT(CURRENCY, 3), TEXT(TIME_ZONE, 64), INT(AUTO_SYNC), INT(FREQUENCY_MINUTES), INT(TIMEFRAME_DAYS), INT(CONFLICT_POLICY),
    TEXT(FACTS, ANY), TEXT(METADATA, ANY), INT(CREATED_US),
};
static const adsync__index connections_indexes[] = {
    { "by_account", { ADSYNC_C_ORG, ADSYNC_C_PLATFORM, ADSYNC_C_ACCOUNT_ID }, 1, 0 },
    { "by_grant", { ADSYNC_C_ORG, ADSYNC_C_GRANT }, 1, 0 },
};

static const adsync__column queue_columns[] = {
    INT(ORG), INT(CONNECTION), TEXT(SLOT, 64), INT(RUN_AFTER_US), INT(SHARD), INT(CLASS), INT(JOB), TEXT(IDS, ANY), INT(CREATED_US),
};
static const adsync__index queue_indexes[] = {
    { "by_due", { ADSYNC_C_RUN_AFTER_US }, 1, 1 },
    { "by_class", { ADSYNC_C_SHARD, ADSYNC_C_CLASS, ADSYNC_C_ORG, ADSYNC_C_RUN_AFTER_US }, 1, 1 },
};

static const adsync__column lanes_columns[] = {
    INT(ORG), INT(CONNECTION), INT(DATA), INT(ENGINE), INT(JOB), TEXT(CURSOR, ANY), INT(TAKEOVERS), INT(UPDATED_US),
};
static const adsync__index lanes_indexes[] = { { "by_engine", { ADSYNC_C_ENGINE }, 1, 1 } };

static const adsync__column jobs_columns[] = {
    INT(ORG), INT(JOB), TEXT(STATE, 16), INT(ATTEMPT), INT(PROGRESS), TEXT(MESSAGE, LINE), TEXT(ERROR, 64), INT(UPDATED_US),
    INT(STARTED_US),
    INT(ENDED_US), INT(OPEN_CHILDREN), INT(CONNECTION), TEXT(TYPE, 32), INT(DATA), INT(MODE), INT(DIRECTION), INT(PRIORITY), INT(PARENT),
    TEXT(CHILD, 200), INT(KIND), INT(FROM_DAY), INT(TO_DAY), TEXT(PARAMS, ANY), INT(CREATED_US),
};
static const adsync__index jobs_indexes[] = {
    { "by_connection", { ADSYNC_C_ORG, ADSYNC_C_CONNECTION, ADSYNC_C_CREATED_US }, 1, 0 },
    { "by_parent", { ADSYNC_C_ORG, ADSYNC_C_PARENT, ADSYNC_C_CHILD }, 1, 0 },
};

/* normalized.md B4: what every kind has, then each kind's own. */
static const adsync__column entities_columns[] = {
    INT(ORG), INT(CONNECTION), INT(KIND), TEXT(ID, ID), BYTES(HASH, 32), INT(SEEN_RUN), INT(REMOVED_AT), INT(PULLED_AT),
    TEXT(PLATFORM_KIND, 64), TEXT(ACCOUNT_ID, ID), TEXT(CAMPAIGN_ID, ID), TEXT(ADSET_ID, ID), TEXT(AD_ID, ID), TEXT(NAME, ANY),
    TEXT(SWITCH, 16), TEXT(STATUS, 16), TEXT(STATUS_REASON, ANY), TEXT(PLATFORM_STATUS, ANY), INT(CREATED_AT), INT(UPDATED_AT),
    TEXT(CURRENCY, 3), TEXT(EXTRA, ANY), TEXT(OBJECTIVE, ANY), INT(BUDGET_DAILY), INT(BUDGET_LIFETIME), INT(SPEND_CAP),
    TEXT(BUDGET_REF, ID), INT(BUDGET_SHARED_BY), TEXT(BID_STRATEGY, ANY), INT(BID), TEXT(BILLING_EVENT, ANY), TEXT(OPTIMIZATION_GOAL, ANY),
    INT(START_AT), INT(END_AT), TEXT(DECLARATIONS, ANY), TEXT(TARGETING, ANY), TEXT(ATTRIBUTION, ANY), TEXT(CREATIVE_ID, ID),
    TEXT(REVIEW, 16), TEXT(REVIEW_REASON, ANY), TEXT(FORMAT, ANY), TEXT(TITLE, ANY), TEXT(BODY, ANY), TEXT(LANDING_URL, ANY),
    TEXT(CTA, ANY), TEXT(MEDIA, ANY), TEXT(POST_ID, ID), TEXT(OWNER, ID), TEXT(LEAD_FORM_ID, ID), INT(IMMUTABLE), TEXT(TYPE, ANY),
    INT(SIZE_LOW), INT(SIZE_HIGH), TEXT(READY, 16), INT(RETENTION_DAYS), TEXT(SEED_ID, ID), TEXT(TARGET_ID, ID), TEXT(QUESTIONS, ANY),
    TEXT(FORM_ID, ID), INT(SUBMITTED_AT), SEALED(ANSWERS, ANY), INT(IS_TEST), TEXT(URL, ANY), INT(PUBLISHED_AT),
    TEXT(TEXT, ANY), TEXT(MATCH, 16), INT(NEGATIVE), INT(ORGANIC),
};
static const adsync__index entities_indexes[] = {
    { "by_campaign", { ADSYNC_C_ORG, ADSYNC_C_CONNECTION, ADSYNC_C_KIND, ADSYNC_C_CAMPAIGN_ID }, 1, 0 },
};

/* normalized.md B7. `pull` follows the key: an equal row is put as key and pull only. */
static const adsync__column metrics_columns[] = {
    INT(ORG), INT(CONNECTION), INT(LEVEL), TEXT(ENTITY_ID, ID), INT(DAY), TEXT(PART, 40), INT(PULL), TEXT(CURRENCY, 3), INT(SPEND),
    INT(IMPRESSIONS), INT(CLICKS), INT(LINK_CLICKS), INT(CONVERSIONS), INT(REVENUE), INT(CLICK_CONVERSIONS), INT(VIEW_CONVERSIONS),
    INT(CONVERSIONS_BY_EVENT_DAY), INT(PURCHASES), INT(LEADS), INT(INSTALLS), INT(ENGAGEMENTS), INT(VIDEO_VIEWS), INT(REACH),
    TEXT(ATTRIBUTION, 200), INT(PULLED_AT), INT(FINAL), TEXT(CAMPAIGN_ID, ID), TEXT(EXTRA, ANY), TEXT(RAW_REF, ID),
};
static const adsync__index metrics_indexes[] = { { "by_day", { ADSYNC_C_ORG, ADSYNC_C_CONNECTION, ADSYNC_C_LEVEL, ADSYNC_C_DAY }, 1, 0 } };

static const adsync__column coverage_columns[] = {
    INT(ORG), INT(CONNECTION), INT(LEVEL), TEXT(PART, 40), INT(DAY), TEXT(STATE, 16), INT(PULL), INT(ROWS), INT(PULLED_AT),
    TEXT(DAY_ZONE, 64), TEXT(ATTRIBUTION, 200), TEXT(GAP, ANY),
};

static const adsync__column api_calls_columns[] = {
    INT(ORG), INT(CALLED_US), INT(CALL), INT(CONNECTION), INT(GRANT), INT(JOB), TEXT(PLATFORM, 32), TEXT(ENDPOINT, LINE), TEXT(METHOD, 16),
    TEXT(ACTION, 64), INT(HTTP_STATUS), TEXT(CODE, 128), TEXT(REQUEST_ID, 255), INT(DURATION_US), INT(SUCCESS), TEXT(EXCERPT, 4096),
};
static const adsync__index api_calls_indexes[] = { { "by_connection", { ADSYNC_C_ORG, ADSYNC_C_CONNECTION, ADSYNC_C_CALLED_US }, 1, 0 } };

static const adsync__column seen_columns[] = {
    INT(ORG), INT(CONNECTION), INT(KIND), INT(RUN), INT(PAGE), BYTES(SEEN, 65536),
};

/* One row per connection and rhythm ("metrics", "campaigns", "daily", ..). `due_us` follows the key: arming one is a put of that prefix. */
static const adsync__column schedules_columns[] = {
    INT(ORG), INT(CONNECTION), TEXT(NAME, 32), INT(DUE_US), INT(STARTED_US), INT(JOB),
};
static const adsync__index schedules_indexes[] = { { "by_due", { ADSYNC_C_DUE_US }, 1, 1 } };

/* What a row of metrics said before the pull `pull` of `job` found another figure (state "changed") or no row any more ("gone"). */
static const adsync__column revisions_columns[] = {
    INT(ORG), INT(CONNECTION), INT(LEVEL), INT(DAY), TEXT(ENTITY_ID, ID), TEXT(PART, 40), INT(FOUND_US), INT(PULL), TEXT(STATE, 16),
    INT(JOB), TEXT(CURRENCY, 3), INT(SPEND), INT(IMPRESSIONS), INT(CLICKS), INT(LINK_CLICKS), INT(CONVERSIONS), INT(REVENUE),
    INT(CLICK_CONVERSIONS), INT(VIEW_CONVERSIONS), INT(CONVERSIONS_BY_EVENT_DAY), INT(PURCHASES), INT(LEADS), INT(INSTALLS),
    INT(ENGAGEMENTS), INT(VIDEO_VIEWS), INT(REACH), TEXT(ATTRIBUTION, 200), INT(PULLED_AT), INT(FINAL), TEXT(CAMPAIGN_ID, ID),
};
static const adsync__index revisions_indexes[] = {
    { "by_time", { ADSYNC_C_ORG, ADSYNC_C_CONNECTION, ADSYNC_C_FOUND_US }, 1, 0 },
};

#define TABLE(id, name, key, has_org) \
    [ADSYNC_T_##id - 1] = { #name, name##_columns, NULL, ADSYNC__COUNT(name##_columns), key, 0, 1, has_org }
#define INDEXED(id, name, key, has_org) \
    [ADSYNC_T_##id - 1] = { #name, name##_columns, name##_indexes, ADSYNC__COUNT(name##_columns), key, ADSYNC__COUNT(name##_indexes), \
                            1, has_org }

static const adsync__table tables[] = {
    TABLE(META, meta, 1, false),
    INDEXED(ORGS, orgs, 1, false),
    TABLE(ENGINES, engines, 1, false),
    TABLE(LIMITS, limits, 2, false),
    INDEXED(OAUTH_STATES, oauth_states, 1, false),
    INDEXED(GRANTS, grants, 2, true),
    TABLE(SECRETS, secrets, 4, true),
    INDEXED(KEYS, keys, 2, true),
    INDEXED(CONNECTIONS, connections, 2, true),
    INDEXED(QUEUE, queue, 3, true),
    INDEXED(LANES, lanes, 3, true),
    INDEXED(JOBS, jobs, 2, true),
    INDEXED(ENTITIES, entities, 4, true),
    INDEXED(METRICS, metrics, 6, true),
    TABLE(COVERAGE, coverage, 5, true),
    INDEXED(API_CALLS, api_calls, 3, true),
    TABLE(SEEN, seen, 5, true),
    INDEXED(SCHEDULES, schedules, 3, true),
    INDEXED(REVISIONS, revisions, 8, true),
};

const adsync__schema adsync__tables = { 1, ADSYNC__COUNT(tables), tables };
