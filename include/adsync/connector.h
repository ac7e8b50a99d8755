/* SPDX-License-Identifier: MIT */
/** @file connector.h
 * How a platform is written: a manifest and pure functions over bytes. doc/adding-a-platform.md walks through one. */
#ifndef ADSYNC_CONNECTOR_H
#define ADSYNC_CONNECTOR_H

#include "base.h"
#include "json.h"
#include "limiter.h"
#include "rows.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup connector Connectors
 * A connector does no I/O. `describe` says once what the platform is; `request` turns a task into the recipe of one HTTP request;
 * `response` turns the answer into rows and one way to go on. The same input gives the same output: time, randomness, versions and
 * learned facts come with the task. All functions of this page are [cb]: they are made for these slots and work nowhere else. What
 * they are given is copied. Their failures (no memory, a value no column takes) are kept and end the task, so they need no check.
 * @{ */

/** What a platform is, while `describe` says it. */
typedef struct adsync_manifest adsync_manifest;
/** What is to be done. */
typedef struct adsync_task adsync_task;
/** The recipe of one HTTP request. */
typedef struct adsync_request adsync_request;
/** An HTTP answer. */
typedef struct adsync_response adsync_response;
/** What an answer means. */
typedef struct adsync_outcome adsync_outcome;

/** A platform. Slots run on the thread of the call that turns the loop and must not block. A failing answer fails the task. */
typedef struct adsync_connector_ops {
    uint32_t size;  /**< sizeof(adsync_connector_ops) */
    uint32_t flags; /**< 0 */
    void *user;     /**< given back to every slot */
    /** MUST. Called once, when the connector is registered. */
    adsync_status (*describe)(void *user, adsync_manifest *out, adsync_error **error);
    /** MUST. Builds the one request that the task needs next. */
    adsync_status (*request)(void *user, const adsync_task *task, adsync_request *out, adsync_error **error);
    /** MUST. Digests an answer of any bytes and any status. */
    adsync_status (*response)(void *user, const adsync_task *task, const adsync_response *in, adsync_outcome *out, adsync_error **error);
} adsync_connector_ops;

/** Kinds of tasks. */
enum {
    ADSYNC_TASK_AUTH_BEGIN = 1,       /**< a URL for the browser, or the call that comes before it */
    ADSYNC_TASK_AUTH_COMPLETE = 2,    /**< the redirect's query -> tokens */
    ADSYNC_TASK_AUTH_REFRESH = 3,     /**< fresh tokens from the ones at hand */
    ADSYNC_TASK_AUTH_INSPECT = 4,     /**< who, which scopes, until when */
    ADSYNC_TASK_AUTH_REVOKE = 5,      /**< give the consent back */
    ADSYNC_TASK_AUTH_APP_TOKEN = 6,   /**< a token of the app itself */
    ADSYNC_TASK_ACCOUNT_DISCOVER = 7, /**< the ad accounts that a grant reaches */
    ADSYNC_TASK_ACCOUNT_GET = 8,      /**< one account's facts */
    ADSYNC_TASK_LIST = 9,             /**< all of a kind */
    ADSYNC_TASK_GET = 10,             /**< some of a kind, by id */
    ADSYNC_TASK_CHANGES = 11,         /**< what changed since a time */
    ADSYNC_TASK_REPORT = 12           /**< figures by day */
};

/** @} */

/** @defgroup manifest Manifest: what a platform is
 * @{ */

/** Flags of a host. */
enum {
    ADSYNC_HOST_AUTH = 1 /**< secrets may go there */
};

/** Names a host that requests go to. A secret goes to no other.
 * @param out the manifest
 * @param id the name recipes use
 * @param name the host, in lower case
 * @param flags ADSYNC_HOST_*
 * @since 0.1 */
void adsync_manifest_host(adsync_manifest *out, const char *id, const char *name, uint32_t flags);

/** Says that the platform can do something; what is not said is unsupported.
 * @param out the manifest
 * @param task ADSYNC_TASK_*
 * @param kind ADSYNC_KIND_* (for reports the level); 0: the task has none
 * @since 0.1 */
void adsync_manifest_supports(adsync_manifest *out, uint32_t task, uint32_t kind);

/** Sets a fact that the library needs before any call. Names: "api_version", "revision" (of cursors), "scopes" (separated by
 * blanks), "pkce" ("S256"), "refresh" ("same", "grace", "single_use", "none"), "revoke_help" (where a person revokes by hand),
 * "report_days" (the largest slice), "hot_days" (whose figures are fetched each time; else 3), "daily_days" (once a day; else 28),
 * "weekly_days" (once a week; else none), "lead_minutes" (between two looks for new leads; else 60, and from 1440 on once a day),
 * "settled_days" (after how many a day no longer changes; sooner where the fact "lookback_days" says that an account's conversions do
 * not come so late), "day_zone" ("account", "UTC"), "scope.audience" and so on for each kind (scopes one of which its list needs: where
 * a consent is known to have none of them, the kind is left out, which is no failure),
 * "state_parameter" (where the redirect carries the state; several names are separated by blanks), "account_prefix" (what may stand before
 * a bare account id; several are separated by blanks), "account_ignore" (characters that mean nothing in an account id: with "-", 123-456
 * is 123456), "app_settings" (names, separated by blanks, of what a host may set for its app: each comes with every task, to
 * adsync_task_text and, where the account has learned nothing of that name, to adsync_task_fact).
 * @param out the manifest
 * @param name which
 * @param value its text
 * @since 0.1 */
void adsync_manifest_setting(adsync_manifest *out, const char *name, const char *value);

/** What a limit is counted for. */
enum {
    ADSYNC_SCOPE_APP = 1,     /**< the host's app, over all its users */
    ADSYNC_SCOPE_GRANT = 2,   /**< a token */
    ADSYNC_SCOPE_MEMBER = 3,  /**< a user in the app */
    ADSYNC_SCOPE_ACCOUNT = 4, /**< an ad account */
    ADSYNC_SCOPE_ORG = 5,     /**< an organisation of the platform */
    ADSYNC_SCOPE_OBJECT = 6   /**< one object */
};

/** States a limit that is known before any answer.
 * @param out the manifest
 * @param limit the name recipes use for its cost
 * @param scope ADSYNC_SCOPE_*
 * @param window how much in how long
 * @since 0.1 */
void adsync_manifest_window(adsync_manifest *out, const char *limit, uint32_t scope, const adsync_window *window);

/** @} */

/** @defgroup task Task: what is to be done
 * @{ */

/** What to do.
 * @param task borrowed
 * @return ADSYNC_TASK_*
 * @since 0.1 */
uint32_t adsync_task_op(const adsync_task *task);

/** To which kind of thing; for a report its level.
 * @param task borrowed
 * @return ADSYNC_KIND_*, 0 where the task has none
 * @since 0.1 */
uint32_t adsync_task_kind(const adsync_task *task);

/** A number of the task: "from", "to" (days, both inclusive), "since_us", "now_us", "clock_us" (now by the platform's clock, where it
 * was found to differ: see #ADSYNC_CLASS_CLOCK_SKEW), "page_size", "attempt", "token_us" (when the access token was refreshed, where the
 * task itself made that necessary: some platforms do not know a new token at once).
 * @param task borrowed
 * @param name which
 * @return the number, 0 where it is not there
 * @since 0.1 */
int64_t adsync_task_int(const adsync_task *task, const char *name);

/** A text of the task: "account_id", "cursor", "api_version", "part", "from" and "to" (2026-11-20), "query" (of the redirect,
 * undecoded), "redirect_uri", "state", "challenge", "scopes", "random" (hexadecimal digits), "nonce" (the same, for signatures),
 * "client_id".
 * @param task borrowed
 * @param name which
 * @return borrowed; NULL where it is not there
 * @since 0.1 */
const char *adsync_task_text(const adsync_task *task, const char *name);

/** What was learned about the account earlier, with adsync_outcome_fact: "currency", "time_zone" and the platform's own.
 * @param task borrowed
 * @param name which
 * @return borrowed; NULL where it is not known
 * @since 0.1 */
const char *adsync_task_fact(const adsync_task *task, const char *name);

/** How many ids the task names.
 * @param task borrowed
 * @return the number
 * @since 0.1 */
uint32_t adsync_task_ids(const adsync_task *task);

/** One of the ids the task names.
 * @param task borrowed
 * @param i from 0
 * @return borrowed; NULL beyond the last
 * @since 0.1 */
const char *adsync_task_id(const adsync_task *task, uint32_t i);

/** Whether a secret is at hand: "access_token", "refresh_token", "client_secret", "token_secret", "developer_token", "app_bearer",
 * "page:<id>", "verifier", "carried". Connectors name secrets, they never hold them.
 * @param task borrowed
 * @param name which
 * @return 1 if it is
 * @since 0.1 */
uint32_t adsync_task_has_secret(const adsync_task *task, const char *name);

/** @} */

/** @defgroup request Request: a recipe
 * The library places secrets, signs, sends, paces and retries; it never encodes anew and never follows a redirect.
 * @{ */

/** What sending a request again would do. */
enum {
    ADSYNC_EFFECT_READ = 1, /**< nothing: repeat freely */
    ADSYNC_EFFECT_SAME = 2, /**< the same state again */
    ADSYNC_EFFECT_ONCE = 3  /**< something twice: never sent again without proof */
};

/** Where a field goes. */
enum {
    ADSYNC_PLACE_HEADER = 1, /**< a header */
    ADSYNC_PLACE_QUERY = 2,  /**< the URL's query */
    ADSYNC_PLACE_FORM = 3,   /**< an application/x-www-form-urlencoded body */
    ADSYNC_PLACE_RAW = 4,    /**< the next piece of the body, as it is */
    ADSYNC_PLACE_JSON = 5,   /**< the next piece of the body, as a JSON string */
    ADSYNC_PLACE_OAUTH = 6   /**< in the header of OAuth 1.0a, and signed: see adsync_request_oauth1 */
};

/** How a query value is encoded. */
enum {
    ADSYNC_ENCODE_STRICT = 0, /**< by RFC 3986, all but A-Z a-z 0-9 - . _ ~ */
    ADSYNC_ENCODE_RAW = 1     /**< it is encoded already */
};

/** Begins a request to a host of the manifest. GET without a body is what a recipe is unless it says otherwise.
 * @param out the recipe
 * @param effect ADSYNC_EFFECT_*
 * @param method the HTTP verb
 * @param host an id of the manifest
 * @param path with its slashes, encoded already
 * @since 0.1 */
void adsync_request_open(adsync_request *out, uint32_t effect, const char *method, const char *host, const char *path);

/** Begins a request to a URL that the platform gave. It gets secrets only if its host is one of the manifest's that may have them.
 * @param out the recipe
 * @param effect ADSYNC_EFFECT_*
 * @param method the HTTP verb
 * @param url as it is; tokens must have been taken out of it
 * @since 0.1 */
void adsync_request_url(adsync_request *out, uint32_t effect, const char *method, const char *url);

/** Begins a request to a URL that the platform gave and that is a secret itself: a signed link to a file. The answer that brought it
 * gave it as a secret ("carried"); it is never written down. The rules of adsync_request_url hold.
 * @param out the recipe
 * @param effect ADSYNC_EFFECT_*
 * @param method the HTTP verb
 * @param secret its name
 * @since 0.1 */
void adsync_request_url_secret(adsync_request *out, uint32_t effect, const char *method, const char *secret);

/** Adds a field.
 * @param out the recipe
 * @param place ADSYNC_PLACE_HEADER, _QUERY, _FORM or _OAUTH
 * @param name as it is for headers, else encoded
 * @param value likewise; NULL: the field is left out
 * @since 0.1 */
void adsync_request_field(adsync_request *out, uint32_t place, const char *name, const char *value);

/** Adds a query field whose value is encoded already.
 * @param out the recipe
 * @param name encoded
 * @param value as it is
 * @since 0.1 */
void adsync_request_query_raw(adsync_request *out, const char *name, const char *value);

/** Appends a piece to the body.
 * @param out the recipe
 * @param content_type of the whole body; the first one counts
 * @param p copied
 * @param size of the piece
 * @since 0.1 */
void adsync_request_body(adsync_request *out, const char *content_type, const void *p, size_t size);

/** Has a secret placed when the request is sent.
 * @param out the recipe
 * @param place ADSYNC_PLACE_*
 * @param name of the field; NULL for pieces of the body
 * @param prefix put before it ("Bearer "); may be NULL
 * @param secret its name, see adsync_task_has_secret
 * @since 0.1 */
void adsync_request_secret(adsync_request *out, uint32_t place, const char *name, const char *prefix, const char *secret);

/** Has the lower-case hexadecimal HMAC-SHA256 of one secret under another placed (Meta's appsecret_proof).
 * @param out the recipe
 * @param place ADSYNC_PLACE_HEADER, _QUERY or _FORM
 * @param name of the field
 * @param of the secret that is signed
 * @param key the secret that signs
 * @since 0.1 */
void adsync_request_proof(adsync_request *out, uint32_t place, const char *name, const char *of, const char *key);

/** Has a user and a secret placed as HTTP Basic credentials: how an app shows itself where it asks for its own token.
 * @param out the recipe
 * @param user as it is, the app's id
 * @param secret the password's name
 * @since 0.1 */
void adsync_request_basic(adsync_request *out, const char *user, const char *secret);

/** Has the request signed by OAuth 1.0a with HMAC-SHA1, last of all: over the method, the URL, the fields of query and form, and the
 * header's own, to which fields and secrets of #ADSYNC_PLACE_OAUTH are added ("oauth_token", "oauth_callback", "oauth_verifier").
 * @param out the recipe
 * @param consumer_key the app's id
 * @param consumer_secret the name of the app's secret
 * @param token_secret the name of the token's; NULL: there is no token yet
 * @param nonce differs in every request: the task's "nonce"
 * @param now_us the time, the task's "now_us" or what the platform's clock says
 * @since 0.1 */
void adsync_request_oauth1(adsync_request *out, const char *consumer_key, const char *consumer_secret, const char *token_secret,
                           const char *nonce, int64_t now_us);

/** Says what the request costs.
 * @param out the recipe
 * @param limit a name of adsync_manifest_window
 * @param units how many permits
 * @since 0.1 */
void adsync_request_cost(adsync_request *out, const char *limit, uint32_t units);

/** Says that the URL is for the person's browser: nothing is sent.
 * @param out the recipe
 * @since 0.1 */
void adsync_request_browser(adsync_request *out);

/** Sets what an answer may be at most.
 * @param out the recipe
 * @param max_bytes of the body, after decompression; 0: 16 MiB
 * @param timeout_us of the whole exchange; 0: 60 s
 * @since 0.1 */
void adsync_request_bounds(adsync_request *out, uint32_t max_bytes, int64_t timeout_us);

/** @} */

/** @defgroup response Response: what came back
 * @{ */

/** The HTTP status.
 * @param in borrowed
 * @return the status
 * @since 0.1 */
uint32_t adsync_response_status(const adsync_response *in);

/** A header.
 * @param in borrowed
 * @param name in any case
 * @return borrowed, several joined by ", "; NULL where it is not there
 * @since 0.1 */
const char *adsync_response_header(const adsync_response *in, const char *name);

/** The body, decompressed. At least 64 readable zero bytes stand after it.
 * @param in borrowed
 * @param size gets its size; may be NULL
 * @return borrowed, never NULL
 * @since 0.1 */
const char *adsync_response_body(const adsync_response *in, size_t *size);

/** The body as JSON. It is parsed once.
 * @param in borrowed
 * @return borrowed; NULL where it is none
 * @since 0.1 */
const adsync_json *adsync_response_json(const adsync_response *in);

/** What the HTTP status alone says, for refusals that a connector knows no better: 401 AUTH_EXPIRED, 403 PERMISSION, 404 NOT_FOUND, 429
 * THROTTLED, 408 and from 500 on TRANSIENT, other 4xx INVALID.
 * @param in borrowed
 * @return ADSYNC_CLASS_*; 0 from 200 to 299
 * @since 0.1 */
uint32_t adsync_response_class(const adsync_response *in);

/** How long to stay away, by the header Retry-After: seconds, or a date.
 * @param in borrowed
 * @param now_us the task's "now_us"
 * @return the span; 0 where nothing is said
 * @since 0.1 */
int64_t adsync_response_retry_after_us(const adsync_response *in, int64_t now_us);

/** @} */

/** @defgroup outcome Outcome: rows, and one way to go on
 * Of the ways to go on the last one said counts; none said is a failure.
 * @{ */

/** How good an end is as a proof that nothing else is there. */
enum {
    ADSYNC_EVIDENCE_WEAK = 1,  /**< an empty answer could also mean no access: nothing is removed for it */
    ADSYNC_EVIDENCE_STRONG = 2 /**< the platform's own end mark */
};

/** The task is done.
 * @param out the outcome
 * @param complete 1: every row there is was given
 * @param evidence ADSYNC_EVIDENCE_*
 * @since 0.1 */
void adsync_outcome_done(adsync_outcome *out, uint32_t complete, uint32_t evidence);

/** There is a next page.
 * @param out the outcome
 * @param cursor small text that says where to go on; never a token
 * @since 0.1 */
void adsync_outcome_next(adsync_outcome *out, const char *cursor);

/** The same body holds more rows than the 1,500 that one outcome may carry: digest it again from here. After a crash the page is
 * asked for again with this cursor.
 * @param out the outcome
 * @param cursor the page, and where in it
 * @since 0.1 */
void adsync_outcome_more(adsync_outcome *out, const char *cursor);

/** The platform works on it: ask again later.
 * @param out the outcome
 * @param cursor what to ask for
 * @param delay_us when
 * @since 0.1 */
void adsync_outcome_wait(adsync_outcome *out, const char *cursor, int64_t delay_us);

/** The platform refused the size: do the children instead.
 * @param out the outcome
 * @since 0.1 */
void adsync_outcome_split(adsync_outcome *out);

/** Do these children too, and go on.
 * @param out the outcome
 * @param cursor where to go on
 * @since 0.1 */
void adsync_outcome_spawn(adsync_outcome *out, const char *cursor);

/** One child of a split or spawn: columns FROM_DAY, TO_DAY, LEVEL, KIND, PART, IDS (a JSON array), CURSOR; what is not set is the
 * parent's.
 * @param out the outcome
 * @param key unique among the children
 * @return borrowed until the slot returns; never NULL
 * @since 0.1 */
adsync_row *adsync_outcome_child(adsync_outcome *out, const char *key);

/** Something has to be fetched first: a token that ACCOUNT_DISCOVER brings ("page:123"), the app's own that AUTH_APP_TOKEN brings
 * ("app_bearer"), or a fact that ACCOUNT_GET brings ("currency"). The same request follows; needed again at once, the step is left out.
 * @param out the outcome
 * @param what its name
 * @since 0.1 */
void adsync_outcome_need(adsync_outcome *out, const char *what);

/** The cursor is of no use any more: begin the slice again.
 * @param out the outcome
 * @since 0.1 */
void adsync_outcome_stale(adsync_outcome *out);

/** Nobody can tell whether it happened.
 * @param out the outcome
 * @since 0.1 */
void adsync_outcome_unknown(adsync_outcome *out);

/** Why a platform refused. */
enum {
    ADSYNC_CLASS_AUTH_EXPIRED = 1,     /**< the token ended; a refresh may help */
    ADSYNC_CLASS_AUTH_REVOKED = 2,     /**< a person has to connect again */
    ADSYNC_CLASS_WRONG_TOKEN_KIND = 3, /**< another of the grant's tokens is needed */
    ADSYNC_CLASS_PERMISSION = 4,       /**< more rights are needed */
    ADSYNC_CLASS_THROTTLED = 5,        /**< too fast */
    ADSYNC_CLASS_TRANSIENT = 6,        /**< trouble that passes */
    ADSYNC_CLASS_TOO_LARGE = 7,        /**< asked for too much at once */
    ADSYNC_CLASS_INVALID = 8,          /**< the request is wrong */
    ADSYNC_CLASS_NOT_FOUND = 9,        /**< gone, or not visible */
    ADSYNC_CLASS_CONFLICT = 10,        /**< it stands in the way of something */
    ADSYNC_CLASS_CONFIG = 11,          /**< the app's set-up: a version that ended, a missing key */
    ADSYNC_CLASS_CLOCK_SKEW = 12,      /**< our clock is wrong: the answer's Date is believed, and the request sent again once */
    ADSYNC_CLASS_UNSUPPORTED = 13      /**< the platform does not have it */
};

/** The platform refused.
 * @param out the outcome
 * @param refusal ADSYNC_CLASS_*
 * @param code the platform's code, "190.463"
 * @param message one line, never a secret
 * @param retry_after_us how long to stay away; 0: not said
 * @param scope ADSYNC_SCOPE_*: who has to stay away; 0: the account
 * @since 0.1 */
void adsync_outcome_fail(adsync_outcome *out, uint32_t refusal, const char *code, const char *message, int64_t retry_after_us,
                         uint32_t scope);

/** What two rows of one key within one answer mean. */
enum {
    ADSYNC_TWICE_REPLACE = 0, /**< the later one stands */
    ADSYNC_TWICE_SUM = 1,     /**< their figures add up */
    ADSYNC_TWICE_ADD = 2      /**< of an entity: these columns are put into the row of that id that is stored; none is made */
};

/** A row: an entity (#ADSYNC_T_ENTITIES), a day's figures (#ADSYNC_T_METRICS) or an ad account (#ADSYNC_T_CONNECTIONS: ACCOUNT_ID, NAME,
 * CURRENCY, TIME_ZONE, STATUS active, restricted, closed or unknown). Fill it with adsync_row_int and its kin; organisation and
 * connection are the library's.
 * @param out the outcome
 * @param table ADSYNC_T_*
 * @param kind ADSYNC_KIND_*; of figures their level
 * @param twice ADSYNC_TWICE_*
 * @return borrowed until the slot returns; never NULL
 * @since 0.1 */
adsync_row *adsync_outcome_row(adsync_outcome *out, uint32_t table, uint32_t kind, uint32_t twice);

/** A secret of the answer: it goes straight to the vault.
 * @param out the outcome
 * @param name "access_token", "refresh_token", "page:123", "carried" ..
 * @param p copied, and wiped when the outcome ends
 * @param size in bytes
 * @param expires_us when it ends; 0: not said, -1: never
 * @since 0.1 */
void adsync_outcome_secret(adsync_outcome *out, const char *name, const void *p, size_t size, int64_t expires_us);

/** Something learned: of the account ("currency", "time_zone", ..) or, from tasks of a grant, of the consent ("external_user",
 * "name", "scopes", "data_expires_us", "refresh_expires_us"); from auth.begin "state", where the platform chose what comes back.
 * @param out the outcome
 * @param name which
 * @param value its text; NULL: it is not so any more
 * @since 0.1 */
void adsync_outcome_fact(adsync_outcome *out, const char *name, const char *value);

/** What the answer says about a limit.
 * @param out the outcome
 * @param limit a name of adsync_manifest_window
 * @param scope ADSYNC_SCOPE_*
 * @param reading ADSYNC_READING_*
 * @param value of the reading
 * @param reset_us the instant it is over; 0: not said
 * @since 0.1 */
void adsync_outcome_limit(adsync_outcome *out, const char *limit, uint32_t scope, uint32_t reading, int64_t value, int64_t reset_us);

/** Something a person should know although the call worked: a version that is about to end.
 * @param out the outcome
 * @param code short and stable
 * @param message one line
 * @since 0.1 */
void adsync_outcome_warning(adsync_outcome *out, const char *code, const char *message);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
