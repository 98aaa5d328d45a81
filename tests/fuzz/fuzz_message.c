#include "base/mem.h"
#include "fuzz.h"
#include "google/status.pb-c.h"
#include "pulumirpc/errors.pb-c.h"
#include "pulumirpc/provider.pb-c.h"
#include "rpc/message.h"

enum { ARENA_CEILING = 64 * 1024 * 1024 };

static const ProtobufCMessageDescriptor *const descriptors[] = {
    &pulumirpc__provider_handshake_request__descriptor,
    &pulumirpc__configure_request__descriptor,
    &pulumirpc__check_request__descriptor,
    &pulumirpc__diff_request__descriptor,
    &pulumirpc__create_request__descriptor,
    &pulumirpc__read_request__descriptor,
    &pulumirpc__update_request__descriptor,
    &pulumirpc__delete_request__descriptor,
    &pulumirpc__invoke_request__descriptor,
    &pulumirpc__list_request__descriptor,
    &pulumirpc__list_response__descriptor,
    &pulumirpc__diff_response__descriptor,
    &pulumirpc__error_resource_init_failed__descriptor,
    &google__rpc__status__descriptor,
};

/* The first byte says which message the others are. What can be read can be written, and read
 * again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    size_t live = mem_live();
    struct ctx ctx = {.arena = arena_new(ARENA_CEILING)};
    const ProtobufCMessageDescriptor *descriptor =
        descriptors[data[0] % (sizeof(descriptors) / sizeof(descriptors[0]))];
    struct str wire = {(const char *)data + 1, size - 1};
    ProtobufCMessage *message;
    if (message_unpack(&ctx, descriptor, wire, &message) == ERR_OK) {
        grpc_slice slice = message_pack(message);
        struct str packed = {(const char *)GRPC_SLICE_START_PTR(slice), GRPC_SLICE_LENGTH(slice)};
        FUZZ_CHECK(message_unpack(&ctx, descriptor, packed, &message) == ERR_OK);
        grpc_slice_unref(slice);
    }
    arena_free(ctx.arena);
    FUZZ_CHECK(mem_live() == live);
    return 0;
}
