/* SPDX-License-Identifier: MIT */
/* P1: what a stored figure said is noted in the commit that changes it, once, and nothing else is. */
#include "truth.h"

enum { REVISIONS_AT_DAY = 3, REVISIONS_AT_ID = 4, REVISIONS_AT_STATE = 8, REVISIONS_AT_SPEND = 11 };

/* The figure that a change of either table is about; NULL: none of ours. */
static dst_figure *revisions_figure(dst *w, const adsync_change *change)
{
    bool metrics = change->table == ADSYNC_T_METRICS;
    const adsync_value *v = change->values;
    dst_connection *c = truth_connection(w, v[0].i, v[1].i);
    int id = truth_id(&v[metrics ? METRICS_AT_ID : REVISIONS_AT_ID]);
    int place = server_place(v[metrics ? METRICS_AT_DAY : REVISIONS_AT_DAY].i);

    return c && id >= 0 && place >= 0 ? &c->figures[id][place] : NULL;
}

static bool revisions_changes(const dst_figure *was, const adsync_change *change)
{
    if (!was->pull) return false;
    return change->op == ADSYNC_CHANGE_DELETE ||
           (change->n_values > METRICS_AT_SPEND && change->values[METRICS_AT_SPEND].i != was->spend);
}

/* The change of the other table in this commit that is about the same figure. */
static const adsync_change *revisions_other(dst *w, const adsync_change *changes, uint32_t n, uint32_t table, const dst_figure *figure)
{
    for (uint32_t i = 0; i < n; i++)
        if (changes[i].table == table && revisions_figure(w, &changes[i]) == figure) return &changes[i];
    return NULL;
}

/* Within one pull a page may come again with other figures while its days are not covered: that may be noted, and need not. */
static void revisions_metrics(dst *w, const adsync_change *changes, uint32_t n, const adsync_change *change)
{
    const dst_figure *was = revisions_figure(w, change);
    bool gone = change->op == ADSYNC_CHANGE_DELETE;
    const adsync_change *noted;

    if (!was || !revisions_changes(was, change) || (!gone && change->values[METRICS_AT_PULL].i == was->pull)) return;
    noted = revisions_other(w, changes, n, ADSYNC_T_REVISIONS, was);
    if (!noted)
        truth_broken(w, "P1: day %lld of %s was restated, and what it said is not noted", (long long)change->values[METRICS_AT_DAY].i,
                     change->values[METRICS_AT_ID].p);
    else if (noted->values[REVISIONS_AT_SPEND].i != was->spend ||
             !adsync__equal_text(noted->values[REVISIONS_AT_STATE].p, gone ? "gone" : "changed"))
        truth_broken(w, "P1: a revision says what the figure did not");
}

static void revisions_noted(dst *w, const adsync_change *changes, uint32_t n, const adsync_change *change)
{
    const dst_figure *was = revisions_figure(w, change);
    const adsync_change *by = was ? revisions_other(w, changes, n, ADSYNC_T_METRICS, was) : NULL;

    if (!by || !revisions_changes(was, by)) truth_broken(w, "P1: a revision was noted of a figure that did not change");
}

void truth_revisions(dst *w, const adsync_change *changes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (changes[i].op == ADSYNC_CHANGE_CHECK) continue;
        if (changes[i].table == ADSYNC_T_METRICS) revisions_metrics(w, changes, n, &changes[i]);
        if (changes[i].table == ADSYNC_T_REVISIONS) revisions_noted(w, changes, n, &changes[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        dst_figure *figure = changes[i].table == ADSYNC_T_METRICS ? revisions_figure(w, &changes[i]) : NULL;
        if (!figure || changes[i].op == ADSYNC_CHANGE_CHECK) continue;
        *figure = (dst_figure){ 0 };
        if (changes[i].op == ADSYNC_CHANGE_PUT)
            *figure = (dst_figure){ .pull = changes[i].values[METRICS_AT_PULL].i, .spend = changes[i].values[METRICS_AT_SPEND].i };
    }
}
