/* SPDX-License-Identifier: MIT */
/* Promises about calls that fail, where the host can make them fail on purpose. */
#include "kit_int.h"

static bool faults_set(kit *k, int64_t nth, uint32_t after)
{
    adsync_status rc = adsync__kit_fine(k) ? k->options.fail_at(k->options.user, nth, after) : ADSYNC_OK;

    if (rc == ADSYNC_E_UNSUPPORTED)
        adsync__kit_skip(k, "not promised: fail_at answers E_UNSUPPORTED");
    else if (rc < 0)
        adsync__kit_broken(k, "fail_at answered %s", adsync_status_name(rc));
    return adsync__kit_fine(k);
}

/* Whatever was seen, the next promise starts with calls that work. */
static void faults_end(kit *k) { (void)k->options.fail_at(k->options.user, 0, 0); }

/* Rows a and b with 1, which a commit is to bring to 2. */
typedef struct faults_case {
    adsync_change changes[2];
    adsync_value a[2], b[2];
    uint8_t held[2];
} faults_case;

static void faults_begin(kit *k, faults_case *c)
{
    *c = (faults_case){ .a = { KIT_T("a"), KIT_I(2) }, .b = { KIT_T("b"), KIT_I(2) } };
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(1)));
    (void)adsync__kit_store(k, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(1)));
    for (int i = 0; i < 2; i++) {
        const adsync_value *row = i ? c->b : c->a;
        c->changes[i] = (adsync_change){ .op = ADSYNC_CHANGE_PUT,
                                         .table = ADSYNC_T_META,
                                         .expected = adsync__kit_version_of(k, ADSYNC_T_META, row),
                                         .version = adsync__kit_version(k),
                                         .values = row,
                                         .n_values = 2 };
    }
}

static adsync_status faults_commit(kit *k, faults_case *c)
{
    adsync_status rc;

    if (!adsync__kit_fine(k)) return ADSYNC_OK;
    rc = adsync__kit_raw_commit(k->one, c->changes, 2, c->held, NULL);
    if (rc == ADSYNC_E_MEMORY) k->fatal = rc;
    return rc;
}

static void faults_are(kit *k, int64_t value)
{
    adsync__kit_has(k, k->other, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(value)));
    adsync__kit_has(k, k->other, ADSYNC_T_META, KIT_ROW(KIT_T("b"), KIT_I(value)));
}

static void faults_before(kit *k)
{
    faults_case c;
    adsync_status rc;

    faults_begin(k, &c);
    if (!faults_set(k, 1, 0)) return;
    rc = faults_commit(k, &c);
    if (rc != ADSYNC_E_STORAGE && rc != ADSYNC_E_RETRY)
        adsync__kit_broken(k, "a commit that failed before it took effect answered %s", adsync_status_name(rc));
    faults_end(k);
    faults_are(k, 1);
    if (adsync__kit_fine(k) && (rc = faults_commit(k, &c)) < 0)
        adsync__kit_broken(k, "the same commit, submitted again, answered %s", adsync_status_name(rc));
    faults_are(k, 2);
}

/* The answer is lost after the effect. A storage that finds out by itself may say OK, if it is. */
static void faults_after(kit *k)
{
    faults_case c;
    adsync_status rc;

    faults_begin(k, &c);
    if (!faults_set(k, 1, 1)) return;
    rc = faults_commit(k, &c);
    if (rc != ADSYNC_E_UNCERTAIN && rc != ADSYNC_OK)
        adsync__kit_broken(k, "a commit whose answer was lost answered %s", adsync_status_name(rc));
    faults_end(k);
    faults_are(k, 2);
}

static void faults_again(kit *k)
{
    faults_case c;
    adsync_status rc;

    faults_begin(k, &c);
    if (!faults_set(k, 1, 1)) return;
    (void)faults_commit(k, &c);
    faults_end(k);
    rc = faults_commit(k, &c);
    if (rc != ADSYNC_E_CONFLICT)
        adsync__kit_broken(k, "a commit that was applied and is submitted again answered %s", adsync_status_name(rc));
    else if (!c.held[0] || !c.held[1])
        adsync__kit_broken(k, "a commit that was applied and is submitted again did not name both changes");
    if (adsync__kit_version_of(k, ADSYNC_T_META, c.a) != c.changes[0].version)
        adsync__kit_broken(k, "the row does not carry the version of the commit that was applied");
    if (!faults_set(k, 1, 1)) return;
    adsync__kit_put(k, ADSYNC_T_META, c.changes[0].version, KIT_ROW(KIT_T("a"), KIT_I(3)));
    adsync__kit_commits(k, k->one, "a commit through the library, whose first answer was lost,");
    faults_end(k);
    adsync__kit_has(k, k->one, ADSYNC_T_META, KIT_ROW(KIT_T("a"), KIT_I(3)));
}

static void faults_reads(kit *k)
{
    const adsync_value key[] = { KIT_T("a"), KIT_I(1) };
    const adsync_range range = { .table = ADSYNC_T_META, .limit = 9 };
    adsync_rows *rows = NULL;
    adsync_status rc[4] = { 0 };

    (void)adsync__kit_store(k, ADSYNC_T_META, key, 2);
    if (!faults_set(k, 2, 0)) return;
    rc[0] = adsync_storage_read(k->one, 0, ADSYNC_T_META, 0, key, 1, &rows, NULL);
    adsync_rows_free(rows);
    rc[1] = adsync_storage_read(k->one, 0, ADSYNC_T_META, 0, key, 1, &rows, NULL);
    adsync_rows_free(rows);
    faults_end(k);
    if (!faults_set(k, 1, 0)) return;
    rc[2] = adsync_storage_scan(k->one, 0, &range, &rows, NULL);
    adsync_rows_free(rows);
    faults_end(k);
    for (int i = 0; i < 3; i++)
        if (rc[i] == ADSYNC_E_MEMORY) k->fatal = rc[i];
    if (rc[0] < 0 || rc[1] >= 0)
        adsync__kit_broken(k, "fail_at(2) let the first read answer %s and the second %s", adsync_status_name(rc[0]),
                           adsync_status_name(rc[1]));
    if (rc[2] >= 0) adsync__kit_broken(k, "a scan that was to fail answered %s", adsync_status_name(rc[2]));
    adsync__kit_has(k, k->one, ADSYNC_T_META, key, 2);
}

const kit_promise adsync__kit_faults_list[] = {
    { "2.9 a commit that failed left nothing", "answer E_STORAGE or E_RETRY only where nothing was applied", faults_before, 0,
      KIT_NEEDS_FAIL_AT },
    { "2.10 a commit that was applied never says it was not",
      "answer E_UNCERTAIN where the answer of a commit was lost, and OK only where it is applied", faults_after, 0, KIT_NEEDS_FAIL_AT },
    { "2.11 an uncertain commit that is submitted again tells", "submitted again, an applied commit conflicts with its own versions",
      faults_again, 0, KIT_NEEDS_FAIL_AT },
    { "2.12 a read that failed works again", "a failing read or scan answers a failure, not rows, and leaves the handle usable",
      faults_reads, 0, KIT_NEEDS_FAIL_AT },
    { NULL, NULL, NULL, 0, 0 },
};
