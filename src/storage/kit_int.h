/* SPDX-License-Identifier: MIT */
/* The conformance kit from inside. A promise is a function over a `kit`; it runs on wiped tables with two handles open. Once it is
 * seen to be broken every further step does nothing, so that promises read straight down, and the next promise starts afresh. */
#ifndef ADSYNC_SRC_KIT_INT_H
#define ADSYNC_SRC_KIT_INT_H

#include "storage_int.h"

/* Values and rows as arguments: KIT_ROW(..) is an array and its length. */
#define KIT_ONE(value) (((const adsync_value[]){ value })[0])
#define KIT_I(number) KIT_ONE(adsync__value_int(number))
#define KIT_T(text) KIT_ONE(adsync__value_text(text))
#define KIT_B(p, n) KIT_ONE(adsync__value_bytes(p, n))
#define KIT_N KIT_ONE(adsync__value_null())
#define KIT_ROW(...) (const adsync_value[]){ __VA_ARGS__ }, (uint32_t)(sizeof((const adsync_value[]){ __VA_ARGS__ }) / sizeof(adsync_value))

enum { KIT_OK = 0, KIT_BROKEN, KIT_SKIPPED };
enum { KIT_NEEDS_FAIL_AT = 1 };
enum { KIT_TRIES = 20 }; /* a storage may answer RETRY, but not for ever */

typedef struct kit kit;
typedef struct kit_kept kit_kept; /* rows that live as long as the promise */

typedef struct kit_promise {
    const char *name;   /* its number in doc/storage.md, and what is promised */
    const char *advice; /* what to do about it where it is broken */
    void (*test)(kit *k);
    uint32_t unless; /* ADSYNC_STORAGE_*: a storage that declares one of these does not promise this */
    uint32_t needs;  /* KIT_NEEDS_* */
} kit_promise;

struct kit {
    adsync_storage_check_options options;
    const kit_promise *promise; /* the one under way */
    adsync_rows *report;
    adsync_storage *one, *other; /* two handles on the same rows */
    uint32_t flags, max_changes, max_bytes;
    uint64_t draw;
    adsync__arena arena; /* what the promise under way made */
    kit_kept *kept;
    adsync_change *batch;
    uint8_t *held; /* a byte per change of the last commit: 1 was named as a conflict */
    uint32_t n_batch, room_batch;
    uint32_t result;
    char message[400];   /* what was seen, where it is broken; why, where it is skipped */
    adsync_status fatal; /* E_MEMORY: the whole kit ends */
};

/* ---- kit.c: groups of promises, and how they are run. `only`: the name of one promise; NULL: all. Tests use it. */
extern const kit_promise adsync__kit_changes_list[], adsync__kit_commits_list[], adsync__kit_races_list[], adsync__kit_faults_list[],
    adsync__kit_lasting_list[], adsync__kit_limits_list[], adsync__kit_values_list[], adsync__kit_texts_list[], adsync__kit_prefix_list[],
    adsync__kit_scans_list[], adsync__kit_pages_list[], adsync__kit_flags_list[], adsync__kit_extras_list[],
    adsync__kit_random_list[]; /* a nameless one ends each */
adsync_status adsync__kit_check(const adsync_storage_check_options *options, const char *only, adsync_rows **report, adsync_error **error);
adsync_status adsync__kit_options(const adsync_storage_check_options *given, bool wipes, adsync_storage_check_options *out,
                                  adsync_error **error);
adsync_status adsync__kit_report_new(adsync_rows **out, adsync_error **error);
adsync_status adsync__kit_report(adsync_rows *report, const char *name, uint32_t result, const char *message, adsync_error **error);
adsync_status adsync__kit_verdict(adsync_rows *report, adsync_error **error); /* E_REJECTED if a row says broken */
adsync_status adsync__kit_open_one(const adsync_storage_check_options *options, adsync_storage **out, adsync_error **error);
void adsync__kit_shut(kit *k);                                /* frees both handles */
adsync_status adsync__kit_open(kit *k, adsync_error **error); /* opens both */

/* ---- kit_step.c: the steps of promises */
bool adsync__kit_fine(const kit *k);
void adsync__kit_broken(kit *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
void adsync__kit_skip(kit *k, const char *why);
bool adsync__kit_failed(kit *k, const char *what, adsync_status rc, const adsync_error *words); /* broken, unless rc is fine */
uint64_t adsync__kit_draw(kit *k);
int64_t adsync__kit_version(kit *k);         /* a new one */
void *adsync__kit_take(kit *k, size_t size); /* zeroed, freed with the promise; NULL: the kit ends */
char *adsync__kit_text(kit *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *adsync__kit_long_text(kit *k, size_t size, uint64_t seed); /* letters */
void adsync__kit_show(char out[64], const adsync_value *value);

/* A batch is collected, then committed by one of the three. Puts answer the version they bring. */
void adsync__kit_change(kit *k, const adsync_change *change);
int64_t adsync__kit_put(kit *k, uint32_t table, int64_t expected, const adsync_value *values, uint32_t n);
void adsync__kit_delete(kit *k, uint32_t table, int64_t expected, const adsync_value *key, uint32_t n);
void adsync__kit_demand(kit *k, uint32_t table, int64_t version, const adsync_value *key, uint32_t n);
adsync_status adsync__kit_commit(kit *k, adsync_storage *on, adsync_error **error);
void adsync__kit_commits(kit *k, adsync_storage *on, const char *what);
void adsync__kit_refuses(kit *k, adsync_storage *on, const char *held, const char *what);  /* held: a 1 per change to be named, else 0 */
int64_t adsync__kit_store(kit *k, uint32_t table, const adsync_value *values, uint32_t n); /* one put, whatever was there */

/* Reads; the rows live as long as the promise. */
adsync_rows *adsync__kit_read(kit *k, adsync_storage *on, uint32_t table, uint32_t columns, const adsync_value *keys, uint32_t n_keys);
/* The row of that key: NULL where there is none or the promise is broken. Values in column order, then the version. */
const adsync_value *adsync__kit_row(kit *k, adsync_storage *on, uint32_t table, const adsync_value *key);
int64_t adsync__kit_version_of(kit *k, uint32_t table, const adsync_value *key);                          /* as it is read; 0: broken */
void adsync__kit_has(kit *k, adsync_storage *on, uint32_t table, const adsync_value *values, uint32_t n); /* further columns are null */
void adsync__kit_lacks(kit *k, adsync_storage *on, uint32_t table, const adsync_value *key, uint32_t n);
void adsync__kit_keep(kit *k, adsync_rows *rows); /* takes them, also NULL */
void adsync__kit_forget(kit *k);                  /* frees what the promise made */
/* Scans; the rows live as long as the promise. */
adsync_rows *adsync__kit_scan(kit *k, adsync_storage *on, const adsync_range *range);
/* The values of one column that a scan must give, in order. */
void adsync__kit_gives(kit *k, adsync_storage *on, const adsync_range *range, uint32_t column, const adsync_value *due, uint32_t n);

/* ---- kit_raw.c: past the choke point, for what it would not send. */
adsync_status adsync__kit_raw_commit(adsync_storage *on, const adsync_change *changes, uint32_t n, uint8_t *held, adsync_error **error);
adsync_rows *adsync__kit_raw_scan(kit *k, adsync_storage *on, const adsync_range *range); /* as adsync__kit_scan */

#endif
