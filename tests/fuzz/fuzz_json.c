#include <math.h>

#include "base/json.h"
#include "base/mem.h"
#include "fuzz.h"

enum { ARENA_CEILING = 64 * 1024 * 1024, TEXT_CEILING = 64 * 1024 * 1024, MAX_DEPTH = 64 };

#define MAX_EXACT_INTEGER 9007199254740992.0

static void check_tree(const struct value *value, int depth, bool *exact);

static void check_list(const struct value_list *list, int depth, bool *exact) {
    for (size_t i = 0; i < list->count; i++) {
        check_tree(list->items[i], depth, exact);
    }
}

static void check_map(const struct value *map, int depth, bool *exact) {
    for (size_t i = 0; i < map->map.count; i++) {
        const struct value_entry *entry = &map->map.entries[i];
        FUZZ_CHECK(i == 0 || str_compare(entry[-1].key, entry->key) < 0);
        FUZZ_CHECK(value_get(map, entry->key) == entry->value);
        check_tree(entry->value, depth, exact);
    }
}

static void check_string(struct str string) {
    FUZZ_CHECK(str_is_utf8(string));
    FUZZ_CHECK(memchr(string.ptr, 0, string.len) == NULL);
}

/* What json_parse promises of every tree. *exact becomes false when a number is written with more
 * digits than a literal may have to stay a number (1e17, say). */
static void check_tree(const struct value *value, int depth, bool *exact) {
    FUZZ_CHECK(depth <= MAX_DEPTH && !value->secret);
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
        break;
    case VALUE_NUMBER:
        FUZZ_CHECK(isfinite(value->number));
        *exact = *exact && fabs(value->number) <= MAX_EXACT_INTEGER;
        break;
    case VALUE_STRING:
        check_string(value->string);
        break;
    case VALUE_LIST:
        check_list(&value->list, depth + 1, exact);
        break;
    case VALUE_MAP:
        check_map(value, depth + 1, exact);
        break;
    case VALUE_BYTES:
    case VALUE_UNKNOWN:
    case VALUE_ASSET:
    case VALUE_ARCHIVE:
        FUZZ_CHECK(false); /* JSON has no such kind */
    }
}

static void write_tree(struct buf *out, const struct value *tree) {
    buf_init(out, TEXT_CEILING);
    FUZZ_CHECK(json_write(out, tree));
    FUZZ_CHECK(!out->overflow);
    FUZZ_CHECK(str_is_utf8(buf_str(out)));
}

/* Written and read again, the tree and its text are the same. */
static void check_round_trip(struct arena *arena, const struct value *tree) {
    struct buf first;
    struct buf second;
    struct value *again;
    struct str why;
    write_tree(&first, tree);
    FUZZ_CHECK(json_parse(arena, buf_str(&first), &again, &why));
    FUZZ_CHECK(value_equal(tree, again));
    write_tree(&second, again);
    FUZZ_CHECK(str_is(buf_str(&first), buf_str(&second)));
    buf_cleanup(&first);
    buf_cleanup(&second);
}

static void parse(struct arena *arena, struct str text) {
    struct value *tree;
    struct str why;
    if (!json_parse(arena, text, &tree, &why)) {
        FUZZ_CHECK(tree == NULL && why.len > 0);
        return;
    }
    bool exact = true;
    check_tree(tree, 0, &exact);
    if (exact) {
        check_round_trip(arena, tree);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    parse(arena, (struct str){(const char *)data, size});
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
