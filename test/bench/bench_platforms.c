/* SPDX-License-Identifier: MIT */
/* What a page of figures costs, for each platform. Ours is what the kernel does with an answer: the connector's response slot (parse, look
 * for a refusal, walk, check, convert, make rows), once more for each piece of a body that holds more rows than one outcome carries, the
 * check of the outcome, and freeing it with all it held. Theirs fills an array of structs by hand. Both must find the same. The numbers
 * are rows per second of this process' processor time. */
#include "bench.h"
#include "platforms.h"

#include "engine/builtin.h"
#include "platform/platform.h"
#include "storage/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OUTCOME_ROWS = 1500 };
static const double QUICK_SHARE = 0.35; /* of what is promised: a quick run on a busy machine, as a test */

typedef struct side {
    const platforms_case *c;
    platforms_page page;
    const adsync_connector_ops *ops;
    platforms_row *rows;
    uint32_t repeat;
} side;

static double cpu_seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- ours */

static void side_task(const side *s, adsync_task *task)
{
    const struct {
        uint32_t group;
        const char *name, *text;
    } texts[] = {
        { ADSYNC__TASK_PARAM, "api_version", s->c->version },
        { ADSYNC__TASK_PARAM, "account_id", s->c->account },
        { ADSYNC__TASK_FACT, "currency", "USD" },
        { ADSYNC__TASK_FACT, "time_zone", s->c->zone },
        { ADSYNC__TASK_FACT, "login_customer_id", "98765432" },
        { ADSYNC__TASK_SECRET, "access_token", "" },
        { ADSYNC__TASK_SECRET, "carried", "" },
    };
    char cursor[sizeof s->page.ids + 100];

    adsync__task_begin(task, ADSYNC_TASK_REPORT, ADSYNC_KIND_AD);
    for (size_t i = 0; i < ADSYNC__COUNT(texts); i++) adsync__task_text(task, texts[i].group, texts[i].name, texts[i].text);
    adsync__task_int(task, "now_us", INT64_C(1770000000000000));
    adsync__task_int(task, "from", s->c->from);
    adsync__task_int(task, "to", s->c->to);
    if (!s->c->cursor) return;
    (void)snprintf(cursor, sizeof cursor, s->c->cursor, s->page.ids);
    adsync__task_text(task, ADSYNC__TASK_PARAM, "cursor", cursor);
}

typedef void (*side_taker)(side *s, const adsync_outcome *outcome, uint32_t through);

/* The page once; take is given each outcome. How many rows it gave. */
static uint32_t side_digest(side *s, side_taker take)
{
    adsync__arena answer = { 0 };
    adsync_response in = { .status = 200, .headers = "", .body = s->page.body, .size = s->page.size, .arena = &answer };
    adsync_task task;
    uint32_t n = 0;
    bool more = true;

    side_task(s, &task);
    while (more) {
        adsync_outcome outcome;
        adsync_error *error = NULL;
        adsync_status rc;

        adsync__outcome_begin(&outcome);
        rc = s->ops->response(s->ops->user, &task, &in, &outcome, &error);
        if (rc >= 0) rc = adsync__outcome_check(&outcome, &error);
        bench_need(rc >= 0 && outcome.way != ADSYNC__WAY_FAIL, rc < 0 ? adsync_error_message(error) : outcome.message);
        if (take) take(s, &outcome, n);
        n += outcome.n_rows;
        if ((more = outcome.way == ADSYNC__WAY_MORE)) adsync__task_text(&task, ADSYNC__TASK_PARAM, "cursor", outcome.cursor);
        adsync__outcome_free(&outcome);
    }
    adsync__parsed_free(&in.parsed); /* as the kernel keeps it while there is more */
    adsync__arena_free(&answer);
    adsync__task_free(&task);
    return n;
}

static double ours(const bench *b, void *user)
{
    side *s = user;
    double began = cpu_seconds();
    uint32_t n = 0;

    (void)b;
    for (uint32_t i = 0; i < s->repeat; i++) n += side_digest(s, NULL);
    bench_need(n == s->page.rows * s->repeat, "a page of other rows");
    return n / (cpu_seconds() - began);
}

static const uint32_t figure_columns[FIGURES] = {
    [FIGURE_SPEND] = ADSYNC_C_SPEND,
    [FIGURE_IMPRESSIONS] = ADSYNC_C_IMPRESSIONS,
    [FIGURE_CLICKS] = ADSYNC_C_CLICKS,
    [FIGURE_LINK_CLICKS] = ADSYNC_C_LINK_CLICKS,
    [FIGURE_CONVERSIONS] = ADSYNC_C_CONVERSIONS,
    [FIGURE_CLICK_CONVERSIONS] = ADSYNC_C_CLICK_CONVERSIONS,
    [FIGURE_VIEW_CONVERSIONS] = ADSYNC_C_VIEW_CONVERSIONS,
    [FIGURE_REVENUE] = ADSYNC_C_REVENUE,
    [FIGURE_PURCHASES] = ADSYNC_C_PURCHASES,
    [FIGURE_LEADS] = ADSYNC_C_LEADS,
    [FIGURE_ENGAGEMENTS] = ADSYNC_C_ENGAGEMENTS,
    [FIGURE_VIDEO_VIEWS] = ADSYNC_C_VIDEO_VIEWS,
    [FIGURE_REACH] = ADSYNC_C_REACH,
    [FIGURE_BY_EVENT_DAY] = ADSYNC_C_CONVERSIONS_BY_EVENT_DAY,
    [FIGURE_FINAL] = ADSYNC_C_FINAL,
};

/* ---- theirs */

static void side_row(const side *s, const platforms_row *from, adsync_outcome *outcome)
{
    adsync_row *row = adsync_outcome_row(outcome, ADSYNC_T_METRICS, ADSYNC_KIND_AD, ADSYNC_TWICE_SUM);

    adsync_row_text(row, ADSYNC_C_ENTITY_ID, from->id, SIZE_MAX);
    adsync_row_int(row, ADSYNC_C_DAY, from->day);
    adsync_row_text(row, ADSYNC_C_CURRENCY, from->currency, SIZE_MAX);
    if (*from->campaign) adsync_row_text(row, ADSYNC_C_CAMPAIGN_ID, from->campaign, SIZE_MAX);
    if (s->c->attribution) adsync_row_text(row, ADSYNC_C_ATTRIBUTION, s->c->attribution, SIZE_MAX);
    if (s->c->part) adsync_row_text(row, ADSYNC_C_PART, s->c->part, SIZE_MAX);
    for (uint32_t i = 0; i < FIGURES; i++)
        if (from->has >> i & 1) adsync_row_int(row, figure_columns[i], from->figures[i]);
}

/* The page by hand, then its rows in outcomes of the size that the kernel takes. */
static uint32_t side_floor(side *s)
{
    uint32_t n = s->c->floor(&s->page, s->rows), i = 0;
    adsync_outcome outcome;

    while (i < n) {
        adsync__outcome_begin(&outcome);
        for (uint32_t end = i + OUTCOME_ROWS; i < n && i < end; i++) side_row(s, &s->rows[i], &outcome);
        adsync_outcome_done(&outcome, 1, ADSYNC_EVIDENCE_STRONG);
        bench_need(adsync__outcome_check(&outcome, NULL) >= 0, "rows");
        adsync__outcome_free(&outcome);
    }
    return n;
}

static double theirs(const bench *b, void *user)
{
    side *s = user;
    double began = cpu_seconds();
    uint32_t n = 0;

    (void)b;
    for (uint32_t i = 0; i < s->repeat; i++) n += side_floor(s);
    bench_need(n == s->page.rows * s->repeat, "a page of other rows");
    return n / (cpu_seconds() - began);
}

/* The same without the rows that the kernel takes, for the record. */
static double bare(const bench *b, void *user)
{
    side *s = user;
    double began = cpu_seconds();
    uint32_t n = 0;

    (void)b;
    for (uint32_t i = 0; i < s->repeat; i++) n += s->c->floor(&s->page, s->rows);
    return n / (cpu_seconds() - began);
}

/* ---- both find the same */

static const char *side_text(const adsync_row *row, uint32_t column)
{
    const adsync_value *value = adsync__row_get(row, column);

    return value ? value->p : "";
}

static int side_order(const void *a, const void *b)
{
    const platforms_row *x = a, *y = b;
    int diff = strcmp(x->id, y->id);

    return diff ? diff : (x->day > y->day) - (x->day < y->day);
}

static platforms_row *side_found; /* ours, while the two are compared */

static void side_keep(side *s, const adsync_outcome *outcome, uint32_t through)
{
    for (const adsync__out_row *from = outcome->rows; from; from = from->next) {
        platforms_row *row = &side_found[through++];
        bench_need(through <= s->page.rows, "more rows than the page has");
        (void)snprintf(row->id, sizeof row->id, "%s", side_text(&from->row, ADSYNC_C_ENTITY_ID));
        (void)snprintf(row->campaign, sizeof row->campaign, "%s", side_text(&from->row, ADSYNC_C_CAMPAIGN_ID));
        (void)snprintf(row->currency, sizeof row->currency, "%s", side_text(&from->row, ADSYNC_C_CURRENCY));
        row->day = adsync__row_get(&from->row, ADSYNC_C_DAY)->i;
        for (uint32_t i = 0; i < FIGURES; i++) {
            const adsync_value *value = adsync__row_get(&from->row, figure_columns[i]);
            if (!value) continue;
            row->has |= 1u << i;
            row->figures[i] = value->i;
        }
    }
}

static bool side_same(const platforms_row *a, const platforms_row *b)
{
    if (strcmp(a->id, b->id) || strcmp(a->campaign, b->campaign) || strcmp(a->currency, b->currency)) return false;
    if (a->day != b->day || a->has != b->has) return false;
    for (uint32_t i = 0; i < FIGURES; i++)
        if ((a->has >> i & 1) && a->figures[i] != b->figures[i]) return false;
    return true;
}

static void side_compare(side *s)
{
    uint32_t n = s->page.rows, i = 0;

    side_found = calloc(n, sizeof *side_found);
    bench_need(side_found != NULL, "memory");
    bench_need(side_digest(s, side_keep) == n && s->c->floor(&s->page, s->rows) == n, "a page of other rows");
    qsort(side_found, n, sizeof *side_found, side_order);
    qsort(s->rows, n, sizeof *s->rows, side_order);
    while (i < n && side_same(&side_found[i], &s->rows[i])) i++;
    if (i < n) fprintf(stderr, "%s: row %u, %s\n", s->c->name, i, side_found[i].id);
    bench_need(i == n, "the two sides find other figures");
    free(side_found);
}

static void side_run(bench *b, const platforms_case *c)
{
    side s = { .c = c };
    double ratio;

    for (const adsync__builtin *at = adsync__builtins; at->platform; at++)
        if (!strcmp(at->platform, c->platform)) s.ops = at->ops;
    bench_need(s.ops != NULL, "no such platform");
    platforms_page_make(c, &s.page);
    bench_need((s.rows = calloc(s.page.rows, sizeof *s.rows)) != NULL, "memory");
    side_compare(&s);
    s.repeat = bench_times(b, 300000, 20000) / s.page.rows + 1;
    ratio = bench_case(b, c->name, c->promised, ours, theirs, &s);
    bench_need(ratio >= c->promised * QUICK_SHARE, "a page costs a multiple of what it should");
    printf("%s: a page of %u rows and %zu bytes; into plain structs alone the floor does %.0f\n", c->name, s.page.rows, s.page.size,
           bare(b, &s));
    free(s.rows);
    platforms_page_free(&s.page);
}

int main(int argc, char **argv)
{
    bench b;

    if (bench_begin(&b, "platforms", argc, argv)) return 2;
    for (const platforms_case *c = platforms_cases; c->name; c++)
        if (!b.only || !strcmp(b.only, c->name)) side_run(&b, c);
    return bench_end(&b);
}
