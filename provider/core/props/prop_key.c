#include "core/props/prop_key.h"

#include "core/props/prop.h"

/* A key further away than this is no misspelling. */
#define MAX_HINT_DISTANCE 3
/* Places of a key that are told; a member of each engine's image has a dozen. */
#define MAX_PLACES 3

/* snake_case and kebab-case spellings are as near as can be: compare without separators. */
static struct str squeeze(struct arena *arena, struct str key) {
    char *out = arena_alloc(arena, key.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] != '_' && key.ptr[i] != '-') {
            out[len++] = key.ptr[i];
        }
    }
    return (struct str){out, len};
}

static const char *nearest(const struct prop_table *table, struct str plain, size_t max_distance) {
    const char *best = NULL;
    size_t best_distance = max_distance + 1;
    for (size_t i = 0; i < table->count; i++) {
        if ((table->rows[i].flags & PROP_INPUT) == 0) {
            continue;
        }
        size_t distance = str_distance(plain, str_of(table->rows[i].name));
        if (distance < best_distance && distance * 2 < plain.len + 1) {
            best = table->rows[i].name;
            best_distance = distance;
        }
    }
    return best;
}

/* Where inputs of one name are. */
struct places {
    struct arena *arena;
    struct str key;
    struct str list;
    size_t count;
};

static void add_place(struct places *places, struct str path) {
    if (places->count < MAX_PLACES) {
        struct str quoted = arena_printf(places->arena, "\"%.*s\"", STR_ARG(path));
        places->list = arena_join(places->arena, places->list, ", ", quoted);
    }
    places->count++;
}

/* Tables are as deep as their YAML. */
static void find_places(struct places *places, const struct prop_table *table, struct str above) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) == 0 || row->deprecated != NULL) {
            continue;
        }
        struct str path = arena_join(places->arena, above, ".", str_of(row->name));
        if (str_is_nocase(places->key, str_of(row->name))) {
            add_place(places, path);
        }
        struct prop_table members = prop_members(row);
        find_places(places, &members, path);
        if (row->item != NULL) {
            members = prop_members(row->item);
            find_places(places, &members, arena_printf(places->arena, "%.*s[]", STR_ARG(path)));
        }
    }
}

static struct str known_names(struct arena *arena, const struct prop_table *table) {
    struct str known = STR_EMPTY;
    for (size_t i = 0; i < table->count; i++) {
        if ((table->rows[i].flags & PROP_INPUT) != 0 && table->rows[i].deprecated == NULL) {
            known = arena_join(arena, known, ", ", str_of(table->rows[i].name));
        }
    }
    return known;
}

static struct str elsewhere(const struct places *places, const struct prop_table *root) {
    bool is_top = places->count == 1 &&
                  prop_find(root, str_slice(places->list, 1, places->list.len - 1)) != NULL;
    const char *more = places->count > MAX_PLACES ? " or others" : "";
    return arena_printf(places->arena, "unknown property here; did you mean %s%.*s%s%s?",
                        places->count > 1 ? "one of " : "", STR_ARG(places->list), more,
                        is_top ? " at the top" : "");
}

struct str prop_key_advice(struct arena *arena, const struct prop_table *root,
                           const struct prop_table *table, struct str key) {
    struct str plain = squeeze(arena, key);
    const char *hint = nearest(table, plain, 1);
    struct places places = {.arena = arena, .key = plain, .list = STR_EMPTY};
    if (hint == NULL) {
        find_places(&places, root, STR_EMPTY);
        hint = places.count > 0 ? NULL : nearest(table, plain, MAX_HINT_DISTANCE);
    }
    if (hint != NULL) {
        return arena_printf(arena, "unknown property; did you mean \"%s\"?", hint);
    }
    return places.count > 0 ? elsewhere(&places, root)
                            : arena_printf(arena, "unknown property; known here: %.*s",
                                           STR_ARG(known_names(arena, table)));
}
