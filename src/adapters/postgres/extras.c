/* SPDX-License-Identifier: MIT */
/* What a storage may offer: erase, the clock, and waking others. NOTIFY comes on its own, never in a commit: there it takes a lock over
 * the whole database until the commit is durable. The ear is a connection of its own; watch_fd answers an epoll that outlives it. */
#include "postgres_int.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

adsync_status adsync__postgres_erase(void *user, uint32_t table, const adsync_value *prefix, uint32_t n_prefix, uint32_t limit,
                                     uint32_t *left, adsync_error **error)
{
    adsync__postgres *s = user;
    adsync__postgres_shape shape = { .what = ADSYNC__POSTGRES_ERASE, .range = { .table = (uint16_t)table, .columns = (uint16_t)n_prefix } };
    PGresult *result = NULL;
    adsync_status rc;

    *left = 0;
    adsync__postgres_params_begin(s);
    for (uint32_t i = 0; i < n_prefix; i++)
        adsync__postgres_params_value(s, adsync_table_column_kind(table, i), &prefix[i]);
    adsync__postgres_params_int(s, limit);
    rc = adsync__postgres_run_shape(s, &shape, &result, error);
    PQclear(result);
    if (rc < 0) return rc;
    s->params.n--; /* the same prefix, no limit */
    shape.what = ADSYNC__POSTGRES_LEFT;
    if ((rc = adsync__postgres_run_shape(s, &shape, &result, error)) < 0) return rc;
    *left = PQntuples(result) > 0;
    PQclear(result);
    return ADSYNC_OK;
}

static adsync_status extras_plain(adsync__postgres *s, uint16_t what, PGresult **out, adsync_error **error)
{
    const adsync__postgres_shape shape = { .what = what };

    adsync__postgres_params_begin(s);
    return adsync__postgres_run_shape(s, &shape, out, error);
}

adsync_status adsync__postgres_now(void *user, int64_t *time_us, adsync_error **error)
{
    PGresult *result = NULL;
    adsync_status rc = extras_plain(user, ADSYNC__POSTGRES_NOW, &result, error);

    *time_us = rc < 0 ? 0 : adsync__postgres_int(result, 0, 0);
    PQclear(result);
    return rc;
}

void adsync__postgres_notify(void *user)
{
    PGresult *result = NULL;

    (void)extras_plain(user, ADSYNC__POSTGRES_NOTIFY, &result, NULL); /* lost: the others look by themselves before long */
    PQclear(result);
}

static void watch_stop(adsync__postgres *s)
{
    PQfinish(s->ear); /* closing the socket takes it out of the epoll */
    s->ear = NULL;
}

static void watch_start(adsync__postgres *s)
{
    struct epoll_event event = { .events = EPOLLIN };
    PGresult *result = NULL;
    char sql[60];

    (void)snprintf(sql, sizeof sql, "LISTEN \"%swake\"", s->prefix);
    if (!s->listen || adsync__postgres_connect_to(s->listen, &s->ear, NULL) < 0) return;
    result = PQexec(s->ear, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK || epoll_ctl(s->epoll, EPOLL_CTL_ADD, PQsocket(s->ear), &event) < 0) watch_stop(s);
    PQclear(result);
}

int32_t adsync__postgres_watch_fd(void *user)
{
    adsync__postgres *s = user;

    if (!s->listen) return -1;
    if (s->epoll < 0) s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll >= 0 && !s->ear) watch_start(s);
    return s->epoll;
}

void adsync__postgres_watch_clear(void *user)
{
    adsync__postgres *s = user;
    struct epoll_event event;

    if (!s->ear) return;
    while (epoll_wait(s->epoll, &event, 1, 0) > 0) {
        PGnotify *heard;
        if (!PQconsumeInput(s->ear)) {
            watch_stop(s);
            watch_start(s); /* once; the next watch_fd tries again */
            return;
        }
        while ((heard = PQnotifies(s->ear))) PQfreemem(heard);
    }
}
