/* SPDX-License-Identifier: MIT */
/* What one writes by hand to keep pages of figures in PostgreSQL: each page sorted, one prepared INSERT .. SELECT FROM unnest(..) ON
 * CONFLICT DO UPDATE, arrays in binary form. */
#include "bench.h"
#include "pipeline.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MOST = 1000, INT8S = 1016, TEXTS = 1009, INT8 = 20, TEXT = 25 };

struct floor_postgres {
    PGconn *conn;
    floor_row rows[PAGE_MOST];
    uint32_t n;
    char *p, *room; /* all arrays of a page, one behind the other */
};

static const char floor_table[] =
    "CREATE TABLE metrics (level bigint, entity_id text COLLATE \"C\", day bigint, campaign_id text, currency text, spend bigint,"
    " impressions bigint, clicks bigint, link_clicks bigint, reach bigint, conversions bigint, click_conversions bigint,"
    " view_conversions bigint, revenue bigint, purchases bigint, leads bigint, engagements bigint, pulled_at bigint,"
    " PRIMARY KEY (level, entity_id, day)); CREATE INDEX ON metrics (level, day)";

static const char floor_upsert[] =
    "INSERT INTO metrics SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    " ON CONFLICT (level, entity_id, day) DO UPDATE SET campaign_id = excluded.campaign_id, currency = excluded.currency,"
    " spend = excluded.spend, impressions = excluded.impressions, clicks = excluded.clicks, link_clicks = excluded.link_clicks,"
    " reach = excluded.reach, conversions = excluded.conversions, click_conversions = excluded.click_conversions,"
    " view_conversions = excluded.view_conversions, revenue = excluded.revenue, purchases = excluded.purchases,"
    " leads = excluded.leads, engagements = excluded.engagements, pulled_at = excluded.pulled_at";

static bool floor_is_text(uint32_t column) { return column == 1 || column == 3 || column == 4; }

static void floor_answered(floor_postgres *f, PGresult *result)
{
    bench_need(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(f->conn));
    PQclear(result);
}

floor_postgres *floor_postgres_open(const char *conninfo)
{
    floor_postgres *f = calloc(1, sizeof *f);
    Oid types[FLOOR_COLUMNS];

    bench_need(f && (f->room = malloc((size_t)PAGE_MOST * FLOOR_COLUMNS * 80)), "memory");
    f->conn = PQconnectdb(conninfo);
    bench_need(PQstatus(f->conn) == CONNECTION_OK, PQerrorMessage(f->conn));
    floor_answered(f, PQexec(f->conn, floor_table));
    for (uint32_t i = 0; i < FLOOR_COLUMNS; i++) types[i] = floor_is_text(i) ? TEXTS : INT8S;
    floor_answered(f, PQprepare(f->conn, "upsert", floor_upsert, FLOOR_COLUMNS, types));
    return f;
}

static void floor_number(floor_postgres *f, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8) f->p[i] = (char)(value & 0xff);
    f->p += bytes;
}

static void floor_text(floor_postgres *f, floor_words words)
{
    floor_number(f, words.p ? words.size : UINT32_MAX, 4);
    if (words.p) memcpy(f->p, words.p, words.size);
    f->p += words.p ? words.size : 0;
}

static void floor_value(floor_postgres *f, const floor_row *row, uint32_t column)
{
    if (column == 1) floor_text(f, row->id);
    else if (column == 3) floor_text(f, row->campaign);
    else if (column == 4) floor_text(f, row->currency);
    else if (!(row->has & 1u << column)) floor_number(f, UINT32_MAX, 4);
    else {
        floor_number(f, 8, 4);
        floor_number(f, (uint64_t)row->numbers[column], 8);
    }
}

static int floor_column(floor_postgres *f, uint32_t column)
{
    const char *from = f->p;

    floor_number(f, 1, 4);
    floor_number(f, 1, 4);
    floor_number(f, floor_is_text(column) ? TEXT : INT8, 4);
    floor_number(f, f->n, 4);
    floor_number(f, 1, 4);
    for (uint32_t i = 0; i < f->n; i++) floor_value(f, &f->rows[i], column);
    return (int)(f->p - from);
}

static int floor_order(const void *a, const void *b)
{
    const floor_row *x = a, *y = b;
    size_t both = x->id.size < y->id.size ? x->id.size : y->id.size;
    int order = memcmp(x->id.p, y->id.p, both);

    if (order) return order;
    if (x->id.size != y->id.size) return x->id.size < y->id.size ? -1 : 1;
    return (x->numbers[2] > y->numbers[2]) - (x->numbers[2] < y->numbers[2]);
}

void floor_postgres_put(void *user, const floor_row *row)
{
    floor_postgres *f = user;

    bench_need(f->n < PAGE_MOST, "a page of that size");
    f->rows[f->n++] = *row;
}

void floor_postgres_commit(void *user)
{
    floor_postgres *f = user;
    const char *values[FLOOR_COLUMNS];
    int sizes[FLOOR_COLUMNS], formats[FLOOR_COLUMNS];

    if (!f->n) return;
    qsort(f->rows, f->n, sizeof *f->rows, floor_order);
    f->p = f->room;
    for (uint32_t i = 0; i < FLOOR_COLUMNS; i++) {
        values[i] = f->p;
        sizes[i] = floor_column(f, i);
        formats[i] = 1;
    }
    floor_answered(f, PQexecPrepared(f->conn, "upsert", FLOOR_COLUMNS, values, sizes, formats, 1));
    f->n = 0;
}

void floor_postgres_close(floor_postgres *f)
{
    PQfinish(f->conn);
    free(f->room);
    free(f);
}
