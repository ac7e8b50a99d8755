/* SPDX-License-Identifier: MIT */
/* Short words for the tables of fields. */
#ifndef ADSIM_GOOGLE_FIELDS_H
#define ADSIM_GOOGLE_FIELDS_H

#include "google.h"

#define FIELD(name) static google_value name(const google_row *r)
#define NAMED(name, ...)                                                                                                                   \
    FIELD(name) { return google_text(r, __VA_ARGS__); }

static inline google_value value_none(void) { return (google_value){ 0 }; }
static inline google_value value_int(int64_t i) { return (google_value){ .kind = 'i', .i = i }; }
static inline google_value value_small(int64_t i) { return (google_value){ .kind = 'n', .i = i }; }
static inline google_value value_number(double d) { return (google_value){ .kind = 'd', .d = d }; }
static inline google_value value_bool(bool b) { return (google_value){ .kind = 'b', .i = b }; }
static inline google_value value_word(const char *s) { return (google_value){ .kind = 's', .s = s }; }
static inline long long value_id(world_kind kind, const world_entity *e) { return (long long)google_id(kind, e->account.g, e->index); }
static inline long long row_cid(const google_row *r) { return (long long)r->owner.cid; }
google_value google_list(const google_row *r, char kind, const char *name, const char *const *items,
                         size_t count);                               /* ["a"] or [{name:"a"}] */
google_value google_time(const google_row *r, int64_t at, char form); /* d day, s seconds, l local with microseconds, z with the offset */
google_value google_entity_name(const google_row *r, const world_entity *e);

#endif
