/* SPDX-License-Identifier: MIT */
/* JSON: a streaming writer into a buffer, and a reader. */
#ifndef ADSYNC_SRC_JSON_H
#define ADSYNC_SRC_JSON_H

#include "../base/base.h"

#include <adsync/json.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- writing: commas and quotes are put where they belong; failures are the buffer's */
enum { ADSYNC__JSON_DEPTH = 32 };

typedef struct adsync__json {
    adsync__buffer *out;
    uint32_t depth;
    bool any[ADSYNC__JSON_DEPTH]; /* something stands already at this depth */
    bool keyed;                   /* a key was written, its value comes next */
} adsync__json;

void adsync__json_begin(adsync__json *json, adsync__buffer *out);
void adsync__json_open(adsync__json *json, char bracket);  /* '{' or '[' */
void adsync__json_close(adsync__json *json, char bracket); /* '}' or ']' */
void adsync__json_key(adsync__json *json, const char *key);
void adsync__json_text(adsync__json *json, const char *p, size_t size); /* bytes that are no UTF-8 become U+FFFD */
void adsync__json_int(adsync__json *json, int64_t value);
void adsync__json_raw(adsync__json *json, const char *p, size_t size); /* JSON already */
void adsync__json_null(adsync__json *json);
bool adsync__json_valid(const char *p, size_t size); /* one JSON value, nested at most ADSYNC__JSON_DEPTH deep, and nothing else */

/* ---- reading: simdjson's DOM behind a C face. A reader owns the parsed document; nodes and texts are borrowed until its next parse.
 * 64-bit integers are exact; a fraction is recovered as a decimal of up to 15 significant digits. One of 16 or 17 is the shortest decimal
 * that means the same double, as long as that is below 10^8, so that micro-units stay exact; beyond that it is a FORMAT error.
 * A missing node may be asked for anything: it has no members, no items, no value. Where a key stands twice, the first one counts;
 * adsync__node_fields refuses it instead. */
enum {
    ADSYNC__NODE_MISSING = 0, ADSYNC__NODE_NULL, ADSYNC__NODE_BOOL, ADSYNC__NODE_INT, ADSYNC__NODE_FRACTION, ADSYNC__NODE_TEXT,
    ADSYNC__NODE_ARRAY, ADSYNC__NODE_OBJECT
};
enum { ADSYNC__READER_PADDING = 64, ADSYNC__READER_DEPTH = 64 };

typedef struct adsync__reader adsync__reader;
typedef struct adsync__node { /* passed by value; where it lies in the reader's document */
    const void *document;
    size_t at;
} adsync__node;
/* How far an array was walked: walking on from there costs nothing, where finding the place again would touch all that was passed. */
typedef struct adsync__stop {
    size_t first, at; /* of the array's first item, and the one to go on with; first 0: nothing was walked */
    uint32_t n;       /* which one that is */
} adsync__stop;
/* What the public face calls a value: a node, and where texts that are written out for it lie. */
struct adsync_json {
    adsync__node node;
    adsync__arena *arena;
    adsync__stop *stop; /* of a body; NULL for what lies in it */
};
typedef struct adsync__items { /* of an array or object, in their order */
    adsync__node next;
    size_t end;
    const char *key; /* objects: of the item given last */
    size_t key_size;
    bool object;
} adsync__items;
/* Room for a number written out: what adsync__node_digits needs. */
typedef struct adsync__digits { char text[32]; } adsync__digits;

adsync_status adsync__reader_new(size_t max_bytes, adsync__reader **out, adsync_error **error);
/* At least ADSYNC__READER_PADDING readable bytes stand after the body. FORMAT, TOO_BIG (larger than the reader takes) or MEMORY. */
adsync_status adsync__reader_parse(adsync__reader *reader, const char *body, size_t size, adsync__node *root, adsync_error **error);
/* Nodes of texts that no JSON brought, a line of CSV, so that they are read as JSON's are; their sum is small. They end with the reader's
 * next parse or texts. false: no memory. */
bool adsync__reader_texts(adsync__reader *reader, const char *const *texts, const size_t *sizes, uint32_t n, adsync__node *nodes);
void adsync__reader_free(adsync__reader *reader); /* forgets what it read; its buffers may serve the next reader */

uint32_t adsync__node_kind(adsync__node node);
adsync__node adsync__node_get(adsync__node node, const char *key);
/* One pass over an object: fields[i] is the member names[i], or missing. false: not an object, or one of the names stands twice. */
bool adsync__node_fields(adsync__node node, const char *const *names, uint32_t n, adsync__node *fields);
/* The same by keys whose lengths are known, for objects that come by the thousand. */
#define ADSYNC__KEY(text) { text, sizeof(text) - 1 }
typedef struct adsync__key { const char *text; size_t size; } adsync__key;
bool adsync__node_keys(adsync__node node, const adsync__key *keys, uint32_t n, adsync__node *fields);
adsync__items adsync__node_items(adsync__node node);
bool adsync__items_next(adsync__items *items, adsync__node *item);
/* Passes over the first n items of an array; `stop` tells where they end, if that was left in it. It may be NULL. */
void adsync__items_resume(adsync__items *items, uint32_t n, adsync__stop *stop);
void adsync__items_stop(const adsync__items *items, uint32_t n, adsync__stop *stop); /* leaves it there: n were walked */
uint32_t adsync__node_count(adsync__node node);                /* items of an array or object; beyond 2^24 - 1 it stays there */

const char *adsync__node_text(adsync__node node, size_t *size); /* NULL unless TEXT; a NUL follows it (and may stand in it) */
bool adsync__node_is(adsync__node node, const char *text);      /* TEXT equal to this */
bool adsync__node_true(adsync__node node);                      /* true, 1, "true" or "1" */
bool adsync__node_int(adsync__node node, int64_t *out);         /* INT, or TEXT of an integer that fits */
/* Micro-units of a number or a text that is one, rounded half-even. false: it is none, or not told quickly: read adsync__node_decimal. */
bool adsync__node_micros(adsync__node node, int64_t *out);
/* The numbers of an array, null being 0: the first n of them, in micro-units or whole. false: one is told by adsync__node_decimal alone, or
 * is none. */
bool adsync__node_numbers(adsync__node node, bool micros, int64_t *out, uint32_t n);
/* The numbers of a row at once: how[i] says what nodes[i] is read as, 0 is not at all. Bit i of `told`: values[i] is it; of `none`: it is
 * missing, null or, where it may be so written, "" or "-". What is in neither is told by adsync__node_decimal alone, or is none. */
enum { ADSYNC__NUMBER_WHOLE = 1, ADSYNC__NUMBER_MICROS = 2, ADSYNC__NUMBER_DASH = 4, ADSYNC__NUMBERS_MOST = 64 };
typedef struct adsync__numbers {
    uint64_t told, none;
    int64_t values[ADSYNC__NUMBERS_MOST];
} adsync__numbers;
void adsync__node_row(const adsync__node *nodes, const uint8_t *how, uint32_t n, adsync__numbers *out);
/* An id: TEXT as it is, INT written out; else NULL. */
const char *adsync__node_digits(adsync__node node, adsync__digits *room, size_t *size);
/* TEXT as it is, INT or FRACTION written out; else NULL. */
const char *adsync__node_decimal(adsync__node node, adsync__digits *room, size_t *size);


/* ---- node.c: writes a node again, the same bytes for the same value: members are sorted, blanks go. FORMAT: a key stands twice or holds
 * NUL, or a fraction has more digits than can be told; TOO_BIG: deeper than the writer, or the buffer is full; MEMORY. */
adsync_status adsync__json_node(adsync__json *json, adsync__node node);

#ifdef __cplusplus
}
#endif

#endif
