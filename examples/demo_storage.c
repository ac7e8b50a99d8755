/* SPDX-License-Identifier: MIT */
/* Part of demo.sh: a store in an SQLite file, two organisations, connections and figures in it; what comes back, what is refused.
 * Uses nothing but the public headers. */
#include <adsync/adsync.h>
#include <adsync/sqlite.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 96, DAYS = 7, CONNECTION = 1 };

/* One row under construction. Columns are found by id, so that nothing here depends on where a table keeps them. */
typedef struct row {
    uint32_t table;
    uint32_t n; /* up to the last column that was set */
    adsync_value values[WIDTH];
} row;

static adsync_value *row_at(row *r, uint32_t column)
{
    for (uint32_t i = 0; i < adsync_table_width(r->table) && i < WIDTH; i++) {
        if (adsync_table_column(r->table, i) != column) continue;
        if (r->n <= i) r->n = i + 1;
        return &r->values[i];
    }
    fprintf(stderr, "%s has no column %s\n", adsync_table_name(r->table), adsync_column_name(column));
    return &r->values[0];
}

static void row_int(row *r, uint32_t column, int64_t i)
{
    *row_at(r, column) = (adsync_value){ .kind = ADSYNC_VALUE_INT, .i = i };
}

static void row_text(row *r, uint32_t column, const char *text)
{
    *row_at(r, column) = (adsync_value){ .kind = ADSYNC_VALUE_TEXT, .size = (uint32_t)strlen(text), .p = text };
}

static adsync_change row_put(const row *r, int64_t expected)
{
    return (adsync_change){ .op = ADSYNC_CHANGE_PUT, .table = r->table, .expected = expected, .values = r->values, .n_values = r->n };
}

static int demo_failed(const char *what, adsync_error *error)
{
    printf("   %s failed: %s: %s\n", what, adsync_error_name(error), adsync_error_message(error));
    return 1;
}

static row demo_connection(int64_t org, const char *platform, const char *account, const char *name, const char *currency)
{
    row r = { .table = ADSYNC_T_CONNECTIONS };

    row_int(&r, ADSYNC_C_ORG, org);
    row_int(&r, ADSYNC_C_CONNECTION, CONNECTION);
    row_text(&r, ADSYNC_C_STATUS, "active");
    row_text(&r, ADSYNC_C_PLATFORM, platform);
    row_text(&r, ADSYNC_C_ACCOUNT_ID, account);
    row_text(&r, ADSYNC_C_NAME, name);
    row_text(&r, ADSYNC_C_CURRENCY, currency);
    row_text(&r, ADSYNC_C_TIME_ZONE, "Europe/Berlin");
    return r;
}

static row demo_figures(int64_t org, int32_t day, const char *currency)
{
    row r = { .table = ADSYNC_T_METRICS };
    int64_t n = 1 + day * 7 % 11;

    row_int(&r, ADSYNC_C_ORG, org);
    row_int(&r, ADSYNC_C_CONNECTION, CONNECTION);
    row_int(&r, ADSYNC_C_LEVEL, ADSYNC_KIND_CAMPAIGN);
    row_text(&r, ADSYNC_C_ENTITY_ID, "120210000000000001");
    row_int(&r, ADSYNC_C_DAY, 20261101 + day);
    row_text(&r, ADSYNC_C_PART, "main");
    row_int(&r, ADSYNC_C_PULL, 1);
    row_text(&r, ADSYNC_C_CURRENCY, currency);
    row_int(&r, ADSYNC_C_SPEND, n * 12340000);
    row_int(&r, ADSYNC_C_IMPRESSIONS, n * 5120);
    row_int(&r, ADSYNC_C_CLICKS, n * 97);
    row_int(&r, ADSYNC_C_CONVERSIONS, n * 1500000);
    return r;
}

/* One connection and a week of figures, in one commit: all of it or nothing. */
static adsync_status demo_fill(adsync_storage *storage, int64_t org, const row *connection, const char *currency, adsync_error **error)
{
    row figures[DAYS];
    adsync_change changes[DAYS + 1] = { row_put(connection, ADSYNC_EXPECT_ABSENT) };

    for (int32_t day = 0; day < DAYS; day++) {
        figures[day] = demo_figures(org, day, currency);
        changes[day + 1] = row_put(&figures[day], ADSYNC_EXPECT_ANY);
    }
    return adsync_storage_commit(storage, org, changes, DAYS + 1, NULL, error);
}

static int demo_show(adsync_storage *storage, int64_t org, adsync_error **error)
{
    adsync_value bounds[] = { { .kind = ADSYNC_VALUE_INT, .i = org }, { .kind = ADSYNC_VALUE_INT, .i = CONNECTION } };
    adsync_range range = { .table = ADSYNC_T_METRICS, .limit = 100, .n_lower = 2, .n_upper = 2, .lower = bounds, .upper = bounds };
    adsync_rows *rows = NULL;
    char spend[40];
    int n = 0;

    if (adsync_storage_scan(storage, org, &range, &rows, error) < 0) return demo_failed("the scan", *error);
    printf("   %-10s  %-10s  %14s  %12s  %7s  %s\n", "day", "level", "spend", "impressions", "clicks", "conversions");
    while (adsync_rows_next(rows, error) == ADSYNC_ROW) {
        (void)adsync_money_text(adsync_rows_int(rows, ADSYNC_C_SPEND), adsync_rows_text(rows, ADSYNC_C_CURRENCY), spend, sizeof spend);
        printf("   %-10s  ", adsync_rows_text(rows, ADSYNC_C_DAY));
        printf("%-10s  %14s  %12" PRId64 "  %7" PRId64 "  %.1f\n", adsync_kind_name((uint32_t)adsync_rows_int(rows, ADSYNC_C_LEVEL)), spend,
               adsync_rows_int(rows, ADSYNC_C_IMPRESSIONS), adsync_rows_int(rows, ADSYNC_C_CLICKS),
               (double)adsync_rows_int(rows, ADSYNC_C_CONVERSIONS) / 1e6);
        n++;
    }
    adsync_rows_free(rows);
    return n == DAYS ? 0 : demo_failed("reading back", *error);
}

/* What must not work, does not: says so and gives 0, or 1 where it went through. */
static int demo_refused(const char *what, adsync_status expected, adsync_status got, adsync_error **error)
{
    printf("   %-48s %s: %s\n", what, adsync_status_name(got), adsync_error_message(*error));
    adsync_error_free(*error);
    *error = NULL;
    return got == expected ? 0 : 1;
}

static int demo_refusals(adsync_storage *storage, int64_t mine, int64_t other, const row *connection, adsync_error **error)
{
    row foreign = *connection, broken = *connection;
    adsync_change change = row_put(connection, ADSYNC_EXPECT_ABSENT);
    int failed = 0;

    failed += demo_refused("adding the same connection again", ADSYNC_E_CONFLICT,
                           adsync_storage_commit(storage, mine, &change, 1, NULL, error), error);
    row_int(&foreign, ADSYNC_C_ORG, other);
    change = row_put(&foreign, ADSYNC_EXPECT_ANY);
    failed += demo_refused("a row of another organisation", ADSYNC_E_INVALID,
                           adsync_storage_commit(storage, mine, &change, 1, NULL, error), error);
    row_text(&broken, ADSYNC_C_NAME, "caf\xe9");
    change = row_put(&broken, ADSYNC_EXPECT_ANY);
    failed += demo_refused("a name in Latin-1", ADSYNC_E_INVALID, adsync_storage_commit(storage, mine, &change, 1, NULL, error), error);
    return failed;
}

static int demo_run(adsync_storage *storage, adsync_error **error)
{
    int64_t acme = 0, globex = 0;
    row mine, theirs;

    if (adsync_storage_org(storage, "acme", 1, &acme, error) < 0) return demo_failed("adding acme", *error);
    if (adsync_storage_org(storage, "globex", 1, &globex, error) < 0) return demo_failed("adding globex", *error);
    printf("   organisations: acme is %" PRId64 ", globex is %" PRId64 "\n", acme, globex);

    mine = demo_connection(acme, "meta", "1234567890", "Acme Europe", "EUR");
    theirs = demo_connection(globex, "google", "9876543210", "Globex Search", "JPY");
    if (demo_fill(storage, acme, &mine, "EUR", error) < 0) return demo_failed("acme's commit", *error);
    if (demo_fill(storage, globex, &theirs, "JPY", error) < 0) return demo_failed("globex' commit", *error);
    printf("   each wrote one connection and %d days of figures in one commit; acme reads back:\n\n", DAYS);
    if (demo_show(storage, acme, error)) return 1;
    printf("\n   and what is refused, with the words a host gets:\n\n");
    return demo_refusals(storage, acme, globex, &mine, error);
}

int main(int argc, char **argv)
{
    adsync_storage *storage = NULL;
    adsync_error *error = NULL;
    int failed;

    if (argc != 2) return 2;
    if (adsync_sqlite_open(argv[1], NULL, &storage, &error) < 0) failed = demo_failed("opening the file", error);
    else failed = demo_run(storage, &error);
    adsync_storage_free(storage);
    adsync_error_free(error);
    return failed ? 1 : 0;
}
