/* SPDX-License-Identifier: MIT */
/** @file rows.h
 * Rows coming out, answers going in, bytes. */
#ifndef ADSYNC_ROWS_H
#define ADSYNC_ROWS_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup rows Rows
 * A result is a set of rows, stepped like an SQL statement; its columns are asked for by id. New data means new ids, never a new
 * layout.
 * @{ */

/** What a value is. */
enum {
    ADSYNC_VALUE_NULL = 0, /**< nothing */
    ADSYNC_VALUE_INT = 1,  /**< an int64 */
    ADSYNC_VALUE_TEXT = 2, /**< UTF-8 without NUL */
    ADSYNC_VALUE_BYTES = 3 /**< any bytes */
};

/** One value. Frozen; no union, since cgo would show one as bytes. */
typedef struct adsync_value {
    uint32_t kind; /**< ADSYNC_VALUE_* */
    uint32_t size; /**< bytes at p; text that the library gives has a NUL after them, text given to it needs none */
    int64_t i;     /**< the number, for ADSYNC_VALUE_INT */
    const char *p; /**< the bytes, for ADSYNC_VALUE_TEXT and ADSYNC_VALUE_BYTES; may be NULL where size is 0 */
} adsync_value;

/** Kinds of things, as columns `kind` and `level` hold them. */
enum {
    ADSYNC_KIND_ACCOUNT = 1,   /**< an ad account */
    ADSYNC_KIND_CAMPAIGN = 2,  /**< a campaign (LinkedIn: campaign group) */
    ADSYNC_KIND_ADSET = 3,     /**< an ad set, ad group, line item, ad squad (LinkedIn: campaign) */
    ADSYNC_KIND_AD = 4,        /**< an ad */
    ADSYNC_KIND_CREATIVE = 5,  /**< what an ad shows */
    ADSYNC_KIND_AUDIENCE = 6,  /**< a list of people */
    ADSYNC_KIND_KEYWORD = 7,   /**< a keyword */
    ADSYNC_KIND_LEAD_FORM = 8, /**< a form */
    ADSYNC_KIND_LEAD = 9,      /**< an answer to a form */
    ADSYNC_KIND_POST = 10      /**< a post */
};

/** Columns of results and tables. The list only grows. */
enum {
    ADSYNC_C_VERSION = 1, /**< the row's version in its storage */
    ADSYNC_C_NAME = 2, /**< what people call it */
    ADSYNC_C_VALUE = 3, /**< a number */
    ADSYNC_C_TEXT = 4, /**< a text */
    ADSYNC_C_ORG = 5, /**< the organisation's number */
    ADSYNC_C_STATE = 6, /**< where it stands */
    ADSYNC_C_CREATED_US = 7, /**< when it began to exist */
    ADSYNC_C_UPDATED_US = 8, /**< when it last changed */
    ADSYNC_C_PLATFORM = 9, /**< "meta", "google", "tiktok", "linkedin", "x", "snapchat" or a host's own */
    ADSYNC_C_APP = 10, /**< which of the host's registrations at the platform */
    ADSYNC_C_ENGINE = 11, /**< an engine's number */
    ADSYNC_C_WORKER = 12, /**< an engine's name */
    ADSYNC_C_LEASE_US = 13, /**< how long an engine may be silent */
    ADSYNC_C_HEARTBEAT_US = 14, /**< when an engine last wrote */
    ADSYNC_C_FENCE = 15, /**< counts an engine's commits */
    ADSYNC_C_STARTED_US = 16, /**< when it started */
    ADSYNC_C_ENDED_US = 17, /**< when it ended */
    ADSYNC_C_KEY = 18, /**< a name that is unique in its table */
    ADSYNC_C_WINDOW = 19, /**< which window of a limit */
    ADSYNC_C_GRANT = 20, /**< one consent: the tokens of one external user */
    ADSYNC_C_CONNECTION = 21, /**< one ad account that a grant reaches */
    ADSYNC_C_SESSION = 22, /**< a digest of the browser session */
    ADSYNC_C_REDIRECT_URI = 23, /**< where the platform sends the browser back to */
    ADSYNC_C_VERIFIER = 24, /**< a PKCE verifier or request token secret, sealed */
    ADSYNC_C_SCOPES = 25, /**< permissions, separated by blanks */
    ADSYNC_C_EXPIRES_US = 26, /**< when it ends */
    ADSYNC_C_EXTERNAL_USER = 27, /**< the platform's id of the person */
    ADSYNC_C_MESSAGE = 28, /**< one line for people */
    ADSYNC_C_ACCESS_EXPIRES_US = 29, /**< when the access token ends */
    ADSYNC_C_REFRESH_EXPIRES_US = 30, /**< when the refresh token ends */
    ADSYNC_C_DATA_EXPIRES_US = 31, /**< when the platform stops giving data without a new consent */
    ADSYNC_C_GENERATION = 32, /**< counts a grant's token sets */
    ADSYNC_C_REUSE = 33, /**< what the platform does with a used refresh token: same, grace or single_use */
    ADSYNC_C_ATTEMPT = 34, /**< counts tries */
    ADSYNC_C_DEADLINE_US = 35, /**< when the try under way counts as dead */
    ADSYNC_C_DUE_US = 36, /**< when it needs attention */
    ADSYNC_C_FIELD = 37, /**< which secret, or which column */
    ADSYNC_C_SEALED = 38, /**< bytes that only the vault opens */
    ADSYNC_C_WRAPPED = 39, /**< a data key under the host's master key */
    ADSYNC_C_MASTER = 40, /**< the id of a master key */
    ADSYNC_C_USES = 41, /**< how often a key may have been used */
    ADSYNC_C_ACCOUNT_ID = 42, /**< the platform's id of an ad account, bare */
    ADSYNC_C_CURRENCY = 43, /**< an ISO 4217 code */
    ADSYNC_C_TIME_ZONE = 44, /**< an IANA name */
    ADSYNC_C_AUTO_SYNC = 45, /**< 1: synced by the schedule */
    ADSYNC_C_FREQUENCY_MINUTES = 46, /**< minutes between syncs */
    ADSYNC_C_TIMEFRAME_DAYS = 47, /**< how far back a sync looks */
    ADSYNC_C_CONFLICT_POLICY = 48, /**< who wins when both sides changed */
    ADSYNC_C_STATUS = 49, /**< what is true now */
    ADSYNC_C_NEXT_SYNC_US = 50, /**< when the next sync is due */
    ADSYNC_C_LAST_SYNC_US = 51, /**< when the last sync ended */
    ADSYNC_C_LAST_STATUS = 52, /**< how the last sync ended */
    ADSYNC_C_LAST_MESSAGE = 53, /**< what it said */
    ADSYNC_C_REQUESTED_US = 54, /**< when somebody last asked for a sync */
    ADSYNC_C_FACTS = 55, /**< what was learned from the platform */
    ADSYNC_C_METADATA = 56, /**< the host's own */
    ADSYNC_C_SLOT = 57, /**< a kind of work of a connection that is queued at most once */
    ADSYNC_C_JOB = 58, /**< one job */
    ADSYNC_C_CLASS = 59, /**< how urgent, 1 first */
    ADSYNC_C_SHARD = 60, /**< which part of the queue */
    ADSYNC_C_RUN_AFTER_US = 61, /**< not before */
    ADSYNC_C_IDS = 62, /**< platform ids */
    ADSYNC_C_DATA = 63, /**< which data: 1 campaigns, 2 metrics, 4 posts */
    ADSYNC_C_CURSOR = 64, /**< where to go on */
    ADSYNC_C_TAKEOVERS = 65, /**< how often it was taken over without progress */
    ADSYNC_C_KIND = 66, /**< which kind of thing */
    ADSYNC_C_MODE = 67, /**< 1 incremental, 2 full, 3 entity, 4 backfill */
    ADSYNC_C_DIRECTION = 68, /**< 1 import, 2 export, 3 both */
    ADSYNC_C_PRIORITY = 69, /**< 1 interactive .. 4 backfill */
    ADSYNC_C_PROGRESS = 70, /**< parts of 1,000,000 */
    ADSYNC_C_ERROR = 71, /**< an error's name */
    ADSYNC_C_PARENT = 72, /**< the job this one belongs to */
    ADSYNC_C_CHILD = 73, /**< a name that is unique among a job's children */
    ADSYNC_C_OPEN_CHILDREN = 74, /**< children that have not ended */
    ADSYNC_C_FROM_DAY = 75, /**< first day */
    ADSYNC_C_TO_DAY = 76, /**< last day */
    ADSYNC_C_PARAMS = 77, /**< what else was asked */
    ADSYNC_C_HASH = 78, /**< digest over the stable columns */
    ADSYNC_C_ID = 79, /**< the platform's id */
    ADSYNC_C_PLATFORM_KIND = 80, /**< the platform's own word for the kind */
    ADSYNC_C_CAMPAIGN_ID = 81, /**< the campaign it belongs to */
    ADSYNC_C_ADSET_ID = 82, /**< the ad set it belongs to */
    ADSYNC_C_AD_ID = 83, /**< the ad it belongs to */
    ADSYNC_C_SWITCH = 84, /**< what the owner set: ACTIVE, PAUSED, ARCHIVED, DELETED, DRAFT */
    ADSYNC_C_STATUS_REASON = 85, /**< why it stands so */
    ADSYNC_C_PLATFORM_STATUS = 86, /**< the platform's own words */
    ADSYNC_C_CREATED_AT = 87, /**< when the platform made it */
    ADSYNC_C_UPDATED_AT = 88, /**< when the platform last changed it */
    ADSYNC_C_REMOVED_AT = 89, /**< when a complete list no longer held it */
    ADSYNC_C_SEEN_RUN = 90, /**< the last complete list that held it */
    ADSYNC_C_EXTRA = 91, /**< what has no column of its own */
    ADSYNC_C_OBJECTIVE = 92, /**< what a campaign is for */
    ADSYNC_C_BUDGET_DAILY = 93, /**< budget of a day */
    ADSYNC_C_BUDGET_LIFETIME = 94, /**< budget of the whole run */
    ADSYNC_C_SPEND_CAP = 95, /**< the most it may ever spend */
    ADSYNC_C_BUDGET_REF = 96, /**< the platform's id of a budget that is shared */
    ADSYNC_C_BUDGET_SHARED_BY = 97, /**< how many share it */
    ADSYNC_C_BID_STRATEGY = 98, /**< how bids are made */
    ADSYNC_C_BID = 99, /**< the bid */
    ADSYNC_C_BILLING_EVENT = 100, /**< what is paid for */
    ADSYNC_C_OPTIMIZATION_GOAL = 101, /**< what delivery aims at */
    ADSYNC_C_START_AT = 102, /**< when it starts */
    ADSYNC_C_END_AT = 103, /**< when it ends */
    ADSYNC_C_DECLARATIONS = 104, /**< legal declarations, never defaulted */
    ADSYNC_C_TARGETING = 105, /**< who is addressed */
    ADSYNC_C_ATTRIBUTION = 106, /**< the windows conversions are counted in */
    ADSYNC_C_CREATIVE_ID = 107, /**< the creative an ad shows */
    ADSYNC_C_REVIEW = 108, /**< pending, approved, limited or rejected */
    ADSYNC_C_REVIEW_REASON = 109, /**< what the reviewer said */
    ADSYNC_C_FORMAT = 110, /**< what a creative is made of */
    ADSYNC_C_TITLE = 111, /**< headline */
    ADSYNC_C_BODY = 112, /**< text */
    ADSYNC_C_LANDING_URL = 113, /**< where a click leads */
    ADSYNC_C_CTA = 114, /**< call to action */
    ADSYNC_C_MEDIA = 115, /**< images and videos */
    ADSYNC_C_POST_ID = 116, /**< the post behind it */
    ADSYNC_C_OWNER = 117, /**< who speaks */
    ADSYNC_C_LEAD_FORM_ID = 118, /**< the form behind it */
    ADSYNC_C_IMMUTABLE = 119, /**< 1: cannot be edited */
    ADSYNC_C_TYPE = 120, /**< the kind within its kind */
    ADSYNC_C_SIZE_LOW = 121, /**< at least so many people */
    ADSYNC_C_SIZE_HIGH = 122, /**< at most so many people */
    ADSYNC_C_READY = 123, /**< building, ready, small, expired or error */
    ADSYNC_C_RETENTION_DAYS = 124, /**< how long a member stays */
    ADSYNC_C_SEED_ID = 125, /**< the audience a lookalike is made from */
    ADSYNC_C_TARGET_ID = 126, /**< what targeting names */
    ADSYNC_C_MATCH = 127, /**< broad, phrase, exact or other */
    ADSYNC_C_NEGATIVE = 128, /**< 1: excludes */
    ADSYNC_C_QUESTIONS = 129, /**< what a form asks */
    ADSYNC_C_FORM_ID = 130, /**< the form of a lead */
    ADSYNC_C_SUBMITTED_AT = 131, /**< when a lead was sent */
    ADSYNC_C_ANSWERS = 132, /**< what a lead said, sealed */
    ADSYNC_C_IS_TEST = 133, /**< 1: no real one */
    ADSYNC_C_URL = 134, /**< an address */
    ADSYNC_C_PUBLISHED_AT = 135, /**< when a post went out */
    ADSYNC_C_ORGANIC = 136, /**< 1: not paid */
    ADSYNC_C_LEVEL = 137, /**< what a metrics row is about */
    ADSYNC_C_ENTITY_ID = 138, /**< the platform's id of it */
    ADSYNC_C_DAY = 139, /**< the day in the account's zone */
    ADSYNC_C_PART = 140, /**< which family of figures */
    ADSYNC_C_PULL = 141, /**< which run brought it */
    ADSYNC_C_PULLED_AT = 142, /**< when it was fetched */
    ADSYNC_C_FINAL = 143, /**< 1: the platform moves it no more */
    ADSYNC_C_RAW_REF = 144, /**< where the raw payload is kept */
    ADSYNC_C_DAY_ZONE = 145, /**< the zone days are counted in */
    ADSYNC_C_SPEND = 146, /**< money spent */
    ADSYNC_C_IMPRESSIONS = 147, /**< times shown */
    ADSYNC_C_CLICKS = 148, /**< clicks */
    ADSYNC_C_LINK_CLICKS = 149, /**< clicks on the link */
    ADSYNC_C_CONVERSIONS = 150, /**< conversions */
    ADSYNC_C_REVENUE = 151, /**< value of the conversions */
    ADSYNC_C_CLICK_CONVERSIONS = 152, /**< conversions after a click */
    ADSYNC_C_VIEW_CONVERSIONS = 153, /**< conversions after a view */
    ADSYNC_C_CONVERSIONS_BY_EVENT_DAY = 154, /**< conversions by the day they happened */
    ADSYNC_C_PURCHASES = 155, /**< purchases */
    ADSYNC_C_LEADS = 156, /**< leads */
    ADSYNC_C_INSTALLS = 157, /**< installs */
    ADSYNC_C_ENGAGEMENTS = 158, /**< engagements */
    ADSYNC_C_VIDEO_VIEWS = 159, /**< views of a video */
    ADSYNC_C_REACH = 160, /**< people reached */
    ADSYNC_C_ROWS = 161, /**< how many rows */
    ADSYNC_C_CALL = 162, /**< one call to a platform */
    ADSYNC_C_CALLED_US = 163, /**< when it was made */
    ADSYNC_C_ENDPOINT = 164, /**< path, without ids and secrets */
    ADSYNC_C_METHOD = 165, /**< the HTTP verb */
    ADSYNC_C_ACTION = 166, /**< what it was for */
    ADSYNC_C_HTTP_STATUS = 167, /**< the HTTP status, 0 where none came */
    ADSYNC_C_CODE = 168, /**< the platform's error code */
    ADSYNC_C_REQUEST_ID = 169, /**< the platform's id of the call */
    ADSYNC_C_DURATION_US = 170, /**< how long it took */
    ADSYNC_C_SUCCESS = 171, /**< 1: it worked */
    ADSYNC_C_EXCERPT = 172, /**< the start of the answer, redacted */
    ADSYNC_C_RUN = 173, /**< one complete list */
    ADSYNC_C_PAGE = 174, /**< one page of it */
    ADSYNC_C_SEEN = 175, /**< packed digests of ids */
    ADSYNC_C_ALTERNATE = 176, /**< 1: a late token set kept beside the current one */
    ADSYNC_C_RESULT = 177, /**< ok, broken or skipped */
    ADSYNC_C_CHANGE = 178, /**< position of a change in its commit */
    ADSYNC_C_PERMITS = 179, /**< how many a limit allows in its window */
    ADSYNC_C_USED = 180, /**< how many of them are spent or leased */
    ADSYNC_C_PACE = 181, /**< parts of 1,000 of the permits that are used for now */
    ADSYNC_C_UNTIL_US = 182, /**< nothing is to be had before then */
    ADSYNC_C_LEFT = 183, /**< permits that nobody has spent or leased */
    ADSYNC_C_PAYLOAD = 184, /**< a record for programs */
    ADSYNC_C_ADVICE = 185, /**< what a person has to do */
    ADSYNC_C_LONGEST_US = 186, /**< how long the longest took */
    ADSYNC_C_FOUND_US = 187, /**< when it was found out */
    ADSYNC_C_GAP = 188 /**< where a level's figures do not add up to the account's */
};

/** Steps to the next row.
 * @param rows from any call that gives rows
 * @param error may be NULL
 * @return #ADSYNC_ROW, #ADSYNC_OK at the end, or #ADSYNC_E_INVALID for NULL
 * @since 0.1 */
adsync_status adsync_rows_next(adsync_rows *rows, adsync_error **error);

/** A column of the current row as a number.
 * @param rows may be NULL
 * @param column ADSYNC_C_*
 * @return 0 where the column is null, is no number, is not there, or no row is current
 * @since 0.1 */
int64_t adsync_rows_int(adsync_rows *rows, uint32_t column);

/** A column of the current row as text: numbers are written out, days as 2026-11-20, bytes as base64. Times and money stay
 * numbers, see adsync_money_text.
 * @param rows may be NULL
 * @param column ADSYNC_C_*
 * @return borrowed until the next call on `rows`; NULL where the column is null or not there, no row is current, or memory ran out
 * @since 0.1 */
const char *adsync_rows_text(adsync_rows *rows, uint32_t column);

/** A column of the current row as bytes, the right way to read a value that may hold NUL.
 * @param rows may be NULL
 * @param column ADSYNC_C_*
 * @param size gets the number of bytes, 0 with NULL; may be NULL
 * @return borrowed until the rows are freed; NULL where the column is null, a number or not there, or no row is current
 * @since 0.1 */
const void *adsync_rows_bytes(adsync_rows *rows, uint32_t column, size_t *size);

/** What the column of the current row is.
 * @param rows may be NULL
 * @param column ADSYNC_C_*
 * @return ADSYNC_VALUE_*; ADSYNC_VALUE_NULL where it is not there
 * @since 0.1 */
uint32_t adsync_rows_kind(adsync_rows *rows, uint32_t column);

/** How many columns the rows have.
 * @param rows may be NULL
 * @return the number
 * @since 0.1 */
uint32_t adsync_rows_width(adsync_rows *rows);

/** Which column stands at a position.
 * @param rows may be NULL
 * @param position from 0
 * @return ADSYNC_C_*, 0 beyond the last
 * @since 0.1 */
uint32_t adsync_rows_column(adsync_rows *rows, uint32_t position);

/** How many rows there are, stepped over or not.
 * @param rows may be NULL
 * @return the number
 * @since 0.1 */
size_t adsync_rows_count(adsync_rows *rows);

/** The name of a column, for instance "budget_daily". [cb]
 * @param column ADSYNC_C_*
 * @return borrowed for good; NULL for a number that is no column
 * @since 0.1 */
const char *adsync_column_name(uint32_t column);

/** How a column is to be read by people. */
enum {
    ADSYNC_SHAPE_PLAIN = 0, /**< as it is */
    ADSYNC_SHAPE_TIME = 1,  /**< microseconds UTC */
    ADSYNC_SHAPE_DAY = 2,   /**< a day such as 20261120 */
    ADSYNC_SHAPE_MONEY = 3, /**< micro-units of the row's currency */
    ADSYNC_SHAPE_MICRO = 4, /**< micro-units of a count */
    ADSYNC_SHAPE_JSON = 5,  /**< a JSON text */
    ADSYNC_SHAPE_KIND = 6   /**< ADSYNC_KIND_* */
};

/** How a column is to be read. [cb]
 * @param column ADSYNC_C_*
 * @return ADSYNC_SHAPE_*; ADSYNC_SHAPE_PLAIN for a number that is no column
 * @since 0.1 */
uint32_t adsync_column_shape(uint32_t column);

/** The word for a kind, for instance "adset". [cb]
 * @param kind ADSYNC_KIND_*
 * @return borrowed for good; NULL for a number that is no kind
 * @since 0.1 */
const char *adsync_kind_name(uint32_t kind);

/** The rows not yet stepped over as one JSON array of objects: column names are the keys, days are 2026-11-20, kinds are words,
 * JSON columns are embedded (as text where they hold no JSON), bytes are base64, nulls are left out. Does not step.
 * @param rows from any call that gives rows
 * @param error may be NULL
 * @return borrowed until the next call on `rows`; NULL on failure (#ADSYNC_E_MEMORY, #ADSYNC_E_INVALID for NULL)
 * @since 0.1 */
const char *adsync_rows_json(adsync_rows *rows, adsync_error **error);

/** Frees rows and all that was borrowed from them.
 * @param rows may be NULL
 * @since 0.1 */
void adsync_rows_free(adsync_rows *rows);

/** Writes an amount for people, for instance "12.50 EUR": at least the currency's own decimals, up to six where the amount has
 * them. [cb]
 * @param micros micro-units of the main unit
 * @param currency ISO 4217; NULL or "" for none
 * @param out gets the text, always ended by NUL where size is above 0
 * @param size of out
 * @return the length the whole text has, like snprintf
 * @since 0.1 */
size_t adsync_money_text(int64_t micros, const char *currency, char *out, size_t size);

/** @} */

/** @defgroup row A row going in
 * @{ */

/** One row going in. */
typedef struct adsync_row adsync_row;

/** Sets a column to a number. [cb]
 * @param row borrowed from the call that made it
 * @param column ADSYNC_C_*
 * @param value the number
 * @since 0.1 */
void adsync_row_int(adsync_row *row, uint32_t column, int64_t value);

/** Sets a column to text. [cb]
 * @param row borrowed from the call that made it
 * @param column ADSYNC_C_*
 * @param p copied; NULL leaves the column null
 * @param size in bytes; SIZE_MAX: until the NUL
 * @since 0.1 */
void adsync_row_text(adsync_row *row, uint32_t column, const char *p, size_t size);

/** @} */

/** @defgroup bytes Bytes
 * @{ */

/** Copies bytes. [cb]
 * @param p the bytes; may be NULL where size is 0
 * @param size their number
 * @param out gets the owned copy
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_bytes_new(const void *p, size_t size, adsync_bytes **out, adsync_error **error);

/** The bytes; a NUL stands after them. [cb]
 * @param bytes may be NULL
 * @param size gets their number; may be NULL
 * @return borrowed until freed; NULL for NULL
 * @since 0.1 */
const void *adsync_bytes_data(const adsync_bytes *bytes, size_t *size);

/** Wipes and frees bytes. [cb]
 * @param bytes may be NULL
 * @since 0.1 */
void adsync_bytes_free(adsync_bytes *bytes);

/** @} */

/** @defgroup sink Sinks
 * Where a callback puts what it found. A sink is good until the callback returns; what is put in is copied at once. Each function
 * answers a failing status when the answer cannot be taken; pass that status on. Text may be given as bytes and the other way
 * round: the column's kind decides.
 * @{ */

/** Answers one whole row: its first `n` values in column order; a missing tail is null. [cb]
 * @param sink of a read or scan
 * @param version the row's version
 * @param values copied
 * @param n their number
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_values(adsync_sink *sink, int64_t version, const adsync_value *values, uint32_t n);

/** Begins a row; its values follow with the calls below, in column order. For languages in which structs are clumsy. [cb]
 * @param sink of a read or scan
 * @param version the row's version
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_row(adsync_sink *sink, int64_t version);

/** Appends a null to the row begun. [cb]
 * @param sink of a read or scan
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_null(adsync_sink *sink);

/** Appends a number to the row begun. [cb]
 * @param sink of a read or scan
 * @param value the number
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_int(adsync_sink *sink, int64_t value);

/** Appends text to the row begun. [cb]
 * @param sink of a read or scan
 * @param p copied; may be NULL where size is 0
 * @param size in bytes; SIZE_MAX: until the NUL
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_text(adsync_sink *sink, const char *p, size_t size);

/** Appends bytes to the row begun. [cb]
 * @param sink of a read or scan
 * @param p copied; may be NULL where size is 0
 * @param size their number
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_bytes(adsync_sink *sink, const void *p, size_t size);

/** Says that a change of the commit does not hold. [cb]
 * @param sink the `conflicts` of a commit
 * @param change its position in the commit, from 0
 * @return #ADSYNC_OK or a failing status to pass on
 * @since 0.1 */
adsync_status adsync_sink_conflict(adsync_sink *sink, uint32_t change);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
