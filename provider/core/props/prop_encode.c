#include "core/props/prop.h"

static const char *wire_path(const struct prop *row) {
    return row->wire != NULL ? row->wire : row->name;
}

/* An empty path means that the members stand beside the parent's own. */
static bool is_inlined(const struct prop *row) {
    return row->type == PROP_OBJECT && row->wire != NULL && row->wire[0] == '\0';
}

/* Longer ones a number cannot tell apart. */
#define MAX_DIGITS 15

static const struct value *encode_digits(struct arena *arena, const struct value *text) {
    double number = 0;
    for (size_t i = 0; i < text->string.len; i++) {
        char c = text->string.ptr[i];
        if (c < '0' || c > '9' || i == MAX_DIGITS) {
            return text;
        }
        number = number * 10 + (c - '0');
    }
    return value_number(arena, number);
}

static const struct value *encode_string(struct ctx *ctx, const struct prop *row,
                                         const struct value *value) {
    if ((row->flags & PROP_NUMERIC) != 0) {
        return value->string.len == 0 ? value_null(ctx->arena) : encode_digits(ctx->arena, value);
    }
    struct str text = prop_wire_text(row, value->string);
    return str_is(text, value->string) ? value : value_string(ctx->arena, text);
}

static void encode_members(struct ctx *ctx, const struct prop_table *table,
                           const struct value *inputs, struct value *out);

static const struct value *encode_list(struct ctx *ctx, const struct prop *row,
                                       const struct value *value) {
    struct value *out = value_list(ctx->arena);
    for (size_t i = 0; i < value->list.count; i++) {
        const struct value *item = value->list.items[i];
        value_list_append(ctx->arena, out,
                          row->item == NULL ? item : prop_encode_value(ctx, row->item, item));
    }
    return out;
}

static const struct value *encode_map(struct ctx *ctx, const struct prop *row,
                                      const struct value *value) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < value->map.count; i++) {
        const struct value *item = value->map.entries[i].value;
        value_map_append(ctx->arena, out, value->map.entries[i].key,
                         row->item == NULL ? item : prop_encode_value(ctx, row->item, item));
    }
    value_map_sort(out);
    return out;
}

const struct value *prop_encode_value(struct ctx *ctx, const struct prop *row,
                                      const struct value *value) {
    if (row->type == PROP_STRING && value->kind == VALUE_STRING) {
        return encode_string(ctx, row, value);
    }
    if (row->type == PROP_LIST && value->kind == VALUE_LIST) {
        return encode_list(ctx, row, value);
    }
    if (row->type == PROP_MAP && value_is_map(value)) {
        return encode_map(ctx, row, value);
    }
    if (row->type == PROP_OBJECT && value_is_map(value)) {
        struct value *out = value_map(ctx->arena);
        struct prop_table members = prop_members(row);
        encode_members(ctx, &members, value, out);
        return out;
    }
    return value;
}

static const struct value *create_value(const struct prop *row, const struct value *inputs) {
    const struct value *value = value_get_set(inputs, str_of(row->name));
    if (value == NULL && (row->flags & PROP_SEND_DEFAULT) != 0) {
        return row->default_value;
    }
    return value;
}

/* Objects are walked even when absent: defaults below them may have to be sent. */
static void encode_object(struct ctx *ctx, const struct prop *row, const struct value *value,
                          struct value *out) {
    struct prop_table members = prop_members(row);
    if (is_inlined(row)) {
        encode_members(ctx, &members, value, out);
        return;
    }
    struct value *object = value_map(ctx->arena);
    encode_members(ctx, &members, value, object);
    if (object->map.count > 0 || (value != NULL && (row->flags & PROP_PRESENCE) != 0)) {
        value_set_at(ctx->arena, out, wire_path(row), object);
    }
}

static void encode_members(struct ctx *ctx, const struct prop_table *table,
                           const struct value *inputs, struct value *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) == 0 || (row->flags & (PROP_LOCAL | PROP_NO_CREATE)) != 0) {
            continue;
        }
        const struct value *value = create_value(row, inputs);
        if (row->type == PROP_OBJECT && (value == NULL || value_is_map(value))) {
            encode_object(ctx, row, value, out);
        } else if (value != NULL) {
            value_set_at(ctx->arena, out, wire_path(row), prop_encode_value(ctx, row, value));
        }
    }
}

struct value *prop_encode_create(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *inputs) {
    struct value *body = value_map(ctx->arena);
    encode_members(ctx, table, inputs, body);
    return body;
}

static const struct value *cleared(struct ctx *ctx, const struct prop *row) {
    if (row->default_value != NULL) {
        return prop_encode_value(ctx, row, row->default_value);
    }
    switch (row->clear) {
    case PROP_CLEAR_EMPTY:
        return row->type == PROP_LIST     ? value_list(ctx->arena)
               : row->type == PROP_STRING ? value_string(ctx->arena, STR_EMPTY)
                                          : value_map(ctx->arena);
    case PROP_CLEAR_ZERO:
        return value_number(ctx->arena, 0);
    case PROP_CLEAR_NULL:
    case PROP_CLEAR_RESET:
        return value_null(ctx->arena);
    case PROP_CLEAR_KEEP:
        break;
    }
    return NULL;
}

static void update_members(struct ctx *ctx, const struct prop_table *table,
                           const struct value *olds, const struct value *news, struct value *out);

static void update_object(struct ctx *ctx, const struct prop *row, const struct value *old_value,
                          const struct value *new_value, struct value *out) {
    struct prop_table members = prop_members(row);
    if (is_inlined(row)) {
        update_members(ctx, &members, old_value, new_value, out);
        return;
    }
    struct value *object = value_map(ctx->arena);
    update_members(ctx, &members, old_value, new_value, object);
    if (object->map.count > 0) {
        value_set_at(ctx->arena, out, wire_path(row), object);
    }
}

/* Does an object that is sent whole differ in more than what stays as it is when it is taken out?
 */
static bool differs_inside(struct ctx *ctx, const struct prop *row, const struct value *olds,
                           const struct value *news) {
    struct diff_list diffs = {.ctx = ctx};
    struct prop_table only = {.rows = row, .count = 1};
    prop_diff(&diffs, &only, olds, news);
    return diffs.count > 0;
}

static void update_members(struct ctx *ctx, const struct prop_table *table,
                           const struct value *olds, const struct value *news, struct value *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & PROP_INPUT) == 0 ||
            (row->flags & (PROP_LOCAL | PROP_REPLACE | PROP_IGNORED)) != 0) {
            continue;
        }
        const struct value *old_value = value_get_set(olds, str_of(row->name));
        const struct value *new_value = value_get_set(news, str_of(row->name));
        if (prop_equal(row, old_value, new_value)) {
            continue;
        }
        if (row->type == PROP_OBJECT && (row->flags & PROP_WHOLE) == 0) {
            update_object(ctx, row, old_value, new_value, out);
            continue;
        }
        if (row->type == PROP_OBJECT && !differs_inside(ctx, row, olds, news)) {
            continue;
        }
        const struct value *sent =
            new_value != NULL ? prop_encode_value(ctx, row, new_value) : cleared(ctx, row);
        if (sent != NULL) {
            value_set_at(ctx->arena, out, wire_path(row), sent);
        }
    }
}

struct value *prop_encode_update(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *olds, const struct value *news) {
    struct value *body = value_map(ctx->arena);
    update_members(ctx, table, olds, news, body);
    return body;
}

static void whole_members(struct ctx *ctx, const struct prop_table *table, const struct value *news,
                          struct value *out) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        unsigned left_out = PROP_LOCAL | PROP_IGNORED | PROP_NO_UPDATE;
        if ((row->flags & PROP_INPUT) == 0 || (row->flags & left_out) != 0) {
            continue;
        }
        const struct value *value = prop_effective(row, value_get_set(news, str_of(row->name)));
        if (row->type == PROP_OBJECT && (value == NULL || value_is_map(value))) {
            struct prop_table members = prop_members(row);
            struct value *object = is_inlined(row) ? out : value_map(ctx->arena);
            whole_members(ctx, &members, value, object);
            if (!is_inlined(row) && object->map.count > 0) {
                value_set_at(ctx->arena, out, wire_path(row), object);
            }
            continue;
        }
        const struct value *sent =
            value != NULL ? prop_encode_value(ctx, row, value) : cleared(ctx, row);
        if (sent != NULL) {
            value_set_at(ctx->arena, out, wire_path(row), sent);
        }
    }
}

struct value *prop_encode_whole(struct ctx *ctx, const struct prop_table *table,
                                const struct value *news) {
    struct value *body = value_map(ctx->arena);
    whole_members(ctx, table, news, body);
    return body;
}
