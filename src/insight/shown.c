/* SPDX-License-Identifier: MIT */
/* What an entity's row does not say by itself, made where it is read, so that it holds when a parent changed and the child did not: an
 * object that is on below a parent that is switched off is PARENT_OFF, and an ad without a name shows the words of its creative. The views
 * of the SQL adapters say the same. */
#include "insight.h"

#include "../base/map.h"

enum { SHOWN_AT_ONCE = 500, SHOWN_NAME = 80 };

typedef struct shown {
    adsync_storage *storage;
    int64_t org, connection;
    adsync_rows *page; /* being told; its rows from `first` on, `n` of them */
    size_t first, n;
    adsync_rows *adsets, *campaigns, *creatives; /* what they refer to */
    adsync__map adset, campaign, creative;       /* ids to values of the rows */
} shown;

static const adsync_value *shown_cell(adsync_rows *rows, const adsync_value *values, uint32_t column)
{
    for (uint32_t i = 0; i < adsync_rows_width(rows); i++)
        if (adsync_rows_column(rows, i) == column) return &values[i];
    return NULL;
}

/* NULL: not there, or no text. */
static const adsync_value *shown_text(adsync_rows *rows, const adsync_value *values, uint32_t column)
{
    const adsync_value *cell = values ? shown_cell(rows, values, column) : NULL;

    return cell && cell->kind == ADSYNC_VALUE_TEXT && cell->size ? cell : NULL;
}

static const adsync_value *shown_find(const adsync__map *map, const adsync_value *id)
{
    return id ? adsync__map_find(map, id->p, id->size) : NULL;
}

static const adsync_value *shown_row(const shown *s, size_t i) { return adsync__rows_values(s->page, s->first + i); }

static const adsync_value *shown_adset_id(const shown *s, size_t i) { return shown_text(s->page, shown_row(s, i), ADSYNC_C_ADSET_ID); }

static const adsync_value *shown_campaign_id(const shown *s, size_t i)
{
    return shown_text(s->page, shown_row(s, i), ADSYNC_C_CAMPAIGN_ID);
}

static const adsync_value *shown_creative_id(const shown *s, size_t i)
{
    const adsync_value *row = shown_row(s, i);

    return shown_text(s->page, row, ADSYNC_C_NAME) ? NULL : shown_text(s->page, row, ADSYNC_C_CREATIVE_ID);
}

/* Reads the entities of a kind that the page refers to, each once. */
static adsync_status shown_load(shown *s, uint32_t kind, const adsync_value *(*id_of)(const shown *s, size_t i), adsync_rows **out,
                                adsync__map *map, adsync_error **error)
{
    adsync_value keys[4 * SHOWN_AT_ONCE];
    uint32_t n = 0;
    const adsync_value *row, *id;
    adsync__map seen;
    adsync_status rc = ADSYNC_OK;

    adsync__map_begin(&seen, 0);
    for (size_t i = 0; rc >= 0 && i < s->n; i++) {
        if (!(id = id_of(s, i)) || adsync__map_find(&seen, id->p, id->size)) continue;
        keys[4 * n] = adsync__value_int(s->org);
        keys[4 * n + 1] = adsync__value_int(s->connection);
        keys[4 * n + 2] = adsync__value_int(kind);
        keys[4 * n++ + 3] = *id;
        if (!adsync__map_put(&seen, id->p, id->size, s)) rc = adsync__fail_memory(error);
    }
    adsync__map_free(&seen);
    if (rc >= 0 && n) rc = adsync_storage_read(s->storage, s->org, ADSYNC_T_ENTITIES, 0, keys, n, out, error);
    for (size_t i = 0; rc >= 0 && n && i < adsync_rows_count(*out); i++) {
        row = adsync__rows_values(*out, i);
        if (!adsync__map_put(map, row[3].p, row[3].size, (void *)(uintptr_t)row)) rc = adsync__fail_memory(error);
    }
    return rc;
}

/* Switched off by its owner, whatever came of that; or deleted, which some platforms tell beside the switch. */
static bool shown_off(adsync_rows *rows, const adsync__map *map, const adsync_value *id)
{
    const adsync_value *row = shown_find(map, id), *set = shown_text(rows, row, ADSYNC_C_SWITCH),
                       *status = shown_text(rows, row, ADSYNC_C_STATUS);

    return (set && !adsync__equal_text(set->p, "ACTIVE")) || (status && adsync__equal_text(status->p, "DELETED"));
}

static bool shown_parent_off(const shown *s, size_t i, const adsync_value *status)
{
    static const char *const on[] = { "SCHEDULED", "LIMITED", "ACTIVE" }; /* what PARENT_OFF comes before */
    bool is = false;

    for (size_t k = 0; status->kind == ADSYNC_VALUE_TEXT && k < ADSYNC__COUNT(on); k++) is |= adsync__equal_text(status->p, on[k]);
    return is && (shown_off(s->adsets, &s->adset, shown_adset_id(s, i)) || shown_off(s->campaigns, &s->campaign, shown_campaign_id(s, i)));
}

/* So many whole characters. */
static size_t shown_cut(const adsync_value *text)
{
    uint32_t characters = 0;
    size_t n = 0;

    while (n < text->size && (characters += ((unsigned char)text->p[n] & 0xc0) != 0x80) <= SHOWN_NAME) n++;
    return n;
}

static adsync_value shown_name(const shown *s, size_t i)
{
    static const uint32_t words[] = { ADSYNC_C_TITLE, ADSYNC_C_BODY, ADSYNC_C_NAME };
    const adsync_value *creative = shown_find(&s->creative, shown_creative_id(s, i)), *text = NULL;
    adsync_value name = adsync__value_null();

    for (size_t k = 0; !text && k < ADSYNC__COUNT(words); k++) text = shown_text(s->creatives, creative, words[k]);
    if (!text) return name;
    name = *text;
    name.size = (uint32_t)shown_cut(text);
    return name;
}

static adsync_status shown_tell(const shown *s, adsync_rows *out, adsync_error **error)
{
    adsync_value values[ADSYNC__WIDTH_MAX + 1];
    uint32_t width = adsync_rows_width(s->page);
    adsync_status rc = ADSYNC_OK;

    for (size_t i = 0; rc >= 0 && i < s->n; i++) {
        memcpy(values, shown_row(s, i), width * sizeof *values);
        for (uint32_t c = 0; c < width; c++) {
            uint32_t column = adsync_rows_column(s->page, c);
            if (column == ADSYNC_C_STATUS && shown_parent_off(s, i, &values[c])) values[c] = adsync__value_text("PARENT_OFF");
            if (column == ADSYNC_C_NAME && values[c].kind == ADSYNC_VALUE_NULL) values[c] = shown_name(s, i);
        }
        rc = adsync__rows_add(out, values, error);
    }
    return rc;
}

static adsync_status shown_page(shown *s, uint32_t kind, adsync_rows *out, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    adsync__map_begin(&s->adset, 0);
    adsync__map_begin(&s->campaign, 0);
    adsync__map_begin(&s->creative, 0);
    s->adsets = s->campaigns = s->creatives = NULL;
    if (kind != ADSYNC_KIND_ADSET) rc = shown_load(s, ADSYNC_KIND_ADSET, shown_adset_id, &s->adsets, &s->adset, error);
    if (rc >= 0) rc = shown_load(s, ADSYNC_KIND_CAMPAIGN, shown_campaign_id, &s->campaigns, &s->campaign, error);
    if (rc >= 0 && kind == ADSYNC_KIND_AD) rc = shown_load(s, ADSYNC_KIND_CREATIVE, shown_creative_id, &s->creatives, &s->creative, error);
    if (rc >= 0) rc = shown_tell(s, out, error);
    adsync__map_free(&s->adset);
    adsync__map_free(&s->campaign);
    adsync__map_free(&s->creative);
    adsync_rows_free(s->adsets);
    adsync_rows_free(s->campaigns);
    adsync_rows_free(s->creatives);
    return rc;
}

adsync_status adsync__entity_shown(adsync_storage *storage, int64_t org, int64_t connection, uint32_t kind, adsync_rows **rows,
                                   adsync_error **error)
{
    shown s = { .storage = storage, .org = org, .connection = connection, .page = *rows };
    uint32_t columns[ADSYNC__WIDTH_MAX + 1], width = adsync_rows_width(s.page);
    adsync_rows *out = NULL;
    adsync_status rc;

    if (kind != ADSYNC_KIND_ADSET && kind != ADSYNC_KIND_AD && kind != ADSYNC_KIND_KEYWORD) return ADSYNC_OK;
    for (uint32_t i = 0; i < width; i++) columns[i] = adsync_rows_column(s.page, i);
    rc = adsync__rows_new(columns, width, &out, error);
    for (; rc >= 0 && s.first < adsync_rows_count(s.page); s.first += s.n) {
        s.n = adsync_rows_count(s.page) - s.first;
        if (s.n > SHOWN_AT_ONCE) s.n = SHOWN_AT_ONCE;
        rc = shown_page(&s, kind, out, error);
    }
    adsync_rows_free(s.page);
    *rows = rc < 0 ? NULL : out;
    if (rc < 0) adsync_rows_free(out);
    return rc;
}
