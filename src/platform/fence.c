/* SPDX-License-Identifier: MIT */
/* Nothing new for an organisation that is being deleted, or is gone.
 *
 * A commit that holds only while some row of the organisation is there as it was (its lane, job, slot, schedule, connection or grant: an
 * *anchor*) cannot outlive the organisation: erasing takes the anchors first, in an order in which none can be made anew. What has no
 * anchor (a job that is asked for, a first grant, a record of a call that came late) is committed together with a check of the
 * organisation's own row, so whoever was asleep since before the deletion began brings nothing back (P1b, P5).
 *
 * Numbers are given once: one that was given and stands in no row of orgs is gone. */
#include "../base/switch.h"
#include "kernel_int.h"

#include <stdio.h>

enum { FENCE_TRIES = 4, FENCE_NAME = 256, OAUTH_ORG_AT = 1 };

struct adsync__fence_org {
    int64_t org, version;
    char name[FENCE_NAME];
};

typedef struct fence_list { /* the organisations of one commit that are checked, and the commit with their checks */
    adsync_value names[KERNEL_FENCES];
    adsync_change checks[KERNEL_FENCES];
    int64_t orgs[KERNEL_FENCES];
    uint32_t n;
} fence_list;

/* ---- what a commit is about */

static bool fence_is_anchor(const adsync_change *c)
{
    static const uint32_t anchors[] = { ADSYNC_T_LANES,     ADSYNC_T_JOBS,        ADSYNC_T_QUEUE,
                                        ADSYNC_T_SCHEDULES, ADSYNC_T_CONNECTIONS, ADSYNC_T_GRANTS };

    if (c->expected <= ADSYNC_EXPECT_ABSENT) return false;
    for (size_t i = 0; i < ADSYNC__COUNT(anchors); i++)
        if (anchors[i] == c->table) return true;
    return false;
}

static bool fence_is_anchored(const adsync__unit *units, uint32_t n, int64_t org)
{
    for (uint32_t u = 0; u < n; u++)
        for (uint32_t i = 0; units[u].org == org && i < units[u].n_changes; i++)
            if (fence_is_anchor(&units[u].changes[i])) return true;
    return false;
}

/* Whose row this puts: a unit's own organisation, or the one that a row of the system's names. 0: nobody's. */
static int64_t fence_puts_for(const adsync__unit *unit)
{
    for (uint32_t i = 0; i < unit->n_changes; i++) {
        const adsync_change *c = &unit->changes[i];
        if (c->op != ADSYNC_CHANGE_PUT) continue;
        if (unit->org) return unit->org;
        if (c->table == ADSYNC_T_OAUTH_STATES && c->n_values > OAUTH_ORG_AT) return c->values[OAUTH_ORG_AT].i;
    }
    return 0;
}

/* ---- what is known of organisations */

static adsync__fence_org *fence_known(adsync__kernel *kernel, int64_t org)
{
    for (uint32_t i = 0; i < kernel->n_fences; i++)
        if (kernel->fences[i].org == org) return &kernel->fences[i];
    return NULL;
}

static adsync_status fence_gone(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_NOT_FOUND, "org.deleting", "the organisation is being deleted, or is gone");
}

static adsync_status fence_keep(adsync__kernel *kernel, int64_t org, adsync_rows *row, adsync__fence_org **out, adsync_error **error)
{
    const char *name = adsync_rows_text(row, ADSYNC_C_NAME);
    adsync__fence_org *at;

    if (!kernel->fences && !(kernel->fences = adsync__alloc_zero(KERNEL_FENCES, sizeof *kernel->fences))) return adsync__fail_memory(error);
    if (kernel->n_fences < KERNEL_FENCES)
        at = &kernel->fences[kernel->n_fences++];
    else
        at = &kernel->fences[kernel->next_fence++ % KERNEL_FENCES];
    *at = (adsync__fence_org){ .org = org, .version = adsync_rows_int(row, ADSYNC_C_VERSION) };
    (void)snprintf(at->name, sizeof at->name, "%s", name ? name : "");
    *out = at;
    return ADSYNC_OK;
}

/* *out NULL: its number was never given, as in a store that somebody fills by numbers alone. */
static adsync_status fence_look(adsync__kernel *kernel, int64_t org, adsync__fence_org **out, adsync_error **error)
{
    adsync_rows *row = NULL;
    uint32_t state = 0;
    adsync_status rc;

    if ((*out = fence_known(kernel, org))) return ADSYNC_OK;
    if ((rc = adsync__org_row(kernel->storage, org, &row, &state, error)) < 0) return rc;
    if (state == ADSYNC__ORG_ACTIVE)
        rc = fence_keep(kernel, org, row, out, error);
    else if (state != ADSYNC__ORG_UNKNOWN)
        rc = fence_gone(error);
    adsync_rows_free(row);
    return rc;
}

static void fence_forget(adsync__kernel *kernel, const fence_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        adsync__fence_org *known = fence_known(kernel, list->orgs[i]);
        if (known) *known = kernel->fences[--kernel->n_fences];
    }
}

void adsync__fence_free(adsync__kernel *kernel) { adsync__free(kernel->fences); }

/* ---- the commit */

static bool fence_has(const fence_list *list, int64_t org)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->orgs[i] == org) return true;
    return false;
}

static void fence_check(fence_list *list, const adsync__fence_org *org)
{
    list->orgs[list->n] = org->org;
    list->names[list->n] = adsync__value_text(org->name);
    list->checks[list->n] = (adsync_change){
        .op = ADSYNC_CHANGE_CHECK, .table = ADSYNC_T_ORGS, .expected = org->version, .values = &list->names[list->n], .n_values = 1
    };
    list->n++;
}

/* NOT_FOUND: an organisation is gone; the units that would add to it are marked as those that do not hold. */
static adsync_status fence_gather(adsync__kernel *kernel, adsync__unit *units, uint32_t n, fence_list *list, adsync_error **error)
{
    adsync__fence_org *known;
    adsync_status rc = ADSYNC_OK, one;

    for (uint32_t u = 0; u < n; u++) {
        int64_t org = fence_puts_for(&units[u]);
        if (!org || fence_has(list, org) || fence_is_anchored(units, n, org)) continue;
        if (list->n == KERNEL_FENCES) return adsync__fail(error, ADSYNC_E_TOO_BIG, "commit.orgs", "a commit of too many organisations");
        one = fence_look(kernel, org, &known, error);
        if (one < 0 && one != ADSYNC_E_NOT_FOUND) return one;
        if (one == ADSYNC_E_NOT_FOUND) units[u].conflicts = 1;
        if (one == ADSYNC_E_NOT_FOUND) rc = one;
        if (one >= 0 && known) fence_check(list, known);
    }
    return rc;
}

static adsync_status fence_try(adsync__kernel *kernel, adsync__unit *units, uint32_t n, bool *again, adsync_error **error)
{
    fence_list *list = adsync__alloc(sizeof *list);
    adsync__unit *all = adsync__alloc((n + 1) * sizeof *all);
    adsync_status rc = list && all ? ADSYNC_OK : adsync__fail_memory(error);

    *again = false;
    if (rc < 0) goto done;
    list->n = 0;
    if ((rc = fence_gather(kernel, units, n, list, error)) < 0) goto done;
    if (!list->n) {
        rc = adsync__storage_commit(kernel->storage, units, n, NULL, error);
        goto done;
    }
    memcpy(all, units, n * sizeof *all);
    all[n] = (adsync__unit){ .changes = list->checks, .n_changes = list->n };
    rc = adsync__storage_commit(kernel->storage, all, n + 1, NULL, error);
    memcpy(units, all, n * sizeof *all);
    *again = rc == ADSYNC_E_CONFLICT && all[n].conflicts;
    if (*again) fence_forget(kernel, list);
done:
    adsync__free(all);
    adsync__free(list);
    return rc;
}

static bool fence_needed(const adsync__unit *units, uint32_t n)
{
    for (uint32_t u = 0; u < n; u++) {
        int64_t org = fence_puts_for(&units[u]);
        if (org && !fence_is_anchored(units, n, org)) return true;
    }
    return false;
}

adsync_status adsync__fence_commit(adsync__kernel *kernel, adsync__unit *units, uint32_t n, adsync_error **error)
{
    adsync_error *words = NULL;
    bool again = true;
    adsync_status rc = ADSYNC_OK;

    if (!ADSYNC__GUARD(ORG) || !fence_needed(units, n)) return adsync__storage_commit(kernel->storage, units, n, NULL, error);
    for (uint32_t i = 0; i < FENCE_TRIES && again; i++) {
        adsync_error_free(words);
        words = NULL;
        for (uint32_t u = 0; u < n; u++) units[u].conflicts = 0;
        rc = fence_try(kernel, units, n, &again, &words);
    }
    return adsync__fail_with(error, rc, words);
}
