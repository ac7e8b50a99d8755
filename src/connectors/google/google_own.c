/* SPDX-License-Identifier: MIT */
/* What each kind has of its own, beside its fields. */
#include "google_int.h"

#include <stdlib.h>

enum { OWN_TEXTS = 32 };

/* A member by the object it lies in: "status" stands in three of them. */
static adsync__node own_node(const adsync__object *object, const char *in, const char *name)
{
    for (uint32_t i = 0; i < object->n; i++)
        if (!strcmp(object->fields[i].in, in) && !strcmp(object->fields[i].name, name)) return object->f[i];
    return (adsync__node){ 0 };
}

static void own_currency(adsync__object *object)
{
    adsync_row_text(object->row, ADSYNC_C_CURRENCY, adsync_task_fact(object->a->task, "currency"), SIZE_MAX);
}

/* The object is on, and what it lies in is not. */
static void own_parents(adsync__object *object)
{
    static const char *const parents[] = { "campaign", "adGroup" };
    const char *self = object->fields[0].in;

    for (size_t i = 0; i < ADSYNC__COUNT(parents) && !object->state && strcmp(parents[i], self); i++) {
        adsync__node status = own_node(object, parents[i], "status");
        if (!adsync__is_empty(status) && !adsync__node_is(status, "ENABLED")) object->state = "PARENT_OFF";
    }
    adsync__put_node(object->row, ADSYNC_C_PLATFORM_STATUS, own_node(object, self, "status"));
}

/* Texts of a list of objects, as they stand or (sorted) each once, joined. */
static int own_order(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }
static void own_join(adsync__object *object, uint32_t column, adsync__node list, const char *member, const char *separator, bool sorted)
{
    adsync__items items = adsync__node_items(list);
    const char *texts[OWN_TEXTS], *text;
    adsync__node item;
    uint32_t n = 0;

    while (n < OWN_TEXTS && adsync__items_next(&items, &item))
        if ((text = adsync__node_text(member ? adsync__node_get(item, member) : item, NULL)) && *text) texts[n++] = text;
    if (sorted && n) qsort(texts, n, sizeof *texts, own_order);
    adsync__buffer_clear(&object->scratch);
    for (uint32_t i = 0; i < n; i++) {
        if (sorted && i && !strcmp(texts[i], texts[i - 1])) continue;
        if (object->scratch.size) adsync__buffer_text(&object->scratch, separator);
        adsync__buffer_text(&object->scratch, texts[i]);
    }
    adsync__put_scratch(object, column);
}

static void own_first(adsync__object *object, uint32_t column, adsync__node list, const char *member)
{
    adsync__items items = adsync__node_items(list);
    adsync__node item;

    if (adsync__items_next(&items, &item)) adsync__put_node(object->row, column, member ? adsync__node_get(item, member) : item);
}

/* "No end" is how far the calendar of campaigns goes. A budget's amount is of a day unless the budget has a period of its own. */
adsync_status google_own_campaign(adsync__object *object)
{
    static const char endless[] = "2037-12-30";
    adsync__node amount = own_node(object, "campaignBudget", "amountMicros"), end = own_node(object, "campaign", "endDateTime");
    const adsync__zone *zone = NULL;
    size_t size = 0;
    const char *text = adsync__node_text(end, &size);
    int64_t value;
    adsync_status rc;

    own_currency(object);
    if (!adsync__figure(amount, false, &value)) return adsync__bad_shape(object->a, "a budget that is no number");
    if (value > 0 && !adsync__node_is(own_node(object, "campaignBudget", "period"), "CUSTOM_PERIOD"))
        adsync_row_int(object->row, ADSYNC_C_BUDGET_DAILY, value);
    if (adsync__is_empty(end) || (text && size >= sizeof endless - 1 && !memcmp(text, endless, sizeof endless - 1))) return ADSYNC_OK;
    if ((rc = adsync__answer_zone(object->a, &zone)) < 0) return rc;
    if (!text || adsync__zone_time_read(zone, text, size, &object->end_us) < 0)
        return adsync__bad_shape(object->a, "something else where a time should be");
    adsync_row_int(object->row, ADSYNC_C_END_AT, object->end_us);
    return ADSYNC_OK;
}

/* The bid is the first that is set. */
adsync_status google_own_ad_group(adsync__object *object)
{
    static const char *const bids[] = { "cpcBidMicros", "cpmBidMicros", "cpvBidMicros", "targetCpaMicros" };
    int64_t value = 0;

    for (size_t i = 0; i < ADSYNC__COUNT(bids) && !value; i++)
        if (!adsync__figure(own_node(object, "adGroup", bids[i]), false, &value))
            return adsync__bad_shape(object->a, "a bid that is no number");
    if (value > 0) adsync_row_int(object->row, ADSYNC_C_BID, value);
    own_currency(object);
    own_parents(object);
    return ADSYNC_OK;
}

adsync_status google_own_ad(adsync__object *object)
{
    static const char policy[] = "adGroupAd.policySummary";
    adsync__node approval = own_node(object, policy, "approvalStatus"), review = own_node(object, policy, "reviewStatus");
    bool rejected = adsync__node_is(approval, "DISAPPROVED");

    if (adsync__is_empty(own_node(object, "adGroupAd.ad", "name")))
        own_first(object, ADSYNC_C_NAME, own_node(object, "adGroupAd.ad.responsiveSearchAd", "headlines"), "text");
    own_join(object, ADSYNC_C_REVIEW_REASON, own_node(object, policy, "policyTopicEntries"), "topic", ",", true);
    if (rejected) object->state = "REJECTED";
    if (!rejected && (adsync__node_is(review, "REVIEW_IN_PROGRESS") || adsync__node_is(review, "UNDER_REVIEW"))) {
        adsync_row_text(object->row, ADSYNC_C_REVIEW, "pending", SIZE_MAX);
        object->state = "PENDING";
    }
    own_parents(object);
    return ADSYNC_OK;
}

adsync_status google_own_creative(adsync__object *object)
{
    static const char body[] = "adGroupAd.ad.responsiveSearchAd";

    own_first(object, ADSYNC_C_LANDING_URL, own_node(object, "adGroupAd.ad", "finalUrls"), NULL);
    own_join(object, ADSYNC_C_TITLE, own_node(object, body, "headlines"), "text", " | ", false);
    own_join(object, ADSYNC_C_BODY, own_node(object, body, "descriptions"), "text", " | ", false);
    return ADSYNC_OK;
}

static const char *own_ready(bool eligible, bool open, int64_t most)
{
    if (eligible) return "ready";
    if (!open) return "expired";
    return most > 0 ? "small" : "building";
}

adsync_status google_own_audience(adsync__object *object)
{
    int64_t search, display;
    bool open = !adsync__node_is(own_node(object, "userList", "membershipStatus"), "CLOSED");
    adsync__node eligible = own_node(object, "userList", "eligibleForSearch");

    if (!adsync__figure(own_node(object, "userList", "sizeForSearch"), false, &search) ||
        !adsync__figure(own_node(object, "userList", "sizeForDisplay"), false, &display))
        return adsync__bad_shape(object->a, "a size that is no number");
    adsync_row_int(object->row, ADSYNC_C_SIZE_LOW, search < display ? search : display);
    adsync_row_int(object->row, ADSYNC_C_SIZE_HIGH, search < display ? display : search);
    adsync_row_text(object->row, ADSYNC_C_READY, own_ready(adsync__node_true(eligible), open, search > display ? search : display),
                    SIZE_MAX);
    own_first(object, ADSYNC_C_SEED_ID, own_node(object, "userList.lookalikeUserList", "seedUserListIds"), NULL);
    return ADSYNC_OK;
}

adsync_status google_own_keyword(adsync__object *object)
{
    adsync_row_int(object->row, ADSYNC_C_NEGATIVE, adsync__node_true(own_node(object, "adGroupCriterion", "negative")));
    own_currency(object);
    if (adsync__node_is(own_node(object, "adGroupCriterion", "approvalStatus"), "DISAPPROVED")) object->state = "REJECTED";
    own_parents(object);
    if (!object->state && adsync__node_is(own_node(object, "adGroupCriterion", "systemServingStatus"), "RARELY_SERVED") &&
        adsync__node_is(own_node(object, "adGroupCriterion", "status"), "ENABLED"))
        object->state = "LIMITED";
    return ADSYNC_OK;
}

adsync_status google_own_lead_form(adsync__object *object)
{
    const char *account = adsync_task_text(object->a->task, "account_id");
    char digits[GOOGLE_ID_ROOM];

    if (account && google_digits(account, strlen(account), digits)) adsync_row_text(object->row, ADSYNC_C_OWNER, digits, SIZE_MAX);
    return ADSYNC_OK;
}
