/* SPDX-License-Identifier: MIT */
/* Refusals: an envelope {"error":{..}} under any status, also 200, or a body that is no JSON. Codes decide, the type never does: nearly
 * everything is an OAuthException. */
#include "meta_int.h"

/* Which field of ours it was, where Meta says so: error_data is an object, or the text of one. */
static void error_blame(adsync__answer *a, adsync__node data)
{
    adsync__items specs, path;
    adsync__node spec, word;
    size_t size;
    const char *text;

    specs = adsync__node_items(adsync__node_get(data, "blame_field_specs"));
    for (uint32_t n = 0; n < 4 && adsync__items_next(&specs, &spec); n++) {
        path = adsync__node_items(spec);
        if (!adsync__items_next(&path, &word) || !(text = adsync__node_text(word, &size)) || !size) continue;
        adsync__refused_add(a, n ? ", " : " (", 2);
        adsync__refused_add(a, text, size);
        if (n) continue;
        adsync__refused_add(a, ")", 1);
        return;
    }
}

static void error_data(adsync__answer *a, adsync__node data)
{
    const char *text = adsync__node_text(data, NULL);
    adsync__buffer room;
    adsync__node root;

    if (!text) {
        error_blame(a, data);
        return;
    }
    if (adsync__parse_text(a, text, &room, &root)) error_blame(a, root); /* the last look at the answer: its parse may go */
    adsync__buffer_free(&room);
}

/* What the table's class does not say: a code 1 or 2 that is said to last, and is told to the user, is about what was asked; a code that
 * nobody knows may say that it passes. */
static void error_transience(adsync__answer *a, adsync__node error, bool known)
{
    adsync__refusal *r = &a->refused;
    adsync__node said = adsync__node_get(error, "is_transient");
    bool transient = adsync__node_true(said), denied = adsync__node_kind(said) == ADSYNC__NODE_BOOL && !transient;

    if (!known && transient)
        r->refusal = ADSYNC_CLASS_TRANSIENT;
    else if (!known && adsync_response_status(a->in) < 400)
        r->refusal = ADSYNC_CLASS_INVALID;
    else if (known && r->refusal == ADSYNC_CLASS_TRANSIENT && (r->code == 1 || r->code == 2) && denied &&
             adsync__node_text(adsync__node_get(error, "error_user_title"), NULL))
        r->refusal = ADSYNC_CLASS_INVALID;
    if (r->refusal != ADSYNC_CLASS_THROTTLED) r->retry_after_us = 0;
}

void meta_classify(adsync__answer *a, adsync__node error)
{
    adsync__node data = adsync__node_get(error, "error_data");
    adsync__said said = { 0 };

    (void)adsync__node_int(adsync__node_get(error, "code"), &said.code);
    if (!adsync__node_int(adsync__node_get(error, "error_subcode"), &said.subcode))
        (void)adsync__node_int(adsync__node_get(error, "subcode"), &said.subcode);
    said.text = adsync__node_text(adsync__node_get(error, "message"), &said.text_size);
    error_transience(a, error, adsync__classify(a, &said));
    if (!said.text_size) said.text = adsync__node_text(adsync__node_get(error, "error_user_msg"), &said.text_size);
    if (!said.text) said.text = adsync__node_text(error, &said.text_size); /* {"error":"words"} */
    if (!said.text) said.text_size = strlen(said.text = "Meta gave no reason");
    if (!*a->refused.message) adsync__refused_add(a, said.text, said.text_size);
    if (adsync__node_kind(data) != ADSYNC__NODE_MISSING) error_data(a, data);
}

bool meta_is_refused(adsync__answer *a)
{
    adsync__node error = adsync__node_get(a->root, "error");

    if (adsync__node_kind(error) <= ADSYNC__NODE_BOOL) return adsync__refused_bare(a);
    meta_classify(a, error);
    return true;
}
