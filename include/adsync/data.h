/* SPDX-License-Identifier: MIT */
/** @file data.h
 * Reading what was synced: entities, figures, coverage, the audit. */
#ifndef ADSYNC_DATA_H
#define ADSYNC_DATA_H

#include "engine.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup data Entities, figures, coverage, audit
 * @{ */

/** Flags of adsync_entity_options. */
enum {
    ADSYNC_ENTITY_REMOVED = 1 /**< also what complete lists no longer hold */
};

/** Which entities. */
typedef struct adsync_entity_options {
    uint32_t size;        /**< sizeof(adsync_entity_options) */
    uint32_t flags;       /**< ADSYNC_ENTITY_* */
    uint32_t limit;       /**< 0: 1,000 */
    uint32_t reserved;    /**< 0 */
    const char *id;       /**< only this one; NULL: all */
    const char *after_id; /**< those after this id; NULL: from the first */
} adsync_entity_options;

/** Lists entities by id, with the columns of their table. Where the row alone does not say it, STATUS of an ad set, ad or keyword is
 * PARENT_OFF while a parent of it is switched off, and an ad that has no name shows what its creative begins with.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection whose
 * @param kind ADSYNC_KIND_*
 * @param options may be NULL
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_entity_list(adsync_engine *engine, const char *org, int64_t connection, uint32_t kind,
                                 const adsync_entity_options *options, adsync_rows **out, adsync_error **error);

/** What figures are grouped by; CURRENCY is always a group, since currencies are never added up. */
enum {
    ADSYNC_BY_DAY = 1,        /**< a row per day */
    ADSYNC_BY_CONNECTION = 2, /**< a row per ad account */
    ADSYNC_BY_PLATFORM = 4,   /**< a row per platform */
    ADSYNC_BY_ENTITY = 8      /**< a row per thing of the level */
};

/** Which figures. */
typedef struct adsync_metrics_options {
    uint32_t size;         /**< sizeof(adsync_metrics_options) */
    uint32_t flags;        /**< 0 */
    uint32_t from_day;     /**< 20261120; 0: the first there is */
    uint32_t to_day;       /**< inclusive; 0: the last there is */
    uint32_t group_by;     /**< ADSYNC_BY_* */
    uint32_t level;        /**< ADSYNC_KIND_ACCOUNT, _CAMPAIGN, _ADSET, _AD, _KEYWORD; 0: account */
    int64_t connection;    /**< 0: all of the organisation */
    const char *entity_id; /**< only this one; NULL: all of the level */
} adsync_metrics_options;

/** Adds up figures, exactly: sums over parts, never over levels, never over currencies. An overflow is an error, not a number.
 *
 * Of the account itself some platforms give a part of the figures alone (Snapchat: the spend). What a day of the account lacks is that of
 * the campaigns, else of what is below, where that level is covered; a group with a day on which it is not has null there, never a sum of
 * less.
 * @param engine which
 * @param org the host's name of the organisation
 * @param options may be NULL
 * @param out gets owned rows: the groups, CURRENCY, SPEND, IMPRESSIONS, CLICKS, LINK_CLICKS, CONVERSIONS, REVENUE, ROWS
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_TOO_BIG (a sum does not fit), #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_metrics_query(adsync_engine *engine, const char *org, const adsync_metrics_options *options, adsync_rows **out,
                                   adsync_error **error);

/** Which records. */
typedef struct adsync_payload_options {
    uint32_t size;      /**< sizeof(adsync_payload_options) */
    uint32_t flags;     /**< 0 */
    uint32_t from_day;  /**< 20261120; 0: the first there is */
    uint32_t to_day;    /**< inclusive; 0: the last there is */
    uint32_t limit;     /**< 0: 1,000 */
    uint32_t reserved;  /**< 0 */
    int64_t connection; /**< 0: all of the organisation */
    const char *after;  /**< CURSOR of the last record that was read; NULL: from the first */
} adsync_payload_options;

/** Figures in one shape for programs: a record per connection, day and campaign, in this order, each as one JSON text:
 *
 *     {"providerId":"meta","date":"2026-11-20","currencyCode":"EUR","spend":12.34,"impressions":1000,"clicks":20,"conversions":1.5,
 *      "revenue":99,"creatives":[{"id","name","type","url"}],"campaign":{"id","name","objective"},"rawPayloadRef":null}
 *
 * Numbers are exact; a figure that the platform does not give is null, not 0. `creatives` are those of the campaign's ads as they are now.
 * A campaign whose figures came in two currencies on a day gives two records.
 * @param engine which
 * @param org the host's name of the organisation
 * @param options may be NULL
 * @param out gets owned rows: CONNECTION, DAY, CAMPAIGN_ID, CURSOR (for `after`), PAYLOAD (the JSON); fewer than `limit`: these are the
 *        last
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_TOO_BIG (a sum does not fit), #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_payload_list(adsync_engine *engine, const char *org, const adsync_payload_options *options, adsync_rows **out,
                                  adsync_error **error);

/** Which days are here: LEVEL, PART, DAY, STATE (partial, provisional, settled; an absent day has no row), ROWS, PULLED_AT, DAY_ZONE, GAP.
 * Where the figures of a level should add up to the account's and did not when both were last read, GAP says so, as JSON with both numbers:
 * {"spend":{"sum":12500000,"account":13000000},"impressions":{..},"clicks":{..}}; else it is null. No figure is changed for it.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection whose
 * @param level ADSYNC_KIND_*; 0: all
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_coverage_list(adsync_engine *engine, const char *org, int64_t connection, uint32_t level, adsync_rows **out,
                                   adsync_error **error);

/** Which revisions. */
typedef struct adsync_revision_options {
    uint32_t size;         /**< sizeof(adsync_revision_options) */
    uint32_t flags;        /**< 0 */
    uint32_t from_day;     /**< 20261120; 0: the first there is */
    uint32_t to_day;       /**< inclusive; 0: the last there is */
    uint32_t level;        /**< ADSYNC_KIND_ACCOUNT, _CAMPAIGN, _ADSET, _AD, _KEYWORD; 0: all */
    uint32_t limit;        /**< 0: 1,000 */
    int64_t since_us;      /**< not found out before; 0: all */
    const char *entity_id; /**< only this one; NULL: all */
} adsync_revision_options;

/** What figures said before a platform restated them, newest first: LEVEL, DAY, ENTITY_ID, PART, FOUND_US (when it was found out), PULL and
 * JOB (by which run), STATE ("changed": the day's row says something else since then; "gone": the platform gives no such row any more),
 * PULLED_AT (when the old figures had been fetched), and those figures with their CURRENCY, ATTRIBUTION, FINAL and CAMPAIGN_ID, as in the
 * metrics table. What is said since then stands there, or in the next revision of the same row. What was fetched before its day was over
 * leaves none: it was not restated, the day went on.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection whose
 * @param options may be NULL
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_UNSUPPORTED (unknown flags), #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_revision_list(adsync_engine *engine, const char *org, int64_t connection, const adsync_revision_options *options,
                                   adsync_rows **out, adsync_error **error);

/** Calls to platforms, newest first, with the columns of their table.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param since_us not older; 0: all
 * @param limit 0: 100
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_audit_list(adsync_engine *engine, const char *org, int64_t connection, int64_t since_us, uint32_t limit,
                                adsync_rows **out, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
