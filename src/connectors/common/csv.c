/* SPDX-License-Identifier: MIT */
#include "common.h"

enum { CSV_LINE = 1 << 20 };

void adsync__csv_begin(adsync__csv *csv, const char *p, size_t size)
{
    *csv = (adsync__csv){ .at = p, .end = p + size };
    if (size >= 3 && !memcmp(p, "\xEF\xBB\xBF", 3)) csv->at += 3;
    adsync__buffer_begin(&csv->room, CSV_LINE);
}

static const char *csv_stop(const adsync__csv *csv)
{
    const char *at = csv->at;

    while (at < csv->end && *at != ',' && *at != '\n' && *at != '\r') at++;
    return at;
}

/* From an opening quote to behind its closing one; "" is a quote. Such a field is written out without them: where in `room` it begins
 * stands in its place until the line is whole, since the room may move. false: it does not end. */
static bool csv_quoted(adsync__csv *csv)
{
    size_t begins = csv->room.size;
    const char *stop;

    for (const char *at = csv->at + 1, *quote; (quote = memchr(at, '"', (size_t)(csv->end - at))); at = quote + 2) {
        bool twice = quote + 1 < csv->end && quote[1] == '"';
        adsync__buffer_add(&csv->room, at, (size_t)(quote - at) + twice);
        if (twice) continue;
        csv->at = quote + 1;
        stop = csv_stop(csv); /* behind a closing quote there should be nothing */
        adsync__buffer_add(&csv->room, csv->at, (size_t)(stop - csv->at));
        csv->at = stop;
        csv->sizes[csv->n] = csv->room.size - begins;
        csv->quoted |= UINT64_C(1) << csv->n;
        return true;
    }
    return false;
}

/* Fields lie in the text; those that were quoted in `room`, one behind the other. */
static void csv_settle(adsync__csv *csv)
{
    size_t at = 0;

    for (uint32_t i = 0; i < csv->n && csv->quoted; i++) {
        if (!(csv->quoted >> i & 1)) continue;
        csv->fields[i] = csv->room.p ? csv->room.p + at : "";
        at += csv->sizes[i];
    }
}

bool adsync__csv_next(adsync__csv *csv, adsync_status *rc)
{
    const char *stop;

    *rc = ADSYNC_OK;
    csv->n = 0;
    csv->quoted = 0;
    adsync__buffer_clear(&csv->room);
    while (csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r')) csv->at++;
    if (csv->at == csv->end) return false;
    for (bool comma = true; comma; csv->n++) {
        if (csv->n == ADSYNC__FIELDS_MOST) goto broken;
        csv->fields[csv->n] = csv->at;
        if (csv->at < csv->end && *csv->at == '"') {
            if (!csv_quoted(csv)) goto broken;
            stop = csv->at;
        } else {
            stop = csv_stop(csv);
            csv->sizes[csv->n] = (size_t)(stop - csv->at);
        }
        comma = stop < csv->end && *stop == ',';
        csv->at = stop + comma;
    }
    csv_settle(csv);
    if (csv->room.failed == ADSYNC_E_MEMORY) *rc = ADSYNC_E_MEMORY;
    if (!csv->room.failed) return true;
    if (*rc) return false;
broken:
    *rc = ADSYNC_E_FORMAT;
    return false;
}

const char *adsync__csv_field(const adsync__csv *csv, uint32_t i, size_t *size)
{
    *size = i < csv->n ? csv->sizes[i] : 0;
    return i < csv->n ? csv->fields[i] : NULL;
}

void adsync__csv_end(adsync__csv *csv) { adsync__buffer_free(&csv->room); }
