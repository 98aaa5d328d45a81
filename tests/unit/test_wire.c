#include "rpc/wire.h"

#include "testing.h"

static enum wire_status first(struct str bytes, struct wire_field *field) {
    struct wire_reader reader = wire_reader_of(bytes);
    return wire_next(&reader, field);
}

TEST(each_type_is_read) {
    struct wire_field field;
    CHECK_INT(first(STR("\x08\xac\x02"), &field), WIRE_FIELD);
    CHECK_INT(field.number, 1);
    CHECK_INT(field.type, WIRE_VARINT);
    CHECK_INT(field.scalar, 300);
    CHECK_INT(first(STR("\x11\x01\x00\x00\x00\x00\x00\x00\x02"), &field), WIRE_FIELD);
    CHECK_INT(field.type, WIRE_FIXED64);
    CHECK(field.scalar == 0x0200000000000001u);
    CHECK_INT(first(STR("\x1a\x02hi"), &field), WIRE_FIELD);
    CHECK_INT(field.number, 3);
    CHECK_STR(field.bytes, "hi");
    CHECK_INT(first(STR("\x25\x01\x02\x00\x00"), &field), WIRE_FIELD);
    CHECK_INT(field.type, WIRE_FIXED32);
    CHECK_INT(field.scalar, 0x201);
}

TEST(the_largest_field_number_and_varint) {
    struct wire_field field;
    CHECK_INT(first(STR("\xf8\xff\xff\xff\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &field),
              WIRE_FIELD);
    CHECK_INT(field.number, (1 << 29) - 1);
    CHECK(field.scalar == UINT64_MAX);
}

TEST(nothing_is_the_end) {
    struct wire_field field;
    CHECK_INT(first(STR_EMPTY, &field), WIRE_END);
    CHECK_INT(first((struct str){NULL, 0}, &field), WIRE_END);
}

TEST(fields_follow_one_another) {
    struct wire_reader reader = wire_reader_of(STR("\x0a\x01"
                                                   "a\x12\x00\x08\x07"));
    struct wire_field field;
    CHECK_INT(wire_next(&reader, &field), WIRE_FIELD);
    CHECK_STR(field.bytes, "a");
    CHECK_INT(wire_next(&reader, &field), WIRE_FIELD);
    CHECK_STR(field.bytes, "");
    CHECK_INT(wire_next(&reader, &field), WIRE_FIELD);
    CHECK_INT(field.scalar, 7);
    CHECK_INT(wire_next(&reader, &field), WIRE_END);
}

TEST(what_is_malformed_is_bad) {
    static const struct str cases[] = {
        STR("\x0a"),                                             /* no length */
        STR("\x0a\x02x"),                                        /* shorter than said */
        STR("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),     /* a length of all memory */
        STR("\x08"),                                             /* no value */
        STR("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), /* more than ten bytes */
        STR("\x11\x00\x00"),                                     /* half a number */
        STR("\x25\x00"),
        STR("\x0b"), /* a group */
        STR("\x0c"),
        STR("\x0e"),                     /* no such type */
        STR("\x00\x00"),                 /* field 0 */
        STR("\x80\x80\x80\x80\x10\x00"), /* field 2^29 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire_field field;
        CHECK_INT(first(cases[i], &field), WIRE_BAD);
    }
}

TEST_MAIN {
    RUN(each_type_is_read);
    RUN(the_largest_field_number_and_varint);
    RUN(nothing_is_the_end);
    RUN(fields_follow_one_another);
    RUN(what_is_malformed_is_bad);
}
