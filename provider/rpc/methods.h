#ifndef RPC_METHODS_H
#define RPC_METHODS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/error.h"

struct call;

/* Where a method runs: on the loop thread (no I/O, no waiting), or on a worker. */
enum method_lane { METHOD_INLINE, METHOD_POOL };

/* On failure call->ctx.error says why. `response` is initialised and NULL for a stream. All memory
 * comes from the call's arena. */
typedef enum err_code method_fn(struct call *call, const ProtobufCMessage *request,
                                ProtobufCMessage *response);

struct method {
    const char *path; /* "/package.Service/Method" */
    enum method_lane lane;
    bool is_operation; /* refused after Cancel */
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response; /* NULL: a stream */
    method_fn *handle;
};

/* NULL when there is no such method: answered UNIMPLEMENTED. */
const struct method *method_find(struct str path);

#endif
