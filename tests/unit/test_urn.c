#include "core/methods/provider.h"
#include "testing.h"

static struct str type;
static struct str name;

static bool parse(const char *urn) {
    type = STR_EMPTY;
    name = STR_EMPTY;
    return provider_parse_urn(str_of(urn), &type, &name);
}

TEST(type_and_name_are_the_last_two_parts) {
    REQUIRE(parse("urn:pulumi:dev::shop::inference:hf:Endpoint::demo"));
    CHECK_STR(type, "inference:hf:Endpoint");
    CHECK_STR(name, "demo");
}

TEST(parents_are_no_part_of_the_type) {
    REQUIRE(parse("urn:pulumi:dev::shop::a:b:C$d:e:F$inference:hf:Endpoint::demo"));
    CHECK_STR(type, "inference:hf:Endpoint");
}

TEST(a_name_may_hold_colons) {
    REQUIRE(parse("urn:pulumi:dev::shop::inference:hf:Endpoint::a::b"));
    CHECK_STR(name, "a::b");
}

TEST(a_name_may_be_empty) {
    REQUIRE(parse("urn:pulumi:dev::default::pulumi:providers:inference::"));
    CHECK_STR(type, "pulumi:providers:inference");
    CHECK_STR(name, "");
}

TEST(anything_else_is_refused) {
    CHECK(!parse(""));
    CHECK(!parse("urn:pulumi:dev"));
    CHECK(!parse("urn:pulumi:dev::shop::type"));
    CHECK(!parse("urn:pulumi:dev::shop::::demo"));
    CHECK(!parse("urn:pulumi:dev::shop::a$::demo"));
    CHECK(!parse("urn:other:dev::shop::type::demo"));
}

TEST_MAIN {
    RUN(type_and_name_are_the_last_two_parts);
    RUN(parents_are_no_part_of_the_type);
    RUN(a_name_may_hold_colons);
    RUN(a_name_may_be_empty);
    RUN(anything_else_is_refused);
}
