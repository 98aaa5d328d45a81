#include "describe.h"

#include "base/digest.h"

static const struct value *describe_list(struct arena *arena, const struct value_list *list) {
    struct value *out = value_list(arena);
    for (size_t i = 0; i < list->count; i++) {
        value_list_append(arena, out, describe_value(arena, list->items[i]));
    }
    return out;
}

static const struct value *describe_map(struct arena *arena, const struct value_map *map) {
    struct value *out = value_map(arena);
    for (size_t i = 0; i < map->count; i++) {
        value_map_set(arena, out, map->entries[i].key,
                      describe_value(arena, map->entries[i].value));
    }
    return out;
}

const struct value *describe_value(struct arena *arena, const struct value *value) {
    static const char *const kinds[] = {
        [VALUE_NULL] = "null",       [VALUE_BOOL] = "bool",       [VALUE_NUMBER] = "number",
        [VALUE_STRING] = "string",   [VALUE_BYTES] = "bytes",     [VALUE_LIST] = "list",
        [VALUE_MAP] = "map",         [VALUE_UNKNOWN] = "unknown", [VALUE_ASSET] = "asset",
        [VALUE_ARCHIVE] = "archive",
    };
    struct value *out = value_map(arena);
    value_map_set_c(arena, out, "kind", value_string_c(arena, kinds[value->kind]));
    value_map_set_c(arena, out, "secret", value_bool(arena, value->secret));
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_UNKNOWN:
        break;
    case VALUE_BOOL:
        value_map_set_c(arena, out, "bool", value_bool(arena, value->boolean));
        break;
    case VALUE_NUMBER:
        value_map_set_c(arena, out, "number", value_number(arena, value->number));
        break;
    case VALUE_STRING:
        value_map_set_c(arena, out, "text", value_string(arena, value->string));
        break;
    case VALUE_BYTES:
        value_map_set_c(arena, out, "base64",
                        value_string(arena, digest_base64(arena, value->string)));
        break;
    case VALUE_LIST:
        value_map_set_c(arena, out, "items", describe_list(arena, &value->list));
        break;
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        value_map_set_c(arena, out, "entries", describe_map(arena, &value->map));
        break;
    }
    return out;
}
