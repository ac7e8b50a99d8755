/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "http/http.h"

#include <stdio.h>
#include <stdlib.h>

enum { DRIVE_MOST = 64 << 20 };

/* ' is " in tests; a real one is written \'. */
static char *drive_quotes(const char *text, size_t *size)
{
    char *copy = adsync__copy_text(text), *to = copy;

    assert_non_null(copy);
    for (const char *at = copy; *at; at++) {
        if (*at == '\\' && at[1] == '\'')
            *to++ = *++at;
        else
            *to++ = *at == '\'' ? '"' : *at;
    }
    *to = 0;
    *size = (size_t)(to - copy);
    return copy;
}

void drive_task(drive *d, const char *json)
{
    size_t size;
    char *text = drive_quotes(json, &size);

    memset(d, 0, sizeof *d);
    adsync__outcome_begin(&d->outcome);
    if (wire_task_open("meta", text, size, &d->wire, &d->error) < 0) fail_msg("%s: %s", adsync_error_message(d->error), text);
    adsync__free(text);
}

void drive_raw(drive *d, uint32_t status, const char *headers, const char *body, size_t size)
{
    adsync__outcome_free(&d->outcome);
    adsync__arena_free(&d->answer);
    adsync_error_free(d->error);
    d->error = NULL;
    d->rc = wire_digest(&d->wire, status, headers, body, size, &d->outcome, &d->answer, &d->error);
}

void drive_answer(drive *d, uint32_t status, const char *headers, const char *json)
{
    size_t size;
    char *text = drive_quotes(json, &size);

    drive_raw(d, status, headers, text, size);
    adsync__free(text);
}

bool drive_read(const char *path, adsync__buffer *out)
{
    FILE *file = fopen(path, "rb");
    char piece[65536];
    size_t n;

    adsync__buffer_begin(out, DRIVE_MOST);
    if (!file) return false;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0) adsync__buffer_add(out, piece, n);
    (void)fclose(file);
    return !out->failed;
}

/* A recorded exchange keeps its body under "body". */
static void drive_unwrap(adsync__buffer *file)
{
    adsync__reader *reader;
    adsync__node root, body;
    adsync__buffer out;
    adsync__json json;
    size_t size = file->size;

    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(file, 0);
    file->size = size;
    assert_int_equal(adsync__reader_new(DRIVE_MOST, &reader, NULL), ADSYNC_OK);
    if (adsync__reader_parse(reader, file->p, size, &root, NULL) >= 0) {
        body = adsync__node_get(root, "body");
        if (adsync__node_kind(body) == ADSYNC__NODE_OBJECT) {
            adsync__buffer_begin(&out, DRIVE_MOST);
            adsync__json_begin(&json, &out);
            assert_int_equal(adsync__json_node(&json, body), ADSYNC_OK);
            adsync__buffer_free(file);
            *file = out;
        }
    }
    adsync__reader_free(reader);
}

void drive_file(drive *d, uint32_t status, const char *headers, const char *path)
{
    adsync__buffer file;

    if (!drive_read(path, &file)) fail_msg("%s cannot be read", path);
    drive_unwrap(&file);
    drive_raw(d, status, headers, file.p, file.size);
    adsync__buffer_free(&file);
}

void drive_go_on(drive *d)
{
    assert_non_null(d->outcome.cursor);
    adsync__task_text(&d->wire.task, ADSYNC__TASK_PARAM, "cursor", d->outcome.cursor);
}

void drive_fact(drive *d, const char *name, const char *value) { adsync__task_text(&d->wire.task, ADSYNC__TASK_FACT, name, value); }
void drive_secret(drive *d, const char *name) { adsync__task_text(&d->wire.task, ADSYNC__TASK_SECRET, name, ""); }

const char *drive_request(drive *d)
{
    adsync__buffer_free(&d->text);
    adsync__buffer_begin(&d->text, DRIVE_MOST);
    assert_int_equal(wire_request(&d->wire, &d->text, &d->error), ADSYNC_OK);
    return d->text.p;
}

/* The fields stand in the printed "url" and "body"; neither needs an escape that JSON would change. */
const char *drive_field(drive *d, const char *name)
{
    static char decoded[65536];
    const char *from, *end;
    adsync__buffer out;
    bool found = false;

    (void)drive_request(d);
    adsync__buffer_begin(&out, sizeof decoded - 1);
    if ((from = strstr(d->text.p, "\"url\":\"")) && (end = strchr(from + 7, '"')) && (from = memchr(from, '?', (size_t)(end - from))))
        found = adsync__url_find(from + 1, (size_t)(end - from - 1), name, &out);
    if (!found && (from = strstr(d->text.p, "\"body\":\"")) && (end = strchr(from + 8, '"')))
        found = adsync__url_find(from + 8, (size_t)(end - from - 8), name, &out);
    (void)snprintf(decoded, sizeof decoded, "%s", found ? (out.p ? out.p : "") : "(none)");
    adsync__buffer_free(&out);
    return decoded;
}

void drive_end(drive *d)
{
    adsync__outcome_free(&d->outcome);
    adsync__arena_free(&d->answer);
    adsync_error_free(d->error);
    adsync__buffer_free(&d->text);
    wire_task_close(&d->wire);
}

const adsync__out_row *drive_row(const drive *d, uint32_t n)
{
    const adsync__out_row *row = d->outcome.rows;

    while (row && n--) row = row->next;
    return row;
}

static const adsync_value *drive_cell(const drive *d, uint32_t n, uint32_t column)
{
    const adsync__out_row *row = drive_row(d, n);

    if (!row) fail_msg("there is no row %u", n);
    return adsync__row_get(&row->row, column);
}

int64_t drive_int(const drive *d, uint32_t row, uint32_t column)
{
    const adsync_value *v = drive_cell(d, row, column);

    if (!v || v->kind != ADSYNC_VALUE_INT) fail_msg("%s is no number", adsync_column_name(column));
    return v->i;
}

const char *drive_text(const drive *d, uint32_t row, uint32_t column)
{
    const adsync_value *v = drive_cell(d, row, column);

    if (!v || v->kind == ADSYNC_VALUE_NULL) return NULL;
    if (v->kind != ADSYNC_VALUE_TEXT) fail_msg("%s is no text", adsync_column_name(column));
    return v->p;
}

const char *drive_said(const drive *d, const char *name)
{
    const char *value = NULL;

    for (const adsync__out_fact *fact = d->outcome.facts; fact; fact = fact->next)
        if (!strcmp(fact->name, name)) value = fact->value;
    return value;
}

bool drive_holds(const drive *d, const char *word)
{
    bool found = (d->outcome.cursor && strstr(d->outcome.cursor, word)) || (d->outcome.message && strstr(d->outcome.message, word)) ||
                 strstr(adsync_error_message(d->error), word);

    for (const adsync__out_row *row = d->outcome.rows; row; row = row->next)
        for (uint32_t i = 0; i < row->row.n; i++)
            found = found || (row->row.cells[i].value.kind == ADSYNC_VALUE_TEXT && strstr(row->row.cells[i].value.p, word));
    for (const adsync__out_fact *fact = d->outcome.facts; fact; fact = fact->next)
        found = found || (fact->value && strstr(fact->value, word));
    for (const adsync__out_warning *warning = d->outcome.warnings; warning; warning = warning->next)
        found = found || (warning->message && strstr(warning->message, word));
    return found;
}

const adsync__out_secret *drive_given(const drive *d, const char *name)
{
    for (const adsync__out_secret *secret = d->outcome.secrets; secret; secret = secret->next)
        if (!strcmp(secret->name, name)) return secret;
    return NULL;
}
