#ifndef RPC_DISPATCH_H
#define RPC_DISPATCH_H

#include "rpc/call.h"

/* Takes over `handle`, a call just accepted for `path`, within `trace`: receives its message, runs
 * its method and replies; everything happens by itself. Loop thread. */
void dispatch_call(struct service *service, grpc_call *handle, grpc_slice path,
                   const struct trace *trace);

#endif
