#include "base/mem.h"
#include "base/signature.h"
#include "fuzz.h"
#include "rpc/marshal.h"

enum { ARENA_CEILING = 64 * 1024 * 1024 };

static void check_tree(const struct value *value, size_t depth);

static void check_map(const struct value *map, size_t depth) {
    FUZZ_CHECK(value_get(map, STR(SIGNATURE_KEY)) == NULL);
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_entry *entry = &map->map.entries[i];
        FUZZ_CHECK(i == 0 || str_compare(entry[-1].key, entry->key) < 0);
        FUZZ_CHECK(str_is_utf8(entry->key));
        check_tree(entry->value, depth);
    }
}

/* What marshal_decode promises of every tree. */
static void check_tree(const struct value *value, size_t depth) {
    FUZZ_CHECK(depth <= MARSHAL_DECODE_DEPTH);
    switch (value->kind) {
    case VALUE_STRING:
        FUZZ_CHECK(str_is_utf8(value->string));
        break;
    case VALUE_BYTES:
        FUZZ_CHECK(!str_is_utf8(value->string));
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.count; i++) {
            check_tree(value->list.items[i], depth + 1);
        }
        break;
    case VALUE_MAP:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        check_map(value, depth + 1);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_UNKNOWN:
        break;
    }
}

/* What is sent is read as what it was: sent again, it has the same bytes. */
static void check_round_trip(struct ctx *ctx, const struct value *tree) {
    const struct marshal_options options = {
        .secrets = true, .byte_strings = true, .unknowns = true};
    struct str first;
    struct str second;
    const struct value *again;
    if (marshal_encode(ctx, "bag", tree, &options, &first) != ERR_OK) {
        FUZZ_CHECK(ctx->error.code == ERR_INVALID); /* nested too deeply to be sent */
        return;
    }
    FUZZ_CHECK(marshal_decode(ctx, "bag", first, &again) == ERR_OK);
    FUZZ_CHECK(marshal_encode(ctx, "bag", again, &options, &second) == ERR_OK);
    FUZZ_CHECK(str_is(first, second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    const struct value *tree = NULL;
    struct ctx ctx = {.arena = arena_new(ARENA_CEILING)};
    redact_init(&ctx.redact, ctx.arena);
    enum err_code code = marshal_decode(&ctx, "bag", (struct str){(const char *)data, size}, &tree);
    FUZZ_CHECK((code == ERR_OK) == (tree != NULL));
    if (code == ERR_OK) {
        FUZZ_CHECK(tree->kind == VALUE_MAP && !tree->secret);
        check_tree(tree, 0);
        check_round_trip(&ctx, tree);
    } else {
        FUZZ_CHECK(ctx.error.code == code && ctx.error.message.text.len > 0);
    }
    arena_free(ctx.arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
