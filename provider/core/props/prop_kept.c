/* Fractions that a service keeps with fewer digits than were asked for. */
#include <math.h>

#include "core/props/prop.h"

/* More digits than that are no rounding that anybody chose. */
#define MOST_DECIMALS 6

static bool is_near(double a, double b, double distance) {
    return fabs(a - b) <= distance * (1 + 1e-9);
}

bool prop_is_rounded(double asked, double kept) {
    double step = 1;
    for (int decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
        if (is_near(kept, round(kept / step) * step, 1e-9)) {
            return is_near(asked, kept, step / 2);
        }
        step /= 10;
    }
    return false;
}

static const struct value *kept_value(struct ctx *ctx, const struct prop *row,
                                      const struct value *live, const struct value *recorded,
                                      const struct value *input) {
    if (row->type == PROP_OBJECT && value_is_map(live) && value_is_map(recorded) &&
        value_is_map(input)) {
        struct prop_table members = prop_members(row);
        return value_with_secret(ctx->arena, prop_as_kept(ctx, &members, live, recorded, input),
                                 live->secret);
    }
    bool is_kept = row->type == PROP_NUMBER && value_is_number(live) && value_is_number(recorded) &&
                   value_is_number(input) && prop_equal(row, live, recorded) &&
                   prop_is_rounded(input->number, live->number);
    return is_kept ? input : live;
}

const struct value *prop_as_kept(struct ctx *ctx, const struct prop_table *table,
                                 const struct value *live, const struct value *recorded,
                                 const struct value *inputs) {
    struct value *out = value_map_clone(ctx->arena, live);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *value = value_get_set(live, name);
        if (value != NULL && (row->flags & PROP_INPUT) != 0) {
            value_map_set(ctx->arena, out, name,
                          kept_value(ctx, row, value, value_get_set(recorded, name),
                                     value_get_set(inputs, name)));
        }
    }
    return out;
}
