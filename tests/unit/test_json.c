#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/json.h"
#include "testing.h"

enum { PLENTY = 256 * 1024 * 1024 };

struct text_case {
    const char *text;
    const char *expected;
};

/* Parses and writes again; the failure's text when it does not parse. */
static struct str rewritten(struct arena *arena, struct str text) {
    struct value *value;
    struct str why;
    if (!json_parse(arena, text, &value, &why)) {
        CHECK(value == NULL);
        return why;
    }
    CHECK_STR(why, "");
    struct buf buf;
    buf_init(&buf, PLENTY);
    CHECK(json_write(&buf, value));
    struct str copy = arena_str(arena, buf_str(&buf));
    buf_cleanup(&buf);
    return copy;
}

static void check_cases(const struct text_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(PLENTY);
        struct str text = str_of(cases[i].text);
        if (!CHECK_STR_IS(rewritten(arena, text), str_of(cases[i].expected))) {
            fprintf(stderr, "  from %s\n", cases[i].text);
        }
        arena_free(arena);
    }
}

#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof((cases)[0]))

TEST(documents_come_back_compact_and_sorted) {
    static const struct text_case cases[] = {
        {"null", "null"},
        {"true", "true"},
        {" \t\r\n false \n", "false"},
        {"\"\"", "\"\""},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[ 1 , [ ] , { } , \"a\" ]", "[1,[],{},\"a\"]"},
        {"{\"b\": 1, \"a\": {\"d\": [null], \"c\": \"x\"}}",
         "{\"a\":{\"c\":\"x\",\"d\":[null]},\"b\":1}"},
        {"{\"\":1}", "{\"\":1}"},
        {"{\"name\":1,\"Name\":2,\"NAME\":3}", "{\"NAME\":3,\"Name\":2,\"name\":1}"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
    };
    CHECK_CASES(cases);
}

TEST(strings_keep_every_character) {
    static const struct text_case cases[] = {
        {"\"a\\\"b\\\\c\\/d\"", "\"a\\\"b\\\\c/d\""},
        {"\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\""},
        {"\"\\u001f\\u007F\"", "\"\\u001f\x7F\""},
        {"\"\\u00e9\\u20AC\"", "\"\xC3\xA9\xE2\x82\xAC\""},
        {"\"\\ud83d\\uDE00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\xF0\x9F\x98\x80\"", "\"\xF0\x9F\x98\x80\""},
        /* A NUL would end the string inside cJSON. */
        {"\"a\\u0000b\"", "\"a\xEF\xBF\xBD"
                          "b\""},
        {"{\"k\\u0000\":1}", "{\"k\xEF\xBF\xBD\":1}"},
        /* An escaped backslash, then plain text. */
        {"\"a\\\\u0000\"", "\"a\\\\u0000\""},
        {"\"a\\\\\\u0000\"", "\"a\\\\\xEF\xBF\xBD\""},
        /* A number in a string is text. */
        {"\"9007199254740993\"", "\"9007199254740993\""},
    };
    CHECK_CASES(cases);
}

#define LOST "\xEF\xBF\xBD"

TEST(half_a_surrogate_pair_hides_nothing) {
    static const struct text_case cases[] = {
        {"\"a\\ud800b\"", "\"a" LOST "b\""},
        {"\"\\udc00\"", "\"" LOST "\""},
        {"\"\\udbff\"", "\"" LOST "\""},
        {"\"\\ud800\\u0041\"", "\"" LOST "A\""},
        {"\"\\ud800\\u0000\"", "\"" LOST LOST "\""},
        {"\"\\ud800\\ud800\"", "\"" LOST LOST "\""},
        {"\"\\ud800\\ud83d\\ude00\"", "\"" LOST "\xF0\x9F\x98\x80\""},
        {"\"\\udc00\\ud800\"", "\"" LOST LOST "\""},
        {"\"\\ud800\\n\"", "\"" LOST "\\n\""},
        {"\"\\ud800\\\\udc00\"", "\"" LOST "\\\\udc00\""},
        {"{\"\\ud800\":[\"\\uDFFF\"],\"b\":1}", "{\"b\":1,\"" LOST "\":[\"" LOST "\"]}"},
    };
    CHECK_CASES(cases);
}

TEST(what_is_no_number_is_null) {
    static const struct text_case cases[] = {
        {"NaN", "null"},
        {"[NaN, Infinity,-Infinity ]", "[null,null,null]"},
        {"{\"a\":NaN,\"b\":1}", "{\"a\":null,\"b\":1}"},
        {"\"NaN\"", "\"NaN\""},
    };
    CHECK_CASES(cases);
}

TEST(a_mark_of_the_byte_order_is_passed_over) {
    static const struct text_case cases[] = {{"\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}"}};
    CHECK_CASES(cases);
}

TEST(integers_beyond_2_to_53_become_strings) {
    static const struct text_case cases[] = {
        {"9007199254740992", "9007199254740992"},
        {"-9007199254740992", "-9007199254740992"},
        {"9007199254740993", "\"9007199254740993\""},
        {"-9007199254740993", "\"-9007199254740993\""},
        {"10000000000000000", "\"10000000000000000\""},
        {"[ 18446744073709551615 ]", "[\"18446744073709551615\"]"},
        {"{\"id\":9007199254740993}", "{\"id\":\"9007199254740993\"}"},
        {"{\"id\":9007199254740993 ,\"b\":1}", "{\"b\":1,\"id\":\"9007199254740993\"}"},
        {"123456789012345678901234567890123456789012345678901234567890123456789012345",
         "\"123456789012345678901234567890123456789012345678901234567890123456789012345\""},
    };
    CHECK_CASES(cases);
}

TEST(other_numbers_are_doubles) {
    static const struct text_case cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.5", "-0.5"},
        {"1e3", "1000"},
        {"1E+2", "100"},
        {"25e-1", "2.5"},
        {"1e-400", "0"},
        {"1e400", "\"1e400\""},
        {"[-1e999999999999, 1]", "[\"-1e999999999999\",1]"},
        {"0.10000000000000000555", "0.1"},
        /* Longer than the 63 characters cJSON looks at. */
        {"[0.3333333333333333333333333333333333333333333333333333333333333333333333333,1]",
         "[0.3333333333333333,1]"},
        {"1.00000000000000000000000000000000000000000000000000000000000000000000000000e2", "100"},
    };
    CHECK_CASES(cases);
}

TEST(what_is_not_json_is_refused) {
    static const struct text_case cases[] = {
        {"", "text that is not JSON"},
        {" ", "text that is not JSON"},
        {"nul", "text that is not JSON"},
        {"truex", "text that is not JSON"},
        {"1 2", "a malformed number"},
        {"[] []", "text that is not JSON"},
        {"{} x", "text that is not JSON"},
        {"[1,]", "text that is not JSON"},
        {"[,1]", "text that is not JSON"},
        {"[1", "text that is not JSON"},
        {"]", "text that is not JSON"},
        {"[1}", "text that is not JSON"},
        {"{\"a\"}", "text that is not JSON"},
        {"{\"a\":}", "text that is not JSON"},
        {"{a:1}", "text that is not JSON"},
        {"{1:2}", "a malformed number"},
        {"{9007199254740993:2}", "a malformed number"},
        {"{9007199254740993 :2}", "a malformed number"},
        {"'a'", "a character that JSON does not allow"},
        {"/* */ 1", "a character that JSON does not allow"},
        {"\x01"
         "1",
         "a character that JSON does not allow"},
        {"1\xEF\xBB\xBF", "a malformed number"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF"
         "1",
         "a character that JSON does not allow"},
        {"{NaN:1}", "text that is not JSON"},
        {"NaN1", "text that is not JSON"},
        {"nan", "text that is not JSON"},
    };
    CHECK_CASES(cases);
}

TEST(malformed_numbers_are_refused) {
    static const struct text_case cases[] = {
        {"01", "a malformed number"},
        {"-", "a malformed number"},
        {"-a", "a malformed number"},
        {"1.", "a malformed number"},
        {"1.e5", "a malformed number"},
        {"1e", "a malformed number"},
        {"1e+", "a malformed number"},
        {"1-2", "a malformed number"},
        {"0x10", "a malformed number"},
        {"1.5.5", "a malformed number"},
        {"+1", "a character that JSON does not allow"},
        {".5", "a character that JSON does not allow"},
        {"1e400x", "a malformed number"},
    };
    CHECK_CASES(cases);
}

TEST(malformed_strings_are_refused) {
    static const struct text_case cases[] = {
        {"\"", "a string without an end"},
        {"\"abc", "a string without an end"},
        {"\"abc\\\"", "a string without an end"},
        {"\"abc\\", "an unknown escape in a string"},
        {"\"\\x\"", "an unknown escape in a string"},
        {"\"\\u12\"", "a \\u escape without four hexadecimal digits"},
        {"\"\\u12G4\"", "a \\u escape without four hexadecimal digits"},
        {"\"a\nb\"", "a control character in a string"},
        {"\"a\x1F\"", "a control character in a string"},
        {"\"\\ud800\\u12\"", "a \\u escape without four hexadecimal digits"},
        {"\"\\ud800\\x\"", "an unknown escape in a string"},
        {"\"\xC3\"", "text that is not UTF-8"},
        {"\"\xED\xA0\x80\"", "text that is not UTF-8"},
        {"\"\xC0\x80\"", "text that is not UTF-8"},
    };
    CHECK_CASES(cases);
}

TEST(nul_bytes_are_refused_wherever_they_stand) {
    struct arena *arena = arena_new(PLENTY);
    CHECK_STR(rewritten(arena, STR("1\0")), "a malformed number");
    CHECK_STR(rewritten(arena, STR("{}\0")), "a character that JSON does not allow");
    CHECK_STR(rewritten(arena, STR("\0{}")), "a character that JSON does not allow");
    CHECK_STR(rewritten(arena, STR("\"a\0b\"")), "a control character in a string");
    CHECK_STR(rewritten(arena, STR("\"\\\0\"")), "an unknown escape in a string");
    arena_free(arena);
}

TEST(a_view_is_read_to_its_end_and_no_further) {
    struct arena *arena = arena_new(PLENTY);
    CHECK_STR(rewritten(arena, str_slice(STR("1.55"), 0, 3)), "1.5");
    CHECK_STR(rewritten(arena, str_slice(STR("123"), 0, 2)), "12");
    CHECK_STR(rewritten(arena, str_slice(STR("[1]]"), 0, 3)), "[1]");
    CHECK_STR(rewritten(arena, str_slice(STR("\"ab\""), 0, 3)), "a string without an end");
    CHECK_STR(rewritten(arena, (struct str){NULL, 0}), "text that is not JSON");
    /* A copy of just the right size, so that AddressSanitizer sees a byte too far. */
    char *exact = malloc(3);
    REQUIRE(exact != NULL);
    memcpy(exact, "1.5", 3);
    CHECK_STR(rewritten(arena, (struct str){exact, 3}), "1.5");
    memcpy(exact, "\"\\u", 3);
    CHECK_STR(rewritten(arena, (struct str){exact, 3}),
              "a \\u escape without four hexadecimal digits");
    free(exact);
    arena_free(arena);
}

static struct str repeated(struct arena *arena, struct str open, struct str middle,
                           struct str close, size_t count) {
    struct buf buf;
    buf_init(&buf, PLENTY);
    for (size_t i = 0; i < count; i++) {
        buf_append(&buf, open);
    }
    buf_append(&buf, middle);
    for (size_t i = 0; i < count; i++) {
        buf_append(&buf, close);
    }
    struct str text = arena_str(arena, buf_str(&buf));
    buf_cleanup(&buf);
    return text;
}

TEST(nesting_ends_at_64_levels) {
    struct arena *arena = arena_new(PLENTY);
    struct str deepest = repeated(arena, STR("["), STR("1"), STR("]"), 64);
    CHECK_STR_IS(rewritten(arena, deepest), deepest);
    struct str maps = repeated(arena, STR("{\"a\":"), STR("1"), STR("}"), 64);
    CHECK_STR_IS(rewritten(arena, maps), maps);
    const struct str why = STR("nesting deeper than 64 levels");
    CHECK_STR_IS(rewritten(arena, repeated(arena, STR("["), STR("1"), STR("]"), 65)), why);
    CHECK_STR_IS(rewritten(arena, repeated(arena, STR("{\"a\":"), STR("1"), STR("}"), 65)), why);
    CHECK_STR_IS(rewritten(arena, repeated(arena, STR("["), STR(""), STR(""), 1000000)), why);
    struct str in_string = repeated(arena, STR(""), STR("\"[[[[\""), STR(""), 1);
    CHECK_STR(rewritten(arena, in_string), "\"[[[[\"");
    arena_free(arena);
}

TEST(size_is_bounded_by_count_and_by_the_arena) {
    struct arena *arena = arena_new(PLENTY);
    struct str many = repeated(arena, STR("["), STR("1"), STR("]"), 1);
    CHECK_STR(rewritten(arena, many), "[1]");
    struct buf buf;
    buf_init(&buf, PLENTY);
    buf_append_char(&buf, '[');
    for (int i = 0; i < 500000; i++) {
        buf_append(&buf, STR("1,"));
    }
    buf_append(&buf, STR("1]"));
    CHECK_STR(rewritten(arena, buf_str(&buf)), "more values than are accepted");
    buf_cleanup(&buf);
    arena_free(arena);
    struct arena *small = arena_new(1000);
    struct value *value;
    struct str why;
    CHECK(json_parse(small, STR("[1,2,3]"), &value, &why));
    struct str list = STR("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]");
    CHECK(!json_parse(small, list, &value, &why));
    CHECK_STR(why, "more data than one call may hold");
    CHECK(value == NULL);
    arena_free(small);
}

TEST(strings_are_written_with_every_escape) {
    struct buf buf;
    buf_init(&buf, 1000);
    struct value string = {.kind = VALUE_STRING, .string = STR("\0\x01\b\t\n\v\f\r\x1F\"\\/\x7F")};
    CHECK(json_write(&buf, &string));
    CHECK_STR(buf_str(&buf), "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7F\"");
    buf_cleanup(&buf);
}

TEST(what_json_cannot_say_is_not_written) {
    struct arena *arena = arena_new(PLENTY);
    struct value *asset = value_map(arena);
    asset->kind = VALUE_ASSET;
    struct value *archive = value_map(arena);
    archive->kind = VALUE_ARCHIVE;
    struct value *bad[] = {
        value_number(arena, NAN),
        value_number(arena, INFINITY),
        value_number(arena, -INFINITY),
        value_unknown(arena),
        value_string(arena, STR("\xFF")),
        asset,
        archive,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct buf buf;
        buf_init(&buf, 1000);
        CHECK(!json_write(&buf, bad[i]));
        struct value *list = value_list(arena);
        value_list_append(arena, list, bad[i]);
        CHECK(!json_write(&buf, list));
        struct value *map = value_map(arena);
        value_map_set_c(arena, map, "a", list);
        CHECK(!json_write(&buf, map));
        buf_cleanup(&buf);
    }
    arena_free(arena);
}

TEST(secrets_and_missing_values_are_written_as_they_are) {
    struct arena *arena = arena_new(PLENTY);
    struct value *map = value_map(arena);
    struct value *secret = value_with_secret(arena, value_string_c(arena, "s"), true);
    value_map_set_c(arena, map, "a", secret);
    value_map_set_c(arena, map, "b", NULL);
    struct buf buf;
    buf_init(&buf, 1000);
    buf_append(&buf, STR(">"));
    CHECK(json_write(&buf, map));
    CHECK_STR(buf_str(&buf), ">{\"a\":\"s\",\"b\":null}");
    buf_cleanup(&buf);
    arena_free(arena);
}

static void *parse_often(void *argument) {
    (void)argument;
    for (int i = 0; i < 200; i++) {
        struct arena *arena = arena_new(PLENTY);
        struct str good = STR("{\"a\":[1,2.5,\"x\"]}");
        CHECK_STR_IS(rewritten(arena, good), good);
        CHECK_STR(rewritten(arena, STR("[1,")), "text that is not JSON");
        arena_free(arena);
    }
    return NULL;
}

TEST(threads_parse_side_by_side) {
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, parse_often, NULL) == 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

TEST_MAIN {
    RUN(documents_come_back_compact_and_sorted);
    RUN(strings_keep_every_character);
    RUN(half_a_surrogate_pair_hides_nothing);
    RUN(what_is_no_number_is_null);
    RUN(a_mark_of_the_byte_order_is_passed_over);
    RUN(integers_beyond_2_to_53_become_strings);
    RUN(other_numbers_are_doubles);
    RUN(what_is_not_json_is_refused);
    RUN(malformed_numbers_are_refused);
    RUN(malformed_strings_are_refused);
    RUN(nul_bytes_are_refused_wherever_they_stand);
    RUN(a_view_is_read_to_its_end_and_no_further);
    RUN(nesting_ends_at_64_levels);
    RUN(size_is_bounded_by_count_and_by_the_arena);
    RUN(strings_are_written_with_every_escape);
    RUN(what_json_cannot_say_is_not_written);
    RUN(secrets_and_missing_values_are_written_as_they_are);
    RUN(threads_parse_side_by_side);
}
