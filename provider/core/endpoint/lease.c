#include "core/endpoint/lease.h"

#define LEASE_CEILING (256u << 10)

int64_t lease_renew_wall(const struct clock *clock, int64_t life_seconds, int64_t margin_seconds) {
    int64_t half = life_seconds / 2;
    return clock->wall_seconds(clock) + life_seconds -
           (half < margin_seconds ? half : margin_seconds);
}

/* As the leader of the flight. */
static enum err_code lead(struct cloud_call *call, lease_get_fn *get, const void *what,
                          struct flight *flight) {
    struct arena *arena = arena_new(LEASE_CEILING);
    const struct lease *lease = NULL;
    enum err_code code = get(call, what, arena, &lease);
    if (code != ERR_OK) {
        arena_free(arena);
        flight_fail(flight, call->ctx);
        return code;
    }
    flight_succeed(flight, arena, lease);
    return ERR_OK;
}

static bool is_good(const struct lease *lease, const struct clock *clock) {
    return lease != NULL && clock->wall_seconds(clock) < lease->renew_wall;
}

enum err_code lease_hold(struct flight_group *leases, struct cloud_call *call, struct str key,
                         lease_get_fn *get, const void *what, struct flight **out) {
    for (;;) {
        TRY(flight_begin(leases, call->ctx, key, FLIGHT_ANY_TIME, out));
        enum err_code code = flight_is_led(*out) ? lead(call, get, what, *out) : ERR_OK;
        if (code == ERR_OK && is_good(flight_data(*out), call->ctx->clock)) {
            return ERR_OK;
        }
        flight_forget(*out);
        flight_release(*out);
        TRY(code);
    }
}

struct cloud_call lease_call(struct ctx *ctx, const struct rest_session *session) {
    struct cloud_call call = *(const struct cloud_call *)session->user;
    call.ctx = ctx;
    call.session = session;
    return call;
}
