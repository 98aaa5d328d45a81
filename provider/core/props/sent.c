#include "core/props/sent.h"

#include "core/props/path.h"
#include "core/props/prop.h"

#define KEY "__sent"

const struct value *sent_note(struct arena *arena, const struct value *outputs,
                              const struct value *sent) {
    return value_map_with_c(arena, outputs, KEY, sent);
}

const struct value *sent_keep_ignored(struct arena *arena, const struct value *recorded,
                                      const struct str *ignored, size_t ignored_count,
                                      const struct value *news, const struct value *outputs) {
    const struct value *sent = value_get_c(recorded, KEY);
    if (!value_is_map(sent)) {
        return outputs;
    }
    const struct value *kept = path_restore_all(arena, ignored, ignored_count, sent, news);
    return value_equal(kept, news) ? outputs : sent_note(arena, outputs, kept);
}

/* By its members: of a plain object some may be to be taken out though it is absent. */
static bool is_merged(const struct prop *row, const struct value *before, const struct value *now,
                      const struct value *between) {
    bool is_plain = (row->flags & (PROP_WHOLE | PROP_PRESENCE)) == 0;
    return row->type == PROP_OBJECT && (row->flags & PROP_ONE_OF) == 0 &&
           (value_is_map(before) || value_is_map(now)) && (value_is_map(between) || is_plain);
}

/* The old inputs, but as it was sent what the program does not say so: it is there, whatever was
 * before. What the program still says as it was sent stays as it was before, to be sent again. */
static const struct value *with_sent(struct ctx *ctx, const struct prop_table *table,
                                     const struct value *olds, const struct value *news,
                                     const struct value *sent) {
    struct value *out = olds != NULL ? value_map_clone(ctx->arena, olds) : value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        struct str name = str_of(row->name);
        const struct value *before = value_get_set(olds, name);
        const struct value *now = value_get_set(news, name);
        const struct value *between = value_get_set(sent, name);
        if ((row->flags & PROP_INPUT) == 0 || (row->flags & (PROP_LOCAL | PROP_SWITCHED)) != 0 ||
            prop_equal(row, between, now)) {
            continue;
        }
        if (is_merged(row, before, now, between)) {
            struct prop_table members = prop_members(row);
            const struct value *object = with_sent(ctx, &members, before, now, between);
            bool is_secret =
                (before != NULL && before->secret) || (between != NULL && between->secret);
            between = before == NULL && object->map.count == 0
                          ? NULL
                          : value_with_secret(ctx->arena, object, is_secret);
        }
        value_map_remove(out, name);
        if (between != NULL) {
            value_map_set(ctx->arena, out, name, between);
        }
    }
    return out;
}

const struct value *sent_settle(struct ctx *ctx, const struct prop_table *table,
                                const struct value *recorded, const struct value *olds,
                                const struct value *news) {
    const struct value *sent = recorded == NULL ? NULL : value_get_c(recorded, KEY);
    return value_is_map(sent) ? with_sent(ctx, table, olds, news, sent) : olds;
}
