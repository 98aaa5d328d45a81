#include "toy_table.h"
#include "trees.h"

static const struct value *decoded(const char *wire) {
    return prop_decode(&fixture.ctx, &toy_table, tree(arena, wire));
}

TREE_TEST(values_come_from_their_wire_path) {
    CHECK_TREE(
        decoded(
            "{\"name\":\"n\",\"look\":{\"colour\":\"red\"},\"state\":{\"lamp\":true,\"word\":\"up\"},"
            "\"meta\":{\"id\":\"7\"},\"lamp\":false,\"crate\":{\"kind\":\"k\",\"serial\":\"s\"}}"),
        "{\"name\":\"n\",\"colour\":\"red\",\"lamp\":true,\"state\":\"up\",\"id\":\"7\","
        "\"box\":{\"kind\":\"k\",\"serial\":\"s\"}}");
}

TREE_TEST(null_absent_and_empty_are_absent) {
    CHECK_TREE(decoded("{}"), "{}");
    CHECK(decoded("{}")->kind == VALUE_MAP);
    CHECK_TREE(decoded("{\"name\":null,\"crate\":null,\"tags\":null,\"state\":null}"), "{}");
    CHECK_TREE(decoded("{\"crate\":{},\"engine\":{\"petrol\":{}}}"), "{}");
    CHECK_TREE(decoded("{\"engine\":{\"steam\":{}}}"), "{\"engine\":{\"steam\":{}}}");
    CHECK_TREE(decoded("{\"note\":\"\",\"quiet\":\"\"}"), "{\"quiet\":\"\"}");
    CHECK_TREE(prop_decode(&fixture.ctx, &toy_table, NULL), "{}");
}

TREE_TEST(numbers_may_be_text_and_text_numbers) {
    CHECK_TREE(decoded("{\"count\":\"12\",\"name\":5,\"crate\":{\"inner\":{\"ratio\":\"0.5\"}}}"),
               "{\"count\":12,\"name\":\"5\",\"box\":{\"inner\":{\"ratio\":0.5}}}");
    CHECK_TREE(decoded("{\"count\":\"twelve\"}"), "{}");
    CHECK_TREE(decoded("{\"count\":\"\"}"), "{}");
    CHECK_TREE(decoded("{\"count\":\"nan\"}"), "{}");
    CHECK_TREE(decoded("{\"count\":\"1e999\"}"), "{}");
}

TREE_TEST(values_of_another_type_are_absent) {
    CHECK_TREE(
        decoded("{\"name\":{},\"tags\":\"a\",\"env\":[],\"crate\":[],\"state\":{\"lamp\":\"true\"},"
                "\"count\":true}"),
        "{}");
    CHECK_TREE(
        decoded("{\"tags\":[\"a\",null,{},\"b\"],\"env\":{\"A\":\"a\",\"B\":null,\"C\":[]}}"),
        "{\"tags\":[\"a\",\"b\"],\"env\":{\"A\":\"a\"}}");
}

TREE_TEST(what_the_service_cannot_know_is_not_taken_from_it) {
    CHECK_TREE(decoded("{\"place\":\"x\",\"wish\":\"w\",\"secrets\":{\"S\":null},"
                       "\"login\":{\"user\":\"\",\"password\":null}}"),
               "{}");
}

static const struct prop key_row = {
    .name = "key", .type = PROP_STRING, .flags = PROP_OUTPUT | PROP_SECRET};

TREE_TEST(secret_rows_come_out_secret) {
    const struct prop_table table = {&key_row, 1};
    CHECK_TREE(prop_decode(&fixture.ctx, &table, tree(arena, "{\"key\":\"k\"}")),
               "{\"key\":{\"$secret\":\"k\"}}");
}

TREE_TEST(what_was_encoded_is_decoded_again) {
    const char *inputs =
        "{\"name\":\"n\",\"box\":{\"kind\":\"k\",\"inner\":{\"least\":3}},\"engine\":{\"steam\":{\"speed\":1}},"
        "\"tags\":[\"a\"],\"env\":{\"A\":\"1\"},\"door\":\"open\",\"colour\":\"red\",\"count\":2}";
    const struct value *body = prop_encode_create(&fixture.ctx, &toy_table, tree(arena, inputs));
    CHECK_TREE(prop_decode(&fixture.ctx, &toy_table, body), inputs);
}

TEST_MAIN {
    RUN(values_come_from_their_wire_path);
    RUN(null_absent_and_empty_are_absent);
    RUN(numbers_may_be_text_and_text_numbers);
    RUN(values_of_another_type_are_absent);
    RUN(what_the_service_cannot_know_is_not_taken_from_it);
    RUN(secret_rows_come_out_secret);
    RUN(what_was_encoded_is_decoded_again);
}
