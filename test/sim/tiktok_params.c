/* SPDX-License-Identifier: MIT */
/* Parameters: scalars as they are, lists and objects as JSON text; in the query of a GET, in the JSON body of a POST. */
#include "tiktok.h"

#include <stdlib.h>

const char *tiktok_param(const tiktok_call *call, const char *name)
{
    const char *value = sim_pairs_get(call->body ? &call->request->form : &call->request->query, name);

    return value && *value ? value : NULL;
}

bool tiktok_param_list(tiktok_call *call, const char *name, int64_t most, const sim_json **list)
{
    const char *text = tiktok_param(call, name);
    int64_t count = 0;

    *list = NULL;
    if (!text || !strcmp(text, "null")) return true;
    *list = sim_json_parse(call->request->arena, text, strlen(text));
    if (!*list || (*list)->kind != 'a') return tiktok_fail(call, 40002, "%s: Not a valid list.", name);
    for (const sim_json *one = (*list)->child; one; one = one->next) {
        if (one->kind != 's') return tiktok_fail(call, 40002, "%s: Not a valid string.", name);
        count++;
    }
    return most && count > most ? tiktok_fail(call, 40011, "%s: the number of ids exceeds %lld.", name, (long long)most) : true;
}

static bool param_number(tiktok_call *call, const char *name, int64_t otherwise, int64_t most, int64_t *value)
{
    const char *text = tiktok_param(call, name);
    char *end;

    *value = text ? strtoll(text, &end, 10) : otherwise;
    if (!text) return true;
    if (*end || *value < 1 || *value > most)
        return tiktok_fail(call, 40002, "%s: must be greater than or equal to 1 and less than or equal to %lld.", name, (long long)most);
    return true;
}

bool tiktok_page(tiktok_call *call, int64_t most, int64_t *page, int64_t *size)
{
    return param_number(call, "page", 1, INT32_MAX, page) && param_number(call, "page_size", 10 < most ? 10 : most, most, size);
}

void tiktok_page_info(sim_text *out, int64_t page, int64_t size, int64_t total)
{
    sim_json_key(out, "page_info");
    sim_json_open(out, '{');
    sim_json_pair_int(out, "page", page);
    sim_json_pair_int(out, "page_size", size);
    sim_json_pair_int(out, "total_page", (total + size - 1) / size);
    sim_json_pair_int(out, "total_number", total);
    sim_puts(out, "}");
}

bool tiktok_listed(const sim_json *list, const char *text)
{
    for (const sim_json *one = list ? list->child : NULL; one; one = one->next) {
        if (one->text && !strcmp(one->text, text)) return true;
    }
    return false;
}

bool tiktok_listed_id(const sim_json *list, int64_t id)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)id);
    return tiktok_listed(list, text);
}

bool tiktok_ids(tiktok_call *call, const char *name, const sim_json *list)
{
    int count = 0;

    if (list && list->kind != 'a') return tiktok_fail(call, 40002, "%s: Not a valid list.", name);
    for (const sim_json *one = list ? list->child : NULL; one; one = one->next) {
        if (one->kind != 's' || strspn(one->text, "0123456789") != one->size || !one->size)
            return tiktok_fail(call, 40002, "%s: Not a valid string.", name);
        if (++count > TIKTOK_IDS_MOST) return tiktok_fail(call, 40011, "%s: the number of ids exceeds %d.", name, TIKTOK_IDS_MOST);
    }
    return true;
}
