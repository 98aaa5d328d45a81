#ifndef RPC_UNARY_H
#define RPC_UNARY_H

#include <grpc/slice.h>
#include <grpc/status.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The client side: calls to the engine, one at a time. A channel belongs to one thread. gRPC must
 * be initialised. */
struct unary_channel;

/* Connects with the first call, never through a proxy. The caller owns the result. */
struct unary_channel *unary_open(struct str address);
/* Abandons a call that is under way. NULL is harmless. */
void unary_close(struct unary_channel *channel);
/* Starts a call; none may be under way. Takes over `request`. */
void unary_start(struct unary_channel *channel, const char *path, grpc_slice request,
                 int64_t timeout_ms);
/* True when the call has ended within `wait_ms`, with its status. The reply is not kept: no caller
 * needs one. */
bool unary_wait(struct unary_channel *channel, int64_t wait_ms, grpc_status_code *out);

#endif
