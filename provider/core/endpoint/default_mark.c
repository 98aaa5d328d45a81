#include "core/endpoint/default_mark.h"

#define DEFAULTS_KEY "__defaults"

void default_mark_add(struct arena *arena, struct value *inputs, struct str property) {
    const struct value *before = value_get_c(inputs, DEFAULTS_KEY);
    struct value *marked = value_list(arena);
    for (size_t i = 0; value_is_list(before) && i < before->list.count; i++) {
        value_list_append(arena, marked, before->list.items[i]);
    }
    value_list_append(arena, marked, value_string(arena, property));
    value_map_set_c(arena, inputs, DEFAULTS_KEY, marked);
}

bool default_mark_has(const struct value *inputs, struct str property) {
    return value_list_has(value_get_c(inputs, DEFAULTS_KEY), property);
}

void default_mark_copy(struct arena *arena, const struct value *from, struct value *inputs) {
    const struct value *marked = value_get_c(from, DEFAULTS_KEY);
    if (marked != NULL) {
        value_map_set_c(arena, inputs, DEFAULTS_KEY, marked);
    }
}
