#ifndef RPC_ENGINE_LOG_H
#define RPC_ENGINE_LOG_H

#include <stdint.h>

#include "base/clock.h"
#include "base/log.h"

/* Messages to the user, through the engine's Log call. Nobody ever waits for the engine: records go
 * into a bounded queue that one thread sends from, a lost record is lost. The address comes as
 * argument, in Handshake, or by Attach.
 *
 * The engine's status callback of a resource (resource_status_address) is not used: its protocol
 * publishes views only. Ephemeral log records are what users see beside a resource. */
struct engine_log;

/* The caller owns the result. `address` is empty when not known yet; until it is, records go to
 * `fallback`, or nowhere when that is NULL. No thread is started before the first record. gRPC must
 * be initialised. */
struct engine_log *engine_log_new(const struct clock *clock, struct str address,
                                  enum log_level min_level, struct log_sink *fallback);
/* Goes on sending for at most `flush_ms`, then drops the rest. Nobody may emit any more. NULL is
 * harmless. */
void engine_log_free(struct engine_log *log, int64_t flush_ms);
/* From now on records go there. Empty is ignored. Any thread. */
void engine_log_attach(struct engine_log *log, struct str address);
/* As engine_log_attach, but an address that is known already stays. */
void engine_log_offer(struct engine_log *log, struct str address);
/* Lives as long as the log. emit() from any thread. */
struct log_sink *engine_log_sink(struct engine_log *log);

#endif
