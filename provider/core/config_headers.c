#include "core/config_headers.h"

#include <string.h>

/* RFC 9110 5.6.2, beside letters and digits. */
#define TOKEN_CHARACTERS "!#$%&'*+-.^_`|~"

static bool is_name(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr(TOKEN_CHARACTERS, c) == NULL)) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_value(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < ' ' || text.ptr[i] > '~') { /* a byte above 127 may be negative */
            return false;
        }
    }
    return text.len > 0;
}

static const char *reserved_name(struct str name, const char *const *reserved) {
    while (*reserved != NULL && !str_is_nocase(name, str_of(*reserved))) {
        reserved++;
    }
    return *reserved;
}

static bool is_there(const struct config_headers *headers, struct str name) {
    for (size_t i = 0; i < headers->count; i++) {
        if (str_is_nocase(headers->items[i].name, name)) {
            return true;
        }
    }
    return false;
}

static size_t count_parts(struct str text) {
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == ',' ? 1 : 0;
    }
    return count;
}

const char *config_headers_read(struct arena *arena, struct str text, const char *const *reserved,
                                struct config_headers *out) {
    *out =
        (struct config_headers){.items = ARENA_ARRAY(arena, count_parts(text), struct http_header)};
    struct str rest = str_trim(text);
    while (rest.len > 0) {
        struct str value;
        struct str name = str_trim(str_split(str_split(rest, ',', &rest), ':', &value));
        value = value.ptr == NULL ? STR_EMPTY : str_trim(value);
        if (!is_name(name) || !is_value(value)) {
            return "must be headers, as \"Name: value, Name: value\"";
        }
        const char *own = reserved_name(name, reserved);
        if (own != NULL) {
            return arena_printf(arena, "may not give the header %s: the provider sets it itself",
                                own)
                .ptr;
        }
        if (is_there(out, name)) {
            return "gives a header twice";
        }
        out->items[out->count++] = (struct http_header){name, value};
    }
    return NULL;
}
