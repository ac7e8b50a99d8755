/* SPDX-License-Identifier: MIT */
/* Any bytes as an answer's JSON: refused with words, or walked from end to end. What can be written again is written the same twice. */
#include "fuzz.h"
#include "json/json.h"

enum { JSON_MOST = 1 << 16 };

static void walk(adsync__node node, uint32_t depth)
{
    static const adsync__key keys[] = { ADSYNC__KEY("id"), ADSYNC__KEY("data"), ADSYNC__KEY("") };
    static const char *const names[] = { "id", "data", "" };
    adsync__items items = adsync__node_items(node);
    adsync__node item, by_key[3], by_name[3];
    adsync__digits room;
    uint32_t n = 0;
    int64_t number;
    size_t size = 0;
    const char *text = adsync__node_text(node, &size);

    FUZZ_CHECK(depth <= ADSYNC__READER_DEPTH);
    FUZZ_CHECK(adsync__node_kind(node) != ADSYNC__NODE_MISSING);
    if (text) FUZZ_CHECK(!text[size] && (memchr(text, 0, size) || adsync__utf8_valid(text, size)));
    if ((text = adsync__node_decimal(node, &room, &size))) FUZZ_CHECK(!text[size]);
    (void)adsync__node_int(node, &number);
    (void)adsync__node_true(node);
    FUZZ_CHECK(adsync__node_keys(node, keys, 3, by_key) == adsync__node_fields(node, names, 3, by_name));
    FUZZ_CHECK(!memcmp(by_key, by_name, sizeof by_key));
    for (; adsync__items_next(&items, &item); n++) {
        if (items.key) FUZZ_CHECK(!items.key[items.key_size]);
        walk(item, depth + 1);
    }
    FUZZ_CHECK(n == adsync__node_count(node));
}

/* false: it cannot be written, for a reason that json.h names */
static bool write_again(adsync__node root, adsync__buffer *out)
{
    adsync__json json;
    adsync_status rc;

    adsync__buffer_begin(out, 8 * JSON_MOST);
    adsync__json_begin(&json, out);
    rc = adsync__json_node(&json, root);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT || rc == ADSYNC_E_TOO_BIG);
    return rc == ADSYNC_OK;
}

static void parse_again(const adsync__buffer *text, adsync__buffer *again)
{
    adsync__reader *reader = NULL;
    adsync__node root;
    char *body = calloc(1, text->size + ADSYNC__READER_PADDING);

    if (!body) return;
    memcpy(body, text->p, text->size);
    FUZZ_CHECK(adsync__json_valid(body, text->size));
    FUZZ_CHECK(adsync__reader_new(8 * JSON_MOST, &reader, NULL) == ADSYNC_OK);
    FUZZ_CHECK(adsync__reader_parse(reader, body, text->size, &root, NULL) == ADSYNC_OK);
    FUZZ_CHECK(write_again(root, again));
    FUZZ_CHECK(again->size == text->size && !memcmp(again->p, text->p, text->size));
    adsync__reader_free(reader);
    adsync__buffer_free(again);
    free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    adsync__reader *reader = NULL;
    adsync__buffer text, again;
    adsync_error *error = NULL;
    adsync__node root;
    adsync_status rc;
    char *body;

    if (size > JSON_MOST || !(body = calloc(1, size + ADSYNC__READER_PADDING))) return 0;
    if (size) memcpy(body, data, size);
    FUZZ_CHECK(adsync__reader_new(JSON_MOST, &reader, NULL) == ADSYNC_OK);
    rc = adsync__reader_parse(reader, body, size, &root, &error);
    FUZZ_CHECK(rc == ADSYNC_OK || rc == ADSYNC_E_FORMAT);
    FUZZ_CHECK((rc == ADSYNC_OK) == !error);
    if (rc == ADSYNC_OK) {
        walk(root, 0);
        if (write_again(root, &text)) parse_again(&text, &again);
        adsync__buffer_free(&text);
    }
    adsync_error_free(error);
    adsync__reader_free(reader);
    free(body);
    return 0;
}
