#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* The Pulumi property tree, free of any wire format. Secretness is a flag of the node, so that
 * secret, output value and unknown in all their spellings fold into one form. Trees are built once
 * and then shared read-only; a change makes a shallow copy of the maps on its way. All nodes live
 * in an arena. */
enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_STRING, /* well-formed UTF-8 */
    VALUE_BYTES,  /* text that is not UTF-8; kept so that Check can name its path */
    VALUE_LIST,
    VALUE_MAP,
    VALUE_UNKNOWN, /* a value not known before the update runs (previews only) */
    VALUE_ASSET,   /* `map` holds the signed object without its signature key */
    VALUE_ARCHIVE  /* likewise */
};

struct value;

struct value_entry {
    struct str key;
    const struct value *value;
};

struct value_list {
    const struct value **items;
    size_t count;
    size_t capacity;
};

/* Entries are sorted by key (byte order) without duplicates; keys are well-formed UTF-8. */
struct value_map {
    struct value_entry *entries;
    size_t count;
    size_t capacity;
};

struct value {
    enum value_kind kind;
    bool secret;
    union {
        bool boolean;
        double number;
        struct str string; /* VALUE_STRING, VALUE_BYTES */
        struct value_list list;
        struct value_map map; /* VALUE_MAP, VALUE_ASSET, VALUE_ARCHIVE */
    };
};

struct value *value_null(struct arena *arena);
struct value *value_bool(struct arena *arena, bool boolean);
struct value *value_number(struct arena *arena, double number);
/* Copies the text; it must be well-formed UTF-8, otherwise the node becomes VALUE_BYTES. */
struct value *value_string(struct arena *arena, struct str text);
struct value *value_string_c(struct arena *arena, const char *text);
struct value *value_unknown(struct arena *arena);
struct value *value_list(struct arena *arena);
struct value *value_map(struct arena *arena);

void value_list_append(struct arena *arena, struct value *list, const struct value *item);
/* Puts or replaces. The key is copied into the arena. */
void value_map_set(struct arena *arena, struct value *map, struct str key,
                   const struct value *item);
void value_map_set_c(struct arena *arena, struct value *map, const char *key,
                     const struct value *item);
void value_map_set_text(struct arena *arena, struct value *map, const char *key, struct str text);
void value_map_remove(struct value *map, struct str key);
/* The map below `key`, made private by a shallow copy, so that it may be changed; NULL when there
 * is none. `map` itself is private to the caller. */
struct value *value_map_own(struct arena *arena, struct value *map, const char *key);
/* Without copying the key and without a look at its place: for who goes through a sorted map to
 * make another, and for decoders, which sort once afterwards (the last of equal keys wins). */
static inline void value_map_append(struct arena *arena, struct value *map, struct str key,
                                    const struct value *item) {
    assert(map->kind == VALUE_MAP);
    struct value_map *entries = &map->map;
    entries->entries = (struct value_entry *)arena_reserve(
        arena, entries->entries, entries->count, sizeof(*entries->entries), &entries->capacity);
    entries->entries[entries->count++] = (struct value_entry){key, item};
}
void value_map_sort(struct value *map);

/* NULL when `map` is NULL, not a map, or lacks the key. */
const struct value *value_get(const struct value *map, struct str key);
const struct value *value_get_c(const struct value *map, const char *key);
/* As value_get, but a null counts as absent: what Check, Diff and Create mean by "set". */
const struct value *value_get_set(const struct value *map, struct str key);
/* Follows a dotted path of map keys ("compute.scaling.minReplica"); NULL when a step is missing or
 * null. */
const struct value *value_at(const struct value *map, const char *dotted_path);
/* `made`, as a secret when it is one or when one is at one of the dotted paths, or on the way to
 * it: what is made of a secret is one. `paths` end with NULL. */
const struct value *value_made_from(struct arena *arena, const struct value *made,
                                    const struct value *map, const char *const *paths);
/* Sets along a dotted path, making the maps on the way. `map` and the maps on the path are changed:
 * they must be private to the caller, who made or decoded them or has a value_copy. A
 * value_map_clone is not enough: the maps below it are shared. */
void value_set_at(struct arena *arena, struct value *map, const char *dotted_path,
                  const struct value *item);
/* What stands at a path; `otherwise` (of text: STR_EMPTY) when it is absent, of another kind, or a
 * number that is not finite. */
bool value_bool_at(const struct value *map, const char *dotted_path, bool otherwise);
double value_number_at(const struct value *map, const char *dotted_path, double otherwise);
struct str value_text_at(const struct value *map, const char *dotted_path);
/* Text of an id, which may be a whole number: then its digits, in the arena. */
struct str value_id_at(struct arena *arena, const struct value *map, const char *dotted_path);
/* Number of things at a path, written as a number or as text; -1 when there is none. */
double value_count_at(const struct value *map, const char *dotted_path);
/* Whether the list holds that text; false of what is no list. */
bool value_list_has(const struct value *list, struct str text);
/* Whether one of its items equals this one (value_equal). False when it is no list. Pure. */
bool value_list_holds(const struct value *list, const struct value *item);
/* The first item of the list that is a map with that text as `member`, or NULL. */
const struct value *value_list_find(const struct value *list, const char *member, struct str text);

/* Deep copy into another (or the same) arena; NULL gives NULL. */
struct value *value_copy(struct arena *arena, const struct value *value);
/* Same node contents with another secret flag; children shared. */
struct value *value_with_secret(struct arena *arena, const struct value *value, bool secret);
/* Shallow copy of a map: entries array private, children shared. NULL, and what is no map (a reply
 * may hold anything anywhere), gives an empty map. */
struct value *value_map_clone(struct arena *arena, const struct value *map);
/* A member that is a map; NULL when it is absent or something else, or `map` is NULL. */
const struct value *value_get_map_c(const struct value *map, const char *key);
/* A value_map_clone with one more entry, or another value of one. The key is not copied. */
struct value *value_map_with_c(struct arena *arena, const struct value *map, const char *key,
                               const struct value *item);

/* In the header, so that an analyser of one file sees that NULL is none of them. */
static inline bool value_is_map(const struct value *value) {
    return value != NULL && value->kind == VALUE_MAP;
}
static inline bool value_is_list(const struct value *value) {
    return value != NULL && value->kind == VALUE_LIST;
}
static inline bool value_is_string(const struct value *value) {
    return value != NULL && value->kind == VALUE_STRING;
}
static inline bool value_is_number(const struct value *value) {
    return value != NULL && value->kind == VALUE_NUMBER;
}
static inline bool value_is_true(const struct value *value) {
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}
static inline bool value_is_false(const struct value *value) {
    return value != NULL && value->kind == VALUE_BOOL && !value->boolean;
}
/* 0 of what is no list. */
static inline size_t value_list_count(const struct value *value) {
    return value_is_list(value) ? value->list.count : 0;
}
/* STR_EMPTY of what is no text. */
static inline struct str value_text(const struct value *value) {
    return value_is_string(value) ? value->string : STR_EMPTY;
}
/* NULL pointer or VALUE_NULL. */
static inline bool value_is_null(const struct value *value) {
    return value == NULL || value->kind == VALUE_NULL;
}
static inline bool value_is_unknown(const struct value *value) {
    return value != NULL && value->kind == VALUE_UNKNOWN;
}
bool value_has_unknown(const struct value *value); /* itself or anything below */
bool value_has_secret(const struct value *value);
/* Deep equality: secret flags ignored, null equals absent in maps, numbers as doubles, unknown
 * equal to nothing. */
bool value_equal(const struct value *a, const struct value *b);
/* Whole number within +-2^53. */
bool value_is_integer(const struct value *value);
/* Size that every printed number fits in, with its NUL. */
#define VALUE_NUMBER_SIZE 32
/* Writes the number and a NUL to `out`; returns the length. The format is the one below. */
size_t value_number_print(double number, char out[VALUE_NUMBER_SIZE]);
/* Number printed as JSON would: integers without fraction or exponent up to 2^63, else shortest
 * round trip. The value must be finite. */
struct str value_number_text(struct arena *arena, double number);
const char *value_kind_name(enum value_kind kind); /* for messages: "a string", "a number", ... */

#endif
