/* SPDX-License-Identifier: MIT */
#include "memory_int.h"

static void keycode_int(adsync__buffer *out, int64_t i)
{
    uint64_t bits = (uint64_t)i ^ UINT64_C(1) << 63;
    uint8_t bytes[8];

    for (int k = 0; k < 8; k++)
        bytes[k] = (uint8_t)(bits >> (56 - 8 * k));
    adsync__buffer_add(out, bytes, sizeof bytes);
}

static void keycode_bytes(adsync__buffer *out, const char *p, size_t size)
{
    const char *zero;

    while (size && (zero = memchr(p, 0, size))) {
        size_t n = (size_t)(zero - p) + 1;
        adsync__buffer_add(out, p, n);
        adsync__buffer_add(out, "\xff", 1);
        p += n;
        size -= n;
    }
    adsync__buffer_add(out, p, size);
    adsync__buffer_add(out, "\0\1", 2);
}

void adsync__keycode_add(adsync__buffer *out, const adsync_value *value)
{
    if (value->kind == ADSYNC_VALUE_INT) keycode_int(out, value->i);
    else keycode_bytes(out, value->p, value->size);
}
