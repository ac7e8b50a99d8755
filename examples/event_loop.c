/* SPDX-License-Identifier: MIT */
/* A host that owns its epoll loop: the engine is one more descriptor and one more deadline in it. A turn never waits for a platform;
 * the storage is called in place, so max_turn_us bounds how much one turn digests. A failed turn ends the program; started again, it
 * goes on where it was.
 *
 *     ./event_loop ads.db ads.keys my-company meta
 *
 * Commands come on standard input, a line each: "sync ID", a connection's number. What ends is printed. The end of the input changes
 * nothing; SIGTERM or SIGINT ends the program after its turn. ADSYNC_CLIENT_ID and _CLIENT_SECRET are the app's; ADSYNC_CONNECT_TO
 * (HOST:PORT) and ADSYNC_CA lead to a simulator. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

typedef struct host {
    adsync_engine *engine;
    const char *org;
    size_t used; /* of text */
    char text[256];
} host;

static int complain(adsync_error *error)
{
    fprintf(stderr, "%s: %s\n", adsync_error_name(error), adsync_error_message(error));
    adsync_error_free(error);
    return 1;
}

/* Asks for a sync and goes on: the job is stored before this returns, its end arrives as an event. */
static void command(host *h, const char *line)
{
    adsync_error *error = NULL;
    int64_t connection, job;

    if (sscanf(line, "sync %" SCNd64, &connection) != 1)
        fprintf(stderr, "what is \"%s\"? sync ID\n", line);
    else if (adsync_job_enqueue(h->engine, h->org, connection, NULL, &job, &error) < 0)
        complain(error);
    else
        printf("job %" PRId64 " queued\n", job);
}

/* Takes what came on standard input: part of a line, or several. 0: it ended. */
static int console(host *h)
{
    ssize_t n = read(STDIN_FILENO, h->text + h->used, sizeof h->text - 1 - h->used);
    char *line = h->text, *end;

    if (n <= 0 && h->used) h->text[h->used] = '\n', n = 1; /* the last line may have none */
    if (n <= 0) return 0;
    h->used += (size_t)n;
    h->text[h->used] = 0;
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        command(h, line);
    }
    h->used = strlen(line);
    if (h->used == sizeof h->text - 1) h->used = 0; /* nobody means a line that long */
    memmove(h->text, line, h->used);
    return 1;
}

static int turn(host *h)
{
    adsync_error *error = NULL;
    adsync_rows *events = NULL;

    if (adsync_engine_step(h->engine, 0, &error) < 0) return complain(error);
    if (adsync_engine_events(h->engine, &events, &error) < 0) return complain(error);
    while (adsync_rows_next(events, NULL) == ADSYNC_ROW) {
        const char *message = adsync_rows_text(events, ADSYNC_C_MESSAGE);
        printf("job %" PRId64 " %s%s%s\n", adsync_rows_int(events, ADSYNC_C_JOB), adsync_rows_text(events, ADSYNC_C_STATUS),
               message ? ": " : "", message ? message : "");
    }
    adsync_rows_free(events);
    fflush(stdout);
    return 0;
}

static int watch(int loop, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
}

/* epoll takes milliseconds; rounding up keeps the loop from spinning just before a deadline. */
static int wait_ms(int64_t us) { return us < 0 ? -1 : us > 60000000 ? 60000 : (int)((us + 999) / 1000); }

static int run(host *h)
{
    struct epoll_event ready[8];
    sigset_t set;
    int failed = 1, going = 1, n, file, loop = epoll_create1(EPOLL_CLOEXEC), signals;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (watch(loop, signals) || watch(loop, adsync_engine_fd(h->engine))) goto done;
    if ((file = watch(loop, STDIN_FILENO)) && errno != EPERM) goto done;
    while (file && console(h)) {} /* a file or /dev/null: epoll refuses what nobody ever waits for */

    for (failed = 0; going && !failed; failed = turn(h)) {
        n = epoll_wait(loop, ready, 8, wait_ms(adsync_engine_timeout_us(h->engine)));
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == signals) going = 0;
            if (ready[i].data.fd == STDIN_FILENO && !console(h)) epoll_ctl(loop, EPOLL_CTL_DEL, STDIN_FILENO, NULL); /* else it spins */
        }
    }
done:
    if (signals >= 0) close(signals);
    if (loop >= 0) close(loop);
    return failed;
}

int main(int argc, char **argv)
{
    adsync_curl_options network = { .size = sizeof network, .connect_to = getenv("ADSYNC_CONNECT_TO"), .ca_file = getenv("ADSYNC_CA") };
    adsync_engine_options options = { .size = sizeof options, .max_turn_us = 20000 };
    adsync_error *error = NULL;
    host h = { 0 };
    int failed = 1;

    if (argc != 5) {
        fprintf(stderr, "usage: %s STORE KEYS ORG PLATFORM\n", argv[0]);
        return 2;
    }
    h.org = argv[3];
    if (adsync_sqlite_open(argv[1], NULL, &options.storage, &error) < 0) goto done;
    if (adsync_keys_open_file(argv[2], &options.keys, &error) < 0) goto done;
    if (adsync_curl_open(&network, &options.transport, &error) < 0) goto done;
    if (adsync_engine_open(&options, &h.engine, &error) < 0) goto done;
    if (adsync_app_add(h.engine, argv[4], getenv("ADSYNC_CLIENT_ID"), getenv("ADSYNC_CLIENT_SECRET"), NULL, &error) < 0) goto done;
    failed = run(&h);
done:
    if (error) complain(error);
    adsync_engine_free(h.engine);
    adsync_transport_free(options.transport);
    adsync_keys_free(options.keys);
    adsync_storage_free(options.storage);
    return failed;
}
