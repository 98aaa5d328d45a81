#ifndef RPC_MESSAGE_H
#define RPC_MESSAGE_H

#include <grpc/slice.h>
#include <protobuf-c/protobuf-c.h>

#include "base/ctx.h"

/* protobuf-c with its memory in a call's arena. */

/* Copies what it needs from `wire`. ERR_INVALID when the bytes are not a message of that kind, or
 * one of its text fields is not UTF-8 or holds a NUL (which would cut it short here). */
enum err_code message_unpack(struct ctx *ctx, const ProtobufCMessageDescriptor *descriptor,
                             struct str wire, ProtobufCMessage **out) MUST_USE;
/* The caller owns the slice. */
grpc_slice message_pack(const ProtobufCMessage *message);

/* Text for a message's field, followed by a NUL: copied into the arena, made UTF-8, cut at a NUL.
 */
char *message_text(struct arena *arena, struct str text);
/* The same for a field that is left out when the text is empty. */
char *message_optional_text(struct arena *arena, struct str text);

#endif
