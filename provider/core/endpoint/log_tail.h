#ifndef CORE_ENDPOINT_LOG_TAIL_H
#define CORE_ENDPOINT_LOG_TAIL_H

#include "core/endpoint/cloud.h"

/* The last lines that the endpoint logged, each on a line of its own, for the error about it
 * (error.log); of an endpoint that this call started anew only what came after, where the service
 * can tell; empty when the cloud has no log, or does not give it within some seconds,
 * which are granted even when the call's own time is up. The call's error stays as it is. Blocking.
 */
struct str log_tail_text(struct cloud_call *call);
/* The lines of a reply to the cloud's log operation as one text, each with its end; in the arena.
 */
struct str log_tail_lines(struct arena *arena, const struct log_table *logs,
                          const struct rest_reply *reply);

#endif
