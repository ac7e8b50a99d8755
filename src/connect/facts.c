/* SPDX-License-Identifier: MIT */
/* What was learned about a grant or an account and has no column of its own: one JSON object of texts in its row. */
#include "connect_int.h"

#include "../json/json.h"

enum { FACTS_SIZE = 16 * 1024, FACTS_ONE = 4 * 1024 };

typedef struct facts_json { /* a parsed copy; empty where there is no object */
    adsync__reader *reader;
    adsync__buffer padded;
    adsync__node root;
} facts_json;

static adsync_status facts_parse(facts_json *json, const char *text, adsync_error **error)
{
    adsync_status rc;

    *json = (facts_json){ 0 };
    adsync__buffer_begin(&json->padded, FACTS_SIZE + ADSYNC__READER_PADDING);
    if (!text || !*text || strlen(text) > FACTS_SIZE) return ADSYNC_OK;
    adsync__buffer_text(&json->padded, text);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&json->padded, 0);
    if (json->padded.failed) return adsync__fail_memory(error);
    if ((rc = adsync__reader_new(FACTS_SIZE, &json->reader, error)) < 0) return rc;
    (void)adsync__reader_parse(json->reader, json->padded.p, strlen(text), &json->root, NULL); /* damaged facts are learned anew */
    return ADSYNC_OK;
}

static void facts_free(facts_json *json)
{
    adsync__reader_free(json->reader);
    adsync__buffer_free(&json->padded);
}

void connect_facts_give(const char *text, adsync_task *task)
{
    facts_json json;
    adsync__items items;
    adsync__node item;
    char name[64];

    if (facts_parse(&json, text, NULL) < 0) task->failed = ADSYNC_E_MEMORY;
    items = adsync__node_items(json.root);
    while (adsync__items_next(&items, &item)) {
        if (!items.key || items.key_size >= sizeof name) continue;
        memcpy(name, items.key, items.key_size);
        name[items.key_size] = 0;
        adsync__task_text(task, ADSYNC__TASK_FACT, name, adsync__node_text(item, NULL));
    }
    facts_free(&json);
}

int64_t connect_facts_number(const char *text, const char *name)
{
    facts_json json;
    int64_t number = 0;

    if (facts_parse(&json, text, NULL) >= 0) (void)adsync__node_int(adsync__node_get(json.root, name), &number);
    facts_free(&json);
    return number;
}

static const adsync__out_fact *facts_newer(const adsync__out_fact *facts, const char *key, size_t size)
{
    const adsync__out_fact *found = NULL;

    for (; facts; facts = facts->next)
        if (strlen(facts->name) == size && !memcmp(facts->name, key, size)) found = facts;
    return found;
}

/* The facts there were, without those that are named anew; then the new ones. One that is too large to keep is left out: it must not
 * stop what comes with it. */
adsync_status connect_facts_merge(const char *before, const adsync__out_fact *facts, bool (*has_column)(const char *name),
                                  adsync__buffer *out, adsync_error **error)
{
    facts_json json;
    adsync__json writer;
    adsync__items items;
    adsync__node item;
    const char *text;
    size_t size;
    adsync_status rc = facts_parse(&json, before, error);

    adsync__buffer_begin(out, 2 * FACTS_SIZE);
    if (rc < 0) goto done;
    adsync__json_begin(&writer, out);
    adsync__json_open(&writer, '{');
    items = adsync__node_items(json.root);
    while (adsync__items_next(&items, &item)) {
        if (!items.key || facts_newer(facts, items.key, items.key_size) || !(text = adsync__node_text(item, &size))) continue;
        adsync__json_key(&writer, items.key);
        adsync__json_text(&writer, text, size);
    }
    for (const adsync__out_fact *fact = facts; fact; fact = fact->next) {
        size = fact->value ? strlen(fact->value) : 0;
        if (!fact->value || has_column(fact->name) || facts_newer(facts, fact->name, strlen(fact->name)) != fact) continue;
        if (size > FACTS_ONE || out->size + 2 * size + strlen(fact->name) + 16 > FACTS_SIZE) continue;
        adsync__json_key(&writer, fact->name);
        adsync__json_text(&writer, fact->value, size);
    }
    adsync__json_close(&writer, '}');
    if (out->failed) rc = adsync__fail_memory(error);
done:
    facts_free(&json);
    return rc;
}
