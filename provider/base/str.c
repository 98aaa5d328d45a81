#include "base/str.h"

#include <stdint.h>

enum { DISTANCE_MAX_LEN = 64 };

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t str_position(const void *items, size_t count, size_t size, str_order *order, struct str key,
                    bool *found) {
    size_t low = 0;
    size_t high = count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct str *at = (const void *)((const char *)items + middle * size);
        int sign = order(*at, key);
        if (sign == 0) {
            *found = true;
            return middle;
        }
        if (sign < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool str_is_listed(struct str s, const char *const *texts) {
    for (; texts != NULL && *texts != NULL; texts++) {
        if (str_is_c(s, *texts)) {
            return true;
        }
    }
    return false;
}

bool str_is_nocase(struct str a, struct str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len && str_is(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool str_starts_nocase(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_is_nocase(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends_nocase(struct str s, struct str suffix) {
    if (s.len < suffix.len) {
        return false;
    }
    for (size_t left = suffix.len; left > 0; left--) { /* from the end, where most differ */
        if (lower(s.ptr[s.len - suffix.len + left - 1]) != lower(suffix.ptr[left - 1])) {
            return false;
        }
    }
    return true;
}

ptrdiff_t str_find(struct str s, struct str needle) {
    if (needle.len == 0) {
        return 0;
    }
    if (s.len < needle.len) {
        return -1;
    }
    const char *found = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return found == NULL ? -1 : found - s.ptr;
}

bool str_contains_nocase(struct str s, struct str needle) {
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        if (str_is_nocase(str_slice(s, i, i + needle.len), needle)) {
            return true;
        }
    }
    return false;
}

struct str str_slice(struct str s, size_t from, size_t to) {
    size_t end = min_size(to, s.len);
    if (from >= end) {
        return STR_EMPTY;
    }
    return (struct str){s.ptr + from, end - from};
}

struct str str_trim(struct str s) {
    size_t from = 0;
    size_t to = s.len;
    while (from < to && is_space(s.ptr[from])) {
        from++;
    }
    while (to > from && is_space(s.ptr[to - 1])) {
        to--;
    }
    return str_slice(s, from, to);
}

struct str str_without_stop(struct str s) {
    struct str out = str_trim(s);
    while (str_ends(out, STR("."))) {
        out = str_trim(str_slice(out, 0, out.len - 1));
    }
    return out;
}

struct str str_split(struct str s, char sep, struct str *rest) {
    const char *found = s.len == 0 ? NULL : memchr(s.ptr, sep, s.len);
    if (found == NULL) {
        *rest = (struct str){NULL, 0};
        return s;
    }
    size_t len = (size_t)(found - s.ptr);
    *rest = (struct str){found + 1, s.len - len - 1};
    return (struct str){s.ptr, len};
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Length that a lead byte announces, and the range its second byte must lie in: the narrower ranges
 * are what keeps out overlong forms, surrogates and values past U+10FFFF (Unicode, table 3-7). */
static size_t sequence_len(unsigned char lead, unsigned char *second_min,
                           unsigned char *second_max) {
    *second_min = 0x80;
    *second_max = 0xBF;
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *second_min = lead == 0xE0 ? 0xA0 : 0x80;
        *second_max = lead == 0xED ? 0x9F : 0xBF;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *second_min = lead == 0xF0 ? 0x90 : 0x80;
        *second_max = lead == 0xF4 ? 0x8F : 0xBF;
        return 4;
    }
    return 0;
}

size_t str_utf8_step(struct str s) {
    unsigned char second_min;
    unsigned char second_max;
    if (s.len == 0) {
        return 0;
    }
    size_t len = sequence_len((unsigned char)s.ptr[0], &second_min, &second_max);
    if (len <= 1) {
        return len;
    }
    if (s.len < len) {
        return 0;
    }
    unsigned char second = (unsigned char)s.ptr[1];
    if (second < second_min || second > second_max) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (!is_continuation(s.ptr[i])) {
            return 0;
        }
    }
    return len;
}

/* How much of the beginning is ASCII, looked at in whole words. */
static size_t ascii_len(struct str s) {
    size_t len = 0;
    uint64_t word = 0;
    while (s.len - len >= sizeof(word)) {
        memcpy(&word, s.ptr + len, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        len += sizeof(word);
    }
    bool is_rest = s.len - len < sizeof(word);
    if (is_rest && s.len >= sizeof(word)) { /* the last word: its beginning was looked at already */
        memcpy(&word, s.ptr + s.len - sizeof(word), sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) == 0) {
            return s.len;
        }
    }
    while (len < s.len && (unsigned char)s.ptr[len] < 0x80) {
        len++;
    }
    return len;
}

bool str_is_utf8(struct str s) {
    s = str_slice(s, ascii_len(s), s.len);
    while (s.len > 0) {
        size_t step = str_utf8_step(s);
        if (step == 0) {
            return false;
        }
        s.ptr += step;
        s.len -= step;
    }
    return true;
}

/* Of "ESC [ 3 1 m" without the beginning: up to and with the letter; 0 when there is none. */
static size_t control_end(struct str s, size_t from) {
    size_t at = from;
    while (at < s.len && s.ptr[at] >= ' ' && s.ptr[at] <= '?') {
        at++;
    }
    return at < s.len && s.ptr[at] >= '@' && s.ptr[at] <= '~' ? at + 1 : 0;
}

/* Of "ESC ] ... BEL" without the beginning: a title or a link. */
static size_t command_end(struct str s, size_t from) {
    for (size_t at = from; at < s.len && s.ptr[at] != '\n'; at++) {
        if (s.ptr[at] == '\a') {
            return at + 1;
        }
        if (s.ptr[at] == '\x1b') {
            return at + 1 < s.len && s.ptr[at + 1] == '\\' ? at + 2 : 0;
        }
    }
    return 0;
}

/* U+200B, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+FEFF. */
static bool is_invisible(struct str s) {
    unsigned char a = s.len >= 3 ? (unsigned char)s.ptr[0] : 0;
    unsigned char b = s.len >= 3 ? (unsigned char)s.ptr[1] : 0;
    unsigned char c = s.len >= 3 ? (unsigned char)s.ptr[2] : 0;
    if (a == 0xef) {
        return b == 0xbb && c == 0xbf;
    }
    bool is_direction = b == 0x80 && ((c >= 0xaa && c <= 0xae) || c == 0x8e || c == 0x8f);
    return a == 0xe2 &&
           (is_direction || (b == 0x80 && c == 0x8b) || (b == 0x81 && c >= 0xa6 && c <= 0xa9));
}

size_t str_terminal_len(struct str s) {
    if (s.len >= 2 && s.ptr[0] == '\x1b' && s.ptr[1] == '[') {
        return control_end(s, 2);
    }
    if (s.len >= 2 && s.ptr[0] == '\x1b' && s.ptr[1] == ']') {
        return command_end(s, 2);
    }
    if (s.len >= 2 && (unsigned char)s.ptr[0] == 0xc2 && (unsigned char)s.ptr[1] == 0x9b) {
        return control_end(s, 2);
    }
    return is_invisible(s) ? 3 : 0;
}

struct str str_cut_utf8(struct str s, size_t max_len) {
    if (s.len <= max_len) {
        return s;
    }
    size_t end = max_len;
    while (end > 0 && is_continuation(s.ptr[end])) {
        end--;
    }
    return str_slice(s, 0, end);
}

size_t str_count_code_points(struct str s) {
    size_t count = ascii_len(s);
    for (size_t i = count; i < s.len; i++) {
        count += is_continuation(s.ptr[i]) ? 0 : 1;
    }
    return count;
}

/* One cell of the distance table: `above` is the row of the previous character of `a`, `above2` the
 * one before that. */
static uint8_t distance_cell(struct str a, struct str b, size_t i, size_t j, const uint8_t *above2,
                             const uint8_t *above, const uint8_t *row) {
    bool same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
    size_t best = above[j - 1] + (same ? 0U : 1U);
    best = min_size(best, above[j] + 1U);
    best = min_size(best, row[j - 1] + 1U);
    bool swapped = i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
                   lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]);
    if (swapped) {
        best = min_size(best, above2[j - 2] + 1U);
    }
    return (uint8_t)best;
}

size_t str_distance(struct str a, struct str b) {
    if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN) {
        return DISTANCE_MAX_LEN + 1;
    }
    uint8_t rows[3][DISTANCE_MAX_LEN + 1] = {{0}};
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = (uint8_t)j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        uint8_t *row = rows[i % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.len; j++) {
            row[j] = distance_cell(a, b, i, j, rows[(i + 1) % 3], rows[(i + 2) % 3], row);
        }
    }
    return rows[a.len % 3][b.len];
}
