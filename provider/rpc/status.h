#ifndef RPC_STATUS_H
#define RPC_STATUS_H

#include <grpc/slice.h>
#include <grpc/status.h>

#include "base/ctx.h"
#include "rpc/marshal.h"

/* How a call ends on the wire. */
struct rpc_status {
    grpc_status_code code;
    struct str message; /* redacted, one line, UTF-8, bounded; in the call's arena */
    struct str details; /* serialized google.rpc.Status for grpc-status-details-bin, or empty */
};

/* Trailing metadata that carries the details. */
#define STATUS_DETAILS_KEY "grpc-status-details-bin"

/* Clients limit the size of headers, and the message goes twice. */
#define STATUS_MESSAGE_MAX_LEN 3072

/* From ctx->error, which must be set (code other than ERR_OK). Never fails: details that cannot be
 * encoded are left out, the id never is. */
void status_of_error(struct ctx *ctx, const struct marshal_options *options,
                     struct rpc_status *out);

/* Text that leaves the process: secrets masked, control characters replaced, cut to the limit. */
struct str status_text(struct ctx *ctx, struct str text);
/* The same, but for its own words. */
struct str status_words(struct ctx *ctx, struct words words);

#endif
