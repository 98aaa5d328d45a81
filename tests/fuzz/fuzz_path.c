#include "base/json.h"
#include "base/mem.h"
#include "core/props/path.h"
#include "fuzz.h"

/* Lines: a pattern of ignoreChanges, a path, the old inputs and the new ones, both in JSON. */

enum { ARENA_CEILING = 64 * 1024 * 1024 };

static bool is_text(struct str text) {
    return str_is_utf8(text) && memchr(text.ptr, 0, text.len) == NULL;
}

static void check_paths(struct arena *arena, struct str pattern, struct str path) {
    struct str member = path_member(arena, STR_EMPTY, path);
    FUZZ_CHECK(path_covers(arena, path, path));
    (void)path_covers(arena, pattern, path);
    if (path.len > 0 && is_text(path)) {
        FUZZ_CHECK(str_is(path_head(arena, member), path));
        FUZZ_CHECK(path_covers(arena, member, path_index(arena, member, 3)));
    }
}

static const struct value *parse(struct arena *arena, struct str text) {
    struct value *tree;
    struct str why;
    return json_parse(arena, text, &tree, &why) ? tree : value_map(arena);
}

static void restore(struct arena *arena, struct str pattern, struct str trees) {
    struct str rest;
    const struct value *olds = parse(arena, str_split(trees, '\n', &rest));
    const struct value *news = parse(arena, rest.ptr == NULL ? STR_EMPTY : rest);
    const struct value *restored = path_restore(arena, pattern, olds, news);
    if (pattern.len == 0) {
        FUZZ_CHECK(restored == news);
    } else if (restored != NULL) {
        FUZZ_CHECK(value_equal(path_restore(arena, pattern, olds, restored), restored));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str rest = {(const char *)data, size};
    struct str pattern = str_split(rest, '\n', &rest);
    struct str path = str_split(rest.ptr == NULL ? STR_EMPTY : rest, '\n', &rest);
    check_paths(arena, pattern, path);
    restore(arena, pattern, rest.ptr == NULL ? STR_EMPTY : rest);
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
