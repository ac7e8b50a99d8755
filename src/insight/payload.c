/* SPDX-License-Identifier: MIT */
/* Figures as records for programs: a campaign's day with what the campaign and its creatives are, one JSON text each. The figures of a
 * day come in parts that lie one behind the other; a record is open until the next day or campaign begins. */
#include "insight.h"

#include "../base/day.h"
#include "../base/decimal.h"
#include "../base/map.h"
#include "../json/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAYLOAD_LIMIT = 1000, PAYLOAD_ADS = 1000, PAYLOAD_BYTES = 1 << 20, PAYLOAD_ID = 256, PAYLOAD_CURSOR = PAYLOAD_ID + 48 };

/* the figures of a record, in its order */
static const struct payload_figure {
    const char *name;
    uint32_t column;
    bool micro;
} payload_figures[] = {
    { "spend", ADSYNC_C_SPEND, true },     { "impressions", ADSYNC_C_IMPRESSIONS, false },
    { "clicks", ADSYNC_C_CLICKS, false },  { "conversions", ADSYNC_C_CONVERSIONS, true },
    { "revenue", ADSYNC_C_REVENUE, true },
};
enum { PAYLOAD_FIGURES = ADSYNC__COUNT(payload_figures) };

typedef struct payload_campaign { /* "creatives":[..],"campaign":{..} of one campaign, made once a call */
    char *text;
    size_t size;
    char id[];
} payload_campaign;

typedef struct payload_record {
    int64_t connection, day, sum[PAYLOAD_FIGURES];
    bool open, any[PAYLOAD_FIGURES];
    char platform[40], campaign[PAYLOAD_ID], currency[8], raw[PAYLOAD_ID];
} payload_record;

typedef struct payload {
    adsync__metrics_walk walk;
    uint32_t limit;
    payload_record record;
    adsync__map campaigns; /* of the connection under way */
    int64_t connection;
    adsync__arena *ids; /* of creatives that stand in a record already */
    adsync__buffer text;
    adsync_rows *out;
} payload;

/* ---- what a campaign is */

static void payload_member(adsync__json *json, const char *key, const char *text)
{
    adsync__json_key(json, key);
    if (text)
        adsync__json_text(json, text, strlen(text));
    else
        adsync__json_null(json);
}

static adsync_status payload_entity(const payload *p, uint32_t kind, const char *id, adsync_rows **out, adsync_error **error)
{
    const adsync_value key[] = { adsync__value_int(p->walk.org), adsync__value_int(p->connection), adsync__value_int(kind),
                                 adsync__value_text(id) };

    return adsync_storage_read(p->walk.storage, p->walk.org, ADSYNC_T_ENTITIES, 0, key, 1, out, error);
}

static adsync_status payload_creative(const payload *p, const char *id, adsync__json *json, adsync_error **error)
{
    adsync_rows *row = NULL;
    const char *url;
    bool known;
    adsync_status rc = payload_entity(p, ADSYNC_KIND_CREATIVE, id, &row, error);

    if (rc < 0) return rc;
    known = adsync_rows_next(row, NULL) == ADSYNC_ROW;
    url = known ? adsync_rows_text(row, ADSYNC_C_URL) : NULL;
    if (known && !url) url = adsync_rows_text(row, ADSYNC_C_LANDING_URL);
    adsync__json_open(json, '{');
    payload_member(json, "id", id);
    payload_member(json, "name", known ? adsync_rows_text(row, ADSYNC_C_NAME) : NULL);
    payload_member(json, "type", known ? adsync_rows_text(row, ADSYNC_C_FORMAT) : NULL);
    payload_member(json, "url", url);
    adsync__json_close(json, '}');
    adsync_rows_free(row);
    return ADSYNC_OK;
}

static adsync_status payload_ads(const payload *p, adsync_rows *ads, adsync__map *seen, adsync__json *json, adsync_error **error)
{
    adsync_status rc = ADSYNC_OK;

    while (rc >= 0 && adsync_rows_next(ads, NULL) == ADSYNC_ROW) {
        const char *id = adsync_rows_text(ads, ADSYNC_C_CREATIVE_ID);
        if (!id || adsync_rows_kind(ads, ADSYNC_C_REMOVED_AT) != ADSYNC_VALUE_NULL || adsync__map_find(seen, id, strlen(id))) continue;
        if (!(id = adsync__arena_copy(p->ids, id, strlen(id))) || !adsync__map_put(seen, id, strlen(id), seen))
            return adsync__fail_memory(error);
        rc = payload_creative(p, id, json, error);
    }
    return rc;
}

/* The creatives of the campaign's ads that are still there, each once, in the order of the ads. */
static adsync_status payload_creatives(const payload *p, const char *campaign, adsync__json *json, adsync_error **error)
{
    adsync_value lower[] = { adsync__value_int(p->walk.org), adsync__value_int(p->connection), adsync__value_int(ADSYNC_KIND_AD),
                             adsync__value_text(campaign), adsync__value_text("") };
    const adsync_range range = { .table = ADSYNC_T_ENTITIES,
                                 .index = 1,
                                 .flags = ADSYNC_RANGE_EXCLUSIVE,
                                 .limit = PAYLOAD_ADS,
                                 .lower = lower,
                                 .n_lower = 5,
                                 .upper = lower,
                                 .n_upper = 4 };
    adsync_rows *ads = NULL, *before = NULL; /* the bound lies in the page before */
    adsync__map seen;
    adsync_status rc = ADSYNC_OK;
    size_t n = PAYLOAD_ADS;

    adsync__map_begin(&seen, 0);
    while (rc >= 0 && n == PAYLOAD_ADS) {
        if ((rc = adsync_storage_scan(p->walk.storage, p->walk.org, &range, &ads, error)) < 0) break;
        n = adsync_rows_count(ads);
        if (n) lower[4] = adsync__rows_values(ads, n - 1)[3];
        rc = payload_ads(p, ads, &seen, json, error);
        adsync_rows_free(before);
        before = ads;
        ads = NULL;
    }
    adsync_rows_free(before);
    adsync__map_free(&seen);
    return rc;
}

static adsync_status payload_describe(const payload *p, const char *id, adsync__json *json, adsync_error **error)
{
    adsync_rows *row = NULL;
    bool known;
    adsync_status rc;

    adsync__json_key(json, "creatives");
    adsync__json_open(json, '[');
    if ((rc = payload_creatives(p, id, json, error)) < 0) return rc;
    adsync__json_close(json, ']');
    if ((rc = payload_entity(p, ADSYNC_KIND_CAMPAIGN, id, &row, error)) < 0) return rc;
    known = adsync_rows_next(row, NULL) == ADSYNC_ROW;
    adsync__json_key(json, "campaign");
    adsync__json_open(json, '{');
    payload_member(json, "id", id);
    payload_member(json, "name", known ? adsync_rows_text(row, ADSYNC_C_NAME) : NULL);
    payload_member(json, "objective", known ? adsync_rows_text(row, ADSYNC_C_OBJECTIVE) : NULL);
    adsync__json_close(json, '}');
    adsync_rows_free(row);
    return ADSYNC_OK;
}

static void payload_forget(payload *p)
{
    uint32_t at = 0;
    payload_campaign *campaign;

    while ((campaign = adsync__map_next(&p->campaigns, &at))) {
        adsync__free(campaign->text);
        adsync__free(campaign);
    }
    adsync__map_free(&p->campaigns);
    adsync__map_begin(&p->campaigns, 0);
}

static adsync_status payload_campaign_of(payload *p, const char *id, const payload_campaign **out, adsync_error **error)
{
    payload_campaign *made = adsync__map_find(&p->campaigns, id, strlen(id));
    adsync__buffer text;
    adsync__json json;
    adsync_status rc;

    *out = made;
    if (made) return ADSYNC_OK;
    adsync__buffer_begin(&text, PAYLOAD_BYTES);
    adsync__json_begin(&json, &text);
    adsync__json_open(&json, '{');
    rc = payload_describe(p, id, &json, error);
    if (rc >= 0 && text.failed)
        rc = text.failed == ADSYNC_E_MEMORY
                 ? adsync__fail_memory(error)
                 : adsync__fail(error, ADSYNC_E_TOO_BIG, "payload.creatives", "the creatives of campaign %s do not fit a record", id);
    if (rc >= 0 && !(made = adsync__alloc_zero(1, sizeof *made + strlen(id) + 1))) rc = adsync__fail_memory(error);
    if (rc >= 0) memcpy(made->id, id, strlen(id) + 1);
    if (rc >= 0 && !adsync__map_put(&p->campaigns, made->id, strlen(id), made)) {
        adsync__free(made);
        rc = adsync__fail_memory(error);
    }
    if (rc < 0) {
        adsync__buffer_free(&text);
        return rc;
    }
    made->text = text.p;
    made->size = text.size;
    *out = made;
    return ADSYNC_OK;
}

/* ---- a record */

static void payload_number(adsync__json *json, const struct payload_figure *figure, bool any, int64_t value)
{
    char text[ADSYNC__DECIMAL_ROOM];
    size_t n = adsync__decimal_write(value, figure->micro ? ADSYNC__DECIMAL_MICRO : 0, text);

    adsync__json_key(json, figure->name);
    if (any)
        adsync__json_raw(json, text, n);
    else
        adsync__json_null(json);
}

static void payload_write(payload *p, const payload_campaign *campaign)
{
    const payload_record *r = &p->record;
    char day[ADSYNC__DAY_ROOM];
    adsync__json json;

    (void)adsync__day_write(r->day, day);
    adsync__buffer_clear(&p->text);
    adsync__json_begin(&json, &p->text);
    adsync__json_open(&json, '{');
    payload_member(&json, "providerId", r->platform);
    payload_member(&json, "date", day);
    payload_member(&json, "currencyCode", *r->currency ? r->currency : NULL);
    for (size_t i = 0; i < PAYLOAD_FIGURES; i++) payload_number(&json, &payload_figures[i], r->any[i], r->sum[i]);
    adsync__buffer_char(&p->text, ',');
    adsync__buffer_add(&p->text, campaign->text + 1, campaign->size - 1); /* without its own brace */
    payload_member(&json, "rawPayloadRef", *r->raw ? r->raw : NULL);
    adsync__json_close(&json, '}');
}

static adsync_status payload_flush(payload *p, adsync_error **error)
{
    const payload_record *r = &p->record;
    const payload_campaign *campaign;
    char cursor[PAYLOAD_CURSOR];
    adsync_status rc;

    if (!r->open) return ADSYNC_OK;
    p->record.open = false;
    if (p->connection != r->connection) payload_forget(p);
    p->connection = r->connection;
    if ((rc = payload_campaign_of(p, r->campaign, &campaign, error)) < 0) return rc;
    payload_write(p, campaign);
    if (p->text.failed) return adsync__fail_memory(error);
    (void)snprintf(cursor, sizeof cursor, "%lld/%lld/%s", (long long)r->connection, (long long)r->day, r->campaign);
    const adsync_value values[] = { adsync__value_int(r->connection), adsync__value_int(r->day), adsync__value_text(r->campaign),
                                    adsync__value_text(cursor), adsync__value_text(p->text.p) };
    return adsync__rows_add(p->out, values, error);
}

static void payload_open(payload_record *r, adsync_rows *row, int64_t connection, const char *platform)
{
    const char *currency = adsync_rows_text(row, ADSYNC_C_CURRENCY), *raw = adsync_rows_text(row, ADSYNC_C_RAW_REF);

    *r = (payload_record){ .open = true, .connection = connection, .day = adsync_rows_int(row, ADSYNC_C_DAY) };
    (void)snprintf(r->platform, sizeof r->platform, "%s", platform ? platform : "");
    (void)snprintf(r->campaign, sizeof r->campaign, "%s", adsync_rows_text(row, ADSYNC_C_ENTITY_ID));
    (void)snprintf(r->currency, sizeof r->currency, "%s", currency ? currency : "");
    (void)snprintf(r->raw, sizeof r->raw, "%s", raw ? raw : "");
}

static bool payload_continues(const payload_record *r, adsync_rows *row, int64_t connection)
{
    const char *currency = adsync_rows_text(row, ADSYNC_C_CURRENCY);

    return r->open && r->connection == connection && r->day == adsync_rows_int(row, ADSYNC_C_DAY) &&
           adsync__equal_text(r->campaign, adsync_rows_text(row, ADSYNC_C_ENTITY_ID)) &&
           adsync__equal_text(r->currency, currency ? currency : "");
}

static adsync_status payload_row(void *user, adsync_rows *row, int64_t connection, const char *platform, adsync_error **error)
{
    payload *p = user;
    payload_record *r = &p->record;
    adsync_status rc;

    if (!payload_continues(r, row, connection)) {
        bool same_place = r->open && r->connection == connection && r->day == adsync_rows_int(row, ADSYNC_C_DAY) &&
                          adsync__equal_text(r->campaign, adsync_rows_text(row, ADSYNC_C_ENTITY_ID));
        if ((rc = payload_flush(p, error)) < 0) return rc;
        /* what lies at one cursor is never torn: a second currency may go beyond the limit by one */
        if (adsync_rows_count(p->out) >= p->limit && !same_place) {
            p->walk.enough = true;
            return ADSYNC_OK;
        }
        payload_open(r, row, connection, platform);
    }
    for (size_t i = 0; i < PAYLOAD_FIGURES; i++) {
        if (adsync_rows_kind(row, payload_figures[i].column) != ADSYNC_VALUE_INT) continue;
        r->any[i] = true;
        if (__builtin_add_overflow(r->sum[i], adsync_rows_int(row, payload_figures[i].column), &r->sum[i]))
            return adsync__fail(error, ADSYNC_E_TOO_BIG, "metrics.overflow", "the sum of %s does not fit", payload_figures[i].name);
    }
    return ADSYNC_OK;
}

/* ---- the list */

static adsync_status payload_after(payload *p, const char *after, adsync_error **error)
{
    char *end;

    if (!after) return ADSYNC_OK;
    p->walk.after_connection = strtoll(after, &end, 10);
    if (*end == '/') p->walk.after_day = strtoll(end + 1, &end, 10);
    if (*end != '/' || !end[1] || !adsync__day_valid(p->walk.after_day) ||
        (p->walk.connection && p->walk.connection != p->walk.after_connection))
        return adsync__fail(error, ADSYNC_E_INVALID, "payload.after", "that is no CURSOR of a record of this list");
    p->walk.after_entity = end + 1;
    return ADSYNC_OK;
}

static adsync_status payload_begin(payload *p, const adsync_payload_options *options, adsync_error **error)
{
    adsync_status rc = adsync__check_struct(options, sizeof *options, sizeof *options, "adsync_payload_options", error);

    if (rc < 0) return rc;
    if (options->flags || options->reserved)
        return adsync__fail(error, ADSYNC_E_UNSUPPORTED, "unsupported.flags", "adsync_payload_options: unknown flags");
    if ((rc = adsync__metrics_days(options->from_day, options->to_day, error)) < 0) return rc;
    p->limit = options->limit ? options->limit : PAYLOAD_LIMIT;
    p->walk.connection = options->connection;
    p->walk.from_day = options->from_day;
    p->walk.to_day = options->to_day;
    return payload_after(p, options->after, error);
}

adsync_status adsync__payload_list(adsync_storage *storage, int64_t org, const adsync_payload_options *options, adsync_rows **out,
                                   adsync_error **error)
{
    static const adsync_payload_options none = { .size = sizeof none };
    static const uint32_t columns[] = { ADSYNC_C_CONNECTION, ADSYNC_C_DAY, ADSYNC_C_CAMPAIGN_ID, ADSYNC_C_CURSOR, ADSYNC_C_PAYLOAD };
    payload p = { .walk = { .storage = storage, .org = org, .level = ADSYNC_KIND_CAMPAIGN, .row = payload_row } };
    adsync__arena ids = { 0 };
    adsync_status rc;

    p.walk.user = &p;
    p.ids = &ids;
    if ((rc = payload_begin(&p, options ? options : &none, error)) < 0) return rc;
    if ((rc = adsync__rows_new(columns, ADSYNC__COUNT(columns), &p.out, error)) < 0) return rc;
    adsync__map_begin(&p.campaigns, 0);
    adsync__buffer_begin(&p.text, 2 * PAYLOAD_BYTES);
    if ((rc = adsync__metrics_each(&p.walk, error)) >= 0) rc = payload_flush(&p, error);
    payload_forget(&p);
    adsync__map_free(&p.campaigns);
    adsync__arena_free(&ids);
    adsync__buffer_free(&p.text);
    if (rc >= 0) {
        *out = p.out;
        return ADSYNC_OK;
    }
    adsync_rows_free(p.out);
    return rc;
}
