/* SPDX-License-Identifier: MIT */
#include "adapters.h"

#include <stdio.h>

adsync_status adsync__sql_options(const void *options, size_t least, void *out, size_t size, const char *name, adsync_error **error)
{
    const char *bytes = options;
    char words[120];
    uint32_t given;

    memcpy(&given, options, sizeof given);
    (void)snprintf(words, sizeof words, "%s: set size to sizeof(%s)", name, name);
    if (given < least) return adsync_error_set(error, ADSYNC_E_INVALID, words, 0);
    (void)snprintf(words, sizeof words, "%s sets something this library is too old for", name);
    for (size_t i = size; i < given; i++)
        if (bytes[i]) return adsync_error_set(error, ADSYNC_E_UNSUPPORTED, words, 0);
    memcpy(out, options, given < size ? given : size);
    return ADSYNC_OK;
}
