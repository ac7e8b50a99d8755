/* SPDX-License-Identifier: MIT */
/* The transport over libcurl's multi interface: the only file that includes curl.
 *
 * libcurl is driven by sockets: its descriptors, a timerfd for its time-outs and an eventfd to wake it lie in one epoll, whose own
 * descriptor is what a foreign loop watches. libcurl repeats a request by itself when a reused connection turns out to be dead, also
 * a POST, so a message that must not arrive twice takes HTTP/1.1 on a connection of its own.
 *
 * Bodies wait in memory until they are whole. When all of them together pass CURL_BUFFERED, whoever wants to grow is paused but one,
 * the holder; as it ends, the others go on. An answer that begins meanwhile is left in its socket, for the first piece of it would take
 * 16 KiB of OpenSSL's and 8 of libcurl's as long as it waits. So hundreds of answers may be under way while memory stays bounded.
 * Streams of HTTP/2 are not paused: libcurl 7.88 then stops reading the connection that they share, and the holder with it. How long an
 * exchange may take is counted here and not by libcurl, since the time that it is paused by us is not the server's. */
#include "http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    CURL_BUFFERED = 512 * 1024,  /* bytes of bodies that are not whole yet, beside the holder's */
    CURL_HEADERS = 256 * 1024,   /* of one answer */
    CURL_CONNECT_MS = 15000,
    CURL_CONNECTIONS = 64,       /* kept open at least; more while more exchanges are under way */
    CURL_UPLOAD = 16 * 1024,     /* the least that libcurl takes */
    CURL_FEW = 32,               /* with more exchanges than that each reads in small pieces: memory counts for more than calls */
    CURL_PIECE = 4 * 1024,
    CURL_EVENTS = 64
};

typedef struct curl_exchange {
    struct curl_transport *owner;
    struct curl_exchange *next, **link; /* of all that are under way */
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    adsync__buffer head, body;
    int64_t id;
    size_t max_bytes;
    int64_t started_us, deadline_us, left_us; /* deadline: never while it is paused; left: then */
    int socket;      /* its own; -1: none yet, or one that it shares */
    uint32_t events; /* that libcurl waits for there */
    bool too_big, no_memory, paused, begun, left; /* begun: its answer; left: that lies in the socket */
    bool leaving;                                 /* it may have left already */
    char words[CURL_ERROR_SIZE];
} curl_exchange;

typedef struct curl_transport {
    CURLM *multi;
    int epoll, timer, event;
    bool plain;
    adsync__effects effects; /* for the clock */
    char *ca_file, *connect_to; /* connect_to as libcurl takes it: "::host:port" */
    curl_exchange *exchanges, *holder;
    size_t buffered;
    uint32_t n_exchanges, kept; /* kept: connections that libcurl leaves open */
    bool full, eased; /* full: somebody is paused; eased: and somebody ended since */
} curl_transport;

/* As many connections stay open as exchanges began together: with fewer each of these would shake hands again for its next one. After
 * that libcurl closes one whenever another becomes idle. */
static void curl_keep(curl_transport *t)
{
    uint32_t kept = t->n_exchanges > CURL_CONNECTIONS ? t->n_exchanges : CURL_CONNECTIONS;

    if (kept == t->kept) return;
    t->kept = kept;
    (void)curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, (long)kept);
}

/* ---- what libcurl calls */

static int64_t curl_now(curl_transport *t) { return adsync__monotonic_us(&t->effects); }

/* Its clock stands while its answer waits for us. */
static void curl_clock(curl_exchange *x)
{
    bool waits = x->paused || x->left, stands = x->deadline_us == INT64_MAX;

    if (waits == stands) return;
    if (waits) x->left_us = x->deadline_us - curl_now(x->owner);
    x->deadline_us = waits ? INT64_MAX : curl_now(x->owner) + x->left_us;
}

/* The socket is its own from now on, and nobody else's; NULL: nobody's. */
static void curl_own(curl_transport *t, curl_exchange *owner, int socket, uint32_t events)
{
    for (curl_exchange *x = t->exchanges; x; x = x->next) {
        if (x->socket != socket) continue;
        x->socket = -1;
        x->left = false;
        curl_clock(x);
    }
    if (!owner) return;
    owner->socket = socket;
    owner->events = events;
}

static int curl_on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    curl_transport *t = user;
    curl_exchange *x = NULL; /* stays so for a handle of libcurl's own */
    struct epoll_event event = { .data.fd = socket };

    if (what == CURL_POLL_REMOVE) {
        curl_own(t, NULL, socket, 0);
        (void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, socket, &event);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&x);
    curl_own(t, x, socket, event.events);
    (void)epoll_ctl(t->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    (void)curl_multi_assign(t->multi, socket, t);
    return 0;
}

static int curl_on_timer(CURLM *multi, long ms, void *user)
{
    curl_transport *t = user;
    struct itimerspec when = { 0 };

    (void)multi;
    when.it_value.tv_sec = ms > 0 ? ms / 1000 : 0;
    when.it_value.tv_nsec = ms > 0 ? ms % 1000 * 1000000 : ms == 0; /* 0 would switch the timer off: 1 ns is at once */
    return timerfd_settime(t->timer, 0, &when, NULL);
}

static size_t curl_on_header(char *p, size_t one, size_t size, void *user)
{
    curl_exchange *x = user;

    if (size >= 5 && !memcmp(p, "HTTP/", 5)) { /* the last answer counts: 100 and its like come before it */
        adsync__buffer_clear(&x->head);
        x->begun = true;
        return size;
    }
    adsync__buffer_add(&x->head, p, size * one);
    x->too_big |= x->head.failed == ADSYNC_E_TOO_BIG;
    x->no_memory |= x->head.failed == ADSYNC_E_MEMORY;
    return x->head.failed ? 0 : size;
}

/* How large the body will be: as announced, or at least so much. */
static size_t curl_expected(const curl_exchange *x, size_t size)
{
    curl_off_t announced = 0;

    (void)curl_easy_getinfo(x->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    return announced > (curl_off_t)size && (size_t)announced <= x->max_bytes ? (size_t)announced : size;
}

static bool curl_shares(const curl_exchange *x)
{
    long version = 0;

    return curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK && version >= CURL_HTTP_VERSION_2_0;
}

static size_t curl_buffered(const curl_transport *t) { return t->buffered - (t->holder ? t->holder->body.room : 0); }

static bool curl_may_grow(curl_exchange *x, size_t size)
{
    curl_transport *t = x->owner;

    if (curl_shares(x) || size <= x->body.room || t->holder == x) return true;
    if (curl_buffered(t) - x->body.room + size <= CURL_BUFFERED) return true;
    if (t->holder) return false;
    t->holder = x;
    return true;
}

static size_t curl_pause(curl_exchange *x)
{
    x->paused = x->owner->full = true;
    curl_clock(x);
    return CURL_WRITEFUNC_PAUSE;
}

static size_t curl_on_body(char *p, size_t one, size_t size, void *user)
{
    curl_exchange *x = user;
    size_t room = x->body.room, expected = curl_expected(x, x->body.size + size);

    (void)one;
    if (expected > x->max_bytes) {
        x->too_big = true;
        return 0;
    }
    if (!curl_may_grow(x, expected)) return curl_pause(x);
    if (!room) adsync__buffer_room(&x->body, expected + ADSYNC__BODY_PADDING); /* at once: doubling takes up to three times as much */
    adsync__buffer_add(&x->body, p, size);
    x->owner->buffered += x->body.room - room;
    x->no_memory |= x->body.failed == ADSYNC_E_MEMORY;
    return x->body.failed ? 0 : size;
}

/* ---- an exchange */

static bool curl_add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer) *list = longer;
    return longer != NULL;
}

static bool curl_set_headers(curl_exchange *x, const char *block)
{
    adsync__buffer line;
    bool ok = curl_add_line(&x->headers, "Expect:"); /* no waiting for 100 */

    adsync__buffer_begin(&line, CURL_HEADERS);
    for (const char *at = block; ok && *at;) {
        size_t n = strcspn(at, "\r\n");
        adsync__buffer_clear(&line);
        adsync__buffer_add(&line, at, n);
        ok = !line.failed && (!n || curl_add_line(&x->headers, line.p));
        at += n;
        at += strspn(at, "\r\n");
    }
    adsync__buffer_wipe(&line);
    return ok;
}

static void curl_exchange_free(curl_exchange *x)
{
    curl_transport *t = x->owner;

    if (x->link) {
        *x->link = x->next;
        if (x->next) x->next->link = x->link;
        t->n_exchanges--;
    }
    t->buffered -= x->body.room;
    t->eased = t->full;
    if (t->holder == x) t->holder = NULL;
    if (x->easy) {
        (void)curl_multi_remove_handle(t->multi, x->easy);
        curl_easy_cleanup(x->easy);
    }
    curl_slist_free_all(x->headers);
    curl_slist_free_all(x->connect_to);
    adsync__buffer_free(&x->head);
    if (x->body.p) adsync__wipe(x->body.p, x->body.size);
    adsync__buffer_free(&x->body);
    adsync__free(x);
}

/* Called where the request is about to leave: libcurl sends it again by itself when a connection that it reused turns out to be dead. */
static int curl_on_leaving(void *user, char *remote, char *local, int remote_port, int local_port)
{
    curl_exchange *x = user;
    bool again = x->leaving;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    x->leaving = true;
    return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static CURLcode curl_set_tls(const curl_transport *t, CURL *easy)
{
    CURLcode rc = CURLE_OK;

    /* With a CA directory every new connection would read all its files again; without one the store is shared. */
    rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    rc |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (t->ca_file) rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file);
    return rc;
}

static CURLcode curl_set_route(curl_exchange *x, const adsync_message *message)
{
    const curl_transport *t = x->owner;
    bool once = message->once == 1;
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(x->easy, CURLOPT_HTTP_VERSION, once ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
    rc |= curl_easy_setopt(x->easy, CURLOPT_FRESH_CONNECT, once ? 1L : 0L);
    rc |= curl_easy_setopt(x->easy, CURLOPT_FORBID_REUSE, once ? 1L : 0L);
    rc |= curl_easy_setopt(x->easy, CURLOPT_PIPEWAIT, once ? 0L : 1L); /* rather one more stream than one more connection */
    if (message->once) rc |= curl_easy_setopt(x->easy, CURLOPT_PREREQFUNCTION, curl_on_leaving);
    if (message->once) rc |= curl_easy_setopt(x->easy, CURLOPT_PREREQDATA, x);
    rc |= curl_easy_setopt(x->easy, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, t->plain ? "http" : "https");
    if (!t->connect_to) return rc;
    if (!curl_add_line(&x->connect_to, t->connect_to)) return CURLE_OUT_OF_MEMORY;
    rc |= curl_easy_setopt(x->easy, CURLOPT_CONNECT_TO, x->connect_to);
    rc |= curl_easy_setopt(x->easy, CURLOPT_PROXY, "");
    return rc;
}

static CURLcode curl_set_request(curl_exchange *x, const adsync_message *message)
{
    CURLcode rc = CURLE_OK;
    /* these say their length, be it 0 */
    bool bodied = message->body || !strcmp(message->method, "POST") || !strcmp(message->method, "PUT");

    if (bodied) {
        rc |= curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS, message->body ? message->body : "");
        rc |= curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message->body_size);
    }
    rc |= curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, message->method);
    if (!strcmp(message->method, "HEAD")) rc |= curl_easy_setopt(x->easy, CURLOPT_NOBODY, 1L);
    if (!curl_set_headers(x, message->headers ? message->headers : "")) return CURLE_OUT_OF_MEMORY;
    rc |= curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
    rc |= curl_easy_setopt(x->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    return rc;
}

static CURLcode curl_set_all(curl_exchange *x, const adsync_message *message)
{
    CURLcode rc = CURLE_OK;
    int64_t ms = message->timeout_us / 1000;
    adsync__buffer url;

    rc |= curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
    rc |= curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->words);
    rc |= curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, curl_on_body);
    rc |= curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    rc |= curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, curl_on_header);
    rc |= curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
    rc |= curl_easy_setopt(x->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)CURL_UPLOAD);
    if (x->owner->n_exchanges >= CURL_FEW) rc |= curl_easy_setopt(x->easy, CURLOPT_BUFFERSIZE, (long)CURL_PIECE);
    rc |= curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(ms > 0 && ms < CURL_CONNECT_MS ? ms : CURL_CONNECT_MS));
    adsync__buffer_begin(&url, 1 << 20);
    if (x->owner->plain && !strncmp(message->url, "https://", 8)) {
        adsync__buffer_text(&url, "http://");
        adsync__buffer_text(&url, message->url + 8);
    }
    rc |= curl_easy_setopt(x->easy, CURLOPT_URL, url.size ? url.p : message->url);
    adsync__buffer_wipe(&url);
    rc |= curl_set_route(x, message);
    rc |= curl_set_tls(x->owner, x->easy);
    return rc | curl_set_request(x, message);
}

static adsync_status curl_start(void *user, int64_t id, const adsync_message *message, adsync_error **error)
{
    curl_transport *t = user;
    curl_exchange *x = adsync__alloc_zero(1, sizeof *x);

    if (!x) return adsync__fail_memory(error);
    x->owner = t;
    x->id = id;
    x->socket = -1;
    x->max_bytes = message->max_bytes;
    x->started_us = curl_now(t);
    x->deadline_us = x->started_us + (message->timeout_us > 0 ? message->timeout_us : 1);
    adsync__buffer_begin(&x->head, CURL_HEADERS);
    adsync__buffer_begin(&x->body, message->max_bytes + ADSYNC__BODY_PADDING);
    if (!(x->easy = curl_easy_init()) || curl_set_all(x, message) != CURLE_OK || curl_multi_add_handle(t->multi, x->easy) != CURLM_OK) {
        curl_exchange_free(x);
        return adsync__fail(error, ADSYNC_E_TRANSIENT, "transport.start", "libcurl would not take the request");
    }
    x->next = t->exchanges;
    x->link = &t->exchanges;
    if (x->next) x->next->link = &x->next;
    t->exchanges = x;
    t->n_exchanges++;
    curl_keep(t);
    return ADSYNC_OK;
}

static void curl_cancel(void *user, int64_t id)
{
    curl_transport *t = user;

    for (curl_exchange *x = t->exchanges; x; x = x->next) {
        if (x->id != id) continue;
        curl_exchange_free(x);
        return;
    }
}

/* ---- ends */

/* Libcurl counts request bytes once headers go out; before the connection stands none can have left. */
static bool curl_was_sent(const curl_exchange *x)
{
    curl_off_t connected = 0;
    long sent = 0;

    (void)curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &sent);
    (void)curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    return sent > 0 || connected > 0;
}

static adsync_status curl_report_failure(curl_exchange *x, CURLcode code, adsync_exchange *ended)
{
    char words[CURL_ERROR_SIZE + 64];

    if (x->too_big) (void)snprintf(words, sizeof words, "the answer is larger than %zu bytes", x->max_bytes);
    else if (x->no_memory) (void)snprintf(words, sizeof words, "there was no memory for the answer");
    else (void)snprintf(words, sizeof words, "%s", *x->words ? x->words : curl_easy_strerror(code));
    return adsync_exchange_failed(ended, x->id, x->too_big ? 2 : curl_was_sent(x), words);
}

static adsync_status curl_report(curl_exchange *x, CURLcode code, adsync_exchange *ended)
{
    long status = 0;
    adsync_status rc;

    if (code != CURLE_OK) return curl_report_failure(x, code, ended);
    (void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    x->owner->buffered -= x->body.room; /* whoever takes the body empties ours */
    rc = adsync__exchange_give(ended, x->id, (uint32_t)status, x->head.p ? x->head.p : "", &x->body);
    x->owner->buffered += x->body.room;
    return rc;
}

/* Whether what can be read on a socket is left there: an answer that begins while there is no room. Another's may come on a shared
 * socket, so everybody must have one of their own. Now and then a timer makes libcurl look by itself; then the answer is paused. */
static bool curl_leave(curl_transport *t, int socket)
{
    struct epoll_event event = { .data.fd = socket }; /* an error is told all the same */
    curl_exchange *of = NULL;
    curl_off_t asked = 0;

    for (curl_exchange *x = t->exchanges; x; x = x->next) {
        if (x->socket < 0 && (!x->begun || curl_shares(x))) return false;
        if (x->socket == socket) of = x;
    }
    if (!of || of->begun) return false;
    if (curl_easy_getinfo(of->easy, CURLINFO_PRETRANSFER_TIME_T, &asked) != CURLE_OK || !asked) return false; /* it still connects */
    if (epoll_ctl(t->epoll, EPOLL_CTL_MOD, socket, &event)) return false;
    of->left = true;
    curl_clock(of);
    return true;
}

static void curl_begin(curl_exchange *x)
{
    struct epoll_event event = { .events = x->events, .data.fd = x->socket };

    x->left = false;
    curl_clock(x);
    (void)epoll_ctl(x->owner->epoll, EPOLL_CTL_MOD, x->socket, &event);
}

/* Lets everybody try to grow again once somebody ended; who cannot yet is paused anew. Then others may begin. */
static void curl_resume(curl_transport *t)
{
    int running;

    t->full = t->eased = false;
    for (curl_exchange *x = t->exchanges; x; x = x->next) { /* each with a run of its own */
        if (!x->paused) continue;
        if (t->holder && t->holder != x && curl_buffered(t) >= CURL_BUFFERED) {
            t->full = true;
            continue;
        }
        x->paused = false;
        curl_clock(x);
        (void)curl_easy_pause(x->easy, CURLPAUSE_CONT);
        (void)curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (curl_exchange *x = t->exchanges; x && !t->full; x = x->next)
        if (x->left) curl_begin(x);
}

static adsync_status curl_time_out(curl_transport *t, adsync_exchange *ended, uint32_t *n)
{
    int64_t now = curl_now(t);
    adsync_status rc = ADSYNC_OK, one;
    curl_exchange *next;
    char words[100];

    for (curl_exchange *x = t->exchanges; x; x = next) {
        next = x->next;
        if (x->deadline_us > now) continue;
        (void)snprintf(words, sizeof words, "no whole answer came within %lld ms; %zu bytes did", (long long)((now - x->started_us) / 1000),
                       x->body.size);
        one = adsync_exchange_failed(ended, x->id, curl_was_sent(x), words);
        if (one < 0) rc = one;
        curl_exchange_free(x);
        (*n)++;
    }
    return rc;
}

static adsync_status curl_collect(curl_transport *t, adsync_exchange *ended, uint32_t *n)
{
    adsync_status rc = ADSYNC_OK, one;
    CURLMsg *message;
    curl_exchange *x = NULL;
    int left;

    while ((message = curl_multi_info_read(t->multi, &left))) {
        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x) != CURLE_OK) continue;
        one = curl_report(x, message->data.result, ended);
        if (one == ADSYNC_E_MEMORY) one = adsync_exchange_failed(ended, x->id, 1, "there was no memory for the answer");
        if (one < 0) rc = one;
        curl_exchange_free(x);
        (*n)++;
    }
    one = curl_time_out(t, ended, n);
    return rc < 0 ? rc : one;
}

static void curl_drain(int fd)
{
    uint64_t count;

    (void)!read(fd, &count, sizeof count);
}

static void curl_turn(curl_transport *t, int wait_ms)
{
    struct epoll_event events[CURL_EVENTS];
    int running, n = epoll_wait(t->epoll, events, CURL_EVENTS, wait_ms);

    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        uint32_t e = events[i].events;
        if (fd == t->event) {
            curl_drain(fd);
            continue;
        }
        if (fd == t->timer) {
            curl_drain(fd);
            (void)curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running);
            continue;
        }
        if (t->full && e == EPOLLIN && curl_leave(t, fd)) continue;
        (void)curl_multi_socket_action(t->multi, fd, (e & EPOLLIN ? CURL_CSELECT_IN : 0) | (e & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                       (e & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0), &running);
    }
}

/* libcurl's timer lies in the descriptor; ours does not. */
static int64_t curl_timeout(void *user)
{
    curl_transport *t = user;
    int64_t deadline = INT64_MAX, now;

    for (const curl_exchange *x = t->exchanges; x; x = x->next)
        if (x->deadline_us < deadline) deadline = x->deadline_us;
    if (t->eased) return 0;
    if (deadline == INT64_MAX) return -1;
    now = curl_now(t);
    return deadline > now ? deadline - now : 0;
}

static adsync_status curl_poll(void *user, int64_t max_wait_us, adsync_exchange *ended, adsync_error **error)
{
    curl_transport *t = user;
    int64_t least, ms;
    uint32_t n = 0;
    adsync_status rc;

    if (t->eased) curl_resume(t);
    if ((rc = curl_collect(t, ended, &n)) < 0) return adsync__fail(error, rc, "transport.poll", "an answer could not be taken");
    if (n) return ADSYNC_OK; /* what came is digested before more is read */
    least = curl_timeout(t);
    if (least >= 0 && least < max_wait_us) max_wait_us = least;
    ms = max_wait_us > 0 ? max_wait_us / 1000 + (max_wait_us % 1000 != 0) : 0;
    curl_turn(t, ms > 60000 ? 60000 : (int)ms);
    rc = curl_collect(t, ended, &n);
    return rc < 0 ? adsync__fail(error, rc, "transport.poll", "an answer could not be taken") : ADSYNC_OK;
}

static int32_t curl_fd(void *user) { return ((curl_transport *)user)->epoll; }

static void curl_wake(void *user)
{
    static const uint64_t one = 1;

    (void)!write(((curl_transport *)user)->event, &one, sizeof one);
}

static void curl_close(void *user)
{
    curl_transport *t = user;

    while (t->exchanges)
        curl_exchange_free(t->exchanges);
    if (t->multi) (void)curl_multi_cleanup(t->multi);
    if (t->epoll >= 0) (void)close(t->epoll);
    if (t->timer >= 0) (void)close(t->timer);
    if (t->event >= 0) (void)close(t->event);
    adsync__free(t->ca_file);
    adsync__free(t->connect_to);
    adsync__free(t);
    curl_global_cleanup(); /* counted */
}

/* ---- opening */

static adsync_status curl_check(const adsync_curl_options *options, adsync_error **error)
{
    adsync_status rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_curl_options", error);

    if (rc < 0) return rc;
    if (options->flags & ~(uint32_t)ADSYNC_CURL_PLAIN)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_curl_options: unknown flags");
    if (options->flags && !options->connect_to)
        return adsync__fail(error, ADSYNC_E_INVALID, "transport.plain", "ADSYNC_CURL_PLAIN is for connect_to only");
    if (options->ca_file && access(options->ca_file, R_OK))
        return adsync__fail(error, ADSYNC_E_INVALID, "transport.ca", "the CA file %s cannot be read", options->ca_file);
    if (options->connect_to && (!strchr(options->connect_to, ':') || strpbrk(options->connect_to, " \t\r\n/")))
        return adsync__fail(error, ADSYNC_E_INVALID, "transport.connect_to", "connect_to is \"%s\", it has to be HOST:PORT",
                            options->connect_to);
    return ADSYNC_OK;
}

static bool curl_watch(curl_transport *t, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return fd >= 0 && !epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &event);
}

static bool curl_set_up(curl_transport *t, const adsync_curl_options *options)
{
    char route[600];

    if (adsync__effects_begin(&t->effects, NULL, NULL) < 0) return false;
    if (options && options->ca_file && !(t->ca_file = adsync__copy_text(options->ca_file))) return false;
    if (options && options->connect_to) {
        (void)snprintf(route, sizeof route, "::%s", options->connect_to);
        if (!(t->connect_to = adsync__copy_text(route))) return false;
    }
    t->plain = options && options->flags & ADSYNC_CURL_PLAIN;
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    t->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (t->epoll < 0 || !curl_watch(t, t->timer) || !curl_watch(t, t->event) || !(t->multi = curl_multi_init())) return false;
    (void)curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, curl_on_socket);
    (void)curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
    (void)curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, curl_on_timer);
    (void)curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
    (void)curl_multi_setopt(t->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_keep(t);
    return true;
}

adsync_status adsync_curl_open(const adsync_curl_options *options, adsync_transport **out, adsync_error **error)
{
    adsync_transport_ops ops = { .size = sizeof ops, .start = curl_start, .poll = curl_poll, .cancel = curl_cancel, .close = curl_close,
                                 .fd = curl_fd, .timeout_us = curl_timeout, .wake = curl_wake };
    curl_transport *t;
    adsync_status rc;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (options && (rc = curl_check(options, error)) < 0) return rc;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return adsync__fail(error, ADSYNC_E_INTERNAL, "transport.curl", "libcurl does not start");
    if (!(t = adsync__alloc_zero(1, sizeof *t))) {
        curl_global_cleanup();
        return adsync__fail_memory(error);
    }
    t->epoll = t->timer = t->event = -1;
    if (!curl_set_up(t, options)) {
        curl_close(t);
        return adsync__fail(error, ADSYNC_E_MEMORY, "transport.open", "the transport gets no memory or no descriptors");
    }
    ops.user = t;
    if ((rc = adsync_transport_new(&ops, out, error)) < 0) curl_close(t);
    return rc;
}
