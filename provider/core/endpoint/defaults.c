/* How an endpoint is changed where a cloud has no way of its own. */
#include "base/words.h"
#include "core/endpoint/cloud.h"

/* A look shows that nobody deleted it. */
static void tell_presence(struct cloud_call *call) {
    struct arena *arena = call->ctx->arena;
    struct error *error = &call->ctx->error;
    struct words said = words_without_end(arena, error->message, STR(" " CLOUD_DELETED_BY_HAND));
    if (said.text.len == error->message.text.len) {
        return;
    }
    error->message = words_text(arena, "%p. A look shows that the endpoint is there.",
                                WORDS_ARG(words_without_stop(arena, said)));
    error->bare_len = error->bare_len > 0 ? error->message.text.len : 0;
}

enum err_code cloud_prove_missing(struct cloud_call *call, struct observation *out) {
    struct error not_found = error_keep(&call->ctx->error);
    TRY(cloud_observe(call, out));
    if (out->kind != OBSERVATION_SEEN) {
        return ERR_OK;
    }
    error_put_back(&call->ctx->error, &not_found);
    tell_presence(call);
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
