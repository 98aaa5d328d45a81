#include "core/endpoint/name.h"
#include "trees.h"

static const struct prop name_rows[] = {
    {.name = "name",
     .type = PROP_STRING,
     .flags = PROP_INPUT | PROP_OUTPUT,
     .min_length = 1,
     .max_length = 16,
     .pattern = "^[a-z0-9-]+$",
     .pattern_hint = "may hold only lower-case letters"},
};

static struct cloud_tables tables_with(bool lower_case, bool letter_first, bool single) {
    return (struct cloud_tables){.props = {name_rows, 1},
                                 .name_rule = {.property = "name",
                                               .max_length = 16,
                                               .alphabet = "-",
                                               .lower_case = lower_case,
                                               .letter_first = letter_first,
                                               .single_separators = single}};
}

static const struct value *resolved(const struct cloud_tables *tables,
                                    const struct check_request *request, const char *inputs,
                                    struct failures *failures) {
    struct value *out = value_map_clone(arena, tree(arena, inputs));
    failures_init(failures, &fixture.ctx);
    name_resolve(&fixture.ctx, tables, request, out, failures);
    return out;
}

static struct str made(const struct cloud_tables *tables, struct str logical) {
    const struct check_request request = {
        .urn = STR("urn"), .name = logical, .random_seed = STR("0123456789")};
    struct failures failures;
    const struct value *out = resolved(tables, &request, "{}", &failures);
    CHECK(name_is_auto(out, &tables->name_rule));
    return value_text_at(out, "name");
}

static struct str stem(const struct cloud_tables *tables, struct str logical) {
    struct str name = made(tables, logical);
    CHECK(name.len <= tables->name_rule.max_length);
    CHECK(name.len >= 8 && name.ptr[name.len - 8] == '-');
    return str_slice(name, 0, name.len - 8);
}

TREE_TEST(a_given_name_is_left_alone) {
    const struct cloud_tables tables = tables_with(true, false, true);
    const struct check_request request = {.name = STR("x"),
                                          .olds = tree(arena, "{\"name\":\"old\"}")};
    struct failures failures;
    CHECK_TREE(resolved(&tables, &request, "{\"name\":\"mine\"}", &failures),
               "{\"name\":\"mine\"}");
    CHECK_TREE(resolved(&tables, &request, "{\"name\":\"$unknown\"}", &failures),
               "{\"name\":\"$unknown\"}");
    CHECK(!name_is_auto(tree(arena, "{\"name\":\"mine\"}"), &tables.name_rule));
}

TREE_TEST(an_old_name_goes_before_a_new_one) {
    const struct cloud_tables tables = tables_with(true, false, true);
    const struct check_request request = {.name = STR("x"),
                                          .olds = tree(arena, "{\"name\":\"old\"}")};
    struct failures failures;
    CHECK_TREE(resolved(&tables, &request, "{}", &failures),
               "{\"name\":\"old\",\"__defaults\":[\"name\"]}");
}

TREE_TEST(names_are_spelled_by_the_rule) {
    const struct cloud_tables strict = tables_with(true, true, true);
    const struct cloud_tables loose = tables_with(false, false, false);
    CHECK_STR(stem(&strict, STR("Chat")), "chat");
    CHECK_STR(stem(&strict, STR("a_b..c")), "a-b-c");
    CHECK_STR(stem(&strict, STR("1st")), "e1st");
    CHECK_STR(stem(&strict, STR("-a-")), "e-a");
    CHECK_STR(stem(&strict, STR("abcdefghijklm")), "abcdefgh");
    CHECK_STR(stem(&strict, STR("abcdefg-hij")), "abcdefg");
    CHECK_STR(stem(&loose, STR("A__b")), "A--b");
}

TREE_TEST(digits_come_from_seed_urn_and_property_alone) {
    const struct cloud_tables tables = tables_with(true, false, true);
    CHECK_STR_IS(made(&tables, STR("a")), made(&tables, STR("a")));
    struct check_request request = {
        .urn = STR("other"), .name = STR("a"), .random_seed = STR("0123456789")};
    struct failures failures;
    struct str other = value_text_at(resolved(&tables, &request, "{}", &failures), "name");
    CHECK(!str_is(other, made(&tables, STR("a"))));
}

static struct str proposed(enum autonaming_mode mode, struct str proposal,
                           struct failures *failures) {
    const struct cloud_tables tables = tables_with(true, false, true);
    const struct check_request request = {.name = STR("a"),
                                          .has_autonaming = true,
                                          .autonaming_mode = mode,
                                          .proposed_name = proposal};
    return value_text_at(resolved(&tables, &request, "{}", failures), "name");
}

TREE_TEST(proposals_are_adapted_enforced_ones_are_not) {
    struct failures failures;
    CHECK_STR(proposed(AUTONAMING_PROPOSE, STR("Dev_Chat"), &failures), "dev-chat");
    CHECK_STR(proposed(AUTONAMING_PROPOSE, STR("a-long-project-name-1a2b3c4"), &failures),
              "a-long-p-1a2b3c4");
    CHECK_INT(failures.count, 0);
    CHECK_STR(proposed(AUTONAMING_ENFORCE, STR("good"), &failures), "good");
    CHECK_INT(failures.count, 0);
    (void)proposed(AUTONAMING_ENFORCE, STR("Bad"), &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].property, "name");
    CHECK_STR(failures.items[0].reason.text, "may hold only lower-case letters; is \"Bad\"");
    (void)proposed(AUTONAMING_DISABLE, STR_EMPTY, &failures);
    REQUIRE(failures.count == 1);
    CHECK_STR(failures.items[0].reason.text, "is required because autonaming is disabled");
}

TREE_TEST(siblings_differ_in_what_is_random) {
    static const struct {
        const char *name;
        const char *other;
        bool siblings;
    } rows[] = {
        {"demo-1a2b3c4", "demo-9f8e7d6", true},
        {"demo-abcdefa", "demo-fedcbaf", true},
        {"demo1a2b3c4", "demo9f8e7d6", true}, /* cut to what a name may be long */
        {"demo-1a2b", "demo-9f8e", true},     /* ${name}-${hex(4)} */
        {"shop-demo-k3xq9z", "shop-demo-zz8aa1", true},
        {"demo-1a2b3c4", "demo-1a2b3c4", false},
        {"demo-1a2b3c4", "demo-9f8e7d", false},
        {"demo-1a2b3c4", "deno-9f8e7d6", false},
        {"demo-blue", "demo-gold", false},
        {"demo-v1", "demo-v2", false},
        {"a1b2c3", "d4e5f6", false},
        {"demo-1a2b", "de-o-9f8e", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_INT(name_is_sibling(str_of(rows[i].name), str_of(rows[i].other)), rows[i].siblings);
    }
}

/* The two last digits begin SHA-256 of the URN, a line break and the five before. */
TREE_TEST(a_name_says_for_which_resource_it_was_made) {
    const struct cloud_tables tables = tables_with(true, false, true);
    struct str ours = made(&tables, STR("chat"));
    CHECK(name_is_made_for(arena, STR("urn"), ours));
    CHECK(!name_is_made_for(arena, STR("another"), ours));
    CHECK(name_is_made_for(arena, STR("urn"), STR("chat-01234d5")));
    CHECK(!name_is_made_for(arena, STR("urn"), STR("chat-0123400")));
    CHECK(!name_is_made_for(arena, STR("urn"), STR("chat-words")));
    CHECK(!name_is_made_for(arena, STR("urn"), STR("34e7")));
    CHECK(!name_is_made_for(arena, STR("urn"), STR_EMPTY));
}

TEST_MAIN {
    RUN(a_given_name_is_left_alone);
    RUN(an_old_name_goes_before_a_new_one);
    RUN(names_are_spelled_by_the_rule);
    RUN(digits_come_from_seed_urn_and_property_alone);
    RUN(proposals_are_adapted_enforced_ones_are_not);
    RUN(siblings_differ_in_what_is_random);
    RUN(a_name_says_for_which_resource_it_was_made);
}
