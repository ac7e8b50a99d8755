/* SPDX-License-Identifier: MIT */
/** @file connection.h
 * Connecting accounts. A grant is one consent: the tokens of one external user at one platform. A connection is one ad account that a
 * grant reaches. */
#ifndef ADSYNC_CONNECTION_H
#define ADSYNC_CONNECTION_H

#include "engine.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup connection Grants and connections
 * @{ */

/** How a consent is asked for. */
typedef struct adsync_oauth_options {
    uint32_t size;       /**< sizeof(adsync_oauth_options) */
    uint32_t flags;      /**< 0 */
    int64_t renew_grant; /**< the grant to connect again; 0: a new one, or the one the same person gave before */
    const char *app;     /**< which registration; NULL: "default" */
    const char *scopes;  /**< separated by blanks; NULL: the app's */
} adsync_oauth_options;

/** Begins a consent: gives the URL to send the browser to. Some platforms are called here first.
 * @param engine which
 * @param org the host's name of the organisation; it is added if it is new
 * @param platform "meta", ..
 * @param session something only this browser's session has; adsync_oauth_complete must be given the same
 * @param options may be NULL
 * @param call may be NULL
 * @param out gets one owned row: URL, STATE, EXPIRES_US
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND (no such platform or app), #ADSYNC_E_INVALID, #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_BUSY, or what
 *         the platform or the storage answered
 * @since 0.1 */
adsync_status adsync_oauth_begin(adsync_engine *engine, const char *org, const char *platform, const char *session,
                                 const adsync_oauth_options *options, const adsync_call *call, adsync_rows **out, adsync_error **error);

/** Ends a consent: takes what the redirect brought, gets and seals the tokens, asks what they reach. A state is good once, for ten
 * minutes, for this organisation and session.
 * @param engine which
 * @param org the host's name of the organisation
 * @param session as given to adsync_oauth_begin
 * @param query all after the '?' of the redirect, as it came
 * @param call may be NULL
 * @param grant gets the grant's number
 * @param accounts gets owned rows: ACCOUNT_ID, NAME, CURRENCY, TIME_ZONE, STATUS of each account to choose from; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK; #ADSYNC_PENDING: the wait ended first, what comes is stored and the grant is then in the list; #ADSYNC_PARTIAL: the
 *         tokens are stored, MESSAGE of the grant says what is missing (a scope, the list of accounts);
 *         #ADSYNC_E_FORGED (the state is unknown, used, too old, or another session's or organisation's), #ADSYNC_E_REJECTED (the
 *         person said no), #ADSYNC_E_AUTH, #ADSYNC_E_UNCERTAIN (the answer with the tokens was lost), #ADSYNC_E_BUSY, or what the
 *         platform or the storage answered
 * @since 0.1 */
adsync_status adsync_oauth_complete(adsync_engine *engine, const char *org, const char *session, const char *query, const adsync_call *call,
                                    int64_t *grant, adsync_rows **accounts, adsync_error **error);

/** A token that the host already has. */
typedef struct adsync_grant_options {
    uint32_t size;              /**< sizeof(adsync_grant_options) */
    uint32_t flags;             /**< 0 */
    int64_t expires_us;         /**< when the access token ends; 0: not known, -1: never */
    int64_t refresh_expires_us; /**< when the refresh token ends; 0: not known */
    const char *app;            /**< which registration; NULL: "default" */
    const char *refresh_token;  /**< may be NULL */
    const char *token_secret;   /**< OAuth 1.0a; may be NULL */
    const char *scopes;         /**< separated by blanks; may be NULL */
} adsync_grant_options;

/** Takes over a token: seals and stores it. No platform is called.
 * @param engine which
 * @param org the host's name of the organisation; it is added if it is new
 * @param platform "meta", ..
 * @param access_token the token
 * @param options may be NULL
 * @param grant gets the grant's number
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND (no such platform or app), #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what vault or storage answered
 * @since 0.1 */
adsync_status adsync_grant_add(adsync_engine *engine, const char *org, const char *platform, const char *access_token,
                               const adsync_grant_options *options, int64_t *grant, adsync_error **error);

/** Grants: GRANT, PLATFORM, APP, EXTERNAL_USER, NAME, STATE (active, refreshing, expired, revoked), MESSAGE, SCOPES, the expiries.
 * @param engine which
 * @param org the host's name of the organisation
 * @param grant 0: all
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_grant_list(adsync_engine *engine, const char *org, int64_t grant, adsync_rows **out, adsync_error **error);

/** Asks the platform which accounts a grant reaches.
 * @param engine which
 * @param org the host's name of the organisation
 * @param grant which
 * @param call may be NULL
 * @param out gets owned rows: ACCOUNT_ID, NAME, CURRENCY, TIME_ZONE, STATUS
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PENDING, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_AUTH, #ADSYNC_E_BUSY, or what platform or storage answered
 * @since 0.1 */
adsync_status adsync_grant_accounts(adsync_engine *engine, const char *org, int64_t grant, const adsync_call *call, adsync_rows **out,
                                    adsync_error **error);

/** Refreshes a grant's tokens now, once over all processes.
 * @param engine which
 * @param org the host's name of the organisation
 * @param grant which
 * @param call may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PENDING, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_AUTH (a person has to connect again), #ADSYNC_E_UNSUPPORTED (its
 *         tokens cannot be refreshed), #ADSYNC_E_UNCERTAIN (a single-use token's answer was lost), #ADSYNC_E_BUSY, or what platform or
 *         storage answered
 * @since 0.1 */
adsync_status adsync_grant_refresh(adsync_engine *engine, const char *org, int64_t grant, const adsync_call *call, adsync_error **error);

/** Grants of all organisations whose tokens need attention until a time: a refresh, or a person: ORG (the number), GRANT, PLATFORM,
 * STATE, DUE_US, ACCESS_EXPIRES_US, REFRESH_EXPIRES_US, DATA_EXPIRES_US, and EXPIRES_US: when a person has to connect again (null: never,
 * as far as anybody knows; a token that a refresh token renews does not count).
 * @param engine which
 * @param until_us an instant
 * @param limit 0: 100
 * @param out gets owned rows, the most urgent first
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_grant_expiring(adsync_engine *engine, int64_t until_us, uint32_t limit, adsync_rows **out, adsync_error **error);

/** Flags of connections. */
enum {
    ADSYNC_CONNECTION_MANUAL = 1,   /**< nothing is synced by itself, only what somebody asks for */
    ADSYNC_CONNECTION_AUTO = 2,     /**< synced by the schedule, as a new connection is anyway */
    ADSYNC_CONNECTION_BY_KIND = 4,  /**< adsync_connection_set: each kind of data has its own frequency again */
    ADSYNC_CONNECTION_NOW = 8,      /**< adsync_connection_set: all regular syncs are due now, whenever they last ran */
    ADSYNC_CONNECTION_BACKFILL = 16 /**< adsync_connection_set: the whole timeframe is fetched once more */
};

/** How a connection is added. */
typedef struct adsync_connection_options {
    uint32_t size;              /**< sizeof(adsync_connection_options) */
    uint32_t flags;             /**< #ADSYNC_CONNECTION_MANUAL or #ADSYNC_CONNECTION_AUTO; 0: as it was, and a new one by the schedule */
    uint32_t frequency_minutes; /**< 5 minutes to 30 days; 0: by kind of data */
    uint32_t timeframe_days;    /**< how far back its figures are fetched, and kept fresh as long as they move; 0: 90 */
    const char *metadata;       /**< a JSON object of the host's own; may be NULL */
} adsync_connection_options;

/** Adds an ad account. The same account of an organisation gives the same connection again, now with this grant. No platform is called.
 * Unless it is manual, a worker syncs it from now on by itself: the days before at once, newest first; then figures every hour, campaigns
 * and posts every 4 hours, leads every 15 minutes to once a day, everything once a day near 2 o'clock of the account's time, and for as
 * long as the platform may still change them
 * figures of older days with that or once a week.
 * @param engine which
 * @param org the host's name of the organisation
 * @param grant which reaches it
 * @param account_id in any spelling of the platform; kept bare
 * @param options may be NULL
 * @param connection gets the connection's number
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_connection_add(adsync_engine *engine, const char *org, int64_t grant, const char *account_id,
                                    const adsync_connection_options *options, int64_t *connection, adsync_error **error);

/** Connections, with the columns of their table.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_connection_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error);

/** What changes at a connection; zero: stays as it is. */
typedef struct adsync_connection_settings {
    uint32_t size;              /**< sizeof(adsync_connection_settings) */
    uint32_t flags;             /**< ADSYNC_CONNECTION_* */
    uint32_t frequency_minutes; /**< as in adsync_connection_options */
    uint32_t timeframe_days;    /**< as in adsync_connection_options; more days than before are fetched by a backfill */
    const char *metadata;       /**< as in adsync_connection_options; may be NULL */
} adsync_connection_settings;

/** Changes how a connection is synced. What is due by the new settings begins as soon as a worker looks. No platform is called.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection which
 * @param settings what changes
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_NOT_FOUND, #ADSYNC_E_INVALID, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_connection_set(adsync_engine *engine, const char *org, int64_t connection, const adsync_connection_settings *settings,
                                    adsync_error **error);

/** When connections are due: CONNECTION, NAME (metrics, campaigns, posts, leads, daily, weekly, backfill), DUE_US (null: at no
 * time, as where the connection is manual, ended or has to be connected again), STARTED_US (when it last became a job), JOB (that one).
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection 0: all
 * @param out gets owned rows
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_BUSY, or what the storage answered
 * @since 0.1 */
adsync_status adsync_schedule_list(adsync_engine *engine, const char *org, int64_t connection, adsync_rows **out, adsync_error **error);

/** Asks the platform whether token, scopes and account still stand, and writes what it says into grant and connection.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection which
 * @param call may be NULL
 * @param out gets one owned row: STATUS, MESSAGE, SCOPES, ACCESS_EXPIRES_US; may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PENDING, #ADSYNC_E_AUTH, #ADSYNC_E_PERMISSION (a scope is missing), #ADSYNC_E_NOT_FOUND, #ADSYNC_E_BUSY, or
 *         what platform or storage answered
 * @since 0.1 */
adsync_status adsync_connection_validate(adsync_engine *engine, const char *org, int64_t connection, const adsync_call *call,
                                         adsync_rows **out, adsync_error **error);

/** Flags of adsync_connection_disconnect. */
enum {
    ADSYNC_DISCONNECT_REVOKE = 1 /**< give the consent back at the platform, if no other connection uses the grant */
};

/** Ends a connection: it syncs no more; where its grant is used by no other, the tokens are deleted. Its data stay.
 * @param engine which
 * @param org the host's name of the organisation
 * @param connection which
 * @param flags ADSYNC_DISCONNECT_*
 * @param call may be NULL
 * @param out gets one owned row: STATUS, MESSAGE (what a person still has to do at the platform); may be NULL
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_PENDING, #ADSYNC_PARTIAL (disconnected here, not revoked there), #ADSYNC_E_NOT_FOUND, #ADSYNC_E_BUSY, or what
 *         the storage answered
 * @since 0.1 */
adsync_status adsync_connection_disconnect(adsync_engine *engine, const char *org, int64_t connection, uint32_t flags,
                                           const adsync_call *call, adsync_rows **out, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
