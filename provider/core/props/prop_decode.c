#include <math.h>
#include <stdlib.h>

#include "core/props/path.h"
#include "core/props/prop.h"

static const struct value *decode_value(struct ctx *ctx, const struct prop *row,
                                        const struct value *wire);

const struct value *prop_at_wire(const struct prop *row, const struct value *wire) {
    const char *path = row->wire_in != NULL ? row->wire_in
                       : row->wire != NULL  ? row->wire
                                            : row->name;
    return path[0] == '\0' ? wire : value_at(wire, path);
}

/* Services write integers as numbers or as text, whichever they please. */
static const struct value *decode_number(struct ctx *ctx, const struct value *wire) {
    if (wire->kind != VALUE_STRING || wire->string.len == 0) {
        return wire->kind == VALUE_NUMBER ? wire : NULL;
    }
    char *end = NULL;
    double number = strtod(wire->string.ptr, &end);
    bool whole = end == wire->string.ptr + wire->string.len;
    return whole && isfinite(number) ? value_number(ctx->arena, number) : NULL;
}

/* An address that lets in whoever knows it is a secret as a whole. */
static const struct value *hide_login(struct ctx *ctx, const struct value *text) {
    struct str login = redact_find_login(text->string);
    struct str password;
    if (login.len == 0) {
        return text;
    }
    (void)str_split(login, ':', &password);
    redact_add(&ctx->redact, login);
    redact_add(&ctx->redact, password);
    return redact_secret(&ctx->redact, text);
}

static const struct value *decode_string(struct ctx *ctx, const struct prop *row,
                                         const struct value *wire) {
    if (wire->kind == VALUE_NUMBER) {
        return value_string(ctx->arena, value_number_text(ctx->arena, wire->number));
    }
    if (wire->kind != VALUE_STRING) {
        return NULL;
    }
    if ((row->flags & PROP_FREE_TEXT) != 0) {
        return value_string(ctx->arena, redact_apply(&ctx->redact, wire->string));
    }
    bool is_unset = wire->string.len == 0 && (row->flags & PROP_EMPTY_UNSET) != 0;
    return is_unset ? NULL : hide_login(ctx, wire);
}

/* The service shows it in plain; the state keeps it encrypted. */
static const struct value *hide_token(struct ctx *ctx, const struct prop *row, struct str name,
                                      const struct value *item) {
    bool hides = row->exposed != NULL && !item->secret && prop_is_exposed_token(name, item);
    return hides ? value_with_secret(ctx->arena, item, true) : item;
}

static const struct value *decode_list(struct ctx *ctx, const struct prop *row,
                                       const struct value *wire) {
    if (wire->kind != VALUE_LIST) {
        return NULL;
    }
    struct value *out = value_list(ctx->arena);
    for (size_t i = 0; i < wire->list.count; i++) {
        const struct value *item = wire->list.items[i];
        const struct value *decoded = row->item == NULL ? item : decode_value(ctx, row->item, item);
        if (decoded != NULL) {
            struct str name = prop_argument_name(wire, i);
            value_list_append(ctx->arena, out, hide_token(ctx, row, name, decoded));
        }
    }
    return out;
}

static const struct value *decode_map(struct ctx *ctx, const struct prop *row,
                                      const struct value *wire) {
    if (wire->kind != VALUE_MAP) {
        return NULL;
    }
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < wire->map.count; i++) {
        const struct value *item = wire->map.entries[i].value;
        const struct value *decoded = row->item == NULL ? item : decode_value(ctx, row->item, item);
        if (!value_is_null(decoded)) {
            struct str key = wire->map.entries[i].key;
            value_map_append(ctx->arena, out, key, hide_token(ctx, row, key, decoded));
        }
    }
    value_map_sort(out);
    return out;
}

static const struct value *decode_object(struct ctx *ctx, const struct prop *row,
                                         const struct value *wire) {
    if (wire->kind != VALUE_MAP) {
        return NULL;
    }
    struct prop_table members = prop_members(row);
    struct value *out = prop_decode(ctx, &members, wire);
    return out->map.count == 0 && (row->flags & PROP_PRESENCE) == 0 ? NULL : out;
}

static const struct value *decode_typed(struct ctx *ctx, const struct prop *row,
                                        const struct value *wire) {
    switch (row->type) {
    case PROP_STRING:
        return decode_string(ctx, row, wire);
    case PROP_INTEGER:
    case PROP_NUMBER:
        return decode_number(ctx, wire);
    case PROP_BOOLEAN:
        return wire->kind == VALUE_BOOL ? wire : NULL;
    case PROP_OBJECT:
        return decode_object(ctx, row, wire);
    case PROP_LIST:
        return decode_list(ctx, row, wire);
    case PROP_MAP:
        return decode_map(ctx, row, wire);
    case PROP_ANY:
        return wire;
    }
    return NULL;
}

bool prop_is_mask(const struct value *value) {
    struct str text = value_text(value);
    size_t stars = 0;
    while (stars < text.len && text.ptr[stars] == '*') {
        stars++;
    }
    return text.len > 0 && stars == text.len;
}

static const struct value *decode_value(struct ctx *ctx, const struct prop *row,
                                        const struct value *wire) {
    if (value_is_null(wire)) {
        return NULL;
    }
    if ((row->flags & PROP_MASKED) != 0 && prop_is_mask(wire)) {
        return NULL;
    }
    const struct value *decoded = decode_typed(ctx, row, wire);
    if (decoded != NULL && (row->flags & PROP_SECRET) != 0 && !decoded->secret) {
        return value_with_secret(ctx->arena, decoded, true);
    }
    return decoded;
}

/* A number that says what is left, of two that the service tells. */
static const struct value *decode_rest(struct ctx *ctx, const struct prop *row,
                                       const struct value *wire, const struct value *decoded) {
    const struct value *taken = value_at(wire, row->minus);
    const struct value *number = taken == NULL ? NULL : decode_number(ctx, taken);
    return !value_is_number(decoded) || number == NULL
               ? NULL
               : value_number(ctx->arena, decoded->number - number->number);
}

struct value *prop_decode(struct ctx *ctx, const struct prop_table *table,
                          const struct value *wire) {
    struct value *out = value_map(ctx->arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        if ((row->flags & (PROP_LOCAL | PROP_WRITE_ONLY)) != 0) {
            continue;
        }
        const struct value *decoded = decode_value(ctx, row, prop_at_wire(row, wire));
        decoded = row->minus == NULL ? decoded : decode_rest(ctx, row, wire, decoded);
        if (decoded != NULL) {
            value_map_set(ctx->arena, out, str_of(row->name), decoded);
        }
    }
    return out;
}

static bool is_known_member(const struct prop *row, struct str key) {
    for (size_t i = 0; i < row->prop_count; i++) {
        const struct prop *member = &row->props[i];
        if (str_is_c(key, member->wire != NULL ? member->wire : member->name)) {
            return true;
        }
    }
    return false;
}

static void add_unknown(struct diff_list *unknown, const struct prop *row, const struct value *wire,
                        const struct path *path) {
    for (size_t i = 0; i < wire->map.count; i++) {
        const struct value_entry *entry = &wire->map.entries[i];
        if (!value_is_null(entry->value) && !is_known_member(row, entry->key)) {
            const struct path own = path_to_member(path, entry->key);
            diff_list_add(unknown, path_text(unknown->ctx->arena, &own), DIFF_ADD, false);
        }
    }
}

void prop_unknown_variants(struct diff_list *unknown, const struct prop_table *table,
                           const struct value *wire, const struct path *path) {
    for (size_t i = 0; i < table->count; i++) {
        const struct prop *row = &table->rows[i];
        const struct value *shown = prop_at_wire(row, wire);
        if (row->type != PROP_OBJECT || !value_is_map(shown)) {
            continue;
        }
        const struct path own = path_to_member(path, str_of(row->name));
        struct prop_table members = prop_members(row);
        if ((row->flags & PROP_ONE_OF) != 0) {
            add_unknown(unknown, row, shown, &own);
        }
        prop_unknown_variants(unknown, &members, shown, &own);
    }
}
