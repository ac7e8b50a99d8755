/* SPDX-License-Identifier: MIT */
/* The rows of a report: which objects, which days, what is in each, and in which order they come. */
#include "tiktok.h"

#include <stddef.h>
#include <stdlib.h>

#define REPORT_PAGE 1000
#define REPORT_LATE (16 * 3600)

/* ---- objects */

static bool rows_listed(const tiktok_report *r, const tiktok_row *row, const tiktok_object *o)
{
    int64_t ad = o->smart ? tiktok_smart_id(row) : row->ad.id;

    if (r->campaigns && !tiktok_listed_id(r->campaigns, row->campaign.id)) return false;
    if (r->adgroups && r->level >= WORLD_ADSET && !tiktok_listed_id(r->adgroups, row->adset.id)) return false;
    return !r->ads || r->level != WORLD_AD || tiktok_listed_id(r->ads, ad);
}

static bool rows_state(char wanted, const world_entity *e) { return wanted == 'a' || tiktok_gone(e) == (wanted == 'd'); }

static bool rows_states(const tiktok_report *r, const tiktok_row *row)
{
    if (!rows_state(r->status[WORLD_CAMPAIGN], &row->campaign)) return false;
    if (r->level >= WORLD_ADSET && !rows_state(r->status[WORLD_ADSET], &row->adset)) return false;
    return r->level < WORLD_AD || rows_state(r->status[WORLD_AD], &row->item);
}

static void rows_object(tiktok_report *r, const world_account *account, world_kind kind, int64_t index, bool smart)
{
    int64_t ads = world_ads_under(r->site, smart ? WORLD_ADSET : kind);
    tiktok_object o = { .g = account->g, .index = index, .first = index * ads, .count = ads, .kind = kind, .smart = smart };
    tiktok_row row;

    if (!tiktok_row_at(r->site, smart ? WORLD_ADSET : kind, account->g, index, &row)) return;
    if ((row.family == TIKTOK_GMV) != r->gmv || (kind == WORLD_AD && r->v2 && (row.family == TIKTOK_SMART) != smart)) return;
    if (!rows_states(r, &row) || !rows_listed(r, &row, &o)) return;
    o.created = row.item.created;
    r->objects[r->object_count++] = o;
}

static int rows_newer(const void *a, const void *b)
{
    const tiktok_object *x = a, *y = b;

    if (x->created != y->created) return x->created < y->created ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

static void rows_of_account(tiktok_report *r, const world_account *account)
{
    int64_t count = r->level <= WORLD_AD ? world_count(r->site, r->level) : 0;

    if (r->level == WORLD_ACCOUNT)
        r->objects[r->object_count++] =
            (tiktok_object){ .g = account->g, .count = world_ads_under(r->site, WORLD_ACCOUNT), .kind = WORLD_ACCOUNT };
    for (int64_t i = 0; i < count; i++) rows_object(r, account, r->level, i, false);
    for (int64_t i = 0; r->v2 && i < world_count(r->site, WORLD_ADSET); i++) rows_object(r, account, WORLD_AD, i, true);
}

/* the newest are kept: what is left out is not told but by a header */
static void rows_objects(tiktok_report *r)
{
    size_t most = (size_t)sim_setting_int(r->site, "report-ids");
    int64_t each = 1 + world_count(r->site, WORLD_AD) + world_count(r->site, WORLD_ADSET) + world_count(r->site, WORLD_CAMPAIGN);

    r->objects = sim_need(calloc((size_t)each * (r->account_count + 1), sizeof *r->objects));
    for (size_t i = 0; r->ids && i < r->account_count; i++) rows_of_account(r, &r->accounts[i]);
    if (!r->ids) r->objects[r->object_count++] = (tiktok_object){ .g = -1, .count = world_ads_under(r->site, WORLD_ACCOUNT) };
    qsort(r->objects, r->object_count, sizeof *r->objects, rows_newer);
    r->dropped = r->object_count > most;
    if (r->dropped) r->object_count = most;
}

void tiktok_object_row(const tiktok_report *r, const tiktok_object *o, tiktok_row *row)
{
    *row = (tiktok_row){ .site = r->site, .smart_ad = o->smart };
    if (o->kind == WORLD_ACCOUNT || o->g < 0)
        (void)world_account_at(r->site, o->g < 0 ? r->accounts[0].g : o->g, &row->account);
    else
        (void)tiktok_row_at(r->site, o->smart ? WORLD_ADSET : o->kind, o->g, o->index, row);
    row->smart_ad = o->smart;
}

/* ---- figures */

void tiktok_report_add(tiktok_sums *sums, const tiktok_sums *more)
{
    int64_t *to = (int64_t *)sums;
    const int64_t *from = (const int64_t *)more;

    for (size_t i = 0; i < offsetof(tiktok_sums, late) / sizeof *to; i++) to[i] += from[i];
    sums->late = sums->late || more->late;
}

/* in the windows of the ad group: clicks, views, engaged views */
static void rows_event(const world_numbers *n, const world_entity *adset, int event, int64_t count[3], int64_t *value)
{
    static const int clicks[] = { -1, WORLD_1D_CLICK, WORLD_7D_CLICK, WORLD_7D_CLICK, WORLD_28D_CLICK };
    int click = clicks[tiktok_click_window(adset)], view = tiktok_view_window(adset);

    count[0] = click < 0 ? 0 : n->count[event][click];
    count[1] = view ? n->count[event][WORLD_1D_VIEW] : 0;
    count[2] = n->count[event][WORLD_1D_EV];
    *value = (click < 0 ? 0 : n->value[event][click]) + (view ? n->value[event][WORLD_1D_VIEW] : 0) + n->value[event][WORLD_1D_EV];
}

static void rows_sales(tiktok_sums *s, const tiktok_row *row)
{
    char leg = tiktok_leg(row);
    int64_t count[3], all, value, leads[3], unused;

    rows_event(&s->n, &row->adset, WORLD_PURCHASE, count, &value);
    rows_event(&s->n, &row->adset, WORLD_LEADS, leads, &unused);
    if (leg == 'l') memcpy(count, leads, sizeof count);
    all = count[0] + count[1] + count[2];
    s->clicked = leg ? count[0] : 0;
    s->viewed = leg ? count[1] : 0;
    s->engaged = leg ? count[2] : 0;
    s->web = leg == 'w' ? all : 0;
    s->web_value = leg == 'w' ? value : 0;
    s->web_viewed = leg == 'w' ? count[1] : 0;
    s->app = leg == 'a' ? all : 0;
    s->app_value = leg == 'a' ? value : 0;
    s->shop = leg == 's' ? all : 0;
    s->shop_value = leg == 's' ? value : 0;
    s->forms = leg == 'w' ? leads[0] + leads[1] + leads[2] : 0;
    s->instant = leg == 'l' ? all : 0;
}

static void rows_ad(const tiktok_report *r, const world_account *account, int64_t ad, const tiktok_cell *cell, tiktok_sums *sums)
{
    tiktok_sums one = { 0 }, arrived = { 0 };
    tiktok_row row;

    if (!tiktok_row_at(r->site, WORLD_AD, account->g, ad, &row) || (row.family == TIKTOK_GMV) != r->gmv) return;
    for (int64_t day = cell->from; day <= cell->to; day++) {
        world_numbers_add(r->site, account, ad, day, &one.n);
        if (r->arrived) world_arrived_add(r->site, account, ad, day, &arrived.n);
    }
    rows_sales(&one, &row);
    if (r->arrived) {
        rows_sales(&arrived, &row);
        one.arrived = arrived.clicked + arrived.viewed + arrived.engaged;
    }
    tiktok_report_add(sums, &one);
}

/* a share: the i-th of `of` nearly equal parts; the parts add up to the whole */
static void rows_share(tiktok_sums *sums, int64_t i, int64_t of)
{
    int64_t *n = (int64_t *)sums;

    for (size_t k = 0; k < offsetof(tiktok_sums, late) / sizeof *n; k++) n[k] = n[k] * (i + 1) / of - n[k] * i / of;
}

/* the hours of a day as its clock shows them: when it is turned one is missing or is there twice, and today ends now */
static void rows_hour(const tiktok_report *r, const world_account *account, const tiktok_cell *cell, tiktok_sums *sums)
{
    int64_t from = sim_zone_midnight(account->zone, cell->from), to = sim_zone_midnight(account->zone, cell->from + 1);
    int64_t now = sim_now(r->site->sim), hours = ((to < now ? to : now) - from + 3599) / 3600;
    tiktok_sums all = { 0 };

    for (int64_t i = 0; i < hours; i++) {
        int64_t at = from + i * 3600;
        tiktok_sums part = *sums;

        if ((at + sim_zone_offset(account->zone, at)) / 3600 % 24 != cell->hour) continue;
        rows_share(&part, i, hours);
        tiktok_report_add(&all, &part);
    }
    *sums = all;
}

void tiktok_report_sums(const tiktok_report *r, const tiktok_cell *cell, tiktok_sums *sums)
{
    const tiktok_object *o = &r->objects[cell->object];

    *sums = (tiktok_sums){ 0 };
    for (size_t i = 0; i < r->account_count; i++) {
        const world_account *account = &r->accounts[i];
        int64_t ends = sim_zone_midnight(account->zone, cell->to + 1);

        if (o->g >= 0 && o->g != account->g) continue;
        for (int64_t ad = o->first; ad < o->first + o->count; ad++) rows_ad(r, account, ad, cell, sums);
        if (cell->hour >= 0) rows_hour(r, account, cell, sums);
        sums->late = ends + REPORT_LATE > sim_now(r->site->sim);
    }
    for (int i = 0; i < 2; i++) {
        if (cell->part[i] >= 0) rows_share(sums, cell->part[i], tiktok_part_count(r->parts[i]));
    }
}

/* ---- cells */

/* a day without delivery is missing, or there with zeros */
static bool rows_there(const tiktok_report *r, const tiktok_cell *cell)
{
    const tiktok_object *o = &r->objects[cell->object];
    const world_account *account = &r->accounts[0];
    tiktok_sums sums;

    tiktok_report_sums(r, cell, &sums);
    if (r->type == 'a' && sums.late) return false; /* audiences are told of a day later */
    if (sums.n.impressions) return true;
    if (!r->days || r->type == 'a' || o->created > sim_zone_midnight(account->zone, cell->from)) return false;
    if (cell->from > sim_zone_day(account->zone, sim_now(r->site->sim))) return false;
    return sim_hash(sim_seed(r->site), 0x2e0, (uint64_t)o->g << 32 | (uint64_t)o->first, (uint64_t)cell->from) % 6 == 0;
}

static void rows_cell(tiktok_report *r, tiktok_cell cell, size_t *room)
{
    if (!rows_there(r, &cell)) return;
    if (r->cell_count == *room) {
        *room = *room ? *room * 2 : 64;
        r->cells = sim_need(realloc(r->cells, *room * sizeof *r->cells));
    }
    r->cells[r->cell_count++] = cell;
}

static void rows_parts(tiktok_report *r, tiktok_cell cell, size_t *room)
{
    int first = r->part_count > 0 ? tiktok_part_count(r->parts[0]) : 1, second = r->part_count > 1 ? tiktok_part_count(r->parts[1]) : 1;

    for (int a = 0; a < first; a++) {
        for (int b = 0; b < second; b++) {
            cell.part[0] = r->part_count > 0 ? a : -1;
            cell.part[1] = r->part_count > 1 ? b : -1;
            rows_cell(r, cell, room);
        }
    }
}

static double rows_value(const tiktok_report *r, const tiktok_cell *cell)
{
    const tiktok_metric *metric = tiktok_metric_named(r, r->order);
    tiktok_sums sums;

    if (!metric) return strncmp(r->order, "stat_time", 9) ? (double)r->objects[cell->object].first : (double)(cell->from * 24 + cell->hour);
    tiktok_report_sums(r, cell, &sums);
    return tiktok_metric_number(r, cell, metric, &sums);
}

typedef struct rows_place {
    double value;
    size_t at;
} rows_place;

static int rows_ascending(const void *a, const void *b)
{
    const rows_place *x = a, *y = b;

    if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static void rows_sort(tiktok_report *r)
{
    rows_place *places = sim_need(calloc(r->cell_count + 1, sizeof *places));
    tiktok_cell *sorted = sim_need(calloc(r->cell_count + 1, sizeof *sorted));

    for (size_t i = 0; i < r->cell_count; i++) {
        double value = rows_value(r, &r->cells[i]);

        places[i] = (rows_place){ r->ascending ? value : -value, i };
    }
    qsort(places, r->cell_count, sizeof *places, rows_ascending);
    for (size_t i = 0; i < r->cell_count; i++) sorted[i] = r->cells[places[i].at];
    free(places);
    free(r->cells);
    r->cells = sorted;
}

void tiktok_report_make(tiktok_report *r)
{
    size_t room = 0;

    if (r->type == 'e') return;
    rows_objects(r);
    for (size_t i = 0; i < r->object_count; i++) {
        for (int64_t day = r->from; day <= r->to; day += r->days || r->hours ? 1 : r->to - r->from + 1) {
            tiktok_cell cell = { .object = i, .from = day, .to = r->days || r->hours ? day : r->to, .hour = -1, .part = { -1, -1 } };

            for (int hour = 0; r->hours && hour < 24; hour++) {
                cell.hour = hour;
                rows_cell(r, cell, &room);
            }
            if (!r->hours) rows_parts(r, cell, &room);
        }
    }
    if (r->order) rows_sort(r);
}

void tiktok_report_free(tiktok_report *r)
{
    free(r->objects);
    free(r->cells);
}

/* ---- how they are written */

void tiktok_dimension(sim_text *out, const tiktok_report *r, const tiktok_cell *cell, const char *name)
{
    const tiktok_object *o = &r->objects[cell->object];
    int part = tiktok_part_named(name);
    tiktok_row row;
    char day[16];

    tiktok_object_row(r, o, &row);
    sim_day_text(day, cell->from - r->moved);
    if (!strncmp(name, "stat_time", 9))
        sim_printf(out, "%s %02d:00:00", day, cell->hour < 0 ? 0 : cell->hour);
    else if (part >= 0)
        sim_puts(out, tiktok_part_name(part, cell->part[r->parts[0] == part ? 0 : 1]));
    else if (!strcmp(name, "advertiser_id"))
        sim_int(out, row.account.id);
    else
        sim_int(out, o->smart ? tiktok_smart_id(&row) : row.item.id);
}

static void rows_dimensions(sim_text *out, const tiktok_report *r, const tiktok_cell *cell)
{
    sim_json_key(out, "dimensions");
    sim_json_open(out, '{');
    for (const sim_json *one = r->dimensions->child; one; one = one->next) {
        sim_json_key(out, one->text);
        sim_putc(out, '"');
        tiktok_dimension(out, r, cell, one->text);
        sim_putc(out, '"');
    }
    sim_putc(out, '}');
}

static void rows_metrics(sim_text *out, const tiktok_report *r, const char *key, const tiktok_cell *cell, const tiktok_sums *sums)
{
    sim_json_key(out, key);
    sim_json_open(out, '{');
    for (size_t i = 0; i < r->metric_count; i++) {
        sim_json_key(out, tiktok_metric_name(r->metrics[i], false));
        tiktok_metric_write(out, r, cell, r->metrics[i], sums, false);
    }
    sim_putc(out, '}');
}

void tiktok_report_row(sim_text *out, const tiktok_report *r, const tiktok_cell *cell)
{
    tiktok_sums sums;

    tiktok_report_sums(r, cell, &sums);
    sim_json_open(out, '{');
    if (cell->from % 2) rows_dimensions(out, r, cell);
    rows_metrics(out, r, "metrics", cell, &sums);
    if (!(cell->from % 2)) rows_dimensions(out, r, cell);
    sim_putc(out, '}');
}

static void rows_totals(sim_text *out, const tiktok_report *r)
{
    tiktok_cell cell = { .hour = -1, .part = { -1, -1 }, .from = r->from, .to = r->to };
    tiktok_sums all = { 0 }, one;

    for (size_t i = 0; i < r->cell_count; i++) {
        tiktok_report_sums(r, &r->cells[i], &one);
        tiktok_report_add(&all, &one);
    }
    rows_metrics(out, r, "total_metrics", &cell, &all);
}

static bool rows_answer(tiktok_call *call, tiktok_report *r)
{
    sim_text *out = &call->answer->body;
    int64_t page, size, total;

    if (!tiktok_page(call, REPORT_PAGE, &page, &size)) return false;
    tiktok_report_make(r);
    total = (int64_t)r->cell_count;
    if (r->dropped) sim_answer_header(call->answer, "X-Tt-Ads-Throttle", "1");
    tiktok_open(call);
    sim_puts(out, "{");
    tiktok_page_info(out, page, size, total);
    sim_json_key(out, "list");
    sim_json_open(out, '[');
    for (int64_t i = (page - 1) * size; i < total && i < page * size; i++) {
        tiktok_report_row(out, r, &r->cells[i]);
        call->answer->rows++;
    }
    sim_putc(out, ']');
    if (r->totals && page == 1 && total) rows_totals(out, r);
    sim_puts(out, "}");
    tiktok_close(call);
    tiktok_report_free(r);
    return true;
}

bool tiktok_report_get(tiktok_call *call)
{
    tiktok_report *r = sim_alloc(call->request->arena, sizeof *r);

    return tiktok_report_read(call, r, false) && rows_answer(call, r);
}

bool tiktok_gmv_report(tiktok_call *call)
{
    tiktok_report *r = sim_alloc(call->request->arena, sizeof *r);

    return tiktok_report_gmv(call, r) && rows_answer(call, r);
}

/* ---- the same as lines of a file */

static void rows_put(sim_text *out, bool csv, const char *text)
{
    if (csv) {
        tiktok_csv_cell(out, text);
        return;
    }
    if (out->size && out->p[out->size - 1] != '\n') sim_putc(out, '\x1f');
    sim_puts(out, text);
}

static const char *rows_title(const tiktok_report *r, const char *name)
{
    static const char *const titles[][2] = { { "advertiser_id", "Account ID" }, { "campaign_id", "Campaign ID" },
                                             { "adgroup_id", "Ad group ID" },   { "ad_id", "Ad ID" },
                                             { "stat_time_day", "By Day" },     { "stat_time_hour", "By Hour" } };

    for (size_t i = 0; r->titles && i < SIM_COUNT(titles); i++) {
        if (!strcmp(titles[i][0], name)) return titles[i][1];
    }
    return name;
}

static void rows_line(sim_text *out, const tiktok_report *r, const tiktok_cell *cell, bool csv)
{
    tiktok_sums sums;
    sim_text value = { 0 };

    tiktok_report_sums(r, cell, &sums);
    for (const sim_json *one = r->dimensions->child; one; one = one->next) {
        sim_clear(&value);
        tiktok_dimension(&value, r, cell, one->text);
        rows_put(out, csv, value.p);
    }
    for (size_t i = 0; i < r->metric_count; i++) {
        sim_arena arena = { 0 };
        sim_json *json;

        sim_clear(&value);
        tiktok_metric_write(&value, r, cell, r->metrics[i], &sums, true);
        json = sim_json_parse(&arena, value.p, value.size);
        rows_put(out, csv, json && json->text && json->kind != '0' ? json->text : "-");
        sim_arena_free(&arena);
    }
    sim_free(&value);
    sim_putc(out, '\n');
}

void tiktok_report_cells(sim_text *out, const tiktok_report *r, bool csv)
{
    for (const sim_json *one = r->dimensions->child; one; one = one->next) rows_put(out, csv, rows_title(r, one->text));
    for (size_t i = 0; i < r->metric_count; i++) rows_put(out, csv, tiktok_metric_name(r->metrics[i], r->titles));
    sim_putc(out, '\n');
    for (size_t i = 0; i < r->cell_count; i++) rows_line(out, r, &r->cells[i], csv);
}
