/* SPDX-License-Identifier: MIT */
/* The redirect of a consent comes to a port on this machine: one request is read, a page says how it ended. */
#include "cli.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BROWSER_REQUEST = 16384 };

int cli_browser_listen(uint32_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    if (fd < 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 8) || getsockname(fd, (struct sockaddr *)&at, &size)) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static void browser_answer(int fd, const char *status, const char *text)
{
    char answer[512];
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n<p>%s</p>",
                     status, strlen(text) + 7, text);

    (void)!send(fd, answer, (size_t)n, MSG_NOSIGNAL); /* who went away misses a sentence */
    close(fd);
}

void cli_browser_answer(int browser, const char *text) { browser_answer(browser, "200 OK", text); }

/* The query of "GET /callback?.. HTTP/1.1"; NULL: another request (a browser asks for its icon, too). */
static char *browser_query(char *request)
{
    char *query, *end;

    if (strncmp(request, "GET /callback", 13) || !(end = strstr(request, " HTTP/"))) return NULL;
    *end = 0;
    return (query = strchr(request, '?')) ? strdup(query + 1) : NULL;
}

static char *browser_read(int fd)
{
    static char request[BROWSER_REQUEST];
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    size_t used = 0;
    ssize_t n;
    char *query;

    while (used < sizeof request - 1 && poll(&ready, 1, 5000) == 1 && (n = read(fd, request + used, sizeof request - 1 - used)) > 0) {
        used += (size_t)n;
        request[used] = 0;
        if (strstr(request, "\r\n\r\n")) break;
    }
    request[used] = 0;
    query = browser_query(request);
    explicit_bzero(request, sizeof request); /* it held a code */
    return query;
}

char *cli_browser_wait(int listener, int64_t wait_us, int *browser)
{
    struct pollfd ready = { .fd = listener, .events = POLLIN };
    char *query = NULL;

    for (int requests = 0; !query && requests < 20 && poll(&ready, 1, (int)(wait_us / 1000)) == 1; requests++) {
        if ((*browser = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0) return NULL;
        if (!(query = browser_read(*browser))) browser_answer(*browser, "404 Not Found", "Nothing here.");
    }
    return query;
}
