/* SPDX-License-Identifier: MIT */
/* The one C++ file: simdjson's DOM behind the C face of json.h. No exception is thrown or let through; the only allocations are
 * simdjson's own, which answer MEMALLOC. A node is a dom::element laid bare: the document, and where in its tape. */
#define SIMDJSON_EXCEPTIONS 0
#include "json.h"

#include <atomic>
#include <charconv>
#include <cstring>
#include <new>
#include <simdjson.h>
#include <type_traits>

namespace dom = simdjson::dom;

static_assert(sizeof(adsync__node) == sizeof(dom::element), "a node is an element");
static_assert(std::is_trivially_copyable<dom::element>::value, "an element may be copied as bytes");
static_assert(ADSYNC__READER_PADDING >= simdjson::SIMDJSON_PADDING, "a body is padded enough");

struct adsync__reader {
    dom::parser parser;
    size_t max_bytes, allocated, texts; /* texts: how much of the texts' buffer was written */
    explicit adsync__reader(size_t max) : max_bytes(max), allocated(0), texts(0) {}
};

namespace {

adsync__node read_node(dom::element element)
{
    adsync__node node;

    std::memcpy(&node, &element, sizeof node);
    return node;
}

dom::element read_element(adsync__node node)
{
    dom::element element;

    std::memcpy(static_cast<void *>(&element), &node, sizeof node);
    return element;
}

adsync__node read_missing() { return adsync__node{ nullptr, 0 }; }

struct read_word {
    simdjson::error_code code;
    const char *text;
};

constexpr read_word read_words[] = {
    { simdjson::EMPTY, "it is empty" },
    { simdjson::DEPTH_ERROR, "it is nested too deeply" },
    { simdjson::UTF8_ERROR, "it is not UTF-8" },
    { simdjson::UNCLOSED_STRING, "a text does not end" },
    { simdjson::NUMBER_ERROR, "a number is malformed or too large" },
    { simdjson::STRING_ERROR, "a text is malformed" },
};

const char *read_why(simdjson::error_code code)
{
    for (const read_word &word : read_words)
        if (word.code == code) return word.text;
    return "it is malformed";
}

/* A reader's buffers are many times the body, and new memory costs a page fault each 4 KiB: more than the parse itself. One that was
 * freed is kept for whoever needs the next. */
std::atomic<adsync__reader *> read_spare{ nullptr };
constexpr size_t read_spare_most = 1 << 20;

/* Bodies bring tokens, and texts are where they are copied to. */
void read_forget(adsync__reader *reader)
{
    size_t room = 5 * reader->parser.doc.capacity() / 3 + simdjson::SIMDJSON_PADDING; /* what simdjson takes for them */
    uint8_t *texts = reader->parser.doc.string_buf.get();

    if (texts) adsync__wipe(texts, reader->texts < room ? reader->texts : room);
    reader->texts = 0;
}

/* The parser's own buffers grow with the largest body seen, in steps of two, never beyond what the reader takes. */
bool read_room(adsync__reader *reader, size_t size)
{
    size_t room = reader->allocated ? reader->allocated : 64 * 1024;

    if (size <= reader->allocated) return true;
    while (room < size)
        room *= 2;
    if (room > reader->max_bytes) room = reader->max_bytes;
    if (reader->parser.allocate(room, ADSYNC__READER_DEPTH)) return false;
    reader->allocated = room;
    return true;
}

} // namespace

adsync_status adsync__reader_new(size_t max_bytes, adsync__reader **out, adsync_error **error)
{
    *out = read_spare.exchange(nullptr, std::memory_order_acq_rel);
    if (*out) {
        (*out)->max_bytes = max_bytes;
        return ADSYNC_OK;
    }
    *out = new (std::nothrow) adsync__reader(max_bytes);
    return *out ? ADSYNC_OK : adsync__fail_memory(error);
}

void adsync__reader_free(adsync__reader *reader)
{
    adsync__reader *none = nullptr;

    if (!reader) return;
    read_forget(reader);
    if (reader->allocated <= read_spare_most && read_spare.compare_exchange_strong(none, reader, std::memory_order_acq_rel)) return;
    delete reader;
}

adsync_status adsync__reader_parse(adsync__reader *reader, const char *body, size_t size, adsync__node *root, adsync_error **error)
{
    dom::element element;
    simdjson::error_code code;

    *root = read_missing();
    if (size > reader->max_bytes)
        return adsync__fail(error, ADSYNC_E_TOO_BIG, "json.size", "the JSON has %zu bytes, at most %zu are read", size, reader->max_bytes);
    if (!read_room(reader, size)) return adsync__fail_memory(error);
    if (5 * size / 3 + simdjson::SIMDJSON_PADDING > reader->texts) reader->texts = 5 * size / 3 + simdjson::SIMDJSON_PADDING; /* at most */
    code = reader->parser.parse(body, size, false).get(element);
    if (code == simdjson::MEMALLOC) return adsync__fail_memory(error);
    if (code) return adsync__fail(error, ADSYNC_E_FORMAT, "json.format", "the answer is no JSON: %s", read_why(code));
    *root = read_node(element);
    return ADSYNC_OK;
}

uint32_t adsync__node_kind(adsync__node node)
{
    if (!node.document) return ADSYNC__NODE_MISSING;
    switch (read_element(node).type()) {
    case dom::element_type::ARRAY: return ADSYNC__NODE_ARRAY;
    case dom::element_type::OBJECT: return ADSYNC__NODE_OBJECT;
    case dom::element_type::INT64:
    case dom::element_type::UINT64: return ADSYNC__NODE_INT;
    case dom::element_type::DOUBLE: return ADSYNC__NODE_FRACTION;
    case dom::element_type::STRING: return ADSYNC__NODE_TEXT;
    case dom::element_type::BOOL: return ADSYNC__NODE_BOOL;
    default: return ADSYNC__NODE_NULL;
    }
}

adsync__node adsync__node_get(adsync__node node, const char *key)
{
    dom::object object;
    dom::element found;

    if (!node.document || read_element(node).get(object)) return read_missing();
    return object.at_key(key).get(found) ? read_missing() : read_node(found);
}

bool adsync__node_fields(adsync__node node, const char *const *names, uint32_t n, adsync__node *fields)
{
    dom::object object;
    uint32_t hint = 0, i, tried;

    for (i = 0; i < n; i++)
        fields[i] = read_missing();
    if (!node.document || read_element(node).get(object)) return false;
    for (auto at = object.begin(); at != object.end(); ++at) {
        /* members mostly come in the order they were asked for: begin where the last one was found */
        for (i = hint, tried = 0; tried < n && !at.key_equals(names[i]); tried++)
            i = i + 1 == n ? 0 : i + 1;
        if (tried == n) continue;
        if (fields[i].document) return false;
        fields[i] = read_node(at.value());
        hint = i + 1 == n ? 0 : i + 1;
    }
    return true;
}

adsync__items adsync__node_items(adsync__node node)
{
    adsync__items items = { read_missing(), 0, nullptr, 0, false };
    dom::object object;
    dom::array array;

    if (!node.document) return items;
    if (!read_element(node).get(array)) {
        /* an array's iterators are tape references as well; its first item follows its bracket */
        dom::array::iterator first = array.begin(), last = array.end();
        std::memcpy(&items.next, &first, sizeof items.next);
        adsync__node end;
        std::memcpy(&end, &last, sizeof end);
        items.end = end.at;
        return items;
    }
    if (read_element(node).get(object)) return items;
    dom::object::iterator first = object.begin(), last = object.end();
    adsync__node end;
    std::memcpy(&items.next, &first, sizeof items.next);
    std::memcpy(&end, &last, sizeof end);
    items.end = end.at;
    items.object = true;
    return items;
}

bool adsync__items_next(adsync__items *items, adsync__node *item)
{
    static_assert(sizeof(dom::array::iterator) == sizeof(adsync__node) && sizeof(dom::object::iterator) == sizeof(adsync__node),
                  "an iterator is a place in the tape");

    *item = read_missing();
    items->key = nullptr;
    items->key_size = 0;
    if (!items->next.document || items->next.at >= items->end) return false;
    if (!items->object) {
        dom::array::iterator at;
        std::memcpy(static_cast<void *>(&at), &items->next, sizeof items->next);
        *item = read_node(*at);
        ++at;
        std::memcpy(&items->next, &at, sizeof items->next);
        return true;
    }
    dom::object::iterator at;
    std::memcpy(static_cast<void *>(&at), &items->next, sizeof items->next);
    items->key = at.key().data();
    items->key_size = at.key().size();
    *item = read_node(at.value());
    ++at;
    std::memcpy(&items->next, &at, sizeof items->next);
    return true;
}

uint32_t adsync__node_count(adsync__node node)
{
    dom::object object;
    dom::array array;

    if (!node.document) return 0;
    if (!read_element(node).get(array)) return static_cast<uint32_t>(array.size());
    return read_element(node).get(object) ? 0 : static_cast<uint32_t>(object.size());
}

const char *adsync__node_text(adsync__node node, size_t *size)
{
    std::string_view text;

    if (size) *size = 0;
    if (!node.document || read_element(node).get(text)) return nullptr;
    if (size) *size = text.size();
    return text.data();
}

bool adsync__node_is(adsync__node node, const char *text)
{
    size_t size;
    const char *p = adsync__node_text(node, &size);

    return p && size == std::strlen(text) && !std::memcmp(p, text, size);
}

bool adsync__node_int(adsync__node node, int64_t *out)
{
    size_t size;
    const char *text;

    *out = 0;
    if (!node.document) return false;
    if (!read_element(node).get(*out)) return true;
    *out = 0;
    if (!(text = adsync__node_text(node, &size)) || !size) return false;
    std::from_chars_result read = std::from_chars(text, text + size, *out);
    if (read.ec == std::errc() && read.ptr == text + size) return true;
    *out = 0;
    return false;
}

bool adsync__node_true(adsync__node node)
{
    bool flag = false;
    int64_t number;

    if (!node.document) return false;
    if (!read_element(node).get(flag)) return flag;
    return (adsync__node_int(node, &number) && number == 1) || adsync__node_is(node, "true");
}

const char *adsync__node_digits(adsync__node node, adsync__digits *room, size_t *size)
{
    const char *text = adsync__node_text(node, size);
    uint64_t big;
    int64_t number;
    std::to_chars_result written;

    if (text || !node.document) return text;
    if (!read_element(node).get(number)) written = std::to_chars(room->text, room->text + sizeof room->text - 1, number);
    else if (!read_element(node).get(big)) written = std::to_chars(room->text, room->text + sizeof room->text - 1, big);
    else return nullptr;
    *written.ptr = 0;
    *size = static_cast<size_t>(written.ptr - room->text);
    return room->text;
}

/* 15 significant digits name a double without doubt; what needs more was longer on the wire and is refused rather than guessed. */
const char *adsync__node_decimal(adsync__node node, adsync__digits *room, size_t *size)
{
    const char *text = adsync__node_digits(node, room, size);
    double value, back = 0;

    if (text || !node.document || adsync__node_kind(node) != ADSYNC__NODE_FRACTION || read_element(node).get(value)) return text;
    std::to_chars_result written = std::to_chars(room->text, room->text + sizeof room->text - 1, value, std::chars_format::general, 15);
    std::from_chars_result read = std::from_chars(room->text, written.ptr, back);
    if (written.ec != std::errc() || read.ec != std::errc() || back < value || back > value) return nullptr;
    *written.ptr = 0;
    *size = static_cast<size_t>(written.ptr - room->text);
    return room->text;
}
