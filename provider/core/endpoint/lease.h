#ifndef CORE_ENDPOINT_LEASE_H
#define CORE_ENDPOINT_LEASE_H

#include "base/flight.h"
#include "core/endpoint/cloud.h"

/* What a service hands out for a time, to be sent with requests: a token, the keys of a role. Calls
 * that need the same one get it once together, and anew shortly before it ends. */
struct lease {
    int64_t renew_wall; /* the clock's wall_seconds */
};

/* Gets one. *out begins with the lease and lives in `arena`. `what` is the caller's. Blocking. */
typedef enum err_code lease_get_fn(struct cloud_call *call, const void *what, struct arena *arena,
                                   const struct lease **out);

/* When to renew what lives for so many seconds from now: that many seconds earlier, or after half
 * of its life. */
int64_t lease_renew_wall(const struct clock *clock, int64_t life_seconds, int64_t margin_seconds);

/* Holds a lease of that key that is good for now, got now if need be. ERR_OK: *out is released by
 * the caller, its data is the lease. Else call->ctx->error tells why there is none. Blocking,
 * cancellable, any thread. */
enum err_code lease_hold(struct flight_group *leases, struct cloud_call *call, struct str key,
                         lease_get_fn *get, const void *what, struct flight **out) MUST_USE;

/* The call that a session belongs to, with the context of who asks now: a poll has one of its own.
 */
struct cloud_call lease_call(struct ctx *ctx, const struct rest_session *session);

#endif
