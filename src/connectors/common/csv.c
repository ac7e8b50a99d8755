/* SPDX-License-Identifier: MIT */
#include "common.h"

enum { CSV_LINE = 1 << 20 };

void adsync__csv_begin(adsync__csv *csv, const char *p, size_t size)
{
    *csv = (adsync__csv){ .at = p, .end = p + size };
    if (size >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) csv->at += 3;
    adsync__buffer_begin(&csv->room, CSV_LINE);
}

/* From an opening quote to behind its closing one; "" is a quote. false: it does not end. */
static bool csv_quoted(adsync__csv *csv)
{
    for (const char *at = csv->at + 1, *quote; (quote = memchr(at, '"', (size_t)(csv->end - at))); at = quote + 2) {
        bool twice = quote + 1 < csv->end && quote[1] == '"';
        adsync__buffer_add(&csv->room, at, (size_t)(quote - at) + twice);
        if (twice) continue;
        csv->at = quote + 1;
        return true;
    }
    return false;
}

static const char *csv_stop(const adsync__csv *csv)
{
    const char *at = csv->at;

    while (at < csv->end && *at != ',' && *at != '\n' && *at != '\r') at++;
    return at;
}

bool adsync__csv_next(adsync__csv *csv, adsync_status *rc)
{
    const char *stop;
    bool comma = true;

    *rc = ADSYNC_OK;
    csv->n = 0;
    adsync__buffer_clear(&csv->room);
    while (csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r')) csv->at++;
    if (csv->at == csv->end) return false;
    while (comma) {
        if (csv->n == ADSYNC__FIELDS_MOST) goto broken;
        csv->starts[csv->n++] = (uint32_t)csv->room.size;
        if (csv->at < csv->end && *csv->at == '"' && !csv_quoted(csv)) goto broken;
        stop = csv_stop(csv);
        adsync__buffer_add(&csv->room, csv->at, (size_t)(stop - csv->at)); /* behind a closing quote there should be nothing */
        adsync__buffer_char(&csv->room, 0);
        comma = stop < csv->end && *stop == ',';
        csv->at = stop + comma;
    }
    csv->starts[csv->n] = (uint32_t)csv->room.size;
    if (csv->room.failed == ADSYNC_E_MEMORY) *rc = ADSYNC_E_MEMORY;
    if (!csv->room.failed) return true;
    if (*rc) return false;
broken:
    *rc = ADSYNC_E_FORMAT;
    return false;
}

const char *adsync__csv_field(const adsync__csv *csv, uint32_t i, size_t *size)
{
    *size = i < csv->n ? csv->starts[i + 1] - csv->starts[i] - 1 : 0;
    return i < csv->n ? csv->room.p + csv->starts[i] : NULL;
}

void adsync__csv_end(adsync__csv *csv) { adsync__buffer_free(&csv->room); }
