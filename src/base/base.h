/* SPDX-License-Identifier: MIT */
/* The ground that every room stands on: memory, errors, text, buffers, effects, the call guard. Decimals and time have their own
 * headers beside this one. */
#ifndef ADSYNC_SRC_BASE_H
#define ADSYNC_SRC_BASE_H

#include <adsync/base.h>
#include <adsync/error.h>
#include <adsync/host.h>
#include <adsync/rows.h>

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#ifdef __cplusplus /* the JSON reader */
extern "C" {
#endif

#define ADSYNC__COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- memory.c: the only file that calls the C allocator. All answer NULL without memory; sizes are checked for overflow. */
void *adsync__alloc(size_t size);
void *adsync__alloc_zero(size_t count, size_t size);
void *adsync__realloc(void *p, size_t count, size_t size);
void *adsync__copy(const void *p, size_t size); /* a NUL is put after the copy */
char *adsync__copy_text(const char *text);
void adsync__free(void *p);
void adsync__wipe(void *p, size_t size); /* not optimised away */
/* Pages of their own, for what is large and goes soon: an allocator would keep the holes that it leaves. NULL without memory. */
void *adsync__pages_take(size_t *size); /* may give more */
void *adsync__pages_grow(void *p, size_t old, size_t size);
void adsync__pages_free(void *p, size_t size); /* what was in them may still stand there */
/* Tests only: asked before each allocation; false makes it fail. */
typedef bool (*adsync__alloc_hook)(size_t size);
void adsync__alloc_watch(adsync__alloc_hook hook);

/* Pieces that are freed together. Pointers stay where they are. Zeroed means empty. */
typedef struct adsync__arena_block adsync__arena_block;
typedef struct adsync__arena {
    adsync__arena_block *blocks; /* the current one first */
    size_t used;                 /* of the current one */
    bool lost;                   /* there was no memory for something */
} adsync__arena;
void *adsync__arena_take(adsync__arena *arena, size_t size); /* aligned for any type; NULL without memory */
char *adsync__arena_copy(adsync__arena *arena, const void *p, size_t size); /* a NUL is put after the copy */
void adsync__arena_free(adsync__arena *arena);

/* A growing text or run of bytes. `max` is stated when it begins; a failure is kept, and later calls do nothing, so that only the
 * end needs to be checked. A NUL always follows the content. */
typedef struct adsync__buffer {
    char *p;
    size_t size, room, max;
    adsync_status failed; /* ADSYNC_OK, ADSYNC_E_MEMORY or ADSYNC_E_TOO_BIG */
} adsync__buffer;
void adsync__buffer_begin(adsync__buffer *buffer, size_t max);
void adsync__buffer_add(adsync__buffer *buffer, const void *p, size_t size);
void adsync__buffer_text(adsync__buffer *buffer, const char *text);
void adsync__buffer_char(adsync__buffer *buffer, char c);
void adsync__buffer_int(adsync__buffer *buffer, int64_t value);
void adsync__buffer_room(adsync__buffer *buffer, size_t more); /* so many bytes may be written at p + size; adds none */
void adsync__buffer_clear(adsync__buffer *buffer); /* keeps its memory and max */
void adsync__buffer_free(adsync__buffer *buffer);
void adsync__buffer_wipe(adsync__buffer *buffer); /* frees it, and nobody reads what was in it */

/* ---- error.c */
/* Sets an error with a finer name and gives the status back: `return adsync__fail(error, ADSYNC_E_INVALID, "rows.null", "..", ..)`. */
adsync_status adsync__fail(adsync_error **error, adsync_status status, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
adsync_status adsync__fail_memory(adsync_error **error); /* allocates nothing */
/* The end of a call that collected its errors apart, because the caller's may hold an old one and a failure that was made good must
 * not reach it: `words`, which is used up, becomes the caller's error where `status` failed. Gives the status back. */
adsync_status adsync__fail_with(adsync_error **error, adsync_status status, adsync_error *words);
/* Checks a struct that may grow (R4): at least `least` bytes, and no set byte beyond the `known` ones. */
adsync_status adsync__check_struct(const void *given, size_t least, size_t known, const char *what, adsync_error **error);

/* ---- text.c */
bool adsync__utf8_valid(const char *p, size_t size); /* strict: no overlong forms, no surrogates, no NUL */
size_t adsync__utf8_cut(const char *p, size_t size, size_t max); /* the longest prefix of whole characters within max */
void adsync__text_line(char *text); /* in place: control characters become blanks; where it is no UTF-8, what is not ASCII '?' */
void adsync__base64_add(adsync__buffer *out, const void *p, size_t size);
adsync_status adsync__base64_read(const char *text, size_t size, uint8_t *out, size_t room, size_t *used); /* E_FORMAT, E_TOO_BIG */
bool adsync__equal_text(const char *a, const char *b); /* NULL equals only NULL */
bool adsync__words_have(const char *words, const char *word, size_t size); /* words: separated by blanks or commas */

/* ---- effects.c: the only file that asks the system for the time or for randomness */
typedef struct adsync__effects {
    adsync_host host; /* every slot set but log */
    uint64_t draw[4]; /* of adsync__version_draw */
} adsync__effects;
adsync_status adsync__effects_begin(adsync__effects *out, const adsync_host *host /* may be NULL */, adsync_error **error);
int64_t adsync__now_us(const adsync__effects *effects);
int64_t adsync__monotonic_us(const adsync__effects *effects);
adsync_status adsync__random(const adsync__effects *effects, void *out, uint32_t size, adsync_error **error);
int64_t adsync__version_draw(adsync__effects *effects); /* 1 .. 2^63-1; for versions, not for secrets */
/* Logs {"event":..,"message":..}; the message is a format and must hold no secret. Nothing is formatted where nobody listens. */
void adsync__log(const adsync__effects *effects, uint32_t level, const char *event, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- guard.c: refuses calls from inside callbacks of the same handle (R7), and keeps a handle alive while it is in a call */
typedef struct adsync__guard {
    uint32_t refs;    /* owners, and calls under way */
    uint32_t entered; /* 1 while a call is under way */
} adsync__guard;
void adsync__guard_begin(adsync__guard *guard); /* one owner */
adsync_status adsync__guard_enter(adsync__guard *guard, const char *what, adsync_error **error); /* E_BUSY if one is under way */
bool adsync__guard_leave(adsync__guard *guard);  /* true: nobody is left, free the handle */
void adsync__guard_keep(adsync__guard *guard);   /* one more owner */
bool adsync__guard_drop(adsync__guard *guard);   /* true: nobody is left, free the handle */

#ifdef __cplusplus
}
#endif

#endif
