/* SPDX-License-Identifier: MIT */
/* Calls past the choke point, for what it would not send. The handle's guard and sink are used as it uses them. */
#include "kit_int.h"

adsync_status adsync__kit_raw_commit(adsync_storage *on, const adsync_change *changes, uint32_t n, uint8_t *held, adsync_error **error)
{
    adsync_status rc = adsync__storage_enter(on, "the kit", error);

    if (rc < 0) return rc;
    adsync__sink_conflicts(&on->sink, held, n);
    rc = adsync__storage_answer(on->ops.commit(on->ops.user, changes, n, &on->sink, error), true, error);
    rc = adsync__sink_end(&on->sink, rc, NULL, error);
    adsync__storage_leave(on);
    return rc;
}

static adsync_status raw_scan(adsync_storage *on, const adsync_range *range, adsync_rows **out, adsync_error **error)
{
    const adsync__table *t = adsync__table_find(range->table);
    uint32_t ids[ADSYNC__WIDTH_MAX];
    uint8_t kinds[ADSYNC__WIDTH_MAX];
    adsync_status rc = adsync__storage_enter(on, "the kit", error);

    *out = NULL;
    if (rc < 0) return rc;
    for (uint32_t i = 0; i < t->n_columns; i++) {
        ids[i] = t->columns[i].id;
        kinds[i] = (uint8_t)t->columns[i].kind;
    }
    if ((rc = adsync__sink_rows(&on->sink, ids, kinds, t->n_columns, t->n_key, range->columns, error)) >= 0) {
        on->sink.most = range->limit;
        rc = adsync__storage_answer(on->ops.scan(on->ops.user, range, &on->sink, error), false, error);
        rc = adsync__sink_end(&on->sink, rc, out, error);
    }
    adsync__storage_leave(on);
    return rc;
}

adsync_rows *adsync__kit_raw_scan(kit *k, adsync_storage *on, const adsync_range *range)
{
    adsync_error *words = NULL;
    adsync_rows *rows = NULL;
    adsync_status rc = ADSYNC_E_RETRY;

    if (!adsync__kit_fine(k)) return NULL;
    for (int tries = 0; tries < KIT_TRIES && rc == ADSYNC_E_RETRY; tries++)
        rc = raw_scan(on, range, &rows, &words);
    (void)adsync__kit_failed(k, "a scan", rc, words);
    adsync_error_free(words);
    adsync__kit_keep(k, rows);
    return k->fatal ? NULL : rows;
}
