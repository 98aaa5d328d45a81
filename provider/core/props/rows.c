#include "core/props/rows.h"

#include <fnmatch.h>

#include "core/props/prop.h"

struct unnesting {
    struct arena *arena;
    struct value *rows;
};

static void step(struct unnesting *unnesting, const struct value *at, struct str path,
                 const struct value *outer);

static void add_row(struct unnesting *unnesting, const struct value *item,
                    const struct value *outer) {
    struct value *row = value_map_clone(unnesting->arena, outer);
    for (size_t i = 0; i < item->map.count; i++) {
        value_map_set(unnesting->arena, row, item->map.entries[i].key, item->map.entries[i].value);
    }
    value_list_append(unnesting->arena, unnesting->rows, row);
}

static void add_items(struct unnesting *unnesting, const struct value *list, struct str name,
                      struct str rest, const struct value *outer) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        const struct value *item = list->list.items[i];
        if (!value_is_map(item)) {
            continue;
        }
        if (rest.len == 0) {
            add_row(unnesting, item, outer);
            continue;
        }
        struct value *inner = value_map_clone(unnesting->arena, outer);
        value_map_set(unnesting->arena, inner, name, item);
        step(unnesting, item, rest, inner);
    }
}

static void step(struct unnesting *unnesting, const struct value *at, struct str path,
                 const struct value *outer) {
    struct str rest;
    struct str name = str_split(path, '.', &rest);
    name = str_slice(name, 0, name.len - strlen("[]"));
    if (!str_is_c(name, "*")) {
        add_items(unnesting, value_get(at, name), name, rest, outer);
        return;
    }
    for (size_t i = 0; value_is_map(at) && i < at->map.count; i++) {
        add_items(unnesting, at->map.entries[i].value, name, rest, outer);
    }
}

const struct value *rows_unnest(struct arena *arena, const struct value *reply, const char *path) {
    struct unnesting unnesting = {.arena = arena, .rows = value_list(arena)};
    step(&unnesting, reply, str_of(path), value_map(arena));
    return unnesting.rows;
}

static bool text_fits(struct arena *arena, struct str pattern, struct str text) {
    return fnmatch(arena_printf(arena, "%.*s", STR_ARG(pattern)).ptr,
                   arena_printf(arena, "%.*s", STR_ARG(text)).ptr, FNM_CASEFOLD) == 0;
}

static bool label_fits(struct arena *arena, struct str pattern, const struct value *label) {
    struct str key = value_text_at(label, "key");
    struct str value = value_text_at(label, "value");
    return text_fits(arena, pattern, key) ||
           text_fits(arena, pattern,
                     arena_printf(arena, "%.*s=%.*s", STR_ARG(key), STR_ARG(value)));
}

static bool item_fits(struct arena *arena, struct str pattern, const struct value *item) {
    if (value_is_map(item)) {
        return label_fits(arena, pattern, item);
    }
    return value_is_string(item) && text_fits(arena, pattern, item->string);
}

static bool value_fits(struct arena *arena, struct str pattern, const struct value *value) {
    for (size_t i = 0; i < value_list_count(value); i++) {
        if (item_fits(arena, pattern, value->list.items[i])) {
            return true;
        }
    }
    return item_fits(arena, pattern, value);
}

bool rows_fits(struct arena *arena, const struct prop_table *filters, const struct value *args,
               const struct value *row) {
    for (size_t i = 0; i < filters->count; i++) {
        const struct prop *filter = &filters->rows[i];
        struct str pattern = value_text_at(args, filter->name);
        if (filter->filter != NULL && pattern.len > 0 &&
            !value_fits(arena, pattern, value_at(row, filter->filter))) {
            return false;
        }
    }
    return true;
}

static const struct prop *first_list(const struct prop_table *results) {
    for (size_t i = 0; i < results->count; i++) {
        if (results->rows[i].type == PROP_LIST) {
            return &results->rows[i];
        }
    }
    return NULL;
}

void rows_filter(struct arena *arena, const struct function_row *function, const struct value *args,
                 struct value *results) {
    const struct prop *row = first_list(&function->results);
    const struct value *list = row == NULL ? NULL : value_get_c(results, row->name);
    if (!value_is_list(list)) {
        return;
    }
    struct value *kept = value_list(arena);
    for (size_t i = 0; i < list->list.count; i++) {
        if (rows_fits(arena, &function->args, args, list->list.items[i])) {
            value_list_append(arena, kept, list->list.items[i]);
        }
    }
    value_map_set_c(arena, results, row->name, kept);
}
