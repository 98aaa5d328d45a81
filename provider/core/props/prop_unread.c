#include "core/props/prop.h"

/* Names of what a service keeps to itself. */
struct unread {
    struct arena *arena;
    struct str text;
};

static struct str keys_of(struct arena *arena, const struct value *map) {
    struct str keys = STR_EMPTY;
    for (size_t i = 0; i < map->map.count; i++) {
        keys = arena_join(arena, keys, ", ", map->map.entries[i].key);
    }
    return keys;
}

static void add(struct unread *unread, const struct prop *row, struct str path,
                const struct value *value) {
    bool is_map = row->type == PROP_MAP && value_is_map(value);
    struct str keys = is_map ? keys_of(unread->arena, value) : STR_EMPTY;
    if (is_map && keys.len == 0) {
        return;
    }
    struct str words = arena_printf(unread->arena, "%.*s%s%.*s%s", STR_ARG(path),
                                    is_map ? " (" : "", STR_ARG(keys), is_map ? ")" : "");
    unread->text = arena_join(unread->arena, unread->text, ", ", words);
}

/* Tables are as deep as their YAML. */
static void walk(struct unread *unread, const struct prop_table *table, const struct value *wire,
                 struct str above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = prop_at_wire(row, wire);
        bool told = (row->flags & PROP_INPUT) != 0 && !value_is_null(value);
        if (!told || (row->flags & PROP_LOCAL) != 0) {
            continue;
        }
        struct str path = arena_join(unread->arena, above, ".", str_of(row->name));
        if ((row->flags & PROP_WRITE_ONLY) != 0) {
            add(unread, row, path, value);
        } else if (row->type == PROP_OBJECT && value_is_map(value)) {
            struct prop_table members = prop_members(row);
            walk(unread, &members, value, path);
        }
    }
}

struct str prop_unreadable(struct arena *arena, const struct prop_table *table,
                           const struct value *wire) {
    struct unread unread = {.arena = arena, .text = STR_EMPTY};
    walk(&unread, table, wire, STR_EMPTY);
    return unread.text;
}
