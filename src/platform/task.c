/* SPDX-License-Identifier: MIT */
#include "platform.h"

#include "../base/day.h"

static const char *const task_names[] = {
    [ADSYNC_TASK_AUTH_BEGIN] = "auth.begin",
    [ADSYNC_TASK_AUTH_COMPLETE] = "auth.complete",
    [ADSYNC_TASK_AUTH_REFRESH] = "auth.refresh",
    [ADSYNC_TASK_AUTH_INSPECT] = "auth.inspect",
    [ADSYNC_TASK_AUTH_REVOKE] = "auth.revoke",
    [ADSYNC_TASK_AUTH_APP_TOKEN] = "auth.app_token",
    [ADSYNC_TASK_ACCOUNT_DISCOVER] = "account.discover",
    [ADSYNC_TASK_ACCOUNT_GET] = "account.get",
    [ADSYNC_TASK_LIST] = "list",
    [ADSYNC_TASK_GET] = "get",
    [ADSYNC_TASK_CHANGES] = "changes",
    [ADSYNC_TASK_REPORT] = "report",
};

const char *adsync__task_name(uint32_t op) { return op < ADSYNC__COUNT(task_names) ? task_names[op] : NULL; }

uint32_t adsync__task_op_named(const char *name)
{
    for (uint32_t op = 1; op < ADSYNC__COUNT(task_names); op++)
        if (!strcmp(task_names[op], name)) return op;
    return 0;
}

void adsync__task_begin(adsync_task *task, uint32_t op, uint32_t kind) { *task = (adsync_task){ .op = op, .kind = kind }; }

static adsync__task_field *task_find(const adsync_task *task, uint32_t group, const char *name)
{
    for (uint32_t i = 0; i < task->n; i++)
        if (task->fields[i].group == group && !strcmp(task->fields[i].name, name)) return &task->fields[i];
    return NULL;
}

static adsync__task_field *task_more(adsync_task *task)
{
    uint32_t room = task->room ? task->room * 2 : 32;
    adsync__task_field *grown;

    if (task->n == task->room) {
        if (!(grown = adsync__arena_take(&task->arena, room * sizeof *grown))) return NULL;
        if (task->n) memcpy(grown, task->fields, task->n * sizeof *grown);
        task->fields = grown;
        task->room = room;
    }
    task->fields[task->n] = (adsync__task_field){ 0 };
    return &task->fields[task->n++];
}

static adsync__task_field *task_set(adsync_task *task, uint32_t group, const char *name)
{
    adsync__task_field *field = group == ADSYNC__TASK_ID ? NULL : task_find(task, group, name);

    if (field) return field;
    if (task->failed || !(field = task_more(task))) goto failed;
    field->group = group;
    if ((field->name = adsync__arena_copy(&task->arena, name, strlen(name)))) return field;
    task->n--; /* one without a name would be met by the next search */
failed:
    task->failed = ADSYNC_E_MEMORY;
    return NULL;
}

void adsync__task_text(adsync_task *task, uint32_t group, const char *name, const char *text)
{
    size_t size = text ? strlen(text) : 0, room = size < 32 ? 32 : 2 * size;
    adsync__task_field *field;
    char *grown;

    if (!text || !(field = task_set(task, group, name))) return;
    if (!field->text || field->room < size) { /* a cursor is set anew with every page: its room is used again */
        if (!(grown = adsync__arena_take(&task->arena, room + 1))) {
            task->failed = ADSYNC_E_MEMORY;
            return;
        }
        field->text = grown;
        field->room = room;
    }
    memmove(field->text, text, size + 1);
}

void adsync__task_int(adsync_task *task, const char *name, int64_t i)
{
    adsync__task_field *field = task_set(task, ADSYNC__TASK_PARAM, name);
    char day[ADSYNC__DAY_ROOM];

    if (field) field->i = i;
    if (!adsync__day_valid(i) || (strcmp(name, "from") && strcmp(name, "to"))) return;
    (void)adsync__day_write(i, day); /* most platforms take days as this text */
    adsync__task_text(task, ADSYNC__TASK_PARAM, name, day);
}

void adsync__task_free(adsync_task *task)
{
    adsync__arena_free(&task->arena);
    *task = (adsync_task){ 0 };
}

uint32_t adsync_task_op(const adsync_task *task) { return task->op; }
uint32_t adsync_task_kind(const adsync_task *task) { return task->kind; }

int64_t adsync_task_int(const adsync_task *task, const char *name)
{
    const adsync__task_field *field = task_find(task, ADSYNC__TASK_PARAM, name);

    return field ? field->i : 0;
}

const char *adsync_task_text(const adsync_task *task, const char *name)
{
    const adsync__task_field *field = task_find(task, ADSYNC__TASK_PARAM, name);

    return field ? field->text : NULL;
}

const char *adsync_task_fact(const adsync_task *task, const char *name)
{
    const adsync__task_field *field = task_find(task, ADSYNC__TASK_FACT, name);

    return field ? field->text : NULL;
}

uint32_t adsync_task_ids(const adsync_task *task)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < task->n; i++) n += task->fields[i].group == ADSYNC__TASK_ID;
    return n;
}

const char *adsync_task_id(const adsync_task *task, uint32_t i)
{
    for (uint32_t f = 0; f < task->n; f++)
        if (task->fields[f].group == ADSYNC__TASK_ID && i-- == 0) return task->fields[f].text;
    return NULL;
}

uint32_t adsync_task_has_secret(const adsync_task *task, const char *name) { return task_find(task, ADSYNC__TASK_SECRET, name) != NULL; }
