#include "rpc/unary.h"

#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>
#include <string.h>

#include "base/mem.h"
#include "rpc/channel_arg.h"
#include "rpc/tsan.h"

struct unary_channel {
    grpc_channel *channel;
    grpc_completion_queue *queue;
    grpc_call *call; /* NULL when none is under way */
    grpc_byte_buffer *request;
    grpc_byte_buffer *reply;
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_status_code status;
    grpc_slice details;
};

static gpr_timespec in_ms(int64_t delay_ms) {
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(delay_ms, GPR_TIMESPAN));
}

/* gRPC has no exception for loopback when a proxy is set, and its service configuration and retries
 * are of no use on one connection to one known peer. */
static grpc_channel *channel_new(const char *target) {
    grpc_arg args[] = {
        channel_arg_integer(GRPC_ARG_ENABLE_HTTP_PROXY, 0),
        channel_arg_integer(GRPC_ARG_ENABLE_RETRIES, 0),
        channel_arg_integer(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1),
        channel_arg_integer(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1),
        channel_arg_integer(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100),
        channel_arg_integer(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000),
    };
    grpc_channel_args settings = {.num_args = sizeof(args) / sizeof(args[0]), .args = args};
    grpc_channel_credentials *credentials = grpc_insecure_credentials_create();
    grpc_channel *channel = grpc_channel_create(target, credentials, &settings);
    grpc_channel_credentials_release(credentials);
    return channel;
}

/* The engine's address is numbers: no name has to be resolved. */
static char *target_of(struct str address) {
    bool numeric = address.len > 0 && address.ptr[0] >= '0' && address.ptr[0] <= '9';
    struct str scheme = numeric ? STR("ipv4:") : STR_EMPTY;
    char *target = mem_alloc(scheme.len + address.len + 1);
    memcpy(target, scheme.ptr, scheme.len);
    memcpy(target + scheme.len, address.ptr, address.len);
    return target;
}

struct unary_channel *unary_open(struct str address) {
    struct unary_channel *channel = MEM_NEW(struct unary_channel);
    char *target = target_of(address);
    channel->channel = channel_new(target);
    channel->queue = grpc_completion_queue_create_for_next(NULL);
    mem_free(target);
    return channel;
}

static void finish(struct unary_channel *channel) {
    grpc_call_unref(channel->call);
    channel->call = NULL;
    grpc_byte_buffer_destroy(channel->request);
    if (channel->reply != NULL) {
        grpc_byte_buffer_destroy(channel->reply);
        channel->reply = NULL;
    }
    grpc_metadata_array_destroy(&channel->initial);
    grpc_metadata_array_destroy(&channel->trailing);
    grpc_slice_unref(channel->details);
}

void unary_start(struct unary_channel *channel, const char *path, grpc_slice request,
                 int64_t timeout_ms) {
    channel->call = grpc_channel_create_call(channel->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                             channel->queue, grpc_slice_from_static_string(path),
                                             NULL, in_ms(timeout_ms), NULL);
    channel->request = grpc_raw_byte_buffer_create(&request, 1);
    grpc_slice_unref(request);
    grpc_metadata_array_init(&channel->initial);
    grpc_metadata_array_init(&channel->trailing);
    channel->details = grpc_empty_slice();
    grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = channel->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &channel->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &channel->reply},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &channel->trailing,
                                        .status = &channel->status,
                                        .status_details = &channel->details}},
    };
    TSAN_RELEASE(channel);
    if (grpc_call_start_batch(channel->call, ops, sizeof(ops) / sizeof(ops[0]), channel, NULL) !=
        GRPC_CALL_OK) {
        mem_die("gRPC refused a batch");
    }
}

bool unary_wait(struct unary_channel *channel, int64_t wait_ms, grpc_status_code *out) {
    grpc_event event = grpc_completion_queue_next(channel->queue, in_ms(wait_ms), NULL);
    if (event.type != GRPC_OP_COMPLETE) {
        return false;
    }
    TSAN_ACQUIRE(channel);
    *out = channel->status;
    finish(channel);
    return true;
}

static void drain(grpc_completion_queue *queue) {
    grpc_event event;
    do {
        event = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    } while (event.type != GRPC_QUEUE_SHUTDOWN);
}

void unary_close(struct unary_channel *channel) {
    if (channel == NULL) {
        return;
    }
    if (channel->call != NULL) {
        grpc_call_cancel(channel->call, NULL);
    }
    grpc_completion_queue_shutdown(channel->queue);
    drain(channel->queue);
    if (channel->call != NULL) {
        TSAN_ACQUIRE(channel);
        finish(channel);
    }
    grpc_completion_queue_destroy(channel->queue);
    grpc_channel_destroy(channel->channel);
    mem_free(channel);
}
