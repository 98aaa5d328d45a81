#include "testing.h"

TEST(equality_needs_the_same_bytes_and_length) {
    CHECK(str_is(STR("abc"), STR("abc")));
    CHECK(!str_is(STR("abc"), STR("abd")));
    CHECK(!str_is(STR("abc"), STR("ab")));
    CHECK(str_is(STR_EMPTY, (struct str){NULL, 0}));
    CHECK(str_is_c(STR("x"), "x"));
    CHECK(str_is_c(STR_EMPTY, NULL));
    CHECK(str_is_nocase(STR("Content-TYPE"), STR("content-type")));
    CHECK(!str_is_nocase(STR("content-type"), STR("content-typ")));
    /* Only letters: '@' and '`' stand 32 apart as 'A' and 'a' do. */
    CHECK(!str_is_nocase(STR("@"), STR("`")));
    CHECK(!str_is_nocase(STR("["), STR("{")));
}

TEST(compare_orders_by_bytes_and_puts_the_shorter_first) {
    CHECK(str_compare(STR("a"), STR("b")) < 0);
    CHECK(str_compare(STR("b"), STR("a")) > 0);
    CHECK(str_compare(STR("a"), STR("ab")) < 0);
    CHECK(str_compare(STR("ab"), STR("a")) > 0);
    CHECK_INT(str_compare(STR("ab"), STR("ab")), 0);
    CHECK(str_compare(STR("Z"), STR("a")) < 0);
    CHECK(str_compare(STR("z"), STR("\xC3\xA9")) < 0);
    CHECK(str_compare((struct str){NULL, 0}, STR("a")) < 0);
}

TEST(starts_ends_and_find_know_the_edges) {
    CHECK(str_starts(STR("https://x"), STR("https://")));
    CHECK(str_starts(STR("abc"), STR_EMPTY));
    CHECK(!str_starts(STR("ab"), STR("abc")));
    CHECK(!str_starts(STR("xabc"), STR("abc")));
    CHECK(str_ends(STR("a/b"), STR("/b")));
    CHECK(str_ends(STR("ab"), STR_EMPTY));
    CHECK(!str_ends(STR("b"), STR("ab")));
    CHECK(!str_ends(STR("abx"), STR("ab")));
    CHECK(str_starts_nocase(STR("HFtoken"), STR("hf")));
    CHECK(str_starts_nocase(STR("a"), STR_EMPTY));
    CHECK(!str_starts_nocase(STR("h"), STR("HF")));
    CHECK(str_ends_nocase(STR("hfToken"), STR("TOKEN")));
    CHECK(str_ends_nocase(STR("a"), STR_EMPTY));
    CHECK(!str_ends_nocase(STR("oken"), STR("TOKEN")));
    CHECK(!str_ends_nocase(STR("HF_TOKENS"), STR("TOKEN")));
    CHECK_INT(str_find(STR("abcabc"), STR("ca")), 2);
    CHECK_INT(str_find(STR("abc"), STR("d")), -1);
    CHECK_INT(str_find(STR("abc"), STR("abcd")), -1);
    CHECK_INT(str_find(STR("abc"), STR_EMPTY), 0);
    CHECK_INT(str_find((struct str){NULL, 0}, STR("a")), -1);
    CHECK_INT(str_find(STR("a\0b"), STR("b")), 2);
    CHECK(str_contains_nocase(STR("Rate LIMIT hit"), STR("limit")));
    CHECK(str_contains_nocase(STR("limit"), STR("LIMIT")));
    CHECK(str_contains_nocase(STR("a"), STR_EMPTY));
    CHECK(!str_contains_nocase(STR("limi"), STR("limit")));
}

TEST(slice_stays_inside) {
    CHECK_STR(str_slice(STR("abcdef"), 1, 3), "bc");
    CHECK_STR(str_slice(STR("abc"), 1, 99), "bc");
    CHECK_STR(str_slice(STR("abc"), 3, 5), "");
    CHECK_STR(str_slice(STR("abc"), 2, 1), "");
    CHECK_STR(str_slice(STR("abc"), 0, 0), "");
}

TEST(trim_removes_ascii_space_at_both_ends_only) {
    CHECK_STR(str_trim(STR(" \t\r\n\v\fa b \n")), "a b");
    CHECK_STR(str_trim(STR(" \n ")), "");
    CHECK_STR(str_trim(STR_EMPTY), "");
    CHECK_STR(str_trim(STR("\xC2\xA0x")), "\xC2\xA0x");
}

TEST(split_tells_an_empty_rest_from_none) {
    struct str rest;
    CHECK_STR(str_split(STR("a.b.c"), '.', &rest), "a");
    CHECK_STR(rest, "b.c");
    CHECK_STR(str_split(STR("a."), '.', &rest), "a");
    CHECK(rest.ptr != NULL && rest.len == 0);
    CHECK_STR(str_split(STR("a"), '.', &rest), "a");
    CHECK(rest.ptr == NULL && rest.len == 0);
    CHECK_STR(str_split(STR(".a"), '.', &rest), "");
    CHECK_STR(rest, "a");
    CHECK_STR(str_split(STR_EMPTY, '.', &rest), "");
    CHECK(rest.ptr == NULL);
}

TEST(utf8_takes_the_first_and_last_of_each_length) {
    static const char *const good[] = {
        "",
        "plain",
        "\x7F",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xEC\xBF\xBF",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF3\xBF\xBF\xBF",
        "\xF4\x8F\xBF\xBF",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(str_is_utf8(str_of(good[i])));
    }
    CHECK(str_is_utf8(STR("a\0b")));
}

TEST(utf8_refuses_what_is_malformed) {
    static const char *const bad[] = {
        "\x80",             /* continuation alone */
        "a\xBF",            /* likewise, later */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong */
        "\xC2",             /* cut off */
        "\xC2x",            /* no continuation */
        "\xE0\x9F\xBF",     /* overlong */
        "\xE1\x80",         /* cut off */
        "\xE1\x80x",        /* third byte is no continuation */
        "\xED\xA0\x80",     /* surrogate */
        "\xED\xBF\xBF",     /* surrogate */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xF0\x90\x80",     /* cut off */
        "\xF0\x90\x80x",    /* fourth byte is no continuation */
        "\xF4\x90\x80\x80", /* past U+10FFFF */
        "\xF5\x80\x80\x80", /* never a lead byte */
        "\xFF",             /* likewise */
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!str_is_utf8(str_of(bad[i])));
    }
}

TEST(utf8_steps_and_counts_code_points) {
    CHECK_INT(str_utf8_step(STR("a\xC3\xA9")), 1);
    CHECK_INT(str_utf8_step(STR("\xC3\xA9x")), 2);
    CHECK_INT(str_utf8_step(STR("\xE2\x82\xAC")), 3);
    CHECK_INT(str_utf8_step(STR("\xF0\x9F\x98\x80x")), 4);
    CHECK_INT(str_utf8_step(STR("\xF0\x9F\x98")), 0);
    CHECK_INT(str_utf8_step(STR_EMPTY), 0);
    CHECK_INT(str_count_code_points(STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
    CHECK_INT(str_count_code_points(STR_EMPTY), 0);
}

TEST(cut_leaves_whole_code_points) {
    CHECK_STR(str_cut_utf8(STR("abc"), 3), "abc");
    CHECK_STR(str_cut_utf8(STR("abcd"), 3), "abc");
    CHECK_STR(str_cut_utf8(STR("ab\xC3\xA9"), 3), "ab");
    CHECK_STR(str_cut_utf8(STR("a\xC3\xA9y"), 3), "a\xC3\xA9");
    CHECK_STR(str_cut_utf8(STR("\xF0\x9F\x98\x80"), 3), "");
}

TEST(distance_counts_edits_and_swaps) {
    CHECK_INT(str_distance(STR("region"), STR("region")), 0);
    CHECK_INT(str_distance(STR("region"), STR("REGION")), 0);
    CHECK_INT(str_distance(STR(""), STR("abc")), 3);
    CHECK_INT(str_distance(STR("abc"), STR("")), 3);
    CHECK_INT(str_distance(STR("kitten"), STR("sitting")), 3);
    CHECK_INT(str_distance(STR("reigon"), STR("region")), 1);
    CHECK_INT(str_distance(STR("nmae"), STR("name")), 1);
    /* Optimal string alignment edits no part twice: a full Damerau distance would be 2. */
    CHECK_INT(str_distance(STR("ca"), STR("abc")), 3);
    CHECK_INT(str_distance(STR("minReplicas"), STR("minReplica")), 1);
}

TEST(distance_gives_up_past_64_bytes) {
    char text[65];
    memset(text, 'a', sizeof(text));
    CHECK_INT(str_distance((struct str){text, 64}, STR("")), 64);
    CHECK_INT(str_distance((struct str){text, 64}, (struct str){text, 64}), 0);
    CHECK_INT(str_distance((struct str){text, 65}, (struct str){text, 65}), 65);
    CHECK_INT(str_distance(STR("a"), (struct str){text, 65}), 65);
}

TEST_MAIN {
    RUN(equality_needs_the_same_bytes_and_length);
    RUN(compare_orders_by_bytes_and_puts_the_shorter_first);
    RUN(starts_ends_and_find_know_the_edges);
    RUN(slice_stays_inside);
    RUN(trim_removes_ascii_space_at_both_ends_only);
    RUN(split_tells_an_empty_rest_from_none);
    RUN(utf8_takes_the_first_and_last_of_each_length);
    RUN(utf8_refuses_what_is_malformed);
    RUN(utf8_steps_and_counts_code_points);
    RUN(cut_leaves_whole_code_points);
    RUN(distance_counts_edits_and_swaps);
    RUN(distance_gives_up_past_64_bytes);
}
