/* Values that one can write in more than one way: letter case, numbers as text, lists as JSON text.
 */
#include "core/props/prop.h"
#include "trees.h"

static const struct value empty_text = {.kind = VALUE_STRING, .string = {"", 0}};

static const struct prop_value kinds[] = {{"FAST", "quick", NULL}, {"SLOW", NULL, NULL}};

static const struct prop rows[] = {
    {.name = "kind",
     .type = PROP_STRING,
     .flags = PROP_INPUT | PROP_OUTPUT | PROP_NOCASE,
     .values = kinds,
     .value_count = 2},
    {.name = "number",
     .type = PROP_STRING,
     .flags = PROP_INPUT | PROP_OUTPUT | PROP_NUMERIC,
     .default_value = &empty_text},
    {.name = "policy",
     .type = PROP_STRING,
     .flags = PROP_INPUT | PROP_OUTPUT,
     .default_value = &empty_text,
     .values = kinds,
     .value_count = 2},
    {.name = "words", .type = PROP_ANY, .flags = PROP_INPUT | PROP_OUTPUT | PROP_WORDS},
};
static const struct prop_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static bool equal(const char *olds, const char *news) {
    struct diff_list diffs = {.ctx = &fixture.ctx};
    prop_diff(&diffs, &table, NULL, tree(arena, olds), tree(arena, news));
    return diffs.count == 0;
}

static size_t failures_of(const char *news) {
    struct failures failures;
    failures_init(&failures, &fixture.ctx);
    (void)prop_check(&fixture.ctx, &table, tree(arena, news), &failures);
    return failures.count;
}

TREE_TEST(letter_case_of_an_allowed_value_makes_no_difference_where_the_row_says_so) {
    CHECK(equal("{\"kind\":\"FAST\"}", "{\"kind\":\"Quick\"}"));
    CHECK(equal("{\"kind\":\"slow\"}", "{\"kind\":\"SLOW\"}"));
    CHECK(!equal("{\"kind\":\"slow\"}", "{\"kind\":\"fast\"}"));
    CHECK(failures_of("{\"kind\":\"fAST\"}") == 0);
    CHECK(failures_of("{\"kind\":\"faster\"}") == 1);
    CHECK_TREE(prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"kind\":\"fast\"}")),
               "{\"kind\":\"quick\"}");
    CHECK_TREE(prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"kind\":\"slow\"}")),
               "{\"kind\":\"SLOW\"}");
}

TREE_TEST(text_of_digits_goes_over_the_wire_as_a_number) {
    CHECK_TREE(prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"number\":\"41\"}")),
               "{\"number\":41}");
    CHECK_TREE(
        prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"number\":\"999999999999999\"}")),
        "{\"number\":999999999999999}");
    CHECK_TREE(
        prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"number\":\"9999999999999999\"}")),
        "{\"number\":\"9999999999999999\"}");
    CHECK_TREE(prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"number\":\"x1\"}")),
               "{\"number\":\"x1\"}");
    CHECK_TREE(prop_encode_create(&fixture.ctx, &table, tree(arena, "{\"number\":\"\"}")),
               "{\"number\":null}");
    CHECK_TREE(prop_decode(&fixture.ctx, &table, tree(arena, "{\"number\":41}")),
               "{\"number\":\"41\"}");
}

TREE_TEST(a_default_passes_where_values_are_listed) {
    CHECK(failures_of("{\"policy\":\"\"}") == 0);
    CHECK(failures_of("{\"policy\":\"quick\"}") == 0);
    CHECK(failures_of("{\"policy\":\"x\"}") == 1);
}

TREE_TEST(a_list_of_words_equals_the_text_of_one) {
    CHECK(equal("{\"words\":[\"a\",\"b\"]}", "{\"words\":\"[\\\"a\\\", \\\"b\\\"]\"}"));
    CHECK(equal("{\"words\":\"[\\\"a\\\"]\"}", "{\"words\":\"[ \\\"a\\\" ]\"}"));
    CHECK(equal("{\"words\":[]}", "{\"words\":\"\"}"));
    CHECK(equal("{\"words\":[]}", "{}"));
    CHECK(!equal("{\"words\":[\"a\"]}", "{\"words\":\"a\"}"));
    CHECK(!equal("{\"words\":[\"a\"]}", "{\"words\":[\"a\",\"b\"]}"));
    CHECK(!equal("{\"words\":[\"a\"]}", "{}"));
    CHECK(equal("{\"words\":\"['a']\"}", "{\"words\":\"['a']\"}"));
    CHECK(!equal("{\"words\":\"['a']\"}", "{\"words\":[\"a\"]}"));
}

TEST_MAIN {
    RUN(letter_case_of_an_allowed_value_makes_no_difference_where_the_row_says_so);
    RUN(text_of_digits_goes_over_the_wire_as_a_number);
    RUN(a_default_passes_where_values_are_listed);
    RUN(a_list_of_words_equals_the_text_of_one);
}
