/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <inttypes.h>
#include <stdio.h>

void adsync__buffer_begin(adsync__buffer *buffer, size_t max) { *buffer = (adsync__buffer){ .max = max }; }

enum { BUFFER_PAGES = 256 * 1024 }; /* with so much room it lies in pages of its own */

static char *buffer_move(const adsync__buffer *buffer, size_t *room)
{
    char *p;

    if (*room < BUFFER_PAGES) return adsync__realloc(buffer->p, *room, 1);
    if (buffer->room >= BUFFER_PAGES) return adsync__pages_grow(buffer->p, buffer->room, *room);
    if (!(p = adsync__pages_take(room))) return NULL;
    if (buffer->p) memcpy(p, buffer->p, buffer->size + 1);
    adsync__free(buffer->p);
    return p;
}

static bool buffer_grow(adsync__buffer *buffer, size_t more)
{
    size_t need, room;
    char *p;

    if (buffer->failed) return false;
    if (more > buffer->max - buffer->size) {
        buffer->failed = ADSYNC_E_TOO_BIG;
        return false;
    }
    need = buffer->size + more + 1;
    if (need <= buffer->room) return true;
    room = buffer->room < 128 ? 256 : buffer->room * 2;
    if (room < need) room = need;
    if (!(p = buffer_move(buffer, &room))) {
        buffer->failed = ADSYNC_E_MEMORY;
        return false;
    }
    buffer->p = p;
    buffer->room = room;
    return true;
}

void adsync__buffer_add(adsync__buffer *buffer, const void *p, size_t size)
{
    if (!buffer_grow(buffer, size)) return;
    if (size) memcpy(buffer->p + buffer->size, p, size);
    buffer->size += size;
    buffer->p[buffer->size] = 0;
}

void adsync__buffer_text(adsync__buffer *buffer, const char *text) { adsync__buffer_add(buffer, text, strlen(text)); }

void adsync__buffer_char(adsync__buffer *buffer, char c) { adsync__buffer_add(buffer, &c, 1); }

void adsync__buffer_int(adsync__buffer *buffer, int64_t value)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRId64, value);

    adsync__buffer_add(buffer, digits, (size_t)size);
}

void adsync__buffer_room(adsync__buffer *buffer, size_t more) { (void)buffer_grow(buffer, more); }

void adsync__buffer_clear(adsync__buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = ADSYNC_OK;
    if (buffer->p) buffer->p[0] = 0;
}

void adsync__buffer_free(adsync__buffer *buffer)
{
    if (buffer->room < BUFFER_PAGES)
        adsync__free(buffer->p);
    else
        adsync__pages_free(buffer->p, buffer->room);
    *buffer = (adsync__buffer){ 0 };
}

void adsync__buffer_wipe(adsync__buffer *buffer)
{
    if (buffer->p) adsync__wipe(buffer->p, buffer->room);
    adsync__buffer_free(buffer);
}
