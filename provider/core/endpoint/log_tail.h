#ifndef CORE_ENDPOINT_LOG_TAIL_H
#define CORE_ENDPOINT_LOG_TAIL_H

#include "core/endpoint/cloud.h"

/* The end of an endpoint's log, in the call's arena. */
struct log_tail {
    struct str lines; /* each on a line of its own, for the error about it (error.log) */
    struct words
        unread; /* when the service does not give them: why, and where they are, a sentence */
};

/* The last lines that the endpoint logged; of an endpoint that this call started anew only what
 * came after, where the service can tell. Both texts are empty when the cloud has no log, or
 * nothing is in it. Takes some seconds at most, which are granted even when the call's own time is
 * up. The call's error stays as it is. Blocking. */
struct log_tail log_tail_read(struct cloud_call *call);
/* The lines of a reply to the cloud's log operation as one text, each with its end; in the arena.
 */
struct str log_tail_lines(struct arena *arena, const struct log_table *logs,
                          const struct rest_reply *reply);

#endif
