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
