#include "base/value.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* The functions that walk a whole tree recurse: whoever decodes a tree from outside bounds its
 * depth. */

#define MAX_EXACT_INTEGER 9007199254740992.0     /* 2^53 */
#define INTEGER_TEXT_LIMIT 9223372036854775808.0 /* 2^63 */

static struct value *node(struct arena *arena, enum value_kind kind) {
    struct value *value = ARENA_NEW(arena, struct value);
    value->kind = kind;
    return value;
}

static bool holds_map(const struct value *value) {
    return value->kind == VALUE_MAP || value->kind == VALUE_ASSET || value->kind == VALUE_ARCHIVE;
}

struct value *value_null(struct arena *arena) {
    return node(arena, VALUE_NULL);
}

struct value *value_bool(struct arena *arena, bool boolean) {
    struct value *value = node(arena, VALUE_BOOL);
    value->boolean = boolean;
    return value;
}

struct value *value_number(struct arena *arena, double number) {
    struct value *value = node(arena, VALUE_NUMBER);
    value->number = number;
    return value;
}

struct value *value_string(struct arena *arena, struct str text) {
    struct value *value = arena_alloc(arena, sizeof(*value) + text.len + 1); /* with its text */
    char *copy = (char *)(value + 1);
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    value->kind = str_is_utf8(text) ? VALUE_STRING : VALUE_BYTES;
    value->string = (struct str){copy, text.len};
    return value;
}

struct value *value_string_c(struct arena *arena, const char *text) {
    return value_string(arena, str_of(text));
}

struct value *value_unknown(struct arena *arena) {
    return node(arena, VALUE_UNKNOWN);
}

struct value *value_list(struct arena *arena) {
    return node(arena, VALUE_LIST);
}

struct value *value_map(struct arena *arena) {
    return node(arena, VALUE_MAP);
}

void value_list_append(struct arena *arena, struct value *list, const struct value *item) {
    assert(list->kind == VALUE_LIST);
    struct value_list *items = &list->list;
    items->items =
        arena_reserve(arena, items->items, items->count, sizeof(*items->items), &items->capacity);
    items->items[items->count++] = item;
}

static void map_reserve(struct arena *arena, struct value_map *map) {
    map->entries =
        arena_reserve(arena, map->entries, map->count, sizeof(*map->entries), &map->capacity);
}

/* Where the key is, or where it would be put. Whoever goes through one sorted map to make another
 * puts each key behind the last. */
static size_t map_position(const struct value_map *map, struct str key, bool *found) {
    if (map->count == 0 || str_compare(map->entries[map->count - 1].key, key) < 0) {
        *found = false;
        return map->count;
    }
    return str_position(map->entries, map->count, sizeof(*map->entries), str_compare, key, found);
}

/* So many that a search by halves is slower than a look at each, and that qsort is slower than
 * sorting by insertion. */
enum { FEW_TO_SEARCH = 16, FEW_TO_SORT = 64 };

/* The entry of that key, or NULL. Most keys differ in length or first byte. */
static struct value_entry *map_find(const struct value_map *map, struct str key) {
    if (map->count > FEW_TO_SEARCH) {
        bool found;
        size_t at = map_position(map, key, &found);
        return found ? &map->entries[at] : NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        struct str own = map->entries[i].key;
        if (own.len == key.len && (key.len == 0 || own.ptr[0] == key.ptr[0]) && str_is(own, key)) {
            return &map->entries[i];
        }
    }
    return NULL;
}

void value_map_set(struct arena *arena, struct value *map, struct str key,
                   const struct value *item) {
    assert(holds_map(map));
    bool found;
    size_t at = map_position(&map->map, key, &found);
    if (found) {
        map->map.entries[at].value = item;
        return;
    }
    map_reserve(arena, &map->map);
    struct value_entry *slot = &map->map.entries[at];
    memmove(slot + 1, slot, (map->map.count - at) * sizeof(*slot));
    *slot = (struct value_entry){arena_str(arena, key), item};
    map->map.count++;
}

void value_map_set_c(struct arena *arena, struct value *map, const char *key,
                     const struct value *item) {
    value_map_set(arena, map, str_of(key), item);
}

void value_map_set_text(struct arena *arena, struct value *map, const char *key, struct str text) {
    value_map_set_c(arena, map, key, value_string(arena, text));
}

void value_map_remove(struct value *map, struct str key) {
    assert(holds_map(map));
    struct value_entry *slot = map_find(&map->map, key);
    if (slot == NULL) {
        return;
    }
    struct value_entry *end = map->map.entries + map->map.count;
    memmove(slot, slot + 1, (size_t)(end - slot - 1) * sizeof(*slot));
    map->map.count--;
}

/* An entry and where it stood: qsort is not stable, and the last of equal keys must win. */
struct ranked_entry {
    struct value_entry entry;
    size_t rank;
};

static int ranked_compare(const void *left, const void *right) {
    const struct ranked_entry *a = left;
    const struct ranked_entry *b = right;
    int order = str_compare(a->entry.key, b->entry.key);
    return order != 0 ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

static bool map_is_sorted(const struct value_map *map) {
    for (size_t i = 1; i < map->count; i++) {
        if (str_compare(map->entries[i - 1].key, map->entries[i].key) >= 0) {
            return false;
        }
    }
    return true;
}

/* By insertion, which keeps the order of equal keys. True when some are equal. */
static bool sort_few(struct value_map *map) {
    bool repeats = false;
    for (size_t i = 1; i < map->count; i++) {
        struct value_entry entry = map->entries[i];
        size_t at = i;
        int order = 1;
        while (at > 0 && (order = str_compare(map->entries[at - 1].key, entry.key)) > 0) {
            at--;
        }
        memmove(&map->entries[at + 1], &map->entries[at], (i - at) * sizeof(entry));
        map->entries[at] = entry;
        repeats = repeats || order == 0;
    }
    return repeats;
}

/* True when some keys may be equal. */
static bool sort_many(struct value_map *map) {
    if (map_is_sorted(map)) {
        return false;
    }
    struct ranked_entry *ranked = mem_alloc(map->count * sizeof(*ranked));
    for (size_t i = 0; i < map->count; i++) {
        ranked[i] = (struct ranked_entry){map->entries[i], i};
    }
    qsort(ranked, map->count, sizeof(*ranked), ranked_compare);
    for (size_t i = 0; i < map->count; i++) {
        map->entries[i] = ranked[i].entry;
    }
    mem_free(ranked);
    return true;
}

static void keep_last_of_equal(struct value_map *map) {
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++) {
        struct value_entry entry = map->entries[i];
        bool repeats = kept > 0 && str_is(map->entries[kept - 1].key, entry.key);
        kept -= repeats ? 1 : 0;
        map->entries[kept++] = entry;
    }
    map->count = kept;
}

void value_map_sort(struct value *map) {
    assert(holds_map(map));
    if ((map->map.count <= FEW_TO_SORT ? sort_few : sort_many)(&map->map)) {
        keep_last_of_equal(&map->map);
    }
}

const struct value *value_get(const struct value *map, struct str key) {
    if (map == NULL || map->kind != VALUE_MAP) {
        return NULL;
    }
    const struct value_entry *entry = map_find(&map->map, key);
    return entry != NULL ? entry->value : NULL;
}

const struct value *value_get_c(const struct value *map, const char *key) {
    return value_get(map, str_of(key));
}

const struct value *value_get_set(const struct value *map, struct str key) {
    const struct value *item = value_get(map, key);
    return value_is_null(item) ? NULL : item;
}

const struct value *value_at(const struct value *map, const char *dotted_path) {
    struct str rest = str_of(dotted_path);
    while (map != NULL && rest.ptr != NULL) {
        struct str step = str_split(rest, '.', &rest);
        map = value_get_set(map, step);
    }
    return map;
}

static bool is_secret_at(const struct value *map, const char *dotted_path) {
    const struct value *at = map;
    struct str rest = str_of(dotted_path);
    while (at != NULL && !at->secret && rest.ptr != NULL) {
        at = value_get(at, str_split(rest, '.', &rest));
    }
    return at != NULL && at->secret;
}

const struct value *value_made_from(struct arena *arena, const struct value *made,
                                    const struct value *map, const char *const *paths) {
    bool secret = made->secret;
    for (; *paths != NULL; paths++) {
        secret = secret || is_secret_at(map, *paths);
    }
    return value_with_secret(arena, made, secret);
}

/* The map below `key`, made when there is none. It is private to the caller as `map` is, hence the
 * cast. */
static struct value *map_below(struct arena *arena, struct value *map, struct str key) {
    const struct value *present = value_get(map, key);
    if (present != NULL && present->kind == VALUE_MAP) {
        return (struct value *)present;
    }
    struct value *made = value_map(arena);
    value_map_set(arena, map, key, made);
    return made;
}

void value_set_at(struct arena *arena, struct value *map, const char *dotted_path,
                  const struct value *item) {
    struct str rest;
    struct str step = str_split(str_of(dotted_path), '.', &rest);
    while (rest.ptr != NULL) {
        map = map_below(arena, map, step);
        step = str_split(rest, '.', &rest);
    }
    value_map_set(arena, map, step, item);
}

bool value_bool_at(const struct value *map, const char *dotted_path, bool otherwise) {
    const struct value *found = value_at(map, dotted_path);
    return otherwise ? !value_is_false(found) : value_is_true(found);
}

double value_number_at(const struct value *map, const char *dotted_path, double otherwise) {
    const struct value *found = value_at(map, dotted_path);
    return value_is_number(found) && isfinite(found->number) ? found->number : otherwise;
}

struct str value_text_at(const struct value *map, const char *dotted_path) {
    return value_text(value_at(map, dotted_path));
}

struct str value_id_at(struct arena *arena, const struct value *map, const char *dotted_path) {
    const struct value *found = value_at(map, dotted_path);
    return value_is_integer(found) ? value_number_text(arena, found->number)
                                   : value_text_at(map, dotted_path);
}

double value_count_at(const struct value *map, const char *dotted_path) {
    const struct value *found = value_at(map, dotted_path);
    double count = -1;
    if (found != NULL && found->kind == VALUE_NUMBER) {
        count = found->number;
    } else if (found != NULL && found->kind == VALUE_STRING) {
        char *end = NULL;
        count = strtod(found->string.ptr, &end);
        count = end == found->string.ptr ? -1 : count;
    }
    return isfinite(count) && count >= 0 ? count : -1;
}

bool value_list_has(const struct value *list, struct str text) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        if (value_is_string(list->list.items[i]) && str_is(list->list.items[i]->string, text)) {
            return true;
        }
    }
    return false;
}

bool value_list_holds(const struct value *list, const struct value *item) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        if (value_equal(list->list.items[i], item)) {
            return true;
        }
    }
    return false;
}

const struct value *value_list_find(const struct value *list, const char *member, struct str text) {
    for (size_t i = 0; i < value_list_count(list); i++) {
        const struct value *item = list->list.items[i];
        const struct value *found = value_get_c(item, member);
        if (value_is_string(found) && str_is(found->string, text)) {
            return item;
        }
    }
    return NULL;
}

static void copy_list(struct arena *arena, struct value *copy) {
    const struct value **items = ARENA_ARRAY(arena, copy->list.count, const struct value *);
    for (size_t i = 0; i < copy->list.count; i++) {
        items[i] = value_copy(arena, copy->list.items[i]);
    }
    copy->list.items = items;
    copy->list.capacity = copy->list.count;
}

static void copy_map(struct arena *arena, struct value *copy) {
    struct value_entry *entries = ARENA_ARRAY(arena, copy->map.count, struct value_entry);
    for (size_t i = 0; i < copy->map.count; i++) {
        entries[i].key = arena_str(arena, copy->map.entries[i].key);
        entries[i].value = value_copy(arena, copy->map.entries[i].value);
    }
    copy->map.entries = entries;
    copy->map.capacity = copy->map.count;
}

struct value *value_copy(struct arena *arena, const struct value *value) {
    if (value == NULL) {
        return NULL;
    }
    struct value *copy = ARENA_NEW(arena, struct value);
    *copy = *value;
    switch (copy->kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        copy->string = arena_str(arena, copy->string);
        break;
    case VALUE_LIST:
        copy_list(arena, copy);
        break;
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        copy_map(arena, copy);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_UNKNOWN:
        break;
    }
    return copy;
}

struct value *value_with_secret(struct arena *arena, const struct value *value, bool secret) {
    struct value *copy = ARENA_NEW(arena, struct value);
    *copy = *value;
    copy->secret = secret;
    return copy;
}

struct value *value_map_clone(struct arena *arena, const struct value *map) {
    if (map == NULL || !holds_map(map)) {
        return value_map(arena);
    }
    struct value *clone = value_with_secret(arena, map, map->secret);
    clone->map.entries = ARENA_ARRAY(arena, map->map.count, struct value_entry);
    clone->map.capacity = map->map.count;
    if (map->map.count > 0) {
        memcpy(clone->map.entries, map->map.entries, map->map.count * sizeof(*map->map.entries));
    }
    return clone;
}

const struct value *value_get_map_c(const struct value *map, const char *key) {
    const struct value *member = map == NULL ? NULL : value_get_c(map, key);
    return value_is_map(member) ? member : NULL;
}

struct value *value_map_with_c(struct arena *arena, const struct value *map, const char *key,
                               const struct value *item) {
    struct value *out = value_map_clone(arena, map);
    value_map_set_c(arena, out, key, item);
    return out;
}

struct value *value_map_own(struct arena *arena, struct value *map, const char *key) {
    const struct value *below = value_get_c(map, key);
    if (!value_is_map(below)) {
        return NULL;
    }
    struct value *own = value_map_clone(arena, below);
    value_map_set_c(arena, map, key, own);
    return own;
}

static bool any_child(const struct value *value, bool (*test)(const struct value *)) {
    if (value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++) {
            if (test(value->list.items[i])) {
                return true;
            }
        }
    } else if (holds_map(value)) {
        for (size_t i = 0; i < value->map.count; i++) {
            if (test(value->map.entries[i].value)) {
                return true;
            }
        }
    }
    return false;
}

bool value_has_unknown(const struct value *value) {
    return value != NULL && (value->kind == VALUE_UNKNOWN || any_child(value, value_has_unknown));
}

bool value_has_secret(const struct value *value) {
    return value != NULL && (value->secret || any_child(value, value_has_secret));
}

static bool lists_equal(const struct value_list *a, const struct value_list *b) {
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!value_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

/* The next entry from *at on that is not null, or NULL. */
static const struct value_entry *next_set(const struct value_map *map, size_t *at) {
    while (*at < map->count) {
        const struct value_entry *entry = &map->entries[(*at)++];
        if (!value_is_null(entry->value)) {
            return entry;
        }
    }
    return NULL;
}

static bool maps_equal(const struct value_map *a, const struct value_map *b) {
    size_t at_a = 0;
    size_t at_b = 0;
    for (;;) {
        const struct value_entry *left = next_set(a, &at_a);
        const struct value_entry *right = next_set(b, &at_b);
        if (left == NULL || right == NULL) {
            return left == right;
        }
        if (!str_is(left->key, right->key) || !value_equal(left->value, right->value)) {
            return false;
        }
    }
}

bool value_equal(const struct value *a, const struct value *b) {
    if (value_is_null(a) || value_is_null(b)) {
        return value_is_null(a) && value_is_null(b);
    }
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_NUMBER:
        return a->number == b->number;
    case VALUE_STRING:
    case VALUE_BYTES:
        return str_is(a->string, b->string);
    case VALUE_LIST:
        return lists_equal(&a->list, &b->list);
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        return maps_equal(&a->map, &b->map);
    case VALUE_UNKNOWN:
        return false;
    }
    return false;
}

/* Whole and small enough for int64_t. Without libm's functions, which would be one more library to
 * link. */
static bool is_whole(double number) {
    return number > -INTEGER_TEXT_LIMIT && number < INTEGER_TEXT_LIMIT &&
           (double)(int64_t)number == number;
}

bool value_is_integer(const struct value *value) {
    return value != NULL && value->kind == VALUE_NUMBER && is_whole(value->number) &&
           value->number >= -MAX_EXACT_INTEGER && value->number <= MAX_EXACT_INTEGER;
}

static size_t print_shortest(double number, char out[VALUE_NUMBER_SIZE]) {
    int len = snprintf(out, VALUE_NUMBER_SIZE, "%.15g", number);
    if (strtod(out, NULL) != number) {
        len = snprintf(out, VALUE_NUMBER_SIZE, "%.16g", number);
    }
    if (strtod(out, NULL) != number) {
        len = snprintf(out, VALUE_NUMBER_SIZE, "%.17g", number);
    }
    return (size_t)len;
}

size_t value_number_print(double number, char out[VALUE_NUMBER_SIZE]) {
    assert(isfinite(number));
    if (number == 0) {
        number = 0; /* JSON knows "-0", but nobody means it */
    }
    if (is_whole(number)) {
        return (size_t)snprintf(out, VALUE_NUMBER_SIZE, "%.0f", number);
    }
    return print_shortest(number, out);
}

struct str value_number_text(struct arena *arena, double number) {
    char text[VALUE_NUMBER_SIZE];
    size_t len = value_number_print(number, text);
    return arena_str(arena, (struct str){text, len});
}

const char *value_kind_name(enum value_kind kind) {
    switch (kind) {
    case VALUE_NULL:
        return "null";
    case VALUE_BOOL:
        return "a boolean";
    case VALUE_NUMBER:
        return "a number";
    case VALUE_STRING:
        return "a string";
    case VALUE_BYTES:
        return "text that is not UTF-8";
    case VALUE_LIST:
        return "a list";
    case VALUE_MAP:
        return "an object";
    case VALUE_UNKNOWN:
        return "an unknown value";
    case VALUE_ASSET:
        return "an asset";
    case VALUE_ARCHIVE:
        return "an archive";
    }
    return "nothing";
}
