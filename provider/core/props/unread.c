#include "core/props/unread.h"

#include "core/props/path.h"

#define KEY "__unread"

/* The member of a list's items that the service masks, or NULL. */
static const struct prop *masked_member(const struct prop *row) {
    for (size_t i = 0; row->item != NULL && i < row->item->prop_count; i++) {
        if ((row->item->props[i].flags & PROP_MASKED) != 0) {
            return &row->item->props[i];
        }
    }
    return NULL;
}

/* An item is known by the first member of its list's `matched_by`. */
static const struct value *item_of(const struct prop *row, const struct value *list,
                                   struct str key) {
    return value_list_find(list, row->matched_by[0], key);
}

/* Does the program say what the item's value is? */
static bool says_item(const struct prop *row, const struct value *list, struct str key) {
    const struct value *item = item_of(row, list, key);
    const struct value *value = value_get_set(item, str_of(masked_member(row)->name));
    return value_is_unknown(item) || (value != NULL && !prop_is_mask(value));
}

static bool is_unread_row(const struct prop *row) {
    return (row->flags & PROP_INPUT) != 0 &&
           ((row->flags & PROP_WRITE_ONLY) != 0 || masked_member(row) != NULL);
}

static struct value *keys_of_map(struct arena *arena, const struct value *shown,
                                 const struct value *input) {
    struct value *keys = value_list(arena);
    for (size_t i = 0; i < shown->map.count; i++) {
        struct str key = shown->map.entries[i].key;
        if (value_get_set(input, key) == NULL) {
            value_list_append(arena, keys, value_string(arena, key));
        }
    }
    return keys;
}

static struct value *keys_of_list(struct arena *arena, const struct prop *row,
                                  const struct value *shown, const struct value *input) {
    const struct prop *masked = masked_member(row);
    struct prop_table members = prop_members(row->item);
    const struct prop *name = prop_find(&members, str_of(row->matched_by[0]));
    struct value *keys = value_list(arena);
    for (size_t i = 0; i < shown->list.count; i++) {
        const struct value *item = shown->list.items[i];
        const struct value *value = prop_at_wire(masked, item);
        struct str key = value_text(prop_at_wire(name, item));
        bool is_shown = !value_is_null(value) && !prop_is_mask(value);
        if (key.len > 0 && !is_shown && !says_item(row, input, key)) {
            value_list_append(arena, keys, value_string(arena, key));
        }
    }
    return keys;
}

static void find_row(struct arena *arena, const struct prop *row, struct str path,
                     const struct value *shown, const struct value *input, struct value *out) {
    bool is_map = row->type == PROP_MAP && value_is_map(shown);
    bool is_list = masked_member(row) != NULL && value_is_list(shown);
    struct value *keys = is_map    ? keys_of_map(arena, shown, input)
                         : is_list ? keys_of_list(arena, row, shown, input)
                                   : value_list(arena);
    bool is_whole_row = (row->flags & PROP_WRITE_ONLY) != 0 && !is_map && input == NULL;
    if (keys->list.count > 0 || is_whole_row) {
        value_map_set(arena, out, path, keys);
    }
}

/* Tables are as deep as their YAML. */
static void find(struct arena *arena, const struct prop_table *table, const struct value *wire,
                 const struct value *inputs, struct str above, struct value *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *shown = prop_at_wire(row, wire);
        const struct value *input = value_get_set(inputs, str_of(row->name));
        if (value_is_null(shown) || value_is_unknown(input) || (row->flags & PROP_LOCAL) != 0) {
            continue;
        }
        struct str path = arena_join(arena, above, ".", str_of(row->name));
        if (is_unread_row(row)) {
            find_row(arena, row, path, shown, input, out);
        } else if (row->type == PROP_OBJECT && value_is_map(shown)) {
            struct prop_table members = prop_members(row);
            find(arena, &members, shown, input, path, out);
        }
    }
}

struct value *unread_find(struct ctx *ctx, const struct prop_table *table, const struct value *wire,
                          const struct value *inputs) {
    struct value *out = value_map(ctx->arena);
    find(ctx->arena, table, wire, inputs, STR_EMPTY, out);
    return out;
}

struct str unread_words(struct arena *arena, const struct value *unread) {
    struct str text = STR_EMPTY;
    for (size_t i = 0; value_is_map(unread) && i < unread->map.count; i++) {
        const struct value_entry *entry = &unread->map.entries[i];
        struct str keys = STR_EMPTY;
        for (size_t j = 0; j < value_list_count(entry->value); j++) {
            keys = arena_join(arena, keys, ", ", value_text(entry->value->list.items[j]));
        }
        bool has_keys = keys.len > 0;
        struct str words = arena_printf(arena, "%.*s%s%.*s%s", STR_ARG(entry->key),
                                        has_keys ? " (" : "", STR_ARG(keys), has_keys ? ")" : "");
        text = arena_join(arena, text, ", ", words);
    }
    return text;
}

void unread_put(struct arena *arena, struct value *outputs, const struct value *unread) {
    if (unread->map.count > 0) {
        value_map_set_c(arena, outputs, KEY, unread);
    }
}

/* One walk over what is to be sent. */
struct loss {
    struct arena *arena;
    const struct value *unread;
    struct value *lost;
};

static bool stays(const struct prop *row, struct str key, const struct value *old_value,
                  const struct value *new_value) {
    if (row->type == PROP_MAP) {
        return value_get_set(new_value, key) != NULL;
    }
    bool is_taken_out =
        item_of(row, old_value, key) != NULL && item_of(row, new_value, key) == NULL;
    return is_taken_out || says_item(row, new_value, key); /* the preview shows what is taken out */
}

static void lose_row(struct loss *loss, const struct prop *row, struct str path,
                     const struct value *old_value, const struct value *new_value, bool is_sent) {
    const struct value *keys = value_get(loss->unread, path);
    if (!value_is_list(keys) || !is_sent || value_is_unknown(new_value)) {
        return;
    }
    struct value *lost = value_list(loss->arena);
    for (size_t i = 0; i < keys->list.count; i++) {
        if (!stays(row, value_text(keys->list.items[i]), old_value, new_value)) {
            value_list_append(loss->arena, lost, keys->list.items[i]);
        }
    }
    if (lost->list.count > 0 || (keys->list.count == 0 && new_value == NULL)) {
        value_map_set(loss->arena, loss->lost, path, lost);
    }
}

static void lose(struct loss *loss, const struct prop_table *table, const struct value *olds,
                 const struct value *news, bool is_sent, bool is_choice, struct str above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *old_value = value_get_set(olds, str_of(row->name));
        const struct value *new_value = prop_effective(row, value_get_set(news, str_of(row->name)));
        struct str path = arena_join(loss->arena, above, ".", str_of(row->name));
        bool differs = !prop_equal(row, old_value, new_value);
        if (is_unread_row(row)) {
            lose_row(loss, row, path, old_value, new_value, is_sent || differs);
        } else if (row->type == PROP_OBJECT &&
                   (value_is_map(new_value) || (new_value == NULL && is_sent && !is_choice))) {
            struct prop_table members = prop_members(row);
            lose(loss, &members, old_value, new_value,
                 is_sent || (differs && (row->flags & PROP_WHOLE) != 0),
                 (row->flags & PROP_ONE_OF) != 0, path);
        }
    }
}

struct value *unread_lost(struct ctx *ctx, const struct prop_table *table, bool is_all,
                          const struct value *outputs, const struct value *olds,
                          const struct value *news) {
    struct loss loss = {
        .arena = ctx->arena, .unread = value_get_c(outputs, KEY), .lost = value_map(ctx->arena)};
    if (value_is_map(loss.unread)) {
        lose(&loss, table, olds, news, is_all, false, STR_EMPTY);
    }
    return loss.lost;
}

/* Does it show one of these keys that the other map has not? */
static bool shows_key_of(const struct value *shown, const struct value *map,
                         const struct value *other) {
    for (size_t i = 0; value_is_map(map) && i < map->map.count; i++) {
        struct str key = map->map.entries[i].key;
        if (value_get(shown, key) != NULL && value_get_set(other, key) == NULL) {
            return true;
        }
    }
    return false;
}

static bool lacks_key_of(const struct value *shown, const struct value *map) {
    for (size_t i = 0; value_is_map(map) && i < map->map.count; i++) {
        const struct value_entry *entry = &map->map.entries[i];
        if (!value_is_null(entry->value) && value_get(shown, entry->key) == NULL) {
            return true;
        }
    }
    return false;
}

/* A key that no program said is the service's own, or somebody's. A map without keys may be one
 * that does not tell them. */
static bool is_unapplied(const struct prop *row, const struct value *shown,
                         const struct value *old_value, const struct value *new_value) {
    if ((row->flags & PROP_INPUT) == 0 || prop_equal(row, old_value, new_value)) {
        return false;
    }
    if (row->type == PROP_MAP && value_is_map(shown)) {
        return shows_key_of(shown, old_value, new_value) ||
               (shown->map.count > 0 && lacks_key_of(shown, new_value));
    }
    return row->type == PROP_OBJECT && value_is_map(shown) && shown->map.count > 0 &&
           new_value == NULL;
}

static void unapplied_below(struct diff_list *unapplied, const struct prop_table *table,
                            const struct value *wire, const struct value *olds,
                            const struct value *news, bool is_choice, const struct path *above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *shown = prop_at_wire(row, wire);
        const struct value *old_value = value_get_set(olds, str_of(row->name));
        const struct value *new_value = prop_effective(row, value_get_set(news, str_of(row->name)));
        const struct path own = path_to_member(above, str_of(row->name));
        bool is_other_choice = is_choice && new_value == NULL; /* all of it is named already */
        if ((row->flags & PROP_LOCAL) != 0 || !value_is_map(shown) || is_other_choice) {
            continue;
        }
        struct prop_table members = prop_members(row);
        if ((row->flags & PROP_WRITE_ONLY) == 0) {
            unapplied_below(unapplied, &members, shown, old_value, new_value,
                            (row->flags & PROP_ONE_OF) != 0, &own);
        } else if (is_unapplied(row, shown, old_value, new_value)) {
            diff_list_add(unapplied, path_text(unapplied->ctx->arena, &own),
                          new_value == NULL ? DIFF_DELETE : DIFF_UPDATE, false);
        }
    }
}

void unread_unapplied(struct diff_list *unapplied, const struct prop_table *table,
                      const struct value *wire, const struct value *olds,
                      const struct value *news) {
    unapplied_below(unapplied, table, wire, olds, news, false, NULL);
}
