#include "clouds/ark/internal.h"

#include "base/mem.h"
#include "core/config.h"

#define ACCOUNT_CEILING 4096

void *ark_account_new(const struct clock *clock) {
    struct ark_account *account = MEM_NEW(struct ark_account);
    account->identities = flight_group_new(clock, "BytePlus ModelArk: asking for the account");
    account->roles = flight_group_new(clock, "BytePlus ModelArk: assuming the role");
    return account;
}

void ark_account_free(void *account) {
    struct ark_account *own = account;
    flight_group_free(own->identities);
    flight_group_free(own->roles);
    mem_free(own);
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

/* A role may be of another account than the keys that assume it. */
static struct str key_of(const struct cloud_call *call) {
    struct str role = call->auth == NULL ? STR_EMPTY : config_text(call->config, call->auth->role);
    return arena_printf(call->ctx->arena, "%.*s %.*s",
                        STR_ARG(call->session->credential.access_key), STR_ARG(role));
}

struct str ark_account_id(struct cloud_call *call) {
    struct error kept = error_keep(&call->ctx->error);
    struct flight *flight;
    const struct ark_account *account = call->account;
    if (flight_begin(account->identities, call->ctx, key_of(call), FLIGHT_ANY_TIME, &flight) !=
        ERR_OK) {
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
