#ifndef RPC_STREAM_H
#define RPC_STREAM_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/error.h"

/* Several replies to one call, one after the other, from a worker's thread. */
struct call;
struct stream;

/* Kept in call->stream and freed with the call. */
void stream_open(struct call *call);
void stream_free(struct stream *stream); /* NULL is harmless */
/* Waits until the message is on its way (the client may be slow to read). ERR_CANCELLED when the
 * client has gone. Not on the loop thread. */
enum err_code stream_send(struct call *call, const ProtobufCMessage *message) MUST_USE;
/* Something was sent, so the initial metadata has gone out. NULL is no stream. */
bool stream_is_open(const struct stream *stream);

#endif
