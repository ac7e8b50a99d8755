/* SPDX-License-Identifier: MIT */
/* The one rule by which a sealed column is bound to its row:
 *
 *   organisation   the row's, 0 in a system table
 *   context        table/column, then each key column but the organisation: "secrets/sealed/17/access_token/0". Numbers are decimal;
 *                  of text and bytes, all but A-Z a-z 0-9 - . _ ~ is written %XX
 *   generation     the row's column `generation`, where the table has one and it is not null; else 0
 *
 * So a sealed value that is moved to another row or column does not open. */
#include "vault_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The longest: 63 bytes of names, a key of 512 bytes written as 3 each or as 21 for each of 8 numbers. It always fits. */
typedef struct column_text {
    char *p;
    size_t size;
} column_text;

static void column_add(column_text *out, const char *text)
{
    size_t n = strlen(text);

    if (n > ADSYNC__VAULT_CONTEXT - out->size) n = ADSYNC__VAULT_CONTEXT - out->size;
    memcpy(out->p + out->size, text, n);
    out->size += n;
    out->p[out->size] = 0;
}

static void column_add_value(column_text *out, const adsync_value *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char text[24];

    column_add(out, "/");
    if (value->kind == ADSYNC_VALUE_INT) {
        (void)snprintf(text, sizeof text, "%" PRId64, value->i);
        column_add(out, text);
        return;
    }
    for (uint32_t i = 0; i < value->size; i++) {
        const char c = value->p[i];
        (void)snprintf(text, sizeof text, c && strchr(plain, c) ? "%c" : "%%%02X", (unsigned char)c);
        column_add(out, text);
    }
}

static void column_add_key(column_text *out, uint32_t table, const adsync_value *row)
{
    for (uint32_t i = adsync_table_has_org(table); i < adsync_index_width(table, 0); i++) column_add_value(out, &row[i]);
}

void adsync__column_context(uint32_t table, uint32_t column, const adsync_value *row, char out[ADSYNC__VAULT_CONTEXT + 1])
{
    column_text text = { out, 0 };

    column_add(&text, adsync_table_name(table));
    column_add(&text, "/");
    column_add(&text, adsync_column_name(column));
    column_add_key(&text, table, row);
}

const adsync_value *adsync__column_find(uint32_t table, uint32_t column, const adsync_value *row, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (adsync_table_column(table, i) == column) return &row[i];
    return NULL;
}

int64_t adsync__column_generation(uint32_t table, const adsync_value *row, uint32_t n)
{
    const adsync_value *generation = adsync__column_find(table, ADSYNC_C_GENERATION, row, n);

    return generation && generation->kind == ADSYNC_VALUE_INT ? generation->i : 0;
}

uint32_t adsync__column_width(uint32_t table)
{
    uint32_t width = 0, generation = 0;

    for (uint32_t i = 0; i < adsync_table_width(table); i++) {
        if (adsync_table_column_sealed(table, i)) width = i + 1;
        if (adsync_table_column(table, i) == ADSYNC_C_GENERATION) generation = i + 1;
    }
    return width && generation > width ? generation : width;
}

/* ---- places */

void adsync__column_place(uint32_t table, const adsync_value *row, char out[ADSYNC__VAULT_CONTEXT + 1])
{
    column_text text = { out, 0 };

    column_add(&text, adsync_table_name(table));
    column_add_key(&text, table, row);
}

static int column_digit(char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Reads one key column up to the next '/' or the end; `store` takes its bytes. NULL: it is no such thing. */
static const char *column_read(const char *p, uint32_t kind, adsync_value *out, char **store)
{
    char *begin = *store, *end = NULL;

    if (kind == ADSYNC_VALUE_INT) {
        *out = adsync__value_int(strtoll(p, &end, 10));
        return end != p && (!*end || *end == '/') ? end : NULL;
    }
    for (; *p && *p != '/'; p++) {
        char c = *p;
        if (c == '%') {
            if (column_digit(p[1]) < 0 || column_digit(p[2]) < 0) return NULL;
            c = (char)(column_digit(p[1]) << 4 | column_digit(p[2]));
            p += 2;
        }
        *(*store)++ = c;
    }
    *out = (adsync_value){ .kind = kind, .size = (uint32_t)(*store - begin), .p = begin };
    return p;
}

static uint32_t column_table(const char *place, size_t size)
{
    for (uint32_t t = 1; t <= adsync_table_count(); t++)
        if (strlen(adsync_table_name(t)) == size && !strncmp(adsync_table_name(t), place, size)) return t;
    return 0;
}

bool adsync__column_place_read(const char *place, int64_t org, uint32_t *table, adsync_value key[ADSYNC__KEY_MAX],
                               char store[ADSYNC__VAULT_CONTEXT + 1])
{
    size_t name = place ? strcspn(place, "/") : 0;
    const char *p = name ? place + name : NULL;
    char *bytes = store;

    if (!name || strlen(place) > ADSYNC__VAULT_CONTEXT || !(*table = column_table(place, name))) return false;
    key[0] = adsync__value_int(org);
    for (uint32_t i = adsync_table_has_org(*table); i < adsync_index_width(*table, 0); i++) {
        if (*p != '/' || !(p = column_read(p + 1, adsync_table_column_kind(*table, i), &key[i], &bytes))) return false;
    }
    return !*p;
}
