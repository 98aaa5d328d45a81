#include "rpc/dispatch.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <stddef.h>

#include "rpc/message.h"
#include "rpc/status.h"

/* What a call may allocate: enough for any ordinary one, and in proportion for large ones. */
#define ARENA_BASE_BYTES ((size_t)8 * 1024 * 1024)
#define ARENA_BYTES_PER_REQUEST_BYTE 16

#define CALL_OF(completion, member) \
    ((struct call *)((char *)(completion)-offsetof(struct call, member)))

/* ---- reply */

static void on_undone(struct completion *self, bool ok) {
    (void)ok;
    call_unref(CALL_OF(self, on_undone));
}

/* The empty batch brings the reference back to the loop thread. */
static void run_undelivered(struct pool_job *job) {
    struct call *call = CALL_OF(job, job);
    call->undelivered(call);
    call_batch(call, NULL, 0, &call->on_undone);
}

static void on_reply(struct completion *self, bool ok) {
    struct call *call = CALL_OF(self, on_reply);
    call->job.run = run_undelivered;
    if (ok || call->undelivered == NULL || !pool_submit(call->service->pool, &call->job)) {
        call_unref(call);
    }
}

static grpc_slice slice_of(struct str text) {
    return grpc_slice_from_copied_buffer(text.ptr, text.len);
}

static void set_details(struct reply *reply, struct str details) {
    reply->has_details = details.len > 0;
    if (reply->has_details) {
        reply->details.key = grpc_slice_from_static_string(STATUS_DETAILS_KEY);
        reply->details.value = slice_of(details);
    }
}

/* The last thing done with a call: the batch takes over the caller's reference. */
static void send_reply(struct call *call, const struct rpc_status *status) {
    struct reply *reply = &call->reply;
    grpc_op ops[3] = {0};
    size_t count = 0;
    reply->text = slice_of(status->message);
    set_details(reply, status->details);
    if (!call->has_opened) {
        ops[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
    }
    if (reply->message != NULL) {
        ops[count].op = GRPC_OP_SEND_MESSAGE;
        ops[count++].data.send_message.send_message = reply->message;
    }
    ops[count].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
    ops[count].data.send_status_from_server.status = status->code;
    ops[count].data.send_status_from_server.status_details = &reply->text;
    ops[count].data.send_status_from_server.trailing_metadata_count = reply->has_details ? 1 : 0;
    ops[count].data.send_status_from_server.trailing_metadata = &reply->details;
    count++;
    call_batch(call, ops, count, &call->on_reply);
}

static void reply_error(struct call *call) {
    struct marshal_options options = service_marshal_options(call->service, false);
    struct rpc_status status;
    status_of_error(&call->ctx, &options, &status);
    send_reply(call, &status);
}

static void reply_message(struct call *call, const ProtobufCMessage *message) {
    struct rpc_status status = {GRPC_STATUS_OK, STR_EMPTY, STR_EMPTY};
    if (message != NULL) {
        grpc_slice slice = message_pack(message);
        call->reply.message = grpc_raw_byte_buffer_create(&slice, 1);
        grpc_slice_unref(slice);
    }
    send_reply(call, &status);
}

/* ---- work */

/* One contiguous slice of the request, which is released from the call. */
static grpc_slice take_request(struct call *call) {
    grpc_byte_buffer_reader reader;
    grpc_slice whole = grpc_empty_slice();
    if (grpc_byte_buffer_reader_init(&reader, call->request)) {
        whole = grpc_byte_buffer_reader_readall(&reader);
        grpc_byte_buffer_reader_destroy(&reader);
    }
    call_free_request(call);
    return whole;
}

static enum err_code unpack(struct call *call, ProtobufCMessage **out) {
    grpc_slice slice = take_request(call);
    struct str wire = {(const char *)GRPC_SLICE_START_PTR(slice), GRPC_SLICE_LENGTH(slice)};
    enum err_code code = message_unpack(&call->ctx, call->method->request, wire, out);
    grpc_slice_unref(slice);
    return code;
}

static ProtobufCMessage *response_new(struct call *call) {
    const ProtobufCMessageDescriptor *descriptor = call->method->response;
    if (descriptor == NULL) {
        return NULL;
    }
    ProtobufCMessage *message = arena_alloc(call->ctx.arena, descriptor->sizeof_message);
    protobuf_c_message_init(descriptor, message);
    return message;
}

static enum err_code work(struct call *call, ProtobufCMessage **out) {
    ProtobufCMessage *request;
    if (call->method->is_operation && session_is_cancelled(call->session)) {
        return ctx_fail(&call->ctx, ERR_CANCELLED,
                        "the engine has cancelled: no new operation is started");
    }
    TRY(unpack(call, &request));
    *out = response_new(call);
    return call->method->handle(call, request, *out);
}

/* Runs the method and replies, on the loop thread or a worker's. */
static void run(struct call *call) {
    ProtobufCMessage *response = NULL;
    if (work(call, &response) == ERR_OK) {
        reply_message(call, response);
    } else {
        reply_error(call);
    }
}

static void run_job(struct pool_job *job) {
    run(CALL_OF(job, job));
}

/* ---- arrival */

static void refuse(struct call *call, enum err_code code, const char *why) {
    (void)ctx_fail(&call->ctx, code, "%s", why);
    reply_error(call);
}

static void run_in_lane(struct call *call) {
    bool large = call->request_len > CALL_LARGE_BYTES;
    if (call->method->lane == METHOD_INLINE && !large) {
        run(call);
    } else if (!pool_submit(call->service->pool, &call->job)) {
        refuse(call, ERR_EXHAUSTED, "the system gives this process no further thread");
    }
}

static void open_arena(struct call *call, size_t request_len) {
    size_t ceiling = ARENA_BASE_BYTES + ARENA_BYTES_PER_REQUEST_BYTE * request_len;
    struct arena *arena = arena_new(ceiling);
    call->ctx.arena = arena;
    call->ctx.log.arena = arena;
    redact_init(&call->ctx.redact, arena);
}

static void on_message(struct completion *self, bool ok) {
    struct call *call = CALL_OF(self, on_message);
    size_t len = ok && call->request != NULL ? grpc_byte_buffer_length(call->request) : 0;
    open_arena(call, len);
    if (!ok || call->request == NULL) {
        refuse(call, ERR_INVALID, "the call carries no request message");
    } else if (!budget_take(&call->service->budget, len)) {
        refuse(call, ERR_EXHAUSTED,
               "requests under way hold as much memory as they may; try again");
    } else {
        call->request_len = len;
        run_in_lane(call);
    }
}

/* Alone in its batch, so that it can end before the reply: the client has gone, nobody waits for
 * the outcome. */
static void on_close(struct completion *self, bool ok) {
    struct call *call = CALL_OF(self, on_close);
    if (!ok || call->client_gone) {
        cancel_trip(call->ctx.cancel);
    }
    call_unref(call);
}

static struct call *accept(struct service *service, grpc_call *handle) {
    struct call *call = call_new(service, handle);
    call->on_close.done = on_close;
    call->on_message.done = on_message;
    call->on_reply.done = on_reply;
    call->on_undone.done = on_undone;
    call->job.run = run_job;
    return call;
}

static void listen_for_close(struct call *call) {
    grpc_op op = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                  .data.recv_close_on_server.cancelled = &call->client_gone};
    call_ref(call);
    call_batch(call, &op, 1, &call->on_close);
}

/* The first reference passes from the batch to who works on the request, and on to the reply. */
static void listen_for_message(struct call *call) {
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->request};
    call_batch(call, &op, 1, &call->on_message);
}

void dispatch_call(struct service *service, grpc_call *handle, grpc_slice path,
                   const struct trace *trace) {
    struct call *call = accept(service, handle);
    struct str name = {(const char *)GRPC_SLICE_START_PTR(path), GRPC_SLICE_LENGTH(path)};
    call->ctx.trace = *trace;
    call->method = method_find(name);
    listen_for_close(call);
    if (call->method != NULL) {
        listen_for_message(call);
        return;
    }
    open_arena(call, 0);
    (void)ctx_fail(&call->ctx, ERR_UNIMPLEMENTED, "this provider has no method %.*s",
                   STR_ARG(str_cut_utf8(name, 200)));
    reply_error(call);
}
