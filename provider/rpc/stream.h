#ifndef RPC_STREAM_H
#define RPC_STREAM_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/error.h"

/* Several replies to one call, one after the other, from a worker's thread. */
struct call;
struct stream;

/* The caller owns the result and frees it once nothing is being sent any more; the call must
 * outlive it. */
struct stream *stream_open(struct call *call);
void stream_free(struct stream *stream);
/* Waits until the message is on its way (the client may be slow to read). ERR_CANCELLED when the
 * client has gone. Not on the loop thread. */
enum err_code stream_send(struct stream *stream, const ProtobufCMessage *message) MUST_USE;

#endif
