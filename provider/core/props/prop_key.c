#include "core/props/prop_key.h"

#include "base/words.h"
#include "core/props/prop.h"
#include "core/props/prop_setting.h"
#include "core/props/prop_told.h"
#include "core/props/prop_walk.h"

/* A key further away than this is no misspelling. */
#define MAX_HINT_DISTANCE 3
/* Letters of a name that can stand for it. */
#define MIN_HEAD 3
/* Places of a key that are told; a member of each engine's image has a dozen. */
#define MAX_PLACES 3

struct str prop_key_squeeze(struct arena *arena, struct str key) {
    char *out = arena_alloc(arena, key.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] != '_' && key.ptr[i] != '-') {
            out[len++] = key.ptr[i];
        }
    }
    return (struct str){out, len};
}

/* Half a word is one that was cut off, or a wrong guess. */
static bool is_near(struct str plain, struct str name, size_t distance) {
    struct str head = str_slice(name, 0, plain.len < name.len ? plain.len : name.len);
    return distance <= 1 || distance * 3 < plain.len || str_is_nocase(head, plain);
}

static const struct prop *nearest(const struct prop_table *table, struct str plain,
                                  size_t max_distance) {
    const struct prop *best = NULL;
    size_t best_distance = max_distance + 1;
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        size_t distance = str_distance(plain, name);
        bool is_input = (row->flags & PROP_INPUT) != 0 && row->deprecated == NULL;
        if (is_input && distance < best_distance && distance * 2 < plain.len + 1 &&
            is_near(plain, name, distance)) {
            best = row;
            best_distance = distance;
        }
    }
    return best;
}

/* The service's name for it, or another's. */
static bool is_other_name(struct arena *arena, const struct prop *row, struct str wire,
                          struct str plain) {
    for (const char *const *name = row->other_names; name != NULL && *name != NULL; name++) {
        if (str_is_nocase(plain, str_of(*name))) {
            return true;
        }
    }
    size_t from = wire.len;
    while (from > 0 && wire.ptr[from - 1] != '.') {
        from--;
    }
    return str_is_nocase(plain, prop_key_squeeze(arena, str_slice(wire, from, wire.len)));
}

static const struct prop *by_other_name(struct arena *arena, const struct prop_table *table,
                                        struct str plain) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) != 0 && row->deprecated == NULL &&
            is_other_name(arena, row, str_of(row->wire), plain)) {
            return row;
        }
    }
    return NULL;
}

static const struct prop *meant(struct arena *arena, const struct prop_table *table,
                                struct str plain) {
    const struct prop *row = nearest(table, plain, 1);
    return row != NULL ? row : by_other_name(arena, table, plain);
}

const struct prop *prop_key_meant(struct arena *arena, const struct prop_table *table,
                                  struct str key) {
    return meant(arena, table, prop_key_squeeze(arena, key));
}

/* Where inputs of one name are. */
struct places {
    struct arena *arena;
    struct str key;
    bool by_other_names;
    struct words list;
    size_t count;
};

static void add_place(struct places *places, struct str path) {
    if (places->count < MAX_PLACES) {
        struct words quoted =
            words_text(places->arena, "\"%p\"", WORDS_ARG(words_own(places->arena, path)));
        places->list = words_join(places->arena, places->list, ", ", quoted);
    }
    places->count++;
}

static enum prop_step visit_place(const struct prop_place *place, void *user) {
    struct places *places = user;
    if (place->row->deprecated != NULL) {
        return PROP_STEP_OVER;
    }
    bool is_it = places->by_other_names
                     ? is_other_name(places->arena, place->row, place->wire, places->key)
                     : str_is_nocase(places->key, str_of(place->row->name));
    if (is_it) {
        add_place(places, place->path);
    }
    return PROP_STEP_ON;
}

static struct words elsewhere(const struct places *places, const struct prop_table *root) {
    bool is_top =
        places->count == 1 &&
        prop_find(root, str_slice(places->list.text, 1, places->list.text.len - 1)) != NULL;
    const char *more = places->count > MAX_PLACES ? " or others" : "";
    return words_text(places->arena, "unknown property here; did you mean %s%p%s%s?",
                      places->count > 1 ? "one of " : "", WORDS_ARG(places->list), more,
                      is_top ? " at the top" : "");
}

/* Empty when there is none. */
static struct words places_of(struct arena *arena, const struct prop_key *key, struct str plain,
                              bool by_other_names) {
    struct places places = {
        .arena = arena, .key = plain, .by_other_names = by_other_names, .list = words_none()};
    prop_walk(arena, key->root, visit_place, &places);
    return places.count > 0 ? elsewhere(&places, key->root) : words_none();
}

static struct words did_you_mean(struct arena *arena, const char *name) {
    return words_text(arena, "unknown property; did you mean \"%s\"?", name);
}

/* The only input whose name begins so: the key is cut off, or short for it. */
static const struct prop *by_head(const struct prop_table *table, struct str plain) {
    const struct prop *only = NULL;
    for (size_t i = 0; plain.len >= MIN_HEAD && i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str head = str_slice(str_of(row->name), 0, plain.len);
        bool is_input = (row->flags & PROP_INPUT) != 0 && row->deprecated == NULL;
        if (is_input && str_is_nocase(head, plain)) {
            if (only != NULL) {
                return NULL;
            }
            only = row;
        }
    }
    return only;
}

/* The engine's name of a setting has the package before it. */
static struct str without_package(struct str key) {
    struct str space = STR("inference:");
    return str_starts(key, space) ? str_slice(key, space.len, key.len) : key;
}

struct words prop_key_advice(struct arena *arena, const struct prop_key *key) {
    struct str plain = prop_key_squeeze(arena, without_package(key->key));
    const struct prop *row = meant(arena, key->table, plain);
    if (row != NULL) {
        return did_you_mean(arena, row->name);
    }
    struct words advice = places_of(arena, key, plain, false);
    if (advice.text.len == 0 && key->cloud != NULL) {
        advice = prop_setting_advice(arena, key, plain);
    }
    if (advice.text.len == 0) {
        advice = places_of(arena, key, plain, true);
    }
    if (advice.text.len > 0) {
        return advice;
    }
    row = nearest(key->table, plain, MAX_HINT_DISTANCE);
    row = row != NULL ? row : by_head(key->table, plain);
    return row != NULL ? did_you_mean(arena, row->name)
                       : words_text(arena, "unknown property; known here: %p",
                                    WORDS_ARG(prop_told_names(arena, key->table)));
}
