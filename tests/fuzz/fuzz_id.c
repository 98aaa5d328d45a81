#include "base/mem.h"
#include "clouds/registry.h"
#include "core/endpoint/name.h"
#include "core/endpoint/template.h"
#include "core/props/prop.h"
#include "fuzz.h"

/* An id as a user gives it to an import, and two names, the second behind a line break. */

enum { ARENA_CEILING = 64 * 1024 * 1024 };

static size_t count_slashes(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '/' ? 1 : 0;
    }
    return count;
}

/* A whole id comes out as it went in. */
static void check_id(struct arena *arena, const struct cloud_tables *tables, struct str id) {
    struct value *params = value_map(arena);
    struct str again;
    struct str missing;
    bool parsed = template_parse(arena, tables->id_import, id, params);
    if (parsed && str_is_utf8(id) && memchr(id.ptr, 0, id.len) == NULL &&
        count_slashes(id) == count_slashes(str_of(tables->id_import))) {
        FUZZ_CHECK(template_expand(arena, tables->id_import, params, &again, &missing));
        FUZZ_CHECK(str_is(again, id));
    }
    if (tables->id_pattern != NULL) {
        (void)prop_matches(tables->id_pattern, id);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t live = mem_live();
    struct arena *arena = arena_new(ARENA_CEILING);
    struct str text = arena_str(arena, (struct str){(const char *)data, size});
    struct str other;
    struct str name = str_split(text, '\n', &other);
    other = other.ptr == NULL ? STR_EMPTY : other;
    for (const struct cloud *const *cloud = cloud_registry; *cloud != NULL; cloud++) {
        check_id(arena, (*cloud)->tables, text);
    }
    FUZZ_CHECK(name_is_sibling(name, other) == name_is_sibling(other, name));
    arena_free(arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
