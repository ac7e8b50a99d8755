/* SPDX-License-Identifier: MIT */
/* What a call says: each parameter has one type everywhere, is echoed as the platform understood it, and an unknown one is refused. */
#include "x.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* t a time, echoed by whoever knows the account's days; l a list of text, n of numbers; i a number, b true or false, s text */
static const struct {
    const char *name;
    char type;
    int most;
} params_known[] = {
    { "account_ids", 'l', X_LIST_MAX },
    { "campaign_ids", 'l', X_LIST_MAX },
    { "line_item_ids", 'l', X_LIST_MAX },
    { "funding_instrument_ids", 'l', X_LIST_MAX },
    { "promoted_tweet_ids", 'l', X_LIST_MAX },
    { "promoted_account_ids", 'l', X_LIST_MAX },
    { "media_creative_ids", 'l', X_LIST_MAX },
    { "targeting_criterion_ids", 'l', X_LIST_MAX },
    { "custom_audience_ids", 'l', X_LIST_MAX },
    { "web_event_tag_ids", 'l', X_LIST_MAX },
    { "card_ids", 'l', X_LIST_MAX },
    { "card_uris", 'l', X_LIST_MAX },
    { "media_keys", 'l', X_LIST_MAX },
    { "tweet_ids", 'n', X_LIST_MAX },
    { "job_ids", 'n', X_LIST_MAX },
    { "entity_ids", 'l', 20 },
    { "metric_groups", 'l', 10 },
    { "sort_by", 'l', 10 },
    { "count", 'i', 0 },
    { "user_id", 'i', 0 },
    { "with_deleted", 'b', 0 },
    { "with_draft", 'b', 0 },
    { "with_total_count", 'b', 0 },
    { "include_legacy_cards", 'b', 0 },
    { "trim_user", 'b', 0 },
    { "start_time", 't', 0 },
    { "end_time", 't', 0 },
};

const char *x_param(const x_call *call, const char *name) { return sim_pairs_get(&call->params, name); }

bool x_flag(const x_call *call, const char *name)
{
    const char *value = x_param(call, name);

    return value && !strcmp(value, "true");
}

int64_t x_number(const x_call *call, const char *name, int64_t otherwise)
{
    const char *value = x_param(call, name);

    return value ? strtoll(value, NULL, 10) : otherwise;
}

bool x_listed(const char *list, const char *word)
{
    size_t size = strlen(word);

    while (*list) {
        size_t length = strcspn(list, ",");

        if (length == size && !strncmp(list, word, size)) return true;
        list += length + (list[length] == ',');
    }
    return false;
}

size_t x_split(sim_arena *arena, const char *list, const char **words, size_t most)
{
    size_t count = 0;

    while (*list) {
        size_t length = strcspn(list, ",");

        if (length && count++ < most) words[count - 1] = sim_copy(arena, list, length);
        list += length + (list[length] == ',');
    }
    return count;
}

/* ---- time */

static bool params_digits(const char **text, int count, int64_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (!isdigit((unsigned char)**text)) return false;
        *value = *value * 10 + **text - '0';
    }
    return true;
}

/* Z, +HH, +HHMM, +HH:MM */
static bool params_offset(const char *text, int64_t *offset)
{
    int64_t sign = *text == '-' ? -1 : 1, hours, minutes = 0;

    *offset = 0;
    if (!strcmp(text, "Z")) return true;
    if (*text != '+' && *text != '-') return false;
    text++;
    if (!params_digits(&text, 2, &hours)) return false;
    if (*text == ':') text++;
    if (*text && (!params_digits(&text, 2, &minutes) || *text)) return false;
    *offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool x_time_read(const char *text, int64_t *at, bool *date_only)
{
    int64_t day, hour, minute, second = 0, offset;
    char date[11];

    (void)snprintf(date, sizeof date, "%s", text);
    *date_only = strlen(text) == 10;
    if (strlen(date) != 10 || date[4] != '-' || !sim_day_read(date, &day)) return false;
    *at = day * SIM_DAY;
    if (*date_only) return true;
    text += 10;
    if (*text++ != 'T' || !params_digits(&text, 2, &hour) || *text++ != ':' || !params_digits(&text, 2, &minute)) return false;
    if (*text == ':' && (text++, !params_digits(&text, 2, &second))) return false;
    if (hour > 23 || minute > 59 || second > 59 || !params_offset(text, &offset)) return false;
    *at += hour * 3600 + minute * 60 + second - offset;
    return true;
}

/* ---- reading */

static bool params_wrong(x_call *call, const char *name, const char *value, const char *wanted)
{
    char message[256], details[64];

    (void)snprintf(message, sizeof message, "Expected %s, got \"%.100s\" for %s", wanted, value, name);
    (void)snprintf(details, sizeof details, "invalid %s", !strcmp(wanted, "time") ? "date" : wanted);
    return x_fail_with(call, 400, &(x_error){ "INVALID_PARAMETER", message, name, details, value }, 1);
}

static bool params_is_number(const char *text)
{
    char *end;

    errno = 0;
    (void)strtoll(text, &end, 10);
    return isdigit((unsigned char)*text) && !*end && !errno;
}

static bool params_list(x_call *call, const char *name, const char *value, int most, bool numbers)
{
    const char **words = sim_alloc(call->request->arena, ((size_t)most + 1) * sizeof *words);
    size_t count = x_split(call->request->arena, value, words, (size_t)most);

    if (!count) return params_wrong(call, name, value, "list");
    if (count > (size_t)most)
        return x_fail(call, 400, "INVALID_PARAMETER", name, "A maximum of %d values is allowed for %s, got %zu", most, name, count);
    sim_json_key(&call->echo, name);
    sim_json_open(&call->echo, '[');
    for (size_t i = 0; i < count; i++) {
        if (!numbers) {
            sim_json_string(&call->echo, words[i]);
            continue;
        }
        if (!params_is_number(words[i])) return params_wrong(call, name, words[i], "integer");
        sim_comma(&call->echo);
        sim_int(&call->echo, strtoll(words[i], NULL, 10));
    }
    sim_putc(&call->echo, ']');
    return true;
}

static bool params_one(x_call *call, const char *name, const char *value)
{
    char type = 's';
    int64_t at;
    bool date;
    int most = 0;

    for (size_t i = 0; i < SIM_COUNT(params_known); i++) {
        if (strcmp(params_known[i].name, name)) continue;
        type = params_known[i].type;
        most = params_known[i].most;
    }
    if (type == 'l' || type == 'n') return params_list(call, name, value, most, type == 'n');
    if (type == 't') return x_time_read(value, &at, &date) ? true : params_wrong(call, name, value, "time");
    if (type == 'b' && strcmp(value, "true") && strcmp(value, "false")) return params_wrong(call, name, value, "boolean");
    if (type == 'i' && !params_is_number(value)) return params_wrong(call, name, value, "integer");
    if (type == 'b')
        sim_json_pair_bool(&call->echo, name, !strcmp(value, "true"));
    else if (type == 'i')
        sim_json_pair_int(&call->echo, name, strtoll(value, NULL, 10));
    else
        sim_json_pair(&call->echo, name, value);
    return true;
}

static bool params_allowed(const char *allowed, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = allowed; (at = strstr(at, name)); at += size) {
        if ((at == allowed || at[-1] == ' ') && (at[size] == ' ' || !at[size])) return true;
    }
    return false;
}

/* allowed: names between blanks */
bool x_params_read(x_call *call, const char *allowed)
{
    for (size_t i = 0; i < call->params.count; i++) {
        const sim_pair *p = &call->params.p[i];

        if (!*p->name || !params_allowed(allowed, p->name))
            return x_fail(call, 400, "UNKNOWN_PARAMETER", p->name, "\"%.80s\" is not a known parameter", p->name);
        if (!params_one(call, p->name, p->value)) return false;
    }
    return true;
}
