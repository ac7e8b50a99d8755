/* SPDX-License-Identifier: MIT */
/* A row of figures: every number is a text, and what is absent is zero. Several names stand for one event, and the windows of a name are
 * alternatives to each other, not parts: one name is chosen, and nothing is added up. */
#include "meta_int.h"

/* Kinds of action that are counted. The first three name the same event: one of them counts, never their sum. */
enum { ACTION_OMNI = 0, ACTION_PURCHASE, ACTION_PIXEL, ACTION_LEAD, ACTION_ENGAGEMENT, ACTION_CHOSEN, ACTION_N };
static const struct {
    const char *word;
    size_t size;
} figures_actions[] = {
    { "omni_purchase", 13 }, { "purchase", 8 }, { "offsite_conversion.fb_pixel_purchase", 36 }, { "lead", 4 }, { "post_engagement", 15 },
};
typedef struct figures_tally {
    int64_t value, click, view;
    bool there;
} figures_tally;

static bool figures_int(adsync__node node, int64_t *out)
{
    adsync__digits room;
    size_t size;
    const char *text;

    if (adsync__node_int(node, out) || adsync__node_kind(node) <= ADSYNC__NODE_NULL) return true; /* what is absent is zero */
    text = adsync__node_decimal(node, &room, &size);
    return text && adsync__decimal_exact(text, size, 0, out) >= 0;
}

static bool figures_micros(adsync__node node, int64_t *out)
{
    adsync__digits room;
    size_t size;
    const char *text;

    *out = 0;
    if (adsync__node_kind(node) <= ADSYNC__NODE_NULL) return true;
    text = adsync__node_decimal(node, &room, &size);
    return text && adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, out) >= 0;
}

static bool figures_tally_add(figures_tally *tally, const adsync__node *f)
{
    int64_t value, click, view;

    tally->there = true;
    return figures_micros(f[1], &value) && figures_micros(f[2], &click) && figures_micros(f[3], &view) &&
           !__builtin_add_overflow(tally->value, value, &tally->value) && !__builtin_add_overflow(tally->click, click, &tally->click) &&
           !__builtin_add_overflow(tally->view, view, &tally->view);
}

/* Which of the counted kinds it is; ACTION_N: none of them, as most are. */
static uint32_t figures_which(const char *type, size_t size, const char *chosen)
{
    for (uint32_t i = 0; i < ADSYNC__COUNT(figures_actions); i++)
        if (figures_actions[i].size == size && !memcmp(figures_actions[i].word, type, size)) return i;
    return chosen && strlen(chosen) == size && !memcmp(chosen, type, size) ? ACTION_CHOSEN : ACTION_N;
}

/* [{"action_type":"purchase","value":"11","7d_click":"1","1d_view":"10"},..]. An action type twice is one that was broken down: its
 * parts add up. */
static bool figures_read_actions(adsync__node list, const char *chosen, figures_tally *tallies)
{
    static const char *const names[] = { "action_type", "value", "7d_click", "1d_view" };
    adsync__items items = adsync__node_items(list);
    adsync__node item, f[4];
    const char *type;
    uint32_t which;
    size_t size;

    if (adsync__node_kind(list) <= ADSYNC__NODE_NULL) return true;
    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return false;
    while (adsync__items_next(&items, &item)) {
        if (adsync__node_kind(item) != ADSYNC__NODE_OBJECT) return false;
        type = adsync__node_text(adsync__node_get(item, names[0]), &size);
        if (!type || (which = figures_which(type, size, chosen)) == ACTION_N) continue;
        if (!adsync__node_fields(item, names, 4, f) || !figures_tally_add(&tallies[which], f)) return false;
    }
    return true;
}

/* Which of the names of a purchase this row uses. */
static uint32_t figures_purchase(const figures_tally *counts, const figures_tally *values)
{
    for (uint32_t i = ACTION_OMNI; i <= ACTION_PIXEL; i++)
        if (counts[i].there) return i;
    for (uint32_t i = ACTION_OMNI; i <= ACTION_PIXEL; i++)
        if (values[i].there) return i;
    return ACTION_OMNI;
}

enum {
    ROW_ENTITY = 0,
    ROW_CAMPAIGN,
    ROW_CURRENCY,
    ROW_START,
    ROW_STOP,
    ROW_SPEND,
    ROW_IMPRESSIONS,
    ROW_CLICKS,
    ROW_LINK,
    ROW_REACH,
    ROW_ACTIONS,
    ROW_VALUES,
    ROW_N
};

static adsync_status figures_conversions(meta_answer *a, const adsync__node *f, adsync_row *row)
{
    const char *chosen = adsync_task_fact(a->task, "conversion_action");
    figures_tally counts[ACTION_N] = { 0 }, values[ACTION_N] = { 0 };
    uint32_t purchase, used;

    if (!figures_read_actions(f[ROW_ACTIONS], chosen, counts) || !figures_read_actions(f[ROW_VALUES], chosen, values))
        return meta_bad_shape(a, "actions that are none, or whose figures are no numbers");
    purchase = figures_purchase(counts, values);
    used = chosen && *chosen ? figures_which(chosen, strlen(chosen), chosen) : purchase;
    adsync_row_int(row, ADSYNC_C_CONVERSIONS, counts[used].value);
    adsync_row_int(row, ADSYNC_C_CLICK_CONVERSIONS, counts[used].click);
    adsync_row_int(row, ADSYNC_C_VIEW_CONVERSIONS, counts[used].view);
    adsync_row_int(row, ADSYNC_C_REVENUE, values[used].value);
    adsync_row_int(row, ADSYNC_C_PURCHASES, counts[purchase].value);
    adsync_row_int(row, ADSYNC_C_LEADS, counts[ACTION_LEAD].value);
    adsync_row_int(row, ADSYNC_C_ENGAGEMENTS, counts[ACTION_ENGAGEMENT].value / 1000000);
    return ADSYNC_OK;
}

static adsync_status figures_fill(meta_answer *a, const adsync__node *f, adsync_row *row)
{
    static const struct {
        uint32_t field, column;
    } counts[] = {
        { ROW_IMPRESSIONS, ADSYNC_C_IMPRESSIONS },
        { ROW_CLICKS, ADSYNC_C_CLICKS },
        { ROW_LINK, ADSYNC_C_LINK_CLICKS },
    };
    int64_t value;

    if (!figures_micros(f[ROW_SPEND], &value)) return meta_bad_shape(a, "a spend that is no amount");
    adsync_row_int(row, ADSYNC_C_SPEND, value);
    for (size_t i = 0; i < ADSYNC__COUNT(counts); i++) {
        if (!figures_int(f[counts[i].field], &value)) return meta_bad_shape(a, "a figure that is no number");
        adsync_row_int(row, counts[i].column, value);
    }
    if (!figures_int(f[ROW_REACH], &value)) return meta_bad_shape(a, "a reach that is no number");
    if (adsync__node_kind(f[ROW_REACH]) > ADSYNC__NODE_NULL) adsync_row_int(row, ADSYNC_C_REACH, value); /* absent: dropped, not zero */
    return figures_conversions(a, f, row);
}

static adsync_status figures_day(meta_answer *a, const adsync__node *f, int64_t *day)
{
    size_t size;
    int64_t stop;
    const char *text = adsync__node_text(f[ROW_START], &size);

    if (!text || adsync__day_read(text, size, day) < 0) return meta_bad_shape(a, "a row without a day");
    text = adsync__node_text(f[ROW_STOP], &size);
    if (text && (adsync__day_read(text, size, &stop) < 0 || stop != *day)) return meta_bad_shape(a, "a row of more than one day");
    return ADSYNC_OK;
}

static void figures_text(adsync_row *row, uint32_t column, adsync__node node)
{
    adsync__digits room;
    size_t size = 0;
    const char *text = adsync__node_digits(node, &room, &size);

    if (size) adsync_row_text(row, column, text, size);
}

adsync_status meta_figures(meta_answer *a, adsync__node node)
{
    const meta_level *level = meta_level_of(adsync_task_kind(a->task));
    bool below = level->level > ADSYNC_KIND_CAMPAIGN;
    const char *names[ROW_N] = { level->id,
                                 below ? "campaign_id" : "campaign_name",
                                 "account_currency",
                                 "date_start",
                                 "date_stop",
                                 "spend",
                                 "impressions",
                                 "clicks",
                                 "inline_link_clicks",
                                 "reach",
                                 "actions",
                                 "action_values" };
    adsync__node f[ROW_N];
    adsync__digits room;
    adsync_row *row;
    size_t size = 0;
    int64_t day;
    adsync_status rc;

    if (!adsync__node_fields(node, names, ROW_N, f)) return meta_bad_shape(a, "a row that is none, or that has a field twice");
    if (!adsync__node_digits(f[ROW_ENTITY], &room, &size) || !size || size > META_ID)
        return meta_bad_shape(a, "a row without the id of its level");
    if ((rc = figures_day(a, f, &day)) < 0) return rc;
    row = adsync_outcome_row(a->out, ADSYNC_T_METRICS, level->level, ADSYNC_TWICE_SUM);
    figures_text(row, ADSYNC_C_ENTITY_ID, f[ROW_ENTITY]);
    adsync_row_int(row, ADSYNC_C_DAY, day);
    if (level->level != ADSYNC_KIND_ACCOUNT) figures_text(row, ADSYNC_C_CAMPAIGN_ID, f[below ? ROW_CAMPAIGN : ROW_ENTITY]);
    adsync_row_text(row, ADSYNC_C_CURRENCY, adsync_task_fact(a->task, "currency"), SIZE_MAX);
    figures_text(row, ADSYNC_C_CURRENCY, f[ROW_CURRENCY]);
    adsync_row_text(row, ADSYNC_C_ATTRIBUTION, meta_attribution, SIZE_MAX);
    return figures_fill(a, f, row);
}
