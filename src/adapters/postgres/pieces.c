/* SPDX-License-Identifier: MIT */
/* Tables in pieces by time: figures by month of their day, calls by the day on which they were made (UTC). Their keys hold the column, so
 * a key is unique over all pieces by itself.
 *
 * A piece is made when the first row of its time is put, with the one that follows it, so that a day that begins finds its own. What no
 * piece is there for lies in "<table>_rest": a time that is none, or where this role may not make tables. Nothing depends on where a row
 * lies but how fast it goes. Each piece has row-level security of its own, for whoever asks for it by its name. */
#include "postgres_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIECES_WAIT_MS = 2000, PIECES_LOT = 500, PIECES_LOTS = 4 };
enum { PIECES_BY_MONTH, PIECES_BY_DAY };

static const int64_t pieces_day_us = INT64_C(86400000000);

typedef struct pieces_table {
    uint32_t table, column; /* column: by its place */
    uint32_t by;
} pieces_table;

static const pieces_table pieces_tables[ADSYNC__POSTGRES_PIECES] = {
    { ADSYNC_T_METRICS, 4, PIECES_BY_MONTH },
    { ADSYNC_T_API_CALLS, 1, PIECES_BY_DAY },
};

static int pieces_find(uint32_t table)
{
    for (int i = 0; i < ADSYNC__POSTGRES_PIECES; i++)
        if (pieces_tables[i].table == table) return i;
    return -1;
}

const char *adsync__postgres_pieces_column(uint32_t table)
{
    int i = pieces_find(table);

    return i < 0 ? NULL : adsync__sql_column(table, pieces_tables[i].column);
}

/* ---- days. A piece is known by the number of its month (year * 12 + month - 1) or of its day since 1970. */

/* Year, month and day of a day since 1970, from 0000-03-01 in cycles of 400 years. */
static void pieces_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t z = days + 719468, cycle = z / 146097, of_cycle = z % 146097;
    int64_t y = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
    int64_t of_year = of_cycle - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;

    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + cycle * 400 + (*month <= 2);
}

static int64_t pieces_number(const pieces_table *t, int64_t value)
{
    int64_t year = value / 10000, month = value / 100 % 100;

    if (t->by == PIECES_BY_DAY) /* of the same two centuries */
        return value >= 10957 * pieces_day_us && value < 84006 * pieces_day_us ? value / pieces_day_us : -1;
    return year >= 2000 && year < 2200 && month >= 1 && month <= 12 ? year * 12 + month - 1 : -1;
}

static int64_t pieces_begin(const pieces_table *t, int64_t number)
{
    return t->by == PIECES_BY_DAY ? number * pieces_day_us : number / 12 * 10000 + (number % 12 + 1) * 100 + 1;
}

/* adsync_metrics_202611, adsync_api_calls_20261121 */
static void pieces_name(const adsync__postgres *s, const pieces_table *t, int64_t number, char out[64])
{
    int64_t year = number / 12, month = number % 12 + 1, day = 0;

    if (t->by == PIECES_BY_DAY) pieces_civil(number, &year, &month, &day);
    if (t->by == PIECES_BY_DAY)
        (void)snprintf(out, 64, "%s%s_%04d%02d%02d", s->prefix, adsync_table_name(t->table), (int)year, (int)month, (int)day);
    else
        (void)snprintf(out, 64, "%s%s_%04d%02d", s->prefix, adsync_table_name(t->table), (int)year, (int)month);
}

/* ---- which tables are in pieces */

adsync_status adsync__postgres_pieces_look(adsync__postgres *s, adsync_error **error)
{
    char sql[200], words[300];
    PGresult *result;

    for (int i = 0; i < ADSYNC__POSTGRES_PIECES; i++) {
        const char *name = adsync_table_name(pieces_tables[i].table);
        (void)snprintf(sql, sizeof sql, "SELECT relkind FROM pg_class WHERE oid = to_regclass('\"%s%s\"')", s->prefix, name);
        result = PQexec(s->conn, sql);
        if (PQresultStatus(result) != PGRES_TUPLES_OK) {
            adsync_status rc = adsync__postgres_fail(s, result, error);
            PQclear(result);
            return rc;
        }
        s->pieces[i].there = PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 'p';
        PQclear(result);
        if (s->pieces[i].there || !(s->flags & ADSYNC_POSTGRES_PARTITIONS)) continue;
        (void)snprintf(words, sizeof words,
                       "the table %s%s is there and not in partitions: they are chosen when the tables are made; doc/postgres.md says"
                       " how to move the rows, or open it without PARTITIONS",
                       s->prefix, name);
        return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, words, error);
    }
    return ADSYNC_OK;
}

bool adsync__postgres_pieces_any(const adsync__postgres *s)
{
    bool any = false;

    for (int i = 0; i < ADSYNC__POSTGRES_PIECES; i++) any |= s->pieces[i].there;
    return any;
}

/* ---- making them */

static bool pieces_exists(adsync__postgres *s, const char *name)
{
    char sql[120];
    PGresult *result;
    bool there;

    (void)snprintf(sql, sizeof sql, "SELECT to_regclass('\"%s\"') IS NOT NULL", name);
    result = PQexec(s->conn, sql);
    there = PQresultStatus(result) == PGRES_TUPLES_OK && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
    return there;
}

/* One that makes pieces at a time; whoever comes second finds them. */
static void pieces_make(adsync__postgres *s, const pieces_table *t, int64_t number)
{
    const adsync__postgres_settings settings = { .prefix = s->prefix, .engine = s->engine };
    adsync__sql text = { .grow = adsync__postgres_grow, .prefix = s->prefix };
    char name[64];

    pieces_name(s, t, number, name);
    if (pieces_exists(s, name)) return;
    adsync__sql_add(&text,
                    "BEGIN; SET LOCAL lock_timeout = %d; SELECT pg_advisory_xact_lock(hashtextextended('%sschema', 0));\n"
                    "CREATE TABLE IF NOT EXISTS \"%s\" PARTITION OF ",
                    PIECES_WAIT_MS, s->prefix, name);
    adsync__sql_table(&text, t->table);
    adsync__sql_add(&text, " FOR VALUES FROM (%" PRId64 ") TO (%" PRId64 ");\n", pieces_begin(t, number), pieces_begin(t, number + 1));
    adsync__postgres_secure(&text, name + strlen(s->prefix), &settings, true);
    adsync__sql_add(&text, "COMMIT");
    if (!text.failed) PQclear(PQexec(s->conn, text.p)); /* where it fails, its rows go to the rest, and work goes on */
    if (!adsync__postgres_lost(s) && PQtransactionStatus(s->conn) != PQTRANS_IDLE) (void)adsync__postgres_sql(s, "ROLLBACK");
    adsync__postgres_free(text.p);
}

static bool pieces_known(adsync__postgres *s, int i, int64_t number)
{
    for (uint32_t k = 0; k < ADSYNC__POSTGRES_KNOWN; k++)
        if (s->pieces[i].known[k] == number + 1) return true;
    s->pieces[i].known[s->pieces[i].next++ % ADSYNC__POSTGRES_KNOWN] = number + 1; /* also where it cannot be made: it is tried once */
    return false;
}

void adsync__postgres_pieces(adsync__postgres *s, const adsync_change *changes, uint32_t n)
{
    for (uint32_t c = 0; c < n; c++) {
        int i = changes[c].op == ADSYNC_CHANGE_PUT ? pieces_find(changes[c].table) : -1;
        int64_t number;
        if (i < 0 || !s->pieces[i].there) continue;
        number = pieces_number(&pieces_tables[i], changes[c].values[pieces_tables[i].column].i);
        if (number < 0 || pieces_known(s, i, number)) continue;
        pieces_make(s, &pieces_tables[i], number);
        pieces_make(s, &pieces_tables[i], number + 1);
    }
}

/* ---- dropping them */

/* The first value that is not wholly older. A day is over when it is over everywhere: twelve hours after UTC's. */
static int64_t pieces_first(const pieces_table *t, int64_t time_us)
{
    int64_t year, month, day;

    if (t->by == PIECES_BY_DAY) return time_us;
    if (time_us < 10957 * pieces_day_us) return 0;
    pieces_civil((time_us - pieces_day_us / 2) / pieces_day_us, &year, &month, &day);
    return year * 10000 + month * 100 + day;
}

/* E_UNSUPPORTED where this role may not: then the rows go in lots, by whoever wants them gone. */
static adsync_status pieces_run(adsync__postgres *s, const char *sql, adsync_error **error)
{
    PGresult *result = PQexec(s->conn, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    adsync_status rc = ADSYNC_OK;

    if (state && !strcmp(state, "42501"))
        rc = adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, "this role may not drop partitions: the tables are another's", error);
    else if (PQresultStatus(result) != PGRES_COMMAND_OK)
        rc = adsync__postgres_fail(s, result, error);
    PQclear(result);
    if (!adsync__postgres_lost(s) && PQtransactionStatus(s->conn) != PQTRANS_IDLE) (void)adsync__postgres_sql(s, "ROLLBACK");
    return rc;
}

/* FOR VALUES FROM ('20261101') TO ('20261201'): its end; INT64_MAX: it has none. */
static int64_t pieces_end(const char *bound)
{
    const char *to = strstr(bound, ") TO ('");
    char *end = NULL;
    long long value = to ? strtoll(to + strlen(") TO ('"), &end, 10) : 0;

    return end && *end == '\'' ? value : INT64_MAX;
}

static adsync_status pieces_drop_old(adsync__postgres *s, const pieces_table *t, int64_t first, adsync_error **error)
{
    char sql[400];
    PGresult *result;
    adsync_status rc = ADSYNC_OK;

    (void)snprintf(sql, sizeof sql,
                   "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                   " WHERE i.inhparent = to_regclass('\"%s%s\"') ORDER BY 1",
                   s->prefix, adsync_table_name(t->table));
    result = PQexec(s->conn, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) rc = adsync__postgres_fail(s, result, error);
    for (int r = 0; rc >= 0 && r < PQntuples(result); r++) {
        if (pieces_end(PQgetvalue(result, r, 1)) > first) continue;
        (void)snprintf(sql, sizeof sql, "BEGIN; SET LOCAL lock_timeout = %d; DROP TABLE \"%s\"; COMMIT", PIECES_WAIT_MS,
                       PQgetvalue(result, r, 0));
        rc = pieces_run(s, sql, error);
    }
    PQclear(result);
    return rc;
}

/* Of the piece that the time lies in, and of the rest: some lots, the next call goes on. */
static adsync_status pieces_delete_old(adsync__postgres *s, const pieces_table *t, int64_t first, adsync_error **error)
{
    const uint32_t n_key = adsync_index_width(t->table, 0);
    adsync__sql text = { .grow = adsync__postgres_grow, .prefix = s->prefix };
    adsync_status rc = ADSYNC_OK;

    adsync__sql_add(&text, "DELETE FROM ");
    adsync__sql_table(&text, t->table);
    adsync__sql_add(&text, " WHERE (");
    adsync__sql_columns(&text, "", t->table, 0, n_key);
    adsync__sql_add(&text, ") IN (SELECT ");
    adsync__sql_columns(&text, "", t->table, 0, n_key);
    adsync__sql_add(&text, " FROM ");
    adsync__sql_table(&text, t->table);
    adsync__sql_add(&text, " WHERE \"%s\" < %" PRId64 " ORDER BY ", adsync__sql_column(t->table, t->column), first);
    adsync__sql_columns(&text, "", t->table, 0, n_key);
    adsync__sql_add(&text, " LIMIT %d FOR UPDATE)", PIECES_LOT);
    if (text.failed) rc = adsync__postgres_memory(error);
    for (int i = 0; rc >= 0 && i < PIECES_LOTS; i++) rc = pieces_run(s, text.p, error);
    adsync__postgres_free(text.p);
    return rc;
}

adsync_status adsync__postgres_drop_before(void *user, uint32_t table, int64_t time_us, adsync_error **error)
{
    adsync__postgres *s = user;
    int i = pieces_find(table);
    int64_t first;
    adsync_status rc;

    if (i < 0 || !s->pieces[i].there) return adsync__postgres_refuse(ADSYNC_E_UNSUPPORTED, "this table is not in partitions", error);
    if ((rc = adsync__postgres_connect(s, error)) < 0) return rc;
    first = pieces_first(&pieces_tables[i], time_us);
    if ((rc = pieces_drop_old(s, &pieces_tables[i], first, error)) < 0) return rc;
    return pieces_delete_old(s, &pieces_tables[i], first, error);
}
