/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "connectors/common/common.h"
#include "http/http.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { DRIVE_MOST = 64 << 20 };

const char *drive_platform = "meta";

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
    if (wire_task_open(drive_platform, text, size, &d->wire, &d->error) < 0) fail_msg("%s: %s", adsync_error_message(d->error), text);
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

/* A recorded exchange keeps its body under "body" or "response". */
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
        if (adsync__is_empty(body)) body = adsync__node_get(root, "response");
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

/* ---- what is written down */

static uint32_t drive_folder(const char *platform, const char *folder, const char *end,
                             void (*visit)(const char *platform, const char *path, const char *name))
{
    struct dirent **entries = NULL;
    char path[4096], name[256];
    uint32_t n = 0;
    int found;

    (void)snprintf(path, sizeof path, "%s/%s/%s", FIXTURES_ALL, platform, folder);
    found = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        size_t size = strlen(entries[i]->d_name), tail = strlen(end);
        if (size > tail && !strcmp(entries[i]->d_name + size - tail, end)) {
            (void)snprintf(name, sizeof name, "%.*s", (int)(size - tail), entries[i]->d_name);
            visit(platform, path, name);
            n++;
        }
        free(entries[i]);
    }
    free(entries);
    return n;
}

uint32_t drive_files(const char *folder, const char *end, void (*visit)(const char *platform, const char *path, const char *name))
{
    struct dirent **entries = NULL;
    int found = scandir(FIXTURES_ALL, &entries, NULL, alphasort);
    uint32_t n = 0;

    for (int i = 0; i < found; i++) {
        if (*entries[i]->d_name != '.') n += drive_folder(entries[i]->d_name, folder, end, visit);
        free(entries[i]);
    }
    free(entries);
    return n;
}

static void (*drive_visit)(const drive_answer_file *answer);

/* A member as JSON; of a text the text itself. */
static void drive_member(adsync__node root, const char *name, adsync__buffer *out)
{
    adsync__node node = adsync__node_get(root, name);
    adsync__json json;
    size_t size;
    const char *text = adsync__node_text(node, &size);

    adsync__buffer_begin(out, DRIVE_MOST);
    adsync__buffer_add(out, "", 0);
    if (text)
        adsync__buffer_add(out, text, size);
    else if (!adsync__is_empty(node)) {
        adsync__json_begin(&json, out);
        assert_int_equal(adsync__json_node(&json, node), ADSYNC_OK);
    }
}

static void drive_visit_answer(const char *platform, const char *path, const char *name)
{
    adsync__buffer file, task, headers, body;
    drive_answer_file answer = { .platform = platform, .name = name };
    adsync__reader *reader;
    adsync__node root;
    char full[8192];
    int64_t status;
    size_t size;

    if (strstr(name, ".outcome")) return;
    (void)snprintf(full, sizeof full, "%s/%s.json", path, name);
    assert_true(drive_read(full, &file));
    size = file.size;
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&file, 0);
    assert_int_equal(adsync__reader_new(DRIVE_MOST, &reader, NULL), ADSYNC_OK);
    if (adsync__reader_parse(reader, file.p, size, &root, NULL) < 0) fail_msg("%s is no JSON", full);
    assert_true(adsync__node_int(adsync__node_get(root, "status"), &status));
    drive_member(root, "task", &task);
    drive_member(root, "headers", &headers);
    drive_member(root, "body", &body);
    answer.task = task.p;
    answer.status = (uint32_t)status;
    answer.headers = headers.p ? headers.p : "";
    answer.body = body.p ? body.p : "";
    answer.size = body.size;
    drive_visit(&answer);
    adsync__buffer_free(&task);
    adsync__buffer_free(&headers);
    adsync__buffer_free(&body);
    adsync__buffer_free(&file);
    adsync__reader_free(reader);
}

uint32_t drive_answers(void (*visit)(const drive_answer_file *answer))
{
    drive_visit = visit;
    return drive_files("answers", ".json", drive_visit_answer);
}
