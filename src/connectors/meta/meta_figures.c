/* SPDX-License-Identifier: MIT */
/* A row of figures: every number is a text, and what is absent is zero. Several names stand for one event, and the windows of a name are
 * alternatives to each other, not parts: one name is chosen, and nothing is added up. */
#include "meta_int.h"

#include "../../rows/rows.h"

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

static bool figures_tally_add(figures_tally *tally, const adsync__node *f)
{
    int64_t value, click, view;

    tally->there = true;
    return adsync__figure(f[1], true, &value) && adsync__figure(f[2], true, &click) && adsync__figure(f[3], true, &view) &&
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
    static const adsync__key keys[] = { ADSYNC__KEY("action_type"), ADSYNC__KEY("value"), ADSYNC__KEY("7d_click"), ADSYNC__KEY("1d_view") };
    adsync__items items = adsync__node_items(list);
    adsync__node item, f[4];
    const char *type;
    uint32_t which;
    size_t size;

    if (adsync__node_kind(list) <= ADSYNC__NODE_NULL) return true;
    if (adsync__node_kind(list) != ADSYNC__NODE_ARRAY) return false;
    while (adsync__items_next(&items, &item)) {
        if (adsync__node_kind(item) != ADSYNC__NODE_OBJECT) return false;
        type = adsync__node_text(adsync__node_get(item, keys[0].text), &size);
        if (!type || (which = figures_which(type, size, chosen)) == ACTION_N) continue;
        if (!adsync__node_keys(item, keys, 4, f) || !figures_tally_add(&tallies[which], f)) return false;
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

/* In the order in which Meta sends them; those of the list below are read by hand. An absent reach was dropped by Meta, and is not zero. */
enum { ROW_ENTITY = 1, ROW_ACTIONS = 8, ROW_VALUES, ROW_START, ROW_STOP };
#define ROW_COUNT(n, c) ADSYNC__FLAGGED(n, c, INT, ADSYNC__OR_ZERO)
#define ROW_FIELDS(id)                                                                                                                     \
    ADSYNC__OWN(id), ADSYNC__FIELD("account_currency", CURRENCY, TEXT), ADSYNC__FLAGGED("spend", SPEND, DECIMAL, ADSYNC__OR_ZERO),         \
        ROW_COUNT("impressions", IMPRESSIONS), ROW_COUNT("clicks", CLICKS), ROW_COUNT("inline_link_clicks", LINK_CLICKS),                  \
        ADSYNC__FIELD("reach", REACH, INT), ADSYNC__OWN("actions"), ADSYNC__OWN("action_values"), ADSYNC__OWN("date_start"),               \
        ADSYNC__OWN("date_stop")
static const adsync__field account_row[] = { ADSYNC__OWN("account_name"), ROW_FIELDS("account_id") };
static const adsync__field campaign_row[] = { ADSYNC__OWN("campaign_name"), ROW_FIELDS("campaign_id"),
                                              ADSYNC__FLAGGED("campaign_id", CAMPAIGN_ID, ID, ADSYNC__AGAIN) };
static const adsync__field adset_row[] = { ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID), ROW_FIELDS("adset_id") };
static const adsync__field ad_row[] = { ADSYNC__FIELD("campaign_id", CAMPAIGN_ID, ID), ROW_FIELDS("ad_id") };

static const struct {
    const adsync__field *fields;
    uint32_t n;
} figures_rows[] = {
    [ADSYNC_KIND_ACCOUNT] = { account_row, ADSYNC__COUNT(account_row) },
    [ADSYNC_KIND_CAMPAIGN] = { campaign_row, ADSYNC__COUNT(campaign_row) },
    [ADSYNC_KIND_ADSET] = { adset_row, ADSYNC__COUNT(adset_row) },
    [ADSYNC_KIND_AD] = { ad_row, ADSYNC__COUNT(ad_row) },
};

static adsync_status figures_conversions(adsync__answer *a, const adsync__node *f, adsync_row *row)
{
    const char *chosen = adsync_task_fact(a->task, "conversion_action");
    figures_tally counts[ACTION_N] = { 0 }, values[ACTION_N] = { 0 };
    uint32_t purchase, used;

    if (!figures_read_actions(f[ROW_ACTIONS], chosen, counts) || !figures_read_actions(f[ROW_VALUES], chosen, values))
        return adsync__bad_shape(a, "actions that are none, or whose figures are no numbers");
    purchase = figures_purchase(counts, values);
    used = chosen && *chosen ? figures_which(chosen, strlen(chosen), chosen) : purchase;
    adsync__row_int(row, ADSYNC_C_CONVERSIONS, counts[used].value);
    adsync__row_int(row, ADSYNC_C_CLICK_CONVERSIONS, counts[used].click);
    adsync__row_int(row, ADSYNC_C_VIEW_CONVERSIONS, counts[used].view);
    adsync__row_int(row, ADSYNC_C_REVENUE, values[used].value);
    adsync__row_int(row, ADSYNC_C_PURCHASES, counts[purchase].value);
    adsync__row_int(row, ADSYNC_C_LEADS, counts[ACTION_LEAD].value);
    adsync__row_int(row, ADSYNC_C_ENGAGEMENTS, counts[ACTION_ENGAGEMENT].value / 1000000);
    return ADSYNC_OK;
}

static adsync_status figures_day(adsync__answer *a, const adsync__node *f, int64_t *day)
{
    size_t size;
    int64_t stop;
    const char *text = adsync__node_text(f[ROW_START], &size);

    if (!text || adsync__day_read(text, size, day) < 0) return adsync__bad_shape(a, "a row without a day");
    text = adsync__node_text(f[ROW_STOP], &size);
    if (text && (adsync__day_read(text, size, &stop) < 0 || stop != *day)) return adsync__bad_shape(a, "a row of more than one day");
    return ADSYNC_OK;
}

adsync_status meta_figures(adsync__answer *a, adsync__node node)
{
    uint32_t level = adsync_task_kind(a->task);
    adsync__object *object = adsync__figures_object(a, figures_rows[level].fields, figures_rows[level].n);
    adsync__digits room;
    const char *id;
    size_t size = 0;
    int64_t day;
    adsync_status rc;

    if (!adsync__object_find(object, node))
        return adsync__bad_shape(a, "a row that is none, or that has a field twice");
    if (!(id = adsync__node_digits(object->f[ROW_ENTITY], &room, &size)) || !size || size > ADSYNC__ID_MOST)
        return adsync__bad_shape(a, "a row without the id of its level");
    if ((rc = figures_day(a, object->f, &day)) < 0) return rc;
    adsync__figures_begin(object, level, id, size, day);
    adsync__figures_words(object, ADSYNC_C_ATTRIBUTION, meta_attribution);
    if ((rc = adsync__fields_read(object)) < 0) return rc;
    return figures_conversions(a, object->f, object->row);
}
