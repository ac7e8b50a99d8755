/* SPDX-License-Identifier: MIT */
/* Tables for people: aligned, money with its currency, times in UTC. JSON for programs: as the library writes it. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PRINT_CELL = 80, PRINT_COLUMNS = 16 };

static void print_time(int64_t us, char *out, size_t size)
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm t;

    if (us <= 0 || !gmtime_r(&seconds, &t) || !strftime(out, size, "%Y-%m-%d %H:%M:%SZ", &t))
        (void)snprintf(out, size, us < 0 ? "never" : "-");
}

static void print_micro(int64_t micros, char *out, size_t size) { (void)adsync_money_text(micros, NULL, out, size); }

/* One cell as people read it. */
static void print_cell(adsync_rows *rows, uint32_t column, char *out, size_t size)
{
    const char *text;

    if (adsync_rows_kind(rows, column) == ADSYNC_VALUE_NULL) {
        (void)snprintf(out, size, "-");
        return;
    }
    switch (adsync_column_shape(column)) {
    case ADSYNC_SHAPE_TIME:
        print_time(adsync_rows_int(rows, column), out, size);
        return;
    case ADSYNC_SHAPE_MONEY:
        (void)adsync_money_text(adsync_rows_int(rows, column), adsync_rows_text(rows, ADSYNC_C_CURRENCY), out, size);
        return;
    case ADSYNC_SHAPE_MICRO:
        print_micro(adsync_rows_int(rows, column), out, size);
        return;
    default:
        break;
    }
    text = adsync_rows_text(rows, column);
    (void)snprintf(out, size, "%s", text ? text : "-");
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < 0x20) *at = ' ';
}

/* How many places text takes: characters, not bytes. */
static size_t print_width(const char *text)
{
    size_t n = 0;

    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool print_right(adsync_rows *rows, uint32_t column)
{
    uint32_t shape = adsync_column_shape(column);

    return adsync_rows_kind(rows, column) == ADSYNC_VALUE_INT && shape != ADSYNC_SHAPE_TIME && shape != ADSYNC_SHAPE_DAY &&
           shape != ADSYNC_SHAPE_KIND;
}

static void print_padded(const char *text, size_t width, bool right)
{
    size_t n = print_width(text), pad = n < width ? width - n : 0;

    if (right)
        printf("%*s%s", (int)pad, "", text);
    else
        printf("%s%*s", text, (int)pad, "");
}

typedef struct print_line {
    char cells[PRINT_COLUMNS][PRINT_CELL];
    bool right[PRINT_COLUMNS];
} print_line;

static void print_table(adsync_rows *rows, const cli_column *columns, uint32_t n)
{
    static print_line lines[2000]; /* a screenful times forty: longer lists are for --json */
    size_t widths[PRINT_COLUMNS], count = 0;

    for (uint32_t i = 0; i < n; i++) widths[i] = print_width(columns[i].title);
    while (count < sizeof lines / sizeof *lines && adsync_rows_next(rows, NULL) == ADSYNC_ROW) {
        print_line *line = &lines[count++];
        for (uint32_t i = 0; i < n; i++) {
            print_cell(rows, columns[i].column, line->cells[i], PRINT_CELL);
            line->right[i] = print_right(rows, columns[i].column);
            if (print_width(line->cells[i]) > widths[i]) widths[i] = print_width(line->cells[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        print_padded(columns[i].title, widths[i], count && lines[0].right[i]);
        fputs(i + 1 < n ? "  " : "\n", stdout);
    }
    for (size_t l = 0; l < count; l++)
        for (uint32_t i = 0; i < n; i++) {
            print_padded(lines[l].cells[i], i + 1 < n || lines[l].right[i] ? widths[i] : 0, lines[l].right[i]);
            fputs(i + 1 < n ? "  " : "\n", stdout);
        }
    if (adsync_rows_next(rows, NULL) == ADSYNC_ROW) printf(".. and more: --json gives all of them\n");
}

int cli_print(cli *c, adsync_rows *rows, const cli_column *columns, uint32_t n, const char *nothing)
{
    const char *json;

    if (c->json) {
        if (!(json = adsync_rows_json(rows, &c->error))) return cli_fail(c, adsync_error_status(c->error));
        puts(json);
        return CLI_OK;
    }
    if (!adsync_rows_count(rows))
        puts(nothing);
    else
        print_table(rows, columns, n);
    return CLI_OK;
}

void cli_progress(cli *c, const char *text)
{
    if (c->json || !isatty(STDERR_FILENO)) return;
    if (text)
        fprintf(stderr, "\r\033[K%s", text);
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

int cli_fail(cli *c, adsync_status status)
{
    const char *message = adsync_error_message(c->error);

    cli_progress(c, NULL);
    fprintf(stderr, "adsync: %s", *message ? message : adsync_status_name(status));
    if (*adsync_error_name(c->error)) fprintf(stderr, " (%s)", adsync_error_name(c->error));
    fputc('\n', stderr);
    if (status == ADSYNC_E_AUTH) return CLI_RECONNECT;
    return status == ADSYNC_PENDING ? CLI_PENDING : CLI_FAILED;
}
