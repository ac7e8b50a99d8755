/* SPDX-License-Identifier: MIT */
/* The one C++ file: simdjson's DOM behind the C face of json.h. No exception is thrown or let through; the only allocations are
 * simdjson's own, which answer MEMALLOC. A node is a dom::element laid bare: the document, and where in its tape. */
#define SIMDJSON_EXCEPTIONS 0
#include "json.h"

extern "C" {
#include "../base/decimal.h"
}

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
    size_t max_bytes, allocated, texts, largest; /* texts: how much of the texts' buffer was written; largest: body since it was given */
    explicit adsync__reader(size_t max) : max_bytes(max), allocated(0), texts(0), largest(0) {}
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

template <typename word> inline bool read_word_same(const char *a, const char *b)
{
    word x, y;

    std::memcpy(&x, a, sizeof x);
    std::memcpy(&y, b, sizeof y);
    return x == y;
}

/* Keys are short: a call of memcmp for each would be a tenth of a walk. The last word may lie over the one before. */
inline bool read_bytes_same(const char *a, const char *b, size_t n)
{
    if (n > 16) return !std::memcmp(a, b, n);
    if (n >= 8) return read_word_same<uint64_t>(a, b) && read_word_same<uint64_t>(a + n - 8, b + n - 8);
    if (n >= 4) return read_word_same<uint32_t>(a, b) && read_word_same<uint32_t>(a + n - 4, b + n - 4);
    if (n >= 2) return read_word_same<uint16_t>(a, b) && a[n - 1] == b[n - 1];
    return !n || *a == *b;
}

inline bool read_same(const char *key, size_t size, const adsync__key &name)
{
    return size == name.size && read_bytes_same(key, name.text, size);
}

inline bool read_same(const char *key, size_t size, const char *name)
{
    return *key == *name && size == std::strlen(name) && !std::memcmp(key, name, size);
}

/* The tape itself is read here, which is where walks spend their time: each place has a letter for what it is in its upper byte; a text
 * says where it lies, after its size; a bracket says in its lower half what follows its other one; a number has a place more. */
constexpr unsigned read_letter = 56;

inline size_t read_after(const uint64_t *tape, size_t at)
{
    char letter = static_cast<char>(tape[at] >> read_letter);

    if (letter == '"') return at + 1;
    if (letter == '{' || letter == '[') return static_cast<uint32_t>(tape[at]);
    return letter == 'l' || letter == 'u' || letter == 'd' ? at + 2 : at + 1;
}

inline const uint64_t *read_tape(adsync__node node) { return static_cast<const dom::document *>(node.document)->tape.get(); }
inline char read_kind(adsync__node node) { return node.document ? static_cast<char>(read_tape(node)[node.at] >> read_letter) : 0; }

/* A text, or the key of a member. */
inline const char *read_text(adsync__node node, size_t *size)
{
    const uint8_t *text = static_cast<const dom::document *>(node.document)->string_buf.get() +
                          (read_tape(node)[node.at] & simdjson::internal::JSON_VALUE_MASK);
    uint32_t n;

    std::memcpy(&n, text, sizeof n);
    *size = n;
    return reinterpret_cast<const char *>(text) + sizeof n;
}

template <typename name> __attribute__((noinline)) uint32_t read_find(const name *names, uint32_t n, const char *key, size_t size)
{
    uint32_t i = 0;

    while (i < n && !read_same(key, size, names[i])) i++;
    return i;
}

template <typename name> bool read_fields(adsync__node node, const name *names, uint32_t n, adsync__node *fields)
{
    uint32_t next = 0, i;
    const uint64_t *tape;
    size_t size, end;

    for (i = 0; i < n; i++)
        fields[i] = read_missing();
    if (read_kind(node) != '{') return false;
    tape = read_tape(node);
    end = read_after(tape, node.at) - 1;
    for (node.at++; node.at < end; node.at = read_after(tape, node.at)) {
        const char *key = read_text(node, &size);
        node.at++;
        /* members mostly come in the order they were asked for */
        i = next < n && read_same(key, size, names[next]) ? next : read_find(names, n, key, size);
        if (i == n) continue;
        if (fields[i].document) return false;
        fields[i] = node;
        next = i + 1;
    }
    return true;
}

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
 * freed is kept for whoever needs the next; a large one only as long as bodies are large. Each begins with the same usual room, which is
 * address space until a body needs it: an allocator that sees blocks of megabytes come and go ends up keeping what is freed. */
std::atomic<adsync__reader *> read_spare{ nullptr };
constexpr size_t read_usual = 2 << 20;

bool read_worth_keeping(const adsync__reader *reader)
{
    return reader->allocated <= read_usual || reader->largest >= reader->allocated / 4;
}

/* Bodies bring tokens, and texts are where they are copied to. */
void read_forget(adsync__reader *reader)
{
    size_t room = 5 * reader->parser.doc.capacity() / 3 + simdjson::SIMDJSON_PADDING; /* what simdjson takes for them */
    uint8_t *texts = reader->parser.doc.string_buf.get();

    if (texts) adsync__wipe(texts, reader->texts < room ? reader->texts : room);
    reader->texts = 0;
}

/* How much of the texts' buffer a parse may have written. A text of n bytes takes n and five; between it and the next stood two quotes
 * and a comma, colon or bracket. There are at most as many texts as places in the tape, whose number its first place says. */
void read_note_texts(adsync__reader *reader, size_t size, bool whole)
{
    size_t most = 5 * size / 3, places = 0;

    if (whole) places = reader->parser.doc.tape[0] & simdjson::internal::JSON_VALUE_MASK;
    if (whole && size + 2 * places < most) most = size + 2 * places;
    if (most + simdjson::SIMDJSON_PADDING > reader->texts) reader->texts = most + simdjson::SIMDJSON_PADDING;
}

/* Beyond the usual room they grow with the largest body seen, in steps of two, never beyond what the reader takes. */
bool read_room(adsync__reader *reader, size_t size)
{
    size_t room = read_usual;

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
        (*out)->largest = 0;
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
    if (read_worth_keeping(reader) && read_spare.compare_exchange_strong(none, reader, std::memory_order_acq_rel)) return;
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
    if (size > reader->largest) reader->largest = size;
    code = reader->parser.parse(body, size, false).get(element);
    read_note_texts(reader, size, code == simdjson::SUCCESS);
    if (code == simdjson::MEMALLOC) return adsync__fail_memory(error);
    if (code) return adsync__fail(error, ADSYNC_E_FORMAT, "json.format", "the answer is no JSON: %s", read_why(code));
    *root = read_node(element);
    return ADSYNC_OK;
}

/* The tape of a document whose places are these texts, as simdjson would have laid it. */
bool adsync__reader_texts(adsync__reader *reader, const char *const *texts, const size_t *sizes, uint32_t n, adsync__node *nodes)
{
    constexpr size_t least = 64 << 10;
    dom::document &document = reader->parser.doc;
    size_t room = n, at = 0;

    for (uint32_t i = 0; i < n; i++) room += sizes[i] + sizeof(uint32_t) + 1;
    if (document.capacity() < room && document.allocate(room < least ? least : room)) return false;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *out = document.string_buf.get() + at;
        uint32_t size = static_cast<uint32_t>(sizes[i]);
        document.tape[i] = at | static_cast<uint64_t>('"') << read_letter;
        std::memcpy(out, &size, sizeof size);
        std::memcpy(out + sizeof size, texts[i], size);
        out[sizeof size + size] = 0;
        at += sizeof size + size + 1;
        nodes[i] = adsync__node{ &document, i };
    }
    if (at > reader->texts) reader->texts = at;
    return true;
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
    return read_fields(node, names, n, fields);
}

bool adsync__node_keys(adsync__node node, const adsync__key *keys, uint32_t n, adsync__node *fields)
{
    return read_fields(node, keys, n, fields);
}

adsync__items adsync__node_items(adsync__node node)
{
    adsync__items items = { read_missing(), 0, nullptr, 0, false };
    char kind = read_kind(node);

    if (kind != '[' && kind != '{') return items;
    items.end = read_after(read_tape(node), node.at) - 1;
    items.next = adsync__node{ node.document, node.at + 1 };
    items.object = kind == '{';
    return items;
}

bool adsync__items_next(adsync__items *items, adsync__node *item)
{
    *item = read_missing();
    items->key = nullptr;
    items->key_size = 0;
    if (!items->next.document || items->next.at >= items->end) return false;
    if (items->object) {
        items->key = read_text(items->next, &items->key_size);
        items->next.at++;
    }
    *item = items->next;
    items->next.at = read_after(read_tape(*item), item->at);
    return true;
}

void adsync__items_resume(adsync__items *items, uint32_t n, adsync__stop *stop)
{
    size_t first = items->next.at;

    if (!items->next.document || items->object) return;
    if (stop && stop->first == first && stop->n == n) {
        items->next.at = stop->at;
        return;
    }
    const uint64_t *tape = read_tape(items->next);
    while (n-- && items->next.at < items->end) items->next.at = read_after(tape, items->next.at);
    if (stop) *stop = adsync__stop{ first, 0, UINT32_MAX };
}

void adsync__items_stop(const adsync__items *items, uint32_t n, adsync__stop *stop)
{
    if (!stop) return;
    stop->at = items->next.at;
    stop->n = n;
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
    size_t ignored;

    if (read_kind(node) == '"') return read_text(node, size ? size : &ignored);
    if (size) *size = 0;
    return nullptr;
}

bool adsync__node_is(adsync__node node, const char *text)
{
    size_t size;
    const char *p = adsync__node_text(node, &size);

    return p && size == std::strlen(text) && !std::memcmp(p, text, size);
}

namespace {

/* Up to eight characters in one step, digits and perhaps a point among them: a loop over them would be mispredicted at each number. What
 * stands after a text may be read, texts lie in a padded buffer. false: something else, or more after the point than `scale`. */
inline bool read_eight(const char *text, size_t size, uint32_t scale, int64_t *out)
{
    constexpr uint64_t ones = UINT64_C(0x0101010101010101), zeros = ones * '0', halves = ones * 0xf0;
    constexpr uint64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
    uint64_t word, marks;

    if (size - 1 > 7 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) return false;
    std::memcpy(&word, text, sizeof word);
    word <<= 64 - 8 * size; /* the last character on top */
    marks = word ^ ones * '.';
    marks = (marks - ones) & ~marks & ones << 7; /* the lowest bit that is set stands at the first point */
    if (marks) {
        size_t at = static_cast<size_t>(__builtin_ctzll(marks)) / 8;
        if (at == 7 || at == 8 - size || 7 - at > scale) return false; /* "5." and ".5" are no numbers */
        scale -= static_cast<uint32_t>(7 - at);
        word = (word >> (8 * at + 8) << (8 * at + 8)) | (word & ((UINT64_C(1) << 8 * at) - 1)) << 8;
        size--;
    }
    word |= zeros >> (8 * size - 8) >> 8;
    if (((word & halves) | ((word + ones * 6) & halves) >> 4) != ones * 0x33) return false; /* all from 0 to 9 */
    word = ((word & ones * 0x0f) * (10 * 256 + 1)) >> 8;
    word = ((word & UINT64_C(0x00ff00ff00ff00ff)) * (100 * 65536 + 1)) >> 16;
    word = ((word & UINT64_C(0x0000ffff0000ffff)) * ((UINT64_C(10000) << 32) + 1)) >> 32;
    *out = static_cast<int64_t>(word * powers[scale]);
    return true;
}

/* Up to 18 digits, as nearly all texts of integers are. */
inline bool read_digits(const char *text, size_t size, int64_t *out)
{
    int64_t number = 0;

    if (!size || size > 18) return false;
    for (size_t i = 0; i < size; i++) {
        unsigned digit = static_cast<unsigned char>(text[i]) - '0';
        if (digit > 9) return false;
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

__attribute__((noinline)) bool read_long_int(const char *text, size_t size, int64_t *out)
{
    if (read_digits(text, size, out)) return true;
    std::from_chars_result read = std::from_chars(text, text + size, *out);
    if (read.ec == std::errc() && read.ptr == text + size) return true;
    *out = 0;
    return false;
}

/* What a fraction means is its decimal of up to 15 digits, rounded half-even. Below 10^8 a double and its decimal are nearer than a
 * hundredth of a millionth, and so is the product to the true one: unless it lies near the middle between two, both round alike. */
constexpr double read_fine_most = 1e8;

inline bool read_fraction(double value, int64_t *out)
{
    double scaled = value * 1e6, whole;

    if (!(value > -read_fine_most && value < read_fine_most)) return false;
    *out = static_cast<int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    whole = static_cast<double>(*out);
    return scaled - whole < 0.4 && whole - scaled < 0.4;
}

inline bool read_int(adsync__node node, int64_t *out)
{
    char kind = read_kind(node);
    size_t size;
    const char *text;

    *out = 0;
    if (kind == 'l') {
        std::memcpy(out, read_tape(node) + node.at + 1, sizeof *out);
        return true;
    }
    if (kind != '"') return false;
    text = read_text(node, &size);
    return read_eight(text, size, 0, out) || read_long_int(text, size, out);
}

inline bool read_micros(adsync__node node, int64_t *out)
{
    char kind = read_kind(node);
    double value;
    int64_t number;
    const char *text;
    size_t size;

    if (kind == 'l') {
        std::memcpy(&number, read_tape(node) + node.at + 1, sizeof number);
        return !__builtin_mul_overflow(number, INT64_C(1000000), out);
    }
    if (kind == 'd') {
        std::memcpy(&value, read_tape(node) + node.at + 1, sizeof value);
        return read_fraction(value, out);
    }
    if (kind != '"') return false;
    text = read_text(node, &size);
    return read_eight(text, size, ADSYNC__DECIMAL_MICRO, out) || adsync__decimal_read(text, size, ADSYNC__DECIMAL_MICRO, out) >= 0;
}

inline bool read_dash(adsync__node node)
{
    size_t size;
    const char *text = read_text(node, &size);

    return !size || (size == 1 && *text == '-');
}

} // namespace

bool adsync__node_int(adsync__node node, int64_t *out) { return read_int(node, out); }
bool adsync__node_micros(adsync__node node, int64_t *out) { return read_micros(node, out); }

bool adsync__node_numbers(adsync__node node, bool micros, int64_t *out, uint32_t n)
{
    adsync__items items = adsync__node_items(node);

    for (uint32_t i = 0; i < n && items.next.document && items.next.at < items.end; i++) {
        const uint64_t *tape = read_tape(items.next);
        if (read_kind(items.next) == 'n') out[i] = 0;
        else if (!(micros ? read_micros(items.next, &out[i]) : read_int(items.next, &out[i]))) return false;
        items.next.at = read_after(tape, items.next.at);
    }
    return true;
}

void adsync__node_row(const adsync__node *nodes, const uint8_t *how, uint32_t n, adsync__numbers *out)
{
    uint64_t told = 0, none = 0, bit = 1;

    for (uint32_t i = 0; i < n; i++, bit <<= 1) {
        if (!how[i]) continue;
        char kind = read_kind(nodes[i]);
        if (!kind || kind == 'n' || (kind == '"' && how[i] & ADSYNC__NUMBER_DASH && read_dash(nodes[i]))) none |= bit;
        else if (how[i] & ADSYNC__NUMBER_MICROS ? read_micros(nodes[i], &out->values[i]) : read_int(nodes[i], &out->values[i])) told |= bit;
    }
    out->told = told;
    out->none = none;
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

/* 15 significant digits name a double without doubt. What needs more is a sum of doubles that was written to its last bit, or was longer
 * on the wire: where that cannot be told apart, it is refused rather than guessed. */
const char *adsync__node_decimal(adsync__node node, adsync__digits *room, size_t *size)
{
    const char *text = adsync__node_digits(node, room, size);
    char *end = room->text + sizeof room->text - 1;
    double value, back = 0;

    if (text || !node.document || adsync__node_kind(node) != ADSYNC__NODE_FRACTION || read_element(node).get(value)) return text;
    value += 0.0; /* -0.0 is 0, as the integer -0 is */
    std::to_chars_result written = std::to_chars(room->text, end, value, std::chars_format::general, 15);
    std::from_chars_result read = std::from_chars(room->text, written.ptr, back);
    if (written.ec != std::errc() || read.ec != std::errc()) return nullptr;
    if (back < value || back > value) {
        if (value > read_fine_most || value < -read_fine_most) return nullptr;
        written = std::to_chars(room->text, end, value);
        if (written.ec != std::errc()) return nullptr;
    }
    *written.ptr = 0;
    *size = static_cast<size_t>(written.ptr - room->text);
    return room->text;
}
