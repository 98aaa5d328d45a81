#ifndef RPC_MARSHAL_H
#define RPC_MARSHAL_H

#include "base/ctx.h"
#include "base/value.h"

/* google.protobuf.Struct bytes <-> value tree. Pulumi's signature objects and unknown sentinels
 * exist on this side only: behind it, secretness is a flag and an unknown is a kind of value. */

/* Levels of lists and objects (signature objects included). What we send stays low enough for every
 * protobuf library to read: each level costs up to three of their hundred. */
#define MARSHAL_DECODE_DEPTH 64
#define MARSHAL_ENCODE_DEPTH 31
/* Values in one Struct: keeps a small message from growing into a huge tree. */
#define MARSHAL_DECODE_NODES (1024 * 1024)

/* `what` names the field in messages ("news"). The result is a map (copied, in ctx->arena); its
 * secrets are added to ctx->redact. Fails with ERR_INVALID (malformed, too deep, unknown signature)
 * or ERR_EXHAUSTED (too many values, arena ceiling). A value without a kind is null; text that is
 * not UTF-8 is VALUE_BYTES. */
enum err_code marshal_decode(struct ctx *ctx, const char *what, struct str wire,
                             const struct value **out) MUST_USE;

/* What the other side said it understands, and where the result goes. */
struct marshal_options {
    bool secrets;      /* wrap secrets; otherwise they are sent plain */
    bool byte_strings; /* wrap text that is not UTF-8; otherwise it is an error */
    bool unknowns;     /* a preview: send unknowns; otherwise they are left out (null in a list) */
};

/* Wire bytes in ctx->arena; `map` NULL gives empty bytes. The same tree always gives the same
 * bytes. ERR_INVALID when it is nested too deeply or holds a byte string the other side does not
 * accept. */
enum err_code marshal_encode(struct ctx *ctx, const char *what, const struct value *map,
                             const struct marshal_options *options, struct str *out) MUST_USE;

#endif
