#ifndef RPC_SERVER_H
#define RPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "rpc/service.h"

/* The gRPC server: one loop thread that owns the completion queue and never blocks. */
struct server;

/* Listens on a free port of 127.0.0.1 and accepts. NULL when no port can be had. The caller owns
 * the result. gRPC must be initialised. */
struct server *server_new(const struct service_options *options, int *out_port);
/* The loop; returns after server_shutdown when no call is left. The calling thread becomes the loop
 * thread. */
void server_run(struct server *server);
/* Cancels what waits and accepts nothing more; replies still go out. Any thread, any number of
 * times. */
void server_shutdown(struct server *server);
/* After server_shutdown: cuts all connections. Any thread, before server_free. */
void server_cut(struct server *server);
/* See service_engine_has_ended. Any thread. */
bool server_engine_has_ended(struct server *server);
/* Calls that exist. Any thread. */
size_t server_call_count(struct server *server);
/* After server_run has returned. Waits for the pool's threads. */
void server_free(struct server *server);

#endif
