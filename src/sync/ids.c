/* SPDX-License-Identifier: MIT */
/* The set of ids that an entity job brings, as the JSON array of texts that stands in its row: ["11","12"]. Ids are what platforms give:
 * printable, without what would have to be escaped, so a set is read and searched as it stands. */
#include "sync_int.h"

enum { IDS_SIZE = 200 };

static bool ids_good(const char *id)
{
    size_t n = id ? strlen(id) : 0;

    for (size_t i = 0; i < n; i++)
        if (id[i] <= ' ' || id[i] > '~' || strchr("\"\\,[]", id[i])) return false;
    return n > 0 && n <= IDS_SIZE;
}

bool sync_ids_next(const char **at, char id[SYNC_ID])
{
    const char *from = *at ? strchr(*at, '"') : NULL, *to = from ? strchr(from + 1, '"') : NULL;
    size_t n = to ? (size_t)(to - from - 1) : 0;

    if (!to || n >= SYNC_ID) return false;
    memcpy(id, from + 1, n);
    id[n] = 0;
    *at = to + 1;
    return true;
}

bool sync_ids_has(const char *ids, const char *id)
{
    char one[SYNC_ID];

    while (sync_ids_next(&ids, one))
        if (!strcmp(one, id)) return true;
    return false;
}

uint32_t sync_ids_count(const char *ids)
{
    char one[SYNC_ID];
    uint32_t n = 0;

    while (sync_ids_next(&ids, one)) n++;
    return n;
}

bool sync_ids_within(const char *ids, const char *all)
{
    char one[SYNC_ID];

    while (sync_ids_next(&ids, one))
        if (!sync_ids_has(all, one)) return false;
    return true;
}

/* Adds to an array that is not closed yet. */
static void ids_add(adsync__buffer *out, const char *id)
{
    adsync__buffer_char(out, out->size > 1 ? ',' : '[');
    adsync__buffer_char(out, '"');
    adsync__buffer_text(out, id);
    adsync__buffer_char(out, '"');
}

static adsync_status ids_close(adsync__buffer *out, adsync_error **error)
{
    adsync__buffer_char(out, ']');
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

adsync_status sync_ids_write(const char *const *ids, uint32_t n, adsync__buffer *out, adsync_error **error)
{
    adsync__buffer_begin(out, SYNC_CURSOR);
    for (uint32_t i = 0; i < n; i++) {
        if (!ids_good(ids[i])) return adsync__fail(error, ADSYNC_E_INVALID, "job.ids", "id %u is none that a platform could have given", i);
        if (!out->size || !sync_ids_has(out->p, ids[i])) ids_add(out, ids[i]);
    }
    return ids_close(out, error);
}

adsync_status sync_ids_union(const char *a, const char *b, adsync__buffer *out, adsync_error **error)
{
    char one[SYNC_ID];

    adsync__buffer_begin(out, SYNC_CURSOR);
    for (const char *at = a; sync_ids_next(&at, one);) ids_add(out, one);
    for (const char *at = b; sync_ids_next(&at, one);)
        if (!sync_ids_has(a, one)) ids_add(out, one);
    return ids_close(out, error);
}

/* In the text that sync_params_write made ids come before anything that could look like them. */
adsync_status sync_params_ids(const char *params, char **ids, adsync_error **error)
{
    static const char mark[] = "\"ids\":";
    const char *from = params ? strstr(params, mark) : NULL, *to = from ? strchr(from, ']') : NULL;
    size_t n;

    *ids = NULL;
    if (!to) return ADSYNC_OK;
    from += sizeof mark - 1;
    n = (size_t)(to + 1 - from);
    if (!(*ids = adsync__alloc(n + 1))) return adsync__fail_memory(error);
    memcpy(*ids, from, n);
    (*ids)[n] = 0;
    return ADSYNC_OK;
}
