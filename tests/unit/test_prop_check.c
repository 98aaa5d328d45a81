#include "toy_table.h"
#include "trees.h"

/* "path: reason" of every failure, one a line, or the checked inputs. */
static struct str checked(const char *news) {
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    const struct value *out =
        prop_check(&fixture.ctx, &toy_table, NULL, tree(arena, news), &failures);
    struct check_response response;
    failures_finish(&failures, out, &response);
    if (response.failure_count == 0) {
        return tree_text(arena, response.inputs);
    }
    CHECK(response.inputs == NULL);
    struct str lines = STR_EMPTY;
    for (size_t i = 0; i < response.failure_count; i++) {
        lines = arena_printf(arena, "%.*s%.*s: %.*s\n", STR_ARG(lines),
                             STR_ARG(response.failures[i].property),
                             STR_ARG(response.failures[i].reason.text));
    }
    return lines;
}

TREE_TEST(good_inputs_come_back_as_they_are) {
    CHECK_STR(
        checked(
            "{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":0,\"ratio\":1.5}},\"name\":\"abc\"}"),
        "{\"box\":{\"inner\":{\"least\":0,\"ratio\":1.5},\"kind\":\"k\"},\"name\":\"abc\"}");
}

TREE_TEST(nulls_and_internal_keys_are_dropped) {
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\",\"inner\":null},\"name\":null,\"__x\":1,"
                      "\"env\":{\"A\":null}}"),
              "{\"box\":{\"kind\":\"k\"},\"env\":{}}");
}

TREE_TEST(a_null_is_not_set) {
    CHECK_STR(checked("{\"box\":{\"kind\":null}}"), "box.kind: is required\n");
    CHECK_STR(checked("{\"box\":null}"), "box: is required\n");
}

TREE_TEST(secrets_are_wrapped_once_and_kept) {
    CHECK_STR(checked("{\"box\":{\"kind\":{\"$secret\":\"k\"}},\"secrets\":{\"S\":\"s\"},"
                      "\"login\":{\"user\":\"u\",\"password\":{\"$secret\":\"p\"}}}"),
              "{\"box\":{\"kind\":{\"$secret\":\"k\"}},\"login\":{\"password\":{\"$secret\":\"p\"},"
              "\"user\":\"u\"},\"secrets\":{\"$secret\":{\"S\":\"s\"}}}");
}

TREE_TEST(what_is_unknown_passes_every_rule) {
    CHECK_STR(checked("{\"box\":\"$unknown\",\"name\":\"$unknown\",\"tags\":[\"$unknown\"],"
                      "\"engine\":{\"steam\":\"$unknown\"}}"),
              "{\"box\":\"$unknown\",\"engine\":{\"steam\":\"$unknown\"},\"name\":\"$unknown\","
              "\"tags\":[\"$unknown\"]}");
    CHECK_STR(checked("{\"box\":{\"kind\":{\"$secret\":\"$unknown\"}}}"),
              "{\"box\":{\"kind\":{\"$secret\":\"$unknown\"}}}");
}

TREE_TEST(every_failure_is_told_in_the_order_of_the_keys) {
    CHECK_STR(
        checked(
            "{\"name\":\"\",\"box\":{\"inner\":{\"least\":10,\"ratio\":\"x\"}},\"door\":\"gone\","
            "\"tags\":[1,\"a\",\"b\",\"c\"],\"lamp\":1,\"env\":{\"A.B\":true},\"id\":\"x\"}"),
        "box.inner.least: must be at most 9, is 10\n"
        "box.inner.ratio: must be a number, not a string (\"x\")\n"
        "box.kind: is required\n"
        "door: must be one of open, closed; is \"gone\"\n"
        "env[\"A.B\"]: must be a string, not a boolean (true): put it into quotes\n"
        "id: is an output and cannot be set; take it out of the program\n"
        "lamp: must be true or false, not a number (1): write true\n"
        "name: must not be empty\n"
        "tags: may have at most 3 items, has 4\n"
        "tags[0]: must be a string, not a number (1): put it into quotes\n");
}

TREE_TEST(lengths_count_code_points) {
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"name\":\"abcdef\"}"),
              "name: may have at most 5 characters, has 6\n");
    /* Five letters in ten bytes: the length fits, the pattern does not. */
    CHECK_STR(
        checked("{\"box\":{\"kind\":\"k\"},\"name\":\"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\"}"),
        "name: may hold only letters; is \"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\"\n");
}

TREE_TEST(a_pattern_sees_all_of_a_text_and_no_more) {
    CHECK(prop_matches("^a$", str_slice(STR("ab"), 0, 1)));
    CHECK(!prop_matches("^a$", STR("a\0b")));
    CHECK(!prop_matches("^a$", STR_EMPTY));
}

TREE_TEST(a_pattern_matches_the_whole_text) {
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"name\":\"a1\"}"),
              "name: may hold only letters; is \"a1\"\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"name\":\"ab\\n\"}"),
              "name: may hold only letters; is \"ab\n\"\n");
}

TREE_TEST(integers_are_whole_and_safe) {
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"count\":1.5}"),
              "count: must be a whole number, is 1.5\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"count\":1e300}"),
              "count: must be a whole number, is 1e+300\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\",\"inner\":{\"least\":-1}}}"),
              "box.inner.least: must be at least 0, is -1\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"count\":9007199254740991}"),
              "{\"box\":{\"kind\":\"k\"},\"count\":9007199254740991}");
}

TREE_TEST(one_of_wants_exactly_one) {
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"engine\":{}}"),
              "engine: needs exactly one of steam, petrol; 0 are set\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"engine\":{\"steam\":{},\"petrol\":{}}}"),
              "engine: needs exactly one of steam, petrol; 2 are set\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"engine\":{\"steam\":{}}}"),
              "{\"box\":{\"kind\":\"k\"},\"engine\":{\"steam\":{}}}");
}

TREE_TEST(unknown_keys_are_met_with_what_was_meant) {
    CHECK_STR(
        checked("{\"box\":{\"kind\":\"k\",\"Kind\":\"x\"},\"colour_\":\"red\",\"nme\":\"a\"}"),
        "box.Kind: unknown property; did you mean \"kind\"?\n"
        "colour_: unknown property; did you mean \"colour\"?\n"
        "nme: unknown property; did you mean \"name\"?\n");
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\",\"elephant\":1}}"),
              "box.elephant: unknown property; known here: kind, inner\n");
}

TREE_TEST(text_with_nul_and_bytes_are_refused) {
    struct value *news = value_map(arena);
    struct value *box = value_map(arena);
    value_map_set_c(arena, news, "box", box);
    value_map_set_c(arena, box, "kind", value_string(arena, STR("a\0b")));
    value_map_set_c(arena, news, "note", value_string(arena, STR("\xff")));
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    (void)prop_check(&fixture.ctx, &toy_table, NULL, news, &failures);
    REQUIRE(failures.count == 2);
    CHECK_STR(failures.items[0].property, "box.kind");
    CHECK_STR(failures.items[0].reason.text, "must not contain a NUL character");
    CHECK_STR(failures.items[1].property, "note");
    CHECK_STR(failures.items[1].reason.text, "is not valid UTF-8 text");
}

TREE_TEST(warnings_go_to_the_log) {
    fixture.lines = STR_EMPTY;
    CHECK_STR(
        checked("{\"box\":{\"kind\":\"k\"},\"wish\":\"x\",\"door\":\"ajar\",\"colour\":\"green\"}"),
        "{\"box\":{\"kind\":\"k\"},\"colour\":\"green\",\"door\":\"ajar\",\"wish\":\"x\"}");
    CHECK_STR(fixture.lines,
              "colour: \"green\" is not among the values known to this version (red, blue); it is "
              "passed on as it is\n"
              "door: \"ajar\" is deprecated: say open\n"
              "wish is deprecated: wish less\n");
    fixture.lines = STR_EMPTY;
    CHECK_STR(checked("{\"box\":{\"kind\":\"k\"},\"door\":\"shut\",\"colour\":\"red\"}"),
              "{\"box\":{\"kind\":\"k\"},\"colour\":\"red\",\"door\":\"shut\"}");
    CHECK_STR(fixture.lines, "");
}

TREE_TEST(secrets_never_show_in_a_reason_or_warning) {
    fixture.lines = STR_EMPTY;
    const struct value *news =
        tree(arena, "{\"box\":{\"kind\":\"k\"},\"colour\":{\"$secret\":\"hidden-green\"}}");
    redact_add_value(&fixture.ctx.redact, news);
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    (void)prop_check(&fixture.ctx, &toy_table, NULL, news, &failures);
    failures_tell_warnings(&failures);
    CHECK(str_find(fixture.lines, STR("[secret]")) >= 0);
    CHECK(str_find(fixture.lines, STR("hidden-green")) < 0);
}

TREE_TEST(what_fails_is_not_passed_on) {
    const struct value *news = tree(
        arena, "{\"box\":{\"kind\":\"k\"},\"wish\":\"x\",\"door\":\"ajar\",\"colour\":\"green\"}");
    struct failures failures;
    fixture.lines = STR_EMPTY;
    failures_init(&failures, &fixture.ctx);
    (void)prop_check(&fixture.ctx, &toy_table, NULL, news, &failures);
    failures_add(&failures, STR("colour"), "goes with no box");
    failures_add(&failures, STR("door"), "goes with no box");
    failures_tell_warnings(&failures);
    CHECK_STR(fixture.lines, "wish is deprecated: wish less\n");
}

TREE_TEST(who_mends_a_property_is_told_of_its_members_later) {
    struct failures failures;
    fixture.lines = STR_EMPTY;
    failures_init(&failures, &fixture.ctx);
    failures_warn(&failures, STR("box.kind"), "within");
    failures_warn(&failures, STR("tags[0].key"), "within an item");
    failures_warn(&failures, STR("boxes.kind"), "beside");
    failures_warn(&failures, STR("door"), "above");
    failures_add(&failures, STR("box"), "goes with no door");
    failures_add(&failures, STR("tags"), "are too many");
    failures_add(&failures, STR("door.handle"), "is required");
    failures_tell_warnings(&failures);
    CHECK_STR(fixture.lines, "beside\nabove\n");
}

TEST_MAIN {
    RUN(good_inputs_come_back_as_they_are);
    RUN(nulls_and_internal_keys_are_dropped);
    RUN(a_null_is_not_set);
    RUN(secrets_are_wrapped_once_and_kept);
    RUN(what_is_unknown_passes_every_rule);
    RUN(every_failure_is_told_in_the_order_of_the_keys);
    RUN(lengths_count_code_points);
    RUN(a_pattern_sees_all_of_a_text_and_no_more);
    RUN(a_pattern_matches_the_whole_text);
    RUN(integers_are_whole_and_safe);
    RUN(one_of_wants_exactly_one);
    RUN(unknown_keys_are_met_with_what_was_meant);
    RUN(text_with_nul_and_bytes_are_refused);
    RUN(warnings_go_to_the_log);
    RUN(what_fails_is_not_passed_on);
    RUN(who_mends_a_property_is_told_of_its_members_later);
    RUN(secrets_never_show_in_a_reason_or_warning);
}
