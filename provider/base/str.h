#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A view of text: pointer and length. It never owns its bytes; it is passed by value and lives as
 * long as what it points into (usually a call's arena, or a string literal). Text made by this
 * project's own functions is also followed by a NUL byte, which is not counted in `len`. */
struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_EMPTY ((struct str){"", 0})
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_of(const char *text) {
    return text == NULL ? STR_EMPTY : (struct str){text, strlen(text)};
}

static inline bool str_is(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is_c(struct str a, const char *text) {
    return str_is(a, str_of(text));
}

static inline bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_is((struct str){s.ptr, prefix.len}, prefix);
}

/* Byte order, shorter first on a common prefix; for sorting. Inline, for most keys differ in their
 * first byte. */
static inline int str_compare(struct str a, struct str b) {
    if (a.len > 0 && b.len > 0 && a.ptr[0] != b.ptr[0]) {
        return (unsigned char)a.ptr[0] - (unsigned char)b.ptr[0];
    }
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}
typedef int str_order(struct str a, struct str b);
/* Where the key is among items in that order, or where it would be put. Each item is `size` bytes
 * and begins with its struct str. Pure. */
size_t str_position(const void *items, size_t count, size_t size, str_order *order, struct str key,
                    bool *found);
/* Equality without ASCII case. */
bool str_is_nocase(struct str a, struct str b);
/* Is it one of the texts? The list ends with NULL, or is NULL. */
bool str_is_listed(struct str s, const char *const *texts);
bool str_ends(struct str s, struct str suffix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends_nocase(struct str s, struct str suffix);
/* Position of the first `needle`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
bool str_contains_nocase(struct str s, struct str needle);
struct str str_slice(struct str s, size_t from, size_t to);
struct str str_trim(struct str s);
/* Trimmed, and without the full stops at its end: the sentence built around it brings its own. */
struct str str_without_stop(struct str s);
/* Splits at the first `sep`: returns what is before it and moves *rest behind it. When there is no
 * `sep`, returns everything and leaves *rest empty with a NULL pointer. */
struct str str_split(struct str s, char sep, struct str *rest);

/* True when the bytes are well-formed UTF-8 (no overlong forms, surrogates, or values past
 * U+10FFFF). */
bool str_is_utf8(struct str s);
/* Bytes of the well-formed code point the text begins with; 0 when it begins with none. */
size_t str_utf8_step(struct str s);
/* Bytes of what the text begins with that a terminal would obey instead of show: an escape
 * sequence, a direction of writing, a character without width that joins nothing; 0 when it begins
 * with none. */
size_t str_terminal_len(struct str s);
/* The longest start of at most `max_len` bytes that cuts no code point in two. */
struct str str_cut_utf8(struct str s, size_t max_len);
/* Number of code points of well-formed UTF-8. */
size_t str_count_code_points(struct str s);

/* Optimal-string-alignment distance without ASCII case, for "did you mean". Strings longer than 64
 * bytes count as far away (returns 65). */
size_t str_distance(struct str a, struct str b);

#endif
