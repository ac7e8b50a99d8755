/* SPDX-License-Identifier: MIT */
/* The kit's entry that judges what workers left. */
#include "kit_history.h"

#include <stdio.h>

static adsync_status verify_left(kit_history *history, adsync_storage *on, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    for (uint32_t s = 0; s < KIT_SPOTS && rc >= 0; s++)
        rc = adsync__kit_spot_read(on, s, &history->left[s].value, &history->left[s].version, &history->left[s].whole, error);
    return rc;
}

static bool verify_was_killed(const kit_history *history)
{
    for (uint32_t t = 0; t < history->n_tries; t++)
        if (!history->tries[t].answered) return true;
    return false;
}

static adsync_status verify_one(kit_history *history, const kit_judgement *j, uint32_t flags, adsync_rows *report, adsync_error **error)
{
    char words[KIT_WORDS] = "", line[KIT_WORDS + 200];
    adsync_status rc;

    if (j->unless & flags) return adsync__kit_report(report, j->name, KIT_SKIPPED, "not promised", error);
    if (j->unless && !verify_was_killed(history)) return adsync__kit_report(report, j->name, KIT_SKIPPED, "no writer was killed", error);
    if ((rc = j->judge(history, words)) < 0) return adsync__fail_memory(error);
    (void)snprintf(line, sizeof line, "%s; %s", words, j->advice);
    return adsync__kit_report(report, j->name, words[0] ? KIT_BROKEN : KIT_OK, words[0] ? line : NULL, error);
}

static adsync_status verify_all(kit_history *history, uint32_t flags, adsync_rows *report, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    adsync__kit_history_settle(history);
    for (const kit_judgement *j = adsync__kit_judgements; j->name && rc >= 0; j++)
        rc = verify_one(history, j, flags, report, error);
    return rc;
}

adsync_status adsync_storage_check_verify(const adsync_storage_check_options *options, const char *log_directory, adsync_rows **report,
                                          adsync_error **error)
{
    adsync_storage_check_options mine;
    kit_history history = { 0 };
    adsync_storage *on = NULL;
    adsync_rows *made = NULL;
    adsync_status rc;

    if (!report) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "report is NULL");
    *report = NULL;
    if (!log_directory) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "log_directory is NULL");
    if ((rc = adsync__kit_options(options, false, &mine, error)) < 0) return rc;
    if ((rc = adsync__kit_history_read(&history, log_directory, error)) < 0) goto done;
    if ((rc = adsync__kit_open_one(&mine, &on, error)) < 0) goto done;
    if ((rc = verify_left(&history, on, error)) < 0) goto done;
    if ((rc = adsync__kit_report_new(&made, error)) < 0) goto done;
    if ((rc = verify_all(&history, adsync__storage_ops(on)->flags, made, error)) < 0) goto done;
    rc = adsync__kit_verdict(made, error);
    *report = made;
    made = NULL;
done:
    adsync_rows_free(made);
    adsync_storage_free(on);
    adsync__kit_history_free(&history);
    return rc;
}
