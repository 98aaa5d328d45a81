#include "rpc/server.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include "base/mem.h"
#include "rpc/channel_arg.h"
#include "rpc/dispatch.h"
#include "rpc/tsan.h"

enum {
    MAX_MESSAGE_BYTES = 400 * 1024 * 1024,
    MAX_METADATA_BYTES = 1024 * 1024,
    ACCEPT_COUNT = 16 /* that wait at the same time, so that a burst of calls waits for none */
};

/* One request for a call to come. */
struct accept {
    struct completion on_call; /* first: the tag is the address */
    struct server *server;
    grpc_call *handle;
    grpc_call_details details;
    grpc_metadata_array metadata;
};

struct server {
    struct service service;
    grpc_server *server;
    grpc_completion_queue *queue;
    struct accept accepts[ACCEPT_COUNT];
    struct completion on_shutdown;
    atomic_bool shutting_down;
    bool is_shut_down; /* loop thread */
};

static void arm(struct accept *accept) {
    struct server *server = accept->server;
    grpc_call_details_init(&accept->details);
    grpc_metadata_array_init(&accept->metadata);
    TSAN_RELEASE(accept);
    if (grpc_server_request_call(server->server, &accept->handle, &accept->details,
                                 &accept->metadata, server->queue, server->queue,
                                 accept) != GRPC_CALL_OK) {
        mem_die("gRPC refused to accept");
    }
}

static void disarm(struct accept *accept) {
    grpc_call_details_destroy(&accept->details);
    grpc_metadata_array_destroy(&accept->metadata);
}

static struct str view_of(const grpc_slice *slice) {
    return (struct str){(const char *)GRPC_SLICE_START_PTR(*slice), GRPC_SLICE_LENGTH(*slice)};
}

static struct trace trace_of(const grpc_metadata_array *metadata) {
    struct trace trace = {0};
    for (size_t i = 0; i < metadata->count; i++) {
        if (str_is_c(view_of(&metadata->metadata[i].key), "traceparent")) {
            (void)trace_parse(view_of(&metadata->metadata[i].value), &trace);
        }
    }
    return trace;
}

static void on_call(struct completion *self, bool ok) {
    struct accept *accept = (struct accept *)self;
    grpc_call *handle = accept->handle;
    grpc_slice path = grpc_slice_ref(accept->details.method);
    struct trace trace = trace_of(&accept->metadata);
    disarm(accept);
    if (ok) {
        arm(accept); /* first, so that the next caller is served meanwhile */
        dispatch_call(&accept->server->service, handle, path, &trace);
    }
    grpc_slice_unref(path);
}

static void on_shutdown(struct completion *self, bool ok) {
    struct server *server = (struct server *)((char *)self - offsetof(struct server, on_shutdown));
    (void)ok;
    server->is_shut_down = true;
}

static grpc_server *open_server(void) {
    grpc_arg args[] = {
        channel_arg_integer(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, MAX_MESSAGE_BYTES),
        channel_arg_integer(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, MAX_MESSAGE_BYTES),
        channel_arg_integer(GRPC_ARG_MAX_METADATA_SIZE, MAX_METADATA_BYTES),
        channel_arg_integer(GRPC_ARG_ALLOW_REUSEPORT, 0),
        channel_arg_integer(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0),
    };
    grpc_channel_args settings = {.num_args = sizeof(args) / sizeof(args[0]), .args = args};
    return grpc_server_create(&settings, NULL);
}

static int listen_on_loopback(grpc_server *server) {
    grpc_server_credentials *credentials = grpc_insecure_server_credentials_create();
    int port = grpc_server_add_http2_port(server, "127.0.0.1:0", credentials);
    grpc_server_credentials_release(credentials);
    return port;
}

struct server *server_new(const struct service_options *options, int *out_port) {
    struct server *server = MEM_NEW(struct server);
    service_init(&server->service, options);
    server->on_shutdown.done = on_shutdown;
    atomic_init(&server->shutting_down, false);
    server->queue = grpc_completion_queue_create_for_next(NULL);
    server->server = open_server();
    grpc_server_register_completion_queue(server->server, server->queue, NULL);
    *out_port = listen_on_loopback(server->server);
    grpc_server_start(server->server);
    if (*out_port == 0) {
        server_shutdown(server);
        server_run(server);
        server_free(server);
        return NULL;
    }
    for (size_t i = 0; i < ACCEPT_COUNT; i++) {
        server->accepts[i].on_call.done = on_call;
        server->accepts[i].server = server;
        arm(&server->accepts[i]);
    }
    return server;
}

static bool is_done(struct server *server) {
    return server->is_shut_down && server_call_count(server) == 0;
}

void server_run(struct server *server) {
    while (!is_done(server)) {
        grpc_event event =
            grpc_completion_queue_next(server->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        TSAN_ACQUIRE(event.tag);
        struct completion *completion = event.tag;
        completion->done(completion, event.success != 0);
    }
}

void server_shutdown(struct server *server) {
    service_cancel(&server->service);
    if (!atomic_exchange(&server->shutting_down, true)) {
        TSAN_RELEASE(&server->on_shutdown);
        grpc_server_shutdown_and_notify(server->server, server->queue, &server->on_shutdown);
    }
}

void server_cut(struct server *server) {
    grpc_server_cancel_all_calls(server->server);
}

bool server_engine_has_ended(struct server *server) {
    return service_engine_has_ended(&server->service);
}

size_t server_call_count(struct server *server) {
    return atomic_load(&server->service.calls);
}

static void drain(grpc_completion_queue *queue) {
    grpc_event event;
    while ((event = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL))
               .type != GRPC_QUEUE_SHUTDOWN) {
        struct completion *completion = event.tag;
        completion->done(completion, event.success != 0);
    }
}

void server_free(struct server *server) {
    grpc_server_destroy(server->server);
    grpc_completion_queue_shutdown(server->queue);
    drain(server->queue);
    grpc_completion_queue_destroy(server->queue);
    service_cleanup(&server->service);
    mem_free(server);
}
