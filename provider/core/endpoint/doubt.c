#include "core/endpoint/doubt.h"

#define KEY "__unknown"

void doubt_put(struct ctx *ctx, const struct cloud_tables *tables, const struct value *wire,
               struct value *outputs) {
    if (!tables->update_whole) {
        return;
    }
    const struct value *names = prop_doubtful(ctx, &tables->props, &tables->form, wire);
    if (value_list_count(names) > 0) {
        value_map_set_c(ctx->arena, outputs, KEY, names);
    }
}

struct str doubt_words(struct arena *arena, const struct value *outputs) {
    const struct value *names = value_get_c(outputs, KEY);
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < value_list_count(names); i++) {
        text = arena_join(arena, text, ", ", value_text(names->list.items[i]));
    }
    return text;
}
