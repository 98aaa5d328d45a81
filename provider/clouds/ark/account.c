#include "clouds/ark/internal.h"

#include "base/flight.h"

#define ACCOUNT_CEILING 4096

void *ark_account_new(const struct clock *clock) {
    return flight_group_new(clock, "BytePlus ModelArk: asking for the account");
}

void ark_account_free(void *account) {
    flight_group_free(account);
}

/* One try: whether the action is there for everybody is not known (docs/apis/ark.md 5.2). */
static struct str ask(struct cloud_call *call) {
    const struct retry_policy once = {.max_tries = 1};
    struct rest_session session = *call->session;
    session.retry = &once;
    struct cloud_call own = *call;
    own.session = &session;
    struct rest_reply reply;
    if (cloud_send(&own, "identity", NULL, &reply) != ERR_OK) {
        return STR_EMPTY;
    }
    return value_id_at(call->ctx->arena, reply.result, "AccountId");
}

/* "Not told" stays so for this process; being cancelled is this call's own affair. */
static void find(struct cloud_call *call, struct flight *flight) {
    struct error kept = error_keep(&call->ctx->error);
    struct str id = ask(call);
    bool was_cancelled = cancel_state(call->ctx->cancel) != CANCEL_NONE;
    error_put_back(&call->ctx->error, &kept);
    if (id.len == 0 && was_cancelled) {
        flight_hand_over(flight);
        return;
    }
    struct arena *arena = arena_new(ACCOUNT_CEILING);
    struct str *data = ARENA_NEW(arena, struct str);
    *data = arena_str(arena, id);
    flight_succeed(flight, arena, data);
}

struct str ark_account_id(struct cloud_call *call) {
    struct error kept = error_keep(&call->ctx->error);
    struct flight *flight;
    struct str key = call->session->credential.access_key;
    if (flight_begin(call->account, call->ctx, key, FLIGHT_ANY_TIME, &flight) != ERR_OK) {
        error_put_back(&call->ctx->error, &kept);
        return STR_EMPTY;
    }
    if (flight_is_led(flight)) {
        find(call, flight);
    }
    const struct str *id = flight_data(flight);
    struct str out = id != NULL ? arena_str(call->ctx->arena, *id) : STR_EMPTY;
    flight_release(flight);
    return out;
}
