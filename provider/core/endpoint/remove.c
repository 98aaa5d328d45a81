/* How an endpoint is removed where a cloud has no way of its own. */
#include "core/endpoint/adopt.h"
#include "core/endpoint/advice.h"
#include "core/endpoint/call.h"

/* What a look before a repetition shows. */
enum remains {
    REMAINS_UNTOLD = 0, /* there was no look, or it showed nothing */
    REMAINS_SAME,       /* the endpoint is still there */
    REMAINS_NONE,       /* it is gone, whatever may have its name now */
    REMAINS_ANOTHER     /* perhaps another one has its name, and this one is gone */
};

struct repeat {
    struct rest_guard guard; /* asked before the client sends it again by itself */
    struct cloud_call *call;
    enum remains remains;
    struct str created; /* when another one was made */
};

/* A name is the id, and free again as soon as the endpoint is gone. */
static bool is_addressed_by_name(const struct cloud_call *call) {
    return call->cloud->tables->id_created == NULL;
}

/* An answer of the documented shape is the service's own; a gateway may call anything a success.
 * Some services answer with nothing at all: then something else has to prove it. */
static enum removal removal_of(const struct cloud_call *call, const struct rest_reply *reply,
                               enum err_code code) {
    if (code == ERR_OK && value_is_map(reply->result)) {
        return REMOVAL_ACCEPTED;
    }
    bool may_be = code == ERR_OK || reply->maybe_done ||
                  (reply->class == FAILURE_NOT_FOUND && cloud_is_own_refusal(call, reply));
    return may_be && call->removal < REMOVAL_KNOWN ? REMOVAL_KNOWN : call->removal;
}

/* Later than the one in the state was. */
static bool is_newer(const struct cloud_call *call, const struct observation *seen) {
    const struct status_paths *paths = &call->cloud->tables->status;
    return paths->created_at != NULL && paths->created_output != NULL &&
           clock_is_later(value_text_at(seen->wire, paths->created_at),
                          value_text_at(call->recorded, paths->created_output));
}

static enum remains judge(const struct repeat *repeat, const struct observation *seen) {
    if (seen->kind != OBSERVATION_SEEN || cloud_is_made_since(repeat->call, seen)) {
        return REMAINS_NONE;
    }
    return is_newer(repeat->call, seen) ? REMAINS_ANOTHER : REMAINS_SAME;
}

/* Somebody may have made a new endpoint of that name between the tries. */
static bool allows(struct rest_guard *self) {
    struct repeat *repeat = (struct repeat *)self;
    struct cloud_call *call = repeat->call;
    struct error lost = error_keep(&call->ctx->error);
    struct observation seen = {0};
    call->removal = call->removal < REMOVAL_KNOWN ? REMOVAL_KNOWN : call->removal;
    if (cloud_observe(call, &seen) == ERR_OK) {
        repeat->remains = judge(repeat, &seen);
    }
    error_put_back(&call->ctx->error, &lost);
    if (repeat->remains == REMAINS_ANOTHER) {
        repeat->created = value_text_at(seen.wire, call->cloud->tables->status.created_at);
    }
    return repeat->remains == REMAINS_SAME;
}

static enum err_code send(struct repeat *repeat, struct cloud_call *sending,
                          struct rest_reply *reply) {
    struct cloud_turn turn = {0};
    enum err_code code = cloud_send(sending, "delete", NULL, reply);
    while (code != ERR_OK && cloud_was_busy(repeat->call, reply, &turn)) {
        code = cloud_send(sending, "delete", NULL, reply);
    }
    return code;
}

static enum err_code fail_another(const struct repeat *repeat) {
    struct cloud_call *call = repeat->call;
    return ctx_fail(call->ctx, ERR_UNCERTAIN,
                    "%p It was not sent again, because endpoint %p is perhaps another one by "
                    "now: it was made at %.*s, later than the one in the state.%p",
                    WORDS_ARG(adopt_failure(call, &call->ctx->error)),
                    WORDS_ARG(call_told_id(call, call->id)), STR_ARG(repeat->created),
                    WORDS_ARG(advice_drop(call)));
}

enum err_code cloud_remove_default(struct cloud_call *call) {
    struct rest_reply reply;
    struct repeat repeat = {.guard = {allows}, .call = call};
    struct rest_session session = *call->session;
    struct cloud_call sending = *call;
    sending.session = &session;
    session.guard = is_addressed_by_name(call) ? &repeat.guard : NULL;
    call->removal_ms =
        call->removal_ms == 0 ? call->ctx->clock->now_ms(call->ctx->clock) : call->removal_ms;
    enum err_code code = send(&repeat, &sending, &reply);
    call->removal = removal_of(call, &reply, code);
    if (repeat.remains == REMAINS_ANOTHER) {
        return fail_another(&repeat);
    }
    bool is_missing = code != ERR_OK && reply.class == FAILURE_NOT_FOUND;
    if (is_missing) {
        call->was_absent = call->removal < REMOVAL_ACCEPTED && !reply.maybe_done;
    }
    if (is_missing || repeat.remains == REMAINS_NONE) {
        error_clear(&call->ctx->error);
        return ERR_OK; /* the caller proves it */
    }
    return code;
}
