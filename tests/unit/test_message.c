#include "rpc/message.h"

#include "pulumirpc/provider.pb-c.h"
#include "rpc_fixture.h"
#include "testing.h"

#define CEILING ((size_t)1024 * 1024)

static enum err_code unpack(struct fixture *fixture, struct str wire, ProtobufCMessage **out) {
    return message_unpack(&fixture->ctx, &pulumirpc__check_request__descriptor, wire, out);
}

TEST(fields_are_read_and_presence_is_kept) {
    struct fixture fixture;
    ProtobufCMessage *message;
    fixture_init(&fixture, CEILING);
    REQUIRE(unpack(&fixture, STR("\x0a\x01u\x12\x00\x42\x05\x0a\x01p\x10\x02"), &message) ==
            ERR_OK);
    const Pulumirpc__CheckRequest *request = (const Pulumirpc__CheckRequest *)message;
    CHECK_STR(str_of(request->urn), "u");
    CHECK(request->has_olds);
    CHECK_INT(request->olds.len, 0);
    CHECK(!request->has_news);
    CHECK_STR(str_of(request->autonaming->proposed_name), "p");
    CHECK_INT(request->autonaming->mode, 2);
    fixture_cleanup(&fixture);
}

TEST(no_bytes_are_an_empty_message) {
    struct fixture fixture;
    ProtobufCMessage *message;
    fixture_init(&fixture, CEILING);
    REQUIRE(unpack(&fixture, STR_EMPTY, &message) == ERR_OK);
    CHECK(((const Pulumirpc__CheckRequest *)message)->urn == NULL);
    fixture_cleanup(&fixture);
}

TEST(text_must_be_whole_and_utf8_also_in_submessages) {
    static const struct str bad[] = {
        STR("\x0a\x02u\xff"),
        STR("\x0a\x03"
            "a\0b"),
        STR("\x42\x03\x0a\x01\xff"),
        STR("\x0a\x05u"),
        STR("\x42\x02\x0a\x7f"),
    };
    struct fixture fixture;
    ProtobufCMessage *message;
    fixture_init(&fixture, CEILING);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_INT(unpack(&fixture, bad[i], &message), ERR_INVALID);
        CHECK_STR(fixture.ctx.error.message.text, "the request is not a well-formed CheckRequest");
    }
    /* Bytes may hold anything. */
    CHECK_INT(unpack(&fixture, STR("\x2a\x02\xff\0"), &message), ERR_OK);
    fixture_cleanup(&fixture);
}

TEST(text_for_a_reply_is_made_fit) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_STR(str_of(message_text(fixture.ctx.arena, STR("a\xff"))), "a\xef\xbf\xbd");
    CHECK_STR(str_of(message_text(fixture.ctx.arena, STR_EMPTY)), "");
    CHECK(message_optional_text(fixture.ctx.arena, STR_EMPTY) == NULL);
    CHECK_STR(str_of(message_optional_text(fixture.ctx.arena, STR("a"))), "a");
    fixture_cleanup(&fixture);
}

TEST_MAIN {
    RUN(fields_are_read_and_presence_is_kept);
    RUN(no_bytes_are_an_empty_message);
    RUN(text_must_be_whole_and_utf8_also_in_submessages);
    RUN(text_for_a_reply_is_made_fit);
}
