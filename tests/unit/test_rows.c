#include "core/props/rows.h"
#include "trees.h"

static const struct value *unnested(const char *reply, const char *path) {
    return rows_unnest(arena, tree(arena, reply), path);
}

TREE_TEST(a_list_of_maps_is_its_own_rows) {
    CHECK_TREE(unnested("{\"a\": [{\"x\": 1}, {\"x\": 2}]}", "a[]"), "[{\"x\": 1}, {\"x\": 2}]");
}

TREE_TEST(rows_have_what_they_are_in_below_the_names_of_the_lists) {
    CHECK_TREE(unnested("{\"a\": [{\"n\": \"one\", \"b\": [{\"x\": 1}, {\"x\": 2}]}]}", "a[].b[]"),
               "[{\"x\": 1, \"a\": {\"n\": \"one\", \"b\": [{\"x\": 1}, {\"x\": 2}]}},"
               " {\"x\": 2, \"a\": {\"n\": \"one\", \"b\": [{\"x\": 1}, {\"x\": 2}]}}]");
}

TREE_TEST(a_star_stands_for_every_list_of_a_map) {
    CHECK_TREE(
        unnested("{\"CPU\": [{\"x\": 1}], \"GPU\": [{\"x\": 2}], \"note\": \"no list\"}", "*[]"),
        "[{\"x\": 1}, {\"x\": 2}]");
}

TREE_TEST(what_is_no_list_or_no_map_gives_no_row) {
    CHECK_TREE(unnested("{}", "a[].b[]"), "[]");
    CHECK_TREE(unnested("7", "a[]"), "[]");
    CHECK_TREE(unnested("[{\"a\": 1}]", "*[]"), "[]");
    CHECK_TREE(unnested("{\"a\": [1, null, \"x\", [], {\"b\": 7}, {\"b\": [2]}]}", "a[].b[]"),
               "[]");
}

static bool fits(const char *member, const char *pattern) {
    static const struct prop rows[] = {{.name = "wanted", .type = PROP_STRING, .filter = "member"},
                                       {.name = "other", .type = PROP_STRING}};
    const struct prop_table filters = {.rows = rows, .count = 2};
    struct value *args = value_map(arena);
    value_map_set_text(arena, args, "wanted", str_of(pattern));
    value_map_set_text(arena, args, "other", STR("is no filter"));
    struct value *row = value_map(arena);
    value_map_set_c(arena, row, "member", tree(arena, member));
    return rows_fits(arena, &filters, args, row);
}

TREE_TEST(a_filter_is_a_pattern_without_case) {
    CHECK(fits("\"chat\"", "chat"));
    CHECK(fits("\"Chat\"", "cHAT"));
    CHECK(fits("\"meta/llama\"", "meta*"));
    CHECK(fits("\"chat\"", "c?at"));
    CHECK(fits("\"chat\"", "")); /* none */
    CHECK(!fits("\"chat\"", "cha"));
    CHECK(!fits("\"chat\"", "c?t"));
    CHECK(!fits("7", "7"));
    CHECK(!fits("null", "*"));
}

TREE_TEST(of_a_list_one_item_is_enough) {
    CHECK(fits("[\"a\", \"b\"]", "b"));
    CHECK(!fits("[\"a\", \"b\"]", "c"));
    CHECK(!fits("[]", "*"));
}

TREE_TEST(a_label_is_its_key_or_key_and_value) {
    CHECK(fits("[{\"key\": \"env\", \"value\": \"prod\"}]", "env=pr*"));
    CHECK(fits("[{\"key\": \"env\", \"value\": \"prod\"}]", "env"));
    CHECK(!fits("[{\"key\": \"env\", \"value\": \"prod\"}]", "prod"));
}

TEST_MAIN {
    RUN(a_list_of_maps_is_its_own_rows);
    RUN(rows_have_what_they_are_in_below_the_names_of_the_lists);
    RUN(a_star_stands_for_every_list_of_a_map);
    RUN(what_is_no_list_or_no_map_gives_no_row);
    RUN(a_filter_is_a_pattern_without_case);
    RUN(of_a_list_one_item_is_enough);
    RUN(a_label_is_its_key_or_key_and_value);
}
