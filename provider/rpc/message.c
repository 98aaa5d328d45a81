#include "rpc/message.h"

#include <string.h>

#include "rpc/wire.h"

static void *allocate(void *data, size_t size) {
    return arena_alloc(data, size);
}

static void release(void *data, void *pointer) {
    (void)data;
    (void)pointer;
}

static bool texts_are_good(const ProtobufCMessageDescriptor *descriptor, struct str wire);

static bool field_is_good(const ProtobufCFieldDescriptor *field, struct str bytes) {
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        return str_is_utf8(bytes) && (bytes.len == 0 || memchr(bytes.ptr, 0, bytes.len) == NULL);
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        return texts_are_good(field->descriptor, bytes);
    }
    return true;
}

/* Recursion ends with the descriptors: no message of the protocol contains itself. */
static bool texts_are_good(const ProtobufCMessageDescriptor *descriptor, struct str wire) {
    struct wire_reader reader = wire_reader_of(wire);
    struct wire_field field;
    enum wire_status status;
    while ((status = wire_next(&reader, &field)) == WIRE_FIELD) {
        const ProtobufCFieldDescriptor *known =
            protobuf_c_message_descriptor_get_field(descriptor, field.number);
        if (known != NULL && field.type == WIRE_BYTES && !field_is_good(known, field.bytes)) {
            return false;
        }
    }
    return status == WIRE_END;
}

enum err_code message_unpack(struct ctx *ctx, const ProtobufCMessageDescriptor *descriptor,
                             struct str wire, ProtobufCMessage **out) {
    ProtobufCAllocator allocator = {
        .alloc = allocate, .free = release, .allocator_data = ctx->arena};
    const uint8_t *bytes = wire.len == 0 ? (const uint8_t *)"" : (const uint8_t *)wire.ptr;
    *out = NULL;
    if (texts_are_good(descriptor, wire)) {
        *out = protobuf_c_message_unpack(descriptor, &allocator, wire.len, bytes);
    }
    if (*out == NULL) {
        return ctx_fail(ctx, ERR_INVALID, "the request is not a well-formed %s",
                        descriptor->short_name);
    }
    return ERR_OK;
}

grpc_slice message_pack(const ProtobufCMessage *message) {
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    return slice;
}

char *message_text(struct arena *arena, struct str text) {
    struct str copy = arena_str(arena, arena_utf8(arena, text));
    return (char *)copy.ptr;
}

char *message_optional_text(struct arena *arena, struct str text) {
    return text.len > 0 ? message_text(arena, text) : NULL;
}
