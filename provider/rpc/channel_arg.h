#ifndef RPC_CHANNEL_ARG_H
#define RPC_CHANNEL_ARG_H

#include <grpc/grpc.h>
#include <stdint.h>

/* A whole number among the settings of a server or channel. `key` is a constant; gRPC only reads
 * it. */
static inline grpc_arg channel_arg_integer(const char *key, int value) {
    return (grpc_arg){
        .type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

#endif
