/* SPDX-License-Identifier: MIT */
/*
 * The rows of a query. A place is (position * pieces of time + piece) * splits + split; a row is there if its object is, if the
 * conditions hold, and, once a segment was selected, if not all of its metrics are zero. Nothing is kept between two pages.
 */
#include "google.h"

#include <regex.h>
#include <stdlib.h>
#include <strings.h>

/* ---- time in pieces */

static int64_t rows_piece_end(const google_query *q, int64_t from)
{
    sim_date d = sim_date_of(from);
    int months = q->piece == 'm' ? 1 : q->piece == 'q' ? 3 : 12, month = (d.month - 1) / months * months + months;
    int64_t end = sim_day_of(d.year + month / 12, month % 12 + 1, 1) - 1;

    if (q->piece == 'd') end = from;
    if (q->piece == 'w') end = from + 6 - (from + 3) % 7;
    if (!q->piece) end = q->to_day;
    return end < q->to_day ? end : q->to_day;
}

static int64_t rows_piece_count(const google_query *q)
{
    int64_t n = 0;

    if (q->piece == 'd') return q->to_day < q->from_day ? 0 : q->to_day - q->from_day + 1;
    if (!q->piece) return 1;
    for (int64_t day = q->from_day; day <= q->to_day; day = rows_piece_end(q, day) + 1) n++;
    return n;
}

static void rows_piece(const google_query *q, google_row *row, int64_t piece)
{
    row->from = q->from_day;
    if (q->piece == 'd')
        row->from += piece;
    else
        while (piece--) row->from = rows_piece_end(q, row->from) + 1;
    row->to = rows_piece_end(q, row->from);
}

/* ---- conditions */

static int rows_compare(const google_value *value, const char *wanted)
{
    double d;
    int64_t i;

    if (value->kind == 'b') return (int)value->i - !strcasecmp(wanted, "true");
    if (value->kind == 'd') {
        d = strtod(wanted, NULL);
        return value->d < d ? -1 : value->d > d;
    }
    if (value->kind == 'i' || value->kind == 'n') {
        i = strtoll(wanted, NULL, 10);
        return value->i < i ? -1 : value->i > i;
    }
    return strcmp(value->s, wanted);
}

static bool rows_matches(const google_value *value, const char *pattern)
{
    regex_t regex;
    char whole[512];
    bool fine;

    (void)snprintf(whole, sizeof whole, "^(%s)$", pattern);
    if (regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB)) return false;
    fine = value->s && !regexec(&regex, value->s, 0, NULL, 0);
    regfree(&regex);
    return fine;
}

static bool rows_like(const google_value *value, const char *pattern)
{
    char glob[256];
    size_t n = 0;

    for (; *pattern && n + 1 < sizeof glob; pattern++) glob[n++] = (char)(*pattern == '%' ? '*' : *pattern);
    glob[n] = 0;
    return value->s && sim_glob(glob, value->s);
}

static bool rows_listed(const google_condition *c, const google_value *value)
{
    size_t n = 0;
    char quoted[280];

    for (size_t i = 0; i < c->count; i++) {
        (void)snprintf(quoted, sizeof quoted, "\"%.270s\"", c->values[i]);
        n += value->kind == 'j' ? strstr(value->s, quoted) != NULL : !rows_compare(value, c->values[i]);
    }
    if (c->op == GOOGLE_ALL) return n == c->count;
    return (n > 0) == (c->op == GOOGLE_IN || c->op == GOOGLE_ANY);
}

static bool rows_during(const google_value *value, const char *word, int64_t today)
{
    int64_t from, to, day;
    char text[16];

    (void)snprintf(text, sizeof text, "%.10s", value->s);
    return google_during(word, today, &from, &to) && sim_day_read(text, &day) && day >= from && day <= to;
}

/* by how the value compares: less, equal, more */
static const bool rows_compared[][3] = { [GOOGLE_EQ] = { 0, 1, 0 }, [GOOGLE_NE] = { 1, 0, 1 }, [GOOGLE_LT] = { 1, 0, 0 },
                                         [GOOGLE_LE] = { 1, 1, 0 }, [GOOGLE_GT] = { 0, 0, 1 }, [GOOGLE_GE] = { 0, 1, 1 } };

static bool rows_absent(google_operator op)
{
    return op == GOOGLE_NULL || op == GOOGLE_NE || op == GOOGLE_NOT_IN || op == GOOGLE_NOT_LIKE || op == GOOGLE_NOT_MATCH ||
           op == GOOGLE_NONE;
}

static bool rows_holds(const google_condition *c, const google_value *value, int64_t today)
{
    int compared;

    if (!value->kind) return rows_absent(c->op);
    if (c->op <= GOOGLE_GE) {
        compared = rows_compare(value, c->values[0]);
        return rows_compared[c->op][compared < 0 ? 0 : compared > 0 ? 2 : 1];
    }
    switch (c->op) {
    case GOOGLE_BETWEEN:
        return rows_compare(value, c->values[0]) >= 0 && rows_compare(value, c->values[1]) <= 0;
    case GOOGLE_DURING:
        return rows_during(value, c->values[0], today);
    case GOOGLE_LIKE:
    case GOOGLE_NOT_LIKE:
        return rows_like(value, c->values[0]) == (c->op == GOOGLE_LIKE);
    case GOOGLE_MATCH:
    case GOOGLE_NOT_MATCH:
        return rows_matches(value, c->values[0]) == (c->op == GOOGLE_MATCH);
    case GOOGLE_NULL:
    case GOOGLE_NOT_NULL:
        return c->op == GOOGLE_NOT_NULL;
    default:
        return rows_listed(c, value);
    }
}

static bool rows_core_date(const google_field *field)
{
    return google_of(field->name, "segments") && (field->type == 't' || !strcmp(field->name, "segments.year"));
}

static bool rows_pass(const google_row *row, bool metrics)
{
    int64_t today = sim_zone_day(row->owner.account.zone, sim_now(row->site->sim));

    for (const google_condition *c = row->query->where; c; c = c->next) {
        google_value value;

        if (rows_core_date(c->field) || google_of(c->field->name, "metrics") != metrics) continue;
        value = c->field->get(row);
        if (!rows_holds(c, &value, today)) return false;
    }
    return true;
}

/* ---- the walk */

void google_rows_begin(google_rows *rows, google_call *call, google_query *query)
{
    *rows = (google_rows){ .call = call, .query = query };
    rows->row = (google_row){
        .site = call->site, .arena = call->request->arena, .version = call->version, .owner = call->customer, .query = query
    };
    rows->positions = query->from->count(&rows->row);
    rows->pieces = rows_piece_count(query);
    rows->splits = (int64_t)query->hours * query->devices * query->networks * query->actions;
}

bool google_rows_load(google_rows *rows, int64_t place)
{
    const google_query *q = rows->query;
    google_row *row = &rows->row;
    int64_t split = place % rows->splits, piece = place / rows->splits % rows->pieces;

    row->position = place / rows->splits / rows->pieces;
    row->action = q->actions > 1 ? (int)(split % 4) : -1;
    row->hour = q->hours > 1 ? (int)(split / q->actions % 24) : -1;
    row->device = q->devices > 1 ? (int)(split / q->actions / q->hours % 3) : -1;
    row->network = q->networks > 1 ? (int)(split / q->actions / q->hours / q->devices) : -1;
    rows_piece(q, row, piece);
    if (!q->from->load(row, row->position) || !rows_pass(row, false)) return false;
    google_row_numbers(row);
    return !(q->segments && google_row_zero(row)) && rows_pass(row, true);
}

bool google_rows_next(google_rows *rows, int64_t *place)
{
    int64_t end = rows->positions * rows->pieces * rows->splits;

    while (rows->at < end) {
        *place = rows->at++;
        if (google_rows_load(rows, *place)) return true;
    }
    return false;
}

/* ---- a row as JSON: the selected fields as a tree, and the names of the resources that they touch */

void google_camel(sim_text *out, const char *name)
{
    for (; *name; name++) {
        if (*name == '_' && name[1]) {
            name++;
            sim_putc(out, (char)(*name >= 'a' && *name <= 'z' ? *name - 32 : *name));
        } else {
            sim_putc(out, *name);
        }
    }
}

void google_mask_write(sim_text *out, const google_query *q)
{
    sim_putc(out, '"');
    for (size_t i = 0; i < q->selected; i++) {
        if (i) sim_putc(out, ',');
        google_camel(out, q->select[i]->name);
    }
    sim_putc(out, '"');
}

static void row_value(sim_text *out, const google_value *v)
{
    if (v->kind == 'i') sim_printf(out, "\"%lld\"", (long long)v->i);
    if (v->kind == 'n') sim_int(out, v->i);
    if (v->kind == 'd') sim_printf(out, "%.11g", v->d);
    if (v->kind == 'b') sim_puts(out, v->i ? "true" : "false");
    if (v->kind == 's') sim_json_string(out, v->s);
    if (v->kind == 'j') sim_puts(out, v->s);
}

static int row_order(const void *a, const void *b)
{
    const google_field *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static const google_field *row_name_of(int version, const char *path, size_t size)
{
    char name[80];

    (void)snprintf(name, sizeof name, "%.*s.resource_name", (int)size, path);
    return google_field_named(name, version);
}

static void row_add(google_query *q, const google_field *field)
{
    for (size_t i = 0; i < q->written_count; i++) {
        if (q->written[i] == field) return;
    }
    if (field) q->written[q->written_count++] = field;
}

/* sorted, so that what belongs together stands together */
void google_query_write(google_query *q, int version)
{
    q->written_count = 0;
    for (size_t i = 0; i < q->selected; i++) row_add(q, q->select[i]);
    if (!q->omit_names) row_add(q, row_name_of(version, q->from->name, strlen(q->from->name)));
    for (size_t i = 0; !q->omit_names && i < q->selected; i++) {
        const char *name = q->select[i]->name;

        row_add(q, row_name_of(version, name, strcspn(name, ".")));
        if (!strncmp(name, "ad_group_ad.ad.", 15)) row_add(q, row_name_of(version, name, 14));
    }
    qsort(q->written, q->written_count, sizeof *q->written, row_order);
}

/* closes what the new path does not share with the open one, opens what is new; returns the last part of the name */
static const char *row_path(sim_text *out, char open[200], const char *name)
{
    size_t same = 0, at = 0;
    const char *dot;

    while (open[at]) { /* whole parts that are equal */
        size_t part = strcspn(open + at, ".");

        if (strncmp(open + at, name + at, part) || name[at + part] != '.') break;
        at += part + 1;
        same = at;
    }
    for (const char *c = open + same; *c; c++) {
        if (*c == '.') sim_putc(out, '}');
    }
    open[same] = 0;
    for (at = same; (dot = strchr(name + at, '.')); at = (size_t)(dot - name) + 1) {
        char part[80];

        (void)snprintf(part, sizeof part, "%.*s", (int)(dot - name - (int64_t)at), name + at);
        sim_comma(out);
        sim_putc(out, '"');
        google_camel(out, part);
        sim_puts(out, "\":{");
        (void)snprintf(open + strlen(open), 200 - strlen(open), "%s.", part);
    }
    return name + at;
}

void google_row_write(sim_text *out, const google_row *row)
{
    const google_field *const *list = row->query->written;
    size_t count = row->query->written_count;
    char open[200] = "";

    sim_json_open(out, '{');
    for (size_t i = 0; i < count; i++) {
        google_value value = list[i]->get(row);
        bool metric = google_of(list[i]->name, "metrics"), zero = !value.i && value.d <= 0;

        if (!value.kind || (metric && zero && (row->position + row->from) % 3 == 0)) continue; /* a zero is there or it is not */
        {
            const char *last = row_path(out, open, list[i]->name);

            sim_comma(out);
            sim_putc(out, '"');
            google_camel(out, last);
            sim_puts(out, "\":");
        }
        row_value(out, &value);
    }
    for (const char *c = open; *c; c++) {
        if (*c == '.') sim_putc(out, '}');
    }
    sim_putc(out, '}');
}
