#ifndef CORE_ENDPOINT_SWEEP_H
#define CORE_ENDPOINT_SWEEP_H

#include "core/endpoint/cloud.h"

/* The whole list of a cloud's endpoints, read once for all calls that ask while it is read and, for
 * those that may be served from a cache (cloud_call.may_be_cached), for a few seconds after. One
 * list by address and scope. */
struct sweep {
    const struct value *items;   /* a list of maps */
    const struct value *figures; /* what the last reply says beside them: no lists, no maps */
    struct flight *flight;
};

/* A list as fresh as the call needs it. ERR_OK: it is the caller's until sweep_end, whatever other
 * calls do. Else nothing is held, and ctx->error says why. Blocking and cancellable, any thread. */
enum err_code sweep_begin(struct cloud_call *call, struct sweep *out) MUST_USE;
void sweep_end(struct sweep *sweep);

#endif
