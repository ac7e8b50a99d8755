/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <inttypes.h>
#include <stdio.h>

struct adsync_error {
    adsync_status status;
    int64_t host_code;
    char name[64];
    char message[504];
};

/* The one error that is not allocated: making an object of "no memory" would need some. */
static adsync_error error_memory = { ADSYNC_E_MEMORY, 0, "memory", "there is no memory left" };

typedef struct error_words {
    adsync_status status;
    const char *constant, *name, *message;
} error_words;

static const error_words error_table[] = {
    { ADSYNC_OK, "OK", "", "" },
    { ADSYNC_ROW, "ROW", "", "" },
    { ADSYNC_PENDING, "PENDING", "", "" },
    { ADSYNC_IDLE, "IDLE", "", "" },
    { ADSYNC_PARTIAL, "PARTIAL", "", "" },
    { ADSYNC_PASSTHROUGH, "PASSTHROUGH", "", "" },
    { ADSYNC_E_INVALID, "E_INVALID", "invalid", "the call is not valid" },
    { ADSYNC_E_MEMORY, "E_MEMORY", "memory", "there is no memory left" },
    { ADSYNC_E_BUSY, "E_BUSY", "busy", "this cannot be called from inside a callback" },
    { ADSYNC_E_NOT_FOUND, "E_NOT_FOUND", "not_found", "there is no such thing" },
    { ADSYNC_E_CONFLICT, "E_CONFLICT", "conflict", "somebody else changed it first" },
    { ADSYNC_E_STORAGE, "E_STORAGE", "storage", "the storage failed; nothing was applied" },
    { ADSYNC_E_UNCERTAIN, "E_UNCERTAIN", "uncertain", "it may or may not have happened" },
    { ADSYNC_E_AUTH, "E_AUTH", "auth", "the account has to be connected again" },
    { ADSYNC_E_PERMISSION, "E_PERMISSION", "permission", "more rights are needed" },
    { ADSYNC_E_LIMIT, "E_LIMIT", "limit", "the limit is used up for now" },
    { ADSYNC_E_TRANSIENT, "E_TRANSIENT", "transient", "it failed for now; later is fine" },
    { ADSYNC_E_REJECTED, "E_REJECTED", "rejected", "it was understood and refused" },
    { ADSYNC_E_FORMAT, "E_FORMAT", "format", "the bytes are not what they should be" },
    { ADSYNC_E_FORGED, "E_FORGED", "forged", "it does not verify" },
    { ADSYNC_E_UNSUPPORTED, "E_UNSUPPORTED", "unsupported", "this is not offered here" },
    { ADSYNC_E_CANCELLED, "E_CANCELLED", "cancelled", "it was called off" },
    { ADSYNC_E_HOST, "E_HOST", "host", "a callback of the host failed" },
    { ADSYNC_E_INTERNAL, "E_INTERNAL", "internal", "this is a fault in libadsync" },
    { ADSYNC_E_RETRY, "E_RETRY", "retry", "nothing happened; trying again may work" },
    { ADSYNC_E_TOO_BIG, "E_TOO_BIG", "too_big", "it is more than is taken at once" },
};

static const error_words *error_find(adsync_status status)
{
    for (size_t i = 0; i < ADSYNC__COUNT(error_table); i++)
        if (error_table[i].status == status) return &error_table[i];
    return NULL;
}

const char *adsync_status_name(adsync_status status)
{
    const error_words *words = error_find(status);

    return words ? words->constant : "UNKNOWN";
}

static void error_line(char *out, size_t room, const char *message)
{
    size_t n = adsync__utf8_cut(message, strlen(message), room - 1);

    memcpy(out, message, n);
    out[n] = 0;
    adsync__text_line(out);
}

static adsync_status error_put(adsync_error **error, adsync_status status, const char *name, const char *message, int64_t host_code)
{
    adsync_error *old, *made = NULL;

    if (!error) return status;
    if (status != ADSYNC_E_MEMORY || host_code) made = adsync__alloc_zero(1, sizeof *made);
    if (made) {
        made->status = status;
        made->host_code = host_code;
        error_line(made->name, sizeof made->name, name);
        error_line(made->message, sizeof made->message, message); /* which may be the old error's */
    }
    old = *error;
    *error = made ? made : &error_memory; /* without memory the status stays the caller's, the words are poorer */
    adsync_error_free(old);
    return status;
}

adsync_status adsync__fail(adsync_error **error, adsync_status status, const char *name, const char *format, ...)
{
    char message[1024]; /* longer than an error keeps: the cut is made between characters */
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return error_put(error, status, name, message, 0);
}

adsync_status adsync__fail_memory(adsync_error **error) { return error_put(error, ADSYNC_E_MEMORY, "", "", 0); }

adsync_status adsync__fail_with(adsync_error **error, adsync_status status, adsync_error *words)
{
    adsync_error *unwanted = words;

    if (status < 0 && error) {
        unwanted = *error;
        *error = words;
    }
    adsync_error_free(unwanted);
    return status;
}

adsync_status adsync__check_struct(const void *given, size_t least, size_t known, const char *what, adsync_error **error)
{
    uint32_t size;
    const unsigned char *bytes = given;

    if (!given) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.null", "%s is NULL", what);
    memcpy(&size, given, sizeof size);
    if (size < least) return adsync__fail(error, ADSYNC_E_INVALID, "invalid.size", "%s: size is %" PRIu32 ", set it to sizeof", what, size);
    for (size_t i = known; i < size; i++)
        if (bytes[i])
            return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.setting", "%s sets something this library is too old for", what);
    return ADSYNC_OK;
}

adsync_status adsync_error_set(adsync_error **error, adsync_status status, const char *message, int64_t host_code)
{
    const error_words *words = error_find(status);

    if (status >= 0 || !words)
        return error_put(error, ADSYNC_E_INTERNAL, "internal.status", "adsync_error_set was given a status that is no failure", host_code);
    return error_put(error, status, words->name, message ? message : words->message, host_code);
}

adsync_status adsync_error_status(const adsync_error *error) { return error ? error->status : ADSYNC_OK; }
const char *adsync_error_name(const adsync_error *error) { return error ? error->name : ""; }
const char *adsync_error_message(const adsync_error *error) { return error ? error->message : ""; }
int64_t adsync_error_host_code(const adsync_error *error) { return error ? error->host_code : 0; }

void adsync_error_free(adsync_error *error)
{
    if (error != &error_memory) adsync__free(error);
}
