#include "rpc/wire.h"

#define FIELD_NUMBER_MAX ((1u << 29) - 1)

static size_t left(const struct wire_reader *reader) {
    return (size_t)(reader->end - reader->pos);
}

static inline bool read_varint(struct wire_reader *reader, uint64_t *out) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->pos == reader->end) {
            return false;
        }
        uint8_t byte = *reader->pos++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool read_fixed(struct wire_reader *reader, size_t size, uint64_t *out) {
    if (left(reader) < size) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value |= (uint64_t)reader->pos[i] << (8 * i);
    }
    reader->pos += size;
    *out = value;
    return true;
}

static bool read_bytes(struct wire_reader *reader, struct str *out) {
    uint64_t len;
    if (!read_varint(reader, &len) || len > left(reader)) {
        return false;
    }
    *out = (struct str){(const char *)reader->pos, (size_t)len};
    reader->pos += len;
    return true;
}

enum wire_status wire_next_any(struct wire_reader *reader, struct wire_field *out) {
    uint64_t tag;
    if (!read_varint(reader, &tag) || (tag >> 3) == 0 || (tag >> 3) > FIELD_NUMBER_MAX) {
        return WIRE_BAD;
    }
    *out = (struct wire_field){.number = (uint32_t)(tag >> 3), .bytes = STR_EMPTY};
    bool good;
    switch (tag & 7) {
    case WIRE_VARINT:
        good = read_varint(reader, &out->scalar);
        break;
    case WIRE_FIXED64:
        good = read_fixed(reader, 8, &out->scalar);
        break;
    case WIRE_FIXED32:
        good = read_fixed(reader, 4, &out->scalar);
        break;
    case WIRE_BYTES:
        good = read_bytes(reader, &out->bytes);
        break;
    default: /* groups, which no message of the protocol has */
        return WIRE_BAD;
    }
    out->type = (enum wire_type)(tag & 7);
    return good ? WIRE_FIELD : WIRE_BAD;
}
