#include "core/endpoint/mark.h"

#include "base/digest.h"

#define HASH_DIGITS 16
#define NONCE_BYTES 8

bool mark_is_possible(const struct cloud_tables *tables) {
    return tables->mark.labels != NULL;
}

struct str mark_prefix(struct cloud_call *call) {
    struct str hex = digest_sha256_hex(call->ctx->arena, call->urn);
    return arena_printf(call->ctx->arena, "%.*s.", HASH_DIGITS, hex.ptr);
}

struct str mark_new(struct cloud_call *call) {
    uint8_t nonce[NONCE_BYTES];
    digest_random(nonce, sizeof(nonce));
    return arena_printf(call->ctx->arena, "%.*s%.*s", STR_ARG(mark_prefix(call)),
                        STR_ARG(digest_hex(call->ctx->arena, nonce, sizeof(nonce))));
}

static struct value *label_of(struct arena *arena, const struct mark_paths *paths,
                              struct str mark) {
    if (paths->key == NULL) {
        return value_string(arena, arena_printf(arena, MARK_NAME "=%.*s", STR_ARG(mark)));
    }
    struct value *label = value_map(arena);
    value_map_set_text(arena, label, paths->key, STR(MARK_NAME));
    value_map_set_text(arena, label, paths->value, mark);
    return label;
}

struct value *mark_put(struct cloud_call *call, const struct value *body, struct str mark) {
    struct arena *arena = call->ctx->arena;
    const struct mark_paths *paths = &call->cloud->tables->mark;
    const struct value *labels = value_get_c(body, paths->labels);
    struct value *out = value_map_clone(arena, body);
    struct value *all = value_list(arena);
    for (size_t i = 0; i < value_list_count(labels); i++) {
        value_list_append(arena, all, labels->list.items[i]);
    }
    value_list_append(arena, all, label_of(arena, paths, mark));
    value_map_set_c(arena, out, paths->labels, all);
    return out;
}

static struct str mark_in(const struct mark_paths *paths, const struct value *label) {
    struct str start = STR(MARK_NAME "=");
    if (paths->key != NULL) {
        return str_is_c(value_text_at(label, paths->key), MARK_NAME)
                   ? value_text_at(label, paths->value)
                   : STR_EMPTY;
    }
    return label->kind == VALUE_STRING && str_starts(label->string, start)
               ? str_slice(label->string, start.len, label->string.len)
               : STR_EMPTY;
}

struct str mark_of(const struct cloud_tables *tables, const struct value *wire) {
    if (!mark_is_possible(tables)) {
        return STR_EMPTY;
    }
    const struct value *labels = value_get_c(wire, tables->mark.labels);
    for (size_t i = 0; i < value_list_count(labels); i++) {
        struct str mark = mark_in(&tables->mark, labels->list.items[i]);
        if (mark.len > 0) {
            return mark;
        }
    }
    return STR_EMPTY;
}
