#ifndef RPC_ENGINE_HEALTH_H
#define RPC_ENGINE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/* Asks the engine now and then whether it is still there. Never blocks: one thread calls the tick
 * about once a second. */
struct engine_health;

/* The caller owns the result. Nothing is sent before the first interval has passed. gRPC must be
 * initialised. */
struct engine_health *engine_health_new(const struct clock *clock, struct str address,
                                        int64_t interval_ms);
void engine_health_free(struct engine_health *health); /* NULL is harmless */
/* False once the engine was found to be gone. An engine that does not know the question, or is
 * stopped (Ctrl-Z) and does not answer, is still there. */
bool engine_health_tick(struct engine_health *health);

#endif
