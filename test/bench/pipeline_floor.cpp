/* SPDX-License-Identifier: MIT */
/* The same job by hand: one libcurl handle that keeps its connection, simdjson's DOM, a prepared upsert, a transaction a page. It keeps
 * the figures that the product keeps, and none of its promises: no cursor, no coverage, no audit, no limits, no second worker. */
#define SIMDJSON_EXCEPTIONS 0
#include "floor.h"
#include "pipeline.h"

extern "C" {
#include "bench.h"
}

#include <curl/curl.h>
#include <sqlite3.h>
#include <string>

namespace dom = simdjson::dom;
using floors::day_of;
using floors::micros;
using floors::text_of;
using floors::whole;

struct floor_side {
    const pipeline_target *target;
    bool plain;
    CURL *easy;
    curl_slist *headers, *route;
    std::string body, url, after;
    dom::parser parser;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *upsert;
};

namespace {

struct level {
    int number;
    const char *name, *id, *fields, *states;
};

#define FIGURES "account_currency,spend,impressions,clicks,inline_link_clicks,reach,actions,action_values"
const level levels[] = {
    { 1, "account", "account_id", "account_id," FIGURES, nullptr },
    { 2, "campaign", "campaign_id", "campaign_id," FIGURES,
      "[\"ACTIVE\",\"PAUSED\",\"DELETED\",\"ARCHIVED\",\"IN_PROCESS\",\"WITH_ISSUES\"]" },
    { 3, "adset", "adset_id", "campaign_id,adset_id," FIGURES,
      "[\"ACTIVE\",\"PAUSED\",\"DELETED\",\"CAMPAIGN_PAUSED\",\"ARCHIVED\",\"IN_PROCESS\",\"WITH_ISSUES\"]" },
    { 4, "ad", "ad_id", "campaign_id,adset_id,ad_id," FIGURES,
      "[\"ACTIVE\",\"PAUSED\",\"DELETED\",\"PENDING_REVIEW\",\"DISAPPROVED\",\"PREAPPROVED\",\"PENDING_BILLING_INFO\",\"CAMPAIGN_PAUSED\","
      "\"ARCHIVED\",\"ADSET_PAUSED\",\"IN_PROCESS\",\"WITH_ISSUES\"]" },
};

const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2048; PRAGMA cell_size_check = ON;"
    "PRAGMA journal_size_limit = 67108864;"
    "CREATE TABLE metrics (level INTEGER NOT NULL, entity_id TEXT NOT NULL, day INTEGER NOT NULL, campaign_id TEXT, currency TEXT,"
    "spend INTEGER, impressions INTEGER, clicks INTEGER, link_clicks INTEGER, reach INTEGER, conversions INTEGER,"
    "click_conversions INTEGER, view_conversions INTEGER, revenue INTEGER, purchases INTEGER, leads INTEGER, engagements INTEGER,"
    "pulled_at INTEGER, PRIMARY KEY (level, entity_id, day)) STRICT; CREATE INDEX by_day ON metrics (level, day)";

const char upsert[] =
    "INSERT INTO metrics VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)"
    "ON CONFLICT (level, entity_id, day) DO UPDATE SET campaign_id = excluded.campaign_id, currency = excluded.currency,"
    "spend = excluded.spend, impressions = excluded.impressions, clicks = excluded.clicks, link_clicks = excluded.link_clicks,"
    "reach = excluded.reach, conversions = excluded.conversions, click_conversions = excluded.click_conversions,"
    "view_conversions = excluded.view_conversions, revenue = excluded.revenue, purchases = excluded.purchases, leads = excluded.leads,"
    "engagements = excluded.engagements, pulled_at = excluded.pulled_at";

/* ---- one row */

struct action {
    bool there;
    int64_t value, click, view;
};

enum { OMNI, PURCHASE, PIXEL, LEAD, ENGAGEMENT, ACTIONS };
constexpr std::string_view action_names[] = { "omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "lead",
                                              "post_engagement" };

void read_actions(dom::element list, action *out)
{
    dom::array array;

    if (list.get(array)) return;
    for (dom::element item : array) {
        std::string_view type = text_of(item["action_type"].value_unsafe());
        for (int i = 0; i < ACTIONS; i++) {
            if (type != action_names[i]) continue;
            dom::element e;
            out[i].there = true;
            if (!item["value"].get(e)) out[i].value += micros(text_of(e));
            if (!item["7d_click"].get(e)) out[i].click += micros(text_of(e));
            if (!item["1d_view"].get(e)) out[i].view += micros(text_of(e));
            break;
        }
    }
}

floor_words words_of(std::string_view text) { return { text.data(), static_cast<uint32_t>(text.size()) }; }

void bind(sqlite3_stmt *stmt, int at, const floor_words &text)
{
    if (text.p)
        sqlite3_bind_text(stmt, at, text.p, static_cast<int>(text.size), SQLITE_STATIC);
    else
        sqlite3_bind_null(stmt, at);
}

void run(sqlite3_stmt *stmt)
{
    bench_need(sqlite3_step(stmt) == SQLITE_DONE, sqlite3_errmsg(sqlite3_db_handle(stmt)));
    sqlite3_reset(stmt);
}

void keep_in_file(sqlite3_stmt *stmt, const floor_row &row)
{
    bind(stmt, 2, row.id);
    bind(stmt, 4, row.campaign);
    bind(stmt, 5, row.currency);
    for (int column : { 0, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 }) {
        if (row.has & 1u << column)
            sqlite3_bind_int64(stmt, column + 1, row.numbers[column]);
        else
            sqlite3_bind_null(stmt, column + 1);
    }
    run(stmt);
}

void set(floor_row *row, int column, int64_t value)
{
    row->numbers[column] = value;
    row->has |= 1u << column;
}

/* What is kept as it comes. */
bool keep_figure(floor_row *row, std::string_view key, dom::element value)
{
    if (key == "account_currency") row->currency = words_of(text_of(value));
    else if (key == "spend") set(row, 5, micros(text_of(value)));
    else if (key == "impressions") set(row, 6, whole(text_of(value)));
    else if (key == "clicks") set(row, 7, whole(text_of(value)));
    else if (key == "inline_link_clicks") set(row, 8, whole(text_of(value)));
    else if (key == "reach") set(row, 9, whole(text_of(value)));
    else return false;
    return true;
}

void keep_row(floor_side *f, const level &l, dom::object from, int64_t now)
{
    floor_row row = {};
    action counts[ACTIONS] = {}, values[ACTIONS] = {};
    std::string_view day;
    int used = OMNI;

    for (auto [key, value] : from) {
        if (keep_figure(&row, key, value)) continue;
        if (key == l.id) row.id = words_of(text_of(value));
        if (key == "campaign_id") row.campaign = words_of(text_of(value));
        else if (key == "date_start") day = text_of(value);
        else if (key == "actions") read_actions(value, counts);
        else if (key == "action_values") read_actions(value, values);
    }
    bench_need(row.id.p && day.size() == 10, "a row without an id or a day");
    while (used < PIXEL && !counts[used].there) used++;
    set(&row, 0, l.number);
    set(&row, 2, day_of(day));
    set(&row, 10, counts[used].value);
    set(&row, 11, counts[used].click);
    set(&row, 12, counts[used].view);
    set(&row, 13, values[used].value);
    set(&row, 14, counts[used].value);
    set(&row, 15, counts[LEAD].value);
    set(&row, 16, counts[ENGAGEMENT].value / 1000000);
    set(&row, 17, now);
    if (f->target->store)
        f->target->store->put(f->target->store->user, &row);
    else
        keep_in_file(f->upsert, row);
}

/* ---- one page */

size_t on_body(char *p, size_t one, size_t size, void *user)
{
    (void)one;
    static_cast<floor_side *>(user)->body.append(p, size);
    return size;
}

void add(floor_side *f, const char *name, const std::string &value)
{
    char *escaped = curl_easy_escape(f->easy, value.data(), static_cast<int>(value.size()));

    f->url.append("&").append(name).append("=").append(escaped);
    curl_free(escaped);
}

void fetch(floor_side *f, const level &l, const char *from, const char *to)
{
    std::string range = std::string("{\"since\":\"") + from + "\",\"until\":\"" + to + "\"}";
    long status = 0;

    f->url = std::string(f->plain ? "http" : "https") + "://graph.facebook.com/v25.0/act_" + f->target->account + "/insights?level=" +
             l.name;
    add(f, "fields", l.fields);
    add(f, "time_range", range);
    f->url += "&time_increment=1";
    add(f, "action_attribution_windows", "[\"7d_click\",\"1d_view\"]");
    if (l.states)
        add(f, "filtering",
            std::string("[{\"field\":\"") + l.name + ".effective_status\",\"operator\":\"IN\",\"value\":" + l.states + "}]");
    f->url += "&limit=" + std::to_string(PIPELINE_PAGE);
    if (!f->after.empty()) add(f, "after", f->after);
    f->body.clear();
    bench_need(curl_easy_setopt(f->easy, CURLOPT_URL, f->url.c_str()) == CURLE_OK, "a URL");
    CURLcode code = curl_easy_perform(f->easy);
    bench_need(code == CURLE_OK, curl_easy_strerror(code));
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    bench_need(status == 200, f->body.c_str());
}

bool page(floor_side *f, const level &l, const char *from, const char *to)
{
    int64_t now = static_cast<int64_t>(bench_seconds() * 1e6);
    dom::element root, next;
    dom::array data;
    std::string_view after;

    fetch(f, l, from, to);
    f->body.reserve(f->body.size() + simdjson::SIMDJSON_PADDING);
    bench_need(!f->parser.parse(f->body.data(), f->body.size(), false).get(root) && !root["data"].get(data), "JSON");
    if (!f->target->store) run(f->begin);
    for (dom::element row : data) {
        dom::object object;
        bench_need(!row.get(object), "a row");
        keep_row(f, l, object, now);
    }
    if (f->target->store) f->target->store->commit(f->target->store->user);
    else run(f->commit);
    if (root["paging"]["next"].get(next) || root["paging"]["cursors"]["after"].get(after)) return false;
    f->after = after;
    return true;
}

sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *stmt = nullptr;

    bench_need(sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, nullptr) == SQLITE_OK, sqlite3_errmsg(db));
    return stmt;
}

} // namespace

floor_side *floor_open(const pipeline_target *target, uint32_t plain)
{
    floor_side *f = new floor_side();
    std::string port = plain ? target->plain_port : target->port, bearer = std::string("Authorization: Bearer ") + target->token;

    f->target = target;
    f->plain = plain;
    f->easy = curl_easy_init();
    f->headers = curl_slist_append(nullptr, bearer.c_str());
    f->route = curl_slist_append(nullptr, ("::127.0.0.1:" + port).c_str());
    curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
    curl_easy_setopt(f->easy, CURLOPT_CONNECT_TO, f->route);
    curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(f->easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(f->easy, CURLOPT_CAINFO, target->ca_file);
    curl_easy_setopt(f->easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(f->easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
    int code = sqlite3_open_v2(target->file, &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    bench_need(code == SQLITE_OK, "open");
    bench_need(sqlite3_exec(f->db, schema, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(f->db));
    f->begin = prepare(f->db, "BEGIN IMMEDIATE");
    f->commit = prepare(f->db, "COMMIT");
    f->upsert = prepare(f->db, upsert);
    return f;
}

void floor_sync(floor_side *f, const pipeline_days *slices, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        for (const level &l : levels) {
            f->after.clear();
            while (page(f, l, slices[i].from, slices[i].to)) continue;
        }
    }
}

void floor_close(floor_side *f)
{
    sqlite3_finalize(f->begin);
    sqlite3_finalize(f->commit);
    sqlite3_finalize(f->upsert);
    bench_need(sqlite3_close(f->db) == SQLITE_OK, "close");
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->headers);
    curl_slist_free_all(f->route);
    delete f;
}
