#include "core/endpoint/price_key.h"

#include "core/props/prop.h"

static struct str with(struct arena *arena, struct str key, struct str part) {
    return arena_printf(arena, "%.*s%.*s\n", STR_ARG(key), STR_ARG(part));
}

static struct str key_of_scope(struct arena *arena, const struct cloud_tables *tables,
                               const struct value *where) {
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < tables->scope_count; i++) {
        key = with(arena, key, value_id_at(arena, where, tables->scope[i].property));
    }
    return key;
}

/* What is set and known, as a create would say it. */
static struct value *body_of(struct ctx *ctx, const struct cloud_tables *tables,
                             const struct value *properties) {
    struct value *known = value_map(ctx->arena);
    for (size_t i = 0; value_is_map(properties) && i < properties->map.count; i++) {
        const struct value_entry *entry = &properties->map.entries[i];
        if (!value_has_unknown(entry->value)) {
            value_map_set(ctx->arena, known, entry->key, entry->value);
        }
    }
    return prop_encode_create(ctx, &tables->props, known);
}

/* False: the text is missing, or is not the one that has to be there. */
static bool add_match(struct arena *arena, const struct price_path *match, struct str text,
                      struct str *key) {
    *key = with(arena, *key, text);
    return text.len > 0 && (match->is == NULL || str_is_c(text, match->is));
}

struct str price_key_of(struct ctx *ctx, const struct cloud_tables *tables,
                        const struct value *properties) {
    struct arena *arena = ctx->arena;
    const struct price_table *table = &tables->prices;
    const struct value *body = body_of(ctx, tables, properties);
    struct str key = key_of_scope(arena, tables, properties);
    bool is_whole = table->match_count > 0;
    for (size_t i = 0; i < table->param_count; i++) {
        struct str text = value_id_at(arena, body, table->params[i].wire);
        key = with(arena, key, text);
        is_whole = is_whole && text.len > 0;
    }
    for (size_t i = 0; i < table->match_count; i++) {
        const struct price_path *match = &table->match[i];
        is_whole = add_match(arena, match, value_id_at(arena, body, match->wire), &key) && is_whole;
    }
    return is_whole ? key : STR_EMPTY;
}

struct str price_key_of_row(struct arena *arena, const struct cloud_tables *tables,
                            const struct value *params, const struct value *row) {
    const struct price_table *table = &tables->prices;
    struct str key = key_of_scope(arena, tables, params);
    bool is_whole = table->match_count > 0;
    for (size_t i = 0; i < table->param_count; i++) {
        key = with(arena, key, value_id_at(arena, params, table->params[i].name));
    }
    for (size_t i = 0; i < table->match_count; i++) {
        const struct price_path *match = &table->match[i];
        is_whole = add_match(arena, match, value_id_at(arena, row, match->row), &key) && is_whole;
    }
    return is_whole ? key : STR_EMPTY;
}

struct value *price_params_of(struct ctx *ctx, const struct cloud_tables *tables,
                              const struct value *properties) {
    const struct price_table *table = &tables->prices;
    const struct value *body = body_of(ctx, tables, properties);
    struct value *params = value_map(ctx->arena);
    for (size_t i = 0; i < table->param_count; i++) {
        value_map_set_text(ctx->arena, params, table->params[i].name,
                           value_id_at(ctx->arena, body, table->params[i].wire));
    }
    return params;
}

struct str price_params_key(struct arena *arena, const struct cloud_tables *tables,
                            const struct value *properties, const struct value *params) {
    struct str key = key_of_scope(arena, tables, properties);
    for (size_t i = 0; i < params->map.count; i++) {
        key = with(arena, key, value_text(params->map.entries[i].value));
    }
    return key;
}

double price_planned_replicas(struct ctx *ctx, const struct cloud_tables *tables,
                              const struct value *properties) {
    const char *path = tables->prices.planned;
    double planned = path == NULL ? 1 : value_count_at(body_of(ctx, tables, properties), path);
    return planned < 1 ? 1 : planned;
}
