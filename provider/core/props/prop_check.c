#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/words.h"
#include "core/props/near.h"
#include "core/props/path.h"
#include "core/props/prop.h"
#include "core/props/prop_key.h"
#include "core/props/prop_told.h"
#include "core/unit.h"

/* 2^53: beyond it a double no longer tells neighbouring integers apart. */
#define MAX_SAFE_INTEGER 9007199254740992.0

struct check {
    struct ctx *ctx;
    struct failures *failures;
    const struct prop_table *root;
    const struct cloud_tables *cloud;
    size_t secrets; /* how many secrets the walk is inside of: their values are never told */
};

static const struct value *check_value(struct check *check, const struct prop *row,
                                       const struct value *value, const struct path *path);

static struct str place(const struct check *check, const struct path *path) {
    return path_text(check->ctx->arena, path);
}

/* The place in the text of a warning. */
static struct words told(const struct check *check, struct str where) {
    return prop_told_path(check->ctx->arena, check->root, where);
}

static const struct value *shown(const struct check *check, const struct value *value) {
    return check->secrets > 0 ? NULL : value;
}

static void wrong_type(struct check *check, const struct value *value, const struct path *path,
                       const char *expected, const char *advice) {
    struct str text = failures_value_text(check->ctx->arena, shown(check, value));
    failures_add(check->failures, place(check, path), "must be %s, not %s%s%.*s%s%s", expected,
                 value_kind_name(value->kind), text.len > 0 ? " (" : "", STR_ARG(text),
                 text.len > 0 ? ")" : "", advice);
}

static struct words allowed_list(struct arena *arena, const struct prop *row) {
    struct words list = words_none();
    for (size_t i = 0; i < row->value_count; i++) {
        if (row->values[i].deprecated == NULL) {
            list = words_join(arena, list, ", ", words_text(arena, "%s", row->values[i].value));
        }
    }
    return list;
}

/* A secret is not compared: the hint would tell of it. */
static const char *meant(const struct check *check, const struct prop *row,
                         const struct value *value) {
    return shown(check, value) == NULL ? ""
                                       : near_value_advice(check->ctx->arena, row, value->string);
}

static void check_allowed(struct check *check, const struct prop *row, const struct value *value,
                          const struct path *path) {
    struct str text = value->string;
    const struct prop_value *allowed = prop_allowed(row, text);
    if (allowed != NULL && allowed->deprecated != NULL && str_is_c(text, allowed->value)) {
        struct str where = place(check, path);
        failures_warn(check->failures, where, "%p: \"%.*s\" is deprecated: %s",
                      WORDS_ARG(told(check, where)), STR_ARG(text), allowed->deprecated);
    }
    bool is_default =
        value_is_string(row->default_value) && str_is(text, row->default_value->string);
    if (allowed != NULL || is_default) {
        return;
    }
    struct words list = allowed_list(check->ctx->arena, row);
    if ((row->flags & PROP_OPEN) == 0 || text.len == 0) { /* no service has a word of no letters */
        struct arena *arena = check->ctx->arena;
        struct words words = failures_with_value(
            arena, words_text(arena, "must be one of %p", WORDS_ARG(list)), shown(check, value));
        failures_add(check->failures, place(check, path), "%p%s", WORDS_ARG(words),
                     meant(check, row, value));
        return;
    }
    struct str where = place(check, path);
    failures_warn(check->failures, where,
                  "%p: \"%.*s\" is not among the values known to this version (%p); it is "
                  "passed on as it is%s",
                  WORDS_ARG(told(check, where)), STR_ARG(text), WORDS_ARG(list),
                  meant(check, row, value));
}

/* What no source forbids the service may take. The value is repeated, if one is given. The words
 * are ours: a secret that they happen to hold stays in them. */
static void tell_limit(struct check *check, const struct prop *row, const struct value *value,
                       const struct path *path, const char *words) {
    if ((row->flags & PROP_ASSUMED) == 0) {
        failures_add_value(check->failures, place(check, path), value, "%s", words);
        return;
    }
    struct str where = place(check, path);
    struct arena *arena = check->ctx->arena;
    struct words limit = failures_with_value(arena, words_text(arena, "%s", words), value);
    failures_warn(check->failures, where,
                  "%p: %p (as far as is known: the limit is assumed); it is passed on as it is",
                  WORDS_ARG(told(check, where)), WORDS_ARG(limit));
}

static void check_length(struct check *check, const struct prop *row, size_t length,
                         const char *what, const struct path *path) {
    if (length < row->min_length) {
        if (length == 0 && row->min_length == 1) {
            failures_add(check->failures, place(check, path), "must not be empty");
        } else {
            failures_add(check->failures, place(check, path), "needs at least %zu %s, has %zu",
                         row->min_length, what, length);
        }
    }
    if (row->max_length != 0 && length > row->max_length) {
        tell_limit(check, row, NULL, path,
                   arena_printf(check->ctx->arena, "may have at most %zu %s, has %zu",
                                row->max_length, what, length)
                       .ptr);
    }
}

/* A program may write a whole number for a text of digits: it counts as that text. */
static const struct value *digits_of(struct check *check, const struct prop *row,
                                     const struct value *value) {
    bool is_text = (row->flags & PROP_NUMERIC) == 0 || !value_is_integer(value);
    return is_text ? value
                   : value_string(check->ctx->arena,
                                  value_number_text(check->ctx->arena, value->number));
}

static void check_text(struct check *check, const struct prop *row, const struct value *value,
                       const struct path *path) {
    size_t before = check->failures->count;
    if (row->min_length != 0 || row->max_length != 0) {
        check_length(check, row, str_count_code_points(value->string), "characters", path);
    }
    if (before == check->failures->count && row->pattern != NULL &&
        !prop_matches(row->pattern, value->string)) {
        const char *words = row->pattern_hint != NULL ? row->pattern_hint : row->pattern;
        tell_limit(check, row, shown(check, value), path, words);
    }
    if (row->value_count > 0) {
        check_allowed(check, row, value, path);
    }
}

/* No number of that size is exact: as text it is. */
static bool is_too_large(const struct value *value) {
    return value->kind == VALUE_NUMBER && fabs(value->number) > MAX_SAFE_INTEGER;
}

/* Quotes alone make no allowed word. */
static const char *one_of_them(struct arena *arena, const struct prop *row) {
    return words_text(arena, "one of %p", WORDS_ARG(allowed_list(arena, row))).text.ptr;
}

static const struct value *check_string(struct check *check, const struct prop *row,
                                        const struct value *given, const struct path *path) {
    const struct value *value = digits_of(check, row, given);
    if (value->kind == VALUE_BYTES) {
        failures_add(check->failures, place(check, path), "is not valid UTF-8 text");
    } else if (value->kind != VALUE_STRING) {
        bool is_word = value->kind == VALUE_NUMBER || value->kind == VALUE_BOOL;
        bool is_id = (row->flags & PROP_NUMERIC) != 0 && !is_too_large(value);
        bool is_closed = row->value_count > 0 && (row->flags & PROP_OPEN) == 0;
        const char *expected = is_closed ? one_of_them(check->ctx->arena, row)
                               : is_id   ? "a whole number, or text of one"
                                         : "a string";
        wrong_type(check, value, path, expected,
                   is_word && !is_id && !is_closed ? ": put it into quotes" : "");
    } else if (memchr(value->string.ptr, '\0', value->string.len) != NULL) {
        failures_add(check->failures, place(check, path), "must not contain a NUL character");
    } else {
        check_text(check, row, value, path);
    }
    return value;
}

/* Whether a text is what it had to be, but for its quotes. */
static const char *unquote_advice(const struct value *value, bool is_number) {
    if (value->kind != VALUE_STRING || value->string.len == 0) {
        return "";
    }
    char *end = NULL;
    (void)strtod(value->string.ptr, &end);
    bool fits = is_number
                    ? *end == '\0'
                    : str_is(value->string, STR("true")) || str_is(value->string, STR("false"));
    return fits ? ": take the quotes off" : "";
}

/* What other languages of configuration call true and false. */
static const char *truth_advice(const struct value *value) {
    static const char *const words[][2] = {
        {"yes", "true"}, {"on", "true"}, {"no", "false"}, {"off", "false"}};
    if (value_is_number(value) && (value->number == 1 || value->number == 0)) {
        return value->number == 1 ? ": write true" : ": write false";
    }
    for (size_t i = 0; value_is_string(value) && i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_is_nocase(value->string, str_of(words[i][0]))) {
            return strcmp(words[i][1], "true") == 0 ? ": write true" : ": write false";
        }
    }
    return unquote_advice(value, false);
}

/* What to write for a text where a number has to be. A secret is not told. */
static const char *number_advice(struct check *check, const struct prop *row,
                                 const struct value *value) {
    struct arena *arena = check->ctx->arena;
    bool is_told = check->secrets == 0 && value_is_string(value) && !value->secret;
    struct str number =
        is_told ? unit_converted(arena, row->type == PROP_INTEGER, row->unit, value->string)
                : STR_EMPTY;
    return number.len > 0 ? arena_printf(arena, ": write %.*s", STR_ARG(number)).ptr
                          : unquote_advice(value, true);
}

static void check_number(struct check *check, const struct prop *row, const struct value *value,
                         const struct path *path) {
    struct arena *arena = check->ctx->arena;
    bool whole = row->type == PROP_INTEGER;
    if (value->kind != VALUE_NUMBER) {
        wrong_type(check, value, path, unit_number(arena, whole, row->unit),
                   number_advice(check, row, value));
        return;
    }
    double number = value->number;
    if (!isfinite(number)) {
        failures_add(check->failures, place(check, path), "must be a finite number");
        return;
    }
    if (whole && (floor(number) != number || fabs(number) > MAX_SAFE_INTEGER)) {
        failures_add_value(check->failures, place(check, path), shown(check, value), "must be %s",
                           unit_number(arena, true, row->unit));
        return;
    }
    if (row->has_min && number < row->min) {
        tell_limit(check, row, shown(check, value), path,
                   unit_limit(arena, "least", row->min, row->unit));
    }
    if (row->has_max && number > row->max) {
        tell_limit(check, row, shown(check, value), path,
                   unit_limit(arena, "most", row->max, row->unit));
    }
}

/* Those that a program may set. */
static struct words member_names(struct arena *arena, const struct prop *row) {
    struct prop_table members = prop_members(row);
    return prop_told_names(arena, &members);
}

static void check_one_of(struct check *check, const struct prop *row, const struct value *map,
                         const struct path *path) {
    size_t set = 0;
    bool unknown = false;
    struct prop_table members = prop_members(row);
    for (size_t i = 0; i < map->map.count; i++) { /* a key that is told already may mean one */
        unknown = unknown || prop_find(&members, map->map.entries[i].key) == NULL;
    }
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct value *member = value_get_set(map, str_of(row->props[i].name));
        set += member != NULL ? 1 : 0;
        unknown = unknown || value_is_unknown(member);
    }
    if (set != 1 && !unknown) {
        failures_add(check->failures, place(check, path), "needs exactly one of %p; %zu are set",
                     WORDS_ARG(member_names(check->ctx->arena, row)), set);
    }
}

/* Whether a key that was told already means the row. */
static bool is_meant(struct check *check, const struct prop_table *table, const struct value *map,
                     const struct prop *row) {
    for (size_t i = 0; i < map->map.count; i++) {
        struct str key = map->map.entries[i].key;
        if (prop_find(table, key) == NULL && prop_key_meant(check->ctx->arena, table, key) == row) {
            return true;
        }
    }
    return false;
}

static void check_absent(struct check *check, const struct prop_table *table,
                         const struct value *map, const struct path *path) {
    const unsigned needed = PROP_INPUT | PROP_REQUIRED;
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        bool is_needed = (row->flags & needed) == needed;
        if ((!is_needed && row->left_out == NULL) ||
            value_get_set(map, str_of(row->name)) != NULL || is_meant(check, table, map, row)) {
            continue;
        }
        const struct path own = path_to_member(path, str_of(row->name));
        struct str where = place(check, &own);
        if (is_needed) {
            failures_add(check->failures, where, "is required");
        }
        if (row->left_out != NULL) {
            failures_warn(check->failures, where, "%p %s", WORDS_ARG(told(check, where)),
                          row->left_out);
        }
    }
}

static struct value *check_members(struct check *check, const struct prop_table *table,
                                   const struct value *map, const struct path *path) {
    struct arena *arena = check->ctx->arena;
    struct value *out = value_map(arena);
    for (size_t i = 0; i < map->map.count; i++) {
        struct str key = map->map.entries[i].key;
        const struct value *value = map->map.entries[i].value;
        if (str_starts(key, STR("__")) || value_is_null(value)) {
            continue;
        }
        const struct path own = path_to_member(path, key);
        const struct prop *row = prop_find(table, key);
        if (row == NULL) {
            const struct prop_key unknown = {check->root, table, check->cloud, key};
            failures_add(check->failures, place(check, &own), "%p",
                         WORDS_ARG(prop_key_advice(arena, &unknown)));
        } else if ((row->flags & PROP_INPUT) == 0) {
            failures_add(check->failures, place(check, &own),
                         "is an output and cannot be set; take it out of the program");
        } else {
            value_map_append(arena, out, key, check_value(check, row, value, &own));
        }
    }
    check_absent(check, table, map, path);
    return out;
}

static const char *object_words(struct arena *arena, const struct prop *row) {
    struct words names = member_names(arena, row);
    return names.text.len == 0 ? "an object"
                               : words_text(arena, "an object with %p", WORDS_ARG(names)).text.ptr;
}

static const struct value *check_object(struct check *check, const struct prop *row,
                                        const struct value *value, const struct path *path) {
    if (value->kind != VALUE_MAP) {
        wrong_type(check, value, path, object_words(check->ctx->arena, row), "");
        return value;
    }
    struct prop_table members = prop_members(row);
    struct value *out = check_members(check, &members, value, path);
    if ((row->flags & PROP_ONE_OF) != 0) {
        check_one_of(check, row, value, path);
    }
    return out;
}

/* A value without a type of ours still has to be something JSON can say. */
static void check_any(struct check *check, const struct value *value, const struct path *path) {
    switch (value->kind) {
    case VALUE_NUMBER:
        if (!isfinite(value->number)) {
            failures_add(check->failures, place(check, path), "must be a finite number");
        }
        break;
    case VALUE_BYTES:
        failures_add(check->failures, place(check, path), "is not valid UTF-8 text");
        break;
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        failures_add(check->failures, place(check, path), "must not be %s",
                     value_kind_name(value->kind));
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.count; i++) {
            const struct path own = path_to_item(path, i);
            check_any(check, value->list.items[i], &own);
        }
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < value->map.count; i++) {
            const struct path own = path_to_member(path, value->map.entries[i].key);
            check_any(check, value->map.entries[i].value, &own);
        }
        break;
    case VALUE_STRING:
        if (memchr(value->string.ptr, '\0', value->string.len) != NULL) {
            failures_add(check->failures, place(check, path), "must not contain a NUL character");
        }
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_UNKNOWN:
        break;
    }
}

static const struct value *check_item(struct check *check, const struct prop *row,
                                      const struct value *item, const struct path *path) {
    if (row->item != NULL) {
        return check_value(check, row->item, item, path);
    }
    check_any(check, item, path);
    return item;
}

/* Told by the place alone. */
static void warn_of_token(const struct check *check, const struct prop *row,
                          const struct path *path) {
    log_warning(&check->ctx->log,
                "%p: looks like a token, and whoever may see the endpoint can read it "
                "there: %s. Its value is masked here",
                WORDS_ARG(told(check, place(check, path))), row->exposed);
}

/* Where everybody may read it. */
static const struct value *check_exposed(struct check *check, const struct prop *row,
                                         struct str name, const struct value *item,
                                         const struct path *path) {
    if (row->exposed == NULL || !prop_is_exposed_token(name, item)) {
        return item;
    }
    if (check->secrets == 0) {
        warn_of_token(check, row, path);
    }
    return redact_secret(&check->ctx->redact, item);
}

static const char *list_words(struct arena *arena, const struct prop *row) {
    bool has_members = row->item != NULL && row->item->type == PROP_OBJECT;
    return has_members ? words_text(arena, "a list of objects with %p",
                                    WORDS_ARG(member_names(arena, row->item)))
                             .text.ptr
                       : "a list";
}

/* Whether the value would do as the list's only item. */
static bool is_one_item(const struct prop *row, const struct value *value) {
    if (row->item == NULL || row->item->type != PROP_OBJECT) {
        return value->kind == VALUE_STRING || value->kind == VALUE_NUMBER;
    }
    struct prop_table members = prop_members(row->item);
    bool is_item = value->kind == VALUE_MAP && value->map.count > 0;
    for (size_t i = 0; is_item && i < value->map.count; i++) {
        is_item = prop_find(&members, value->map.entries[i].key) != NULL;
    }
    return is_item;
}

static const struct value *check_list(struct check *check, const struct prop *row,
                                      const struct value *value, const struct path *path) {
    if (value->kind != VALUE_LIST) {
        wrong_type(check, value, path, list_words(check->ctx->arena, row),
                   is_one_item(row, value) ? ": put it into a list" : "");
        return value;
    }
    check_length(check, row, value->list.count, "items", path);
    struct value *out = value_list(check->ctx->arena);
    for (size_t i = 0; i < value->list.count; i++) {
        const struct value *item = value->list.items[i];
        const struct path own = path_to_item(path, i);
        if (value_is_null(item)) {
            failures_add(check->failures, place(check, &own), "must not be null");
            continue;
        }
        const struct value *checked = check_item(check, row, item, &own);
        value_list_append(check->ctx->arena, out,
                          check_exposed(check, row, prop_argument_name(value, i), checked, &own));
    }
    return out;
}

static const struct value *check_map(struct check *check, const struct prop *row,
                                     const struct value *value, const struct path *path) {
    if (value->kind != VALUE_MAP) {
        wrong_type(check, value, path, "a map", "");
        return value;
    }
    check_length(check, row, value->map.count, "entries", path);
    struct value *out = value_map(check->ctx->arena);
    for (size_t i = 0; i < value->map.count; i++) {
        struct str key = value->map.entries[i].key;
        const struct value *item = value->map.entries[i].value;
        const struct path own = path_to_member(path, key);
        if (!value_is_null(item)) {
            const struct value *checked = check_item(check, row, item, &own);
            value_map_append(check->ctx->arena, out, key,
                             check_exposed(check, row, key, checked, &own));
        }
    }
    return out;
}

static const struct value *check_typed(struct check *check, const struct prop *row,
                                       const struct value *value, const struct path *path) {
    switch (row->type) {
    case PROP_STRING:
        return check_string(check, row, value, path);
    case PROP_INTEGER:
    case PROP_NUMBER:
        check_number(check, row, value, path);
        return value;
    case PROP_BOOLEAN:
        if (value->kind != VALUE_BOOL) {
            wrong_type(check, value, path, "true or false",
                       shown(check, value) != NULL ? truth_advice(value)
                                                   : unquote_advice(value, false));
        }
        return value;
    case PROP_OBJECT:
        return check_object(check, row, value, path);
    case PROP_LIST:
        return check_list(check, row, value, path);
    case PROP_MAP:
        return check_map(check, row, value, path);
    case PROP_ANY:
        check_any(check, value, path);
        return value;
    }
    return value;
}

/* What is wrong by itself is told once: rules across properties skip what is not known. */
static const struct value *without_fault(struct check *check, const struct prop *row,
                                         const struct value *value) {
    bool keeps_members = (row->type == PROP_OBJECT && value->kind == VALUE_MAP) ||
                         (row->type == PROP_MAP && value->kind == VALUE_MAP) ||
                         (row->type == PROP_LIST && value->kind == VALUE_LIST);
    return keeps_members ? value : value_unknown(check->ctx->arena);
}

static const struct value *check_value(struct check *check, const struct prop *row,
                                       const struct value *value, const struct path *path) {
    if (row->deprecated != NULL) {
        struct str where = place(check, path);
        failures_warn(check->failures, where, "%p is deprecated: %s", WORDS_ARG(told(check, where)),
                      row->deprecated);
    }
    bool secret = value->secret || (row->flags & PROP_SECRET) != 0;
    size_t before = check->failures->count;
    check->secrets += secret ? 1 : 0;
    const struct value *checked =
        value_is_unknown(value) ? value : check_typed(check, row, value, path);
    check->secrets -= secret ? 1 : 0;
    if (check->failures->count > before && check->secrets == 0 && !secret) {
        checked = without_fault(check, row, checked);
    }
    return secret && !checked->secret ? redact_secret(&check->ctx->redact, checked) : checked;
}

const struct value *prop_check(struct ctx *ctx, const struct prop_table *table,
                               const struct cloud_tables *cloud, const struct value *news,
                               struct failures *failures) {
    struct check check = {.ctx = ctx, .failures = failures, .root = table, .cloud = cloud};
    return check_members(&check, table, news, NULL);
}
