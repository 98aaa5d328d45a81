#include "toy_table.h"
#include "trees.h"

struct pair_case {
    const char *live;
    const char *inputs;
    const char *result;
};

typedef struct value *merger(struct ctx *ctx, const struct prop_table *table,
                             const struct value *live, const struct value *inputs);

static void check_pairs(merger *merge, const struct pair_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct value *result = merge(&fixture.ctx, &toy_table, tree(arena, cases[i].live),
                                           tree(arena, cases[i].inputs));
        if (!CHECK_TREE(result, cases[i].result)) {
            fprintf(stderr, "  case %zu: live %s under %s\n", i, cases[i].live, cases[i].inputs);
        }
    }
}

#define CHECK_PAIRS(merge, cases) check_pairs((merge), (cases), sizeof(cases) / sizeof((cases)[0]))

TREE_TEST(outputs_are_live_values_in_the_users_words) {
    static const struct pair_case cases[] = {
        {"{\"id\":\"7\",\"state\":\"up\"}", "{}", "{\"id\":\"7\",\"state\":\"up\"}"},
        {"{\"door\":\"shut\"}", "{\"door\":\"closed\"}", "{\"door\":\"closed\"}"},
        {"{\"door\":\"open\"}", "{\"door\":\"closed\"}", "{\"door\":\"open\"}"},
        {"{\"set\":[\"a\",\"b\"]}", "{\"set\":[\"b\",\"a\"]}", "{\"set\":[\"b\",\"a\"]}"},
        {"{\"version\":\"abc123\"}", "{\"version\":\"main\"}", "{\"version\":\"main\"}"},
        {"{\"version\":\"abc123\"}", "{}", "{\"version\":\"abc123\"}"},
        {"{}", "{\"secrets\":{\"S\":\"s\"},\"wish\":\"w\"}",
         "{\"secrets\":{\"S\":\"s\"},\"wish\":\"w\"}"},
        {"{\"box\":{\"kind\":\"k\",\"serial\":\"9\",\"inner\":{\"least\":1}}}",
         "{\"box\":{\"kind\":\"k\"}}",
         "{\"box\":{\"kind\":\"k\",\"serial\":\"9\",\"inner\":{\"least\":1}}}"},
        {"{}", "{\"quiet\":\"q\",\"note\":\"n\"}", "{\"quiet\":\"q\"}"},
        {"{\"env\":{\"A\":\"1\",\"SYS\":\"x\",\"sys:y\":\"z\"}}", "{}", "{\"env\":{\"A\":\"1\"}}"},
        {"{\"env\":{\"SYS\":\"x\"}}", "{\"env\":{\"SYS\":\"x\"}}", "{\"env\":{\"SYS\":\"x\"}}"},
    };
    CHECK_PAIRS(prop_outputs, cases);
}

TREE_TEST(outputs_are_as_secret_as_the_inputs) {
    static const struct pair_case cases[] = {
        {"{\"note\":\"n\"}", "{\"note\":{\"$secret\":\"n\"}}", "{\"note\":{\"$secret\":\"n\"}}"},
        {"{\"note\":\"m\"}", "{\"note\":{\"$secret\":\"n\"}}", "{\"note\":{\"$secret\":\"m\"}}"},
        {"{\"box\":{\"kind\":\"k\",\"serial\":\"9\"}}", "{\"box\":{\"$secret\":{\"kind\":\"k\"}}}",
         "{\"box\":{\"$secret\":{\"kind\":\"k\",\"serial\":\"9\"}}}"},
        {"{\"box\":{\"kind\":\"k\",\"serial\":\"9\"}}", "{\"box\":{\"kind\":{\"$secret\":\"k\"}}}",
         "{\"box\":{\"kind\":{\"$secret\":\"k\"},\"serial\":\"9\"}}"},
        {"{\"env\":{\"A\":\"1\",\"B\":\"3\"}}", "{\"env\":{\"A\":{\"$secret\":\"1\"},\"B\":\"2\"}}",
         "{\"env\":{\"$secret\":{\"A\":\"1\",\"B\":\"3\"}}}"},
        {"{\"tags\":[\"a\",\"b\"]}", "{\"tags\":[{\"$secret\":\"a\"}]}",
         "{\"tags\":{\"$secret\":[\"a\",\"b\"]}}"},
    };
    CHECK_PAIRS(prop_outputs, cases);
    check_pairs(prop_refresh, cases + 4, 2);
}

TREE_TEST(a_refresh_shows_what_differs_and_nothing_else) {
    static const struct pair_case cases[] = {
        {"{\"name\":\"n\",\"id\":\"7\",\"count\":3}", "{\"name\":\"n\"}", "{\"name\":\"n\"}"},
        {"{\"door\":\"open\",\"tags\":[],\"env\":{},\"lamp\":false}", "{}", "{}"},
        {"{\"door\":\"shut\",\"tags\":[\"a\"],\"lamp\":true}", "{}",
         "{\"door\":\"shut\",\"tags\":[\"a\"],\"lamp\":true}"},
        {"{\"door\":\"shut\"}", "{\"door\":\"closed\"}", "{\"door\":\"closed\"}"},
        {"{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":4,\"ratio\":2}}}",
         "{\"box\":{\"kind\":\"k\"}}", "{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":4}}}"},
        {"{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":1,\"ratio\":2}}}",
         "{\"box\":{\"kind\":\"k\"}}", "{\"box\":{\"kind\":\"k\"}}"},
        {"{\"engine\":{\"steam\":{\"speed\":2}}}", "{\"engine\":{\"petrol\":{\"speed\":1}}}",
         "{\"engine\":{\"steam\":{\"speed\":2}}}"},
        {"{\"engine\":{\"steam\":{\"speed\":2}}}", "{\"engine\":{\"steam\":{}}}",
         "{\"engine\":{\"steam\":{}}}"},
        {"{\"engine\":{\"steam\":{}}}", "{}", "{}"},
        {"{}", "{\"note\":\"n\",\"quiet\":\"q\",\"place\":\"p\",\"wish\":\"w\",\"dead\":\"d\"}",
         "{\"quiet\":\"q\",\"place\":\"p\",\"wish\":\"w\",\"dead\":\"d\"}"},
        {"{\"version\":\"abc\"}", "{\"version\":\"main\"}", "{\"version\":\"main\"}"},
        {"{}",
         "{\"login\":{\"user\":\"u\",\"password\":{\"$secret\":\"p\"}},\"secrets\":{\"$secret\":{\"S\":\"s\"}}}",
         "{\"login\":{\"user\":\"u\",\"password\":{\"$secret\":\"p\"}},\"secrets\":{\"$secret\":{\"S\":\"s\"}}}"},
        {"{\"env\":{\"SYS\":\"x\"}}", "{}", "{}"},
        {"{\"env\":{\"SYS\":\"x\",\"B\":\"2\"}}", "{\"env\":{\"A\":\"1\"}}",
         "{\"env\":{\"B\":\"2\"}}"},
        {"{}", "{\"name\":\"n\",\"__defaults\":[\"name\"],\"foreign\":1}", "{}"},
    };
    CHECK_PAIRS(prop_refresh, cases);
}

static struct value *import(struct ctx *ctx, const struct prop_table *table,
                            const struct value *live, const struct value *inputs) {
    (void)inputs;
    return prop_import(ctx, table, live);
}

TREE_TEST(an_import_is_the_smallest_that_makes_it_again) {
    static const struct pair_case cases[] = {
        {"{\"name\":\"n\",\"id\":\"7\",\"state\":\"up\"}", "{}", "{\"name\":\"n\"}"},
        {"{\"door\":\"open\",\"tags\":[],\"env\":{},\"lamp\":false,\"note\":\"\"}", "{}", "{}"},
        {"{\"door\":\"shut\",\"tags\":[\"a\"],\"lamp\":true}", "{}",
         "{\"door\":\"shut\",\"tags\":[\"a\"],\"lamp\":true}"},
        {"{\"box\":{\"kind\":\"k\",\"serial\":\"9\",\"inner\":{\"least\":1,\"ratio\":2}}}", "{}",
         "{\"box\":{\"kind\":\"k\",\"inner\":{\"ratio\":2}}}"},
        {"{\"box\":{\"serial\":\"9\"}}", "{}", "{\"box\":{}}"},
        {"{\"engine\":{\"steam\":{}}}", "{}", "{\"engine\":{\"steam\":{}}}"},
        {"{\"version\":\"abc\"}", "{}", "{\"version\":\"abc\"}"},
        {"{\"dead\":\"d\",\"wish\":\"w\",\"secrets\":{\"S\":\"s\"}}", "{}", "{}"},
        {"{\"env\":{\"SYS\":\"x\",\"sys:z\":\"y\"}}", "{}", "{}"},
    };
    CHECK_PAIRS(import, cases);
}

TREE_TEST(outputs_stand_in_for_inputs_that_are_lost) {
    static const struct pair_case cases[] = {
        {"{\"name\":\"n\",\"count\":3,\"id\":\"7\"}", "{\"name\":\"n\"}", "{\"name\":\"n\"}"},
        {"{\"name\":\"n\"}", "{\"name\":\"m\"}", "{\"name\":\"n\"}"},
        {"{\"place\":\"a\",\"wish\":\"x\"}", "{\"place\":\"b\"}",
         "{\"place\":\"a\",\"wish\":\"x\"}"},
        {"{\"door\":\"shut\"}", "{}", "{\"door\":\"shut\"}"},
    };
    CHECK_PAIRS(prop_old_inputs, cases);
}

TREE_TEST(an_adoption_starts_from_what_can_be_seen) {
    static const struct pair_case cases[] = {
        {"{\"count\":3,\"door\":\"shut\"}", "{\"door\":\"open\"}", "{\"door\":\"shut\"}"},
        {"{}", "{\"secrets\":{\"S\":\"s\"},\"version\":\"main\"}", "{}"},
        {"{\"tags\":[\"theirs\"]}", "{}", "{\"tags\":[\"theirs\"]}"},
    };
    CHECK_PAIRS(prop_adopt, cases);
}

static struct str unmet(const char *olds, const char *news, const char *live) {
    struct diff_list diffs = {.ctx = &fixture.ctx};
    prop_unapplied(&diffs, &toy_table, olds == NULL ? NULL : tree(arena, olds), tree(arena, news),
                   tree(arena, live));
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < diffs.count; i++) {
        out = arena_printf(arena, "%.*s%s%.*s", STR_ARG(out), i > 0 ? " " : "",
                           STR_ARG(diffs.entries[i].path));
    }
    return out;
}

TREE_TEST(what_was_asked_and_is_not_there_is_named) {
    CHECK_STR(
        unmet(NULL, "{\"name\":\"n\",\"door\":\"closed\"}", "{\"name\":\"n\",\"door\":\"shut\"}"),
        "");
    CHECK_STR(unmet(NULL, "{\"name\":\"n\"}", "{\"name\":\"m\"}"), "name");
    CHECK_STR(unmet(NULL, "{\"tags\":[\"a\"]}", "{\"tags\":[]}"), "tags");
    CHECK_STR(
        unmet(NULL, "{\"box\":{\"inner\":{\"least\":3}}}", "{\"box\":{\"inner\":{\"least\":2}}}"),
        "box.inner.least");
    CHECK_STR(unmet(NULL, "{}", "{\"door\":\"shut\",\"count\":4}"), "door");
    CHECK_STR(unmet(NULL, "{\"quiet\":\"q\"}", "{}"), "");
    CHECK_STR(unmet(NULL, "{\"note\":\"n\"}", "{}"), "note");
}

TREE_TEST(what_no_answer_can_tell_is_exempt) {
    CHECK_STR(unmet(NULL,
                    "{\"place\":\"p\",\"wish\":\"w\",\"dead\":\"d\",\"version\":\"main\","
                    "\"secrets\":{\"S\":\"s\"},\"login\":{\"user\":\"u\"}}",
                    "{\"version\":\"abc\"}"),
              "");
}

TREE_TEST(an_update_is_held_to_what_it_changed) {
    CHECK_STR(
        unmet("{\"name\":\"a\"}", "{\"name\":\"a\",\"count\":2}", "{\"name\":\"z\",\"count\":2}"),
        "");
    CHECK_STR(unmet("{\"count\":1}", "{\"count\":2}", "{\"count\":1}"), "count");
    CHECK_STR(unmet("{\"engine\":{\"steam\":{}}}", "{}", "{\"engine\":{\"steam\":{}}}"), "engine");
    CHECK_STR(unmet("{\"engine\":{\"steam\":{}}}", "{}", "{}"), "");
    CHECK_STR(unmet("{\"tags\":[\"a\"]}", "{}", "{\"tags\":[\"a\"]}"), "tags");
    CHECK_STR(unmet("{\"colour\":\"red\"}", "{}", "{\"colour\":\"red\"}"), "");
}

TREE_TEST(a_text_or_a_number_that_was_taken_out_is_gone) {
    CHECK_STR(unmet("{\"quiet\":\"a\"}", "{}", "{\"quiet\":\"a\"}"), "quiet");
    CHECK_STR(unmet("{\"count\":3}", "{}", "{\"count\":3}"), "count");
    CHECK_STR(unmet("{\"quiet\":\"a\"}", "{}", "{}"), "");
    CHECK_STR(unmet("{\"quiet\":\"a\"}", "{}", "{\"quiet\":\"the service's own\"}"), "");
    CHECK_STR(unmet("{\"box\":{\"kind\":\"a\",\"inner\":{\"ratio\":2}}}",
                    "{\"box\":{\"kind\":\"a\"}}",
                    "{\"box\":{\"kind\":\"a\",\"inner\":{\"ratio\":2}}}"),
              "");
    /* A whole object was sent without it: what shows is what the service takes instead. */
    CHECK_STR(unmet("{\"engine\":{\"petrol\":{\"speed\":8}}}", "{\"engine\":{\"petrol\":{}}}",
                    "{\"engine\":{\"petrol\":{\"speed\":8}}}"),
              "");
}

TREE_TEST(what_was_taken_out_is_gone_whoever_changed_it) {
    CHECK_STR(unmet("{\"tags\":[\"a\"]}", "{}", "{\"tags\":[\"theirs\"]}"), "tags");
    CHECK_STR(unmet("{\"tags\":[\"a\"]}", "{}", "{\"tags\":[]}"), "");
    CHECK_STR(unmet("{\"engine\":{\"steam\":{}}}", "{}", "{\"engine\":{\"petrol\":{\"speed\":8}}}"),
              "engine");
    CHECK_STR(unmet("{}", "{}", "{\"engine\":{\"steam\":{}}}"), "");
    CHECK_STR(unmet(NULL, "{}", "{\"engine\":{\"steam\":{}}}"), "");
}

static struct str lasting(const char *olds, const char *news, const char *before,
                          const char *live) {
    struct diff_list diffs = {.ctx = &fixture.ctx};
    const struct lasting sides = {
        .olds = tree(arena, olds),
        .news = tree(arena, news),
        .before = before == NULL ? NULL : tree(arena, before),
        .live = tree(arena, live),
    };
    prop_lasting(&diffs, &toy_table, &sides);
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < diffs.count; i++) {
        out = arena_join(arena, out, " ", diffs.entries[i].path);
    }
    return out;
}

TREE_TEST(what_may_be_the_service_s_own_is_judged_by_the_look_before) {
    const char *own = "{\"quiet\":\"the service's own\"}";
    CHECK_STR(lasting("{\"quiet\":\"a\"}", "{}", NULL, own), "");
    CHECK_STR(lasting("{\"quiet\":\"a\"}", "{}", "{\"quiet\":\"a\"}", own), "");
    CHECK_STR(lasting("{\"quiet\":\"a\"}", "{}", own, own), "quiet");
    CHECK_STR(lasting("{}", "{}", own, own), "");
    CHECK_STR(lasting("{\"quiet\":\"a\"}", "{\"quiet\":\"b\"}", own, own), "");
    /* That is an error: prop_unapplied names it. */
    CHECK_STR(lasting("{\"quiet\":\"a\"}", "{}", "{\"quiet\":\"a\"}", "{\"quiet\":\"a\"}"), "");
    /* Of an object that was sent whole without it. */
    const char *eight = "{\"engine\":{\"petrol\":{\"speed\":8}}}";
    CHECK_STR(lasting(eight, "{\"engine\":{\"petrol\":{}}}", NULL, eight), "engine.petrol.speed");
    CHECK_STR(lasting(eight, "{\"engine\":{\"petrol\":{}}}", eight,
                      "{\"engine\":{\"petrol\":{\"speed\":5}}}"),
              "");
    CHECK_STR(lasting("{\"colour\":\"red\"}", "{}", NULL, "{\"colour\":\"red\"}"), "");
}

TREE_TEST(who_leaves_a_value_to_the_service_looks_before) {
    const struct value *none = tree(arena, "{}");
    CHECK(prop_leaves_to_service(&toy_table, tree(arena, "{\"quiet\":\"a\"}"), none));
    CHECK(!prop_leaves_to_service(&toy_table, tree(arena, "{\"tags\":[\"a\"]}"), none));
    CHECK(!prop_leaves_to_service(&toy_table, tree(arena, "{\"door\":\"shut\"}"), none));
    CHECK(!prop_leaves_to_service(&toy_table, none, tree(arena, "{\"quiet\":\"a\"}")));
}

static const struct value *previewed(const char *inputs, const char *old_inputs, const char *olds) {
    return prop_preview(&fixture.ctx, &toy_table, tree(arena, inputs),
                        old_inputs == NULL ? NULL : tree(arena, old_inputs),
                        olds == NULL ? NULL : tree(arena, olds));
}

TREE_TEST(a_previewed_create_knows_its_inputs_only) {
    CHECK_TREE(
        previewed("{\"name\":\"n\",\"box\":{\"kind\":\"k\"}}", NULL, NULL),
        "{\"name\":\"n\",\"box\":{\"kind\":\"k\",\"inner\":\"$unknown\",\"serial\":\"$unknown\"},"
        "\"door\":\"open\",\"id\":\"$unknown\",\"state\":\"$unknown\"}");
    CHECK_TREE(
        previewed("{\"box\":\"$unknown\",\"engine\":{\"steam\":{\"speed\":\"$unknown\"}}}", NULL,
                  NULL),
        "{\"box\":\"$unknown\",\"engine\":{\"steam\":{\"speed\":\"$unknown\"}},\"door\":\"open\","
        "\"id\":\"$unknown\",\"state\":\"$unknown\"}");
}

TREE_TEST(a_previewed_update_keeps_what_it_leaves_alone) {
    const char *olds =
        "{\"box\":{\"kind\":\"k\",\"serial\":\"9\",\"inner\":{\"least\":1}},\"id\":\"7\","
        "\"state\":\"up\",\"door\":\"open\"}";
    CHECK_TREE(
        previewed("{\"box\":{\"kind\":\"k\"},\"count\":1}", "{\"box\":{\"kind\":\"k\"}}", olds),
        "{\"box\":{\"kind\":\"k\",\"serial\":\"9\",\"inner\":{\"least\":1}},\"count\":1,"
        "\"door\":\"open\",\"id\":\"7\",\"state\":\"$unknown\"}");
    CHECK_TREE(previewed("{\"box\":{\"kind\":\"j\"}}", "{\"box\":{\"kind\":\"k\"}}", olds),
               "{\"box\":{\"kind\":\"j\",\"serial\":\"$unknown\",\"inner\":\"$unknown\"},"
               "\"door\":\"open\",\"id\":\"7\",\"state\":\"$unknown\"}");
}

TREE_TEST(a_preview_keeps_secrets) {
    CHECK_TREE(
        value_get_c(previewed("{\"box\":{\"$secret\":{\"kind\":\"k\"}}}", NULL, NULL), "box"),
        "{\"$secret\":{\"kind\":\"k\",\"inner\":\"$unknown\",\"serial\":\"$unknown\"}}");
}

TEST_MAIN {
    RUN(outputs_are_live_values_in_the_users_words);
    RUN(outputs_are_as_secret_as_the_inputs);
    RUN(a_refresh_shows_what_differs_and_nothing_else);
    RUN(an_import_is_the_smallest_that_makes_it_again);
    RUN(outputs_stand_in_for_inputs_that_are_lost);
    RUN(an_adoption_starts_from_what_can_be_seen);
    RUN(what_was_asked_and_is_not_there_is_named);
    RUN(what_no_answer_can_tell_is_exempt);
    RUN(an_update_is_held_to_what_it_changed);
    RUN(a_text_or_a_number_that_was_taken_out_is_gone);
    RUN(what_was_taken_out_is_gone_whoever_changed_it);
    RUN(what_may_be_the_service_s_own_is_judged_by_the_look_before);
    RUN(who_leaves_a_value_to_the_service_looks_before);
    RUN(a_previewed_create_knows_its_inputs_only);
    RUN(a_previewed_update_keeps_what_it_leaves_alone);
    RUN(a_preview_keeps_secrets);
}
