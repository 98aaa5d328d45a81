/* A part of the inputs, chosen by a flag of their rows. */
#include "core/props/prop.h"

bool prop_has(const struct prop_table *table, unsigned flag) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct prop_table members = prop_members(row);
        if ((row->flags & flag) != 0 || (row->type == PROP_OBJECT && prop_has(&members, flag))) {
            return true;
        }
    }
    return false;
}

static struct value *part(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                          bool flagged, const struct value *inputs) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *value = value_get_set(inputs, str_of(row->name));
        bool has_flag = (row->flags & flag) != 0;
        if (value == NULL || (has_flag && !flagged)) {
            continue;
        }
        if (!has_flag && row->type == PROP_OBJECT && value_is_map(value)) {
            struct prop_table members = prop_members(row);
            struct value *inner = part(ctx, &members, flag, flagged, value);
            if (inner->map.count > 0 || (!flagged && value->map.count == 0)) {
                value_map_set(ctx->arena, out, str_of(row->name),
                              value_with_secret(ctx->arena, inner, value->secret));
            }
        } else if (has_flag == flagged) {
            value_map_set(ctx->arena, out, str_of(row->name), value);
        }
    }
    return out;
}

struct value *prop_only(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                        const struct value *inputs) {
    return part(ctx, table, flag, true, inputs);
}

struct value *prop_without(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                           const struct value *inputs) {
    return part(ctx, table, flag, false, inputs);
}

struct value *prop_exchange(struct ctx *ctx, const struct prop_table *table, unsigned flag,
                            const struct value *values, const struct value *from) {
    struct value *out = value_map_clone(ctx->arena, values);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *value = value_get_set(values, name);
        const struct value *other = value_is_unknown(from) ? from : value_get_set(from, name);
        if ((row->flags & flag) == 0 && row->type == PROP_OBJECT && value_is_map(value)) {
            struct prop_table members = prop_members(row);
            other = value_with_secret(ctx->arena, prop_exchange(ctx, &members, flag, value, other),
                                      value->secret);
        } else if ((row->flags & flag) == 0) {
            continue;
        }
        if (other != NULL) {
            value_map_set(ctx->arena, out, name, other);
        } else {
            value_map_remove(out, name);
        }
    }
    return out;
}

/* Rows whose live value tells nothing of what was sent last. */
#define UNTOLD (PROP_WRITE_ONLY | PROP_RESOLVED)

/* It is sent as a request of its own, once: no look tells whether it was. */
static bool asks_once(const struct prop *row) {
    return (row->flags & PROP_LOCAL) != 0 && row->interrupts == PROP_INTERRUPTS_RESTARTS;
}

bool prop_is_untold(const struct prop *row) {
    return ((row->flags & UNTOLD) != 0 && (row->flags & PROP_REPLACE) == 0) || asks_once(row);
}

static bool has_untold(const struct prop_table *table) {
    bool asks = false;
    for (size_t i = 0; i < table->count; i++) {
        asks = asks || asks_once(&table->rows[i]);
    }
    return asks || prop_has(table, UNTOLD);
}

static const struct value *recorded_value(struct ctx *ctx, const struct prop *row,
                                          const struct value *recorded, const struct value *value) {
    if (prop_is_untold(row)) {
        bool picked = value == NULL && (row->flags & PROP_RESOLVED) != 0;
        return picked ? NULL : recorded; /* what was left to the service was not sent */
    }
    if (row->type != PROP_OBJECT || !value_is_map(value)) {
        return value;
    }
    struct prop_table members = prop_members(row);
    const struct value *inner = prop_recorded(ctx, &members, recorded, value);
    return value_with_secret(ctx->arena, inner, value->secret);
}

const struct value *prop_recorded(struct ctx *ctx, const struct prop_table *table,
                                  const struct value *recorded, const struct value *inputs) {
    if (recorded == NULL || !has_untold(table)) {
        return inputs;
    }
    struct value *out = value_map_clone(ctx->arena, inputs);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *value = (row->flags & PROP_INPUT) == 0
                                        ? NULL
                                        : recorded_value(ctx, row, value_get_set(recorded, name),
                                                         value_get_set(inputs, name));
        value_map_remove(out, name);
        if (value != NULL) {
            value_map_set(ctx->arena, out, name, value);
        }
    }
    return out;
}

const struct value *prop_forget_sent(struct ctx *ctx, const struct prop_table *table,
                                     const struct value *olds, const struct value *news,
                                     const struct value *outputs) {
    if (outputs == NULL || !has_untold(table)) {
        return outputs;
    }
    struct value *out = value_map_clone(ctx->arena, outputs);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *shown = value_get_set(outputs, name);
        const struct value *before = value_get_set(olds, name);
        const struct value *after = value_get_set(news, name);
        if (shown == NULL || (row->flags & PROP_INPUT) == 0) {
            continue;
        }
        if (prop_is_untold(row) && !prop_equal(row, before, after)) {
            value_map_remove(out, name);
        } else if (row->type == PROP_OBJECT && value_is_map(shown)) {
            struct prop_table members = prop_members(row);
            const struct value *inner = prop_forget_sent(ctx, &members, before, after, shown);
            value_map_set(ctx->arena, out, name,
                          value_with_secret(ctx->arena, inner, shown->secret));
        }
    }
    return out;
}
