#include "base/redact.h"

#include "testing.h"

struct fixture {
    struct arena *arena;
    struct redact redact;
};

static struct fixture setup(void) {
    struct fixture fixture = {.arena = arena_new(16 * 1024 * 1024)};
    redact_init(&fixture.redact, fixture.arena);
    return fixture;
}

TEST(text_without_secrets_is_returned_as_it_is) {
    struct fixture f = setup();
    struct str text = STR("nothing to hide");
    CHECK(redact_apply(&f.redact, text).ptr == text.ptr);
    redact_add(&f.redact, STR("hf_abcdef"));
    CHECK(redact_apply(&f.redact, text).ptr == text.ptr);
    CHECK_STR(redact_apply(&f.redact, STR_EMPTY), "");
    struct redact none = {0};
    CHECK_STR(redact_apply(&none, text), "nothing to hide");
    arena_free(f.arena);
}

TEST(every_occurrence_is_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("hf_abcdef"));
    CHECK_STR(redact_apply(&f.redact, STR("hf_abcdef")), "[secret]");
    CHECK_STR(redact_apply(&f.redact, STR("<hf_abcdef>, hf_abcdef!")), "<[secret]>, [secret]!");
    CHECK_STR(redact_apply(&f.redact, STR("hf_abcdefhf_abcdef")), "[secret][secret]");
    CHECK_STR(redact_apply(&f.redact, STR("hf_abcde")), "hf_abcde");
    CHECK_STR(redact_apply(&f.redact, STR("HF_ABCDEF")), "HF_ABCDEF");
    arena_free(f.arena);
}

TEST(the_secret_is_copied) {
    struct fixture f = setup();
    char token[] = "token-1";
    redact_add(&f.redact, str_of(token));
    memset(token, 'x', sizeof(token) - 1);
    CHECK_STR(redact_apply(&f.redact, STR("a token-1 b")), "a [secret] b");
    arena_free(f.arena);
}

TEST(short_texts_are_left_out) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("abc"));
    redact_add(&f.redact, STR_EMPTY);
    CHECK_INT(f.redact.count, 0);
    redact_add(&f.redact, STR("abcd"));
    CHECK_STR(redact_apply(&f.redact, STR("abc abcd")), "abc [secret]");
    arena_free(f.arena);
}

TEST(encoded_forms_are_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("p\"a ss/w\xC3\xBC+"));
    CHECK_STR(redact_apply(&f.redact, STR("?key=p%22a%20ss%2Fw%C3%BC%2B&x=1")),
              "?key=[secret]&x=1");
    CHECK_STR(redact_apply(&f.redact, STR("{\"k\":\"p\\\"a ss/w\xC3\xBC+\"}")),
              "{\"k\":\"[secret]\"}");
    CHECK_STR(redact_apply(&f.redact, STR("Basic cCJhIHNzL3fDvCs= end")), "Basic [secret]= end");
    arena_free(f.arena);
}

/* Each encoder escapes what it pleases, and in the digits that it pleases. */
TEST(what_services_and_gateways_make_of_it_is_masked) {
    static const char *const told[] = {
        "p%22a%20s/w%c3%bc+%26<\\'x",                  /* digits in lower case, slashes left */
        "p%22a+s%2Fw%C3%BC%2B%26%3C%5C%27x",           /* as a form is sent */
        "p\\u0022a s\\/w\\u00fc+\\u0026\\u003c\\\\'x", /* JSON of ASCII alone */
        "p\\x22a s/w\\xC3\\xBC+&<\\x5c'x",             /* a gateway's log */
        "p&quot;a s/w\xC3\xBC+&amp;&lt;\\&#x27;x",     /* HTML */
        "p&#34;a s&#x2F;w&#252;&#43;&amp;&lt;&#92;&apos;x",
        "&#112;\"a s/w\xC3\xBC+&<\\'x",  /* also where it begins */
        "p\"a s/w\xC3\xBC\r\n\t+&<\\'x", /* a folded header */
    };
    struct fixture f = setup();
    redact_add(&f.redact, STR("p\"a s/w\xC3\xBC+&<\\'x"));
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        struct str text = arena_printf(f.arena, "-%s-", told[i]);
        CHECK_STR(redact_apply(&f.redact, text), "-[secret]-");
    }
    redact_add(&f.redact, STR("a\\nb%41\xF0\x9F\x94\x91")); /* looks escaped itself */
    CHECK_STR(redact_apply(&f.redact, STR("a\\nb%41\xF0\x9F\x94\x91 a\\\\nb%41\\ud83d\\uDD11")),
              "[secret] [secret]");
    CHECK_STR(redact_apply(&f.redact, STR("p%2 &#; &#x; &#99999999; \\u12 \\x \\ % &")),
              "p%2 &#; &#x; &#99999999; \\u12 \\x \\ % &");
    arena_free(f.arena);
}

/* The header of a login is base64 of "user:password". */
TEST(a_part_of_what_base64_holds_is_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("s3cr?t~~word"));
    /* base64 of "me:s3cr?t~~word", "you:s3cr?t~~word!", "a:s3cr?t~~word" of the URLs' alphabet */
    CHECK_STR(redact_apply(&f.redact, STR("Basic bWU6czNjcj90fn53b3Jk.")), "Basic bWU6[secret].");
    CHECK_STR(redact_apply(&f.redact, STR("eW91OnMzY3I/dH5+d29yZCE=")), "eW91On[secret]CE=");
    CHECK_STR(redact_apply(&f.redact, STR("YTpzM2NyP3R-fndvcmQ")), "YTp[secret]Q");
    arena_free(f.arena);
}

TEST(a_form_that_does_not_differ_is_kept_once) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("plain-token"));
    size_t count = f.redact.count;
    CHECK_INT(count, 5); /* itself, base64, and inside of base64 behind none, one or two bytes */
    redact_add(&f.redact, STR("plain-token"));
    CHECK_INT(f.redact.count, count);
    arena_free(f.arena);
}

TEST(the_longer_of_two_wins) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("token"));
    redact_add(&f.redact, STR("token-long"));
    redact_add(&f.redact, STR("toke"));
    CHECK_STR(redact_apply(&f.redact, STR("token-long token toke-")),
              "[secret] [secret] [secret]-");
    arena_free(f.arena);
}

TEST(overlapping_secrets_leave_no_part_behind) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("abcdef"));
    redact_add(&f.redact, STR("defghi"));
    redact_add(&f.redact, STR("cdef"));
    CHECK_STR(redact_apply(&f.redact, STR("-abcdefghi-")), "-[secret]-");
    CHECK_STR(redact_apply(&f.redact, STR("-abcdefabcdef-")), "-[secret][secret]-");
    redact_add(&f.redact, STR("aaaa"));
    CHECK_STR(redact_apply(&f.redact, STR("aaaaaa b")), "[secret] b");
    arena_free(f.arena);
}

TEST(bytes_above_127_and_nul_are_ordinary) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("\xFF\x00\x80\x01"));
    redact_add(&f.redact, STR("\x00\x00\x00\x00"));
    CHECK_STR(redact_apply(&f.redact, STR("a\xFF\x00\x80\x01"
                                          "b\x00\x00\x00\x00")),
              "a[secret]b[secret]");
    arena_free(f.arena);
}

TEST(strings_below_a_secret_node_are_remembered) {
    struct fixture f = setup();
    struct arena *arena = f.arena;
    struct value *inner = value_map(arena);
    value_map_set_c(arena, inner, "deep", value_string_c(arena, "deep-secret"));
    struct value *list = value_list(arena);
    value_list_append(arena, list, inner);
    value_list_append(arena, list, value_string_c(arena, "list-secret"));
    value_list_append(arena, list, value_number(arena, 12345));
    value_list_append(arena, list,
                      value_string(arena, STR("\xFE"
                                              "bytes")));
    struct value *map = value_map(arena);
    value_map_set_c(arena, map, "env", value_with_secret(arena, list, true));
    value_map_set_c(arena, map, "name", value_string_c(arena, "open-name"));
    value_map_set_c(arena, map, "none", NULL);
    redact_add_value(&f.redact, map);
    redact_add_value(&f.redact, NULL);
    CHECK_STR(redact_apply(&f.redact, STR("deep-secret list-secret open-name 12345 \xFE"
                                          "bytes")),
              "[secret] [secret] open-name 12345 [secret]");
    arena_free(f.arena);
}

TEST(many_secrets_are_each_found) {
    struct fixture f = setup();
    for (int i = 0; i < 500; i++) {
        redact_add(&f.redact, arena_printf(f.arena, "%c-secret-%03d", 'a' + i % 26, i));
    }
    for (int i = 0; i < 500; i++) {
        struct str text = arena_printf(f.arena, "<%c-secret-%03d>", 'a' + i % 26, i);
        CHECK_STR(redact_apply(&f.redact, text), "<[secret]>");
    }
    arena_free(f.arena);
}

TEST(shared_secrets_are_masked_beside_the_calls_own) {
    struct fixture config = setup();
    struct fixture f = setup();
    redact_add(&config.redact, STR("a b/c+d"));
    redact_share(&f.redact, &config.redact);
    CHECK_STR(redact_apply(&f.redact, STR("a b/c+d")), "[secret]");
    CHECK_STR(redact_apply(&f.redact, STR("x=a%20b%2Fc%2Bd&")), "x=[secret]&");
    redact_add(&f.redact, STR("own-1"));
    CHECK_STR(redact_apply(&f.redact, STR("own-1 a b/c+d own-1")), "[secret] [secret] [secret]");
    CHECK_STR(redact_apply(&config.redact, STR("own-1")), "own-1");
    arena_free(f.arena);
    arena_free(config.arena);
}

TEST(of_a_shared_and_an_own_secret_the_longer_wins) {
    struct fixture config = setup();
    struct fixture f = setup();
    redact_add(&config.redact, STR("token"));
    redact_add(&config.redact, STR("password-of-all"));
    redact_share(&f.redact, &config.redact);
    redact_add(&f.redact, STR("token-7"));
    redact_add(&f.redact, STR("password"));
    redact_add(&f.redact, STR("all-of-it"));
    CHECK_STR(redact_apply(&f.redact, STR("<token-7> <token>")), "<[secret]> <[secret]>");
    CHECK_STR(redact_apply(&f.redact, STR("<password-of-all>")), "<[secret]>");
    CHECK_STR(redact_apply(&f.redact, STR("<password-of-all-of-it>")), "<[secret]>");
    arena_free(f.arena);
    arena_free(config.arena);
}

TEST(what_is_shared_is_not_kept_again) {
    struct fixture config = setup();
    struct fixture f = setup();
    redact_add(&config.redact, STR("hf_abcdef"));
    size_t shared = config.redact.count;
    redact_share(&f.redact, &config.redact);
    redact_add(&f.redact, STR("hf_abcdef"));
    CHECK_INT(f.redact.count, 0);
    CHECK_INT(config.redact.count, shared);
    arena_free(f.arena);
    arena_free(config.arena);
}

/* As a log shows a private key: a line is an entry of its own. */
TEST(each_line_of_a_secret_is_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\r\n  BKcwggSj\nAB==\n"));
    CHECK_STR(redact_apply(&f.redact, STR("1 MIIEvQIBADANBgkqhkiG\n2 BKcwggSj\n3 AB==")),
              "1 [secret]\n2 [secret]\n3 AB==");
    CHECK_STR(
        redact_apply(&f.redact, STR("MIIEvQIBADANBgkqhkiG BKcwggSj TUlJRXZRSUJBREFOQmdrcWhraUc=")),
        "[secret] [secret] [secret]=");
    arena_free(f.arena);
}

TEST(a_secret_of_very_many_lines_is_taken) {
    struct fixture f = setup();
    char text[200001];
    for (size_t i = 0; i < 20000; i++) {
        snprintf(text + i * 10, sizeof(text) - i * 10, "line%05zu\n", i);
    }
    redact_add(&f.redact, str_of(text));
    CHECK_STR(redact_apply(&f.redact, STR("line00000, line00511")), "[secret], [secret]");
    CHECK_STR(redact_apply(&f.redact, str_of(text)), "[secret]");
    arena_free(f.arena);
}

/* What collects logs breaks long lines. */
TEST(a_secret_that_is_broken_over_lines_is_masked) {
    struct fixture f = setup();
    redact_add(&f.redact, STR("hf_abcdef"));
    redact_add(&f.redact, STR("word"));
    CHECK_STR(redact_apply(&f.redact, STR("<hf_a\nbcdef>")), "<[secret]>");
    CHECK_STR(redact_apply(&f.redact, STR("hf_a\r\nbc\n\ndef hf_abcdef")), "[secret] [secret]");
    CHECK_STR(redact_apply(&f.redact, STR("hf_abcde\n")), "hf_abcde\n");
    CHECK_STR(redact_apply(&f.redact, STR("hf_a bcdef\nhf_\nx")), "hf_a bcdef\nhf_\nx");
    CHECK_STR(redact_apply(&f.redact, STR("\nhf_abcdef\n")), "\n[secret]\n");
    CHECK_STR(redact_apply(&f.redact, STR("wo\nrd")), "wo\nrd");
    redact_add(&f.redact, STR("first\n second"));
    CHECK_STR(redact_apply(&f.redact, STR("first\r\n second")), "[secret]");
    CHECK_STR(redact_apply(&f.redact, STR("fir\r\n  st\n sec\n\tond")), "[secret]");
    CHECK_STR(redact_apply(&f.redact, STR("hf_a\n \tbcdef hf_a \nbcdef")), "[secret] hf_a \nbcdef");
    arena_free(f.arena);
}

/* Nobody has told of it. */
TEST(the_login_of_a_url_is_masked) {
    struct fixture f = setup();
    CHECK_STR(redact_apply(&f.redact, STR("at https://user:pa@ss@host/a@b, (ftp://k@h) x@y a://b")),
              "at https://[secret]@host/a@b, (ftp://[secret]@h) x@y a://b");
    CHECK_STR(redact_apply(&f.redact, STR("{\"u\":\"https:\\/\\/user:pass@host\"}")),
              "{\"u\":\"https:\\/\\/[secret]@host\"}");
    CHECK_STR(redact_apply(&f.redact, STR("https://host/?q=a@b https://[::1]:1/@ https:// a@b")),
              "https://host/?q=a@b https://[::1]:1/@ https:// a@b");
    CHECK_STR_IS(redact_find_login(STR("https://host, https://user:pass@host")), STR("user:pass"));
    CHECK_INT(redact_find_login(STR("https://host/@")).len, 0);
    arena_free(f.arena);
}

TEST_MAIN {
    RUN(the_login_of_a_url_is_masked);
    RUN(text_without_secrets_is_returned_as_it_is);
    RUN(every_occurrence_is_masked);
    RUN(the_secret_is_copied);
    RUN(short_texts_are_left_out);
    RUN(encoded_forms_are_masked);
    RUN(what_services_and_gateways_make_of_it_is_masked);
    RUN(a_part_of_what_base64_holds_is_masked);
    RUN(each_line_of_a_secret_is_masked);
    RUN(a_secret_of_very_many_lines_is_taken);
    RUN(a_secret_that_is_broken_over_lines_is_masked);
    RUN(a_form_that_does_not_differ_is_kept_once);
    RUN(the_longer_of_two_wins);
    RUN(overlapping_secrets_leave_no_part_behind);
    RUN(bytes_above_127_and_nul_are_ordinary);
    RUN(strings_below_a_secret_node_are_remembered);
    RUN(many_secrets_are_each_found);
    RUN(shared_secrets_are_masked_beside_the_calls_own);
    RUN(of_a_shared_and_an_own_secret_the_longer_wins);
    RUN(what_is_shared_is_not_kept_again);
}
