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
struct wire_reader wire_reader_of(struct str bytes);
/* WIRE_BAD (truncated, bad tag, a group) ends the reading: the position is no longer defined. */
enum wire_status wire_next(struct wire_reader *reader, struct wire_field *out);

#endif
