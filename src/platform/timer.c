/* SPDX-License-Identifier: MIT */
/* Timers: something to look at again later that is no flight. */
#include "kernel_int.h"

void adsync__timer_set(adsync__kernel *kernel, adsync__timer *timer, int64_t monotonic_us)
{
    adsync__timer_clear(timer);
    timer->at_us = monotonic_us;
    timer->next = kernel->timers;
    timer->link = &kernel->timers;
    if (timer->next) timer->next->link = &timer->next;
    kernel->timers = timer;
}

void adsync__timer_clear(adsync__timer *timer)
{
    if (!timer->link) return;
    *timer->link = timer->next;
    if (timer->next) timer->next->link = timer->link;
    timer->link = NULL;
    timer->next = NULL;
}

int64_t adsync__timers_next(const adsync__kernel *kernel)
{
    int64_t least = INT64_MAX;

    for (const adsync__timer *timer = kernel->timers; timer; timer = timer->next)
        if (timer->at_us < least) least = timer->at_us;
    return least;
}

/* What is due when the turn begins is called once; a callback may set, clear and free any timer, so the list is walked anew each time. */
void adsync__timers_due(adsync__kernel *kernel, int64_t monotonic_us)
{
    adsync__timer *timer = kernel->timers;

    while (timer) {
        if (timer->at_us > monotonic_us) {
            timer = timer->next;
            continue;
        }
        adsync__timer_clear(timer);
        timer->due(timer->user, false);
        timer = kernel->timers;
    }
}

void adsync__timers_cancel(adsync__kernel *kernel)
{
    adsync__timer *timer;

    while ((timer = kernel->timers)) {
        adsync__timer_clear(timer);
        timer->due(timer->user, true);
    }
}
