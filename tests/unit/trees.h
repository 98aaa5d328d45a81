#ifndef TREES_H
#define TREES_H

#include "base/buf.h"
#include "base/json.h"
#include "rest_fakes.h"
#include "testing.h"

/* Property values written as JSON: {"$secret": x} is x as a secret, "$unknown" is not known yet. */

static inline const struct value *tree_of(struct arena *arena, const struct value *json) {
    if (json->kind == VALUE_STRING && str_is(json->string, STR("$unknown"))) {
        return value_unknown(arena);
    }
    if (json->kind == VALUE_LIST) {
        struct value *list = value_list(arena);
        for (size_t i = 0; i < json->list.count; i++) {
            value_list_append(arena, list, tree_of(arena, json->list.items[i]));
        }
        return list;
    }
    if (json->kind != VALUE_MAP) {
        return json;
    }
    const struct value *secret = value_get_c(json, "$secret");
    if (secret != NULL) {
        return value_with_secret(arena, tree_of(arena, secret), true);
    }
    struct value *map = value_map(arena);
    for (size_t i = 0; i < json->map.count; i++) {
        value_map_set(arena, map, json->map.entries[i].key,
                      tree_of(arena, json->map.entries[i].value));
    }
    return map;
}

/* NULL for text that is not JSON: a mistake in the test. */
static inline const struct value *tree(struct arena *arena, const char *text) {
    struct value *json = NULL;
    struct str why = STR_EMPTY;
    if (!json_parse(arena, str_of(text), &json, &why)) {
        testing_check(false, __FILE__, __LINE__, text);
        return NULL;
    }
    return tree_of(arena, json);
}

static inline const struct value *tree_marked(struct arena *arena, const struct value *value) {
    const struct value *out = value;
    if (value->kind == VALUE_UNKNOWN) {
        out = value_string_c(arena, "$unknown");
    } else if (value->kind == VALUE_LIST) {
        struct value *list = value_list(arena);
        for (size_t i = 0; i < value->list.count; i++) {
            value_list_append(arena, list, tree_marked(arena, value->list.items[i]));
        }
        out = list;
    } else if (value->kind == VALUE_MAP) {
        struct value *map = value_map(arena);
        for (size_t i = 0; i < value->map.count; i++) {
            value_map_set(arena, map, value->map.entries[i].key,
                          tree_marked(arena, value->map.entries[i].value));
        }
        out = map;
    }
    if (!value->secret) {
        return out;
    }
    struct value *wrapped = value_map(arena);
    value_map_set_c(arena, wrapped, "$secret", value_with_secret(arena, out, false));
    return wrapped;
}

/* The same way back; "absent" for NULL. */
static inline struct str tree_text(struct arena *arena, const struct value *value) {
    if (value == NULL) {
        return STR("absent");
    }
    struct buf buf;
    buf_init(&buf, 1024 * 1024);
    if (!json_write(&buf, tree_marked(arena, value))) {
        testing_check(false, __FILE__, __LINE__, "the tree can be written");
    }
    struct str text = arena_str(arena, buf_str(&buf));
    buf_cleanup(&buf);
    return text;
}

/* A test with surroundings of its own: `fixture`, and its arena. */
static struct rest_fixture fixture;
static struct arena *arena;

#define TREE_TEST(name)                 \
    static void tree_test_##name(void); \
    TEST(name) {                        \
        rest_fixture_init(&fixture);    \
        arena = fixture.ctx.arena;      \
        tree_test_##name();             \
        rest_fixture_cleanup(&fixture); \
    }                                   \
    static void tree_test_##name(void)

/* A tree against JSON text; the text may have its keys in any order. */
#define CHECK_TREE(value, text)                                                                   \
    testing_check_str(tree_text(arena, (value)), tree_text(arena, tree(arena, (text))), __FILE__, \
                      __LINE__, #value)

#endif
