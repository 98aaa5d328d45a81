#include "base/digest.h"
#include "testing.h"

static struct str hmac_hex(struct arena *arena, struct str key, struct str data) {
    uint8_t out[DIGEST_SHA256_LEN];
    digest_hmac_sha256(key, data, out);
    return digest_hex(arena, out, sizeof(out));
}

/* FIPS 180-2, appendix B, and the digest of nothing. */
TEST(sha256_gives_the_published_digests) {
    struct arena *arena = arena_new(1000000);
    CHECK_STR(digest_sha256_hex(arena, STR("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_STR(digest_sha256_hex(arena, STR("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_STR(
        digest_sha256_hex(arena, STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = arena_alloc(arena, 1000000);
    memset(million, 'a', 1000000);
    CHECK_STR(digest_sha256_hex(arena, (struct str){million, 1000000}),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    arena_free(arena);
}

/* RFC 4231, cases 1, 2 and 6. */
TEST(hmac_gives_the_published_codes) {
    struct arena *arena = arena_new(1000000);
    char key[131];
    memset(key, 0x0b, 20);
    CHECK_STR(hmac_hex(arena, (struct str){key, 20}, STR("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK_STR(hmac_hex(arena, STR("Jefe"), STR("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, 131);
    CHECK_STR(hmac_hex(arena, (struct str){key, 131},
                       STR("Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK_STR(hmac_hex(arena, STR_EMPTY, STR_EMPTY),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    arena_free(arena);
}

TEST(hex_is_lower_case_and_ends_in_nul) {
    struct arena *arena = arena_new(1000);
    static const uint8_t bytes[] = {0x00, 0x0F, 0xA0, 0xFF};
    struct str hex = digest_hex(arena, bytes, sizeof(bytes));
    CHECK_STR(hex, "000fa0ff");
    CHECK_INT(strlen(hex.ptr), 8);
    CHECK_STR(digest_hex(arena, bytes, 0), "");
    arena_free(arena);
}

struct base64_case {
    struct str plain;
    const char *encoded;
};

/* RFC 4648, section 10, and the two characters its vectors leave out. */
TEST(base64_goes_both_ways) {
    static const struct base64_case cases[] = {
        {{"", 0}, ""},
        {{"f", 1}, "Zg=="},
        {{"fo", 2}, "Zm8="},
        {{"foo", 3}, "Zm9v"},
        {{"foob", 4}, "Zm9vYg=="},
        {{"fooba", 5}, "Zm9vYmE="},
        {{"foobar", 6}, "Zm9vYmFy"},
        {{"\xFB\xFF\xFE", 3}, "+//+"},
        {{"\0\0", 2}, "AAA="},
    };
    struct arena *arena = arena_new(10000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str decoded;
        CHECK_STR_IS(digest_base64(arena, cases[i].plain), str_of(cases[i].encoded));
        CHECK(digest_base64_decode(arena, str_of(cases[i].encoded), &decoded));
        CHECK_STR_IS(decoded, cases[i].plain);
    }
    arena_free(arena);
}

TEST(what_is_not_base64_is_refused) {
    static const char *const bad[] = {
        "Z",     "Zg",   "Zg=",  "Zg===", "====",     "A===",  "Zm9v\n",         " Zg==",
        "Zg== ", "Zm 9", "Zm-_", "Z=9v",  "Zg==Zg==", "\nZm9", "Zm9v\xC3\xA9==",
    };
    struct arena *arena = arena_new(10000);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct str decoded;
        if (!CHECK(!digest_base64_decode(arena, str_of(bad[i]), &decoded))) {
            fprintf(stderr, "  \"%s\"\n", bad[i]);
        }
        CHECK_INT(decoded.len, 0);
    }
    arena_free(arena);
}

TEST(random_bytes_differ_and_fill_the_whole) {
    uint8_t seen[1000] = {0};
    uint8_t draw[1000];
    /* A byte stays zero in eight draws by chance once in 2^64. */
    for (int i = 0; i < 8; i++) {
        digest_random(draw, sizeof(draw));
        for (size_t j = 0; j < sizeof(draw); j++) {
            seen[j] |= draw[j];
        }
    }
    CHECK(memchr(seen, 0, sizeof(seen)) == NULL);
    uint8_t other[1000];
    digest_random(other, sizeof(other));
    CHECK(memcmp(draw, other, sizeof(draw)) != 0);
}

TEST_MAIN {
    RUN(sha256_gives_the_published_digests);
    RUN(hmac_gives_the_published_codes);
    RUN(hex_is_lower_case_and_ends_in_nul);
    RUN(base64_goes_both_ways);
    RUN(what_is_not_base64_is_refused);
    RUN(random_bytes_differ_and_fill_the_whole);
}
