#include "core/endpoint/template.h"
#include "trees.h"

static struct str expanded(const char *template, const char *params) {
    struct str out = STR_EMPTY;
    struct str missing = STR_EMPTY;
    if (template_expand(arena, template, tree(arena, params), &out, &missing)) {
        return out;
    }
    return arena_printf(arena, "missing %.*s", STR_ARG(missing));
}

TREE_TEST(parameters_are_filled_in) {
    CHECK_STR(expanded("{a}/{b}", "{\"a\":\"x\",\"b\":\"y z\"}"), "x/y z");
    CHECK_STR(expanded("https://{a}.example", "{\"a\":\"r\"}"), "https://r.example");
    CHECK_STR(expanded("plain", "{}"), "plain");
    CHECK_STR(expanded("", "{}"), "");
}

TREE_TEST(what_is_not_set_is_named) {
    CHECK_STR(expanded("{a}/{b}", "{\"a\":\"x\"}"), "missing b");
    CHECK_STR(expanded("{a}", "{\"a\":\"\"}"), "missing a");
    CHECK_STR(expanded("{a}", "{\"a\":1}"), "missing a");
    CHECK_STR(expanded("{a}", "{\"a\":null}"), "missing a");
}

static struct str parsed(const char *template, const char *text) {
    struct value *params = value_map(arena);
    if (!template_parse(arena, template, str_of(text), params)) {
        return STR("no");
    }
    return tree_text(arena, params);
}

TREE_TEST(ids_are_taken_apart_from_the_end) {
    CHECK_STR(parsed("{a}/{b}", "x/y"), "{\"a\":\"x\",\"b\":\"y\"}");
    CHECK_STR(parsed("{a}/{b}", "y"), "{\"b\":\"y\"}");
    CHECK_STR(parsed("{a}/{b}/{c}", "y/z"), "{\"b\":\"y\",\"c\":\"z\"}");
}

TREE_TEST(ids_of_another_shape_are_refused) {
    CHECK_STR(parsed("{a}/{b}", "x/y/z"), "no");
    CHECK_STR(parsed("{a}/{b}", "x/"), "no");
    CHECK_STR(parsed("{a}/{b}", "/y"), "no");
    CHECK_STR(parsed("{a}/{b}", ""), "no");
}

TEST_MAIN {
    RUN(parameters_are_filled_in);
    RUN(what_is_not_set_is_named);
    RUN(ids_are_taken_apart_from_the_end);
    RUN(ids_of_another_shape_are_refused);
}
