#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/platform.h"

/* cJSON reads the structure; what it would let pass or mangle is settled before, in one pass over
 * the text (struct scan) that refuses what JSON's grammar does not allow in strings, numbers and
 * between tokens, and rewrites what cJSON cannot hold. */

enum { MAX_DEPTH = 64, MAX_NODES = 500000, MAX_COPIED_NUMBER_LEN = 40 };

struct scan {
    struct str text;
    size_t at;
    int depth;
    size_t nodes; /* an upper bound: each value follows one of [ { , : */
    struct buf out;
    const char *why;
};

static bool refuse(struct scan *scan, const char *why) {
    scan->why = why;
    return false;
}

/* NUL behind the end: it is no JSON character. */
static char peek(const struct scan *scan, size_t ahead) {
    size_t at = scan->at + ahead;
    return at < scan->text.len ? scan->text.ptr[at] : '\0';
}

static void copy(struct scan *scan, size_t len) {
    buf_append(&scan->out, str_slice(scan->text, scan->at, scan->at + len));
    scan->at += len;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What the \u escape that stands `ahead` says; -1 when none does. */
static int32_t unicode_escape(const struct scan *scan, size_t ahead) {
    int32_t unit = 0;
    if (peek(scan, ahead) != '\\' || peek(scan, ahead + 1) != 'u') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        char c = peek(scan, ahead + i);
        if (!is_hex(c)) {
            return -1;
        }
        unit = unit * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit;
}

/* cJSON takes bad hexadecimal digits for zero, a NUL for the end of the string, and refuses a text
 * with half a surrogate pair (JavaScript cuts strings in such a way), which is read as U+FFFD. */
static bool scan_unicode_escape(struct scan *scan) {
    int32_t unit = unicode_escape(scan, 0);
    if (unit < 0) {
        return refuse(scan, "a \\u escape without four hexadecimal digits");
    }
    bool high = unit >= 0xD800 && unit < 0xDC00;
    bool low = unit >= 0xDC00 && unit < 0xE000;
    int32_t next = high ? unicode_escape(scan, 6) : -1;
    if (high && next >= 0xDC00 && next < 0xE000) {
        copy(scan, 12);
    } else if (high || low || unit == 0) {
        buf_append(&scan->out, STR("\\ufffd"));
        scan->at += 6;
    } else {
        copy(scan, 6);
    }
    return true;
}

static bool scan_escape(struct scan *scan) {
    char kind = peek(scan, 1);
    if (kind == 'u') {
        return scan_unicode_escape(scan);
    }
    if (kind == '\0' || strchr("\"\\/bfnrt", kind) == NULL) {
        return refuse(scan, "an unknown escape in a string");
    }
    copy(scan, 2);
    return true;
}

/* Bytes from here on that stand for themselves in a string. */
static size_t plain_len(const struct scan *scan) {
    size_t len = 0;
    unsigned char c = (unsigned char)peek(scan, 0);
    while (c >= 0x20 && c != '"' && c != '\\') {
        len++;
        c = (unsigned char)peek(scan, len);
    }
    return len;
}

static bool scan_string(struct scan *scan) {
    copy(scan, 1);
    for (;;) {
        copy(scan, plain_len(scan));
        if (scan->at == scan->text.len) {
            return refuse(scan, "a string without an end");
        }
        char c = peek(scan, 0);
        if (c == '"') {
            copy(scan, 1);
            return true;
        }
        if (c != '\\') {
            return refuse(scan, "a control character in a string");
        }
        if (!scan_escape(scan)) {
            return false;
        }
    }
}

static size_t digits_from(const struct scan *scan, size_t from) {
    size_t len = 0;
    while (is_digit(peek(scan, from + len))) {
        len++;
    }
    return len;
}

/* Length of the number's text, or 0 when it is not one; *integer when it has neither fraction nor
 * exponent. */
static size_t number_len(const struct scan *scan, bool *integer) {
    size_t len = peek(scan, 0) == '-' ? 1 : 0;
    size_t digits = digits_from(scan, len);
    if (digits == 0 || (digits > 1 && peek(scan, len) == '0')) {
        return 0;
    }
    len += digits;
    *integer = true;
    if (peek(scan, len) == '.') {
        *integer = false;
        digits = digits_from(scan, len + 1);
        if (digits == 0) {
            return 0;
        }
        len += 1 + digits;
    }
    if (peek(scan, len) == 'e' || peek(scan, len) == 'E') {
        *integer = false;
        len += peek(scan, len + 1) == '+' || peek(scan, len + 1) == '-' ? 2 : 1;
        digits = digits_from(scan, len);
        if (digits == 0) {
            return 0;
        }
        len += digits;
    }
    return len;
}

/* Whether an integer's digits (no leading zeros) say more than 2^53. */
static bool is_inexact(struct str digits) {
    const struct str limit = STR("9007199254740992");
    if (digits.len != limit.len) {
        return digits.len > limit.len;
    }
    return str_compare(digits, limit) > 0;
}

static void quote_number(struct scan *scan, size_t len) {
    buf_append_char(&scan->out, '"');
    copy(scan, len);
    buf_append_char(&scan->out, '"');
}

/* Some versions of cJSON cut numbers off after 63 characters, so a long one is written again in
 * fewer. One beyond the range of a double is kept as its text. */
static bool scan_fraction(struct scan *scan, size_t len) {
    size_t start = scan->out.len;
    size_t at = scan->at;
    copy(scan, len);
    double number = strtod(scan->out.ptr + start, NULL);
    if (!isfinite(number)) {
        scan->out.len = start;
        scan->at = at;
        quote_number(scan, len);
        return true;
    }
    if (len > MAX_COPIED_NUMBER_LEN) {
        scan->out.len = start;
        buf_printf(&scan->out, "%.17g", number);
    }
    return true;
}

static bool scan_number(struct scan *scan) {
    bool integer = false;
    size_t len = number_len(scan, &integer);
    if (len == 0) {
        return refuse(scan, "a malformed number");
    }
    /* A number that became a string must not pass where JSON wants a string: as a key. */
    size_t behind = len;
    while (is_white(peek(scan, behind))) {
        behind++;
    }
    bool at_end = scan->at + behind == scan->text.len;
    if (!at_end && (peek(scan, behind) == '\0' || strchr(",]}", peek(scan, behind)) == NULL)) {
        return refuse(scan, "a malformed number");
    }
    if (!integer) {
        return scan_fraction(scan, len);
    }
    size_t sign = peek(scan, 0) == '-' ? 1 : 0;
    if (is_inexact(str_slice(scan->text, scan->at + sign, scan->at + len))) {
        quote_number(scan, len);
    } else {
        copy(scan, len);
    }
    return true;
}

/* cJSON recurses, and its nodes are many times larger than their text: both are bounded here. */
static bool scan_structure(struct scan *scan, char c) {
    scan->nodes++;
    if (c == '[' || c == '{') {
        scan->depth++;
    } else if (c == ']' || c == '}') {
        scan->depth--;
    }
    if (scan->depth > MAX_DEPTH) {
        return refuse(scan, "nesting deeper than 64 levels");
    }
    if (scan->nodes > MAX_NODES) {
        return refuse(scan, "more values than are accepted");
    }
    copy(scan, 1);
    return true;
}

/* What Python writes for a number that is none, though JSON has no such word: null. Length of the
 * word, or 0. */
static size_t no_number_len(const struct scan *scan) {
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    struct str rest = str_slice(scan->text, scan->at, scan->text.len);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_starts(rest, str_of(words[i]))) {
            return strlen(words[i]);
        }
    }
    return 0;
}

static bool scan_token(struct scan *scan) {
    char c = peek(scan, 0);
    size_t no_number = no_number_len(scan);
    if (no_number > 0) {
        buf_append(&scan->out, STR("null"));
        scan->at += no_number;
        return true;
    }
    if (c == '"') {
        return scan_string(scan);
    }
    if (c == '-' || is_digit(c)) {
        return scan_number(scan);
    }
    if (c != '\0' && strchr("[]{},:", c) != NULL) {
        return scan_structure(scan, c);
    }
    if (is_white(c) || (c >= 'a' && c <= 'z')) {
        copy(scan, 1); /* true, false, null: cJSON knows their spelling */
        return true;
    }
    return refuse(scan, "a character that JSON does not allow");
}

static bool scan_text(struct scan *scan) {
    while (scan->at < scan->text.len) {
        if (!scan_token(scan)) {
            return false;
        }
    }
    return true;
}

/* Copies a string out of cJSON's tree and wipes it there, since it may be a secret. */
static struct value *convert_string(struct arena *arena, char *text) {
    struct value *string = value_string_c(arena, text);
    platform_wipe(text, string->string.len);
    return string;
}

static struct value *convert(struct arena *arena, const cJSON *node);

static struct value *convert_list(struct arena *arena, const cJSON *node) {
    struct value *list = value_list(arena);
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        value_list_append(arena, list, convert(arena, child));
    }
    return list;
}

static struct value *convert_map(struct arena *arena, const cJSON *node) {
    struct value *map = value_map(arena);
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        struct str key = arena_str(arena, str_of(child->string));
        value_map_append(arena, map, key, convert(arena, child));
    }
    value_map_sort(map);
    return map;
}

/* Recursion is bounded by MAX_DEPTH, which the scan has made sure of. */
static struct value *convert(struct arena *arena, const cJSON *node) {
    if (cJSON_IsObject(node)) {
        return convert_map(arena, node);
    }
    if (cJSON_IsArray(node)) {
        return convert_list(arena, node);
    }
    if (cJSON_IsString(node)) {
        return convert_string(arena, node->valuestring);
    }
    if (cJSON_IsNumber(node)) {
        return value_number(arena, node->valuedouble);
    }
    return cJSON_IsNull(node) ? value_null(arena) : value_bool(arena, cJSON_IsTrue(node));
}

static bool parse_scanned(struct arena *arena, const struct buf *text, struct value **out,
                          const char **why) {
    /* The length takes in the NUL, which is where cJSON looks for trailing text. */
    struct str view = buf_str(text);
    cJSON *root = cJSON_ParseWithLengthOpts(view.ptr, view.len + 1, NULL, true);
    if (root == NULL) {
        *why = "text that is not JSON";
        return false;
    }
    *out = convert(arena, root);
    cJSON_Delete(root);
    if (arena_is_exceeded(arena)) {
        *why = "more data than one call may hold";
        return false;
    }
    return true;
}

bool json_parse(struct arena *arena, struct str text, struct value **out, struct str *why) {
    const struct str mark = STR("\xef\xbb\xbf"); /* JSON allows to pass it over */
    text = str_starts(text, mark) ? str_slice(text, mark.len, text.len) : text;
    struct scan scan = {.text = text};
    *out = NULL;
    buf_init(&scan.out, text.len * 2 + 64);
    bool good = str_is_utf8(text) || refuse(&scan, "text that is not UTF-8");
    good = good && scan_text(&scan) && parse_scanned(arena, &scan.out, out, &scan.why);
    buf_cleanup(&scan.out);
    *why = str_of(scan.why);
    if (!good) {
        *out = NULL;
    }
    return good;
}

static void write_escaped(struct buf *out, unsigned char c) {
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c < sizeof(letters) && letters[c] == '\0') {
        buf_printf(out, "\\u%04x", c);
        return;
    }
    buf_append_char(out, '\\');
    buf_append_char(out, c < sizeof(letters) ? letters[c] : (char)c);
}

static void write_string(struct buf *out, struct str text) {
    buf_append_char(out, '"');
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            buf_append(out, str_slice(text, done, i));
            write_escaped(out, c);
            done = i + 1;
        }
    }
    buf_append(out, str_slice(text, done, text.len));
    buf_append_char(out, '"');
}

static bool write_number(struct buf *out, double number) {
    char text[VALUE_NUMBER_SIZE];
    if (!isfinite(number)) {
        return false;
    }
    size_t len = value_number_print(number, text);
    buf_append(out, (struct str){text, len});
    return true;
}

static bool write_value(struct buf *out, const struct value *value);

static bool write_list(struct buf *out, const struct value_list *list) {
    buf_append_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            buf_append_char(out, ',');
        }
        if (!write_value(out, list->items[i])) {
            return false;
        }
    }
    buf_append_char(out, ']');
    return true;
}

static bool write_map(struct buf *out, const struct value_map *map) {
    buf_append_char(out, '{');
    for (size_t i = 0; i < map->count; i++) {
        if (i > 0) {
            buf_append_char(out, ',');
        }
        write_string(out, map->entries[i].key);
        buf_append_char(out, ':');
        if (!write_value(out, map->entries[i].value)) {
            return false;
        }
    }
    buf_append_char(out, '}');
    return true;
}

static bool write_value(struct buf *out, const struct value *value) {
    switch (value == NULL ? VALUE_NULL : value->kind) {
    case VALUE_NULL:
        buf_append(out, STR("null"));
        return true;
    case VALUE_BOOL:
        buf_append(out, value->boolean ? STR("true") : STR("false"));
        return true;
    case VALUE_NUMBER:
        return write_number(out, value->number);
    case VALUE_STRING:
        write_string(out, value->string);
        return true;
    case VALUE_LIST:
        return write_list(out, &value->list);
    case VALUE_MAP:
        return write_map(out, &value->map);
    case VALUE_BYTES:
    case VALUE_UNKNOWN:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        return false;
    }
    return false;
}

bool json_write(struct buf *out, const struct value *value) {
    return write_value(out, value);
}
