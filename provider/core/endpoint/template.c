#include "core/endpoint/template.h"

bool template_expand(struct arena *arena, const char *template, const struct value *params,
                     struct str *out, struct str *missing) {
    struct str rest = str_of(template);
    struct str result = STR_EMPTY;
    while (rest.ptr != NULL && rest.len > 0) {
        struct str after;
        struct str literal = str_split(rest, '{', &after);
        result = arena_printf(arena, "%.*s%.*s", STR_ARG(result), STR_ARG(literal));
        if (after.ptr == NULL) {
            break;
        }
        struct str name = str_split(after, '}', &rest);
        const struct value *value = value_get_set(params, name);
        if (!value_is_string(value) || value->string.len == 0) {
            *missing = arena_str(arena, name);
            return false;
        }
        result = arena_printf(arena, "%.*s%.*s", STR_ARG(result), STR_ARG(value->string));
    }
    *out = result;
    return true;
}

static size_t count_segments(struct str text) {
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '/' ? 1 : 0;
    }
    return count;
}

bool template_parse(struct arena *arena, const char *template, struct str text,
                    struct value *params) {
    struct str names = str_of(template);
    size_t wanted = count_segments(names);
    size_t given = count_segments(text);
    if (given > wanted) {
        return false;
    }
    for (size_t skipped = given; skipped < wanted; skipped++) {
        (void)str_split(names, '/', &names);
    }
    for (size_t i = 0; i < given; i++) {
        struct str name = str_split(names, '/', &names);
        struct str part = str_split(text, '/', &text);
        if (part.len == 0) {
            return false;
        }
        value_map_set(arena, params, str_slice(name, 1, name.len - 1), value_string(arena, part));
    }
    return true;
}
