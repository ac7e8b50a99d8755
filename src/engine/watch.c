/* SPDX-License-Identifier: MIT */
/* Waiting for two at once: the transport's descriptor and the storage's, which tells that another process made work. One epoll over both
 * is what the engine waits on and what a foreign loop is given. Where either has none, the transport waits as before, and work of others
 * is found by looking (poll_us). */
#include "engine_int.h"

#include <sys/epoll.h>
#include <unistd.h>

#define WATCH_MOST_US (INT64_C(3600) * 1000000)

static bool watch_add(int32_t epoll, int32_t fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void adsync__watch_begin(adsync_engine *engine)
{
    int32_t transport = adsync__kernel_fd(engine->kernel), epoll;

    engine->watch = engine->epoll = -1;
    if (!engine->claims || transport < 0) return;
    if ((engine->watch = adsync__storage_watch(adsync__kernel_storage(engine->kernel))) < 0) return;
    if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) return;
    if (watch_add(epoll, transport) && watch_add(epoll, engine->watch))
        engine->epoll = epoll;
    else
        (void)close(epoll);
}

void adsync__watch_end(adsync_engine *engine)
{
    if (engine->epoll >= 0) (void)close(engine->epoll);
}

/* A storage that lost what it listens with takes it up again when it is asked for the descriptor, which stays the same. */
void adsync__watch_tend(adsync_engine *engine)
{
    int64_t now;

    if (engine->epoll < 0) return;
    if ((now = adsync__monotonic_us(adsync__kernel_effects(engine->kernel))) < engine->watch_at_us) return;
    engine->watch_at_us = now + ENGINE_TEND_US;
    (void)adsync__storage_watch(adsync__kernel_storage(engine->kernel));
}

/* Whoever notified has made work: look for it at once. */
static void watch_told(adsync_engine *engine)
{
    adsync__storage_watched(adsync__kernel_storage(engine->kernel));
    engine->poll_at_us = engine->schedule_at_us = engine->erase_at_us = 0;
}

int64_t adsync__watch_wait(adsync_engine *engine, int64_t wait_us)
{
    struct epoll_event events[2];
    int64_t least;
    int n;

    if (engine->epoll < 0) return wait_us;
    least = adsync__kernel_timeout_us(engine->kernel);
    if (least >= 0 && least < wait_us) wait_us = least;
    n = epoll_wait(engine->epoll, events, 2, (int)(((wait_us < WATCH_MOST_US ? wait_us : WATCH_MOST_US) + 999) / 1000));
    for (int i = 0; i < n; i++)
        if (events[i].data.fd == engine->watch) watch_told(engine);
    return 0;
}
