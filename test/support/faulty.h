/* SPDX-License-Identifier: MIT */
/* A storage around another one, whose calls are counted, recorded, watched, and made to fail. One `faulty` may stand around any
 * number of handles; it counts over all of them. It belongs to the test and outlives them. One thread at a time.
 *
 *     faulty f = { 0 };
 *     adsync_memory_open(NULL, &inner, NULL);
 *     faulty_wrap(&f, inner, &storage, NULL);
 *     adsync_storage_free(inner);                                         the wrapper keeps it
 *     faulty_fail(&f, 3, FAULTY_ANY, FAULTY_AFTER, false, ADSYNC_OK);     the third call from now, once */
#ifndef ADSYNC_TEST_FAULTY_H
#define ADSYNC_TEST_FAULTY_H

#include "storage/storage.h"

enum { FAULTY_READ = 1, FAULTY_SCAN = 2, FAULTY_COMMIT = 4, FAULTY_ERASE = 8, FAULTY_ANY = 15 };
enum { FAULTY_BEFORE = 0, FAULTY_AFTER = 1 };
enum { FAULTY_RECORDED = 512 };

typedef struct faulty_call {
    uint32_t kind;                /* FAULTY_* */
    uint32_t table;               /* of a commit: of its first change */
    uint32_t n;                   /* keys, changes, or the limit */
    adsync_status inner;          /* what the storage inside answered; ADSYNC_PASSTHROUGH: it was not asked */
    adsync_status answered;       /* what went out */
    const adsync_change *changes; /* these three are good inside the hooks only */
    const adsync_range *range;
    const adsync_value *keys;
} faulty_call;

typedef struct faulty faulty;
typedef void (*faulty_hook)(faulty *f, const faulty_call *call, void *user);

struct faulty {
    /* set by the test, both may be NULL; they may use any handle but the one that is being served */
    faulty_hook before; /* before the storage inside is asked, also where the call is going to fail */
    faulty_hook after;  /* after it was asked, `inner` and `answered` are set */
    void *user;
    /* read by the test */
    uint64_t calls, reads, scans, commits, erases, failed;
    faulty_call recorded[FAULTY_RECORDED]; /* the first ones */
    /* the plan, see faulty_fail */
    uint64_t nth, seen;
    uint32_t kinds, when;
    bool from_then_on;
    adsync_status status;
};

/* A handle around `inner`, which is kept until this handle is freed. Optional slots, flags and limits are the inner one's. */
adsync_status faulty_wrap(faulty *f, adsync_storage *inner, adsync_storage **out, adsync_error **error);

/* The nth call of these kinds from now fails, 1 being the next, 0 none. FAULTY_BEFORE: the storage inside is not asked, the answer is
 * `status` or E_STORAGE. FAULTY_AFTER: it is asked, then the answer is `status`, or E_UNCERTAIN for a commit and E_STORAGE for all
 * else. `status` ADSYNC_OK takes these defaults. */
void faulty_fail(faulty *f, uint64_t nth, uint32_t kinds, uint32_t when, bool from_then_on, adsync_status status);

/* Forgets counts and records; the plan stays. */
void faulty_forget(faulty *f);

#endif
