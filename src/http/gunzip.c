/* SPDX-License-Identifier: MIT */
/* Files that are compressed without saying so in a header: told by their first bytes, unpacked within the bound of the request. */
#include "http.h"

#include <zlib.h>

enum { GUNZIP_STEP = 64 * 1024, GUNZIP_WINDOW = 15 + 16 }; /* + 16: a gzip header, nothing else */

static voidpf gunzip_alloc(voidpf user, uInt count, uInt size)
{
    (void)user;
    return adsync__alloc_zero(count, size);
}

static void gunzip_free(voidpf user, voidpf p)
{
    (void)user;
    adsync__free(p);
}

/* One step of output; Z_OK: there is more to do. Files that were put together (cat a.gz b.gz) go on after an end. */
static int gunzip_step(z_stream *stream, adsync__buffer *out)
{
    int rc;

    adsync__buffer_room(out, out->max - out->size < GUNZIP_STEP ? out->max - out->size : GUNZIP_STEP);
    if (out->failed) return Z_MEM_ERROR;
    stream->next_out = (Bytef *)out->p + out->size;
    stream->avail_out = (uInt)(out->max - out->size < GUNZIP_STEP ? out->max - out->size : GUNZIP_STEP);
    if (!stream->avail_out) return Z_BUF_ERROR;
    rc = inflate(stream, Z_NO_FLUSH);
    out->size = (size_t)((char *)stream->next_out - out->p);
    if (rc == Z_STREAM_END && stream->avail_in) rc = inflateReset(stream);
    return rc;
}

adsync_status adsync__gunzip(adsync__buffer *body, size_t max)
{
    z_stream stream = { .zalloc = gunzip_alloc, .zfree = gunzip_free };
    adsync__buffer out;
    bool full;
    int rc;

    if (body->size < 18 || memcmp(body->p, "\x1f\x8b\x08", 3) || body->size > UINT32_MAX) return ADSYNC_OK;
    if (inflateInit2(&stream, GUNZIP_WINDOW) != Z_OK) return ADSYNC_E_MEMORY;
    stream.next_in = (Bytef *)body->p;
    stream.avail_in = (uInt)body->size;
    adsync__buffer_begin(&out, max);
    while ((rc = gunzip_step(&stream, &out)) == Z_OK) {}
    (void)inflateEnd(&stream);
    if (rc == Z_STREAM_END && adsync__body_pad(&out)) {
        adsync__wipe(body->p, body->room);
        adsync__buffer_free(body);
        *body = out;
        return ADSYNC_OK;
    }
    full = out.size >= max;
    if (out.p) adsync__wipe(out.p, out.room);
    adsync__buffer_free(&out);
    if (rc == Z_MEM_ERROR || rc == Z_STREAM_END) return ADSYNC_E_MEMORY;
    return rc == Z_BUF_ERROR && full ? ADSYNC_E_TOO_BIG : ADSYNC_E_FORMAT;
}
