/* SPDX-License-Identifier: MIT */
/* googleAds:search with its pages and googleAds:searchStream with its batches, and the catalogue of fields. */
#include "google.h"

#include <stdlib.h>

#define PAGE_LIFE 7200
#define EMITTED_SHIFT 40 /* a cursor holds how many rows were shown, and where the next one is */

typedef struct search_key { /* of a row that must be sorted */
    int64_t place;
    google_value values[8];
} search_key;

typedef struct search_run {
    google_call *call;
    google_query query;
    google_rows rows;
    search_key *keys; /* ORDER BY: all rows */
    int64_t count, next, shown;
    world_numbers sum, arrived;
} search_run;

static const google_query *search_sorted; /* qsort takes no context; there is one thread */

static int search_values(const google_value *a, const google_value *b)
{
    if (!a->kind || !b->kind) return !!a->kind - !!b->kind;
    if (a->kind == 'd') return a->d < b->d ? -1 : a->d > b->d;
    if (a->s) return strcmp(a->s, b->s);
    return a->i < b->i ? -1 : a->i > b->i;
}

static int search_compare(const void *a, const void *b)
{
    const search_key *x = a, *y = b;

    for (size_t i = 0; i < search_sorted->orders; i++) {
        int c = search_values(&x->values[i], &y->values[i]);

        if (c) return search_sorted->order[i].descending ? -c : c;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

static void search_sort(search_run *run)
{
    size_t room = 0;
    int64_t place;

    while (google_rows_next(&run->rows, &place)) {
        search_key *key;

        if ((size_t)run->count == room) run->keys = sim_need(realloc(run->keys, (room = room ? room * 2 : 256) * sizeof *run->keys));
        key = &run->keys[run->count++];
        *key = (search_key){ .place = place };
        for (size_t i = 0; i < run->query.orders; i++) key->values[i] = run->query.order[i].field->get(&run->rows.row);
    }
    search_sorted = &run->query;
    if (run->count) qsort(run->keys, (size_t)run->count, sizeof *run->keys, search_compare);
}

static void search_add(world_numbers *sum, const world_numbers *n)
{
    int64_t *to = (int64_t *)sum;
    const int64_t *from = (const int64_t *)n;

    for (size_t i = 0; i < sizeof *n / sizeof *to; i++) to[i] += from[i];
}

/* loads the next row that may be shown; the limit counts over all pages */
static bool search_next(search_run *run, int64_t *place)
{
    if (run->query.limit >= 0 && run->shown >= run->query.limit) return false;
    if (run->query.orders) {
        if (run->next >= run->count) return false;
        *place = run->next++;
        if (!google_rows_load(&run->rows, run->keys[*place].place)) return false;
    } else if (!google_rows_next(&run->rows, place)) {
        return false;
    }
    run->shown++;
    search_add(&run->sum, &run->rows.row.n);
    search_add(&run->arrived, &run->rows.row.arrived);
    return true;
}

static void search_summary(search_run *run, sim_text *out)
{
    google_query metrics = run->query;
    google_row row = run->rows.row;

    metrics.selected = 0;
    for (size_t i = 0; i < run->query.selected; i++) {
        if (google_of(run->query.select[i]->name, "metrics")) metrics.select[metrics.selected++] = run->query.select[i];
    }
    metrics.omit_names = true;
    google_query_write(&metrics, run->call->version);
    row.query = &metrics;
    row.n = run->sum;
    row.arrived = run->arrived;
    row.action = -1;
    sim_json_key(out, "summaryRow");
    google_row_write(out, &row);
}

static int64_t search_cost(const google_query *q) { return 60 + 8 * (int64_t)q->selected + (q->metrics ? 40 : 0); }

static bool search_begin(search_run *run, google_call *call, const char *text)
{
    *run = (search_run){ .call = call };
    if (!google_query_read(call, text, &run->query)) return false;
    google_rows_begin(&run->rows, call, &run->query);
    if (run->query.orders) search_sort(run);
    return true;
}

/* ---- searchStream */

static void stream_tail(search_run *run, sim_text *out, bool last)
{
    sim_json_key(out, "fieldMask");
    google_mask_write(out, &run->query);
    sim_json_pair(out, "requestId", google_request_id(run->call));
    if (last) sim_json_id(out, "queryResourceConsumption", search_cost(&run->query));
}

static void search_stream(search_run *run, bool summary)
{
    sim_text *out = &run->call->answer->body;
    int64_t most = sim_setting_int(run->call->site, "page-rows"), place, rows = 0;

    run->call->answer->chunked = true;
    sim_puts(out, "[{");
    while (search_next(run, &place)) {
        if (rows && rows % most == 0) {
            sim_puts(out, "]");
            stream_tail(run, out, false);
            sim_puts(out, "},{");
        }
        if (rows++ % most == 0) sim_puts(out, "\"results\":[");
        google_row_write(out, &run->rows.row);
    }
    if (rows) sim_puts(out, "]");
    stream_tail(run, out, !summary);
    if (summary) {
        sim_puts(out, "},{");
        search_summary(run, out);
        stream_tail(run, out, true);
    }
    sim_puts(out, "}]");
    run->call->answer->rows = rows;
}

/* ---- search */

static bool search_page_token(search_run *run, uint64_t check)
{
    const char *token = sim_json_str(run->call->body, "pageToken", "");
    int64_t position, made;

    if (!*token) return true;
    if (!sim_cursor_read(run->call->site, token, check, &position, &made))
        return google_fail(run->call, "requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.");
    if (sim_now(run->call->site->sim) - made > PAGE_LIFE)
        return google_fail(run->call, "requestError", "EXPIRED_PAGE_TOKEN", "Page token has expired.");
    run->shown = position >> EMITTED_SHIFT;
    run->next = run->rows.at = position & ((1ll << EMITTED_SHIFT) - 1);
    return true;
}

static int64_t search_total(search_run *run)
{
    google_rows all;
    int64_t place, total = 0;

    if (run->query.orders) return run->count;
    google_rows_begin(&all, run->call, &run->query);
    while (google_rows_next(&all, &place)) total++;
    return total;
}

static void search_page(search_run *run, const sim_json *settings, uint64_t check)
{
    sim_text *out = &run->call->answer->body;
    int64_t most = sim_setting_int(run->call->site, "page-rows"), place = 0, rows = 0;
    bool omit = sim_json_bool(settings, "omitResults", false), more = false;
    sim_arena *arena = run->call->request->arena;

    sim_puts(out, "{");
    while (rows < most && search_next(run, &place)) {
        if (omit) continue;
        if (!rows++) sim_puts(out, "\"results\":[");
        google_row_write(out, &run->rows.row);
    }
    if (rows) sim_puts(out, "]");
    if (rows == most) more = search_next(run, &place);
    if (more)
        sim_json_pair(out, "nextPageToken", sim_cursor_make(run->call->site, arena, (run->shown - 1) << EMITTED_SHIFT | place, check));
    if (sim_json_bool(settings, "returnTotalResultsCount", false)) sim_json_id(out, "totalResultsCount", search_total(run));
    sim_json_key(out, "fieldMask");
    google_mask_write(out, &run->query);
    sim_json_id(out, "queryResourceConsumption", search_cost(&run->query));
    if (!more && sim_json_bool(settings, "returnSummaryRow", false)) search_summary(run, out);
    sim_puts(out, "}");
    run->call->answer->rows = rows;
}

static bool search_settings_known(google_call *call, const sim_json *settings)
{
    for (const sim_json *m = settings ? settings->child : NULL; m; m = m->next) {
        if (strcmp(m->name, "omitResults") && strcmp(m->name, "returnTotalResultsCount") && strcmp(m->name, "returnSummaryRow"))
            return google_fail_key(call, m->name);
    }
    return true;
}

/* a page that follows costs nothing as long as its token is good */
bool google_search(google_call *call)
{
    const char *text = sim_json_str(call->body, "query", ""), *summary = sim_json_str(call->body, "summaryRowSetting", "");
    const sim_json *settings = sim_json_get(call->body, "searchSettings");
    uint64_t check = sim_hash(sim_hash_bytes(0, text, strlen(text)), (uint64_t)call->customer.cid, 0, 0);
    search_run *run = sim_alloc(call->request->arena, sizeof *run);
    bool first = !*sim_json_str(call->body, "pageToken", ""), fine;

    if (sim_json_get(call->body, "pageSize"))
        return google_fail(call, "requestError", "PAGE_SIZE_NOT_SUPPORTED",
                           "Setting the page size is not supported. Search Response will have fixed page size of '10000' rows.");
    if (!search_settings_known(call, settings) || !google_limits_pass(call, first)) return false;
    if (!*text) return google_fail(call, "requestError", "REQUIRED_FIELD_MISSING", "Required field 'query' is missing.");
    fine = search_begin(run, call, text) && (call->stream || search_page_token(run, check));
    if (fine && !call->stream) sim_answer_header(call->answer, "request-id", google_request_id(call));
    if (fine && sim_json_bool(call->body, "validateOnly", false))
        sim_puts(&call->answer->body, "{}");
    else if (fine && call->stream)
        search_stream(run, !strcmp(summary, "SUMMARY_ROW_WITH_RESULTS"));
    else if (fine)
        search_page(run, settings, check);
    free(run->keys);
    return fine;
}

/* ---- the catalogue of fields */

static void catalogue_write(sim_text *out, const google_field *field)
{
    static const struct {
        char type;
        const char *word;
    } types[] = { { 'i', "INT64" }, { 'n', "INT32" },   { 'd', "DOUBLE" }, { 's', "STRING" },
                  { 'e', "ENUM" },  { 'b', "BOOLEAN" }, { 't', "DATE" },   { 'j', "MESSAGE" } };
    char name[160];

    (void)snprintf(name, sizeof name, "googleAdsFields/%s", field->name);
    sim_json_open(out, '{');
    sim_json_pair(out, "resourceName", name);
    sim_json_pair(out, "name", field->name);
    sim_json_pair(out, "category",
                  google_of(field->name, "metrics")    ? "METRIC"
                  : google_of(field->name, "segments") ? "SEGMENT"
                                                       : "ATTRIBUTE");
    sim_json_pair_bool(out, "selectable", true);
    sim_json_pair_bool(out, "filterable", field->type != 'j');
    sim_json_pair_bool(out, "sortable", field->type != 'j');
    for (size_t i = 0; i < SIM_COUNT(types); i++) {
        if (types[i].type == field->type) sim_json_pair(out, "dataType", types[i].word);
    }
    sim_json_pair_bool(out, "isRepeated", field->type == 'j');
    sim_putc(out, '}');
}

/* by query: every field of which a quoted name of the query is the name or, with %, a pattern of it */
static bool catalogue_wanted(const char *query, const char *name)
{
    char glob[160];

    for (const char *at = strchr(query, '\''); at; at = strchr(at + 1, '\'')) {
        size_t size = strcspn(at + 1, "'"), n = 0;

        for (size_t i = 0; i < size && n + 1 < sizeof glob; i++) glob[n++] = (char)(at[1 + i] == '%' ? '*' : at[1 + i]);
        glob[n] = 0;
        if (sim_glob(glob, name)) return true;
        at += size + 1;
        if (!*at) break;
    }
    return false;
}

bool google_catalogue(google_call *call, const char *name)
{
    sim_text *out = &call->answer->body;
    const google_field *field = name ? google_field_named(name, call->version) : NULL;
    const char *query = sim_json_str(call->body, "query", "");
    int64_t rows = 0;

    call->answer->action = "googleAdsFields";
    if (!google_limits_pass(call, true)) return false;
    if (name && !field) return google_fail(call, "requestError", "RESOURCE_NOT_FOUND", "The field '%s' was not found.", name);
    if (name) {
        catalogue_write(out, field);
        return true;
    }
    sim_puts(out, "{");
    for (size_t i = 0; (field = google_field_at(i)); i++) {
        if (google_field_named(field->name, call->version) != field || (strchr(query, '\'') && !catalogue_wanted(query, field->name)))
            continue;
        if (!rows++) sim_puts(out, "\"results\":[");
        catalogue_write(out, field);
    }
    if (rows) sim_puts(out, "]");
    sim_json_id(out, "totalResultsCount", rows);
    sim_puts(out, "}");
    call->answer->rows = rows;
    return true;
}
