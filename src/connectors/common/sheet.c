/* SPDX-License-Identifier: MIT */
/* Files of rows: CSV with a line of names. A file with more rows than an outcome carries is gone on with where it was left. */
#include "common.h"

#include <stdio.h>

enum { SHEET_NAMES = 64 * 1024, SHEET_TEXT = 1 << 20 };

uint32_t adsync__sheet_column(const adsync__sheet *sheet, const char *name, size_t size, uint32_t from)
{
    const char *at = sheet->names.p;

    for (uint32_t i = 0; i < sheet->n; i++, at += strlen(at) + 1)
        if (i >= from && strlen(at) == size && !memcmp(at, name, size)) return i;
    return ADSYNC__FIELDS_MOST;
}

/* Goes on behind the rows that are through: where that is, the cursor knows of a file of this size. */
static void sheet_resume(adsync__answer *a, adsync__sheet *sheet, const char *body, size_t size)
{
    const char *place = a->at.arg[sheet->slot], *mark = strchr(place, '_');
    int64_t at, of;

    if (!mark || adsync__decimal_exact(place, (size_t)(mark - place), 0, &at) < 0) return;
    if (adsync__decimal_exact(mark + 1, strlen(mark + 1), 0, &of) < 0 || of != (int64_t)size || at < 1 || at > of) return;
    if (body[at - 1] != '\n' && body[at - 1] != '\r' && body[at] != '\n' && body[at] != '\r') return;
    sheet->csv.at = body + at;
    sheet->rows = a->at.skip;
}

/* More rows than an outcome carries: behind the last one that it does. */
static void sheet_more(adsync__answer *a, adsync__sheet *sheet, size_t at, size_t size)
{
    adsync__place to = a->at;
    char place[48];

    (void)snprintf(place, sizeof place, "%zu_%zu", at, size);
    to.skip = sheet->rows - 1;
    to.arg[sheet->slot] = place;
    sheet->more = true;
    adsync__more(a, &to);
}

static adsync_status sheet_head(adsync__answer *a, adsync__sheet *sheet, const char *body, size_t size)
{
    adsync_status rc;

    for (size_t n; sheet->n < sheet->csv.n; sheet->n++) {
        const char *name = adsync__csv_field(&sheet->csv, sheet->n, &n);
        adsync__buffer_add(&sheet->names, name, strnlen(name, n));
        adsync__buffer_char(&sheet->names, 0);
    }
    if (sheet->names.failed) return adsync__fail_memory(a->error);
    if ((rc = sheet->head(a, sheet)) >= 0) sheet_resume(a, sheet, body, size);
    return rc;
}

static adsync_status sheet_rows(adsync__answer *a, adsync__sheet *sheet, const char *body, size_t size)
{
    const char *at = body;
    adsync_status rc = ADSYNC_OK;

    for (; !sheet->more && adsync__csv_next(&sheet->csv, &rc); at = sheet->csv.at) {
        if (!sheet->n)
            rc = sheet_head(a, sheet, body, size);
        else if (sheet->rows++ < a->at.skip)
            continue;
        else if (sheet->rows - a->at.skip > ADSYNC__ROWS_MOST)
            sheet_more(a, sheet, (size_t)(at - body), size);
        else
            rc = sheet->row(a, sheet);
        if (rc < 0) return rc;
    }
    if (rc == ADSYNC_E_FORMAT) return adsync__bad_shape(a, sheet->none);
    return rc < 0 ? adsync__fail_memory(a->error) : rc;
}

adsync_status adsync__sheet_read(adsync__answer *a, adsync__sheet *sheet)
{
    size_t size;
    const char *body = adsync_response_body(a->in, &size);
    adsync_status rc;

    adsync__csv_begin(&sheet->csv, body, size);
    adsync__buffer_begin(&sheet->names, SHEET_NAMES);
    adsync__buffer_begin(&sheet->text, SHEET_TEXT);
    rc = sheet_rows(a, sheet, body, size);
    adsync__csv_end(&sheet->csv);
    adsync__buffer_free(&sheet->names);
    adsync__buffer_free(&sheet->text);
    return rc;
}
