/* SPDX-License-Identifier: MIT */
/* The rows that workers fight over. */
#include "kit_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPOTS_ORG = 1, SPOTS_OTHER_ORG = 2, SPOTS_METRIC = 28 };

static const struct {
    uint32_t from, table, value, check;
} spots_kinds[] = {
    /* where the number and the check stand */
    { KIT_AT_BATCHES, ADSYNC_T_METRICS, 6, 8 }, { KIT_AT_CLAIMS, ADSYNC_T_QUEUE, 3, 6 },     { KIT_AT_TICKETS, ADSYNC_T_LANES, 3, 4 },
    { KIT_AT_PAIRS, ADSYNC_T_LANES, 3, 4 },     { KIT_AT_COUNTERS, ADSYNC_T_ENGINES, 1, 2 }, { KIT_AT_ACCOUNTS, ADSYNC_T_META, 1, 2 },
};

static size_t spots_kind(uint32_t spot)
{
    size_t i = 0;

    while (spot < spots_kinds[i].from)
        i++;
    return i;
}

uint32_t adsync__kit_spot_table(uint32_t spot) { return spots_kinds[spots_kind(spot)].table; }

static int64_t spots_check(int64_t value, int64_t version)
{
    uint64_t x = (uint64_t)value * 0x9e3779b97f4a7c15u ^ (uint64_t)version;

    x = (x ^ x >> 31) * 0xbf58476d1ce4e5b9u;
    return (int64_t)(x >> 1);
}

/* The key, and how wide the row is up to its check. */
static void spots_key(uint32_t spot, uint32_t table, kit_spot_row *out)
{
    uint32_t n = 0, batch = spot - KIT_AT_BATCHES;

    if (table != ADSYNC_T_META && table != ADSYNC_T_ENGINES)
        out->values[n++] = adsync__value_int(table == ADSYNC_T_METRICS ? SPOTS_OTHER_ORG : SPOTS_ORG);
    (void)snprintf(out->name, sizeof out->name, "kit%" PRIu32, table == ADSYNC_T_METRICS ? batch % KIT_BATCH : spot);
    if (table == ADSYNC_T_META) out->values[n] = adsync__value_text(out->name);
    if (table == ADSYNC_T_ENGINES || table == ADSYNC_T_QUEUE || table == ADSYNC_T_LANES) out->values[n++] = adsync__value_int(spot);
    if (table == ADSYNC_T_QUEUE) out->values[n] = adsync__value_text(out->name);
    if (table == ADSYNC_T_LANES) out->values[n] = adsync__value_int(1);
    if (table != ADSYNC_T_METRICS) return;
    out->values[n++] = adsync__value_int(batch / KIT_BATCH);
    out->values[n++] = adsync__value_int(ADSYNC_KIND_AD);
    out->values[n++] = adsync__value_text(out->name);
    out->values[n++] = adsync__value_int(20260101);
    out->values[n] = adsync__value_text("core");
}

void adsync__kit_spot_row(uint32_t spot, int64_t value, int64_t version, kit_spot_row *out)
{
    size_t kind = spots_kind(spot);
    uint32_t table = spots_kinds[kind].table;
    int64_t check = spots_check(value, version);

    memset(out, 0, sizeof *out);
    spots_key(spot, table, out);
    out->values[spots_kinds[kind].value] = adsync__value_int(value);
    out->values[spots_kinds[kind].check] = adsync__value_int(check);
    out->n = spots_kinds[kind].check + 1;
    (void)snprintf(out->check, sizeof out->check, "%" PRId64, check);
    if (table == ADSYNC_T_META) out->values[2] = adsync__value_text(out->check);
    if (table == ADSYNC_T_QUEUE) out->values[4] = out->values[5] = adsync__value_int(0);
    if (table != ADSYNC_T_METRICS) return;
    memset(out->filler, 'a' + (int)(check % 26), sizeof out->filler - 1); /* a long row is easier to tear */
    out->values[SPOTS_METRIC - 1] = adsync__value_text(out->filler);
    out->n = SPOTS_METRIC;
}

bool adsync__kit_spot_whole(uint32_t spot, const adsync_value *row, int64_t *value, int64_t *version)
{
    size_t kind = spots_kind(spot);
    kit_spot_row due;

    *version = row[adsync_table_width(spots_kinds[kind].table)].i;
    *value = row[spots_kinds[kind].value].i;
    adsync__kit_spot_row(spot, *value, *version, &due);
    for (uint32_t i = 0; i < due.n; i++)
        if (row[i].kind != due.values[i].kind || adsync_value_compare(&row[i], &due.values[i])) return false;
    return true;
}

uint32_t adsync__kit_spot_of(uint32_t table, const adsync_value *row)
{
    kit_spot_row due;

    for (uint32_t spot = 0; spot < KIT_SPOTS; spot++) {
        if (adsync__kit_spot_table(spot) != table) continue;
        adsync__kit_spot_row(spot, 0, 1, &due);
        if (!adsync__key_compare(adsync_index_width(table, 0), row, due.values)) return spot;
    }
    return KIT_SPOTS;
}

adsync_status adsync__kit_spot_read(adsync_storage *on, uint32_t spot, int64_t *value, int64_t *version, bool *whole, adsync_error **error)
{
    kit_spot_row key;
    adsync_rows *rows = NULL;
    adsync_status rc;

    adsync__kit_spot_row(spot, 0, 1, &key);
    *value = *version = 0;
    *whole = true;
    rc = adsync_storage_read(
        on, key.values[0].kind == ADSYNC_VALUE_INT && adsync_table_has_org(adsync__kit_spot_table(spot)) ? key.values[0].i : 0,
        adsync__kit_spot_table(spot), 0, key.values, 1, &rows, error);
    if (rc >= 0 && adsync_rows_count(rows)) *whole = adsync__kit_spot_whole(spot, adsync__rows_values(rows, 0), value, version);
    adsync_rows_free(rows);
    return rc;
}
