/* SPDX-License-Identifier: MIT */
/* What each kind has of its own. The owner's word stands in one field; what holds an object back stands in a list beside it. */
#include "linkedin_int.h"

#include <stdio.h>

/* Of several reasons the one that says most. */
static const char *own_worse(const char *a, const char *b)
{
    static const char *const order[] = { "REJECTED", "ENDED", "PENDING", "PARENT_OFF", "SCHEDULED", "LIMITED", "ACTIVE" };

    for (size_t i = 0; i < ADSYNC__COUNT(order); i++)
        if ((a && !strcmp(a, order[i])) || (b && !strcmp(b, order[i]))) return order[i];
    return "ACTIVE";
}

/* set: the owner's word; holds: the list, read by `words`; first: what is known beside it. */
static adsync_status own_states(adsync__object *object, const char *set, const char *holds, const adsync__word *words, const char *first)
{
    adsync__node said = adsync__object_node(object, set), list = adsync__object_node(object, holds), hold;
    adsync__items items = adsync__node_items(list);
    size_t size = 0;
    const char *text = adsync__node_text(said, &size), *word;

    if (!text) return ADSYNC_OK;
    word = adsync__word_of(object->kind->switches, text, size);
    object->own = word ? word : adsync__word_of(object->kind->states, text, size);
    object->state = strcmp(object->own, "UNKNOWN") ? own_worse(first, NULL) : object->own;
    if (!word || !adsync__node_count(list)) adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, said);
    while (strcmp(object->state, "UNKNOWN") && adsync__items_next(&items, &hold))
        if ((text = adsync__node_text(hold, &size))) object->state = own_worse(object->state, adsync__word_of(words, text, size));
    return ADSYNC_OK;
}

adsync_status linkedin_own_campaign(adsync__object *object)
{
    static const adsync__word holds[] = {
        { "RUNNABLE", "ACTIVE" },
        { "*_END_DATE_HOLD", "ENDED" },
        { "*_START_DATE_HOLD", "SCHEDULED" },
        { NULL, "LIMITED" },
    };

    return own_states(object, "status", "servingStatuses", holds, NULL);
}

adsync_status linkedin_own_adset(adsync__object *object)
{
    static const adsync__word holds[] = {
        { "RUNNABLE", "ACTIVE" },
        { "*_END_DATE_HOLD", "ENDED" },
        { "CAMPAIGN_GROUP_STATUS_HOLD", "PARENT_OFF" },
        { "*_START_DATE_HOLD", "SCHEDULED" },
        { NULL, "LIMITED" },
    };

    return own_states(object, "status", "servingStatuses", holds, NULL);
}

/* An ad is the only one that is reviewed. What it refers to is its creative; what has no reference lies in the ad itself. */
static const char *own_review(const adsync__object *object)
{
    static const adsync__word reviews[] = { { "REJECTED", "REJECTED" }, { "PENDING", "PENDING" }, { "NEEDS_REVIEW", "PENDING" }, { 0 } };
    size_t size = 0;
    const char *text = adsync__node_text(adsync__node_get(adsync__object_node(object, "review"), "status"), &size);

    return text ? adsync__word_of(reviews, text, size) : NULL;
}

static adsync__node own_reference(const adsync__object *object)
{
    adsync__node reference = adsync__node_get(adsync__object_node(object, "content"), "reference");

    return adsync__is_empty(reference) ? object->f[0] : reference;
}

adsync_status linkedin_own_ad(adsync__object *object)
{
    static const adsync__word holds[] = { { "*_END_DATE_HOLD", "ENDED" }, { "CAMPAIGN_*", "PARENT_OFF" }, { NULL, "LIMITED" } };
    adsync__node serving = adsync__object_node(object, "isServing");
    bool off = adsync__node_kind(serving) == ADSYNC__NODE_BOOL && !adsync__node_true(serving);
    const char *review = own_review(object);

    adsync__put_node(object->row, ADSYNC_C_CREATIVE_ID, own_reference(object));
    if (!review && off && !adsync__node_count(adsync__object_node(object, "servingHoldReasons"))) review = "LIMITED";
    return own_states(object, "intendedStatus", "servingHoldReasons", holds, review);
}

/* "urn:li:share:1" is a share; what an ad holds itself is called as its member is, "textAd". */
static void own_format(adsync__object *object, adsync__node content)
{
    adsync__items items = adsync__node_items(content);
    size_t size = 0, skip = 7;
    const char *text = adsync__node_text(adsync__node_get(content, "reference"), &size);
    adsync__node item;

    if (text && size > skip && !strncmp(text, "urn:li:", skip)) {
        adsync__put(object->row, ADSYNC_C_FORMAT, text + skip, strcspn(text + skip, ":"));
        return;
    }
    while (adsync__items_next(&items, &item)) {
        if (adsync__is_empty(item)) continue;
        adsync__put(object->row, ADSYNC_C_FORMAT, items.key, items.key_size);
        return;
    }
}

adsync_status linkedin_own_creative(adsync__object *object)
{
    adsync__node content = adsync__object_node(object, "content");

    adsync__put_node(object->row, ADSYNC_C_ID, own_reference(object));
    adsync__put_node(object->row, ADSYNC_C_POST_ID, adsync__node_get(content, "reference"));
    adsync_row_int(object->row, ADSYNC_C_IMMUTABLE, 1);
    own_format(object, content);
    return ADSYNC_OK;
}

/* A segment goes to destinations; ours is LinkedIn. Its id there is what targeting names. */
adsync_status linkedin_own_audience(adsync__object *object)
{
    static const adsync__word ready[] = {
        { "READY", "ready" },     { "BUILDING", "building" }, { "UPDATING", "building" }, { "ARCHIVED", "expired" },
        { "EXPIRED", "expired" }, { "FAILED", "error" },      { "ERROR", "error" },       { 0 },
    };
    adsync__items items = adsync__node_items(adsync__object_node(object, "destinations"));
    adsync__node item, found = { 0 }, status;
    size_t size = 0;
    const char *text;

    while (adsync__items_next(&items, &item))
        if (!found.document || adsync__node_is(adsync__node_get(item, "destination"), "LINKEDIN")) found = item;
    status = adsync__node_get(found, "status");
    adsync__put_node(object->row, ADSYNC_C_TARGET_ID, adsync__node_get(found, "destinationSegmentId"));
    if (!(text = adsync__node_text(status, &size))) return ADSYNC_OK;
    adsync_row_text(object->row, ADSYNC_C_READY, adsync__word_of(ready, text, size), SIZE_MAX);
    adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, status);
    object->state = adsync__word_of(object->kind->states, text, size);
    return ADSYNC_OK;
}

/* ---- leads: answers by the number of a question. Its name comes with the form, where that was given too. */

static bool own_same(adsync__node a, adsync__node b)
{
    adsync__digits rooms[2];
    size_t sizes[2] = { 0, 0 };
    const char *x = adsync__node_digits(a, &rooms[0], &sizes[0]), *y = adsync__node_digits(b, &rooms[1], &sizes[1]);

    return x && y && sizes[0] == sizes[1] && !memcmp(x, y, sizes[0]);
}

/* The item of a list whose member `name` is that number; missing where there is none. */
static adsync__node own_numbered(adsync__node list, const char *name, adsync__node number)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;

    while (adsync__items_next(&items, &item))
        if (own_same(adsync__node_get(item, name), number)) return item;
    return (adsync__node){ 0 };
}

/* {"localized":{"sv_SE":".."}}: the first of its languages. */
static adsync__node own_localized(adsync__node text)
{
    adsync__items items = adsync__node_items(adsync__node_get(text, "localized"));
    adsync__node item = { 0 };

    (void)adsync__items_next(&items, &item);
    return item;
}

static void own_member(adsync__json *json, const char *key, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text) return;
    if (key) adsync__json_key(json, key);
    adsync__json_text(json, text, size);
}

static void own_choices(adsync__json *json, adsync__node question, adsync__node chosen)
{
    adsync__node options = adsync__node_path(question, "questionDetails.multipleChoiceQuestionDetails.options"), item, text;
    adsync__items items = adsync__node_items(chosen);

    while (adsync__items_next(&items, &item)) {
        text = own_localized(adsync__node_get(own_numbered(options, "id", item), "text"));
        own_member(json, NULL, adsync__is_empty(text) ? item : text);
    }
}

static void own_answer(adsync__json *json, adsync__node answer, adsync__node questions)
{
    adsync__node id = adsync__node_get(answer, "questionId"), question = own_numbered(questions, "questionId", id);
    adsync__node field = adsync__node_get(question, "predefinedField");

    adsync__json_open(json, '{');
    own_member(json, "name", adsync__is_empty(field) ? adsync__node_get(question, "name") : field);
    own_member(json, "question", own_localized(adsync__node_get(question, "question")));
    own_member(json, "question_id", id);
    adsync__json_key(json, "values");
    adsync__json_open(json, '[');
    own_member(json, NULL, adsync__node_path(answer, "answerDetails.textQuestionAnswer.answer"));
    own_choices(json, question, adsync__node_path(answer, "answerDetails.multipleChoiceAnswer.options"));
    adsync__json_close(json, ']');
    adsync__json_close(json, '}');
}

static adsync_status own_answers(adsync__object *object)
{
    adsync__node said = adsync__object_node(object, "formResponse"), item;
    adsync__node questions = adsync__node_path(adsync__object_node(object, "form"), "content.questions");
    adsync__items answers = adsync__node_items(adsync__node_get(said, "answers"));
    adsync__items consents = adsync__node_items(adsync__node_get(said, "consentResponses"));
    adsync__json json;
    adsync_status rc = ADSYNC_OK;

    adsync__buffer_clear(&object->scratch);
    adsync__json_begin(&json, &object->scratch);
    adsync__json_open(&json, '[');
    while (adsync__items_next(&answers, &item)) own_answer(&json, item, questions);
    while (rc >= 0 && adsync__items_next(&consents, &item)) rc = adsync__json_node(&json, item);
    adsync__json_close(&json, ']');
    if (rc == ADSYNC_E_MEMORY) return adsync__fail_memory(object->a->error);
    if (rc < 0) return adsync__bad_shape(object->a, "a consent that is none");
    adsync__put_scratch(object, ADSYNC_C_ANSWERS);
    return ADSYNC_OK;
}

/* "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:7234246,1)" is of form 7234246 */
adsync_status linkedin_own_lead(adsync__object *object)
{
    static const char before[] = "leadGenForm:";
    size_t size = 0;
    const char *text = adsync__node_text(adsync__object_node(object, "versionedLeadGenFormUrn"), &size), *form = NULL;

    for (const char *at = text; at && (at = strstr(at, before)); at += sizeof before - 1) form = at + sizeof before - 1;
    if (form) adsync__put(object->row, ADSYNC_C_FORM_ID, form, strspn(form, "0123456789"));
    return own_answers(object);
}

/* What goes to no feed is seen as an ad only. */
adsync_status linkedin_own_post(adsync__object *object)
{
    adsync__node feed = adsync__node_get(adsync__object_node(object, "distribution"), "feedDistribution");

    if (!adsync__is_empty(feed)) adsync_row_int(object->row, ADSYNC_C_ORGANIC, !adsync__node_is(feed, "NONE"));
    return ADSYNC_OK;
}
