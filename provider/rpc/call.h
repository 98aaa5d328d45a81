#ifndef RPC_CALL_H
#define RPC_CALL_H

#include <grpc/grpc.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/ctx.h"
#include "rpc/methods.h"
#include "rpc/service.h"

/* What a batch's tag points to; done() runs on the loop thread. */
struct completion {
    void (*done)(struct completion *self, bool ok);
};

/* One RPC in flight. It is kept alive by one reference for each batch that is under way and one for
 * whoever works on it; the last to go frees it, always on the loop thread. */
struct call {
    struct service *service;
    const struct method *method; /* NULL: unknown */
    grpc_call *handle;
    struct session *session;
    struct ctx ctx;
    atomic_size_t references;

    struct completion on_close;
    struct completion on_message;
    struct completion on_reply;
    struct pool_job job;

    int client_gone;
    grpc_byte_buffer *request;
    size_t request_len; /* counted in the service's budget */

    struct reply {
        grpc_byte_buffer *message;
        grpc_slice text;
        grpc_metadata details;
        bool has_details;
    } reply;

    /* What the handler wants done when the reply cannot be sent; on a worker, while the call's
     * memory still lives. NULL: nothing. */
    void (*undelivered)(struct call *call);
    const struct create_undo *undo; /* for handle_create's */
    struct completion on_undone;

    bool has_opened; /* List only: the initial metadata has gone out */
};

/* Past this a request is decoded on the pool, and memory goes back to the system when it is done.
 */
#define CALL_LARGE_BYTES ((size_t)1024 * 1024)

/* Takes over `handle`. With one reference, the caller's; the rest of the call is zeroed, its arena
 * is not made yet. Loop thread. */
struct call *call_new(struct service *service, grpc_call *handle);
void call_ref(struct call *call);
void call_unref(struct call *call);
/* Releases the request message before the call ends. */
void call_free_request(struct call *call);
/* Starts a batch that ends in `completion`, which must drop or pass on a reference that the caller
 * took or had. Any thread. */
void call_batch(struct call *call, const grpc_op *ops, size_t count, struct completion *completion);

#endif
