/* SPDX-License-Identifier: MIT */
#include "rows.h"

struct adsync_bytes {
    size_t size;
    adsync__secret secret; /* where the bytes lie if they are one; else they follow here */
    char p[];
};

adsync_status adsync__bytes_room(size_t size, adsync_bytes **out, char **p, adsync_error **error)
{
    adsync_bytes *bytes;

    *out = NULL;
    if (size > SIZE_MAX / 2 || !(bytes = adsync__alloc(sizeof *bytes + size + 1))) return adsync__fail_memory(error);
    bytes->size = size;
    bytes->secret = (adsync__secret){ 0 };
    bytes->p[size] = 0;
    *p = bytes->p;
    *out = bytes;
    return ADSYNC_OK;
}

adsync_status adsync_bytes_new(const void *p, size_t size, adsync_bytes **out, adsync_error **error)
{
    adsync_status rc;
    char *room = NULL;

    if (!out) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "out is NULL");
    *out = NULL;
    if (!p && size) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "the bytes are NULL, their size is not 0");
    if ((rc = adsync__bytes_room(size, out, &room, error)) < 0) return rc;
    if (size) memcpy(room, p, size);
    return ADSYNC_OK;
}

adsync_status adsync__bytes_secret(adsync__secret *secret, adsync_bytes **out, adsync_error **error)
{
    adsync_status rc = adsync_bytes_new(NULL, 0, out, error);

    if (rc < 0) return rc;
    (*out)->size = secret->size;
    (*out)->secret = *secret;
    *secret = (adsync__secret){ 0 };
    return ADSYNC_OK;
}

const void *adsync_bytes_data(const adsync_bytes *bytes, size_t *size)
{
    if (size) *size = bytes ? bytes->size : 0;
    if (!bytes) return NULL;
    return bytes->secret.home ? bytes->secret.p : bytes->p;
}

void adsync_bytes_free(adsync_bytes *bytes)
{
    if (!bytes) return;
    if (!bytes->secret.home) adsync__wipe(bytes->p, bytes->size);
    adsync__secret_free(&bytes->secret);
    adsync__free(bytes);
}
