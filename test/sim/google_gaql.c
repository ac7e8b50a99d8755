/* SPDX-License-Identifier: MIT */
/* GAQL: SELECT f,.. FROM r [WHERE c AND ..] [ORDER BY f [ASC|DESC],..] [LIMIT n] [PARAMETERS p = v]. No OR, no parentheses, no joins. */
#include "google.h"

#include <stdlib.h>
#include <strings.h>

typedef struct gaql {
    google_call *call;
    const char *at;
    char kind; /* of the token: w word, n number, s string, any sign as itself, 0 the end */
    const char *word;
    google_query *query;
} gaql;

static bool gaql_wrong(const gaql *g, const char *name, const char *format, const char *what)
{
    char text[400];

    (void)snprintf(text, sizeof text, format, what);
    return google_fail(g->call, "queryError", name, "Error in query: %s.", text);
}

static const char *gaql_take(gaql *g, const char *end)
{
    const char *word = sim_copy(g->call->request->arena, g->at, (size_t)(end - g->at));

    g->at = end;
    return word;
}

static bool gaql_string(gaql *g)
{
    char quote = *g->at, *out = sim_alloc(g->call->request->arena, strlen(g->at) + 1);
    size_t n = 0;

    g->kind = 's';
    for (g->at++; *g->at && *g->at != quote; g->at++) {
        if (*g->at == '\n') return gaql_wrong(g, "PROHIBITED_NEWLINE_IN_STRING", "a string holds a line break%s", "");
        if (*g->at == '\\') {
            g->at++;
            if (!*g->at || !strchr("\"'\\", *g->at)) return gaql_wrong(g, "BAD_ESCAPE_SEQUENCE", "invalid escape sequence '\\%.1s'", g->at);
        }
        out[n++] = *g->at;
    }
    if (!*g->at) return gaql_wrong(g, "STRING_NOT_TERMINATED", "unterminated string%s", "");
    g->at++;
    g->word = out;
    return true;
}

static bool gaql_number(gaql *g)
{
    g->kind = 'n';
    g->word = gaql_take(g, g->at + 1 + strspn(g->at + 1, "0123456789."));
    return true;
}

static bool gaql_sign(gaql *g)
{
    g->kind = '=';
    g->word = gaql_take(g, g->at + (*g->at != '=' && g->at[1] == '=' ? 2 : 1));
    return strcmp(g->word, "!") ? true : gaql_wrong(g, "BAD_OPERATOR", "unexpected '%s'", "!");
}

static bool gaql_next(gaql *g)
{
    static const char words[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.", digits[] = "0123456789-";

    while (*g->at && strchr(" \t\r\n", *g->at)) g->at++;
    g->word = "";
    if (!(g->kind = *g->at)) return true;
    if (strchr("'\"", *g->at)) return gaql_string(g);
    if (strchr("=<>!", *g->at)) return gaql_sign(g);
    if (strchr(digits, *g->at)) return gaql_number(g);
    if (strchr(words, *g->at)) {
        g->kind = 'w';
        g->word = gaql_take(g, g->at + strspn(g->at, words));
        return true;
    }
    if (!strchr("(),", *g->at)) return gaql_wrong(g, "BAD_SYMBOL", "unexpected '%.1s'", g->at);
    g->at++;
    return true;
}

static bool gaql_is(const gaql *g, const char *word) { return g->kind == 'w' && !strcasecmp(g->word, word); }

static bool gaql_field(gaql *g, const google_field **field)
{
    if (g->kind != 'w')
        return gaql_wrong(g, g->kind ? "BAD_FIELD_NAME" : "UNEXPECTED_END_OF_QUERY", "a field is missing before '%.20s'", g->at);
    if (!(*field = google_field_named(g->word, g->call->version)))
        return google_fail(g->call, "queryError", "UNRECOGNIZED_FIELD", "Unrecognized field in the query: '%s'.", g->word);
    return gaql_next(g);
}

static bool gaql_select(gaql *g)
{
    google_query *q = g->query;

    if (!gaql_is(g, "SELECT")) return gaql_wrong(g, "EXPECTED_SELECT", "it must begin with SELECT, not '%s'", g->word);
    do {
        const google_field *field = NULL;
        bool twice = false;

        if (!gaql_next(g) || !gaql_field(g, &field)) return false;
        for (size_t i = 0; i < q->selected; i++) twice |= q->select[i] == field;
        if (!twice && q->selected == SIM_COUNT(q->select)) return gaql_wrong(g, "QUERY_ERROR", "too many fields%s", "");
        if (!twice) q->select[q->selected++] = field;
    } while (g->kind == ',');
    return true;
}

static bool gaql_from(gaql *g)
{
    if (!gaql_is(g, "FROM")) return gaql_wrong(g, "EXPECTED_FROM", "FROM is missing before '%s'", g->word);
    if (!gaql_next(g)) return false;
    if (!(g->query->from = google_resource_named(g->word, strlen(g->word))))
        return google_fail(g->call, "queryError", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", "'%s' is not a valid resource name.", g->word);
    return gaql_next(g);
}

/* ---- WHERE */

/* takes: what stands behind it, one value, two, a list, a word of time, nothing */
static const struct {
    const char *text;
    char takes;
} gaql_operators[GOOGLE_OPERATORS] = {
    [GOOGLE_EQ] = { "=", '1' },
    [GOOGLE_NE] = { "!=", '1' },
    [GOOGLE_LT] = { "<", '1' },
    [GOOGLE_LE] = { "<=", '1' },
    [GOOGLE_GT] = { ">", '1' },
    [GOOGLE_GE] = { ">=", '1' },
    [GOOGLE_BETWEEN] = { "BETWEEN", '2' },
    [GOOGLE_DURING] = { "DURING", 'd' },
    [GOOGLE_IN] = { "IN", 'l' },
    [GOOGLE_NOT_IN] = { "NOT IN", 'l' },
    [GOOGLE_ANY] = { "CONTAINS ANY", 'l' },
    [GOOGLE_ALL] = { "CONTAINS ALL", 'l' },
    [GOOGLE_NONE] = { "CONTAINS NONE", 'l' },
    [GOOGLE_LIKE] = { "LIKE", '1' },
    [GOOGLE_NOT_LIKE] = { "NOT LIKE", '1' },
    [GOOGLE_MATCH] = { "REGEXP_MATCH", '1' },
    [GOOGLE_NOT_MATCH] = { "NOT REGEXP_MATCH", '1' },
    [GOOGLE_NULL] = { "IS NULL", 0 },
    [GOOGLE_NOT_NULL] = { "IS NOT NULL", 0 },
};

/* word by word, for as long as an operator begins like this */
static bool gaql_operator(gaql *g, google_operator *op)
{
    char text[32] = "";
    bool begins;

    do {
        size_t used = strlen(text);

        (void)snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", g->word);
        begins = false;
        for (int i = 0; i < GOOGLE_OPERATORS; i++) {
            if (!strcasecmp(gaql_operators[i].text, text)) {
                *op = (google_operator)i;
                return gaql_next(g);
            }
            begins |= !strncasecmp(gaql_operators[i].text, text, strlen(text)) && gaql_operators[i].text[strlen(text)] == ' ';
        }
        if (begins && !gaql_next(g)) return false;
    } while (begins);
    return gaql_wrong(g, "BAD_OPERATOR", "unexpected '%s'", text);
}

static bool gaql_value(gaql *g, google_condition *c)
{
    if (g->kind != 'w' && g->kind != 'n' && g->kind != 's')
        return gaql_wrong(g, g->kind ? "BAD_VALUE" : "UNEXPECTED_END_OF_QUERY", "a value is missing before '%.20s'", g->at);
    if (c->count == SIM_COUNT(c->values)) return gaql_wrong(g, "FILTER_HAS_TOO_MANY_VALUES", "too many values%s", "");
    if (strchr("in", c->field->type) && g->kind != 'n' && strspn(g->word, "-0123456789") != strlen(g->word))
        return gaql_wrong(g, "BAD_NUMBER", "'%s' is not a number", g->word);
    c->values[c->count++] = g->word;
    return gaql_next(g);
}

static bool gaql_list(gaql *g, google_condition *c)
{
    if (g->kind != '(') return gaql_wrong(g, "EXPECTED_LIST", "a list is missing before '%.20s'", g->at);
    do {
        if (!gaql_next(g)) return false;
        if (g->kind == ')' && !c->count) return gaql_wrong(g, "PROHIBITED_EMPTY_LIST_IN_CONDITION", "an empty list%s", "");
        if (!gaql_value(g, c)) return false;
    } while (g->kind == ',');
    if (g->kind != ')') return gaql_wrong(g, "BAD_SYMBOL", "a list does not end before '%.20s'", g->at);
    return gaql_next(g);
}

static bool gaql_time(gaql *g, google_condition *c)
{
    int64_t from, to;

    if (c->field->type == 't' && google_during(g->word, 0, &from, &to)) return gaql_value(g, c);
    return gaql_wrong(g, "INVALID_VALUE_WITH_DURING_OPERATOR", "invalid value '%s' with DURING", g->word);
}

static bool gaql_two(gaql *g, google_condition *c)
{
    if (!gaql_value(g, c)) return false;
    if (!gaql_is(g, "AND")) return gaql_wrong(g, "EXPECTED_AND", "BETWEEN has no AND before '%s'", g->word);
    return gaql_next(g) && gaql_value(g, c);
}

static bool gaql_condition(gaql *g, google_condition **tail)
{
    google_condition *c = *tail = sim_alloc(g->call->request->arena, sizeof *c);

    if (!gaql_field(g, &c->field) || !gaql_operator(g, &c->op)) return false;
    switch (gaql_operators[c->op].takes) {
    case '1':
        return gaql_value(g, c);
    case '2':
        return gaql_two(g, c);
    case 'l':
        return gaql_list(g, c);
    case 'd':
        return gaql_time(g, c);
    default:
        return true;
    }
}

static bool gaql_where(gaql *g)
{
    google_condition **tail = &g->query->where;

    do {
        if (!gaql_next(g) || !gaql_condition(g, tail)) return false;
        tail = &(*tail)->next;
    } while (gaql_is(g, "AND"));
    return true;
}

/* ---- what comes behind */

static bool gaql_order(gaql *g)
{
    google_query *q = g->query;

    if (!gaql_next(g)) return false;
    if (!gaql_is(g, "BY")) return gaql_wrong(g, "EXPECTED_BY", "ORDER has no BY before '%s'", g->word);
    do {
        google_order *o = &q->order[q->orders];

        if (q->orders == SIM_COUNT(q->order)) return gaql_wrong(g, "QUERY_ERROR", "too many fields to order by%s", "");
        if (!gaql_next(g) || !gaql_field(g, &o->field)) return false;
        o->descending = gaql_is(g, "DESC");
        if ((o->descending || gaql_is(g, "ASC")) && !gaql_next(g)) return false;
        q->orders++;
    } while (g->kind == ',');
    return true;
}

static bool gaql_limit(gaql *g)
{
    if (!gaql_next(g)) return false;
    if (g->kind != 'n' || strchr(g->word, '.')) return gaql_wrong(g, "BAD_LIMIT_VALUE", "invalid limit '%s'", g->word);
    g->query->limit = strtoll(g->word, NULL, 10);
    if (g->query->limit < 1) return gaql_wrong(g, "LIMIT_VALUE_TOO_LOW", "limit '%s' is too low", g->word);
    return gaql_next(g);
}

static bool gaql_parameters(gaql *g)
{
    bool omit;

    do {
        if (!gaql_next(g)) return false;
        if (!gaql_is(g, "omit_unselected_resource_names") && !gaql_is(g, "include_drafts"))
            return gaql_wrong(g, "BAD_PARAMETER_NAME", "unknown parameter '%s'", g->word);
        omit = gaql_is(g, "omit_unselected_resource_names");
            if (!gaql_next(g) || strcmp(g->word, "=") || !gaql_next(g) || (!gaql_is(g, "true") && !gaql_is(g, "false")))
                return gaql_wrong(g, "BAD_PARAMETER_VALUE", "invalid value '%s'", g->word);
        if (omit) g->query->omit_names = gaql_is(g, "true");
        if (!gaql_next(g)) return false;
    } while (g->kind == ',');
    return true;
}

bool google_query_read(google_call *call, const char *text, google_query *query)
{
    gaql g = { .call = call, .at = text, .query = query };

    *query = (google_query){ .limit = -1 };
    if (!gaql_next(&g) || !gaql_select(&g) || !gaql_from(&g)) return false;
    if (gaql_is(&g, "WHERE") && !gaql_where(&g)) return false;
    if (gaql_is(&g, "ORDER") && !gaql_order(&g)) return false;
    if (gaql_is(&g, "LIMIT") && !gaql_limit(&g)) return false;
    if (gaql_is(&g, "PARAMETERS") && !gaql_parameters(&g)) return false;
    return g.kind ? gaql_wrong(&g, "UNEXPECTED_INPUT", "unexpected input '%s'", g.word) : google_query_plan(call, query);
}
