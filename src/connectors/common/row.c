/* SPDX-License-Identifier: MIT */
/* An object becomes a row: one pass finds the table's members, one reads them. Nothing that changes by itself (orders that mean nothing)
 * reaches a column: rows are compared by a digest over them. */
#include "common.h"

#include "../../rows/rows.h"

#include <stdlib.h>

enum { ROW_TEXT = 4 << 20, ROW_LIST = 64, ROW_NAME = 64 };

bool adsync__is_empty(adsync__node node) { return adsync__node_kind(node) <= ADSYNC__NODE_NULL; }

void adsync__put(adsync_row *row, uint32_t column, const char *text, size_t size)
{
    if (text && size) adsync_row_text(row, column, text, size);
}

void adsync__put_node(adsync_row *row, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    adsync__put(row, column, text, size);
}

void adsync__put_scratch(adsync__object *object, uint32_t column)
{
    if (object->scratch.failed)
        object->a->failed = object->scratch.failed;
    else
        adsync__put(object->row, column, object->scratch.p, object->scratch.size);
}

adsync__node adsync__node_path(adsync__node node, const char *path)
{
    char name[ROW_NAME];

    for (const char *at = path, *dot; at; at = dot ? dot + 1 : NULL) {
        size_t size = (dot = strchr(at, '.')) ? (size_t)(dot - at) : strlen(at);
        if (size >= sizeof name) return (adsync__node){ 0 };
        memcpy(name, at, size);
        name[size] = 0;
        node = adsync__node_get(node, name);
    }
    return node;
}

adsync__node adsync__object_node(const adsync__object *object, const char *name)
{
    for (uint32_t i = 0; i < object->n; i++)
        if (!strcmp(object->fields[i].name, name)) return object->f[i];
    return (adsync__node){ 0 };
}

/* ---- one way of reading per kind of field */

static adsync_status row_none(adsync__object *object, const adsync__field *field)
{
    if (!(field->flags & ADSYNC__OR_ZERO)) return ADSYNC_OK;
    if (field->flags & ADSYNC__ADDS)
        (void)adsync__row_add(object->row, field->column, 0);
    else
        adsync__row_int(object->row, field->column, 0);
    return ADSYNC_OK;
}

/* In figures, ids and currencies are those of the row before more often than not. */
static void row_put(adsync__object *object, const adsync__field *field, const char *text, size_t size)
{
    adsync__plan *plan = &object->a->plan;

    if (object->kind || plan->fields != object->fields)
        adsync_row_text(object->row, field->column, text, size);
    else
        adsync__row_again(object->row, field->column, text, size, &plan->last[field - plan->fields]);
}

/* Texts and numbers are most of what is read: only where one is not what it should be is it asked whether it is null. */
static adsync_status row_wrong(adsync__object *object, const adsync__field *field, adsync__node node, const char *what)
{
    return adsync__is_empty(node) ? row_none(object, field) : adsync__bad_shape(object->a, what);
}

static adsync_status row_failed(adsync__object *object, adsync_status rc)
{
    if (rc == ADSYNC_E_MEMORY) return adsync__fail_memory(object->a->error);
    return adsync__bad_shape(object->a, "a value that is too deep, too long, or has a key twice");
}

static adsync_status row_text(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (!text) return row_wrong(object, field, node, "something else where a text should be");
    row_put(object, field, text, size);
    return ADSYNC_OK;
}

static adsync_status row_id(adsync__object *object, const adsync__field *field, adsync__node node)
{
    const char *prefix = object->a->platform->id_prefix, *text;
    adsync__digits room;
    size_t size = 0, skip = 0;

    if (!(text = adsync__node_digits(node, &room, &size)) || size > ADSYNC__ID_MOST)
        return row_wrong(object, field, node, "something else where an id should be");
    if (field->as == ADSYNC__AS_TAIL || field->as == ADSYNC__AS_KEY) {
        for (size_t i = 0; i < size; i++)
            if (strchr(field->as == ADSYNC__AS_KEY ? "/" : ":/~", text[i])) skip = i + 1;
    } else if (prefix && size > strlen(prefix) && !memcmp(text, prefix, strlen(prefix))) {
        skip = strlen(prefix);
    }
    if (size > skip && (size - skip != 1 || text[skip] != '0')) row_put(object, field, text + skip, size - skip); /* "0": none */
    return ADSYNC_OK;
}

bool adsync__instant(adsync__node node, int64_t unit_us, int32_t offset_s, int64_t *us)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    if (adsync__node_int(node, us)) return !__builtin_mul_overflow(*us, unit_us, us) && *us >= 0 && *us <= ADSYNC__TIME_LAST_US;
    return text && unit_us == ADSYNC__SECOND_US && adsync__time_read(text, size, offset_s, us) >= 0;
}

static bool row_instant(adsync__object *object, const adsync__field *field, adsync__node node, int64_t *us, adsync_status *rc)
{
    const adsync__zone *zone = NULL;
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);
    int64_t number;

    if (field->as != ADSYNC__AS_LOCAL || !text || adsync__node_int(node, &number))
        return adsync__instant(node, field->as == ADSYNC__AS_MILLIS ? 1000 : ADSYNC__SECOND_US,
                               field->as == ADSYNC__AS_TIME_UTC ? 0 : ADSYNC__TIME_NEEDS_OFFSET, us);
    if ((*rc = adsync__answer_zone(object->a, &zone)) < 0) return true;
    return adsync__zone_time_read(zone, text, size, us) >= 0;
}

static adsync_status row_time(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync_status rc = ADSYNC_OK;
    int64_t us = 0;

    if (!row_instant(object, field, node, &us, &rc)) return adsync__bad_shape(object->a, "something else where a time should be");
    if (rc < 0 || (us <= 0 && (field->flags & ADSYNC__NOT_ZERO))) return rc;
    adsync_row_int(object->row, field->column, us);
    if (field->column == ADSYNC_C_START_AT) object->start_us = us;
    if (field->column == ADSYNC_C_END_AT) object->end_us = us;
    return ADSYNC_OK;
}

static adsync_status row_day(adsync__object *object, const adsync__field *field, adsync__node node)
{
    size_t size = 0;
    int64_t day;
    const char *text = adsync__node_text(node, &size);

    if (!text || adsync__day_read(text, size < 10 ? size : 10, &day) < 0)
        return adsync__bad_shape(object->a, "something else where a day should be");
    adsync_row_int(object->row, field->column, day);
    return ADSYNC_OK;
}

static adsync_status row_units(adsync__object *object, const adsync__field *field, adsync__node node)
{
    const adsync__answer *a = object->a;
    const char *currency = adsync_task_fact(a->task, "currency"), *text;
    adsync__digits room;
    size_t size = 0;
    int64_t micros;

    if (!(text = adsync__node_decimal(node, &room, &size))) return adsync__bad_shape(object->a, "something else where an amount should be");
    if (!size || (size == 1 && *text == '0')) return ADSYNC_OK;
    if (!currency || !*currency) { /* how large the unit is, is not known: no number is better than a wrong one */
        object->a->needs_currency = true;
        return ADSYNC_OK;
    }
    if (adsync__micros_from_units(text, size, a->platform->units(currency), &micros) < 0)
        return adsync__bad_shape(object->a, "an amount that is no whole number of units");
    adsync_row_int(object->row, field->column, micros);
    adsync_row_text(object->row, ADSYNC_C_CURRENCY, currency, SIZE_MAX);
    return ADSYNC_OK;
}

static bool row_figure(adsync__node node, bool micros, int64_t *out)
{
    adsync__digits room;
    size_t size;
    const char *text;

    if (micros ? adsync__node_micros(node, out) : adsync__node_int(node, out)) return true;
    *out = 0;
    if (!(text = adsync__node_decimal(node, &room, &size))) return false;
    if (micros) return adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, out) >= 0;
    return adsync__decimal_exact(text, size, 0, out) >= 0;
}

bool adsync__figure(adsync__node node, bool micros, int64_t *out)
{
    *out = 0;
    return !node.document || row_figure(node, micros, out) || adsync__is_empty(node);
}

/* An object's amount is in the account's currency; where the object names one of its own, that stands. */
static void row_currency(adsync__object *object)
{
    if (object->kind && !adsync__row_get(object->row, ADSYNC_C_CURRENCY))
        adsync_row_text(object->row, ADSYNC_C_CURRENCY, adsync_task_fact(object->a->task, "currency"), SIZE_MAX);
}

static adsync_status row_told(adsync__object *object, const adsync__field *field, int64_t value)
{
    if (value < 0 && field->as == ADSYNC__AS_COUNT) return ADSYNC_OK; /* not available */
    if (!value && (field->flags & ADSYNC__NOT_ZERO)) return ADSYNC_OK;
    if (field->flags & ADSYNC__ADDS) {
        bool fits = adsync__row_add(object->row, field->column, value);
        return fits ? ADSYNC_OK : adsync__bad_shape(object->a, "numbers whose sum does not fit");
    }
    adsync__row_int(object->row, field->column, value);
    if (field->as == ADSYNC__AS_MICROS) row_currency(object);
    return ADSYNC_OK;
}

static adsync_status row_number(adsync__object *object, const adsync__field *field, adsync__node node)
{
    int64_t value;

    if (row_figure(node, field->as == ADSYNC__AS_DECIMAL, &value)) return row_told(object, field, value);
    return row_wrong(object, field, node, "something else where a number should be");
}

static adsync_status row_word(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size), *word = text ? adsync__word_of(field->words, text, size) : NULL;

    if (word) adsync_row_text(object->row, field->column, word, SIZE_MAX);
    return ADSYNC_OK;
}

static int row_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static adsync_status row_list(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync__items items = adsync__node_items(node);
    const char *list[ROW_LIST], *text;
    adsync__node item;
    uint32_t n = 0;

    if (adsync__node_kind(node) != ADSYNC__NODE_ARRAY) return adsync__bad_shape(object->a, "something else where a list should be");
    while (n < ROW_LIST && adsync__items_next(&items, &item))
        if ((text = adsync__node_text(item, NULL))) list[n++] = text;
    qsort(list, n, sizeof *list, row_order);
    adsync__buffer_clear(&object->scratch);
    for (uint32_t i = 0; i < n; i++) {
        if (i && !strcmp(list[i], list[i - 1])) continue;
        if (i) adsync__buffer_char(&object->scratch, ',');
        adsync__buffer_text(&object->scratch, list[i]);
    }
    adsync__put_scratch(object, field->column);
    return ADSYNC_OK;
}

static adsync_status row_json(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync__json json;
    adsync_status rc;

    adsync__buffer_clear(&object->scratch);
    adsync__json_begin(&json, &object->scratch);
    if ((rc = adsync__json_node(&json, node)) < 0) return row_failed(object, rc);
    adsync_row_text(object->row, field->column, object->scratch.p, object->scratch.size);
    return ADSYNC_OK;
}

/* The members of one kind as an object of their own, by name, where any is there. */
static adsync_status row_gather(adsync__object *object, uint32_t as, uint32_t column)
{
    uint32_t order[ADSYNC__FIELDS_MOST], n = 0, k;
    adsync__json json;
    adsync_status rc;

    for (uint32_t i = 0; i < object->n; i++) {
        if (object->fields[i].as != as || adsync__is_empty(object->f[i])) continue;
        for (k = n++; k > 0 && strcmp(object->fields[order[k - 1]].name, object->fields[i].name) > 0; k--) order[k] = order[k - 1];
        order[k] = i;
    }
    if (!n) return ADSYNC_OK;
    adsync__buffer_clear(&object->scratch);
    adsync__json_begin(&json, &object->scratch);
    adsync__json_open(&json, '{');
    for (uint32_t i = 0; i < n; i++) {
        adsync__json_key(&json, object->fields[order[i]].name);
        if ((rc = adsync__json_node(&json, object->f[order[i]])) < 0) return row_failed(object, rc);
    }
    adsync__json_close(&json, '}');
    if (object->scratch.failed) return row_failed(object, object->scratch.failed);
    adsync_row_text(object->row, column, object->scratch.p, object->scratch.size);
    return ADSYNC_OK;
}

typedef adsync_status (*row_reader)(adsync__object *object, const adsync__field *field, adsync__node node);
static adsync_status row_bool(adsync__object *object, const adsync__field *field, adsync__node node)
{
    adsync_row_int(object->row, field->column, adsync__node_true(node));
    return ADSYNC_OK;
}

static const row_reader row_readers[] = {
    [ADSYNC__AS_TEXT] = row_text,      [ADSYNC__AS_ID] = row_id,     [ADSYNC__AS_TAIL] = row_id,       [ADSYNC__AS_COUNT] = row_number,
    [ADSYNC__AS_INT] = row_number,     [ADSYNC__AS_BOOL] = row_bool, [ADSYNC__AS_UNITS] = row_units,   [ADSYNC__AS_MICROS] = row_number,
    [ADSYNC__AS_DECIMAL] = row_number, [ADSYNC__AS_TIME] = row_time, [ADSYNC__AS_TIME_UTC] = row_time, [ADSYNC__AS_LOCAL] = row_time,
    [ADSYNC__AS_MILLIS] = row_time,    [ADSYNC__AS_DAY] = row_day,   [ADSYNC__AS_WORD] = row_word,     [ADSYNC__AS_LIST] = row_list,
    [ADSYNC__AS_JSON] = row_json,      [ADSYNC__AS_KEY] = row_id,    [ADSYNC__AS_STATE] = NULL,
};

static bool row_is_dash(adsync__node node)
{
    size_t size;
    const char *text = adsync__node_text(node, &size);

    return text && (!size || (size == 1 && *text == '-'));
}

bool adsync__is_read(const adsync__field *field) { return row_readers[field->as] != NULL; }

adsync_status adsync__fields_read(adsync__object *object)
{
    const adsync__plan *plan = adsync__object_plan(object);
    adsync__numbers numbers; /* by far the most of figures */
    adsync_status rc = ADSYNC_OK;

    adsync__node_row(object->f, plan->how, object->n, &numbers);
    for (uint32_t k = 0; k < plan->n_reads && rc >= 0; k++) {
        uint32_t i = plan->reads[k];
        const adsync__field *field = &object->fields[i];
        if (numbers.told >> i & 1)
            rc = row_told(object, field, numbers.values[i]);
        else if (numbers.none >> i & 1 || !object->f[i].document || (field->flags & ADSYNC__DASH && row_is_dash(object->f[i])))
            rc = row_none(object, field);
        else if (plan->how[i] || field->as == ADSYNC__AS_TEXT || !adsync__is_empty(object->f[i]))
            rc = row_readers[field->as](object, field, object->f[i]);
    }
    return rc;
}

void adsync__fields_list(adsync__buffer *out, const adsync__field *fields, uint32_t n, char separator)
{
    bool any = false;

    for (uint32_t i = 0; i < n; i++) {
        if (fields[i].flags & (ADSYNC__AGAIN | ADSYNC__SILENT)) continue;
        if (any) adsync__buffer_char(out, separator);
        any = true;
        if (fields[i].in && !fields[i].ask) {
            adsync__buffer_text(out, fields[i].in);
            adsync__buffer_char(out, '.');
        }
        adsync__buffer_text(out, fields[i].ask ? fields[i].ask : fields[i].name);
    }
}

/* ---- states */

static bool row_either(const char *own, const char *state, const char *word) { return (own && !strcmp(own, word)) || !strcmp(state, word); }

const char *adsync__status_of(const char *own, const char *state, int64_t start_us, int64_t end_us, int64_t now_us)
{
    static const char *const ends[] = { "DELETED", "ARCHIVED", "DRAFT", "REJECTED", "ENDED" };
    static const char *const holds[] = { "UNKNOWN", "PENDING", "PARENT_OFF" };

    for (size_t i = 0; i < ADSYNC__COUNT(ends); i++)
        if (row_either(own, state, ends[i])) return ends[i];
    if (end_us && end_us <= now_us) return "ENDED";
    if (row_either(own, state, "PAUSED")) return "PAUSED";
    for (size_t i = 0; i < ADSYNC__COUNT(holds); i++)
        if (!strcmp(state, holds[i])) return holds[i];
    return start_us > now_us ? "SCHEDULED" : state;
}

static const char *row_said(const adsync__word *words, adsync__node node)
{
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    return text && words ? adsync__word_of(words, text, size) : NULL;
}

/* What the tables say; own code may have said more. */
static void row_states(adsync__object *object, adsync__node set, adsync__node made)
{
    const adsync__kind *kind = object->kind;
    const char *word = row_said(kind->switches, set);

    if (word) adsync_row_text(object->row, ADSYNC_C_SWITCH, word, SIZE_MAX);
    if (!object->own) object->own = word ? word : row_said(kind->states, set);
    if (!object->state && !(object->state = row_said(kind->states, made))) {
        made = set;
        object->state = row_said(kind->states, set);
        if (!object->state) object->state = object->own;
    }
    if (!object->state) return;
    adsync_row_text(object->row, ADSYNC_C_STATUS,
                    adsync__status_of(object->own, object->state, object->start_us, object->end_us, object->a->now_us), SIZE_MAX);
    if (!adsync__row_get(object->row, ADSYNC_C_PLATFORM_STATUS)) adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, made);
}

static adsync__node row_as(const adsync__object *object, uint32_t as)
{
    for (uint32_t i = 0; i < object->n; i++)
        if (object->fields[i].as == as) return object->f[i];
    return (adsync__node){ 0 };
}

/* ---- rows */

static adsync_status row_fill(adsync__object *object)
{
    static const struct {
        uint32_t as, column;
    } gathered[] = {
        { ADSYNC__AS_DECLARED, ADSYNC_C_DECLARATIONS }, { ADSYNC__AS_EXTRA, ADSYNC_C_EXTRA },
        { ADSYNC__AS_TARGET, ADSYNC_C_TARGETING },      { ADSYNC__AS_ASKED, ADSYNC_C_QUESTIONS },
        { ADSYNC__AS_ANSWERED, ADSYNC_C_ANSWERS },
    };
    const adsync__platform *platform = object->a->platform;
    const char *account = adsync_task_text(object->a->task, "account_id"), *prefix = platform->id_prefix ? platform->id_prefix : "", *id;
    adsync__digits room;
    size_t size = 0;
    adsync_status rc;

    id = adsync__node_digits(object->f[0], &room, &size);
    if (!id || !size || (size == 1 && *id == '0')) return adsync__bad_shape(object->a, "an object without an id");
    if (account && !strncmp(account, prefix, strlen(prefix))) account += strlen(prefix);
    adsync_row_text(object->row, ADSYNC_C_ACCOUNT_ID, account, SIZE_MAX);
    adsync_row_text(object->row, ADSYNC_C_PLATFORM_KIND, object->kind->word, SIZE_MAX);
    if ((rc = adsync__fields_read(object)) < 0) return rc;
    for (size_t i = 0; i < ADSYNC__COUNT(gathered); i++)
        if ((rc = row_gather(object, gathered[i].as, gathered[i].column)) < 0) return rc;
    if (object->kind->own && (rc = object->kind->own(object)) < 0) return rc;
    row_states(object, row_as(object, ADSYNC__AS_SWITCH), row_as(object, ADSYNC__AS_STATE));
    return ADSYNC_OK;
}

adsync_status adsync__entity(adsync__answer *a, const adsync__kind *kind, adsync__node node)
{
    adsync__node f[ADSYNC__FIELDS_MOST];
    adsync__object object = { .a = a, .kind = kind, .fields = kind->fields, .n = kind->n, .node = node, .f = f };
    adsync_status rc;

    if (!adsync__object_find(&object, node))
        return adsync__bad_shape(a, "an object that is none, or that has a field twice");
    object.row = adsync_outcome_row(a->out, ADSYNC_T_ENTITIES, kind->kind, ADSYNC_TWICE_REPLACE);
    adsync__buffer_begin(&object.scratch, ROW_TEXT);
    rc = row_fill(&object);
    adsync__buffer_free(&object.scratch);
    return rc;
}

adsync_status adsync__read_entity(adsync__answer *a, adsync__node row)
{
    return adsync__entity(a, adsync__kind_of(a->platform, adsync_task_kind(a->task)), row);
}

adsync__object *adsync__figures_object(adsync__answer *a, const adsync__field *fields, uint32_t n)
{
    a->figures.a = a;
    a->figures.fields = fields;
    a->figures.n = n;
    a->figures.f = a->found;
    return &a->figures;
}

void adsync__figures_begin(adsync__object *object, uint32_t level, const char *id, size_t id_size, int64_t day)
{
    object->row = adsync_outcome_row(object->a->out, ADSYNC_T_METRICS, level, ADSYNC_TWICE_SUM);
    if (!object->a->currency) object->a->currency = adsync_task_fact(object->a->task, "currency");
    if (id && id_size) adsync__row_again(object->row, ADSYNC_C_ENTITY_ID, id, id_size, &object->a->last_id);
    adsync__row_int(object->row, ADSYNC_C_DAY, day);
    if (object->a->currency)
        adsync__row_again(object->row, ADSYNC_C_CURRENCY, object->a->currency, strlen(object->a->currency), &object->a->last_currency);
    else
        adsync_row_text(object->row, ADSYNC_C_CURRENCY, NULL, 0);
}

void adsync__figures_words(adsync__object *object, uint32_t column, const char *text)
{
    adsync__answer *a = object->a;

    adsync__row_again(object->row, column, text, strlen(text), column == ADSYNC_C_PART ? &a->last_part : &a->last_words);
}

static const char *row_value(const adsync_row *row, uint32_t column)
{
    const adsync_value *value = adsync__row_get(row, column);

    return value && value->kind == ADSYNC_VALUE_TEXT ? value->p : NULL;
}

adsync_status adsync__ad_account(adsync__answer *a, adsync__node node, const adsync__field *fields, uint32_t n, bool facts)
{
    static const struct {
        uint32_t column;
        const char *fact;
    } known[] = { { ADSYNC_C_CURRENCY, "currency" },
                  { ADSYNC_C_TIME_ZONE, "time_zone" },
                  { ADSYNC_C_NAME, "name" },
                  { ADSYNC_C_STATUS, "account_status" } };
    adsync__node f[ADSYNC__FIELDS_MOST];
    adsync__object object = { .a = a, .fields = fields, .n = n, .node = node, .f = f };
    const char *id;
    adsync_status rc;

    if (!adsync__object_find(&object, node)) return adsync__bad_shape(a, "an account that is none, or that has a field twice");
    object.row = adsync_outcome_row(a->out, ADSYNC_T_CONNECTIONS, ADSYNC_KIND_ACCOUNT, ADSYNC_TWICE_REPLACE);
    adsync__buffer_begin(&object.scratch, ROW_TEXT);
    rc = adsync__fields_read(&object);
    adsync__buffer_free(&object.scratch);
    if (rc < 0) return rc;
    if (object.row->failed) return ADSYNC_OK; /* the outcome knows */
    if (!(id = row_value(object.row, ADSYNC_C_ACCOUNT_ID))) return adsync__bad_shape(a, "an account without an id");
    adsync_row_text(object.row, ADSYNC_C_ID, id, SIZE_MAX);
    for (size_t i = 0; facts && i < ADSYNC__COUNT(known); i++) adsync__fact_text(a, known[i].fact, row_value(object.row, known[i].column));
    return ADSYNC_OK;
}
