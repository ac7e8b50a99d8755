/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include "base/day.h"
#include "engine/builtin.h"

enum { TASK_MOST = 16 << 20 };

static bool task_same(const char *p, size_t size, const char *word) { return strlen(word) == size && !memcmp(p, word, size); }

static uint32_t task_kind(adsync__node node)
{
    for (uint32_t kind = ADSYNC_KIND_ACCOUNT; kind <= ADSYNC_KIND_POST; kind++)
        if (adsync__node_is(node, adsync_kind_name(kind))) return kind;
    return 0;
}

/* A list of words, joined by blanks. */
static void task_words(adsync_task *task, const char *name, adsync__node list)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;
    adsync__buffer words;
    size_t size;
    const char *text;

    adsync__buffer_begin(&words, TASK_MOST);
    while (adsync__items_next(&items, &item)) {
        if (!(text = adsync__node_text(item, &size))) continue;
        if (words.size) adsync__buffer_char(&words, ' ');
        adsync__buffer_add(&words, text, size);
    }
    if (words.size) adsync__task_text(task, ADSYNC__TASK_PARAM, name, words.p);
    adsync__buffer_free(&words);
}

static void task_ids(adsync_task *task, adsync__node list)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;
    adsync__digits room;
    size_t size;

    while (adsync__items_next(&items, &item)) adsync__task_text(task, ADSYNC__TASK_ID, "id", adsync__node_digits(item, &room, &size));
}

static void task_day(adsync_task *task, const char *name, adsync__node node)
{
    adsync__digits room;
    size_t size;
    const char *text = adsync__node_digits(node, &room, &size);
    int64_t day;

    if (text && adsync__day_read(text, size, &day) >= 0) adsync__task_int(task, name, day);
}

/* A member as text, and as a number where it is one. */
static void task_member(adsync_task *task, const char *name, adsync__node node)
{
    adsync__digits room;
    size_t size;
    int64_t number;

    switch (adsync__node_kind(node)) {
    case ADSYNC__NODE_ARRAY:
        if (!strcmp(name, "ids"))
            task_ids(task, node);
        else
            task_words(task, name, node);
        return;
    case ADSYNC__NODE_BOOL:
        adsync__task_int(task, name, adsync__node_true(node));
        return;
    case ADSYNC__NODE_TEXT:
    case ADSYNC__NODE_INT:
        adsync__task_text(task, ADSYNC__TASK_PARAM, name, adsync__node_digits(node, &room, &size));
        if (adsync__node_int(node, &number)) adsync__task_int(task, name, number);
        return;
    default:
        return;
    }
}

static void task_group(adsync_task *task, uint32_t group, adsync__node node)
{
    adsync__items items = adsync__node_items(node);
    adsync__node item;
    adsync__digits room;
    size_t size;

    while (adsync__items_next(&items, &item))
        adsync__task_text(task, group, items.key, group == ADSYNC__TASK_SECRET ? "" : adsync__node_decimal(item, &room, &size));
}

static void task_fill(wire_task *wire, adsync__node params)
{
    static const char *const apart[] = { "task", "kind", "level", "from", "to", "facts", "secrets", "rows", "params" };
    adsync__items items = adsync__node_items(wire->root);
    adsync__node item;
    adsync_task *task = &wire->task;
    bool skip;

    while (adsync__items_next(&items, &item)) {
        skip = false;
        for (size_t i = 0; i < ADSYNC__COUNT(apart); i++) skip = skip || task_same(items.key, items.key_size, apart[i]);
        if (!skip) task_member(task, items.key, item);
    }
    items = adsync__node_items(params);
    while (adsync__items_next(&items, &item))
        if (!task_same(items.key, items.key_size, "level")) task_member(task, items.key, item);
    task_day(task, "from", adsync__node_get(wire->root, "from"));
    task_day(task, "to", adsync__node_get(wire->root, "to"));
    task_group(task, ADSYNC__TASK_FACT, adsync__node_get(wire->root, "facts"));
    task_group(task, ADSYNC__TASK_SECRET, adsync__node_get(wire->root, "secrets"));
    if (!adsync_task_text(task, "client_id"))
        adsync__task_text(task, ADSYNC__TASK_PARAM, "client_id",
                          adsync__node_text(adsync__node_get(adsync__node_get(wire->root, "secrets"), "client_id"), NULL));
    if (!adsync_task_text(task, "api_version"))
        adsync__task_text(task, ADSYNC__TASK_PARAM, "api_version", adsync__manifest_setting(&wire->manifest, "api_version"));
}

static adsync_status task_now(wire_task *wire, adsync_error **error)
{
    adsync__effects effects;
    adsync_status rc = ADSYNC_OK;

    if (adsync_task_int(&wire->task, "now_us")) return ADSYNC_OK;
    if ((rc = adsync__effects_begin(&effects, NULL, error)) >= 0) adsync__task_int(&wire->task, "now_us", adsync__now_us(&effects));
    return rc;
}

static adsync_status task_read(wire_task *wire, const char *json, size_t size, adsync_error **error)
{
    adsync__node params, level;
    uint32_t op, kind;
    const char *word;
    adsync_status rc;

    adsync__buffer_begin(&wire->text, TASK_MOST + ADSYNC__READER_PADDING);
    adsync__buffer_add(&wire->text, json, size);
    for (size_t i = 0; i < ADSYNC__READER_PADDING; i++) adsync__buffer_char(&wire->text, 0);
    if (wire->text.failed) return adsync__fail(error, ADSYNC_E_TOO_BIG, "wire.task", "the task is too large");
    if ((rc = adsync__reader_new(TASK_MOST, &wire->reader, error)) < 0) return rc;
    if ((rc = adsync__reader_parse(wire->reader, wire->text.p, size, &wire->root, error)) < 0) return rc;
    word = adsync__node_text(adsync__node_get(wire->root, "task"), NULL);
    op = word ? adsync__task_op_named(word) : 0;
    params = adsync__node_get(wire->root, "params");
    level = adsync__node_get(wire->root, "level");
    if (!adsync__node_text(level, NULL)) level = adsync__node_get(params, "level");
    kind = task_kind(op == ADSYNC_TASK_REPORT ? level : adsync__node_get(wire->root, "kind"));
    if (op == ADSYNC_TASK_REPORT && !kind) kind = task_kind(adsync__node_get(wire->root, "kind"));
    adsync__task_begin(&wire->task, op, kind);
    task_fill(wire, params);
    if (wire->task.failed) return adsync__fail_memory(error);
    return task_now(wire, error);
}

adsync_status wire_task_open(const char *platform, const char *json, size_t size, wire_task *out, adsync_error **error)
{
    adsync_status rc;

    *out = (wire_task){ .platform = platform };
    for (const adsync__builtin *b = adsync__builtins; b->platform; b++)
        if (!strcmp(b->platform, platform)) out->ops = b->ops;
    if (!out->ops) return adsync__fail(error, ADSYNC_E_NOT_FOUND, "wire.platform", "there is no platform %s", platform);
    if ((rc = out->ops->describe(out->ops->user, &out->manifest, error)) < 0) return rc;
    if (out->manifest.failed) return adsync__fail_memory(error);
    return task_read(out, json, size, error);
}

void wire_task_close(wire_task *task)
{
    adsync__task_free(&task->task);
    adsync__manifest_free(&task->manifest);
    adsync__reader_free(task->reader);
    adsync__buffer_free(&task->text);
    *task = (wire_task){ 0 };
}
