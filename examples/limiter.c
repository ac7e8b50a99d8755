/* SPDX-License-Identifier: MIT */
/* Staying within "3 requests in 100 ms", with a storage that forgets; give adsync_sqlite_open's to share the limit between processes. */
#include <adsync/adsync.h>

#include <stdio.h>
#include <time.h>

static void pause_us(int64_t us)
{
    const struct timespec pause = { .tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000 * 1000) };

    (void)nanosleep(&pause, NULL);
}

/* [limiter] */
static adsync_status send_all(adsync_limiter *limiter, int requests, adsync_error **error)
{
    const char *key = "snapchat/app1/grant:7/all";
    int64_t ticket, wait_us;
    adsync_status rc;

    while (requests) {
        rc = adsync_limiter_take(limiter, "our customer", &key, NULL, 1, ADSYNC_PRIORITY_SCHEDULED, &ticket, &wait_us, error);
        if (rc < 0) return rc;
        if (wait_us) {
            pause_us(wait_us); /* an event loop would set a timer */
            continue;
        }
        printf("request %d goes out\n", requests--);
        /* what the answer said: "2 left, all of them back in 100 ms" would be
         * adsync_limiter_learn(limiter, key, ADSYNC_READING_REMAINING, 2, now_us + 100000, error); */
        rc = adsync_limiter_settle(limiter, ticket, ADSYNC_SETTLE_AS_TAKEN, error);
        if (rc < 0) return rc;
    }
    return ADSYNC_OK;
}
/* [limiter] */

int main(void)
{
    const adsync_window window = { .size = sizeof window, .align = ADSYNC_WINDOW_ROLL, .length_us = 100000, .permits = 3 };
    adsync_storage *storage = NULL;
    adsync_limiter *limiter = NULL;
    adsync_error *error = NULL;
    adsync_status rc;

    if ((rc = adsync_memory_open(NULL, &storage, &error)) < 0) goto done;
    if ((rc = adsync_limiter_open(storage, NULL, &limiter, &error)) < 0) goto done;
    if ((rc = adsync_limiter_window(limiter, "snapchat/app1/grant:7/all", &window, &error)) < 0) goto done;
    rc = send_all(limiter, 10, &error);
done:
    if (rc < 0) fprintf(stderr, "%s\n", adsync_error_message(error));
    adsync_error_free(error);
    adsync_limiter_free(limiter);
    adsync_storage_free(storage);
    return rc < 0;
}
