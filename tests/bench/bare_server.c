/* What gRPC alone takes to start: a server without a method prints its port and waits for the end.
 */

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <stdio.h>
#include <unistd.h>

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
    pause();
    return 0;
}
