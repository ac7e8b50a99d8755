/* SPDX-License-Identifier: MIT */
/** @file http.h
 * How requests travel: an asynchronous transport, and the one over libcurl that is used unless a host brings its own. */
#ifndef ADSYNC_HTTP_H
#define ADSYNC_HTTP_H

#include "base.h"
#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** @defgroup http Transport
 * A transport starts exchanges and later reports how each ended; it never calls back on its own. What travels is finished: URL,
 * headers and body are signed and are sent byte for byte. A transport follows no redirect and repeats nothing.
 * @{ */

/** A way for requests to travel. */
typedef struct adsync_transport adsync_transport;
/** A request that is ready to be sent. */
typedef struct adsync_message adsync_message;
/** Where a transport reports ended exchanges. */
typedef struct adsync_exchange adsync_exchange;

/** A transport of a host's own: start, poll, cancel and close MUST be set, fd and timeout_us MAY be NULL. Slots run on the thread that
 * turns the engine. */
typedef struct adsync_transport_ops {
    uint32_t size;  /**< sizeof(adsync_transport_ops) */
    uint32_t flags; /**< 0 */
    void *user;     /**< given back to every slot */
    /** MUST. Begins an exchange and returns at once. `message` is borrowed until the exchange was reported or cancelled. A failing
     * answer means that nothing was sent. */
    adsync_status (*start)(void *user, int64_t id, const adsync_message *message, adsync_error **error);
    /** MUST. Lets exchanges go on, at most `max_wait_us` long (0: never waits), and reports each one that ended, once, with
     * adsync_exchange_done or adsync_exchange_failed. */
    adsync_status (*poll)(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error);
    /** MUST. Ends an exchange that was not reported; it is not reported any more. */
    void (*cancel)(void *user, int64_t id);
    /** MUST. The last handle is gone. */
    void (*close)(void *user);
    /** MAY. A descriptor that is readable when poll has something to do; -1: none. */
    int32_t (*fd)(void *user);
    /** MAY, MUST with fd. Poll at the latest after so long; -1: no need. */
    int64_t (*timeout_us)(void *user);
    /** MAY. Makes a poll that waits return soon; called from any thread, also from signal handlers. */
    void (*wake)(void *user);
} adsync_transport_ops;

/** Makes a transport of a table of callbacks, which is copied. [cb]
 * @param ops the callbacks
 * @param out gets the owned transport
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (a slot is missing), #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_transport_new(const adsync_transport_ops *ops, adsync_transport **out, adsync_error **error);

/** Lets go of a transport; the last user's free calls `close`. [cb]
 * @param transport may be NULL
 * @since 0.1 */
void adsync_transport_free(adsync_transport *transport);

/** The HTTP verb. [cb]
 * @param message borrowed
 * @return borrowed until the exchange ended
 * @since 0.1 */
const char *adsync_message_method(const adsync_message *message);

/** The URL. It may hold a secret: do not log it. [cb]
 * @param message borrowed
 * @return borrowed until the exchange ended
 * @since 0.1 */
const char *adsync_message_url(const adsync_message *message);

/** The headers, each "Name: value" and CRLF. They hold secrets. [cb]
 * @param message borrowed
 * @return borrowed until the exchange ended
 * @since 0.1 */
const char *adsync_message_headers(const adsync_message *message);

/** The body. [cb]
 * @param message borrowed
 * @param size gets its size; may be NULL
 * @return borrowed until the exchange ended; NULL where there is none
 * @since 0.1 */
const void *adsync_message_body(const adsync_message *message, size_t *size);

/** How long the whole exchange may take. [cb]
 * @param message borrowed
 * @return microseconds
 * @since 0.1 */
int64_t adsync_message_timeout_us(const adsync_message *message);

/** How large the answer's body may be, after decompression; a larger one ends the exchange as failed. [cb]
 * @param message borrowed
 * @return bytes
 * @since 0.1 */
size_t adsync_message_max_bytes(const adsync_message *message);

/** Whether the request must not arrive twice, as it changes something or is signed for one use: it takes a fresh connection, so that
 * nothing below repeats it when a reused one turns out to be dead. [cb]
 * @param message borrowed
 * @return 1 if so
 * @since 0.1 */
uint32_t adsync_message_once(const adsync_message *message);

/** Reports an answer, of any status. [cb]
 * @param ended of the poll under way
 * @param id of the exchange
 * @param http_status the status
 * @param headers each "Name: value" and CRLF; copied
 * @param body copied; may be NULL where size is 0
 * @param size of the body
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (no such exchange), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_exchange_done(adsync_exchange *ended, int64_t id, uint32_t http_status, const char *headers, const void *body,
                                   size_t size);

/** Reports that no whole answer came. [cb]
 * @param ended of the poll under way
 * @param id of the exchange
 * @param sent 0: certainly no byte of the request left; 1: perhaps it arrived; 2: it did, and its answer is larger than
 *             adsync_message_max_bytes
 * @param message one line for people, without a secret; copied
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (no such exchange), #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_exchange_failed(adsync_exchange *ended, int64_t id, uint32_t sent, const char *message);

/** Flags of adsync_curl_options. */
enum {
    ADSYNC_CURL_PLAIN = 1 /**< with connect_to: speaks HTTP without TLS to it, for benches against a simulator */
};

/** How the transport over libcurl is opened. */
typedef struct adsync_curl_options {
    uint32_t size;          /**< sizeof(adsync_curl_options) */
    uint32_t flags;         /**< ADSYNC_CURL_* */
    const char *ca_file;    /**< replaces the system's CAs; NULL: those */
    const char *connect_to; /**< "127.0.0.1:9443": every connection goes there and proxies are off, while URL, Host, SNI and signatures
                                 stay those of the real platform; this is how simulators are reached. NULL: where the URL says */
} adsync_curl_options;

/** Opens the transport over libcurl: HTTP/2 and connection reuse, gzip, verified TLS, no redirects, proxies of the environment
 * honoured, no signals. [cb]
 * @param options may be NULL
 * @param out gets the owned transport
 * @param error may be NULL
 * @return #ADSYNC_OK, #ADSYNC_E_INVALID (connect_to, a CA file that is not there), #ADSYNC_E_UNSUPPORTED, #ADSYNC_E_MEMORY
 * @since 0.1 */
adsync_status adsync_curl_open(const adsync_curl_options *options, adsync_transport **out, adsync_error **error);

/** @} */

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
