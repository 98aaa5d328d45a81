#include "rpc/marshal.h"

#include <math.h>

#include "base/buf.h"
#include "base/signature.h"
#include "rpc_fixture.h"
#include "testing.h"

#define CEILING ((size_t)64 * 1024 * 1024)

static const struct marshal_options all = {.secrets = true, .byte_strings = true, .unknowns = true};
static const struct marshal_options none;

static struct str encode(struct fixture *fixture, const struct value *map,
                         const struct marshal_options *options) {
    struct str out = STR_EMPTY;
    CHECK_INT(marshal_encode(&fixture->ctx, "bag", map, options, &out), ERR_OK);
    return out;
}

static const struct value *decode(struct fixture *fixture, struct str wire) {
    const struct value *out = NULL;
    CHECK_INT(marshal_decode(&fixture->ctx, "bag", wire, &out), ERR_OK);
    return out;
}

static const struct value *with_one(struct fixture *fixture, const struct value *item) {
    struct value *map = value_map(fixture->ctx.arena);
    value_map_set_c(fixture->ctx.arena, map, "k", item);
    return map;
}

static const struct value *round_trip(struct fixture *fixture, const struct value *item) {
    struct str wire = encode(fixture, with_one(fixture, item), &all);
    return value_get_c(decode(fixture, wire), "k");
}

TEST(absent_and_empty_bags_have_no_bytes) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_INT(encode(&fixture, NULL, &all).len, 0);
    CHECK_INT(encode(&fixture, value_map(fixture.ctx.arena), &all).len, 0);
    const struct value *map = decode(&fixture, STR_EMPTY);
    CHECK_INT(map->kind, VALUE_MAP);
    CHECK_INT(map->map.count, 0);
    fixture_cleanup(&fixture);
}

TEST(bytes_are_those_of_protobuf) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    CHECK_STR(encode(&fixture, with_one(&fixture, value_string_c(arena, "v")), &all),
              "\x0a\x08\x0a\x01k\x12\x03\x1a\x01v");
    CHECK_STR(encode(&fixture, with_one(&fixture, value_null(arena)), &all),
              "\x0a\x07\x0a\x01k\x12\x02\x08\x00");
    CHECK_STR(encode(&fixture, with_one(&fixture, value_bool(arena, false)), &all),
              "\x0a\x07\x0a\x01k\x12\x02\x20\x00");
    CHECK_STR(encode(&fixture, with_one(&fixture, value_number(arena, 1)), &all),
              "\x0a\x0e\x0a\x01k\x12\x09\x11\x00\x00\x00\x00\x00\x00\xf0\x3f");
    CHECK_STR(encode(&fixture, with_one(&fixture, value_list(arena)), &all),
              "\x0a\x07\x0a\x01k\x12\x02\x32\x00");
    CHECK_STR(encode(&fixture, with_one(&fixture, value_map(arena)), &all),
              "\x0a\x07\x0a\x01k\x12\x02\x2a\x00");
    fixture_cleanup(&fixture);
}

TEST(a_missing_node_is_null) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_STR(encode(&fixture, with_one(&fixture, NULL), &all),
              "\x0a\x07\x0a\x01k\x12\x02\x08\x00");
    fixture_cleanup(&fixture);
}

TEST(properties_are_written_in_their_order) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    struct value *map = value_map(arena);
    value_map_set_c(arena, map, "b", value_null(arena));
    value_map_set_c(arena, map, "a", value_null(arena));
    CHECK_STR(encode(&fixture, map, &all), "\x0a\x07\x0a\x01"
                                           "a\x12\x02\x08\x00"
                                           "\x0a\x07\x0a\x01"
                                           "b\x12\x02\x08\x00");
    fixture_cleanup(&fixture);
}

TEST(numbers_survive) {
    static const double numbers[] = {0, -0.0, 1.5, -1e308, 9007199254740993.0, INFINITY, -INFINITY};
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const struct value *back =
            round_trip(&fixture, value_number(fixture.ctx.arena, numbers[i]));
        CHECK_INT(back->kind, VALUE_NUMBER);
        CHECK(back->number == numbers[i]);
        CHECK_INT(signbit(back->number) != 0, signbit(numbers[i]) != 0);
    }
    CHECK(isnan(round_trip(&fixture, value_number(fixture.ctx.arena, NAN))->number));
    fixture_cleanup(&fixture);
}

TEST(nul_and_bytes_survive) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    const struct value *nul = round_trip(&fixture, value_string(fixture.ctx.arena, STR("a\0b")));
    CHECK_INT(nul->kind, VALUE_STRING);
    CHECK_STR(nul->string, "a\0b");
    const struct value *bytes =
        round_trip(&fixture, value_string(fixture.ctx.arena, STR("\xff\0")));
    CHECK_INT(bytes->kind, VALUE_BYTES);
    CHECK_STR(bytes->string, "\xff\0");
    fixture_cleanup(&fixture);
}

TEST(secrets_survive_when_they_are_accepted) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    const struct value *secret = value_with_secret(arena, value_string_c(arena, "s3cr3t"), true);
    CHECK(round_trip(&fixture, secret)->secret);
    CHECK(round_trip(&fixture, value_with_secret(arena, value_unknown(arena), true))->secret);
    struct str plain = encode(&fixture, with_one(&fixture, secret), &none);
    CHECK_STR(plain, "\x0a\x0d\x0a\x01k\x12\x08\x1a\x06s3cr3t");
    fixture_cleanup(&fixture);
}

TEST(decoded_secrets_are_masked_from_then_on) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    const struct value *secret = value_with_secret(arena, value_string_c(arena, "s3cr3t"), true);
    struct str wire = encode(&fixture, with_one(&fixture, secret), &all);
    CHECK_STR(redact_apply(&fixture.ctx.redact, STR("it is s3cr3t")), "it is s3cr3t");
    decode(&fixture, wire);
    CHECK_STR(redact_apply(&fixture.ctx.redact, STR("it is s3cr3t")), "it is [secret]");
    fixture_cleanup(&fixture);
}

TEST(byte_strings_need_to_be_accepted) {
    struct fixture fixture;
    struct str out;
    fixture_init(&fixture, CEILING);
    const struct value *bytes = value_string(fixture.ctx.arena, STR("\xff"));
    CHECK_INT(marshal_encode(&fixture.ctx, "bag", with_one(&fixture, bytes), &none, &out),
              ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text,
              "bag holds text that is not UTF-8, which this engine does not accept");
    fixture_cleanup(&fixture);
}

TEST(unknowns_are_left_out_where_they_may_not_be) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    CHECK_INT(encode(&fixture, with_one(&fixture, value_unknown(arena)), &none).len, 0);
    struct value *list = value_list(arena);
    value_list_append(arena, list, value_unknown(arena));
    const struct value *back = decode(&fixture, encode(&fixture, with_one(&fixture, list), &none));
    CHECK_INT(value_get_c(back, "k")->list.count, 1);
    CHECK_INT(value_get_c(back, "k")->list.items[0]->kind, VALUE_NULL);
    CHECK_INT(round_trip(&fixture, value_unknown(arena))->kind, VALUE_UNKNOWN);
    fixture_cleanup(&fixture);
}

static const struct value *nest(struct arena *arena, size_t levels, bool maps) {
    const struct value *value = value_bool(arena, true);
    for (size_t i = 0; i < levels; i++) {
        struct value *around = maps ? value_map(arena) : value_list(arena);
        if (maps) {
            value_map_set_c(arena, around, "k", value);
        } else {
            value_list_append(arena, around, value);
        }
        value = around;
    }
    return value;
}

TEST(what_is_sent_has_a_limited_depth) {
    struct fixture fixture;
    struct str out;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    for (int maps = 0; maps < 2; maps++) {
        const struct value *deepest = nest(arena, MARSHAL_ENCODE_DEPTH - 1, maps == 1);
        CHECK_INT(marshal_encode(&fixture.ctx, "bag", with_one(&fixture, deepest), &all, &out),
                  ERR_OK);
        const struct value *deeper = nest(arena, MARSHAL_ENCODE_DEPTH, maps == 1);
        CHECK_INT(marshal_encode(&fixture.ctx, "bag", with_one(&fixture, deeper), &all, &out),
                  ERR_INVALID);
        const struct value *wrapped =
            value_with_secret(arena, nest(arena, MARSHAL_ENCODE_DEPTH - 1, maps == 1), true);
        CHECK_INT(marshal_encode(&fixture.ctx, "bag", with_one(&fixture, wrapped), &all, &out),
                  ERR_INVALID);
    }
    fixture_cleanup(&fixture);
}

/* Lists in lists as wire bytes: built from the inside, each level around the one before. */
static void nested_lists(struct buf *out, size_t depth) {
    struct buf inner;
    buf_init(&inner, 1024 * 1024);
    for (size_t i = 0; i < depth; i++) {
        static const char fields[] = {0x0a, 0x32}; /* values = 1 of the list, list_value = 6 */
        for (size_t field = 0; field < sizeof(fields); field++) {
            buf_reset(out);
            buf_append_char(out, fields[field]);
            size_t len = inner.len;
            while (len > 0x7f) {
                buf_append_char(out, (char)((len & 0x7f) | 0x80));
                len >>= 7;
            }
            buf_append_char(out, (char)len);
            buf_append(out, buf_str(&inner));
            buf_reset(&inner);
            buf_append(&inner, buf_str(out));
        }
    }
    buf_cleanup(&inner);
}

static enum err_code decode_nested(struct fixture *fixture, size_t depth) {
    struct buf lists;
    struct buf bag;
    const struct value *out;
    buf_init(&lists, 1024 * 1024);
    buf_init(&bag, 1024 * 1024);
    nested_lists(&lists, depth);
    /* entry { key 1: "k", value 2 }, whose lengths are below 2^14 or padded to three bytes */
    size_t len = lists.len;
    size_t entry_len = 3 + 1 + 3 + len;
    buf_append_char(&bag, 0x0a);
    buf_append_char(&bag, (char)((entry_len & 0x7f) | 0x80));
    buf_append_char(&bag, (char)((entry_len >> 7 & 0x7f) | 0x80));
    buf_append_char(&bag, (char)(entry_len >> 14));
    buf_append(&bag, STR("\x0a\x01k\x12"));
    buf_append_char(&bag, (char)((len & 0x7f) | 0x80));
    buf_append_char(&bag, (char)((len >> 7 & 0x7f) | 0x80));
    buf_append_char(&bag, (char)(len >> 14));
    buf_append(&bag, buf_str(&lists));
    enum err_code code = marshal_decode(&fixture->ctx, "bag", buf_str(&bag), &out);
    buf_cleanup(&lists);
    buf_cleanup(&bag);
    return code;
}

TEST(what_is_read_has_a_limited_depth) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    CHECK_INT(decode_nested(&fixture, MARSHAL_DECODE_DEPTH - 1), ERR_OK);
    CHECK_INT(decode_nested(&fixture, MARSHAL_DECODE_DEPTH), ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text, "bag nests lists and objects deeper than 64 levels");
    CHECK_INT(decode_nested(&fixture, 5000), ERR_INVALID);
    CHECK_STR(fixture.ctx.error.message.text, "bag nests lists and objects deeper than 64 levels");
    fixture_cleanup(&fixture);
}

TEST(an_arena_that_is_full_ends_the_reading) {
    struct fixture fixture;
    const struct value *out;
    fixture_init(&fixture, 1024);
    struct arena *arena = fixture.ctx.arena;
    struct value *list = value_list(arena);
    for (int i = 0; i < 100; i++) {
        value_list_append(arena, list, value_null(arena));
    }
    struct str wire = encode(&fixture, with_one(&fixture, list), &all);
    CHECK_INT(marshal_decode(&fixture.ctx, "bag", wire, &out), ERR_EXHAUSTED);
    CHECK_STR(fixture.ctx.error.message.text, "bag needs more memory than one call is given");
    fixture_cleanup(&fixture);
}

TEST(every_cut_of_a_bag_is_refused_or_read) {
    struct fixture fixture;
    fixture_init(&fixture, CEILING);
    struct arena *arena = fixture.ctx.arena;
    struct value *map = value_map(arena);
    value_map_set_c(arena, map, "list", nest(arena, 5, false));
    value_map_set_c(arena, map, "map", nest(arena, 5, true));
    value_map_set_c(arena, map, "secret",
                    value_with_secret(arena, value_string_c(arena, "s3cr3t"), true));
    value_map_set_c(arena, map, "unknown", value_unknown(arena));
    value_map_set_c(arena, map, "number", value_number(arena, 7));
    struct str wire = encode(&fixture, map, &all);
    size_t read = 0;
    for (size_t len = 0; len < wire.len; len++) {
        const struct value *out = NULL;
        enum err_code code = marshal_decode(&fixture.ctx, "bag", str_slice(wire, 0, len), &out);
        CHECK(code == ERR_INVALID || (code == ERR_OK && out->map.count < 5));
        read += code == ERR_OK ? 1 : 0;
    }
    CHECK_INT(read, 5); /* cut between two properties: zero to four of them are left */
    CHECK_INT(decode(&fixture, wire)->map.count, 5);
    fixture_cleanup(&fixture);
}

TEST_MAIN {
    RUN(absent_and_empty_bags_have_no_bytes);
    RUN(bytes_are_those_of_protobuf);
    RUN(a_missing_node_is_null);
    RUN(properties_are_written_in_their_order);
    RUN(numbers_survive);
    RUN(nul_and_bytes_survive);
    RUN(secrets_survive_when_they_are_accepted);
    RUN(decoded_secrets_are_masked_from_then_on);
    RUN(byte_strings_need_to_be_accepted);
    RUN(unknowns_are_left_out_where_they_may_not_be);
    RUN(what_is_sent_has_a_limited_depth);
    RUN(what_is_read_has_a_limited_depth);
    RUN(an_arena_that_is_full_ends_the_reading);
    RUN(every_cut_of_a_bag_is_refused_or_read);
}
