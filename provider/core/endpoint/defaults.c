/* How an endpoint is changed and removed where a cloud has no way of its own. */
#include "core/endpoint/cloud.h"

enum err_code cloud_prove_missing(struct cloud_call *call, struct observation *out) {
    struct error not_found = error_keep(&call->ctx->error);
    TRY(cloud_observe(call, out));
    if (out->kind != OBSERVATION_SEEN) {
        return ERR_OK;
    }
    error_put_back(&call->ctx->error, &not_found);
    return not_found.code;
}

enum err_code cloud_update_default(struct cloud_call *call, const struct value *old_inputs,
                                   const struct value *news, const struct value *body,
                                   struct observation *out) {
    (void)old_inputs;
    (void)news;
    struct rest_reply reply;
    enum err_code code = cloud_change_in_turn(call, "update", body, &reply);
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        return cloud_prove_missing(call, out);
    }
    TRY(code);
    return cloud_observe_reply(call, &reply, out) ? ERR_OK : cloud_observe(call, out);
}

/* The service itself knows no endpoint; a 404 of something on the way has neither its code nor,
 * where a service has no codes, its shape. */
static bool says_unknown(const struct cloud_call *call, const struct rest_reply *reply) {
    const struct error_shape *shape = call->cloud->tables->service.errors;
    if (reply->class != FAILURE_NOT_FOUND || shape->code != NULL) {
        return reply->class == FAILURE_NOT_FOUND && call->ctx->error.cloud_code.len > 0;
    }
    bool has_message = false;
    for (const char *const *path = shape->message; path != NULL && *path != NULL; path++) {
        has_message = has_message || value_text_at(reply->body, *path).len > 0;
    }
    return has_message;
}

/* An answer of the documented shape is the service's own; a gateway may call anything a success.
 * Some services answer with nothing at all: then something else has to prove it. */
static enum removal removal_of(const struct cloud_call *call, const struct rest_reply *reply,
                               enum err_code code) {
    if (code == ERR_OK && value_is_map(reply->result)) {
        return REMOVAL_ACCEPTED;
    }
    bool may_be = code == ERR_OK || reply->maybe_done || says_unknown(call, reply);
    return may_be && call->removal < REMOVAL_KNOWN ? REMOVAL_KNOWN : call->removal;
}

enum err_code cloud_remove_default(struct cloud_call *call) {
    struct rest_reply reply;
    struct cloud_turn turn = {0};
    enum err_code code = cloud_send(call, "delete", NULL, &reply);
    while (code != ERR_OK && cloud_was_busy(call, &reply, &turn)) {
        code = cloud_send(call, "delete", NULL, &reply);
    }
    call->removal = removal_of(call, &reply, code);
    if (code != ERR_OK && reply.class == FAILURE_NOT_FOUND) {
        call->was_absent = call->removal < REMOVAL_ACCEPTED && !reply.maybe_done;
        error_clear(&call->ctx->error);
        return ERR_OK; /* the caller proves it */
    }
    return code;
}
