/* SPDX-License-Identifier: MIT */
/* The kit's entry for one process: runs every promise on wiped tables and writes down what was seen. */
#include "kit_int.h"

#include <stdio.h>

enum { KIT_SECONDS = 600 }; /* a storage may be slow; what it has not reached by then counts as broken */

static const kit_promise *const kit_groups[] = {
    adsync__kit_changes_list, adsync__kit_commits_list, adsync__kit_races_list,  adsync__kit_faults_list, adsync__kit_lasting_list,
    adsync__kit_limits_list,  adsync__kit_values_list,  adsync__kit_texts_list,  adsync__kit_prefix_list, adsync__kit_scans_list,
    adsync__kit_pages_list,   adsync__kit_flags_list,   adsync__kit_extras_list, adsync__kit_random_list,
};

adsync_status adsync__kit_options(const adsync_storage_check_options *given, bool wipes, adsync_storage_check_options *out,
                                  adsync_error **error)
{
    size_t least = offsetof(adsync_storage_check_options, fail_at);
    adsync_status rc = adsync__check_struct(given, least, sizeof *out, "adsync_storage_check_options", error);

    *out = (adsync_storage_check_options){ 0 };
    if (rc < 0) return rc;
    memcpy(out, given, given->size < sizeof *out ? given->size : sizeof *out);
    if (out->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_storage_check_options: unknown flags");
    if (!out->open) return adsync__fail(error, ADSYNC_E_INVALID, "storage.slot", "adsync_storage_check_options: the slot open is not set");
    if (wipes && !out->wipe)
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.slot", "adsync_storage_check_options: the slot wipe is not set");
    if (!out->seed) out->seed = 1;
    return ADSYNC_OK;
}

adsync_status adsync__kit_report_new(adsync_rows **out, adsync_error **error)
{
    static const uint32_t columns[] = { ADSYNC_C_NAME, ADSYNC_C_RESULT, ADSYNC_C_MESSAGE };

    return adsync__rows_new(columns, ADSYNC__COUNT(columns), out, error);
}

adsync_status adsync__kit_report(adsync_rows *report, const char *name, uint32_t result, const char *message, adsync_error **error)
{
    static const char *const words[] = { "ok", "broken", "skipped" };
    char line[700] = ""; /* a storage's own words may be cut in the middle of a character */
    adsync_value row[] = { adsync__value_text(name), adsync__value_text(words[result]), adsync__value_null() };

    if (message) {
        (void)snprintf(line, sizeof line, "%s", message);
        line[adsync__utf8_cut(line, strlen(line), sizeof line - 4)] = 0;
        row[2] = adsync__value_text(line);
    }
    return adsync__rows_add(report, row, error);
}

void adsync__kit_shut(kit *k)
{
    adsync_storage_free(k->one);
    adsync_storage_free(k->other);
    k->one = k->other = NULL;
}

adsync_status adsync__kit_open_one(const adsync_storage_check_options *options, adsync_storage **out, adsync_error **error)
{
    adsync_status rc = options->open(options->user, out, error);

    if (rc >= 0 && *out) return ADSYNC_OK;
    *out = NULL;
    if (rc >= 0) return adsync__fail(error, ADSYNC_E_INVALID, "storage.open", "open answered %s and no storage", adsync_status_name(rc));
    return rc;
}

adsync_status adsync__kit_open(kit *k, adsync_error **error)
{
    adsync_status rc = adsync__kit_open_one(&k->options, &k->one, error);

    if (rc < 0 || (rc = adsync__kit_open_one(&k->options, &k->other, error)) < 0) return rc;
    if (k->one == k->other) {
        k->other = NULL;
        return adsync__fail(error, ADSYNC_E_INVALID, "storage.open", "open answered the same handle twice: each call must make one");
    }
    k->flags = k->one->ops.flags;
    k->max_changes = k->one->ops.max_changes;
    k->max_bytes = k->one->ops.max_bytes;
    return ADSYNC_OK;
}

static adsync_status kit_begin(kit *k, adsync_error **error)
{
    adsync_status rc = k->options.wipe(k->options.user, error);

    return rc < 0 ? rc : adsync__kit_open(k, error);
}

static adsync_status kit_write(kit *k, adsync_error **error)
{
    char line[sizeof k->message + 300];

    if (k->result == KIT_OK) return adsync__kit_report(k->report, k->promise->name, KIT_OK, NULL, error);
    (void)snprintf(line, sizeof line, k->result == KIT_BROKEN ? "%s; %s" : "%s", k->message, k->promise->advice);
    return adsync__kit_report(k->report, k->promise->name, k->result, line, error);
}

/* One promise, from wiping to its row in the report. A storage that cannot even be opened ends the kit at the first one. */
static adsync_status kit_run(kit *k, const kit_promise *promise, adsync_error **error)
{
    adsync_error *words = NULL;
    adsync_status rc = kit_begin(k, &words);
    bool first = !adsync_rows_count(k->report);

    k->promise = promise;
    k->result = KIT_OK;
    if (rc < 0 && (first || rc == ADSYNC_E_MEMORY)) {
        adsync_error_free(error ? *error : NULL);
        if (error)
            *error = words;
        else
            adsync_error_free(words);
        adsync__kit_shut(k);
        return rc;
    }
    (void)adsync__kit_failed(k, "wiping and opening", rc, words);
    adsync_error_free(words);
    if (promise->unless & k->flags) adsync__kit_skip(k, "not promised");
    if (promise->needs & KIT_NEEDS_FAIL_AT && !k->options.fail_at) adsync__kit_skip(k, "not promised: fail_at is not set");
    if (adsync__kit_fine(k)) promise->test(k);
    adsync__kit_forget(k);
    adsync__kit_shut(k);
    return k->fatal ? adsync__fail_memory(error) : kit_write(k, error);
}

static adsync_status kit_late(kit *k, const kit_promise *promise, adsync_error **error)
{
    k->promise = promise;
    k->result = KIT_OK;
    adsync__kit_broken(k, "not reached: the promises before it took more than %d s", KIT_SECONDS);
    return kit_write(k, error);
}

static adsync_status kit_run_all(kit *k, const char *only, adsync_error **error)
{
    adsync__effects clock;
    adsync_status rc = adsync__effects_begin(&clock, NULL, error);
    int64_t end = rc < 0 ? 0 : adsync__monotonic_us(&clock) + (int64_t)KIT_SECONDS * 1000000;

    for (size_t g = 0; g < ADSYNC__COUNT(kit_groups); g++) {
        for (const kit_promise *p = kit_groups[g]; p->name && rc >= 0; p++) {
            if (only && strcmp(only, p->name) != 0) continue;
            rc = adsync__monotonic_us(&clock) < end ? kit_run(k, p, error) : kit_late(k, p, error);
        }
    }
    return rc;
}

adsync_status adsync__kit_verdict(adsync_rows *report, adsync_error **error)
{
    const char *first = NULL;
    size_t n = 0;

    for (size_t i = 0; i < adsync_rows_count(report); i++) {
        const adsync_value *row = adsync__rows_values(report, i);
        if (strcmp(row[1].p, "broken") != 0) continue;
        if (!n++) first = row[0].p;
    }
    if (!n) return ADSYNC_OK;
    return adsync__fail(error, ADSYNC_E_REJECTED, "storage.broken", "the storage breaks %zu promise%s, the first is: %s", n,
                        n == 1 ? "" : "s", first);
}

adsync_status adsync__kit_check(const adsync_storage_check_options *options, const char *only, adsync_rows **report, adsync_error **error)
{
    kit k = { 0 };
    adsync_status rc;

    if ((rc = adsync__kit_options(options, true, &k.options, error)) < 0) return rc;
    k.draw = (uint64_t)k.options.seed;
    if ((rc = adsync__kit_report_new(&k.report, error)) < 0) return rc;
    if ((rc = kit_run_all(&k, only, error)) < 0) goto done;
    rc = adsync__kit_verdict(k.report, error);
    *report = k.report;
    k.report = NULL;
done:
    adsync_rows_free(k.report);
    adsync__free(k.batch);
    adsync__free(k.held);
    return rc;
}

adsync_status adsync_storage_check(const adsync_storage_check_options *options, adsync_rows **report, adsync_error **error)
{
    if (!report) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "report is NULL");
    *report = NULL;
    return adsync__kit_check(options, NULL, report, error);
}
