/* SPDX-License-Identifier: MIT */
#include "sync_int.h"

static void map_table(uint32_t table, uint16_t *positions)
{
    for (uint32_t i = 0; i < adsync_table_width(table); i++) positions[adsync_table_column(table, i)] = (uint16_t)(i + 1);
}

void sync_map_begin(sync_map *map)
{
    *map = (sync_map){ 0 };
    map_table(ADSYNC_T_ENTITIES, map->entities);
    map_table(ADSYNC_T_METRICS, map->metrics);
}

void sync_map_row(const uint16_t *map, const adsync_row *row, adsync_value *values)
{
    for (uint32_t i = 0; i < row->n; i++) {
        uint32_t position = row->cells[i].column <= ADSYNC__C_LAST ? map[row->cells[i].column] : 0;
        if (position) values[position - 1] = row->cells[i].value;
    }
}
