#include "rpc/call.h"

#include <grpc/byte_buffer.h>

#include "base/mem.h"
#include "base/platform.h"
#include "rpc/tsan.h"

void call_ref(struct call *call) {
    atomic_fetch_add(&call->references, 1);
}

void call_free_request(struct call *call) {
    if (call->request != NULL) {
        grpc_byte_buffer_destroy(call->request);
        call->request = NULL;
    }
}

static void free_reply(struct reply *reply) {
    if (reply->message != NULL) {
        grpc_byte_buffer_destroy(reply->message);
    }
    grpc_slice_unref(reply->text);
    if (reply->has_details) {
        grpc_slice_unref(reply->details.value);
    }
}

static void call_free(struct call *call) {
    struct service *service = call->service;
    bool large = call->request_len > CALL_LARGE_BYTES;
    call_free_request(call);
    free_reply(&call->reply);
    grpc_call_unref(call->handle);
    cancel_free(call->ctx.cancel);
    session_unref(call->session);
    arena_free(call->ctx.arena);
    budget_give(&service->budget, call->request_len);
    mem_free(call);
    if (large) {
        platform_trim_heap();
    }
    atomic_fetch_sub(&service->calls, 1);
}

void call_unref(struct call *call) {
    if (atomic_fetch_sub(&call->references, 1) == 1) {
        call_free(call);
    }
}

void call_batch(struct call *call, const grpc_op *ops, size_t count,
                struct completion *completion) {
    TSAN_RELEASE(completion);
    if (grpc_call_start_batch(call->handle, ops, count, completion, NULL) != GRPC_CALL_OK) {
        mem_die("gRPC refused a batch");
    }
}

struct call *call_new(struct service *service, grpc_call *handle) {
    struct call *call = MEM_NEW(struct call);
    call->service = service;
    call->handle = handle;
    call->session = service_session(service);
    call->reply.text = grpc_empty_slice();
    call->ctx.cancel = cancel_new(call->session->cancel, service->clock);
    call->ctx.clock = service->clock;
    call->ctx.log.sink = engine_log_sink(service->engine_log);
    call->ctx.log.redact = &call->ctx.redact;
    error_clear(&call->ctx.error);
    atomic_init(&call->references, 1);
    atomic_fetch_add(&service->calls, 1);
    return call;
}
