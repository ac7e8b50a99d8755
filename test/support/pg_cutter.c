/* SPDX-License-Identifier: MIT */
#include "pg_cutter.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { WIRES = 64, SERVER = 0, CLIENT = 1, SOME = 150 }; /* CUT_ANY: one in so many */

typedef struct stream { /* what came from one side */
    char *p;
    size_t size, room;
    bool begun; /* a client's first message has no letter */
} stream;

typedef struct wire {
    int fd[2];
    stream from[2];
    char commit[64]; /* the statement that is COMMIT */
    bool knows;
} wire;

static cut_orders *orders;
static uint64_t cutter_draw;

static int cutter_socket(const char *folder, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    (void)snprintf(address->sun_path, sizeof address->sun_path, "%s/.s.PGSQL.5432", folder);
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

static void wire_close(wire *w)
{
    (void)close(w->fd[SERVER]);
    (void)close(w->fd[CLIENT]);
    free(w->from[SERVER].p);
    free(w->from[CLIENT].p);
    *w = (wire){ .fd = { -1, -1 } };
}

/* Whether to cut here. */
static bool wire_cuts(uint32_t where)
{
    if (orders->where == CUT_ANY) {
        cutter_draw = cutter_draw * 6364136223846793005u + 1442695040888963407u;
        if ((cutter_draw >> 33) % (where == CUT_STATEMENT ? 4 * SOME : SOME)) return false;
        orders->cuts[where]++;
        return true;
    }
    if (orders->where != where || orders->left--) return false;
    orders->where = CUT_NEVER;
    orders->cuts[where]++;
    return true;
}

/* Parse: a name, a query. Bind: a portal, a statement. */
static bool wire_cuts_at_request(wire *w, char letter, const char *body)
{
    const char *second = body + strlen(body) + 1;

    if (letter == 'P' && !strcmp(second, "COMMIT")) {
        (void)snprintf(w->commit, sizeof w->commit, "%s", body);
        w->knows = true;
        return false;
    }
    if (letter == 'P' && !strcmp(body, w->commit)) w->knows = false;
    if (letter != 'B') return false;
    return wire_cuts(w->knows && !strcmp(second, w->commit) ? CUT_BEFORE : CUT_STATEMENT);
}

static bool wire_cuts_at_answer(char letter, const char *body)
{
    if (letter != 'C' || strcmp(body, "COMMIT") != 0) return false;
    if (wire_cuts(CUT_AFTER)) return true;
    orders->commits++;
    return false;
}

static uint32_t stream_number(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Passes on what came whole; false: cut, or the other side is gone. */
static bool wire_pass(wire *w, int side)
{
    stream *s = &w->from[side];
    size_t at = 0;

    for (;;) {
        size_t letter = s->begun ? 1 : 0, size;
        if (s->size - at < letter + 4) break;
        size = letter + stream_number(s->p + at + letter);
        if (s->size - at < size) break;
        if (letter && (side == CLIENT ? wire_cuts_at_request(w, s->p[at], s->p + at + 5) : wire_cuts_at_answer(s->p[at], s->p + at + 5)))
            return false;
        s->begun = true;
        at += size;
    }
    for (size_t sent = 0; sent < at;) {
        ssize_t n = send(w->fd[!side], s->p + sent, at - sent, MSG_NOSIGNAL);
        if (n <= 0) return false;
        sent += (size_t)n;
    }
    memmove(s->p, s->p + at, s->size - at);
    s->size -= at;
    return true;
}

static bool wire_take(wire *w, int side)
{
    stream *s = &w->from[side];
    ssize_t n;

    if (s->room - s->size < 65536) {
        s->room = 2 * s->room + 65536;
        if (!(s->p = realloc(s->p, s->room))) _exit(3);
    }
    n = recv(w->fd[side], s->p + s->size, s->room - s->size, 0);
    if (n <= 0) return false;
    s->size += (size_t)n;
    return wire_pass(w, side);
}

static void cutter_accept(wire *wires, int listener, const char *server)
{
    struct sockaddr_un address;
    int client = accept(listener, NULL, NULL), there = cutter_socket(server, &address);

    for (int i = 0; i < WIRES && client >= 0; i++) {
        if (wires[i].fd[CLIENT] >= 0) continue;
        if (connect(there, (struct sockaddr *)&address, sizeof address)) break;
        wires[i] = (wire){ .fd = { there, client }, .from = { [SERVER] = { .begun = true } } };
        return;
    }
    (void)close(client);
    (void)close(there);
}

static void cutter_run(int listener, const char *server)
{
    static wire wires[WIRES];
    struct pollfd polled[2 * WIRES + 1];

    for (int i = 0; i < WIRES; i++)
        wires[i] = (wire){ .fd = { -1, -1 } };
    for (;;) {
        for (int i = 0; i < 2 * WIRES; i++)
            polled[i] = (struct pollfd){ .fd = wires[i / 2].fd[i % 2], .events = POLLIN };
        polled[2 * WIRES] = (struct pollfd){ .fd = listener, .events = POLLIN };
        if (poll(polled, 2 * WIRES + 1, -1) < 0) _exit(3);
        for (int i = 0; i < 2 * WIRES; i++)
            if (polled[i].revents && wires[i / 2].fd[i % 2] == polled[i].fd && !wire_take(&wires[i / 2], i % 2)) wire_close(&wires[i / 2]);
        if (polled[2 * WIRES].revents) cutter_accept(wires, listener, server);
    }
}

void pg_cutter_make(pg_cutter *cutter, pg_server *server)
{
    struct sockaddr_un address;
    int listener;

    *cutter = (pg_cutter){ .server = server };
    snprintf(cutter->folder, sizeof cutter->folder, "/tmp/adsync-cut-XXXXXX");
    assert_non_null(mkdtemp(cutter->folder));
    snprintf(cutter->conninfo, sizeof cutter->conninfo, "host=%s user=engine dbname=adsync", cutter->folder);
    cutter->orders = mmap(NULL, sizeof *cutter->orders, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(cutter->orders, MAP_FAILED);
    listener = cutter_socket(cutter->folder, &address);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, WIRES), 0);
    cutter->pid = fork();
    assert_true(cutter->pid >= 0);
    if (!cutter->pid) {
        orders = cutter->orders;
        cutter_draw = 20261120;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        cutter_run(listener, server->folder);
    }
    (void)close(listener);
}

void pg_cutter_order(const pg_cutter *cutter, uint32_t where, uint32_t left)
{
    cutter->orders->where = CUT_NEVER;
    cutter->orders->left = left;
    cutter->orders->where = where;
}

void pg_cutter_remove(pg_cutter *cutter)
{
    char path[80];

    if (!cutter->pid) return;
    (void)kill(cutter->pid, SIGKILL);
    while (waitpid(cutter->pid, NULL, 0) < 0 && errno == EINTR) continue;
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", cutter->folder);
    (void)unlink(path);
    (void)rmdir(cutter->folder);
    (void)munmap(cutter->orders, sizeof *cutter->orders);
    cutter->pid = 0;
}
