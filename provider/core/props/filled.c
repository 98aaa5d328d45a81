#include "core/props/filled.h"

#define MARK "__filled"

void filled_mark(struct ctx *ctx, const struct prop_table *table, struct value *inputs) {
    if (prop_only(ctx, table, PROP_FILLED, inputs)->map.count > 0) {
        value_map_set_c(ctx->arena, inputs, MARK, value_bool(ctx->arena, true));
    }
}

void filled_keep_mark(struct ctx *ctx, const struct value *from, struct value *inputs) {
    if (value_is_true(value_get_c(from, MARK))) {
        value_map_set_c(ctx->arena, inputs, MARK, value_bool(ctx->arena, true));
    }
}

static const struct value *settle(struct ctx *ctx, const struct prop_table *table, bool is_found,
                                  const struct value *olds, const struct value *news,
                                  const struct value *outputs);

static const struct value *settle_row(struct ctx *ctx, const struct prop *row, bool is_found,
                                      const struct value *old_value, const struct value *new_value,
                                      const struct value *output) {
    if (row->type == PROP_OBJECT && value_is_map(old_value) && value_is_map(new_value)) {
        struct prop_table members = prop_members(row);
        return value_with_secret(ctx->arena,
                                 settle(ctx, &members, is_found, old_value, new_value, output),
                                 old_value->secret);
    }
    if ((row->flags & PROP_FILLED) == 0) {
        return old_value;
    }
    if (new_value == NULL) {
        return is_found ? NULL : old_value;
    }
    return old_value != NULL ? old_value : output;
}

/* It, or a member. */
static bool may_be_filled(const struct prop *row) {
    struct prop_table members = prop_members(row);
    return (row->flags & PROP_FILLED) != 0 ||
           (row->type == PROP_OBJECT && prop_has(&members, PROP_FILLED));
}

static const struct value *settle(struct ctx *ctx, const struct prop_table *table, bool is_found,
                                  const struct value *olds, const struct value *news,
                                  const struct value *outputs) {
    struct value *out = value_map_clone(ctx->arena, olds);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if (!may_be_filled(row)) {
            continue;
        }
        struct str name = str_of(row->name);
        const struct value *value =
            settle_row(ctx, row, is_found, value_get_set(olds, name), value_get_set(news, name),
                       value_get_set(outputs, name));
        value_map_remove(out, name);
        if (value != NULL) {
            value_map_set(ctx->arena, out, name, value);
        }
    }
    return out;
}

const struct value *filled_settle(struct ctx *ctx, const struct prop_table *table,
                                  const struct value *olds, const struct value *news,
                                  const struct value *outputs) {
    if (!prop_has(table, PROP_FILLED)) {
        return olds;
    }
    return settle(ctx, table, value_is_true(value_get_c(olds, MARK)), olds, news, outputs);
}
