/* SPDX-License-Identifier: MIT */
/* The server: libmicrohttpd, driven from one loop in one thread. TLS, plain and control each have their own loopback port. */
#include "core_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define PORTS 3
#define IDLE_TURNS 20 /* the server library asks for no wait at all while a peer thinks about its handshake: then 1 ms */

static http_call *http_waiting;
static volatile sig_atomic_t http_signalled;

static void http_on_signal(int number)
{
    (void)number;
    http_signalled = 1;
}

/* ---- waiting: a delay before the answer, or in the middle of it */

void http_wait(http_call *call, int64_t ms)
{
    call->resume_us = sim_wall_us() + ms * 1000;
    call->next = http_waiting;
    http_waiting = call;
    MHD_suspend_connection(call->connection);
}

static void http_forget(http_call *call)
{
    for (http_call **at = &http_waiting; *at; at = &(*at)->next) {
        if (*at != call) continue;
        *at = call->next;
        return;
    }
}

/* resumes whoever has waited enough; milliseconds until the next one, -1: nobody waits */
static int http_wake(void)
{
    int64_t now = sim_wall_us(), first = INT64_MAX;

    for (http_call **at = &http_waiting; *at;) {
        http_call *call = *at;

        if (call->resume_us > now) {
            if (call->resume_us < first) first = call->resume_us;
            at = &call->next;
            continue;
        }
        *at = call->next;
        first = now; /* the server must look at it at once */
        MHD_resume_connection(call->connection);
    }
    return first == INT64_MAX ? -1 : first == now ? 0 : (int)((first - now) / 1000 + 1);
}

/* ---- one request */

static enum MHD_Result http_take_header(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    http_call *call = user;

    (void)kind;
    sim_pairs_add(&call->arena, &call->request.headers, name, value ? value : "");
    return MHD_YES;
}

static void http_host(http_call *call)
{
    sim_request *request = &call->request;
    const char *given = sim_header(request, "Host");
    size_t size;
    char *host;

    if (!given) given = "";
    size = strcspn(given, ":");
    host = sim_copy(&call->arena, given, size);
    for (char *c = host; *c; c++) *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    request->authority = given;
    request->host = host;
    if (!strcmp(host, "127.0.0.1") || !strcmp(host, "localhost"))
        request->host = call->sim->options.loopback_host;
    else
        request->scheme = "https"; /* called by its own name it links to itself as the platform does, also on the port without TLS */
}

static int64_t http_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return info ? ntohs(((const struct sockaddr_in *)(const void *)info->client_addr)->sin_port) : 0;
}

static void http_serve(http_call *call)
{
    sim_request *request = &call->request;

    request->arena = &call->arena;
    request->number = ++call->sim->serial;
    request->peer = http_peer(call->connection);
    request->scheme = call->port->scheme;
    (void)MHD_get_connection_values(call->connection, MHD_HEADER_KIND, http_take_header, call);
    http_host(call);
    request->content_type = sim_header(request, "Content-Type");
    request->body = call->body.p ? call->body.p : "";
    request->body_size = call->body.size;
    sim_query_read(&call->arena, &request->query, request->raw_query, strlen(request->raw_query));
    sim_form_read(request);
    call->answer = (sim_answer){ .status = 200, .cut_at = -1 };
    call->sim->stats.requests++;
    if (!call->port->control && ++call->sim->stats.at_once > call->sim->stats.most_at_once)
        call->sim->stats.most_at_once = call->sim->stats.at_once;
    if (call->port->control)
        sim_control(call->sim, request, &call->answer);
    else
        sim_serve(call->sim, request, &call->answer);
    http_gzip(call);
}

/* the request line as it came: parameters stay undecoded for whoever must sign or compare them */
static void *http_begin(void *user, const char *uri, struct MHD_Connection *connection)
{
    http_port *port = user;
    http_call *call = sim_need(calloc(1, sizeof *call));
    const char *mark = strchr(uri, '?');

    call->sim = port->sim;
    call->port = port;
    call->connection = connection;
    call->request.path = sim_copy(&call->arena, uri, mark ? (size_t)(mark - uri) : strlen(uri));
    call->request.raw_query = sim_copy(&call->arena, mark ? mark + 1 : "", mark ? strlen(mark + 1) : 0);
    return call;
}

static enum MHD_Result http_handle(void *user, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                   const char *upload, size_t *upload_size, void **context)
{
    http_call *call = *context;

    (void)user;
    (void)connection;
    (void)url;
    (void)version;
    if (!call->begun) {
        call->begun = true;
        call->request.method = sim_copy(&call->arena, method, strlen(method));
        return MHD_YES;
    }
    if (*upload_size) {
        if (call->body.size + *upload_size > SIM_BODY_MAX) return MHD_NO;
        sim_add(&call->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!call->served) {
        call->served = true;
        http_serve(call);
        if (call->answer.delay_ms) {
            http_wait(call, call->answer.delay_ms);
            return MHD_YES;
        }
    }
    return http_send(call);
}

static void http_end(void *user, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
    http_call *call = *context;

    (void)user;
    (void)connection;
    (void)code;
    if (!call) return;
    if (call->served && !call->port->control) call->sim->stats.at_once--;
    http_forget(call);
    sim_answer_free(&call->answer);
    sim_free(&call->body);
    sim_arena_free(&call->arena);
    free(call);
    *context = NULL;
}

/* without this each fresh connection waits 40 ms for the peer's delayed acknowledgement, which no real platform does */
static void http_meet(void *user, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
    http_port *port = user;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int on = 1;

    (void)context;
    if (code != MHD_CONNECTION_NOTIFY_STARTED) return;
    port->sim->stats.connections++;
    if (info) (void)setsockopt(info->connect_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* ---- ports */

static const char *http_open(sim_world *sim, http_port *port, bool tls)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port->number),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | (tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem keys[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, sim->cert },
                                     { MHD_OPTION_HTTPS_MEM_KEY, 0, sim->key },
                                     { MHD_OPTION_END, 0, NULL } };
    struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
    const union MHD_DaemonInfo *info;

    port->sim = sim;
    port->daemon = MHD_start_daemon(flags, 0, NULL, NULL, http_handle, port, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                                    MHD_OPTION_URI_LOG_CALLBACK, http_begin, port, MHD_OPTION_NOTIFY_COMPLETED, http_end, port,
                                    MHD_OPTION_NOTIFY_CONNECTION, http_meet, port, MHD_OPTION_CONNECTION_LIMIT, 4096u,
                                    MHD_OPTION_CONNECTION_TIMEOUT, 300u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536,
                                    MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_ARRAY, tls ? keys : none, MHD_OPTION_END);
    if (!port->daemon) return "a port cannot be opened";
    if (!(info = MHD_get_daemon_info(port->daemon, MHD_DAEMON_INFO_BIND_PORT))) return "a port has no number";
    port->number = info->port;
    if (!(info = MHD_get_daemon_info(port->daemon, MHD_DAEMON_INFO_EPOLL_FD))) return "a port cannot be waited for";
    port->wait = info->epoll_fd;
    return NULL;
}

static void http_announce(const sim_world *sim, FILE *to)
{
    fprintf(to, "{\"port\":%d,\"plain_port\":%d,\"control_port\":%d,\"now\":%lld,\"seed\":%lld}\n", sim->tls_port, sim->plain_port,
            sim->control_port, (long long)sim_now(sim), (long long)sim->options.seed);
    (void)fflush(to);
}

/* the port file appears whole or not at all: whoever waits for it may read it at once */
static const char *http_files(const sim_world *sim)
{
    char part[4096];
    FILE *f;

    if (*sim->options.ca_file) {
        if (!(f = fopen(sim->options.ca_file, "wb"))) return "--ca-file cannot be written";
        fputs(sim->ca, f);
        if (fclose(f)) return "--ca-file cannot be written";
    }
    if (!*sim->options.port_file) return NULL;
    (void)snprintf(part, sizeof part, "%s.part", sim->options.port_file);
    if (!(f = fopen(part, "wb"))) return "--port-file cannot be written";
    http_announce(sim, f);
    return fclose(f) || rename(part, sim->options.port_file) ? "--port-file cannot be written" : NULL;
}

/* what must be done before the loop may sleep, and for how long it may */
static int http_timeout(http_port *ports)
{
    int timeout = http_wake();

    for (int i = 0; i < PORTS; i++) {
        MHD_UNSIGNED_LONG_LONG most;

        if (!ports[i].daemon || MHD_get_timeout(ports[i].daemon, &most) != MHD_YES) continue;
        if (timeout < 0 || most < (MHD_UNSIGNED_LONG_LONG)timeout) timeout = (int)(most > 60000 ? 60000 : most);
    }
    return timeout;
}

static void http_loop(sim_world *sim, http_port *ports)
{
    sigset_t block, before;
    int idle = 0;

    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGINT);
    sigprocmask(SIG_BLOCK, &block, &before);
    while (!http_signalled && !sim->stop) {
        int timeout = http_timeout(ports), ready;
        struct timespec wait;
        struct pollfd fds[PORTS];

        if (!timeout && idle > IDLE_TURNS) timeout = 1;
        wait = (struct timespec){ timeout / 1000, timeout % 1000 * 1000000L };
        for (int i = 0; i < PORTS; i++) fds[i] = (struct pollfd){ .fd = ports[i].daemon ? ports[i].wait : -1, .events = POLLIN };
        ready = ppoll(fds, PORTS, timeout < 0 ? NULL : &wait, &before);
        if (ready < 0 && errno != EINTR) break;
        idle = ready ? 0 : idle + 1;
        (void)http_wake();
        for (int i = 0; i < PORTS; i++) {
            if (ports[i].daemon) (void)MHD_run(ports[i].daemon);
        }
    }
}

/* a few thousand connections at once, where the system lets us */
static void http_descriptors(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files)) return;
    files.rlim_cur = files.rlim_max < 8192 ? files.rlim_max : 8192;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

int sim_run(sim_world *sim)
{
    http_port ports[PORTS] = { { .scheme = "https", .number = sim->tls_port },
                               { .scheme = "http", .number = sim->plain_port },
                               { .scheme = "http", .number = sim->control_port, .control = true } };
    const char *wrong = sim->cert ? NULL : sim_certificates(sim);

    http_descriptors();
    signal(SIGTERM, http_on_signal);
    signal(SIGINT, http_on_signal);
    signal(SIGPIPE, SIG_IGN);
    if (!wrong) wrong = http_open(sim, &ports[0], true);
    if (!wrong && sim->options.plain) wrong = http_open(sim, &ports[1], false);
    if (!wrong) wrong = http_open(sim, &ports[2], false);
    sim->tls_port = ports[0].number;
    sim->plain_port = ports[1].number;
    sim->control_port = ports[2].number;
    if (!wrong) wrong = http_files(sim);
    if (wrong) fprintf(stderr, "adsim: %s\n", wrong);
    if (!wrong) {
        http_announce(sim, stdout);
        http_loop(sim, ports);
    }
    while (http_waiting) { /* a suspended connection cannot be closed */
        http_call *call = http_waiting;

        http_waiting = call->next;
        MHD_resume_connection(call->connection);
    }
    for (int i = 0; i < PORTS; i++) {
        if (ports[i].daemon) MHD_stop_daemon(ports[i].daemon);
    }
    return wrong ? 1 : 0;
}
