/* SPDX-License-Identifier: MIT */
#include "rows.h"

struct adsync_bytes {
    size_t size;
    char p[];
};

adsync_status adsync_bytes_new(const void *p, size_t size, adsync_bytes **out, adsync_error **error)
{
    adsync_bytes *bytes;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!p && size) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "the bytes are NULL, their size is not 0");
    if (size > SIZE_MAX / 2 || !(bytes = adsync__alloc(sizeof *bytes + size + 1))) return adsync__fail_memory(error);
    bytes->size = size;
    if (size) memcpy(bytes->p, p, size);
    bytes->p[size] = 0;
    *out = bytes;
    return ADSYNC_OK;
}

const void *adsync_bytes_data(const adsync_bytes *bytes, size_t *size)
{
    if (size) *size = bytes ? bytes->size : 0;
    return bytes ? bytes->p : NULL;
}

void adsync_bytes_free(adsync_bytes *bytes)
{
    if (!bytes) return;
    adsync__wipe(bytes->p, bytes->size);
    adsync__free(bytes);
}
