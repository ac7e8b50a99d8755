/* SPDX-License-Identifier: MIT */
/* What the tables of fields share. Every writer gets an object of its kind, writes one value and says whether there is one. */
#ifndef ADSIM_META_FIELD_TOOLS_H
#define ADSIM_META_FIELD_TOOLS_H

#include "meta.h"

#define FIELD(name) static inline bool name(meta_call *call, sim_text *out, const void *object, const meta_fields *field)
/* most writers need only the entity and the text */
#define ENTITY                                                                                                                             \
    const world_entity *e = object;                                                                                                        \
    (void)call;                                                                                                                            \
    (void)out;                                                                                                                             \
    (void)field;                                                                                                                           \
    (void)e

static inline int64_t field_draw(const world_entity *e, int which, int64_t below)
{
    return (int64_t)(sim_hash(e->h, 0xf0, (uint64_t)which, 0) % (uint64_t)below);
}

static inline bool field_string(sim_text *out, const char *s)
{
    sim_json_string(out, s);
    return true;
}

static inline bool field_number(sim_text *out, int64_t value)
{
    sim_int(out, value);
    return true;
}

static inline bool field_digits(sim_text *out, int64_t value)
{
    sim_putc(out, '"');
    sim_int(out, value);
    sim_putc(out, '"');
    return true;
}

static inline bool field_pick(sim_text *out, const world_entity *e, int which, const char *const *words, int64_t count)
{
    return field_string(out, words[field_draw(e, which, count)]);
}

static inline bool field_instant(sim_text *out, int64_t at, const sim_zone *zone)
{
    char text[40];

    sim_time_text(text, at, zone);
    return field_string(out, text);
}

FIELD(field_id)
{
    ENTITY;
    return field_digits(out, e->id);
}

FIELD(field_account_id)
{
    ENTITY;
    return field_digits(out, e->account.id);
}

FIELD(field_name)
{
    char text[128];

    ENTITY;
    return field_string(out, world_name(text, sizeof text, e));
}

FIELD(field_effective)
{
    ENTITY;
    return field_string(out, meta_word(e));
}

#endif
