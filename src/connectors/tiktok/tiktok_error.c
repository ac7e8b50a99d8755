/* SPDX-License-Identifier: MIT */
/* Where TikTok says no: in the code, never in the HTTP status. Bodies that are no JSON are a gateway's. */
#include "tiktok_int.h"

#include <stdio.h>

bool tiktok_is_refused(adsync__answer *a)
{
    adsync__node code = adsync__node_get(a->root, "code"), message = adsync__node_get(a->root, "message");
    adsync__said said = { 0 };

    if (adsync__node_kind(a->root) == ADSYNC__NODE_MISSING) return adsync__refused_bare(a);
    if (!adsync__node_int(code, &said.code)) {
        if (adsync__refused_bare(a)) return true;
        a->refused = (adsync__refusal){ .refusal = ADSYNC_CLASS_TRANSIENT, .name = "format" };
        (void)snprintf(a->refused.message, sizeof a->refused.message, "TikTok's answer does not say whether it worked");
        return true;
    }
    if (!said.code || said.code == 20001) return false; /* 20001: a part of it, and what failed stands in the data */
    said.text = adsync__node_text(message, &said.text_size);
    (void)adsync__classify(a, &said);
    return true;
}

bool tiktok_is_minor(const adsync__answer *a)
{
    uint32_t refusal = a->refused.refusal;

    return refusal == ADSYNC_CLASS_PERMISSION || refusal == ADSYNC_CLASS_INVALID || refusal == ADSYNC_CLASS_NOT_FOUND ||
           refusal == ADSYNC_CLASS_UNSUPPORTED;
}

void tiktok_left_out(adsync__answer *a)
{
    adsync__scrub(&tiktok_platform, a->refused.message);
    adsync_outcome_warning(a->out, a->refused.name, a->refused.message);
}

adsync_status tiktok_passed_on(adsync__answer *a)
{
    adsync__refuse(a);
    return ADSYNC_OK;
}
