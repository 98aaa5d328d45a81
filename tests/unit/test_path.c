#include "core/props/path.h"
#include "trees.h"

TREE_TEST(members_are_joined_by_dots_or_quoted) {
    CHECK_STR(path_member(arena, STR_EMPTY, STR("name")), "name");
    CHECK_STR(path_member(arena, STR("a"), STR("b_1$")), "a.b_1$");
    CHECK_STR(path_member(arena, STR("env"), STR("A.B")), "env[\"A.B\"]");
    CHECK_STR(path_member(arena, STR("env"), STR("A-B")), "env[\"A-B\"]");
    CHECK_STR(path_member(arena, STR("env"), STR("")), "env[\"\"]");
    CHECK_STR(path_member(arena, STR("env"), STR("1a")), "env[\"1a\"]");
    CHECK_STR(path_member(arena, STR("env"), STR("q\"\\")), "env[\"q\\\"\\\\\"]");
    CHECK_STR(path_member(arena, STR_EMPTY, STR("odd root")), "[\"odd root\"]");
    CHECK_STR(path_member(arena, STR("env"), STR("\xc3\xbc")), "env[\"\xc3\xbc\"]");
}

TREE_TEST(items_are_numbered) {
    CHECK_STR(path_index(arena, STR("tags"), 0), "tags[0]");
    CHECK_STR(path_index(arena, STR("a[1]"), 12), "a[1][12]");
}

TREE_TEST(a_walk_s_place_is_told_by_its_steps) {
    const struct path model = path_to_member(NULL, STR("model"));
    const struct path env = path_to_member(&model, STR("env"));
    const struct path odd = path_to_member(&env, STR("A.B"));
    const struct path empty = path_to_member(&env, STR_EMPTY);
    const struct path item = path_to_item(&odd, 0);
    const struct path below = path_to_member(&item, STR("key"));
    CHECK_STR(path_text(arena, NULL), "");
    CHECK_STR(path_text(arena, &model), "model");
    CHECK_STR(path_text(arena, &env), "model.env");
    CHECK_STR(path_text(arena, &empty), "model.env[\"\"]");
    CHECK_STR(path_text(arena, &below), "model.env[\"A.B\"][0].key");
}

TREE_TEST(the_head_is_the_top_level_key) {
    CHECK_STR(path_head(arena, STR("a")), "a");
    CHECK_STR(path_head(arena, STR("a.b.c")), "a");
    CHECK_STR(path_head(arena, STR("a[0].b")), "a");
    CHECK_STR(path_head(arena, STR("[\"odd root\"].b")), "odd root");
    CHECK_STR(path_head(arena, STR("[\"q\\\"\"]")), "q\"");
    CHECK_STR(path_head(arena, STR_EMPTY), "");
}

static bool covers(const char *pattern, const char *path) {
    return path_covers(arena, str_of(pattern), str_of(path));
}

TREE_TEST(a_path_covers_itself_and_what_is_below) {
    CHECK(covers("a", "a"));
    CHECK(covers("a", "a.b"));
    CHECK(covers("a", "a[0]"));
    CHECK(covers("a.b", "a.b[0].c"));
    CHECK(covers("a[\"b\"]", "a.b"));
    CHECK(covers("env[\"A.B\"]", "env[\"A.B\"]"));
    CHECK(!covers("a.b", "a"));
    CHECK(!covers("a", "ab"));
    CHECK(!covers("ab", "a"));
    CHECK(!covers("a[0]", "a[1]"));
    CHECK(!covers("env[\"A.B\"]", "env.A.B"));
}

TREE_TEST(a_star_covers_any_one_step) {
    CHECK(covers("a[*]", "a[3]"));
    CHECK(covers("a[*].b", "a[3].b.c"));
    CHECK(covers("a.*.c", "a.b.c"));
    CHECK(covers("*", "a.b"));
    CHECK(!covers("a[*]", "a"));
    CHECK(!covers("a[*].b", "a[3].c"));
}

static bool meets(const char *one, const char *other) {
    bool is_met = path_meets(arena, str_of(one), str_of(other));
    CHECK(is_met == path_meets(arena, str_of(other), str_of(one)));
    return is_met;
}

TREE_TEST(patterns_meet_where_one_is_at_or_above_the_other) {
    CHECK(meets("a", "a"));
    CHECK(meets("a", "a.b[0]"));
    CHECK(meets("*.b", "a"));
    CHECK(meets("*.b", "a.b"));
    CHECK(meets("a[*].c", "a[3]"));
    CHECK(meets("env[\"A.B\"]", "env"));
    CHECK(!meets("a", "b"));
    CHECK(!meets("a.b", "a.c"));
    CHECK(!meets("*.b", "a.c.b"));
    CHECK(!meets("a[0]", "a[1].b"));
}

static struct str restored(const char *pattern, const char *olds, const char *news) {
    return tree_text(arena,
                     path_restore(arena, str_of(pattern), tree(arena, olds), tree(arena, news)));
}

TREE_TEST(what_a_path_names_is_restored) {
    CHECK_STR(restored("a", "{\"a\":1}", "{\"a\":2,\"b\":3}"), "{\"a\":1,\"b\":3}");
    CHECK_STR(restored("a", "{}", "{\"a\":2,\"b\":3}"), "{\"b\":3}");
    CHECK_STR(restored("a.b", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2,\"c\":3}}"),
              "{\"a\":{\"b\":1,\"c\":3}}");
    CHECK_STR(restored("a[\"x.y\"]", "{\"a\":{\"x.y\":1}}", "{\"a\":{}}"), "{\"a\":{\"x.y\":1}}");
    CHECK_STR(restored("a[1]", "{\"a\":[1,2]}", "{\"a\":[3,4,5]}"), "{\"a\":[3,2,5]}");
    CHECK_STR(restored("a[*].b", "{\"a\":[{\"b\":1}]}", "{\"a\":[{\"b\":2},{\"b\":3}]}"),
              "{\"a\":[{\"b\":1},{\"b\":3}]}");
    CHECK_STR(restored("*", "{\"a\":1,\"b\":2}", "{\"a\":3,\"c\":4}"), "{\"a\":1,\"b\":2}");
    CHECK_STR(restored("a.b", "{\"a\":{\"b\":1}}", "{\"a\":{\"$secret\":{\"b\":2}}}"),
              "{\"a\":{\"$secret\":{\"b\":1}}}");
}

TREE_TEST(a_path_that_leads_nowhere_restores_nothing) {
    CHECK_STR(restored("", "{\"a\":1}", "{\"a\":2}"), "{\"a\":2}");
    CHECK_STR(restored("a.b", "{\"a\":{\"b\":1}}", "{\"a\":\"text\"}"), "{\"a\":\"text\"}");
    CHECK_STR(restored("a.b", "{\"a\":{\"b\":1}}", "{}"), "{}");
    CHECK_STR(restored("a[5]", "{\"a\":[1]}", "{\"a\":[2]}"), "{\"a\":[2]}");
}

TREE_TEST(malformed_paths_are_taken_as_far_as_they_go) {
    CHECK(!covers("a[", "b"));
    CHECK(!covers("a[\"", "b"));
    CHECK(!covers("a[\"x", "a.y"));
    CHECK(covers("a[0", "a[0]"));
    CHECK_STR(path_head(arena, STR("[")), "");
}

TEST_MAIN {
    RUN(members_are_joined_by_dots_or_quoted);
    RUN(items_are_numbered);
    RUN(a_walk_s_place_is_told_by_its_steps);
    RUN(the_head_is_the_top_level_key);
    RUN(a_path_covers_itself_and_what_is_below);
    RUN(a_star_covers_any_one_step);
    RUN(patterns_meet_where_one_is_at_or_above_the_other);
    RUN(what_a_path_names_is_restored);
    RUN(a_path_that_leads_nowhere_restores_nothing);
    RUN(malformed_paths_are_taken_as_far_as_they_go);
}
