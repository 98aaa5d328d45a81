#include "toy_table.h"
#include "trees.h"

static const struct value *created(const char *inputs) {
    return prop_encode_create(&fixture.ctx, &toy_table, tree(arena, inputs));
}

static const struct value *updated(const char *olds, const char *news) {
    return prop_encode_update(&fixture.ctx, &toy_table, tree(arena, olds), tree(arena, news));
}

TREE_TEST(a_create_holds_what_is_set_and_defaults_that_are_sent) {
    CHECK_TREE(created("{}"), "{\"door\":\"open\",\"crate\":{\"inner\":{\"least\":1}}}");
    CHECK_TREE(
        created("{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":3,\"ratio\":0.5}}}"),
        "{\"door\":\"open\",\"crate\":{\"kind\":\"k\",\"inner\":{\"least\":3,\"ratio\":0.5}}}");
}

TREE_TEST(values_go_to_their_wire_path_in_the_services_spelling) {
    CHECK_TREE(created("{\"name\":\"n\",\"door\":\"closed\",\"colour\":\"red\"}"),
               "{\"name\":\"n\",\"door\":\"shut\",\"look\":{\"colour\":\"red\"},"
               "\"crate\":{\"inner\":{\"least\":1}}}");
}

TREE_TEST(rows_that_are_not_inputs_of_the_service_are_left_out) {
    CHECK_TREE(
        created("{\"place\":\"here\",\"wish\":\"w\",\"id\":\"i\",\"state\":\"s\",\"foreign\":1}"),
        "{\"door\":\"open\",\"crate\":{\"inner\":{\"least\":1}}}");
}

TREE_TEST(empty_lists_and_maps_are_sent_empty_objects_only_where_they_mean_something) {
    CHECK_TREE(created("{\"tags\":[],\"env\":{},\"engine\":{\"steam\":{}}}"),
               "{\"tags\":[],\"env\":{},\"engine\":{\"steam\":{}},\"door\":\"open\","
               "\"crate\":{\"inner\":{\"least\":1}}}");
    CHECK_TREE(created("{\"engine\":{\"petrol\":{}}}"),
               "{\"door\":\"open\",\"crate\":{\"inner\":{\"least\":1}}}");
}

TREE_TEST(nulls_are_never_sent_by_a_create) {
    CHECK_TREE(created("{\"name\":null,\"tags\":null,\"engine\":{\"steam\":null}}"),
               "{\"door\":\"open\",\"crate\":{\"inner\":{\"least\":1}}}");
}

struct update_case {
    const char *olds;
    const char *news;
    const char *body;
};

TREE_TEST(an_update_holds_only_what_differs) {
    static const struct update_case cases[] = {
        {"{}", "{}", "{}"},
        {"{\"box\":{\"kind\":\"a\",\"inner\":{\"least\":2}}}",
         "{\"box\":{\"kind\":\"a\",\"inner\":{\"least\":3}}}",
         "{\"crate\":{\"inner\":{\"least\":3}}}"},
        {"{\"door\":\"open\"}", "{\"door\":\"closed\"}", "{\"door\":\"shut\"}"},
        {"{\"door\":\"shut\"}", "{\"door\":\"closed\"}", "{}"},
        {"{}", "{\"door\":\"open\",\"tags\":[],\"lamp\":false}", "{}"},
        {"{\"name\":\"a\",\"place\":\"x\"}", "{\"name\":\"b\",\"place\":\"y\"}", "{}"},
        {"{\"dead\":\"a\"}", "{\"dead\":\"b\"}", "{}"},
        {"{\"wish\":\"a\"}", "{\"wish\":\"b\"}", "{}"},
        {"{\"version\":\"a\"}", "{\"version\":\"b\"}", "{\"version\":\"b\"}"},
        {"{\"colour\":\"red\"}", "{\"colour\":\"blue\"}", "{\"look\":{\"colour\":\"blue\"}}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_TREE(updated(cases[i].olds, cases[i].news), cases[i].body);
    }
}

TREE_TEST(whole_rows_are_sent_whole) {
    static const struct update_case cases[] = {
        {"{\"env\":{\"A\":\"1\",\"B\":\"2\"}}", "{\"env\":{\"A\":\"1\",\"B\":\"3\"}}",
         "{\"env\":{\"A\":\"1\",\"B\":\"3\"}}"},
        {"{\"engine\":{\"petrol\":{\"speed\":1}}}", "{\"engine\":{\"petrol\":{\"speed\":2}}}",
         "{\"engine\":{\"petrol\":{\"speed\":2}}}"},
        {"{\"engine\":{\"petrol\":{\"speed\":1}}}", "{\"engine\":{\"steam\":{}}}",
         "{\"engine\":{\"steam\":{}}}"},
        {"{\"secrets\":{\"S\":\"a\"}}", "{\"secrets\":{\"S\":\"a\",\"T\":\"b\"}}",
         "{\"secrets\":{\"S\":\"a\",\"T\":\"b\"}}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_TREE(updated(cases[i].olds, cases[i].news), cases[i].body);
    }
}

TREE_TEST(what_is_taken_out_is_cleared_as_its_row_says) {
    static const struct update_case cases[] = {
        {"{\"door\":\"closed\"}", "{}", "{\"door\":\"open\"}"},
        {"{\"tags\":[\"a\"]}", "{}", "{\"tags\":[]}"},
        {"{\"env\":{\"A\":\"1\"}}", "{}", "{\"env\":{}}"},
        {"{\"secrets\":{\"S\":\"s\"}}", "{}", "{\"secrets\":{}}"},
        {"{\"note\":\"x\"}", "{}", "{\"note\":\"\"}"},
        {"{\"count\":3}", "{}", "{\"count\":0}"},
        {"{\"quiet\":\"x\"}", "{}", "{\"quiet\":null}"},
        {"{\"engine\":{\"steam\":{}}}", "{}", "{\"engine\":null}"},
        {"{\"box\":{\"inner\":{\"ratio\":2}}}", "{\"box\":{}}",
         "{\"crate\":{\"inner\":{\"ratio\":null}}}"},
        {"{\"colour\":\"red\",\"version\":\"v\"}", "{}", "{}"},
        {"{\"lamp\":true}", "{}", "{\"lamp\":false}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_TREE(updated(cases[i].olds, cases[i].news), cases[i].body);
    }
}

TREE_TEST(bodies_are_private_down_their_maps) {
    const struct value *inputs = tree(arena, "{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":2}}}");
    struct value *body = prop_encode_create(&fixture.ctx, &toy_table, inputs);
    value_set_at(arena, body, "crate.inner.least", value_number(arena, 7));
    CHECK_TREE(inputs, "{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":2}}}");
    CHECK_TREE(value_get_c(body, "crate"), "{\"kind\":\"k\",\"inner\":{\"least\":7}}");
}

TEST_MAIN {
    RUN(a_create_holds_what_is_set_and_defaults_that_are_sent);
    RUN(values_go_to_their_wire_path_in_the_services_spelling);
    RUN(rows_that_are_not_inputs_of_the_service_are_left_out);
    RUN(empty_lists_and_maps_are_sent_empty_objects_only_where_they_mean_something);
    RUN(nulls_are_never_sent_by_a_create);
    RUN(an_update_holds_only_what_differs);
    RUN(whole_rows_are_sent_whole);
    RUN(what_is_taken_out_is_cleared_as_its_row_says);
    RUN(bodies_are_private_down_their_maps);
}
