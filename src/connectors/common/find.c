/* SPDX-License-Identifier: MIT */
/* Finding a table's members in an object. How, is worked out once for all objects of an answer: which members lie in the object itself,
 * which of those are objects that hold others. Then each object is one pass, and each of those it holds one more. */
#include "common.h"

static bool find_together(const adsync__field *a, const adsync__field *b)
{
    return a->in == b->in || (a->in && b->in && !strcmp(a->in, b->in));
}

/* Which member of the object itself a name is. */
static uint32_t find_own(adsync__plan *plan, const char *name)
{
    size_t size = strlen(name);
    uint32_t i = 0;

    while (i < plan->n_own && (plan->own[i].size != size || memcmp(plan->own[i].text, name, size))) i++;
    if (i == plan->n_own) plan->own[plan->n_own++] = (adsync__key){ name, size };
    return i;
}

static uint32_t find_first(const adsync__field *fields, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (!strcmp(fields[k].name, fields[i].name) && find_together(&fields[k], &fields[i])) return k;
    return i;
}

static void find_copy(adsync__plan *plan, uint32_t i, uint32_t from, bool again)
{
    plan->copies[plan->n_copies].field = i;
    plan->copies[plan->n_copies].from = from;
    plan->copies[plan->n_copies++].again = again;
}

/* The field lies in a member object: in that of the field before it, or in one that a new pass looks through. */
static void find_join(adsync__plan *plan, const adsync__field *fields, uint32_t i)
{
    bool joins = i && !(fields[i - 1].flags & ADSYNC__AGAIN) && find_together(&fields[i - 1], &fields[i]);
    uint32_t group = joins ? plan->n_groups - 1 : plan->n_groups++;

    if (!joins) {
        plan->groups[group].first = i;
        plan->groups[group].n = 0;
        plan->groups[group].deep = strchr(fields[i].in, '.') != NULL;
        plan->groups[group].own = plan->groups[group].deep ? 0 : find_own(plan, fields[i].in);
    }
    plan->groups[group].n++;
}

static uint8_t find_how(const adsync__field *field)
{
    static const uint8_t ways[] = { [ADSYNC__AS_COUNT] = ADSYNC__NUMBER_WHOLE,
                                    [ADSYNC__AS_INT] = ADSYNC__NUMBER_WHOLE,
                                    [ADSYNC__AS_MICROS] = ADSYNC__NUMBER_WHOLE,
                                    [ADSYNC__AS_DECIMAL] = ADSYNC__NUMBER_MICROS,
                                    [ADSYNC__AS_STATE] = 0 };
    uint8_t way = ways[field->as];

    return way && field->flags & ADSYNC__DASH ? way | ADSYNC__NUMBER_DASH : way;
}

static void find_plan(adsync__plan *plan, const adsync__field *fields, uint32_t n)
{
    plan->fields = fields;
    plan->n = n;
    plan->n_own = plan->n_groups = plan->n_copies = plan->n_reads = 0;
    for (uint32_t i = 0; i < n; i++) {
        plan->keys[i] = (adsync__key){ fields[i].name, strlen(fields[i].name) };
        plan->how[i] = find_how(&fields[i]);
        plan->last[i] = (adsync_value){ 0 };
        if (adsync__is_read(&fields[i])) plan->reads[plan->n_reads++] = (uint8_t)i;
        if (fields[i].flags & ADSYNC__AGAIN)
            find_copy(plan, i, find_first(fields, i), true);
        else if (!fields[i].in)
            find_copy(plan, i, find_own(plan, fields[i].name), false);
        else
            find_join(plan, fields, i);
    }
}

adsync__plan *adsync__object_plan(const adsync__object *object)
{
    adsync__plan *plan = &object->a->plan;

    if (plan->fields != object->fields || plan->n != object->n) find_plan(plan, object->fields, object->n);
    return plan;
}

/* The fields that lie in one member object. */
static bool find_group(const adsync__plan *plan, uint32_t i, adsync__node node, const adsync__node *own, adsync__node *f)
{
    uint32_t first = plan->groups[i].first, n = plan->groups[i].n;
    adsync__node inner = plan->groups[i].deep ? adsync__node_path(node, plan->fields[first].in) : own[plan->groups[i].own];

    if (adsync__node_keys(inner, &plan->keys[first], n, &f[first])) return true;
    if (!adsync__is_empty(inner)) return false;
    for (uint32_t k = first; k < first + n; k++) f[k] = (adsync__node){ 0 };
    return true;
}

bool adsync__object_find(adsync__object *object, adsync__node node)
{
    const adsync__plan *plan = adsync__object_plan(object);
    adsync__node own[ADSYNC__FIELDS_MOST], *f = object->f;

    if (!adsync__node_keys(node, plan->own, plan->n_own, own)) return false; /* no object, or a member stands twice */
    for (uint32_t i = 0; i < plan->n_groups; i++)
        if (!find_group(plan, i, node, own, f)) return false;
    for (uint32_t i = 0; i < plan->n_copies; i++) {
        uint32_t field = plan->copies[i].field, from = plan->copies[i].from;
        f[field] = !plan->copies[i].again ? own[from] : from < field ? f[from] : (adsync__node){ 0 };
    }
    return true;
}
