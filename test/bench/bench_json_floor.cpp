/* SPDX-License-Identifier: MIT */
/* The floor: simdjson's DOM as a C++ program uses it that knows its pages. One parser for all, one pass over each object. */
#include "bench_json.h"

#include <charconv>
#include <simdjson.h>
#include <string_view>

namespace dom = simdjson::dom;

static void floor_text(dom::element value, page_sum *sum)
{
    std::string_view text;

    if (!value.get(text)) sum->text_bytes += text.size();
}

static void floor_figure(dom::element value, page_sum *sum)
{
    std::string_view text;
    int64_t number = 0;

    if (!value.get(text) && std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc()) sum->figures += number;
}

static void floor_actions(dom::element value, page_sum *sum)
{
    dom::array list;

    if (value.get(list)) return;
    for (dom::element item : list) {
        dom::object action;
        if (item.get(action)) continue;
        sum->actions++;
        for (dom::key_value_pair field : action) {
            if (field.key == "action_type") floor_text(field.value, sum);
            else if (field.key == "value") floor_text(field.value, sum);
        }
    }
}

static void floor_row(dom::object row, page_sum *sum)
{
    sum->rows++;
    for (dom::key_value_pair field : row) {
        if (field.key == "account_currency" || field.key == "ad_id" || field.key == "campaign_id" || field.key == "spend" ||
            field.key == "date_start" || field.key == "date_stop")
            floor_text(field.value, sum);
        else if (field.key == "actions" || field.key == "action_values") floor_actions(field.value, sum);
        else if (field.key == "impressions" || field.key == "clicks" || field.key == "inline_link_clicks" || field.key == "reach")
            floor_figure(field.value, sum);
    }
}

extern "C" int page_read_floor(const char *body, size_t size, uint32_t n, page_sum *sum)
{
    static dom::parser parser;

    for (uint32_t i = 0; i < n; i++) {
        dom::element root;
        dom::array data;
        if (parser.parse(body, size, false).get(root) || root["data"].get(data)) return 0;
        for (dom::element item : data) {
            dom::object row;
            if (item.get(row)) return 0;
            floor_row(row, sum);
        }
        dom::element after;
        if (!root["paging"]["cursors"]["after"].get(after)) floor_text(after, sum);
    }
    return 1;
}
