/* What gRPC alone takes to start and to answer: a server that prints its port and refuses every
 * call. */

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>
#include <stdbool.h>
#include <stdio.h>

static bool next(grpc_completion_queue *queue) {
    gpr_timespec never = gpr_inf_future(GPR_CLOCK_REALTIME);
    return grpc_completion_queue_next(queue, never, NULL).success != 0;
}

static bool refuse(grpc_call *call, grpc_completion_queue *queue) {
    int cancelled = 0;
    grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_STATUS_FROM_SERVER,
         .data.send_status_from_server.status = GRPC_STATUS_UNIMPLEMENTED},
        {.op = GRPC_OP_RECV_CLOSE_ON_SERVER, .data.recv_close_on_server.cancelled = &cancelled},
    };
    size_t count = sizeof(ops) / sizeof(ops[0]);
    return grpc_call_start_batch(call, ops, count, ops, NULL) == GRPC_CALL_OK && next(queue);
}

static bool serve_one(grpc_server *server, grpc_completion_queue *queue) {
    grpc_call *call = NULL;
    grpc_call_details details;
    grpc_metadata_array metadata;
    grpc_call_details_init(&details);
    grpc_metadata_array_init(&metadata);
    bool good = grpc_server_request_call(server, &call, &details, &metadata, queue, queue, &call) ==
                    GRPC_CALL_OK &&
                next(queue) && refuse(call, queue);
    grpc_call_details_destroy(&details);
    grpc_metadata_array_destroy(&metadata);
    if (call != NULL) {
        grpc_call_unref(call);
    }
    return good;
}

int main(void) {
    grpc_init();
    grpc_server *server = grpc_server_create(NULL, NULL);
    grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
    grpc_server_register_completion_queue(server, queue, NULL);
    grpc_server_credentials *credentials = grpc_insecure_server_credentials_create();
    int port = grpc_server_add_http2_port(server, "127.0.0.1:0", credentials);
    grpc_server_start(server);
    if (port == 0 || printf("%d\n", port) < 0 || fflush(stdout) != 0) {
        return 1;
    }
    while (serve_one(server, queue)) {
    }
    return 1;
}
