#include "core/props/path.h"
#include "toy_table.h"
#include "trees.h"

static const char *kind_name(enum diff_kind kind) {
    static const char *const names[] = {"+", "+!", "-", "-!", "~", "~!"};
    return names[kind];
}

/* "~path" for each entry, '!' where it replaces. */
static struct str differing(const char *olds, const char *news, const char *ignored) {
    const struct str pattern = str_of(ignored);
    struct diff_list diffs = {
        .ctx = &fixture.ctx, .ignored = &pattern, .ignored_count = ignored == NULL ? 0 : 1};
    prop_diff(&diffs, &toy_table, tree(arena, olds), tree(arena, news));
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < diffs.count; i++) {
        out = arena_printf(arena, "%.*s%s%s%.*s", STR_ARG(out), i > 0 ? " " : "",
                           kind_name(diffs.entries[i].kind), STR_ARG(diffs.entries[i].path));
        CHECK(diffs.entries[i].input_diff);
    }
    return out;
}

struct diff_case {
    const char *olds;
    const char *news;
    const char *shown;
};

static void check_cases(const struct diff_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct str shown = differing(cases[i].olds, cases[i].news, NULL);
        if (!CHECK_STR_IS(shown, str_of(cases[i].shown))) {
            fprintf(stderr, "  case %zu: %s -> %s\n", i, cases[i].olds, cases[i].news);
        }
    }
}

#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof((cases)[0]))

TREE_TEST(a_change_shows_at_the_deepest_path) {
    static const struct diff_case cases[] = {
        {"{}", "{}", ""},
        {"{\"name\":\"a\"}", "{\"name\":\"b\"}", "~!name"},
        {"{}", "{\"name\":\"b\"}", "+!name"},
        {"{\"name\":\"a\"}", "{}", "-!name"},
        {"{\"box\":{\"kind\":\"a\"}}", "{\"box\":{\"kind\":\"b\"}}", "~box.kind"},
        {"{\"box\":{\"inner\":{\"least\":2}}}", "{\"box\":{\"inner\":{\"least\":3}}}",
         "~box.inner.least"},
        {"{\"box\":{\"kind\":\"a\"}}", "{\"box\":{\"kind\":\"a\",\"inner\":{\"ratio\":3}}}",
         "+box.inner"},
        {"{\"engine\":{\"steam\":{}}}", "{\"engine\":{\"petrol\":{\"speed\":1}}}",
         "-engine.steam +engine.petrol"},
        {"{\"env\":{\"A\":\"1\",\"b.c\":\"2\"}}", "{\"env\":{\"A\":\"2\",\"D\":\"\"}}",
         "~env.A -env[\"b.c\"] +env.D"},
        {"{\"tags\":[\"a\",\"b\"]}", "{\"tags\":[\"b\"]}", "~tags[0] -tags[1]"},
        {"{\"any\":{\"x\":[1]}}", "{\"any\":{\"x\":[2]}}", "~any"},
        {"{\"secrets\":{\"S\":\"a\"}}", "{\"secrets\":{\"$secret\":{\"S\":\"b\"}}}", "~secrets.S"},
        {"{\"version\":\"a\"}", "{\"version\":\"b\"}", "~version"},
        {"{\"lamp\":false}", "{\"lamp\":true}", "~lamp"},
    };
    CHECK_CASES(cases);
}

TREE_TEST(what_means_the_same_is_no_change) {
    static const struct diff_case cases[] = {
        {"{}", "{\"door\":\"open\"}", ""},
        {"{\"door\":\"shut\"}", "{\"door\":\"closed\"}", ""},
        {"{}", "{\"tags\":[],\"env\":{},\"lamp\":false}", ""},
        {"{\"box\":{}}", "{\"box\":{\"inner\":{}}}", ""},
        {"{\"box\":{}}", "{\"box\":{\"inner\":{\"least\":1}}}", ""},
        {"{\"set\":[\"a\",\"b\"]}", "{\"set\":[\"b\",\"a\"]}", ""},
        {"{\"name\":null}", "{}", ""},
        {"{\"box\":{\"kind\":\"a\"}}", "{\"box\":{\"$secret\":{\"kind\":{\"$secret\":\"a\"}}}}",
         ""},
        {"{\"dead\":\"a\"}", "{\"dead\":\"b\"}", ""},
        {"{\"colour\":\"red\"}", "{}", ""},
        {"{\"version\":\"v\"}", "{}", ""},
        {"{}", "{\"note\":\"\"}", ""},
        {"{\"foreign\":1}", "{\"unheard\":2}", ""},
        {"{\"id\":\"a\"}", "{}", ""},
    };
    CHECK_CASES(cases);
}

TREE_TEST(presence_counts_where_a_row_says_so) {
    static const struct diff_case cases[] = {
        {"{}", "{\"engine\":{\"steam\":{}}}", "+engine"},
        {"{}", "{\"engine\":{\"petrol\":{}}}", ""},
        {"{\"engine\":{\"steam\":{}}}", "{\"engine\":{\"petrol\":{}}}", "-engine.steam"},
    };
    CHECK_CASES(cases);
}

TREE_TEST(sets_show_their_items) {
    static const struct diff_case cases[] = {
        {"{\"set\":[\"a\",\"b\"]}", "{\"set\":[\"b\",\"c\"]}", "-set[0] +set[1]"},
        {"{\"set\":[\"a\",\"b\"]}", "{\"set\":[\"c\",\"b\"]}", "~set[0]"},
        {"{\"set\":[\"a\",\"a\",\"b\"]}", "{\"set\":[\"a\",\"b\",\"b\"]}", "~set"},
        {"{\"set\":[\"a\"]}", "{\"set\":[\"a\",\"a\"]}", "~set"},
        {"{\"set\":[\"a\"]}", "{}", "-set"},
    };
    CHECK_CASES(cases);
}

TREE_TEST(what_is_unknown_differs) {
    static const struct diff_case cases[] = {
        {"{\"name\":\"a\"}", "{\"name\":\"$unknown\"}", "~!name"},
        {"{}", "{\"box\":\"$unknown\"}", "+box"},
        {"{\"box\":{\"kind\":\"a\"}}", "{\"box\":\"$unknown\"}", "~box"},
        {"{\"tags\":[\"a\"]}", "{\"tags\":[\"$unknown\"]}", "~tags[0]"},
        {"{\"dead\":\"a\"}", "{\"dead\":\"$unknown\"}", ""},
    };
    CHECK_CASES(cases);
}

TREE_TEST(values_of_another_type_differ) {
    static const struct diff_case cases[] = {
        {"{\"tags\":\"a\"}", "{\"tags\":[\"a\"]}", "~tags"},
        {"{\"count\":\"1\"}", "{\"count\":1}", "~count"},
        {"{\"box\":[]}", "{\"box\":{\"kind\":\"k\"}}", "~box"},
    };
    CHECK_CASES(cases);
}

TREE_TEST(ignored_paths_are_left_out) {
    CHECK_STR(differing("{\"tags\":[\"a\"]}", "{\"tags\":[\"b\"]}", "tags"), "");
    CHECK_STR(differing("{\"tags\":[\"a\"]}", "{\"tags\":[\"b\"]}", "tags[*]"), "");
    CHECK_STR(differing("{\"tags\":[\"a\"]}", "{\"tags\":[\"b\"]}", "tag"), "~tags[0]");
    CHECK_STR(differing("{\"box\":{\"kind\":\"a\"}}", "{\"box\":{\"kind\":\"b\"}}", "box.kind"),
              "");
}

TEST_MAIN {
    RUN(a_change_shows_at_the_deepest_path);
    RUN(what_means_the_same_is_no_change);
    RUN(presence_counts_where_a_row_says_so);
    RUN(sets_show_their_items);
    RUN(what_is_unknown_differs);
    RUN(values_of_another_type_differ);
    RUN(ignored_paths_are_left_out);
}
