/* SPDX-License-Identifier: MIT */
/* What figures said before, newest first: pages of the index by time are looked through until the limit is filled or nothing is left. */
#include "insight.h"

enum { REVISIONS_LIMIT = 1000, REVISIONS_PAGE = 1000 };

typedef struct revisions_wish {
    adsync_storage *storage;
    int64_t org, connection;
    const adsync_revision_options *options;
    uint32_t limit, to_day;
} revisions_wish;

static bool revisions_wanted(const revisions_wish *wish, adsync_rows *row)
{
    const adsync_revision_options *o = wish->options;
    int64_t day = adsync_rows_int(row, ADSYNC_C_DAY);

    return (!o->level || adsync_rows_int(row, ADSYNC_C_LEVEL) == o->level) && day >= o->from_day && day <= wish->to_day &&
           (!o->entity_id || adsync__equal_text(adsync_rows_text(row, ADSYNC_C_ENTITY_ID), o->entity_id));
}

/* The page before `bound`, which is the place of a row in the index; n 2: the first one. */
static adsync_status revisions_page(const revisions_wish *wish, const adsync_value *bound, uint32_t n, adsync_rows **out,
                                    adsync_error **error)
{
    const adsync_value lower[] = { bound[0], bound[1], adsync__value_int(wish->options->since_us) };
    const adsync_range range = { .table = ADSYNC_T_REVISIONS,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_DESCENDING | (n > 2 ? ADSYNC_RANGE_EXCLUSIVE : 0),
                                 .limit = REVISIONS_PAGE,
                                 .lower = lower,
                                 .n_lower = 3,
                                 .upper = bound,
                                 .n_upper = n };

    return adsync_storage_scan(wish->storage, wish->org, &range, out, error);
}

static adsync_status revisions_take(const revisions_wish *wish, adsync_rows *page, adsync_rows **out, adsync_error **error)
{
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], n = adsync_rows_width(page);
    adsync_status rc = ADSYNC_OK;

    for (uint32_t i = 0; i < n; i++) columns[i] = adsync_rows_column(page, i);
    if (!*out) rc = adsync__rows_new(columns, n, out, error);
    for (size_t i = 0; rc >= 0 && adsync_rows_count(*out) < wish->limit && adsync_rows_next(page, NULL) == ADSYNC_ROW; i++)
        if (revisions_wanted(wish, page)) rc = adsync__rows_add(*out, adsync__rows_values(page, i), error);
    return rc;
}

static adsync_status revisions_walk(const revisions_wish *wish, adsync_rows **out, adsync_error **error)
{
    adsync_value bound[ADSYNC__INDEX_MAX + ADSYNC__KEY_MAX] = { adsync__value_int(wish->org), adsync__value_int(wish->connection) };
    adsync_rows *page = NULL, *before = NULL; /* the bound lies in the page before */
    uint32_t n = 2, c;
    size_t found = REVISIONS_PAGE;
    adsync_status rc = ADSYNC_OK;

    while (rc >= 0 && found == REVISIONS_PAGE && (!*out || adsync_rows_count(*out) < wish->limit)) {
        if ((rc = revisions_page(wish, bound, n, &page, error)) < 0) break;
        found = adsync_rows_count(page);
        rc = revisions_take(wish, page, out, error);
        for (n = 0; found && (c = adsync_index_column(ADSYNC_T_REVISIONS, 1, n)) != UINT32_MAX; n++)
            bound[n] = adsync__rows_values(page, found - 1)[c];
        adsync_rows_free(before);
        before = page;
    }
    adsync_rows_free(before);
    return rc;
}

adsync_status adsync__revision_list(adsync_storage *storage, int64_t org, int64_t connection, const adsync_revision_options *options,
                                    adsync_rows **out, adsync_error **error)
{
    static const adsync_revision_options none = { .size = sizeof none };
    revisions_wish wish = { .storage = storage, .org = org, .connection = connection };
    adsync_status rc;

    *out = NULL;
    wish.options = options = options ? options : &none;
    if ((rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_revision_options", error)) < 0) return rc;
    if (options->flags) return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_revision_options: unknown flags");
    if (options->level && !adsync_kind_name(options->level))
        return adsync__fail(error, ADSYNC_E_INVALID, "revision.level", "there is no such level");
    if ((rc = adsync__metrics_days(options->from_day, options->to_day, error)) < 0) return rc;
    wish.limit = options->limit ? options->limit : REVISIONS_LIMIT;
    wish.to_day = options->to_day ? options->to_day : 99991231;
    if ((rc = revisions_walk(&wish, out, error)) >= 0) return rc;
    adsync_rows_free(*out);
    *out = NULL;
    return rc;
}
