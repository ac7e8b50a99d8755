/* SPDX-License-Identifier: MIT */
/* What all requests have: the version in the path, the token in a header and never in the URL, and its proof. */
#include "meta_int.h"

#include <stdio.h>

static bool request_version(const char *version)
{
    size_t size = version ? strlen(version) : 0, dots = 0;

    if (size < 4 || size > 16 || version[0] != 'v') return false;
    for (size_t i = 1; i < size; i++) {
        if (version[i] == '.')
            dots++;
        else if (version[i] < '0' || version[i] > '9')
            return false;
    }
    return dots == 1 && version[1] != '.' && version[size - 1] != '.';
}

adsync_status meta_open(const adsync_task *task, adsync_request *out, uint32_t effect, const char *method, const char *target,
                        adsync_error **error)
{
    const char *version = adsync_task_text(task, "api_version");
    char path[2 * META_ID + 64];

    if (!request_version(version))
        return adsync__fail(error, ADSYNC_E_INVALID, "meta.api_version", "Meta's API version is written v25.0, not \"%s\"",
                            version ? version : "");
    (void)snprintf(path, sizeof path, "/%s/%s", version, target);
    adsync_request_open(out, effect, method, strncmp(target, "dialog/", 7) ? "graph" : "www", path);
    return ADSYNC_OK;
}

void meta_token(const adsync_task *task, adsync_request *out, uint32_t place, const char *secret)
{
    adsync_request_secret(out, ADSYNC_PLACE_HEADER, "Authorization", "Bearer ", secret);
    if (adsync_task_has_secret(task, "client_secret")) adsync_request_proof(out, place, "appsecret_proof", secret, "client_secret");
    adsync_request_cost(out, "user", 1);
    adsync_request_cost(out, "platform", 1);
}

adsync_status meta_account(const adsync_task *task, adsync__buffer *out, adsync_error **error)
{
    const char *id = adsync_task_text(task, "account_id");

    if (id && !strncmp(id, "act_", 4)) id += 4;
    if (!meta_is_id(id) || strspn(id, "0123456789") != strlen(id))
        return adsync__fail(error, ADSYNC_E_INVALID, "meta.account_id",
                            "an ad account of Meta is known by its digits, with or without act_");
    adsync__buffer_text(out, "act_");
    adsync__buffer_text(out, id);
    return out->failed ? adsync__fail_memory(error) : ADSYNC_OK;
}

void meta_number(adsync_request *out, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    adsync_request_field(out, ADSYNC_PLACE_QUERY, name, text);
}

adsync_status meta_unsupported(adsync_error **error)
{
    return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "meta.unsupported", "Meta does not have this");
}
