#include "core/props/prop.h"

/* What a preview is made of: the same path in the new inputs, the old ones, and the old outputs. */
struct source {
    const struct value *input;
    const struct value *old_input;
    const struct value *old_output;
};

static struct source member_of(const struct source *source, const struct prop *member) {
    struct str name = str_of(member->name);
    return (struct source){.input = value_get_set(source->input, name),
                           .old_input = value_get_set(source->old_input, name),
                           .old_output = value_get_set(source->old_output, name)};
}

static const struct value *preview_object(struct ctx *ctx, const struct prop *row,
                                          const struct source *source);

static bool is_empty(const struct value *value) {
    return (value_is_list(value) && value_list_count(value) == 0) ||
           (value_is_map(value) && value->map.count == 0);
}

/* What is shown may be what the program said, now or when the endpoint was changed last (what is
 * taken out without a difference leaves no step): the service may show something else in its place,
 * or nothing. */
static bool may_be_the_program_s(const struct prop *row, const struct source *source) {
    bool stays = (row->flags & PROP_MISSING_KEEPS) != 0 && source->old_input == NULL;
    return (row->flags & PROP_RESOLVED) != 0 || (is_empty(source->old_output) && !stays);
}

/* A missing input that the service may fill in: what is sent for it, what is there already when
 * nothing near it changes, else unknown. */
static const struct value *filled_in(struct ctx *ctx, const struct prop *row,
                                     const struct source *source, bool unchanged) {
    if ((row->flags & PROP_SEND_DEFAULT) != 0) {
        return row->default_value;
    }
    bool is_unread = (row->flags & PROP_PAUSE_RESETS) != 0 && source->old_output == NULL;
    bool is_known = unchanged && !is_unread && !may_be_the_program_s(row, source);
    return is_known ? source->old_output : value_unknown(ctx->arena);
}

/* It is never sent, so the service's value shows whatever the program says. */
static bool is_own_making(const struct prop *row) {
    return (row->flags & PROP_IGNORED) != 0 && (row->flags & PROP_NO_CREATE) != 0;
}

/* Members of the service's own making show although nobody sets them. */
static bool is_shown(const struct prop *parent, const struct prop *member, bool is_set) {
    if ((member->flags & PROP_OUTPUT) == 0) {
        return false;
    }
    bool silent = (member->flags & (PROP_WRITE_ONLY | PROP_LOCAL)) != 0 ||
                  ((member->flags & PROP_IGNORED) != 0 && !is_own_making(member));
    bool other_variant = (parent->flags & PROP_ONE_OF) != 0;
    return is_set || !(silent || other_variant);
}

/* Inside an object a missing member means absent, so whatever the service may fill in is unknown by
 * name. */
static const struct value *preview_object(struct ctx *ctx, const struct prop *row,
                                          const struct source *source) {
    struct value *out = value_map(ctx->arena);
    bool unchanged =
        value_is_map(source->old_output) && prop_equal(row, source->input, source->old_input);
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct prop *member = &row->props[i];
        struct source below = member_of(source, member);
        if (!is_shown(row, member, below.input != NULL)) {
            continue;
        }
        const struct value *shown = is_own_making(member) ? NULL : below.input;
        if (value_is_map(below.input) && member->type == PROP_OBJECT) {
            shown = preview_object(ctx, member, &below);
        } else if (shown == NULL) {
            shown = filled_in(ctx, member, &below, unchanged);
        }
        if (shown != NULL) {
            value_map_set(ctx->arena, out, str_of(member->name), shown);
        }
    }
    return source->input->secret ? value_with_secret(ctx->arena, out, true) : out;
}

/* A missing top-level output counts as unknown in a preview. */
static const struct value *preview_row(struct ctx *ctx, const struct prop *row,
                                       const struct source *source) {
    if (value_is_map(source->input) && row->type == PROP_OBJECT) {
        return preview_object(ctx, row, source);
    }
    if (source->input != NULL) {
        return source->input;
    }
    if ((row->flags & PROP_INPUT) != 0) {
        return (row->flags & PROP_SEND_DEFAULT) != 0 ? row->default_value : NULL;
    }
    bool stays = (row->flags & PROP_STABLE) != 0 && source->old_output != NULL;
    return stays ? source->old_output
                 : value_with_secret(ctx->arena, value_unknown(ctx->arena),
                                     (row->flags & PROP_SECRET) != 0);
}

struct value *prop_preview(struct ctx *ctx, const struct prop_table *table,
                           const struct value *inputs, const struct value *old_inputs,
                           const struct value *olds) {
    struct value *out = value_map(ctx->arena);
    const struct source all = {.input = inputs, .old_input = old_inputs, .old_output = olds};
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct source source = member_of(&all, row);
        if ((row->flags & PROP_OUTPUT) == 0) {
            continue;
        }
        const struct value *value = preview_row(ctx, row, &source);
        if (value != NULL) {
            value_map_set(ctx->arena, out, str_of(row->name), value);
        }
    }
    return out;
}
