#ifndef RPC_WIRE_H
#define RPC_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* The protobuf wire format, one field at a time and without recursion. */

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* Field numbers of google.protobuf.Value, which both directions need. Struct and ListValue have
 * field 1 only (entries, values); an entry has its key in 1 and its Value in 2. */
enum {
    VALUE_FIELD_NULL = 1,
    VALUE_FIELD_NUMBER = 2,
    VALUE_FIELD_STRING = 3,
    VALUE_FIELD_BOOL = 4,
    VALUE_FIELD_STRUCT = 5,
    VALUE_FIELD_LIST = 6
};

enum wire_status { WIRE_FIELD, WIRE_END, WIRE_BAD };

struct wire_reader {
    const uint8_t *pos;
    const uint8_t *end;
};

struct wire_field {
    uint32_t number;
    enum wire_type type;
    uint64_t scalar;  /* WIRE_VARINT, WIRE_FIXED64 (its bits), WIRE_FIXED32 */
    struct str bytes; /* WIRE_BYTES: a view of what is read */
};

/* `bytes` must stay while the reader is used. */
static inline struct wire_reader wire_reader_of(struct str bytes) {
    const uint8_t *start = bytes.len == 0 ? (const uint8_t *)"" : (const uint8_t *)bytes.ptr;
    return (struct wire_reader){start, start + bytes.len};
}
/* Of a reader that is not at its end; wire_next calls it. */
enum wire_status wire_next_any(struct wire_reader *reader, struct wire_field *out);

/* WIRE_BAD (truncated, bad tag, a group) ends the reading: the position is no longer defined.
 * Inline is what nearly all of a property bag is: bytes whose tag and length take a byte each. */
static inline enum wire_status wire_next(struct wire_reader *reader, struct wire_field *out) {
    const uint8_t *pos = reader->pos;
    size_t left = (size_t)(reader->end - pos);
    if (left == 0) {
        return WIRE_END;
    }
    if (left < 2 || pos[0] < 8 || (pos[0] & 0x87) != WIRE_BYTES || pos[1] >= 0x80 ||
        pos[1] > left - 2) {
        /* By way of copies: what the caller has may then stay in registers. */
        struct wire_reader any = *reader;
        struct wire_field field = {0};
        enum wire_status status = wire_next_any(&any, &field);
        *reader = any;
        *out = field;
        return status;
    }
    *out = (struct wire_field){
        .number = pos[0] >> 3, .type = WIRE_BYTES, .bytes = {(const char *)pos + 2, pos[1]}};
    reader->pos = pos + 2 + pos[1];
    return WIRE_FIELD;
}

#endif
