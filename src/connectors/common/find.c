/* SPDX-License-Identifier: MIT */
/* Finding a table's members in an object. How, is worked out once for all objects of an answer: which members lie in the object itself,
 * which of those are objects that hold others. Then each object is one pass, and each of those it holds one more. */
#include "common.h"

static bool find_together(const adsync__field *a, const adsync__field *b)
{
    return a->in == b->in || (a->in && b->in && !strcmp(a->in, b->in));
}

/* Which member of the object itself a name is. */
static uint32_t find_place(adsync__plan *plan, const char *name)
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

static void find_plan(adsync__plan *plan, const adsync__field *fields, uint32_t n)
{
    plan->fields = fields;
    plan->n = n;
    plan->n_own = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool again = fields[i].flags & ADSYNC__AGAIN, joins = i && !again && fields[i].in && find_together(&fields[i - 1], &fields[i]);
        plan->keys[i] = (adsync__key){ fields[i].name, strlen(fields[i].name) };
        plan->group[i] = 0;
        if (again)
            plan->place[i] = find_first(fields, i);
        else if (!fields[i].in)
            plan->place[i] = find_place(plan, fields[i].name);
        else if (!strchr(fields[i].in, '.'))
            plan->place[i] = find_place(plan, fields[i].in);
        if (joins && !(fields[i - 1].flags & ADSYNC__AGAIN)) continue;
        for (uint32_t k = i; fields[i].in && !again && k < n && !(fields[k].flags & ADSYNC__AGAIN) && find_together(&fields[i], &fields[k]);
             k++)
            plan->group[i]++;
    }
}

/* Those of the fields from i on that lie in a member object. */
static bool find_group(const adsync__plan *plan, uint32_t i, adsync__node node, const adsync__node *own, adsync__node *f)
{
    adsync__node inner = strchr(plan->fields[i].in, '.') ? adsync__node_path(node, plan->fields[i].in) : own[plan->place[i]];

    if (!adsync__is_empty(inner)) return adsync__node_keys(inner, &plan->keys[i], plan->group[i], &f[i]);
    for (uint32_t k = i; k < i + plan->group[i]; k++) f[k] = (adsync__node){ 0 };
    return true;
}

bool adsync__object_find(adsync__object *object, adsync__node node)
{
    adsync__plan *plan = &object->a->plan;
    adsync__node own[ADSYNC__FIELDS_MOST], *f = object->f;

    if (plan->fields != object->fields || plan->n != object->n) find_plan(plan, object->fields, object->n);
    if (!adsync__node_keys(node, plan->own, plan->n_own, own)) return false; /* no object, or a member stands twice */
    for (uint32_t i = 0; i < plan->n; i++) {
        if (plan->group[i] && !find_group(plan, i, node, own, f)) return false;
        if (plan->fields[i].flags & ADSYNC__AGAIN)
            f[i] = plan->place[i] < i ? f[plan->place[i]] : (adsync__node){ 0 };
        else if (!plan->fields[i].in)
            f[i] = own[plan->place[i]];
    }
    return true;
}
