/* SPDX-License-Identifier: MIT */
/* Entities: what a page brought becomes rows; what did not change is not written. Platforms that name of an ad its ad set alone leave the
 * campaign to us, which the ad set's row has. */
#include "../base/map.h"
#include "sync_int.h"

#include <stdlib.h>

enum { ENTITIES_HASH = 16, ENTITIES_HEAD = 7 /* key, hash, seen_run, removed_at */ };

static int entities_order(const void *a, const void *b)
{
    const adsync__cell *x = *(const adsync__cell *const *)a, *y = *(const adsync__cell *const *)b;

    return (x->column > y->column) - (x->column < y->column);
}

/* A digest over the columns a connector set, in the order of their ids: the same content gives the same bytes. campaign: added by us. */
static adsync_status entities_hash(sync_lane *lane, const adsync_row *row, const adsync_value *campaign, uint8_t *out, adsync_error **error)
{
    const adsync__cell *cells[128], added = { .column = ADSYNC_C_CAMPAIGN_ID, .value = campaign ? *campaign : adsync__value_null() };
    adsync__piece pieces[3 * 128];
    uint32_t heads[128][3];
    uint32_t n = 0, p = 0;

    if (campaign) cells[n++] = &added;
    for (uint32_t i = 0; i < row->n && n < 128; i++)
        if (row->cells[i].column != ADSYNC_C_ANSWERS) cells[n++] = &row->cells[i]; /* personal data leave no digest behind */
    qsort(cells, n, sizeof *cells, entities_order);
    for (uint32_t i = 0; i < n; i++) {
        const adsync_value *v = &cells[i]->value;
        heads[i][0] = cells[i]->column;
        heads[i][1] = v->kind;
        heads[i][2] = v->size;
        pieces[p++] = (adsync__piece){ heads[i], sizeof heads[i] };
        if (v->kind == ADSYNC_VALUE_INT)
            pieces[p++] = (adsync__piece){ &v->i, sizeof v->i };
        else if (v->size)
            pieces[p++] = (adsync__piece){ v->p, v->size };
    }
    return adsync__digest(adsync__kernel_crypto(lane->sync->kernel), ADSYNC__SHA256, pieces, p, out, error);
}

/* Whether the platform gives a column of ad sets apart from them: then it is kept where the rest of one is written anew. */
static bool entities_apart(const sync_lane *lane, const adsync__out_row *row)
{
    return row->kind == ADSYNC_KIND_ADSET && !adsync__row_get(&row->row, ADSYNC_C_TARGETING) &&
           adsync__equal_text(adsync__manifest_setting(&lane->app->connector->manifest, "targeting"), "apart");
}

/* The heads of the rows that are there already, or all of them where something of them stays. */
static adsync_status entities_known(sync_lane *lane, const adsync_outcome *outcome, const adsync_value *keys, uint32_t n, adsync_rows **out,
                                    adsync_error **error)
{
    uint32_t width = ENTITIES_HEAD;

    for (const adsync__out_row *row = outcome->rows; row; row = row->next)
        if (row->table == ADSYNC_T_ENTITIES && (row->twice == ADSYNC_TWICE_ADD || entities_apart(lane, row))) width = 0;
    return adsync_storage_read(adsync__kernel_storage(lane->sync->kernel), lane->org, ADSYNC_T_ENTITIES, width, keys, n, out, error);
}

typedef struct entities_known_row {
    const adsync_value *values;
} entities_known_row;

static int entities_by_id(const void *a, const void *b)
{
    const adsync_value *x = ((const entities_known_row *)a)->values, *y = ((const entities_known_row *)b)->values;
    int32_t diff = adsync_value_compare(&x[2], &y[2]);

    return diff ? diff : adsync_value_compare(&x[3], &y[3]);
}

/* NULL: it is new. */
static const adsync_value *entities_find(const entities_known_row *known, size_t n, const adsync_value *values)
{
    entities_known_row wanted = { values };
    const entities_known_row *found = n ? bsearch(&wanted, known, n, sizeof *known, entities_by_id) : NULL;

    return found ? found->values : NULL;
}

static bool entities_unchanged(const adsync_value *found, const adsync_value *values)
{
    if (!found || found[6].kind != ADSYNC_VALUE_NULL) return false; /* new, or it came back */
    return found[4].size == values[4].size && !adsync_value_compare(&found[4], &values[4]);
}

/* Columns that belong to a row that is stored: they are put into it, the rest stays. */
static void entities_add(sync_lane *lane, const adsync__out_row *row, const entities_known_row *known, size_t n)
{
    const adsync_value key[4] = { adsync__value_int(lane->org), adsync__value_int(lane->connection_id), adsync__value_int(row->kind),
                                  *adsync__row_get(&row->row, ADSYNC_C_ID) };
    const adsync_value *found = entities_find(known, n, key);
    adsync_value values[ADSYNC__WIDTH_MAX];
    uint32_t width = adsync_table_width(ADSYNC_T_ENTITIES);
    bool changed = false;

    if (!found || found[6].kind != ADSYNC_VALUE_NULL) return;
    memcpy(values, found, width * sizeof *values);
    sync_map_row(lane->sync->map.entities, &row->row, values);
    for (uint32_t i = 0; i < width && !changed; i++) changed = adsync_value_compare(&values[i], &found[i]) != 0;
    if (!changed) return;
    values[7] = adsync__value_int(adsync__now_us(adsync__kernel_effects(lane->sync->kernel)));
    adsync__unit_put(lane->unit, ADSYNC_T_ENTITIES, ADSYNC_EXPECT_ANY, 0, values, width);
}

static void entities_values(sync_lane *lane, const adsync__out_row *row, const adsync_value *campaign, const uint8_t *hash,
                            adsync_value *values)
{
    for (uint32_t i = 0; i < adsync_table_width(ADSYNC_T_ENTITIES); i++) values[i] = adsync__value_null();
    sync_map_row(lane->sync->map.entities, &row->row, values);
    if (campaign) values[lane->sync->map.entities[ADSYNC_C_CAMPAIGN_ID] - 1] = *campaign;
    values[0] = adsync__value_int(lane->org);
    values[1] = adsync__value_int(lane->connection_id);
    values[2] = adsync__value_int(row->kind);
    values[4] = adsync__value_bytes(hash, ENTITIES_HASH);
    values[5] = adsync__value_int(lane->cursor.run);
    values[6] = adsync__value_null();
    values[7] = adsync__value_int(adsync__now_us(adsync__kernel_effects(lane->sync->kernel)));
}

static adsync_status entities_keys(sync_lane *lane, const adsync_outcome *outcome, adsync_value **keys, uint32_t *n, adsync_error **error)
{
    const adsync__out_row *row;
    const adsync_value *id;

    *n = 0;
    if (!(*keys = adsync__alloc_zero((size_t)outcome->n_rows * 4, sizeof **keys))) return adsync__fail_memory(error);
    for (row = outcome->rows; row; row = row->next) {
        if (row->table != ADSYNC_T_ENTITIES) continue;
        id = adsync__row_get(&row->row, ADSYNC_C_ID);
        if (!id || id->kind != ADSYNC_VALUE_TEXT || !id->size || !row->kind || row->kind > ADSYNC_KIND_POST)
            return adsync__fail(error, ADSYNC_E_FORMAT, "connector.row", "the platform gave an entity without an id");
        (*keys)[4 * *n] = adsync__value_int(lane->org);
        (*keys)[4 * *n + 1] = adsync__value_int(lane->connection_id);
        (*keys)[4 * *n + 2] = adsync__value_int(row->kind);
        (*keys)[4 * (*n)++ + 3] = *id;
    }
    return ADSYNC_OK;
}

/* ---- the campaign of what names its ad set alone */

typedef struct entities_adsets {
    adsync_rows *rows;
    adsync__map by_id; /* to values of the rows */
    uint32_t width;    /* of these, of which the last is the campaign */
} entities_adsets;

/* NULL: it has none, or names its campaign itself. */
static const adsync_value *entities_adset_of(const adsync__out_row *row)
{
    const adsync_value *adset = adsync__row_get(&row->row, ADSYNC_C_ADSET_ID), *campaign = adsync__row_get(&row->row, ADSYNC_C_CAMPAIGN_ID);
    bool child = row->table == ADSYNC_T_ENTITIES && (row->kind == ADSYNC_KIND_AD || row->kind == ADSYNC_KIND_KEYWORD);

    if (!child || (campaign && campaign->kind == ADSYNC_VALUE_TEXT)) return NULL;
    return adset && adset->kind == ADSYNC_VALUE_TEXT && adset->size ? adset : NULL;
}

static const adsync_value *entities_campaign_of(const entities_adsets *adsets, const adsync__out_row *row)
{
    const adsync_value *id = entities_adset_of(row), *adset = id ? adsync__map_find(&adsets->by_id, id->p, id->size) : NULL;

    return adset && adset[adsets->width - 1].kind == ADSYNC_VALUE_TEXT ? &adset[adsets->width - 1] : NULL;
}

static void entities_adsets_free(entities_adsets *adsets)
{
    adsync__map_free(&adsets->by_id);
    adsync_rows_free(adsets->rows);
}

/* Those of the page, each read once. */
static adsync_status entities_adsets_load(sync_lane *lane, const adsync_outcome *outcome, entities_adsets *adsets, adsync_error **error)
{
    adsync_value *keys = adsync__alloc_zero((size_t)outcome->n_rows * 4, sizeof *keys);
    const adsync_value *id;
    uint32_t n = 0;
    adsync_status rc = keys ? ADSYNC_OK : adsync__fail_memory(error);

    for (const adsync__out_row *row = outcome->rows; rc >= 0 && row; row = row->next) {
        if (!(id = entities_adset_of(row)) || adsync__map_find(&adsets->by_id, id->p, id->size)) continue;
        keys[4 * n] = adsync__value_int(lane->org);
        keys[4 * n + 1] = adsync__value_int(lane->connection_id);
        keys[4 * n + 2] = adsync__value_int(ADSYNC_KIND_ADSET);
        keys[4 * n + 3] = *id;
        if (!adsync__map_put(&adsets->by_id, id->p, id->size, &keys[4 * n++])) rc = adsync__fail_memory(error);
    }
    adsync__map_free(&adsets->by_id);
    adsync__map_begin(&adsets->by_id, 0);
    adsets->width = lane->sync->map.entities[ADSYNC_C_CAMPAIGN_ID];
    if (rc >= 0 && n)
        rc = adsync_storage_read(adsync__kernel_storage(lane->sync->kernel), lane->org, ADSYNC_T_ENTITIES, adsets->width, keys, n,
                                 &adsets->rows, error);
    for (size_t i = 0; rc >= 0 && n && i < adsync_rows_count(adsets->rows); i++) {
        const adsync_value *row = adsync__rows_values(adsets->rows, i);
        if (!adsync__map_put(&adsets->by_id, row[3].p, row[3].size, (void *)(uintptr_t)row)) rc = adsync__fail_memory(error);
    }
    adsync__free(keys);
    return rc;
}

/* Two rows of one id in a page: the later one stands, the earlier is not written. */
static bool entities_later(const adsync__out_row *row)
{
    const adsync_value *id = adsync__row_get(&row->row, ADSYNC_C_ID), *other;

    for (const adsync__out_row *next = row->next; next; next = next->next) {
        if (next->table != ADSYNC_T_ENTITIES || next->kind != row->kind || next->twice == ADSYNC_TWICE_ADD) continue;
        other = adsync__row_get(&next->row, ADSYNC_C_ID);
        if (other && !adsync_value_compare(id, other)) return true;
    }
    return false;
}

/* What a person told (answers to a form) is stored sealed. */
static adsync_status entities_seal(sync_lane *lane, adsync_value *values, adsync__buffer *sealed, adsync_error **error)
{
    uint32_t width = adsync_table_width(ADSYNC_T_ENTITIES);
    adsync_value *answers = &values[lane->sync->map.entities[ADSYNC_C_ANSWERS] - 1], plain = *answers;
    adsync_vault *vault;
    adsync_status rc;

    adsync__buffer_begin(sealed, 1 << 20);
    if (plain.kind == ADSYNC_VALUE_NULL) return ADSYNC_OK;
    *answers = adsync__value_null();
    if ((rc = adsync__grant_vault(lane->sync->kernel, &vault, error)) < 0) return rc;
    rc = adsync__vault_seal_column(vault, ADSYNC_T_ENTITIES, ADSYNC_C_ANSWERS, values, width, plain.p, plain.size, sealed, error);
    if (rc >= 0) *answers = adsync__value_bytes(sealed->p, sealed->size);
    return rc;
}

static adsync_status entities_write(sync_lane *lane, const adsync_outcome *outcome, const entities_adsets *adsets,
                                    const entities_known_row *known, size_t n, adsync_error **error)
{
    adsync_value values[ADSYNC__WIDTH_MAX];
    const adsync_value *campaign, *found;
    uint32_t targeting = lane->sync->map.entities[ADSYNC_C_TARGETING] - 1;
    uint8_t hash[ADSYNC__SHA256_SIZE];
    adsync__buffer sealed;
    adsync_status rc;

    for (const adsync__out_row *row = outcome->rows; row; row = row->next) {
        if (row->table != ADSYNC_T_ENTITIES || entities_later(row)) continue;
        if (row->twice == ADSYNC_TWICE_ADD) {
            entities_add(lane, row, known, n);
            continue;
        }
        campaign = entities_campaign_of(adsets, row);
        if ((rc = entities_hash(lane, &row->row, campaign, hash, error)) < 0) return rc;
        entities_values(lane, row, campaign, hash, values);
        lane->cursor.rows++;
        found = entities_find(known, n, values);
        if (entities_unchanged(found, values)) continue;
        if (found && entities_apart(lane, row)) values[targeting] = found[targeting];
        if ((rc = entities_seal(lane, values, &sealed, error)) >= 0)
            adsync__unit_put(lane->unit, ADSYNC_T_ENTITIES, ADSYNC_EXPECT_ANY, 0, values, adsync_table_width(ADSYNC_T_ENTITIES));
        adsync__buffer_free(&sealed);
        if (rc < 0) return rc;
    }
    return ADSYNC_OK;
}

adsync_status sync_entities_put(sync_lane *lane, const adsync_outcome *outcome, adsync_error **error)
{
    adsync_value *keys = NULL;
    entities_known_row *known = NULL;
    adsync_rows *rows = NULL;
    entities_adsets adsets = { 0 };
    uint32_t n = 0;
    size_t there;
    adsync_status rc;

    if (!outcome->n_rows) return ADSYNC_OK;
    if (outcome->n_rows > SYNC_ROWS)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "connector.rows", "the connector gave more than %d entities at once", SYNC_ROWS);
    if (!sync_lane_unit(lane, error)) return ADSYNC_E_MEMORY;
    if ((rc = entities_keys(lane, outcome, &keys, &n, error)) < 0 || !n) goto done;
    if ((rc = entities_known(lane, outcome, keys, n, &rows, error)) < 0) goto done;
    if ((rc = entities_adsets_load(lane, outcome, &adsets, error)) < 0) goto done;
    there = adsync_rows_count(rows);
    if (!(known = adsync__alloc_zero(there + 1, sizeof *known))) {
        rc = adsync__fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < there; i++) known[i].values = adsync__rows_values(rows, i);
    if (there) qsort(known, there, sizeof *known, entities_by_id);
    rc = entities_write(lane, outcome, &adsets, known, there, error);
done:
    entities_adsets_free(&adsets);
    adsync__free(keys);
    adsync__free(known);
    adsync_rows_free(rows);
    return rc;
}
