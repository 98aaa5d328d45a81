#include "rest/header_block.h"

static size_t count_lines(struct str block) {
    size_t count = 1;
    for (size_t i = 0; i < block.len; i++) {
        count += block.ptr[i] == '\n' ? 1 : 0;
    }
    return count;
}

/* A line that begins with white space continues the one before (an obsolete form): it is no
 * header of its own. */
static bool split_line(struct str line, struct http_header *out) {
    struct str value;
    struct str name = str_split(line, ':', &value);
    if (value.ptr == NULL || name.len == 0 || name.ptr[0] == ' ' || name.ptr[0] == '\t') {
        return false;
    }
    *out = (struct http_header){name, str_trim(value)};
    return true;
}

void header_block_parse(struct arena *arena, struct str block, struct http_response *out) {
    struct str rest = arena_str(arena, block);
    struct http_header *headers = ARENA_ARRAY(arena, count_lines(block), struct http_header);
    size_t count = 0;
    while (rest.len > 0) {
        struct str line = str_split(rest, '\n', &rest);
        if (str_starts(line, STR("HTTP/"))) {
            count = 0;
        } else if (split_line(line, &headers[count])) {
            count++;
        }
    }
    out->headers = headers;
    out->header_count = count;
}

struct str header_value(const struct http_header *headers, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (str_is_nocase(headers[i].name, str_of(name))) {
            return headers[i].value;
        }
    }
    return STR_EMPTY;
}
