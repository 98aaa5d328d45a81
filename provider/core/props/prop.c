#include "core/props/prop.h"

#include <float.h>
#include <math.h>

#include "base/json.h"

#define LONGEST_SET 4096

const struct prop *prop_find(const struct prop_table *table, struct str name) {
    for (size_t i = 0; i < table->count; i++) {
        const char *own = table->rows[i].name;
        if (name.len > 0 && own[0] == name.ptr[0] && str_is_c(name, own)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

struct prop_table prop_members(const struct prop *row) {
    return (struct prop_table){.rows = row->props, .count = row->prop_count};
}

const struct value *prop_effective(const struct prop *row, const struct value *value) {
    if (!value_is_null(value)) {
        return value;
    }
    return row->default_value;
}

enum err_code prop_need_known(struct ctx *ctx, const struct value *inputs) {
    if (!value_has_unknown(inputs)) {
        return ERR_OK;
    }
    return ctx_fail(ctx, ERR_INVALID, "a value is unknown, which is for previews only");
}

static bool is_spelled(const struct prop *row, struct str text, const char *spelling) {
    return (row->flags & PROP_NOCASE) != 0 ? str_is_nocase(text, str_of(spelling))
                                           : str_is_c(text, spelling);
}

const struct prop_value *prop_allowed(const struct prop *row, struct str text) {
    for (size_t i = 0; i < row->value_count; i++) {
        const struct prop_value *allowed = &row->values[i];
        if (is_spelled(row, text, allowed->value) ||
            (allowed->wire != NULL && is_spelled(row, text, allowed->wire))) {
            return allowed;
        }
    }
    return NULL;
}

struct str prop_wire_text(const struct prop *row, struct str text) {
    const struct prop_value *allowed = prop_allowed(row, text);
    if (allowed == NULL) {
        return text;
    }
    return str_of(allowed->wire != NULL ? allowed->wire : allowed->value);
}

/* An object without any set member is the same as no object, unless its presence means something.
 */
static bool is_absent(const struct prop *row, const struct value *value) {
    if (value_is_null(value)) {
        return true;
    }
    if (row->type != PROP_OBJECT || (row->flags & PROP_PRESENCE) != 0 || value->kind != VALUE_MAP) {
        return false;
    }
    for (size_t i = 0; i < value->map.count; i++) {
        if (!value_is_null(value->map.entries[i].value)) {
            return false;
        }
    }
    return true;
}

static bool is_empty_text(const struct value *value) {
    return value != NULL && value->kind == VALUE_STRING && value->string.len == 0;
}

static bool objects_equal(const struct prop *row, const struct value *a, const struct value *b) {
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct prop *member = &row->props[i];
        struct str name = str_of(member->name);
        const struct value *one = value_get(a, name);
        const struct value *other = value_get(b, name);
        if (one != other && !prop_equal(member, one, other)) {
            return false;
        }
    }
    return true;
}

static bool items_equal(const struct prop *item, const struct value *a, const struct value *b) {
    return item == NULL ? value_equal(a, b) : prop_equal(item, a, b);
}

/* Each item of one list is matched with one of the other that is not taken yet. */
static bool sets_equal(const struct prop *item, const struct value *a, const struct value *b) {
    if (a->list.count != b->list.count) {
        return false;
    }
    for (size_t i = 0; i < a->list.count; i++) {
        size_t in_a = 0;
        size_t in_b = 0;
        for (size_t j = 0; j < a->list.count; j++) {
            in_a += items_equal(item, a->list.items[i], a->list.items[j]) ? 1 : 0;
            in_b += items_equal(item, a->list.items[i], b->list.items[j]) ? 1 : 0;
        }
        if (in_a != in_b) {
            return false;
        }
    }
    return true;
}

bool prop_is_set(const struct prop *row, const struct value *a, const struct value *b) {
    return (row->flags & PROP_UNORDERED) != 0 && a->list.count <= LONGEST_SET &&
           b->list.count <= LONGEST_SET;
}

static bool lists_equal(const struct prop *row, const struct value *a, const struct value *b) {
    if (prop_is_set(row, a, b)) {
        return sets_equal(row->item, a, b);
    }
    if (a->list.count != b->list.count) {
        return false;
    }
    for (size_t i = 0; i < a->list.count; i++) {
        if (!items_equal(row->item, a->list.items[i], b->list.items[i])) {
            return false;
        }
    }
    return true;
}

static bool maps_equal(const struct prop *row, const struct value *a, const struct value *b) {
    if (a->map.count != b->map.count) {
        return false;
    }
    for (size_t i = 0; i < a->map.count; i++) {
        const struct value *other = value_get(b, a->map.entries[i].key);
        if (other == NULL || !items_equal(row->item, a->map.entries[i].value, other)) {
            return false;
        }
    }
    return true;
}

/* Text of a list needs no more than this once parsed. */
#define WORDS_CEILING (4u << 20)

/* The list that JSON text stands for; an empty one for empty text; the value itself when it is no
 * such text. */
static const struct value *as_words(struct arena *arena, const struct value *value) {
    struct value *parsed = NULL;
    struct str why;
    if (value == NULL || is_empty_text(value)) {
        return value_list(arena);
    }
    bool is_list = value->kind == VALUE_STRING && json_parse(arena, value->string, &parsed, &why) &&
                   parsed->kind == VALUE_LIST;
    return is_list ? parsed : value;
}

static bool words_equal(const struct value *a, const struct value *b) {
    struct arena *arena = arena_new(WORDS_CEILING);
    bool equal = value_equal(as_words(arena, a), as_words(arena, b));
    arena_free(arena);
    return equal;
}

static bool is_whole(double number) {
    return floor(number) == number;
}

bool prop_numbers_equal(double a, double b) {
    bool is_single = isfinite(a) && isfinite(b) && fabs(a) <= FLT_MAX && fabs(b) <= FLT_MAX &&
                     !(is_whole(a) && is_whole(b));
    double one = is_single ? (float)a : a;
    double other = is_single ? (float)b : b;
    return one == other;
}

/* Whether the text is the number's digits: an id that is a number may be written as either, and a
 * state may hold it as Check does not leave it. */
static bool is_number_of(const struct value *number, const struct value *text) {
    double digits = 0;
    for (size_t i = 0; i < text->string.len; i++) {
        char c = text->string.ptr[i];
        if (c < '0' || c > '9') {
            return false;
        }
        digits = digits * 10 + (c - '0');
    }
    return text->string.len > 0 && value_is_integer(number) && digits == number->number;
}

static bool ids_equal(const struct value *a, const struct value *b) {
    return (value_is_number(a) && value_is_string(b) && is_number_of(a, b)) ||
           (value_is_string(a) && value_is_number(b) && is_number_of(b, a));
}

bool prop_equal(const struct prop *row, const struct value *a, const struct value *b) {
    if ((row->flags & PROP_WORDS) != 0) {
        return words_equal(value_is_null(a) ? NULL : a, value_is_null(b) ? NULL : b);
    }
    if ((row->flags & PROP_IGNORED) != 0) {
        return true;
    }
    a = prop_effective(row, is_absent(row, a) ? NULL : a);
    b = prop_effective(row, is_absent(row, b) ? NULL : b);
    a = a == NULL ? row->fill : a;
    b = b == NULL ? row->fill : b;
    if (row->type == PROP_OBJECT && (row->flags & PROP_PRESENCE) == 0 &&
        (a == NULL || a->kind == VALUE_MAP) && (b == NULL || b->kind == VALUE_MAP)) {
        return objects_equal(row, a, b);
    }
    if (a == NULL || b == NULL) {
        bool empty_counts = (row->flags & PROP_EMPTY_UNSET) != 0;
        return a == b || (empty_counts && (is_empty_text(a) || is_empty_text(b)));
    }
    if (a->kind != b->kind) {
        return (row->flags & PROP_NUMERIC) != 0 && ids_equal(a, b);
    }
    if (a->kind == VALUE_MAP && row->type == PROP_OBJECT) {
        return objects_equal(row, a, b);
    }
    if (a->kind == VALUE_MAP && row->type == PROP_MAP) {
        return maps_equal(row, a, b);
    }
    if (a->kind == VALUE_LIST && row->type == PROP_LIST) {
        return lists_equal(row, a, b);
    }
    if (a->kind == VALUE_NUMBER && row->type == PROP_NUMBER) {
        return prop_numbers_equal(a->number, b->number);
    }
    if (a->kind == VALUE_STRING) {
        return str_is(a->string, b->string) ||
               str_is(prop_wire_text(row, a->string), prop_wire_text(row, b->string));
    }
    return value_equal(a, b);
}
