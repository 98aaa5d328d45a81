#include "base/escape.h"

#include <stdint.h>

#define LAST_CODE_POINT 0x10FFFF

static int digit_value(char c, int base) {
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : base;
    return value < base ? value : -1;
}

/* Digits at the text's beginning, at most so many. */
static size_t digits_len(struct str text, int base, size_t most, uint32_t *number) {
    size_t len = 0;
    *number = 0;
    while (len < text.len && len < most && digit_value(text.ptr[len], base) >= 0) {
        *number = *number * (uint32_t)base + (uint32_t)digit_value(text.ptr[len], base);
        len++;
    }
    return len;
}

static void put(struct escape *out, uint32_t byte) {
    out->bytes[out->count++] = (char)(unsigned char)byte;
}

static void put_code_point(struct escape *out, uint32_t code) {
    out->count = 0;
    if (code < 0x80) {
        put(out, code);
    } else if (code < 0x800) {
        put(out, 0xC0 | code >> 6);
        put(out, 0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(out, 0xE0 | code >> 12);
        put(out, 0x80 | (code >> 6 & 0x3F));
        put(out, 0x80 | (code & 0x3F));
    } else {
        put(out, 0xF0 | code >> 18);
        put(out, 0x80 | (code >> 12 & 0x3F));
        put(out, 0x80 | (code >> 6 & 0x3F));
        put(out, 0x80 | (code & 0x3F));
    }
}

/* "%2B", "\x2b": the two digits behind `before` bytes. */
static size_t byte_len(struct str text, size_t before, struct escape *out) {
    uint32_t byte;
    if (digits_len(str_slice(text, before, text.len), 16, 2, &byte) < 2) {
        return 0;
    }
    out->count = 0;
    put(out, byte);
    return before + 2;
}

static bool is_unit(struct str text, size_t at, uint32_t *unit) {
    return text.len >= at + 6 && text.ptr[at] == '\\' && text.ptr[at + 1] == 'u' &&
           digits_len(str_slice(text, at + 2, text.len), 16, 4, unit) == 4;
}

/* "\u002b"; what lies beyond U+FFFF is written as two of them. */
static size_t unit_len(struct str text, struct escape *out) {
    uint32_t high;
    uint32_t low;
    if (!is_unit(text, 0, &high)) {
        return 0;
    }
    bool pair =
        high >= 0xD800 && high < 0xDC00 && is_unit(text, 6, &low) && low >= 0xDC00 && low < 0xE000;
    put_code_point(out, pair ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : high);
    return pair ? 12 : 6;
}

static size_t backslash_len(struct str text, struct escape *out) {
    static const char letters[] = "\"\\/'bfnrt";
    static const char meant[] = "\"\\/'\b\f\n\r\t";
    if (text.len < 2) {
        return 0;
    }
    const char *letter = memchr(letters, text.ptr[1], sizeof(letters) - 1);
    if (letter == NULL) {
        return text.ptr[1] == 'x' ? byte_len(text, 2, out) : unit_len(text, out);
    }
    put_code_point(out, (unsigned char)meant[letter - letters]);
    return 2;
}

static size_t reference_len(struct str text, struct escape *out) {
    bool hex = text.len > 2 && (text.ptr[2] == 'x' || text.ptr[2] == 'X');
    size_t before = hex ? 3 : 2;
    uint32_t code;
    size_t len = digits_len(str_slice(text, before, text.len), hex ? 16 : 10, 7, &code);
    if (len == 0 || code > LAST_CODE_POINT || before + len == text.len ||
        text.ptr[before + len] != ';') {
        return 0;
    }
    put_code_point(out, code);
    return before + len + 1;
}

static size_t entity_len(struct str text, struct escape *out) {
    static const struct {
        struct str name;
        char meant;
    } names[] = {{{"&amp;", 5}, '&'},
                 {{"&lt;", 4}, '<'},
                 {{"&gt;", 4}, '>'},
                 {{"&quot;", 6}, '"'},
                 {{"&apos;", 6}, '\''}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (str_starts(text, names[i].name)) {
            put_code_point(out, (unsigned char)names[i].meant);
            return names[i].name.len;
        }
    }
    return str_starts(text, STR("&#")) ? reference_len(text, out) : 0;
}

size_t escape_len(struct str text, struct escape *out) {
    out->count = 0;
    switch (text.len > 0 ? text.ptr[0] : '\0') {
    case '%':
        return byte_len(text, 1, out);
    case '+':
        put(out, ' ');
        return 1;
    case '\\':
        return backslash_len(text, out);
    case '&':
        return entity_len(text, out);
    default:
        return 0;
    }
}

bool escape_may_be_in(struct str text) {
    static const char begins[] = {'%', '+', '\\', '&'};
    for (size_t i = 0; i < sizeof(begins); i++) {
        if (text.len > 0 && memchr(text.ptr, begins[i], text.len) != NULL) {
            return true;
        }
    }
    return false;
}
